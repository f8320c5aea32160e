//! The password form of mailcow's login page: what the question about it counts, and who has answered it by now.

use cowbell::app::Reason;
use cowbell::panel::view::ReadinessStatus;
use cowbell::panel::{Event, PasswordFormTask, PasswordFormView, Place, Question, QuestionView, Section};
use cowbell::transport::Product;
use cowbell::verify::Code;
use cowbell::verify::readiness::Outcome;
use cowbell_standins::mailcow::Profile;

use super::{desk, send_unknown_addresses};
use crate::support::panel::Desk;
use crate::support::stage::Setting;

/// Both sides are as wanted, and mailboxes have passwords.
fn with_passwords() -> Desk {
    let desk = desk();
    // Everybody who is to sign in has an address at mailcow: not disabled users, nor the service account that every authentik has.
    for user in desk.sim.world().authentik.state_mut().users.iter_mut() {
        if !user.is_active {
            user.email = "has.left@elsewhere.example".into();
        } else if !user.email.ends_with("@mail.example") {
            user.email = format!("{}@mail.example", user.username);
        }
    }
    desk.connect_both();
    desk.give_mailboxes_passwords();
    desk
}

/// Everybody with a user signs in with authentik.
fn switched() -> Desk {
    let desk = with_passwords();
    desk.tell(Event::Go { section: Section::Switch });
    desk.tell(Event::ReadPeople);
    desk.tell(Event::PickFound { text: String::new() });
    desk.agree(Question::SwitchWave);
    desk.tell(Event::Go { section: Section::Arrivals });
    desk
}

fn form(desk: &Desk) -> PasswordFormView {
    desk.view().password_form.expect("a form")
}

fn is_hidden(desk: &Desk) -> bool {
    desk.sim.observe().mailcow.state().force_sso
}

fn ask(desk: &Desk, question: Question) -> QuestionView {
    desk.tell(Event::Ask { question });
    desk.view().question.expect("a question")
}

#[test]
fn a_mailcow_without_the_setting_has_nothing_to_hide() {
    let desk = Desk::of(&Setting { users: 6, mailcow: Profile::V2025_03, ..Setting::default() }.stage());
    desk.connect_both();
    desk.tell(Event::Open { place: Place::People });
    assert!(!form(&desk).can_be_hidden);
    desk.sim.forget();
    for question in [Question::HidePasswordForm, Question::ShowPasswordForm] {
        desk.tell(Event::Ask { question });
        let view = desk.view();
        assert_eq!(view.question, None);
        let error = view.password_form.and_then(|form| form.error);
        assert_eq!(error.map(|error| error.code), Some(Code::LoginPageNotCustomizable));
    }
    assert!(desk.sim.writes().is_empty());
}

/// Without a provider there is neither something to hide, nor a way to sign in afterwards.
#[test]
fn nothing_is_offered_before_mailcow_has_a_provider() {
    let desk = desk();
    desk.set_up();
    desk.click(Product::Mailcow);
    assert_eq!(desk.view().password_form, None);
    // Somebody else has hidden it: then it can be shown.
    desk.sim.world().mailcow.state_mut().force_sso = true;
    desk.click(Product::Mailcow);
    desk.agree(Question::ShowPasswordForm);
    assert!(!is_hidden(&desk));
}

#[test]
fn the_question_counts_who_would_miss_the_form() {
    let desk = with_passwords();
    let question = ask(&desk, Question::HidePasswordForm);
    let unread = question.password_form.clone().expect("a form").stake;
    assert!(question.is_dangerous && !unread.is_known, "nobody has read who can sign in: {unread:?}");
    desk.tell(Event::Withdraw);
    desk.tell(Event::Go { section: Section::Readiness });
    let kept_out = {
        // Somebody whom authentik does not know any more under the address of their mailbox.
        let mut world = desk.sim.world();
        let users = &mut world.authentik.state_mut().users;
        let user = users.named_mut("akadmin").expect("a user");
        user.email = "akadmin@elsewhere.example".into();
        user.username.clone()
    };
    desk.tell(Event::Check);
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let rows = desk.panel.find_readiness("", 0, view.users).rows;
    let owners = rows.iter().filter(|row| row.finding.code == Code::MailboxHasPassword).count();
    let refused: Vec<&str> = rows
        .iter()
        .filter(|row| matches!(row.outcome, Outcome::Refused | Outcome::Unknown))
        .filter(|row| !matches!(row.finding.code, Code::UserInactive | Code::UserServiceAccount))
        .map(|row| row.username.as_str())
        .collect();
    assert_eq!(refused, [kept_out.as_str()]);
    let mailboxes = desk.sim.observe().mailcow.state().mailboxes.len();
    let question = ask(&desk, Question::HidePasswordForm);
    let asked = question.password_form.clone().expect("a form");
    let stake = asked.stake;
    assert!(question.is_dangerous && stake.is_known && asked.provider_matches && !asked.is_own);
    assert_eq!(asked.admin_page, "https://mailcow.company/admin");
    assert!(owners > 1 && mailboxes > owners);
    assert_eq!((stake.passwords, stake.nobodys, stake.kept_out), (owners, mailboxes - owners, 1));
    assert_eq!((asked.names.kept_out, asked.names.passwords), (vec![kept_out], Vec::new()), "few by name");
    assert!(!form(&desk).is_safe);
}

#[test]
fn the_question_is_harmless_once_nobody_would_miss_the_form() {
    let desk = switched();
    assert!(form(&desk).is_safe);
    let question = ask(&desk, Question::HidePasswordForm);
    let asked = question.password_form.clone().expect("a form");
    assert!(!question.is_dangerous && asked.stake.is_nothing() && asked.stake.nobodys > 0, "{asked:?}");
    // mailcow has other settings by now: some with which everybody signs in, and some with which nobody does.
    for (key, value) in [("client_scopes", "openid profile email phone"), ("client_id", "another")] {
        desk.tell(Event::Withdraw);
        desk.sim.world().mailcow.state_mut().identity_provider.set(key, value);
        desk.tell(Event::Check);
        let question = ask(&desk, Question::HidePasswordForm);
        let asked = question.password_form.clone().expect("a form");
        assert_eq!(asked.stake.is_nothing(), key == "client_scopes", "{key}: {asked:?}");
        assert!(question.is_dangerous && !asked.provider_matches, "{key}");
        assert!(!form(&desk).is_safe, "{key}");
    }
}

#[test]
fn a_question_with_other_facts_by_now_is_not_answered() {
    type Change = fn(&Desk);
    let changes: [(&str, Change); 3] = [
        ("a password", |desk| {
            let mut world = desk.sim.world();
            let mailboxes = &mut world.mailcow.state_mut().mailboxes;
            mailboxes
                .iter_mut()
                .filter(|mailbox| mailbox.authsource != "mailcow")
                .for_each(|of| of.authsource = "mailcow".into());
        }),
        ("a user", |desk| {
            let mut world = desk.sim.world();
            world.authentik.state_mut().users.named_mut("akadmin").expect("a user").email = "akadmin@elsewhere.example".into();
        }),
        ("a provider", |desk| desk.sim.world().mailcow.state_mut().identity_provider.set("client_id", "another")),
    ];
    for (what, change) in changes {
        let desk = switched();
        let harmless = ask(&desk, Question::HidePasswordForm);
        assert!(!harmless.is_dangerous);
        change(&desk);
        desk.tell(Event::Check);
        assert!(desk.view().question.is_none_or(|question| question.is_dangerous), "{what}");
        desk.sim.forget();
        desk.tell(Event::Confirm { shown: Box::new(harmless) });
        assert!(!is_hidden(&desk) && desk.sim.writes().is_empty(), "{what}");
    }
}

/// Nobody can sign in with authentik: whose mailbox has a password is counted by that, and once.
#[test]
fn whoever_is_kept_out_and_has_a_password_counts_once() {
    let desk = with_passwords();
    desk.tell(Event::Go { section: Section::Readiness });
    desk.sim.world().mailcow.state_mut().identity_provider.set("client_id", "another");
    desk.tell(Event::Check);
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let rows = desk.panel.find_readiness("", 0, view.users).rows;
    let addresses: Vec<String> =
        desk.sim.observe().mailcow.state().mailboxes.iter().map(|mailbox| mailbox.username.clone()).collect();
    let owns = |email: &str| addresses.iter().any(|address| address.eq_ignore_ascii_case(email));
    let is_to_sign_in = |code| !matches!(code, Code::UserInactive | Code::UserServiceAccount);
    let others = rows.iter().filter(|row| is_to_sign_in(row.finding.code) && !owns(&row.email)).count();
    let stake = ask(&desk, Question::HidePasswordForm).password_form.expect("a form").stake;
    assert!(others > 0 && rows.iter().all(|row| row.finding.code != Code::MailboxHasPassword), "{rows:?}");
    assert_eq!((stake.kept_out, stake.passwords + stake.nobodys), (others, addresses.len()), "{stake:?}");
}

/// Whoever is disabled is kept out on purpose, but not from a mailbox that has a password; and few are named.
#[test]
fn the_password_of_a_disabled_user_is_one_and_no_more() {
    let desk = switched();
    let stake = |desk: &Desk| {
        desk.tell(Event::Check);
        let asked = ask(desk, Question::HidePasswordForm).password_form.expect("a form");
        desk.tell(Event::Withdraw);
        (asked.stake.passwords, asked.stake.kept_out, form(desk).is_safe, asked.names.passwords)
    };
    assert_eq!(stake(&desk), (0, 0, true, Vec::new()));
    let one = {
        let mut world = desk.sim.world();
        let moved =
            |of: &str| world.mailcow.state().mailboxes.iter().any(|known| known.username == of && known.authsource != "mailcow");
        let email = world.authentik.state().users.iter().map(|user| user.email.to_lowercase()).find(|email| moved(email));
        let email = email.expect("somebody who was switched");
        let users = &mut world.authentik.state_mut().users;
        users.iter_mut().filter(|user| user.email.to_lowercase() == email).for_each(|user| user.is_active = false);
        email
    };
    assert_eq!(stake(&desk), (0, 0, true, Vec::new()));
    desk.sim.world().mailcow.state_mut().mailbox_mut(&one).expect("a mailbox").authsource = "mailcow".into();
    assert_eq!(stake(&desk), (1, 0, false, vec![one]));
}

/// Of whom it is not known whether they can sign in, it is not known that they need no form.
#[test]
fn whoever_may_be_kept_out_counts() {
    let desk = switched();
    send_unknown_addresses(&desk);
    desk.tell(Event::Check);
    let ReadinessStatus::Done { view, .. } = desk.view().readiness else { panic!("no table") };
    let is_to_sign_in = |of: &&Reason| !matches!(of.verdict, Code::UserInactive | Code::UserServiceAccount);
    let count = |outcome| -> usize {
        let reasons = view.reasons.iter().filter(is_to_sign_in).filter(|of| of.outcome == outcome);
        reasons.map(|of| of.count).sum()
    };
    let stake = ask(&desk, Question::HidePasswordForm).password_form.expect("a form").stake;
    assert!(count(Outcome::Unknown) > 0, "{:?}", view.reasons);
    assert_eq!((stake.kept_out, stake.passwords), (count(Outcome::Unknown) + count(Outcome::Refused), 0));
    assert!(!form(&desk).is_safe);
}

/// Whoever gets the password back while the form is hidden can use it in mail programs only.
#[test]
fn a_password_that_comes_back_while_the_form_is_hidden_has_none() {
    let desk = switched();
    let one =
        desk.sim.observe().mailcow.state().mailboxes.iter().find(|of| of.authsource != "mailcow").expect("one").username.clone();
    let questions =
        [Question::SwitchBack { address: String::new() }, Question::SwitchBack { address: one }, Question::SwitchBackWave];
    for is_hidden in [false, true] {
        if is_hidden {
            desk.agree(Question::HidePasswordForm);
        }
        for question in &questions {
            assert_eq!(ask(&desk, question.clone()).lacks_password_form, is_hidden, "{question:?}");
            desk.tell(Event::Withdraw);
        }
    }
    assert!(!ask(&desk, Question::ShowPasswordForm).lacks_password_form);
}

/// Somebody answers in mailcow, before the question or after it.
#[test]
fn what_somebody_has_done_in_mailcow_is_not_done_again() {
    let desk = switched();
    desk.sim.world().mailcow.state_mut().force_sso = true;
    desk.tell(Event::Ask { question: Question::HidePasswordForm });
    assert_eq!(desk.view().question, None);
    assert!(form(&desk).is_hidden == Some(true) && !form(&desk).is_own);
    let desk = switched();
    let question = ask(&desk, Question::HidePasswordForm);
    desk.sim.world().mailcow.state_mut().force_sso = true;
    desk.sim.forget();
    desk.tell(Event::Confirm { shown: Box::new(question) });
    assert_eq!(form(&desk).error.map(|error| error.code), Some(Code::LoginPageChangedMeanwhile));
    assert!(desk.sim.writes().is_empty() && !form(&desk).is_own && form(&desk).is_hidden == Some(true));
}

#[test]
fn it_is_changed_by_one_press_at_a_time_and_while_mailcow_is_not_being_read() {
    let desk = switched();
    let standing = |desk: &Desk| (form(desk).task, form(desk).is_ready);
    assert_eq!(standing(&desk), (None, true));
    desk.sim.hold();
    let mut reading = desk.begin(Event::Ask { question: Question::HidePasswordForm });
    assert!(!reading.go_on());
    assert_eq!(standing(&desk), (Some(PasswordFormTask::Read), false));
    reading.finish();
    desk.sim.hold();
    let mut hiding = desk.begin(desk.yes());
    assert!(!hiding.go_on());
    assert_eq!(standing(&desk), (Some(PasswordFormTask::Hide), false));
    hiding.finish();
    assert_eq!(standing(&desk), (None, true));
    desk.sim.hold();
    desk.tabs.load(Product::Mailcow);
    let mut loading = desk.next_event();
    assert!(!loading.go_on());
    assert_eq!(standing(&desk), (None, false));
}

#[test]
fn nothing_is_asked_about_it_while_something_is_written() {
    let desk = switched();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    let before = desk.sim.sent().len();
    desk.begin(Event::Ask { question: Question::HidePasswordForm }).finish();
    assert_eq!((desk.sim.sent().len(), desk.view().question), (before, None));
    rotation.finish();
}

#[test]
fn what_was_hidden_is_shown_again() {
    let desk = switched();
    desk.agree(Question::HidePasswordForm);
    assert!(is_hidden(&desk));
    let hidden = form(&desk);
    assert!(hidden.is_hidden == Some(true) && hidden.is_own && hidden.is_done && !hidden.is_safe, "{hidden:?}");
    desk.tell(Event::Ask { question: Question::HidePasswordForm });
    assert_eq!(desk.view().question, None, "it is hidden already");
    let question = ask(&desk, Question::ShowPasswordForm);
    assert!(!question.is_dangerous && question.password_form.clone().is_some_and(|form| form.is_own));
    desk.tell(Event::Confirm { shown: Box::new(question) });
    assert!(!is_hidden(&desk));
    let shown = form(&desk);
    assert!(shown.is_hidden == Some(false) && !shown.is_own && shown.is_done && shown.is_safe, "{shown:?}");
}
