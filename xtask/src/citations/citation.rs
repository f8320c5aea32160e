//! Defines what counts as a citation, and parses it.
//!
//! A citation names a file by its whole path and then, after commas and semicolons, the parts of it: `section 5.3`, `sections 1
//! to 8 and 13`, `case a`, `cases f and s`, `row 9`, `H6 and S3`, `P-08`, `recordings 401 to 406`, the beginning of a heading or
//! paragraph in quotes, a word in backticks. Pages of the folder name each other without the path. Recordings, pitfalls and
//! sections count without a file, too.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The folder of the notes.
pub(super) const FOLDER: &str = "docs/contract";

pub(super) enum Citation {
    /// `file` is below the folder, and empty for the folder itself and if none was named before.
    Read { file: String, targets: Vec<Target> },
    /// Why it is invalid.
    Unreadable(String),
}

#[derive(Debug)]
pub(super) enum Target {
    Section(String),
    Case(String),
    Row(String),
    Pitfall(String),
    Recording(String),
    Passage(String),
    Word(String),
}

impl Target {
    fn is_section(&self) -> bool {
        matches!(self, Self::Section(_))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(number) => write!(formatter, "section {number}"),
            Self::Case(id) => write!(formatter, "case {id}"),
            Self::Row(id) if id.starts_with(char::is_numeric) => write!(formatter, "row {id}"),
            Self::Row(id) | Self::Pitfall(id) => formatter.write_str(id),
            Self::Recording(number) => write!(formatter, "recording {number}"),
            Self::Passage(start) => write!(formatter, "\"{start}\""),
            Self::Word(word) => write!(formatter, "`{word}`"),
        }
    }
}

/// Returns whether a file is exempt: data of the two products, and the examples in this module.
pub(super) fn is_left_out(name: &str) -> bool {
    let is_page = Path::new(name).extension().is_some_and(|kind| kind == "md");
    name.starts_with("tests/standins/recordings/")
        || name.starts_with("xtask/src/citations/")
        || (name.starts_with(FOLDER) && !is_page)
}

/// The start of a citation: the folder's name and what is below it, the name of a page without a path, or a part that is named
/// without a file.
static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
    let below = r"\bcontract/(?P<below>[\w./-]*)";
    let page = r"(?:^|[^\w./-])(?P<page>(?:authentik|mailcow|e2e|pitfalls|newest|cases|rollout|ui-words)\.md)\b";
    let alone = r"(?P<alone>\b(?:recordings? \d{3}\b|sections? \d|P-\d\d\b)|§\d)";
    pattern(&format!("(?P<rfc>RFC [0-9]+,? (?:section|§))|{below}|{page}|{alone}"))
});

/// The part of a file that is cited.
static MEANT: LazyLock<String> = LazyLock::new(|| {
    let sections = list(r"\d+(?:\.\d+)*");
    let cases = list(r"[a-z]{1,2}\d?");
    let rows = list(r"\d+");
    let named = list(r"[HSR]\d+");
    let pitfalls = list(r"P-\d\d");
    let recordings = list(r"\d{3}");
    [
        &format!(r"(?:sections? |§)(?P<sections>{sections})\b"),
        &format!(r"cases? (?P<cases>{cases})\b"),
        &format!(r"rows? (?P<rows>{rows})\b"),
        &format!(r"(?P<named>{named})\b"),
        &format!(r"(?P<pitfalls>{pitfalls})\b"),
        &format!(r"recordings? (?P<recordings>{recordings})\b"),
        r#""(?P<passage>[^"]+)""#,
        r"`(?P<word>[^`]+)`",
    ]
    .join("|")
});

static FIRST: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^(?:{})", *MEANT)));
static NEXT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^[,;] (?:{})", *MEANT)));

/// What looks like a continuation.
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    let kinds = "sections?|cases?|rows?|recordings?|remarks?|chapters?|paragraphs?|tables?|lines?|pages?";
    pattern(&format!(r"^`?(?:[,:;]? (?:and )?(?:(?:{kinds})\b|§|\d|P-)|[,:;] [a-z]{{1,2}}\d?(?:[,;.)]| and ))"))
});

fn list(id: &str) -> String {
    format!("{id}(?:(?: to |–|, and |, | and ){id})*")
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// Returns all citations in the running text of a file, with their positions.
pub(super) fn all(name: &str, text: &str) -> Vec<(usize, Citation)> {
    let own = name.strip_prefix(FOLDER).map(|page| page.trim_start_matches('/'));
    // Sections without a page are those of the page itself, or of the page whose section was cited last.
    let mut page = own.unwrap_or_default().to_owned();
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(begin) = BEGIN.captures_at(text, from) {
        let whole = begin.get(0).expect("a match");
        from = whole.end();
        if begin.name("rfc").is_some() {
            continue;
        }
        let mut targets = Vec::new();
        let file = match (begin.name("below"), begin.name("page")) {
            (Some(below), _) if is_top_level(&text[..whole.start()]) => Some(below.as_str().trim_end_matches('.')),
            (_, Some(sibling)) if own.is_some() => Some(sibling.as_str()),
            (Some(_), _) | (_, Some(_)) => None,
            _ => {
                let first = FIRST.captures(&text[whole.start()..]).expect("begins as it has to");
                from = whole.start() + first[0].len();
                targets = named(&first);
                Some(page.as_str())
            }
        };
        let is_alone = begin.name("alone").is_some();
        while let Some(next) = NEXT.captures(&text[from..]) {
            from += next[0].len();
            targets.extend(named(&next));
        }
        let more = GOES_ON.find(&text[from..]).filter(|_| !is_alone);
        let has_its_page = |file: &&str| !(file.is_empty() && targets.iter().any(Target::is_section));
        let citation = if let Some(file) = file.filter(has_its_page).filter(|_| more.is_none()) {
            Citation::Read { file: file.to_owned(), targets }
        } else {
            from += more.map_or(0, |more| more.len());
            let shown: String = text[whole.start()..].chars().take(60).collect();
            Citation::Unreadable(format!("\"{shown}…\" cannot be read; write it as \"{FOLDER}/mailcow.md, section 4\""))
        };
        if let Citation::Read { file, targets } = &citation
            && own.is_none()
            && targets.iter().any(Target::is_section)
        {
            page = file.clone();
        }
        found.push((whole.start(), citation));
    }
    found
}

/// Returns whether the text before the folder's name ends in `docs/`, relative to the top level or from further down.
fn is_top_level(before: &str) -> bool {
    before.strip_suffix("docs/").is_some_and(|before| before.ends_with("../") || !before.ends_with(['/', '-', '_', '.']))
}

/// Parses the parts that are cited.
fn named(part: &Captures<'_>) -> Vec<Target> {
    let mut found = Vec::new();
    for (name, target) in LISTS {
        let list = part.name(name).map_or("", |list| list.as_str());
        let ids = list.split([' ', ',', '–']).filter(|word| !["", "to", "and"].contains(word));
        found.extend(ids.map(|id| target(id.to_owned())));
    }
    found.extend(part.name("passage").map(|passage| Target::Passage(passage.as_str().to_owned())));
    found.extend(part.name("word").map(|word| Target::Word(word.as_str().to_owned())));
    found
}

/// Parses a list in [`MEANT`]: the name of its group, and what it names.
type List = (&'static str, fn(String) -> Target);

const LISTS: [List; 6] = [
    ("sections", Target::Section),
    ("cases", Target::Case),
    ("rows", Target::Row),
    ("named", Target::Row),
    ("pitfalls", Target::Pitfall),
    ("recordings", Target::Recording),
];
