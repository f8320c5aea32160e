//! The requests that test client credentials in authentik without leaving a trace (docs/contract/authentik.md, section 10;
//! recordings 536 to 538, 551 to 556).
//!
//! They never use `client_credentials`, which creates a user, or a code, which leaves an event. They are sent without cookies.

use url::form_urlencoded::Serializer;

use crate::setup::{Parties, Secret};
use crate::transport::{Method, Request};

const REVOKE_PATH: &str = "/application/o/revoke/";

/// A token request without a code, from the page of the mailcow: `invalid_grant` for correct credentials, else `invalid_client`.
/// Leaves no more than a line in authentik's log.
#[must_use]
pub fn token_request(parties: &Parties, client_id: &str, client_secret: &Secret) -> Request {
    let grant = ("grant_type", "authorization_code");
    let body = form(&[grant, ("client_id", client_id), ("client_secret", client_secret.reveal())]);
    let request = Request::new(Method::Post, parties.token_endpoint().to_string());
    request.form(body).anonymous().sent_from(parties.mailcow())
}

/// A request to revoke a token that does not exist: 200 for correct credentials, else 401. The revocation endpoint sends no CORS
/// headers, so only a page of authentik can read its response.
#[must_use]
pub fn revocation_request(parties: &Parties, client_id: &str, client_secret: &Secret, made_up_token: &str) -> Request {
    let body = form(&[("token", made_up_token), ("client_id", client_id), ("client_secret", client_secret.reveal())]);
    Request::new(Method::Post, format!("{}{REVOKE_PATH}", parties.token_endpoint().base())).form(body).anonymous()
}

/// A request that tests only whether the host answers. Carries nothing; authentik answers that the method is not allowed
/// (recording 568), and the browser hides it.
#[must_use]
pub fn contact_request(parties: &Parties) -> Request {
    let request = Request::new(Method::Get, parties.token_endpoint().to_string());
    request.anonymous().sent_from(parties.mailcow()).contact_only()
}

/// `application/x-www-form-urlencoded`.
fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Origin;
    use crate::transport::{Credentials, Want};

    #[test]
    fn probes_carry_no_session_and_no_code() {
        let mailcow = Origin::of("https://mailcow.company").expect("an origin");
        let token_url = "https://authentik.company/sub/application/o/token/";
        let parties = Parties::stored(&mailcow, "https://authentik.company/sub/", token_url).expect("parties");
        let secret = Secret::new("a b&c=ä".into());
        let token = token_request(&parties, "id", &secret);
        assert_eq!((token.url(), token.credentials(), token.sender().as_ref()), (token_url, Credentials::Omit, Some(&mailcow)));
        assert_eq!(
            token.body().map(|body| body.text.as_str()),
            Some("grant_type=authorization_code&client_id=id&client_secret=a+b%26c%3D%C3%A4")
        );
        let revoke = revocation_request(&parties, "id", &secret, "t");
        assert_eq!(revoke.url(), "https://authentik.company/sub/application/o/revoke/");
        assert_eq!((revoke.credentials(), revoke.sender().as_ref()), (Credentials::Omit, Some(parties.authentik())));
        let contact = contact_request(&parties);
        assert_eq!(contact.want(), Want::Contact);
        assert!(contact.body().is_none());
    }
}
