//! The verbs on authentik's side.

use std::rc::Rc;

use super::views::{
    AuthentikView, Choice, Defaults, DirectoryView, DraftView, ExistingView, LeftView, PlanView, RegistrationView, ReportView,
    UndoView,
};
use super::{Cowbell, State, UserQuery, UserRows};
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::types::{Certificate, Flow, Group, SetupUrls};
use crate::authentik::{self, Directory, Snapshot, Version, answer};
use crate::mailcow;
use crate::plan::{self, Chooser, Journal, Plan, Progress, Resolved, SetupDraft, UserPlan};
use crate::setup::{
    Audience, Endpoints, Origin, Registration, Secret, Setup, generate_client_id, generate_client_secret, template_rules,
};
use crate::transport::{Answer, Batch, Outside, Product, gather};
use crate::verify::{Code, Finding};
use crate::wire::RawObject;

/// Users a second that a real authentik on two cores wrote (docs/contract/README.md, "Facts worth knowing").
const USERS_PER_SECOND: usize = 12;

/// From this many seconds on, one attribute on a group is recommended.
const LONG_SECONDS: u32 = 60;

/// Users in a report's list of issues.
const LISTED_ISSUES: usize = 1000;

impl<O: Outside> Cowbell<O> {
    /// Reads the authentik whose page this is.
    ///
    /// # Errors
    /// When it cannot be read or nobody may use it.
    pub async fn observe_authentik(&self, page_url: &str) -> Result<AuthentikView, Finding> {
        let base = Base::of(page_url).ok_or(Code::AuthentikNotAuthentik)?;
        let snapshot = self.look(&base).await?;
        Ok(view(&snapshot))
    }

    /// Reads an authentik, and finds out what became of what an earlier run was about to make.
    pub(super) async fn look(&self, base: &Base) -> Result<Rc<Snapshot>, Finding> {
        let snapshot: Rc<Snapshot> = authentik::observe(&self.outside, base).await?.into();
        if self.state.borrow().journal.is_of(base) && self.state.borrow().journal.has_unknown() {
            let mut journal = self.take_journal(base)?;
            // What stays unknown is asked again before it matters.
            let _ = plan::reconcile(&self.outside, &mut journal, &snapshot).await;
            self.give_back(journal);
        }
        let mut state = self.state.borrow_mut();
        if state.authentik.as_ref().is_some_and(|old| old.base != snapshot.base) {
            state.directory = None;
            state.found.clear();
            state.registration = None;
            // Another authentik may name the same client ID.
            state.made_secret = None;
            state.readiness = None;
        }
        state.plan = None;
        state.outdated = false;
        state.authentik = Some(snapshot.clone());
        Ok(snapshot)
    }

    /// Checks what is in the panel's form. Nothing is sent.
    ///
    /// # Errors
    /// Before an authentik was observed.
    pub fn check_draft(&self, draft: &SetupDraft) -> Result<DraftView, Finding> {
        let snapshot = self.snapshot()?;
        let resolved = plan::resolve(draft, &snapshot);
        Ok(draft_view(&resolved, rest(&snapshot, &resolved)))
    }

    /// Reads all users. `progress` hears how many are read, and how many there are.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub async fn read_users(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<DirectoryView, Finding> {
        let snapshot = self.snapshot()?;
        let directory = Rc::new(Directory::read(&self.outside, &snapshot.base, progress).await?);
        {
            let mut state = self.state.borrow_mut();
            state.directory = Some(directory);
            state.found.clear();
        }
        self.count_users(&Audience::All)
    }

    /// What would happen to users for an audience.
    ///
    /// # Errors
    /// Before the users were read.
    pub fn count_users(&self, audience: &Audience) -> Result<DirectoryView, Finding> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        let plan = UserPlan::new(&directory, &Chooser::new(audience, &directory, &snapshot.groups));
        Ok(DirectoryView { total: directory.users().len(), counts: plan.counts })
    }

    /// Rows of the searchable list of users.
    ///
    /// # Errors
    /// Before the users were read.
    pub fn find_users(&self, query: &UserQuery) -> Result<UserRows, Finding> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        let chooser = Chooser::new(&query.audience, &directory, &snapshot.groups);
        Ok(self.state.borrow_mut().found.rows(&directory, &chooser, query))
    }

    /// Makes the plan. Nothing is written. Reads what is not known yet: the bindings of an adopted application, and the users.
    ///
    /// # Errors
    /// When the draft has faults or something cannot be read.
    pub async fn plan(&self, draft: &SetupDraft, progress: &mut dyn FnMut(usize, usize)) -> Result<PlanView, Finding> {
        if self.state.borrow().outdated {
            let snapshot = self.snapshot()?;
            self.look(&snapshot.base).await?;
        }
        self.read_bindings(draft).await?;
        if self.state.borrow().directory.is_none() {
            self.read_users(progress).await?;
        }
        let plan = Rc::new(self.compare(draft)?);
        let view = plan_view(&plan);
        self.state.borrow_mut().plan = Some(plan);
        Ok(view)
    }

    /// Performs the plan, reads authentik again and compares.
    ///
    /// # Errors
    /// Only before anything is written; what happens later is in the report.
    pub async fn apply(&self, draft: &SetupDraft, on_progress: &mut dyn FnMut(&Progress)) -> Result<ReportView, Finding> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        let plan = self.state.borrow().plan.clone().ok_or(Code::NothingObserved)?;
        let base = &snapshot.base;
        let mut journal = self.take_journal(base)?;
        let mut report = plan::apply(&self.outside, base, &plan, &directory, &mut journal, on_progress).await;
        let can_undo = journal.can_undo();
        self.give_back(journal);
        if let Some(made) = &plan.new_credentials {
            self.state.borrow_mut().made_secret = Some(made.clone());
        }
        self.forget();
        let mut stop = report.stop.take().map(Finding::from);
        let mut in_sync = false;
        if stop.is_none() {
            match self.look_again(draft, &report).await {
                Ok(nothing_left) => in_sync = nothing_left,
                Err(finding) => stop = Some(finding),
            }
        }
        let mut issues = report.issues;
        issues.truncate(LISTED_ISSUES);
        Ok(ReportView { progress: report.progress, issues, stop, in_sync, can_undo })
    }

    /// Takes back everything that the journal holds.
    ///
    /// # Errors
    /// Only before anything is written; what happens later is in the report.
    pub async fn undo(&self, on_progress: &mut dyn FnMut(&Progress)) -> Result<UndoView, Finding> {
        let snapshot = self.snapshot()?;
        let base = &snapshot.base;
        let mut journal = self.take_journal(base)?;
        let done = plan::undo(&self.outside, base, &mut journal, on_progress).await;
        let can_undo = journal.can_undo();
        self.give_back(journal);
        self.forget();
        {
            let mut state = self.state.borrow_mut();
            state.registration = None;
            state.made_secret = None;
        }
        if done.report.stop.is_none() {
            // Without it the plan is made from what was; then the next plan looks again.
            let _ = self.look(base).await;
        }
        let left = done.left.into_iter().map(|(kind, name, why)| LeftView { kind, name, why }).collect();
        let mut issues = done.report.issues;
        issues.truncate(LISTED_ISSUES);
        Ok(UndoView { progress: done.report.progress, issues, left, stop: done.report.stop.map(Finding::from), can_undo })
    }

    /// Takes over a journal that outlived an earlier panel. `chunk` gives its parts by name.
    pub fn restore_journal(&self, journal: &str, chunk: impl Fn(&str) -> Option<String>) -> bool {
        let restored = Journal::restore(journal, chunk);
        let can_undo = restored.as_ref().is_some_and(Journal::can_undo);
        if let Some(journal) = restored {
            *self.state.borrow_mut().journal = journal;
        }
        can_undo
    }

    /// Whether the journal holds something that can be taken back at the observed authentik.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        let state = self.state.borrow();
        let here = state.authentik.as_ref().is_some_and(|snapshot| state.journal.is_of(&snapshot.base));
        here && state.journal.can_undo()
    }

    /// Reads the client that belongs to the mailcow of the draft.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn read_registration(&self, draft: &SetupDraft) -> Result<RegistrationView, Finding> {
        self.register(draft).await?.ok_or(Code::DraftFaulty)?;
        self.registration().ok_or_else(|| Code::ClientMissing.into())
    }

    /// The registered client, if it is known.
    #[must_use]
    pub fn registration(&self) -> Option<RegistrationView> {
        let state = self.state.borrow();
        state.registration.as_deref().map(|registration| registration_view(registration, state.remaining))
    }

    /// The client secret, for the clipboard and nothing else.
    #[must_use]
    pub fn reveal_secret(&self) -> Option<String> {
        self.state.borrow().registration.as_ref()?.client_secret.as_ref().map(|secret| secret.reveal().to_owned())
    }

    /// Lets go of the client secret. Whoever needs it reads authentik or mailcow again. What is to be put back keeps its own.
    pub fn forget_secret(&self) {
        let mut state = self.state.borrow_mut();
        if let Some(seen) = &mut state.mailcow {
            *seen = seen.without_secret().into();
        }
        state.made_secret = None;
        if let Some(known) = &mut state.registration {
            *known = known.with_secret(None).into();
        }
    }

    pub(super) fn snapshot(&self) -> Result<Rc<Snapshot>, Finding> {
        self.state.borrow().authentik.clone().ok_or_else(|| Code::NothingObserved.into())
    }

    pub(super) fn directory(&self) -> Result<Rc<Directory>, Finding> {
        self.state.borrow().directory.clone().ok_or_else(|| Code::NothingObserved.into())
    }

    fn compare(&self, draft: &SetupDraft) -> Result<Plan, Finding> {
        let (snapshot, directory) = (self.snapshot()?, self.directory()?);
        let resolved = plan::resolve(draft, &snapshot);
        let (Some(setup), true) = (&resolved.setup, resolved.faults.is_empty()) else {
            return Err(Finding::new(Code::DraftFaulty));
        };
        let credentials = (generate_client_id(&self.outside), generate_client_secret(&self.outside));
        Ok(plan::compare(&snapshot, &directory, setup, &resolved.adoption, credentials))
    }

    /// The bindings of an application that only the typed address has brought up.
    async fn read_bindings(&self, draft: &SetupDraft) -> Result<(), Finding> {
        let snapshot = self.snapshot()?;
        let Some(application) = plan::resolve(draft, &snapshot).adoption.application.map(|app| app.pk.clone()) else {
            return Ok(());
        };
        self.read_bindings_of(application).await
    }

    /// The bindings of an application, whose primary key is meant.
    pub(super) async fn read_bindings_of(&self, application: String) -> Result<(), Finding> {
        let snapshot = self.snapshot()?;
        if snapshot.bindings_of(&application).is_some() {
            return Ok(());
        }
        let bindings = authentik::observe_bindings(&self.outside, &snapshot.base, &application).await?;
        self.snapshot()?.add_bindings(application, bindings);
        Ok(())
    }

    /// What was read is no longer what is there.
    fn forget(&self) {
        let mut state = self.state.borrow_mut();
        state.outdated = true;
        state.plan = None;
        state.directory = None;
        state.found.clear();
    }

    /// Takes the journal back after a run.
    fn give_back(&self, journal: Box<Journal>) {
        let mut state = self.state.borrow_mut();
        state.journal = journal;
        state.busy = false;
    }

    /// Lends the journal to a run; only one run at a time.
    fn take_journal(&self, base: &Base) -> Result<Box<Journal>, Finding> {
        self.occupy()?;
        let mut state = self.state.borrow_mut();
        let State { journal, .. } = &mut *state;
        if !journal.is_of(base) || !journal.can_undo() {
            **journal = Journal::new(base.address(), self.outside.now_ms());
        }
        Ok(std::mem::take(journal))
    }

    /// Reads authentik again after a run: objects must be as planned, and the client is read for mailcow.
    async fn look_again(&self, draft: &SetupDraft, report: &plan::Report) -> Result<bool, Finding> {
        let rest = self.remaining(draft).await?;
        Ok(rest == Some(0) && report.is_complete())
    }

    /// Reads authentik and the client again; gives the number of objects that are not as wanted, users not counted, or `None`
    /// when the draft does not say what is wanted.
    pub(super) async fn remaining(&self, draft: &SetupDraft) -> Result<Option<usize>, Finding> {
        let snapshot = self.snapshot()?;
        self.look(&snapshot.base).await?;
        self.register(draft).await
    }

    /// Reads the client, if there is one; gives what [`Self::remaining`] gives, without reading the rest again.
    async fn register(&self, draft: &SetupDraft) -> Result<Option<usize>, Finding> {
        self.read_bindings(draft).await?;
        let snapshot = self.snapshot()?;
        let resolved = plan::resolve(draft, &snapshot);
        let (Some(wanted), Some(rest)) = (&resolved.setup, rest(&snapshot, &resolved)) else { return Ok(None) };
        self.state.borrow_mut().remaining = rest;
        if let Some(provider) = resolved.adoption.provider {
            self.read_client(&snapshot, provider.pk, wanted).await?;
        }
        Ok(Some(rest))
    }

    async fn read_client(&self, snapshot: &Snapshot, provider: i64, wanted: &Setup) -> Result<(), Finding> {
        let requests = vec![snapshot.base.setup_urls(provider), snapshot.base.read(&Object::Provider(provider))];
        let answers = gather(&self.outside, Batch::new(Product::Authentik, requests)).await;
        let (urls, shown) = match client(&answers) {
            Err(error) => return Err(authentik::explain(&self.outside, &snapshot.base, error).await.into()),
            Ok(client) => client,
        };
        let found = snapshot.provider(provider).ok_or(Code::ClientMissing)?;
        let selected = || found.property_mappings.iter().filter_map(|pk| snapshot.mapping(pk));
        let mut templates = Vec::new();
        for rule in selected().filter_map(|mapping| template_rules(&mapping.expression)).flatten() {
            if !templates.contains(&rule.template) {
                templates.push(rule.template);
            }
        }
        let mut state = self.state.borrow_mut();
        let made = || state.made_secret.clone().filter(|(client_id, _)| *client_id == found.client_id);
        let client_secret = shown.or_else(|| made().map(|(_, secret)| secret));
        state.registration = Some(Rc::new(Registration {
            provider,
            provider_name: found.name.clone(),
            client_id: found.client_id.clone(),
            client_secret,
            endpoints: Endpoints { authorize: urls.authorize, token: urls.token, userinfo: urls.user_info },
            redirect_uris: found.redirect_uris.iter().filter(|uri| uri.is_strict()).map(|uri| uri.url.clone()).collect(),
            grant_types: found.grant_types.clone(),
            scopes: selected().map(|mapping| mapping.scope_name.clone()).collect(),
            templates,
            mailcow: wanted.mailcow.clone(),
            extra_hosts: wanted.extra_hosts.clone(),
            former_hosts: wanted.former_hosts.clone(),
        }));
        Ok(())
    }
}

/// What mailcow has to be told of a client: its endpoints, and its secret where authentik shows one.
fn client(answers: &[Answer]) -> Result<(SetupUrls, Option<Secret>), Box<answer::Error>> {
    const ENDPOINT: &str = "providers/oauth2/";
    const PERMISSION: &str = "authentik_providers_oauth2.view_oauth2provider";
    let [urls, provider] = answers else { return Err(Box::new(answer::wrong_shape(ENDPOINT))) };
    let urls = answer::read(urls, ENDPOINT, PERMISSION)?;
    let provider: RawObject = answer::read(provider, ENDPOINT, PERMISSION)?;
    let secret = provider.read::<Secret>("client_secret").filter(|secret| !secret.is_empty());
    Ok((urls, secret))
}

fn view(snapshot: &Snapshot) -> AuthentikView {
    let flow = |flow: &Flow| Choice { key: flow.pk.clone(), name: flow.name.clone(), detail: flow.slug.clone() };
    let key = |key: &Certificate| Choice { key: key.pk.clone(), name: key.name.clone(), detail: String::new() };
    let group = |group: &Group| Choice { key: group.pk.clone(), name: group.name.clone(), detail: group.members.to_string() };
    let mut missing: Vec<&'static str> =
        Creatable::ALL.iter().filter(|kind| !snapshot.may_create.contains(kind)).map(|kind| kind.add_permission()).collect();
    missing.extend(&snapshot.not_visible);
    AuthentikView {
        address: snapshot.base.address(),
        version: snapshot.version_text.clone(),
        unknown_version: snapshot.version.is_none_or(|version| version > Version::NEWEST_KNOWN),
        brand: snapshot.brand.clone(),
        username: snapshot.username.clone(),
        missing_permissions: if snapshot.is_superuser { Vec::new() } else { missing },
        authorization_flows: snapshot.authorization_flows.iter().map(flow).collect(),
        invalidation_flows: snapshot.invalidation_flows.iter().map(flow).collect(),
        signing_keys: snapshot.certificates.iter().map(key).collect(),
        groups: snapshot.groups.iter().map(group).collect(),
        known_mailcows: known_mailcows(snapshot),
    }
}

/// Origins behind applications whose look says mailcow.
fn known_mailcows(snapshot: &Snapshot) -> Vec<String> {
    let says_mailcow = |text: &str| text.to_ascii_lowercase().contains("mailcow");
    let mut found = Vec::new();
    for provider in &snapshot.providers {
        let application = snapshot.application_of(provider.pk);
        let sso = application
            .is_some_and(|app| app.meta_launch_url.contains("iam_sso=1") || says_mailcow(&app.slug) || says_mailcow(&app.name));
        for uri in provider.redirect_uris.iter().filter(|uri| uri.is_strict()) {
            let Some(origin) = Origin::of(&uri.url) else { continue };
            let likely = sso || says_mailcow(&provider.name) || says_mailcow(origin.host());
            if likely && !found.contains(&origin.to_string()) {
                found.push(origin.to_string());
            }
        }
    }
    found
}

/// The number of objects that are not as wanted, users not counted; `None` when the draft does not say what is wanted.
fn rest(snapshot: &Snapshot, resolved: &Resolved<'_>) -> Option<usize> {
    let wanted = resolved.setup.as_ref().filter(|_| resolved.faults.is_empty())?;
    let unused = (String::new(), crate::setup::Secret::new(String::new()));
    Some(plan::compare(snapshot, &Directory::default(), wanted, &resolved.adoption, unused).writes())
}

fn draft_view(resolved: &Resolved<'_>, remaining: Option<usize>) -> DraftView {
    let adoption = &resolved.adoption;
    let exists = adoption.provider.is_some() || adoption.application.is_some();
    DraftView {
        redirect_uri: resolved.setup.as_ref().map(|setup| setup.mailcow.to_string()),
        notes: resolved.notes.clone(),
        faults: resolved.faults.clone(),
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

fn plan_view(plan: &Plan) -> PlanView {
    let seconds = u32::try_from(plan.totals.users.div_ceil(USERS_PER_SECOND)).unwrap_or(u32::MAX);
    PlanView {
        changes: plan.changes.clone(),
        totals: plan.totals,
        users: plan.users.counts,
        writes: plan.writes(),
        seconds,
        group_recommended: seconds >= LONG_SECONDS,
    }
}

fn registration_view(registration: &Registration, remaining: usize) -> RegistrationView {
    RegistrationView {
        provider: registration.provider_name.clone(),
        client_id: registration.client_id.clone(),
        secret_length: registration.client_secret.as_ref().map(crate::setup::Secret::length),
        authorize_url: registration.endpoints.authorize.clone(),
        token_url: registration.endpoints.token.clone(),
        userinfo_url: registration.endpoints.userinfo.clone(),
        redirect_uris: registration.redirect_uris.clone(),
        mailcow: registration.mailcow.to_string(),
        admin_page: mailcow::api::system_page_address(&registration.mailcow),
        remaining,
    }
}
