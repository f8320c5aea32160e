//! A compiler that has the source of its standard library, which is compiled for size together with the core
//! (`docs/decisions/size.md`).
//!
//! Usually rustup has the source. Where rustup cannot download, Debian's `rustc-web` and its source package do as well: that
//! compiler becomes the rustup toolchain [`DEBIAN`].

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::system;
use crate::process::{self, quiet, read, which};
use crate::report::step;

/// Name of the rustup toolchain that stands for Debian's compiler.
const DEBIAN: &str = "debian";

const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

const INSTEAD: &str = "the source of Rust's standard library is missing: run `rustup component add rust-src`";

/// A compiler that can build its standard library.
pub(crate) struct Compiler {
    /// The rustup toolchain; none means the active one.
    toolchain: Option<&'static str>,
    /// The folder with the source of the standard library.
    pub(crate) source: PathBuf,
}

impl Compiler {
    /// The compiler of a toolchain, if the source is there.
    fn of(toolchain: Option<&'static str>) -> Option<Self> {
        let sysroot = read(program("rustc", toolchain).args(["--print", "sysroot"])).ok()?;
        let source = Path::new(&sysroot).join("lib/rustlib/src/rust");
        source.join("library/std").is_dir().then_some(Self { toolchain, source })
    }

    /// A program that is this compiler or calls it.
    pub(super) fn program(&self, name: &str) -> Command {
        program(name, self.toolchain)
    }

    /// Its version.
    pub(crate) fn version(&self) -> Result<String> {
        read(self.program("rustc").arg("--version"))
    }
}

/// Finds a compiler with the source, or installs what is missing.
pub(super) fn ensure() -> Result<Compiler> {
    let find = || Compiler::of(None).or_else(|| Compiler::of(Some(DEBIAN)));
    if let Some(found) = find() {
        return Ok(found);
    }
    let has_rustup = which("rustup").is_some();
    if has_rustup {
        let mut rustup = process::program("rustup");
        // Why it fails is of no interest as long as there is another way.
        let _ = step("rustup component add rust-src", || read(rustup.args(["component", "add", "rust-src"])));
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    system::install(&DEBIAN_PACKAGES, INSTEAD)?;
    if has_rustup {
        quiet(process::program("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    }
    find().context(INSTEAD)
}

fn program(name: &str, toolchain: Option<&str>) -> Command {
    let mut command = process::program(name);
    if let Some(toolchain) = toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}
