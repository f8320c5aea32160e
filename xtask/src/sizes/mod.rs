//! What takes the space, and the limits.

mod contents;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use contents::Contents;

use crate::build::{self, Profile};
use crate::fingerprint::files;
use crate::paths;

const KB: usize = 1000;

/// How many of the largest functions are shown.
const FUNCTIONS: usize = 15;

/// Upper bounds in bytes.
struct Bounds {
    /// The wasm.
    wasm: usize,
    /// The wasm when compressed.
    wasm_gzip: usize,
    /// Everything the extension ships when compressed file by file.
    shipped_gzip: usize,
}

/// What `cargo xtask sizes` demands.
const LIMITS: Bounds = Bounds { wasm: 250 * KB, wasm_gzip: 100 * KB, shipped_gzip: 300 * KB };

/// What `cargo xtask test` demands as long as the limits are not reached: a little above today's figures.
/// docs/decisions/size.md says when it was raised, and for what.
const RATCHET: Bounds = Bounds { wasm: 412 * KB, wasm_gzip: 183 * KB, shipped_gzip: 263 * KB };

/// A file's name and its bytes, raw and compressed.
struct Size {
    name: String,
    raw: usize,
    gzip: usize,
}

/// Builds the extension, prints its sizes, and fails if a limit does not hold.
pub(crate) fn run() -> Result<()> {
    build::extension(Profile::Release)?;
    print_contents()?;
    check(&print_shipped()?, &LIMITS)
}

/// The same, failing only when something has grown.
pub(crate) fn ratchet() -> Result<()> {
    build::extension(Profile::Release)?;
    check(&print_shipped()?, &RATCHET)
}

fn print_contents() -> Result<()> {
    let wasm = fs::read(paths::named_wasm())?;
    let contents = Contents::read(&wasm)?;
    println!("{:<32}{:>10}", "the wasm by crate", "bytes");
    for (name, bytes) in contents.crates() {
        println!("  {name:<30}{bytes:>10}");
    }
    println!("\n{:>10}  its largest functions", "bytes");
    for (name, bytes) in contents.functions().into_iter().take(FUNCTIONS) {
        println!("{bytes:>10}  {}", contents::shortened(name));
    }
    println!();
    Ok(())
}

fn print_shipped() -> Result<Vec<Size>> {
    let folder = paths::chromium_extension();
    let mut sizes = files(&folder)?.iter().map(|file| size(&folder, file)).collect::<Result<Vec<_>>>()?;
    sizes.sort_by_key(|size| std::cmp::Reverse(size.gzip));
    println!("{:<32}{:>10}{:>10}", "what is shipped", "bytes", "gzip");
    for Size { name, raw, gzip } in &sizes {
        println!("  {name:<30}{raw:>10}{gzip:>10}");
    }
    Ok(sizes)
}

fn size(folder: &Path, file: &Path) -> Result<Size> {
    let bytes = fs::read(file)?;
    Ok(Size { name: file.strip_prefix(folder)?.display().to_string(), raw: bytes.len(), gzip: gzip(&bytes)? })
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn check(sizes: &[Size], bounds: &Bounds) -> Result<()> {
    let wasm = || sizes.iter().filter(|size| Path::new(&size.name).extension() == Some("wasm".as_ref()));
    let rows = [
        ("wasm", wasm().map(|size| size.raw).sum(), bounds.wasm),
        ("wasm, gzip", wasm().map(|size| size.gzip).sum(), bounds.wasm_gzip),
        ("shipped, gzip", sizes.iter().map(|size| size.gzip).sum::<usize>(), bounds.shipped_gzip),
    ];
    println!("\n{:<32}{:>10}{:>10}", "limits", "bytes", "limit");
    for (name, bytes, limit) in rows {
        let sign = if bytes <= limit { "✓" } else { "✗" };
        println!("{sign} {name:<30}{bytes:>10}{limit:>10}");
    }
    let above: Vec<_> = rows.iter().filter(|(_, bytes, limit)| bytes > limit).map(|(name, ..)| *name).collect();
    ensure!(above.is_empty(), "above the limit: {}", above.join("; "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wasm(raw: usize, gzip: usize) -> Size {
        let name = "core.wasm".to_owned();
        Size { name, raw, gzip }
    }

    #[test]
    fn limits_are_kept_to_the_byte() {
        assert!(check(&[wasm(LIMITS.wasm, LIMITS.wasm_gzip)], &LIMITS).is_ok());
        assert!(check(&[wasm(LIMITS.wasm + 1, 1)], &LIMITS).is_err());
        assert!(check(&[wasm(1, LIMITS.wasm_gzip + 1)], &LIMITS).is_err());
    }
}
