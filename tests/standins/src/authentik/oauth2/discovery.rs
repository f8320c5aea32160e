//! Discovery and keys (recordings 501 to 507).

use http::StatusCode;
use serde_json::{Value, json};

use super::cors;
use crate::{
    authentik::{
        call::Call,
        claims,
        state::{Application, Provider, State},
    },
    message::{self, Response},
};

pub(super) fn configuration(state: &State, call: &Call, application: &Application, provider: &Provider) -> Response {
    let site = &state.site;
    let o = |path: &str| site.absolute(&format!("application/o/{path}"));
    let slug = &application.slug;
    // `openid` is there even without a mapping for it (recording 507).
    let mut scopes: Vec<String> =
        claims::selected(state, provider).into_iter().map(|mapping| mapping.scope_name.clone()).collect();
    scopes.push("openid".to_owned());
    scopes.sort();
    scopes.dedup();
    let mut names: Vec<String> =
        ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce"].map(str::to_owned).into();
    let (found, _) = claims::of_scopes(state, provider, None, &scopes);
    names.extend(found.keys().cloned());
    let algorithm = if provider.signing_key.is_some() { "RS256" } else { "HS256" };
    let mut body = json!({
        "issuer": claims::issuer(state, provider),
        "authorization_endpoint": o("authorize/"),
        "token_endpoint": o("token/"),
        "userinfo_endpoint": o("userinfo/"),
        "end_session_endpoint": o(&format!("{slug}/end-session/")),
        "introspection_endpoint": o("introspect/"),
        "revocation_endpoint": o("revoke/"),
        "device_authorization_endpoint": o("device/"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "response_types_supported": [
            "code", "id_token", "id_token token", "code token", "code id_token", "code id_token token",
        ],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "jwks_uri": o(&format!("{slug}/jwks/")),
        "grant_types_supported": [
            "authorization_code", "refresh_token", "implicit", "client_credentials", "password",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "id_token_signing_alg_values_supported": [algorithm],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "acr_values_supported": [claims::ACR],
        "scopes_supported": scopes,
        "request_parameter_supported": false,
        "claims_supported": names,
        "claims_parameter_supported": false,
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    if state.profile.has_frontchannel_logout() {
        body["frontchannel_logout_supported"] = json!(true);
        body["frontchannel_logout_session_supported"] = json!(true);
    }
    cors::allow(message::json(StatusCode::OK, &body), call, Some(provider))
}

/// The public key, or `{}` for a provider that signs with its secret. The numbers are made up: nothing is signed with them.
pub(super) fn keys(state: &State, provider: &Provider) -> Response {
    let certificate = provider.signing_key.and_then(|pk| state.certificates.iter().find(|certificate| certificate.pk == pk));
    let body: Value = certificate.map_or_else(
        || json!({}),
        |certificate| {
            let id = certificate.pk.simple().to_string();
            json!({"keys": [{
                "alg": "RS256", "kid": id, "kty": "RSA", "use": "sig", "n": id, "e": "AQAB",
                "x5c": [id], "x5t": id, "x5t#S256": id,
            }]})
        },
    );
    cors::public(message::json(StatusCode::OK, &body))
}
