//! App passwords: who may make, see and delete them (docs/contract/rollout.md, "Who still uses a password").

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::exchange::Exchange;
use super::fields::{number, texts};
use super::notice::Notice;
use super::state::{AppPassword, Protocol, State};

/// Shortest password that mailcow's policy allows unless it was changed.
const SHORTEST: usize = 6;

/// Letters of a hash after its salt's mark.
const HASH_LETTERS: usize = 53;

/// The mailbox that is meant: the one named, or whoever is signed in. A name that is no address counts for nothing.
fn meant(exchange: &Exchange<'_>, named: &str) -> Option<String> {
    if !named.contains('@') {
        return exchange.user().map(|user| user.name.clone());
    }
    exchange.reaches_mailbox(named).then(|| named.to_owned())
}

/// The app passwords of a mailbox (recordings 811, 814, 821, 822 and 881 to 885).
pub(super) fn all(exchange: &mut Exchange<'_>, named: &str) -> Vec<Value> {
    let Some(mailbox) = meant(exchange, named) else {
        exchange.push(Notice::danger(json!(["app_passwd", "get", {"username": named}]), "access_denied"));
        return Vec::new();
    };
    let entries = exchange.state.app_passwords.iter();
    entries.filter(|entry| entry.mailbox.eq_ignore_ascii_case(&mailbox)).map(view).collect()
}

fn view(entry: &AppPassword) -> Value {
    let mut view = Map::new();
    let mut set = |key: &str, value: Value| view.insert(key.to_owned(), value);
    set("id", entry.id.into());
    // Escaped when stored, and again when shown.
    set("name", json!(escaped(&entry.name)));
    set("mailbox", json!(entry.mailbox));
    set("domain", json!(entry.mailbox.split_once('@').map_or("", |(_, domain)| domain)));
    set("password", json!(entry.hash));
    set("created", json!(super::state::datetime(entry.created)));
    set("modified", Value::Null);
    for protocol in Protocol::ALL {
        set(&format!("{}_access", protocol.word()), u8::from(entry.protocols.contains(&protocol)).into());
    }
    set("active", u8::from(entry.active).into());
    Value::Object(view)
}

/// `add/app-passwd` (recordings 812 to 820, 827, 882, 886 and 893). The right to make app passwords is not asked for.
pub(super) fn add(exchange: &mut Exchange<'_>, attr: &Map<String, Value>) -> bool {
    let text = |key: &str| attr.get(key).and_then(Value::as_str).unwrap_or_default();
    let log = json!(["app_passwd", "add", masked(attr)]);
    let denied = |exchange: &mut Exchange<'_>| {
        exchange.push(Notice::danger(log.clone(), "access_denied"));
        false
    };
    let Some(mailbox) = meant(exchange, text("username")) else { return denied(exchange) };
    let Some(mailbox) = exchange.state.mailbox(&mailbox).map(|mailbox| mailbox.username.clone()) else {
        return denied(exchange);
    };
    if !check_password(exchange, text("app_passwd"), text("app_passwd2")) {
        return false;
    }
    let name = escaped(text("app_name").trim());
    if name.is_empty() {
        exchange.push(Notice::danger(log, "app_name_empty"));
        return false;
    }
    let named = attr.get("protocols").map(texts).unwrap_or_default();
    let is_open = |protocol: &Protocol| named.iter().any(|name| name.strip_suffix("_access") == Some(protocol.word()));
    let protocols = Protocol::ALL.into_iter().filter(is_open).collect();
    let active = attr.get("active").and_then(number) == Some(1);
    let password = text("app_passwd").to_owned();
    store(exchange.state, name, mailbox, password, protocols, active);
    exchange.push(Notice::success(log, "app_passwd_added"));
    true
}

fn store(state: &mut State, name: String, mailbox: String, password: String, protocols: BTreeSet<Protocol>, active: bool) {
    state.app_passwords_made += 1;
    let hash: String = (0..HASH_LETTERS).map(|_| state.random.alphanumeric()).collect();
    let entry = AppPassword {
        id: state.app_passwords_made,
        name,
        mailbox,
        hash: format!("{{BLF-CRYPT}}$2y$10${hash}"),
        password,
        protocols,
        active,
        created: state.now,
    };
    state.app_passwords.push(entry);
}

/// `delete/app-passwd`: ends at the first that cannot be deleted (recordings 824, 825, 887 and 888).
pub(super) fn delete(exchange: &mut Exchange<'_>, ids: &[String]) -> bool {
    let log = json!(["app_passwd", "delete", {"id": ids}]);
    for id in ids {
        let entry = exchange.state.app_passwords.iter().find(|entry| entry.id.to_string() == *id);
        let Some(mailbox) = entry.map(|entry| entry.mailbox.clone()) else {
            exchange.push(Notice::danger(log, "app_passwd_id_invalid"));
            return false;
        };
        if !exchange.reaches_mailbox(&mailbox) {
            exchange.push(Notice::danger(log, "access_denied"));
            return false;
        }
        exchange.state.app_passwords.retain(|entry| entry.id.to_string() != *id);
        exchange.push(Notice::success(log.clone(), json!(["app_passwd_removed", id])));
    }
    true
}

/// Whether a new password satisfies mailcow's policy; why not is queued.
pub(super) fn check_password(exchange: &mut Exchange<'_>, password: &str, again: &str) -> bool {
    let refusal = if password.is_empty() || again.is_empty() {
        "password_complexity"
    } else if password != again {
        "password_mismatch"
    } else if password.len() < SHORTEST {
        "password_complexity"
    } else {
        return true;
    };
    exchange.push(Notice::danger(json!(["password_check", null, null]), refusal));
    false
}

fn masked(attr: &Map<String, Value>) -> Value {
    let mut attr = attr.clone();
    for key in ["app_passwd", "app_passwd2"] {
        if let Some(password) = attr.get_mut(key) {
            *password = json!("*");
        }
    }
    Value::Object(attr)
}

/// PHP's `htmlspecialchars`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#039;")
}
