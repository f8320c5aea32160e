//! An integration that somebody began by hand: a provider with a redirect URL that does not fit, and its application.
//!
//! It is made through authentik's own API, as that person's browser did.

use http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderValue, ORIGIN, REFERER};
use http::{HeaderName, Method};
use serde_json::{Value, json};

use crate::authentik::{Authentik, SessionCookies};
use crate::message::Request;

/// The superuser of a fresh authentik.
const ADMINISTRATOR: &str = "akadmin";

pub(super) fn make(authentik: &mut Authentik, authentik_origin: &str, mailcow_origin: &str) {
    let Some(cookies) = authentik.sign_in(ADMINISTRATOR) else {
        return;
    };
    let mut browser = Browser {
        authentik,
        origin: authentik_origin,
        cookies,
    };
    let authorization = browser.flow("default-provider-authorization-explicit-consent");
    let invalidation = browser.flow("default-provider-invalidation-flow");
    let mapping = browser.post(
        "/api/v3/propertymappings/provider/scope/",
        &json!({
            "name": "email with verification",
            "scope_name": "email",
            "expression": "return {\"email\": request.user.email, \"email_verified\": True}",
        }),
    );
    let provider = browser.post(
        "/api/v3/providers/oauth2/",
        &json!({
            "name": "Provider for mailcow",
            "authorization_flow": authorization,
            "invalidation_flow": invalidation,
            "client_type": "confidential",
            "redirect_uris": [{"matching_mode": "strict", "url": format!("{mailcow_origin}/")}],
            "property_mappings": [mapping["pk"]],
        }),
    );
    browser.post(
        "/api/v3/core/applications/",
        &json!({"name": "mailcow", "slug": "mailcow", "provider": provider["pk"]}),
    );
}

/// The browser of that person.
struct Browser<'a> {
    authentik: &'a mut Authentik,
    origin: &'a str,
    cookies: SessionCookies,
}

impl Browser<'_> {
    /// Primary key of a flow.
    fn flow(&mut self, slug: &str) -> Value {
        let answer = self.send(
            &Method::GET,
            &format!("/api/v3/flows/instances/?slug={slug}"),
            Vec::new(),
        );
        answer["results"][0]["pk"].clone()
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        self.send(&Method::POST, path, body.to_string().into_bytes())
    }

    fn send(&mut self, method: &Method, path: &str, body: Vec<u8>) -> Value {
        let mut request = Request::new(body);
        *request.method_mut() = method.clone();
        *request.uri_mut() = path.parse().unwrap_or_default();
        let cookie = format!(
            "authentik_session={}; authentik_csrf={}",
            self.cookies.session, self.cookies.csrf
        );
        let host = self
            .origin
            .split_once("://")
            .map_or(self.origin, |(_, host)| host)
            .to_owned();
        let headers = [
            (HOST, host),
            (COOKIE, cookie),
            (CONTENT_TYPE, "application/json".to_owned()),
            (ORIGIN, self.origin.to_owned()),
            (REFERER, format!("{}/", self.origin)),
            (
                HeaderName::from_static("x-authentik-csrf"),
                self.cookies.csrf.clone(),
            ),
        ];
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                request.headers_mut().insert(name, value);
            }
        }
        let response = self.authentik.handle(request);
        serde_json::from_slice(response.body()).unwrap_or_default()
    }
}
