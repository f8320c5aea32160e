//! The integration taken away on both sides and put back, whatever gets in between.

use cowbell::app::{Cowbell, Error};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Kind, Loss, SetupDraft};
use cowbell::setup::Access;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::Bound;
use cowbell_standins::people::person;
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};

use crate::remedies::gets_in;
use crate::sign_ins::{NEWCOMER, prepared, set};
use crate::support::faults::at_each_request;
use crate::support::picture::{Picture, secrets};
use crate::support::stage::{MAILCOW, Setting, Stage, code, draft};
use crate::support::{Succeeds as _, remove, run};
use crate::unknown_secret::{VIEW_ONLY, sign_in_with};

/// A finished integration for the members of a group, saved in mailcow.
fn saved(authentik: Profile) -> Stage {
    let stage = Setting { authentik, users: 3, ..Setting::default() }.stage();
    let group = stage.observe().succeeds().groups[0].key.clone();
    let draft = SetupDraft { access: Some(Access::Groups { groups: vec![group] }), ..draft() };
    stage.done(&draft);
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage
}

/// What is there, without primary keys and times, which are new after putting back.
fn named(stage: &Stage) -> Vec<String> {
    let world = stage.sim.observe();
    let state = world.authentik.state();
    let mut all: Vec<String> = state.mappings.iter().map(|mapping| format!("{} {}", mapping.name, mapping.expression)).collect();
    for provider in &state.providers {
        let selected = state.mappings.iter().filter(|mapping| provider.property_mappings.contains(&mapping.pk));
        let mut mappings: Vec<&str> = selected.map(|mapping| mapping.name.as_str()).collect();
        mappings.sort_unstable();
        all.push(format!(
            "{} {} {} {:?} {:?} {:?} {mappings:?}",
            provider.name,
            provider.client_id,
            provider.client_secret,
            provider.redirect_uris,
            provider.signing_key,
            provider.grant_types
        ));
    }
    for application in &state.applications {
        let provider = state.providers.iter().find(|provider| Some(provider.pk) == application.provider);
        let name = provider.map(|provider| &provider.name);
        all.push(format!("{} {} {} {name:?}", application.slug, application.name, application.meta_launch_url));
        let bindings = state.bindings.iter().filter(|binding| binding.target == application.pk);
        all.extend(bindings.map(|binding| format!("{} {:?} {}", application.slug, binding.bound, binding.order)));
    }
    all.push(serde_json::to_string(&world.mailcow.state().identity_provider).expect("serialises"));
    all
}

/// Whether mailcow can get back what it had before the save.
fn can_take_back_the_save(stage: &Stage) -> bool {
    stage.app.mailcow_view(&MailcowChoice::default()).succeeds().can_restore
}

#[test]
fn everything_goes_and_comes_back() {
    for authentik in Profile::ALL {
        let stage = saved(authentik);
        let before = named(&stage);
        let view = run(stage.app.removal()).succeeds();
        assert!(view.in_mailcow);
        let kinds: Vec<Kind> = view.objects.iter().map(|object| object.kind).collect();
        assert_eq!(kinds, [Kind::Application, Kind::Provider, Kind::ScopeMapping], "{authentik:?}");
        assert_eq!(named(&stage), before, "a look changes nothing");

        run(remove(&stage.app)).succeeds();
        {
            let world = stage.sim.observe();
            let state = world.authentik.state();
            assert!(state.providers.is_empty() && state.applications.iter().all(|app| app.slug != "mailcow"), "{authentik:?}");
            assert!(state.bindings.is_empty() && state.mappings.iter().all(|mapping| mapping.managed.is_some()));
            assert!(world.mailcow.state().identity_provider.is_empty());
        }
        assert!(stage.app.registration().is_none() && stage.app.can_restore());
        assert!(!can_take_back_the_save(&stage), "it was for a client that is gone");

        run(stage.app.restore_removed()).succeeds();
        assert_eq!(named(&stage), before, "{authentik:?}");
        assert!(!stage.app.can_restore());
    }
}

#[test]
fn what_was_put_back_signs_in() {
    let stage = Stage::fresh();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    run(remove(&stage.app)).succeeds();
    run(stage.app.restore_removed()).succeeds();
    stage.sign_in(&person(1, 30).username);
    let sim = &stage.sim;
    sim.browser().forget_mailcow_session();
    let (url, page) = sim.browser().visit(&mut sim.world(), &format!("{MAILCOW}/?iam_sso=1"));
    assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{page}");
}

#[test]
fn mailboxes_in_use_keep_everything() {
    let stage = saved(Profile::V2026_2);
    stage.sim.world().mailcow.state_mut().mailboxes[0].authsource = "generic-oidc".into();
    let before = Picture::of(&stage.sim.observe());
    let refused = run(remove(&stage.app)).expect_err("in use");
    assert_eq!(code(&refused), Code::MailboxesInUse);
    Picture::of(&stage.sim.observe()).assert_same(&before, "nothing was removed");
    assert!(!stage.app.can_restore() && can_take_back_the_save(&stage));
}

/// mailcow sends its users to another name of the same authentik: its mailboxes are in use, whatever its settings seem to be.
#[test]
fn with_another_sign_in_page_in_mailcow_nothing_is_removed() {
    for elsewhere in ["https://authentik.lan/application/o/authorize/", "http://authentik.company/application/o/authorize/", ""] {
        let stage = saved(Profile::V2026_2);
        {
            let mut world = stage.sim.world();
            let state = world.mailcow.state_mut();
            state.mailboxes[0].authsource = "generic-oidc".into();
            state.identity_provider.set("authorize_url", elsewhere);
        }
        stage.observe_mailcow().succeeds();
        let before = Picture::of(&stage.sim.observe());
        let expected = if elsewhere.is_empty() { Code::FieldEmpty } else { Code::SettingsOfOtherAuthentik };
        assert_eq!(code(&run(stage.app.removal()).expect_err("refused")), expected, "{elsewhere}");
        assert_eq!(code(&run(remove(&stage.app)).expect_err("refused")), expected, "{elsewhere}");
        Picture::of(&stage.sim.observe()).assert_same(&before, elsewhere);
    }
}

/// Somebody has removed a part of it since the question: the rest goes.
#[test]
fn what_is_gone_already_keeps_nothing_else() {
    let stage = saved(Profile::V2026_2);
    run(stage.app.removal()).succeeds();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        state.applications.clear();
        state.bindings.clear();
        state.providers.clear();
    }
    run(stage.app.remove_integration()).succeeds();
    let world = stage.sim.observe();
    assert!(world.mailcow.state().identity_provider.is_empty());
    assert!(world.authentik.state().mappings.iter().all(|mapping| mapping.managed.is_some()));
}

/// The question was about an integration that somebody has removed since, and set up anew: nothing of that is removed, nor said to
/// be.
#[test]
fn a_question_about_one_provider_is_not_answered_about_its_successor() {
    let stage = saved(Profile::V2026_2);
    run(stage.app.removal()).succeeds();
    let colleague = Stage { app: Cowbell::new(stage.sim.clone()), sim: stage.sim.clone() };
    colleague.observe().succeeds();
    run(colleague.app.read_registration(&draft())).succeeds();
    colleague.observe_mailcow().succeeds();
    run(remove(&colleague.app)).succeeds();
    colleague.done(&draft());
    stage.observe().succeeds();
    run(stage.app.read_registration(&draft())).succeeds();
    stage.observe_mailcow().succeeds();
    let before = Picture::of(&stage.sim.observe());
    assert_eq!(run(stage.app.remove_integration()), Err(Error::NothingObserved));
    Picture::of(&stage.sim.observe()).assert_same(&before, "nothing was removed");
}

#[test]
fn a_mapping_that_others_use_stays() {
    let stage = saved(Profile::V2026_2);
    stage.add_another_client();
    run(remove(&stage.app)).succeeds();
    {
        let world = stage.sim.observe();
        let state = world.authentik.state();
        assert_eq!(state.providers.len(), 1);
        assert!(state.mappings.iter().any(|mapping| mapping.managed.is_none()));
    }
    run(stage.app.restore_removed()).succeeds();
    assert_eq!(stage.sim.observe().authentik.state().providers.len(), 2);
}

/// Each request of the removal is met by each fault; afterwards all of it can be put back.
#[test]
fn whatever_gets_in_between_nothing_is_lost() {
    let saved = saved(Profile::V2026_2);
    let stage = saved.another_day();
    run(remove(&stage.app)).succeeds();
    at_each_request(&stage.sim.sent(), |fault, what| {
        let stage = saved.another_day();
        let before = named(&stage);
        stage.sim.world().faults.browser = vec![fault];
        let outcome = run(remove(&stage.app));
        outcome.as_ref().err().map(code);
        stage.sim.world().faults.browser.clear();
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        if stage.app.can_restore() {
            run(stage.app.restore_removed()).unwrap_or_else(|finding| panic!("{what}: {finding:?}"));
        }
        assert_eq!(named(&stage), before, "{what}: {outcome:?}");
    });
}

/// Each request of putting back is met by each fault; afterwards the next try ends it, or says whose name is taken.
#[test]
fn putting_back_goes_on_where_it_ended() {
    let saved = saved(Profile::V2026_2);
    let stage = saved.another_day();
    run(remove(&stage.app)).succeeds();
    stage.sim.forget();
    run(stage.app.restore_removed()).succeeds();
    at_each_request(&stage.sim.sent(), |fault, what| {
        let stage = saved.another_day();
        let before = named(&stage);
        run(remove(&stage.app)).succeeds();
        stage.sim.world().faults.browser = vec![fault];
        let outcome = run(stage.app.restore_removed());
        stage.sim.world().faults.browser.clear();
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        if outcome.is_err() {
            run(stage.app.restore_removed()).unwrap_or_else(|finding| panic!("{what}: {finding:?}"));
        }
        assert_eq!(named(&stage), before, "{what}: {outcome:?}");
    });
}

#[test]
fn what_was_removed_before_a_new_set_up_is_not_put_back_over_it() {
    let stage = Stage::fresh();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    run(remove(&stage.app)).succeeds();
    stage.done(&SetupDraft { provider_name: Some("the second one".into()), ..draft() });
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let second = named(&stage);
    run(remove(&stage.app)).succeeds();
    run(stage.app.restore_removed()).succeeds();
    assert_eq!(named(&stage), second);
    assert!(!stage.app.can_restore());
}

#[test]
fn somebodys_own_mapping_is_no_part_of_the_integration() {
    let stage = saved(Profile::V2026_2);
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let mut own = state.mappings.iter().find(|mapping| mapping.managed.is_none()).expect("ours").clone();
        (own.pk, own.name, own.scope_name) = (uuid::Uuid::from_u128(7), "departments".into(), "departments".into());
        own.expression = "return {\"departments\": []}".into();
        state.providers[0].property_mappings.push(own.pk);
        state.mappings.push(own);
    }
    stage.observe().succeeds();
    let names: Vec<String> = run(stage.app.removal()).succeeds().objects.into_iter().map(|object| object.name).collect();
    assert!(!names.contains(&"departments".to_owned()), "{names:?}");
    let before = named(&stage);
    run(remove(&stage.app)).succeeds();
    assert!(stage.sim.observe().authentik.state().mappings.iter().any(|mapping| mapping.name == "departments"));
    run(stage.app.restore_removed()).succeeds();
    let (mut before, mut after) = (before, named(&stage));
    before.sort();
    after.sort();
    assert_eq!(after, before);
}

/// What lets somebody remove and create, but change nothing.
const REMOVER: [&str; 8] = [
    "authentik_core.add_application",
    "authentik_core.delete_application",
    "authentik_policies.add_policybinding",
    "authentik_policies.delete_policybinding",
    "authentik_providers_oauth2.add_oauth2provider",
    "authentik_providers_oauth2.delete_oauth2provider",
    "authentik_providers_oauth2.add_scopemapping",
    "authentik_providers_oauth2.delete_scopemapping",
];

/// The releases in which somebody with limited permissions can show that they see all bindings, without which nothing is removed.
fn that_tell_roles() -> impl Iterator<Item = Profile> {
    Profile::ALL.into_iter().filter(|authentik| authentik.has_user_roles())
}

/// An integration that everybody may use, before somebody who may remove it and is not shown its secret.
fn before_a_remover(authentik: Profile, spoil: impl FnOnce(&Stage)) -> Stage {
    let stage = prepared(Setting { authentik, users: 40, ..Setting::default() }.stage(), &draft()).copy();
    spoil(&stage);
    sign_in_with(&stage, &[&VIEW_ONLY[..], &REMOVER].concat());
    stage.observe().succeeds();
    run(stage.app.read_registration(&draft())).succeeds();
    stage.observe_mailcow().succeeds();
    stage
}

/// H3: the secret that authentik does not show comes from mailcow, once authentik accepts it.
#[test]
fn a_hidden_secret_comes_back_from_mailcow() {
    for authentik in that_tell_roles() {
        let stage = before_a_remover(authentik, |_| ());
        let before = named(&stage);
        run(remove(&stage.app)).succeeds();
        assert!(stage.sim.observe().authentik.state().providers.is_empty());
        let findings = run(stage.app.restore_removed()).succeeds().0;
        assert_eq!(named(&stage), before, "{authentik:?}");
        assert!(findings.iter().any(|finding| finding.code == Code::CredentialsRight), "{authentik:?}: {findings:?}");
        assert!(gets_in(&stage, NEWCOMER), "{authentik:?}");
    }
}

/// H3: a provider that cannot be read for once is not removed without the secret that nobody could restore then.
#[test]
fn a_hidden_secret_is_not_lost_where_its_provider_cannot_be_read() {
    for request in 0..12 {
        let stage = before_a_remover(Profile::V2026_2_7, |_| ());
        let before = named(&stage);
        let kind = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
        let fault = Fault::on(world::Product::Authentik, "/api/v3/providers/oauth2/", kind).skip(request).times(1);
        stage.sim.world().faults.browser = vec![fault];
        let removed = run(remove(&stage.app));
        stage.sim.world().faults.browser.clear();
        if stage.app.can_restore() {
            run(stage.app.restore_removed()).succeeds();
        }
        assert_eq!(named(&stage), before, "{request}: {removed:?}");
    }
}

/// H3: where nobody knows the secret, nothing is removed, because it could not be restored.
#[test]
fn a_secret_that_nobody_knows_is_not_removed() {
    let spoilers: [fn(&Stage); 2] = [
        |stage| set(&mut stage.sim.world(), "client_secret", "wrong"),
        |stage| set(&mut stage.sim.world(), "client_id", "another"),
    ];
    for authentik in that_tell_roles() {
        for spoil in spoilers {
            let stage = before_a_remover(authentik, spoil);
            let (before, known) = (Picture::of(&stage.sim.observe()), secrets(&stage.sim.observe()));
            if let Err(error) = run(remove(&stage.app)) {
                assert_eq!(code(&error), Code::RemovalNotRestorable, "{authentik:?}");
                Picture::of(&stage.sim.observe()).assert_same(&before, "nothing was removed");
                assert!(!stage.app.can_restore());
            } else {
                assert!(!authentik.hides_secrets(), "{authentik:?}");
                run(stage.app.restore_removed()).succeeds();
                assert_eq!(secrets(&stage.sim.observe()), known, "{authentik:?} shows the secret");
            }
        }
    }
}

/// H9: what a restoration does not bring back is in the question.
#[test]
fn what_cannot_be_restored_is_named_before() {
    for authentik in Profile::ALL {
        let stage = saved(authentik);
        assert_eq!(run(stage.app.removal()).succeeds().losses, [], "{authentik:?}");
        let mut expected = Vec::new();
        {
            let mut world = stage.sim.world();
            let state = world.authentik.state_mut();
            if authentik.has_expiring_bindings() {
                state.bindings[0].expires = Some(state.now + 3_600_000_000);
                let Bound::Group(pk) = state.bindings[0].bound else { panic!("a group is bound") };
                expected.push(Loss::BindingExpires { name: state.groups[&pk].name.clone() });
            }
            state.applications[0].entitlements = (0..30).map(|number| format!("entitlement {number}")).collect();
            state.applications[0].meta_icon = "/media/icon.png".into();
            state.largest_page = Some(20);
        }
        expected.push(Loss::Entitlements { count: 30 });
        expected.extend((!authentik.has_themed_urls()).then_some(Loss::Icon));
        assert_eq!(run(stage.app.removal()).succeeds().losses, expected, "{authentik:?}");

        run(remove(&stage.app)).succeeds();
        run(stage.app.restore_removed()).succeeds();
        let world = stage.sim.observe();
        let application = &world.authentik.state().applications[0];
        assert!(application.entitlements.is_empty());
        assert_eq!(application.meta_icon.is_empty(), !authentik.has_themed_urls(), "{authentik:?}");
    }
}

/// H9: nobody gets access for good because a binding ended while the integration was removed.
#[test]
fn a_binding_that_ended_meanwhile_does_not_come_back() {
    let stage = saved(Profile::V2026_8);
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let mut ending = state.bindings[0].clone();
        state.now = 1_795_449_600_000_000;
        (ending.pk, ending.bound, ending.expires) = (state.ids.uuid(), Bound::User(5), Some(state.now + 3_600_000_000));
        state.bindings.push(ending.clone());
        (ending.pk, ending.bound, ending.expires) = (state.ids.uuid(), Bound::User(6), Some(state.now + 36_000_000_000));
        state.bindings.push(ending);
    }
    run(remove(&stage.app)).succeeds();
    stage.sim.pass_ms(7_200_000);
    stage.sim.world().authentik.state_mut().advance(7_200);
    run(stage.app.restore_removed()).succeeds();
    let world = stage.sim.observe();
    let bound: Vec<Bound> = world.authentik.state().bindings.iter().map(|binding| binding.bound).collect();
    assert_eq!(bound.len(), 2, "{bound:?}");
    assert!(!bound.contains(&Bound::User(5)) && bound.contains(&Bound::User(6)), "{bound:?}");
}

/// H9: somebody who may not see entitlements is told that there may be some.
#[test]
fn entitlements_that_are_not_shown_are_said_to_be_unknown() {
    let stage = before_a_remover(Profile::V2026_2, |_| ());
    assert_eq!(run(stage.app.removal()).succeeds().losses, [Loss::EntitlementsUnknown]);
}

/// H9: where every binding has ended meanwhile, nobody but those whom they named may use the application.
#[test]
fn bindings_that_all_ended_do_not_open_the_application() {
    let stage = saved(Profile::V2026_8);
    let bound = {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        state.now = 1_795_449_600_000_000;
        state.bindings[0].expires = Some(state.now + 3_600_000_000);
        state.bindings[0].bound
    };
    run(remove(&stage.app)).succeeds();
    stage.sim.pass_ms(7_200_000);
    stage.sim.world().authentik.state_mut().advance(7_200);
    run(stage.app.restore_removed()).succeeds();
    let world = stage.sim.observe();
    let bindings = &world.authentik.state().bindings;
    assert!(matches!(&bindings[..], [binding] if binding.bound == bound && binding.enabled && !binding.negate), "{bindings:?}");
}

/// H3: a removal that stopped halfway is continued, although mailcow no longer has the secret, whether or not authentik says what
/// became of the object.
#[test]
fn a_removal_by_somebody_without_the_secret_can_be_continued() {
    for authentik in that_tell_roles() {
        for (path, is_back) in ["/core/applications/", "/providers/oauth2/"].map(|path| [(path, true), (path, false)]).concat() {
            let stage = before_a_remover(authentik, |_| ());
            let before = named(&stage);
            stage.sim.world().before_request(move |authentik, _, _, request| {
                let is_removal = request.method() == http::Method::DELETE && request.uri().path().contains(path);
                let starting = &mut authentik.state_mut().starting;
                *starting = is_removal || (*starting && !is_back);
            });
            run(remove(&stage.app)).expect_err("authentik is not available");
            assert!(stage.sim.observe().mailcow.state().identity_provider.is_empty());
            stage.sim.world().before_request(|authentik, _, _, _| authentik.state_mut().starting = false);
            // As the panel does when a removal has ended.
            stage.observe().succeeds();
            run(stage.app.read_registration(&draft())).succeeds();
            stage.observe_mailcow().succeeds();
            run(remove(&stage.app)).unwrap_or_else(|error| panic!("{authentik:?}, {path}, {is_back}: {error:?}"));
            run(stage.app.restore_removed()).succeeds();
            assert_eq!(named(&stage), before, "{authentik:?}, {path}, {is_back}");
        }
    }
}
