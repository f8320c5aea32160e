//! What a schema does not allow.

use std::fmt;

/// Which half of an exchange it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is sent, where nothing may be unknown, missing, too long or too short.
    Request,
    /// What comes back.
    Answer,
}

/// How something deviates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The release has no such operation.
    Operation,
    /// The operation has no such parameter.
    Parameter,
    /// The body is there and should not be, or the other way round.
    Body,
    /// The body is not JSON.
    Json,
    /// A status that the operation does not answer with.
    Status,
    /// The model has no such member.
    Unknown,
    /// A member that has to be there is not.
    Missing,
    /// The value may not be null.
    Null,
    /// The value has another type or form.
    Type,
    /// The value is not one of the words.
    Choice,
    /// The text is too long or too short.
    Length,
}

/// One thing that the schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// In which half.
    pub side: Side,
    /// Where in the body: `results[3].email`.
    pub place: String,
    /// The member, or the model if it is the member that is unknown: `User.email`.
    pub member: String,
    /// What it is.
    pub fault: Fault,
    /// What was found.
    pub found: String,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { side, place, member, fault, found } = self;
        write!(f, "{side:?}: {fault:?} at \"{place}\" ({member}): {found}")
    }
}
