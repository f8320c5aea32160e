//! One round of requests that reads everything Cowbell needs to know about a mailcow.

use std::rc::Rc;

use serde::Deserialize;

use super::{
    DEFAULT_TEMPLATE, Endpoint, Error, Features, Field, IdentityProvider, LoginPage, Mailboxes, OtherNames, Version, api,
    directory::{self, Switch},
};
use crate::{
    setup::Origin,
    transport::{Answer, Batch, Host, Product, send_all},
    wire::{Lenient, PhpList, RawObject, natural},
};

/// The facts about a mailcow at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// When they were read: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    /// Version of mailcow.
    pub version: Version,
    /// What this version can do.
    pub features: Features,
    /// Stored settings of the identity provider.
    pub provider: IdentityProvider,
    /// Mail domains, by name.
    pub domains: Vec<Domain>,
    /// Mailboxes; `None` when the list could not be read, which is slow on large servers.
    pub mailboxes: Option<Rc<Mailboxes>>,
    /// Other names that are taken; `None` when they could not be read.
    pub others: Option<Rc<OtherNames>>,
    /// Templates for mailboxes, in mailcow's order.
    pub templates: Vec<Template>,
    /// What the login page offers; `None` when it is not known.
    pub login_page: Option<LoginPage>,
}

impl Snapshot {
    /// The template to propose for new mailboxes: the stored one if it exists, else the one of a new installation, else the first
    /// (docs/contract/mailcow.md, section 3).
    #[must_use]
    pub fn proposed_template(&self) -> Option<&str> {
        [self.provider.default_template.as_str(), DEFAULT_TEMPLATE]
            .into_iter()
            .find_map(|name| self.template(name))
            .or(self.templates.first())
            .map(|template| template.name.as_str())
    }

    /// A template by its name, which mailcow compares byte for byte.
    #[must_use]
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.name == name)
    }

    /// Names of the templates, in mailcow's order.
    #[must_use]
    pub fn template_names(&self) -> Vec<String> {
        self.templates.iter().map(|template| template.name.clone()).collect()
    }

    /// Position of a domain in [`Self::domains`], whatever the case of its name.
    #[must_use]
    pub fn domain(&self, name: &str) -> Option<usize> {
        let folded = || name.bytes().map(|byte| byte.to_ascii_lowercase());
        self.domains.binary_search_by(|domain| domain.name.bytes().cmp(folded())).ok()
    }
}

/// A mail domain, and its limits for new mailboxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "ListedDomain")]
pub struct Domain {
    /// Its name, IDN in punycode.
    pub name: String,
    /// Whether it is active; users of an inactive one are refused.
    pub active: bool,
    /// How many more mailboxes it may have; `None` when mailcow did not report it.
    pub mailboxes_left: Option<u64>,
    /// Bytes that are left for its mailboxes together; `None` when mailcow did not report it.
    pub quota_left: Option<u64>,
    /// Maximum bytes of one mailbox; `None` when mailcow did not report it.
    pub largest_quota: Option<u64>,
}

impl Domain {
    /// The bytes that a new mailbox cannot exceed.
    pub fn limits(&self) -> impl Iterator<Item = u64> {
        [self.largest_quota, self.quota_left].into_iter().flatten()
    }

    /// Whether a new mailbox of this template would exceed one of them.
    #[must_use]
    pub fn is_too_small_for(&self, template: &Template) -> bool {
        self.limits().any(|limit| template.quota > Some(limit))
    }
}

/// A template for mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ListedTemplate")]
pub struct Template {
    pub name: String,
    /// Bytes that a mailbox gets, 0 for no limit; `None` when mailcow does not say it.
    pub quota: Option<u64>,
    /// Whether its mailboxes are active.
    pub active: bool,
    /// Whether their users may create app passwords, without which no mail program works with single sign-on.
    pub app_passwords: bool,
    /// Whether their users may use `SOGo`.
    pub sogo: bool,
}

/// Reads everything in one round.
///
/// # Errors
/// An [`Error`] that implies what to do. A list of mailboxes that cannot be read is not an error: see [`Snapshot::mailboxes`].
pub async fn observe(host: &impl Host, origin: &Origin) -> Result<Snapshot, Error> {
    let requests = vec![
        api::version(origin),
        api::identity_provider(origin),
        api::domains(origin),
        api::mailbox_templates(origin),
        api::mailboxes(origin),
        api::aliases(origin),
        api::alias_domains(origin),
        api::admin_page(origin),
        api::login_page(origin),
    ];
    let answers = send_all(host, Batch::new(Product::Mailcow, requests)).await;
    let [version, provider, domains, templates, mailboxes, aliases, alias_domains, admin_page, login_page] = answers.as_slice()
    else {
        return Err(Error::NoAnswer { endpoint: Endpoint::Version, error: crate::transport::SendError::NotSent });
    };
    if let Some(pending) = api::pending(admin_page) {
        return Err(Error::Pending(pending));
    }
    let (version, provider) = read_identity(version, provider)?;
    let PhpList(templates) = api::read(Endpoint::MailboxTemplates, templates)?;
    let features = Features::of(&version, provider.contains(Field::LoginProvisioning.name()));
    Ok(Snapshot {
        read_at_ms: host.now_ms(),
        version,
        features,
        provider: provider.into(),
        domains: by_name(api::read(Endpoint::Domains, domains)?),
        mailboxes: directory::read_mailboxes(mailboxes).ok().map(Rc::new),
        others: directory::read_other_names(aliases, alias_domains).ok().map(Rc::new),
        templates,
        login_page: LoginPage::read(login_page),
    })
}

/// Version and settings. To an account that is not an administrator mailcow returns no version and empty settings, without a
/// session two empty bodies (recordings 007 to 010). Empty settings alone are no evidence: a mailcow before 2025-05 returns them,
/// too, if none were stored (docs/contract/mailcow.md, section 2).
fn read_identity(version: &Answer, provider: &Answer) -> Result<(Version, RawObject), Error> {
    let provider: Result<RawObject, Error> = api::read(Endpoint::IdentityProvider, provider);
    match (api::read::<RawVersion>(Endpoint::Version, version), provider) {
        (Err(Error::NotSignedIn), Ok(provider)) if provider.is_empty() => Err(Error::NotAdministrator),
        (Ok(version), Ok(provider)) => Ok((Version::parse(&version.version), provider)),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

/// Sorts domains for the binary search of [`Snapshot::domain`].
pub(super) fn by_name(PhpList(mut domains): PhpList<Domain>) -> Vec<Domain> {
    domains.sort_by(|one, other| one.name.cmp(&other.name));
    domains
}

#[derive(Deserialize)]
struct RawVersion {
    version: String,
}

/// A domain as mailcow lists it.
#[derive(Deserialize)]
struct ListedDomain {
    domain_name: String,
    #[serde(default)]
    active: Switch,
    #[serde(default, deserialize_with = "natural")]
    mboxes_left: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    quota_used_in_domain: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    max_quota_for_domain: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    max_quota_for_mbox: Option<u64>,
}

impl From<ListedDomain> for Domain {
    fn from(listed: ListedDomain) -> Self {
        let (all, used) = (listed.max_quota_for_domain, listed.quota_used_in_domain);
        Self {
            name: listed.domain_name.to_ascii_lowercase(),
            active: listed.active.0,
            mailboxes_left: listed.mboxes_left,
            quota_left: all.zip(used).map(|(all, used)| all.saturating_sub(used)),
            largest_quota: listed.max_quota_for_mbox,
        }
    }
}

/// A template as mailcow lists it.
#[derive(Deserialize)]
struct ListedTemplate {
    template: String,
    #[serde(default)]
    attributes: Lenient<TemplateAttributes>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateAttributes {
    #[serde(deserialize_with = "natural")]
    quota: Option<u64>,
    /// The numbers 0 or 1 (recording 853); what is missing is not off.
    active: Option<Switch>,
    acl_app_passwds: Option<Switch>,
    sogo_access: Option<Switch>,
}

impl From<ListedTemplate> for Template {
    fn from(listed: ListedTemplate) -> Self {
        let TemplateAttributes { quota, active, acl_app_passwds, sogo_access } = listed.attributes.0;
        let is_on = |switch: Option<Switch>| switch.is_none_or(|switch| switch.0);
        Self {
            name: listed.template,
            quota,
            active: is_on(active),
            app_passwords: is_on(acl_app_passwds),
            sogo: is_on(sogo_access),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailcow::{MailboxCounts, Pending};
    use crate::transport::{
        Request, SendError,
        scripted::{Scripted, json, run},
    };

    fn origin() -> Origin {
        Origin::of("https://mailcow.company").expect("an origin")
    }

    fn healthy(request: &Request) -> Answer {
        let body = match request.url().trim_start_matches("https://mailcow.company") {
            "/api/v1/get/status/version" => r#"{"version":"2026-07a"}"#,
            "/api/v1/get/identity-provider" => r#"{"login_provisioning":1}"#,
            "/api/v1/get/domain/all" => {
                r#"[{"domain_name":"old.example","active":"0"},{"domain_name":"mail.example","active":1,"rl":false,"mboxes_left":13,
                    "quota_used_in_domain":"3758096384","max_quota_for_domain":107374182400,"max_quota_for_mbox":10737418240}]"#
            }
            "/api/v1/get/mailbox/template/all" => {
                r#"[{"id":3,"template":"OIDC Users","attributes":{"quota":1073741824}},{"id":2,"template":"Default"}]"#
            }
            "/api/v1/get/mailbox/all" => {
                r#"[{"username":"a@mail.example"},{"username":"b@mail.example","authsource":"generic-oidc"}]"#
            }
            "/api/v1/get/alias/all" => r#"[{"address":"info@mail.example","goto":"a@mail.example"}]"#,
            "/api/v1/get/alias-domain/all" => "{}",
            _ => return json(404, "{}"),
        };
        json(200, body)
    }

    #[test]
    fn one_round_reads_everything() {
        let host = Scripted::new(healthy);
        let snapshot = run(observe(&host, &origin())).expect("a snapshot");
        assert_eq!(host.asked().len(), 9);
        assert_eq!(snapshot.version.to_string(), "2026-07a");
        assert!(snapshot.features.login_provisioning);
        assert_eq!(snapshot.proposed_template(), Some("Default"));
        let counts = snapshot.mailboxes.as_ref().map(|mailboxes| mailboxes.counts());
        assert_eq!(counts, Some(MailboxCounts { mailcow: 1, generic_oidc: 1, other: 0 }));
        let full = Domain {
            name: "mail.example".into(),
            active: true,
            mailboxes_left: Some(13),
            quota_left: Some(103_616_086_016),
            largest_quota: Some(10_737_418_240),
        };
        assert_eq!(snapshot.domain("Mail.Example").map(|at| &snapshot.domains[at]), Some(&full));
        let quota_of = |name| snapshot.template(name).and_then(|template| template.quota);
        assert_eq!((quota_of("OIDC Users"), quota_of("Default")), (Some(1_073_741_824), None));
        let active: Vec<bool> = snapshot.domains.iter().map(|domain| domain.active).collect();
        assert_eq!(active, [true, false]);
    }

    #[test]
    fn nobody_and_no_administrator_are_told_apart() {
        let nobody = Scripted::new(|_: &Request| json(200, ""));
        assert_eq!(run(observe(&nobody, &origin())), Err(Error::NotSignedIn));
        // Recordings 008, 010.
        let user =
            Scripted::new(|request: &Request| json(200, if request.url().ends_with("identity-provider") { "{}" } else { "" }));
        assert_eq!(run(observe(&user, &origin())), Err(Error::NotAdministrator));
        // An administrator's session that ended between both answers.
        let ended =
            Scripted::new(|request: &Request| if request.url().ends_with("version") { json(200, "") } else { healthy(request) });
        assert_eq!(run(observe(&ended, &origin())), Err(Error::NotSignedIn));
    }

    /// docs/contract/cases.md, R15.
    #[test]
    fn what_is_pending_is_named() {
        let said = |admin_page: &'static str, signed_in: bool| {
            let host = Scripted::new(move |request: &Request| match request.url() {
                url if url.ends_with("/admin") => json(200, admin_page),
                _ if signed_in => healthy(request),
                _ => json(200, ""),
            });
            run(observe(&host, &origin())).err()
        };
        let dialog = r#"<div class="modal fade" id="ConfirmTFAModal" tabindex="-1">"#;
        assert_eq!(said(dialog, false), Some(Error::Pending(Pending::SecondFactor)));
        let dialog = r#"<div class="modal fade" id="SetupTFAModal" tabindex="-1">"#;
        assert_eq!(said(dialog, true), Some(Error::Pending(Pending::SecondFactorSetup)));
        let dialog = r#"<div class="modal fade" id="ChangePWModal" tabindex="-1">"#;
        assert_eq!(said(dialog, true), Some(Error::Pending(Pending::NewPassword)));
        assert_eq!(said("<form>", false), Some(Error::NotSignedIn));
        assert_eq!(said("<form>", true), None);
    }

    #[test]
    fn a_version_and_no_settings_is_an_administrator_of_an_unconfigured_mailcow() {
        let host = Scripted::new(|request: &Request| match request.url().rsplit('/').next() {
            Some("version") => json(200, r#"{"version":"2025-03b"}"#),
            Some("identity-provider") => json(200, "{}"),
            _ => healthy(request),
        });
        let snapshot = run(observe(&host, &origin())).expect("a snapshot");
        assert!(!snapshot.provider.is_configured() && !snapshot.features.login_provisioning);
    }

    #[test]
    fn an_old_mailcow_is_named() {
        let old = Scripted::new(|request: &Request| {
            if request.url().ends_with("identity-provider") {
                json(404, r#"{"type":"error","msg":"route not found"}"#)
            } else {
                healthy(request)
            }
        });
        assert_eq!(run(observe(&old, &origin())), Err(Error::NoIdentityProviders));
    }

    #[test]
    fn empty_lists_are_objects_and_mailboxes_may_be_missing() {
        let host = Scripted::new(|request: &Request| {
            if request.url().ends_with("mailbox/all") {
                Err(SendError::Timeout)
            } else if request.url().ends_with("/all") {
                json(200, "{}")
            } else {
                healthy(request)
            }
        });
        let snapshot = run(observe(&host, &origin())).expect("a snapshot");
        assert_eq!(snapshot.mailboxes, None);
        assert!(snapshot.domains.is_empty());
        assert_eq!(snapshot.proposed_template(), None);
    }

    #[test]
    fn wrong_types_are_named_with_their_endpoint() {
        let host = Scripted::new(|request: &Request| {
            if request.url().ends_with("domain/all") { json(200, r#"[{"domain_name":7}]"#) } else { healthy(request) }
        });
        assert_eq!(run(observe(&host, &origin())), Err(Error::Unexpected { endpoint: Endpoint::Domains, status: 200 }));
    }
}
