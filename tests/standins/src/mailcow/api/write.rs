//! `add/…`, `edit/…` and `delete/…`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::reply::{failure, not_found, ok};
use crate::mailcow::exchange::Exchange;
use crate::mailcow::fields::{number, texts};
use crate::mailcow::identity_provider::{self, Refusal};
use crate::mailcow::incoming::Body;
use crate::mailcow::notice::{Notice, php_json};
use crate::mailcow::session::Role;
use crate::mailcow::state::{MIB, Mailbox, State, Template};
use crate::mailcow::{app_passwords, mailboxes, resources, sign_in, templates};
use crate::message::Response;

/// `items` and `attr` of a call.
struct Fields {
    items: Vec<String>,
    attr: Map<String, Value>,
    /// `attr` as it was sent; PHP knows no difference between an empty object and an empty list.
    attr_sent: Value,
}

pub(super) fn answer(exchange: &mut Exchange<'_>, action: &str, category: &str, object: &str) -> Response {
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
        ("add", "mailbox") if object == "template" => add_template(exchange, &fields),
        // Templates and custom attributes are objects of their own, which nobody here changes.
        ("edit" | "delete", "mailbox") if !object.is_empty() => return not_found(),
        ("edit", "identity-provider") => edit_identity_provider(exchange, fields.attr, &fields.attr_sent),
        ("edit", "identity-provider-test") => {
            return test_identity_provider(exchange, &fields.attr);
        }
        ("delete", "identity-provider") => delete_identity_provider(exchange),
        ("edit", "mailbox") => edit_mailboxes(exchange, &fields),
        ("add", "mailbox") => add_mailbox(exchange, &fields.attr),
        ("delete", "mailbox") => delete_mailboxes(exchange, &fields.items),
        ("add", "resource") => add_resource(exchange, &fields.attr),
        ("add", "app-passwd") => app_passwords::add(exchange, &fields.attr),
        ("delete", "app-passwd") => app_passwords::delete(exchange, &fields.items),
        ("edit", "custom_login") if exchange.profile.custom_login() => edit_custom_login(exchange, &fields),
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
            Value::Array(items) => items.iter().filter(|item| !item.is_null()).map(text_of).collect(),
            Value::String(item) => vec![item],
            _ => Vec::new(),
        },
        attr_sent: if attr.is_object() { attr.clone() } else { json!([]) },
        attr: attr.as_object().cloned().unwrap_or_default(),
    })
}

/// A number counts as its digits.
fn text_of(item: &Value) -> String {
    item.as_str().map_or_else(|| item.to_string(), str::to_owned)
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
    report_or_refuse(exchange, log, result.map(|()| success).map_err(|Refusal(msg)| msg))
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
    exchange.user().is_some_and(|user| exchange.state.administers(user, address))
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
    if authsource == "mailcow" && !app_passwords::check_password(exchange, text("password"), text("password2")) {
        return false;
    }
    let state = &*exchange.state;
    let default_quota = state.domain(text("domain")).map_or(0, |domain| domain.default_quota);
    let name = if text("name").is_empty() { text("local_part") } else { text("name") };
    // What is not said comes from the first template; tags do not.
    let installed = Template::installed(state.now);
    let template = state.templates.first().unwrap_or(&installed);
    let mailbox = Mailbox {
        authsource: authsource.to_owned(),
        quota: attr.get("quota").and_then(number).map_or(default_quota, |mebibytes| mebibytes * MIB),
        active: attr.get("active").and_then(number).map_or(template.active, |active| active == 1),
        password: Some(text("password")).filter(|_| authsource == "mailcow").map(str::to_owned),
        tags: attr.get("tags").map(texts).unwrap_or_default(),
        ..mailboxes::from_template(template, &address, name, state.now)
    };
    match mailboxes::add(exchange.state, mailbox) {
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

fn add_template(exchange: &mut Exchange<'_>, fields: &Fields) -> bool {
    let log = json!(["mailbox", "add", "mailbox_templates", fields.attr_sent, null]);
    let result = match exchange.role() {
        Some(Role::Admin) => templates::add(exchange.state, &fields.attr),
        _ => Err("access_denied".into()),
    };
    let result = result.map(|name| json!(["template_added", name]));
    report_or_refuse(exchange, log, result)
}

fn add_resource(exchange: &mut Exchange<'_>, attr: &Map<String, Value>) -> bool {
    let log = json!(["mailbox", "add", "resource", attr, null]);
    let domain = attr.get("domain").and_then(Value::as_str).unwrap_or_default();
    let result = if may_edit(exchange, &format!("@{domain}")) && exchange.state.domain(domain).is_some() {
        resources::add(exchange.state, attr).map(|address| json!(["resource_added", address]))
    } else {
        Err("access_denied".into())
    };
    report_or_refuse(exchange, log, result)
}

/// Stores all four settings of the log-in pages: what is not sent is off (recording 836).
fn edit_custom_login(exchange: &mut Exchange<'_>, fields: &Fields) -> bool {
    let log = json!(["customize", "edit", "custom_login", fields.attr_sent]);
    let result = if exchange.role() == Some(Role::Admin) {
        let is_on = |key: &str| fields.attr.get(key).and_then(number) == Some(1);
        let hidden = Role::ALL.into_iter().filter(|role| is_on(role.quicklink()));
        exchange.state.unlinked_logins = hidden.collect();
        exchange.state.force_sso = is_on("force_sso");
        Ok("custom_login_modified".into())
    } else {
        Err("access_denied".into())
    };
    report_or_refuse(exchange, log, result)
}

fn report_or_refuse(exchange: &mut Exchange<'_>, log: Value, result: Result<Value, Value>) -> bool {
    let done = result.is_ok();
    exchange.push(match result {
        Ok(msg) => Notice::success(log, msg),
        Err(msg) => Notice::danger(log, msg),
    });
    done
}

fn delete_mailboxes(exchange: &mut Exchange<'_>, items: &[String]) -> bool {
    let log = json!(["mailbox", "delete", "mailbox", {"username": items}, null]);
    for address in items {
        let known = exchange.state.mailbox(address).is_some() && may_edit(exchange, address);
        if known {
            exchange.state.mailboxes.retain(|mailbox| !mailbox.username.eq_ignore_ascii_case(address));
            exchange.state.app_passwords.retain(|entry| !entry.mailbox.eq_ignore_ascii_case(address));
            exchange.push(Notice::success(log.clone(), json!(["mailbox_removed", address])));
        } else {
            exchange.push(Notice::danger(log.clone(), "access_denied"));
        }
    }
    true
}
