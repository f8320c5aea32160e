//! Objects as other objects show them.

use serde_json::{Value, json};

use crate::authentik::{
    state::{Group, State, User},
    time,
};

/// A user as groups and bindings show him.
pub(super) fn user(user: &User) -> Value {
    json!({
        "pk": user.pk,
        "username": user.username,
        "name": user.name,
        "is_active": user.is_active,
        "last_login": user.last_login.map(time::iso),
        "email": user.email,
        "attributes": user.attributes,
        "uid": user.uid(),
    })
}

/// A group as users and bindings show it.
pub(super) fn group(state: &State, group: &Group) -> Value {
    let mut shown = json!({
        "pk": group.pk,
        "num_pk": group.num_pk,
        "name": group.name,
        "is_superuser": group.is_superuser,
        "attributes": group.attributes,
    });
    if !state.profile.has_group_parents() {
        let parent = group.parents.first();
        shown["parent"] = json!(parent);
        shown["parent_name"] = json!(parent.and_then(|pk| state.groups.get(pk)).map(|parent| &parent.name));
    }
    shown
}
