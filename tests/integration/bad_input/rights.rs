//! Not signed in, the session ends in the middle, no administrator, limited rights, impersonating.

use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::{Authentik, Profile};
use cowbell_standins::mailcow::session::Pending;
use cowbell_standins::mailcow::{self, Mailcow};
use cowbell_standins::world::faults::{Fault, FaultKind};
use cowbell_standins::world::{Product, World};

use super::said;
use crate::support::Succeeds as _;
use crate::support::picture::Picture;
use crate::support::stage::{AUTHENTIK, MAILCOW, Setting, Stage, draft};

/// The installation of the recordings, with somebody signed in.
fn recorded(username: &str) -> Stage {
    let authentik = Authentik::recorded(Profile::V2026_2);
    let stage = Stage::over(World::new(authentik, AUTHENTIK, Mailcow::demo(mailcow::Profile::V2026_07, MAILCOW, 1)), 1);
    stage.sign_in(username);
    stage
}

/// Gives the role on `user27` more permissions.
fn allow(stage: &Stage, permissions: &[&str]) {
    let mut world = stage.sim.world();
    let role = world.authentik.state_mut().roles.iter_mut().find(|role| role.name == "mail-integration").expect("a role");
    role.permissions.extend(permissions.iter().map(|permission| (*permission).to_owned()));
}

const FOR_THE_WHOLE_JOB: [&str; 17] = [
    "authentik_rbac.view_system_info",
    "authentik_crypto.view_certificatekeypair",
    "authentik_core.view_application",
    "authentik_core.view_group",
    "authentik_core.view_user",
    "authentik_core.change_user",
    "authentik_core.add_application",
    "authentik_core.change_application",
    "authentik_core.delete_application",
    "authentik_policies.view_policybinding",
    "authentik_policies.add_policybinding",
    "authentik_providers_oauth2.add_oauth2provider",
    "authentik_providers_oauth2.change_oauth2provider",
    "authentik_providers_oauth2.delete_oauth2provider",
    "authentik_providers_oauth2.delete_scopemapping",
    "authentik_providers_oauth2.change_scopemapping",
    "authentik_core.view_authenticatedsession",
];

#[test]
fn not_signed_in_is_said() {
    let setting = Setting::default();
    let authentik = Authentik::demo(setting.authentik, AUTHENTIK, 10, 1);
    let stage = Stage::over(World::new(authentik, AUTHENTIK, Mailcow::demo(setting.mailcow, MAILCOW, 1)), 1);
    assert_eq!(said(&Finding::from(&stage.observe().expect_err("nobody"))).0, Code::AuthentikNotSignedIn);
    assert_eq!(said(&Finding::from(&stage.observe_mailcow().expect_err("nobody"))).0, Code::MailcowNotSignedIn);
}

/// docs/contract/cases.md, R15.
#[test]
fn what_is_pending_at_mailcow_is_said() {
    for (pending, code, end) in [
        (Pending::SecondFactor, Code::MailcowSecondFactorPending, "/"),
        (Pending::SecondFactorSetup, Code::MailcowSecondFactorSetupPending, "/admin"),
        (Pending::NewPassword, Code::MailcowNewPasswordPending, "/admin"),
    ] {
        let stage = Setting { users: 10, ..Setting::default() }.stage();
        let sign_in = |pending| {
            let (mut world, mut browser) = (stage.sim.world(), stage.sim.browser());
            world.mailcow.state_mut().admin_pending = pending;
            browser.forget_mailcow_session();
            browser.type_password_at_mailcow(&mut world, "/admin", "admin", "cowbell");
            browser.visit(&mut world, &format!("{MAILCOW}/admin/system")).0
        };
        assert_eq!(sign_in(Some(pending)), format!("{MAILCOW}{end}"));
        assert_eq!(said(&Finding::from(&stage.observe_mailcow().expect_err("pending"))).0, code);
        assert_eq!(sign_in(None), format!("{MAILCOW}/admin/system"));
        stage.observe_mailcow().succeeds();
    }
}

#[test]
fn the_session_may_end_at_any_moment() {
    let setting = Setting { users: 12, half_made: true, ..Setting::default() };
    let requests = {
        let stage = setting.stage();
        stage.done(&draft());
        stage.sim.sent().len()
    };
    for at in 0..requests {
        let stage = setting.stage();
        let before = Picture::of(&stage.sim.observe());
        let at = u32::try_from(at).expect("a few");
        stage.sim.world().faults.browser = vec![Fault::on(Product::Authentik, "/", FaultKind::SignedOut).skip(at)];
        let finding = match stage.whole_run(&draft()) {
            Err(error) => (&error).into(),
            Ok(report) => report.error.unwrap_or_else(|| panic!("request {at}: {:?} {:?}", report.progress, report.issues)),
        };
        assert_eq!(said(&finding).0, Code::AuthentikNotSignedIn, "request {at}");
        // Signed in again, the job is finished, and everything can be taken back.
        stage.sim.world().faults.browser.clear();
        stage.done(&draft());
        let undone = stage.undo().succeeds();
        assert_eq!((undone.error, undone.skipped, undone.issues), (None, Vec::new(), Vec::new()), "request {at}");
        before.assert_same(&Picture::of(&stage.sim.observe()), &format!("request {at}"));
    }
}

#[test]
fn not_an_administrator_is_said() {
    let stage = recorded("user01");
    let (code, facts) = said(&Finding::from(&stage.observe().expect_err("a plain user")));
    assert_eq!(code, Code::AuthentikNotAllowed);
    assert!(facts.iter().any(|fact| fact.starts_with("permission=") && fact.len() > "permission=".len()), "{facts:?}");
}

#[test]
fn limited_rights_are_named_before_anything_is_written() {
    let stage = recorded("user27");
    allow(&stage, &FOR_THE_WHOLE_JOB[..5]);
    let view = stage.observe().succeeds();
    for missing in ["authentik_providers_oauth2.add_oauth2provider", "authentik_core.add_application"] {
        let is_named = view.missing_permissions.iter().any(|permission| permission.to_string() == missing);
        assert!(is_named, "{missing}: {:?}", view.missing_permissions);
    }
    let before = Picture::of(&stage.sim.observe());
    stage.plan(&draft()).succeeds();
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(said(&report.error.expect("refused")).0, Code::AuthentikNotAllowed);
    stage.observe().succeeds();
    assert!(report.can_undo);
    // The mapping was made; it may not be removed without another permission, which is named.
    let refused = said(&stage.undo().succeeds().error.expect("refused"));
    let missing = "permission=authentik_providers_oauth2.delete_scopemapping".to_owned();
    assert!(refused.0 == Code::AuthentikNotAllowed && refused.1.contains(&missing), "{refused:?}");
    allow(&stage, &["authentik_providers_oauth2.delete_scopemapping"]);
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn limited_rights_that_are_enough_do_the_job() {
    let stage = recorded("user27");
    allow(&stage, &FOR_THE_WHOLE_JOB);
    let before = Picture::of(&stage.sim.observe());
    let view = stage.observe().succeeds();
    assert_eq!(view.missing_permissions, []);
    stage.done(&draft());
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

#[test]
fn impersonating_is_refused() {
    let stage = Stage::fresh();
    let impersonate = |stage: &Stage| {
        let session = stage.sim.browser().authentik_session().expect("a session").to_owned();
        let mut world = stage.sim.world();
        let other = world.authentik.state().users.iter().find(|user| user.pk > 10).expect("somebody").pk;
        let session = world.authentik.state_mut().sessions.get_mut(&session).expect("a session");
        session.original = session.user.replace(other);
    };
    impersonate(&stage);
    let (code, facts) = said(&Finding::from(&stage.observe().expect_err("impersonating")));
    assert_eq!((code, facts[0].as_str()), (Code::AuthentikImpersonating, "original=akadmin"));

    // Begun between plan and apply: nothing is written.
    let stage = Stage::fresh();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    impersonate(&stage);
    let before = Picture::of(&stage.sim.observe());
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(said(&report.error.expect("a reason")).0, Code::AuthentikImpersonating);
    before.assert_same(&Picture::of(&stage.sim.observe()), "apply");
}
