//! What older versions do (docs/contract/mailcow.md, section 11).

use cowbell_standins::mailcow::{Mailcow, Profile};
use serde_json::json;

use crate::browser::{Browser, ORIGIN, json, text};
use crate::identity_server::IdentityServer;

fn fresh(profile: Profile) -> (Mailcow, Browser) {
    let mut mailcow = Mailcow::demo(profile, ORIGIN, 1);
    let browser = Browser::admin(&mut mailcow);
    (mailcow, browser)
}

#[test]
fn versions_are_found_by_name() {
    for profile in Profile::ALL {
        let name = profile.tag().trim_end_matches('a');
        assert_eq!(Profile::parse(name), Some(profile));
    }
    assert_eq!(Profile::parse("2024-01"), None);
}

#[test]
fn the_cookie_was_renamed() {
    for (profile, name) in [(Profile::V2025_05, "PHPSESSID="), (Profile::V2026_07, "MCSESSID=")] {
        let (mut mailcow, _) = fresh(profile);
        let answer = Browser::default().get(&mut mailcow, &mut IdentityServer::default(), "/");
        let line = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(line.starts_with(name), "{line}");
        assert_eq!(line.contains("SameSite"), profile == Profile::V2026_07);
    }
}

#[test]
fn fields_came_with_2025_05() {
    for (profile, present) in [(Profile::V2025_03, false), (Profile::V2025_05, true)] {
        let (mut mailcow, mut browser) = fresh(profile);
        let page = browser.get(&mut mailcow, &mut IdentityServer::default(), "/admin/system");
        for field in ["name=\"login_provisioning\"", "name=\"redirect_url_extra\""] {
            assert_eq!(text(&page).contains(field), present, "{field}");
        }
        assert_eq!(text(&page).contains("id=\"iam_redirect_url\""), !present);

        let attr = json!({
            "authsource": "generic-oidc", "authorize_url": "a", "token_url": "b", "userinfo_url": "c", "client_id": "d",
            "client_secret": "e", "redirect_url": "f", "redirect_url_extra": ["g"], "login_provisioning": true,
        });
        browser.post_json(&mut mailcow, "/api/v1/edit/identity-provider", &json!({"attr": attr}));
        let stored = json(&browser.get(&mut mailcow, &mut IdentityServer::default(), "/api/v1/get/identity-provider"));
        assert_eq!(stored["client_id"], "d");
        for key in ["login_provisioning", "redirect_url_extra"] {
            assert_eq!(stored.get(key).is_some(), present, "{key}");
        }
    }
}

#[test]
fn the_identity_provider_came_with_2025_03() {
    let (mut mailcow, mut browser) = fresh(Profile::V2025_02);
    let server = &mut IdentityServer::default();
    assert!(!text(&browser.get(&mut mailcow, server, "/admin/system")).contains("iam_generic"));
    assert_eq!(browser.get(&mut mailcow, server, "/api/v1/get/identity-provider").status(), 404);
    let body = json!({"attr": {"authsource": "generic-oidc"}});
    assert_eq!(browser.post_json(&mut mailcow, "/api/v1/edit/identity-provider", &body).status(), 404);
}

#[test]
fn search_replaced_datatables() {
    let body = json!({"draw": 3, "start": 0, "length": 2, "search": {"value": ""}});
    let (mut mailcow, mut browser) = fresh(Profile::V2026_07);
    let found = json(&browser.post_json(&mut mailcow, "/api/v1/search/mailbox", &body));
    assert_eq!((&found["draw"], &found["recordsTotal"]), (&json!(3), &json!(12)));
    assert_eq!(found["data"].as_array().unwrap().len(), 2);

    let (mut mailcow, mut browser) = fresh(Profile::V2025_05);
    assert_eq!(browser.post_json(&mut mailcow, "/api/v1/search/mailbox", &body).status(), 404);
    let path = "/api/v1/get/mailbox/datatables?draw=3&length=2";
    let found = json(&browser.get(&mut mailcow, &mut IdentityServer::default(), path));
    assert_eq!(found["recordsTotal"], 12);
}
