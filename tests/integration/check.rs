//! The check of what both products have stored.

use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::transport::Product;
use cowbell::verify::Code;

use crate::sign_ins::{NEWCOMER, explain, try_to_sign_in};
use crate::support::browser::Browser;
use crate::support::stage::{BOTH, MAILCOW, Setting, Stage, code, draft};
use crate::support::{Succeeds as _, remove, run};

fn check(stage: &Stage, tabs: &[Product]) -> Vec<Code> {
    stage.sim.only(tabs);
    let view = run(stage.app.check(&draft(), &MailcowChoice::default()));
    stage.sim.only(&BOTH);
    assert!(view.findings.iter().all(cowbell::verify::Finding::is_complete), "{:?}", view.findings);
    view.findings.iter().map(|finding| finding.code).collect()
}

fn ready() -> Stage {
    let stage = Setting::default().stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage
}

#[test]
fn both_sides_in_order() {
    let stage = ready();
    let expected =
        [Code::ProviderInSync, Code::SettingsInSync, Code::RedirectRegistered, Code::CredentialsRight, Code::ServerReachesToken];
    assert_eq!(check(&stage, &BOTH), expected);
}

#[test]
fn what_changed_since_is_found() {
    let stage = ready();
    stage.sim.world().mailcow.state_mut().identity_provider.set("client_scopes", "openid email");
    let found = check(&stage, &BOTH);
    assert!(found.contains(&Code::SettingsDiffer) && found.contains(&Code::ScopeProfileMissing), "{found:?}");
    stage.sim.world().authentik.state_mut().applications[0].meta_launch_url.clear();
    let found = check(&stage, &BOTH);
    // What is still to be changed at authentik must not be wanted of mailcow.
    assert!(found.contains(&Code::ProviderDiffers) && !found.contains(&Code::SettingsDiffer), "{found:?}");
}

#[test]
fn what_is_not_looked_at_is_said() {
    assert_eq!(check(&ready(), &[]), [Code::ProviderNotCompared, Code::MailcowNotChecked]);
    let stage = Setting::default().stage();
    stage.observe_mailcow().succeeds();
    assert_eq!(check(&stage, &[Product::Mailcow]), [Code::SettingsMissing, Code::ProviderNotCompared]);
    // Another panel, which has not read authentik.
    let stage = ready();
    let fresh = Stage { app: cowbell::app::Cowbell::new(stage.sim.clone()), sim: stage.sim.clone() };
    fresh.observe_mailcow().succeeds();
    assert!(check(&fresh, &[Product::Mailcow]).contains(&Code::SettingsNotCompared));
}

#[test]
fn verbs_refuse_a_faulty_draft_and_a_second_run() {
    let stage = Setting::default().stage();
    stage.observe().succeeds();
    let faulty = SetupDraft { mailcow: "mail cow".into(), ..draft() };
    assert_eq!(stage.plan(&faulty).map_err(|error| code(&error)).err(), Some(Code::DraftInvalid));
    stage.plan(&draft()).succeeds();
    let mut codes = Vec::new();
    let mut meanwhile = |_: &cowbell::plan::Progress| codes.extend(stage.undo().err().map(|error| code(&error)));
    run(stage.app.apply(&draft(), &mut meanwhile)).succeeds();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == Code::RunBusy), "{codes:?}");
}

/// Somebody has chosen another redirect URL, on both sides.
fn lead_to(stage: &Stage, path: &str) {
    let url = format!("{MAILCOW}{path}");
    let mut world = stage.sim.world();
    world.authentik.state_mut().providers[0].redirect_uris[0].url.clone_from(&url);
    world.mailcow.state_mut().identity_provider.set("redirect_url", url);
}

/// docs/contract/cases.md, R10.
#[test]
fn a_page_that_completes_sign_ins_is_no_fault() {
    for path in ["/index.php", "/user", "/user.php", "/reset-password", "/reset-password.php"] {
        let stage = ready();
        lead_to(&stage, path);
        let (url, page) = try_to_sign_in(&stage, NEWCOMER, "cowbell");
        assert!(url.starts_with(MAILCOW) && page.contains("@mail.example"), "{path}: {url}");
        let expected = [
            Code::ProviderInSync,
            Code::SettingsInSync,
            Code::RedirectRegistered,
            Code::CredentialsRight,
            Code::ServerReachesToken,
        ];
        assert_eq!(check(&stage, &BOTH), expected, "{path}");
        assert!(stage.observe_mailcow().succeeds().in_sync, "{path}");
        assert_eq!(explain(&stage, &BOTH).silent, [], "{path}");
    }
}

/// docs/contract/cases.md, R10.
#[test]
fn a_page_that_completes_no_sign_in_is_named_at_once() {
    for path in ["/admin", "/SOGo/so/", "/mailbox"] {
        let stage = ready();
        lead_to(&stage, path);
        let (_, page) = try_to_sign_in(&stage, NEWCOMER, "cowbell");
        assert!(!page.contains("@mail.example") && !page.contains("Login failed"), "{path}: {page}");
        assert!(check(&stage, &BOTH).contains(&Code::RedirectHasPath), "{path}");
        assert!(check(&stage, &[Product::Mailcow]).contains(&Code::RedirectHasPath), "{path}");
        let silent = explain(&stage, &BOTH).silent;
        assert!(silent.iter().any(|finding| finding.code == Code::RedirectHasPath), "{path}: {silent:?}");
        // What the panel proposes ends it.
        stage.done(&draft());
        stage.observe_mailcow().succeeds();
        run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
        let (url, _) = try_to_sign_in(&stage, NEWCOMER, "cowbell");
        assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{path}");
    }
}

/// docs/contract/cases.md, R8.
#[test]
fn an_additional_host_with_a_port_is_warned_of() {
    for (host, is_warned_of) in [("https://webmail.company:8443", true), ("https://webmail.company", false)] {
        let draft = SetupDraft { additional_hosts: vec![host.into()], ..draft() };
        let stage = Setting { users: 10, ..Setting::default() }.stage();
        stage.done(&draft);
        let typed = stage.app.check_draft(&draft).succeeds().findings;
        let typed: Vec<&str> = typed
            .iter()
            .filter(|finding| finding.code == Code::AdditionalHostWithPort)
            .map(|finding| finding.evidence[0].value.as_str())
            .collect();
        assert_eq!(typed, if is_warned_of { vec!["webmail.company:8443"] } else { Vec::new() }, "before mailcow was seen");
        stage.observe_mailcow().succeeds();
        run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
        let found = run(stage.app.check(&draft, &MailcowChoice::default())).findings;
        let found = found.iter().any(|finding| finding.code == Code::RedirectPortNotCompared);
        assert_eq!(found, is_warned_of, "{host}");
    }
}

/// docs/contract/cases.md, R5.
#[test]
fn a_login_page_without_password_is_warned_of() {
    let stage = ready();
    let offers = || {
        let mut world = stage.sim.world();
        let (_, page) = Browser::of(&world).visit(&mut world, MAILCOW);
        (page.contains("pass_user"), page.contains("?iam_sso=1"))
    };
    let of_login_page = |found: Vec<Code>| -> Vec<Code> {
        let is_it = |code: &Code| matches!(code, Code::LoginPageClosed | Code::LoginPageHidesPassword);
        found.into_iter().filter(is_it).collect()
    };
    assert_eq!(of_login_page(check(&stage, &BOTH)), []);
    stage.sim.world().mailcow.state_mut().force_sso = true;
    assert_eq!(offers(), (false, true));
    assert_eq!(of_login_page(check(&stage, &BOTH)), [Code::LoginPageHidesPassword]);
    run(remove(&stage.app)).succeeds();
    assert_eq!(offers(), (false, false));
    let found = stage.observe_mailcow().succeeds().findings.iter().map(|finding| finding.code).collect();
    assert_eq!(of_login_page(found), [Code::LoginPageClosed, Code::LoginPageHidesPassword]);
    stage.sim.world().mailcow.state_mut().mailboxes.retain(|mailbox| mailbox.authsource != "mailcow");
    assert_eq!(of_login_page(check(&stage, &BOTH)), [Code::LoginPageClosed]);
}
