//! What a client learns about a user: claims of scopes and of the ID token.

use serde_json::{Map, Value, json};

use super::{
    expression::{self, Raised},
    merge::merge,
    state::{Grant, Provider, ScopeMapping, State, User},
    time::{Micros, SECOND},
};

/// A mapping that raised while claims were gathered.
pub(super) struct Failure {
    pub(super) mapping: uuid::Uuid,
    pub(super) raised: Raised,
}

/// The provider's mappings in the order in which they are evaluated: by scope, then as [`Profile::has_managed_mappings_last`] and
/// their age say.
///
/// [`Profile::has_managed_mappings_last`]: super::profile::Profile::has_managed_mappings_last
pub(super) fn selected<'a>(state: &'a State, provider: &Provider) -> Vec<&'a ScopeMapping> {
    let mut mappings: Vec<&ScopeMapping> =
        state.mappings.iter().filter(|mapping| provider.property_mappings.contains(&mapping.pk)).collect();
    let managed_last = state.profile.has_managed_mappings_last();
    mappings.sort_by_key(|mapping| (&mapping.scope_name, managed_last && mapping.managed.is_some()));
    mappings
}

/// Claims that a provider's mappings give for the granted scopes, merged deeply.
///
/// Two mappings of one scope have no defined order in authentik; here the last of [`selected`] wins, as it did when it was recorded
/// (recording 256 of 2026.2.2 and of 2026.8.0-rc1).
pub(super) fn of_scopes(
    state: &State,
    provider: &Provider,
    user: Option<&User>,
    scopes: &[String],
) -> (Map<String, Value>, Vec<Failure>) {
    let mut claims = Map::new();
    let mut failures = Vec::new();
    for mapping in selected(state, provider) {
        if !scopes.contains(&mapping.scope_name) {
            continue;
        }
        match expression::evaluate(&mapping.expression, state, user) {
            Ok(result) => merge(&mut claims, result),
            Err(raised) => failures.push(Failure { mapping: mapping.pk, raised }),
        }
    }
    (claims, failures)
}

/// The issuer of a provider's tokens; `None` without application.
pub(super) fn issuer(state: &State, provider: &Provider) -> Option<String> {
    let application = state.application_of(provider.pk)?;
    Some(if provider.issuer_mode == "global" {
        state.site.absolute("")
    } else {
        state.site.absolute(&format!("application/o/{}/", application.slug))
    })
}

/// Claims of an ID token, without those of the scopes.
pub(super) fn of_id_token(state: &mut State, provider: &Provider, grant: &Grant, lifetime: i64) -> Map<String, Value> {
    let now = state.now / SECOND;
    let mut claims = Map::new();
    if let Some(issuer) = issuer(state, provider) {
        claims.insert("iss".to_owned(), json!(issuer));
    }
    let user = state.users.get(grant.user);
    claims.insert("sub".to_owned(), json!(user.map(|user| subject(provider, user))));
    claims.insert("aud".to_owned(), json!(provider.client_id));
    claims.insert("exp".to_owned(), json!(now + lifetime));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("auth_time".to_owned(), json!(seconds(grant.auth_time)));
    claims.insert("acr".to_owned(), json!(ACR));
    if let Some(nonce) = &grant.nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    claims.insert("jti".to_owned(), json!(state.ids.alphanumeric(40)));
    claims
}

/// The authentication context that ID tokens name.
pub(super) const ACR: &str = "goauthentik.io/providers/oauth2/default";

/// What the provider calls a user.
pub(super) fn subject(provider: &Provider, user: &User) -> String {
    match provider.sub_mode.as_str() {
        "user_id" => user.pk.to_string(),
        "user_uuid" => user.uuid.to_string(),
        "user_username" => user.username.clone(),
        "user_email" => user.email.clone(),
        _ => user.uid(),
    }
}

fn seconds(at: Micros) -> i64 {
    at / SECOND
}
