//! Somebody pastes the values into mailcow's form by hand: each mistake is named at its field, with its facts, and what puts it
//! right is offered. In a browser `tests/e2e/credentials.test.ts` makes three of them.

use cowbell::app::Cowbell;
use cowbell::mailcow::script::reveal;
use cowbell::mailcow::{Field, MailcowChoice};
use cowbell::transport::Product;
use cowbell::verify::{Code, Finding, Fix};

use crate::support::form::Form;
use crate::support::stage::{MAILCOW, Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// Where authentik is: not at the guide's example host, which is a mistake of its own.
const AUTHENTIK: &str = "https://sso.firm.tld";

/// What has to be in the form.
struct Right {
    client_id: String,
    client_secret: String,
    token_url: String,
}

/// What is there instead.
type Wrong = fn(&Right) -> String;

/// A mistake: the field, what is there instead, what is said, with which facts, and whether one button fixes it where authentik is
/// not known; where it is, one does.
type Mistake = (Field, Wrong, Code, &'static [&'static str], bool);

/// Somebody who has the form before them, filled with what is right.
struct Typist {
    stage: Stage,
    form: Form,
    right: Right,
    knows_authentik: bool,
}

impl Typist {
    /// The panel has read authentik.
    fn with_authentik() -> Self {
        let stage = Setting { address: AUTHENTIK, users: 9, half_made: true, ..Setting::default() }.stage();
        stage.done(&draft());
        stage.observe_mailcow().succeeds();
        let mut form = Form::of(&stage.sim.observe());
        form.perform(&reveal());
        form.perform(&stage.app.fill_script(form.state(), &MailcowChoice::default()).succeeds());
        let text = |field: Field| form.text(field).to_owned();
        let right = Right {
            client_id: text(Field::ClientId),
            client_secret: text(Field::ClientSecret),
            token_url: text(Field::TokenUrl),
        };
        Self { stage, form, right, knows_authentik: true }
    }

    /// The panel, which was closed since, has only read mailcow.
    fn without_authentik() -> Self {
        let typist = Self::with_authentik();
        let stage = Stage { app: Cowbell::new(typist.stage.sim.clone()), sim: typist.stage.sim.clone() };
        stage.observe_mailcow().succeeds();
        Self { stage, knows_authentik: false, ..typist }
    }

    /// What is said of a form.
    fn said(&self, form: &Form) -> Vec<Finding> {
        self.stage.app.check_form(form.state(), &MailcowChoice::default()).findings
    }

    /// What comes of asking authentik from mailcow's page. The administrator has to allow that first if neither authentik nor
    /// mailcow's settings are known to Cowbell to be its.
    fn proven(&self, form: &Form) -> Finding {
        self.stage.sim.only(&[Product::Mailcow]);
        self.stage.sim.forget();
        let verify = || run(self.stage.app.verify_credentials(form.state())).finding();
        let finding = verify();
        if finding.code != Code::CredentialsUnknownEndpoint {
            return finding;
        }
        assert!(self.stage.sim.sent().is_empty(), "nothing goes where Cowbell knows nobody");
        let Some(Fix::TestAt { url }) = &finding.fix else { panic!("no way on: {finding:?}") };
        self.stage.app.accept_endpoint(form.state(), url);
        verify()
    }

    /// Makes each mistake in turn, and takes the fix where there has to be one.
    fn make(&self, mistakes: &[Mistake]) {
        for (field, wrong, code, facts, is_fixed) in mistakes {
            let value = wrong(&self.right);
            let mut form = self.form.clone();
            form.type_into(*field, &value);
            let findings = self.said(&form);
            let is_it = |finding: &&Finding| finding.code == *code && finding.field == Some(*field);
            let Some(finding) = findings.iter().find(is_it) else { panic!("{value:?} is not {code:?}, but {findings:?}") };
            assert!(finding.is_complete(), "{finding:?}");
            assert_eq!(finding.evidence.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>(), *facts, "{value:?}");
            let fix = finding.fix.as_ref().filter(|fix| is_offered(fix));
            assert_eq!(fix.is_some(), *is_fixed || self.knows_authentik, "{value:?}: {fix:?}");
            if let Some(fix) = fix {
                form.perform(&self.stage.app.fix_script(fix, form.state()).succeeds());
                assert_eq!(form.text(*field), self.form.text(*field), "{value:?} after {fix:?}");
                assert_eq!(self.said(&form).iter().find(is_it), None, "{value:?} after {fix:?}");
            }
        }
    }
}

/// Whether one button is enough.
fn is_offered(fix: &Fix) -> bool {
    matches!(fix, Fix::CleanField { .. } | Fix::SetField { .. } | Fix::SetRegisteredSecret | Fix::SwapCredentials)
}

const OTHER_ID: &str = "0123456789abcdefghijABCDEFGHIJ0123456789";

fn other_secret(_: &Right) -> String {
    format!("{}klmnopqr", OTHER_ID.repeat(3))
}

fn truncated_secret(right: &Right) -> String {
    right.client_secret[..100].to_owned()
}

/// The characters alone betray these, whoever is known. Hosts that only stand for one are in `src/verify/fields/tests.rs`: this mailcow has one itself.
const MISTYPED: [Mistake; 13] = [
    (Field::ClientId, |right| format!("{} ", right.client_id), Code::SurroundingSpace, &[], true),
    (Field::ClientSecret, |right| format!(" {}", right.client_secret), Code::SurroundingSpace, &[], true),
    (
        Field::ClientSecret,
        |right| format!("{}\u{200b}{}", &right.client_secret[..7], &right.client_secret[7..]),
        Code::InvisibleCharacter,
        &["U+200B", "8"],
        true,
    ),
    (Field::ClientId, |right| format!("\"{}\"", right.client_id), Code::QuoteMarks, &[], true),
    (Field::ClientId, |right| format!("\u{430}{}", &right.client_id[1..]), Code::NonAsciiCharacter, &["U+0430", "1"], false),
    (Field::TokenUrl, |right| right.token_url.trim_end_matches('/').to_owned(), Code::EndpointWithoutSlash, &[], true),
    (
        Field::UserinfoUrl,
        |_| "https://login.other.tld/application/o/userinfo/".into(),
        Code::EndpointAtOtherHost,
        &["login.other.tld", "sso.firm.tld"],
        true,
    ),
    (
        Field::AuthorizeUrl,
        |right| right.token_url.replace("token/", "mailcow/.well-known/openid-configuration"),
        Code::EndpointIsDiscovery,
        &[],
        true,
    ),
    (Field::TokenUrl, |right| right.token_url.replace("token/", "mailcow/token/"), Code::EndpointHasSlug, &["mailcow"], true),
    (Field::TokenUrl, |_| "http://login.example.org/application/o/token/".into(), Code::EndpointNotSecure, &[], true),
    (Field::AuthorizeUrl, |_| "authorize".into(), Code::EndpointNotUrl, &[], true),
    (Field::ClientScopes, |_| "openid profile".into(), Code::ScopeEmailMissing, &[], true),
    (Field::ClientScopes, |_| "openid,profile,email".into(), Code::ScopesNotSeparatedBySpaces, &[], true),
];

/// These can only be named once authentik was read.
const KNOWN: [Mistake; 4] = [
    (Field::ClientSecret, other_secret, Code::ClientSecretDiffers, &["Mailcow test"], true),
    (Field::ClientSecret, truncated_secret, Code::ClientSecretTruncated, &["100", "128"], true),
    (Field::RedirectUrl, |_| format!("{MAILCOW}/"), Code::RedirectSlashDiffers, &[MAILCOW], true),
    (
        Field::RedirectUrl,
        |_| "https://elsewhere.example".into(),
        Code::RedirectNotRegistered,
        &["https://elsewhere.example", MAILCOW],
        true,
    ),
];

#[test]
fn what_the_characters_betray_is_named_whoever_is_known() {
    Typist::without_authentik().make(&MISTYPED);
    Typist::with_authentik().make(&MISTYPED);
}

#[test]
fn what_authentik_knows_better_is_named_exactly() {
    let typist = Typist::with_authentik();
    typist.make(&KNOWN);
    // The ID of a client that somebody has made for something else.
    typist.stage.add_another_client();
    typist.stage.observe().succeeds();
    let mut form = typist.form.clone();
    form.type_into(Field::ClientId, "another");
    let findings = typist.said(&form);
    let finding = findings.iter().find(|finding| finding.code == Code::ClientIdOfOtherProvider).expect("another's client ID");
    assert_eq!(finding.evidence.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>(), ["another", "Mailcow test"]);
    let mut form = typist.form.clone();
    form.type_into(Field::ClientId, OTHER_ID);
    let findings = typist.said(&form);
    let finding = findings.iter().find(|finding| finding.code == Code::ClientIdDiffers).expect("another client ID");
    let facts: Vec<&str> = finding.evidence.iter().map(|fact| fact.value.as_str()).collect();
    assert!(facts.contains(&"Mailcow test") && facts.contains(&typist.right.client_id.as_str()), "{facts:?}");
}

#[test]
fn what_only_authentiks_answer_tells_is_asked_from_mailcows_page() {
    let typist = Typist::without_authentik();
    assert_eq!(typist.proven(&typist.form).code, Code::CredentialsRight);
    for (field, value, code, facts) in [
        (Field::ClientSecret, other_secret(&typist.right), Code::CredentialsWrongSecret, vec![]),
        (Field::ClientSecret, truncated_secret(&typist.right), Code::CredentialsWrongSecret, vec![]),
        (Field::ClientId, OTHER_ID.to_owned(), Code::CredentialsHidden, vec![MAILCOW]),
    ] {
        let mut form = typist.form.clone();
        form.type_into(field, &value);
        let finding = typist.proven(&form);
        assert_eq!(finding.code, code, "{value}");
        assert_eq!(finding.evidence.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>(), facts, "{value}");
    }
    // Its length is said, too, though the answer is graver.
    let mut form = typist.form.clone();
    form.type_into(Field::ClientSecret, &truncated_secret(&typist.right));
    let said = typist.said(&form);
    let length = said.iter().find(|finding| finding.code == Code::ClientSecretOddLength).expect("an odd length");
    assert_eq!(length.evidence.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>(), ["100", "128"]);
}

#[test]
fn a_client_id_and_a_secret_in_each_others_place_are_swapped() {
    for (typist, code) in
        [(Typist::without_authentik(), Code::CredentialsLookSwapped), (Typist::with_authentik(), Code::CredentialsSwapped)]
    {
        let mut form = typist.form.clone();
        form.type_into(Field::ClientId, &typist.right.client_secret);
        form.type_into(Field::ClientSecret, &typist.right.client_id);
        let said = typist.said(&form);
        let finding = said.iter().find(|finding| finding.code == code).expect("that they are swapped");
        let fix = finding.fix.as_ref().expect("a fix");
        form.perform(&typist.stage.app.fix_script(fix, form.state()).succeeds());
        assert_eq!(form.text(Field::ClientId), typist.right.client_id);
        assert_eq!(form.text(Field::ClientSecret), typist.right.client_secret);
        assert_eq!(typist.proven(&form).code, Code::CredentialsRight);
    }
}
