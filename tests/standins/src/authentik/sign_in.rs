//! Signing in and out: what every way of doing it has in common.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    cookies,
    state::{StageKind, State},
};

/// Signs a user in with a password and returns the value of the new session cookie; `None` if name or password are wrong or the
/// account is inactive. Leaves the event `login` or `login_failed` (recordings 704, 705).
pub(super) fn with_password(state: &mut State, call: &Call, username: &str, password: &str) -> Option<String> {
    let user = state.users.named(username).map(|user| user.pk);
    let right = user.and_then(|pk| state.users.get(pk)).is_some_and(|user| user.is_active && user.password == password);
    let mut context = Map::new();
    if !right {
        context.insert("stage".to_owned(), password_stage(state));
        context.insert("password".to_owned(), json!("********************"));
        context.insert("username".to_owned(), json!(username));
        context.insert("http_request".to_owned(), call.http_request(&state.site));
        state.record("login_failed", "authentik.events.signals", user, context);
        return None;
    }
    let user = user?;
    context.insert("auth_method".to_owned(), json!("password"));
    context.insert("http_request".to_owned(), call.http_request(&state.site));
    context.insert("auth_method_args".to_owned(), json!({"known_device": true}));
    state.record("login", "authentik.events.signals", Some(user), context);
    if let Some(old) = call.cookie(cookies::SESSION) {
        state.sessions.remove(old);
    }
    Some(start(state, user))
}

/// Starts a session without any question.
pub(super) fn start(state: &mut State, user: i64) -> String {
    let now = state.now;
    if let Some(user) = state.users.get_mut(user) {
        user.last_login = Some(now);
    }
    state.start_session(Some(user))
}

/// Ends the browser's session.
pub(super) fn out(state: &mut State, call: &Call) {
    let Some(session) = call.cookie(cookies::SESSION).and_then(|key| state.sessions.remove(key)) else {
        return;
    };
    if session.user.is_some() {
        let mut context = Map::new();
        context.insert("http_request".to_owned(), call.http_request(&state.site));
        state.record("logout", "authentik.events.signals", session.user, context);
    }
}

/// The key of the visitor's session, which is started if there is none.
pub(super) fn session_key(state: &mut State, call: &Call) -> String {
    match call.cookie(cookies::SESSION) {
        Some(key) if state.sessions.contains_key(key) => key.to_owned(),
        _ => state.start_session(None),
    }
}

fn password_stage(state: &State) -> Value {
    let password = state
        .flow_named(&state.authentication_flow)
        .and_then(|flow| flow.stages.iter().find(|stage| stage.kind == StageKind::Password));
    json!({
        "pk": password.map(|stage| stage.pk.simple().to_string()),
        "app": "authentik_stages_password",
        "name": "default-authentication-password",
        "model_name": "passwordstage",
    })
}
