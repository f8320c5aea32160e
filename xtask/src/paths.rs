//! Where things are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, iter};

use anyhow::Result;

/// The top level of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A file or folder below the top level.
pub(crate) fn at(relative: &str) -> PathBuf {
    root().join(relative)
}

/// What xtask makes and may throw away: tools, intermediate files, stamps.
pub(crate) fn work() -> PathBuf {
    at("target/xtask")
}

/// The wasm package as wasm-pack leaves it; `tsconfig.json` knows it as `cowbell-core`.
pub(crate) fn package() -> PathBuf {
    work().join("pkg")
}

/// The unpacked extension for Chromium.
pub(crate) fn chromium_extension() -> PathBuf {
    at("dist/chromium")
}

/// The same for Firefox.
pub(crate) fn firefox_extension() -> PathBuf {
    at("dist/firefox")
}

/// The page without the extension.
pub(crate) fn site() -> PathBuf {
    at("dist/www")
}

/// A command that npm has installed.
pub(crate) fn npm_command(name: &str) -> PathBuf {
    at("node_modules/.bin").join(name)
}

/// Options for rustc that keep this machine's paths out of what it makes. `library` is where the source of the standard library is,
/// which rustc names where it finds it, and the name of that place everywhere else.
pub(crate) fn remapped((library, name): (&Path, &str)) -> Result<Vec<OsString>> {
    let mut options = Vec::new();
    let mut replace = |folder: &Path, by: &str| {
        let mut option = OsString::from("--remap-path-prefix=");
        option.push(folder);
        option.push("=");
        option.push(by);
        options.push(option);
    };
    replace(root(), "cowbell");
    replace(library, name);
    if let Some(cargo_home) = cargo_home() {
        replace(&cargo_home, "cargo");
        // The name of this folder is that of a registry.
        if let Ok(registries) = fs::read_dir(cargo_home.join("registry/src")) {
            for registry in registries {
                replace(&registry?.path(), "crates");
            }
        }
    }
    Ok(options)
}

/// Folders that mean something on this machine only.
pub(crate) fn of_this_machine() -> Vec<PathBuf> {
    iter::once(root().to_owned()).chain(cargo_home()).collect()
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}
