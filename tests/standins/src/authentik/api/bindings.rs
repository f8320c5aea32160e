//! `/policies/bindings/` (docs/contract/authentik.md, section 7).

use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    fields::{Fields, invalid_pk},
    groups, list,
    mappings::hex,
    partial, users,
};
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        resource::BINDING,
        state::{Binding, Bound, State},
        time,
    },
    message::{self, Response},
};

fn show(state: &State, binding: &Binding) -> Value {
    let (policy, group, user) = match binding.bound {
        Bound::Policy(pk) => (Some(pk), None, None),
        Bound::Group(pk) => (None, Some(pk), None),
        Bound::User(pk) => (None, None, Some(pk)),
    };
    let whole = state.profile.shows_whole_objects_in_bindings();
    let group_obj = group
        .and_then(|pk| state.groups.get(&pk))
        .map(|group| if whole { groups::show_one(state, group, true) } else { partial::group(state, group) });
    let user_obj = user
        .and_then(|pk| state.users.get(pk))
        .map(|user| if whole { users::show(state, user, true, true) } else { partial::user(user) });
    let mut shown = json!({
        "pk": binding.pk,
        "policy": policy,
        "group": group,
        "user": user,
        "policy_obj": policy.map(show_policy),
        "group_obj": group_obj,
        "user_obj": user_obj,
        "target": binding.target,
        "negate": binding.negate,
        "enabled": binding.enabled,
        "order": binding.order,
        "timeout": binding.timeout,
        "failure_result": binding.failure_result,
    });
    if state.profile.has_expiring_bindings() {
        shown["expires"] = json!(binding.expires.map(time::iso));
        shown["expiring"] = json!(binding.expires.is_some());
    }
    shown
}

fn show_policy(pk: Uuid) -> Value {
    json!({
        "pk": pk,
        "name": "Working hours",
        "execution_logging": false,
        "component": "ak-policy-expression-form",
        "verbose_name": "Expression Policy",
        "verbose_name_plural": "Expression Policies",
        "meta_model_name": "authentik_policies_expression.expressionpolicy",
        "bound_to": 1,
    })
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = BINDING.visible(state, caller)?;
    let target_in: Vec<&str> = call.params("target_in").iter().flat_map(|list| list.split(',')).collect();
    let mut bindings: Vec<&Binding> = state
        .bindings
        .iter()
        .rev()
        .filter(|binding| binding.is_live(state.now) && visible.covers(&binding.pk.to_string()))
        .filter(|binding| call.param("target").is_none_or(|pk| binding.target.to_string() == pk))
        .filter(|binding| target_in.is_empty() || target_in.contains(&binding.target.to_string().as_str()))
        .filter(|binding| call.flag("enabled").is_none_or(|enabled| binding.enabled == enabled))
        .filter(|binding| call.flag("policy__isnull").is_none_or(|is| is != matches!(binding.bound, Bound::Policy(_))))
        .filter(|binding| call.param("order").is_none_or(|order| binding.order.to_string() == order))
        .collect();
    bindings.sort_by_key(|binding| binding.order);
    list::paged(call, state, None, &bindings, |binding| show(state, binding))
}

pub(super) fn create(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    BINDING.may_add(state, caller)?;
    let body = call.json()?;
    let mut fields = Fields::new(&body, false);
    let target = target(state, &mut fields);
    let binding = read_new(state, fields, target)?;
    let shown = show(state, &binding);
    insert(state, call, caller, binding);
    Ok(message::json(StatusCode::CREATED, &shown))
}

/// A new binding from its fields; the same group may be bound twice (recording 283).
pub(super) fn read_new(state: &mut State, fields: Fields, target: Option<Uuid>) -> Result<Binding, Refusal> {
    let mut binding = Binding::new(state.ids.uuid(), target.unwrap_or_default(), Bound::User(0));
    read(state, fields, &mut binding)?;
    Ok(binding)
}

/// Stores a new binding.
pub(super) fn insert(state: &mut State, call: &Call, caller: &Caller, binding: Binding) {
    audit("model_created", &binding, state, call, caller);
    state.bindings.push(binding);
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    BINDING.may("view", key, state, caller)?;
    Ok(message::json(StatusCode::OK, &show(state, find(state, key)?)))
}

pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    BINDING.may("change", key, state, caller)?;
    let mut binding = find(state, key)?.clone();
    let body = call.json()?;
    let partial = call.method == http::Method::PATCH;
    // The check looks for the target in the body only (recordings 980 to 982 of 2026.8.0-rc1).
    if body.get("target").is_none() {
        let message = "'NoneType' object has no attribute 'supported_policy_binding_targets'";
        let context = Map::from_iter([("message".to_owned(), json!(message))]);
        state.record("system_exception", "authentik.events.middleware", Some(caller.user), context);
        return Err(Refusal::server_error());
    }
    let mut fields = Fields::new(&body, partial);
    if let Some(target) = target(state, &mut fields) {
        binding.target = target;
    }
    read(state, fields, &mut binding)?;
    let shown = show(state, &binding);
    audit("model_updated", &binding, state, call, caller);
    if let Some(stored) = state.bindings.iter_mut().find(|stored| stored.pk == binding.pk) {
        *stored = binding;
    }
    Ok(message::json(StatusCode::OK, &shown))
}

pub(super) fn delete(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    BINDING.may("delete", key, state, caller)?;
    let binding = find(state, key)?.clone();
    state.bindings.retain(|other| other.pk != binding.pk);
    audit("model_deleted", &binding, state, call, caller);
    Ok(message::empty(StatusCode::NO_CONTENT))
}

fn audit(what: &str, binding: &Binding, state: &mut State, call: &Call, caller: &Caller) {
    let name = format!("Binding #{} to {}", binding.order, binding.target);
    BINDING.audit(what, &hex(binding.pk), &name, state, call, Some(caller.user));
}

fn find<'a>(state: &'a State, key: &str) -> Result<&'a Binding, Refusal> {
    state.bindings.iter().find(|binding| binding.pk.to_string() == key).ok_or_else(|| BINDING.missing())
}

fn target(state: &State, fields: &mut Fields) -> Option<Uuid> {
    let known = |pk: Uuid| state.applications.iter().any(|application| application.pk == pk);
    fields.reference("target", known)
}

fn read(state: &State, mut fields: Fields, binding: &mut Binding) -> Result<(), Refusal> {
    if let Some(order) = fields.integer("order", true) {
        binding.order = order;
    }
    if let Some(timeout) = fields.integer("timeout", false) {
        binding.timeout = timeout;
    }
    if let Some(negate) = fields.boolean("negate") {
        binding.negate = negate;
    }
    if let Some(enabled) = fields.boolean("enabled") {
        binding.enabled = enabled;
    }
    if let Some(result) = fields.boolean("failure_result") {
        binding.failure_result = result;
    }
    let (mut policy, mut group) = (None, None);
    fields.nullable_reference("policy", |_| false, &mut policy);
    fields.nullable_reference("group", |pk| state.groups.contains_key(&pk), &mut group);
    let user = match fields.raw("user") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let known = value.as_i64().filter(|pk| state.users.get(*pk).is_some());
            if known.is_none() {
                fields.error("user", &invalid_pk(value));
            }
            known
        }
    };
    // The rule about all three fields is asked only when each is valid by itself (recordings 284, 285).
    fields.done()?;
    match (group, user) {
        (Some(_), Some(_)) => Err(Refusal::field("non_field_errors", "Only one of 'group', 'policy', 'user' can be set.")),
        (Some(pk), None) => {
            binding.bound = Bound::Group(pk);
            Ok(())
        }
        (None, Some(pk)) => {
            binding.bound = Bound::User(pk);
            Ok(())
        }
        (None, None) => Err(Refusal::field("non_field_errors", "One of 'group', 'policy', 'user' must be set.")),
    }
}
