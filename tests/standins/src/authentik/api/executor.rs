//! `/flows/executor/<slug>/`: flows step by step, for clients that show their pages themselves (recordings 653 to 656).
//!
//! Played are sign-in with name and password and the question for consent. Second factors, recovery and enrolment are not.

use http::{Method, StatusCode};
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use crate::{
    authentik::{
        access,
        call::{Call, last},
        cookies, oauth2,
        refusal::Refusal,
        reply::{self, QUERY_VALUE},
        sign_in,
        state::{Flow, StageKind, State},
    },
    message::{self, Response},
};

pub(super) fn handle(state: &mut State, call: &Call, slug: &str) -> Result<Response, Refusal> {
    let flow = state.flow_named(slug).cloned().ok_or_else(|| Refusal::missing("Flow"))?;
    match call.method {
        Method::GET | Method::HEAD => Ok(ask(state, call, &flow)),
        Method::POST => answer(state, call, &flow),
        _ => Err(Refusal::method_not_allowed(&call.method)),
    }
}

/// The next challenge.
fn ask(state: &mut State, call: &Call, flow: &Flow) -> Response {
    let key = sign_in::session_key(state, call);
    let session = state.sessions.get(&key).cloned().unwrap_or_default();
    let user = session.user.or(session.pending_user).and_then(|pk| state.users.get(pk));
    let username = user.map(|user| user.username.clone()).unwrap_or_default();
    let challenge = if let Some(to) = session.flow_target {
        if let Some(session) = state.sessions.get_mut(&key) {
            session.flow_target = None;
        }
        json!({"component": "xak-flow-redirect", "to": to})
    } else if flow.has(StageKind::Password) && session.user.is_none() {
        let title = flow.title.clone();
        match session.pending_user {
            None => challenge(
                &title,
                "ak-stage-identification",
                &json!({
                    "user_fields": ["email", "username"],
                    "password_fields": false,
                    "primary_action": "Log in",
                    "sources": [],
                    "show_source_labels": false,
                }),
            ),
            Some(_) => challenge(
                &title,
                "ak-stage-password",
                &json!({
                    "pending_user": username,
                    "pending_user_avatar": super::users::AVATAR,
                }),
            ),
        }
    } else if let Some((token, request)) = session.pending_consent.filter(|_| flow.has(StageKind::Consent)) {
        let application = state.application_of(request.provider).map(|application| application.name.clone()).unwrap_or_default();
        challenge(
            &flow.title.replace("%(app)s", &application),
            "ak-stage-consent",
            &json!({
                "pending_user": username,
                "pending_user_avatar": super::users::AVATAR,
                "header_text": format!("You're about to sign into {application}."),
                "permissions": oauth2::permissions(state, &request),
                "additional_permissions": [],
                "token": token,
            }),
        )
    } else {
        challenge(
            &flow.title,
            "ak-stage-access-denied",
            &json!({
                "pending_user": username,
                "pending_user_avatar": super::users::AVATAR,
                "error_message": "Flow does not apply to current user.",
            }),
        )
    };
    let mut response = message::json(StatusCode::OK, &challenge);
    cookies::set_session(&mut response, &state.site, &key);
    response
}

/// The answer to a challenge: leads to the next one.
fn answer(state: &mut State, call: &Call, flow: &Flow) -> Result<Response, Refusal> {
    let key = sign_in::session_key(state, call);
    let visitor = access::visitor(state, call);
    if visitor.is_some() && cookies::forgery(call, &state.site).is_some() {
        let error = json!({"component": "ak-stage-flow-error", "request_id": call.id});
        let mut response = message::json(StatusCode::OK, &error);
        cookies::set_session(&mut response, &state.site, &key);
        return Ok(response);
    }
    let body = call.json()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut session_now = key.clone();
    match text("component") {
        "ak-stage-identification" => {
            let wanted = text("uid_field");
            let found =
                state.users.named(wanted).or_else(|| state.users.iter().find(|user| user.email == wanted)).map(|user| user.pk);
            if let Some(session) = state.sessions.get_mut(&key) {
                session.pending_user = found;
            }
        }
        "ak-stage-password" => {
            let pending = state.sessions.get(&key).and_then(|session| session.pending_user);
            let username = pending.and_then(|pk| state.users.get(pk)).map(|user| user.username.clone()).unwrap_or_default();
            let Some(started) = sign_in::with_password(state, call, &username, text("password")) else {
                let mut again = challenge(
                    &flow.title,
                    "ak-stage-password",
                    &json!({
                        "pending_user": username,
                        "pending_user_avatar": super::users::AVATAR,
                    }),
                );
                again["response_errors"] = json!({"password": [{"string": "Invalid password", "code": "invalid"}]});
                return Ok(message::json(StatusCode::OK, &again));
            };
            let target = next(state, call);
            if let Some(session) = state.sessions.get_mut(&started) {
                session.flow_target = Some(target);
            }
            session_now = started;
        }
        "ak-stage-consent" => {
            let pending = state.sessions.get(&key).and_then(|session| session.pending_consent.clone());
            if let Some((token, request)) = pending
                && text("token") == token.to_string()
            {
                let target = oauth2::authorize::grant(state, call, &key, &request);
                if let Some(session) = state.sessions.get_mut(&key) {
                    session.flow_target = Some(target);
                }
            }
        }
        _ => {}
    }
    let query = call.param("query").unwrap_or_default();
    let path = state.site.path(&call.path);
    let mut response = reply::redirect(&format!("{path}?query={}", utf8_percent_encode(query, QUERY_VALUE)));
    cookies::set_session(&mut response, &state.site, &session_now);
    Ok(response)
}

fn challenge(title: &str, component: &str, more: &Value) -> Value {
    let mut challenge = json!({
        "flow_info": {
            "title": title,
            "background": "/static/dist/assets/images/flow_background.jpg",
            "background_themed_urls": null,
            "cancel_url": "/flows/-/cancel/",
            "layout": "stacked",
        },
        "component": component,
    });
    if let (Some(challenge), Some(more)) = (challenge.as_object_mut(), more.as_object()) {
        challenge.extend(more.clone());
    }
    challenge
}

/// Where the flow leads: `next` of the page's query, which the client hands over as `query`.
fn next(state: &State, call: &Call) -> String {
    let pairs = url::form_urlencoded::parse(call.param("query").unwrap_or_default().as_bytes()).into_owned().collect();
    last(&pairs, "next")
        .filter(|next| next.starts_with('/') && !next.starts_with("//"))
        .map_or_else(|| state.site.path("if/user/"), str::to_owned)
}
