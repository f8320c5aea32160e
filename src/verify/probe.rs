//! The requests that test client credentials in authentik without leaving a trace (docs/contract/authentik.md, section 10;
//! recordings 536 to 538, 551 to 556).
//!
//! They never use `client_credentials`, which creates a user, or a code, which leaves an event. They are sent without cookies.

use url::form_urlencoded::Serializer;

use crate::setup::{Origin, Secret};
use crate::transport::{Method, Request};

const TOKEN_PATH: &str = "/application/o/token/";
const REVOKE_PATH: &str = "/application/o/revoke/";

/// A token endpoint to which credentials may be sent: authentik's path, over https or on this machine, without query. It may be
/// below a path (`web.path`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    base: String,
    origin: Origin,
}

impl TokenEndpoint {
    /// Parses the address of a token endpoint; `None` when credentials must not be sent there.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let base = url.strip_suffix(TOKEN_PATH)?;
        let origin = Origin::of(url).filter(Origin::is_secure)?;
        // The text has to be in canonical form, so that the browser cannot parse it differently from this check.
        let path = base.strip_prefix(&origin.to_string())?;
        let plain = path.is_empty() || path.starts_with('/');
        let harmless = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
        (plain && harmless && !path.contains("..")).then(|| Self { base: base.to_owned(), origin })
    }

    /// Host of the endpoint.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.host()
    }

    /// Where it is: the only authentik whose pages may send credentials.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// A token request without a code from a page of mailcow: `invalid_grant` for correct credentials, else `invalid_client`. Leaves
    /// no more than a line in authentik's log.
    #[must_use]
    pub fn token_probe(&self, mailcow: &Origin, client_id: &str, client_secret: &Secret) -> Request {
        let body =
            form(&[("grant_type", "authorization_code"), ("client_id", client_id), ("client_secret", client_secret.reveal())]);
        Request::new(Method::Post, format!("{}{TOKEN_PATH}", self.base)).form(body).anonymous().sent_from(mailcow)
    }

    /// A request to revoke a token that does not exist: 200 for correct credentials, else 401. The revocation endpoint sends no
    /// CORS headers, so only a page of authentik can read its response.
    #[must_use]
    pub fn revocation_probe(&self, client_id: &str, client_secret: &Secret, made_up_token: &str) -> Request {
        let body = form(&[("token", made_up_token), ("client_id", client_id), ("client_secret", client_secret.reveal())]);
        Request::new(Method::Post, format!("{}{REVOKE_PATH}", self.base)).form(body).anonymous()
    }

    /// A request that tests only whether the host answers. Carries nothing; authentik answers that the method is not allowed
    /// (recording 568), and the browser hides it.
    #[must_use]
    pub fn contact(&self, mailcow: &Origin) -> Request {
        Request::new(Method::Get, format!("{}{TOKEN_PATH}", self.base)).anonymous().sent_from(mailcow).contact_only()
    }
}

/// `application/x-www-form-urlencoded`.
fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Credentials, Want};

    #[test]
    fn only_authentiks_token_endpoint_is_accepted() {
        for url in [
            "https://authentik.company/application/o/token/",
            "https://authentik.company:8443/application/o/token/",
            "https://authentik.company/sub/path/application/o/token/",
            "http://localhost:9000/application/o/token/",
        ] {
            assert!(TokenEndpoint::of(url).is_some(), "{url}");
        }
        for url in [
            "http://authentik.company/application/o/token/",
            "https://authentik.company/application/o/token",
            "https://authentik.company/application/o/token/?x",
            "https://authentik.company/?x=/application/o/token/",
            "https://authentik.company#/application/o/token/",
            "https://user@authentik.company/application/o/token/",
            "https://authentik.company/../application/o/token/",
            "https://authentik.company/%2e/application/o/token/",
            "https://Authentik.company/application/o/token/",
            "//authentik.company/application/o/token/",
            "javascript:/application/o/token/",
            "/application/o/token/",
            "",
        ] {
            assert_eq!(TokenEndpoint::of(url), None, "{url}");
        }
    }

    #[test]
    fn probes_carry_no_session_and_no_code() {
        let endpoint = TokenEndpoint::of("https://authentik.company/sub/application/o/token/").expect("an endpoint");
        let secret = Secret::new("a b&c=ä".into());
        let mailcow = Origin::of("https://mailcow.company").expect("an origin");
        let token = endpoint.token_probe(&mailcow, "id", &secret);
        assert_eq!((token.credentials(), token.sender().as_ref()), (Credentials::Omit, Some(&mailcow)));
        assert_eq!(
            token.body().map(|body| body.text.as_str()),
            Some("grant_type=authorization_code&client_id=id&client_secret=a+b%26c%3D%C3%A4")
        );
        let revoke = endpoint.revocation_probe("id", &secret, "t");
        assert_eq!(revoke.url(), "https://authentik.company/sub/application/o/revoke/");
        assert_eq!((revoke.credentials(), revoke.sender().as_ref()), (Credentials::Omit, Some(endpoint.origin())));
        let contact = endpoint.contact(&mailcow);
        assert_eq!(contact.want(), Want::Contact);
        assert!(contact.body().is_none());
    }
}
