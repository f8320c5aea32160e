//! The panel over a browser with tabs: clicks, pages that load, mailcow's form in them. What the browser notices reaches the panel as
//! events, in order, whenever nothing else is going on.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use cowbell::mailcow::FormState;
use cowbell::mailcow::script::{Script, ScriptEnd};
use cowbell::panel::browser::Browser;
use cowbell::panel::policy::Policy;
use cowbell::panel::{Event, Lost, PageError, Panel, Question, TabId, View};
use cowbell::plan::SetupDraft;
use cowbell::transport::{Answer, Batch, Host, NotKept, PageId, Product, SendError};

use super::form::Form;
use super::stage::{Stage, WINDOW, draft};
use super::{Simulation, once_more};

/// The tab in which a product is opened, unless a test says otherwise.
pub(crate) const AUTHENTIK_TAB: TabId = TabId(1);
pub(crate) const MAILCOW_TAB: TabId = TabId(2);

/// Something that somebody does.
type Act = Box<dyn FnOnce(&Simulation)>;

/// A browser with tabs. Clones are the same browser.
#[derive(Clone)]
pub(crate) struct Tabs(Rc<Inner>);

struct Inner {
    sim: Simulation,
    events: RefCell<VecDeque<Event>>,
    connected: RefCell<HashMap<&'static str, TabId>>,
    urls: RefCell<HashMap<i32, String>>,
    pages: RefCell<HashMap<PageId, Product>>,
    form: RefCell<Option<(PageId, Form)>>,
    last_page: Cell<u32>,
    renders: Cell<usize>,
    /// Addresses that were opened, and whether privately.
    visited: RefCell<Vec<(String, bool)>>,
    /// Tabs that were brought to the front.
    in_front: RefCell<Vec<TabId>>,
    /// Whether the browser opens private windows.
    private_windows: Cell<bool>,
    fill_held: Cell<bool>,
    pause_held: Cell<bool>,
    /// What somebody does meanwhile, each time the panel waits.
    meanwhile: RefCell<VecDeque<Act>>,
}

impl Tabs {
    fn new(sim: Simulation) -> Self {
        let urls = [(AUTHENTIK_TAB.0, Product::Authentik), (MAILCOW_TAB.0, Product::Mailcow)];
        let urls = urls.map(|(tab, product)| (tab, sim.browser().page(product).to_owned()));
        Self(Rc::new(Inner {
            urls: RefCell::new(urls.into()),
            sim,
            events: RefCell::default(),
            connected: RefCell::default(),
            pages: RefCell::default(),
            form: RefCell::default(),
            last_page: Cell::new(0),
            renders: Cell::new(0),
            visited: RefCell::default(),
            in_front: RefCell::default(),
            private_windows: Cell::new(true),
            fill_held: Cell::new(false),
            pause_held: Cell::new(false),
            meanwhile: RefCell::default(),
        }))
    }

    /// A page of the tab has loaded.
    pub(crate) fn load(&self, product: Product) {
        let Some(tab) = self.0.connected.borrow().get(name(product)).copied() else { return };
        self.0.pages.borrow_mut().retain(|_, of| *of != product);
        let page = PageId(self.0.last_page.replace(self.0.last_page.get() + 1) + 1);
        self.0.pages.borrow_mut().insert(page, product);
        let url = self.0.urls.borrow().get(&tab.0).cloned().unwrap_or_default();
        self.0.sim.show(product, &url);
        self.0.events.borrow_mut().extend([Event::Connecting { product }, Event::Live { product, page, url }]);
    }

    /// The tab of a product is closed, or goes elsewhere.
    pub(crate) fn lose(&self, product: Product, why: Lost) {
        self.0.pages.borrow_mut().retain(|_, of| *of != product);
        self.0.events.borrow_mut().push_back(Event::Lost { product, why });
    }

    /// The address of a tab is another one from now on.
    pub(crate) fn set_url(&self, tab: TabId, url: &str) {
        self.0.urls.borrow_mut().insert(tab.0, url.to_owned());
    }

    /// Tabs that were brought to the front.
    pub(crate) fn in_front(&self) -> Vec<TabId> {
        self.0.in_front.borrow().clone()
    }

    /// What was opened, and whether in a private window.
    pub(crate) fn visited(&self) -> Vec<(String, bool)> {
        self.0.visited.borrow().clone()
    }

    /// How often the panel has said that its view has changed.
    pub(crate) fn renders(&self) -> usize {
        self.0.renders.get()
    }

    /// Private windows are not opened from now on.
    pub(crate) fn forbid_private_windows(&self) {
        self.0.private_windows.set(false);
    }

    /// Holds back the script that sets values next, as [`Simulation::hold`] does with what is sent.
    pub(crate) fn hold_fill(&self) {
        self.0.fill_held.set(true);
    }

    /// Holds back the end of the next pause, in the same way.
    pub(crate) fn hold_pause(&self) {
        self.0.pause_held.set(true);
    }

    /// Lets somebody do something the next time that the panel waits.
    pub(crate) fn meanwhile(&self, act: impl FnOnce(&Simulation) + 'static) {
        self.0.meanwhile.borrow_mut().push_back(Box::new(act));
    }

    /// Somebody types into mailcow's form.
    pub(crate) fn type_into_form(&self, settled: bool, change: impl FnOnce(&mut FormState)) {
        let mut form = self.0.form.borrow_mut();
        let Some((page, form)) = form.as_mut() else { return };
        change(form.state_mut());
        let event = Event::FormChanged { page: *page, state: Box::new(form.state().clone()), settled };
        self.0.events.borrow_mut().push_back(event);
    }

    /// The form comes into sight, as somebody opens its tab in mailcow.
    pub(crate) fn show_form(&self) {
        self.type_into_form(false, |form| (form.visible, form.provider) = (true, "generic-oidc".into()));
    }

    /// The body that mailcow's own button "Save" sends.
    pub(crate) fn save_body(&self) -> serde_json::Value {
        self.0.form.borrow().as_ref().expect("a form").1.save_body()
    }

    /// The form as it stands.
    pub(crate) fn form(&self) -> FormState {
        self.0.form.borrow().as_ref().map(|(_, form)| form.state().clone()).unwrap_or_default()
    }

    fn form_of(&self, page: PageId) -> Result<(), PageError> {
        if self.0.pages.borrow().get(&page) != Some(&Product::Mailcow) {
            return Err(PageError::Gone);
        }
        let mut form = self.0.form.borrow_mut();
        if form.as_ref().is_none_or(|(known, _)| *known != page) {
            *form = Some((page, Form::of(&self.0.sim.observe())));
        }
        Ok(())
    }
}

impl Browser for Tabs {
    async fn send(&self, page: PageId, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        if self.0.pages.borrow().get(&page) != Some(&batch.product) {
            for index in 0..batch.requests.len() {
                on_answer(index, Err(SendError::TabGone));
            }
            return;
        }
        // "Stop" ends what is under way; what begins later is sent.
        self.0.sim.resume();
        Host::send(&self.0.sim, batch, on_answer).await;
    }

    fn cancel(&self) {
        self.0.sim.cancel();
    }

    async fn sleep(&self, milliseconds: u32) {
        Host::sleep(&self.0.sim, milliseconds).await;
        if self.0.pause_held.take() {
            once_more().await;
        }
        let act = self.0.meanwhile.borrow_mut().pop_front();
        if let Some(act) = act {
            act(&self.0.sim);
        }
    }

    fn now_ms(&self) -> u64 {
        Host::now_ms(&self.0.sim)
    }

    fn random(&self, buffer: &mut [u8]) {
        Host::random(&self.0.sim, buffer);
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        Host::keep(&self.0.sim, texts).await
    }

    fn connect(&self, product: Product, tab: TabId) {
        self.0.connected.borrow_mut().insert(name(product), tab);
        self.load(product);
    }

    fn disconnect(&self, product: Product) {
        self.0.connected.borrow_mut().remove(name(product));
        self.0.pages.borrow_mut().retain(|_, of| *of != product);
    }

    async fn navigate(&self, tab: TabId, url: &str) {
        self.set_url(tab, url);
        self.reload(tab).await;
    }

    async fn reload(&self, tab: TabId) {
        let connected = self.0.connected.borrow().clone();
        for product in [Product::Authentik, Product::Mailcow] {
            if connected.get(name(product)) == Some(&tab) {
                self.load(product);
            }
        }
    }

    async fn visit(&self, url: &str, tab: Option<TabId>) {
        self.0.in_front.borrow_mut().extend(tab);
        self.0.visited.borrow_mut().push((url.to_owned(), false));
    }

    async fn visit_privately(&self, url: &str) -> bool {
        if self.0.private_windows.get() {
            self.0.visited.borrow_mut().push((url.to_owned(), true));
        }
        self.0.private_windows.get()
    }

    async fn fill(&self, page: PageId, script: Script) -> Result<ScriptEnd, PageError> {
        if self.0.fill_held.take() {
            once_more().await;
        }
        self.form_of(page)?;
        if let Some((_, form)) = self.0.form.borrow_mut().as_mut() {
            form.perform(&script);
        }
        Ok(ScriptEnd::default())
    }

    async fn read_form(&self, page: PageId) -> Result<FormState, PageError> {
        self.form_of(page)?;
        Ok(self.form())
    }

    fn watch_form(&self, page: PageId) {
        if self.form_of(page).is_ok() {
            let event = Event::FormChanged { page, state: Box::new(self.form()), settled: false };
            self.0.events.borrow_mut().push_back(event);
        }
    }

    fn view_changed(&self) {
        self.0.renders.set(self.0.renders.get() + 1);
    }
}

fn name(product: Product) -> &'static str {
    match product {
        Product::Authentik => "authentik",
        Product::Mailcow => "mailcow",
    }
}

/// Something that the panel was told and has not finished with.
pub(crate) struct Underway<'a>(Pin<Box<dyn Future<Output = ()> + 'a>>);

impl Underway<'_> {
    /// Goes on until it waits again; says whether it is over.
    pub(crate) fn go_on(&mut self) -> bool {
        self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    /// Goes on to its end.
    pub(crate) fn finish(mut self) {
        for _ in 0..10_000 {
            if self.go_on() {
                return;
            }
        }
        panic!("it does not come to an end");
    }
}

/// A panel in its browser.
pub(crate) struct Desk {
    pub(crate) sim: Simulation,
    pub(crate) tabs: Tabs,
    pub(crate) panel: Panel<Tabs>,
}

impl Desk {
    /// A panel over the products of a stage, in which nothing was clicked on.
    pub(crate) fn of(stage: &Stage) -> Self {
        Self::with_policy(stage, None)
    }

    /// The same in a window, with what its panel takes over.
    pub(crate) fn in_window(stage: &Stage, window: &str, kept: &BTreeMap<String, String>) -> Self {
        let sim = stage.sim.clone();
        let tabs = Tabs::new(sim.clone());
        let panel = Panel::new(tabs.clone(), Policy::new(None), window, kept);
        Self { sim, tabs, panel }
    }

    /// The same under an organisation's policy.
    pub(crate) fn with_policy(stage: &Stage, allowed: Option<&[String]>) -> Self {
        let sim = stage.sim.clone();
        let tabs = Tabs::new(sim.clone());
        let panel = Panel::new(tabs.clone(), Policy::new(allowed), WINDOW, &sim.kept());
        Self { sim, tabs, panel }
    }

    /// Tells the panel something, and everything that the browser notices because of it.
    pub(crate) fn tell(&self, event: Event) {
        self.begin(event).finish();
        self.settle();
    }

    /// Yes to the question that is shown.
    pub(crate) fn yes(&self) -> Event {
        Event::Confirm { shown: Box::new(self.panel.view().question.expect("a question")) }
    }

    /// Tells the panel something without waiting for what becomes of it.
    pub(crate) fn begin(&self, event: Event) -> Underway<'_> {
        Underway(Box::pin(self.panel.handle(event)))
    }

    /// Lets the panel hear of everything that the browser has noticed.
    pub(crate) fn settle(&self) {
        loop {
            let Some(event) = self.noticed() else { return };
            self.begin(event).finish();
        }
    }

    /// What the browser has noticed and the panel has not heard of.
    pub(crate) fn noticed(&self) -> Option<Event> {
        self.tabs.0.events.borrow_mut().pop_front()
    }

    /// A click on the icon.
    pub(crate) fn click(&self, product: Product) {
        let (tab, url) = match product {
            Product::Authentik => (AUTHENTIK_TAB, self.sim.browser().page(Product::Authentik).to_owned()),
            Product::Mailcow => (MAILCOW_TAB, self.sim.browser().page(Product::Mailcow).to_owned()),
        };
        self.tell(Event::Click { tab, url });
    }

    /// What is shown.
    pub(crate) fn view(&self) -> View {
        self.panel.view()
    }

    /// Types into Set up.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut SetupDraft)) {
        let mut draft = self.view().draft;
        change(&mut draft);
        self.tell(Event::Edit { draft: Box::new(draft) });
    }

    /// Asks for something, and says yes.
    pub(crate) fn agree(&self, question: Question) {
        self.tell(Event::Ask { question });
        self.tell(self.yes());
    }

    /// Clicks at authentik, types the address of mailcow, plans and applies.
    pub(crate) fn set_up(&self) {
        self.click(Product::Authentik);
        self.tell(Event::Edit { draft: Box::new(draft()) });
        self.tell(Event::Plan);
        self.tell(Event::Apply);
    }

    /// The same, and mailcow has what it needs.
    pub(crate) fn connect_both(&self) {
        self.set_up();
        self.click(Product::Mailcow);
        self.agree(Question::Save);
    }

    /// Tells the panel the next thing that the browser has noticed, after those that take no time.
    pub(crate) fn next_event(&self) -> Underway<'_> {
        loop {
            let event = self.tabs.0.events.borrow_mut().pop_front().expect("the browser has noticed something");
            if matches!(event, Event::Live { .. }) {
                return self.begin(event);
            }
            self.begin(event).finish();
        }
    }

    /// Users get mailboxes that sign in with passwords of their own.
    pub(crate) fn give_mailboxes_passwords(&self) {
        let mut world = self.sim.world();
        for mailbox in &mut world.mailcow.state_mut().mailboxes {
            mailbox.authsource = "mailcow".into();
        }
    }
}
