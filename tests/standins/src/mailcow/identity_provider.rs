//! The settings of the identity provider (docs/contract/mailcow.md, section 2).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::profile::Profile;

/// The table `identity_provider`: one row for each setting. Empty when none is configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct IdentityProvider {
    rows: BTreeMap<String, Value>,
}

/// Scopes that mailcow asks for when none are set.
pub const DEFAULT_SCOPES: &str = "openid profile email mailcow_template";

impl IdentityProvider {
    /// Whether nothing is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.rows.get(key)
    }

    /// Stores a row as it is, without the rules of mailcow's form.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.rows.insert(key.to_owned(), value.into());
    }

    /// A row as text, empty if missing.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.rows.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The kind: `generic-oidc`, `keycloak`, `ldap`, or empty.
    #[must_use]
    pub fn authsource(&self) -> &str {
        self.text("authsource")
    }

    /// Whether certificates are not looked at.
    #[must_use]
    pub fn ignore_ssl_error(&self) -> bool {
        self.text("ignore_ssl_error") == "1"
    }

    /// Whether sign-in may create mailboxes; a missing row means yes.
    #[must_use]
    pub fn login_provisioning(&self) -> bool {
        self.rows.get("login_provisioning").is_none_or(|value| value == &json!(true))
    }

    /// Whether it is complete enough for the button "Single Sign-On" (docs/contract/mailcow.md, section 7.1).
    #[must_use]
    pub fn offers_sign_in(&self) -> bool {
        let needed: &[&str] = match self.authsource() {
            "generic-oidc" => &["client_id", "client_secret", "redirect_url", "authorize_url", "token_url", "userinfo_url"],
            "keycloak" => &["server_url", "realm", "client_id", "client_secret", "redirect_url", "version"],
            _ => return false,
        };
        needed.iter().all(|key| !self.text(key).is_empty())
    }

    /// Further redirect URLs.
    pub fn redirect_url_extra(&self) -> impl Iterator<Item = &str> {
        texts(self.rows.get("redirect_url_extra"))
    }

    /// Pairs of a claim's value and the template it leads to.
    #[must_use]
    pub fn mappings(&self) -> Vec<(&str, &str)> {
        texts(self.rows.get("mappers")).zip(texts(self.rows.get("templates"))).collect()
    }

    /// What `get/identity-provider` shows.
    pub(super) fn view(&self, profile: Profile) -> Value {
        let mut view: Map<String, Value> = self.rows.clone().into_iter().collect();
        if profile.login_provisioning() {
            view.entry("login_provisioning").or_insert(json!(1));
        }
        Value::Object(view)
    }
}

/// The texts of a list that may be stored as an object.
fn texts(value: Option<&Value>) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Some(Value::Array(items)) => Box::new(items.iter().filter_map(Value::as_str)),
        Some(Value::Object(items)) => Box::new(items.values().filter_map(Value::as_str)),
        _ => Box::new(std::iter::empty()),
    }
}

/// Why settings are not stored; the text is mailcow's.
pub(super) struct Refusal(pub(super) Value);

struct Kind {
    name: &'static str,
    /// Refused when missing or empty.
    filled: &'static [&'static str],
    /// Refused when missing; may be empty.
    present: &'static [&'static str],
    optional: &'static [&'static str],
    switches: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        name: "keycloak",
        filled: &["server_url"],
        present: &["realm", "client_id", "client_secret", "redirect_url", "version"],
        optional: &["sync_interval"],
        switches: &["mailpassword_flow", "periodic_sync", "import_users"],
    },
    Kind {
        name: "generic-oidc",
        filled: &["authorize_url", "token_url", "userinfo_url"],
        present: &["client_id", "client_secret", "redirect_url"],
        optional: &[],
        switches: &[],
    },
    Kind {
        name: "ldap",
        filled: &["host"],
        present: &["port", "basedn", "attribute_field", "binddn", "bindpass"],
        optional: &["username_field", "filter", "sync_interval"],
        switches: &["use_ssl", "use_tls", "periodic_sync", "import_users"],
    },
];

/// Stores settings by the rules of `edit/identity-provider` (recordings 103 to 160). `in_use` says of each mailbox how it signs in.
pub(super) fn edit<'a>(
    profile: Profile,
    provider: &mut IdentityProvider,
    mut in_use: impl Iterator<Item = &'a str>,
    attr: &Map<String, Value>,
) -> Result<(), Refusal> {
    let missing = |key: &str| Refusal(json!(["required_data_missing", key]));
    let authsource = match attr.get("authsource") {
        None | Some(Value::Null) => return Err(missing("")),
        Some(value) => text_of(value).to_lowercase(),
    };
    let Some(kind) = KINDS.iter().find(|kind| kind.name == authsource) else {
        return Err(Refusal(json!(["invalid_authsource", null])));
    };
    if in_use.any(|other| other != "mailcow" && other != authsource) {
        return Err(Refusal(json!(["authsource_in_use", null])));
    }
    let given = |key: &str| attr.get(key).filter(|value| !value.is_null()).map(text_of);
    for key in kind.filled {
        given(key).filter(|value| !value.is_empty()).ok_or_else(|| missing(key))?;
    }
    for key in kind.present {
        given(key).ok_or_else(|| missing(key))?;
    }

    provider.set("authsource", authsource);
    for key in kind.filled.iter().chain(kind.present).chain(kind.optional) {
        provider.set(key, given(key).unwrap_or_default());
    }
    for key in kind.switches {
        provider.set(key, is_true(attr.get(*key)));
    }
    if kind.name != "ldap" {
        provider.set("access_token", "");
    }
    if kind.name == "generic-oidc" {
        let scopes = given("client_scopes").filter(|scopes| !scopes.is_empty());
        provider.set("client_scopes", scopes.unwrap_or_else(|| DEFAULT_SCOPES.to_owned()));
    }
    provider.set("ignore_ssl_error", if is_true(attr.get("ignore_ssl_error")) { "1" } else { "" });
    if profile.login_provisioning() {
        provider.set("login_provisioning", is_true(attr.get("login_provisioning")));
    }
    edit_lists(profile, provider, attr);
    Ok(())
}

/// What is stored outside the transaction: lists keep the gaps of their empty entries and become objects then
/// (recordings 138, 139, 159 and 160).
fn edit_lists(profile: Profile, provider: &mut IdentityProvider, attr: &Map<String, Value>) {
    if profile.redirect_url_extra()
        && let Some(urls) = attr.get("redirect_url_extra")
    {
        provider.set("redirect_url_extra", without_empty(&as_list(urls)));
    }
    if let Some(template) = attr.get("default_template") {
        provider.set("default_template", text_of(template));
    }
    if let (Some(mappers), Some(templates)) = (attr.get("mappers"), attr.get("templates")) {
        let (mappers, templates) = (as_list(mappers), as_list(templates));
        let filled = |list: &[String]| list.iter().filter(|text| !text.is_empty()).count();
        if filled(&mappers) == filled(&templates) {
            provider.set("mappers", without_empty(&mappers));
            provider.set("templates", without_empty(&templates));
        }
    }
}

/// Forgets the settings. `in_use` says of each mailbox how it signs in.
pub(super) fn delete<'a>(provider: &mut IdentityProvider, mut in_use: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    if in_use.any(|other| other != "mailcow") {
        return Err(Refusal(json!(["authsource_in_use", null])));
    }
    *provider = IdentityProvider::default();
    Ok(())
}

/// PHP's `(string)`.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "1".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(false) | Value::Null => String::new(),
        Value::Array(_) | Value::Object(_) => "Array".to_owned(),
    }
}

/// PHP's `boolval`: the text "false" is true (recording 144).
fn is_true(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty() && text != "0",
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(items)) => !items.is_empty(),
    }
}

fn as_list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text_of).collect(),
        Value::Object(items) => items.values().map(text_of).collect(),
        single => vec![text_of(single)],
    }
}

/// PHP's `array_filter` and `json_encode`: keys stay, and a list with gaps is written as an object.
fn without_empty(list: &[String]) -> Value {
    let kept: Vec<(usize, &String)> = list.iter().enumerate().filter(|(_, text)| !text.is_empty()).collect();
    if kept.iter().enumerate().all(|(place, (key, _))| place == *key) {
        kept.into_iter().map(|(_, text)| json!(text)).collect()
    } else {
        Value::Object(kept.into_iter().map(|(key, text)| (key.to_string(), json!(text))).collect())
    }
}
