//! Sign-ins that failed, and one that is tried.

use cowbell::panel::view::SignInsStatus;
use cowbell::panel::{Event, Question, Section, TabId, TestSignIn};
use cowbell::transport::Product;
use cowbell::verify::Code;
use cowbell_standins::people::person;

use super::desk;
use crate::support::Simulation;
use crate::support::panel::{Desk, MAILCOW_TAB, Underway};
use crate::support::stage::{MAILCOW, Setting};

fn connected() -> Desk {
    let desk = Desk::of(&Setting { users: 40, ..Setting::default() }.stage());
    desk.connect_both();
    desk.tell(Event::Go { section: Section::Check });
    desk
}

/// Somebody signs in at mailcow in another browser.
fn sign_in(sim: &Simulation, index: usize) {
    let mut other = sim.another_browser();
    let mut world = sim.world();
    other.sign_in_to_authentik(&mut world, &person(1, index).username);
    other.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
}

#[test]
fn a_trial_is_offered_where_both_logs_can_be_read() {
    let desk = desk();
    desk.set_up();
    assert!(!desk.view().offers.test_sign_in && desk.view().offers.explain);
    desk.click(Product::Mailcow);
    assert!(!desk.view().offers.test_sign_in, "mailcow has no identity provider yet");
    assert!(connected().view().offers.test_sign_in);
}

#[test]
fn a_sign_in_that_works_is_seen() {
    let desk = connected();
    desk.tabs.meanwhile(|sim| sign_in(sim, 30));
    desk.tell(Event::TrySignIn);
    assert_eq!(desk.view().test_sign_in, Some(TestSignIn::Passed));
    assert_eq!(desk.tabs.visited().last(), Some(&(format!("{MAILCOW}/?iam_sso=1"), true)));
    assert!(matches!(desk.view().sign_ins, SignInsStatus::Done { .. }));
}

#[test]
fn a_sign_in_that_is_refused_is_explained() {
    let desk = connected();
    desk.tabs.meanwhile(|sim| sim.world().authentik.state_mut().providers[0].client_secret = "another".into());
    desk.tabs.meanwhile(|sim| sign_in(sim, 30));
    desk.tell(Event::TrySignIn);
    assert_eq!(desk.view().test_sign_in, Some(TestSignIn::Refused));
    let SignInsStatus::Done { view, .. } = desk.view().sign_ins else { panic!("no explanation") };
    assert!(!view.attempts.is_empty());
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let desk = connected();
    desk.sim.forget();
    desk.tell(Event::TrySignIn);
    assert_eq!(desk.view().test_sign_in, Some(TestSignIn::Nothing));
    let minutes = desk.sim.slept_ms() / 60_000;
    assert!((9..=11).contains(&minutes), "{minutes} minutes, time enough to type a password and a second factor");
}

/// docs/contract/cases.md, S15: a look-alike was clicked after the trial was offered.
#[test]
fn no_trial_leads_to_another_mailcow_than_that_of_the_client() {
    let desk = connected();
    let other = Setting { users: 6, mailcow_address: "https://mailcow.stranger.test", seed: 2, ..Setting::default() }.stage();
    desk.sim.meet(&other.sim);
    let url = other.sim.browser().page(Product::Mailcow).to_owned();
    desk.tabs.set_url(MAILCOW_TAB, &url);
    desk.tell(Event::Click { tab: MAILCOW_TAB, url });
    assert!(desk.view().mailcow.is_live() && !desk.view().offers.test_sign_in);
    desk.tell(Event::TrySignIn);
    assert_eq!((desk.tabs.visited(), desk.view().test_sign_in), (Vec::new(), None));
}

#[test]
fn without_a_private_window_the_address_is_shown() {
    for is_forbidden in [false, true] {
        let desk = connected();
        if is_forbidden {
            desk.tabs.forbid_private_windows();
        }
        let trial = watched(&desk);
        let Some(TestSignIn::Watching { closed, url }) = desk.view().test_sign_in else { panic!("no trial") };
        assert_eq!((closed, url), (is_forbidden, format!("{MAILCOW}/?iam_sso=1")));
        trial.finish();
    }
}

/// A trial that has opened its window, if it may, and looks into the logs for the first time.
fn watched(desk: &Desk) -> Underway<'_> {
    desk.sim.forget();
    let mut trial = desk.begin(Event::TrySignIn);
    while desk.sim.slept_ms() == 0 {
        desk.sim.hold();
        assert!(!trial.go_on());
    }
    trial
}

#[test]
fn a_trial_that_goes_on_is_not_begun_again() {
    let desk = connected();
    let trial = watched(&desk);
    desk.begin(Event::TrySignIn).finish();
    trial.finish();
    assert_eq!(desk.tabs.visited().iter().filter(|(_, privately)| *privately).count(), 1);
}

/// "Read again" is beside it.
#[test]
fn a_trial_and_a_diagnosis_let_each_other_end() {
    let desk = connected();
    let trial = watched(&desk);
    desk.begin(Event::Explain).finish();
    assert!(matches!(desk.view().sign_ins, SignInsStatus::Done { .. }));
    desk.tabs.meanwhile(|sim| sign_in(sim, 30));
    trial.finish();
    assert_eq!(desk.view().test_sign_in, Some(TestSignIn::Passed), "a diagnosis during the trial");
    desk.sim.hold();
    let mut diagnosis = desk.begin(Event::Explain);
    assert!(!diagnosis.go_on());
    let trial = watched(&desk);
    diagnosis.finish();
    assert!(matches!(desk.view().sign_ins, SignInsStatus::Done { .. }), "a trial during the diagnosis");
    desk.begin(Event::CancelTestSignIn).finish();
    trial.finish();
}

#[test]
fn a_trial_that_is_cancelled_ends() {
    let desk = connected();
    desk.sim.hold();
    let mut trial = desk.begin(Event::TrySignIn);
    assert!(!trial.go_on());
    assert!(matches!(desk.view().test_sign_in, Some(TestSignIn::Watching { closed: false, .. })));
    desk.begin(Event::CancelTestSignIn).finish();
    trial.finish();
    assert_eq!((desk.view().test_sign_in, desk.tabs.visited()), (None, Vec::new()), "before its window was opened");
    for is_seen in [false, true] {
        if is_seen {
            desk.tabs.meanwhile(|sim| sign_in(sim, 30));
        }
        let trial = watched(&desk);
        desk.begin(Event::CancelTestSignIn).finish();
        trial.finish();
        assert_eq!(desk.view().test_sign_in, None, "{is_seen}");
        assert!(desk.sim.slept_ms() < 10_000, "the logs are read no longer");
    }
}

#[test]
fn failed_sign_ins_are_explained_on_demand() {
    let desk = connected();
    assert_eq!(desk.view().sign_ins, SignInsStatus::None);
    desk.tell(Event::Explain);
    assert!(matches!(desk.view().sign_ins, SignInsStatus::Done { .. }));
}

/// Whether the refusal of the owner of the first mailbox is shown as answered by a switch.
fn is_answered(desk: &Desk) -> bool {
    let SignInsStatus::Done { view, .. } = desk.view().sign_ins else { panic!("no explanation") };
    let refused = view.attempts.iter().find(|attempt| attempt.who == person(1, 0).email).expect("a refusal");
    assert_eq!(refused.finding.code, Code::MailboxHasPassword);
    refused.is_switched
}

#[test]
fn a_switch_answers_the_refusal_that_led_to_it() {
    let desk = connected();
    sign_in(&desk.sim, 0);
    desk.tell(Event::Explain);
    assert!(!is_answered(&desk));
    desk.agree(Question::Switch { address: person(1, 0).email });
    assert!(is_answered(&desk));
    desk.agree(Question::SwitchBack { address: String::new() });
    assert!(!is_answered(&desk));
}

#[test]
fn a_switch_while_sign_ins_are_explained_answers_them_too() {
    for request in 0.. {
        let desk = connected();
        sign_in(&desk.sim, 0);
        desk.tell(Event::Go { section: Section::Switch });
        desk.tell(Event::ReadPeople);
        desk.sim.hold_at(request);
        let mut explaining = desk.begin(Event::Explain);
        if explaining.go_on() {
            assert!(request > 5, "{request}");
            return;
        }
        desk.agree(Question::Switch { address: person(1, 0).email });
        explaining.finish();
        assert!(is_answered(&desk), "request {request}");
    }
}

#[test]
fn what_was_read_with_the_last_authentik_explains_nothing_at_another() {
    let desk = connected();
    desk.sim.hold();
    let mut earlier = desk.begin(Event::Explain);
    assert!(!earlier.go_on());
    let url = "https://authentik.other.example/if/admin/";
    desk.tabs.set_url(TabId(7), url);
    desk.tell(Event::Click { tab: TabId(7), url: url.into() });
    desk.sim.hold();
    let mut later = desk.begin(Event::Explain);
    assert!(!later.go_on());
    earlier.finish();
    assert_eq!(desk.view().sign_ins, SignInsStatus::Explaining, "the other one is still being read");
    later.finish();
    assert!(matches!(desk.view().sign_ins, SignInsStatus::Done { .. }));
    desk.sim.hold();
    let mut last = desk.begin(Event::Explain);
    assert!(!last.go_on());
    desk.click(Product::Authentik);
    last.finish();
    assert_eq!(desk.view().sign_ins, SignInsStatus::None);
}
