//! mailcow's OAuth 2.0 client, `league/oauth2-client` with Guzzle, and the error texts they give.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use http::{HeaderValue, Method, StatusCode, Uri};
use serde_json::Value;

use crate::mailcow::identity_provider::IdentityProvider;
use crate::mailcow::session::Tokens;
use crate::message::{ConnectError, Request, Response, TrustAnyCertificate, Upstream};

const NOT_JSON: &str = "Invalid response received from Authorization Server. Expected JSON.";
const REDIRECTS: usize = 5;

/// Endpoints of the configured provider; Keycloak's are made of its address and realm.
fn endpoint(provider: &IdentityProvider, name: &str) -> String {
    if provider.authsource() == "keycloak" {
        let (server, realm) = (provider.text("server_url").trim_end_matches('/'), provider.text("realm"));
        format!("{server}/realms/{realm}/protocol/openid-connect/{name}")
    } else {
        provider.text(&format!("{name}_url")).to_owned()
    }
}

/// Redeems a code and reads the claims. The redirect URL is always the main one (docs/contract/mailcow.md, section 7.6).
pub(super) fn redeem(provider: &IdentityProvider, upstream: &mut dyn Upstream, code: &str) -> Result<(Tokens, Value), String> {
    exchange_grant(provider, upstream, &[("grant_type", "authorization_code"), ("code", code)])
}

/// Redeems a refresh token and reads the claims.
pub(super) fn refresh(
    provider: &IdentityProvider,
    upstream: &mut dyn Upstream,
    refresh_token: &str,
) -> Result<(Tokens, Value), String> {
    exchange_grant(provider, upstream, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn exchange_grant(
    provider: &IdentityProvider,
    upstream: &mut dyn Upstream,
    grant: &[(&str, &str)],
) -> Result<(Tokens, Value), String> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", provider.text("client_id"))
        .append_pair("client_secret", provider.text("client_secret"))
        .append_pair("redirect_uri", provider.text("redirect_url"))
        .extend_pairs(grant)
        .finish();
    let mut client = Client { upstream, ignore_certificate: provider.ignore_ssl_error() };
    let answer = client.send(&Method::POST, &endpoint(provider, "token"), Some(body), None)?;
    let token = parse(&answer)?;
    let access = token["access_token"].as_str().unwrap_or_default().to_owned();
    if access.is_empty() {
        return Err("Required option not passed: \"access_token\"".to_owned());
    }
    let answer = client.send(&Method::GET, &endpoint(provider, "userinfo"), None, Some(&access))?;
    let claims = parse(&answer)?;
    let refresh = token["refresh_token"].as_str().unwrap_or_default().to_owned();
    Ok((Tokens { access, refresh }, claims))
}

/// Whether `OPTIONS` on the token endpoint answers with 200.
pub(super) fn test(provider: &IdentityProvider, upstream: &mut dyn Upstream) -> bool {
    let mut client = Client { upstream, ignore_certificate: provider.ignore_ssl_error() };
    let answer = client.once(&Method::OPTIONS, &endpoint(provider, "token"), None, None);
    answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
}

struct Client<'a> {
    upstream: &'a mut dyn Upstream,
    ignore_certificate: bool,
}

impl Client<'_> {
    /// Sends and follows redirects as Guzzle does: a redirected POST becomes a GET.
    fn send(&mut self, method: &Method, url: &str, body: Option<String>, token: Option<&str>) -> Result<Response, String> {
        let mut answer = self.once(method, url, body, token)?;
        let mut url = url.to_owned();
        for _ in 0..REDIRECTS {
            let target = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(target) = target.filter(|_| answer.status().is_redirection()) else {
                return Ok(answer);
            };
            url = url::Url::parse(&url).and_then(|base| base.join(target)).map_err(|error| error.to_string())?.into();
            answer = self.once(&Method::GET, &url, None, token)?;
        }
        Err(format!("Will not follow more than {REDIRECTS} redirects"))
    }

    fn once(&mut self, method: &Method, url: &str, body: Option<String>, token: Option<&str>) -> Result<Response, String> {
        let malformed = || curl_error(3, "URL using bad/illegal format or missing URL", url);
        let uri: Uri = url.replace(' ', "%20").parse().map_err(|_| malformed())?;
        let host = uri.authority().ok_or_else(malformed)?.to_string();
        let mut request = Request::new(body.unwrap_or_default().into_bytes());
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        if let Ok(host) = HeaderValue::from_str(&host) {
            headers.insert(HOST, host);
        }
        if *method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if let Some(token) = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok()) {
            headers.insert(AUTHORIZATION, token);
        }
        if self.ignore_certificate {
            request.extensions_mut().insert(TrustAnyCertificate);
        }
        self.upstream.call(request).map_err(|error| connect_error(&error, url))
    }
}

fn connect_error(error: &ConnectError, url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    let port = parsed.as_ref().and_then(url::Url::port_or_known_default).unwrap_or_default();
    match error {
        ConnectError::UnknownHost => curl_error(6, &format!("Could not resolve host: {host}"), url),
        ConnectError::Refused => {
            curl_error(7, &format!("Failed to connect to {host} port {port} after 0 ms: Could not connect to server"), url)
        }
        ConnectError::TimedOut => curl_error(28, "Operation timed out after 7001 milliseconds with 0 bytes received", url),
        ConnectError::UntrustedCertificate => curl_error(60, "SSL certificate problem: self-signed certificate", url),
    }
}

fn curl_error(number: u32, text: &str, url: &str) -> String {
    format!("cURL error {number}: {text} (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for {url}")
}

/// Reads an answer as the library does: JSON whatever the content type says, its member `error` first.
fn parse(answer: &Response) -> Result<Value, String> {
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(parsed) = serde_json::from_slice::<Value>(answer.body()) else {
        return Err(if content_type.contains("json") {
            "Failed to parse JSON response: Syntax error".to_owned()
        } else if answer.status() == StatusCode::INTERNAL_SERVER_ERROR {
            "An OAuth server error was encountered that did not contain a JSON body".to_owned()
        } else {
            NOT_JSON.to_owned()
        });
    };
    match &parsed["error"] {
        Value::String(error) if !error.is_empty() => Err(error.clone()),
        _ if parsed.is_object() || parsed.is_array() => Ok(parsed),
        _ => Err(NOT_JSON.to_owned()),
    }
}

/// PHP's `rawurlencode`: everything but letters, digits and `-._~`.
pub(super) fn percent_encode(text: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encoded).collect()
}
