//! Who may have a client secret.
//!
//! A client secret is shared by exactly two servers: the mailcow that uses it and the authentik that has registered it. Each
//! function that sends a secret, or writes it, takes the [`Parties`] it is shared by, and there is no way to get them but from what
//! was seen to agree (docs/contract/cases.md, S1 to S3, S11, S15).

use super::{Endpoints, Origin, Registration, TokenEndpoint};

/// The mailcow and the authentik that share a client secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    mailcow: Origin,
    authentik: Origin,
    token_endpoint: TokenEndpoint,
}

/// Why a mailcow and an authentik do not share a client secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// mailcow was opened over http.
    #[error("mailcow is not opened over https")]
    NotSecure,
    /// The client is that of another mailcow.
    #[error("the client is that of another mailcow")]
    OtherMailcow,
    /// Sign-in page and token endpoint are not at one authentik, or credentials must not be sent to the endpoint.
    #[error("the endpoints are not those of one authentik")]
    OtherAuthentik,
}

impl Parties {
    /// The parties of a registered client, as far as this mailcow is one of them: it is the one that the registration is for, by
    /// its main or an additional host, and authentik sends users back to it. A provider may have redirect URIs of other mailcows;
    /// they share the secret, but Cowbell has not been asked to touch them.
    ///
    /// # Errors
    /// The first [`Disagreement`].
    pub fn of(registration: &Registration, mailcow: &Origin) -> Result<Self, Disagreement> {
        if !mailcow.is_secure() {
            return Err(Disagreement::NotSecure);
        }
        let is_its = registration.mailcow == *mailcow || registration.additional_hosts.contains(mailcow);
        if !is_its || !registration.registers_origin(mailcow) {
            return Err(Disagreement::OtherMailcow);
        }
        let Endpoints { authorize, token, .. } = &registration.endpoints;
        let token_endpoint = TokenEndpoint::of(token).ok_or(Disagreement::OtherAuthentik)?;
        if Origin::of(authorize).as_ref() != Some(token_endpoint.origin()) {
            return Err(Disagreement::OtherAuthentik);
        }
        let authentik = token_endpoint.origin().clone();
        Ok(Self { mailcow: mailcow.clone(), authentik, token_endpoint })
    }

    /// The parties that a mailcow names in its stored settings: it sends the secret to this endpoint at each sign-in. The endpoint
    /// may have an address of its own for mailcow's server.
    #[must_use]
    pub fn stored(mailcow: &Origin, authorize_url: &str, token_url: &str) -> Option<Self> {
        let token_endpoint = TokenEndpoint::of(token_url)?;
        Some(Self { mailcow: mailcow.clone(), authentik: Origin::of(authorize_url)?, token_endpoint })
    }

    /// A mailcow and an authentik that were both opened by the administrator, if this token endpoint is that authentik's.
    #[must_use]
    pub fn opened(mailcow: &Origin, authentik: &Origin, token_url: &str) -> Option<Self> {
        let token_endpoint = TokenEndpoint::of(token_url).filter(|endpoint| endpoint.origin() == authentik)?;
        Some(Self { mailcow: mailcow.clone(), authentik: authentik.clone(), token_endpoint })
    }

    /// A mailcow, and the authentik of a token endpoint that the administrator has allowed by its name.
    #[must_use]
    pub fn accepted(mailcow: &Origin, token_url: &str) -> Option<Self> {
        Self::opened(mailcow, &Origin::of(token_url)?, token_url)
    }

    /// Whether the secret in a form or in settings with this token endpoint is shared by the same parties.
    #[must_use]
    pub fn have_endpoint(&self, token_url: &str) -> bool {
        self.token_endpoint.to_string() == token_url
    }

    /// The mailcow: the only one whose page, form and API may get the secret.
    #[must_use]
    pub fn mailcow(&self) -> &Origin {
        &self.mailcow
    }

    /// The authentik at which the users sign in, and that has registered the client.
    #[must_use]
    pub fn authentik(&self) -> &Origin {
        &self.authentik
    }

    /// Where mailcow's server sends the secret.
    #[must_use]
    pub fn token_endpoint(&self) -> &TokenEndpoint {
        &self.token_endpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::example;

    fn origin(text: &str) -> Origin {
        Origin::of(text).expect("an origin")
    }

    #[test]
    fn another_mailcow_of_the_same_provider_is_no_party() {
        let mut registration = example();
        registration.redirect_uris.push("https://other.company".into());
        assert!(Parties::of(&registration, &registration.mailcow).is_ok());
        assert_eq!(Parties::of(&registration, &origin("https://other.company")), Err(Disagreement::OtherMailcow));
        registration.additional_hosts.push(origin("https://other.company"));
        assert!(Parties::of(&registration, &origin("https://other.company")).is_ok());
        registration.additional_hosts.push(origin("https://unregistered.company"));
        assert_eq!(Parties::of(&registration, &origin("https://unregistered.company")), Err(Disagreement::OtherMailcow));
    }

    #[test]
    fn endpoints_of_two_servers_are_those_of_none() {
        for elsewhere in ["https://evil.company/application/o/token/", "https://authentik.company/elsewhere", ""] {
            let mut registration = example();
            registration.endpoints.token = elsewhere.into();
            assert_eq!(Parties::of(&registration, &registration.mailcow), Err(Disagreement::OtherAuthentik), "{elsewhere}");
        }
        let mut registration = example();
        registration.endpoints.authorize = "https://evil.company/application/o/authorize/".into();
        assert_eq!(Parties::of(&registration, &registration.mailcow), Err(Disagreement::OtherAuthentik));
    }

    #[test]
    fn an_authentik_that_was_opened_is_that_of_its_own_endpoint_only() {
        let (mailcow, authentik) = (origin("https://mailcow.company"), origin("https://authentik.company"));
        let opened = |url| Parties::opened(&mailcow, &authentik, url).is_some();
        assert!(opened("https://authentik.company/application/o/token/"));
        assert!(!opened("https://authentik.evil/application/o/token/"));
        assert!(!opened("https://authentik.company:8443/application/o/token/"));
    }
}
