//! The stand-in for mailcow.
//!
//! It behaves as mailcow 2026-07a did in the recordings, or as the source of older versions says (docs/contract/mailcow.md).
//!
//! | module | what is there |
//! |---|---|
//! | [`profile`] | versions and their differences |
//! | [`state`] | what is stored |
//! | [`session`] | sessions |
//! | [`notice`] | messages, the queue, the log |
//! | [`identity_provider`] | the settings and their quirks |
//! | `routes`, `exchange` | from a request to what answers it, and its session |
//! | `mailboxes`, `templates` | limits, creation, what templates say |
//! | `app_passwords`, `resources` | app passwords, what can be booked |
//! | `fields`, `rights` | fields of calls, what users may do |
//! | `mail_program` | the sign-in of mail programs |
//! | `sign_in` | the sign-in with the identity provider |
//! | `api` | `/api/v1` |
//! | `pages` | what a browser shows |

mod api;
mod app_passwords;
mod demo;
mod exchange;
mod fields;
pub mod identity_provider;
mod incoming;
mod mail_program;
mod mailboxes;
pub mod notice;
mod pages;
pub mod profile;
mod recorded;
mod resources;
mod rights;
mod routes;
pub mod session;
mod sign_in;
pub mod state;
mod templates;
mod words;

use crate::message::{Request, Response, Upstream};
pub use profile::Profile;
use session::{Pending, Role, Session, SignedIn};
pub use state::State;

/// A mailcow in memory.
#[derive(Clone, Debug)]
pub struct Mailcow {
    profile: Profile,
    state: State,
}

/// Mailboxes of the demo, unless another number is wanted.
pub const DEMO_MAILBOXES: usize = demo::MAILBOXES;

impl Mailcow {
    /// A fresh installation served under `origin`: no domains, the template "Default".
    /// The administrator is `admin`, password `moohoo`, as mailcow ships.
    #[must_use]
    pub fn new(profile: Profile, origin: &str) -> Self {
        let mut state = State::new(origin, 0);
        state.templates.push(state::Template::installed(state.now));
        Self { profile, state }
    }

    /// The installation as it was when the recordings began.
    #[must_use]
    pub fn recorded() -> Self {
        Self { profile: Profile::V2026_07, state: recorded::state() }
    }

    /// An installation in use: two domains, mailboxes of the first people of [`crate::people`], aliases, templates.
    /// The administrator is `admin`, password `cowbell`.
    #[must_use]
    pub fn demo(profile: Profile, origin: &str, seed: u64) -> Self {
        Self::demo_of(profile, origin, seed, DEMO_MAILBOXES)
    }

    /// The same with this number of mailboxes, each of a person of the demo.
    #[must_use]
    pub fn demo_of(profile: Profile, origin: &str, seed: u64, mailboxes: usize) -> Self {
        Self { profile, state: demo::state(origin, seed, mailboxes) }
    }

    /// The version it behaves as.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What is stored.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is stored, to be changed as another administrator would.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Answers a request. `upstream` is how mailcow's server reaches the identity provider.
    #[allow(clippy::needless_pass_by_value, reason = "both stand-ins take a request like this")]
    pub fn handle(&mut self, request: Request, upstream: &mut dyn Upstream) -> Response {
        routes::answer(self.profile, &mut self.state, &request, upstream)
    }

    /// Begins a session of the administrator, as if the log-in page had been used from a browser whose `User-Agent` is not
    /// yet known. Returns name and value of the cookie.
    pub fn sign_in_admin(&mut self) -> (&'static str, String) {
        self.sign_in_as("admin", Role::Admin)
    }

    /// A passkey signs in, whose key fits: mailcow looks only whether the mailbox exists, neither what its password is checked by nor
    /// whether it is active, and never asks the identity provider (`fido2("verify")`; docs/contract/rollout.md, "What a switch costs its
    /// owner"). Returns name and value of the cookie.
    pub fn sign_in_by_passkey(&mut self, address: &str) -> Option<(&'static str, String)> {
        let name = self.state.mailbox(address)?.username.clone();
        let (cookie, value) = self.sign_in_as(&name, Role::User);
        let line = serde_json::json!(["fido2_login", "user", name]);
        let session = self.state.sessions.get_mut(&value)?;
        session.queue.push(notice::Notice::logged_in_as(line, &name));
        Some((cookie, value))
    }

    /// Begins a session of a mailbox user or a domain administrator. Returns name and value of the cookie.
    pub fn sign_in_as(&mut self, name: &str, role: Role) -> (&'static str, String) {
        let value = self.state.hex(26);
        let pending = self.state.pending_of(role, self.profile);
        let session = Session {
            user: Some(SignedIn { name: name.to_owned(), role }).filter(|_| pending != Some(Pending::SecondFactor)),
            pending,
            csrf_token: self.state.hex(64),
            ..Session::default()
        };
        self.state.sessions.insert(value.clone(), session);
        (self.profile.cookie(), value)
    }
}
