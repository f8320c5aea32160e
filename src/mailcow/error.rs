//! Why mailcow's administration could not be read or changed.

use super::Endpoint;
use crate::transport::SendError;

/// What an administrator has to do before mailcow opens its administration (docs/contract/cases.md, R15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Enter the second factor.
    SecondFactor,
    /// Set up a second factor.
    SecondFactorSetup,
    /// Change the password.
    NewPassword,
}

/// Why mailcow's administration could not be read or changed. `verify` converts it to a finding with a remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No one is signed in to mailcow in this tab, or the session has ended: sign in at `/admin`.
    #[error("not signed in to mailcow")]
    NotSignedIn,
    /// The sign-in of the administrator is not finished: finish it in mailcow.
    #[error("the sign-in to mailcow is not finished")]
    Pending(Pending),
    /// A mailbox user or domain administrator is signed in: sign in at `/admin` as an administrator.
    #[error("the account is not an administrator of mailcow")]
    NotAdministrator,
    /// This mailcow has no identity providers: it is older than 2025-03 and has to be updated.
    #[error("this mailcow has no identity providers")]
    NoIdentityProviders,
    /// Another server than mailcow answers.
    #[error("{} answered {status}, which is not mailcow", .endpoint.path())]
    NotMailcow {
        /// The requested endpoint.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// The server is overloaded, starting or under maintenance: wait, then retry.
    #[error("{} answered {status}: not available at the moment", .endpoint.path())]
    Unavailable {
        /// The requested endpoint.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// mailcow's response has a format that this version of Cowbell does not know.
    #[error("{} answered {status} with unexpected content", .endpoint.path())]
    Unexpected {
        /// The requested endpoint.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// mailcow refused a change.
    #[error("mailcow refused: {reason}")]
    Refused {
        /// mailcow's key for the reason, such as `authsource_in_use`, with the name of a setting if there is one.
        reason: String,
    },
    /// Someone has changed the settings since Cowbell wrote them or showed them. Nothing was written.
    #[error("someone changed {}", .fields.join(", "))]
    Changed {
        /// mailcow's names of the settings.
        fields: Vec<String>,
    },
    /// Someone has changed what the login pages show since Cowbell wrote or showed it. Nothing was written.
    #[error("someone changed {} of the login pages", .fields.join(", "))]
    LoginPageChanged {
        /// mailcow's names of the switches.
        fields: Vec<String>,
    },
    /// A change of the login pages was sent, and afterwards they are not so: mailcow did not store it, or someone has changed it at once.
    #[error("the login pages have other {}", .fields.join(", "))]
    LoginPageNotKept {
        /// mailcow's names of the switches.
        fields: Vec<String>,
    },
    /// This mailcow cannot hide the password form of its login page: it is older than 2025-05 and has to be updated.
    #[error("this mailcow has no settings of its login pages")]
    NoCustomLogin,
    /// There is no response.
    #[error("{}: {error}", .endpoint.path())]
    NoAnswer {
        /// The requested endpoint.
        endpoint: Endpoint,
        error: SendError,
    },
}

impl Error {
    /// Whether mailcow certainly changed nothing.
    #[must_use]
    pub fn was_refused(&self) -> bool {
        match self {
            Self::Refused { .. }
            | Self::Changed { .. }
            | Self::LoginPageChanged { .. }
            | Self::NoCustomLogin
            | Self::NotSignedIn
            | Self::Pending(_)
            | Self::NotAdministrator
            | Self::NoIdentityProviders => true,
            Self::NoAnswer { error, .. } => error.never_sent(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the browser has kept back is nothing to be restored.
    #[test]
    fn what_was_not_sent_has_changed_nothing() {
        for (error, changed_nothing) in [
            (SendError::ServiceWorker, true),
            (SendError::NotSent, true),
            (SendError::Timeout, false),
            (SendError::TabGone, false),
        ] {
            let error = Error::NoAnswer { endpoint: Endpoint::EditIdentityProvider, error };
            assert_eq!(error.was_refused(), changed_nothing, "{error}");
        }
    }
}
