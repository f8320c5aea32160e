//! One request and its session, as every page and every call of the API finds them.

use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE, USER_AGENT, VARY};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::incoming::{Body, Incoming};
use super::notice::Notice;
use super::profile::Profile;
use super::session::{Pending, Role, Session, SignedIn};
use super::state::State;
use crate::message::{Response, Upstream, empty};

/// A request being answered.
pub(super) struct Exchange<'a> {
    pub(super) profile: Profile,
    pub(super) state: &'a mut State,
    pub(super) incoming: Incoming<'a>,
    pub(super) upstream: &'a mut dyn Upstream,
    session_id: String,
    cookie_is_new: bool,
}

impl<'a> Exchange<'a> {
    /// Takes up the session that the cookie names, or begins one.
    pub(super) fn begin(profile: Profile, state: &'a mut State, incoming: Incoming<'a>, upstream: &'a mut dyn Upstream) -> Self {
        let known = incoming.cookie(profile.cookie()).filter(|id| state.sessions.contains_key(*id)).map(str::to_owned);
        let cookie_is_new = known.is_none();
        let session_id = known.unwrap_or_default();
        let mut exchange = Self { profile, state, incoming, upstream, session_id, cookie_is_new };
        if cookie_is_new {
            exchange.begin_session();
        }
        exchange
    }

    /// `User-Agent` and the token of form bodies (docs/contract/mailcow.md, section 4). JSON bodies carry no token and rotate none.
    pub(super) fn session_check(&mut self) -> bool {
        if self.session().api {
            return true;
        }
        if self.session().user_agent.as_deref() != Some(self.incoming.header(USER_AGENT).unwrap_or_default()) {
            self.push(Notice::warning("session_ua"));
            return false;
        }
        if let Body::Form(_) = self.incoming.body {
            if self.incoming.form("csrf_token") != Some(self.session().csrf_token.as_str()) {
                self.push(Notice::warning("session_token"));
                return false;
            }
            let token = self.state.hex(64);
            self.session_mut().csrf_token = token;
        }
        true
    }

    pub(super) fn session(&self) -> &Session {
        &self.state.sessions[&self.session_id]
    }

    pub(super) fn session_mut(&mut self) -> &mut Session {
        self.state.sessions.entry(self.session_id.clone()).or_default()
    }

    pub(super) fn user(&self) -> Option<&SignedIn> {
        self.session().user.as_ref()
    }

    pub(super) fn role(&self) -> Option<Role> {
        self.user().map(|user| user.role)
    }

    /// Whether whoever is signed in may touch what belongs to an address: their own mailbox, or one in a domain of theirs.
    /// Addresses that have no mailbox are nobody's.
    pub(super) fn reaches_mailbox(&self, address: &str) -> bool {
        let Some(user) = self.user() else { return false };
        let state = &*self.state;
        user.name == address
            || (state.mailbox(address).is_some() || state.resource(address).is_some()) && state.administers(user, address)
    }

    pub(super) fn push(&mut self, notice: Notice) {
        self.session_mut().queue.push(notice);
    }

    fn begin_session(&mut self) {
        self.session_id = self.state.hex(26);
        self.cookie_is_new = true;
        let csrf_token = self.state.hex(64);
        self.state.sessions.insert(self.session_id.clone(), Session { csrf_token, ..Session::default() });
    }

    /// Forgets everything about the session, the queue included, and begins a new one.
    pub(super) fn clear_session(&mut self) {
        self.state.sessions.remove(&self.session_id);
        self.begin_session();
        let agent = self.incoming.header(USER_AGENT).unwrap_or_default().to_owned();
        self.session_mut().user_agent = Some(agent);
    }

    /// Gives the session another id, as every sign-in does, and says who it is.
    pub(super) fn sign_in(&mut self, name: &str, role: Role) {
        let mut session = self.state.sessions.remove(&self.session_id).unwrap_or_default();
        self.session_id = self.state.hex(26);
        self.cookie_is_new = true;
        session.user = Some(SignedIn { name: name.to_owned(), role });
        session.pending = None;
        session.csrf_token = self.state.hex(64);
        self.state.sessions.insert(self.session_id.clone(), session);
    }

    pub(super) fn log_out(&mut self) -> Response {
        let to = self.role().map_or("/", Role::door);
        self.clear_session();
        redirect(to)
    }

    /// Empties the queue into the log, as every rendered page does at its end. A page rendered for an API key ends that
    /// session (recordings 411 and 412).
    pub(super) fn empty_queue(&mut self) {
        let (user, role) = match self.user() {
            Some(user) => (user.name.clone(), user.role.word()),
            None => ("unauthenticated".to_owned(), "unauthenticated"),
        };
        let queue = std::mem::take(&mut self.session_mut().queue);
        self.state.write_log(&queue, &user, role);
        if self.session().api {
            self.session_mut().user = None;
            self.session_mut().api = false;
        }
    }

    /// Log-in with a password. `Err` when it is refused.
    pub(super) fn log_in(&mut self, name: &str, password: &str, wanted: Role) -> Result<(), ()> {
        let state = &self.state;
        let right = match wanted {
            Role::Admin => name == "admin" && password == state.admin_password,
            Role::DomainAdmin => state.domain_admins.iter().any(|admin| admin.username == name && admin.password == password),
            Role::User => state.mailbox(name).is_some_and(|mailbox| {
                mailbox.active && mailbox.authsource == "mailcow" && mailbox.password.as_deref() == Some(password)
            }),
        };
        if !right {
            self.push(Notice::login_failed(json!(["check_login", name, "*"])));
            return Err(());
        }
        let pending = self.state.pending_of(wanted, self.profile);
        if pending == Some(Pending::SecondFactor) {
            self.session_mut().pending = pending;
            return Ok(());
        }
        self.sign_in(name, wanted);
        self.session_mut().pending = pending;
        let log = match wanted {
            Role::Admin => json!(["admin_login", name, "*"]),
            Role::DomainAdmin => json!(["domainadmin_login", name, "*"]),
            Role::User => {
                let entry = super::state::SaslLogEntry {
                    service: "MAILCOWUI".to_owned(),
                    app_password: 0,
                    username: name.to_owned(),
                    real_rip: super::state::CLIENT_ADDRESS.to_owned(),
                    datetime: self.state.now,
                };
                self.state.sasl_log.insert(0, entry);
                json!(["user_login", name, "*", "Provider: mailcow"])
            }
        };
        self.push(Notice::logged_in_as(log, name));
        Ok(())
    }

    /// Adds the headers that every answer has, and the cookie of a new session.
    pub(super) fn finish(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache, must-revalidate"));
        headers.entry(VARY).or_insert(HeaderValue::from_static("Accept-Encoding"));
        if self.cookie_is_new {
            let name = self.profile.cookie();
            let secure = if self.state.origin.starts_with("https:") { "; secure" } else { "" };
            let same_site = if self.profile.cookie_same_site() { "; SameSite=Lax" } else { "" };
            let line = format!("{name}={}; path=/{secure}; HttpOnly{same_site}", self.session_id);
            if let Ok(value) = HeaderValue::from_str(&line) {
                headers.insert(SET_COOKIE, value);
            }
        }
    }
}

/// Sends the browser elsewhere.
pub(super) fn redirect(to: &str) -> Response {
    let mut response = empty(StatusCode::FOUND);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if let Ok(value) = HeaderValue::from_str(to) {
        headers.insert(LOCATION, value);
    }
    response
}
