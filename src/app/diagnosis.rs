//! Diagnoses the last failed sign-ins.

use std::rc::Rc;

use super::check::fields_of;
use super::{Cowbell, Error, MailcowSeen, SignInsView};
use crate::authentik::{self, Events, read_events};
use crate::mailcow::directory::read_mailbox;
use crate::mailcow::{self, Authsource, Field, GENERIC_OIDC, IdentityProvider, Mailbox, UiLog, api, read_log};
use crate::plan::SetupDraft;
use crate::setup::{Origin, Registration};
use crate::transport::{Batch, Bound, Host, Product, send_all};
use crate::verify::diagnosis::{Attempt, Facts, Judged, explain, judge};
use crate::verify::everybody::{Connection, problems_of_everybody};
use crate::verify::{Code, Finding};

/// Number of refused mailboxes that are looked at, the newest first: each is a request.
const LOOKED_AT: usize = 20;

/// What is known when sign-ins are diagnosed, as far as the pages of the products are live.
pub(super) struct Known {
    pub(super) authentik: Option<Rc<authentik::Snapshot>>,
    pub(super) registration: Option<Rc<Registration>>,
    pub(super) mailcow: Option<Rc<MailcowSeen>>,
}

impl Known {
    /// The OAuth 2.0 client that mailcow uses for sign-ins; empty when it is not known.
    pub(super) fn client_id(&self) -> String {
        let stored = self.mailcow.as_ref().map(|seen| &seen.snapshot.provider.client_id).filter(|id| !id.is_empty());
        stored.or(self.registration.as_ref().map(|registration| &registration.client_id)).cloned().unwrap_or_default()
    }
}

impl<O: Host> Cowbell<O> {
    /// Reads mailcow's log and authentik's events, as far as their pages are live, and diagnoses each failed sign-in. One log
    /// alone gives a partial diagnosis, and a missing one is a finding.
    pub async fn explain_sign_ins(&self, draft: &SetupDraft) -> SignInsView {
        let host = self.bound();
        let mut known = self.known();
        let log = self.read_mailcow_log(&host, &mut known).await;
        let events = self.read_sign_in_events(&host, draft, &mut known).await;
        let mut view = known.explain(log, events, self.now_s());
        if let Some(seen) = &known.mailcow {
            loop {
                let written = self.writer.written(Product::Mailcow);
                look_at_mailboxes(&host, &seen.origin, &mut view.attempts).await;
                // One that is switched meanwhile may have been read before.
                if self.writer.written(Product::Mailcow) == written {
                    break;
                }
            }
        }
        view
    }

    /// Notes which of the mailboxes that were refused for their own password are switched by now, after a switch has read all of them back.
    pub fn note_switched(&self, view: &mut SignInsView) {
        let Ok(seen) = self.seen() else { return };
        let Some(mailboxes) = &seen.snapshot.mailboxes else { return };
        for attempt in view.attempts.iter_mut().filter(|attempt| attempt.finding.code == Code::MailboxHasPassword) {
            attempt.is_switched = mailboxes.get(&attempt.who).is_some_and(is_switched);
        }
    }

    /// What is known before anything is read.
    pub(super) fn known(&self) -> Known {
        Known { authentik: self.snapshot().ok(), registration: self.client().ok(), mailcow: self.seen().ok() }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) fn now_s(&self) -> i64 {
        i64::try_from(self.host.now_ms() / 1_000).unwrap_or_default()
    }

    /// Reads mailcow's log, and with it what mailcow has stored now, which is kept.
    pub(super) async fn read_mailcow_log(&self, host: &Bound<'_, O>, known: &mut Known) -> Result<UiLog, Finding> {
        if !host.is_live(Product::Mailcow) {
            return Err(Finding::new(Code::MailcowLogNotRead));
        }
        let Some(seen) = &known.mailcow else { return Err(Finding::from(&Error::NothingObserved)) };
        let (is_quiet, written) = (self.writing().is_none(), self.writer.written(Product::Mailcow));
        let mut snapshot = seen.snapshot.clone();
        let log = read_log(host, &seen.origin, &mut snapshot).await.map_err(|error| Finding::from(&Error::from(error)))?;
        // What was read or written of it meanwhile is newer.
        if let Some(newest) = self.seen().ok().filter(|newest| newest.origin == seen.origin) {
            if !is_quiet || self.writer.written(Product::Mailcow) != written {
                known.mailcow = Some(newest);
                return Ok(log);
            }
            let mailcow::Snapshot { provider, domains, .. } = snapshot;
            snapshot = mailcow::Snapshot { provider, domains, ..newest.snapshot.clone() };
        }
        known.mailcow = Some(self.remember(MailcowSeen::new(seen.origin.clone(), snapshot)));
        Ok(log)
    }

    /// Reads the events of the client that mailcow has stored, or else of the one that belongs to the draft.
    pub(super) async fn read_sign_in_events(
        &self,
        host: &Bound<'_, O>,
        draft: &SetupDraft,
        known: &mut Known,
    ) -> Result<Events, Finding> {
        if !host.is_live(Product::Authentik) {
            return Err(Finding::new(Code::EventsNotRead));
        }
        let Some(mut snapshot) = known.authentik.clone() else { return Err(Finding::from(&Error::NothingObserved)) };
        // The registered client, to compare the stored one with. An administrator without permission for it may still read
        // events.
        if let Ok(reread) = self.remaining(host, &snapshot.base, draft).await {
            snapshot = reread.snapshot;
            known.registration = reread.registration;
            known.authentik = Some(snapshot.clone());
        }
        let client_id = known.client_id();
        if client_id.is_empty() {
            return Err(Finding::new(Code::ClientMissing));
        }
        let provider = snapshot.providers.iter().find(|provider| provider.client_id == client_id);
        let provider = provider.filter(|_| snapshot.is_superuser);
        let read = read_events(host, &snapshot.base, &client_id, provider).await;
        let mut events = read.map_err(|error| Finding::from(&Error::from(error)))?;
        if events.list.is_empty() {
            return Err(Finding::new(Code::EventsEmpty));
        }
        // Events about a mapping or a token call do not name the client.
        events.list.retain(|event| !event.action.names_client() || event.client_id == client_id);
        Ok(events)
    }
}

impl Known {
    /// Judges both logs by what is stored now.
    pub(super) fn judge(&self, log: Option<&UiLog>, events: Option<&Events>, now_s: i64) -> Judged {
        let (stored, fields) = self.stored(log.is_some());
        judge(log, events, &Facts { now_s, stored, fields: &fields })
    }

    /// What mailcow has stored now, and what is wrong with it; an earlier snapshot may be outdated.
    fn stored(&self, is_read: bool) -> (Option<&mailcow::Snapshot>, Vec<Finding>) {
        let seen = self.mailcow.as_ref().filter(|_| is_read);
        let seen = seen.filter(|seen| seen.snapshot.provider.authsource == GENERIC_OIDC);
        let (authentik, registration) = (self.authentik.as_deref(), self.registration.as_deref());
        let fields = seen.map(|seen| fields_of(seen, &seen.snapshot.provider, authentik, registration)).unwrap_or_default();
        (seen.map(|seen| &seen.snapshot), fields)
    }

    /// Combines both logs and what is stored now.
    fn explain(&self, log: Result<UiLog, Finding>, events: Result<Events, Finding>, now_s: i64) -> SignInsView {
        let authentik = self.authentik.as_deref();
        let (log_read, events_read) = (log.as_ref().ok(), events.as_ref().ok());
        let (stored, fields) = self.stored(log_read.is_some());
        let explained = explain(log_read, events_read, &Facts { now_s, stored, fields: &fields });
        let mailcow_since_s = log_read.and_then(|log| log.since_s);
        let authentik_since_s = events_read.and_then(|events| events.since_s);
        let mut findings = Vec::new();
        if log_read.is_some() && mailcow_since_s.is_none() {
            findings.push(Finding::new(Code::MailcowLogEmpty));
        }
        findings.extend(log.err());
        findings.extend(events.err());
        if let Some(skew) = explained.clock_skew_s {
            findings.push(Finding::new(Code::ClocksDiffer).with("seconds", skew.abs()));
        }
        SignInsView {
            attempts: explained.attempts,
            unremarkable: explained.unremarkable,
            mailcow_since_s,
            authentik_since_s,
            silent: stored.map(|stored| silent(&stored.provider, &fields, authentik)).unwrap_or_default(),
            findings,
        }
    }
}

/// Notes which of the mailboxes that were refused for their own password are switched by now: whoever has done so, here or in mailcow,
/// has left nothing in the logs. Of one that cannot be read it is not known.
async fn look_at_mailboxes(host: &impl Host, origin: &Origin, attempts: &mut [Attempt]) {
    let is_refused = |attempt: &&mut Attempt| attempt.finding.code == Code::MailboxHasPassword;
    let asked = attempts.iter_mut().filter(is_refused).filter_map(|attempt| Some((api::mailbox(origin, &attempt.who)?, attempt)));
    let (requests, refused): (Vec<_>, Vec<_>) = asked.take(LOOKED_AT).unzip();
    for (attempt, answer) in refused.into_iter().zip(send_all(host, Batch::new(Product::Mailcow, requests)).await) {
        attempt.is_switched = read_mailbox(&attempt.who, &answer).is_ok_and(|mailbox| mailbox.as_ref().is_some_and(is_switched));
    }
}

fn is_switched(mailbox: &Mailbox) -> bool {
    mailbox.authsource == Authsource::GenericOidc
}

/// Of what makes every sign-in fail, what leaves nothing in either log (docs/contract/e2e.md, cases h2, i, i2, x3, z, z2, aa;
/// docs/contract/pitfalls.md, P-08).
fn silent(settings: &IdentityProvider, fields: &[Finding], authentik: Option<&authentik::Snapshot>) -> Vec<Finding> {
    let mut problems = problems_of_everybody(Connection { settings, fields, authentik, credentials: None, reach: None });
    problems.retain(|problem| match problem.field {
        // Without one of the required settings mailcow has no button.
        _ if problem.code == Code::FieldEmpty => true,
        Some(field) => matches!(field, Field::AuthorizeUrl | Field::ClientId | Field::RedirectUrl | Field::Mappers),
        None => true,
    });
    problems
}
