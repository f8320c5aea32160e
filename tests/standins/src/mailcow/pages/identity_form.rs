//! The tab "Identity Provider": three forms of which one is shown (docs/contract/mailcow-form.json; docs/contract/mailcow.md, section 6).

use maud::{Markup, html};
use serde_json::json;

use super::controls::{self, Field, icon, secret_row, switch_row};
use crate::mailcow::exchange::Exchange;
use crate::mailcow::identity_provider::{DEFAULT_SCOPES, IdentityProvider};
use crate::mailcow::profile::Profile;
use crate::mailcow::state::Template;

const NO_TEMPLATE: &str = "-- Template --";

/// What one of the three forms is made from.
struct Form<'a> {
    templates: &'a [Template],
    profile: Profile,
    /// Part of ids and class names: `keycloak`, `generic` or `ldap`.
    kind: &'static str,
    /// The stored settings, if they are of this kind.
    stored: Option<&'a IdentityProvider>,
}

pub(super) fn tab(exchange: &Exchange<'_>) -> Markup {
    let stored = exchange.state.identity_provider.authsource();
    let shown = if stored.is_empty() { "keycloak" } else { stored };
    let kinds = [
        ("keycloak", "Keycloak", "keycloak", "keycloak_settings"),
        ("generic-oidc", "Generic-OIDC", "generic", "generic_oidc_settings"),
        ("ldap", "LDAP", "ldap", "ldap_settings"),
    ];
    let label = kinds.iter().find(|kind| kind.0 == shown).map_or("", |kind| kind.1);
    html! {
        div.card {
            div.card-header { "Identity Provider" }
            div #collapse-tab-config-identity-provider.card-body {
                p.hint {
                    "An Identity Provider allows users to sign in with an account that is managed elsewhere. "
                    "Only one can be configured at a time."
                }
                (controls::row("iam_provider", "Identity Provider", &html! {
                    div.dropdown.bootstrap-select.full-width-select {
                        select #iam_provider.full-width-select.form-control name="iam_provider" title=""
                            data-style="btn btn-secondary" data-id="iam_provider" required {
                            @for (value, text, _, _) in kinds {
                                option value=(value) selected[value == shown] { (text) }
                            }
                        }
                        (controls::select_button(Some("iam_provider"), "btn-xs-lg btn-secondary", label))
                    }
                }))
                @for (value, _, kind, container) in kinds {
                    @let form = Form {
                        templates: &exchange.state.templates,
                        profile: exchange.profile,
                        kind,
                        stored: Some(&exchange.state.identity_provider).filter(|_| stored == value),
                    };
                    div id=(container) class=[(value != shown).then_some("d-none")] {
                        form.form-horizontal data-id={ "iam_" (kind) } autocapitalize="none" autocorrect="off" role="form"
                            method="post" {
                            input type="hidden" name="authsource" value=(value);
                            @match kind {
                                "keycloak" => (form.keycloak())
                                "generic" => (form.generic())
                                _ => (form.ldap())
                            }
                            (form.buttons())
                            (controls::csrf_token(exchange))
                        }
                    }
                }
            }
        }
    }
}

impl Form<'_> {
    fn text(&self, key: &str) -> &str {
        self.stored.map_or("", |stored| stored.text(key))
    }

    fn on(&self, key: &str) -> bool {
        self.stored.is_some_and(|stored| matches!(stored.get(key), Some(value) if *value == json!(true) || *value == json!("1")))
    }

    fn required(&self, name: &str, id: &str, label: &str) -> Markup {
        Field::required(name, Some(id), label, self.text(name)).row()
    }

    fn optional(&self, name: &str, id: &str, label: &str, placeholder: Option<&str>) -> Markup {
        Field { placeholder, required: false, ..Field::required(name, Some(id), label, self.text(name)) }.row()
    }

    fn keycloak(&self) -> Markup {
        html! {
            (self.required("server_url", "iam_keycloak_url", "Server Url"))
            (self.required("realm", "iam_keycloak_realm", "Realm"))
            (self.required("client_id", "iam_keycloak_clientid", "Client ID"))
            (secret_row("client_secret", "iam_keycloak_clientsecret", "Client Secret", self.text("client_secret")))
            (self.redirect_urls())
            (self.required("version", "iam_keycloak_version", "Version"))
            (self.mappings())
            (switch_row("mailpassword_flow", None, "Mailpassword Flow", self.on("mailpassword_flow")))
            (self.ignore_ssl_error())
            (self.login_provisioning())
            (self.sync())
        }
    }

    fn generic(&self) -> Markup {
        html! {
            (self.required("authorize_url", "iam_authorize_url", "Authorization endpoint"))
            (self.required("token_url", "iam_token_url", "Token endpoint"))
            (self.required("userinfo_url", "iam_userinfo_url", "User info endpoint"))
            (self.required("client_id", "iam_client_id", "Client ID"))
            (secret_row("client_secret", "iam_client_secret", "Client Secret", self.text("client_secret")))
            (self.redirect_urls())
            (self.optional("client_scopes", "iam_client_scopes", "Client Scopes", Some(DEFAULT_SCOPES)))
            (self.mappings())
            (self.ignore_ssl_error())
            (self.login_provisioning())
        }
    }

    fn ldap(&self) -> Markup {
        let port = Field { kind: "number", ..Field::required("port", Some("iam_ldap_port"), "Port", self.text("port")) };
        html! {
            (self.required("host", "iam_ldap_host", "Host"))
            (port.row())
            (switch_row("use_ssl", Some("use_ssl"), "Use SSL", self.on("use_ssl")))
            (switch_row("use_tls", Some("use_tls"), "Use StartTLS", self.on("use_tls")))
            (self.ignore_ssl_error())
            (self.required("basedn", "iam_ldap_basedn", "Base DN"))
            (self.optional("username_field", "iam_ldap_username_field", "Username Field", Some("mail")))
            (self.optional("filter", "iam_ldap_filter", "Filter", None))
            (self.required("attribute_field", "iam_ldap_attribute_field", "Attribute Field"))
            (self.required("binddn", "iam_ldap_binddn", "Bind DN"))
            (secret_row("bindpass", "iam_ldap_bindpass", "Bind Password", self.text("bindpass")))
            (self.mappings())
            (self.login_provisioning())
            (self.sync())
        }
    }

    fn ignore_ssl_error(&self) -> Markup {
        switch_row("ignore_ssl_error", None, "Ignore SSL Errors", self.on("ignore_ssl_error"))
    }

    fn login_provisioning(&self) -> Markup {
        let on = self.stored.is_none_or(IdentityProvider::login_provisioning);
        html! {
            @if self.profile.login_provisioning() {
                (switch_row("login_provisioning", None, "Auto-create users on login", on))
            }
        }
    }

    fn sync(&self) -> Markup {
        let interval = Some(self.text("sync_interval")).filter(|text| !text.is_empty()).unwrap_or("15");
        html! {
            (switch_row("periodic_sync", None, "Periodic Full Sync", self.on("periodic_sync")))
            (switch_row("import_users", None, "Import Users", self.on("import_users")))
            div.row {
                span.control-label { "Sync / Import interval (min)" }
                div.control {
                    input.form-control type="number" name="sync_interval" min="1" value=(interval)
                        aria-label="Sync / Import interval (min)";
                }
            }
        }
    }

    /// The redirect URL and, since 2025-05, further ones, the last row always empty.
    fn redirect_urls(&self) -> Markup {
        let id = (self.profile.redirect_url_has_id() && self.kind == "generic").then_some("iam_redirect_url");
        let main = Field::required("redirect_url", id, "Redirect Url", self.text("redirect_url"));
        let extra: Vec<&str> = self.stored.map_or_else(Vec::new, |stored| stored.redirect_url_extra().collect());
        html! {
            div.row {
                span.control-label { "Redirect Url" }
                div.control {
                    div.input-group {
                        (main.input())
                        @if self.profile.redirect_url_extra() {
                            button class={ "btn btn-sm d-block d-sm-inline btn-secondary ms-auto iam_redirect_add_" (self.kind) }
                                type="submit" { (icon("plus")) }
                        }
                    }
                }
            }
            @if self.profile.redirect_url_extra() {
                div.row {
                    span.control-label {}
                    div.control id={ "iam_" (self.kind) "_redirect_list" } {
                        input type="hidden" name="redirect_url_extra" value="";
                        @for url in extra.into_iter().chain([""]) {
                            div.input-group.list-row {
                                input.form-control.me-2 type="text" name="redirect_url_extra" value=(url)
                                    aria-label="Further redirect url";
                                (self.delete_button("redirect_del"))
                            }
                        }
                    }
                }
            }
        }
    }

    /// The default template and the mappings, the last row always empty.
    fn mappings(&self) -> Markup {
        let stored = self.stored.map_or_else(Vec::new, IdentityProvider::mappings);
        html! {
            div.row {
                span.control-label { "Attribute Mapping" }
                div.control {
                    button class={ "btn btn-sm d-block d-sm-inline btn-secondary ms-auto iam_rolemap_add_" (self.kind) }
                        type="submit" { (icon("plus")) }
                    div id={ "iam_" (self.kind) "_mapping_list" } {
                        input type="hidden" name="mappers" value="";
                        input type="hidden" name="templates" value="";
                        p.list-label { "Default Template" }
                        div.list-row { (self.template_select("default_template", self.text("default_template"), false)) }
                        p.list-label { "Attribute → Template" }
                        @for (mapper, template) in stored.into_iter().chain([("", "")]) {
                            @let filled = !mapper.is_empty();
                            div.input-group.list-row {
                                input.form-control.me-2 type="text" name="mappers" value=(mapper) aria-label="Attribute"
                                    required[filled];
                                (self.template_select("templates", template, filled))
                                (self.delete_button("rolemap_del"))
                            }
                        }
                    }
                }
            }
        }
    }

    fn template_select(&self, name: &str, chosen: &str, required: bool) -> Markup {
        let known = self.templates.iter().any(|template| template.name == chosen);
        let label = if known { chosen } else { NO_TEMPLATE };
        let classes = if known { "btn-xs-lg btn-light" } else { "btn-xs-lg bs-placeholder btn-light" };
        html! {
            div.dropdown.bootstrap-select {
                select.form-control name=(name) data-live-search="true" title=(NO_TEMPLATE) aria-label="Template"
                    required[required] {
                    option.bs-title-option value="" {}
                    @if !required {
                        option value="" selected[!known] { (NO_TEMPLATE) }
                    }
                    @for template in self.templates {
                        option value=(template.name) selected[template.name == chosen] { (template.name) }
                    }
                }
                (controls::select_button(None, classes, label))
            }
        }
    }

    fn delete_button(&self, action: &str) -> Markup {
        html! {
            button class={ "iam_" (self.kind) "_" (action) " btn btn-sm d-block d-sm-inline btn-secondary ms-auto" }
                type="submit" { (icon("trash")) }
        }
    }

    fn buttons(&self) -> Markup {
        let form = format!("iam_{}", self.kind);
        html! {
            div.buttons {
                button.btn.btn-sm.d-block.d-sm-inline.btn-secondary.iam_test_connection type="submit" data-id=(form) {
                    "Test Connection"
                }
                (controls::save(&form, "identity-provider", "edit/identity-provider"))
                button.btn.btn-sm.d-block.d-sm-inline.btn-danger.ms-auto.mb-2 type="submit" data-action="delete_selected"
                    data-item="identity-provider" data-id=(form) data-api-url="delete/identity-provider" { "Remove" }
            }
        }
    }
}
