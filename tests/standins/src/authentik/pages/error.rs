//! Pages that say no. Their words are the recorded ones.

use http::StatusCode;
use maud::{Markup, html};

use super::layout;
use crate::{
    authentik::{reply, state::State},
    message::Response,
};

/// There is no such page (recordings 015, 502).
pub(in crate::authentik) fn not_found(state: &State) -> Response {
    let content = html! { h1 { "Not Found" } (home(state)) };
    layout::card(state, StatusCode::NOT_FOUND, "authentik", &content)
}

/// The server failed over a writing request: a page, or 405 without a body (docs/contract/newest.md, row 8).
pub(in crate::authentik) fn server_error(state: &State) -> Response {
    if !state.profile.keeps_status_of_errors() {
        return reply::error_page_refused();
    }
    let content = html! { h1 { "Server Error" } (home(state)) };
    layout::card(state, StatusCode::INTERNAL_SERVER_ERROR, "authentik", &content)
}

/// A request for an authorization that cannot be sent back to its client (recordings 510 to 516).
pub(in crate::authentik) fn bad_request(state: &State, title: &str, text: &str) -> Response {
    let content = html! { h1 { (title) } p { (text) } (home(state)) };
    layout::card(state, StatusCode::BAD_REQUEST, "authentik", &content)
}

/// The user may not; the status is 200 (recording 651).
pub(in crate::authentik) fn denied(state: &State, user: Option<i64>) -> Response {
    let content = html! {
        h1 { "Permission denied" }
        (person(state, user))
        p { "Request has been denied." }
        (home(state))
    };
    layout::card(state, StatusCode::OK, "Permission denied - authentik", &content)
}

/// Who is signed in, with the way to be somebody else.
pub(super) fn person(state: &State, user: Option<i64>) -> Markup {
    let user = user.and_then(|pk| state.users.get(pk));
    html! {
        @if let Some(user) = user {
            p.person {
                (user.username) " "
                a href=(state.site.path("flows/-/default/invalidation/")) { "Not you?" }
            }
        }
    }
}

fn home(state: &State) -> Markup {
    html! { p { a href=(state.site.path("")) { "Go home" } } }
}
