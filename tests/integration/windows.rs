//! Several windows with a panel, and a browser without space for what they remember (docs/contract/cases.md, S14).

use std::collections::BTreeMap;

use cowbell::app::Switching;
use cowbell::authentik::api::Base;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Journals, SetupDraft};
use cowbell::transport::Product;

use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// A panel that takes over what closed ones have stored.
fn reopened(stage: &mut Stage) {
    stage.open_window("later");
    stage.app.restore_journals("later", &stage.sim.kept());
    stage.observe().succeeds();
}

/// S14: both windows' runs can be undone after both were closed, the later one first.
#[test]
fn what_two_windows_did_can_both_be_undone() {
    let mut stage = Setting { users: 7, ..Setting::default() }.stage();
    let before = Picture::of(&stage.sim.observe());
    let _first = stage.open_window("one");
    stage.whole_run(&draft()).succeeds();
    let between = Picture::of(&stage.sim.observe());
    let _one = stage.open_window("two");
    let other = SetupDraft { application_group: Some("Mail".into()), ..draft() };
    stage.whole_run(&other).succeeds();
    assert_ne!(format!("{between:?}"), format!("{:?}", Picture::of(&stage.sim.observe())), "the second run changes something");
    reopened(&mut stage);
    stage.undo().succeeds();
    between.assert_same(&Picture::of(&stage.sim.observe()), "the second is undone");
    assert!(stage.app.can_undo());
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "both are undone");
    assert!(!stage.app.can_undo());
}

/// S14: a window does not write where another one has its own.
#[test]
fn a_window_overwrites_nothing_of_another() {
    let mut stage = Setting { users: 7, ..Setting::default() }.stage();
    stage.open_window("one");
    stage.whole_run(&draft()).succeeds();
    let first = stage.sim.kept();
    stage.open_window("two");
    stage.whole_run(&SetupDraft { application_group: Some("Mail".into()), ..draft() }).succeeds();
    let both = stage.sim.kept();
    for (name, text) in &first {
        assert_eq!(both.get(name), Some(text), "{name}");
    }
    assert!(both.keys().any(|name| name.starts_with("journal.two.")), "{:?}", both.keys());
}

/// A chunk of users that an earlier journal has left under the same name is not taken for one of this.
#[test]
fn users_of_an_earlier_journal_are_not_restored() {
    let stage = Setting { users: 7, ..Setting::default() }.stage();
    stage.whole_run(&draft()).succeeds();
    let base = Base::of(stage.sim.browser().page(Product::Authentik)).expect("authentik's page");
    let mut kept = stage.sim.kept();
    let users = |kept: &BTreeMap<String, String>| Journals::restore("", kept).of(&base).expect("a journal").users_done();
    assert_ne!(users(&kept), 0);
    for text in kept.iter_mut().filter(|(name, _)| name.contains(".users.")).map(|(_, text)| text) {
        *text = text.replacen("\"started_ms\":", "\"started_ms\":1", 1);
    }
    assert_eq!(users(&kept), 0);
}

/// Without space, a run goes on and can be undone in this panel, which says that it is so only there; with space, all of it is stored.
#[test]
fn a_full_browser_is_said_and_tried_again() {
    let mut stage = Setting { users: 7, ..Setting::default() }.stage();
    let before = Picture::of(&stage.sim.observe());
    stage.sim.set_space(0);
    stage.whole_run(&draft()).succeeds();
    assert!(stage.app.can_undo() && stage.app.is_undo_lost_with_panel());
    assert!(stage.sim.kept().keys().all(|name| !name.starts_with("journal")));
    stage.sim.set_space(10 << 20);
    stage.whole_run(&SetupDraft { application_group: Some("Mail".into()), ..draft() }).succeeds();
    assert!(!stage.app.is_undo_lost_with_panel());
    reopened(&mut stage);
    run(stage.app.undo(&mut |_| ())).succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "everything was stored");
}

/// S14: the mailboxes that two windows have switched can all be switched back after both were closed.
#[test]
fn what_two_windows_switched_can_be_switched_back() {
    let mut stage = Setting { users: 7, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let addresses: Vec<String> =
        stage.sim.observe().mailcow.state().mailboxes.iter().take(2).map(|mailbox| mailbox.username.clone()).collect();
    let table = |stage: &Stage| {
        stage.observe().succeeds();
        stage.observe_mailcow().succeeds();
        run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds()
    };
    let mut open = Vec::new();
    for (window, address) in ["one", "two"].into_iter().zip(&addresses) {
        open.push(stage.open_window(window));
        table(&stage);
        assert_eq!(run(stage.app.switch_mailboxes(Switching::Mailbox(address), &mut |_, _| {})).succeeds().done, 1);
    }
    stage.reopen_panel();
    assert_eq!(table(&stage).switched, 2);
    assert_eq!(run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds().done, 2);
    stage.reopen_panel();
    assert_eq!(table(&stage).switched, 0);
}
