//! The command line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

use crate::browser::{BenchOptions, DemoOptions, JourneyOptions, PEERS};
use crate::build::Profile;
use crate::check::Step;
use crate::fuzz::FuzzOptions;
use crate::mutants::MutantsOptions;
use crate::simulate::SimulateOptions;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask <command>

  demo [--headless] [--shots DIR]   opens Chromium with Cowbell and simulated authentik and mailcow;
                                    headless it plays the journey, --shots writes screenshots
  test [--only STEP]...             every check; STEP: fmt clippy docs native build types biome (the linter of
                                    TypeScript) lint (of Firefox's store) unit (tests of TypeScript) wasm
                                    e2e (journeys in Chromium) firefox (journeys in Firefox)
  fmt                               formats Rust, TypeScript, CSS and JSON
  build [--dev]                     the unpacked extension in dist/chromium and dist/firefox, the site in dist/www
  e2e [--real] [--browser BROWSER] [NAME]
                                    browser journeys whose file name contains NAME; --real runs them against
                                    the installations named by AUTHENTIK_URL, MAILCOW_URL, ... (see CONTRIBUTING.md);
                                    BROWSER: chromium firefox
  shots [--browser BROWSER] [NAME]  the same with screenshots, in target/xtask/shots
  findings [--write]                the catalogue of findings, and whether each has its words, a test and its row in
                                    docs/FINDINGS.md; --write brings the rows up to date
  schema FILE|URL|-                 what an authentik's OpenAPI document changes of the newest release in
                                    docs/contract/authentik-schemas.txt; its own is at /api/v3/schema/
  sizes                             how large each file is that is shipped
  bench [--peers] [--write] [NAME]  how fast it is; NAME: ready rounds bulk people lists growth www (the page);
                                    --peers beside a script with authentik's Python client and a loop around fetch;
                                    --write puts the figures into docs/PERFORMANCE.md, without NAME all of them
  simulate [--seeds N] [--from SEED] [--seed SEED]
                                    whole lives of an integration with everything that gets in between, each decided
                                    by its seed; --seed lives one
  fuzz [--runs N] [JOB]             coverage-guided fuzzing of what reads foreign data and of files that are written; JOB:
                                    texts answers files (one at a time)
                                    authentik removal mailcow people kept plan (whole jobs)
  mutants [--sample N] [--seed S] [--file NAME] [--shard K/N] [--fresh]
                                    mutation testing: how many mutants of the core the native tests catch, of all that
                                    cargo-mutants lists, of N of them, of those in files whose name contains NAME, or of one
                                    of N parts; goes on with what earlier runs have found unless --fresh
  package [--verify]                archives for the stores, of the sources, a bill of materials, and their sums in dist/;
                                    --verify packs the unpacked sources in another folder and compares
  audit                             licences, sources and known weaknesses of all dependencies; asks the network
  www                               serves the page on this machine: everything to try, and the values for two addresses
  setup                             only what the other commands do first: installs what is missing";

/// One command with its options.
pub(crate) enum Command {
    Help,
    Setup,
    Build(Profile),
    Test { only: Vec<Step> },
    Fmt,
    Findings { write: bool },
    Schema { source: String },
    Sizes,
    Bench(BenchOptions),
    Simulate(SimulateOptions),
    Fuzz(FuzzOptions),
    Mutants(MutantsOptions),
    Demo(DemoOptions),
    E2e(JourneyOptions),
    Package { verify: bool },
    Audit,
    Www,
}

/// Parses the command line.
///
/// # Errors
/// If a command or an option is unknown.
pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Command> {
    let name = match arguments.next()? {
        Some(Value(name)) => name.string()?,
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(other) => return Err(other.unexpected().into()),
    };
    let mut command = match name.as_str() {
        "help" => Command::Help,
        "setup" => Command::Setup,
        "build" => Command::Build(Profile::Release),
        "test" => Command::Test { only: Vec::new() },
        "fmt" => Command::Fmt,
        "findings" => Command::Findings { write: false },
        "schema" => Command::Schema { source: String::new() },
        "sizes" => Command::Sizes,
        "bench" => Command::Bench(BenchOptions::default()),
        "simulate" => Command::Simulate(SimulateOptions::default()),
        "fuzz" => Command::Fuzz(FuzzOptions::default()),
        "mutants" => Command::Mutants(MutantsOptions::default()),
        "demo" => Command::Demo(DemoOptions::default()),
        "e2e" => Command::E2e(JourneyOptions::default()),
        "shots" => Command::E2e(JourneyOptions { shots: true, ..JourneyOptions::default() }),
        "package" => Command::Package { verify: false },
        "audit" => Command::Audit,
        "www" => Command::Www,
        _ => bail!("there is no command {name:?}; `cargo xtask help` lists them"),
    };
    while let Some(argument) = arguments.next()? {
        match (&mut command, argument) {
            (Command::Build(profile), Long("dev")) => *profile = Profile::Dev,
            (Command::Test { only }, Long("only")) => {
                only.push(arguments.value()?.string()?.parse()?);
            }
            (Command::Findings { write }, Long("write")) => *write = true,
            (Command::Schema { source }, Value(name)) if source.is_empty() => *source = name.string()?,
            (Command::Package { verify }, Long("verify")) => *verify = true,
            (Command::Demo(options), Long("headless")) => options.headless = true,
            (Command::Demo(options), Long("shots")) => {
                options.shots = Some(std::path::absolute(PathBuf::from(arguments.value()?))?);
            }
            (Command::Bench(options), Long("peers")) if options.part.is_none() => options.part = Some(PEERS.to_owned()),
            (Command::Bench(options), Long("write")) => options.write = true,
            (Command::Bench(options), Value(name)) if options.part.is_none() => options.part = Some(name.string()?),
            (Command::Simulate(options), Long("seeds")) => options.seeds = arguments.value()?.parse()?,
            (Command::Simulate(options), Long("from")) => options.from = arguments.value()?.parse()?,
            (Command::Simulate(options), Long("seed")) => *options = SimulateOptions::only(arguments.value()?.parse()?),
            (Command::Fuzz(options), Long("runs")) => options.runs = arguments.value()?.parse()?,
            (Command::Fuzz(options), Value(name)) if options.job.is_none() => options.job = Some(name.string()?),
            (Command::Mutants(options), Long("sample")) => options.sample = Some(arguments.value()?.parse()?),
            (Command::Mutants(options), Long("seed")) => options.seed = arguments.value()?.parse()?,
            (Command::Mutants(options), Long("file")) => options.file = Some(arguments.value()?.string()?),
            (Command::Mutants(options), Long("shard")) => options.shard = Some(arguments.value()?.string()?.parse()?),
            (Command::Mutants(options), Long("fresh")) => options.fresh = true,
            (Command::E2e(options), Long("real")) if !options.shots => options.real = true,
            (Command::E2e(options), Long("browser")) => options.browser = arguments.value()?.string()?.parse()?,
            (Command::E2e(options), Value(name)) if options.name.is_none() => {
                options.name = Some(name.string()?);
            }
            (_, other) => return Err(other.unexpected().into()),
        }
    }
    if matches!(&command, Command::Schema { source } if source.is_empty()) {
        bail!("which document? `cargo xtask schema FILE|URL|-`");
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command> {
        parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn options_belong_to_their_command() {
        assert!(matches!(parsed(&["build", "--dev"]), Ok(Command::Build(Profile::Dev))));
        assert!(parsed(&["sizes", "--dev"]).is_err());
    }

    #[test]
    fn steps_are_named() {
        let Ok(Command::Test { only }) = parsed(&["test", "--only", "fmt", "--only=e2e"]) else {
            panic!("not a test command");
        };
        assert_eq!(only, [Step::Fmt, Step::E2e]);
        assert!(parsed(&["test", "--only", "nonsense"]).is_err());
    }

    #[test]
    fn a_schema_has_one_source() {
        assert!(matches!(parsed(&["schema", "-"]), Ok(Command::Schema { source }) if source == "-"));
        assert!(parsed(&["schema"]).is_err());
        assert!(parsed(&["schema", "one", "two"]).is_err());
    }

    #[test]
    fn one_life_is_lived_again() {
        let lives = |arguments: &[&str]| match parsed(arguments) {
            Ok(Command::Simulate(options)) => (options.from, options.seeds),
            _ => panic!("no lives"),
        };
        assert_eq!(lives(&["simulate", "--seed", "17"]), (17, 1));
        assert_eq!(lives(&["simulate", "--from", "500", "--seeds=20"]), (500, 20));
    }

    #[test]
    fn some_mutants_are_chosen() {
        let Ok(Command::Mutants(options)) = parsed(&["mutants", "--sample=100", "--seed", "3", "--file", "plan/", "--shard=2/4"])
        else {
            panic!("no mutants");
        };
        let shard = "2/4".parse().ok();
        let expected = MutantsOptions { sample: Some(100), seed: 3, file: Some("plan/".to_owned()), shard, fresh: false };
        assert_eq!(options, expected);
        assert!(parsed(&["mutants", "--shard", "5/4"]).is_err());
    }

    #[test]
    fn the_peers_are_a_part_of_their_own() {
        let part = |arguments: &[&str]| match parsed(arguments) {
            Ok(Command::Bench(options)) => Some((options.part, options.write)),
            _ => None,
        };
        assert_eq!(part(&["bench"]), Some((None, false)));
        assert_eq!(part(&["bench", "--peers", "--write"]), Some((Some(PEERS.to_owned()), true)));
        assert_eq!(part(&["bench", "--peers", "bulk"]), None);
    }

    #[test]
    fn nothing_means_help() {
        assert!(matches!(parsed(&[]), Ok(Command::Help)));
        assert!(parsed(&["demonstrate"]).is_err());
    }
}
