//! A request as PHP sees it.

use http::Method;
use http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap};
use serde_json::Value;

use crate::message::Request;

/// A request body.
pub(super) enum Body {
    /// Nothing that PHP reads.
    Unread,
    /// `$_POST` was filled.
    Form(Vec<(String, String)>),
    /// A JSON document.
    Json(Value),
    /// Said to be JSON, and is not.
    BrokenJson,
}

/// The parts of a request that matter.
pub(super) struct Incoming<'a> {
    pub(super) method: &'a Method,
    /// Without a slash at the end, except for the root.
    pub(super) path: &'a str,
    /// Whether there was one.
    pub(super) ends_with_slash: bool,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Body,
    headers: &'a HeaderMap,
    authority: Option<&'a str>,
}

impl<'a> Incoming<'a> {
    pub(super) fn read(request: &'a Request) -> Self {
        let uri = request.uri();
        let path = match uri.path() {
            "/" | "" => "/",
            path => path.trim_end_matches('/'),
        };
        Self {
            method: request.method(),
            path,
            ends_with_slash: uri.path().ends_with('/'),
            query: pairs(uri.query().unwrap_or_default().as_bytes()),
            body: read_body(request),
            headers: request.headers(),
            authority: uri.authority().map(http::uri::Authority::as_str),
        }
    }

    pub(super) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Host and port the browser asked for.
    pub(super) fn host(&self) -> Option<&str> {
        self.header(HOST).or(self.authority)
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        last(&self.query, name)
    }

    /// A field of `$_POST`.
    pub(super) fn form(&self, name: &str) -> Option<&str> {
        match &self.body {
            Body::Form(fields) => last(fields, name),
            _ => None,
        }
    }
}

fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find_map(|(key, value)| (key == name).then_some(value.as_str()))
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn read_body(request: &Request) -> Body {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if request.method() != Method::POST || request.body().is_empty() {
        Body::Unread
    } else if content_type.contains("application/json") {
        serde_json::from_slice(request.body()).map_or(Body::BrokenJson, Body::Json)
    } else if content_type.contains("application/x-www-form-urlencoded") {
        Body::Form(pairs(request.body()))
    } else {
        Body::Unread
    }
}
