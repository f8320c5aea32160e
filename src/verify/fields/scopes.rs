//! Client scopes: mailcow passes them on unchanged, authentik drops what it does not know (contract/e2e.md, cases t, u, y;
//! contract/pitfalls.md, P-26 to P-28).

use super::{Context, characters, good, set};
use crate::{
    mailcow::{Field, FormValues},
    setup::SCOPES,
    verify::{Code, Finding},
};

const FIELD: Field = Field::ClientScopes;
const OFFLINE_ACCESS: &str = "offline_access";

/// Scopes that mailcow or authentik know without anybody setting them up.
const FAMILIAR: [&str; 2] = ["mailcow_template", OFFLINE_ACCESS];

pub(super) fn check(values: &FormValues, context: Context<'_>) -> Vec<Finding> {
    let Some(text) = values.text(FIELD) else {
        return Vec::new();
    };
    let right = || set(FIELD, SCOPES.join(" "));
    if text.trim().is_empty() {
        return vec![Finding::new(Code::ScopesEmpty).at(FIELD).fixed_by(right())];
    }
    if let Some(fault) = characters::fault(text, true) {
        return vec![fault.finding(FIELD)];
    }
    if text.contains([',', ';', '+', '|']) {
        let separated: Vec<&str> = words(text).collect();
        return vec![Finding::new(Code::ScopesNotSeparatedByBlanks).at(FIELD).fixed_by(set(FIELD, separated.join(" ")))];
    }
    let scopes: Vec<&str> = words(text).collect();
    let mut findings = missing(&scopes);
    if scopes.contains(&OFFLINE_ACCESS) {
        let without: Vec<&str> = scopes.iter().copied().filter(|scope| *scope != OFFLINE_ACCESS).collect();
        findings.push(Finding::new(Code::ScopeOfflineAccess).at(FIELD).fixed_by(set(FIELD, without.join(" "))));
    }
    findings.extend(unmapped(&scopes, context));
    if findings.is_empty() {
        findings.push(good(FIELD));
    }
    findings
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '+' | '|')).filter(|word| !word.is_empty())
}

fn missing(scopes: &[&str]) -> Vec<Finding> {
    [("openid", Code::ScopeOpenidMissing), ("email", Code::ScopeEmailMissing), ("profile", Code::ScopeProfileMissing)]
        .into_iter()
        .filter(|(scope, _)| !scopes.contains(scope))
        .map(|(_, code)| {
            let more = SCOPES.into_iter().filter(|scope| !scopes.contains(scope));
            let complete: Vec<&str> = scopes.iter().copied().chain(more).collect();
            Finding::new(code).at(FIELD).fixed_by(set(FIELD, complete.join(" ")))
        })
        .collect()
}

/// Scopes that nobody knows, and necessary ones for which the provider has no mapping.
fn unmapped(scopes: &[&str], context: Context<'_>) -> Vec<Finding> {
    let mapped = context.known.map(|known| known.scopes.as_slice());
    scopes
        .iter()
        .filter_map(|scope| {
            let is_mapped = mapped.map(|mapped| mapped.iter().any(|name| name == scope));
            let code = match (SCOPES.contains(scope), is_mapped) {
                (true, Some(false)) => Code::ScopeNotMapped,
                (false, None | Some(false)) if !FAMILIAR.contains(scope) => Code::ScopeUnknown,
                _ => return None,
            };
            Some(Finding::new(code).at(FIELD).with("scope", scope))
        })
        .collect()
}
