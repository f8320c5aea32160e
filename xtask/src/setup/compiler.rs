//! A compiler for [`TARGET`].
//!
//! Usually rustup provides the compiled standard library. If rustup cannot download, Debian's `rustc-web` is an alternative. It
//! has the source of that library instead of the compiled one: it becomes the rustup toolchain [`DEBIAN`], and cargo compiles the
//! library with the core (docs/decisions/017-build-tools.md).

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::system;
use crate::paths;
use crate::process::{self, quiet, read, which};
use crate::report::step;

/// The target that the core is compiled for.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Name of the rustup toolchain that refers to Debian's compiler.
const DEBIAN: &str = "debian";

const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

const INSTEAD: &str = "Rust's standard library for WebAssembly is missing: run `rustup target add wasm32-unknown-unknown`";

/// A compiler that can produce WebAssembly.
pub(crate) struct Compiler {
    toolchain: Toolchain,
    /// The output of `rustc --version --verbose`.
    version: String,
    sysroot: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Toolchain {
    /// The active one, with a compiled standard library.
    Active,
    /// Debian's, with the source of the standard library.
    Debian,
}

impl Compiler {
    /// Returns the compiler of a toolchain, if it has what it needs.
    fn of(toolchain: Toolchain) -> Option<Self> {
        let rustc = |arguments: &[&str]| read(toolchain.program("rustc").args(arguments)).ok();
        let compiler = Self {
            toolchain,
            version: rustc(&["--version", "--verbose"])?,
            sysroot: PathBuf::from(rustc(&["--print", "sysroot"])?),
        };
        let needed = match toolchain {
            Toolchain::Active => compiler.sysroot.join("lib/rustlib").join(TARGET).join("lib"),
            Toolchain::Debian => compiler.library_source().join("library/std"),
        };
        needed.is_dir().then_some(compiler)
    }

    /// Returns a program that uses this compiler, and compiles the standard library if necessary.
    pub(super) fn program(&self, name: &str) -> Command {
        let mut command = self.toolchain.program(name);
        if self.toolchain == Toolchain::Debian {
            command
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                // Allows a stable compiler to do so.
                .env("RUSTC_BOOTSTRAP", "1")
                // Build scripts depend on the variable above: if they were shared with other builds, each build would rebuild
                // them.
                .env("CARGO_TARGET_DIR", paths::work().join("cargo"));
        }
        command
    }

    /// Returns `cargo clippy` for [`TARGET`]. Debian's compiler has none.
    pub(super) fn clippy(&self) -> Option<Command> {
        if self.toolchain == Toolchain::Debian {
            return None;
        }
        let mut command = self.program("cargo");
        command.args(["clippy", "--target", TARGET]);
        Some(command)
    }

    /// Returns its version and the commit that it was built from.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Returns the folder of the standard library's source, if it exists, and how a compiler without it names that folder in
    /// messages.
    ///
    /// # Errors
    /// If the compiler does not report its commit.
    pub(crate) fn library(&self) -> Result<(PathBuf, String)> {
        let commit = self.version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        Ok((self.library_source(), format!("/rustc/{}", commit.context("rustc does not say of which commit it is")?)))
    }

    fn library_source(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }
}

impl Toolchain {
    fn program(self, name: &str) -> Command {
        let mut command = process::program(name);
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN);
        }
        command
    }
}

/// Finds a compiler for WebAssembly, or installs what is missing.
pub(super) fn ensure() -> Result<Compiler> {
    let find = || [Toolchain::Active, Toolchain::Debian].into_iter().find_map(Compiler::of);
    if let Some(found) = find() {
        return Ok(found);
    }
    ensure!(which("rustup").is_some(), "{INSTEAD}");
    // The cause of the failure does not matter while there is an alternative.
    let _ = step("rustup target add", || read(process::program("rustup").args(["target", "add", TARGET])));
    if let Some(found) = find() {
        return Ok(found);
    }
    system::install(&DEBIAN_PACKAGES, INSTEAD)?;
    quiet(process::program("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    find().context(INSTEAD)
}
