//! Which foreign pages may read an answer (recordings 621 to 640).

use http::{
    HeaderName, StatusCode,
    header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, VARY},
};
use serde_json::json;
use url::Url;

use super::error::uncached;
use crate::{
    authentik::{call::Call, reply, state::Provider},
    message::{self, Response},
};

/// Lets the page read the answer if its origin is that of one of the provider's redirect URIs.
pub(super) fn allow(response: Response, call: &Call, provider: Option<&Provider>) -> Response {
    match call.header("origin") {
        Some(origin) if provider.is_some_and(|provider| is_registered(origin, provider)) => readable_by(response, origin),
        _ => response,
    }
}

/// The answer to a preflight of the token or user info endpoint: every origin may ask.
pub(super) fn preflight(call: &Call) -> Response {
    let response = uncached(message::json(StatusCode::OK, &json!({})));
    match call.header("origin") {
        Some(origin) => with(readable_by(response, origin), ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        None => response,
    }
}

/// OPTIONS on an endpoint without CORS.
pub(super) fn options_without_cors() -> Response {
    with(message::html(StatusCode::OK, String::new()), ALLOW, "POST, OPTIONS")
}

/// Lets every page read the answer.
pub(super) fn public(response: Response) -> Response {
    with(response, ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}

fn readable_by(response: Response, origin: &str) -> Response {
    let response = with(response, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let response = with(response, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    with(response, VARY, "Origin, Accept-Language, Cookie")
}

fn is_registered(origin: &str, provider: &Provider) -> bool {
    let parsed = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    let Some(origin) = parsed(origin).filter(url::Origin::is_tuple) else {
        return false;
    };
    provider.redirect_uris.iter().any(|uri| parsed(&uri.url).as_ref() == Some(&origin))
}

fn with(response: Response, name: HeaderName, value: &str) -> Response {
    reply::with_header(response, name, value)
}
