//! The attributes of a user or group, kept byte for byte.
//!
//! A PATCH replaces the whole map (docs/contract/authentik.md, section 8), so everything that is not ours has to be sent back
//! unchanged: each value stays the text that authentik sent.

use serde::{Deserialize, Serialize};

use crate::wire::{RawJson, RawObject, write};

/// The attribute that the guide sets.
pub const EMAIL_VERIFIED: &str = "email_verified";

/// All attributes of an object, in their order; each value is the text that authentik sent. Two are equal when they are
/// equivalent JSON, whatever the order of keys.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Attributes(RawObject);

/// The attributes of a user or group without its other fields: what is read before a write, what is written, and what the
/// response shows.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct WithAttributes<A> {
    pub attributes: A,
}

impl Attributes {
    /// The body of a write of only the attributes.
    #[must_use]
    pub fn body(&self) -> String {
        write(&WithAttributes { attributes: &self.0 })
    }

    /// The JSON text of a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(RawJson::get)
    }

    /// A copy with one value replaced, added, or for `None` removed. `json` must be a JSON text; anything else counts as `None`.
    #[must_use]
    pub fn with(&self, name: &str, json: Option<&str>) -> Self {
        match json.and_then(RawJson::parse) {
            None => Self(self.0.without(|known| known == name)),
            Some(value) => Self(self.0.clone().with(name, &value)),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::read;

    fn attributes(text: &str) -> Attributes {
        read(text).unwrap()
    }

    #[test]
    fn everything_else_goes_back_byte_for_byte() {
        let text =
            r#"{"b":{"deep":[1,null]},"n":123456789012345678901234567890,"email_verified":"true","f":1.10,"e":"\u00e4\ud83d"}"#;
        let merged = attributes(text).with(EMAIL_VERIFIED, Some("true"));
        assert_eq!(merged.body(), format!(r#"{{"attributes":{}}}"#, text.replace("\"true\"", "true")));
        let restored = merged.with(EMAIL_VERIFIED, Some("\"true\""));
        assert_eq!(restored.body(), format!(r#"{{"attributes":{text}}}"#));
        let answered: WithAttributes<Attributes> = read(&restored.body()).unwrap();
        assert_eq!(answered.attributes, attributes(text));
    }

    #[test]
    fn order_of_keys_does_not_matter() {
        assert_eq!(attributes(r#"{"a":1,"b":{"c":2,"d":3}}"#), attributes(r#"{"b":{"d":3,"c":2},"a":1}"#));
        assert_ne!(attributes(r#"{"a":1}"#), attributes(r#"{"a":2}"#));
        assert_ne!(attributes(r#"{"a":1}"#), attributes(r#"{"a":1,"b":2}"#));
    }

    proptest! {
        #[test]
        fn setting_and_taking_back_leaves_nothing(before in proptest::option::of("true|false|null|[1-9][0-9]{0,40}\\.[0-9]|\"[a-z]{0,4}\""), number in "-?[1-9][0-9]{0,40}") {
            let verified = before.as_ref().map(|value| format!(r#","email_verified":{value}"#)).unwrap_or_default();
            let text = format!(r#"{{"n":{number}{verified},"z":[{number}.0e1]}}"#);
            let set = attributes(&text).with(EMAIL_VERIFIED, Some("true"));
            prop_assert_eq!(set.get(EMAIL_VERIFIED), Some("true"));
            let back = set.with(EMAIL_VERIFIED, before.as_deref()).body();
            prop_assert_eq!(back, format!(r#"{{"attributes":{text}}}"#));
        }
    }
}
