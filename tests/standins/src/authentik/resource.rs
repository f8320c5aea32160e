//! The kinds of objects that the API serves: their names in answers, permissions and events.

use serde_json::{Map, Value, json};

use super::{
    access::{Caller, Reach},
    call::Call,
    refusal::Refusal,
    state::State,
};

/// Which kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mapping,
    Provider,
    Application,
    Binding,
    User,
    Group,
    Flow,
    Certificate,
    Event,
}

/// A kind of object.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    /// Its class, as "not found" names it.
    pub(super) model: &'static str,
    /// Its view, as OPTIONS names it.
    pub(super) view: &'static str,
    /// The part of authentik that it belongs to.
    pub(super) app: &'static str,
    /// Its name in permissions and events.
    pub(super) codename: &'static str,
    /// Fields that may be written; those with `*` have to be there on creation.
    pub(super) writable: &'static [&'static str],
    /// Fields that are only shown.
    pub(super) read_only: &'static [&'static str],
}

pub(super) static MAPPING: Resource = Resource {
    kind: Kind::Mapping,
    model: "ScopeMapping",
    view: "Scope Mapping",
    app: "authentik_providers_oauth2",
    codename: "scopemapping",
    writable: &["managed", "name*", "expression*", "scope_name*", "description"],
    read_only: &["pk", "component", "verbose_name", "verbose_name_plural", "meta_model_name"],
};

pub(super) static PROVIDER: Resource = Resource {
    kind: Kind::Provider,
    model: "OAuth2Provider",
    view: "O Auth2 Provider",
    app: "authentik_providers_oauth2",
    codename: "oauth2provider",
    writable: &[
        "name*",
        "authentication_flow",
        "authorization_flow*",
        "invalidation_flow*",
        "property_mappings",
        "client_type",
        "client_id",
        "client_secret",
        "access_code_validity",
        "access_token_validity",
        "refresh_token_validity",
        "include_claims_in_id_token",
        "signing_key",
        "encryption_key",
        "redirect_uris*",
        "sub_mode",
        "issuer_mode",
        "jwt_federation_sources",
        "jwt_federation_providers",
    ],
    read_only: &[
        "pk",
        "component",
        "assigned_application_slug",
        "assigned_application_name",
        "assigned_backchannel_application_slug",
        "assigned_backchannel_application_name",
        "verbose_name",
        "verbose_name_plural",
        "meta_model_name",
    ],
};

pub(super) static APPLICATION: Resource = Resource {
    kind: Kind::Application,
    model: "Application",
    view: "Application",
    app: "authentik_core",
    codename: "application",
    writable: &[
        "name*",
        "slug*",
        "provider",
        "backchannel_providers",
        "open_in_new_tab",
        "meta_launch_url",
        "meta_description",
        "meta_publisher",
        "policy_engine_mode",
        "group",
    ],
    read_only: &["pk", "provider_obj", "launch_url"],
};

pub(super) static BINDING: Resource = Resource {
    kind: Kind::Binding,
    model: "PolicyBinding",
    view: "Policy Binding",
    app: "authentik_policies",
    codename: "policybinding",
    writable: &["policy", "group", "user", "target*", "negate", "enabled", "order*", "timeout", "failure_result"],
    read_only: &["pk", "policy_obj", "group_obj", "user_obj"],
};

pub(super) static USER: Resource = Resource {
    kind: Kind::User,
    model: "User",
    view: "User",
    app: "authentik_core",
    codename: "user",
    writable: &["username*", "name*", "is_active", "last_login", "groups", "email", "attributes", "path", "type"],
    read_only: &["pk", "date_joined", "is_superuser", "groups_obj", "avatar", "uid", "uuid"],
};

pub(super) static GROUP: Resource = Resource {
    kind: Kind::Group,
    model: "Group",
    view: "Group",
    app: "authentik_core",
    codename: "group",
    writable: &["name*", "is_superuser", "parents", "users", "attributes", "roles"],
    read_only: &["pk", "num_pk", "users_obj", "roles_obj"],
};

pub(super) static FLOW: Resource = Resource {
    kind: Kind::Flow,
    model: "Flow",
    view: "Flow",
    app: "authentik_flows",
    codename: "flow",
    writable: &["name*", "slug*", "title*", "designation*"],
    read_only: &["pk", "stages"],
};

pub(super) static CERTIFICATE: Resource = Resource {
    kind: Kind::Certificate,
    model: "CertificateKeyPair",
    view: "Certificate Key Pair",
    app: "authentik_crypto",
    codename: "certificatekeypair",
    writable: &["name*", "certificate_data*", "key_data"],
    read_only: &["pk", "fingerprint_sha256", "fingerprint_sha1"],
};

pub(super) static EVENT: Resource = Resource {
    kind: Kind::Event,
    model: "Event",
    view: "Event",
    app: "authentik_events",
    codename: "event",
    writable: &["user", "action*", "app*", "context", "client_ip", "expires", "brand"],
    read_only: &["pk", "created"],
};

impl Resource {
    /// What OPTIONS says about its view.
    pub(super) fn description(&self) -> String {
        format!("{} Viewset", self.model)
    }

    /// The permission for `view`, `add`, `change` or `delete`.
    pub(super) fn permission(&self, verb: &str) -> String {
        format!("{}.{verb}_{}", self.app, self.codename)
    }

    /// What the caller may see; refused if it is nothing.
    pub(super) fn visible(&self, state: &State, caller: &Caller) -> Result<Reach, Refusal> {
        match state.reach(caller.user, &self.permission("view")) {
            Reach::Nothing => Err(Refusal::forbidden()),
            reach => Ok(reach),
        }
    }

    /// Refused unless the caller may create.
    pub(super) fn may_add(&self, state: &State, caller: &Caller) -> Result<(), Refusal> {
        if state.may(caller.user, &self.permission("add")) { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// Refused unless the caller may see the object, and do `verb` with it.
    pub(super) fn may(&self, verb: &str, key: &str, state: &State, caller: &Caller) -> Result<(), Refusal> {
        let visible = self.visible(state, caller)?;
        if !state.reach(caller.user, &self.permission(verb)).covers(key) {
            return Err(Refusal::forbidden());
        }
        if visible.covers(key) { Ok(()) } else { Err(self.missing()) }
    }

    /// There is no such object.
    pub(super) fn missing(&self) -> Refusal {
        Refusal::missing(self.model)
    }

    /// The object as events refer to it.
    pub(super) fn reference(&self, pk: &Value, name: &str) -> Value {
        json!({"pk": pk, "app": self.app, "name": name, "model_name": self.codename})
    }

    /// Writes that an object was created, changed or removed; `what` is `model_created` and so on.
    pub(super) fn audit(&self, what: &str, pk: &Value, name: &str, state: &mut State, call: &Call, user: Option<i64>) {
        let mut context = Map::new();
        context.insert("model".to_owned(), self.reference(pk, name));
        context.insert("http_request".to_owned(), call.http_request(&state.site));
        state.record(what, "authentik.events.middleware", user, context);
    }

    /// Name and kind of each field, as OPTIONS shows them to somebody who may write.
    pub(super) fn fields(&self) -> Value {
        let writable = self.writable.iter().map(|name| {
            let plain = name.trim_end_matches('*');
            (plain, plain != *name, false)
        });
        let read_only = self.read_only.iter().map(|name| (*name, false, true));
        writable
            .chain(read_only)
            .map(|(name, required, read_only)| {
                let field = json!({
                    "type": "field", "required": required, "read_only": read_only, "label": name,
                });
                (name.to_owned(), field)
            })
            .collect()
    }
}
