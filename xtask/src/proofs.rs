//! Each promise of docs/SECURITY.md names what proves it. A test that is renamed must not leave a promise without proof.

use std::fs;

use anyhow::Result;

use crate::package::{name_in, sources};
use crate::paths;

const PAGE: &str = "docs/SECURITY.md";

/// A kind of proof, as the page writes it, and where it has to be.
fn is_there(kind: &str, name: &str, files: &[String], tests: &[String]) -> Option<bool> {
    let file = |folder: &str, end: &str| {
        let fits = |file: &String| file.strip_prefix(folder).is_some_and(|rest| rest.contains(name) && rest.ends_with(end));
        files.iter().any(fits)
    };
    Some(match kind {
        // As a filter of `cargo test`: a part of the path.
        "core" | "build" => tests.iter().any(|test| test.contains(name)),
        "e2e" => file("tests/e2e/", ".test.ts"),
        "unit" => file("tests/unit/", ".test.ts"),
        "lint" => files.contains(&format!("lint/{name}.grit")),
        _ => return None,
    })
}

/// The tests of a file, each as `module::name` with the file as its module. Read line by line, because some are in macros.
fn tests_of(name: &str, text: &str) -> Vec<String> {
    let module = name.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    let (mut found, mut is_test) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        is_test |= line.starts_with("#[") && line.ends_with("test]");
        let function = line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split_once('('));
        if let Some((function, _)) = function
            && std::mem::take(&mut is_test)
        {
            found.push(format!("{module}::{function}"));
        }
    }
    found
}

#[test]
fn each_promise_names_a_proof_that_exists() -> Result<()> {
    let (mut files, mut tests) = (Vec::new(), Vec::new());
    for file in sources()? {
        let name = name_in(paths::root(), &file)?;
        if file.extension().is_some_and(|kind| kind == "rs") {
            tests.extend(tests_of(&name, &fs::read_to_string(&file)?));
        }
        files.push(name);
    }
    let page = fs::read_to_string(paths::at(PAGE))?;
    let promises = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    let (mut missing, mut count) = (Vec::new(), 0);
    for line in promises {
        for quoted in line.split('`').skip(1).step_by(2) {
            let Some((kind, name)) = quoted.split_once(' ').filter(|(_, name)| !name.contains(' ')) else { continue };
            let Some(is_there) = is_there(kind, name, &files, &tests) else { continue };
            count += 1;
            if !is_there {
                missing.push(format!("{PAGE} names `{quoted}`, which does not exist"));
            }
        }
    }
    println!("{count} proofs are named");
    assert!(count > 30, "only {count} proofs were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    Ok(())
}
