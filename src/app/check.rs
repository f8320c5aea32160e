//! Checks what is stored on both sides, without a sign-in and without side effects.

use std::rc::Rc;

use super::mailcow::{desired, other_clients, verify_credentials};
use super::{CheckView, Cowbell, Error, MailcowSeen};
use crate::authentik::Snapshot;
use crate::mailcow::{self, Comparison, Field, FieldRow, FormValues, GENERIC_OIDC, MailcowChoice};
use crate::plan::SetupDraft;
use crate::setup::Registration;
use crate::transport::{Bound, Host, Product};
use crate::verify::credentials::CredentialsVerdict;
use crate::verify::{self, Code, Finding, Severity, check_fields};

/// What a check knows about authentik.
struct Known {
    snapshot: Option<Rc<Snapshot>>,
    registration: Option<Rc<Registration>>,
}

impl<O: Host> Cowbell<O> {
    /// Reads both products again, as far as their pages are live, and checks what they have stored. What cannot be read becomes a
    /// finding, too.
    pub async fn check(&self, draft: &SetupDraft, choice: &MailcowChoice) -> CheckView {
        let host = self.bound();
        let mut known = Known { snapshot: self.snapshot().ok(), registration: self.client().ok() };
        let seen = self.seen();
        let provider = self.check_provider(&host, draft, &mut known).await.unwrap_or_else(|why| Finding::from(&why));
        // Changes that are still due in authentik must not be demanded of mailcow.
        let comparable = provider.code != Code::ProviderDiffers;
        let mut findings = vec![provider];
        findings.extend(own_authentication_flow(&known));
        if host.is_live(Product::Mailcow) {
            match self.check_settings(&host, choice, seen, &known, comparable).await {
                Ok(found) => findings.extend(found),
                Err(why) => findings.push(Finding::from(&why)),
            }
        } else {
            findings.push(Finding::new(Code::MailcowNotChecked));
        }
        CheckView { findings }
    }

    async fn check_provider(&self, host: &Bound<'_, O>, draft: &SetupDraft, known: &mut Known) -> Result<Finding, Error> {
        let Some(snapshot) = known.snapshot.clone().filter(|_| host.is_live(Product::Authentik)) else {
            return Ok(Finding::new(Code::ProviderNotCompared));
        };
        let reread = self.remaining(host, &snapshot.base, draft).await?;
        *known = Known { snapshot: Some(reread.snapshot), registration: reread.registration };
        Ok(match reread.remaining {
            None => Finding::new(Code::ProviderNotCompared),
            Some(0) => Finding::new(Code::ProviderInSync),
            Some(count) => Finding::new(Code::ProviderDiffers).with("count", count),
        })
    }

    async fn check_settings(
        &self,
        host: &Bound<'_, O>,
        choice: &MailcowChoice,
        seen: Result<Rc<MailcowSeen>, Error>,
        known: &Known,
        comparable: bool,
    ) -> Result<Vec<Finding>, Error> {
        let origin = &seen?.origin;
        let seen = self.remember(MailcowSeen::new(origin.clone(), mailcow::observe(host, origin).await?));
        let provider = &seen.snapshot.provider;
        let registration = known.registration.as_deref();
        let mut findings = verify::mailcow::obstacles(&seen.snapshot);
        if provider.authsource != GENERIC_OIDC {
            findings.push(Finding::new(Code::SettingsMissing));
            return Ok(findings);
        }
        let values = FormValues::stored(&seen.snapshot);
        let verdict = verify_credentials(host, &values, Some(origin.clone()), registration).await;
        if comparable {
            findings.push(check_sync(&seen, registration, choice, &verdict));
            let others = known.snapshot.as_ref().map(|snapshot| other_clients(snapshot, registration)).unwrap_or_default();
            let fields = check_fields(&values, registration, &others, Some(origin));
            let worth_saying = |finding: &Finding| finding.severity != Severity::Good || finding.code == Code::RedirectRegistered;
            findings.extend(fields.into_iter().filter(worth_saying));
        }
        findings.push(verdict.finding());
        let reached = verify::server_reaches(host, origin, &provider.token_url, provider.ignore_ssl_error).await;
        findings.push(reached.unwrap_or_else(|error| Finding::from(&Error::from(error))));
        Ok(findings)
    }
}

/// Says that the provider has an authentication flow of its own (docs/contract/cases.md, R13).
fn own_authentication_flow(known: &Known) -> Option<Finding> {
    let provider = known.snapshot.as_ref()?.provider(known.registration.as_ref()?.provider)?;
    provider.authentication_flow.as_ref()?;
    Some(Finding::new(Code::OwnAuthenticationFlow).with("provider", &provider.name))
}

/// Compares mailcow's stored settings with the desired ones.
fn check_sync(
    seen: &MailcowSeen,
    registration: Option<&Registration>,
    choice: &MailcowChoice,
    verdict: &CredentialsVerdict,
) -> Finding {
    let Some(registration) = registration else { return Finding::new(Code::SettingsNotCompared) };
    let rows = mailcow::rows(&seen.snapshot.provider, &desired(seen, registration, choice), seen.snapshot.features);
    // What authentik says of the secret is as good as a comparison.
    let is_same = |row: &FieldRow| match (row.comparison, verdict) {
        (Comparison::Unknown, CredentialsVerdict::Right) => Some(true),
        (Comparison::Unknown, CredentialsVerdict::WrongSecret | CredentialsVerdict::WrongPair) => Some(false),
        (Comparison::Unknown, _) => None,
        (comparison, _) => Some(comparison == Comparison::Same),
    };
    let different = rows.iter().filter(|row| is_same(row) == Some(false)).count();
    match different {
        0 if rows.iter().any(|row| is_same(row).is_none()) => Finding::new(Code::SecretNotCompared).at(Field::ClientSecret),
        0 => Finding::new(Code::SettingsInSync),
        count => Finding::new(Code::SettingsDiffer).with("count", count),
    }
}
