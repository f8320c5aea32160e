//! What to enter where, for two addresses, without a request to either product: the plan for a freshly installed authentik, and
//! mailcow's form. Each value says whether a sign-in depends on it (docs/contract/e2e.md, "Which steps of the guide were
//! necessary").

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::{Directory, EMAIL_VERIFIED, Snapshot, api::Base, types::Group};
use crate::mailcow::{DEFAULT_TEMPLATE, Field, FormValues, IdentityProvider, MailcowChoice, desired};
use crate::plan::{Change, DraftError, DraftField, FieldError, FieldName, Kind, SetupDraft, compare, resolve};
use crate::setup::{
    AddressError, AddressNote, CheckedAddress, ClientCredentials, ClientSecret, Registration, SCOPES, Secret, Setup, Shown,
    VerifiedBy,
};
use crate::verify::{Finding, check_fields, usual_endpoints};

/// Whether a value matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Sign-ins depend on it.
    Necessary,
    /// The guide omits it; without it some or all sign-ins fail.
    Forgotten,
    /// A value is required; which one is up to the administrator.
    OwnChoice,
    /// Convenient; sign-ins work without it.
    Optional,
    /// The guide demands it; mailcow 2026-07 does not use it.
    GuideOnly,
}

/// A field with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct PreviewRow<F> {
    pub field: F,
    /// What to enter.
    pub value: Shown,
    /// Whether it matters.
    pub need: Need,
}

/// A step at authentik: one kind of object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct PreviewStep {
    /// Which kind of object.
    pub kind: Kind,
    /// Its fields.
    pub rows: Vec<PreviewRow<FieldName>>,
}

/// Everything to enter on both sides, or what is invalid in the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Address of authentik after parsing.
    pub authentik: Option<String>,
    /// What was changed in it.
    pub authentik_notes: Vec<AddressNote>,
    /// Why it could not be parsed.
    pub authentik_error: Option<AddressError>,
    /// Address of mailcow after parsing.
    pub mailcow: Option<String>,
    /// What was changed in it.
    pub mailcow_notes: Vec<AddressNote>,
    /// What is invalid in the rest, field by field.
    pub errors: Vec<FieldError>,
    /// Steps at authentik, in the order of the guide; empty as long as something is invalid.
    pub steps: Vec<PreviewStep>,
    /// Fields of mailcow's form in its order; empty as long as something is invalid.
    pub form: Vec<PreviewRow<Field>>,
}

/// Findings about values that a user pasted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(transparent)]
pub struct Findings(pub Vec<Finding>);

/// Returns what to enter for an authentik at the given address and the mailcow of the draft.
#[must_use]
pub fn preview(authentik: &str, draft: &SetupDraft) -> Preview {
    let (base, authentik_notes) = match Base::typed(authentik) {
        Ok(typed) => typed,
        Err(error) => return without_authentik(error, draft),
    };
    let address = base.address();
    let mut snapshot = Snapshot::stock(base);
    if let VerifiedBy::GroupAttribute { group } = &draft.verified_by {
        snapshot.groups.push(some_group(group));
    }
    let resolved = resolve(draft, &snapshot, None);
    let mut preview = Preview {
        authentik_notes,
        mailcow: resolved.setup.as_ref().map(|setup| setup.mailcow.to_string()),
        mailcow_notes: resolved.notes,
        errors: resolved.errors,
        ..Preview::default()
    };
    if let Some(setup) = resolved.setup.filter(|_| preview.errors.is_empty()) {
        let credentials = ClientCredentials { client_id: String::new(), client_secret: Secret::new(String::new()) };
        let plan = compare(&snapshot, &Directory::default(), &setup, &resolved.adoption, credentials);
        preview.steps = steps(&plan.changes);
        preview.form = form(&address, &setup);
    }
    preview.authentik = Some(address);
    preview
}

/// Checks values of mailcow's form that a user pasted; `page` is the address of mailcow, if it is known.
#[must_use]
pub fn check_values(values: &FormValues, page: Option<&str>) -> Findings {
    let page = page.and_then(|page| CheckedAddress::parse(page, None).ok()).map(|checked| checked.origin);
    Findings(check_fields(values, None, &[], page.as_ref()))
}

/// Checks at least the address of mailcow, when that of authentik is invalid.
fn without_authentik(error: AddressError, draft: &SetupDraft) -> Preview {
    let preview = Preview { authentik_error: Some(error), ..Preview::default() };
    match CheckedAddress::parse(&draft.mailcow, None) {
        Ok(CheckedAddress { origin, notes, .. }) => {
            Preview { mailcow: Some(origin.to_string()), mailcow_notes: notes, ..preview }
        }
        Err(error) => {
            let error = FieldError { field: DraftField::Mailcow, index: 0, error: DraftError::Address { error } };
            Preview { errors: vec![error], ..preview }
        }
    }
}

/// A placeholder for the group that gets the attribute: which one it is does not matter here.
fn some_group(key: &str) -> Group {
    Group {
        pk: key.to_owned(),
        name: String::new(),
        parents: Vec::new(),
        parent: None,
        attributes: crate::authentik::types::KnownAttributes::default(),
        members: 0,
    }
}

/// The changes of a plan as steps, in the order of the guide: attributes follow the mapping that reads them.
fn steps(changes: &[Change]) -> Vec<PreviewStep> {
    let order =
        [Kind::ScopeMapping, Kind::Users, Kind::Group, Kind::TemplateMapping, Kind::Provider, Kind::Application, Kind::Binding];
    let mut steps = Vec::new();
    for kind in order {
        for change in changes.iter().filter(|change| change.kind == kind) {
            let rows = change.fields.iter().map(|change| PreviewRow {
                field: change.field,
                value: if change.field == FieldName::EmailVerified { attribute() } else { change.after.clone() },
                need: need_at_authentik(kind, change.field),
            });
            steps.push(PreviewStep { kind, rows: rows.collect() });
        }
    }
    steps
}

/// The attribute as it is entered in authentik's editor, which expects YAML.
fn attribute() -> Shown {
    Shown::Text { text: format!("{EMAIL_VERIFIED}: true") }
}

/// What mailcow's select shows for this type of provider (docs/contract/mailcow-form.json, `provider_select`).
const PROVIDER_TYPE: &str = "Generic-OIDC";

/// mailcow's form. Client ID and secret come from authentik; the additional redirect URLs exist only for additional host names.
fn form(authentik: &str, setup: &Setup) -> Vec<PreviewRow<Field>> {
    let registration = Registration {
        provider: 0,
        provider_name: setup.provider_name.clone(),
        client_id: String::new(),
        client_secret: ClientSecret::Unknown,
        endpoints: usual_endpoints(authentik),
        redirect_uris: setup.redirect_uris(),
        redirect_expressions: Vec::new(),
        grant_types: None,
        scopes: SCOPES.map(str::to_owned).to_vec(),
        templates: Vec::new(),
        mailcow: setup.mailcow.clone(),
        additional_hosts: setup.additional_hosts.clone(),
        previous_hosts: setup.previous_hosts.clone(),
    };
    let choice = MailcowChoice { default_template: Some(DEFAULT_TEMPLATE.to_owned()), ..MailcowChoice::default() };
    let desired = desired(&registration, &IdentityProvider::default(), &choice);
    Field::ALL
        .iter()
        .copied()
        .filter(|field| *field != Field::Templates)
        .map(|field| PreviewRow {
            field,
            value: match field {
                Field::Authsource => Shown::text(PROVIDER_TYPE),
                Field::ClientId | Field::ClientSecret => Shown::KnownAfterApply,
                _ => desired.shown(field),
            },
            need: need_in_form(field),
        })
        .filter(|row| row.field != Field::RedirectUrlExtra || row.value != Shown::Absent)
        .collect()
}

/// The comments name the cases of docs/contract/e2e.md.
fn need_at_authentik(kind: Kind, field: FieldName) -> Need {
    match (kind, field) {
        // e1, e2, e3; k.
        (Kind::ScopeMapping | Kind::Group | Kind::Users, _) | (_, FieldName::SigningKey) => Need::GuideOnly,
        // u, v, v2; h, h2; i, i2, i3; aa.
        (
            _,
            FieldName::PropertyMappings
            | FieldName::ClientType
            | FieldName::ClientId
            | FieldName::ClientSecret
            | FieldName::RedirectUris
            | FieldName::Provider,
        ) => Need::Necessary,
        // Since authentik 2026.5: docs/contract/pitfalls.md, P-08.
        (_, FieldName::GrantTypes) => Need::Forgotten,
        // q2.
        (_, FieldName::LaunchUrl | FieldName::Group | FieldName::PolicyEngineMode | FieldName::Enabled | FieldName::Negate)
        | (Kind::Binding | Kind::TemplateMapping, _) => Need::Optional,
        // p for the authorization flow.
        (
            _,
            FieldName::Name
            | FieldName::Slug
            | FieldName::AuthorizationFlow
            | FieldName::InvalidationFlow
            | FieldName::ScopeName
            | FieldName::Expression
            | FieldName::EmailVerified,
        ) => Need::OwnChoice,
    }
}

/// The comments name the cases of docs/contract/e2e.md.
fn need_in_form(field: Field) -> Need {
    match field {
        // x, x2, x3; h, h2; i, i2; t, u.
        Field::Authsource
        | Field::AuthorizeUrl
        | Field::TokenUrl
        | Field::UserinfoUrl
        | Field::ClientId
        | Field::ClientSecret
        | Field::RedirectUrl
        | Field::ClientScopes => Need::Necessary,
        // a; r; docs/contract/pitfalls.md, P-17.
        Field::DefaultTemplate | Field::LoginProvisioning | Field::RedirectUrlExtra => Need::Forgotten,
        // n; m.
        Field::Mappers | Field::Templates | Field::IgnoreSslError => Need::Optional,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::{Audience, MAPPING_EXPRESSION, MAPPING_EXPRESSION_WITH_GROUPS};
    use crate::verify::{Code, Severity};

    fn draft(mailcow: &str) -> SetupDraft {
        SetupDraft {
            mailcow: mailcow.into(),
            additional_hosts: Vec::new(),
            previous_hosts: Vec::new(),
            application_name: None,
            application_slug: None,
            application_group: None,
            launch_url: None,
            provider_name: None,
            mapping_name: None,
            authorization_flow: None,
            invalidation_flow: None,
            signing_key: None,
            audience: Audience::All,
            verified_by: VerifiedBy::UserAttribute,
            access: None,
            templates: None,
        }
    }

    fn at_authentik(preview: &Preview, kind: Kind, field: FieldName) -> Option<&PreviewRow<FieldName>> {
        preview.steps.iter().find(|step| step.kind == kind)?.rows.iter().find(|row| row.field == field)
    }

    fn in_form(preview: &Preview, field: Field) -> Option<&Shown> {
        preview.form.iter().find(|row| row.field == field).map(|row| &row.value)
    }

    #[test]
    fn the_guide_is_there_with_our_addresses() {
        let preview = preview("https://login.example.test/sso/", &draft("mail.example.test"));
        assert_eq!(preview.authentik.as_deref(), Some("https://login.example.test/sso"));
        assert_eq!(preview.mailcow.as_deref(), Some("https://mail.example.test"));
        let kinds: Vec<Kind> = preview.steps.iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [Kind::ScopeMapping, Kind::Users, Kind::Provider, Kind::Application]);
        let shown = |kind, field| at_authentik(&preview, kind, field).map(|row| row.value.clone());
        assert_eq!(shown(Kind::ScopeMapping, FieldName::Expression), Some(Shown::text(MAPPING_EXPRESSION)));
        assert_eq!(shown(Kind::Users, FieldName::EmailVerified), Some(Shown::text("email_verified: true")));
        assert_eq!(shown(Kind::Provider, FieldName::RedirectUris), Some(Shown::list(["https://mail.example.test"])));
        assert_eq!(shown(Kind::Application, FieldName::LaunchUrl), Some(Shown::text("https://mail.example.test/?iam_sso=1")));
        let token = Shown::text("https://login.example.test/sso/application/o/token/");
        assert_eq!(in_form(&preview, Field::TokenUrl), Some(&token));
        assert_eq!(in_form(&preview, Field::ClientSecret), Some(&Shown::KnownAfterApply));
        assert_eq!(in_form(&preview, Field::Authsource), Some(&Shown::text("Generic-OIDC")), "as mailcow's select calls it");
        assert_eq!(in_form(&preview, Field::DefaultTemplate), Some(&Shown::text("Default")));
        assert_eq!(in_form(&preview, Field::RedirectUrlExtra), None);
    }

    #[test]
    fn what_it_says_passes_its_own_check() {
        let mut draft = draft("https://mail.example.test");
        draft.additional_hosts = vec!["webmail.example.test".into()];
        let preview = preview("login.example.test", &draft);
        let text = |field| match in_form(&preview, field) {
            Some(Shown::Text { text }) => Some(text.clone()),
            _ => None,
        };
        let Some(Shown::List { items: extra }) = in_form(&preview, Field::RedirectUrlExtra) else {
            panic!("no further redirect URL");
        };
        let values = FormValues {
            authorize_url: text(Field::AuthorizeUrl),
            token_url: text(Field::TokenUrl),
            userinfo_url: text(Field::UserinfoUrl),
            redirect_url: text(Field::RedirectUrl),
            redirect_url_extra: Some(extra.clone()),
            client_scopes: text(Field::ClientScopes),
            default_template: text(Field::DefaultTemplate),
            ..FormValues::default()
        };
        let Findings(findings) = check_values(&values, Some("mail.example.test"));
        assert_eq!(findings.len(), 7);
        assert!(findings.iter().all(|finding| finding.severity == Severity::Good), "{findings:?}");
    }

    #[test]
    fn an_attribute_on_a_group_changes_step_and_expression() {
        let mut draft = draft("mail.example.test");
        draft.verified_by = VerifiedBy::GroupAttribute { group: "any".into() };
        let preview = preview("login.example.test", &draft);
        assert!(at_authentik(&preview, Kind::Group, FieldName::EmailVerified).is_some());
        assert!(at_authentik(&preview, Kind::Users, FieldName::EmailVerified).is_none());
        let expression = at_authentik(&preview, Kind::ScopeMapping, FieldName::Expression).map(|row| &row.value);
        assert_eq!(expression, Some(&Shown::text(MAPPING_EXPRESSION_WITH_GROUPS)));
    }

    #[test]
    fn need_follows_the_recorded_cases() {
        let preview = preview("login.example.test", &draft("mail.example.test"));
        let need = |kind, field| at_authentik(&preview, kind, field).map(|row| row.need);
        assert_eq!(need(Kind::ScopeMapping, FieldName::Name), Some(Need::GuideOnly));
        assert_eq!(need(Kind::Provider, FieldName::SigningKey), Some(Need::GuideOnly));
        assert_eq!(need(Kind::Provider, FieldName::RedirectUris), Some(Need::Necessary));
        assert_eq!(need(Kind::Provider, FieldName::GrantTypes), Some(Need::Forgotten));
        let forgotten: Vec<Field> = preview.form.iter().filter(|row| row.need == Need::Forgotten).map(|row| row.field).collect();
        assert_eq!(forgotten, [Field::DefaultTemplate, Field::LoginProvisioning]);
    }

    #[test]
    fn faulty_addresses_give_no_values() {
        let nothing = |preview: &Preview| preview.steps.is_empty() && preview.form.is_empty();
        let both = preview("", &draft("http://mail.example.test"));
        assert!(nothing(&both));
        assert_eq!(both.authentik_error, Some(AddressError::Empty));
        let error = DraftError::Address { error: AddressError::NotSecure };
        assert_eq!(both.errors, [FieldError { field: DraftField::Mailcow, index: 0, error }]);

        let no_authentik = preview("", &draft("Mail.example.test/admin"));
        assert!(nothing(&no_authentik));
        assert_eq!(no_authentik.mailcow.as_deref(), Some("https://mail.example.test"), "this one is all right");
        assert!(no_authentik.errors.is_empty());

        let same = preview("https://one.example.test/sso", &draft("one.example.test"));
        assert!(nothing(&same));
        let error = DraftError::Address { error: AddressError::IsAuthentik };
        assert_eq!(same.errors, [FieldError { field: DraftField::Mailcow, index: 0, error }]);

        let mut reserved = draft("mail.example.test");
        reserved.application_slug = Some("token".into());
        let reserved = preview("login.example.test", &reserved);
        assert!(nothing(&reserved));
        assert_eq!(reserved.errors.len(), 1);
    }

    #[test]
    fn what_was_changed_in_an_address_is_said() {
        for (authentik, notes) in [("login.example.test", &[AddressNote::SchemeAdded][..]), ("", &[])] {
            let preview = preview(authentik, &draft("https://mail.example.test/admin"));
            assert_eq!((&*preview.authentik_notes, &*preview.mailcow_notes), (notes, &[AddressNote::PathRemoved][..]));
        }
    }

    #[test]
    fn pasted_values_are_checked_against_the_address_of_mailcow() {
        let values = FormValues { redirect_url: Some("https://other.example.test".into()), ..FormValues::default() };
        let codes = |page| check_values(&values, page).0.iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(codes(None), [Code::FieldGood]);
        assert_eq!(codes(Some("no address")), [Code::FieldGood]);
        assert_eq!(codes(Some("https://mail.example.test/admin")), [Code::RedirectAtOtherHost]);
    }
}
