//! Node.js and the packages of `package-lock.json`.

use anyhow::Result;

use super::system;
use crate::fingerprint::Fingerprint;
use crate::paths;
use crate::process::{program, quiet, read, which};
use crate::report::step;

/// The oldest Node.js that can run the browser journeys.
const OLDEST_NODE: u32 = 20;

/// Finds or installs Node.js and the packages.
pub(crate) fn packages() -> Result<()> {
    let instead = format!("Node.js {OLDEST_NODE} or later with npm is missing: see https://nodejs.org");
    if !node_is_there() || which("npm").is_none() {
        system::install(&["nodejs", "npm"], &instead)?;
        anyhow::ensure!(node_is_there(), "{instead}");
    }
    let fingerprint = Fingerprint::of("npm", &["package.json", "package-lock.json"], &[])?;
    if fingerprint.is_noted() && paths::at("node_modules").is_dir() {
        return Ok(());
    }
    // No package runs a script when it is installed (docs/contract/cases.md, S17).
    step("npm ci", || quiet(program("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])))?;
    fingerprint.note()
}

fn node_is_there() -> bool {
    read(program("node").arg("--version")).is_ok_and(|version| major(&version).is_some_and(|major| major >= OLDEST_NODE))
}

/// Returns the first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn node_says_its_version() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
