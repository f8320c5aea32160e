//! How long a plan holds, and that only one writes at a time (docs/contract/cases.md, H6 to H8).

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use cowbell::app::{Error, PlanStanding, Switching};
use cowbell::authentik::EMAIL_VERIFIED;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::{Access, Audience};
use cowbell::transport::{Busy, Work};
use cowbell::verify::Code;
use cowbell_standins::mailcow::state::Mailbox;
use cowbell_standins::people::person;
use futures_util::FutureExt;
use serde_json::Value;

use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, everybody, remove, run};

fn choice() -> MailcowChoice {
    MailcowChoice::default()
}

/// Both products connected, the settings saved, the table read.
fn connected() -> Stage {
    let stage = Setting { users: 30, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&choice())).succeeds();
    run(stage.app.read_readiness(&draft(), &choice(), &mut |_, _| {})).succeeds();
    stage
}

/// Who has the attribute.
fn verified(stage: &Stage) -> Vec<i64> {
    let world = stage.sim.observe();
    let has = |attributes: &Value| attributes.get(EMAIL_VERIFIED) == Some(&Value::Bool(true));
    let users = world.authentik.state().users.iter();
    users.filter(|user| has(&serde_json::to_value(&user.attributes).expect("serialises"))).map(|user| user.pk).collect()
}

#[test]
fn a_plan_writes_the_users_that_it_was_made_for_or_nobody() {
    let stage = Setting { users: 30, ..Setting::default() }.stage();
    stage.observe().succeeds();
    let before = verified(&stage);
    // Users in the order of the list. One is chosen, and somebody in front of them is deleted.
    let mut named: Vec<(String, i64)> =
        stage.sim.observe().authentik.state().users.iter().map(|user| (user.username.clone(), user.pk)).collect();
    named.retain(|(username, _)| username != "akadmin");
    named.sort();
    let mut writable = named.iter().map(|(_, pk)| *pk).filter(|pk| {
        let audience = Audience::Users { users: vec![*pk] };
        run(stage.app.read_users(&mut |_, _| {})).succeeds();
        stage.app.count_users(&audience).succeeds().counts.change == 1
    });
    let (deleted, chosen) = (writable.next().expect("a user"), writable.next().expect("another"));
    drop(writable);
    let desired = SetupDraft { audience: Audience::Users { users: vec![chosen] }, ..draft() };
    stage.plan(&desired).succeeds();
    stage.sim.world().authentik.state_mut().users.remove(deleted);
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Outdated);
    stage.sim.forget();
    assert_eq!(stage.apply(&desired), Err(Error::PlanOutdated));
    assert!(stage.sim.writes().is_empty(), "nothing was written");
    assert_eq!(verified(&stage), before);

    stage.plan(&desired).succeeds();
    assert!(stage.apply(&desired).succeeds().in_sync);
    let mut now = verified(&stage);
    now.retain(|pk| !before.contains(pk));
    assert_eq!(now, [chosen]);
}

#[test]
fn a_plan_outlives_a_check_that_finds_the_same() {
    let stage = Setting { users: 30, ..Setting::default() }.stage();
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    assert_eq!(stage.app.standing_of_plan(&draft()), PlanStanding::None);
    let view = stage.plan(&draft()).succeeds();
    let reading = stage.app.authentik_reading();
    run(stage.app.check(&draft(), &choice()));
    assert!(stage.app.authentik_reading() > reading, "it was read again");
    run(stage.app.explain_sign_ins(&draft()));
    stage.observe().expect("a click on the same tab");
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    assert_eq!(stage.app.standing_of_plan(&draft()), PlanStanding::Current);
    let report = stage.apply(&draft()).succeeds();
    assert!(report.in_sync && report.progress.users_done == view.users.change, "{report:?}");
    assert_eq!(stage.app.standing_of_plan(&draft()), PlanStanding::None, "it is done");
}

#[test]
fn a_plan_outlives_a_check_though_its_bindings_were_read_later() {
    let stage = Setting { users: 30, ..Setting::default() }.stage();
    // An application that does not look like mailcow's: its bindings are read when the plan needs them.
    let named = SetupDraft {
        application_name: Some("Post".into()),
        application_slug: Some("post".into()),
        launch_url: Some("https://post.example".into()),
        ..draft()
    };
    let groups: Vec<String> = stage.observe().succeeds().groups.iter().map(|group| group.key.clone()).collect();
    stage.done(&SetupDraft { access: Some(Access::Groups { groups: groups[..1].to_vec() }), ..named.clone() });
    let desired = SetupDraft { access: Some(Access::Groups { groups: groups[..2].to_vec() }), ..named };
    stage.plan(&desired).succeeds();
    stage.observe().succeeds();
    assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Current);
    // Somebody else locks the group out.
    stage.sim.world().authentik.state_mut().bindings[0].enabled = false;
    stage.observe().succeeds();
    assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Outdated);
}

#[test]
fn a_plan_is_outdated_by_whatever_it_was_made_from() {
    type Change = fn(&Stage);
    let changes: [(&str, Change); 3] = [
        ("a name", |stage| stage.sim.world().authentik.state_mut().providers[0].name = "another".into()),
        ("a user", |stage| {
            let mut world = stage.sim.world();
            let users = &mut world.authentik.state_mut().users;
            let pk = users.iter().next().expect("a user").pk;
            let user = users.get_mut(pk).expect("a user");
            user.attributes.insert(EMAIL_VERIFIED.into(), "text".into());
            user.email = "somebody.else@mail.example".into();
        }),
        ("an undo", |stage| {
            stage.undo().succeeds();
        }),
    ];
    for (what, change) in changes {
        let stage = connected();
        let desired = SetupDraft { application_name: Some("Post".into()), ..draft() };
        stage.plan(&desired).succeeds();
        assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Current, "{what}");
        assert_eq!(stage.app.standing_of_plan(&draft()), PlanStanding::Outdated, "it is for another draft");
        change(&stage);
        stage.observe().succeeds();
        run(stage.app.read_users(&mut |_, _| {})).succeeds();
        assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Outdated, "{what}");
        stage.sim.forget();
        assert_eq!(stage.apply(&desired), Err(Error::PlanOutdated), "{what}");
        assert!(stage.sim.sent().is_empty(), "{what}");
    }
}

/// What a verb answers while something is written.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>, work: Work, what: &str) {
    let error = outcome.map(drop).expect_err(what);
    assert_eq!(error, Error::Busy(Busy { work }), "{what}");
    assert_eq!(code(&error), Code::RunBusy);
}

#[test]
fn nobody_else_writes_or_notes_anything_while_something_is_written() {
    let rotate = async |stage: &Stage| drop(stage.app.rotate_secret().await);
    let remove = async |stage: &Stage| drop(stage.app.remove_integration().await);
    meanwhile(Work::Rotate, &rotate);
    meanwhile(Work::Remove, &remove);
    meanwhile(Work::Switch, &async |stage| {
        drop(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {}).await);
    });
    meanwhile(Work::SwitchBack, &async |stage| {
        let address = person(1, 0).email;
        drop(stage.app.switch_mailboxes(Switching::MailboxBack(&address), &mut |_, _| {}).await);
    });
    meanwhile(Work::HidePasswordForm, &async |stage| drop(stage.app.hide_password_form().await));
    meanwhile(Work::ShowPasswordForm, &async |stage| drop(stage.app.show_password_form().await));
    meanwhile(Work::Save, &async |stage| drop(stage.app.save_for_me(&choice()).await));
    meanwhile(Work::Restore, &async |stage| drop(stage.app.restore_mailcow(&choice()).await));
    meanwhile(Work::Undo, &async |stage| drop(stage.app.undo(&mut |_| {}).await));
    meanwhile(Work::RestoreRemoved, &async |stage| drop(stage.app.restore_removed().await));
}

/// Every verb that writes is tried at each request of this one.
fn meanwhile(work: Work, verb: &impl AsyncFn(&Stage)) {
    let ready = || {
        let stage = connected();
        if work == Work::RestoreRemoved {
            stage.sim.world().mailcow.state_mut().mailboxes.retain(|mailbox| mailbox.authsource == "mailcow");
            run(remove(&stage.app)).succeeds();
        }
        if work == Work::SwitchBack {
            run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
        }
        run(stage.app.read_password_form()).succeeds();
        if work == Work::ShowPasswordForm {
            run(stage.app.hide_password_form()).succeeds();
            run(stage.app.read_password_form()).succeeds();
        }
        if work == Work::Remove {
            run(stage.app.removal()).succeeds();
        }
        stage
    };
    let mut tried = 0;
    for request in 0.. {
        let stage = ready();
        stage.sim.hold_at(request);
        let mut running = pin!(verb(&stage));
        if running.as_mut().now_or_never().is_some() {
            break;
        }
        tried += 1;
        let what = format!("{work:?}, request {request}");
        assert_eq!(stage.app.writing(), Some(work), "{what}");
        let (before, kept) = (Picture::of(&stage.sim.observe()), stage.sim.kept());
        let sent = stage.sim.sent().len();
        let restorable = stage.app.mailcow_view(&choice()).succeeds().can_restore;
        let switched = switched_of(&stage);
        refused(stage.apply(&draft()), work, &what);
        refused(stage.undo(), work, &what);
        refused(run(stage.app.save_for_me(&choice())), work, &what);
        refused(run(stage.app.restore_mailcow(&choice())), work, &what);
        let wave = everybody(&stage.app);
        let address = "mailbox1@mail.example";
        for which in [Switching::Wave(&wave), Switching::Mailbox(address), Switching::Back, Switching::MailboxBack(address)] {
            refused(run(stage.app.switch_mailboxes(which, &mut |_, _| {})), work, &what);
        }
        refused(run(stage.app.hide_password_form()), work, &what);
        refused(run(stage.app.show_password_form()), work, &what);
        refused(run(stage.app.rotate_secret()), work, &what);
        refused(run(stage.app.remove_integration()), work, &what);
        refused(run(stage.app.restore_removed()), work, &what);
        assert_eq!(stage.sim.sent().len(), sent, "{what}: nothing was sent");
        Picture::of(&stage.sim.observe()).assert_same(&before, &what);
        assert_eq!(stage.sim.kept(), kept, "{what}: nothing was noted");
        assert_eq!(stage.app.mailcow_view(&choice()).succeeds().can_restore, restorable, "{what}");
        assert_eq!(switched_of(&stage), switched, "{what}");
        let form = stage.app.password_form();
        // To read is no write, and what it has read is not kept in place of what was written meanwhile.
        let _ = run(stage.app.read_arrivals(&draft(), &mut |_, _| {}));
        assert_eq!((stage.app.password_form(), stage.sim.kept()), (form, kept), "{what}");
        run(running);
        assert_eq!(stage.app.writing(), None, "{what}");
    }
    assert!(tried > 1, "{work:?} was met {tried} times");
}

/// How many mailboxes count as switched by this session.
fn switched_of(stage: &Stage) -> Option<usize> {
    // A table that is read says it; reading one sends something, so it is asked of what was kept.
    stage.sim.kept().iter().find(|(name, _)| name.starts_with("mailboxes")).map(|(_, text)| text.lines().count())
}

#[test]
fn a_run_that_is_dropped_in_the_middle_leaves_its_journal_and_ends_writing() {
    for request in 0..40 {
        let stage = Setting { users: 30, ..Setting::default() }.stage();
        let before = Picture::of(&stage.sim.observe());
        stage.observe().succeeds();
        stage.plan(&draft()).succeeds();
        stage.sim.hold_at(request);
        let desired = draft();
        let mut progress = |_: &cowbell::plan::Progress| {};
        {
            let mut running = pin!(stage.app.apply(&desired, &mut progress));
            if running.as_mut().now_or_never().is_some() {
                break;
            }
            assert_eq!(stage.app.writing(), Some(Work::Apply));
        }
        assert_eq!(stage.app.writing(), None);
        let wrote = !stage.sim.writes().is_empty();
        assert!(!wrote || stage.app.can_undo(), "request {request}");
        assert!(!wrote || stage.app.standing_of_plan(&draft()) != PlanStanding::Current, "request {request}");
        if wrote {
            let undone = stage.undo().succeeds();
            assert_eq!((undone.error, undone.skipped), (None, Vec::new()), "request {request}");
            before.assert_same(&Picture::of(&stage.sim.observe()), &format!("request {request}"));
        }
    }
}

#[test]
fn a_removal_that_is_dropped_in_the_middle_can_be_put_back() {
    for request in 0.. {
        let stage = connected();
        stage.sim.world().mailcow.state_mut().mailboxes.retain(|mailbox| mailbox.authsource == "mailcow");
        stage.observe_mailcow().succeeds();
        let before = stage.sim.observe().mailcow.state().identity_provider.clone();
        stage.sim.hold_at(request);
        {
            let mut running = pin!(stage.app.remove_integration());
            if running.as_mut().now_or_never().is_some() {
                break;
            }
        }
        assert_eq!(stage.app.writing(), None);
        let gone = stage.sim.observe().mailcow.state().identity_provider.is_empty();
        assert!(!gone || stage.app.can_restore(), "request {request}");
        if gone {
            run(stage.app.restore_removed()).succeeds();
            assert_eq!(stage.sim.observe().mailcow.state().identity_provider, before, "request {request}");
        }
    }
}

#[test]
fn what_was_read_before_a_write_is_read_again_when_it_is_needed() {
    let stage = connected();
    let desired = SetupDraft { application_name: Some("Post".into()), ..draft() };
    stage.plan(&desired).succeeds();
    let readings = (stage.app.authentik_reading(), stage.app.mailcow_reading());
    run(stage.app.rotate_secret()).succeeds();
    assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Outdated);
    assert!(stage.app.authentik_reading() > readings.0 && stage.app.mailcow_reading() > readings.1);
    assert!(stage.app.registration().is_some(), "it is known what the client is now");
    assert!(stage.app.count_users(&Audience::All).is_err(), "users are read again");
    stage.observe().succeeds();
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    assert!(stage.app.count_users(&Audience::All).is_ok());
    assert_eq!(stage.app.standing_of_plan(&desired), PlanStanding::Current, "a plan knows no secret that is there");
}

/// Both logs are read for a long time, and what is written meanwhile stands: by now the list is older than the mailboxes and the login
/// page.
#[test]
fn what_is_written_while_it_is_read_who_has_arrived_stands() {
    let address = person(1, 0).email;
    let switch = |stage: &Stage| {
        run(stage.app.switch_mailboxes(Switching::Mailbox(&address), &mut |_, _| {})).succeeds();
    };
    let hide = |stage: &Stage| {
        run(stage.app.read_password_form()).succeeds();
        run(stage.app.hide_password_form()).succeeds();
    };
    let save = |stage: &Stage| {
        let choice = MailcowChoice { login_provisioning: !choice().login_provisioning, ..choice() };
        assert!(run(stage.app.save_for_me(&choice)).succeeds().in_sync);
    };
    for (what, write) in [("switch", &switch as &dyn Fn(&Stage)), ("hide", &hide), ("save", &save)] {
        for request in 0.. {
            let what = format!("{what} at request {request}");
            let stage = connected();
            let asked = draft();
            let mut progress = |_: usize, _: usize| {};
            stage.sim.hold_at(request);
            let mut reading = pin!(stage.app.read_arrivals(&asked, &mut progress));
            if reading.as_mut().now_or_never().is_some() {
                assert!(request > 5, "{what}");
                break;
            }
            write(&stage);
            let known = |stage: &Stage| {
                let view = stage.app.mailcow_view(&choice()).succeeds();
                (stage.app.password_form(), view.mailboxes, view.rows)
            };
            let before = known(&stage);
            let _ = run(reading);
            assert_eq!(known(&stage), before, "{what}");
        }
    }
}

/// The table is older than the login page that was hidden since: a switch leaves what is known of that.
#[test]
fn a_switch_leaves_what_is_known_of_the_login_page() {
    let stage = connected();
    let address = person(1, 0).email;
    run(stage.app.read_password_form()).succeeds();
    run(stage.app.hide_password_form()).succeeds();
    let form = stage.app.password_form();
    assert!(form.is_some_and(|form| form.is_own && form.is_hidden == Some(true)));
    for which in [Switching::Mailbox(&address), Switching::MailboxBack(&address)] {
        assert_eq!(run(stage.app.switch_mailboxes(which, &mut |_, _| {})).succeeds().done, 1);
        assert_eq!(stage.app.password_form(), form, "{which:?}");
    }
}

/// The session ends at whichever request of a wave of several. What was switched can be switched back, and what was not is not
/// Cowbell's, even if somebody else switches it later.
#[test]
fn a_wave_whose_session_ends_in_the_middle_can_be_switched_back() {
    let more: Vec<String> = (0..25).map(|number| format!("more{number:02}@mail.example")).collect();
    let mut ends = [0; 3];
    for request in 0_usize.. {
        let what = format!("request {request}");
        let stage = connected();
        {
            let mut world = stage.sim.world();
            let mailboxes = &mut world.mailcow.state_mut().mailboxes;
            let example = mailboxes.iter().find(|mailbox| mailbox.authsource == "mailcow").expect("a mailbox").clone();
            mailboxes.extend(more.iter().map(|address| Mailbox { username: address.clone(), ..example.clone() }));
        }
        let read = || {
            stage.observe_mailcow().succeeds();
            run(stage.app.read_readiness(&draft(), &choice(), &mut |_, _| {})).succeeds().switched
        };
        read();
        let before = Picture::of(&stage.sim.observe());
        let mut left = request;
        let is_over = Rc::new(Cell::new(false));
        let ended = is_over.clone();
        stage.sim.world().before_request(move |_, mailcow, _, _| {
            if left == 0 && !ended.replace(true) {
                mailcow.state_mut().sessions.clear();
            }
            left = left.saturating_sub(1);
        });
        let wave = more.iter().map(|address| address.as_str().into()).collect();
        let outcome = run(stage.app.switch_mailboxes(Switching::Wave(&wave), &mut |_, _| {}));
        if !is_over.get() {
            break;
        }
        let error = match outcome {
            Ok(view) => view.error.map(|finding| finding.code),
            Err(error) => Some(code(&error)),
        };
        assert_eq!(error, Some(Code::MailcowNotSignedIn), "{what}");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        let switched = || {
            let world = stage.sim.observe();
            world.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc").count()
        };
        let done = switched();
        assert_eq!(read(), done, "{what}");
        ends[usize::from(done > 0) + usize::from(done == more.len())] += 1;
        // A colleague goes on with one.
        let by_hand = {
            let mut world = stage.sim.world();
            let mailboxes = &mut world.mailcow.state_mut().mailboxes;
            let next = mailboxes.iter_mut().find(|mailbox| more.contains(&mailbox.username) && mailbox.authsource == "mailcow");
            next.map(|mailbox| mailbox.authsource = "generic-oidc".into())
        };
        assert_eq!(read(), done, "{what}: somebody else's");
        let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
        assert_eq!((back.done, back.left, switched()), (done, 0, usize::from(by_hand.is_some())), "{what}");
        if by_hand.is_none() {
            before.assert_same(&Picture::of(&stage.sim.observe()), &what);
        }
    }
    assert!(ends.iter().all(|times| *times > 0), "nothing, some and all were switched: {ends:?}");
}
