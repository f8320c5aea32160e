//! `/admin/system`: all tabs in one document, the last one shown again (docs/contract/mailcow.md, section 6).

use maud::{Markup, PreEscaped, html};

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
                        (logo())
                        (ip_check())
                        (custom_login(exchange))
                        (app_links())
                        (ui_texts(exchange))
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

/// A form without a name, which is sent by the browser itself.
fn logo() -> Markup {
    html! {
        form.form-inline role="form" method="post" enctype="multipart/form-data" {
            label for="main_logo_input" { "Logo" }
            input.form-control type="file" name="main_logo" id="main_logo_input";
            button.btn.btn-sm.btn-secondary type="submit" name="submit_main_logo" { "Upload" }
        }
    }
}

/// The form before that of the log-in pages: a switch that looks like theirs.
fn ip_check() -> Markup {
    html! {
        form.form data-id="ip_check" role="form" method="post" {
            div.ms-2 {
                input.form-check-input type="checkbox" value="1" name="ip_check_opt_in" id="ip_check_opt_in" checked;
                label.form-check-label for="ip_check_opt_in" { "Opt-in to the check of the address" }
            }
            (controls::save("ip_check", "admin", "edit/ip_check"))
        }
    }
}

/// The form behind it.
fn app_links() -> Markup {
    html! {
        form.form-inline data-id="app_links" role="form" method="post" {
            table.table {
                tbody {
                    tr {
                        td { input.form-control type="text" name="app" value="Webmail" data-id="app_links" aria-label="App"; }
                        td { input.form-control type="text" name="href" value="/SOGo/so" data-id="app_links" aria-label="Link"; }
                    }
                }
            }
            (controls::save("app_links", "admin", "edit/app_links"))
        }
    }
}

/// The administrators' own texts: three stand in attributes, one in a text field, none is escaped.
fn ui_texts(exchange: &Exchange<'_>) -> Markup {
    let texts = &exchange.state.ui_texts;
    let names = [
        ("title_name", "Title", &texts.title_name),
        ("main_name", "Name", &texts.main_name),
        ("apps_name", "Apps", &texts.apps_name),
    ];
    html! {
        form.form data-id="uitexts" role="form" method="post" {
            @for (name, label, text) in names {
                div.mb-2 {
                    label for=(name) { (label) }
                    input.form-control type="text" name=(name) id=(name) value=(PreEscaped(text));
                }
            }
            div.mb-4 {
                label for="help_text" { "Help" }
                textarea.form-control name="help_text" id="help_text" rows="7" { (PreEscaped(&texts.help_text)) }
            }
            div.checkbox {
                label { input.form-check-input type="checkbox" name="ui_announcement_active" value="1"; " Announcement" }
            }
            (controls::save("uitexts", "ui", "edit/ui_texts"))
        }
    }
}
