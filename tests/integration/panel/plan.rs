//! Plan, apply, undo: what is shown, what is performed, and when a plan no longer counts.

use std::collections::BTreeMap;

use cowbell::panel::offers::{BarAction as Action, ButtonLabel, ButtonNote};
use cowbell::panel::view::{RunView, UsersView};
use cowbell::panel::{Event, Lost, Question, RunDirection, Section, TabId};
use cowbell::setup::Audience;
use cowbell::transport::{PageId, Product};
use cowbell::verify::Code;
use cowbell_standins::world::faults::{Fault, FaultKind};
use http::Method;

use super::{applying, desk, is_current, is_in_sync, main_action, offered, planned_kinds, providers, small};
use crate::support::panel::Desk;
use crate::support::stage::{BOTH, MAILCOW, Setting};
use crate::support::{Interruptions, stage};

/// A plan is shown.
fn planned() -> Desk {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    desk
}

#[test]
fn a_plan_is_shown_and_performed() {
    let desk = planned();
    let view = desk.view();
    assert_eq!(view.section, Section::Plan);
    assert_eq!(main_action(&view), Some(Action::Apply));
    assert!(view.badges.plan > 0 && view.badges.plan == view.bar[0].count, "{:?}", view.bar);
    assert_eq!(desk.sim.writes().len(), 0, "a plan writes nothing");
    desk.tell(Event::Apply);
    let view = desk.view();
    assert!(is_in_sync(&view), "{:?}", view.run);
    assert_eq!(offered(&view), [Action::AskUndo, Action::OpenMailcow]);
    assert_eq!(main_action(&view), Some(Action::OpenMailcow));
    assert!(view.can_undo && view.registration.is_some());
    assert_eq!(view.badges.plan, 0);
}

/// H7: to look at another place costs nobody the plan.
#[test]
fn a_plan_outlives_a_check() {
    let desk = planned();
    desk.tell(Event::Go { section: Section::Check });
    desk.tell(Event::Check);
    desk.tell(Event::Go { section: Section::Plan });
    assert_eq!(is_current(&desk.view()), Some(true));
    desk.tell(Event::Apply);
    assert!(is_in_sync(&desk.view()), "{:?}", desk.view().run);
}

/// H6: who is written is who was chosen, whatever the list of users looks like by then.
#[test]
fn users_that_are_read_again_outdate_the_plan_instead_of_moving_it() {
    let desk = planned();
    let [first, second] = {
        let mut rows = desk.panel.find_users("", cowbell::app::UserFilter::Changed, 0, 3).rows;
        rows.retain(|row| row.username != "akadmin");
        [rows[0].pk, rows[1].pk]
    };
    desk.edit(|draft| draft.audience = Audience::Users { users: vec![second] });
    desk.tell(Event::Plan);
    assert_eq!(is_current(&desk.view()), Some(true));
    desk.sim.world().authentik.state_mut().users.remove(first);
    desk.tabs.load(Product::Authentik);
    desk.settle();
    let view = desk.view();
    assert_eq!(is_current(&view), Some(false));
    assert!(!offered(&view).contains(&Action::Apply), "{:?}", view.bar);
    assert_eq!(view.badges.plan, 0);
    desk.tell(Event::Apply);
    assert!(desk.sim.writes().is_empty(), "an outdated plan writes nothing");
    desk.tell(Event::Plan);
    desk.tell(Event::Apply);
    let world = desk.sim.observe();
    let marked = |pk: i64| {
        let user = world.authentik.state().users.iter().find(|user| user.pk == pk).expect("a user");
        user.attributes.get("email_verified").is_some()
    };
    let others = world.authentik.state().users.iter().filter(|user| user.pk != second && marked(user.pk)).count();
    assert!(marked(second));
    assert_eq!(others, 0);
}

#[test]
fn another_wish_outdates_the_plan_and_taking_it_back_does_not() {
    let desk = planned();
    desk.edit(|draft| draft.application_name = Some("Mail".to_owned()));
    let view = desk.view();
    assert_eq!(is_current(&view), Some(false));
    assert_eq!(view.bar.iter().map(|button| (button.label, button.main)).collect::<Vec<_>>(), [(ButtonLabel::ReadAgain, true)]);
    desk.edit(|draft| draft.application_name = None);
    assert_eq!(is_current(&desk.view()), Some(true));
}

#[test]
fn something_else_at_authentik_outdates_the_plan() {
    let desk = planned();
    desk.sim.world().authentik.add_half_made_attempt(MAILCOW);
    desk.tabs.load(Product::Authentik);
    desk.settle();
    assert_eq!(is_current(&desk.view()), Some(false));
    desk.tell(Event::Plan);
    assert_eq!(is_current(&desk.view()), Some(true));
}

#[test]
fn the_same_at_authentik_does_not_outdate_the_plan() {
    let desk = planned();
    desk.tabs.load(Product::Authentik);
    desk.settle();
    assert_eq!(is_current(&desk.view()), Some(true));
    assert_eq!(main_action(&desk.view()), Some(Action::Apply));
}

#[test]
fn a_plan_with_nothing_to_do_leads_to_mailcow() {
    let desk = planned();
    desk.tell(Event::Apply);
    desk.tell(Event::Plan);
    let view = desk.view();
    assert!(matches!(&view.run, RunView::Planned { plan, .. } if plan.writes == 0));
    assert_eq!(main_action(&view), Some(Action::OpenMailcow));
    desk.tell(Event::OpenMailcow);
    let view = desk.view();
    assert_eq!((view.section, view.opened), (Section::Mailcow, true));
    assert_eq!(desk.tabs.visited(), [(format!("{MAILCOW}/admin/system"), false)]);
    desk.click(Product::Mailcow);
    assert!(!desk.view().opened);
}

/// A look-alike was clicked before (docs/contract/cases.md, S15): it is not what is opened as the administrator's mailcow.
#[test]
fn mailcow_is_opened_where_it_is_registered() {
    let desk = planned();
    desk.tell(Event::Apply);
    for (url, in_front) in
        [("https://mailcow.stranger.test/admin/system", vec![]), (&*format!("{MAILCOW}/admin/system"), vec![TabId(9)])]
    {
        desk.tell(Event::Click { tab: TabId(9), url: url.to_owned() });
        desk.tell(Event::Live { product: Product::Mailcow, page: PageId(99), url: url.to_owned() });
        desk.tell(Event::OpenMailcow);
        assert_eq!(desk.tabs.in_front(), in_front, "{url}");
        assert_eq!(desk.tabs.visited().last(), Some(&(format!("{MAILCOW}/admin/system"), false)));
    }
}

/// The draft did not say yet which client it is when authentik was clicked.
#[test]
fn a_plan_with_nothing_to_do_finds_out_what_mailcow_needs() {
    let stage = small();
    Desk::of(&stage).set_up();
    let desk = Desk::in_window(&stage, "another", &BTreeMap::new());
    desk.click(Product::Authentik);
    assert_eq!(desk.view().registration, None);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    let view = desk.view();
    assert!(matches!(&view.run, RunView::Planned { plan, .. } if plan.writes == 0), "{:?}", view.run);
    assert!(view.registration.is_some());
    assert_eq!(main_action(&view), Some(Action::OpenMailcow));
}

#[test]
fn a_plan_is_not_performed_while_no_page_of_authentik_is_there() {
    let product = Product::Authentik;
    for event in [Event::Connecting { product }, Event::Lost { product, why: Lost::Unreachable }] {
        let desk = planned();
        assert_eq!(offered(&desk.view()), [Action::Apply]);
        desk.begin(event).finish();
        let view = desk.view();
        assert!(!view.authentik.is_live() && is_current(&view) == Some(true), "{:?}", view.authentik);
        assert_eq!((main_action(&view), offered(&view)), (Some(Action::Apply), Vec::new()), "{:?}", view.authentik);
        desk.click(product);
        assert_eq!(offered(&desk.view()), [Action::Apply]);
    }
}

#[test]
fn what_was_written_is_taken_back_after_a_question() {
    let desk = planned();
    desk.tell(Event::Apply);
    desk.tell(Event::Ask { question: Question::Undo });
    let question = desk.view().question.expect("a question");
    assert!(question.is_dangerous);
    assert_eq!(question.authentik, "authentik.company");
    assert!(desk.view().bar.is_empty(), "nothing else can be pressed");
    desk.tell(Event::Withdraw);
    assert_eq!(providers(&desk).len(), 1);
    desk.tell(Event::Ask { question: Question::Undo });
    desk.sim.hold();
    let mut undo = desk.begin(desk.yes());
    assert!(!undo.go_on());
    let cancel = desk.view().bar.remove(0);
    assert_eq!((cancel.action, cancel.note), (Action::Cancel, None), "what was undone cannot be undone");
    undo.finish();
    desk.settle();
    let view = desk.view();
    assert!(matches!(&view.run, RunView::Undone { report } if report.error.is_none()), "{:?}", view.run);
    assert!(providers(&desk).is_empty() && !view.can_undo);
    assert_eq!(view.registration, None);
}

#[test]
fn another_panel_can_take_it_back() {
    let stage = small();
    Desk::of(&stage).set_up();
    let desk = Desk::of(&stage);
    assert!(!desk.view().can_undo, "before it is known which authentik this is");
    desk.click(Product::Authentik);
    assert!(desk.view().can_undo);
    desk.tell(Event::Go { section: Section::Plan });
    assert_eq!(offered(&desk.view()), [Action::AskUndo, Action::Plan]);
    assert_eq!(main_action(&desk.view()), Some(Action::Plan));
    desk.edit(|draft| draft.mailcow = "nowhere".into());
    assert_eq!(offered(&desk.view()), [Action::AskUndo], "that cannot be planned");
    desk.agree(Question::Undo);
    assert!(providers(&desk).is_empty());
}

/// In a large directory, that is what takes long.
#[test]
fn users_are_read_once_until_something_is_written() {
    let desk = desk();
    let pages = || desk.sim.sent().iter().filter(|sent| sent.url.contains("/api/v3/core/users/?")).count();
    desk.click(Product::Authentik);
    let first = pages();
    assert!(first > 0);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    desk.tell(Event::Go { section: Section::Setup });
    desk.tell(Event::Plan);
    assert_eq!(pages(), first);
}

/// Where the browser has no space left, only this panel can take it back, and the button says so.
#[test]
fn an_undo_that_ends_with_the_panel_is_called_so() {
    for (space, note) in [(0, Some(ButtonNote::UndoNotKept)), (10 << 20, None)] {
        let stage = small();
        stage.sim.set_space(space);
        let desk = Desk::of(&stage);
        desk.set_up();
        desk.tell(Event::Go { section: Section::Plan });
        let view = desk.view();
        let undo = view.bar.iter().find(|button| button.action == Action::AskUndo).expect("a button");
        assert_eq!(undo.note, note);
    }
}

#[test]
fn a_run_is_stopped_and_goes_on() {
    let desk = Desk::of(&Setting { users: 40, ..Setting::default() }.stage());
    let run = applying(&desk);
    let view = desk.view();
    assert!(matches!(view.run, RunView::Running { direction: RunDirection::Apply, cancelling: false, .. }));
    assert_eq!(offered(&view), [Action::Cancel]);
    assert_eq!(view.bar[0].note, Some(ButtonNote::RunUndoable));
    desk.begin(Event::Cancel).finish();
    let view = desk.view();
    assert!(matches!(view.run, RunView::Running { cancelling: true, .. }));
    assert_eq!(offered(&view), []);
    run.finish();
    desk.settle();
    let view = desk.view();
    let stopped = matches!(&view.run, RunView::Applied { report } if report.error.as_ref().is_some_and(|stop| stop.code == Code::SendCancelled));
    assert!(stopped, "{:?}", view.run);
    assert_eq!(view.bar.last().map(|button| button.label), Some(ButtonLabel::GoOn));
    desk.tell(Event::Plan);
    desk.tell(Event::Apply);
    assert!(is_in_sync(&desk.view()), "{:?}", desk.view().run);
}

/// authentik has asked the run for a pause. A list that is cancelled together with it ends before it.
#[test]
fn a_run_that_is_being_cancelled_does_not_go_on_when_something_else_ends() {
    let desk = Desk::of(&Setting { users: 40, ..Setting::default() }.stage());
    for product in BOTH {
        desk.click(product);
    }
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::Plan);
    let busy = FaultKind::Status { status: 503, body: String::new(), content_type: None, retry_after_s: Some(7) };
    let fault = Fault::on(cowbell_standins::world::Product::Authentik, "/api/v3/core/users/", busy).method(&Method::PATCH);
    desk.sim.world().faults.browser.push(fault.times(1));
    desk.tabs.hold_pause();
    let mut run = desk.begin(Event::Apply);
    assert!(!run.go_on());
    desk.sim.hold();
    let mut reading = desk.begin(Event::ReadPeople);
    assert!(!reading.go_on());
    desk.begin(Event::Cancel).finish();
    reading.finish();
    assert!(matches!(desk.view().run, RunView::Running { cancelling: true, .. }), "{:?}", desk.view().run);
    desk.sim.forget();
    run.finish();
    assert!(desk.sim.writes().is_empty(), "{:?}", desk.sim.writes());
    let view = desk.view();
    let stopped = matches!(&view.run, RunView::Applied { report } if report.error.as_ref().is_some_and(|stop| stop.code == Code::SendCancelled));
    assert!(stopped, "{:?}", view.run);
    desk.settle();
    assert!(desk.view().authentik.is_live(), "afterwards, it is read again");
}

#[test]
fn a_run_shows_how_far_it_has_come() {
    let desk = Desk::of(&Setting { users: 40, ..Setting::default() }.stage());
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    desk.sim.hold_at(20);
    let mut run = desk.begin(Event::Apply);
    assert!(!run.go_on());
    let RunView::Running { progress, .. } = desk.view().run else { panic!("{:?}", desk.view().run) };
    assert!(progress.users_done > 0 && progress.users_done < progress.users_total, "{progress:?}");
    let renders = desk.tabs.renders();
    desk.sim.takes_ms(0, 1_000);
    desk.sim.hold_at(10);
    assert!(!run.go_on());
    assert!(desk.tabs.renders() > renders, "what takes long is shown while it goes on");
    run.finish();
    assert!(is_in_sync(&desk.view()), "{:?}", desk.view().run);
}

#[test]
fn a_run_waits_for_a_busy_authentik_until_it_is_cancelled() {
    for is_cancelled in [false, true] {
        let desk = planned();
        let busy = FaultKind::Status { status: 429, body: String::new(), content_type: None, retry_after_s: Some(30) };
        let writes =
            Fault::on(cowbell_standins::world::Product::Authentik, "/api/v3/core/users/", busy).method(&http::Method::PATCH);
        desk.sim.world().faults.browser.push(writes.times(1));
        desk.sim.forget();
        desk.tabs.hold_pause();
        let mut run = desk.begin(Event::Apply);
        assert!(!run.go_on());
        if is_cancelled {
            desk.begin(Event::Cancel).finish();
        }
        run.finish();
        desk.settle();
        assert_eq!(is_in_sync(&desk.view()), !is_cancelled, "{:?}", desk.view().run);
        assert_eq!(desk.sim.slept_ms() < 1_000, is_cancelled, "{} ms", desk.sim.slept_ms());
        assert!(desk.sim.slept_ms() <= 30_000, "{} ms", desk.sim.slept_ms());
    }
}

#[test]
fn a_run_in_a_tab_that_is_closed_ends_and_goes_on_after_a_click() {
    let desk = planned();
    desk.sim.interrupt(Interruptions { tab_gone_after: Some(6), ..Interruptions::default() });
    desk.tell(Event::Apply);
    let view = desk.view();
    assert!(matches!(&view.run, RunView::Applied { report } if report.error.is_some()), "{:?}", view.run);
    desk.sim.click();
    desk.click(Product::Authentik);
    desk.tell(Event::Plan);
    desk.tell(Event::Apply);
    assert!(is_in_sync(&desk.view()), "{:?}", desk.view().run);
    assert_eq!(providers(&desk).len(), 1, "no object twice");
}

#[test]
fn a_plan_that_cannot_be_made_says_why_and_is_tried_again() {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    let broken = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
    desk.sim
        .world()
        .faults
        .browser
        .push(Fault::on(cowbell_standins::world::Product::Authentik, "/api/v3/core/users/", broken).skip(1).times(10));
    desk.tabs.load(Product::Authentik);
    desk.settle();
    desk.tell(Event::Plan);
    assert!(matches!(desk.view().run, RunView::Failed { .. }), "{:?}", desk.view().run);
    assert_eq!(offered(&desk.view()), []);
    desk.sim.world().faults.browser.clear();
    desk.tell(Event::Plan);
    assert_eq!(is_current(&desk.view()), Some(true));
}

/// After a write, such as that of another secret, the plan reads the users anew.
#[test]
fn a_plan_that_fails_leaves_no_users_being_read() {
    let desk = Desk::of(&Setting { users: 250, ..Setting::default() }.stage());
    desk.connect_both();
    desk.click(Product::Authentik);
    desk.agree(Question::Rotate);
    let broken = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
    desk.sim
        .world()
        .faults
        .browser
        .push(Fault::on(cowbell_standins::world::Product::Authentik, "/api/v3/core/users/", broken).skip(2).times(10));
    desk.tell(Event::Plan);
    let view = desk.view();
    assert!(matches!(view.run, RunView::Failed { .. }), "{:?}", view.run);
    assert!(matches!(view.users, UsersView::Failed { .. }), "{:?}", view.users);
}

#[test]
fn a_fault_is_fixed_by_a_new_plan() {
    let desk = planned();
    desk.tell(Event::Apply);
    desk.sim.world().authentik.state_mut().applications[0].meta_launch_url.clear();
    desk.tell(Event::Repair { section: Section::Plan });
    let view = desk.view();
    assert_eq!(view.section, Section::Plan);
    assert!(!planned_kinds(&view).is_empty());
    desk.tell(Event::Repair { section: Section::Setup });
    assert_eq!(desk.view().section, Section::Setup);
}

#[test]
fn nothing_is_performed_that_was_not_shown() {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.edit(|draft| *draft = stage::draft());
    desk.tell(Event::Ask { question: Question::Undo });
    let yes = desk.yes();
    desk.tell(Event::Withdraw);
    for event in [Event::Apply, yes] {
        desk.tell(event);
        assert_eq!((desk.sim.writes().len(), desk.view().run), (0, RunView::None));
    }
}
