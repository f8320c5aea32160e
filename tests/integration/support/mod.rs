//! What the tests share: a browser around the stand-ins, the application over it, and ways to look at what it left behind.

pub(crate) mod browser;
pub(crate) mod conformance;
pub(crate) mod faults;
pub(crate) mod form;
pub(crate) mod panel;
pub(crate) mod picture;
pub(crate) mod stage;

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::task::Poll;

use cowbell::app::{Cowbell, Error, PeopleQuery, Wave};
use cowbell::setup::Origin;
use cowbell::transport::{Answer, Batch, Host, Method, NotKept, Page, PageId, Product, Request, Response, SendError};
use cowbell_standins::schema::Judge;
use cowbell_standins::world::World;
use futures_util::FutureExt;

use browser::Browser;

/// Milliseconds since 1970 at which every simulation begins.
const START_MS: u64 = 1_795_449_600_000;

/// Runs a future that waits for nothing but a [`Simulation`], which lets it wait only after [`Simulation::hold`].
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

/// Asks what a removal would remove, and removes it.
pub(crate) async fn remove<O: Host>(app: &Cowbell<O>) -> Result<(), Error> {
    app.removal().await?;
    app.remove_integration().await
}

/// A wave of all mailboxes whose users could sign in after the switch, without those that several users would get into.
pub(crate) fn everybody<O: Host>(app: &Cowbell<O>) -> Wave {
    let mut wave = Wave::default();
    // Without a table there is nobody.
    let _ = app.add_found(&PeopleQuery::default(), &mut wave);
    wave
}

/// What has to go well in a test. If it does not, the error says why.
pub(crate) trait Succeeds<T> {
    fn succeeds(self) -> T;
}

impl<T, E: Debug> Succeeds<T> for Result<T, E> {
    #[track_caller]
    fn succeeds(self) -> T {
        self.unwrap_or_else(|error| panic!("{error:?}"))
    }
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// The method.
    pub(crate) method: Method,
    /// The absolute URL.
    pub(crate) url: String,
    /// The body.
    pub(crate) body: String,
    /// Whether a page of the stranger sent it.
    pub(crate) by_stranger: bool,
}

impl Sent {
    /// Whether it may change something.
    pub(crate) fn is_write(&self) -> bool {
        !self.method.is_safe()
    }

    /// The path, without the query.
    pub(crate) fn path(&self) -> &str {
        let rest = self.url.splitn(4, '/').nth(3).unwrap_or_default();
        rest.split('?').next().unwrap_or_default()
    }
}

/// What interrupts a run, counted in requests from when it was set. Each happens once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Interruptions {
    /// The tab is closed after so many requests.
    pub(crate) tab_gone_after: Option<usize>,
    /// The administrator presses "Stop" after so many requests.
    pub(crate) cancel_after: Option<usize>,
    /// After so many requests, the answer to one that was performed gets lost.
    pub(crate) lose: Option<(usize, Lost)>,
}

/// What comes instead of the answer to a request that was performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Nothing.
    Timeout,
    /// The connection breaks.
    Network,
    /// A proxy gives up.
    BadGateway,
    /// A proxy's page with status 200.
    Page,
}

impl Lost {
    fn answer(self) -> Answer {
        let page = |status| {
            let body = "<!DOCTYPE html><title>proxy</title>".to_owned();
            Ok(Response { status, content_type: "text/html".into(), retry_after_s: None, body: body.into() })
        };
        match self {
            Self::Timeout => Err(SendError::Timeout),
            Self::Network => Err(SendError::Network),
            Self::BadGateway => page(502),
            Self::Page => page(200),
        }
    }
}

/// A browser with both products behind it, whose seed decides in which order answers come. Clones are the same browser.
#[derive(Clone)]
pub(crate) struct Simulation(Rc<Inner>);

struct Inner {
    world: RefCell<World>,
    judge: Rc<RefCell<Judge>>,
    browser: RefCell<Browser>,
    random: RefCell<fastrand::Rng>,
    now_ms: Cell<u64>,
    slept_ms: Cell<u64>,
    /// Milliseconds that a server takes for a read and for a write.
    takes_ms: Cell<(u32, u32)>,
    interruptions: Cell<Interruptions>,
    tab_gone: Cell<bool>,
    cancelled: Cell<bool>,
    cancels: Cell<u64>,
    held: Cell<bool>,
    held_at: Cell<Option<usize>>,
    tabs: Cell<Tabs>,
    last_page: Cell<u32>,
    stranger: RefCell<Option<Simulation>>,
    left: RefCell<Vec<PageId>>,
    sent: RefCell<Vec<Sent>>,
    rounds: Cell<usize>,
    most_at_once: Cell<usize>,
    kept: RefCell<BTreeMap<String, String>>,
    /// Bytes that the browser stores.
    space: Cell<usize>,
}

impl Simulation {
    /// A browser that is signed in nowhere.
    pub(crate) fn new(mut world: World, seed: u64) -> Self {
        let judge = conformance::of_every_exchange(&mut world);
        let browser = Browser::of(&world);
        Self(Rc::new(Inner {
            world: RefCell::new(world),
            judge,
            browser: RefCell::new(browser),
            random: RefCell::new(fastrand::Rng::with_seed(seed)),
            now_ms: Cell::new(START_MS),
            slept_ms: Cell::new(0),
            takes_ms: Cell::default(),
            interruptions: Cell::default(),
            tab_gone: Cell::new(false),
            cancelled: Cell::new(false),
            cancels: Cell::new(0),
            held: Cell::new(false),
            held_at: Cell::new(None),
            tabs: Cell::new(Tabs { authentik: Some(Tab::at_home(1)), mailcow: Some(Tab::at_home(2)) }),
            last_page: Cell::new(2),
            stranger: RefCell::default(),
            left: RefCell::default(),
            sent: RefCell::default(),
            rounds: Cell::new(0),
            most_at_once: Cell::new(0),
            kept: RefCell::default(),
            space: Cell::new(10 << 20),
        }))
    }

    /// Both products, to be changed behind everybody's back.
    pub(crate) fn world(&self) -> RefMut<'_, World> {
        self.0.world.borrow_mut()
    }

    /// What the exchanges with authentik were held against.
    pub(crate) fn judge(&self) -> Judge {
        self.0.judge.borrow().clone()
    }

    /// Both products.
    pub(crate) fn observe(&self) -> Ref<'_, World> {
        self.0.world.borrow()
    }

    /// The browser's cookies.
    pub(crate) fn browser(&self) -> RefMut<'_, Browser> {
        self.0.browser.borrow_mut()
    }

    /// Lets something happen later; after that, the next click opens the tab again.
    pub(crate) fn interrupt(&self, interruptions: Interruptions) {
        self.0.interruptions.set(interruptions);
    }

    /// Holds back what is sent next until whoever waits for it is asked a second time.
    pub(crate) fn hold(&self) {
        self.0.held.set(true);
    }

    /// What is sent from now on is not ended by "Stop".
    pub(crate) fn resume(&self) {
        self.0.cancelled.set(false);
    }

    /// How many milliseconds a server takes from now on for a read and for a write.
    pub(crate) fn takes_ms(&self, read: u32, write: u32) {
        self.0.takes_ms.set((read, write));
    }

    /// Time passes.
    pub(crate) fn pass_ms(&self, milliseconds: u32) {
        self.pass(u64::from(milliseconds));
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn another_browser(&self) -> Browser {
        Browser::of(&self.observe())
    }

    /// Holds back the request after so many, as [`Self::hold`] does; those before it in its batch may have been answered.
    pub(crate) fn hold_at(&self, request: usize) {
        self.0.held_at.set(Some(request));
    }

    /// The administrator clicks the icon: the tab is there, nobody has pressed "Stop".
    pub(crate) fn click(&self) {
        if self.0.tab_gone.take() {
            for product in [Product::Authentik, Product::Mailcow] {
                self.load(product, false);
            }
        }
        self.0.cancelled.set(false);
    }

    /// The administrator presses "Stop".
    pub(crate) fn cancel(&self) {
        self.0.cancelled.set(true);
        self.0.cancels.set(self.0.cancels.get() + 1);
    }

    /// From now on there is a tab of these products, and of no other.
    pub(crate) fn only(&self, products: &[Product]) {
        for product in [Product::Authentik, Product::Mailcow] {
            let mut tabs = self.0.tabs.get();
            if !products.contains(&product) {
                *tabs.of(product) = None;
                self.0.tabs.set(tabs);
            } else if tabs.of(product).is_none() {
                self.load(product, false);
            }
        }
    }

    /// Somebody else's authentik and mailcow, which are a click away.
    pub(crate) fn meet(&self, stranger: &Self) {
        *self.0.stranger.borrow_mut() = Some(stranger.clone());
    }

    /// The stranger, who was met.
    #[track_caller]
    pub(crate) fn stranger(&self) -> Self {
        self.0.stranger.borrow().clone().expect("somebody was met")
    }

    /// The administrator clicks the icon at the stranger's; the page that was there before is `closed` or stays in its tab.
    pub(crate) fn go_to_stranger(&self, product: Product, closed: bool) {
        let before = self.page(product);
        if closed {
            self.0.left.borrow_mut().extend(before.map(|page| page.id));
        }
        self.load(product, true);
    }

    /// The administrator is back at both of ours.
    pub(crate) fn come_home(&self) {
        self.load(Product::Authentik, false);
        self.load(Product::Mailcow, false);
    }

    /// A page of this address has loaded, of ours or of the stranger's.
    pub(crate) fn show(&self, product: Product, url: &str) {
        let is_strangers = self.0.stranger.borrow().as_ref().is_some_and(|stranger| stranger.browser().page(product) == url);
        self.load(product, is_strangers);
    }

    /// Loads a page, which takes the place of the one before.
    fn load(&self, product: Product, at_stranger: bool) {
        let page = self.0.last_page.get() + 1;
        self.0.last_page.set(page);
        let mut tabs = self.0.tabs.get();
        *tabs.of(product) = Some(Tab { page: PageId(page), at_stranger });
        self.0.tabs.set(tabs);
    }

    /// Everything that was sent since [`Self::forget`].
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.sent.borrow().clone()
    }

    /// What was sent since [`Self::forget`] and may have changed something.
    pub(crate) fn writes(&self) -> Vec<Sent> {
        self.sent().into_iter().filter(Sent::is_write).collect()
    }

    /// Sequential round trips since [`Self::forget`].
    pub(crate) fn rounds(&self) -> usize {
        self.0.rounds.get()
    }

    /// Most requests that were under way together since [`Self::forget`].
    pub(crate) fn most_at_once(&self) -> usize {
        self.0.most_at_once.get()
    }

    /// Milliseconds slept since [`Self::forget`].
    pub(crate) fn slept_ms(&self) -> u64 {
        self.0.slept_ms.get()
    }

    /// Starts counting anew.
    pub(crate) fn forget(&self) {
        self.0.sent.borrow_mut().clear();
        self.0.rounds.set(0);
        self.0.most_at_once.set(0);
        self.0.slept_ms.set(0);
    }

    /// Lets the browser store only so many bytes.
    pub(crate) fn set_space(&self, bytes: usize) {
        self.0.space.set(bytes);
    }

    /// What was kept for the next panel.
    pub(crate) fn kept(&self) -> BTreeMap<String, String> {
        self.0.kept.borrow().clone()
    }

    fn chance(&self) -> bool {
        self.0.random.borrow_mut().bool()
    }

    /// Counts a request that is started; says how its answer gets lost.
    fn start(&self, request: &Request, by_stranger: bool) -> Option<Lost> {
        self.0.sent.borrow_mut().push(Sent {
            method: request.method(),
            url: request.url().to_owned(),
            body: request.body().map(|body| body.text.clone()).unwrap_or_default(),
            by_stranger,
        });
        let mut to_come = self.0.interruptions.get();
        if count_down(&mut to_come.tab_gone_after) {
            self.0.tab_gone.set(true);
        }
        if count_down(&mut to_come.cancel_after) {
            self.cancel();
        }
        let mut left = to_come.lose.map(|(left, _)| left);
        let lost = to_come.lose.filter(|_| count_down(&mut left)).map(|(_, lost)| lost);
        to_come.lose = left.zip(to_come.lose).map(|(left, (_, lost))| (left, lost));
        self.0.interruptions.set(to_come);
        lost
    }

    /// What ends everything that is under way in a page.
    fn end(&self, tab: Tab) -> Option<SendError> {
        if self.0.tab_gone.get() || self.0.left.borrow().contains(&tab.page) {
            return Some(SendError::TabGone);
        }
        self.0.cancelled.get().then_some(SendError::Cancelled)
    }

    fn perform(&self, product: Product, tab: Tab, request: &Request, lost: Option<Lost>, timeout_ms: u32) -> Answer {
        let stranger = self.0.stranger.borrow().clone().filter(|_| tab.at_stranger);
        let there = stranger.as_ref().unwrap_or(self);
        let answer = there.browser().fetch(&mut there.world(), product, request);
        let answer = lost.map_or(answer, Lost::answer);
        let (read, write) = self.0.takes_ms.get();
        self.pass(u64::from(if request.method().is_safe() { read } else { write }));
        if answer == Err(SendError::Timeout) {
            self.pass(u64::from(timeout_ms));
        }
        answer
    }

    /// Lets time pass for the browser.
    pub(crate) fn pass(&self, milliseconds: u64) {
        self.0.now_ms.set(self.0.now_ms.get() + milliseconds);
    }
}

/// Waits until whoever waits is asked a second time.
async fn once_more() {
    let mut waits = true;
    poll_fn(|_| if mem::take(&mut waits) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// Whether it is time.
fn count_down(left: &mut Option<usize>) -> bool {
    let now = *left == Some(0);
    *left = left.and_then(|left| left.checked_sub(1));
    now
}

/// The page that shows a product.
#[derive(Clone, Copy, Debug)]
struct Tab {
    page: PageId,
    at_stranger: bool,
}

impl Tab {
    fn at_home(page: u32) -> Self {
        Self { page: PageId(page), at_stranger: false }
    }
}

#[derive(Clone, Copy)]
struct Tabs {
    authentik: Option<Tab>,
    mailcow: Option<Tab>,
}

impl Tabs {
    fn of(&mut self, product: Product) -> &mut Option<Tab> {
        match product {
            Product::Authentik => &mut self.authentik,
            Product::Mailcow => &mut self.mailcow,
        }
    }
}

/// A request under way.
struct Flight {
    index: usize,
    request: Request,
    lost: Option<Lost>,
    /// The answer, if the server has dealt with it already.
    answer: Option<Answer>,
}

impl Host for Simulation {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        let Some(tab) = *self.0.tabs.get().of(batch.product) else {
            for index in 0..batch.requests.len() {
                on_answer(index, Err(SendError::TabGone));
            }
            return;
        };
        if self.0.held.take() {
            once_more().await;
        }
        self.0.rounds.set(self.0.rounds.get() + 1);
        let mut queue: VecDeque<(usize, Request)> = batch.requests.into_iter().enumerate().collect();
        let mut flights: Vec<Flight> = Vec::new();
        let mut halted = false;
        loop {
            while flights.len() < batch.concurrency.max(1) as usize && !halted && self.end(tab).is_none() {
                let Some((index, request)) = queue.pop_front() else { break };
                let mut held_at = self.0.held_at.get();
                let holds = count_down(&mut held_at);
                self.0.held_at.set(held_at);
                if holds {
                    once_more().await;
                    if self.end(tab).is_some() {
                        queue.push_front((index, request));
                        break;
                    }
                }
                let lost = self.start(&request, tab.at_stranger);
                let answer = self.chance().then(|| self.perform(batch.product, tab, &request, lost, batch.timeout_ms));
                flights.push(Flight { index, request, lost, answer });
            }
            self.0.most_at_once.set(self.0.most_at_once.get().max(flights.len()));
            if flights.is_empty() {
                break;
            }
            let next = self.0.random.borrow_mut().usize(..flights.len());
            let Flight { index, request, lost, answer } = flights.swap_remove(next);
            let answer = match self.end(tab) {
                // Whether the server has seen it, nobody knows.
                Some(end) => Err(end),
                None => answer.unwrap_or_else(|| self.perform(batch.product, tab, &request, lost, batch.timeout_ms)),
            };
            halted |= answer.as_ref().is_ok_and(|response| batch.halt_on.contains(&response.status));
            let latency = self.0.random.borrow_mut().u64(1..40);
            self.pass(latency);
            on_answer(index, answer);
        }
        for (index, _) in queue {
            on_answer(index, Err(self.end(tab).unwrap_or(SendError::NotSent)));
        }
    }

    async fn sleep(&self, milliseconds: u32) {
        self.pass(u64::from(milliseconds));
        self.0.slept_ms.set(self.0.slept_ms.get() + u64::from(milliseconds));
    }

    fn now_ms(&self) -> u64 {
        self.0.now_ms.get()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.0.random.borrow_mut().fill(buffer);
    }

    fn cancels(&self) -> u64 {
        self.0.cancels.get()
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        let mut kept = self.0.kept.borrow_mut();
        let mut all = kept.clone();
        all.extend(texts);
        if all.values().map(String::len).sum::<usize>() > self.0.space.get() {
            return Err(NotKept);
        }
        *kept = all;
        Ok(())
    }

    fn page(&self, product: Product) -> Option<Page> {
        let tab = self.0.tabs.get().of(product).filter(|_| !self.0.tab_gone.get())?;
        let stranger = self.0.stranger.borrow().clone().filter(|_| tab.at_stranger);
        let origin = Origin::of(stranger.as_ref().unwrap_or(self).browser().page(product)).expect("a page has an origin");
        Some(Page { id: tab.page, origin })
    }
}
