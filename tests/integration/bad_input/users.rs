//! Users as they are found, and users that somebody else changes while Cowbell works.

use std::cell::Cell;
use std::rc::Rc;

use cowbell::app::{UserFilter, UserQuery, VerifiedValue};
use cowbell::plan::{Decision, Kind, PartState, Progress, UserReason};
use cowbell::setup::Audience;
use cowbell_standins::authentik::state::{State, User};
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use http::Method;
use serde_json::{Value, json};

use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

fn attributes(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// Primary keys of users whom the plan will write, by user name; without the administrator who does it.
fn meant(stage: &Stage) -> Vec<i64> {
    let fits = |user: &&User| {
        user.is_active
            && !user.email.is_empty()
            && user.kind == cowbell_standins::authentik::state::UserType::Internal
            && user.attributes.is_empty()
            && user.username != "akadmin"
    };
    stage.sim.observe().authentik.state().users.iter().filter(fits).map(|user| user.pk).collect()
}

fn planned() -> (Stage, Vec<i64>) {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    let users = meant(&stage);
    (stage, users)
}

fn change(stage: &Stage, pk: i64, change: impl FnOnce(&mut User)) {
    change_in(stage.sim.world().authentik.state_mut(), pk, change);
}

fn change_in(state: &mut State, pk: i64, change: impl FnOnce(&mut User)) {
    change(state.users.get_mut(pk).expect("a user"));
}

fn attributes_of(stage: &Stage, pk: i64) -> Value {
    json!(stage.sim.observe().authentik.state().users.get(pk).expect("a user").attributes)
}

/// How the panel shows what became of the users.
pub(super) fn state_of_users(progress: &Progress) -> Option<PartState> {
    progress.parts.iter().find(|part| part.kind == Kind::Users).map(|part| part.state)
}

#[test]
fn without_email_inactive_and_service_accounts_are_shown_and_skipped() {
    let stage = Stage::fresh();
    stage.observe().succeeds();
    let plan = stage.plan(&draft()).succeeds();
    let counts = plan.users;
    for (count, what) in [
        (counts.no_email, "no e-mail"),
        (counts.inactive, "inactive"),
        (counts.service_account, "service"),
        (counts.external, "external"),
    ] {
        assert!(count > 0, "{what}");
    }
    let query = |filter| UserQuery { text: String::new(), filter, audience: Audience::All, offset: 0, limit: 500 };
    let left_out = stage.app.find_users(&query(UserFilter::LeftOut)).succeeds();
    assert_eq!(left_out.total, counts.no_email + counts.inactive + counts.service_account + counts.external);
    let before = Picture::of(&stage.sim.observe());
    stage.apply(&draft()).succeeds();
    let after = Picture::of(&stage.sim.observe());
    for row in left_out.rows {
        assert_eq!(before.users[&row.pk], after.users[&row.pk], "{:?}", row.decision);
    }
}

/// The same search finds who is there now.
#[test]
fn users_that_were_read_again_are_searched_again() {
    let (stage, users) = planned();
    let text = "Married Name".to_owned();
    let query = UserQuery { text, filter: UserFilter::All, audience: Audience::All, offset: 0, limit: 500 };
    let found = || stage.app.find_users(&query).succeeds().rows.iter().map(|row| row.pk).collect::<Vec<_>>();
    assert_eq!(found(), [0; 0]);
    change(&stage, users[3], |user| user.name = "Her Married Name".into());
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    assert_eq!(found(), [users[3]]);
    // Another search finds others.
    let all = UserQuery { text: String::new(), ..query.clone() };
    let total = |query| stage.app.find_users(query).succeeds().total;
    assert!(total(&all) > 1);
    assert_eq!(total(&query), 1);
}

#[test]
fn odd_attributes_are_shown_repaired_and_put_back() {
    let odd = [
        (json!({"email_verified": "true", "b": 1}), VerifiedValue::Text, Decision::Repair),
        (json!({"email_verified": ["yes"]}), VerifiedValue::Odd, Decision::Repair),
        (
            json!({"z": {"deep": [1, {"x": null}]}, "email_verified": {"work": true}, "a": "ä"}),
            VerifiedValue::Odd,
            Decision::Repair,
        ),
        (json!({"email_verified": 1}), VerifiedValue::Odd, Decision::Repair),
        (json!({"email_verified": null}), VerifiedValue::Absent, Decision::Set),
        (json!({"email_verified": false}), VerifiedValue::No, Decision::Set),
        (json!({"email_verified": true, "q": "\"\\"}), VerifiedValue::Yes, Decision::Keep),
    ];
    let stage = Stage::fresh();
    let users = meant(&stage);
    for (pk, (value, ..)) in users.iter().zip(&odd) {
        change(&stage, *pk, |user| user.attributes = attributes(value));
    }
    let before = Picture::of(&stage.sim.observe());
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    let all = UserQuery { text: String::new(), filter: UserFilter::All, audience: Audience::All, offset: 0, limit: 500 };
    let rows = stage.app.find_users(&all).succeeds().rows;
    for (pk, (_, verified, decision)) in users.iter().zip(&odd) {
        let row = rows.iter().find(|row| row.pk == *pk).expect("a row");
        assert_eq!((row.verified, row.decision), (*verified, *decision));
    }
    let mut kept = rows;
    kept.retain(|row| row.decision == Decision::Keep);
    let found = stage.app.find_users(&UserQuery { filter: UserFilter::Kept, ..all }).succeeds();
    assert_eq!((found.total, found.rows), (kept.len(), kept));
    stage.apply(&draft()).succeeds();
    for (pk, (value, ..)) in users.iter().zip(&odd) {
        let mut expected = value.clone();
        expected["email_verified"] = json!(true);
        assert_eq!(attributes_of(&stage, *pk).to_string(), expected.to_string());
    }
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn changed_by_somebody_else_between_plan_and_apply_is_merged_or_reported() {
    let (stage, users) = planned();
    let [other, verified, refused, inactive, moved, gone] = users[..6].try_into().expect("six");
    change(&stage, other, |user| user.attributes = attributes(&json!({"phone": "+49"})));
    change(&stage, verified, |user| user.attributes = attributes(&json!({"email_verified": true})));
    change(&stage, refused, |user| user.attributes = attributes(&json!({"email_verified": "no, not this one"})));
    change(&stage, inactive, |user| user.is_active = false);
    change(&stage, moved, |user| user.email.clear());
    stage.sim.world().authentik.state_mut().users.remove(gone);
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(attributes_of(&stage, other), json!({"phone": "+49", "email_verified": true}));
    assert_eq!(attributes_of(&stage, verified), json!({"email_verified": true}));
    assert_eq!(attributes_of(&stage, refused), json!({"email_verified": "no, not this one"}));
    assert_eq!(attributes_of(&stage, inactive), json!({}));
    assert_eq!(attributes_of(&stage, moved), json!({}));
    assert_eq!(state_of_users(&report.progress), Some(PartState::Failed));
    let mut issues: Vec<(i64, UserReason)> = report.issues.into_iter().map(|issue| (issue.pk, issue.reason)).collect();
    issues.sort_by_key(|(pk, _)| users.iter().position(|user| user == pk));
    let changed = UserReason::ChangedSincePlan;
    assert_eq!(issues, [(refused, changed.clone()), (inactive, changed.clone()), (moved, changed), (gone, UserReason::Gone)]);
    let Progress { users_done, users_failed, users_total, .. } = report.progress;
    assert_eq!((users_done + users_failed, users_failed), (users_total, 4), "who has the value already is done");
    assert!(!report.in_sync, "planned again, they are asked about again");
    // Undo takes back only what is ours.
    stage.undo().succeeds();
    assert_eq!(attributes_of(&stage, other), json!({"phone": "+49"}));
    assert_eq!(attributes_of(&stage, verified), json!({"email_verified": true}));
}

#[test]
fn users_that_came_and_went_move_the_pages() {
    let (stage, users) = planned();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        for pk in &users[..3] {
            state.users.remove(*pk);
        }
        for number in 0..7 {
            let uuid = state.ids.uuid();
            let now = state.now;
            let mut user = User::new(9_000 + number, uuid, &format!("aaa{number}"), now);
            user.email = format!("aaa{number}@mail.example");
            state.users.insert(user);
        }
    }
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(report.issues.len(), 3, "{:?}", report.error);
    for pk in &users[3..] {
        assert_eq!(attributes_of(&stage, *pk), json!({"email_verified": true}));
    }
    assert_eq!(attributes_of(&stage, 9_000), json!({}), "not in the plan");
}

#[test]
fn changed_while_a_write_waits_is_not_overwritten() {
    for status in [502, 503] {
        let (stage, users) = planned();
        let kind = FaultKind::Status { status, body: String::new(), content_type: None, retry_after_s: Some(30) };
        {
            let mut world = stage.sim.world();
            world
                .faults
                .browser
                .push(Fault::on(Product::Authentik, "/api/v3/core/users/", kind).method(&Method::PATCH).skip(4).times(1));
            // While Cowbell waits, another administrator edits the user whose write was refused.
            let (patches, users) = (Rc::new(Cell::new(0)), users.clone());
            world.before_request(move |authentik, _, product, request| {
                if product != Product::Authentik
                    || request.method() != Method::PATCH
                    || !request.uri().path().contains("/core/users/")
                {
                    return;
                }
                patches.set(patches.get() + 1);
                if patches.get() == 5 {
                    let path = request.uri().path();
                    let refused: i64 = path.trim_end_matches('/').rsplit('/').next().expect("a key").parse().expect("a number");
                    assert!(users.contains(&refused));
                    change_in(authentik.state_mut(), refused, |user| {
                        user.attributes.insert("edited".into(), json!(1));
                    });
                }
            });
        }
        let report = stage.apply(&draft()).succeeds();
        assert!(report.in_sync, "{:?} {:?}", report.error, report.issues);
        let edited: Vec<Value> =
            users.iter().map(|pk| attributes_of(&stage, *pk)).filter(|value| value.get("edited").is_some()).collect();
        assert_eq!(edited, [json!({"edited": 1, "email_verified": true})], "{status}");
    }
}

#[test]
fn changed_while_the_page_before_is_written_is_not_overwritten() {
    let (stage, users) = planned();
    let last = *users.last().expect("a user");
    let patches = Cell::new(0);
    stage.sim.world().before_request(move |authentik, _, product, request| {
        if product == Product::Authentik && request.method() == Method::PATCH {
            patches.set(patches.get() + 1);
            // Most of the first page is written, and the next one has a hundred users, too.
            if patches.get() == 60 {
                change_in(authentik.state_mut(), last, |user| {
                    user.attributes.insert("edited".into(), json!(1));
                });
            }
        }
    });
    stage.done(&draft());
    assert_eq!(attributes_of(&stage, last), json!({"edited": 1, "email_verified": true}));
}

#[test]
fn written_twice_goes_back_to_what_the_second_write_replaced() {
    let stage = Setting { users: 20, ..Setting::default() }.stage();
    let user = meant(&stage)[0];
    stage.done(&draft());
    change(&stage, user, |user| user.attributes = attributes(&json!({"email_verified": false})));
    stage.done(&draft());
    assert_eq!(attributes_of(&stage, user), json!({"email_verified": true}));
    let undone = stage.undo().succeeds();
    assert!(undone.issues.is_empty() && !undone.can_undo, "{undone:?}");
    assert_eq!(attributes_of(&stage, user), json!({"email_verified": false}), "that was somebody else's wish");
}

#[test]
fn an_answer_that_shows_something_else_is_reported_and_can_be_taken_back() {
    let another = |pk: i64| FaultKind::Status {
        status: 200,
        body: json!({"pk": pk, "email": "x@mailcow.company", "is_active": true, "attributes": {}}).to_string(),
        content_type: None,
        retry_after_s: None,
    };
    for kind in [|_: i64| FaultKind::TruncatedJson, another] {
        let (stage, users) = planned();
        let before = Picture::of(&stage.sim.observe());
        let path = format!("/api/v3/core/users/{}/", users[0]);
        let fault = Fault { method: Some("PATCH".into()), ..Fault::on(Product::Authentik, &path, kind(users[0])) };
        stage.sim.world().faults.browser.push(fault);
        let report = stage.apply(&draft()).succeeds();
        let issues: Vec<_> = report.issues.iter().map(|issue| (issue.pk, &issue.reason)).collect();
        assert_eq!(issues, [(users[0], &UserReason::NotKept)]);
        stage.sim.world().faults.browser.clear();
        stage.undo().succeeds();
        before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
    }
}

/// authentik says why it refuses a write; a page with the same status says nothing.
#[test]
fn why_a_user_is_refused_is_said_in_authentiks_words() {
    let refused = UserReason::Rejected { detail: "attributes: Not today.".into() };
    for (body, reason) in [
        (r#"{"attributes":["Not today."]}"#, refused),
        ("<!DOCTYPE html><title>Bad Request</title>", UserReason::Status { status: 400 }),
    ] {
        let (stage, users) = planned();
        let path = format!("/api/v3/core/users/{}/", users[0]);
        let kind = FaultKind::Status { status: 400, body: body.into(), content_type: None, retry_after_s: None };
        stage.sim.world().faults.browser.push(Fault::on(Product::Authentik, &path, kind).method(&Method::PATCH));
        let report = stage.apply(&draft()).succeeds();
        let issues: Vec<_> = report.issues.iter().map(|issue| (issue.pk, &issue.reason)).collect();
        assert_eq!(issues, [(users[0], &reason)]);
        assert_eq!(attributes_of(&stage, users[1]), json!({"email_verified": true}), "the others are written");
    }
}

#[test]
fn users_whose_page_went_away_are_written_nevertheless() {
    let (stage, users) = planned();
    let (gone, left) = users.split_at(users.len() / 2);
    for pk in gone {
        stage.sim.world().authentik.state_mut().users.remove(*pk);
    }
    let report = stage.apply(&draft()).succeeds();
    assert_eq!((report.error, report.issues.len()), (None, gone.len()));
    for pk in left {
        assert_eq!(attributes_of(&stage, *pk), json!({"email_verified": true}));
    }
}
