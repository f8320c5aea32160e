//! The authorization endpoint (docs/contract/authentik.md, section 9).

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, json};
use url::form_urlencoded;

use crate::{
    authentik::{
        access,
        call::Call,
        claims, cookies, pages, policy,
        reply::{self, QUERY_VALUE},
        resource::{APPLICATION, PROVIDER},
        sign_in,
        state::{AuthorizationCode, AuthorizationRequest, Grant, Provider, RedirectUri, Session, StageKind, State},
        time::{SECOND, span_seconds},
    },
    message::Response,
};

/// What the endpoint tells the client that a request cannot be served.
enum Rejection {
    /// A page for the user: the client cannot be trusted with the answer.
    Page(&'static str, &'static str),
    /// Back to the client with an error code and its description.
    Redirect(&'static str, &'static str),
}

const CLIENT_ID_ERROR: Rejection = Rejection::Page("Client ID Error", "The client identifier (client_id) is missing or invalid.");

const REDIRECT_URI_ERROR: Rejection = Rejection::Page(
    "Redirect URI Error",
    "The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).",
);

pub(super) fn handle(state: &mut State, call: &Call) -> Response {
    if call.query.is_empty() {
        return pages::error::not_found(state);
    }
    let visitor = access::visitor(state, call);
    let user = visitor.as_ref().map(|visitor| visitor.user);
    let request = match check(state, call, user) {
        Ok(request) => request,
        Err(Rejection::Page(title, text)) => return pages::error::bad_request(state, title, text),
        Err(Rejection::Redirect(error, description)) => return back(call, error, description),
    };
    if call.param("prompt") == Some("none") && visitor.is_none() {
        return back(call, "login_required", "The Authorization Server requires End-User authentication");
    }
    let Some(application) = state.application_of(request.provider).cloned() else {
        return pages::error::denied(state, user);
    };
    let Some(key) = visitor.and_then(|visitor| visitor.session) else {
        return to_sign_in(state, call, &request);
    };
    let person = user.and_then(|pk| state.users.get(pk));
    if !person.is_some_and(|person| policy::passes(state, &application, person)) {
        return pages::error::denied(state, user);
    }
    let flow = state.provider(request.provider).and_then(|provider| state.flow(provider.authorization_flow));
    let consent_flow = flow.filter(|flow| flow.has(StageKind::Consent)).map(|flow| flow.slug.clone());
    let mut response = if let Some(slug) = consent_flow {
        let token = state.ids.uuid();
        if let Some(session) = state.sessions.get_mut(&key) {
            session.pending_consent = Some((token, request));
            session.flow_target = None;
            session.left_application = None;
        }
        let query = form_query(call);
        reply::redirect(&state.site.path(&format!("if/flow/{slug}/?{query}")))
    } else {
        let location = grant(state, call, &key, &request);
        reply::redirect(&location)
    };
    cookies::set_session(&mut response, &state.site, &key);
    response
}

/// Judges the request in authentik's order: client, redirect URI, grant, response type, scopes, PKCE.
fn check(state: &mut State, call: &Call, user: Option<i64>) -> Result<AuthorizationRequest, Rejection> {
    let client_id = call.param("client_id").unwrap_or_default();
    let provider = state.client(client_id).ok_or(CLIENT_ID_ERROR)?.clone();
    let redirect_uri = call.param("redirect_uri").unwrap_or_default().to_owned();
    let forbidden = ["javascript:", "data:", "vbscript:"];
    let scheme = redirect_uri.to_lowercase();
    if redirect_uri.is_empty() || forbidden.iter().any(|start| scheme.starts_with(start)) {
        return Err(REDIRECT_URI_ERROR);
    }
    if state.profile.adopts_redirect_uris() && provider.authorization_uris().next().is_none() {
        adopt(state, call, user, &provider, &redirect_uri);
    } else if !provider.allows(&redirect_uri) {
        return Err(REDIRECT_URI_ERROR);
    }
    if call.param("response_type") != Some("code") {
        return Err(Rejection::Redirect(
            "unsupported_response_type",
            "The authorization server does not support obtaining an authorization code using this method",
        ));
    }
    let malformed = Rejection::Redirect("invalid_request", "The request is otherwise malformed");
    if state.profile.has_grant_types() && !provider.grant_types.iter().any(|grant| grant == "authorization_code") {
        return Err(malformed);
    }
    let challenge = call.param("code_challenge").map(|challenge| {
        let method = call.param("code_challenge_method").unwrap_or("plain");
        (challenge.to_owned(), method.to_owned())
    });
    if challenge.as_ref().is_some_and(|(_, method)| method != "plain" && method != "S256") {
        return Err(malformed);
    }
    Ok(AuthorizationRequest {
        provider: provider.pk,
        redirect_uri,
        state: call.param("state").map(str::to_owned),
        scopes: granted_scopes(state, &provider, call.param("scope").unwrap_or_default()),
        nonce: call.param("nonce").map(str::to_owned),
        challenge,
    })
}

/// The asked scopes that the provider has a mapping for; all of them if none was asked. Others are dropped without a word.
pub(super) fn granted_scopes(state: &State, provider: &Provider, asked: &str) -> Vec<String> {
    let asked: Vec<&str> = asked.split_whitespace().collect();
    let mut scopes: Vec<String> = claims::selected(state, provider)
        .into_iter()
        .map(|mapping| mapping.scope_name.clone())
        .filter(|scope| asked.is_empty() || asked.contains(&scope.as_str()))
        .collect();
    scopes.dedup();
    scopes
}

/// A provider without redirect URIs takes the first it sees (recordings 659, 660 of 2026.2.2).
fn adopt(state: &mut State, call: &Call, user: Option<i64>, provider: &Provider, uri: &str) {
    PROVIDER.audit("model_updated", &json!(provider.pk), &provider.name, state, call, user);
    if let Some(provider) = state.provider_mut(provider.pk) {
        provider.redirect_uris.push(RedirectUri::strict(uri));
    }
}

/// Issues a code to the session's user and returns where the browser has to go.
pub(in crate::authentik) fn grant(state: &mut State, call: &Call, key: &str, request: &AuthorizationRequest) -> String {
    let Session { user: Some(user), signed_in, original, .. } = state.sessions.get(key).cloned().unwrap_or_default() else {
        return state.site.path("if/user/");
    };
    if let Some(session) = state.sessions.get_mut(key) {
        session.pending_consent = None;
        session.left_application = None;
    }
    let code = state.ids.hex();
    let lifetime =
        state.provider(request.provider).and_then(|provider| span_seconds(&provider.access_code_validity)).unwrap_or(60);
    record(state, call, user, request);
    if let Some(original) = original {
        state.name_impersonator(original);
    }
    state.codes.push(AuthorizationCode {
        code: code.clone(),
        grant: Grant {
            provider: request.provider,
            user,
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            auth_time: signed_in,
        },
        challenge: request.challenge.clone(),
        expires: state.now + lifetime * SECOND,
    });
    with_answer(&request.redirect_uri, &code, request.state.as_deref().unwrap_or_default())
}

fn record(state: &mut State, call: &Call, user: i64, request: &AuthorizationRequest) {
    let flow = state.provider(request.provider).map(|provider| provider.authorization_flow.simple().to_string());
    let mut context = Map::new();
    context.insert("flow".to_owned(), json!(flow));
    context.insert("scopes".to_owned(), json!(request.scopes.join(" ")));
    context.insert("http_request".to_owned(), call.http_request(&state.site));
    if let Some(application) = state.application_of(request.provider) {
        let pk = json!(application.pk.simple().to_string());
        let reference = APPLICATION.reference(&pk, &application.name);
        context.insert("authorized_application".to_owned(), reference);
    }
    state.record("authorize_application", "authentik.providers.oauth2.views.authorize", Some(user), context);
}

/// The redirect URI with code and state; a query that it already has is kept.
fn with_answer(redirect_uri: &str, code: &str, state: &str) -> String {
    let (base, query) = redirect_uri.split_once('?').unwrap_or((redirect_uri, ""));
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(form_urlencoded::parse(query.as_bytes()));
    pairs.append_pair("code", code).append_pair("state", state);
    format!("{base}?{}", pairs.finish())
}

/// Sends the browser back to the client with an error (recordings 509, 517).
fn back(call: &Call, error: &str, description: &str) -> Response {
    let uri = call.param("redirect_uri").unwrap_or_default();
    let description = utf8_percent_encode(description, QUERY_VALUE);
    let mut location = format!("{uri}?error={error}&error_description={description}");
    if let Some(state) = call.param("state") {
        location.push_str("&state=");
        location.extend(utf8_percent_encode(state, QUERY_VALUE));
    }
    reply::redirect(&location)
}

/// Sends a visitor to the authentication flow, which comes back here (recordings 508, 518).
fn to_sign_in(state: &mut State, call: &Call, request: &AuthorizationRequest) -> Response {
    let slug = state
        .provider(request.provider)
        .and_then(|provider| provider.authentication_flow)
        .and_then(|pk| state.flow(pk))
        .map_or_else(|| state.authentication_flow.clone(), |flow| flow.slug.clone());
    let next = call.target(&state.site);
    let mut query = form_urlencoded::Serializer::new(form_query(call));
    query.append_pair("next", &next);
    let location = state.site.path(&format!("if/flow/{slug}/?{}", query.finish()));
    let key = sign_in::session_key(state, call);
    let mut response = reply::redirect(&location);
    cookies::set_session(&mut response, &state.site, &key);
    response
}

/// The query, encoded anew as a form.
pub(super) fn form_query(call: &Call) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish()
}

#[cfg(test)]
mod tests {
    use super::with_answer;

    #[test]
    fn a_redirect_uri_keeps_its_own_query() {
        assert_eq!(with_answer("https://a.example", "c", "s"), "https://a.example?code=c&state=s");
        assert_eq!(with_answer("https://a.example/x?y=1", "c", ""), "https://a.example/x?y=1&code=c&state=");
    }
}
