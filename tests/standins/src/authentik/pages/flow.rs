//! `/if/flow/<slug>/`: sign-in, consent and sign-out as plain forms.
//!
//! authentik shows these with scripts that ask the flow executor; a form posts here instead, to the same address. As authentik's,
//! the form for signing in is in a shadow root, asks for the password once it knows the name, and has another form beside it that
//! nobody sees.

use http::{Method, StatusCode};
use maud::{Markup, html};

use super::{error, layout};
use crate::{
    authentik::{
        access,
        call::{Call, last},
        cookies,
        oauth2::{self, authorize},
        reply, sign_in,
        state::{Designation, Flow, StageKind, State},
    },
    message::Response,
};

pub(super) fn handle(state: &mut State, call: &Call, slug: &str) -> Option<Response> {
    let flow = state.flow_named(slug)?.clone();
    let posts = match call.method {
        Method::GET | Method::HEAD => false,
        Method::POST => true,
        _ => return None,
    };
    Some(match flow.designation {
        Designation::Authentication if posts => sign_in(state, call, &flow),
        Designation::Authentication => sign_in_page(state, call, &flow),
        Designation::Authorization if posts => consent(state, call),
        Designation::Authorization => consent_page(state, call, &flow),
        Designation::Invalidation => invalidate(state, call, &flow),
    })
}

fn sign_in_page(state: &mut State, call: &Call, flow: &Flow) -> Response {
    match access::visitor(state, call) {
        Some(_) => reply::redirect(&next(state, call)),
        None => sign_in_form(state, call, flow, Stage::Identification, None),
    }
}

fn sign_in(state: &mut State, call: &Call, flow: &Flow) -> Response {
    let form = call.form();
    let username = last(&form, "uid_field").unwrap_or_default().to_owned();
    if !is_own_form(state, call) {
        return sign_in_form(state, call, flow, Stage::Identification, Some("CSRF verification failed."));
    }
    let Some(password) = last(&form, "password") else {
        return sign_in_form(state, call, flow, Stage::Password(&username), None);
    };
    match sign_in::with_password(state, call, &username, password) {
        Some(key) => {
            let mut response = reply::redirect(&next(state, call));
            cookies::set_session(&mut response, &state.site, &key);
            let token = state.ids.alphanumeric(cookies::CSRF_LENGTH);
            cookies::set_csrf(&mut response, &state.site, &token);
            response
        }
        None => sign_in_form(state, call, flow, Stage::Password(&username), Some("Invalid password")),
    }
}

/// What a sign-in asks for.
#[derive(Clone, Copy)]
enum Stage<'a> {
    Identification,
    /// Of whoever this is.
    Password(&'a str),
}

fn sign_in_form(state: &mut State, call: &Call, flow: &Flow, asked: Stage, fault: Option<&str>) -> Response {
    let token = csrf_token(state, call);
    let fields = html! {
        @match asked {
            Stage::Identification => label {
                "Email or Username"
                input name="uid_field" autocomplete="username" autocapitalize="none" required autofocus;
            },
            Stage::Password(username) => {
                p.person { (username) }
                input type="hidden" name="uid_field" value=(username);
                label {
                    "Password"
                    input name="password" type="password" autocomplete="current-password" required autofocus;
                }
            }
        }
        @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
        button type="submit" { "Log in" }
    };
    let content = html! {
        ak-flow-executor {
            template shadowrootmode="open" {
                (layout::style())
                h1 { (flow.title) }
                (form(&token, &fields))
            }
        }
        (helper_form())
    };
    let title = format!("{} - authentik", flow.title);
    with_form(state, call, layout::card(state, StatusCode::OK, &title, &content), &token)
}

/// What password managers find, far outside of the page (real 2026.2.2; docs/contract/cases.md, "Stand-ins that were too kind").
fn helper_form() -> Markup {
    html! {
        form.helper {
            input type="text" name="username" autocomplete="username";
            input type="password" name="password" autocomplete="current-password";
            input type="text" name="code" autocomplete="one-time-code";
        }
    }
}

fn consent_page(state: &mut State, call: &Call, flow: &Flow) -> Response {
    let visitor = access::visitor(state, call);
    let user = visitor.as_ref().map(|visitor| visitor.user);
    let pending = visitor
        .and_then(|visitor| visitor.session)
        .and_then(|key| state.sessions.get(&key))
        .and_then(|session| session.pending_consent.clone())
        .filter(|_| flow.has(StageKind::Consent));
    let Some((_, request)) = pending else {
        return error::denied(state, user);
    };
    let application = state.application_of(request.provider).map(|application| application.name.clone()).unwrap_or_default();
    let permissions: Vec<String> = oauth2::permissions(state, &request)
        .iter()
        .filter_map(|permission| permission["name"].as_str().map(str::to_owned))
        .filter(|name| !name.is_empty())
        .collect();
    let token = csrf_token(state, call);
    let content = html! {
        h1 { (flow.title.replace("%(app)s", &application)) }
        (error::person(state, user))
        p { "You're about to sign into " (application) "." }
        @if !permissions.is_empty() {
            p { "Application requires following permissions:" }
            ul { @for permission in &permissions { li { (permission) } } }
        }
        (form(&token, &html! { button type="submit" { "Continue" } }))
    };
    with_form(state, call, layout::card(state, StatusCode::OK, "authentik", &content), &token)
}

fn consent(state: &mut State, call: &Call) -> Response {
    let visitor = access::visitor(state, call);
    let user = visitor.as_ref().map(|visitor| visitor.user);
    let key = visitor.and_then(|visitor| visitor.session);
    let pending = key.as_ref().and_then(|key| state.sessions.get(key)).and_then(|session| session.pending_consent.clone());
    match (key, pending) {
        (Some(key), Some((_, request))) if is_own_form(state, call) => {
            reply::redirect(&authorize::grant(state, call, &key, &request))
        }
        _ => error::denied(state, user),
    }
}

/// The full sign-out ends the session; that of one application only says what it left.
fn invalidate(state: &mut State, call: &Call, flow: &Flow) -> Response {
    if flow.has(StageKind::Logout) {
        sign_in::out(state, call);
        return reply::redirect(&state.site.path(""));
    }
    let visitor = access::visitor(state, call);
    let user = visitor.as_ref().map(|visitor| visitor.user);
    let application = visitor
        .and_then(|visitor| visitor.session)
        .and_then(|key| state.sessions.get(&key))
        .and_then(|session| session.left_application.clone())
        .unwrap_or_default();
    let title = flow.title.replace("%(app)s", &application);
    let content = html! {
        h1 { (title) }
        (error::person(state, user))
        p {
            "You've logged out of " (application)
            ". You can go back to the overview to launch another application, or log out of your authentik account."
        }
        p { a href=(state.site.path("if/user/")) { "Go back to overview" } }
        p { a href=(state.site.path("flows/-/default/invalidation/")) { "Log out of authentik" } }
    };
    layout::card(state, StatusCode::OK, &format!("{title} - authentik"), &content)
}

fn form(token: &str, fields: &Markup) -> Markup {
    html! {
        form method="post" {
            input type="hidden" name="csrfmiddlewaretoken" value=(token);
            (fields)
        }
    }
}

/// Gives the browser what the form needs: a session and the token.
fn with_form(state: &mut State, call: &Call, mut response: Response, token: &str) -> Response {
    let key = sign_in::session_key(state, call);
    cookies::set_session(&mut response, &state.site, &key);
    cookies::set_csrf(&mut response, &state.site, token);
    response
}

fn is_own_form(state: &State, call: &Call) -> bool {
    let form = call.form();
    let token = last(&form, "csrfmiddlewaretoken").unwrap_or_default();
    let same_origin = call.header("origin").is_none_or(|origin| origin == state.site.origin);
    same_origin && call.cookie(cookies::CSRF).is_some_and(|cookie| cookies::token_fault(token, cookie).is_none())
}

/// Where the flow leads; never to another site.
fn next(state: &State, call: &Call) -> String {
    call.param("next")
        .filter(|next| next.starts_with('/') && !next.starts_with("//"))
        .map_or_else(|| state.site.path("if/user/"), str::to_owned)
}

/// Sends a visitor to sign in and then back to the page.
pub(super) fn sign_in_first(state: &State, call: &Call) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(call.target(&state.site).as_bytes()).collect();
    let slug = &state.authentication_flow;
    reply::redirect(&state.site.path(&format!("if/flow/{slug}/?next={next}")))
}

/// The browser's token against forged requests, or a new one.
fn csrf_token(state: &mut State, call: &Call) -> String {
    call.cookie(cookies::CSRF)
        .filter(|token| token.len() == cookies::CSRF_LENGTH)
        .map_or_else(|| state.ids.alphanumeric(cookies::CSRF_LENGTH), str::to_owned)
}
