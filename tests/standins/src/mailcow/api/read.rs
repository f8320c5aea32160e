//! `get/…`.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::reply::{list, not_found, nothing, ok, silent};
use super::views;
use crate::mailcow::app_passwords;
use crate::mailcow::exchange::Exchange;
use crate::mailcow::notice::Notice;
use crate::mailcow::session::{Role, SignedIn};
use crate::mailcow::state::{Domain, Mailbox, State};
use crate::message::Response;

/// How many lines of a log are shown unless the caller says so.
const LOG_LINES: usize = 1_000;

pub(super) fn answer(exchange: &mut Exchange<'_>, category: &str, object: &str, extra: &str) -> Response {
    // Without a session everything is an empty answer with status 200 (recordings 007 to 012).
    let Some(user) = exchange.user().cloned() else {
        return silent(StatusCode::OK);
    };
    match (category, object) {
        ("app-passwd", "all") => return list(app_passwords::all(exchange, extra)),
        ("app-passwd", _) => return exception(exchange, "Cannot access offset of type string on string"),
        ("alias", "all") if user.role == Role::User => {
            return exception(exchange, "array_merge(): Argument #1 must be of type array, false given");
        }
        _ => {}
    }
    let (profile, state) = (exchange.profile, &*exchange.state);
    let viewer = Viewer { user: &user, state };
    let admin = user.role == Role::Admin;
    match (category, object) {
        ("status", "version") if admin => ok(&json!({"version": profile.tag()})),
        ("status", "version") => silent(StatusCode::OK),
        ("identity-provider", _) if !profile.identity_provider() => not_found(),
        ("identity-provider", _) if admin => ok(&state.identity_provider.view(profile)),
        ("domain", "all") => list(viewer.domains().map(|domain| views::domain(state, domain)).collect()),
        ("domain", "template") if admin => ok(&views::domain_templates(state)),
        ("domain", "datatables") if !profile.search_routes() => super::search::table(exchange, "domain"),
        ("domain", name) => viewer
            .domains()
            .find(|domain| domain.name.eq_ignore_ascii_case(name))
            .map_or_else(nothing, |domain| ok(&views::domain(state, domain))),
        ("alias-domain", "all") if user.role != Role::User => {
            let shown = state.alias_domains.iter().filter(|alias| viewer.sees_domain(&alias.target));
            list(shown.map(|alias| views::alias_domain(state, alias)).collect())
        }
        ("alias", "all") => {
            let shown = state.aliases.iter().filter(|alias| viewer.sees_domain(views::domain_of(&alias.address)));
            list(shown.map(|alias| views::alias(state, alias)).collect())
        }
        ("mailbox", "template") if admin => {
            list(state.templates.iter().map(|template| views::template(profile, template)).collect())
        }
        ("mailbox", "datatables") if !profile.search_routes() => super::search::table(exchange, "mailbox"),
        ("resource", "all") => {
            let shown = state.resources.iter().filter(|resource| viewer.sees_domain(views::domain_of(&resource.address)));
            list(shown.map(views::resource).collect())
        }
        ("mailbox", "all" | "reduced") => {
            // A list that names no known domain counts for nothing (recording 206).
            let wanted: Vec<&str> = extra.split(',').filter(|name| state.domain(name).is_some()).collect();
            let shown = viewer
                .mailboxes()
                .filter(|_| user.role != Role::User)
                .filter(|mailbox| wanted.is_empty() || wanted.contains(&mailbox.domain()));
            let view = |mailbox| match object {
                "reduced" => views::reduced(views::mailbox(profile, state, mailbox)),
                _ => views::mailbox(profile, state, mailbox),
            };
            list(shown.map(view).collect())
        }
        // The row is there, and is no mailbox (recording 857).
        ("mailbox", address)
            if user.role != Role::User && exchange.reaches_mailbox(address) && state.resource(address).is_some() =>
        {
            ok(&views::no_mailbox())
        }
        ("mailbox", address) if address != "template" => viewer
            .mailboxes()
            .find(|mailbox| mailbox.username.eq_ignore_ascii_case(address))
            .map_or_else(nothing, |mailbox| ok(&views::mailbox(profile, state, mailbox))),
        ("logs", "ui") if admin => lines(state.ui_log.iter().rev(), extra),
        ("logs", "api") if admin => lines(state.api_log.iter(), extra),
        ("logs", "sasl") if admin => lines(state.login_log().iter(), extra),
        ("identity-provider", _) | ("alias-domain", "all") | ("mailbox", "template") | ("logs", "ui" | "api" | "sasl") => {
            nothing()
        }
        _ => not_found(),
    }
}

/// PHP stumbles over its own code: nothing at all is written, and the next page says so (recordings 823 and 891).
fn exception(exchange: &mut Exchange<'_>, text: &str) -> Response {
    let text = format!("An unknown error occured: TypeError: {text}");
    exchange.push(Notice::danger(json!(["exception_handler"]), text));
    silent(StatusCode::OK)
}

/// Newest entries: `<count>` or `<from>-<count>`, counted from 1 (recording 502).
fn lines<'a, T: Serialize + 'a>(entries: impl Iterator<Item = &'a T>, extra: &str) -> Response {
    let number = |text: &str| text.parse::<usize>().ok();
    let (from, count) = match extra.split_once('-') {
        Some((from, count)) => (number(from).unwrap_or(1), number(count)),
        None => (1, number(extra)),
    };
    let entries = entries.skip(from.saturating_sub(1)).take(count.unwrap_or(LOG_LINES));
    list(entries.map(|entry| serde_json::to_value(entry).unwrap_or(Value::Null)).collect())
}

/// What somebody may see.
struct Viewer<'a> {
    user: &'a SignedIn,
    state: &'a State,
}

impl<'a> Viewer<'a> {
    fn sees_domain(&self, name: &str) -> bool {
        self.state.administers(self.user, &format!("@{name}"))
    }

    fn domains(&self) -> impl Iterator<Item = &'a Domain> {
        self.state.domains.iter().filter(|domain| self.sees_domain(&domain.name))
    }

    fn mailboxes(&self) -> impl Iterator<Item = &'a Mailbox> {
        self.state
            .mailboxes
            .iter()
            .filter(|mailbox| self.sees_domain(mailbox.domain()) || mailbox.username.eq_ignore_ascii_case(&self.user.name))
    }
}
