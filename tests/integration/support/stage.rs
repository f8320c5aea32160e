//! An administrator with both products before them, and the job as they do it.

use std::collections::BTreeMap;

use cowbell::app::{AuthentikView, Cowbell, Error, MailcowView, PlanView, ReportView, UndoView};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::{Access, Audience, VerifiedBy};
use cowbell::transport::Product;
use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::state::Role;
use cowbell_standins::authentik::{Authentik, Profile};
use cowbell_standins::mailcow::{self, Mailcow};
use cowbell_standins::world::{self, World};
use uuid::Uuid;

use super::{Simulation, Succeeds as _, run};

/// Where authentik is, unless a test says otherwise.
pub(crate) const AUTHENTIK: &str = "https://authentik.company";
/// A tab of each.
pub(crate) const BOTH: [Product; 2] = [Product::Authentik, Product::Mailcow];
/// Where mailcow is.
pub(crate) const MAILCOW: &str = "https://mailcow.company";

/// Permissions with which somebody can do the whole job who is no superuser.
pub(crate) const RIGHTS: [&str; 20] = [
    "authentik_rbac.view_system_info",
    "authentik_crypto.view_certificatekeypair",
    "authentik_core.view_application",
    "authentik_core.add_application",
    "authentik_core.change_application",
    "authentik_core.delete_application",
    "authentik_core.view_group",
    "authentik_core.view_user",
    "authentik_core.change_user",
    "authentik_policies.view_policybinding",
    "authentik_policies.add_policybinding",
    "authentik_policies.delete_policybinding",
    "authentik_providers_oauth2.view_oauth2provider",
    "authentik_providers_oauth2.add_oauth2provider",
    "authentik_providers_oauth2.change_oauth2provider",
    "authentik_providers_oauth2.delete_oauth2provider",
    "authentik_providers_oauth2.view_scopemapping",
    "authentik_providers_oauth2.add_scopemapping",
    "authentik_providers_oauth2.change_scopemapping",
    "authentik_flows.view_flow",
];

/// What the stand-ins are before the administrator comes.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) authentik: Profile,
    pub(crate) mailcow: mailcow::Profile,
    pub(crate) address: &'static str,
    pub(crate) mailcow_address: &'static str,
    pub(crate) users: usize,
    pub(crate) half_made: bool,
    pub(crate) seed: u64,
}

impl Default for Setting {
    /// The recorded versions, 120 users on two pages, nothing begun.
    fn default() -> Self {
        Self {
            authentik: Profile::V2026_2,
            mailcow: mailcow::Profile::V2026_07,
            address: AUTHENTIK,
            mailcow_address: MAILCOW,
            users: 120,
            half_made: false,
            seed: 1,
        }
    }
}

impl Setting {
    /// Both products, with the superuser signed in to each.
    pub(crate) fn stage(&self) -> Stage {
        let mut authentik = Authentik::demo(self.authentik, self.address, self.users, self.seed);
        if self.half_made {
            authentik.add_half_made_attempt(self.mailcow_address);
        }
        let mailcow = Mailcow::demo(self.mailcow, self.mailcow_address, self.seed);
        let stage = Stage::over(World::new(authentik, self.address, mailcow), self.seed);
        stage.sign_in("akadmin");
        let sim = &stage.sim;
        sim.browser().sign_in_to_mailcow(&mut sim.world());
        stage
    }
}

/// The application in a browser. Closing the panel makes a new application over the same browser.
pub(crate) struct Stage {
    pub(crate) sim: Simulation,
    pub(crate) app: Cowbell<Simulation>,
}

/// The window with the panel, unless a test says otherwise.
pub(crate) const WINDOW: &str = "window";

impl Stage {
    /// With nobody signed in.
    pub(crate) fn over(world: World, seed: u64) -> Self {
        let sim = Simulation::new(world, seed);
        Self { app: Cowbell::new(sim.clone()), sim }
    }

    /// The recorded versions, nothing begun.
    pub(crate) fn fresh() -> Self {
        Setting::default().stage()
    }

    /// The recorded versions with somebody's half-made attempt.
    pub(crate) fn half_made() -> Self {
        Setting { half_made: true, ..Setting::default() }.stage()
    }

    /// The superuser comes back another day: copies of both products as they are, a new browser, a click in
    /// each, the registration read. Nothing is counted as sent yet.
    pub(crate) fn another_day(&self) -> Self {
        let world = self.sim.observe();
        let stage = Self::over(World::new(world.authentik.clone(), AUTHENTIK, world.mailcow.clone()), 1);
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        stage.observe().succeeds();
        run(stage.app.read_registration(&draft())).succeeds();
        stage.observe_mailcow().succeeds();
        stage.sim.forget();
        stage
    }

    /// Copies of both products as they are, in a new browser with nothing observed yet.
    pub(crate) fn copy(&self) -> Self {
        let world = self.sim.observe();
        let address = world.origin(world::Product::Authentik).to_owned();
        let mut copy = World::new(world.authentik.clone(), &address, world.mailcow.clone());
        // Whether mailcow reaches authentik is a part of how things are.
        copy.faults.upstream.clone_from(&world.faults.upstream);
        let stage = Self::over(copy, 1);
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        stage
    }

    /// Sets everything up for the members of `staff`, with the attribute on each user and then on the group; returns the last draft.
    pub(crate) fn done_in_both_ways(&self) -> SetupDraft {
        let group = self.sim.observe().authentik.state().group_named("staff").expect("a group").pk.to_string();
        let access = Some(Access::Groups { groups: vec![group.clone()] });
        self.done(&SetupDraft { access: access.clone(), ..draft() });
        let desired = SetupDraft { access, verified_by: VerifiedBy::GroupAttribute { group }, ..draft() };
        self.done(&desired);
        self.observe_mailcow().succeeds();
        run(self.app.save_for_me(&MailcowChoice::default())).succeeds();
        desired
    }

    /// Somebody makes a second provider that has all the mappings of the first.
    pub(crate) fn add_another_client(&self) {
        let mut world = self.sim.world();
        let providers = &mut world.authentik.state_mut().providers;
        let mut other = providers[0].clone();
        (other.pk, other.name, other.client_id) = (other.pk + 1000, "another".into(), "another".into());
        other.redirect_uris.clear();
        providers.push(other);
    }

    /// Signs in to authentik.
    pub(crate) fn sign_in(&self, username: &str) {
        self.sim.browser().sign_in_to_authentik(&mut self.sim.world(), username);
    }

    /// Signs somebody in to authentik who has its own role "authentik Read-only" and nothing else.
    pub(crate) fn sign_in_read_only(&self, username: &str) {
        self.sign_in_with(username, Role::read_only);
    }

    /// Signs somebody in to authentik who has these permissions on everything, and nothing else.
    pub(crate) fn sign_in_limited(&self, username: &str, permissions: &[&str]) {
        self.sign_in_with(username, |pk| {
            let permissions = permissions.iter().map(|&name| name.to_owned()).collect();
            Role { pk, name: "limited".into(), permissions, object_permissions: BTreeMap::new() }
        });
    }

    /// Signs somebody in to authentik who has one more role.
    pub(crate) fn sign_in_with(&self, username: &str, role: impl FnOnce(Uuid) -> Role) {
        {
            let mut world = self.sim.world();
            let state = world.authentik.state_mut();
            let role = role(state.ids.uuid());
            state.users.named_mut(username).expect("a user").roles.push(role.pk);
            state.roles.push(role);
        }
        self.sign_in(username);
    }

    /// Closes the panel and opens it again: only what was kept is left.
    pub(crate) fn reopen_panel(&mut self) {
        self.app = Cowbell::new(self.sim.clone());
        self.app.restore_journals(WINDOW, &self.sim.kept());
        self.app.restore_switched(WINDOW, &self.sim.kept());
        self.app.restore_password_forms(&self.sim.kept());
    }

    /// Opens a panel in another window while this one stays open, so that it gets nothing of what this one can undo.
    pub(crate) fn open_window(&mut self, window: &str) -> Cowbell<Simulation> {
        let app = Cowbell::new(self.sim.clone());
        app.restore_journals(window, &BTreeMap::new());
        app.restore_switched(window, &BTreeMap::new());
        std::mem::replace(&mut self.app, app)
    }

    /// A click on the icon at authentik.
    pub(crate) fn observe(&self) -> Result<AuthentikView, Error> {
        self.sim.click();
        let page = self.sim.browser().page(Product::Authentik).to_owned();
        run(self.app.observe_authentik(&page))
    }

    /// A click on the icon at mailcow.
    pub(crate) fn observe_mailcow(&self) -> Result<MailcowView, Error> {
        self.sim.click();
        let page = self.sim.browser().page(Product::Mailcow).to_owned();
        run(self.app.observe_mailcow(&page, &MailcowChoice::default()))
    }

    pub(crate) fn plan(&self, draft: &SetupDraft) -> Result<PlanView, Error> {
        run(self.app.plan(draft, &mut |_, _| {}))
    }

    pub(crate) fn apply(&self, draft: &SetupDraft) -> Result<ReportView, Error> {
        run(self.app.apply(draft, &mut |_| {}))
    }

    pub(crate) fn undo(&self) -> Result<UndoView, Error> {
        run(self.app.undo(&mut |_| {}))
    }

    /// Click, plan and apply.
    pub(crate) fn whole_run(&self, draft: &SetupDraft) -> Result<ReportView, Error> {
        self.observe()?;
        self.plan(draft)?;
        self.apply(draft)
    }

    /// Click, plan and apply, where nothing goes wrong.
    pub(crate) fn done(&self, draft: &SetupDraft) -> ReportView {
        let report = self.whole_run(draft).succeeds();
        assert_eq!(report.error, None);
        assert!(report.in_sync, "{report:?}");
        report
    }
}

/// What the panel says about an error.
pub(crate) fn code(error: &Error) -> Code {
    let finding = Finding::from(error);
    assert!(finding.is_complete(), "{finding:?}");
    finding.code
}

/// Only the address, everything else as proposed.
pub(crate) fn draft() -> SetupDraft {
    draft_for(MAILCOW)
}

/// The same for another mailcow.
pub(crate) fn draft_for(mailcow: &str) -> SetupDraft {
    SetupDraft {
        mailcow: mailcow.to_owned(),
        additional_hosts: Vec::new(),
        previous_hosts: Vec::new(),
        application_name: None,
        application_slug: None,
        application_group: None,
        launch_url: None,
        provider_name: None,
        mapping_name: None,
        authorization_flow: None,
        invalidation_flow: None,
        signing_key: None,
        audience: Audience::All,
        verified_by: VerifiedBy::UserAttribute,
        access: None,
        templates: None,
    }
}
