//! Versions of mailcow, and their features.

use std::fmt;

/// A version as `get/status/version` reports it (docs/contract/mailcow.md, section 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// A release such as `2026-07a`.
    Release {
        year: u16,
        /// Month, 1 to 12.
        month: u8,
        /// Letter of a later release in the same month.
        letter: Option<char>,
    },
    /// Anything else: a commit hash on the branches nightly and legacy.
    Other(String),
}

impl Version {
    /// Parses the text; one that is not a release is kept unchanged.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        release(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// Whether this release is from the given month or later; `None` when it is not a release.
    #[must_use]
    pub fn at_least(&self, year: u16, month: u8) -> Option<bool> {
        match self {
            Self::Release { year: own_year, month: own_month, .. } => Some((*own_year, *own_month) >= (year, month)),
            Self::Other(_) => None,
        }
    }
}

fn release(text: &str) -> Option<Version> {
    let (year, rest) = text.trim().split_once('-')?;
    let (month, letter) = rest.split_at_checked(2)?;
    let mut letters = letter.chars();
    let letter = letters.next();
    let well_formed = year.len() == 4 && letter.is_none_or(|c| c.is_ascii_lowercase()) && letters.next().is_none();
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    well_formed.then_some(Version::Release { year: year.parse().ok()?, month, letter })
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release { year, month, letter } => {
                write!(f, "{year}-{month:02}")?;
                letter.map_or(Ok(()), |letter| write!(f, "{letter}"))
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// What this mailcow has beyond 2025-03: settings of the Generic-OIDC form (docs/contract/mailcow.md, section 2) and of its login pages,
/// and more in its login log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Features {
    /// Switch "Auto-create users on login", since 2025-05.
    pub login_provisioning: bool,
    /// Additional redirect URLs, since 2025-05.
    pub redirect_url_extra: bool,
    /// The login log has sign-ins with `ActiveSync` and DAV by the password of a mailbox, since 2025-05
    /// (docs/contract/rollout.md, "Who still uses a password").
    pub logs_every_program: bool,
    /// The login page can do without the password form, since 2025-05 (docs/contract/rollout.md, "Hiding the password form").
    pub custom_login: bool,
}

impl Features {
    /// Decides by the version, or if that is not a release, by what the settings contain: since 2025-05 they always include
    /// `login_provisioning` (docs/contract/mailcow.md, section 2).
    #[must_use]
    pub fn of(version: &Version, reports_login_provisioning: bool) -> Self {
        let since_2025_05 = version.at_least(2025, 5).unwrap_or(reports_login_provisioning);
        Self {
            login_provisioning: since_2025_05,
            redirect_url_extra: since_2025_05,
            logs_every_program: since_2025_05,
            custom_login: since_2025_05,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_understood_and_shown_as_they_were() {
        for text in ["2025-03", "2025-03b", "2026-07a"] {
            let version = Version::parse(text);
            assert!(matches!(version, Version::Release { .. }), "{text}");
            assert_eq!(version.to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_kept() {
        for text in ["", "a1b2c3d", "2026-13", "2026-7", "2026-07aa", "20é6-07", "26-07", "2026-é"] {
            assert_eq!(Version::parse(text), Version::Other(text.into()));
        }
    }

    #[test]
    fn features_follow_the_release_and_else_the_settings() {
        assert!(!Features::of(&Version::parse("2025-03b"), true).login_provisioning);
        assert!(Features::of(&Version::parse("2025-05"), false).login_provisioning);
        assert!(Features::of(&Version::parse("a1b2c3d"), true).redirect_url_extra);
        assert!(!Features::of(&Version::parse("a1b2c3d"), false).redirect_url_extra);
    }
}
