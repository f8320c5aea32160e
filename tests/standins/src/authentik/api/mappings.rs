//! `/propertymappings/provider/scope/` and the mapping test (docs/contract/authentik.md, section 4).

use http::StatusCode;
use serde_json::{Value, json, ser::Formatter};
use uuid::Uuid;

use super::{
    fields::{Fields, OPTIONAL, REQUIRED, invalid_pk},
    list,
};
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        expression,
        refusal::Refusal,
        resource::{MAPPING, USER},
        state::{ScopeMapping, State},
        words::WORDS,
    },
    message::{self, Response},
};

const KEYS: [list::Key<ScopeMapping>; 2] =
    [("name", |mapping| mapping.name.clone()), ("scope_name", |mapping| mapping.scope_name.clone())];

/// A mapping as the API shows it.
fn show(state: &State, mapping: &ScopeMapping) -> Value {
    json!({
        "pk": mapping.pk,
        "managed": mapping.managed,
        "name": mapping.name,
        "expression": mapping.expression,
        "component": "ak-property-mapping-provider-scope-form",
        "verbose_name": state.language.say(WORDS, "Scope Mapping"),
        "verbose_name_plural": state.language.say(WORDS, "Scope Mappings"),
        "meta_model_name": "authentik_providers_oauth2.scopemapping",
        "scope_name": mapping.scope_name,
        "description": mapping.description,
    })
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = MAPPING.visible(state, caller)?;
    let managed = call.params("managed");
    for value in &managed {
        if !state.mappings.iter().any(|mapping| mapping.managed.as_deref() == Some(value)) {
            return Err(list::no_such_choice("managed", value));
        }
    }
    let mut mappings: Vec<&ScopeMapping> = state
        .mappings
        .iter()
        .filter(|mapping| visible.covers(&mapping.pk.to_string()))
        .filter(|mapping| managed.is_empty() || mapping.managed.as_deref().is_some_and(|value| managed.contains(&value)))
        .filter(|mapping| call.flag("managed__isnull").is_none_or(|null| mapping.managed.is_none() == null))
        .filter(|mapping| call.param("name").is_none_or(|name| mapping.name == name))
        .filter(|mapping| call.param("scope_name").is_none_or(|scope| mapping.scope_name == scope))
        .filter(|mapping| call.param("search").is_none_or(|search| list::matches(search, &[&mapping.name, &mapping.scope_name])))
        .collect();
    mappings.sort_by_key(|mapping| (&mapping.scope_name, &mapping.name));
    list::order(call, &mut mappings, &KEYS);
    list::paged(call, state, None, &mappings, |mapping| show(state, mapping))
}

pub(super) fn create(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    MAPPING.may_add(state, caller)?;
    let body = call.json()?;
    let mut mapping = ScopeMapping {
        pk: Uuid::nil(),
        managed: None,
        name: String::new(),
        expression: String::new(),
        scope_name: String::new(),
        description: String::new(),
    };
    read(state, Fields::new(&body, false), &mut mapping)?;
    mapping.pk = state.ids.uuid();
    let shown = show(state, &mapping);
    MAPPING.audit("model_created", &hex(mapping.pk), &mapping.name, state, call, Some(caller.user));
    state.mappings.push(mapping);
    Ok(message::json(StatusCode::CREATED, &shown))
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    MAPPING.may("view", key, state, caller)?;
    Ok(message::json(StatusCode::OK, &show(state, find(state, key)?)))
}

pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    MAPPING.may("change", key, state, caller)?;
    let mut mapping = find(state, key)?.clone();
    let body = call.json()?;
    read(state, Fields::new(&body, call.method == http::Method::PATCH), &mut mapping)?;
    let shown = show(state, &mapping);
    MAPPING.audit("model_updated", &hex(mapping.pk), &mapping.name, state, call, Some(caller.user));
    if let Some(stored) = state.mappings.iter_mut().find(|stored| stored.pk == mapping.pk) {
        *stored = mapping;
    }
    Ok(message::json(StatusCode::OK, &shown))
}

pub(super) fn delete(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    MAPPING.may("delete", key, state, caller)?;
    let mapping = find(state, key)?.clone();
    state.mappings.retain(|other| other.pk != mapping.pk);
    for provider in &mut state.providers {
        provider.property_mappings.retain(|pk| *pk != mapping.pk);
    }
    MAPPING.audit("model_deleted", &hex(mapping.pk), &mapping.name, state, call, Some(caller.user));
    Ok(message::empty(StatusCode::NO_CONTENT))
}

pub(super) fn used_by(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    MAPPING.may("view", key, state, caller)?;
    let mapping = find(state, key)?;
    let users: Vec<Value> = state
        .providers
        .iter()
        .filter(|provider| provider.property_mappings.contains(&mapping.pk))
        .map(|provider| {
            json!({
                "app": "authentik_core", "model_name": "provider", "pk": provider.pk.to_string(),
                "name": provider.name, "action": "cascade_many",
            })
        })
        .collect();
    Ok(message::json(StatusCode::OK, &users))
}

/// Evaluates a mapping for a user; leaves no event (recordings 130 to 137).
pub(super) fn test(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    if !state.reach(caller.user, "authentik_core.view_propertymapping").covers(key) {
        return Err(Refusal::forbidden());
    }
    let mapping = find(state, key)?;
    let body = call.json()?;
    let user = match body.get("user") {
        None | Some(Value::Null) => None,
        Some(pk) => {
            let known = pk.as_i64().and_then(|pk| state.users.get(pk));
            let user = known.ok_or_else(|| Refusal::field("user", &invalid_pk(pk)))?;
            if !state.reach(caller.user, &USER.permission("view")).covers(&user.pk.to_string()) {
                return Err(Refusal::forbidden());
            }
            Some(user)
        }
    };
    let (result, successful) = match expression::evaluate(&mapping.expression, state, user) {
        Ok(claims) if call.flag("format_result") == Some(true) => (python_json(&Value::Object(claims), true), true),
        Ok(claims) => (python_json(&Value::Object(claims), false), true),
        Err(raised) => (
            format!(
                "Traceback (most recent call last):\n  File \"{}\", line 2, in handler\nbuiltins.{}",
                mapping.name, raised.exception
            ),
            false,
        ),
    };
    let answer = json!({"result": result, "successful": successful});
    Ok(message::json(StatusCode::OK, &answer))
}

fn find<'a>(state: &'a State, key: &str) -> Result<&'a ScopeMapping, Refusal> {
    Uuid::parse_str(key).ok().and_then(|pk| state.mapping(pk)).ok_or_else(|| MAPPING.missing())
}

fn read(state: &State, mut fields: Fields, mapping: &mut ScopeMapping) -> Result<(), Refusal> {
    if let Some(name) = fields.text("name", REQUIRED) {
        let taken = |other: &ScopeMapping| other.name == name && other.pk != mapping.pk;
        if state.mappings.iter().any(taken) {
            fields.error("name", "Property Mapping with this name already exists.");
        }
        mapping.name = name;
    }
    if let Some(expression) = fields.text("expression", REQUIRED) {
        if let Some(fault) = expression::syntax_error(&expression) {
            fields.error("expression", &format!("Expression Syntax Error: {fault}"));
        }
        mapping.expression = expression;
    }
    if let Some(scope) = fields.text("scope_name", REQUIRED) {
        if scope.contains(' ') {
            fields.error("scope_name", "Value must not contain spaces.");
        }
        mapping.scope_name = scope;
    }
    if let Some(description) = fields.text("description", OPTIONAL) {
        mapping.description = description;
    }
    if fields.raw("managed") == Some(&Value::Null) {
        mapping.managed = None;
    } else if let Some(managed) = fields.text("managed", OPTIONAL) {
        mapping.managed = Some(managed);
    }
    fields.done()
}

/// A UUID as events have it: without dashes.
pub(super) fn hex(pk: Uuid) -> Value {
    json!(pk.simple().to_string())
}

/// JSON as Python's `json.dumps` writes it.
fn python_json(value: &Value, indented: bool) -> String {
    let mut out = Vec::new();
    let written = if indented {
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut out, formatter))
    } else {
        serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut out, Spaced))
    };
    written.ok().and_then(|()| String::from_utf8(out).ok()).unwrap_or_default()
}

/// One line with a space behind each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: std::io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: std::io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: std::io::Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}
