//! The ways in which the API says no.

use http::StatusCode;
use serde_json::{Value, json};

use super::words;
use crate::language::Language;
use crate::message::{self, Response};

/// A refused API call: its status and JSON body.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    /// No session and no token. 403, never 401 (docs/contract/authentik.md, section 2).
    pub(super) fn anonymous() -> Self {
        Self::detail(StatusCode::FORBIDDEN, "Authentication credentials were not provided.")
    }

    /// Signed in, but not allowed.
    pub(super) fn forbidden() -> Self {
        Self::detail(StatusCode::FORBIDDEN, "You do not have permission to perform this action.")
    }

    /// An object that does not exist; `model` is its class.
    pub(super) fn missing(model: &str) -> Self {
        Self::detail(StatusCode::NOT_FOUND, &format!("No {model} matches the given query."))
    }

    /// A page before the first or behind the last.
    pub(super) fn invalid_page() -> Self {
        Self::detail(StatusCode::NOT_FOUND, "Invalid page.")
    }

    /// A method that the endpoint does not have.
    pub(super) fn method_not_allowed(method: &http::Method) -> Self {
        Self::detail(StatusCode::METHOD_NOT_ALLOWED, &format!("Method \"{method}\" not allowed."))
    }

    /// A method that authentik has and the stand-in does not play.
    pub(super) fn not_simulated() -> Self {
        Self::detail(StatusCode::NOT_IMPLEMENTED, "Not part of the stand-in: Cowbell never calls it.")
    }

    /// A body that is not JSON.
    pub(super) fn unsupported_media_type(content_type: &str) -> Self {
        Self::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &format!("Unsupported media type \"{content_type}\" in request."))
    }

    /// A body that claims to be JSON and is not.
    pub(super) fn bad_json(line: usize, column: usize) -> Self {
        let character = column.saturating_sub(1);
        Self::detail(
            StatusCode::BAD_REQUEST,
            &format!("JSON parse error - unexpected character: line {line} column {column} (char {character})"),
        )
    }

    /// Values that were not accepted: messages by field.
    pub(super) fn invalid(body: Value) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    /// One field with one message.
    pub(super) fn field(name: &str, message: &str) -> Self {
        Self::invalid(json!({ name: [message] }))
    }

    /// A refusal with `detail` as its only member.
    pub(super) fn detail(status: StatusCode, detail: &str) -> Self {
        Self { status, body: json!({ "detail": detail }) }
    }

    /// Another body with 403.
    pub(super) fn forbidden_with(body: Value) -> Self {
        Self { status: StatusCode::FORBIDDEN, body }
    }

    /// An exception in authentik. Its answer is none of the API's.
    pub(super) fn server_error() -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, body: Value::Null }
    }

    pub(super) fn is_server_error(&self) -> bool {
        self.status.is_server_error() && self.body.is_null()
    }

    /// What is sent, in the caller's language.
    pub(super) fn into_response(mut self, language: Language) -> Response {
        words::speak(language, &mut self.body);
        message::json(self.status, &self.body)
    }

    pub(super) fn into_body(self) -> Value {
        self.body
    }
}

impl Refusal {
    /// The same refusal as that of one part of a larger request.
    pub(super) fn within(self, part: &str) -> Self {
        Self { status: self.status, body: json!({ part: self.body }) }
    }
}
