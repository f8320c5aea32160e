//! App passwords, last sign-ins and templates beyond what recordings show (docs/contract/rollout.md, docs/contract/mailcow.md,
//! section 3).

use cowbell_standins::mailcow::state::{MIB, Mailbox, SaslLogEntry};
use cowbell_standins::mailcow::{Mailcow, Profile};
use serde_json::{Value, json};

use crate::browser::{Browser, ORIGIN, json as body, text};
use crate::identity_server::IdentityServer;

/// A mailcow whose templates the claim `sales` and everybody else get.
fn mailcow(mapped: &str, default: &str) -> Mailcow {
    let mut mailcow = Mailcow::recorded();
    let provider = &mut mailcow.state_mut().identity_provider;
    provider.set("default_template", default);
    provider.set("mappers", json!(["sales"]));
    provider.set("templates", json!([mapped]));
    mailcow
}

fn sign_in(mailcow: &mut Mailcow, claims: Value) -> String {
    let (mut browser, mut server) = (Browser::default(), IdentityServer::of(claims));
    browser.sign_in(mailcow, &mut server);
    text(&browser.get(mailcow, &mut server, "/user")).to_owned()
}

/// docs/contract/rollout.md, "Hiding the password form": a template that was not made by the installation.
#[test]
fn a_new_mailbox_from_a_template_of_ones_own_leaves_an_error_on_the_first_page() {
    for (template, error) in [("OIDC Users", true), ("Default", false)] {
        let mut mailcow = mailcow("Default", template);
        let page = sign_in(&mut mailcow, json!({"email": "new@mail.example", "name": "New"}));
        assert_eq!(page.contains("Access denied or invalid form data"), error, "{template}");
        let is_logged = mailcow.state().ui_log.iter().any(|entry| entry.call.as_ref().unwrap().contains("delimiter_action"));
        assert_eq!(is_logged, error, "{template}");
        assert!(page.contains("Logged in as new@mail.example"));
    }
}

/// docs/contract/mailcow.md, section 3.2.
#[test]
fn a_mapped_template_beyond_the_domains_limits_leaves_the_mailbox_as_it_is() {
    let mut mailcow = mailcow("OIDC Users", "Default");
    let state = mailcow.state_mut();
    state.mailbox_mut("frank@mail.example").unwrap().active = false;
    state.templates[1].quota = state.domains[0].max_mailbox_quota + MIB;
    let claims = json!({"email": "frank@mail.example", "name": "Frank", "mailcow_template": "sales"});
    sign_in(&mut mailcow, claims.clone());
    let frank = mailcow.state().mailbox("frank@mail.example").unwrap();
    assert_eq!((frank.active, frank.quota, frank.name.as_str()), (false, 512 * MIB, "Frank Fisher"));
    mailcow.state_mut().templates[1].quota = 0;
    assert!(sign_in(&mut mailcow, claims).contains("Logged in as frank@mail.example"));
}

/// docs/contract/rollout.md, "Who still uses a password".
#[test]
fn the_tab_of_app_passwords_is_hidden_from_those_without_the_right() {
    for right in [true, false] {
        let mut mailcow = mailcow("Default", "OIDC Users");
        mailcow.state_mut().templates[1].app_passwords = right;
        sign_in(&mut mailcow, json!({"email": "new@mail.example"}));
        let page = sign_in(&mut mailcow, json!({"email": "new@mail.example"}));
        assert_eq!(page.contains("App passwords"), right);
    }
}

/// Recordings 801, 812 and 899: what counts as a last sign-in, and what goes with a mailbox.
#[test]
fn app_passwords_go_with_their_mailbox_and_the_newest_line_counts() {
    let mut mailcow = Mailcow::demo(Profile::V2026_07, ORIGIN, 1);
    let now = mailcow.state().now;
    mailcow.state_mut().mailboxes.push(Mailbox::new("ann@mail.example", "Ann", now));
    let line = |service: &str, datetime| SaslLogEntry {
        service: service.to_owned(),
        app_password: 0,
        username: "Ann@mail.example".to_owned(),
        real_rip: "192.0.2.10".to_owned(),
        datetime,
    };
    mailcow.state_mut().sasl_log = vec![line("imap", 50), line("imap", 90), line("MAILCOWUI", 99)];
    let mut browser = Browser::admin(&mut mailcow);
    let fields = json!({
        "username": "ann@mail.example", "app_name": "A & B", "app_passwd": "secret-1", "app_passwd2": "secret-1",
        "active": "1", "protocols": ["dav_access"],
    });
    browser.post_json(&mut mailcow, "/api/v1/add/app-passwd", &fields);
    let mut get = |mailcow: &mut Mailcow, path: &str| body(&browser.get(mailcow, &mut IdentityServer::default(), path));
    let ann = get(&mut mailcow, "/api/v1/get/mailbox/ann@mail.example");
    assert_eq!((&ann["last_imap_login"], &ann["last_sso_login"]), (&json!(90), &json!(0)));
    mailcow.state_mut().show_last_login = false;
    assert_eq!(get(&mut mailcow, "/api/v1/get/mailbox/ann@mail.example")["last_imap_login"], 0);
    let entry = &get(&mut mailcow, "/api/v1/get/app-passwd/all/ann@mail.example")[0];
    assert_eq!((&entry["name"], &entry["dav_access"], &entry["imap_access"]), (&json!("A &amp;amp; B"), &json!(1), &json!(0)));
    let its =
        |mailcow: &Mailcow| mailcow.state().app_passwords.iter().filter(|entry| entry.mailbox == "ann@mail.example").count();
    let others = mailcow.state().app_passwords.len() - its(&mailcow);
    assert!(its(&mailcow) == 1 && others > 0);
    browser.post_json(&mut mailcow, "/api/v1/delete/mailbox", &json!(["ann@mail.example"]));
    assert_eq!((its(&mailcow), mailcow.state().app_passwords.len()), (0, others));
}
