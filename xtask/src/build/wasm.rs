//! The core as a wasm package, by wasm-pack, which runs wasm-bindgen and Binaryen's `wasm-opt` (`wasm/Cargo.toml`).

use std::ffi::OsStr;

use anyhow::Result;

use super::profile::Profile;
use crate::fingerprint::Fingerprint;
use crate::paths;
use crate::process::run;
use crate::report::step;
use crate::setup::{self, WasmTools};

/// Builds `cowbell.js`, `cowbell.d.ts` and `cowbell_bg.wasm`, unless all their inputs are unchanged.
pub(crate) fn build(profile: Profile) -> Result<()> {
    let tools = setup::wasm()?;
    let fingerprint = Fingerprint::of(
        "wasm",
        &["src", "wasm", "Cargo.toml", "Cargo.lock", "package-lock.json", "xtask/src/build/wasm.rs", "xtask/src/setup"],
        &[tools.compiler.version(), &format!("{profile:?}")],
    )?;
    if fingerprint.is_noted() && paths::package().join("cowbell_bg.wasm").is_file() {
        return Ok(());
    }
    step("wasm-pack build", || compile(&tools, profile))?;
    fingerprint.note()
}

fn compile(tools: &WasmTools, profile: Profile) -> Result<()> {
    let (library, name) = tools.compiler.library()?;
    let mode = match profile {
        Profile::Release => "--release",
        Profile::Dev => "--dev",
    };
    run(tools
        .wasm_pack()
        .args(["--log-level", "warn", "build", mode, "--target", "web"])
        // Searches for nothing and installs nothing: every tool it needs is in `PATH`.
        .args(["--mode", "force", "--no-pack", "--no-gitignore"])
        .args(["--out-name", "cowbell", "--out-dir"])
        .arg(paths::package())
        .arg(paths::at("wasm"))
        .args(["--", "--quiet", "--locked"])
        .env("CARGO_ENCODED_RUSTFLAGS", paths::remapped((&library, &name))?.join(OsStr::new("\u{1f}"))))
}
