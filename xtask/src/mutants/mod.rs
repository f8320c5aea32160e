//! `cargo xtask mutants`: how many small changes of the core's source, each of them an error, the native tests catch
//! (docs/decisions/021-mutants-in-one-program.md).
//!
//! cargo-mutants decides which mutants there are. All of them are compiled into one program, and each process chooses one.
//!
//! | module | what is there |
//! |---|---|
//! | [`list`] | which mutants there are |
//! | [`options`] | which of them are tried |
//! | [`sites`] | where each of them is, and what is written there |
//! | [`syntax`] | questions about the source text |
//! | [`weave`] | the text with all of them in it |
//! | `switch` | a module of the copied core: which one is chosen |
//! | [`tree`] | the copy |
//! | [`build`] | from the copy to test programs, without the mutants that do not compile |
//! | [`blame`] | which mutants an error of the compiler is about |
//! | [`runner`] | runs some tests |
//! | [`reach`] | which test reaches which mutants |
//! | [`trial`] | whether a mutant is caught |
//! | [`results`] | what is known from earlier runs |
//! | [`state`] | for which state of the sources it is known |
//! | [`harmless`] | mutants that make no difference |
//! | [`report`] | the figures |

mod blame;
mod build;
mod harmless;
mod list;
mod options;
mod reach;
mod report;
mod results;
mod runner;
mod sites;
mod state;
#[cfg(test)]
#[expect(dead_code, reason = "asked by the core's copy")]
mod switch;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod trial;
mod weave;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail};

use self::list::Mutant;
pub(crate) use self::options::MutantsOptions;
use self::reach::Reach;
use self::report::{Fate, Report, share};
use self::results::Results;
use self::state::State;
use self::trial::Outcome;
use crate::report::step;

/// After so many mutants the figures so far are printed.
const NEWS: usize = 50;

/// Tries mutants and reports which ones the tests do not catch.
pub(crate) fn run(options: &MutantsOptions) -> Result<()> {
    let harmless = harmless::read()?;
    fs::create_dir_all(tree::folder())?;
    let mutants = step("list the mutants", list::all)?;
    let state = State::read(&mutants)?;
    let built = build::build(&mutants, &state, options.fresh)?;
    let reach = step("run each test without a mutant", || reach::measure(&built.programs, mutants.len()))?;
    let viable = (0..mutants.len()).filter(|number| !built.unviable.contains(number) && !built.not_tried.contains_key(number));
    let chosen = options.choose(viable.collect(), &mutants);
    let results = Results::open(options.fresh)?;
    let trials = Trials { mutants: &mutants, state: &state, reach: &reach, results: &results, fates: Mutex::default() };
    let fates = trials.perform(&chosen)?;
    let report = Report { mutants: &mutants, unviable: &built.unviable, not_tried: &built.not_tried, fates, harmless };
    println!("\n{}", report.text());
    if options.sample.is_some() {
        println!("{}", report.interval());
    }
    let faults = report.faults(options.is_representative());
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}

struct Trials<'a> {
    mutants: &'a [Mutant],
    state: &'a State,
    reach: &'a Reach,
    results: &'a Results,
    fates: Mutex<BTreeMap<usize, Fate>>,
}

impl Trials<'_> {
    /// Tries mutants, one on each core. What is known is not tried again.
    fn perform(self, chosen: &[usize]) -> Result<BTreeMap<usize, Fate>> {
        let mut open = Vec::new();
        for number in chosen {
            let Some(mutant) = self.mutants.get(*number) else { continue };
            if self.reach.of(*number).is_empty() {
                self.note(*number, Fate::Unreached)?;
            } else if let Some(outcome) = self.results.valid(mutant, self.state) {
                self.note(*number, fate(outcome))?;
            } else {
                open.push((*number, mutant));
            }
        }
        // Somebody has written a test for it.
        open.sort_by_key(|(_, mutant)| !self.results.has_survived(mutant));
        println!("· try {} mutants, results in {}", open.len(), results::path().display());
        let next = AtomicUsize::new(0);
        let error = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while let Some((number, mutant)) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(failed) = self.one(*number, mutant) {
                            next.store(open.len(), Ordering::Relaxed);
                            let Ok(mut error) = error.lock() else { return };
                            error.get_or_insert(failed);
                        }
                    }
                });
            }
        });
        if let Some(error) = error.into_inner().ok().context("a thread has panicked")? {
            return Err(error);
        }
        self.fates.into_inner().ok().context("a thread has panicked")
    }

    fn one(&self, number: usize, mutant: &Mutant) -> Result<()> {
        let outcome = trial::attempt(number, &self.reach.of(number)).with_context(|| mutant.name.clone())?;
        self.results.add(mutant, self.state, &outcome)?;
        self.note(number, fate(&outcome))
    }

    fn note(&self, number: usize, fate: Fate) -> Result<()> {
        let mut fates = self.fates.lock().ok().context("a thread has panicked")?;
        fates.insert(number, fate);
        if fates.len().is_multiple_of(NEWS) {
            let caught = fates.values().filter(|fate| matches!(fate, Fate::Caught | Fate::TimedOut)).count();
            println!("  {}", share(caught, fates.len()));
        }
        Ok(())
    }
}

fn fate(outcome: &Outcome) -> Fate {
    match outcome {
        Outcome::Caught(_) => Fate::Caught,
        Outcome::TimedOut(_) => Fate::TimedOut,
        Outcome::Survived => Fate::Survived,
    }
}
