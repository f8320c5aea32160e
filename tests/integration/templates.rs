//! Templates by group: a mapping at authentik, the scope and the rows at mailcow, and the mailboxes that come of it.

use cowbell::app::ReadinessQuery;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Action, DraftError, DraftField, Kind, Remark, SetupDraft};
use cowbell::setup::TemplateRule;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::mailcow;
use cowbell_standins::mailcow::state::{MIB, Mailbox};
use cowbell_standins::people::person;
use serde_json::json;

use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, remove, run};

/// Somebody of the group `sales` without mailbox, and somebody who is not in it.
const SALES: usize = 36;
const OTHER: usize = 30;

fn rules(rules: &[(&str, &str)]) -> SetupDraft {
    let rule = |(group, template): &(&str, &str)| TemplateRule { group: (*group).to_owned(), template: (*template).to_owned() };
    SetupDraft { templates: Some(rules.iter().map(rule).collect()), ..draft() }
}

/// Members of `sales` get "OIDC Users", everybody else "Default".
fn connected(setting: &Setting) -> (Stage, SetupDraft) {
    let stage = setting.stage();
    let draft = rules(&[("sales", "OIDC Users")]);
    stage.done(&draft);
    stage.observe_mailcow().succeeds();
    let choice = MailcowChoice { default_template: Some("Default".into()), ..MailcowChoice::default() };
    assert!(run(stage.app.save_for_me(&choice)).succeeds().in_sync);
    (stage, draft)
}

fn small() -> Setting {
    Setting { users: 60, ..Setting::default() }
}

/// Signs in with mailcow's button; gives the mailbox as it is afterwards.
fn sign_in(stage: &Stage, index: usize) -> Option<Mailbox> {
    let who = person(1, index);
    stage.sign_in(&who.username);
    stage.sim.browser().forget_mailcow_session();
    let url = format!("{MAILCOW}/?iam_sso=1");
    let (url, page) = stage.sim.browser().visit(&mut stage.sim.world(), &url);
    let mailbox = stage.sim.observe().mailcow.state().mailboxes.iter().find(|mailbox| mailbox.username == who.email).cloned();
    assert_eq!(url == format!("{MAILCOW}/SOGo/so/"), mailbox.is_some(), "{url}: {page}");
    mailbox
}

fn setting(stage: &Stage, key: &str) -> String {
    stage.sim.observe().mailcow.state().identity_provider.text(key).to_owned()
}

#[test]
fn new_mailboxes_come_from_the_template_of_the_group() {
    for (authentik, mailcow) in
        Profile::ALL.into_iter().zip(mailcow::Profile::ALL.into_iter().filter(|profile| profile.identity_provider()).cycle())
    {
        let (stage, _) = connected(&Setting { authentik, mailcow, ..small() });
        assert_eq!(setting(&stage, "client_scopes"), "openid profile email mailcow_template");
        assert_eq!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB, "{authentik:?} {mailcow:?}");
        assert_ne!(sign_in(&stage, OTHER).expect("a mailbox").quota, 1024 * MIB, "{authentik:?} {mailcow:?}");
    }
}

#[test]
fn the_template_is_applied_at_each_sign_in_and_the_plan_says_so() {
    let (stage, draft) = connected(&small());
    sign_in(&stage, SALES).expect("a mailbox");
    let address = person(1, SALES).email;
    for mailbox in stage.sim.world().mailcow.state_mut().mailboxes.iter_mut().filter(|mailbox| mailbox.username == address) {
        mailbox.quota = 7 * MIB;
        mailbox.attribute_hash.clear();
    }
    assert_eq!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB);
    stage.sign_in("akadmin");
    stage.observe().succeeds();
    let plan = stage.plan(&draft).succeeds();
    let change = plan.changes.iter().find(|change| change.kind == Kind::TemplateMapping).expect("a change");
    assert!(change.remarks.contains(&Remark::TemplateEachTime));
}

#[test]
fn what_is_there_stays_until_somebody_says_otherwise() {
    for half_made in [false, true] {
        let (stage, rules) = connected(&Setting { half_made, ..small() });
        stage.observe().succeeds();
        // A panel that was opened anew does not know the rules.
        for draft in [rules, draft()] {
            let checked = stage.app.check_draft(&draft).succeeds();
            let shown = checked.defaults.expect("defaults").templates;
            assert_eq!(shown, [TemplateRule { group: "sales".into(), template: "OIDC Users".into() }]);
            let plan = stage.plan(&draft).succeeds();
            assert_eq!(plan.writes, 0, "{:?}", plan.changes);
        }
        assert!(stage.observe_mailcow().succeeds().in_sync);
    }
}

#[test]
fn other_rules_change_the_mapping_and_none_deselect_it() {
    let (stage, _) = connected(&small());
    stage.observe().succeeds();
    let more = rules(&[("board", "Default"), ("sales", "OIDC Users")]);
    let plan = stage.plan(&more).succeeds();
    let change = plan.changes.iter().find(|change| change.kind == Kind::TemplateMapping).expect("a change");
    assert_eq!((change.action, plan.writes), (Action::Update, 1));
    stage.done(&more);
    let view = stage.observe_mailcow().succeeds();
    assert!(!view.in_sync, "the row for another template is missing");
    assert!(run(stage.app.save_for_me(&MailcowChoice::default())).succeeds().in_sync);

    let none = SetupDraft { templates: Some(Vec::new()), ..draft() };
    stage.done(&none);
    let world = stage.sim.observe();
    let state = world.authentik.state();
    let of_provider = state.providers[0].property_mappings.iter().map(|pk| &state.mapping(*pk).expect("a mapping").scope_name);
    assert!(of_provider.clone().all(|scope| scope != "mailcow_template"));
    drop(world);
    let view = stage.observe_mailcow().succeeds();
    assert!(!view.in_sync, "the scope is no longer asked for");
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    assert_eq!(setting(&stage, "client_scopes"), "openid profile email");
    assert_ne!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB);
}

#[test]
fn undo_and_removal_take_the_mapping_along() {
    let stage = small().stage();
    let before = Picture::of(&stage.sim.observe());
    stage.done(&rules(&[("sales", "OIDC Users")]));
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");

    let (stage, _) = connected(&small());
    run(remove(&stage.app)).succeeds();
    assert!(stage.sim.observe().authentik.state().mappings.iter().all(|mapping| mapping.managed.is_some()));
    run(stage.app.restore_removed()).succeeds();
    assert_eq!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB);
}

#[test]
fn a_mapping_made_by_hand_gives_way_and_its_rows_stay() {
    let (stage, rules) = connected(&small());
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let ours = state.mappings.iter_mut().find(|mapping| mapping.scope_name == "mailcow_template").expect("ours");
        (ours.name, ours.expression) = ("by hand".into(), "return {\"mailcow_template\": \"by hand\"}".into());
        let provider = &mut world.mailcow.state_mut().identity_provider;
        provider.set("mappers", json!(["by hand", "OIDC Users"]));
        provider.set("templates", json!(["Default", "OIDC Users"]));
    }
    // Nothing is said about templates: the hand's work is left alone.
    stage.observe().succeeds();
    assert_eq!(stage.plan(&draft()).succeeds().writes, 0);
    run(stage.app.read_registration(&draft())).succeeds();
    assert!(stage.observe_mailcow().succeeds().in_sync, "the scope is still desired");

    let plan = stage.plan(&rules).succeeds();
    let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a change");
    assert!(provider.remarks.contains(&Remark::OtherMappingDeselected { name: "by hand".into() }));
    stage.done(&rules);
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let mappers = stage.sim.observe().mailcow.state().identity_provider.clone();
    assert_eq!(serde_json::to_value(mappers).expect("serialises")["mappers"], json!(["by hand", "OIDC Users"]));
    assert_eq!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB);
}

#[test]
fn a_mapping_that_another_provider_uses_is_not_changed() {
    let (stage, rules_of_both) = connected(&small());
    stage.add_another_client();
    let mappings = stage.sim.observe().authentik.state().mappings.clone();
    let shared = mappings.iter().find(|mapping| mapping.scope_name == "mailcow_template").expect("ours");
    stage.observe().succeeds();
    assert_eq!(stage.plan(&rules_of_both).succeeds().writes, 0, "as it is, it serves both");
    stage.done(&rules(&[("board", "Default")]));
    let world = stage.sim.observe();
    let state = world.authentik.state();
    assert_eq!(state.mapping(shared.pk).expect("still there").expression, shared.expression);
    let selected = |provider: usize| state.providers[provider].property_mappings.contains(&shared.pk);
    assert!(!selected(0) && selected(1));
}

#[test]
fn incomplete_rules_are_named() {
    let stage = small().stage();
    stage.observe().succeeds();
    let mut draft = rules(&[("sales", "OIDC Users"), ("board", "  ")]);
    draft.templates.as_mut().expect("rules").push(TemplateRule { group: "gone".into(), template: "Default".into() });
    let faults = stage.app.check_draft(&draft).succeeds().errors;
    let seen: Vec<_> = faults.iter().map(|error| (error.field, error.index, error.error.clone())).collect();
    let nothing = DraftError::NothingChosen;
    assert_eq!(seen, [(DraftField::Templates, 1, nothing.clone()), (DraftField::Templates, 2, nothing)]);
}

/// The verdict before the first sign-in, computed from the rules, is what the sign-in then shows.
#[test]
fn who_gets_which_template_is_known_beforehand() {
    let (stage, draft) = connected(&small());
    let verdict = |index: usize| {
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        stage.observe().succeeds();
        stage.observe_mailcow().succeeds();
        run(stage.app.read_users(&mut |_, _| {})).succeeds();
        run(stage.app.read_readiness(&draft, &MailcowChoice::default(), &mut |_, _| {})).succeeds();
        let email = person(1, index).email;
        let all = ReadinessQuery { text: String::new(), outcome: None, reason: None, offset: 0, limit: usize::MAX };
        let found = stage.app.find_readiness(&all).succeeds().rows.into_iter().find(|row| row.email == email);
        found.expect("a row").finding.code
    };
    assert_eq!((verdict(SALES), verdict(OTHER)), (Code::GetsMailbox, Code::GetsMailbox));
    // Without the template, only its group is refused.
    stage.sim.world().mailcow.state_mut().templates.retain(|template| template.name != "OIDC Users");
    assert_eq!((verdict(SALES), verdict(OTHER)), (Code::TemplateMissing, Code::GetsMailbox));
    assert_eq!(sign_in(&stage, SALES).map(|mailbox| mailbox.quota), None);
    assert!(sign_in(&stage, OTHER).is_some());
}

/// S5: a group whose name has the end of a line, or the end of a text, is found by its name, and nothing else is run.
#[test]
fn a_hostile_name_of_a_group_stays_a_name() {
    for name in
        ["sa\u{2028}les", "sa\u{85}les", "sa\nles", "sales\"]]:\n    return {}\nfor a, b in [[\"", "sa\\les", "sa\u{e0041}les"]
    {
        let stage = small().stage();
        stage.sim.world().authentik.state_mut().groups.values_mut().find(|group| group.name == "sales").expect("sales").name =
            name.into();
        stage.done(&rules(&[(name, "OIDC Users")]));
        stage.observe_mailcow().succeeds();
        let choice = MailcowChoice { default_template: Some("Default".into()), ..MailcowChoice::default() };
        run(stage.app.save_for_me(&choice)).succeeds();
        let mapping = stage.sim.observe().authentik.state().mappings.last().expect("a mapping").expression.clone();
        assert_eq!(sign_in(&stage, SALES).expect("a mailbox").quota, 1024 * MIB, "{mapping}");
    }
}
