//! Text with every mutant in it.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

/// A piece of the text, and what is written around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// Bytes of the original text. Empty if something is only inserted.
    pub(super) range: Range<usize>,
    pub(super) before: Vec<Part>,
    pub(super) after: &'static str,
    pub(super) kind: Kind,
}

/// A part of what is written before a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// For all mutants of the place.
    Common(&'static str),
    /// Only for this mutant.
    Of(usize, String),
}

/// What a piece of the woven text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is there for this mutant only.
    Copy(usize),
    /// What these mutants change, with the original.
    Site(Vec<usize>),
    /// A function.
    Function,
}

/// A piece of the woven text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// A file with its mutants.
#[derive(Clone, Debug, Default)]
pub(super) struct Woven {
    pub(super) text: String,
    pub(super) regions: Vec<Region>,
}

/// Writes every site into a text. A site comes before those inside it, all others in the order of the text.
pub(super) fn weave(text: &str, sites: &[Site]) -> Woven {
    let mut weaver = Weaver { original: text, sites: sites.iter().peekable(), woven: Woven::default() };
    weaver.fill(0..text.len());
    weaver.woven
}

struct Weaver<'a> {
    original: &'a str,
    sites: Peekable<Iter<'a, Site>>,
    woven: Woven,
}

impl Weaver<'_> {
    fn fill(&mut self, range: Range<usize>) {
        let mut position = range.start;
        while let Some(site) = self.sites.next_if(|site| site.range.start >= position && site.range.end <= range.end) {
            self.woven.text.push_str(&self.original[position..site.range.start]);
            self.site(site);
            position = site.range.end;
        }
        self.woven.text.push_str(&self.original[position..range.end]);
    }

    fn site(&mut self, site: &Site) {
        let start = self.woven.text.len();
        for part in &site.before {
            match part {
                Part::Common(text) => self.woven.text.push_str(text),
                Part::Of(number, text) => {
                    let start = self.woven.text.len();
                    self.woven.text.push_str(text);
                    self.region(start, Kind::Copy(*number));
                }
            }
        }
        self.fill(site.range.clone());
        self.woven.text.push_str(site.after);
        self.region(start, site.kind.clone());
    }

    fn region(&mut self, start: usize, kind: Kind) {
        self.woven.regions.push(Region { range: start..self.woven.text.len(), kind });
    }
}
