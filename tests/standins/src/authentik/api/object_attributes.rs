//! Definitions of attributes, enforced on each write of a user or group (docs/contract/authentik.md, section 8).

use regex::Regex;
use serde_json::{Map, Value};

use crate::authentik::{
    refusal::Refusal,
    state::{AttributeOf, AttributeType, ObjectAttribute, State},
};

/// Refuses a body whose attributes break a definition. A body without attributes counts as one with none at all.
pub(super) fn enforce(state: &State, of: AttributeOf, body: &Map<String, Value>) -> Result<(), Refusal> {
    if !state.profile.enforces_object_attributes() {
        return Ok(());
    }
    let mut definitions = state.object_attributes.iter().filter(|definition| definition.enabled && definition.of == of);
    let attributes = body.get("attributes").unwrap_or(&Value::Null);
    match definitions.find_map(|definition| Some((definition, fault(state, definition, attributes)?))) {
        None => Ok(()),
        Some((definition, fault)) => Err(Refusal::field(&format!("attributes_{}", definition.key.replace('.', "_")), fault)),
    }
}

fn fault(state: &State, definition: &ObjectAttribute, attributes: &Value) -> Option<&'static str> {
    let Some(value) = dig(attributes, &definition.key) else {
        return definition.is_required.then_some("This field is required");
    };
    let values = match (definition.is_array, value) {
        (true, Value::Array(values)) => values.as_slice(),
        (true, _) => return Some("Value must be an array."),
        (false, value) => std::slice::from_ref(value),
    };
    if !values.iter().all(|value| has_type(definition.kind, value)) {
        // The words are not known; that it is refused is (its tests).
        return Some("Value has the wrong type.");
    }
    if definition.is_unique && !definition.is_array && is_used(state, definition, value) {
        return Some("Value is not unique.");
    }
    let pattern = (!definition.regex.is_empty()).then(|| Regex::new(&format!("^(?:{})$", definition.regex)).ok()).flatten();
    let fits = |value: &Value| pattern.as_ref().is_none_or(|pattern| value.as_str().is_some_and(|text| pattern.is_match(text)));
    (!values.iter().all(fits)).then_some("Value does not match configured pattern.")
}

fn has_type(kind: AttributeType, value: &Value) -> bool {
    match kind {
        AttributeType::Text => value.is_string() || value.is_number(),
        AttributeType::Number => value.is_number(),
        AttributeType::Boolean => value.is_boolean(),
    }
}

/// Whether anybody has this value. The object that is written is not left out, so its own value makes it fail.
fn is_used(state: &State, definition: &ObjectAttribute, value: &Value) -> bool {
    let has_it = |attributes: &Map<String, Value>| {
        let (first, rest) = definition.key.split_once('.').map_or((definition.key.as_str(), ""), |parts| parts);
        attributes.get(first).and_then(|found| if rest.is_empty() { Some(found) } else { dig(found, rest) }) == Some(value)
    };
    match definition.of {
        AttributeOf::Users => state.users.iter().any(|user| has_it(&user.attributes)),
        AttributeOf::Groups => state.groups.values().any(|group| has_it(&group.attributes)),
    }
}

/// The value behind a path with dots; `null` counts as none.
fn dig<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |value, part| value.get(part)).filter(|value| !value.is_null())
}
