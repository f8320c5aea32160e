//! Determines who can sign in, and switches mailboxes so that more users can.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::mailcow::desired;
use super::people::Wave;
use super::state::{Readiness, ReadinessFacts};
use super::switched::{SwitchedLists, SwitchedMailbox};
use super::users::contains;
use super::{Cowbell, Error, MailcowSeen};
use crate::authentik::types::{CheckedAccess, PreviewedClaims, Settings};
use crate::authentik::{Directory, Operation, Resource, Snapshot, User, answer};
use crate::mailcow::switch::{self, DesiredMailbox};
use crate::mailcow::{self, Authsource, GENERIC_OIDC, Mailboxes, MailcowChoice, NameMark, directory::ByName, folded, save};
use crate::plan::{Chooser, Decision, SetupDraft};
use crate::transport::{Batch, Bound, Host, Product, Work, fetch, send};
use crate::verify::address_change::AddressChange;
use crate::verify::everybody::client_of;
use crate::verify::readiness::{Asked, Outcome, Rules, Table};
use crate::verify::{Code, Finding};

/// Number of users for whom authentik is queried at each reading.
const SAMPLE: usize = 3;

/// Maximum number of mailboxes that are named when mailcow did not switch them.
const LISTED: usize = 100;

/// A reason, and how many users it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Reason {
    pub verdict: Code,
    /// The outcome of a sign-in for this reason.
    pub outcome: Outcome,
    /// How many users.
    pub count: usize,
}

/// Who can sign in, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessView {
    /// Users that were examined.
    pub users: usize,
    /// Why they can sign in or cannot, by outcome.
    pub reasons: Vec<Reason>,
    /// What makes every sign-in fail, or may do so; the gravest first.
    pub problems: Vec<Finding>,
    /// Findings that concern more than one of them.
    pub notes: Vec<Finding>,
    /// Mailboxes that sign in with authentik and belong to no user there; `None` when that is not known.
    pub orphans: Option<usize>,
    /// Whether mailcow has not stored the settings yet: the view then shows the readiness after the save.
    pub planned: bool,
    /// When users and mailboxes were read, the older of both: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    /// Mailboxes whose switch to Generic-OIDC would let their users in, without those that several users would get into.
    pub switchable: usize,
    /// Mailboxes that were switched and can be switched back.
    pub switched: usize,
    /// Of those, the ones that were switched last, together.
    pub last_wave: usize,
    /// Addresses at which Cowbell has switched others of its mailboxes.
    pub elsewhere: Vec<SwitchedElsewhere>,
}

/// Mailboxes of the connected mailcow that sign in with authentik and that Cowbell has switched at another address: this mailcow may have
/// several host names, and another mailcow may have mailboxes of the same names. They can be switched back at that address alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SwitchedElsewhere {
    /// Origin at which they were switched.
    pub mailcow: String,
    /// How many.
    pub count: usize,
}

/// Search, filter and page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessQuery {
    /// A part of user name, full name or address; case does not matter.
    pub text: String,
    /// Only users with this outcome.
    pub outcome: Option<Outcome>,
    /// Only users with this reason: its position among the reasons of the view.
    pub reason: Option<usize>,
    pub offset: usize,
    pub limit: usize,
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct ReadinessRow {
    pub pk: i64,
    pub username: String,
    pub name: String,
    pub email: String,
    /// The outcome of a sign-in.
    pub outcome: Outcome,
    pub finding: Finding,
}

/// Rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct ReadinessRows {
    /// Number of users that match.
    pub total: usize,
    /// The requested rows.
    pub rows: Vec<ReadinessRow>,
}

/// The verdict about an address, for one of its users or for the address itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct UserVerdict {
    /// User name; empty when the verdict is about the address alone.
    pub username: String,
    /// The address that mailcow would receive.
    pub address: String,
    pub finding: Finding,
}

/// The verdicts about an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct AddressView {
    /// One for each of its users; without any, one for the address itself.
    pub verdicts: Vec<UserVerdict>,
    /// The whole table, updated with what was learnt.
    pub readiness: ReadinessView,
}

/// Result of a switch of mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SwitchView {
    /// Mailboxes that this has switched, as they were read back; not those that somebody else was quicker with.
    pub done: usize,
    /// Mailboxes that are not.
    pub left: usize,
    /// Mailboxes that may be: their change was sent, and nothing could be read back.
    pub unverified: usize,
    /// Some of those, with name and mailcow's reason.
    pub findings: Vec<Finding>,
    /// Why it ended early, if it did.
    pub error: Option<Finding>,
    /// The whole table after the switch.
    pub readiness: ReadinessView,
}

/// Which mailboxes are switched, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switching<'a> {
    /// Those of a wave that have a password in mailcow, to Generic-OIDC, whoever their users are.
    Wave(&'a Wave),
    /// The one with this address, whoever its user is, to Generic-OIDC.
    Mailbox(&'a str),
    /// Those that were switched, back to the password that mailcow kept, and to mailcow's demands on them.
    Back,
    /// Those of them that were switched last, together.
    LastWaveBack,
    /// The one of them with this address.
    MailboxBack(&'a str),
}

impl Switching<'_> {
    /// Whether mailboxes get their password back.
    #[must_use]
    pub fn is_back(self) -> bool {
        matches!(self, Self::Back | Self::LastWaveBack | Self::MailboxBack(_))
    }
}

impl<O: Host> Cowbell<O> {
    /// Determines who can sign in, from the snapshots of both products; reads users and bindings if they are missing, and queries
    /// authentik about some users, if its page is live. Calls `progress` with the number of users read.
    ///
    /// # Errors
    /// When one of the products was never read, when something cannot be read, or when another one was connected meanwhile.
    pub async fn read_readiness(
        &self,
        draft: &SetupDraft,
        choice: &MailcowChoice,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<ReadinessView, Error> {
        let host = self.bound();
        let live = host.is_live(Product::Authentik);
        let mailcow = self.seen().map_err(|_| Error::NotRead(Product::Mailcow))?;
        let mut authentik = self.snapshot().map_err(|_| Error::NotRead(Product::Authentik))?;
        let registration = self.client().ok();
        if live {
            authentik = self.up_to_date(&host).await?;
        }
        let directory = self.users_of(&host, &authentik, progress).await?;
        let users_read_at_ms = self.users_read_at_ms().unwrap_or(directory.read_at_ms);
        let stored = &mailcow.snapshot.provider;
        let planned = stored.authsource != GENERIC_OIDC;
        let going_to_be = registration.filter(|_| planned).map(|registration| desired(&mailcow, &registration, choice));
        let settings = going_to_be.unwrap_or_else(|| stored.clone());
        if let (_, Some(application)) = client_of(&authentik, &settings)
            && live
        {
            // Without bindings it is unknown who may use the application, and each verdict says so.
            let _ = self.read_bindings_of(&host, &authentik, application.pk.clone()).await;
        }
        let problems = self.problems_with(&host, &mailcow, &settings, &authentik).await;
        let audience = draft.audience.clone();
        let address_change = if live { Some(address_change(&host, &authentik, &directory).await) } else { None };
        let settings = settings.without_secret();
        let facts =
            ReadinessFacts { authentik, directory, settings, planned, problems, audience, address_change, users_read_at_ms };
        let facts = Rc::new(facts);
        let readiness = Readiness::new(facts.clone(), &mailcow, Vec::new());
        let sample = readiness.table.sample(&facts.directory, SAMPLE);
        let readiness = ask_about(&host, readiness, &sample).await;
        if self.is_of_connected(&readiness) { Ok(self.show(readiness)) } else { Err(Error::TabGone) }
    }

    /// Rows of the searchable list.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn find_readiness(&self, query: &ReadinessQuery) -> Result<ReadinessRows, Error> {
        let readiness = self.readiness()?;
        let mut state = self.state.borrow_mut();
        let sought = &mut state.sought;
        let asked = (query.text.trim().to_lowercase(), query.outcome, query.reason);
        let searched = Rc::downgrade(&readiness);
        if !sought.readiness.ptr_eq(&searched) || sought.asked.as_ref() != Some(&asked) {
            let reason = query.reason.map(|at| readiness.table.counts.get(at).map(|(verdict, _)| *verdict));
            sought.positions.clear();
            for (position, user, verdict) in readiness.chosen() {
                let fits = reason.is_none_or(|reason| reason == Some(verdict))
                    && query.outcome.is_none_or(|outcome| outcome == Outcome::of(verdict))
                    && contains(user, &asked.0);
                if fits {
                    sought.positions.push(position);
                }
            }
            sought.readiness = searched;
            sought.asked = Some(asked);
        }
        let rules = readiness.rules();
        let positions = sought.positions.iter().skip(query.offset).take(query.limit);
        let rows = positions.filter_map(|position| readiness.row(&rules, *position as usize)).collect();
        Ok(ReadinessRows { total: sought.positions.len(), rows })
    }

    /// Predicts the sign-in with an address, or of the user with that name. Queries authentik, if its page is live.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded, or when another product was connected meanwhile.
    pub async fn readiness_of(&self, address: &str) -> Result<AddressView, Error> {
        let host = self.bound();
        let address = address.trim();
        loop {
            let known = self.readiness()?;
            let facts = known.facts.clone();
            let sought = folded(address);
            let has_address = |user: &&User| folded(&user.email) == sought || *user.username == *address;
            let users: Vec<&User> =
                facts.directory.users().iter().filter(has_address).filter(|_| !address.is_empty()).take(SAMPLE).collect();
            let copy = Readiness::new(facts.clone(), &known.mailcow, known.asked.clone());
            let readiness = ask_about(&host, copy, &users).await;
            // A newer reading must not be replaced by an older one.
            if Rc::ptr_eq(&known, &self.readiness()?) {
                return Ok(self.conclude(address, &users, readiness));
            }
        }
    }

    /// Judges the sign-in with an address that these users have; stores what was learnt.
    fn conclude(&self, address: &str, users: &[&User], readiness: Readiness) -> AddressView {
        let rules = readiness.rules();
        let mut verdicts = Vec::new();
        let mut say = |username: &str, address: &str, verdict| {
            let finding = rules.finding(verdict, address);
            verdicts.push(UserVerdict { username: username.to_owned(), address: address.to_owned(), finding });
        };
        for user in users {
            say(&user.username, rules.address_of(user), rules.of_user(user));
        }
        if users.is_empty() {
            say("", address, Code::AddressOfNobody);
            say("", address, rules.of_nobody(address));
        }
        AddressView { verdicts, readiness: self.show(readiness) }
    }

    /// Switches mailboxes and reads them back. What someone else has changed since they were read stays as it is, and is named.
    /// Calls `progress` with the number of mailboxes done and their total; [`Host::cancelled`] ends it early.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded, before mailcow has stored its settings, and when its identity provider cannot be
    /// read or is another one than the table was made from: nothing was sent then.
    pub async fn switch_mailboxes(
        &self,
        which: Switching<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<SwitchView, Error> {
        let guard = self.begin(if which.is_back() { Work::SwitchBack } else { Work::Switch })?;
        let host = self.bound();
        let readiness = self.readiness()?;
        let mut desired = match which {
            Switching::Back => self.to_switch_back(&readiness),
            Switching::LastWaveBack => self.last_wave(&readiness),
            Switching::MailboxBack(address) => {
                let mut all = self.to_switch_back(&readiness);
                all.retain(|(other, _)| **other == *folded(address));
                all
            }
            Switching::Wave(wave) => wave.iter().filter_map(|address| readiness.own_password(address)).collect(),
            Switching::Mailbox(address) => readiness.own_password(address).into_iter().collect(),
        };
        if !which.is_back() {
            // mailcow ignores the change as long as it has not stored a provider of that type (docs/contract/pitfalls.md, P-41).
            if readiness.facts.planned {
                return Err(Error::SettingsMissing);
            }
            // Who could sign in after the switch was decided by these settings.
            let stored = save::read_back(&host, &readiness.mailcow.origin).await?;
            let fields = stored.changed_since(&readiness.facts.settings);
            if !fields.is_empty() {
                return Err(mailcow::Error::Changed { fields }.into());
            }
            // Before the first write: its response may get lost, and the panel may be closed.
            let texts = self.state.borrow_mut().session.switched.note(
                &readiness.mailcow.origin.to_string(),
                &desired,
                self.host.now_ms(),
            );
            // Full storage does not prevent a switch: this panel knows what to switch back.
            let _ = host.keep(texts).await;
            for (_, mailbox) in &mut desired {
                *mailbox = mailbox.with_generic_oidc();
            }
        }
        let MailcowSeen { origin, snapshot, .. } = &readiness.mailcow;
        let known = snapshot.mailboxes.clone().unwrap_or_default();
        let switched = switch::switch(&host, &guard, origin, &known, &desired, progress).await;
        let switch::Switched { mailboxes, written, refused, skipped, error } = switched;
        let is_written = |address: &str| written.binary_search_by(|known| (**known).cmp(address)).is_ok();
        let is_generic =
            |of: &Mailboxes, address: &str| of.get(address).is_some_and(|of| of.authsource == Authsource::GenericOidc);
        // What Cowbell has not switched, or has switched back, is not its own to be switched back.
        let is_forgotten = |address: &str| match which {
            _ if which.is_back() => {
                is_written(address) && mailboxes.as_ref().is_some_and(|mailboxes| !is_generic(mailboxes, address))
            }
            _ => desired.binary_search_by(|(other, _)| (**other).cmp(address)).is_ok() && !is_written(address),
        };
        let texts = {
            let switched = &mut self.state.borrow_mut().session.switched;
            if !which.is_back() {
                switched.end(&origin.to_string(), self.host.now_ms());
            }
            switched.forget(&origin.to_string(), is_forgotten)
        };
        // If it is not stored, it is only not known to the next panel.
        let _ = host.keep(texts).await;
        let unverified = if mailboxes.is_none() { written.len() } else { 0 };
        let mut done = 0;
        desired.retain(|(address, to)| {
            let Some(mailboxes) = &mailboxes else { return !is_written(address) };
            let is_switched = mailboxes.get(address).is_some_and(|is| is.authsource == to.authsource);
            done += usize::from(is_switched && is_written(address));
            !is_switched
        });
        let mut findings = Vec::new();
        for (address, _) in desired.iter().take(LISTED) {
            if let Some(skipped) = skipped.iter().find(|skipped| skipped.address == *address) {
                let code = if skipped.is_gone { Code::MailboxGone } else { Code::MailboxChangedMeanwhile };
                findings.push(Finding::new(code).with("address", address));
                continue;
            }
            let reason = refused.iter().find(|refused| refused.address == *address).map_or("", |refused| &refused.reason);
            // Mailboxes that were not sent because the run ended early need no finding each.
            if error.is_none() || !reason.is_empty() {
                findings.push(Finding::new(Code::MailboxNotSwitched).with("address", address).with("reason", reason));
            }
        }
        let readiness = match mailboxes {
            Some(mailboxes) => self.show_switched(&readiness, mailboxes),
            None => self.view_readiness(&readiness),
        };
        let error = error.map(Error::from);
        let error = error.as_ref().map(Finding::from);
        Ok(SwitchView { done, left: desired.len(), unverified, findings, error, readiness })
    }

    /// The table with the mailboxes as they are after a switch.
    fn show_switched(&self, earlier: &Readiness, mailboxes: Mailboxes) -> ReadinessView {
        // The rest may have been read again since the table.
        let newest = self.seen().ok().filter(|seen| seen.origin == earlier.mailcow.origin);
        let mut snapshot = newest.as_deref().unwrap_or(&earlier.mailcow).snapshot.clone();
        snapshot.mailboxes = Some(Rc::new(mailboxes));
        snapshot.read_at_ms = self.host.now_ms();
        let mailcow = self.remember(MailcowSeen::new(earlier.mailcow.origin.clone(), snapshot));
        let readiness = Readiness::new(earlier.facts.clone(), &mailcow, earlier.asked.clone());
        if self.is_of_connected(&readiness) { self.show(readiness) } else { self.view_readiness(&readiness) }
    }

    /// Takes out of a wave what was switched, or may have been.
    pub fn keep_left(&self, wave: &mut Wave, ended: &SwitchView) {
        let Ok(readiness) = self.readiness() else { return };
        let state = self.state.borrow();
        let origin = readiness.mailcow.origin.to_string();
        // Of those that were noted before they were sent, only they are left then.
        let noted = state.session.switched.of(&origin).filter(|_| ended.unverified > 0);
        let noted: HashSet<&str> = noted.map(|switched| &*switched.address).collect();
        wave.retain(|address| readiness.own_password(address).is_some() && !noted.contains(&**address));
    }

    /// Whether several users would get into the mailbox with this address.
    #[must_use]
    pub fn is_shared(&self, address: &str) -> bool {
        self.readiness().is_ok_and(|readiness| readiness.table.is_shared(address))
    }

    /// Whether Cowbell has switched the mailbox with this address, and it still is.
    #[must_use]
    pub fn can_switch_back(&self, address: &str) -> bool {
        let address = folded(address);
        self.readiness().is_ok_and(|readiness| self.to_switch_back(&readiness).iter().any(|(other, _)| **other == *address))
    }

    /// Restores the lists of mailboxes that earlier panels have switched: one for each mailcow and window
    /// (docs/contract/cases.md, S14). New ones are stored as those of this window.
    pub fn restore_switched(&self, window: &str, kept: &BTreeMap<String, String>) {
        self.state.borrow_mut().session.switched = SwitchedLists::restore(window, kept, self.host.now_ms());
    }

    /// Stores a reading and returns its view.
    fn show(&self, readiness: Readiness) -> ReadinessView {
        let view = self.view_readiness(&readiness);
        self.state.borrow_mut().readiness = Some(Rc::new(readiness));
        view
    }

    fn view_readiness(&self, readiness: &Readiness) -> ReadinessView {
        let reasons = readiness.table.counts.iter();
        ReadinessView {
            users: reasons.clone().map(|(_, count)| count).sum(),
            reasons: reasons
                .map(|(verdict, count)| Reason { verdict: *verdict, outcome: Outcome::of(*verdict), count: *count })
                .collect(),
            problems: readiness.facts.problems.clone(),
            notes: readiness.table.notes.clone(),
            orphans: readiness.table.orphans.as_ref().map(Vec::len),
            planned: readiness.facts.planned,
            read_at_ms: readiness.facts.users_read_at_ms.min(readiness.mailcow.snapshot.read_at_ms),
            switchable: readiness.switchable(),
            switched: self.to_switch_back(readiness).len(),
            last_wave: self.last_wave(readiness).len(),
            elsewhere: self.switched_elsewhere(readiness),
        }
    }

    /// Whether it is about the connected authentik and the connected mailcow.
    fn is_of_connected(&self, readiness: &Readiness) -> bool {
        self.is_connected(&readiness.facts.authentik.base)
            && self.seen().is_ok_and(|seen| seen.origin == readiness.mailcow.origin)
    }

    /// Mailboxes of this mailcow that were switched and still are, in their state before the switch; equal ones are adjacent,
    /// because they go into one request.
    fn to_switch_back(&self, readiness: &Readiness) -> Vec<DesiredMailbox> {
        self.switched_mailboxes(readiness, |_| true)
    }

    /// Those of them that were switched last, together.
    fn last_wave(&self, readiness: &Readiness) -> Vec<DesiredMailbox> {
        let began = |switched: &SwitchedMailbox| switched.time.map(|time| time.began_s);
        let last = self.still_switched(readiness, |all| all.filter_map(began).max());
        self.switched_mailboxes(readiness, |switched| began(switched) == last)
    }

    fn switched_mailboxes(&self, readiness: &Readiness, is_wanted: impl Fn(&SwitchedMailbox) -> bool) -> Vec<DesiredMailbox> {
        self.still_switched(readiness, |all| {
            let mut wanted: Vec<_> = all.filter(|switched| is_wanted(switched)).collect();
            // Those that are restored alike go together.
            wanted.sort_by_key(|switched| switched.before.demands_something());
            wanted.into_iter().map(|switched| (switched.address.clone(), switched.before)).collect()
        })
    }

    fn switched_elsewhere(&self, readiness: &Readiness) -> Vec<SwitchedElsewhere> {
        let state = self.state.borrow();
        let switched = &state.session.switched;
        let origin = readiness.mailcow.origin.to_string();
        let here: HashSet<&str> = switched.of(&origin).map(|switched| &*switched.address).collect();
        let mailboxes = readiness.mailcow.snapshot.mailboxes.as_ref();
        let signs_in = |address: &str| mailboxes?.get(address).filter(|mailbox| mailbox.authsource == Authsource::GenericOidc);
        let elsewhere = switched.count(|address| !here.contains(address) && signs_in(address).is_some());
        elsewhere.into_iter().map(|(mailcow, count)| SwitchedElsewhere { mailcow: mailcow.to_owned(), count }).collect()
    }

    /// The mailboxes of this mailcow that Cowbell has switched and that still are.
    fn still_switched<T>(&self, readiness: &Readiness, with: impl FnOnce(&mut dyn Iterator<Item = &SwitchedMailbox>) -> T) -> T {
        let state = self.state.borrow();
        let origin = readiness.mailcow.origin.to_string();
        let mailboxes = readiness.mailcow.snapshot.mailboxes.as_ref();
        let is_switched = |address: &str| mailboxes?.get(address).filter(|mailbox| mailbox.authsource == Authsource::GenericOidc);
        with(&mut state.session.switched.of(&origin).filter(|switched| is_switched(&switched.address).is_some()))
    }

    /// When Cowbell switched the first of them: seconds since 1970-01-01T00:00:00Z by the browser's clock.
    pub(super) fn first_switch(&self, readiness: &Readiness) -> Option<i64> {
        self.still_switched(readiness, |all| all.filter_map(|switched| switched.time).map(|time| time.began_s).min())
    }

    /// The table, as long as the products that it is about are connected.
    pub(super) fn readiness(&self) -> Result<Rc<Readiness>, Error> {
        let known = self.state.borrow().readiness.clone();
        known.filter(|readiness| self.is_of_connected(readiness)).ok_or(Error::NothingObserved)
    }

    fn users_read_at_ms(&self) -> Option<u64> {
        let state = self.state.borrow();
        state.authentik.as_ref()?.users.as_ref().map(|users| users.read_at_ms)
    }
}

fn local_of(address: &str) -> &str {
    address.split('@').next().unwrap_or_default()
}

/// Asks authentik who may change their own address.
async fn address_change(host: &impl Host, authentik: &Snapshot, directory: &Directory) -> AddressChange {
    let answer = send(host, Product::Authentik, authentik.base.settings()).await;
    // Optional, so an error is ignored: it is then not known.
    let settings = answer::read::<Settings>(&answer, Operation::view(Resource::Settings)).ok();
    AddressChange::new(authentik, directory, settings.map(|settings| settings.default_user_change_email))
}

/// Queries authentik about users, if its page is live and it answers, and adds the answers to the reading.
async fn ask_about<O: Host>(host: &Bound<'_, O>, mut readiness: Readiness, users: &[&User]) -> Readiness {
    let facts = readiness.facts.clone();
    let (authentik, settings) = (&facts.authentik, &facts.settings);
    let (Some(provider), application) = client_of(authentik, settings) else { return readiness };
    if !host.is_live(Product::Authentik) {
        return readiness;
    }
    // About other users authentik answers to superusers only, without any error for others (docs/contract/authentik.md, section
    // 7).
    let application = application.filter(|_| authentik.is_superuser);
    let mut requests = Vec::new();
    for user in users {
        requests.push(authentik.base.preview_claims(provider.pk, user.pk));
        requests.extend(application.map(|application| authentik.base.check_access(&application.slug, user.pk)));
    }
    let answers = fetch(host, Batch::new(Product::Authentik, requests)).await;
    for (user, answers) in users.iter().zip(answers.chunks(1 + usize::from(application.is_some()))) {
        let claims =
            answers.first().and_then(|answer| answer::read::<PreviewedClaims>(answer, Operation::view(Resource::Provider)).ok());
        let access =
            answers.get(1).and_then(|answer| answer::read::<CheckedAccess>(answer, Operation::view(Resource::Application)).ok());
        readiness.asked.retain(|known| known.user != user.pk);
        readiness.asked.push(Asked {
            user: user.pk,
            claims: claims.filter(|_| provider.previews_claims != Some(false)),
            passing: access.map(|access| access.passing),
        });
    }
    Readiness::new(facts, &readiness.mailcow, readiness.asked)
}

impl Readiness {
    fn new(facts: Rc<ReadinessFacts>, mailcow: &MailcowSeen, asked: Vec<Asked>) -> Self {
        // The table outlives what was read, and with it the client secret.
        let mailcow = mailcow.without_secret();
        let mut new = Self { facts, mailcow, asked, table: Table::default(), namesakes: OnceCell::new() };
        let ReadinessFacts { audience, directory, authentik, .. } = &*new.facts;
        let chooser = Chooser::new(audience, directory, &authentik.groups);
        let table = new.rules().table(directory, &|user| chooser.decide(user) != Decision::NotChosen);
        new.table = table;
        new
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        let ReadinessFacts { directory, authentik, settings, problems, address_change, .. } = &*self.facts;
        Rules::new(authentik, directory, &self.mailcow.snapshot, settings, problems, &self.asked)
            .with_address_change(address_change.as_ref())
    }

    /// Position, user and verdict of all chosen users.
    pub(super) fn chosen(&self) -> impl Iterator<Item = (u32, &User, Code)> {
        let verdicts = self.facts.directory.users().iter().zip(&self.table.verdicts);
        (0..).zip(verdicts).filter_map(|(position, (user, verdict))| Some((position, user, (*verdict)?)))
    }

    fn row(&self, rules: &Rules<'_>, position: usize) -> Option<ReadinessRow> {
        let (user, verdict) = (self.facts.directory.users().get(position)?, (*self.table.verdicts.get(position)?)?);
        Some(ReadinessRow {
            pk: user.pk,
            username: user.username.to_string(),
            name: user.name.to_string(),
            email: user.email.to_string(),
            outcome: Outcome::of(verdict),
            finding: rules.finding(verdict, rules.address_of(user)),
        })
    }

    /// Positions of all users, by the address that authentik sends for each.
    pub(super) fn users_by_address(&self) -> ByName<u32> {
        let rules = self.rules();
        let users = (0..).zip(self.facts.directory.users());
        ByName::new(users.map(|(at, user)| (folded(rules.address_of(user)).into(), at)).collect())
    }

    /// A user whose user name, or the part of whose address before the `@`, is that of an address: of several, the first.
    pub(super) fn namesake(&self, address: &str) -> Option<&User> {
        let users = self.facts.directory.users();
        let namesakes = self.namesakes.get_or_init(|| {
            let names = |user: &User| [folded(&user.username).into(), folded(local_of(&user.email)).into()];
            let rows = (0..).zip(users).flat_map(|(at, user)| names(user).map(|name: Box<str>| (name, at)));
            ByName::new(rows.filter(|(name, _)| !name.is_empty()).collect())
        });
        users.get(*namesakes.all(local_of(address)).min()? as usize)
    }

    /// The users with these full names; `None` for a name that several have.
    pub(super) fn users_named(&self, names: impl Iterator<Item = NameMark>) -> HashMap<NameMark, Option<&User>> {
        let names: HashSet<NameMark> = names.collect();
        let mut found = HashMap::new();
        for user in self.facts.directory.users().iter().filter(|_| !names.is_empty()) {
            if let Some(name) = NameMark::of(&user.name).filter(|name| names.contains(name)) {
                found.entry(name).and_modify(|known| *known = None).or_insert(Some(user));
            }
        }
        found
    }

    /// The mailbox with this address, if it has a password of its own.
    pub(super) fn own_password(&self, address: &str) -> Option<DesiredMailbox> {
        let mailbox = self.mailcow.snapshot.mailboxes.as_ref()?.get(address)?;
        (mailbox.authsource == Authsource::Mailcow).then(|| (folded(address).into(), *mailbox))
    }

    /// Number of mailboxes whose users mailcow refuses because they have a password of their own, and for no other reason; without
    /// those that several users would get into (docs/contract/cases.md, S8).
    fn switchable(&self) -> usize {
        let rules = self.rules().after_switch();
        let is_let_in = |user| Outcome::of(rules.of_user(user)) != Outcome::Refused;
        let kept_out = self.chosen().filter(|(_, user, verdict)| *verdict == Code::MailboxHasPassword && is_let_in(user));
        let found = kept_out.filter_map(|(_, user, _)| self.own_password(rules.address_of(user)));
        // Of one user each, so that none is counted twice.
        found.filter(|(address, _)| !self.table.is_shared(address)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::{AuthentikFacts, Reading};
    use super::*;
    use crate::authentik::api::Base;
    use crate::mailcow::IdentityProvider;
    use crate::transport::Request;
    use crate::transport::scripted::{Scripted, json, run};

    /// docs/SECURITY.md, rule 4.
    #[test]
    fn the_table_keeps_no_client_secret() {
        let app = Cowbell::new(Scripted::new(|request: &Request| match request.url().rsplit('/').next() {
            Some("version") => json(200, r#"{"version":"2026-07a"}"#),
            Some("identity-provider") => json(200, r#"{"authsource":"generic-oidc","client_secret":"hunter2"}"#),
            _ => json(200, "{}"),
        }));
        run(app.observe_mailcow("https://mailcow.company/admin/system", &MailcowChoice::default())).expect("a mailcow");
        let snapshot = Rc::new(Snapshot::stock(Base::typed("authentik.company").expect("an address").0));
        app.state.borrow_mut().authentik = Some(AuthentikFacts {
            snapshot: Reading { facts: snapshot, read_at_ms: 0, after: 0 },
            users: Some(Reading { facts: Rc::default(), read_at_ms: 0, after: 0 }),
            client: None,
        });
        run(app.read_readiness(&SetupDraft::default(), &MailcowChoice::default(), &mut |_, _| {})).expect("a table");
        app.discard_secret();
        let table = app.readiness().expect("a table");
        let known = [&table.facts.settings, &table.mailcow.snapshot.provider, &app.seen().expect("a mailcow").snapshot.provider];
        assert!(known.iter().all(|settings| settings.client_secret.held().is_none()));
        let is_same = |other: &IdentityProvider| table.facts.settings.client_secret.is_same(&other.client_secret);
        assert!(known.into_iter().all(|settings| is_same(settings) == Some(true)), "another one can still be told from it");
    }
}
