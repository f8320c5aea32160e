//! The parts of [`super::State`]: facts as they were read, results derived from them, and what is lent to a run.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::rc::{Rc, Weak};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::Error;
use crate::authentik::api::Base;
use crate::authentik::{Directory, Snapshot};
use crate::mailcow::directory::ByName;
use crate::mailcow::{self, CustomLogin, IdentityProvider, LoginPage, Protocols, SignInLog, Writable};
use crate::plan::{OwnClient, Plan, Removal, Removed, SetupDraft, ShownRemoval};
use crate::setup::{Audience, ClientCredentials, Origin, Parties, Registration};
use crate::verify::Code;
use crate::verify::Finding;
use crate::verify::address_change::AddressChange;
use crate::verify::credentials::CredentialsVerdict;
use crate::verify::readiness::{Asked, Outcome, Table};
use crate::verify::switch_cost::{CostRules, SwitchCost};

/// Facts with the time of their reading.
pub(super) struct Reading<T> {
    pub(super) facts: Rc<T>,
    /// Milliseconds since 1970-01-01T00:00:00Z of the last reading; equal facts may have been read before.
    pub(super) read_at_ms: u64,
    /// [`crate::transport::Writer::written`] when reading began.
    pub(super) after: u64,
}

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        Self { facts: self.facts.clone(), ..*self }
    }
}

impl<T> Reading<T> {
    /// Replaces the facts by a newer reading. If they are equal, the existing `Rc` is kept, so that results derived from it stay
    /// valid; a reading that started earlier but arrived later is ignored.
    pub(super) fn renew(&mut self, read: Self, says_the_same: impl Fn(&T, &T) -> bool) -> Rc<T> {
        if read.after >= self.after {
            let facts = if says_the_same(&self.facts, &read.facts) { self.facts.clone() } else { read.facts };
            *self = Self { facts, ..read };
        }
        self.facts.clone()
    }
}

/// What was read of one authentik.
pub(super) struct AuthentikFacts {
    pub(super) snapshot: Reading<Snapshot>,
    pub(super) users: Option<Reading<Directory>>,
    pub(super) client: Option<Reading<Client>>,
}

/// The client that belongs to the mailcow of a draft.
pub(super) struct Client {
    pub(super) registration: Rc<Registration>,
    /// Number of objects in authentik that differed from the setup when it was read.
    pub(super) remaining: usize,
}

impl Client {
    /// The same without the client secret itself.
    pub(super) fn without_secret(&self) -> Self {
        let discarded = self.registration.client_secret.discarded();
        Self { registration: self.registration.with_secret(discarded).into(), remaining: self.remaining }
    }
}

/// A snapshot of mailcow, with its origin.
pub(super) struct MailcowSeen {
    pub(super) origin: Origin,
    pub(super) snapshot: mailcow::Snapshot,
}

impl MailcowSeen {
    /// A fresh snapshot.
    pub(super) fn new(origin: Origin, snapshot: mailcow::Snapshot) -> Self {
        Self { origin, snapshot }
    }

    /// Who shares the stored client secret, as mailcow names them.
    pub(super) fn parties(&self) -> Option<Parties> {
        let IdentityProvider { authorize_url, token_url, .. } = &self.snapshot.provider;
        Parties::stored(&self.origin, authorize_url, token_url)
    }

    /// A copy with other stored settings.
    pub(super) fn with_provider(&self, provider: IdentityProvider) -> Self {
        let login_page = self.snapshot.login_page.map(LoginPage::of_other_provider);
        let snapshot = mailcow::Snapshot { provider, login_page, ..self.snapshot.clone() };
        Self::new(self.origin.clone(), snapshot)
    }

    /// A copy with another login page.
    pub(super) fn with_login_page(&self, login_page: Option<LoginPage>) -> Self {
        Self::new(self.origin.clone(), mailcow::Snapshot { login_page, ..self.snapshot.clone() })
    }

    /// A copy without the client secret.
    pub(super) fn without_secret(&self) -> Self {
        let mut snapshot = self.snapshot.clone();
        snapshot.provider.client_secret = snapshot.provider.client_secret.discarded();
        Self { origin: self.origin.clone(), snapshot }
    }
}

/// A plan and what it was made from. It may be applied as long as the facts are still the same `Rc`.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) draft: SetupDraft,
    pub(super) own_client: Option<OwnClient>,
    pub(super) authentik: Rc<Snapshot>,
    /// Weak: a plan contains its own users, so 100,000 others need not stay in memory for it.
    pub(super) directory: Weak<Directory>,
}

/// Whether there is a plan, and whether it may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PlanStanding {
    None,
    /// It was made from the current facts and the same draft.
    Current,
    /// authentik, its users or the draft have changed since it was made.
    Outdated,
}

/// What the products answered about the settings that mailcow has stored.
pub(super) struct ConnectionTest {
    /// How often each product had been read by then.
    pub(super) readings: [u64; 2],
    /// What authentik says of the client credentials.
    pub(super) credentials: CredentialsVerdict,
    /// Whether mailcow's server reaches the token endpoint.
    pub(super) reach: Finding,
}

/// The client that a mailcow has stored, and the authentik that knows it.
pub(super) struct ProvenClient {
    pub(super) base: Base,
    pub(super) client: OwnClient,
}

/// What was read, and the verdicts that follow from it.
pub(super) struct Readiness {
    pub(super) facts: Rc<ReadinessFacts>,
    /// Without the client secret.
    pub(super) mailcow: MailcowSeen,
    pub(super) asked: Vec<Asked>,
    pub(super) table: Table,
    /// Positions of users by user name and by the part of their address before the `@`, made when they are first needed.
    pub(super) namesakes: OnceCell<ByName<u32>>,
}

/// What stays the same while single users are looked up and mailboxes are switched.
pub(super) struct ReadinessFacts {
    pub(super) authentik: Rc<Snapshot>,
    pub(super) directory: Rc<Directory>,
    /// mailcow's settings, without the client secret: the stored ones, or if there are none, the desired ones.
    pub(super) settings: IdentityProvider,
    pub(super) planned: bool,
    /// What makes every sign-in with these settings fail.
    pub(super) problems: Vec<Finding>,
    pub(super) audience: Audience,
    /// Who may change their own address; `None` when authentik was not asked.
    pub(super) address_change: Option<AddressChange>,
    /// Milliseconds since 1970-01-01T00:00:00Z of the last time that the users were read.
    pub(super) users_read_at_ms: u64,
}

/// What was read of one mailcow about mail programs.
#[derive(Default)]
pub(super) struct MailPrograms {
    pub(super) mailcow: Option<Origin>,
    /// The login log; `None` when it could not be read.
    pub(super) log: Option<Rc<SignInLog>>,
    /// By address, the protocols that active app passwords open.
    pub(super) open: HashMap<Box<str>, Protocols>,
    /// Increases with each reading.
    pub(super) reading: u64,
    /// When the log was read: milliseconds since 1970-01-01T00:00:00Z.
    pub(super) read_at_ms: Option<u64>,
}

/// A cost, and how many mailboxes have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct CostCount {
    pub cost: SwitchCost,
    /// How many mailboxes.
    pub count: usize,
}

/// Whom the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PeopleFilter {
    /// Only mailboxes with this cost.
    pub cost: Option<SwitchCost>,
    /// Only mailboxes of this domain.
    pub domain: Option<String>,
    /// Only members of this group, or of one below it: its primary key.
    pub group: Option<String>,
    /// Only mailboxes of the wave.
    pub in_wave: bool,
}

/// The list, derived from a table of who can sign in.
pub(super) struct People {
    pub(super) readiness: Weak<Readiness>,
    pub(super) mail_programs: u64,
    pub(super) rules: CostRules,
    pub(super) rows: Vec<Person>,
    /// What their switch would cost, each cost that occurs, by mailbox.
    pub(super) costs: Vec<CostCount>,
    /// Domains of their mailboxes, sorted.
    pub(super) domains: Vec<String>,
}

/// A mailbox, by its position, and one of its users, by position.
pub(super) struct Person {
    pub(super) mailbox: u32,
    pub(super) user: Option<u32>,
    pub(super) cost: SwitchCost,
    /// The verdict about the user after the switch; `None` without a user, or about one who is not chosen.
    pub(super) after: Option<Code>,
    /// Whether the first sign-in after the switch makes an inactive mailbox active.
    pub(super) is_reactivated: bool,
    /// Whether several users would get into the mailbox.
    pub(super) is_shared: bool,
}

/// The result of the last search among people, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct PeopleSearch {
    /// What was searched. Weak: a search result keeps nothing in memory.
    pub(super) people: Weak<People>,
    pub(super) asked: Option<(String, PeopleFilter)>,
    /// Positions among the rows.
    pub(super) positions: Vec<u32>,
}

/// The result of the last search, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct ReadinessSearch {
    /// What was searched. Weak: a search result keeps nothing in memory.
    pub(super) readiness: Weak<Readiness>,
    pub(super) asked: Option<(String, Option<Outcome>, Option<usize>)>,
    pub(super) positions: Vec<u32>,
}

/// What was removed in this session.
#[derive(Default)]
pub(super) struct Trash {
    pub(super) at_authentik: Removed,
    /// The authentik that it was removed from: it is restored only there.
    pub(super) base: Option<Base>,
    pub(super) at_mailcow: Option<PreviousSettings>,
    /// The login page whose password form was shown for it.
    pub(super) password_form: Option<ShownForm>,
}

/// The login pages of one mailcow, as a question has shown them.
pub(super) struct ShownLogin {
    pub(super) mailcow: Origin,
    pub(super) login: CustomLogin,
}

/// A password form that Cowbell had hidden, and that a removal has shown.
#[derive(Clone)]
pub(super) struct ShownForm {
    pub(super) origin: Origin,
    /// The login pages as the removal left them.
    pub(super) left: CustomLogin,
}

/// A removal as a question has shown it, without the client secret.
pub(super) struct ToRemove {
    pub(super) base: Base,
    pub(super) mailcow: Origin,
    pub(super) settings: IdentityProvider,
    pub(super) removal: Removal,
    pub(super) shown: ShownRemoval,
    /// The login pages, if their password form is shown first.
    pub(super) login: Option<CustomLogin>,
}

/// Settings of one mailcow that can be restored.
#[derive(Clone)]
pub(super) struct PreviousSettings {
    pub(super) origin: Origin,
    pub(super) settings: IdentityProvider,
    /// What Cowbell left in their place, without the client secret: other settings are somebody's newer ones.
    pub(super) left: IdentityProvider,
}

impl PreviousSettings {
    /// Whether mailcow has what Cowbell left, or still what there was before.
    pub(super) fn is_unchanged(&self, now: &IdentityProvider) -> bool {
        [&self.left, &self.settings].iter().any(|known| now.changed_since(known).is_empty())
    }

    /// The settings, to be written again.
    ///
    /// # Errors
    /// When their client secret was discarded.
    pub(super) fn writable(&self) -> Result<Writable, Error> {
        self.settings.clone().unchanged(&self.origin).map_err(Error::Unknown)
    }
}

/// A client secret, and to which authentik it belongs: another authentik may have the same client ID.
pub(super) struct GeneratedSecret {
    pub(super) authentik: Base,
    pub(super) credentials: ClientCredentials,
}

/// How fast one authentik is.
#[derive(Default)]
pub(super) struct PaceOfUsers {
    pub(super) base: Option<Base>,
    pub(super) ms_per_answer: u64,
    /// As the last run was.
    pub(super) ms_per_user: Option<u64>,
}

/// A value that is lent to a run and returns when the run ends, even if its future is dropped.
pub(super) struct Lent<'a, T: Default> {
    home: &'a RefCell<T>,
    thing: T,
}

impl<'a, T: Default> Lent<'a, T> {
    /// Takes the value out of its cell, which is empty meanwhile: the caller has to hold the [`crate::transport::WriteGuard`].
    pub(super) fn of(home: &'a RefCell<T>) -> Self {
        Self { home, thing: home.take() }
    }
}

impl<T: Default> Deref for Lent<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.thing
    }
}

impl<T: Default> DerefMut for Lent<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.thing
    }
}

impl<T: Default> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        self.home.replace(std::mem::take(&mut self.thing));
    }
}
