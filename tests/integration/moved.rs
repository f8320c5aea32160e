//! A mailcow that has another address now, or one host name less: the same client goes on, on both sides.

use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{DraftField, Kind, SetupDraft};
use cowbell_standins::people::person;
use serde_json::json;

use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Stage, draft, draft_for};
use crate::support::{Succeeds as _, run};

const OLD: &str = "https://old.example";

fn moved() -> SetupDraft {
    SetupDraft { previous_hosts: vec![OLD.to_owned()], ..draft() }
}

#[test]
fn the_client_moves_with_mailcow() {
    let mut stage = Stage::fresh();
    stage.done(&draft_for(OLD));
    let before = Picture::of(&stage.sim.observe());
    let client = stage.sim.observe().authentik.state().providers[0].client_id.clone();
    {
        let mut world = stage.sim.world();
        let settings = &mut world.mailcow.state_mut().identity_provider;
        settings.set("authsource", "generic-oidc");
        settings.set("redirect_url", OLD);
        settings.set("redirect_url_extra", json!([OLD, "https://imap.example"]));
    }
    // Undo must only take back the move.
    stage.app = cowbell::app::Cowbell::new(stage.sim.clone());
    stage.observe().succeeds();
    let plan = stage.plan(&moved()).succeeds();
    assert_eq!((plan.totals.create, plan.totals.update), (0, 2), "{:?}", plan.changes);
    let changed = |kind| plan.changes.iter().find(|change| change.kind == kind).map(|change| change.fields.len());
    assert_eq!((changed(Kind::Provider), changed(Kind::Application)), (Some(1), Some(1)));
    let report = stage.apply(&moved()).succeeds();
    assert!(report.in_sync && report.error.is_none(), "{report:?}");
    {
        let world = stage.sim.observe();
        let provider = &world.authentik.state().providers[0];
        let uris: Vec<&str> = provider.redirect_uris.iter().map(|uri| uri.url.as_str()).collect();
        assert_eq!((uris, &provider.client_id), (vec![MAILCOW], &client));
    }
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let stored = |key: &str| stage.sim.observe().mailcow.state().identity_provider.get(key).cloned();
    assert_eq!(stored("redirect_url"), Some(json!(MAILCOW)));
    assert_eq!(stored("redirect_url_extra"), Some(json!(["https://imap.example"])));
    stage.sign_in(&person(1, 30).username);
    let (url, page) = {
        let sim = &stage.sim;
        sim.browser().forget_mailcow_session();
        sim.browser().visit(&mut sim.world(), &format!("{MAILCOW}/?iam_sso=1"))
    };
    assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{page}");
    stage.sign_in("akadmin");
    stage.observe().succeeds();
    assert_eq!(stage.undo().succeeds().error, None);
    Picture::of(&stage.sim.observe()).assert_same_objects(&before, "the move is taken back");
}

#[test]
fn without_a_word_it_is_another_mailcow() {
    let stage = Stage::fresh();
    stage.done(&draft_for(OLD));
    stage.observe().succeeds();
    let two = SetupDraft {
        application_slug: Some("mailcow-2".into()),
        provider_name: Some("Second".into()),
        application_name: Some("Second".into()),
        ..draft()
    };
    let plan = stage.plan(&two).succeeds();
    assert_eq!(plan.totals.create, 2, "{:?}", plan.changes);
}

#[test]
fn a_host_is_either_old_or_new() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    let both = SetupDraft { previous_hosts: vec![MAILCOW.to_owned(), "no address".to_owned()], ..draft() };
    let faults = stage.app.check_draft(&both).succeeds().errors;
    let at: Vec<_> = faults.iter().map(|fault| (fault.field, fault.index)).collect();
    assert_eq!(at, [(DraftField::PreviousHosts, 0), (DraftField::PreviousHosts, 1)]);
}
