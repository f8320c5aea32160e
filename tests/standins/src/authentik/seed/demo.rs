//! A believable company for demonstrations and measurements.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::defaults::{PASSWORD, add_group};
use crate::authentik::{
    state::{Application, Certificate, Provider, RedirectUri, State, User, UserType},
    time::SECOND,
};
use crate::people::{Person, person};

const MINUTE: i64 = 60 * SECOND;

/// Fills a new installation with `count` users in three groups.
pub(in crate::authentik) fn fill(state: &mut State, count: usize, seed: u64) {
    let groups = ["staff", "sales", "board"].map(|name| add_group(state, name));
    let first = state.next_user;
    let mut users = Vec::with_capacity(count);
    for (at, pk) in (0..count).zip(first..) {
        users.push(user(state, &person(seed, at), at, pk, &groups));
    }
    state.next_user = users.last().map_or(first, |user| user.pk + 1);
    state.users.extend(users);
    let pk = state.ids.uuid();
    state.certificates.push(Certificate {
        pk,
        name: "mail.example wildcard".to_owned(),
        subject: "CN=*.mail.example".to_owned(),
        expires: state.now + 90 * 86_400 * SECOND,
        key_type: "ec".to_owned(),
        has_key: false,
        managed: None,
    });
}

fn user(state: &mut State, person: &Person, at: usize, pk: i64, groups: &[Uuid; 3]) -> User {
    let uuid = state.ids.uuid();
    let joined = state.now - MINUTE * i64::try_from(at % 500_000).unwrap_or_default();
    let mut user = User::new(pk, uuid, &person.username, joined);
    person.name.clone_into(&mut user.name);
    person.email.clone_into(&mut user.email);
    PASSWORD.clone_into(&mut user.password);
    user.groups.push(groups[0]);
    if at % 5 == 1 {
        user.groups.push(groups[1]);
    }
    if at % 40 == 7 {
        user.groups.push(groups[2]);
    }
    if at.is_multiple_of(3) {
        user.last_login = Some(joined + 30 * SECOND);
    }
    odd_ones(&mut user, at);
    user
}

/// What every real directory has: accounts without address, left employees, machines, attributes typed by hand.
fn odd_ones(user: &mut User, at: usize) {
    match at % 50 {
        4 => user.email.clear(),
        9 | 31 => user.is_active = false,
        13 => user.email = user.email.replace("mail.example", "other.example"),
        17 => {
            user.kind = UserType::ServiceAccount;
            user.username = format!("svc-backup{}", at + 1);
            user.name.clone_from(&user.username);
            user.email.clear();
            user.groups.clear();
            "goauthentik.io/service-accounts".clone_into(&mut user.path);
        }
        22 => user.kind = UserType::External,
        26 => user.attributes = attributes(json!({"email_verified": "true"})),
        28 => user.attributes = attributes(json!({"email_verified": ["yes"], "department": "it"})),
        33 => user.attributes = attributes(json!({"email_verified": true})),
        37 => user.attributes = attributes(json!({"email_verified": false})),
        41 => {
            user.attributes = attributes(json!({
                "settings": {"locale": "de", "theme": {"base": "dark"}},
                "department": "sales",
                "phones": ["+49 30 0000", "+49 30 0001"],
            }));
        }
        _ => {}
    }
}

fn attributes(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// An attempt at the integration that somebody gave up: redirect URI with a slash, the managed `email` mapping, no signing key, no
/// launch URL.
pub(in crate::authentik) fn half_made_attempt(state: &mut State, mailcow: &str) {
    let client_id = state.ids.alphanumeric(40);
    let client_secret = state.ids.alphanumeric(128);
    let mut provider = Provider::new(state.next_provider, client_id, client_secret);
    state.next_provider += 1;
    "Mailcow test".clone_into(&mut provider.name);
    let flow = |slug: &str| state.flow_named(slug).map(|flow| flow.pk).unwrap_or_default();
    provider.authorization_flow = flow("default-provider-authorization-implicit-consent");
    provider.invalidation_flow = flow("default-provider-invalidation-flow");
    provider.redirect_uris = vec![RedirectUri::strict(&format!("{mailcow}/"))];
    provider.property_mappings =
        ["openid", "email", "profile"].iter().filter_map(|name| state.managed_mapping(name)).map(|mapping| mapping.pk).collect();
    let pk = state.ids.uuid();
    let mut application = Application::new(pk, "Mailcow test", "mailcow-test");
    application.provider = Some(provider.pk);
    state.providers.push(provider);
    state.applications.push(application);
}
