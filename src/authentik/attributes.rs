//! The attributes of a user or group, kept letter by letter.
//!
//! A PATCH replaces the whole map (contract/authentik.md, section 8), so everything that is not ours has to go back exactly as it
//! came: each value stays the text that authentik sent.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The attribute that the guide sets.
pub const EMAIL_VERIFIED: &str = "email_verified";

/// All attributes of an object, in their order.
#[derive(Clone, Debug, Default)]
pub struct Attributes(Vec<(String, Box<RawValue>)>);

/// A user or group, reduced to its attributes: what is read before a write, what is written, and what is answered.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Attributed {
    /// All its attributes.
    pub attributes: Attributes,
}

impl Attributes {
    /// The JSON text of a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.get())
    }

    /// The same attributes with one value replaced, added, or for `None` removed. `json` must be a JSON text; what is not
    /// counts as `None`.
    #[must_use]
    pub fn with(&self, name: &str, json: Option<&str>) -> Self {
        let mut out = self.clone();
        match json.and_then(|json| RawValue::from_string(json.to_owned()).ok()) {
            None => out.0.retain(|(key, _)| key != name),
            Some(value) => match out.0.iter_mut().find(|(key, _)| key == name) {
                Some((_, slot)) => *slot = value,
                None => out.0.push((name.to_owned(), value)),
            },
        }
        out
    }

    /// Whether both mean the same JSON, whatever the order of keys and the spelling of numbers.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        self.0.len() == other.0.len()
            && self.0.iter().all(|(key, value)| {
                other.get(key).is_some_and(|found| found == value.get() || parse(found) == parse(value.get()))
            })
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Attributes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Attributes(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Attributes {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn everything_else_goes_back_letter_by_letter() {
        let text = r#"{"b":{"deep":[1,null]},"n":123456789012345678901234567890,"email_verified":"true","f":1.10}"#;
        let merged = serde_json::to_string(&read(text).with(EMAIL_VERIFIED, Some("true"))).unwrap();
        assert_eq!(merged, text.replace("\"true\"", "true"));
        let restored = read(&merged).with(EMAIL_VERIFIED, Some("\"true\""));
        assert_eq!(serde_json::to_string(&restored).unwrap(), text);
    }

    #[test]
    fn order_of_keys_does_not_matter() {
        assert!(read(r#"{"a":1,"b":2}"#).same_as(&read(r#"{"b":2,"a":1}"#)));
        assert!(!read(r#"{"a":1}"#).same_as(&read(r#"{"a":2}"#)));
        assert!(!read(r#"{"a":1}"#).same_as(&read(r#"{"a":1,"b":2}"#)));
    }
}
