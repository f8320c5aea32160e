//! Sessions: who is signed in, and what waits to be shown.

use serde::{Deserialize, Serialize};

use super::notice::Notice;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    Admin,
    /// Looks after a domain.
    DomainAdmin,
    /// Has a mailbox.
    User,
}

impl Role {
    /// All roles, in the order of mailcow's form for the log-in pages.
    pub(super) const ALL: [Self; 3] = [Self::User, Self::DomainAdmin, Self::Admin];

    /// The setting that hides links to the page to sign in at.
    pub(super) fn quicklink(self) -> &'static str {
        match self {
            Self::Admin => "hide_admin_quicklink",
            Self::DomainAdmin => "hide_domainadmin_quicklink",
            Self::User => "hide_user_quicklink",
        }
    }

    /// The word in the log and in pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::DomainAdmin => "domainadmin",
            Self::User => "user",
        }
    }

    /// The page to sign in at.
    pub(super) fn door(self) -> &'static str {
        match self {
            Self::Admin => "/admin",
            Self::DomainAdmin => "/domainadmin",
            Self::User => "/",
        }
    }

    /// The page a signed-in user is sent to.
    pub(super) fn home(self) -> &'static str {
        match self {
            Self::Admin => "/admin/dashboard",
            Self::DomainAdmin => "/domainadmin/mailbox",
            Self::User => "/SOGo/so/",
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The name; for sign-ins with the identity provider the e-mail address as it was sent.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What an administrator has to do before mailcow lets them in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// Enter the second factor: nobody is signed in yet.
    SecondFactor,
    /// Set up a second factor.
    SecondFactorSetup,
    /// Change the password.
    NewPassword,
}

impl Pending {
    /// The dialog that a page then opens, which cannot be closed.
    pub(super) fn dialog(self) -> &'static str {
        match self {
            Self::SecondFactor => "ConfirmTFAModal",
            Self::SecondFactorSetup => "SetupTFAModal",
            Self::NewPassword => "ChangePWModal",
        }
    }
}

/// Tokens of a sign-in with the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token; empty without the scope `offline_access`.
    pub refresh: String,
}

/// One session of PHP.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// Who is signed in.
    pub user: Option<SignedIn>,
    /// What is still pending.
    pub pending: Option<Pending>,
    /// `User-Agent` of the first request of the session.
    pub user_agent: Option<String>,
    /// The token that form bodies have to repeat.
    pub csrf_token: String,
    /// Messages since the last rendered page (docs/contract/mailcow.md, section 4).
    pub queue: Vec<Notice>,
    /// `state` of the last authorization URL.
    pub oauth2_state: Option<String>,
    /// Tokens of the identity provider.
    pub tokens: Option<Tokens>,
    /// Whether an API key was used in this session.
    pub api: bool,
}
