//! Bindings that do not do what they seem to (docs/contract/cases.md, H4, H5): whatever somebody has bound, after a run the
//! members of the chosen groups may use the application, and nobody else may whom nobody has authorized.

use cowbell::plan::{Action, FieldName, Kind, Remark, SetupDraft};
use cowbell::setup::Access;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Binding, Bound};
use cowbell_standins::people::person;
use uuid::Uuid;

use crate::sign_ins::try_to_sign_in;
use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// The groups that are to use the application.
const DESIRED: [&str; 2] = ["board", "sales"];

/// A finished integration that everybody may use, on another day; somebody then binds things by hand.
fn open_to_everybody(authentik: Profile) -> Stage {
    let stage = Setting { authentik, users: 40, ..Setting::default() }.stage();
    crate::sign_ins::prepared(stage, &draft()).copy()
}

fn group(stage: &Stage, name: &str) -> Uuid {
    stage.sim.observe().authentik.state().group_named(name).expect("a group").pk
}

/// Binds something to the application.
fn bind(stage: &Stage, bound: Bound, change: impl FnOnce(&mut Binding)) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let target = state.applications[0].pk;
    let mut binding = Binding::new(state.ids.uuid(), target, bound);
    change(&mut binding);
    state.bindings.push(binding);
}

fn draft_for(stage: &Stage, groups: &[&str]) -> SetupDraft {
    let groups = groups.iter().map(|name| group(stage, name).to_string()).collect();
    SetupDraft { access: Some(Access::Groups { groups }), ..draft() }
}

/// Who may use the application now, among all users, as authentik decides.
fn authorized(stage: &Stage) -> Vec<String> {
    let world = stage.sim.observe();
    let state = world.authentik.state();
    let mut names: Vec<String> =
        state.users.iter().filter(|user| state.may_use(&state.applications[0], user)).map(|user| user.username.clone()).collect();
    names.sort_unstable();
    names
}

fn members(stage: &Stage, groups: &[&str]) -> Vec<String> {
    let world = stage.sim.observe();
    let state = world.authentik.state();
    let groups: Vec<Uuid> = groups.iter().map(|name| state.group_named(name).expect("a group").pk).collect();
    let is_in = |of: &[Uuid]| state.with_ancestors(of).iter().any(|pk| groups.contains(pk));
    let mut names: Vec<String> =
        state.users.iter().filter(|user| is_in(&user.groups)).map(|user| user.username.clone()).collect();
    names.sort_unstable();
    names
}

type Spoiler = (&'static str, fn(&Stage));

fn of_board(stage: &Stage) -> Bound {
    Bound::Group(group(stage, "board"))
}

/// What somebody has done to the binding of a desired group.
const SPOILED: [Spoiler; 7] = [
    ("mode all, one bound and the other negated", |stage| {
        stage.sim.world().authentik.state_mut().applications[0].needs_all = true;
        bind(stage, Bound::Group(group(stage, "sales")), |_| ());
        bind(stage, of_board(stage), |binding| binding.negate = true);
    }),
    ("negated", |stage| bind(stage, of_board(stage), |binding| binding.negate = true)),
    ("disabled", |stage| bind(stage, of_board(stage), |binding| binding.enabled = false)),
    ("negated and disabled", |stage| {
        bind(stage, of_board(stage), |binding| (binding.negate, binding.enabled) = (true, false));
    }),
    ("there twice, once negated", |stage| {
        bind(stage, of_board(stage), |_| ());
        bind(stage, of_board(stage), |binding| binding.negate = true);
    }),
    ("mode all, nothing bound yet", |stage| stage.sim.world().authentik.state_mut().applications[0].needs_all = true),
    ("mode all, bound", |stage| {
        stage.sim.world().authentik.state_mut().applications[0].needs_all = true;
        bind(stage, of_board(stage), |_| ());
        bind(stage, Bound::Group(group(stage, "sales")), |_| ());
    }),
];

#[test]
fn members_of_the_desired_groups_and_nobody_else_whatever_was_bound_before() {
    for authentik in Profile::ALL {
        for (what, spoil) in SPOILED {
            let stage = open_to_everybody(authentik);
            spoil(&stage);
            let before = Picture::of(&stage.sim.observe());
            stage.observe().succeeds();
            let desired = draft_for(&stage, &DESIRED);
            let report = stage.whole_run(&desired).succeeds();
            assert!(report.in_sync, "{authentik:?}, {what}: {report:?}");
            assert_eq!(authorized(&stage), members(&stage, &DESIRED), "{authentik:?}, {what}");
            stage.observe().succeeds();
            assert_eq!(stage.plan(&desired).succeeds().writes, 0, "{authentik:?}, {what}: nothing is left to do");

            let undone = stage.undo().succeeds();
            assert!(undone.error.is_none() && undone.skipped.is_empty(), "{authentik:?}, {what}: {undone:?}");
            before.assert_same_objects(&Picture::of(&stage.sim.observe()), &format!("{authentik:?}, {what}: undone"));
        }
    }
}

#[test]
fn a_disabled_binding_beside_one_that_authorizes_does_no_harm_and_stays() {
    let stage = open_to_everybody(Profile::V2026_2);
    bind(&stage, of_board(&stage), |_| ());
    bind(&stage, of_board(&stage), |binding| binding.enabled = false);
    stage.observe().succeeds();
    let plan = stage.plan(&draft_for(&stage, &["board"])).succeeds();
    assert_eq!(plan.writes, 0, "{:?}", plan.changes);
}

#[test]
fn what_is_repaired_is_shown_before_and_after() {
    let stage = open_to_everybody(Profile::V2026_2);
    bind(&stage, of_board(&stage), |binding| (binding.negate, binding.enabled) = (true, false));
    stage.observe().succeeds();
    let plan = stage.plan(&draft_for(&stage, &["board"])).succeeds();
    let change = plan.changes.iter().find(|change| change.kind == Kind::Binding).expect("the binding");
    assert_eq!((change.action, change.name.as_str()), (Action::Update, "board"));
    let fields: Vec<FieldName> = change.fields.iter().map(|field| field.field).collect();
    assert_eq!(fields, [FieldName::Enabled, FieldName::Negate]);
}

#[test]
fn one_group_needs_no_mode_and_other_bindings_are_remarked() {
    let stage = open_to_everybody(Profile::V2026_2);
    stage.sim.world().authentik.state_mut().applications[0].needs_all = true;
    stage.observe().succeeds();
    let remarks = |stage: &Stage, groups: &[&str]| {
        stage.observe().succeeds();
        let plan = stage.plan(&draft_for(stage, groups)).succeeds();
        let change = plan.changes.iter().find(|change| change.kind == Kind::Application).expect("the application").clone();
        assert!(change.fields.is_empty(), "{change:?}");
        change.remarks
    };
    assert_eq!(remarks(&stage, &["board"]), [Remark::Adopted]);
    let at_bindings = |stage: &Stage| {
        let plan = stage.plan(&draft_for(stage, &DESIRED)).succeeds();
        let bindings = plan.changes.into_iter().filter(|change| change.kind == Kind::Binding);
        bindings.map(|change| change.remarks).collect::<Vec<_>>()
    };
    assert_eq!(at_bindings(&stage), [vec![Remark::AccessRestricted], vec![]], "so far, everybody may");
    bind(&stage, Bound::User(5), |_| ());
    stage.observe().succeeds();
    assert_eq!(at_bindings(&stage), [vec![], vec![]], "so far, one user may");
    assert_eq!(
        remarks(&stage, &DESIRED),
        [Remark::Adopted, Remark::OtherBindings { count: 1 }, Remark::AllBindingsRequired],
        "somebody's own rule is not loosened"
    );
    stage.sim.world().authentik.state_mut().applications[0].needs_all = false;
    bind(&stage, Bound::User(6), |binding| binding.negate = true);
    assert_eq!(
        remarks(&stage, &["board"]),
        [Remark::Adopted, Remark::OtherBindings { count: 1 }, Remark::NegatedBindings { count: 1 }]
    );
}

#[test]
fn a_binding_that_ends_does_not_stand_for_one_that_stays() {
    for enabled in [true, false] {
        let stage = open_to_everybody(Profile::V2026_8);
        let end = stage.sim.observe().authentik.state().now + 3_600_000_000;
        bind(&stage, of_board(&stage), |binding| (binding.enabled, binding.expires) = (enabled, Some(end)));
        stage.observe().succeeds();
        let desired = draft_for(&stage, &["board"]);
        let plan = stage.plan(&desired).succeeds();
        let change = plan.changes.iter().find(|change| change.kind == Kind::Binding).expect("the binding");
        let expected = [(!enabled).then_some(Remark::AccessRestricted), Some(Remark::BindingExpires)];
        assert_eq!((change.action, &change.remarks), (Action::Create, &expected.into_iter().flatten().collect()), "{enabled}");
        assert!(stage.apply(&desired).succeeds().in_sync);
        stage.sim.world().authentik.state_mut().advance(7_200);
        assert_eq!(authorized(&stage), members(&stage, &["board"]), "{enabled}: not everybody, now that the first one has ended");
    }
}

#[test]
fn the_negated_group_was_let_in_by_nobody_and_signs_in_after_the_run() {
    let stage = open_to_everybody(Profile::V2026_2);
    let member = (0..40).find(|index| members(&stage, &["board"]).contains(&person(1, *index).username)).expect("a member");
    let outsider = (0..40).find(|index| !members(&stage, &["board"]).contains(&person(1, *index).username)).expect("an outsider");
    bind(&stage, of_board(&stage), |binding| binding.negate = true);
    let gets_in = |index| !try_to_sign_in(&stage, index, "cowbell").1.contains("Request has been denied.");
    assert!(!gets_in(member) && gets_in(outsider), "the wrong way round");
    stage.observe().succeeds();
    stage.whole_run(&draft_for(&stage, &["board"])).succeeds();
    assert!(gets_in(member) && !gets_in(outsider));
    let findings = run(stage.app.check(&draft_for(&stage, &["board"]), &cowbell::mailcow::MailcowChoice::default())).findings;
    assert!(findings.iter().any(|finding| finding.code == Code::ProviderInSync), "{findings:?}");
}

/// Between two writes nobody may use the application who may not use it before or after.
#[test]
fn a_repair_opens_the_application_to_nobody_on_the_way() {
    let stage = open_to_everybody(Profile::V2026_2);
    SPOILED[0].1(&stage);
    stage.observe().succeeds();
    let before = authorized(&stage);
    let desired = draft_for(&stage, &DESIRED);
    stage.plan(&desired).succeeds();
    let allowed: Vec<String> = [before, members(&stage, &DESIRED)].concat();
    let check = allowed.clone();
    stage.sim.world().before_request(move |authentik, _, _, _| {
        let state = authentik.state();
        let open = state.users.iter().filter(|user| state.may_use(&state.applications[0], user));
        let strangers: Vec<&str> =
            open.map(|user| user.username.as_str()).filter(|name| !check.iter().any(|known| known == name)).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    });
    assert!(stage.apply(&desired).succeeds().in_sync);
    assert!(stage.undo().succeeds().skipped.is_empty());
}

/// A binding that somebody has given to another group meanwhile is not negated by undo.
#[test]
fn undo_leaves_a_binding_that_is_somebody_elses_by_now() {
    let stage = open_to_everybody(Profile::V2026_2);
    bind(&stage, of_board(&stage), |binding| binding.negate = true);
    stage.observe().succeeds();
    stage.whole_run(&draft_for(&stage, &["board"])).succeeds();
    let sales = group(&stage, "sales");
    stage.sim.world().authentik.state_mut().bindings[0].bound = Bound::Group(sales);
    let undone = stage.undo().succeeds();
    assert_eq!(undone.skipped.len(), 1, "{undone:?}");
    assert_eq!(authorized(&stage), members(&stage, &["sales"]));
}
