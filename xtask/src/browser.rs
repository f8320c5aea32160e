//! What runs in a real browser: wasm tests, journeys, demo, bench; and the unit tests of TypeScript, which run in Node.js. The
//! scripts are TypeScript in `tests/`; this module builds what they need, passes the paths on (`tests/e2e/harness/environment.ts`
//! reads them), and starts the scripts.

use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::build::{self, Profile};
use crate::process::{program, read, run, watch};
use crate::report::step;
use crate::setup::{self, Browser, WasmTools};
use crate::{fingerprint, paths};

/// How to show the demo.
#[derive(Default)]
pub(crate) struct DemoOptions {
    /// Without a window: plays the journey and ends.
    pub(crate) headless: bool,
    /// Folder for screenshots.
    pub(crate) shots: Option<PathBuf>,
}

/// The browser in which journeys run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum In {
    #[default]
    Chromium,
    Firefox,
}

impl FromStr for In {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "chromium" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            _ => bail!("there are no journeys in {name:?}, but in chromium and firefox"),
        }
    }
}

/// What to measure.
#[derive(Default)]
pub(crate) struct BenchOptions {
    /// The name of some of the figures.
    pub(crate) part: Option<String>,
    /// Whether the figures go into docs/PERFORMANCE.md.
    pub(crate) write: bool,
}

/// The part of the measurements that needs Python.
pub(crate) const PEERS: &str = "peers";

/// Which journeys to run, and where.
#[derive(Default)]
pub(crate) struct JourneyOptions {
    /// The browser.
    pub(crate) browser: In,
    /// Against real installations instead of the stand-ins.
    pub(crate) real: bool,
    /// Only files whose name contains this.
    pub(crate) name: Option<String>,
    /// With screenshots, in `target/xtask/shots`.
    pub(crate) shots: bool,
}

/// Journeys that may also run against real installations, and restore their state.
const JOURNEY: &str = ".journey.test.ts";
/// Journeys that need the stand-ins' faults and data.
const TEST: &str = ".test.ts";

/// Journeys that do not run in Firefox; docs/ARCHITECTURE.md, "Two browsers", lists them, too.
const NOT_IN_FIREFOX: [&str; 2] = [
    // Access ends with the page, so there is nothing to continue with before the next click.
    "leaving.test.ts",
    // Opens another extension, and the panel as a page, in ways that only Chromium offers.
    "own-pages.test.ts",
];
/// Journeys about what only Firefox does.
const FIREFOX: &str = ".firefox.test.ts";

/// The maximum number of journey files that run in parallel; each has its own browser.
const MOST_AT_ONCE: usize = 4;

/// In characters: an accessibility violation is reported with its full text.
const LONGEST_CLOSING_LINE: usize = 600;

/// Shows the demo.
pub(crate) fn demo(options: &DemoOptions) -> Result<()> {
    let mut node = node(&Stage::new(In::Chromium, "debug")?, &["tests/e2e/demo.ts".into()])?;
    if options.headless {
        node.env("COWBELL_HEADLESS", "1");
    }
    if let Some(shots) = &options.shots {
        node.env("COWBELL_SHOTS", shots);
    }
    run(node.arg(script("e2e/demo")))
}

/// Runs the browser journeys; `closing_lines` receives the last lines of the test runner.
pub(crate) fn journeys(options: &JourneyOptions, closing_lines: &mut Vec<String>) -> Result<()> {
    let ending = if options.real { JOURNEY } else { TEST };
    let sources: Vec<PathBuf> = fingerprint::files(&paths::at("tests/e2e"))?
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let runs = match options.browser {
                In::Chromium => !name.ends_with(FIREFOX),
                In::Firefox => !NOT_IN_FIREFOX.contains(&name.as_ref()),
            };
            runs && name.ends_with(ending) && name.contains(options.name.as_deref().unwrap_or_default())
        })
        .collect();
    ensure!(!sources.is_empty(), "no such journey in tests/e2e");
    let stage = Stage::new(options.browser, "debug")?;
    if options.browser == In::Firefox {
        let source = PathBuf::from("tests/e2e/firefox-profile.ts");
        step("make a profile for Firefox", || run(node(&stage, &[source])?.arg(script("e2e/firefox-profile"))))?;
    }
    let mut node = node(&stage, &sources)?;
    // In Firefox, a journey often waits for the browser, so one more can run.
    let waiting = usize::from(options.browser == In::Firefox);
    let at_once = (thread::available_parallelism().map_or(1, NonZero::get) + waiting).min(MOST_AT_ONCE);
    node.args(["--test", "--test-reporter=spec"]).arg(format!("--test-concurrency={at_once}"));
    if options.real {
        node.env("COWBELL_REAL", "1");
    }
    if options.shots {
        let folder = match options.browser {
            In::Chromium => "shots",
            In::Firefox => "shots/firefox",
        };
        node.env("COWBELL_SHOTS", paths::work().join(folder));
    }
    run_tests(node, &sources, closing_lines)
}

/// Runs the unit tests of TypeScript.
pub(crate) fn unit_tests(closing_lines: &mut Vec<String>) -> Result<()> {
    let sources: Vec<PathBuf> =
        fingerprint::files(&paths::at("tests/unit"))?.into_iter().filter(|file| file.to_string_lossy().ends_with(TEST)).collect();
    bundle(&sources)?;
    let mut node = program("node");
    node.args(["--enable-source-maps", "--test", "--test-reporter=spec"]);
    run_tests(node, &sources, closing_lines)
}

/// Runs with `node` the tests that [`bundle`] built from these sources.
fn run_tests(mut node: Command, sources: &[PathBuf], closing_lines: &mut Vec<String>) -> Result<()> {
    for source in sources {
        let inside = source.strip_prefix(paths::at("tests"))?;
        node.arg(paths::work().join(inside).with_extension("mjs"));
    }
    let mut failures = false;
    watch(&mut node, |line| {
        failures |= line == "✖ failing tests:";
        if is_closing(line, failures) {
            closing_lines.push(line.chars().take(LONGEST_CLOSING_LINE).collect());
        }
    })
}

/// Returns whether a line of Node's test runner belongs in the table of steps: the counts and, of the failures listed at the end,
/// where each is and what went wrong, without the stack, which is indented further.
fn is_closing(line: &str, failures: bool) -> bool {
    let counted = ["ℹ tests", "ℹ pass", "ℹ fail"].iter().any(|word| line.starts_with(word));
    counted || failures && !line.starts_with("   ") && line.contains(char::is_alphanumeric)
}

/// Measures what needs a browser.
pub(crate) fn bench(options: &BenchOptions) -> Result<()> {
    let needs_python = options.part.as_deref().map_or(options.write, |part| part == PEERS);
    let python = if needs_python { Some(setup::python()?) } else { None };
    let mut node = node(&Stage::new(In::Chromium, "release")?, &["tests/bench/main.ts".into()])?;
    if let Some(python) = python {
        node.env("COWBELL_PYTHON", python);
    }
    run(node.arg(script("bench/main")).args(options.write.then_some("--write")).args(&options.part))
}

/// Runs the Rust tests that need functions of a browser. `wasm-pack test` would also compile the unit tests of the library, whose
/// dependencies are for this machine only.
pub(crate) fn wasm_tests(tools: &WasmTools, browser: &Browser) -> Result<Command> {
    let capabilities = paths::work().join("webdriver.json");
    fs::create_dir_all(paths::work())?;
    fs::write(
        &capabilities,
        json!({ "goog:chromeOptions": {
            "binary": browser.chromium,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu"],
        } })
        .to_string(),
    )?;
    let mut command = tools.test();
    command
        .args(["--package", "cowbell", "--test", "wasm"])
        .env("CHROMEDRIVER", &browser.chromedriver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    Ok(command)
}

/// Everything that a script needs to run.
struct Stage {
    /// Environment variables about the browser and the extension.
    browser: [(&'static str, OsString); 3],
    standins: PathBuf,
}

impl Stage {
    /// Builds extension, site and stand-ins; `standins` is the profile of the latter, `debug` or `release`.
    fn new(browser: In, standins: &str) -> Result<Self> {
        let browser = match browser {
            In::Chromium => [
                ("COWBELL_BROWSER", "chromium".into()),
                ("COWBELL_CHROMIUM", setup::browser()?.chromium.into()),
                ("COWBELL_EXTENSION", paths::chromium_extension().into()),
            ],
            In::Firefox => [
                ("COWBELL_BROWSER", "firefox".into()),
                ("COWBELL_FIREFOX", setup::firefox()?.into()),
                ("COWBELL_EXTENSION", paths::firefox_extension().into()),
            ],
        };
        build::everything(Profile::Release)?;
        Ok(Self { browser, standins: step("build the stand-ins", || build_standins(standins))? })
    }
}

fn build_standins(profile: &str) -> Result<PathBuf> {
    let mut cargo = program("cargo");
    cargo
        .args(["build", "--package", "cowbell-standins", "--bin", "cowbell-standins"])
        .arg("--message-format=json-render-diagnostics");
    if profile == "release" {
        cargo.arg("--release");
    }
    read(&mut cargo)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .context("cargo did not say where it put the stand-ins")
}

/// Bundles scripts of `tests/` into `target/xtask/`.
fn bundle(sources: &[PathBuf]) -> Result<()> {
    run(build::esbuild()
        .args(sources)
        .args(["--platform=node", "--target=node20", "--format=esm"])
        .args(["--packages=external", "--sourcemap=inline"])
        .args(["--outbase=tests", "--out-extension:.js=.mjs"])
        .arg(format!("--outdir={}", paths::work().display())))
}

/// Bundles scripts that work with a browser, and prepares `node` for them.
fn node(stage: &Stage, sources: &[PathBuf]) -> Result<Command> {
    bundle(sources)?;
    let mut node = program("node");
    node.arg("--enable-source-maps")
        .envs(stage.browser.clone())
        .env("COWBELL_FIREFOX_PROFILE", paths::work().join("firefox-profile"))
        .env("COWBELL_SITE", paths::site())
        .env("COWBELL_STANDINS", &stage.standins);
    Ok(node)
}

/// Returns the path of the bundle that [`node`] wrote for a script.
fn script(name: &str) -> PathBuf {
    paths::work().join(format!("{name}.mjs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_said_at_the_end() {
        let counted = ["▶ a journey", "  ✖ a step (30000 ms)", "ℹ tests 2", "ℹ fail 1", "ℹ duration_ms 3"];
        assert_eq!(counted.map(|line| is_closing(line, false)), [false, false, true, true, false]);
        let failed =
            ["✖ failing tests:", "", "test at a.ts:26:1", "✖ a step (30000 ms)", "  Error: in vain", "      at find", "  }"];
        assert_eq!(failed.map(|line| is_closing(line, true)), [true, false, true, true, true, false, false]);
    }

    #[test]
    fn what_does_not_run_in_firefox_is_a_journey_and_said_to_be_left_out() -> Result<()> {
        let architecture = fs::read_to_string(paths::at("docs/ARCHITECTURE.md"))?;
        for name in NOT_IN_FIREFOX {
            assert!(paths::at("tests/e2e").join(name).is_file(), "{name}");
            assert!(architecture.contains(name), "{name}");
        }
        Ok(())
    }
}
