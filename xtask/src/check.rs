//! `cargo xtask test`: every check, one after the other, with a table at the end.

use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use crate::browser::{self, In, JourneyOptions};
use crate::build::{self, Profile};
use crate::process::{program, run as run_program, watch};
use crate::report::seconds;
use crate::{biome, fuzz, lint, setup};

/// Whole lives of an integration that the native tests live (`tests/integration/life/`); `cargo test` alone lives fewer.
const LIVES: &str = "5000";

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Fmt,
    Clippy,
    Docs,
    Native,
    Build,
    Types,
    Biome,
    Lint,
    Unit,
    Wasm,
    E2e,
    Firefox,
}

/// The outcome of a check.
enum End {
    Passed,
    Failed,
    NotRun,
}

struct Row {
    step: Step,
    end: End,
    took: Duration,
    /// The summary that the test runner printed.
    closing_lines: Vec<String>,
}

impl Step {
    /// In the order in which they run: quick checks that often fail come first.
    const ALL: [Self; 12] = [
        Self::Fmt,
        Self::Clippy,
        Self::Docs,
        Self::Native,
        Self::Build,
        Self::Types,
        Self::Biome,
        Self::Lint,
        Self::Unit,
        Self::Wasm,
        Self::E2e,
        Self::Firefox,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
            Self::Native => "native",
            Self::Build => "build",
            Self::Types => "types",
            Self::Biome => "biome",
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Wasm => "wasm",
            Self::E2e => "e2e",
            Self::Firefox => "firefox",
        }
    }

    /// Returns whether it requires the built extension.
    fn needs_build(self) -> bool {
        matches!(self, Self::Types | Self::Biome | Self::Lint | Self::E2e | Self::Firefox)
    }

    /// Runs the check; `lines` receives the last lines of a test runner.
    fn perform(self, lines: &mut Vec<String>) -> Result<()> {
        match self {
            Self::Fmt => {
                cargo(&["fmt", "--all", "--check"])?;
                cargo(&["fmt", "--manifest-path", fuzz::MANIFEST, "--check"])?;
                biome::check_format()
            }
            Self::Clippy => {
                cargo(&["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"])?;
                cargo(&[
                    "clippy",
                    "--manifest-path",
                    fuzz::MANIFEST,
                    "--locked",
                    "--target-dir",
                    "target/fuzz/check",
                    "--",
                    "-Dwarnings",
                ])?;
                if let Some(mut clippy) = setup::wasm_clippy()? {
                    for package in ["cowbell", "cowbell-wasm", "cowbell-try"] {
                        clippy.args(["--package", package]);
                    }
                    return run_program(clippy.args(["--", "-Dwarnings"]));
                }
                lines.push("not for WebAssembly: the compiler of Debian has no clippy".to_owned());
                Ok(())
            }
            Self::Docs => run_program(
                program("cargo")
                    .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
                    .env("RUSTDOCFLAGS", "-Dwarnings"),
            ),
            Self::Native => {
                let mut tests = program("cargo");
                tests.args(["test", "--workspace", "--no-fail-fast"]).env("COWBELL_LIVES", LIVES);
                watch(&mut tests, |line| keep_cargo_result(line, lines))
            }
            Self::Build => build::everything(Profile::Release),
            Self::Types => {
                build::everything(Profile::Release)?;
                build::types()
            }
            // Some of its rules use the types of the core.
            Self::Biome => {
                build::everything(Profile::Release)?;
                biome::lint()
            }
            Self::Lint => {
                build::extension(Profile::Release)?;
                lint::run(lines)
            }
            Self::Unit => {
                setup::packages()?;
                browser::unit_tests(lines)
            }
            Self::Wasm => {
                let (tools, browser) = (setup::wasm()?, setup::browser()?);
                watch(&mut browser::wasm_tests(&tools, &browser)?, |line| {
                    keep_cargo_result(line, lines);
                })
            }
            Self::E2e => browser::journeys(&JourneyOptions::default(), lines),
            Self::Firefox => browser::journeys(&JourneyOptions { browser: In::Firefox, ..JourneyOptions::default() }, lines),
        }
    }
}

impl FromStr for Step {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|step| step.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            anyhow!("there is no step {name:?}; there are {names}")
        })
    }
}

/// Runs the named steps, or all of them if none is named.
///
/// # Errors
/// If a step fails. Every other step runs nevertheless, unless it needs the failed one.
pub(crate) fn run(only: &[Step]) -> Result<()> {
    let mut rows: Vec<Row> = Vec::new();
    for step in Step::ALL {
        if only.is_empty() || only.contains(&step) {
            let built = !rows.iter().any(|row| row.step == Step::Build && !matches!(row.end, End::Passed));
            rows.push(perform(step, built));
        }
    }
    print(&rows);
    let failed = count(&rows, |end| !matches!(end, End::Passed));
    if failed > 0 {
        bail!("not everything passed");
    }
    Ok(())
}

fn perform(step: Step, built: bool) -> Row {
    let mut row = Row { step, end: End::NotRun, took: Duration::ZERO, closing_lines: Vec::new() };
    if step.needs_build() && !built {
        return row;
    }
    println!("\n── {} ──", step.name());
    let begin = Instant::now();
    row.end = match step.perform(&mut row.closing_lines) {
        Ok(()) => End::Passed,
        Err(error) => {
            println!("{}: {error:#}", step.name());
            End::Failed
        }
    };
    row.took = begin.elapsed();
    row
}

fn print(rows: &[Row]) {
    println!("\n── summary ──");
    for row in rows {
        for line in &row.closing_lines {
            println!("{:<8}{line}", row.step.name());
        }
    }
    println!();
    for row in rows {
        let (sign, word) = match row.end {
            End::Passed => ("✓", "passed"),
            End::Failed => ("✗", "failed"),
            End::NotRun => ("–", "not run: the build failed"),
        };
        println!("{sign} {:<8}{:>14}  {word}", row.step.name(), seconds(row.took));
    }
    let passed = count(rows, |end| matches!(end, End::Passed));
    let failed = count(rows, |end| matches!(end, End::Failed));
    let not_run = count(rows, |end| matches!(end, End::NotRun));
    println!("steps: {passed} passed, {failed} failed, {not_run} not run");
}

fn count(rows: &[Row], which: impl Fn(&End) -> bool) -> usize {
    rows.iter().filter(|row| which(&row.end)).count()
}

/// Formats all of our files.
pub(crate) fn format() -> Result<()> {
    cargo(&["fmt", "--all"])?;
    cargo(&["fmt", "--manifest-path", fuzz::MANIFEST])?;
    biome::format()
}

/// Prints the catalogue of findings and fails if a finding lacks its texts, a test or its row in the documentation; `write`
/// writes the rows.
pub(crate) fn findings(write: bool) -> Result<()> {
    let mut arguments = vec!["test", "--quiet", "--test", "findings", "--", "--table"];
    arguments.extend(write.then_some("--write"));
    cargo(&arguments)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run_program(program("cargo").args(arguments))
}

/// Stores which tests failed, and the last lines of the Rust test runner, unless it ran no tests.
fn keep_cargo_result(line: &str, lines: &mut Vec<String>) {
    let failed = line.starts_with("test ") && line.ends_with("... FAILED");
    let counted = line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed; 0 ignored");
    if failed || counted {
        lines.push(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_by_its_name() -> Result<()> {
        for step in Step::ALL {
            assert_eq!(step.name().parse::<Step>()?, step);
        }
        Ok(())
    }

    #[test]
    fn what_failed_is_kept_and_runners_without_tests_are_left_out() {
        let mut lines = Vec::new();
        keep_cargo_result("test a::b ... ok", &mut lines);
        keep_cargo_result("test a::c ... FAILED", &mut lines);
        keep_cargo_result("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured", &mut lines);
        keep_cargo_result("test result: FAILED. 3 passed; 1 failed; 0 ignored", &mut lines);
        assert_eq!(lines, ["test a::c ... FAILED", "test result: FAILED. 3 passed; 1 failed; 0 ignored"]);
    }
}
