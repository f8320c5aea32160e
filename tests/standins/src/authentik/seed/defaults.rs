//! What authentik makes itself on first start: administrators, flows, managed mappings, a certificate.

use serde_json::{Map, json};

use crate::authentik::{
    profile::Profile,
    site::Site,
    state::{Certificate, Designation, Flow, Group, MANAGED, Role, ScopeMapping, Stage, StageKind, State, User, UserType},
    time,
};

/// Everybody's password.
pub(super) const PASSWORD: &str = "cowbell";

const DAY: i64 = 86_400 * time::SECOND;

/// A new installation.
pub(in crate::authentik) fn fresh(profile: Profile, site: Site, seed: u64) -> State {
    let mut state = State::empty(profile, site, seed);
    roles_and_groups(&mut state);
    accounts(&mut state);
    flows(&mut state);
    mappings(&mut state);
    let pk = state.ids.uuid();
    state.certificates.push(Certificate {
        pk,
        name: "authentik Self-signed Certificate".to_owned(),
        subject: "OU=Self-signed,O=authentik,CN=authentik Self-signed Certificate".to_owned(),
        expires: state.now + 365 * DAY,
        key_type: "rsa".to_owned(),
        has_key: true,
        managed: None,
    });
    state
}

/// Adds a group.
pub(super) fn add_group(state: &mut State, name: &str) -> uuid::Uuid {
    let pk = state.ids.uuid();
    let num_pk = 18_000 + i64::from(pk.as_fields().1 % 10_000);
    state.groups.insert(
        pk,
        Group {
            pk,
            num_pk,
            name: name.to_owned(),
            is_superuser: false,
            parents: Vec::new(),
            attributes: Map::new(),
            roles: Vec::new(),
        },
    );
    pk
}

/// Adds a role without permissions.
pub(super) fn add_role(state: &mut State, name: &str) -> uuid::Uuid {
    let pk = state.ids.uuid();
    state.roles.push(Role {
        pk,
        name: name.to_owned(),
        permissions: std::collections::BTreeSet::default(),
        object_permissions: std::collections::BTreeMap::default(),
    });
    pk
}

fn roles_and_groups(state: &mut State) {
    let admins = add_group(state, "authentik Admins");
    let readers = add_group(state, "authentik Read-only");
    let role = add_role(state, "authentik Read-only");
    if let Some(group) = state.groups.get_mut(&admins) {
        group.is_superuser = true;
    }
    if let Some(group) = state.groups.get_mut(&readers) {
        group.roles.push(role);
        group.attributes.insert(
            "notes".to_owned(),
            json!("An group with an auto-generated role that allows read-only permissions on all objects.\n"),
        );
    }
}

/// The first administrator (primary key 3) and the outpost's account (4).
fn accounts(state: &mut State) {
    let uuid = state.ids.uuid();
    let mut admin = User::new(3, uuid, "akadmin", state.now - DAY);
    "authentik Default Admin".clone_into(&mut admin.name);
    "admin@mail.example".clone_into(&mut admin.email);
    PASSWORD.clone_into(&mut admin.password);
    admin.groups.extend(state.group_named("authentik Admins").map(|group| group.pk));
    admin.last_login = Some(state.now - time::SECOND);
    state.users.insert(admin);

    let role = add_role(state, "ak-managed-role--user-4");
    let uuid = state.ids.uuid();
    let username = format!("ak-outpost-{}", state.ids.hex());
    let mut outpost = User::new(4, uuid, &username, state.now - DAY);
    "Outpost authentik Embedded Outpost Service-Account".clone_into(&mut outpost.name);
    "goauthentik.io/outposts".clone_into(&mut outpost.path);
    outpost.kind = UserType::InternalServiceAccount;
    outpost.roles.push(role);
    state.users.insert(outpost);
}

/// Slug, name, title, designation, who may start it, stages.
type FlowSeed = (&'static str, &'static str, &'static str, Designation, &'static str, &'static [StageKind]);

fn flows(state: &mut State) {
    use Designation::{Authentication, Authorization, Invalidation};
    use StageKind::{Consent, Identification, Login, Logout, Password, SecondFactor};
    let flows: [FlowSeed; 6] = [
        (
            "default-authentication-flow",
            "Welcome to authentik!",
            "Welcome to authentik!",
            Authentication,
            "none",
            &[Password, Identification, SecondFactor, Login],
        ),
        (
            "default-source-authentication",
            "Welcome to authentik!",
            "Welcome to authentik!",
            Authentication,
            "require_unauthenticated",
            &[Login],
        ),
        (
            "default-provider-authorization-explicit-consent",
            "Authorize Application",
            "Redirecting to %(app)s",
            Authorization,
            "require_authenticated",
            &[Consent],
        ),
        (
            "default-provider-authorization-implicit-consent",
            "Authorize Application",
            "Redirecting to %(app)s",
            Authorization,
            "require_authenticated",
            &[],
        ),
        ("default-invalidation-flow", "Logout", "Default Invalidation Flow", Invalidation, "none", &[Logout]),
        (
            "default-provider-invalidation-flow",
            "Logged out of application",
            "You've logged out of %(app)s.",
            Invalidation,
            "none",
            &[],
        ),
    ];
    for (slug, name, title, designation, authentication, kinds) in flows {
        let stages = kinds.iter().map(|kind| Stage { pk: state.ids.uuid(), kind: *kind }).collect();
        // Only the flow of foreign sources has a policy: it has to be started by one.
        let policies = if authentication == "require_unauthenticated" { vec![state.ids.uuid()] } else { Vec::new() };
        let flow = Flow {
            pk: state.ids.uuid(),
            binding_pk: state.ids.uuid(),
            name: name.to_owned(),
            slug: slug.to_owned(),
            title: title.to_owned(),
            designation,
            authentication: authentication.to_owned(),
            policies,
            stages,
        };
        state.flows.push(flow);
    }
    "default-authentication-flow".clone_into(&mut state.authentication_flow);
    "default-invalidation-flow".clone_into(&mut state.invalidation_flow);
}

/// The managed mappings, in the order in which authentik creates them.
fn mappings(state: &mut State) {
    let verified = if state.profile.default_email_verified() { "True" } else { "False" };
    let email = format!("return {{\n    \"email\": request.user.email,\n    \"email_verified\": {verified}\n}}");
    let profile = PROFILE.replace("GROUPS", state.profile.groups_in_expressions());
    let mappings = [
        ("openid", "openid", "OpenID 'openid'", OPENID, ""),
        ("email", "email", "OpenID 'email'", email.as_str(), "Email address"),
        ("profile", "profile", "OpenID 'profile'", profile.as_str(), "General Profile Information"),
        ("entitlements", "entitlements", "Application Entitlements", ENTITLEMENTS, "Application entitlements"),
        (
            "offline_access",
            "offline_access",
            "OpenID 'offline_access'",
            OFFLINE_ACCESS,
            "Access to request new tokens without interaction",
        ),
        ("authentik_api", "goauthentik.io/api", "authentik API access", API, "authentik API Access on behalf of your user"),
    ];
    for (managed, scope_name, name, expression, description) in mappings {
        add_managed(state, &format!("{MANAGED}{managed}"), scope_name, name, expression, description);
    }
    add_managed(
        state,
        "goauthentik.io/providers/proxy/scope-proxy",
        "ak_proxy",
        "Proxy outpost",
        PROXY,
        "authentik Proxy - User information",
    );
}

fn add_managed(state: &mut State, managed: &str, scope_name: &str, name: &str, expression: &str, description: &str) {
    let pk = state.ids.uuid();
    state.mappings.push(ScopeMapping {
        pk,
        managed: Some(managed.to_owned()),
        name: format!("authentik default OAuth Mapping: {name}"),
        expression: expression.to_owned(),
        scope_name: scope_name.to_owned(),
        description: description.to_owned(),
    });
}

const OPENID: &str = "# This scope is required by the OpenID-spec, and must as such exist in authentik.\n# The scope by itself does not grant any information\nreturn {}";

const PROFILE: &str = "return {\n    # Because authentik only saves the user's full name, and has no concept of first and last names,\n    # the full name is used as given name.\n    # You can override this behaviour in custom mappings, i.e. `request.user.name.split(\" \")`\n    \"name\": request.user.name,\n    \"given_name\": request.user.name,\n    \"preferred_username\": request.user.username,\n    \"nickname\": request.user.username,\n    \"groups\": [group.name for group in request.user.GROUPS.all()],\n}";

const ENTITLEMENTS: &str = "entitlements = [entitlement.name for entitlement in request.user.app_entitlements(provider.application)]\nreturn {\n    \"entitlements\": entitlements,\n    \"roles\": entitlements,\n}";

const OFFLINE_ACCESS: &str = "# This scope grants the application a refresh token that can be used to refresh user data\n# and let the application access authentik without the users interaction\nreturn {}";

const API: &str =
    "# This scope grants the application the ability to access the authentik API\n# on behalf of the authorizing user\nreturn {}";

const PROXY: &str = "# This mapping is used by the authentik proxy. It passes extra user attributes,\n# which are used for example for the HTTP-Basic Authentication mapping.\nreturn {\n    \"ak_proxy\": {\n        \"user_attributes\": request.user.group_attributes(request),\n        \"is_superuser\": request.user.is_superuser,\n    }\n}";
