//! The core as a wasm package: wasm-pack, then Binaryen.

use std::ffi::OsStr;
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

/// What LLVM does to make code smaller, and what it leaves (`docs/decisions/size.md`).
const LLVM: &str = "-Cllvm-args=-disable-lsr -switch-to-lookup -sink-common-insts";

/// Binaryen's passes, in this order: what compresses best of what was tried (`docs/decisions/size.md`).
const OPTIMISATIONS: [&str; 5] = ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];

/// Builds `cowbell.js`, `cowbell.d.ts` and `cowbell_bg.wasm` unless nothing they are made of has changed.
pub(crate) fn build(profile: Profile) -> Result<()> {
    let tools = setup::wasm()?;
    let fingerprint = Fingerprint::of(
        "wasm",
        &["src", "wasm", "Cargo.toml", "Cargo.lock", "package-lock.json", "xtask/src/build/wasm.rs", "xtask/src/setup/mod.rs"],
        &[&tools.compiler.version()?, &format!("{profile:?}")],
    )?;
    if fingerprint.is_noted() && package_wasm().is_file() {
        return Ok(());
    }
    step("wasm-pack build", || compile(&tools, profile))?;
    if profile == Profile::Release {
        step("wasm-opt", optimise)?;
    }
    fingerprint.note()
}

fn package_wasm() -> PathBuf {
    paths::package().join("cowbell_bg.wasm")
}

fn compile(tools: &WasmTools, profile: Profile) -> Result<()> {
    let mut wasm_pack = tools.wasm_pack();
    let mut flags = paths::remapped(&tools.compiler.source)?;
    let mode = match profile {
        Profile::Release => {
            // A panic and `{:?}` have no words: nobody would read them.
            wasm_pack.env("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true").env("CARGO_PROFILE_RELEASE_PANIC", "immediate-abort");
            flags.push("-Zfmt-debug=none".into());
            flags.push(LLVM.into());
            // Names are needed to tell what takes the space; `optimise` removes them.
            wasm_pack.env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
            "--release"
        }
        Profile::Dev => "--dev",
    };
    run(wasm_pack
        .args(["--log-level", "warn", "build", mode, "--target", "web"])
        // Not `no-install`, which demands a compiled standard library. Nothing is installed: all that is wanted is in `PATH`.
        .args(["--mode", "force", "--no-pack", "--no-gitignore"])
        .args(["--out-name", "cowbell", "--out-dir"])
        .arg(paths::package())
        .arg(paths::at("wasm"))
        .args(["--", "--quiet"])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join(OsStr::new("\u{1f}"))))
}

/// Makes the wasm small; keeps a twin with function names for `cargo xtask sizes`.
fn optimise() -> Result<()> {
    let (package, named) = (package_wasm(), paths::named_wasm());
    let wasm_opt = || program(paths::npm_command("wasm-opt"));
    quiet(wasm_opt().args(OPTIMISATIONS).arg("--debuginfo").args(FEATURES).arg(&package).arg("--output").arg(&named))?;
    quiet(wasm_opt().args(["--strip-debug", "--strip-producers"]).args(FEATURES).arg(&named).arg("--output").arg(&package))
}
