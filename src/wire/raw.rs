//! JSON that is kept as the original text.
//!
//! A PATCH of `attributes` replaces all of them (docs/contract/authentik.md, section 8), and what was removed has to be restored
//! unchanged: so all foreign JSON stays text, with the digits of its numbers, the order of its members and its escapes. The same
//! types carry bodies and settings that may hold a secret: they are wiped when dropped, and `Debug` shows no value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::write;

/// Maximum number of nested levels that are compared; authentik and mailcow need about ten.
const DEEPEST: u32 = 100;

/// One JSON value as text. Two are equal when they are equivalent: order of members, space and escapes do not matter, the digits
/// of numbers do.
#[derive(Clone)]
pub struct RawJson(Zeroizing<Box<str>>);

impl RawJson {
    /// Serialises a value as JSON.
    #[must_use]
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        Self(Zeroizing::new(write(value).into()))
    }

    /// Checks a text from elsewhere; `None` if it is not JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        super::read(text).ok()
    }

    /// The text.
    #[must_use]
    pub fn get(&self) -> &str {
        &self.0
    }

    /// Parses the value; `None` if it is of another type.
    #[must_use]
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_str(self.get()).ok()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.get() == "null"
    }

    /// Whether it is a list without elements.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        self.read::<Vec<IgnoredAny>>().is_some_and(|items| items.is_empty())
    }

    /// The type of the value.
    #[must_use]
    pub fn kind(&self) -> JsonKind {
        JsonKind::of(self.get())
    }
}

/// The types of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    Null,
    /// `true` or `false`.
    Bool,
    Number,
    String,
    /// A list.
    Array,
    Object,
}

impl JsonKind {
    /// The type of a value by the first byte of its text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't' | b'f') => Self::Bool,
            Some(b'"') => Self::String,
            Some(b'[') => Self::Array,
            Some(b'{') => Self::Object,
            _ => Self::Number,
        }
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        same(self.get(), other.get(), DEEPEST)
    }
}

/// Whether two JSON texts are equivalent, down to `levels` levels.
fn same(one: &str, other: &str, levels: u32) -> bool {
    if one == other {
        return true;
    }
    let Some(levels) = levels.checked_sub(1) else { return false };
    match (JsonKind::of(one), JsonKind::of(other)) {
        (JsonKind::String, JsonKind::String) => {
            let text = |json| serde_json::from_str(json).map(Zeroizing::<String>::new).ok();
            text(one).is_some_and(|one| Some(one) == text(other))
        }
        (JsonKind::Array, JsonKind::Array) => {
            let items = |json| serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
            let (one, other) = (items(one), items(other));
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one.get(), other.get(), levels))
        }
        (JsonKind::Object, JsonKind::Object) => {
            // Of several members with the same name, the last one counts.
            fn members(json: &str) -> Option<BTreeMap<String, &RawValue>> {
                serde_json::from_str(json).ok()
            }
            let (Some(one), Some(other)) = (members(one), members(other)) else { return false };
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one.get(), other.get(), levels)))
        }
        _ => false,
    }
}

impl fmt::Debug for RawJson {
    /// Its length only; the value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JSON({} bytes)", self.get().len())
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(Zeroizing::new(raw.into())))
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.get()).map_err(|_| serde::ser::Error::custom("no JSON"))?;
        raw.serialize(serializer)
    }
}

/// The members of a JSON object, in their order. Meant for objects with few members, because it is searched linearly. Two are
/// equal when they have the same members, whatever the order.
#[derive(Clone, Default)]
pub struct RawObject(Vec<(String, RawJson)>);

impl RawObject {
    /// A copy with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        self.insert(name, value);
        self
    }

    /// Sets a member: in its place if there is one, else at the end.
    pub fn insert(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        let value = RawJson::of(value);
        match self.0.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Removes a member and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<RawJson> {
        let at = self.0.iter().rposition(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// A member. Of several with the same name the last one counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value of a member; `None` if there is none or it is of another type.
    #[must_use]
    pub fn read<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Option<T> {
        self.get(name)?.read()
    }

    /// A member that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        self.read::<Text<'_>>(name).map(|Text(text)| text)
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// A copy without some members.
    #[must_use]
    pub fn without(&self, is_left_out: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| !is_left_out(name)).cloned().collect())
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for RawObject {
    fn eq(&self, other: &Self) -> bool {
        let mut names = self.names().chain(other.names());
        names.all(|name| self.get(name) == other.get(name))
    }
}

impl fmt::Debug for RawObject {
    /// The names only; values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = RawObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RawObject, A::Error> {
        let mut object = RawObject::default();
        while let Some(member) = members.next_entry()? {
            object.0.push(member);
        }
        Ok(object)
    }
}

impl Serialize for RawObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::wire::read;

    /// A number in any valid notation.
    const NUMBER: &str = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,9})?";

    /// A string with every kind of escape, including lone surrogates.
    const STRING: &str = "\"([a-zä🔔 /]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}){0,8}\"";

    /// Any JSON text, with space wherever it is allowed.
    fn any_json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof!["null|true|false", NUMBER, STRING];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let items = proptest::collection::vec(("[ \n\t\r]{0,2}", inner.clone(), "[ \n\t\r]{0,2}"), 0..6);
            let members = proptest::collection::vec(("[ \n]{0,1}\"[a-eä ]{0,3}\" {0,1}: {0,1}", inner, "[ \n\t\r]{0,2}"), 0..6);
            let join = |parts: Vec<(String, String, String)>| {
                parts.into_iter().map(|(before, value, after)| before + &value + &after).collect::<Vec<_>>().join(",")
            };
            prop_oneof![
                items.prop_map(move |items| format!("[{}]", join(items))),
                members.prop_map(move |members| format!("{{{}}}", join(members)))
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_it_is_goes_back_byte_for_byte(json in any_json()) {
            let kept = RawJson::parse(&json).expect("it is JSON");
            prop_assert_eq!(write(&kept), json.as_str());
            let object: RawObject = read(&format!(r#"{{"a":{json}, "b": {json} }}"#)).expect("an object");
            prop_assert_eq!(write(&object), format!(r#"{{"a":{json},"b":{json}}}"#));
            prop_assert!(object.get("a") == object.get("b"));
        }

        #[test]
        fn what_is_no_json_is_refused(json in any_json(), cut in any::<prop::sample::Index>(), other in any::<char>()) {
            let mut text: Vec<char> = json.chars().collect();
            let at = cut.index(text.len());
            text[at] = other;
            let text: String = text.into_iter().collect();
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(RawJson::parse(&text).is_some(), is_json, "{}", text);
            if is_json && text.starts_with('{') {
                // Lone surrogates may be in values, but not in names, because names are decoded.
                if let Ok(object) = read::<RawObject>(&text) {
                    prop_assert!(read::<RawObject>(&write(&object)).expect("an object") == object);
                }
            }
        }

        #[test]
        fn order_space_and_escapes_do_not_matter(value in proptest::collection::btree_map("[a-e]{1,2}", ("[a-cä\"\\\\]{0,4}", any::<i64>()), 0..6)) {
            let members = |(name, (text, number)): (&String, &(String, i64))| (name.clone(), serde_json::json!({"t": text, "n": [number]}));
            let one = Value::Object(value.iter().map(members).collect());
            let other: Vec<String> = value.iter().rev().map(members).map(|(name, value)| {
                let units = value["t"].as_str().expect("a text").encode_utf16();
                let text = units.fold(String::new(), |text, unit| text + &format!("\\u{unit:04X}"));
                format!("{} : {{\"n\" : [ {} ], \"t\":\"{text}\"}}", write(&name), value["n"][0])
            }).collect();
            let (one, other) = (RawJson::of(&one), RawJson::parse(&format!(" {{ {} }} ", other.join(" , "))).expect("JSON"));
            prop_assert!(one == other, "{} {}", one.get(), other.get());
        }
    }

    #[test]
    fn numbers_keep_their_digits_and_differ_by_them() {
        for text in ["0", "-0", "1.10", "123456789012345678901234567890", "1E+5", "2e-3", "9e3873304"] {
            assert_eq!(RawJson::parse(text).map(|value| write(&value)).as_deref(), Some(text));
        }
        assert!(RawJson::parse("123456789012345678901234567890") != RawJson::parse("123456789012345678901234567891"));
        assert!(RawJson::parse("1.0") != RawJson::parse("1"));
        for text in ["01", "1.", ".5", "-", "+1", "1e", "0x1", "NaN"] {
            assert!(RawJson::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn different_values_differ() {
        let differ = |one, other| RawJson::parse(one).expect("JSON") != RawJson::parse(other).expect("JSON");
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":2}"#),
            (r#"{"a":1}"#, r#"{"a":1,"b":1}"#),
            (r#"{"a":1,"b":1}"#, r#"{"a":1,"c":1}"#),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"),
            ("\"true\"", "true"),
            ("null", "false"),
            (r#""\ud83d""#, r#""\ud83e""#),
        ] {
            assert!(differ(one, other) && differ(other, one), "{one} {other}");
        }
    }

    #[test]
    fn of_several_members_with_one_name_the_last_counts() {
        let object: RawObject = read(r#"{"a":1,"a":2}"#).expect("an object");
        assert_eq!(object.read("a"), Some(2));
        assert_eq!(write(&object), r#"{"a":1,"a":2}"#);
        assert!(RawJson::parse(r#"{"a":1,"a":2}"#) == RawJson::parse(r#"{"a":2}"#));
    }

    #[test]
    fn members_are_set_in_their_place() {
        let mut object = RawObject::default().with("b", "x").with("a", &1).with("b", &[true]);
        assert_eq!(write(&object), r#"{"b":[true],"a":1}"#);
        assert_eq!(object.remove("b").map(|value| value.kind()), Some(JsonKind::Array));
        assert_eq!(write(&object), r#"{"a":1}"#);
        assert_eq!((object.text("a"), object.read("a")), (None, Some(1)));
    }

    #[test]
    fn debug_shows_no_value() {
        let object = RawObject::default().with("client_secret", "hunter2");
        assert_eq!(format!("{object:?} {:?}", object.get("client_secret")), r#"{"client_secret"} Some(JSON(9 bytes))"#);
    }
}
