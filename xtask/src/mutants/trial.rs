//! Whether a mutant is caught.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::reach::Test;
use super::runner::{self, End};

/// Milliseconds that the first tests together take: most mutants are caught by any test that reaches them.
const FIRST: u128 = 200;

/// How many times as long as before the next tests take.
const GROWTH: u128 = 4;

/// What a test may take with a mutant: this many times as long as without, …
const FACTOR: u32 = 10;
/// … and this, because the machine does other things, too.
const GRACE: Duration = Duration::from_secs(20);

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By this test.
    Caught(String),
    /// This test did not end in time.
    TimedOut(String),
    Survived,
}

/// Runs the tests that reach a mutant, the fastest first, until one fails.
pub(super) fn attempt(mutant: usize, tests: &[&Test]) -> Result<Outcome> {
    let number = mutant.to_string();
    for batch in batches(tests) {
        for (program, tests) in by_program(batch) {
            let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
            let longest = tests.iter().map(|test| test.took).max().unwrap_or_default();
            let variable = ("COWBELL_MUTANT", OsStr::new(&number));
            match runner::run(program, &names, variable, longest * FACTOR + GRACE)? {
                End::Passed => {}
                End::Failed(test) => return Ok(Outcome::Caught(test)),
                End::Late(test) => return Ok(Outcome::TimedOut(test)),
            }
        }
    }
    Ok(Outcome::Survived)
}

/// Splits tests so that each part takes longer than those before.
fn batches<'a, 'b>(tests: &'a [&'b Test]) -> Vec<&'a [&'b Test]> {
    let (mut parts, mut start, mut took, mut limit) = (Vec::new(), 0, 0, FIRST);
    for (position, test) in tests.iter().enumerate() {
        took += test.took.as_millis();
        if took >= limit {
            parts.push(&tests[start..=position]);
            (start, took, limit) = (position + 1, 0, limit * GROWTH);
        }
    }
    if start < tests.len() {
        parts.push(&tests[start..]);
    }
    parts
}

fn by_program<'a>(batch: &[&'a Test]) -> Vec<(&'a Path, Vec<&'a Test>)> {
    let mut groups: Vec<(&Path, Vec<&Test>)> = Vec::new();
    for test in batch {
        match groups.iter_mut().find(|(program, _)| *program == test.program) {
            Some((_, tests)) => tests.push(test),
            None => groups.push((&test.program, vec![test])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tests_are_tried_first_and_each_once() {
        let test = |program: &str, name: usize, took| Test {
            program: program.into(),
            name: name.to_string(),
            took: Duration::from_millis(took),
        };
        let all: Vec<Test> = (0..40).map(|number| test(if number % 2 == 0 { "unit" } else { "whole" }, number, 50)).collect();
        let all: Vec<&Test> = all.iter().collect();
        let lengths: Vec<usize> = batches(&all).iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [4, 16, 20]);
        let groups = by_program(batches(&all)[0]);
        let names: Vec<Vec<&str>> =
            groups.iter().map(|(_, tests)| tests.iter().map(|test| test.name.as_str()).collect()).collect();
        assert_eq!(names, [["0", "2"], ["1", "3"]]);
        assert!(batches(&[]).is_empty());
    }
}
