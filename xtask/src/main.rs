//! `cargo xtask …`: sets up, builds, tests, demonstrates and measures Cowbell. See `cargo xtask help`.
//!
//! | module | what is there |
//! |---|---|
//! | [`setup`] | everything that must be on the machine, installed once |
//! | [`build`] | from Rust and TypeScript to `dist/` |
//! | [`check`] | `cargo xtask test`: every check, one after the other |
//! | [`biome`] | formatter and linter of TypeScript, CSS and JSON |
//! | [`schema`] | from an OpenAPI document of authentik to its part of the table of schemas |
//! | [`fuzz`] | answers and texts that the core cannot bear, searched for |
//! | [`mutants`] | errors put into the core's source, and which of them the tests catch |
//! | [`simulate`] | whole lives of an integration, decided by seeds |
//! | [`sizes`] | how large the extension is |
//! | [`package`] | archives for stores, the same from every folder, and what is in them |
//! | [`audit`] | advisories about the dependencies |
//! | [`browser`] | what runs in a real browser: journeys, demo, bench |
//! | `citations` | a test: what is cited of the notes about the two products exists |
//! | `codes` | a test: each code of a finding is given by a rule |
//! | `circles` | a test: no file depends on a file that depends on it |

mod audit;
mod biome;
mod browser;
mod build;
mod check;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod citations;
mod cli;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod documented;
mod fingerprint;
mod fuzz;
mod lint;
mod mutants;
mod package;
mod paths;
mod process;
#[cfg(test)]
mod proofs;
mod report;
mod schema;
mod setup;
mod simulate;
mod sizes;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::Command;

fn main() -> ExitCode {
    match cli::parse(lexopt::Parser::from_env()).and_then(perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<()> {
    match command {
        Command::Help => {
            println!("{}", cli::HELP);
            Ok(())
        }
        Command::Setup => setup::everything(),
        Command::Build(profile) => build::everything(profile),
        Command::Test { only } => check::run(&only),
        Command::Fmt => check::format(),
        Command::Findings { write } => check::findings(write),
        Command::Schema { source } => schema::run(&source),
        Command::Sizes => sizes::run(),
        Command::Fuzz(options) => fuzz::search(&options),
        Command::Mutants(options) => mutants::run(&options),
        Command::Simulate(options) => simulate::run(options),
        Command::Bench(options) => browser::bench(&options),
        Command::Demo(options) => browser::demo(&options),
        Command::E2e(options) => browser::journeys(&options, &mut Vec::new()),
        Command::Package { verify } => package::run(verify),
        Command::Audit => audit::run(),
        Command::Www => build::serve_www(),
    }
}
