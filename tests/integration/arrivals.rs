//! Who has arrived: sign-ins through both stand-ins after a switch, and whoever could be taken for somebody else.

use std::time::Instant;

use cowbell::app::{ArrivalFilter, ArrivalQuery, ArrivalRow, ArrivalsView, SwitchedElsewhere, Switching};
use cowbell::mailcow::{MailcowChoice, Protocol as Known};
use cowbell::transport::{Host as _, Product};
use cowbell::verify::Code;
use cowbell::verify::arrival::{ArrivalKind, NotKnownCause, SeenAt};
use cowbell::verify::mail_programs::ProgramsKind;
use cowbell_standins::authentik::state::{Event, User};
use cowbell_standins::mailcow::state::{AppPassword, Protocol};
use cowbell_standins::people::person;
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};
use serde_json::json;

use crate::sign_ins::{MAILBOX_USER, ready, set, try_to_sign_in, username, wait};
use crate::support::browser::Browser;
use crate::support::stage::{MAILCOW, Stage, WINDOW, draft};
use crate::support::{Succeeds as _, everybody, run};

const DAY_S: i64 = 86_400;

/// Somebody else whose mailbox is switched.
const OTHER: usize = 1;

fn address(index: usize) -> String {
    person(1, index).email
}

/// Both products have been set up for a day.
fn settled() -> Stage {
    let stage = ready();
    pass(&stage, DAY_S);
    stage
}

/// Everybody's mailbox has been switched, ten minutes ago.
fn switched() -> Stage {
    let stage = settled();
    read_table(&stage);
    let done = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert!(done.done > 5, "{done:?}");
    pass(&stage, 600);
    stage
}

/// Lets time pass for everybody, the administrator among them.
fn pass(stage: &Stage, seconds: i64) {
    wait(stage, seconds);
    stage.sim.pass(u64::try_from(seconds).expect("later") * 1_000);
}

fn read_table(stage: &Stage) {
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
}

/// Reads users, mailboxes and both logs.
fn read(stage: &Stage) -> ArrivalsView {
    read_table(stage);
    run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds()
}

fn rows(stage: &Stage, text: &str) -> Vec<ArrivalRow> {
    let query = ArrivalQuery { text: text.to_owned(), limit: usize::MAX, ..ArrivalQuery::default() };
    let found = stage.app.find_arrivals(&query).succeeds();
    let findings = found.rows.iter().filter_map(|row| row.finding.as_ref());
    assert!(findings.clone().all(cowbell::verify::Finding::is_complete));
    assert_eq!(found.total, found.rows.len());
    found.rows
}

/// The row of a mailbox.
fn row(stage: &Stage, address: &str) -> ArrivalRow {
    let found: Vec<ArrivalRow> = rows(stage, address).into_iter().filter(|row| row.address == address).collect();
    let [row] = found.try_into().unwrap_or_else(|found| panic!("{found:?}"));
    row
}

fn kind(stage: &Stage, index: usize) -> ArrivalKind {
    row(stage, &address(index)).arrival
}

/// Somebody signs in, and loads another page of mailcow, which then writes that into its log.
fn sign_in_and_stay(stage: &Stage, index: usize) {
    let mut world = stage.sim.world();
    let mut browser = Browser::of(&world);
    let page = browser.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    browser.log_in(&mut world, &page, &username(index), "cowbell");
    browser.visit(&mut world, &format!("{MAILCOW}/user"));
    drop(world);
    wait(stage, 5);
}

fn user(stage: &Stage, index: usize, change: impl FnOnce(&mut User)) {
    let mut world = stage.sim.world();
    change(world.authentik.state_mut().users.named_mut(&username(index)).expect("a user"));
}

/// The last authorization.
fn last_authorization(stage: &Stage, change: impl FnOnce(&mut Event)) {
    let mut world = stage.sim.world();
    let mut events = world.authentik.state_mut().events.iter_mut();
    change(events.rfind(|event| event.action == "authorize_application").expect("an authorization"));
}

/// What is kept, with other facts about each mailbox that was switched.
fn kept_with(stage: &Stage, facts: impl Fn(&str, &str) -> String) -> std::collections::BTreeMap<String, String> {
    let line = |line: &str| match line.split_once(' ') {
        Some((known, address)) => format!("{} {address}", facts(known, address)),
        None => line.to_owned(),
    };
    let changed = |text: String| text.lines().map(line).collect::<Vec<_>>().join("\n");
    stage.sim.kept().into_iter().map(|(name, text)| (name, changed(text))).collect()
}

#[test]
fn a_sign_in_counts_for_its_user_and_nobody_else() {
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    let view = read(&stage);
    assert!(view.findings.is_empty() && view.switched > 5 && view.since_ms.is_some(), "{view:?}");
    assert_eq!(view.rows, view.counts.iter().map(|counted| counted.count).sum::<usize>());
    let arrived = row(&stage, &address(MAILBOX_USER));
    assert_eq!((arrived.arrival, arrived.seen_at), (ArrivalKind::SignedIn, Some(SeenAt::Authentik)));
    assert!(arrived.at_ms > arrived.switched_at_ms && arrived.can_switch_back, "{arrived:?}");
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
    sign_in_and_stay(&stage, OTHER);
    read(&stage);
    assert_eq!(row(&stage, &address(OTHER)).seen_at, Some(SeenAt::Mailcow));
    // The mailboxes that Cowbell has switched come first.
    let all = rows(&stage, "");
    assert!(all.is_sorted_by_key(|row| (!row.can_switch_back, row.address.clone())), "{all:?}");
    let filter = ArrivalFilter { kind: Some(ArrivalKind::SignedIn), silent: false };
    let query = ArrivalQuery { filter, limit: 1, offset: 1, ..ArrivalQuery::default() };
    let found = stage.app.find_arrivals(&query).succeeds();
    assert_eq!((found.total, found.rows.len()), (2, 1));
}

#[test]
fn a_refused_sign_in_has_its_reason_and_a_later_one_counts() {
    let stage = switched();
    set(&mut stage.sim.world(), "client_secret", "wrong");
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    read(&stage);
    let failed = row(&stage, &address(MAILBOX_USER));
    assert_eq!(failed.arrival, ArrivalKind::Failed);
    assert_eq!(failed.finding.map(|finding| finding.code), Some(Code::CredentialsWrongSecret));
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
    let secret = stage.sim.observe().authentik.state().providers[0].client_secret.clone();
    set(&mut stage.sim.world(), "client_secret", secret);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::SignedIn);
}

/// Before the switch mailcow refuses, which has nothing to do with the time after it.
#[test]
fn what_was_before_the_switch_does_not_count() {
    let stage = settled();
    read_table(&stage);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    pass(&stage, DAY_S);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
    // mailcow's log does not reach back any more.
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    assert_eq!(read(&stage).findings.first().map(|finding| finding.code), Some(Code::MailcowLogEmpty));
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
    // A wave before this one, in which somebody arrived.
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    pass(&stage, DAY_S);
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
}

#[test]
fn what_authentik_has_deleted_is_not_known() {
    for (kept_days, expected) in [(1, ArrivalKind::NotKnown), (30, ArrivalKind::NotYet)] {
        let stage = settled();
        stage.sim.world().authentik.state_mut().event_retention = kept_days * DAY_S * 1_000_000;
        read_table(&stage);
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
        pass(&stage, 600);
        try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        pass(&stage, 3 * DAY_S);
        try_to_sign_in(&stage, OTHER, "cowbell");
        // mailcow's log does not reach back, either: the switch alone has more lines than are read.
        stage.sim.world().mailcow.state_mut().ui_log.clear();
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        let view = read(&stage);
        assert_eq!(kind(&stage, 2), expected, "{kept_days}: {view:?}");
        assert_eq!(kind(&stage, OTHER), ArrivalKind::Authorized, "{kept_days}: nobody knows what mailcow did");
        let first = if kept_days == 1 { ArrivalKind::NotKnown } else { ArrivalKind::Authorized };
        assert_eq!(kind(&stage, MAILBOX_USER), first, "{kept_days}");
    }
    // Somebody has deleted the events, so that what is left does not say how long they are kept.
    let stage = switched();
    stage.sim.world().authentik.state_mut().events.clear();
    pass(&stage, DAY_S);
    try_to_sign_in(&stage, OTHER, "cowbell");
    read(&stage);
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::NotKnown, ArrivalKind::SignedIn));
}

#[test]
fn another_application_is_not_this_one() {
    let stage = switched();
    let attacks: [fn(&mut Event); 3] = [
        |event| event.context["http_request"]["args"]["client_id"] = json!("another"),
        // Its request names this client, too, but not as the one that is authorized.
        |event| event.context["authorized_application"]["pk"] = json!("11111111111111111111111111111111"),
        |event| {
            event.context["authorized_application"]["name"] = event.context["http_request"]["args"]["client_id"].take();
        },
    ];
    {
        let mut world = stage.sim.world();
        let applications = &mut world.authentik.state_mut().applications;
        let mut other = applications[0].clone();
        (other.pk, other.slug, other.provider) =
            (uuid::Uuid::from_u128(0x1111_1111_1111_1111_1111_1111_1111_1111), "b".into(), None);
        applications.push(other);
    }
    for (number, attack) in attacks.into_iter().enumerate() {
        try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        last_authorization(&stage, attack);
        read(&stage);
        assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet, "{number}");
    }
}

/// The event of somebody who had the address then, was deleted, or whom an administrator impersonated.
#[test]
fn an_address_that_was_somebody_elses_is_not_a_sign_in() {
    // Another user of the same address then.
    let stage = switched();
    sign_in_and_stay(&stage, MAILBOX_USER);
    last_authorization(&stage, |event| event.user["pk"] = json!(987_654));
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet, "neither by the event nor by mailcow's line");
    // The user had another address then, and now has this one.
    let stage = switched();
    let (theirs, new) = (address(MAILBOX_USER), address(OTHER));
    user(&stage, OTHER, |user| user.email = "elsewhere@nowhere.example".into());
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    user(&stage, MAILBOX_USER, |user| user.email.clone_from(&new));
    read(&stage);
    assert_eq!(row(&stage, &new).arrival, ArrivalKind::NotYet, "they have signed in to another mailbox");
    assert_eq!(row(&stage, &theirs).arrival, ArrivalKind::NoUser);
    // An administrator who looked at somebody's mailbox in their place.
    let stage = switched();
    sign_in_and_stay(&stage, MAILBOX_USER);
    last_authorization(&stage, |event| {
        let user = event.user.take();
        event.user = json!({"pk": 4, "username": "akadmin", "email": "root@localhost", "on_behalf_of": user});
    });
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
    // A flow about another user was open in the same browser, which authentik then names first.
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    let other = stage.sim.observe().authentik.state().users.named(&username(OTHER)).expect("a user").clone();
    last_authorization(&stage, |event| {
        let user = event.user.take();
        event.user = json!({"pk": other.pk, "username": other.username, "email": other.email, "authenticated_as": user});
    });
    read(&stage);
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::SignedIn, ArrivalKind::NotYet));
}

/// What an impersonated session does is not the user's, by authentik's own hand.
#[test]
fn an_administrator_in_somebodys_place_does_not_arrive_for_them() {
    let stage = switched();
    {
        let mut world = stage.sim.world();
        let user = world.authentik.state().users.named(&username(MAILBOX_USER)).expect("a user").pk;
        stage.sim.browser().sign_in_to_authentik(&mut world, "akadmin");
        let key = stage.sim.browser().authentik_session().expect("a session").to_owned();
        let session = world.authentik.state_mut().sessions.get_mut(&key).expect("a session");
        session.original = session.user.replace(user);
        stage.sim.browser().forget_mailcow_session();
        let page = stage.sim.browser().visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
        assert!(page.0.starts_with(MAILCOW), "{}", page.0);
        stage.sim.browser().sign_in_to_authentik(&mut world, "akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut world);
    }
    let world = stage.sim.observe();
    let events = world.authentik.state().events.iter();
    assert!(events.rev().any(|event| event.action == "authorize_application" && event.user["on_behalf_of"]["pk"].is_i64()));
    drop(world);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
}

#[test]
fn two_users_with_one_address_have_a_row_each() {
    let stage = switched();
    user(&stage, OTHER, |user| user.email = address(MAILBOX_USER).to_uppercase());
    sign_in_and_stay(&stage, OTHER);
    read(&stage);
    let found = rows(&stage, &address(MAILBOX_USER));
    let of = |name: &str| found.iter().find(|row| row.username == name).map(|row| (row.arrival, row.is_shared));
    assert_eq!(of(&username(OTHER)), Some((ArrivalKind::SignedIn, true)), "{found:?}");
    assert_eq!(of(&username(MAILBOX_USER)), Some((ArrivalKind::NotYet, true)), "{found:?}");
}

/// R3 and R4.
#[test]
fn disabled_and_renamed_users_are_said() {
    let stage = switched();
    sign_in_and_stay(&stage, MAILBOX_USER);
    user(&stage, MAILBOX_USER, |user| user.is_active = false);
    user(&stage, OTHER, |user| user.email = "renamed@mail.example".into());
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::GoesOn);
    // Of several whom it may be, the first; and nobody is asked about who has a user.
    user(&stage, 3, |user| user.email = address(OTHER).replace('@', "@elsewhere."));
    read(&stage);
    let orphan = row(&stage, &address(OTHER));
    assert_eq!((orphan.arrival, orphan.renamed, orphan.username.as_str()), (ArrivalKind::NoUser, username(OTHER), ""));
    assert!(rows(&stage, "").iter().all(|row| row.arrival == ArrivalKind::NoUser || row.renamed.is_empty()));
    let mailbox = address(MAILBOX_USER);
    let mut world = stage.sim.world();
    let mailboxes = &mut world.mailcow.state_mut().mailboxes;
    mailboxes.iter_mut().find(|known| known.username == mailbox).expect("a mailbox").active = false;
    drop(world);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::BothInactive);
}

/// The browser's clock may be wrong by hours: authentik says what time it has.
#[test]
fn a_clock_that_is_wrong_does_not_change_who_has_arrived() {
    for ahead_s in [-7_200, 7_200] {
        let stage = settled();
        wait(&stage, ahead_s);
        read_table(&stage);
        try_to_sign_in(&stage, OTHER, "cowbell");
        wait(&stage, 600);
        stage.sim.pass(605_000);
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
        pass(&stage, 600);
        try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        let view = read(&stage);
        assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::SignedIn, ArrivalKind::NotYet), "{ahead_s}");
        let row = row(&stage, &address(MAILBOX_USER));
        // authentik has every event since it was set up.
        assert_eq!(view.complete_from_ms, u64::try_from((1_795_449_600 - ahead_s) * 1_000).ok(), "by the browser's clock");
        let gap_s = row.at_ms.zip(row.switched_at_ms).map(|(at, switched)| (at - switched) / 1_000);
        assert!(gap_s.is_some_and(|gap| (590..620).contains(&gap)), "{ahead_s}: {row:?}");
    }
}

/// Pages without end are not read without end, and whoever is missing is not known.
#[test]
fn a_list_without_end_is_left_and_said() {
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    let body = {
        let world = stage.sim.observe();
        let event = world.authentik.state().events.iter().rfind(|event| event.action == "authorize_application").expect("one");
        let created = "2026-11-29T00:00:00Z";
        let event = json!({"pk": event.pk, "action": event.action, "created": created, "expires": "2027-11-29T00:00:00Z", "user": event.user, "context": event.context});
        json!({"pagination": {"count": 500_000, "total_pages": 5_000}, "results": [event]}).to_string()
    };
    read_table(&stage);
    let endless = FaultKind::Status { status: 200, body, content_type: None, retry_after_s: None };
    stage.sim.world().faults.browser.push(Fault::on(world::Product::Authentik, "/api/v3/events/events/", endless).skip(4));
    stage.sim.forget();
    let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    let pages =
        stage.sim.sent().iter().filter(|sent| sent.url.contains("events/events") && sent.url.contains("authorize")).count();
    assert!((100..850).contains(&pages), "{pages}: {view:?}");
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotKnown, "{view:?}");
}

#[test]
fn what_cannot_be_read_is_said_and_not_known() {
    let status = |status| FaultKind::Status { status, body: "{}".into(), content_type: None, retry_after_s: None };
    let events = "/api/v3/events/events/";
    // Between two pages.
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let known = state.events.iter().rfind(|event| event.action == "authorize_application").expect("one").clone();
        for number in 0..900_u32 {
            state.events.push(Event { pk: uuid::Uuid::from_u128(u128::from(number) + 1), ..known.clone() });
        }
    }
    read_table(&stage);
    stage.sim.world().before_request(|authentik, _, product, request| {
        if product == world::Product::Authentik && request.uri().query().is_some_and(|query| query.contains("page=8&")) {
            authentik.state_mut().sessions.clear();
        }
    });
    let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    assert_eq!(view.findings.first().map(|finding| finding.code), Some(Code::AuthentikNotSignedIn), "{view:?}");
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::SignedIn, ArrivalKind::NotKnown));
    // Without events, mailcow's log alone.
    let stage = switched();
    pass(&stage, 3_600);
    sign_in_and_stay(&stage, MAILBOX_USER);
    read_table(&stage);
    stage.sim.world().faults.browser.push(Fault::on(world::Product::Authentik, events, status(403)));
    let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    assert_eq!(view.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::AuthentikNotAllowed]);
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::SignedIn, ArrivalKind::NotKnown));
    // Without mailcow's log, nobody knows what mailcow did.
    for kind_of_fault in [FaultKind::Html, FaultKind::TruncatedJson, FaultKind::WrongTypes] {
        stage.sim.world().faults.browser = vec![Fault::on(world::Product::Mailcow, "/api/v1/get/logs/ui", kind_of_fault)];
        let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
        assert_eq!(view.findings.len(), 1, "{view:?}");
        assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::Authorized, ArrivalKind::NotYet));
    }
}

/// Lists of switched mailboxes from earlier versions, which stored no time or one, and from a panel that was closed during the wave.
#[test]
fn a_list_without_times_is_read() {
    let mut stage = switched();
    let mut kept = stage.sim.kept();
    kept.retain(|name, _| name.starts_with("mailboxes"));
    let with_times = |kept_times: usize, tail: &str| -> std::collections::BTreeMap<String, String> {
        let line = |line: &str| match line.split_once(' ') {
            Some((facts, address)) => {
                let facts: Vec<&str> = facts.split(',').collect();
                assert_eq!(facts.len(), 3, "{line}");
                format!("{}{tail} {address}", facts[..=kept_times].join(","))
            }
            None => line.to_owned(),
        };
        let old = |text: &String| text.lines().map(line).collect::<Vec<_>>().join("\n");
        kept.iter().map(|(name, text)| (name.clone(), old(text))).collect()
    };
    try_to_sign_in(&stage, 2, "cowbell");
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    pass(&stage, 600);
    stage.reopen_panel();
    read(&stage);
    let now = row(&stage, &address(OTHER));
    assert!(now.switched_at_ms.is_some() && now.arrival == ArrivalKind::NotYet, "the panel was closed: {now:?}");
    assert_eq!(kind(&stage, 2), ArrivalKind::Authorized, "after the end, which was noted");
    // Two windows have noted the same mailboxes.
    let mut twice = kept.clone();
    twice.extend(kept.iter().map(|(name, text)| (format!("{name}.again"), text.clone())));
    stage.app.restore_switched(WINDOW, &twice);
    assert_eq!(read(&stage).switched, rows(&stage, "").iter().filter(|row| row.can_switch_back).count());
    let table = run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
    assert_eq!(table.switched, kept.values().map(|text| text.lines().count() - 1).sum::<usize>(), "each is in one list");
    stage.app.restore_switched(WINDOW, &with_times(1, ""));
    read(&stage);
    let one = row(&stage, &address(OTHER));
    assert_eq!((one.arrival, one.switched_at_ms), (ArrivalKind::NotYet, now.switched_at_ms));
    // Nobody has noted the end: whoever has tried since may have done so before their own mailbox was switched.
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    pass(&stage, 600);
    stage.app.restore_switched(WINDOW, &with_times(1, ","));
    read(&stage);
    let open = row(&stage, &address(MAILBOX_USER));
    assert_eq!((open.arrival, open.cause), (ArrivalKind::NotKnown, Some(NotKnownCause::AboutTheSwitch)));
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet, "it had ended when the panel was opened again");
    stage.app.restore_switched(WINDOW, &with_times(1, ""));
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::Authorized);
    stage.app.restore_switched(WINDOW, &with_times(0, ""));
    let view = read(&stage);
    let old = row(&stage, &address(OTHER));
    assert_eq!((old.arrival, old.switched_at_ms, old.can_switch_back), (ArrivalKind::NotKnown, None, true));
    assert_eq!((old.cause, view.cause), (Some(NotKnownCause::SwitchTime), Some(NotKnownCause::SwitchTime)));
    let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    assert!(back.done > 5 && back.left == 0, "{back:?}");
}

/// The same mailcow under another of its host names: it is said where the switch is undone, and nothing else.
#[test]
fn what_was_switched_at_another_address_is_said_and_not_undone_here() {
    const WEBMAIL: &str = "https://webmail.company";
    let stage = switched();
    let table = || run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
    let all = table().switched;
    assert!(all > 5 && table().elsewhere.is_empty());
    let under_another_name = |(name, text): (&String, &String)| (name.clone(), text.replacen(MAILCOW, WEBMAIL, 1));
    stage.app.restore_switched(WINDOW, &stage.sim.kept().iter().map(under_another_name).collect());
    let said = |count| vec![SwitchedElsewhere { mailcow: WEBMAIL.to_owned(), count }];
    assert_eq!((table().switched, table().elsewhere), (0, said(all)));
    assert_eq!(run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds().done, 0);
    // One of them has a password again, and is switched here then.
    let one = address(OTHER);
    stage.sim.world().mailcow.state_mut().mailbox_mut(&one).expect("a mailbox").authsource = "mailcow".into();
    read_table(&stage);
    assert_eq!(table().elsewhere, said(all - 1));
    let here = run(stage.app.switch_mailboxes(Switching::Mailbox(&one), &mut |_, _| {})).succeeds().readiness;
    assert_eq!((here.switched, here.elsewhere), (1, said(all - 1)));
}

#[test]
fn thousands_of_rows_are_scrolled_without_stutter() {
    let stage = switched();
    {
        let mut world = stage.sim.world();
        let mailboxes = &mut world.mailcow.state_mut().mailboxes;
        let known = mailboxes.iter().find(|mailbox| mailbox.authsource == "generic-oidc").expect("a mailbox").clone();
        for number in 0..1_800_u32 {
            let mut more = known.clone();
            more.username = format!("m{number:05}@mail.example");
            mailboxes.push(more);
        }
    }
    let view = read(&stage);
    assert!(view.rows > 1_800, "{view:?}");
    let begin = Instant::now();
    for offset in (0..1_800).step_by(6) {
        let query = ArrivalQuery { text: "m0".into(), offset, limit: 20, ..ArrivalQuery::default() };
        stage.app.find_arrivals(&query).succeeds();
    }
    // 300 pages: a few milliseconds each even without optimisation.
    assert!(begin.elapsed().as_millis() < 5_000, "{:?}", begin.elapsed());
    stage.sim.only(&[Product::Mailcow]);
    let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    assert_eq!(view.findings.first().map(|finding| finding.code), Some(Code::EventsNotRead));
}

/// mailcow's line has an address and no user: whose sign-in it is, only the event says.
#[test]
fn a_line_of_mailcow_is_that_of_the_user_whom_the_event_names() {
    let someone_else = |event: &mut Event| event.user["pk"] = json!(987_654);
    // What was before is not known any more, so that the owner may have signed in unseen.
    let stage = switched();
    stage.sim.world().authentik.state_mut().events.clear();
    pass(&stage, DAY_S);
    sign_in_and_stay(&stage, MAILBOX_USER);
    last_authorization(&stage, someone_else);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotKnown);
    // What mailcow did with the owner's sign-in is not known, and the line is that of another one.
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    pass(&stage, 60);
    sign_in_and_stay(&stage, MAILBOX_USER);
    last_authorization(&stage, someone_else);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::Authorized);
    // Two users have the address, and the events are not known.
    let stage = switched();
    user(&stage, OTHER, |user| user.email = address(MAILBOX_USER).to_uppercase());
    pass(&stage, 3_600);
    sign_in_and_stay(&stage, OTHER);
    read_table(&stage);
    let status = FaultKind::Status { status: 403, body: "{}".into(), content_type: None, retry_after_s: None };
    stage.sim.world().faults.browser.push(Fault::on(world::Product::Authentik, "/api/v3/events/events/", status));
    run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    let found = rows(&stage, &address(MAILBOX_USER));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|row| row.arrival == ArrivalKind::NotKnown), "{found:?}");
}

/// A failure counts after the switch, and for the user who failed.
#[test]
fn a_failure_from_before_the_switch_is_over() {
    // The client secret was wrong, and is not any more.
    let stage = settled();
    read_table(&stage);
    let secret = stage.sim.observe().authentik.state().providers[0].client_secret.clone();
    set(&mut stage.sim.world(), "client_secret", "wrong");
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    set(&mut stage.sim.world(), "client_secret", secret);
    pass(&stage, 3_600);
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
    // A minute before the switch, which no clock tells from a minute after it: but the reason does.
    let stage = settled();
    read_table(&stage);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    pass(&stage, 60);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
}

/// An attribute mapping with gaps ends every sign-in on an empty page, of which mailcow's log has nothing.
#[test]
fn whoever_ends_on_an_empty_page_is_authorized_and_no_more() {
    let stage = switched();
    set(&mut stage.sim.world(), "mappers", json!({"0": "a", "2": "b"}));
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::Authorized);
}

/// A wave is switched back and switched again: what mailcow has written of the first sign-in is no sign-in after that.
#[test]
fn a_refusal_is_not_made_good_by_a_line_from_before() {
    let stage = switched();
    sign_in_and_stay(&stage, MAILBOX_USER);
    pass(&stage, 300);
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    set(&mut stage.sim.world(), "client_secret", "wrong");
    pass(&stage, 300);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::Failed);
}

#[test]
fn a_failure_is_that_of_the_user_who_failed() {
    let type_password = |stage: &Stage| {
        let mut world = stage.sim.world();
        Browser::of(&world).type_password_at_mailcow(&mut world, "/", &address(MAILBOX_USER), "wrong");
        drop(world);
        wait(stage, 5);
    };
    // Of two users with one address.
    let stage = switched();
    user(&stage, OTHER, |user| user.email = address(MAILBOX_USER).to_uppercase());
    set(&mut stage.sim.world(), "client_secret", "wrong");
    try_to_sign_in(&stage, OTHER, "cowbell");
    read(&stage);
    let of = |stage: &Stage, name: &str| {
        rows(stage, &address(MAILBOX_USER)).into_iter().find(|row| row.username == name).map(|row| row.arrival)
    };
    assert_eq!(of(&stage, &username(OTHER)), Some(ArrivalKind::Failed));
    assert_eq!(of(&stage, &username(MAILBOX_USER)), Some(ArrivalKind::NotYet));
    // A password that was refused names no user: the only one it was, and of two it may have been either.
    let stage = switched();
    type_password(&stage);
    read(&stage);
    let failed = row(&stage, &address(MAILBOX_USER));
    assert_eq!(failed.finding.map(|finding| finding.code), Some(Code::PasswordRefusedByMailcow));
    user(&stage, OTHER, |user| user.email = address(MAILBOX_USER).to_uppercase());
    read(&stage);
    assert_eq!(of(&stage, &username(OTHER)), Some(ArrivalKind::NotYet));
    assert_eq!(of(&stage, &username(MAILBOX_USER)), Some(ArrivalKind::NotYet));
    // Somebody else had the address.
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    last_authorization(&stage, |event| event.user["pk"] = json!(987_654));
    type_password(&stage);
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet);
}

/// The user of an authorization signs in again, so many times.
fn sign_in_again(stage: &Stage, authorization: &Event, times: u32) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    for _ in 0..times {
        let (pk, created) = (state.ids.uuid(), state.now);
        state.events.push(Event { pk, created, ..authorization.clone() });
    }
}

fn authorization(stage: &Stage) -> Event {
    let world = stage.sim.observe();
    world.authentik.state().events.iter().rfind(|event| event.action == "authorize_application").expect("one").clone()
}

/// What was before the first switch is of no use, however long it is; and whoever was the first after it counts. The browser's clock
/// may be wrong by hours.
#[test]
fn authorizations_are_read_back_to_the_first_switch_and_no_further() {
    for ahead_s in [-7_200, 0, 7_200] {
        let stage = settled();
        wait(&stage, ahead_s);
        try_to_sign_in(&stage, OTHER, "cowbell");
        sign_in_again(&stage, &authorization(&stage), 6_000);
        pass(&stage, DAY_S);
        read_table(&stage);
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
        pass(&stage, 600);
        try_to_sign_in(&stage, OTHER, "cowbell");
        try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        sign_in_again(&stage, &authorization(&stage), 900);
        read_table(&stage);
        stage.sim.forget();
        run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
        assert_eq!(
            (kind(&stage, MAILBOX_USER), kind(&stage, OTHER)),
            (ArrivalKind::SignedIn, ArrivalKind::SignedIn),
            "{ahead_s}"
        );
        let is_page = |url: &str| url.contains("events/events") && url.contains("authorize");
        let pages = stage.sim.sent().iter().filter(|sent| is_page(&sent.url)).count();
        assert!((10..30).contains(&pages), "{ahead_s}: {pages} of 70 pages");
    }
}

/// Reading ends somewhere. Who signed in before that is not known.
#[test]
fn what_is_beyond_the_pages_that_are_read_is_not_known() {
    let stage = switched();
    try_to_sign_in(&stage, OTHER, "cowbell");
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    pass(&stage, 3_600);
    sign_in_again(&stage, &authorization(&stage), 900);
    stage.sim.world().authentik.state_mut().largest_page = Some(1);
    let view = read(&stage);
    assert!(view.findings.is_empty(), "{view:?}");
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::SignedIn, ArrivalKind::NotKnown), "{view:?}");
}

/// authentik's list is read back to the first switch, as far as the clocks are certain, and no further.
#[test]
fn the_list_is_read_back_to_the_first_switch() {
    let stage = settled();
    read_table(&stage);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    let mine = authorization(&stage);
    sign_in_again(&stage, &mine, 400);
    pass(&stage, DAY_S);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 20);
    sign_in_again(&stage, &mine, 1);
    pass(&stage, 40);
    // A page of its own, from a minute after the switch.
    sign_in_again(&stage, &mine, 20);
    stage.sim.world().authentik.state_mut().largest_page = Some(20);
    pass(&stage, 600);
    read_table(&stage);
    let mut read = Vec::new();
    let view = run(stage.app.read_arrivals(&draft(), &mut |done, _| read.push(done))).succeeds();
    assert!(view.findings.is_empty(), "{view:?}");
    assert_eq!(read, [20], "once more, to the pages from before the switch");
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet, "{view:?}");
}

/// The first page cannot be read: an empty list is not one in which nobody is missing, and nobody is said to have been refused whose
/// code it would have.
#[test]
fn a_list_that_cannot_be_read_is_not_an_empty_one() {
    let stage = switched();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    pass(&stage, 3_600);
    read_table(&stage);
    let status = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
    // After the four lists of the sign-ins.
    let fault = Fault::on(world::Product::Authentik, "/api/v3/events/events/", status).skip(4).times(1);
    stage.sim.world().faults.browser.push(fault);
    let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    assert_eq!(view.findings.len(), 1, "{view:?}");
    let kinds = (kind(&stage, MAILBOX_USER), kind(&stage, OTHER));
    assert_eq!(kinds, (ArrivalKind::NotKnown, ArrivalKind::NotKnown), "{view:?}");
}

/// Somebody deletes events while the list is read: others move to a page that was read already.
#[test]
fn a_list_that_becomes_shorter_hides_nobody() {
    // Before the second page is read: another page in their place, and no second page any more.
    for (older, younger, deleted) in [(29, 20, 9), (4, 20, 10)] {
        let stage = switched();
        try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        pass(&stage, 3_600);
        let mine = authorization(&stage);
        sign_in_again(&stage, &mine, older);
        try_to_sign_in(&stage, OTHER, "cowbell");
        pass(&stage, 3_600);
        sign_in_again(&stage, &mine, younger);
        stage.sim.world().authentik.state_mut().largest_page = Some(20);
        read_table(&stage);
        let mut firsts = 0;
        stage.sim.world().before_request(move |authentik, _, product, request| {
            let query = request.uri().query().filter(|_| product == world::Product::Authentik).unwrap_or_default();
            if !query.contains("action=authorize_application") {
                return;
            }
            firsts += usize::from(query.contains("page=1&"));
            if firsts == 2 && !query.contains("page=1&") {
                firsts += 1;
                let events = &mut authentik.state_mut().events;
                events.truncate(events.len() - deleted);
            }
        });
        let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
        assert!(view.findings.is_empty(), "{deleted}: {view:?}");
        assert_eq!(
            (kind(&stage, MAILBOX_USER), kind(&stage, OTHER), kind(&stage, 2)),
            (ArrivalKind::SignedIn, ArrivalKind::NotKnown, ArrivalKind::NotKnown),
            "{deleted}: {view:?}"
        );
    }
}

/// What was read before a wave says nothing about it.
#[test]
fn what_was_read_before_a_switch_does_not_say_not_yet() {
    let stage = switched();
    read(&stage);
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
    pass(&stage, 600);
    let address = address(OTHER);
    run(stage.app.switch_mailboxes(Switching::MailboxBack(&address), &mut |_, _| {})).succeeds();
    run(stage.app.switch_mailboxes(Switching::Mailbox(&address), &mut |_, _| {})).succeeds();
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotKnown, "nobody has looked since");
    pass(&stage, 600);
    read(&stage);
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
}

/// An attempt that mailcow refused before the switch, of which only authentik tells any more, and a panel that does not know when
/// the mailbox was switched.
#[test]
fn an_attempt_is_not_later_than_a_switch_at_an_unknown_time() {
    let stage = settled();
    sign_in_and_stay(&stage, OTHER);
    pass(&stage, 3_600);
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    sign_in_and_stay(&stage, MAILBOX_USER);
    stage.app.restore_switched(WINDOW, &std::collections::BTreeMap::new());
    read(&stage);
    assert!(row(&stage, &address(OTHER)).switched_at_ms.is_none());
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotKnown);
}

/// mailcow's refusal names nobody, both users are behind one network address, and one of two lines is gone: neither has arrived.
#[test]
fn whom_a_refusal_may_have_met_has_not_arrived() {
    let stage = switched();
    pass(&stage, 3_600);
    set(&mut stage.sim.world(), "client_secret", "wrong");
    try_to_sign_in(&stage, OTHER, "cowbell");
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    {
        let mut world = stage.sim.world();
        let log = &mut world.mailcow.state_mut().ui_log;
        let is_refusal = |call: &String| call.contains("invalid_client");
        let first = log.iter().position(|entry| entry.call.as_ref().is_some_and(is_refusal)).expect("a refusal");
        log.remove(first);
    }
    read(&stage);
    let kinds = [OTHER, MAILBOX_USER].map(|index| kind(&stage, index));
    assert!(!kinds.contains(&ArrivalKind::SignedIn) && kinds.contains(&ArrivalKind::Failed), "{kinds:?}");
}

/// A wave takes minutes. Whoever tries meanwhile, before their own mailbox was switched, is refused by mailcow, whose log has more lines
/// of the wave itself than are read.
#[test]
fn a_try_during_the_wave_is_none_since_the_switch() {
    let stage = settled();
    read_table(&stage);
    let begun = |_: usize, _: usize| {
        pass(&stage, 600);
        let end = try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
        assert!(!end.0.contains("SOGo"), "{end:?}");
        pass(&stage, 600);
    };
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut { begun })).succeeds();
    pass(&stage, 600);
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    read(&stage);
    let tried = row(&stage, &address(MAILBOX_USER));
    assert_eq!((tried.arrival, tried.cause), (ArrivalKind::NotKnown, Some(NotKnownCause::AboutTheSwitch)), "{tried:?}");
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::Authorized);
}

/// Why it is not known is said where it is known.
#[test]
fn what_is_not_known_has_its_cause() {
    let stage = switched();
    let cause = || row(&stage, &address(OTHER)).cause;
    read(&stage);
    assert_eq!(cause(), None);
    let address = address(OTHER);
    run(stage.app.switch_mailboxes(Switching::MailboxBack(&address), &mut |_, _| {})).succeeds();
    pass(&stage, 60);
    run(stage.app.switch_mailboxes(Switching::Mailbox(&address), &mut |_, _| {})).succeeds();
    assert_eq!(cause(), Some(NotKnownCause::ReadBefore));
    stage.sim.world().authentik.state_mut().events.clear();
    assert_eq!((read(&stage).cause, cause()), (Some(NotKnownCause::Events), Some(NotKnownCause::Events)));
    // authentik sends something else than the addresses of its users.
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let chosen = state.providers[0].property_mappings.clone();
        let mapping =
            state.mappings.iter_mut().find(|of| of.scope_name == "email" && chosen.contains(&of.pk)).expect("a mapping");
        mapping.expression = "return {\"email\": request.user.attributes.get(\"mail\", request.user.username)}".into();
    }
    assert_eq!((read(&stage).cause, cause()), (Some(NotKnownCause::Owner), Some(NotKnownCause::Owner)));
}

/// One was switched at an unknown time, another one after the logs were read: no one cause is said of both.
#[test]
fn causes_that_differ_are_said_of_each() {
    let stage = switched();
    let unknown = address(2);
    let without_time = |facts: &str, of: &str| {
        let kept = if of == unknown { facts.split(',').next().unwrap_or_default() } else { facts };
        kept.to_owned()
    };
    stage.app.restore_switched(WINDOW, &kept_with(&stage, without_time));
    assert_eq!(read(&stage).cause, Some(NotKnownCause::SwitchTime));
    pass(&stage, 60);
    let other = address(OTHER);
    run(stage.app.switch_mailboxes(Switching::MailboxBack(&other), &mut |_, _| {})).succeeds();
    run(stage.app.switch_mailboxes(Switching::Mailbox(&other), &mut |_, _| {})).succeeds();
    let cause = |address: &str| row(&stage, address).cause;
    assert_eq!((cause(&unknown), cause(&other)), (Some(NotKnownCause::SwitchTime), Some(NotKnownCause::ReadBefore)));
    assert_eq!(stage.app.arrivals_view().succeeds().cause, None);
}

/// A later wave says nothing about when an earlier one had ended.
#[test]
fn a_later_wave_leaves_the_end_of_an_earlier_one() {
    let stage = settled();
    read_table(&stage);
    let [first, second] = [MAILBOX_USER, OTHER].map(address);
    run(stage.app.switch_mailboxes(Switching::Mailbox(&first), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    stage.sim.world().mailcow.state_mut().ui_log.clear();
    pass(&stage, 600);
    run(stage.app.switch_mailboxes(Switching::Mailbox(&second), &mut |_, _| {})).succeeds();
    pass(&stage, 600);
    read(&stage);
    assert_eq!((kind(&stage, MAILBOX_USER), kind(&stage, OTHER)), (ArrivalKind::Authorized, ArrivalKind::NotYet));
}

/// A wave that ended while the logs were read is later than what is in them.
#[test]
fn a_wave_that_ended_during_the_reading_was_not_read_about() {
    let stage = switched();
    read_table(&stage);
    let (sim, mut is_over) = (stage.sim.clone(), false);
    stage.sim.world().before_request(move |_, _, product, _| {
        if product == world::Product::Mailcow && !is_over {
            is_over = true;
            sim.pass(600_000);
        }
    });
    let began_s = stage.sim.now_ms() / 1_000;
    run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    assert_eq!(kind(&stage, OTHER), ArrivalKind::NotYet);
    let during = |facts: &str, _: &str| {
        let created = facts.split(',').next().unwrap_or_default();
        format!("{created},{},{}", began_s + 200, began_s + 300)
    };
    stage.app.restore_switched(WINDOW, &kept_with(&stage, during));
    read_table(&stage);
    assert_eq!(row(&stage, &address(OTHER)).cause, Some(NotKnownCause::ReadBefore));
}

const OWN: &str = "the mailbox's own";
const APP: &str = "an app password";

/// Everybody has an app password for everything, and nobody's mail program has signed in yet.
fn with_app_passwords() -> Stage {
    let stage = settled();
    {
        let mut world = stage.sim.world();
        let state = world.mailcow.state_mut();
        state.sasl_log.clear();
        state.app_passwords.clear();
        for (mailbox, id) in state.mailboxes.iter_mut().zip(1..) {
            mailbox.password = Some(OWN.to_owned());
            mailbox.protocols = Protocol::ALL.into();
            state.app_passwords.push(AppPassword {
                id,
                name: "a phone".to_owned(),
                mailbox: mailbox.username.clone(),
                hash: "{BLF-CRYPT}hash".to_owned(),
                password: APP.to_owned(),
                protocols: Protocol::ALL.into(),
                active: true,
                created: state.now,
            });
        }
    }
    stage
}

fn program(stage: &Stage, index: usize, protocol: Protocol, password: &str) -> bool {
    stage.sim.world().mailcow.sign_in_by_program(protocol, &address(index), password)
}

/// Mail programs sign in before the switch and after it, whatever the time zone of the database is, and whether or not mailcow tells it.
#[test]
fn a_mail_program_that_falls_silent_is_named_and_one_that_goes_on_is_not() {
    for (zone_h, shows_last_login) in [(0, true), (2, true), (-8, true), (13, true), (13, false)] {
        let stage = with_app_passwords();
        {
            let mut world = stage.sim.world();
            let state = world.mailcow.state_mut();
            (state.database_ahead_s, state.show_last_login) = (zone_h * 3_600, shows_last_login);
        }
        for (index, protocol, password) in
            [(0, Protocol::Imap, APP), (0, Protocol::Eas, OWN), (OTHER, Protocol::Imap, OWN), (3, Protocol::Smtp, APP)]
        {
            assert!(program(&stage, index, protocol, password));
        }
        pass(&stage, DAY_S);
        read_table(&stage);
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
        pass(&stage, DAY_S);
        assert!(!program(&stage, OTHER, Protocol::Imap, OWN), "mailcow refuses the old password");
        assert!(program(&stage, 0, Protocol::Imap, APP) && program(&stage, 3, Protocol::Smtp, APP));
        let view = read(&stage);
        let about = format!("{zone_h} {shows_last_login}: {view:?}");
        let programs = |index: usize| row(&stage, &address(index)).programs;
        assert_eq!(programs(0), ProgramsKind::Silent, "{about}");
        let uses = row(&stage, &address(0)).uses;
        let told: Vec<_> = uses.iter().map(|one| (one.protocol, one.by_app_password, one.is_since, one.is_silent)).collect();
        assert_eq!(told, [(Known::Imap, true, Some(true), false), (Known::ActiveSync, false, Some(false), true)], "{about}");
        assert_eq!((programs(OTHER), programs(3)), (ProgramsKind::Silent, ProgramsKind::GoOn), "{about}");
        assert_eq!((programs(2), row(&stage, &address(2)).uses), (ProgramsKind::None, Vec::new()), "{about}");
        let filter = ArrivalFilter { kind: None, silent: true };
        let query = ArrivalQuery { filter, limit: 99, ..ArrivalQuery::default() };
        let mut silent: Vec<String> =
            stage.app.find_arrivals(&query).succeeds().rows.into_iter().map(|row| row.address).collect();
        silent.sort_unstable();
        let mut expected = vec![address(0), address(OTHER)];
        expected.sort_unstable();
        assert_eq!((silent, view.silent), (expected, 2), "{about}");
        if shows_last_login {
            let at_ms = uses[0].at_ms / 1_000;
            let now = u64::try_from(stage.sim.observe().mailcow.state().now).expect("after 1970");
            assert!(at_ms.abs_diff(now) < 900, "{about}: {at_ms} {now}");
        }
        // The owners have entered the app password.
        assert!(program(&stage, 0, Protocol::Eas, APP) && program(&stage, OTHER, Protocol::Imap, APP));
        assert_eq!((read(&stage).silent, programs(0), programs(OTHER)), (0, ProgramsKind::GoOn, ProgramsKind::GoOn), "{about}");
    }
}

/// Minutes after the switch by mailcow's clock are not certainly after it.
#[test]
fn a_mail_program_right_after_the_switch_may_have_been_before_it() {
    let stage = with_app_passwords();
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, 300);
    assert!(program(&stage, OTHER, Protocol::Imap, APP));
    read(&stage);
    assert_eq!(row(&stage, &address(OTHER)).programs, ProgramsKind::NotKnown);
    pass(&stage, 1_000);
    assert!(program(&stage, OTHER, Protocol::Imap, APP));
    read(&stage);
    assert_eq!(row(&stage, &address(OTHER)).programs, ProgramsKind::GoOn);
}

/// A mailcow whose log has nothing, cannot be read, or does not tell of phones; and a panel that does not know when it switched.
#[test]
fn what_mailcow_does_not_tell_of_mail_programs_is_not_known() {
    let stage = with_app_passwords();
    assert!(program(&stage, OTHER, Protocol::Imap, OWN));
    read_table(&stage);
    run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    pass(&stage, DAY_S);
    assert_eq!((read(&stage).silent, row(&stage, &address(2)).programs), (1, ProgramsKind::None));
    let is_unknown = || {
        let view = run(stage.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
        assert_eq!(view.silent, 0);
        assert!(rows(&stage, "").iter().all(|row| row.programs == ProgramsKind::NotKnown));
    };
    for fault in [FaultKind::Html, FaultKind::TruncatedJson] {
        stage.sim.world().faults.browser = vec![Fault::on(world::Product::Mailcow, "/api/v1/get/logs/sasl/100000", fault)];
        is_unknown();
    }
    stage.sim.world().faults.browser.clear();
    stage.app.restore_switched(WINDOW, &std::collections::BTreeMap::new());
    read_table(&stage);
    is_unknown();
    assert_eq!(row(&stage, &address(OTHER)).uses[0].is_since, Some(false), "its own password is from before");
    stage.sim.world().mailcow.state_mut().sasl_log.clear();
    is_unknown();
}

/// A passkey that somebody has registered in mailcow opens its web interface whatever authentik says: nothing claims that it is closed,
/// and nobody has arrived by that.
#[test]
fn a_passkey_opens_the_mailbox_of_a_disabled_user_and_an_inactive_one() {
    let stage = switched();
    let mailbox = address(MAILBOX_USER);
    let opens = || {
        let mut world = stage.sim.world();
        let (name, value) = world.mailcow.sign_in_by_passkey(&mailbox).expect("a mailbox");
        let mut browser = Browser::of(&world);
        browser.set_mailcow_session(name, &value);
        let (url, page) = browser.visit(&mut world, &format!("{MAILCOW}/user"));
        drop(world);
        wait(&stage, 5);
        url == format!("{MAILCOW}/user") && page.contains(&mailbox)
    };
    assert!(opens(), "after the switch");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::NotYet, "that is no sign-in with authentik");
    user(&stage, MAILBOX_USER, |user| user.is_active = false);
    assert!(opens(), "of a user who is disabled in authentik");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::GoesOn);
    stage.sim.world().mailcow.state_mut().mailbox_mut(&mailbox).expect("a mailbox").active = false;
    assert!(opens(), "and whose mailbox is inactive");
    read(&stage);
    assert_eq!(kind(&stage, MAILBOX_USER), ArrivalKind::BothInactive);
    assert!(stage.sim.world().mailcow.sign_in_by_passkey("nobody@mail.example").is_none());
}

/// 2,000 mailboxes without a user, of which each may be that of one of 20,000 users who were renamed: a table for all of them is saved
/// in one go.
#[test]
fn whoever_was_renamed_is_found_among_thousands() {
    let stage = switched();
    {
        let mut world = stage.sim.world();
        let mailboxes = &mut world.mailcow.state_mut().mailboxes;
        let known = mailboxes.iter().find(|mailbox| mailbox.authsource == "generic-oidc").expect("a mailbox").clone();
        mailboxes.extend((0..2_000_u32).map(|number| {
            let mut more = known.clone();
            more.username = format!("M{number:05}@mail.example");
            more
        }));
        let users = &mut world.authentik.state_mut().users;
        users.extend((0..20_000_i64).map(|number| {
            let uuid = uuid::Uuid::from_u128(u128::from(number.unsigned_abs()) + 1);
            let mut more = User::new(100_000 + number, uuid, &format!("user{number}"), 0);
            more.email = format!("m{number:05}@elsewhere.example");
            more
        }));
    }
    read(&stage);
    let begin = Instant::now();
    let mut renamed = 0;
    for offset in (0..3_000).step_by(1_000) {
        let query = ArrivalQuery { offset, limit: 1_000, ..ArrivalQuery::default() };
        let rows = stage.app.find_arrivals(&query).succeeds().rows;
        renamed += rows.iter().filter(|row| row.renamed.starts_with("user") && row.address.starts_with('m')).count();
    }
    assert_eq!(renamed, 2_000);
    assert!(begin.elapsed().as_millis() < 5_000, "{:?}", begin.elapsed());
}
