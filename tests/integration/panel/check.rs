//! The place Check: when both sides are checked, and what becomes of it.

use cowbell::panel::CheckStatus;
use cowbell::panel::offers::{BarAction as Action, ButtonLabel};
use cowbell::panel::view::{ReadinessStatus, UsersView};
use cowbell::panel::{Event, Lost, Question, Section};
use cowbell::transport::Product;
use cowbell::verify::{Code, FixSection};

use super::{desk, main_action, offered};
use crate::support::panel::{Desk, MAILCOW_TAB};
use crate::support::stage::MAILCOW;

/// Both sides are as wanted, and the place is open.
fn checked() -> Desk {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Go { section: Section::Check });
    desk
}

fn codes(desk: &Desk) -> Vec<Code> {
    match desk.view().check {
        CheckStatus::Done { findings } => findings.iter().map(|finding| finding.code).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn there_is_nothing_to_check_before_a_click() {
    let desk = desk();
    desk.tell(Event::Go { section: Section::Check });
    let view = desk.view();
    assert_eq!((view.check, view.can_check), (CheckStatus::None, false));
    assert!(view.bar.is_empty());
}

#[test]
fn the_place_checks_when_it_is_opened() {
    let desk = checked();
    assert_eq!(
        codes(&desk),
        [Code::ProviderInSync, Code::SettingsInSync, Code::RedirectRegistered, Code::CredentialsRight, Code::ServerReachesToken]
    );
    let view = desk.view();
    assert_eq!(view.badges.check, 0);
    assert_eq!(view.bar.iter().map(|button| button.label).collect::<Vec<_>>(), [ButtonLabel::CheckAgain]);
    assert_eq!(main_action(&view), Some(Action::Check));
    desk.sim.forget();
    desk.tell(Event::Go { section: Section::Mailcow });
    desk.tell(Event::Go { section: Section::Check });
    assert!(desk.sim.sent().is_empty(), "nothing has changed since");
}

/// The first check is no reason to read them once more; "Check again" is, where who can sign in is shown.
#[test]
fn the_first_check_leaves_the_users_that_were_read() {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Go { section: Section::Check });
    assert!(matches!(desk.view().check, CheckStatus::Done { .. }));
    assert!(matches!(desk.view().users, UsersView::Read { .. }), "{:?}", desk.view().users);
    assert_eq!(main_action(&desk.view()), Some(Action::Check), "one side alone is checked, too");
}

/// Without its page they cannot be read again.
#[test]
fn a_check_without_authentik_leaves_the_users_that_were_read() {
    let desk = checked();
    desk.tell(Event::Go { section: Section::Readiness });
    desk.tabs.lose(Product::Authentik, Lost::Closed);
    desk.settle();
    desk.tell(Event::Check);
    assert!(matches!(desk.view().users, UsersView::Read { .. }), "{:?}", desk.view().users);
}

#[test]
fn a_fault_is_counted_and_leads_to_where_it_is_fixed() {
    let desk = checked();
    desk.sim.world().authentik.state_mut().applications[0].meta_launch_url.clear();
    desk.tell(Event::Check);
    assert!(codes(&desk).contains(&Code::ProviderDiffers));
    let view = desk.view();
    let CheckStatus::Done { findings } = &view.check else { panic!("{:?}", view.check) };
    let finding = findings.iter().find(|finding| finding.code == Code::ProviderDiffers).expect("a finding");
    assert_eq!(finding.fixed_in, Some(FixSection::Plan));
    assert!(view.badges.check > 0);
    desk.tell(Event::Repair { section: Section::Plan });
    desk.tell(Event::Apply);
    let view = desk.view();
    assert_eq!((view.check, view.badges.check), (CheckStatus::None, 0), "whether it is still there is not known");
    desk.tell(Event::Go { section: Section::Check });
    assert!(codes(&desk).contains(&Code::ProviderInSync), "the check is made again, because authentik is different");
}

#[test]
fn a_check_waits_for_what_is_being_read() {
    let desk = desk();
    desk.connect_both();
    desk.sim.hold();
    desk.tabs.load(Product::Mailcow);
    let mut reading = desk.next_event();
    assert!(!reading.go_on());
    desk.sim.forget();
    desk.begin(Event::Go { section: Section::Check }).finish();
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    let view = desk.view();
    assert_eq!(view.check, CheckStatus::Checking);
    assert_eq!(offered(&view), []);
    reading.finish();
    desk.settle();
    assert!(codes(&desk).contains(&Code::SettingsInSync));
}

#[test]
fn a_check_waits_for_what_is_being_written() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    desk.sim.forget();
    desk.begin(Event::Go { section: Section::Check }).finish();
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    rotation.finish();
    desk.settle();
    assert!(codes(&desk).contains(&Code::CredentialsRight), "{:?}", codes(&desk));
}

/// What was removed is missing, which is no fault.
#[test]
fn a_check_that_a_removal_has_overtaken_finds_nothing() {
    for request in 0.. {
        let desk = checked();
        desk.sim.hold_at(request);
        let mut check = desk.begin(Event::Check);
        if check.go_on() {
            assert!(request > 5, "{request}");
            return;
        }
        desk.agree(Question::Remove);
        assert!(desk.view().removed);
        check.finish();
        desk.settle();
        let view = desk.view();
        assert_eq!((view.removed, view.check), (true, CheckStatus::None), "request {request}");
    }
}

#[test]
fn another_wish_makes_the_check_anew() {
    let desk = checked();
    let mut choice = desk.view().choice;
    choice.login_provisioning = !choice.login_provisioning;
    desk.tell(Event::Choose { choice });
    assert!(codes(&desk).contains(&Code::SettingsDiffer));
}

/// Both products were read again for a question.
#[test]
fn what_somebody_has_changed_is_checked_once_it_was_seen() {
    let desk = checked();
    desk.sim.world().mailcow.state_mut().identity_provider.set("client_scopes", "openid email");
    desk.tell(Event::Ask { question: Question::Remove });
    desk.tell(Event::Withdraw);
    assert!(codes(&desk).contains(&Code::SettingsDiffer), "{:?}", codes(&desk));
}

#[test]
fn a_check_that_began_before_a_click_is_made_again() {
    let desk = desk();
    desk.connect_both();
    desk.tabs.lose(Product::Mailcow, Lost::Ended);
    desk.settle();
    desk.sim.hold();
    let mut check = desk.begin(Event::Go { section: Section::Check });
    assert!(!check.go_on());
    desk.begin(Event::Click { tab: MAILCOW_TAB, url: desk.sim.browser().page(Product::Mailcow).to_owned() }).finish();
    desk.next_event().finish();
    desk.begin(Event::Go { section: Section::Check }).finish();
    check.finish();
    desk.settle();
    assert!(codes(&desk).contains(&Code::SettingsInSync), "{:?}", codes(&desk));
}

#[test]
fn a_check_of_another_wish_is_made_again() {
    let desk = checked();
    desk.sim.hold();
    let mut check = desk.begin(Event::Check);
    assert!(!check.go_on());
    let mut choice = desk.view().choice;
    choice.login_provisioning = !choice.login_provisioning;
    desk.begin(Event::Choose { choice }).finish();
    check.finish();
    assert!(codes(&desk).contains(&Code::SettingsDiffer), "{:?}", codes(&desk));
}

#[test]
fn what_a_switch_has_changed_is_checked_again_where_the_check_is_shown() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.sim.world().mailcow.state_mut().force_sso = true;
    let count = |desk: &Desk| {
        desk.tell(Event::Go { section: Section::Check });
        let CheckStatus::Done { findings } = desk.view().check else { panic!("no check") };
        let found =
            findings.iter().find(|finding| finding.code == Code::LoginPageHidesPassword).map(|it| it.evidence[0].value.clone());
        found.map_or(0, |count| count.parse().expect("a number"))
    };
    desk.click(Product::Mailcow);
    let before: usize = count(&desk);
    assert!(before > 1);
    let address = desk.sim.observe().mailcow.state().mailboxes[0].username.clone();
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk.agree(Question::Switch { address });
    desk.sim.forget();
    desk.tell(Event::Go { section: Section::Switch });
    assert!(desk.sim.sent().is_empty(), "what the switch has done stays");
    assert_eq!(
        desk.view().bar.iter().map(|button| button.label).collect::<Vec<_>>(),
        [ButtonLabel::ReadAgain, ButtonLabel::PeopleSwitch]
    );
    assert_eq!(count(&desk), before - 1);
    // A switch from a sign-in that failed is asked for here, and what it has done is said here.
    let is_said = |desk: &Desk| matches!(desk.view().readiness, ReadinessStatus::Done { switched: Some(_), .. });
    assert!(is_said(&desk));
    let address = desk.sim.observe().mailcow.state().mailboxes[1].username.clone();
    desk.agree(Question::Switch { address });
    assert!(is_said(&desk));
    assert_eq!(count(&desk), before - 2);
    assert!(is_said(&desk));
    // Where both are counted anew, another look finds the same.
    desk.agree(Question::ShowPasswordForm);
    assert_eq!(count(&desk), 0);
}
