//! JSON in the dialects of authentik and mailcow: `serde_json`, and what it leaves to its callers.
//!
//! | to | use |
//! |---|---|
//! | parse a response | a type that derives `Deserialize`, and [`read`], whose error quotes nothing |
//! | treat `null`, or any value of another type, as absent | `or_default`, `Lenient`, `natural` |
//! | keep foreign JSON byte for byte, or carry a secret | [`RawJson`], [`RawObject`] |
//! | serialise a body | [`write()`] |
//! | read a time that is written as text | [`seconds`] |
//! | quote a text for YAML, Terraform or Python | `quoted` |
//!
//! Unknown members are ignored everywhere. Depth is bounded: `serde_json` follows 128 levels, and skips what is ignored or kept
//! raw without recursion (`docs/decisions/018-json-by-serde.md`).

mod quote;
mod raw;
mod time;

use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;

pub(crate) use quote::{is_plain, is_plain_text, quoted, unquoted};
pub use raw::{JsonKind, RawJson, RawObject};
pub use time::seconds;

/// Why a text could not be parsed: the kind of error and its position. The text at that position is not included, because it may
/// be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line}, column {column}")]
pub struct Malformed {
    /// The kind of error.
    pub kind: ErrorKind,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in bytes, counted from 1.
    pub column: usize,
}

/// The kind of a parse error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// It is not JSON, is truncated, or is nested too deeply.
    #[error("not JSON")]
    Syntax,
    /// It is JSON with other members or types than expected.
    #[error("unexpected JSON")]
    Shape,
}

/// Parses a text that is one JSON value.
///
/// # Errors
/// When it is not, or when it does not match the type.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Malformed> {
    serde_json::from_str(text).map_err(|error| {
        // The first error may be one of shape although the text is truncated.
        let is_json = error.classify() == Category::Data && serde_json::from_str::<IgnoredAny>(text).is_ok();
        let kind = if is_json { ErrorKind::Shape } else { ErrorKind::Syntax };
        Malformed { kind, line: error.line(), column: error.column() }
    })
}

/// Serialises a value as JSON. None of Cowbell's types can fail to serialise: the keys of their maps are texts.
#[must_use]
pub fn write(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// For `#[serde(default, deserialize_with = "or_default")]`: `null` means the same as a missing member.
///
/// # Errors
/// When the value is of another type.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A natural number that is written as a number, or as text as mailcow does (recording 201); anything else is `None`.
pub(crate) fn natural<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(raw).parse().ok())
}

/// A member whose errors are ignored: a value of any other type counts as absent.
///
/// It uses the text of the value, so it works in what is parsed with [`read`], but not in `untagged` or `flatten`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lenient<T>(pub(crate) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).unwrap_or_default()))
    }
}

impl<T> Deref for Lenient<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A list in PHP's notation: an array, but `{}` when it is empty (docs/contract/mailcow.md, section 8).
pub(crate) struct PhpList<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PhpList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PhpListVisitor(PhantomData))
    }
}

struct PhpListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PhpListVisitor<T> {
    type Value = PhpList<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<PhpList<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(PhpList(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<PhpList<T>, A::Error> {
        match members.next_key::<IgnoredAny>()? {
            None => Ok(PhpList(Vec::new())),
            Some(_) => Err(A::Error::custom("an object in place of a list")),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Answer {
        number: u32,
        #[serde(default, deserialize_with = "or_default")]
        list: Vec<String>,
        absent: Option<bool>,
    }

    #[test]
    fn missing_and_null_are_the_same_and_unknown_members_are_ignored() {
        let expected = Answer { number: 1, list: Vec::new(), absent: None };
        for text in [r#"{"number":1}"#, r#"{"number":1,"list":null,"absent":null,"unknown":{"a":[1e999,"\ud83d"]}}"#] {
            assert_eq!(read::<Answer>(text).as_ref(), Ok(&expected), "{text}");
        }
    }

    #[test]
    fn types_are_not_guessed() {
        for text in [
            "{}",
            r#"{"number":null}"#,
            r#"{"number":"1"}"#,
            r#"{"number":-1}"#,
            r#"{"number":4294967296}"#,
            r#"{"number":1.5}"#,
            r#"{"number":1,"absent":1}"#,
            r#"{"number":1,"list":["a",2]}"#,
            "[]",
        ] {
            assert_eq!(read::<Answer>(text).map_err(|error| error.kind), Err(ErrorKind::Shape), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_from_what_has_another_shape() {
        for text in ["", "{", r#"{"number":"1""#, r#"{"number":1}}"#, "<html>", r#"{"number":01}"#, "{\"number\":1,\"a\":\"\n\"}"]
        {
            assert_eq!(read::<Answer>(text).map_err(|error| error.kind), Err(ErrorKind::Syntax), "{text}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read::<serde_json::Value>(&nested(100)).is_ok());
        assert!(read::<serde_json::Value>(&nested(200)).is_err());
        assert!(read::<RawJson>(&"[".repeat(1_000_000)).is_err());
        let deep = nested(1_000_000);
        assert!(read::<Answer>(&format!(r#"{{"number":1,"unknown":{deep}}}"#)).is_ok());
        let kept: RawJson = read(&deep).expect("it is JSON");
        assert_eq!(write(&kept), deep);
        // Too deep to be compared: texts that differ do not count as equivalent.
        assert!(kept != read(&format!(" {} ", deep.replacen("[]", "[ ]", 1))).expect("it is JSON"));
    }

    #[test]
    fn a_list_of_php_may_be_an_object_without_members() {
        let list = |text| read::<PhpList<u8>>(text).map(|list| list.0).ok();
        assert_eq!(list(" {} "), Some(Vec::new()));
        assert_eq!(list("[1, 2]"), Some(vec![1, 2]));
        for text in [r#"{"0":1}"#, "[1] []", "null", "1", "[\"1\"]"] {
            assert_eq!(list(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_of_another_type_counts_as_absent() {
        let list: Vec<Lenient<String>> = read(r#"["a", 1e999, null, {"b": ["c"]}, "\ud83d", "ä"]"#).expect("a list");
        assert_eq!(list.iter().map(|text| text.as_str()).collect::<Vec<_>>(), ["a", "", "", "", "", "ä"]);
    }

    /// A type with every kind of member that the types of authentik and mailcow have.
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read")]
    struct Mixed<'a> {
        flag: Option<bool>,
        number: Option<i64>,
        #[serde(borrow)]
        text: Option<std::borrow::Cow<'a, str>>,
        list: Option<Vec<String>>,
        kind: Option<crate::setup::Audience>,
        inner: Option<Box<Mixed<'a>>>,
    }

    const SECRET: &str = "hunter2hunter2";

    proptest! {
        /// `serde_json` quotes unexpected values in its errors.
        #[test]
        fn no_error_says_what_was_there(
            member in prop::sample::select(vec!["flag", "number", "text", "list", "kind", "inner", SECRET]),
            value in prop::sample::select(vec!["\"S\"", "[\"S\"]", "{\"S\":1}", "{\"kind\":\"S\"}", "[1,\"S\"", "\"S", "S", "{\"flag\":\"S\"}"]),
        ) {
            let text = format!("{{\"{member}\":{}}}", value.replace('S', SECRET));
            if let Err(error) = read::<Mixed<'_>>(&text) {
                prop_assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
                prop_assert!(error.line == 1 && error.column <= text.len());
            }
        }
    }
}
