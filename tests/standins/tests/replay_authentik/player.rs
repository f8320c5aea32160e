//! Sends recorded requests to the stand-in, with the stand-in's own keys in place of the recorded ones.

use std::collections::HashMap;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use cowbell_standins::{
    authentik::{Authentik, RECORDED_API_TOKEN, SessionCookies},
    message,
};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    compare::{self, Keys},
    recording::Recording,
    series::Series,
};

/// The secret that the recordings' provider has.
const SECRET: &str = "dummy-client-secret-dummy-client-secret-dummy-client-secret-dummy-client-secret-dummy-client-secret-dummy-client-secret-12345678";
/// Its client ID.
pub(crate) const CLIENT_ID: &str = "mailcowClientId0123456789012345678901234";

/// The stand-in and what the sender of the recordings has in hand.
pub(crate) struct Player {
    pub(crate) authentik: Authentik,
    /// What is replayed.
    pub(crate) series: &'static Series,
    /// Recorded keys and the stand-in's.
    pub(crate) keys: Keys,
    jars: HashMap<String, SessionCookies>,
    /// Session cookie of the visitor who is not signed in.
    anonymous: Option<String>,
    /// The last authorization code.
    pub(crate) code: String,
    /// The last access token.
    pub(crate) access_token: String,
}

impl Player {
    /// The installation of the recordings, with nobody signed in.
    pub(crate) fn new(series: &'static Series) -> Self {
        Self {
            authentik: Authentik::recorded(series.profile),
            series,
            keys: Keys::default(),
            jars: HashMap::new(),
            anonymous: None,
            code: String::new(),
            access_token: String::new(),
        }
    }

    /// Signs everybody in who sends recordings.
    pub(crate) fn sign_everybody_in(&mut self) {
        for username in self.series.signed_in {
            let cookies = self.sign_in(username);
            self.jars.insert((*username).to_owned(), cookies);
        }
    }

    /// Sends the request of a recording; says where the answer differs.
    pub(crate) fn play(&mut self, recording: &Recording) -> Vec<String> {
        let events_before = self.authentik.state().events.len();
        let users_before = self.authentik.state().users.len();
        let request = self.request(recording);
        let response = self.authentik.handle(request);
        let mut differences = compare::answers(recording, &response, &mut self.keys);
        if let Some(effects) = &recording.side_effects {
            let state = self.authentik.state();
            let events: Vec<Value> = state.events[events_before..]
                .iter()
                .map(|event| {
                    let mut context = event.context.clone();
                    context.shift_remove("http_request");
                    json!({
                        "action": event.action, "app": event.app, "user": event.user["username"], "context": context,
                    })
                })
                .collect();
            let recorded = Value::Array(effects.events.clone());
            compare::values("events left behind", &recorded, &json!(events), &mut self.keys, &mut differences);
            if state.users.len() - users_before != effects.users_created {
                differences.push(format!("users created: {}", state.users.len() - users_before));
            }
        }
        self.remember(recording, &response, &mut differences);
        differences
    }

    /// Takes codes, tokens and cookies out of an answer.
    fn remember(&mut self, recording: &Recording, response: &message::Response, differences: &mut Vec<String>) {
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).or_else(|| body["to"].as_str());
        if let Some(code) = location.and_then(code_in) {
            self.code = code;
        }
        if let Some(token) =
            body["access_token"].as_str().filter(|_| recording.name != "565-token-client-credentials-right-secret")
        {
            token.clone_into(&mut self.access_token);
        }
        if let Some(token) = body["token"].as_str() {
            self.keys.learn("<consent token>", token);
        }
        if let Some(recorded) = &recording.id_token_decoded {
            let token = body["id_token"].as_str().unwrap_or_default();
            compare::values("id_token", recorded, &decoded(token), &mut self.keys, differences);
        }
        if recording.sender == "anonymous"
            && let Some(cookie) = session_cookie(response)
        {
            self.anonymous = Some(cookie);
        }
    }

    fn request(&self, recording: &Recording) -> message::Request {
        let query: Vec<(String, String)> = recording
            .request
            .query
            .iter()
            .flat_map(|(name, value)| match value {
                Value::Array(values) => values.iter().map(|value| (name, value)).collect(),
                value => vec![(name, value)],
            })
            .map(|(name, value)| (name.clone(), self.keys.translate(value.as_str().unwrap_or_default())))
            .collect();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let path: Vec<String> = recording.request.path.split('/').map(|part| self.keys.translate(part)).collect();
        let mut request = http::Request::builder()
            .method(recording.request.method.as_str())
            .uri(format!("{}?{query}", path.join("/")).trim_end_matches('?'));
        for (name, value) in &recording.request.headers {
            let Some(value) = value.as_str() else {
                continue;
            };
            let value = match (name.as_str(), value) {
                ("X-authentik-CSRF", "<value of cookie authentik_csrf>") => {
                    self.jar(recording).map(|jar| jar.csrf.clone()).unwrap_or_default()
                }
                ("Authorization", _) => self.authorization(recording),
                _ => value.to_owned(),
            };
            request = request.header(name, value);
        }
        if let Some(cookies) = self.cookies(recording) {
            request = request.header(COOKIE, cookies);
        }
        request.body(self.body(recording)).expect("a valid request")
    }

    fn body(&self, recording: &Recording) -> Vec<u8> {
        let body = &recording.request.body;
        let is_form = recording.header("Content-Type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
        match body {
            Value::Null => Vec::new(),
            Value::String(text) => text.clone().into_bytes(),
            Value::Object(fields) if is_form => {
                let fields = fields.iter().map(|(name, value)| {
                    let value = value.as_str().unwrap_or_default();
                    let value = match (name.as_str(), value) {
                        ("code", code) if code != "bogus" => self.code.clone(),
                        ("token", "<access token>") => self.access_token.clone(),
                        _ => self.keys.translate(value),
                    };
                    (name.clone(), value)
                });
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
            }
            body => self.keys.translated(body).to_string().into_bytes(),
        }
    }

    fn authorization(&self, recording: &Recording) -> String {
        let basic = |secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT_ID}:{secret}")));
        match recording.sender.as_str() {
            "superuser, API token" => format!("Bearer {RECORDED_API_TOKEN}"),
            sender if sender.starts_with("access token") => format!("Bearer {}", self.access_token),
            _ if recording.name.contains("right-secret-basic") => basic(SECRET),
            _ if recording.name.contains("wrong-secret-basic") => basic("wrong-secret"),
            _ => "Bearer bogus".to_owned(),
        }
    }

    fn cookies(&self, recording: &Recording) -> Option<String> {
        if !recording.has_cookie("authentik_session") {
            return None;
        }
        let Some(jar) = self.jar(recording) else {
            return self.anonymous.as_ref().map(|key| format!("authentik_session={key}"));
        };
        Some(if recording.has_cookie("authentik_csrf") { jar.header() } else { format!("authentik_session={}", jar.session) })
    }

    fn jar(&self, recording: &Recording) -> Option<&SessionCookies> {
        let rest = recording.sender.strip_prefix("session of ")?;
        self.jars.get(rest.split(' ').next()?)
    }

    /// The cookies of somebody who is signed in.
    pub(crate) fn jar_of(&self, username: &str) -> &SessionCookies {
        &self.jars[username]
    }

    /// Signs in through the flow executor.
    fn sign_in(&mut self, username: &str) -> SessionCookies {
        let session = self.run_flow(username, "cowbell").expect("a session");
        SessionCookies { session, csrf: "3zFPsTaJzV0YlrrgBoe6CUNgTEqT6iXf".to_owned() }
    }

    /// Answers the stages of the authentication flow; gives the session cookie that the last answer set.
    pub(crate) fn run_flow(&mut self, username: &str, password: &str) -> Option<String> {
        let path = "/api/v3/flows/executor/default-authentication-flow/?query=";
        let mut session = None;
        for body in [
            Value::Null,
            json!({"component": "ak-stage-identification", "uid_field": username}),
            json!({"component": "ak-stage-password", "password": password}),
            Value::Null,
        ] {
            let method = if body.is_null() { "GET" } else { "POST" };
            let cookie = session.as_ref().map(|key| format!("authentik_session={key}"));
            let request = http::Request::builder()
                .method(method)
                .uri(path)
                .header("Content-Type", "application/json")
                .header(COOKIE, cookie.unwrap_or_default())
                .body(if body.is_null() { Vec::new() } else { body.to_string().into_bytes() })
                .expect("a valid request");
            session = session_cookie(&self.authentik.handle(request)).or(session);
        }
        session
    }
}

/// The session cookie that an answer sets.
fn session_cookie(response: &message::Response) -> Option<String> {
    response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok()?.strip_prefix("authentik_session="))
        .filter_map(|value| value.split(';').next())
        .map(str::to_owned)
        .next()
}

/// The authorization code in an address.
pub(crate) fn code_in(location: &str) -> Option<String> {
    let (_, query) = location.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
}

/// Header and claims of a JWT.
fn decoded(token: &str) -> Value {
    let part = |at: usize| -> Value {
        token
            .split('.')
            .nth(at)
            .and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    };
    json!({"header": part(0), "claims": part(1)})
}
