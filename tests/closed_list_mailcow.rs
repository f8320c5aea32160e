//! Everything that can be built for mailcow and for the credential probes is in this list, whatever the values are.

use cowbell::{
    mailcow::{IdentityProvider, api},
    setup::{Origin, Secret},
    transport::{Credentials, Encoding, Method, Request},
    verify::probe::TokenEndpoint,
};
use proptest::prelude::*;

/// Method and path of all that is ever sent to mailcow.
const MAILCOW: [(Method, &str); 9] = [
    (Method::Get, "/api/v1/get/status/version"),
    (Method::Get, "/api/v1/get/identity-provider"),
    (Method::Get, "/api/v1/get/domain/all"),
    (Method::Get, "/api/v1/get/mailbox/all"),
    (Method::Get, "/api/v1/get/mailbox/template/all"),
    (Method::Get, "/admin/system"),
    (Method::Post, "/api/v1/edit/identity-provider"),
    (Method::Post, "/api/v1/edit/identity-provider-test"),
    (Method::Post, "/api/v1/delete/identity-provider"),
];

/// Method and end of the path of all that is ever sent to prove credentials.
const PROBES: [(Method, &str); 3] =
    [(Method::Post, "/application/o/token/"), (Method::Post, "/application/o/revoke/"), (Method::Get, "/application/o/token/")];

fn mailcow_requests(origin: &Origin, text: &str) -> Vec<Request> {
    let mut settings = IdentityProvider::default();
    settings.authorize_url = String::from(text);
    settings.client_id = String::from(text);
    settings.client_secret = Some(Secret::new(text.to_owned()));
    vec![
        api::version(origin),
        api::identity_provider(origin),
        api::domains(origin),
        api::mailboxes(origin),
        api::mailbox_templates(origin),
        api::system_page(origin),
        api::edit_identity_provider(origin, &settings),
        api::test_identity_provider(origin, text, true),
        api::delete_identity_provider(origin),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mailcow_is_asked_nothing_else(text in "\\PC{0,40}") {
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        let requests = mailcow_requests(&origin, &text);
        prop_assert_eq!(requests.len(), MAILCOW.len());
        for (request, (method, path)) in requests.iter().zip(MAILCOW) {
            prop_assert_eq!(request.method(), method);
            prop_assert_eq!(request.url(), format!("{origin}{path}"));
            prop_assert_eq!(request.credentials(), Credentials::Session);
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
        if let Some(endpoint) = TokenEndpoint::of(&url) {
            let secret = Secret::new(secret);
            let requests = [
                endpoint.redeem_nothing(&id, &secret),
                endpoint.revoke_nothing(&id, &secret, "made-up"),
                endpoint.contact(),
            ];
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
