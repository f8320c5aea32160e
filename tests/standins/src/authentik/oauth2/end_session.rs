//! The end of a session at an application; authentik's own session goes on (recordings 662, 663).

use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};

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
    let Some(key) = access::visitor(state, call).and_then(|visitor| visitor.session) else {
        let page = "<html><body>Logout successful</body></html>".to_owned();
        let mut response = message::html(StatusCode::OK, page);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        return response;
    };
    let slug = application
        .provider
        .and_then(|pk| state.provider(pk))
        .and_then(|provider| state.flow(provider.invalidation_flow))
        .map_or_else(|| state.invalidation_flow.clone(), |flow| flow.slug.clone());
    if let Some(session) = state.sessions.get_mut(&key) {
        session.left_application = Some(application.name.clone());
    }
    let mut response = reply::redirect(&state.site.path(&format!("if/flow/{slug}/")));
    cookies::set_session(&mut response, &state.site, &key);
    response
}
