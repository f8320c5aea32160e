//! What a plan consists of, as it is shown.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::setup::Shown;

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its fields change.
    Update,
    /// It is right already.
    Keep,
}

/// What kind of thing changes.
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
    /// A binding that lets a group in.
    Binding,
    /// The attribute on a group.
    Group,
    /// The attribute on users.
    Users,
}

/// A field of one of authentik's objects, in authentik's own words.
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
    /// Heading under which users see the application.
    Group,
    /// The attribute `email_verified`.
    EmailVerified,
}

/// One field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct FieldChange {
    pub field: FieldName,
    /// What it is now; absent when the object is new.
    pub before: Shown,
    /// What it will be.
    pub after: Shown,
}

/// Something that the administrator should know about a change before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remark {
    /// The guide asks for it; mailcow does not look at it (docs/contract/e2e.md, "Which steps of the guide were necessary").
    GuideOnly,
    /// An object made by hand is adopted instead of making a second one.
    Adopted,
    /// A mapping that does the same work is no longer selected; it is not deleted.
    OtherMappingDeselected { name: String },
    /// The provider has other redirect URIs, too; they stay.
    OtherRedirectUris { count: usize },
    /// Redirect URIs that would refuse or confuse a sign-in are replaced.
    RedirectUriReplaced {
        /// The URI as it was.
        url: String,
    },
    /// A redirect URI led to a host name that mailcow no longer has, and goes.
    RedirectUriFormer { url: String },
    /// A template is applied again at each sign-in: quota and rights of existing mailboxes of members follow it
    /// (docs/contract/e2e.md, case n4).
    TemplateEachTime,
    /// Without it, no sign-in works on this version.
    Necessary,
    /// Bindings that are there already restrict who may use the application; they stay.
    OtherBindings { count: usize },
    /// Another provider has a redirect URI to the same mailcow; it stays as it is.
    AnotherProvider { name: String },
    /// Members whose own attribute says something else: their own value wins over the group's.
    OwnValueWins { count: usize },
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Change {
    /// What kind of thing.
    pub kind: Kind,
    /// What happens to it.
    pub action: Action,
    pub name: String,
    /// Field by field; only what differs.
    pub fields: Vec<FieldChange>,
    /// What to know about it.
    pub remarks: Vec<Remark>,
}

/// One line of totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct Totals {
    /// Objects that are made.
    pub create: usize,
    /// Objects that change, users not counted.
    pub update: usize,
    /// Objects that are right.
    pub keep: usize,
    /// Users that change.
    pub users: usize,
}
