//! A request as handlers see it.

use http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{refusal::Refusal, site::Site};
use crate::message::Request;

/// Names and values of a query or a form, in order, repeated names included.
pub(super) type Pairs = Vec<(String, String)>;

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path below the base path, without slash in front.
    pub(super) path: String,
    /// The query as it was sent.
    pub(super) raw_query: String,
    pub(super) query: Pairs,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Identifier of the request: 32 hexadecimal digits.
    pub(super) id: String,
}

impl Call {
    /// Takes a request apart; `None` for a path outside the base path.
    pub(super) fn new(request: Request, site: &Site, id: String) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().strip_prefix(&site.base)?.to_owned();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Some(Self { method: parts.method, path, query: pairs(raw_query.as_bytes()), raw_query, headers: parts.headers, body, id })
    }

    /// The last value of a query parameter: Django's choice when one is repeated.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        last(&self.query, name)
    }

    /// Every value of a query parameter.
    pub(super) fn params(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A query parameter that is `true` or `false`; anything else counts as absent.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.param(name)? {
            "true" | "True" | "1" => Some(true),
            "false" | "False" | "0" => Some(false),
            _ => None,
        }
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The JSON object in the body (recordings 126, 127).
    pub(super) fn json(&self) -> Result<Map<String, Value>, Refusal> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        let content_type = self.header("content-type").unwrap_or_default();
        if content_type.split(';').next().map(str::trim) != Some("application/json") {
            return Err(Refusal::unsupported_media_type(content_type));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(other) => Err(Refusal::invalid(json!({"non_field_errors": [format!(
                "Invalid data. Expected a dictionary, but got {}.", python_type(&other)
            )]}))),
            Err(error) => Err(Refusal::bad_json(error.line(), error.column())),
        }
    }

    /// The form in the body; empty if the body is something else.
    pub(super) fn form(&self) -> Pairs {
        let is_form = self.header("content-type").is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if is_form { pairs(&self.body) } else { Pairs::new() }
    }

    /// The path with its query, as a browser would be sent back to it.
    pub(super) fn target(&self, site: &Site) -> String {
        let path = site.path(&self.path);
        if self.raw_query.is_empty() { path } else { format!("{path}?{}", self.raw_query) }
    }

    /// What events say about the request.
    pub(super) fn http_request(&self, site: &Site) -> Value {
        // The flow executor gets the query of the flow's page as one parameter.
        let page_query =
            self.param("query").filter(|_| self.path.starts_with("api/v3/flows/executor/")).map(|query| pairs(query.as_bytes()));
        let args: Map<String, Value> =
            page_query.as_ref().unwrap_or(&self.query).iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "args": args,
            "path": site.path(&self.path),
            "method": self.method.as_str(),
            "request_id": self.id,
            "user_agent": self.header("user-agent").unwrap_or_default(),
        })
    }
}

/// The last value of a name.
pub(super) fn last<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// What Python calls the type of a JSON value.
pub(super) fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

fn pairs(bytes: &[u8]) -> Pairs {
    form_urlencoded::parse(bytes).into_owned().collect()
}
