//! The controls of mailcow's Generic-OIDC form, which are also the settings of its API.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::setup::Shown;

/// A control of mailcow's Generic-OIDC form, by its `name` (docs/contract/mailcow.md, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Type of provider: selected above the form, a hidden control inside it.
    Authsource,
    AuthorizeUrl,
    TokenUrl,
    UserinfoUrl,
    /// OAuth 2.0 client identifier.
    ClientId,
    /// OAuth 2.0 client secret.
    ClientSecret,
    RedirectUrl,
    /// Additional redirect URLs, since mailcow 2025-05.
    RedirectUrlExtra,
    ClientScopes,
    /// Name of the mailbox template for users who match no mapping.
    DefaultTemplate,
    /// Values of the claim `mailcow_template`, each with a template.
    Mappers,
    /// Templates for these values, in the same order.
    Templates,
    /// "Ignore SSL Errors".
    IgnoreSslError,
    /// "Auto-create users on login", since mailcow 2025-05.
    LoginProvisioning,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 14] = [
        Self::Authsource,
        Self::AuthorizeUrl,
        Self::TokenUrl,
        Self::UserinfoUrl,
        Self::ClientId,
        Self::ClientSecret,
        Self::RedirectUrl,
        Self::RedirectUrlExtra,
        Self::ClientScopes,
        Self::DefaultTemplate,
        Self::Mappers,
        Self::Templates,
        Self::IgnoreSslError,
        Self::LoginProvisioning,
    ];

    /// Name of the control, and of the setting in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authsource => "authsource",
            Self::AuthorizeUrl => "authorize_url",
            Self::TokenUrl => "token_url",
            Self::UserinfoUrl => "userinfo_url",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::RedirectUrl => "redirect_url",
            Self::RedirectUrlExtra => "redirect_url_extra",
            Self::ClientScopes => "client_scopes",
            Self::DefaultTemplate => "default_template",
            Self::Mappers => "mappers",
            Self::Templates => "templates",
            Self::IgnoreSslError => "ignore_ssl_error",
            Self::LoginProvisioning => "login_provisioning",
        }
    }
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct FieldRow {
    pub field: Field,
    /// The current value.
    pub before: Shown,
    /// The desired value.
    pub after: Shown,
    /// Two secrets of the same length may differ.
    pub comparison: Comparison,
}

impl FieldRow {
    /// Whether the value is known to be the right one.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.comparison == Comparison::Same
    }

    /// Whether the value is known to be another one.
    #[must_use]
    pub fn is_different(&self) -> bool {
        self.comparison == Comparison::Different
    }
}

/// What is there against what should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Same,
    Different,
    /// One of them is not known. Never to be taken for [`Self::Same`].
    Unknown,
}

impl From<Option<bool>> for Comparison {
    fn from(is_same: Option<bool>) -> Self {
        match is_same {
            Some(true) => Self::Same,
            Some(false) => Self::Different,
            None => Self::Unknown,
        }
    }
}
