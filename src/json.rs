//! Small JSON objects, read field by field.
//!
//! Whatever is not bulk goes through one tree ([`Value`]) and this trait: derived `Deserialize` would cost 3 KB of wasm for each
//! type (`docs/decisions/size.md`). The pages of users, where speed counts, are read by serde without a tree.
//!
//! As with serde, unknown fields are ignored and an optional field may be missing; a missing field and `null` mean the same.

use serde_json::{Map, Value};

/// The value is not what was expected. Says no more, because it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unexpected JSON")]
pub struct WrongShape;

/// Something that can be read from a JSON value.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When the value has another type or lacks a field.
    fn from_json(value: &Value) -> Result<Self, WrongShape>;
}

/// A JSON object with these fields.
#[must_use]
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in fields {
        object.insert(name.to_owned(), value);
    }
    object
}

/// The fields of a JSON object.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The fields of a value.
    ///
    /// # Errors
    /// When the value is no object.
    pub fn of(value: &'a Value) -> Result<Self, WrongShape> {
        value.as_object().map(Self).ok_or(WrongShape)
    }

    /// A field; a missing one is read as `null`.
    ///
    /// # Errors
    /// When it is missing or has another type.
    pub fn get<T: FromJson>(self, name: &str) -> Result<T, WrongShape> {
        T::from_json(self.value(name))
    }

    /// A field, or the default of its type when it is missing.
    ///
    /// # Errors
    /// When it has another type.
    pub fn get_or_default<T: FromJson + Default>(self, name: &str) -> Result<T, WrongShape> {
        Ok(self.get::<Option<T>>(name)?.unwrap_or_default())
    }

    /// A text without a copy.
    ///
    /// # Errors
    /// When it is missing or has another type.
    pub fn text(self, name: &str) -> Result<&'a str, WrongShape> {
        self.value(name).as_str().ok_or(WrongShape)
    }

    /// Number of elements of a list; none when it is missing.
    #[must_use]
    pub fn length(self, name: &str) -> usize {
        self.value(name).as_array().map_or(0, Vec::len)
    }

    fn value(self, name: &str) -> &'a Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }
}

impl FromJson for Value {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        Ok(value.clone())
    }
}

impl FromJson for Map<String, Value> {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_object().cloned().ok_or(WrongShape)
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_str().map(str::to_owned).ok_or(WrongShape)
    }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_bool().ok_or(WrongShape)
    }
}

impl FromJson for i64 {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_i64().ok_or(WrongShape)
    }
}

impl FromJson for u64 {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_u64().ok_or(WrongShape)
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        u64::from_json(value)?.try_into().map_err(|_| WrongShape)
    }
}

impl FromJson for usize {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        u64::from_json(value)?.try_into().map_err(|_| WrongShape)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        if value.is_null() { Ok(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        value.as_array().ok_or(WrongShape)?.iter().map(T::from_json).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_and_null_are_the_same() {
        let value = json!({"null": null, "text": "a", "list": ["b"]});
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.get::<Option<String>>("null"), Ok(None));
        assert_eq!(fields.get::<Option<String>>("missing"), Ok(None));
        assert_eq!(fields.get::<String>("missing"), Err(WrongShape));
        assert_eq!(fields.get_or_default::<Vec<String>>("missing"), Ok(Vec::new()));
        assert_eq!(fields.get::<Vec<String>>("list"), Ok(vec!["b".to_owned()]));
    }

    #[test]
    fn types_are_not_guessed() {
        let value = json!({"text": "1", "number": 1, "negative": -1, "large": 4_294_967_296_u64});
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.get::<u32>("text"), Err(WrongShape));
        assert_eq!(fields.get::<bool>("number"), Err(WrongShape));
        assert_eq!(fields.get::<Option<String>>("number"), Err(WrongShape));
        assert_eq!(fields.get::<u32>("negative"), Err(WrongShape));
        assert_eq!(fields.get::<u32>("large"), Err(WrongShape));
        assert!(Fields::of(&json!([])).is_err());
    }
}
