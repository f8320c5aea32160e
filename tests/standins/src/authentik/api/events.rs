//! `/events/events/` (docs/contract/authentik.md, section 14).

use http::StatusCode;
use serde_json::{Value, json};

use super::list;
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        resource::EVENT,
        state::{Event, State},
        time,
    },
    message::{self, Response},
};

const KEYS: [list::Key<Event>; 3] = [
    ("created", |event| format!("{:020}", event.created)),
    ("action", |event| event.action.clone()),
    ("app", |event| event.app.clone()),
];

fn show(event: &Event) -> Value {
    json!({
        "pk": event.pk,
        "user": event.user,
        "action": event.action,
        "app": event.app,
        "context": event.context,
        "client_ip": "192.0.2.10",
        "created": time::iso(event.created),
        "expires": time::iso(event.expires),
        "brand": {
            "pk": "c906d44294d34c17a6591482fd080498",
            "app": "authentik_brands",
            "name": "Default brand",
            "model_name": "brand",
        },
    })
}

/// Newest first. The action is searched as a part, so an unknown one finds nothing (recording 711).
pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = EVENT.visible(state, caller)?;
    let actions = if state.profile.filters_event_actions() { call.params("actions") } else { Vec::new() };
    let within = |event: &Event, path: [&str; 2], wanted: &str| {
        let value = event.context.get(path[0]).and_then(|object| object.get(path[1]));
        match value {
            Some(Value::String(text)) => text == wanted,
            Some(value) => wanted.parse::<Value>().is_ok_and(|wanted| *value == wanted),
            None => false,
        }
    };
    let narrowed = |name: &str, path: [&str; 2], event: &Event| call.param(name).is_none_or(|wanted| within(event, path, wanted));
    let mut events: Vec<&Event> = state
        .events
        .iter()
        .rev()
        .filter(|event| event.expires > state.now)
        .filter(|event| visible.covers(&event.pk.to_string()))
        .filter(|event| call.param("action").is_none_or(|action| event.action.to_lowercase().contains(&action.to_lowercase())))
        .filter(|event| actions.is_empty() || actions.contains(&event.action.as_str()))
        .filter(|event| call.param("username").is_none_or(|name| event.user["username"] == json!(name)))
        .filter(|event| narrowed("context_authorized_app", ["authorized_application", "pk"], event))
        .filter(|event| narrowed("context_model_pk", ["model", "pk"], event))
        .filter(|event| narrowed("context_model_name", ["model", "model_name"], event))
        .filter(|event| narrowed("context_model_app", ["model", "app"], event))
        .filter(|event| {
            call.param("search").is_none_or(|search| {
                let texts = [
                    event.pk.to_string(),
                    event.user.to_string(),
                    event.action.clone(),
                    event.app.clone(),
                    json!(event.context).to_string(),
                ];
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                list::matches(search, &texts)
            })
        })
        .collect();
    if call.param("ordering").is_some_and(|ordering| ordering != "-created") {
        list::order(call, &mut events, &KEYS);
    }
    list::paged(call, state, Some(&EVENT), &events, |event| show(event))
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    EVENT.may("view", key, state, caller)?;
    let event = state.events.iter().find(|event| event.pk.to_string() == key).ok_or_else(|| EVENT.missing())?;
    Ok(message::json(StatusCode::OK, &show(event)))
}
