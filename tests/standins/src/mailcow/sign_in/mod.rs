//! The sign-in with the identity provider (docs/contract/mailcow.md, section 7; docs/contract/e2e.md).

mod oauth_client;

use serde_json::{Map, Value, json};

use super::exchange::{Exchange, redirect};
use super::identity_provider::IdentityProvider;
use super::mailboxes::{self, Newcomer};
use super::notice::Notice;
use super::session::{Role, Tokens};
use crate::message::Response;

/// What the handler on `/`, `/user` and `/reset-password` did.
pub(super) enum Outcome {
    /// The page goes on.
    Continue,
    /// The browser is sent elsewhere.
    Redirect(Response),
    /// PHP ended with an exception: an empty page (docs/contract/e2e.md, cases z and z2).
    Blank,
}

/// Does what mailcow does before it shows one of the three pages that take part in the sign-in.
pub(super) fn before_page(exchange: &mut Exchange<'_>) -> Outcome {
    if !exchange.profile.identity_provider() || !exchange.state.identity_provider.offers_sign_in() {
        return Outcome::Continue;
    }
    if exchange.incoming.query("iam_sso").is_some() {
        let url = authorization_url(exchange);
        return Outcome::Redirect(redirect(&url));
    }
    if let Some(tokens) = exchange.session().tokens.clone().filter(|tokens| !tokens.refresh.is_empty()) {
        if refresh(exchange, &tokens) {
            return Outcome::Continue;
        }
        // The session is destroyed: message and state go into what is no longer stored (recordings 895 to 897).
        exchange.clear_session();
        let url = authorization_url(exchange);
        exchange.session_mut().oauth2_state = None;
        return Outcome::Redirect(redirect(&url));
    }
    match (exchange.incoming.query("code"), exchange.incoming.query("state")) {
        (Some(code), Some(state)) if exchange.session().oauth2_state.as_deref() == Some(state) => {
            let code = code.to_owned();
            callback(exchange, &code)
        }
        _ => Outcome::Continue,
    }
}

/// Makes an authorization URL and remembers its `state`, which replaces the one before. Each rendering of the login page does
/// so, too (docs/contract/mailcow.md, section 7.4).
pub(super) fn authorization_url(exchange: &mut Exchange<'_>) -> String {
    let state = exchange.state.hex(32);
    exchange.session_mut().oauth2_state = Some(state.clone());
    let provider = &exchange.state.identity_provider;
    let extra = provider
        .redirect_url_extra()
        .filter(|_| exchange.profile.redirect_url_extra())
        .find(|url| exchange.incoming.host().is_some_and(|host| has_host(url, host)));
    let main = provider.text("redirect_url");
    let mut parameters = vec![
        ("state", state.as_str()),
        ("scope", provider.text("client_scopes")),
        ("response_type", "code"),
        ("approval_prompt", "auto"),
        ("client_id", provider.text("client_id")),
    ];
    // What is passed to the library comes first, its defaults last (recordings 877 and 878).
    match extra {
        Some(extra) => parameters.insert(0, ("redirect_uri", extra)),
        None => parameters.insert(4, ("redirect_uri", main)),
    }
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", oauth_client::percent_encode(value))).collect();
    let endpoint = provider.text("authorize_url");
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    format!("{endpoint}{separator}{}", query.join("&"))
}

/// Whether the header `Host`, with its port, is the host of a URL, which never has one (recordings 877 and 878).
fn has_host(url: &str, header: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(header)))
}

fn refused(exchange: &mut Exchange<'_>, call: Value) -> Outcome {
    exchange.push(Notice::login_failed(call));
    Outcome::Continue
}

/// Refused after somebody was recognised: the session and everything queued in it is gone.
fn refused_and_signed_out(exchange: &mut Exchange<'_>, email: &str, reason: &str) -> Outcome {
    exchange.clear_session();
    refused(exchange, json!(["identity_provider", email, reason]))
}

fn callback(exchange: &mut Exchange<'_>, code: &str) -> Outcome {
    let provider = exchange.state.identity_provider.clone();
    let (tokens, claims) = match oauth_client::redeem(&provider, exchange.upstream, code) {
        Ok(redeemed) => redeemed,
        Err(reason) => return refused(exchange, json!(["identity_provider", reason])),
    };
    let email = match &claims["email"] {
        Value::String(email) if !email.is_empty() && email != "0" => email.clone(),
        _ => {
            return refused(exchange, json!(["identity_provider", "No email address found for user"]));
        }
    };
    let (Some(Value::Array(mappers)), Some(Value::Array(templates))) = (provider.get("mappers"), provider.get("templates"))
    else {
        let given = if provider.get("mappers").is_some() { "stdClass" } else { "null" };
        let text = format!(
            "An unknown error occured: TypeError: array_search(): Argument #2 ($haystack) must be of type array, {given} given"
        );
        exchange.push(Notice::danger(json!(["exception_handler"]), text));
        return Outcome::Blank;
    };
    let wanted = &claims["mailcow_template"];
    let mapped = mappers
        .iter()
        .position(|mapper| loosely_equal(wanted, mapper.as_str().unwrap_or_default()))
        .map(|place| templates.get(place).and_then(Value::as_str).unwrap_or_default());
    let name = claims["name"].as_str().unwrap_or_default();

    if let Some(mailbox) = exchange.state.mailbox(&email) {
        if !matches!(mailbox.authsource.as_str(), "generic-oidc" | "keycloak") {
            let reason = "The user's authentication source is not of type OIDC";
            return refused_and_signed_out(exchange, &email, reason);
        }
        if let Some(template) = mapped {
            match mailboxes::apply_template(exchange.state, exchange.profile, &email, name, template) {
                // mailcow forgets what was queued, its own messages among it (recording 863).
                Ok(true) => exchange.session_mut().queue.clear(),
                Ok(false) => {}
                Err(msg) => {
                    let fields = json!({"username": email, "name": name, "template": template});
                    exchange.push(Notice::danger(json!(["mailbox", "edit", "mailbox_from_template", fields, null]), msg));
                }
            }
        }
    } else {
        if exchange.profile.login_provisioning() && !provider.login_provisioning() {
            return refused(exchange, json!(["identity_provider", "Auto-create users on login is deactivated"]));
        }
        let default = Some(provider.text("default_template")).filter(|template| !template.is_empty());
        let Some(template) = mapped.filter(|_| !is_empty(wanted)).or(default) else {
            return refused_and_signed_out(exchange, &email, "No matching attribute mapping was found");
        };
        let newcomer =
            Newcomer { email: &email, name, authsource: provider.authsource(), has_rights: exchange.role() == Some(Role::Admin) };
        match mailboxes::add_from_template(exchange.state, exchange.profile, &newcomer, template) {
            Ok(notices) => notices.into_iter().for_each(|notice| exchange.push(notice)),
            Err(_) => {
                return refused_and_signed_out(exchange, &email, "Could not create mailbox on login");
            }
        }
    }
    // Only now, after the template was applied and the mailbox made (recordings 861 to 868).
    let is_active = exchange
        .state
        .mailbox(&email)
        .is_some_and(|mailbox| mailbox.active && exchange.state.domain(mailbox.domain()).is_some_and(|domain| domain.active));
    if !is_active {
        return refused_and_signed_out(exchange, &email, "Domain or mailbox is inactive");
    }
    exchange.sign_in(&email, Role::User);
    exchange.session_mut().tokens = Some(tokens);
    exchange.push(Notice::logged_in_as(json!(["identity_provider", email, "user"]), &email));
    Outcome::Continue
}

/// Redeems the refresh token, which happens on each page load when there is one (docs/contract/e2e.md, cases y and y2).
fn refresh(exchange: &mut Exchange<'_>, tokens: &Tokens) -> bool {
    let provider = exchange.state.identity_provider.clone();
    let Ok((tokens, claims)) = oauth_client::refresh(&provider, exchange.upstream, &tokens.refresh) else { return false };
    let Some(email) = claims["email"].as_str().filter(|email| !email.is_empty()) else { return false };
    let session = exchange.session_mut();
    session.tokens = Some(tokens);
    session.user = Some(super::session::SignedIn { name: email.to_owned(), role: Role::User });
    true
}

/// PHP's `==` between a claim and a text, as `array_search` compares: `true` equals any text, numbers equal texts that are
/// numbers.
fn loosely_equal(claim: &Value, text: &str) -> bool {
    match claim {
        Value::Bool(claim) => *claim != (text.is_empty() || text == "0"),
        Value::Number(number) => text.trim().parse::<f64>().is_ok_and(|text| number.as_f64() == Some(text)),
        Value::String(claim) if claim == text => true,
        Value::String(claim) => match (claim.trim().parse::<f64>(), text.trim().parse::<f64>()) {
            (Ok(claim), Ok(text)) => claim.is_finite() && (claim - text).abs() == 0.0,
            _ => false,
        },
        Value::Null => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// PHP's `empty`.
fn is_empty(claim: &Value) -> bool {
    match claim {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty() || text == "0",
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Bool(true) | Value::Object(_) => false,
    }
}

/// The connection test: `OPTIONS` on the token URL, and nothing but the status 200 counts (recordings 181 to 187). Without a
/// known kind of provider nothing is asked and nothing fails (recording 188).
pub(super) fn connection_test(exchange: &mut Exchange<'_>, attr: &Map<String, Value>) -> bool {
    let mut provider = IdentityProvider::default();
    for (key, value) in attr {
        provider.set(key, value.clone());
    }
    match provider.authsource() {
        "generic-oidc" | "keycloak" => oauth_client::test(&provider, exchange.upstream),
        // There is no directory to connect to.
        "ldap" => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::loosely_equal;

    #[test]
    fn claims_are_compared_as_php_does() {
        for (claim, text, equal) in [
            (json!(true), "sales", true),
            (json!("1e1"), "10", true),
            (json!("sales"), "Sales", false),
            (json!(null), "sales", false),
            (json!(["sales"]), "sales", false),
            (json!(0), "sales", false),
        ] {
            assert_eq!(loosely_equal(&claim, text), equal, "{claim} and {text}");
        }
    }
}
