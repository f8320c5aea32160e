//! mailcow's side as the body of its API call (docs/contract/mailcow.md, section 4, "Recommended edit body").

use super::Text;
use crate::mailcow::IdentityProvider;

/// The body of `POST /api/v1/edit/identity-provider`. Where the client secret belongs there is a placeholder.
#[must_use]
pub fn api_body(settings: &IdentityProvider) -> String {
    let mut out = Text::default();
    out.add(&["{\n  \"items\": [\"identity-provider\"],\n  \"attr\": {"]);
    for (at, (name, value)) in settings.without_secrets().iter().enumerate() {
        out.add(&[if at > 0 { "," } else { "" }, "\n    "]).quoted(name).add(&[": ", &value.to_string()]);
    }
    out.add(&["\n  }\n}\n"]);
    out.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "fixed values")]
mod tests {
    use super::*;
    use crate::json::Value;
    use crate::mailcow::{MailcowChoice, wanted};
    use crate::setup::example;

    #[test]
    fn it_is_the_call_without_the_secret() {
        let settings = wanted(&example(), &IdentityProvider::default(), &MailcowChoice::default());
        let text = api_body(&settings);
        assert!(!text.contains("dummyClientSecret"));
        let body = Value::parse(&text).unwrap();
        let attr = body.get("attr").unwrap();
        assert_eq!(attr.get("client_secret").and_then(Value::as_str), Some("<client secret>"));
        assert_eq!(attr.get("mappers").and_then(Value::as_array), Some(&[][..]));
        assert_eq!(attr.get("login_provisioning").and_then(Value::as_str), Some("1"));
    }
}
