//! Who has arrived: whether the owner of a mailbox has signed in to it with authentik since it was switched
//! (docs/contract/rollout.md, "Who has arrived").
//!
//! A sign-in counts for a user only if authentik names that very user in the event, under the address that they still have: an
//! address may have been somebody else's, and an administrator may have been the user for a while. What neither log can tell any more
//! is not known, and never "not yet".

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::diagnosis::{Attempt, Judged};
use super::{Code, Finding};
use crate::authentik::{Action, Clock, Event, User};
use crate::mailcow::{Logged, UiLog, folded};

/// Seconds by which mailcow's clock may differ from the others.
const UNCERTAIN_OF_MAILCOW_S: i64 = 900;

/// Whether a user has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalKind {
    /// They have signed in.
    SignedIn,
    /// authentik has authorized them; whether mailcow has refused, its log does not say any more.
    Authorized,
    /// They have tried, and it failed.
    Failed,
    /// They have not tried.
    NotYet,
    /// The logs do not tell.
    NotKnown,
    /// Their user is disabled, and the mailbox goes on with app passwords and open sessions (docs/contract/cases.md, R3).
    GoesOn,
    /// No user has the address (docs/contract/cases.md, R4).
    NoUser,
    /// User and mailbox are both inactive.
    Closed,
}

impl ArrivalKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] =
        [Self::SignedIn, Self::Authorized, Self::Failed, Self::NotYet, Self::NotKnown, Self::GoesOn, Self::NoUser, Self::Closed];
}

/// Where a sign-in was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SeenAt {
    /// authentik has authorized the user, and mailcow has not refused.
    Authentik,
    /// mailcow's log has the sign-in.
    Mailcow,
}

/// Whether the owner of a mailbox has arrived, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub kind: ArrivalKind,
    /// Time of the sign-in or attempt: seconds since 1970-01-01T00:00:00Z by the browser's clock.
    pub at_s: Option<i64>,
    /// Where a sign-in was seen.
    pub seen_at: Option<SeenAt>,
    /// Why an attempt failed.
    pub finding: Option<Finding>,
}

impl From<ArrivalKind> for Arrival {
    fn from(kind: ArrivalKind) -> Self {
        Self { kind, at_s: None, seen_at: None, finding: None }
    }
}

/// Who owns a mailbox.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// A user with its address.
    User(&'a User),
    /// The same, who is not the only one.
    OneOf(&'a User),
    /// No user has its address.
    Nobody,
    /// authentik sends other addresses than those of its users.
    NotKnown,
}

/// A mailbox that signs in with authentik.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    pub address: &'a str,
    /// Whether it is active.
    pub is_active: bool,
    /// When Cowbell switched it: seconds since 1970-01-01T00:00:00Z by the browser's clock; `None` when that is not known.
    pub since_s: Option<i64>,
}

/// Sign-ins of a user under one address: the newest each, by authentik's clock.
#[derive(Clone, Copy, Debug, Default)]
struct Trace {
    /// mailcow did not refuse it.
    unrefused_s: Option<i64>,
    /// Whether mailcow refused it is not known.
    authorized_s: Option<i64>,
}

/// Who used an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    User(i64),
    /// Several users, or an administrator in their place.
    Several,
}

/// What the logs say about sign-ins, by user and by mailbox.
#[derive(Debug, Default)]
pub struct Traces {
    /// By primary key and address.
    by_user: HashMap<(i64, Box<str>), Trace>,
    /// By address, who signed in with it, as far as authentik knows.
    holders: HashMap<Box<str>, Holder>,
    /// By address, the newest sign-in in mailcow's log.
    entries: HashMap<Box<str>, i64>,
    /// Failed sign-ins by name or address, the newest first.
    attempts: HashMap<Box<str>, Vec<Attempt>>,
    /// Time from which on no authorization is missing.
    complete_from_s: Option<i64>,
    /// When reading began.
    read_s: i64,
    clock: Clock,
}

impl Traces {
    /// Combines both logs. `judged` is about these `events`, which miss nothing from `complete_from_s` on until reading began: `read_s`,
    /// all by authentik's clock.
    #[must_use]
    pub fn new(
        log: Option<&UiLog>,
        events: &[Event],
        judged: Judged,
        complete_from_s: Option<i64>,
        read_s: i64,
        clock: Clock,
    ) -> Self {
        let mut traces = Self { complete_from_s, read_s, clock, ..Self::default() };
        let known = judged.refused.iter().zip(&judged.unremarkable);
        // A log that is not cut may have been emptied.
        let log_from_s = log.and_then(|log| log.since_s).map_or(i64::MAX, |since| since - judged.clock_skew_s);
        for (event, (refused, unrefused)) in events.iter().zip(known).filter(|(event, _)| event.action == Action::Authorized) {
            traces.note(event, *refused, *unrefused && event.time_s >= log_from_s);
        }
        for entry in log.iter().flat_map(|log| &log.entries).filter(|entry| entry.what == Logged::SignedIn) {
            let newest = traces.entries.entry(folded(&entry.address).into()).or_insert(i64::MIN);
            *newest = (entry.time_s - judged.clock_skew_s).max(*newest);
        }
        for attempt in judged.attempts {
            traces.attempts.entry(folded(&attempt.who).into()).or_default().push(attempt);
        }
        traces
    }

    fn note(&mut self, event: &Event, refused: bool, unrefused: bool) {
        let address: Box<str> = folded(&event.email).into();
        let who = event.user.filter(|_| !event.is_impersonated).map_or(Holder::Several, Holder::User);
        let holder = self.holders.entry(address.clone()).or_insert(who);
        if *holder != who {
            *holder = Holder::Several;
        }
        if let (Holder::User(user), false) = (who, refused) {
            let trace = self.by_user.entry((user, address)).or_default();
            let newest = if unrefused { &mut trace.unrefused_s } else { &mut trace.authorized_s };
            *newest = Some(event.time_s).max(*newest);
        }
    }

    /// Whether somebody has arrived at their mailbox.
    #[must_use]
    pub fn arrival(&self, mailbox: Moved<'_>, owner: Owner<'_>) -> Arrival {
        let (user, is_only) = match owner {
            Owner::Nobody => return ArrivalKind::NoUser.into(),
            Owner::User(user) | Owner::OneOf(user) if !user.is_active => {
                return if mailbox.is_active { ArrivalKind::GoesOn } else { ArrivalKind::Closed }.into();
            }
            Owner::User(user) => (Some(user), true),
            Owner::OneOf(user) => (Some(user), false),
            Owner::NotKnown => (None, true),
        };
        let since = self.since(mailbox);
        let trace = user.and_then(|user| self.by_user.get(&(user.pk, folded(&user.email).into()))).copied().unwrap_or_default();
        let entry = self.entry(mailbox, user, since).filter(|_| is_only);
        let seen = |at, seen_at| Arrival { seen_at: Some(seen_at), ..self.at(ArrivalKind::SignedIn, at) };
        if let Some(at) = entry {
            return seen(at, SeenAt::Mailcow);
        }
        if let Some(at) = trace.unrefused_s.filter(|at| since.may_include(*at)) {
            return seen(at, SeenAt::Authentik);
        }
        // When it is not known when the mailbox was switched, it may have been before.
        let authorized = trace.authorized_s.filter(|at| since.at_s.is_some() && since.includes(*at));
        let failed = user.and_then(|user| self.failed(mailbox, user, is_only, since));
        match (authorized, failed) {
            (Some(at), failed) if failed.is_none_or(|attempt| attempt.time_s < at) => self.at(ArrivalKind::Authorized, at),
            (_, Some(attempt)) => {
                Arrival { finding: Some(attempt.finding.clone()), ..self.at(ArrivalKind::Failed, attempt.time_s) }
            }
            // It may have been before the switch, and then mailcow has refused it.
            _ if trace.authorized_s.is_some_and(|at| since.may_include(at)) => ArrivalKind::NotKnown.into(),
            _ if user.is_some() && self.covers(since) => ArrivalKind::NotYet.into(),
            _ => ArrivalKind::NotKnown.into(),
        }
    }

    /// Time of the switch by authentik's clock.
    fn since(&self, mailbox: Moved<'_>) -> Since {
        Since { at_s: mailbox.since_s.map(|since| since + self.clock.ahead_s), uncertain_s: self.clock.uncertain_s }
    }

    /// Whether every authorization since then is known.
    fn covers(&self, since: Since) -> bool {
        let is_read = since.at_s.is_some_and(|at| at <= self.read_s);
        is_read && matches!((self.complete_from_s, since.earliest()), (Some(complete), Some(since)) if complete <= since)
    }

    /// The newest sign-in to the mailbox in mailcow's log, unless it may be somebody else's or from before the switch.
    fn entry(&self, mailbox: Moved<'_>, user: Option<&User>, since: Since) -> Option<i64> {
        let address = folded(mailbox.address);
        let at = *self.entries.get(&*address)?;
        let holder = self.holders.get(&*address);
        let roughly = Since { uncertain_s: since.uncertain_s.max(UNCERTAIN_OF_MAILCOW_S), ..since };
        match user {
            // mailcow writes the line when the next page is loaded, so that its time does not say to whose event it belongs.
            Some(user) if holder.is_some_and(|holder| *holder != Holder::User(user.pk)) => None,
            // There is no sign-in without an event.
            Some(user) if self.covers(since) => {
                let trace = self.by_user.get(&(user.pk, folded(&user.email).into()))?;
                let newest = trace.unrefused_s.max(trace.authorized_s)?;
                (since.may_include(newest) && roughly.may_include(at)).then_some(newest)
            }
            _ => roughly.includes(at).then_some(at),
        }
    }

    /// The newest failed sign-in of a user.
    fn failed(&self, mailbox: Moved<'_>, user: &User, is_only: bool, since: Since) -> Option<&Attempt> {
        let names = [folded(mailbox.address), folded(&user.email), folded(&user.username)];
        let is_its_address = |attempt: &Attempt| {
            let holder = self.holders.get(&*folded(&attempt.who));
            is_only && holder.is_none_or(|holder| *holder == Holder::User(user.pk))
        };
        let is_own = |attempt: &&Attempt| attempt.user.map_or_else(|| is_its_address(attempt), |pk| pk == user.pk);
        // A mailbox that is switched has no password any more: that was before.
        let is_outdated = |attempt: &Attempt| attempt.finding.code == Code::MailboxHasPassword;
        let attempts = names.iter().filter(|name| !name.is_empty()).filter_map(|name| self.attempts.get(&**name)).flatten();
        attempts
            .filter(is_own)
            .filter(|attempt| !is_outdated(attempt) && since.may_include(attempt.time_s))
            .max_by_key(|attempt| attempt.time_s)
    }

    fn at(&self, kind: ArrivalKind, time_s: i64) -> Arrival {
        Arrival { at_s: Some(time_s - self.clock.ahead_s), ..kind.into() }
    }
}

/// The time of a switch by authentik's clock; `None` for ever.
#[derive(Clone, Copy)]
struct Since {
    at_s: Option<i64>,
    uncertain_s: i64,
}

impl Since {
    /// The earliest time that it may be.
    fn earliest(self) -> Option<i64> {
        self.at_s.map(|at| at - self.uncertain_s)
    }

    /// Whether something was certainly later.
    fn includes(self, time_s: i64) -> bool {
        self.at_s.is_none_or(|at| time_s >= at + self.uncertain_s)
    }

    /// Whether something may have been later.
    fn may_include(self, time_s: i64) -> bool {
        self.earliest().is_none_or(|earliest| time_s >= earliest)
    }
}
