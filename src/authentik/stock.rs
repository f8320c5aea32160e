//! A freshly installed authentik: what a preview compares with when no authentik has been read.

use super::Snapshot;
use super::api::Base;
use super::types::{Certificate, Flow, ScopeMapping};

/// Slug of the authorization flow without a consent screen, so that a sign-in has no page in between (docs/contract/e2e.md, case
/// p).
pub const AUTHORIZATION_FLOW: &str = "default-provider-authorization-implicit-consent";

/// Slug of the invalidation flow of an application.
pub const INVALIDATION_FLOW: &str = "default-provider-invalidation-flow";

/// Name of the certificate that the installation creates.
pub const SIGNING_KEY: &str = "authentik Self-signed Certificate";

/// Names of the mappings of a new provider (recordings 109, 111).
const MAPPING_PREFIX: &str = "authentik default OAuth Mapping: OpenID";

impl Snapshot {
    /// The objects that every fresh authentik has and a mailcow needs. The primary keys are the names, and no version is assumed.
    #[must_use]
    pub fn stock(base: Base) -> Self {
        Self {
            mappings: ["openid", "email", "profile"].map(mapping).to_vec(),
            authorization_flows: vec![flow(AUTHORIZATION_FLOW)],
            invalidation_flows: vec![flow(INVALIDATION_FLOW)],
            certificates: vec![Certificate {
                pk: SIGNING_KEY.to_owned(),
                name: SIGNING_KEY.to_owned(),
                key_type: None,
                private_key_type: None,
            }],
            ..Self::empty(base)
        }
    }
}

fn mapping(scope: &str) -> ScopeMapping {
    let name = format!("{MAPPING_PREFIX} '{scope}'");
    ScopeMapping {
        pk: name.clone(),
        managed: Some(format!("{}{scope}", ScopeMapping::MANAGED)),
        name,
        scope_name: scope.to_owned(),
        expression: String::new(),
    }
}

fn flow(slug: &str) -> Flow {
    Flow { pk: slug.to_owned(), slug: slug.to_owned(), name: slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The text of a recorded exchange.
    fn recording(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standins/recordings/authentik-2026.2.2");
        fs::read_to_string(folder.join(name)).expect("a recording")
    }

    #[test]
    fn a_recorded_authentik_has_what_is_assumed() {
        let (base, _) = Base::typed("authentik.company").expect("an address");
        let stock = Snapshot::stock(base);
        let mappings = recording("109-scope-list.json") + &recording("111-scope-list-managed-several.json");
        for mapping in &stock.mappings {
            assert!(mappings.contains(&mapping.name), "{}", mapping.name);
            assert!(mappings.contains(mapping.managed.as_deref().expect("managed")), "{}", mapping.name);
        }
        assert!(recording("101-flows-authorization.json").contains(AUTHORIZATION_FLOW));
        assert!(recording("102-flows-invalidation.json").contains(INVALIDATION_FLOW));
        assert!(recording("107-certificates-has-key.json").contains(SIGNING_KEY));
    }
}
