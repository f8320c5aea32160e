//! What a browser adds to a request and hides of an answer: cookies, `Origin`, CORS, redirects, limits.
//!
//! It does what the page executor asks of `fetch`: same-origin requests carry the session, everything else carries nothing.

use cowbell::transport::{Answer, Credentials, Method, Product, Request, Response, SendError, Want};
use cowbell_standins::message;
use cowbell_standins::world::{self, Outcome, World};
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, COOKIE, HOST,
    HeaderName, HeaderValue, LOCATION, ORIGIN, REFERER, RETRY_AFTER, SET_COOKIE, USER_AGENT,
};
use serde_json::Value;
use url::Url;

/// Bytes of a body that are read at most: less than the page executor's 32 MiB, which only cost time here.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// Bytes of a body that are read at most where only some members of it may be handed over: as many times more as at the page
/// executor.
pub(crate) const MAX_LIST_BYTES: usize = 4 * MAX_BYTES;

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    /// Hidden from scripts.
    http_only: bool,
}

/// A tab of each product, and the cookies of both.
pub(crate) struct Browser {
    authentik: Tab,
    mailcow: Tab,
}

struct Tab {
    page: Url,
    cookies: Vec<Cookie>,
}

impl Browser {
    /// Tabs at the administration of both products, signed in nowhere.
    pub(crate) fn of(world: &World) -> Self {
        let site = &world.authentik.state().site;
        let tab = |page: &str| Tab { page: Url::parse(page).expect("an address"), cookies: Vec::new() };
        Self {
            authentik: tab(&site.absolute("if/admin/")),
            mailcow: tab(&format!("{}/admin/system", world.mailcow.state().origin)),
        }
    }

    /// The address of a tab.
    pub(crate) fn page(&self, product: Product) -> &str {
        match product {
            Product::Authentik => self.authentik.page.as_str(),
            Product::Mailcow => self.mailcow.page.as_str(),
        }
    }

    /// Signs in to authentik.
    pub(crate) fn sign_in_to_authentik(&mut self, world: &mut World, username: &str) {
        let path = world.authentik.state().site.base.clone();
        let session = world.authentik.sign_in(username).expect("a user of this name");
        let cookie = |name: &str, value, http_only| Cookie { name: name.to_owned(), value, path: path.clone(), http_only };
        self.authentik.cookies =
            vec![cookie("authentik_session", session.session, true), cookie("authentik_csrf", session.csrf, false)];
    }

    /// Signs out of authentik.
    pub(crate) fn sign_out_of_authentik(&mut self) {
        self.authentik.cookies.clear();
    }

    /// Signs in to mailcow as its administrator.
    pub(crate) fn sign_in_to_mailcow(&mut self, world: &mut World) {
        let (name, value) = world.mailcow.sign_in_admin();
        self.set_mailcow_session(name, value);
    }

    /// Uses another session of mailcow.
    pub(crate) fn set_mailcow_session(&mut self, name: &str, value: String) {
        self.mailcow.cookies = vec![Cookie { name: name.to_owned(), value, path: "/".to_owned(), http_only: true }];
    }

    /// Another browser, as far as mailcow can tell.
    pub(crate) fn forget_mailcow_session(&mut self) {
        self.mailcow.cookies.clear();
    }

    /// Sends JSON to an address of mailcow as its own page does, and gives the text of the answer.
    pub(crate) fn post_json(&mut self, world: &mut World, address: &str, body: &Value) -> String {
        let url = Url::parse(address).expect("an address");
        let mut request = plain(&http::Method::POST, &url);
        request.headers_mut().insert(CONTENT_TYPE, value("application/json"));
        request.headers_mut().insert(COOKIE, value(&self.mailcow.header(&url)));
        *request.body_mut() = body.to_string().into_bytes();
        let response = answer_of(world, &url, request).expect("a product answers at this address");
        self.mailcow.remember(&response);
        String::from_utf8(response.into_body()).expect("a text")
    }

    /// The value of the session at authentik, if there is one.
    pub(crate) fn authentik_session(&self) -> Option<&str> {
        let session = self.authentik.cookies.iter().find(|cookie| cookie.name == "authentik_session");
        session.map(|cookie| cookie.value.as_str())
    }

    fn tab(&self, product: Product) -> &Tab {
        match product {
            Product::Authentik => &self.authentik,
            Product::Mailcow => &self.mailcow,
        }
    }

    fn tab_of(&mut self, origin: &url::Origin) -> Option<&mut Tab> {
        [&mut self.authentik, &mut self.mailcow].into_iter().find(|tab| tab.page.origin() == *origin)
    }

    /// Performs a request as a script in the tab of a product.
    pub(crate) fn fetch(&mut self, world: &mut World, product: Product, request: &Request) -> Answer {
        let url = Url::parse(request.url()).map_err(|_| SendError::Network)?;
        let page = self.tab(product).page.clone();
        let foreign = url.origin() != page.origin();
        let with_session = request.credentials() == Credentials::Session;
        // As the page script does.
        let sender = request.sender().map(|origin| origin.to_string());
        if sender.as_deref() != Some(page.origin().ascii_serialization().as_str()) {
            return Err(SendError::Network);
        }
        let contact = request.want() == Want::Contact;
        if foreign && !contact && needs_preflight(request) && !preflight(world, &page, &url, request) {
            return Err(SendError::Network);
        }
        let method = method(request.method());
        let mut sent = plain(&method, &url);
        let headers = sent.headers_mut();
        if !matches!(request.method(), Method::Get) || (foreign && !contact) {
            headers.insert(ORIGIN, value(&page.origin().ascii_serialization()));
        }
        if !foreign {
            headers.insert(REFERER, value(page.as_str()));
        }
        if let Some(body) = request.body() {
            let encoding = serde_json::to_value(body.encoding).expect("serialises");
            headers.insert(CONTENT_TYPE, value(encoding.as_str().expect("a text")));
        }
        if with_session {
            headers.insert(COOKIE, value(&self.tab(product).header(&url)));
        }
        if let Some(csrf) = request.csrf_header() {
            let name = HeaderName::try_from(csrf.header).expect("a header");
            headers.insert(name, value(self.tab(product).readable(csrf.cookie)));
        }
        *sent.body_mut() = request.body().map(|body| body.text.clone().into_bytes()).unwrap_or_default();
        let response = answer_of(world, &url, sent)?;
        if with_session && let Some(tab) = self.tab_of(&url.origin()) {
            tab.remember(&response);
        }
        if contact {
            return Ok(Response { status: 0, content_type: String::new(), retry_after_s: None, body: String::new().into() });
        }
        if foreign && !readable_by(&response, &page) {
            return Err(SendError::Network);
        }
        read(response, request.members())
    }

    /// Goes to an address as somebody does who clicks a link, and follows redirects until a page comes. Gives its address and text.
    pub(crate) fn visit(&mut self, world: &mut World, address: &str) -> (String, String) {
        self.navigate(world, address, None)
    }

    /// Signs in at the page of authentik's flow that [`Self::visit`] came to, and goes where that leads.
    pub(crate) fn log_in(
        &mut self,
        world: &mut World,
        page: &(String, String),
        username: &str,
        password: &str,
    ) -> (String, String) {
        self.submit(world, page, &[("uid_field", username), ("password", password)])
    }

    /// Sends the form of a page of authentik's flows, and goes where that leads.
    pub(crate) fn submit(&mut self, world: &mut World, page: &(String, String), fields: &[(&str, &str)]) -> (String, String) {
        let token =
            page.1.split("csrfmiddlewaretoken\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("csrfmiddlewaretoken", token);
        self.navigate(world, &page.0, Some(form.finish()))
    }

    /// Types a password in mailcow's own form: for mailboxes at `/`, for administrators at `/admin`.
    pub(crate) fn type_password_at_mailcow(&mut self, world: &mut World, path: &str, address: &str, password: &str) {
        let start = self.mailcow.page.join(path).expect("an address");
        self.visit(world, start.as_str());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("login_user", address), ("pass_user", password)])
            .finish();
        self.navigate(world, start.as_str(), Some(form));
    }

    fn navigate(&mut self, world: &mut World, address: &str, mut form: Option<String>) -> (String, String) {
        let mut url = Url::parse(address).expect("an address");
        for _ in 0..10 {
            let mut request = plain(&http::Method::GET, &url);
            if let Some(form) = form.take() {
                *request.method_mut() = http::Method::POST;
                request.headers_mut().insert(CONTENT_TYPE, value("application/x-www-form-urlencoded"));
                *request.body_mut() = form.into_bytes();
            }
            if let Some(tab) = self.tab_of(&url.origin()) {
                request.headers_mut().insert(COOKIE, value(&tab.header(&url)));
            }
            // Elsewhere nobody answers.
            let Ok(response) = answer_of(world, &url, request) else { return (url.into(), String::new()) };
            if let Some(tab) = self.tab_of(&url.origin()) {
                tab.remember(&response);
            }
            match response.headers().get(LOCATION) {
                Some(location) => url = url.join(location.to_str().expect("a text")).expect("an address"),
                None => return (url.into(), String::from_utf8(response.into_body()).expect("a text")),
            }
        }
        panic!("redirects without end")
    }
}

impl Tab {
    fn header(&self, url: &Url) -> String {
        let sent = self.cookies.iter().filter(|cookie| url.path().starts_with(&cookie.path));
        sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    /// What a script sees of a cookie.
    fn readable(&self, name: &str) -> &str {
        let cookie = self.cookies.iter().find(|cookie| cookie.name == name && !cookie.http_only);
        cookie.map_or("", |cookie| &cookie.value)
    }

    fn remember(&mut self, response: &message::Response) {
        for line in response.headers().get_all(SET_COOKIE) {
            let mut parts = line.to_str().expect("a text").split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let attributes: Vec<&str> = parts.collect();
            let path = attributes.iter().find_map(|attribute| attribute.strip_prefix("Path=")).unwrap_or("/").to_owned();
            let http_only = attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case("HttpOnly"));
            self.cookies.retain(|cookie| cookie.name != name);
            if !value.is_empty() && !attributes.contains(&"Max-Age=0") {
                self.cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), path, http_only });
            }
        }
    }
}

/// Asks the server whether a page of another origin may send this request.
fn preflight(world: &mut World, page: &Url, url: &Url, request: &Request) -> bool {
    let mut asked = plain(&http::Method::OPTIONS, url);
    asked.headers_mut().insert(ORIGIN, value(&page.origin().ascii_serialization()));
    let Ok(response) = answer_of(world, url, asked) else { return false };
    let lists = |name: HeaderName, desired: &str| {
        let listed = response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        listed.split(',').any(|item| item.trim().eq_ignore_ascii_case(desired))
    };
    let simple_method = matches!(request.method(), Method::Get | Method::Post);
    response.status().is_success()
        && readable_by(&response, page)
        && (simple_method || lists(ACCESS_CONTROL_ALLOW_METHODS, method(request.method()).as_str()))
        && (request.csrf_header().is_none() && !is_json(request) || lists(ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
}

fn plain(method: &http::Method, url: &Url) -> message::Request {
    let mut request = message::Request::new(Vec::new());
    *request.method_mut() = method.clone();
    *request.uri_mut() = url[url::Position::BeforePath..url::Position::AfterQuery].parse().expect("a path");
    let headers = request.headers_mut();
    headers.insert(HOST, value(url.authority()));
    headers.insert(ACCEPT, value("*/*"));
    headers.insert(USER_AGENT, value(AGENT));
    request
}

fn answer_of(world: &mut World, url: &Url, request: message::Request) -> Result<message::Response, SendError> {
    let origin = url.origin().ascii_serialization();
    let products = [world::Product::Authentik, world::Product::Mailcow];
    let is_at = |address: &str| address.strip_prefix(&origin).is_some_and(|path| path.is_empty() || path.starts_with('/'));
    if !products.into_iter().any(|product| is_at(world.origin(product))) {
        return Err(SendError::Network);
    }
    match world.handle(url.authority(), request) {
        Outcome::Answer(response) => Ok(response),
        Outcome::NoAnswer => Err(SendError::Timeout),
        Outcome::UnknownHost => Err(SendError::Network),
    }
}

/// What the page executor hands over of an answer (`extension/src/page/body.ts`).
fn read(response: message::Response, members: &[&str]) -> Answer {
    if response.status().is_redirection() {
        return Err(SendError::Redirected);
    }
    let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let content_type = header(CONTENT_TYPE).to_owned();
    let retry_after_s = header(RETRY_AFTER).parse().ok();
    let status = response.status().as_u16();
    let body = response.into_body();
    if body.len() > if members.is_empty() { MAX_BYTES } else { MAX_LIST_BYTES } {
        return Err(SendError::TooLarge);
    }
    let mut body = String::from_utf8(body).map_err(|_| SendError::NotUtf8)?;
    if !members.is_empty() {
        body = narrow(&body, members).unwrap_or(body);
    }
    if body.len() > MAX_BYTES {
        return Err(SendError::TooLarge);
    }
    Ok(Response { status, content_type, retry_after_s, body: body.into() })
}

/// The members of these names in a list, at whatever depth they are; `None` if the text is no JSON list.
fn narrow(text: &str, members: &[&str]) -> Option<String> {
    let mut list: Value = serde_json::from_str(text).ok().filter(Value::is_array)?;
    keep(&mut list, members);
    Some(list.to_string())
}

fn keep(value: &mut Value, members: &[&str]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| keep(item, members)),
        Value::Object(map) => {
            map.retain(|name, _| members.contains(&name.as_str()));
            map.values_mut().for_each(|member| keep(member, members));
        }
        _ => {}
    }
}

/// Whether the Fetch standard asks the server first.
fn needs_preflight(request: &Request) -> bool {
    !matches!(request.method(), Method::Get | Method::Post) || is_json(request) || request.csrf_header().is_some()
}

fn is_json(request: &Request) -> bool {
    request.body().is_some_and(|body| body.encoding == cowbell::transport::Encoding::Json)
}

/// Whether a page of another origin may read an answer that was asked for without credentials.
fn readable_by(response: &message::Response, page: &Url) -> bool {
    let allowed = response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).and_then(|value| value.to_str().ok());
    allowed.is_some_and(|allowed| allowed == "*" || allowed == page.origin().ascii_serialization())
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Options => http::Method::OPTIONS,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a header value")
}
