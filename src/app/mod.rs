//! The application: what the panel, the tests and the demo call. It keeps what has been observed and decided, and turns it into
//! views: plain data with codes, whose words the panel knows.
//!
//! Verbs that wait take `&self`, because the panel may ask for something else meanwhile; nothing is borrowed across a wait. Each of
//! them keeps to what it began with (docs/contract/cases.md, S3): it binds itself to the pages that are there ([`Bound`]), takes the facts
//! it needs once, and what it learns is kept only while the authentik or mailcow that it is about is still the connected one. One
//! that writes takes the [`WriteGuard`] first, before it notes anything.

mod authentik;
mod check;
mod diagnosis;
mod error;
mod export;
mod mailcow;
mod mark;
mod page_kind;
mod preview;
mod readiness;
mod removal;
mod rotate;
mod state;
mod users;
mod views;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::plan::Journal;
use crate::transport::{Bound, Host, Product, Work, WriteGuard, Writer};

use state::{
    AuthentikFacts, GeneratedSecret, LastSearch, Lent, MailcowSeen, Planned, PreviousSettings, Readiness, Switched, Trash,
};

pub use error::Error;
pub use mark::FactsMark;
pub use page_kind::PageKind;
pub use preview::{Findings, Need, Preview, PreviewRow, PreviewStep, check_values, preview};
pub use readiness::{
    AddressView, KEPT_AS as SWITCHED_KEPT_AS, ReadinessQuery, ReadinessRow, ReadinessRows, ReadinessView, Reason, SwitchView,
    Switching, UserVerdict,
};
pub use state::PlanStanding;
pub use users::{UserFilter, UserQuery, UserRow, UserRows, VerifiedValue};
pub use views::*;

/// The application over one way to the outside.
pub struct Cowbell<O> {
    host: O,
    writer: Writer,
    state: RefCell<State>,
    /// Lent to the run that writes it.
    journal: RefCell<Journal>,
    /// What was removed in this session; lent to the run that writes it.
    trash: RefCell<Trash>,
    readings: Readings,
}

/// What has been observed and decided so far, except what is lent to a run. What changes together is one struct, and what can be
/// derived is asked for, not kept.
#[derive(Default)]
struct State {
    /// The authentik whose tab was clicked last.
    authentik: Option<AuthentikFacts>,
    /// The mailcow whose tab was clicked last.
    mailcow: Option<Rc<MailcowSeen>>,
    planned: Option<Rc<Planned>>,
    session: Session,
    /// Who can sign in, as it was found out last.
    readiness: Option<Rc<Readiness>>,
    found: users::LastSearch,
    sought: LastSearch,
}

/// What this session has made and replaced: nothing of it can be read anywhere else.
#[derive(Default)]
struct Session {
    /// What was stored in mailcow before Cowbell saved; memory only, because it holds a secret.
    former: Option<PreviousSettings>,
    /// The client secret that this session made, for an authentik that does not show it again.
    made: Option<GeneratedSecret>,
    /// Mailboxes that were switched.
    switched: Switched,
}

/// How often each product was read.
#[derive(Default)]
struct Readings {
    authentik: Cell<u64>,
    mailcow: Cell<u64>,
}

impl<O> Cowbell<O> {
    /// Nothing observed yet.
    pub fn new(host: O) -> Self {
        Self {
            host,
            writer: Writer::default(),
            state: RefCell::default(),
            journal: RefCell::default(),
            trash: RefCell::default(),
            readings: Readings::default(),
        }
    }

    /// The way to the outside.
    pub fn host(&self) -> &O {
        &self.host
    }

    /// What is being written, if anything is.
    #[must_use]
    pub fn writing(&self) -> Option<Work> {
        self.writer.work()
    }

    /// Goes up whenever authentik's objects were read, and whenever something was written there: whoever has concluded something from
    /// them remembers the number, and knows by another one that it is out of date.
    #[must_use]
    pub fn authentik_reading(&self) -> u64 {
        self.readings.authentik.get() + self.writer.written(Product::Authentik)
    }

    /// The same of mailcow.
    #[must_use]
    pub fn mailcow_reading(&self) -> u64 {
        self.readings.mailcow.get() + self.writer.written(Product::Mailcow)
    }

    /// Only one run writes at a time. Nothing may be noted before this has succeeded.
    fn begin(&self, work: Work) -> Result<WriteGuard, Error> {
        Ok(self.writer.begin(work)?)
    }
}

impl<O: Host> Cowbell<O> {
    /// The outside for one verb, which keeps to the pages that are there now.
    fn bound(&self) -> Bound<'_, O> {
        Bound::to(&self.host)
    }
}

impl Readings {
    fn count(reading: &Cell<u64>) {
        reading.set(reading.get() + 1);
    }
}
