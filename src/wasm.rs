//! The border to JavaScript: the only file with `#[wasm_bindgen]`. Thin, and without decisions.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Waker;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise};
use serde::de::DeserializeOwned;
use tsify::serde_wasm_bindgen::Serializer;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::app::{
    self, AddressView, AuthentikView, CheckView, DirectoryView, DraftView, Findings, FormView, MailcowView, Place, PlanView,
    Preview, ReadinessQuery, ReadinessRows, ReadinessView, RegistrationView, RemovalView, ReportView, SignInsView, SwitchView,
    Switching, UndoView, UserQuery, UserRows,
};
use crate::handover::HandoverFormat;
use crate::mailcow::form::{FORM_QUERY, FormQuery};
use crate::mailcow::script::{self, Script};
use crate::mailcow::{FormState, FormValues, MailcowChoice};
use crate::plan::{Progress, SetupDraft};
use crate::setup::Audience;
use crate::transport::{Answer, Batch, Outside, PageId, Product, Response, SendError};
use crate::verify::{self, Finding, Fix};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Why there is no answer: `SendError` of the core. */
export type SendFault = "timeout" | "network" | "too_large" | "not_utf8" | "redirected" | "tab_gone" | "cancelled" | "not_sent";

/** An answer that came. */
export interface WireResponse {
    /** HTTP status; 0 when the browser hides the answer. */
    status: number;
    contentType: string;
    retryAfterS: number | null;
    body: string;
}

/** The end of one request. */
export type WireAnswer = { ok: WireResponse } | { fault: SendFault };

/** What the core cannot do by itself. */
export interface Outside {
    /** Performs a batch; calls `onAnswer` once for each request and resolves after the last. Never rejects. */
    send(batch: Batch, onAnswer: (index: number, answer: WireAnswer) => void): Promise<void>;
    /** Whether the administrator has asked to stop. */
    cancelled(): boolean;
    /** Number of the page that `send` would reach now: each page that is loaded has a new one. */
    page(product: Product): number | undefined;
    /** Keeps texts, each under its name, until the browser is closed. */
    keep(texts: Record<string, string>): Promise<void>;
}

/** What the core throws. */
export interface CowbellError extends Error {
    name: "CowbellError";
    finding: Finding;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The panel's implementation of `Outside`.
    #[wasm_bindgen(typescript_type = "Outside")]
    pub type JsOutside;

    #[wasm_bindgen(method, structural, catch)]
    async fn send(this: &JsOutside, batch: JsValue, on_answer: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn cancelled(this: &JsOutside) -> bool;

    #[wasm_bindgen(method, structural)]
    fn page(this: &JsOutside, product: &str) -> Option<u32>;

    #[wasm_bindgen(method, structural, catch)]
    async fn keep(this: &JsOutside, texts: Object) -> Result<JsValue, JsValue>;

    type WireAnswer;

    #[wasm_bindgen(method, structural, getter)]
    fn fault(this: &WireAnswer) -> Option<String>;

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

    /// An `Error` of JavaScript.
    #[wasm_bindgen(js_name = Error)]
    type CowbellError;

    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> CowbellError;

    #[wasm_bindgen(method, structural, setter)]
    fn set_name(this: &CowbellError, name: &str);

    #[wasm_bindgen(method, structural, setter)]
    fn set_finding(this: &CowbellError, finding: JsValue);
}

/// The outside as the panel gives it, with the browser's clock, timers and random numbers.
struct Browser {
    js: JsOutside,
}

/// Milliseconds after which a wait looks again whether it is still wanted.
const SLICE_MS: u32 = 200;

impl Outside for Browser {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
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
                let _ = self.js.send(wire, callback.as_ref().clone()).await;
            }
        });
        poll_fn(|context| {
            let ended = sent.as_mut().poll(context);
            let answers = std::mem::take(&mut inbox.borrow_mut().0);
            for (index, answer) in answers {
                // Not before its turn: until then the body is the browser's memory, not the core's.
                note(index, read(&answer));
            }
            inbox.borrow_mut().1 = Some(context.waker().clone());
            ended
        })
        .await;
        for index in 0..answered.len() {
            if !answered[index] {
                on_answer(index, Err(SendError::TabGone));
            }
        }
    }

    async fn sleep(&self, milliseconds: u32) {
        let mut left = milliseconds;
        while left > 0 && !self.cancelled() {
            let slice = left.min(SLICE_MS);
            let start = &mut |resolve: Function, _| {
                let end = move || drop(resolve.call0(&JsValue::UNDEFINED));
                Timeout::new(slice, end).forget();
            };
            let _ = JsFuture::from(Promise::new(start)).await;
            left -= slice;
        }
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

    fn cancelled(&self) -> bool {
        self.js.cancelled()
    }

    async fn keep(&self, texts: Vec<(String, String)>) {
        let kept = Object::new();
        for (name, text) in texts {
            let _ = js_sys::Reflect::set(&kept, &name.into(), &text.into());
        }
        // A full store must not end a run: then only Undo after closing the panel is lost.
        let _ = self.js.keep(kept).await;
    }

    fn page(&self, product: Product) -> Option<PageId> {
        self.js.page(product.name()).map(PageId)
    }
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
    Err(match answer.fault().as_deref() {
        Some("timeout") => SendError::Timeout,
        Some("too_large") => SendError::TooLarge,
        Some("not_utf8") => SendError::NotUtf8,
        Some("redirected") => SendError::Redirected,
        Some("tab_gone") => SendError::TabGone,
        Some("cancelled") => SendError::Cancelled,
        Some("not_sent") => SendError::NotSent,
        _ => SendError::Network,
    })
}

fn throw(error: &app::Error) -> JsValue {
    let finding = &Finding::from(error);
    let error = CowbellError::new(&finding.code.name());
    error.set_name("CowbellError");
    error.set_finding(to_js(finding).unwrap_or_default());
    error.into()
}

fn give<T: Tsify<JsType: JsCast> + serde::Serialize>(outcome: Result<T, app::Error>) -> Result<Ts<T>, JsValue> {
    view(outcome).map(Ts::new_unchecked)
}

/// The same for a promise, which has no type of its own: the type that is named here is the one that its TypeScript has to say
/// (tests/promises.rs).
fn view<T: Tsify + serde::Serialize>(outcome: Result<T, app::Error>) -> Result<JsValue, JsValue> {
    match outcome {
        Ok(view) => to_js(&view),
        Err(error) => Err(throw(&error)),
    }
}

/// A promise of what a verb gives. All verbs are of one type here, so that the machinery of promises is there once.
fn promise(verb: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let verb: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(verb);
    future_to_promise(verb)
}

fn done(outcome: Result<(), app::Error>) -> Result<JsValue, JsValue> {
    outcome.map(|()| JsValue::UNDEFINED).map_err(|error| throw(&error))
}

/// Gives a value to JavaScript as an object. What is absent is `undefined`.
fn to_js(value: &impl serde::Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&Serializer::new().serialize_maps_as_objects(true))
        .map_err(|_| JsError::new("a value that JavaScript does not have").into())
}

/// Reads what JavaScript gives. An error does not say what was there, because it may be a secret.
fn take<T: Tsify<JsType: JsCast> + DeserializeOwned>(value: &Ts<T>) -> Result<T, JsValue> {
    T::from_js(value.js_value()).map_err(|_| JsError::new("an argument of another type").into())
}

/// Calls a JavaScript function with a view. What the function throws is its own affair.
fn tell(function: &Function, view: &impl serde::Serialize) {
    if let Ok(view) = to_js(view) {
        let _ = function.call1(&JsValue::UNDEFINED, &view);
    }
}

/// The same with two numbers.
fn tell_count(function: &Function, done: usize, total: usize) {
    let _ = function.call2(&JsValue::UNDEFINED, &done.into(), &total.into());
}

/// What a page is, by its address alone.
///
/// # Errors
/// Never in practice: when the view cannot become a JavaScript value.
#[wasm_bindgen]
pub fn recognise(page_url: &str) -> Result<Ts<Place>, JsValue> {
    give(Ok(Place::of(page_url)))
}

/// What to enter where, for two addresses. Nothing is sent.
///
/// # Errors
/// When the draft is not one.
#[wasm_bindgen]
pub fn preview(authentik: &str, draft: Ts<SetupDraft>) -> Result<Ts<Preview>, JsValue> {
    give(Ok(app::preview(authentik, &take(&draft)?)))
}

/// What the values of mailcow's form say; `page` is the address of mailcow, if it is known. Nothing is sent.
///
/// # Errors
/// When the values are not those of a form.
#[wasm_bindgen(js_name = checkValues)]
pub fn check_values(values: Ts<FormValues>, page: Option<String>) -> Result<Ts<Findings>, JsValue> {
    give(Ok(app::check_values(&take(&values)?, page.as_deref())))
}

/// A value without the blanks, line breaks and invisible characters that do not belong to it.
#[wasm_bindgen]
#[must_use]
pub fn clean(text: &str) -> String {
    verify::cleaned(text)
}

/// The application. See `app::Cowbell` in the core; errors are `CowbellError`.
#[wasm_bindgen]
pub struct Cowbell {
    app: Rc<app::Cowbell<Browser>>,
}

#[wasm_bindgen]
#[allow(clippy::missing_errors_doc, reason = "each method throws what its namesake in `app` returns")]
impl Cowbell {
    /// Nothing observed yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(outside: JsOutside) -> Self {
        Self { app: Rc::new(app::Cowbell::new(Browser { js: outside })) }
    }

    /// Reads the authentik whose page this is.
    #[wasm_bindgen(js_name = observeAuthentik, unchecked_return_type = "Promise<AuthentikView>")]
    pub fn observe_authentik(&self, page_url: String) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<AuthentikView>(app.observe_authentik(&page_url).await) })
    }

    /// Checks what is in the form. Nothing is sent.
    #[wasm_bindgen(js_name = checkDraft)]
    pub fn check_draft(&self, draft: Ts<SetupDraft>) -> Result<Ts<DraftView>, JsValue> {
        give(self.app.check_draft(&take(&draft)?))
    }

    /// Reads all users; `onProgress(read, total)`.
    #[wasm_bindgen(js_name = readUsers, unchecked_return_type = "Promise<DirectoryView>")]
    pub fn read_users(
        &self,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(read: number, total: number) => void")]
        on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move {
            view::<DirectoryView>(
                app.read_users(&mut |read, total| {
                    tell_count(&on_progress, read, total);
                })
                .await,
            )
        })
    }

    /// What would happen to users for an audience.
    #[wasm_bindgen(js_name = countUsers)]
    pub fn count_users(&self, audience: Ts<Audience>) -> Result<Ts<DirectoryView>, JsValue> {
        give(self.app.count_users(&take(&audience)?))
    }

    /// Rows of the searchable list of users.
    #[wasm_bindgen(js_name = findUsers)]
    pub fn find_users(&self, query: Ts<UserQuery>) -> Result<Ts<UserRows>, JsValue> {
        give(self.app.find_users(&take(&query)?))
    }

    /// Makes the plan; `onProgress(read, total)` while users are read. Nothing is written.
    #[wasm_bindgen(unchecked_return_type = "Promise<PlanView>")]
    pub fn plan(
        &self,
        draft: Ts<SetupDraft>,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(read: number, total: number) => void")]
        on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move {
            view::<PlanView>(
                app.plan(&take(&draft)?, &mut |read, total| {
                    tell_count(&on_progress, read, total);
                })
                .await,
            )
        })
    }

    /// Performs the plan.
    #[wasm_bindgen(unchecked_return_type = "Promise<ReportView>")]
    pub fn apply(
        &self,
        draft: Ts<SetupDraft>,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(progress: Progress) => void")] on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move {
            view::<ReportView>(app.apply(&take(&draft)?, &mut |progress: &Progress| tell(&on_progress, progress)).await)
        })
    }

    /// Takes back everything that the journal holds.
    #[wasm_bindgen(unchecked_return_type = "Promise<UndoView>")]
    pub fn undo(
        &self,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(progress: Progress) => void")] on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<UndoView>(app.undo(&mut |progress: &Progress| tell(&on_progress, progress)).await) })
    }

    /// Takes over a journal that outlived an earlier panel; `chunks` are pairs of name and text.
    #[wasm_bindgen(js_name = restoreJournal)]
    #[must_use]
    pub fn restore_journal(
        &self,
        journal: &str,
        #[wasm_bindgen(unchecked_param_type = "[string, string][]")] chunks: &Array,
    ) -> bool {
        let pair = |entry: JsValue| {
            let pair = Array::from(&entry);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        };
        let chunks: Vec<(String, String)> = chunks.iter().filter_map(pair).collect();
        let chunk = |name: &str| chunks.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        self.app.restore_journal(journal, chunk)
    }

    /// Whether the journal holds something that can be taken back at the observed authentik.
    #[wasm_bindgen(js_name = canUndo)]
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.app.can_undo()
    }

    /// Reads the client that belongs to the mailcow of the draft.
    #[wasm_bindgen(js_name = readRegistration, unchecked_return_type = "Promise<RegistrationView>")]
    pub fn read_registration(&self, draft: Ts<SetupDraft>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<RegistrationView>(app.read_registration(&take(&draft)?).await) })
    }

    /// The registered client, if it is known.
    pub fn registration(&self) -> Result<Option<Ts<RegistrationView>>, JsValue> {
        self.app.registration().map(|view| give(Ok(view))).transpose()
    }

    /// The client secret, for the clipboard and nothing else.
    #[wasm_bindgen(js_name = revealSecret)]
    #[must_use]
    pub fn reveal_secret(&self) -> Option<String> {
        self.app.reveal_secret()
    }

    /// Lets go of the client secret. Whoever needs it reads both products again.
    #[wasm_bindgen(js_name = forgetSecret)]
    pub fn forget_secret(&self) {
        self.app.forget_secret();
    }

    /// Reads the mailcow whose page this is.
    #[wasm_bindgen(js_name = observeMailcow, unchecked_return_type = "Promise<MailcowView>")]
    pub fn observe_mailcow(&self, page_url: String, choice: Ts<MailcowChoice>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<MailcowView>(app.observe_mailcow(&page_url, &take(&choice)?).await) })
    }

    /// The observed mailcow against the wanted settings, after a choice has changed.
    #[wasm_bindgen(js_name = mailcowView)]
    pub fn mailcow_view(&self, choice: Ts<MailcowChoice>) -> Result<Ts<MailcowView>, JsValue> {
        give(self.app.mailcow_view(&take(&choice)?))
    }

    /// What the page executor reads of the form.
    #[wasm_bindgen(js_name = formQuery)]
    pub fn form_query() -> Result<Ts<FormQuery>, JsValue> {
        give(Ok(FORM_QUERY))
    }

    /// The steps that show the form. They carry no value.
    #[wasm_bindgen(js_name = revealScript)]
    pub fn reveal_script() -> Result<Ts<Script>, JsValue> {
        give(Ok(script::reveal()))
    }

    /// The steps that fill the form.
    #[wasm_bindgen(js_name = fillScript)]
    pub fn fill_script(&self, form: Ts<FormState>, choice: Ts<MailcowChoice>) -> Result<Ts<Script>, JsValue> {
        give(self.app.fill_script(&take(&form)?, &take(&choice)?))
    }

    /// The steps that do what a finding offers.
    #[wasm_bindgen(js_name = fixScript)]
    pub fn fix_script(&self, fix: Ts<Fix>, form: Ts<FormState>) -> Result<Ts<Script>, JsValue> {
        give(self.app.fix_script(&take(&fix)?, &take(&form)?))
    }

    /// Checks the form as it stands. Nothing is sent.
    #[wasm_bindgen(js_name = checkForm)]
    pub fn check_form(&self, form: Ts<FormState>, choice: Ts<MailcowChoice>) -> Result<Ts<FormView>, JsValue> {
        give(Ok(self.app.check_form(&take(&form)?, &take(&choice)?)))
    }

    /// Proves the pair of client ID and client secret in the form.
    #[wasm_bindgen(js_name = proveCredentials, unchecked_return_type = "Promise<Finding>")]
    pub fn prove_credentials(&self, form: Ts<FormState>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<Finding>(Ok(app.prove_credentials(&take(&form)?).await.finding())) })
    }

    /// Lets mailcow's server knock at the token endpoint in the form.
    #[wasm_bindgen(js_name = testReach, unchecked_return_type = "Promise<Finding>")]
    pub fn test_reach(&self, form: Ts<FormState>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<Finding>(app.test_reach(&take(&form)?).await) })
    }

    /// Gives the client a new secret on both sides.
    #[wasm_bindgen(js_name = rotateSecret, unchecked_return_type = "Promise<Findings>")]
    pub fn rotate_secret(&self) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<Findings>(app.rotate_secret().await) })
    }

    /// What a removal would take away. Nothing is sent.
    pub fn removal(&self) -> Result<Ts<RemovalView>, JsValue> {
        give(self.app.removal())
    }

    /// Removes the integration on both sides.
    #[wasm_bindgen(js_name = removeIntegration, unchecked_return_type = "Promise<void>")]
    pub fn remove_integration(&self) -> Promise {
        let app = self.app.clone();
        promise(async move { done(app.remove_integration().await) })
    }

    /// Makes what was removed in this session again.
    #[wasm_bindgen(js_name = putBack, unchecked_return_type = "Promise<void>")]
    pub fn put_back(&self) -> Promise {
        let app = self.app.clone();
        promise(async move { done(app.put_back().await) })
    }

    /// Whether something that was removed can be put back.
    #[wasm_bindgen(js_name = canPutBack)]
    #[must_use]
    pub fn can_put_back(&self) -> bool {
        self.app.can_put_back()
    }

    /// The integration as text for another tool, without any secret.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(&self, format: Ts<HandoverFormat>, choice: Ts<MailcowChoice>) -> Result<String, JsValue> {
        self.app.hand_over(take(&format)?, &take(&choice)?).map_err(|error| throw(&error))
    }

    /// Checks what is stored on both sides.
    #[wasm_bindgen(unchecked_return_type = "Promise<CheckView>")]
    pub fn check(&self, draft: Ts<SetupDraft>, choice: Ts<MailcowChoice>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<CheckView>(Ok(app.check(&take(&draft)?, &take(&choice)?).await)) })
    }

    /// Finds out who can sign in; `onProgress(read, total)` hears of users.
    #[wasm_bindgen(js_name = readReadiness, unchecked_return_type = "Promise<ReadinessView>")]
    pub fn read_readiness(
        &self,
        draft: Ts<SetupDraft>,
        choice: Ts<MailcowChoice>,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(read: number, total: number) => void")]
        on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move {
            let progress = &mut |read, total| {
                tell_count(&on_progress, read, total);
            };
            view::<ReadinessView>(app.read_readiness(&take(&draft)?, &take(&choice)?, progress).await)
        })
    }

    /// Rows of the searchable list of who can sign in.
    #[wasm_bindgen(js_name = findReadiness)]
    pub fn find_readiness(&self, query: Ts<ReadinessQuery>) -> Result<Ts<ReadinessRows>, JsValue> {
        give(self.app.find_readiness(&take(&query)?))
    }

    /// What would become of a sign-in with an address, or of the user of that name.
    #[wasm_bindgen(js_name = readinessOf, unchecked_return_type = "Promise<AddressView>")]
    pub fn readiness_of(&self, address: String) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<AddressView>(app.readiness_of(&address).await) })
    }

    /// Switches mailboxes to Generic-OIDC, the one with this address or, where it is empty, those of everybody who is chosen; or
    /// switches them `back`. `onProgress(done, total)` hears how many were asked for.
    #[wasm_bindgen(js_name = switchMailboxes, unchecked_return_type = "Promise<SwitchView>")]
    pub fn switch_mailboxes(
        &self,
        address: String,
        back: bool,
        #[wasm_bindgen(js_name = onProgress, unchecked_param_type = "(done: number, total: number) => void")]
        on_progress: Function,
    ) -> Promise {
        let app = self.app.clone();
        promise(async move {
            let which = match &*address {
                _ if back => Switching::Back,
                "" => Switching::Everybody,
                address => Switching::Mailbox(address),
            };
            let progress = &mut |done, total| tell_count(&on_progress, done, total);
            view::<SwitchView>(app.switch_mailboxes(which, progress).await)
        })
    }

    /// Takes over what an earlier panel has switched.
    #[wasm_bindgen(js_name = restoreSwitched)]
    pub fn restore_switched(&self, kept: &str) {
        self.app.restore_switched(kept);
    }

    /// Explains the last sign-ins that failed.
    #[wasm_bindgen(js_name = explainSignIns, unchecked_return_type = "Promise<SignInsView>")]
    pub fn explain_sign_ins(&self, draft: Ts<SetupDraft>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<SignInsView>(Ok(app.explain_sign_ins(&take(&draft)?).await)) })
    }

    /// Stores the wanted settings through mailcow's API.
    #[wasm_bindgen(js_name = saveForMe, unchecked_return_type = "Promise<MailcowView>")]
    pub fn save_for_me(&self, choice: Ts<MailcowChoice>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<MailcowView>(app.save_for_me(&take(&choice)?).await) })
    }

    /// Puts back what was stored before the first save.
    #[wasm_bindgen(js_name = restoreMailcow, unchecked_return_type = "Promise<MailcowView>")]
    pub fn restore_mailcow(&self, choice: Ts<MailcowChoice>) -> Promise {
        let app = self.app.clone();
        promise(async move { view::<MailcowView>(app.restore_mailcow(&take(&choice)?).await) })
    }
}
