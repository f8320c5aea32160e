//! What the panel can do with authentik.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::error::gone;
use super::mailcow::verify_stored;
use super::state::{AuthentikFacts, Client, GeneratedSecret, PaceOfUsers, PlanStanding, Planned, ProvenClient, Reading};
use super::views::{
    AuthentikView, Choice, Defaults, DirectoryView, DraftView, ExistingView, PlanView, RegistrationView, ReportView, SkippedView,
    UndoView,
};
use super::{Cowbell, Error, Lent, Readings, UserQuery, UserRows};
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::types::{Application, Certificate, Flow, Group, Provider, RedirectUri, SetupUrls};
use crate::authentik::{self, Directory, Operation, Permission, Resource, Snapshot, Version, answer};
use crate::mailcow::{self, GENERIC_OIDC};
use crate::plan::{self, Chooser, Journal, Journals, OwnClient, Plan, Progress, Resolved, SetupDraft, UserCounts};
use crate::setup::{
    Access, Audience, ClientCredentials, Endpoints, Origin, Registration, Secret, Setup, generate_credentials, template_rules,
};
use crate::transport::{Answer, Batch, Bound, Host, Product, Work, send_all};
use crate::verify::authentik::about_address;
use crate::verify::credentials::CredentialsVerdict;
use crate::verify::{Code, Finding};
use crate::wire::RawObject;

/// Milliseconds that each user took on a real authentik on two cores (docs/contract/README.md, "Facts worth knowing").
const MS_PER_USER: u64 = 83;

/// What a write takes in percent of a read, on the same authentik: with a read for each write it did 6.3 users a second,
/// without 10.7.
const WRITE_PERCENT: u64 = 143;

/// No write is expected to take longer before one was measured: one late answer says nothing about the others.
const SLOWEST_MS_PER_USER: u64 = 500;

/// From so many users on, a run says how fast this authentik is.
const MEASURABLE: usize = 10;

/// From this estimated duration in seconds on, one attribute on a group is recommended.
const LONG_SECONDS: u32 = 60;

/// Maximum number of users in a report's list of issues.
const LISTED_ISSUES: usize = 1000;

/// An authentik that was read again, with what the caller has derived from it. It may no longer be the connected one.
pub(super) struct Reread {
    pub(super) snapshot: Rc<Snapshot>,
    /// The client that belongs to the draft, or else the one that was known before.
    pub(super) registration: Option<Rc<Registration>>,
    /// Number of objects that differ from the setup, without users; `None` when the draft gives no setup.
    pub(super) remaining: Option<usize>,
}

impl<O: Host> Cowbell<O> {
    /// Reads the authentik to which this page belongs, and connects it.
    ///
    /// # Errors
    /// When it cannot be read, for example because no administrator is signed in, or when the tab shows another page meanwhile.
    pub async fn observe_authentik(&self, page_url: &str) -> Result<AuthentikView, Error> {
        let host = self.bound();
        let base = Base::of(page_url).ok_or_else(|| Box::new(authentik::Error::NotAuthentik))?;
        let reading = self.observe_again(&host, &base).await?;
        host.still(Product::Authentik).map_err(gone)?;
        let snapshot = self.connect(reading);
        self.prove_client(&host).await;
        Ok(view(&snapshot))
    }

    /// Reads an authentik, and finds out whether the objects of an interrupted run were created.
    pub(super) async fn observe_again(&self, host: &Bound<'_, O>, base: &Base) -> Result<Reading<Snapshot>, Error> {
        let after = self.writer.written(Product::Authentik);
        let known = self.snapshot().ok().filter(|known| known.base == *base);
        let snapshot = match known {
            Some(known) => authentik::observe_again(host, &known).await?,
            None => authentik::observe(host, base).await?,
        };
        let reading = Reading { read_at_ms: snapshot.read_at_ms, facts: Rc::from(snapshot), after };
        self.reconcile(host, &reading.facts).await;
        Ok(reading)
    }

    /// Finds out the result of writes whose end is unknown. What stays unknown is read again before it matters.
    async fn reconcile(&self, host: &Bound<'_, O>, snapshot: &Snapshot) {
        let unknown = self.journals.borrow().of(&snapshot.base).map(Journal::unknown).unwrap_or_default();
        if unknown.is_empty() {
            return;
        }
        let found = plan::find_unknown(host, unknown, snapshot).await;
        // A run may have taken the journals meanwhile; then there is none, and that run reconciles by itself.
        let resolve = |journal: &mut Journal| {
            journal.resolve(found.known);
            journal.unkept()
        };
        let texts = self.journals.borrow_mut().of_mut(&snapshot.base).map(resolve);
        // If it is not stored, it is found out again.
        let _ = host.keep(texts.unwrap_or_default()).await;
    }

    /// Stores an authentik that was read as the connected one. If the facts are equal, the existing `Rc` is kept.
    fn connect(&self, reading: Reading<Snapshot>) -> Rc<Snapshot> {
        Readings::count(&self.readings.authentik);
        let mut state = self.state.borrow_mut();
        state.session.pace.observed(&reading.facts);
        match &mut state.authentik {
            Some(known) if known.snapshot.facts.base == reading.facts.base => {
                known.snapshot.renew(reading, Snapshot::says_the_same)
            }
            authentik => {
                let snapshot = reading.facts.clone();
                *authentik = Some(AuthentikFacts { snapshot: reading, users: None, client: None });
                snapshot
            }
        }
    }

    /// Stores an authentik that was read again, unless another one was connected meanwhile; returns it in either case.
    pub(super) fn refresh(&self, reading: Reading<Snapshot>) -> Rc<Snapshot> {
        if self.is_connected(&reading.facts.base) { self.connect(reading) } else { reading.facts }
    }

    /// Returns the snapshot of authentik, read again if something was written since.
    pub(super) async fn up_to_date(&self, host: &Bound<'_, O>) -> Result<Rc<Snapshot>, Error> {
        let (snapshot, after) = {
            let state = self.state.borrow();
            let reading = &state.authentik.as_ref().ok_or(Error::NothingObserved)?.snapshot;
            (reading.facts.clone(), reading.after)
        };
        if after == self.writer.written(Product::Authentik) {
            return Ok(snapshot);
        }
        Ok(self.refresh(self.observe_again(host, &snapshot.base).await?))
    }

    /// Whether this authentik is the connected one.
    pub(super) fn is_connected(&self, base: &Base) -> bool {
        self.state.borrow().authentik.as_ref().is_some_and(|known| known.snapshot.facts.base == *base)
    }

    /// The connected authentik as of its last snapshot.
    #[must_use]
    pub fn authentik_view(&self) -> Option<AuthentikView> {
        self.snapshot().ok().map(|snapshot| view(&snapshot))
    }

    /// Address of the connected authentik.
    #[must_use]
    pub fn authentik_address(&self) -> Option<String> {
        self.snapshot().ok().map(|snapshot| snapshot.base.address())
    }

    /// Checks the draft of the panel's form. Sends nothing.
    ///
    /// # Errors
    /// Before an authentik was observed.
    pub fn check_draft(&self, draft: &SetupDraft) -> Result<DraftView, Error> {
        let snapshot = self.snapshot()?;
        let resolved = plan::resolve(draft, &snapshot, self.own_client(&snapshot).as_ref());
        let mut findings = about_address(&snapshot, resolved.setup.as_ref().map(|setup| &setup.mailcow));
        let additional = resolved.setup.iter().flat_map(|setup| &setup.additional_hosts);
        // mailcow compares the header `Host` with the host of the URL, without a port (docs/contract/cases.md, R8).
        let with_port = additional.filter(|host| host.port().is_some());
        findings.extend(with_port.map(|host| {
            Finding::new(Code::AdditionalHostWithPort).with("host", host.to_string().trim_start_matches("https://"))
        }));
        Ok(DraftView { findings, ..draft_view(&resolved, rest(&snapshot, &resolved)) })
    }

    /// Every address that a setup from this draft would register or lead users to; none before an authentik was observed, or while
    /// the draft is not valid.
    pub fn addresses_of(&self, draft: &SetupDraft) -> Vec<String> {
        let Ok(snapshot) = self.snapshot() else { return Vec::new() };
        let resolved = plan::resolve(draft, &snapshot, self.own_client(&snapshot).as_ref());
        let addresses = |setup: &Setup| {
            let hosts = [std::slice::from_ref(&setup.mailcow), &setup.additional_hosts, &setup.previous_hosts].concat();
            hosts.iter().map(Origin::to_string).chain([setup.launch_url.clone()]).collect()
        };
        resolved.setup.as_ref().map(addresses).unwrap_or_default()
    }

    /// Reads all users. Calls `progress` with the number of users read and their total.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub async fn read_users(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<DirectoryView, Error> {
        let host = self.bound();
        let snapshot = self.snapshot()?;
        let directory = self.directory_of(&host, &snapshot, progress).await?;
        Ok(counted(&snapshot, &directory, &Audience::All))
    }

    /// Reads all users of an authentik, and stores them if it is still the connected one.
    async fn directory_of(
        &self,
        host: &Bound<'_, O>,
        snapshot: &Snapshot,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Rc<Directory>, Error> {
        let after = self.writer.written(Product::Authentik);
        let directory = Directory::read(host, &snapshot.base, progress).await?;
        let reading = Reading { read_at_ms: directory.read_at_ms, facts: Rc::new(directory), after };
        if !self.is_connected(&snapshot.base) {
            return Ok(reading.facts);
        }
        let mut state = self.state.borrow_mut();
        Ok(match state.authentik.as_mut().map(|known| &mut known.users) {
            None => reading.facts,
            Some(Some(known)) => known.renew(reading, Directory::says_the_same),
            Some(users) => users.insert(reading).facts.clone(),
        })
    }

    /// The users; reads them if they are unknown or something was written since.
    pub(super) async fn users_of(
        &self,
        host: &Bound<'_, O>,
        snapshot: &Snapshot,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Rc<Directory>, Error> {
        match self.directory() {
            Ok(directory) if self.is_connected(&snapshot.base) => Ok(directory),
            _ => self.directory_of(host, snapshot, progress).await,
        }
    }

    /// Whether the users were read and nothing was written since.
    #[must_use]
    pub fn knows_users(&self) -> bool {
        self.directory().is_ok()
    }

    /// Counts what would happen to users for an audience.
    ///
    /// # Errors
    /// Before the users were read.
    pub fn count_users(&self, audience: &Audience) -> Result<DirectoryView, Error> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        Ok(counted(&snapshot, &directory, audience))
    }

    /// Rows of the searchable list of users.
    ///
    /// # Errors
    /// Before the users were read.
    pub fn find_users(&self, query: &UserQuery) -> Result<UserRows, Error> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        let chooser = Chooser::new(&query.audience, &directory, &snapshot.groups);
        Ok(self.state.borrow_mut().found.rows(&snapshot, &directory, &chooser, query))
    }

    /// Makes the plan. Writes nothing. Reads what is not known yet: the bindings of an adopted application, and the users.
    ///
    /// # Errors
    /// When the draft is invalid, when something cannot be read, or when another authentik was connected meanwhile.
    pub async fn plan(&self, draft: &SetupDraft, progress: &mut dyn FnMut(usize, usize)) -> Result<PlanView, Error> {
        let host = self.bound();
        let snapshot = self.up_to_date(&host).await?;
        snapshot.check_fields()?;
        let snapshot = self.with_unlisted(&host, snapshot, draft).await?;
        self.read_bindings(&host, &snapshot, draft).await?;
        let directory = self.users_of(&host, &snapshot, progress).await?;
        // What the plan is made from, before anything is awaited.
        let own_client = self.own_client(&snapshot);
        let plan = self.compare(&snapshot, &directory, draft)?;
        let missing = plan.missing_permissions(&host, &snapshot).await;
        let view = plan_view(&plan, missing, self.state.borrow().session.pace.ms_per_user(&snapshot.base));
        if !self.is_connected(&snapshot.base) {
            return Err(Error::TabGone);
        }
        let directory = Rc::downgrade(&directory);
        let planned = Planned { plan, draft: draft.clone(), own_client, authentik: snapshot, directory };
        self.state.borrow_mut().planned = Some(planned.into());
        Ok(view)
    }

    /// Whether there is a plan for this draft that may be applied. A check meanwhile does not invalidate it: facts that were read
    /// again and are equal count as the same.
    #[must_use]
    pub fn standing_of_plan(&self, draft: &SetupDraft) -> PlanStanding {
        let state = self.state.borrow();
        let Some(planned) = &state.planned else { return PlanStanding::None };
        let written = self.writer.written(Product::Authentik);
        let is_same = state.authentik.as_ref().is_some_and(|known| {
            let users = known.users.as_ref().filter(|users| users.after == written);
            known.snapshot.after == written
                && Rc::ptr_eq(&known.snapshot.facts, &planned.authentik)
                && users.is_some_and(|users| std::ptr::eq(Rc::as_ptr(&users.facts), planned.directory.as_ptr()))
        });
        let own_client = state.proven_client.as_ref().filter(|proven| proven.base == planned.authentik.base);
        let is_same = is_same && own_client.map(|proven| &proven.client) == planned.own_client.as_ref();
        if is_same && planned.draft == *draft { PlanStanding::Current } else { PlanStanding::Outdated }
    }

    /// Applies the plan, reads authentik again and compares.
    ///
    /// # Errors
    /// Only before anything is written; later errors are in the report. [`Error::PlanOutdated`] when the plan no longer matches
    /// what it was made from.
    pub async fn apply(&self, draft: &SetupDraft, on_progress: &mut dyn FnMut(&Progress)) -> Result<ReportView, Error> {
        let guard = self.begin(Work::Apply)?;
        let host = self.bound();
        let planned = self.state.borrow().planned.clone().ok_or(Error::NothingObserved)?;
        if self.standing_of_plan(draft) != PlanStanding::Current {
            return Err(Error::PlanOutdated);
        }
        let base = &planned.authentik.base;
        let before = self.writer.written(Product::Authentik);
        let mut report;
        let can_undo;
        {
            let mut journals = Lent::of(&self.journals);
            let journal = journals.begin(base, self.host.now_ms());
            report = plan::apply(&host, &guard, base, &planned.plan, journal, on_progress).await;
            can_undo = journal.can_undo();
        }
        guard.mark_answered();
        self.state.borrow_mut().session.pace.measured(base, &report.progress);
        if self.writer.written(Product::Authentik) != before {
            let mut state = self.state.borrow_mut();
            // The plan is used up; the rest needs a new one.
            state.planned.take_if(|known| Rc::ptr_eq(known, &planned));
            if let Some(credentials) = planned.plan.new_credentials.clone() {
                state.session.made = Some(GeneratedSecret { authentik: base.clone(), credentials });
            }
        }
        let mut error = report.error.take().map(Error::from);
        let mut in_sync = false;
        if error.is_none() {
            match self.remaining(&host, base, draft).await {
                Ok(reread) => in_sync = reread.remaining == Some(0) && report.is_complete(),
                Err(unread) => error = Some(unread),
            }
        }
        let mut issues = report.issues;
        issues.truncate(LISTED_ISSUES);
        let error = error.as_ref().map(Finding::from);
        Ok(ReportView { progress: report.progress, issues, error, in_sync, can_undo })
    }

    /// Undoes everything in the journal of the connected authentik.
    ///
    /// # Errors
    /// Only before anything is written; later errors are in the report.
    pub async fn undo(&self, on_progress: &mut dyn FnMut(&Progress)) -> Result<UndoView, Error> {
        let guard = self.begin(Work::Undo)?;
        let host = self.bound();
        let snapshot = self.snapshot()?;
        let base = &snapshot.base;
        let done;
        let can_undo;
        {
            let mut journals = Lent::of(&self.journals);
            let journal = journals.begin(base, self.host.now_ms());
            done = plan::undo(&host, &guard, base, journal, on_progress).await;
            can_undo = journal.can_undo();
        }
        guard.mark_answered();
        if done.report.error.is_none() {
            // As long as an undo is not at its end, the client may be there, and nothing else may know its secret.
            self.state.borrow_mut().session.made.take_if(|made| made.authentik == *base);
            // If reading fails, the old snapshot stays; the next plan reads again.
            if let Ok(reading) = self.observe_again(&host, base).await {
                self.refresh(reading);
            }
        }
        let skipped = done
            .skipped
            .into_iter()
            .map(|object| SkippedView { kind: object.kind, name: object.name, reason: object.reason })
            .collect();
        let mut issues = done.report.issues;
        issues.truncate(LISTED_ISSUES);
        let error = done.report.error.map(Error::from);
        Ok(UndoView { progress: done.report.progress, issues, skipped, error: error.as_ref().map(Finding::from), can_undo })
    }

    /// Restores the journals that outlived earlier panels, from all texts that they stored, by name; `window` identifies this one
    /// among all that are open.
    pub fn restore_journals(&self, window: &str, kept: &BTreeMap<String, String>) {
        self.journals.replace(Journals::restore(window, kept));
    }

    /// Whether the journal holds something that can be undone at the connected authentik.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        let journals = self.journals.borrow();
        self.snapshot().is_ok_and(|snapshot| journals.of(&snapshot.base).is_some_and(Journal::can_undo))
    }

    /// Whether what can be undone at the connected authentik is lost when the panel is closed, because the browser had no space for it.
    #[must_use]
    pub fn is_undo_lost_with_panel(&self) -> bool {
        let journals = self.journals.borrow();
        self.snapshot().is_ok_and(|snapshot| journals.of(&snapshot.base).is_some_and(Journal::is_lost_with_panel))
    }

    /// Reads the client that belongs to the mailcow of the draft.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn read_registration(&self, draft: &SetupDraft) -> Result<RegistrationView, Error> {
        let host = self.bound();
        let snapshot = self.snapshot()?;
        let reread = self.register(&host, snapshot, draft).await?;
        let remaining = reread.remaining.ok_or(Error::DraftInvalid)?;
        let registration = reread.registration.ok_or(Error::ClientMissing)?;
        Ok(registration_view(&registration, remaining))
    }

    /// The registered client, if it is known.
    #[must_use]
    pub fn registration(&self) -> Option<RegistrationView> {
        let client = self.known_client()?;
        Some(registration_view(&client.registration, client.remaining))
    }

    /// The client secret, for the clipboard only.
    #[must_use]
    pub fn reveal_secret(&self) -> Option<String> {
        self.known_client()?.registration.client_secret.held().map(|secret| secret.reveal().to_owned())
    }

    /// Discards the client secret. Later uses read authentik or mailcow again. The secrets kept for a restoration stay.
    pub fn discard_secret(&self) {
        let mut state = self.state.borrow_mut();
        // A reading without it stays the same one: what is being found out about it still counts.
        if let Some(seen) = state.mailcow.as_mut().filter(|seen| seen.snapshot.provider.client_secret.held().is_some()) {
            *seen = seen.without_secret().into();
        }
        state.session.made = None;
        state.session.accepted = None;
        if let Some(client) = state.authentik.as_mut().and_then(|known| known.client.as_mut()) {
            client.facts = client.facts.without_secret().into();
        }
    }

    pub(super) fn snapshot(&self) -> Result<Rc<Snapshot>, Error> {
        let state = self.state.borrow();
        state.authentik.as_ref().map(|known| known.snapshot.facts.clone()).ok_or(Error::NothingObserved)
    }

    /// The users, unless something was written since they were read.
    pub(super) fn directory(&self) -> Result<Rc<Directory>, Error> {
        let written = self.writer.written(Product::Authentik);
        let state = self.state.borrow();
        let users = state.authentik.as_ref().and_then(|known| known.users.as_ref());
        users.filter(|users| users.after == written).map(|users| users.facts.clone()).ok_or(Error::NothingObserved)
    }

    /// The client, unless something was written since it was read, or it is missing in a newer snapshot of authentik.
    pub(super) fn known_client(&self) -> Option<Rc<Client>> {
        let written = self.writer.written(Product::Authentik);
        let state = self.state.borrow();
        let known = state.authentik.as_ref()?;
        let client = known.client.as_ref().filter(|client| client.after == written)?;
        let Registration { provider, client_id, .. } = &*client.facts.registration;
        let is_there = known.snapshot.facts.provider(*provider).is_some_and(|found| found.client_id == *client_id);
        is_there.then(|| client.facts.clone())
    }

    /// The client that mailcow has stored, if it is known to be one of this authentik.
    fn own_client(&self, snapshot: &Snapshot) -> Option<OwnClient> {
        let state = self.state.borrow();
        state.proven_client.as_ref().filter(|proven| proven.base == snapshot.base).map(|proven| proven.client.clone())
    }

    /// Finds out whether the client that mailcow has stored is one of the connected authentik, where nothing else says which
    /// provider this mailcow uses (docs/contract/cases.md, R6). Only its secret proves that: a mailcow that looks like another one
    /// may have stored that one's client ID and endpoints.
    pub(super) async fn prove_client(&self, host: &Bound<'_, O>) {
        let (Ok(snapshot), Ok(seen)) = (self.snapshot(), self.seen()) else { return };
        let stored = &seen.snapshot.provider;
        let is_here = |url: &str| Origin::of(url).as_ref() == Some(snapshot.base.origin());
        let (client_id, redirect_url) = (stored.client_id.clone(), stored.redirect_url.clone());
        let client = OwnClient { mailcow: seen.origin.clone(), client_id, redirect_url };
        let is_asked = stored.authsource == GENERIC_OIDC
            && is_here(&stored.authorize_url)
            && is_here(&stored.token_url)
            && client.is_needed(&snapshot)
            && host.is_live(Product::Authentik);
        let is_proven = is_asked && verify_stored(host, &seen, None).await == CredentialsVerdict::Right;
        // A click meanwhile asks anew, about what it has read.
        let is_current =
            self.snapshot().is_ok_and(|now| Rc::ptr_eq(&now, &snapshot)) && self.seen().is_ok_and(|now| Rc::ptr_eq(&now, &seen));
        if is_current {
            self.state.borrow_mut().proven_client = is_proven.then(|| ProvenClient { base: snapshot.base.clone(), client });
        }
    }

    fn compare(&self, snapshot: &Snapshot, directory: &Directory, draft: &SetupDraft) -> Result<Plan, Error> {
        let resolved = plan::resolve(draft, snapshot, self.own_client(snapshot).as_ref());
        let (Some(setup), true) = (&resolved.setup, resolved.errors.is_empty()) else { return Err(Error::DraftInvalid) };
        let credentials = generate_credentials(&self.host);
        Ok(plan::compare(snapshot, directory, setup, &resolved.adoption, credentials))
    }

    /// Reads an authentik again if a draft depends on applications that its list may have left out and that were not looked up yet.
    async fn with_unlisted(
        &self,
        host: &Bound<'_, O>,
        mut snapshot: Rc<Snapshot>,
        draft: &SetupDraft,
    ) -> Result<Rc<Snapshot>, Error> {
        // The application that is found first may lead to another one.
        for _ in 0..2 {
            let slugs = plan::unlisted_slugs(draft, &snapshot, self.own_client(&snapshot).as_ref());
            if slugs.is_empty() {
                break;
            }
            snapshot.look_up(slugs);
            let after = self.writer.written(Product::Authentik);
            let read = authentik::observe_again(host, &snapshot).await?;
            snapshot = self.refresh(Reading { read_at_ms: read.read_at_ms, facts: Rc::from(read), after });
        }
        Ok(snapshot)
    }

    /// Reads the bindings of an application that only the address in the draft has identified.
    async fn read_bindings(&self, host: &Bound<'_, O>, snapshot: &Snapshot, draft: &SetupDraft) -> Result<(), Error> {
        let own = self.own_client(snapshot);
        match plan::resolve(draft, snapshot, own.as_ref()).adoption.application.map(|application| application.pk.clone()) {
            Some(application) => self.read_bindings_of(host, snapshot, application).await,
            None => Ok(()),
        }
    }

    /// Reads the bindings of an application, given by primary key.
    pub(super) async fn read_bindings_of(
        &self,
        host: &Bound<'_, O>,
        snapshot: &Snapshot,
        application: String,
    ) -> Result<(), Error> {
        if snapshot.bindings_of(&application).is_none() {
            let bindings = authentik::observe_bindings(host, &snapshot.base, &application).await?;
            snapshot.add_bindings(application, bindings);
        }
        Ok(())
    }

    /// Reads authentik and the client again.
    pub(super) async fn remaining(&self, host: &Bound<'_, O>, base: &Base, draft: &SetupDraft) -> Result<Reread, Error> {
        let snapshot = self.refresh(self.observe_again(host, base).await?);
        self.register(host, snapshot, draft).await
    }

    /// Reads the client, if there is one, without the rest. Stores it if its authentik is still the connected one.
    async fn register(&self, host: &Bound<'_, O>, snapshot: Rc<Snapshot>, draft: &SetupDraft) -> Result<Reread, Error> {
        let snapshot = self.with_unlisted(host, snapshot, draft).await?;
        self.read_bindings(host, &snapshot, draft).await?;
        let resolved = plan::resolve(draft, &snapshot, self.own_client(&snapshot).as_ref());
        let remaining = rest(&snapshot, &resolved);
        let mut registration = self.client().ok().filter(|_| self.is_connected(&snapshot.base));
        if let (Some(desired), Some(remaining), Some(provider)) = (&resolved.setup, remaining, resolved.adoption.provider) {
            let after = self.writer.written(Product::Authentik);
            let read = Rc::new(self.read_client(host, &snapshot, provider.pk, desired).await?);
            self.keep_client(&snapshot.base, Client { registration: read.clone(), remaining }, after);
            registration = Some(read);
        }
        Ok(Reread { registration, remaining, snapshot: snapshot.clone() })
    }

    /// Stores the client, unless another authentik was connected meanwhile.
    pub(super) fn keep_client(&self, base: &Base, client: Client, after: u64) {
        if let Some(known) = self.state.borrow_mut().authentik.as_mut().filter(|known| known.snapshot.facts.base == *base) {
            known.client = Some(Reading { facts: client.into(), read_at_ms: self.host.now_ms(), after });
        }
    }

    async fn read_client(
        &self,
        host: &Bound<'_, O>,
        snapshot: &Snapshot,
        provider: i64,
        desired: &Setup,
    ) -> Result<Registration, Error> {
        let requests = vec![snapshot.base.setup_urls(provider), snapshot.base.read(&Object::Provider(provider))];
        let answers = send_all(host, Batch::new(Product::Authentik, requests)).await;
        let (urls, shown) = match client(&answers) {
            Err(error) => return Err(authentik::explain(host, &snapshot.base, error).await.into()),
            Ok(client) => client,
        };
        if let Some(actual) = urls.elsewhere(snapshot.base.origin()) {
            return Err(Error::AuthentikElsewhere { expected: snapshot.base.origin().to_string(), actual });
        }
        let found = snapshot.provider(provider).ok_or(Error::ClientMissing)?;
        let selected = || found.property_mappings.iter().filter_map(|pk| snapshot.mapping(pk));
        let mut templates = Vec::new();
        for rule in selected().filter_map(|mapping| template_rules(&mapping.expression)).flatten() {
            if !templates.contains(&rule.template) {
                templates.push(rule.template);
            }
        }
        Ok(Registration {
            provider,
            provider_name: found.name.clone(),
            client_id: found.client_id.clone(),
            client_secret: shown.or_else(|| self.made_secret(&snapshot.base, &found.client_id)).into(),
            endpoints: Endpoints { authorize: urls.authorize, token: urls.token, userinfo: urls.user_info },
            redirect_uris: urls_of(found, RedirectUri::is_strict),
            redirect_expressions: urls_of(found, RedirectUri::is_expression),
            grant_types: found.grant_types.clone(),
            scopes: selected().map(|mapping| mapping.scope_name.clone()).collect(),
            templates,
            mailcow: desired.mailcow.clone(),
            additional_hosts: desired.additional_hosts.clone(),
            previous_hosts: desired.previous_hosts.clone(),
        })
    }

    /// The secret that this session has generated for a client of this authentik.
    fn made_secret(&self, base: &Base, client_id: &str) -> Option<Secret> {
        let state = self.state.borrow();
        let made = state.session.made.as_ref()?;
        let is_its = made.authentik == *base && made.credentials.client_id == client_id;
        is_its.then(|| made.credentials.client_secret.clone())
    }
}

/// The redirect URIs of a provider that are of one kind.
fn urls_of(provider: &Provider, is_of_kind: impl Fn(&RedirectUri) -> bool) -> Vec<String> {
    provider.redirect_uris.iter().filter(|uri| is_of_kind(uri)).map(|uri| uri.url.clone()).collect()
}

/// The data of a client that mailcow needs: its endpoints, and its secret if authentik shows it.
fn client(answers: &[Answer]) -> Result<(SetupUrls, Option<Secret>), Box<answer::Error>> {
    let operation = Operation::view(Resource::Provider);
    let [urls, provider] = answers else { return Err(Box::new(answer::wrong_shape(operation))) };
    let urls = answer::read(urls, operation)?;
    let provider: RawObject = answer::read(provider, operation)?;
    let secret = provider.read::<Secret>("client_secret").filter(|secret| !secret.is_empty());
    Ok((urls, secret))
}

/// Counts what would happen to users for an audience.
fn counted(snapshot: &Snapshot, directory: &Directory, audience: &Audience) -> DirectoryView {
    let counts = UserCounts::of(directory, &Chooser::new(audience, directory, &snapshot.groups));
    DirectoryView { total: directory.users().len(), counts }
}

fn view(snapshot: &Snapshot) -> AuthentikView {
    let flow = |flow: &Flow| Choice { key: flow.pk.clone(), name: flow.name.clone(), detail: flow.slug.clone() };
    let key = |key: &Certificate| Choice { key: key.pk.clone(), name: key.name.clone(), detail: String::new() };
    let group = |group: &Group| Choice { key: group.pk.clone(), name: group.name.clone(), detail: group.members.to_string() };
    let refused = Creatable::ALL.iter().filter(|kind| !snapshot.may_create.contains(kind));
    let mut missing: Vec<Permission> = refused.filter_map(|kind| Operation::add(kind.resource()).permission()).collect();
    missing.extend(&snapshot.not_visible);
    AuthentikView {
        address: snapshot.base.address(),
        version: snapshot.version_text.clone(),
        unknown_version: !snapshot.version.is_some_and(Version::is_known),
        username: snapshot.username.clone(),
        missing_permissions: if snapshot.is_superuser { Vec::new() } else { missing },
        authorization_flows: snapshot.authorization_flows.iter().map(flow).collect(),
        invalidation_flows: snapshot.invalidation_flows.iter().map(flow).collect(),
        signing_keys: snapshot.certificates.iter().map(key).collect(),
        groups: snapshot.groups.iter().map(group).collect(),
        known_mailcows: known_mailcows(snapshot),
    }
}

/// Origins in redirect URIs of providers that seem to be for a mailcow, by launch URL, slug, name or host name.
fn known_mailcows(snapshot: &Snapshot) -> Vec<String> {
    let says_mailcow = |text: &str| text.to_ascii_lowercase().contains("mailcow");
    let mut found = Vec::new();
    for provider in &snapshot.providers {
        let application = snapshot.application_of(provider.pk);
        let sso = application
            .is_some_and(|app| app.meta_launch_url.contains("iam_sso=1") || says_mailcow(&app.slug) || says_mailcow(&app.name));
        for origin in provider.redirect_uris.iter().filter_map(RedirectUri::origin) {
            let likely = sso || says_mailcow(&provider.name) || says_mailcow(origin.host());
            if likely && !found.contains(&origin.to_string()) {
                found.push(origin.to_string());
            }
        }
    }
    found
}

/// The number of objects that differ from the setup, without users; `None` when the draft gives no setup, or names groups and the
/// bindings of the application were not read.
fn rest(snapshot: &Snapshot, resolved: &Resolved<'_>) -> Option<usize> {
    let desired = resolved.setup.as_ref().filter(|_| resolved.errors.is_empty())?;
    let is_read = |application: &Application| snapshot.bindings_of(&application.pk).is_some();
    if desired.access != Access::Everybody && !resolved.adoption.application.is_none_or(is_read) {
        return None;
    }
    let unused = ClientCredentials { client_id: String::new(), client_secret: Secret::new(String::new()) };
    Some(plan::compare(snapshot, &Directory::default(), desired, &resolved.adoption, unused).writes())
}

fn draft_view(resolved: &Resolved<'_>, remaining: Option<usize>) -> DraftView {
    let adoption = &resolved.adoption;
    let exists = adoption.provider.is_some() || adoption.application.is_some();
    DraftView {
        redirect_uri: resolved.setup.as_ref().map(|setup| setup.mailcow.to_string()),
        notes: resolved.notes.clone(),
        errors: resolved.errors.clone(),
        findings: Vec::new(),
        existing: exists.then(|| ExistingView {
            provider: adoption.provider.map(|provider| provider.name.clone()),
            redirect_uris: adoption
                .provider
                .iter()
                .flat_map(|provider| &provider.redirect_uris)
                .map(|uri| uri.url.clone())
                .collect(),
            application: adoption.application.map(|app| app.name.clone()),
            mapping: adoption.mapping.map(|mapping| mapping.name.clone()),
            remaining,
        }),
        defaults: resolved.setup.as_ref().map(|setup| Defaults {
            application_name: setup.application_name.clone(),
            application_slug: setup.application_slug.clone(),
            application_group: setup.application_group.clone(),
            launch_url: setup.launch_url.clone(),
            provider_name: setup.provider_name.clone(),
            mapping_name: setup.mapping_name.clone(),
            authorization_flow: setup.authorization_flow.clone(),
            invalidation_flow: setup.invalidation_flow.clone(),
            signing_key: setup.signing_key.clone().unwrap_or_default(),
            templates: setup.templates.clone(),
        }),
    }
}

impl PaceOfUsers {
    /// Notes how fast an authentik answers.
    fn observed(&mut self, snapshot: &Snapshot) {
        if self.base.as_ref() != Some(&snapshot.base) {
            *self = Self { base: Some(snapshot.base.clone()), ..Self::default() };
        }
        self.ms_per_answer = snapshot.ms_per_answer;
    }

    /// Notes how long the users of a run took.
    fn measured(&mut self, base: &Base, progress: &Progress) {
        let done = u64::try_from(progress.users_done).unwrap_or(u64::MAX);
        if self.base.as_ref() == Some(base) && progress.users_done >= MEASURABLE {
            self.ms_per_user = Some(progress.users_elapsed_ms.div_ceil(done));
        }
    }

    /// Milliseconds that each user is expected to take (docs/contract/cases.md, R16): as many as in the last run, or as this
    /// authentik's answers to reads let expect, and no fewer than on a real one.
    fn ms_per_user(&self, base: &Base) -> u64 {
        if self.base.as_ref() != Some(base) {
            return MS_PER_USER;
        }
        self.ms_per_user
            .unwrap_or_else(|| (self.ms_per_answer.saturating_mul(WRITE_PERCENT) / 100).clamp(MS_PER_USER, SLOWEST_MS_PER_USER))
    }
}

fn plan_view(plan: &Plan, missing_permissions: Vec<Permission>, ms_per_user: u64) -> PlanView {
    let users = u64::try_from(plan.totals.users).unwrap_or(u64::MAX);
    let seconds = u32::try_from(users.saturating_mul(ms_per_user).div_ceil(1_000)).unwrap_or(u32::MAX);
    PlanView {
        changes: plan.changes.clone(),
        totals: plan.totals,
        users: plan.users.counts,
        writes: plan.writes(),
        seconds,
        group_recommended: seconds >= LONG_SECONDS,
        missing_permissions,
    }
}

/// The address of the authentik that has an endpoint, with its path; `None` if the endpoint is no address.
fn address_of(endpoint: &str) -> Option<String> {
    Base::typed(endpoint).ok().map(|(base, _)| base.address())
}

fn registration_view(registration: &Registration, remaining: usize) -> RegistrationView {
    RegistrationView {
        provider: registration.provider_name.clone(),
        client_id: registration.client_id.clone(),
        secret_length: registration.client_secret.held().map(Secret::length),
        authorize_url: registration.endpoints.authorize.clone(),
        token_url: registration.endpoints.token.clone(),
        userinfo_url: registration.endpoints.userinfo.clone(),
        redirect_uris: registration.redirect_uris.clone(),
        authentik: address_of(&registration.endpoints.authorize),
        mailcow: registration.mailcow.to_string(),
        admin_page: mailcow::api::system_page_address(&registration.mailcow),
        remaining,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    /// Each of them would count as one to be bound.
    #[test]
    fn how_much_differs_is_not_said_before_the_groups_of_the_application_are_known() {
        let rest_with = |bindings: Option<&str>| {
            let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
            let provider = r#"{"pk":7,"name":"Post","property_mappings":[],"client_type":"confidential","client_id":"id",
                "redirect_uris":[{"matching_mode":"strict","url":"https://mailcow.company"}]}"#;
            let application = r#"{"pk":"app","name":"Post","slug":"post","provider":7}"#;
            snapshot.providers.push(wire::read(provider).expect("a provider"));
            snapshot.applications.push(wire::read(application).expect("an application"));
            snapshot.groups.push(wire::read(r#"{"pk":"staff","name":"Staff"}"#).expect("a group"));
            if let Some(bindings) = bindings {
                snapshot.add_bindings("app".into(), wire::read(bindings).expect("bindings"));
            }
            let rest_of = |access| {
                let draft = SetupDraft { mailcow: "https://mailcow.company".into(), access, ..SetupDraft::default() };
                rest(&snapshot, &plan::resolve(&draft, &snapshot, None))
            };
            (rest_of(None), rest_of(Some(Access::Groups { groups: vec!["staff".into()] })))
        };
        let (whoever, staff) = rest_with(Some(r#"[{"pk":"1","group":"staff","enabled":true}]"#));
        assert!(whoever.is_some() && staff == whoever, "{whoever:?} {staff:?}");
        assert_eq!(rest_with(Some("[]")), (whoever, staff.map(|rest| rest + 1)));
        assert_eq!(rest_with(None), (whoever, None));
    }

    #[test]
    fn an_authentik_is_where_its_endpoints_are() {
        for (endpoint, address) in [
            ("https://authentik.company/application/o/authorize/", Some("https://authentik.company")),
            ("https://login.company:8443/a/sso/application/o/authorize/", Some("https://login.company:8443/a/sso")),
            ("", None),
            ("/application/o/authorize/", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(address_of(endpoint).as_deref(), address, "{endpoint}");
        }
    }
}
