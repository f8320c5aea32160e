//! From a tree to our own types, field by field.

use std::cell::Cell;

use super::{Map, Value, WrongShape};

/// Something that can be read from a JSON value.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When the value has another type or lacks a field.
    fn from_json(value: &Value) -> Result<Self, WrongShape>;
}

/// The fields of a JSON object. Whether all were right is asked once, at the end: that is much shorter than a way out after each.
pub struct Fields<'a> {
    map: &'a Map,
    faulty: Cell<bool>,
}

impl<'a> Fields<'a> {
    /// The fields of a value.
    ///
    /// # Errors
    /// When the value is no object.
    pub fn of(value: &'a Value) -> Result<Self, WrongShape> {
        Ok(Self { map: value.as_object().ok_or(WrongShape)?, faulty: Cell::new(false) })
    }

    /// A field; a missing one is read as `null`.
    ///
    /// # Errors
    /// When it is missing or has another type.
    pub fn get<T: FromJson>(&self, name: &str) -> Result<T, WrongShape> {
        T::from_json(self.value(name))
    }

    /// A field; a missing one is read as `null`. What has another type is noted for [`Self::whole`].
    pub fn need<T: FromJson + Default>(&self, name: &str) -> T {
        self.get(name).unwrap_or_else(|WrongShape| {
            self.faulty.set(true);
            T::default()
        })
    }

    /// A field, or the default of its type when it is missing. What has another type is noted for [`Self::whole`].
    pub fn optional<T: FromJson + Default>(&self, name: &str) -> T {
        self.need::<Option<T>>(name).unwrap_or_default()
    }

    /// What was made of the fields.
    ///
    /// # Errors
    /// When one of them was not right.
    pub fn whole<T>(&self, made: T) -> Result<T, WrongShape> {
        if self.faulty.get() { Err(WrongShape) } else { Ok(made) }
    }

    /// A text without a copy.
    ///
    /// # Errors
    /// When it is missing or has another type.
    pub fn text(&self, name: &str) -> Result<&'a str, WrongShape> {
        self.value(name).as_str().ok_or(WrongShape)
    }

    /// Number of elements of a list; none when it is missing.
    #[must_use]
    pub fn length(&self, name: &str) -> usize {
        self.value(name).as_array().map_or(0, <[Value]>::len)
    }

    fn value(&self, name: &str) -> &'a Value {
        self.map.get(name).unwrap_or(&Value::Null)
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
        list(value.as_array().ok_or(WrongShape)?)
    }
}

/// Reads each element of a list.
///
/// # Errors
/// When one of them is not right.
pub fn list<T: FromJson>(items: &[Value]) -> Result<Vec<T>, WrongShape> {
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        read.push(T::from_json(item)?);
    }
    Ok(read)
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
        assert_eq!(fields.whole(fields.optional::<Vec<String>>("missing")), Ok(Vec::new()));
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
        assert_eq!(fields.whole(fields.need::<String>("text")), Ok("1".to_owned()));
        assert_eq!(fields.whole(fields.optional::<bool>("number")), Err(WrongShape));
        assert_eq!(fields.whole(()), Err(WrongShape));
        assert!(Fields::of(&Value::Array(Vec::new())).is_err());
    }
}
