//! What the panel is told, as a whole: plan, report, check, and the explanation of each refusal. `UPDATE_EXPECT=1 cargo test`
//! writes what is told now; the difference is to be read before it is committed.

#![allow(clippy::needless_raw_string_hashes, reason = "`UPDATE_EXPECT=1` writes them")]

use std::fmt::Write as _;

use cowbell::mailcow::MailcowChoice;
use cowbell::verify::Finding;
use expect_test::{Expect, expect, expect_file};
use serde::Serialize;

use crate::sign_ins::{REFUSED, explain, only, ready, try_to_sign_in};
use crate::support::stage::{BOTH, Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// A view as TypeScript gets it.
fn told(view: &impl Serialize) -> String {
    serde_json::to_string_pretty(view).expect("it serialises") + "\n"
}

/// Findings, a line each: what is said of which field, and its facts.
fn lines<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    findings.into_iter().fold(String::new(), |mut text, finding| {
        write!(text, "{:?} {:?}", finding.severity, finding.code).expect("a text takes it");
        if let Some(field) = finding.field {
            write!(text, " at {}", field.name()).expect("a text takes it");
        }
        for fact in &finding.evidence {
            write!(text, " {}={}", fact.name, fact.value).expect("a text takes it");
        }
        text + "\n"
    })
}

fn half_made() -> Stage {
    Setting { users: 9, half_made: true, ..Setting::default() }.stage()
}

#[test]
fn the_plan_for_a_half_made_attempt() {
    let stage = half_made();
    stage.observe().succeeds();
    expect_file!["snapshots/plan.json"].assert_eq(&told(&stage.plan(&draft()).succeeds()));
}

#[test]
fn the_report_of_a_run_and_of_its_undoing() {
    let stage = half_made();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    expect_file!["snapshots/report.json"].assert_eq(&told(&stage.apply(&draft()).succeeds()));
    expect_file!["snapshots/undone.json"].assert_eq(&told(&stage.undo().succeeds()));
}

#[test]
fn the_check_of_both_sides() {
    let stage = half_made();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    let check = |expected: Expect| {
        expected.assert_eq(&lines(&run(stage.app.check(&draft(), &MailcowChoice::default())).findings));
    };
    check(expect![[r#"
        Good ProviderInSync
        Good SettingsInSync
        Good RedirectRegistered at redirect_url
        Good CredentialsRight at client_secret
        Good ServerReachesToken at token_url url=https://authentik.company/application/o/token/
    "#]]);
    {
        let mut world = stage.sim.world();
        let stored = &mut world.mailcow.state_mut().identity_provider;
        stored.set("client_secret", "not this one");
        stored.set("client_scopes", "openid,email");
        stored.set("default_template", "Gone");
        stored.set("token_url", "https://authentik.company/application/o/token");
        world.authentik.state_mut().providers[0].redirect_uris[0].url = "https://mailcow.company/".into();
    }
    check(expect![[r#"
        Problem EndpointWithoutSlash at token_url
        Problem RedirectSlashDiffers at redirect_url expected=https://mailcow.company/
        Problem CredentialsWrongSecret at client_secret
        Problem ScopesNotSeparatedBySpaces at client_scopes
        Problem ProviderDiffers count=1
        Unknown TokenEndpointNotTested at token_url
    "#]]);
}

#[test]
fn the_explanation_of_each_refusal() {
    let mut all = String::new();
    for (case, who, change, ..) in REFUSED {
        let stage = ready();
        change(&mut stage.sim.world());
        try_to_sign_in(&stage, who, "cowbell");
        let view = explain(&stage, &BOTH);
        let attempt = only(&view);
        write!(all, "{case}: reached {:?}, stopped {:?}: {}", attempt.reached, attempt.stopped, lines([&attempt.finding]))
            .expect("a text takes it");
    }
    expect_file!["snapshots/explanations.txt"].assert_eq(&all);
}
