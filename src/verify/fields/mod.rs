//! Checks every field of mailcow's form offline, as it is typed or pasted. Works with the values alone; with a [`Registration`]
//! guesses become certain, and each fix has the registered value.

mod characters;
mod client;
mod context;
mod endpoints;
mod mailboxes;
mod redirects;
mod scopes;

pub use characters::cleaned;
pub use context::OtherClient;
pub use endpoints::usual_endpoints;

use self::context::Context;
use crate::{
    mailcow::FormValues,
    setup::{Origin, Registration, Secret},
    verify::{Finding, Fix},
};

/// Checks every field of the form. `known` is the registered client if authentik was read, `others` are the other clients of that
/// authentik, `page` is the origin of mailcow's page. Valid fields are findings, too. No finding shows a client secret, wherever
/// it was pasted.
#[must_use]
pub fn check_fields(
    values: &FormValues,
    known: Option<&Registration>,
    others: &[OtherClient],
    page: Option<&Origin>,
) -> Vec<Finding> {
    let context = Context { known, others, page };
    let mut findings = Vec::new();
    endpoints::check(values, context, &mut findings);
    client::check(values, context, &mut findings);
    redirects::check(values, context, &mut findings);
    scopes::check(values, context, &mut findings);
    findings.extend(mailboxes::check(values));
    let registered = known.and_then(|known| known.client_secret.held());
    for secret in [values.client_secret.as_ref(), registered].into_iter().flatten() {
        redact(&mut findings, secret);
    }
    findings
}

/// A shorter text is not worth redacting and would remove ordinary words.
const REDACTED_FROM: usize = 8;

/// Removes a secret from every fact and fix: it may have been pasted into a field whose text is shown.
fn redact(findings: &mut [Finding], secret: &Secret) {
    let secret = secret.reveal().trim();
    if secret.len() < REDACTED_FROM {
        return;
    }
    for finding in findings {
        for evidence in &mut finding.evidence {
            if evidence.value.contains(secret) {
                evidence.value = String::from("…");
            }
        }
        if matches!(&finding.fix, Some(Fix::SetField { value, .. }) if value.contains(secret)) {
            finding.fix = None;
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
