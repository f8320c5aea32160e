//! `/api/v1/<action>/<category>/<object>/<extra>` (docs/contract/mailcow.md, section 4).

mod read;
mod reply;
mod search;
mod views;
mod write;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderValue, ORIGIN,
    VARY,
};
use http::{Method, StatusCode};

use self::reply::{failure, not_found, silent};
use super::exchange::Exchange;
use super::incoming::Body;
use crate::message::{Response, empty};

/// Refuses a wrong API key; PHP has not set a content type yet (recording 019).
pub(super) fn authentication_failed() -> Response {
    let mut response = failure(StatusCode::UNAUTHORIZED, "authentication failed");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// Answers a call and adds the headers that all answers of the API have.
pub(super) fn answer(exchange: &mut Exchange<'_>) -> Response {
    let mut response = route(exchange);
    let origin = exchange.state.origin.clone();
    let allow_origin =
        exchange.profile.cors_names_own_origin_always() || exchange.incoming.header(ORIGIN) == Some(origin.as_str());
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding, Origin"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE, OPTION, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Accept, Content-Type, X-Api-Key, Origin"));
    if let Some(value) = HeaderValue::from_str(&origin).ok().filter(|_| allow_origin) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
    }
    if exchange.session().api {
        exchange.session_mut().queue.clear();
    }
    response
}

fn route(exchange: &mut Exchange<'_>) -> Response {
    if *exchange.incoming.method == Method::OPTIONS {
        let mut response = empty(StatusCode::OK);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        return response;
    }
    if exchange.incoming.header("sec-fetch-dest").is_some_and(|destination| destination != "empty") {
        return silent(StatusCode::FORBIDDEN);
    }
    if matches!(exchange.incoming.body, Body::BrokenJson) {
        return failure(StatusCode::BAD_REQUEST, "Request body doesn't contain valid json!");
    }
    let path = exchange.incoming.path.trim_start_matches("/api/v1").trim_start_matches('/').to_owned();
    let mut parts = path.splitn(4, '/').map(decode);
    let mut next = || parts.next().unwrap_or_default();
    let (action, category, object, extra) = (next(), next(), next(), next());
    match action.as_str() {
        "get" if *exchange.incoming.method != Method::GET => {
            failure(StatusCode::METHOD_NOT_ALLOWED, "only GET method is allowed")
        }
        "get" => read::answer(exchange, &category, &object, &extra),
        "search" if exchange.profile.search_routes() => search::answer(exchange, &category),
        "add" | "edit" | "delete" => write::answer(exchange, &action, &category, &object),
        _ => not_found(),
    }
}

fn decode(part: &str) -> String {
    // A plus sign stays one: form decoding would make it a space.
    let part = part.replace('+', "%2B");
    url::form_urlencoded::parse(part.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}
