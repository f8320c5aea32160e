//! Operations on kinds of objects in authentik's API: every response is read as the result of one, so that an error names the
//! path and the permission (docs/contract/authentik.md, section 16).

use std::fmt;

use serde::{Serialize, Serializer};
use tsify::Tsify;

/// A kind of object in authentik's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Access tokens that were issued.
    AccessToken,
    /// Applications.
    Application,
    /// An application with its provider and bindings, which are created together or not at all.
    ApplicationWithProvider,
    /// Policy bindings.
    Binding,
    /// The brand of a host name.
    Brand,
    /// Entitlements of applications.
    Entitlement,
    /// Events of the log.
    Event,
    /// Flows.
    Flow,
    /// Groups.
    Group,
    /// Permissions on all objects of a kind.
    Permission,
    /// `OAuth2` providers.
    Provider,
    /// Scope mappings.
    ScopeMapping,
    /// The signed-in user.
    Session,
    /// The settings of the installation.
    Settings,
    /// Certificates with a private key.
    SigningKey,
    /// What authentik knows of its own server.
    System,
    /// Users.
    User,
    /// The running version.
    Version,
}

impl Resource {
    /// The path of its collection below `/api/v3/`.
    #[must_use]
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::AccessToken => "oauth2/access_tokens/",
            Self::Application => "core/applications/",
            Self::ApplicationWithProvider => "core/transactional/applications/",
            Self::Binding => "policies/bindings/",
            Self::Brand => "core/brands/current/",
            Self::Entitlement => "core/application_entitlements/",
            Self::Event => "events/events/",
            Self::Flow => "flows/instances/",
            Self::Group => "core/groups/",
            Self::Permission => "rbac/permissions/",
            Self::Provider => "providers/oauth2/",
            Self::ScopeMapping => "propertymappings/provider/scope/",
            Self::Session => "core/users/me/",
            Self::Settings => "admin/settings/",
            Self::SigningKey => "crypto/certificatekeypairs/",
            Self::System => "admin/system/",
            Self::User => "core/users/",
            Self::Version => "admin/version/",
        }
    }

    /// Django's app and model, which are parts of the name of a permission. `None` if no permission grants access: everyone may
    /// read it, or only a superuser.
    fn model(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::AccessToken | Self::Brand | Self::Permission | Self::Session | Self::Version => None,
            Self::Application => Some(("authentik_core", "application")),
            Self::Binding => Some(("authentik_policies", "policybinding")),
            Self::Entitlement => Some(("authentik_core", "applicationentitlement")),
            Self::Event => Some(("authentik_events", "event")),
            Self::Flow => Some(("authentik_flows", "flow")),
            Self::Group => Some(("authentik_core", "group")),
            // It requires three permissions; the provider's is the one that is rarely granted.
            Self::ApplicationWithProvider | Self::Provider => Some(("authentik_providers_oauth2", "oauth2provider")),
            Self::ScopeMapping => Some(("authentik_providers_oauth2", "scopemapping")),
            Self::SigningKey => Some(("authentik_crypto", "certificatekeypair")),
            Self::Settings => Some(("authentik_rbac", "system_settings")),
            Self::System => Some(("authentik_rbac", "system_info")),
            Self::User => Some(("authentik_core", "user")),
        }
    }
}

/// Kind of access to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reading it.
    View,
    /// Creating it.
    Add,
    /// Changing it.
    Change,
    /// Removing it.
    Delete,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Add => "add",
            Self::Change => "change",
            Self::Delete => "delete",
        }
    }
}

/// A kind of access to a kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The kind of access.
    pub verb: Verb,
    /// The kind of object.
    pub resource: Resource,
}

impl Operation {
    /// An operation that reads.
    #[must_use]
    pub fn view(resource: Resource) -> Self {
        Self { verb: Verb::View, resource }
    }

    /// An operation that creates.
    #[must_use]
    pub fn add(resource: Resource) -> Self {
        Self { verb: Verb::Add, resource }
    }

    /// An operation that updates.
    #[must_use]
    pub fn change(resource: Resource) -> Self {
        Self { verb: Verb::Change, resource }
    }

    /// An operation that removes.
    #[must_use]
    pub fn delete(resource: Resource) -> Self {
        Self { verb: Verb::Delete, resource }
    }

    /// The path of the collection below `/api/v3/`.
    #[must_use]
    pub fn endpoint(self) -> &'static str {
        self.resource.endpoint()
    }

    /// The permission without which authentik refuses it. `None` if no permission grants it.
    #[must_use]
    pub fn permission(self) -> Option<Permission> {
        let (app, model) = self.resource.model()?;
        Some(Permission { app, verb: self.verb, model })
    }
}

/// A permission of authentik. `Display` and [`Serialize`] write its code name, such as `authentik_core.view_user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
#[tsify(type = "string")]
pub struct Permission {
    app: &'static str,
    verb: Verb,
    model: &'static str,
}

impl Permission {
    /// The permission to change users, which is needed to mark them as verified.
    pub const CHANGE_USER: Self = Self { app: "authentik_core", verb: Verb::Change, model: "user" };
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, verb, model } = self;
        write!(f, "{app}.{}_{model}", verb.name())
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_have_the_names_that_roles_are_given_in_authentik() {
        let name = |operation: Operation| operation.permission().map(|permission| permission.to_string());
        assert_eq!(name(Operation::view(Resource::User)).as_deref(), Some("authentik_core.view_user"));
        assert_eq!(name(Operation::add(Resource::Provider)).as_deref(), Some("authentik_providers_oauth2.add_oauth2provider"));
        assert_eq!(name(Operation::delete(Resource::Binding)).as_deref(), Some("authentik_policies.delete_policybinding"));
        assert_eq!(name(Operation::view(Resource::Version)), None);
        assert_eq!(Operation::change(Resource::User).permission(), Some(Permission::CHANGE_USER));
    }
}
