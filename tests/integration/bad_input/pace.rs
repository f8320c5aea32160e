//! A server that asks for patience gets it; a worker that recycles is asked again.

use cowbell::app::ReportView;
use cowbell::plan::UserReason;
use cowbell::transport::Host as _;
use cowbell::verify::Code;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use http::Method;

use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Sent, Succeeds as _};

fn users_meeting(status: u16, retry_after_s: Option<u32>, times: u32) -> Stage {
    let stage = Setting { users: 250, ..Setting::default() }.stage();
    let kind = FaultKind::Status { status, body: String::new(), content_type: None, retry_after_s };
    let fault = Fault::on(Product::Authentik, "/api/v3/core/users/", kind).method(&Method::PATCH).skip(10).times(times);
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    stage.sim.world().faults.browser.push(fault);
    stage.sim.forget();
    stage
}

#[test]
fn retry_after_is_honoured_and_concurrency_halves() {
    for status in [429, 503] {
        let stage = users_meeting(status, Some(7), 1);
        let report = stage.apply(&draft()).succeeds();
        assert!(report.in_sync, "{:?} {:?}", report.error, report.issues);
        assert!(stage.sim.slept_ms() >= 7_000, "{} ms", stage.sim.slept_ms());
        let refused = stage.sim.sent().iter().filter(|sent| sent.method == cowbell::transport::Method::Patch).count();
        assert_eq!(refused, report.progress.users_done + 1, "one write for each user, and the refused one");
    }
}

#[test]
fn a_server_that_goes_on_asking_for_patience_is_given_less_and_less() {
    let stage = users_meeting(503, None, 12);
    let report = stage.apply(&draft()).succeeds();
    assert!(report.in_sync, "{:?} {:?}", report.error, report.issues);
    // 0.5, 1, 2… seconds: the pauses grow.
    assert!(stage.sim.slept_ms() >= 3_500, "{} ms", stage.sim.slept_ms());
}

#[test]
fn concurrency_is_bounded() {
    let stage = users_meeting(503, None, 1);
    stage.apply(&draft()).succeeds();
    assert!(stage.sim.most_at_once() <= 16);
    let stage = Setting { users: 250, ..Setting::default() }.stage();
    stage.sim.forget();
    stage.observe().succeeds();
    assert!((7..=16).contains(&stage.sim.most_at_once()), "one round of small reads, not two");
    stage.sim.forget();
    stage.plan(&draft()).succeeds();
    assert!(stage.sim.most_at_once() <= 6, "{}", stage.sim.most_at_once());
}

#[test]
fn a_502_is_asked_again() {
    let stage = users_meeting(502, None, 3);
    let report = stage.apply(&draft()).succeeds();
    assert!(report.in_sync, "{:?} {:?}", report.error, report.issues);
    assert!(report.issues.is_empty());
}

/// What a run becomes when requests for users are never answered, with how often they were sent.
fn never_answered(method: &Method, skipped: u32, is_meant: fn(&Sent) -> bool) -> (ReportView, usize) {
    let stage = Setting { users: 7, ..Setting::default() }.stage();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    let kind = FaultKind::Status { status: 502, body: String::new(), content_type: None, retry_after_s: None };
    let fault = Fault::on(Product::Authentik, "/api/v3/core/users/", kind).method(method).skip(skipped).times(1_000);
    stage.sim.world().faults.browser.push(fault);
    stage.sim.forget();
    let report = stage.apply(&draft()).succeeds();
    let sent = stage.sim.sent().iter().filter(|sent| is_meant(sent)).count();
    (report, sent)
}

#[test]
fn a_page_of_users_that_never_comes_is_asked_for_five_times() {
    // A run begins with who is signed in, at an address below that of the list.
    let (report, asked) = never_answered(&Method::GET, 1, |sent| sent.url.contains("core/users/?"));
    assert_eq!(report.error.map(|finding| finding.code), Some(Code::AuthentikAnswerStatus));
    assert_eq!(asked, 5);
}

#[test]
fn a_user_whose_write_is_never_answered_is_written_five_times_and_named() {
    let (report, asked) = never_answered(&Method::PATCH, 0, |sent| sent.is_write() && sent.path().contains("core/users/"));
    let reasons: Vec<UserReason> = report.issues.into_iter().map(|issue| issue.reason).collect();
    assert!(!reasons.is_empty());
    assert_eq!(reasons, vec![UserReason::Status { status: 502 }; report.progress.users_total]);
    assert_eq!(asked, 5 * reasons.len());
}

/// docs/contract/cases.md, R16: how long a run will take is told by this server's own answers, and after a run by that run.
#[test]
fn the_duration_is_told_by_the_servers_own_answers() {
    let stage = Setting { users: 400, ..Setting::default() }.stage();
    let planned = |stage: &Stage| {
        stage.observe().succeeds();
        stage.plan(&draft()).succeeds()
    };
    let unmeasured = planned(&stage);
    let users = u32::try_from(unmeasured.totals.users).expect("a few");
    assert_eq!(unmeasured.seconds, (users * 83).div_ceil(1000));
    stage.sim.takes_ms(190, 270);
    let slow = planned(&stage);
    assert!(slow.seconds >= (users * 270) / 1000, "{} seconds", slow.seconds);
    assert!(slow.group_recommended && !unmeasured.group_recommended);
    let began = stage.sim.now_ms();
    let report = stage.apply(&draft()).succeeds();
    let took = (stage.sim.now_ms() - began) / 1000;
    assert!(u64::from(slow.seconds).abs_diff(took) < 15, "{} told, {took} taken", slow.seconds);
    stage.undo().succeeds();
    stage.sim.takes_ms(10, 10);
    let measured = planned(&stage);
    let each = report.progress.users_elapsed_ms / u64::try_from(report.progress.users_done).expect("a few");
    assert_eq!(u64::from(measured.seconds), (u64::from(users) * each).div_ceil(1000));
}
