//! Paths of files and folders.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, iter};

use anyhow::Result;

/// Returns the top level of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Returns a file or folder below the top level.
pub(crate) fn at(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Returns the folder for what xtask creates and may delete: tools, intermediate files, fingerprints.
pub(crate) fn work() -> PathBuf {
    at("target/xtask")
}

/// Returns the wasm package as wasm-pack writes it; `tsconfig.json` calls it `cowbell-core`.
pub(crate) fn package() -> PathBuf {
    work().join("pkg")
}

/// Returns the wasm package of the page, with the stand-ins beside the core; `www/tsconfig.json` calls it `cowbell-core`.
pub(crate) fn try_package() -> PathBuf {
    work().join("try")
}

/// Returns the unpacked extension for Chromium.
pub(crate) fn chromium_extension() -> PathBuf {
    at("dist/chromium")
}

/// Returns the unpacked extension for Firefox.
pub(crate) fn firefox_extension() -> PathBuf {
    at("dist/firefox")
}

/// Returns the page without the extension.
pub(crate) fn site() -> PathBuf {
    at("dist/www")
}

/// Returns a command that npm has installed.
pub(crate) fn npm_command(name: &str) -> PathBuf {
    at("node_modules/.bin").join(name)
}

/// Returns options for rustc that keep this machine's paths out of its output. `library` is the folder of the standard library's
/// source, which rustc would embed, and the name that replaces it.
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

/// Returns the folders whose paths are specific to this machine.
pub(crate) fn of_this_machine() -> Vec<PathBuf> {
    iter::once(root().to_owned()).chain(cargo_home()).collect()
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}
