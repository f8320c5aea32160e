//! The pages of mailcow: enough of each to be used by hand and by Cowbell.

mod admin;
mod controls;
mod identity_form;
mod layout;
mod login;
mod system;
mod user;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};

use super::exchange::{Exchange, redirect};
use super::incoming::Incoming;
use super::profile::Profile;
use super::session::{Pending, Role};
use super::sign_in::{self, Outcome};
use super::state::State;
use crate::message::{Response, html};

const STYLE: &str = include_str!("mailcow.css");
const SCRIPT: &str = include_str!("mailcow.js");

/// What is not served by mailcow's PHP: static files and `SOGo`.
pub(super) fn without_session(incoming: &Incoming<'_>, profile: Profile, state: &State) -> Option<Response> {
    match incoming.path {
        "/cache/mailcow.css" => Some(file(STYLE, "text/css; charset=utf-8")),
        "/cache/mailcow.js" => Some(file(SCRIPT, "text/javascript; charset=utf-8")),
        "/favicon.ico" => Some(file(layout::ICON, "image/svg+xml")),
        "/SOGo/so" => {
            let session = incoming.cookie(profile.cookie()).and_then(|id| state.sessions.get(id));
            let user = session.and_then(|session| session.user.as_ref()).filter(|user| user.role == Role::User);
            Some(user.map_or_else(|| redirect("/"), |user| html(StatusCode::OK, user::sogo(&user.name).into_string())))
        }
        _ => None,
    }
}

fn file(text: &str, content_type: &'static str) -> Response {
    let mut response = Response::new(text.as_bytes().to_vec());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(super) fn answer(exchange: &mut Exchange<'_>) -> Response {
    let path = script(&exchange.incoming).to_owned();
    let role_before = exchange.role();
    match path.as_str() {
        "/" | "/user" | "/reset-password" => match sign_in::before_page(exchange) {
            Outcome::Redirect(response) => response,
            Outcome::Blank => html(StatusCode::OK, String::new()),
            Outcome::Continue if path == "/user" => user_page(exchange, role_before.is_some()),
            Outcome::Continue if path == "/" => login_page(exchange, Role::User),
            Outcome::Continue => reset_page(exchange),
        },
        "/admin" => login_page(exchange, Role::Admin),
        "/domainadmin" => login_page(exchange, Role::DomainAdmin),
        "/admin/dashboard" => for_role(exchange, Role::Admin, admin::dashboard),
        "/admin/system" => for_role(exchange, Role::Admin, system::page),
        "/admin/mailbox" => for_role(exchange, Role::Admin, admin::mailboxes),
        "/admin/queue" => for_role(exchange, Role::Admin, admin::queue),
        "/domainadmin/mailbox" => for_role(exchange, Role::DomainAdmin, admin::mailboxes),
        path if path.starts_with("/edit/mailbox/") => for_role(exchange, Role::Admin, admin::edit_mailbox),
        _ => html(StatusCode::NOT_FOUND, layout::not_found(&exchange.state.origin).into_string()),
    }
}

/// Which script nginx finds: a folder's `index.php`, or a file with or without `.php`, but not with a slash behind it
/// (docs/contract/cases.md, R10).
fn script<'a>(incoming: &Incoming<'a>) -> &'a str {
    match incoming.path {
        path @ ("/" | "/admin" | "/domainadmin") => path,
        _ if incoming.ends_with_slash => "",
        "/index" | "/index.php" => "/",
        path => path.strip_suffix(".php").unwrap_or(path),
    }
}

fn reset_page(exchange: &mut Exchange<'_>) -> Response {
    match exchange.role() {
        Some(Role::User) => redirect("/user"),
        Some(role) => redirect(role.home()),
        None => {
            let content = login::reset();
            layout::render(exchange, &content)
        }
    }
}

fn login_page(exchange: &mut Exchange<'_>, wanted: Role) -> Response {
    if let Some(role) = exchange.role().filter(|_| exchange.session().pending.is_none()) {
        return redirect(role.home());
    }
    if *exchange.incoming.method == Method::POST
        && let (Some(name), Some(password)) = (exchange.incoming.form("login_user"), exchange.incoming.form("pass_user"))
    {
        let (name, password) = (name.to_owned(), password.to_owned());
        if exchange.log_in(&name, &password, wanted).is_ok() {
            match exchange.session().pending {
                None => return redirect(wanted.home()),
                Some(Pending::SecondFactor) => {}
                Some(Pending::SecondFactorSetup | Pending::NewPassword) => return redirect(wanted.door()),
            }
        }
    }
    // Rendering the page makes a new authorization URL, and with it a new state.
    let offers_sign_in = exchange.profile.identity_provider() && exchange.state.identity_provider.offers_sign_in();
    if wanted == Role::User && offers_sign_in {
        sign_in::authorization_url(exchange);
    }
    let content = login::form(exchange, wanted, offers_sign_in);
    layout::render(exchange, &content)
}

/// `with_acl`: what the mailbox may do is read before anybody is signed in, and without it the tabs are missing.
fn user_page(exchange: &mut Exchange<'_>, with_acl: bool) -> Response {
    match exchange.role() {
        None => redirect("/"),
        Some(Role::User) => {
            let content = user::settings(exchange, with_acl);
            layout::render(exchange, &content)
        }
        Some(role) => redirect(role.home()),
    }
}

/// mailcow's `protect_route`: others are sent to where they belong.
fn for_role(exchange: &mut Exchange<'_>, wanted: Role, page: fn(&Exchange<'_>) -> maud::Markup) -> Response {
    match exchange.role() {
        None => redirect("/"),
        Some(role) if exchange.session().pending.is_some() => redirect(role.door()),
        Some(role) if role == wanted => {
            let content = page(exchange);
            layout::render(exchange, &content)
        }
        Some(Role::User) => redirect("/user"),
        Some(role) => redirect(role.home()),
    }
}
