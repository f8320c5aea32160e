//! The verb that explains the last sign-ins that failed.

use super::{Cowbell, SignInsView};
use crate::authentik::{Events, read_events};
use crate::mailcow::{Field, FormValues, GENERIC_OIDC, Snapshot, UiLog, api, save};
use crate::plan::SetupDraft;
use crate::transport::{Outside, Product, ask};
use crate::verify::diagnosis::{Facts, explain};
use crate::verify::mailcow::obstacles;
use crate::verify::{Code, Finding, Severity, check_fields};

impl<O: Outside> Cowbell<O> {
    /// Reads mailcow's log and authentik's events and explains each sign-in that failed. `tabs` are the products whose tab is live;
    /// one of them gives what it can, and what is missing is a finding.
    pub async fn explain_sign_ins(&self, draft: &SetupDraft, tabs: &[Product]) -> SignInsView {
        let mut findings = Vec::new();
        let mut note = |finding: Finding| findings.push(finding);
        let at_mailcow = if tabs.contains(&Product::Mailcow) {
            self.read_mailcow_log().await.map_err(&mut note).ok()
        } else {
            note(Finding::new(Code::MailcowLogNotRead));
            None
        };
        let (stored, log) = at_mailcow.unzip();
        let events = if tabs.contains(&Product::Authentik) {
            self.read_sign_in_events(draft, stored.as_ref()).await.map_err(&mut note).ok()
        } else {
            note(Finding::new(Code::EventsNotRead));
            None
        };
        if log.as_ref().is_some_and(|log| log.since_s.is_none()) {
            note(Finding::new(Code::MailcowLogEmpty));
        }
        let stored = stored.as_ref().filter(|stored| stored.provider.authsource == GENERIC_OIDC);
        let fields = stored.map_or_else(Vec::new, |stored| {
            let registration = self.state.borrow().registration.clone();
            check_fields(&FormValues::stored(stored), registration.as_deref(), &self.other_clients(), None)
        });
        let now_s = i64::try_from(self.outside.now_ms() / 1_000).unwrap_or_default();
        let explained = explain(log.as_ref(), events.as_ref(), &Facts { now_s, stored, fields: &fields });
        if let Some(skew) = explained.clock_skew_s {
            findings.push(Finding::new(Code::ClocksDiffer).with("seconds", skew.abs()));
        }
        SignInsView {
            attempts: explained.attempts,
            unremarkable: explained.unremarkable,
            mailcow_since_s: log.and_then(|log| log.since_s),
            authentik_since_s: events.and_then(|events| events.since_s),
            silent: stored.map(|stored| silent(stored, fields)).unwrap_or_default(),
            findings,
        }
    }

    /// mailcow's log, and what it has stored now.
    async fn read_mailcow_log(&self) -> Result<(Snapshot, UiLog), Finding> {
        let seen = self.seen()?;
        let read = async {
            let log = UiLog::read(&ask(&self.outside, Product::Mailcow, api::ui_log(&seen.origin)).await)?;
            Ok((log, save::read_back(&self.outside, &seen.origin).await?))
        };
        let (log, provider) = read.await.map_err(|error: crate::mailcow::Error| Finding::from(&error))?;
        self.remember(&seen.origin, seen.snapshot.clone(), provider.clone());
        Ok((Snapshot { provider, ..seen.snapshot.clone() }, log))
    }

    /// The events of the client that mailcow has stored, or else of the one that belongs to the draft.
    async fn read_sign_in_events(&self, draft: &SetupDraft, stored: Option<&Snapshot>) -> Result<Events, Finding> {
        let snapshot = self.snapshot()?;
        let mut client_id = stored.map(|stored| stored.provider.client_id.clone()).unwrap_or_default();
        if self.state.borrow().registration.is_none() {
            // Only to know more; whoever may not read it may still read events.
            let _ = self.register(draft).await;
        }
        if let Some(registration) = self.state.borrow().registration.as_ref().filter(|_| client_id.is_empty()) {
            client_id.clone_from(&registration.client_id);
        }
        if client_id.is_empty() {
            return Err(Finding::new(Code::ClientMissing));
        }
        let provider = snapshot.providers.iter().find(|provider| provider.client_id == client_id);
        let application = provider.and_then(|provider| snapshot.application_of(provider.pk));
        let read = read_events(&self.outside, &snapshot.base, application.map(|application| application.pk.as_str())).await;
        let mut events = read.map_err(Finding::from)?;
        if events.list.is_empty() {
            return Err(Finding::new(Code::EventsEmpty));
        }
        // Events about a mapping or a token call do not name the client.
        events.list.retain(|event| !event.action.names_client() || event.client_id == client_id);
        Ok(events)
    }
}

/// Faults that end a sign-in before either product writes anything (contract/e2e.md, cases h2, i, i2, x3, z, z2).
fn silent(stored: &Snapshot, fields: Vec<Finding>) -> Vec<Finding> {
    let ends_silently = |finding: &Finding| {
        finding.severity == Severity::Fault
            && matches!(finding.field, Some(Field::AuthorizeUrl | Field::ClientId | Field::RedirectUrl))
    };
    let broken = obstacles(stored).into_iter().filter(|finding| finding.code == Code::StoredMappingBroken);
    broken.chain(fields.into_iter().filter(ends_silently)).collect()
}
