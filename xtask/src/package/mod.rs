//! Archives for stores, reproducible by others: the same sources result in the same bytes, in any folder.

mod hexadecimal;
mod sbom;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use self::hexadecimal::hexadecimal;
use crate::build::{self, Profile};
use crate::fingerprint::files;
use crate::paths;
use crate::process::{program, quiet, read};
use crate::report::step;

/// Builds the extension and packs it and its sources; with `verify`, does so again in another folder and compares.
pub(crate) fn run(verify: bool) -> Result<()> {
    let archives = pack()?;
    for archive in &archives {
        println!("{}", archive.line());
    }
    if verify { step("the same from another folder", || compare(&archives)) } else { Ok(()) }
}

/// A file beside the folders in `dist/`.
struct Archive {
    name: String,
    /// SHA-256, in hexadecimal digits.
    sum: String,
}

impl Archive {
    /// Returns a line as `sha256sum --check` reads it.
    fn line(&self) -> String {
        format!("{}  {}", self.sum, self.name)
    }
}

fn pack() -> Result<Vec<Archive>> {
    build::extension(Profile::Release)?;
    step("pack", || {
        let prefix = concat!("cowbell-", env!("CARGO_PKG_VERSION"));
        let mut archives = Vec::new();
        for (browser, extension) in [("chromium", paths::chromium_extension()), ("firefox", paths::firefox_extension())] {
            let files = files(&extension)?;
            for file in &files {
                ensure!(
                    !names_this_machine(&fs::read(file)?, &paths::of_this_machine()),
                    "{} names a folder of this machine",
                    file.display()
                );
            }
            archives.push(archive(&format!("{prefix}-{browser}.zip"), &extension, &files)?);
        }
        archives.push(archive(&format!("{prefix}{SOURCES}"), paths::root(), &sources()?)?);
        let bill = format!("{prefix}.cdx.json");
        fs::write(paths::at("dist").join(&bill), sbom::bill()?)?;
        archives.push(summed(&bill)?);
        let lines: Vec<String> = archives.iter().map(Archive::line).collect();
        fs::write(paths::at("dist").join(SUMS), lines.join("\n") + "\n")?;
        Ok(archives)
    })
}

/// The end of the name of the sources' archive.
const SOURCES: &str = "-sources.zip";

/// Returns the checksums of all archives.
const SUMS: &str = "SHA256SUMS";

/// Returns every file under version control, in its current state; without version control, as in unpacked sources, every file
/// that was not built here. Files that cannot be read are omitted.
pub(crate) fn sources() -> Result<Vec<PathBuf>> {
    let sources = if paths::at(".git").exists() { known_to_git()? } else { not_made_here()? };
    for file in &sources {
        ensure!(is_text_or_picture(&fs::read(file)?), "{} is neither a text nor a picture", file.display());
    }
    Ok(sources)
}

fn known_to_git() -> Result<Vec<PathBuf>> {
    let names = read(program("git").args(["ls-files", "-z"]))?;
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(paths::at).filter(|file| file.is_file()).collect())
}

/// Folders at the top level that commands create.
const MADE: [&str; 3] = ["dist", "node_modules", "target"];

fn not_made_here() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(paths::root())?.collect::<std::io::Result<Vec<_>>>()?;
    let kept = entries.iter().filter(|entry| !MADE.iter().any(|made| entry.file_name() == *made));
    Ok(kept.map(|entry| files(&entry.path())).collect::<Result<Vec<_>>>()?.concat())
}

fn is_text_or_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n") || std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'))
}

/// Packs files in the order of their names, all with the same time and mode.
fn archive(name: &str, folder: &Path, files: &[PathBuf]) -> Result<Archive> {
    let path = paths::at("dist").join(name);
    let mut inside = files.iter().map(|file| Ok((name_in(folder, file)?, file))).collect::<Result<Vec<_>>>()?;
    inside.sort();
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&path)?));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, file) in inside {
        zip.start_file(name, options)?;
        zip.write_all(&fs::read(file)?)?;
    }
    zip.finish()?.flush()?;
    summed(name)
}

/// Returns whether a file contains the path of one of the folders, as in a panic message or a source map.
fn names_this_machine(bytes: &[u8], folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| {
        let name = folder.as_os_str().as_encoded_bytes();
        bytes.windows(name.len()).any(|found| found == name)
    })
}

/// Returns a file in `dist/` with its checksum.
fn summed(name: &str) -> Result<Archive> {
    let sum = hexadecimal(&Sha256::digest(fs::read(paths::at("dist").join(name))?));
    Ok(Archive { name: name.to_owned(), sum })
}

/// Returns the name of a file in an archive, with slashes on any system.
pub(crate) fn name_in(folder: &Path, file: &Path) -> Result<String> {
    let parts = file.strip_prefix(folder)?.components().map(|part| part.as_os_str().to_str().context("a name that is no UTF-8"));
    Ok(parts.collect::<Result<Vec<_>>>()?.join("/"))
}

/// Unpacks the sources in another folder, packs there, and compares the checksums. Tools that are installed here are used there,
/// too.
fn compare(archives: &[Archive]) -> Result<()> {
    let folder = paths::work().join("package/of/another/name");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let sources = archives.iter().find(|archive| archive.name.ends_with(SOURCES)).context("the sources are an archive, too")?;
    ZipArchive::new(File::open(paths::at("dist").join(&sources.name))?)?.extract(&folder)?;
    let tools = Path::new("target/xtask/tools");
    copy_all(&paths::root().join(tools), &folder.join(tools))?;
    quiet(program("cargo").current_dir(&folder).args(["xtask", "package"]).env_remove("CARGO_TARGET_DIR"))?;
    let other = fs::read_to_string(folder.join("dist").join(SUMS))?;
    for archive in archives {
        let line = archive.line();
        ensure!(
            other.lines().any(|found| found == line),
            "{} is another one when it is built in {}",
            archive.name,
            folder.display()
        );
    }
    fs::remove_dir_all(paths::work().join("package"))?;
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::copy(&file, &copy)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{is_text_or_picture, name_in, names_this_machine, sources};
    use crate::paths;
    use anyhow::Context as _;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn a_reviewer_can_read_all_sources() -> anyhow::Result<()> {
        assert!(sources()?.len() > 100);
        assert!(is_text_or_picture("grüezi".as_bytes()) && is_text_or_picture(b"\x89PNG\r\n\x1a\n\0"));
        assert!(!is_text_or_picture(b"PK\x03\x04\0") && !is_text_or_picture(b"\xff"));
        Ok(())
    }

    /// Whoever may sign an archive gets only archives (docs/contract/cases.md, S17).
    #[test]
    fn the_job_that_attests_runs_nothing_of_anybodys() -> anyhow::Result<()> {
        let workflow = fs::read_to_string(paths::at(".github/workflows/release.yml"))?;
        let (_, jobs) = workflow.split_once("\njobs:\n").context("there are jobs")?;
        let mut signing = 0;
        for job in jobs.split("\n  # ").flat_map(|part| part.split("\n  publish:")) {
            if job.contains("id-token: write") || job.contains("attestations: write") {
                signing += 1;
                assert!(!job.contains("run:") && !job.contains("actions/checkout"), "{job}");
                let mut actions = job.lines().filter_map(|line| line.trim().strip_prefix("- uses: actions/"));
                let is_known =
                    |action: &str| action.starts_with("download-artifact@") || action.starts_with("attest-build-provenance@");
                assert!(actions.all(is_known), "{job}");
            }
        }
        assert_eq!(signing, 1);
        // A job that runs a dependency's code can put other files under the name of what another job has uploaded, but not under its
        // number.
        let downloads: Vec<&str> = jobs.split("actions/download-artifact@").skip(1).collect();
        assert_eq!(downloads.len(), 2);
        for step in downloads.iter().filter_map(|rest| rest.split("\n      - ").next()) {
            assert!(step.contains("artifact-ids: ${{ needs.package.outputs.archives }}") && !step.contains("name:"), "{step}");
        }
        Ok(())
    }

    /// An action is a commit, because a tag can become another one.
    #[test]
    fn each_action_is_named_by_its_commit() -> anyhow::Result<()> {
        for workflow in crate::fingerprint::files(&paths::at(".github/workflows"))? {
            let text = fs::read_to_string(&workflow)?;
            for line in text.lines().filter(|line| line.contains("uses:")) {
                let commit = line.split('@').nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                let is_commit = commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit());
                assert!(is_commit && line.contains(" # v"), "{}: {line}", workflow.display());
            }
        }
        Ok(())
    }

    /// As the one that attests: it gets files.
    #[test]
    fn the_job_that_publishes_the_page_runs_nothing_of_anybodys() -> anyhow::Result<()> {
        let workflow = fs::read_to_string(paths::at(".github/workflows/pages.yml"))?;
        let (build, deploy) = workflow.split_once("\n  deploy:\n").context("a job deploys")?;
        assert!(!build.contains("write") && build.contains("permissions: {}"));
        assert!(!deploy.contains("run:") && !deploy.contains("actions/checkout"));
        assert_eq!(deploy.matches("uses:").count(), 1);
        assert!(deploy.contains("uses: actions/deploy-pages@"));
        Ok(())
    }

    #[test]
    fn no_package_runs_a_script_when_it_is_installed() -> anyhow::Result<()> {
        assert!(fs::read_to_string(paths::at(".npmrc"))?.lines().any(|line| line == "ignore-scripts=true"));
        Ok(())
    }

    #[test]
    fn a_folder_of_this_machine_is_found() {
        let folders = [PathBuf::from("/home/ada/cowbell")];
        assert!(names_this_machine(b"panicked at /home/ada/cowbell/src/lib.rs", &folders));
        assert!(!names_this_machine(b"panicked at cowbell/src/lib.rs", &folders));
    }

    #[test]
    fn names_begin_below_the_folder() {
        assert_eq!(name_in(Path::new("/a/b"), Path::new("/a/b/c/d.js")).ok().as_deref(), Some("c/d.js"));
        assert!(name_in(Path::new("/a/b"), Path::new("/a/c")).is_err());
    }
}
