//! `/admin/system`: all tabs in one document, the last one shown again (docs/contract/mailcow.md, section 6).

use maud::{Markup, html};

use super::{controls, identity_form};
use crate::mailcow::exchange::Exchange;
use crate::mailcow::session::Role;

pub(super) fn page(exchange: &Exchange<'_>) -> Markup {
    let with_provider = exchange.profile.identity_provider();
    let entries = [
        ("tab-config-admins", "Administrators", true),
        ("tab-config-identity-provider", "Identity Provider", with_provider),
        ("tab-config-oauth2", "OAuth2 Apps", true),
        ("tab-config-rspamd", "Rspamd UI", true),
    ];
    html! {
        div #admin-content {
            ul.nav.nav-tabs role="tablist" {
                li.nav-item.dropdown {
                    a.nav-link.dropdown-toggle.active data-bs-toggle="dropdown" href="#" role="button" aria-expanded="false" {
                        "Access"
                    }
                    ul.dropdown-menu {
                        @for (id, text, _) in entries.iter().filter(|entry| entry.2) {
                            li role="presentation" {
                                button.dropdown-item type="button" role="tab" data-bs-toggle="tab" data-bs-target={ "#" (id) }
                                    aria-controls=(id) aria-selected={ (*id == "tab-config-admins") } { (text) }
                            }
                        }
                    }
                }
                @for text in ["Configuration", "Options", "Routing", "System mails", "Global filter maps"] {
                    li.nav-item { span.nav-link.disabled { (text) } }
                }
            }
            div.tab-content {
                div #tab-config-admins.tab-pane.fade.active.show role="tabpanel" {
                    div.card {
                        div.card-header { "Edit administrator details" }
                        div.card-body {
                            table.table {
                                thead { tr { th { "Username" } th { "Two-factor authentication" } th { "Active" } } }
                                tbody { tr { td { "admin" } td { "✗" } td { "✓" } } }
                            }
                        }
                    }
                }
                @if with_provider {
                    div #tab-config-identity-provider.tab-pane.fade role="tabpanel" { (identity_form::tab(exchange)) }
                }
                @if exchange.profile.custom_login() {
                    div #tab-config-customize.tab-pane.fade role="tabpanel" {
                        (custom_login(exchange))
                    }
                }
                @for (id, text) in [("tab-config-oauth2", "OAuth2 Apps"), ("tab-config-rspamd", "Rspamd UI")] {
                    div id=(id) class="tab-pane fade" role="tabpanel" {
                        div.card { div.card-header { (text) } div.card-body { p.hint { "Not part of this stand-in." } } }
                    }
                }
            }
        }
    }
}

/// What the log-in pages show (docs/contract/rollout.md, "Hiding the password form").
fn custom_login(exchange: &Exchange<'_>) -> Markup {
    let hidden = |role| exchange.state.unlinked_logins.contains(&role);
    let switches = [
        (Role::User.quicklink(), "Hide Quicklink to User Login Page", hidden(Role::User)),
        (Role::DomainAdmin.quicklink(), "Hide Quicklink to Domainadmin Login Page", hidden(Role::DomainAdmin)),
        (Role::Admin.quicklink(), "Hide Quicklink to Admin Login Page", hidden(Role::Admin)),
        ("force_sso", "Disable mailcow Login and show only Single Sign-On", exchange.state.force_sso),
    ];
    html! {
        form.form data-id="custom_login" role="form" method="post" {
            @for (name, text, on) in switches {
                div.ms-2 {
                    input.form-check-input type="checkbox" value="1" name=(name) id=(name) checked[on];
                    label.form-check-label for=(name) { (text) }
                }
            }
            (controls::save("custom_login", "admin", "edit/custom_login"))
            (controls::csrf_token(exchange))
        }
    }
}
