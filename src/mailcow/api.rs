//! All requests that Cowbell can send to mailcow, and what the responses mean (docs/contract/mailcow.md, section 4).
//!
//! Bodies are JSON: mailcow accepts them without the CSRF token, which a form would have to read from the page and would use up.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Authsource, CustomLogin, Endpoint, Error, Mailbox, Pending, Writable};
use crate::{
    setup::Origin,
    transport::{Answer, Method, Product, Request, Response, SendError, WriteGuard},
    wire::{self, Lenient, RawObject},
};

impl Endpoint {
    fn get(self, origin: &Origin) -> Request {
        Request::new(Method::Get, format!("{origin}{}", self.path()))
    }

    /// A request that changes something.
    fn write(self, guard: &WriteGuard, origin: &Origin, body: &impl Serialize) -> Request {
        guard.count(Product::Mailcow);
        self.post(origin, body)
    }

    fn post(self, origin: &Origin, body: &impl Serialize) -> Request {
        Request::new(Method::Post, format!("{origin}{}", self.path())).json(wire::write(body))
    }
}

/// The body of an `edit` route.
#[derive(Serialize)]
pub(crate) struct Edit<'a> {
    /// What is edited.
    pub(crate) items: &'a [&'a str],
    /// The new values.
    pub(crate) attr: RawObject,
}

/// Reads the version.
#[must_use]
pub fn version(origin: &Origin) -> Request {
    Endpoint::Version.get(origin)
}

/// Reads the stored settings of the identity provider, including the client secret.
#[must_use]
pub fn identity_provider(origin: &Origin) -> Request {
    Endpoint::IdentityProvider.get(origin)
}

/// Reads all mail domains.
#[must_use]
pub fn domains(origin: &Origin) -> Request {
    Endpoint::Domains.get(origin)
}

/// Reads all mailboxes; slow if there are many. The members that [`super::Mailboxes::read`] needs are a seventh of the response.
#[must_use]
pub fn mailboxes(origin: &Origin) -> Request {
    const MEMBERS: &[&str] = &[
        "username",
        "name",
        "active",
        "authsource",
        "created",
        "quota_used",
        "last_imap_login",
        "last_pop3_login",
        "last_smtp_login",
        "attributes",
        "force_tfa",
        "force_pw_update",
        "attribute_hash",
        "imap_access",
        "pop3_access",
        "smtp_access",
        "sieve_access",
        "eas_access",
        "dav_access",
    ];
    Endpoint::Mailboxes.get(origin).only(MEMBERS)
}

/// Reads one mailbox. `None` for an address that mailcow would not get as it is.
#[must_use]
pub fn mailbox(origin: &Origin, address: &str) -> Option<Request> {
    of_address(Endpoint::Mailbox, origin, address)
}

/// Reads the app passwords of one mailbox, without the hashes. `None` for an address that mailcow would not get as it is.
#[must_use]
pub fn app_passwords(origin: &Origin, address: &str) -> Option<Request> {
    const MEMBERS: &[&str] = &["active", "imap_access", "pop3_access", "smtp_access", "sieve_access", "eas_access", "dav_access"];
    of_address(Endpoint::AppPasswords, origin, address).map(|request| request.only(MEMBERS))
}

/// `None` for an address with a character that mailcow would not get as it is: its web server decodes the path and hands it on as a
/// query, in which a plus sign is a space (docs/contract/mailcow.md, section 8).
fn of_address(endpoint: Endpoint, origin: &Origin, address: &str) -> Option<Request> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@');
    (address.contains('@') && address.bytes().all(is_plain))
        .then(|| Request::new(Method::Get, format!("{origin}{}{address}", endpoint.path())))
}

/// Reads all templates for mailboxes.
#[must_use]
pub fn mailbox_templates(origin: &Origin) -> Request {
    Endpoint::MailboxTemplates.get(origin)
}

/// Reads all aliases.
#[must_use]
pub fn aliases(origin: &Origin) -> Request {
    Endpoint::Aliases.get(origin).only(&["address", "goto"])
}

/// Reads all alias domains.
#[must_use]
pub fn alias_domains(origin: &Origin) -> Request {
    Endpoint::AliasDomains.get(origin)
}

/// Number of entries that [`ui_log`] requests. mailcow writes one for each message, most of them unrelated to sign-ins.
pub const UI_LOG_ENTRIES: usize = 1_000;

/// Reads the newest entries of the UI log (docs/contract/mailcow.md, section 9).
#[must_use]
pub fn ui_log(origin: &Origin) -> Request {
    Endpoint::UiLog.get(origin)
}

/// Number of rows of the login log that [`sign_in_log`] requests; mailcow returns one more if there are more.
pub const SIGN_IN_LOG_ENTRIES: usize = 100_000;

/// Reads the login log, newest first: a row for each place from which a mail program signs in. mailcow drops what is older than 31 days
/// except the newest row of each mailbox and service, so that this is all of it, unless there are more rows.
#[must_use]
pub fn sign_in_log(origin: &Origin) -> Request {
    Endpoint::SignInLog.get(origin).only(&["service", "app_password", "username", "datetime"])
}

/// Address at which a sign-in with the identity provider starts without further clicks (docs/contract/e2e.md, case q2).
#[must_use]
pub fn sign_in_address(origin: &Origin) -> String {
    format!("{origin}/?iam_sso=1")
}

/// Address of the configuration page, which has the form of the identity provider (docs/contract/mailcow.md, section 6).
#[must_use]
pub fn system_page_address(origin: &Origin) -> String {
    format!("{origin}{}", Endpoint::SystemPage.path())
}

/// Address at which administrators sign in, whatever the login page of users offers (docs/contract/rollout.md, "Hiding the password
/// form").
#[must_use]
pub fn admin_page_address(origin: &Origin) -> String {
    format!("{origin}{}", Endpoint::AdminPage.path())
}

/// Renders the configuration page, so that the next response is not mixed with messages of earlier requests
/// (docs/contract/mailcow.md, section 4; recordings 401 to 406). It has what no route has ([`CustomLogin::read`]).
#[must_use]
pub fn system_page(origin: &Origin) -> Request {
    Endpoint::SystemPage.get(origin)
}

/// Reads the page at which administrators sign in. It redirects the browser once a sign-in is finished.
#[must_use]
pub fn admin_page(origin: &Origin) -> Request {
    Endpoint::AdminPage.get(origin)
}

/// Reads the page at which users sign in, as they see it: without the administrator's session, which it would redirect.
#[must_use]
pub fn login_page(origin: &Origin) -> Request {
    Endpoint::LoginPage.get(origin).anonymous()
}

/// Stores settings in the mailcow that they are for. Contains all of ours, because mailcow switches `login_provisioning` off when it is missing, and shows an
/// empty page at each sign-in when `mappers` and `templates` were never stored (docs/contract/e2e.md, case z2).
#[must_use]
pub fn edit_identity_provider(guard: &WriteGuard, settings: &Writable) -> Request {
    let body = Edit { items: &["identity-provider"], attr: settings.attributes() };
    Endpoint::EditIdentityProvider.write(guard, settings.mailcow(), &body)
}

/// Makes mailcow's server send `OPTIONS` to a token endpoint. Contains only what the server needs: it would write the client
/// secret to a log in plain text (docs/contract/mailcow.md, sections 4 and 5; recording 188).
#[must_use]
pub fn test_identity_provider(origin: &Origin, token_url: &str, ignore_ssl_error: bool) -> Request {
    let attr = RawObject::default()
        .with("authsource", super::GENERIC_OIDC)
        .with("token_url", token_url)
        .with("ignore_ssl_error", if ignore_ssl_error { "1" } else { "0" });
    Endpoint::TestIdentityProvider.post(origin, &RawObject::default().with("attr", &attr))
}

/// Removes the settings of the identity provider, of whatever type.
#[must_use]
pub fn delete_identity_provider(guard: &WriteGuard, origin: &Origin) -> Request {
    Endpoint::DeleteIdentityProvider.write(guard, origin, &["identity-provider"])
}

/// Changes how mailboxes sign in, and nothing else of them; mailcow's demands on them can be restored (docs/contract/mailcow.md,
/// section 8; recordings 213 to 219).
#[must_use]
pub fn edit_mailboxes(guard: &WriteGuard, origin: &Origin, addresses: &[&str], to: Mailbox) -> Request {
    let authsource = if to.authsource == Authsource::GenericOidc { super::GENERIC_OIDC } else { "mailcow" };
    let mut attr = RawObject::default().with("authsource", authsource);
    for (name, on) in [("force_tfa", to.force_tfa), ("force_pw_update", to.force_pw_update)] {
        if on {
            attr.insert(name, "1");
        }
    }
    Endpoint::EditMailboxes.write(guard, origin, &Edit { items: addresses, attr })
}

/// Changes what the login pages show. Contains all four switches, because one that is missing is switched off (recording 836).
#[must_use]
pub fn edit_custom_login(guard: &WriteGuard, origin: &Origin, to: CustomLogin) -> Request {
    let mut attr = RawObject::default();
    for (name, on) in to.members() {
        attr.insert(name, if on { "1" } else { "0" });
    }
    Endpoint::EditCustomLogin.write(guard, origin, &Edit { items: &["admin"], attr })
}

/// Parses the response of a `get` route.
///
/// # Errors
/// Any [`Error`] except [`Error::Refused`]. An empty response is [`Error::NotSignedIn`], because mailcow sends one then.
pub fn read<'a, T: Deserialize<'a>>(endpoint: Endpoint, answer: &'a Answer) -> Result<T, Error> {
    let response = json_response(endpoint, answer)?;
    wire::read(&response.body).map_err(|_| Error::Unexpected { endpoint, status: response.status })
}

/// mailcow's response to a change: one message, or a list that starts with those of earlier requests (docs/contract/mailcow.md,
/// section 4).
pub(super) enum Messages {
    /// A single one.
    One(Message),
    List(Vec<Message>),
}

/// A message about a change.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    #[serde(rename = "type")]
    kind: Lenient<Option<String>>,
    msg: Option<Value>,
}

impl<'de> Deserialize<'de> for Messages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('[') {
            let list: Vec<Lenient<Message>> = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
            return Ok(Self::List(list.into_iter().map(|Lenient(message)| message).collect()));
        }
        serde_json::from_str(raw.get()).map(Self::One).map_err(D::Error::custom)
    }
}

impl Message {
    /// Whether the change succeeded.
    pub(super) fn is_success(&self) -> bool {
        self.kind.as_deref() == Some("success")
    }

    /// mailcow's key for the message, followed by its arguments: `"x"` or `["x", "y"]`.
    pub(super) fn reason(&self) -> Option<String> {
        Some(match self.msg.as_ref()? {
            Value::Array(parts) => {
                parts.iter().filter_map(Value::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            }
            other => other.as_str().unwrap_or_default().to_owned(),
        })
    }
}

/// Evaluates the response to [`edit_identity_provider`], [`delete_identity_provider`] or [`edit_custom_login`] by its last message:
/// earlier ones may belong to earlier requests (docs/contract/mailcow.md, section 4).
///
/// # Errors
/// [`Error::Refused`] with mailcow's reason, or any other [`Error`].
pub fn judge_change(endpoint: Endpoint, answer: &Answer) -> Result<(), Error> {
    let messages: Messages = read(endpoint, answer)?;
    let last = match &messages {
        Messages::One(message) => Some(message),
        Messages::List(messages) => messages.last(),
    };
    match last.filter(|last| last.kind.is_some()) {
        Some(last) if last.is_success() => Ok(()),
        Some(last) => match last.reason() {
            Some(reason) if reason.starts_with("access_denied") => Err(Error::NotAdministrator),
            Some(reason) => Err(Error::Refused { reason }),
            None => Err(Error::Unexpected { endpoint, status: 200 }),
        },
        None => Err(Error::Unexpected { endpoint, status: 200 }),
    }
}

/// Result of a connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestAnswer {
    /// The server got a response with status 200.
    Reached,
    /// The server got no such response.
    NotReached,
    /// Messages of other requests were in the response: clear the queue and repeat the test.
    Ambiguous,
}

/// Evaluates the response to [`test_identity_provider`] (recordings 181 to 190, 402, 403).
///
/// # Errors
/// Any [`Error`] except [`Error::Refused`].
pub fn judge_test(answer: &Answer) -> Result<TestAnswer, Error> {
    let endpoint = Endpoint::TestIdentityProvider;
    match read(endpoint, answer)? {
        Messages::List(_) => Ok(TestAnswer::Ambiguous),
        Messages::One(message) => match message.kind.as_deref() {
            Some("success") => Ok(TestAnswer::Reached),
            Some("error") => Ok(TestAnswer::NotReached),
            _ => Err(Error::Unexpected { endpoint, status: 200 }),
        },
    }
}

/// The dialogs that mailcow opens until a sign-in is finished, in the order in which it opens them.
const DIALOGS: [(&str, Pending); 3] = [
    (r#"id="ConfirmTFAModal""#, Pending::SecondFactor),
    (r#"id="SetupTFAModal""#, Pending::SecondFactorSetup),
    (r#"id="ChangePWModal""#, Pending::NewPassword),
];

/// What is still pending, by the response to [`admin_page`]. The API cannot tell: before the second factor it answers as if nobody
/// was signed in, and in the other two cases as if nothing was pending (docs/contract/mailcow.md, section 11).
#[must_use]
pub fn pending(answer: &Answer) -> Option<Pending> {
    let response = answer.as_ref().ok().filter(|response| response.status == 200)?;
    DIALOGS.iter().find(|(dialog, _)| response.body.contains(dialog)).map(|(_, pending)| *pending)
}

/// Checks that [`system_page`] was rendered.
///
/// # Errors
/// [`Error::NotSignedIn`] when mailcow redirects the browser to its login page, or any other [`Error`].
pub fn judge_page(answer: &Answer) -> Result<(), Error> {
    let endpoint = Endpoint::SystemPage;
    match answer {
        Ok(response) if response.status == 200 => Ok(()),
        Ok(response) => Err(by_status(endpoint, response)),
        Err(SendError::Redirected) => Err(Error::NotSignedIn),
        Err(error) => Err(Error::NoAnswer { endpoint, error: *error }),
    }
}

/// A response of an API route with JSON.
fn json_response(endpoint: Endpoint, answer: &Answer) -> Result<&Response, Error> {
    let response = answer.as_ref().map_err(|error| Error::NoAnswer { endpoint, error: *error })?;
    let body = response.body.trim_start();
    if response.status != 200 {
        Err(by_status(endpoint, response))
    } else if body.is_empty() {
        Err(Error::NotSignedIn)
    } else if body.starts_with('<') {
        Err(Error::NotMailcow { endpoint, status: response.status })
    } else {
        Ok(response)
    }
}

fn by_status(endpoint: Endpoint, response: &Response) -> Error {
    let status = response.status;
    // mailcow reports an unknown route in JSON (recording 021); the 404 of any other server is a page.
    let unknown_route = response.body.trim_start().starts_with('{');
    match status {
        401 | 403 => Error::NotSignedIn,
        404 if unknown_route && endpoint == Endpoint::IdentityProvider => Error::NoIdentityProviders,
        404 | 405 => Error::NotMailcow { endpoint, status },
        429 | 500..=599 => Error::Unavailable { endpoint, status },
        _ => Error::Unexpected { endpoint, status },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::{json as answer, page};

    #[test]
    fn only_the_last_message_counts() {
        let stale =
            r#"[{"type":"danger","log":[],"msg":"access_denied"},{"type":"success","log":[],"msg":["object_modified",""]}]"#;
        assert_eq!(judge_change(Endpoint::EditIdentityProvider, &answer(200, stale)), Ok(()));
        let refused = r#"[{"type":"success","msg":["object_modified",""]},{"type":"danger","msg":["authsource_in_use",null]}]"#;
        assert_eq!(
            judge_change(Endpoint::EditIdentityProvider, &answer(200, refused)),
            Err(Error::Refused { reason: "authsource_in_use".into() })
        );
    }

    /// What an app password is stays in the page, and so does where somebody signs in from.
    #[test]
    fn no_hash_and_no_network_address_is_asked_for() {
        let origin = Origin::of("https://mailcow.company").expect("an origin");
        for request in [app_passwords(&origin, "alice@mail.example").expect("a request"), sign_in_log(&origin)] {
            let text = wire::write(&request);
            assert!(text.contains("\"only\":["), "{text}");
            assert!(!["\"password\"", "\"real_rip\"", "\"name\""].iter().any(|member| text.contains(member)), "{text}");
        }
    }

    #[test]
    fn refusals_name_the_setting() {
        let missing = r#"[{"type":"danger","msg":["required_data_missing","client_id"]}]"#;
        assert_eq!(
            judge_change(Endpoint::EditIdentityProvider, &answer(200, missing)),
            Err(Error::Refused { reason: "required_data_missing client_id".into() })
        );
        let denied = r#"[{"type":"danger","msg":"access_denied"}]"#;
        assert_eq!(judge_change(Endpoint::EditIdentityProvider, &answer(200, denied)), Err(Error::NotAdministrator));
    }

    #[test]
    fn every_way_to_be_signed_out_is_known() {
        let endpoint = Endpoint::Version;
        assert_eq!(read::<Value>(endpoint, &answer(200, "")), Err(Error::NotSignedIn));
        assert_eq!(
            judge_change(
                Endpoint::EditIdentityProvider,
                &answer(403, r#"{"type":"error","msg":"API read/write access denied"}"#)
            ),
            Err(Error::NotSignedIn)
        );
        assert_eq!(judge_page(&Err(SendError::Redirected)), Err(Error::NotSignedIn));
    }

    #[test]
    fn other_answers_are_told_apart() {
        let endpoint = Endpoint::IdentityProvider;
        let read = |answer: &Answer| read::<Value>(endpoint, answer);
        assert_eq!(read(&answer(404, r#"{"type":"error","msg":"route not found"}"#)), Err(Error::NoIdentityProviders));
        assert_eq!(read(&page(404)), Err(Error::NotMailcow { endpoint, status: 404 }));
        assert_eq!(read(&page(200)), Err(Error::NotMailcow { endpoint, status: 200 }));
        assert_eq!(read(&page(503)), Err(Error::Unavailable { endpoint, status: 503 }));
        assert_eq!(read(&answer(200, r#"{"version":"#)), Err(Error::Unexpected { endpoint, status: 200 }));
        assert_eq!(read(&Err(SendError::NotUtf8)), Err(Error::NoAnswer { endpoint, error: SendError::NotUtf8 }));
    }

    #[test]
    fn a_list_says_nothing_about_the_test() {
        let list = r#"[{"type":"success","msg":["object_modified",""]}]"#;
        assert_eq!(judge_test(&answer(200, list)), Ok(TestAnswer::Ambiguous));
        let object = r#"{"type":"error","msg":"Cannot edit item"}"#;
        assert_eq!(judge_test(&answer(200, object)), Ok(TestAnswer::NotReached));
    }
}
