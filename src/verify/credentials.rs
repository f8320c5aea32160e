//! Verifies client credentials without a sign-in and without side effects.
//!
//! There are three ways, from the strongest: comparing them with what authentik has registered, a probe from a page of authentik,
//! and a probe from a page of mailcow. Each probe is sent twice, the second time with a made-up secret: if that is accepted as
//! well, the answer to the first one proves nothing.

use serde::Deserialize;

use super::{Code, Field, Finding, Fix, probe};
use crate::{
    setup::{CLIENT_ID_LENGTH, ClientSecret, Origin, Parties, Registration, Secret, TokenEndpoint, generate_client_secret},
    transport::{Answer, Batch, Host, Product, SendError, send_all},
    wire,
};

/// The values to verify, from mailcow's form or settings.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// OAuth 2.0 client identifier.
    pub client_id: &'a str,
    /// OAuth 2.0 client secret.
    pub client_secret: &'a Secret,
    /// The token endpoint beside them.
    pub token_url: &'a str,
}

/// The result of verifying client credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsVerdict {
    Right,
    WrongClientId,
    /// The client ID is correct, the secret is wrong.
    WrongSecret,
    /// One of them is wrong; authentik does not say which.
    WrongPair,
    /// The client ID is correct, but this mailcow is not among its redirect URIs.
    OriginNotRegistered {
        /// Origin of the mailcow page.
        origin: String,
    },
    /// authentik answers, but the browser hides it from this page: unknown client ID, or this mailcow is not among its redirect
    /// URIs.
    HiddenIdOrOrigin {
        /// Origin of the mailcow page.
        origin: String,
    },
    /// The provider's grant types do not include authorization codes (docs/contract/authentik.md, section 5.3).
    GrantTypeMissing,
    /// A public client, for which authentik accepts any secret.
    PublicClient,
    /// Any secret is accepted: a public client, or the grant type is missing.
    AnySecretAccepted,
    /// The browser cannot connect: name, network or certificate.
    Unreachable {
        /// Host of the endpoint.
        host: String,
    },
    /// The server that answers is not an OAuth 2.0 endpoint.
    NotAnOauthEndpoint {
        /// HTTP status; 300 for any redirect.
        status: u16,
    },
    /// authentik's answer is not usable.
    Unexpected {
        /// HTTP status.
        status: u16,
    },
    /// Not tested: a service worker of the page that would send it could read the client secret (docs/contract/cases.md, S1).
    ServiceWorker {
        /// Origin of the page.
        origin: String,
    },
    /// No answer came: time-out, tab closed, run cancelled.
    NoAnswer,
    /// Not tested: no authentik with this token endpoint was opened, and mailcow does not have it stored.
    UnknownEndpoint {
        /// The endpoint.
        endpoint: TokenEndpoint,
    },
    /// Not tested: a value is empty or not ASCII (authentik then fails, recordings 546, 567), or credentials must not be sent to
    /// the endpoint.
    NotAsked,
}

impl CredentialsVerdict {
    /// The verdict as a finding.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let about = |code, field| Finding::new(code).at(field);
        match self {
            Self::Right => about(Code::CredentialsRight, Field::ClientSecret),
            Self::WrongClientId => about(Code::CredentialsWrongClientId, Field::ClientId),
            Self::WrongSecret => about(Code::CredentialsWrongSecret, Field::ClientSecret),
            Self::WrongPair => about(Code::CredentialsWrong, Field::ClientSecret),
            Self::OriginNotRegistered { origin } => {
                about(Code::CredentialsOriginNotRegistered, Field::RedirectUrl).with("origin", origin)
            }
            Self::HiddenIdOrOrigin { origin } => about(Code::CredentialsHidden, Field::ClientId).with("origin", origin),
            Self::GrantTypeMissing => Finding::new(Code::CredentialsGrantTypeMissing),
            Self::PublicClient => Finding::new(Code::CredentialsPublicClient),
            Self::AnySecretAccepted => Finding::new(Code::CredentialsAnySecretAccepted),
            Self::Unreachable { host } => about(Code::CredentialsUnreachable, Field::TokenUrl).with("host", host),
            Self::NotAnOauthEndpoint { status } => about(Code::CredentialsNotOauth, Field::TokenUrl).with("status", status),
            Self::Unexpected { status } => Finding::new(Code::CredentialsUnexpected).with("status", status),
            Self::ServiceWorker { origin } => about(Code::CredentialsServiceWorker, Field::ClientSecret).with("origin", origin),
            Self::NoAnswer => Finding::new(Code::CredentialsNoAnswer),
            Self::UnknownEndpoint { endpoint } => {
                let finding = about(Code::CredentialsUnknownEndpoint, Field::TokenUrl).with("host", endpoint.host());
                finding.fixed_by(Fix::TestAt { url: endpoint.to_string() })
            }
            Self::NotAsked => Finding::new(Code::CredentialsNotAsked),
        }
    }
}

/// Compares credentials with the registered client. `None` when authentik does not show the secret and the client ID is correct.
#[must_use]
pub fn compare(candidate: Candidate<'_>, known: &Registration) -> Option<CredentialsVerdict> {
    let same_id = candidate.client_id == known.client_id;
    let same_secret = known.client_secret.is_same(&ClientSecret::Held(candidate.client_secret.clone()));
    Some(match (same_id, same_secret) {
        (true, Some(true)) if !known.allows_codes() => CredentialsVerdict::GrantTypeMissing,
        (true, Some(true)) => CredentialsVerdict::Right,
        (true, Some(false)) => CredentialsVerdict::WrongSecret,
        (true, None) => return None,
        (false, Some(false)) => CredentialsVerdict::WrongPair,
        (false, _) => CredentialsVerdict::WrongClientId,
    })
}

/// Verifies from a page of authentik, by revoking a token that does not exist.
pub async fn verify_at_authentik(
    host: &impl Host,
    candidate: Candidate<'_>,
    parties: &Parties,
    known: Option<&Registration>,
) -> CredentialsVerdict {
    if !is_usable(candidate, parties, known) {
        return CredentialsVerdict::NotAsked;
    }
    let token = generate_client_secret(host);
    // Too long to be a real one (docs/contract/authentik.md, section 10).
    debug_assert!(token.length() >= CLIENT_ID_LENGTH);
    let control = generate_client_secret(host);
    let ask = |secret| probe::revocation_request(parties, candidate.client_id, secret, token.reveal());
    let requests = vec![ask(candidate.client_secret), ask(&control)];
    let answers = send_all(host, Batch::new(Product::Authentik, requests)).await;
    let mut statuses = answers.iter().map(|answer| revoked(answer, parties.token_endpoint()));
    match (statuses.next(), statuses.next()) {
        (Some(Err(verdict)), _) | (Some(Ok(true)), Some(Err(verdict))) => verdict,
        (Some(Ok(true)), Some(Ok(true))) => CredentialsVerdict::PublicClient,
        (Some(Ok(true)), Some(Ok(false))) => match known {
            Some(known) if !known.allows_codes() => CredentialsVerdict::GrantTypeMissing,
            _ => CredentialsVerdict::Right,
        },
        (Some(Ok(false)), _) => match known {
            Some(known) if known.client_id == candidate.client_id => CredentialsVerdict::WrongSecret,
            Some(_) => CredentialsVerdict::WrongClientId,
            None => CredentialsVerdict::WrongPair,
        },
        _ => CredentialsVerdict::NoAnswer,
    }
}

/// Whether authentik accepted the client.
fn revoked(answer: &Answer, endpoint: &TokenEndpoint) -> Result<bool, CredentialsVerdict> {
    match answer {
        Ok(response) if response.status == 200 && response.body.trim_start().starts_with('{') => Ok(true),
        Ok(response) if response.status == 401 => Ok(false),
        Ok(response) => Err(by_status(response.status)),
        Err(error) => Err(by_error(*error, endpoint.origin(), endpoint)),
    }
}

/// Verifies from a page of mailcow, by a token request without a code. authentik lets the page read the response only if the
/// client ID exists and the page's origin is among its redirect URIs (docs/contract/authentik.md, section 5.2), so a readable
/// response is a result in itself.
pub async fn verify_at_mailcow(
    host: &impl Host,
    candidate: Candidate<'_>,
    parties: &Parties,
    known: Option<&Registration>,
) -> CredentialsVerdict {
    if !is_usable(candidate, parties, known) {
        return CredentialsVerdict::NotAsked;
    }
    let page = parties.mailcow();
    let control = generate_client_secret(host);
    let ask = |secret| probe::token_request(parties, candidate.client_id, secret);
    let requests = vec![ask(candidate.client_secret), ask(&control)];
    let answers = send_all(host, Batch::new(Product::Mailcow, requests)).await;
    let mut said = answers.iter().map(|answer| TokenReply::of(answer, page));
    match (said.next(), said.next()) {
        (Some(TokenReply::InvalidGrant), Some(TokenReply::InvalidClient)) => CredentialsVerdict::Right,
        (Some(TokenReply::InvalidGrant), Some(TokenReply::InvalidGrant)) => any_secret(candidate, known),
        (Some(TokenReply::InvalidClient), _) => match known {
            Some(known) if known.client_id != candidate.client_id => CredentialsVerdict::WrongClientId,
            _ => CredentialsVerdict::WrongSecret,
        },
        (Some(TokenReply::Hidden), _) => {
            let batch = Batch::new(Product::Mailcow, vec![probe::contact_request(parties)]);
            match send_all(host, batch).await.pop() {
                Some(Ok(_)) => hidden(candidate, page, known),
                Some(Err(error)) => by_error(error, page, parties.token_endpoint()),
                None => CredentialsVerdict::NoAnswer,
            }
        }
        (Some(TokenReply::Else(verdict)), _) | (_, Some(TokenReply::Else(verdict))) => verdict,
        _ => CredentialsVerdict::NoAnswer,
    }
}

/// An error response of the token endpoint (RFC 6749, section 5.2).
#[derive(Default, Deserialize)]
struct ErrorResponse {
    error: String,
}

/// The result of a token request.
enum TokenReply {
    InvalidGrant,
    InvalidClient,
    Hidden,
    Else(CredentialsVerdict),
}

impl TokenReply {
    /// What the token endpoint answered to a page of this origin.
    fn of(answer: &Answer, page: &Origin) -> Self {
        let response = match answer {
            Ok(response) => response,
            Err(SendError::Network) => return Self::Hidden,
            Err(SendError::Redirected) => return Self::Else(by_status(300)),
            Err(SendError::ServiceWorker) => {
                return Self::Else(CredentialsVerdict::ServiceWorker { origin: page.to_string() });
            }
            Err(_) => return Self::Else(CredentialsVerdict::NoAnswer),
        };
        let ErrorResponse { error } = wire::read(&response.body).unwrap_or_default();
        match (response.status, error.as_str()) {
            (400, "invalid_grant") => Self::InvalidGrant,
            (400, "invalid_client") => Self::InvalidClient,
            (status, _) => Self::Else(by_status(status)),
        }
    }
}

/// Whether the credentials can be tested, and are those of the parties: if authentik is known, only at its own endpoint.
fn is_usable(candidate: Candidate<'_>, parties: &Parties, known: Option<&Registration>) -> bool {
    let usable = |text: &str| !text.is_empty() && text.is_ascii();
    let expected = known.is_none_or(|known| parties.have_endpoint(&known.endpoints.token));
    let is_theirs = parties.have_endpoint(candidate.token_url);
    expected && is_theirs && usable(candidate.client_id) && usable(candidate.client_secret.reveal())
}

fn any_secret(candidate: Candidate<'_>, known: Option<&Registration>) -> CredentialsVerdict {
    match known.filter(|known| known.client_id == candidate.client_id) {
        Some(known) if known.allows_codes() => CredentialsVerdict::PublicClient,
        Some(_) => CredentialsVerdict::GrantTypeMissing,
        None => CredentialsVerdict::AnySecretAccepted,
    }
}

fn hidden(candidate: Candidate<'_>, page: &Origin, known: Option<&Registration>) -> CredentialsVerdict {
    let origin = page.to_string();
    match known {
        Some(known) if known.client_id != candidate.client_id => CredentialsVerdict::WrongClientId,
        Some(known) if !known.registers_origin(page) => CredentialsVerdict::OriginNotRegistered { origin },
        _ => CredentialsVerdict::HiddenIdOrOrigin { origin },
    }
}

/// An endpoint of authentik that has a temporary failure answers 429 or 5xx; any other unexpected status comes from another
/// server.
fn by_status(status: u16) -> CredentialsVerdict {
    match status {
        429 | 500..=599 => CredentialsVerdict::Unexpected { status },
        _ => CredentialsVerdict::NotAnOauthEndpoint { status },
    }
}

/// What it means that a page of this origin got no answer.
fn by_error(error: SendError, page: &Origin, endpoint: &TokenEndpoint) -> CredentialsVerdict {
    match error {
        SendError::Network => CredentialsVerdict::Unreachable { host: endpoint.host().to_owned() },
        SendError::Redirected => by_status(300),
        SendError::ServiceWorker => CredentialsVerdict::ServiceWorker { origin: page.to_string() },
        _ => CredentialsVerdict::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        setup::example,
        transport::{
            Request, Want,
            scripted::{Scripted, json, page, run},
        },
    };

    const TOKEN: &str = "https://authentik.company/application/o/token/";

    fn parties() -> Parties {
        let mailcow = Origin::of("https://mailcow.company").expect("an origin");
        Parties::stored(&mailcow, TOKEN, TOKEN).expect("they agree")
    }

    /// What authentik has registered, and whether the page may read the response of its token endpoint.
    struct Client {
        public: bool,
        grants_codes: bool,
        readable: bool,
    }

    const CONFIDENTIAL: Client = Client { public: false, grants_codes: true, readable: true };

    impl Client {
        /// Answers as in the recordings 536 to 538, 551 to 556 and 621 to 636.
        fn answer(&self, request: &Request) -> Answer {
            let body = request.body().map_or("", |body| body.text.as_str());
            let right_id = body.contains("client_id=right&");
            let right = right_id && (self.public || body.contains("client_secret=right"));
            if request.url().ends_with("/revoke/") {
                return if right { json(200, "{}") } else { json(401, r#"{"error":"invalid_client"}"#) };
            }
            if request.want() == Want::Contact {
                return json(0, "");
            }
            if !self.readable || !right_id {
                return Err(SendError::Network);
            }
            if right || !self.grants_codes {
                json(400, r#"{"error":"invalid_grant"}"#)
            } else {
                json(400, r#"{"error":"invalid_client"}"#)
            }
        }

        fn at_mailcow(&self, id: &str, secret: &str, known: Option<&Registration>) -> CredentialsVerdict {
            let host = Scripted::new(|request: &Request| self.answer(request));
            let secret = Secret::new(secret.into());
            run(verify_at_mailcow(
                &host,
                Candidate { client_id: id, client_secret: &secret, token_url: TOKEN },
                &parties(),
                known,
            ))
        }

        fn at_authentik(&self, id: &str, secret: &str, known: Option<&Registration>) -> CredentialsVerdict {
            let host = Scripted::new(|request: &Request| self.answer(request));
            let secret = Secret::new(secret.into());
            run(verify_at_authentik(
                &host,
                Candidate { client_id: id, client_secret: &secret, token_url: TOKEN },
                &parties(),
                known,
            ))
        }
    }

    fn known() -> Registration {
        let mut registration = example();
        registration.client_id = "right".into();
        registration.client_secret = ClientSecret::Held(Secret::new("right".into()));
        registration
    }

    #[test]
    fn from_authentik() {
        let known = known();
        let ask = |id, secret, known| CONFIDENTIAL.at_authentik(id, secret, known);
        assert_eq!(ask("right", "right", None), CredentialsVerdict::Right);
        assert_eq!(ask("right", "wrong", None), CredentialsVerdict::WrongPair);
        assert_eq!(ask("right", "wrong", Some(&known)), CredentialsVerdict::WrongSecret);
        assert_eq!(ask("wrong", "right", Some(&known)), CredentialsVerdict::WrongClientId);
        let public = Client { public: true, ..CONFIDENTIAL };
        assert_eq!(public.at_authentik("right", "any", None), CredentialsVerdict::PublicClient);
    }

    #[test]
    fn from_mailcow() {
        let known = known();
        let another = Registration { client_id: "another".into(), ..known.clone() };
        let ask = |id, secret, known| CONFIDENTIAL.at_mailcow(id, secret, known);
        assert_eq!(ask("right", "right", None), CredentialsVerdict::Right);
        assert_eq!(ask("right", "wrong", None), CredentialsVerdict::WrongSecret);
        assert_eq!(
            ask("wrong", "right", None),
            CredentialsVerdict::HiddenIdOrOrigin { origin: "https://mailcow.company".into() }
        );
        assert_eq!(ask("wrong", "right", Some(&known)), CredentialsVerdict::WrongClientId);
        assert_eq!(ask("right", "wrong", Some(&known)), CredentialsVerdict::WrongSecret);
        assert_eq!(ask("right", "wrong", Some(&another)), CredentialsVerdict::WrongClientId, "that of another client");
    }

    #[test]
    fn a_hidden_answer_is_explained_by_what_is_known() {
        let elsewhere = Client { readable: false, ..CONFIDENTIAL };
        let mut known = known();
        assert!(matches!(elsewhere.at_mailcow("right", "right", Some(&known)), CredentialsVerdict::HiddenIdOrOrigin { .. }));
        known.redirect_uris = vec!["https://other.example".into()];
        assert!(matches!(elsewhere.at_mailcow("right", "right", Some(&known)), CredentialsVerdict::OriginNotRegistered { .. }));
    }

    #[test]
    fn an_answer_that_proves_nothing_is_not_taken_for_a_proof() {
        let public = Client { public: true, ..CONFIDENTIAL };
        let no_codes = Client { grants_codes: false, ..CONFIDENTIAL };
        let mut known = known();
        for client in [&public, &no_codes] {
            assert_eq!(client.at_mailcow("right", "any", None), CredentialsVerdict::AnySecretAccepted);
        }
        assert_eq!(public.at_mailcow("right", "any", Some(&known)), CredentialsVerdict::PublicClient);
        known.grant_types = Some(Vec::new());
        assert_eq!(no_codes.at_mailcow("right", "any", Some(&known)), CredentialsVerdict::GrantTypeMissing);
        assert_eq!(CONFIDENTIAL.at_authentik("right", "right", Some(&known)), CredentialsVerdict::GrantTypeMissing);
    }

    #[test]
    fn trouble_on_the_way_is_told_apart() {
        let cases: [(fn() -> Answer, CredentialsVerdict); 6] = [
            (|| Err(SendError::Network), CredentialsVerdict::Unreachable { host: "authentik.company".into() }),
            (|| Err(SendError::Timeout), CredentialsVerdict::NoAnswer),
            (|| Err(SendError::TabGone), CredentialsVerdict::NoAnswer),
            (|| Err(SendError::Redirected), CredentialsVerdict::NotAnOauthEndpoint { status: 300 }),
            (|| page(405), CredentialsVerdict::NotAnOauthEndpoint { status: 405 }),
            (|| page(503), CredentialsVerdict::Unexpected { status: 503 }),
        ];
        let secret = Secret::new("s".into());
        let candidate = Candidate { client_id: "id", client_secret: &secret, token_url: TOKEN };
        for (answer, verdict) in cases {
            let host = Scripted::new(|_: &Request| answer());
            assert_eq!(run(verify_at_mailcow(&host, candidate, &parties(), None)), verdict);
            let host = Scripted::new(|_: &Request| answer());
            assert_eq!(run(verify_at_authentik(&host, candidate, &parties(), None)), verdict);
        }
    }

    #[test]
    fn credentials_go_nowhere_else() {
        let known = known();
        let secret = Secret::new("right".into());
        let umlaut = Secret::new("sécret".into());
        let candidate = |token_url, client_secret| Candidate { client_id: "right", client_secret, token_url };
        for (candidate, known) in [
            (candidate("https://evil.example/collect", &secret), None),
            (candidate("http://authentik.company/application/o/token/", &secret), None),
            (candidate("https://evil.example/application/o/token/", &secret), Some(&known)),
            (candidate(TOKEN, &umlaut), None),
        ] {
            let host = Scripted::new(|_: &Request| json(200, "{}"));
            let verdict = run(verify_at_mailcow(&host, candidate, &parties(), known));
            assert_eq!(verdict, CredentialsVerdict::NotAsked);
            assert_eq!(run(verify_at_authentik(&host, candidate, &parties(), known)), CredentialsVerdict::NotAsked);
            assert!(host.asked().is_empty());
        }
    }

    #[test]
    fn comparing_needs_no_request() {
        let mut known = known();
        let compare_with = |id, secret: &str, known: &Registration| {
            compare(Candidate { client_id: id, client_secret: &Secret::new(secret.into()), token_url: TOKEN }, known)
        };
        assert_eq!(compare_with("right", "right", &known), Some(CredentialsVerdict::Right));
        assert_eq!(compare_with("right", "x", &known), Some(CredentialsVerdict::WrongSecret));
        assert_eq!(compare_with("x", "right", &known), Some(CredentialsVerdict::WrongClientId));
        assert_eq!(compare_with("x", "x", &known), Some(CredentialsVerdict::WrongPair));
        let no_codes = Registration { grant_types: Some(Vec::new()), ..known.clone() };
        assert_eq!(compare_with("right", "right", &no_codes), Some(CredentialsVerdict::GrantTypeMissing));
        known.client_secret = ClientSecret::Unknown;
        assert_eq!(compare_with("right", "x", &known), None);
    }

    /// S1: which of the two pages has the service worker is named.
    #[test]
    fn a_page_with_a_service_worker_is_named() {
        let (parties, known, secret) = (parties(), known(), Secret::new("right".into()));
        let candidate = Candidate { client_id: "right", client_secret: &secret, token_url: TOKEN };
        let watched = Scripted::new(|_: &Request| Err(SendError::ServiceWorker));
        let named = |origin: &Origin| CredentialsVerdict::ServiceWorker { origin: origin.to_string() };
        assert_eq!(run(verify_at_authentik(&watched, candidate, &parties, Some(&known))), named(parties.authentik()));
        assert_eq!(run(verify_at_mailcow(&watched, candidate, &parties, Some(&known))), named(parties.mailcow()));
    }

    #[test]
    fn every_verdict_is_a_finding_with_its_facts() {
        let text = String::new;
        for (verdict, code) in [
            (CredentialsVerdict::Right, Code::CredentialsRight),
            (CredentialsVerdict::WrongClientId, Code::CredentialsWrongClientId),
            (CredentialsVerdict::WrongSecret, Code::CredentialsWrongSecret),
            (CredentialsVerdict::WrongPair, Code::CredentialsWrong),
            (CredentialsVerdict::OriginNotRegistered { origin: text() }, Code::CredentialsOriginNotRegistered),
            (CredentialsVerdict::HiddenIdOrOrigin { origin: text() }, Code::CredentialsHidden),
            (CredentialsVerdict::GrantTypeMissing, Code::CredentialsGrantTypeMissing),
            (CredentialsVerdict::PublicClient, Code::CredentialsPublicClient),
            (CredentialsVerdict::AnySecretAccepted, Code::CredentialsAnySecretAccepted),
            (CredentialsVerdict::Unreachable { host: text() }, Code::CredentialsUnreachable),
            (CredentialsVerdict::NotAnOauthEndpoint { status: 404 }, Code::CredentialsNotOauth),
            (CredentialsVerdict::Unexpected { status: 500 }, Code::CredentialsUnexpected),
            (CredentialsVerdict::NoAnswer, Code::CredentialsNoAnswer),
            (CredentialsVerdict::ServiceWorker { origin: text() }, Code::CredentialsServiceWorker),
            (
                CredentialsVerdict::UnknownEndpoint { endpoint: TokenEndpoint::of(TOKEN).expect("an endpoint") },
                Code::CredentialsUnknownEndpoint,
            ),
            (CredentialsVerdict::NotAsked, Code::CredentialsNotAsked),
        ] {
            let finding = verdict.finding();
            assert_eq!(finding.code, code);
            assert!(finding.is_complete(), "{verdict:?}");
        }
    }
}
