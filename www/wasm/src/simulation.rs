//! Both products in memory, two browsers in front of them, and what passes between them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use cowbell_standins::browser::{Browser, Failure, Fetch};
use cowbell_standins::language::Language;
use cowbell_standins::message::Response;
use cowbell_standins::people::DOMAIN;
use cowbell_standins::world::mistakes::Mistake;
use cowbell_standins::world::{Demo, Product, World};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tsify::Tsify;
use url::Url;
use wasm_bindgen::prelude::*;

/// Where authentik is.
const AUTHENTIK: &str = "https://login.example.org";
/// Where mailcow is.
const MAILCOW: &str = "https://mail.example.org";
/// Users of authentik.
const USERS: usize = 60;
/// Exchanges that are remembered.
const MOST_EXCHANGES: usize = 400;

/// Whose cookies a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// The administrator's.
    Own,
    /// A private window, in which nobody is signed in at first.
    Private,
}

/// A page that a tab has come to.
#[derive(Debug, Serialize, Tsify)]
pub struct LoadedPage {
    /// Its address, behind all redirects.
    pub url: String,
    /// Its text; empty if nobody answers.
    pub html: String,
}

/// What a script in a page sends.
#[derive(Debug, Deserialize, Tsify)]
pub struct SentRequest {
    /// Address of the page.
    pub page: String,
    pub method: String,
    pub url: String,
    /// Pairs of name and value.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Whether cookies are sent to the page's own origin.
    pub session: bool,
    /// Whether the script may not read the answer.
    pub opaque: bool,
}

/// What it gets.
#[derive(Debug, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Received {
    /// An answer.
    Answer {
        status: u16,
        content_type: String,
        /// Seconds.
        retry_after: String,
        body: String,
    },
    /// Nobody is there, or the page may not read the answer.
    Network,
    /// The server never answers.
    Silence,
}

/// A request that was answered.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Exchange {
    /// Counted from the beginning.
    pub number: u32,
    /// `authentik` or `mailcow`.
    pub product: String,
    pub method: String,
    /// Path and query.
    pub path: String,
    /// 0 if something else has answered in the product's place.
    pub status: u16,
}

/// A line of mailcow's log.
#[derive(Debug, Serialize, Tsify)]
pub struct LogLine {
    /// `success`, `danger` or `warning`.
    pub kind: String,
    /// The message as mailcow stores it.
    pub message: String,
    /// What was called, with its arguments.
    pub call: String,
}

/// How things stand at both products.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whether authentik has a client for this mailcow.
    pub is_applied: bool,
    /// Whether mailcow has an identity provider.
    pub is_saved: bool,
    /// Somebody who may sign in and has no mailbox yet.
    pub newcomer: String,
    /// Mailboxes that a sign-in has made.
    pub arrived: usize,
    /// Mailboxes that sign in with authentik.
    pub switched: usize,
}

/// Both products and the browsers in front of them.
#[wasm_bindgen]
pub struct Simulation {
    world: World,
    browsers: HashMap<WindowKind, Browser>,
    exchanges: Rc<RefCell<Vec<Exchange>>>,
    /// Mailboxes at the beginning.
    mailboxes: usize,
}

#[wasm_bindgen]
impl Simulation {
    /// Both products in the middle of a story: people have mailboxes with passwords, somebody has begun the integration by hand and
    /// given up, and the administrator is signed in to both. `now_ms` are milliseconds since 1970.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are a small number")]
    pub fn new(language: &str, now_ms: f64) -> Self {
        let demo = Demo { users: USERS, half_made: true, ..Demo::default() };
        let mut world = World::demo(&demo, AUTHENTIK, MAILCOW);
        world.move_to(now_ms as i64);
        let mut own = Browser::default();
        own.sign_in_to_authentik(&mut world, "akadmin");
        own.sign_in_to_mailcow(&mut world);
        let exchanges = Rc::new(RefCell::new(Vec::new()));
        world.after_answer(witness(exchanges.clone()));
        let mailboxes = world.mailcow.state().mailboxes.len();
        let browsers = HashMap::from([(WindowKind::Own, own), (WindowKind::Private, Browser::default())]);
        let mut simulation = Self { world, browsers, exchanges, mailboxes };
        simulation.speak(language);
        simulation
    }

    /// Lets both products speak a language.
    pub fn speak(&mut self, language: &str) {
        self.world.speak(Language::from_code(language).unwrap_or_default());
    }

    /// Sets both clocks.
    #[wasm_bindgen(js_name = setClocks)]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are a small number")]
    pub fn set_clocks(&mut self, now_ms: f64) {
        let now_ms = now_ms as i64;
        self.world.mailcow.state_mut().now = now_ms / 1_000;
        self.world.authentik.state_mut().now = now_ms * 1_000;
    }

    /// Goes to an address as somebody does who clicks a link or sends a form.
    ///
    /// # Errors
    /// When an argument is of another type.
    #[wasm_bindgen(unchecked_return_type = "LoadedPage")]
    #[allow(clippy::needless_pass_by_value, reason = "wasm-bindgen has no reference to an optional text")]
    pub fn navigate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "WindowKind")] window: JsValue,
        url: &str,
        form: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let browser = self.browsers.entry(from_js(window)?).or_default();
        let mut page = LoadedPage { url: url.to_owned(), html: String::new() };
        if let Ok(url) = Url::parse(url) {
            let arrived = browser.navigate(&mut self.world, &url, form);
            page = LoadedPage { url: arrived.url.into(), html: arrived.page.map(text_of).unwrap_or_default() };
        }
        to_js(&page)
    }

    /// Sends what a script in a page of the administrator's sends.
    ///
    /// # Errors
    /// When the argument is of another type.
    #[wasm_bindgen(unchecked_return_type = "Received")]
    pub fn send(&mut self, #[wasm_bindgen(unchecked_param_type = "SentRequest")] sent: JsValue) -> Result<JsValue, JsValue> {
        let sent: SentRequest = from_js(sent)?;
        to_js(&self.receive(&sent).unwrap_or_else(|failure| match failure {
            Failure::Network => Received::Network,
            Failure::NoAnswer => Received::Silence,
        }))
    }

    /// The cookies that a script in a page of the administrator's sees.
    #[must_use]
    pub fn cookies(&self, page: &str) -> String {
        let browser = self.browsers.get(&WindowKind::Own).zip(Url::parse(page).ok());
        browser.map(|(browser, page)| browser.readable(&page)).unwrap_or_default()
    }

    /// Closes all private windows, which then have no cookies.
    #[wasm_bindgen(js_name = closePrivate)]
    pub fn close_private(&mut self) {
        self.browsers.remove(&WindowKind::Private);
    }

    /// Makes a mistake at both products, by its name.
    ///
    /// # Errors
    /// When there is no such mistake.
    pub fn spoil(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] mistake: JsValue) -> Result<(), JsValue> {
        from_js::<Mistake>(mistake)?.make(&mut self.world);
        Ok(())
    }

    /// Ends a mistake that Cowbell can only name.
    ///
    /// # Errors
    /// When there is no such mistake.
    pub fn mend(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] mistake: JsValue) -> Result<(), JsValue> {
        let mistake = from_js::<Mistake>(mistake)?;
        mistake.end(&mut self.world);
        if mistake == Mistake::SignedOutOfMailcow {
            self.browsers.entry(WindowKind::Own).or_default().sign_in_to_mailcow(&mut self.world);
        }
        Ok(())
    }

    /// The latest exchanges from this number on.
    ///
    /// # Errors
    /// Never in practice: when they cannot become a JavaScript value.
    #[wasm_bindgen(unchecked_return_type = "Exchange[]")]
    pub fn exchanges(&self, from: u32) -> Result<JsValue, JsValue> {
        let exchanges = self.exchanges.borrow();
        to_js(&exchanges.iter().filter(|exchange| exchange.number >= from).collect::<Vec<_>>())
    }

    /// mailcow's log, the latest line first.
    ///
    /// # Errors
    /// Never in practice: when it cannot become a JavaScript value.
    #[wasm_bindgen(unchecked_return_type = "LogLine[]")]
    pub fn log(&self) -> Result<JsValue, JsValue> {
        let log = self.world.mailcow.state().ui_log.iter().rev();
        let line = |entry: &cowbell_standins::mailcow::state::LogEntry| LogLine {
            kind: entry.kind.word().to_owned(),
            message: entry.msg.clone(),
            call: entry.call.clone().unwrap_or_default(),
        };
        to_js(&log.take(MOST_EXCHANGES).map(line).collect::<Vec<_>>())
    }

    /// How things stand.
    ///
    /// # Errors
    /// Never in practice: when it cannot become a JavaScript value.
    #[wasm_bindgen(unchecked_return_type = "Standing")]
    pub fn standing(&self) -> Result<JsValue, JsValue> {
        let state = self.world.mailcow.state();
        let has_mailbox = |address: &str| state.mailbox(&address.to_lowercase()).is_some();
        let newcomer = self.world.authentik.state().users.iter().find(|user| {
            user.is_active
                && user.email.ends_with(&format!("@{DOMAIN}"))
                && user.username != "akadmin"
                && !has_mailbox(&user.email)
        });
        to_js(&Standing {
            is_applied: self.world.authentik.state().providers.iter().any(|provider| provider.allows(MAILCOW)),
            is_saved: state.identity_provider.offers_sign_in(),
            newcomer: newcomer.map(|user| user.username.clone()).unwrap_or_default(),
            arrived: state.mailboxes.len().saturating_sub(self.mailboxes),
            switched: state.mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc").count(),
        })
    }
}

impl Simulation {
    fn receive(&mut self, sent: &SentRequest) -> Result<Received, Failure> {
        let parse = |address: &str| Url::parse(address).map_err(|_| Failure::Network);
        let (page, url) = (parse(&sent.page)?, parse(&sent.url)?);
        let mut headers = HeaderMap::new();
        for (name, value) in &sent.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        let fetch = Fetch {
            page: &page,
            method: sent.method.parse::<Method>().map_err(|_| Failure::Network)?,
            url: &url,
            headers,
            body: sent.body.clone().into_bytes(),
            with_session: sent.session,
            is_opaque: sent.opaque,
        };
        let response = self.browsers.entry(WindowKind::Own).or_default().fetch(&mut self.world, &fetch)?;
        let header =
            |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Received::Answer {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            retry_after: header(http::header::RETRY_AFTER),
            body: text_of(response),
        })
    }
}

/// Remembers each exchange.
fn witness(
    exchanges: Rc<RefCell<Vec<Exchange>>>,
) -> impl FnMut(&cowbell_standins::authentik::Authentik, Product, &cowbell_standins::message::Request, Option<&Response>) {
    let mut number = 0;
    move |_, product, request, response| {
        let mut exchanges = exchanges.borrow_mut();
        if exchanges.len() >= MOST_EXCHANGES {
            exchanges.drain(..MOST_EXCHANGES / 4);
        }
        number += 1;
        exchanges.push(Exchange {
            number,
            product: match product {
                Product::Authentik => "authentik",
                Product::Mailcow => "mailcow",
            }
            .to_owned(),
            method: request.method().to_string(),
            path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            status: response.map_or(0, |response| StatusCode::as_u16(&response.status())),
        });
    }
}

fn text_of(response: Response) -> String {
    String::from_utf8(response.into_body()).unwrap_or_default()
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::new())?)
}

fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    Ok(serde_wasm_bindgen::from_value(value)?)
}
