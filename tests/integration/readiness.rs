//! Who can sign in: every verdict is held against what a sign-in through both stand-ins really does.

use std::pin::pin;

use cowbell::app::{
    ArrivalFilter, ArrivalQuery, Error, PeopleQuery, ReadinessQuery, ReadinessRow, ReadinessView, Reason, Switching, Wave,
};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::Audience;
use cowbell::transport::{Host as _, Product};
use cowbell::verify::arrival::ArrivalKind;
use cowbell::verify::readiness::Outcome;
use cowbell::verify::switch_cost::SwitchCost;
use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::state::{Bound, Group, User, UserType};
use cowbell_standins::authentik::{Profile, state};
use cowbell_standins::mailcow;
use cowbell_standins::mailcow::state::{AliasDomain, MIB, Mailbox};
use cowbell_standins::people::person;
use cowbell_standins::world::faults::{Fault, FaultKind};
use cowbell_standins::world::{self, World};
use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::support::browser::{MAX_BYTES, MAX_LIST_BYTES};
use crate::support::stage::{BOTH, MAILCOW, Setting, Stage, code, draft};
use crate::support::{Interruptions, Lost, Succeeds as _, everybody, run};

/// Both products connected, as in the guide and with a default template.
fn connected() -> Stage {
    connected_with(&Setting { users: 60, ..Setting::default() })
}

fn connected_with(setting: &Setting) -> Stage {
    let stage = setting.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    let saved = run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    assert!(saved.in_sync);
    stage
}

/// Reads both products again, as a check does, and everybody.
fn observe(stage: &Stage) -> ReadinessView {
    look_at(stage, &draft())
}

fn look_at(stage: &Stage, draft: &SetupDraft) -> ReadinessView {
    stage.sign_in("akadmin");
    stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    run(stage.app.read_users(&mut |_, _| {})).succeeds();
    read(stage, draft, &BOTH).succeeds()
}

fn read(stage: &Stage, draft: &SetupDraft, tabs: &[Product]) -> Result<ReadinessView, Error> {
    stage.sim.only(tabs);
    let view = run(stage.app.read_readiness(draft, &MailcowChoice::default(), &mut |_, _| {}));
    stage.sim.only(&BOTH);
    view
}

fn query() -> ReadinessQuery {
    ReadinessQuery { text: String::new(), outcome: None, reason: None, offset: 0, limit: usize::MAX }
}

fn rows(stage: &Stage, query: &ReadinessQuery) -> Vec<ReadinessRow> {
    let found = stage.app.find_readiness(query).succeeds();
    assert!(found.rows.iter().all(|row| row.finding.is_complete() && row.finding.code.outcome() == Some(row.outcome)));
    found.rows
}

fn verdict_of(stage: &Stage, username: &str) -> Finding {
    let found = rows(stage, &query()).into_iter().find(|row| row.username == username);
    found.expect("a row").finding
}

/// What a sign-in does, and mailcow's reason when it refuses.
fn sign_in(stage: &Stage, username: &str) -> (Outcome, String) {
    let sim = &stage.sim;
    let log = sim.observe().mailcow.state().ui_log.len();
    let mailboxes = sim.observe().mailcow.state().mailboxes.len();
    stage.sign_in(username);
    sim.browser().forget_mailcow_session();
    let (url, _) = sim.browser().visit(&mut sim.world(), &format!("{MAILCOW}/?iam_sso=1"));
    let world = sim.observe();
    let state = world.mailcow.state();
    if url == format!("{MAILCOW}/SOGo/so/") {
        let made = state.mailboxes.len() > mailboxes;
        return (if made { Outcome::NewMailbox } else { Outcome::SignsIn }, String::new());
    }
    let calls = state.ui_log[log.min(state.ui_log.len())..].iter().filter_map(|entry| entry.call.clone());
    let reason =
        calls.filter_map(|call| serde_json::from_str::<Vec<Value>>(&call).ok()?.pop()?.as_str().map(str::to_owned)).next_back();
    (Outcome::Refused, reason.unwrap_or_default())
}

/// How a sign-in ends now, as far as the verdict says it: until the switch, it is refused.
fn end_of(verdict: Code) -> Outcome {
    let outcome = Outcome::of(verdict);
    if outcome.is_refused() { Outcome::Refused } else { outcome }
}

/// What mailcow writes in its log, for each verdict that is mailcow's; empty for what authentik refuses.
fn reason_in_log(verdict: Code) -> &'static str {
    match verdict {
        Code::MailboxHasPassword | Code::MailboxOfOtherProvider => "The user's authentication source is not of type OIDC",
        Code::MailboxInactive | Code::MailboxDeactivated | Code::DomainInactive | Code::TemplateInactive => {
            "Domain or mailbox is inactive"
        }
        Code::AutoCreateOff => "Auto-create users on login is deactivated",
        Code::TemplateNone => "No matching attribute mapping was found",
        Code::UserWithoutEmail | Code::EmailClaimMissing | Code::ScopeEmailMissing | Code::ScopeNotMapped => {
            "No email address found for user"
        }
        Code::CredentialsWrongSecret => "invalid_client",
        Code::ScopeOpenidMissing
        | Code::ScopesNotSeparatedBySpaces
        | Code::EndpointWithoutSlash
        | Code::EndpointUnknownPath
        | Code::EndpointSwapped => "Invalid response received from Authorization Server. Expected JSON.",
        Code::DomainMissing
        | Code::AddressAtAliasDomain
        | Code::AddressIsAlias
        | Code::DomainFull
        | Code::QuotaTooLarge
        | Code::TemplateMissing => "Could not create mailbox on login",
        _ => "",
    }
}

/// Signs in as everybody, and holds each verdict against what happens.
fn confirm(stage: &Stage) {
    for row in rows(stage, &query()) {
        let verdict = row.finding.code;
        if verdict == Code::UserServiceAccount {
            continue;
        }
        let (outcome, reason) = sign_in(stage, &row.username);
        assert_eq!((outcome, row.outcome), (end_of(verdict), Outcome::of(verdict)), "{}: {verdict:?}, {reason}", row.username);
        assert_eq!(reason, reason_in_log(verdict), "{}: {verdict:?}", row.username);
    }
}

/// Somebody at authentik who has this address.
fn add_user(stage: &Stage, username: &str, email: &str) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let mut user = User::new(state.next_user, uuid::Uuid::from_u128(state.next_user.unsigned_abs().into()), username, 0);
    state.next_user += 1;
    email.clone_into(&mut user.email);
    state.users.extend([user]);
}

/// A mailbox of somebody who signs in with Generic-OIDC.
fn add_mailbox(stage: &Stage, address: &str, change: impl FnOnce(&mut Mailbox)) {
    let mut world = stage.sim.world();
    let state = world.mailcow.state_mut();
    let mut mailbox = state.mailboxes[0].clone();
    address.clone_into(&mut mailbox.username);
    address.clone_into(&mut mailbox.name);
    "generic-oidc".clone_into(&mut mailbox.authsource);
    mailbox.active = true;
    change(&mut mailbox);
    state.mailboxes.push(mailbox);
}

fn settings(stage: &Stage, change: &[(&str, Value)]) {
    let mut world = stage.sim.world();
    for (key, value) in change {
        world.mailcow.state_mut().identity_provider.set(key, value.clone());
    }
}

#[test]
fn everybody_of_a_company_is_told_what_happens() {
    let stage = connected();
    let view = observe(&stage);
    let count = |verdict| view.reasons.iter().find(|reason| reason.verdict == verdict).map_or(0, |reason| reason.count);
    assert_eq!(view.users, stage.sim.observe().authentik.state().users.iter().count());
    assert_eq!(view.users, view.reasons.iter().map(|reason| reason.count).sum::<usize>());
    // One of them is inactive, too.
    assert_eq!(count(Code::MailboxHasPassword), view.switchable + 1);
    assert!(view.switchable > 5 && count(Code::GetsMailbox) > 20 && count(Code::DomainMissing) > 0, "{view:?}");
    assert!(count(Code::UserInactive) > 0 && count(Code::UserWithoutEmail) > 0 && count(Code::UserServiceAccount) > 0);
    assert_eq!(count(Code::AddressIsAlias), 1);
    assert_eq!((view.planned, view.switched, view.notes.as_slice()), (false, 0, [].as_slice()));
    confirm(&stage);
}

#[test]
fn each_recorded_case_of_a_mailbox_is_foreseen() {
    let stage = connected();
    let cases = [
        // docs/contract/e2e.md, cases b, d, f, g, l, l2, w; docs/contract/mailcow.md, sections 7 and 8.
        ("newcomer", "newcomer@mail.example", Code::GetsMailbox),
        ("settled", "settled@mail.example", Code::SignsIn),
        ("keycloak", "keycloak@mail.example", Code::SignsIn),
        ("elsewhere", "elsewhere@nowhere.example", Code::DomainMissing),
        ("addressless", "", Code::UserWithoutEmail),
        ("capital", "Capital@Mail.Example", Code::SignsInOtherSpelling),
        ("capital-new", "Capital-New@mail.example", Code::GetsMailbox),
        ("sleeping", "sleeping@mail.example", Code::MailboxInactive),
        ("closed", "closed@old.example", Code::DomainInactive),
        ("ldap", "ldap@mail.example", Code::MailboxOfOtherProvider),
        ("at-alias-domain", "somebody@post.example", Code::AddressAtAliasDomain),
        ("info", "INFO@mail.example", Code::AddressIsAlias),
        ("full", "somebody@full.example", Code::DomainFull),
        ("small", "somebody@small.example", Code::QuotaTooLarge),
        ("odd", "somebody", Code::AddressOdd),
        ("umlaut", "müller@mail.example", Code::AddressOdd),
        ("idn", "somebody@müller.example", Code::AddressInternational),
        ("idn-elsewhere", "somebody@bücher.example", Code::DomainMissing),
    ];
    for (username, email, _) in cases {
        add_user(&stage, username, email);
    }
    for (address, authsource, active) in [
        ("settled@mail.example", "generic-oidc", true),
        ("keycloak@mail.example", "keycloak", true),
        ("capital@mail.example", "generic-oidc", true),
        ("sleeping@mail.example", "generic-oidc", false),
        ("closed@old.example", "generic-oidc", true),
        ("ldap@mail.example", "ldap", true),
    ] {
        add_mailbox(&stage, address, |mailbox| {
            authsource.clone_into(&mut mailbox.authsource);
            mailbox.active = active;
        });
    }
    {
        let mut world = stage.sim.world();
        let state = world.mailcow.state_mut();
        for (name, active, max_mailboxes, quota) in [
            ("old.example", false, 9, 9_000),
            ("full.example", true, 0, 9_000),
            ("small.example", true, 9, 512),
            ("xn--mller-kva.example", true, 9, 9_000),
        ] {
            let mut domain = state.domains[0].clone();
            name.clone_into(&mut domain.name);
            (domain.active, domain.max_mailboxes, domain.quota) = (active, max_mailboxes, quota * MIB);
            state.domains.push(domain);
        }
        state.alias_domains.push(AliasDomain { name: "other.company".into(), target: "mail.example".into() });
        state.identity_provider.set("default_template", "OIDC Users");
    }
    observe(&stage);
    let info = stage.sim.observe().mailcow.state().aliases[0].goto.clone();
    for (username, email, verdict) in cases {
        let finding = verdict_of(&stage, username);
        assert_eq!(finding.code, verdict, "{username}");
        let unknown = Outcome::of(verdict) == Outcome::Unknown;
        let facts: Vec<&str> = finding.evidence.iter().map(|fact| fact.value.as_str()).collect();
        match username {
            "at-alias-domain" => assert_eq!(facts, ["post.example", "mail.example"]),
            "info" => assert_eq!(facts, [info.as_str()]),
            "idn" => assert_eq!(facts, ["xn--mller-kva.example"]),
            "elsewhere" => assert_eq!(facts, ["nowhere.example"]),
            _ => {}
        }
        // What is said of the address alone is the same.
        if !unknown && !email.is_empty() {
            let said = run(stage.app.readiness_of(email)).succeeds();
            assert_eq!(said.verdicts.iter().map(|said| said.finding.code).collect::<Vec<_>>(), [verdict], "{username}");
        }
        let (outcome, reason) = sign_in(&stage, username);
        assert!(unknown || outcome == end_of(verdict), "{username}: {outcome:?} {reason}");
        stage.sign_in("akadmin");
    }
}

#[test]
fn what_is_read_meanwhile_does_not_give_way_to_an_older_answer() {
    let stage = connected();
    let before = observe(&stage);
    let somebody = person(1, 30);
    stage.sim.hold();
    let mut answer = pin!(stage.app.readiness_of(&somebody.email));
    assert!(answer.as_mut().now_or_never().is_none(), "it waits for authentik");
    settings(&stage, &[("default_template", json!(""))]);
    let newer = observe(&stage);
    assert_ne!(newer.reasons, before.reasons);
    let said = run(answer).succeeds();
    assert_eq!(said.readiness.reasons, newer.reasons);
    assert_eq!(said.verdicts[0].finding.code, Code::TemplateNone);
    assert_eq!(verdict_of(&stage, &somebody.username).code, Code::TemplateNone);
}

#[test]
fn each_recorded_setting_of_mailcow_is_foreseen() {
    let openid = || json!("profile email");
    let cases: [(&[(&str, Value)], Code); 10] = [
        // docs/contract/e2e.md, cases a, b, n and n3, n2, r, s, t, u, z, z2.
        (&[("default_template", json!(""))], Code::TemplateNone),
        (&[("default_template", json!("OIDC Users"))], Code::GetsMailbox),
        (&[("mappers", json!(["sales"])), ("templates", json!(["OIDC Users"]))], Code::GetsMailbox),
        (
            &[("mappers", json!(["sales"])), ("templates", json!(["OIDC Users"])), ("default_template", json!(""))],
            Code::TemplateNone,
        ),
        (&[("login_provisioning", json!(false))], Code::AutoCreateOff),
        (&[("default_template", json!("gone"))], Code::TemplateMissing),
        (&[("client_scopes", json!("openid profile"))], Code::ScopeEmailMissing),
        (&[("client_scopes", openid())], Code::ScopeOpenidMissing),
        (&[("mappers", json!({"0": "a", "2": "b"})), ("templates", json!(["x", "y"]))], Code::StoredMappingBroken),
        (&[("client_id", json!("unknown"))], Code::ClientIdDiffers),
    ];
    for (change, verdict) in cases {
        let stage = connected();
        settings(&stage, change);
        observe(&stage);
        let newcomer = person(1, 30);
        assert_eq!(verdict_of(&stage, &newcomer.username).code, verdict);
        confirm_some(&stage, &newcomer.username);
        // Case r2 and the first of a: whoever has a mailbox needs no template and no auto-create.
        if matches!(verdict, Code::AutoCreateOff | Code::TemplateNone | Code::TemplateMissing) {
            add_user(&stage, "settled", "settled@mail.example");
            add_mailbox(&stage, "settled@mail.example", |_| {});
            observe(&stage);
            assert_eq!(verdict_of(&stage, "settled").code, Code::SignsIn);
            confirm_some(&stage, "settled");
        }
    }
}

/// What makes every sign-in fail: what it is, how it comes about, and the finding that names it.
/// What is wrong, how it comes about, what it is called.
pub(crate) type OfEverybody = (&'static str, fn(&mut World), Code);

fn set(world: &mut World, key: &str, value: impl Into<Value>) {
    world.mailcow.state_mut().identity_provider.set(key, value);
}

const AT_AUTHENTIK: &str = "https://authentik.company/application/o";

/// What keeps everybody out.
pub(crate) const PROBLEMS: [OfEverybody; 17] = [
    ("grant types", |world| world.authentik.state_mut().providers[0].grant_types.clear(), Code::CredentialsGrantTypeMissing),
    ("no application", |world| world.authentik.state_mut().applications.clear(), Code::ApplicationMissing),
    ("no provider", |world| world.authentik.state_mut().providers.clear(), Code::ClientMissing),
    (
        "another redirect URI is registered",
        |world| world.authentik.state_mut().providers[0].redirect_uris[0].url = "https://other.company".into(),
        Code::RedirectNotRegistered,
    ),
    ("a slash", |world| set(world, "redirect_url", format!("{MAILCOW}/")), Code::RedirectSlashDiffers),
    ("a path", |world| set(world, "redirect_url", format!("{MAILCOW}/admin")), Code::RedirectHasPath),
    ("another secret", |world| set(world, "client_secret", "wrong"), Code::CredentialsWrongSecret),
    ("another client", |world| set(world, "client_id", "wrong"), Code::ClientIdDiffers),
    ("no secret", |world| set(world, "client_secret", ""), Code::FieldEmpty),
    (
        "sign-in elsewhere",
        |world| set(world, "authorize_url", "https://other.test/application/o/authorize/"),
        Code::EndpointAtOtherHost,
    ),
    (
        "sign-in without a slash",
        |world| set(world, "authorize_url", format!("{AT_AUTHENTIK}/authorize")),
        Code::EndpointWithoutSlash,
    ),
    ("tokens without a slash", |world| set(world, "token_url", format!("{AT_AUTHENTIK}/token")), Code::EndpointWithoutSlash),
    (
        "tokens elsewhere",
        |world| set(world, "token_url", "https://other.test/application/o/token/"),
        Code::ServerCannotReachToken,
    ),
    ("an unknown path", |world| set(world, "userinfo_url", "https://authentik.company/userinfo/"), Code::EndpointUnknownPath),
    (
        "user info elsewhere",
        |world| set(world, "userinfo_url", "https://other.test/application/o/userinfo/"),
        Code::EndpointAtOtherHost,
    ),
    ("commas", |world| set(world, "client_scopes", "openid,profile,email"), Code::ScopesNotSeparatedBySpaces),
    ("gaps", |world| set(world, "mappers", json!({"0": "a", "2": "b"})), Code::StoredMappingBroken),
];

/// R9: what keeps everybody out is the verdict about everybody, is said on top by table and check alike, and a sign-in shows it.
#[test]
fn a_fault_that_keeps_everybody_out_is_known_to_table_and_check() {
    for (name, change, code) in PROBLEMS {
        let stage = connected_with(&Setting { authentik: Profile::V2026_8, users: 60, ..Setting::default() });
        add_user(&stage, "settled", "settled@mail.example");
        add_mailbox(&stage, "settled@mail.example", |_| {});
        change(&mut stage.sim.world());
        let view = observe(&stage);
        assert_eq!(view.problems.first().map(|problem| problem.code), Some(code), "{name}: {:?}", view.problems);
        assert!(view.problems.iter().all(Finding::is_complete), "{name}: {:?}", view.problems);
        assert!(view.reasons.iter().all(|reason| !matches!(reason.outcome, Outcome::SignsIn | Outcome::NewMailbox)), "{name}");
        // What may keep everybody out matters where nothing certainly does.
        let nowhere = if Outcome::of(code).is_refused() { code } else { Code::DomainMissing };
        for (address, verdict) in [("planned@mail.example", code), ("x@nowhere.example", nowhere)] {
            let said = run(stage.app.readiness_of(address)).succeeds();
            assert_eq!(said.verdicts[1].finding.code, verdict, "{name}: {address}");
        }
        for who in [person(1, 30).username.as_str(), "settled"] {
            assert_eq!(verdict_of(&stage, who).code, code, "{name}: {who}");
            // The browser of these tests finds no third server.
            if name == "sign-in elsewhere" {
                continue;
            }
            let (outcome, reason) = sign_in(&stage, who);
            assert_eq!(outcome, Outcome::Refused, "{name}: {who}");
            let expected = Some(reason_in_log(code)).filter(|_| Outcome::of(code).is_refused());
            let silent = name == "sign-in without a slash";
            assert!(expected.is_none_or(|expected| silent || reason.starts_with(expected)), "{name}: {reason}");
        }
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        let checked = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        let said: Vec<_> =
            checked.iter().filter(|finding| finding.code == code && finding.field == view.problems[0].field).collect();
        assert_eq!((checked[0].code, said.len()), (code, 1), "{name}: {checked:?}");
        let again = read(&stage, &draft(), &BOTH).succeeds();
        assert_eq!(again.problems, view.problems, "{name}: the table after the check");
    }
}

/// What was known of the connection is not what it is once a product was read again.
#[test]
fn a_secret_that_somebody_changes_after_a_look_is_known_after_the_next() {
    // Whether this panel has written anything or not.
    for (stage, tabs) in [(connected(), &BOTH[..]), (connected().another_day(), &BOTH), (connected(), &[Product::Authentik])] {
        assert_eq!(observe(&stage).problems, []);
        set(&mut stage.sim.world(), "client_secret", "wrong");
        stage.observe_mailcow().succeeds();
        let codes: Vec<Code> = read(&stage, &draft(), tabs).succeeds().problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::CredentialsWrongSecret], "{tabs:?}");
    }
}

fn confirm_some(stage: &Stage, username: &str) {
    let finding = verdict_of(stage, username);
    let (outcome, reason) = sign_in(stage, username);
    assert_eq!((outcome, reason.as_str()), (end_of(finding.code), reason_in_log(finding.code)), "{finding:?}");
}

/// A template that makes inactive mailboxes.
fn add_inactive_template(stage: &Stage) {
    let mut world = stage.sim.world();
    let templates = &mut world.mailcow.state_mut().templates;
    let template = mailcow::state::Template { id: 9, name: "Inactive".into(), active: false, ..templates[0].clone() };
    templates.push(template);
}

/// R1: a template that makes inactive mailboxes is named before anybody tries, and blamed when somebody has tried.
#[test]
fn a_template_of_inactive_mailboxes_is_named_before_and_after() {
    for is_mapped in [false, true] {
        let stage = connected();
        add_inactive_template(&stage);
        if is_mapped {
            map_templates(&stage, "return {\"mailcow_template\": \"sales\"}", "Inactive");
        } else {
            settings(&stage, &[("default_template", json!("Inactive"))]);
        }
        observe(&stage);
        let newcomer = person(1, 30);
        if is_mapped {
            run(stage.app.readiness_of(&newcomer.email)).succeeds();
        }
        let verdict = verdict_of(&stage, &newcomer.username);
        assert_eq!((verdict.code, verdict.evidence[0].value.as_str()), (Code::TemplateInactive, "Inactive"));
        let checked = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        assert!(checked.iter().any(|finding| finding.code == Code::TemplateInactive && finding.is_complete()), "{checked:?}");
        confirm_some(&stage, &newcomer.username);
        let left = stage.sim.observe().mailcow.state().mailbox(&newcomer.email).expect("what the refused sign-in left").active;
        assert!(!left);
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        let explained = run(stage.app.explain_sign_ins(&draft())).attempts;
        assert_eq!(explained[0].finding.code, Code::TemplateInactive);
    }
}

/// Maps the claim `sales` to a template, with a mapping at authentik that gives the claim.
fn map_templates(stage: &Stage, expression: &str, template: &str) {
    add_template_claim(&mut stage.sim.world(), "mailcow_template", expression);
    settings(
        stage,
        &[
            ("client_scopes", json!("openid profile email mailcow_template")),
            ("mappers", json!(["sales"])),
            ("templates", json!([template])),
        ],
    );
}

/// R2: mailcow applies a mapped template before it looks whether the mailbox is active; the default template never.
#[test]
fn a_mapped_template_decides_whether_an_existing_mailbox_is_active() {
    let newcomer = person(1, 30);
    for (template, is_default, active, hash, verdict) in [
        ("OIDC Users", false, false, "", Code::MailboxReactivated),
        ("OIDC Users", false, false, "of another template", Code::MailboxActiveUnknown),
        ("OIDC Users", false, true, "", Code::SignsIn),
        ("Inactive", false, true, "", Code::MailboxDeactivated),
        ("Inactive", false, true, "of another template", Code::MailboxDeactivated),
        ("Inactive", false, false, "", Code::MailboxInactive),
        ("Inactive", true, true, "", Code::SignsIn),
        ("OIDC Users", true, false, "", Code::MailboxInactive),
    ] {
        let stage = connected();
        add_inactive_template(&stage);
        if is_default {
            settings(&stage, &[("default_template", json!(template))]);
        } else {
            map_templates(&stage, "return {\"mailcow_template\": \"sales\"}", template);
        }
        add_mailbox(&stage, &newcomer.email, |mailbox| {
            mailbox.active = active;
            hash.clone_into(&mut mailbox.attribute_hash);
        });
        let view = observe(&stage);
        let verdict_before = verdict_of(&stage, &newcomer.username).code;
        if !is_default {
            let before = verdict_before;
            assert!(before == verdict || before == Code::MailboxActiveUnknown, "{before:?}, {verdict:?}");
        }
        let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
        assert_eq!(said.verdicts[0].finding.code, verdict, "{template}, {is_default}, {active}, {hash}");
        // Said once on top, as soon as it is known of somebody: what to do instead.
        for (notes, code) in [(&said.readiness.notes, verdict), (&view.notes, verdict_before)] {
            let note = notes.iter().find(|note| note.code == Code::MailboxesReactivated);
            let count = note.map(|note| note.evidence[0].value.as_str());
            assert_eq!(count, (code == Code::MailboxReactivated).then_some("1"), "{notes:?}");
        }
        let unknown = Outcome::of(verdict) == Outcome::Unknown;
        let (outcome, reason) = sign_in(&stage, &newcomer.username);
        assert!(unknown || (outcome, reason.as_str()) == (end_of(verdict), reason_in_log(verdict)), "{verdict:?}: {reason}");
    }
}

/// A mapped template overwrites what a mailbox has when its user first signs in: the question says of how many, and by which.
#[test]
fn a_wave_says_which_mailboxes_are_made_like_a_template() {
    let stage = connected();
    observe(&stage);
    let asked = || stage.app.wave_view(&everybody(&stage.app)).succeeds();
    assert_eq!((asked().remade, asked().templates), (0, Vec::new()));
    map_templates(&stage, "return {\"mailcow_template\": \"sales\"}", "OIDC Users");
    observe(&stage);
    assert!(asked().mailboxes > 0);
    assert_eq!((asked().remade, asked().templates), (asked().mailboxes, vec!["OIDC Users".to_owned()]));
}

/// A mapped template makes a mailbox as large as it says, whatever is in it: who has more is named, and no limit is none.
#[test]
fn a_mailbox_that_holds_more_than_its_template_allows_is_named() {
    let somebody = person(1, 1);
    for (quota, is_exceeded) in [(1_024 * MIB, true), (2_048 * MIB, false), (0, false)] {
        let stage = connected();
        map_templates(&stage, "return {\"mailcow_template\": \"sales\"}", "OIDC Users");
        let stored = |change: &dyn Fn(&mut Mailbox)| {
            let mut world = stage.sim.world();
            let mailbox = world.mailcow.state_mut().mailbox_mut(&somebody.email).expect("a mailbox");
            change(mailbox);
            (mailbox.quota, mailbox.used)
        };
        stored(&|mailbox| (mailbox.quota, mailbox.used) = (4_096 * MIB, 2_048 * MIB));
        let is_its = |template: &&mut mailcow::state::Template| template.name == "OIDC Users";
        stage.sim.world().mailcow.state_mut().templates.iter_mut().filter(is_its).for_each(|template| template.quota = quota);
        observe(&stage);
        run(stage.app.read_people(&mut |_, _| {})).succeeds();
        let rows = stage.app.people_of(&somebody.email, &Wave::default()).succeeds();
        assert_eq!(rows[0].cost == SwitchCost::ExceedsTemplate, is_exceeded, "{quota}: {rows:?}");
        run(stage.app.switch_mailboxes(Switching::Mailbox(&somebody.email), &mut |_, _| {})).succeeds();
        assert_eq!(sign_in(&stage, &somebody.username).0, Outcome::SignsIn);
        let (now, used) = stored(&|_| ());
        assert_eq!(now > 0 && used > now, is_exceeded, "{quota}: {now}");
    }
}

/// A template whose quota is not said fits no limit for certain: absent is neither nothing nor no limit.
#[test]
fn an_absent_quota_of_a_template_is_unknown() {
    let stage = connected();
    let newcomer = person(1, 30).username;
    observe(&stage);
    assert_eq!(verdict_of(&stage, &newcomer).code, Code::GetsMailbox);
    let body = r#"[{"id":2,"template":"Default","attributes":{"active":1}}]"#.to_owned();
    let without = FaultKind::Status { status: 200, body, content_type: None, retry_after_s: None };
    stage.sim.world().faults.browser = vec![Fault::on(world::Product::Mailcow, "/api/v1/get/mailbox/template/all", without)];
    observe(&stage);
    let finding = verdict_of(&stage, &newcomer);
    assert_eq!((finding.code, finding.evidence[0].value.as_str()), (Code::QuotaUnknown, "mail.example"));
}

/// R2: a mailbox in an inactive domain is made before its user is refused.
#[test]
fn a_refused_sign_in_leaves_a_mailbox_in_an_inactive_domain() {
    let stage = connected();
    stage.sim.world().mailcow.state_mut().domains[0].active = false;
    observe(&stage);
    let newcomer = person(1, 30);
    assert_eq!(verdict_of(&stage, &newcomer.username).code, Code::DomainInactive);
    confirm_some(&stage, &newcomer.username);
    assert!(stage.sim.observe().mailcow.state().mailbox(&newcomer.email).is_some_and(|mailbox| mailbox.active));
}

/// R17: `true` selects the first row, whatever its value; a mapping that may give it is warned of.
#[test]
fn a_claim_that_is_no_text_selects_as_php_compares() {
    for (claim, verdict) in [
        ("True", Code::TemplateInactive),
        ("1", Code::GetsMailbox),
        ("False", Code::GetsMailbox),
        ("\"sales\"", Code::TemplateInactive),
    ] {
        let stage = connected();
        add_inactive_template(&stage);
        map_templates(&stage, &format!("return {{\"mailcow_template\": {claim}}}"), "Inactive");
        observe(&stage);
        let newcomer = person(1, 30);
        let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
        assert_eq!(said.verdicts[0].finding.code, verdict, "{claim}");
        confirm_some(&stage, &newcomer.username);
    }
    for (value, is_warned) in [("request.user.attributes.get(\"t\")", true), ("str(request.user.attributes.get(\"t\"))", false)] {
        let stage = connected();
        map_templates(&stage, &format!("return {{\"mailcow_template\": {value}}}"), "OIDC Users");
        let checked = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        let warned = checked.iter().find(|finding| finding.code == Code::TemplateClaimNotText);
        assert_eq!(warned.map(|finding| finding.evidence[0].value.as_str()), is_warned.then_some("template"), "{value}");
    }
}

/// R12: what a template takes from its users is said where it is chosen, and by the check.
#[test]
fn a_template_without_app_passwords_or_webmail_is_named() {
    let stage = connected();
    {
        let mut world = stage.sim.world();
        let templates = &mut world.mailcow.state_mut().templates;
        let template = templates.iter_mut().find(|template| template.name == "OIDC Users").expect("a template");
        (template.app_passwords, template.sogo) = (false, false);
    }
    let codes = |findings: &[Finding]| -> Vec<Code> {
        let about = |code: &Code| matches!(code, Code::TemplateWithoutAppPasswords | Code::TemplateWithoutSogo);
        findings.iter().map(|finding| finding.code).filter(about).collect()
    };
    assert_eq!(codes(&stage.observe_mailcow().succeeds().findings), [], "it is not in use");
    let chosen = MailcowChoice { default_template: Some("OIDC Users".into()), ..MailcowChoice::default() };
    let both = [Code::TemplateWithoutAppPasswords, Code::TemplateWithoutSogo];
    assert_eq!(codes(&stage.app.mailcow_view(&chosen).succeeds().findings), both, "before it is saved");
    settings(&stage, &[("default_template", json!("OIDC Users"))]);
    assert_eq!(codes(&run(stage.app.check(&draft(), &MailcowChoice::default())).findings), both);
}

/// R3: who is inactive at authentik and has an active mailbox reads mail nevertheless.
#[test]
fn mailboxes_of_inactive_users_are_counted() {
    let stage = connected();
    let before = observe(&stage);
    let noted = |view: &ReadinessView| {
        let note = view.notes.iter().find(|note| note.code == Code::InactiveUsersWithMailbox);
        note.map(|note| note.evidence[0].value.clone())
    };
    assert_eq!(noted(&before), None, "a password of their own is no matter of authentik's");
    for (name, active) in [("left", true), ("gone", true), ("closed", false)] {
        add_user(&stage, name, &format!("{name}@mail.example"));
        stage.sim.world().authentik.state_mut().users.named_mut(name).expect("a user").is_active = false;
        add_mailbox(&stage, &format!("{name}@mail.example"), |mailbox| mailbox.active = active);
    }
    assert_eq!(noted(&observe(&stage)), Some("2".into()));
}

/// R4: mailboxes that sign in with authentik and belong to nobody there are listed, with whom they may belong to.
#[test]
fn mailboxes_without_a_user_are_listed() {
    let stage = connected();
    assert_eq!(observe(&stage).orphans, Some(0));
    add_user(&stage, "maria", "maria.new@mail.example");
    add_user(&stage, "third", "THIRD@other.example");
    add_user(&stage, "has-one", "Has-One@mail.example");
    for address in ["maria@mail.example", "third@mail.example", "gone@mail.example", "has-one@mail.example"] {
        add_mailbox(&stage, address, |mailbox| mailbox.active = address != "gone@mail.example");
    }
    add_mailbox(&stage, "own-password@mail.example", |mailbox| "mailcow".clone_into(&mut mailbox.authsource));
    assert_eq!(observe(&stage).orphans, Some(3));
    let found = |text: &str, offset, limit| {
        let filter = ArrivalFilter { kind: Some(ArrivalKind::NoUser), silent: false };
        let query = ArrivalQuery { text: text.to_owned(), filter, offset, limit };
        let found = stage.app.find_arrivals(&query).succeeds();
        let rows = found.rows.into_iter().map(|row| (row.address, row.active, row.renamed)).collect::<Vec<_>>();
        (found.total, rows)
    };
    let row = |address: &str, active, renamed: &str| (address.to_owned(), active, renamed.to_owned());
    let all =
        [row("gone@mail.example", false, ""), row("maria@mail.example", true, "maria"), row("third@mail.example", true, "third")];
    assert_eq!(found("", 0, 9), (3, all.to_vec()));
    assert_eq!(found(" MARIA", 0, 9), (1, all[1..2].to_vec()));
    assert_eq!(found("", 2, 1), (3, all[2..].to_vec()));
    // Both user name and address have changed: the full name fits, if only one user has it.
    let rename = |username: &str, name: &str| {
        add_user(&stage, username, &format!("{username}@mail.example"));
        name.clone_into(&mut stage.sim.world().authentik.state_mut().users.named_mut(username).expect("a user").name);
    };
    rename("weber.e", "erika WEBER ");
    rename("meier1", "Kim Meier");
    rename("meier2", "Kim Meier");
    add_mailbox(&stage, "muster@mail.example", |mailbox| "Erika Weber".clone_into(&mut mailbox.name));
    add_mailbox(&stage, "kim@mail.example", |mailbox| "Kim Meier".clone_into(&mut mailbox.name));
    add_mailbox(&stage, "nameless@mail.example", |mailbox| mailbox.name.clear());
    observe(&stage);
    assert_eq!(found("muster", 0, 9).1, [row("muster@mail.example", true, "weber.e")]);
    assert_eq!(found("kim", 0, 9).1, [row("kim@mail.example", true, "")]);
    assert_eq!(found("nameless", 0, 9).1, [row("nameless@mail.example", true, "")]);
    // Where the list is incomplete, nobody is called missing.
    stage.sim.world().faults.browser =
        vec![Fault::on(world::Product::Mailcow, "/api/v1/get/mailbox/all", FaultKind::TruncatedJson)];
    assert_eq!(observe(&stage).orphans, None);
}

/// Gives the provider a mapping with the claim `mailcow_template`.
fn add_template_claim(world: &mut World, scope: &str, expression: &str) {
    let state = world.authentik.state_mut();
    let mut mapping = state.managed_mapping("profile").expect("a mapping").clone();
    mapping.pk = uuid::Uuid::from_u128(77);
    mapping.managed = None;
    "template".clone_into(&mut mapping.name);
    scope.clone_into(&mut mapping.scope_name);
    expression.clone_into(&mut mapping.expression);
    state.mappings.push(mapping);
    state.providers[0].property_mappings.push(uuid::Uuid::from_u128(77));
}

#[test]
fn the_claim_for_the_template_is_asked_for_where_it_decides() {
    let claim = "return {\"mailcow_template\": request.user.attributes.get(\"department\", \"none\")}";
    let sales = "openid profile email mailcow_template";
    for (scopes, default_template, before, after) in [
        // docs/contract/e2e.md, cases n2 and n, n3, n5.
        (sales, "", Code::TemplateUnknown, Code::TemplateNone),
        (sales, "Default", Code::GetsMailbox, Code::GetsMailbox),
        ("openid profile email", "Default", Code::GetsMailbox, Code::GetsMailbox),
        ("openid profile email", "", Code::TemplateNone, Code::TemplateNone),
    ] {
        let stage = connected();
        add_template_claim(&mut stage.sim.world(), "mailcow_template", claim);
        settings(
            &stage,
            &[
                ("client_scopes", json!(scopes)),
                ("default_template", json!(default_template)),
                ("mappers", json!(["sales"])),
                ("templates", json!(["OIDC Users"])),
            ],
        );
        observe(&stage);
        let newcomer = person(1, 30);
        assert_eq!(verdict_of(&stage, &newcomer.username).code, before, "{scopes}, {default_template}");
        let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
        assert_eq!(said.verdicts[0].finding.code, after);
        assert_eq!(verdict_of(&stage, &newcomer.username).code, after, "what was learnt is kept");
        confirm_some(&stage, &newcomer.username);
    }
}

#[test]
fn somebody_with_the_right_claim_gets_its_template() {
    let stage = connected();
    let claim = "return {\"mailcow_template\": \"sales\"}";
    add_template_claim(&mut stage.sim.world(), "mailcow_template", claim);
    let scopes = json!("openid profile email mailcow_template");
    let mapped = [("mappers", json!(["sales"])), ("templates", json!(["OIDC Users"])), ("default_template", json!(""))];
    settings(&stage, &[&[("client_scopes", scopes)], &mapped[..]].concat());
    observe(&stage);
    let newcomer = person(1, 30);
    let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
    assert_eq!(said.verdicts[0].finding.code, Code::GetsMailbox);
    confirm_some(&stage, &newcomer.username);
}

#[test]
fn another_claim_than_the_address_is_noticed_and_asked_for() {
    let stage = connected();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let chosen = state.providers[0].property_mappings.clone();
        let mapping = state.mappings.iter_mut().find(|mapping| mapping.scope_name == "email" && chosen.contains(&mapping.pk));
        let mapping = mapping.expect("a mapping");
        mapping.expression = "return {\"email\": request.user.attributes.get(\"mail\", request.user.username)}".into();
    }
    let view = observe(&stage);
    assert!(view.notes.iter().any(|note| note.code == Code::ClaimDiffers && note.is_complete()), "{:?}", view.notes);
    let newcomer = person(1, 30);
    assert_eq!(verdict_of(&stage, &newcomer.username).code, Code::EmailClaimUnknown);
    let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
    assert_eq!(
        (said.verdicts[0].address.as_str(), said.verdicts[0].finding.code),
        (newcomer.username.as_str(), Code::AddressOdd)
    );
    // Without the tab nobody can be asked, and nothing is guessed.
    let view = read(&stage, &draft(), &[Product::Mailcow]).succeeds();
    assert!(view.notes.iter().any(|note| note.code == Code::ClaimsNotCompared));
    assert!(view.reasons.iter().all(|reason| !matches!(reason.outcome, Outcome::SignsIn | Outcome::NewMailbox)), "{view:?}");
}

#[test]
fn a_mapping_that_fails_leaves_mailcow_without_an_address() {
    let stage = connected();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let chosen = state.providers[0].property_mappings.clone();
        let mapping = state.mappings.iter_mut().find(|mapping| mapping.scope_name == "email" && chosen.contains(&mapping.pk));
        mapping.expect("a mapping").expression = "return {\"email\": request.user.nothing}".into();
    }
    observe(&stage);
    let newcomer = person(1, 30);
    let said = run(stage.app.readiness_of(&newcomer.email)).succeeds();
    assert_eq!(said.verdicts[0].finding.code, Code::EmailClaimMissing);
    confirm_some(&stage, &newcomer.username);
}

/// Binds something to the application.
fn bind(stage: &Stage, bound: Bound, negate: bool) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let binding = state::Binding {
        pk: uuid::Uuid::from_u128(state.bindings.len() as u128 + 1),
        target: state.applications[0].pk,
        bound,
        order: 0,
        negate,
        enabled: true,
        timeout: 30,
        failure_result: false,
        expires: None,
    };
    state.bindings.push(binding);
}

/// The table asks about the secret that mailcow has, not about an empty one in place of a discarded one.
#[test]
fn a_discarded_secret_is_not_taken_for_a_wrong_one() {
    // Nothing was asked since the settings were saved.
    let stage = connected();
    stage.app.discard_secret();
    let view = run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
    assert_eq!(view.problems, []);
    confirm(&stage);
}

/// docs/contract/newest.md, row 9: where the mode "all" may mean "any", only authentik can say what it means.
#[test]
fn a_mode_that_may_mean_another_is_not_guessed() {
    for authentik in [Profile::V2025_8, Profile::V2025_10, Profile::V2025_12, Profile::V2026_2] {
        let stage = connected_with(&Setting { authentik, users: 60, ..Setting::default() });
        let (sales, staff) = {
            let world = stage.sim.observe();
            let state = world.authentik.state();
            (state.group_named("sales").expect("a group").pk, state.group_named("staff").expect("a group").pk)
        };
        bind(&stage, Bound::Group(sales), false);
        bind(&stage, Bound::Group(staff), false);
        stage.sim.world().authentik.state_mut().applications[0].needs_all = true;
        let view = observe(&stage);
        let count = |code| view.reasons.iter().find(|reason| reason.verdict == code).map_or(0, |reason| reason.count);
        assert_eq!(count(Code::AccessUnknown) > 0, authentik != Profile::V2026_2, "{authentik:?}: {:?}", view.reasons);
        assert!(!view.notes.iter().any(|note| note.code == Code::AccessDiffers), "{authentik:?}: {:?}", view.notes);
        if authentik == Profile::V2026_2 {
            confirm(&stage);
        }
    }
}

#[test]
fn bindings_keep_out_whom_they_do_not_name() {
    for (needs_all, negate) in [(false, false), (true, false), (false, true), (true, true)] {
        let stage = connected();
        let (sales, staff) = {
            let world = stage.sim.observe();
            let state = world.authentik.state();
            (state.group_named("sales").expect("a group").pk, state.group_named("staff").expect("a group").pk)
        };
        let somebody = stage.sim.observe().authentik.state().users.named(&person(1, 30).username).expect("a user").pk;
        bind(&stage, Bound::Group(sales), negate);
        bind(&stage, Bound::Group(staff), false);
        bind(&stage, Bound::User(somebody), false);
        stage.sim.world().authentik.state_mut().applications[0].needs_all = needs_all;
        let view = observe(&stage);
        let denied = view.reasons.iter().find(|reason| reason.verdict == Code::AccessDenied).map_or(0, |reason| reason.count);
        assert_eq!(denied > 0, needs_all || !negate, "{view:?}");
        assert!(!view.notes.iter().any(|note| note.code == Code::AccessDiffers), "{:?}", view.notes);
        confirm(&stage);
    }
}

/// authentik's answer about one user stays when it is asked about another, until it is asked about the first again.
#[test]
fn what_authentik_said_about_somebody_is_kept_until_it_is_asked_again() {
    let stage = connected();
    bind(&stage, Bound::Policy(uuid::Uuid::from_u128(8)), false);
    observe(&stage);
    let unknown = |row: &&ReadinessRow| row.finding.code == Code::AccessUnknown && row.pk % 2 == 1;
    let all = rows(&stage, &query());
    let [first, second] = all.iter().filter(unknown).take(2).collect::<Vec<_>>().try_into().expect("two whom the policy refuses");
    let ask = |row: &ReadinessRow| drop(run(stage.app.readiness_of(&row.email)).succeeds());
    let denied = |row: &ReadinessRow| verdict_of(&stage, &row.username).code == Code::AccessDenied;
    ask(first);
    ask(second);
    assert!(denied(first) && denied(second));
    stage.sim.world().authentik.state_mut().bindings.clear();
    ask(first);
    assert!(!denied(first) && denied(second));
}

/// What was read again and is the same is as new as that reading.
#[test]
fn the_table_is_as_old_as_the_last_reading() {
    let stage = connected();
    let first = observe(&stage).read_at_ms;
    stage.sim.pass(3_600_000);
    let second = observe(&stage).read_at_ms;
    assert!((3_600_000..3_700_000).contains(&(second - first)), "{first} {second}");
}

#[test]
fn an_authentik_that_wants_a_binding_lets_nobody_in_without() {
    let stage = connected_with(&Setting { authentik: Profile::V2026_5, users: 60, ..Setting::default() });
    stage.sim.world().authentik.state_mut().default_app_access = false;
    let view = observe(&stage);
    assert!(view.reasons.iter().all(|reason| reason.outcome == Outcome::Refused), "{view:?}");
    confirm(&stage);
}

#[test]
fn whoever_may_not_see_bindings_is_told_so() {
    let stage = connected();
    let staff = stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk;
    bind(&stage, Bound::Group(staff), false);
    observe(&stage);
    let (newcomer, assistant) = (person(1, 30), person(1, 32));
    assert_eq!(verdict_of(&stage, &newcomer.username).code, Code::GetsMailbox);
    // Somebody who may look at much, but neither at groups nor at what somebody else would get.
    let mut role = stage.sim.observe().authentik.state().roles.first().expect("a role").clone();
    role.pk = uuid::Uuid::from_u128(9);
    role.permissions = [
        "authentik_core.view_application",
        "authentik_core.view_user",
        "authentik_crypto.view_certificatekeypair",
        "authentik_flows.view_flow",
        "authentik_policies.view_policybinding",
        "authentik_providers_oauth2.view_oauth2provider",
        "authentik_providers_oauth2.view_scopemapping",
    ]
    .map(str::to_owned)
    .into();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let pk = state.users.named(&assistant.username).expect("a user").pk;
        state.users.get_mut(pk).expect("a user").roles.push(role.pk);
        state.roles.push(role);
    }
    stage.sign_in(&assistant.username);
    stage.observe().succeeds();
    let view = read(&stage, &draft(), &BOTH).succeeds();
    assert!(view.notes.iter().any(|note| note.code == Code::ClaimsNotCompared), "{:?}", view.notes);
    assert_eq!(verdict_of(&stage, &newcomer.username).code, Code::AccessUnknown);
    assert_eq!(verdict_of(&stage, &person(1, 2).username).code, Code::MailboxHasPassword, "that is sure");
}

#[test]
fn only_whom_the_administrator_chose_is_in_the_table() {
    let stage = connected();
    let sales = stage.sim.observe().authentik.state().group_named("sales").expect("a group").pk;
    let mut desired = draft();
    desired.audience = Audience::Groups { groups: vec![sales.to_string()] };
    let view = look_at(&stage, &desired);
    let members = stage.sim.observe().authentik.state().users.iter().filter(|user| user.groups.contains(&sales)).count();
    assert_eq!(view.users, members);
    let externals = |rows: &[ReadinessRow]| {
        let world = stage.sim.observe();
        let users = &world.authentik.state().users;
        rows.iter().filter(|row| users.get(row.pk).is_some_and(|user| user.kind == UserType::External)).count()
    };
    observe(&stage);
    assert!(externals(&rows(&stage, &query())) > 0, "whoever can sign in is reread at, whatever becomes of the attribute");
}

#[test]
fn the_table_is_filtered_and_searched() {
    let stage = connected();
    let view = observe(&stage);
    let all = rows(&stage, &query());
    for (at, reason) in view.reasons.iter().enumerate() {
        let found = rows(&stage, &ReadinessQuery { reason: Some(at), ..query() });
        assert_eq!(found.len(), reason.count, "{reason:?}");
        assert!(found.iter().all(|row| row.finding.code == reason.verdict && row.outcome == reason.outcome));
    }
    for outcome in Outcome::ALL {
        let found = rows(&stage, &ReadinessQuery { outcome: Some(outcome), ..query() });
        assert_eq!(found.len(), all.iter().filter(|row| row.outcome == outcome).count());
    }
    let newcomer = person(1, 30);
    let text = newcomer.username.to_uppercase();
    let found = rows(&stage, &ReadinessQuery { text, ..query() });
    assert_eq!(found.iter().map(|row| &row.username).collect::<Vec<_>>(), [&newcomer.username]);
    let page = stage.app.find_readiness(&ReadinessQuery { offset: 10, limit: 5, ..query() }).succeeds();
    assert_eq!((page.total, page.rows.as_slice()), (all.len(), &all[10..15]));
}

/// Users that are the same as before were read nevertheless.
#[test]
fn a_table_is_as_old_as_the_older_of_its_two_readings() {
    let stage = connected();
    observe(&stage);
    stage.sim.pass_ms(3_600_000);
    let began_ms = stage.sim.now_ms();
    let both = observe(&stage).read_at_ms;
    stage.sim.pass_ms(3_600_000);
    stage.observe_mailcow().succeeds();
    let mailcow_alone = read(&stage, &draft(), &BOTH).succeeds().read_at_ms;
    let in_the_first_hour = began_ms..began_ms + 3_600_000;
    assert!(in_the_first_hour.contains(&both) && in_the_first_hour.contains(&mailcow_alone), "{both}, {mailcow_alone}");
}

#[test]
fn the_same_is_sought_anew_in_another_table() {
    let stage = connected();
    observe(&stage);
    let sought = ReadinessQuery { text: "newcomer".into(), ..query() };
    assert_eq!(rows(&stage, &sought), []);
    add_user(&stage, "newcomer", "newcomer@mail.example");
    observe(&stage);
    assert_eq!(rows(&stage, &sought).len(), 1);
}

#[test]
fn an_address_that_nobody_has_gets_mailcows_verdict() {
    let stage = connected();
    observe(&stage);
    for (address, verdict) in
        [("planned@mail.example", Code::GetsMailbox), ("x@nowhere.example", Code::DomainMissing), ("", Code::UserWithoutEmail)]
    {
        let said = run(stage.app.readiness_of(address)).succeeds();
        let codes: Vec<Code> = said.verdicts.iter().map(|said| said.finding.code).collect();
        assert_eq!(codes, [Code::AddressOfNobody, verdict]);
        assert!(said.verdicts.iter().all(|said| said.finding.is_complete()));
    }
}

#[test]
fn users_with_one_address_are_noticed() {
    let stage = connected();
    add_user(&stage, "twin", &person(1, 30).email.to_uppercase());
    let view = observe(&stage);
    let [note] = view.notes.as_slice() else { panic!("{:?}", view.notes) };
    let facts: Vec<&str> = note.evidence.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!((note.code, facts), (Code::AddressesShared, vec!["1", person(1, 30).email.as_str()]));
    let said = run(stage.app.readiness_of(&person(1, 30).email)).succeeds();
    assert_eq!(said.verdicts.len(), 2);
    assert_eq!(sign_in(&stage, "twin").0, Outcome::NewMailbox);
    assert_eq!(sign_in(&stage, &person(1, 30).username).0, Outcome::SignsIn, "the same mailbox");
}

/// S8: a mailbox that several users would get into is named before a switch, and left out unless it is asked for alone. The case of
/// an address does not matter to mailcow, nor whether the second user was chosen.
#[test]
fn a_mailbox_that_several_users_would_get_into_is_no_part_of_all() {
    let stage = connected();
    let chief = person(1, 1);
    let before = observe(&stage);
    assert!(!stage.app.is_shared(&chief.email));
    add_user(&stage, "twin", &chief.email.to_uppercase());
    let view = observe(&stage);
    assert_eq!(view.switchable, before.switchable - 1);
    let named = |view: &ReadinessView| -> Vec<String> {
        let note = view.notes.iter().find(|note| note.code == Code::AddressesShared).expect("it is named");
        note.evidence.iter().map(|fact| fact.value.clone()).collect()
    };
    assert_eq!(named(&view), ["1", &chief.email]);
    assert!(stage.app.is_shared(&chief.email.to_uppercase()));
    let mut chosen = draft();
    let users =
        stage.sim.observe().authentik.state().users.iter().filter(|user| user.username != "twin").map(|user| user.pk).collect();
    chosen.audience = Audience::Users { users };
    assert_eq!(named(&look_at(&stage, &chosen)), ["1", &chief.email], "whoever was chosen");
    let all = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!((all.done, all.left), (before.switchable - 1, 0));
    assert_eq!(verdict_of(&stage, &chief.username).code, Code::MailboxHasPassword);
    let one = run(stage.app.switch_mailboxes(Switching::Mailbox(&chief.email), &mut |_, _| {})).succeeds();
    assert_eq!(one.done, 1);
    // Somebody who is not let on shares nothing.
    stage
        .sim
        .world()
        .authentik
        .state_mut()
        .users
        .iter_mut()
        .filter(|user| user.username == "twin")
        .for_each(|user| user.is_active = false);
    assert!(observe(&stage).notes.iter().all(|note| note.code != Code::AddressesShared));
}

/// How many users may change their own address, as it is said.
fn may_change(stage: &Stage) -> Option<String> {
    let notes = observe(stage).notes;
    assert!(notes.iter().all(|note| note.is_complete() && note.code != Code::AddressChangeUnknown), "{notes:?}");
    notes.into_iter().find(|note| note.code == Code::UsersMayChangeAddress).map(|note| note.evidence[0].value.clone())
}

const MAY_CHANGE: &str = "goauthentik.io/user/can-change-email";

/// Sets or removes the attribute of a user who has a mailbox.
fn let_change(stage: &Stage, index: usize, value: Option<Value>) {
    let mut world = stage.sim.world();
    let username = person(1, index).username;
    let user = world.authentik.state_mut().users.iter_mut().find(|user| user.username == username).expect("a user");
    user.attributes.remove(MAY_CHANGE);
    user.attributes.extend(value.map(|value| (MAY_CHANGE.to_owned(), value)));
}

/// S8: mailcow knows users by their address alone. The attribute of a user counts more than the setting; what is true is decided by
/// Python.
#[test]
fn users_who_may_change_their_own_address_are_counted() {
    let stage = connected();
    assert_eq!(may_change(&stage), None);
    let truths = [json!(true), json!("false"), json!(1), json!([0])];
    let lies = [json!(false), json!(null), json!(0), json!(""), json!([]), json!({})];
    for value in &truths {
        let_change(&stage, 0, Some(value.clone()));
        assert_eq!(may_change(&stage).as_deref(), Some("1"), "{value}");
    }
    let wave: Wave = [0, 1, 2].map(|index| person(1, index).email.into()).into();
    let picked = stage.app.wave_view(&wave).succeeds();
    assert_eq!((picked.mailboxes, picked.may_change), (3, 1), "one of a wave");
    stage.sim.world().authentik.state_mut().default_user_change_email = true;
    let view = observe(&stage);
    let reaches = |reason: &&Reason| reason.outcome != Outcome::Refused;
    let all: usize = view.reasons.iter().filter(reaches).map(|reason| reason.count).sum();
    assert!(all > 20, "{view:?}");
    assert_eq!(may_change(&stage), Some(all.to_string()));
    for value in &lies {
        let_change(&stage, 0, Some(value.clone()));
        assert_eq!(may_change(&stage), Some((all - 1).to_string()), "{value}");
    }
}

/// S8: the attribute of a group counts for members of the groups below it, too; of several groups the last by name.
#[test]
fn groups_say_whether_their_members_may_change_their_own_address() {
    let stage = connected();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let staff = state.group_named("staff").expect("a group").clone();
        let [above, last, below] = ["a", "b", "0"].map(|name| {
            let pk = state.ids.uuid();
            let group = Group { pk, name: name.into(), parents: Vec::new(), attributes: serde_json::Map::new(), ..staff.clone() };
            state.groups.insert(pk, group);
            pk
        });
        state.groups[&above].attributes.insert(MAY_CHANGE.into(), json!(true));
        state.groups[&last].attributes.insert(MAY_CHANGE.into(), json!(false));
        state.groups[&below].parents.push(above);
        for (index, groups) in [(0, vec![above]), (1, vec![last, above]), (2, vec![below])] {
            let username = person(1, index).username;
            let user = state.users.iter_mut().find(|user| user.username == username).expect("a user");
            user.groups = groups;
        }
    }
    assert_eq!(may_change(&stage).as_deref(), Some("2"));
    let_change(&stage, 0, Some(json!(false)));
    assert_eq!(may_change(&stage).as_deref(), Some("1"), "the user's own counts more");
}

/// S8: an administrator to whom authentik does not show the setting, or who got no answer, is told so.
#[test]
fn a_setting_that_is_not_shown_is_said_to_be_unknown() {
    let faults =
        [FaultKind::TruncatedJson, FaultKind::Status { status: 403, body: "{}".into(), content_type: None, retry_after_s: None }];
    for fault in faults {
        let stage = connected();
        stage.sim.world().faults.browser = vec![Fault::on(world::Product::Authentik, "/api/v3/admin/settings/", fault)];
        assert_is_unknown(&observe(&stage));
    }
    let stage = connected();
    stage.sign_in_read_only(&person(1, 1).username);
    let permission = |permission: &String| permission == "authentik_rbac.view_system_settings";
    stage.sim.world().authentik.state_mut().roles.last_mut().expect("a role").permissions.retain(|one| !permission(one));
    stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    assert_is_unknown(&read(&stage, &draft(), &BOTH).succeeds());
}

fn assert_is_unknown(ReadinessView { notes, .. }: &ReadinessView) {
    let codes: Vec<_> = notes.iter().filter(|note| note.code == Code::AddressChangeUnknown).collect();
    let [note] = codes[..] else { panic!("{notes:?}") };
    assert_eq!(&*note.evidence[0].value, "authentik_rbac.view_system_settings");
}

#[test]
fn a_domain_with_too_little_room_is_named() {
    let stage = connected();
    let taken = stage.sim.observe().mailcow.state().mailboxes.len();
    stage.sim.world().mailcow.state_mut().domains[0].max_mailboxes = taken + 3;
    let view = observe(&stage);
    let [note] = view.notes.as_slice() else { panic!("{:?}", view.notes) };
    assert_eq!((note.code, note.is_complete()), (Code::DomainShort, true));
    assert_eq!(note.evidence[2].value, "3");
    let needed: usize = note.evidence[1].value.parse().expect("a number");
    stage.sim.world().mailcow.state_mut().domains[0].max_mailboxes = taken + needed;
    assert_eq!(observe(&stage).notes, [], "it is just enough");
}

#[test]
fn before_mailcow_has_stored_anything_it_is_said_what_will_be() {
    let stage = Setting { users: 60, ..Setting::default() }.stage();
    assert_eq!(read(&stage, &draft(), &BOTH).map_err(|error| code(&error)), Err(Code::MailcowNotChecked));
    stage.observe_mailcow().succeeds();
    assert_eq!(read(&stage, &draft(), &BOTH).map_err(|error| code(&error)), Err(Code::ProviderNotCompared));
    stage.done(&draft());
    let view = read(&stage, &draft(), &BOTH).succeeds();
    assert!(view.planned);
    let refused =
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).map_err(|error| code(&error));
    assert_eq!(refused, Err(Code::SettingsMissing), "mailcow would ignore it");
    let before = rows(&stage, &query());
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    read(&stage, &draft(), &BOTH).succeeds();
    assert_eq!(rows(&stage, &query()), before, "what was foretold is so");
}

#[test]
fn mailboxes_are_switched_read_back_and_switched_back() {
    let mut stage = connected();
    {
        let mut world = stage.sim.world();
        let mailboxes = &mut world.mailcow.state_mut().mailboxes;
        mailboxes[1].force_tfa = true;
        mailboxes[2].force_pw_update = true;
    }
    let before: Vec<Mailbox> = stage.sim.observe().mailcow.state().mailboxes.clone();
    let ways = |mailboxes: &[Mailbox]| -> Vec<(String, bool, bool)> {
        mailboxes.iter().map(|box_| (box_.authsource.clone(), box_.force_tfa, box_.force_pw_update)).collect()
    };
    observe(&stage);
    assert_eq!(stage.app.wave_view(&everybody(&stage.app)).succeeds().demanding, 2);
    let [somebody, other] = [person(1, 1), person(1, 0)];
    assert_eq!(sign_in(&stage, &somebody.username).0, Outcome::Refused);
    observe(&stage);
    let one = run(stage.app.switch_mailboxes(Switching::Mailbox(&somebody.email.to_uppercase()), &mut |_, _| {})).succeeds();
    assert_eq!((one.done, one.left, one.readiness.switched), (1, 0, 1));
    assert_eq!(verdict_of(&stage, &somebody.username).code, Code::SignsIn);
    assert_eq!(verdict_of(&stage, &other.username).code, Code::MailboxHasPassword);
    assert_eq!(sign_in(&stage, &somebody.username).0, Outcome::SignsIn);
    observe(&stage);
    let mut told = Vec::new();
    let all =
        run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |done, total| told.push((done, total))))
            .succeeds();
    assert_eq!((all.left, all.error.as_ref(), all.readiness.switchable), (0, None, 0));
    assert_eq!(told, [(0, all.done)]);
    assert_eq!(all.readiness.switched, all.done + 1);
    confirm(&stage);
    // The panel is closed and opened again.
    stage.reopen_panel();
    observe(&stage);
    let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    assert_eq!((back.done, back.left, back.readiness.switched), (all.done + 1, 0, 0));
    let after = stage.sim.observe().mailcow.state().mailboxes.clone();
    assert_eq!(ways(&after[..before.len()]), ways(&before), "what mailcow demanded is demanded again");
}

#[test]
fn a_mailbox_that_was_asked_for_is_switched_though_its_owner_was_not_chosen() {
    let stage = connected();
    let somebody = person(1, 1);
    let mut chosen = draft();
    chosen.audience = Audience::Users { users: Vec::new() };
    let view = read(&stage, &chosen, &BOTH).succeeds();
    assert_eq!((view.users, view.switchable), (0, 0));
    let one = run(stage.app.switch_mailboxes(Switching::Mailbox(&somebody.email.to_uppercase()), &mut |_, _| {})).succeeds();
    assert_eq!((one.done, one.left, one.readiness.switched), (1, 0, 1));
    // What signs in with Generic-OIDC already, or is not there, is no change.
    for address in [somebody.email.as_str(), "nobody@mail.example"] {
        let none = run(stage.app.switch_mailboxes(Switching::Mailbox(address), &mut |_, _| {})).succeeds();
        assert_eq!((none.done, none.left, none.readiness.switched), (0, 0, 1));
    }
    assert_eq!(sign_in(&stage, &somebody.username).0, Outcome::SignsIn);
}

#[test]
fn what_mailcow_did_not_switch_is_named_with_its_reason() {
    let stage = connected();
    observe(&stage);
    // Over-committed: mailcow checks the quota of every mailbox that is edited.
    stage.sim.world().mailcow.state_mut().domains[0].quota = 1;
    let view = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!((view.done, view.left), (0, view.findings.len()));
    let finding = &view.findings[0];
    assert!(finding.is_complete() && finding.evidence[1].value.starts_with("mailbox_quota_left_exceeded"), "{finding:?}");
    let one = run(stage.app.switch_mailboxes(Switching::Mailbox(&finding.evidence[0].value), &mut |_, _| {})).succeeds();
    assert_eq!(one.findings, view.findings[..1]);
    // Somebody changed the provider meanwhile: mailcow says yes and does nothing (docs/contract/pitfalls.md, P-41).
    stage.sim.world().mailcow.state_mut().domains[0].quota = 1_000_000 * MIB;
    let mut requests = 0;
    stage.sim.world().before_request(move |_, mailcow, _, _| {
        requests += 1;
        // Right after Cowbell has looked at the provider.
        if requests == 2 {
            mailcow.state_mut().identity_provider.set("authsource", "keycloak");
        }
    });
    let view = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!((view.done, view.readiness.switched), (0, 0));
    assert_eq!(view.findings[0].code, Code::MailboxNotSwitched);
}

#[test]
fn switching_is_stopped_between_two_requests() {
    let stage = connected();
    for index in 12..40 {
        add_mailbox(&stage, &person(1, index).email, |mailbox| "mailcow".clone_into(&mut mailbox.authsource));
    }
    let view = observe(&stage);
    assert!(view.switchable > 25, "{view:?}");
    let stop = &mut |done, _| {
        if done > 0 {
            stage.sim.cancel();
        }
    };
    let stopped = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), stop)).succeeds();
    stage.sim.click();
    assert_eq!((stopped.done, stopped.error.map(|stop| stop.code)), (20, Some(Code::SendCancelled)));
    assert_eq!((stopped.left, stopped.findings), (view.switchable - 20, Vec::new()));
    assert_eq!((stopped.readiness.switched, stopped.readiness.switchable), (20, view.switchable - 20));
    let rest = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert_eq!((rest.readiness.switched, rest.readiness.switchable), (view.switchable, 0));
    let back = run(stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
    assert_eq!(back.done, view.switchable);
}

/// mailcow has made the change, and its answer gets lost: the mailboxes are Cowbell's to be switched back all the same.
#[test]
fn what_was_switched_without_an_answer_can_be_switched_back() {
    let switch = |stage: &Stage, which: Switching<'_>| run(stage.app.switch_mailboxes(which, &mut |_, _| {})).succeeds();
    let mut write = None;
    for lost in [None, Some(Lost::Timeout), Some(Lost::BadGateway), Some(Lost::Page)] {
        let stage = connected();
        observe(&stage);
        stage.sim.forget();
        let lose = lost.zip(write).map(|(lost, write)| (write, lost));
        stage.sim.interrupt(Interruptions { lose, ..Interruptions::default() });
        let view = switch(&stage, Switching::Wave(&everybody(&stage.app)));
        write = stage.sim.sent().iter().position(|sent| sent.path() == "api/v1/edit/mailbox");
        assert_eq!(view.error.is_some(), lost.is_some(), "{lost:?}: {:?}", view.error);
        assert!(view.done > 1 && view.left == 0, "{lost:?}");
        assert_eq!(view.readiness.switched, view.done, "{lost:?}");
        let back = switch(&stage, Switching::Back);
        assert_eq!((back.done, back.left), (view.done, 0), "{lost:?}");
    }
}

#[test]
fn what_could_not_be_read_is_not_guessed() {
    for (path, verdicts) in [
        ("get/mailbox/all", [Code::MailboxesNotRead, Code::MailboxesNotRead]),
        ("get/alias/all", [Code::MailboxesNotRead, Code::MailboxHasPassword]),
        ("get/alias-domain/all", [Code::MailboxesNotRead, Code::MailboxHasPassword]),
    ] {
        let stage = connected();
        stage.sim.world().faults.browser =
            vec![Fault::on(world::Product::Mailcow, &format!("/api/v1/{path}"), FaultKind::TruncatedJson)];
        observe(&stage);
        let codes = [30, 1].map(|index| verdict_of(&stage, &person(1, index).username).code);
        assert_eq!(codes, verdicts, "{path}");
    }
}

/// How many mailboxes with a password and with Generic-OIDC are read of an answer.
#[track_caller]
fn mailboxes_of(stage: &Stage, answer: &FaultKind) -> Option<(usize, usize)> {
    stage.sim.world().faults.browser =
        vec![Fault::on(world::Product::Mailcow, "/api/v1/get/mailbox/all", answer.clone()).times(1)];
    let read = stage.observe_mailcow().succeeds().mailboxes;
    read.map(|read| (read.mailcow, read.generic_oidc))
}

fn list(body: impl Into<String>) -> FaultKind {
    FaultKind::Status { status: 200, body: body.into(), content_type: None, retry_after_s: None }
}

#[test]
fn an_odd_list_of_mailboxes_is_not_read() {
    let stage = connected();
    let whole = r#"{"username":"a@mail.example","active":1,"authsource":"generic-oidc","attributes":{"force_tfa":"1"}}"#;
    for odd in [
        FaultKind::Html,
        FaultKind::TruncatedJson,
        FaultKind::WrongTypes,
        FaultKind::InvalidUtf8,
        FaultKind::HugeBody { bytes: MAX_BYTES + 1 },
        FaultKind::HugeBody { bytes: MAX_LIST_BYTES + 1 },
        list(""),
        list("null"),
        list(r#"{"type":"error","msg":"access denied"}"#),
        list(r#"[{"type":"danger","msg":"access_denied"}]"#),
        list(format!("[{whole},1]")),
        list(format!("[{whole},null]")),
        list(format!("[{whole},[{whole}]]")),
        list(format!("[{whole}")),
        list(format!("[{whole}] {whole}")),
        list(r#"[{"username":7}]"#),
        list(r#"[{"active":1}]"#),
        // What would have to be handed over is too long.
        list(format!(r#"[{{"username":"{}"}}]"#, "x".repeat(MAX_BYTES))),
        // It is not even looked at.
        list(format!(r#"[{{"padding":"{}"}}]"#, "x".repeat(MAX_LIST_BYTES))),
    ] {
        let mut shown = format!("{odd:?}");
        shown.truncate(120);
        assert_eq!(mailboxes_of(&stage, &odd), None, "{shown}");
    }
}

#[test]
fn of_a_long_list_of_mailboxes_what_is_needed_is_read() {
    let stage = connected();
    assert_eq!(mailboxes_of(&stage, &list(" [] ")), Some((0, 0)));
    assert_eq!(mailboxes_of(&stage, &list("{}")), Some((0, 0)));
    let padding = "x".repeat(MAX_BYTES);
    let long = format!(
        r#"[{{"padding":"{padding}","username":"a@mail.example","attributes":[]}},
            {{"username":"b@mail.example","authsource":"generic-oidc","attributes":{{"padding":"{padding}","force_tfa":"1"}}}}]"#
    );
    assert_eq!(mailboxes_of(&stage, &list(long)), Some((1, 1)));
}

#[test]
fn every_pair_of_versions_keeps_to_the_verdicts() {
    for mailcow in mailcow::Profile::ALL.into_iter().filter(|profile| profile.identity_provider()) {
        let stage = connected_with(&Setting { mailcow, users: 60, ..Setting::default() });
        observe(&stage);
        confirm(&stage);
    }
    for authentik in Profile::ALL {
        let stage = connected_with(&Setting { authentik, users: 60, ..Setting::default() });
        observe(&stage);
        confirm(&stage);
    }
}

/// Gives mailboxes to some of the thirty people who have none.
fn give_mailboxes(state: &mut mailcow::state::State, seed: u64, random: &mut fastrand::Rng) {
    for index in 0..30 {
        let address = person(seed, index).email;
        if state.mailbox(&address).is_none() && random.bool() {
            let mailbox = Mailbox { username: address, ..state.mailboxes[0].clone() };
            state.mailboxes.push(mailbox);
        }
    }
}

/// Many worlds, each as its seed says.
#[test]
fn whatever_is_set_and_stored_the_verdicts_hold() {
    for seed in 0..30 {
        let mut random = fastrand::Rng::with_seed(seed);
        let stage = connected_with(&Setting { users: 30, seed, ..Setting::default() });
        {
            let mut world = stage.sim.world();
            let state = world.mailcow.state_mut();
            give_mailboxes(state, seed, &mut random);
            for mailbox in &mut state.mailboxes {
                mailbox.authsource =
                    (*random.choice(&["mailcow", "generic-oidc", "generic-oidc", "keycloak", "ldap"]).expect("one")).into();
                mailbox.active = random.u8(..5) > 0;
            }
            state.domains[0].active = random.u8(..8) > 0;
            if random.u8(..4) == 0 {
                state.domains[0].max_mailboxes = state.mailboxes.len();
            }
            if random.u8(..4) == 0 {
                state.domains[0].max_mailbox_quota = 512 * MIB;
            }
            let template = *random.choice(&["Default", "OIDC Users", "", "gone"]).expect("one");
            state.identity_provider.set("default_template", template);
            state.identity_provider.set("login_provisioning", random.u8(..5) > 0);
            let users: Vec<i64> = world.authentik.state().users.iter().map(|user| user.pk).collect();
            for pk in users {
                let user = world.authentik.state_mut().users.get_mut(pk).expect("a user");
                if random.u8(..6) == 0 {
                    user.email = user.email.to_uppercase();
                }
            }
        }
        observe(&stage);
        for row in rows(&stage, &query()) {
            let verdict = row.finding.code;
            if verdict == Code::UserServiceAccount {
                continue;
            }
            let (outcome, reason) = sign_in(&stage, &row.username);
            assert_eq!(
                (outcome, reason.as_str()),
                (end_of(verdict), reason_in_log(verdict)),
                "seed {seed}, {}: {verdict:?}",
                row.username
            );
        }
    }
}

/// The same for a switch: whoever is said to lose nothing can sign in afterwards, and what keeps the others out is named before.
#[test]
fn whatever_is_set_and_stored_a_switch_lets_in_whom_it_says() {
    let mut met = Vec::new();
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let stage = connected_with(&Setting { users: 30, seed, ..Setting::default() });
        add_inactive_template(&stage);
        {
            let mut world = stage.sim.world();
            let state = world.mailcow.state_mut();
            give_mailboxes(state, seed, &mut random);
            for mailbox in &mut state.mailboxes {
                (mailbox.authsource, mailbox.password) = ("mailcow".into(), Some("their own".into()));
                mailbox.active = random.u8(..5) > 0;
                (mailbox.quota, mailbox.used) = (4_096 * MIB, *random.choice(&[0, 2_048 * MIB]).expect("one"));
                mailbox.attribute_hash = (*random.choice(&["", "of a template"]).expect("one")).to_owned();
            }
            state.domains[0].active = random.u8(..8) > 0;
            let sizes = state.templates.iter_mut().map(|template| &mut template.quota);
            sizes.for_each(|quota| *quota = *random.choice(&[0, 1_024 * MIB, 2_048 * MIB, 4_096 * MIB]).expect("one"));
        }
        let mapped = random.bool().then(|| *random.choice(&["Default", "OIDC Users", "Inactive"]).expect("one"));
        if let Some(template) = mapped {
            let expression = *random.choice(&["sales", "none"]).expect("one");
            map_templates(&stage, &format!("return {{\"mailcow_template\": \"{expression}\"}}"), template);
        }
        let group = |name| Bound::Group(stage.sim.observe().authentik.state().group_named(name).expect("a group").pk);
        match random.u8(..4) {
            0 => bind(&stage, group("staff"), random.bool()),
            1 => bind(&stage, Bound::Policy(uuid::Uuid::from_u128(8)), false),
            _ => {}
        }
        observe(&stage);
        if random.bool() {
            // What authentik says of each of them, and with it the template that they get.
            let world = stage.sim.observe();
            let addresses: Vec<String> = world.mailcow.state().mailboxes.iter().map(|of| of.username.clone()).collect();
            drop(world);
            for address in addresses {
                run(stage.app.readiness_of(&address)).succeeds();
            }
        }
        run(stage.app.read_people(&mut |_, _| {})).succeeds();
        let found = |wave: &Wave| {
            stage.app.find_people(&PeopleQuery { limit: usize::MAX, ..PeopleQuery::default() }, wave).succeeds().rows
        };
        let ready = stage.app.proposed_wave().succeeds();
        let all: Wave = found(&ready).into_iter().map(|row| row.address.into()).collect();
        let view = stage.app.wave_view(&all).succeeds();
        let rows = found(&ready);
        run(stage.app.switch_mailboxes(Switching::Wave(&all), &mut |_, _| {})).succeeds();
        for row in rows.into_iter().filter(|row| !row.username.is_empty()) {
            let stored = || stage.sim.observe().mailcow.state().mailbox(&row.address).expect("a mailbox").clone();
            let before = stored();
            assert_eq!(before.authsource, "generic-oidc");
            let (outcome, _) = sign_in(&stage, &row.username);
            let after = stored();
            let said = row.after.as_ref().map(|finding| finding.code);
            let about = format!("seed {seed}, {row:?}");
            let was = (said, outcome);
            if !met.contains(&was) {
                met.push(was);
            }
            match said {
                Some(code) if Outcome::of(code) == Outcome::Unknown => assert!(!row.in_wave && !row.cost.is_nothing(), "{about}"),
                Some(code) => assert_eq!(outcome, end_of(code), "{about}"),
                None => assert_eq!(outcome, if row.cost.lets_sign_in() { Outcome::SignsIn } else { Outcome::Refused }, "{about}"),
            }
            if row.in_wave {
                assert_eq!((outcome, after.active), (Outcome::SignsIn, before.active), "{about}");
            }
            if after.quota > 0 && after.used > after.quota {
                assert!(matches!(row.cost, SwitchCost::ExceedsTemplate | SwitchCost::CannotSignIn), "{about}");
            }
            if row.cost == SwitchCost::ExceedsTemplate {
                let world = stage.sim.observe();
                let template = world.mailcow.state().templates.iter().find(|template| Some(&*template.name) == mapped);
                assert!(template.is_some_and(|template| (1..before.used).contains(&template.quota)), "{about}");
            }
            if after.active && !before.active && outcome == Outcome::SignsIn {
                assert!(!row.in_wave && !row.cost.is_nothing() && view.reactivated > 0, "{about}");
            }
            if after.quota != before.quota && outcome == Outcome::SignsIn {
                assert!(view.remade > 0 && !view.templates.is_empty(), "{about}, {view:?}");
            }
        }
    }
    assert!(met.len() > 4, "{met:?}");
}

/// mailcow's database ignores accents: whoever has such an address gets into the mailbox of another, and that is said.
#[test]
fn an_address_with_accents_is_compared_as_mailcow_does() {
    let stage = connected();
    let chief = person(1, 1).email;
    let (local, domain) = chief.split_once('@').expect("an address");
    let twin = format!("{}@{domain}", accents(local));
    let elsewhere = format!("{local}@{}", accents(domain));
    add_user(&stage, "twin", &twin);
    add_user(&stage, "elsewhere", &elsewhere);
    add_user(&stage, "nobody", &format!("néw@{domain}"));
    observe(&stage);
    let everybody = run(stage.app.switch_mailboxes(Switching::Wave(&everybody(&stage.app)), &mut |_, _| {})).succeeds();
    assert!(everybody.done > 0 && stage.app.is_shared(&chief));
    assert_eq!(run(stage.app.switch_mailboxes(Switching::Mailbox(&twin), &mut |_, _| {})).succeeds().done, 1);
    let view = observe(&stage);
    assert!(view.notes.iter().any(|note| note.code == Code::AddressesShared), "{:?}", view.notes);
    for name in ["twin", "elsewhere"] {
        assert_eq!(verdict_of(&stage, name).code, Code::SignsInOtherSpelling, "{name}");
        assert_eq!(sign_in(&stage, name).0, Outcome::SignsIn, "{name}");
    }
    assert_eq!(verdict_of(&stage, "nobody").code, Code::AddressOdd);
    assert_eq!(sign_in(&stage, "nobody").0, Outcome::Refused);
    assert!(stage.app.is_shared(&chief) && stage.app.is_shared(&twin));
}

fn accents(text: &str) -> String {
    text.replace('a', "ä").replace('e', "é").replace('i', "ı").replace('o', "ö")
}
