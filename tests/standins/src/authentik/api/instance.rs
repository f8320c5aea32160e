//! What the installation says about itself, and who is asking (docs/contract/authentik.md, sections 1 and 2).

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    authentik::{
        access::Caller,
        call::Call,
        cookies,
        profile::Profile,
        refusal::Refusal,
        state::{State, User},
        time,
    },
    language::Language,
    message::{self, Response},
};

/// Permissions of the part `authentik_rbac`, which `users/me` lists.
const SYSTEM_PERMISSIONS: [&str; 16] = [
    "access_admin_interface",
    "view_system_info",
    "view_system_settings",
    "edit_system_settings",
    "view_media_files",
    "manage_media_files",
    "add_role",
    "change_role",
    "delete_role",
    "view_role",
    "assign_role_permissions",
    "unassign_role_permissions",
    "add_initialpermissions",
    "change_initialpermissions",
    "delete_initialpermissions",
    "view_initialpermissions",
];

/// `/root/config/`, open to everybody and without version.
pub(in crate::authentik) fn config(profile: Profile) -> Value {
    let mut config = json!({
        "error_reporting": {
            "enabled": false,
            "sentry_dsn": "",
            "environment": "customer",
            "send_pii": false,
            "traces_sample_rate": 0.1,
        },
        "capabilities": ["can_impersonate", "is_enterprise"],
        "cache_timeout": 300,
        "cache_timeout_flows": 300,
        "cache_timeout_policies": 300,
    });
    if profile < Profile::V2025_10 {
        config["cache_timeout_reputation"] = json!(300);
    }
    config
}

/// `/core/brands/current/`, open to everybody.
pub(in crate::authentik) fn brand(state: &State) -> Value {
    let profile = state.profile;
    let mut brand = json!({
        "matched_domain": state.brand_domain,
        "branding_title": "authentik",
        "branding_logo": "/static/dist/assets/icons/icon_left_brand.svg",
        "branding_favicon": "/static/dist/assets/icons/icon.png",
        "ui_footer_links": [],
        "ui_theme": "automatic",
        "flow_authentication": state.authentication_flow,
        "flow_invalidation": state.invalidation_flow,
        "flow_user_settings": "default-user-settings-flow",
        "default_locale": if state.language == Language::default() { "" } else { state.language.code() },
    });
    if profile >= Profile::V2025_4 {
        brand["branding_custom_css"] = json!("");
    }
    let flags = profile.brand_flags();
    if !flags.is_empty() {
        brand["flags"] = flags.iter().map(|flag| ((*flag).to_owned(), json!(false))).collect::<Map<_, _>>().into();
    }
    if profile.has_map_tiles() {
        brand["branding_map_tiles"] = json!("");
    }
    if profile.has_themed_urls() {
        brand["branding_logo_themed_urls"] = Value::Null;
        brand["branding_favicon_themed_urls"] = Value::Null;
    }
    brand
}

/// `/admin/version/`, for everybody who is signed in.
pub(super) fn version(state: &State) -> Response {
    let answer = json!({
        "version_current": if state.has_secret_objects { "2026.11.0" } else { state.profile.version() },
        "version_latest": "0.0.0",
        "version_latest_valid": false,
        "build_hash": "",
        "outdated": false,
        "outpost_outdated": false,
    });
    message::json(StatusCode::OK, &answer)
}

/// `/admin/system/`.
pub(super) fn system(state: &State, caller: &Caller) -> Result<Response, Refusal> {
    if !state.may(caller.user, "authentik_rbac.view_system_info") {
        return Err(Refusal::forbidden());
    }
    let mut answer = json!({
        "http_headers": {},
        "http_host": state.site.host(),
        "http_is_secure": state.site.knows_secure(),
        "runtime": {
            "python_version": "3.14.2",
            "environment": "compose",
            "architecture": "x86_64",
            "platform": "Linux",
            "uname": "Linux",
            "openssl_version": "OpenSSL 3.5.4",
            "openssl_fips_enabled": null,
            "authentik_version": state.profile.version(),
        },
        "brand": "Default brand",
        "server_time": time::iso(state.now),
        "embedded_outpost_disabled": false,
        "embedded_outpost_host": state.site.origin,
    });
    if state.profile >= Profile::V2026_8 {
        answer["base_url"] = json!("");
    }
    Ok(message::json(StatusCode::OK, &answer))
}

/// `/admin/settings/` (recording 967 of 2026.8.0-rc1), with flags that an administrator has saved.
pub(super) fn settings(state: &State, caller: &Caller) -> Result<Response, Refusal> {
    if !state.may(caller.user, "authentik_rbac.view_system_settings") {
        return Err(Refusal::forbidden());
    }
    let profile = state.profile;
    let mut answer = json!({
        "avatars": "gravatar,initials",
        "default_user_change_name": true,
        "default_user_change_email": state.default_user_change_email,
        "default_user_change_username": false,
        "event_retention": "days=365",
        "footer_links": [],
        "gdpr_compliance": true,
        "impersonation": true,
        "impersonation_require_reason": true,
        "default_token_duration": "minutes=30",
        "default_token_length": 60,
    });
    if profile >= Profile::V2025_4 {
        answer["reputation_lower_limit"] = json!(-5);
        answer["reputation_upper_limit"] = json!(5);
    }
    if profile >= Profile::V2025_8 {
        let later = [(Profile::V2026_2, "enterprise_audit_include_expanded_diff"), (Profile::V2026_5, "core_default_app_access")];
        let later = later.into_iter().filter(|(since, _)| profile >= *since).map(|(_, flag)| flag);
        let flags = profile.brand_flags().iter().copied().chain(later);
        answer["flags"] = flags.map(|flag| (flag.to_owned(), json!(false))).collect::<Map<_, _>>().into();
    }
    if profile >= Profile::V2025_12 {
        answer["pagination_default_page_size"] = json!(20);
        answer["pagination_max_page_size"] = json!(state.largest_page.unwrap_or(100));
    }
    if profile >= Profile::V2026_8 {
        answer["base_url"] = json!("");
    }
    Ok(message::json(StatusCode::OK, &answer))
}

/// `/core/users/me/`: the session's user and, while impersonating, who is behind it. Issues the session cookie again.
pub(super) fn me(state: &State, caller: &Caller) -> Result<Response, Refusal> {
    let mut answer = json!({"user": myself(state, state.user_of(caller)?)});
    if let Some(original) = caller.original.and_then(|pk| state.users.get(pk)) {
        answer["original"] = myself(state, original);
    }
    if state.profile.has_session_users() {
        answer["users"] = json!([answer["user"]]);
    }
    let mut response = message::json(StatusCode::OK, &answer);
    if let Some(session) = &caller.session {
        cookies::set_session(&mut response, &state.site, session);
    }
    Ok(response)
}

fn myself(state: &State, user: &User) -> Value {
    let groups: Vec<Value> = user
        .groups
        .iter()
        .filter_map(|pk| state.groups.get(pk))
        .map(|group| json!({"name": group.name, "pk": group.pk}))
        .collect();
    let since_2026_2 = |permission: &str| permission.ends_with("_media_files");
    let permissions: Vec<&str> = SYSTEM_PERMISSIONS
        .into_iter()
        .filter(|permission| state.profile >= Profile::V2026_2 || !since_2026_2(permission))
        .filter(|permission| state.may(user.pk, &format!("authentik_rbac.{permission}")))
        .collect();
    let mut shown = json!({
        "pk": user.pk,
        "username": user.username,
        "name": user.name,
        "is_active": user.is_active,
        "is_superuser": state.is_superuser(user),
        "groups": groups,
        "email": user.email,
        "avatar": super::users::AVATAR,
        "uid": user.uid(),
        "settings": user.attributes.get("settings").cloned().unwrap_or_else(|| json!({})),
        "type": user.kind.name(),
        "system_permissions": permissions,
    });
    if state.profile.has_user_roles() {
        shown["roles"] = state.role_names(&user.roles);
    }
    if state.profile.has_session_users() {
        shown["is_current"] = json!(true);
    }
    shown
}

/// `/core/users/<pk>/impersonate/`: the session takes on another user's rights.
pub(super) fn impersonate(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    if !state.reach(caller.user, "authentik_core.impersonate").covers(key) {
        return Err(Refusal::forbidden());
    }
    let target = key.parse().ok().filter(|pk| state.users.get(*pk).is_some()).ok_or_else(|| Refusal::missing("User"))?;
    Ok(switch(state, call, caller, target, Some(caller.original.unwrap_or(caller.user))))
}

/// `/core/users/impersonate_end/`: the session is the administrator's again.
pub(super) fn impersonate_end(state: &mut State, call: &Call, caller: &Caller) -> Response {
    match caller.original {
        Some(original) => switch(state, call, caller, original, None),
        None => message::empty(StatusCode::NO_CONTENT),
    }
}

/// Gives the session to another user; its cookie is issued again (recording 968 of 2026.8.0-rc1).
fn switch(state: &mut State, call: &Call, caller: &Caller, user: i64, original: Option<i64>) -> Response {
    let action = if original.is_some() { "impersonation_started" } else { "impersonation_ended" };
    let mut context = Map::new();
    context.insert("http_request".to_owned(), call.http_request(&state.site));
    state.record(action, "authentik.core.api.users", Some(caller.user), context);
    if let Some(session) = caller.session.as_ref().and_then(|key| state.sessions.get_mut(key)) {
        session.user = Some(user);
        session.original = original;
    }
    let mut response = message::empty(StatusCode::NO_CONTENT);
    if let Some(key) = &caller.session {
        cookies::set_session(&mut response, &state.site, key);
    }
    response
}
