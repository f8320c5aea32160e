//! Which mutants there are: cargo-mutants decides.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process::{program, read as read_output};
use crate::setup;

/// What kind of change a mutant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Genre {
    /// A function that returns a constant.
    FnValue,
    /// `==` instead of `!=`.
    BinaryOperator,
    /// No `!`, no `-`.
    UnaryOperator,
    /// One arm fewer.
    MatchArm,
    /// A guard that is always true or never.
    MatchArmGuard,
    /// A field that keeps the value of the base.
    StructField,
}

/// Line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One change of the core's source.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// Relative to the top level.
    pub(super) file: String,
    /// What is changed, in the words of cargo-mutants and without a line number; no two mutants of a list have the same name.
    pub(super) name: String,
    /// In which function, if any.
    pub(super) function: String,
    /// Where the changed text starts.
    pub(super) start: Place,
    /// What stands there instead.
    pub(super) replacement: String,
    pub(super) genre: Genre,
}

/// Lists all mutants of the core.
pub(super) fn all() -> Result<Vec<Mutant>> {
    let path = setup::cargo_mutants()?;
    let mut command = program("cargo");
    command.env("PATH", path).args(["mutants", "--list", "--json", "--package", "cowbell", "--no-config"]);
    parse(&read_output(&mut command)?)
}

/// Reads the list of cargo-mutants.
pub(super) fn parse(json: &str) -> Result<Vec<Mutant>> {
    let list: Value = serde_json::from_str(json).context("the list of cargo-mutants is no JSON")?;
    let list = list.as_array().context("the list of cargo-mutants is no list")?;
    let mut mutants = list.iter().map(mutant).collect::<Result<Vec<_>>>()?;
    // Two comparisons in one function have the same words.
    let mut counts: HashMap<String, usize> = HashMap::new();
    for mutant in &mut mutants {
        let count = counts.entry(mutant.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            mutant.name = format!("{} ({count})", mutant.name);
        }
    }
    Ok(mutants)
}

fn mutant(entry: &Value) -> Result<Mutant> {
    let read = || {
        let file = entry.get("file")?.as_str()?;
        let start = place(entry.get("span")?.get("start")?)?;
        // `src/lib.rs:1:2: replace …`
        let words = entry.get("name")?.as_str()?.strip_prefix(file)?;
        let words = words.strip_prefix(&format!(":{}:{}: ", start.line, start.column))?;
        Some(Mutant {
            file: file.to_owned(),
            name: format!("{file}: {words}"),
            function: entry["function"]["function_name"].as_str().unwrap_or_default().to_owned(),
            start,
            replacement: entry.get("replacement")?.as_str()?.to_owned(),
            genre: genre(entry.get("genre")?.as_str()?)?,
        })
    };
    read().with_context(|| format!("cargo-mutants names a mutant in an unknown form: {entry}"))
}

fn place(value: &Value) -> Option<Place> {
    let number = |name: &str| usize::try_from(value.get(name)?.as_u64()?).ok();
    Some(Place { line: number("line")?, column: number("column")? })
}

fn genre(name: &str) -> Option<Genre> {
    Some(match name {
        "FnValue" => Genre::FnValue,
        "BinaryOperator" => Genre::BinaryOperator,
        "UnaryOperator" => Genre::UnaryOperator,
        "MatchArm" => Genre::MatchArm,
        "MatchArmGuard" => Genre::MatchArmGuard,
        "StructField" => Genre::StructField,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(line: usize, words: &str) -> Value {
        json!({
            "name": format!("src/a.rs:{line}:5: {words}"), "package": "cowbell", "file": "src/a.rs",
            "function": { "function_name": "f", "return_type": "", "span": {} },
            "span": { "start": { "line": line, "column": 5 }, "end": { "line": line, "column": 6 } },
            "replacement": "<=", "genre": "BinaryOperator",
        })
    }

    #[test]
    fn a_name_has_no_line_and_is_unique() -> Result<()> {
        let list =
            json!([entry(3, "replace < with <= in f"), entry(7, "replace < with <= in f"), entry(9, "replace < with > in f")]);
        let mutants = parse(&list.to_string())?;
        let names: Vec<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        assert_eq!(
            names,
            ["src/a.rs: replace < with <= in f", "src/a.rs: replace < with <= in f (2)", "src/a.rs: replace < with > in f"]
        );
        assert_eq!(mutants[1].start, Place { line: 7, column: 5 });
        Ok(())
    }

    #[test]
    fn an_unknown_form_is_an_error() {
        let mut unknown = entry(3, "replace < with <= in f");
        unknown["genre"] = json!("Reordering");
        assert!(parse(&json!([unknown]).to_string()).is_err());
        assert!(parse("{}").is_err());
    }
}
