//! Progress and result of a run.

use serde::Serialize;
use tsify::Tsify;

use super::change::Kind;
use crate::authentik::{Error, Permission};
use crate::verify::Finding;

/// Progress of a part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Not started.
    Waiting,
    /// Under way.
    Running,
    Done,
    /// Ended with an error.
    Failed,
    /// There was nothing to do, or it was done already.
    Kept,
}

/// One part of a run: an object, or all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Part {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
    /// How far the part is.
    pub state: PartState,
}

/// Progress of a run.
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
    /// What prevents users from being written and can be removed, from the first refusal on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub obstacle: Option<Finding>,
}

/// Why a user was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UserReason {
    /// The permission for this user is missing.
    NotAllowed {
        /// Its code name in authentik.
        permission: Permission,
    },
    /// The user no longer exists.
    Gone,
    /// Someone changed the attribute, the address or the state after the plan was made: plan again.
    ChangedSincePlan,
    /// authentik accepted the write, but its response shows another value.
    NotKept,
    /// authentik rejected the write.
    Rejected {
        /// authentik's message.
        detail: String,
    },
    /// The definition of an object attribute does not allow the write.
    AttributeRule {
        /// Key of the attribute.
        attribute: String,
        /// authentik's message.
        detail: String,
    },
    /// authentik answered with an unexpected status.
    Status { status: u16 },
    /// No response came, after several attempts. The write may have taken effect.
    NoAnswer,
}

/// A user who was not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct UserIssue {
    pub pk: i64,
    pub username: String,
    pub reason: UserReason,
}

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// Someone changed the object after the plan was made: plan again. Nothing of it was overwritten.
    #[error("“{name}” was changed meanwhile")]
    Changed {
        /// What kind of object.
        kind: Kind,
        name: String,
    },
    /// Someone made the object part of something else after the question named it. It was not removed.
    #[error("“{name}” was changed since it was shown")]
    ChangedSinceShown { name: String },
    /// authentik accepted the write, but its response shows another value.
    #[error("“{name}”: authentik did not keep {field:?}")]
    NotKept {
        /// What kind of object.
        kind: Kind,
        name: String,
        /// Key of the field.
        field: String,
    },
    /// authentik refused or did not answer, or the administrator cancelled the run.
    #[error("{0}")]
    Authentik(Box<Error>),
}

impl From<Box<Error>> for Box<RunError> {
    fn from(error: Box<Error>) -> Self {
        Self::new(RunError::Authentik(error))
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Progress at the end.
    pub progress: Progress,
    /// Users who were not written.
    pub issues: Vec<UserIssue>,
    /// Why it ended early, if it did.
    pub error: Option<Box<RunError>>,
}

impl Report {
    /// Ends the run early: what was under way has failed.
    pub(super) fn stop(&mut self, error: Box<RunError>) {
        for part in self.progress.parts.iter_mut().filter(|part| part.state == PartState::Running) {
            part.state = PartState::Failed;
        }
        self.error = Some(error);
    }

    /// Whether everything in the plan was done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.issues.is_empty()
    }
}

/// Why undo skipped an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SkipReason {
    /// Something else uses it now: another provider the mapping, another application the provider.
    InUse { by: String },
    /// Someone changed it after us.
    ChangedSince {
        /// Keys of the fields.
        fields: Vec<String>,
    },
    /// authentik refused to revert it.
    Rejected {
        /// authentik's message.
        detail: String,
    },
    /// These lists were empty. authentik does not accept an empty list of grant types, and fills an empty list of redirect URIs
    /// with the first one that is used (docs/contract/authentik.md, sections 5.1 and 5.3), so they stay as they are now.
    NotEmptied {
        /// Keys of the fields.
        fields: Vec<String>,
    },
}

impl SkipReason {
    /// Whether another attempt would have the same result.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::NotEmptied { .. })
    }
}
