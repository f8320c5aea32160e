//! The place mailcow: filling the form, saving, and the form as somebody types into it.

use cowbell::app::Cowbell;
use cowbell::mailcow::form::FormFlaw;
use cowbell::mailcow::{Field, FieldRow, FormState, MailcowChoice};
use cowbell::panel::offers::{BarAction as Action, ButtonLabel};
use cowbell::panel::{Event, Lost, MailcowTask, Question, SaveOutcome, Section};
use cowbell::transport::Product;
use cowbell::verify::{Code, Fix};
use cowbell_standins::authentik::Profile;

use super::{desk, main_action, offered, secrets, small};
use crate::support::panel::{Desk, MAILCOW_TAB};
use crate::support::stage::{MAILCOW, Setting, Stage};
use crate::unknown_secret::{VIEW_ONLY, sign_in_with};

/// authentik is done, mailcow was clicked on.
fn at_mailcow() -> Desk {
    let desk = desk();
    desk.set_up();
    desk.click(Product::Mailcow);
    desk
}

/// A panel that knows of a client only what mailcow has stored, and shows the form.
fn at_mailcow_alone() -> Desk {
    let stage = small();
    Desk::of(&stage).connect_both();
    let desk = Desk::of(&stage);
    desk.click(Product::Mailcow);
    desk.tabs.show_form();
    desk.settle();
    desk.sim.forget();
    desk
}

/// Both sides have the same, and mailcow's page shows the form: nothing needs the secret any more.
fn saved_with_form() -> Desk {
    let desk = at_mailcow();
    desk.agree(Question::Save);
    desk.tabs.show_form();
    desk.settle();
    desk
}

/// Somebody enters a client secret.
fn enter_secret(desk: &Desk, settled: bool, secret: &str) {
    desk.tabs.type_into_form(settled, |form| {
        let control = form.controls.iter_mut().find(|control| control.name == Field::ClientSecret.name()).expect("a field");
        secret.clone_into(&mut control.values[0]);
    });
}

/// What is said of the client credentials in the form.
fn pair(desk: &Desk) -> Option<Code> {
    desk.view().form?.pair.map(|pair| pair.code)
}

fn form_codes(desk: &Desk) -> Vec<Code> {
    desk.view().form.map(|form| form.findings.iter().map(|finding| finding.code).collect()).unwrap_or_default()
}

#[test]
fn without_a_client_the_form_is_only_shown() {
    let desk = desk();
    desk.click(Product::Mailcow);
    let view = desk.view();
    assert_eq!(view.registration, None);
    assert_eq!(view.bar.iter().map(|button| button.label).collect::<Vec<_>>(), [ButtonLabel::MailcowShowForm]);
    desk.tell(Event::Fill);
    let view = desk.view();
    assert!(view.form.is_some() && view.work.filled.is_none());
    assert!(view.bar.is_empty());
    assert!(desk.tabs.form().values_of(Field::ClientId).is_some_and(|values| values == [""]));
}

#[test]
fn the_form_is_filled_and_mailcows_own_save_is_noticed() {
    let desk = at_mailcow();
    assert_eq!(offered(&desk.view()), [Action::AskSave, Action::Fill]);
    assert_eq!(main_action(&desk.view()), Some(Action::Fill));
    desk.tell(Event::Fill);
    let view = desk.view();
    let filled = view.work.filled.as_ref().expect("filled");
    assert!(filled.iter().any(|row| row.field == Field::ClientSecret), "{filled:?}");
    assert!(view.form.as_ref().is_some_and(|form| form.view.complete), "{:?}", view.form);
    assert_eq!(view.bar.last().map(|button| button.label), Some(ButtonLabel::MailcowFillAgain));
    assert_eq!(main_action(&view), None, "what leads on is mailcow's own button");
    assert!(desk.sim.observe().mailcow.state().identity_provider.is_empty(), "nothing is saved for the administrator");
    // mailcow's own button, then its page loads again.
    let body = desk.tabs.save_body();
    desk.sim.browser().post_json(&mut desk.sim.world(), &format!("{MAILCOW}/api/v1/edit/identity-provider"), &body);
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    let view = desk.view();
    assert_eq!(view.work.outcome, Some(SaveOutcome::Saved));
    assert!(view.mailcow_facts.is_some_and(|facts| facts.in_sync));
    assert_eq!(view.bar.iter().map(|button| button.action).collect::<Vec<_>>(), [Action::GoToCheck]);
    // The secret is discarded by now, and no other one.
    desk.tabs.show_form();
    desk.settle();
    let form = desk.view().form.expect("a form").view;
    assert!(form.complete && form.rows.iter().all(FieldRow::is_same), "{:?}", form.rows);
    // Somebody changes it in authentik: the one that the form had is another one now.
    desk.sim.world().authentik.state_mut().providers[0].client_secret = "another".into();
    desk.click(Product::Authentik);
    let form = desk.view().form.expect("a form").view;
    let different: Vec<Field> = form.rows.iter().filter(|row| row.is_different()).map(|row| row.field).collect();
    assert_eq!((different, form.complete), (vec![Field::ClientSecret], false));
}

/// A colleague has replaced it, perhaps at both sides, and the panel holds the one before.
#[test]
fn the_secret_that_is_saved_is_the_one_that_authentik_has_when_mailcow_is_clicked() {
    let desk = at_mailcow();
    desk.sim.world().authentik.state_mut().providers[0].client_secret = "another".into();
    desk.click(Product::Mailcow);
    desk.agree(Question::Save);
    assert_eq!(secrets(&desk), ["another", "another"]);
}

#[test]
fn buttons_say_what_is_being_done() {
    let desk = at_mailcow();
    let buttons = |desk: &Desk| desk.view().bar.iter().map(|button| (button.label, button.enabled)).collect::<Vec<_>>();
    assert_eq!(buttons(&desk), [(ButtonLabel::MailcowSave, true), (ButtonLabel::MailcowFill, true)]);
    desk.tabs.hold_fill();
    let mut filling = desk.begin(Event::Fill);
    assert!(!filling.go_on());
    assert_eq!(buttons(&desk), [(ButtonLabel::MailcowSave, false), (ButtonLabel::MailcowFilling, false)]);
    filling.finish();
    desk.settle();
    assert_eq!(buttons(&desk), [(ButtonLabel::MailcowSave, true), (ButtonLabel::MailcowFillAgain, true)]);
    desk.tell(Event::Ask { question: Question::Save });
    desk.sim.hold();
    let mut saving = desk.begin(desk.yes());
    assert!(!saving.go_on());
    assert_eq!(desk.view().work.task, Some(MailcowTask::Save));
    assert_eq!(buttons(&desk), [(ButtonLabel::MailcowSaving, false), (ButtonLabel::MailcowFill, false)]);
    saving.finish();
    desk.settle();
    assert_eq!(desk.view().work.task, None);
}

#[test]
fn a_form_that_must_not_be_filled_in_says_why() {
    let desk = at_mailcow();
    desk.tabs.type_into_form(false, |form| form.flaw = Some(FormFlaw::Elsewhere));
    desk.settle();
    desk.tell(Event::Fill);
    let work = desk.view().work;
    assert_eq!((work.error.map(|error| error.code), work.task, work.filled), (Some(Code::FormElsewhere), None, None));
    assert!(desk.tabs.form().values_of(Field::ClientSecret).is_some_and(|values| values == [""]));
}

/// A template that was made after mailcow's page was loaded is not in its list: it cannot be selected there.
#[test]
fn what_could_not_be_filled_in_is_not_called_filled() {
    let desk = at_mailcow();
    let choice = MailcowChoice { default_template: Some("made later".to_owned()), ..desk.view().choice };
    desk.tell(Event::Choose { choice });
    desk.tell(Event::Fill);
    let filled: Vec<Field> = desk.view().work.filled.expect("filled").iter().map(|row| row.field).collect();
    assert!(filled.contains(&Field::ClientId) && !filled.contains(&Field::DefaultTemplate), "{filled:?}");
}

/// What is done to a form.
type Spoil = fn(&mut FormState);

/// It may be somebody else's: the secret in it is sent nowhere, even if the administrator has entered it.
#[test]
fn nothing_is_sent_of_a_form_that_is_not_as_mailcow_makes_it() {
    let stage = small();
    Desk::of(&stage).connect_both();
    let spoils: [(Spoil, bool); 4] = [
        (|_| {}, true),
        (|form| form.visible = false, false),
        (|form| form.flaw = Some(FormFlaw::Elsewhere), false),
        (|form| form.controls.iter_mut().for_each(|control| control.values.push("another".to_owned())), false),
    ];
    for (at, (spoil, is_sent)) in spoils.into_iter().enumerate() {
        let desk = Desk::of(&stage);
        desk.click(Product::Mailcow);
        desk.tabs.show_form();
        desk.settle();
        desk.sim.forget();
        desk.tabs.type_into_form(true, spoil);
        desk.settle();
        assert_eq!(!desk.sim.sent().is_empty(), is_sent, "{at}: {:?}", desk.sim.sent());
    }
}

#[test]
fn a_page_that_loads_without_a_save_says_so() {
    let desk = at_mailcow();
    desk.tell(Event::Fill);
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    assert_eq!(desk.view().work.outcome, Some(SaveOutcome::Differs));
}

#[test]
fn the_form_is_filled_after_going_to_its_page() {
    let desk = desk();
    desk.set_up();
    desk.tabs.set_url(MAILCOW_TAB, &format!("{MAILCOW}/admin/dashboard"));
    desk.tell(Event::Click { tab: MAILCOW_TAB, url: format!("{MAILCOW}/admin/dashboard") });
    let fill = |desk: &Desk| desk.view().bar.last().map(|button| (button.label, button.enabled));
    assert_eq!(fill(&desk), Some((ButtonLabel::MailcowFill, true)));
    desk.begin(Event::Fill).finish();
    assert_eq!(fill(&desk), Some((ButtonLabel::MailcowFilling, false)), "its page is being opened");
    desk.tabs.hold_fill();
    let mut filling = desk.next_event();
    assert!(!filling.go_on());
    assert_eq!(fill(&desk), Some((ButtonLabel::MailcowFilling, false)));
    filling.finish();
    desk.settle();
    let view = desk.view();
    assert!(view.work.filled.is_some() && view.work.task.is_none(), "{:?}", view.work);
}

/// authentik does not show the secret to this administrator: whether the form has the right one is not known, before or after.
#[test]
fn what_cannot_be_compared_is_not_called_filled_in() {
    let stage = Setting { authentik: Profile::V2026_2_7, users: 40, ..Setting::default() }.stage();
    Desk::of(&stage).connect_both();
    stage.sim.world().mailcow.state_mut().identity_provider.set("client_scopes", "openid");
    sign_in_with(&stage, &VIEW_ONLY);
    let desk = Desk::of(&stage);
    desk.click(Product::Authentik);
    desk.click(Product::Mailcow);
    desk.tell(Event::Fill);
    let work = desk.view().work;
    let filled = work.filled.map(|rows| rows.iter().map(|row| row.field).collect::<Vec<_>>());
    assert_eq!((filled, work.error), (Some(vec![Field::ClientScopes]), None));
}

/// Both sides were as wanted, so that the secret was discarded. Then somebody else gave mailcow another one.
#[test]
fn a_secret_that_was_discarded_is_there_again_when_it_has_to_be_saved() {
    let desk = at_mailcow();
    desk.agree(Question::Save);
    desk.sim.world().mailcow.state_mut().identity_provider.set("client_secret", "another");
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    desk.agree(Question::Save);
    let [made, told] = secrets(&desk);
    assert_eq!((desk.view().work.outcome, made), (Some(SaveOutcome::Saved), told));
}

#[test]
fn saving_is_asked_and_read_back_and_can_be_taken_back() {
    let desk = at_mailcow();
    desk.tell(Event::Ask { question: Question::Save });
    let question = desk.view().question.expect("a question");
    assert_eq!((question.mailcow.as_str(), question.is_dangerous), ("mailcow.company", false));
    assert_eq!((question.authentik.as_str(), question.leaves.as_str()), ("authentik.company", ""));
    desk.tell(Event::Withdraw);
    assert!(desk.sim.observe().mailcow.state().identity_provider.is_empty());
    desk.agree(Question::Save);
    let view = desk.view();
    assert_eq!(view.work.outcome, Some(SaveOutcome::Saved));
    let [made, told] = secrets(&desk);
    assert_eq!(made, told);
    assert!(view.mailcow_facts.is_some_and(|facts| facts.can_restore));
    desk.agree(Question::Restore);
    assert_eq!(desk.view().work.outcome, Some(SaveOutcome::Restored));
    assert!(desk.sim.observe().mailcow.state().identity_provider.is_empty());
}

/// S2: a save that leads mailcow's users to another authentik says from which.
#[test]
fn a_save_over_another_authentik_is_asked_for_with_both_hosts() {
    let desk = at_mailcow();
    desk.agree(Question::Save);
    let elsewhere = "https://login.company/application/o/authorize/";
    desk.sim.world().mailcow.state_mut().identity_provider.set("authorize_url", elsewhere);
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    desk.tell(Event::Ask { question: Question::Save });
    let question = desk.view().question.expect("a question");
    assert_eq!((question.authentik.as_str(), question.leaves.as_str()), ("authentik.company", "https://login.company"));
}

#[test]
fn what_somebody_changes_after_a_save_is_not_called_saved() {
    let desk = at_mailcow();
    desk.agree(Question::Save);
    desk.sim.world().mailcow.state_mut().identity_provider.set("client_scopes", "openid");
    desk.tabs.load(Product::Mailcow);
    desk.settle();
    assert_eq!(desk.view().work.outcome, None);
    assert!(offered(&desk.view()).contains(&Action::AskSave));
}

/// H8: one writer at a time.
#[test]
fn nothing_is_saved_while_the_secret_is_changed() {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    let before = desk.sim.writes().len();
    for question in [Question::Save, Question::Restore, Question::Undo, Question::Rotate] {
        desk.begin(Event::Ask { question }).finish();
        desk.begin(desk.yes()).finish();
    }
    assert_eq!(desk.sim.writes().len(), before, "a second writer");
    rotation.finish();
    desk.settle();
    let [new, told] = secrets(&desk);
    assert_eq!(new, told);
    assert!(desk.view().can_undo, "what was written before can still be taken back");
}

#[test]
fn what_is_typed_is_checked_and_nobody_is_blamed_beforehand() {
    let desk = at_mailcow();
    assert!(desk.view().form.is_none(), "mailcow shows another tab");
    desk.tabs.show_form();
    desk.settle();
    assert!(!form_codes(&desk).contains(&Code::FieldEmpty), "{:?}", form_codes(&desk));
    desk.tabs.type_into_form(false, |form| {
        let control = form.controls.iter_mut().find(|control| control.name == Field::ClientId.name()).expect("a field");
        control.values[0] = " spaced ".to_owned();
    });
    desk.settle();
    let codes = form_codes(&desk);
    assert!(codes.contains(&Code::FieldEmpty), "now something was typed: {codes:?}");
    assert!(desk.view().badges.mailcow > 0);
}

#[test]
fn the_pair_is_proven_once_a_field_is_left() {
    let desk = at_mailcow();
    desk.tell(Event::Fill);
    let filled = desk.tabs.form();
    enter_secret(&desk, false, "half a se");
    desk.settle();
    assert_eq!(pair(&desk), None, "somebody may still be typing");
    desk.tabs.type_into_form(true, |form| *form = filled);
    desk.settle();
    assert_eq!(pair(&desk), Some(Code::CredentialsRight));
    let asked = desk.sim.sent().len();
    desk.tabs.type_into_form(true, |_| {});
    desk.settle();
    assert_eq!(desk.sim.sent().len(), asked, "the same is not asked twice");
    enter_secret(&desk, true, "another");
    desk.settle();
    assert!(pair(&desk).is_some_and(|code| code != Code::CredentialsRight));
}

#[test]
fn what_is_entered_during_a_test_is_tested_once_its_field_is_left() {
    let desk = at_mailcow_alone();
    let is_tested = |secret: &str| desk.sim.sent().iter().any(|sent| sent.body.contains(secret));
    enter_secret(&desk, true, "first");
    desk.sim.hold();
    let mut testing = desk.begin(desk.noticed().expect("what was entered"));
    assert!(!testing.go_on());
    for (settled, secret) in [(true, "second"), (false, "third")] {
        enter_secret(&desk, settled, secret);
        desk.settle();
    }
    testing.finish();
    assert!(is_tested("first") && !is_tested("third"), "somebody may still be typing");
    assert_eq!(pair(&desk), None);
    enter_secret(&desk, true, "third");
    desk.settle();
    assert!(is_tested("third") && pair(&desk) == Some(Code::CredentialsWrongSecret), "{:?}", pair(&desk));
}

/// In memory as many crosses stand for either.
#[test]
fn what_is_said_of_a_discarded_secret_is_not_said_of_another_one_as_long() {
    let desk = saved_with_form();
    desk.tabs.type_into_form(true, |_| {});
    desk.settle();
    assert_eq!(pair(&desk), Some(Code::CredentialsRight));
    let right = desk.tabs.form();
    let length = right.values_of(Field::ClientSecret).map_or(0, |values| values[0].len());
    enter_secret(&desk, false, &"y".repeat(length));
    desk.settle();
    assert_eq!(pair(&desk), None);
    desk.tabs.type_into_form(false, |form| *form = right);
    desk.settle();
    assert_eq!(pair(&desk), Some(Code::CredentialsRight), "it is the one that was tested");
}

#[test]
fn the_secret_in_the_form_is_discarded_only_after_its_test() {
    let desk = saved_with_form();
    desk.tabs.type_into_form(true, |_| {});
    desk.sim.hold();
    let mut testing = desk.begin(desk.noticed().expect("what was entered"));
    assert!(!testing.go_on());
    desk.begin(Event::Used).finish();
    testing.finish();
    assert_eq!(pair(&desk), Some(Code::CredentialsRight));
}

#[test]
fn what_stands_in_the_place_of_a_discarded_secret_is_not_tested() {
    let desk = saved_with_form();
    // The page goes away, so that the form cannot be read again.
    desk.tabs.lose(Product::Mailcow, Lost::Closed);
    desk.sim.forget();
    desk.begin(Event::Fix { fix: Fix::CleanField { field: Field::ClientId } }).finish();
    assert!(desk.sim.sent().is_empty(), "{:?}", desk.sim.sent());
    assert_eq!(pair(&desk), None);
}

#[test]
fn nothing_is_tested_in_a_form_that_may_not_be_mailcows() {
    type Change = fn(&mut FormState);
    let changes: [(&str, Change, bool); 4] = [
        ("as it is", |_| {}, true),
        ("out of sight", |form| form.visible = false, false),
        ("sent elsewhere", |form| form.flaw = Some(FormFlaw::Elsewhere), false),
        ("two of a field", |form| form.controls.iter_mut().for_each(|control| control.values.push(String::new())), false),
    ];
    for (what, change, is_tested) in changes {
        let desk = at_mailcow_alone();
        desk.tabs.type_into_form(true, change);
        desk.settle();
        assert_eq!(!desk.sim.sent().is_empty(), is_tested, "{what}");
    }
}

/// Its remedy is a click on the icon in that authentik (docs/contract/cases.md, S11): then it is known, and what was not tested is.
#[test]
fn what_was_not_tested_is_once_its_authentik_was_clicked() {
    for is_typing in [false, true] {
        let desk = at_mailcow();
        desk.tell(Event::Fill);
        let filled = desk.tabs.form();
        let stage = Stage { app: Cowbell::new(desk.sim.clone()), sim: desk.sim.clone() };
        let alone = Desk::with_policy(&stage, None);
        alone.click(Product::Mailcow);
        alone.tabs.show_form();
        alone.settle();
        alone.sim.forget();
        alone.tabs.type_into_form(true, |form| *form = filled);
        alone.settle();
        assert_eq!(pair(&alone), Some(Code::CredentialsUnknownEndpoint));
        assert!(alone.sim.sent().is_empty());
        if is_typing {
            enter_secret(&alone, false, "half-a-secret");
            alone.settle();
        }
        alone.click(Product::Authentik);
        assert_eq!(pair(&alone), (!is_typing).then_some(Code::CredentialsRight));
        assert!(alone.sim.sent().iter().all(|sent| !sent.body.contains("half-a-secret")), "somebody may still be typing");
    }
}

#[test]
fn a_finding_of_the_form_is_fixed_in_it() {
    let desk = at_mailcow();
    desk.tell(Event::Fill);
    desk.tabs.type_into_form(true, |form| {
        let control = form.controls.iter_mut().find(|control| control.name == Field::ClientId.name()).expect("a field");
        control.values[0].insert(0, ' ');
    });
    desk.settle();
    let fix = desk.view().form.and_then(|form| form.findings.iter().find_map(|finding| finding.fix.clone())).expect("a fix");
    desk.tabs.hold_fill();
    let mut fixing = desk.begin(Event::Fix { fix: fix.clone() });
    assert!(!fixing.go_on());
    assert_eq!(desk.view().form.and_then(|form| form.fixing), Some(fix), "its button says so");
    fixing.finish();
    let form = desk.view().form.expect("a form");
    assert!(form.view.complete && form.fixing.is_none(), "{:?}", form.view.rows);
}

#[test]
fn mailcows_server_is_asked_on_demand() {
    let desk = at_mailcow();
    desk.tell(Event::Fill);
    assert_eq!(desk.view().form.expect("a form").reach, None);
    desk.tell(Event::TestConnection);
    let reach = desk.view().form.expect("a form").reach.expect("a test of the connection");
    assert_eq!(reach.code, Code::ServerReachesToken);
    desk.tabs.type_into_form(false, |form| {
        let control = form.controls.iter_mut().find(|control| control.name == Field::TokenUrl.name()).expect("a field");
        control.values[0].push('x');
    });
    desk.settle();
    assert_eq!(desk.view().form.expect("a form").reach, None, "it was about another address");
}

#[test]
fn another_choice_is_compared_at_once() {
    let desk = at_mailcow();
    desk.agree(Question::Save);
    let mut choice = desk.view().choice;
    choice.login_provisioning = !choice.login_provisioning;
    desk.tell(Event::Choose { choice });
    assert!(desk.view().mailcow_facts.is_some_and(|facts| !facts.in_sync));
}

#[test]
fn a_closed_tab_ends_the_work_in_it() {
    for (why, ends) in [(Lost::Closed, true), (Lost::Ended, true), (Lost::Loaded, false)] {
        let desk = at_mailcow();
        desk.tell(Event::Fill);
        desk.tabs.lose(Product::Mailcow, why);
        desk.settle();
        let view = desk.view();
        assert_eq!(view.form, None);
        assert_eq!(view.work.filled.is_none(), ends, "{why:?}");
    }
}

#[test]
fn saving_that_mailcow_refuses_says_why() {
    let desk = at_mailcow();
    desk.sim.browser().forget_mailcow_session();
    desk.agree(Question::Save);
    let view = desk.view();
    assert!(view.work.error.is_some() && view.work.outcome.is_none(), "{:?}", view.work);
    assert_eq!(view.section, Section::Mailcow);
}
