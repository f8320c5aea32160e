//! The control port: what tests may see and change beside what the products' own APIs allow.
//!
//! | request | does |
//! |---|---|
//! | `GET /state` | both states: mailcow's as it is, of authentik the first pages of what the integration touches |
//! | `POST /fault` | `{"upstream": …}` or `{"browser": {…}}` orders a fault, `{"clear": {}}` ends all |
//! | `POST /hold` | `{"product": …, "part": …}` lets requests with this in path or query wait, until `POST /release` |
//! | `POST /reset` | begins anew; members not given stay as they were |
//! | `POST /sign-in` | `{"product": …, "user": …}` begins a session and gives its cookies |
//! | `POST /role` | `{"user": …, "permissions": […]}` gives a user of authentik a role with these permissions; `"read-only"` in place of the list gives "authentik Read-only" |
//! | `POST /clock` | `{"now_ms": …}` sets both clocks, milliseconds since 1970 |
//! | `POST /pending` | `{"what": …}` lets mailcow demand a `second_factor`, `second_factor_setup`, `new_password` or nothing of its administrator |
//! | `POST /entitlements` | `{"slug": …, "names": […]}` gives an application of authentik these entitlements |
//! | `POST /token` | `{"user": …}` gives a token for authentik's API with the rights of this user |
//! | `POST /colleague` | `{"count": …}` lets somebody else edit attributes of so many users now, with `"every": …` while others write |
//! | `GET /passed` | which requests came to authentik's API since the beginning, and how long the writing took |
//! | `POST /domain` | `{"name": …, "active": …}` makes a domain of mailcow active or inactive |

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::colleague::{self, Edits};
use super::options;
use super::served::{Hold, Served};
use crate::authentik::state::{ApiToken, Role as AuthentikRole};
use crate::mailcow::session::{Pending, Role};
use crate::message::{Request, Response, json as answer_json};
use crate::world::faults::{Fault, Faults, UpstreamFault};
use crate::world::{Product, World};

/// The superuser of authentik's demo.
const AUTHENTIK_ADMINISTRATOR: &str = "akadmin";

/// What is shown of authentik: a name and the list behind it.
const AUTHENTIK_LISTS: [(&str, &str); 6] = [
    ("users", "api/v3/core/users/?page_size=100"),
    ("groups", "api/v3/core/groups/?include_users=false"),
    ("applications", "api/v3/core/applications/?superuser_full_list=true"),
    ("providers", "api/v3/providers/oauth2/"),
    ("mappings", "api/v3/propertymappings/provider/scope/"),
    ("bindings", "api/v3/policies/bindings/"),
];

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FaultOrder {
    Upstream(Option<UpstreamFault>),
    Browser(Fault),
    Clear {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    authentik_profile: Option<String>,
    mailcow_profile: Option<String>,
    users: Option<usize>,
    seed: Option<u64>,
    half_made: Option<bool>,
}

#[derive(Deserialize)]
struct SignIn {
    product: Product,
    user: String,
}

#[derive(Deserialize)]
struct GiveRole {
    user: String,
    permissions: Permissions,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Permissions {
    These(BTreeSet<String>),
    Known(KnownRole),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KnownRole {
    ReadOnly,
}

#[derive(Deserialize)]
struct Clock {
    now_ms: i64,
}

#[derive(Deserialize)]
struct Demand {
    what: Option<Pending>,
}

#[derive(Deserialize)]
struct Entitle {
    slug: String,
    names: Vec<String>,
}

#[derive(Deserialize)]
struct GiveToken {
    user: String,
}

#[derive(Deserialize)]
struct ActiveDomain {
    name: String,
    active: bool,
}

/// A cookie to be set in the browser, in the words of the `DevTools` protocol.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cookie {
    name: &'static str,
    value: String,
    url: String,
    path: String,
    http_only: bool,
}

pub(super) fn answer(served: &mut Served, request: &Request) -> Response {
    let result = match (request.method(), request.uri().path()) {
        (&Method::GET, "/state") => Ok(state(&mut served.world)),
        (&Method::POST, "/fault") => read(request).map(|order| fault(&mut served.world, order)),
        (&Method::POST, "/hold") => read(request).map(|hold| wait(served, Some(hold))),
        (&Method::POST, "/release") => Ok(wait(served, None)),
        (&Method::POST, "/reset") => read(request).and_then(|order| reset(served, &order)),
        (&Method::POST, "/sign-in") => read(request).and_then(|order| sign_in(&mut served.world, &order)),
        (&Method::POST, "/role") => read(request).and_then(|order| give_role(&mut served.world, order)),
        (&Method::POST, "/clock") => read(request).map(|order| clock(&mut served.world, &order)),
        (&Method::POST, "/pending") => read(request).map(|order| demand(&mut served.world, &order)),
        (&Method::POST, "/entitlements") => read(request).and_then(|order| entitle(&mut served.world, order)),
        (&Method::POST, "/token") => read(request).and_then(|order| token(&mut served.world, &order)),
        (&Method::POST, "/colleague") => read(request).map(|edits: Edits| colleague(&mut served.world, edits)),
        (&Method::GET, "/passed") => Ok(served.passed.told()),
        (&Method::POST, "/domain") => read(request).and_then(|order| activate(&mut served.world, &order)),
        _ => return answer_json(StatusCode::NOT_FOUND, &json!({"error": "no such command"})),
    };
    match result {
        Ok(value) => answer_json(StatusCode::OK, &value),
        Err(error) => answer_json(StatusCode::BAD_REQUEST, &json!({"error": error})),
    }
}

fn read<'a, T: Deserialize<'a>>(request: &'a Request) -> Result<T, String> {
    serde_json::from_slice(request.body()).map_err(|error| error.to_string())
}

fn state(world: &mut World) -> Value {
    let cookies = world.authentik.sign_in(AUTHENTIK_ADMINISTRATOR);
    let mut lists = Map::new();
    for (name, path) in AUTHENTIK_LISTS {
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = world.authentik.state().site.path(path).parse().unwrap_or_default();
        if let Some(value) = cookies
            .as_ref()
            .and_then(|cookies| http::HeaderValue::from_str(&format!("authentik_session={}", cookies.session)).ok())
        {
            request.headers_mut().insert(http::header::COOKIE, value);
        }
        let response = world.authentik.handle(request);
        let list: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        lists.insert(name.to_owned(), json!({"count": list["pagination"]["count"], "first": list["results"]}));
    }
    json!({"mailcow": world.mailcow.state(), "authentik": lists})
}

fn wait(served: &Served, hold: Option<Hold>) -> Value {
    served.hold.send_replace(hold);
    json!({})
}

fn fault(world: &mut World, order: FaultOrder) -> Value {
    match order {
        FaultOrder::Upstream(fault) => world.faults.upstream = fault,
        FaultOrder::Browser(fault) => world.faults.browser.push(fault),
        FaultOrder::Clear {} => world.faults = Faults::default(),
    }
    json!({})
}

fn reset(served: &mut Served, order: &Reset) -> Result<Value, String> {
    let mut demo = served.demo.clone();
    if let Some(name) = &order.authentik_profile {
        demo.authentik_profile = options::authentik_profile(name).map_err(|error| error.to_string())?;
    }
    if let Some(name) = &order.mailcow_profile {
        demo.mailcow_profile = options::mailcow_profile(name).map_err(|error| error.to_string())?;
    }
    demo.users = order.users.unwrap_or(demo.users);
    demo.seed = order.seed.unwrap_or(demo.seed);
    demo.half_made = order.half_made.unwrap_or(demo.half_made);
    served.reset(demo);
    Ok(json!({}))
}

fn sign_in(world: &mut World, order: &SignIn) -> Result<Value, String> {
    let url = world.origin(order.product).to_owned();
    let path = match order.product {
        Product::Authentik => world.authentik.state().site.base.clone(),
        Product::Mailcow => "/".to_owned(),
    };
    let cookie = |name, value, http_only| Cookie { name, value, url: url.clone(), path: path.clone(), http_only };
    let cookies = match order.product {
        Product::Authentik => {
            let cookies = world.authentik.sign_in(&order.user).ok_or("no such user")?;
            vec![cookie("authentik_session", cookies.session, true), cookie("authentik_csrf", cookies.csrf, false)]
        }
        Product::Mailcow => {
            let role = mailcow_role(world, &order.user).ok_or("no such user")?;
            let (name, value) = world.mailcow.sign_in_as(&order.user, role);
            vec![cookie(name, value, true)]
        }
    };
    Ok(json!({"cookies": cookies}))
}

fn mailcow_role(world: &World, user: &str) -> Option<Role> {
    let state = world.mailcow.state();
    if user == "admin" {
        Some(Role::Admin)
    } else if state.domain_admins.iter().any(|admin| admin.username == user) {
        Some(Role::DomainAdmin)
    } else {
        state.mailbox(user).map(|_| Role::User)
    }
}

fn give_role(world: &mut World, GiveRole { user, permissions }: GiveRole) -> Result<Value, String> {
    let state = world.authentik.state_mut();
    let pk = state.ids.uuid();
    state.users.named_mut(&user).ok_or("no such user")?.roles.push(pk);
    state.roles.push(match permissions {
        Permissions::Known(KnownRole::ReadOnly) => AuthentikRole::read_only(pk),
        Permissions::These(permissions) => {
            AuthentikRole { pk, name: format!("role for {user}"), permissions, object_permissions: BTreeMap::new() }
        }
    });
    Ok(json!({}))
}

fn entitle(world: &mut World, order: Entitle) -> Result<Value, String> {
    let mut applications = world.authentik.state_mut().applications.iter_mut();
    let application = applications.find(|application| application.slug == order.slug).ok_or("no such application")?;
    application.entitlements = order.names;
    Ok(json!({}))
}

fn activate(world: &mut World, order: &ActiveDomain) -> Result<Value, String> {
    let mut domains = world.mailcow.state_mut().domains.iter_mut();
    domains.find(|domain| domain.name == order.name).ok_or("no such domain")?.active = order.active;
    Ok(json!({}))
}

fn token(world: &mut World, GiveToken { user }: &GiveToken) -> Result<Value, String> {
    let state = world.authentik.state_mut();
    let user = state.users.named(user).ok_or("no such user")?.pk;
    let key = state.ids.alphanumeric(60);
    state.tokens.push(ApiToken { key: key.clone(), user });
    Ok(json!({"token": key}))
}

fn colleague(world: &mut World, edits: Edits) -> Value {
    colleague::edit(world, edits);
    json!({})
}

fn demand(world: &mut World, order: &Demand) -> Value {
    world.mailcow.state_mut().admin_pending = order.what;
    json!({})
}

fn clock(world: &mut World, order: &Clock) -> Value {
    world.mailcow.state_mut().now = order.now_ms / 1_000;
    world.authentik.state_mut().now = order.now_ms * 1_000;
    json!({})
}
