//! The user info endpoint (docs/contract/authentik.md, section 11).

use http::{StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use super::{cors, error::uncached, issue};
use crate::{
    authentik::{
        call::{Call, last},
        claims,
        merge::merge,
        reply,
        state::{State, Token},
    },
    message::{self, Response},
};

pub(super) fn handle(state: &mut State, call: &Call) -> Response {
    let form = call.form();
    let presented = call
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        .or_else(|| call.param("access_token"))
        .or_else(|| last(&form, "access_token"))
        .unwrap_or_default();
    let Some(token) = live_token(state, presented).cloned() else {
        return refused(
            StatusCode::UNAUTHORIZED,
            "error=\"invalid_token\", error_description=\"The access token provided is expired, revoked, malformed, or invalid for other reasons\"",
        );
    };
    let provider = state.provider(token.grant.provider).cloned();
    if !token.grant.scopes.iter().any(|scope| scope == "openid") {
        return refused(
            StatusCode::FORBIDDEN,
            "error=\"insufficient_scope\", error_description=\"The request requires higher privileges than provided by the access token\"",
        );
    }
    let mut answer = Map::new();
    if let Some(provider) = &provider {
        let subject = state.users.get(token.grant.user).map(|user| claims::subject(provider, user));
        answer.insert("sub".to_owned(), json!(subject));
        let more = issue::scope_claims(state, call, provider, &token.grant);
        merge(&mut answer, more);
    }
    if let Some(nonce) = &token.grant.nonce {
        answer.insert("nonce".to_owned(), json!(nonce));
    }
    let response = uncached(message::json(StatusCode::OK, &Value::Object(answer)));
    cors::allow(response, call, provider.as_ref())
}

/// The access token, if it is known, not revoked and not expired.
pub(super) fn live_token<'a>(state: &'a State, presented: &str) -> Option<&'a Token> {
    state.access_tokens.iter().find(|token| token.token == presented && !token.revoked && token.expires >= state.now)
}

fn refused(status: StatusCode, why: &str) -> Response {
    reply::with_header(message::html(status, String::new()), WWW_AUTHENTICATE, why)
}
