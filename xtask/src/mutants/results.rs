//! What became of mutants, kept so that a search goes on where it was interrupted.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::list::Mutant;
use super::state::State;
use super::tree;
use super::trial::Outcome;

/// Results of this and earlier runs.
pub(super) struct Results {
    /// The last one of each mutant, by its name.
    known: HashMap<String, Known>,
    file: Mutex<File>,
}

struct Known {
    /// Of the file of the mutant.
    code: String,
    /// Of everything.
    all: String,
    outcome: Outcome,
}

/// Returns where they are, a JSON value in each line.
pub(super) fn path() -> PathBuf {
    tree::folder().join("results")
}

impl Results {
    /// Opens them, without the earlier ones if `is_fresh`.
    pub(super) fn open(is_fresh: bool) -> Result<Self> {
        if is_fresh && path().exists() {
            fs::remove_file(path())?;
        }
        let known = parse(&fs::read_to_string(path()).unwrap_or_default());
        let file = OpenOptions::new().create(true).append(true).open(path())?;
        Ok(Self { known, file: Mutex::new(file) })
    }

    /// Returns what still holds: caught is caught while the code of its file is the same, and survived means that no test that there
    /// is now catches it.
    pub(super) fn valid(&self, mutant: &Mutant, state: &State) -> Option<&Outcome> {
        let known = self.known.get(&mutant.name)?;
        let is_valid = match known.outcome {
            Outcome::Survived => known.all == state.all,
            _ => known.code == state.of(&mutant.file),
        };
        is_valid.then_some(&known.outcome)
    }

    /// Returns whether a mutant has survived before.
    pub(super) fn has_survived(&self, mutant: &Mutant) -> bool {
        self.known.get(&mutant.name).is_some_and(|known| known.outcome == Outcome::Survived)
    }

    /// Writes one down, at once.
    pub(super) fn add(&self, mutant: &Mutant, state: &State, outcome: &Outcome) -> Result<()> {
        let (word, test) = match outcome {
            Outcome::Caught(test) => ("caught", test.as_str()),
            Outcome::TimedOut(test) => ("timed out", test.as_str()),
            Outcome::Survived => ("survived", ""),
        };
        let line = json!({
            "outcome": word, "mutant": mutant.name, "line": mutant.start.line, "test": test,
            "code": state.of(&mutant.file), "all": state.all,
        });
        let mut file = self.file.lock().ok().context("a thread has panicked")?;
        Ok(file.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// Reads them; a line that was being written when the process ended is left out.
fn parse(text: &str) -> HashMap<String, Known> {
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        let word = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
        let outcome = match word("outcome")?.as_str() {
            "caught" => Outcome::Caught(word("test")?),
            "timed out" => Outcome::TimedOut(word("test")?),
            "survived" => Outcome::Survived,
            _ => return None,
        };
        Some((word("mutant")?, Known { code: word("code")?, all: word("all")?, outcome }))
    };
    text.lines().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::list::{Genre, Place};

    #[test]
    fn a_result_holds_as_long_as_it_may() -> Result<()> {
        let mutant = Mutant {
            file: "src/a.rs".to_owned(),
            name: "a".to_owned(),
            function: String::new(),
            start: Place { line: 1, column: 1 },
            replacement: String::new(),
            genre: Genre::FnValue,
        };
        let is_valid = |outcome: &str, code: &str, all: &str| {
            let line = json!({ "outcome": outcome, "mutant": "a", "test": "t", "code": code, "all": all }).to_string();
            let results = Results { known: parse(&line), file: Mutex::new(File::open(crate::paths::at("Cargo.toml"))?) };
            anyhow::Ok(results.valid(&mutant, &State::of_test("src/a.rs", "code", "all")).is_some())
        };
        // A test has been added.
        assert!(is_valid("caught", "code", "before")? && is_valid("timed out", "code", "before")?);
        assert!(!is_valid("survived", "code", "before")?);
        // Its file has been changed.
        assert!(!is_valid("caught", "before", "before")?);
        assert!(is_valid("survived", "code", "all")?);
        Ok(())
    }

    #[test]
    fn the_last_whole_line_of_a_mutant_counts() {
        let line = |outcome: &str, mutant: &str| {
            json!({ "outcome": outcome, "mutant": mutant, "test": "t", "code": "c", "all": "a" }).to_string()
        };
        let text = [line("survived", "a"), line("timed out", "b"), line("caught", "a"), line("caught", "c")].join("\n");
        let known = parse(&text[..text.len() - 3]);
        let outcome = |name: &str| known.get(name).map(|known| known.outcome.clone());
        assert_eq!(outcome("a"), Some(Outcome::Caught("t".to_owned())));
        assert_eq!(outcome("b"), Some(Outcome::TimedOut("t".to_owned())));
        assert_eq!(outcome("c"), None);
    }
}
