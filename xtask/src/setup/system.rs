//! Packages of the operating system, where apt is there and the user may install.

use anyhow::{Result, bail};

use crate::process::{program, quiet, read, which};
use crate::report::step;

/// Whether packages of the operating system can be installed from here.
pub(crate) fn can_install() -> bool {
    which("apt-get").is_some() && read(program("id").arg("-u")).is_ok_and(|user| user == "0")
}

/// Installs packages of Debian or Ubuntu.
///
/// # Errors
/// When that is not possible here; the message says `instead`, the one thing to do by hand.
pub(crate) fn install(packages: &[&str], instead: &str) -> Result<()> {
    if !can_install() {
        bail!("{instead}");
    }
    step(&format!("apt-get install {}", packages.join(" ")), || {
        // A fresh machine's lists are empty, or so old that they name a Firefox that does not load the extension. Where they cannot be
        // fetched, as with one source that is gone, those that are there may do.
        let _ = apt(&["update"]).output()?;
        quiet(apt(&["install", "--yes"]).args(packages))
    })
    .map_err(|error| error.context(instead.to_owned()))
}

/// `apt-get` that asks nothing and waits for another one to finish.
fn apt(arguments: &[&str]) -> std::process::Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command
}
