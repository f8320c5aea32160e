//! Scope mappings, OAuth 2.0 providers, and what was issued to clients.

use uuid::Uuid;

use crate::authentik::time::Micros;

/// A scope mapping: claims that a scope gives.
#[derive(Clone, Debug)]
pub struct ScopeMapping {
    /// Primary key.
    pub pk: Uuid,
    /// Identifier of a mapping that authentik keeps itself.
    pub managed: Option<String>,
    /// Unique name.
    pub name: String,
    /// Expression that yields the claims.
    pub expression: String,
    /// The scope.
    pub scope_name: String,
    /// What the consent page says about it.
    pub description: String,
}

/// How a redirect URI is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchingMode {
    /// Letter by letter.
    Strict,
    /// As a regular expression that has to match the whole.
    Regex,
}

impl MatchingMode {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Regex => "regex",
        }
    }
}

/// What a redirect URI is for (2026.5 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectUse {
    /// The end of an authorization.
    Authorization,
    /// The end of a session.
    Logout,
}

impl RedirectUse {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Logout => "logout",
        }
    }
}

/// An allowed redirect URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    /// How it is compared.
    pub matching_mode: MatchingMode,
    /// The URI or the regular expression.
    pub url: String,
    /// What it is for. `None` counts as an authorization; that is how a PATCH stores it that does not say it.
    pub purpose: Option<RedirectUse>,
}

impl RedirectUri {
    /// A redirect URI that has to be equal letter by letter.
    #[must_use]
    pub fn strict(url: &str) -> Self {
        Self { matching_mode: MatchingMode::Strict, url: url.to_owned(), purpose: Some(RedirectUse::Authorization) }
    }

    /// Whether a client may be sent to `uri`.
    #[must_use]
    pub fn matches(&self, uri: &str) -> bool {
        match self.matching_mode {
            MatchingMode::Strict => self.url == uri,
            MatchingMode::Regex => regex::Regex::new(&format!("^(?:{})$", self.url)).is_ok_and(|pattern| pattern.is_match(uri)),
        }
    }
}

/// An OAuth 2.0 provider: what authentik calls the registration of one client.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Primary key.
    pub pk: i64,
    /// Unique name.
    pub name: String,
    /// Flow for signing in, if not the brand's.
    pub authentication_flow: Option<Uuid>,
    /// Flow between sign-in and code.
    pub authorization_flow: Uuid,
    /// Flow at the end of a session.
    pub invalidation_flow: Uuid,
    /// Selected scope mappings.
    pub property_mappings: Vec<Uuid>,
    /// Whether the client has no secret.
    pub is_public: bool,
    /// Client ID.
    pub client_id: String,
    /// Client secret; may be empty.
    pub client_secret: String,
    /// Life of a code, such as `minutes=1`.
    pub access_code_validity: String,
    /// Life of an access token.
    pub access_token_validity: String,
    /// Life of a refresh token.
    pub refresh_token_validity: String,
    /// Rest of its life below which a refresh token is renewed.
    pub refresh_token_threshold: String,
    /// Whether the ID token has the claims of the scopes.
    pub include_claims_in_id_token: bool,
    /// Certificate that signs tokens; without one the secret does.
    pub signing_key: Option<Uuid>,
    /// Certificate that encrypts tokens.
    pub encryption_key: Option<Uuid>,
    /// Where a client may be sent.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where the client hears of the end of a session.
    pub logout_uri: String,
    /// How: `backchannel` or `frontchannel`.
    pub logout_method: String,
    /// What `sub` is.
    pub sub_mode: String,
    /// Whether each provider has its own issuer.
    pub issuer_mode: String,
    /// Grants that are served (2026.5 and later).
    pub grant_types: Vec<String>,
}

impl Provider {
    /// A provider with the defaults of the API (docs/contract/authentik.md, section 5.1).
    #[must_use]
    pub fn new(pk: i64, client_id: String, client_secret: String) -> Self {
        Self {
            pk,
            name: String::new(),
            authentication_flow: None,
            authorization_flow: Uuid::nil(),
            invalidation_flow: Uuid::nil(),
            property_mappings: Vec::new(),
            is_public: false,
            client_id,
            client_secret,
            access_code_validity: "minutes=1".to_owned(),
            access_token_validity: "hours=1".to_owned(),
            refresh_token_validity: "days=30".to_owned(),
            refresh_token_threshold: "seconds=0".to_owned(),
            include_claims_in_id_token: true,
            signing_key: None,
            encryption_key: None,
            redirect_uris: Vec::new(),
            logout_uri: String::new(),
            logout_method: "backchannel".to_owned(),
            sub_mode: "hashed_user_id".to_owned(),
            issuer_mode: "per_provider".to_owned(),
            grant_types: Vec::new(),
        }
    }

    /// Redirect URIs for authorizations.
    pub fn authorization_uris(&self) -> impl Iterator<Item = &RedirectUri> {
        self.redirect_uris.iter().filter(|uri| uri.purpose != Some(RedirectUse::Logout))
    }

    /// Whether an authorization may end at `uri`.
    #[must_use]
    pub fn allows(&self, uri: &str) -> bool {
        self.authorization_uris().any(|allowed| allowed.matches(uri))
    }
}

/// What a user granted to a client.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The provider.
    pub provider: i64,
    /// The user.
    pub user: i64,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// `nonce` of the authorization.
    pub nonce: Option<String>,
    /// When the user signed in.
    pub auth_time: Micros,
}

/// A client's request for an authorization, checked.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The provider.
    pub provider: i64,
    /// Where the user will be sent.
    pub redirect_uri: String,
    /// What the client gets back unchanged.
    pub state: Option<String>,
    /// Scopes that the provider has a mapping for.
    pub scopes: Vec<String>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// PKCE: challenge and method.
    pub challenge: Option<(String, String)>,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub struct AuthorizationCode {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub grant: Grant,
    /// PKCE: challenge and method.
    pub challenge: Option<(String, String)>,
    /// When it ends.
    pub expires: Micros,
}

/// An access or refresh token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Primary key.
    pub pk: i64,
    /// The token.
    pub token: String,
    /// What it stands for.
    pub grant: Grant,
    /// When it ends.
    pub expires: Micros,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Claims of the ID token that was issued with it, as JSON text.
    pub id_token: String,
}
