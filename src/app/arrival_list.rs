//! The list of who has arrived: what was read for it, the rows that follow from it, and the last search in it.

use std::collections::HashMap;
use std::rc::{Rc, Weak};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::state::Readiness;
use super::switched::SwitchedLists;
use super::users::contains;
use crate::authentik::User;
use crate::authentik::api::Base;
use crate::mailcow::{Authsource, Mailbox};
use crate::setup::Origin;
use crate::verify::Finding;
use crate::verify::arrival::{Arrival, ArrivalKind, Moved, NotKnownCause, Owner, SwitchTime, Traces};
use crate::verify::mail_programs::{ProgramLog, ProgramUse, ProgramsKind};

/// What was read of both logs.
pub(super) struct ArrivalFacts {
    pub(super) authentik: Base,
    pub(super) mailcow: Origin,
    pub(super) traces: Traces,
    /// What mail programs do; `None` if mailcow does not tell.
    pub(super) programs: Option<ProgramLog>,
    /// Time from which on no authorization is missing: seconds since 1970-01-01T00:00:00Z by the browser's clock.
    pub(super) complete_from_s: Option<i64>,
    /// Why a log is missing or incomplete.
    pub(super) findings: Vec<Finding>,
    /// When they were read: milliseconds since 1970-01-01T00:00:00Z.
    pub(super) read_at_ms: u64,
}

/// The list, derived from a table of who can sign in and from both logs.
pub(super) struct Arrivals {
    readiness: Weak<Readiness>,
    facts: Weak<ArrivalFacts>,
    /// The mailboxes that Cowbell has switched first, each part sorted by address.
    pub(super) rows: Vec<Arriving>,
}

/// A mailbox, by its position, and one of its users, by position.
pub(super) struct Arriving {
    mailbox: u32,
    user: Option<u32>,
    pub(super) arrival: Arrival,
    /// Whether Cowbell has switched it.
    pub(super) is_switched: bool,
    /// When.
    pub(super) since: Option<SwitchTime>,
    /// Whether mail programs have signed in to the mailbox since.
    pub(super) programs: ProgramsKind,
}

/// Whom the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ArrivalFilter {
    /// Only rows of this kind.
    pub kind: Option<ArrivalKind>,
    /// Only mailboxes to which a mail program has not signed in since the switch that did before.
    pub silent: bool,
}

/// The result of the last search, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct ArrivalSearch {
    /// What was searched. Weak: a search result keeps nothing in memory.
    arrivals: Weak<Arrivals>,
    asked: Option<(String, ArrivalFilter)>,
    positions: Vec<u32>,
}

impl ArrivalFacts {
    /// Whether they are about the products of this table.
    pub(super) fn is_of(&self, readiness: &Readiness) -> bool {
        self.mailcow == readiness.mailcow.origin && self.authentik == readiness.facts.authentik.base
    }

    /// What mail programs have done with a mailbox, as far as mailcow tells.
    pub(super) fn programs(&self, address: &str, since: Option<SwitchTime>) -> (ProgramsKind, Vec<ProgramUse>) {
        let known = self.programs.as_ref().map(|log| log.of(address, since, self.traces.mailcow_clock()));
        known.unwrap_or((ProgramsKind::NotKnown, Vec::new()))
    }
}

impl Arrivals {
    /// Derives the list. Without `facts` it has what the products themselves tell.
    pub(super) fn new(readiness: &Rc<Readiness>, facts: Option<&Rc<ArrivalFacts>>, switched: &SwitchedLists) -> Self {
        let mailcow = &readiness.mailcow;
        let unread = Traces::default();
        let traces = facts.map_or(&unread, |facts| &facts.traces);
        let origin = mailcow.origin.to_string();
        let times: HashMap<&str, Option<SwitchTime>> = switched.of(&origin).map(|known| (&*known.address, known.time)).collect();
        let users = readiness.users_by_address();
        let directory = readiness.facts.directory.users();
        let mailboxes = mailcow.snapshot.mailboxes.as_ref().map(|mailboxes| mailboxes.rows()).unwrap_or_default();
        let are_known = readiness.table.orphans.is_some();
        let mut rows = Vec::new();
        for (mailbox, (address, of)) in (0..).zip(mailboxes).filter(|(_, (_, of))| of.authsource == Authsource::GenericOidc) {
            let (is_switched, since) = times.get(&**address).map_or((false, None), |at| (true, *at));
            let moved = Moved { address, is_active: of.active, since };
            let programs = facts.map_or(ProgramsKind::NotKnown, |facts| facts.programs(address, since).0);
            let mut add = |user, owner| {
                rows.push(Arriving { mailbox, user, arrival: traces.arrival(moved, owner), is_switched, since, programs });
            };
            let owners = users.all(address).filter_map(|user| Some((*user, directory.get(*user as usize)?)));
            let owners: Vec<(u32, &User)> = owners.filter(|_| are_known).collect();
            // A disabled user does not matter where another one has the address.
            let has_active = owners.iter().any(|(_, user)| user.is_active);
            let owners: Vec<_> = owners.into_iter().filter(|(_, user)| user.is_active || !has_active).collect();
            match owners[..] {
                [] => add(None, if are_known { Owner::Nobody } else { Owner::NotKnown }),
                [(at, user)] => add(Some(at), Owner::User(user)),
                _ => owners.iter().for_each(|(at, user)| add(Some(*at), Owner::OneOf(user))),
            }
        }
        rows.sort_by_key(|row| !row.is_switched);
        Self { readiness: Rc::downgrade(readiness), facts: facts.map_or_else(Weak::new, Rc::downgrade), rows }
    }

    /// Whether it was derived from these.
    pub(super) fn is_of(&self, readiness: &Rc<Readiness>, facts: Option<&Rc<ArrivalFacts>>) -> bool {
        let facts = facts.map_or_else(Weak::new, Rc::downgrade);
        self.readiness.ptr_eq(&Rc::downgrade(readiness)) && self.facts.ptr_eq(&facts)
    }

    /// How many rows there are that a filter shows.
    pub(super) fn count(&self, filter: ArrivalFilter) -> usize {
        self.rows.iter().filter(|row| row.is_shown(filter)).count()
    }

    /// Why it is not known who has arrived, if that is one and the same reason for everybody of whom it is not.
    pub(super) fn cause(&self) -> Option<NotKnownCause> {
        let mut causes = self.rows.iter().filter_map(|row| row.arrival.cause);
        let first = causes.next()?;
        causes.all(|other| other == first).then_some(first)
    }
}

impl Arriving {
    pub(super) fn mailbox<'a>(&self, readiness: &'a Readiness) -> Option<&'a (Box<str>, Mailbox)> {
        readiness.mailcow.snapshot.mailboxes.as_ref()?.rows().get(self.mailbox as usize)
    }

    pub(super) fn user<'a>(&self, readiness: &'a Readiness) -> Option<&'a User> {
        readiness.facts.directory.users().get(self.user? as usize)
    }

    fn is_shown(&self, filter: ArrivalFilter) -> bool {
        filter.kind.is_none_or(|kind| kind == self.arrival.kind) && (!filter.silent || self.programs == ProgramsKind::Silent)
    }

    fn fits(&self, readiness: &Readiness, text: &str) -> bool {
        self.mailbox(readiness).is_some_and(|(address, _)| address.contains(text))
            || self.user(readiness).is_some_and(|user| contains(user, text))
    }
}

impl ArrivalSearch {
    /// Positions of the rows that match; searches only if the query or the list has changed.
    pub(super) fn positions(
        &mut self,
        readiness: &Readiness,
        arrivals: &Rc<Arrivals>,
        text: &str,
        filter: ArrivalFilter,
    ) -> &[u32] {
        let asked = Some((text.trim().to_lowercase(), filter));
        let searched = Rc::downgrade(arrivals);
        if !self.arrivals.ptr_eq(&searched) || self.asked != asked {
            let text = asked.as_ref().map_or("", |(text, _)| text);
            let fits = |row: &Arriving| row.is_shown(filter) && row.fits(readiness, text);
            self.positions = (0..).zip(&arrivals.rows).filter(|(_, row)| fits(row)).map(|(position, _)| position).collect();
            (self.arrivals, self.asked) = (searched, asked);
        }
        &self.positions
    }
}
