//! How long the client secret stays.

use cowbell::panel::view::ConnectionView;
use cowbell::panel::{Event, Lost, Question};
use cowbell::transport::Product;

use super::{desk, secrets};
use crate::support::panel::Desk;
use crate::support::stage::MAILCOW;

const A_WHILE_MS: u32 = 15 * 60_000;

fn after_apply() -> Desk {
    let desk = desk();
    desk.set_up();
    desk
}

#[test]
fn it_is_there_to_be_copied_until_mailcow_has_it() {
    let desk = after_apply();
    let [made, _] = secrets(&desk);
    assert_eq!(desk.panel.reveal_secret(), Some(made.clone()));
    assert_eq!(desk.view().registration.and_then(|client| client.secret_length), Some(made.len()));
    desk.click(Product::Mailcow);
    assert!(desk.panel.reveal_secret().is_some());
    desk.agree(Question::Save);
    assert_eq!(desk.panel.reveal_secret(), None);
    assert_eq!(desk.view().registration.expect("a registration").secret_length, None);
    assert!(desk.view().mailcow_facts.expect("a mailcow").in_sync, "it is not said to differ");
}

#[test]
fn it_goes_when_nobody_uses_the_panel() {
    let desk = after_apply();
    desk.tell(Event::Used);
    desk.sim.pass_ms(A_WHILE_MS - 1);
    desk.tell(Event::Tick);
    assert!(desk.panel.reveal_secret().is_some());
    desk.sim.pass_ms(1);
    desk.tell(Event::Tick);
    assert_eq!(desk.panel.reveal_secret(), None);
    let lost = ConnectionView::Lost { host: "authentik.company".into(), why: Lost::Unused };
    assert_eq!(desk.view().authentik, lost);
    desk.click(Product::Authentik);
    assert!(desk.view().authentik.is_live());
}

#[test]
fn a_key_press_keeps_it() {
    let desk = after_apply();
    for _ in 0..4 {
        desk.sim.pass_ms(A_WHILE_MS / 2);
        desk.tell(Event::Used);
        desk.tell(Event::Tick);
    }
    assert!(desk.panel.reveal_secret().is_some());
}

#[test]
fn whoever_comes_back_after_a_while_finds_it_gone_before_what_they_press_is_done() {
    let desk = after_apply();
    desk.sim.pass_ms(A_WHILE_MS + 1);
    desk.tell(Event::Used);
    assert_eq!(desk.panel.reveal_secret(), None);
}

#[test]
fn what_takes_long_is_use() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    desk.sim.pass_ms(A_WHILE_MS + 1);
    desk.begin(Event::Tick).finish();
    assert!(desk.view().authentik.is_live());
    rotation.finish();
    let [new, told] = secrets(&desk);
    assert_eq!(new, told);
}

/// Whether both sides match is not known before an undo has ended, and one that does not get to its end leaves the client.
#[test]
fn it_stays_while_something_is_written() {
    let desk = after_apply();
    desk.click(Product::Mailcow);
    desk.tell(Event::Fill);
    let body = desk.tabs.save_body();
    desk.sim.browser().post_json(&mut desk.sim.world(), &format!("{MAILCOW}/api/v1/edit/identity-provider"), &body);
    desk.tell(Event::Ask { question: Question::Undo });
    desk.sim.hold();
    let mut undo = desk.begin(desk.yes());
    assert!(!undo.go_on());
    // mailcow's own button "Save" has been pressed before.
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    assert!(desk.view().mailcow_facts.is_some_and(|facts| facts.in_sync));
    assert!(desk.panel.reveal_secret().is_some());
    undo.finish();
    desk.settle();
    assert_eq!(desk.panel.reveal_secret(), None);
}

#[test]
fn it_goes_with_the_panel() {
    let desk = after_apply();
    desk.tell(Event::Closing);
    assert_eq!(desk.panel.reveal_secret(), None);
}
