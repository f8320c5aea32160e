//! Dependencies between files must be free of cycles, direct or indirect.
//!
//! | module | what is there |
//! |---|---|
//! | [`walk`] | reads the files of a crate |
//! | [`modules`] | what they contain: modules, names, and which path is mentioned where |
//! | [`names`] | which file defines what a path names |
//! | [`graph`] | cycles, and the shortest path around each |
//!
//! A file depends on the file that *defines* what it names, in a `use` or anywhere else: re-exports and globs are followed. A
//! `mod` and a `pub use` alone are no dependencies, so that a `mod.rs` may re-export what its children define. Unit tests inside
//! a file are ignored, because they may use whatever uses the code; a file that contains only tests counts like any other.
//!
//! Limits:
//!
//! - methods, fields and associated items of a value whose type is not named in the file, and implementations of traits, are not
//!   seen;
//! - what a macro of another crate adds, and names in the braces of a format string (`"{MAX}"`), are not seen;
//! - in calls and rules of macros, every sequence of tokens that looks like a path counts, because it is unknown which names are
//!   variables: one with the name of something that the file re-exports, or imports with a glob, counts as that;
//! - if two things share a name, such as a module and a function, both count.
//!
//! Biome's `noImportCycles` enforces the same rule in TypeScript.

mod graph;
mod modules;
mod names;
mod walk;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use self::graph::Graph;
use self::modules::Tree;
use self::names::Need;
use crate::package::{name_in, sources};
use crate::paths;
use crate::process::{program, read};

/// Returns the message for each cycle in a crate.
fn faults(tree: &Tree, needs: &BTreeSet<Need>) -> Vec<String> {
    let mut graph = Graph::new();
    for need in needs {
        graph.entry(need.from).or_default().insert(need.to);
    }
    graph::circles(&graph).iter().map(|circle| fault(tree, needs, &graph, circle)).collect()
}

fn fault(tree: &Tree, needs: &BTreeSet<Need>, graph: &Graph, circle: &BTreeSet<usize>) -> String {
    let way = graph::shortest(graph, circle);
    let nexts = way.iter().cycle().skip(1);
    let mut text = format!("{} files:\n", circle.len());
    for (from, to) in way.iter().zip(nexts) {
        let mut between: Vec<&Need> = needs.iter().filter(|need| need.from == *from && need.to == *to).collect();
        between.dedup_by_key(|need| need.line);
        if let Some((need, others)) = between.split_first() {
            let (file, verb) = (&tree.files[*from], if need.is_import { "imports" } else { "uses" });
            let more = match others.len() {
                0 => String::new(),
                1 => " (1 more line)".to_owned(),
                count => format!(" ({count} more lines)"),
            };
            let _ = writeln!(text, "  {file}:{} {verb} {}{more}", need.line, need.name);
        }
    }
    if circle.len() > way.len() {
        let others: Vec<&str> = circle.iter().filter(|file| !way.contains(file)).map(|file| tree.files[*file].as_str()).collect();
        let _ = writeln!(text, "  by longer ways: {}", others.join(", "));
    }
    text
}

/// An explanation for someone who sees a cycle for the first time.
const HELP: &str = "\
In a circle, each line needs what the file in the next line defines, and the last line what the first file defines. To break it, choose \
one line and move what it needs down: to a file that needs none of these, a new one if there is none. If the line is in the wrong \
file, move it up instead.";

/// Returns the root files of all crates: libraries, programs, tests.
fn roots() -> Result<Vec<String>> {
    Ok([roots_of("Cargo.toml")?, roots_of(crate::fuzz::MANIFEST)?].concat())
}

/// Returns those of a workspace.
fn roots_of(manifest: &str) -> Result<Vec<String>> {
    let mut command = program("cargo");
    command.args(["metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest]);
    let metadata: Value = serde_json::from_str(&read(&mut command)?)?;
    let packages = metadata["packages"].as_array().context("cargo names no packages")?;
    let targets = packages.iter().flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let files = targets.map(|target| target["src_path"].as_str().context("cargo names no file"));
    files.map(|file| name_in(paths::root(), Path::new(file?))).collect()
}

#[test]
fn no_file_needs_what_needs_it() -> Result<()> {
    let (mut faults, mut known, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for root in roots()? {
        let tree = walk::walk(&root, &|name| fs::read_to_string(paths::at(name)).ok())?;
        let needs = names::needs(&tree);
        faults.extend(self::faults(&tree, &needs));
        count += needs.len();
        known.extend(tree.files);
    }
    println!("{} files need {count} things of others", known.len());
    assert!(count > 3_000, "only {count} needs were found");
    assert!(faults.is_empty(), "{} circles of files that need each other\n\n{}\n{HELP}", faults.len(), faults.join("\n"));
    for file in sources()?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs")) {
        let name = name_in(paths::root(), file)?;
        assert!(known.contains(&name), "{name} is in no crate, so nobody knows what it needs");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
