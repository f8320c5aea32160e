//! What administrators do wrong, and what goes wrong around them, made at both products behind everybody's back.

use serde::Deserialize;

use super::World;
use super::faults::{Fault, FaultKind, Faults, UpstreamFault};
use super::product::Product;
use crate::authentik::state::{Binding, Bound};

/// Something that is wrong from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// Somebody has generated a new client secret in authentik (docs/contract/e2e.md, case h).
    SecretReplaced,
    /// mailcow's settings were saved with an empty client secret (docs/contract/cases.md, H1).
    SecretEmpty,
    /// The redirect URL got a slash in mailcow only (docs/contract/e2e.md, case i).
    RedirectSlash,
    /// The token endpoint lost its slash (docs/contract/e2e.md, case x).
    TokenWithoutSlash,
    /// The scope `email` is missing among those that mailcow asks for (docs/contract/e2e.md, case t).
    ScopeEmailMissing,
    /// No default template is set (docs/contract/e2e.md, case a).
    NoDefaultTemplate,
    /// A template makes inactive mailboxes (docs/contract/cases.md, R1).
    TemplateInactive,
    /// authentik does not believe its proxy that people use HTTPS (docs/contract/cases.md, H2).
    HttpBehindProxy,
    /// The scope mapping for the address was deleted (docs/contract/e2e.md, case v2).
    EmailMappingDeleted,
    /// Only a small group may use the application (docs/contract/e2e.md, case j).
    BoundToSmallGroup,
    /// mailcow's server does not find authentik's name.
    AuthentikNotFound,
    /// mailcow's server does not trust authentik's certificate (docs/contract/e2e.md, case m).
    UntrustedCertificate,
    /// A proxy answers in mailcow's place.
    MailcowDown,
    /// Everybody's session at mailcow has ended; the administrator has to sign in again.
    SignedOutOfMailcow,
}

/// The group with the fewest users of the demo.
const SMALL_GROUP: &str = "board";

impl Mistake {
    /// Makes it. What is not there cannot be spoilt.
    pub fn make(self, world: &mut World) {
        let settings = &mut world.mailcow.state_mut().identity_provider;
        match self {
            Self::SecretReplaced => {
                let state = world.authentik.state_mut();
                let secret = state.ids.alphanumeric(128);
                if let Some(provider) = state.providers.first_mut() {
                    provider.client_secret = secret;
                }
            }
            Self::SecretEmpty => settings.set("client_secret", ""),
            Self::RedirectSlash => {
                let url = format!("{}/", settings.text("redirect_url").trim_end_matches('/'));
                settings.set("redirect_url", url);
            }
            Self::TokenWithoutSlash => {
                let url = settings.text("token_url").trim_end_matches('/').to_owned();
                settings.set("token_url", url);
            }
            Self::ScopeEmailMissing => settings.set("client_scopes", "openid profile"),
            Self::NoDefaultTemplate => settings.set("default_template", ""),
            Self::TemplateInactive => {
                for template in &mut world.mailcow.state_mut().templates {
                    template.active = false;
                }
            }
            Self::HttpBehindProxy => world.authentik.state_mut().site.trusts_proxy = false,
            Self::EmailMappingDeleted => {
                let state = world.authentik.state_mut();
                let of_email: Vec<_> =
                    state.mappings.iter().filter(|mapping| mapping.scope_name == "email").map(|mapping| mapping.pk).collect();
                for provider in &mut state.providers {
                    provider.property_mappings.retain(|mapping| !of_email.contains(mapping));
                }
                state.mappings.retain(|mapping| mapping.scope_name != "email" || mapping.managed.is_some());
            }
            Self::BoundToSmallGroup => {
                let state = world.authentik.state_mut();
                let pk = state.ids.uuid();
                let group = state.group_named(SMALL_GROUP).map(|group| group.pk);
                let application = state.applications.first().map(|application| application.pk);
                if let (Some(group), Some(application)) = (group, application) {
                    state.bindings.push(Binding::new(pk, application, Bound::Group(group)));
                }
            }
            Self::AuthentikNotFound => world.faults.upstream = Some(UpstreamFault::UnknownHost),
            Self::UntrustedCertificate => world.faults.upstream = Some(UpstreamFault::UntrustedCertificate),
            Self::MailcowDown => {
                let kind = FaultKind::Status {
                    status: 502,
                    body: "<!DOCTYPE html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>".to_owned(),
                    content_type: Some("text/html".to_owned()),
                    retry_after_s: None,
                };
                world.faults.browser.push(Fault::on(Product::Mailcow, "/", kind));
            }
            Self::SignedOutOfMailcow => world.mailcow.state_mut().sessions.clear(),
        }
    }

    /// Ends what Cowbell can only name: what lies in networks, proxies and the browser, or is somebody's to decide. What else is stored
    /// at a product stays as it is.
    pub fn end(self, world: &mut World) {
        world.faults = Faults::default();
        let authentik = world.authentik.state_mut();
        authentik.site.trusts_proxy = true;
        match self {
            Self::BoundToSmallGroup => {
                let group = authentik.group_named(SMALL_GROUP).map(|group| Bound::Group(group.pk));
                authentik.bindings.retain(|binding| Some(binding.bound) != group);
            }
            Self::TemplateInactive => {
                for template in &mut world.mailcow.state_mut().templates {
                    template.active = true;
                }
            }
            _ => {}
        }
    }
}
