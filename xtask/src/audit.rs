//! Dependencies held against what is known of them today. Apart from the other checks, because what is known changes from one day
//! to the next, and has to be fetched.

use anyhow::{Result, ensure};

use crate::process::{program, run as run_program};
use crate::report::step;
use crate::setup;

/// Runs cargo-deny with `deny.toml`, then npm's audit; all run even if one finds something.
pub(crate) fn run() -> Result<()> {
    let path = setup::cargo_deny()?;
    let deny = |what: &[&str]| {
        step(&format!("cargo deny check {}", what.join(" ")), || {
            run_program(program("cargo-deny").env("PATH", &path).args(["--log-level=warn", "--workspace", "check"]).args(what))
        })
    };
    let audits = [
        // What needs no network comes first.
        deny(&["bans", "licenses", "sources"]),
        deny(&["advisories"]),
        step("npm audit", || run_program(program("npm").arg("audit"))),
    ];
    ensure!(audits.iter().all(Result::is_ok), "not every dependency is as it should be");
    Ok(())
}
