//! authentik as it answered mailcow's server during the recordings (recordings 521 to 571 of authentik).

use cowbell_standins::message::{ConnectError, Request, Response, TrustAnyCertificate, Upstream, empty, json};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// authentik with a self-signed certificate and one user who has just authorised mailcow.
pub(crate) struct Scripted {
    /// Local part and domain of that user.
    pub(crate) email: String,
    /// Their name.
    pub(crate) name: String,
    /// Their claim `mailcow_template`, if there is one.
    pub(crate) template: Value,
    /// The redirect URL that each token call has to repeat.
    pub(crate) redirect_url: String,
    /// Whether the scope `offline_access` was granted.
    pub(crate) offline_access: bool,
    /// Whether all refresh tokens were deleted.
    pub(crate) refuses_refresh: bool,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            email: String::new(),
            name: "Test User".to_owned(),
            template: Value::Null,
            redirect_url: "https://mailcow.company".to_owned(),
            offline_access: false,
            refuses_refresh: false,
        }
    }
}

impl Scripted {
    fn claims(&self) -> Value {
        let mut claims = json!({"sub": "0", "email": self.email, "email_verified": true, "name": self.name, "groups": []});
        if !self.template.is_null() {
            claims["mailcow_template"] = self.template.clone();
        }
        claims
    }

    fn token(&self, request: &Request) -> Response {
        let field = |name: &str| {
            url::form_urlencoded::parse(request.body())
                .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
                .unwrap_or_default()
        };
        assert_eq!(field("redirect_uri"), self.redirect_url);
        let refusal = |error: &str| json(StatusCode::BAD_REQUEST, &json!({"error": error, "error_description": "…"}));
        if field("client_secret") == "wrong-secret" {
            refusal("invalid_client")
        } else if field("code") == "bogus" || field("grant_type") == "refresh_token" && self.refuses_refresh {
            refusal("invalid_grant")
        } else {
            let mut token =
                json!({"access_token": "a", "token_type": "Bearer", "scope": "openid", "expires_in": 300, "id_token": "i"});
            if self.offline_access {
                token["refresh_token"] = json!("r");
            }
            json(StatusCode::OK, &token)
        }
    }
}

impl Upstream for Scripted {
    fn call(&mut self, request: Request) -> Result<Response, ConnectError> {
        let uri = request.uri();
        match uri.host() {
            Some("authentik.company") => {}
            Some("192.0.2.1") => return Err(ConnectError::Refused),
            _ => return Err(ConnectError::UnknownHost),
        }
        if request.extensions().get::<TrustAnyCertificate>().is_none() {
            return Err(ConnectError::UntrustedCertificate);
        }
        let path = uri.path();
        Ok(match *request.method() {
            Method::OPTIONS => json(StatusCode::OK, &json!({})),
            Method::POST if path == "/application/o/token/" => self.token(&request),
            Method::GET if path == "/application/o/userinfo/" => json(StatusCode::OK, &self.claims()),
            _ => {
                let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                response
            }
        })
    }
}
