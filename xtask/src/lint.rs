//! The linter of Firefox's store, which has to find nothing at all.

use anyhow::{Result, ensure};

use crate::paths;
use crate::process::{program, watch};

/// Lints `dist/firefox` and fails at an error, a warning or a notice; `lines` takes what the linter counted.
pub(crate) fn run(lines: &mut Vec<String>) -> Result<()> {
    let mut command = program(paths::npm_command("web-ext"));
    command.args(["lint", "--no-config-discovery", "--boring", "--source-dir"]).arg(paths::firefox_extension());
    let mut counts = Vec::new();
    let linted = watch(command.env("NO_UPDATE_NOTIFIER", "1"), |line| counts.extend(count(line)));
    let said: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    lines.push(format!("web-ext lint: {}", said.join(", ")));
    linted?;
    ensure!(counts.len() == KINDS.len() && counts.iter().all(|(_, count)| *count == 0), "Firefox's store would not be content");
    Ok(())
}

/// What the linter counts.
const KINDS: [&str; 3] = ["errors", "notices", "warnings"];

/// A line of the linter's summary.
fn count(line: &str) -> Option<(&'static str, u32)> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let kind = KINDS.into_iter().find(|kind| *kind == first)?;
    Some((kind, words.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn the_summary_is_read() {
        assert_eq!(count("errors          0              "), Some(("errors", 0)));
        assert_eq!(count("warnings        12"), Some(("warnings", 12)));
        assert_eq!(count("warnings are listed"), None);
        assert_eq!(count(""), None);
    }
}
