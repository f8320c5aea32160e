//! The place People: who can sign in, what a switch would cost, and the wave that is switched.

use cowbell::app::{LoadedWave, MoveEnd, PeopleFilter, PeopleView, PersonRow, SeenWith, WaveView};
use cowbell::export::csv;
use cowbell::panel::CheckStatus;
use cowbell::panel::offers::{BarAction, ButtonLabel};
use cowbell::panel::view::{LoadedView, PeopleShown, ReadinessStatus, RequestedView};
use cowbell::panel::{Event, Place, Question, Section, SwitchDirection, TabId, WaveFileError};
use cowbell::transport::{Host as _, Product};
use cowbell::verify::Code;
use cowbell::verify::readiness::Outcome;
use cowbell::verify::switch_cost::SwitchCost;
use cowbell_standins::mailcow::state::{Mailbox, Protocol};
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};

use super::{desk, main_action, send_unknown_addresses};
use crate::support::panel::{Desk, MAILCOW_TAB};
use crate::support::stage::Setting;

/// Both sides are as wanted, mailboxes have passwords, and the place is open.
fn moving() -> Desk {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk.tell(Event::Open { place: Place::People });
    desk
}

/// The same, and it was read what mail programs do.
fn read() -> Desk {
    let desk = moving();
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk
}

fn switchable(desk: &Desk) -> (usize, usize) {
    match desk.view().readiness {
        ReadinessStatus::Done { view, .. } => (view.switchable, view.switched),
        other => panic!("{other:?}"),
    }
}

fn people(desk: &Desk) -> RequestedView<PeopleShown> {
    match desk.view().readiness {
        ReadinessStatus::Done { people, .. } => people,
        other => panic!("{other:?}"),
    }
}

fn done(desk: &Desk) -> (PeopleView, PeopleFilter, WaveView) {
    match people(desk) {
        RequestedView::Done(PeopleShown { view, filter, wave, .. }) => (view, filter, wave),
        other => panic!("{other:?}"),
    }
}

fn shown(desk: &Desk) -> PeopleShown {
    match people(desk) {
        RequestedView::Done(shown) => shown,
        other => panic!("{other:?}"),
    }
}

fn losing(desk: &Desk) -> Vec<PersonRow> {
    match people(desk) {
        RequestedView::Done(shown) => shown.losing,
        other => panic!("{other:?}"),
    }
}

fn wave(desk: &Desk) -> WaveView {
    done(desk).2
}

fn authsources(desk: &Desk) -> Vec<(String, String)> {
    let world = desk.sim.observe();
    let mailboxes = world.mailcow.state().mailboxes.iter();
    mailboxes.map(|mailbox| (mailbox.username.clone(), mailbox.authsource.clone())).collect()
}

fn switched(desk: &Desk) -> Vec<String> {
    authsources(desk).into_iter().filter(|(_, authsource)| authsource == "generic-oidc").map(|(address, _)| address).collect()
}

#[test]
fn who_can_sign_in_is_read_where_it_is_shown() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Open { place: Place::Check });
    assert!(matches!(desk.view().check, CheckStatus::Done { .. }));
    assert_eq!(desk.view().readiness, ReadinessStatus::None, "nobody has asked for the users");
    desk.tell(Event::Open { place: Place::People });
    let view = desk.view();
    assert_eq!((view.place, view.section), (Place::People, Section::Readiness));
    let ReadinessStatus::Done { view: table, .. } = &view.readiness else { panic!("{:?}", view.readiness) };
    assert!(table.users > 0 && !table.planned);
    assert_eq!(desk.panel.find_readiness("", 0, 100).total, table.users);
    assert_eq!(view.bar.iter().map(|button| button.label).collect::<Vec<_>>(), [ButtonLabel::ReadAgain]);
    desk.sim.forget();
    for place in [Place::Maintain, Place::People, Place::Check, Place::People] {
        desk.tell(Event::Open { place });
    }
    assert!(desk.sim.sent().is_empty(), "nothing has changed since");
}

#[test]
fn a_place_opens_in_the_section_that_was_open_last() {
    let desk = moving();
    assert_eq!(desk.view().sections, [Section::Readiness, Section::Switch, Section::Arrivals]);
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::Open { place: Place::Connect });
    assert_eq!(desk.view().section, Section::Plan, "where the run is");
    desk.tell(Event::Go { section: Section::Setup });
    desk.tell(Event::Open { place: Place::People });
    assert_eq!(desk.view().section, Section::Switch);
    desk.tell(Event::Open { place: Place::Connect });
    assert_eq!(desk.view().section, Section::Setup);
    let places: Vec<Place> = Section::ALL.into_iter().map(Section::place).collect();
    assert!(Place::ALL.into_iter().all(|place| places.contains(&place)), "{places:?}");
}

/// The products were read again for a question elsewhere.
#[test]
fn the_table_knows_what_somebody_has_changed_once_it_was_seen() {
    let desk = moving();
    let problems = |desk: &Desk| match desk.view().readiness {
        ReadinessStatus::Done { view, .. } => view.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(problems(&desk), []);
    desk.tell(Event::Open { place: Place::Maintain });
    desk.sim.world().mailcow.state_mut().identity_provider.set("redirect_url", "");
    desk.tell(Event::Ask { question: Question::Remove });
    desk.tell(Event::Withdraw);
    desk.tell(Event::Open { place: Place::People });
    assert_eq!(problems(&desk), [Code::FieldEmpty]);
}

#[test]
fn who_can_sign_in_needs_both_products() {
    let desk = desk();
    desk.set_up();
    desk.tell(Event::Go { section: Section::Readiness });
    assert_eq!(desk.view().readiness, ReadinessStatus::Absent);
}

#[test]
fn a_table_that_was_begun_with_the_last_authentik_is_none_of_another() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Open { place: Place::Check });
    desk.sim.hold();
    let mut reading = desk.begin(Event::Open { place: Place::People });
    assert!(!reading.go_on());
    assert_eq!(desk.view().readiness, ReadinessStatus::Reading);
    desk.begin(Event::Click { tab: TabId(7), url: "https://authentik.other.example/if/admin/".into() }).finish();
    reading.finish();
    assert_eq!(desk.view().readiness, ReadinessStatus::None);
}

#[test]
fn the_table_is_filtered() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Go { section: Section::Readiness });
    let everybody = desk.panel.find_readiness("", 0, 100).total;
    desk.tell(Event::Filter { outcome: Some(Outcome::NewMailbox), reason: None });
    let some = desk.panel.find_readiness("", 0, 100);
    assert!(some.total > 0 && some.total < everybody);
    assert!(some.rows.iter().all(|row| row.outcome == Outcome::NewMailbox));
}

/// Before the switch they sign in with their passwords: that is no refusal to be alarmed about.
#[test]
fn whose_mailbox_has_a_password_is_not_switched_yet() {
    let desk = moving();
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let waiting: Vec<_> = view.reasons.iter().filter(|reason| reason.outcome == Outcome::NotSwitched).collect();
    assert_eq!(waiting.iter().map(|reason| reason.verdict).collect::<Vec<_>>(), [Code::MailboxHasPassword]);
    desk.tell(Event::Filter { outcome: Some(Outcome::NotSwitched), reason: None });
    let found = desk.panel.find_readiness("", 0, 100);
    assert!(found.total == waiting[0].count && found.total > 1, "{found:?}");
    desk.tell(Event::Filter { outcome: Some(Outcome::Refused), reason: None });
    assert!(desk.panel.find_readiness("", 0, 100).rows.iter().all(|row| row.finding.code != Code::MailboxHasPassword));
}

#[test]
fn what_is_typed_stays_while_the_table_is_read_again() {
    let desk = moving();
    desk.tell(Event::Type { text: "somebody@".into() });
    desk.tell(Event::Check);
    assert_eq!(desk.view().typed, "somebody@");
}

#[test]
fn somebody_is_looked_up() {
    let desk = moving();
    let row = desk.panel.find_readiness("", 0, 1).rows[0].clone();
    desk.tell(Event::LookUp { text: row.username.clone() });
    let view = desk.view();
    let ReadinessStatus::Done { verdicts: Some(verdicts), asking: false, .. } = &view.readiness else {
        panic!("{:?}", view.readiness)
    };
    assert_eq!(verdicts[0].username, row.username);
    desk.sim.forget();
    desk.tell(Event::LookUp { text: "  ".into() });
    assert!(desk.sim.sent().is_empty(), "nobody was named");
    assert_eq!(desk.view().readiness, view.readiness);
}

#[test]
fn a_filter_stays_while_somebody_is_looked_up() {
    let desk = moving();
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let reason = view.reasons.len() - 1;
    let (outcome, count) = (view.reasons[reason].outcome, view.reasons[reason].count);
    desk.tell(Event::Filter { outcome: Some(outcome), reason: Some(reason) });
    let somebody = desk.panel.find_readiness("", 0, 1).rows[0].username.clone();
    desk.tell(Event::LookUp { text: somebody });
    assert_eq!(desk.panel.find_readiness("", 0, 100).total, count);
}

#[test]
fn a_filter_ends_when_nobody_is_left_in_it() {
    let desk = read();
    desk.tell(Event::Filter { outcome: Some(Outcome::NotSwitched), reason: None });
    desk.tell(Event::PickFound { text: String::new() });
    desk.agree(Question::SwitchWave);
    let ReadinessStatus::Done { view, outcome, .. } = desk.view().readiness else { panic!("no table") };
    assert!(view.reasons.iter().all(|reason| reason.outcome != Outcome::NotSwitched), "{:?}", view.reasons);
    assert_eq!(outcome, None);
    assert_eq!(desk.panel.find_readiness("", 0, 1).total, view.users);
}

#[test]
fn one_mailbox_is_switched_and_switched_back() {
    let desk = moving();
    let (before, none) = switchable(&desk);
    assert!(before > 1 && none == 0);
    let address = authsources(&desk)[0].0.clone();
    desk.agree(Question::Switch { address: address.clone() });
    assert_eq!((switchable(&desk), switched(&desk)), ((before - 1, 1), vec![address.clone()]));
    desk.tell(Event::Ask { question: Question::SwitchBack { address: String::new() } });
    assert_eq!(desk.view().question.map(|question| question.switched), Some(1));
    desk.tell(desk.yes());
    assert_eq!(switchable(&desk), (before, 0));
}

#[test]
fn those_who_lose_nothing_are_proposed_and_nobody_else_is_switched() {
    let desk = moving();
    desk.tell(Event::Go { section: Section::Switch });
    assert_eq!(people(&desk), RequestedView::None);
    // Nothing is switched before it was read who loses what.
    desk.agree(Question::SwitchWave);
    assert_eq!(switched(&desk), Vec::<String>::new());
    desk.tell(Event::ReadPeople);
    let (view, filter, proposed) = done(&desk);
    assert_eq!(filter, PeopleFilter::default());
    let button = desk.view().bar.into_iter().find(|button| button.main).expect("a primary button");
    assert_eq!((button.action, button.count, button.enabled), (BarAction::AskSwitchWave, proposed.mailboxes, true));
    assert!(proposed.mailboxes > 0 && proposed.mailboxes < view.mailboxes, "{proposed:?}");
    assert!(proposed.costs.iter().all(|counted| counted.cost.is_nothing()) && proposed.losing == 0, "{proposed:?}");
    desk.tell(Event::FilterPeople {
        filter: PeopleFilter { cost: Some(SwitchCost::NeedsAppPassword), ..PeopleFilter::default() },
    });
    let rows = desk.panel.find_people("", 0, 100);
    assert!(rows.total > 0 && rows.rows.iter().all(|row| row.cost == SwitchCost::NeedsAppPassword && !row.in_wave), "{rows:?}");
    let kept: Vec<String> = rows.rows.into_iter().map(|row| row.address).collect();
    desk.tell(Event::Ask { question: Question::SwitchWave });
    assert_eq!(desk.view().question.and_then(|question| question.wave), Some(proposed.clone()), "whatever the list shows");
    desk.tell(Event::FilterPeople { filter: PeopleFilter::default() });
    assert_eq!(desk.panel.find_people("", 0, 100).total, view.mailboxes);
    desk.tell(desk.yes());
    let now = switched(&desk);
    assert_eq!(now.len(), proposed.mailboxes);
    assert_eq!(desk.panel.find_people("", 0, 100).total, view.mailboxes - now.len(), "the list is searched anew");
    assert!(kept.iter().all(|address| !now.contains(address)), "{now:?}");
    let ReadinessStatus::Done { switched: Some(result), .. } = desk.view().readiness else { panic!("nothing was switched") };
    assert_eq!((result.direction, result.result.done, result.result.left), (SwitchDirection::Switch, now.len(), 0));
    assert_eq!(done(&desk).0.mailboxes, view.mailboxes - now.len(), "the list is that of today");
    assert_eq!(wave(&desk).mailboxes, 0, "and the wave is over");
    assert_eq!(main_action(&desk.view()), Some(BarAction::Check));
    desk.agree(Question::SwitchBack { address: now[0].clone() });
    assert_eq!(switched(&desk), now[1..].to_vec(), "one alone");
    let nobody = |desk: &Desk| assert_eq!((wave(desk).mailboxes, picked(desk)), (0, Vec::new()), "who was switched back");
    nobody(&desk);
    desk.agree(Question::SwitchBack { address: String::new() });
    assert_eq!(switched(&desk), Vec::<String>::new());
    nobody(&desk);
    desk.tell(Event::ReadPeople);
    nobody(&desk);
    desk.tell(Event::PickReady);
    assert_eq!(wave(&desk), proposed);
}

/// Who else loses the same is counted.
#[test]
fn of_each_cost_the_first_hundred_are_named() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    // Whose mailbox they are, authentik does not know.
    let nobodys: Vec<String> = (0..120).map(|number| format!("nobody{number}@mail.example")).collect();
    desk.sim.world().mailcow.state_mut().mailboxes.extend(nobodys.iter().map(|address| Mailbox::new(address, "", 0)));
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickFound { text: String::new() });
    for address in nobodys {
        desk.tell(Event::Pick { address });
    }
    let costs = wave(&desk).costs;
    let losses: Vec<_> = costs.iter().filter(|counted| counted.cost.is_loss()).collect();
    assert!(losses.len() > 1 && losses.iter().any(|counted| counted.count == 120), "{costs:?}");
    let named = losing(&desk);
    assert_eq!(named.len(), losses.iter().map(|counted| counted.count.min(100)).sum::<usize>(), "and nobody else");
    for counted in losses {
        let of = named.iter().filter(|row| row.cost == counted.cost).count();
        assert_eq!(of, counted.count.min(100), "{counted:?}");
    }
}

#[test]
fn a_wave_is_made_by_hand_by_search_by_domain_and_by_group() {
    let desk = read();
    let (view, ..) = done(&desk);
    desk.tell(Event::PickNobody);
    assert_eq!(wave(&desk).mailboxes, 0);
    let row =
        desk.panel.find_people("", 0, 100).rows.into_iter().find(|row| row.cost.is_loss()).expect("somebody who loses something");
    desk.tell(Event::Pick { address: row.address.clone() });
    let picked = wave(&desk);
    assert_eq!((picked.mailboxes, picked.costs[0].cost), (1, row.cost));
    assert_eq!(losing(&desk).iter().map(|row| &row.address).collect::<Vec<_>>(), [&row.address], "by name");
    desk.tell(Event::Pick { address: row.address.clone() });
    desk.tell(Event::Pick { address: "nobody@mail.example".into() });
    assert_eq!(wave(&desk).mailboxes, 0, "an address that is in no list");
    let local = row.address.split('@').next().expect("a local part").to_owned();
    desk.tell(Event::PickFound { text: local });
    assert_eq!(wave(&desk).mailboxes, 1);
    // A domain that has none of them, and the one that has all.
    desk.tell(Event::PickNobody);
    let of_domain = |domain: &str| PeopleFilter { domain: Some(domain.to_owned()), ..PeopleFilter::default() };
    desk.tell(Event::FilterPeople { filter: of_domain("example") });
    desk.tell(Event::PickFound { text: String::new() });
    assert_eq!((desk.panel.find_people("", 0, 100).total, wave(&desk).mailboxes), (0, 0));
    assert_eq!(view.domains, ["mail.example"]);
    desk.tell(Event::FilterPeople { filter: of_domain("mail.example") });
    desk.tell(Event::PickFound { text: String::new() });
    let lets_in: usize = view.costs.iter().filter(|counted| counted.cost.lets_sign_in()).map(|counted| counted.count).sum();
    assert_eq!((desk.panel.find_people("", 0, 100).total, wave(&desk).mailboxes), (view.mailboxes, lets_in));
    // The group of one user.
    let group = {
        let mut world = desk.sim.world();
        let state = world.authentik.state_mut();
        let group = state.groups.values().find(|group| !group.is_superuser).expect("a group").pk;
        for user in state.users.iter_mut() {
            user.groups.retain(|pk| *pk != group);
            if user.email == row.address {
                user.groups.push(group);
            }
        }
        group
    };
    desk.tell(Event::Check);
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickNobody);
    desk.tell(Event::FilterPeople { filter: PeopleFilter { group: Some(group.to_string()), ..PeopleFilter::default() } });
    desk.tell(Event::PickFound { text: String::new() });
    assert_eq!(desk.panel.find_wave(0, 10).rows.iter().map(|row| &row.address).collect::<Vec<_>>(), [&row.address]);
}

/// A mapping that Cowbell cannot judge: whoever is switched may or may not get in.
#[test]
fn those_of_whom_nobody_knows_whether_they_get_in_are_counted() {
    let desk = read();
    assert_eq!(wave(&desk).doubtful, 0, "everybody gets in");
    send_unknown_addresses(&desk);
    desk.tell(Event::Check);
    let is_unknown = |row: &PersonRow| row.after.as_ref().is_some_and(|after| after.code == Code::EmailClaimUnknown);
    let address = rows(&desk).into_iter().find(is_unknown).expect("somebody").address;
    desk.tell(Event::PickNobody);
    desk.tell(Event::Pick { address });
    desk.tell(Event::Ask { question: Question::SwitchWave });
    let asked = desk.view().question.and_then(|question| question.wave).expect("a wave");
    assert_eq!((asked.mailboxes, asked.doubtful), (1, 1));
}

/// S8, and a mailbox whose owner could not sign in: both only one by one, and both named.
#[test]
fn whoever_would_be_locked_out_or_joined_is_picked_one_by_one_and_named() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    let [shared, orphan] = {
        let mut world = desk.sim.world();
        let [shared, orphan] = [1, 2].map(|at: usize| world.mailcow.state().mailboxes[at].username.clone());
        let users = &mut world.authentik.state_mut().users;
        users.iter_mut().filter(|user| user.email == orphan).for_each(|user| user.email = "somebody@else.example".into());
        users.iter_mut().filter(|user| user.username == "akadmin").for_each(|user| user.email = shared.to_uppercase());
        [shared, orphan]
    };
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickFound { text: String::new() });
    let all = wave(&desk);
    assert_eq!((all.shared.len(), all.costs.iter().filter(|counted| !counted.cost.lets_sign_in()).count()), (0, 0), "{all:?}");
    desk.agree(Question::SwitchWave);
    let now = switched(&desk);
    assert!(now.len() == all.mailboxes && !now.contains(&shared) && !now.contains(&orphan), "{now:?}");
    for address in [&shared, &orphan] {
        desk.tell(Event::Pick { address: address.clone() });
    }
    desk.tell(Event::Ask { question: Question::SwitchWave });
    let asked = desk.view().question.and_then(|question| question.wave).expect("a wave");
    assert_eq!(asked.shared, std::slice::from_ref(&shared));
    let lost: Vec<_> = losing(&desk).into_iter().map(|row| (row.address, row.cost)).collect();
    assert!(lost.contains(&(orphan.clone(), SwitchCost::KeepsPassword)), "{lost:?}");
    desk.tell(Event::Withdraw);
    desk.tell(Event::Ask { question: Question::Switch { address: shared.clone() } });
    let asked = desk.view().question.and_then(|question| question.wave).expect("what it does");
    assert_eq!((asked.mailboxes, asked.shared.as_slice()), (1, std::slice::from_ref(&shared)));
}

/// Neither a mailbox that somebody else has switched nor one that has a password is Cowbell's to be switched back.
#[test]
fn only_what_cowbell_has_switched_is_asked_about() {
    let desk = moving();
    let [ours, theirs, own] = [0, 1, 2].map(|at: usize| authsources(&desk)[at].0.clone());
    desk.agree(Question::Switch { address: ours.clone() });
    desk.sim.world().mailcow.state_mut().mailboxes[1].authsource = "generic-oidc".into();
    let another = authsources(&desk)[3].0.clone();
    desk.agree(Question::Switch { address: another });
    desk.tell(Event::Check);
    for (address, is_asked) in [(ours, true), (theirs, false), (own, false)] {
        desk.tell(Event::Ask { question: Question::SwitchBack { address: address.clone() } });
        assert_eq!(desk.view().question.map(|asked| asked.switched), is_asked.then_some(1), "{address}");
        desk.tell(Event::Withdraw);
    }
    desk.tell(Event::Ask { question: Question::SwitchBack { address: String::new() } });
    assert_eq!(desk.view().question.map(|asked| asked.switched), Some(2), "all of them");
}

#[test]
fn another_wave_needs_another_question() {
    let desk = read();
    desk.tell(Event::Ask { question: Question::SwitchWave });
    let yes = desk.yes();
    let rows = desk.panel.find_people("", 0, 100).rows;
    let (one, other) = (rows.iter().find(|row| row.in_wave).expect("one"), rows.iter().find(|row| !row.in_wave).expect("other"));
    desk.tell(Event::Pick { address: one.address.clone() });
    assert_eq!(desk.view().question, None);
    desk.tell(Event::Ask { question: Question::SwitchWave });
    desk.tell(Event::Pick { address: other.address.clone() });
    desk.tell(yes);
    assert_eq!(switched(&desk), Vec::<String>::new());
}

#[test]
fn nobody_is_picked_while_a_wave_is_switched() {
    let desk = read();
    let before = wave(&desk).mailboxes;
    desk.tell(Event::Ask { question: Question::SwitchWave });
    desk.sim.hold_at(1);
    let mut switching = desk.begin(desk.yes());
    assert!(!switching.go_on());
    desk.tell(Event::PickFound { text: String::new() });
    assert_eq!(load(&desk, "E-mail address\r\nmailbox1@mail.example\r\n"), None);
    let sent = desk.sim.sent().len();
    desk.tell(Event::ReadPeople);
    desk.tell(Event::ReadArrivals);
    assert_eq!(desk.sim.sent().len(), sent, "nothing is read of what is changing");
    desk.tell(Event::Check);
    switching.finish();
    desk.settle();
    assert_eq!(switched(&desk).len(), before);
    assert_eq!(wave(&desk).mailboxes, 0, "who was picked meanwhile");
    assert!(matches!(desk.view().readiness, ReadinessStatus::Done { switched: Some(_), .. }), "the result is shown");
}

/// It is asked for beside a sign-in that failed, too, where nobody sees that the table could not be read.
#[test]
fn a_switch_reads_the_table_that_could_not_be_read_before() {
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    let kind = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
    desk.sim.world().faults.browser = vec![Fault::on(world::Product::Authentik, "/api/v3/core/users/", kind)];
    desk.tell(Event::Open { place: Place::People });
    assert!(matches!(desk.view().readiness, ReadinessStatus::Failed { .. }), "{:?}", desk.view().readiness);
    desk.sim.world().faults.browser.clear();
    desk.tell(Event::Open { place: Place::Check });
    let address = authsources(&desk)[0].0.clone();
    desk.agree(Question::Switch { address: address.clone() });
    assert_eq!(switched(&desk), [address]);
}

#[test]
fn a_second_switch_does_not_begin_before_the_first_has_ended() {
    let desk = moving();
    let [first, second] = [0, 1].map(|at: usize| authsources(&desk)[at].0.clone());
    desk.tell(Event::Ask { question: Question::Switch { address: first.clone() } });
    desk.sim.hold_at(1);
    let mut switching = desk.begin(desk.yes());
    assert!(!switching.go_on());
    desk.begin(Event::Ask { question: Question::Switch { address: second } }).finish();
    desk.begin(desk.yes()).finish();
    assert!(matches!(desk.view().readiness, ReadinessStatus::Done { switching: Some(_), error: None, .. }));
    switching.finish();
    desk.settle();
    assert_eq!(switched(&desk), [first]);
}

/// S8.
#[test]
fn a_mailbox_of_several_users_is_not_proposed() {
    let address = read().panel.find_wave(0, 1).rows[0].address.clone();
    let desk = desk();
    desk.connect_both();
    desk.give_mailboxes_passwords();
    {
        let mut world = desk.sim.world();
        let users = &mut world.authentik.state_mut().users;
        users.iter_mut().filter(|user| user.username == "akadmin").for_each(|user| user.email = address.to_uppercase());
    }
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    let (view, _, proposed) = done(&desk);
    assert!(view.mailboxes > 0 && proposed.shared.is_empty(), "{proposed:?}");
    assert!(desk.panel.find_people(&address, 0, 9).rows.iter().any(|row| row.cost.is_nothing() && row.is_shared && !row.in_wave));
}

#[test]
fn reading_what_mail_programs_do_is_stopped_and_taken_up_again() {
    let desk = moving();
    desk.sim.hold_at(1);
    let mut reading = desk.begin(Event::ReadPeople);
    assert!(!reading.go_on());
    let RequestedView::Reading(progress) = people(&desk) else { panic!("{:?}", people(&desk)) };
    assert!(progress.total > 0 && !progress.cancelling, "{progress:?}");
    desk.tell(Event::Cancel);
    assert!(matches!(people(&desk), RequestedView::Reading(progress) if progress.cancelling));
    reading.finish();
    // What was read until then counts, and the rest is not known.
    let (view, ..) = done(&desk);
    assert!(view.costs.iter().any(|counted| counted.cost == SwitchCost::NotKnown), "{view:?}");
    desk.tell(Event::ReadPeople);
    assert!(done(&desk).0.costs.iter().all(|counted| counted.cost != SwitchCost::NotKnown));
}

#[test]
fn a_question_about_the_last_table_is_withdrawn_with_it() {
    for question in [Question::SwitchWave, Question::Switch { address: "mailbox1@mail.example".into() }] {
        let desk = read();
        desk.tell(Event::Ask { question });
        desk.tell(Event::Check);
        assert_eq!(desk.view().question, None);
    }
}

#[test]
fn a_question_about_something_else_outlives_the_table() {
    let desk = read();
    desk.tell(Event::Ask { question: Question::HidePasswordForm });
    desk.tell(Event::Check);
    assert_eq!(desk.view().question.map(|asked| asked.question), Some(Question::HidePasswordForm));
}

/// Whom the wave has.
fn picked(desk: &Desk) -> Vec<String> {
    desk.panel.find_wave(0, 100).rows.into_iter().map(|row| row.address).collect()
}

/// The list, with the first of the proposal picked by hand.
fn one_picked() -> (Desk, String) {
    let desk = read();
    let first = picked(&desk).remove(0);
    desk.tell(Event::PickNobody);
    desk.tell(Event::Pick { address: first.clone() });
    (desk, first)
}

#[test]
fn yes_to_a_wave_switches_no_other_one_that_was_read_meanwhile() {
    for again in [|| Event::ReadPeople, || Event::ReadArrivals, || Event::Check] {
        let (desk, first) = one_picked();
        desk.tell(Event::Ask { question: Question::SwitchWave });
        let yes = desk.yes();
        desk.tell(again());
        assert_eq!(desk.view().question, None);
        desk.tell(yes);
        assert_eq!(switched(&desk), Vec::<String>::new());
        desk.tell(Event::ReadPeople);
        assert_eq!(picked(&desk), [first]);
    }
}

#[test]
fn a_wave_that_was_changed_stays_and_a_proposal_is_made_anew() {
    for by_hand in [true, false] {
        let (desk, first) = one_picked();
        desk.tell(if by_hand { Event::FilterPeople { filter: PeopleFilter::default() } } else { Event::PickReady });
        // From now on, mailcow does not tell who would lose nothing.
        desk.sim.world().mailcow.state_mut().show_last_login = false;
        desk.sim.world().mailcow.state_mut().sasl_log.clear();
        desk.tell(Event::Check);
        desk.tell(Event::ReadPeople);
        assert_eq!(picked(&desk), if by_hand { vec![first] } else { Vec::new() });
    }
}

/// The wave was told a day: it is still there on that day, without those who have gone.
#[test]
fn a_wave_outlives_its_list_in_the_same_two_products() {
    let (desk, first) = one_picked();
    let other = desk.panel.find_people("", 0, 100).rows.into_iter().map(|row| row.address).find(|other| *other != first);
    let other = other.expect("another mailbox");
    desk.tell(Event::Pick { address: other.clone() });
    desk.sim.pass_ms(16 * 60 * 1_000);
    desk.tell(Event::Tick);
    assert!(!desk.view().mailcow.is_live(), "it was left alone");
    let mailbox = |desk: &Desk, change: fn(&mut cowbell_standins::mailcow::state::Mailbox)| {
        let mut world = desk.sim.world();
        world.mailcow.state_mut().mailboxes.iter_mut().filter(|mailbox| mailbox.username == other).for_each(change);
    };
    mailbox(&desk, |mailbox| mailbox.authsource = "generic-oidc".into());
    let come_back = || {
        for product in [Product::Authentik, Product::Mailcow] {
            desk.click(product);
        }
        desk.tell(Event::Go { section: Section::Switch });
        desk.tell(Event::ReadPeople);
    };
    come_back();
    assert_eq!(picked(&desk), std::slice::from_ref(&first));
    mailbox(&desk, |mailbox| mailbox.authsource = "mailcow".into());
    desk.tell(Event::Check);
    desk.tell(Event::ReadPeople);
    assert_eq!(picked(&desk), [first], "who has gone does not come back unseen");
    desk.tell(Event::Policy { allowed: Some(Vec::new()) });
    desk.tell(Event::Policy { allowed: None });
    come_back();
    assert!(picked(&desk).len() > 1, "what was known of a place that was not allowed is forgotten");
}

/// Another mailcow has a mailbox with the same address.
#[test]
fn a_wave_is_for_the_mailcow_that_it_was_picked_at() {
    let desk = read();
    let picked_here = losers(&desk).remove(0);
    desk.tell(Event::PickNobody);
    desk.tell(Event::Pick { address: picked_here.clone() });
    desk.tell(Event::MessagesWritten { costs: SwitchCost::ALL.into() });
    assert_eq!(shown(&desk).untold, 0);
    let another = "https://another.company";
    let stranger = Setting { users: 6, mailcow_address: another, ..Setting::default() }.stage();
    for mailbox in &mut stranger.sim.world().mailcow.state_mut().mailboxes {
        mailbox.authsource = "mailcow".into();
    }
    desk.sim.meet(&stranger.sim);
    desk.sim.go_to_stranger(Product::Mailcow, true);
    let url = format!("{another}/admin/system");
    desk.tabs.set_url(MAILCOW_TAB, &url);
    desk.tell(Event::Click { tab: MAILCOW_TAB, url });
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    let row = desk.panel.find_people(&picked_here, 0, 9).rows.into_iter().next().expect("the same address");
    assert!(!row.in_wave, "{row:?}");
    desk.tell(Event::Pick { address: row.address });
    assert_eq!(shown(&desk).untold, 1, "its owner there was not written to");
}

#[test]
fn a_wave_of_which_nothing_is_known_cannot_be_switched() {
    let desk = read();
    desk.sim.hold_at(1);
    let mut reading = desk.begin(Event::ReadPeople);
    assert!(!reading.go_on());
    desk.tell(Event::Ask { question: Question::SwitchWave });
    let asked = desk.view().question.expect("a question");
    assert!(asked.wave.is_none() && !asked.is_ready, "{asked:?}");
    desk.tell(desk.yes());
    assert_eq!(desk.view().question, Some(asked));
    reading.finish();
    desk.settle();
    assert_eq!((desk.view().question, switched(&desk)), (None, Vec::new()), "the next list is not what was asked about");
}

/// What mailcow refuses stays picked, what it switched does not.
#[test]
fn a_wave_keeps_what_is_left_of_it() {
    let desk = read();
    desk.tell(Event::PickFound { text: String::new() });
    let [left, done] = [0, 1].map(|at: usize| picked(&desk).remove(at));
    desk.sim.world().mailcow.state_mut().mailboxes.iter_mut().filter(|mailbox| mailbox.username == left).for_each(|mailbox| {
        mailbox.force_tfa = !mailbox.force_tfa;
    });
    desk.agree(Question::SwitchWave);
    assert!(switched(&desk).contains(&done));
    assert_eq!(picked(&desk), [left]);
}

/// Somebody has given a mailbox its password back that Cowbell had switched: it can be picked like any other.
#[test]
fn what_was_switched_once_stays_in_the_wave_until_it_is_switched_again() {
    let (desk, first) = one_picked();
    desk.agree(Question::SwitchWave);
    assert_eq!(switched(&desk), std::slice::from_ref(&first));
    for mailbox in &mut desk.sim.world().mailcow.state_mut().mailboxes {
        mailbox.authsource = "mailcow".into();
    }
    desk.tell(Event::Check);
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickNobody);
    desk.tell(Event::Pick { address: first.clone() });
    let another = authsources(&desk).into_iter().map(|(address, _)| address).find(|address| *address != first);
    desk.agree(Question::Switch { address: another.expect("another mailbox") });
    assert_eq!(switched(&desk).len(), 1);
    assert_eq!(picked(&desk), [first]);
}

fn rows(desk: &Desk) -> Vec<PersonRow> {
    desk.panel.find_people("", 0, 100).rows
}

/// Addresses of those who lose something and could sign in.
fn losers(desk: &Desk) -> Vec<String> {
    let can_act = |row: &PersonRow| row.cost.is_loss() && row.cost.lets_sign_in();
    rows(desk).into_iter().filter(can_act).map(|row| row.address).collect()
}

#[test]
fn a_name_opens_what_is_known_and_picks_nobody() {
    let desk = read();
    let before = picked(&desk);
    let row = rows(&desk).into_iter().find(|row| !row.breaks.is_empty()).expect("somebody who loses something");
    assert!(shown(&desk).opened.is_empty());
    let open = |address: &str| desk.tell(Event::OpenPerson { address: address.to_owned() });
    open(&row.address);
    let opened = shown(&desk).opened;
    assert_eq!(opened, std::slice::from_ref(&row));
    let newest = opened[0].seen.iter().filter(|seen| seen.with == SeenWith::Password && row.breaks.contains(&seen.protocol));
    assert_eq!(newest.map(|seen| seen.at_ms).max(), row.breaks_at_ms, "{row:?}");
    let ago_s = row.breaks_at_ms.map(|at_ms| (desk.sim.now_ms().saturating_sub(at_ms)) / 1_000);
    assert!(ago_s.is_some_and(|ago_s| ago_s < 365 * 86_400), "{ago_s:?}");
    assert_eq!(picked(&desk), before);
    desk.tell(Event::Check);
    assert_eq!(shown(&desk).opened.iter().map(|row| &row.address).collect::<Vec<_>>(), [&row.address], "read again");
    open("nobody@mail.example");
    assert!(shown(&desk).opened.is_empty(), "an address that is in no list");
    open(&row.address);
    open(&row.address);
    assert!(shown(&desk).opened.is_empty(), "again");
}

#[test]
fn a_press_adds_as_many_as_it_says() {
    let desk = read();
    desk.tell(Event::PickNobody);
    for cost in [Some(SwitchCost::KeepsPassword), Some(SwitchCost::CannotSignIn), Some(SwitchCost::NeedsAppPassword), None] {
        desk.tell(Event::FilterPeople { filter: PeopleFilter { cost, ..PeopleFilter::default() } });
        let (before, said) = (picked(&desk).len(), desk.panel.find_people("", 0, 1).addable);
        desk.tell(Event::PickFound { text: String::new() });
        assert_eq!(picked(&desk).len() - before, said, "{cost:?}");
        assert_eq!(said > 0, cost.is_none_or(SwitchCost::lets_sign_in), "{cost:?}");
        assert_eq!(desk.panel.find_people("", 0, 1).addable, 0, "they are all in the wave: {cost:?}");
    }
}

#[test]
fn a_filter_of_the_list_ends_when_nobody_is_left_in_it() {
    let desk = read();
    let filter = PeopleFilter { cost: Some(SwitchCost::NeedsAppPassword), ..PeopleFilter::default() };
    desk.tell(Event::FilterPeople { filter: filter.clone() });
    desk.tell(Event::ReadPeople);
    assert_eq!(done(&desk).1, filter);
    // From now on, mailcow does not tell who signs in with what.
    desk.sim.world().mailcow.state_mut().show_last_login = false;
    desk.sim.world().mailcow.state_mut().sasl_log.clear();
    desk.tell(Event::Check);
    let (view, shown, _) = done(&desk);
    assert!(view.costs.iter().all(|counted| Some(counted.cost) != filter.cost), "{view:?}");
    assert_eq!(shown, PeopleFilter::default());
}

#[test]
fn the_proposal_is_offered_where_it_changes_something() {
    let desk = read();
    let proposed = wave(&desk).mailboxes;
    assert_eq!(shown(&desk).ready, 0, "it is the proposal");
    desk.tell(Event::PickFound { text: String::new() });
    assert_eq!(shown(&desk).ready, proposed);
    desk.tell(Event::PickReady);
    assert_eq!((wave(&desk).mailboxes, shown(&desk).ready), (proposed, 0));
    // As many, but others.
    let other = losers(&desk).remove(0);
    desk.tell(Event::Pick { address: picked(&desk).remove(0) });
    desk.tell(Event::Pick { address: other });
    assert_eq!(shown(&desk).ready, proposed);
}

#[test]
fn a_move_ends_when_nobody_is_left_whom_a_switch_would_let_in() {
    let desk = moving();
    let lock_out = |at: usize| {
        let mut world = desk.sim.world();
        let address = world.mailcow.state().mailboxes[at].username.clone();
        let users = world.authentik.state_mut().users.iter_mut();
        users.filter(|user| user.email == address).for_each(|user| user.email = "somebody@else.example".into());
    };
    lock_out(0);
    desk.tell(Event::Check);
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    assert_eq!(done(&desk).0.end, None);
    desk.tell(Event::PickFound { text: String::new() });
    desk.agree(Question::SwitchWave);
    let view = done(&desk).0;
    assert_eq!(view.end, Some(MoveEnd::Moved));
    assert!(view.mailboxes > 0 && view.costs.iter().all(|counted| !counted.cost.lets_sign_in()), "{view:?}");
    // Nobody has moved, and nobody can: that is no end.
    desk.agree(Question::SwitchBack { address: String::new() });
    let mailboxes = authsources(&desk).len();
    (0..mailboxes).for_each(lock_out);
    desk.tell(Event::Check);
    desk.tell(Event::ReadPeople);
    assert_eq!(done(&desk).0.end, Some(MoveEnd::NobodyCan));
}

#[test]
fn looking_again_has_a_time_of_its_own() {
    let desk = read();
    let table = |desk: &Desk| match desk.view().readiness {
        ReadinessStatus::Done { view, .. } => view.read_at_ms,
        other => panic!("{other:?}"),
    };
    let (first, of_table) = (done(&desk).0.read_at_ms.expect("a time"), table(&desk));
    desk.sim.pass_ms(5 * 60 * 1_000);
    desk.tell(Event::ReadPeople);
    let again = done(&desk).0.read_at_ms.expect("a time");
    assert!(again >= first + 5 * 60 * 1_000, "{first} {again}");
    assert_eq!(table(&desk), of_table, "users and mailboxes were not read");
}

fn buttons(desk: &Desk) -> Vec<(ButtonLabel, bool)> {
    desk.view().bar.iter().map(|button| (button.label, button.main)).collect()
}

const SWITCH: (ButtonLabel, bool) = (ButtonLabel::PeopleSwitch, true);
const WRITE: [(ButtonLabel, bool); 2] = [(ButtonLabel::PeopleSwitchNow, false), (ButtonLabel::PeopleWrite, true)];

/// The blue button must not be the one that breaks somebody's phone before they were told.
#[test]
fn who_loses_something_is_written_to_before_the_switch() {
    let desk = read();
    assert_eq!(buttons(&desk).last(), Some(&SWITCH), "nobody loses anything");
    let [first, second] = [0, 1].map(|at| losers(&desk).swap_remove(at));
    let cost = rows(&desk).into_iter().find(|row| row.address == first).expect("a row").cost;
    desk.tell(Event::Pick { address: first });
    assert_eq!((buttons(&desk), shown(&desk).untold), (WRITE.to_vec(), 1));
    desk.tell(Event::WriteMessages);
    desk.tell(Event::WriteMessages);
    assert_eq!(shown(&desk).writing, 2);
    desk.tell(Event::MessagesWritten { costs: vec![SwitchCost::Ready, SwitchCost::NeverSeen] });
    assert_eq!(buttons(&desk), WRITE, "the other message was written");
    desk.tell(Event::MessagesWritten { costs: vec![cost] });
    assert_eq!((buttons(&desk).last(), shown(&desk).untold), (Some(&SWITCH), 0));
    desk.tell(Event::ReadPeople);
    assert_eq!(buttons(&desk).last(), Some(&SWITCH), "that is not forgotten with the list");
    desk.tell(Event::Pick { address: second });
    assert_eq!(buttons(&desk), WRITE, "somebody else was not told");
    desk.tell(Event::WriteMessages);
    desk.tell(Event::Go { section: Section::Arrivals });
    desk.tell(Event::Go { section: Section::Switch });
    assert_eq!(shown(&desk).writing, 0, "what was asked for is not asked for again");
    // It is the administrator who decides.
    let all = wave(&desk).mailboxes;
    desk.agree(Question::SwitchWave);
    assert_eq!(switched(&desk).len(), all);
}

#[test]
fn who_was_written_to_is_known_when_the_proposal_is_made_anew() {
    let desk = read();
    let one = losers(&desk).remove(0);
    desk.tell(Event::Pick { address: one.clone() });
    desk.tell(Event::MessagesWritten { costs: SwitchCost::ALL.into() });
    desk.tell(Event::PickReady);
    desk.tell(Event::ReadPeople);
    assert!(!picked(&desk).contains(&one));
    desk.tell(Event::Pick { address: one });
    assert_eq!((buttons(&desk).last(), shown(&desk).untold), (Some(&SWITCH), 0));
}

/// The other sections of the place have their own lists.
#[test]
fn a_wave_is_switched_where_it_is_shown() {
    let desk = read();
    for section in [Section::Readiness, Section::Arrivals] {
        desk.tell(Event::Go { section });
        assert_eq!(buttons(&desk), [(ButtonLabel::ReadAgain, true)], "{section:?}");
    }
    desk.tell(Event::Go { section: Section::Switch });
    assert_eq!(buttons(&desk).last(), Some(&SWITCH));
}

/// Somebody who lost nothing got the message that does not tell what to do, and then begins to use a mail program.
#[test]
fn who_was_told_that_nothing_breaks_is_told_when_something_would() {
    let desk = read();
    desk.tell(Event::MessagesWritten { costs: SwitchCost::ALL.into() });
    let one = rows(&desk).into_iter().find(|row| row.in_wave && row.cost.is_nothing()).expect("somebody").address;
    {
        let mut world = desk.sim.world();
        let mailbox = world.mailcow.state_mut().mailbox_mut(&one).expect("a mailbox");
        (mailbox.password, mailbox.protocols) = (Some("own".into()), Protocol::ALL.into());
        assert!(world.mailcow.sign_in_by_program(Protocol::Imap, &one, "own"));
    }
    desk.tell(Event::Pick { address: one.clone() });
    desk.tell(Event::Pick { address: one });
    desk.tell(Event::ReadPeople);
    assert_eq!((buttons(&desk), shown(&desk).untold), (WRITE.to_vec(), 1));
}

/// Those who could not sign in get no message, so none can be written to them.
#[test]
fn nobody_is_asked_to_write_to_those_who_could_not_sign_in() {
    let desk = read();
    let cannot = rows(&desk).into_iter().find(|row| !row.cost.lets_sign_in()).expect("somebody").address;
    desk.tell(Event::PickNobody);
    desk.tell(Event::Pick { address: cannot });
    assert_eq!(buttons(&desk).last(), Some(&SWITCH));
}

fn load(desk: &Desk, text: &str) -> Option<LoadedView> {
    let addresses = ["E-mail address", "E-Mail-Adresse"].map(str::to_owned).to_vec();
    let needs = ["App password needed", "App-Passwort nötig"].map(str::to_owned).to_vec();
    let told = ["yes", "not known", "ja", "nicht bekannt"].map(str::to_owned).to_vec();
    desk.tell(Event::LoadWave { text: text.to_owned(), addresses, needs, told });
    shown(desk).loaded
}

/// A table with this heading. Where it has a column for that, everybody has the same need.
fn file(head: &[&str], addresses: &[String], need: &str) -> String {
    let cell = |name: &str, address: &str| match &name[..2] {
        "E-" => address.to_owned(),
        "Ap" => need.to_owned(),
        _ => "\"a\",\nb;".to_owned(),
    };
    let row = |address: &String| head.iter().map(|name| cell(name, address)).collect();
    csv(&[vec![head.iter().map(|name| (*name).to_owned()).collect()], addresses.iter().map(row).collect()].concat())
}

/// A week later: the panel was closed, and the wave comes from the file that was kept.
#[test]
fn a_wave_is_loaded_from_the_file_that_was_saved() {
    let desk = read();
    let all = rows(&desk);
    let cannot = all.iter().find(|row| !row.cost.lets_sign_in()).expect("somebody").address.clone();
    let gone = all.iter().find(|row| row.cost.is_nothing()).expect("somebody").address.clone();
    desk.agree(Question::Switch { address: gone.clone() });
    let lost = losers(&desk);
    let other = rows(&desk).into_iter().find(|row| row.cost.is_nothing()).expect("somebody").address;
    let mut named = lost.clone();
    named.extend([other.to_uppercase(), other.clone(), gone, cannot, "-nobody@mail.example".into()]);
    let mut expected = lost.clone();
    expected.push(other);
    expected.sort();
    let loaded = LoadedWave { picked: expected.len(), one_by_one: 1, switched: 1, absent: 1 };
    for (head, need, is_told) in [
        (["E-mail address", "Name", "Message"], "", false),
        (["E-mail address", "App password needed", "Name"], "no", false),
        (["Name", "E-Mail-Adresse", "App-Passwort nötig"], " ja ", true),
    ] {
        desk.tell(Event::Go { section: Section::Switch });
        desk.tell(Event::PickNobody);
        assert_eq!(load(&desk, &file(&head, &named, need)), Some(LoadedView::Done(loaded)), "{head:?}");
        assert_eq!(picked(&desk), expected, "{head:?}");
        assert_eq!(shown(&desk).untold, if is_told { 0 } else { lost.len() }, "{head:?} {need}");
        assert_eq!(buttons(&desk).last() == Some(&SWITCH), is_told, "{head:?} {need}");
    }
    assert_eq!(losing(&desk).len(), lost.len(), "and who loses something is named");
    desk.tell(Event::Pick { address: expected[0].clone() });
    assert_eq!(shown(&desk).loaded, None, "the wave is another one");
    // What one row of several says is not certain.
    let desk = read();
    let head = ["E-mail address", "App password needed"];
    let (told, not) = (file(&head, &lost, "yes"), file(&head, &lost[..1], "no"));
    load(&desk, &[&told, not.split_once('\n').expect("a heading").1].concat());
    assert_eq!((buttons(&desk), shown(&desk).untold), (WRITE.to_vec(), 1));
}

#[test]
fn a_file_that_is_none_of_cowbells_changes_no_wave() {
    let desk = read();
    let before = picked(&desk);
    let other = LoadedWave { absent: 1, ..LoadedWave::default() };
    for (text, expected) in [
        ("", LoadedView::Refused { error: WaveFileError::Other }),
        ("{\"cowbellPlan\":1}", LoadedView::Refused { error: WaveFileError::Other }),
        ("Address;Name\r\nmailbox1@mail.example;x\r\n", LoadedView::Refused { error: WaveFileError::Other }),
        ("E-mail address\r\n\"mailbox1@mail.example", LoadedView::Refused { error: WaveFileError::Malformed }),
        ("E-mail address;Name\r\n;x\r\n", LoadedView::Refused { error: WaveFileError::Empty }),
        ("E-mail address;Name\r\nsomebody@another.example;x\r\n", LoadedView::Done(other)),
    ] {
        assert_eq!(load(&desk, text), Some(expected), "{text:?}");
        assert_eq!(picked(&desk), before, "{text:?}");
    }
}
