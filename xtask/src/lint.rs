//! The linter of Firefox's store, which must report nothing except what is expected of Lit.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::paths;
use crate::process::program;

/// The only report of the linter on a bundle with Lit: the place where lit-html parses its templates (docs/REVIEWERS.md).
const OF_LIT: [(&str, &str, &str); 1] = [("UNSAFE_VAR_ASSIGNMENT", "panel.js", "Unsafe assignment to innerHTML")];

/// Lints `dist/firefox` and fails on an error, a notice or a warning that is not Lit's; `lines` receives the counts of the
/// linter.
pub(crate) fn run(lines: &mut Vec<String>) -> Result<()> {
    let mut command = program(paths::npm_command("web-ext"));
    command.args(["lint", "--no-config-discovery", "--output=json", "--source-dir"]).arg(paths::firefox_extension());
    // The linter exits with an error if it finds one; the report gives the details.
    let output = command.env("NO_UPDATE_NOTIFIER", "1").output().context("web-ext cannot be started")?;
    let report = serde_json::from_slice(&output.stdout).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let said = judge(&report)?;
    println!("{said}");
    lines.push(said);
    Ok(())
}

/// Summarises the report if it contains only what is expected.
fn judge(report: &Value) -> Result<String> {
    let of_kind = |kind: &str| report[kind].as_array().with_context(|| format!("the linter names no {kind}"));
    let (errors, notices, warnings) = (of_kind("errors")?, of_kind("notices")?, of_kind("warnings")?);
    ensure!(errors.is_empty() && notices.is_empty(), "Firefox's store would not be content: {errors:#?} {notices:#?}");
    let found: Vec<_> = warnings.iter().map(|warning| [&warning["code"], &warning["file"], &warning["message"]]).collect();
    let expected = OF_LIT.map(|(code, file, message)| [code, file, message]);
    ensure!(found == expected, "other warnings than Lit's one: {warnings:#?}");
    Ok(format!("web-ext lint: 0 errors, 0 notices, {} warning, which is Lit's", found.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::judge;

    fn warning() -> Value {
        json!({
            "code": "UNSAFE_VAR_ASSIGNMENT", "file": "panel.js", "message": "Unsafe assignment to innerHTML",
            "line": 3, "column": 2198,
        })
    }

    fn report(warnings: &[Value]) -> Value {
        json!({ "errors": [], "notices": [], "warnings": warnings })
    }

    #[test]
    fn the_warning_about_lit_is_expected() {
        assert!(judge(&report(&[warning()])).is_ok());
    }

    #[test]
    fn anything_else_is_refused() {
        let mut others = vec![report(&[]), report(&[warning(), warning()]), json!({})];
        for (member, other) in [("code", "DANGEROUS_EVAL"), ("file", "page.js"), ("message", "Unsafe call to insertAdjacentHTML")]
        {
            let mut changed = warning();
            changed[member] = json!(other);
            others.push(report(&[changed]));
        }
        for kind in ["errors", "notices"] {
            let mut also = report(&[warning()]);
            also[kind] = json!([{ "code": "ANY" }]);
            others.push(also);
        }
        for other in others {
            assert!(judge(&other).is_err(), "{other}");
        }
    }
}
