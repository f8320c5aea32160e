//! The place Check: when both sides are checked, and what becomes of it; who can sign in.

use cowbell::app::PeopleView;
use cowbell::panel::CheckStatus;
use cowbell::panel::offers::{BarAction as Action, ButtonLabel};
use cowbell::panel::view::{PeopleStatus, ReadinessStatus};
use cowbell::panel::{Event, Question, Section, SwitchDirection};
use cowbell::transport::Product;
use cowbell::verify::readiness::Outcome;
use cowbell::verify::switch_cost::SwitchCost;
use cowbell::verify::{Code, FixSection};

use super::{desk, main_action, offered};
use crate::support::panel::Desk;

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
    desk.tell(Event::Repair { section: Section::Plan });
    desk.tell(Event::Apply);
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
    desk.begin(Event::Go { section: Section::Check }).finish();
    let view = desk.view();
    assert_eq!(view.check, CheckStatus::Checking);
    assert_eq!(offered(&view), []);
    reading.finish();
    desk.settle();
    assert!(codes(&desk).contains(&Code::SettingsInSync));
}

#[test]
fn another_wish_makes_the_check_anew() {
    let desk = checked();
    let mut choice = desk.view().choice;
    choice.login_provisioning = !choice.login_provisioning;
    desk.tell(Event::Choose { choice });
    assert!(codes(&desk).contains(&Code::SettingsDiffer));
}

#[test]
fn who_can_sign_in_is_found_out_with_a_check() {
    let desk = checked();
    let view = desk.view();
    let ReadinessStatus::Done { view: table, .. } = &view.readiness else { panic!("{:?}", view.readiness) };
    assert!(table.users > 0 && !table.planned);
    assert_eq!(desk.panel.find_readiness("", 0, 100).total, table.users);
}

#[test]
fn who_can_sign_in_needs_both_products() {
    let desk = desk();
    desk.set_up();
    desk.tell(Event::Go { section: Section::Check });
    assert_eq!(desk.view().readiness, ReadinessStatus::Absent);
}

#[test]
fn the_table_is_filtered() {
    let desk = checked();
    let everybody = desk.panel.find_readiness("", 0, 100).total;
    desk.tell(Event::Filter { outcome: Some(Outcome::NewMailbox), reason: None });
    let some = desk.panel.find_readiness("", 0, 100);
    assert!(some.total > 0 && some.total < everybody);
    assert!(some.rows.iter().all(|row| row.outcome == Outcome::NewMailbox));
}

#[test]
fn what_is_typed_stays_while_the_table_is_read_again() {
    let desk = checked();
    desk.tell(Event::Type { text: "somebody@".into() });
    desk.tell(Event::Check);
    assert_eq!(desk.view().typed, "somebody@");
}

#[test]
fn somebody_is_looked_up() {
    let desk = checked();
    let row = desk.panel.find_readiness("", 0, 1).rows[0].clone();
    desk.tell(Event::LookUp { text: row.username.clone() });
    let view = desk.view();
    let ReadinessStatus::Done { verdicts: Some(verdicts), asking: false, .. } = &view.readiness else {
        panic!("{:?}", view.readiness)
    };
    assert_eq!(verdicts[0].username, row.username);
    desk.tell(Event::LookUp { text: "  ".into() });
}

#[test]
fn a_filter_stays_while_somebody_is_looked_up() {
    let desk = checked();
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let reason = view.reasons.len() - 1;
    let (outcome, count) = (view.reasons[reason].outcome, view.reasons[reason].count);
    desk.tell(Event::Filter { outcome: Some(outcome), reason: Some(reason) });
    let somebody = desk.panel.find_readiness("", 0, 1).rows[0].username.clone();
    desk.tell(Event::LookUp { text: somebody });
    assert_eq!(desk.panel.find_readiness("", 0, 100).total, count);
}

#[test]
fn mailboxes_are_switched_and_switched_back() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Check });
    let switchable = |desk: &Desk| match desk.view().readiness {
        ReadinessStatus::Done { view, .. } => (view.switchable, view.switched),
        other => panic!("{other:?}"),
    };
    let (before, none) = switchable(&desk);
    assert!(before > 0 && none == 0);
    desk.tell(Event::Ask { question: Question::Switch { address: String::new() } });
    assert_eq!(desk.view().question.map(|question| question.switchable), Some(before));
    desk.tell(desk.yes());
    assert_eq!(switchable(&desk), (0, before));
    let ReadinessStatus::Done { switched: Some(switched), .. } = desk.view().readiness else { panic!("nothing was switched") };
    assert_eq!((switched.direction, switched.result.done, switched.result.left), (SwitchDirection::Switch, before, 0));
    desk.agree(Question::SwitchBack);
    assert_eq!(switchable(&desk), (before, 0));
}

fn people(desk: &Desk) -> PeopleStatus {
    match desk.view().readiness {
        ReadinessStatus::Done { people, .. } => people,
        other => panic!("{other:?}"),
    }
}

fn done(desk: &Desk) -> (PeopleView, Option<SwitchCost>) {
    match people(desk) {
        PeopleStatus::Done { view, cost } => (view, cost),
        other => panic!("{other:?}"),
    }
}

#[test]
fn those_who_lose_nothing_are_switched_and_nobody_else() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Check });
    assert_eq!(people(&desk), PeopleStatus::None);
    // Nothing is switched before it was read who loses what.
    desk.agree(Question::SwitchReady);
    assert!(desk.sim.observe().mailcow.state().mailboxes.iter().all(|mailbox| mailbox.authsource == "mailcow"));
    desk.tell(Event::ReadPeople);
    let (view, cost) = done(&desk);
    assert!(view.ready > 0 && view.ready < view.mailboxes && cost.is_none(), "{view:?}");
    desk.tell(Event::FilterPeople { cost: Some(SwitchCost::NeedsAppPassword) });
    let rows = desk.panel.find_people("", 0, 100);
    assert!(rows.total > 0 && rows.rows.iter().all(|row| row.cost == SwitchCost::NeedsAppPassword), "{rows:?}");
    let kept: Vec<String> = rows.rows.into_iter().map(|row| row.address).collect();
    desk.tell(Event::Ask { question: Question::SwitchReady });
    assert_eq!(desk.view().question.map(|question| question.switchable), Some(view.ready));
    desk.tell(desk.yes());
    let world = desk.sim.observe();
    let switched = world.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc");
    let switched: Vec<&str> = switched.map(|mailbox| mailbox.username.as_str()).collect();
    assert_eq!(switched.len(), view.ready);
    assert!(kept.iter().all(|address| !switched.contains(&address.as_str())), "{switched:?}");
    drop(world);
    assert_eq!(done(&desk).0.mailboxes, view.mailboxes - view.ready, "the list is that of today");
    desk.agree(Question::SwitchBack);
    assert_eq!(done(&desk).0.ready, view.ready);
}

#[test]
fn reading_what_mail_programs_do_is_stopped_and_taken_up_again() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Check });
    desk.sim.hold_at(1);
    let mut reading = desk.begin(Event::ReadPeople);
    assert!(!reading.go_on());
    assert!(matches!(people(&desk), PeopleStatus::Reading { cancelling: false, .. }));
    desk.tell(Event::Cancel);
    reading.finish();
    // What was read until then counts, and the rest is not known.
    let (view, _) = done(&desk);
    assert!(view.costs.iter().any(|counted| counted.cost == SwitchCost::NotKnown), "{view:?}");
    desk.tell(Event::ReadPeople);
    assert!(done(&desk).0.costs.iter().all(|counted| counted.cost != SwitchCost::NotKnown));
}

/// S8.
#[test]
fn the_question_names_the_addresses_that_several_users_have() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    let address = {
        let mut world = desk.sim.world();
        let address = world.mailcow.state().mailboxes[1].username.clone();
        let users = &mut world.authentik.state_mut().users;
        users.iter_mut().filter(|user| user.username == "akadmin").for_each(|user| user.email = address.to_uppercase());
        address
    };
    desk.tell(Event::Go { section: Section::Check });
    for asked in ["", &address] {
        desk.tell(Event::Ask { question: Question::Switch { address: asked.to_owned() } });
        assert_eq!(desk.view().question.map(|question| question.shared), Some(vec![address.clone()]));
        desk.tell(Event::Withdraw);
    }
}

#[test]
fn a_question_about_the_last_table_is_withdrawn_with_it() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Go { section: Section::Check });
    desk.tell(Event::Ask { question: Question::Switch { address: String::new() } });
    desk.tell(Event::Check);
    assert_eq!(desk.view().question, None);
}
