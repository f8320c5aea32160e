//! Fields in a plan: some of their values are known only after the run has created what they refer to.

use crate::setup::Secret;
use crate::wire::{RawJson, RawObject};

/// A scope mapping that a provider selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MappingRef {
    /// An existing one, by primary key.
    There(String),
    /// The `email` mapping that this plan creates.
    NewEmail,
    /// The `mailcow_template` mapping that this plan creates.
    NewTemplate,
}

impl MappingRef {
    /// Primary key of an existing one.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::There(pk) => Some(pk),
            Self::NewEmail | Self::NewTemplate => None,
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug)]
pub(super) enum FieldValue {
    /// Known when the plan is made.
    Known(RawJson),
    /// Selected scope mappings.
    Mappings(Vec<MappingRef>),
    /// Primary key of the provider that this plan creates.
    NewProvider,
    /// The client secret that this plan has generated.
    NewSecret,
}

impl FieldValue {
    /// Whether it is known to equal the current value.
    pub(super) fn is(&self, there: &RawJson) -> bool {
        matches!(self, Self::Known(value) if value == there)
    }
}

impl From<RawJson> for FieldValue {
    fn from(value: RawJson) -> Self {
        Self::Known(value)
    }
}

/// Fields that are written together.
#[derive(Clone, Debug, Default)]
pub(super) struct Body(Vec<(&'static str, FieldValue)>);

/// What a run has created so far, and the secret for its provider.
#[derive(Default)]
pub(super) struct Created {
    pub(super) email: Option<String>,
    pub(super) template: Option<String>,
    pub(super) provider: Option<i64>,
    pub(super) secret: Option<Secret>,
}

impl Body {
    /// Adds a field.
    pub(super) fn add(&mut self, name: &'static str, value: FieldValue) {
        self.0.push((name, value));
    }

    /// Whether there is no field.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy without a field.
    pub(super) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| *known != name).cloned().collect())
    }

    /// The fields as they are sent. A reference to an object that was not created is `null`, which authentik refuses.
    pub(super) fn with(&self, made: &Created) -> RawObject {
        let mut out = RawObject::default();
        for (name, value) in &self.0 {
            match value {
                FieldValue::Known(value) => out.insert(name, value),
                FieldValue::Mappings(mappings) => {
                    let keys: Vec<Option<&str>> = mappings.iter().map(|mapping| made.key_of(mapping)).collect();
                    out.insert(name, &keys);
                }
                FieldValue::NewProvider => out.insert(name, &made.provider),
                FieldValue::NewSecret => out.insert(name, &made.secret.as_ref().map(Secret::reveal)),
            }
        }
        out
    }
}

impl Created {
    fn key_of<'a>(&'a self, mapping: &'a MappingRef) -> Option<&'a str> {
        match mapping {
            MappingRef::There(pk) => Some(pk),
            MappingRef::NewEmail => self.email.as_deref(),
            MappingRef::NewTemplate => self.template.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::write;

    #[test]
    fn references_are_filled_in_and_nothing_else_is_taken_for_one() {
        let mut body = Body::default();
        body.add("name", RawJson::of("(known after apply)").into());
        body.add(
            "property_mappings",
            FieldValue::Mappings(vec![MappingRef::There("a".into()), MappingRef::NewEmail, MappingRef::NewTemplate]),
        );
        body.add("provider", FieldValue::NewProvider);
        body.add("client_secret", FieldValue::NewSecret);
        let secret = Some(Secret::new("hunter2".into()));
        let made = Created { email: Some("b".into()), template: Some("c".into()), provider: Some(7), secret };
        assert_eq!(
            write(&body.with(&made)),
            r#"{"name":"(known after apply)","property_mappings":["a","b","c"],"provider":7,"client_secret":"hunter2"}"#
        );
        let nothing = write(&body.without("name").with(&Created::default()));
        assert_eq!(nothing, r#"{"property_mappings":["a",null,null],"provider":null,"client_secret":null}"#);
        assert!(!format!("{body:?}").contains("hunter2"));
    }
}
