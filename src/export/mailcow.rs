//! mailcow's side as the body of its API call (docs/contract/mailcow.md, section 4, "Recommended edit body").

use crate::mailcow::IdentityProvider;
use crate::mailcow::api::Edit;

/// The body of `POST /api/v1/edit/identity-provider`, with a placeholder for the client secret.
#[must_use]
pub fn api_body(settings: &IdentityProvider) -> String {
    let body = Edit { items: &["identity-provider"], attr: settings.without_secrets() };
    serde_json::to_string_pretty(&body).unwrap_or_default() + "\n"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "fixed values")]
mod tests {
    use super::*;
    use crate::mailcow::{MailcowChoice, desired};
    use crate::setup::example;
    use crate::wire::read;

    #[test]
    fn it_is_the_call_without_the_secret() {
        let settings = desired(&example(), &IdentityProvider::default(), &MailcowChoice::default());
        let text = api_body(&settings);
        assert!(!text.contains("dummyClientSecret"));
        let body: serde_json::Value = read(&text).unwrap();
        assert_eq!(body["items"], serde_json::json!(["identity-provider"]));
        assert_eq!(body["attr"]["client_secret"], "<client secret>");
        assert_eq!(body["attr"]["mappers"], serde_json::json!([]));
        assert_eq!(body["attr"]["login_provisioning"], "1");
    }

    /// mailcow keeps the settings of the provider that it had before, and so does Cowbell.
    #[test]
    fn the_password_of_another_type_of_provider_is_not_in_it() {
        let stored: IdentityProvider = read(r#"{"authsource":"ldap","bindpass":"dummyBindPassword"}"#).unwrap();
        let text = api_body(&desired(&example(), &stored, &MailcowChoice::default()));
        assert!(!text.contains("bindpass") && !text.contains("dummyBindPassword"), "{text}");
    }
}
