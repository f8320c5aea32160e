//! Plans: compares, applies and undoes.

mod adopt;
mod apply;
mod body;
mod bulk;
mod change;
mod compare;
mod draft;
mod journal;
mod reconcile;
mod remove;
mod report;
mod rights;
mod since;
mod undo;
mod users;

pub use adopt::{Adoption, OwnClient};
pub use apply::apply;
pub use change::{Action, Change, FieldChange, FieldName, Kind, Remark, Totals};
pub use compare::{Plan, compare};
pub use draft::{DraftError, DraftField, FieldError, Resolved, SetupDraft, resolve, unlisted_slugs};
pub use journal::{Entry, Journal, Journals, Known, State, Unknown, UserEntry};
pub use reconcile::{Reconciled, find_unknown};
pub use remove::{ApplicationRemoval, Loss, Removal, Removed, ShownRemoval};
pub use report::{Part, PartState, Progress, Report, RunError, SkipReason, UserIssue, UserReason};
pub use undo::{SkippedObject, UndoReport, undo};
pub use users::{Chooser, Decision, PlannedUser, UserCounts, UserPlan};
