//! A closed list of endpoints and methods: nothing else can be built, whatever the values are, and nothing else is sent in any
//! journey.

use std::fs;
use std::path::{Path, PathBuf};

use cowbell::app::Switching;
use cowbell::authentik::api::{Base, Collection, Creatable, Object};
use cowbell::mailcow::{CustomLogin, IdentityProvider, Mailbox, MailcowChoice, api};
use cowbell::setup::{ClientSecret, Origin, Parties, Secret};
use cowbell::transport::{Credentials, Encoding, Method, Product, Request, Work, Writer};
use cowbell::verify::probe;
use cowbell::wire::RawObject;
use proptest::prelude::*;

use crate::support::form::Form;
use crate::support::stage::{AUTHENTIK, BOTH, MAILCOW as MAILCOW_ORIGIN, Setting};
use crate::support::{Sent, Succeeds as _, everybody, run};

/// Method and path below `api/v3/` of all that is ever sent to authentik; `*` is one key.
const AUTHENTIK_API: [(Method, &str); 52] = [
    (Method::Get, "core/users/me/"),
    (Method::Get, "core/brands/current/"),
    (Method::Get, "admin/settings/"),
    (Method::Get, "admin/system/"),
    (Method::Get, "admin/version/"),
    (Method::Get, "core/application_entitlements/"),
    (Method::Get, "propertymappings/provider/scope/"),
    (Method::Get, "providers/oauth2/"),
    (Method::Get, "core/applications/"),
    (Method::Get, "flows/instances/"),
    (Method::Get, "crypto/certificatekeypairs/"),
    (Method::Get, "core/groups/"),
    (Method::Get, "core/users/"),
    (Method::Get, "policies/bindings/"),
    (Method::Get, "events/events/"),
    (Method::Get, "oauth2/access_tokens/"),
    (Method::Get, "rbac/permissions/"),
    (Method::Options, "propertymappings/provider/scope/"),
    (Method::Options, "providers/oauth2/"),
    (Method::Options, "core/applications/"),
    (Method::Options, "policies/bindings/"),
    (Method::Options, "propertymappings/provider/scope/*/"),
    (Method::Options, "providers/oauth2/*/"),
    (Method::Options, "core/applications/*/"),
    (Method::Options, "policies/bindings/*/"),
    (Method::Options, "core/groups/*/"),
    (Method::Options, "core/users/*/"),
    (Method::Get, "propertymappings/provider/scope/*/"),
    (Method::Get, "providers/oauth2/*/"),
    (Method::Get, "core/applications/*/"),
    (Method::Get, "policies/bindings/*/"),
    (Method::Get, "core/groups/*/"),
    (Method::Get, "core/users/*/"),
    (Method::Get, "providers/oauth2/*/setup_urls/"),
    (Method::Get, "providers/oauth2/*/preview_user/"),
    (Method::Get, "core/applications/*/check_access/"),
    (Method::Get, "propertymappings/provider/scope/*/used_by/"),
    (Method::Post, "propertymappings/provider/scope/"),
    (Method::Post, "providers/oauth2/"),
    (Method::Post, "core/applications/"),
    (Method::Post, "policies/bindings/"),
    (Method::Put, "core/transactional/applications/"),
    (Method::Patch, "propertymappings/provider/scope/*/"),
    (Method::Patch, "providers/oauth2/*/"),
    (Method::Patch, "core/applications/*/"),
    (Method::Patch, "policies/bindings/*/"),
    (Method::Patch, "core/groups/*/"),
    (Method::Patch, "core/users/*/"),
    (Method::Delete, "propertymappings/provider/scope/*/"),
    (Method::Delete, "providers/oauth2/*/"),
    (Method::Delete, "core/applications/*/"),
    (Method::Delete, "policies/bindings/*/"),
];

/// Method and path of all that is ever sent to mailcow.
const MAILCOW: [(Method, &str); 19] = [
    (Method::Get, "/api/v1/get/status/version"),
    (Method::Get, "/api/v1/get/identity-provider"),
    (Method::Get, "/api/v1/get/domain/all"),
    (Method::Get, "/api/v1/get/mailbox/all"),
    (Method::Get, "/api/v1/get/mailbox/template/all"),
    (Method::Get, "/api/v1/get/alias/all"),
    (Method::Get, "/api/v1/get/alias-domain/all"),
    (Method::Get, "/api/v1/get/logs/ui/1000"),
    (Method::Get, "/admin/system"),
    (Method::Get, "/admin"),
    (Method::Get, "/"),
    (Method::Post, "/api/v1/edit/identity-provider"),
    (Method::Post, "/api/v1/edit/identity-provider-test"),
    (Method::Post, "/api/v1/delete/identity-provider"),
    (Method::Post, "/api/v1/edit/mailbox"),
    (Method::Get, "/api/v1/get/mailbox/*"),
    (Method::Get, "/api/v1/get/app-passwd/all/*"),
    (Method::Get, "/api/v1/get/logs/sasl/100000"),
    (Method::Post, "/api/v1/edit/custom_login"),
];

/// Method and end of the path of all that is ever sent to prove credentials.
const PROBES: [(Method, &str); 3] =
    [(Method::Post, "/application/o/token/"), (Method::Post, "/application/o/revoke/"), (Method::Get, "/application/o/token/")];

fn mailcow_requests(origin: &Origin, text: &str) -> Vec<Request> {
    let guard = Writer::default().begin(Work::Save).expect("nobody else writes");
    let mut settings = IdentityProvider::default();
    settings.authorize_url = String::from(text);
    settings.client_id = String::from(text);
    settings.client_secret = ClientSecret::Held(Secret::new(text.to_owned()));
    let settings = settings.unchanged(origin).expect("nothing is unknown");
    vec![
        api::version(origin),
        api::identity_provider(origin),
        api::domains(origin),
        api::mailboxes(origin),
        api::mailbox_templates(origin),
        api::aliases(origin),
        api::alias_domains(origin),
        api::ui_log(origin),
        api::system_page(origin),
        api::admin_page(origin),
        api::login_page(origin),
        api::edit_identity_provider(&guard, &settings),
        api::test_identity_provider(origin, text, true),
        api::delete_identity_provider(&guard, origin),
        api::edit_mailboxes(&guard, origin, &[text], Mailbox { force_tfa: true, ..Mailbox::default() }),
        api::mailbox(origin, &address_of(text)).expect("an address"),
        api::app_passwords(origin, &address_of(text)).expect("an address"),
        api::sign_in_log(origin),
        api::edit_custom_login(&guard, origin, CustomLogin { force_sso: true, ..CustomLogin::default() }),
    ]
}

/// An address that mailcow can be asked about, from any text.
fn address_of(text: &str) -> String {
    let local: String =
        text.chars().filter(|letter| api::mailbox(&mailcow(), &format!("{letter}@a.example")).is_some()).collect();
    format!("{local}@mail.example")
}

fn mailcow() -> Origin {
    Origin::of(MAILCOW_ORIGIN).expect("an origin")
}

/// Whether a request to mailcow has this path; `*` is one address.
fn is_at(pattern: &str, path: &str) -> bool {
    let Some(before) = pattern.strip_suffix('*') else { return pattern == path };
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    path.strip_prefix(before).is_some_and(|address| address.contains('@') && address.chars().all(is_letter))
}

/// Whether a path has this pattern.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let key = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%'));
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(one, other)| *one == other || (*one == "*" && key(other)))
}

/// Whether a request is in one of the lists.
pub(crate) fn is_listed(method: Method, url: &str, authentik: &str) -> bool {
    let url = url.split('?').next().unwrap_or_default();
    if let Some(path) = url.strip_prefix(&format!("{authentik}/api/v3/")) {
        return AUTHENTIK_API.iter().any(|(known, pattern)| *known == method && fits(pattern, path));
    }
    if let Some(path) = url.strip_prefix(authentik) {
        return PROBES.contains(&(method, path));
    }
    url.strip_prefix(MAILCOW_ORIGIN)
        .is_some_and(|path| MAILCOW.iter().any(|(known, pattern)| *known == method && is_at(pattern, path)))
}

/// Everything that can be built for authentik with this text as a key.
fn authentik_requests(base: &Base, key: &str, number: i64) -> Vec<Request> {
    let collections = [
        Collection::ScopeMappings,
        Collection::Providers,
        Collection::Applications,
        Collection::AuthorizationFlows,
        Collection::InvalidationFlows,
        Collection::SigningKeys,
        Collection::Groups,
        Collection::Users,
    ];
    let objects = [
        Object::ScopeMapping(key.into()),
        Object::Provider(number),
        Object::Application(key.into()),
        Object::Binding(key.into()),
        Object::Group(key.into()),
        Object::User(number),
    ];
    let guard = Writer::default().begin(Work::Apply).expect("nobody else writes");
    let body = RawObject::default().with("text", key);
    let mut requests = vec![
        base.me(),
        base.brand(),
        base.version(),
        base.system(),
        base.settings(),
        base.bindings(key, 7),
        base.entitlements(key, 7),
        base.events("login", key, 7),
        base.oldest_event(),
        base.access_tokens(number, 7),
        base.setup_urls(number),
        base.preview_claims(number, number),
        base.check_access(key, number),
        base.mapping_used_by(key),
        base.permissions_on_bindings(key),
        base.create_application(&guard, &body),
    ];
    requests.extend(collections.map(|collection| base.list(collection, 7)));
    requests.extend(Creatable::ALL.iter().flat_map(|kind| [base.rights(*kind), base.create(&guard, *kind, &body)]));
    for object in &objects {
        requests.extend([base.read(object), base.rights_to(object), base.change(&guard, object, &body)]);
        // Cowbell removes nothing that it cannot have made.
        if !matches!(object, Object::Group(_) | Object::User(_)) {
            requests.push(base.remove(&guard, object));
        }
    }
    requests
}

/// The files below a folder whose text has this in it.
fn files_with(folder: &Path, text: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_with(&path, text, found);
        } else if fs::read_to_string(&path).expect("a text").contains(text) {
            found.push(path);
        }
    }
}

#[test]
fn requests_are_built_in_three_files_only() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files_with(&sources, "Request::new(", &mut found);
    found.sort();
    assert_eq!(found, ["authentik/api.rs", "mailcow/api.rs", "verify/probe.rs"].map(|file| sources.join(file)));
}

#[test]
fn every_journey_keeps_to_the_list() {
    for (address, half_made) in [(AUTHENTIK, false), ("https://login.example/sso", true)] {
        let stage = Setting { address, half_made, users: 30, ..Setting::default() }.stage();
        let choice = MailcowChoice::default();
        let desired = stage.done_in_both_ways();
        let form = Form::of(&stage.sim.observe());
        for tabs in [&[Product::Authentik][..], &[Product::Mailcow]] {
            stage.sim.only(tabs);
            run(stage.app.verify_credentials(form.state()));
        }
        stage.sim.only(&BOTH);
        run(stage.app.test_reach(form.state())).expect("a finding");
        run(stage.app.read_readiness(&desired, &choice, &mut |_, _| {})).succeeds();
        let wave = everybody(&stage.app);
        for which in [Switching::Wave(&wave), Switching::Back] {
            run(stage.app.switch_mailboxes(which, &mut |_, _| {})).succeeds();
        }
        run(stage.app.explain_sign_ins(&desired));
        run(stage.app.restore_mailcow(&choice)).succeeds();
        stage.undo().succeeds();
        let sent = stage.sim.sent();
        let strange: Vec<&Sent> = sent.iter().filter(|sent| !is_listed(sent.method, &sent.url, address)).collect();
        assert!(strange.is_empty(), "{strange:?}");
        for method in [Method::Get, Method::Options, Method::Post, Method::Patch, Method::Delete] {
            assert!(sent.iter().any(|sent| sent.method == method), "{method:?} was not tried");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn authentik_is_asked_nothing_else(key in "\\PC{1,40}", number in 1..i64::MAX) {
        for address in [AUTHENTIK, "https://login.example/sso"] {
            let base = Base::of(&format!("{address}/if/admin/")).expect("a page of authentik");
            for request in authentik_requests(&base, &key, number) {
                prop_assert!(is_listed(request.method(), request.url(), address), "{}", request.url());
                prop_assert_eq!(request.credentials(), Credentials::Session);
                prop_assert_eq!(request.csrf_header().is_some(), !request.method().is_safe());
            }
        }
    }

    #[test]
    fn mailcow_is_asked_nothing_else(text in "\\PC{0,40}") {
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        let requests = mailcow_requests(&origin, &text);
        prop_assert_eq!(requests.len(), MAILCOW.len());
        for (request, (method, path)) in requests.iter().zip(MAILCOW) {
            prop_assert_eq!(request.method(), method);
            prop_assert!(request.url().strip_prefix(MAILCOW_ORIGIN).is_some_and(|url| is_at(path, url)), "{}", request.url());
            let credentials = if path == "/" { Credentials::Omit } else { Credentials::Session };
            prop_assert_eq!(request.credentials(), credentials);
            let json = request.body().map(|body| body.encoding);
            prop_assert_eq!(json, (method == Method::Post).then_some(Encoding::Json));
        }
    }

    #[test]
    fn credentials_go_to_token_endpoints_only(
        url in prop_oneof![
            "https://[a-z]{1,8}(:8443)?(/[a-z]{1,4})?/application/o/token/",
            "(https?://)?[a-z.@:/?#]{0,12}(/application/o/)?(token|revoke|authorize)?/?",
        ],
        id in "\\PC{0,20}",
        secret in "\\PC{0,20}",
    ) {
        let mailcow = Origin::of(MAILCOW_ORIGIN).expect("an origin");
        if let Some(parties) = Parties::stored(&mailcow, &url, &url) {
            let secret = Secret::new(secret);
            let requests = [
                probe::token_request(&parties, &id, &secret),
                probe::revocation_request(&parties, &id, &secret, "made-up"),
                probe::contact_request(&parties),
            ];
            let senders = [&mailcow, parties.token_endpoint().origin(), &mailcow];
            prop_assert!(requests.iter().zip(senders).all(|(request, sender)| request.sender().as_ref() == Some(sender)));
            for (request, (method, path)) in requests.iter().zip(PROBES) {
                prop_assert_eq!(request.method(), method);
                prop_assert!(request.url().ends_with(path));
                prop_assert_eq!(Origin::of(request.url()), Origin::of(&url));
                prop_assert_eq!(request.credentials(), Credentials::Omit);
                let body = request.body().map_or("", |body| body.text.as_str());
                prop_assert!(!body.contains("client_credentials&"));
                prop_assert!(!body.contains("&code="));
            }
        }
    }
}
