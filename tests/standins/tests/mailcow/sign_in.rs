//! The cases of docs/contract/e2e.md that mailcow decides.

use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::mailcow::{Mailcow, Profile};
use cowbell_standins::message::{ConnectError, Response};
use serde_json::{Value, json};

use crate::browser::{Browser, location, parameter, text};
use crate::identity_server::IdentityServer;

/// The recorded installation with the settings of the guide.
fn guide() -> Mailcow {
    let mut mailcow = Mailcow::recorded();
    let provider = &mut mailcow.state_mut().identity_provider;
    provider.set("client_scopes", "openid profile email");
    provider.set("default_template", "");
    provider.set("mappers", json!([]));
    provider.set("templates", json!([]));
    mailcow
}

fn claims(email: &str) -> IdentityServer {
    IdentityServer::of(json!({"email": email, "name": "Somebody"}))
}

/// What the log says about the last refused sign-in.
fn reason(mailcow: &Mailcow) -> Value {
    let call = mailcow.state().ui_log.last().unwrap().call.clone().unwrap();
    serde_json::from_str::<Value>(&call).unwrap().as_array().unwrap().last().unwrap().clone()
}

fn assert_refused(mailcow: &mut Mailcow, server: &mut IdentityServer, expected: &str) {
    let answer = Browser::default().sign_in(mailcow, server);
    assert_eq!(answer.status(), 200);
    assert!(text(&answer).contains("Login failed"), "{expected}");
    assert_eq!(reason(mailcow), expected);
    let entry = mailcow.state().ui_log.last().unwrap();
    assert_eq!((entry.user.as_str(), entry.role.as_str()), ("unauthenticated", "unauthenticated"));
}

fn assert_signed_in(answer: &Response) {
    assert_eq!((answer.status().as_u16(), location(answer)), (302, "/SOGo/so/"));
}

#[test]
fn case_a_the_guide_to_the_letter_refuses_new_users() {
    assert_refused(&mut guide(), &mut claims("new@mail.example"), "No matching attribute mapping was found");
}

#[test]
fn case_b_a_default_template_creates_the_mailbox() {
    let mut mailcow = guide();
    mailcow.state_mut().identity_provider.set("default_template", "Default");
    assert_signed_in(&Browser::default().sign_in(&mut mailcow, &mut claims("New@Mail.example")));
    let mailbox = mailcow.state().mailbox("new@mail.example").unwrap();
    assert_eq!((mailbox.username.as_str(), mailbox.quota), ("new@mail.example", 0));
    assert_eq!((mailbox.name.as_str(), mailbox.authsource.as_str()), ("Somebody", "generic-oidc"));
}

#[test]
fn cases_c_and_w_existing_mailboxes_must_be_switched_and_active() {
    let mut mailcow = guide();
    let expected = "The user's authentication source is not of type OIDC";
    assert_refused(&mut mailcow, &mut claims("alice@mail.example"), expected);
    mailcow.state_mut().mailbox_mut("frank@mail.example").unwrap().active = false;
    assert_refused(&mut mailcow, &mut claims("frank@mail.example"), "Domain or mailbox is inactive");
    mailcow.state_mut().domains[0].active = false;
    assert_refused(&mut mailcow, &mut claims("grace@mail.example"), "Domain or mailbox is inactive");
}

#[test]
fn case_l_the_session_has_the_name_as_the_claim_spells_it() {
    let mut mailcow = guide();
    let mut server = claims("Frank@Mail.Example");
    let mut browser = Browser::default();
    assert_signed_in(&browser.sign_in(&mut mailcow, &mut server));
    let page = browser.get(&mut mailcow, &mut server, "/SOGo/so/");
    assert!(text(&page).contains("Frank@Mail.Example"));
}

#[test]
fn what_no_provisioning_can_help() {
    let mut mailcow = guide();
    mailcow.state_mut().identity_provider.set("default_template", "Default");
    assert_refused(&mut mailcow, &mut claims("x@none.example"), "Could not create mailbox on login");
    assert_refused(&mut mailcow, &mut IdentityServer::of(json!({"name": "x"})), "No email address found for user");
    mailcow.state_mut().domains[0].max_mailboxes = 7;
    assert_refused(&mut mailcow, &mut claims("new@mail.example"), "Could not create mailbox on login");
    mailcow.state_mut().domains[0].max_mailboxes = 8;
    mailcow.state_mut().identity_provider.set("default_template", "Nope");
    assert_refused(&mut mailcow, &mut claims("new@mail.example"), "Could not create mailbox on login");
    mailcow.state_mut().identity_provider.set("login_provisioning", false);
    assert_refused(&mut mailcow, &mut claims("new@mail.example"), "Auto-create users on login is deactivated");
}

#[test]
fn case_n4_the_template_is_applied_again() {
    let mut mailcow = guide();
    let provider = &mut mailcow.state_mut().identity_provider;
    provider.set("mappers", json!(["sales"]));
    provider.set("templates", json!(["OIDC Users"]));
    let mut server = IdentityServer::of(json!({"email": "frank@mail.example", "mailcow_template": true}));
    assert_signed_in(&Browser::default().sign_in(&mut mailcow, &mut server));
    assert_eq!(mailcow.state().mailbox("frank@mail.example").unwrap().quota, 1_073_741_824);
}

#[test]
fn cases_z_and_z2_a_blank_page_and_no_log() {
    for mappers in [json!({"1": "sales"}), Value::Null] {
        let mut mailcow = guide();
        mailcow.state_mut().identity_provider.set("mappers", mappers);
        let mut browser = Browser::default();
        let answer = browser.sign_in(&mut mailcow, &mut claims("frank@mail.example"));
        assert_eq!((answer.status().as_u16(), text(&answer)), (200, ""));
        assert!(mailcow.state().ui_log.is_empty());
    }
}

#[test]
fn connection_faults_are_named_as_curl_does() {
    for (error, expected) in [
        (ConnectError::Refused, "cURL error 7: Failed to connect to authentik.company port 443"),
        (ConnectError::TimedOut, "cURL error 28: Operation timed out"),
    ] {
        let mut mailcow = guide();
        let mut server = IdentityServer { unreachable: Some(error), ..IdentityServer::default() };
        Browser::default().sign_in(&mut mailcow, &mut server);
        assert!(reason(&mailcow).as_str().unwrap().starts_with(expected));
    }
}

#[test]
fn answers_that_are_not_json_are_told_apart_as_the_library_does() {
    for (status, content_type, body, expected) in [
        (502, "text/html", "oops", "Invalid response received from Authorization Server. Expected JSON."),
        (500, "text/html", "", "An OAuth server error was encountered that did not contain a JSON body"),
        (200, "application/json", "{", "Failed to parse JSON response: Syntax error"),
        (200, "application/json", "{}", "Required option not passed: \"access_token\""),
    ] {
        let mut mailcow = guide();
        let mut answer = Response::new(body.as_bytes().to_vec());
        *answer.status_mut() = status.try_into().unwrap();
        answer.headers_mut().insert("content-type", content_type.parse().unwrap());
        let mut server = IdentityServer { token_answer: Some(answer), ..IdentityServer::default() };
        assert_refused(&mut mailcow, &mut server, expected);
    }
}

#[test]
fn rendering_the_login_page_replaces_the_state() {
    let mut mailcow = guide();
    let (mut browser, mut server) = (Browser::default(), claims("frank@mail.example"));
    let start = browser.get(&mut mailcow, &mut server, "/?iam_sso=1");
    browser.get(&mut mailcow, &mut server, "/");
    let path = format!("/?code=right&state={}", parameter(&start, "state").unwrap());
    let answer = browser.get(&mut mailcow, &mut server, &path);
    assert_eq!(answer.status(), 200);
    assert!(!text(&answer).contains("Login failed"));
    assert!(server.token_calls.is_empty() && mailcow.state().ui_log.is_empty());
}

#[test]
fn the_host_chooses_the_redirect_url_but_the_token_call_has_the_main_one() {
    let mut mailcow = guide();
    let mut server = claims("frank@mail.example");
    let mut browser = Browser::default();
    let mut request = browser.request("GET", "/?iam_sso=1");
    request.headers_mut().insert("host", "webmail.mail.example".parse().unwrap());
    let start = browser.send(&mut mailcow, &mut server, request);
    assert_eq!(parameter(&start, "redirect_uri").unwrap(), "https://webmail.mail.example");
    let state = parameter(&start, "state").unwrap();
    assert_signed_in(&browser.get(&mut mailcow, &mut server, &format!("/?code=right&state={state}")));
    assert!(server.token_calls[0].contains("redirect_uri=https%3A%2F%2Fmailcow.company&"));
}

/// Recordings 877 and 878; docs/contract/cases.md, R8.
#[test]
fn a_host_with_a_port_never_chooses_its_redirect_url() {
    for (header, extra, chosen) in [
        ("webmail.company", "https://webmail.company", "https://webmail.company"),
        ("WEBMAIL.company", "https://webmail.company", "https://webmail.company"),
        ("webmail.company:8443", "https://webmail.company:8443", "https://mailcow.company"),
        ("webmail.company", "https://webmail.company:8443", "https://webmail.company:8443"),
    ] {
        let mut mailcow = guide();
        mailcow.state_mut().identity_provider.set("redirect_url_extra", json!([extra]));
        let mut browser = Browser::default();
        let mut request = browser.request("GET", "/?iam_sso=1");
        request.headers_mut().insert("host", header.parse().unwrap());
        let start = browser.send(&mut mailcow, &mut claims("frank@mail.example"), request);
        assert_eq!(parameter(&start, "redirect_uri").unwrap(), chosen, "{header}");
    }
}

#[test]
fn cases_y_and_y2_each_page_redeems_the_refresh_token() {
    let mut mailcow = guide();
    let mut server = IdentityServer { offline_access: true, ..claims("frank@mail.example") };
    let mut browser = Browser::default();
    assert_signed_in(&browser.sign_in(&mut mailcow, &mut server));
    for _ in 0..2 {
        let page = browser.get(&mut mailcow, &mut server, "/user");
        assert!(text(&page).contains("User Settings"));
    }
    assert_eq!(server.token_calls.len(), 3);
    assert!(server.token_calls[2].contains("refresh_token=r2"));
}

/// Recordings 895 to 897; docs/contract/cases.md, R11.
#[test]
fn a_refused_refresh_token_ends_the_session_without_a_word() {
    let refused = |status: u16, body: &str| {
        let mut answer = Response::new(body.as_bytes().to_vec());
        *answer.status_mut() = status.try_into().unwrap();
        answer
    };
    for answer in [refused(400, r#"{"error":"invalid_grant"}"#), refused(400, r#"{"error":"invalid_client"}"#), refused(502, "")]
    {
        let mut mailcow = guide();
        let mut server = IdentityServer { offline_access: true, ..claims("frank@mail.example") };
        let mut browser = Browser::default();
        assert_signed_in(&browser.sign_in(&mut mailcow, &mut server));
        browser.get(&mut mailcow, &mut server, "/user");
        let logged = mailcow.state().ui_log.len();
        server.token_answer = Some(answer);
        let start = browser.get(&mut mailcow, &mut server, "/user");
        let state = parameter(&start, "state").expect("the browser is sent to authentik");
        let calls = server.token_calls.len();
        let back = browser.get(&mut mailcow, &mut server, &format!("/?code=right&state={state}"));
        assert!(text(&back).contains("User Login") && !text(&back).contains("Login failed"));
        assert_eq!((server.token_calls.len(), mailcow.state().ui_log.len()), (calls, logged));
        server.token_answer = None;
        assert_signed_in(&browser.sign_in(&mut mailcow, &mut server));
    }
}

/// Recording 880; docs/contract/rollout.md, "Hiding the password form".
#[test]
fn the_login_page_can_offer_single_sign_on_only() {
    let page = |mailcow: &mut Mailcow| {
        let answer = Browser::default().get(mailcow, &mut IdentityServer::default(), "/");
        (text(&answer).contains("name=\"pass_user\""), text(&answer).contains("href=\"/?iam_sso=1\""))
    };
    let mut mailcow = guide();
    assert_eq!(page(&mut mailcow), (true, true));
    mailcow.state_mut().force_sso = true;
    assert_eq!(page(&mut mailcow), (false, true));
    mailcow.state_mut().identity_provider = IdentityProvider::default();
    assert_eq!(page(&mut mailcow), (false, false));
    let mut old = Mailcow::demo(Profile::V2025_03, "https://mailcow.company", 1);
    old.state_mut().force_sso = true;
    assert_eq!(page(&mut old), (true, false));
}

#[test]
fn success_is_logged_when_a_page_is_rendered() {
    let mut mailcow = guide();
    let mut server = claims("frank@mail.example");
    let mut browser = Browser::default();
    browser.sign_in(&mut mailcow, &mut server);
    assert!(mailcow.state().ui_log.is_empty());
    browser.get(&mut mailcow, &mut server, "/user");
    let entry = &mailcow.state().ui_log[0];
    assert_eq!(entry.call.as_deref(), Some(r#"["identity_provider","frank@mail.example","user"]"#));
    assert_eq!(entry.msg, r#"["logged_in_as","frank@mail.example"]"#);
}

#[test]
fn before_2025_05_sign_in_always_creates() {
    let mut mailcow = Mailcow::demo(Profile::V2025_03, "https://mailcow.company", 1);
    let recorded = guide();
    let provider = &mut mailcow.state_mut().identity_provider;
    *provider = recorded.state().identity_provider.clone();
    provider.set("default_template", "Default");
    provider.set("login_provisioning", false);
    assert_signed_in(&Browser::default().sign_in(&mut mailcow, &mut claims("new@mail.example")));
}
