//! The verb that checks what is stored on both sides, without a sign-in and without side effects.

use super::{CheckView, Cowbell};
use crate::mailcow::{self, FormValues, GENERIC_OIDC, MailcowChoice};
use crate::plan::SetupDraft;
use crate::transport::{Outside, Product};
use crate::verify::{self, Code, Finding, Severity, check_fields};

impl<O: Outside> Cowbell<O> {
    /// Reads both products again and checks what they have stored. `tabs` are the products whose tab is live; what cannot be
    /// looked at is a finding, too.
    pub async fn check(&self, draft: &SetupDraft, choice: &MailcowChoice, tabs: &[Product]) -> CheckView {
        let provider = self.check_provider(draft, tabs).await.unwrap_or_else(|why| why);
        // What is still to be changed at authentik must not be wanted of mailcow.
        let comparable = provider.code != Code::ProviderDiffers;
        let mut findings = vec![provider];
        match self.check_settings(choice, tabs, comparable).await {
            Ok(found) => findings.extend(found),
            Err(why) => findings.push(why),
        }
        CheckView { findings }
    }

    async fn check_provider(&self, draft: &SetupDraft, tabs: &[Product]) -> Result<Finding, Finding> {
        if !tabs.contains(&Product::Authentik) {
            return Ok(Finding::new(Code::ProviderNotCompared));
        }
        Ok(match self.remaining(draft).await? {
            None => Finding::new(Code::ProviderNotCompared),
            Some(0) => Finding::new(Code::ProviderInSync),
            Some(count) => Finding::new(Code::ProviderDiffers).with("count", count),
        })
    }

    async fn check_settings(&self, choice: &MailcowChoice, tabs: &[Product], comparable: bool) -> Result<Vec<Finding>, Finding> {
        if !tabs.contains(&Product::Mailcow) {
            return Ok(vec![Finding::new(Code::MailcowNotChecked)]);
        }
        let origin = self.seen()?.origin.clone();
        let snapshot = mailcow::observe(&self.outside, &origin).await?;
        self.remember(&origin, snapshot.clone(), snapshot.provider.clone());
        let mut findings = verify::mailcow::obstacles(&snapshot);
        if snapshot.provider.authsource != GENERIC_OIDC {
            findings.push(Finding::new(Code::SettingsMissing));
            return Ok(findings);
        }
        let values = FormValues::stored(&snapshot);
        if comparable {
            findings.push(self.check_sync(choice)?);
            let registration = self.state.borrow().registration.clone();
            let fields = check_fields(&values, registration.as_deref(), &self.other_clients(), Some(&origin));
            let worth_saying = |finding: &Finding| finding.severity != Severity::Good || finding.code == Code::RedirectRegistered;
            findings.extend(fields.into_iter().filter(worth_saying));
        }
        findings.push(self.prove_pair(&values, Some(origin.clone()), tabs).await);
        let token_url = &snapshot.provider.token_url;
        let reached = verify::server_reaches(&self.outside, &origin, token_url, snapshot.provider.ignore_ssl_error).await;
        findings.push(reached.unwrap_or_else(|error| Finding::from(&error)));
        Ok(findings)
    }

    /// mailcow's stored settings against the wanted ones.
    fn check_sync(&self, choice: &MailcowChoice) -> Result<Finding, Finding> {
        let view = self.mailcow_view(choice)?;
        let different = view.rows.iter().filter(|row| !row.same).count();
        Ok(match (view.rows.is_empty(), different) {
            (true, _) => Finding::new(Code::SettingsNotCompared),
            (false, 0) => Finding::new(Code::SettingsInSync),
            (false, count) => Finding::new(Code::SettingsDiffer).with("count", count),
        })
    }
}
