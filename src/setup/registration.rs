//! What authentik knows about mailcow as an OAuth 2.0 client, and mailcow has to be told.

use super::{Origin, Secret};

/// The endpoints that mailcow asks for, exactly as authentik's `setup_urls` gives them: never built by hand, because
/// authentik may live under a path, and without the slash at the end a sign-in fails (contract/e2e.md, cases x, x2, x3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Where the browser is sent to sign in.
    pub authorize: String,
    /// Where mailcow's server redeems the code.
    pub token: String,
    /// Where mailcow's server asks who signed in.
    pub userinfo: String,
}

/// An OAuth 2.0 client as registered at authentik: the provider that belongs to a mailcow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Primary key of the provider.
    pub provider: i64,
    /// Name of the provider, for messages.
    pub provider_name: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// OAuth 2.0 client secret; `None` when authentik does not show it and Cowbell did not make it.
    pub client_secret: Option<Secret>,
    /// Where to send what.
    pub endpoints: Endpoints,
    /// Registered redirect URIs that match letter by letter, in authentik's order.
    pub redirect_uris: Vec<String>,
    /// Allowed grant types; `None` before authentik 2026.5, which has no such field (contract/authentik.md, section 5.3).
    pub grant_types: Option<Vec<String>>,
    /// Scope names of the selected mappings.
    pub scopes: Vec<String>,
    /// The mailcow that sign-ins come back to.
    pub mailcow: Origin,
    /// Further host names of the same mailcow.
    pub extra_hosts: Vec<Origin>,
}
