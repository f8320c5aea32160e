//! A new client secret on both sides: whatever gets in between, sign-ins go on or the panel says that they do not.

use cowbell::mailcow::MailcowChoice;
use cowbell::verify::{Code, Finding};
use cowbell_standins::mailcow::Profile;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};

use crate::support::picture::{assert_no_secret, secrets};
use crate::support::run;
use crate::support::stage::{AUTHENTIK, MAILCOW, Setting, Stage, draft};

/// A finished integration, saved.
fn saved(mailcow: Profile) -> Stage {
    let stage = Setting { mailcow, users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().expect("a view");
    run(stage.app.save_for_me(&MailcowChoice::default())).expect("a view");
    stage
}

/// The client secrets of authentik and mailcow.
fn secrets_of(stage: &Stage) -> [String; 2] {
    let world = stage.sim.look();
    let provider = &world.authentik.state().providers[0];
    [provider.client_secret.clone(), world.mailcow.state().identity_provider.text("client_secret").to_owned()]
}

fn rotate(stage: &Stage) -> Result<Vec<Finding>, Finding> {
    run(stage.app.rotate_secret()).map(|findings| findings.0)
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn both_sides_get_the_new_secret_and_nothing_else_changes() {
    for mailcow in Profile::ALL.into_iter().filter(|profile| profile.identity_provider()) {
        let stage = saved(mailcow);
        let [old, _] = secrets_of(&stage);
        let settings = stage.sim.look().mailcow.state().identity_provider.clone();
        let findings = rotate(&stage).expect("rotated");
        assert_eq!(codes(&findings), [Code::SecretRotated, Code::PairRight], "{mailcow:?}");
        let [new, told] = secrets_of(&stage);
        assert!(new == told && new != old && new.len() == 128, "{mailcow:?}");
        assert_eq!(stage.app.reveal_secret(), Some(new.clone()));
        let after = stage.sim.look().mailcow.state().identity_provider.clone();
        let mut expected = settings;
        expected.set("client_secret", new);
        assert_eq!(after, expected, "{mailcow:?}");
        assert!(stage.observe_mailcow().expect("a view").in_sync, "{mailcow:?}");
        assert_no_secret(&secrets(&stage.sim.look()), &serde_json::to_string(&findings).expect("serialises"), "findings");
    }
}

#[test]
fn nothing_changes_unless_the_stored_pair_is_right() {
    let stage = saved(Profile::V2026_07);
    let store = |key: &str, value: &str| stage.sim.world().mailcow.state_mut().identity_provider.set(key, value);
    let [secret, _] = secrets_of(&stage);
    let client_id = stage.sim.look().mailcow.state().identity_provider.text("client_id").to_owned();
    for (key, value, right, code) in [
        ("client_secret", "another", secret.as_str(), Code::PairWrongSecret),
        ("client_id", "another", &client_id, Code::ClientIdDiffers),
        ("authsource", "ldap", "generic-oidc", Code::SettingsMissing),
    ] {
        store(key, value);
        let before = secrets_of(&stage);
        assert_eq!(rotate(&stage).expect_err("refused").code, code);
        assert_eq!(secrets_of(&stage), before, "{key}");
        store(key, right);
    }
    assert!(rotate(&stage).is_ok());
}

/// Each request of a rotation is met by each fault. Afterwards both sides have one secret, or it is said that they have not.
#[test]
fn whatever_gets_in_between_is_mended_or_said() {
    let kinds = [
        FaultKind::Html,
        FaultKind::TruncatedJson,
        FaultKind::NoAnswer,
        FaultKind::SignedOut,
        FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None },
    ];
    let stage = saved(Profile::V2026_07);
    stage.sim.forget();
    rotate(&stage).expect("rotated");
    let sent = stage.sim.sent();
    let mut seen = Vec::new();
    for (product, address) in [(Product::Authentik, AUTHENTIK), (Product::Mailcow, MAILCOW)] {
        let requests = sent.iter().filter(|request| request.url.starts_with(address)).count();
        for kind in &kinds {
            for request in 0..u32::try_from(requests).expect("a few") {
                // A session that ended and a server that is silent stay so.
                let lasts = matches!(kind, FaultKind::SignedOut | FaultKind::NoAnswer);
                for times in if lasts { &[1, 100][..] } else { &[1] } {
                    let stage = saved(Profile::V2026_07);
                    let fault = Fault::on(product, "/", kind.clone()).skip(request).times(*times);
                    stage.sim.world().faults.browser = vec![fault];
                    let outcome = rotate(&stage).unwrap_or_else(|finding| vec![finding]);
                    let what = format!("{product:?} {kind:?} from request {request}, {times} times: {:?}", codes(&outcome));
                    let [authentik, mailcow] = secrets_of(&stage);
                    let said = codes(&outcome).contains(&Code::SecretHalfRotated);
                    assert!(authentik == mailcow || said, "{what}");
                    assert!(outcome.iter().all(Finding::is_complete), "{what}");
                    let first = outcome[0].code;
                    if !seen.contains(&first) {
                        seen.push(first);
                    }
                    stage.sim.world().faults.browser.clear();
                    if said {
                        // Filling in what authentik has ends it.
                        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
                        stage.sign_in("akadmin");
                        stage.observe_mailcow().expect("a view");
                        run(stage.app.save_for_me(&MailcowChoice::default())).expect("a view");
                        let [authentik, mailcow] = secrets_of(&stage);
                        assert_eq!(authentik, mailcow, "{what}");
                    }
                }
            }
        }
    }
    for code in [Code::SecretRotated, Code::SecretTakenBack, Code::SecretHalfRotated] {
        assert!(seen.contains(&code), "{code:?} never came: {seen:?}");
    }
}
