//! What the panel needs from the browser around it, and how [`crate::app`] reaches the browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::policy::PolicyInForce;
use crate::mailcow::FormState;
use crate::mailcow::script::{Script, ScriptEnd};
use crate::transport::{Answer, Batch, Host, NotKept, Page, PageId, Product, SendError, Want};

/// Why a page did not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It went away before it answered.
    #[error("the page is gone")]
    Gone,
    /// It did not answer in time, or could not do it.
    #[error("the page does not answer")]
    Silent,
}

/// Number of a tab, as the browser assigns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(transparent)]
pub struct TabId(pub i32);

/// The browser: tabs, the pages in them, storage, clock. It decides nothing and reports what it notices as an
/// [`Event`](super::Event).
#[allow(async_fn_in_trait, reason = "the core runs on one thread; no caller needs Send futures")]
pub trait Browser {
    /// Sends a batch from a page and calls `on_answer` exactly once for each request. Returns when every request has its answer.
    async fn send(&self, page: PageId, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer));

    /// Cancels the running requests of every page: those without an answer end as [`SendError::Cancelled`].
    fn cancel(&self);

    /// Waits.
    async fn sleep(&self, milliseconds: u32);

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;

    /// Fills `buffer` from a cryptographically secure source.
    fn random(&self, buffer: &mut [u8]);

    /// Stores texts, each under its name, until the browser is closed, and returns when they are stored. Never receives a secret.
    ///
    /// # Errors
    /// When the browser refuses, which it does if they are too long; then none of them is stored.
    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept>;

    /// Disconnects the tab that was this product's and connects this one, across page loads.
    fn connect(&self, product: Product, tab: TabId);

    /// Disconnects the tab of a product.
    fn disconnect(&self, product: Product);

    /// Navigates a tab to another page.
    async fn navigate(&self, tab: TabId, url: &str);

    /// Reloads the page of a tab.
    async fn reload(&self, tab: TabId);

    /// Brings a tab to the front, or opens the address in a new one.
    async fn visit(&self, url: &str, tab: Option<TabId>);

    /// Opens an address in a private window. Returns whether the browser did so.
    async fn visit_privately(&self, url: &str) -> bool;

    /// Runs the steps of a script in a page and returns how it ended. The caller reads the form to see the result.
    ///
    /// # Errors
    /// When the page goes away, or does not answer in time.
    async fn fill(&self, page: PageId, script: Script) -> Result<ScriptEnd, PageError>;

    /// Reads mailcow's form as it is in a page.
    ///
    /// # Errors
    /// When the page goes away, or does not answer in time.
    async fn read_form(&self, page: PageId) -> Result<FormState, PageError>;

    /// Starts to report mailcow's form as [`Event::FormChanged`](super::Event::FormChanged): at once, and whenever it changes.
    fn watch_form(&self, page: PageId);

    /// Reports that the view has changed and has to be rendered again.
    fn view_changed(&self);
}

/// The pages that are live, by product.
#[derive(Clone, Debug, Default)]
struct Pages {
    authentik: Option<Page>,
    mailcow: Option<Page>,
}

/// Connects [`crate::app`] to the browser: sends to the live pages, if the organisation's policy allows it.
pub struct Link<B> {
    browser: Rc<B>,
    policy: PolicyInForce,
    pages: RefCell<Pages>,
    cancels: Cell<u64>,
}

impl<B: Browser> Link<B> {
    pub(super) fn new(browser: Rc<B>, policy: PolicyInForce) -> Self {
        Self { browser, policy, pages: RefCell::default(), cancels: Cell::new(0) }
    }

    /// Sets which page of a product is live.
    pub(super) fn set_page(&self, product: Product, page: Option<Page>) {
        let mut pages = self.pages.borrow_mut();
        match product {
            Product::Authentik => pages.authentik = page,
            Product::Mailcow => pages.mailcow = page,
        }
    }

    /// Cancels what is under way; what begins later is sent.
    pub(super) fn cancel(&self) {
        self.cancels.set(self.cancels.get() + 1);
        self.browser.cancel();
    }
}

impl<B: Browser> Host for Link<B> {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        let allowed = batch.requests.iter().all(|request| self.policy.allows(request.url()));
        // The browser follows the redirects of a request whose answer it hides, to wherever they lead (docs/contract/cases.md, S16).
        let is_bounded = self.policy.origins().is_none() || batch.requests.iter().all(|request| request.want() != Want::Contact);
        let refusal = match self.page(batch.product) {
            None => SendError::TabGone,
            // The same error as when the organisation's network blocks the request.
            Some(_) if !allowed => SendError::Network,
            Some(_) if !is_bounded => SendError::NotSent,
            Some(page) => return self.browser.send(page.id, batch, on_answer).await,
        };
        for index in 0..batch.requests.len() {
            on_answer(index, Err(refusal));
        }
    }

    async fn sleep(&self, milliseconds: u32) {
        self.browser.sleep(milliseconds).await;
    }

    fn now_ms(&self) -> u64 {
        self.browser.now_ms()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.browser.random(buffer);
    }

    fn cancels(&self) -> u64 {
        self.cancels.get()
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        self.browser.keep(texts).await
    }

    fn page(&self, product: Product) -> Option<Page> {
        let pages = self.pages.borrow();
        match product {
            Product::Authentik => pages.authentik.clone(),
            Product::Mailcow => pages.mailcow.clone(),
        }
    }
}
