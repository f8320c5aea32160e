//! What authentik has registered about mailcow as an OAuth 2.0 client, and mailcow needs.

use std::slice;

use super::{ClientSecret, Origin, completes_sign_in, pattern};

/// The endpoints that mailcow needs, exactly as authentik's `setup_urls` returns them: never built here, because authentik may be
/// below a path, and without the trailing slash a sign-in fails (docs/contract/e2e.md, cases x, x2, x3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// To which the browser is sent for a sign-in.
    pub authorize: String,
    /// At which mailcow's server redeems the code.
    pub token: String,
    /// At which mailcow's server reads who has signed in.
    pub userinfo: String,
}

/// An OAuth 2.0 client as registered in authentik: the provider that belongs to a mailcow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Primary key of the provider.
    pub provider: i64,
    /// Name of the provider, for messages.
    pub provider_name: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// OAuth 2.0 client secret; unknown when authentik does not show it and Cowbell did not generate it.
    pub client_secret: ClientSecret,
    /// The endpoints of the provider, for mailcow.
    pub endpoints: Endpoints,
    /// Registered redirect URIs that are compared byte for byte, in authentik's order.
    pub redirect_uris: Vec<String>,
    /// Registered redirect URIs that are regular expressions (docs/contract/cases.md, R6).
    pub redirect_expressions: Vec<String>,
    /// Allowed grant types; `None` before authentik 2026.5, which has no such field (docs/contract/authentik.md, section 5.3).
    pub grant_types: Option<Vec<String>>,
    /// Scope names of the selected mappings.
    pub scopes: Vec<String>,
    /// Templates in our `mailcow_template` mapping, each once.
    pub templates: Vec<String>,
    /// The mailcow to which sign-ins return.
    pub mailcow: Origin,
    /// Additional host names of the same mailcow.
    pub additional_hosts: Vec<Origin>,
    /// Previous host names of this mailcow.
    pub previous_hosts: Vec<Origin>,
}

impl Registration {
    /// The registered redirect URI that a host of mailcow has to use, byte for byte (docs/contract/e2e.md, cases i, i2, i3): the
    /// bare origin, or the first one with which sign-ins work, or the bare origin if none is registered yet.
    #[must_use]
    pub fn redirect_uri_of(&self, host: &Origin) -> String {
        let bare = host.to_string();
        let working = self.redirect_uris.iter().find(|uri| self.completes_sign_in_at(host, uri));
        working.filter(|_| !self.redirect_uris.contains(&bare)).cloned().unwrap_or(bare)
    }

    /// Whether sign-ins at a host of mailcow work with this redirect URI: authentik accepts it, and mailcow completes them there.
    #[must_use]
    pub fn completes_sign_in_at(&self, host: &Origin, uri: &str) -> bool {
        self.accepts(uri) == Some(true) && Origin::of(uri).as_ref() == Some(host) && completes_sign_in(uri)
    }

    /// Whether authentik accepts this redirect URI; `None` when that depends on a regular expression of a form that is not known.
    #[must_use]
    pub fn accepts(&self, uri: &str) -> Option<bool> {
        if self.redirect_uris.iter().any(|registered| registered == uri) {
            return Some(true);
        }
        let matches: Vec<_> = self.redirect_expressions.iter().map(|expression| pattern::matches(expression, uri)).collect();
        if matches.contains(&Some(true)) { Some(true) } else { (!matches.contains(&None)).then_some(false) }
    }

    /// The same with another client secret, or without it.
    #[must_use]
    pub fn with_secret(&self, client_secret: ClientSecret) -> Self {
        Self { client_secret, ..self.clone() }
    }

    /// Whether sign-ins may return to this origin: only then does authentik let its pages read the token endpoint
    /// (docs/contract/authentik.md, section 5.2).
    #[must_use]
    pub fn registers_origin(&self, origin: &Origin) -> bool {
        self.redirect_uris.iter().any(|uri| Origin::of(uri).as_ref() == Some(origin))
    }

    /// Hosts of other mailcows, or of whatever else signs its users in as this client: they share its secret.
    #[must_use]
    pub fn other_hosts(&self) -> Vec<Origin> {
        let own = [slice::from_ref(&self.mailcow), &self.additional_hosts, &self.previous_hosts].concat();
        let mut others = Vec::new();
        for origin in self.redirect_uris.iter().filter_map(|uri| Origin::of(uri)) {
            if !own.contains(&origin) && !others.contains(&origin) {
                others.push(origin);
            }
        }
        others
    }

    /// Whether codes may be redeemed: authentik 2026.5 and later require the grant type, earlier versions do not
    /// (docs/contract/authentik.md, section 5.3).
    #[must_use]
    pub fn allows_codes(&self) -> bool {
        self.grant_types.as_ref().is_none_or(|types| types.iter().any(|name| name == "authorization_code"))
    }
}

/// A registration with the values of the recordings, for unit tests.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "fixed values")]
pub(crate) fn example() -> Registration {
    let mailcow = Origin::of("https://mailcow.company").unwrap();
    Registration {
        provider: 7,
        provider_name: "mailcow".into(),
        client_id: "mailcowClientId0123456789012345678901234".into(),
        client_secret: ClientSecret::Held(super::Secret::new("dummyClientSecret0123456789Dummy".repeat(4))),
        endpoints: Endpoints {
            authorize: "https://authentik.company/application/o/authorize/".into(),
            token: "https://authentik.company/application/o/token/".into(),
            userinfo: "https://authentik.company/application/o/userinfo/".into(),
        },
        redirect_uris: vec![mailcow.to_string()],
        redirect_expressions: Vec::new(),
        grant_types: None,
        scopes: super::SCOPES.map(str::to_owned).to_vec(),
        templates: Vec::new(),
        mailcow,
        additional_hosts: Vec::new(),
        previous_hosts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slash_follows_what_is_registered() {
        let mut registration = example();
        let host = registration.mailcow.clone();
        assert_eq!(registration.redirect_uri_of(&host), "https://mailcow.company");
        registration.redirect_uris = vec!["https://mailcow.company/".into()];
        assert_eq!(registration.redirect_uri_of(&host), "https://mailcow.company/");
        for (registered, expected) in [("/index.php", "/index.php"), ("/admin", ""), ("/?iam_sso=1", "")] {
            registration.redirect_uris = vec![format!("{host}{registered}")];
            assert_eq!(registration.redirect_uri_of(&host), format!("{host}{expected}"), "{registered}");
        }
        registration.redirect_uris.clear();
        assert_eq!(registration.redirect_uri_of(&host), "https://mailcow.company");
        assert!(!registration.registers_origin(&host));
    }

    #[test]
    fn whoever_else_uses_the_client_is_named_once() {
        let mut registration = example();
        assert!(registration.other_hosts().is_empty());
        registration.additional_hosts = vec![Origin::of("https://webmail.company").expect("an origin")];
        for uri in ["https://webmail.company/", "https://other.company", "https://other.company/", "org.app:/callback"] {
            registration.redirect_uris.push(uri.into());
        }
        assert_eq!(registration.other_hosts().iter().map(Origin::to_string).collect::<Vec<_>>(), ["https://other.company"]);
    }

    #[test]
    fn an_empty_list_of_grant_types_allows_no_codes() {
        let mut registration = example();
        assert!(registration.allows_codes());
        registration.grant_types = Some(Vec::new());
        assert!(!registration.allows_codes());
    }
}
