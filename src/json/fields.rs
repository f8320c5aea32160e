//! From a tree to our own types, field by field.

use super::{Map, Value, WrongShape};

/// Something that can be read from a JSON value.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When the value has another type or lacks a field.
    fn from_json(value: &Value) -> Result<Self, WrongShape>;
}

/// The fields of a JSON object.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Map);

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
        self.value(name).as_array().map_or(0, <[Value]>::len)
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

impl FromJson for Map {
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
        i64::from_json(value)?.try_into().map_err(|_| WrongShape)
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        i64::from_json(value)?.try_into().map_err(|_| WrongShape)
    }
}

impl FromJson for usize {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        i64::from_json(value)?.try_into().map_err(|_| WrongShape)
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
    use super::*;

    #[test]
    fn missing_and_null_are_the_same() {
        let value = Value::parse(r#"{"null": null, "text": "a", "list": ["b"]}"#).unwrap();
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.get::<Option<String>>("null"), Ok(None));
        assert_eq!(fields.get::<Option<String>>("missing"), Ok(None));
        assert_eq!(fields.get::<String>("missing"), Err(WrongShape));
        assert_eq!(fields.get_or_default::<Vec<String>>("missing"), Ok(Vec::new()));
        assert_eq!(fields.get::<Vec<String>>("list"), Ok(vec!["b".to_owned()]));
    }

    #[test]
    fn types_are_not_guessed() {
        let value = Value::parse(r#"{"text": "1", "number": 1, "negative": -1, "large": 4294967296, "part": 1.5}"#).unwrap();
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.get::<u32>("text"), Err(WrongShape));
        assert_eq!(fields.get::<bool>("number"), Err(WrongShape));
        assert_eq!(fields.get::<Option<String>>("number"), Err(WrongShape));
        assert_eq!(fields.get::<u32>("negative"), Err(WrongShape));
        assert_eq!(fields.get::<u32>("large"), Err(WrongShape));
        assert_eq!(fields.get::<i64>("part"), Err(WrongShape));
        assert!(Fields::of(&Value::Array(Vec::new())).is_err());
    }
}
