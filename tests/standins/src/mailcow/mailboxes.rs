//! Mailboxes: limits, creation, change, templates (docs/contract/mailcow.md, sections 3 and 8).

use serde_json::{Map, Value, json};

use super::fields::{number, texts};
use super::notice::Notice;
use super::profile::Profile;
use super::state::{Domain, MIB, Mailbox, Protocol, State, Template};

/// Creates a mailbox, its address in lower case, if the domain's limits allow it.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn add(state: &mut State, mailbox: Mailbox) -> Result<(), Value> {
    let address = mailbox.username.as_str();
    // PHP's FILTER_VALIDATE_EMAIL (`functions.mailbox.inc.php:1039-1050`).
    if !address.is_ascii() {
        return Err("mailbox_invalid".into());
    }
    let Some(domain) = state.domain(mailbox.domain()) else {
        return Err("domain_not_found".into());
    };
    // A resource is a row of the same table (recording 869).
    if state.mailbox(address).is_some() || state.resource(address).is_some() {
        return Err(json!(["object_exists", address]));
    }
    if state.aliases.iter().any(|alias| alias.address.eq_ignore_ascii_case(address)) {
        return Err(json!(["is_alias", address]));
    }
    let (count, used) = usage(state, domain);
    if count >= domain.max_mailboxes {
        return Err(json!(["max_mailbox_exceeded", count, domain.max_mailboxes]));
    }
    within_quota(domain, used, mailbox.quota)?;
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

/// A mailbox as a template makes it.
pub(super) fn from_template(template: &Template, address: &str, name: &str, created: i64) -> Mailbox {
    Mailbox {
        quota: template.quota,
        active: template.active,
        protocols: template.protocols.clone(),
        sogo: template.sogo,
        rights: template.all_rights(),
        quarantine_notification: template.quarantine_notification.clone(),
        tags: template.tags.clone(),
        ..Mailbox::new(address, name, created)
    }
}

/// Somebody who signs in.
pub(super) struct Newcomer<'a> {
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    pub(super) authsource: &'a str,
    /// Whether the session has rights already, because an administrator is signed in.
    pub(super) has_rights: bool,
}

/// Creates the mailbox of somebody who signs in for the first time.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn add_from_template(
    state: &mut State,
    profile: Profile,
    newcomer: &Newcomer<'_>,
    template: &str,
) -> Result<Vec<Notice>, Value> {
    let Some(template) = state.template(template).cloned() else {
        return Err("template_missing".into());
    };
    let Newcomer { email, name, authsource, has_rights } = *newcomer;
    let address = email.to_lowercase();
    let mailbox = Mailbox {
        authsource: authsource.to_owned(),
        attribute_hash: template.hash(profile),
        ..from_template(&template, &address, name, state.now)
    };
    add(state, mailbox)?;
    // What tagged mail shall become is set with the rights of the session, which has none yet (docs/contract/rollout.md, "Hiding
    // the password form").
    let handler = template.tagged_mail_handler.as_deref().filter(|_| !has_rights).map(|handler| {
        let fields = json!({"username": address, "tagged_mail_handler": handler});
        Notice::danger(json!(["mailbox", "edit", "delimiter_action", fields, null]), "access_denied")
    });
    let added = added(&address, &json!({"name": name, "authsource": authsource, "quota": template.quota / MIB}));
    Ok(handler.into_iter().chain(added).collect())
}

/// Applies a template again, as each sign-in with a mapped claim does; unchanged templates and names change nothing. A quota
/// beyond the domain's limits leaves all but rights and notifications as they were, without a word
/// (`functions.mailbox.inc.php:3708-3776` of 2026-07a). Returns whether it was applied, which clears the queue.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn apply_template(
    state: &mut State,
    profile: Profile,
    email: &str,
    name: &str,
    wanted: &str,
) -> Result<bool, &'static str> {
    let Some(template) = state.template(wanted).cloned() else {
        return Err("template_missing");
    };
    let hash = template.hash(profile);
    let Some(mailbox) = state.mailbox(email) else { return Ok(false) };
    if mailbox.attribute_hash == hash && mailbox.name == name {
        return Ok(false);
    }
    let is_within = state.domain(mailbox.domain()).is_none_or(|domain| {
        let (_, used) = usage(state, domain);
        within_quota(domain, used.saturating_sub(mailbox.quota), template.quota).is_ok()
    });
    let now = state.now;
    let Some(mailbox) = state.mailbox_mut(email) else { return Ok(false) };
    mailbox.rights = template.all_rights();
    mailbox.quarantine_notification.clone_from(&template.quarantine_notification);
    if is_within {
        if !name.is_empty() {
            name.clone_into(&mut mailbox.name);
        }
        mailbox.quota = template.quota;
        mailbox.active = template.active;
        mailbox.sogo = template.sogo;
        mailbox.protocols.clone_from(&template.protocols);
        add_tags(mailbox, &template.tags);
        mailbox.attribute_hash = hash;
        mailbox.edited = true;
        mailbox.modified = Some(now);
    }
    Ok(true)
}

/// Tags are only ever added.
fn add_tags(mailbox: &mut Mailbox, tags: &[String]) {
    for tag in tags {
        if !mailbox.tags.contains(tag) {
            mailbox.tags.push(tag.clone());
        }
    }
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
    if let Some(on) = attr.get("sogo_access").and_then(number) {
        mailbox.sogo = on == 1;
    }
    open_protocols(mailbox, attr);
    add_tags(mailbox, &attr.get("tags").map(texts).unwrap_or_default());
    for (name, demanded) in [("force_tfa", &mut mailbox.force_tfa), ("force_pw_update", &mut mailbox.force_pw_update)] {
        if let Some(on) = attr.get(name).and_then(number) {
            *demanded = on == 1;
        }
        // Only mailcow's own passwords know such demands (docs/contract/pitfalls.md, P-42).
        *demanded &= mailbox.authsource == "mailcow";
    }
    mailbox.attribute_hash.clear();
    mailbox.edited = true;
    mailbox.modified = Some(now);
    Ok(())
}

/// `protocol_access` names all that are open; `imap_access` and the like open or close one.
fn open_protocols(mailbox: &mut Mailbox, attr: &Map<String, Value>) {
    let named = attr.get("protocol_access").map(texts);
    for protocol in Protocol::ALL {
        let one = attr.get(&format!("{}_access", protocol.word())).and_then(number).map(|on| on == 1);
        let is_open = named.as_ref().map(|named| named.iter().any(|name| name == protocol.word())).or(one);
        match is_open {
            Some(true) => _ = mailbox.protocols.insert(protocol),
            Some(false) => _ = mailbox.protocols.remove(&protocol),
            None => {}
        }
    }
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
