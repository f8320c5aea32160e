//! The end of a session at an application; authentik's own session goes on (recordings 662, 663, 994 to 996).

use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};

use super::authorize::form_query;
use crate::{
    authentik::{
        access,
        call::Call,
        cookies, reply,
        state::{Application, State},
    },
    message::{self, Response},
};

pub(super) fn handle(state: &mut State, call: &Call, application: &Application) -> Response {
    let session = call.cookie(cookies::SESSION).and_then(|key| state.sessions.get(key));
    // To sign in, or to end the session.
    let flow_waits = session.is_some_and(|session| session.user.is_none() || session.left_application.is_some());
    let visitor = access::visitor(state, call);
    if flow_waits || (visitor.is_none() && !state.profile.ends_sessions_of_nobody()) {
        return nothing_to_do(state);
    }
    let slug = application
        .provider
        .and_then(|pk| state.provider(pk))
        .and_then(|provider| state.flow(provider.invalidation_flow))
        .map_or_else(|| state.invalidation_flow.clone(), |flow| flow.slug.clone());
    let query = if call.query.is_empty() { String::new() } else { format!("?{}", form_query(call)) };
    let mut response = reply::redirect(&state.site.path(&format!("if/flow/{slug}/{query}")));
    if let Some(key) = visitor.and_then(|visitor| visitor.session) {
        leave(state, &key, application);
        cookies::set_session(&mut response, &state.site, &key);
    }
    response
}

/// The session keeps in mind what it left; its tokens end, where they do (recordings 993, 996 of 2026.8.0-rc1).
fn leave(state: &mut State, key: &str, application: &Application) {
    let Some(session) = state.sessions.get_mut(key) else {
        return;
    };
    session.left_application = Some(application.name.clone());
    if state.profile.ends_tokens_with_session() {
        let (user, since) = (session.user, session.signed_in);
        state.access_tokens.retain(|token| {
            let grant = &token.grant;
            (Some(grant.provider), Some(grant.user), grant.auth_time) != (application.provider, user, since)
        });
    }
}

/// Without a session, and while a flow waits in it.
fn nothing_to_do(state: &State) -> Response {
    if state.profile.ends_sessions_of_nobody() {
        return message::html(StatusCode::OK, String::new());
    }
    let mut response = message::html(StatusCode::OK, "<html><body>Logout successful</body></html>".to_owned());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
