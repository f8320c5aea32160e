//! mailcow's side: filling the form, mailcow's own "Save", "Save for me", putting back, and a real sign-in at the end.

use std::pin::pin;

use cowbell::app::MailcowView;
use cowbell::mailcow::script::reveal;
use cowbell::mailcow::{Field, MailcowChoice};
use cowbell::transport::Product;
use cowbell::verify::credentials::CredentialsVerdict;
use cowbell::verify::{Code, Finding, Fix, Severity};
use cowbell_standins::mailcow::Profile;
use cowbell_standins::people::person;
use cowbell_standins::world::faults::{Fault, FaultKind, UpstreamFault};
use cowbell_standins::world::{self};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use crate::support::form::Form;
use crate::support::picture::{assert_no_secret, secrets};
use crate::support::stage::{MAILCOW, Setting, Stage, code, draft};
use crate::support::{Simulation, Succeeds as _, run};

/// Somebody with a mailbox address at authentik and none at mailcow.
const NEWCOMER: usize = 30;

/// authentik is done, mailcow was looked at.
fn ready(mailcow: Profile) -> (Stage, MailcowView) {
    let stage = Setting { mailcow, ..Setting::default() }.stage();
    stage.done(&draft());
    let view = stage.observe_mailcow().succeeds();
    (stage, view)
}

/// Presses mailcow's own "Save".
fn press_save(sim: &Simulation, form: &Form) {
    let mut browser = sim.browser();
    let answer = browser.post_json(&mut sim.world(), &format!("{MAILCOW}/api/v1/edit/identity-provider"), &form.save_body());
    let last: Value = serde_json::from_str::<Vec<Value>>(&answer).expect("messages").pop().expect("a message");
    assert_eq!(last["type"], "success", "{last}");
}

fn sign_in_as(stage: &Stage, index: usize) -> (String, String) {
    let person = person(1, index);
    let sim = &stage.sim;
    stage.sign_in(&person.username);
    sim.browser().forget_mailcow_session();
    sim.browser().visit(&mut sim.world(), &format!("{MAILCOW}/?iam_sso=1"))
}

fn codes(view: &MailcowView) -> Vec<Code> {
    view.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_filled_form_and_mailcows_own_save_end_in_a_mailbox() {
    for mailcow in Profile::ALL.into_iter().filter(|profile| profile.identity_provider()) {
        let (stage, view) = ready(mailcow);
        assert_eq!(codes(&view), [], "{mailcow:?}");
        assert!(!view.in_sync && view.provider.is_empty());
        let choice = MailcowChoice::default();
        let mut form = Form::of(&stage.sim.observe());
        form.perform(&reveal());
        let script = stage.app.fill_script(form.state(), &choice).succeeds();
        form.perform(&script);
        let filled = stage.app.check_form(form.state(), &choice);
        assert!(filled.complete, "{mailcow:?}: {:?}", filled.rows);
        let faults: Vec<_> = filled.findings.iter().filter(|finding| finding.severity == Severity::Problem).collect();
        assert!(faults.is_empty(), "{faults:?}");
        press_save(&stage.sim, &form);
        let saved = stage.observe_mailcow().succeeds();
        assert!(saved.in_sync, "{mailcow:?}: {:?}", saved.rows);
        let (url, page) = sign_in_as(&stage, NEWCOMER);
        assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{mailcow:?}: {page}");
        let world = stage.sim.observe();
        assert!(world.mailcow.state().mailbox(&person(1, NEWCOMER).email).is_some());
    }
}

/// Without a provider, the page offers nothing; with one, its button.
#[test]
fn a_login_page_that_a_save_opens_is_not_called_closed() {
    let (stage, _) = ready(Profile::V2026_07);
    stage.sim.world().mailcow.state_mut().force_sso = true;
    assert!(codes(&stage.observe_mailcow().succeeds()).contains(&Code::LoginPageClosed));
    let saved = run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    assert!(!codes(&saved).contains(&Code::LoginPageClosed));
    assert!(!codes(&stage.observe_mailcow().succeeds()).contains(&Code::LoginPageClosed), "nor is it");
}

#[test]
fn save_for_me_stores_the_same_and_restores() {
    for mailcow in Profile::ALL.into_iter().filter(|profile| profile.identity_provider()) {
        let (stage, _) = ready(mailcow);
        let choice = MailcowChoice::default();
        let saved = run(stage.app.save_for_me(&choice)).succeeds();
        assert!(saved.in_sync && saved.can_restore, "{mailcow:?}: {:?}", saved.rows);
        let (url, _) = sign_in_as(&stage, NEWCOMER);
        assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{mailcow:?}");
        // A mailbox that signs in with the provider keeps mailcow from removing it.
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        let refused = run(stage.app.restore_mailcow(&choice)).expect_err("in use");
        assert_eq!(code(&refused), Code::MailcowRefused);
        stage.sim.world().mailcow.state_mut().mailboxes.retain(|mailbox| mailbox.authsource == "mailcow");
        let restored = run(stage.app.restore_mailcow(&choice)).succeeds();
        assert!(!restored.can_restore && restored.provider.is_empty());
        assert!(stage.sim.observe().mailcow.state().identity_provider.is_empty());
    }
}

/// mailcow's page loads while its settings are being saved, so that some of what is read of it is from before: it is read again.
#[test]
fn what_was_read_before_a_save_is_not_taken_for_what_is_there_after_it() {
    // Which of the answers come before is up to the seed.
    for seed in 0..8 {
        let stage = Setting { users: 3, seed, ..Setting::default() }.stage();
        stage.done(&draft());
        stage.observe_mailcow().succeeds();
        let (page, choice) = (stage.sim.browser().page(Product::Mailcow).to_owned(), MailcowChoice::default());
        stage.sim.hold_at(8);
        let mut looking = pin!(stage.app.observe_mailcow(&page, &choice));
        assert!(looking.as_mut().now_or_never().is_none(), "it waits for mailcow");
        assert!(run(stage.app.save_for_me(&choice)).succeeds().in_sync);
        assert!(run(looking).succeeds().in_sync, "{seed}");
    }
}

#[test]
fn save_for_me_keeps_every_setting_that_is_not_ours() {
    let (stage, _) = ready(Profile::V2026_07);
    let previous = [
        ("authsource", json!("generic-oidc")),
        ("authorize_url", json!("https://old.example/authorize")),
        ("token_url", json!("https://old.example/token")),
        ("userinfo_url", json!("https://old.example/userinfo")),
        ("client_id", json!("old")),
        ("client_secret", json!("old secret")),
        ("redirect_url", json!(MAILCOW)),
        ("client_scopes", json!("openid email")),
        ("default_template", json!("OIDC Users")),
        ("ignore_ssl_error", json!("1")),
        ("login_provisioning", json!(true)),
        ("redirect_url_extra", json!(["https://imap.example"])),
        ("mappers", json!(["sales"])),
        ("templates", json!(["Default"])),
        ("realm", json!("left over from Keycloak")),
    ];
    for (key, value) in &previous {
        stage.sim.world().mailcow.state_mut().identity_provider.set(key, value.clone());
    }
    let stored = |stage: &Stage| stage.sim.observe().mailcow.state().identity_provider.clone();
    let before = stored(&stage);
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let after = stored(&stage);
    for key in
        ["default_template", "ignore_ssl_error", "login_provisioning", "redirect_url_extra", "mappers", "templates", "realm"]
    {
        assert_eq!(after.get(key), before.get(key), "{key}");
    }
    assert_ne!(after.get("client_id"), before.get("client_id"));
    // A second save must not forget what was there first.
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
    for (key, value) in &previous {
        assert_eq!(stored(&stage).get(key), Some(value), "{key}");
    }
}

#[test]
fn a_save_whose_answer_got_lost_can_be_put_back() {
    for kind in [FaultKind::NoAnswer, FaultKind::TruncatedJson, FaultKind::Html] {
        let (stage, _) = ready(Profile::V2026_07);
        let path = "/api/v1/edit/identity-provider";
        let answered = kind == FaultKind::TruncatedJson;
        stage.sim.world().faults.browser.push(Fault::on(world::Product::Mailcow, path, kind).times(1));
        code(&run(stage.app.save_for_me(&MailcowChoice::default())).expect_err("no answer"));
        if answered {
            assert!(!stage.sim.observe().mailcow.state().identity_provider.is_empty(), "it was stored");
        }
        let view = stage.observe_mailcow().succeeds();
        assert!(view.can_restore);
        run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
        assert!(stage.sim.observe().mailcow.state().identity_provider.is_empty());
    }
}

#[test]
fn other_provider_configured_and_in_use_is_said_before_anything_is_filled() {
    let (stage, _) = ready(Profile::V2026_07);
    stage.sim.world().mailcow.state_mut().identity_provider.set("authsource", "ldap");
    assert_eq!(codes(&stage.observe_mailcow().succeeds()), [Code::OtherProviderConfigured]);
    stage.sim.world().mailcow.state_mut().mailboxes[0].authsource = "ldap".into();
    let view = stage.observe_mailcow().succeeds();
    assert_eq!(codes(&view), [Code::MailboxesOfOtherProvider, Code::OtherProviderConfigured]);
    let refused = run(stage.app.save_for_me(&MailcowChoice::default())).expect_err("in use");
    assert_eq!(code(&refused), Code::MailcowRefused);
    assert!(!stage.observe_mailcow().succeeds().can_restore, "nothing was stored");
}

#[test]
fn a_form_that_is_missing_is_said_before_anything_is_filled() {
    let stage = Setting { mailcow: Profile::V2025_02, ..Setting::default() }.stage();
    assert_eq!(code(&stage.observe_mailcow().expect_err("too old")), Code::MailcowTooOld);
    let (stage, _) = ready(Profile::V2026_07);
    let mut form = Form::of(&stage.sim.observe());
    form.state_mut().present = false;
    let refused = stage.app.fill_script(form.state(), &MailcowChoice::default()).expect_err("no form");
    assert_eq!(code(&refused), Code::FormMissing);
}

#[test]
fn credentials_are_proven_and_mended_in_the_form() {
    let (stage, _) = ready(Profile::V2026_07);
    let choice = MailcowChoice::default();
    let mut form = Form::of(&stage.sim.observe());
    form.perform(&reveal());
    form.perform(&stage.app.fill_script(form.state(), &choice).succeeds());
    for tabs in [&[Product::Authentik][..], &[Product::Mailcow], &[]] {
        stage.sim.only(tabs);
        let verdict = run(stage.app.verify_credentials(form.state()));
        assert_eq!(verdict, CredentialsVerdict::Right, "{tabs:?}");
    }
    let control = |form: &mut Form, field: Field, text: &str| {
        let control = form.state_mut().controls.iter_mut().find(|control| control.name == field.name());
        control.expect("a control").values[0] = text.to_owned();
    };
    control(&mut form, Field::ClientSecret, "not this one");
    stage.sim.only(&[Product::Mailcow]);
    assert_eq!(run(stage.app.verify_credentials(form.state())), CredentialsVerdict::WrongSecret);
    let findings = stage.app.check_form(form.state(), &choice).findings;
    let fix = findings.iter().find_map(|finding| finding.fix.clone().filter(|fix| *fix == Fix::SetRegisteredSecret));
    form.perform(&stage.app.fix_script(&fix.expect("a remedy"), form.state()).succeeds());
    assert!(stage.app.check_form(form.state(), &choice).complete);
    assert_no_secret(&secrets(&stage.sim.observe()), &serde_json::to_string(&findings).expect("serialises"), "findings");
}

/// Fields of a form that is in order, each spoilt in the ways for which there is a remedy.
fn spoilt(secret: &str, client_id: &str, token_url: &str) -> Vec<(Field, String)> {
    let host = |url: &str| url.replacen("authentik.company", "authentik.example.com", 1);
    vec![
        (Field::TokenUrl, String::new()),
        (Field::TokenUrl, format!(" {token_url}")),
        (Field::TokenUrl, format!("{token_url}\u{200b}")),
        (Field::TokenUrl, format!("\"{token_url}\"")),
        (Field::TokenUrl, host(token_url)),
        (Field::TokenUrl, token_url.replacen("https", "http", 1)),
        (Field::TokenUrl, token_url.trim_end_matches('/').to_owned()),
        (Field::TokenUrl, token_url.replacen("token/", "mailcow/.well-known/openid-configuration", 1)),
        (Field::TokenUrl, token_url.replacen("token/", "authorize/", 1)),
        (Field::ClientId, String::new()),
        (Field::ClientId, format!("{client_id}\n")),
        (Field::ClientId, client_id[..20].to_owned()),
        (Field::ClientSecret, String::new()),
        (Field::ClientSecret, format!("{secret} ")),
        (Field::ClientSecret, secret[..64].to_owned()),
        (Field::ClientSecret, "not this one".to_owned()),
        (Field::RedirectUrl, String::new()),
        (Field::RedirectUrl, format!("{MAILCOW}/")),
        (Field::RedirectUrl, MAILCOW.replacen("https", "http", 1)),
        (Field::RedirectUrl, format!("{MAILCOW}/admin")),
        (Field::ClientScopes, String::new()),
        (Field::ClientScopes, "openid,profile,email".to_owned()),
        (Field::ClientScopes, "profile email".to_owned()),
        (Field::ClientScopes, "openid profile".to_owned()),
        (Field::ClientScopes, "openid email".to_owned()),
        (Field::ClientScopes, "openid profile email offline_access".to_owned()),
        (Field::DefaultTemplate, String::new()),
    ]
}

#[test]
fn each_remedy_makes_its_finding_vanish() {
    let (stage, _) = ready(Profile::V2026_07);
    let choice = MailcowChoice::default();
    let mut right = Form::of(&stage.sim.observe());
    right.perform(&reveal());
    right.perform(&stage.app.fill_script(right.state(), &choice).succeeds());
    let text = |field: Field| {
        right.state().controls.iter().find(|control| control.name == field.name()).expect("a control").values[0].clone()
    };
    let (id, secret) = (text(Field::ClientId), text(Field::ClientSecret));
    let mut cases: Vec<Vec<(Field, String)>> =
        spoilt(&secret, &id, &text(Field::TokenUrl)).into_iter().map(|change| vec![change]).collect();
    cases.push(vec![(Field::ClientId, secret.clone()), (Field::ClientSecret, id.clone())]);
    for case in cases {
        let mut form = right.clone();
        for (field, value) in &case {
            let control = form.state_mut().controls.iter_mut().find(|control| control.name == field.name());
            control.expect("a control").values[0].clone_from(value);
        }
        let findings = stage.app.check_form(form.state(), &choice).findings;
        let remedies: Vec<_> = findings.iter().filter(|finding| finding.fix.is_some()).collect();
        assert!(!remedies.is_empty(), "{case:?} has no remedy: {findings:?}");
        for finding in remedies {
            let mut mended = form.clone();
            mended.perform(&stage.app.fix_script(finding.fix.as_ref().expect("one"), form.state()).succeeds());
            let left = stage.app.check_form(mended.state(), &choice).findings;
            let is_same = |other: &&Finding| other.code == finding.code && other.field == finding.field;
            assert_eq!(left.iter().find(is_same), None, "{case:?}");
        }
    }
}

#[test]
fn a_pasted_pair_is_proven_without_authentik() {
    let (stage, _) = ready(Profile::V2026_07);
    let mut form = Form::of(&stage.sim.observe());
    form.perform(&reveal());
    form.perform(&stage.app.fill_script(form.state(), &MailcowChoice::default()).succeeds());
    // Another panel, which knows only the form.
    let pasted = Stage { app: cowbell::app::Cowbell::new(stage.sim.clone()), sim: stage.sim.clone() };
    pasted.sim.only(&[Product::Mailcow]);
    let prove = |form: &Form| run(pasted.app.verify_credentials(form.state())).finding().code;
    assert_eq!(prove(&form), Code::CredentialsUnknownEndpoint);
    assert!(pasted.sim.sent().iter().all(|sent| !sent.body.contains("client_secret=")));
    pasted.app.accept_endpoint(form.state(), "https://evil.example/application/o/token/");
    assert_eq!(prove(&form), Code::CredentialsUnknownEndpoint, "another one was allowed");
    let token_url = form.text(Field::TokenUrl).to_owned();
    pasted.app.accept_endpoint(form.state(), &token_url);
    assert_eq!(prove(&form), Code::CredentialsRight);
    stage.sim.world().authentik.state_mut().providers[0].client_secret = "rotated".into();
    assert_eq!(prove(&form), Code::CredentialsWrongSecret);
    stage.sim.world().authentik.state_mut().providers[0].redirect_uris[0].url = "https://elsewhere.example".into();
    assert_eq!(prove(&form), Code::CredentialsHidden);
    assert!(
        stage.sim.observe().authentik.state().codes.is_empty() && stage.sim.observe().authentik.state().access_tokens.is_empty()
    );
}

#[test]
fn the_servers_own_reach_is_asked_after_old_answers_were_cleared() {
    let (stage, _) = ready(Profile::V2026_07);
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let form = Form::of(&stage.sim.observe());
    let ask = || run(stage.app.test_reach(form.state())).succeeds().code;
    assert_eq!(ask(), Code::ServerReachesToken);
    for fault in [UpstreamFault::Refused, UpstreamFault::UnknownHost, UpstreamFault::UntrustedCertificate, UpstreamFault::Slow] {
        stage.sim.world().faults.upstream = Some(fault);
        assert_eq!(ask(), Code::ServerCannotReachToken, "{fault:?}");
    }
    assert_no_secret(&secrets(&stage.sim.observe()), &stage.sim.sent().last().expect("a request").body, "the test");
}

#[test]
fn odd_answers_of_mailcow_are_findings_with_endpoint_and_status() {
    let kinds = [
        FaultKind::Html,
        FaultKind::TruncatedJson,
        FaultKind::WrongTypes,
        FaultKind::InvalidUtf8,
        FaultKind::NoAnswer,
        FaultKind::SignedOut,
        FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None },
        FaultKind::Status { status: 503, body: "busy".into(), content_type: None, retry_after_s: Some(5) },
    ];
    let (stage, _) = ready(Profile::V2026_07);
    stage.sim.forget();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let requests = u32::try_from(stage.sim.sent().len()).expect("a few");
    run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
    for kind in kinds {
        for request in 0..requests {
            stage.sim.world().faults.browser = vec![Fault::on(world::Product::Mailcow, "/", kind.clone()).skip(request).times(1)];
            if let Err(error) = run(stage.app.save_for_me(&MailcowChoice::default())) {
                assert_ne!(code(&error), Code::NothingObserved);
            }
            stage.sim.world().faults.browser.clear();
            stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
            let view = stage.observe_mailcow().succeeds();
            if view.can_restore {
                run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
            }
            assert!(stage.sim.observe().mailcow.state().identity_provider.is_empty(), "{kind:?} at request {request}");
        }
    }
}
