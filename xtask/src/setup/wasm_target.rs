//! The standard library for `wasm32-unknown-unknown`.
//!
//! Usually rustup has it. Where rustup cannot download, Debian's `rustc-web` and its source package do as well: the
//! library is built once from source, and that compiler becomes the rustup toolchain [`DEBIAN`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::system;
use crate::paths;
use crate::process::{program, quiet, read, which};
use crate::report::step;

const TARGET: &str = "wasm32-unknown-unknown";

/// Name of the rustup toolchain that stands for Debian's compiler.
const DEBIAN: &str = "debian";

/// Where Debian's compiler looks for the library.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// Finds or installs the target; gives the toolchain that has it, none for the active one.
pub(crate) fn ensure() -> Result<Option<&'static str>> {
    if has_target(None) {
        return Ok(None);
    }
    if has_target(Some(DEBIAN)) && has_bitcode(Path::new(DEBIAN_LIBRARY)) {
        return Ok(Some(DEBIAN));
    }
    // Its reasons are of no interest as long as there is another way.
    let by_rustup = step(&format!("rustup target add {TARGET}"), || read(program("rustup").args(["target", "add", TARGET])));
    if by_rustup.is_ok() && has_target(None) {
        return Ok(None);
    }
    from_debian()?;
    Ok(Some(DEBIAN))
}

/// The compiler of a toolchain.
pub(crate) fn rustc(toolchain: Option<&str>) -> Command {
    let mut command = program("rustc");
    if let Some(toolchain) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}

fn has_target(toolchain: Option<&str>) -> bool {
    read(rustc(toolchain).args(["--print", "target-libdir", "--target", TARGET])).is_ok_and(|folder| has_core(Path::new(&folder)))
}

/// Whether the folder holds the compiled `core`, without which nothing compiles.
fn has_core(folder: &Path) -> bool {
    libraries(folder)
        .is_ok_and(|files| files.iter().filter_map(|file| file.file_name()?.to_str()).any(|name| name.starts_with("libcore-")))
}

/// Whether the library built here carries bitcode, without which there is no link-time optimisation. rustup's always does.
fn has_bitcode(folder: &Path) -> bool {
    const SECTION: &[u8] = b".llvmbc";
    let is_panic = |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libpanic_abort-"));
    let Ok(libraries) = libraries(folder) else { return false };
    let Some(library) = libraries.iter().find(is_panic) else { return false };
    fs::read(library).is_ok_and(|bytes| bytes.windows(SECTION.len()).any(|window| window == SECTION))
}

fn libraries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|end| end == "rlib") {
            found.push(file);
        }
    }
    Ok(found)
}

fn from_debian() -> Result<()> {
    system::install(
        &DEBIAN_PACKAGES,
        "the compiler's WebAssembly target is missing: run `rustup target add wasm32-unknown-unknown`",
    )?;
    if !has_core(Path::new(DEBIAN_LIBRARY)) || !has_bitcode(Path::new(DEBIAN_LIBRARY)) {
        step("build Rust's standard library for WebAssembly", build_library)?;
    }
    if which("rust-lld").is_none() {
        quiet(program("ln").args(["-sf", "/usr/lib/llvm-22/bin/lld", "/usr/bin/rust-lld"]))?;
    }
    quiet(program("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))
}

/// Builds an empty crate together with the standard library and keeps the latter.
fn build_library() -> Result<()> {
    let crate_folder = paths::work().join("standard-library");
    fs::create_dir_all(crate_folder.join("src"))?;
    fs::write(crate_folder.join("src/lib.rs"), "")?;
    fs::write(crate_folder.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n")?;
    // As rustup's: with the bitcode that link-time optimisation needs.
    let mut flags = paths::remapped()?;
    flags.push("\u{1f}-Cembed-bitcode=yes");
    quiet(
        Command::new("/usr/bin/cargo")
            .current_dir(&crate_folder)
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", flags)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z")
            .env("CARGO_TARGET_DIR", crate_folder.join("target"))
            .args(["build", "--release", "--target", TARGET])
            .arg("-Zbuild-std=std,panic_abort,test"),
    )?;
    fs::create_dir_all(DEBIAN_LIBRARY)?;
    for former in libraries(Path::new(DEBIAN_LIBRARY))? {
        fs::remove_file(former)?;
    }
    // cargo does not notice that the library is another one.
    let stale = paths::at("target").join(TARGET);
    if stale.exists() {
        fs::remove_dir_all(stale)?;
    }
    let built = crate_folder.join("target").join(TARGET).join("release/deps");
    for library in libraries(&built)? {
        let name = library.file_name().unwrap_or_default();
        if !name.to_string_lossy().starts_with("libempty-") {
            fs::copy(&library, Path::new(DEBIAN_LIBRARY).join(name))?;
        }
    }
    fs::remove_dir_all(crate_folder)?;
    Ok(())
}
