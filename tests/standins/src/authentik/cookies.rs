//! Cookies and the protection against forged requests (docs/contract/authentik.md, section 12).

use http::{HeaderValue, Method, header::SET_COOKIE};

use super::{call::Call, site::Site};
use crate::message::Response;

/// Name of the session cookie.
pub const SESSION: &str = "authentik_session";
/// Name of the cookie whose value a writing request repeats in [`CSRF_HEADER`].
pub const CSRF: &str = "authentik_csrf";
/// Name of that header.
pub const CSRF_HEADER: &str = "X-authentik-CSRF";

/// Length of the token in [`CSRF`]; Django also accepts a masked one of twice the length.
pub(super) const CSRF_LENGTH: usize = 32;

/// Gives the browser a session.
pub(super) fn set_session(response: &mut Response, site: &Site, key: &str) {
    let security = if site.knows_secure() { "SameSite=None; Secure" } else { "SameSite=Lax" };
    append(response, &format!("{SESSION}={key}; HttpOnly; Path={}; {security}", site.base));
}

/// Gives the browser a token against forged requests; scripts of the page can read it.
pub(super) fn set_csrf(response: &mut Response, site: &Site, token: &str) {
    let security = if site.knows_secure() { "; Secure" } else { "" };
    append(response, &format!("{CSRF}={token}; Max-Age=31449600; Path={}; SameSite=Lax{security}", site.base));
}

fn append(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// Why a writing request with a session is taken for a forged one; `None` if it is not (recordings 401 to 413).
pub(super) fn forgery(call: &Call, site: &Site) -> Option<String> {
    if matches!(call.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    if let Some(origin) = call.header("origin") {
        if origin != site.own_origin() {
            return Some(format!("Origin checking failed - {origin} does not match any trusted origins."));
        }
    } else if site.knows_secure()
        && let Some(reason) = foreign_referer(call, site)
    {
        return Some(reason);
    }
    let Some(cookie) = call.cookie(CSRF) else {
        return Some("CSRF cookie not set.".to_owned());
    };
    let Some(header) = call.header(CSRF_HEADER) else {
        return Some("CSRF token missing.".to_owned());
    };
    token_fault(header, cookie).map(|fault| format!("CSRF token from the 'X-Authentik-Csrf' HTTP header {fault}"))
}

/// What is wrong with a repeated token.
pub(super) fn token_fault(token: &str, cookie: &str) -> Option<&'static str> {
    if token.len() != CSRF_LENGTH && token.len() != 2 * CSRF_LENGTH {
        Some("has incorrect length.")
    } else if !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Some("has invalid characters.")
    } else if token == cookie {
        None
    } else {
        Some("incorrect.")
    }
}

fn foreign_referer(call: &Call, site: &Site) -> Option<String> {
    let Some(referer) = call.header("referer") else {
        return Some("Referer checking failed - no Referer.".to_owned());
    };
    let own = referer.strip_prefix(&site.origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (!own).then(|| format!("Referer checking failed - {referer} does not match any trusted origins."))
}
