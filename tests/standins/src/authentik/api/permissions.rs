//! `/rbac/permissions/` (docs/contract/authentik.md, section 2; recording 033): anybody who is signed in may ask which permissions on
//! all objects a role has.

use serde_json::json;

use super::list;
use crate::{
    authentik::{call::Call, refusal::Refusal, state::State},
    message::Response,
};

/// The permissions of the role that the request names, and no others: Cowbell never asks for all.
pub(super) fn list(state: &State, call: &Call) -> Result<Response, Refusal> {
    let asked = call.param("role").ok_or_else(Refusal::not_simulated)?;
    let role = state.roles.iter().find(|role| role.pk.to_string() == asked);
    let unknown = || Refusal::field("role", "Select a valid choice. That choice is not one of the available choices.");
    let permissions = &role.ok_or_else(unknown)?.permissions;
    let parts = permissions.iter().filter_map(|permission| {
        let (app, codename) = permission.split_once('.')?;
        Some((app, codename, codename.split_once('_')?.1))
    });
    let is = |name: &str, value: &str| call.param(name).is_none_or(|wanted| wanted == value);
    let found: Vec<_> = parts
        .filter(|(app, codename, model)| {
            is("content_type__app_label", app) && is("content_type__model", model) && is("codename", codename)
        })
        .enumerate()
        .collect();
    list::paged(call, state, None, &found, |(id, (app, codename, model))| {
        json!({
            "id": id,
            "name": codename,
            "codename": codename,
            "model": model,
            "app_label": app,
            "app_label_verbose": app,
            "model_verbose": model,
        })
    })
}
