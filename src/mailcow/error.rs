//! Why mailcow's administration could not be read or changed.

use super::Endpoint;
use crate::transport::SendError;

/// Why mailcow's administration could not be read or changed. `verify` turns it into a finding with a remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in to mailcow in this tab, or the session ended: sign in at `/admin`.
    #[error("nobody is signed in to mailcow")]
    NotSignedIn,
    /// A mailbox user or domain administrator is signed in: sign in at `/admin` as an administrator.
    #[error("the account is not an administrator of mailcow")]
    NotAdministrator,
    /// This mailcow has no identity providers: it is older than 2025-03 and has to be updated.
    #[error("this mailcow has no identity providers")]
    NoIdentityProviders,
    /// Something else than mailcow answers.
    #[error("{} answered {status}, which is not mailcow", .endpoint.path())]
    NotMailcow {
        /// What was asked.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// The server is busy, starting or under maintenance: wait, then try again.
    #[error("{} answered {status}: not available at the moment", .endpoint.path())]
    Unavailable {
        /// What was asked.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// mailcow answered something that this version of Cowbell does not understand.
    #[error("{} answered {status} with unexpected content", .endpoint.path())]
    Unexpected {
        /// What was asked.
        endpoint: Endpoint,
        /// HTTP status.
        status: u16,
    },
    /// mailcow refused a change.
    #[error("mailcow refused: {reason}")]
    Refused {
        /// mailcow's own key for the reason, such as `authsource_in_use`, with the name of a setting if it gave one.
        reason: String,
    },
    /// There is no answer.
    #[error("{}: {error}", .endpoint.path())]
    NoAnswer {
        /// What was asked.
        endpoint: Endpoint,
        error: SendError,
    },
}

impl Error {
    /// Whether mailcow certainly changed nothing.
    #[must_use]
    pub fn was_refused(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::NotSignedIn | Self::NotAdministrator | Self::NoIdentityProviders)
    }
}
