//! Issues tokens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::error::uncached;
use crate::{
    authentik::{
        call::Call,
        claims::{self, Failure},
        merge::merge,
        resource::{MAPPING, PROVIDER},
        state::{Grant, Provider, State, Token},
        time::{SECOND, span_seconds},
    },
    message::{self, Response},
};

/// Stores tokens for a grant and answers with them (recording 521).
pub(super) fn tokens(state: &mut State, call: &Call, provider: &Provider, grant: &Grant) -> Response {
    let lifetime = span_seconds(&provider.access_token_validity).unwrap_or(3600);
    let claims = id_token(state, call, provider, grant, lifetime);
    let access_token = jwt(state, provider, &claims);
    let id_token = jwt(state, provider, &claims);
    let shown = Value::Object(claims).to_string();
    let pk = state.next_token;
    state.next_token += 1;
    let mut body = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "id_token": id_token,
    });
    if state.profile.has_token_scope() {
        body["scope"] = json!(grant.scopes.join(" "));
    }
    if grant.scopes.iter().any(|scope| scope == "offline_access") {
        let refresh_token = state.ids.alphanumeric(128);
        let lifetime = span_seconds(&provider.refresh_token_validity).unwrap_or(2_592_000);
        body["refresh_token"] = json!(refresh_token);
        state.refresh_tokens.push(Token {
            pk,
            token: refresh_token,
            grant: grant.clone(),
            expires: state.now + lifetime * SECOND,
            revoked: false,
            id_token: shown.clone(),
        });
    }
    state.access_tokens.push(Token {
        pk,
        token: access_token,
        grant: grant.clone(),
        expires: state.now + lifetime * SECOND,
        revoked: false,
        id_token: shown,
    });
    uncached(message::json(StatusCode::OK, &body))
}

fn id_token(state: &mut State, call: &Call, provider: &Provider, grant: &Grant, lifetime: i64) -> Map<String, Value> {
    let mut claims = claims::of_id_token(state, provider, grant, lifetime);
    claims.insert("amr".to_owned(), json!(["pwd"]));
    let sid = format!("{}{}", state.ids.hex(), state.ids.hex());
    claims.insert("sid".to_owned(), json!(sid));
    if provider.include_claims_in_id_token {
        let more = scope_claims(state, call, provider, grant);
        merge(&mut claims, more);
    }
    claims
}

/// Claims of the granted scopes. A mapping that raised leaves two events and no claim (docs/contract/e2e.md, case bb).
pub(super) fn scope_claims(state: &mut State, call: &Call, provider: &Provider, grant: &Grant) -> Map<String, Value> {
    let user = state.users.get(grant.user);
    let (found, failures) = claims::of_scopes(state, provider, user, &grant.scopes);
    for failure in failures {
        report(state, call, provider, grant.user, &failure);
    }
    found
}

fn report(state: &mut State, call: &Call, provider: &Provider, user: i64, failure: &Failure) {
    let Some(mapping) = state.mapping(failure.mapping).cloned() else {
        return;
    };
    let http_request = call.http_request(&state.site);
    let mut context = Map::new();
    context.insert("message".to_owned(), json!("Failed to execute property mapping"));
    context.insert("expression".to_owned(), json!(mapping.expression));
    context.insert("exception".to_owned(), json!(failure.raised.exception));
    context.insert("http_request".to_owned(), http_request.clone());
    state.record("property_mapping_exception", "authentik.core.expression.evaluator", Some(user), context);
    let pk = json!(mapping.pk.simple().to_string());
    let mut context = Map::new();
    context.insert("message".to_owned(), json!(format!("Failed to evaluate property-mapping: '{}'", mapping.name)));
    context.insert("mapping".to_owned(), MAPPING.reference(&pk, &mapping.name));
    let provider = PROVIDER.reference(&json!(provider.pk), &provider.name);
    context.insert("provider".to_owned(), provider);
    context.insert("http_request".to_owned(), http_request);
    state.record("configuration_error", "authentik.providers.oauth2.views.userinfo", None, context);
}

/// Claims in the shape of a JWT. The signature is random: nobody here checks it.
fn jwt(state: &mut State, provider: &Provider, claims: &Map<String, Value>) -> String {
    let header = match provider.signing_key {
        Some(key) => json!({"alg": "RS256", "kid": key.simple().to_string(), "typ": "JWT"}),
        None => json!({"alg": "HS256", "typ": "JWT"}),
    };
    let part = |value: String| BASE64_URL_SAFE_NO_PAD.encode(value);
    let signature = state.ids.alphanumeric(43);
    format!("{}.{}.{signature}", part(header.to_string()), part(json!(claims).to_string()))
}
