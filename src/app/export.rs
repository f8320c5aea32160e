//! Exports the integration for other tools.

use super::{Cowbell, Error};
use crate::export::{ExportFormat, Integration, api_body, blueprint, terraform};
use crate::mailcow::{self, DEFAULT_TEMPLATE, IdentityProvider, MailcowChoice};
use crate::transport::Host;

impl<O: Host> Cowbell<O> {
    /// Returns the integration as text for another tool, without any secret. For a mailcow that was not read, it contains what a
    /// new one would get.
    ///
    /// # Errors
    /// Before a registered client was read, or when it is gone.
    pub fn export(&self, format: ExportFormat, choice: &MailcowChoice) -> Result<String, Error> {
        let registration = self.client()?;
        if format == ExportFormat::MailcowApi {
            let fresh = || {
                let default_template = choice.default_template.clone().unwrap_or_else(|| DEFAULT_TEMPLATE.to_owned());
                let choice = MailcowChoice { default_template: Some(default_template), ..choice.clone() };
                mailcow::desired(&registration, &IdentityProvider::default(), &choice)
            };
            return Ok(api_body(&self.desired(choice).unwrap_or_else(|_| fresh())));
        }
        let snapshot = self.snapshot()?;
        let provider = snapshot.provider(registration.provider).ok_or(Error::ClientMissing)?;
        let application = snapshot.application_of(provider.pk);
        let integration = Integration { snapshot: &snapshot, provider, application };
        Ok(if format == ExportFormat::Blueprint { blueprint(&integration) } else { terraform(&integration) })
    }
}
