//! A new client secret on both sides: whatever gets in between, sign-ins go on or the panel says that they do not.

use std::cell::Cell;

use cowbell::app::Error;
use cowbell::mailcow::MailcowChoice;
use cowbell::verify::{Code, Finding};
use cowbell_standins::mailcow::Profile;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use http::Method;

use crate::support::faults::at_each_request;
use crate::support::picture::{assert_no_secret, secrets};
use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, run};

/// mailcow's endpoint that stores its identity provider.
const EDIT: &str = "/api/v1/edit/identity-provider";

/// A finished integration, saved.
fn saved(mailcow: Profile) -> Stage {
    let stage = Setting { mailcow, users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage
}

/// The client secrets of authentik and mailcow.
fn secrets_of(stage: &Stage) -> [String; 2] {
    let world = stage.sim.observe();
    let provider = &world.authentik.state().providers[0];
    [provider.client_secret.clone(), world.mailcow.state().identity_provider.text("client_secret").to_owned()]
}

fn rotate(stage: &Stage) -> Result<Vec<Finding>, Error> {
    run(stage.app.rotate_secret()).map(|findings| findings.0)
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Puts the earlier settings of mailcow back.
fn restored(stage: &Stage) -> Result<(), Code> {
    run(stage.app.restore_mailcow(&MailcowChoice::default())).map(drop).map_err(|error| code(&error))
}

#[test]
fn both_sides_get_the_new_secret_and_nothing_else_changes() {
    for mailcow in Profile::ALL.into_iter().filter(|profile| profile.identity_provider()) {
        let stage = saved(mailcow);
        let [old, _] = secrets_of(&stage);
        let settings = stage.sim.observe().mailcow.state().identity_provider.clone();
        let findings = rotate(&stage).succeeds();
        assert_eq!(codes(&findings), [Code::SecretRotated, Code::CredentialsRight], "{mailcow:?}");
        let [new, told] = secrets_of(&stage);
        assert!(new == told && new != old && new.len() == 128, "{mailcow:?}");
        assert_eq!(stage.app.reveal_secret(), Some(new.clone()));
        let after = stage.sim.observe().mailcow.state().identity_provider.clone();
        let mut expected = settings;
        expected.set("client_secret", new);
        assert_eq!(after, expected, "{mailcow:?}");
        assert!(stage.observe_mailcow().succeeds().in_sync, "{mailcow:?}");
        assert_no_secret(&secrets(&stage.sim.observe()), &serde_json::to_string(&findings).expect("serialises"), "findings");
    }
}

#[test]
fn nothing_changes_unless_the_stored_pair_is_right() {
    let stage = saved(Profile::V2026_07);
    let store = |key: &str, value: &str| stage.sim.world().mailcow.state_mut().identity_provider.set(key, value);
    let [secret, _] = secrets_of(&stage);
    let client_id = stage.sim.observe().mailcow.state().identity_provider.text("client_id").to_owned();
    for (key, value, right, expected) in [
        ("client_secret", "another", secret.as_str(), Code::CredentialsWrongSecret),
        ("client_id", "another", &client_id, Code::ClientIdDiffers),
        (
            "authorize_url",
            "https://login.company/application/o/authorize/",
            "https://authentik.company/application/o/authorize/",
            Code::SettingsOfOtherAuthentik,
        ),
        ("authsource", "ldap", "generic-oidc", Code::SettingsMissing),
    ] {
        store(key, value);
        let before = secrets_of(&stage);
        assert_eq!(code(&rotate(&stage).expect_err("refused")), expected);
        assert_eq!(secrets_of(&stage), before, "{key}");
        store(key, right);
    }
    assert!(rotate(&stage).is_ok());
}

/// Between the save that shows whether mailcow accepts one and the look after it somebody stores another client, or another secret:
/// neither is replaced, nor is the secret at authentik.
#[test]
fn what_somebody_stores_meanwhile_is_left_alone() {
    for key in ["client_id", "client_secret"] {
        let stage = saved(Profile::V2026_07);
        let [before, _] = secrets_of(&stage);
        let mut is_saved = false;
        stage.sim.world().before_request(move |_, mailcow, _, request| {
            if std::mem::take(&mut is_saved) {
                mailcow.state_mut().identity_provider.set(key, "another");
            }
            is_saved = request.uri().path() == "/api/v1/edit/identity-provider";
        });
        assert_eq!(code(&rotate(&stage).expect_err("somebody has changed it")), Code::SettingsChangedMeanwhile, "{key}");
        assert_eq!(secrets_of(&stage)[0], before, "{key}");
        assert_eq!(stage.sim.observe().mailcow.state().identity_provider.text(key), "another");
    }
}

/// That authentik has the new secret is known by its answer, or because it accepts the secret: either is enough to go on.
#[test]
fn a_rotation_goes_on_with_whatever_tells_that_authentik_has_the_new_secret() {
    let unavailable = || FaultKind::Status { status: 502, body: String::new(), content_type: None, retry_after_s: None };
    for fault in [
        Fault::on(Product::Authentik, "/api/v3/providers/oauth2/", FaultKind::TruncatedJson),
        // After the old one was verified.
        Fault::on(Product::Authentik, "/application/o/", unavailable()).skip(2),
    ] {
        let stage = saved(Profile::V2026_07);
        let [old, _] = secrets_of(&stage);
        stage.sim.world().faults.browser = vec![fault.clone()];
        let findings = rotate(&stage).succeeds();
        assert_eq!(codes(&findings)[0], Code::SecretRotated, "{fault:?}: {findings:?}");
        let [new, told] = secrets_of(&stage);
        assert!(new == told && new != old, "{fault:?}");
    }
}

/// What a rotation that ended half-way has left in mailcow is Cowbell's to be replaced by the earlier settings, and nothing else is.
#[test]
fn a_secret_that_somebody_has_typed_is_not_replaced_after_half_a_rotation() {
    let unavailable = |path| {
        let kind = FaultKind::Status { status: 502, body: String::new(), content_type: None, retry_after_s: None };
        let product = if path == EDIT { Product::Mailcow } else { Product::Authentik };
        Fault::on(product, path, kind)
    };
    let provider = || unavailable("/api/v3/providers/oauth2/").method(&Method::PATCH);
    // After the old one was verified.
    let token = || unavailable("/application/o/").skip(2);
    let never_at_mailcow = vec![provider(), token()];
    let not_taken_back = vec![provider().skip(1), token(), unavailable(EDIT).skip(1)];
    for faults in [never_at_mailcow, not_taken_back] {
        for is_typed in [false, true] {
            let stage = saved(Profile::V2026_07);
            stage.sim.world().faults.browser.clone_from(&faults);
            assert_eq!(codes(&rotate(&stage).succeeds())[0], Code::SecretHalfRotated);
            stage.sim.world().faults.browser.clear();
            if is_typed {
                stage.sim.world().mailcow.state_mut().identity_provider.set("client_secret", "theirs");
            }
            assert_eq!(restored(&stage), if is_typed { Err(Code::SettingsChangedMeanwhile) } else { Ok(()) }, "{faults:?}");
        }
    }
}

/// It is in force when the new one is read back.
#[test]
fn a_secret_that_somebody_has_typed_during_a_rotation_is_not_replaced() {
    let stage = saved(Profile::V2026_07);
    let writes = Cell::new(0);
    stage.sim.world().before_request(move |_, mailcow, _, request| {
        if writes.get() == 2 {
            mailcow.state_mut().identity_provider.set("client_secret", "theirs");
        }
        writes.set(writes.get() + usize::from(request.uri().path() == EDIT));
    });
    assert_eq!(codes(&rotate(&stage).succeeds())[0], Code::SecretHalfRotated);
    assert_eq!(restored(&stage), Err(Code::SettingsChangedMeanwhile));
    assert_eq!(secrets_of(&stage)[1], "theirs");
}

/// Each request of a rotation is met by each fault. Afterwards both sides have one secret, or it is said that they may not have.
#[test]
fn whatever_gets_in_between_is_mended_or_said() {
    let saved = saved(Profile::V2026_07);
    let stage = saved.another_day();
    rotate(&stage).succeeds();
    let mut seen = Vec::new();
    at_each_request(&stage.sim.sent(), |fault, what| {
        let stage = saved.another_day();
        stage.sim.world().faults.browser = vec![fault];
        let outcome = rotate(&stage).unwrap_or_else(|error| vec![Finding::from(&error)]);
        let [authentik, mailcow] = secrets_of(&stage);
        let said = codes(&outcome).contains(&Code::SecretHalfRotated);
        assert!(authentik == mailcow || said, "{what}: {:?}", codes(&outcome));
        assert!(outcome.iter().all(Finding::is_complete), "{what}");
        seen.push(outcome[0].code);
        stage.sim.world().faults.browser.clear();
        if said {
            // What the remedy says ends it: a click in authentik, a click in mailcow, and its settings saved.
            stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
            stage.sign_in("akadmin");
            stage.observe().succeeds();
            run(stage.app.read_registration(&draft())).succeeds();
            stage.observe_mailcow().succeeds();
            run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
            let [authentik, mailcow] = secrets_of(&stage);
            assert_eq!(authentik, mailcow, "{what}");
        }
    });
    for code in [Code::SecretRotated, Code::SecretRestored, Code::SecretHalfRotated] {
        assert!(seen.contains(&code), "{code:?} never came");
    }
}
