//! Checks what is stored on both sides, without a sign-in and without side effects.

use std::rc::Rc;

use super::mailcow::{desired, other_clients, verify_stored};
use super::state::ConnectionTest;
use super::{Cowbell, Error, FactsMark, MailcowSeen};
use crate::authentik::Snapshot;
use crate::mailcow::{self, Comparison, Field, FieldRow, FormValues, GENERIC_OIDC, IdentityProvider, MailcowChoice, save};
use crate::plan::SetupDraft;
use crate::setup::{ClientSecret, Registration};
use crate::transport::{Bound, Host, Product};
use crate::verify::authentik::about_address;
use crate::verify::credentials::CredentialsVerdict;
use crate::verify::everybody::{Connection, problems_of_everybody, template_claim};
use crate::verify::{self, Code, Finding, Severity, check_fields};

/// What is stored on both sides, checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was found and what could not be checked; includes problems of stored fields, but no findings about valid fields.
    pub findings: Vec<Finding>,
    /// The facts that it follows from. Others may be known by now.
    pub facts: FactsMark,
}

/// What a check knows about both products.
struct Known {
    snapshot: Option<Rc<Snapshot>>,
    registration: Option<Rc<Registration>>,
    mailcow: Option<Rc<MailcowSeen>>,
}

impl<O: Host> Cowbell<O> {
    /// Reads both products again, as far as their pages are live, and checks what they have stored. What cannot be read becomes a
    /// finding, too.
    pub async fn check(&self, draft: &SetupDraft, choice: &MailcowChoice) -> Checked {
        let host = self.bound();
        let written = self.writer.written(Product::Authentik);
        let mut known = Known { snapshot: self.snapshot().ok(), registration: self.client().ok(), mailcow: self.seen().ok() };
        let findings = self.check_both(&host, draft, choice, &mut known).await;
        Checked { findings, facts: FactsMark::of(known.snapshot.as_ref(), known.mailcow.as_deref(), written) }
    }

    async fn check_both(
        &self,
        host: &Bound<'_, O>,
        draft: &SetupDraft,
        choice: &MailcowChoice,
        known: &mut Known,
    ) -> Vec<Finding> {
        let provider = self.check_provider(host, draft, known).await.unwrap_or_else(|why| Finding::from(&why));
        // Changes that are still due in authentik must not be demanded of mailcow.
        let comparable = provider.code != Code::ProviderDiffers;
        let mut findings = vec![provider];
        if let Some(snapshot) = &known.snapshot {
            let mut said = about_address(snapshot, known.mailcow.as_ref().map(|seen| &seen.origin));
            // What could not be read because of it has said it already.
            said.retain(|finding| findings.iter().all(|known| known.code != finding.code));
            findings.extend(said);
        }
        findings.extend(own_authentication_flow(known));
        if !host.is_live(Product::Mailcow) {
            findings.push(Finding::new(Code::MailcowNotChecked));
            return findings;
        }
        match self.check_settings(host, choice, known, comparable).await {
            Ok((problems, found)) => {
                findings.extend(found);
                on_top(problems, findings)
            }
            Err(why) => {
                findings.push(Finding::from(&why));
                findings
            }
        }
    }

    async fn check_provider(&self, host: &Bound<'_, O>, draft: &SetupDraft, known: &mut Known) -> Result<Finding, Error> {
        let Some(snapshot) = known.snapshot.clone().filter(|_| host.is_live(Product::Authentik)) else {
            return Ok(Finding::new(Code::ProviderNotCompared));
        };
        let reread = self.remaining(host, &snapshot.base, draft).await?;
        (known.snapshot, known.registration) = (Some(reread.snapshot), reread.registration);
        Ok(match reread.remaining {
            None => Finding::new(Code::ProviderNotCompared),
            Some(0) => Finding::new(Code::ProviderInSync),
            Some(count) => Finding::new(Code::ProviderDiffers).with("count", count),
        })
    }

    /// What makes every sign-in fail, and everything that was found.
    async fn check_settings(
        &self,
        host: &Bound<'_, O>,
        choice: &MailcowChoice,
        known: &mut Known,
        comparable: bool,
    ) -> Result<(Vec<Finding>, Vec<Finding>), Error> {
        let origin = known.mailcow.as_ref().ok_or(Error::NothingObserved)?.origin.clone();
        let seen = self.remember(MailcowSeen::new(origin.clone(), mailcow::observe(host, &origin).await?));
        known.mailcow = Some(seen.clone());
        let (authentik, registration) = (known.snapshot.as_deref(), known.registration.as_deref());
        let provider = &seen.snapshot.provider;
        let mut findings = verify::mailcow::obstacles(&seen.snapshot);
        findings.extend(verify::mailcow::templates(&seen.snapshot, provider));
        findings.extend(authentik.and_then(|authentik| template_claim(authentik, provider)));
        let test = self.test_connection(host, &seen, registration).await;
        let fields = fields_of(&seen, provider, authentik, registration);
        let problems = problems_of(provider, &fields, authentik, test.as_deref());
        let Some(test) = test else { return Ok((problems, findings)) };
        if comparable {
            findings.push(check_sync(&seen, registration, choice, &test.credentials));
            let worth_saying = |finding: &Finding| finding.severity != Severity::Good || finding.code == Code::RedirectRegistered;
            findings.extend(fields.into_iter().filter(worth_saying));
        }
        findings.push(test.credentials.finding());
        findings.push(test.reach.clone());
        Ok((problems, findings))
    }

    /// Verifies the client credentials that mailcow has stored, and tests whether mailcow's server reaches authentik; `None` when
    /// mailcow has stored none, or they cannot be read. The result is kept as long as neither product is read again.
    async fn test_connection(
        &self,
        host: &Bound<'_, O>,
        seen: &MailcowSeen,
        known: Option<&Registration>,
    ) -> Option<Rc<ConnectionTest>> {
        if seen.snapshot.provider.authsource != GENERIC_OIDC {
            return None;
        }
        // The secret may have been discarded since mailcow was read; an empty one would only show that it is not the right
        // one.
        let read_again = match &seen.snapshot.provider.client_secret {
            ClientSecret::Held(_) | ClientSecret::Absent => None,
            ClientSecret::Discarded(_) | ClientSecret::Unknown => {
                Some(seen.with_provider(save::read_back(host, &seen.origin).await.ok()?))
            }
        };
        let seen = read_again.as_ref().unwrap_or(seen);
        let provider = &seen.snapshot.provider;
        let readings = self.readings_now();
        let credentials = verify_stored(host, seen, known).await;
        let reach = verify::server_reaches(host, &seen.origin, &provider.token_url, provider.ignore_ssl_error).await;
        let reach = reach.unwrap_or_else(|error| Finding::from(&Error::from(error)));
        let test = Rc::new(ConnectionTest { readings, credentials, reach });
        self.state.borrow_mut().connection_test = Some(test.clone());
        Some(test)
    }

    /// What makes every sign-in with these settings fail. Tests the connection first if that was not done since the last reading.
    pub(super) async fn problems_with(
        &self,
        host: &Bound<'_, O>,
        seen: &MailcowSeen,
        settings: &IdentityProvider,
        authentik: &Snapshot,
    ) -> Vec<Finding> {
        let registration = self.client().ok();
        let registration = registration.as_deref();
        let known = self.state.borrow().connection_test.clone().filter(|test| test.readings == self.readings_now());
        // authentik alone can tell that the secret is wrong, while mailcow's page is closed.
        let test = match known {
            None => self.test_connection(host, seen, registration).await,
            known => known,
        };
        let fields = fields_of(seen, settings, Some(authentik), registration);
        problems_of(settings, &fields, Some(authentik), test.as_deref())
    }

    fn readings_now(&self) -> [u64; 2] {
        [self.authentik_reading(), self.mailcow_reading()]
    }
}

/// What makes every sign-in with these settings fail.
fn problems_of(
    settings: &IdentityProvider,
    fields: &[Finding],
    authentik: Option<&Snapshot>,
    test: Option<&ConnectionTest>,
) -> Vec<Finding> {
    let (credentials, reach) = (test.map(|test| &test.credentials), test.map(|test| &test.reach));
    problems_of_everybody(Connection { settings, fields, authentik, credentials, reach })
}

/// Findings about every field of these settings.
pub(super) fn fields_of(
    seen: &MailcowSeen,
    settings: &IdentityProvider,
    authentik: Option<&Snapshot>,
    registration: Option<&Registration>,
) -> Vec<Finding> {
    let others = authentik.map(|snapshot| other_clients(snapshot, registration)).unwrap_or_default();
    let values = FormValues::stored(&seen.with_provider(settings.clone()).snapshot);
    check_fields(&values, registration, &others, Some(&seen.origin))
}

/// Findings with what makes every sign-in fail on top, and said once.
fn on_top(problems: Vec<Finding>, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| !problems.iter().any(|problem| (problem.code, problem.field) == (finding.code, finding.field)));
    [problems, findings].concat()
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
