//! Builds the tests with all mutants that the compiler accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};

use super::blame::{Blame, blame};
use super::list::Mutant;
use super::sites::{self, Reason};
use super::state::State;
use super::tree;
use super::weave::{Woven, weave};
use crate::report::step;

/// Compiled for WebAssembly only; `tests/wasm.rs` and the journeys in browsers test it.
const WEB_ASSEMBLY: &str = "src/wasm.rs";

/// The core's native tests.
const TESTS: [&str; 7] = ["--lib", "--test", "integration", "--test", "finding_texts", "--test", "wasm"];

/// Errors of a kind are found only when there are none of an earlier kind, so several rounds are needed, but not many.
const ROUNDS: usize = 30;

/// Programs with mutants.
pub(super) struct Built {
    pub(super) programs: Vec<PathBuf>,
    /// Mutants that do not compile.
    pub(super) unviable: BTreeSet<usize>,
    pub(super) not_tried: BTreeMap<usize, Reason>,
}

/// Builds the tests. Leaves out what does not compile, and remembers it unless `is_fresh`.
pub(super) fn build(mutants: &[Mutant], state: &State, is_fresh: bool) -> Result<Built> {
    let unviable = if is_fresh { BTreeSet::new() } else { remembered(mutants, state) };
    let mut search = Search { mutants, unviable, not_tried: BTreeMap::new() };
    tree::copy(&weave_all(mutants, &search.unviable)?.files)?;
    let suspects = search.settle(&BTreeSet::new(), None)?;
    search.clear(suspects)?;
    let Search { unviable, not_tried, .. } = search;
    remember(mutants, state, &unviable)?;
    let programs = step("build the tests with all mutants", programs)?;
    Ok(Built { programs, unviable, not_tried })
}

/// Finds out which mutants compile.
struct Search<'a> {
    mutants: &'a [Mutant],
    unviable: BTreeSet<usize>,
    not_tried: BTreeMap<usize, Reason>,
}

impl Search<'_> {
    /// Leaves out what the compiler's errors are about until there is none. Returns those of whom it is not certain, if `only` is
    /// given, only those in it.
    fn settle(&mut self, without: &BTreeSet<usize>, only: Option<&BTreeSet<usize>>) -> Result<BTreeSet<usize>> {
        let mut suspects = BTreeSet::new();
        for _ in 0..ROUNDS {
            let left_out: BTreeSet<usize> = self.unviable.iter().chain(without).chain(&suspects).copied().collect();
            let woven = weave_all(self.mutants, &left_out)?;
            self.unviable.extend(&woven.unviable);
            self.not_tried = woven.not_tried;
            tree::plant(&woven.files)?;
            let errors = step(&format!("check the core with {} mutants", woven.count), check)?;
            let Some(first) = errors.first() else { return Ok(suspects) };
            let before = self.unviable.len() + suspects.len();
            for error in &errors {
                match blame(error, &woven.files) {
                    Some(Blame::Certain(numbers)) => self.unviable.extend(numbers),
                    Some(Blame::Among(numbers)) => {
                        suspects.extend(numbers.into_iter().filter(|number| only.is_none_or(|only| only.contains(number))));
                    }
                    None => {}
                }
            }
            let now = self.unviable.len() + suspects.len();
            println!("  {} errors, hence {} mutants are left out", errors.len(), now - before);
            ensure!(now > before, "an error is about no mutant: {}", words(first));
        }
        bail!("there are errors after {ROUNDS} rounds");
    }

    /// Tries suspects again, one of each function at a time: then an error is about this one.
    fn clear(&mut self, mut suspects: BTreeSet<usize>) -> Result<()> {
        while !suspects.is_empty() {
            let mut functions = BTreeMap::new();
            for number in &suspects {
                let Some(mutant) = self.mutants.get(*number) else { continue };
                functions.entry((&mutant.file, &mutant.function)).or_insert(*number);
            }
            let tried: BTreeSet<usize> = functions.into_values().collect();
            suspects.retain(|number| !tried.contains(number));
            let wrong = self.settle(&suspects, Some(&tried))?;
            self.unviable.extend(wrong);
        }
        Ok(())
    }
}

/// All files with their mutants.
struct All {
    files: BTreeMap<String, Woven>,
    count: usize,
    not_tried: BTreeMap<usize, Reason>,
    unviable: Vec<usize>,
}

fn weave_all(mutants: &[Mutant], without: &BTreeSet<usize>) -> Result<All> {
    let mut all = All { files: BTreeMap::new(), count: 0, not_tried: BTreeMap::new(), unviable: Vec::new() };
    // The root has the module that chooses.
    let mut files: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::from([("src/lib.rs", Vec::new())]);
    for (number, mutant) in mutants.iter().enumerate() {
        if mutant.file == WEB_ASSEMBLY {
            all.not_tried.insert(number, Reason::WebAssembly);
            continue;
        }
        // A file without any is written, too: it may have had some in the last round.
        let file = files.entry(&mutant.file).or_default();
        if !without.contains(&number) {
            file.push((number, mutant));
        }
    }
    for (file, mutants) in files {
        let text = tree::original(file)?;
        all.count += mutants.len();
        let found = sites::find(&text, mutants.into_iter()).with_context(|| file.to_owned())?;
        all.count -= found.not_tried.len() + found.unviable.len();
        all.files.insert(file.to_owned(), weave(&text, &found.sites));
        all.not_tried.extend(found.not_tried);
        all.unviable.extend(found.unviable);
    }
    Ok(all)
}

/// Returns the errors that the compiler finds in the core.
fn check() -> Result<Vec<Value>> {
    let mut cargo = tree::cargo(&["check", "--quiet", "--package", "cowbell", "--lib", "--message-format", "json"]);
    let output = cargo.stdin(Stdio::null()).output().context("cargo cannot be started")?;
    let errors: Vec<Value> = messages(&output.stdout).filter_map(error).collect();
    if errors.is_empty() && !output.status.success() {
        bail!("the core cannot be checked: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(errors)
}

fn messages(output: &[u8]) -> impl Iterator<Item = Value> {
    String::from_utf8_lossy(output).lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<_>>().into_iter()
}

/// Returns the error of a message, but not the one that counts the others.
fn error(mut message: Value) -> Option<Value> {
    let error = message.get_mut("message")?.take();
    let is_one = error["level"] == "error" && error["spans"].as_array().is_some_and(|spans| !spans.is_empty());
    is_one.then_some(error)
}

fn words(error: &Value) -> &str {
    error["rendered"].as_str().unwrap_or_default()
}

fn programs() -> Result<Vec<PathBuf>> {
    let mut cargo: Command = tree::cargo(&["test", "--quiet", "--no-run", "--package", "cowbell", "--message-format", "json"]);
    let output = cargo.args(TESTS).stdin(Stdio::null()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        let errors: Vec<Value> = messages(&output.stdout).filter_map(error).collect();
        bail!("the tests cannot be built: {}", errors.first().map_or(&*String::from_utf8_lossy(&output.stderr), words));
    }
    let is_test = |message: &Value| message["profile"]["test"] == true;
    let program = |message: Value| Some(PathBuf::from(message["executable"].as_str()?));
    let programs: Vec<PathBuf> = messages(&output.stdout).filter(is_test).filter_map(program).collect();
    ensure!(programs.len() == TESTS.len().div_ceil(2), "cargo names {} programs", programs.len());
    Ok(programs)
}

fn note() -> PathBuf {
    tree::folder().join("unviable.json")
}

/// Those that did not compile when their file was the same.
fn remembered(mutants: &[Mutant], state: &State) -> BTreeSet<usize> {
    let text = fs::read_to_string(note()).unwrap_or_default();
    let noted: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    let is_noted = |mutant: &Mutant| noted.get(&mutant.name).is_some_and(|code| code == state.of(&mutant.file));
    mutants.iter().enumerate().filter(|(_, mutant)| is_noted(mutant)).map(|(number, _)| number).collect()
}

fn remember(mutants: &[Mutant], state: &State, unviable: &BTreeSet<usize>) -> Result<()> {
    let entry = |number: &usize| {
        let mutant = mutants.get(*number)?;
        Some((mutant.name.clone(), Value::from(state.of(&mutant.file))))
    };
    let noted: Map<String, Value> = unviable.iter().filter_map(entry).collect();
    Ok(fs::write(note(), Value::Object(noted).to_string())?)
}
