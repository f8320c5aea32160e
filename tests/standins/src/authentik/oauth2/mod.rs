//! OAuth 2.0 and OpenID Connect under `/application/o/` (docs/contract/authentik.md, sections 9 to 11).
//!
//! Played is what a sign-in with a code touches: authorization, token, user info, introspection, revocation, discovery, keys, end of
//! session, and CORS. Only the response type `code` succeeds. Tokens are shaped like JWTs; their signature is random, because no
//! client of the stand-in checks it.

pub(super) mod authorize;
mod client;
mod cors;
mod discovery;
mod end_session;
mod error;
mod introspect;
mod issue;
mod revoke;
mod token;
mod userinfo;

use http::Method;
use serde_json::{Value, json};

use super::{
    call::Call,
    claims, reply,
    state::{AuthorizationRequest, State},
};
use crate::message::Response;

/// Answers a request; `path` is what follows `/application/o/`.
pub(super) fn handle(state: &mut State, call: &Call, path: &str) -> Option<Response> {
    let post_only = |serve: fn(&mut State, &Call) -> Response, state: &mut State| match call.method {
        Method::POST => serve(state, call),
        Method::OPTIONS => cors::options_without_cors(),
        _ => reply::method_not_allowed("POST, OPTIONS"),
    };
    Some(match path {
        "authorize/" => authorize::handle(state, call),
        "token/" => match call.method {
            Method::POST => token::handle(state, call),
            Method::OPTIONS => cors::preflight(call),
            _ => reply::method_not_allowed("POST, OPTIONS"),
        },
        "userinfo/" => match call.method {
            Method::GET | Method::HEAD | Method::POST => userinfo::handle(state, call),
            Method::OPTIONS => cors::preflight(call),
            _ => reply::method_not_allowed("GET, POST, OPTIONS"),
        },
        "introspect/" => post_only(introspect::handle, state),
        "revoke/" => post_only(revoke::handle, state),
        _ => return of_application(state, call, path),
    })
}

fn of_application(state: &mut State, call: &Call, path: &str) -> Option<Response> {
    let (slug, rest) = path.split_once('/')?;
    let application = state.application(slug)?.clone();
    if rest == "end-session/" {
        return Some(end_session::handle(state, call, &application));
    }
    let provider = state.provider(application.provider?)?.clone();
    if !matches!(call.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    match rest {
        "" => Some(reply::redirect(&state.site.path(&format!("application/o/{slug}/.well-known/openid-configuration")))),
        ".well-known/openid-configuration" => Some(discovery::configuration(state, call, &application, &provider)),
        "jwks/" => Some(discovery::keys(state, &provider)),
        _ => None,
    }
}

/// What an authorization would let the client see, as the consent page lists it.
pub(super) fn permissions(state: &State, request: &AuthorizationRequest) -> Vec<Value> {
    let Some(provider) = state.provider(request.provider) else {
        return Vec::new();
    };
    claims::selected(state, provider)
        .into_iter()
        .filter(|mapping| request.scopes.contains(&mapping.scope_name))
        .map(|mapping| json!({"name": mapping.description, "id": mapping.scope_name}))
        .collect()
}
