//! The application: what the panel, the tests and the demo call. It keeps what has been observed and decided, and turns it into
//! views: plain data with codes, whose texts are in the panel.
//!
//! Functions that wait take `&self`, because the panel may start something else meanwhile; nothing is borrowed across an `await`.
//! Each of them works on what it started with (docs/contract/cases.md, S3): it binds itself to the live pages ([`Bound`]) and
//! takes the facts it needs once, and its results are stored only while the authentik or mailcow that they are about is still the
//! connected one. One that writes takes the [`WriteGuard`] first, before it changes any state.

mod arrival_list;
mod arrivals;
mod authentik;
mod check;
mod diagnosis;
mod error;
mod export;
mod hidden_forms;
mod mailcow;
mod mark;
mod page_kind;
mod password_form;
mod people;
mod preview;
mod readiness;
mod removal;
mod rotate;
mod state;
mod switched;
mod users;
mod views;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::plan::Journals;
use crate::setup::Parties;
use crate::transport::{Bound, Host, Product, Work, WriteGuard, Writer};

use arrival_list::{ArrivalFacts, ArrivalSearch, Arrivals};
use state::{
    AuthentikFacts, ConnectionTest, GeneratedSecret, Lent, MailPrograms, MailcowSeen, PaceOfUsers, People, PeopleSearch, Planned,
    PreviousSettings, ProvenClient, Readiness, ReadinessSearch, Trash,
};
use switched::SwitchedLists;

pub use arrival_list::ArrivalFilter;
pub use arrivals::{ArrivalCount, ArrivalQuery, ArrivalRow, ArrivalRows, ArrivalsView, ProgramView};
pub use check::Checked;
pub use error::Error;
pub use mark::FactsMark;
pub use page_kind::PageKind;
pub use password_form::{PasswordForm, PasswordFormAtRemoval, PasswordFormNames, PasswordFormStake};
pub use people::{LoadedWave, MoveEnd, PeopleQuery, PeopleRows, PeopleView, PersonRow, SeenView, SeenWith, Wave, WaveView};
pub use preview::{Findings, Need, Preview, PreviewRow, PreviewStep, check_values, preview};
pub use readiness::{
    AddressView, ReadinessQuery, ReadinessRow, ReadinessRows, ReadinessView, Reason, SwitchView, SwitchedElsewhere, Switching,
    UserVerdict,
};
pub use state::{CostCount, PeopleFilter, PlanStanding};
pub use users::{UserFilter, UserQuery, UserRow, UserRows, VerifiedValue};
pub use views::*;

/// The application, generic over its [`Host`].
pub struct Cowbell<O> {
    host: O,
    writer: Writer,
    state: RefCell<State>,
    /// Lent to the run that writes to it.
    journals: RefCell<Journals>,
    /// What was removed in this session; lent to the run that writes to it.
    trash: RefCell<Trash>,
    readings: Readings,
}

/// What has been observed and decided so far, except what is lent to a run. What changes together is one struct, and what can be
/// derived is computed, not stored.
#[derive(Default)]
struct State {
    /// The authentik whose tab was clicked last.
    authentik: Option<AuthentikFacts>,
    /// The mailcow whose tab was clicked last.
    mailcow: Option<Rc<MailcowSeen>>,
    planned: Option<Rc<Planned>>,
    session: Session,
    /// What the products answered about mailcow's stored settings.
    connection_test: Option<Rc<ConnectionTest>>,
    /// The client that mailcow has stored, if only a regular expression leads to this mailcow.
    proven_client: Option<ProvenClient>,
    /// What the question about a removal has shown.
    to_remove: Option<state::ToRemove>,
    /// The login pages as the question about their password form has shown them.
    login_shown: Option<state::ShownLogin>,
    /// Who can sign in, as of the last reading.
    readiness: Option<Rc<Readiness>>,
    mail_programs: MailPrograms,
    /// Derived from the two above.
    people: Option<Rc<People>>,
    /// What was read of both logs.
    arrival_facts: Option<Rc<ArrivalFacts>>,
    /// Derived from the readiness and from them.
    arrivals: Option<Rc<Arrivals>>,
    sought_arrivals: ArrivalSearch,
    found: users::UserSearch,
    sought: ReadinessSearch,
    sought_people: PeopleSearch,
}

/// What this session has generated and replaced: none of it can be read anywhere else.
#[derive(Default)]
struct Session {
    /// What was stored in mailcow before Cowbell saved; in memory only, because it holds a secret.
    previous: Option<PreviousSettings>,
    /// The client secret that this session generated, for an authentik that does not show it again.
    made: Option<GeneratedSecret>,
    /// Where the administrator has allowed the credentials in a form to be tested.
    accepted: Option<Parties>,
    /// Mailboxes that were switched.
    switched: SwitchedLists,
    /// Password forms that Cowbell has hidden.
    hidden_forms: hidden_forms::HiddenForms,
    pace: PaceOfUsers,
}

/// How often each product was read.
#[derive(Default)]
struct Readings {
    authentik: Cell<u64>,
    mailcow: Cell<u64>,
}

impl<O> Cowbell<O> {
    /// Creates an application that has observed nothing.
    pub fn new(host: O) -> Self {
        Self {
            host,
            writer: Writer::default(),
            state: RefCell::default(),
            journals: RefCell::default(),
            trash: RefCell::default(),
            readings: Readings::default(),
        }
    }

    /// The host that it runs in.
    pub fn host(&self) -> &O {
        &self.host
    }

    /// The write that is running, if there is one.
    #[must_use]
    pub fn writing(&self) -> Option<Work> {
        self.writer.work()
    }

    /// A number that increases whenever authentik's objects were read and whenever something was written there. A result that was
    /// derived from them stores the number, and is outdated when it differs.
    #[must_use]
    pub fn authentik_reading(&self) -> u64 {
        self.readings.authentik.get() + self.writer.written(Product::Authentik)
    }

    /// The same for mailcow.
    #[must_use]
    pub fn mailcow_reading(&self) -> u64 {
        self.readings.mailcow.get() + self.writer.written(Product::Mailcow)
    }

    /// Takes the write guard: only one run writes at a time. No state may be changed before this has succeeded.
    fn begin(&self, work: Work) -> Result<WriteGuard, Error> {
        Ok(self.writer.begin(work)?)
    }

    /// Forgets what was read of a product and what follows from it. What Cowbell has done stays: the journals, what was replaced or
    /// removed, and a secret that nobody else may know.
    pub fn forget(&self, product: Product) {
        let mut state = self.state.borrow_mut();
        match product {
            Product::Authentik => (state.authentik, state.planned) = (None, None),
            Product::Mailcow => (state.mailcow, state.mail_programs) = (None, MailPrograms::default()),
        }
        (state.connection_test, state.proven_client, state.to_remove, state.readiness) = (None, None, None, None);
        (state.people, state.sought_people, state.login_shown) = (None, PeopleSearch::default(), None);
        (state.arrival_facts, state.arrivals) = (None, None);
        state.session.accepted = None;
        state.found = users::UserSearch::default();
    }
}

impl<O: Host> Cowbell<O> {
    /// The host, bound to the pages that are live now.
    fn bound(&self) -> Bound<'_, O> {
        Bound::to(&self.host)
    }
}

impl Readings {
    fn count(reading: &Cell<u64>) {
        reading.set(reading.get() + 1);
    }
}
