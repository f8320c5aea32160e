//! mailcow's Generic-OIDC form as it is in the page (docs/contract/mailcow.md, section 6).

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Features, Field, FieldRow, IdentityProvider, Snapshot};
use crate::setup::{Secret, Shown};

/// Selector of the form. The Keycloak and LDAP forms use the same control names, so every selector is scoped to it.
pub const FORM: &str = r#"form[data-id="iam_generic"]"#;

/// Selector of the select above the form that sets the type of provider.
pub const PROVIDER_SELECT: &str = "#iam_provider";

/// What the page executor reads. The result is a [`FormState`].
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FormQuery {
    /// Selector of the form.
    pub form: &'static str,
    /// Selector of the select that sets the type of provider.
    pub provider: &'static str,
    /// Name of the select inside the form whose option values are read.
    pub options_of: &'static str,
}

/// What to read of mailcow's page.
pub const FORM_QUERY: FormQuery = FormQuery { form: FORM, provider: PROVIDER_SELECT, options_of: "default_template" };

/// What is wrong with a form, whatever its fields hold: it is not as mailcow makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum FormFlaw {
    /// The page has such a form more than once.
    Ambiguous,
    /// The form or one of its buttons names another address than the page's own, or another method than POST
    /// (docs/contract/mailcow.md, section 6).
    Elsewhere,
    /// It has more controls, or longer values, than are read. Then none is.
    TooLarge,
}

/// The form as the page executor read it. It holds the client secret: never printed.
#[derive(Clone, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct FormState {
    /// Origin of the document.
    pub origin: String,
    /// Whether the document is the tab's own, not one in a frame.
    pub top_level: bool,
    /// Whether the form exists.
    pub present: bool,
    /// Whether the form and each of its text fields is visible.
    pub visible: bool,
    /// Why the form must not be filled in, even if it is visible.
    pub flaw: Option<FormFlaw>,
    /// Selected type of provider; empty when there is no such select.
    pub provider: String,
    /// The controls, except hidden ones and buttons, in document order; those with the same name are grouped.
    pub controls: Vec<Control>,
    /// Values of the options of [`FormQuery::options_of`], without the empty one.
    pub template_options: Vec<String>,
}

/// All controls with one name.
#[derive(Clone, PartialEq, Eq, Deserialize, Tsify, Zeroize, ZeroizeOnDrop)]
pub struct Control {
    pub name: String,
    /// Their values in document order. A checkbox has `1` when it is ticked and an empty text when not.
    pub values: Vec<String>,
}

impl FormState {
    /// Values of a field; `None` when the form does not have it.
    #[must_use]
    pub fn values_of(&self, field: Field) -> Option<&[String]> {
        self.controls.iter().find(|control| control.name == field.name()).map(|control| control.values.as_slice())
    }

    /// Whether a field that has one text is there more than once, so that nobody can say which of them mailcow saves.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        let lists = [Field::RedirectUrlExtra, Field::Mappers, Field::Templates];
        let mut single = Field::ALL.iter().filter(|field| !lists.contains(field));
        single.any(|field| self.values_of(*field).is_some_and(|values| values.len() > 1))
    }

    /// The values as [`FormValues`].
    #[must_use]
    pub fn values(&self) -> FormValues {
        let list = |field| self.values_of(field).map(<[String]>::to_vec);
        let text = |field| self.values_of(field).and_then(<[String]>::first).cloned();
        let switch = |field| self.values_of(field).map(|values| values.iter().any(|value| !value.is_empty()));
        FormValues {
            authorize_url: text(Field::AuthorizeUrl),
            token_url: text(Field::TokenUrl),
            userinfo_url: text(Field::UserinfoUrl),
            client_id: text(Field::ClientId),
            client_secret: text(Field::ClientSecret).map(Secret::new),
            redirect_url: text(Field::RedirectUrl),
            redirect_url_extra: list(Field::RedirectUrlExtra),
            client_scopes: text(Field::ClientScopes),
            default_template: text(Field::DefaultTemplate),
            mappers: list(Field::Mappers),
            templates: list(Field::Templates),
            ignore_ssl_error: switch(Field::IgnoreSslError),
            login_provisioning: switch(Field::LoginProvisioning),
            template_options: self.present.then(|| self.template_options.clone()),
        }
    }
}

/// Values of the form as they were typed or pasted; `None` for a field that does not exist.
#[derive(Clone, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct FormValues {
    pub authorize_url: Option<String>,
    pub token_url: Option<String>,
    pub userinfo_url: Option<String>,
    /// OAuth 2.0 client identifier.
    pub client_id: Option<String>,
    /// OAuth 2.0 client secret.
    #[tsify(type = "string | undefined")]
    pub client_secret: Option<Secret>,
    pub redirect_url: Option<String>,
    /// Additional redirect URLs, one for each row, including empty rows.
    pub redirect_url_extra: Option<Vec<String>>,
    pub client_scopes: Option<String>,
    /// Name of the template for new mailboxes.
    pub default_template: Option<String>,
    /// Claim values of the attribute mapping, one for each row, including empty rows.
    pub mappers: Option<Vec<String>>,
    /// Templates of the attribute mapping, one for each row, including empty rows.
    pub templates: Option<Vec<String>>,
    /// "Ignore SSL Errors".
    pub ignore_ssl_error: Option<bool>,
    /// "Auto-create users on login".
    pub login_provisioning: Option<bool>,
    /// Names of the existing templates; `None` when they are not known.
    pub template_options: Option<Vec<String>>,
}

impl FormValues {
    /// The values that the form would show for the stored settings.
    #[must_use]
    pub fn stored(snapshot: &Snapshot) -> Self {
        let provider = &snapshot.provider;
        let Features { login_provisioning, redirect_url_extra, .. } = snapshot.features;
        let owned = |texts: &mut dyn Iterator<Item = &str>| texts.map(str::to_owned).collect::<Vec<_>>();
        Self {
            authorize_url: Some(provider.authorize_url.clone()),
            token_url: Some(provider.token_url.clone()),
            userinfo_url: Some(provider.userinfo_url.clone()),
            client_id: Some(provider.client_id.clone()),
            client_secret: provider.client_secret.held().cloned(),
            redirect_url: Some(provider.redirect_url.clone()),
            redirect_url_extra: redirect_url_extra.then(|| provider.redirect_url_extra.clone()),
            client_scopes: Some(provider.client_scopes.clone()),
            default_template: Some(provider.default_template.clone()),
            mappers: Some(owned(&mut provider.mappings.claims())),
            templates: Some(owned(&mut provider.mappings.templates())),
            ignore_ssl_error: Some(provider.ignore_ssl_error),
            login_provisioning: login_provisioning.then_some(provider.login_provisioning),
            template_options: Some(snapshot.template_names()),
        }
    }

    /// The value of a field that has one text; the client secret is not included.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        match field {
            Field::AuthorizeUrl => self.authorize_url.as_deref(),
            Field::TokenUrl => self.token_url.as_deref(),
            Field::UserinfoUrl => self.userinfo_url.as_deref(),
            Field::ClientId => self.client_id.as_deref(),
            Field::RedirectUrl => self.redirect_url.as_deref(),
            Field::ClientScopes => self.client_scopes.as_deref(),
            Field::DefaultTemplate => self.default_template.as_deref(),
            _ => None,
        }
    }

    /// A field, in displayable form; `None` if the form does not have it.
    #[must_use]
    pub fn shown(&self, field: Field) -> Option<Shown> {
        let list = |values: &Option<Vec<String>>| values.as_ref().map(|values| Shown::list(filled(values)));
        let switch = |value: Option<bool>| value.map(|on| Shown::Switch { on });
        match field {
            Field::ClientSecret => self.client_secret.as_ref().map(|_| Shown::secret(&self.client_secret.clone().into())),
            Field::RedirectUrlExtra => list(&self.redirect_url_extra),
            Field::Mappers => list(&self.mappers),
            Field::Templates => list(&self.templates),
            Field::IgnoreSslError => switch(self.ignore_ssl_error),
            Field::LoginProvisioning => switch(self.login_provisioning),
            _ => self.text(field).map(Shown::text),
        }
    }
}

/// The values that are not empty.
fn filled(values: &[String]) -> impl Iterator<Item = &str> {
    values.iter().map(String::as_str).filter(|value| !value.is_empty())
}

/// The form as it stands against the wanted settings, field by field. Fields that this form does not have are left out.
#[must_use]
pub fn compare(desired: &IdentityProvider, values: &FormValues) -> Vec<FieldRow> {
    Field::ALL
        .iter()
        .copied()
        .filter_map(|field| {
            let before = values.shown(field)?;
            let after = desired.shown(field);
            let is_same = match field {
                Field::ClientSecret => desired.client_secret.is_same(&values.client_secret.clone().into()),
                _ => Some(before == after),
            };
            Some(FieldRow { field, before, after, comparison: is_same.into() })
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        mailcow::{MailcowChoice, desired},
        setup::example,
    };

    /// The visible, empty form of an unconfigured mailcow 2026-07 (docs/contract/mailcow-form.json).
    pub(crate) fn empty_form() -> FormState {
        let control = |field: Field, values: &[&str]| Control {
            name: field.name().into(),
            values: values.iter().map(|value| (*value).into()).collect(),
        };
        FormState {
            origin: "https://mailcow.company".into(),
            top_level: true,
            present: true,
            visible: true,
            flaw: None,
            provider: "generic-oidc".into(),
            controls: vec![
                control(Field::AuthorizeUrl, &[""]),
                control(Field::TokenUrl, &[""]),
                control(Field::UserinfoUrl, &[""]),
                control(Field::ClientId, &[""]),
                control(Field::ClientSecret, &[""]),
                control(Field::RedirectUrl, &[""]),
                control(Field::RedirectUrlExtra, &[""]),
                control(Field::ClientScopes, &[""]),
                control(Field::DefaultTemplate, &[""]),
                control(Field::Mappers, &[""]),
                control(Field::Templates, &[""]),
                control(Field::IgnoreSslError, &[""]),
                control(Field::LoginProvisioning, &["1"]),
            ],
            template_options: vec!["Default".into(), "OIDC Users".into()],
        }
    }

    #[test]
    fn an_empty_form_differs_where_it_should() {
        let desired = desired(&example(), &IdentityProvider::default(), &MailcowChoice::default());
        let rows = compare(&desired, &empty_form().values());
        assert_eq!(rows.len(), empty_form().controls.len(), "all of it is compared");
        let differing: Vec<Field> = rows.iter().filter(|row| !row.is_same()).map(|row| row.field).collect();
        assert_eq!(
            differing,
            [
                Field::AuthorizeUrl,
                Field::TokenUrl,
                Field::UserinfoUrl,
                Field::ClientId,
                Field::ClientSecret,
                Field::RedirectUrl,
                Field::ClientScopes
            ]
        );
    }

    #[test]
    fn another_client_secret_of_the_same_length_differs() {
        let desired = desired(&example(), &IdentityProvider::default(), &MailcowChoice::default());
        let right = desired.client_secret.held().expect("a secret").reveal();
        for (in_form, is_same) in [(right.to_owned(), true), ("x".repeat(right.len()), false)] {
            let values = FormValues { client_secret: Some(Secret::new(in_form)), ..FormValues::default() };
            let rows = compare(&desired, &values);
            let [row] = rows.as_slice() else { panic!("{rows:?}") };
            assert_eq!((row.before == row.after, row.is_same()), (true, is_same));
        }
    }

    #[test]
    fn fields_of_later_versions_are_not_missed() {
        let mut state = empty_form();
        state.controls.retain(|control| control.name != Field::LoginProvisioning.name());
        assert_eq!(state.values().login_provisioning, None);
        let rows = compare(&IdentityProvider::default(), &state.values());
        assert!(rows.iter().all(|row| row.field != Field::LoginProvisioning));
    }

    #[test]
    fn pasted_values_may_be_partial() {
        let text = r#"{"clientSecret":"s","tokenUrl":"t","unknown":1}"#;
        let values: FormValues = crate::wire::read(text).expect("tolerated");
        assert_eq!(values.client_secret, Some(Secret::new("s".into())));
        assert_eq!(values.client_id, None);
    }
}
