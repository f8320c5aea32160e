//! Mailboxes: limits, creation, change, templates (docs/contract/mailcow.md, sections 3 and 8).

use serde_json::{Map, Value, json};

use super::notice::Notice;
use super::state::{Domain, MIB, Mailbox, State, Template};

/// What a new mailbox is made of.
pub(super) struct NewMailbox<'a> {
    /// The address, already in lower case.
    pub(super) address: &'a str,
    pub(super) name: &'a str,
    pub(super) authsource: &'a str,
    /// Bytes.
    pub(super) quota: u64,
    pub(super) active: bool,
    pub(super) password: Option<String>,
}

/// Creates a mailbox if the domain's limits allow it.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn add(state: &mut State, new: NewMailbox<'_>) -> Result<(), Value> {
    let address = new.address;
    let domain_name = address.split_once('@').map_or("", |(_, domain)| domain);
    let Some(domain) = state.domain(domain_name) else {
        return Err("domain_not_found".into());
    };
    if state.mailbox(address).is_some() {
        return Err(json!(["object_exists", address]));
    }
    if state.aliases.iter().any(|alias| alias.address.eq_ignore_ascii_case(address)) {
        return Err(json!(["is_alias", address]));
    }
    let (count, used) = usage(state, domain);
    if count >= domain.max_mailboxes {
        return Err(json!(["max_mailbox_exceeded", count, domain.max_mailboxes]));
    }
    within_quota(domain, used, new.quota)?;
    let mailbox = Mailbox {
        username: address.to_owned(),
        name: new.name.to_owned(),
        quota: new.quota,
        active: new.active,
        authsource: new.authsource.to_owned(),
        password: new.password,
        force_tfa: false,
        force_pw_update: false,
        attribute_hash: String::new(),
        created: state.now,
        modified: None,
    };
    state.mailboxes.push(mailbox);
    Ok(())
}

/// Messages of a mailbox that was added, in mailcow's order (recording 222).
pub(super) fn added(address: &str, attr: &Value) -> [Notice; 2] {
    [
        Notice::success(
            json!(["ratelimit", "edit", "mailbox", {"object": address, "rl_frame": "s", "rl_value": ""}]),
            json!(["rl_saved", address]),
        ),
        Notice::success(json!(["mailbox", "add", "mailbox", attr, null]), json!(["mailbox_added", address])),
    ]
}

/// Creates the mailbox of somebody who signs in for the first time.
pub(super) fn add_from_template(
    state: &mut State,
    email: &str,
    name: &str,
    authsource: &str,
    template: &str,
) -> Result<[Notice; 2], Value> {
    let Some(template) = state.template(template).cloned() else {
        return Err("template_missing".into());
    };
    let address = email.to_lowercase();
    let new = NewMailbox { address: &address, name, authsource, quota: template.quota, active: template.active, password: None };
    add(state, new)?;
    let hash = hash(&template);
    if let Some(mailbox) = state.mailbox_mut(&address) {
        mailbox.attribute_hash = hash;
    }
    Ok(added(&address, &json!({"name": name, "authsource": authsource, "quota": template.quota / MIB})))
}

/// Applies a template again, as each sign-in with a mapped claim does; unchanged templates and names change nothing.
pub(super) fn apply_template(state: &mut State, email: &str, name: &str, template: &str) -> Option<Notice> {
    let Some(template) = state.template(template).cloned() else {
        return Some(Notice::danger(json!(["mailbox", "edit", "mailbox_from_template"]), "template_missing"));
    };
    let (hash, now) = (hash(&template), state.now);
    let mailbox = state.mailbox_mut(email)?;
    if mailbox.attribute_hash == hash && mailbox.name == name {
        return None;
    }
    name.clone_into(&mut mailbox.name);
    mailbox.quota = template.quota;
    mailbox.active = template.active;
    mailbox.attribute_hash = hash;
    mailbox.modified = Some(now);
    let username = mailbox.username.clone();
    Some(Notice::success(
        json!(["mailbox", "edit", "mailbox", {"username": [username], "name": name}, null]),
        json!(["mailbox_modified", username]),
    ))
}

fn hash(template: &Template) -> String {
    let Template { quota, active, app_passwords, sogo, .. } = template;
    format!("{quota}:{active}:{app_passwords}:{sogo}")
}

/// Changes one mailbox. `authsource` counts only if it is `mailcow` or the kind of the saved identity provider; anything else
/// is ignored without a word (recordings 217 to 219).
pub(super) fn edit(state: &mut State, address: &str, attr: &Map<String, Value>) -> Result<(), Value> {
    let Some(mailbox) = state.mailbox(address) else {
        return Err("access_denied".into());
    };
    let quota = attr.get("quota").and_then(number).map_or(mailbox.quota, |mebibytes| mebibytes * MIB);
    if let Some(domain) = state.domain(mailbox.domain()) {
        let (_, used) = usage(state, domain);
        within_quota(domain, used.saturating_sub(mailbox.quota), quota)?;
    }
    let provider = state.identity_provider.authsource().to_owned();
    let now = state.now;
    let Some(mailbox) = state.mailbox_mut(address) else {
        return Err("access_denied".into());
    };
    mailbox.quota = quota;
    if let Some(name) = attr.get("name").and_then(Value::as_str) {
        name.clone_into(&mut mailbox.name);
    }
    if let Some(active) = attr.get("active").and_then(number) {
        mailbox.active = active == 1;
    }
    if let Some(authsource) = attr.get("authsource").and_then(Value::as_str)
        && (authsource == "mailcow" || (!provider.is_empty() && authsource == provider))
    {
        authsource.clone_into(&mut mailbox.authsource);
    }
    for (name, demanded) in [("force_tfa", &mut mailbox.force_tfa), ("force_pw_update", &mut mailbox.force_pw_update)] {
        if let Some(on) = attr.get(name).and_then(number) {
            *demanded = on == 1;
        }
        // Only mailcow's own passwords know such demands (docs/contract/pitfalls.md, P-42).
        *demanded &= mailbox.authsource == "mailcow";
    }
    mailbox.attribute_hash.clear();
    mailbox.modified = Some(now);
    Ok(())
}

/// A number that may be written as text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Mailboxes of a domain and the sum of their quotas in bytes.
pub(super) fn usage(state: &State, domain: &Domain) -> (usize, u64) {
    let mailboxes = state.mailboxes.iter().filter(|mailbox| mailbox.domain().eq_ignore_ascii_case(&domain.name));
    mailboxes.fold((0, 0), |(count, used), mailbox| (count + 1, used + mailbox.quota))
}

fn within_quota(domain: &Domain, used_by_others: u64, quota: u64) -> Result<(), Value> {
    if quota > domain.max_mailbox_quota {
        return Err(json!(["mailbox_quota_exceeded", domain.max_mailbox_quota / MIB]));
    }
    if used_by_others + quota > domain.quota {
        return Err(json!(["mailbox_quota_left_exceeded", domain.quota.saturating_sub(used_by_others) / MIB]));
    }
    Ok(())
}
