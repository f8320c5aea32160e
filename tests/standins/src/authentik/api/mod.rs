//! The REST API under `/api/v3/`: which path is which endpoint, and the order in which a request is judged.

pub(super) mod applications;
mod bindings;
mod certificates;
mod events;
mod executor;
mod fields;
mod flows;
mod groups;
pub(super) mod instance;
mod list;
mod mappings;
mod object_attributes;
mod partial;
mod permissions;
mod providers;
mod tokens;
mod transactional;
mod users;

use http::{HeaderValue, Method, StatusCode, header::ALLOW};
use serde_json::{Value, json};

use super::{
    access::{self, Caller},
    call::Call,
    pages,
    refusal::Refusal,
    resource::{self, Kind, Resource},
    state::{Role, State},
};
use crate::message::{self, Response};

/// What an endpoint is; texts are keys out of the path.
#[derive(Clone, Copy)]
enum Endpoint<'a> {
    Config,
    Brand,
    Version,
    System,
    Settings,
    Me,
    Impersonate(&'a str),
    ImpersonateEnd,
    List(&'static Resource),
    One(&'static Resource, &'a str),
    UsedBy(&'static Resource, &'a str),
    MappingTest(&'a str),
    SetupUrls(&'a str),
    PreviewUser(&'a str),
    CheckAccess(&'a str),
    Entitlements,
    Transactional,
    Permissions,
    AccessTokens,
    RefreshTokens,
    FlowExecutor(&'a str),
}

impl<'a> Endpoint<'a> {
    /// The endpoint of a path below `/api/v3/`, which ends with a slash.
    fn of(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_suffix('/')?.split('/').collect();
        Some(match segments.as_slice() {
            ["root", "config"] => Self::Config,
            ["core", "brands", "current"] => Self::Brand,
            ["admin", "version"] => Self::Version,
            ["admin", "system"] => Self::System,
            ["admin", "settings"] => Self::Settings,
            ["core", "users", "me"] => Self::Me,
            ["core", "users", "impersonate_end"] => Self::ImpersonateEnd,
            ["core", "users", pk, "impersonate"] => Self::Impersonate(pk),
            ["core", "users"] => Self::List(&resource::USER),
            ["core", "users", pk] => Self::One(&resource::USER, pk),
            ["core", "groups"] => Self::List(&resource::GROUP),
            ["core", "groups", pk] => Self::One(&resource::GROUP, pk),
            ["core", "applications"] => Self::List(&resource::APPLICATION),
            ["core", "applications", slug] => Self::One(&resource::APPLICATION, slug),
            ["core", "applications", slug, "check_access"] => Self::CheckAccess(slug),
            ["core", "application_entitlements"] => Self::Entitlements,
            ["core", "transactional", "applications"] => Self::Transactional,
            ["propertymappings", "provider", "scope"] => Self::List(&resource::MAPPING),
            ["propertymappings", "provider", "scope", pk] => Self::One(&resource::MAPPING, pk),
            ["propertymappings", "provider", "scope", pk, "used_by"] => Self::UsedBy(&resource::MAPPING, pk),
            ["propertymappings", "all", pk, "test"] => Self::MappingTest(pk),
            ["providers", "oauth2"] => Self::List(&resource::PROVIDER),
            ["providers", "oauth2", pk] => Self::One(&resource::PROVIDER, pk),
            ["providers", "oauth2", pk, "used_by"] => Self::UsedBy(&resource::PROVIDER, pk),
            ["providers", "oauth2", pk, "setup_urls"] => Self::SetupUrls(pk),
            ["providers", "oauth2", pk, "preview_user"] => Self::PreviewUser(pk),
            ["policies", "bindings"] => Self::List(&resource::BINDING),
            ["policies", "bindings", pk] => Self::One(&resource::BINDING, pk),
            ["flows", "instances"] => Self::List(&resource::FLOW),
            ["flows", "instances", slug] => Self::One(&resource::FLOW, slug),
            ["flows", "executor", slug] => Self::FlowExecutor(slug),
            ["crypto", "certificatekeypairs"] => Self::List(&resource::CERTIFICATE),
            ["crypto", "certificatekeypairs", pk] => Self::One(&resource::CERTIFICATE, pk),
            ["rbac", "permissions"] => Self::Permissions,
            ["oauth2", "access_tokens"] => Self::AccessTokens,
            ["oauth2", "refresh_tokens"] => Self::RefreshTokens,
            ["events", "events"] => Self::List(&resource::EVENT),
            ["events", "events", pk] => Self::One(&resource::EVENT, pk),
            _ => return None,
        })
    }

    /// The header `Allow`.
    fn allow(self) -> &'static str {
        match self {
            Self::List(_) | Self::FlowExecutor(_) | Self::System => "GET, POST, HEAD, OPTIONS",
            Self::Settings => "GET, PUT, PATCH, HEAD, OPTIONS",
            Self::One(..) => "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
            Self::MappingTest(_) | Self::Impersonate(_) => "POST, OPTIONS",
            Self::Transactional => "PUT, OPTIONS",
            _ => "GET, HEAD, OPTIONS",
        }
    }

    fn has(self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }

    /// Whether it is open to those who are not signed in.
    fn is_public(self) -> bool {
        matches!(self, Self::Config | Self::Brand | Self::FlowExecutor(_))
    }
}

/// Answers a request; `path` is what follows `/api/v3/`. `None` if there is no such endpoint.
pub(super) fn handle(state: &mut State, call: &Call, path: &str) -> Option<Response> {
    let endpoint = Endpoint::of(path)?;
    let language = state.language;
    let mut response = match judge(state, call, endpoint) {
        Ok(response) => response,
        Err(refusal) if refusal.is_server_error() => return Some(pages::error::server_error(state)),
        Err(refusal) => refusal.into_response(language),
    };
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(endpoint.allow()));
    Some(response)
}

/// Who is it, may they call, does the method exist; only then the endpoint itself decides.
fn judge(state: &mut State, call: &Call, endpoint: Endpoint) -> Result<Response, Refusal> {
    if let Endpoint::FlowExecutor(slug) = endpoint {
        return executor::handle(state, call, slug);
    }
    let caller = match access::caller(state, call)? {
        Some(caller) => caller,
        None if endpoint.is_public() => return Ok(public(state, endpoint)),
        None => return Err(Refusal::anonymous()),
    };
    if call.method == Method::OPTIONS {
        return Ok(options(state, &caller, endpoint));
    }
    if !endpoint.has(&call.method) {
        return Err(Refusal::method_not_allowed(&call.method));
    }
    perform(state, call, &caller, endpoint)
}

fn public(state: &State, endpoint: Endpoint) -> Response {
    match endpoint {
        Endpoint::Config => message::json(StatusCode::OK, &instance::config(state.profile)),
        _ => message::json(StatusCode::OK, &instance::brand(state)),
    }
}

fn perform(state: &mut State, call: &Call, caller: &Caller, endpoint: Endpoint) -> Result<Response, Refusal> {
    match endpoint {
        Endpoint::Config | Endpoint::Brand => Ok(public(state, endpoint)),
        Endpoint::Version => Ok(instance::version(state)),
        Endpoint::System if call.method == Method::GET => instance::system(state, caller),
        Endpoint::Settings if call.method == Method::GET => instance::settings(state, caller),
        Endpoint::Me => instance::me(state, caller),
        Endpoint::Impersonate(pk) => instance::impersonate(state, call, caller, pk),
        Endpoint::ImpersonateEnd => Ok(instance::impersonate_end(state, call, caller)),
        Endpoint::UsedBy(resource, pk) if resource.kind == Kind::Mapping => mappings::used_by(state, caller, pk),
        Endpoint::UsedBy(_, pk) => providers::used_by(state, caller, pk),
        Endpoint::MappingTest(pk) => mappings::test(state, call, caller, pk),
        Endpoint::SetupUrls(pk) => providers::setup_urls(state, pk),
        Endpoint::PreviewUser(pk) => providers::preview_user(state, call, caller, pk),
        Endpoint::CheckAccess(slug) => applications::check_access(state, call, caller, slug),
        Endpoint::Entitlements => applications::entitlements(state, call, caller),
        Endpoint::Transactional => transactional::apply(state, call, caller),
        Endpoint::Permissions => permissions::list(state, call),
        Endpoint::AccessTokens => tokens::list(state, &state.access_tokens, call, caller),
        Endpoint::RefreshTokens => tokens::list(state, &state.refresh_tokens, call, caller),
        Endpoint::List(resource) => list_or_create(state, call, caller, resource),
        Endpoint::One(resource, key) => one(state, call, caller, resource, key),
        Endpoint::System | Endpoint::Settings | Endpoint::FlowExecutor(_) => Err(Refusal::not_simulated()),
    }
}

fn list_or_create(state: &mut State, call: &Call, caller: &Caller, resource: &Resource) -> Result<Response, Refusal> {
    let creates = call.method == Method::POST;
    match resource.kind {
        Kind::User if !creates => users::list(state, call, caller),
        Kind::Group if !creates => groups::list(state, call, caller),
        Kind::Flow if !creates => flows::list(state, call, caller),
        Kind::Certificate if !creates => certificates::list(state, call, caller),
        Kind::Event if !creates => events::list(state, call, caller),
        Kind::Application if creates => applications::create(state, call, caller),
        Kind::Application => applications::list(state, call, caller),
        Kind::Mapping if creates => mappings::create(state, call, caller),
        Kind::Mapping => mappings::list(state, call, caller),
        Kind::Provider if creates => providers::create(state, call, caller),
        Kind::Provider => providers::list(state, call, caller),
        Kind::Binding if creates => bindings::create(state, call, caller),
        Kind::Binding => bindings::list(state, call, caller),
        _ => Err(Refusal::not_simulated()),
    }
}

fn one(state: &mut State, call: &Call, caller: &Caller, resource: &Resource, key: &str) -> Result<Response, Refusal> {
    let reads = matches!(call.method, Method::GET | Method::HEAD);
    let deletes = call.method == Method::DELETE;
    match resource.kind {
        Kind::User if reads => users::retrieve(state, caller, key),
        Kind::User if !deletes => users::update(state, call, caller, key),
        Kind::Group if reads => groups::retrieve(state, call, caller, key),
        Kind::Group if !deletes => groups::update(state, call, caller, key),
        Kind::Flow if reads => flows::retrieve(state, caller, key),
        Kind::Certificate if reads => certificates::retrieve(state, caller, key),
        Kind::Event if reads => events::retrieve(state, caller, key),
        Kind::Application if reads => applications::retrieve(state, caller, key),
        Kind::Application if deletes => applications::delete(state, call, caller, key),
        Kind::Application => applications::update(state, call, caller, key),
        Kind::Mapping if reads => mappings::retrieve(state, caller, key),
        Kind::Mapping if deletes => mappings::delete(state, call, caller, key),
        Kind::Mapping => mappings::update(state, call, caller, key),
        Kind::Provider if reads => providers::retrieve(state, caller, key),
        Kind::Provider if deletes => providers::delete(state, call, caller, key),
        Kind::Provider => providers::update(state, call, caller, key),
        Kind::Binding if reads => bindings::retrieve(state, caller, key),
        Kind::Binding if deletes => bindings::delete(state, call, caller, key),
        Kind::Binding => bindings::update(state, call, caller, key),
        _ => Err(Refusal::not_simulated()),
    }
}

/// OPTIONS: what the caller may do there shows in `actions`, which is not there if it is nothing (recordings 024 to 029, 985 to 987 and
/// 997 of 2026.8.0-rc1; those of 2026.2.2 were put together anew when they were recorded).
fn options(state: &State, caller: &Caller, endpoint: Endpoint) -> Response {
    let (name, description, action) = match endpoint {
        Endpoint::List(resource) => {
            let may = state.may(caller.user, &resource.permission("add"));
            (format!("{} List", resource.view), resource.description(), may.then_some(("POST", resource)))
        }
        Endpoint::One(resource, key) => {
            let may = state.reach(caller.user, &resource.permission("change")).covers(key);
            (format!("{} Instance", resource.view), resource.description(), may.then_some(("PUT", resource)))
        }
        Endpoint::Transactional => {
            let description = "Create provider and application and attach them in a single transaction";
            ("Transactional Application".to_owned(), description.to_owned(), None)
        }
        _ => ("Api".to_owned(), String::new(), None),
    };
    let mut answer = json!({
        "name": name,
        "description": description,
        "renders": ["application/json"],
        "parses": ["application/json"],
    });
    if let Some((method, resource)) = action {
        answer["actions"][method] = resource.fields();
        if state.has_secret_objects
            && resource.kind == Kind::Provider
            && let Some(fields) = answer["actions"][method].as_object_mut()
            && let Some(field) = fields.remove("client_secret")
        {
            fields.insert("secret".to_owned(), field);
        }
    }
    message::json(StatusCode::OK, &answer)
}

impl State {
    /// Name and key of roles.
    fn role_names(&self, roles: &[uuid::Uuid]) -> Value {
        roles
            .iter()
            .filter_map(|pk| self.roles.iter().find(|role| role.pk == *pk))
            .map(|Role { pk, name, .. }| json!({"pk": pk, "name": name}))
            .collect()
    }
}
