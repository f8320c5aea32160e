//! The main job from the first click to a finished plan and back, on everything that authentik may be.

use cowbell::app::PlanView;
use cowbell::plan::{Action, FieldName, Kind, Remark, SetupDraft, SkipReason, UserReason};
use cowbell::setup::{Access, Audience, VerifiedBy};
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Bound, RedirectUri, UserType};
use serde_json::{Value, json};

use crate::support::Succeeds as _;
use crate::support::picture::{Picture, other_attributes};
use crate::support::stage::{MAILCOW, Setting, Stage, draft};

fn actions(plan: &PlanView) -> Vec<(Kind, Action)> {
    plan.changes.iter().map(|change| (change.kind, change.action)).collect()
}

#[test]
fn two_rounds_show_what_there_is() {
    for half_made in [false, true] {
        let stage = Setting { half_made, ..Setting::default() }.stage();
        let view = stage.observe().succeeds();
        assert!(stage.sim.rounds() <= 2, "{} rounds", stage.sim.rounds());
        assert_eq!((view.version.as_str(), view.username.as_str()), ("2026.2.2", "akadmin"));
        assert_eq!(view.missing_permissions, []);
        assert_eq!(view.known_mailcows, if half_made { vec![MAILCOW.to_owned()] } else { Vec::new() });
        assert!(stage.sim.writes().iter().all(|sent| sent.method == cowbell::transport::Method::Options));
        // Of which groups may use the application, too.
        let groups = view.groups.iter().take(1).map(|group| group.key.clone()).collect();
        let existing =
            stage.app.check_draft(&SetupDraft { access: Some(Access::Groups { groups }), ..draft() }).succeeds().existing;
        assert_eq!(existing.map(|existing| existing.remaining.is_some()), half_made.then_some(true));
    }
}

#[test]
fn a_fresh_authentik_gets_everything() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    let checked = stage.app.check_draft(&draft()).succeeds();
    assert_eq!(checked.errors, []);
    assert_eq!(checked.existing, None);
    let plan = stage.plan(&draft()).succeeds();
    assert_eq!(
        actions(&plan),
        [
            (Kind::ScopeMapping, Action::Create),
            (Kind::Provider, Action::Create),
            (Kind::Application, Action::Create),
            (Kind::Users, Action::Update),
        ]
    );
    assert!(stage.sim.writes().iter().all(|sent| sent.method == cowbell::transport::Method::Options), "nothing is written");
    let before = other_attributes(&stage.sim.observe());
    let report = stage.apply(&draft()).succeeds();
    assert!(report.in_sync && report.can_undo, "{report:?}");
    assert_eq!(report.progress.users_done, plan.users.change);

    let world = stage.sim.observe();
    let state = world.authentik.state();
    let [provider] = state.providers.as_slice() else { panic!("one provider") };
    assert_eq!(provider.redirect_uris, [RedirectUri::strict(MAILCOW)]);
    assert_eq!((provider.client_id.len(), provider.client_secret.len()), (40, 128));
    assert!(provider.signing_key.is_some() && !provider.is_public);
    let scopes: Vec<&str> =
        provider.property_mappings.iter().map(|pk| state.mapping(*pk).expect("a mapping").scope_name.as_str()).collect();
    assert_eq!(scopes, ["openid", "profile", "email"]);
    let managed = state.managed_mapping("email").expect("a mapping").pk;
    assert!(!provider.property_mappings.contains(&managed), "the managed mapping would win");
    let application = state.application("mailcow").expect("an application");
    assert_eq!(application.meta_launch_url, format!("{MAILCOW}/?iam_sso=1"));
    assert_eq!(application.provider, Some(provider.pk));
    for user in state.users.iter() {
        let verified = user.attributes.get("email_verified") == Some(&json!(true));
        let meant = user.kind == UserType::Internal && user.is_active && !user.email.is_empty();
        assert!(verified || !meant, "{}", user.username);
    }
    assert_eq!(other_attributes(&world), before);
    let registration = stage.app.registration().expect("authentik was read and has the client");
    assert_eq!((registration.client_id.as_str(), registration.secret_length), (provider.client_id.as_str(), Some(128)));
    assert_eq!(registration.token_url, "https://authentik.company/application/o/token/");
    assert_eq!(stage.app.reveal_secret().as_ref(), Some(&provider.client_secret));
}

#[test]
fn a_finished_plan_has_nothing_to_do() {
    for half_made in [false, true] {
        let stage = Setting { half_made, ..Setting::default() }.stage();
        stage.done(&draft());
        let before = Picture::of(&stage.sim.observe());
        stage.observe().succeeds();
        let plan = stage.plan(&draft()).succeeds();
        assert_eq!(plan.writes, 0, "{:?}", plan.changes);
        assert!(plan.changes.iter().all(|change| change.action == Action::Keep), "{:?}", plan.changes);
        stage.sim.forget();
        let report = stage.apply(&draft()).succeeds();
        assert!(report.in_sync);
        let writes: Vec<_> =
            stage.sim.writes().into_iter().filter(|sent| sent.method != cowbell::transport::Method::Options).collect();
        assert_eq!(writes.len(), 0, "{writes:?}");
        before.assert_same(&Picture::of(&stage.sim.observe()), "the second run");
    }
}

#[test]
fn a_provider_without_an_application_is_there_too() {
    let stage = Stage::half_made();
    stage.sim.world().authentik.state_mut().applications.clear();
    stage.observe().succeeds();
    let existing = stage.app.check_draft(&draft()).succeeds().existing.expect("something exists");
    assert_eq!((existing.provider.as_deref(), existing.application), (Some("Mailcow test"), None));
}

#[test]
fn a_half_made_attempt_is_adopted_and_only_what_differs_changes() {
    let stage = Stage::half_made();
    stage.observe().succeeds();
    let existing = stage.app.check_draft(&draft()).succeeds().existing.expect("something exists");
    assert_eq!(existing.provider.as_deref(), Some("Mailcow test"));
    assert_eq!(existing.application.as_deref(), Some("Mailcow test"));
    let plan = stage.plan(&draft()).succeeds();
    assert_eq!(
        actions(&plan),
        [
            (Kind::ScopeMapping, Action::Create),
            (Kind::Provider, Action::Update),
            (Kind::Application, Action::Update),
            (Kind::Users, Action::Update),
        ]
    );
    let provider = &plan.changes[1];
    let fields: Vec<FieldName> = provider.fields.iter().map(|field| field.field).collect();
    assert_eq!(fields, [FieldName::PropertyMappings, FieldName::SigningKey, FieldName::RedirectUris]);
    assert!(provider.remarks.contains(&Remark::Adopted));
    let before = stage.sim.observe().authentik.state().providers[0].clone();
    stage.apply(&draft()).succeeds();
    let world = stage.sim.observe();
    let [after] = world.authentik.state().providers.as_slice() else { panic!("one provider") };
    assert_eq!((&after.client_id, &after.client_secret, &after.name), (&before.client_id, &before.client_secret, &before.name));
    assert_eq!(after.redirect_uris, [RedirectUri::strict(MAILCOW)]);
}

#[test]
fn undo_restores_letter_by_letter() {
    for half_made in [false, true] {
        let mut stage = Setting { half_made, ..Setting::default() }.stage();
        let before = Picture::of(&stage.sim.observe());
        stage.done(&draft());
        // The panel was closed in between.
        stage.reopen_panel();
        stage.observe().succeeds();
        assert!(stage.app.can_undo());
        let undone = stage.undo().succeeds();
        assert_eq!((undone.error, undone.skipped, undone.issues), (None, Vec::new(), Vec::new()));
        assert!(!undone.can_undo);
        before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
        let after = stage.whole_run(&draft()).succeeds();
        assert!(after.in_sync, "the job can be done again");
    }
}

#[test]
fn every_version_of_authentik_is_set_up_and_put_back() {
    for authentik in Profile::ALL {
        for half_made in [false, true] {
            let stage = Setting { authentik, half_made, users: 60, ..Setting::default() }.stage();
            let before = Picture::of(&stage.sim.observe());
            stage.done(&draft());
            let grants = stage.sim.observe().authentik.state().providers[0].grant_types.clone();
            assert_eq!(grants.is_empty(), !authentik.has_grant_types(), "{authentik:?}");
            let undone = stage.undo().succeeds();
            assert_eq!(undone.error, None, "{authentik:?}");
            if half_made && authentik.has_grant_types() {
                // authentik takes no empty list: it stays as it is now, and that is said.
                let [left] = undone.skipped.as_slice() else { panic!("{:?}", undone.skipped) };
                assert_eq!(left.reason, SkipReason::NotEmptied { fields: vec!["grant_types".into()] });
                stage.sim.world().authentik.state_mut().providers[0].grant_types.clear();
            } else {
                assert_eq!(undone.skipped, []);
            }
            assert!(!undone.can_undo);
            before.assert_same(&Picture::of(&stage.sim.observe()), &format!("{authentik:?}, half made: {half_made}"));
        }
    }
}

#[test]
fn a_provider_without_grant_type_is_repaired() {
    let stage = Setting { authentik: Profile::V2026_5, half_made: true, ..Setting::default() }.stage();
    stage.observe().succeeds();
    let plan = stage.plan(&draft()).succeeds();
    let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a change");
    assert!(provider.remarks.contains(&Remark::Necessary));
    assert!(provider.fields.iter().any(|field| field.field == FieldName::GrantTypes));
    stage.apply(&draft()).succeeds();
    assert_eq!(stage.sim.observe().authentik.state().providers[0].grant_types, ["authorization_code"]);
}

#[test]
fn slugs_follow_the_limits_of_the_version() {
    let (longest, long) = ("m".repeat(50), "m".repeat(51));
    for authentik in Profile::ALL {
        let stage = Setting { authentik, users: 1, ..Setting::default() }.stage();
        stage.observe().succeeds();
        let mut desired = SetupDraft { application_slug: Some(longest.clone()), ..draft() };
        assert_eq!(stage.app.check_draft(&desired).succeeds().errors, [], "{authentik:?}");
        desired.application_slug = Some(long.clone());
        let refused = !stage.app.check_draft(&desired).succeeds().errors.is_empty();
        assert_eq!(refused, authentik.max_slug_length().is_some(), "{authentik:?}");
        if !refused {
            stage.plan(&desired).succeeds();
            assert!(stage.apply(&desired).succeeds().in_sync);
        }
        desired.application_slug = Some("token".into());
        assert_ne!(stage.app.check_draft(&desired).succeeds().errors, [], "{authentik:?}");
    }
}

#[test]
fn a_base_path_is_in_every_address() {
    let stage = Setting { address: "https://login.example/sso/", ..Setting::default() }.stage();
    let before = Picture::of(&stage.sim.observe());
    let view = stage.observe().succeeds();
    assert_eq!(view.address, "https://login.example/sso");
    stage.done(&draft());
    let registration = stage.app.registration().expect("authentik was read and has the client");
    assert_eq!(registration.userinfo_url, "https://login.example/sso/application/o/userinfo/");
    assert!(stage.sim.sent().iter().all(|sent| sent.url.starts_with("https://login.example/sso/api/v3/")));
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn one_attribute_on_a_group_serves_its_members() {
    let stage = Stage::half_made();
    let staff = {
        let mut world = stage.sim.world();
        let pk = world.authentik.state().group_named("staff").expect("a group").pk;
        let attributes = json!({"z": 1, "a": {"deep": [null, "x"]}});
        let group = world.authentik.state_mut().groups.get_mut(&pk).expect("a group");
        group.attributes = attributes.as_object().expect("an object").clone();
        pk
    };
    let before = Picture::of(&stage.sim.observe());
    let mut desired = draft();
    desired.verified_by = VerifiedBy::GroupAttribute { group: staff.to_string() };
    stage.done(&desired);
    {
        let world = stage.sim.observe();
        let group = &world.authentik.state().groups[&staff];
        assert_eq!(
            group.attributes,
            *json!({"z": 1, "a": {"deep": [null, "x"]}, "email_verified": true}).as_object().expect("an object")
        );
        assert_eq!(Picture::of(&world).users, before.users, "no user is written");
    }
    assert_eq!(stage.plan(&desired).succeeds().writes, 0);
    let undone = stage.undo().succeeds();
    assert_eq!(undone.skipped, []);
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

/// A plan for one attribute on a group, and what somebody else makes of that attribute.
fn on_a_group() -> (Stage, SetupDraft, impl Fn(&Stage, Option<Value>)) {
    let stage = Stage::fresh();
    let staff = stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk;
    let set = move |stage: &Stage, value: Option<Value>| {
        let mut world = stage.sim.world();
        let attributes = &mut world.authentik.state_mut().groups.get_mut(&staff).expect("a group").attributes;
        attributes.remove("email_verified");
        attributes.extend(value.map(|value| ("email_verified".to_owned(), value)));
    };
    (stage, SetupDraft { verified_by: VerifiedBy::GroupAttribute { group: staff.to_string() }, ..draft() }, set)
}

#[test]
fn a_group_that_somebody_has_changed_since_the_plan_is_left_alone() {
    let (stage, desired, set) = on_a_group();
    stage.observe().succeeds();
    stage.plan(&desired).succeeds();
    set(&stage, Some(json!("not yet")));
    let attributes = || {
        let world = stage.sim.observe();
        world.authentik.state().groups.values().map(|group| group.attributes.clone()).collect::<Vec<_>>()
    };
    let before = attributes();
    let report = stage.apply(&desired).succeeds();
    assert_eq!(report.error.map(|finding| finding.code), Some(Code::ObjectChangedMeanwhile));
    assert_eq!(attributes(), before);
}

/// It is theirs then, and stays when the rest is undone.
#[test]
fn a_group_that_somebody_has_given_the_attribute_since_the_plan_is_done() {
    let (stage, desired, set) = on_a_group();
    stage.observe().succeeds();
    stage.plan(&desired).succeeds();
    set(&stage, Some(json!(true)));
    assert_eq!(stage.apply(&desired).succeeds().error, None);
    assert_eq!(stage.undo().succeeds().skipped, []);
    let world = stage.sim.observe();
    let group = world.authentik.state().group_named("staff").expect("a group");
    assert_eq!(group.attributes.get("email_verified"), Some(&json!(true)));
}

#[test]
fn a_group_that_somebody_has_put_back_needs_no_undo() {
    let (stage, desired, set) = on_a_group();
    let before = Picture::of(&stage.sim.observe());
    stage.done(&desired);
    set(&stage, None);
    let undone = stage.undo().succeeds();
    assert_eq!((undone.skipped, undone.can_undo), (Vec::new(), false));
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn chosen_groups_are_let_in_and_nobody_else() {
    for half_made in [false, true] {
        let stage = Setting { half_made, ..Setting::default() }.stage();
        let before = Picture::of(&stage.sim.observe());
        let groups: Vec<_> = {
            let world = stage.sim.observe();
            ["staff", "board"].map(|name| world.authentik.state().group_named(name).expect("a group").pk).to_vec()
        };
        let mut desired = draft();
        desired.access = Some(Access::Groups { groups: groups.iter().map(ToString::to_string).collect() });
        desired.audience = Audience::Groups { groups: vec![groups[1].to_string()] };
        stage.done(&desired);
        let bound: Vec<Bound> = stage.sim.observe().authentik.state().bindings.iter().map(|binding| binding.bound).collect();
        assert_eq!(bound, groups.iter().map(|pk| Bound::Group(*pk)).collect::<Vec<_>>());
        stage.observe().succeeds();
        assert_eq!(stage.plan(&desired).succeeds().writes, 0);
        stage.undo().succeeds();
        before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
    }
}

#[test]
fn further_hosts_are_registered_and_foreign_redirects_stay() {
    let stage = Stage::half_made();
    let foreign = RedirectUri::strict("https://webmail.other.example/callback");
    stage.sim.world().authentik.state_mut().providers[0].redirect_uris.push(foreign.clone());
    let before = Picture::of(&stage.sim.observe());
    let mut desired = draft();
    desired.additional_hosts = vec!["mail.company".into(), "https://imap.company:8443/".into()];
    stage.done(&desired);
    let uris = stage.sim.observe().authentik.state().providers[0].redirect_uris.clone();
    let expected = [
        RedirectUri::strict(MAILCOW),
        foreign,
        RedirectUri::strict("https://mail.company"),
        RedirectUri::strict("https://imap.company:8443"),
    ];
    assert_eq!(uris, expected);
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn undo_leaves_what_somebody_changed_and_names_it() {
    let stage = Stage::half_made();
    stage.done(&draft());
    let pk = {
        let mut world = stage.sim.world();
        world.authentik.state_mut().providers[0].name = "Ours now".into();
        world.authentik.state_mut().providers[0].redirect_uris.push(RedirectUri::strict("https://new.example"));
        let user = world.authentik.state().users.iter().find(|user| user.attributes.get("email_verified") == Some(&json!(true)));
        let pk = user.expect("somebody").pk;
        let user = world.authentik.state_mut().users.get_mut(pk).expect("somebody");
        user.attributes.insert("email_verified".into(), json!(false));
        pk
    };
    let undone = stage.undo().succeeds();
    assert!(
        undone
            .skipped
            .iter()
            .any(|left| matches!(&left.reason, SkipReason::ChangedSince { fields } if fields == &["redirect_uris"]))
    );
    assert!(undone.issues.iter().all(|issue| issue.reason == UserReason::ChangedSincePlan));
    let world = stage.sim.observe();
    let provider = &world.authentik.state().providers[0];
    assert_eq!(provider.name, "Ours now");
    assert!(provider.redirect_uris.iter().any(|uri| uri.url == "https://new.example"));
    assert_eq!(world.authentik.state().users.get(pk).expect("somebody").attributes["email_verified"], json!(false));
}

#[test]
fn a_mapping_in_use_elsewhere_survives_undo() {
    let stage = Stage::fresh();
    stage.done(&draft());
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let mut other = state.providers[0].clone();
        (other.pk, other.name, other.client_id) = (77, "Wiki".into(), "wiki".into());
        other.redirect_uris = vec![RedirectUri::strict("https://wiki.example/callback")];
        state.providers.push(other);
    }
    let undone = stage.undo().succeeds();
    assert!(undone.skipped.iter().any(|left| left.kind == Kind::ScopeMapping && matches!(left.reason, SkipReason::InUse { .. })));
    assert_eq!(stage.sim.observe().authentik.state().providers.len(), 1);
}
