//! The installation that was recorded, as it was before the first recording (docs/contract/README.md, "Seed data").

use serde_json::json;

use super::state::{Domain, MIB, Mailbox, State, Template};

const CREATED: i64 = 1_795_442_256 - 3_600;

/// People of the recordings: the authentication source is `generic-oidc` from the sixth on.
const PEOPLE: [&str; 7] = ["Alice Adams", "Bob Brown", "Carol Clark", "Dave Davis", "Erin Evans", "Frank Fisher", "Grace Green"];

pub(super) fn state() -> State {
    let mut state = State::new("https://mailcow.company", 1);
    state.api_key = Some("recorded-api-key".to_owned());
    state.rspamd_running = false;
    state.domains = vec![Domain {
        name: "mail.example".to_owned(),
        description: "test domain".to_owned(),
        max_mailboxes: 20,
        max_aliases: 400,
        default_quota: 1_024 * MIB,
        max_mailbox_quota: 10_240 * MIB,
        quota: 102_400 * MIB,
        active: true,
        created: CREATED,
    }];
    state.mailboxes = PEOPLE.iter().enumerate().map(|(index, name)| mailbox(name, index >= 5)).collect();
    state.templates = vec![Template::installed(CREATED), oidc_users()];
    for (key, value) in [
        ("access_token", json!("")),
        ("authorize_url", json!("https://authentik.company/application/o/authorize/")),
        ("authsource", json!("generic-oidc")),
        ("client_id", json!("sample-client-id")),
        ("client_scopes", json!("openid profile email mailcow_template")),
        ("client_secret", json!("sample-client-secret-123")),
        ("default_template", json!("Default")),
        ("ignore_ssl_error", json!("1")),
        ("login_provisioning", json!(true)),
        ("mappers", json!(["default"])),
        ("redirect_url", json!("https://mailcow.company")),
        ("redirect_url_extra", json!(["https://webmail.mail.example"])),
        ("templates", json!(["Default"])),
        ("token_url", json!("https://authentik.company/application/o/token/")),
        ("userinfo_url", json!("https://authentik.company/application/o/userinfo/")),
    ] {
        state.identity_provider.set(key, value);
    }
    state
}

/// The template that was made by hand: subfolders for tagged mail, no notifications on mobile devices (recording 210).
fn oidc_users() -> Template {
    let mut template = Template::installed(CREATED);
    template.rights.remove("pushover");
    Template {
        id: 3,
        name: "OIDC Users".to_owned(),
        quota: 1_024 * MIB,
        tagged_mail_handler: Some("subfolder".to_owned()),
        ..template
    }
}

fn mailbox(name: &str, single_sign_on: bool) -> Mailbox {
    let first_name = name.split(' ').next().unwrap_or_default().to_lowercase();
    Mailbox {
        quota: 512 * MIB,
        authsource: if single_sign_on { "generic-oidc" } else { "mailcow" }.to_owned(),
        password: Some("moohoo".to_owned()),
        edited: true,
        modified: Some(CREATED + 132),
        ..Mailbox::new(&format!("{first_name}@mail.example"), name, CREATED)
    }
}
