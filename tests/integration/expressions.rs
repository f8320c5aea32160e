//! Scope mappings with a program that looks like Cowbell's and is another (docs/contract/cases.md, S5).

use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Action, FieldName, Kind};
use cowbell::setup::MAPPING_EXPRESSION;

use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, remove, run};

/// Whose mailbox the hostile programs give to everybody.
const CHIEF: &str = "chief@mail.example";

/// Programs that authentik runs and that a reader who ends lines at LF alone takes for ours, or nearly.
fn programs() -> Vec<String> {
    let chief = format!("return {{\"email\": \"{CHIEF}\", \"email_verified\": True}}");
    vec![
        format!("# see the guide\r{chief}\n{MAPPING_EXPRESSION}"),
        format!("{chief}#\r\n{MAPPING_EXPRESSION}"),
        format!("#\r\r\n#\r{chief}\r\n{MAPPING_EXPRESSION}"),
        MAPPING_EXPRESSION.replace("return {", &format!("#\r{chief}\n#\nreturn {{")),
    ]
}

/// An integration that was finished, and whose mapping somebody has given this expression and name since.
fn spoilt(expression: &str, name: Option<&str>) -> Stage {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    {
        let mut world = stage.sim.world();
        let mapping = world.authentik.state_mut().mappings.iter_mut().find(|mapping| mapping.managed.is_none()).expect("ours");
        mapping.expression = expression.into();
        name.unwrap_or(&mapping.name.clone()).clone_into(&mut mapping.name);
    }
    stage.another_day()
}

/// Whether a sign-in ends in the mailbox of somebody else.
fn gets_the_chiefs_mailbox(stage: &Stage, username: &str) -> bool {
    stage.sign_in(username);
    stage.sim.browser().forget_mailcow_session();
    let (url, _) = stage.sim.browser().visit(&mut stage.sim.world(), &format!("{MAILCOW}/?iam_sso=1"));
    stage.sign_in("akadmin");
    let world = stage.sim.observe();
    url == format!("{MAILCOW}/SOGo/so/") && world.mailcow.state().mailboxes.iter().any(|mailbox| mailbox.username == CHIEF)
}

/// S5: the plan shows a hostile program under our name as something to replace, and undo gives it back byte for byte.
#[test]
fn another_program_under_our_name_is_replaced_and_shown() {
    for expression in programs() {
        let stage = spoilt(&expression, None);
        let user = cowbell_standins::people::person(1, 1).username;
        assert!(gets_the_chiefs_mailbox(&stage, &user), "the attack works: {expression:?}");
        let before = Picture::of(&stage.sim.observe());
        stage.observe().succeeds();
        let plan = stage.plan(&draft()).succeeds();
        let mapping = plan.changes.iter().find(|change| change.kind == Kind::ScopeMapping).expect("a change");
        assert_eq!(mapping.action, Action::Update, "{expression:?}");
        assert!(mapping.fields.iter().any(|field| field.field == FieldName::Expression), "{:?}", mapping.fields);
        stage.apply(&draft()).succeeds();
        let stored = |stage: &Stage| stage.sim.observe().authentik.state().mappings.last().expect("ours").expression.clone();
        assert_eq!(stored(&stage), MAPPING_EXPRESSION);
        stage.undo().succeeds();
        before.assert_same(&Picture::of(&stage.sim.observe()), &expression);
    }
}

/// S5: under another name it is neither adopted nor removed, and the plan names it.
#[test]
fn another_program_is_neither_adopted_nor_removed() {
    for expression in programs() {
        let stage = spoilt(&expression, Some("guide"));
        let plan = stage.plan(&draft()).succeeds();
        let mapping = plan.changes.iter().find(|change| change.kind == Kind::ScopeMapping).expect("a change");
        assert_eq!(mapping.action, Action::Create, "{expression:?}");
        assert!(format!("{:?}", plan.changes).contains("OtherMappingDeselected { name: \"guide\" }"), "{:?}", plan.changes);
        let objects = run(stage.app.removal()).succeeds().objects;
        assert!(objects.iter().all(|object| object.name != "guide"), "{expression:?}");
        run(remove(&stage.app)).succeeds();
        let world = stage.sim.observe();
        assert!(world.authentik.state().mappings.iter().any(|mapping| mapping.expression == expression), "{expression:?}");
    }
}
