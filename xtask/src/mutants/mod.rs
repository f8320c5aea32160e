//! `cargo xtask mutants`: mutation testing. How many small changes of the core's source, each of them an error, the native tests catch
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
const NEWS: usize = 100;

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
    let trials = Trials { mutants: &mutants, state: &state, reach: &reach, results: &results };
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
}

impl Trials<'_> {
    /// Tries mutants, one on each core. What is known is not tried again.
    fn perform(&self, chosen: &[usize]) -> Result<BTreeMap<usize, Fate>> {
        let (mut fates, mut open) = (BTreeMap::new(), Vec::new());
        for number in chosen {
            let Some(mutant) = self.mutants.get(*number) else { continue };
            if self.reach.of(*number).is_empty() {
                fates.insert(*number, Fate::Unreached);
            } else if let Some(outcome) = self.results.valid(mutant, self.state) {
                fates.insert(*number, fate(outcome));
            } else {
                open.push((*number, mutant));
            }
        }
        println!("· try {} mutants, and {} are known; results in {}", open.len(), fates.len(), results::path().display());
        // Somebody may have written a test for it.
        open.sort_by_key(|(_, mutant)| !self.results.has_survived(mutant));
        fates.append(&mut self.all(&open)?);
        Ok(fates)
    }

    fn all(&self, open: &[(usize, &Mutant)]) -> Result<BTreeMap<usize, Fate>> {
        let next = AtomicUsize::new(0);
        let fates = Mutex::new(Ok(BTreeMap::new()));
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while let Some((number, mutant)) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let fate = self.one(*number, mutant);
                        let Ok(mut fates) = fates.lock() else { return };
                        match (fates.as_mut(), fate) {
                            (Ok(fates), Ok(fate)) => {
                                fates.insert(*number, fate);
                                tell(fates, open.len());
                            }
                            (Ok(_), Err(error)) => *fates = Err(error),
                            (Err(_), _) => return,
                        }
                    }
                });
            }
        });
        fates.into_inner().ok().context("a thread has panicked")?
    }

    fn one(&self, number: usize, mutant: &Mutant) -> Result<Fate> {
        let outcome = trial::attempt(number, &self.reach.of(number)).with_context(|| mutant.name.clone())?;
        self.results.add(mutant, self.state, &outcome)?;
        Ok(fate(&outcome))
    }
}

/// Now and then prints how far it is.
fn tell(fates: &BTreeMap<usize, Fate>, all: usize) {
    if fates.len().is_multiple_of(NEWS) {
        let caught = fates.values().filter(|fate| matches!(fate, Fate::Caught | Fate::TimedOut)).count();
        println!("  {} of {all}, of these {}", fates.len(), share(caught, fates.len()));
    }
}

fn fate(outcome: &Outcome) -> Fate {
    match outcome {
        Outcome::Caught(_) => Fate::Caught,
        Outcome::TimedOut(_) => Fate::TimedOut,
        Outcome::Survived => Fate::Survived,
    }
}
