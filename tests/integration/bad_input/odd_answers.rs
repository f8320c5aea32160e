//! Odd answers at every request of the whole job in turn: nothing is lost, nothing is done twice, undo ends where it all began.

use cowbell::authentik::api::Base;
use cowbell::plan::{Journals, SetupDraft};
use cowbell::setup::Access;
use cowbell::verify::{Code, Finding};
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use http::Method;

use super::said;
use crate::support::Succeeds as _;
use crate::support::picture::{Picture, assert_no_secret, secrets};
use crate::support::stage::{AUTHENTIK, Setting, Stage, draft};
use crate::support::{Interruptions, Lost};

/// Requests of the round that reads authentik for the first time.
const FIRST_LOOK: usize = 14;

/// A few users, and an attempt to adopt or not.
fn setting(half_made: bool) -> Setting {
    Setting { users: 9, half_made, seed: 3, ..Setting::default() }
}

/// Lets one request after the other meet the fault.
fn at_every_request(kind: &FaultKind, names_status: Option<&str>) {
    // Where the server never sees the request, adopting adds nothing.
    let performed = matches!(kind, FaultKind::TruncatedJson | FaultKind::WrongTypes | FaultKind::InvalidUtf8);
    let beginnings: &[bool] = if performed { &[false, true] } else { &[false] };
    at_every(&format!("{kind:?}"), beginnings, names_status, |stage, request| {
        let skip = u32::try_from(request).expect("a few");
        stage.sim.world().faults.browser = vec![Fault::on(Product::Authentik, "/", kind.clone()).skip(skip).times(1)];
    });
}

/// Lets something odd happen at one request after the other, on a fresh authentik and on one with an attempt to adopt.
fn at_every(kind: &str, beginnings: &[bool], names_status: Option<&str>, spoil: impl Fn(&Stage, usize)) {
    at_every_of(|_| draft(), kind, beginnings, names_status, spoil);
}

/// The same for another wish.
fn at_every_of(
    wish: impl Fn(&Stage) -> SetupDraft,
    kind: &str,
    beginnings: &[bool],
    names_status: Option<&str>,
    spoil: impl Fn(&Stage, usize),
) {
    for half_made in beginnings.iter().copied() {
        let requests = {
            let stage = setting(half_made).stage();
            stage.done(&wish(&stage));
            stage.sim.sent().len()
        };
        // The first look is the same for both.
        let first = if half_made { FIRST_LOOK } else { 0 };
        for request in first..requests {
            // Finished, or only taken back.
            let resume = (request % 2 == 0) == half_made;
            let what = format!("{kind} at request {request}, half made: {half_made}, resume: {resume}");
            let stage = setting(half_made).stage();
            let wish = wish(&stage);
            let before = Picture::of(&stage.sim.observe());
            spoil(&stage, request);
            let finding = match stage.whole_run(&wish) {
                Err(error) => Some((&error).into()),
                Ok(report) => report.error,
            };
            if let Some(finding) = &finding {
                check(finding, names_status, &what);
            }
            stage.sim.world().faults.browser.clear();
            finish(&stage, &wish, &before, resume, &what);
        }
    }
}

fn check(finding: &Finding, names_status: Option<&str>, what: &str) {
    let (code, facts) = said(finding);
    if code == Code::ObjectNotKept {
        return;
    }
    let named = facts.iter().find(|fact| fact.starts_with("path="));
    if let Some(status) = names_status {
        let is_said = |fact: &String| *fact == format!("status={status}");
        assert!(facts.is_empty() || facts.iter().any(is_said), "{what}: {facts:?}");
    }
    assert!(facts.is_empty() || named.is_some_and(|fact| fact.len() > "path=".len()), "{what}: {facts:?}");
}

/// Finishes the job or not, and takes everything back.
fn finish(stage: &Stage, wish: &SetupDraft, before: &Picture, resume: bool, what: &str) {
    if resume {
        let report = stage.whole_run(wish).succeeds();
        assert!(report.in_sync, "{what}: {report:?}");
        let world = stage.sim.observe();
        let state = world.authentik.state();
        assert_eq!((state.providers.len(), state.applications.len()), (1, 1), "{what}: made twice");
        let ours = state.mappings.iter().filter(|mapping| mapping.managed.is_none()).count();
        assert_eq!(ours, 1, "{what}: made twice");
        let bound = if let Some(Access::Groups { groups }) = &wish.access { groups.len() } else { 0 };
        assert_eq!(state.bindings.len(), bound, "{what}: bound twice");
    } else {
        stage.observe().succeeds();
    }
    for (name, text) in stage.sim.kept() {
        assert_no_secret(&secrets(&stage.sim.observe()), &text, &name);
    }
    let undone = stage.undo().succeeds();
    assert_eq!((&undone.error, &undone.skipped, &undone.issues), (&None, &Vec::new(), &Vec::new()), "{what}");
    assert!(!undone.can_undo, "{what}");
    before.assert_same(&Picture::of(&stage.sim.observe()), what);
}

fn status(status: u16, body: &str) -> FaultKind {
    FaultKind::Status { status, body: body.into(), content_type: Some("text/html".into()), retry_after_s: None }
}

#[test]
fn html() {
    at_every_request(&FaultKind::Html, Some("200"));
}

#[test]
fn truncated() {
    at_every_request(&FaultKind::TruncatedJson, None);
}

#[test]
fn huge() {
    at_every_request(&FaultKind::HugeBody { bytes: crate::support::browser::MAX_BYTES + 1 }, None);
}

#[test]
fn wrong_types() {
    at_every_request(&FaultKind::WrongTypes, None);
}

#[test]
fn not_utf8() {
    at_every_request(&FaultKind::InvalidUtf8, None);
}

#[test]
fn server_errors() {
    at_every_request(&status(500, "<h1>Server Error</h1>"), Some("500"));
    at_every_request(&status(405, ""), Some("405"));
}

#[test]
fn a_proxys_errors() {
    at_every_request(&status(502, "<h1>Bad Gateway</h1>"), Some("502"));
}

#[test]
fn never_comes() {
    at_every_request(&FaultKind::NoAnswer, None);
}

#[test]
fn performed_but_the_answer_gets_lost() {
    for lost in [Lost::Timeout, Lost::BadGateway, Lost::Page] {
        let lose = |stage: &Stage, request: usize| {
            stage.sim.interrupt(Interruptions { lose: Some((request, lost)), ..Interruptions::default() });
        };
        at_every(&format!("{lost:?}"), &[false, true], None, lose);
        at_every_of(for_two_groups, &format!("{lost:?}, two groups"), &[false, true], None, lose);
    }
}

/// A creation without an answer may have been one, until authentik is read again and has nothing of it.
#[test]
fn what_was_not_created_leaves_nothing_to_undo() {
    let stage = setting(false).stage();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    stage.sim.world().faults.browser = vec![Fault::on(Product::Authentik, "/", FaultKind::NoAnswer).method(&Method::POST)];
    let report = stage.apply(&draft()).succeeds();
    assert!(report.error.is_some() && report.can_undo && stage.app.can_undo(), "{report:?}");
    stage.observe().succeeds();
    assert!(!stage.app.can_undo());
    let base = Base::typed(AUTHENTIK).expect("an address").0;
    assert!(Journals::restore("", &stage.sim.kept()).of(&base).is_some_and(|journal| !journal.can_undo()), "nor later");
}

/// Only two groups may use the application.
fn for_two_groups(stage: &Stage) -> SetupDraft {
    let world = stage.sim.observe();
    let group = |name| world.authentik.state().group_named(name).expect("a group").pk.to_string();
    SetupDraft { access: Some(Access::Groups { groups: vec![group("board"), group("sales")] }), ..draft() }
}

#[test]
fn the_tab_goes_or_the_administrator_stops() {
    at_every("tab gone", &[false, true], None, |stage, request| {
        stage.sim.interrupt(Interruptions { tab_gone_after: Some(request), ..Interruptions::default() });
    });
    at_every("stopped", &[false, true], None, |stage, request| {
        stage.sim.interrupt(Interruptions { cancel_after: Some(request), ..Interruptions::default() });
    });
}
