//! The core as a wasm package: wasm-pack, then Binaryen.

use std::path::PathBuf;

use anyhow::Result;

use super::Profile;
use crate::fingerprint::Fingerprint;
use crate::paths;
use crate::process::{program, quiet, run};
use crate::report::step;
use crate::setup::{self, WasmTools};

/// What the compiler may use of WebAssembly beyond its first version; every browser that runs Cowbell has it.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds `cowbell.js`, `cowbell.d.ts` and `cowbell_bg.wasm` unless nothing they are made of has changed.
pub(crate) fn build(profile: Profile) -> Result<()> {
    let tools = setup::wasm()?;
    let fingerprint = Fingerprint::of(
        "wasm",
        &["src", "wasm", "Cargo.toml", "Cargo.lock", "package-lock.json"],
        &[&tools.compiler()?, &format!("{profile:?}")],
    )?;
    if fingerprint.is_noted() && package_wasm().is_file() {
        return Ok(());
    }
    step("wasm-pack build", || compile(&tools, profile))?;
    if profile == Profile::Release {
        step("wasm-opt -Oz", optimise)?;
    }
    fingerprint.note()
}

fn package_wasm() -> PathBuf {
    paths::package().join("cowbell_bg.wasm")
}

fn compile(tools: &WasmTools, profile: Profile) -> Result<()> {
    let mode = match profile {
        Profile::Release => "--release",
        Profile::Dev => "--dev",
    };
    run(tools
        .wasm_pack()
        .args(["--log-level", "warn", "build", mode, "--target", "web"])
        .args(["--mode", "no-install", "--no-pack", "--no-gitignore"])
        .args(["--out-name", "cowbell", "--out-dir"])
        .arg(paths::package())
        .arg(paths::at("wasm"))
        .args(["--", "--quiet"])
        .env("CARGO_ENCODED_RUSTFLAGS", paths::remapped()?)
        // Names are needed to tell what takes the space; `optimise` removes them.
        .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"))
}

/// Makes the wasm small; keeps a twin with function names for `cargo xtask sizes`.
fn optimise() -> Result<()> {
    let (package, named) = (package_wasm(), paths::named_wasm());
    let wasm_opt = || program(paths::npm_command("wasm-opt"));
    quiet(wasm_opt().args(["-Oz", "--debuginfo"]).args(FEATURES).arg(&package).arg("--output").arg(&named))?;
    quiet(wasm_opt().args(["--strip-debug", "--strip-producers"]).args(FEATURES).arg(&named).arg("--output").arg(&package))
}
