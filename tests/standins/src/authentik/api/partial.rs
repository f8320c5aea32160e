//! Objects as other objects show them.

use serde_json::{Value, json};

use crate::authentik::{
    state::{Group, User},
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
pub(super) fn group(group: &Group) -> Value {
    json!({
        "pk": group.pk,
        "num_pk": group.num_pk,
        "name": group.name,
        "is_superuser": group.is_superuser,
        "attributes": group.attributes,
    })
}
