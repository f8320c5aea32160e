//! The interface to JavaScript: the only file with `#[wasm_bindgen]`. It only converts values and decides nothing.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Waker;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Promise};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::app::{self, ArrivalRows, Findings, PageKind, PeopleRows, Preview, ReadinessRows, UserFilter, UserRows};
use crate::export::{self, Block, ExportFormat};
use crate::mailcow::form::{FORM_QUERY, FormQuery};
use crate::mailcow::script::{Script, ScriptEnd};
use crate::mailcow::{FormState, FormValues};
use crate::panel::browser::Browser;
use crate::panel::policy::Policy;
use crate::panel::{self, Event, PageError, TabId, View};
use crate::plan::SetupDraft;
use crate::transport::{Answer, Batch, NotKept, PageId, Product, Response, SendError};
use crate::verify;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Why there is no answer: `SendError` of the core. */
export type SendError = "timeout" | "network" | "too_large" | "not_utf8" | "service_worker" | "redirected" | "tab_gone" | "cancelled" | "not_sent";

/** An answer that came. */
export interface WireResponse {
    /** HTTP status; 0 when the browser hides the answer. */
    status: number;
    contentType: string;
    retryAfterS: number | null;
    body: string;
}

/** The end of one request. */
export type WireAnswer = { ok: WireResponse } | { error: SendError };

/** The browser, as the core needs it: `panel::browser::Browser` of the core says what each method does. */
export interface Browser {
    /** Calls `onAnswer` once for each request and resolves after the last. Never rejects. */
    send(page: number, batch: Batch, onAnswer: (index: number, answer: WireAnswer) => void): Promise<void>;
    cancel(): void;
    keep(texts: Record<string, string>): Promise<void>;
    connect(product: Product, tab: number): void;
    disconnect(product: Product): void;
    navigate(tab: number, url: string): Promise<void>;
    reload(tab: number): Promise<void>;
    visit(url: string, tab: number | undefined): Promise<void>;
    /** Rejects where the browser opens no private window. */
    visitPrivately(url: string): Promise<void>;
    /** Rejects when the page went away or does not answer. */
    fill(page: number, script: Script): Promise<ScriptEnd>;
    /** Rejects when the page went away or does not answer. */
    readForm(page: number, query: FormQuery): Promise<FormState>;
    watchForm(page: number, query: FormQuery): void;
    viewChanged(): void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The panel's implementation of `Browser`.
    #[wasm_bindgen(typescript_type = "Browser")]
    pub type JsBrowser;

    #[wasm_bindgen(method, structural, catch)]
    async fn send(this: &JsBrowser, page: u32, batch: JsValue, on_answer: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn cancel(this: &JsBrowser);

    #[wasm_bindgen(method, structural, catch)]
    async fn keep(this: &JsBrowser, texts: Object) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn connect(this: &JsBrowser, product: JsValue, tab: i32);

    #[wasm_bindgen(method, structural)]
    fn disconnect(this: &JsBrowser, product: JsValue);

    #[wasm_bindgen(method, structural, catch)]
    async fn navigate(this: &JsBrowser, tab: i32, url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    async fn reload(this: &JsBrowser, tab: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    async fn visit(this: &JsBrowser, url: &str, tab: Option<i32>) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = visitPrivately)]
    async fn visit_privately(this: &JsBrowser, url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    async fn fill(this: &JsBrowser, page: u32, script: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = readForm)]
    async fn read_form(this: &JsBrowser, page: u32, query: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, js_name = watchForm)]
    fn watch_form(this: &JsBrowser, page: u32, query: JsValue);

    #[wasm_bindgen(method, structural, js_name = viewChanged)]
    fn view_changed(this: &JsBrowser);

    type WireAnswer;

    #[wasm_bindgen(method, structural, getter)]
    fn error(this: &WireAnswer) -> Option<String>;

    #[wasm_bindgen(method, structural, getter)]
    fn ok(this: &WireAnswer) -> Option<WireResponse>;

    type WireResponse;

    #[wasm_bindgen(method, structural, getter)]
    fn status(this: &WireResponse) -> u16;

    #[wasm_bindgen(method, structural, getter, js_name = contentType)]
    fn content_type(this: &WireResponse) -> String;

    #[wasm_bindgen(method, structural, getter, js_name = retryAfterS)]
    fn retry_after_s(this: &WireResponse) -> Option<u32>;

    #[wasm_bindgen(method, structural, getter)]
    fn body(this: &WireResponse) -> String;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(buffer: &mut [u8]);
}

impl Browser for JsBrowser {
    async fn send(&self, page: PageId, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        let mut answered = vec![false; batch.requests.len()];
        let mut note = |index: usize, answer: Answer| {
            if answered.get(index) == Some(&false) {
                answered[index] = true;
                on_answer(index, answer);
            }
        };
        let inbox = Rc::new(RefCell::new((Vec::new(), None::<Waker>)));
        let arrived = inbox.clone();
        let callback = Closure::<dyn FnMut(usize, WireAnswer)>::new(move |index, answer: WireAnswer| {
            let (answers, waker) = &mut *arrived.borrow_mut();
            answers.push((index, answer));
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        });
        let mut sent = pin!(async {
            if let Ok(wire) = to_js(&batch) {
                let _ = self.send(page.0, wire, callback.as_ref().clone()).await;
            }
        });
        poll_fn(|context| {
            let ended = sent.as_mut().poll(context);
            let answers = std::mem::take(&mut inbox.borrow_mut().0);
            for (index, answer) in answers {
                // Parsed only now: until then the body is in the browser's memory, not in the core's.
                note(index, read(&answer));
            }
            inbox.borrow_mut().1 = Some(context.waker().clone());
            ended
        })
        .await;
        for (index, is_answered) in answered.into_iter().enumerate() {
            if !is_answered {
                on_answer(index, Err(SendError::TabGone));
            }
        }
    }

    fn cancel(&self) {
        self.cancel();
    }

    async fn sleep(&self, milliseconds: u32) {
        TimeoutFuture::new(milliseconds).await;
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970 are a small natural number"
    )]
    fn now_ms(&self) -> u64 {
        js_sys::Date::now() as u64
    }

    fn random(&self, buffer: &mut [u8]) {
        get_random_values(buffer);
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        let kept = Object::new();
        for (name, text) in texts {
            let _ = js_sys::Reflect::set(&kept, &name.into(), &text.into());
        }
        self.keep(kept).await.map(drop).map_err(|_| NotKept)
    }

    fn connect(&self, product: Product, tab: TabId) {
        self.connect(name(product), tab.0);
    }

    fn disconnect(&self, product: Product) {
        self.disconnect(name(product));
    }

    // A tab that cannot be navigated is reported as lost, like any other.
    async fn navigate(&self, tab: TabId, url: &str) {
        let _ = self.navigate(tab.0, url).await;
    }

    async fn reload(&self, tab: TabId) {
        let _ = self.reload(tab.0).await;
    }

    async fn visit(&self, url: &str, tab: Option<TabId>) {
        let _ = self.visit(url, tab.map(|tab| tab.0)).await;
    }

    async fn visit_privately(&self, url: &str) -> bool {
        self.visit_privately(url).await.is_ok()
    }

    async fn fill(&self, page: PageId, script: Script) -> Result<ScriptEnd, PageError> {
        let script = to_js(&script).map_err(|_| PageError::Silent)?;
        let end = self.fill(page.0, script).await.map_err(|error| page_error(&error))?;
        from_js(end).map_err(|_| PageError::Silent)
    }

    async fn read_form(&self, page: PageId) -> Result<FormState, PageError> {
        let query = to_js(&FORM_QUERY).map_err(|_| PageError::Silent)?;
        let form = self.read_form(page.0, query).await.map_err(|error| page_error(&error))?;
        from_js(form).map_err(|_| PageError::Silent)
    }

    fn watch_form(&self, page: PageId) {
        if let Ok(query) = to_js(&FORM_QUERY) {
            self.watch_form(page.0, query);
        }
    }

    fn view_changed(&self) {
        self.view_changed();
    }
}

/// Why a page did not do something, by the name of the panel's error (`panel/tabs/page.ts`).
fn page_error(error: &JsValue) -> PageError {
    let name = error.dyn_ref::<js_sys::Error>().map(js_sys::Error::name);
    if name.is_some_and(|name| name == "PageSilent") { PageError::Silent } else { PageError::Gone }
}

fn read(answer: &WireAnswer) -> Answer {
    if let Some(response) = answer.ok() {
        return Ok(Response {
            status: response.status(),
            content_type: response.content_type(),
            retry_after_s: response.retry_after_s(),
            body: response.body().into(),
        });
    }
    Err(match answer.error().as_deref() {
        Some("timeout") => SendError::Timeout,
        Some("too_large") => SendError::TooLarge,
        Some("not_utf8") => SendError::NotUtf8,
        Some("service_worker") => SendError::ServiceWorker,
        Some("redirected") => SendError::Redirected,
        Some("tab_gone") => SendError::TabGone,
        Some("cancelled") => SendError::Cancelled,
        Some("not_sent") => SendError::NotSent,
        _ => SendError::Network,
    })
}

fn name(product: Product) -> JsValue {
    to_js(&product).unwrap_or_default()
}

/// Converts a value for JavaScript. Absent values become `undefined`.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_maps_as_objects(true))?)
}

/// Parses a value from JavaScript. The error does not quote it: it may hold a secret.
fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|_| JsError::new("the core was given something of another type").into())
}

/// What a page is, by its address alone.
///
/// # Errors
/// Never in practice: when the view cannot become a JavaScript value.
#[wasm_bindgen(unchecked_return_type = "PageKind")]
pub fn recognise(page_url: &str) -> Result<JsValue, JsValue> {
    to_js(&PageKind::of(page_url))
}

/// What to enter where, for two addresses. Sends nothing.
///
/// # Errors
/// When the value is not a draft.
#[wasm_bindgen(unchecked_return_type = "Preview")]
pub fn preview(authentik: &str, #[wasm_bindgen(unchecked_param_type = "SetupDraft")] draft: JsValue) -> Result<JsValue, JsValue> {
    let view: Preview = app::preview(authentik, &from_js::<SetupDraft>(draft)?);
    to_js(&view)
}

/// Checks values of mailcow's form; `page` is the address of mailcow, if it is known. Sends nothing.
///
/// # Errors
/// When the values are not those of a form.
#[allow(clippy::needless_pass_by_value, reason = "wasm-bindgen has no reference to an optional text")]
#[wasm_bindgen(js_name = checkValues, unchecked_return_type = "Findings")]
pub fn check_values(
    #[wasm_bindgen(unchecked_param_type = "FormValues")] values: JsValue,
    page: Option<String>,
) -> Result<JsValue, JsValue> {
    let view: Findings = app::check_values(&from_js::<FormValues>(values)?, page.as_deref());
    to_js(&view)
}

/// A value without the spaces, line breaks and invisible characters that do not belong in it.
#[wasm_bindgen]
#[must_use]
pub fn clean(text: &str) -> String {
    verify::cleaned(text)
}

/// An empty draft: everything has its default.
///
/// # Errors
/// Never in practice: when it cannot become a JavaScript value.
#[wasm_bindgen(js_name = newDraft, unchecked_return_type = "SetupDraft")]
pub fn new_draft() -> Result<JsValue, JsValue> {
    to_js(&SetupDraft::default())
}

/// Writes a report as the text of a file in Markdown.
///
/// # Errors
/// When `blocks` are not blocks.
#[wasm_bindgen(js_name = writeReport)]
pub fn write_report(#[wasm_bindgen(unchecked_param_type = "Block[]")] blocks: JsValue) -> Result<String, JsValue> {
    Ok(export::markdown(&from_js::<Vec<Block>>(blocks)?))
}

/// Writes a message for people as plain text.
///
/// # Errors
/// When `blocks` are not blocks.
#[wasm_bindgen(js_name = writeText)]
pub fn write_text(#[wasm_bindgen(unchecked_param_type = "readonly Block[]")] blocks: JsValue) -> Result<String, JsValue> {
    Ok(export::plain_text(&from_js::<Vec<Block>>(blocks)?))
}

/// Writes a message for people as an HTML document in this language.
///
/// # Errors
/// When `blocks` are not blocks.
#[wasm_bindgen(js_name = writeHtml)]
pub fn write_html(
    language: &str,
    #[wasm_bindgen(unchecked_param_type = "readonly Block[]")] blocks: JsValue,
) -> Result<String, JsValue> {
    Ok(export::html(language, &from_js::<Vec<Block>>(blocks)?))
}

/// Writes a table as the text of a file for spreadsheets.
///
/// # Errors
/// When `rows` are not rows of texts.
#[wasm_bindgen(js_name = writeTable)]
pub fn write_table(
    #[wasm_bindgen(unchecked_param_type = "readonly (readonly string[])[]")] rows: JsValue,
) -> Result<String, JsValue> {
    Ok(export::csv(&from_js::<Vec<Vec<String>>>(rows)?))
}

/// How to find the form in mailcow's page.
///
/// # Errors
/// Never in practice: when it cannot become a JavaScript value.
#[wasm_bindgen(js_name = formQuery, unchecked_return_type = "FormQuery")]
pub fn form_query() -> Result<JsValue, JsValue> {
    let query: FormQuery = FORM_QUERY;
    to_js(&query)
}

/// The panel's logic. See `panel::Panel` in the core.
#[wasm_bindgen]
pub struct Panel {
    panel: Rc<panel::Panel<JsBrowser>>,
}

#[wasm_bindgen]
impl Panel {
    /// Creates a panel without any connection. `allowed` are the addresses of the organisation's policy, if there is one;
    /// `window` identifies this panel's window among all that have one; `kept` are pairs of name and text that panels of this browser
    /// session passed to `keep`, except those of the other windows.
    #[allow(clippy::needless_pass_by_value, reason = "wasm-bindgen has no reference to an optional list")]
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(
        browser: JsBrowser,
        allowed: Option<Vec<String>>,
        window: &str,
        #[wasm_bindgen(unchecked_param_type = "[string, string][]")] kept: &Array,
    ) -> Self {
        let pair = |entry: JsValue| {
            let pair = Array::from(&entry);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        };
        let kept = kept.iter().filter_map(pair).collect();
        Self { panel: Rc::new(panel::Panel::new(browser, Policy::new(allowed.as_deref()), window, &kept)) }
    }

    /// Handles an event; resolves when everything that follows from it is done.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn handle(&self, #[wasm_bindgen(unchecked_param_type = "Event")] event: JsValue) -> Promise {
        let panel = self.panel.clone();
        let event = from_js::<Event>(event);
        future_to_promise(async move {
            panel.handle(event?).await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// What is to be shown now.
    ///
    /// # Errors
    /// Never in practice: when the view cannot become a JavaScript value.
    #[wasm_bindgen(unchecked_return_type = "View")]
    pub fn view(&self) -> Result<JsValue, JsValue> {
        let view: View = self.panel.view();
        to_js(&view)
    }

    /// Rows of the list of users.
    ///
    /// # Errors
    /// When `filter` is not a filter.
    #[wasm_bindgen(js_name = findUsers, unchecked_return_type = "UserRows")]
    pub fn find_users(
        &self,
        text: &str,
        #[wasm_bindgen(unchecked_param_type = "UserFilter")] filter: JsValue,
        offset: usize,
        limit: usize,
    ) -> Result<JsValue, JsValue> {
        let rows: UserRows = self.panel.find_users(text, from_js::<UserFilter>(filter)?, offset, limit);
        to_js(&rows)
    }

    /// Rows of the table of who can sign in, with its current filter.
    ///
    /// # Errors
    /// Never in practice: when the rows cannot become a JavaScript value.
    #[wasm_bindgen(js_name = findReadiness, unchecked_return_type = "ReadinessRows")]
    pub fn find_readiness(&self, text: &str, offset: usize, limit: usize) -> Result<JsValue, JsValue> {
        let rows: ReadinessRows = self.panel.find_readiness(text, offset, limit);
        to_js(&rows)
    }

    /// Rows of the list of people, with its current filter.
    ///
    /// # Errors
    /// Never in practice: when the rows cannot become a JavaScript value.
    #[wasm_bindgen(js_name = findPeople, unchecked_return_type = "PeopleRows")]
    pub fn find_people(&self, text: &str, offset: usize, limit: usize) -> Result<JsValue, JsValue> {
        let rows: PeopleRows = self.panel.find_people(text, offset, limit);
        to_js(&rows)
    }

    /// Rows of the wave, whatever the list shows.
    ///
    /// # Errors
    /// Never in practice: when the rows cannot become a JavaScript value.
    #[wasm_bindgen(js_name = findWave, unchecked_return_type = "PeopleRows")]
    pub fn find_wave(&self, offset: usize, limit: usize) -> Result<JsValue, JsValue> {
        let rows: PeopleRows = self.panel.find_wave(offset, limit);
        to_js(&rows)
    }

    /// Rows of the list of who has arrived, with its current filter.
    ///
    /// # Errors
    /// Never in practice: when the rows cannot become a JavaScript value.
    #[wasm_bindgen(js_name = findArrivals, unchecked_return_type = "ArrivalRows")]
    pub fn find_arrivals(&self, text: &str, offset: usize, limit: usize) -> Result<JsValue, JsValue> {
        let rows: ArrivalRows = self.panel.find_arrivals(text, offset, limit);
        to_js(&rows)
    }

    /// The client secret, for the clipboard only.
    #[wasm_bindgen(js_name = revealSecret)]
    #[must_use]
    pub fn reveal_secret(&self) -> Option<String> {
        self.panel.reveal_secret()
    }

    /// The integration as text for another tool, without any secret.
    ///
    /// # Errors
    /// When `format` is not an export format.
    #[wasm_bindgen(js_name = exportAs)]
    pub fn export(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ExportFormat")] format: JsValue,
    ) -> Result<Option<String>, JsValue> {
        Ok(self.panel.export(from_js::<ExportFormat>(format)?))
    }

    /// The draft as the text of a plan file, for an administrator with more permissions.
    #[wasm_bindgen(js_name = planFile)]
    #[must_use]
    pub fn plan_file(&self) -> Option<String> {
        self.panel.plan_file()
    }
}
