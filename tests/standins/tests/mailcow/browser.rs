//! A browser without scripts: one cookie jar, no redirects followed.

use cowbell_standins::mailcow::Mailcow;
use cowbell_standins::message::{Request, Response};
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use serde_json::Value;

use crate::identity_server::IdentityServer;

pub(crate) const ORIGIN: &str = "https://mailcow.company";

#[derive(Default)]
pub(crate) struct Browser {
    cookie: Option<String>,
}

impl Browser {
    pub(crate) fn admin(mailcow: &mut Mailcow) -> Self {
        let (name, value) = mailcow.sign_in_admin();
        Self { cookie: Some(format!("{name}={value}")) }
    }

    pub(crate) fn get(&mut self, mailcow: &mut Mailcow, server: &mut IdentityServer, path: &str) -> Response {
        self.send(mailcow, server, self.request("GET", path))
    }

    pub(crate) fn post_json(&mut self, mailcow: &mut Mailcow, path: &str, body: &Value) -> Response {
        let mut request = self.request("POST", path);
        request.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
        *request.body_mut() = body.to_string().into_bytes();
        self.send(mailcow, &mut IdentityServer::default(), request)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = path.parse().unwrap();
        request.headers_mut().insert(HOST, "mailcow.company".parse().unwrap());
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
        }
        request
    }

    pub(crate) fn send(&mut self, mailcow: &mut Mailcow, server: &mut IdentityServer, request: Request) -> Response {
        let response = mailcow.handle(request, server);
        if let Some(line) = response.headers().get(SET_COOKIE) {
            self.cookie = Some(line.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        response
    }

    /// The whole sign-in as far as mailcow takes part in it. Returns the answer to the callback.
    pub(crate) fn sign_in(&mut self, mailcow: &mut Mailcow, server: &mut IdentityServer) -> Response {
        let start = self.get(mailcow, server, "/?iam_sso=1");
        let state = parameter(&start, "state").unwrap();
        self.get(mailcow, server, &format!("/?code=right&state={state}"))
    }
}

/// A parameter of the address that an answer redirects to.
pub(crate) fn parameter(response: &Response, name: &str) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().unwrap();
    let url = url::Url::parse(location).unwrap();
    url.query_pairs().find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

pub(crate) fn location(response: &Response) -> &str {
    response.headers().get(LOCATION).map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn text(response: &Response) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

pub(crate) fn json(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}
