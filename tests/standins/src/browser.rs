//! What a browser adds to a request and hides of an answer: cookies, `Origin`, CORS, redirects.

use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, COOKIE, HOST,
    HeaderName, HeaderValue, LOCATION, ORIGIN, REFERER, SET_COOKIE, USER_AGENT,
};
use http::{HeaderMap, Method, Uri};
use url::{Position, Url};

use crate::mailcow::session::Role;
use crate::message::{Request, Response};
use crate::world::{Outcome, Product, World};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/// Redirects that are followed, one after the other.
const MOST_REDIRECTS: usize = 10;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// Why there is no answer that a page may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody is there, or the page may not read the answer.
    Network,
    /// The server never answers.
    NoAnswer,
}

/// What a script in a page sends.
#[derive(Clone, Debug)]
pub struct Fetch<'a> {
    /// Address of the page.
    pub page: &'a Url,
    pub method: Method,
    pub url: &'a Url,
    /// What the script sets.
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Whether cookies are sent to the page's own origin.
    pub with_session: bool,
    /// Whether the script may not read the answer, as with `no-cors`.
    pub is_opaque: bool,
}

/// Where a tab has come to.
#[derive(Debug)]
pub struct Arrived {
    /// The last address, behind all redirects.
    pub url: Url,
    /// The page, or why there is none.
    pub page: Result<Response, Failure>,
}

/// The cookies of a browser, or of its private windows.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug)]
struct Cookie {
    host: String,
    name: String,
    value: String,
    path: String,
    /// Hidden from scripts.
    http_only: bool,
}

impl Browser {
    /// Signs in to authentik without any question; returns whether there is such a user.
    pub fn sign_in_to_authentik(&mut self, world: &mut World, username: &str) -> bool {
        let Some(cookies) = world.authentik.sign_in(username) else { return false };
        let site = &world.authentik.state().site;
        let host = host_of(&site.origin);
        self.set(&host, "authentik_session", &cookies.session, &site.base, true);
        self.set(&host, "authentik_csrf", &cookies.csrf, &site.base, false);
        true
    }

    /// Signs in to mailcow as its administrator without any question.
    pub fn sign_in_to_mailcow(&mut self, world: &mut World) {
        let (name, value) = world.mailcow.sign_in_as("admin", Role::Admin);
        let host = host_of(world.origin(Product::Mailcow));
        self.set(&host, name, &value, "/", true);
    }

    /// Removes all cookies of an origin.
    pub fn forget(&mut self, origin: &str) {
        let host = host_of(origin);
        self.cookies.retain(|cookie| cookie.host != host);
    }

    /// The cookies that a script in a page sees, as `document.cookie` has them.
    #[must_use]
    pub fn readable(&self, page: &Url) -> String {
        join(self.of(page).filter(|cookie| !cookie.http_only))
    }

    /// The value of a cookie, hidden from scripts or not.
    #[must_use]
    pub fn cookie(&self, url: &Url, name: &str) -> Option<&str> {
        self.of(url).find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str())
    }

    /// Sets a cookie that scripts do not see.
    pub fn set_session(&mut self, url: &Url, name: &str, value: &str) {
        self.set(&host_of(url.as_str()), name, value, "/", true);
    }

    /// Goes to an address and follows redirects until a page comes. `form` is sent to the first address.
    pub fn navigate(&mut self, world: &mut World, url: &Url, form: Option<String>) -> Arrived {
        let (mut url, mut form) = (url.clone(), form);
        for _ in 0..MOST_REDIRECTS {
            let page = self.go(world, &url, form.take());
            let location = page.as_ref().ok().filter(|response| response.status().is_redirection());
            let location = location.and_then(|response| response.headers().get(LOCATION)?.to_str().ok());
            match location.and_then(|location| url.join(location).ok()) {
                Some(next) => url = next,
                None => return Arrived { url, page },
            }
        }
        Arrived { url, page: Err(Failure::Network) }
    }

    fn go(&mut self, world: &mut World, url: &Url, form: Option<String>) -> Result<Response, Failure> {
        let mut request = plain(&Method::GET, url)?;
        let headers = request.headers_mut();
        headers.insert(COOKIE, text(&join(self.of(url))));
        if let Some(form) = form {
            headers.insert(CONTENT_TYPE, FORM);
            headers.insert(ORIGIN, text(&url.origin().ascii_serialization()));
            *request.method_mut() = Method::POST;
            *request.body_mut() = form.into_bytes();
        }
        let response = answer_of(world, url, request)?;
        self.remember(url, &response);
        Ok(response)
    }

    /// Sends what a script in a page sends; redirects are not followed.
    ///
    /// # Errors
    /// When there is no answer, or none that the page may read.
    pub fn fetch(&mut self, world: &mut World, fetch: &Fetch<'_>) -> Result<Response, Failure> {
        let is_foreign = fetch.url.origin() != fetch.page.origin();
        let has_to_ask = is_foreign && !fetch.is_opaque && needs_preflight(fetch);
        if has_to_ask && !preflight(world, fetch) {
            return Err(Failure::Network);
        }
        let mut request = plain(&fetch.method, fetch.url)?;
        let headers = request.headers_mut();
        headers.extend(fetch.headers.clone());
        if fetch.method != Method::GET || (is_foreign && !fetch.is_opaque) {
            headers.insert(ORIGIN, text(&fetch.page.origin().ascii_serialization()));
        }
        if !is_foreign {
            headers.insert(REFERER, text(fetch.page.as_str()));
        }
        let with_session = fetch.with_session && !is_foreign;
        if with_session {
            headers.insert(COOKIE, text(&join(self.of(fetch.url))));
        }
        request.body_mut().clone_from(&fetch.body);
        let response = answer_of(world, fetch.url, request)?;
        if with_session {
            self.remember(fetch.url, &response);
        }
        if is_foreign && !fetch.is_opaque && !is_readable(&response, fetch.page) {
            return Err(Failure::Network);
        }
        Ok(response)
    }

    fn of(&self, url: &Url) -> impl Iterator<Item = &Cookie> {
        let host = host_of(url.as_str());
        let path = url.path().to_owned();
        self.cookies.iter().filter(move |cookie| cookie.host == host && path.starts_with(&cookie.path))
    }

    fn set(&mut self, host: &str, name: &str, value: &str, path: &str, http_only: bool) {
        self.cookies.retain(|cookie| cookie.host != host || cookie.name != name);
        self.cookies.push(Cookie {
            host: host.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            path: path.to_owned(),
            http_only,
        });
    }

    fn remember(&mut self, url: &Url, response: &Response) {
        let host = host_of(url.as_str());
        for line in response.headers().get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let attributes: Vec<&str> = parts.collect();
            let path = attributes.iter().find_map(|attribute| attribute.strip_prefix("Path=")).unwrap_or("/");
            let http_only = attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case("HttpOnly"));
            if value.is_empty() || attributes.contains(&"Max-Age=0") {
                self.cookies.retain(|cookie| cookie.host != host || cookie.name != name);
            } else {
                self.set(&host, name, value, path, http_only);
            }
        }
    }
}

/// Host and port of an address.
fn host_of(address: &str) -> String {
    Url::parse(address).map(|url| url.authority().to_owned()).unwrap_or_default()
}

fn join<'a>(cookies: impl Iterator<Item = &'a Cookie>) -> String {
    cookies.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
}

/// Asks the server whether a page of another origin may send this request.
fn preflight(world: &mut World, fetch: &Fetch<'_>) -> bool {
    let Ok(mut asked) = plain(&Method::OPTIONS, fetch.url) else { return false };
    asked.headers_mut().insert(ORIGIN, text(&fetch.page.origin().ascii_serialization()));
    let Ok(response) = answer_of(world, fetch.url, asked) else { return false };
    let lists = |name: HeaderName, desired: &str| {
        let listed = response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        listed.split(',').any(|item| item.trim().eq_ignore_ascii_case(desired))
    };
    response.status().is_success()
        && is_readable(&response, fetch.page)
        && (is_simple(&fetch.method) || lists(ACCESS_CONTROL_ALLOW_METHODS, fetch.method.as_str()))
        && fetch.headers.keys().all(|name| lists(ACCESS_CONTROL_ALLOW_HEADERS, name.as_str()))
}

/// Whether the Fetch standard asks the server first.
fn needs_preflight(fetch: &Fetch<'_>) -> bool {
    let is_form = |value: &HeaderValue| value == FORM;
    !is_simple(&fetch.method) || !fetch.headers.iter().all(|(name, value)| name == CONTENT_TYPE && is_form(value))
}

fn is_simple(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::POST)
}

/// Whether a page of another origin may read an answer that was asked for without credentials.
fn is_readable(response: &Response, page: &Url) -> bool {
    let allowed = response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).and_then(|value| value.to_str().ok());
    allowed.is_some_and(|allowed| allowed == "*" || allowed == page.origin().ascii_serialization())
}

fn plain(method: &Method, url: &Url) -> Result<Request, Failure> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method.clone();
    *request.uri_mut() = url[Position::BeforePath..Position::AfterQuery].parse::<Uri>().map_err(|_| Failure::Network)?;
    let headers = request.headers_mut();
    headers.insert(HOST, text(url.authority()));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(request)
}

fn answer_of(world: &mut World, url: &Url, request: Request) -> Result<Response, Failure> {
    let origin = url.origin().ascii_serialization();
    let is_at = |address: &str| address.strip_prefix(&origin).is_some_and(|path| path.is_empty() || path.starts_with('/'));
    if ![Product::Authentik, Product::Mailcow].into_iter().any(|product| is_at(world.origin(product))) {
        return Err(Failure::Network);
    }
    match world.handle(url.authority(), request) {
        Outcome::Answer(response) => Ok(response),
        Outcome::NoAnswer => Err(Failure::NoAnswer),
        Outcome::UnknownHost => Err(Failure::Network),
    }
}

fn text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
