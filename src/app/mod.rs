//! The application: what the panel, the tests and the demo call. It keeps what has been observed and decided, and turns it into
//! views: plain data with codes, whose words the panel knows.
//!
//! Verbs that wait take `&self`, because the panel may ask for something else meanwhile; nothing is borrowed across a wait.

mod authentik;
mod check;
mod diagnosis;
mod handover;
mod mailcow;
mod people;
mod place;
mod preview;
mod readiness;
mod removal;
mod rotate;
mod views;

use std::cell::RefCell;
use std::rc::Rc;

use crate::authentik::{Directory, Snapshot};
use crate::mailcow::IdentityProvider;
use crate::plan::{Journal, Plan, Stop};
use crate::setup::{Origin, Registration, Secret};
use crate::verify::{Code, Finding};

pub use people::{UserFilter, UserQuery, UserRow, UserRows, VerifiedValue};
pub use place::Place;
pub use preview::{Findings, Need, Preview, PreviewRow, PreviewStep, check_values, preview};
pub use readiness::{AddressView, PersonVerdict, ReadinessQuery, ReadinessRow, ReadinessRows, ReadinessView, Reason, SwitchView};
pub use views::*;

/// The application over one way to the outside.
pub struct Cowbell<O> {
    outside: O,
    state: RefCell<State>,
}

/// What has been observed and decided so far.
#[derive(Default)]
struct State {
    authentik: Option<Rc<Snapshot>>,
    directory: Option<Rc<Directory>>,
    plan: Option<Rc<Plan>>,
    journal: Box<Journal>,
    registration: Option<Rc<Registration>>,
    /// Objects of authentik that were not as wanted when the registration was read.
    remaining: usize,
    mailcow: Option<Rc<MailcowSeen>>,
    /// What was stored in mailcow before Cowbell saved; memory only, because it holds a secret.
    former: Option<(Origin, IdentityProvider)>,
    /// The client secret that this session made, with the client ID it belongs to, for an authentik that does not show it again.
    made_secret: Option<(String, Secret)>,
    /// What was read of authentik is older than what was written.
    outdated: bool,
    found: people::Found,
    trash: removal::Trash,
    /// Who can sign in, as it was found out last.
    readiness: Option<Rc<readiness::Readiness>>,
    /// The last search in it.
    sought: readiness::Sought,
    /// Mailboxes that were switched.
    switched: readiness::Switched,
    /// A run is under way and has the journal.
    busy: bool,
}

impl<O> Cowbell<O> {
    /// Nothing observed yet.
    pub fn new(outside: O) -> Self {
        Self { outside, state: RefCell::default() }
    }

    /// The way to the outside.
    pub fn outside(&self) -> &O {
        &self.outside
    }

    /// Only one run writes at a time.
    fn occupy(&self) -> Result<(), Finding> {
        let occupied = std::mem::replace(&mut self.state.borrow_mut().busy, true);
        if occupied { Err(Finding::new(Code::RunBusy)) } else { Ok(()) }
    }

    fn release(&self) {
        self.state.borrow_mut().busy = false;
    }
}

/// A mailcow as it was read, and where.
struct MailcowSeen {
    origin: Origin,
    snapshot: crate::mailcow::Snapshot,
    /// Whether the client secret that it has stored was let go of: then it cannot be compared.
    secret_forgotten: bool,
}

impl MailcowSeen {
    /// As it was read just now.
    fn new(origin: Origin, snapshot: crate::mailcow::Snapshot) -> Self {
        Self { origin, snapshot, secret_forgotten: false }
    }

    /// The same without its client secret.
    fn without_secret(&self) -> Self {
        let mut snapshot = self.snapshot.clone();
        snapshot.provider.client_secret = None;
        Self { origin: self.origin.clone(), snapshot, secret_forgotten: true }
    }
}

impl From<Box<Stop>> for Finding {
    fn from(stop: Box<Stop>) -> Self {
        match *stop {
            Stop::Cancelled => Self::new(Code::SendStopped),
            Stop::TabGone => Self::new(Code::SendTabGone),
            Stop::Changed { name, .. } => Self::new(Code::ObjectChangedMeanwhile).with("name", name),
            Stop::NotKept { name, field, .. } => Self::new(Code::ObjectNotKept).with("name", name).with("field", field),
            Stop::Authentik(error) => error.into(),
        }
    }
}
