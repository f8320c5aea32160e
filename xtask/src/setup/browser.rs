//! The browsers: Chromium with its driver, and Firefox.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use super::system;
use crate::process::{is_program, which};

/// A Chromium and the driver for its tests.
pub(crate) struct Browser {
    /// The browser.
    pub(crate) chromium: PathBuf,
    /// The `WebDriver` server that controls it.
    pub(crate) chromedriver: PathBuf,
}

/// Where to find a program: the variable that names it, and its usual names.
struct Wanted {
    variable: &'static str,
    names: &'static [&'static str],
    package: &'static str,
}

const CHROMIUM: Wanted = Wanted {
    variable: "COWBELL_CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
};

const CHROMEDRIVER: Wanted = Wanted { variable: "COWBELL_CHROMEDRIVER", names: &["chromedriver"], package: "chromium-driver" };

const FIREFOX: Wanted = Wanted { variable: "COWBELL_FIREFOX", names: &["firefox-esr", "firefox"], package: "firefox-esr" };

/// Finds or installs Firefox, whose driver is part of it.
pub(crate) fn firefox() -> Result<PathBuf> {
    find_or_install(&FIREFOX)
}

/// Finds or installs Chromium and its driver.
pub(crate) fn browser() -> Result<Browser> {
    Ok(Browser { chromium: find_or_install(&CHROMIUM)?, chromedriver: find_or_install(&CHROMEDRIVER)? })
}

fn find_or_install(wanted: &Wanted) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(wanted.variable).map(PathBuf::from) {
        ensure!(is_program(&named), "{} names {}, which is not a program", wanted.variable, named.display());
        return Ok(named);
    }
    if let Some(found) = find(wanted) {
        return Ok(found);
    }
    let Wanted { variable, names, package } = wanted;
    let name = names.first().unwrap_or(package);
    let instead = format!("{name} is missing: install it (Debian: `sudo apt-get install {package}`), or name it in {variable}");
    system::install(&[package], &instead)?;
    find(wanted).context(instead)
}

fn find(wanted: &Wanted) -> Option<PathBuf> {
    wanted.names.iter().find_map(|name| which(name))
}
