//! `cargo xtask simulate`: whole lives of an integration, decided by seeds (`tests/integration/life/`), on every core.

use std::ops::Range;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::process::program;

/// Lives unless another number is wanted.
const SEEDS: u64 = 10_000;

/// Lives that one process lives.
const CHUNK: u64 = 500;

/// The test that lives them.
const TEST: &str = "life::nothing_is_lost_in_a_life";

/// Which lives are lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SimulateOptions {
    /// How many.
    pub(crate) seeds: u64,
    /// The first seed.
    pub(crate) from: u64,
}

impl Default for SimulateOptions {
    fn default() -> Self {
        Self { seeds: SEEDS, from: 0 }
    }
}

impl SimulateOptions {
    /// One life.
    pub(crate) fn only(seed: u64) -> Self {
        Self { seeds: 1, from: seed }
    }

    fn end(self) -> u64 {
        self.from.saturating_add(self.seeds)
    }
}

/// Builds the tests optimised and lives each life, a process for each core. Ends with the first that fails, shrunk to what it needs to
/// fail.
pub(crate) fn run(options: SimulateOptions) -> Result<()> {
    let test = build()?;
    let cores = thread::available_parallelism()?.get();
    let next = AtomicU64::new(options.from);
    let progress = Mutex::new(Progress { lived: 0, failure: None });
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(seeds) = chunk(&next, options.end()) {
                    if progress.lock().map_or(true, |progress| progress.failure.is_some()) {
                        return;
                    }
                    let lived = live(&test, &seeds);
                    let Ok(mut progress) = progress.lock() else { return };
                    match lived {
                        Ok(()) => {
                            progress.lived += seeds.end - seeds.start;
                            println!("{} of {} lives, {}", progress.lived, options.seeds, rate(progress.lived, began));
                        }
                        Err(error) => drop(progress.failure.get_or_insert(error)),
                    }
                }
            });
        }
    });
    let Ok(Progress { lived, failure }) = progress.into_inner() else { bail!("a thread has panicked") };
    if let Some(error) = failure {
        return Err(error);
    }
    println!("✓ {lived} lives, seeds {} to {}: nothing was lost", options.from, options.end() - 1);
    Ok(())
}

struct Progress {
    lived: u64,
    failure: Option<anyhow::Error>,
}

/// The next seeds that nobody has taken.
fn chunk(next: &AtomicU64, end: u64) -> Option<Range<u64>> {
    let from = next.fetch_add(CHUNK, Ordering::Relaxed);
    (from < end).then(|| from..end.min(from.saturating_add(CHUNK)))
}

/// Builds the tests, optimised; gives the program.
fn build() -> Result<PathBuf> {
    println!("· build the simulation");
    let mut command = program("cargo");
    command.args(["test", "--quiet", "--profile", "simulation", "--package", "cowbell", "--test", "integration", "--no-run"]);
    command.args(["--message-format", "json"]).stderr(Stdio::inherit());
    let output = command.output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the simulation cannot be built");
    }
    let lines = String::from_utf8(output.stdout)?;
    let programs = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let found = programs.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).next_back();
    found.context("cargo names no program")
}

/// Lives some lives in a process.
fn live(program: &PathBuf, seeds: &Range<u64>) -> Result<()> {
    let mut command = Command::new(program);
    command.args([TEST, "--exact"]).env("COWBELL_SEEDS", format!("{}..{}", seeds.start, seeds.end));
    // Where it was is in its own words; a shrunk life panics often.
    command.env("RUST_BACKTRACE", "0").env_remove("COWBELL_SEED").current_dir(crate::paths::root());
    let output = command.stdin(Stdio::null()).output().context("the simulation cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        // A name that no test has passes, too.
        if text.contains("1 passed") {
            return Ok(());
        }
        bail!("there is no test {TEST}");
    }
    let words = text.rsplit_once("panicked at").map_or(&*text, |(_, words)| words);
    bail!("a life of the seeds {} to {} lost something:\n{words}", seeds.start, seeds.end - 1)
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn rate(lives: u64, began: Instant) -> String {
    format!("{:.0} a second", lives as f64 / began.elapsed().as_secs_f64().max(0.001))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_is_in_one_chunk() {
        let options = SimulateOptions { seeds: 1_201, from: 7 };
        let next = AtomicU64::new(options.from);
        let mut all = Vec::new();
        while let Some(seeds) = chunk(&next, options.end()) {
            all.extend(seeds);
        }
        assert_eq!(all, (7..1_208).collect::<Vec<_>>());
    }

    #[test]
    fn the_life_is_a_test() {
        let file = crate::paths::root().join("tests/integration/life/mod.rs");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let name = TEST.rsplit("::").next().unwrap_or_default();
        assert!(text.contains(&format!("#[test]\nfn {name}()")));
    }
}
