//! The traps of authentik that an integration falls into, one test each (docs/contract/authentik.md).

#![allow(clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

use cowbell_standins::{
    authentik::{
        Authentik, Profile, SessionCookies,
        state::{Binding, Bound, Provider, RedirectUri},
    },
    message::Response,
};
use http::{StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

const ORIGIN: &str = "http://authentik.localhost:9000";
const REDIRECT: &str = "http://mailcow.localhost:9001";

/// A browser that is signed in.
struct Browser {
    authentik: Authentik,
    cookies: SessionCookies,
}

impl Browser {
    fn new(mut authentik: Authentik, username: &str) -> Self {
        let cookies = authentik.sign_in(username).expect("a user");
        Self { authentik, cookies }
    }

    fn admin(profile: Profile) -> Self {
        Self::new(Authentik::demo(profile, ORIGIN, 200, 7), "akadmin")
    }

    fn send(&mut self, method: &str, path: &str, body: &Value) -> Response {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, self.cookies.header())
            .header(header::ORIGIN, &self.authentik.state().site.origin)
            .header("X-authentik-CSRF", &self.cookies.csrf)
            .header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.authentik.handle(request.body(body).expect("a request"))
    }

    fn json(&mut self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let response = self.send(method, path, body);
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status(), body)
    }

    fn get(&mut self, path: &str) -> (StatusCode, Value) {
        self.json("GET", path, &Value::Null)
    }

    /// A provider with the managed mappings and its application; gives the provider's key.
    fn register(&mut self, more: &Value) -> i64 {
        let state = self.authentik.state();
        let flow = |slug: &str| state.flow_named(slug).expect("a default flow").pk;
        let mappings: Vec<_> = ["openid", "email", "profile", "offline_access"]
            .map(|name| state.managed_mapping(name).expect("a default mapping").pk)
            .into();
        let mut body = json!({
            "name": "mailcow",
            "authorization_flow": flow("default-provider-authorization-implicit-consent"),
            "invalidation_flow": flow("default-provider-invalidation-flow"),
            "redirect_uris": [{"matching_mode": "strict", "url": REDIRECT}],
            "property_mappings": mappings,
            "client_id": "id",
            "client_secret": "secret",
            "grant_types": ["authorization_code", "refresh_token"],
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let (status, provider) = self.json("POST", "/api/v3/providers/oauth2/", &body);
        assert_eq!(status, StatusCode::CREATED, "{provider}");
        let application = json!({"name": "mailcow", "slug": "mailcow", "provider": provider["pk"]});
        let (status, answer) = self.json("POST", "/api/v3/core/applications/", &application);
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        provider["pk"].as_i64().expect("a number")
    }

    fn authorize(&mut self, scope: &str) -> Response {
        self.send("GET", &authorize_path(scope), &Value::Null)
    }

    fn code(&mut self, scope: &str) -> String {
        let response = self.authorize(scope);
        let location = location(&response);
        query_of(&location, "code").unwrap_or_else(|| panic!("no code in {location}"))
    }

    fn token(&mut self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", "id"), ("redirect_uri", REDIRECT)])
            .extend_pairs(fields)
            .finish();
        let response = self.authentik.handle(form_post("/application/o/token/", &body, ""));
        let answer = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status(), answer)
    }

    fn events(&self, action: &str) -> usize {
        let events = &self.authentik.state().events;
        events.iter().filter(|event| event.action == action).count()
    }

    fn provider(&mut self, pk: i64) -> &mut Provider {
        self.authentik.state_mut().provider_mut(pk).expect("a provider")
    }
}

fn authorize_path(scope: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", "id"),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", scope),
            ("state", "s"),
        ])
        .finish();
    format!("/application/o/authorize/?{query}")
}

fn form_post(path: &str, body: &str, cookies: &str) -> http::Request<Vec<u8>> {
    http::Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookies)
        .body(body.as_bytes().to_vec())
        .expect("a request")
}

fn page(path: &str, cookies: &str) -> http::Request<Vec<u8>> {
    http::Request::get(path).header(header::COOKIE, cookies).body(Vec::new()).expect("a request")
}

fn location(response: &Response) -> String {
    let location = response.headers().get(header::LOCATION);
    location.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn query_of(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

/// Name and value of each cookie that an answer sets, as the browser sends them back.
fn cookies(response: &Response) -> String {
    let set = response.headers().get_all(header::SET_COOKIE).iter();
    let pairs: Vec<&str> = set.filter_map(|value| value.to_str().ok()?.split(';').next()).collect();
    pairs.join("; ")
}

#[test]
fn pages_are_clamped_by_release() {
    for (profile, default, asked_5000) in
        [(Profile::V2024_12, 100, 202), (Profile::V2025_10, 100, 202), (Profile::V2025_12, 20, 100), (Profile::V2026_8, 20, 100)]
    {
        let mut admin = Browser::admin(profile);
        let length = |answer: &Value| answer["results"].as_array().map(Vec::len);
        let (_, answer) = admin.get("/api/v3/core/users/");
        assert_eq!(length(&answer), Some(default), "{profile:?}");
        let (_, answer) = admin.get("/api/v3/core/users/?page_size=5000");
        assert_eq!(length(&answer), Some(asked_5000), "{profile:?}");
        assert_eq!(answer.get("autocomplete").is_some(), profile >= Profile::V2025_8);
    }
}

#[test]
fn every_user_is_on_exactly_one_page() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let mut seen = std::collections::BTreeSet::new();
    let mut page = 1;
    while page != 0 {
        let (_, answer) = admin.get(&format!("/api/v3/core/users/?page_size=100&page={page}"));
        for user in answer["results"].as_array().expect("a list") {
            assert!(seen.insert(user["pk"].as_i64()));
        }
        page = answer["pagination"]["next"].as_i64().expect("a number");
    }
    assert_eq!(seen.len(), 202);
}

#[test]
fn filtered_lists_notice_changes() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let path = "/api/v3/core/users/?type=internal&is_active=true&page=2";
    let count = |admin: &mut Browser| admin.get(path).1["pagination"]["count"].as_i64();
    let before = count(&mut admin).expect("a number");
    let body = json!({"is_active": false});
    assert_eq!(admin.json("PATCH", "/api/v3/core/users/5/", &body).0, StatusCode::OK);
    assert_eq!(count(&mut admin), Some(before - 1));
}

#[test]
fn attributes_are_replaced_and_last_updated_moves() {
    let mut admin = Browser::admin(Profile::V2025_10);
    let (_, before) = admin.get("/api/v3/core/users/46/");
    assert_eq!(before["attributes"]["department"], "sales");
    let body = json!({"attributes": {"email_verified": true}});
    let (status, after) = admin.json("PATCH", "/api/v3/core/users/46/", &body);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(after["attributes"], json!({"email_verified": true}));
    assert_ne!(before["last_updated"], after["last_updated"]);
    assert_eq!(admin.events("model_updated"), 1);
}

#[test]
fn nobody_is_told_401() {
    let mut authentik = Authentik::new(Profile::V2026_2, ORIGIN);
    let response = authentik.handle(page("/api/v3/core/users/me/", ""));
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let response = authentik.handle(page("/api/v3/core/users/me/", "authentik_session=old"));
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[test]
fn impersonation_shows_who_is_behind_it() {
    let mut admin = Browser::admin(Profile::V2026_2);
    assert!(admin.get("/api/v3/core/users/me/").1.get("original").is_none());
    admin.send("POST", "/api/v3/core/users/5/impersonate/", &json!({"reason": ""}));
    let (_, me) = admin.get("/api/v3/core/users/me/");
    assert_eq!((&me["user"]["pk"], &me["original"]["username"]), (&json!(5), &json!("akadmin")));
    assert_eq!(admin.get("/api/v3/core/users/").0, StatusCode::FORBIDDEN);
    admin.get("/api/v3/core/users/impersonate_end/");
    assert_eq!(admin.get("/api/v3/core/users/").0, StatusCode::OK);
}

#[test]
fn object_permissions_narrow_lists_and_allow_single_changes() {
    let mut authentik = Authentik::recorded(Profile::V2026_2);
    let role = authentik.state_mut().roles.iter_mut().find(|role| role.name == "mail-integration").expect("seeded");
    for verb in ["view", "change"] {
        let keys = ["5", "6"].map(str::to_owned).into();
        role.object_permissions.insert(format!("authentik_core.{verb}_user"), keys);
    }
    let mut limited = Browser::new(authentik, "user27");
    assert_eq!(limited.get("/api/v3/core/users/").1["pagination"]["count"], 2);
    let body = json!({"attributes": {}});
    assert_eq!(limited.json("PATCH", "/api/v3/core/users/5/", &body).0, StatusCode::OK);
    assert_eq!(limited.json("PATCH", "/api/v3/core/users/7/", &body).0, StatusCode::FORBIDDEN);
}

#[test]
fn the_managed_email_mapping_stopped_verifying_in_2025_10() {
    for profile in Profile::ALL {
        let mut admin = Browser::admin(profile);
        let pk = admin.register(&json!({}));
        let path = format!("/api/v3/providers/oauth2/{pk}/preview_user/?for_user=5");
        let (_, answer) = admin.get(&path);
        assert_eq!(answer["preview"]["email_verified"], profile < Profile::V2025_10, "{profile:?}");
    }
}

#[test]
fn omitted_grant_types_stop_every_sign_in_since_2026_5() {
    let mut admin = Browser::admin(Profile::V2026_5);
    let pk = admin.register(&json!({}));
    admin.provider(pk).grant_types.clear();
    assert_eq!(query_of(&location(&admin.authorize("openid")), "error").as_deref(), Some("invalid_request"));
    // The grant is judged before the secret.
    let wrong = [("grant_type", "authorization_code"), ("client_secret", "wrong")];
    assert_eq!(admin.token(&wrong).1["error"], "invalid_grant");
    let path = format!("/api/v3/providers/oauth2/{pk}/");
    let repaired = json!({"grant_types": ["authorization_code"]});
    assert_eq!(admin.json("PATCH", &path, &repaired).1["grant_types"], repaired["grant_types"]);
    assert_eq!(admin.token(&wrong).1["error"], "invalid_client");
    admin.code("openid");
}

#[test]
fn older_releases_have_no_grant_types() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let pk = admin.register(&json!({}));
    let (_, provider) = admin.get(&format!("/api/v3/providers/oauth2/{pk}/"));
    assert!(provider.get("grant_types").is_none());
    admin.code("openid");
}

#[test]
fn slugs_are_limited_by_release() {
    let create = |profile: Profile, slug: &str| {
        let body = json!({"name": "x", "slug": slug});
        Browser::admin(profile).json("POST", "/api/v3/core/applications/", &body).0
    };
    let long = "a".repeat(51);
    assert_eq!(create(Profile::V2025_10, &long), StatusCode::BAD_REQUEST);
    assert_eq!(create(Profile::V2026_2, &long), StatusCode::CREATED);
    assert_eq!(create(Profile::V2025_4, "token"), StatusCode::CREATED);
    assert_eq!(create(Profile::V2025_10, "token"), StatusCode::BAD_REQUEST);
}

#[test]
fn an_empty_list_takes_the_first_redirect_uri_it_sees() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let pk = admin.register(&json!({"redirect_uris": []}));
    admin.code("openid");
    assert_eq!(admin.provider(pk).redirect_uris, [RedirectUri::strict(REDIRECT)]);
}

#[test]
fn a_regular_expression_has_to_match_the_whole_redirect_uri() {
    let uris = json!([{"matching_mode": "regex", "url": "http://mailcow\\.localhost"}]);
    let mut admin = Browser::admin(Profile::V2026_2);
    let pk = admin.register(&json!({"redirect_uris": uris}));
    assert_eq!(admin.authorize("openid").status(), StatusCode::BAD_REQUEST);
    admin.provider(pk).redirect_uris[0].url.push_str("(:\\d+)?");
    admin.code("openid");
}

#[test]
fn a_transaction_creates_everything_or_nothing() {
    let mut admin = Browser::admin(Profile::V2026_5);
    admin.register(&json!({}));
    let state = admin.authentik.state();
    let flow = state.flows[3].pk;
    let group = state.group_named("sales").expect("seeded").pk;
    let body = |name: &str, slug: &str| {
        json!({
            "app": {"name": name, "slug": slug},
            "provider_model": "authentik_providers_oauth2.oauth2provider",
            "provider": {
                "name": name, "authorization_flow": flow, "invalidation_flow": flow, "redirect_uris": [],
            },
            "policy_bindings": [{"group": group, "order": 0}],
        })
    };
    let path = "/api/v3/core/transactional/applications/";
    let (status, answer) = admin.json("PUT", path, &body("mailcow", "other"));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["provider"]["name"].is_array(), "{answer}");
    assert_eq!(admin.authentik.state().applications.len(), 1);
    let (status, answer) = admin.json("PUT", path, &body("other", "other"));
    assert_eq!((status, answer), (StatusCode::OK, json!({"applied": true, "logs": []})));
    let state = admin.authentik.state();
    assert_eq!((state.applications.len(), state.providers.len(), state.bindings.len()), (2, 2, 1));
    assert!(state.application("other").is_some_and(|application| application.provider.is_some()));
}

#[test]
fn applications_are_listed_by_who_may_use_them() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    let state = admin.authentik.state_mut();
    let binding = Binding {
        pk: state.ids.uuid(),
        target: state.applications[0].pk,
        bound: Bound::User(5),
        negate: false,
        enabled: true,
        order: 0,
        timeout: 30,
        failure_result: false,
        expires: None,
    };
    state.bindings.push(binding);
    let listed = |admin: &mut Browser, path: &str| admin.get(path).1["results"].as_array().map(Vec::len);
    assert_eq!(listed(&mut admin, "/api/v3/core/applications/"), Some(0));
    assert_eq!(listed(&mut admin, "/api/v3/core/applications/?superuser_full_list=true"), Some(1));
    let response = admin.authorize("openid");
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text(&response).contains("Request has been denied."));
}

#[test]
fn a_provider_without_application_denies_before_sign_in() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    admin.authentik.state_mut().applications.clear();
    let response = admin.authentik.handle(page(&authorize_path("openid"), ""));
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text(&response).contains("Permission denied"));
}

#[test]
fn a_sign_in_goes_through_the_pages_without_scripts() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    let username = admin.authentik.state().users.get(5).expect("a user").username.clone();
    let authentik = &mut admin.authentik;
    let response = authentik.handle(page(&authorize_path("openid email profile"), ""));
    let flow = location(&response);
    assert!(flow.starts_with("/if/flow/default-authentication-flow/?"), "{flow}");

    let response = authentik.handle(page(&flow, &cookies(&response)));
    let jar = cookies(&response);
    let token = jar.split("authentik_csrf=").nth(1).expect("a token").to_owned();
    let form = |password: &str, token: &str| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("uid_field", username.as_str()), ("password", password), ("csrfmiddlewaretoken", token)])
            .finish()
    };
    let response = authentik.handle(form_post(&flow, &form("wrong", &token), &jar));
    assert!(text(&response).contains("Invalid password"));
    let response = authentik.handle(form_post(&flow, &form("cowbell", "x"), &jar));
    assert!(text(&response).contains("CSRF"));

    let response = authentik.handle(form_post(&flow, &form("cowbell", &token), &jar));
    let next = location(&response);
    assert!(next.starts_with("/application/o/authorize/?"), "{next}");
    let response = authentik.handle(page(&next, &cookies(&response)));
    let code = query_of(&location(&response), "code").expect("a code");
    assert_eq!(admin.events("login"), 1);
    assert_eq!(admin.events("login_failed"), 1);
    assert_eq!(admin.events("authorize_application"), 1);

    let (status, tokens) = admin.token(&[("grant_type", "authorization_code"), ("code", &code), ("client_secret", "secret")]);
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let request =
        http::Request::get("/application/o/userinfo/").header(header::AUTHORIZATION, bearer).body(Vec::new()).expect("a request");
    let response = admin.authentik.handle(request);
    let claims: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(claims["preferred_username"], json!(username));
}

#[test]
fn the_sign_in_page_asks_for_the_password_later_and_has_fields_that_nobody_sees() {
    let mut authentik = Browser::admin(Profile::V2026_2).authentik;
    let flow = "/if/flow/default-authentication-flow/";
    let response = authentik.handle(page(flow, ""));
    let (jar, shown) = (cookies(&response), text(&response));
    let [shadow, beside] = shown.split("</template>").collect::<Vec<_>>().try_into().expect("one shadow root");
    assert!(shadow.contains("name=\"uid_field\"") && !shadow.contains("name=\"password\""), "{shadow}");
    for field in ["username", "password", "code"] {
        assert!(beside.contains(&format!("name=\"{field}\"")), "{beside}");
    }
    let token = jar.split("authentik_csrf=").nth(1).expect("a token");
    let response = authentik.handle(form_post(flow, &format!("uid_field=user24&csrfmiddlewaretoken={token}"), &jar));
    let shown = text(&response);
    let (shadow, _) = shown.split_once("</template>").expect("a shadow root");
    assert!(shadow.contains("name=\"password\"") && shadow.contains("value=\"user24\""), "{shadow}");
}

#[test]
fn members_of_a_group_come_in_another_order_once_one_was_changed() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let group = admin.authentik.state().groups.values().find(|group| group.name == "staff").map(|group| group.pk);
    let group = group.or_else(|| admin.authentik.state().users.iter().find_map(|user| user.groups.first().copied()));
    let path = format!("/api/v3/core/groups/{}/", group.expect("a group with members"));
    let members = |admin: &mut Browser| -> Vec<i64> {
        let (_, shown) = admin.get(&path);
        serde_json::from_value(shown["users"].clone()).expect("numbers")
    };
    let before = members(&mut admin);
    let first = before[0];
    admin.authentik.state_mut().advance(1);
    admin.send("PATCH", &format!("/api/v3/core/users/{first}/"), &json!({"name": "Changed"}));
    let after = members(&mut admin);
    assert_eq!(after.last(), Some(&first));
    assert_eq!(after[..after.len() - 1], before[1..]);
}

#[test]
fn the_sign_in_page_leads_to_no_other_site() {
    let mut admin = Browser::admin(Profile::V2026_2);
    for next in ["//evil.example/", "https://evil.example/"] {
        let path = format!("/if/flow/default-authentication-flow/?next={next}");
        let response = admin.send("GET", &path, &Value::Null);
        assert_eq!(location(&response), "/if/user/");
    }
}

#[test]
fn an_inactive_user_is_told_that_the_password_is_wrong() {
    let mut authentik = Authentik::recorded(Profile::V2026_2);
    let flow = "/if/flow/default-authentication-flow/";
    let response = authentik.handle(page(flow, ""));
    let jar = cookies(&response);
    let token = jar.split("authentik_csrf=").nth(1).expect("a token");
    let form = format!("uid_field=user24&password=cowbell&csrfmiddlewaretoken={token}");
    let response = authentik.handle(form_post(flow, &form, &jar));
    assert!(text(&response).contains("Invalid password"));
}

#[test]
fn consent_is_asked_and_given_on_a_page() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let explicit = "default-provider-authorization-explicit-consent";
    let flow = admin.authentik.state().flow_named(explicit).expect("seeded").pk;
    admin.register(&json!({"authorization_flow": flow}));
    let response = admin.authorize("openid profile");
    let consent = location(&response);
    assert!(consent.starts_with(&format!("/if/flow/{explicit}/?")), "{consent}");
    let response = admin.send("GET", &consent, &Value::Null);
    assert!(text(&response).contains("General Profile Information"));
    let form = format!("csrfmiddlewaretoken={}", admin.cookies.csrf);
    let jar = admin.cookies.header();
    let response = admin.authentik.handle(form_post(&consent, &form, &jar));
    assert!(query_of(&location(&response), "code").is_some());
}

#[test]
fn codes_end_after_a_minute_and_serve_once() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    let late = admin.code("openid");
    admin.authentik.state_mut().advance(61);
    let redeem = |admin: &mut Browser, code: &str| {
        admin.token(&[("grant_type", "authorization_code"), ("code", code), ("client_secret", "secret")]).0
    };
    assert_eq!(redeem(&mut admin, &late), StatusCode::BAD_REQUEST);
    let code = admin.code("openid");
    assert_eq!(redeem(&mut admin, &code), StatusCode::OK);
    assert_eq!(redeem(&mut admin, &code), StatusCode::BAD_REQUEST);
}

#[test]
fn refresh_tokens_come_with_offline_access_only_and_serve_once() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    let grant = |admin: &mut Browser, scope: &str| {
        let code = admin.code(scope);
        admin.token(&[("grant_type", "authorization_code"), ("code", &code), ("client_secret", "secret")]).1
    };
    assert!(grant(&mut admin, "openid").get("refresh_token").is_none());
    let tokens = grant(&mut admin, "openid offline_access");
    let first = tokens["refresh_token"].as_str().expect("a token").to_owned();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", first.as_str()), ("client_secret", "secret")];
    assert!(admin.token(&refresh).1["refresh_token"].is_string());
    assert_eq!(admin.token(&refresh).1["error"], "invalid_grant");
    assert_eq!(admin.events("suspicious_request"), 1);
}

#[test]
fn a_raising_mapping_leaves_two_events_and_no_claim() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let pk = admin.register(&json!({}));
    let mapping = json!({
        "name": "raises", "scope_name": "email", "expression": "return {\"email\": request.user.nope}",
    });
    let (_, mapping) = admin.json("POST", "/api/v3/propertymappings/provider/scope/", &mapping);
    let openid = admin.authentik.state().managed_mapping("openid").expect("seeded").pk;
    let body = json!({"property_mappings": [openid, mapping["pk"]]});
    admin.json("PATCH", &format!("/api/v3/providers/oauth2/{pk}/"), &body);
    let code = admin.code("openid email");
    admin.token(&[("grant_type", "authorization_code"), ("code", &code), ("client_secret", "secret")]);
    assert_eq!(admin.events("property_mapping_exception"), 1);
    assert_eq!(admin.events("configuration_error"), 1);
}

#[test]
fn revocation_tells_a_right_pair_from_a_wrong_one() {
    for (profile, of_public_client) in [(Profile::V2024_12, StatusCode::UNAUTHORIZED), (Profile::V2025_4, StatusCode::OK)] {
        let mut admin = Browser::admin(profile);
        let pk = admin.register(&json!({}));
        let revoke = |admin: &mut Browser, secret: &str| {
            let body = format!("client_id=id&client_secret={secret}&token=made-up");
            admin.authentik.handle(form_post("/application/o/revoke/", &body, "")).status()
        };
        assert_eq!(revoke(&mut admin, "secret"), StatusCode::OK);
        assert_eq!(revoke(&mut admin, "wrong"), StatusCode::UNAUTHORIZED);
        admin.provider(pk).is_public = true;
        assert_eq!(revoke(&mut admin, "wrong"), of_public_client);
    }
}

#[test]
fn a_sub_path_holds_everything() {
    let authentik = Authentik::demo(Profile::V2026_2, "https://company.example/sso/", 3, 1);
    let mut admin = Browser::new(authentik, "akadmin");
    assert_eq!(admin.get("/api/v3/core/users/me/").0, StatusCode::NOT_FOUND);
    assert_eq!(admin.get("/sso/api/v3/core/users/me/").0, StatusCode::OK);
    let response = admin.send("GET", "/sso/if/admin/", &Value::Null);
    let page = text(&response);
    assert!(page.contains("base: \"https://company.example/sso/\""), "{page}");
    assert!(page.contains("relBase: \"/sso/\""));
}

#[test]
fn a_starting_server_says_so() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.authentik.state_mut().starting = true;
    let response = admin.send("GET", "/api/v3/core/users/me/", &Value::Null);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "5");
}

#[test]
fn pages_escape_every_name() {
    let mut admin = Browser::admin(Profile::V2026_2);
    admin.register(&json!({}));
    let evil = "<script>alert(1)</script>";
    let state = admin.authentik.state_mut();
    for text in [&mut state.applications[0].name, &mut state.mappings[0].name, &mut state.providers[0].name] {
        evil.clone_into(text);
    }
    state.users.get_mut(5).expect("a user").name = evil.to_owned();
    state.groups[0].name = evil.to_owned();
    let own_scripts = 1;
    for path in [
        "/if/user/",
        "/if/admin/",
        "/if/admin/?section=providers",
        "/if/admin/?section=providers&pk=3",
        "/if/admin/?section=mappings",
        "/if/admin/?section=users",
        "/if/admin/?section=users&pk=5",
        "/if/admin/?section=groups",
        "/if/admin/?section=events",
    ] {
        let response = admin.send("GET", path, &Value::Null);
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(text(&response).matches("<script").count(), own_scripts, "{path}");
    }
}

#[test]
fn the_admin_interface_wants_an_administrator() {
    let mut admin = Browser::admin(Profile::V2026_2);
    let response = admin.authentik.handle(page("/if/admin/", ""));
    assert_eq!(location(&response), "/if/flow/default-authentication-flow/?next=%2Fif%2Fadmin%2F");
    let mut plain = Browser::new(Authentik::recorded(Profile::V2026_2), "user08");
    let response = plain.send("GET", "/if/admin/", &Value::Null);
    assert_eq!(location(&response), "/if/user/");
}

#[test]
fn the_demo_has_its_odd_ones_and_repeats_itself() {
    let demo = || Authentik::demo(Profile::V2026_2, ORIGIN, 200, 7);
    let (one, two) = (demo(), demo());
    let users = || one.state().users.iter();
    assert!(users().map(|user| &user.uuid).eq(two.state().users.iter().map(|user| &user.uuid)));
    assert!(users().any(|user| user.email.is_empty() && user.kind.name() == "internal"));
    assert!(users().any(|user| !user.is_active));
    assert!(users().any(|user| user.kind.name() == "service_account"));
    assert_eq!(users().filter(|user| user.kind.name() == "internal_service_account").count(), 1);
    let verified = |value: Value| users().any(|user| user.attributes.get("email_verified") == Some(&value));
    assert!(verified(json!("true")) && verified(json!(["yes"])) && verified(json!(true)));
}

#[test]
fn a_half_made_attempt_is_half_made() {
    let mut authentik = Authentik::demo(Profile::V2026_2, ORIGIN, 10, 1);
    authentik.add_half_made_attempt(REDIRECT);
    let mut admin = Browser::new(authentik, "akadmin");
    let (_, answer) = admin.get("/api/v3/providers/oauth2/?search=mailcow");
    let provider = &answer["results"][0];
    assert_eq!(provider["redirect_uris"][0]["url"], format!("{REDIRECT}/"));
    assert_eq!(provider["signing_key"], Value::Null);
    let (_, application) = admin.get("/api/v3/core/applications/mailcow-test/");
    assert_eq!(application["meta_launch_url"], "");
    assert_eq!(application["provider"], provider["pk"]);
}

/// docs/contract/newest.md, row 7.
#[test]
fn an_empty_list_takes_nothing_since_2026_2_3() {
    for (profile, taken) in [(Profile::V2026_2, 1), (Profile::V2026_2_7, 0), (Profile::V2026_5, 0)] {
        let mut browser = Browser::admin(profile);
        let pk = browser.register(&json!({"redirect_uris": []}));
        let answer = browser.authorize("openid");
        assert_eq!(answer.status() == StatusCode::BAD_REQUEST, taken == 0, "{profile:?}");
        assert_eq!(browser.provider(pk).redirect_uris.len(), taken, "{profile:?}");
    }
}

/// Recordings 260, 931, 942 and 946 of 2026.8.0-rc1; an older release does not know the field and ignores it.
#[test]
fn a_patch_stores_a_redirect_uri_without_type_and_a_get_shows_one() {
    let uris = |more: Value| {
        let mut uri = json!({"matching_mode": "strict", "url": REDIRECT});
        if !more.is_null() {
            uri["redirect_uri_type"] = more;
        }
        json!({"redirect_uris": [uri]})
    };
    for (profile, is_known) in [(Profile::V2026_2, false), (Profile::V2026_5, true), (Profile::V2026_8, true)] {
        let mut browser = Browser::admin(profile);
        let path = format!("/api/v3/providers/oauth2/{}/", browser.register(&json!({})));
        let (_, patched) = browser.json("PATCH", &path, &uris(Value::Null));
        assert_eq!(patched["redirect_uris"][0].get("redirect_uri_type"), None, "{profile:?}");
        let (_, read) = browser.get(&path);
        let shown = read["redirect_uris"][0].get("redirect_uri_type");
        assert_eq!(shown, is_known.then(|| json!("authorization")).as_ref(), "{profile:?}");
        let (status, _) = browser.json("PATCH", &path, &uris(json!("nope")));
        assert_eq!(status == StatusCode::BAD_REQUEST, is_known, "{profile:?}");
    }
}

/// Recordings 662 and 995 of 2026.8.0-rc1; the release runs the flow for somebody who is signed out (docs/contract/newest.md).
#[test]
fn the_end_of_a_session_runs_its_flow_for_everybody_since_2026_8() {
    let path = "/application/o/mailcow/end-session/";
    let flow = "/if/flow/default-provider-invalidation-flow/";
    for (profile, said) in [(Profile::V2026_8Rc1, "Logout successful"), (Profile::V2026_8, "")] {
        let mut browser = Browser::admin(profile);
        browser.register(&json!({}));
        let signed_out = browser.authentik.handle(page(path, ""));
        if said.is_empty() {
            assert_eq!(location(&signed_out), flow);
        } else {
            assert!(text(&signed_out).contains(said), "{profile:?}");
        }
        assert_eq!(location(&browser.send("GET", path, &Value::Null)), flow, "{profile:?}");
        let again = browser.send("GET", path, &Value::Null);
        assert_eq!(again.status(), StatusCode::OK, "{profile:?}");
        assert_eq!(text(&again).is_empty(), said.is_empty(), "{profile:?}");
    }
}

/// docs/contract/newest.md, rows 8 and 11.
#[test]
fn the_newest_says_what_failed_and_wants_printable_credentials() {
    for (profile, status) in [(Profile::V2026_8Rc1, 405), (Profile::V2026_8, 404)] {
        let mut browser = Browser::admin(profile);
        assert_eq!(browser.send("PATCH", "/api/v3/providers/oauth2/1.5/x/", &json!({})).status(), status, "{profile:?}");
        let pk = browser.register(&json!({}));
        let (refused, _) =
            browser.json("PATCH", &format!("/api/v3/providers/oauth2/{pk}/"), &json!({"client_secret": "gehe\u{ef}m"}));
        assert_eq!(refused == StatusCode::BAD_REQUEST, status == 404, "{profile:?}");
    }
}
