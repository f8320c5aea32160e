//! The verbs on mailcow's side.

use std::rc::Rc;

use super::views::{FormView, MailboxesView, MailcowView};
use super::{Cowbell, MailcowSeen};
use crate::mailcow::script::{self, Script};
use crate::mailcow::{self, Field, FormState, FormValues, IdentityProvider, MailboxCounts, MailcowChoice, form, save};
use crate::setup::{Origin, Registration, Secret};
use crate::transport::{Outside, Product};
use crate::verify::credentials::{self, Pair};
use crate::verify::{self, Code, Finding, Fix, KnownClient, check_fields, cleaned};

impl<O: Outside> Cowbell<O> {
    /// Reads the mailcow whose page this is, and compares what is stored with what is wanted.
    ///
    /// # Errors
    /// When it cannot be read or nobody may use it.
    pub async fn observe_mailcow(&self, page_url: &str, choice: &MailcowChoice) -> Result<MailcowView, Finding> {
        let origin = Origin::of(page_url).ok_or(Code::MailcowNotSignedIn)?;
        let snapshot = mailcow::observe(&self.outside, &origin).await?;
        self.state.borrow_mut().mailcow = Some(MailcowSeen::new(origin, snapshot).into());
        self.mailcow_view(choice)
    }

    /// The observed mailcow against the wanted settings, after a choice has changed.
    ///
    /// # Errors
    /// Before a mailcow was observed.
    pub fn mailcow_view(&self, choice: &MailcowChoice) -> Result<MailcowView, Finding> {
        let seen = self.seen()?;
        let snapshot = &seen.snapshot;
        let stored = &snapshot.provider;
        let mut rows = self.wanted(choice).map(|wanted| mailcow::rows(stored, &wanted, snapshot.features)).unwrap_or_default();
        rows.retain(|row| row.field != Field::ClientSecret || !seen.secret_forgotten);
        let can_restore = self.state.borrow().former.as_ref().is_some_and(|(origin, _)| *origin == seen.origin);
        Ok(MailcowView {
            address: seen.origin.to_string(),
            form_page: mailcow::api::system_page_address(&seen.origin),
            sign_in_page: mailcow::api::sign_in_address(&seen.origin),
            version: snapshot.version.to_string(),
            provider: if stored.is_configured() { stored.authsource.clone() } else { String::new() },
            templates: snapshot.template_names(),
            proposed_template: snapshot.proposed_template().map(str::to_owned),
            domains: snapshot.domains.iter().map(|domain| domain.name.clone()).collect(),
            mailboxes: snapshot.mailboxes.as_ref().map(|mailboxes| {
                let MailboxCounts { mailcow, generic_oidc, other } = mailboxes.counts();
                MailboxesView { mailcow, generic_oidc, other }
            }),
            findings: verify::mailcow::obstacles(snapshot),
            in_sync: !rows.is_empty() && rows.iter().all(|row| row.same),
            rows,
            can_restore,
        })
    }

    /// The steps that fill mailcow's form with everything that is wanted.
    ///
    /// # Errors
    /// When this page or form must not or cannot be filled.
    pub fn fill_script(&self, form: &FormState, choice: &MailcowChoice) -> Result<Script, Finding> {
        let registration = self.client()?;
        let wanted = self.wanted(choice)?;
        script::fill(&wanted, &registration, form).map_err(|refusal| Finding::from(&refusal))
    }

    /// The steps that do what a finding offers.
    ///
    /// # Errors
    /// When this page or form must not or cannot be filled.
    pub fn fix_script(&self, fix: &Fix, form: &FormState) -> Result<Script, Finding> {
        let registration = self.state.borrow().registration.clone();
        let registration = registration.as_deref();
        let values = form.values();
        let id = values.client_id.clone().unwrap_or_default();
        let secret = values.client_secret.as_ref().map_or("", Secret::reveal);
        let set = |field, value: &str| script::fill_field(field, value, registration, form);
        let script = match fix {
            Fix::SetField { field, value } => set(*field, value),
            Fix::SetRegisteredSecret => {
                let known = self.client()?.client_secret.clone().ok_or(Code::ClientMissing)?;
                set(Field::ClientSecret, known.reveal())
            }
            Fix::CleanField { field: Field::ClientSecret } => set(Field::ClientSecret, &cleaned(secret)),
            Fix::CleanField { field } => set(*field, &cleaned(values.text(*field).unwrap_or_default())),
            Fix::SwapCredentials => set(Field::ClientId, secret).and_then(|mut first| {
                let second = set(Field::ClientSecret, &id)?;
                first.steps.extend(second.steps.iter().cloned());
                Ok(first)
            }),
        };
        script.map_err(|refusal| Finding::from(&refusal))
    }

    /// Checks the form as it stands. Nothing is sent.
    #[must_use]
    pub fn check_form(&self, form: &FormState, choice: &MailcowChoice) -> FormView {
        let registration = self.state.borrow().registration.clone();
        let page = Origin::of(&form.origin);
        let values = form.values();
        let findings = check_fields(&values, registration.as_deref(), &self.other_clients(), page.as_ref());
        let rows = self.wanted(choice).map(|wanted| form::compare(&wanted, &values)).unwrap_or_default();
        FormView { findings, complete: !rows.is_empty() && rows.iter().all(|row| row.same), rows }
    }

    /// Proves the pair in the form: against the registered client, then by asking authentik from a tab that is open.
    pub async fn prove_credentials(&self, form: &FormState, tabs: &[Product]) -> Finding {
        self.prove_pair(&form.values(), Origin::of(&form.origin), tabs).await
    }

    /// Proves the pair among these values, as the page of that origin would use it.
    pub(super) async fn prove_pair(&self, values: &FormValues, page: Option<Origin>, tabs: &[Product]) -> Finding {
        let nothing = Secret::new(String::new());
        let pair = Pair {
            client_id: values.client_id.as_deref().unwrap_or_default(),
            client_secret: values.client_secret.as_ref().unwrap_or(&nothing),
            token_url: values.token_url.as_deref().unwrap_or_default(),
        };
        let registration = self.state.borrow().registration.clone();
        let known = registration.as_deref();
        let compared = known.and_then(|known| credentials::compare(pair, known));
        let verdict = match (compared, page) {
            (Some(verdict), _) if verdict != credentials::PairVerdict::Right => verdict,
            (_, _) if tabs.contains(&Product::Authentik) => credentials::prove_at_authentik(&self.outside, pair, known).await,
            (_, Some(page)) if tabs.contains(&Product::Mailcow) => {
                credentials::prove_at_mailcow(&self.outside, pair, &page, known).await
            }
            (Some(verdict), _) => verdict,
            (None, _) => credentials::PairVerdict::NotAsked,
        };
        verdict.finding()
    }

    /// Lets mailcow's server knock at the token endpoint in the form.
    ///
    /// # Errors
    /// When mailcow could not be asked.
    pub async fn test_reach(&self, form: &FormState) -> Result<Finding, Finding> {
        let origin = Origin::of(&form.origin).ok_or(Code::NothingObserved)?;
        let values = form.values();
        let url = values.token_url.as_deref().unwrap_or_default();
        let ignore = values.ignore_ssl_error.unwrap_or_default();
        Ok(verify::server_reaches(&self.outside, &origin, url, ignore).await?)
    }

    /// Stores the wanted settings through mailcow's API, reads them back and compares. What was stored before is kept for
    /// [`Self::restore_mailcow`].
    ///
    /// # Errors
    /// When mailcow refuses, or the page is not one that the client secret is for.
    pub async fn save_for_me(&self, choice: &MailcowChoice) -> Result<MailcowView, Finding> {
        let (_, seen) = self.client_and_its_mailcow()?;
        // Somebody may have saved meanwhile: what is put back later is what is there now.
        let fresh = mailcow::observe(&self.outside, &seen.origin).await?;
        self.remember(&seen.origin, fresh.clone(), fresh.provider.clone());
        let wanted = self.wanted(choice)?;
        let earlier = self.state.borrow().former.clone().filter(|(origin, _)| *origin == seen.origin);
        if earlier.is_none() {
            // Before the save: its answer may get lost.
            self.state.borrow_mut().former = Some((seen.origin.clone(), fresh.provider.clone()));
        }
        if let Err(error) = save::store(&self.outside, &seen.origin, &wanted).await {
            if error.was_refused() {
                self.state.borrow_mut().former = earlier;
            }
            return Err(Finding::from(&error));
        }
        let stored = save::read_back(&self.outside, &seen.origin).await?;
        self.remember(&seen.origin, fresh, stored);
        self.mailcow_view(choice)
    }

    /// Puts back what was stored before the first save of this session.
    ///
    /// # Errors
    /// When there is nothing to put back, or mailcow refuses.
    pub async fn restore_mailcow(&self, choice: &MailcowChoice) -> Result<MailcowView, Finding> {
        let seen = self.seen()?;
        let former = self.state.borrow().former.clone();
        let Some((origin, settings)) = former.filter(|(origin, _)| *origin == seen.origin) else {
            return Err(Finding::new(Code::NothingObserved));
        };
        save::restore(&self.outside, &origin, &settings).await?;
        self.state.borrow_mut().former = None;
        let stored = save::read_back(&self.outside, &origin).await?;
        self.remember(&origin, seen.snapshot.clone(), stored);
        self.mailcow_view(choice)
    }

    pub(super) fn remember(&self, origin: &Origin, mut snapshot: mailcow::Snapshot, provider: IdentityProvider) {
        snapshot.provider = provider;
        self.state.borrow_mut().mailcow = Some(MailcowSeen::new(origin.clone(), snapshot).into());
    }

    pub(super) fn seen(&self) -> Result<Rc<MailcowSeen>, Finding> {
        self.state.borrow().mailcow.clone().ok_or_else(|| Code::NothingObserved.into())
    }

    pub(super) fn client(&self) -> Result<Rc<Registration>, Finding> {
        self.state.borrow().registration.clone().ok_or_else(|| Code::ClientMissing.into())
    }

    /// The registered client, and the mailcow that was read last, if the client secret is for it.
    pub(super) fn client_and_its_mailcow(&self) -> Result<(Rc<Registration>, Rc<MailcowSeen>), Finding> {
        let (registration, seen) = (self.client()?, self.seen()?);
        if seen.origin.is_secure() && registration.registers_origin(&seen.origin) {
            return Ok((registration, seen));
        }
        Err(Finding::from(&script::FillRefusal::ForeignOrigin { origin: seen.origin.to_string() }))
    }

    /// The wanted settings. Without a choice, new mailboxes get the template that is proposed.
    pub(super) fn wanted(&self, choice: &MailcowChoice) -> Result<IdentityProvider, Finding> {
        let (seen, registration) = (self.seen()?, self.client()?);
        let default_template = choice.default_template.clone().or_else(|| seen.snapshot.proposed_template().map(str::to_owned));
        let choice = MailcowChoice { default_template, ..choice.clone() };
        Ok(mailcow::wanted(&registration, &seen.snapshot.provider, &choice))
    }

    pub(super) fn other_clients(&self) -> Vec<KnownClient> {
        let state = self.state.borrow();
        let own = state.registration.as_ref().map(|registration| registration.provider);
        let Some(snapshot) = &state.authentik else { return Vec::new() };
        let others = snapshot.providers.iter().filter(|provider| Some(provider.pk) != own);
        others
            .map(|provider| KnownClient { client_id: provider.client_id.clone(), provider_name: provider.name.clone() })
            .collect()
    }
}
