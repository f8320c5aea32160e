//! `PUT /core/transactional/applications/`: provider, application and bindings at once, all of them new
//! (docs/contract/authentik.md, section 7).

use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    applications, bindings,
    fields::{Fields, invalid_choice},
    providers,
};
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        resource::{APPLICATION, BINDING, PROVIDER},
        state::{Binding, State},
    },
    message::{self, Response},
};

const MODEL: &str = "authentik_providers_oauth2.oauth2provider";

pub(super) fn apply(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let body = call.json()?;
    let app = part(&body, "app")?;
    let mut application = applications::read_new(state, Fields::new(app, false)).map_err(|refusal| refusal.within("app"))?;
    match body.get("provider_model") {
        None => return Err(Refusal::field("provider_model", "This field is required.")),
        Some(model) if model.as_str() != Some(MODEL) => {
            return Err(Refusal::field("provider_model", &invalid_choice(model)));
        }
        Some(_) => {}
    }
    let wanted = wanted_bindings(state, &body, application.pk)?;
    let mut provider =
        providers::read_new(state, Fields::new(part(&body, "provider")?, false)).map_err(|refusal| refusal.within("provider"))?;
    permit(state, caller, !wanted.is_empty())?;

    // The server rehearses the whole in a transaction that it rolls back: the rehearsal has used a key up (recording 293).
    provider.pk = state.next_provider;
    state.next_provider += 1;
    application.provider = Some(provider.pk);
    providers::insert(state, call, caller, provider);
    applications::insert(state, call, caller, application);
    for binding in wanted {
        bindings::insert(state, call, caller, binding);
    }
    Ok(message::json(StatusCode::OK, &json!({"applied": true, "logs": []})))
}

/// The bindings of the body; refused with what is wrong with each, before a provider is rehearsed (recording 937 of 2026.8.0-rc1).
fn wanted_bindings(state: &mut State, body: &Map<String, Value>, target: Uuid) -> Result<Vec<Binding>, Refusal> {
    let empty = Map::new();
    let entries = body.get("policy_bindings").and_then(Value::as_array).into_iter().flatten();
    let read: Vec<Result<Binding, Refusal>> = entries
        .map(|entry| bindings::read_new(state, Fields::new(entry.as_object().unwrap_or(&empty), false), Some(target)))
        .collect();
    if read.iter().all(Result::is_ok) {
        return Ok(read.into_iter().flatten().collect());
    }
    let faults: Vec<Value> = read.into_iter().map(|entry| entry.err().map_or_else(|| json!({}), Refusal::into_body)).collect();
    Err(Refusal::invalid(json!({"policy_bindings": faults})))
}

/// Refused, by entry, unless the caller may create each kind (recording 299).
fn permit(state: &State, caller: &Caller, with_bindings: bool) -> Result<(), Refusal> {
    let entries = [("provider", &PROVIDER), ("app", &APPLICATION), ("policy_bindings", &BINDING)];
    for (entry, resource) in entries {
        if entry == "policy_bindings" && !with_bindings {
            continue;
        }
        if !state.may(caller.user, &resource.permission("add")) {
            let model = format!("{}.{}", resource.app, resource.codename);
            return Err(Refusal::forbidden_with(json!({entry: format!("User lacks permission to create {model}")})));
        }
    }
    Ok(())
}

fn part<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    body.get(name).and_then(Value::as_object).ok_or_else(|| Refusal::field(name, "This field is required."))
}
