//! The site.

use std::process::Stdio;

use anyhow::{Result, ensure};

use super::bundle::{copy_static, copy_wasm, emptied, esbuild_for};
use super::profile::Profile;
use super::wasm;
use crate::paths;
use crate::process::{program, run};
use crate::report::step;
use crate::setup;

/// Browsers of recent years, because the site is not only for users of the extension.
const BROWSERS: &str = "es2022";

/// Builds `dist/www` if there is a site.
pub(super) fn build(profile: Profile) -> Result<()> {
    let source = paths::at("www");
    if !source.is_dir() {
        return Ok(());
    }
    setup::packages()?;
    wasm::build(profile)?;
    step("bundle the site", || {
        let folder = paths::site();
        emptied(&folder)?;
        run(esbuild_for(profile, BROWSERS)
            .arg("www/src/main.ts")
            .arg("--format=esm")
            .arg(format!("--outfile={}", folder.join("main.js").display())))?;
        copy_static(&source, &folder)?;
        copy_static(&paths::at("extension/icons"), &folder.join("icons"))?;
        copy_wasm(&folder)
    })
}

/// Builds the site and serves it on this machine until interrupted.
pub(crate) fn serve() -> Result<()> {
    ensure!(paths::at("www").is_dir(), "there is no site in www/");
    build(Profile::Release)?;
    let mut server = program(paths::npm_command("esbuild"))
        .arg(format!("--servedir={}", paths::site().display()))
        .args(["--serve=127.0.0.1:0", "--log-level=info"])
        .stdin(Stdio::piped())
        .spawn()?;
    // esbuild serves until its standard input closes, which happens only when this process ends.
    let _open = server.stdin.take();
    let status = server.wait()?;
    ensure!(status.success(), "the server ended: {status}");
    Ok(())
}
