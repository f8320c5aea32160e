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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::Directory;
    use crate::mailcow::LogEntry;

    /// The browser's clock; authentik's is 1,000 seconds ahead.
    const SWITCHED: SwitchTime = SwitchTime { began_s: 10_000, ended_s: Some(10_500) };
    const CLOCK: Clock = Clock { ahead_s: 1_000, uncertain_s: 100 };
    const READ_S: i64 = 20_000;
    /// mailcow's clock is ahead of authentik's.
    const SKEW_S: i64 = 300;

    /// What both logs say about Anna: when authentik has authorized her, and when mailcow has written of a sign-in, by their own clocks.
    struct Logs {
        authorized_s: Option<i64>,
        /// When it failed, by authentik's clock.
        failed_s: Option<i64>,
        entry_s: Option<i64>,
        /// Whether mailcow's log reaches back.
        is_whole: bool,
        complete_from_s: Option<i64>,
    }

    const NOTHING: Logs = Logs { authorized_s: None, failed_s: None, entry_s: None, is_whole: false, complete_from_s: Some(0) };

    impl Logs {
        fn arrival(&self, since: Option<SwitchTime>) -> Arrival {
            let page = r#"{"pagination":{"count":1,"total_pages":1},"results":[
                {"pk":1,"username":"anna","name":"","email":"anna@mail.example","is_active":true,"type":"internal"}]}"#;
            let directory = Directory::from_pages([page]).expect("a page");
            let event = |time_s| Event {
                action: Action::Authorized,
                time_s,
                user: Some(1),
                username: "anna".into(),
                email: "anna@mail.example".into(),
                is_impersonated: false,
                client_ip: String::new(),
                client_id: String::new(),
                application: String::new(),
                asked: String::new(),
                granted: String::new(),
                subject: String::new(),
                expected: String::new(),
            };
            let entry = |time_s| LogEntry {
                time_s,
                remote: String::new(),
                what: Logged::SignedIn,
                address: "anna@mail.example".into(),
                reason: String::new(),
            };
            let failure = |time_s| Attempt {
                time_s,
                who: "anna@mail.example".into(),
                user: Some(1),
                reached: None,
                stopped: None,
                finding: Finding::new(Code::MailboxInactive),
                times: 1,
                went_through_since: false,
                is_switched: false,
            };
            let events: Vec<Event> = self.authorized_s.map(event).into_iter().collect();
            let entries = self.entry_s.map(entry).into_iter().collect();
            let log = UiLog { entries, since_s: self.is_whole.then_some(0), is_cut: false };
            let of_each = |is_so| vec![is_so; events.len()];
            let judged = Judged {
                attempts: self.failed_s.map(failure).into_iter().collect(),
                refused: of_each(false),
                unremarkable: of_each(true),
                clock_skew_s: SKEW_S,
            };
            let traces = Traces::new(Some(&log), &events, judged, self.complete_from_s, READ_S, CLOCK);
            assert_eq!(traces.mailcow_clock(), Clock { ahead_s: 1_300, uncertain_s: UNCERTAIN_OF_MAILCOW_S });
            let mailbox = Moved { address: "anna@mail.example", is_active: true, since };
            traces.arrival(mailbox, Owner::User(&directory.users()[0]))
        }

        /// What is known, why not, and when it was by the browser's clock.
        fn said(&self, since: SwitchTime) -> (ArrivalKind, Option<NotKnownCause>, Option<i64>) {
            let Arrival { kind, cause, at_s, .. } = self.arrival(Some(since));
            (kind, cause, at_s)
        }
    }

    const NOT_YET: (ArrivalKind, Option<NotKnownCause>, Option<i64>) = (ArrivalKind::NotYet, None, None);

    fn not_known(cause: NotKnownCause) -> (ArrivalKind, Option<NotKnownCause>, Option<i64>) {
        (ArrivalKind::NotKnown, Some(cause), None)
    }

    #[test]
    fn what_was_about_the_time_of_the_switch_is_not_known() {
        let about = not_known(NotKnownCause::AboutTheSwitch);
        for (authorized_s, said) in [
            (10_899, NOT_YET),
            (10_900, about),
            (11_500, about),
            (11_599, about),
            (11_600, (ArrivalKind::Authorized, None, Some(10_600))),
        ] {
            let logs = Logs { authorized_s: Some(authorized_s), ..NOTHING };
            assert_eq!(logs.said(SWITCHED), said, "{authorized_s}");
            // mailcow did not refuse it, as it would have before the switch.
            let logs = Logs { is_whole: true, ..logs };
            let signed_in = (ArrivalKind::SignedIn, None, Some(authorized_s - 1_000));
            assert_eq!(logs.said(SWITCHED), if said == NOT_YET { NOT_YET } else { signed_in }, "{authorized_s}");
        }
        // As long as the wave goes on, nothing is after it.
        let going_on = SwitchTime { ended_s: None, ..SWITCHED };
        assert_eq!(Logs { authorized_s: Some(19_000), ..NOTHING }.said(going_on), about);
        assert_eq!(NOTHING.said(going_on), not_known(NotKnownCause::ReadBefore));
    }

    #[test]
    fn nobody_is_missing_only_in_logs_that_reach_from_the_switch_to_the_reading() {
        for (ended_s, said) in [(19_000, NOT_YET), (19_001, not_known(NotKnownCause::ReadBefore))] {
            assert_eq!(NOTHING.said(SwitchTime { ended_s: Some(ended_s), ..SWITCHED }), said, "{ended_s}");
        }
        for (complete_from_s, said) in
            [(Some(10_900), NOT_YET), (Some(10_901), not_known(NotKnownCause::Events)), (None, not_known(NotKnownCause::Events))]
        {
            assert_eq!(Logs { complete_from_s, ..NOTHING }.said(SWITCHED), said, "{complete_from_s:?}");
        }
    }

    /// mailcow writes its line when the next page is loaded.
    #[test]
    fn a_line_of_mailcow_counts_as_far_as_both_clocks_are_known() {
        // Without events, the line alone.
        for (entry_s, said) in [(12_400, (ArrivalKind::SignedIn, None, Some(11_400))), (12_399, not_known(NotKnownCause::Events))]
        {
            let logs = Logs { entry_s: Some(entry_s + SKEW_S), complete_from_s: None, ..NOTHING };
            assert_eq!(logs.said(SWITCHED), said, "{entry_s}");
        }
        // With them, it is that of the user's newest sign-in.
        for (authorized_s, entry_s, said) in [
            (11_000, 10_100, (ArrivalKind::SignedIn, None, Some(10_000))),
            (11_000, 10_099, not_known(NotKnownCause::AboutTheSwitch)),
            (10_899, 11_000, NOT_YET),
        ] {
            let logs = Logs { authorized_s: Some(authorized_s), entry_s: Some(entry_s + SKEW_S), ..NOTHING };
            assert_eq!(logs.said(SWITCHED), said, "{authorized_s} {entry_s}");
        }
    }

    #[test]
    fn what_was_last_counts_of_an_authorization_and_a_failure() {
        for (failed_s, said) in [
            (12_999, (ArrivalKind::Authorized, None, Some(12_000))),
            // What failed is certain.
            (13_000, (ArrivalKind::Failed, None, Some(12_000))),
            (13_001, (ArrivalKind::Failed, None, Some(12_001))),
        ] {
            let logs = Logs { authorized_s: Some(13_000), failed_s: Some(failed_s), ..NOTHING };
            assert_eq!(logs.said(SWITCHED), said, "{failed_s}");
        }
    }
}
