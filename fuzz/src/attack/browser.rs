//! A browser that answers with what was recorded, one answer after the other, whatever the request.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use cowbell::mailcow::FormState;
use cowbell::mailcow::script::{Script, ScriptEnd};
use cowbell::panel::browser::Browser;
use cowbell::panel::{Event, PageError, TabId};
use cowbell::transport::{Answer, Batch, NotKept, PageId, Product, SendError};

use super::input::Piece;
use super::jobs::{page_of, product_of};

/// Milliseconds since 1970 at which it begins.
pub(crate) const START_MS: u64 = 1_795_449_600_000;

/// Made-up randomness: at the recording the same as at the attack, because a secret that Cowbell has made comes back in answers.
pub(crate) fn random(last: &Cell<u8>, buffer: &mut [u8]) {
    for byte in buffer {
        last.set(last.get().wrapping_mul(5).wrapping_add(3));
        *byte = last.get();
    }
}

/// Clones are the same browser.
#[derive(Clone)]
pub(super) struct Recorded(Rc<Inner>);

struct Inner {
    answers: RefCell<VecDeque<Piece>>,
    events: RefCell<VecDeque<Event>>,
    last_page: Cell<u32>,
    now_ms: Cell<u64>,
    random: Cell<u8>,
    missing: Cell<usize>,
}

impl Recorded {
    pub(super) fn new(answers: VecDeque<Piece>) -> Self {
        Self(Rc::new(Inner {
            answers: RefCell::new(answers),
            events: RefCell::default(),
            last_page: Cell::new(0),
            now_ms: Cell::new(START_MS),
            random: Cell::new(0),
            missing: Cell::new(0),
        }))
    }

    /// What has happened, and the panel has not heard of.
    pub(super) fn noticed(&self) -> Option<Event> {
        self.0.events.borrow_mut().pop_front()
    }

    /// Answers that were not asked for, and requests for which there was none.
    pub(super) fn left_and_missing(&self) -> [usize; 2] {
        [self.0.answers.borrow().len(), self.0.missing.get()]
    }

    fn answer(&self) -> Answer {
        let next = self.0.answers.borrow_mut().pop_front();
        if next.is_none() {
            self.0.missing.set(self.0.missing.get() + 1);
        }
        next.map_or(Err(SendError::Network), Piece::answer)
    }

    fn load(&self, product: Product) {
        let page = self.0.last_page.get() + 1;
        self.0.last_page.set(page);
        let live = Event::Live { product, page: PageId(page), url: page_of(product).into() };
        self.0.events.borrow_mut().extend([Event::Connecting { product }, live]);
    }
}

impl Browser for Recorded {
    async fn send(&self, _page: PageId, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        self.0.now_ms.set(self.0.now_ms.get() + 10);
        for index in 0..batch.requests.len() {
            on_answer(index, self.answer());
        }
    }

    fn cancel(&self) {}

    async fn sleep(&self, milliseconds: u32) {
        self.0.now_ms.set(self.0.now_ms.get() + u64::from(milliseconds));
    }

    fn now_ms(&self) -> u64 {
        self.0.now_ms.get()
    }

    fn random(&self, buffer: &mut [u8]) {
        random(&self.0.random, buffer);
    }

    async fn keep(&self, _texts: Vec<(String, String)>) -> Result<(), NotKept> {
        Ok(())
    }

    fn connect(&self, product: Product, _tab: TabId) {
        self.load(product);
    }

    fn disconnect(&self, _product: Product) {}

    async fn navigate(&self, tab: TabId, _url: &str) {
        self.reload(tab).await;
    }

    async fn reload(&self, tab: TabId) {
        self.load(product_of(tab));
    }

    async fn visit(&self, _url: &str, _tab: Option<TabId>) {}

    async fn visit_privately(&self, _url: &str) -> bool {
        true
    }

    async fn fill(&self, _page: PageId, _script: Script) -> Result<ScriptEnd, PageError> {
        Ok(ScriptEnd::default())
    }

    async fn read_form(&self, _page: PageId) -> Result<FormState, PageError> {
        let next = self.answer().map_err(|_| PageError::Gone)?;
        serde_json::from_str(&next.body).map_err(|_| PageError::Gone)
    }

    fn watch_form(&self, page: PageId) {
        // A message of the page script is JSON, too.
        let state = self.answer().ok().and_then(|next| serde_json::from_str(&next.body).ok());
        self.0.events.borrow_mut().extend(state.map(|state| Event::FormChanged { page, state, settled: false }));
    }

    fn view_changed(&self) {}
}
