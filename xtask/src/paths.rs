//! Where things are.

use std::path::{Path, PathBuf};

/// The top level of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A file or folder below the top level.
pub(crate) fn at(relative: &str) -> PathBuf {
    root().join(relative)
}

/// What xtask makes and may throw away: tools, intermediate files, stamps.
pub(crate) fn work() -> PathBuf {
    at("target/xtask")
}

/// The wasm package as wasm-pack leaves it; `tsconfig.json` knows it as `cowbell-core`.
pub(crate) fn package() -> PathBuf {
    work().join("pkg")
}

/// The optimised wasm with its function names, for `cargo xtask sizes`.
pub(crate) fn named_wasm() -> PathBuf {
    work().join("named.wasm")
}

/// The unpacked extension for Chromium.
pub(crate) fn chromium_extension() -> PathBuf {
    at("dist/chromium")
}

/// A command that npm has installed.
pub(crate) fn npm_command(name: &str) -> PathBuf {
    at("node_modules/.bin").join(name)
}
