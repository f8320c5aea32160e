//! Everything that must be on the machine. Each part searches first and installs only what is missing; tools go to
//! `target/xtask/tools`, so that nothing else on the machine changes.

mod browser;
mod compiler;
mod npm;
mod python;
mod rust_tools;
mod system;

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

pub(crate) use browser::{Browser, browser, firefox};
use compiler::Compiler;
pub(crate) use npm::packages;
pub(crate) use python::python;
pub(crate) use rust_tools::{cargo_deny, cargo_mutants};

/// The tools that build wasm from Rust.
pub(crate) struct WasmTools {
    pub(crate) compiler: Compiler,
    /// `PATH` with the pinned tools first.
    path: OsString,
}

impl WasmTools {
    /// Returns `wasm-pack` with the matching wasm-bindgen.
    pub(crate) fn wasm_pack(&self) -> Command {
        let mut command = self.compiler.program("wasm-pack");
        command.env("PATH", &self.path);
        command
    }

    /// Returns `cargo test` for WebAssembly, with the matching wasm-bindgen as the program that runs a test in a browser.
    pub(crate) fn test(&self) -> Command {
        let mut command = self.compiler.program("cargo");
        command
            .args(["test", "--target", compiler::TARGET])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .env("PATH", &self.path);
        command
    }
}

/// Finds or installs the compiler, wasm-pack and wasm-bindgen.
///
/// # Errors
/// If something is missing and cannot be installed here; the message names the command to run.
pub(crate) fn wasm() -> Result<WasmTools> {
    let compiler = compiler::ensure()?;
    rust_tools::ensure()?;
    Ok(WasmTools { compiler, path: rust_tools::path() })
}

/// Returns `cargo clippy` for WebAssembly, because some of the core is compiled for no other target. `None` if there is no such
/// clippy.
///
/// # Errors
/// If no compiler can be installed here; the message names the command to run.
pub(crate) fn wasm_clippy() -> Result<Option<Command>> {
    Ok(compiler::ensure()?.clippy())
}

/// Sets up all parts, one after the other.
pub(crate) fn everything() -> Result<()> {
    wasm()?;
    packages()?;
    browser()?;
    firefox()?;
    println!("✓ everything is there");
    Ok(())
}
