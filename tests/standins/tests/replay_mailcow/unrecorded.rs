//! What was done between the recordings, and how a recording becomes a request.

use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::mailcow::state::Mailbox;
use cowbell_standins::message::{Request, Response};
use http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderName, LOCATION, SET_COOKIE, USER_AGENT as USER_AGENT_HEADER};
use serde_json::{Value, json};

use crate::recording::Recording;
use crate::{Client, MADE_LATER, Replay, USER_AGENT};

/// Recordings before which no page was loaded: they show the queue of those before them.
const QUEUE_KEPT: [u32; 5] = [402, 403, 404, 406, 410];

/// The recording whose cookie and state are those of a refused refresh token.
const AFTER_LOST_SESSION: u32 = 897;

/// Recordings whose cookie was sent with later ones.
const FIRST_OF_CLIENT: [u32; 2] = [1, 20];

impl Replay {
    /// Brings the stand-in to where mailcow was before a recording.
    pub(crate) fn prepare(&mut self, recording: &Recording) {
        match recording.number() {
            5 => self.log_in("/", "alice@mail.example", Client::MailboxUser),
            153 | 155 => self.mailcow.state_mut().identity_provider = IdentityProvider::default(),
            501 | 701 => self.log_in("/admin", "admin", Client::Admin),
            704 => self.store(&[("ignore_ssl_error", json!("1"))]),
            706 => self.store(&[("client_secret", json!("wrong-secret"))]),
            708 => self.store(&[("ignore_ssl_error", json!("")), ("client_secret", json!("dummy-client-secret"))]),
            710 => {
                self.store(&[("ignore_ssl_error", json!("1")), ("token_url", json!("https://nope.invalid/token/"))]);
            }
            712 => self.store(&[("token_url", json!("https://authentik.company/application/o/token"))]),
            714 => {
                self.store(&[
                    ("token_url", json!("https://authentik.company/application/o/token/")),
                    ("default_template", json!("Default")),
                ]);
                "user21@other.example".clone_into(&mut self.upstream.email);
            }
            716 => {
                self.store(&[("default_template", json!(""))]);
                "user05@mail.example".clone_into(&mut self.upstream.email);
            }
            718 => self.store(&[("login_provisioning", json!(false)), ("default_template", json!("Default"))]),
            720 => {
                self.store(&[("login_provisioning", json!(true))]);
                "user01@mail.example".clone_into(&mut self.upstream.email);
                self.add_mailbox("user01@mail.example");
            }
            722 => {
                let mailbox = self.mailcow.state_mut().mailbox_mut("user01@mail.example").unwrap();
                "generic-oidc".clone_into(&mut mailbox.authsource);
            }
            727 => self.store(&[("mappers", json!({"1": "default"})), ("templates", json!({"1": "Default"}))]),
            number => self.prepare_later(number),
        }
        if recording.request.query.contains_key("state") && recording.number() != AFTER_LOST_SESSION {
            if recording.number() >= MADE_LATER {
                self.cookies.remove(&Client::Visitor);
            }
            self.get("/?iam_sso=1", Client::Visitor);
        }
        let by_admin = recording.client.starts_with("session of admin");
        if by_admin && recording.request.method == "POST" && !QUEUE_KEPT.contains(&recording.number()) {
            self.get("/admin/system", Client::Admin);
        }
        let by_user = recording.number() >= MADE_LATER && client(recording) == Client::MailboxUser;
        if by_user && recording.request.method == "POST" {
            self.get("/user", Client::MailboxUser);
        }
        if recording.number() != 302
            && let Some(cookie) = self.cookies.get(&Client::Admin)
            && let Some(session) = self.mailcow.state().sessions.get(cookie)
        {
            self.csrf_token = session.csrf_token.clone();
        }
    }

    /// Sends a recorded request.
    pub(crate) fn send(&mut self, recording: &Recording) -> Response {
        let client = client(recording);
        let with_cookie = recording.request.headers.contains_key("Cookie");
        let mut url = recording.request.path.clone();
        if !recording.request.query.is_empty() {
            let pairs = recording.request.query.iter().map(|(key, value)| match key.as_str() {
                "state" if value != "wrong" => (key.as_str(), self.state.clone()),
                _ => (key.as_str(), value.clone()),
            });
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            url = format!("{url}?{query}");
        }
        let mut request = self.request(&recording.request.method, &url, with_cookie.then_some(client));
        let headers = request.headers_mut();
        for (name, value) in recording.request.headers.iter().filter(|(name, _)| *name != "Cookie") {
            let value = value.as_str().unwrap().replace("<API key>", "recorded-api-key");
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        if recording.client.contains("another User-Agent") {
            headers.insert(USER_AGENT_HEADER, "another".parse().unwrap());
        }
        *request.body_mut() = self.body(recording);
        let response = self.answer(request);
        let client = if recording.number() == 3 { Client::Admin } else { client };
        if with_cookie || FIRST_OF_CLIENT.contains(&recording.number()) {
            self.keep_cookie(&response, client);
        }
        response
    }

    fn body(&self, recording: &Recording) -> Vec<u8> {
        let content_type = recording.request.headers.get("Content-Type").and_then(Value::as_str).unwrap_or_default();
        match &recording.request.body {
            None => Vec::new(),
            Some(Value::String(text)) => text.clone().into_bytes(),
            Some(Value::Object(fields)) if content_type.contains("urlencoded") => {
                let pairs =
                    fields.iter().map(|(key, value)| (key, value.as_str().unwrap().replace("<csrf token>", &self.csrf_token)));
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
            }
            Some(body) => body.to_string().into_bytes(),
        }
    }

    fn request(&self, method: &str, url: &str, client: Option<Client>) -> Request {
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = url.parse().unwrap();
        request.headers_mut().insert(HOST, "mailcow.company".parse().unwrap());
        request.headers_mut().insert(USER_AGENT_HEADER, USER_AGENT.parse().unwrap());
        if let Some(cookie) = client.and_then(|client| self.cookies.get(&client)) {
            request.headers_mut().insert(COOKIE, format!("MCSESSID={cookie}").parse().unwrap());
        }
        request
    }

    /// The stand-in's answer; an authorization URL in it is remembered.
    fn answer(&mut self, request: Request) -> Response {
        let response = self.mailcow.handle(request, &mut self.upstream);
        let target = response.headers().get(LOCATION).and_then(|value| url::Url::parse(value.to_str().unwrap()).ok());
        if let Some(state) =
            target.and_then(|url| url.query_pairs().find_map(|(key, value)| (key == "state").then(|| value.into_owned())))
        {
            self.state = state;
        }
        response
    }

    pub(crate) fn get(&mut self, url: &str, client: Client) {
        let request = self.request("GET", url, Some(client));
        let response = self.answer(request);
        self.keep_cookie(&response, client);
    }

    /// A call of the API by the administrator.
    pub(crate) fn post(&mut self, path: &str, body: &Value) {
        let mut request = self.request("POST", path, Some(Client::Admin));
        request.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
        *request.body_mut() = body.to_string().into_bytes();
        let answer = self.answer(request);
        let answer = std::str::from_utf8(answer.body()).unwrap();
        assert!(!answer.contains("danger") && !answer.contains("error"), "{path}: {answer}");
    }

    /// Log-in with a password, and for administrators the page after it.
    pub(crate) fn log_in(&mut self, path: &str, name: &str, client: Client) {
        self.cookies.remove(&client);
        let mut request = self.request("POST", path, None);
        request.headers_mut().insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        *request.body_mut() = format!("login_user={name}&pass_user=moohoo").into_bytes();
        let response = self.mailcow.handle(request, &mut self.upstream);
        assert_eq!(response.status(), 302, "log-in of {name}");
        self.keep_cookie(&response, client);
        if client == Client::Admin {
            self.get("/admin/dashboard", client);
        }
    }

    fn keep_cookie(&mut self, response: &Response, client: Client) {
        if let Some(line) = response.headers().get(SET_COOKIE) {
            let value = line.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
            self.cookies.insert(client, value.to_owned());
        }
    }

    pub(crate) fn store(&mut self, rows: &[(&str, Value)]) {
        for (key, value) in rows {
            if *key == "redirect_url" {
                value.as_str().unwrap().clone_into(&mut self.upstream.redirect_url);
            }
            self.mailcow.state_mut().identity_provider.set(key, value.clone());
        }
    }

    fn add_mailbox(&mut self, address: &str) {
        let state = self.mailcow.state_mut();
        let mailbox = Mailbox { username: address.to_owned(), authsource: "mailcow".to_owned(), ..state.mailboxes[0].clone() };
        state.mailboxes.push(mailbox);
    }
}

fn client(recording: &Recording) -> Client {
    match recording.client.as_str() {
        client if client.starts_with("session of admin") => Client::Admin,
        client if client.starts_with("API key") => Client::ApiKey,
        client if client.starts_with("session of mailbox user") || client.starts_with("session of a mailbox user") => {
            Client::MailboxUser
        }
        _ => Client::Visitor,
    }
}
