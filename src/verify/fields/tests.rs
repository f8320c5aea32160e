//! One test for each row of the table of bad input, and a property test that no secret is shown.

use proptest::prelude::*;

use super::{context::set, *};
use crate::{
    mailcow::Field,
    setup::{ClientSecret, example},
    verify::{Code, Severity},
};

const ID: &str = "mailcowClientId0123456789012345678901234";

fn right_values() -> FormValues {
    let known = example();
    FormValues {
        authorize_url: Some(known.endpoints.authorize.clone()),
        token_url: Some(known.endpoints.token.clone()),
        userinfo_url: Some(known.endpoints.userinfo.clone()),
        client_id: Some(known.client_id.clone()),
        client_secret: known.client_secret.held().cloned(),
        redirect_url: Some("https://mailcow.company".into()),
        redirect_url_extra: Some(vec![String::new()]),
        client_scopes: Some("openid profile email".into()),
        default_template: Some("Default".into()),
        mappers: Some(vec![String::new()]),
        templates: Some(vec![String::new()]),
        ignore_ssl_error: Some(false),
        login_provisioning: Some(true),
        template_options: Some(vec!["Default".into(), "OIDC Users".into()]),
    }
}

fn page() -> Origin {
    Origin::of("https://mailcow.company").expect("an origin")
}

fn check(values: &FormValues, known: Option<&Registration>) -> Vec<Finding> {
    let findings = check_fields(values, known, &[], Some(&page()));
    for finding in &findings {
        assert!(finding.is_complete(), "{finding:?}");
        assert!(finding.field.is_some(), "{finding:?}");
    }
    findings
}

/// The codes of the problems at a field.
fn problems(findings: &[Finding], field: Field) -> Vec<Code> {
    findings
        .iter()
        .filter(|finding| finding.field == Some(field))
        .filter(|finding| finding.severity != Severity::Good)
        .map(|finding| finding.code)
        .collect()
}

fn fix(findings: &[Finding], field: Field) -> Option<Fix> {
    findings.iter().find(|finding| finding.field == Some(field))?.fix.clone()
}

#[test]
fn right_values_are_in_order() {
    for known in [None, Some(&example())] {
        let findings = check(&right_values(), known);
        for field in Field::ALL {
            assert_eq!(problems(&findings, field), [], "{field:?}");
        }
        assert_eq!(findings.len(), 10);
    }
}

#[test]
fn what_is_registered_is_said_to_be_right() {
    let findings = check(&right_values(), Some(&example()));
    let said = |field| findings.iter().find(|finding| finding.field == Some(field)).map(|finding| finding.code);
    assert_eq!(said(Field::ClientId), Some(Code::ClientIdMatches));
    assert_eq!(said(Field::ClientSecret), Some(Code::ClientSecretMatches));
    assert_eq!(said(Field::RedirectUrl), Some(Code::RedirectRegistered));
}

#[test]
fn nothing_is_said_about_fields_that_are_not_there() {
    assert_eq!(check(&FormValues::default(), Some(&example())), []);
}

#[test]
fn empty_fields() {
    let mut values = right_values();
    values.token_url = Some(String::new());
    values.client_secret = Some(Secret::new(String::new()));
    let findings = check(&values, Some(&example()));
    assert_eq!(problems(&findings, Field::TokenUrl), [Code::FieldEmpty]);
    assert_eq!(fix(&findings, Field::TokenUrl), Some(set(Field::TokenUrl, example().endpoints.token)));
    assert_eq!(problems(&findings, Field::ClientSecret), [Code::FieldEmpty]);
    assert_eq!(fix(&findings, Field::ClientSecret), Some(Fix::SetRegisteredSecret));
}

/// There is nothing to swap it with.
#[test]
fn an_empty_credential_is_missing_whatever_is_in_the_other_field() {
    let known = example();
    let secret = known.client_secret.held().map_or("", Secret::reveal);
    for (in_id, in_secret, missing) in [("", ID, Field::ClientId), (secret, "", Field::ClientSecret)] {
        let (client_id, client_secret) = (Some(in_id.into()), Some(Secret::new(in_secret.into())));
        let findings = check(&FormValues { client_id, client_secret, ..right_values() }, Some(&known));
        assert_eq!(problems(&findings, missing), [Code::FieldEmpty]);
    }
}

/// Shorter than eight characters it may be an ordinary word.
#[test]
fn a_secret_in_another_field_is_not_shown() {
    for (secret, shown) in [("Geheim7", "Geheim7"), ("Geheim78", "…")] {
        let (client_secret, client_scopes) = (Some(Secret::new(secret.into())), Some(format!("openid profile email {secret}")));
        let findings = check(&FormValues { client_secret, client_scopes, ..right_values() }, None);
        assert!(
            findings.contains(&Finding::new(Code::ScopeUnknown).at(Field::ClientScopes).with("scope", shown)),
            "{findings:?}"
        );
    }
}

#[test]
fn characters_in_credentials() {
    for (spoilt, code) in [
        (format!(" {ID}"), Code::SurroundingSpace),
        (format!("{ID}\n"), Code::SurroundingSpace),
        (format!("{ID}\u{200b}"), Code::InvisibleCharacter),
        (ID.replacen('a', "а", 1), Code::NonAsciiCharacter),
        (format!("\"{ID}\""), Code::QuoteMarks),
        (ID.replacen('C', " ", 1), Code::InnerSpace),
        (ID.replacen('C', "\r\n", 1), Code::LineBreak),
    ] {
        let mut values = right_values();
        values.client_id = Some(spoilt.clone());
        assert_eq!(problems(&check(&values, None), Field::ClientId), [code]);
        values = right_values();
        values.client_secret = Some(Secret::new(spoilt));
        assert_eq!(problems(&check(&values, None), Field::ClientSecret), [code]);
    }
}

#[test]
fn trimming_is_offered() {
    let mut values = right_values();
    values.client_id = Some(format!("{ID} "));
    assert_eq!(fix(&check(&values, None), Field::ClientId), Some(Fix::CleanField { field: Field::ClientId }));
}

#[test]
fn swapped_credentials() {
    let known = example();
    let mut values = right_values();
    values.client_id = known.client_secret.held().map(|secret| secret.reveal().into());
    values.client_secret = Some(Secret::new(known.client_id.clone()));
    for (known, code) in [(Some(&known), Code::CredentialsSwapped), (None, Code::CredentialsLookSwapped)] {
        let findings = check(&values, known);
        assert_eq!(problems(&findings, Field::ClientId), [code]);
        assert_eq!(fix(&findings, Field::ClientId), Some(Fix::SwapCredentials));
    }
}

/// Whichever of them was pasted into both fields, the fix puts the other one right.
#[test]
fn equal_credentials() {
    let known = example();
    let secret = known.client_secret.held().map_or("", Secret::reveal);
    for (in_both, known, wrong, remedy) in [
        (known.client_id.as_str(), Some(&known), Field::ClientSecret, Some(Fix::SetRegisteredSecret)),
        (secret, Some(&known), Field::ClientId, Some(set(Field::ClientId, known.client_id.as_str()))),
        (secret, None, Field::ClientSecret, None),
    ] {
        let mut values = right_values();
        (values.client_id, values.client_secret) = (Some(in_both.into()), Some(Secret::new(in_both.into())));
        let findings = check(&values, known);
        assert_eq!(problems(&findings, wrong), [Code::CredentialsEqual]);
        assert_eq!(fix(&findings, wrong), remedy);
    }
}

/// authentik may not show its secret, and the other value may be an old one.
#[test]
fn one_of_the_credentials_in_the_wrong_field_is_enough() {
    let known = example();
    let secret = known.client_secret.held().map_or("", Secret::reveal);
    for (known, in_id, in_secret) in
        [(&known.with_secret(ClientSecret::Unknown), secret, &*known.client_id), (&known, secret, "old"), (&known, "old", ID)]
    {
        let (client_id, client_secret) = (Some(in_id.into()), Some(Secret::new(in_secret.into())));
        let findings = check(&FormValues { client_id, client_secret, ..right_values() }, Some(known));
        assert_eq!(problems(&findings, Field::ClientId), [Code::CredentialsSwapped]);
    }
}

/// Of what was chosen by hand.
#[test]
fn quotation_marks_and_spaces_that_are_registered_are_right() {
    let (id, secret) = ("mail cow", "\"correct horse\"");
    let known = Registration { client_id: id.into(), ..example().with_secret(ClientSecret::Held(Secret::new(secret.into()))) };
    let values = FormValues { client_id: Some(id.into()), client_secret: Some(Secret::new(secret.into())), ..right_values() };
    let findings = |known| {
        let findings = check(&values, known);
        [Field::ClientId, Field::ClientSecret].map(|field| problems(&findings, field))
    };
    assert_eq!(findings(Some(&known)), [[], []]);
    assert_eq!(findings(Some(&example())), [[Code::InnerSpace], [Code::QuoteMarks]]);
}

#[test]
fn truncated_credentials() {
    let known = example();
    let secret = known.client_secret.held().map_or("", Secret::reveal);
    let mut values = right_values();
    values.client_id = Some(ID[..39].into());
    values.client_secret = Some(Secret::new(secret[1..].into()));
    let findings = check(&values, Some(&known));
    assert_eq!(problems(&findings, Field::ClientId), [Code::ClientIdTruncated]);
    assert_eq!(problems(&findings, Field::ClientSecret), [Code::ClientSecretTruncated]);
    let findings = check(&values, None);
    assert_eq!(problems(&findings, Field::ClientId), [Code::ClientIdOddLength]);
    assert_eq!(problems(&findings, Field::ClientSecret), [Code::ClientSecretOddLength]);
}

#[test]
fn credentials_of_ones_own_choice_are_no_fault() {
    for id in [
        "mailcow",
        "Mailcow-at-the-company-in-Berlin-42",
        "mailcow4theCompany",
        "mailcow4thecompanyinberlin",
        "MAILCOW4THECOMPANYINBERLIN",
        "MailcowOfTheCompanyInBerlin",
    ] {
        let mut values = right_values();
        values.client_id = Some(id.into());
        values.client_secret = Some(Secret::new("Correct-Horse-Battery-Staple-42".into()));
        let findings = check(&values, None);
        assert_eq!(problems(&findings, Field::ClientId), [], "{id}");
        assert_eq!(problems(&findings, Field::ClientSecret), [], "{id}");
    }
    let by_a_password_manager = Some(Secret::new("q7TzK2mXv9RbLw4HdNs8".into()));
    let findings = check(&FormValues { client_secret: by_a_password_manager, ..right_values() }, None);
    assert_eq!(problems(&findings, Field::ClientSecret), []);
}

#[test]
fn credentials_of_another_provider_or_rotated() {
    let known = example();
    let others = [OtherClient { client_id: "grafana".into(), provider_name: "Grafana".into() }];
    let mut values = right_values();
    values.client_id = Some("grafana".into());
    let findings = check_fields(&values, Some(&known), &others, None);
    assert_eq!(problems(&findings, Field::ClientId), [Code::ClientIdOfOtherProvider]);
    assert_eq!(fix(&findings, Field::ClientId), Some(set(Field::ClientId, ID)));
    values.client_id = Some(ID.into());
    values.client_secret = Some(Secret::new("y".repeat(128)));
    let findings = check_fields(&values, Some(&known), &others, None);
    assert_eq!(problems(&findings, Field::ClientSecret), [Code::ClientSecretDiffers]);
    values.client_id = Some("something-else".into());
    let findings = check_fields(&values, Some(&known), &others, None);
    assert_eq!(problems(&findings, Field::ClientId), [Code::ClientIdDiffers]);
    assert_eq!(problems(&findings, Field::ClientSecret), []);
}

#[test]
fn endpoints_one_by_one() {
    let real = "https://sso.firm.tld/auth/application/o/";
    let right = format!("{real}token/");
    for (text, code) in [
        ("https://sso.firm.tld/auth/application/o/token", Code::EndpointWithoutSlash),
        ("http://sso.firm.tld/auth/application/o/token/", Code::EndpointNotSecure),
        ("https://sso.firm.tld/auth/application/o/mailcow/.well-known/openid-configuration", Code::EndpointIsDiscovery),
        ("https://sso.firm.tld/auth/application/o/mailcow/", Code::EndpointHasSlug),
        ("https://sso.firm.tld/auth/application/o/mailcow/token/", Code::EndpointHasSlug),
        ("https://sso.firm.tld/auth/application/o/userinfo/", Code::EndpointSwapped),
        ("https://sso.firm.tld/auth/application/o/", Code::EndpointUnknownPath),
        ("https://sso.firm.tld/auth/application/o/token/token/", Code::EndpointUnknownPath),
        ("https://authentik.company/application/o/token/", Code::EndpointPlaceholder),
        ("https://sso.example.com/application/o/token/", Code::EndpointPlaceholder),
        ("https://sso.firm.example/application/o/token/", Code::EndpointPlaceholder),
        ("https://your-authentik.firm.tld/application/o/token/", Code::EndpointPlaceholder),
        ("https://mail.firm.tld/application/o/token/", Code::EndpointAtMailcow),
        ("https://other.firm.tld/auth/application/o/token/", Code::EndpointAtOtherHost),
        ("https://sso.firm.tld/", Code::EndpointUnknownPath),
        ("https://sso.firm.tld", Code::EndpointUnknownPath),
        ("https://sso.firm.tld/auth/application/o/token/?x=1", Code::EndpointUnknownPath),
        ("sso.firm.tld/application/o/token/", Code::EndpointNotUrl),
        ("https://", Code::EndpointNotUrl),
    ] {
        let mut known = example();
        known.endpoints = crate::setup::Endpoints {
            authorize: format!("{real}authorize/"),
            token: right.clone(),
            userinfo: format!("{real}userinfo/"),
        };
        let values = FormValues {
            authorize_url: Some(known.endpoints.authorize.clone()),
            token_url: Some(text.into()),
            userinfo_url: Some(known.endpoints.userinfo.clone()),
            ..FormValues::default()
        };
        let page = Origin::of("https://mail.firm.tld");
        for known in [None, Some(&known)] {
            let findings = check_fields(&values, known, &[], page.as_ref());
            assert_eq!(problems(&findings, Field::TokenUrl), [code], "{text}");
            assert_eq!(problems(&findings, Field::AuthorizeUrl), [], "{text}");
            let finding = findings.iter().find(|finding| finding.field == Some(Field::TokenUrl));
            assert!(finding.is_some_and(Finding::is_complete));
            assert_eq!(finding.and_then(|finding| finding.fix.clone()), Some(set(Field::TokenUrl, right.as_str())), "{text}");
        }
    }
}

/// An address like that of one endpoint is proposed for the others, if it can be one.
#[test]
fn no_endpoint_is_proposed_after_one_that_is_none() {
    for (token, proposed) in [
        ("https://sso.firm.tld/auth/application/o/token/", Some("https://sso.firm.tld/auth/application/o/authorize/")),
        ("https://sso.firm.tld/a b/application/o/token/", None),
        ("https://sso.firm.tld/?next=/application/o/token/", None),
        ("https://sso.firm.tld/if/flow/default-authentication/?next=/application/o/token/", None),
        ("https://sso.firm.tld/if/user/#/application/o/token/", None),
        ("https://mailcow.company/application/o/token/", None),
    ] {
        let values =
            FormValues { authorize_url: Some("https://".into()), token_url: Some(token.into()), ..FormValues::default() };
        assert_eq!(fix(&check(&values, None), Field::AuthorizeUrl), proposed.map(|url| set(Field::AuthorizeUrl, url)), "{token}");
    }
}

#[test]
fn endpoints_that_only_authentik_can_tell() {
    let mut values = right_values();
    values.token_url = Some("https://authentik.company/sub/application/o/token/".into());
    let findings = check(&values, Some(&example()));
    assert_eq!(problems(&findings, Field::TokenUrl), [Code::EndpointDiffers]);
}

#[test]
fn redirect_urls() {
    let known = example();
    for (text, with_known, alone) in [
        ("https://mailcow.company/", Code::RedirectSlashDiffers, Code::RedirectTrailingSlash),
        ("http://mailcow.company", Code::RedirectNotSecure, Code::RedirectNotSecure),
        ("https://mailcow.company/admin/system", Code::RedirectHasPath, Code::RedirectHasPath),
        ("https://mail.other.tld", Code::RedirectNotRegistered, Code::RedirectAtOtherHost),
        ("mailcow.company", Code::RedirectNotUrl, Code::RedirectNotUrl),
    ] {
        let mut values = right_values();
        values.redirect_url = Some(text.into());
        let findings = check(&values, Some(&known));
        assert_eq!(problems(&findings, Field::RedirectUrl), [with_known], "{text}");
        assert_eq!(fix(&findings, Field::RedirectUrl), Some(set(Field::RedirectUrl, "https://mailcow.company")));
        assert_eq!(problems(&check(&values, None), Field::RedirectUrl), [alone], "{text}");
    }
}

/// docs/contract/cases.md, R10.
#[test]
fn redirect_urls_to_pages() {
    for (place, code) in [
        ("/index.php", Code::RedirectRegistered),
        ("/user.php", Code::RedirectRegistered),
        ("/?x=1", Code::RedirectRegistered),
        ("/admin", Code::RedirectHasPath),
        ("/SOGo/so/", Code::RedirectHasPath),
        ("?iam_sso=1", Code::RedirectHasPath),
    ] {
        let mut known = example();
        let url = format!("https://mailcow.company{place}");
        known.redirect_uris.push(url.clone());
        let values = FormValues { redirect_url: Some(url.clone()), redirect_url_extra: Some(vec![url]), ..right_values() };
        let found: Vec<Finding> =
            check(&values, Some(&known)).into_iter().filter(|finding| finding.code == code && finding.field.is_some()).collect();
        assert_eq!(found.len(), 2, "{place}: {found:?}");
        if code == Code::RedirectHasPath {
            assert!(found[0].evidence[0].value.ends_with(place), "{found:?}");
            assert_eq!(fix(&found, Field::RedirectUrl), Some(set(Field::RedirectUrl, "https://mailcow.company")));
        }
    }
}

/// R6: what a registered expression accepts is right, whatever else is registered; what it may accept is not called wrong.
#[test]
fn registered_expressions_are_matched() {
    for (expression, url, code) in [
        (r"https://mailcow\.company/?", "https://mailcow.company/", Code::RedirectRegistered),
        (r"https://mailcow\.company/.*", "https://mailcow.company/?x=1", Code::RedirectRegistered),
        (r"https://mail\.company/?", "https://mailcow.company/", Code::RedirectSlashDiffers),
        (r"https://mail\.company/?", "https://mailcow.company/user", Code::RedirectNotRegistered),
        (r"(?i)https://mailcow\.company/?", "https://mailcow.company/", Code::RedirectMatchUnknown),
        (r"https://mailcow\.company/.*", "https://mailcow.company/admin", Code::RedirectHasPath),
    ] {
        let known = Registration { redirect_expressions: vec![expression.into()], ..example() };
        let values = FormValues { redirect_url: Some(url.into()), redirect_url_extra: Some(vec![url.into()]), ..right_values() };
        let found = check(&values, Some(&known));
        for field in [Field::RedirectUrl, Field::RedirectUrlExtra] {
            let finding = found.iter().find(|finding| finding.field == Some(field)).expect("a finding");
            assert_eq!(finding.code, code, "{expression} {url}");
            assert!(finding.is_complete(), "{finding:?}");
        }
    }
}

#[test]
fn additional_redirect_urls() {
    let mut values = right_values();
    values.redirect_url_extra = Some(vec!["https://mail.other.tld:8443".into(), String::new(), "rubbish".into()]);
    assert_eq!(
        problems(&check(&values, Some(&example())), Field::RedirectUrlExtra),
        [Code::RedirectNotRegistered, Code::RedirectPortNotCompared, Code::RedirectNotUrl]
    );
}

#[test]
fn scopes() {
    for (text, codes) in [
        ("openid,profile,email", vec![Code::ScopesNotSeparatedBySpaces]),
        ("", vec![Code::ScopesEmpty]),
        ("profile email", vec![Code::ScopeOpenidMissing]),
        ("openid profile", vec![Code::ScopeEmailMissing]),
        ("openid email", vec![Code::ScopeProfileMissing]),
        ("openid profile email offline_access", vec![Code::ScopeOfflineAccess]),
        ("openid profile email mailcow_template", vec![]),
        ("openid profile email e-mail", vec![Code::ScopeUnknown]),
        ("\"openid profile email\"", vec![Code::QuoteMarks]),
        ("  email   openid profile ", vec![]),
    ] {
        let mut values = right_values();
        values.client_scopes = Some(text.into());
        assert_eq!(problems(&check(&values, None), Field::ClientScopes), codes, "{text}");
    }
    let mut known = example();
    known.scopes = vec!["email".into(), "custom".into()];
    let mut values = right_values();
    values.client_scopes = Some("openid profile email custom".into());
    assert_eq!(problems(&check(&values, Some(&known)), Field::ClientScopes), [Code::ScopeNotMapped, Code::ScopeNotMapped]);
    let severity = |without: &str| {
        let scopes = example().scopes.into_iter().filter(|scope| scope != without).collect();
        let findings = check(&right_values(), Some(&Registration { scopes, ..example() }));
        findings.iter().find(|finding| finding.code == Code::ScopeNotMapped).map(|finding| finding.severity)
    };
    assert_eq!(severity("profile"), Some(Severity::Warning), "only the name of a new mailbox is missing");
    assert_eq!(severity("email"), Some(Severity::Problem));
}

#[test]
fn templates_and_mappings() {
    let list = |items: &[&str]| Some(items.iter().map(|item| (*item).into()).collect());
    let mut values = right_values();
    values.default_template = Some(String::new());
    let findings = check(&values, None);
    assert_eq!(problems(&findings, Field::DefaultTemplate), [Code::DefaultTemplateEmpty]);
    assert_eq!(fix(&findings, Field::DefaultTemplate), Some(set(Field::DefaultTemplate, "Default")));
    values.default_template = Some("Gone".into());
    assert_eq!(problems(&check(&values, None), Field::DefaultTemplate), [Code::TemplateNotFound]);
    for (claims, templates, at_mappers, at_templates) in [
        (list(&["sales", ""]), list(&["OIDC Users", ""]), vec![], vec![]),
        (list(&["sales", "", "staff"]), list(&["OIDC Users", "", "Default"]), vec![Code::MappingEmptyRow], vec![]),
        (list(&["", "sales"]), list(&["", "Default"]), vec![Code::MappingEmptyRow], vec![]),
        (list(&["", "sales", "", "staff"]), list(&["", "Default", "", "Default"]), vec![Code::MappingEmptyRow], vec![]),
        (list(&["sales", "staff"]), list(&["Default"]), vec![Code::MappingRowIncomplete], vec![]),
        (list(&["sales"]), list(&["Gone"]), vec![], vec![Code::TemplateNotFound]),
    ] {
        let mut values = right_values();
        values.mappers = claims;
        values.templates = templates;
        let findings = check(&values, None);
        assert_eq!(problems(&findings, Field::Mappers), at_mappers);
        assert_eq!(problems(&findings, Field::Templates), at_templates);
        let is_right = at_mappers.is_empty() && at_templates.is_empty();
        assert_eq!(findings.contains(&context::good(Field::Mappers)), is_right, "{findings:?}");
    }
    let mut values = right_values();
    (values.mappers, values.templates) = (list(&["sales", "staff"]), list(&["OIDC Users"]));
    let findings = check(&values, None);
    let row = findings.iter().find(|finding| finding.code == Code::MappingRowIncomplete).expect("a finding");
    assert_eq!(*row, Finding::new(Code::MappingRowIncomplete).at(Field::Mappers).with("row", 2));
}

#[test]
fn switches() {
    let mut values = right_values();
    values.ignore_ssl_error = Some(true);
    values.login_provisioning = Some(false);
    let findings = check(&values, None);
    assert_eq!(problems(&findings, Field::IgnoreSslError), [Code::IgnoreSslErrorOn]);
    assert_eq!(problems(&findings, Field::LoginProvisioning), [Code::LoginProvisioningOff]);
}

/// What users paste: correct values, parts of them, random text, and the secret itself anywhere.
fn pasted(secret: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        Just(secret.to_owned()),
        Just(format!(" {secret}")),
        Just(format!("https://sso.firm.tld/{secret}/application/o/token")),
        Just(format!("https://sso.firm.tld/application/o/{secret}/")),
        Just(format!("openid {secret}")),
        "https?://[a-zä.]{0,12}(/application/o/)?[a-z/.?#]{0,20}",
        "\\PC{0,60}",
        "[A-Za-z0-9]{0,130}",
        Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_paste_panics_or_shows_the_secret(
        texts in proptest::collection::vec(pasted("Geheim0123456789"), 10),
        with_known: bool,
    ) {
        const SECRET: &str = "Geheim0123456789";
        let text = |index: usize| texts.get(index).cloned();
        let rows = |index: usize| Some(texts.iter().skip(index).cloned().collect());
        let values = FormValues {
            authorize_url: text(0),
            token_url: text(1),
            userinfo_url: text(2),
            client_id: text(3),
            client_secret: Some(Secret::new(SECRET.into())),
            redirect_url: text(4),
            redirect_url_extra: rows(5),
            client_scopes: text(6),
            default_template: text(7),
            mappers: rows(7),
            templates: rows(8),
            ignore_ssl_error: Some(true),
            login_provisioning: Some(false),
            template_options: rows(9),
        };
        let known = example();
        let findings = check(&values, with_known.then_some(&known));
        let json = serde_json::to_string(&findings).expect("serialises");
        prop_assert!(!json.contains(SECRET), "{json}");
        if let Some(registered) = known.client_secret.held() {
            prop_assert!(!json.contains(registered.reveal()), "{json}");
        }
    }
}
