//! What the checks of all fields have in common: facts besides the values, and common findings.

use crate::{
    mailcow::Field,
    setup::{Origin, Registration},
    verify::{Code, Finding, Fix},
};

/// A client that is registered at the same authentik for something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherClient {
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// Name of its provider, for messages.
    pub provider_name: String,
}

/// Facts besides the values.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) known: Option<&'a Registration>,
    pub(super) others: &'a [OtherClient],
    pub(super) page: Option<&'a Origin>,
}

pub(super) fn good(field: Field) -> Finding {
    Finding::new(Code::FieldGood).at(field)
}

pub(super) fn set(field: Field, value: impl Into<String>) -> Fix {
    Fix::SetField { field, value: value.into() }
}
