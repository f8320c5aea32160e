//! What all pages share: head, navigation, alerts, footer.

use http::StatusCode;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::language::Language;
use crate::mailcow::exchange::Exchange;
use crate::mailcow::notice::{self, Kind};
use crate::mailcow::session::Role;
use crate::mailcow::words;
use crate::message::{Response, html as answer_html};

/// A cow's head; mailcow's own drawing is not ours to copy.
pub(super) const ICON: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" class="main-logo" aria-hidden="true">"##,
    r##"<path d="M4 8c-3 0-3 6 2 6 0 9 4 14 10 14s10-5 10-14c5 0 5-6 2-6-2 0-4 1-5 2-2-2-4-3-7-3s-5 1-7 3C8 9 6 8 4 8z" fill="#f5a623"/>"##,
    r##"<circle cx="12" cy="15" r="1.8" fill="#3d2b00"/><circle cx="20" cy="15" r="1.8" fill="#3d2b00"/>"##,
    r##"<ellipse cx="16" cy="23" rx="5.5" ry="3.6" fill="#fde2b0"/></svg>"##
);

/// Renders a page, shows what is queued, and writes it to the log.
pub(super) fn render(exchange: &mut Exchange<'_>, content: &Markup) -> Response {
    let alerts = notice::alerts(&exchange.session().queue);
    let page = page(exchange, &alerts, content);
    exchange.empty_queue();
    answer_html(StatusCode::OK, exchange.state.language.page(words::WORDS, page.into_string()))
}

fn page(exchange: &Exchange<'_>, alerts: &[(Kind, String)], content: &Markup) -> Markup {
    let signed_in = exchange.user();
    let role = signed_in.map_or("", |user| user.role.word());
    let version = signed_in.map_or("", |_| exchange.profile.tag());
    html! {
        (DOCTYPE)
        html lang=(locale(exchange.state.language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (host(&exchange.state.origin)) " - " (title(exchange)) }
                link rel="icon" href="/favicon.ico";
                link rel="stylesheet" href="/cache/mailcow.css";
            }
            body {
                (navigation(exchange))
                main.container { (content) }
                div #alerts aria-live="polite" {
                    @for (kind, text) in alerts {
                        div class={ "alert alert-" (kind.word()) } role="alert" data-notify="container" {
                            span data-notify="message" { (text) }
                        }
                    }
                }
                (confirm_delete())
                @if let Some(pending) = exchange.session().pending {
                    div.modal.fade.show id=(pending.dialog()) role="dialog" {
                        div.modal-dialog { p { "Finish signing in." } }
                    }
                }
                footer.footer {
                    @if signed_in.is_some() {
                        "mailcow, version "
                        a href={ "https://github.com/mailcow/mailcow-dockerized/releases/tag/" (version) } { (version) }
                    }
                }
                script {
                    (PreEscaped(format!(
                        "var mailcow_cc_role = {role};\nvar mailcow_info = {{version_tag: {version}, project_url: {url}, branch: 'master'}};\n\
                         var csrf_token = {token};\nvar lang_page = {said};",
                        role = js(role),
                        version = js(version),
                        url = js("https://github.com/mailcow/mailcow-dockerized"),
                        token = js(&exchange.session().csrf_token),
                        said = words::in_page(exchange.state.language),
                    )))
                }
                script src="/cache/mailcow.js" {}
            }
        }
    }
}

/// The title, which mailcow does not escape.
fn title<'a>(exchange: &'a Exchange<'_>) -> PreEscaped<&'a str> {
    let own = exchange.state.ui_texts.title_name.as_str();
    PreEscaped(if own.is_empty() { "mail UI" } else { own })
}

/// The name of the language file.
fn locale(language: Language) -> &'static str {
    match language {
        Language::English => "en-gb",
        Language::German => "de-de",
    }
}

/// A text as a literal of JavaScript inside a script element.
fn js(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('<', "\\u003c")
}

fn navigation(exchange: &Exchange<'_>) -> Markup {
    let user = exchange.user();
    let link = |path: &str, text: &str| {
        html! { li.nav-item { a.nav-link.active[exchange.incoming.path == path] href=(path) { (text) } } }
    };
    html! {
        nav.navbar {
            a.navbar-brand href="/" { (PreEscaped(ICON)) span { "mailcow" } }
            ul.navbar-nav {
                @match user.map(|user| user.role) {
                    Some(Role::Admin) => {
                        (link("/admin/dashboard", "System information"))
                        (link("/admin/system", "Configuration"))
                        (link("/admin/mailbox", "E-Mail"))
                        (link("/admin/queue", "Queue Manager"))
                    }
                    Some(Role::DomainAdmin) => (link("/domainadmin/mailbox", "E-Mail"))
                    Some(Role::User) => {
                        (link("/user", "User Settings"))
                        (link("/SOGo/so/", "Webmail"))
                    }
                    None => {}
                }
            }
            @if let Some(user) = user {
                form #logout.navbar-form method="post" action="/" {
                    span.username-lia { (user.name) }
                    input type="hidden" name="logout" value="1";
                    button.btn.btn-sm.btn-outline type="submit" { "Logout" }
                }
            }
        }
    }
}

/// The dialog before something is removed.
fn confirm_delete() -> Markup {
    html! {
        div #ConfirmDeleteModal.modal.fade role="dialog" aria-labelledby="ConfirmDeleteTitle" hidden {
            div.modal-dialog {
                div.modal-header {
                    h3 #ConfirmDeleteTitle { "Confirm deletion" }
                    button.btn-close type="button" data-bs-dismiss="modal" aria-label="Close" { "×" }
                }
                div.modal-body {
                    p { "Please confirm your changes to the following object id" }
                    ul #ItemsToDelete {}
                }
                div.modal-footer {
                    button #IsConfirmed.btn.btn-sm.btn-xs-half.d-block.d-sm-inline.btn-danger type="button" { "Delete now" }
                    button #isCanceled.btn.btn-sm.btn-xs-half.d-block.d-sm-inline.btn-secondary type="button" { "Cancel" }
                }
            }
        }
    }
}

/// Host name of an origin, without its port.
fn host(origin: &str) -> String {
    url::Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// The answer for any path that is not there; PHP does not see it.
pub(super) fn not_found(origin: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-gb" {
            head { meta charset="utf-8"; title { "404 Not Found" } }
            body { h1 { "404 Not Found" } p { (host(origin)) } }
        }
    }
}
