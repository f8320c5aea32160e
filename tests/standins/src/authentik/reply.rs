//! Answers that several parts give.

use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, LOCATION},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use crate::message::{self, Response};

/// What is escaped in a value of a query, in the manner of Python's `quote` with no safe characters.
pub(super) const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Sends the browser elsewhere.
pub(super) fn redirect(location: &str) -> Response {
    with_header(message::html(StatusCode::FOUND, String::new()), LOCATION, location)
}

/// A method that a view outside the API does not have: no body (recordings 544, 568).
pub(super) fn method_not_allowed(allow: &str) -> Response {
    with_header(message::html(StatusCode::METHOD_NOT_ALLOWED, String::new()), ALLOW, allow)
}

/// The answer to a writing request whose path does not exist, or that made the server fail (recordings 138, 546, 571): the error
/// page accepts GET only.
pub(super) fn error_page_refused() -> Response {
    method_not_allowed("GET, HEAD, OPTIONS")
}

/// Adds a header; a value that no header can have is left out.
pub(super) fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
