//! Sessions, roles and the queue.

use cowbell_standins::mailcow::session::{Pending, Role};
use cowbell_standins::mailcow::{Mailcow, Profile};
use serde_json::json;

use crate::browser::{Browser, ORIGIN, json, location, text};
use crate::identity_server::IdentityServer;

#[test]
fn a_sign_in_replaces_the_session_of_the_administrator() {
    let mut mailcow = Mailcow::recorded();
    let mut server = IdentityServer::of(json!({"email": "frank@mail.example"}));
    let mut browser = Browser::admin(&mut mailcow);
    browser.sign_in(&mut mailcow, &mut server);
    assert_eq!(location(&browser.get(&mut mailcow, &mut server, "/admin/system")), "/user");
}

#[test]
fn a_failed_exchange_leaves_the_administrator_signed_in() {
    let mut mailcow = Mailcow::recorded();
    let mut server = IdentityServer::of(json!({}));
    let mut browser = Browser::admin(&mut mailcow);
    assert_eq!(location(&browser.sign_in(&mut mailcow, &mut server)), "/admin/dashboard");
    let page = browser.get(&mut mailcow, &mut server, "/admin/dashboard");
    assert!(text(&page).contains("Login failed"));
    assert_eq!(mailcow.state().ui_log.last().unwrap().user, "admin");
}

#[test]
fn a_domain_administrator_sees_only_their_domain() {
    let mut mailcow = Mailcow::demo(Profile::V2026_07, ORIGIN, 1);
    let (name, value) = mailcow.sign_in_as("lists-admin", Role::DomainAdmin);
    let mut server = IdentityServer::default();
    let mut request = Browser::default().request("GET", "/api/v1/get/domain/all");
    request.headers_mut().insert("cookie", format!("{name}={value}").parse().unwrap());
    let mut get = |path: &str| {
        let mut asked = request.clone();
        *asked.uri_mut() = path.parse().unwrap();
        mailcow.handle(asked, &mut server)
    };
    assert_eq!(json(&get("/api/v1/get/domain/all"))[0]["domain_name"], "lists.example");
    assert_eq!(json(&get("/api/v1/get/mailbox/all")), json!({}));
    assert_eq!(json(&get("/api/v1/get/identity-provider")), json!({}));
    assert_eq!(json(&get("/api/v1/get/logs/ui/5")), json!({}));
    assert_eq!(text(&get("/api/v1/get/status/version")), "");
    assert_eq!(location(&get("/admin/system")), "/domainadmin/mailbox");
}

#[test]
fn empty_lists_are_objects() {
    let mut mailcow = Mailcow::new(Profile::V2026_07, ORIGIN);
    let mut browser = Browser::admin(&mut mailcow);
    for route in ["domain/all", "mailbox/all", "alias/all", "alias-domain/all", "logs/ui/5"] {
        let path = format!("/api/v1/get/{route}");
        assert_eq!(json(&browser.get(&mut mailcow, &mut IdentityServer::default(), &path)), json!({}), "{route}");
    }
}

#[test]
fn the_quota_of_a_domain_can_refuse_a_mere_switch_of_the_source() {
    let mut mailcow = Mailcow::recorded();
    mailcow.state_mut().domains[0].quota = 1_024 * 1_024 * 1_024;
    let mut browser = Browser::admin(&mut mailcow);
    let body = json!({"items": ["alice@mail.example"], "attr": {"authsource": "generic-oidc"}});
    let answer = json(&browser.post_json(&mut mailcow, "/api/v1/edit/mailbox", &body));
    assert_eq!(answer[0]["msg"][0], "mailbox_quota_left_exceeded");
    assert_eq!(mailcow.state().mailbox("alice@mail.example").unwrap().authsource, "mailcow");
}

#[test]
fn values_are_escaped_in_pages() {
    let mut mailcow = Mailcow::recorded();
    let hostile = "\"><script>alert(1)</script>";
    mailcow.state_mut().identity_provider.set("client_id", hostile);
    mailcow.state_mut().mailboxes[0].name = hostile.to_owned();
    mailcow.state_mut().templates[0].name = hostile.to_owned();
    let mut browser = Browser::admin(&mut mailcow);
    for path in ["/admin/system", "/admin/mailbox", "/edit/mailbox/alice@mail.example"] {
        let page = browser.get(&mut mailcow, &mut IdentityServer::default(), path);
        assert!(!text(&page).contains("<script>alert"), "{path}");
        assert!(text(&page).contains("&lt;script&gt;alert"), "{path}");
    }
}

/// docs/contract/cases.md, R15; docs/contract/mailcow.md, section 11.
#[test]
fn what_is_pending_closes_the_pages_and_not_the_api() {
    let mut server = IdentityServer::default();
    for (profile, pending, page, api, dialog) in [
        (Profile::V2026_07, Pending::SecondFactor, "/", "", "ConfirmTFAModal"),
        (Profile::V2026_07, Pending::SecondFactorSetup, "/admin", "2026-07a", "SetupTFAModal"),
        (Profile::V2026_07, Pending::NewPassword, "/admin", "2026-07a", "ChangePWModal"),
        (Profile::V2025_05, Pending::SecondFactor, "/", "", "ConfirmTFAModal"),
        (Profile::V2025_05, Pending::NewPassword, "", "2025-05", ""),
    ] {
        let mut mailcow = Mailcow::demo(profile, ORIGIN, 1);
        mailcow.state_mut().admin_pending = Some(pending);
        let mut browser = Browser::admin(&mut mailcow);
        assert_eq!(location(&browser.get(&mut mailcow, &mut server, "/admin/system")), page, "{pending:?}");
        let version = browser.get(&mut mailcow, &mut server, "/api/v1/get/status/version");
        assert!(text(&version).contains(api) && text(&version).is_empty() == api.is_empty(), "{pending:?}");
        let admin = browser.get(&mut mailcow, &mut server, "/admin");
        assert_eq!(text(&admin).contains(&format!("id=\"{dialog}\"")), !dialog.is_empty(), "{pending:?}");
        assert_eq!(location(&admin).is_empty(), !dialog.is_empty(), "{pending:?}");
    }
}
