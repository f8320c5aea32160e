//! Objects as the API shows them.

use serde_json::{Value, json};

use crate::mailcow::mailboxes::usage;
use crate::mailcow::profile::Profile;
use crate::mailcow::state::{
    Alias, AliasDomain, Domain, Mailbox, Protocol, Resource, State, Template, datetime, datetime_or_null,
};

/// Recording 201.
pub(super) fn domain(state: &State, domain: &Domain) -> Value {
    let (count, used) = usage(state, domain);
    let aliases = state.aliases.iter().filter(|alias| domain_of(&alias.address) == domain.name).count();
    let free = domain.quota.saturating_sub(used).min(domain.max_mailbox_quota);
    json!({
        "max_new_mailbox_quota": free,
        "def_new_mailbox_quota": domain.default_quota.min(free),
        "quota_used_in_domain": used.to_string(),
        "bytes_total": 0,
        "msgs_total": 0,
        "mboxes_in_domain": count,
        "mboxes_left": domain.max_mailboxes.saturating_sub(count),
        "domain_name": domain.name,
        "domain_h_name": domain.name,
        "description": domain.description,
        "max_num_aliases_for_domain": domain.max_aliases,
        "max_num_mboxes_for_domain": domain.max_mailboxes,
        "def_quota_for_mbox": domain.default_quota,
        "max_quota_for_mbox": domain.max_mailbox_quota,
        "max_quota_for_domain": domain.quota,
        "relayhost": "0",
        "backupmx": 0,
        "backupmx_int": 0,
        "gal": 1,
        "gal_int": 1,
        "rl": false,
        "active": u8::from(domain.active),
        "active_int": u8::from(domain.active),
        "relay_all_recipients": 0,
        "relay_all_recipients_int": 0,
        "relay_unknown_only": 0,
        "relay_unknown_only_int": 0,
        "created": datetime(domain.created),
        "modified": null,
        "aliases_in_domain": aliases,
        "aliases_left": domain.max_aliases.saturating_sub(aliases),
        "domain_admins": domain_admins(state, domain),
    })
}

fn domain_admins(state: &State, domain: &Domain) -> String {
    let names: Vec<&str> =
        state.domain_admins.iter().filter(|admin| admin.domain == domain.name).map(|admin| admin.username.as_str()).collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// Recording 207.
pub(super) fn mailbox(profile: Profile, state: &State, mailbox: &Mailbox) -> Value {
    let free = state.domain(mailbox.domain()).map_or(0, |domain| {
        let (_, used) = usage(state, domain);
        domain.quota.saturating_sub(used.saturating_sub(mailbox.quota)).min(domain.max_mailbox_quota)
    });
    let last = |service: &str| state.last_login(&mailbox.username, service);
    let switch = |on: bool| if on { "1" } else { "0" };
    let mut attributes = json!({
        "force_pw_update": switch(mailbox.force_pw_update),
        "force_tfa": switch(mailbox.force_tfa),
        "tls_enforce_in": "0",
        "tls_enforce_out": "0",
        "sogo_access": switch(mailbox.sogo),
        "relayhost": "0",
        "passwd_update": datetime(mailbox.created),
        "mailbox_format": "maildir:",
        "quarantine_notification": mailbox.quarantine_notification,
        "quarantine_category": "reject",
        "attribute_hash": mailbox.attribute_hash,
    });
    if let Some(attributes) = attributes.as_object_mut() {
        if !profile.force_tfa() {
            attributes.remove("force_tfa");
        }
        for protocol in Protocol::ALL {
            let value = switch(mailbox.protocols.contains(&protocol));
            attributes.insert(format!("{}_access", protocol.word()), json!(value));
        }
        if mailbox.edited {
            attributes.insert("recovery_email".to_owned(), Value::Null);
        }
    }
    let mut view = json!({
        "username": mailbox.username,
        "active": u8::from(mailbox.active),
        "active_int": u8::from(mailbox.active),
        "domain": mailbox.domain(),
        "name": mailbox.name,
        "local_part": mailbox.local_part(),
        "quota": mailbox.quota,
        "messages": 0,
        "attributes": attributes,
        "custom_attributes": [],
        "quota_used": mailbox.used,
        "percent_in_use": (mailbox.used * 100).checked_div(mailbox.quota).map_or_else(|| json!("- "), |percent| json!(percent)),
        "created": datetime(mailbox.created),
        "modified": datetime_or_null(mailbox.modified),
        "authsource": mailbox.authsource,
        "percent_class": if mailbox.quota == 0 { "info" } else { "success" },
        "last_imap_login": last("imap"),
        "last_smtp_login": last("smtp"),
        "last_pop3_login": last("pop3"),
        "last_sso_login": last("SSO"),
        "max_new_quota": free,
        "spam_aliases": 0,
        "pushover_active": 0,
        "rl": false,
        "rl_scope": "domain",
        "is_relayed": 0,
        "sender_acl": [],
    });
    if let Some(view) = view.as_object_mut().filter(|_| !mailbox.tags.is_empty()) {
        view.insert("tags".to_owned(), json!(mailbox.tags));
    }
    view
}

/// The short form of a mailbox (recording 804).
pub(super) fn reduced(mut mailbox: Value) -> Value {
    if let Some(mailbox) = mailbox.as_object_mut() {
        for key in ["max_new_quota", "spam_aliases", "pushover_active", "rl", "rl_scope", "is_relayed", "sender_acl"] {
            mailbox.remove(key);
        }
    }
    mailbox
}

/// What is shown for the address of a resource (recording 857).
pub(super) fn no_mailbox() -> Value {
    json!({
        "username": null,
        "active": null,
        "active_int": null,
        "domain": null,
        "name": null,
        "local_part": null,
        "quota": null,
        "messages": null,
        "attributes": null,
        "custom_attributes": null,
        "quota_used": 0,
        "percent_in_use": "- ",
        "created": null,
        "modified": null,
        "authsource": "mailcow",
        "percent_class": "info",
        "last_imap_login": 0,
        "last_smtp_login": 0,
        "last_pop3_login": 0,
        "last_sso_login": 0,
        "max_new_quota": 0,
        "spam_aliases": 0,
        "pushover_active": 0,
        "rl": false,
        "rl_scope": "domain",
        "is_relayed": null,
        "sender_acl": [],
    })
}

/// Recording 855.
pub(super) fn resource(resource: &Resource) -> Value {
    json!({
        "name": resource.address,
        "kind": resource.kind,
        "multiple_bookings": resource.multiple_bookings,
        "description": resource.description,
        "active": u8::from(resource.active),
        "active_int": u8::from(resource.active),
        "domain": domain_of(&resource.address),
        "local_part": resource.address.split_once('@').map_or("", |(local, _)| local),
    })
}

/// Recording 860.
pub(super) fn alias_domain(state: &State, alias: &AliasDomain) -> Value {
    json!({
        "alias_domain": alias.name,
        "parent_is_backupmx": 0,
        "target_domain": alias.target,
        "active": 1,
        "active_int": 1,
        "rl": false,
        "created": datetime(state.domain(&alias.target).map_or(state.now, |domain| domain.created)),
        "modified": null,
    })
}

/// Recording 858.
pub(super) fn alias(state: &State, alias: &Alias) -> Value {
    json!({
        "id": alias.id,
        "domain": domain_of(&alias.address),
        "address": alias.address,
        "goto": alias.goto,
        "active": 1,
        "active_int": 1,
        "internal": 0,
        "sender_allowed": 0,
        "is_catch_all": u8::from(alias.address.starts_with('@')),
        "in_primary_domain": "",
        "public_comment": null,
        "private_comment": null,
        "sogo_visible": 1,
        "sogo_visible_int": 1,
        "created": datetime(state.now),
        "modified": null,
    })
}

/// Recording 210.
pub(super) fn template(profile: Profile, template: &Template) -> Value {
    json!({
        "id": template.id,
        "template": template.name,
        "type": "mailbox",
        "attributes": template.attributes(profile),
        "created": datetime(template.created),
        "modified": null,
    })
}

/// Recording 211: the one that mailcow installs.
pub(super) fn domain_templates(state: &State) -> Value {
    json!([{
        "id": 1,
        "template": "Default",
        "type": "domain",
        "attributes": {
            "tags": [],
            "max_num_aliases_for_domain": 400,
            "max_num_mboxes_for_domain": 10,
            "def_quota_for_mbox": 3_221_225_472_u64,
            "max_quota_for_mbox": 10_737_418_240_u64,
            "max_quota_for_domain": 10_737_418_240_u64,
            "rl_frame": "s",
            "rl_value": "",
            "active": 1,
            "gal": 1,
            "backupmx": 0,
            "relay_all_recipients": 0,
            "relay_unknown_only": 0,
            "dkim_selector": "dkim",
            "key_size": 2048,
        },
        "created": datetime(state.templates.first().map_or(state.now, |template| template.created)),
        "modified": null,
    }])
}

/// The part behind the `@`.
pub(super) fn domain_of(address: &str) -> &str {
    address.split_once('@').map_or("", |(_, domain)| domain)
}
