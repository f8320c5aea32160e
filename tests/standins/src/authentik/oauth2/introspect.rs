//! Introspection: every failure looks alike (recordings 531 to 535).

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{Credentials, ServerFailure},
    error::uncached,
    userinfo::live_token,
};
use crate::{
    authentik::{
        call::{Call, last},
        state::State,
    },
    message::{self, Response},
};

pub(super) fn handle(state: &mut State, call: &Call) -> Response {
    let body = match examine(state, call) {
        Ok(Some(token)) => token,
        Ok(None) => json!({"active": false}),
        Err(ServerFailure) => return ServerFailure::answer(state),
    };
    uncached(message::json(StatusCode::OK, &body))
}

fn examine(state: &mut State, call: &Call) -> Result<Option<Value>, ServerFailure> {
    let form = call.form();
    let credentials = Credentials::of(state, call, &form);
    let Some(provider) = state.client(&credentials.id).cloned() else {
        return Ok(None);
    };
    if !credentials.agree(&provider, state)? {
        return Ok(None);
    }
    let presented = last(&form, "token").unwrap_or_default();
    let Some(token) = live_token(state, presented).filter(|token| token.grant.provider == provider.pk) else {
        return Ok(None);
    };
    let mut body: Value = serde_json::from_str(&token.id_token).unwrap_or_else(|_| json!({}));
    body["active"] = json!(true);
    body["scope"] = json!(token.grant.scopes.join(" "));
    body["client_id"] = json!(provider.client_id);
    Ok(Some(body))
}
