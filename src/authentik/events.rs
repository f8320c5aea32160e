//! authentik's events about sign-ins (docs/contract/authentik.md, section 14).
//!
//! authentik records no event about a wrong client ID, a wrong secret, a redirect URI that is not registered, or a denied policy.

use std::collections::HashSet;
use std::hash::Hash;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::answer::{self, Error};
use super::api::{Base, PAGE_SIZE};
use super::types::{Page, Pagination, Provider};
use super::{Operation, Resource, explain};
use crate::transport::{self, Answer, Batch, Host, Product, Request};
use crate::wire::{self, Lenient};

/// The action of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A user signed in to authentik.
    Login,
    /// authentik refused a password.
    LoginFailed,
    /// authentik issued a code for mailcow to the browser, which has not been redeemed yet.
    Authorized,
    /// The expression of a mapping failed for a user.
    ExpressionFailed,
    /// The same, recorded for the mapping, without a user.
    MappingFailed,
    /// The token endpoint received a redirect URI that is not registered.
    RedirectRefused,
}

impl Action {
    /// Whether such an event names the client for which the browser came.
    #[must_use]
    pub fn names_client(self) -> bool {
        matches!(self, Self::Login | Self::LoginFailed | Self::Authorized)
    }
}

/// An event about a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub action: Action,
    /// Seconds since 1970-01-01T00:00:00Z by authentik's clock.
    pub time_s: i64,
    /// Primary key of the user; `None` where authentik names none.
    pub user: Option<i64>,
    /// User name; for a refused password, the name that was typed.
    pub username: String,
    /// E-mail address of the user at that time, possibly empty.
    pub email: String,
    /// Whether an administrator did it who impersonated the user.
    pub is_impersonated: bool,
    /// Network address of the browser, or of mailcow's server.
    pub client_ip: String,
    /// OAuth 2.0 client for which the browser came; empty if none is named.
    pub client_id: String,
    /// Primary key of the application that was authorized, without dashes; empty if none is named.
    pub application: String,
    /// Scopes that mailcow requested, separated by spaces.
    pub asked: String,
    /// Scopes that were granted, separated by spaces.
    pub granted: String,
    /// The mapping that failed, or the redirect URI that was refused.
    pub subject: String,
    /// Redirect URIs that are registered instead.
    pub expected: String,
}

/// An access token that authentik issued to mailcow for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub username: String,
    /// Time at which it was issued: seconds since 1970-01-01T00:00:00Z by authentik's clock.
    pub issued_s: i64,
}

/// Access tokens of mailcow's provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The tokens; authentik deletes them some time after they have expired.
    pub list: Vec<Token>,
    /// Whether the list is complete.
    pub is_complete: bool,
    /// Lifetime of a token in seconds.
    pub lifetime_s: i64,
}

/// The events that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The events, in no particular order.
    pub list: Vec<Event>,
    /// Time from which the list is complete: seconds since 1970-01-01T00:00:00Z; `None` when all events were read.
    pub since_s: Option<i64>,
    /// The tokens, for superusers.
    pub tokens: Option<Tokens>,
}

/// The one kind of event that authentik filters by client, so that events of other clients do not displace them. Sign-ins of all
/// users are read, because the administrator's own shows that events are stored at all.
pub(super) const AUTHORIZED: &str = "authorize_application";

/// The kinds to read: parts of the names of actions. The first one matches `login_failed`, too.
const ASKED: [&str; 4] = ["login", AUTHORIZED, "property_mapping_exception", "configuration_error"];

/// Reads the newest events about sign-ins with an OAuth 2.0 client, and those that name none. `provider` is the one whose tokens
/// are read, too, for a superuser.
///
/// An event belongs to the client whose ID was in the browser's request: the primary key in `authorized_application` may be that
/// of an application that was deleted and created again since.
///
/// # Errors
/// Any problem with a response; without the permission `authentik_events.view_event` [`Error::NotAllowed`].
pub async fn read_events(
    host: &impl Host,
    base: &Base,
    client_id: &str,
    provider: Option<&Provider>,
) -> Result<Events, Box<Error>> {
    let mut logs: Vec<Log<'_>> =
        ASKED.map(|action| Log::Events { action, text: if action == AUTHORIZED { client_id } else { "" } }).to_vec();
    logs.extend(provider.map(|provider| Log::Tokens { provider: provider.pk }));
    let mut events = Events::default();
    for (log, answers) in logs.iter().zip(newest(host, base, &logs).await) {
        if let Log::Tokens { .. } = log {
            // Optional, so an error is ignored.
            events.tokens = provider.and_then(|provider| tokens(&answers, span_seconds(&provider.access_token_validity)?));
            continue;
        }
        let Rows { list, is_complete } =
            match rows(&answers, Operation::view(Resource::Event), |event: &LoggedEvent| event.pk.0.clone()) {
                Err(error) => return Err(explain(host, base, error).await),
                Ok(rows) => rows,
            };
        // Of several lists, the one that reaches back least decides.
        if !is_complete {
            events.since_s = events.since_s.max(list.iter().filter_map(|event| seconds(&event.created)).min());
        }
        events.list.extend(list.into_iter().filter_map(LoggedEvent::into_event));
    }
    Ok(events)
}

/// A list of which only the newest rows are read.
#[derive(Clone, Copy)]
enum Log<'a> {
    Events { action: &'static str, text: &'a str },
    Tokens { provider: i64 },
}

impl Log<'_> {
    fn page(self, base: &Base, page: u32) -> Request {
        match self {
            Self::Events { action, text } => base.events(action, text, page),
            Self::Tokens { provider } => base.access_tokens(provider, page),
        }
    }
}

/// The first pages of each list: as many as have [`PAGE_SIZE`] rows together, however small authentik's largest page is.
async fn newest(host: &impl Host, base: &Base, logs: &[Log<'_>]) -> Vec<Vec<Answer>> {
    #[derive(Deserialize)]
    struct Size {
        pagination: Pagination,
        results: Vec<IgnoredAny>,
    }
    let requests = logs.iter().map(|log| log.page(base, 1)).collect();
    let first = transport::fetch(host, Batch::new(Product::Authentik, requests)).await;
    let mut missing = Vec::new();
    for (number, (log, answer)) in logs.iter().zip(&first).enumerate() {
        let Ok(size) = answer::read::<Size>(answer, Operation::view(Resource::Event)) else { continue };
        let rows = u32::try_from(size.results.len()).unwrap_or(u32::MAX).max(1);
        let pages = size.pagination.total_pages.min(PAGE_SIZE.div_ceil(rows));
        missing.extend((2..=pages).map(|page| (number, log.page(base, page))));
    }
    let mut answers: Vec<Vec<Answer>> = first.into_iter().map(|answer| vec![answer]).collect();
    if !missing.is_empty() {
        let (numbers, requests): (Vec<usize>, Vec<Request>) = missing.into_iter().unzip();
        let rest = transport::fetch(host, Batch::new(Product::Authentik, requests)).await;
        for (number, answer) in numbers.into_iter().zip(rest) {
            answers[number].push(answer);
        }
    }
    answers
}

/// The newest rows of a list.
struct Rows<T> {
    list: Vec<T>,
    /// Whether the list has no others.
    is_complete: bool,
}

/// The rows on these pages, each once: a new one moves others to the next page.
fn rows<T: DeserializeOwned + Default, K: Hash + Eq>(
    pages: &[Answer],
    operation: Operation,
    key: impl Fn(&T) -> Option<K>,
) -> Result<Rows<T>, Box<Error>> {
    let (mut list, mut count, mut seen) = (Vec::new(), 0, HashSet::new());
    for page in pages {
        let page: Page<Lenient<T>> = answer::read(page, operation)?;
        count = page.pagination.count as usize;
        let is_new = |row: &T| key(row).is_none_or(|key| seen.insert(key));
        list.extend(page.results.into_iter().map(|row| row.0).filter(is_new));
    }
    Ok(Rows { is_complete: list.len() >= count, list })
}

fn tokens(pages: &[Answer], lifetime_s: i64) -> Option<Tokens> {
    let Rows { list, is_complete } =
        rows(pages, Operation::view(Resource::AccessToken), |token: &IssuedToken| token.pk.0).ok()?;
    let token = |token: IssuedToken| {
        let issued_s = seconds(&token.expires)? - lifetime_s;
        Some(Token { username: token.user.0.username.0, issued_s })
    };
    Some(Tokens { list: list.into_iter().filter_map(token).collect(), is_complete, lifetime_s })
}

/// Parses a duration such as `hours=1;minutes=5` into seconds (docs/contract/authentik.md, section 5.1).
fn span_seconds(span: &str) -> Option<i64> {
    let mut sum = 0;
    for part in span.split(';') {
        let (unit, amount) = part.split_once('=')?;
        let unit = match unit {
            "seconds" => 1,
            "minutes" => 60,
            "hours" => 3_600,
            "days" => 86_400,
            "weeks" => 604_800,
            _ => return None,
        };
        sum = i64::saturating_add(sum, unit * i64::from(amount.parse::<u32>().ok()?));
    }
    Some(sum)
}

/// An event as authentik lists it. The content of `context` depends on the action and on the client that caused the event, so all
/// of it is optional.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LoggedEvent {
    pub(super) pk: Lenient<Option<String>>,
    action: Lenient<String>,
    pub(super) created: Lenient<String>,
    pub(super) expires: Lenient<String>,
    client_ip: Lenient<String>,
    user: Lenient<LoggedUser>,
    context: Lenient<Context>,
}

/// Who did it (section 14).
#[derive(Default, Deserialize)]
#[serde(default)]
struct LoggedUser {
    pk: Lenient<Option<i64>>,
    username: Lenient<String>,
    email: Lenient<String>,
    /// Whom the administrator that is named impersonated.
    on_behalf_of: Lenient<Option<Box<LoggedUser>>>,
    /// Who was signed in, where a flow of the same browser was about another user, who is named.
    authenticated_as: Lenient<Option<Box<LoggedUser>>>,
}

impl LoggedUser {
    /// The user for whom authentik did it, and whether an administrator impersonated them.
    fn effective(mut self) -> (Self, bool) {
        let signed_in = self.authenticated_as.0.take().map_or(self, |user| *user);
        match signed_in.on_behalf_of.0 {
            Some(user) => (*user, true),
            None => (signed_in, false),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Context {
    username: Lenient<String>,
    http_request: Lenient<HttpRequest>,
    scopes: Lenient<String>,
    authorized_application: Lenient<AuthorizedApplication>,
    mapping: Lenient<FailedMapping>,
    redirect_uri: Lenient<String>,
    expected: Option<Lenient<Vec<Lenient<Expected>>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HttpRequest {
    args: Lenient<Args>,
}

/// The query of the request.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Args {
    client_id: Lenient<String>,
    scope: Lenient<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthorizedApplication {
    pk: Lenient<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FailedMapping {
    name: Lenient<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Expected {
    url: Lenient<String>,
}

/// An access token as authentik lists it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct IssuedToken {
    pk: Lenient<Option<i64>>,
    expires: Lenient<String>,
    user: Lenient<LoggedUser>,
}

impl LoggedEvent {
    /// The event, if it is about a sign-in.
    pub(super) fn into_event(self) -> Option<Event> {
        let ((user, is_impersonated), context) = (self.user.0.effective(), self.context.0);
        let mapping = context.mapping.0.name.0;
        let (action, subject) = match self.action.as_str() {
            "login" => (Action::Login, String::new()),
            "login_failed" => (Action::LoginFailed, String::new()),
            AUTHORIZED => (Action::Authorized, String::new()),
            "property_mapping_exception" => (Action::ExpressionFailed, String::new()),
            "configuration_error" if !mapping.is_empty() => (Action::MappingFailed, mapping),
            "configuration_error" if context.expected.is_some() => (Action::RedirectRefused, context.redirect_uri.0),
            _ => return None,
        };
        let typed = context.username.0;
        let args = context.http_request.0.args.0;
        let expected: Vec<&str> = context.expected.iter().flat_map(|uris| uris.iter()).map(|uri| uri.url.as_str()).collect();
        Some(Event {
            action,
            time_s: seconds(&self.created)?,
            user: user.pk.0,
            username: if action == Action::LoginFailed && !typed.is_empty() { typed } else { user.username.0 },
            email: user.email.0,
            is_impersonated,
            client_ip: self.client_ip.0,
            client_id: args.client_id.0,
            application: context.authorized_application.0.pk.0,
            asked: args.scope.0,
            granted: context.scopes.0,
            subject,
            expected: expected.join(", "),
        })
    }
}

/// Parses a time such as `2026-11-23T13:44:18.255352Z`, which authentik writes in UTC, into seconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    (text.ends_with('Z') || text.ends_with("+00:00")).then(|| wire::seconds(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_as_the_calendar_does() {
        for (written, counted) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:34:56.000001Z", 951_827_696),
            ("2026-11-23T13:44:18.255352Z", 1_795_441_458),
            ("2024-12-31T23:59:59+00:00", 1_735_689_599),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(seconds(written), Some(counted), "{written}");
        }
        for odd in
            ["", "Z", "2026-11-23", "2026-11-23T13:44:18+02:00", "yesterday at noon, in UTC, by the clock Z", "ééééééééééZ"]
        {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }

    #[test]
    fn spans_are_read_or_left_alone() {
        assert_eq!(span_seconds("hours=1;minutes=5"), Some(3_900));
        assert_eq!(span_seconds("weeks=1;days=2;seconds=3"), Some(777_603));
        for odd in ["", "hours", "hours=-1", "milliseconds=5", "hours=1;"] {
            assert_eq!(span_seconds(odd), None, "{odd}");
        }
    }

    fn read(json: &str) -> Option<Event> {
        crate::wire::read::<Lenient<LoggedEvent>>(json).unwrap().0.into_event()
    }

    #[test]
    fn what_is_no_event_about_a_sign_in_is_left_out() {
        assert_eq!(read(r#"{"action":"model_updated","created":"2026-11-23T13:44:18Z"}"#), None);
        assert_eq!(read(r#"{"action":"login","created":7}"#), None);
        let of_another = r#"{"action":"configuration_error","created":"2026-11-23T13:44:18Z","context":{"message":"LDAP"}}"#;
        assert_eq!(read(of_another), None, "it is about neither a mapping nor a redirect URI");
        assert_eq!(read("[]"), None);
        let bare = read(r#"{"action":"login","created":"2026-11-23T13:44:18Z","context":null}"#).unwrap();
        assert_eq!((bare.action, bare.client_id.as_str()), (Action::Login, ""));
    }

    /// Whoever typed it is nobody for authentik.
    #[test]
    fn a_refused_password_is_of_the_name_that_was_typed() {
        let who = |action: &str, context: &str| {
            let user = r#""user":{"pk":1,"username":"AnonymousUser"}"#;
            let created = r#""created":"2026-11-23T13:44:18Z""#;
            read(&format!(r#"{{"action":"{action}",{created},{user},"context":{context}}}"#)).map(|event| event.username)
        };
        assert_eq!(who("login_failed", r#"{"username":"anna"}"#).as_deref(), Some("anna"));
        assert_eq!(who("login_failed", r#"{"username":""}"#).as_deref(), Some("AnonymousUser"));
        assert_eq!(who("login", r#"{"username":"anna"}"#).as_deref(), Some("AnonymousUser"));
    }
}
