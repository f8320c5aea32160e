//! authentik's objects, as far as Cowbell reads them. Unknown fields are ignored everywhere; fields that some versions lack
//! are optional (contract/authentik.md, section 17).

use serde::{Deserialize, Serialize};

use super::Attributes;
use crate::setup::Secret;

/// One page of a list (section 3).
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    /// Where in the list this page is.
    pub pagination: Pagination,
    /// The objects.
    pub results: Vec<T>,
}

/// Where in a list a page is.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Pagination {
    /// Objects in the whole list.
    pub count: u32,
    /// Pages of the size that the server chose, which may be smaller than asked for.
    #[serde(deserialize_with = "pages")]
    pub total_pages: u32,
}

/// More pages than any list has: what claims more would only fill the memory.
const MOST_PAGES: u32 = 100_000;

fn pages<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let pages = u32::deserialize(deserializer)?;
    if pages <= MOST_PAGES { Ok(pages) } else { Err(serde::de::Error::custom("too many pages")) }
}

/// `core/brands/current/`.
#[derive(Debug, Deserialize)]
pub struct Brand {
    /// Title chosen by the administrator.
    pub branding_title: String,
    /// Host name that the brand is for; only here to tell authentik from other products.
    pub matched_domain: String,
}

/// `admin/version/`.
#[derive(Debug, Deserialize)]
pub struct RunningVersion {
    /// The running version.
    pub version_current: String,
}

/// `core/users/me/` (section 2).
#[derive(Debug, Deserialize)]
pub struct Me {
    /// Whose rights are in force.
    pub user: SessionUser,
    /// Present while this person impersonates `user`.
    pub original: Option<SessionUser>,
}

/// A signed-in user.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionUser {
    /// User name.
    pub username: String,
    /// Passes every permission check.
    pub is_superuser: bool,
}

/// A scope mapping (section 4).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ScopeMapping {
    /// Primary key.
    pub pk: String,
    /// Set on mappings that authentik itself maintains.
    pub managed: Option<String>,
    /// Unique over all property mappings.
    pub name: String,
    /// The scope whose request evaluates it.
    pub scope_name: String,
    /// Python that returns claims.
    pub expression: String,
}

impl ScopeMapping {
    /// Whether it is authentik's own mapping for a scope. Matched by the managed identifier, never by name (section 4).
    #[must_use]
    pub fn is_managed(&self, scope: &str) -> bool {
        self.managed.as_deref().and_then(|id| id.strip_prefix("goauthentik.io/providers/oauth2/scope-")) == Some(scope)
    }
}

/// A redirect URI of a provider (section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectUri {
    /// `strict` or `regex`.
    pub matching_mode: String,
    /// The URI or the expression.
    pub url: String,
    /// `authorization` or `logout`, since 2026.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri_type: Option<String>,
}

impl RedirectUri {
    /// One that has to match letter by letter.
    #[must_use]
    pub fn strict(url: String) -> Self {
        Self { matching_mode: "strict".into(), url, redirect_uri_type: None }
    }

    /// Whether it is compared letter by letter at sign-in.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.matching_mode == "strict" && self.redirect_uri_type.as_deref().is_none_or(|kind| kind == "authorization")
    }
}

/// An `OAuth2` provider (section 5.1).
#[derive(Clone, Debug, Deserialize)]
pub struct Provider {
    /// Primary key.
    pub pk: i64,
    /// Unique over all providers.
    pub name: String,
    /// Primary key of the authorization flow.
    pub authorization_flow: Option<String>,
    /// Primary key of the invalidation flow.
    pub invalidation_flow: Option<String>,
    /// Primary keys of the selected mappings.
    pub property_mappings: Vec<String>,
    /// `confidential` or `public`.
    pub client_type: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// OAuth 2.0 client secret, in clear where the version and the rights give it (section 5.4).
    pub client_secret: Option<Secret>,
    /// Primary key of the signing key.
    pub signing_key: Option<String>,
    /// Where sign-ins may come back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// Allowed grant types, since 2026.5.
    pub grant_types: Option<Vec<String>>,
    /// Slug of the application that uses it.
    pub assigned_application_slug: Option<String>,
}

/// An application (section 7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Application {
    /// Primary key, the target of bindings.
    pub pk: String,
    /// Name that users see.
    pub name: String,
    /// Unique; part of the issuer's URL.
    pub slug: String,
    /// Primary key of its provider.
    pub provider: Option<i64>,
    /// Where its tile leads; empty for authentik's guess.
    #[serde(default)]
    pub meta_launch_url: String,
    /// Heading under which users see it.
    #[serde(default)]
    pub group: String,
}

/// A flow (section 6).
#[derive(Clone, Debug, Deserialize)]
pub struct Flow {
    /// Primary key.
    pub pk: String,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
}

/// A certificate with a private key (section 6).
#[derive(Clone, Debug, Deserialize)]
pub struct Certificate {
    /// Primary key.
    pub pk: String,
    /// Name.
    pub name: String,
    /// `rsa`, `ec`…, since 2026.2.
    pub key_type: Option<String>,
    /// The same, until 2025.10.
    pub private_key_type: Option<String>,
}

impl Certificate {
    /// Whether authentik can sign tokens with it: only RSA and elliptic curves (section 5.1, `signing_key`).
    #[must_use]
    pub fn can_sign(&self) -> bool {
        let kind = self.key_type.as_deref().or(self.private_key_type.as_deref());
        kind.is_none_or(|kind| matches!(kind, "rsa" | "ec"))
    }
}

/// A group (section 8).
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// Primary key.
    pub pk: String,
    /// Name.
    pub name: String,
    /// Groups above it, since 2025.12.
    #[serde(default)]
    pub parents: Vec<String>,
    /// The group above it, until 2025.10.
    pub parent: Option<String>,
    /// Attributes that its members inherit.
    #[serde(default)]
    pub attributes: KnownAttributes,
    /// Number of direct members.
    #[serde(rename = "users", default, deserialize_with = "count")]
    pub members: usize,
}

impl Group {
    /// Primary keys of the groups above it.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        self.parents.iter().chain(&self.parent).map(String::as_str)
    }
}

/// The one attribute that Cowbell looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct KnownAttributes {
    /// `email_verified`.
    #[serde(default)]
    pub email_verified: Verified,
}

/// The attribute `email_verified` as it may be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verified {
    /// There is none, or it is null.
    #[default]
    Absent,
    /// The boolean false.
    No,
    /// The boolean true: the only value that becomes a correct claim.
    Yes,
    /// A text such as `"true"`, which would become a claim of the wrong type (contract/pitfalls.md, P-11).
    Text,
    /// Anything else: a number, a list, an object.
    Odd,
}

impl<'de> Deserialize<'de> for Verified {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// What kind of JSON value it is; the value itself is not kept.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kind<'a> {
            Switch(bool),
            Nothing(()),
            #[serde(borrow)]
            Text(#[allow(dead_code, reason = "only its kind matters")] std::borrow::Cow<'a, str>),
            Other(serde::de::IgnoredAny),
        }
        Ok(match Kind::deserialize(deserializer)? {
            Kind::Switch(true) => Self::Yes,
            Kind::Switch(false) => Self::No,
            Kind::Nothing(()) => Self::Absent,
            Kind::Text(_) => Self::Text,
            Kind::Other(_) => Self::Odd,
        })
    }
}

/// How many elements a list has, without keeping them.
fn count<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    Vec::<serde::de::IgnoredAny>::deserialize(deserializer).map(|list| list.len())
}

/// A user as lists give it, with the one attribute that matters (section 8).
#[derive(Debug, Deserialize)]
pub struct ListedUser<'a> {
    /// Primary key.
    pub pk: i64,
    /// User name.
    #[serde(borrow)]
    pub username: std::borrow::Cow<'a, str>,
    /// Full name.
    #[serde(borrow)]
    pub name: std::borrow::Cow<'a, str>,
    /// E-mail address, possibly empty.
    #[serde(borrow, default)]
    pub email: std::borrow::Cow<'a, str>,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// `internal`, `external`, `service_account` or `internal_service_account`.
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    /// Primary keys of the groups that the user is directly in.
    #[serde(default, borrow)]
    pub groups: Vec<&'a str>,
    /// Attributes.
    #[serde(default)]
    pub attributes: KnownAttributes,
}

/// A user as it is read before a write and answered after one: with all attributes, exactly as authentik wrote them.
#[derive(Clone, Debug, Deserialize)]
pub struct FullUser {
    /// Primary key.
    pub pk: i64,
    /// E-mail address, possibly empty.
    #[serde(default)]
    pub email: String,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// All attributes.
    pub attributes: Attributes,
}

/// A policy binding (section 7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Binding {
    /// Primary key.
    pub pk: String,
    /// Primary key of the group that it lets in.
    pub group: Option<String>,
    /// Turns the answer round.
    #[serde(default)]
    pub negate: bool,
    /// Whether it counts.
    pub enabled: bool,
    /// Place in the order of evaluation.
    #[serde(default)]
    pub order: i64,
}

impl Binding {
    /// Whether whoever it names may use the application because of it.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.enabled && !self.negate
    }
}

/// Absolute URLs of a provider's endpoints (section 5.2).
#[derive(Clone, Debug, Deserialize)]
pub struct SetupUrls {
    /// Authorization endpoint.
    pub authorize: String,
    /// Token endpoint.
    pub token: String,
    /// User info endpoint.
    pub user_info: String,
}

/// An entry of `used_by` (section 13).
#[derive(Clone, Debug, Deserialize)]
pub struct UsedBy {
    /// Primary key as a text.
    pub pk: String,
    /// Name of the user.
    pub name: String,
}

/// The answer to OPTIONS (section 2, "Permission probe").
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// `POST` is there only for those who may create.
    #[serde(default)]
    pub actions: Actions,
}

/// Allowed actions.
#[derive(Debug, Default, Deserialize)]
pub struct Actions {
    /// Fields that may be given when creating.
    #[serde(rename = "POST")]
    pub post: Option<serde::de::IgnoredAny>,
}
