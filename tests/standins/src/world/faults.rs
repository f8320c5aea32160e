//! Faults that tests and the control port can order.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::product::Product;
use crate::message::{Request, Response, html};

/// What goes wrong when mailcow's server calls authentik.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamFault {
    /// The name does not resolve.
    UnknownHost,
    /// Nobody listens.
    Refused,
    /// The certificate is not trusted; "Ignore SSL Errors" helps.
    UntrustedCertificate,
    /// A proxy in between answers with a page of its own.
    ProxyPage,
    /// 500 without a body.
    ServerError,
    /// Answers take longer than the connection test waits.
    Slow,
}

/// What goes wrong between browser and server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Another answer.
    Status {
        /// Its status.
        status: u16,
        /// Its body, empty unless given.
        #[serde(default)]
        body: String,
        /// Its type, `application/json` unless given.
        content_type: Option<String>,
        /// Header `Retry-After` in seconds.
        retry_after_s: Option<u32>,
    },
    /// A page with status 200.
    Html,
    /// The right answer, cut in the middle.
    TruncatedJson,
    /// An answer of this many bytes, valid JSON.
    HugeBody {
        /// Bytes.
        bytes: usize,
    },
    /// The right answer with other types: texts for numbers, objects for lists, and the other way round.
    WrongTypes,
    /// The right answer with a byte in it that is not UTF-8.
    InvalidUtf8,
    /// No answer, ever.
    NoAnswer,
    /// The browser's cookies count for nothing, as after the session ended.
    SignedOut,
}

/// A fault and the requests it meets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fault {
    /// Whose requests.
    pub product: Product,
    /// The method; any unless given.
    pub method: Option<String>,
    /// What the path begins with; everything unless given.
    #[serde(default)]
    pub path: String,
    /// Matching requests that pass before the first is met.
    #[serde(default)]
    pub skip: u32,
    /// How many are met; all unless given.
    pub count: Option<u32>,
    /// What happens to them.
    #[serde(flatten)]
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that meets every request whose path begins with `path`.
    #[must_use]
    pub fn on(product: Product, path: &str, kind: FaultKind) -> Self {
        Self { product, method: None, path: path.to_owned(), skip: 0, count: None, kind }
    }

    /// Meets only requests with this method.
    #[must_use]
    pub fn method(mut self, method: &Method) -> Self {
        self.method = Some(method.to_string());
        self
    }

    /// Lets `requests` pass first.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Meets so many requests and no more.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    fn fits(&self, product: Product, request: &Request) -> bool {
        self.product == product
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(request.method().as_str()))
            && request.uri().path().starts_with(&self.path)
    }
}

/// Everything that goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Between the servers.
    pub upstream: Option<UpstreamFault>,
    /// Between browser and servers; the first that fits a request counts.
    pub browser: Vec<Fault>,
}

impl Faults {
    /// The fault that meets a request, counted as having done so.
    pub(super) fn take(&mut self, product: Product, request: &Request) -> Option<FaultKind> {
        let mut met = None;
        for fault in self.browser.iter_mut().filter(|fault| fault.fits(product, request)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.count != Some(0) && met.is_none() {
                fault.count = fault.count.map(|count| count - 1);
                met = Some(fault.kind.clone());
            }
        }
        self.browser.retain(|fault| fault.count != Some(0));
        met
    }
}

/// What a fault does before the product sees the request.
pub(super) enum Instead {
    /// Answers in its place.
    Answer(Response),
    /// Lets the browser wait.
    NoAnswer,
    /// Nothing.
    Nothing,
}

impl FaultKind {
    pub(super) fn instead(&self, request: &mut Request) -> Instead {
        match self {
            Self::Status { status, body, content_type, retry_after_s } => {
                let mut response = Response::new(body.clone().into_bytes());
                *response.status_mut() = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let headers = response.headers_mut();
                let content_type = content_type.as_deref().unwrap_or("application/json");
                headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(HeaderValue::from_static("")));
                if let Some(seconds) = retry_after_s {
                    headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
                }
                Instead::Answer(response)
            }
            Self::Html => {
                let page = "<!DOCTYPE html><title>Maintenance</title><h1>Back soon</h1>";
                Instead::Answer(html(StatusCode::OK, page.to_owned()))
            }
            Self::HugeBody { bytes } => {
                let (start, end) = ("{\"padding\":\"", "\"}");
                let padding = "x".repeat(bytes.saturating_sub(start.len() + end.len()));
                Instead::Answer(json_text(format!("{start}{padding}{end}").into_bytes()))
            }
            Self::NoAnswer => Instead::NoAnswer,
            Self::SignedOut => {
                request.headers_mut().remove(COOKIE);
                Instead::Nothing
            }
            Self::TruncatedJson | Self::WrongTypes | Self::InvalidUtf8 => Instead::Nothing,
        }
    }

    /// Spoils a right answer.
    pub(super) fn spoil(&self, mut response: Response) -> Response {
        let body = response.body_mut();
        match self {
            Self::TruncatedJson => body.truncate(body.len() / 2),
            Self::WrongTypes => {
                if let Ok(value) = serde_json::from_slice(body) {
                    *body = other_types(value).to_string().into_bytes();
                }
            }
            Self::InvalidUtf8 => {
                let middle = body.len() / 2;
                body.insert(middle, 0xff);
            }
            _ => return response,
        }
        response.headers_mut().remove(CONTENT_LENGTH);
        response
    }
}

fn json_text(body: Vec<u8>) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Another type for each value; the names of members stay.
fn other_types(value: Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(value) => json!(value.to_string()),
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) => json!(text.len()),
        Value::Array(items) => {
            Value::Object(items.into_iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect())
        }
        Value::Object(members) => {
            let members: Map<String, Value> = members.into_iter().map(|(name, member)| (name, other_types(member))).collect();
            Value::Object(members)
        }
    }
}
