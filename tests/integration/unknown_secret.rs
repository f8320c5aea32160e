//! A client secret that is not known is not taken for an empty one (docs/contract/cases.md, H1). authentik hides it from
//! whoever may not change the provider, and Cowbell discards it: in every state of mailcow, a save then either completes what a
//! sign-in needs or is refused.

use cowbell::app::Cowbell;
use cowbell::mailcow::script::reveal;
use cowbell::mailcow::{Comparison, Field, FieldRow, MailcowChoice};
use cowbell::transport::Product;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::world::faults::{Fault, FaultKind};
use cowbell_standins::world::{self, World};

use crate::remedies::gets_in;
use crate::sign_ins::{Change, NEWCOMER, prepared, set, username};
use crate::support::form::Form;
use crate::support::stage::{BOTH, Setting, Stage, code, draft};
use crate::support::{Succeeds as _, run};

/// What lets somebody see everything that Cowbell reads, and change nothing.
pub(crate) const VIEW_ONLY: [&str; 9] = [
    "authentik_rbac.view_system_info",
    "authentik_crypto.view_certificatekeypair",
    "authentik_core.view_application",
    "authentik_core.view_group",
    "authentik_core.view_user",
    "authentik_policies.view_policybinding",
    "authentik_providers_oauth2.view_oauth2provider",
    "authentik_providers_oauth2.view_scopemapping",
    "authentik_flows.view_flow",
];

/// What mailcow has stored.
const STORED: [(&str, Change); 6] = [
    ("the right client", |_| {}),
    ("the right client with another secret", |world| set(world, "client_secret", "wrong")),
    ("the right client without a secret", |world| set(world, "client_secret", "")),
    ("another client that works", use_another_client),
    ("another type of provider", |world| {
        let mut ldap = IdentityProvider::default();
        for (key, value) in [("authsource", "ldap"), ("host", "ldap.example"), ("bindpass", "a password")] {
            ldap.set(key, value);
        }
        world.mailcow.state_mut().identity_provider = ldap;
    }),
    ("nothing", |world| world.mailcow.state_mut().identity_provider = IdentityProvider::default()),
];

type Scene = fn(Profile) -> Stage;

/// Why the secret is not known, or that it is.
const KNOWN: [(&str, Scene); 3] = [
    ("held", |profile| connected(integrated(profile), &BOTH)),
    ("discarded", |profile| {
        let stage = connected(integrated(profile), &BOTH);
        stage.app.discard_secret();
        stage.sim.only(&[Product::Mailcow]);
        stage
    }),
    ("hidden", |profile| {
        let stage = integrated(profile);
        view_only(&stage);
        connected(stage, &BOTH)
    }),
];

/// A working integration.
fn integrated(authentik: Profile) -> Stage {
    prepared(Setting { authentik, ..Setting::default() }.stage(), &draft()).copy()
}

/// Another administrator is signed in to authentik, who may only look.
fn view_only(stage: &Stage) {
    sign_in_with(stage, &VIEW_ONLY);
}

/// Somebody is signed in to authentik who has these permissions and no others.
pub(crate) fn sign_in_with(stage: &Stage, permissions: &[&str]) {
    stage.sign_in_limited(&username(NEWCOMER), permissions);
}

fn connected(stage: Stage, products: &[Product]) -> Stage {
    if products.contains(&Product::Authentik) {
        stage.observe().succeeds();
        run(stage.app.read_registration(&draft())).succeeds();
    }
    stage
}

/// mailcow signs its users in through a client that somebody else has set up.
fn use_another_client(world: &mut World) {
    {
        let state = world.authentik.state_mut();
        let mut provider = state.providers[0].clone();
        let mut application = state.application_of(provider.pk).expect("an application").clone();
        (provider.pk, provider.name) = (provider.pk + 1000, "another".into());
        (provider.client_id, provider.client_secret) = ("another".into(), "another secret".into());
        (application.pk, application.slug, application.provider) = (state.ids.uuid(), "another".into(), Some(provider.pk));
        state.providers.push(provider);
        state.applications.push(application);
    }
    set(world, "client_id", "another");
    set(world, "client_secret", "another secret");
}

fn secret_row(rows: &[FieldRow]) -> &FieldRow {
    rows.iter().find(|row| row.field == Field::ClientSecret).expect("the secret has a row")
}

/// Whether mailcow has what authentik has registered.
fn is_right(stage: &Stage) -> bool {
    let world = stage.sim.observe();
    let provider = &world.authentik.state().providers[0];
    let stored = &world.mailcow.state().identity_provider;
    stored.text("client_id") == provider.client_id && stored.text("client_secret") == provider.client_secret
}

#[test]
fn a_save_completes_what_a_sign_in_needs_or_is_refused() {
    let (mut refused, mut saved) = (0, 0);
    for profile in Profile::ALL {
        for (knowledge, scene) in KNOWN {
            for (stored, store) in STORED {
                let what = format!("{profile:?}, {knowledge}, {stored}");
                let stage = scene(profile);
                store(&mut stage.sim.world());
                let view = stage.observe_mailcow().succeeds();
                assert!(!view.in_sync || is_right(&stage), "{what}: said to be in sync");
                let comparison = secret_row(&view.rows).comparison;
                assert!(comparison != Comparison::Same || is_right(&stage), "{what}: said to be right");
                let is_hidden = knowledge == "hidden" && profile.hides_secrets();
                let is_all_else_right = stored.starts_with("the right client");
                assert_eq!(view.secret_not_compared, is_hidden && is_all_else_right, "{what}");
                assert_eq!(comparison == Comparison::Unknown, is_hidden, "{what}: what is known can be compared");
                let worked = gets_in(&stage.copy(), NEWCOMER);
                let before = stage.sim.observe().mailcow.state().identity_provider.clone();
                match run(stage.app.save_for_me(&MailcowChoice::default())) {
                    Ok(view) => {
                        saved += 1;
                        assert!(!worked || gets_in(&stage.copy(), NEWCOMER), "{what}: sign-ins worked before");
                        assert!(
                            !stage.sim.observe().mailcow.state().identity_provider.text("client_secret").is_empty(),
                            "{what}"
                        );
                        assert!(!view.in_sync || is_right(&stage), "{what}: said to be in sync");
                    }
                    Err(error) => {
                        refused += 1;
                        assert_eq!(code(&error), Code::ClientSecretUnknown, "{what}");
                        assert_eq!(
                            stage.sim.observe().mailcow.state().identity_provider,
                            before,
                            "{what}: something was written"
                        );
                        assert_ne!(knowledge, "held", "{what}");
                        let view = stage.app.mailcow_view(&MailcowChoice::default()).succeeds();
                        assert!(!view.can_restore, "{what}: there is nothing to restore");
                    }
                }
            }
        }
    }
    assert!(saved > 50 && refused > 30, "{saved} saved, {refused} refused");
}

/// What lets somebody set everything up, and change neither provider nor application afterwards.
const MAKER: [&str; 4] = [
    "authentik_core.add_application",
    "authentik_core.change_user",
    "authentik_providers_oauth2.add_oauth2provider",
    "authentik_providers_oauth2.add_scopemapping",
];

/// Whoever may create a provider and not change it is never shown its secret: the panel that has made it has it, and mailcow gets it.
#[test]
fn a_secret_that_authentik_never_shows_is_known_to_the_panel_that_has_made_it() {
    let stage = Setting { authentik: Profile::V2026_2_7, ..Setting::default() }.stage();
    sign_in_with(&stage, &[&VIEW_ONLY[..], &MAKER].concat());
    stage.done(&draft());
    assert!(stage.app.reveal_secret().is_some());
    stage.observe_mailcow().succeeds();
    assert!(run(stage.app.save_for_me(&MailcowChoice::default())).succeeds().in_sync && is_right(&stage));
    let other = Stage { app: Cowbell::new(stage.sim.clone()), sim: stage.sim.clone() };
    assert_eq!(connected(other, &BOTH).app.reveal_secret(), None);
}

#[test]
fn the_form_is_not_filled_in_without_the_secret() {
    let stage = integrated(Profile::V2026_2_7);
    view_only(&stage);
    let stage = connected(stage, &BOTH);
    stage.sim.world().mailcow.state_mut().identity_provider = IdentityProvider::default();
    stage.observe_mailcow().succeeds();
    let choice = MailcowChoice::default();
    let mut form = Form::of(&stage.sim.observe());
    form.perform(&reveal());
    let error = stage.app.fill_script(form.state(), &choice).expect_err("the secret is not known");
    assert_eq!(code(&error), Code::ClientSecretUnknown);
    // Somebody told this administrator the secret.
    form.type_into(Field::ClientSecret, "from a colleague");
    let script = stage.app.fill_script(form.state(), &choice).succeeds();
    form.perform(&script);
    assert_eq!(form.text(Field::ClientSecret), "from a colleague");
    assert_eq!(form.text(Field::ClientId), stage.app.registration().expect("a client").client_id);
}

/// Whoever may not see the secret at authentik fills in the rest around it where it belongs to the client: beside its ID and its
/// authentik.
#[test]
fn the_form_is_filled_in_around_the_secret_of_the_client() {
    for (authorize_url, is_its) in [
        ("https://authentik.company/application/o/authorize/", true),
        ("https://another.company/application/o/authorize/", false),
    ] {
        let stage = integrated(Profile::V2026_2_7);
        set(&mut stage.sim.world(), "authorize_url", authorize_url);
        view_only(&stage);
        let stage = connected(stage, &BOTH);
        stage.observe_mailcow().succeeds();
        let mut form = Form::of(&stage.sim.observe());
        form.perform(&reveal());
        let script = stage.app.fill_script(form.state(), &MailcowChoice::default());
        assert_eq!(script.err().map(|error| code(&error)), (!is_its).then_some(Code::ClientSecretUnknown), "{authorize_url}");
    }
}

#[test]
fn a_check_takes_the_word_of_authentik_and_else_says_that_the_secret_was_not_compared() {
    for (knowledge, scene) in KNOWN {
        for (secret, is_reachable) in [(None, true), (Some("wrong"), true), (None, false)] {
            let stage = scene(Profile::V2026_5);
            if let Some(secret) = secret {
                set(&mut stage.sim.world(), "client_secret", secret);
            }
            if !is_reachable {
                let unavailable = FaultKind::Status { status: 502, body: String::new(), content_type: None, retry_after_s: None };
                stage.sim.world().faults.browser = vec![Fault::on(world::Product::Authentik, "/application/o/", unavailable)];
            }
            stage.observe_mailcow().succeeds();
            let findings = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
            let has = |code| findings.iter().any(|finding| finding.code == code);
            let what = format!("{knowledge}, {secret:?}, {is_reachable}: {findings:?}");
            assert_eq!(has(Code::CredentialsRight), is_reachable && secret.is_none(), "{what}");
            assert_eq!(has(Code::CredentialsWrongSecret), secret.is_some(), "{what}");
            let is_compared = knowledge != "hidden" || is_reachable;
            assert_eq!(has(Code::SettingsInSync), is_compared && secret.is_none(), "{what}");
            assert_eq!(has(Code::SecretNotCompared), !is_compared, "{what}");
        }
    }
}
