//! Who has arrived: each mailbox that signs in with authentik, and whether its owner has done so since it was switched
//! (docs/contract/rollout.md, "Who has arrived").

use std::cmp::Reverse;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::arrival_list::{ArrivalFacts, ArrivalFilter, Arrivals, Arriving};
use super::diagnosis::Known;
use super::state::Readiness;
use super::{Cowbell, Error};
use crate::authentik::{Action, Authorizations, Clock, Events, Snapshot, read_authorizations, read_clock};
use crate::mailcow::{self, NameMark, Protocol, api};
use crate::plan::SetupDraft;
use crate::transport::{Batch, Bound, Host, Product, fetch};
use crate::verify::arrival::{ArrivalKind, NotKnownCause, SeenAt, SwitchTime, Traces};
use crate::verify::mail_programs::{ProgramLog, ProgramUse, ProgramsKind};
use crate::verify::{Code, Finding};

/// A kind of arrival, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct ArrivalCount {
    pub kind: ArrivalKind,
    /// How many rows.
    pub count: usize,
}

/// Who has arrived, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ArrivalsView {
    /// Rows of the list.
    pub rows: usize,
    /// Of those, how many are of mailboxes that Cowbell has switched.
    pub switched: usize,
    /// The kinds that occur.
    pub counts: Vec<ArrivalCount>,
    /// Rows of mailboxes to which a mail program has not signed in since the switch that did before.
    pub silent: usize,
    /// Why it is not known who has arrived, if the reason is the same wherever it is not.
    #[tsify(optional)]
    pub cause: Option<NotKnownCause>,
    /// When Cowbell switched the first of them: milliseconds since 1970-01-01T00:00:00Z; absent when that is not known.
    #[tsify(optional)]
    pub since_ms: Option<u64>,
    /// Time from which on authentik's events are complete: milliseconds since 1970-01-01T00:00:00Z; absent when that is not known.
    #[tsify(optional)]
    pub complete_from_ms: Option<u64>,
    /// Why a log is missing or incomplete.
    pub findings: Vec<Finding>,
    /// When the logs were read: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
}

/// Search, filter and page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ArrivalQuery {
    /// A part of user name, full name or address; case does not matter.
    pub text: String,
    pub filter: ArrivalFilter,
    pub offset: usize,
    pub limit: usize,
}

/// The last sign-in of a mail program with one protocol and one kind of password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ProgramView {
    pub protocol: Protocol,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// Whether that was with an app password.
    pub by_app_password: bool,
    /// Whether that was after the switch; absent if that is not known.
    #[tsify(optional)]
    pub is_since: Option<bool>,
    /// Whether none has signed in with the protocol since.
    pub is_silent: bool,
}

/// A mailbox with one of its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ArrivalRow {
    /// Address of the mailbox.
    pub address: String,
    /// User name; empty if no user has the address, or it is not known who has.
    pub username: String,
    /// Full name of the user.
    pub name: String,
    pub arrival: ArrivalKind,
    /// Time of the sign-in or attempt: milliseconds since 1970-01-01T00:00:00Z.
    #[tsify(optional)]
    pub at_ms: Option<u64>,
    /// Where a sign-in was seen.
    #[tsify(optional)]
    pub seen_at: Option<SeenAt>,
    /// Why the attempt failed.
    #[tsify(optional)]
    pub finding: Option<Finding>,
    /// Why it is not known whether the user has arrived.
    #[tsify(optional)]
    pub cause: Option<NotKnownCause>,
    /// Whether mail programs have signed in to the mailbox since its switch.
    pub programs: ProgramsKind,
    /// Their last sign-ins.
    pub uses: Vec<ProgramView>,
    /// Whether the mailbox is active.
    pub active: bool,
    /// Name of a user who may have had the address of a mailbox without a user: their user name or the beginning of their address is
    /// that of the mailbox, or they alone have its full name; empty if there is none.
    pub renamed: String,
    /// When Cowbell switched the mailbox: milliseconds since 1970-01-01T00:00:00Z; absent when that is not known.
    #[tsify(optional)]
    pub switched_at_ms: Option<u64>,
    /// Whether Cowbell can switch it back.
    pub can_switch_back: bool,
    /// Whether several users have the address.
    pub is_shared: bool,
}

/// Rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct ArrivalRows {
    /// Number of rows that match.
    pub total: usize,
    /// The requested rows.
    pub rows: Vec<ArrivalRow>,
}

impl<O: Host> Cowbell<O> {
    /// Reads both logs, as far as their pages are live: authentik's back to the first switch. Calls `progress` with the number of
    /// events read and their total; [`Host::cancelled`] ends it early, and what was read until then counts. A log that cannot be read
    /// is a finding, and what only it could tell is not known.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded, or when another product was connected meanwhile.
    pub async fn read_arrivals(&self, draft: &SetupDraft, progress: &mut dyn FnMut(usize, usize)) -> Result<ArrivalsView, Error> {
        let host = self.bound();
        let readiness = self.readiness()?;
        let mut known = self.known();
        let mut findings = Vec::new();
        let mut events = Events::default();
        let mut complete_from_s = None;
        let began_s = self.now_s();
        let mut clock = Clock::default();
        match self.read_sign_in_events(&host, draft, &mut known).await {
            Ok(read) => events = read,
            // Of others, too: then the sign-ins are not known, either.
            Err(finding) => findings.push(finding),
        }
        let are_read = findings.is_empty();
        if let Some(snapshot) = known.authentik.clone().filter(|_| are_read) {
            clock = read_clock(&host, &snapshot.base).await;
            let read = self.read_authorizations(&host, &readiness, &snapshot, &known, clock, progress).await;
            findings.extend(read.error.map(|error| Finding::from(&Error::from(error))));
            complete_from_s = read.complete_from_s;
            // A code that is missing in a gap is not one that authentik has refused.
            events.since_s = events.since_s.max(Some(complete_from_s.unwrap_or(i64::MAX)));
            events.list.retain(|event| event.action != Action::Authorized);
            events.list.extend(read.list);
        }
        // After the events: the refusal of a sign-in comes after its event.
        let log = match self.read_mailcow_log(&host, &mut known).await {
            // Every administrator has left a line.
            Ok(log) if log.since_s.is_none() => Err(Finding::new(Code::MailcowLogEmpty)),
            read => read,
        };
        let log = log.map_err(|finding| findings.push(finding)).ok();
        let programs = read_programs(&host, &readiness).await;
        findings.dedup();
        let judged = known.judge(log.as_ref(), Some(&events).filter(|_| are_read), self.now_s());
        let traces = Traces::new(log.as_ref(), &events.list, judged, complete_from_s, began_s + clock.ahead_s, clock);
        if !self.readiness().is_ok_and(|now| now.mailcow.origin == readiness.mailcow.origin) {
            return Err(Error::TabGone);
        }
        let facts = ArrivalFacts {
            authentik: readiness.facts.authentik.base.clone(),
            mailcow: readiness.mailcow.origin.clone(),
            traces,
            programs,
            complete_from_s: complete_from_s.map(|complete| complete - clock.ahead_s),
            findings,
            read_at_ms: self.host.now_ms(),
        };
        self.state.borrow_mut().arrival_facts = Some(Rc::new(facts));
        self.arrivals_view()
    }

    async fn read_authorizations(
        &self,
        host: &Bound<'_, O>,
        readiness: &Readiness,
        snapshot: &Snapshot,
        known: &Known,
        clock: Clock,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Authorizations {
        let client_id = known.client_id();
        let provider = snapshot.providers.iter().find(|provider| provider.client_id == client_id).map(|provider| provider.pk);
        let others = snapshot.applications.iter().filter(|application| application.provider != provider);
        let others: Vec<String> = others.map(|application| application.pk.replace('-', "")).collect();
        let first = self.first_switch(readiness).map(|first| first + clock.ahead_s - clock.uncertain_s);
        read_authorizations(host, &snapshot.base, &client_id, &others, first, clock, progress).await
    }

    /// Who has arrived, in numbers.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn arrivals_view(&self) -> Result<ArrivalsView, Error> {
        let (readiness, arrivals) = (self.readiness()?, self.arrivals()?);
        let state = self.state.borrow();
        let facts = state.arrival_facts.as_deref().filter(|facts| facts.is_of(&readiness));
        let of_kind = |kind| ArrivalFilter { kind: Some(kind), silent: false };
        let count = |kind| ArrivalCount { kind, count: arrivals.count(of_kind(kind)) };
        Ok(ArrivalsView {
            rows: arrivals.rows.len(),
            switched: arrivals.rows.iter().filter(|row| row.is_switched).count(),
            counts: ArrivalKind::ALL.into_iter().map(count).filter(|counted| counted.count > 0).collect(),
            silent: arrivals.count(ArrivalFilter { kind: None, silent: true }),
            cause: arrivals.cause(),
            since_ms: arrivals.rows.iter().filter_map(|row| row.since).map(|since| since.began_s).min().and_then(milliseconds),
            complete_from_ms: facts.and_then(|facts| facts.complete_from_s).and_then(milliseconds),
            findings: facts.map(|facts| facts.findings.clone()).unwrap_or_default(),
            read_at_ms: facts.map_or(readiness.mailcow.snapshot.read_at_ms, |facts| facts.read_at_ms),
        })
    }

    /// Rows of the searchable list: the mailboxes that Cowbell has switched first, each part sorted by address.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn find_arrivals(&self, query: &ArrivalQuery) -> Result<ArrivalRows, Error> {
        let (readiness, arrivals) = (self.readiness()?, self.arrivals()?);
        let mut state = self.state.borrow_mut();
        let found = state.sought_arrivals.positions(&readiness, &arrivals, &query.text, query.filter);
        let shown = found.iter().skip(query.offset).take(query.limit);
        let shown = shown.filter_map(|position| arrivals.rows.get(*position as usize)).collect();
        let total = found.len();
        let facts = state.arrival_facts.clone().filter(|facts| facts.is_of(&readiness));
        Ok(ArrivalRows { total, rows: arrival_rows(&readiness, facts.as_deref(), shown) })
    }

    /// All rows of an address: one for each of its users.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn arrivals_of(&self, address: &str) -> Result<Vec<ArrivalRow>, Error> {
        let (readiness, arrivals) = (self.readiness()?, self.arrivals()?);
        let is_its = |row: &&Arriving| row.mailbox(&readiness).is_some_and(|(of, _)| **of == *address);
        let facts = self.state.borrow().arrival_facts.clone().filter(|facts| facts.is_of(&readiness));
        Ok(arrival_rows(&readiness, facts.as_deref(), arrivals.rows.iter().filter(is_its).collect()))
    }

    /// The list, made anew when the table or what was read of the logs is another one.
    fn arrivals(&self) -> Result<Rc<Arrivals>, Error> {
        let readiness = self.readiness()?;
        let mut state = self.state.borrow_mut();
        let facts = state.arrival_facts.clone().filter(|facts| facts.is_of(&readiness));
        if let Some(known) = state.arrivals.as_ref().filter(|known| known.is_of(&readiness, facts.as_ref())) {
            return Ok(known.clone());
        }
        let arrivals = Rc::new(Arrivals::new(&readiness, facts.as_ref(), &state.session.switched));
        state.arrivals = Some(arrivals.clone());
        Ok(arrivals)
    }
}

/// Reads what mail programs do; nothing where mailcow does not tell.
async fn read_programs<O: Host>(host: &Bound<'_, O>, readiness: &Readiness) -> Option<ProgramLog> {
    let mailcow::Snapshot { mailboxes, features, .. } = &readiness.mailcow.snapshot;
    let answers = fetch(host, Batch::new(Product::Mailcow, vec![api::sign_in_log(&readiness.mailcow.origin)])).await;
    let log = mailcow::read_sign_in_log(answers.first()?).ok()?;
    ProgramLog::new(log, mailboxes.as_ref()?, features.logs_every_program)
}

fn arrival_rows(readiness: &Readiness, facts: Option<&ArrivalFacts>, shown: Vec<&Arriving>) -> Vec<ArrivalRow> {
    let is_orphan = |row: &&&Arriving| row.arrival.kind == ArrivalKind::NoUser;
    let full_names = shown.iter().filter(is_orphan).filter_map(|row| row.mailbox(readiness)?.1.name);
    let named = readiness.users_named(full_names);
    let renamed = |address: &str, name: Option<NameMark>| {
        let user = readiness.namesake(address).or_else(|| *named.get(&name?)?);
        user.map(|user| user.username.to_string()).unwrap_or_default()
    };
    let row = |row: &Arriving| {
        let (address, mailbox) = row.mailbox(readiness)?;
        let user = row.user(readiness);
        let has_no_user = row.arrival.kind == ArrivalKind::NoUser;
        Some(ArrivalRow {
            address: address.to_string(),
            username: user.map(|user| user.username.to_string()).unwrap_or_default(),
            name: user.map(|user| user.name.to_string()).unwrap_or_default(),
            arrival: row.arrival.kind,
            at_ms: row.arrival.at_s.and_then(milliseconds),
            seen_at: row.arrival.seen_at,
            finding: row.arrival.finding.clone(),
            cause: row.arrival.cause,
            programs: row.programs,
            uses: facts.map_or_else(Vec::new, |facts| uses(facts, address, row.since)),
            active: mailbox.active,
            renamed: if has_no_user { renamed(address, mailbox.name) } else { String::new() },
            switched_at_ms: row.since.and_then(|since| milliseconds(since.began_s)),
            can_switch_back: row.is_switched,
            is_shared: readiness.table.is_shared(address),
        })
    };
    shown.into_iter().filter_map(row).collect()
}

/// What mail programs have done with a mailbox, the newest first.
fn uses(facts: &ArrivalFacts, address: &str, since: Option<SwitchTime>) -> Vec<ProgramView> {
    let view = |known: ProgramUse| {
        let ProgramUse { protocol, at_s, by_app_password, is_since, is_silent } = known;
        Some(ProgramView { protocol, at_ms: milliseconds(at_s)?, by_app_password, is_since, is_silent })
    };
    let mut uses: Vec<ProgramView> = facts.programs(address, since).1.into_iter().filter_map(view).collect();
    uses.sort_by_key(|known| Reverse(known.at_ms));
    uses
}

fn milliseconds(seconds: i64) -> Option<u64> {
    u64::try_from(seconds).ok()?.checked_mul(1_000)
}
