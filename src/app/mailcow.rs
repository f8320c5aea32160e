//! What the panel can do with mailcow.

use std::rc::Rc;

use super::error::gone;
use super::state::PreviousSettings;
use super::views::{FormView, MailboxesView, MailcowView};
use super::{Cowbell, Error, MailcowSeen, Readings};
use crate::authentik::Snapshot;
use crate::mailcow::script::{self, FillRefusal, Script};
use crate::mailcow::{self, Field, FieldRow, FormState, FormValues, IdentityProvider, MailboxCounts, MailcowChoice, form, save};
use crate::setup::{ClientSecret, Origin, Parties, Registration, Secret, TokenEndpoint};
use crate::transport::{Bound, Host, Product, Work};
use crate::verify::credentials::{self, Candidate, CredentialsVerdict};
use crate::verify::{self, Finding, Fix, OtherClient, check_fields, cleaned};

/// A registered client, the mailcow that it is for as it was last read, and who may have its secret.
pub(super) struct Agreed {
    pub(super) registration: Rc<Registration>,
    pub(super) seen: Rc<MailcowSeen>,
    pub(super) parties: Parties,
}

impl<O: Host> Cowbell<O> {
    /// Reads the mailcow to which this page belongs, compares its stored settings with the desired ones, and connects it.
    ///
    /// # Errors
    /// When it cannot be read, for example because no administrator is signed in, or when the tab shows another page meanwhile.
    pub async fn observe_mailcow(&self, page_url: &str, choice: &MailcowChoice) -> Result<MailcowView, Error> {
        let host = self.bound();
        let origin = Origin::of(page_url).ok_or(mailcow::Error::NotSignedIn)?;
        let snapshot = loop {
            let written = self.writer.written(Product::Mailcow);
            let snapshot = mailcow::observe(&host, &origin).await?;
            host.still(Product::Mailcow).map_err(gone)?;
            // What a run has written may be missing: one that goes on will read it back, one that has ended meanwhile has done so.
            if self.writing().is_some() || self.writer.written(Product::Mailcow) == written {
                break snapshot;
            }
        };
        let seen = Rc::new(MailcowSeen::new(origin, snapshot));
        self.connect_mailcow(seen.clone());
        if self.writing().is_none() {
            self.forget_shown_form(&host, &seen).await;
        }
        self.prove_client(&host).await;
        self.mailcow_view(choice)
    }

    /// The observed mailcow compared with the desired settings, after a choice has changed.
    ///
    /// # Errors
    /// Before a mailcow was observed.
    pub fn mailcow_view(&self, choice: &MailcowChoice) -> Result<MailcowView, Error> {
        Ok(self.view_of(&*self.seen()?, self.client().ok().as_deref(), choice))
    }

    /// Compares a mailcow with what a client needs.
    fn view_of(&self, seen: &MailcowSeen, registration: Option<&Registration>, choice: &MailcowChoice) -> MailcowView {
        let snapshot = &seen.snapshot;
        let stored = &snapshot.provider;
        let desired = registration.map(|registration| desired(seen, registration, choice));
        let templates = verify::mailcow::templates(snapshot, desired.as_ref().unwrap_or(stored));
        let rows = desired.map(|desired| mailcow::rows(stored, &desired, snapshot.features)).unwrap_or_default();
        let can_restore = self.state.borrow().session.previous.as_ref().is_some_and(|previous| previous.origin == seen.origin);
        MailcowView {
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
            findings: [verify::mailcow::obstacles(snapshot), templates].concat(),
            in_sync: !rows.is_empty() && rows.iter().all(FieldRow::is_same),
            secret_not_compared: !rows.iter().any(FieldRow::is_different) && !rows.iter().all(FieldRow::is_same),
            rows,
            can_restore,
        }
    }

    /// The steps that fill in mailcow's form completely.
    ///
    /// # Errors
    /// When this page or form must not or cannot be filled in.
    pub fn fill_script(&self, form: &FormState, choice: &MailcowChoice) -> Result<Script, Error> {
        let registration = self.client()?;
        let desired = self.desired(choice)?;
        let values = form.values();
        if desired.client_secret.held().is_none() && !self.is_of_client(&values, &registration) {
            return Err(Error::Unknown(Field::ClientSecret));
        }
        Ok(script::fill(&desired, &registration, form)?)
    }

    /// Whether the secret in the form may be that of the client: it is in there beside its ID and the address of its
    /// authentik, or the administrator has entered it.
    fn is_of_client(&self, values: &FormValues, registration: &Registration) -> bool {
        let Some(secret) = values.client_secret.clone().filter(|secret| !secret.is_empty()) else { return false };
        let entered = ClientSecret::Held(secret);
        let is_new = self.seen().is_ok_and(|seen| seen.snapshot.provider.client_secret.is_same(&entered) == Some(false));
        let authentik = Origin::of(&registration.endpoints.authorize);
        let is_beside_its_id = values.client_id.as_deref() == Some(&registration.client_id)
            && authentik.is_some_and(|origin| values.text(Field::AuthorizeUrl).and_then(Origin::of) == Some(origin));
        registration.client_secret.is_same(&entered) != Some(false) && (is_beside_its_id || is_new)
    }

    /// The steps that apply the fix of a finding.
    ///
    /// # Errors
    /// When this page or form must not or cannot be filled in.
    pub fn fix_script(&self, fix: &Fix, form: &FormState) -> Result<Script, Error> {
        let registration = self.client().ok();
        let registration = registration.as_deref();
        let values = form.values();
        let id = values.client_id.clone().unwrap_or_default();
        let secret = values.client_secret.as_ref().map_or("", Secret::reveal);
        let set = |field, value: &str| script::fill_field(field, value, registration, form);
        let script = match fix {
            Fix::SetField { field, value } => set(*field, value),
            Fix::SetRegisteredSecret => {
                let client = self.client()?;
                let known = client.client_secret.held().ok_or(Error::Unknown(Field::ClientSecret))?;
                set(Field::ClientSecret, known.reveal())
            }
            Fix::CleanField { field: Field::ClientSecret } => set(Field::ClientSecret, &cleaned(secret)),
            Fix::CleanField { field } => set(*field, &cleaned(values.text(*field).unwrap_or_default())),
            Fix::SwapCredentials => set(Field::ClientId, secret).and_then(|mut first| {
                let second = set(Field::ClientSecret, &id)?;
                first.steps.extend(second.steps.iter().cloned());
                Ok(first)
            }),
            // See [`Self::accept_endpoint`].
            Fix::TestAt { .. } => Ok(Script::default()),
        };
        Ok(script?)
    }

    /// Checks the form as it is. Sends nothing.
    #[must_use]
    pub fn check_form(&self, form: &FormState, choice: &MailcowChoice) -> FormView {
        let registration = self.client().ok();
        let others = self.snapshot().map(|snapshot| other_clients(&snapshot, registration.as_deref())).unwrap_or_default();
        let page = Origin::of(&form.origin);
        let values = form.values();
        let findings = check_fields(&values, registration.as_deref(), &others, page.as_ref());
        let rows = self.desired(choice).map(|desired| form::compare(&desired, &values)).unwrap_or_default();
        FormView::new(findings, rows)
    }

    /// The same for a form whose client secret was discarded: `secret` is what is left of it.
    #[must_use]
    pub(crate) fn check_form_without_secret(&self, form: &FormState, secret: &ClientSecret, choice: &MailcowChoice) -> FormView {
        let FormView { findings, mut rows, .. } = self.check_form(form, choice);
        if let Some(row) = rows.iter_mut().find(|row| row.field == Field::ClientSecret) {
            row.comparison = self.desired(choice).ok().and_then(|desired| desired.client_secret.is_same(secret)).into();
        }
        FormView::new(findings, rows)
    }

    /// Verifies the client credentials in the form: against the registered client, then by a request to authentik from a live
    /// page.
    pub async fn verify_credentials(&self, form: &FormState) -> CredentialsVerdict {
        let host = self.bound();
        let registration = self.client().ok();
        let Some(page) = Origin::of(&form.origin) else { return CredentialsVerdict::NotAsked };
        let values = form.values();
        let parties = self.parties_of(&page, values.token_url.as_deref().unwrap_or_default());
        verify_credentials(&host, &values, parties.as_ref(), registration.as_deref()).await
    }

    /// Believes the administrator that the secret in this page's form may be tested at this token endpoint, until another one is
    /// named.
    pub fn accept_endpoint(&self, form: &FormState, token_url: &str) {
        let page = Origin::of(&form.origin);
        self.state.borrow_mut().session.accepted = page.and_then(|page| Parties::accepted(&page, token_url));
    }

    /// Tests whether mailcow's server reaches the token endpoint in the form.
    ///
    /// # Errors
    /// When mailcow does not answer the request.
    pub async fn test_reach(&self, form: &FormState) -> Result<Finding, Error> {
        let host = self.bound();
        let origin = Origin::of(&form.origin).ok_or(Error::NothingObserved)?;
        let values = form.values();
        let url = values.token_url.as_deref().unwrap_or_default();
        let ignore = values.ignore_ssl_error.unwrap_or_default();
        Ok(verify::server_reaches(&host, &origin, url, ignore).await?)
    }

    /// Saves the desired settings through mailcow's API, reads them back and compares. What was stored before is kept for
    /// [`Self::restore_mailcow`].
    ///
    /// # Errors
    /// [`Error::Unknown`] when something that a sign-in needs is not known, above all the client secret. [`mailcow::Error::Changed`]
    /// when someone has changed the settings since they were shown; then the new ones are shown. When mailcow refuses, or the page
    /// is not one that the client secret is for.
    pub async fn save_for_me(&self, choice: &MailcowChoice) -> Result<MailcowView, Error> {
        let guard = self.begin(Work::Save)?;
        let host = self.bound();
        let Agreed { registration, seen, parties } = self.agreed()?;
        let fresh = MailcowSeen::new(seen.origin.clone(), mailcow::observe(&host, &seen.origin).await?);
        let desired = desired(&fresh, &registration, choice).complete(&fresh.snapshot.provider, &parties).map_err(Error::Unknown);
        let fresh = self.remember(fresh);
        let fields = fresh.snapshot.provider.changed_since(&seen.snapshot.provider);
        if !fields.is_empty() {
            return Err(mailcow::Error::Changed { fields }.into());
        }
        let desired = desired?;
        let earlier = self.state.borrow().session.previous.clone().filter(|previous| previous.origin == fresh.origin);
        let settings = match &earlier {
            Some(earlier) if earlier.is_unchanged(&fresh.snapshot.provider) => earlier.settings.clone(),
            _ => fresh.snapshot.provider.clone(),
        };
        // Before the save, because its response may get lost.
        let previous = PreviousSettings { origin: fresh.origin.clone(), settings, left: desired.without_secret() };
        self.state.borrow_mut().session.previous = Some(previous);
        if let Err(error) = save::store(&host, &guard, &desired, &fresh.snapshot.provider).await {
            if error.was_refused() {
                self.state.borrow_mut().session.previous = earlier;
            }
            return Err(error.into());
        }
        let stored = save::read_back(&host, &fresh.origin).await?;
        // As this version has stored them, unless somebody has saved others by now.
        if !mailcow::rows(&stored, &desired, fresh.snapshot.features).iter().any(FieldRow::is_different) {
            self.state.borrow_mut().session.previous.iter_mut().for_each(|previous| previous.left = stored.without_secret());
        }
        let stored = self.remember(fresh.with_provider(stored));
        Ok(self.view_of(&stored, Some(&registration), choice))
    }

    /// Origin where mailcow's users sign in so far, if a save would lead them elsewhere.
    #[must_use]
    pub fn left_by_save(&self) -> Option<String> {
        let Agreed { registration, seen, .. } = self.agreed().ok()?;
        let stored = Origin::of(&seen.snapshot.provider.authorize_url)?;
        (Origin::of(&registration.endpoints.authorize)? != stored).then(|| stored.to_string())
    }

    /// Origins of whoever else signs users in as the registered client: they would need its new secret, too.
    #[must_use]
    pub fn others_with_client(&self) -> Vec<String> {
        let client = self.client().ok();
        client.iter().flat_map(|client| client.other_hosts()).map(|origin| origin.to_string()).collect()
    }

    /// Restores what was stored before the first save of this session.
    ///
    /// # Errors
    /// When there is nothing to restore, or mailcow refuses. [`mailcow::Error::Changed`] when someone has changed what Cowbell left.
    pub async fn restore_mailcow(&self, choice: &MailcowChoice) -> Result<MailcowView, Error> {
        let guard = self.begin(Work::Restore)?;
        let host = self.bound();
        let (registration, seen) = (self.client().ok(), self.seen()?);
        let previous = self.state.borrow().session.previous.clone();
        let previous = previous.filter(|previous| previous.origin == seen.origin).ok_or(Error::NothingObserved)?;
        save::restore(&host, &guard, &previous.writable()?, &previous.left).await?;
        self.state.borrow_mut().session.previous.take_if(|known| known.origin == previous.origin);
        let stored = save::read_back(&host, &previous.origin).await?;
        let stored = self.remember(seen.with_provider(stored));
        Ok(self.view_of(&stored, registration.as_deref(), choice))
    }

    /// Whether there was no identity provider in mailcow before, so that restoring the previous settings removes it.
    #[must_use]
    pub fn restores_no_provider(&self) -> bool {
        self.state.borrow().session.previous.as_ref().is_some_and(|previous| !previous.settings.is_configured())
    }

    fn connect_mailcow(&self, seen: Rc<MailcowSeen>) {
        Readings::count(&self.readings.mailcow);
        self.state.borrow_mut().mailcow = Some(seen);
    }

    /// Stores the snapshot of a mailcow, unless another one was connected meanwhile; returns it in either case.
    pub(super) fn remember(&self, seen: MailcowSeen) -> Rc<MailcowSeen> {
        let seen = Rc::new(seen);
        if self.seen().is_ok_and(|connected| connected.origin == seen.origin) {
            self.connect_mailcow(seen.clone());
        }
        seen
    }

    pub(super) fn seen(&self) -> Result<Rc<MailcowSeen>, Error> {
        self.state.borrow().mailcow.clone().ok_or(Error::NothingObserved)
    }

    pub(super) fn client(&self) -> Result<Rc<Registration>, Error> {
        self.known_client().map(|client| client.registration.clone()).ok_or(Error::ClientMissing)
    }

    /// The registered client and the last snapshot of mailcow, if the client secret is for that mailcow.
    pub(super) fn agreed(&self) -> Result<Agreed, Error> {
        let (registration, seen) = (self.client()?, self.seen()?);
        let refused = |why| FillRefusal::of(why, &seen.origin, &registration);
        let parties = Parties::of(&registration, &seen.origin).map_err(refused)?;
        Ok(Agreed { registration, seen, parties })
    }

    /// Whether the mailcow that was read is another one than that of the registered client, so that it may be a look-alike.
    #[must_use]
    pub fn is_another_mailcow(&self) -> bool {
        self.client().is_ok() && self.seen().is_ok() && self.agreed().is_err()
    }

    /// The mailcow of this page and the authentik of this token endpoint, if Cowbell has reason to believe that they share a secret:
    /// authentik has registered it, mailcow has stored it, or the administrator has opened both or said so.
    fn parties_of(&self, page: &Origin, token_url: &str) -> Option<Parties> {
        let registered = self.agreed().ok().map(|agreed| agreed.parties);
        let stored = self.seen().ok().and_then(|seen| seen.parties());
        let opened = self.snapshot().ok().and_then(|snapshot| Parties::opened(page, snapshot.base.origin(), token_url));
        let accepted = self.state.borrow().session.accepted.clone();
        [registered, stored, opened, accepted]
            .into_iter()
            .flatten()
            .find(|parties| parties.mailcow() == page && parties.have_endpoint(token_url))
    }

    /// The desired settings.
    pub(super) fn desired(&self, choice: &MailcowChoice) -> Result<IdentityProvider, Error> {
        Ok(desired(&*self.seen()?, &*self.client()?, choice))
    }
}

/// What a mailcow has to store for a client. Without a choice, new mailboxes get the proposed template.
pub(super) fn desired(seen: &MailcowSeen, registration: &Registration, choice: &MailcowChoice) -> IdentityProvider {
    let default_template = choice.default_template.clone().or_else(|| seen.snapshot.proposed_template().map(str::to_owned));
    let choice = MailcowChoice { default_template, ..choice.clone() };
    mailcow::desired(registration, &seen.snapshot.provider, &choice)
}

/// Verifies the client credentials among these values, from the page of one of the parties.
async fn verify_credentials<O: Host>(
    host: &Bound<'_, O>,
    values: &FormValues,
    parties: Option<&Parties>,
    known: Option<&Registration>,
) -> CredentialsVerdict {
    let nothing = Secret::new(String::new());
    let candidate = Candidate {
        client_id: values.client_id.as_deref().unwrap_or_default(),
        client_secret: values.client_secret.as_ref().unwrap_or(&nothing),
        token_url: values.token_url.as_deref().unwrap_or_default(),
    };
    let compared = known.and_then(|known| credentials::compare(candidate, known));
    match (compared, parties) {
        (Some(verdict), _) if verdict != CredentialsVerdict::Right => verdict,
        (_, Some(parties)) if host.is_at(Product::Authentik, parties.token_endpoint().origin()) => {
            credentials::verify_at_authentik(host, candidate, parties, known).await
        }
        (_, Some(parties)) if host.is_at(Product::Mailcow, parties.mailcow()) => {
            credentials::verify_at_mailcow(host, candidate, parties, known).await
        }
        (Some(verdict), Some(_)) => verdict,
        (None, None) => TokenEndpoint::of(candidate.token_url)
            .map_or(CredentialsVerdict::NotAsked, |endpoint| CredentialsVerdict::UnknownEndpoint { endpoint }),
        (None, Some(_)) | (Some(_), None) => CredentialsVerdict::NotAsked,
    }
}

/// Verifies the client credentials that a mailcow has stored.
pub(super) async fn verify_stored<O: Host>(
    host: &Bound<'_, O>,
    seen: &MailcowSeen,
    known: Option<&Registration>,
) -> CredentialsVerdict {
    verify_credentials(host, &FormValues::stored(&seen.snapshot), seen.parties().as_ref(), known).await
}

/// The clients of an authentik that belong to other integrations.
pub(super) fn other_clients(snapshot: &Snapshot, own: Option<&Registration>) -> Vec<OtherClient> {
    let own = own.map(|registration| registration.provider);
    let others = snapshot.providers.iter().filter(|provider| Some(provider.pk) != own);
    others.map(|provider| OtherClient { client_id: provider.client_id.clone(), provider_name: provider.name.clone() }).collect()
}
