//! Where an exchange may deviate: what a real authentik answers although its schema does not allow it, and what Cowbell sends
//! on purpose.

use super::deviation::{Deviation, Fault, Side};

/// A deviation that is meant to be. Each has to be needed by some exchange of the tests.
#[derive(Debug)]
pub struct Known {
    side: Side,
    /// The member, with its model; the model if it has no such member.
    member: &'static str,
    fault: Fault,
    /// What is unknown; whatever it is unless given.
    found: &'static str,
    /// Why it is so, and where it was seen.
    pub reason: &'static str,
}

/// All of them.
pub static KNOWN: [Known; 17] = [
    null("PolicyBinding.policy_obj", BOUND),
    null("PolicyBinding.group_obj", BOUND),
    null("PolicyBinding.user_obj", BOUND),
    null("OAuth2ProviderSetupURLs.issuer", URLS),
    null("OAuth2ProviderSetupURLs.provider_info", URLS),
    null("OAuth2ProviderSetupURLs.logout", URLS),
    missing("OAuth2ProviderSetupURLs.jwks", URLS),
    missing("OAuth2Provider.assigned_application_slug", UNASSIGNED),
    missing("OAuth2Provider.assigned_application_name", UNASSIGNED),
    missing("OAuth2Provider.assigned_backchannel_application_slug", UNASSIGNED),
    missing("OAuth2Provider.assigned_backchannel_application_name", UNASSIGNED),
    missing("Provider.assigned_backchannel_application_slug", UNASSIGNED),
    missing("Provider.assigned_backchannel_application_name", UNASSIGNED),
    null("Application.provider_obj", ALONE),
    missing("CurrentBrandFlags.enterprise_audit_include_expanded_diff", FLAGS),
    Known { side: Side::Request, member: "OAuth2ProviderRequest", fault: Fault::Unknown, found: "grant_types", reason: GRANTS },
    Known { side: Side::Request, member: "", fault: Fault::Parameter, found: "include_roles", reason: ROLES },
];

const BOUND: &str = "A binding is of one kind, the other two are null; the schema says so since 2026.2.7 (recordings 282, 283).";
const URLS: &str = "Without an application the provider has no issuer, and no address below its slug (recording 219).";
const UNASSIGNED: &str = "Up to 2025.6 left out of a provider without application (docs/contract/authentik.md, section 5).";
const ALONE: &str = "An application without provider; the schema says so since 2026.2.2.";
const FLAGS: &str = "A flag of the enterprise edition is left out without it (recording 002).";
const GRANTS: &str =
    "Sent to every release, because without it none is allowed since 2026.5; others ignore it (docs/contract/newest.md, row 2).";
const ROLES: &str = "Spares the roles since 2025.12; before, an unknown parameter is ignored (docs/contract/newest.md).";

const fn null(member: &'static str, reason: &'static str) -> Known {
    Known { side: Side::Answer, member, fault: Fault::Null, found: "", reason }
}

const fn missing(member: &'static str, reason: &'static str) -> Known {
    Known { side: Side::Answer, member, fault: Fault::Missing, found: "", reason }
}

impl Known {
    pub(super) fn is(&self, deviation: &Deviation) -> bool {
        deviation.side == self.side
            && deviation.member == self.member
            && deviation.fault == self.fault
            && (self.found.is_empty() || deviation.found == self.found)
    }
}
