//! A mailbox, as far as it decides about a sign-in.

use serde::Deserialize;

/// Who checks the password of a mailbox (`authsource`, docs/contract/mailcow.md, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authsource {
    /// mailcow itself.
    #[default]
    #[serde(alias = "")]
    Mailcow,
    /// A Generic-OIDC provider.
    GenericOidc,
    /// A Keycloak, whose mailboxes a sign-in with Generic-OIDC opens as well (docs/contract/mailcow.md, section 7).
    Keycloak,
    /// An LDAP directory, or something newer.
    #[serde(other)]
    Other,
}

/// A mailbox, as far as it decides about a sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Who checks the password.
    pub authsource: Authsource,
    /// Whether it may be used.
    pub active: bool,
    /// Whether mailcow demands a second factor.
    pub force_tfa: bool,
    /// Whether mailcow demands a new password at the next sign-in.
    pub force_pw_update: bool,
}

impl Mailbox {
    /// Whether switching it to Generic-OIDC ends something that mailcow demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn demands_something(self) -> bool {
        self.force_tfa || self.force_pw_update
    }
}
