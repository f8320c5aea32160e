//! Revocation: also the check of client credentials without side effects (recordings 536 to 549).

use http::StatusCode;
use serde_json::json;

use super::{
    client::{Credentials, ServerFailure},
    error::{OAuthError, uncached},
};
use crate::{
    authentik::{
        call::{Call, last},
        state::State,
    },
    message::{self, Response},
};

pub(super) fn handle(state: &mut State, call: &Call) -> Response {
    let form = call.form();
    let credentials = Credentials::of(state, call, &form);
    let refused = |state: &State| OAuthError::InvalidClient.answer(StatusCode::UNAUTHORIZED, state, call);
    let Some(provider) = state.client(&credentials.id).cloned() else {
        return refused(state);
    };
    if !(provider.is_public && state.profile.revokes_public_clients_freely()) {
        match credentials.agree(&provider, state) {
            Ok(true) => {}
            Ok(false) => return refused(state),
            Err(ServerFailure) => return ServerFailure::answer(state),
        }
    }
    let presented = last(&form, "token").unwrap_or_default();
    for token in state.access_tokens.iter_mut().chain(&mut state.refresh_tokens) {
        if token.token == presented && token.grant.provider == provider.pk {
            token.revoked = true;
        }
    }
    uncached(message::json(StatusCode::OK, &json!({})))
}
