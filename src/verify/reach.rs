//! Tests whether mailcow's server reaches authentik, with mailcow's own connection test.

use url::Url;

use super::{Code, Field, Finding};
use crate::{
    mailcow::{
        Error,
        api::{self, TestAnswer},
        save::send,
    },
    setup::Origin,
    transport::Host,
};

/// Tests whether mailcow's server reaches the token endpoint. Anything else that is in the field may be a pasted secret, which
/// mailcow would log: it is neither sent nor shown (docs/contract/cases.md, S10). A positive result means that name, network and
/// certificate are correct, not that the path or the credentials are: mailcow accepts any status 200 (docs/contract/mailcow.md, section 5;
/// recordings 181 to 190). The queue of old messages is cleared first; if a message of another request still interferes, the test
/// is repeated once.
///
/// # Errors
/// The reason why mailcow could not run the test.
pub async fn server_reaches(
    host: &impl Host,
    mailcow: &Origin,
    token_url: &str,
    ignore_ssl_error: bool,
) -> Result<Finding, Error> {
    if !is_token_endpoint(token_url) {
        return Ok(Finding::new(Code::TokenEndpointNotTested).at(Field::TokenUrl));
    }
    for _ in 0..2 {
        api::judge_page(&send(host, api::system_page(mailcow)).await)?;
        let request = api::test_identity_provider(mailcow, token_url, ignore_ssl_error);
        match api::judge_test(&send(host, request).await)? {
            TestAnswer::Reached => {
                return Ok(about(Code::ServerReachesToken, token_url));
            }
            TestAnswer::NotReached => {
                return Ok(about(Code::ServerCannotReachToken, token_url));
            }
            TestAnswer::Ambiguous => {}
        }
    }
    Ok(Finding::new(Code::ServerReachUnclear).at(Field::TokenUrl))
}

/// Whether a text is the address of a token endpoint, be it one that works or not: mailcow's server may use another name than
/// browsers, also over http, and a missing slash at the end is a mistake to be found, not a secret.
fn is_token_endpoint(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let path = url.path().trim_end_matches('/');
        let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        // A secret is pasted where the cursor is; no name has so long a part (RFC 1035, section 2.3.4), and no real path.
        let is_short = |part: &str| part.len() <= 63;
        let parts = url.host_str().is_some_and(|host| host.split('.').all(is_short)) && path.split('/').all(is_short);
        matches!(url.scheme(), "https" | "http") && is_plain && parts && path.ends_with("/application/o/token")
    })
}

fn about(code: Code, token_url: &str) -> Finding {
    Finding::new(code).at(Field::TokenUrl).with("url", token_url)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::transport::{
        Answer, Method, Request, SendError,
        scripted::{Scripted, json, page, run},
    };

    const TOKEN: &str = "https://authentik.company/application/o/token/";
    const STALE: &str = r#"[{"type":"success","msg":["object_modified",""]}]"#;

    fn ask(answer: impl Fn(&Request) -> Answer) -> (Result<Code, Error>, usize) {
        let host = Scripted::new(answer);
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        let finding = run(server_reaches(&host, &origin, TOKEN, false));
        let code = finding.map(|finding| {
            assert!(finding.is_complete());
            finding.code
        });
        (code, host.asked().len())
    }

    fn tested(body: &'static str) -> (Result<Code, Error>, usize) {
        ask(move |request| match request.method() {
            Method::Get => page(200),
            _ => json(200, body),
        })
    }

    #[test]
    fn an_object_is_an_answer() {
        assert_eq!(tested(r#"{"type":"success","msg":"Task completed"}"#), (Ok(Code::ServerReachesToken), 2));
        assert_eq!(tested(r#"{"type":"error","msg":"Cannot edit item"}"#), (Ok(Code::ServerCannotReachToken), 2));
    }

    #[test]
    fn a_list_is_asked_once_more() {
        assert_eq!(tested(STALE), (Ok(Code::ServerReachUnclear), 4));
        let first = Cell::new(true);
        let (code, requests) = ask(|request| match request.method() {
            Method::Get => page(200),
            _ if first.replace(false) => json(200, STALE),
            _ => json(200, r#"{"type":"success","msg":"Task completed"}"#),
        });
        assert_eq!((code, requests), (Ok(Code::ServerReachesToken), 4));
    }

    /// S10: whatever is not a token endpoint may be a secret, and goes neither to mailcow nor into the finding.
    #[test]
    fn only_a_token_endpoint_is_sent_to_mailcow() {
        let secret = "x".repeat(64);
        for pasted in [
            &*format!("https://authentik.{secret}company/application/o/token/"),
            &*format!("https://authentik.company/{secret}/application/o/token/"),
            "hunter2hunter2",
            "https://hunter2@authentik.company/application/o/token/",
            "https://authentik.company/application/o/token/?hunter2",
            "https://authentik.company/application/o/token/#hunter2",
            "https://hunter2.example/",
            "https://authentik.company/hunter2",
            "javascript:hunter2/application/o/token/",
            "",
        ] {
            let host = Scripted::new(|_: &Request| page(200));
            let origin = Origin::of("https://mailcow.company").expect("an origin");
            let finding = run(server_reaches(&host, &origin, pasted, false)).expect("a finding");
            assert_eq!((finding.code, finding.evidence.len()), (Code::TokenEndpointNotTested, 0), "{pasted}");
            assert!(finding.is_complete() && host.asked().is_empty(), "{pasted}");
        }
    }

    #[test]
    fn nothing_is_asked_after_the_session_ended() {
        assert_eq!(ask(|_| Err(SendError::Redirected)), (Err(Error::NotSignedIn), 1));
    }

    #[test]
    fn no_secret_goes_into_mailcows_log() {
        let host = Scripted::new(|request: &Request| match request.method() {
            Method::Get => page(200),
            _ => json(200, r#"{"type":"success"}"#),
        });
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        run(server_reaches(&host, &origin, TOKEN, true)).expect("an answer");
        let sent = host.asked();
        let body = sent.last().and_then(Request::body).expect("a body");
        assert!(!body.text.contains("client_secret"));
        assert!(body.text.contains(r#""ignore_ssl_error":"1""#));
    }
}
