//! Exports the integration as text for another tool. It contains no secret and no user: a blueprint with users would replace all
//! their attributes (docs/contract/authentik.md, section 15).

mod blueprint;
mod csv;
mod document;
mod mailcow;
mod markdown;
mod message;
mod terraform;

use crate::authentik::Snapshot;
use crate::authentik::types::{Application, Binding, Provider, ScopeMapping};
use crate::wire::quoted;

pub use blueprint::blueprint;
pub use csv::{Cell, ColumnError, Columns, csv};
pub use document::{Block, BlockKind, Inline};
pub use mailcow::api_body;
pub use markdown::markdown;
pub use message::{html, plain_text};
pub use terraform::terraform;

use serde::Deserialize;
use tsify::Tsify;

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A blueprint of authentik (docs/contract/authentik.md, section 15).
    Blueprint,
    /// Resources of Terraform's provider `goauthentik/authentik`, with imports that adopt existing objects.
    Terraform,
    /// The body of mailcow's API call `edit/identity-provider`.
    MailcowApi,
}

/// Everything that leaves Cowbell as a file. The panel's `saveFile` takes nothing else, and a test attacks each with hostile texts and
/// reads it with a reader of that format (`tests/integration/files.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SavedFile {
    /// [`blueprint()`], in YAML 1.1.
    Blueprint,
    /// [`terraform()`], in HCL.
    Terraform,
    /// [`api_body()`], in JSON.
    MailcowApi,
    /// The draft of a plan, in JSON.
    Plan,
    /// [`markdown()`]: settings of both products, and findings.
    Report,
    /// [`csv()`]: users, mailboxes, or messages for a mail merge.
    Table,
    /// [`plain_text()`]: a message for people.
    Message,
    /// [`html()`]: the same as a document.
    HtmlMessage,
}

/// The integration as authentik has stored it.
#[derive(Clone, Copy)]
pub struct Integration<'a> {
    /// For the names of flows, keys and groups.
    pub snapshot: &'a Snapshot,
    /// The `OAuth2` provider.
    pub provider: &'a Provider,
    /// Its application, if there is one.
    pub application: Option<&'a Application>,
}

impl<'a> Integration<'a> {
    /// The selected scope mappings, in the provider's order.
    fn mappings(&self) -> impl Iterator<Item = &'a ScopeMapping> {
        self.provider.property_mappings.iter().filter_map(|pk| self.snapshot.mapping(pk))
    }

    /// The bindings that let groups use the application, with the names of the groups.
    fn group_bindings(&self) -> Vec<(Binding, &'a str)> {
        let bindings = self.application.and_then(|application| self.snapshot.bindings_of(&application.pk));
        let mut found = Vec::new();
        for binding in bindings.as_deref().unwrap_or_default() {
            if let Some(group) = self.snapshot.groups.iter().find(|group| Some(&group.pk) == binding.group.as_ref()) {
                found.push((binding.clone(), group.name.as_str()));
            }
        }
        found
    }

    /// Whether one binding is enough, or all have to authorize a user.
    fn policy_engine_mode(&self) -> &'static str {
        if self.application.is_some_and(|application| application.needs_all) { "all" } else { "any" }
    }

    /// A comment about bindings of users or policies, which the export omits; empty when there are none. Without them the
    /// application authorizes more or fewer users.
    fn left_out(&self) -> String {
        let bindings = self.application.and_then(|application| self.snapshot.bindings_of(&application.pk)).unwrap_or_default();
        match bindings.len() - self.group_bindings().len() {
            0 => String::new(),
            count => {
                ["# Bindings of the application to users, policies or unknown groups are not in here: ", &count.to_string(), "\n"]
                    .concat()
            }
        }
    }

    /// Field and value that identify the provider's two flows: the slug, or the primary key of a flow that is not visible.
    fn flows(&self) -> [(&'static str, [&'a str; 2]); 2] {
        let found = |pk: &'a Option<String>, among: &'a [crate::authentik::types::Flow]| {
            let pk = pk.as_deref().unwrap_or_default();
            among.iter().find(|flow| flow.pk == pk).map_or(["pk", pk], |flow| ["slug", &flow.slug])
        };
        [
            ("authorization_flow", found(&self.provider.authorization_flow, &self.snapshot.authorization_flows)),
            ("invalidation_flow", found(&self.provider.invalidation_flow, &self.snapshot.invalidation_flows)),
        ]
    }

    /// Field and value that identify the signing key.
    fn signing_key(&self) -> Option<[&'a str; 2]> {
        let pk = self.provider.signing_key.as_deref()?;
        Some(self.snapshot.certificates.iter().find(|key| key.pk == pk).map_or(["pk", pk], |key| ["name", &key.name]))
    }
}

/// A text that is built piece by piece.
#[derive(Default)]
struct Text(String);

impl Text {
    fn add(&mut self, pieces: &[&str]) -> &mut Self {
        for piece in pieces {
            self.0.push_str(piece);
        }
        self
    }

    /// A text in quotes.
    fn quoted(&mut self, text: &str) -> &mut Self {
        self.add(&[&quoted(text)])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "fixed values")]
mod tests {
    use super::*;
    use crate::authentik::api::Base;
    use crate::authentik::types::{Group, KnownAttributes, RedirectUri};
    use crate::setup::{MAPPING_EXPRESSION, Secret};

    /// A complete integration with names that need escaping.
    pub(super) fn example(check: impl FnOnce(Integration<'_>)) {
        let mut snapshot = Snapshot::stock(Base::typed("authentik.company").unwrap().0);
        let email = ScopeMapping {
            pk: "e0000000-0000-0000-0000-000000000001".into(),
            managed: None,
            name: "mailcow: \"verified\" ${e-mail}".into(),
            scope_name: "email".into(),
            expression: MAPPING_EXPRESSION.into(),
        };
        let managed = |scope: &str| snapshot.managed_mapping(scope).unwrap().pk.clone();
        let provider = Provider {
            pk: 7,
            name: "Provider for mailcow".into(),
            authorization_flow: Some(snapshot.authorization_flows[0].pk.clone()),
            invalidation_flow: Some("f0000000-0000-0000-0000-000000000001".into()),
            property_mappings: vec![managed("openid"), managed("profile"), email.pk.clone()],
            client_type: "confidential".into(),
            client_id: "mailcowClientId".into(),
            client_secret: Some(Secret::new("CANARY".into())),
            signing_key: snapshot.certificates.first().map(|key| key.pk.clone()),
            redirect_uris: vec![RedirectUri {
                redirect_uri_type: Some("authorization".into()),
                ..RedirectUri::strict("https://mailcow.company".into())
            }],
            grant_types: Some(vec!["authorization_code".into()]),
            access_token_validity: String::new(),
            assigned_application_slug: None,
            authentication_flow: None,
            has_secret_object: false,
            previews_claims: Some(true),
        };
        let application = Application {
            pk: "a0000000-0000-0000-0000-000000000001".into(),
            name: "mailcow".into(),
            slug: "mailcow".into(),
            provider: Some(7),
            meta_launch_url: "https://mailcow.company/?iam_sso=1".into(),
            group: String::new(),
            needs_all: true,
        };
        snapshot.mappings.push(email);
        snapshot.groups.push(Group {
            pk: "g0000000-0000-0000-0000-000000000001".into(),
            name: "Sales: \"north\"".into(),
            parents: Vec::new(),
            parent: None,
            attributes: KnownAttributes::default(),
            members: 3,
        });
        let binding = Binding {
            pk: "b0000000-0000-0000-0000-000000000001".into(),
            group: Some(snapshot.groups[0].pk.clone()),
            user: None,
            negate: true,
            enabled: true,
            order: 0,
            expiring: false,
        };
        let of_user = Binding { pk: String::new(), group: None, user: Some(4), ..binding.clone() };
        snapshot.add_bindings(application.pk.clone(), vec![binding, of_user]);
        check(Integration { snapshot: &snapshot, provider: &provider, application: Some(&application) });
    }

    #[test]
    fn no_secret_is_handed_over() {
        example(|integration| {
            for text in [blueprint(&integration), terraform(&integration)] {
                assert!(!text.contains("CANARY"));
                assert!(!text.contains("client_secret"), "{text}");
            }
        });
    }
}
