//! `add/…`, `edit/…` and `delete/…`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::reply::{failure, not_found, ok};
use crate::mailcow::exchange::Exchange;
use crate::mailcow::identity_provider::{self, Refusal};
use crate::mailcow::incoming::Body;
use crate::mailcow::mailboxes::{self, NewMailbox};
use crate::mailcow::notice::{Notice, php_json};
use crate::mailcow::session::Role;
use crate::mailcow::sign_in;
use crate::mailcow::state::MIB;
use crate::mailcow::state::State;
use crate::message::Response;

/// `items` and `attr` of a call.
struct Fields {
    items: Vec<String>,
    attr: Map<String, Value>,
    /// `attr` as it was sent; PHP knows no difference between an empty object and an empty list.
    attr_sent: Value,
}

pub(super) fn answer(exchange: &mut Exchange<'_>, action: &str, category: &str) -> Response {
    let fields = fields(&exchange.incoming.body, action);
    if let Some(fields) = &fields {
        log_call(exchange, fields, action);
    }
    // `add` alone lets everybody in and leaves it to the function to refuse (recordings 013 to 017).
    if action != "add" && exchange.role().is_none() {
        return failure(StatusCode::FORBIDDEN, "API read/write access denied");
    }
    let Some(fields) = fields else {
        let msg = if action == "delete" { "Cannot find items in post data" } else { "Cannot find attributes in post data" };
        return failure(StatusCode::OK, msg);
    };
    if category.starts_with("identity-provider") && !exchange.profile.identity_provider() {
        return not_found();
    }
    let done = match (action, category) {
        ("edit", "identity-provider") => edit_identity_provider(exchange, fields.attr, &fields.attr_sent),
        ("edit", "identity-provider-test") => {
            return test_identity_provider(exchange, &fields.attr);
        }
        ("delete", "identity-provider") => delete_identity_provider(exchange),
        ("edit", "mailbox") => edit_mailboxes(exchange, &fields),
        ("add", "mailbox") => add_mailbox(exchange, &fields.attr),
        ("delete", "mailbox") => delete_mailboxes(exchange, &fields.items),
        _ => return not_found(),
    };
    queue_or(exchange, done)
}

/// What a JSON body and a form have in common. `None` when PHP finds no fields.
fn fields(body: &Body, action: &str) -> Option<Fields> {
    let (items, attr) = match body {
        Body::Json(body) => match action {
            "delete" => (body.clone(), Value::Null),
            "add" => (Value::Null, body.clone()),
            _ => (body["items"].clone(), body["attr"].clone()),
        },
        Body::Form(pairs) => {
            let field = |name: &str| {
                let (_, text) = pairs.iter().rev().find(|(key, _)| key == name)?;
                Some(serde_json::from_str(text).unwrap_or(Value::Null))
            };
            let needed = if action == "delete" { "items" } else { "attr" };
            field(needed)?;
            (field("items").unwrap_or_default(), field("attr").unwrap_or_default())
        }
        Body::Unread | Body::BrokenJson => return None,
    };
    let mut attr = attr;
    if let Some(attr) = attr.as_object_mut() {
        attr.remove("csrf_token");
    }
    Some(Fields {
        items: match items {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::String(item) => vec![item],
            _ => Vec::new(),
        },
        attr_sent: if attr.is_object() { attr.clone() } else { json!([]) },
        attr: attr.as_object().cloned().unwrap_or_default(),
    })
}

/// The list of everything since the last rendered page, or a word on this call alone when there is nothing in it
/// (docs/contract/mailcow.md, section 4; recordings 401 to 408).
fn queue_or(exchange: &Exchange<'_>, done: bool) -> Response {
    let queue = &exchange.session().queue;
    if !queue.is_empty() {
        ok(&json!(queue))
    } else if done {
        ok(&json!({"type": "success", "msg": "Task completed"}))
    } else {
        failure(StatusCode::OK, "Cannot edit item")
    }
}

/// Only what is named like a password is masked: the client secret is not (recording 503).
fn log_call(exchange: &mut Exchange<'_>, fields: &Fields, action: &str) {
    let mut attr = fields.attr_sent.clone();
    if let Some(attr) = attr.as_object_mut() {
        for (_, value) in attr.iter_mut().filter(|(key, _)| key.to_lowercase().contains("pass")) {
            *value = json!("*");
        }
    }
    let items = if fields.items.is_empty() { String::new() } else { php_json(&json!(fields.items)) };
    let data = match action {
        "delete" => format!("items='{items}'"),
        "add" => format!("attr='{}'", php_json(&attr)),
        _ => format!("attr='{}', items='{items}'", php_json(&attr)),
    };
    let uri = exchange.incoming.path.to_owned();
    exchange.state.write_api_log(&uri, data);
}

fn edit_identity_provider(exchange: &mut Exchange<'_>, mut attr: Map<String, Value>, attr_sent: &Value) -> bool {
    if exchange.role() != Some(Role::Admin) {
        // Refused before anything is masked (recording 016).
        exchange.push(Notice::danger(json!(["identity_provider", "edit", attr_sent]), "access_denied"));
        return false;
    }
    let State { identity_provider: provider, mailboxes, .. } = &mut *exchange.state;
    let in_use = mailboxes.iter().map(|mailbox| mailbox.authsource.as_str());
    let result = identity_provider::edit(exchange.profile, provider, in_use, &attr);
    for key in ["client_secret", "bindpass"] {
        if let Some(secret) = attr.get_mut(key) {
            *secret = json!("*");
        }
    }
    let shown = if attr_sent.is_object() { Value::Object(attr) } else { attr_sent.clone() };
    report(exchange, json!(["identity_provider", "edit", shown]), result, json!(["object_modified", ""]))
}

fn delete_identity_provider(exchange: &mut Exchange<'_>) -> bool {
    let log = json!(["identity_provider", "delete", null]);
    if exchange.role() != Some(Role::Admin) {
        exchange.push(Notice::danger(log, "access_denied"));
        return false;
    }
    let State { identity_provider: provider, mailboxes, .. } = &mut *exchange.state;
    let result = identity_provider::delete(provider, mailboxes.iter().map(|mailbox| mailbox.authsource.as_str()));
    report(exchange, log, result, json!(["item_deleted", ""]))
}

fn report(exchange: &mut Exchange<'_>, log: Value, result: Result<(), Refusal>, success: Value) -> bool {
    let done = result.is_ok();
    exchange.push(match result {
        Ok(()) => Notice::success(log, success),
        Err(Refusal(msg)) => Notice::danger(log, msg),
    });
    done
}

/// The test itself reports nothing: its result shows only when the queue is empty (recordings 402 and 403).
fn test_identity_provider(exchange: &mut Exchange<'_>, attr: &Map<String, Value>) -> Response {
    if exchange.role() != Some(Role::Admin) {
        let log = json!(["identity_provider", "test", attr]);
        exchange.push(Notice::danger(log, "access_denied"));
        return queue_or(exchange, false);
    }
    let passed = sign_in::connection_test(exchange, attr);
    queue_or(exchange, passed)
}

fn edit_mailboxes(exchange: &mut Exchange<'_>, fields: &Fields) -> bool {
    let mut logged = Map::new();
    logged.insert("username".to_owned(), json!(fields.items));
    logged.extend(fields.attr.clone());
    let log = json!(["mailbox", "edit", "mailbox", logged, null]);
    for address in &fields.items {
        let result = if may_edit(exchange, address) {
            mailboxes::edit(exchange.state, address, &fields.attr)
        } else {
            Err("access_denied".into())
        };
        exchange.push(match result {
            Ok(()) => Notice::success(log.clone(), json!(["mailbox_modified", address])),
            Err(msg) => Notice::danger(log.clone(), msg),
        });
    }
    true
}

fn may_edit(exchange: &Exchange<'_>, address: &str) -> bool {
    let domain = address.split_once('@').map_or("", |(_, domain)| domain);
    match exchange.user() {
        Some(user) if user.role == Role::DomainAdmin => {
            exchange.state.domain_admins.iter().any(|admin| admin.username == user.name && admin.domain == domain)
        }
        Some(user) => user.role == Role::Admin,
        None => false,
    }
}

fn add_mailbox(exchange: &mut Exchange<'_>, attr: &Map<String, Value>) -> bool {
    let text = |key: &str| attr.get(key).and_then(Value::as_str).unwrap_or_default();
    let log = json!(["mailbox", "add", "mailbox", attr, null]);
    let address = format!("{}@{}", text("local_part"), text("domain")).to_lowercase();
    if !may_edit(exchange, &address) || exchange.state.domain(text("domain")).is_none() {
        exchange.push(Notice::danger(log, "access_denied"));
        return false;
    }
    let provider = exchange.state.identity_provider.authsource();
    let authsource = Some(text("authsource")).filter(|wanted| !wanted.is_empty() && *wanted == provider).unwrap_or("mailcow");
    let password = attr.get("password").and_then(Value::as_str).filter(|password| !password.is_empty());
    if authsource == "mailcow" && password.is_none() {
        exchange.push(Notice::danger(json!(["password_check", null, null]), "password_complexity"));
        return false;
    }
    let default_quota = exchange.state.domain(text("domain")).map_or(0, |domain| domain.default_quota);
    let new = NewMailbox {
        address: &address,
        name: text("name"),
        authsource,
        quota: attr.get("quota").and_then(mailboxes::number).map_or(default_quota, |mebibytes| mebibytes * MIB),
        active: attr.get("active").and_then(mailboxes::number) != Some(0),
        password: password.map(str::to_owned),
    };
    match mailboxes::add(exchange.state, new) {
        Ok(()) => {
            let [first, second] = mailboxes::added(&address, &json!(attr));
            exchange.push(first);
            exchange.push(second);
            true
        }
        Err(msg) => {
            exchange.push(Notice::danger(log, msg));
            false
        }
    }
}

fn delete_mailboxes(exchange: &mut Exchange<'_>, items: &[String]) -> bool {
    let log = json!(["mailbox", "delete", "mailbox", {"username": items}, null]);
    for address in items {
        let known = exchange.state.mailbox(address).is_some() && may_edit(exchange, address);
        if known {
            exchange.state.mailboxes.retain(|mailbox| !mailbox.username.eq_ignore_ascii_case(address));
            exchange.push(Notice::success(log.clone(), json!(["mailbox_removed", address])));
        } else {
            exchange.push(Notice::danger(log.clone(), "access_denied"));
        }
    }
    true
}
