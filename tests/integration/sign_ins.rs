//! Sign-ins that fail, each really tried in a browser and then explained: the cases of docs/contract/e2e.md.

use cowbell::app::SignInsView;
use cowbell::mailcow::MailcowChoice;
use cowbell::setup::Access;
use cowbell::transport::Product;
use cowbell::verify::diagnosis::{Attempt, SignInStep};
use cowbell::verify::{Code, Finding, Severity};
use cowbell_standins::people::person;
use cowbell_standins::world::World;
use cowbell_standins::world::faults::{Fault, FaultKind, UpstreamFault};
use cowbell_standins::world::{self};
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::stage::{BOTH, MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, remove, run};

/// Somebody with a mailbox address at authentik and none at mailcow.
pub(crate) const NEWCOMER: usize = 30;
/// Somebody whose mailbox signs in with a password.
pub(crate) const MAILBOX_USER: usize = 0;

/// Somebody whose address is an alias at mailcow.
pub(crate) const ALIAS_USER: usize = 20;

pub(crate) fn username(index: usize) -> String {
    person(1, index).username
}

/// Both products set up by Cowbell, with clocks that agree.
pub(crate) fn ready() -> Stage {
    ready_for(&draft())
}

pub(crate) fn ready_for(draft: &cowbell::plan::SetupDraft) -> Stage {
    prepared(Setting::default().stage(), draft)
}

pub(crate) fn prepared(stage: Stage, draft: &cowbell::plan::SetupDraft) -> Stage {
    set_clocks(&stage, 0);
    stage.done(draft);
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    // Nobody administers without having signed in, which both logs remember.
    let mut world = stage.sim.world();
    let mut browser = Browser::of(&world);
    browser.type_password_at_mailcow(&mut world, "/admin", "admin", "cowbell");
    let page = browser.visit(&mut world, "https://authentik.company/if/flow/default-authentication-flow/");
    browser.log_in(&mut world, &page, "akadmin", "cowbell");
    drop(world);
    stage
}

/// Sets mailcow's clock so many seconds ahead of the other two.
fn set_clocks(stage: &Stage, ahead_s: i64) {
    let now_s = 1_795_449_600;
    let mut world = stage.sim.world();
    world.authentik.state_mut().now = now_s * 1_000_000;
    world.mailcow.state_mut().now = now_s + ahead_s;
}

/// Lets time pass for everybody.
pub(crate) fn wait(stage: &Stage, seconds: i64) {
    let mut world = stage.sim.world();
    world.authentik.state_mut().advance(seconds);
    world.mailcow.state_mut().now += seconds;
}

/// Somebody with a fresh browser tries to sign in to mailcow. Gives where that ends.
pub(crate) fn try_to_sign_in(stage: &Stage, index: usize, password: &str) -> (String, String) {
    let mut world = stage.sim.world();
    let mut browser = Browser::of(&world);
    let page = browser.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    let mut end = if page.1.contains("uid_field") { browser.log_in(&mut world, &page, &username(index), password) } else { page };
    // The question for consent.
    if end.1.contains(">Continue<") {
        end = browser.submit(&mut world, &end, &[]);
    }
    drop(world);
    wait(stage, 5);
    end
}

pub(crate) fn explain(stage: &Stage, tabs: &[Product]) -> SignInsView {
    stage.sim.only(tabs);
    let view = run(stage.app.explain_sign_ins(&draft()));
    stage.sim.only(&BOTH);
    let findings = view.attempts.iter().map(|attempt| &attempt.finding).chain(&view.findings).chain(&view.silent);
    let incomplete: Vec<&Finding> = findings.filter(|finding| !finding.is_complete()).collect();
    assert!(incomplete.is_empty(), "{incomplete:?}");
    view
}

/// The only attempt.
pub(crate) fn only(view: &SignInsView) -> &Attempt {
    assert_eq!(view.attempts.len(), 1, "{:?}", view.attempts);
    &view.attempts[0]
}

pub(crate) fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

fn evidence(attempt: &Attempt) -> Vec<&str> {
    attempt.finding.evidence.iter().map(|fact| fact.value.as_str()).collect()
}

pub(crate) type Change = fn(&mut World);

pub(crate) fn set(world: &mut World, key: &str, value: impl Into<serde_json::Value>) {
    world.mailcow.state_mut().identity_provider.set(key, value);
}

/// Takes the mapping of a scope out of the provider.
fn unselect(world: &mut World, scopes: &[&str]) {
    let state = world.authentik.state_mut();
    let taken: Vec<_> =
        state.mappings.iter().filter(|mapping| scopes.contains(&mapping.scope_name.as_str())).map(|mapping| mapping.pk).collect();
    state.providers[0].property_mappings.retain(|pk| !taken.contains(pk));
}

pub(crate) fn newcomer(world: &mut World, change: impl FnOnce(&mut cowbell_standins::authentik::state::User)) {
    change(world.authentik.state_mut().users.named_mut(&username(NEWCOMER)).expect("a user"));
}

/// Case of docs/contract/e2e.md, who tries, what is wrong, what it is called, the step that fails.
pub(crate) const REFUSED: [(&str, usize, Change, Code, Option<SignInStep>); 28] = [
    ("a", NEWCOMER, |world| set(world, "default_template", ""), Code::DefaultTemplateEmpty, Some(SignInStep::Mailbox)),
    ("c", MAILBOX_USER, |_| {}, Code::MailboxHasPassword, Some(SignInStep::Mailbox)),
    (
        "f",
        NEWCOMER,
        |world| newcomer(world, |user| user.email = "new@none.example".into()),
        Code::DomainMissing,
        Some(SignInStep::Mailbox),
    ),
    ("g", NEWCOMER, |world| newcomer(world, |user| user.email.clear()), Code::UserWithoutEmail, Some(SignInStep::Userinfo)),
    ("h", NEWCOMER, |world| set(world, "client_secret", "wrong"), Code::CredentialsWrongSecret, Some(SignInStep::Token)),
    (
        "m",
        NEWCOMER,
        |world| world.faults.upstream = Some(UpstreamFault::UntrustedCertificate),
        Code::ServerDistrustsCertificate,
        Some(SignInStep::Token),
    ),
    (
        "n2",
        NEWCOMER,
        |world| {
            set(world, "default_template", "");
            set(world, "mappers", json!(["sales"]));
            set(world, "templates", json!(["OIDC Users"]));
        },
        Code::DefaultTemplateEmpty,
        Some(SignInStep::Mailbox),
    ),
    ("r", NEWCOMER, |world| set(world, "login_provisioning", false), Code::LoginProvisioningOff, Some(SignInStep::Mailbox)),
    ("s", NEWCOMER, |world| set(world, "default_template", "Nope"), Code::TemplateNotFound, Some(SignInStep::Mailbox)),
    ("t", NEWCOMER, |world| set(world, "client_scopes", "openid profile"), Code::ScopeEmailMissing, Some(SignInStep::Userinfo)),
    ("u", NEWCOMER, |world| set(world, "client_scopes", "profile email"), Code::ScopeOpenidMissing, Some(SignInStep::Userinfo)),
    ("v", NEWCOMER, |world| unselect(world, &["openid", "email", "profile"]), Code::ScopeNotMapped, Some(SignInStep::Userinfo)),
    ("v2", NEWCOMER, |world| unselect(world, &["email"]), Code::ScopeNotMapped, Some(SignInStep::Userinfo)),
    (
        "bb",
        NEWCOMER,
        |world| {
            let state = world.authentik.state_mut();
            let selected = state.providers[0].property_mappings.clone();
            let mapping =
                state.mappings.iter_mut().find(|mapping| mapping.scope_name == "email" && selected.contains(&mapping.pk));
            mapping.expect("a mapping").expression = "return {\"email\": request.user.nope}".into();
        },
        Code::MappingFails,
        Some(SignInStep::Userinfo),
    ),
    (
        "w",
        MAILBOX_USER,
        |world| {
            let mailbox = &mut world.mailcow.state_mut().mailboxes[MAILBOX_USER];
            mailbox.authsource = "generic-oidc".into();
            mailbox.active = false;
        },
        Code::MailboxInactive,
        Some(SignInStep::Mailbox),
    ),
    (
        "w, the domain",
        MAILBOX_USER,
        |world| {
            let state = world.mailcow.state_mut();
            state.mailboxes[MAILBOX_USER].authsource = "generic-oidc".into();
            state.domains[0].active = false;
        },
        Code::DomainInactive,
        Some(SignInStep::Mailbox),
    ),
    (
        "x",
        NEWCOMER,
        |world| set(world, "token_url", "https://authentik.company/application/o/token"),
        Code::EndpointWithoutSlash,
        Some(SignInStep::Token),
    ),
    (
        "x2",
        NEWCOMER,
        |world| set(world, "userinfo_url", "https://authentik.company/application/o/userinfo"),
        Code::EndpointWithoutSlash,
        Some(SignInStep::Userinfo),
    ),
    (
        "P-03, full domain",
        NEWCOMER,
        |world| world.mailcow.state_mut().domains[0].max_mailboxes = 0,
        Code::DomainFull,
        Some(SignInStep::Mailbox),
    ),
    (
        "P-03, quota",
        NEWCOMER,
        |world| {
            set(world, "default_template", "OIDC Users");
            world.mailcow.state_mut().domains[0].max_mailbox_quota = 1;
        },
        Code::QuotaTooLarge,
        Some(SignInStep::Mailbox),
    ),
    (
        "P-03, alias domain",
        NEWCOMER,
        |world| newcomer(world, |user| user.email = "new@post.example".into()),
        Code::AddressAtAliasDomain,
        Some(SignInStep::Mailbox),
    ),
    ("P-03, alias", ALIAS_USER, |_| {}, Code::AddressIsAlias, Some(SignInStep::Mailbox)),
    (
        "P-19",
        NEWCOMER,
        |world| world.faults.upstream = Some(UpstreamFault::ProxyPage),
        Code::ServerGotNoJson,
        Some(SignInStep::Token),
    ),
    (
        "P-19, no body",
        NEWCOMER,
        |world| world.faults.upstream = Some(UpstreamFault::ServerError),
        Code::ServerGotNoJson,
        Some(SignInStep::Token),
    ),
    (
        "P-21, no such name",
        NEWCOMER,
        |world| world.faults.upstream = Some(UpstreamFault::UnknownHost),
        Code::ServerCannotResolve,
        Some(SignInStep::Token),
    ),
    (
        "P-21, nobody there",
        NEWCOMER,
        |world| world.faults.upstream = Some(UpstreamFault::Refused),
        Code::ServerCannotReachToken,
        Some(SignInStep::Token),
    ),
    (
        "P-18, the main redirect URL is not registered",
        NEWCOMER,
        |world| {
            // Without a host of its own among the extra ones the browser would name the main one, too.
            set(world, "redirect_url_extra", json!([MAILCOW]));
            set(world, "redirect_url", "https://other.example");
        },
        Code::RedirectNotRegistered,
        Some(SignInStep::Token),
    ),
    (
        "P-26, a user info endpoint elsewhere",
        NEWCOMER,
        |world| set(world, "userinfo_url", "https://nope.invalid/application/o/userinfo/"),
        Code::ServerCannotResolve,
        Some(SignInStep::Userinfo),
    ),
];

#[test]
fn every_refusal_of_mailcow_is_explained() {
    for (case, who, change, code, stopped) in REFUSED {
        let stage = ready();
        change(&mut stage.sim.world());
        let (url, page) = try_to_sign_in(&stage, who, "cowbell");
        assert!(url.starts_with(MAILCOW) && page.contains("Login failed"), "{case}: {url}");
        let view = explain(&stage, &BOTH);
        let attempt = only(&view);
        assert_eq!((attempt.finding.code, attempt.stopped, attempt.times), (code, stopped, 1), "{case}: {:?}", attempt.finding);
        assert_eq!(attempt.finding.severity, Severity::Problem, "{case}");
        let expected = stage.sim.observe().authentik.state().users.named(&username(who)).expect("a user").clone();
        let expected = if expected.email.is_empty() { expected.username } else { expected.email };
        assert_eq!(attempt.who, expected, "{case}");
        assert!((attempt.time_s - 1_795_449_600).abs() <= 1, "{case}: {}", attempt.time_s);
        assert!(!attempt.went_through_since, "{case}");
        // In the log, but for the redirect URL: mostly authentik stops there, and nobody logs that.
        let silent: &[Code] = if code == Code::RedirectNotRegistered { &[code] } else { &[] };
        assert_eq!(codes(&view.silent), silent, "{case}");
        assert_eq!(codes(&view.findings), [], "{case}");
        assert_eq!(view.unremarkable, Some(0), "{case}");
    }
}

#[test]
fn without_authentik_the_reason_is_still_known() {
    let known_by_events = ["g", "v", "v2", "bb"];
    for (case, who, change, code, _) in REFUSED {
        let stage = ready();
        change(&mut stage.sim.world());
        try_to_sign_in(&stage, who, "cowbell");
        let view = explain(&stage, &[Product::Mailcow]);
        assert_eq!(codes(&view.findings), [Code::EventsNotRead], "{case}");
        assert_eq!(view.unremarkable, None);
        let found = only(&view).finding.code;
        let expected = match case {
            "v" => Code::ServerGotNoJson,
            "P-18, the main redirect URL is not registered" => Code::CredentialsWrongSecret,
            case if known_by_events.contains(&case) => Code::NoEmailClaim,
            _ => code,
        };
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn what_only_authentik_saw_is_explained() {
    // Case dd, and a plain typing error.
    let stage = ready();
    stage.sim.world().authentik.state_mut().users.named_mut(&username(NEWCOMER)).expect("a user").is_active = false;
    let (_, page) = try_to_sign_in(&stage, NEWCOMER, "cowbell");
    assert!(page.contains("Invalid password"));
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    let view = explain(&stage, &[Product::Authentik]);
    let attempt = only(&view);
    assert_eq!(
        (attempt.finding.code, attempt.reached, attempt.stopped),
        (Code::PasswordRefusedByAuthentik, None, Some(SignInStep::Authorize))
    );
    assert_eq!((attempt.who.as_str(), attempt.times), (username(NEWCOMER).as_str(), 2));
    assert_eq!(codes(&view.findings), [Code::MailcowLogNotRead]);
    assert_eq!(explain(&stage, &BOTH).attempts, view.attempts);
}

#[test]
fn case_j_not_let_on_is_told_from_on_the_way() {
    let mut desired = draft();
    let group = Setting::default().stage().sim.observe().authentik.state().group_named("board").expect("a group").pk.to_string();
    desired.access = Some(Access::Groups { groups: vec![group] });
    let stage = ready_for(&desired);
    let (_, page) = try_to_sign_in(&stage, NEWCOMER, "cowbell");
    assert!(page.contains("Request has been denied."));
    assert_eq!(explain(&stage, &BOTH).attempts, [], "may be on the way");
    wait(&stage, 120);
    // Somebody else's event shows that time has passed, whatever the browser's clock says.
    try_to_sign_in(&stage, MAILBOX_USER, "wrong");
    let view = explain(&stage, &BOTH);
    let attempt = view.attempts.iter().find(|attempt| attempt.who == username(NEWCOMER)).expect("an attempt");
    assert_eq!(
        (attempt.finding.code, attempt.reached, attempt.stopped),
        (Code::NotAuthorized, Some(SignInStep::Authorize), Some(SignInStep::Code))
    );
}

#[test]
fn what_leaves_no_trace_is_not_claimed_but_found_in_what_is_stored() {
    let cases: [(&str, Change, Option<Code>); 9] = [
        ("no button", |world| set(world, "token_url", ""), Some(Code::FieldEmpty)),
        ("h2", |world| set(world, "client_id", "wrong"), Some(Code::ClientIdDiffers)),
        ("i", |world| set(world, "redirect_url", format!("{MAILCOW}/")), Some(Code::RedirectSlashDiffers)),
        (
            "i2",
            |world| world.authentik.state_mut().providers[0].redirect_uris[0].url = format!("{MAILCOW}/"),
            Some(Code::RedirectSlashDiffers),
        ),
        (
            "x3",
            |world| set(world, "authorize_url", "https://authentik.company/application/o/authorize"),
            Some(Code::EndpointWithoutSlash),
        ),
        ("z", |world| set(world, "mappers", json!({"0": "sales", "2": "staff"})), Some(Code::StoredMappingBroken)),
        ("z2", |world| set(world, "mappers", serde_json::Value::Null), Some(Code::StoredMappingBroken)),
        ("aa", |world| world.authentik.state_mut().applications.clear(), Some(Code::ApplicationMissing)),
        ("P-17", |world| world.mailcow.state_mut().sessions.clear(), None),
    ];
    for (case, change, code) in cases {
        let stage = ready();
        change(&mut stage.sim.world());
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        try_to_sign_in(&stage, NEWCOMER, "cowbell");
        let view = explain(&stage, &BOTH);
        assert_eq!(view.attempts, [], "{case}");
        assert_eq!(codes(&view.silent), code.into_iter().collect::<Vec<_>>(), "{case}");
    }
}

/// What mailcow has stored says whose sign-ins they are, without a draft of the setup, too.
#[test]
fn the_client_that_mailcow_has_is_known_without_a_draft() {
    let stage = ready();
    set(&mut stage.sim.world(), "default_template", "");
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    let stage = stage.copy();
    stage.observe().succeeds();
    stage.observe_mailcow().succeeds();
    let view = run(stage.app.explain_sign_ins(&cowbell::plan::SetupDraft::default()));
    assert_eq!(codes(&view.findings), []);
    assert_eq!(only(&view).finding.code, Code::DefaultTemplateEmpty);
}

/// Cases of docs/contract/e2e.md in which somebody gets in.
const SIGNED_IN: [(&str, usize, Change); 17] = [
    ("b", NEWCOMER, |_| {}),
    ("d", MAILBOX_USER, |world| world.mailcow.state_mut().mailboxes[MAILBOX_USER].authsource = "generic-oidc".into()),
    ("e1", NEWCOMER, |world| newcomer(world, |user| user.attributes.clear())),
    ("e2", NEWCOMER, |world| newcomer(world, |user| drop(user.attributes.insert("email_verified".into(), json!(false))))),
    ("e3", NEWCOMER, |world| {
        unselect(world, &["email"]);
        select_managed_email(world);
    }),
    ("bc", NEWCOMER, select_managed_email),
    ("i3", NEWCOMER, |world| {
        world.authentik.state_mut().providers[0].redirect_uris[0].url = format!("{MAILCOW}/");
        set(world, "redirect_url", format!("{MAILCOW}/"));
    }),
    ("k", NEWCOMER, |world| world.authentik.state_mut().providers[0].signing_key = None),
    ("l", MAILBOX_USER, |world| {
        world.mailcow.state_mut().mailboxes[MAILBOX_USER].authsource = "generic-oidc".into();
        let users = &mut world.authentik.state_mut().users;
        let user = users.named_mut(&username(MAILBOX_USER)).expect("a user");
        user.email = user.email.to_uppercase();
    }),
    ("l2", NEWCOMER, |world| newcomer(world, |user| user.email = user.email.to_uppercase())),
    ("n", NEWCOMER, |world| {
        set(world, "mappers", json!(["sales"]));
        set(world, "templates", json!(["OIDC Users"]));
    }),
    ("n5", NEWCOMER, |world| set(world, "client_scopes", "openid profile email mailcow_template")),
    ("p", NEWCOMER, |world| {
        let state = world.authentik.state_mut();
        let flow = state.flow_named("default-provider-authorization-explicit-consent").expect("a flow").pk;
        state.providers[0].authorization_flow = flow;
    }),
    ("r2", MAILBOX_USER, |world| {
        world.mailcow.state_mut().mailboxes[MAILBOX_USER].authsource = "generic-oidc".into();
        set(world, "login_provisioning", false);
    }),
    ("y", NEWCOMER, |world| set(world, "client_scopes", "openid profile email offline_access")),
    ("bd", NEWCOMER, |world| unselect(world, &["profile"])),
    ("left empty", NEWCOMER, |world| set(world, "client_scopes", "")),
];

/// docs/contract/cases.md, R11.
#[test]
fn a_refused_refresh_token_leaves_nothing_to_explain() {
    let refusals: [Change; 3] = [
        |world| set(world, "client_secret", "wrong"),
        |world| world.authentik.state_mut().refresh_tokens.clear(),
        |world| newcomer(world, |user| user.is_active = false),
    ];
    for (case, refuse) in refusals.into_iter().enumerate() {
        let stage = ready();
        set(&mut stage.sim.world(), "client_scopes", "openid profile email offline_access");
        offer_offline_access(&mut stage.sim.world());
        let mut world = stage.sim.world();
        let mut browser = Browser::of(&world);
        let page = browser.visit(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
        let (url, _) = browser.log_in(&mut world, &page, &username(NEWCOMER), "cowbell");
        assert_eq!(url, format!("{MAILCOW}/SOGo/so/"));
        assert!(browser.visit(&mut world, &format!("{MAILCOW}/user")).1.contains("User Settings"), "{case}");
        let logged = world.mailcow.state().ui_log.len();
        refuse(&mut world);
        let (_, page) = browser.visit(&mut world, &format!("{MAILCOW}/user"));
        assert!(!page.contains("User Settings") && !page.contains("Login failed"), "{case}: {page}");
        assert_eq!(world.mailcow.state().ui_log.len(), logged, "{case}");
        drop(world);
        wait(&stage, 120);
        let view = explain(&stage, &BOTH);
        assert!(view.attempts.iter().all(|attempt| attempt.finding.severity < Severity::Problem), "{case}: {:?}", view.attempts);
        let fields = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        assert!(fields.iter().any(|finding| finding.code == Code::ScopeOfflineAccess), "{case}");
    }
}

/// Selects authentik's own mapping for refresh tokens.
fn offer_offline_access(world: &mut World) {
    let state = world.authentik.state_mut();
    let mapping = state.managed_mapping("offline_access").expect("a mapping").pk;
    state.providers[0].property_mappings.push(mapping);
}

fn select_managed_email(world: &mut World) {
    let state = world.authentik.state_mut();
    let managed = state.managed_mapping("email").expect("a mapping").pk;
    state.providers[0].property_mappings.push(managed);
}

#[test]
fn who_got_in_is_counted_and_not_listed() {
    for (case, who, change) in SIGNED_IN {
        let stage = ready();
        change(&mut stage.sim.world());
        // Case b2: the same user again.
        for _ in 0..2 {
            let (url, page) = try_to_sign_in(&stage, who, "cowbell");
            assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{case}: {page}");
        }
        // Long after, when nobody is on the way any more.
        wait(&stage, 120);
        try_to_sign_in(&stage, who + 1, "wrong");
        let view = explain(&stage, &BOTH);
        assert_eq!(only(&view).finding.code, Code::PasswordRefusedByAuthentik, "{case}");
        assert_eq!(view.unremarkable, Some(2), "{case}");
        assert_eq!((codes(&view.findings), codes(&view.silent)), (vec![], vec![]), "{case}");
    }
}

#[test]
fn sign_ins_before_the_application_was_made_anew_are_still_its_own() {
    let stage = ready();
    for _ in 0..2 {
        try_to_sign_in(&stage, NEWCOMER, "cowbell");
    }
    wait(&stage, 120);
    // mailcow keeps its provider as long as a mailbox uses it.
    stage.sim.world().mailcow.state_mut().mailboxes.retain(|mailbox| mailbox.authsource != "generic-oidc");
    stage.observe_mailcow().succeeds();
    // authentik's events name the application by its primary key, which is new then; the client ID stays.
    run(remove(&stage.app)).succeeds();
    run(stage.app.restore_removed()).succeeds();
    set(&mut stage.sim.world(), "default_template", "");
    try_to_sign_in(&stage, NEWCOMER + 5, "cowbell");
    let view = explain(&stage, &BOTH);
    assert_eq!(only(&view).finding.code, Code::DefaultTemplateEmpty);
    assert_eq!(view.unremarkable, Some(2));
}

#[test]
fn a_sign_in_that_went_through_since_is_said() {
    let stage = ready();
    set(&mut stage.sim.world(), "default_template", "");
    for _ in 0..3 {
        try_to_sign_in(&stage, NEWCOMER, "cowbell");
    }
    wait(&stage, 60);
    set(&mut stage.sim.world(), "default_template", "Default");
    assert!(!only(&explain(&stage, &BOTH)).went_through_since);
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    let view = explain(&stage, &BOTH);
    assert_eq!((only(&view).times, only(&view).went_through_since), (3, true));
    assert_eq!(view.unremarkable, Some(1));
}

#[test]
fn a_password_typed_at_mailcow_is_explained_where_authentik_asks_for_it() {
    let stage = ready();
    let mailbox = person(1, MAILBOX_USER).email;
    let type_wrong = |address: &str| {
        let mut world = stage.sim.world();
        let mut browser = Browser::of(&world);
        browser.type_password_at_mailcow(&mut world, "/", address, "wrong");
    };
    type_wrong(&mailbox);
    type_wrong("stranger@mail.example");
    assert_eq!(explain(&stage, &[Product::Mailcow]).attempts, [], "a mailbox with a password of its own, and none at all");
    stage.sim.world().mailcow.state_mut().mailboxes[MAILBOX_USER].authsource = "generic-oidc".into();
    stage.observe_mailcow().succeeds();
    let view = explain(&stage, &[Product::Mailcow]);
    assert_eq!((only(&view).finding.code, only(&view).who.as_str()), (Code::PasswordRefusedByMailcow, mailbox.as_str()));
}

#[test]
fn strangers_do_not_crowd_out_who_was_refused() {
    let stage = ready();
    set(&mut stage.sim.world(), "default_template", "");
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    for index in 31..61 {
        try_to_sign_in(&stage, index, "guessed");
    }
    let view = explain(&stage, &BOTH);
    assert_eq!(view.attempts.len(), cowbell::verify::diagnosis::SHOWN);
    assert_eq!(view.attempts.last().map(|attempt| attempt.finding.code), Some(Code::DefaultTemplateEmpty));
}

#[test]
fn a_missing_grant_type_leaves_no_trace_and_is_found() {
    // docs/contract/pitfalls.md, P-08.
    let stage = Setting { authentik: cowbell_standins::authentik::Profile::V2026_5, ..Setting::default() };
    let stage = prepared(stage.stage(), &draft());
    stage.sim.world().authentik.state_mut().providers[0].grant_types.clear();
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    let view = explain(&stage, &BOTH);
    assert_eq!((view.attempts.as_slice(), codes(&view.silent)), (&[][..], vec![Code::CredentialsGrantTypeMissing]));
}

#[test]
fn a_code_that_is_not_taken_and_words_nobody_knows() {
    let stage = ready();
    {
        // authentik forgets every code before mailcow redeems it, as if a minute had passed.
        let mut world = stage.sim.world();
        world.before_request(|authentik, _, product, _| {
            if product == world::Product::Mailcow {
                authentik.state_mut().codes.clear();
            }
        });
    }
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    assert_eq!(only(&explain(&stage, &BOTH)).finding.code, Code::CodeRefused);
    let call = serde_json::json!(["identity_provider", "<b>words</b> of 2027"]).to_string();
    stage.sim.world().mailcow.state_mut().ui_log.last_mut().expect("an entry").call = Some(call);
    let view = explain(&stage, &BOTH);
    assert_eq!((only(&view).finding.code, evidence(only(&view))), (Code::SignInRefused, vec!["<b>words</b> of 2027"]));
    assert_eq!((only(&view).reached, only(&view).stopped), (Some(SignInStep::Code), None));
}

#[test]
fn tokens_tell_which_of_two_answers_was_no_json() {
    let attempt = |stage: &Stage| {
        let view = explain(stage, &BOTH);
        assert_eq!(only(&view).finding.code, Code::ServerGotNoJson);
        (only(&view).reached, only(&view).stopped)
    };
    let stage = ready();
    set(&mut stage.sim.world(), "userinfo_url", "https://authentik.company/application/o/userinfo");
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    // Mended since, so that only the token that was issued tells the two endpoints apart.
    set(&mut stage.sim.world(), "userinfo_url", "https://authentik.company/application/o/userinfo/");
    assert_eq!(attempt(&stage), (Some(SignInStep::Token), Some(SignInStep::Userinfo)));
    // A token that has ended is forgotten, and its absence says nothing any more.
    let unknown = (Some(SignInStep::Code), None);
    stage.sim.world().authentik.state_mut().access_tokens.clear();
    assert_eq!(attempt(&stage), (Some(SignInStep::Code), Some(SignInStep::Token)));
    stage.sim.world().authentik.state_mut().providers[0].access_token_validity = "seconds=1".into();
    stage.observe().succeeds();
    assert_eq!(attempt(&stage), unknown);
    // Whoever is no superuser sees no token but their own.
    stage.sim.world().authentik.state_mut().providers[0].access_token_validity = "hours=1".into();
    let broken = Fault::on(world::Product::Authentik, "/api/v3/oauth2/access_tokens/", FaultKind::Html);
    stage.sim.world().faults.browser.push(broken);
    stage.observe().succeeds();
    assert_eq!(attempt(&stage), unknown);
}

#[test]
fn clocks_that_differ_are_said_and_the_join_holds() {
    for ahead_s in [-700, 95, 40_000] {
        let stage = ready();
        set_clocks(&stage, ahead_s);
        set(&mut stage.sim.world(), "default_template", "");
        for index in [NEWCOMER, NEWCOMER + 5, NEWCOMER + 6] {
            try_to_sign_in(&stage, index, "cowbell");
        }
        set(&mut stage.sim.world(), "client_scopes", "openid profile");
        try_to_sign_in(&stage, NEWCOMER, "cowbell");
        let view = explain(&stage, &BOTH);
        assert_eq!(codes(&view.findings), [Code::ClocksDiffer], "{ahead_s}");
        assert_eq!(view.attempts.len(), 4, "{ahead_s}: {:?}", view.attempts);
        let newest = &view.attempts[0];
        assert_eq!((newest.finding.code, newest.who.as_str()), (Code::ScopeEmailMissing, person(1, NEWCOMER).email.as_str()));
        assert_eq!(view.unremarkable, Some(0), "{ahead_s}");
    }
}

#[test]
fn logs_that_are_off_refused_or_gone_are_findings() {
    let stage = ready();
    set(&mut stage.sim.world(), "default_template", "");
    try_to_sign_in(&stage, NEWCOMER, "cowbell");
    // Everything rotated away.
    let (log, events) = {
        let mut world = stage.sim.world();
        (std::mem::take(&mut world.mailcow.state_mut().ui_log), std::mem::take(&mut world.authentik.state_mut().events))
    };
    let view = explain(&stage, &BOTH);
    assert_eq!(codes(&view.findings), [Code::MailcowLogEmpty, Code::EventsEmpty]);
    assert_eq!((view.attempts.as_slice(), view.unremarkable), (&[][..], None));
    // In another order.
    stage.sim.world().mailcow.state_mut().ui_log = log.into_iter().rev().collect();
    stage.sim.world().authentik.state_mut().events = events.into_iter().rev().collect();
    assert_eq!(only(&explain(&stage, &BOTH)).finding.code, Code::DefaultTemplateEmpty);
    // Nobody may read the events, or nobody is signed in.
    let path = "/api/v3/events/events/";
    let status = |status| FaultKind::Status { status, body: "{}".into(), content_type: None, retry_after_s: None };
    stage.sim.world().faults.browser.push(Fault::on(world::Product::Authentik, path, status(403)));
    let view = explain(&stage, &BOTH);
    assert_eq!(codes(&view.findings), [Code::AuthentikNotAllowed]);
    assert_eq!(only(&view).finding.code, Code::DefaultTemplateEmpty);
    stage.sim.world().faults.browser.clear();
    stage.sim.browser().forget_mailcow_session();
    let view = explain(&stage, &BOTH);
    assert_eq!(codes(&view.findings), [Code::MailcowNotSignedIn]);
    assert_eq!(view.attempts, []);
}

#[test]
fn what_was_stored_earlier_is_not_said_to_be_stored() {
    let stage = ready();
    set(&mut stage.sim.world(), "redirect_url", format!("{MAILCOW}/"));
    assert_eq!(codes(&explain(&stage, &BOTH).silent), [Code::RedirectSlashDiffers]);
    set(&mut stage.sim.world(), "redirect_url", MAILCOW);
    assert_eq!(codes(&explain(&stage, &[Product::Authentik]).silent), [], "mailcow was not reread at");
    assert_eq!(codes(&explain(&stage, &BOTH).silent), []);
}

#[test]
fn odd_answers_are_findings_with_their_path() {
    let kinds = [FaultKind::Html, FaultKind::TruncatedJson, FaultKind::WrongTypes, FaultKind::InvalidUtf8, FaultKind::NoAnswer];
    for (product, path) in
        [(world::Product::Mailcow, "/api/v1/get/logs/ui"), (world::Product::Authentik, "/api/v3/events/events/")]
    {
        for kind in &kinds {
            let stage = ready();
            stage.sim.world().faults.browser.push(Fault::on(product, path, kind.clone()));
            let view = explain(&stage, &BOTH);
            assert_eq!(view.findings.len(), 1, "{path} {kind:?}: {:?}", view.findings);
        }
    }
}

#[test]
fn nothing_seen_yet_is_said() {
    let stage = Stage::fresh();
    let view = explain(&stage, &BOTH);
    assert_eq!(codes(&view.findings), [Code::NothingObserved, Code::NothingObserved]);
    stage.observe().succeeds();
    assert_eq!(codes(&explain(&stage, &[Product::Authentik]).findings), [Code::MailcowLogNotRead, Code::ClientMissing]);
}

/// Neither log says that a mailbox has been switched since its owner was refused.
#[test]
fn a_mailbox_that_was_switched_since_is_not_said_to_have_a_password() {
    let stage = ready();
    try_to_sign_in(&stage, MAILBOX_USER, "cowbell");
    let is_switched = || {
        let view = explain(&stage, &BOTH);
        assert_eq!(only(&view).finding.code, Code::MailboxHasPassword);
        only(&view).is_switched
    };
    assert!(!is_switched());
    stage.sim.world().mailcow.state_mut().mailboxes[MAILBOX_USER].authsource = "generic-oidc".into();
    assert!(is_switched(), "by hand, in mailcow");
    stage.sim.world().faults.browser.push(Fault::on(world::Product::Mailcow, "/api/v1/get/mailbox/", FaultKind::Html));
    assert!(!is_switched(), "it is not known");
}
