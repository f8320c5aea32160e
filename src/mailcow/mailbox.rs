//! The properties of a mailbox that decide about a sign-in.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What verifies the password of a mailbox (`authsource`, docs/contract/mailcow.md, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authsource {
    /// mailcow itself.
    #[default]
    #[serde(alias = "")]
    Mailcow,
    /// A Generic-OIDC provider.
    GenericOidc,
    /// Keycloak; a sign-in with Generic-OIDC opens such mailboxes as well (docs/contract/mailcow.md, section 7).
    Keycloak,
    /// An LDAP directory, or a newer type.
    #[serde(other)]
    Other,
}

/// A protocol of mail programs (docs/contract/rollout.md, "Who still uses a password").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Imap,
    Pop3,
    Smtp,
    Sieve,
    ActiveSync,
    Dav,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Imap, Self::Pop3, Self::Smtp, Self::Sieve, Self::ActiveSync, Self::Dav];
}

/// A set of protocols.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Protocols(u8);

impl Protocols {
    /// Whether it is in the set.
    #[must_use]
    pub fn contains(self, protocol: Protocol) -> bool {
        self.0 & (1 << protocol as u8) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in this set or in the other one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and not in the other one.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its protocols, in the order of [`Protocol::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Protocol> {
        Protocol::ALL.into_iter().filter(move |protocol| self.contains(*protocol))
    }
}

impl FromIterator<Protocol> for Protocols {
    fn from_iter<I: IntoIterator<Item = Protocol>>(protocols: I) -> Self {
        protocols.into_iter().map(|protocol| Self(1 << protocol as u8)).fold(Self::default(), Self::or)
    }
}

/// When mail programs signed in last: seconds since 1970, 0 if mailcow knows of none. Whether that was with the password of the
/// mailbox or with an app password, mailcow does not say here; of sieve, `ActiveSync` and DAV it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastSignIns {
    pub imap: u32,
    pub pop3: u32,
    pub smtp: u32,
}

impl LastSignIns {
    /// The protocols of which a sign-in is known, with its time.
    pub fn known(self) -> impl Iterator<Item = (Protocol, u32)> {
        let all = [(Protocol::Imap, self.imap), (Protocol::Pop3, self.pop3), (Protocol::Smtp, self.smtp)];
        all.into_iter().filter(|(_, at)| *at > 0)
    }
}

/// The properties of a mailbox that decide about a sign-in, and about what a switch costs its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of mailcow's")]
pub struct Mailbox {
    /// What verifies the password.
    pub authsource: Authsource,
    /// Whether it is active.
    pub active: bool,
    /// Whether mailcow demands a second factor.
    pub force_tfa: bool,
    /// Whether mailcow demands a new password at the next sign-in.
    pub force_pw_update: bool,
    /// Whether it is as a template has left it: mailcow forgets the template at each change by its interface or API
    /// (`attribute_hash`, docs/contract/cases.md, R2).
    pub is_as_template: bool,
    /// The full name, of which only this is kept; `None` if it is empty.
    pub name: Option<NameMark>,
    /// The digits of the time at which it was created; 0 if mailcow does not say it. Another mailbox with the same address has
    /// another one.
    pub created: u64,
    /// Protocols that are closed to it.
    pub closed: Protocols,
    /// Bytes of the mail in it.
    pub used: u64,
    /// When mail programs signed in last.
    pub last: LastSignIns,
}

/// What is kept of a full name, to find it again: 50,000 mailboxes have to fit beside 100,000 users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameMark(u64);

impl NameMark {
    /// The mark of a name, whatever its case and the spaces around it; `None` for an empty one.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        (!name.is_empty()).then(|| {
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            Self(hasher.finish())
        })
    }
}

impl Mailbox {
    /// Whether somebody has changed what was `known` of it, or has replaced it by another one with the same address. What a sign-in
    /// or a mail changes is not compared.
    #[must_use]
    pub fn is_changed_since(self, known: Self) -> bool {
        let created = if self.created == 0 || known.created == 0 { self.created } else { known.created };
        Self { is_as_template: self.is_as_template, used: self.used, last: self.last, created, ..known } != self
    }

    /// Whether switching it to Generic-OIDC ends something that mailcow demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn demands_something(self) -> bool {
        self.force_tfa || self.force_pw_update
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox() -> Mailbox {
        Mailbox {
            authsource: Authsource::Mailcow,
            active: true,
            force_tfa: true,
            force_pw_update: true,
            is_as_template: true,
            name: NameMark::of("Anna"),
            created: 20_261_123_140_344,
            closed: Protocols::default(),
            used: 1,
            last: LastSignIns::default(),
        }
    }

    #[test]
    fn what_a_sign_in_or_a_mail_changes_is_no_change() {
        let known = mailbox();
        let last = LastSignIns { imap: 1, ..LastSignIns::default() };
        let same = [
            known,
            Mailbox { is_as_template: false, ..known },
            Mailbox { used: 2, ..known },
            Mailbox { last, ..known },
            // Some versions do not say when.
            Mailbox { created: 0, ..known },
        ];
        for now in same {
            assert!(!now.is_changed_since(known) && !known.is_changed_since(now), "{now:?}");
        }
        let changed = [
            Mailbox { authsource: Authsource::GenericOidc, ..known },
            Mailbox { active: false, ..known },
            Mailbox { force_tfa: false, ..known },
            Mailbox { force_pw_update: false, ..known },
            Mailbox { name: NameMark::of("Bert"), ..known },
            Mailbox { created: 1, ..known },
        ];
        for now in changed {
            assert!(now.is_changed_since(known) && known.is_changed_since(now), "{now:?}");
        }
    }

    #[test]
    fn a_switch_ends_what_mailcow_demands_and_nothing_else() {
        let switched = mailbox().with_generic_oidc();
        assert!(!switched.demands_something() && mailbox().demands_something());
        let expected = Mailbox {
            authsource: Authsource::GenericOidc,
            force_tfa: false,
            force_pw_update: false,
            is_as_template: false,
            ..mailbox()
        };
        assert_eq!(switched, expected);
    }
}
