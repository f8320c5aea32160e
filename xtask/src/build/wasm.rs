//! The core as a wasm package, by wasm-pack, which runs wasm-bindgen and Binaryen's `wasm-opt` (`wasm/Cargo.toml`).

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Result;

use super::profile::Profile;
use crate::fingerprint::Fingerprint;
use crate::paths;
use crate::process::run;
use crate::report::step;
use crate::setup::{self, WasmTools};

/// Name of the wasm package of the page: the core and both stand-ins.
pub(super) const TRY: &str = "cowbell-try";

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
    let mode: &[&str] = match profile {
        Profile::Release => &["--release"],
        Profile::Dev => &["--dev"],
    };
    step("wasm-pack build", || compile(&tools, mode, "cowbell", &paths::package(), "wasm"))?;
    fingerprint.note()
}

/// Builds the same with the stand-ins beside the core, small, for the page.
pub(crate) fn build_try(profile: Profile) -> Result<()> {
    let tools = setup::wasm()?;
    let fingerprint = Fingerprint::of(
        "try",
        &[
            "src",
            "wasm",
            "www/wasm",
            "tests/standins/src",
            "tests/standins/Cargo.toml",
            "Cargo.toml",
            "Cargo.lock",
            "package-lock.json",
            "xtask/src/build/wasm.rs",
            "xtask/src/setup",
        ],
        &[tools.compiler.version(), &format!("{profile:?}")],
    )?;
    if fingerprint.is_noted() && paths::try_package().join(TRY).with_extension("js").is_file() {
        return Ok(());
    }
    let mode: &[&str] = match profile {
        Profile::Release => &["--profile", "try"],
        Profile::Dev => &["--dev"],
    };
    step("wasm-pack build, for the page", || compile(&tools, mode, TRY, &paths::try_package(), "www/wasm"))?;
    fingerprint.note()
}

fn compile(tools: &WasmTools, mode: &[&str], package: &str, to: &Path, from: &str) -> Result<()> {
    let (library, name) = tools.compiler.library()?;
    run(tools
        .wasm_pack()
        .args(["--log-level", "warn", "build"])
        .args(mode)
        .args(["--target", "web"])
        // Searches for nothing and installs nothing: every tool it needs is in `PATH`.
        .args(["--mode", "force", "--no-pack", "--no-gitignore"])
        .args(["--out-name", package, "--out-dir"])
        .arg(to)
        .arg(paths::at(from))
        .args(["--", "--quiet", "--locked"])
        .env("CARGO_ENCODED_RUSTFLAGS", paths::remapped((&library, &name))?.join(OsStr::new("\u{1f}"))))
}
