//! Records the inputs of a result, so that it is not built twice.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::paths;

/// The inputs of one result, and the path where their hash is stored.
pub(crate) struct Fingerprint {
    hash: String,
    note: PathBuf,
}

impl Fingerprint {
    /// Reads the inputs: files, folders with all their contents, and strings such as a tool's version.
    ///
    /// # Errors
    /// If an input does not exist.
    pub(crate) fn of(name: &str, inputs: &[&str], words: &[&str]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        for input in inputs {
            for file in files(&paths::at(input))? {
                file.strip_prefix(paths::root())?.hash(&mut hasher);
                fs::read(&file)?.hash(&mut hasher);
            }
        }
        Ok(Self { hash: format!("{:016x}", hasher.finish()), note: paths::work().join("stamps").join(name) })
    }

    /// Returns whether the result was built from exactly these inputs.
    pub(crate) fn is_noted(&self) -> bool {
        fs::read_to_string(&self.note).is_ok_and(|noted| noted == self.hash)
    }

    /// Records that the result has been built.
    pub(crate) fn note(&self) -> Result<()> {
        if let Some(folder) = self.note.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.note, &self.hash)?;
        Ok(())
    }
}

/// Returns a file, or all files below a folder, sorted by name.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries = fs::read_dir(path)
        .with_context(|| format!("{} cannot be read", path.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}
