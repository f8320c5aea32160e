//! Versions of authentik, and which of them Cowbell supports.

use std::fmt;

/// A release, `2026.2.2`; a suffix such as `-rc1` is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Year of the release line.
    pub year: u16,
    /// Month of the release line.
    pub month: u16,
    pub patch: u16,
}

impl Version {
    /// The oldest line whose redirect URIs are objects, as Cowbell writes them (docs/contract/authentik.md, section 5.1).
    pub const OLDEST: Self = Self { year: 2024, month: 12, patch: 0 };

    /// Whether the policy engine mode `all` may let in whoever matches any binding: from 2025.8 to the repair of February 2026,
    /// of which it is not known in which patches it is (docs/contract/newest.md, row 9).
    #[must_use]
    pub fn may_take_all_for_any(self) -> bool {
        let line = |year, month| Self { year, month, patch: 0 };
        line(2025, 8) <= self && self < line(2026, 2)
    }

    /// Whether it is no newer than the newest line that the contract describes; later ones are allowed with a notice.
    #[must_use]
    pub fn is_known(self) -> bool {
        (self.year, self.month) <= (2026, 8)
    }

    /// Parses `version_current` of `admin/version/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let release = text.split(['-', '+']).next()?;
        let mut numbers = release.split('.').map(str::parse::<u16>);
        let year = numbers.next()?.ok()?;
        let month = numbers.next()?.ok()?;
        let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
        (year >= 2018).then_some(Self { year, month, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.year, self.month, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_releases_and_candidates() {
        assert_eq!(Version::parse("2026.5.0-rc1").map(|v| v.to_string()).as_deref(), Some("2026.5.0"));
        assert!(Version::parse("2024.10.5") < Some(Version::OLDEST));
        assert_eq!(Version::parse("nightly"), None);
    }

    #[test]
    fn every_patch_of_the_newest_line_is_known_and_no_later_line() {
        for (text, is_known) in
            [("2025.12.4", true), ("2026.8.0", true), ("2026.8.99", true), ("2026.9.0", false), ("2027.2.0", false)]
        {
            assert_eq!(Version::parse(text).map(Version::is_known), Some(is_known), "{text}");
        }
    }

    /// docs/contract/newest.md, row 9.
    #[test]
    fn all_may_mean_any_from_the_fault_to_the_line_with_its_repair() {
        for (text, may) in [("2025.6.4", false), ("2025.8.0", true), ("2025.12.4", true), ("2026.2.0", false)] {
            assert_eq!(Version::parse(text).map(Version::may_take_all_for_any), Some(may), "{text}");
        }
    }
}
