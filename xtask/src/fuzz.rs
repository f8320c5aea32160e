//! `cargo xtask fuzz`: coverage-guided fuzzing of everything that reads foreign data, and of the files that are written (`fuzz/`), on every
//! core. It begins with recordings of the whole job, and goes on with what earlier searches have found worth keeping.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::paths;
use crate::process::{program, quiet, read, run};

/// What is built: a workspace of its own.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";

/// Executions of each job unless another number is wanted.
const RUNS: u64 = 100_000;

/// What is attacked, as `fuzz/src/attack/` calls it.
const JOBS: [&str; 9] = ["texts", "answers", "files", "authentik", "removal", "mailcow", "people", "kept", "plan"];

/// What makes the compiler count which branches were taken, and tell what was compared.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What a single input may take: seconds, and MiB of memory. Memory that is asked for at once counts even if it is not used.
const LIMITS: [&str; 2] = ["-timeout=10", "-rss_limit_mb=1024"];

/// The engine says what it has done.
const STATISTICS: &str = "-print_final_stats=1";

/// Of what was worth keeping, what is read quickly is changed more often: twice as many executions, and they reach more.
const QUICK_FIRST: &str = "-entropic_scale_per_exec_time=1";

/// KiB of addresses that the fuzzer may use: more are refused, which ends it.
const ADDRESSES_KIB: u32 = 2 * 1024 * 1024;

/// What is searched, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// Executions of each job.
    pub(crate) runs: u64,
    /// Only this job.
    pub(crate) job: Option<String>,
}

impl Default for FuzzOptions {
    fn default() -> Self {
        Self { runs: RUNS, job: None }
    }
}

/// What a search has done.
struct Searched {
    executions: u64,
    peak_mib: u64,
    /// Edges of the program that inputs have reached, as the engine counts them.
    edges: u64,
}

/// Records, builds, and searches. Fails with the first input that the core cannot bear, and says where it is.
pub(crate) fn search(options: &FuzzOptions) -> Result<()> {
    let wanted = |job: &&str| options.job.as_deref().is_none_or(|only| only == *job);
    let jobs: Vec<&str> = JOBS.into_iter().filter(wanted).collect();
    if jobs.is_empty() {
        bail!("there is no job {:?}; there are: {}", options.job.as_deref().unwrap_or_default(), JOBS.join(" "));
    }
    record()?;
    let fuzzer = build()?;
    let next = AtomicUsize::new(0);
    let (failures, all) = (Mutex::new(Vec::new()), AtomicU64::new(0));
    println!("· {} executions each: {}", options.runs, jobs.join(" "));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    match attack(&fuzzer, job, options.runs) {
                        Ok(Searched { executions, peak_mib, edges }) => {
                            let seconds = began.elapsed().as_secs().max(1);
                            let rate = executions / seconds;
                            all.fetch_add(executions, Ordering::Relaxed);
                            println!("✓ {job:<9} {executions} executions in {seconds} s ({rate} a second), at most {peak_mib} MiB, {edges} edges");
                        }
                        Err(error) => failures.lock().into_iter().for_each(|mut all| all.push(format!("✗ {job}: {error:#}"))),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    if !failures.is_empty() {
        bail!("\n{}", failures.join("\n"));
    }
    println!("✓ {} executions: nothing crashes, hangs or takes memory without bound", all.into_inner());
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    paths::at("target/fuzz").join(name)
}

/// Records the jobs as the stand-ins answer.
fn record() -> Result<()> {
    println!("· record");
    let recordings = folder("recordings");
    fs::create_dir_all(&recordings)?;
    let mut command = program("cargo");
    command.args(["test", "--quiet", "--package", "cowbell", "--test", "integration", "--", "recordings::"]);
    quiet(command.env("COWBELL_RECORDINGS", recordings))
}

/// Builds the fuzzer; gives the program.
fn build() -> Result<PathBuf> {
    println!("· build the fuzzer");
    let version = read(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let target = folder("build");
    let mut command = program("cargo");
    // With a target of their own, build scripts are not instrumented.
    command.args(["build", "--quiet", "--release", "--locked", "--manifest-path", MANIFEST, "--features", "engine"]);
    command.args(["--target", host, "--target-dir"]).arg(&target).env("RUSTFLAGS", COVERAGE);
    run(&mut command).context("the fuzzer cannot be built; besides Rust it needs a C++ compiler")?;
    Ok(target.join(host).join("release/cowbell-fuzz"))
}

fn attack(fuzzer: &Path, job: &str, runs: u64) -> Result<Searched> {
    let (corpus, crashes) = (folder("corpus").join(job), folder("crashes"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&crashes)?;
    let recordings = folder("recordings").join(job);
    let longest = fs::read_dir(&recordings)?.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).max().unwrap_or_default();
    // The shell sets the limit and becomes the fuzzer.
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -v {ADDRESSES_KIB} && exec \"$0\" \"$@\"")).arg(fuzzer);
    command.arg(&corpus).arg(&recordings).args(LIMITS).args([STATISTICS, QUICK_FIRST]).arg(format!("-runs={runs}"));
    command.arg(format!("-max_len={}", (longest * 2).max(1024))).arg(format!("-artifact_prefix={}/{job}-", crashes.display()));
    // What a job reads besides its own words are answers.
    let words = [job, "answers"].map(|name| folder("recordings").join(format!("{name}.dict")));
    if let Some(words) = words.iter().find(|words| words.exists()) {
        command.arg(format!("-dict={}", words.display()));
    }
    command.env("COWBELL_FUZZ", job).env("COWBELL_FUZZ_TAPES", folder("recordings").join(format!("{job}.tapes")));
    let Output { status, stderr, .. } = command.stdin(Stdio::null()).output().context("the fuzzer cannot be started")?;
    let text = String::from_utf8_lossy(&stderr);
    let figure = |name: &str| {
        let value =
            text.lines().filter_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':')).next_back();
        value.and_then(|value| value.trim().parse::<u64>().ok()).unwrap_or_default()
    };
    let end = text.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    if !status.success() {
        bail!("{end}");
    }
    let edges = text.lines().rev().find_map(|line| line.split_once(" cov: ")?.1.split(' ').next()?.parse().ok());
    let searched = Searched {
        executions: figure("number_of_executed_units"),
        peak_mib: figure("peak_rss_mb"),
        edges: edges.unwrap_or_default(),
    };
    if searched.executions < runs {
        bail!("only {} executions: {end}", searched.executions);
    }
    Ok(searched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jobs_are_those_of_the_fuzzer() {
        let of = |file: &str| fs::read_to_string(paths::at(file)).unwrap_or_default();
        let text = of("fuzz/src/attack/jobs.rs") + &of("fuzz/src/attack/mod.rs");
        assert!(JOBS.iter().all(|job| text.contains(&format!("\"{job}\""))), "{JOBS:?}");
        // All but the quick ones are jobs at the panel.
        assert!(text.contains("const QUICK: [&str; 3]") && text.contains(&format!("const ALL: [Self; {}]", JOBS.len() - 3)));
    }
}
