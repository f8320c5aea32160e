//! authentik's objects, as far as Cowbell reads them. Unknown fields are ignored everywhere; fields that some versions lack
//! are optional (contract/authentik.md, section 17).

use super::Attributes;
use crate::json::{self, Fields, FromJson, Reader, Value, WrongShape};
use crate::setup::Secret;

/// One page of a list (section 3).
#[derive(Debug)]
pub struct Page<T> {
    /// Where in the list this page is.
    pub pagination: Pagination,
    /// The objects.
    pub results: Vec<T>,
}

impl<T: FromJson> FromJson for Page<T> {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { pagination: fields.get("pagination")?, results: fields.need("results") })
    }
}

/// Where in a list a page is.
#[derive(Clone, Copy, Debug)]
pub struct Pagination {
    /// Objects in the whole list.
    pub count: u32,
    /// Pages of the size that the server chose, which may be smaller than asked for.
    pub total_pages: u32,
}

impl Pagination {
    /// Reads a page without a tree; `object` has to read each of its objects.
    ///
    /// # Errors
    /// When it is no page, or `object` says so.
    pub fn read(
        page: &mut Reader<'_>,
        object: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), WrongShape>,
    ) -> Result<Self, WrongShape> {
        let mut pagination = None;
        let mut objects = false;
        page.object(&mut |name, page| match name {
            "pagination" => {
                pagination = Some(Self::from_json(&page.value()?)?);
                Ok(())
            }
            "results" => {
                objects = true;
                page.array(object)
            }
            _ => page.raw().map(drop),
        })?;
        pagination.filter(|_| objects).ok_or(WrongShape)
    }
}

impl FromJson for Pagination {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        let total_pages = fields.get("total_pages")?;
        if total_pages > MOST_PAGES {
            return Err(WrongShape);
        }
        Ok(Self { count: fields.get("count")?, total_pages })
    }
}

/// More pages than any list has: what claims more would only fill the memory.
const MOST_PAGES: u32 = 100_000;

/// `core/brands/current/`.
#[derive(Debug)]
pub struct Brand {
    /// Title chosen by the administrator.
    pub branding_title: String,
    /// Host name that the brand is for; only here to tell authentik from other products.
    pub matched_domain: String,
}

impl FromJson for Brand {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { branding_title: fields.need("branding_title"), matched_domain: fields.need("matched_domain") })
    }
}

/// `admin/version/`.
#[derive(Debug)]
pub struct RunningVersion {
    /// The running version.
    pub version_current: String,
}

impl FromJson for RunningVersion {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { version_current: fields.need("version_current") })
    }
}

/// `core/users/me/` (section 2).
#[derive(Debug)]
pub struct Me {
    /// Whose rights are in force.
    pub user: SessionUser,
    /// Present while this person impersonates `user`.
    pub original: Option<SessionUser>,
}

impl FromJson for Me {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { user: fields.get("user")?, original: fields.need("original") })
    }
}

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct SessionUser {
    /// User name.
    pub username: String,
    /// Passes every permission check.
    pub is_superuser: bool,
}

impl FromJson for SessionUser {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { username: fields.need("username"), is_superuser: fields.need("is_superuser") })
    }
}

/// A scope mapping (section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl FromJson for ScopeMapping {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            managed: fields.need("managed"),
            name: fields.need("name"),
            scope_name: fields.need("scope_name"),
            expression: fields.need("expression"),
        })
    }
}

impl ScopeMapping {
    /// What stands before the scope in the managed identifier of authentik's own mappings (section 4).
    pub const MANAGED: &str = "goauthentik.io/providers/oauth2/scope-";

    /// Whether it is authentik's own mapping for a scope. Matched by the managed identifier, never by name (section 4).
    #[must_use]
    pub fn is_managed(&self, scope: &str) -> bool {
        self.managed.as_deref().and_then(|id| id.strip_prefix(Self::MANAGED)) == Some(scope)
    }
}

/// A redirect URI of a provider (section 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    /// `strict` or `regex`.
    pub matching_mode: String,
    /// The URI or the expression.
    pub url: String,
    /// `authorization` or `logout`, since 2026.5.
    pub redirect_uri_type: Option<String>,
}

impl From<&RedirectUri> for Value {
    fn from(uri: &RedirectUri) -> Self {
        let mut fields = json::object([("matching_mode", uri.matching_mode.as_str().into()), ("url", uri.url.as_str().into())]);
        if let Some(kind) = &uri.redirect_uri_type {
            fields.insert("redirect_uri_type", kind.as_str());
        }
        fields.into()
    }
}

impl FromJson for RedirectUri {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            matching_mode: fields.need("matching_mode"),
            url: fields.need("url"),
            redirect_uri_type: fields.need("redirect_uri_type"),
        })
    }
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// How long access tokens live, such as `hours=1`.
    pub access_token_validity: String,
    /// Slug of the application that uses it.
    pub assigned_application_slug: Option<String>,
    /// Whether a preview shows the claims of scopes (section 5.2).
    pub previews_claims: bool,
}

impl FromJson for Provider {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            name: fields.need("name"),
            authorization_flow: fields.need("authorization_flow"),
            invalidation_flow: fields.need("invalidation_flow"),
            property_mappings: fields.need("property_mappings"),
            client_type: fields.need("client_type"),
            client_id: fields.need("client_id"),
            client_secret: fields.need("client_secret"),
            signing_key: fields.need("signing_key"),
            redirect_uris: fields.need("redirect_uris"),
            grant_types: fields.need("grant_types"),
            access_token_validity: fields.optional("access_token_validity"),
            assigned_application_slug: fields.need("assigned_application_slug"),
            previews_claims: fields.need::<Option<bool>>("include_claims_in_id_token").unwrap_or(true),
        })
    }
}

/// An application (section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub meta_launch_url: String,
    /// Heading under which users see it.
    pub group: String,
    /// Whether all bindings have to let a user in; otherwise one is enough.
    pub needs_all: bool,
}

impl FromJson for Application {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            name: fields.need("name"),
            slug: fields.need("slug"),
            provider: fields.need("provider"),
            meta_launch_url: fields.optional("meta_launch_url"),
            group: fields.optional("group"),
            needs_all: fields.optional::<String>("policy_engine_mode") == "all",
        })
    }
}

/// A flow (section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Primary key.
    pub pk: String,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
}

impl FromJson for Flow {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { pk: fields.need("pk"), slug: fields.need("slug"), name: fields.need("name") })
    }
}

/// A certificate with a private key (section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl FromJson for Certificate {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            name: fields.need("name"),
            key_type: fields.need("key_type"),
            private_key_type: fields.need("private_key_type"),
        })
    }
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Primary key.
    pub pk: String,
    /// Name.
    pub name: String,
    /// Groups above it, since 2025.12.
    pub parents: Vec<String>,
    /// The group above it, until 2025.10.
    pub parent: Option<String>,
    /// Attributes that its members inherit.
    pub attributes: KnownAttributes,
    /// Number of direct members.
    pub members: usize,
}

impl FromJson for Group {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            name: fields.need("name"),
            parents: fields.optional("parents"),
            parent: fields.need("parent"),
            attributes: fields.optional("attributes"),
            members: fields.length("users"),
        })
    }
}

impl Group {
    /// Primary keys of the groups above it.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        self.parents.iter().chain(&self.parent).map(String::as_str)
    }
}

/// The one attribute that Cowbell looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownAttributes {
    /// `email_verified`.
    pub email_verified: Verified,
}

impl FromJson for KnownAttributes {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { email_verified: fields.need("email_verified") })
    }
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

impl FromJson for Verified {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        Ok(match value {
            Value::Null => Self::Absent,
            Value::Bool(false) => Self::No,
            Value::Bool(true) => Self::Yes,
            Value::String(_) => Self::Text,
            _ => Self::Odd,
        })
    }
}

impl Verified {
    /// Reads what kind of value it is; the value itself is not kept.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, WrongShape> {
        let kind = match reader.peek() {
            Some(b'n') => Self::Absent,
            Some(b'f') => Self::No,
            Some(b't') => Self::Yes,
            Some(b'"') => Self::Text,
            _ => Self::Odd,
        };
        reader.raw().map(|_| kind)
    }
}

/// A user as it is read before a write and answered after one: with all attributes, exactly as authentik wrote them (section 8).
#[derive(Clone, Debug)]
pub struct FullUser {
    /// Primary key.
    pub pk: i64,
    /// E-mail address, possibly empty.
    pub email: String,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// All attributes.
    pub attributes: Attributes,
}

impl FullUser {
    /// Reads a user.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(user: &mut Reader<'_>) -> Result<Self, WrongShape> {
        let (mut pk, mut is_active, mut attributes) = (None, None, None);
        let mut email = String::new();
        user.object(&mut |name, user| {
            match name {
                "pk" => pk = Some(user.integer()?),
                "email" => email = user.string()?.into_owned(),
                "is_active" => is_active = Some(user.bool()?),
                "attributes" => attributes = Some(Attributes::read(user)?),
                _ => drop(user.raw()?),
            }
            Ok(())
        })?;
        let (Some(pk), Some(is_active), Some(attributes)) = (pk, is_active, attributes) else { return Err(WrongShape) };
        Ok(Self { pk, email, is_active, attributes })
    }
}

/// A policy binding (section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Primary key.
    pub pk: String,
    /// Primary key of the group that it lets in.
    pub group: Option<String>,
    /// Primary key of the user that it lets in. With neither, a policy decides.
    pub user: Option<i64>,
    /// Turns the answer round.
    pub negate: bool,
    /// Whether it counts.
    pub enabled: bool,
    /// Place in the order of evaluation.
    pub order: i64,
}

impl Binding {
    /// Whether whoever it names may use the application because of it.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.enabled && !self.negate
    }
}

impl FromJson for Binding {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            pk: fields.need("pk"),
            group: fields.need("group"),
            user: fields.need("user"),
            negate: fields.optional("negate"),
            enabled: fields.need("enabled"),
            order: fields.optional("order"),
        })
    }
}

/// Absolute URLs of a provider's endpoints (section 5.2).
#[derive(Clone, Debug)]
pub struct SetupUrls {
    /// Authorization endpoint.
    pub authorize: String,
    /// Token endpoint.
    pub token: String,
    /// User info endpoint.
    pub user_info: String,
}

impl FromJson for SetupUrls {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self {
            authorize: fields.need("authorize"),
            token: fields.need("token"),
            user_info: fields.need("user_info"),
        })
    }
}

/// The claims that a client would get for a user (section 5.2).
#[derive(Clone, Debug)]
pub struct PreviewedClaims {
    /// `email`, which says which mailbox is meant; `None` when there is none or it is no text.
    pub email: Option<String>,
    /// `mailcow_template`, which chooses a template.
    pub mailcow_template: Value,
}

impl FromJson for PreviewedClaims {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let claims = value.get("preview").ok_or(WrongShape)?;
        let email = claims.get("email").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { email, mailcow_template: claims.get("mailcow_template").cloned().unwrap_or(Value::Null) })
    }
}

/// Whether a user may use an application (section 7).
#[derive(Clone, Copy, Debug)]
pub struct CheckedAccess {
    /// Whether they may.
    pub passing: bool,
}

impl FromJson for CheckedAccess {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        Ok(Self { passing: Fields::of(value)?.get("passing")? })
    }
}

/// An entry of `used_by` (section 13).
#[derive(Clone, Debug)]
pub struct UsedBy {
    /// Primary key as a text.
    pub pk: String,
    /// Name of the user.
    pub name: String,
}

impl FromJson for UsedBy {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        fields.whole(Self { pk: fields.need("pk"), name: fields.need("name") })
    }
}

/// The answer to OPTIONS (section 2, "Permission probe").
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// Whether the fields for creating are listed: they are only for those who may create.
    pub may_create: bool,
}

impl FromJson for Metadata {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let may_create = value.get("actions").and_then(|actions| actions.get("POST")).and_then(Value::as_object).is_some();
        Ok(Self { may_create })
    }
}
