//! What [`super::State`] is made of: facts as they were read, what was made from them, and what is lent to a run.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::{Rc, Weak};

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::api::Base;
use crate::authentik::{Directory, Snapshot};
use crate::mailcow::switch::Wanted;
use crate::mailcow::{self, IdentityProvider};
use crate::plan::{Plan, Removed, SetupDraft};
use crate::setup::{Audience, ClientCredentials, Origin, Registration, Secret};
use crate::verify::readiness::{Asked, Outcome, Table};

/// Something as it was read.
pub(super) struct Reading<T> {
    pub(super) facts: Rc<T>,
    /// Milliseconds since 1970 of the last time that they were read; the same facts may have been read before.
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
    /// Takes over what was read again. Facts that say the same stay the very same, so that what was made from them holds; what was
    /// read earlier and came later is left.
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
    /// Objects of authentik that were not as wanted when it was read.
    pub(super) remaining: usize,
}

impl Client {
    /// The same without the client secret itself.
    pub(super) fn without_secret(&self) -> Self {
        let discarded = self.registration.client_secret.discarded();
        Self { registration: self.registration.with_secret(discarded).into(), remaining: self.remaining }
    }
}

/// A mailcow as it was read, and where.
pub(super) struct MailcowSeen {
    pub(super) origin: Origin,
    pub(super) snapshot: mailcow::Snapshot,
}

impl MailcowSeen {
    /// As it was read just now.
    pub(super) fn new(origin: Origin, snapshot: mailcow::Snapshot) -> Self {
        Self { origin, snapshot }
    }

    /// The same with other settings stored.
    pub(super) fn with_provider(&self, provider: IdentityProvider) -> Self {
        let snapshot = mailcow::Snapshot { provider, ..self.snapshot.clone() };
        Self::new(self.origin.clone(), snapshot)
    }

    /// The same without its client secret.
    pub(super) fn without_secret(&self) -> Self {
        let mut snapshot = self.snapshot.clone();
        snapshot.provider.client_secret = snapshot.provider.client_secret.discarded();
        Self { origin: self.origin.clone(), snapshot }
    }
}

/// A plan and what it was made from. As long as what is known is the very same, it may be applied.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) draft: SetupDraft,
    pub(super) authentik: Rc<Snapshot>,
    /// Weak: a plan names its users itself, and 100,000 others need not be kept for it.
    pub(super) directory: Weak<Directory>,
}

/// Whether there is a plan, and whether it may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PlanStanding {
    None,
    /// It was made from what is known now and for the same draft.
    Current,
    /// authentik, its users or the draft are no longer what it was made from.
    Outdated,
}

/// What was read, and what is said of everybody because of it.
pub(super) struct Readiness {
    pub(super) facts: Rc<ReadinessFacts>,
    pub(super) mailcow: Rc<MailcowSeen>,
    pub(super) asked: Vec<Asked>,
    pub(super) table: Table,
}

/// What stays while single users are asked about and mailboxes are switched.
pub(super) struct ReadinessFacts {
    pub(super) authentik: Rc<Snapshot>,
    pub(super) directory: Rc<Directory>,
    /// mailcow's settings: those stored, or where none are, those that are going to be.
    pub(super) settings: IdentityProvider,
    pub(super) planned: bool,
    pub(super) audience: Audience,
    /// Milliseconds since 1970 of the last time that the users were read.
    pub(super) users_read_at_ms: u64,
}

/// The last search, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct LastSearch {
    /// What was searched. Weak: a search keeps nothing alive.
    pub(super) readiness: Weak<Readiness>,
    pub(super) asked: Option<(String, Option<Outcome>, Option<usize>)>,
    pub(super) positions: Vec<u32>,
}

/// Mailboxes that were switched, as they were before.
#[derive(Default)]
pub(super) struct Switched {
    /// Origin of their mailcow.
    pub(super) mailcow: String,
    pub(super) mailboxes: Vec<Wanted>,
}

/// What was removed in this session.
#[derive(Default)]
pub(super) struct Trash {
    pub(super) at_authentik: Removed,
    /// Where that was: nothing goes back anywhere else.
    pub(super) base: Option<Base>,
    pub(super) at_mailcow: Option<PreviousSettings>,
}

/// Settings of one mailcow that can be put back.
#[derive(Clone)]
pub(super) struct PreviousSettings {
    pub(super) origin: Origin,
    pub(super) settings: IdentityProvider,
}

/// A client secret, and whose it is: another authentik may name the same client ID.
pub(super) struct GeneratedSecret {
    pub(super) authentik: Base,
    pub(super) credentials: ClientCredentials,
}

/// Something that is lent to a run, and comes back when the run ends, even if that is because its future is dropped.
pub(super) struct Lent<'a, T: Default> {
    home: &'a RefCell<T>,
    thing: T,
}

impl<'a, T: Default> Lent<'a, T> {
    /// Lends it out. Meanwhile its home is empty: whoever lends has to hold the [`crate::transport::WriteGuard`].
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
