//! Which test reaches which mutants, and how long it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::runner::{self, End};
use super::tree;
use crate::report::seconds;

/// More than the slowest test takes, on a slow machine.
const PATIENCE: Duration = Duration::from_mins(10);

/// As many lives again as another test lives: half a minute for each mutant that survives.
const LEFT_OUT: [&str; 1] = ["life::nothing_is_lost_in_other_lives"];

/// A test without any mutant.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) program: PathBuf,
    pub(super) name: String,
    pub(super) took: Duration,
}

/// All tests, the fastest first, and those that reach each mutant.
pub(super) struct Reach {
    pub(super) tests: Vec<Test>,
    by_mutant: Vec<Vec<usize>>,
}

impl Reach {
    /// Returns the tests that reach a mutant, the fastest first.
    pub(super) fn of(&self, mutant: usize) -> Vec<&Test> {
        self.by_mutant.get(mutant).into_iter().flatten().filter_map(|test| self.tests.get(*test)).collect()
    }
}

/// Runs each test once, each in its own process.
///
/// # Errors
/// If a test fails: then nothing can be said about mutants.
pub(super) fn measure(programs: &[PathBuf], mutants: usize) -> Result<Reach> {
    let notes = tree::folder().join("reached");
    if notes.is_dir() {
        fs::remove_dir_all(&notes)?;
    }
    fs::create_dir_all(&notes)?;
    let mut all = Vec::new();
    for program in programs {
        let names = runner::names(program)?.into_iter().filter(|name| !LEFT_OUT.contains(&name.as_str()));
        all.extend(names.map(|name| (program, name)));
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((program, name)) = all.get(number) else { return };
                    let result = one(program, name, &notes.join(number.to_string()));
                    let Ok(mut results) = results.lock() else { return };
                    results.push(result);
                }
            });
        }
    });
    let results = results.into_inner().ok().context("a thread has panicked")?;
    let mut tests = results.into_iter().collect::<Result<Vec<_>>>()?;
    tests.sort_by(|(one, _), (other, _)| (one.took, &one.name).cmp(&(other.took, &other.name)));
    let sum: Duration = tests.iter().map(|(test, _)| test.took).sum();
    println!("  {} tests take {}, one after the other", tests.len(), seconds(sum));
    let mut by_mutant = vec![Vec::new(); mutants];
    for (number, (_, reached)) in tests.iter().enumerate() {
        for mutant in reached {
            by_mutant.get_mut(*mutant).context("a test reaches a mutant that is not in the list")?.push(number);
        }
    }
    Ok(Reach { tests: tests.into_iter().map(|(test, _)| test).collect(), by_mutant })
}

fn one(program: &Path, name: &str, note: &Path) -> Result<(Test, Vec<usize>)> {
    let began = Instant::now();
    let end = runner::run(program, &[name], ("COWBELL_MUTANTS_REACHED", note.as_os_str()), PATIENCE)?;
    let took = began.elapsed();
    if end != End::Passed {
        bail!("{name} fails without any mutant: {end:?}");
    }
    // A test that reaches none has no note.
    let bytes = fs::read(note).unwrap_or_default();
    let (numbers, _) = bytes.as_chunks();
    let reached = numbers.iter().map(|number| Ok(usize::try_from(u32::from_le_bytes(*number))?)).collect::<Result<_>>()?;
    Ok((Test { program: program.to_owned(), name: name.to_owned(), took }, reached))
}
