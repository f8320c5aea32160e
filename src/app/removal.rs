//! The verbs that remove the integration on both sides, and put it back.

use super::views::{RemovalView, RemovedObject};
use super::{Cowbell, State};
use crate::authentik::Snapshot;
use crate::authentik::api::Base;
use crate::authentik::types::ScopeMapping;
use crate::mailcow::{self, IdentityProvider, save};
use crate::plan::{Doomed, Kind, Removed};
use crate::setup::{Origin, is_own_expression};
use crate::transport::Outside;
use crate::verify::{Code, Finding};

/// What was removed in this session.
#[derive(Default)]
pub(super) struct Trash {
    at_authentik: Removed,
    /// Where that was: nothing goes back anywhere else.
    base: Option<Base>,
    at_mailcow: Option<(Origin, IdentityProvider)>,
}

impl<O: Outside> Cowbell<O> {
    /// What a removal would take away. Nothing is sent.
    ///
    /// # Errors
    /// Before both sides were read.
    pub fn removal(&self) -> Result<RemovalView, Finding> {
        let (registration, snapshot, seen) = (self.client()?, self.snapshot()?, self.seen()?);
        let mut objects = Vec::new();
        let mut add = |kind, name: &str| objects.push(RemovedObject { kind, name: name.to_owned() });
        if let Some(application) = snapshot.application_of(registration.provider) {
            add(Kind::Application, &application.name);
        }
        add(Kind::Provider, &registration.provider_name);
        for mapping in own_mappings(&snapshot, registration.provider) {
            add(Kind::ScopeMapping, &mapping.name);
        }
        let in_mailcow = seen.snapshot.provider.client_id == registration.client_id;
        Ok(RemovalView { objects, in_mailcow })
    }

    /// Removes the identity provider in mailcow, then application, provider and our scope mapping at authentik.
    ///
    /// # Errors
    /// Why it ended early. Before anything is removed: [`Code::MailboxesInUse`] while a mailbox signs in with the provider, because
    /// mailcow then keeps it (docs/contract/pitfalls.md, P-34). What was removed can be put back.
    pub async fn remove_integration(&self) -> Result<(), Finding> {
        self.occupy()?;
        let outcome = self.remove_both().await;
        self.release();
        outcome
    }

    async fn remove_both(&self) -> Result<(), Finding> {
        let (registration, snapshot, seen) = (self.client()?, self.snapshot()?, self.seen()?);
        let now = mailcow::observe(&self.outside, &seen.origin).await?;
        let mut trash = std::mem::take(&mut self.state.borrow_mut().trash);
        let doomed = Doomed {
            application: snapshot.application_of(registration.provider).map(|app| (app.slug.clone(), app.pk.clone())),
            provider: registration.provider,
            mappings: own_mappings(&snapshot, registration.provider).map(|mapping| mapping.pk.clone()).collect(),
        };
        if trash.base.as_ref() != Some(&snapshot.base) || trash.at_authentik.is_of_another(registration.provider) {
            trash = Trash { base: Some(snapshot.base.clone()), ..Trash::default() };
        }
        let removed = self.remove_with(&mut trash, &seen.origin, now, &registration.client_id, &doomed).await;
        let mut state = self.state.borrow_mut();
        state.trash = trash;
        if !state.trash.at_authentik.is_empty() {
            let State { registration, former, outdated, plan, .. } = &mut *state;
            (*registration, *former, *outdated, *plan) = (None, None, true, None);
        }
        removed
    }

    async fn remove_with(
        &self,
        trash: &mut Trash,
        origin: &Origin,
        now: mailcow::Snapshot,
        client_id: &str,
        doomed: &Doomed,
    ) -> Result<(), Finding> {
        if now.provider.client_id == client_id {
            let bound = now.mailboxes.as_ref().map_or(0, |mailboxes| mailboxes.counts().generic_oidc);
            if bound > 0 {
                return Err(Finding::new(Code::MailboxesInUse).with("count", bound));
            }
            // Before it is removed: its answer may get lost.
            trash.at_mailcow = Some((origin.clone(), now.provider.clone()));
            let removed = save::restore(&self.outside, origin, &IdentityProvider::default()).await;
            let left = save::read_back(&self.outside, origin).await?;
            if left.client_id == client_id {
                trash.at_mailcow = None;
                let silent = Finding::new(Code::MailcowRefused).with("reason", "object_modified");
                return Err(removed.err().map_or(silent, |error| Finding::from(&error)));
            }
            self.remember(origin, now, left);
        }
        let snapshot = self.snapshot()?;
        Ok(trash.at_authentik.remove(&self.outside, &snapshot.base, doomed).await?)
    }

    /// Makes what was removed in this session again, first at authentik, then in mailcow.
    ///
    /// # Errors
    /// Why it ended early; it can be called again.
    pub async fn put_back(&self) -> Result<(), Finding> {
        self.occupy()?;
        let mut trash = std::mem::take(&mut self.state.borrow_mut().trash);
        let outcome = self.put_back_from(&mut trash).await;
        let mut state = self.state.borrow_mut();
        state.trash = trash;
        state.outdated = true;
        state.busy = false;
        outcome
    }

    async fn put_back_from(&self, trash: &mut Trash) -> Result<(), Finding> {
        if let Some(base) = &trash.base {
            trash.at_authentik.put_back(&self.outside, base).await?;
        }
        if let Some((origin, settings)) = &trash.at_mailcow {
            save::store(&self.outside, origin, settings).await?;
            let stored = save::read_back(&self.outside, origin).await?;
            if let Ok(seen) = self.seen() {
                self.remember(origin, seen.snapshot.clone(), stored);
            }
            trash.at_mailcow = None;
        }
        Ok(())
    }

    /// Whether something that was removed can be put back.
    #[must_use]
    pub fn can_put_back(&self) -> bool {
        let state = self.state.borrow();
        !state.trash.at_authentik.is_empty() || state.trash.at_mailcow.is_some()
    }
}

/// The selected scope mappings that say what ours says. Somebody's own mapping is no part of the integration.
fn own_mappings(snapshot: &Snapshot, provider: i64) -> impl Iterator<Item = &ScopeMapping> {
    let selected = snapshot.provider(provider).map(|found| found.property_mappings.as_slice()).unwrap_or_default();
    selected
        .iter()
        .filter_map(|pk| snapshot.mapping(pk))
        .filter(|mapping| mapping.managed.is_none() && is_own_expression(&mapping.expression))
}
