//! Too old, of the future, not authentik at all, in maintenance.

use cowbell::verify::{Code, Finding};
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};

use super::said;
use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

fn answering(path: &str, status: u16, body: &str) -> Stage {
    let stage = Setting { users: 5, ..Setting::default() }.stage();
    let kind = FaultKind::Status { status, body: body.into(), content_type: None, retry_after_s: None };
    stage.sim.world().faults.browser.push(Fault::on(Product::Authentik, path, kind));
    stage
}

fn version(text: &str) -> Stage {
    answering("/api/v3/admin/version/", 200, &format!(r#"{{"version_current":"{text}"}}"#))
}

#[test]
fn too_old_is_said() {
    for text in ["2024.10.5", "2023.8.3"] {
        let error = version(text).observe().expect_err("too old");
        assert_eq!(said(&Finding::from(&error)), (Code::AuthentikTooOld, vec![format!("version={text}")]));
    }
    version("2024.12.0").observe().succeeds();
}

#[test]
fn an_unknown_future_version_is_allowed_with_a_notice() {
    for text in ["2027.2.0", "2026.10.0-rc1", "nightly"] {
        let stage = version(text);
        assert!(stage.observe().succeeds().unknown_version, "{text}");
        stage.done(&draft());
    }
    assert!(!version("2026.8.4").observe().succeeds().unknown_version);
}

#[test]
fn not_authentik_behind_that_path_is_said() {
    let stage = answering("/api/", 404, "<!DOCTYPE html><title>Not found</title>");
    assert_eq!(said(&Finding::from(&stage.observe().expect_err("a page"))).0, Code::AuthentikNotAuthentik);
    let stage = Stage::fresh();
    stage.sim.world().faults.browser.push(Fault::on(Product::Authentik, "/", FaultKind::Html));
    assert_eq!(said(&Finding::from(&stage.observe().expect_err("a page"))).0, Code::AuthentikNotAuthentik);
    for page in ["https://authentik.company/", "https://authentik.company/if/unknown/", "about:blank"] {
        let error = run(stage.app.observe_authentik(page)).expect_err("another page");
        assert_eq!(said(&Finding::from(&error)).0, Code::AuthentikNotAuthentik, "{page}");
    }
}

#[test]
fn maintenance_is_said() {
    let stage = Stage::fresh();
    stage.sim.world().authentik.state_mut().starting = true;
    assert_eq!(said(&Finding::from(&stage.observe().expect_err("starting"))).0, Code::AuthentikMaintenance);
    stage.sim.world().authentik.state_mut().starting = false;
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    stage.sim.world().authentik.state_mut().starting = true;
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(said(&report.error.expect("a reason")).0, Code::AuthentikMaintenance);
    assert!(!report.can_undo);
    stage.sim.world().authentik.state_mut().starting = false;
    stage.done(&draft());
}
