//! `/core/groups/` (docs/contract/authentik.md, section 8).

use std::collections::HashMap;

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    fields::{Fields, REQUIRED},
    list,
    mappings::hex,
    object_attributes, partial,
};
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        resource::GROUP,
        state::{AttributeOf, Group, State, User},
    },
    message::{self, Response},
};

const KEYS: [list::Key<Group>; 2] =
    [("name", |group| group.name.clone()), ("is_superuser", |group| group.is_superuser.to_string())];

fn show(state: &State, group: &Group, members: &[&User], with_users: bool) -> Value {
    let pks: Vec<i64> = members.iter().map(|user| user.pk).collect();
    let users_obj: Option<Vec<Value>> = with_users.then(|| members.iter().map(|user| partial::user(user)).collect());
    let mut shown = partial::group(state, group);
    shown["users"] = json!(pks);
    shown["users_obj"] = users_obj.into();
    shown["roles"] = json!(group.roles);
    shown["roles_obj"] = state.role_names(&group.roles);
    if state.profile.has_group_children() {
        let children = state.groups.values().filter(|other| other.parents.contains(&group.pk)).map(|other| other.pk);
        shown["children"] = json!(children.collect::<Vec<Uuid>>());
        shown["children_obj"] = Value::Null;
    }
    if state.profile.has_group_parents() {
        shown["parents"] = json!(group.parents);
        shown["parents_obj"] = Value::Null;
        shown["inherited_roles_obj"] = Value::Null;
    }
    shown
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = GROUP.visible(state, caller)?;
    let mut groups: Vec<&Group> = state
        .groups
        .values()
        .filter(|group| visible.covers(&group.pk.to_string()))
        .filter(|group| call.param("name").is_none_or(|name| group.name == name))
        .filter(|group| call.flag("is_superuser").is_none_or(|wanted| group.is_superuser == wanted))
        .filter(|group| call.param("search").is_none_or(|search| list::matches(search, &[&group.name])))
        .collect();
    groups.sort_by(|left, right| left.name.cmp(&right.name));
    list::order(call, &mut groups, &KEYS);
    let members = members(state);
    let with_users = call.flag("include_users") != Some(false);
    list::paged(call, state, Some(&GROUP), &groups, |group| {
        let members = members.get(&group.pk).map_or(&[][..], Vec::as_slice);
        show(state, group, members, with_users)
    })
}

pub(super) fn retrieve(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    GROUP.may("view", key, state, caller)?;
    Ok(answer(state, call, find(state, key)?))
}

/// Changes a group. `attributes` is replaced as a whole (recordings 316, 317).
pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    GROUP.may("change", key, state, caller)?;
    let mut group = find(state, key)?.clone();
    let body = call.json()?;
    read(state, Fields::new(&body, call.method == http::Method::PATCH), &mut group)?;
    object_attributes::enforce(state, AttributeOf::Groups, &body)?;
    GROUP.audit("model_updated", &hex(group.pk), &group.name, state, call, Some(caller.user));
    state.groups.insert(group.pk, group);
    Ok(answer(state, call, find(state, key)?))
}

fn answer(state: &State, call: &Call, group: &Group) -> Response {
    message::json(StatusCode::OK, &show_one(state, group, call.flag("include_users") != Some(false)))
}

/// A group as the API shows it by itself.
pub(super) fn show_one(state: &State, group: &Group, with_users: bool) -> Value {
    let mut members: Vec<&User> = state.users.iter().filter(|user| user.groups.contains(&group.pk)).collect();
    as_given(&mut members);
    show(state, group, &members, with_users)
}

fn find<'a>(state: &'a State, key: &str) -> Result<&'a Group, Refusal> {
    Uuid::parse_str(key).ok().and_then(|pk| state.groups.get(&pk)).ok_or_else(|| GROUP.missing())
}

fn read(state: &State, mut fields: Fields, group: &mut Group) -> Result<(), Refusal> {
    if let Some(name) = fields.text("name", REQUIRED) {
        if state.group_named(&name).is_some_and(|other| other.pk != group.pk) {
            fields.error("name", "This field must be unique.");
        }
        group.name = name;
    }
    if let Some(attributes) = fields.dictionary("attributes") {
        group.attributes = attributes;
    }
    fields.done()
}

/// The members of every group, by one walk over the users.
fn members(state: &State) -> HashMap<Uuid, Vec<&User>> {
    let mut members: HashMap<Uuid, Vec<&User>> = HashMap::new();
    for user in state.users.iter() {
        for group in &user.groups {
            members.entry(*group).or_default().push(user);
        }
    }
    for members in members.values_mut() {
        as_given(members);
    }
    members
}

/// Nothing orders them: whoever was changed last comes last (recordings 989 and 990 of 2026.8.0-rc1).
fn as_given(members: &mut [&User]) {
    members.sort_by_key(|user| user.last_updated);
}
