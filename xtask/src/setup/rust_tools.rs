//! Tools written in Rust, in exactly the versions that the project is built with.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};

use crate::paths;
use crate::process::{program, quiet, read};
use crate::report::step;

const WASM_PACK: &str = "0.15.1";
const CARGO_DENY: &str = "0.20.2";
const CARGO_MUTANTS: &str = "27.1.0";

/// Finds or installs wasm-pack and wasm-bindgen. The wasm-bindgen command must have the same version as the crate in
/// `Cargo.lock`.
pub(crate) fn ensure() -> Result<()> {
    tool("wasm-pack", "wasm-pack", WASM_PACK)?;
    let lock = fs::read_to_string(paths::at("Cargo.lock"))?;
    let bindgen = locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name a version of wasm-bindgen")?;
    tool("wasm-bindgen", "wasm-bindgen-cli", bindgen)
}

/// Finds or installs cargo-deny, and returns the `PATH` that contains it.
pub(crate) fn cargo_deny() -> Result<OsString> {
    tool("cargo-deny", "cargo-deny", CARGO_DENY)?;
    Ok(path())
}

/// Finds or installs cargo-mutants, and returns the `PATH` that contains it.
pub(crate) fn cargo_mutants() -> Result<OsString> {
    tool("cargo mutants", "cargo-mutants", CARGO_MUTANTS)?;
    Ok(path())
}

/// Returns `PATH` with our own tools and those of npm first.
pub(crate) fn path() -> OsString {
    let current = env::var_os("PATH").unwrap_or_default();
    let ours = [folder().join("bin"), paths::at("node_modules/.bin")];
    let folders = ours.into_iter().chain(env::split_paths(&current));
    env::join_paths(folders).unwrap_or(current.clone())
}

fn folder() -> PathBuf {
    paths::work().join("tools")
}

/// Finds or installs a tool, with the dependencies that it was released with.
fn tool(command: &str, package: &str, version: &str) -> Result<()> {
    let mut words = command.split(' ');
    let found = read(program(words.next().unwrap_or_default()).args(words).env("PATH", path()).arg("--version"));
    if found.is_ok_and(|line| line.split(' ').nth(1) == Some(version)) {
        return Ok(());
    }
    step(&format!("cargo install {package} {version}"), || quiet(&mut install(package, version)))
}

fn install(package: &str, version: &str) -> Command {
    let mut cargo = program("cargo");
    cargo.args(["install", package, "--version", version, "--locked", "--force", "--root"]).arg(folder());
    cargo
}

/// Returns the version of a package in a lock file of Cargo.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::{install, locked_version};

    /// docs/contract/cases.md, S17.
    #[test]
    fn a_tool_is_built_from_the_versions_it_was_released_with() {
        assert!(install("wasm-pack", "0.15.1").get_args().any(|argument| argument == "--locked"));
    }

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "gloo"), None);
    }
}
