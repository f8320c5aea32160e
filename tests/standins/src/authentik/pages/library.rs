//! `/if/user/`: the tiles of the applications that a user may launch.

use maud::html;

use super::{flow::sign_in_first, layout};
use crate::{
    authentik::{access, api::applications::launch_url, call::Call, policy, state::State},
    message::Response,
};

pub(super) fn handle(state: &State, call: &Call) -> Response {
    let user = access::visitor(state, call).and_then(|visitor| state.users.get(visitor.user));
    let Some(user) = user else {
        return sign_in_first(state, call);
    };
    let applications: Vec<_> = state
        .applications
        .iter()
        .filter(|application| !application.meta_hide && policy::passes(state, application, user))
        .collect();
    let navigation = html! {
        a href=(state.site.path("if/user/")) aria-current="page" { "My applications" }
        @if state.is_superuser(user) { a href=(state.site.path("if/admin/")) { "Admin interface" } }
    };
    let content = html! {
        h1 { "My applications" }
        @if applications.is_empty() { p { "No applications available." } }
        div.tiles {
            @for application in &applications {
                div.tile {
                    @match launch_url(state, application) {
                        Some(url) => a href=(url) { (application.name) },
                        None => span { (application.name) },
                    }
                    @if !application.meta_description.is_empty() { p { (application.meta_description) } }
                }
            }
        }
    };
    layout::interface(state, "My applications - authentik", &navigation, &user.username, &content)
}
