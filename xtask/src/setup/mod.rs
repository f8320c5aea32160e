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

/// What makes wasm of Rust.
pub(crate) struct WasmTools {
    pub(crate) compiler: Compiler,
    /// `PATH` with the pinned tools in front.
    path: OsString,
}

impl WasmTools {
    /// `wasm-pack` with the right wasm-bindgen.
    pub(crate) fn wasm_pack(&self) -> Command {
        let mut command = self.compiler.program("wasm-pack");
        command.env("PATH", &self.path);
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

/// `cargo clippy` for WebAssembly: some of the core is compiled for nothing else. `None` where there is no such clippy.
///
/// # Errors
/// When no compiler can be installed here; the message names the command to run.
pub(crate) fn wasm_clippy() -> Result<Option<Command>> {
    Ok(compiler::ensure()?.clippy())
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
