//! Everything that has to be on the machine. Each part looks first and installs only what is missing; tools go to
//! `target/xtask/tools`, so that nothing else on the machine changes.

mod browser;
mod npm;
mod rust_tools;
mod system;
mod wasm_target;

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

pub(crate) use browser::{Browser, browser};
pub(crate) use npm::packages;

use crate::process;

/// What wasm-pack needs.
pub(crate) struct WasmTools {
    /// The rustup toolchain that has the wasm target; none means the active one.
    toolchain: Option<&'static str>,
    /// `PATH` with the pinned tools in front.
    path: OsString,
}

impl WasmTools {
    /// `wasm-pack` with the right toolchain and the right wasm-bindgen.
    pub(crate) fn wasm_pack(&self) -> Command {
        let mut command = process::program("wasm-pack");
        command.env("PATH", &self.path);
        if let Some(toolchain) = self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command
    }

    /// Version of the compiler that makes the wasm.
    pub(crate) fn compiler(&self) -> Result<String> {
        process::read(wasm_target::rustc(self.toolchain).arg("--version"))
    }
}

/// The compiler's wasm target, wasm-pack and wasm-bindgen.
///
/// # Errors
/// When something is missing and may not be installed here; the message names the command to run.
pub(crate) fn wasm() -> Result<WasmTools> {
    let toolchain = wasm_target::ensure()?;
    rust_tools::ensure()?;
    Ok(WasmTools { toolchain, path: rust_tools::path() })
}

/// All parts, one after the other.
pub(crate) fn everything() -> Result<()> {
    wasm()?;
    packages()?;
    browser()?;
    println!("✓ everything is there");
    Ok(())
}
