//! Packages of the operating system, if apt is available and the user may install.

use anyhow::{Result, bail};

use crate::process::{program, quiet, read, which};
use crate::report::step;

/// Returns whether packages of the operating system can be installed from here.
pub(crate) fn can_install() -> bool {
    which("apt-get").is_some() && read(program("id").arg("-u")).is_ok_and(|user| user == "0")
}

/// Installs packages of Debian or Ubuntu.
///
/// # Errors
/// If that is not possible here; the message says `instead`, which is what to do by hand.
pub(crate) fn install(packages: &[&str], instead: &str) -> Result<()> {
    if !can_install() {
        bail!("{instead}");
    }
    step(&format!("apt-get install {}", packages.join(" ")), || {
        // The package lists of a fresh machine are empty, or so old that their Firefox does not load the extension. If the update
        // fails, for example because one source is gone, the existing lists may suffice.
        let _ = apt(&["update"]).output()?;
        quiet(apt(&["install", "--yes"]).args(packages))
    })
    .map_err(|error| error.context(instead.to_owned()))
}

/// Returns `apt-get` without prompts that waits for another one to finish.
fn apt(arguments: &[&str]) -> std::process::Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command
}
