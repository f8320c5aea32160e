//! One round of requests that reads everything Cowbell has to know about a mailcow.

use crate::json::{Map, Value};

use super::{
    DEFAULT_TEMPLATE, Error, Features, Field, GENERIC_OIDC, IdentityProvider, Version,
    api::{self, Endpoint},
};
use crate::{
    json::{Fields, FromJson, WrongShape},
    setup::Origin,
    transport::{Answer, Batch, Outside, Product, gather},
};

/// The facts about a mailcow at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When they were read: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    /// Version of mailcow.
    pub version: Version,
    /// What this version can do.
    pub features: Features,
    /// Stored settings of the identity provider.
    pub provider: IdentityProvider,
    /// Mail domains.
    pub domains: Vec<Domain>,
    /// Mailboxes by the way they sign in; `None` when the list could not be read, which is slow on large servers.
    pub mailboxes: Option<MailboxCounts>,
    /// Names of the templates for mailboxes, in mailcow's order.
    pub templates: Vec<String>,
}

impl Snapshot {
    /// The template to propose for new mailboxes: the stored one if it exists, else the one that each mailcow is installed with,
    /// else the first (contract/mailcow.md, section 3).
    #[must_use]
    pub fn proposed_template(&self) -> Option<&str> {
        [self.provider.default_template.as_str(), DEFAULT_TEMPLATE]
            .into_iter()
            .find_map(|name| self.templates.iter().find(|template| *template == name))
            .or(self.templates.first())
            .map(String::as_str)
    }
}

/// A mail domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its name, IDN in punycode.
    pub name: String,
    /// Whether it is active; users of an inactive one are refused.
    pub active: bool,
}

/// Numbers of mailboxes by the way they sign in (`authsource`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxCounts {
    /// With a password that mailcow keeps.
    pub mailcow: usize,
    /// With a Generic-OIDC provider.
    pub generic_oidc: usize,
    /// With Keycloak or LDAP: as long as there is one, mailcow refuses another type of provider
    /// (`authsource_in_use`, contract/mailcow.md, section 2).
    pub other: usize,
}

/// Reads everything in one round.
///
/// # Errors
/// An [`Error`] that says what to do. A list of mailboxes that cannot be read is none: see [`Snapshot::mailboxes`].
pub async fn observe(outside: &impl Outside, origin: &Origin) -> Result<Snapshot, Error> {
    let requests = vec![
        api::version(origin),
        api::identity_provider(origin),
        api::domains(origin),
        api::mailbox_templates(origin),
        api::mailboxes(origin),
    ];
    let answers = gather(outside, Batch::new(Product::Mailcow, requests)).await;
    let [version, provider, domains, templates, mailboxes] = answers.as_slice() else {
        return Err(Error::NoAnswer { endpoint: Endpoint::Version, error: crate::transport::SendError::NotSent });
    };
    let (version, provider) = read_identity(version, provider)?;
    let features = Features::of(&version, provider.contains_key(Field::LoginProvisioning.name()));
    Ok(Snapshot {
        read_at_ms: outside.now_ms(),
        version,
        features,
        provider: IdentityProvider::from_json(provider),
        domains: api::read_list::<RawDomain>(Endpoint::Domains, domains)?.into_iter().map(RawDomain::into_domain).collect(),
        mailboxes: api::read_list(Endpoint::Mailboxes, mailboxes).ok().map(|list| count(&list)),
        templates: api::read_list::<RawTemplate>(Endpoint::MailboxTemplates, templates)?
            .into_iter()
            .map(|template| template.template)
            .collect(),
    })
}

/// Version and settings. To somebody who is no administrator mailcow answers no version and empty settings, to nobody two
/// empty bodies (recordings 007 to 010). Empty settings alone mean nothing: so are those of a mailcow before 2025-05 where none were
/// stored (contract/mailcow.md, section 2).
fn read_identity(version: &Answer, provider: &Answer) -> Result<(Version, Map), Error> {
    let provider: Result<Map, Error> = api::read(Endpoint::IdentityProvider, provider);
    match (api::read::<RawVersion>(Endpoint::Version, version), provider) {
        (Err(Error::NotSignedIn), Ok(provider)) if provider.is_empty() => Err(Error::NotAdministrator),
        (Ok(version), Ok(provider)) => Ok((Version::parse(&version.version), provider)),
        // An empty version with settings: not seen, and not necessary.
        (Err(Error::NotSignedIn), Ok(provider)) => Ok((Version::parse(""), provider)),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

fn count(mailboxes: &[RawMailbox]) -> MailboxCounts {
    let mut counts = MailboxCounts::default();
    for mailbox in mailboxes {
        match mailbox.authsource.as_str() {
            "mailcow" | "" => counts.mailcow += 1,
            GENERIC_OIDC => counts.generic_oidc += 1,
            _ => counts.other += 1,
        }
    }
    counts
}

struct RawVersion {
    version: String,
}

impl FromJson for RawVersion {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { version: fields.need("version") })
    }
}

struct RawDomain {
    domain_name: String,
    active: Value,
}

impl FromJson for RawDomain {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { domain_name: fields.need("domain_name"), active: fields.need("active") })
    }
}

impl RawDomain {
    fn into_domain(self) -> Domain {
        Domain { name: self.domain_name, active: matches!(self.active.as_i64(), Some(1)) || self.active.as_str() == Some("1") }
    }
}

struct RawTemplate {
    template: String,
}

impl FromJson for RawTemplate {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { template: fields.need("template") })
    }
}

struct RawMailbox {
    authsource: String,
}

impl FromJson for RawMailbox {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { authsource: fields.optional("authsource") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
                r#"[{"domain_name":"mail.example","active":1,"rl":false},{"domain_name":"old.example","active":"0"}]"#
            }
            "/api/v1/get/mailbox/template/all" => r#"[{"id":3,"template":"OIDC Users"},{"id":2,"template":"Default"}]"#,
            "/api/v1/get/mailbox/all" => r#"[{"authsource":"mailcow"},{"authsource":"generic-oidc"},{"authsource":"ldap"},{}]"#,
            _ => return json(404, "{}"),
        };
        json(200, body)
    }

    #[test]
    fn one_round_reads_everything() {
        let outside = Scripted::new(healthy);
        let snapshot = run(observe(&outside, &origin())).expect("a snapshot");
        assert_eq!(outside.asked().len(), 5);
        assert_eq!(snapshot.version.to_string(), "2026-07a");
        assert!(snapshot.features.login_provisioning);
        assert_eq!(snapshot.proposed_template(), Some("Default"));
        assert_eq!(snapshot.mailboxes, Some(MailboxCounts { mailcow: 2, generic_oidc: 1, other: 1 }));
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
    }

    #[test]
    fn a_version_and_no_settings_is_an_administrator_of_an_unconfigured_mailcow() {
        let outside = Scripted::new(|request: &Request| match request.url().rsplit('/').next() {
            Some("version") => json(200, r#"{"version":"2025-03b"}"#),
            Some("identity-provider") => json(200, "{}"),
            _ => healthy(request),
        });
        let snapshot = run(observe(&outside, &origin())).expect("a snapshot");
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
        let outside = Scripted::new(|request: &Request| {
            if request.url().ends_with("mailbox/all") {
                Err(SendError::Timeout)
            } else if request.url().ends_with("/all") {
                json(200, "{}")
            } else {
                healthy(request)
            }
        });
        let snapshot = run(observe(&outside, &origin())).expect("a snapshot");
        assert_eq!(snapshot.mailboxes, None);
        assert!(snapshot.domains.is_empty());
        assert_eq!(snapshot.proposed_template(), None);
    }

    #[test]
    fn wrong_types_are_named_with_their_endpoint() {
        let outside = Scripted::new(|request: &Request| {
            if request.url().ends_with("domain/all") { json(200, r#"[{"domain_name":7}]"#) } else { healthy(request) }
        });
        assert_eq!(run(observe(&outside, &origin())), Err(Error::Unexpected { endpoint: Endpoint::Domains, status: 200 }));
    }
}
