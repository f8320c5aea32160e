//! `/providers/oauth2/` (docs/contract/authentik.md, section 5).

use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    fields::{Fields, OPTIONAL, REQUIRED, Text, invalid_choice},
    list,
};
use crate::{
    authentik::{
        access::Caller,
        call::{Call, python_type},
        claims,
        merge::merge,
        refusal::Refusal,
        resource::PROVIDER,
        state::{Grant, MatchingMode, Provider, RedirectUri, RedirectUse, State},
        time,
        words::WORDS,
    },
    message::{self, Response},
};

/// Every grant that the schema of 2026.5 names.
const GRANT_TYPES: [&str; 7] = [
    "authorization_code",
    "implicit",
    "hybrid",
    "refresh_token",
    "client_credentials",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
];

const KEYS: [list::Key<Provider>; 2] =
    [("name", |provider| provider.name.clone()), ("pk", |provider| format!("{:020}", provider.pk))];

/// What an application shows of its provider.
pub(super) fn show_base(state: &State, provider: &Provider) -> Value {
    let application = state.application_of(provider.pk);
    // Mappings come out in the order of their creation, whatever order they went in (recording 253).
    let mappings: Vec<Uuid> =
        state.mappings.iter().map(|mapping| mapping.pk).filter(|pk| provider.property_mappings.contains(pk)).collect();
    let mut shown = json!({
        "pk": provider.pk,
        "name": provider.name,
        "authentication_flow": provider.authentication_flow,
        "authorization_flow": provider.authorization_flow,
        "invalidation_flow": provider.invalidation_flow,
        "property_mappings": mappings,
        "component": "ak-provider-oauth2-form",
        "assigned_application_slug": application.map(|application| &application.slug),
        "assigned_application_name": application.map(|application| &application.name),
        "assigned_backchannel_application_slug": null,
        "assigned_backchannel_application_name": null,
        "verbose_name": state.language.say(WORDS, "OAuth2/OpenID Provider"),
        "verbose_name_plural": state.language.say(WORDS, "OAuth2/OpenID Providers"),
        "meta_model_name": "authentik_providers_oauth2.oauth2provider",
    });
    if !state.profile.shows_unassigned()
        && let Some(shown) = shown.as_object_mut()
    {
        shown.retain(|name, value| !(name.starts_with("assigned_") && value.is_null()));
    }
    shown
}

/// A provider as the API shows it to this caller.
pub(super) fn show(state: &State, provider: &Provider, caller: &Caller) -> Value {
    let profile = state.profile;
    let uris: Vec<Value> = provider
        .redirect_uris
        .iter()
        .map(|uri| {
            let mut shown = json!({"matching_mode": uri.matching_mode.name(), "url": uri.url});
            if profile.has_redirect_uri_type() {
                shown["redirect_uri_type"] = json!(uri.purpose.unwrap_or(RedirectUse::Authorization).name());
            }
            shown
        })
        .collect();
    let mut shown = show_base(state, provider);
    let rest = json!({
        "client_type": if provider.is_public { "public" } else { "confidential" },
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "access_code_validity": provider.access_code_validity,
        "access_token_validity": provider.access_token_validity,
        "refresh_token_validity": provider.refresh_token_validity,
        "include_claims_in_id_token": provider.include_claims_in_id_token,
        "signing_key": provider.signing_key,
        "encryption_key": provider.encryption_key,
        "redirect_uris": uris,
        "sub_mode": provider.sub_mode,
        "issuer_mode": provider.issuer_mode,
        "jwt_federation_sources": [],
        "jwt_federation_providers": [],
    });
    if let (Some(shown), Value::Object(rest)) = (shown.as_object_mut(), rest) {
        shown.extend(rest);
    }
    let may_change = || state.reach(caller.user, &PROVIDER.permission("change")).covers(&provider.pk.to_string());
    if profile.hides_secrets()
        && !may_change()
        && let Some(shown) = shown.as_object_mut()
    {
        shown.remove("client_secret");
    }
    if state.has_secret_objects
        && let Some(shown) = shown.as_object_mut()
    {
        shown.remove("client_secret");
        shown.insert("secret".to_owned(), Value::Null);
    }
    if profile.has_backchannel_logout_uri() {
        shown["backchannel_logout_uri"] = json!("");
    }
    if profile.has_provider_logout() {
        shown["refresh_token_threshold"] = json!(provider.refresh_token_threshold);
        shown["logout_uri"] = json!(provider.logout_uri);
        shown["logout_method"] = json!(provider.logout_method);
    }
    if profile.has_grant_types() {
        shown["grant_types"] = json!(provider.grant_types);
    }
    shown
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = PROVIDER.visible(state, caller)?;
    let client_type = |provider: &Provider| {
        if provider.is_public { "public" } else { "confidential" }
    };
    let mut providers: Vec<&Provider> = state
        .providers
        .iter()
        .filter(|provider| visible.covers(&provider.pk.to_string()))
        .filter(|provider| call.param("name").is_none_or(|name| provider.name == name))
        .filter(|provider| call.param("client_id").is_none_or(|id| provider.client_id == id))
        .filter(|provider| call.param("client_type").is_none_or(|kind| client_type(provider) == kind))
        .filter(|provider| {
            call.param("application")
                .is_none_or(|key| state.application_of(provider.pk).is_some_and(|application| application.pk.to_string() == key))
        })
        .filter(|provider| call.param("search").is_none_or(|search| list::matches(search, &[&provider.name])))
        .collect();
    providers.sort_by(|left, right| left.name.cmp(&right.name));
    list::order(call, &mut providers, &KEYS);
    list::paged(call, state, None, &providers, |provider| show(state, provider, caller))
}

pub(super) fn create(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    PROVIDER.may_add(state, caller)?;
    let body = call.json()?;
    let provider = read_new(state, Fields::new(&body, false))?;
    let shown = show(state, &provider, caller);
    insert(state, call, caller, provider);
    Ok(message::json(StatusCode::CREATED, &shown))
}

/// A new provider from its fields. It uses a primary key up, whether it is stored or not, as a database sequence does.
pub(super) fn read_new(state: &mut State, fields: Fields) -> Result<Provider, Refusal> {
    let client_id = state.ids.alphanumeric(40);
    let client_secret = state.ids.alphanumeric(128);
    let mut provider = Provider::new(state.next_provider, client_id, client_secret);
    read(state, fields, &mut provider)?;
    state.next_provider += 1;
    Ok(provider)
}

/// Stores a new provider.
pub(super) fn insert(state: &mut State, call: &Call, caller: &Caller, provider: Provider) {
    PROVIDER.audit("model_created", &json!(provider.pk), &provider.name, state, call, Some(caller.user));
    state.providers.push(provider);
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    PROVIDER.may("view", key, state, caller)?;
    Ok(message::json(StatusCode::OK, &show(state, find(state, key)?, caller)))
}

pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    PROVIDER.may("change", key, state, caller)?;
    let mut provider = find(state, key)?.clone();
    let body = call.json()?;
    let partial = call.method == http::Method::PATCH;
    read(state, Fields::new(&body, partial), &mut provider)?;
    let mut shown = show(state, &provider, caller);
    if partial {
        hide_defaults(&mut shown, &provider);
    }
    PROVIDER.audit("model_updated", &json!(provider.pk), &provider.name, state, call, Some(caller.user));
    if let Some(stored) = state.provider_mut(provider.pk) {
        *stored = provider;
    }
    Ok(message::json(StatusCode::OK, &shown))
}

/// The answer to a PATCH has no type for redirect URIs that were stored without one; the answer to a GET has (recordings 260, 942 and
/// 946 of 2026.8.0-rc1).
fn hide_defaults(shown: &mut Value, provider: &Provider) {
    let shown = shown["redirect_uris"].as_array_mut().into_iter().flatten();
    for (shown, _) in shown.zip(&provider.redirect_uris).filter(|(_, uri)| uri.purpose.is_none()) {
        if let Some(shown) = shown.as_object_mut() {
            shown.remove("redirect_uri_type");
        }
    }
}

pub(super) fn delete(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    PROVIDER.may("delete", key, state, caller)?;
    let provider = find(state, key)?.clone();
    let pk = provider.pk;
    state.providers.retain(|other| other.pk != pk);
    for application in &mut state.applications {
        application.provider = application.provider.filter(|other| *other != pk);
    }
    state.codes.retain(|code| code.grant.provider != pk);
    state.access_tokens.retain(|token| token.grant.provider != pk);
    state.refresh_tokens.retain(|token| token.grant.provider != pk);
    PROVIDER.audit("model_deleted", &json!(pk), &provider.name, state, call, Some(caller.user));
    Ok(message::empty(StatusCode::NO_CONTENT))
}

pub(super) fn used_by(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    PROVIDER.may("view", key, state, caller)?;
    let provider = find(state, key)?;
    let users: Vec<Value> = state
        .mappings
        .iter()
        .filter(|mapping| provider.property_mappings.contains(&mapping.pk))
        .map(|mapping| {
            json!({
                "app": "authentik_core", "model_name": "propertymapping", "pk": mapping.pk,
                "name": format!("Property Mapping {}", mapping.name), "action": "cascade_many",
            })
        })
        .collect();
    Ok(message::json(StatusCode::OK, &users))
}

/// The endpoints that mailcow has to be told; needs no permission on the provider (section 5.2).
pub(super) fn setup_urls(state: &State, key: &str) -> Result<Response, Refusal> {
    let provider = find(state, key)?;
    let site = &state.site;
    let mut urls = json!({
        "issuer": null,
        "authorize": site.absolute("application/o/authorize/"),
        "token": site.absolute("application/o/token/"),
        "user_info": site.absolute("application/o/userinfo/"),
        "provider_info": null,
        "logout": null,
    });
    if let Some(application) = state.application_of(provider.pk) {
        let own = site.absolute(&format!("application/o/{}/", application.slug));
        urls["issuer"] = json!(claims::issuer(state, provider));
        urls["provider_info"] = json!(format!("{own}.well-known/openid-configuration"));
        urls["logout"] = json!(format!("{own}end-session/"));
        urls["jwks"] = json!(format!("{own}jwks/"));
    }
    if state.profile.has_dynamic_registration() {
        urls["dcr_registration"] = Value::Null;
    }
    Ok(message::json(StatusCode::OK, &urls))
}

/// The claims that the client would get for a user (recordings 248 to 258).
pub(super) fn preview_user(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    PROVIDER.may("view", key, state, caller)?;
    let provider = find(state, key)?.clone();
    let user = match call.param("for_user") {
        None => caller.user,
        Some(text) => text
            .parse()
            .ok()
            .filter(|pk| state.users.get(*pk).is_some())
            .ok_or_else(|| Refusal::invalid(json!({"for_user": "User not found"})))?,
    };
    let allowed = state.reach(caller.user, "authentik_core.preview_user");
    if user != caller.user && !allowed.covers(&user.to_string()) {
        return Err(Refusal::invalid(json!({"for_user": "User not found"})));
    }
    let scopes: Vec<String> = claims::selected(state, &provider).into_iter().map(|mapping| mapping.scope_name.clone()).collect();
    let grant = Grant { provider: provider.pk, user, scopes: scopes.clone(), nonce: None, auth_time: state.now };
    let mut preview = claims::of_id_token(state, &provider, &grant, 1800);
    if provider.include_claims_in_id_token {
        let (more, _) = claims::of_scopes(state, &provider, state.users.get(user), &scopes);
        merge(&mut preview, more);
    }
    Ok(message::json(StatusCode::OK, &json!({ "preview": preview })))
}

fn find<'a>(state: &'a State, key: &str) -> Result<&'a Provider, Refusal> {
    key.parse().ok().and_then(|pk| state.provider(pk)).ok_or_else(|| PROVIDER.missing())
}

fn read(state: &State, mut fields: Fields, provider: &mut Provider) -> Result<(), Refusal> {
    read_identity(state, &mut fields, provider);
    read_references(state, &mut fields, provider);
    read_client(state, &mut fields, provider);
    read_behaviour(state, &mut fields, provider);
    fields.done()
}

fn read_identity(state: &State, fields: &mut Fields, provider: &mut Provider) {
    let others = |test: &dyn Fn(&Provider) -> bool| state.providers.iter().any(|other| other.pk != provider.pk && test(other));
    if let Some(name) = fields.text("name", REQUIRED) {
        if others(&|other| other.name == name) {
            fields.error("name", "provider with this name already exists.");
        }
        provider.name = name;
    }
}

fn read_references(state: &State, fields: &mut Fields, provider: &mut Provider) {
    let flow = |pk: Uuid| state.flow(pk).is_some();
    let certificate = |pk: Uuid| state.certificates.iter().any(|other| other.pk == pk);
    fields.nullable_reference("authentication_flow", flow, &mut provider.authentication_flow);
    if let Some(pk) = fields.reference("authorization_flow", flow) {
        provider.authorization_flow = pk;
    }
    if let Some(pk) = fields.reference("invalidation_flow", flow) {
        provider.invalidation_flow = pk;
    }
    if let Some(pks) = fields.references("property_mappings", |pk| state.mapping(pk).is_some()) {
        provider.property_mappings = pks;
    }
    fields.nullable_reference("signing_key", certificate, &mut provider.signing_key);
    fields.nullable_reference("encryption_key", certificate, &mut provider.encryption_key);
}

/// The refusal of a client ID or secret; its words are not known, its status is.
const NOT_PRINTABLE: &str = "Value must only contain printable ASCII characters.";

fn read_client(state: &State, fields: &mut Fields, provider: &mut Provider) {
    let secret = Text { max: Some(255), ..OPTIONAL };
    let wants_ascii = state.profile.wants_printable_credentials();
    let is_printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if let Some(kind) = fields.choice("client_type", &["confidential", "public"]) {
        provider.is_public = kind == "public";
    }
    if let Some(id) = fields.text("client_id", Text { required: false, max: Some(255), ..REQUIRED }) {
        let taken = |other: &Provider| other.client_id == id && other.pk != provider.pk;
        if state.providers.iter().any(taken) {
            fields.error("client_id", "OAuth2/OpenID Provider with this Client ID already exists.");
        }
        if wants_ascii && !is_printable(&id) {
            fields.error("client_id", NOT_PRINTABLE);
        }
        provider.client_id = id;
    }
    // An unknown field is ignored (docs/contract/newest.md, row 14).
    if !state.has_secret_objects
        && let Some(secret) = fields.text("client_secret", secret)
    {
        if wants_ascii && !is_printable(&secret) {
            fields.error("client_secret", NOT_PRINTABLE);
        }
        provider.client_secret = secret;
    }
    let has_types = state.profile.has_redirect_uri_type();
    let absent = if has_types && fields.is_partial() { None } else { Some(RedirectUse::Authorization) };
    match fields.present("redirect_uris", true).map(|value| redirect_uris(value, has_types, absent)) {
        Some(Ok(uris)) => provider.redirect_uris = uris,
        Some(Err(fault)) => fields.fault("redirect_uris", fault),
        None => {}
    }
    if state.profile.has_grant_types()
        && let Some(grants) = fields.list("grant_types", false)
    {
        let is_known = |grant: &Value| grant.as_str().is_some_and(|grant| GRANT_TYPES.contains(&grant));
        let unknown: Map<String, Value> = grants
            .iter()
            .enumerate()
            .filter(|(_, grant)| !is_known(grant))
            .map(|(at, grant)| (at.to_string(), json!([invalid_choice(grant)])))
            .collect();
        if !unknown.is_empty() {
            fields.fault("grant_types", Value::Object(unknown));
        } else if grants.is_empty() {
            fields.error("grant_types", "This list may not be empty.");
        }
        provider.grant_types = grants.iter().filter_map(|grant| grant.as_str().map(str::to_owned)).collect();
    }
}

fn read_behaviour(state: &State, fields: &mut Fields, provider: &mut Provider) {
    let mut span = |name: &str, into: &mut String| {
        if let Some(text) = fields.text(name, Text { required: false, ..REQUIRED }) {
            if time::span_seconds(&text).is_none() {
                fields.error(name, &format!("{text} is not in the correct format of 'hours=3;minutes=1'."));
            }
            *into = text;
        }
    };
    span("access_code_validity", &mut provider.access_code_validity);
    span("access_token_validity", &mut provider.access_token_validity);
    span("refresh_token_validity", &mut provider.refresh_token_validity);
    if state.profile.has_provider_logout() {
        span("refresh_token_threshold", &mut provider.refresh_token_threshold);
        if let Some(uri) = fields.text("logout_uri", OPTIONAL) {
            provider.logout_uri = uri;
        }
        if let Some(method) = fields.choice("logout_method", &["backchannel", "frontchannel"]) {
            provider.logout_method = method;
        }
    }
    if let Some(include) = fields.boolean("include_claims_in_id_token") {
        provider.include_claims_in_id_token = include;
    }
    let modes = ["hashed_user_id", "user_id", "user_uuid", "user_username", "user_email", "user_upn"];
    if let Some(mode) = fields.choice("sub_mode", &modes) {
        provider.sub_mode = mode;
    }
    if let Some(mode) = fields.choice("issuer_mode", &["global", "per_provider"]) {
        provider.issuer_mode = mode;
    }
}

/// Redirect URIs from their JSON form, or what is wrong with it (recordings 205 to 208). `absent` is the use of one that has no type.
fn redirect_uris(value: &Value, has_types: bool, absent: Option<RedirectUse>) -> Result<Vec<RedirectUri>, Value> {
    let Value::Array(entries) = value else {
        let kind = python_type(value);
        return Err(json!({"non_field_errors": [format!("Expected a list of items but got type \"{kind}\".")]}));
    };
    let read: Vec<Result<RedirectUri, Value>> = entries.iter().map(|entry| redirect_uri(entry, has_types, absent)).collect();
    if read.iter().any(Result::is_err) {
        let faults: Vec<Value> = read.into_iter().map(|entry| entry.err().unwrap_or_else(|| json!({}))).collect();
        return Err(json!(faults));
    }
    let uris: Vec<RedirectUri> = read.into_iter().flatten().collect();
    let broken = uris.iter().find(|uri| uri.matching_mode == MatchingMode::Regex && regex::Regex::new(&uri.url).is_err());
    match broken {
        Some(uri) => Err(json!([format!("Invalid Regex Pattern: {}", uri.url)])),
        None => Ok(uris),
    }
}

fn redirect_uri(value: &Value, has_types: bool, absent: Option<RedirectUse>) -> Result<RedirectUri, Value> {
    let Value::Object(body) = value else {
        let kind = python_type(value);
        return Err(json!({"non_field_errors": [format!("Invalid data. Expected a dictionary, but got {kind}.")]}));
    };
    let required = || json!(["This field is required."]);
    let matching_mode = match body.get("matching_mode") {
        None => return Err(json!({"matching_mode": required()})),
        Some(mode) => match mode.as_str() {
            Some("strict") => MatchingMode::Strict,
            Some("regex") => MatchingMode::Regex,
            _ => return Err(json!({"matching_mode": [invalid_choice(mode)]})),
        },
    };
    let url = body.get("url").and_then(Value::as_str).ok_or_else(|| json!({"url": required()}))?;
    let purpose = match body.get("redirect_uri_type").filter(|_| has_types) {
        None => absent,
        Some(purpose) => match purpose.as_str() {
            Some("authorization") => Some(RedirectUse::Authorization),
            Some("logout") => Some(RedirectUse::Logout),
            _ => return Err(json!({"redirect_uri_type": [invalid_choice(purpose)]})),
        },
    };
    Ok(RedirectUri { matching_mode, url: url.to_owned(), purpose })
}
