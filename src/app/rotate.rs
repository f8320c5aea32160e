//! The verb that changes the client secret on both sides.

use super::{Cowbell, Findings};
use crate::authentik::answer;
use crate::authentik::api::Object;
use crate::authentik::types::Provider;
use crate::mailcow::{self, GENERIC_OIDC, save};
use crate::setup::{Registration, Secret, generate_client_secret};
use crate::transport::{Outside, Product, ask};
use crate::verify::credentials::{Pair, PairVerdict, prove_at_authentik};
use crate::verify::{Code, Finding};
use crate::wire::RawObject;

impl<O: Outside> Cowbell<O> {
    /// Gives the registered client a new secret, first at authentik, then at mailcow. Before anything changes, the stored pair is
    /// proven and mailcow has to take a save of what it has. If mailcow then does not take the new secret, authentik gets
    /// the old one back.
    ///
    /// # Errors
    /// As long as nothing has changed; what happens later is among the findings.
    pub async fn rotate_secret(&self) -> Result<Findings, Finding> {
        self.occupy()?;
        let findings = self.rotate().await;
        self.release();
        findings.map(Findings)
    }

    async fn rotate(&self) -> Result<Vec<Finding>, Finding> {
        let (registration, seen) = self.client_and_its_mailcow()?;
        let snapshot = mailcow::observe(&self.outside, &seen.origin).await?;
        let stored = snapshot.provider.clone();
        if stored.authsource != GENERIC_OIDC {
            return Err(Finding::new(Code::SettingsMissing));
        }
        if stored.client_id != registration.client_id {
            let differs = Finding::new(Code::ClientIdDiffers).with("expected", &registration.client_id);
            return Err(differs.with("provider", &registration.provider_name));
        }
        let old = stored.client_secret.clone().unwrap_or_else(|| Secret::new(String::new()));
        let proven = self.prove_secret(&registration, &old).await;
        if proven != PairVerdict::Right {
            return Err(proven.finding());
        }
        save::store(&self.outside, &seen.origin, &stored).await?;

        let new = generate_client_secret(&self.outside);
        if let Err(why) = self.set_secret(&registration, &new).await {
            if self.prove_secret(&registration, &old).await == PairVerdict::Right {
                return Err(why);
            }
            self.remember_secret(&registration, &new);
            return Ok(vec![Finding::new(Code::SecretHalfRotated), why]);
        }
        let mut wanted = stored;
        wanted.client_secret = Some(new.clone());
        let saved = save::store(&self.outside, &seen.origin, &wanted).await;
        let kept = save::read_back(&self.outside, &seen.origin).await;
        let in_force = kept.as_ref().ok().and_then(|kept| kept.client_secret.clone());
        if in_force.as_ref() == Some(&new) {
            self.remember_secret(&registration, &new);
            self.remember(&seen.origin, snapshot, wanted);
            return Ok(vec![Finding::new(Code::SecretRotated), self.prove_secret(&registration, &new).await.finding()]);
        }
        let refused = saved.as_ref().is_err_and(mailcow::Error::was_refused);
        let why = saved.err().or(kept.err()).map(|error| Finding::from(&error));
        // Unless mailcow is known to have the old secret, taking it back could end every sign-in.
        let taken_back = if refused || in_force.as_ref() == Some(&old) {
            self.set_secret(&registration, &old).await
        } else {
            Err(Finding::new(Code::MailcowNotChecked))
        };
        let outcome = if taken_back.is_ok() { Code::SecretTakenBack } else { Code::SecretHalfRotated };
        if taken_back.is_err() {
            self.remember_secret(&registration, &new);
        }
        Ok([Some(Finding::new(outcome)), why, taken_back.err()].into_iter().flatten().collect())
    }

    /// Writes the secret of the provider. An answer that got lost leaves it open whether it holds: then authentik is asked.
    async fn set_secret(&self, registration: &Registration, secret: &Secret) -> Result<(), Finding> {
        let snapshot = self.snapshot()?;
        let provider = Object::Provider(registration.provider);
        let body = RawObject::default().with("client_secret", secret.reveal());
        let answer = ask(&self.outside, Product::Authentik, snapshot.base.change(&provider, &body)).await;
        let written: Result<Provider, _> = answer::read(&answer, provider.endpoint(), provider.change_permission());
        let shown = written.as_ref().ok().and_then(|written| written.client_secret.as_ref());
        if shown == Some(secret) || self.prove_secret(registration, secret).await == PairVerdict::Right {
            return Ok(());
        }
        Err(match written {
            Err(error) => error.into(),
            Ok(written) => Finding::new(Code::ObjectNotKept).with("name", written.name).with("field", "client_secret"),
        })
    }

    async fn prove_secret(&self, registration: &Registration, secret: &Secret) -> PairVerdict {
        let token_url = &registration.endpoints.token;
        let pair = Pair { client_id: &registration.client_id, client_secret: secret, token_url };
        prove_at_authentik(&self.outside, pair, Some(registration)).await
    }

    /// What authentik has from now on: for the form, for the clipboard, and for what would be put back in mailcow.
    fn remember_secret(&self, registration: &Registration, secret: &Secret) {
        let mut state = self.state.borrow_mut();
        state.made_secret = Some((registration.client_id.clone(), secret.clone()));
        state.registration = Some(registration.with_secret(Some(secret.clone())).into());
        state.outdated = true;
        if let Some((_, former)) = &mut state.former
            && former.client_id == registration.client_id
        {
            former.client_secret = Some(secret.clone());
        }
    }
}
