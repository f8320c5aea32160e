//! What can be cited.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use anyhow::Result;
use regex::Regex;

use super::citation::{FOLDER, Target};
use crate::fingerprint::files;
use crate::paths;

/// The folder of the recordings, with one folder per version.
const RECORDINGS: &str = "tests/standins/recordings";

/// All pages, and the numbers of the recordings by the name of their folder.
pub(super) struct Contract {
    pages: BTreeMap<String, Page>,
    recordings: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Default)]
struct Page {
    text: String,
    /// Numbers of headings, and of paragraphs and list items that have one: `5`, `5.3`.
    sections: BTreeSet<String>,
    /// Entries in the first column of tables: cases, pitfalls, numbers of rows.
    rows: BTreeSet<String>,
}

impl Contract {
    pub(super) fn read() -> Result<Self> {
        let (mut pages, mut recordings) = (BTreeMap::new(), BTreeMap::<String, BTreeSet<String>>::new());
        for file in files(&paths::at(FOLDER))? {
            let name = file.strip_prefix(paths::at(FOLDER))?.to_string_lossy().replace('\\', "/");
            pages.insert(name, Page::new(fs::read_to_string(&file)?));
        }
        for file in files(&paths::at(RECORDINGS))? {
            if let [folder, name] = &file.strip_prefix(paths::at(RECORDINGS))?.iter().collect::<Vec<_>>()[..]
                && let Some((number, _)) = name.to_string_lossy().split_once('-')
            {
                recordings.entry(folder.to_string_lossy().into_owned()).or_default().insert(number.to_owned());
            }
        }
        Ok(Self { pages, recordings })
    }

    /// Describes what a citation names that does not exist. `file` is empty if no page is named.
    pub(super) fn missing(&self, file: &str, targets: &[Target]) -> Vec<String> {
        let is_folder = self.pages.keys().any(|name| name.starts_with(&format!("{}/", file.trim_end_matches('/'))));
        let page = self.pages.get(file);
        if page.is_none() && !is_folder && !file.is_empty() {
            return vec![format!("{FOLDER}/{file} is not there")];
        }
        let has = |target: &&Target| match target {
            Target::Recording(number) => self.is_recorded(product(file), number),
            Target::Row(id) | Target::Case(id) => page.is_some_and(|page| page.rows.contains(id)),
            Target::Pitfall(id) => self.pages.get("pitfalls.md").is_some_and(|page| page.rows.contains(id)),
            Target::Section(number) => page.is_some_and(|page| page.sections.contains(number)),
            Target::Passage(start) => page.is_some_and(|page| page.has_passage(start)),
            Target::Word(word) => page.is_some_and(|page| page.text.contains(word.as_str())),
        };
        let words = |target: &Target| match (target, product(file)) {
            (Target::Recording(_), "") => format!("there is no {target}"),
            (Target::Recording(_), product) => format!("{product} has no {target}"),
            (Target::Pitfall(_), _) => format!("{FOLDER}/pitfalls.md has no {target}"),
            _ => format!("{FOLDER}/{file} has no {target}"),
        };
        targets.iter().filter(|target| !has(target)).map(words).collect()
    }

    fn is_recorded(&self, product: &str, number: &str) -> bool {
        self.recordings.iter().any(|(folder, numbers)| folder.starts_with(product) && numbers.contains(number))
    }
}

/// Returns the product whose recordings a page means; empty if it may be either.
fn product(file: &str) -> &'static str {
    match file {
        "authentik.md" => "authentik",
        "mailcow.md" | "rollout.md" => "mailcow",
        _ => "",
    }
}

static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"^#+ (\d+(?:\.\d+)*)\b"));
static PARAGRAPH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d+\.\d+) "));
static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d+)\. "));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

impl Page {
    fn new(text: String) -> Self {
        let mut page = Self::default();
        let mut section = String::new();
        for line in text.lines() {
            if line.starts_with('#') {
                section = HEADING.captures(line).map(|found| found[1].to_owned()).unwrap_or_default();
                page.sections.insert(section.clone());
            } else if let Some(found) = PARAGRAPH.captures(line) {
                page.sections.insert(found[1].to_owned());
            } else if let Some(found) = ITEM.captures(line) {
                page.sections.insert(format!("{section}.{}", &found[1]));
            } else if let Some(row) = line.strip_prefix('|') {
                let first = row.split('|').next().unwrap_or_default();
                page.rows.extend(first.split(',').map(|id| id.trim().to_owned()));
            }
        }
        page.text = text;
        page
    }

    /// Returns whether a heading or a paragraph begins with these words.
    fn has_passage(&self, start: &str) -> bool {
        self.text.lines().any(|line| line.trim_start_matches(['#', '*', ' ']).starts_with(start))
    }
}
