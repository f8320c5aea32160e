//! Answers that several calls give.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use crate::message::{Response, empty, json as answer_json};

pub(super) fn ok(body: &Value) -> Response {
    answer_json(StatusCode::OK, body)
}

/// An empty list or object: PHP sends `{}` for both.
pub(super) fn nothing() -> Response {
    ok(&json!({}))
}

pub(super) fn list(items: Vec<Value>) -> Response {
    if items.is_empty() { nothing() } else { ok(&Value::Array(items)) }
}

/// No body at all, yet said to be JSON.
pub(super) fn silent(status: StatusCode) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

pub(super) fn failure(status: StatusCode, msg: &str) -> Response {
    answer_json(status, &json!({"type": "error", "msg": msg}))
}

pub(super) fn not_found() -> Response {
    failure(StatusCode::NOT_FOUND, "route not found")
}
