//! The parts of a plan, as they are shown.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::authentik::Permission;
use crate::setup::Shown;

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is created.
    Create,
    /// Some of its fields change.
    Update,
    /// It is correct already.
    Keep,
}

/// Kind of an object that a plan concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The `email` scope mapping.
    ScopeMapping,
    /// The `mailcow_template` scope mapping.
    TemplateMapping,
    /// The `OAuth2` provider.
    Provider,
    Application,
    /// A binding that lets a group use the application.
    Binding,
    /// The attribute on a group.
    Group,
    /// The attribute on users.
    Users,
}

/// A field of one of authentik's objects, under authentik's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    Name,
    Slug,
    /// Scope name of a mapping.
    ScopeName,
    /// Expression of a mapping.
    Expression,
    AuthorizationFlow,
    InvalidationFlow,
    /// Selected scope mappings.
    PropertyMappings,
    /// Confidential or public.
    ClientType,
    /// OAuth 2.0 client identifier.
    ClientId,
    /// OAuth 2.0 client secret.
    ClientSecret,
    SigningKey,
    RedirectUris,
    /// Allowed grant types.
    GrantTypes,
    /// Provider of an application.
    Provider,
    LaunchUrl,
    /// Whether one binding has to match, or all.
    PolicyEngineMode,
    /// Heading under which users see the application.
    Group,
    /// The attribute `email_verified`.
    EmailVerified,
    /// Whether a binding is enabled.
    Enabled,
    /// Whether a binding authorizes those whom it does not name.
    Negate,
}

/// One field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct FieldChange {
    pub field: FieldName,
    /// Its current value; absent when the object is new.
    pub before: Shown,
    /// Its new value.
    pub after: Shown,
}

/// What the administrator should know about a change before applying it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remark {
    /// The guide demands it; mailcow does not use it (docs/contract/e2e.md, "Which steps of the guide were necessary").
    GuideOnly,
    /// An existing object that was created manually is adopted; no second one is created.
    Adopted,
    /// Another mapping for the same scope is deselected; it is not deleted.
    OtherMappingDeselected { name: String },
    /// The provider has other redirect URIs, too; they stay.
    OtherRedirectUris { count: usize },
    /// Redirect URIs with which a sign-in would fail or be ambiguous are replaced.
    RedirectUriReplaced {
        /// The URI as it was.
        url: String,
    },
    /// A redirect URI belongs to a previous host name of mailcow, and is removed.
    RedirectUriPrevious { url: String },
    /// A template is applied again at each sign-in: quota and rights of existing mailboxes of members follow it
    /// (docs/contract/e2e.md, case n4).
    TemplateEachTime,
    /// Without it, no sign-in works on this version.
    Necessary,
    /// Users outside the chosen groups may use the application until the plan is applied.
    AccessRestricted,
    /// Existing bindings already restrict who may use the application; they stay.
    OtherBindings { count: usize },
    /// Others are negated: they authorize everyone whom they do not name. They stay.
    NegatedBindings { count: usize },
    /// The application requires every binding to match, so the groups alone may authorize nobody. With other bindings that stays.
    AllBindingsRequired,
    /// The policy engine mode "all" stays because authentik may have bindings that it does not show this administrator: with "any",
    /// the application would be open to more users.
    BindingsHidden { permission: Permission },
    /// authentik may refuse the change: the administrator lacks this permission on all objects.
    PermissionMissing { permission: Permission },
    /// The existing binding of the group ends, so one is created that does not.
    BindingExpires,
    /// Whoever is not signed in gets an authentication flow of this provider's own; it stays (docs/contract/cases.md, R13).
    OwnAuthenticationFlow,
    /// Another provider has a redirect URI to the same mailcow; it stays as it is.
    AnotherProvider { name: String },
    /// Members whose own attribute has another value: it takes precedence over the group's.
    OwnValueWins { count: usize },
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Change {
    /// What kind of thing.
    pub kind: Kind,
    /// The action of the plan.
    pub action: Action,
    pub name: String,
    /// Field by field; only those that differ.
    pub fields: Vec<FieldChange>,
    /// What to know about it.
    pub remarks: Vec<Remark>,
}

/// One line of totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct Totals {
    /// Objects that are created.
    pub create: usize,
    /// Objects that change, without users.
    pub update: usize,
    /// Objects that are correct already.
    pub keep: usize,
    /// Users that change.
    pub users: usize,
}
