//! Client scopes: mailcow sends them unchanged, authentik ignores unknown ones (docs/contract/e2e.md, cases t, u, y;
//! docs/contract/pitfalls.md, P-26 to P-28).

use super::characters;
use super::context::{Context, good, set};
use crate::{
    mailcow::{Field, FormValues},
    setup::SCOPES,
    verify::{Code, Finding, Severity},
};

const FIELD: Field = Field::ClientScopes;
const OFFLINE_ACCESS: &str = "offline_access";

/// Scopes that mailcow or authentik know by default.
const FAMILIAR: [&str; 2] = ["mailcow_template", OFFLINE_ACCESS];

pub(super) fn check(values: &FormValues, context: Context<'_>, findings: &mut Vec<Finding>) {
    let Some(text) = values.text(FIELD) else { return };
    let fixed = |code, right: &[&str]| Finding::new(code).at(FIELD).fixed_by(set(FIELD, right.join(" ")));
    if text.trim().is_empty() {
        return findings.push(fixed(Code::ScopesEmpty, &SCOPES));
    }
    if let Some(problem) = characters::problem(text, true) {
        return findings.push(problem.finding(FIELD));
    }
    let scopes: Vec<&str> = words(text).collect();
    if text.contains([',', ';', '+', '|']) {
        return findings.push(fixed(Code::ScopesNotSeparatedBySpaces, &scopes));
    }
    let before = findings.len();
    let missing: Vec<&str> = SCOPES.iter().copied().filter(|scope| !scopes.contains(scope)).collect();
    for (scope, code) in
        [("openid", Code::ScopeOpenidMissing), ("email", Code::ScopeEmailMissing), ("profile", Code::ScopeProfileMissing)]
    {
        if missing.contains(&scope) {
            findings.push(fixed(code, &[&*scopes, &*missing].concat()));
        }
    }
    if scopes.contains(&OFFLINE_ACCESS) {
        let without: Vec<&str> = scopes.iter().copied().filter(|scope| *scope != OFFLINE_ACCESS).collect();
        findings.push(fixed(Code::ScopeOfflineAccess, &without));
    }
    for scope in &scopes {
        let is_mapped = context.known.map(|known| known.scopes.iter().any(|name| name == scope));
        let code = match (SCOPES.contains(scope), is_mapped) {
            (true, Some(false)) => Code::ScopeNotMapped,
            // Neither product knows it.
            (false, None | Some(false)) if !FAMILIAR.contains(scope) => Code::ScopeUnknown,
            _ => continue,
        };
        let mut finding = Finding::new(code).at(FIELD).with("scope", scope);
        // Without it new mailboxes have no name, and nothing else happens (docs/contract/e2e.md, case bd).
        if *scope == "profile" {
            finding.severity = Severity::Warning;
        }
        findings.push(finding);
    }
    if findings.len() == before {
        findings.push(good(FIELD));
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '+' | '|')).filter(|word| !word.is_empty())
}
