//! authentik: its API as types, its responses, and how it is observed.

pub mod answer;
pub mod api;
pub mod attributes;
mod authorizations;
mod directory;
mod events;
pub mod list;
mod observe;
mod operation;
pub mod stock;
pub mod types;
mod version;

pub use answer::Error;
pub use attributes::{Attributes, EMAIL_VERIFIED};
pub use authorizations::{Authorizations, Clock, read_authorizations, read_clock};
pub use directory::{Directory, GroupSet, User, UserKind};
pub use events::{Action, Event, Events, Token, Tokens, read_events, seconds};
pub use observe::{BindingRights, Snapshot, check_session, explain, observe, observe_again, observe_bindings};
pub use operation::{Operation, Permission, Resource, Verb};
pub use version::Version;
