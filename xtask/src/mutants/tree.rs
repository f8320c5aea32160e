//! A copy of the sources, in which the core has its mutants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::weave::Woven;
use crate::fingerprint::files;
use crate::package::{name_in, sources};
use crate::paths;
use crate::process::{program, read};

/// The module that what is woven asks.
const SWITCH: (&str, &str) = ("src/mutant.rs", include_str!("switch.rs"));

/// Returns the folder of this command.
pub(super) fn folder() -> PathBuf {
    paths::work().join("mutants")
}

/// Returns the folder of the copy.
pub(super) fn root() -> PathBuf {
    folder().join("tree")
}

/// Copies all sources but those that have been woven. A file that is the same keeps its time, so that nothing is built twice.
pub(super) fn copy(woven: &BTreeMap<String, Woven>) -> Result<()> {
    let mut names = BTreeSet::from([SWITCH.0.to_owned()]);
    for file in all()? {
        let name = name_in(paths::root(), &file)?;
        if !woven.contains_key(&name) {
            write(&name, &fs::read(&file)?)?;
        }
        names.insert(name);
    }
    write(SWITCH.0, SWITCH.1.as_bytes())?;
    if root().is_dir() {
        for file in files(&root())? {
            if !names.contains(&name_in(&root(), &file)?) {
                fs::remove_file(file)?;
            }
        }
    }
    plant(woven)
}

/// Returns all sources, those too that git does not know yet: somebody is writing a test.
fn all() -> Result<Vec<PathBuf>> {
    let mut files = sources()?;
    if paths::at(".git").exists() {
        let new = read(program("git").args(["ls-files", "-z", "--others", "--exclude-standard"]))?;
        files.extend(new.split('\0').filter(|name| !name.is_empty()).map(paths::at));
    }
    Ok(files)
}

/// Writes the woven files.
pub(super) fn plant(woven: &BTreeMap<String, Woven>) -> Result<()> {
    for (name, woven) in woven {
        let module = if name == "src/lib.rs" { "\npub(crate) mod mutant;\n" } else { "" };
        write(name, format!("{}{module}", woven.text).as_bytes())?;
    }
    Ok(())
}

fn write(name: &str, contents: &[u8]) -> Result<()> {
    let file = root().join(name);
    if fs::read(&file).is_ok_and(|there| there == contents) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, contents)?)
}

/// Returns a call of cargo in the copy.
pub(super) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program("cargo");
    command.args(arguments).current_dir(root()).env("CARGO_TARGET_DIR", folder().join("target"));
    // A mutant may do what a lint forbids, and nobody debugs it.
    command.env("RUSTFLAGS", "--cap-lints=allow").env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}

/// Returns a test program of the copy as cargo would run it.
pub(super) fn environment(command: &mut Command) -> &mut Command {
    let seeds = ("COWBELL_SEEDS", "0..40");
    // A counterexample is not wanted shorter, the same ones are tried each time, and none is kept for the next mutant.
    let proptest =
        [("PROPTEST_MAX_SHRINK_ITERS", "0"), ("PROPTEST_RNG_SEED", "1"), ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")];
    command.envs(proptest).envs([seeds, ("RUST_BACKTRACE", "0")]);
    for name in ["COWBELL_SEED", "COWBELL_MUTANT", "COWBELL_MUTANTS_REACHED", "UPDATE_EXPECT"] {
        command.env_remove(name);
    }
    command.env("CARGO_MANIFEST_DIR", root()).current_dir(root())
}

/// Returns the text of a source file of the core.
pub(super) fn original(name: &str) -> Result<String> {
    Ok(fs::read_to_string(Path::new(paths::root()).join(name))?)
}
