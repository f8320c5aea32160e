//! The size of the shipped extension, file by file.

use std::cmp::Reverse;
use std::fs;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build::{self, Profile};
use crate::fingerprint::files;
use crate::paths;

/// Builds the extension and prints the size of each file in bytes, raw and compressed; largest first.
pub(crate) fn run() -> Result<()> {
    build::extension(Profile::Release)?;
    let folder = paths::chromium_extension();
    let mut rows = Vec::new();
    for file in files(&folder)? {
        let bytes = fs::read(&file)?;
        rows.push((file.strip_prefix(&folder)?.display().to_string(), bytes.len(), gzip(&bytes)?));
    }
    rows.sort_by_key(|(_, _, gzip)| Reverse(*gzip));
    let sum = rows.iter().fold((0, 0), |(raw, gzip), row| (raw + row.1, gzip + row.2));
    rows.push(("together".to_owned(), sum.0, sum.1));
    println!("{:<32}{:>10}{:>10}", "what is shipped", "bytes", "gzip");
    for (name, raw, gzip) in rows {
        println!("{name:<32}{raw:>10}{gzip:>10}");
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
