//! What is said about the mutants in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::harmless::FILE;
use super::list::Mutant;
use super::sites::Reason;

/// Of a hundred viable mutants, so many are to be caught.
const LIMIT: usize = 95;

/// What became of a viable mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Caught,
    TimedOut,
    Survived,
    /// No test reaches it.
    Unreached,
}

/// What there is to say.
pub(super) struct Report<'a> {
    pub(super) mutants: &'a [Mutant],
    pub(super) unviable: &'a BTreeSet<usize>,
    pub(super) not_tried: &'a BTreeMap<usize, Reason>,
    /// Of those that were tried.
    pub(super) fates: BTreeMap<usize, Fate>,
    /// Why some are harmless.
    pub(super) harmless: BTreeMap<String, String>,
}

impl Report<'_> {
    /// Returns the report.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (number, reason) in self.survivors() {
            let Some(mutant) = self.mutants.get(number) else { continue };
            let words = mutant.name.strip_prefix(&mutant.file).unwrap_or(&mutant.name);
            let reach = if self.fates.get(&number) == Some(&Fate::Unreached) { " (no test reaches it)" } else { "" };
            let reason = reason.map_or_else(String::new, |reason| format!(" — harmless: {reason}"));
            let _ = writeln!(text, "{}:{}{words}{reach}{reason}", mutant.file, mutant.start.line);
        }
        let _ = writeln!(text, "\n{} mutants are listed", self.mutants.len());
        let _ = writeln!(text, "{} do not compile", self.unviable.len());
        let mut reasons: BTreeMap<Reason, usize> = BTreeMap::new();
        for reason in self.not_tried.values() {
            *reasons.entry(*reason).or_default() += 1;
        }
        for (reason, count) in reasons {
            let _ = writeln!(text, "{count} {} cannot be tried", reason.words());
        }
        let [caught, late, survived, unreached] =
            [Fate::Caught, Fate::TimedOut, Fate::Survived, Fate::Unreached].map(|fate| self.count(fate));
        let harmless = self.survivors().filter(|(_, reason)| reason.is_some()).count();
        let _ = writeln!(text, "{} viable ones were tried:", self.fates.len());
        let _ = writeln!(text, "  {} are caught, {late} of them because a test did not end in time", caught + late);
        let _ = writeln!(text, "  {survived} survived, and {unreached} are reached by no test; {harmless} of these are harmless");
        let _ = write!(text, "{}", share(caught + late, self.fates.len()));
        text
    }

    /// Returns the share that is caught, if all are tried that are viable.
    pub(super) fn interval(&self) -> String {
        let (low, high) = wilson(self.caught(), self.fates.len());
        format!("for all viable mutants: {low:.1} to {high:.1} % (95 % confidence)")
    }

    /// Returns what must not be: lines about mutants that are not there or do not survive and, if the mutants that were tried stand for
    /// all, too many that are not caught.
    pub(super) fn faults(&self, is_representative: bool) -> Vec<String> {
        let fates = self.mutants.iter().enumerate().map(|(number, mutant)| (mutant.name.as_str(), number));
        let numbers: BTreeMap<&str, usize> = fates.collect();
        let is_stale = |name: &&String| {
            let Some(number) = numbers.get(name.as_str()) else { return true };
            self.unviable.contains(number)
                || self.not_tried.contains_key(number)
                || matches!(self.fates.get(number), Some(Fate::Caught | Fate::TimedOut))
        };
        let stale = self.harmless.keys().filter(is_stale);
        let mut faults: Vec<String> = stale.map(|name| format!("{FILE}: {name}: no such mutant survives")).collect();
        if is_representative && self.caught() * 100 < self.fates.len() * LIMIT {
            faults.push(format!("under {LIMIT} % are caught"));
        }
        faults
    }

    fn caught(&self) -> usize {
        self.count(Fate::Caught) + self.count(Fate::TimedOut)
    }

    fn count(&self, wanted: Fate) -> usize {
        self.fates.values().filter(|fate| **fate == wanted).count()
    }

    /// Those that are not caught, in the order of the source, with the reason why they are harmless.
    fn survivors(&self) -> impl Iterator<Item = (usize, Option<&String>)> {
        let left = self.fates.iter().filter(|(_, fate)| matches!(fate, Fate::Survived | Fate::Unreached));
        left.map(|(number, _)| (*number, self.mutants.get(*number).and_then(|mutant| self.harmless.get(&mutant.name))))
    }
}

/// Formats a share: `93.2 % (96 of 103)`.
pub(super) fn share(part: usize, of: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let percent = part as f64 * 100.0 / of.max(1) as f64;
    format!("{percent:.1} % are caught ({part} of {of})")
}

/// The interval of Wilson for a share of a sample, in percent.
#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn wilson(part: usize, of: usize) -> (f64, f64) {
    const Z: f64 = 1.96;
    let count = of.max(1) as f64;
    let share = part as f64 / count;
    let middle = share + Z * Z / (2.0 * count);
    let half = Z * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    let bound = |value: f64| value / (1.0 + Z * Z / count) * 100.0;
    (bound(middle - half), bound(middle + half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::list::{Genre, Place};

    const NONE: (&BTreeSet<usize>, &BTreeMap<usize, Reason>) = (&BTreeSet::new(), &BTreeMap::new());

    fn mutants(count: usize) -> Vec<Mutant> {
        let mutant = |number| Mutant {
            file: "src/a.rs".to_owned(),
            name: format!("src/a.rs: replace < with > in f{number}"),
            function: String::new(),
            start: Place { line: 7, column: 1 },
            replacement: ">".to_owned(),
            genre: Genre::BinaryOperator,
        };
        (0..count).map(mutant).collect()
    }

    fn report<'a>(mutants: &'a [Mutant], fates: &[Fate], harmless: &[usize]) -> Report<'a> {
        let harmless = harmless.iter().map(|number| (format!("src/a.rs: replace < with > in f{number}"), "equal".to_owned()));
        let (unviable, not_tried) = NONE;
        Report { mutants, unviable, not_tried, fates: fates.iter().copied().enumerate().collect(), harmless: harmless.collect() }
    }

    #[test]
    fn each_survivor_has_its_line() {
        let mutants = mutants(4);
        let fates = [Fate::Caught, Fate::Survived, Fate::Unreached, Fate::TimedOut];
        let text = report(&mutants, &fates, &[1]).text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "src/a.rs:7: replace < with > in f1 — harmless: equal");
        assert_eq!(lines[1], "src/a.rs:7: replace < with > in f2 (no test reaches it)");
        assert!(text.ends_with("50.0 % are caught (2 of 4)"), "{text}");
    }

    #[test]
    fn a_line_about_no_survivor_is_a_fault() {
        let mutants = mutants(3);
        let fates = [Fate::Survived, Fate::Caught];
        assert!(report(&mutants, &fates, &[0, 2]).faults(false).is_empty());
        assert_eq!(report(&mutants, &fates, &[1]).faults(false).len(), 1);
        assert_eq!(report(&mutants, &fates, &[9]).faults(false).len(), 1);
    }

    #[test]
    fn too_many_survivors_are_a_fault_where_all_are_tried() {
        let mutants = mutants(100);
        let fates = |survivors| [vec![Fate::Survived; survivors], vec![Fate::Caught; 100 - survivors]].concat();
        assert!(report(&mutants, &fates(5), &[]).faults(true).is_empty());
        assert_eq!(report(&mutants, &fates(6), &[]).faults(true).len(), 1);
        assert!(report(&mutants, &fates(6), &[]).faults(false).is_empty());
    }

    /// Wilson's interval for 90 of 100 as in the literature: 0.826 to 0.945.
    #[test]
    fn a_sample_says_something_about_all() {
        let (low, high) = wilson(90, 100);
        assert!((low - 82.6).abs() < 0.05 && (high - 94.5).abs() < 0.05, "{low} {high}");
        let (low, high) = wilson(0, 0);
        assert!(low.abs() < 1e-9 && high > 79.0);
    }
}
