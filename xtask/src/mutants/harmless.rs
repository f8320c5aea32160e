//! Mutants that do no harm (`tests/mutants.txt`): what they change makes no difference that anybody could want to notice.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::paths;

/// Lines `MUTANT — REASON`.
pub(super) const FILE: &str = "tests/mutants.txt";

/// Between a mutant and the reason why it is harmless.
const DASH: &str = " — ";

/// Reads the names of the mutants and the reasons.
pub(super) fn read() -> Result<BTreeMap<String, String>> {
    parse(&fs::read_to_string(paths::at(FILE)).context(FILE)?)
}

fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, reason) = line.rsplit_once(DASH).with_context(|| format!("{FILE}: {line:?} has no reason"))?;
        if all.insert(name.to_owned(), reason.to_owned()).is_some() {
            bail!("{FILE}: {name} is there twice");
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_reason_and_is_there_once() -> Result<()> {
        let line = "src/a.rs: replace < with <= in f (2) — equal ones are the same";
        let all = parse(&format!("# Comment.\n\n{line}\n"))?;
        assert_eq!(all.get("src/a.rs: replace < with <= in f (2)").map(String::as_str), Some("equal ones are the same"));
        assert!(parse(&format!("{line}\n{line}\n")).is_err());
        assert!(parse("src/a.rs: replace < with <= in f\n").is_err());
        Ok(())
    }

    #[test]
    fn the_list_is_readable() {
        assert!(read().is_ok());
    }
}
