//! Removes the integration on both sides, and restores it.

use std::rc::Rc;

use super::password_form::PasswordFormAtRemoval;
use super::state::{PreviousSettings, ShownForm, ToRemove, Trash};
use super::views::{RemovalView, RemovedObject};
use super::{Cowbell, Error, Findings, Lent, MailcowSeen};
use crate::authentik::api::{Base, Object};
use crate::authentik::types::ScopeMapping;
use crate::authentik::{Operation, Resource, Snapshot, answer, explain};
use crate::mailcow::script::FillRefusal;
use crate::mailcow::{self, IdentityProvider, LoginPage, save};
use crate::plan::{ApplicationRemoval, Kind, Removal};
use crate::setup::{Disagreement, Parties, Registration, Secret, is_own_expression};
use crate::transport::{Bound, Host, Product, Work, WriteGuard, send};
use crate::verify::credentials::{Candidate, CredentialsVerdict, verify_at_authentik};
use crate::wire::RawObject;

impl Trash {
    fn is_empty(&self) -> bool {
        self.at_authentik.is_empty() && self.at_mailcow.is_none() && self.password_form.is_none()
    }
}

/// The integration to be removed.
struct Integration {
    registration: Rc<Registration>,
    authentik: Rc<Snapshot>,
    mailcow: Rc<MailcowSeen>,
}

impl Integration {
    /// Reads what its removal would remove.
    async fn to_remove(&self, host: &impl Host) -> Result<ToRemove, Error> {
        let (removal, base) = (self.removal(), self.authentik.base.clone());
        let shown = removal.show(host, &base).await?;
        let settings = self.mailcow.snapshot.provider.without_secret();
        Ok(ToRemove { base, mailcow: self.mailcow.origin.clone(), settings, removal, shown, login: None })
    }

    fn removal(&self) -> Removal {
        let Self { registration, authentik, .. } = self;
        Removal {
            application: authentik
                .application_of(registration.provider)
                .map(|application| ApplicationRemoval { slug: application.slug.clone(), pk: application.pk.clone() }),
            provider: registration.provider,
            mappings: own_mappings(authentik, registration.provider).map(|mapping| mapping.pk.clone()).collect(),
        }
    }
}

impl Integration {
    /// Checks that authentik shows all bindings: without those that it hides, the application would be open to more users after a
    /// restoration.
    fn check_bindings(&self) -> Result<(), Error> {
        let Self { registration, authentik, .. } = self;
        let is_restorable = authentik.binding_rights.sees_all || authentik.application_of(registration.provider).is_none();
        let hidden = Operation::view(Resource::Binding).permission().filter(|_| !is_restorable);
        hidden.map_or(Ok(()), |permission| Err(Error::BindingsHidden { permission }))
    }

    /// Checks that it is clear whose client mailcow has. With the same ID and a sign-in page elsewhere, that may be another authentik
    /// or another name of this one: then mailboxes may be in use although mailcow's settings seem to be of another client.
    fn check_mailcow(&self, mailcow: &MailcowSeen) -> Result<(), Error> {
        let (stored, registration) = (&mailcow.snapshot.provider, &*self.registration);
        if stored.client_id == registration.client_id && !is_of(mailcow, registration) {
            return Err(Error::of_another_authentik(stored, registration));
        }
        Ok(())
    }
}

impl<O: Host> Cowbell<O> {
    fn integration(&self) -> Result<Integration, Error> {
        let (registration, mailcow) = (self.client()?, self.seen()?);
        // The mailboxes of another mailcow say nothing about who signs in with this provider.
        match Parties::of(&registration, &mailcow.origin) {
            Err(why @ Disagreement::OtherMailcow) => Err(FillRefusal::of(why, &mailcow.origin, &registration).into()),
            _ => Ok(Integration { registration, authentik: self.snapshot()?, mailcow }),
        }
    }

    /// Reads both sides again, and lists what a removal would remove, and what a restoration would not bring back. Changes nothing.
    /// [`Self::remove_integration`] then removes this, and nothing that somebody has changed since.
    ///
    /// # Errors
    /// Before both sides were read, or when they cannot be read.
    pub async fn removal(&self) -> Result<RemovalView, Error> {
        let host = self.bound();
        self.state.borrow_mut().to_remove = None;
        let Integration { authentik, mailcow, .. } = self.integration()?;
        self.refresh(self.observe_again(&host, &authentik.base).await?);
        self.remember(MailcowSeen::new(mailcow.origin.clone(), mailcow::observe(&host, &mailcow.origin).await?));
        let integration = self.integration()?;
        integration.check_bindings()?;
        integration.check_mailcow(&integration.mailcow)?;
        let mut to_remove = integration.to_remove(&host).await?;
        let losses = to_remove.shown.losses().to_vec();
        let in_mailcow = is_of(&integration.mailcow, &integration.registration);
        let mut password_form = PasswordFormAtRemoval::Stays;
        if in_mailcow {
            (password_form, to_remove.login) = self.password_form_at_removal(&host, &to_remove.mailcow).await?;
        }
        self.state.borrow_mut().to_remove = Some(to_remove);
        let Integration { registration, authentik, .. } = integration;
        let mut objects = Vec::new();
        let mut add = |kind, name: &str| objects.push(RemovedObject { kind, name: name.to_owned() });
        if let Some(application) = authentik.application_of(registration.provider) {
            add(Kind::Application, &application.name);
        }
        add(Kind::Provider, &registration.provider_name);
        for mapping in own_mappings(&authentik, registration.provider) {
            add(Kind::ScopeMapping, &mapping.name);
        }
        Ok(RemovalView { objects, in_mailcow, losses, password_form })
    }

    /// Whether nobody could sign in at mailcow's login page without an identity provider, because its password form is hidden.
    #[must_use]
    pub fn needs_provider_to_sign_in(&self) -> bool {
        let login_page = self.seen().ok().and_then(|seen| seen.snapshot.login_page);
        login_page.is_some_and(|page| !page.has_password)
    }

    /// Shows the password form of mailcow's login page if Cowbell has hidden it, removes the identity provider in mailcow, then application, provider and our scope mapping in authentik.
    ///
    /// # Errors
    /// The reason why it ended early. Before anything is removed: [`Error::MailboxesInUse`] while a mailbox signs in with the
    /// provider, because mailcow then keeps it (docs/contract/pitfalls.md, P-34), and what somebody has changed since
    /// [`Self::removal`] has shown it (docs/contract/cases.md, S4), or [`Error::NothingObserved`] where that has shown nothing of this
    /// integration. What was removed can be restored.
    pub async fn remove_integration(&self) -> Result<(), Error> {
        let guard = self.begin(Work::Remove)?;
        let host = self.bound();
        let integration = self.integration()?;
        let Integration { registration, authentik, mailcow } = &integration;
        // What is removed has to be restorable.
        authentik.check_fields()?;
        integration.check_bindings()?;
        let now = MailcowSeen::new(mailcow.origin.clone(), mailcow::observe(&host, &mailcow.origin).await?);
        integration.check_mailcow(&now)?;
        let shown = self.state.borrow_mut().to_remove.take();
        let shown = shown.filter(|shown| shown.base == authentik.base && shown.removal.provider == registration.provider);
        let shown = shown.filter(|shown| shown.mailcow == mailcow.origin).ok_or(Error::NothingObserved)?;
        shown.shown.check(&shown.removal.show(&host, &authentik.base).await?)?;
        let fields = now.snapshot.provider.changed_since(&shown.settings);
        let was_its = shown.settings.is_of(&registration.client_id, &registration.endpoints.authorize);
        if !fields.is_empty() && (was_its || is_of(&now, registration)) {
            return Err(mailcow::Error::Changed { fields }.into());
        }
        let secret = self.secret_to_restore(&host, &integration, &now).await?;
        let removed_at_authentik;
        let removed;
        {
            let mut trash = Lent::of(&self.trash);
            if trash.base.as_ref() != Some(&authentik.base) || trash.at_authentik.is_of_another(registration.provider) {
                *trash = Trash { base: Some(authentik.base.clone()), ..Trash::default() };
            }
            if let Some(secret) = secret {
                trash.at_authentik.set_secret(secret);
            }
            removed = self.remove_both(&host, &guard, &mut trash, &integration, now, &shown).await;
            trash.at_authentik.discard_unneeded_secret();
            removed_at_authentik = !trash.at_authentik.is_empty();
        }
        if removed_at_authentik {
            // The earlier save was for a client that no longer exists.
            self.state.borrow_mut().session.previous.take_if(|previous| previous.origin == mailcow.origin);
        }
        removed
    }

    /// The client secret with which the provider could be restored, if authentik does not show it: the one that mailcow has,
    /// that this session has generated, that an earlier attempt has noted, or that mailcow had before it, if authentik accepts it
    /// (docs/contract/cases.md, H3).
    async fn secret_to_restore(
        &self,
        host: &Bound<'_, O>,
        integration: &Integration,
        now: &MailcowSeen,
    ) -> Result<Option<Secret>, Error> {
        let Integration { registration, authentik, .. } = integration;
        let provider = Object::Provider(registration.provider);
        let answer = send(host, Product::Authentik, authentik.base.read(&provider)).await;
        let shown: RawObject = match answer::read(&answer, Operation::view(Resource::Provider)) {
            Ok(shown) => shown,
            // There is nothing left to restore.
            Err(error) if error.is_gone() => return Ok(None),
            Err(error) => return Err(explain(host, &authentik.base, error).await.into()),
        };
        if shown.read::<Secret>("client_secret").is_some() {
            return Ok(None);
        }
        // A secret is tried only at the authentik that it is of (docs/contract/cases.md, S2).
        let secret_of = |provider: &IdentityProvider| {
            let is_its = provider.is_of(&registration.client_id, &registration.endpoints.authorize);
            provider.client_secret.held().filter(|_| is_its).cloned()
        };
        let token_url = &registration.endpoints.token;
        let parties = Parties::of(registration, &now.origin).map_err(|why| FillRefusal::of(why, &now.origin, registration))?;
        // mailcow may have lost it in an attempt that then stopped.
        let trash = Some(self.trash.borrow()).filter(|trash| trash.base.as_ref() == Some(&authentik.base));
        let (noted, removed) = trash.map_or((None, None), |trash| {
            let removed = trash.at_mailcow.as_ref().and_then(|previous| secret_of(&previous.settings));
            (trash.at_authentik.secret().cloned(), removed)
        });
        let generated = registration.client_secret.held().cloned();
        for client_secret in [secret_of(&now.snapshot.provider), generated, noted, removed].into_iter().flatten() {
            let candidate = Candidate { client_id: &registration.client_id, client_secret: &client_secret, token_url };
            match verify_at_authentik(host, candidate, &parties, Some(registration)).await {
                CredentialsVerdict::Right | CredentialsVerdict::GrantTypeMissing => return Ok(Some(client_secret)),
                _ => {}
            }
        }
        Err(Error::NotRestorable { provider: registration.provider_name.clone() })
    }

    async fn remove_both(
        &self,
        host: &Bound<'_, O>,
        guard: &WriteGuard,
        trash: &mut Trash,
        integration: &Integration,
        mut now: MailcowSeen,
        to_remove: &ToRemove,
    ) -> Result<(), Error> {
        let client_id = &integration.registration.client_id;
        let origin = &now.origin.clone();
        if is_of(&now, &integration.registration) {
            let count = now.snapshot.mailboxes.as_ref().map_or(0, |mailboxes| mailboxes.counts().generic_oidc);
            if count > 0 {
                return Err(Error::MailboxesInUse { count });
            }
            if let Some(login) = to_remove.login {
                // As long as the provider is there, nobody is without a way to sign in.
                let (form, shown) = self.show_for_removal(host, guard, origin, login).await;
                trash.password_form = form.or(trash.password_form.take());
                shown?;
                now = now.with_login_page(now.snapshot.login_page.map(LoginPage::with_password));
            }
            // Before the removal, because its response may get lost.
            trash.at_mailcow = Some(PreviousSettings {
                origin: origin.clone(),
                settings: now.snapshot.provider.clone(),
                left: IdentityProvider::default(),
            });
            let removed = save::remove(host, guard, origin, &now.snapshot.provider).await;
            let left = save::read_back(host, origin).await?;
            if left.client_id == *client_id {
                trash.at_mailcow = None;
                let silent = mailcow::Error::Refused { reason: "object_modified".into() };
                return Err(removed.err().unwrap_or(silent).into());
            }
            self.remember(now.with_provider(left));
        }
        let ToRemove { base, removal, shown, .. } = to_remove;
        Ok(trash.at_authentik.remove(host, guard, base, removal, shown).await?)
    }

    /// Restores what was removed in this session, first in authentik, then in mailcow. Returns whether authentik accepts the client
    /// credentials that mailcow has then.
    ///
    /// # Errors
    /// The reason why it ended early; it can be called again. [`Error::TabGone`] when the integration was removed from another
    /// authentik or mailcow than the connected ones.
    pub async fn restore_removed(&self) -> Result<Findings, Error> {
        let guard = self.begin(Work::RestoreRemoved)?;
        let host = self.bound();
        let mut trash = Lent::of(&self.trash);
        if !self.is_from_here(&trash) {
            return Err(Error::TabGone);
        }
        if let (false, Ok(snapshot)) = (trash.at_authentik.is_empty(), self.snapshot()) {
            snapshot.check_fields()?;
        }
        // Known before anything is written.
        let writable = |previous: &PreviousSettings| Ok::<_, Error>((previous.writable()?, previous.left.clone()));
        let at_mailcow = trash.at_mailcow.as_ref().map(writable).transpose()?;
        if let Trash { at_authentik, base: Some(base), .. } = &mut *trash {
            at_authentik.restore_removed(&host, &guard, base).await?;
        }
        let mut findings = Vec::new();
        if let Some((settings, left)) = &at_mailcow {
            let origin = settings.mailcow();
            let seen = self.seen().ok().filter(|seen| seen.origin == *origin);
            save::restore(&host, &guard, settings, left).await?;
            let stored = save::read_back(&host, origin).await?;
            if let Some(seen) = seen {
                self.remember(seen.with_provider(stored));
            }
            trash.at_mailcow = None;
            // Only authentik's own page may learn the secret, and only its own token endpoint can say whether it is right.
            let of = |base: &Base| Parties::opened(origin, base.origin(), &settings.token_url);
            if let (Some(client_secret), Some(parties)) = (settings.client_secret.held(), trash.base.as_ref().and_then(of)) {
                let (client_id, token_url) = (&settings.client_id, &settings.token_url);
                let candidate = Candidate { client_id, client_secret, token_url };
                findings.push(verify_at_authentik(&host, candidate, &parties, None).await.finding());
            }
        }
        if let Some(form) = &trash.password_form {
            // Somebody's own change is left, and said.
            findings.extend(self.hide_again(&host, &guard, form).await?);
            trash.password_form = None;
        }
        Ok(Findings(findings))
    }

    /// Whether something that was removed can be restored: from the connected authentik and mailcow.
    #[must_use]
    pub fn can_restore(&self) -> bool {
        let trash = self.trash.borrow();
        !trash.is_empty() && self.is_from_here(&trash)
    }

    /// Whether what was removed belongs to the connected products.
    fn is_from_here(&self, trash: &Trash) -> bool {
        let at_authentik = trash.at_authentik.is_empty() || trash.base.as_ref().is_some_and(|base| self.is_connected(base));
        let is_there = |previous: &PreviousSettings| self.seen().is_ok_and(|seen| seen.origin == previous.origin);
        let is_its = |form: &ShownForm| self.seen().is_ok_and(|seen| seen.origin == form.origin);
        at_authentik && trash.at_mailcow.as_ref().is_none_or(is_there) && trash.password_form.as_ref().is_none_or(is_its)
    }
}

/// Whether mailcow signs its users in with this client.
fn is_of(mailcow: &MailcowSeen, registration: &Registration) -> bool {
    mailcow.snapshot.provider.is_of(&registration.client_id, &registration.endpoints.authorize)
}

/// The selected scope mappings with the same expression as ours. An administrator's own mapping is not part of the integration.
fn own_mappings(snapshot: &Snapshot, provider: i64) -> impl Iterator<Item = &ScopeMapping> {
    let selected = snapshot.provider(provider).map(|found| found.property_mappings.as_slice()).unwrap_or_default();
    selected
        .iter()
        .filter_map(|pk| snapshot.mapping(pk))
        .filter(|mapping| mapping.managed.is_none() && is_own_expression(&mapping.expression))
}
