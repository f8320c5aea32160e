//! Errors and obstacles on mailcow's side, as findings: reported before anything is filled in.

use super::{Code, Finding};
use crate::mailcow::{
    Error, Field, FieldRow, GENERIC_OIDC, IdentityProvider, ListShape, LoginPage, Pending, Snapshot, script::FillRefusal,
};

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotSignedIn => Self::new(Code::MailcowNotSignedIn),
            Error::Pending(Pending::SecondFactor) => Self::new(Code::MailcowSecondFactorPending),
            Error::Pending(Pending::SecondFactorSetup) => Self::new(Code::MailcowSecondFactorSetupPending),
            Error::Pending(Pending::NewPassword) => Self::new(Code::MailcowNewPasswordPending),
            Error::NotAdministrator => Self::new(Code::MailcowNotAdministrator),
            Error::NoIdentityProviders => Self::new(Code::MailcowTooOld),
            Error::NotMailcow { endpoint, status } => {
                Self::new(Code::MailcowNotMailcow).with("path", endpoint.path()).with("status", status)
            }
            Error::Unavailable { endpoint, status } => {
                Self::new(Code::MailcowUnavailable).with("path", endpoint.path()).with("status", status)
            }
            Error::Unexpected { endpoint, status } => {
                Self::new(Code::MailcowUnexpected).with("path", endpoint.path()).with("status", status)
            }
            Error::Refused { reason } => Self::new(Code::MailcowRefused).with("reason", reason),
            Error::Changed { fields } => Self::new(Code::SettingsChangedMeanwhile).with("fields", fields.join(", ")),
            Error::LoginPageChanged { fields } => Self::new(Code::LoginPageChangedMeanwhile).with("fields", fields.join(", ")),
            Error::LoginPageNotKept { fields } => Self::new(Code::LoginPageNotKept).with("fields", fields.join(", ")),
            Error::NoCustomLogin => Self::new(Code::LoginPageNotCustomizable),
            Error::NoAnswer { endpoint, error } => Self::unanswered(endpoint.path(), *error),
        }
    }
}

impl From<&FillRefusal> for Finding {
    fn from(refusal: &FillRefusal) -> Self {
        match refusal {
            FillRefusal::NotTopLevel => Self::new(Code::FormInFrame),
            FillRefusal::NotSecure => Self::new(Code::FormNotSecure),
            FillRefusal::ForeignOrigin { origin } => Self::new(Code::FormAtForeignOrigin).with("origin", origin),
            FillRefusal::OtherMailcow { origin, expected } => {
                Self::new(Code::FormAtOtherMailcow).with("origin", origin).with("expected", expected)
            }
            FillRefusal::Endpoints => Self::new(Code::EndpointsUnusable),
            FillRefusal::NoForm => Self::new(Code::FormMissing),
            FillRefusal::Hidden => Self::new(Code::FormHidden),
            FillRefusal::Covered => Self::new(Code::FormCovered),
            FillRefusal::Ambiguous => Self::new(Code::FormAmbiguous),
            FillRefusal::Elsewhere => Self::new(Code::FormElsewhere),
            FillRefusal::TooLarge => Self::new(Code::FormTooLarge),
            FillRefusal::NotDone => Self::new(Code::FormNotDone),
            FillRefusal::Silent => Self::new(Code::FormSilent),
            FillRefusal::NoField { field } => Self::new(Code::FormFieldMissing).at(*field),
        }
    }
}

/// Obstacles to a sign-in on mailcow's side that do not depend on the form (docs/contract/mailcow.md, sections 2, 3 and 7;
/// docs/contract/e2e.md, cases f, w, z, z2).
#[must_use]
pub fn obstacles(snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings = Vec::new();
    let provider = &snapshot.provider;
    let other_type = provider.is_configured() && provider.authsource != GENERIC_OIDC;
    match snapshot.mailboxes.as_ref().map(|mailboxes| mailboxes.counts().other) {
        Some(count) if count > 0 => findings.push(Finding::new(Code::MailboxesOfOtherProvider).with("count", count)),
        None if other_type => findings.push(Finding::new(Code::MailboxesUnknown)),
        _ => {}
    }
    if other_type {
        findings.push(Finding::new(Code::OtherProviderConfigured).with("provider", &provider.authsource));
    }
    if let Some(LoginPage { has_password: false, has_button }) = snapshot.login_page {
        if has_button == Some(false) {
            findings.push(Finding::new(Code::LoginPageClosed));
        }
        let with_password = snapshot.mailboxes.as_ref().map_or(0, |mailboxes| mailboxes.counts().mailcow);
        if with_password > 0 {
            findings.push(Finding::new(Code::LoginPageHidesPassword).with("count", with_password));
        }
    }
    if snapshot.templates.is_empty() {
        findings.push(Finding::new(Code::NoTemplates).at(Field::DefaultTemplate));
    }
    if !snapshot.domains.iter().any(|domain| domain.active) {
        findings.push(Finding::new(Code::NoActiveDomain));
    }
    if provider.authsource == GENERIC_OIDC && provider.mappings.shape != ListShape::Dense {
        findings.push(Finding::new(Code::StoredMappingBroken).at(Field::Mappers));
    }
    findings
}

/// What the templates that these settings name do to the mailboxes made from them, each said once (docs/contract/cases.md, R1 and
/// R12).
#[must_use]
pub fn templates(snapshot: &Snapshot, settings: &IdentityProvider) -> Vec<Finding> {
    let mut findings = Vec::new();
    for template in &snapshot.templates {
        let field = if settings.default_template == template.name { Field::DefaultTemplate } else { Field::Templates };
        if field == Field::Templates && !settings.mappings.templates().any(|name| name == template.name) {
            continue;
        }
        let about = |code| Finding::new(code).at(field).with("template", &template.name);
        findings.extend((!template.active).then(|| about(Code::TemplateInactive)));
        findings.extend((!template.app_passwords).then(|| about(Code::TemplateWithoutAppPasswords)));
        findings.extend((!template.sogo).then(|| about(Code::TemplateWithoutSogo)));
    }
    findings
}

/// Findings for the rows of a filled form that do not have the desired value.
#[must_use]
pub fn differences(rows: &[FieldRow]) -> Vec<Finding> {
    rows.iter().filter(|row| row.is_different()).map(|row| Finding::new(Code::FormDiffers).at(row.field)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::*;
    use crate::{
        mailcow::{Domain, Endpoint, Features, Mailboxes, Template, Version},
        setup::Shown,
        transport::SendError,
        wire,
    };

    /// A mailcow 2026-07 in which nobody has configured anything.
    pub(in crate::verify) fn healthy() -> Snapshot {
        Snapshot {
            read_at_ms: 0,
            version: Version::parse("2026-07"),
            features: Features {
                login_provisioning: true,
                redirect_url_extra: true,
                logs_every_program: true,
                custom_login: true,
            },
            provider: stored(&json!({"login_provisioning": 1})),
            domains: vec![Domain { name: "mail.example".into(), active: true, ..Domain::default() }],
            mailboxes: Some(Rc::default()),
            others: Some(Rc::default()),
            templates: vec![Template { name: "Default".into(), quota: Some(0), active: true, app_passwords: true, sogo: true }],
            login_page: None,
        }
    }

    fn stored(value: &serde_json::Value) -> IdentityProvider {
        wire::read(&value.to_string()).expect("an object")
    }

    fn codes(snapshot: &Snapshot) -> Vec<Code> {
        let findings = obstacles(snapshot);
        assert!(findings.iter().all(Finding::is_complete));
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_fresh_mailcow_has_no_obstacles() {
        assert_eq!(codes(&healthy()), []);
    }

    #[test]
    fn unknown_mailboxes_are_no_obstacle_while_no_other_provider_is_configured() {
        for provider in [json!({}), json!({"authsource": "generic-oidc", "client_id": "x", "mappers": [], "templates": []})] {
            let snapshot = Snapshot { mailboxes: None, provider: stored(&provider), ..healthy() };
            assert_eq!(codes(&snapshot), [], "{provider}");
        }
    }

    #[test]
    fn another_provider_in_use_is_named() {
        let mut snapshot = healthy();
        snapshot.provider = stored(&json!({"authsource": "ldap"}));
        assert_eq!(codes(&snapshot), [Code::OtherProviderConfigured]);
        snapshot.mailboxes = None;
        assert_eq!(codes(&snapshot), [Code::MailboxesUnknown, Code::OtherProviderConfigured]);
        let ldap = r#"[{"username":"a@mail.example","authsource":"ldap"}]"#;
        snapshot.mailboxes = Mailboxes::read(ldap).ok().map(Rc::new);
        assert_eq!(codes(&snapshot), [Code::MailboxesOfOtherProvider, Code::OtherProviderConfigured]);
    }

    /// docs/contract/cases.md, R5.
    #[test]
    fn a_login_page_without_password_is_named() {
        let mut snapshot = healthy();
        let page = |has_password, has_button| Some(LoginPage { has_password, has_button: Some(has_button) });
        for (login_page, expected) in
            [(page(true, false), &[][..]), (page(false, true), &[]), (page(false, false), &[Code::LoginPageClosed])]
        {
            snapshot.login_page = login_page;
            assert_eq!(codes(&snapshot), expected);
        }
        snapshot.login_page = page(false, false).map(LoginPage::of_other_provider);
        assert_eq!(codes(&snapshot), [], "the new settings may have brought the button");
        snapshot.login_page = page(false, false);
        snapshot.mailboxes = Mailboxes::read(r#"[{"username":"a@mail.example","authsource":"mailcow"}]"#).ok().map(Rc::new);
        assert_eq!(codes(&snapshot), [Code::LoginPageClosed, Code::LoginPageHidesPassword]);
        snapshot.login_page = page(true, true);
        assert_eq!(codes(&snapshot), []);
    }

    #[test]
    fn what_mailcow_lacks_is_named() {
        let mut snapshot = healthy();
        snapshot.domains[0].active = false;
        snapshot.templates.clear();
        snapshot.provider = stored(&json!({"authsource": "generic-oidc"}));
        assert_eq!(codes(&snapshot), [Code::NoTemplates, Code::NoActiveDomain, Code::StoredMappingBroken]);
    }

    #[test]
    fn every_error_and_refusal_is_a_finding_with_its_facts() {
        let endpoint = Endpoint::Version;
        let status = 503;
        let errors = [
            (Error::NotSignedIn, Code::MailcowNotSignedIn),
            (Error::Pending(Pending::SecondFactor), Code::MailcowSecondFactorPending),
            (Error::Pending(Pending::SecondFactorSetup), Code::MailcowSecondFactorSetupPending),
            (Error::Pending(Pending::NewPassword), Code::MailcowNewPasswordPending),
            (Error::NotAdministrator, Code::MailcowNotAdministrator),
            (Error::NoIdentityProviders, Code::MailcowTooOld),
            (Error::NotMailcow { endpoint, status }, Code::MailcowNotMailcow),
            (Error::Unavailable { endpoint, status }, Code::MailcowUnavailable),
            (Error::Unexpected { endpoint, status }, Code::MailcowUnexpected),
            (Error::Refused { reason: "authsource_in_use".into() }, Code::MailcowRefused),
            (Error::Changed { fields: vec!["client_id".into()] }, Code::SettingsChangedMeanwhile),
            (Error::NoAnswer { endpoint, error: SendError::Timeout }, Code::SendTimeout),
        ];
        let found = errors.map(|(error, code)| (Finding::from(&error), code));
        let refusals = [
            (FillRefusal::NotTopLevel, Code::FormInFrame),
            (FillRefusal::NotSecure, Code::FormNotSecure),
            (FillRefusal::ForeignOrigin { origin: "https://x.example".into() }, Code::FormAtForeignOrigin),
            (
                FillRefusal::OtherMailcow { origin: "https://x.example".into(), expected: "https://y.example".into() },
                Code::FormAtOtherMailcow,
            ),
            (FillRefusal::Endpoints, Code::EndpointsUnusable),
            (FillRefusal::NoForm, Code::FormMissing),
            (FillRefusal::Hidden, Code::FormHidden),
            (FillRefusal::Covered, Code::FormCovered),
            (FillRefusal::Ambiguous, Code::FormAmbiguous),
            (FillRefusal::Elsewhere, Code::FormElsewhere),
            (FillRefusal::TooLarge, Code::FormTooLarge),
            (FillRefusal::NotDone, Code::FormNotDone),
            (FillRefusal::Silent, Code::FormSilent),
            (FillRefusal::NoField { field: Field::TokenUrl }, Code::FormFieldMissing),
        ];
        let refused = refusals.map(|(refusal, code)| (Finding::from(&refusal), code));
        for (finding, code) in found.into_iter().chain(refused) {
            assert!(finding.code == code && finding.is_complete(), "{finding:?}");
        }
    }

    #[test]
    fn only_differing_rows_are_findings() {
        let row = |same: bool| {
            let comparison = Some(same).into();
            FieldRow { field: Field::TokenUrl, before: Shown::Absent, after: Shown::Absent, comparison }
        };
        assert_eq!(differences(&[row(true), row(false)]), [Finding::new(Code::FormDiffers).at(Field::TokenUrl)]);
    }
}
