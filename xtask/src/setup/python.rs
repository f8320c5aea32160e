//! A Python of its own for the measurements beside authentik's official client; nothing else needs it.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::fingerprint::Fingerprint;
use crate::paths;
use crate::process::{program, quiet, which};
use crate::report::step;

/// The packages, with their versions.
const REQUIREMENTS: &str = "tests/bench/peers/requirements.txt";

/// Finds or makes a Python that has the packages of [`REQUIREMENTS`]; returns the program.
pub(crate) fn python() -> Result<PathBuf> {
    let folder = paths::work().join("python");
    let python = folder.join("bin/python");
    let fingerprint = Fingerprint::of("python", &[REQUIREMENTS], &[])?;
    if fingerprint.is_noted() && python.is_file() {
        return Ok(python);
    }
    if which("python3").is_none() {
        bail!("Python is missing, which the peers need: install python3 with its modules venv and pip");
    }
    step("make a Python for the peers", || {
        let made = quiet(program("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        if made.is_err() {
            bail!("python3 cannot make an environment: install its modules venv and pip (on Debian: python3-venv)");
        }
        let mut pip = program(&python);
        // What is built at installation could run anything.
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--requirement",
            REQUIREMENTS,
        ]);
        quiet(&mut pip)
    })?;
    fingerprint.note()?;
    Ok(python)
}
