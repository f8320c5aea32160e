//! The three log-in pages.

use maud::{Markup, html};

use crate::mailcow::exchange::Exchange;
use crate::mailcow::session::Role;

pub(super) fn form(exchange: &Exchange<'_>, wanted: Role, offers_sign_in: bool) -> Markup {
    let title = match wanted {
        Role::User => "User Login",
        Role::Admin => "Administrator Login",
        Role::DomainAdmin => "Domain Administrator Login",
    };
    let others: Vec<_> = [Role::User, Role::Admin, Role::DomainAdmin]
        .into_iter()
        .filter(|role| *role != wanted && !exchange.state.unlinked_logins.contains(role))
        .map(|role| match role {
            Role::User => (role.door(), "Log in as user"),
            Role::Admin => (role.door(), "Log in as admin"),
            Role::DomainAdmin => (role.door(), "Log in as domain admin"),
        })
        .collect();
    let action = wanted.door();
    let with_password = wanted != Role::User || !exchange.profile.custom_login() || !exchange.state.force_sso;
    html! {
        div.card.login-card {
            div.card-header { (title) }
            div.card-body {
                @if with_password {
                    form method="post" action=(action) {
                        label for="login_user" { "Username" }
                        input #login_user.form-control name="login_user" type="text" autocomplete="username" required;
                        label for="pass_user" { "Password" }
                        input #pass_user.form-control name="pass_user" type="password" autocomplete="current-password" required;
                        @if wanted == Role::User {
                            p.text-end { a href="/reset-password" { "> Forgot Password?" } }
                        }
                        button.btn.btn-success.w-100 type="submit" { "Login" }
                    }
                    p.or { "or login with" }
                }
                @if wanted == Role::User && offers_sign_in {
                    a.btn.btn-secondary.w-100 href="/?iam_sso=1" { "Single Sign-On" }
                }
                @if with_password {
                    button.btn.btn-secondary.w-100 type="button" disabled { "FIDO2/WebAuthn Login" }
                }
                @if !others.is_empty() {
                    p.others {
                        "Not the correct login? "
                        @for (place, (path, text)) in others.iter().enumerate() {
                            @if place > 0 { " | " }
                            a href=(path) { (text) }
                        }
                    }
                }
                @if exchange.state.origin.starts_with("http:") {
                    p.hint { "A stand-in for tests: no mail is kept here." }
                }
            }
        }
    }
}

/// The page for a forgotten password.
pub(super) fn reset() -> Markup {
    html! {
        div.card.login-card {
            div.card-header { "Reset Password" }
            div.card-body {
                form method="post" action="/reset-password" {
                    label for="username" { "Username" }
                    input #username.form-control name="username" type="text" required;
                    button.btn.btn-success.w-100 type="submit" name="pw_reset_request" { "Request password reset" }
                }
            }
        }
    }
}
