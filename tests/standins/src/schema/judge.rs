//! Exchanges held against the operations of a release.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use url::form_urlencoded;

use super::deviation::{Deviation, Fault, Side};
use super::known::{KNOWN, Known};
use super::table::{Operation, Schema};
use super::walk::Walk;

/// A request to authentik's API and what came back.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path below `/api/v3`.
    pub path: &'a str,
    /// The query, as it was sent.
    pub query: &'a str,
    /// The body of the request.
    pub body: &'a [u8],
    /// Status and body of the answer; `None` if authentik did not answer.
    pub answer: Option<(StatusCode, &'a [u8])>,
}

/// Judges exchanges, and notes what they have needed.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    used: BTreeSet<usize>,
    met: BTreeSet<&'static str>,
}

impl Judge {
    /// What the schema of a version does not allow in an exchange, apart from what is known. OPTIONS is in no schema.
    pub fn judge(&mut self, version: &str, exchange: &Exchange) -> Vec<Deviation> {
        if exchange.method == Method::OPTIONS {
            return Vec::new();
        }
        let Some(schema) = Schema::of(version) else { return vec![of_request(Fault::Operation, version)] };
        let Some(operation) = schema.operation(exchange.method, exchange.path) else {
            return vec![of_request(Fault::Operation, schema.version)];
        };
        self.met.insert(operation.name);
        let mut found = request(schema, operation, exchange);
        if let Some((status, body)) = exchange.answer {
            found.extend(answer(schema, operation, status, body));
        }
        found.retain(|deviation| {
            let known = KNOWN.iter().position(|known| known.is(deviation));
            self.used.extend(known);
            known.is_none()
        });
        found
    }

    /// The known deviations that no exchange has needed.
    #[must_use]
    pub fn unused(&self) -> Vec<&'static Known> {
        KNOWN.iter().enumerate().filter(|(place, _)| !self.used.contains(place)).map(|(_, known)| known).collect()
    }

    /// The operations that were judged.
    #[must_use]
    pub fn met(&self) -> &BTreeSet<&'static str> {
        &self.met
    }

    /// Takes over what another has noted.
    pub fn add(&mut self, other: &Self) {
        self.used.extend(&other.used);
        self.met.extend(&other.met);
    }
}

fn request(schema: &'static Schema, operation: &'static Operation, exchange: &Exchange) -> Vec<Deviation> {
    let mut found: Vec<Deviation> = form_urlencoded::parse(exchange.query.as_bytes())
        .filter(|(name, _)| !operation.query.contains(&&**name))
        .map(|(name, _)| of_request(Fault::Parameter, &name))
        .collect();
    match &operation.body {
        Some(body) => found.extend(Walk::through(schema, Side::Request, exchange.body, body)),
        None if exchange.body.is_empty() => {}
        None => found.push(of_request(Fault::Body, "a body")),
    }
    found
}

fn answer(schema: &'static Schema, operation: &'static Operation, status: StatusCode, body: &[u8]) -> Vec<Deviation> {
    let deviates =
        |fault, found: String| vec![Deviation { side: Side::Answer, place: String::new(), member: String::new(), fault, found }];
    match &operation.answer {
        _ if is_refusal(status) => Vec::new(),
        _ if status != operation.status => deviates(Fault::Status, status.to_string()),
        Some(model) => Walk::through(schema, Side::Answer, body, model),
        None if body.is_empty() => Vec::new(),
        None => deviates(Fault::Body, "a body".to_owned()),
    }
}

/// Whether any operation may be answered so: what is wrong, no session or right, no such object, the error page that refuses a
/// write (docs/contract/authentik.md, section 16), not ready yet.
fn is_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 403 | 404 | 405 | 415 | 503)
}

fn of_request(fault: Fault, found: &str) -> Deviation {
    Deviation { side: Side::Request, place: String::new(), member: String::new(), fault, found: found.to_owned() }
}
