//! A stand-in for authentik: pure and in memory.
//!
//! It behaves as recorded and as docs/contract/authentik.md says, traps included, for everything that Cowbell calls and a sign-in
//! touches. Beyond that, a method of a known endpoint is answered 501, and any other endpoint as one that does not exist.
//!
//! | module | what is there |
//! |---|---|
//! | [`state`] | everything it remembers, typed, open to tests |
//! | [`profile`] | which release it plays, one method for each difference |
//! | [`time`], [`site`], [`cookies`] | instants, its address, names of its cookies |
//! | `access`, `policy` | who calls, what they may do, who may use an application |
//! | `api` | the REST API, one module for each kind of object |
//! | `oauth2` | authorization, token, user info and the rest of the protocol |
//! | `expression`, `claims` | scope mappings and what they yield |
//! | `pages` | flows and admin interface for a browser |
//! | `words` | what it says in another language |
//! | `seed` | what a new installation contains, the recorded people, a company |

mod access;
mod api;
mod call;
mod claims;
pub mod cookies;
mod expression;
mod merge;
mod oauth2;
mod pages;
mod policy;
pub mod profile;
mod refusal;
mod reply;
mod resource;
mod seed;
mod sign_in;
pub mod site;
pub mod state;
pub mod time;
mod words;

use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{ALLOW, RETRY_AFTER, VARY},
};
use serde_json::json;

pub use profile::Profile;
pub use seed::RECORDED_API_TOKEN;
pub use site::Site;
pub use state::{SessionCookies, State};

use self::call::Call;
use crate::message::{self, Request, Response};

/// A simulated authentik.
#[derive(Clone, Debug)]
pub struct Authentik {
    state: State,
}

impl Authentik {
    /// A new installation: the superuser `akadmin` (password `cowbell`), the outpost's account, default flows, managed mappings,
    /// one certificate.
    ///
    /// `address` is its origin, with the base path behind it if it has one: `http://authentik.localhost:9000`,
    /// `https://company.example/sso/`.
    #[must_use]
    pub fn new(profile: Profile, address: &str) -> Self {
        Self::seeded(profile, address, 1)
    }

    /// The installation of the recordings, at `https://authentik.company`: `user01` to `user30`, the groups `mail-users` and `vip`,
    /// `svc-mail`, and the role `mail-integration` on `user27`.
    #[must_use]
    pub fn recorded(profile: Profile) -> Self {
        let mut authentik = Self::seeded(profile, "https://authentik.company", 1);
        seed::populate(&mut authentik.state);
        authentik
    }

    /// A company with `users` more users in three groups; every password is `cowbell`. The same seed gives the same people.
    #[must_use]
    pub fn demo(profile: Profile, address: &str, users: usize, seed: u64) -> Self {
        let mut authentik = Self::seeded(profile, address, seed);
        seed::fill(&mut authentik.state, users, seed);
        authentik
    }

    /// Adds an attempt at the integration that was given up halfway: provider and application "Mailcow test".
    /// `mailcow` is an origin without slash at the end.
    pub fn add_half_made_attempt(&mut self, mailcow: &str) {
        seed::half_made_attempt(&mut self.state, mailcow);
    }

    /// What it remembers.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The same, to be changed behind its back.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Signs a user in without any question and without an event; `None` if there is no such user.
    pub fn sign_in(&mut self, username: &str) -> Option<SessionCookies> {
        let user = self.state.users.named(username)?.pk;
        Some(SessionCookies {
            session: sign_in::start(&mut self.state, user),
            csrf: self.state.ids.alphanumeric(cookies::CSRF_LENGTH),
        })
    }

    /// Answers a request.
    pub fn handle(&mut self, request: Request) -> Response {
        let state = &mut self.state;
        state.now += time::SECOND / 1000;
        let id = state.ids.hex();
        let is_head = request.method() == Method::HEAD;
        let accepts_json = request
            .headers()
            .get(http::header::ACCEPT)
            .is_some_and(|accept| accept.as_bytes().windows(16).any(|part| part == b"application/json"));
        let mut response = if state.starting {
            starting(accepts_json)
        } else {
            match Call::new(request, &state.site, id.clone()) {
                Some(call) => dispatch(state, &call),
                None => pages::error::not_found(state),
            }
        };
        finish(&mut response, &id);
        if is_head {
            response.body_mut().clear();
        }
        response
    }

    fn seeded(profile: Profile, address: &str, seed: u64) -> Self {
        Self { state: seed::fresh(profile, Site::new(address), seed) }
    }
}

fn dispatch(state: &mut State, call: &Call) -> Response {
    let path = call.path.as_str();
    let answer = if let Some(rest) = path.strip_prefix("api/v3/") {
        api::handle(state, call, rest)
    } else if let Some(rest) = path.strip_prefix("application/o/") {
        oauth2::handle(state, call, rest)
    } else {
        statics(state, path).or_else(|| pages::handle(state, call))
    };
    answer.unwrap_or_else(|| unknown(state, call))
}

/// A path that leads nowhere: a page for readers, nothing for writers, and success for OPTIONS (recordings 015, 138, 570).
fn unknown(state: &State, call: &Call) -> Response {
    match call.method {
        Method::GET | Method::HEAD => pages::error::not_found(state),
        Method::OPTIONS => reply::with_header(message::html(StatusCode::OK, String::new()), ALLOW, "GET, HEAD, OPTIONS"),
        _ if state.profile.keeps_status_of_errors() => pages::error::not_found(state),
        _ => reply::error_page_refused(),
    }
}

/// Static routes carry the version (docs/contract/authentik.md, section 1); health needs no body.
fn statics(state: &State, path: &str) -> Option<Response> {
    if matches!(path, "-/health/live/" | "-/health/ready/") {
        return Some(message::empty(StatusCode::OK));
    }
    let (status, text) = match path {
        "robots.txt" => (StatusCode::OK, "User-agent: *\nDisallow: /\n"),
        ".well-known/security.txt" => (StatusCode::OK, "Contact: mailto:security@authentik.example\n"),
        _ if path.starts_with("static/") => (StatusCode::NOT_FOUND, "404 page not found\n"),
        _ => return None,
    };
    let mut response = message::html(status, text.to_owned());
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Some(reply::with_header(response, HeaderName::from_static("x-authentik-version"), state.profile.version()))
}

fn starting(accepts_json: bool) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let response = if accepts_json {
        message::json(status, &json!({"error": "authentik starting"}))
    } else {
        message::html(status, "<h1>authentik starting</h1>".to_owned())
    };
    reply::with_header(response, RETRY_AFTER, "5")
}

/// Headers that every answer has.
fn finish(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    headers.insert("x-powered-by", HeaderValue::from_static("authentik"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-authentik-id", id);
    }
    headers.entry(VARY).or_insert(HeaderValue::from_static("Accept-Language, Cookie"));
}
