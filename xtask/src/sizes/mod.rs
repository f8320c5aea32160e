//! What takes the space, and the limits.

mod by_crate;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build::{self, Profile};
use crate::fingerprint::files;
use crate::paths;

/// Bytes of the wasm.
const WASM_LIMIT: usize = 250 * KB;
/// Bytes of the wasm when compressed.
const WASM_GZIP_LIMIT: usize = 100 * KB;
/// Bytes of everything the extension ships when compressed file by file.
const SHIPPED_GZIP_LIMIT: usize = 300 * KB;

const KB: usize = 1000;

/// A file's name and its bytes, raw and compressed.
struct Size {
    name: String,
    raw: usize,
    gzip: usize,
}

/// Builds the extension, prints its sizes, and fails if a limit does not hold.
pub(crate) fn run() -> Result<()> {
    build::chromium(Profile::Release)?;
    print_crates()?;
    println!();
    check_limits(&print_shipped()?)
}

fn print_crates() -> Result<()> {
    let wasm = fs::read(paths::named_wasm())?;
    println!("{:<32}{:>10}", "the wasm by crate", "bytes");
    for (name, bytes) in by_crate::of(&wasm)? {
        println!("  {name:<30}{bytes:>10}");
    }
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

fn check_limits(sizes: &[Size]) -> Result<()> {
    let wasm = || sizes.iter().filter(|size| Path::new(&size.name).extension() == Some("wasm".as_ref()));
    let rows = [
        ("wasm", wasm().map(|size| size.raw).sum(), WASM_LIMIT),
        ("wasm, gzip", wasm().map(|size| size.gzip).sum(), WASM_GZIP_LIMIT),
        ("shipped, gzip", sizes.iter().map(|size| size.gzip).sum::<usize>(), SHIPPED_GZIP_LIMIT),
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
        assert!(check_limits(&[wasm(WASM_LIMIT, WASM_GZIP_LIMIT)]).is_ok());
        assert!(check_limits(&[wasm(WASM_LIMIT + 1, 1)]).is_err());
        assert!(check_limits(&[wasm(1, WASM_GZIP_LIMIT + 1)]).is_err());
    }
}
