//! What a browser adds to a request and hides of an answer: cookies, `Origin`, CORS, redirects, limits.
//!
//! It does what the page executor asks of `fetch`: same-origin requests carry the session, everything else carries nothing.

use cowbell::transport::{Answer, Credentials, Method, Product, Request, Response, SendError, Want};
use cowbell_standins::browser::{Browser as Simulated, Failure, Fetch};
use cowbell_standins::message;
use cowbell_standins::world::World;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::Value;
use url::Url;

/// Bytes of a body that are read at most: less than the page executor's 32 MiB, which only cost time here.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// Bytes of a body that are read at most where only some members of it may be handed over: as many times more as at the page
/// executor.
pub(crate) const MAX_LIST_BYTES: usize = 4 * MAX_BYTES;

/// A tab of each product, and the cookies of both.
pub(crate) struct Browser {
    authentik: Url,
    mailcow: Url,
    simulated: Simulated,
}

impl Browser {
    /// Tabs at the administration of both products, signed in nowhere.
    pub(crate) fn of(world: &World) -> Self {
        let site = &world.authentik.state().site;
        let page = |page: &str| Url::parse(page).expect("an address");
        Self {
            authentik: page(&site.absolute("if/admin/")),
            mailcow: page(&format!("{}/admin/system", world.mailcow.state().origin)),
            simulated: Simulated::default(),
        }
    }

    /// The address of a tab.
    pub(crate) fn page(&self, product: Product) -> &str {
        self.tab(product).as_str()
    }

    /// Signs in to authentik.
    pub(crate) fn sign_in_to_authentik(&mut self, world: &mut World, username: &str) {
        assert!(self.simulated.sign_in_to_authentik(world, username), "a user of this name");
    }

    /// Signs out of authentik.
    pub(crate) fn sign_out_of_authentik(&mut self) {
        self.simulated.forget(self.authentik.as_str());
    }

    /// Signs in to mailcow as its administrator.
    pub(crate) fn sign_in_to_mailcow(&mut self, world: &mut World) {
        self.simulated.sign_in_to_mailcow(world);
    }

    /// Uses another session of mailcow.
    pub(crate) fn set_mailcow_session(&mut self, name: &str, value: &str) {
        self.simulated.set_session(&self.mailcow, name, value);
    }

    /// Another browser, as far as mailcow can tell.
    pub(crate) fn forget_mailcow_session(&mut self) {
        self.simulated.forget(self.mailcow.as_str());
    }

    /// Sends JSON to an address of mailcow as its own page does, and gives the text of the answer, which is empty if there is none.
    pub(crate) fn post_json(&mut self, world: &mut World, address: &str, body: &Value) -> String {
        let url = Url::parse(address).expect("an address");
        let fetch = Fetch {
            page: &url,
            method: http::Method::POST,
            url: &url,
            headers: [(CONTENT_TYPE, value("application/json"))].into_iter().collect(),
            body: body.to_string().into_bytes(),
            with_session: true,
            is_opaque: false,
        };
        let Ok(response) = self.simulated.fetch(world, &fetch) else { return String::new() };
        String::from_utf8(response.into_body()).expect("a text")
    }

    /// The value of the session at authentik, if there is one.
    pub(crate) fn authentik_session(&self) -> Option<&str> {
        self.simulated.cookie(&self.authentik, "authentik_session")
    }

    fn tab(&self, product: Product) -> &Url {
        match product {
            Product::Authentik => &self.authentik,
            Product::Mailcow => &self.mailcow,
        }
    }

    /// Performs a request as a script in the tab of a product.
    pub(crate) fn fetch(&mut self, world: &mut World, product: Product, request: &Request) -> Answer {
        let url = Url::parse(request.url()).map_err(|_| SendError::Network)?;
        let page = self.tab(product).clone();
        // As the page script does.
        let sender = request.sender().map(|origin| origin.to_string());
        if sender.as_deref() != Some(page.origin().ascii_serialization().as_str()) {
            return Err(SendError::Network);
        }
        let contact = request.want() == Want::Contact;
        let mut headers = HeaderMap::new();
        if let Some(body) = request.body() {
            let encoding = serde_json::to_value(body.encoding).expect("serialises");
            headers.insert(CONTENT_TYPE, value(encoding.as_str().expect("a text")));
        }
        if let Some(csrf) = request.csrf_header() {
            let name = HeaderName::try_from(csrf.header).expect("a header");
            headers.insert(name, value(&self.readable(&page, csrf.cookie)));
        }
        let fetch = Fetch {
            page: &page,
            method: method(request.method()),
            url: &url,
            headers,
            body: request.body().map(|body| body.text.clone().into_bytes()).unwrap_or_default(),
            with_session: request.credentials() == Credentials::Session,
            is_opaque: contact,
        };
        let response = self.simulated.fetch(world, &fetch).map_err(|failure| match failure {
            Failure::Network => SendError::Network,
            Failure::NoAnswer => SendError::Timeout,
        })?;
        if contact {
            return Ok(Response { status: 0, content_type: String::new(), retry_after_s: None, body: String::new().into() });
        }
        read(response, request.members())
    }

    /// What a script sees of a cookie.
    fn readable(&self, page: &Url, name: &str) -> String {
        let cookies = self.simulated.readable(page);
        let found = cookies.split("; ").filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
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
        let start = self.mailcow.join(path).expect("an address");
        self.visit(world, start.as_str());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("login_user", address), ("pass_user", password)])
            .finish();
        self.navigate(world, start.as_str(), Some(form));
    }

    fn navigate(&mut self, world: &mut World, address: &str, form: Option<String>) -> (String, String) {
        let arrived = self.simulated.navigate(world, &Url::parse(address).expect("an address"), form);
        // Elsewhere nobody answers.
        let text = arrived.page.map(|page| String::from_utf8(page.into_body()).expect("a text")).unwrap_or_default();
        (arrived.url.into(), text)
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
