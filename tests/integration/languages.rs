//! An administrator whose products speak another language (docs/contract/ui-words.md, "What is translated"): nothing is decided by
//! a text that somebody translates.

use cowbell::app::Cowbell;
use cowbell::mailcow::MailcowChoice;
use cowbell::panel::{Event, Question, Section};
use cowbell::plan::UserReason;
use cowbell::transport::{Method, Product};
use cowbell::verify::{Code, Evidence, Finding};
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{AttributeOf, ObjectAttribute};
use cowbell_standins::language::Language;
use cowbell_standins::mailcow::session::Role as MailcowRole;
use cowbell_standins::world::Product as Served;

use crate::sign_ins::{MAILBOX_USER, NEWCOMER, try_to_sign_in, username};
use crate::support::panel::Desk;
use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

fn stage(language: Language, authentik: Profile) -> Stage {
    let stage = Setting { authentik, users: 40, ..Setting::default() }.stage();
    stage.sim.world().speak(language);
    stage
}

/// Something that the administrator, or somebody else, does.
type Step<'a> = &'a dyn Fn(&Desk);

/// What the panel shows after each step, and what both products hold then.
fn story(language: Language, authentik: Profile) -> Vec<(&'static str, String, Picture)> {
    let stage = stage(language, authentik);
    let desk = Desk::of(&stage);
    let save_in_page = |desk: &Desk| {
        let body = desk.tabs.save_body();
        desk.sim.browser().post_json(&mut desk.sim.world(), &format!("{MAILCOW}/api/v1/edit/identity-provider"), &body);
        desk.tabs.load(Product::Mailcow);
        desk.settle();
    };
    let steps: [(&str, Step<'_>); 22] = [
        ("a click at authentik", &|desk| desk.click(Product::Authentik)),
        ("the address", &|desk| desk.edit(|draft| draft.mailcow = MAILCOW.into())),
        ("the plan", &|desk| desk.tell(Event::Plan)),
        ("the run", &|desk| desk.tell(Event::Apply)),
        ("a click at mailcow", &|desk| desk.click(Product::Mailcow)),
        ("the form", &|desk| desk.tell(Event::Fill)),
        ("mailcow's own button", &save_in_page),
        ("the test of the connection", &|desk| desk.tell(Event::TestConnection)),
        ("the check", &|desk| desk.tell(Event::Go { section: Section::Check })),
        ("the table", &|desk| {
            desk.give_mailboxes_passwords();
            desk.tell(Event::Check);
            desk.tell(Event::Go { section: Section::Readiness });
        }),
        ("one user", &|desk| desk.tell(Event::LookUp { text: username(MAILBOX_USER) })),
        ("a refused sign-in", &|desk| {
            try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
            desk.tell(Event::Explain);
        }),
        ("the people", &|desk| desk.tell(Event::ReadPeople)),
        ("the switch", &|desk| {
            desk.tell(Event::PickFound { text: String::new() });
            desk.agree(Question::SwitchWave);
        }),
        ("a sign-in", &|desk| {
            try_to_sign_in(&stage, NEWCOMER, "cowbell");
            desk.tell(Event::Explain);
        }),
        ("the switch back", &|desk| desk.agree(Question::SwitchBack { address: String::new() })),
        ("the rotation", &|desk| desk.agree(Question::Rotate)),
        ("the removal, asked", &|desk| desk.tell(Event::Ask { question: Question::Remove })),
        ("the removal", &|desk| desk.tell(desk.yes())),
        ("the restoration", &|desk| desk.tell(Event::RestoreRemoved)),
        ("mailcow's previous settings", &|desk| desk.agree(Question::Restore)),
        ("undo", &|desk| desk.agree(Question::Undo)),
    ];
    let told = |(name, step): (&'static str, Step<'_>)| {
        step(&desk);
        let view = serde_json::to_string_pretty(&desk.view()).expect("it serialises");
        (name, view, Picture::of(&desk.sim.observe()))
    };
    steps.into_iter().map(told).collect()
}

#[test]
fn the_whole_job_is_the_same_in_german() {
    for authentik in [Profile::V2026_2, Profile::V2026_8_2] {
        let english = story(Language::English, authentik);
        let done = english.iter().filter(|(_, _, picture)| !picture.identity_provider.contains("client_secret")).count();
        assert!(done > 0 && done < english.len(), "mailcow's settings came and went");
        for ((name, ..), [before, after]) in english.iter().skip(1).zip(english.array_windows()) {
            assert!(before.1 != after.1, "{authentik:?}: {name} shows nothing new");
        }
        for ((name, view, picture), (_, german_view, german_picture)) in english.iter().zip(&story(Language::German, authentik)) {
            assert_eq!(view, german_view, "{authentik:?}: {name}");
            picture.assert_same(german_picture, name);
        }
    }
}

/// How a product says no: its name, what the panel makes of it, and the quoted message, if the panel quotes one.
type Refused = (&'static str, Code, Vec<String>, String);

fn refused(name: &'static str, finding: &Finding) -> Refused {
    assert!(finding.is_complete(), "{finding:?}");
    let is_quoted = |fact: &&Evidence| fact.name == "detail";
    let quoted = finding.evidence.iter().find(is_quoted).map(|fact| fact.value.clone()).unwrap_or_default();
    let facts = finding.evidence.iter().filter(|fact| !is_quoted(fact));
    (name, finding.code, facts.map(|fact| format!("{}={}", fact.name, fact.value)).collect(), quoted)
}

fn refusals(language: Language) -> Vec<Refused> {
    let new = |authentik| stage(language, authentik);
    let mut all = Vec::new();
    let mut note = |name, finding: &Finding| all.push(refused(name, finding));

    let signed_out = new(Profile::V2026_2);
    signed_out.sim.browser().sign_out_of_authentik();
    note("nobody is signed in", &(&signed_out.observe().expect_err("nobody")).into());
    signed_out.sim.browser().forget_mailcow_session();
    note("nobody is signed in to mailcow", &(&signed_out.observe_mailcow().expect_err("nobody")).into());

    let plain = new(Profile::V2026_2);
    plain.sign_in(&username(NEWCOMER));
    note("no administrator", &(&plain.observe().expect_err("a plain user")).into());

    let limited = new(Profile::V2026_2);
    limited.sign_in_read_only(&username(NEWCOMER));
    note("a missing permission", &limited.whole_run(&draft()).succeeds().error.expect("refused"));

    let first = new(Profile::V2026_2);
    let second = Stage { app: Cowbell::new(first.sim.clone()), sim: first.sim.clone() };
    for stage in [&first, &second] {
        stage.observe().succeeds();
        stage.plan(&draft()).succeeds();
    }
    first.apply(&draft()).succeeds();
    note("a name that exists already", &second.apply(&draft()).succeeds().error.expect("taken"));

    let ended = new(Profile::V2026_2);
    ended.observe().succeeds();
    ended.plan(&draft()).succeeds();
    ended.sim.world().before_request(|authentik, _, product, request| {
        if product == Served::Authentik && request.method() == http::Method::PATCH {
            authentik.state_mut().sessions.clear();
        }
    });
    note("the session ends", &ended.apply(&draft()).succeeds().error.expect("ended"));

    let behind_proxy = new(Profile::V2026_8);
    behind_proxy.observe().succeeds();
    behind_proxy.plan(&draft()).succeeds();
    behind_proxy.sim.world().authentik.state_mut().site.trusts_proxy = false;
    note("a write that is taken for a forgery", &behind_proxy.apply(&draft()).succeeds().error.expect("refused"));

    let defined = new(Profile::V2026_8_2);
    let rule = ObjectAttribute { is_required: true, ..ObjectAttribute::new(AttributeOf::Users, "badge") };
    defined.sim.world().authentik.state_mut().object_attributes.push(rule);
    let report = defined.whole_run(&draft()).succeeds();
    assert!(report.issues.iter().any(|issue| matches!(issue.reason, UserReason::AttributeRule { .. })), "{:?}", report.issues);
    note("an attribute that is required", report.progress.obstacle.as_ref().expect("an obstacle"));

    let other = new(Profile::V2026_2);
    let (name, session) = other.sim.world().mailcow.sign_in_as("lists-admin", MailcowRole::DomainAdmin);
    other.sim.browser().set_mailcow_session(name, &session);
    note("no administrator of mailcow", &(&other.observe_mailcow().expect_err("of a domain")).into());

    let in_use = new(Profile::V2026_2);
    in_use.done(&draft());
    in_use.observe_mailcow().succeeds();
    in_use.sim.world().mailcow.state_mut().mailboxes[0].authsource = "ldap".into();
    let saved = run(in_use.app.save_for_me(&MailcowChoice::default()));
    note("mailcow refuses to save", &(&saved.expect_err("another source is in use")).into());
    assert!(in_use.sim.writes().iter().any(|sent| sent.method == Method::Post && sent.url.starts_with(MAILCOW)));
    all
}

#[test]
fn every_refusal_is_recognised_in_german() {
    let [english, german] = [Language::English, Language::German].map(refusals);
    for ((name, code, facts, _), (_, german_code, german_facts, _)) in english.iter().zip(&german) {
        assert_eq!((code, facts), (german_code, german_facts), "{name}");
    }
    let quoted = |all: &[Refused], wanted: &str| {
        all.iter().find(|(name, ..)| *name == wanted).map(|(.., quoted)| quoted.clone()).unwrap_or_default()
    };
    let taken = "a name that exists already";
    assert!(quoted(&english, taken).contains("already exists"), "{english:?}");
    assert!(quoted(&german, taken).contains("existiert bereits"), "{german:?}");
    let forgery = "a write that is taken for a forgery";
    assert_eq!(quoted(&english, forgery), quoted(&german, forgery), "never translated");
}
