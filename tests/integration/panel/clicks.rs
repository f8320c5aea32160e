//! Clicks on the icon, tabs that go and come back.

use cowbell::mailcow::Field;
use cowbell::panel::CheckStatus;
use cowbell::panel::offers::BarAction;
use cowbell::panel::view::{ConnectionView, RunView, UsersView};
use cowbell::panel::{Event, Lost, Question, Refusal, Section, TabId};
use cowbell::transport::Product;
use cowbell::verify::Code;

use super::{applying, desk, is_in_sync, offered, secrets, small};
use crate::support::Sent;
use crate::support::panel::{AUTHENTIK_TAB, Desk, MAILCOW_TAB};
use crate::support::stage::{AUTHENTIK, BOTH, MAILCOW, Setting};

#[test]
fn a_page_of_neither_product_is_left_alone() {
    let desk = desk();
    desk.tell(Event::Click { tab: TabId(9), url: "https://news.example/admin-of-nothing".into() });
    let view = desk.view();
    assert_eq!(view.refusal, Some(Refusal::Unknown));
    assert_eq!((view.authentik, view.mailcow), (ConnectionView::Absent, ConnectionView::Absent));
    assert!(desk.sim.sent().is_empty());
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    assert_eq!((desk.view().refusal, offered(&desk.view())), (None, vec![BarAction::Plan]));
    // What is shown until the next click is that nothing came of this one.
    desk.tell(Event::Click { tab: TabId(9), url: "https://news.example/admin-of-nothing".into() });
    assert_eq!(offered(&desk.view()), []);
}

#[test]
fn a_page_that_the_policy_does_not_allow_is_left_alone() {
    let desk = Desk::with_policy(&small(), Some(&[MAILCOW.to_owned()]));
    desk.click(Product::Authentik);
    let view = desk.view();
    assert_eq!(view.refusal, Some(Refusal::Forbidden));
    assert_eq!(view.allowed_origins.as_deref(), Some(&[MAILCOW.to_owned()][..]));
    assert!(desk.sim.sent().is_empty());
    desk.click(Product::Mailcow);
    assert!(desk.view().mailcow.is_live());
}

#[test]
fn nothing_is_planned_for_a_mailcow_that_the_policy_does_not_allow() {
    let desk = Desk::with_policy(&small(), Some(&[AUTHENTIK.to_owned()]));
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    let view = desk.view();
    assert!(!view.mailcow_allowed);
    assert_eq!(offered(&view), []);
}

/// mailcow has an authentik stored that the policy does not allow: not even its page sends anything there.
#[test]
fn a_page_that_the_policy_allows_sends_nothing_elsewhere() {
    let stage = small();
    Desk::of(&stage).connect_both();
    let desk = Desk::with_policy(&stage, Some(&[MAILCOW.to_owned()]));
    desk.click(Product::Mailcow);
    desk.tabs.show_form();
    desk.tabs.type_into_form(true, |_| {});
    desk.sim.forget();
    desk.settle();
    let pair = desk.view().form.and_then(|form| form.pair);
    assert_eq!(pair.map(|pair| pair.code), Some(Code::CredentialsUnreachable));
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
}

/// The browser follows the redirects of a request whose answer it hides, to wherever they lead (docs/contract/cases.md, S16).
#[test]
fn under_a_policy_nothing_is_sent_whose_redirects_nobody_sees() {
    let stage = small();
    Desk::of(&stage).connect_both();
    let both = [AUTHENTIK, MAILCOW].map(str::to_owned);
    for (allowed, is_sent) in [(None, true), (Some(&both[..]), false)] {
        let desk = Desk::with_policy(&stage, allowed);
        desk.click(Product::Mailcow);
        desk.tabs.show_form();
        desk.settle();
        desk.sim.forget();
        // What authentik says of a client that it does not know, no page of mailcow can read.
        desk.tabs.type_into_form(true, |form| {
            let control = form.controls.iter_mut().find(|control| control.name == Field::ClientId.name()).expect("a field");
            control.values[0] = "nobody".to_owned();
        });
        desk.settle();
        let at_authentik = desk.sim.sent().into_iter().filter(|sent| sent.url.starts_with(AUTHENTIK));
        let (tests, contacts): (Vec<Sent>, Vec<Sent>) = at_authentik.partition(Sent::is_write);
        assert_eq!((tests.is_empty(), contacts.is_empty()), (false, !is_sent), "{contacts:?}");
    }
}

/// A policy that arrives or changes while the panel is open applies from then on (docs/contract/cases.md, S7): what it does not allow
/// is left, and nothing is sent there, not even by what was begun before.
#[test]
fn a_policy_that_changes_is_asked_at_every_click_and_batch() {
    let desk = Desk::with_policy(&small(), None);
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    assert!(matches!(desk.view().run, RunView::Planned { .. }));
    desk.sim.forget();
    desk.tell(Event::Policy { allowed: Some(vec![AUTHENTIK.to_owned()]) });
    assert!(!desk.view().mailcow_allowed);
    desk.tell(Event::Apply);
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    desk.tell(Event::Policy { allowed: Some(Vec::new()) });
    let view = desk.view();
    assert_eq!((view.authentik, view.refusal), (ConnectionView::Absent, Some(Refusal::Forbidden)));
    desk.tell(Event::Retry { product: Product::Authentik });
    desk.click(Product::Authentik);
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    desk.tell(Event::Policy { allowed: None });
    desk.click(Product::Authentik);
    assert!(desk.view().authentik.is_live());
}

/// A run that it ends is shown until it has ended, with what it has done.
#[test]
fn a_policy_that_changes_during_a_run_hides_nothing_of_it() {
    let desk = desk();
    let run = applying(&desk);
    desk.begin(Event::Policy { allowed: Some(Vec::new()) }).finish();
    assert!(matches!(desk.view().run, RunView::Running { .. }), "{:?}", desk.view().run);
    run.finish();
    desk.settle();
    assert!(matches!(desk.view().run, RunView::Applied { report } if report.error.is_some()), "{:?}", desk.view().run);
}

/// So does one that is tightened while a page is loading, which nobody connects any more, or between two pages.
#[test]
fn a_policy_that_changes_while_a_page_is_loading_is_asked_about_it() {
    for product in [Product::Authentik, Product::Mailcow] {
        let desk = Desk::with_policy(&small(), None);
        let (tab, url) = match product {
            Product::Authentik => (AUTHENTIK_TAB, AUTHENTIK),
            Product::Mailcow => (MAILCOW_TAB, MAILCOW),
        };
        desk.begin(Event::Click { tab, url: desk.sim.browser().page(product).to_owned() }).finish();
        desk.begin(Event::Policy { allowed: Some(vec!["https://elsewhere.example".to_owned()]) }).finish();
        let is_left = |desk: &Desk| {
            let view = desk.view();
            let standing = if product == Product::Mailcow { view.mailcow } else { view.authentik };
            standing == ConnectionView::Absent && view.refusal == Some(Refusal::Forbidden)
        };
        assert!(is_left(&desk), "{url}: its page is still loading");
        // The page was loaded before the browser had heard of it.
        desk.settle();
        assert!(is_left(&desk), "{url}: its page has loaded");
        assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    }
}

/// What was read where the policy allowed it is not used after that: neither by a save nor by a rotation, which would lead mailcow's
/// users to an authentik that it does not allow any more.
#[test]
fn what_was_read_at_a_place_that_is_not_allowed_any_more_is_forgotten() {
    let desk = Desk::with_policy(&small(), None);
    desk.set_up();
    desk.click(Product::Mailcow);
    desk.tell(Event::Check);
    desk.tell(Event::Ask { question: Question::Save });
    let yes = desk.yes();
    desk.tell(Event::Policy { allowed: Some(vec![MAILCOW.to_owned()]) });
    let view = desk.view();
    assert_eq!((view.question, view.authentik_facts.is_some()), (None, false));
    assert!(matches!((view.run, view.users), (RunView::None, UsersView::Unread)));
    assert!(view.mailcow_facts.is_some_and(|facts| facts.rows.is_empty()), "what mailcow would need");
    let before = desk.sim.observe().mailcow.state().identity_provider.clone();
    desk.sim.forget();
    for event in [yes, Event::Ask { question: Question::Save }, Event::Fill, Event::Ask { question: Question::Rotate }] {
        desk.tell(event);
    }
    for question in [Question::Save, Question::Rotate] {
        if desk.view().question.is_some_and(|asked| asked.question == question) {
            desk.tell(desk.yes());
        }
    }
    assert_eq!(desk.view().work.filled, None, "what was filled in");
    assert_eq!(desk.sim.observe().mailcow.state().identity_provider, before);
    assert!(desk.sim.sent().iter().all(|sent| !sent.url.contains("authentik")), "{:?}", desk.sim.sent());
    // Allowed again, it is read again.
    desk.tell(Event::Policy { allowed: None });
    desk.click(Product::Authentik);
    desk.agree(Question::Save);
    assert_ne!(desk.sim.observe().mailcow.state().identity_provider, before);
}

/// A click gives access to one origin: a page of another one in the same tab is none of the product.
#[test]
fn another_origin_in_the_tab_that_was_clicked_is_left_alone() {
    for product in [Product::Authentik, Product::Mailcow] {
        let desk = desk();
        desk.click(product);
        desk.sim.forget();
        let (tab, url) = match product {
            Product::Authentik => {
                (AUTHENTIK_TAB, desk.sim.browser().page(product).replace(AUTHENTIK, "http://authentik.company"))
            }
            Product::Mailcow => (MAILCOW_TAB, desk.sim.browser().page(product).replace(MAILCOW, "https://mailcow.company:8443")),
        };
        desk.tabs.set_url(tab, &url);
        desk.tabs.load(product);
        desk.settle();
        let view = desk.view();
        let standing = if product == Product::Mailcow { view.mailcow } else { view.authentik };
        assert!(matches!(standing, ConnectionView::Lost { why: Lost::Ended, .. }), "{standing:?}");
        assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    }
}

/// Every address of a plan is asked about, not only mailcow's main host (docs/contract/cases.md, S16).
#[test]
fn every_address_of_a_draft_needs_the_policy() {
    let desk = Desk::with_policy(&small(), Some(&[AUTHENTIK.to_owned(), MAILCOW.to_owned()]));
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    assert!(desk.view().mailcow_allowed);
    let elsewhere = || "https://elsewhere.example".to_owned();
    desk.edit(|draft| draft.additional_hosts = vec![elsewhere()]);
    assert!(!desk.view().mailcow_allowed, "an additional host");
    desk.edit(|draft| (draft.additional_hosts, draft.launch_url) = (Vec::new(), Some(elsewhere())));
    assert!(!desk.view().mailcow_allowed, "a launch URL");
    desk.edit(|draft| (draft.launch_url, draft.previous_hosts) = (None, vec![elsewhere()]));
    assert!(!desk.view().mailcow_allowed, "a previous host");
    // Nor is there a way past it: not by asking for the plan, and not with a plan that somebody else has saved.
    desk.tell(Event::Plan);
    assert!(matches!(desk.view().run, RunView::None));
    let file = desk.panel.plan_file().expect("a draft that can be saved");
    desk.edit(|draft| draft.previous_hosts = Vec::new());
    assert!(desk.view().mailcow_allowed);
    desk.tell(Event::LoadPlan { text: file });
    let view = desk.view();
    assert!(!view.mailcow_allowed && matches!(view.run, RunView::None));
}

#[test]
fn a_click_at_authentik_reads_it_and_its_users() {
    let desk = desk();
    desk.click(Product::Authentik);
    let view = desk.view();
    assert_eq!(view.authentik, ConnectionView::Live { host: "authentik.company".into() });
    assert_eq!(view.authentik_facts.map(|facts| facts.username).as_deref(), Some("akadmin"));
    assert!(matches!(&view.users, UsersView::Read { directory } if directory.total > 5), "{:?}", view.users);
    assert!(view.checked.is_some());
}

#[test]
fn a_click_at_mailcow_opens_its_place_and_types_its_address() {
    let desk = desk();
    desk.click(Product::Mailcow);
    let view = desk.view();
    assert_eq!(view.section, Section::Mailcow);
    assert_eq!(view.draft.mailcow, MAILCOW);
    assert_eq!(view.mailcow, ConnectionView::Live { host: "mailcow.company".into() });
}

#[test]
fn what_was_typed_is_not_replaced_by_a_click() {
    let desk = desk();
    desk.edit(|draft| draft.mailcow = "https://other.example".into());
    desk.click(Product::Mailcow);
    assert_eq!(desk.view().draft.mailcow, "https://other.example");
}

#[test]
fn a_lost_tab_says_why_and_comes_back_with_a_click() {
    for why in [Lost::Closed, Lost::Ended, Lost::Loaded, Lost::Unreachable] {
        let desk = desk();
        desk.click(Product::Authentik);
        desk.tabs.lose(Product::Authentik, why);
        desk.settle();
        let view = desk.view();
        assert_eq!(view.authentik, ConnectionView::Lost { host: "authentik.company".into(), why });
        assert!(view.authentik_facts.is_none());
        assert_eq!(offered(&view), []);
        desk.click(Product::Authentik);
        assert!(desk.view().authentik.is_live());
        desk.click(Product::Mailcow);
        assert!(desk.view().mailcow_facts.is_some());
        desk.tabs.lose(Product::Mailcow, why);
        desk.settle();
        assert!(desk.view().mailcow_facts.is_none(), "{why:?}");
    }
}

#[test]
fn what_was_read_of_one_mailcow_is_not_shown_as_anothers() {
    let desk = desk();
    desk.click(Product::Mailcow);
    desk.begin(Event::Click { tab: TabId(7), url: "https://mailcow.other.example/admin/system".into() }).finish();
    let view = desk.view();
    assert_eq!(view.mailcow, ConnectionView::Reading { host: "mailcow.other.example".into() });
    assert_eq!(view.mailcow_facts, None);
}

#[test]
fn a_page_that_loads_again_is_read_again() {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.sim.forget();
    desk.tabs.load(Product::Authentik);
    desk.settle();
    assert!(desk.view().authentik.is_live());
    assert!(!desk.sim.sent().is_empty());
}

#[test]
fn an_authentik_that_cannot_be_read_can_be_tried_again() {
    let stage = small();
    let desk = Desk::of(&stage);
    desk.sim.browser().sign_out_of_authentik();
    desk.click(Product::Authentik);
    assert!(matches!(desk.view().authentik, ConnectionView::Failed { .. }));
    stage.sign_in("akadmin");
    desk.tell(Event::Retry { product: Product::Authentik });
    assert!(desk.view().authentik.is_live());
}

#[test]
fn a_click_withdraws_the_question_that_is_open() {
    let desk = desk();
    desk.set_up();
    desk.tell(Event::Ask { question: Question::Undo });
    let yes = desk.yes();
    desk.click(Product::Authentik);
    assert_eq!(desk.view().question, None);
    desk.tell(yes);
    assert!(!super::providers(&desk).is_empty(), "nothing was asked");
}

/// Clicks without hearing yet of the page, so that the product is being read.
fn begin_reading(desk: &Desk, product: Product) {
    let (tab, url) = match product {
        Product::Authentik => (AUTHENTIK_TAB, "https://authentik.company/if/admin/"),
        Product::Mailcow => (MAILCOW_TAB, "https://mailcow.company/admin/system"),
    };
    desk.begin(Event::Click { tab, url: url.into() }).finish();
}

#[test]
fn a_question_about_one_product_is_answered_while_the_other_is_read() {
    let desk = desk();
    desk.connect_both();
    begin_reading(&desk, Product::Mailcow);
    desk.begin(Event::Ask { question: Question::Undo }).finish();
    assert!(desk.view().question.is_some_and(|question| question.is_ready));
    desk.begin(desk.yes()).finish();
    assert_eq!(super::providers(&desk), [""; 0]);
    desk.settle();
    begin_reading(&desk, Product::Authentik);
    desk.begin(Event::Ask { question: Question::Restore }).finish();
    assert!(desk.view().question.is_some_and(|question| question.is_ready));
    desk.begin(desk.yes()).finish();
    assert!(desk.sim.observe().mailcow.state().identity_provider.is_empty());
}

#[test]
fn a_question_stays_until_what_it_is_about_was_read() {
    for product in [Product::Authentik, Product::Mailcow] {
        let desk = desk();
        desk.connect_both();
        let previous = secrets(&desk);
        begin_reading(&desk, product);
        desk.begin(Event::Ask { question: Question::Rotate }).finish();
        desk.begin(desk.yes()).finish();
        assert!(desk.view().question.is_some_and(|question| !question.is_ready), "{product:?}");
        assert_eq!(secrets(&desk), previous);
        desk.settle();
        assert!(desk.view().question.is_some_and(|question| question.is_ready), "{product:?}");
        desk.tell(desk.yes());
        assert_ne!(secrets(&desk), previous, "{product:?}");
    }
}

#[test]
fn a_place_withdraws_the_question_that_is_open() {
    let desk = desk();
    desk.set_up();
    desk.tell(Event::Ask { question: Question::Undo });
    desk.tell(Event::Go { section: Section::Setup });
    assert_eq!(desk.view().question, None);
}

/// S3: a verb keeps to the pages it began with, and says where it is.
#[test]
fn while_the_secret_is_changed_another_host_is_refused_by_name() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    for (url, host, clicked) in [
        ("https://authentik.evil.example/if/admin/", "authentik.company", "authentik.evil.example"),
        // The same one in another tab.
        ("https://authentik.company/if/admin/", "authentik.company", "authentik.company"),
        ("https://mailcow.evil.example/admin/system", "mailcow.company", "mailcow.evil.example"),
    ] {
        desk.begin(Event::Click { tab: TabId(7), url: url.into() }).finish();
        let refused = Refusal::Busy { host: host.into(), clicked: clicked.into() };
        assert_eq!(desk.view().refusal, Some(refused));
    }
    rotation.finish();
    desk.settle();
    let [new, told] = secrets(&desk);
    assert_eq!(new, told);
    assert_eq!(desk.view().authentik, ConnectionView::Live { host: "authentik.company".into() });
    // Afterwards a click leads there.
    desk.tabs.set_url(TabId(7), "https://mailcow.evil.example/admin/system");
    desk.tell(Event::Click { tab: TabId(7), url: "https://mailcow.evil.example/admin/system".into() });
    assert_ne!(desk.view().mailcow, ConnectionView::Live { host: "mailcow.company".into() });
    assert_eq!(desk.view().refusal, None);
}

#[test]
fn while_a_run_goes_on_the_same_tab_is_not_taken_hold_of_anew() {
    let desk = desk();
    desk.click(Product::Mailcow);
    let run = applying(&desk);
    let url = desk.sim.browser().page(Product::Authentik).to_owned();
    desk.begin(Event::Click { tab: AUTHENTIK_TAB, url }).finish();
    assert_eq!(desk.view().refusal, None);
    // mailcow is not written to, and can be clicked on in whichever tab.
    let url = desk.sim.browser().page(Product::Mailcow).to_owned();
    desk.tabs.set_url(TabId(7), &url);
    desk.begin(Event::Click { tab: TabId(7), url }).finish();
    assert_eq!(desk.view().refusal, None);
    run.finish();
    desk.settle();
    assert!(is_in_sync(&desk.view()), "{:?}", desk.view().run);
    assert!(desk.view().mailcow.is_live());
}

#[test]
fn while_a_run_goes_on_nothing_that_is_asked_for_takes_its_place() {
    for (what, event) in [("a plan", Event::Plan), ("the run", Event::Apply)] {
        let desk = desk();
        let run = applying(&desk);
        desk.begin(event).finish();
        assert!(matches!(desk.view().run, RunView::Running { .. }), "{what}: {:?}", desk.view().run);
        run.finish();
        desk.settle();
        assert!(matches!(desk.view().run, RunView::Applied { .. }) && is_in_sync(&desk.view()), "{what}: {:?}", desk.view().run);
    }
}

#[test]
fn another_authentik_takes_with_it_what_was_found_out_with_the_last_one() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Go { section: Section::Check });
    assert!(matches!(desk.view().check, CheckStatus::Done { .. }));
    desk.tell(Event::Plan);
    assert!(matches!(desk.view().run, RunView::Planned { .. }));
    let url = "https://authentik.other.example/if/admin/";
    desk.tabs.set_url(TabId(7), url);
    desk.tell(Event::Click { tab: TabId(7), url: url.into() });
    let view = desk.view();
    assert_eq!(view.run, RunView::None);
    assert_eq!(view.authentik_facts, None);
    assert!(matches!(view.users, UsersView::Unread | UsersView::Failed { .. }), "{:?}", view.users);
    assert!(!matches!(view.check, CheckStatus::Done { .. }));
}

/// A plan that was asked for at one authentik is not made at another, whatever the plan waits for when that is clicked.
#[test]
fn a_plan_under_way_does_not_go_on_at_another_authentik() {
    for request in 0..30 {
        let stage = Setting { users: 6, ..Setting::default() }.stage();
        let stranger = Setting { users: 6, address: "https://authentik.stranger.test", ..Setting::default() }.stage();
        stage.sim.meet(&stranger.sim);
        let desk = Desk::of(&stage);
        // Afterwards, the users are read anew.
        desk.set_up();
        desk.sim.forget();
        desk.sim.hold_at(request);
        let mut planning = desk.begin(Event::Plan);
        if planning.go_on() {
            assert!(request > 0, "a plan asks for something");
            return;
        }
        let url = stage.sim.stranger().browser().page(Product::Authentik).to_owned();
        desk.tabs.set_url(TabId(7), &url);
        desk.begin(Event::Click { tab: TabId(7), url }).finish();
        planning.finish();
        desk.settle();
        assert_eq!(desk.view().run, RunView::None, "request {request}");
        desk.tell(Event::Apply);
        assert!(desk.sim.writes().is_empty(), "request {request}");
    }
}

/// "Cancel" is for a run, a switch and lists. Where nothing can be cancelled, it ends nothing, and what comes later is sent.
#[test]
fn a_cancel_of_what_cannot_be_cancelled_stops_nothing() {
    // Where there is no list, where none is being read, and where one is.
    for (section, reads) in [(Section::Maintain, false), (Section::Switch, false), (Section::Switch, true)] {
        let desk = desk();
        desk.connect_both();
        desk.tell(Event::Go { section });
        let reading = reads.then(|| {
            desk.sim.hold();
            let mut reading = desk.begin(Event::ReadPeople);
            assert!(!reading.go_on());
            reading
        });
        let previous = secrets(&desk);
        desk.tell(Event::Ask { question: Question::Rotate });
        let yes = desk.yes();
        desk.sim.hold();
        let mut rotation = desk.begin(yes);
        assert!(!rotation.go_on());
        desk.begin(Event::Cancel).finish();
        rotation.finish();
        desk.settle();
        let changed = secrets(&desk);
        assert!(changed != previous && changed[0] == changed[1], "{section:?} {reads}: both sides have the new one");
        if let Some(reading) = reading {
            reading.finish();
        }
        desk.tell(Event::Cancel);
        for product in BOTH {
            desk.click(product);
        }
        let view = desk.view();
        assert!(view.authentik.is_live() && view.mailcow.is_live(), "{:?} {:?}", view.authentik, view.mailcow);
    }
}

/// Yes is an answer to the question that was shown, not to one that has taken its place.
#[test]
fn yes_to_another_question_does_nothing() {
    let desk = desk();
    desk.connect_both();
    let previous = secrets(&desk);
    desk.tell(Event::Ask { question: Question::Remove });
    let yes = desk.yes();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.forget();
    desk.tell(yes);
    assert!(desk.sim.writes().is_empty());
    assert_eq!(secrets(&desk), previous);
    assert_eq!(desk.view().question.map(|view| view.question), Some(Question::Rotate));
}

/// A question that takes time to be asked does not replace what the administrator has asked meanwhile.
#[test]
fn a_late_question_replaces_no_other() {
    let desk = desk();
    desk.connect_both();
    desk.sim.hold();
    let mut removal = desk.begin(Event::Ask { question: Question::Remove });
    assert!(!removal.go_on());
    desk.begin(Event::Ask { question: Question::Rotate }).finish();
    removal.finish();
    desk.settle();
    assert_eq!(desk.view().question.map(|view| view.question), Some(Question::Rotate));
}
