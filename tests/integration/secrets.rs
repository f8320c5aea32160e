//! How long the core has a client secret, and whose.

use std::cell::RefCell;
use std::rc::Rc;

use cowbell::authentik::api::Base;
use cowbell::mailcow::MailcowChoice;
use cowbell::mailcow::form::Control;
use cowbell::mailcow::script::Step;
use cowbell::plan::Kind;
use cowbell::setup::Secret;
use cowbell::transport::Body;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::support::stage::{AUTHENTIK, Setting, Stage, draft};
use crate::support::{Succeeds as _, run};
use crate::unknown_secret::{VIEW_ONLY, sign_in_with};

/// A finished integration, saved, and its secret.
fn saved() -> (Stage, String) {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    assert!(run(stage.app.save_for_me(&MailcowChoice::default())).succeeds().in_sync);
    let secret = stage.app.reveal_secret().expect("a secret");
    (stage, secret)
}

/// What mailcow has stored.
fn stored(stage: &Stage) -> String {
    stage.sim.observe().mailcow.state().identity_provider.text("client_secret").to_owned()
}

#[test]
fn what_was_forgotten_is_read_again_when_it_is_needed() {
    let (stage, secret) = saved();
    stage.app.discard_secret();
    assert_eq!(stage.app.reveal_secret(), None);
    let view = stage.app.mailcow_view(&MailcowChoice::default()).succeeds();
    assert!(view.in_sync, "both sides are known to be as desired");

    assert!(run(stage.app.save_for_me(&MailcowChoice::default())).succeeds().in_sync);
    assert_eq!(stored(&stage), secret, "a save keeps what mailcow has");
    stage.app.discard_secret();
    let findings = run(stage.app.rotate_secret()).succeeds().0;
    assert_eq!(findings[0].code, Code::SecretRotated);
    let new = stage.app.reveal_secret().expect("a secret");
    assert!(new == stored(&stage) && new != secret);

    stage.app.discard_secret();
    run(stage.app.read_registration(&draft())).succeeds();
    assert_eq!(stage.app.reveal_secret(), Some(new));
    let view = stage.app.mailcow_view(&MailcowChoice::default()).succeeds();
    assert!(view.in_sync, "what mailcow has is not known to differ");
}

#[test]
fn undo_leaves_no_secret() {
    let (stage, _) = saved();
    stage.undo().succeeds();
    assert_eq!(stage.app.reveal_secret(), None);
    // Nor where somebody has changed the client since, so that it stays.
    let (stage, secret) = made_by_this_panel();
    assert_eq!(known(&stage), Some(secret));
    stage.sim.world().authentik.state_mut().providers[0].name = "Post".into();
    let skipped = stage.undo().succeeds().skipped;
    assert!(skipped.iter().any(|object| object.kind == Kind::Provider), "{skipped:?}");
    assert_eq!(known(&stage), None);
}

/// The client is still there, and nothing else knows its secret.
#[test]
fn an_undo_that_could_not_begin_leaves_the_secret() {
    let (stage, secret) = made_by_this_panel();
    stage.sim.world().faults.browser = vec![Fault::on(Product::Authentik, "/", FaultKind::SignedOut)];
    let error = stage.undo().succeeds().error.expect("nobody is signed in");
    assert_eq!(error.code, Code::AuthentikNotSignedIn);
    stage.sim.world().faults.browser.clear();
    assert_eq!(known(&stage), Some(secret));
}

/// A new client, whose secret authentik does not show to whoever is signed in now.
fn made_by_this_panel() -> (Stage, String) {
    let stage = Setting { authentik: Profile::V2026_8_2, users: 40, ..Setting::default() }.stage();
    stage.done(&draft());
    let undo = [
        "authentik_core.change_user",
        "authentik_core.delete_application",
        "authentik_providers_oauth2.delete_oauth2provider",
        "authentik_providers_oauth2.delete_scopemapping",
    ];
    sign_in_with(&stage, &[&VIEW_ONLY[..], &undo].concat());
    let secret = stage.sim.observe().authentik.state().providers[0].client_secret.clone();
    (stage, secret)
}

/// The secret, as far as authentik shows it or this panel knows it.
fn known(stage: &Stage) -> Option<String> {
    run(stage.app.read_registration(&draft())).succeeds();
    stage.app.reveal_secret()
}

#[test]
fn the_secrets_of_other_clients_are_not_kept() {
    let stage = Setting { users: 3, half_made: true, ..Setting::default() }.stage();
    assert!(stage.sim.observe().authentik.state().providers.iter().all(|provider| !provider.client_secret.is_empty()));
    let base = Base::of(&format!("{AUTHENTIK}/if/admin/")).expect("a page of authentik");
    let snapshot = run(cowbell::authentik::observe(&stage.sim, &base)).expect("a snapshot");
    assert!(!snapshot.providers.is_empty());
    assert!(snapshot.providers.iter().all(|provider| provider.client_secret.as_ref().is_none_or(Secret::is_empty)));
}

#[test]
fn each_object_is_noted_before_it_is_written() {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    let (sim, unnoted) = (stage.sim.clone(), Rc::new(RefCell::new(Vec::new())));
    let found = unnoted.clone();
    stage.sim.world().before_request(move |_, _, product, request| {
        let name = request.uri().path().to_owned();
        let writes = matches!(request.method().as_str(), "POST" | "PUT") && name.starts_with("/api/v3/");
        let journal = sim.kept().get("journal..0").cloned().unwrap_or_default();
        if product == Product::Authentik && writes && !journal.contains("intended") {
            found.borrow_mut().push(name);
        }
    });
    stage.done(&draft());
    assert_eq!(*unnoted.borrow(), Vec::<String>::new());
}

#[test]
fn what_carries_a_secret_is_wiped_when_dropped() {
    fn is_wiped_when_dropped<T: ZeroizeOnDrop>() {}
    is_wiped_when_dropped::<Secret>();
    is_wiped_when_dropped::<Body>();
    is_wiped_when_dropped::<Control>();
    is_wiped_when_dropped::<Step>();
    let mut secret = Secret::new("hunter2".to_owned());
    secret.zeroize();
    assert!(secret.is_empty());
}
