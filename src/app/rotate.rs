//! Rotates the client secret on both sides.

use std::rc::Rc;

use super::mailcow::Agreed;
use super::state::{Client, GeneratedSecret};
use super::{Cowbell, Error, Findings, MailcowSeen};
use crate::authentik::api::Base;
use crate::authentik::types::Provider;
use crate::authentik::{Operation, Resource, answer};
use crate::mailcow::{self, GENERIC_OIDC, save};
use crate::plan::{Kind, RunError};
use crate::setup::{ClientCredentials, ClientSecret, Parties, Registration, Secret, generate_client_secret};
use crate::transport::{Bound, Host, Product, Work, WriteGuard, send};
use crate::verify::credentials::{Candidate, CredentialsVerdict, verify_at_authentik};
use crate::verify::{Code, Finding};

/// The client whose secret is rotated, and where.
struct Rotation<'a, O> {
    host: Bound<'a, O>,
    guard: WriteGuard,
    base: Base,
    registration: Rc<Registration>,
    /// Who gets the new secret.
    parties: Parties,
    remaining: usize,
}

impl<O: Host> Cowbell<O> {
    /// Gives the registered client a new secret, first in authentik, then in mailcow. Before anything changes, the stored client
    /// credentials are verified, and mailcow has to accept a save of its current settings. If mailcow then does not accept the
    /// new secret, the old one is restored in authentik.
    ///
    /// # Errors
    /// As long as nothing has changed; later errors are among the findings.
    pub async fn rotate_secret(&self) -> Result<Findings, Error> {
        let guard = self.begin(Work::Rotate)?;
        let host = self.bound();
        let Agreed { registration, seen, parties } = self.agreed()?;
        let snapshot = self.snapshot()?;
        snapshot.check_fields()?;
        let base = snapshot.base.clone();
        let remaining = self.known_client().map_or(0, |client| client.remaining);
        let rotation = Rotation { host, guard, base, registration, parties, remaining };
        self.rotate(&rotation, &seen).await.map(Findings)
    }

    async fn rotate(&self, rotation: &Rotation<'_, O>, seen: &MailcowSeen) -> Result<Vec<Finding>, Error> {
        let Rotation { host, guard, registration, parties, .. } = rotation;
        let origin = &seen.origin;
        let now = MailcowSeen::new(origin.clone(), mailcow::observe(host, origin).await?);
        let stored = now.snapshot.provider.clone();
        if stored.authsource != GENERIC_OIDC {
            return Err(Error::SettingsMissing);
        }
        if stored.client_id != registration.client_id {
            let (expected, provider) = (registration.client_id.clone(), registration.provider_name.clone());
            return Err(Error::ClientIdDiffers { expected, provider });
        }
        // Whose client it is says more than its ID, which a look-alike can name (docs/contract/cases.md, S2).
        if !stored.is_of(&registration.client_id, &registration.endpoints.authorize) {
            return Err(Error::of_another_authentik(&stored, registration));
        }
        let old = stored.client_secret.held().cloned().unwrap_or_else(|| Secret::new(String::new()));
        let verdict = rotation.verify(&old).await;
        if verdict != CredentialsVerdict::Right {
            return Err(Error::NotVerified(verdict));
        }
        let stored = stored.unchanged(origin).map_err(Error::Unknown)?;
        save::store(host, guard, &stored, &now.snapshot.provider).await?;
        // As this version has stored them. Somebody's other settings are kept, unless they are of another client or secret.
        let left = save::read_back(host, origin).await?;
        if !left.is_of(&registration.client_id, &registration.endpoints.authorize)
            || left.client_secret.is_same(&stored.client_secret) != Some(true)
        {
            return Err(mailcow::Error::Changed { fields: left.changed_since(&stored) }.into());
        }
        let new = generate_client_secret(host);
        let rotated = left.clone().unchanged(origin).map_err(Error::Unknown)?.with_secret(new.clone(), parties);
        let rotated = rotated.ok_or_else(|| Error::of_another_authentik(&left, registration))?;

        // Before the write, because its response may get lost.
        let noted = self.journals.borrow_mut().intend_secret(&rotation.base, registration.provider, &new);
        // If it is not stored, a later panel takes the new secret for somebody's, and leaves the provider.
        let _ = host.keep(noted).await;
        if let Err(why) = rotation.set(&new).await {
            if rotation.verify(&old).await == CredentialsVerdict::Right {
                // Nothing has changed, so what was known is still valid.
                self.settle_secret(rotation, &new, false).await;
                self.keep_registration(rotation, registration.clone());
                return Err(why);
            }
            self.remember_secret(rotation, &new, &ClientSecret::Held(old));
            return Ok(vec![Finding::new(Code::SecretHalfRotated), Finding::from(&why)]);
        }
        let saved = save::store(host, guard, &rotated, &left).await;
        let kept = save::read_back(host, origin).await;
        let in_force = kept.as_ref().ok().and_then(|kept| kept.client_secret.held().cloned());
        if in_force.as_ref() == Some(&new) {
            self.settle_secret(rotation, &new, true).await;
            self.remember_secret(rotation, &new, &ClientSecret::Held(new.clone()));
            self.remember(now.with_provider((*rotated).clone()));
            return Ok(vec![Finding::new(Code::SecretRotated), rotation.verify(&new).await.finding()]);
        }
        let refused = saved.as_ref().is_err_and(mailcow::Error::was_refused);
        let why = saved.err().or(kept.err()).map(|error| Finding::from(&Error::from(error)));
        // Unless mailcow is known to have the old secret, reverting could make every sign-in fail.
        let not_restored = if refused || in_force.as_ref() == Some(&old) {
            rotation.set(&old).await.err().map(|error| Finding::from(&error))
        } else {
            Some(Finding::new(Code::MailcowNotChecked))
        };
        let outcome = if not_restored.is_none() {
            self.settle_secret(rotation, &new, false).await;
            self.keep_registration(rotation, registration.clone());
            Code::SecretRestored
        } else {
            let in_mailcow = match in_force {
                None => ClientSecret::Unknown,
                Some(secret) if secret == old => ClientSecret::Held(old),
                // If it is somebody else's, it is not Cowbell's to be replaced.
                Some(_) => ClientSecret::Held(new.clone()),
            };
            self.remember_secret(rotation, &new, &in_mailcow);
            Code::SecretHalfRotated
        };
        Ok([Some(Finding::new(outcome)), why, not_restored].into_iter().flatten().collect())
    }

    /// Notes in the journals whether authentik has the new secret, as far as that is known: until then either is Cowbell's.
    async fn settle_secret(&self, rotation: &Rotation<'_, O>, new: &Secret, in_force: bool) {
        let Rotation { host, base, registration, .. } = rotation;
        let noted = self.journals.borrow_mut().settle_secret(base, registration.provider, new, in_force);
        let _ = host.keep(noted).await;
    }

    /// Stores the secret that authentik has now: for the form, for the clipboard, and for a later restoration of mailcow's
    /// settings, which is refused unless mailcow still has what was `left` there, as far as that is known.
    fn remember_secret(&self, rotation: &Rotation<'_, O>, secret: &Secret, left: &ClientSecret) {
        let registration = &rotation.registration;
        {
            let session = &mut self.state.borrow_mut().session;
            let credentials = ClientCredentials { client_id: registration.client_id.clone(), client_secret: secret.clone() };
            session.made = Some(GeneratedSecret { authentik: rotation.base.clone(), credentials });
            let is_its = |previous: &&mut super::state::PreviousSettings| {
                previous.settings.is_of(&registration.client_id, &registration.endpoints.authorize)
            };
            if let Some(previous) = session.previous.as_mut() {
                previous.left.client_secret = left.discarded();
            }
            if let Some(previous) = session.previous.as_mut().filter(is_its) {
                previous.settings.client_secret = ClientSecret::Held(secret.clone());
            }
        }
        self.keep_registration(rotation, registration.with_secret(ClientSecret::Held(secret.clone())).into());
    }

    /// Stores the client as it is after all writes.
    fn keep_registration(&self, rotation: &Rotation<'_, O>, registration: Rc<Registration>) {
        rotation.guard.mark_answered();
        let after = self.writer.written(Product::Authentik);
        self.keep_client(&rotation.base, Client { registration, remaining: rotation.remaining }, after);
    }
}

impl<O: Host> Rotation<'_, O> {
    /// Writes the secret of the provider. If the response gets lost, the result is unknown, so the secret is verified.
    async fn set(&self, secret: &Secret) -> Result<(), Error> {
        let request = self.base.change_client_secret(&self.guard, self.registration.provider, secret, &self.parties);
        let answer = send(&self.host, Product::Authentik, request).await;
        let written: Result<Provider, _> = answer::read(&answer, Operation::change(Resource::Provider));
        let shown = written.as_ref().ok().and_then(|written| written.client_secret.as_ref());
        if shown == Some(secret) || self.verify(secret).await == CredentialsVerdict::Right {
            return Ok(());
        }
        let Provider { name, .. } = written?;
        Err(Box::new(RunError::NotKept { kind: Kind::Provider, name, field: "client_secret".into() }).into())
    }

    /// Verifies whether authentik has this secret.
    async fn verify(&self, secret: &Secret) -> CredentialsVerdict {
        let Registration { client_id, endpoints, .. } = &*self.registration;
        let candidate = Candidate { client_id, client_secret: secret, token_url: &endpoints.token };
        verify_at_authentik(&self.host, candidate, &self.parties, Some(&self.registration)).await
    }
}
