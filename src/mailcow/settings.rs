//! The settings of mailcow's identity provider: as stored, as desired, and the difference (docs/contract/mailcow.md, section 2).

use std::ops::Deref;
use std::slice;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tsify::Tsify;

use super::{Features, Field, FieldRow, Mappings, lists};
use crate::setup::{ClientSecret, Origin, Parties, Registration, SCOPES, Secret, Shown, TEMPLATE_SCOPE};
use crate::wire::{JsonKind, RawJson, RawObject};

/// The type of provider that Cowbell configures, under mailcow's name.
pub const GENERIC_OIDC: &str = "generic-oidc";

/// The template for mailboxes that each mailcow has after installation (docs/contract/mailcow.md, section 3).
pub const DEFAULT_TEMPLATE: &str = "Default";

/// The settings of the identity provider. Texts are as stored: mailcow neither trims nor checks them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "RawObject")]
pub struct IdentityProvider {
    /// Type of provider; empty as long as none is configured.
    pub authsource: String,
    pub authorize_url: String,
    pub token_url: String,
    pub userinfo_url: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    pub client_secret: ClientSecret,
    pub redirect_url: String,
    /// Additional redirect URLs.
    pub redirect_url_extra: Vec<String>,
    /// Client scopes, separated by spaces.
    pub client_scopes: String,
    /// Name of the mailbox template for users who match no mapping; empty for none.
    pub default_template: String,
    /// Attribute mapping.
    pub mappings: Mappings,
    /// Whether mailcow's server accepts any certificate.
    pub ignore_ssl_error: bool,
    /// Whether a first sign-in creates the mailbox.
    pub login_provisioning: bool,
    /// Settings that are not ours, such as those of another type of provider: kept byte for byte, and sent back when they are
    /// restored. They may contain passwords.
    others: RawObject,
}

impl From<RawObject> for IdentityProvider {
    /// Parses the response of `get/identity-provider`: numbers, texts and booleans for switches; arrays, objects with gaps or
    /// nothing for lists; settings that were never stored are missing (recordings 106, 129, 139, 154, 160).
    fn from(mut stored: RawObject) -> Self {
        // mailcow itself writes it at each change.
        stored.remove("access_token");
        let mut take = |field: Field| stored.remove(field.name());
        let mut list = |field| take(field).and_then(|value| value.read::<Value>());
        let (mappers, templates, extra) = (list(Field::Mappers), list(Field::Templates), list(Field::RedirectUrlExtra));
        Self {
            authsource: text(take(Field::Authsource)),
            authorize_url: text(take(Field::AuthorizeUrl)),
            token_url: text(take(Field::TokenUrl)),
            userinfo_url: text(take(Field::UserinfoUrl)),
            client_id: text(take(Field::ClientId)),
            client_secret: take(Field::ClientSecret)
                .map_or(ClientSecret::Absent, |value| ClientSecret::Held(Secret::new(text(Some(value))))),
            redirect_url: text(take(Field::RedirectUrl)),
            redirect_url_extra: lists::texts(extra.as_ref()),
            client_scopes: text(take(Field::ClientScopes)),
            default_template: text(take(Field::DefaultTemplate)),
            ignore_ssl_error: take(Field::IgnoreSslError).is_some_and(|value| switch(&value)),
            login_provisioning: take(Field::LoginProvisioning).is_none_or(|value| switch(&value)),
            mappings: Mappings::of(mappers.as_ref(), templates.as_ref()),
            others: stored,
        }
    }
}

impl IdentityProvider {
    /// Whether any provider is configured.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.authsource.is_empty()
    }

    /// Whether mailcow's users sign in as this client at the authentik that has registered it: the same client ID, and the sign-in
    /// page at its origin. A client ID is public, so that another authentik may name it (docs/contract/cases.md, S2); token and user
    /// info endpoint may have an address of their own for mailcow's server.
    #[must_use]
    pub fn is_of(&self, client_id: &str, authorize_url: &str) -> bool {
        let origin = Origin::of(authorize_url);
        self.client_id == client_id && origin.is_some() && Origin::of(&self.authorize_url) == origin
    }

    /// Required settings that are empty: mailcow would refuse them or not show its sign-in button (docs/contract/mailcow.md,
    /// sections 2 and 7).
    #[must_use]
    pub fn missing(&self) -> Vec<Field> {
        [
            (Field::AuthorizeUrl, self.authorize_url.is_empty()),
            (Field::TokenUrl, self.token_url.is_empty()),
            (Field::UserinfoUrl, self.userinfo_url.is_empty()),
            (Field::ClientId, self.client_id.is_empty()),
            (Field::ClientSecret, self.client_secret.held().is_none_or(Secret::is_empty)),
            (Field::RedirectUrl, self.redirect_url.is_empty()),
        ]
        .into_iter()
        .filter_map(|(field, empty)| empty.then_some(field))
        .collect()
    }

    /// Names of the settings that differ from earlier ones. A client secret that is not known is not compared.
    #[must_use]
    pub fn changed_since(&self, earlier: &Self) -> Vec<String> {
        if !self.is_configured() && !earlier.is_configured() {
            return Vec::new();
        }
        let is_same = |field: Field| match field {
            Field::ClientSecret => self.client_secret.is_same(&earlier.client_secret) != Some(false),
            _ => self.shown(field) == earlier.shown(field),
        };
        let ours = Field::ALL.iter().filter(|field| !is_same(**field)).map(|field| field.name());
        let names = self.others.names().chain(earlier.others.names().filter(|name| !self.others.contains(name)));
        ours.chain(names.filter(|name| self.others.get(name) != earlier.others.get(name))).map(str::to_owned).collect()
    }

    /// A setting, in displayable form.
    #[must_use]
    pub fn shown(&self, field: Field) -> Shown {
        match field {
            Field::Authsource => Shown::text(&self.authsource),
            Field::AuthorizeUrl => Shown::text(&self.authorize_url),
            Field::TokenUrl => Shown::text(&self.token_url),
            Field::UserinfoUrl => Shown::text(&self.userinfo_url),
            Field::ClientId => Shown::text(&self.client_id),
            Field::ClientSecret => Shown::secret(&self.client_secret),
            Field::RedirectUrl => Shown::text(&self.redirect_url),
            Field::RedirectUrlExtra => Shown::list(self.redirect_url_extra.iter().map(String::as_str)),
            Field::ClientScopes => Shown::text(&self.client_scopes),
            Field::DefaultTemplate => Shown::text(&self.default_template),
            Field::Mappers => Shown::list(self.mappings.claims()),
            Field::Templates => Shown::list(self.mappings.templates()),
            Field::IgnoreSslError => Shown::Switch { on: self.ignore_ssl_error },
            Field::LoginProvisioning => Shown::Switch { on: self.login_provisioning },
        }
    }

    /// The same without the client secret itself.
    #[must_use]
    pub fn without_secret(&self) -> Self {
        Self { client_secret: self.client_secret.discarded(), ..self.clone() }
    }

    /// These settings, for the mailcow that is one of the parties, if a sign-in can work with them. A client secret that is not
    /// known is that of mailcow, if mailcow has it for the same client of the same authentik and it is not known to be another one.
    ///
    /// # Errors
    /// The first field that is empty or not known: to write the settings would take it from mailcow, too.
    /// [`Field::TokenUrl`] when the settings would make mailcow send the secret to somebody else.
    pub fn complete(mut self, stored: &Self, parties: &Parties) -> Result<Writable, Field> {
        if !parties.have_endpoint(&self.token_url) {
            return Err(Field::TokenUrl);
        }
        let is_of_client = stored.is_of(&self.client_id, &self.authorize_url);
        let is_its = is_of_client && self.client_secret.is_same(&stored.client_secret) != Some(false);
        if is_its && self.client_secret.held().is_none() {
            self.client_secret = stored.client_secret.clone();
        }
        let mailcow = parties.mailcow().clone();
        self.missing().first().map_or(Ok(Writable { mailcow, settings: self }), |field| Err(*field))
    }

    /// These settings as this mailcow itself had them, to be written again: whatever is empty was empty.
    ///
    /// # Errors
    /// [`Field::ClientSecret`] when it was discarded.
    pub fn unchanged(self, mailcow: &Origin) -> Result<Writable, Field> {
        match self.client_secret {
            ClientSecret::Absent | ClientSecret::Held(_) => Ok(Writable { mailcow: mailcow.clone(), settings: self }),
            ClientSecret::Unknown | ClientSecret::Discarded(_) => Err(Field::ClientSecret),
        }
    }

    /// The member `attr` of a change, with every setting that is known: lists dense, switches as the texts that mailcow's own
    /// form sends (docs/contract/mailcow.md, section 4, "Recommended edit body"; recording 128).
    pub(super) fn attributes(&self) -> RawObject {
        let switch = |on: bool| if on { "1" } else { "0" };
        let ours = [
            (Field::Authsource, RawJson::of(&self.authsource)),
            (Field::AuthorizeUrl, RawJson::of(&self.authorize_url)),
            (Field::TokenUrl, RawJson::of(&self.token_url)),
            (Field::UserinfoUrl, RawJson::of(&self.userinfo_url)),
            (Field::ClientId, RawJson::of(&self.client_id)),
            (Field::RedirectUrl, RawJson::of(&self.redirect_url)),
            (Field::RedirectUrlExtra, RawJson::of(&self.redirect_url_extra)),
            (Field::ClientScopes, RawJson::of(&self.client_scopes)),
            (Field::DefaultTemplate, RawJson::of(&self.default_template)),
            (Field::Mappers, RawJson::of(&self.mappings.claims().collect::<Vec<_>>())),
            (Field::Templates, RawJson::of(&self.mappings.templates().collect::<Vec<_>>())),
            (Field::IgnoreSslError, RawJson::of(switch(self.ignore_ssl_error))),
            (Field::LoginProvisioning, RawJson::of(switch(self.login_provisioning))),
        ];
        let secret = self.client_secret.held().map(|secret| (Field::ClientSecret, RawJson::of(secret.reveal())));
        ours.into_iter()
            .chain(secret)
            .fold(self.others.clone(), |attributes, (field, value)| attributes.with(field.name(), &value))
    }

    /// The member `attr` of a change, for an export: without the client secret, and without settings of another type of provider,
    /// which may contain passwords.
    #[must_use]
    pub fn without_secrets(&self) -> RawObject {
        let client_secret = ClientSecret::Held(Secret::new("<client secret>".to_owned()));
        Self { client_secret, others: RawObject::default(), ..self.clone() }.attributes()
    }
}

/// Settings that may be written, and the only mailcow to which: nothing in them is unknown. mailcow keeps nothing that a change
/// leaves out or leaves empty, so that a secret that Cowbell does not know would be lost there, too (docs/contract/cases.md, H1).
pub struct Writable {
    mailcow: Origin,
    settings: IdentityProvider,
}

impl Writable {
    /// The mailcow that they are for.
    #[must_use]
    pub fn mailcow(&self) -> &Origin {
        &self.mailcow
    }

    /// The same with another client secret, if it is shared by this mailcow and the authentik to which these settings send it.
    #[must_use]
    pub fn with_secret(&self, secret: Secret, parties: &Parties) -> Option<Self> {
        let is_theirs =
            self.mailcow == *parties.mailcow() && Origin::of(&self.settings.authorize_url).as_ref() == Some(parties.authentik());
        let settings = IdentityProvider { client_secret: ClientSecret::Held(secret), ..self.settings.clone() };
        is_theirs.then(|| Self { mailcow: self.mailcow.clone(), settings })
    }
}

impl Deref for Writable {
    type Target = IdentityProvider;

    fn deref(&self) -> &IdentityProvider {
        &self.settings
    }
}

/// What the administrator decides about mailcow itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct MailcowChoice {
    /// Name of the template for new mailboxes; if it is absent, the stored one is kept. Without one, users who match no mapping
    /// and have no mailbox are refused (docs/contract/e2e.md, case a).
    pub default_template: Option<String>,
    /// Whether a first sign-in creates the mailbox. On by default.
    pub login_provisioning: bool,
}

impl Default for MailcowChoice {
    fn default() -> Self {
        Self { default_template: None, login_provisioning: true }
    }
}

/// The settings with which mailcow's users can sign in through the registered client. What is not ours is kept as stored: other
/// rows of the mapping, "Ignore SSL Errors", additional redirect URLs, and a redirect URL with which sign-ins work.
#[must_use]
pub fn desired(registration: &Registration, stored: &IdentityProvider, choice: &MailcowChoice) -> IdentityProvider {
    let redirect_url_of = |host: &Origin, stored: &[String]| {
        let working = stored.iter().find(|url| registration.completes_sign_in_at(host, url));
        working.cloned().unwrap_or_else(|| registration.redirect_uri_of(host))
    };
    let redirect_url = redirect_url_of(&registration.mailcow, slice::from_ref(&stored.redirect_url));
    let mut redirect_url_extra: Vec<String> =
        registration.additional_hosts.iter().map(|host| redirect_url_of(host, &stored.redirect_url_extra)).collect();
    let is_previous = |url: &String| Origin::of(url).is_some_and(|origin| registration.previous_hosts.contains(&origin));
    for url in &stored.redirect_url_extra {
        if !is_previous(url) && *url != redirect_url && !redirect_url_extra.contains(url) {
            redirect_url_extra.push(url.clone());
        }
    }
    let mut mappings = stored.mappings.dense();
    for template in &registration.templates {
        mappings.set(template, template);
    }
    let mut client_scopes = SCOPES.join(" ");
    if registration.scopes.iter().any(|scope| scope == TEMPLATE_SCOPE) {
        client_scopes.extend([" ", TEMPLATE_SCOPE]);
    }
    IdentityProvider {
        authsource: GENERIC_OIDC.to_owned(),
        authorize_url: registration.endpoints.authorize.clone(),
        token_url: registration.endpoints.token.clone(),
        userinfo_url: registration.endpoints.userinfo.clone(),
        client_id: registration.client_id.clone(),
        client_secret: registration.client_secret.clone(),
        redirect_url,
        redirect_url_extra,
        client_scopes,
        default_template: choice.default_template.clone().unwrap_or_else(|| stored.default_template.clone()),
        mappings,
        ignore_ssl_error: stored.ignore_ssl_error,
        login_provisioning: choice.login_provisioning,
        others: stored.others.clone(),
    }
}

/// The stored settings against the wanted ones, field by field. Fields that this mailcow does not have are left out.
#[must_use]
pub fn rows(stored: &IdentityProvider, desired: &IdentityProvider, features: Features) -> Vec<FieldRow> {
    Field::ALL
        .iter()
        .copied()
        .filter(|field| match field {
            Field::RedirectUrlExtra => features.redirect_url_extra,
            Field::LoginProvisioning => features.login_provisioning,
            _ => true,
        })
        .map(|field| {
            let before = stored.shown(field);
            let after = desired.shown(field);
            let is_same = match field {
                Field::ClientSecret => desired.client_secret.is_same(&stored.client_secret),
                // Equal rows that are stored with holes still break every sign-in.
                Field::Mappers | Field::Templates => Some(before == after && stored.mappings.shape == desired.mappings.shape),
                _ => Some(before == after),
            };
            FieldRow { field, before, after, comparison: is_same.into() }
        })
        .collect()
}

/// A text, or the digits of a number.
fn text(value: Option<RawJson>) -> String {
    match value {
        Some(value) if value.kind() == JsonKind::Number => value.get().to_owned(),
        Some(value) => value.read().unwrap_or_default(),
        None => String::new(),
    }
}

/// As in PHP: `1`, `"1"`, `true` are on; `0`, `"0"`, `""`, `false`, nothing are off.
fn switch(value: &RawJson) -> bool {
    match value.kind() {
        JsonKind::Bool => value.get() == "true",
        JsonKind::Number => !value.get().trim_matches(['-', '0', '.']).is_empty(),
        JsonKind::String => !matches!(value.get(), r#""""# | r#""0""#),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        mailcow::{Comparison, ListShape},
        setup::{Endpoints, example},
        wire,
    };

    const ALL_FEATURES: Features =
        Features { login_provisioning: true, redirect_url_extra: true, logs_every_program: true, custom_login: true };

    fn stored(json: impl serde::Serialize) -> IdentityProvider {
        wire::read(&wire::write(&json)).expect("an object")
    }

    #[test]
    fn an_unconfigured_provider_is_understood() {
        // Recording 106.
        let stored = stored(json!({"login_provisioning": 1}));
        assert!(!stored.is_configured());
        assert!(stored.login_provisioning);
        assert_eq!(stored.client_secret, ClientSecret::Absent);
        assert_eq!(stored.mappings.shape, ListShape::Missing);
        assert_eq!(stored.missing().len(), 6);
    }

    #[test]
    fn switches_are_understood_as_php_does() {
        for (value, on) in [
            (json!("1"), true),
            (json!(1), true),
            (json!(true), true),
            (json!(""), false),
            (json!("0"), false),
            (json!(0), false),
            (json!(false), false),
            (json!(null), false),
        ] {
            let stored = stored(json!({"ignore_ssl_error": value, "login_provisioning": value}));
            assert_eq!(stored.ignore_ssl_error, on, "{value}");
            assert_eq!(stored.login_provisioning, on, "{value}");
        }
    }

    #[test]
    fn what_is_not_ours_is_kept() {
        let stored = stored(json!({
            "authsource": "generic-oidc",
            "ignore_ssl_error": "1",
            "login_provisioning": false,
            "default_template": "OIDC Users",
            "mappers": {"1": "sales"},
            "templates": {"1": "Default"},
            "redirect_url_extra": {"1": "https://webmail.mail.example"},
            "access_token": "x",
            "future_setting": {"kept": true},
        }));
        let desired = desired(&example(), &stored, &MailcowChoice::default());
        assert_eq!(desired.redirect_url, "https://mailcow.company");
        let attributes: serde_json::Value = wire::read(&wire::write(&desired.attributes())).expect("JSON");
        assert_eq!(attributes["ignore_ssl_error"], "1");
        assert_eq!(attributes["login_provisioning"], "1");
        assert_eq!(attributes["default_template"], "OIDC Users");
        assert_eq!(attributes["mappers"], json!(["sales"]));
        assert_eq!(attributes["templates"], json!(["Default"]));
        assert_eq!(attributes["redirect_url_extra"], json!(["https://webmail.mail.example"]));
        assert_eq!(attributes["future_setting"], json!({"kept": true}));
        assert_eq!(attributes.get("access_token"), None);
        assert_eq!(attributes["client_scopes"], "openid profile email");
    }

    #[test]
    fn settings_of_others_go_back_byte_for_byte() {
        let no_texts = cowbell_standins::hostile::lone_surrogates().join(",");
        let others = format!(
            r#""server_url":"https:\/\/keycloak","future":{{"z":1.10,"a":[1e400,{no_texts}]}},"n":12345678901234567890123"#
        );
        let stored: IdentityProvider =
            wire::read(&format!(r#"{{"authsource":"keycloak","client_id":7,{others}}}"#)).expect("settings");
        assert_eq!(stored.client_id, "7");
        let attributes = wire::write(&stored.attributes());
        assert!(attributes.starts_with(&format!("{{{others},")), "{attributes}");
    }

    #[test]
    fn a_finished_set_up_differs_in_nothing() {
        let registration = example();
        let choice = MailcowChoice { default_template: Some("Default".into()), login_provisioning: true };
        let desired_settings = desired(&registration, &IdentityProvider::default(), &choice);
        assert!(desired_settings.missing().is_empty());
        let saved = stored(desired_settings.attributes());
        let again = desired(&registration, &saved, &MailcowChoice::default());
        let rows = rows(&saved, &again, ALL_FEATURES);
        assert_eq!(rows.len(), Field::ALL.len());
        assert!(rows.iter().all(FieldRow::is_same), "{rows:?}");
    }

    #[test]
    fn rows_show_lengths_and_see_other_secrets_of_the_same_length() {
        let registration = example();
        let before = stored(json!({"client_secret": "x".repeat(128)}));
        let after = desired(&registration, &before, &MailcowChoice::default());
        let row = rows(&before, &after, ALL_FEATURES).into_iter().find(|row| row.field == Field::ClientSecret).expect("a row");
        assert_eq!(row.before, Shown::Secret { length: 128 });
        assert_eq!(row.after, row.before);
        assert!(row.is_different());
    }

    #[test]
    fn holes_are_a_difference() {
        let before = stored(json!({"mappers": {"1": "a"}, "templates": {"1": "Default"}}));
        let after = desired(&example(), &before, &MailcowChoice::default());
        let rows = rows(&before, &after, ALL_FEATURES);
        let row = rows.iter().find(|row| row.field == Field::Mappers);
        assert!(row.is_some_and(|row| row.is_different() && row.before == row.after));
    }

    #[test]
    fn a_secret_that_authentik_hides_is_kept_only_for_the_same_client_of_the_same_authentik() {
        let registration = example().with_secret(ClientSecret::Unknown);
        let authorize_url = &registration.endpoints.authorize;
        let parties = Parties::of(&registration, &registration.mailcow).expect("they agree");
        let complete = |stored: &IdentityProvider, registration: &Registration| {
            desired(registration, stored, &MailcowChoice::default()).complete(stored, &parties)
        };
        let same = stored(json!({"client_id": registration.client_id, "client_secret": "kept", "authorize_url": authorize_url}));
        let kept = complete(&same, &registration).expect("nothing is unknown");
        assert_eq!(kept.client_secret, ClientSecret::Held(Secret::new("kept".into())));
        let refused = |stored: &IdentityProvider, registration: &Registration| complete(stored, registration).err();
        let other = stored(json!({"client_id": "other", "client_secret": "stale", "authorize_url": authorize_url}));
        assert_eq!(refused(&other, &registration), Some(Field::ClientSecret));
        assert_eq!(refused(&IdentityProvider::default(), &registration), Some(Field::ClientSecret));
        for elsewhere in
            ["https://login.company/application/o/authorize/", "http://authentik.company/application/o/authorize/", ""]
        {
            let look_alike = IdentityProvider { authorize_url: elsewhere.to_owned(), ..same.clone() };
            assert_eq!(refused(&look_alike, &registration), Some(Field::ClientSecret), "{elsewhere}");
        }
        // The registered one was discarded: that of mailcow is known to be another one.
        let discarded = example().with_secret(example().client_secret.discarded());
        assert_eq!(refused(&same, &discarded), Some(Field::ClientSecret));
    }

    #[test]
    fn a_secret_that_is_not_known_is_never_right() {
        let stored = stored(json!({"client_id": example().client_id, "client_secret": "kept"}));
        let row = |registration: &Registration| {
            let rows = rows(&stored, &desired(registration, &stored, &MailcowChoice::default()), ALL_FEATURES);
            rows.into_iter().find(|row| row.field == Field::ClientSecret).expect("a row")
        };
        let unknown = row(&example().with_secret(ClientSecret::Unknown));
        assert!(unknown.comparison == Comparison::Unknown && unknown.after == Shown::Unknown, "{unknown:?}");
        // A discarded one can still be told from another one.
        assert!(row(&example().with_secret(example().client_secret.discarded())).is_different());
        let kept = ClientSecret::Held(Secret::new("kept".into()));
        assert!(row(&example().with_secret(kept.discarded())).is_same());
    }

    #[test]
    fn what_somebody_has_added_changed_or_removed_is_named_once() {
        let earlier = stored(json!({"authsource": "ldap", "client_id": "id", "host": "h", "port": "389", "filter": "f"}));
        let now = stored(json!({"authsource": "ldap", "client_id": "other", "port": "636", "filter": "f", "basedn": "b"}));
        let mut named = now.changed_since(&earlier);
        named.sort();
        assert_eq!(named, ["basedn", "client_id", "host", "port"]);
        assert!(now.changed_since(&now).is_empty());
        let none = stored(json!({"login_provisioning": 0}));
        assert!(none.changed_since(&earlier).contains(&"authsource".to_owned()), "it was removed");
        assert!(none.changed_since(&stored(json!({}))).is_empty(), "there was none");
    }

    #[test]
    fn what_mailcow_did_not_show_is_not_written_back() {
        let mailcow = example().mailcow;
        let ours = || stored(json!({"authsource": GENERIC_OIDC, "client_id": "id", "client_secret": ""}));
        assert!(ours().unchanged(&mailcow).is_ok(), "it was empty, and goes back so");
        let mut discarded = ours();
        discarded.client_secret = discarded.client_secret.discarded();
        assert_eq!(discarded.unchanged(&mailcow).err(), Some(Field::ClientSecret));
        let ldap = stored(json!({"authsource": "ldap", "host": "h"})).unchanged(&mailcow).expect("it has no client secret");
        assert!(!ldap.attributes().contains("client_secret"));
    }

    #[test]
    fn a_new_secret_is_only_for_the_mailcow_and_the_authentik_that_share_the_old_one() {
        let registration = example();
        let Endpoints { authorize, token, .. } = &registration.endpoints;
        let parties = |mailcow: &str, authorize_url: &str| {
            Parties::stored(&Origin::of(mailcow).expect("an origin"), authorize_url, token).expect("parties")
        };
        let ours = parties("https://mailcow.company", authorize);
        let settings = desired(&registration, &IdentityProvider::default(), &MailcowChoice::default());
        let writable = settings.complete(&IdentityProvider::default(), &ours).expect("nothing is unknown");
        let with = |parties: &Parties| {
            let settings = writable.with_secret(Secret::new("new".into()), parties)?;
            settings.client_secret.held().map(|secret| secret.reveal().to_owned())
        };
        assert_eq!(with(&ours).as_deref(), Some("new"));
        assert_eq!(with(&parties("https://other.company", authorize)), None);
        assert_eq!(with(&parties("https://mailcow.company", "https://other.company/application/o/authorize/")), None);
    }

    #[test]
    fn old_versions_have_fewer_rows() {
        let features =
            Features { login_provisioning: false, redirect_url_extra: false, logs_every_program: false, custom_login: false };
        let stored = IdentityProvider::default();
        let desired = desired(&example(), &stored, &MailcowChoice::default());
        assert_eq!(rows(&stored, &desired, features).len(), Field::ALL.len() - 2);
    }

    #[test]
    fn debug_shows_no_secret() {
        let stored = stored(json!({"client_id": "id", "client_secret": "hunter2", "bindpass": "hunter2"}));
        assert!(!format!("{stored:?}").contains("hunter2"));
    }
}
