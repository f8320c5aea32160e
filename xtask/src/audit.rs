//! Checks the dependencies against today's advisories. Separate from the other checks, because advisories change from day to day
//! and must be downloaded.

use anyhow::{Result, ensure};

use crate::process::{program, run as run_program};
use crate::report::step;
use crate::setup;

/// Runs cargo-deny with `deny.toml`, then npm's audit; all of them run even if one finds something.
pub(crate) fn run() -> Result<()> {
    let path = setup::cargo_deny()?;
    let deny = |what: &[&str]| {
        step(&format!("cargo deny check {}", what.join(" ")), || {
            run_program(program("cargo-deny").env("PATH", &path).args(["--log-level=warn", "--workspace", "check"]).args(what))
        })
    };
    let audits = [
        // What needs no network runs first.
        deny(&["bans", "licenses", "sources"]),
        deny(&["advisories"]),
        step("npm audit", || run_program(program("npm").arg("audit"))),
    ];
    ensure!(audits.iter().all(Result::is_ok), "not every dependency is as it should be");
    Ok(())
}
