//! Requests and answers: the types of the `http` crate with whole bodies in memory.

use http::{StatusCode, header::CONTENT_TYPE};
use serde::Serialize;

/// A request; its URI may be absolute (with scheme and authority) or only a path.
pub type Request = http::Request<Vec<u8>>;

/// An answer.
pub type Response = http::Response<Vec<u8>>;

/// Why a server could not be reached by another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectError {
    /// No such name.
    UnknownHost,
    /// Nobody listens there.
    Refused,
    /// Nobody answered in time.
    TimedOut,
    /// The certificate is not trusted.
    UntrustedCertificate,
}

/// An extension of a request between servers: the certificate is not looked at (mailcow's "Ignore SSL Errors").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustAnyCertificate;

/// How one stand-in calls another: mailcow's server redeems codes at authentik.
pub trait Upstream {
    /// Performs a request with an absolute URI.
    ///
    /// # Errors
    /// When there is no answer at all.
    fn call(&mut self, request: Request) -> Result<Response, ConnectError>;
}

/// An answer with a JSON body.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    with_body(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
}

/// An answer with an HTML page.
#[must_use]
pub fn html(status: StatusCode, body: String) -> Response {
    with_body(status, "text/html; charset=utf-8", body.into_bytes())
}

/// An answer without a body.
#[must_use]
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn with_body(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}
