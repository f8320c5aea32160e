//! The attributes of a user or group, kept letter by letter.
//!
//! A PATCH replaces the whole map (docs/contract/authentik.md, section 8), so everything that is not ours has to go back exactly as it
//! came: each value stays the text that authentik sent.

use crate::json::{self, Reader, Value, WrongShape};

/// The attribute that the guide sets.
pub const EMAIL_VERIFIED: &str = "email_verified";

/// All attributes of an object, in their order; each value is the text that authentik sent.
#[derive(Clone, Debug, Default)]
pub struct Attributes(Vec<(String, Box<str>)>);

impl Attributes {
    /// Reads them.
    ///
    /// # Errors
    /// When there is no object.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, WrongShape> {
        let mut entries = Vec::new();
        reader.object(&mut |name, reader| {
            entries.push((name.to_owned(), reader.raw()?.into()));
            Ok(())
        })?;
        Ok(Self(entries))
    }

    /// Reads those of a user or group: what is read before a write, and what is answered to it.
    ///
    /// # Errors
    /// When there is no object, or it has none.
    pub fn read_of(object: &mut Reader<'_>) -> Result<Self, WrongShape> {
        let mut attributes = None;
        object.object(&mut |name, object| {
            match name {
                "attributes" => attributes = Some(Self::read(object)?),
                _ => drop(object.raw()?),
            }
            Ok(())
        })?;
        attributes.ok_or(WrongShape)
    }

    /// The body of a write of nothing but the attributes.
    #[must_use]
    pub fn body(&self) -> String {
        let mut text = String::from("{\"attributes\":{");
        for (position, (name, value)) in self.0.iter().enumerate() {
            if position > 0 {
                text.push(',');
            }
            json::quote(name, &mut text);
            text.push(':');
            text.push_str(value);
        }
        text.push_str("}}");
        text
    }

    /// The JSON text of a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The same attributes with one value replaced, added, or for `None` removed. `json` must be a JSON text; what is not
    /// counts as `None`.
    #[must_use]
    pub fn with(&self, name: &str, json: Option<&str>) -> Self {
        let mut out = self.clone();
        match json.filter(|json| json::is_valid(json)) {
            None => out.0.retain(|(key, _)| key != name),
            Some(value) => match out.0.iter_mut().find(|(key, _)| key == name) {
                Some((_, slot)) => *slot = value.into(),
                None => out.0.push((name.to_owned(), value.into())),
            },
        }
        out
    }

    /// Whether both mean the same JSON, whatever the order of keys.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().all(|(key, value)| {
                other.get(key).is_some_and(|found| *found == **value || Value::parse(found) == Value::parse(value))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Attributes {
        Attributes::read(&mut Reader::new(text)).unwrap()
    }

    #[test]
    fn everything_else_goes_back_letter_by_letter() {
        let text = r#"{"b":{"deep":[1,null]},"n":123456789012345678901234567890,"email_verified":"true","f":1.10}"#;
        let merged = read(text).with(EMAIL_VERIFIED, Some("true"));
        assert_eq!(merged.body(), format!(r#"{{"attributes":{}}}"#, text.replace("\"true\"", "true")));
        let restored = merged.with(EMAIL_VERIFIED, Some("\"true\""));
        assert_eq!(restored.body(), format!(r#"{{"attributes":{text}}}"#));
        assert!(Attributes::read_of(&mut Reader::new(&restored.body())).unwrap().same_as(&read(text)));
    }

    #[test]
    fn order_of_keys_does_not_matter() {
        assert!(read(r#"{"a":1,"b":{"c":2,"d":3}}"#).same_as(&read(r#"{"b":{"d":3,"c":2},"a":1}"#)));
        assert!(!read(r#"{"a":1}"#).same_as(&read(r#"{"a":2}"#)));
        assert!(!read(r#"{"a":1}"#).same_as(&read(r#"{"a":1,"b":2}"#)));
    }
}
