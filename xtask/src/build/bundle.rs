//! TypeScript: checked by tsc, bundled by esbuild.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::profile::Profile;
use crate::fingerprint::files;
use crate::paths;
use crate::process::{program, run};

/// Returns `esbuild` with the options that all our bundles share.
pub(crate) fn esbuild() -> Command {
    let mut command = program(paths::npm_command("esbuild"));
    command.args(["--bundle", "--charset=utf8", "--log-level=warning"]);
    command
}

/// Returns `esbuild` with the options for code that runs in browsers.
pub(super) fn esbuild_for(profile: Profile, browsers: &str) -> Command {
    let mut command = esbuild();
    command.arg(format!("--target={browsers}"));
    // Licences of bundled packages go into a file beside the bundle.
    command.arg("--legal-comments=external");
    command.arg(match profile {
        Profile::Release => "--minify",
        Profile::Dev => "--sourcemap",
    });
    command
}

/// Checks the types of every TypeScript project, which is each top-level folder with a `tsconfig.json`.
pub(crate) fn types() -> Result<()> {
    for project in ["extension", "tests", "www"] {
        if paths::at(project).join("tsconfig.json").is_file() {
            run(program(paths::npm_command("tsc")).arg("--noEmit").arg("--project").arg(project))?;
        }
    }
    Ok(())
}

/// Copies what is shipped unchanged: everything in a folder except its sources and what only the build reads.
pub(super) fn copy_static(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let inside = file.strip_prefix(from)?;
        if !is_for_the_build(inside) {
            copy(&file, &to.join(inside))?;
        }
    }
    Ok(())
}

/// Copies the core to the bundle that loads it.
pub(super) fn copy_wasm(to: &Path) -> Result<()> {
    let name = "cowbell_bg.wasm";
    copy(&paths::package().join(name), &to.join(name))
}

/// Creates an empty folder for the result.
pub(super) fn emptied(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(())
}

/// Copies a file, and creates the folder that it goes to.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}

fn is_for_the_build(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.starts_with("src") || file.starts_with("_locales") || name == "tsconfig.json" || name.starts_with("manifest.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_not_shipped() {
        assert!(is_for_the_build(Path::new("src/panel/main.ts")));
        assert!(is_for_the_build(Path::new("manifest.base.json")));
        assert!(is_for_the_build(Path::new("_locales/en/panel.json")));
        assert!(!is_for_the_build(Path::new("panel.html")));
    }
}
