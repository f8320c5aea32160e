//! Finds existing objects to adopt: from a manual setup, an earlier run, or unrelated ones with our name.

use crate::authentik::Snapshot;
use crate::authentik::types::{Application, Provider, RedirectUri, ScopeMapping};
use crate::setup::Origin;

/// The parts of an integration that exist.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adoption<'a> {
    /// The provider for this mailcow.
    pub provider: Option<&'a Provider>,
    /// Its application, or one that has no provider yet.
    pub application: Option<&'a Application>,
    /// The mapping for `email` with the desired expression, or with the name of ours.
    pub mapping: Option<&'a ScopeMapping>,
    /// The mapping for `mailcow_template` with the desired expression, or one that Cowbell has created.
    pub template_mapping: Option<&'a ScopeMapping>,
}

/// The client that a mailcow has stored, proven to be one of the connected authentik: authentik accepts its secret. The client ID
/// alone proves nothing, because everybody who begins a sign-in sees it (docs/contract/cases.md, R6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnClient {
    /// Origin of the mailcow.
    pub mailcow: Origin,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// The redirect URI that it sends.
    pub redirect_url: String,
}

impl OwnClient {
    /// Its provider, if what is registered there may accept this mailcow's redirect URI.
    fn provider<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Provider> {
        let accepts = |uri: &RedirectUri| uri.accepts(&self.redirect_url) != Some(false);
        let provider = snapshot.providers.iter().find(|provider| provider.client_id == self.client_id)?;
        (is_at(&self.redirect_url, &self.mailcow) && provider.redirect_uris.iter().any(accepts)).then_some(provider)
    }

    /// Whether it matters to know its provider: nothing that is registered byte for byte identifies one.
    #[must_use]
    pub fn is_needed(&self, snapshot: &Snapshot) -> bool {
        providers_of(snapshot, &self.mailcow).next().is_none() && self.provider(snapshot).is_some()
    }
}

/// Finds provider and application for a mailcow: by redirect URI, then by that of a previous host name, then by the client that
/// this mailcow has stored, then by a regular expression, then by slug.
#[must_use]
pub(super) fn find<'a>(
    snapshot: &'a Snapshot,
    mailcow: &Origin,
    previous: &[Origin],
    own: Option<&OwnClient>,
    slug: &str,
) -> Adoption<'a> {
    let by_slug = snapshot.applications.iter().find(|application| application.slug == slug);
    let hosts = || std::iter::once(mailcow).chain(previous);
    let by_uri = hosts().find_map(|host| best_provider(snapshot, host));
    let by_uri = by_uri.or_else(|| own.filter(|own| own.mailcow == *mailcow)?.provider(snapshot));
    let by_uri = by_uri.or_else(|| hosts().find_map(|host| provider_by_expression(snapshot, host)));
    let provider = by_uri.or_else(|| {
        let provider = snapshot.provider(by_slug?.provider?)?;
        is_unclaimed(provider).then_some(provider)
    });
    let application = match provider {
        Some(provider) => snapshot.application_of(provider.pk).or(by_slug.filter(|app| app.provider.is_none())),
        None => by_slug.filter(|app| app.provider.is_none() && is_about(app, mailcow)),
    };
    Adoption { provider, application, ..Adoption::default() }
}

/// Providers with a redirect URI to this mailcow.
pub(super) fn providers_of<'a>(snapshot: &'a Snapshot, mailcow: &Origin) -> impl Iterator<Item = &'a Provider> {
    snapshot.providers.iter().filter(move |provider| leads_to(provider, mailcow))
}

/// The best of them: with a redirect URI that matches byte for byte first, then with an application, then the oldest.
fn best_provider<'a>(snapshot: &'a Snapshot, mailcow: &Origin) -> Option<&'a Provider> {
    let desired = mailcow.to_string();
    providers_of(snapshot, mailcow).min_by_key(|provider| {
        let exact = provider.redirect_uris.iter().any(|uri| uri.is_strict() && uri.url == desired);
        (!exact, snapshot.application_of(provider.pk).is_none(), provider.pk)
    })
}

/// Whether a sign-in with this provider returns to the host of this mailcow.
fn leads_to(provider: &Provider, mailcow: &Origin) -> bool {
    provider.redirect_uris.iter().filter(|uri| uri.is_strict()).any(|uri| is_at(&uri.url, mailcow))
}

/// Providers with a regular expression that matches the redirect URI of this mailcow (docs/contract/cases.md, R6): those that
/// match no neighbour, and of those that match many hosts, the ones that are named after a mailcow.
pub(super) fn providers_by_expression<'a>(snapshot: &'a Snapshot, mailcow: &Origin) -> impl Iterator<Item = &'a Provider> {
    let says_mailcow = |text: &str| text.to_ascii_lowercase().contains("mailcow");
    let is_named = move |provider: &Provider| {
        let application = snapshot.application_of(provider.pk);
        says_mailcow(&provider.name)
            || application
                .is_some_and(|app| says_mailcow(&app.name) || says_mailcow(&app.slug) || is_at(&app.meta_launch_url, mailcow))
    };
    let found = snapshot.providers.iter().filter(|provider| has_expression_for(provider, &mailcow.to_string()));
    found.filter(move |provider| is_named(provider) || !has_expression_for(provider, &neighbour_of(mailcow)))
}

/// The best of them: one that matches no neighbour first, then with an application, then the oldest.
fn provider_by_expression<'a>(snapshot: &'a Snapshot, mailcow: &Origin) -> Option<&'a Provider> {
    let matches_many = |provider: &Provider| has_expression_for(provider, &neighbour_of(mailcow));
    providers_by_expression(snapshot, mailcow)
        .min_by_key(|provider| (matches_many(provider), snapshot.application_of(provider.pk).is_none(), provider.pk))
}

/// Whether a redirect URI of a provider matches this origin, without or with a slash.
fn has_expression_for(provider: &Provider, origin: &str) -> bool {
    let with_slash = format!("{origin}/");
    let accepts = |known: &RedirectUri| [origin, &with_slash].into_iter().any(|uri| known.accepts(uri) == Some(true));
    provider.redirect_uris.iter().any(accepts)
}

/// An origin in the same domain: an expression that matches it as well does not name this mailcow.
fn neighbour_of(mailcow: &Origin) -> String {
    let domain = mailcow.host().split_once('.').map_or("invalid", |(_, domain)| domain);
    format!("https://another-host-of.{domain}")
}

/// Whether a URL is at the same host and port, whether http or https.
#[must_use]
pub(super) fn is_at(url: &str, mailcow: &Origin) -> bool {
    Origin::of(url).is_some_and(|origin| origin.host() == mailcow.host() && origin.port() == mailcow.port())
}

/// Whether a provider is incomplete: without any redirect URI it belongs to no integration yet.
fn is_unclaimed(provider: &Provider) -> bool {
    provider.redirect_uris.is_empty()
}

/// Whether an application without a provider is an incomplete one for this mailcow.
fn is_about(application: &Application, mailcow: &Origin) -> bool {
    application.meta_launch_url.is_empty() || is_at(&application.meta_launch_url, mailcow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;

    fn mailcow() -> Origin {
        Origin::of("https://mailcow.company").expect("an origin")
    }

    fn snapshot() -> Snapshot {
        Snapshot::stock(Base::typed("authentik.company").expect("an address").0)
    }

    /// mailcow sends its address without a slash, and authentik compares byte for byte.
    #[test]
    fn of_two_providers_the_one_whose_redirect_uri_is_right_is_adopted() {
        let mut snapshot = snapshot();
        let provider = |pk: i64, uri: &str| {
            let uri = format!(r#"{{"matching_mode":"strict","url":"{uri}"}}"#);
            let text = format!(
                r#"{{"pk":{pk},"name":"","property_mappings":[],"client_type":"confidential","client_id":"","redirect_uris":[{uri}]}}"#
            );
            crate::wire::read(&text).expect("a provider")
        };
        snapshot.providers = vec![provider(1, "https://mailcow.company/"), provider(2, "https://mailcow.company")];
        let found = find(&snapshot, &mailcow(), &[], None, "mailcow");
        assert_eq!(found.provider.map(|provider| provider.pk), Some(2));
    }

    #[test]
    fn an_application_without_a_provider_is_adopted_unless_it_leads_elsewhere() {
        for (url, is_adopted) in [("", true), ("https://mailcow.company/?iam_sso=1", true), ("https://wiki.company", false)] {
            let mut snapshot = snapshot();
            snapshot.applications = vec![Application {
                pk: "a".into(),
                name: "Mail".into(),
                slug: "mailcow".into(),
                provider: None,
                meta_launch_url: url.into(),
                group: String::new(),
                needs_all: false,
            }];
            let found = find(&snapshot, &mailcow(), &[], None, "mailcow");
            assert_eq!(found.application.is_some(), is_adopted, "{url}");
        }
    }
}
