//! Two administrators at once, and things that go between a look and what follows from it.

use cowbell::app::Switching;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::verify::Code;
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};

use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, everybody, remove, run};

/// Both products connected, and two panels that have read both.
fn two() -> [Stage; 2] {
    let first = Setting { users: 40, ..Setting::default() }.stage();
    first.done(&draft());
    first.observe_mailcow().succeeds();
    run(first.app.save_for_me(&MailcowChoice::default())).succeeds();
    let second = beside(&first);
    for stage in [&first, &second] {
        observe(stage, &draft());
    }
    [first, second]
}

/// Another panel over the same products.
fn beside(stage: &Stage) -> Stage {
    Stage { app: cowbell::app::Cowbell::new(stage.sim.clone()), sim: stage.sim.clone() }
}

fn observe(stage: &Stage, draft: &SetupDraft) {
    stage.observe().succeeds();
    run(stage.app.read_registration(draft)).succeeds();
    stage.observe_mailcow().succeeds();
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    run(stage.app.read_readiness(draft, &MailcowChoice::default(), &mut |_, _| {})).succeeds();
}

#[test]
fn both_apply_the_same_plan_and_one_of_each_is_made() {
    let first = Setting { users: 40, ..Setting::default() }.stage();
    let second = beside(&first);
    for stage in [&first, &second] {
        stage.observe().succeeds();
        stage.plan(&draft()).succeeds();
    }
    assert!(first.apply(&draft()).succeeds().in_sync);
    let report = second.apply(&draft()).succeeds();
    let stop = report.error.expect("the name is taken by now");
    assert!(stop.is_complete(), "{stop:?}");
    // Looking again finds everything done.
    second.done(&draft());
    let world = first.sim.observe();
    let state = world.authentik.state();
    assert_eq!((state.providers.len(), state.applications.iter().filter(|app| app.slug == "mailcow").count()), (1, 1));
    assert_eq!(state.mappings.iter().filter(|mapping| mapping.managed.is_none()).count(), 1);
}

#[test]
fn both_switch_the_same_mailboxes() {
    let [first, second] = two();
    let done = run(first.app.switch_mailboxes(Switching::Wave(&everybody(&first.app)), &mut |_, _| {})).succeeds();
    assert!(done.done > 0);
    let again = run(second.app.switch_mailboxes(Switching::Wave(&everybody(&second.app)), &mut |_, _| {})).succeeds();
    assert_eq!((again.left, &again.findings, again.readiness.switchable), (0, &Vec::new(), 0));
}

/// The table says who can sign in with these settings; with others, they might lose their password for nothing.
#[test]
fn nothing_is_switched_once_the_other_has_changed_the_identity_provider() {
    for (key, value) in [("client_secret", "another"), ("authsource", "keycloak"), ("token_url", "https://elsewhere.example/")] {
        let [stage, _] = two();
        stage.sim.world().mailcow.state_mut().identity_provider.set(key, value);
        stage.sim.forget();
        let error = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {}));
        let error = error.expect_err("they were changed");
        assert_eq!(code(&error), Code::SettingsChangedMeanwhile, "{key}");
        assert!(stage.sim.writes().is_empty() && stage.sim.kept().keys().all(|name| !name.starts_with("mailboxes")), "{key}");
    }
}

/// The session ends after the first batch, and a colleague switches the rest: only the first batch is Cowbell's to switch back.
#[test]
fn a_switch_that_ends_with_the_session_names_what_may_be_done_and_forgets_the_rest() {
    let [stage, _] = two();
    let extra = {
        let mut world = stage.sim.world();
        let users: Vec<String> = world.authentik.state().users.iter().map(|user| user.email.clone()).collect();
        let state = world.mailcow.state_mut();
        for address in users.into_iter().filter(|address| address.ends_with("@mail.example")) {
            if state.mailbox(&address).is_none() {
                let mut mailbox = state.mailboxes[0].clone();
                mailbox.username = address;
                state.mailboxes.push(mailbox);
            }
        }
        state.mailboxes.iter_mut().for_each(|mailbox| mailbox.authsource = "mailcow".into());
        state.mailboxes.len()
    };
    observe(&stage, &draft());
    let wave = everybody(&stage.app);
    assert!(wave.len() > 25, "{} of {extra}", wave.len());
    let sim = stage.sim.clone();
    let end = &mut |done, _| {
        if done > 0 {
            sim.world().mailcow.state_mut().sessions.clear();
        }
    };
    let view = run(stage.app.switch_mailboxes(Switching::Wave(&wave), end)).succeeds();
    assert_eq!(view.error.as_ref().map(|error| error.code), Some(Code::MailcowNotSignedIn));
    assert_eq!((view.done, view.unverified, view.left), (0, 20, wave.len() - 20));
    let mut left = wave.clone();
    stage.app.keep_left(&mut left, &view);
    assert_eq!(left.len(), wave.len() - 20, "who may be switched is in no wave any more");
    let is_generic = |stage: &Stage| -> Vec<String> {
        let world = stage.sim.observe();
        let mailboxes = world.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc");
        mailboxes.map(|mailbox| mailbox.username.clone()).collect()
    };
    let first = is_generic(&stage);
    assert_eq!(first.len(), 20);
    stage.sim.world().mailcow.state_mut().mailboxes.iter_mut().for_each(|mailbox| mailbox.authsource = "generic-oidc".into());
    stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
    observe(&stage, &draft());
    let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    assert_eq!((back.done, back.left, back.unverified), (20, 0, 0));
    assert!(first.iter().all(|address| !is_generic(&stage).contains(address)));
    assert_eq!(is_generic(&stage).len(), extra - 20, "what a colleague has switched stays");
}

/// A switch back whose result is not known is not forgotten.
#[test]
fn a_switch_back_that_cannot_be_read_back_can_be_repeated() {
    let [stage, _] = two();
    let done = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds().done;
    let path = "/api/v1/get/mailbox/all";
    let fault = Fault::on(world::Product::Mailcow, path, FaultKind::TruncatedJson).times(1);
    stage.sim.world().faults.browser = vec![fault];
    let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    assert_eq!((back.done, back.left, back.unverified), (0, 0, done));
    assert!(back.error.is_some());
    // A colleague switches them again: mailcow has forgotten nothing, and neither has Cowbell.
    stage.sim.world().mailcow.state_mut().mailboxes.iter_mut().for_each(|mailbox| mailbox.authsource = "generic-oidc".into());
    observe(&stage, &draft());
    assert_eq!(run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds().done, done);
}

#[test]
fn a_secret_that_the_other_has_replaced_is_not_replaced_blindly() {
    let [first, second] = two();
    run(first.app.rotate_secret()).succeeds();
    let secrets = |stage: &Stage| {
        let world = stage.sim.observe();
        let secret = world.authentik.state().providers[0].client_secret.clone();
        (secret, world.mailcow.state().identity_provider.text("client_secret").to_owned())
    };
    let before = secrets(&first);
    match run(second.app.rotate_secret()) {
        Ok(_) => assert_ne!(secrets(&second).0, before.0),
        Err(error) => {
            code(&error);
            assert_eq!(secrets(&second), before);
        }
    }
    let (authentik, mailcow) = secrets(&second);
    assert_eq!(authentik, mailcow);
    observe(&first, &draft());
    assert_eq!(first.app.reveal_secret(), Some(authentik));
}

#[test]
fn an_integration_that_the_other_has_removed_is_not_removed_twice() {
    let [first, second] = two();
    run(remove(&first.app)).succeeds();
    let outcome = run(remove(&second.app));
    outcome.as_ref().err().map(code);
    let world = first.sim.observe();
    assert!(world.authentik.state().providers.is_empty() && world.mailcow.state().identity_provider.is_empty());
    drop(world);
    run(first.app.restore_removed()).succeeds();
    assert_eq!(first.sim.observe().authentik.state().providers.len(), 1);
}

#[test]
fn a_domain_that_goes_between_the_table_and_its_remedy_is_named() {
    let [stage, _] = two();
    {
        let mut world = stage.sim.world();
        let state = world.mailcow.state_mut();
        let gone = state.domains.remove(0).name;
        let inside = |address: &str| address.ends_with(&format!("@{gone}"));
        state.mailboxes.retain(|mailbox| !inside(&mailbox.username));
    }
    let view = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!(view.done, 0);
    assert!(view.left > 0 && view.findings.iter().all(|finding| finding.code == Code::MailboxGone && finding.is_complete()));
    observe(&stage, &draft());
    let again = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!((again.done, again.left), (0, 0), "reread at again, there is nothing left to switch");
}

#[test]
fn what_somebody_saved_by_hand_meanwhile_is_what_is_put_back() {
    for (key, value) in [("client_id", "by-hand"), ("default_template", "OIDC Users"), ("client_scopes", "openid email")] {
        let [_, stage] = two();
        stage.sim.world().mailcow.state_mut().identity_provider.set(key, value);
        let save = || run(stage.app.save_for_me(&MailcowChoice::default()));
        assert_eq!(code(&save().expect_err("not shown yet")), Code::SettingsChangedMeanwhile);
        let saved = save().succeeds();
        assert!(saved.in_sync && saved.can_restore);
        run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
        assert_eq!(stage.sim.observe().mailcow.state().identity_provider.text(key), value);
    }
}
