//! A new client secret, the integration for other tools, its end and its return.

use cowbell::export::ExportFormat;
use cowbell::panel::CheckStatus;
use cowbell::panel::view::RunView;
use cowbell::panel::{Event, MaintenanceOutcome, MaintenanceTask, Question, Section};
use cowbell::transport::Product;
use cowbell::verify::Code;
use cowbell_standins::authentik::state::RedirectUri;

use super::{desk, providers, secrets};
use crate::support::panel::Desk;
use crate::support::picture::assert_no_secret;

fn connected() -> Desk {
    let desk = desk();
    desk.connect_both();
    desk.tell(Event::Go { section: Section::Check });
    desk
}

#[test]
fn both_sides_get_a_new_secret_after_a_question() {
    let desk = connected();
    assert!(desk.view().maintenance.is_ready);
    let [old, _] = secrets(&desk);
    desk.agree(Question::Rotate);
    let [new, told] = secrets(&desk);
    assert!(new == told && new != old);
    let maintenance = desk.view().maintenance;
    assert_eq!(maintenance.findings.first().map(|finding| finding.code), Some(Code::SecretRotated));
    assert!(maintenance.task.is_none() && maintenance.error.is_none());
}

#[test]
fn whoever_else_uses_the_client_is_named_before_it_changes() {
    let desk = connected();
    desk.sim.world().authentik.state_mut().providers[0].redirect_uris.push(RedirectUri::strict("https://wiki.company/callback"));
    desk.click(Product::Authentik);
    for (question, others) in [
        (Question::Rotate, &["https://wiki.company"][..]),
        (Question::Remove, &["https://wiki.company"]),
        (Question::Restore, &[]),
    ] {
        desk.tell(Event::Ask { question });
        assert_eq!(desk.view().question.expect("a question").others, others);
    }
}

#[test]
fn nothing_is_changed_on_one_side_alone() {
    let desk = desk();
    desk.set_up();
    assert!(!desk.view().maintenance.is_ready);
    desk.agree(Question::Rotate);
    let view = desk.view();
    assert!(view.maintenance.error.is_some());
    desk.tell(Event::Ask { question: Question::Remove });
    assert_eq!(desk.view().question, None, "what would go is not known");
}

#[test]
fn a_new_secret_on_its_way_is_said_and_an_earlier_failure_is_not() {
    let desk = desk();
    desk.set_up();
    desk.agree(Question::Rotate);
    assert!(desk.view().maintenance.error.is_some());
    desk.click(Product::Mailcow);
    desk.agree(Question::Save);
    desk.tell(Event::Ask { question: Question::Rotate });
    desk.sim.hold();
    let mut rotation = desk.begin(desk.yes());
    assert!(!rotation.go_on());
    let maintenance = desk.view().maintenance;
    assert_eq!((maintenance.task, maintenance.error), (Some(MaintenanceTask::Rotate), None));
    rotation.finish();
    assert_eq!(desk.view().maintenance.task, None);
}

#[test]
fn a_removal_says_what_goes_and_can_be_put_back() {
    let desk = connected();
    desk.tell(Event::Ask { question: Question::Remove });
    let question = desk.view().question.expect("a question");
    assert_eq!((question.authentik.as_str(), question.mailcow.as_str()), ("authentik.company", "mailcow.company"));
    let removal = question.removal.expect("what goes");
    assert!(removal.in_mailcow && removal.objects.len() == 3, "{removal:?}");
    let client = desk.view().registration.expect("a registration").client_id;
    desk.tell(desk.yes());
    let view = desk.view();
    assert!(providers(&desk).is_empty() && desk.sim.observe().mailcow.state().identity_provider.is_empty());
    assert_eq!(view.maintenance.outcome, Some(MaintenanceOutcome::Removed));
    assert!(view.removed && view.maintenance.can_restore);
    assert_eq!((view.check, view.run), (CheckStatus::None, RunView::None), "that it is missing is no fault");
    desk.tell(Event::RestoreRemoved);
    let view = desk.view();
    assert_eq!(view.maintenance.outcome, Some(MaintenanceOutcome::Restored));
    assert!(!view.removed && !view.maintenance.can_restore);
    assert_eq!(view.registration.map(|registration| registration.client_id), Some(client));
    let [made, told] = secrets(&desk);
    assert_eq!(made, told);
}

/// docs/contract/cases.md, R5.
#[test]
fn the_question_says_that_nobody_could_sign_in_afterwards() {
    for force_sso in [false, true] {
        let desk = desk();
        desk.sim.world().mailcow.state_mut().force_sso = force_sso;
        desk.connect_both();
        let closes = |question: Question| {
            desk.tell(Event::Ask { question });
            desk.view().question.expect("a question").closes_login_page
        };
        assert_eq!(closes(Question::Remove), force_sso);
        assert!(!closes(Question::Rotate));
        assert_eq!(closes(Question::Restore), force_sso, "nothing was there before");
    }
}

#[test]
fn a_provider_that_comes_back_keeps_the_login_page_open() {
    let desk = desk();
    {
        let mut world = desk.sim.world();
        let mailcow = world.mailcow.state_mut();
        let ldap = [("authsource", "ldap"), ("host", "ldap.example"), ("port", "389"), ("basedn", "dc=example")];
        for (key, value) in ldap.into_iter().chain([("attribute_field", ""), ("binddn", "cn=mail"), ("bindpass", "a password")]) {
            mailcow.identity_provider.set(key, value);
        }
        mailcow.force_sso = true;
    }
    desk.connect_both();
    desk.tell(Event::Ask { question: Question::Restore });
    assert!(!desk.view().question.expect("a question").closes_login_page);
    desk.tell(desk.yes());
    assert_eq!(desk.sim.observe().mailcow.state().identity_provider.authsource(), "ldap");
}

#[test]
fn the_integration_is_handed_over_without_its_secret() {
    let desk = connected();
    let [secret, _] = secrets(&desk);
    for (format, its_own) in [
        (ExportFormat::Blueprint, "$schema=https://goauthentik.io/blueprints/schema.json"),
        (ExportFormat::Terraform, "resource \"authentik_provider_oauth2\""),
        (ExportFormat::MailcowApi, "\"identity-provider\""),
    ] {
        let text = desk.panel.export(format).expect("a text");
        assert!(text.contains(its_own), "{text}");
        assert_no_secret(std::slice::from_ref(&secret), &text, "a file");
    }
    assert_eq!(desk.view().maintenance.error, None);
}

/// Without a default template nobody new would get a mailbox.
#[test]
fn to_a_mailcow_that_was_not_read_is_handed_over_what_a_new_one_needs() {
    let desk = desk();
    desk.set_up();
    let text = desk.panel.export(ExportFormat::MailcowApi).expect("a text");
    let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(body["attr"]["default_template"], "Default");
}

#[test]
fn there_is_nothing_to_hand_over_before_there_is_a_client() {
    let desk = desk();
    desk.click(Product::Authentik);
    assert_eq!(desk.panel.export(ExportFormat::Terraform), None);
    assert_eq!(desk.view().maintenance.error.map(|finding| finding.code), Some(Code::ClientMissing));
}
