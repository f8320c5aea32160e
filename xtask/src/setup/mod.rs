//! Everything that has to be on the machine. Each part looks first and installs only what is missing; tools go to
//! `target/xtask/tools`, so that nothing else on the machine changes.

mod browser;
mod compiler;
mod npm;
mod rust_tools;
mod system;

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

pub(crate) use browser::{Browser, browser, firefox};
use compiler::Compiler;
pub(crate) use npm::packages;
pub(crate) use rust_tools::cargo_deny;

use crate::paths;

/// What makes wasm of Rust.
pub(crate) struct WasmTools {
    /// With the source of its standard library.
    pub(crate) compiler: Compiler,
    /// `PATH` with the pinned tools in front.
    path: OsString,
}

impl WasmTools {
    /// `wasm-pack` with the right wasm-bindgen and a standard library that is built from source.
    pub(crate) fn wasm_pack(&self) -> Command {
        let mut command = self.compiler.program("wasm-pack");
        command
            .env("PATH", &self.path)
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
            // This is what lets a stable compiler do so.
            .env("RUSTC_BOOTSTRAP", "1")
            // Build scripts look at the line above: shared with other builds, each would be made anew after the other.
            .env("CARGO_TARGET_DIR", paths::work().join("cargo"));
        command
    }
}

/// Compiler, wasm-pack and wasm-bindgen.
///
/// # Errors
/// When something is missing and may not be installed here; the message names the command to run.
pub(crate) fn wasm() -> Result<WasmTools> {
    let compiler = compiler::ensure()?;
    rust_tools::ensure()?;
    Ok(WasmTools { compiler, path: rust_tools::path() })
}

/// All parts, one after the other.
pub(crate) fn everything() -> Result<()> {
    wasm()?;
    packages()?;
    browser()?;
    firefox()?;
    println!("✓ everything is there");
    Ok(())
}
