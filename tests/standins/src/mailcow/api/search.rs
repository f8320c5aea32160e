//! Tables for `DataTables`: `POST search/…`, and `GET get/…/datatables` before it (docs/contract/mailcow.md, section 8).

use http::StatusCode;
use serde_json::{Value, json};

use super::reply::{failure, not_found, nothing, ok, silent};
use super::views;
use crate::mailcow::exchange::Exchange;
use crate::mailcow::fields::number;
use crate::mailcow::incoming::Body;
use crate::mailcow::session::Role;
use crate::message::Response;

pub(super) fn answer(exchange: &mut Exchange<'_>, category: &str) -> Response {
    if *exchange.incoming.method != http::Method::POST {
        return failure(StatusCode::METHOD_NOT_ALLOWED, "only POST method is allowed");
    }
    table(exchange, category)
}

pub(super) fn table(exchange: &mut Exchange<'_>, category: &str) -> Response {
    match exchange.role() {
        None => return silent(StatusCode::OK),
        Some(Role::Admin) => {}
        Some(_) => return nothing(),
    }
    let (profile, state) = (exchange.profile, &*exchange.state);
    let rows: Vec<Value> = match category {
        "mailbox" => state.mailboxes.iter().map(|mailbox| views::mailbox(profile, state, mailbox)).collect(),
        "domain" => state.domains.iter().map(|domain| views::domain(state, domain)).collect(),
        _ => return not_found(),
    };
    let asked = |name: &str| match &exchange.incoming.body {
        Body::Json(body) => number(&body[name]),
        _ => exchange.incoming.query(name).and_then(|text| text.parse().ok()),
    };
    let wanted = match &exchange.incoming.body {
        Body::Json(body) => body["search"]["value"].as_str().unwrap_or_default().to_lowercase(),
        _ => exchange.incoming.query("search[value]").unwrap_or_default().to_lowercase(),
    };
    let key = if category == "mailbox" { "username" } else { "domain_name" };
    let total = rows.len();
    let matching: Vec<Value> =
        rows.into_iter().filter(|row| row[key].as_str().unwrap_or_default().to_lowercase().contains(&wanted)).collect();
    let to_usize = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
    let start = to_usize(asked("start")).unwrap_or(0);
    let length = to_usize(asked("length")).unwrap_or(10);
    ok(&json!({
        "draw": asked("draw").unwrap_or(0),
        "recordsTotal": total,
        "recordsFiltered": matching.len(),
        "data": matching.into_iter().skip(start).take(length).collect::<Vec<_>>(),
    }))
}
