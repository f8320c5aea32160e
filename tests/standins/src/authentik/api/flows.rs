//! `/flows/instances/` (docs/contract/authentik.md, section 6).

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::list;
use crate::{
    authentik::{
        access::{Caller, Reach},
        call::Call,
        refusal::Refusal,
        resource::FLOW,
        state::{Designation, Flow, State},
    },
    message::{self, Response},
};

const KEYS: [list::Key<Flow>; 3] = [
    ("slug", |flow| flow.slug.clone()),
    ("name", |flow| flow.name.clone()),
    ("designation", |flow| flow.designation.name().to_owned()),
];

/// The picture behind every flow that has none of its own.
const BACKGROUND: &str = "/static/dist/assets/images/flow_background.jpg";

fn show(state: &State, flow: &Flow) -> Value {
    let stages: Vec<Uuid> = flow.stages.iter().map(|stage| stage.pk).collect();
    let mut shown = json!({
        "pk": flow.pk,
        "policybindingmodel_ptr_id": flow.binding_pk,
        "name": flow.name,
        "slug": flow.slug,
        "title": flow.title,
        "designation": flow.designation.name(),
        "background": BACKGROUND,
        "stages": stages,
        "policies": flow.policies,
        "cache_count": 0,
        "policy_engine_mode": "any",
        "compatibility_mode": false,
        "export_url": state.site.path(&format!("api/v3/flows/instances/{}/export/", flow.slug)),
        "layout": "stacked",
        "denied_action": "message_continue",
        "authentication": flow.authentication,
    });
    if state.profile.has_themed_urls() {
        shown["background"] = json!("");
        shown["background_url"] = json!(BACKGROUND);
        shown["background_themed_urls"] = Value::Null;
    }
    shown
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = FLOW.visible(state, caller)?;
    if let Some(designation) = call.param("designation")
        && !Designation::NAMES.contains(&designation)
    {
        return Err(list::no_such_choice("designation", designation));
    }
    let mut flows: Vec<&Flow> = state
        .flows
        .iter()
        .filter(|flow| visible.covers(&flow.pk.to_string()))
        .filter(|flow| call.param("designation").is_none_or(|wanted| flow.designation.name() == wanted))
        .filter(|flow| call.param("slug").is_none_or(|slug| flow.slug == slug))
        .filter(|flow| call.param("name").is_none_or(|name| flow.name == name))
        .filter(|flow| call.param("flow_uuid").is_none_or(|pk| flow.pk.to_string() == pk))
        .filter(|flow| {
            call.param("search")
                .is_none_or(|search| list::matches(search, &[&flow.name, &flow.slug, &flow.title, flow.designation.name()]))
        })
        .collect();
    list::order(call, &mut flows, &KEYS);
    list::paged(call, state, None, &flows, |flow| show(state, flow))
}

pub(super) fn retrieve(state: &State, caller: &Caller, slug: &str) -> Result<Response, Refusal> {
    let visible = FLOW.visible(state, caller)?;
    let flow = state
        .flow_named(slug)
        .filter(|flow| visible == Reach::Everything || visible.covers(&flow.pk.to_string()))
        .ok_or_else(|| FLOW.missing())?;
    Ok(message::json(StatusCode::OK, &show(state, flow)))
}
