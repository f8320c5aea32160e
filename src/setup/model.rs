//! The [`Setup`]: everything that the administrator can decide, and the values derived from it.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::Origin;
use super::expression::{MAPPING_EXPRESSION, MAPPING_EXPRESSION_WITH_GROUPS, TemplateRule, template_expression};

/// Scopes that mailcow requests. `openid` and `email` are necessary, `profile` gives new mailboxes their name
/// (docs/contract/e2e.md, cases t, u, bd). `offline_access` is omitted on purpose: mailcow would redeem a refresh token at each
/// page.
pub const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// Who gets `email_verified`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Audience {
    /// Every active internal user that has an e-mail address.
    #[default]
    All,
    /// Such users in at least one of these groups or in a group below it.
    Groups {
        /// Primary keys of groups.
        groups: Vec<String>,
    },
    /// These users.
    Users {
        /// Primary keys of users.
        users: Vec<i64>,
    },
}

/// Where the attribute is set that marks a user's address as verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VerifiedBy {
    /// An attribute on each user, as in the guide: one request for each user.
    #[default]
    UserAttribute,
    /// One attribute on a group, and a mapping that includes group attributes: one request.
    GroupAttribute {
        /// Primary key of the group.
        group: String,
    },
}

impl VerifiedBy {
    /// Expression of the `email` scope mapping that reads the attribute where it is set.
    #[must_use]
    pub fn mapping_expression(&self) -> &'static str {
        match self {
            Self::UserAttribute => MAPPING_EXPRESSION,
            Self::GroupAttribute { .. } => MAPPING_EXPRESSION_WITH_GROUPS,
        }
    }
}

/// Who may use the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Access {
    /// No binding: every user who can sign in to authentik.
    Everybody,
    /// Members of at least one of these groups.
    Groups {
        /// Primary keys of groups.
        groups: Vec<String>,
    },
}

/// What the administrator wants: the integration, complete and valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The mailcow to which sign-ins return.
    pub mailcow: Origin,
    /// Additional host names of the same mailcow (`ADDITIONAL_SERVER_NAMES`).
    pub additional_hosts: Vec<Origin>,
    /// Previous host names of this mailcow: their redirect URIs are removed.
    pub previous_hosts: Vec<Origin>,
    /// Name of the application, as users see it.
    pub application_name: String,
    pub application_slug: String,
    /// Group under which authentik's user interface lists the application; empty for none.
    pub application_group: String,
    /// Address of the application's tile.
    pub launch_url: String,
    pub provider_name: String,
    /// Name of the `email` scope mapping.
    pub mapping_name: String,
    /// Primary key of the authorization flow.
    pub authorization_flow: String,
    /// Primary key of the invalidation flow.
    pub invalidation_flow: String,
    /// Primary key of the signing key; with `None`, tokens are signed with the client secret.
    pub signing_key: Option<String>,
    /// Who gets `email_verified`.
    pub audience: Audience,
    /// Where the attribute is set.
    pub verified_by: VerifiedBy,
    /// Who may use the application.
    pub access: Access,
    /// Which groups' mailboxes are created from which template; the first match counts.
    pub templates: Vec<TemplateRule>,
    /// Name of the `mailcow_template` scope mapping.
    pub template_mapping_name: String,
}

impl Setup {
    /// The redirect URIs to register in authentik: one for each host name, without path or slash, because both products compare
    /// and store them byte for byte (docs/contract/e2e.md, cases i, i2).
    #[must_use]
    pub fn redirect_uris(&self) -> Vec<String> {
        std::iter::once(&self.mailcow).chain(&self.additional_hosts).map(ToString::to_string).collect()
    }

    /// The mapping's expression, which depends on where the attribute is set.
    #[must_use]
    pub fn mapping_expression(&self) -> &'static str {
        self.verified_by.mapping_expression()
    }

    /// The expression of the `mailcow_template` mapping; `None` when templates do not depend on groups.
    #[must_use]
    pub fn template_expression(&self) -> Option<String> {
        (!self.templates.is_empty()).then(|| template_expression(&self.templates))
    }
}
