//! `/core/applications/` (docs/contract/authentik.md, section 7). authentik caches a user's list for a day; that is not simulated.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{
    fields::{Fields, OPTIONAL, REQUIRED, Text, invalid_pk},
    list,
    mappings::hex,
    providers,
};
use crate::{
    authentik::{
        access::{Caller, Reach},
        call::Call,
        policy,
        refusal::Refusal,
        resource::APPLICATION,
        state::{Application, State, User},
    },
    message::{self, Response},
};

const KEYS: [list::Key<Application>; 3] = [
    ("name", |application| application.name.clone()),
    ("slug", |application| application.slug.clone()),
    ("group", |application| application.group.clone()),
];

/// Where an application's tile leads: its own launch URL, or the first redirect URI without its path.
pub(in crate::authentik) fn launch_url(state: &State, application: &Application) -> Option<String> {
    if !application.meta_launch_url.is_empty() {
        return Some(application.meta_launch_url.clone());
    }
    let provider = state.provider(application.provider?)?;
    let first = provider.authorization_uris().next()?;
    let url = Url::parse(&first.url).ok()?;
    Some(url.origin().ascii_serialization())
}

fn show(state: &State, application: &Application) -> Value {
    let provider = application.provider.and_then(|pk| state.provider(pk));
    let mut shown = json!({
        "pk": application.pk,
        "name": application.name,
        "slug": application.slug,
        "provider": application.provider,
        "provider_obj": provider.map(|provider| providers::show_base(state, provider)),
        "backchannel_providers": [],
        "backchannel_providers_obj": [],
        "launch_url": launch_url(state, application),
        "open_in_new_tab": application.open_in_new_tab,
        "meta_launch_url": application.meta_launch_url,
        "meta_icon": application.meta_icon,
        "meta_description": application.meta_description,
        "meta_publisher": application.meta_publisher,
        "policy_engine_mode": if application.needs_all { "all" } else { "any" },
        "group": application.group,
    });
    if state.profile.has_themed_urls() {
        shown["meta_icon_url"] = if application.meta_icon.is_empty() { Value::Null } else { json!(application.meta_icon) };
        shown["meta_icon_themed_urls"] = Value::Null;
    } else {
        // It is set by an endpoint of its own, and shown as the address of the file.
        shown["meta_icon"] = if application.meta_icon.is_empty() { Value::Null } else { json!(application.meta_icon) };
    }
    if state.profile.has_meta_hide() {
        shown["meta_hide"] = json!(application.meta_hide);
    }
    if state.profile.has_pbm_uuid() {
        shown["pbm_uuid"] = json!(application.pk);
    }
    shown
}

/// Only what is not hidden and the caller may launch, unless a superuser asks for everything (recordings 238 to 241). The pages
/// are cut in between, so `pagination` counts what the caller may not launch, too, but nothing hidden (recordings 972 and 992 of
/// 2026.8.0-rc1).
pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let me = state.user_of(caller)?;
    let superuser = state.is_superuser(me);
    let everything = superuser && call.flag("superuser_full_list") == Some(true);
    let launcher: &User = match call.param("for_user") {
        Some(text) if superuser => text
            .parse()
            .ok()
            .and_then(|pk| state.users.get(pk))
            .ok_or_else(|| Refusal::invalid(json!({"for_user": "User not found"})))?,
        _ => me,
    };
    let mut applications: Vec<&Application> = state
        .applications
        .iter()
        .filter(|application| everything || !(state.profile.has_meta_hide() && application.meta_hide))
        .filter(|application| call.param("slug").is_none_or(|slug| application.slug == slug))
        .filter(|application| call.param("name").is_none_or(|name| application.name == name))
        .filter(|application| call.param("group").is_none_or(|group| application.group == group))
        .filter(|application| call.flag("only_with_launch_url") != Some(true) || launch_url(state, application).is_some())
        .filter(|application| {
            call.param("search").is_none_or(|search| {
                list::matches(
                    search,
                    &[
                        &application.name,
                        &application.slug,
                        &application.meta_launch_url,
                        &application.meta_description,
                        &application.meta_publisher,
                        &application.group,
                    ],
                )
            })
        })
        .collect();
    applications.sort_by(|left, right| left.name.cmp(&right.name));
    list::order(call, &mut applications, &KEYS);
    let is_listed = |application: &&&Application| everything || policy::passes(state, application, launcher);
    let page = list::Page::new(call, state, applications.len())?;
    let listed = applications[page.start..page.end].iter().filter(is_listed).map(|application| show(state, application));
    Ok(page.answer(state.profile, None, listed.collect()))
}

/// `/core/application_entitlements/`.
pub(super) fn entitlements(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    if !state.may(caller.user, "authentik_core.view_applicationentitlement") {
        return Err(Refusal::forbidden());
    }
    let of = |application: &&Application| call.param("app").is_none_or(|pk| application.pk.to_string() == pk);
    let all: Vec<Value> = state
        .applications
        .iter()
        .filter(of)
        .flat_map(|application| application.entitlements.iter().enumerate().map(|numbered| (application.pk, numbered)))
        .map(|(app, (number, name))| {
            let pk = Uuid::from_u128(app.as_u128().wrapping_add(1 + number as u128));
            json!({"pbm_uuid": pk, "name": name, "app": app, "attributes": {}})
        })
        .collect();
    list::paged(call, state, None, &all, Value::clone)
}

pub(super) fn create(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    APPLICATION.may_add(state, caller)?;
    let body = call.json()?;
    let application = read_new(state, Fields::new(&body, false))?;
    let slug = application.slug.clone();
    insert(state, call, caller, application);
    Ok(message::json(StatusCode::CREATED, &show(state, find(state, &slug)?)))
}

/// A new application from its fields.
pub(super) fn read_new(state: &mut State, fields: Fields) -> Result<Application, Refusal> {
    let mut application = Application::new(state.ids.uuid(), "", "");
    read(state, fields, &mut application)?;
    Ok(application)
}

/// Stores a new application.
pub(super) fn insert(state: &mut State, call: &Call, caller: &Caller, application: Application) {
    APPLICATION.audit("model_created", &hex(application.pk), &application.name, state, call, Some(caller.user));
    state.applications.push(application);
}

pub(super) fn retrieve(state: &State, caller: &Caller, slug: &str) -> Result<Response, Refusal> {
    may(state, caller, "view", slug)?;
    Ok(message::json(StatusCode::OK, &show(state, find(state, slug)?)))
}

pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, slug: &str) -> Result<Response, Refusal> {
    may(state, caller, "change", slug)?;
    let mut application = find(state, slug)?.clone();
    let body = call.json()?;
    read(state, Fields::new(&body, call.method == http::Method::PATCH), &mut application)?;
    APPLICATION.audit("model_updated", &hex(application.pk), &application.name, state, call, Some(caller.user));
    let slug_now = application.slug.clone();
    if let Some(stored) = state.application_mut(slug) {
        *stored = application;
    }
    Ok(message::json(StatusCode::OK, &show(state, find(state, &slug_now)?)))
}

/// Removes an application and its bindings; the provider stays (recordings 300, 301).
pub(super) fn delete(state: &mut State, call: &Call, caller: &Caller, slug: &str) -> Result<Response, Refusal> {
    may(state, caller, "delete", slug)?;
    let application = find(state, slug)?.clone();
    state.applications.retain(|other| other.pk != application.pk);
    state.bindings.retain(|binding| binding.target != application.pk);
    APPLICATION.audit("model_deleted", &hex(application.pk), &application.name, state, call, Some(caller.user));
    Ok(message::empty(StatusCode::NO_CONTENT))
}

/// Whether a user may use the application; `for_user` counts for superusers only (recordings 281 to 290).
pub(super) fn check_access(state: &State, call: &Call, caller: &Caller, slug: &str) -> Result<Response, Refusal> {
    let application = find(state, slug)?;
    let me = state.user_of(caller)?;
    let user = match call.param("for_user") {
        Some(text) if state.is_superuser(me) => text
            .parse()
            .ok()
            .and_then(|pk| state.users.get(pk))
            .ok_or_else(|| Refusal::invalid(json!({"for_user": "User not found"})))?,
        _ => me,
    };
    let answer = json!({
        "passing": policy::passes(state, application, user),
        "messages": [],
        "log_messages": [],
    });
    Ok(message::json(StatusCode::OK, &answer))
}

fn may(state: &State, caller: &Caller, verb: &str, slug: &str) -> Result<(), Refusal> {
    let reach = state.reach(caller.user, &APPLICATION.permission(verb));
    let key = state.application(slug).map(|application| application.pk.to_string());
    match (reach, key) {
        (Reach::Nothing, _) => Err(Refusal::forbidden()),
        (_, None) => Err(APPLICATION.missing()),
        (reach, Some(key)) if reach.covers(&key) => Ok(()),
        _ => Err(Refusal::forbidden()),
    }
}

fn find<'a>(state: &'a State, slug: &str) -> Result<&'a Application, Refusal> {
    state.application(slug).ok_or_else(|| APPLICATION.missing())
}

fn read(state: &State, mut fields: Fields, application: &mut Application) -> Result<(), Refusal> {
    if let Some(name) = fields.text("name", REQUIRED) {
        application.name = name;
    }
    let rule = Text { max: state.profile.max_slug_length(), ..REQUIRED };
    if let Some(slug) = fields.text("slug", rule) {
        if let Some(fault) = slug_fault(state, &slug, application.pk) {
            fields.error("slug", &fault);
        }
        application.slug = slug;
    }
    match fields.raw("provider") {
        None => {}
        Some(Value::Null) => application.provider = None,
        Some(value) => match value.as_i64().filter(|pk| state.provider(*pk).is_some()) {
            None => fields.error("provider", &invalid_pk(value)),
            Some(pk) => {
                if state.application_of(pk).is_some_and(|other| other.pk != application.pk) {
                    fields.error("provider", "Application with this provider already exists.");
                }
                application.provider = Some(pk);
            }
        },
    }
    let mut text = |name: &str, into: &mut String| {
        if let Some(value) = fields.text(name, OPTIONAL) {
            *into = value;
        }
    };
    text("group", &mut application.group);
    text("meta_description", &mut application.meta_description);
    text("meta_publisher", &mut application.meta_publisher);
    if state.profile.has_themed_urls() {
        text("meta_icon", &mut application.meta_icon);
    }
    if let Some(url) = fields.text("meta_launch_url", OPTIONAL) {
        if !url.is_empty() && Url::parse(&url).is_err() {
            fields.error("meta_launch_url", "Enter a valid URL.");
        }
        application.meta_launch_url = url;
    }
    if let Some(open) = fields.boolean("open_in_new_tab") {
        application.open_in_new_tab = open;
    }
    if state.profile.has_meta_hide()
        && let Some(hide) = fields.boolean("meta_hide")
    {
        application.meta_hide = hide;
    }
    if let Some(mode) = fields.choice("policy_engine_mode", &["all", "any"]) {
        application.needs_all = mode == "all";
    }
    fields.done()
}

/// What is wrong with a slug (recordings 232, 235, 236).
fn slug_fault(state: &State, slug: &str, own: Uuid) -> Option<String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !slug.bytes().all(legal) {
        Some("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.".to_owned())
    } else if state.profile.reserved_slugs().contains(&slug) {
        Some(format!("The slug '{slug}' is reserved and cannot be used for applications."))
    } else if state.application(slug).is_some_and(|other| other.pk != own) {
        Some("Application with this slug already exists.".to_owned())
    } else {
        None
    }
}
