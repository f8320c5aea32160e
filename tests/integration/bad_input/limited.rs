//! Administrators with limited rights, and versions of authentik that Cowbell does not know (docs/contract/newest.md, rows 6
//! and 14).

use std::collections::BTreeMap;

use cowbell::app::PlanView;
use cowbell::authentik::Permission;
use cowbell::panel::Event;
use cowbell::panel::view::RunView;
use cowbell::plan::{Action, Change, DraftError, DraftField, FieldName, Kind, Remark, SetupDraft};
use cowbell::setup::Access;
use cowbell::transport::Product;
use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Binding, Bound, Role};
use uuid::Uuid;

use super::said;
use crate::sign_ins::{NEWCOMER, prepared, username};
use crate::support::panel::Desk;
use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, RIGHTS, Setting, Stage, draft};
use crate::support::{Succeeds as _, remove, run};

/// The plan that is shown.
fn shown_plan(desk: &Desk) -> PlanView {
    match desk.view().run {
        RunView::Planned { plan, outdated: false } => plan,
        other => panic!("{other:?}"),
    }
}

fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(ToString::to_string).collect()
}

/// The role "authentik Read-only" (docs/contract/authentik.md, section 16), on the releases that hide client secrets from it:
/// everything is read, what is missing is named before anything is done, nothing is written, and the plan goes to somebody else.
#[test]
fn the_role_read_only_makes_a_plan_that_somebody_else_applies() {
    for authentik in [Profile::V2026_2_7, Profile::V2026_5, Profile::V2026_8_2] {
        let stage = Setting { authentik, users: 40, ..Setting::default() }.stage();
        let staff = stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk.to_string();
        stage.sign_in_read_only(&username(NEWCOMER));
        let before = Picture::of(&stage.sim.observe());
        let desk = Desk::of(&stage);
        desk.click(Product::Authentik);
        let facts = desk.view().authentik_facts.expect("an authentik");
        assert!(!facts.groups.is_empty() && !facts.authorization_flows.is_empty() && !facts.signing_keys.is_empty());
        let create = [
            "authentik_providers_oauth2.add_scopemapping",
            "authentik_providers_oauth2.add_oauth2provider",
            "authentik_core.add_application",
            "authentik_policies.add_policybinding",
        ];
        assert_eq!(names(&facts.missing_permissions), create, "{authentik:?}");
        desk.edit(|draft| {
            draft.mailcow = MAILCOW.into();
            draft.access = Some(Access::Groups { groups: vec![staff.clone()] });
        });
        desk.tell(Event::Plan);
        let plan = shown_plan(&desk);
        assert!(plan.writes > 0 && plan.users.change > 0);
        let of_plan = names(&plan.missing_permissions);
        assert_eq!(of_plan, [&create[..], &["authentik_core.change_user"]].concat(), "{authentik:?}");
        let file = desk.panel.plan_file().expect("a plan");
        // Applied nevertheless, nothing comes of it.
        desk.tell(Event::Apply);
        let view = desk.view();
        let RunView::Applied { report } = &view.run else { panic!("{:?}", view.run) };
        assert_eq!(report.error.as_ref().map(|error| error.code), Some(Code::AuthentikNotAllowed));
        before.assert_same(&Picture::of(&stage.sim.observe()), "nothing was written");

        let owner = stage.copy();
        let desk = Desk::of(&owner);
        desk.click(Product::Authentik);
        desk.tell(Event::LoadPlan { text: file });
        assert_eq!(shown_plan(&desk).missing_permissions, []);
        desk.tell(Event::Apply);
        let view = desk.view();
        assert!(matches!(&view.run, RunView::Applied { report } if report.in_sync && report.error.is_none()), "{:?}", view.run);

        // What has to be changed later needs other permissions, and no more of them than the plan.
        let later = owner.copy();
        {
            let mut world = later.sim.world();
            let state = world.authentik.state_mut();
            state.applications[0].meta_launch_url.clear();
            state.bindings[0].enabled = false;
        }
        later.sign_in_read_only(&username(NEWCOMER));
        let desk = Desk::of(&later);
        desk.click(Product::Authentik);
        desk.edit(|draft| {
            draft.mailcow = MAILCOW.into();
            draft.access = Some(Access::Groups { groups: vec![staff.clone()] });
        });
        desk.tell(Event::Plan);
        let missing = names(&shown_plan(&desk).missing_permissions);
        assert_eq!(missing, ["authentik_core.change_application", "authentik_policies.change_policybinding"], "{authentik:?}");
    }
}

/// With which all bindings are shown.
const VIEW_BINDING: &str = "authentik_policies.view_policybinding";

/// Signs somebody in who has these rights and no others.
fn sign_in_with(stage: &Stage, rights: &[&str]) {
    sign_in_with_some(stage, rights, &[]);
}

/// The same for somebody who may see these bindings as well.
fn sign_in_with_some(stage: &Stage, rights: &[&str], bindings: &[Uuid]) {
    stage.sign_in_with(&username(NEWCOMER), |pk| {
        let permissions = rights.iter().map(|right| (*right).to_owned()).collect();
        let keys = bindings.iter().map(Uuid::to_string).collect();
        let object_permissions = BTreeMap::from([(VIEW_BINDING.to_owned(), keys)]);
        Role { pk, name: "limited".into(), permissions, object_permissions }
    });
}

/// An integration that works, whose application is hidden, unlike another one, with a limited administrator in front of it.
fn hidden(authentik: Profile) -> Stage {
    let stage = prepared(Setting { authentik, ..Setting::default() }.stage(), &draft()).copy();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let mut other = state.applications[0].clone();
        (other.pk, other.name, other.slug, other.provider) = (state.ids.uuid(), "Wiki".into(), "wiki".into(), None);
        state.applications[0].meta_hide = true;
        state.applications.push(other);
    }
    sign_in_with(&stage, &RIGHTS);
    stage
}

/// Row 6: a hidden application is found by its slug and kept, instead of created once more.
#[test]
fn a_hidden_application_is_adopted() {
    for profile in [Profile::V2026_5, Profile::V2026_8, Profile::V2026_8_2] {
        let stage = hidden(profile);
        let before = Picture::of(&stage.sim.observe());
        stage.observe().succeeds();
        let plan = stage.plan(&draft()).succeeds();
        let change = plan.changes.iter().find(|change| change.kind == Kind::Application).expect("an application");
        assert_eq!((change.action, plan.writes), (Action::Keep, 0), "{profile:?}: {plan:?}");
        stage.done(&draft());
        before.assert_same(&Picture::of(&stage.sim.observe()), "nothing had to be done");
    }
}

/// Row 6: what has to be changed on a hidden application is changed, seen again after the run, and undone.
#[test]
fn a_hidden_application_is_repaired_and_undone() {
    let stage = hidden(Profile::V2026_8);
    stage.sim.world().authentik.state_mut().applications[0].meta_launch_url = "https://mailcow.company".into();
    let before = Picture::of(&stage.sim.observe());
    let report = stage.done(&draft());
    assert!(report.can_undo);
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

/// Row 6: a hidden application of something else that has the slug is named, with another slug, instead of a 400.
#[test]
fn a_hidden_application_of_another_provider_is_named() {
    let stage = hidden(Profile::V2026_8);
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        state.providers[0].redirect_uris[0].url = "https://elsewhere.example".into();
        state.applications[0].name = "Somebody else's".into();
        state.applications[0].slug = "post".into();
    }
    let mut desired = draft();
    desired.application_slug = Some("post".into());
    desired.provider_name = Some("another".into());
    let before = Picture::of(&stage.sim.observe());
    stage.observe().succeeds();
    stage.plan(&desired).expect_err("the slug is taken");
    let errors = stage.app.check_draft(&desired).succeeds().errors;
    let is_named = errors.iter().any(|error| {
        let taken = DraftError::Taken { by: "Somebody else's".into(), alternative: "post-2".into() };
        error.field == DraftField::ApplicationSlug && error.error == taken
    });
    assert!(is_named, "{errors:?}");
    before.assert_same(&Picture::of(&stage.sim.observe()), "nothing was written");
}

/// An integration whose application needs all of its bindings, with those of two groups; returns the draft for both, and the bindings.
fn bound_to_two(authentik: Profile) -> (Stage, SetupDraft, Vec<Uuid>) {
    let stage = prepared(Setting { authentik, ..Setting::default() }.stage(), &draft()).copy();
    let mut groups = Vec::new();
    let mut bindings = Vec::new();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        state.applications[0].needs_all = true;
        for name in ["board", "sales"] {
            let group = state.group_named(name).expect("a group").pk;
            let binding = Binding::new(state.ids.uuid(), state.applications[0].pk, Bound::Group(group));
            groups.push(group.to_string());
            bindings.push(binding.pk);
            state.bindings.push(binding);
        }
    }
    (stage, SetupDraft { access: Some(Access::Groups { groups }), ..draft() }, bindings)
}

/// Somebody binds a user, too.
fn bind_a_user(stage: &Stage) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let binding = Binding::new(state.ids.uuid(), state.applications[0].pk, Bound::User(5));
    state.bindings.push(binding);
}

fn change_of(stage: &Stage, desired: &SetupDraft, kind: Kind) -> Change {
    stage.observe().succeeds();
    let plan = stage.plan(desired).succeeds();
    plan.changes.into_iter().find(|change| change.kind == kind).expect("a change")
}

fn how_many_may_use(stage: &Stage) -> usize {
    let world = stage.sim.observe();
    let state = world.authentik.state();
    state.users.iter().filter(|user| state.may_use(&state.applications[0], user)).count()
}

/// H5: where authentik may hide bindings of others, the mode "all" stays, so that the run opens the application to nobody.
#[test]
fn the_mode_stays_where_bindings_may_be_hidden() {
    let (stage, desired, bindings) = bound_to_two(Profile::V2026_2);
    bind_a_user(&stage);
    let some: Vec<&str> = RIGHTS.into_iter().filter(|right| *right != VIEW_BINDING).collect();
    sign_in_with_some(&stage, &some, &bindings);
    let before = how_many_may_use(&stage);
    let change = change_of(&stage, &desired, Kind::Application);
    assert!(change.fields.iter().all(|change| change.field != FieldName::PolicyEngineMode), "{change:?}");
    let is_said =
        |remark: &Remark| matches!(remark, Remark::BindingsHidden { permission } if permission.to_string() == VIEW_BINDING);
    assert!(change.remarks.iter().any(is_said), "{change:?}");
    stage.apply(&desired).succeeds();
    assert!(stage.sim.observe().authentik.state().applications[0].needs_all);
    assert_eq!(how_many_may_use(&stage), before);

    // Whose role shows all of them is told by authentik since 2025.12.
    for (authentik, changes) in [(Profile::V2026_2, true), (Profile::V2026_8_2, true), (Profile::V2025_8, false)] {
        let (stage, desired, _) = bound_to_two(authentik);
        sign_in_with(&stage, &RIGHTS);
        let change = change_of(&stage, &desired, Kind::Application);
        let is_changed = change.fields.iter().any(|change| change.field == FieldName::PolicyEngineMode);
        assert_eq!((is_changed, change.remarks.iter().any(is_said)), (changes, !changes), "{authentik:?}: {change:?}");
    }
}

/// H9: what authentik hides could not be restored, so nothing is removed.
#[test]
fn nothing_is_removed_where_bindings_may_be_hidden() {
    for (authentik, sees_all, is_removed) in
        [(Profile::V2026_2, false, false), (Profile::V2026_2, true, true), (Profile::V2025_8, true, false)]
    {
        let (stage, _, bindings) = bound_to_two(authentik);
        bind_a_user(&stage);
        let rights: Vec<&str> = RIGHTS.into_iter().filter(|right| sees_all || *right != VIEW_BINDING).collect();
        let rights = [&rights[..], &["authentik_providers_oauth2.delete_scopemapping"]].concat();
        sign_in_with_some(&stage, &rights, &bindings);
        stage.observe().succeeds();
        run(stage.app.read_registration(&draft())).succeeds();
        stage.observe_mailcow().succeeds();
        let before = Picture::of(&stage.sim.observe());
        let (asked, removed) = (run(stage.app.removal()).err(), run(remove(&stage.app)).err());
        if is_removed {
            assert!(asked.is_none() && removed.is_none(), "{asked:?} {removed:?}");
            run(stage.app.restore_removed()).succeeds();
            assert_eq!(stage.sim.observe().authentik.state().bindings.len(), 3);
            continue;
        }
        for refused in [asked, removed] {
            let expected = (Code::RemovalBindingsHidden, vec![format!("permission={VIEW_BINDING}")]);
            assert_eq!(said(&Finding::from(&refused.expect("refused"))), expected, "{authentik:?}");
        }
        before.assert_same(&Picture::of(&stage.sim.observe()), "nothing was removed");
    }
}

/// H4: a repair of a binding that authentik will refuse is said in the plan.
#[test]
fn a_repair_without_the_permission_is_said_before_the_run() {
    const CHANGE_BINDING: &str = "authentik_policies.change_policybinding";
    for (more, authentik, is_missing) in
        [(None, Profile::V2026_2, true), (Some(CHANGE_BINDING), Profile::V2026_2, false), (None, Profile::V2025_8, false)]
    {
        let (stage, desired, _) = bound_to_two(authentik);
        stage.sim.world().authentik.state_mut().bindings[0].negate = true;
        sign_in_with(&stage, &[&RIGHTS[..], more.as_slice()].concat());
        let change = change_of(&stage, &desired, Kind::Binding);
        assert_eq!(change.action, Action::Update);
        let is_said = change
            .remarks
            .iter()
            .any(|remark| matches!(remark, Remark::PermissionMissing { permission } if permission.to_string() == CHANGE_BINDING));
        assert_eq!(is_said, is_missing, "{authentik:?}: {change:?}");
        let report = stage.apply(&desired).succeeds();
        assert_eq!(report.error.is_none(), more.is_some(), "{report:?}");
    }
}

/// Row 14: an authentik that no longer has a field that Cowbell writes gets no write; the sentence names field and version.
#[test]
fn a_newer_authentik_without_a_field_gets_no_write() {
    for made in [false, true] {
        let stage = Setting { authentik: Profile::V2026_8_2, ..Setting::default() }.stage();
        let stage = if made { prepared(stage, &draft()).copy() } else { stage };
        stage.sim.world().authentik.state_mut().has_secret_objects = true;
        let before = Picture::of(&stage.sim.observe());
        let view = stage.observe().succeeds();
        assert!(view.unknown_version);
        let refused = stage.plan(&draft()).expect_err("no plan");
        let expected = ["field=client_secret".to_owned(), "version=2026.11.0".to_owned()].to_vec();
        assert_eq!(said(&Finding::from(&refused)), (Code::AuthentikFieldUnknown, expected));
        stage.apply(&draft()).expect_err("nothing to apply");
        if made {
            run(stage.app.read_registration(&draft())).succeeds();
            stage.observe_mailcow().succeeds();
            for refused in [run(stage.app.rotate_secret()).err(), run(remove(&stage.app)).err()] {
                let refused = Finding::from(&refused.expect("refused"));
                assert_eq!(refused.code, Code::AuthentikFieldUnknown);
            }
        }
        before.assert_same(&Picture::of(&stage.sim.observe()), "nothing was written");
    }
}
