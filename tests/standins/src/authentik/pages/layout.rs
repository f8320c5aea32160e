//! Frame and style of the pages.

use http::StatusCode;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::script;
use crate::{
    authentik::{state::State, words},
    message::{self, Response},
};

const STYLE: &str = include_str!("style.css");

/// A page with a card in the middle, as flows and errors are shown.
pub(super) fn card(state: &State, status: StatusCode, title: &str, content: &Markup) -> Response {
    let body = html! {
        main.flow {
            section.card {
                div.logo { (logo()) }
                (content)
            }
            footer { "Powered by authentik" }
        }
    };
    page(state, status, title, &body)
}

/// A page of an interface: bar on the left, content on the right.
pub(super) fn interface(state: &State, title: &str, navigation: &Markup, username: &str, content: &Markup) -> Response {
    let body = html! {
        div.interface {
            nav {
                div.logo { (logo()) span { "authentik" } }
                (navigation)
                div.me {
                    span { (username) }
                    a href=(state.site.path("flows/-/default/invalidation/")) { "Log out" }
                }
            }
            main { (content) }
        }
    };
    page(state, StatusCode::OK, title, &body)
}

fn page(state: &State, status: StatusCode, title: &str, body: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang=(state.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                (style())
                script data-id=[script::data_id(state.profile)] {
                    (PreEscaped(script::authentik_config(state)))
                }
            }
            body { (body) }
        }
    };
    message::html(status, state.language.page(words::WORDS, markup.into_string()))
}

/// The style sheet, which each shadow root needs for itself.
pub(super) fn style() -> Markup {
    html! { style { (PreEscaped(STYLE)) } }
}

fn logo() -> Markup {
    html! {
        svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" {
            rect width="32" height="32" rx="7" fill="#fd4b2d" {}
            path d="M8 20v-6a4 4 0 0 1 4-4h12v4H12v2h12v4h-4v3h-4v-3h-8z" fill="#fff" {}
        }
    }
}
