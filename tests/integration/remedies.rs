//! A refused user gets in once the remedy is applied, as the panel leads to it: the cases of docs/contract/e2e.md, one by one.

use cowbell::app::Switching;
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::Access;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::mailcow::state::{MIB, Mailbox};
use cowbell_standins::people::person;
use cowbell_standins::world::World;
use serde_json::json;

use crate::sign_ins::{
    ALIAS_USER, Change, MAILBOX_USER, NEWCOMER, REFUSED, codes, explain, newcomer, only, prepared, ready, set, try_to_sign_in,
    username, wait,
};
use crate::support::browser::Browser;
use crate::support::stage::{BOTH, MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// What an administrator does about a refusal.
#[derive(Clone, Copy)]
enum Remedy {
    /// "Save for me".
    Save,
    /// The same, with a template chosen.
    SaveTemplate(&'static str),
    /// A plan is made and applied.
    Plan,
    /// The mailbox is switched, where the refusal is explained.
    Switch,
    /// A group of everybody is let in.
    LetIn,
    /// Something that Cowbell does not do, but names.
    Elsewhere(Change),
}

use Remedy::{Elsewhere, LetIn, Plan, Save, SaveTemplate, Switch};

/// The remedy for each case of [`REFUSED`].
fn remedy(case: &str) -> Remedy {
    match case {
        "a" => SaveTemplate("OIDC Users"),
        "n2" | "s" | "P-03, quota" => SaveTemplate("Default"),
        "c" => Switch,
        "h"
        | "r"
        | "t"
        | "u"
        | "x"
        | "x2"
        | "P-18, the main redirect URL is not registered"
        | "P-26, a user info endpoint elsewhere" => Save,
        "v" | "v2" | "bb" => Plan,
        "f" | "g" | "P-03, alias domain" => Elsewhere(|world| newcomer(world, |user| user.email = person(1, NEWCOMER).email)),
        "m" | "P-19" | "P-19, no body" | "P-21, no such name" | "P-21, nobody there" => {
            Elsewhere(|world| world.faults.upstream = None)
        }
        "w" => Elsewhere(|world| world.mailcow.state_mut().mailboxes[MAILBOX_USER].active = true),
        "w, the domain" => Elsewhere(|world| world.mailcow.state_mut().domains[0].active = true),
        "P-03, full domain" => Elsewhere(|world| world.mailcow.state_mut().domains[0].max_mailboxes = 999),
        "P-03, alias" => Elsewhere(|world| {
            let address = person(1, ALIAS_USER).email;
            world.mailcow.state_mut().aliases.retain(|alias| alias.address != address);
        }),
        _ => panic!("{case} has no remedy"),
    }
}

/// Cases in which nothing is written: what is wrong is found in what is stored, or by a check.
const SILENT: [(&str, Profile, Change, Remedy); 8] = [
    ("h2", Profile::V2026_2, |world| set(world, "client_id", "wrong"), Save),
    ("i", Profile::V2026_2, |world| set(world, "redirect_url", format!("{MAILCOW}/")), Save),
    ("i2", Profile::V2026_2, |world| world.authentik.state_mut().providers[0].redirect_uris[0].url = format!("{MAILCOW}/"), Plan),
    ("x3", Profile::V2026_2, |world| set(world, "authorize_url", "https://authentik.company/application/o/authorize"), Save),
    ("z", Profile::V2026_2, |world| set(world, "mappers", json!({"0": "sales", "2": "staff"})), Save),
    ("z2", Profile::V2026_2, |world| set(world, "mappers", serde_json::Value::Null), Save),
    ("aa", Profile::V2026_2, |world| world.authentik.state_mut().applications.clear(), Plan),
    ("P-08", Profile::V2026_5, |world| world.authentik.state_mut().providers[0].grant_types = vec!["refresh_token".into()], Plan),
];

/// Whether a sign-in ends in the mailbox.
pub(crate) fn gets_in(stage: &Stage, index: usize) -> bool {
    try_to_sign_in(stage, index, "cowbell").0 == format!("{MAILCOW}/SOGo/so/")
}

/// Clicks the icon in both tabs, and does what the remedy says.
fn apply(stage: &Stage, remedy: Remedy, who: usize) {
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    // A check reads the client, where there is one.
    run(stage.app.read_registration(&draft())).ok();
    let save = |default_template: Option<&str>| {
        let choice = MailcowChoice { default_template: default_template.map(str::to_owned), ..MailcowChoice::default() };
        run(stage.app.save_for_me(&choice)).succeeds()
    };
    match remedy {
        Save => assert!(save(None).in_sync),
        SaveTemplate(template) => assert!(save(Some(template)).in_sync),
        Plan => drop(stage.done(&draft())),
        Switch => {
            let address = person(1, who).email;
            read_users(stage);
            let view = run(stage.app.switch_mailboxes(Switching::Mailbox(&address), &mut |_, _| {})).succeeds();
            assert_eq!((view.done, view.left), (1, 0));
        }
        LetIn => {
            let staff = stage.sim.observe().authentik.state().group_named("staff").expect("the group of everybody").pk;
            let access = Some(Access::Groups { groups: vec![staff.to_string()] });
            stage.done(&SetupDraft { access, ..draft() });
        }
        Elsewhere(change) => change(&mut stage.sim.world()),
    }
}

/// Reads who can sign in.
fn read_users(stage: &Stage) {
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    let choice = MailcowChoice::default();
    run(stage.app.read_readiness(&draft(), &choice, &mut |_, _| {})).succeeds();
}

fn mailbox(stage: &Stage, index: usize) -> Mailbox {
    let address = person(1, index).email;
    stage.sim.observe().mailcow.state().mailbox(&address).expect("a mailbox of this address").clone()
}

#[test]
fn a_user_refused_by_mailcow_gets_in_once_the_remedy_is_applied() {
    for (case, who, spoil, ..) in REFUSED {
        let stage = ready();
        spoil(&mut stage.sim.world());
        assert!(!gets_in(&stage, who), "{case} is no refusal");
        let remedy = remedy(case);
        apply(&stage, remedy, who);
        assert!(gets_in(&stage, who), "{case}: still refused");
        let quota = match remedy {
            SaveTemplate("OIDC Users") => 1024 * MIB,
            SaveTemplate(_) => 0,
            _ => continue,
        };
        assert_eq!(mailbox(&stage, who).quota, quota, "{case}: not from the template that was chosen");
    }
}

#[test]
fn a_user_refused_without_a_trace_gets_in_once_the_remedy_is_applied() {
    for (case, authentik, spoil, remedy) in SILENT {
        let stage = prepared(Setting { authentik, ..Setting::default() }.stage(), &draft());
        spoil(&mut stage.sim.world());
        assert!(!gets_in(&stage, NEWCOMER), "{case} is no refusal");
        assert_eq!(explain(&stage, &BOTH).attempts, [], "{case} leaves a trace");
        apply(&stage, remedy, NEWCOMER);
        assert!(gets_in(&stage, NEWCOMER), "{case}: still refused");
    }
}

#[test]
fn a_user_refused_by_authentik_gets_in_once_the_remedy_is_applied() {
    let deactivate: Change = |world| newcomer(world, |user| user.is_active = false);
    let activate: Change = |world| newcomer(world, |user| user.is_active = true);
    // Cases dd and j.
    for (case, spoil, code, remedy) in [
        ("inactive", deactivate, Code::PasswordRefusedByAuthentik, Elsewhere(activate)),
        ("not in the bound group", bind_board, Code::NotAuthorized, LetIn),
    ] {
        let stage = ready();
        spoil(&mut stage.sim.world());
        assert!(!gets_in(&stage, NEWCOMER), "{case} is no refusal");
        wait(&stage, 120);
        // Somebody else's event shows that time has passed.
        try_to_sign_in(&stage, MAILBOX_USER, "wrong");
        let attempts = explain(&stage, &BOTH).attempts;
        let own = attempts.iter().find(|attempt| attempt.who == username(NEWCOMER));
        assert_eq!(own.map(|attempt| attempt.finding.code), Some(code), "{case}: {attempts:?}");
        apply(&stage, remedy, NEWCOMER);
        assert!(gets_in(&stage, NEWCOMER), "{case}: still refused");
    }
}

/// Lets only the members of `board` use the application.
fn bind_board(world: &mut World) {
    let state = world.authentik.state_mut();
    let board = state.group_named("board").expect("a group").pk;
    let binding = cowbell_standins::authentik::state::Binding {
        pk: uuid::Uuid::from_u128(1),
        target: state.applications[0].pk,
        bound: cowbell_standins::authentik::state::Bound::Group(board),
        order: 0,
        negate: false,
        enabled: true,
        timeout: 30,
        failure_result: false,
        expires: None,
    };
    state.bindings.push(binding);
}

/// Cases b2, o, q1 and o2: once signed in at authentik, nobody is asked again, whichever side was signed out of mailcow.
#[test]
fn a_sign_in_without_a_question_counts_and_a_sign_out_does_not() {
    let stage = ready();
    let mut world = stage.sim.world();
    let mut browser = Browser::of(&world);
    let page = browser.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    let mailbox = format!("{MAILCOW}/SOGo/so/");
    assert_eq!(browser.log_in(&mut world, &page, &username(NEWCOMER), "cowbell").0, mailbox);
    browser.forget_mailcow_session();
    let again = browser.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    assert_eq!(again.0, mailbox, "somebody was asked: {}", again.1);
    browser.visit(&mut world, "https://authentik.company/application/o/mailcow/end-session/");
    let still = browser.visit(&mut world, &mailbox);
    assert_eq!(still.0, mailbox, "mailcow's session ended with that of authentik");
    drop(world);
    wait(&stage, 120);
    try_to_sign_in(&stage, MAILBOX_USER, "wrong");
    let view = explain(&stage, &BOTH);
    assert_eq!(only(&view).finding.code, Code::PasswordRefusedByAuthentik);
    assert_eq!((view.unremarkable, codes(&view.silent)), (Some(2), vec![]));
}
