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
    /// User and mailbox are both inactive. A passkey of the mailbox opens mailcow's web interface even then (docs/contract/rollout.md,
    /// "What a switch costs its owner").
    BothInactive,
}

impl ArrivalKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::SignedIn,
        Self::Authorized,
        Self::Failed,
        Self::NotYet,
        Self::NotKnown,
        Self::GoesOn,
        Self::NoUser,
        Self::BothInactive,
    ];
}

/// Why it is not known whether a user has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum NotKnownCause {
    /// authentik sends other addresses than those of its users.
    Owner,
    /// Nobody knows when the mailbox was switched.
    SwitchTime,
    /// authentik has authorized the user at about the time of the switch. Before it, mailcow refuses.
    AboutTheSwitch,
    /// The logs were read before the mailbox was switched.
    ReadBefore,
    /// authentik's events were not read, or do not reach back to the switch.
    Events,
}

/// When Cowbell switched a mailbox: seconds since 1970-01-01T00:00:00Z by the browser's clock. Mailboxes of one wave are switched one
/// after the other, which takes minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchTime {
    /// When that began.
    pub began_s: i64,
    /// When it had certainly ended; `None` while it may go on.
    pub ended_s: Option<i64>,
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
    /// Why it is not known.
    pub cause: Option<NotKnownCause>,
}

impl From<ArrivalKind> for Arrival {
    fn from(kind: ArrivalKind) -> Self {
        Self { kind, at_s: None, seen_at: None, finding: None, cause: None }
    }
}

impl From<NotKnownCause> for Arrival {
    fn from(cause: NotKnownCause) -> Self {
        Self { cause: Some(cause), ..ArrivalKind::NotKnown.into() }
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
    /// When Cowbell switched it; `None` when that is not known.
    pub since: Option<SwitchTime>,
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
    /// By how many seconds mailcow's clock is ahead of authentik's.
    mailcow_ahead_s: i64,
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
        let mailcow_ahead_s = judged.clock_skew_s;
        let mut traces = Self { complete_from_s, read_s, clock, mailcow_ahead_s, ..Self::default() };
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

    /// mailcow's clock, compared with the browser's.
    #[must_use]
    pub fn mailcow_clock(&self) -> Clock {
        let Clock { ahead_s, uncertain_s } = self.clock;
        Clock { ahead_s: ahead_s + self.mailcow_ahead_s, uncertain_s: uncertain_s.max(UNCERTAIN_OF_MAILCOW_S) }
    }

    /// Whether somebody has arrived at their mailbox.
    #[must_use]
    pub fn arrival(&self, mailbox: Moved<'_>, owner: Owner<'_>) -> Arrival {
        let (user, is_only) = match owner {
            Owner::Nobody => return ArrivalKind::NoUser.into(),
            Owner::User(user) | Owner::OneOf(user) if !user.is_active => {
                return if mailbox.is_active { ArrivalKind::GoesOn } else { ArrivalKind::BothInactive }.into();
            }
            Owner::User(user) => (Some(user), true),
            Owner::OneOf(user) => (Some(user), false),
            Owner::NotKnown => (None, true),
        };
        let since = self.since(mailbox.since);
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
        let authorized = trace.authorized_s.filter(|at| since.time.is_some() && since.includes(*at));
        let failed = user.and_then(|user| self.failed(mailbox, user, is_only, since));
        match (authorized, failed) {
            (Some(at), failed) if failed.is_none_or(|attempt| attempt.time_s < at) => self.at(ArrivalKind::Authorized, at),
            (_, Some(attempt)) => {
                Arrival { finding: Some(attempt.finding.clone()), ..self.at(ArrivalKind::Failed, attempt.time_s) }
            }
            // It may have been before the switch, and then mailcow has refused it.
            _ if trace.authorized_s.is_some_and(|at| since.may_include(at)) => match since.time {
                Some(_) => NotKnownCause::AboutTheSwitch.into(),
                None => NotKnownCause::SwitchTime.into(),
            },
            _ if user.is_none() => NotKnownCause::Owner.into(),
            _ => self.gap(since).map_or_else(|| ArrivalKind::NotYet.into(), Arrival::from),
        }
    }

    /// Time of the switch by authentik's clock.
    fn since(&self, since: Option<SwitchTime>) -> Since {
        let ahead_s = self.clock.ahead_s;
        let time = since.map(|SwitchTime { began_s, ended_s }| SwitchTime {
            began_s: began_s + ahead_s,
            ended_s: ended_s.map(|ended_s| ended_s + ahead_s),
        });
        Since { time, uncertain_s: self.clock.uncertain_s }
    }

    /// Why authorizations since then may not be known; `None` if every one is.
    fn gap(&self, since: Since) -> Option<NotKnownCause> {
        let Some(complete_from_s) = self.complete_from_s else { return Some(NotKnownCause::Events) };
        let (Some(time), Some(earliest)) = (since.time, since.earliest()) else { return Some(NotKnownCause::SwitchTime) };
        match time.ended_s {
            Some(ended_s) if ended_s <= self.read_s => (complete_from_s > earliest).then_some(NotKnownCause::Events),
            _ => Some(NotKnownCause::ReadBefore),
        }
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
            Some(user) if self.gap(since).is_none() => {
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
    time: Option<SwitchTime>,
    uncertain_s: i64,
}

impl Since {
    /// The earliest time that it may be.
    fn earliest(self) -> Option<i64> {
        self.time.map(|time| time.began_s - self.uncertain_s)
    }

    /// Whether something was certainly later: after the last mailbox of the wave was switched.
    fn includes(self, time_s: i64) -> bool {
        self.time.is_none_or(|time| time.ended_s.is_some_and(|ended_s| time_s >= ended_s + self.uncertain_s))
    }

    /// Whether something may have been later.
    fn may_include(self, time_s: i64) -> bool {
        self.earliest().is_none_or(|earliest| time_s >= earliest)
    }
}
