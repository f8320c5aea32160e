//! A body held against a model while it is parsed, so that long lists cost little.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::deviation::{Deviation, Fault, Side};
use super::table::{Field, Model, Schema, Type};

/// Where a walk is, and what it has found.
pub(super) struct Walk {
    schema: &'static Schema,
    side: Side,
    place: Vec<Step>,
    found: Vec<Deviation>,
}

enum Step {
    Member(&'static str),
    Item(usize),
}

impl Walk {
    /// What deviates in a body.
    pub(super) fn through(schema: &'static Schema, side: Side, body: &[u8], demanded: &'static Type) -> Vec<Deviation> {
        let mut walk = Self { schema, side, place: Vec::new(), found: Vec::new() };
        let mut parser = serde_json::Deserializer::from_slice(body);
        let value = Value { walk: &mut walk, member: Member::default(), demanded, is_nullable: false };
        if let Err(error) = value.deserialize(&mut parser).and_then(|()| parser.end()) {
            walk.note(Member::default(), Fault::Json, &error.to_string());
        }
        walk.found
    }

    fn note(&mut self, member: Member, fault: Fault, found: &str) {
        let mut place = String::new();
        for step in &self.place {
            match step {
                Step::Member(name) if place.is_empty() => place.push_str(name),
                Step::Member(name) => place.extend([".", name]),
                Step::Item(number) => place.extend(["[", &number.to_string(), "]"]),
            }
        }
        let member = member.to_string();
        self.found.push(Deviation { side: self.side, place, member, fault, found: found.to_owned() });
    }
}

/// The member that a value belongs to.
#[derive(Clone, Copy, Default)]
struct Member {
    model: &'static str,
    field: Option<&'static Field>,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.model)?;
        self.field.map_or(Ok(()), |field| write!(f, ".{}", field.name))
    }
}

/// A value that is still to be parsed.
struct Value<'w> {
    walk: &'w mut Walk,
    member: Member,
    demanded: &'static Type,
    is_nullable: bool,
}

impl Value<'_> {
    /// Notes a value of this type unless it is demanded.
    fn demand(self, is_right: bool, found: &str) {
        if !is_right && !matches!(self.demanded, Type::Any) {
            self.walk.note(self.member, Fault::Type, found);
        }
    }

    fn model(&self) -> Option<(&'static str, &'static Model)> {
        let Type::Named(name) = self.demanded else { return None };
        self.walk.schema.model(name).map(|model| (*name, model))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if !self.is_nullable && !matches!(self.demanded, Type::Any) {
            self.walk.note(self.member, Fault::Null, "null");
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        let is_right = matches!(self.demanded, Type::Boolean);
        self.demand(is_right, "a boolean");
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        let is_right = matches!(self.demanded, Type::Integer | Type::Number);
        self.demand(is_right, "a whole number");
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.visit_i64(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        let is_right = matches!(self.demanded, Type::Number);
        self.demand(is_right, "a number");
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if let Some((_, Model::Choice(words))) = self.model() {
            if !words.contains(&text) {
                self.walk.note(self.member, Fault::Choice, text);
            }
            return Ok(());
        }
        let is_right = match self.demanded {
            Type::Text => true,
            Type::Uuid => uuid::Uuid::try_parse(text).is_ok() && text.len() == 36,
            Type::Instant => text.parse::<jiff::Timestamp>().is_ok(),
            _ => false,
        };
        // Length is what the server checks of what it is sent.
        if let (Side::Request, Some(field)) = (self.walk.side, self.member.field) {
            let length = text.chars().count();
            if field.max.is_some_and(|max| length > max) || field.min.is_some_and(|min| length < min) {
                self.walk.note(self.member, Fault::Length, &format!("{length} characters"));
            }
        }
        self.demand(is_right, "a text");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Type::List(item) = self.demanded else {
            self.demand(false, "a list");
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        for number in 0.. {
            self.walk.place.push(Step::Item(number));
            let value = Value { walk: &mut *self.walk, member: self.member, demanded: item, is_nullable: false };
            let more = items.next_element_seed(value)?.is_some();
            self.walk.place.pop();
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((model, Model::Object(fields))) = self.model() else {
            let is_right = matches!(self.demanded, Type::Map);
            self.demand(is_right, "an object");
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut seen = 0_u64;
        while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            let Some(position) = fields.iter().position(|field| field.name == name) else {
                self.walk.note(Member { model, field: None }, Fault::Unknown, &name);
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            seen |= 1 << position;
            let field = &fields[position];
            self.walk.place.push(Step::Member(field.name));
            members.next_value_seed(Value {
                walk: &mut *self.walk,
                member: Member { model, field: Some(field) },
                demanded: &field.value,
                is_nullable: field.is_nullable,
            })?;
            self.walk.place.pop();
        }
        for (position, field) in fields.iter().enumerate() {
            if seen & (1 << position) == 0 && !field.is_optional {
                self.walk.note(Member { model, field: Some(field) }, Fault::Missing, "");
            }
        }
        Ok(())
    }
}
