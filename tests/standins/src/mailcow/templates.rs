//! Templates of mailboxes: what they say, and how one is made (docs/contract/mailcow.md, section 3).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use super::fields::{number, texts};
use super::notice::php_json;
use super::profile::Profile;
use super::rights::{APP_PASSWORDS, INSTALLED_RIGHTS, PASSWORD_RESET, RIGHTS};
use super::state::{MIB, Protocol, State, Template};

impl Template {
    /// The template that mailcow makes at installation (docs/contract/mailcow.md, section 3.1).
    #[must_use]
    pub fn installed(created: i64) -> Self {
        Self {
            id: 2,
            name: "Default".to_owned(),
            quota: 0,
            active: true,
            app_passwords: true,
            sogo: true,
            protocols: Protocol::ALL.into(),
            rights: INSTALLED_RIGHTS.iter().filter(|right| **right != APP_PASSWORDS).map(|&right| right.to_owned()).collect(),
            quarantine_notification: "hourly".to_owned(),
            tagged_mail_handler: None,
            tags: Vec::new(),
            created,
        }
    }

    /// All rights that it gives.
    pub(super) fn all_rights(&self) -> BTreeSet<String> {
        let app_passwords = self.app_passwords.then(|| APP_PASSWORDS.to_owned());
        self.rights.iter().cloned().chain(app_passwords).collect()
    }

    /// Its attributes as they are stored, in that order (recording 853).
    pub(super) fn attributes(&self, profile: Profile) -> Value {
        let mut attributes = Map::new();
        let mut set = |key: &str, value: Value| attributes.insert(key.to_owned(), value);
        if let Some(handler) = &self.tagged_mail_handler {
            set("quota", self.quota.into());
            set("tags", json!(self.tags));
            set("tagged_mail_handler", json!(handler));
        } else {
            set("tags", json!(self.tags));
            set("quota", self.quota.into());
        }
        set("quarantine_notification", json!(self.quarantine_notification));
        set("quarantine_category", json!("reject"));
        set("rl_frame", json!("s"));
        set("rl_value", json!(""));
        set("force_pw_update", json!(0));
        if profile.force_tfa() {
            set("force_tfa", json!(0));
        }
        set("sogo_access", u8::from(self.sogo).into());
        set("active", u8::from(self.active).into());
        set("tls_enforce_in", json!(0));
        set("tls_enforce_out", json!(0));
        for protocol in Protocol::ALL {
            set(&format!("{}_access", protocol.word()), u8::from(self.protocols.contains(&protocol)).into());
        }
        let rights = self.all_rights();
        for right in RIGHTS.iter().filter(|right| self.tagged_mail_handler.is_some() || **right != PASSWORD_RESET) {
            set(&format!("acl_{right}"), u8::from(rights.contains(*right)).into());
        }
        Value::Object(attributes)
    }

    /// What a mailbox remembers of the template applied last: SHA-1 of the stored text, encoded as JSON once more (recordings
    /// 853, 862 and 868).
    pub(super) fn hash(&self, profile: Profile) -> String {
        let stored = php_json(&self.attributes(profile));
        let digest = Sha1::digest(php_json(&Value::String(stored)));
        format!("{digest:x}")
    }
}

/// Makes a template from the fields of `add/mailbox/template` (recordings 851 and 852). Returns its name.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn add(state: &mut State, attr: &Map<String, Value>) -> Result<String, Value> {
    let text = |key: &str, default: &str| {
        attr.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).unwrap_or(default).to_owned()
    };
    let is_on = |key: &str| attr.get(key).and_then(number).is_none_or(|value| value == 1);
    let list = |key: &str| attr.get(key).map(texts);
    let name = text("template", "");
    if name.is_empty() {
        return Err("template_name_invalid".into());
    }
    if state.template(&name).is_some() {
        return Err(json!(["template_exists", name]));
    }
    let named = list("protocol_access");
    let is_open = |protocol: &Protocol| named.as_ref().is_none_or(|named| named.iter().any(|name| name == protocol.word()));
    let mut rights: BTreeSet<String> = list("acl")
        .unwrap_or_else(|| INSTALLED_RIGHTS.iter().map(|&right| right.to_owned()).collect())
        .into_iter()
        .filter(|right| RIGHTS.contains(&right.as_str()))
        .collect();
    let template = Template {
        // The first is the template of domains.
        id: state.templates.iter().map(|template| template.id).max().unwrap_or(1) + 1,
        name: name.clone(),
        quota: attr.get("quota").and_then(number).unwrap_or(0) * MIB,
        active: is_on("active"),
        app_passwords: rights.remove(APP_PASSWORDS),
        sogo: is_on("sogo_access"),
        protocols: Protocol::ALL.into_iter().filter(is_open).collect(),
        rights,
        quarantine_notification: text("quarantine_notification", "hourly"),
        tagged_mail_handler: Some(text("tagged_mail_handler", "none")),
        tags: list("tags").unwrap_or_default(),
        created: state.now,
    };
    state.templates.push(template);
    Ok(name)
}
