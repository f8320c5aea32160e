//! The properties of a mailbox that decide about a sign-in.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;

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

/// The properties of a mailbox that decide about a sign-in.
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
    /// changes is not compared.
    #[must_use]
    pub fn is_changed_since(self, known: Self) -> bool {
        let created = if self.created == 0 || known.created == 0 { self.created } else { known.created };
        Self { is_as_template: self.is_as_template, created, ..known } != self
    }

    /// Whether switching it to Generic-OIDC ends something that mailcow demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn demands_something(self) -> bool {
        self.force_tfa || self.force_pw_update
    }
}
