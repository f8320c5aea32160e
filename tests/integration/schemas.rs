//! Authentik's own schemas. Every exchange of every test here is held against the one of its version (`support/conformance.rs`).

use std::collections::BTreeSet;

use cowbell::app::Switching;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::Access;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Application, Bound};
use cowbell_standins::schema::{Judge, Schema};

use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, everybody, remove, run};

/// Called only where something was lost or changed meanwhile, or for somebody with limited permissions, which is not played here.
const WITH_ACCIDENTS: [&str; 3] = ["GET /core/users/*/", "GET /rbac/permissions/", "PATCH /policies/bindings/*/"];

/// Everything that Cowbell does, once: set up in two ways, read, rotated, removed and restored, undone.
fn everything(stage: &Stage) {
    let choice = MailcowChoice::default();
    let desired = stage.done_in_both_ways();
    run(stage.app.read_readiness(&desired, &choice, &mut |_, _| {})).succeeds();
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    run(stage.app.explain_sign_ins(&desired));
    run(stage.app.rotate_secret()).succeeds();
    run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    bind_a_user(stage);
    run(stage.app.removal()).succeeds();
    run(remove(&stage.app)).succeeds();
    run(stage.app.restore_removed()).succeeds();
}

fn staff(stage: &Stage) -> String {
    stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk.to_string()
}

/// Somebody binds a user beside the group.
fn bind_a_user(stage: &Stage) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let mut binding = state.bindings[0].clone();
    (binding.pk, binding.order) = (binding.target, 9);
    binding.bound = Bound::User(state.users.iter().next().expect("a user").pk);
    state.bindings.push(binding);
}

/// Somebody else removes the application while the registration is read. What the panel says then is tested elsewhere.
fn without_application(stage: &Stage) -> Judge {
    let copy = stage.copy();
    copy.observe().succeeds();
    copy.sim.world().before_request(|authentik, _, _, request| {
        if request.uri().path().ends_with("/setup_urls/") {
            authentik.state_mut().applications.clear();
        }
    });
    drop(run(copy.app.read_registration(&draft())));
    copy.sim.judge()
}

/// What Cowbell meets of a release: with and without an earlier attempt, beside an application that has no provider.
fn met(authentik: Profile) -> Judge {
    let mut judge = Judge::default();
    for half_made in [false, true] {
        let stage = Setting { authentik, half_made, users: 12, ..Setting::default() }.stage();
        {
            let mut world = stage.sim.world();
            let state = world.authentik.state_mut();
            let pk = state.groups.values().next().expect("a group").pk;
            state.applications.push(Application::new(pk, "Wiki", "wiki"));
        }
        let with_group = SetupDraft { access: Some(Access::Groups { groups: vec![staff(&stage)] }), ..draft() };
        stage.done(&with_group);
        judge.add(&without_application(&stage));
        stage.undo().succeeds();
        everything(&stage);
        judge.add(&stage.sim.judge());
    }
    judge
}

#[test]
fn every_operation_is_met_in_every_release_and_every_known_deviation_is_needed() {
    let mut all = Judge::default();
    for authentik in Profile::ALL {
        let judge = met(authentik);
        let schema = Schema::of(authentik.version()).expect("a release");
        let names = schema.operations().iter().map(|operation| operation.name);
        let missed: BTreeSet<&str> = names.filter(|name| !judge.met().contains(name)).collect();
        assert_eq!(missed, BTreeSet::from(WITH_ACCIDENTS), "{authentik:?}");
        all.add(&judge);
    }
    assert!(all.unused().is_empty(), "no exchange needs {:#?}", all.unused());
}
