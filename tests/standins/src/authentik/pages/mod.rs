//! The pages that a browser sees: flows, the admin interface to click through, errors. Server-rendered, without scripts.

mod admin;
pub(super) mod error;
mod flow;
mod layout;
mod library;
mod script;

use http::Method;

use super::{call::Call, reply, state::State};
use crate::message::Response;

/// Answers a request for a page; `None` if there is none.
pub(super) fn handle(state: &mut State, call: &Call) -> Option<Response> {
    let path = call.path.as_str();
    if let Some(slug) = path.strip_prefix("if/flow/").and_then(|rest| rest.strip_suffix('/')) {
        return flow::handle(state, call, slug);
    }
    if !matches!(call.method, Method::GET | Method::HEAD) {
        return None;
    }
    match path {
        "" => Some(reply::redirect(&state.site.path("if/user/"))),
        "if/admin/" => Some(admin::handle(state, call)),
        "if/user/" => Some(library::handle(state, call)),
        "flows/-/default/authentication/" => {
            let slug = state.authentication_flow.clone();
            Some(to_flow(state, call, &slug))
        }
        "flows/-/default/invalidation/" => {
            let slug = state.invalidation_flow.clone();
            Some(to_flow(state, call, &slug))
        }
        _ => None,
    }
}

fn to_flow(state: &State, call: &Call, slug: &str) -> Response {
    let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
    reply::redirect(&state.site.path(&format!("if/flow/{slug}/{query}")))
}
