//! The steps of a plan, one for each object.

use crate::authentik::api::Object;
use crate::authentik::types::Verified;
use crate::plan::body::Body;
use crate::wire::RawObject;

/// What is done with one object.
#[derive(Clone, Debug)]
pub(in crate::plan) enum Step {
    /// It is correct. Primary key or slug.
    Keep(Object),
    /// It is created from this body.
    Create(Body),
    /// These fields change.
    Update(Update),
}

/// Fields of an object that change: their current values, and the new ones.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Update {
    /// The object to change.
    pub object: Object,
    /// The fields as they were when the plan was made.
    pub before: RawObject,
    /// The fields as they will be.
    pub after: Body,
}

/// What is done so that a group may use the application.
#[derive(Clone, Debug)]
pub(in crate::plan) enum BindingStep {
    /// A binding is created for the group with this primary key.
    Create { group: String },
    /// A binding that exists is enabled, or no longer negated.
    Update {
        /// Name of the group.
        name: String,
        update: Update,
    },
}

/// A group that gets the attribute.
#[derive(Clone, Debug)]
pub(in crate::plan) struct GroupStep {
    pub(in crate::plan) pk: String,
    /// What the attribute was when the plan was made.
    pub(in crate::plan) seen: Verified,
}
