//! The check of what both products have stored.

use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::transport::Product;
use cowbell::verify::Code;

use crate::support::stage::{BOTH, Setting, Stage, code, draft};
use crate::support::{Succeeds as _, run};

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
