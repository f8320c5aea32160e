//! Plans: what has to change, doing it, and undoing it.

mod adopt;
mod change;
mod compare;
mod draft;
mod users;

pub use adopt::{Adoption, same_expression};
pub use change::{Action, Change, FieldChange, FieldName, Kind, Remark, Totals};
pub use compare::{Plan, compare};
pub use draft::{DraftFault, DraftField, FieldFault, Resolved, SetupDraft, resolve};
pub use users::{Chooser, Decision, UserCounts, UserPlan};
