//! authentik's objects, with the fields that Cowbell reads. Unknown fields are ignored everywhere; fields that some versions lack
//! are optional (docs/contract/authentik.md, section 17).

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Attributes;
use crate::setup::{Origin, Secret, pattern};
use crate::wire::{JsonKind, Lenient, RawObject, or_default};

/// One page of a list (section 3).
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    /// Position of the page in the list.
    pub pagination: Pagination,
    /// The objects.
    pub results: Vec<T>,
}

/// Position of a page in a list.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Pagination {
    /// Objects in the whole list.
    pub count: u32,
    /// Number of pages in the size that the server chose, which may be smaller than requested.
    #[serde(deserialize_with = "number_of_pages")]
    pub total_pages: u32,
}

impl Pagination {
    /// That of a list without rows.
    pub const EMPTY: Self = Self { count: 0, total_pages: 0 };
}

fn number_of_pages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let pages = u32::deserialize(deserializer)?;
    if pages > MOST_PAGES { Err(serde::de::Error::custom("more pages than a list has")) } else { Ok(pages) }
}

/// More pages than any list has: a larger number would only exhaust the memory.
const MOST_PAGES: u32 = 100_000;

/// `core/brands/current/`.
#[derive(Debug, Deserialize)]
pub struct Brand {
    /// Host name of the brand, or whatever else its administrator has set for it.
    pub matched_domain: String,
}

/// `admin/version/`.
#[derive(Debug, Deserialize)]
pub struct RunningVersion {
    /// The running version.
    pub version_current: String,
}

/// `admin/system/`: at which address authentik believes that it is reached (docs/contract/cases.md, R14).
#[derive(Debug, Deserialize)]
pub struct System {
    /// Host with port, as the request's header names it.
    pub http_host: String,
    /// Whether it takes the request for one by https.
    pub http_is_secure: bool,
}

impl System {
    /// The origin that authentik would name in its endpoints.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        let scheme = if self.http_is_secure { "https" } else { "http" };
        Origin::of(&format!("{scheme}://{}/", self.http_host))
    }
}

/// `core/users/me/` (section 2).
#[derive(Debug, Deserialize)]
pub struct Me {
    /// The user whose permissions apply.
    pub user: SessionUser,
    /// The administrator who impersonates `user`, if any.
    pub original: Option<SessionUser>,
}

/// A signed-in user.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionUser {
    pub username: String,
    /// Whether every permission check succeeds.
    pub is_superuser: bool,
    /// Roles; `None` before 2025.12, which does not show them.
    pub roles: Option<Vec<OwnRole>>,
}

/// A role of the signed-in user.
#[derive(Clone, Debug, Deserialize)]
pub struct OwnRole {
    pub pk: String,
}

/// A permission on all objects of a kind (section 2).
#[derive(Clone, Debug, Deserialize)]
pub struct GlobalPermission {
    /// Such as `view_policybinding`.
    pub codename: String,
}

/// A scope mapping (section 4).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ScopeMapping {
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
    /// Prefix of the scope in the managed identifier of authentik's own mappings (section 4).
    pub const MANAGED: &str = "goauthentik.io/providers/oauth2/scope-";

    /// Whether it is authentik's own mapping for a scope. Matched by the managed identifier, never by name (section 4).
    #[must_use]
    pub fn is_managed(&self, scope: &str) -> bool {
        self.managed.as_deref().and_then(|id| id.strip_prefix(Self::MANAGED)) == Some(scope)
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
    /// One that has to match byte for byte.
    #[must_use]
    pub fn strict(url: String) -> Self {
        Self { matching_mode: "strict".into(), url, redirect_uri_type: None }
    }

    /// Whether authentik accepts this URI for it at sign-in; `None` for a regular expression of a form that is not known.
    #[must_use]
    pub fn accepts(&self, uri: &str) -> Option<bool> {
        match self.matching_mode.as_str() {
            _ if !self.is_for_sign_in() => Some(false),
            "strict" => Some(self.url == uri),
            "regex" => pattern::matches(&self.url, uri),
            _ => None,
        }
    }

    /// Whether it is compared byte for byte at sign-in.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.matching_mode == "strict" && self.is_for_sign_in()
    }

    /// The origin to which it leads at sign-in; of a regular expression, one whose host it spells out.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        if !self.is_expression() {
            return Origin::of(&self.url).filter(|_| self.is_strict());
        }
        let plain = self.url.trim_start_matches('^').replace('\\', "").replacen("https?:", "https:", 1);
        let (scheme, rest) = plain.split_once("://")?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | ':')).unwrap_or(rest.len());
        let origin = Origin::of(&format!("{scheme}://{}", rest[..end].trim_end_matches('.')))?;
        let (bare, with_slash) = (origin.to_string(), format!("{origin}/"));
        let is_matched = [bare, with_slash].iter().any(|uri| self.accepts(uri) == Some(true));
        (is_matched && origin.host().contains('.')).then_some(origin)
    }

    /// Whether it is a regular expression that counts at sign-in.
    #[must_use]
    pub fn is_expression(&self) -> bool {
        self.matching_mode == "regex" && self.is_for_sign_in()
    }

    /// Whether it counts at sign-in, not at sign-out.
    #[must_use]
    pub fn is_for_sign_in(&self) -> bool {
        self.redirect_uri_type.as_deref().is_none_or(|kind| kind == "authorization")
    }
}

/// An `OAuth2` provider (section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Provider {
    pub pk: i64,
    /// Unique over all providers.
    pub name: String,
    /// Primary key of the flow that signs in users who are not signed in, instead of the brand's.
    pub authentication_flow: Option<String>,
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
    /// OAuth 2.0 client secret in plain text, if the version and the permissions allow it (section 5.4).
    pub client_secret: Option<Secret>,
    /// Whether there is the key of a Secret object, which replaces the client secret in a version to come (docs/contract/newest.md,
    /// row 14).
    #[serde(rename = "secret", default, deserialize_with = "is_there")]
    pub has_secret_object: bool,
    /// Primary key of the signing key.
    pub signing_key: Option<String>,
    /// Where authentik may send the user back.
    pub redirect_uris: Vec<RedirectUri>,
    /// Allowed grant types, since 2026.5.
    pub grant_types: Option<Vec<String>>,
    /// Lifetime of access tokens, such as `hours=1`.
    #[serde(default, deserialize_with = "or_default")]
    pub access_token_validity: String,
    /// Slug of the application that uses it.
    pub assigned_application_slug: Option<String>,
    /// Whether a preview includes the claims of scopes (section 5.2); `None` where it is missing, which means that it does.
    #[serde(rename = "include_claims_in_id_token")]
    pub previews_claims: Option<bool>,
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
    /// Address of its tile; if empty, authentik derives one.
    #[serde(default, deserialize_with = "or_default")]
    pub meta_launch_url: String,
    /// Heading under which users see it.
    #[serde(default, deserialize_with = "or_default")]
    pub group: String,
    /// Whether all bindings have to authorize a user; otherwise one is enough.
    #[serde(rename = "policy_engine_mode", default, deserialize_with = "is_all")]
    pub needs_all: bool,
}

/// A flow (section 6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Flow {
    pub pk: String,
    pub slug: String,
    pub name: String,
}

/// A certificate with a private key (section 6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Certificate {
    pub pk: String,
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Group {
    pub pk: String,
    pub name: String,
    /// Groups above it, since 2025.12.
    #[serde(default, deserialize_with = "or_default")]
    pub parents: Vec<String>,
    /// The group above it, until 2025.10.
    pub parent: Option<String>,
    /// Attributes that its members inherit.
    #[serde(default, deserialize_with = "or_default")]
    pub attributes: KnownAttributes,
    /// Number of direct members.
    #[serde(rename = "users", default, deserialize_with = "length")]
    pub members: usize,
}

impl Group {
    /// Primary keys of the groups above it.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        self.parents.iter().chain(&self.parent).map(String::as_str)
    }
}

/// The attributes that Cowbell reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct KnownAttributes {
    #[serde(default)]
    pub email_verified: Verified,
    /// Whether users may change their own address, whatever the settings say (section 8); `None` where it is missing.
    #[serde(rename = "goauthentik.io/user/can-change-email", default, deserialize_with = "truth")]
    pub may_change_email: Option<bool>,
}

/// What Cowbell reads of the settings of the installation (section 8).
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Settings {
    /// Whether users may change their own address where no attribute says it.
    pub default_user_change_email: bool,
}

/// The values that the attribute `email_verified` may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verified {
    /// Missing or null.
    #[default]
    Absent,
    /// The boolean false.
    No,
    /// The boolean true: the only value that becomes a correct claim.
    Yes,
    /// A text such as `"true"`, which would become a claim of the wrong type (docs/contract/pitfalls.md, P-11).
    Text,
    /// Anything else: a number, a list, an object.
    Odd,
}

impl Verified {
    /// Classifies by the type of the value; the value itself is not kept.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match (JsonKind::of(text), text) {
            (JsonKind::Null, _) => Self::Absent,
            (JsonKind::Bool, "true") => Self::Yes,
            (JsonKind::Bool, _) => Self::No,
            (JsonKind::String, _) => Self::Text,
            _ => Self::Odd,
        }
    }
}

impl<'de> Deserialize<'de> for Verified {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|value| Self::of(value.get()))
    }
}

/// A user as it is read before a write and returned after one: with all attributes, byte for byte as authentik wrote them
/// (section 8).
#[derive(Clone, Debug, Deserialize)]
pub struct FullUser {
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
    pub pk: String,
    /// Primary key of the group that it authorizes.
    pub group: Option<String>,
    /// Primary key of the user that it authorizes. With neither, a policy decides.
    pub user: Option<i64>,
    /// Whether the result is negated.
    #[serde(default, deserialize_with = "or_default")]
    pub negate: bool,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Position in the order of evaluation.
    #[serde(default, deserialize_with = "or_default")]
    pub order: i64,
    /// Whether authentik removes it at a time that the API does not let anyone set (docs/contract/newest.md, row 4).
    #[serde(default, deserialize_with = "or_default")]
    pub expiring: bool,
}

impl Binding {
    /// Whether it authorizes its group or user to use the application, for good.
    #[must_use]
    pub fn authorizes(&self) -> bool {
        self.enabled && !self.negate && !self.expiring
    }

    /// Whether it authorizes everyone who is not its group or user.
    #[must_use]
    pub fn authorizes_others(&self) -> bool {
        self.enabled && self.negate
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

impl SetupUrls {
    /// The origin of an endpoint that is not at `own`, the origin of authentik's page; the whole text when it is no URL.
    #[must_use]
    pub fn elsewhere(&self, own: &Origin) -> Option<String> {
        let origins = [&self.authorize, &self.token, &self.user_info].map(|url| (url, Origin::of(url)));
        let (url, origin) = origins.into_iter().find(|(_, origin)| origin.as_ref() != Some(own))?;
        Some(origin.map_or_else(|| url.clone(), |origin| origin.to_string()))
    }
}

/// The claims that a client would get for a user (section 5.2).
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Preview")]
pub struct PreviewedClaims {
    /// `email`, by which mailcow finds the mailbox; `None` when it is missing or not a text.
    pub email: Option<String>,
    /// `mailcow_template`, which chooses a template.
    pub mailcow_template: Value,
}

#[derive(Deserialize)]
struct Preview {
    preview: Claims,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    email: Lenient<Option<String>>,
    #[serde(default)]
    mailcow_template: Lenient<Value>,
}

impl From<Preview> for PreviewedClaims {
    fn from(Preview { preview }: Preview) -> Self {
        Self { email: preview.email.0, mailcow_template: preview.mailcow_template.0 }
    }
}

/// Result of an access check for a user and an application (section 7).
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CheckedAccess {
    /// Whether the user may use it.
    pub passing: bool,
}

/// An entry of `used_by` (section 13).
#[derive(Clone, Debug, Deserialize)]
pub struct UsedBy {
    /// Primary key as text.
    pub pk: String,
    /// Name of the object that uses it.
    pub name: String,
}

/// The response to OPTIONS (section 2, "Permission probe").
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Options")]
pub struct Metadata {
    /// The fields for creating, which authentik lists only for users who may create.
    pub fields: Option<RawObject>,
    /// Whether the object may be changed; about a collection it says nothing.
    pub may_change: bool,
}

#[derive(Deserialize)]
struct Options {
    #[serde(default)]
    actions: Lenient<Actions>,
}

#[derive(Default, Deserialize)]
struct Actions {
    #[serde(rename = "POST", default)]
    post: Lenient<Option<RawObject>>,
    #[serde(rename = "PUT", default)]
    put: Lenient<Option<RawObject>>,
}

impl From<Options> for Metadata {
    fn from(Options { actions }: Options) -> Self {
        Self { fields: actions.0.post.0, may_change: actions.0.put.0.is_some() }
    }
}

/// Whether a value counts as true in Python, with which authentik decides.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(Some(match JsonKind::of(raw) {
        JsonKind::Null => false,
        JsonKind::Bool => raw == "true",
        JsonKind::Number => raw.parse() != Ok(0.0),
        // Empty with nothing but its two delimiters.
        _ => raw.chars().filter(|c| !c.is_ascii_whitespace()).count() > 2,
    }))
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

fn is_all<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<String>::deserialize(deserializer).map(|mode| mode.as_deref() == Some("all"))
}

fn length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    Option::<Vec<IgnoredAny>>::deserialize(deserializer).map(|items| items.unwrap_or_default().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(mode: &str, url: &str) -> RedirectUri {
        RedirectUri { matching_mode: mode.into(), ..RedirectUri::strict(url.into()) }
    }

    /// docs/contract/authentik.md, section 5.1.
    #[test]
    fn a_redirect_uri_for_sign_outs_accepts_no_sign_in() {
        for mode in ["strict", "regex"] {
            let sign_in = uri(mode, "https://mailcow.company");
            let typed = |kind: &str| RedirectUri { redirect_uri_type: Some(kind.into()), ..sign_in.clone() };
            for accepting in [sign_in.clone(), typed("authorization")] {
                assert_eq!(accepting.accepts("https://mailcow.company"), Some(true), "{accepting:?}");
            }
            assert_eq!(typed("logout").accepts("https://mailcow.company"), Some(false), "{mode}");
            assert_eq!(typed("logout").origin(), None, "{mode}");
        }
        assert_eq!(uri("newer", "https://mailcow.company").accepts("https://mailcow.company"), None);
    }

    /// The panel makes room for the pages before it asks for them: a wrong number would exhaust the memory.
    #[test]
    fn a_list_with_more_pages_than_any_has_is_not_read() {
        let is_read = |pages: u32| {
            let page = format!(r#"{{"pagination":{{"count":1,"total_pages":{pages}}},"results":[]}}"#);
            crate::wire::read::<Page<IgnoredAny>>(&page).is_ok()
        };
        assert!(is_read(1) && is_read(1_000));
        assert!(!is_read(1_000_000) && !is_read(u32::MAX));
    }

    /// Section 5.1: authentik would refuse the provider. Until 2025.10 the type has another name, and 2025.12 does not show it.
    #[test]
    fn only_rsa_and_elliptic_curves_are_offered_as_signing_keys() {
        let can_sign = |kind: &str| {
            let text = format!(r#"{{"pk":"a","name":"a"{kind}}}"#);
            crate::wire::read::<Certificate>(&text).expect("a certificate").can_sign()
        };
        for name in ["key_type", "private_key_type"] {
            assert!(can_sign(&format!(r#","{name}":"rsa""#)) && can_sign(&format!(r#","{name}":"ec""#)), "{name}");
            assert!(!can_sign(&format!(r#","{name}":"ed25519""#)), "{name}");
        }
        assert!(can_sign(""), "it is not shown");
    }

    #[test]
    fn an_expression_has_the_origin_whose_host_it_spells_out() {
        let origin = |expression: &str| uri("regex", expression).origin().map(|origin| origin.to_string());
        for expression in [r"https://mail\.company", r"^https?://mail\.company/?$", r"https://mail\.company(/.*)?"] {
            assert_eq!(origin(expression).as_deref(), Some("https://mail.company"), "{expression}");
        }
        assert_eq!(origin(r"https://mail\.company/only"), None, "it does not match its host");
        assert_eq!(origin("https://localhost"), None, "no host of the internet");
        assert_eq!(origin(r"https://.*\.company"), None);
    }
}
