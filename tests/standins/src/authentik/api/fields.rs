//! Reads the fields of a JSON body and collects what is wrong with them, in the words of Django REST framework.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::authentik::{call::python_type, refusal::Refusal};

/// The fields of a body that creates or changes an object.
pub(super) struct Fields<'a> {
    body: &'a Map<String, Value>,
    partial: bool,
    errors: Map<String, Value>,
}

/// What a text field demands.
#[derive(Clone, Copy, Default)]
pub(super) struct Text {
    /// It has to be there on creation.
    pub(super) required: bool,
    /// It may be empty.
    pub(super) blank: bool,
    /// Characters that it may have.
    pub(super) max: Option<usize>,
}

/// A text that has to be there and may not be empty.
pub(super) const REQUIRED: Text = Text { required: true, blank: false, max: None };

/// A text that may be absent or empty.
pub(super) const OPTIONAL: Text = Text { required: false, blank: true, max: None };

impl<'a> Fields<'a> {
    /// Reads a body; a partial one changes only what it names.
    pub(super) fn new(body: &'a Map<String, Value>, partial: bool) -> Self {
        Self { body, partial, errors: Map::new() }
    }

    /// Whether only what is named changes.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    /// The value of a field, unread.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name)
    }

    /// Notes a message about a field.
    pub(super) fn error(&mut self, name: &str, message: &str) {
        self.fault(name, json!([message]));
    }

    /// Notes a fault of another shape.
    pub(super) fn fault(&mut self, name: &str, fault: Value) {
        self.errors.insert(name.to_owned(), fault);
    }

    /// Refuses if anything was wrong.
    pub(super) fn done(self) -> Result<(), Refusal> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::invalid(Value::Object(self.errors))) }
    }

    /// The value of a field that is not `null`; notes if it has to be there and is not.
    pub(super) fn present(&mut self, name: &str, required: bool) -> Option<&'a Value> {
        match self.body.get(name) {
            None => {
                if required && !self.partial {
                    self.error(name, "This field is required.");
                }
                None
            }
            Some(Value::Null) => {
                self.error(name, "This field may not be null.");
                None
            }
            Some(value) => Some(value),
        }
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str, rule: Text) -> Option<String> {
        let text = match self.present(name, rule.required)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.error(name, "Not a valid string.");
                return None;
            }
        };
        if text.is_empty() && !rule.blank {
            self.error(name, "This field may not be blank.");
            return None;
        }
        if let Some(max) = rule.max.filter(|max| text.chars().count() > *max) {
            self.error(name, &format!("Ensure this field has no more than {max} characters."));
            return None;
        }
        Some(text)
    }

    /// A boolean.
    pub(super) fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.present(name, false)?;
        if value.is_boolean() {
            value.as_bool()
        } else {
            self.error(name, "Must be a valid boolean.");
            None
        }
    }

    /// A whole number.
    pub(super) fn integer(&mut self, name: &str, required: bool) -> Option<i64> {
        let value = self.present(name, required)?;
        let number = value.as_i64();
        if number.is_none() {
            self.error(name, "A valid integer is required.");
        }
        number
    }

    /// One of some words.
    pub(super) fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let value = self.present(name, false)?;
        let text = value.as_str().unwrap_or_default();
        if choices.contains(&text) {
            return Some(text.to_owned());
        }
        self.error(name, &invalid_choice(value));
        None
    }

    /// An object with whatever members (recordings 359 to 361).
    pub(super) fn dictionary(&mut self, name: &str) -> Option<Map<String, Value>> {
        let Value::Object(object) = self.present(name, false)? else {
            self.error(name, "Value must be a dictionary, and not have any duplicate keys.");
            return None;
        };
        Some(object.clone())
    }

    /// A list.
    pub(super) fn list(&mut self, name: &str, required: bool) -> Option<&'a Vec<Value>> {
        match self.present(name, required)? {
            Value::Array(list) => Some(list),
            other => {
                let kind = python_type(other);
                self.error(name, &format!("Expected a list of items but got type \"{kind}\"."));
                None
            }
        }
    }

    /// The key of another object, which has to be there on creation.
    pub(super) fn reference(&mut self, name: &str, exists: impl Fn(Uuid) -> bool) -> Option<Uuid> {
        let value = self.present(name, true)?;
        match uuid(value, exists) {
            Ok(pk) => Some(pk),
            Err(message) => {
                self.error(name, &message);
                None
            }
        }
    }

    /// The key of another object, or `null`; leaves `into` as it is when the field is absent.
    pub(super) fn nullable_reference(&mut self, name: &str, exists: impl Fn(Uuid) -> bool, into: &mut Option<Uuid>) {
        *into = match self.body.get(name) {
            None => return,
            Some(Value::Null) => None,
            Some(_) => self.reference(name, exists),
        };
    }

    /// The keys of other objects.
    pub(super) fn references(&mut self, name: &str, exists: impl Fn(Uuid) -> bool) -> Option<Vec<Uuid>> {
        let mut found = Vec::new();
        for value in self.list(name, false)? {
            match uuid(value, &exists) {
                Ok(pk) => found.push(pk),
                Err(message) => {
                    self.error(name, &message);
                    return None;
                }
            }
        }
        Some(found)
    }
}

/// The message for a word that is not among the choices.
pub(super) fn invalid_choice(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("\"{text}\" is not a valid choice."),
        None => format!("\"{value}\" is not a valid choice."),
    }
}

/// The message for a key without object.
pub(super) fn invalid_pk(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("Invalid pk \"{text}\" - object does not exist."),
        None => format!("Invalid pk \"{value}\" - object does not exist."),
    }
}

fn uuid(value: &Value, exists: impl Fn(Uuid) -> bool) -> Result<Uuid, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pk = Uuid::parse_str(&text).map_err(|_| format!("“{text}” is not a valid UUID."))?;
    if exists(pk) { Ok(pk) } else { Err(invalid_pk(value)) }
}
