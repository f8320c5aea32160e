//! The three endpoints: mailcow stores them verbatim, and an error shows only at the sign-in (docs/contract/mailcow.md, section
//! 7; docs/contract/e2e.md, cases x, x2, x3).

use super::characters::check_word;
use super::context::{Context, good, set};
use crate::{
    mailcow::{Field, FormValues},
    setup::{Endpoints, Origin},
    verify::{Code, Finding},
};

/// Path before the name of each endpoint (docs/contract/authentik.md, section 5.2).
const PREFIX: &str = "/application/o/";

/// Names below [`PREFIX`] that are not slugs of applications.
const NAMES: [&str; 6] = ["authorize", "token", "userinfo", "introspect", "revoke", "device"];

/// One of the endpoints.
#[derive(Clone, Copy)]
struct Endpoint {
    field: Field,
    name: &'static str,
    registered: fn(&Endpoints) -> &String,
}

const ENDPOINTS: [Endpoint; 3] = [
    Endpoint { field: Field::AuthorizeUrl, name: "authorize", registered: |endpoints| &endpoints.authorize },
    Endpoint { field: Field::TokenUrl, name: "token", registered: |endpoints| &endpoints.token },
    Endpoint { field: Field::UserinfoUrl, name: "userinfo", registered: |endpoints| &endpoints.userinfo },
];

/// The usual endpoints of an authentik at an address such as `https://authentik.company`. A guess, for display only: what Cowbell
/// itself enters comes from authentik.
#[must_use]
pub fn usual_endpoints(authentik: &str) -> Endpoints {
    let [authorize, token, userinfo] = ENDPOINTS.map(|endpoint| format!("{authentik}{PREFIX}{}/", endpoint.name));
    Endpoints { authorize, token, userinfo }
}

pub(super) fn check(values: &FormValues, context: Context<'_>, findings: &mut Vec<Finding>) {
    let bases: Vec<&str> = ENDPOINTS.iter().filter_map(|endpoint| base_of(values.text(endpoint.field)?, context)).collect();
    // The base that most endpoints share; if several do, the first one.
    let shared = bases.iter().rev().max_by_key(|base| bases.iter().filter(|other| other == base).count()).copied();
    for endpoint in &ENDPOINTS {
        let Some(text) = values.text(endpoint.field) else { continue };
        let expected = context.known.map(|known| (endpoint.registered)(&known.endpoints).as_str());
        let mut finding =
            check_word(endpoint.field, text).unwrap_or_else(|| check_one(endpoint, text, expected, shared, context));
        if finding.code != Code::FieldGood {
            let right = expected.map(str::to_owned).or_else(|| Some([shared?, endpoint.name, "/"].concat()));
            if let Some(right) = right.filter(|right| right != text) {
                finding = finding.fixed_by(set(endpoint.field, right));
            }
        }
        findings.push(finding);
    }
}

fn check_one(endpoint: &Endpoint, text: &str, expected: Option<&str>, shared: Option<&str>, context: Context<'_>) -> Finding {
    let found = |code| Finding::new(code).at(endpoint.field);
    let Some(origin) = Origin::of(text) else {
        return found(Code::EndpointNotUrl);
    };
    if !origin.is_secure() {
        return found(Code::EndpointNotSecure);
    }
    if expected == Some(text) {
        return good(endpoint.field);
    }
    let known_origin = expected.and_then(Origin::of);
    if known_origin.as_ref() != Some(&origin) {
        if is_placeholder(&origin, context) {
            return found(Code::EndpointPlaceholder).with("host", origin.host());
        }
        if context.page == Some(&origin) {
            return found(Code::EndpointAtMailcow).with("host", origin.host());
        }
    }
    if let Some(finding) = check_path(endpoint, text) {
        return finding;
    }
    let reference = known_origin.or_else(|| shared.and_then(Origin::of));
    match (reference, expected) {
        (Some(reference), _) if reference != origin => {
            found(Code::EndpointAtOtherHost).with("host", origin.host()).with("expected", reference.host())
        }
        (_, Some(expected)) => found(Code::EndpointDiffers).with("expected", expected),
        _ => good(endpoint.field),
    }
}

/// Checks the path, independently of the host.
fn check_path(endpoint: &Endpoint, text: &str) -> Option<Finding> {
    let found = |code| Some(Finding::new(code).at(endpoint.field));
    let path = path_of(text);
    if path.contains("/.well-known/") {
        return found(Code::EndpointIsDiscovery);
    }
    let unknown =
        || found(Code::EndpointUnknownPath).map(|finding| finding.with("path", if path.is_empty() { "/" } else { path }));
    let Some((_, rest)) = path.split_once(PREFIX) else {
        return unknown();
    };
    let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
    if name == endpoint.name && below.is_empty() {
        return if !rest.ends_with('/') {
            found(Code::EndpointWithoutSlash)
        } else if !text.ends_with(path) {
            unknown()
        } else {
            None
        };
    }
    if NAMES.contains(&name) && below.is_empty() {
        found(Code::EndpointSwapped).map(|finding| finding.with("actual", name))
    } else if name.is_empty() || NAMES.contains(&name) {
        unknown()
    } else {
        found(Code::EndpointHasSlug).map(|finding| finding.with("slug", name))
    }
}

/// Everything up to and including [`PREFIX`], if the host may be authentik's.
fn base_of<'a>(text: &'a str, context: Context<'_>) -> Option<&'a str> {
    let origin = Origin::of(text).filter(Origin::is_secure)?;
    if context.page == Some(&origin) || is_placeholder(&origin, context) {
        return None;
    }
    let end = text.find(PREFIX)? + PREFIX.len();
    let base = text.get(..end)?;
    (path_of(base).ends_with(PREFIX) && !base.contains(char::is_whitespace)).then_some(base)
}

/// Whether the host is the one of a guide. If the host of the page itself has such a name, it is a real one.
fn is_placeholder(origin: &Origin, context: Context<'_>) -> bool {
    let stands_in = |origin: &Origin| {
        let host = origin.host();
        ["authentik.company", "mailcow.company", "example.com", "example.net", "example.org"]
            .iter()
            .any(|name| host == *name || host.ends_with(&format!(".{name}")))
            || [".example", ".invalid"].iter().any(|end| host.ends_with(end))
            || ["yourdomain", "your-domain", "your-authentik"].iter().any(|part| host.contains(part))
    };
    stands_in(origin) && !context.page.is_some_and(stands_in)
}

/// The path of an absolute URL, without query and fragment.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or_default()
}
