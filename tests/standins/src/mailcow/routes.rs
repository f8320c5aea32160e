//! From a request to what answers it: a page or the API.

use http::Method;
use http::header::USER_AGENT;

use super::exchange::Exchange;
use super::incoming::{Body, Incoming};
use super::profile::Profile;
use super::session::{Role, SignedIn};
use super::state::State;
use super::{api, pages};
use crate::message::{Request, Response, Upstream};

/// Answers a request.
pub(super) fn answer(profile: Profile, state: &mut State, request: &Request, upstream: &mut dyn Upstream) -> Response {
    let incoming = Incoming::read(request);
    if let Some(response) = pages::without_session(&incoming, profile, state) {
        return response;
    }
    let mut exchange = Exchange::begin(profile, state, incoming, upstream);
    let mut response = dispatch(&mut exchange);
    exchange.finish(&mut response);
    response
}

fn dispatch(exchange: &mut Exchange<'_>) -> Response {
    let agent = exchange.incoming.header(USER_AGENT).unwrap_or_default().to_owned();
    exchange.session_mut().user_agent.get_or_insert(agent);
    if let Some(key) = exchange.incoming.header("x-api-key") {
        if exchange.state.api_key.as_deref() != Some(key) {
            return api::authentication_failed();
        }
        let session = exchange.session_mut();
        session.user = Some(SignedIn { name: "API".to_owned(), role: Role::Admin });
        session.api = true;
    }
    if exchange.incoming.form("logout").is_some() && exchange.user().is_some() {
        return exchange.log_out();
    }
    if exchange.user().is_some()
        && *exchange.incoming.method == Method::POST
        && !exchange.session_check()
        && let Body::Form(fields) = &mut exchange.incoming.body
    {
        fields.clear();
    }
    if exchange.incoming.path == "/api" || exchange.incoming.path.starts_with("/api/") {
        api::answer(exchange)
    } else {
        pages::answer(exchange)
    }
}
