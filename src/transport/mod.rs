//! The core's only access to the network: requests, responses, and the trait that carries them.
//!
//! The core decides what is sent and what a response means; an implementation of [`Host`] only sends it. In the browser that is a
//! script in the tab of authentik or mailcow, in tests a simulated server. A [`Request`] can be created only in
//! [`crate::authentik::api`], [`crate::mailcow::api`] and [`crate::verify::probe`], so the endpoints listed there are all that
//! Cowbell can ever call.

mod bound;
mod pace;
mod write;

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::setup::Origin;

pub use bound::Bound;
pub use pace::{ATTEMPTS, Pace, Retry};
pub use write::{Busy, Work, WriteGuard, Writer};

#[cfg(test)]
pub(crate) mod scripted;

/// An HTTP method that Cowbell uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Reads what is allowed; changes nothing.
    Options,
    /// Creates, or reads with parameters in the body.
    Post,
    /// Creates an application with its provider and bindings in one transaction.
    Put,
    /// Changes the named fields of an object.
    Patch,
    /// Removes an object that Cowbell created.
    Delete,
}

impl Method {
    /// Whether the method promises to change nothing (RFC 9110, section 9.2.1).
    #[must_use]
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Options)
    }
}

/// One of the two products; also identifies the tab that sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// The identity provider.
    Authentik,
    /// The mail server.
    Mailcow,
}

impl Product {
    /// The name in TypeScript.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authentik => "authentik",
            Self::Mailcow => "mailcow",
        }
    }
}

/// How a request body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub enum Encoding {
    /// A JSON document.
    #[serde(rename = "application/json")]
    Json,
    /// `name=value` pairs, as HTML forms and OAuth 2.0 endpoints use them.
    #[serde(rename = "application/x-www-form-urlencoded")]
    Form,
}

/// A request body. Its text may hold a client secret: it is never printed, and is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Tsify, Zeroize, ZeroizeOnDrop)]
pub struct Body {
    /// Value of the header `Content-Type`.
    #[zeroize(skip)]
    pub encoding: Encoding,
    /// The encoded text.
    pub text: String,
}

/// The credentials that are sent with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// The cookies of the tab: the administrator's own session.
    Session,
    /// None, like a client without a session.
    Omit,
}

/// Which part of the response is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// Status, headers and text.
    Text,
    /// Only whether there was a response: the request is sent so that the browser hides the content (`no-cors`).
    Contact,
}

/// A cookie of the page whose value has to be repeated in a header: authentik's protection against forged requests
/// (docs/contract/authentik.md, section 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct CookieHeader {
    /// Name of the cookie, readable by scripts.
    pub cookie: &'static str,
    /// Name of the header that repeats it.
    pub header: &'static str,
}

/// One HTTP request, complete. It may hold credentials: it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    method: Method,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    body: Option<Body>,
    credentials: Credentials,
    /// Origin of the page that may send it, unless that is its own: a page sees what it sends, and in Firefox so does its service
    /// worker (docs/contract/cases.md, S1).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    sender: Option<String>,
    want: Want,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    csrf: Option<CookieHeader>,
    /// Names of the members that are returned.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[tsify(optional)]
    only: &'static [&'static str],
}

impl Request {
    /// A request with the session of the tab and a readable response; `url` is absolute.
    pub(crate) fn new(method: Method, url: String) -> Self {
        Self { method, url, body: None, credentials: Credentials::Session, sender: None, want: Want::Text, csrf: None, only: &[] }
    }

    /// Adds a body that is already JSON.
    pub(crate) fn json(mut self, text: String) -> Self {
        self.body = Some(Body { encoding: Encoding::Json, text });
        self
    }

    /// Adds a form body that is already encoded.
    pub(crate) fn form(mut self, text: String) -> Self {
        self.body = Some(Body { encoding: Encoding::Form, text });
        self
    }

    /// Sends the request without cookies.
    pub(crate) fn anonymous(mut self) -> Self {
        self.credentials = Credentials::Omit;
        self
    }

    /// Sends the request from a page of this origin only.
    pub(crate) fn sent_from(mut self, page: &Origin) -> Self {
        self.sender = Some(page.to_string());
        self
    }

    /// Requests only whether there is a response.
    pub(crate) fn contact_only(mut self) -> Self {
        self.want = Want::Contact;
        self
    }

    /// Repeats a cookie in a header.
    pub(crate) fn csrf(mut self, header: CookieHeader) -> Self {
        self.csrf = Some(header);
        self
    }

    /// If the response is a list: returns only the members with these names, at any depth. Anything else is returned unchanged.
    /// Numbers in them may change their spelling (`1.0` becomes `1`).
    pub(crate) fn only(mut self, members: &'static [&'static str]) -> Self {
        self.only = members;
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The absolute URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// The credentials that are sent with it.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.credentials
    }

    /// The origin of the page that may send it.
    #[must_use]
    pub fn sender(&self) -> Option<Origin> {
        Origin::of(self.sender.as_deref().unwrap_or(&self.url))
    }

    /// Which part of the response is needed.
    #[must_use]
    pub fn want(&self) -> Want {
        self.want
    }

    /// The cookie to be repeated in a header.
    #[must_use]
    pub fn csrf_header(&self) -> Option<CookieHeader> {
        self.csrf
    }

    /// Names of the members that are needed if the response is a list; empty for all.
    #[must_use]
    pub fn members(&self) -> &'static [&'static str] {
        self.only
    }
}

/// Requests that may run concurrently, in the order in which they are started.
#[derive(Clone, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The product whose tab sends them.
    pub product: Product,
    /// The requests; responses refer to them by position.
    pub requests: Vec<Request>,
    /// Maximum number of concurrent requests, at least 1.
    pub concurrency: u32,
    /// Milliseconds after which a request times out.
    pub timeout_ms: u32,
    /// Statuses that halt the batch: requests that have not been started then end as [`SendError::NotSent`].
    pub halt_on: Vec<u16>,
}

/// Default number of concurrent requests. A real authentik on two cores was not faster with more (docs/contract/README.md, "Facts
/// worth knowing").
pub const CONCURRENCY: u32 = 6;

/// Milliseconds after which an ordinary request times out.
pub const TIMEOUT_MS: u32 = 30_000;

impl Batch {
    /// A batch with the default limits.
    #[must_use]
    pub fn new(product: Product, requests: Vec<Request>) -> Self {
        Self { product, requests, concurrency: CONCURRENCY, timeout_ms: TIMEOUT_MS, halt_on: Vec::new() }
    }
}

/// The response to a request. Its body may hold credentials: it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status; 0 for a response that the browser hides ([`Want::Contact`]).
    pub status: u16,
    /// Header `Content-Type`, empty if absent.
    pub content_type: String,
    /// Header `Retry-After` in seconds, if it was a number.
    pub retry_after_s: Option<u32>,
    /// The text of the body; wiped when dropped.
    pub body: Zeroizing<String>,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No response came within the time limit. A write may have taken effect.
    #[error("no response in time")]
    Timeout,
    /// The browser could not connect, or must not show the response: DNS, connection refused, certificate, CORS. It does not say
    /// which.
    #[error("no connection")]
    Network,
    /// The response is longer than the host accepts.
    #[error("the response is too large")]
    TooLarge,
    /// The response is not UTF-8.
    #[error("the response is not UTF-8")]
    NotUtf8,
    /// A service worker of the page could read the client secret in the request (docs/contract/cases.md, S1).
    #[error("a service worker could read it")]
    ServiceWorker,
    /// The server answered with a redirect; redirects are not followed.
    #[error("redirected")]
    Redirected,
    /// The tab was closed, has navigated, or the permission for it ended. A write may have taken effect.
    #[error("the tab is gone")]
    TabGone,
    /// The administrator cancelled the run before this request was started, or while it was running.
    #[error("cancelled")]
    Cancelled,
    /// The batch was halted before this request was started.
    #[error("not sent")]
    NotSent,
}

impl SendError {
    /// Whether the request certainly never left the browser.
    #[must_use]
    pub fn never_sent(self) -> bool {
        matches!(self, Self::NotSent | Self::ServiceWorker)
    }
}

/// The result of one request.
pub type Answer = Result<Response, SendError>;

/// A loaded page: the same tab has another one after a reload. The number has no other meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(transparent)]
pub struct PageId(pub u32);

/// The browser did not store something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotKept;

/// A loaded page and where it is, as the browser says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub id: PageId,
    pub origin: Origin,
}

/// What the core needs from its environment.
#[allow(async_fn_in_trait, reason = "the core runs on one thread; no caller needs Send futures")]
pub trait Host {
    /// Sends a batch and calls `on_answer` exactly once for each request, as responses arrive. Returns when every request has its
    /// answer.
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer));

    /// Waits.
    async fn sleep(&self, milliseconds: u32);

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;

    /// Fills `buffer` from a cryptographically secure source.
    fn random(&self, buffer: &mut [u8]);

    /// How often the administrator has cancelled what was under way.
    fn cancels(&self) -> u64;

    /// Whether the administrator has cancelled since the operation began, which only [`Bound`] knows.
    fn cancelled(&self) -> bool {
        false
    }

    /// Stores texts, each under its name, until the browser is closed, and returns when they are stored. Never receives a secret.
    ///
    /// # Errors
    /// When the browser refuses; then none of them is stored.
    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept>;

    /// The page of a product that [`Self::send`] would use now; each loaded page has a new number. `None` when there is none.
    fn page(&self, product: Product) -> Option<Page>;
}

/// Sends one request, unless the administrator has cancelled.
///
/// # Errors
/// The reason why there is no response.
pub async fn send(host: &impl Host, product: Product, request: Request) -> Answer {
    if host.cancelled() {
        return Err(SendError::Cancelled);
    }
    fetch(host, Batch::new(product, vec![request])).await.pop().unwrap_or(Err(SendError::NotSent))
}

/// Milliseconds before a retry.
const RETRY_MS: u32 = 500;

/// Sends a batch like [`send_all`], and retries once each safe request that met a server while it replaced one of its workers
/// (502; docs/contract/authentik.md, section 3).
pub async fn fetch(host: &impl Host, batch: Batch) -> Vec<Answer> {
    let mut answers = send_all(host, batch.clone()).await;
    let dropped = |(request, answer): (&Request, &Answer)| {
        request.method().is_safe() && answer.as_ref().is_ok_and(|response| response.status == 502)
    };
    let again: Vec<usize> =
        batch.requests.iter().zip(&answers).enumerate().filter(|(_, pair)| dropped(*pair)).map(|(index, _)| index).collect();
    if again.is_empty() || host.cancelled() {
        return answers;
    }
    host.sleep(RETRY_MS).await;
    let requests = again.iter().filter_map(|index| batch.requests.get(*index).cloned()).collect();
    for (index, answer) in again.into_iter().zip(send_all(host, Batch { requests, ..batch }).await) {
        answers[index] = answer;
    }
    answers
}

/// Sends a batch and returns the answers in the order of its requests.
pub async fn send_all(host: &impl Host, batch: Batch) -> Vec<Answer> {
    let mut answers = none_yet(batch.requests.len());
    host.send(batch, &mut |index, answer| {
        if let Some(slot) = answers.get_mut(index) {
            *slot = answer;
        }
    })
    .await;
    answers
}

/// Placeholders for the answers, before any request was sent.
pub(crate) fn none_yet(requests: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    answers.resize_with(requests, || Err(SendError::NotSent));
    answers
}
