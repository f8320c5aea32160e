//! Client credentials: where they are in a request, and how the secret is compared.

use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;
use serde_json::{Map, json};

use crate::{
    authentik::{
        call::{Call, Pairs, last},
        pages,
        state::{Provider, State},
    },
    message::Response,
};

/// The server failed over a request: it is answered like a path that does not exist.
pub(super) struct ServerFailure;

impl ServerFailure {
    pub(super) fn answer(state: &State) -> Response {
        pages::error::server_error(state)
    }
}

/// Client ID and secret as the client states them.
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: String,
}

impl Credentials {
    /// From HTTP Basic or, without it, from the form. Only Basic is percent-decoded, and only by 2026.2 and later.
    pub(super) fn of(state: &State, call: &Call, form: &Pairs) -> Self {
        let basic = call
            .header("authorization")
            .and_then(|value| value.strip_prefix("Basic "))
            .and_then(|value| BASE64_STANDARD.decode(value).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match basic.as_deref().and_then(|pair| pair.split_once(':')) {
            Some((id, secret)) if state.profile.decodes_basic_credentials() => Self {
                id: percent_decode_str(id).decode_utf8_lossy().into_owned(),
                secret: percent_decode_str(secret).decode_utf8_lossy().into_owned(),
            },
            Some((id, secret)) => Self { id: id.to_owned(), secret: secret.to_owned() },
            None => Self {
                id: last(form, "client_id").unwrap_or_default().to_owned(),
                secret: last(form, "client_secret").unwrap_or_default().to_owned(),
            },
        }
    }

    /// Whether the secret is the provider's. `Err` is the failure of the server over a character outside ASCII, with its event
    /// (recordings 546, 567).
    pub(super) fn agree(&self, provider: &Provider, state: &mut State) -> Result<bool, ServerFailure> {
        if state.profile.fails_on_non_ascii_secret() && !(self.secret.is_ascii() && provider.client_secret.is_ascii()) {
            let mut context = Map::new();
            context.insert("message".to_owned(), json!("comparing strings with non-ASCII characters is not supported"));
            state.record("system_exception", "authentik.events.middleware", None, context);
            return Err(ServerFailure);
        }
        Ok(self.secret == provider.client_secret)
    }
}
