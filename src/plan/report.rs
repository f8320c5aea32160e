//! What a run says: while it goes on, and at its end.

use serde::Serialize;
use tsify::Tsify;

use super::change::Kind;
use crate::authentik::{Error, Permission};
use crate::transport::SendError;

/// How far a part of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    Done,
    /// Ended with a fault.
    Failed,
    /// Nothing was to be done, or it was done already.
    Kept,
}

/// One part of a run: an object, or all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Part {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
    /// How far it is.
    pub state: PartState,
}

/// Where a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Its parts, in their order.
    pub parts: Vec<Part>,
    /// Users written.
    pub users_done: usize,
    /// Users to be written.
    pub users_total: usize,
    /// Users that could not be written.
    pub users_failed: usize,
    /// Milliseconds since the first user.
    pub users_elapsed_ms: u64,
}

/// Why a user was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UserReason {
    /// The permission for this user is missing.
    NotAllowed {
        /// Its code name.
        permission: Permission,
    },
    /// The user does not exist any more.
    Gone,
    /// Somebody changed the attribute, the address or the state after the plan was made: plan again.
    ChangedSincePlan,
    /// authentik said yes, but its answer shows something else.
    NotKept,
    /// authentik said what it does not like.
    Rejected {
        /// Its words.
        detail: String,
    },
    /// authentik answered with a status that means nothing here.
    Status { status: u16 },
    /// No answer came, after several tries. The write may have happened.
    NoAnswer,
}

/// A user who was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct UserIssue {
    pub pk: i64,
    pub username: String,
    pub reason: UserReason,
}

/// Why a run ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The administrator stopped it.
    #[error("stopped")]
    Cancelled,
    /// The tab was closed, has navigated, or the permission for it ended.
    #[error("the tab is gone")]
    TabGone,
    /// Somebody changed the object after the plan was made: plan again. Nothing of it was overwritten.
    #[error("“{name}” was changed meanwhile")]
    Changed {
        /// What kind of object.
        kind: Kind,
        name: String,
    },
    /// authentik said yes, but its answer shows something else.
    #[error("“{name}”: authentik did not keep {field:?}")]
    NotKept {
        /// What kind of object.
        kind: Kind,
        name: String,
        /// Key of the field.
        field: String,
    },
    /// authentik refused or did not answer.
    #[error("{0}")]
    Authentik(Box<Error>),
}

impl From<Box<Error>> for Box<RunError> {
    fn from(error: Box<Error>) -> Self {
        Self::new(match *error {
            Error::NoAnswer { cause: SendError::Cancelled, .. } => RunError::Cancelled,
            Error::NoAnswer { cause: SendError::TabGone, .. } => RunError::TabGone,
            Error::NoAnswer { cause: SendError::Redirected, .. } => RunError::Authentik(Box::new(Error::NotSignedIn)),
            _ => RunError::Authentik(error),
        })
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Where it ended.
    pub progress: Progress,
    /// Users who were not written.
    pub issues: Vec<UserIssue>,
    /// Why it ended early, if it did.
    pub error: Option<Box<RunError>>,
}

impl Report {
    /// Whether everything that was to be done is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.issues.is_empty()
    }
}

/// What undo left as it is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SkipReason {
    /// Somebody else uses the mapping now.
    InUse { by: String },
    /// Somebody changed it after us.
    ChangedSince {
        /// Keys of the fields.
        fields: Vec<String>,
    },
    /// authentik refused to take it back.
    Rejected {
        /// Its words.
        detail: String,
    },
    /// These lists were empty. authentik does not take an empty list of grant types, and fills an empty list of redirect URIs with
    /// whatever comes first (docs/contract/authentik.md, sections 5.1 and 5.3), so they stay as they are now.
    NotEmptied {
        /// Keys of the fields.
        fields: Vec<String>,
    },
}

impl SkipReason {
    /// Whether another attempt cannot end otherwise.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::NotEmptied { .. })
    }
}
