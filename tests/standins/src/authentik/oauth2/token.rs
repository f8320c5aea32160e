//! The token endpoint (docs/contract/authentik.md, section 10).
//!
//! The grants `password` and device code are refused as if their credentials were wrong.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    authorize::granted_scopes,
    client::{Credentials, ServerFailure},
    cors,
    error::OAuthError,
    issue,
};
use crate::{
    authentik::{
        call::{Call, Pairs, last},
        resource::{APPLICATION, PROVIDER},
        state::{Grant, Provider, State, Token, User, UserType},
    },
    message::Response,
};

/// Why no token is issued.
enum Rejection {
    Error(OAuthError),
    /// The server failed.
    Failure,
}

impl From<OAuthError> for Rejection {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn handle(state: &mut State, call: &Call) -> Response {
    let form = call.form();
    let credentials = Credentials::of(state, call, &form);
    let provider = state.client(&credentials.id).cloned();
    let result = match &provider {
        None => Err(OAuthError::InvalidClient.into()),
        Some(provider) => redeem(state, call, &form, &credentials, provider),
    };
    match (result, &provider) {
        (Ok(grant), Some(provider)) => {
            let response = issue::tokens(state, call, provider, &grant);
            cors::allow(response, call, Some(provider))
        }
        (Err(Rejection::Failure), _) => ServerFailure::answer(state),
        (Err(Rejection::Error(error)), _) => {
            let response = error.answer(StatusCode::BAD_REQUEST, state, call);
            cors::allow(response, call, provider.as_ref())
        }
        (Ok(_), None) => OAuthError::InvalidClient.answer(StatusCode::BAD_REQUEST, state, call),
    }
}

fn redeem(
    state: &mut State,
    call: &Call,
    form: &Pairs,
    credentials: &Credentials,
    provider: &Provider,
) -> Result<Grant, Rejection> {
    let grant_type = last(form, "grant_type").unwrap_or_default();
    // 2026.5 and later look at the grant before the secret (section 5.3).
    if state.profile.has_grant_types() && !provider.grant_types.iter().any(|known| known == grant_type) {
        return Err(OAuthError::InvalidGrant.into());
    }
    match grant_type {
        "authorization_code" => {
            authenticate(state, credentials, provider)?;
            redeem_code(state, call, form, provider)
        }
        "refresh_token" => {
            authenticate(state, credentials, provider)?;
            redeem_refresh_token(state, form, provider)
        }
        "client_credentials" => client_credentials(state, call, form, credentials, provider),
        "password" | DEVICE_CODE => Err(OAuthError::InvalidGrant.into()),
        _ => Err(OAuthError::UnsupportedGrantType.into()),
    }
}

fn authenticate(state: &mut State, credentials: &Credentials, provider: &Provider) -> Result<(), Rejection> {
    if provider.is_public {
        return Ok(());
    }
    match credentials.agree(provider, state) {
        Ok(true) => Ok(()),
        Ok(false) => Err(OAuthError::InvalidClient.into()),
        Err(ServerFailure) => Err(Rejection::Failure),
    }
}

/// Order: a code at all, the redirect URI, the code itself (recordings 553 to 558).
fn redeem_code(state: &mut State, call: &Call, form: &Pairs, provider: &Provider) -> Result<Grant, Rejection> {
    let wanted = last(form, "code").unwrap_or_default();
    if wanted.is_empty() {
        return Err(OAuthError::InvalidGrant.into());
    }
    let redirect_uri = last(form, "redirect_uri").unwrap_or_default();
    if !provider.allows(redirect_uri) {
        report_redirect_uri(state, call, provider, redirect_uri);
        return Err(OAuthError::InvalidClient.into());
    }
    let at = state
        .codes
        .iter()
        .position(|code| code.code == wanted && code.grant.provider == provider.pk)
        .ok_or(OAuthError::InvalidGrant)?;
    let code = state.codes.remove(at);
    if code.expires < state.now {
        return Err(OAuthError::InvalidGrant.into());
    }
    if let Some((challenge, method)) = &code.challenge {
        let verifier = last(form, "code_verifier").unwrap_or_default();
        let answer = if method == "S256" { BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) } else { verifier.to_owned() };
        if answer != *challenge {
            return Err(OAuthError::InvalidGrant.into());
        }
    }
    Ok(code.grant)
}

fn report_redirect_uri(state: &mut State, call: &Call, provider: &Provider, redirect_uri: &str) {
    let expected: Vec<Value> = provider
        .authorization_uris()
        .map(|uri| {
            let mut shown = json!({"url": uri.url, "matching_mode": uri.matching_mode.name()});
            if state.profile.has_redirect_uri_type() {
                shown["redirect_uri_type"] = json!("authorization");
            }
            shown
        })
        .collect();
    let mut context = Map::new();
    context.insert("message".to_owned(), json!("Invalid redirect URI used by provider"));
    context.insert("expected".to_owned(), json!(expected));
    let provider = PROVIDER.reference(&json!(provider.pk), &provider.name);
    context.insert("provider".to_owned(), provider);
    context.insert("http_request".to_owned(), call.http_request(&state.site));
    context.insert("redirect_uri".to_owned(), json!(redirect_uri));
    state.record("configuration_error", APP, None, context);
}

const APP: &str = "authentik.providers.oauth2.views.token";

/// A refresh token is good for one use (docs/contract/e2e.md, case y); a used one is suspicious.
fn redeem_refresh_token(state: &mut State, form: &Pairs, provider: &Provider) -> Result<Grant, Rejection> {
    let wanted = last(form, "refresh_token").unwrap_or_default();
    let now = state.now;
    let users = &state.users;
    // Those of a user who is deactivated are deleted (docs/contract/cases.md, R11).
    let is_kept = |token: &Token| users.get(token.grant.user).is_some_and(|user| user.is_active);
    let token = state
        .refresh_tokens
        .iter_mut()
        .find(|token| token.token == wanted && token.grant.provider == provider.pk)
        .filter(|token| token.expires >= now && is_kept(token))
        .ok_or(OAuthError::InvalidGrant)?;
    if token.revoked {
        let mut context = Map::new();
        context.insert("message".to_owned(), json!("Revoked refresh token was used"));
        let provider = PROVIDER.reference(&json!(provider.pk), &provider.name);
        context.insert("provider".to_owned(), provider);
        state.record("suspicious_request", APP, None, context);
        return Err(OAuthError::InvalidGrant.into());
    }
    token.revoked = true;
    Ok(token.grant.clone())
}

/// Leaves a user and a `login` event behind (recordings 565, 566).
fn client_credentials(
    state: &mut State,
    call: &Call,
    form: &Pairs,
    credentials: &Credentials,
    provider: &Provider,
) -> Result<Grant, Rejection> {
    match credentials.agree(provider, state) {
        Ok(true) => {}
        Ok(false) => return Err(OAuthError::InvalidGrant.into()),
        Err(ServerFailure) => return Err(Rejection::Failure),
    }
    let application = state.application_of(provider.pk).cloned().ok_or(OAuthError::InvalidGrant)?;
    let username = format!("ak-{}-client_credentials", provider.name);
    let user = if let Some(user) = state.users.named(&username) {
        user.pk
    } else {
        let pk = state.next_user;
        state.next_user += 1;
        let uuid = state.ids.uuid();
        let mut user = User::new(pk, uuid, &username, state.now);
        user.name = format!("Autogenerated user from application {} (client credentials)", application.name);
        user.kind = UserType::ServiceAccount;
        user.path = format!("goauthentik.io/apps/{}", application.slug);
        user.attributes.insert("goauthentik.io/user/generated".to_owned(), json!(true));
        state.users.insert(user);
        pk
    };
    let now = state.now;
    if let Some(user) = state.users.get_mut(user) {
        user.last_login = Some(now);
    }
    let mut context = Map::new();
    let pk = json!(application.pk.simple().to_string());
    context.insert("application".to_owned(), APPLICATION.reference(&pk, &application.name));
    context.insert("auth_method".to_owned(), json!("oauth_client_secret"));
    context.insert("http_request".to_owned(), call.http_request(&state.site));
    state.record("login", APP, Some(user), context);
    let scopes = last(form, "scope").map_or_else(Vec::new, |asked| granted_scopes(state, provider, asked));
    Ok(Grant { provider: provider.pk, user, scopes, nonce: None, auth_time: now })
}
