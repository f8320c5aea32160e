//! The panel's logic: what is offered when, and what an event changes.
//!
//! [`Panel`] owns everything that is true about the integration while the panel is open. The browser and the administrator send
//! it what happened ([`Event`]), and it returns what is to be shown ([`View`]). It reaches the two products through the functions
//! of [`crate::app`], and the browser through [`Browser`]. What belongs to the screen only (expanded parts, focus, scrolling) is
//! not here.
//!
//! | file | what is there |
//! |---|---|
//! | [`event`], [`view`], [`browser`] | the interface: events in, a view out, what the browser has to do |
//! | `state` | everything that changes |
//! | `connection` | from a click on the icon to a product that has been read |
//! | `setup`, `run` | draft, users, plan file; plan, apply, undo |
//! | `mailcow`, `form` | saving and filling in mailcow; its form while it is open |
//! | `check`, `readiness`, `arrivals`, `sign_ins` | both sides, who can sign in, who has done so, who could not |
//! | `people` | what a switch would cost whom, and the next wave |
//! | `requested` | what is read when it is asked for, and can be cancelled |
//! | `maintenance`, `secret` | after setup; how long the client secret is kept |
//! | `password_form` | the login page of mailcow without its password form |
//! | [`offers`] | the buttons at the bottom, the open question, the numbers on the tabs |

mod arrivals;
pub mod browser;
mod check;
mod connection;
pub mod event;
mod form;
mod mailcow;
mod maintenance;
pub mod offers;
mod password_form;
mod people;
pub mod policy;
mod readiness;
mod requested;
mod run;
mod secret;
mod setup;
mod sign_ins;
mod state;
pub mod view;

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::lock::Mutex;

use self::browser::{Browser, Link};
use self::policy::{Policy, PolicyInForce};
use self::state::{Newest, Readiness, State};
use crate::app::{Cowbell, Switching};

pub use self::browser::{PageError, TabId};
pub use self::check::CheckStatus;
pub use self::event::Event;
pub use self::password_form::PasswordFormView;
pub use self::state::{
    Lost, MailcowTask, MaintenanceOutcome, MaintenanceTask, PasswordFormQuestion, PasswordFormTask, Place, PlanFileError,
    Question, QuestionView, Refusal, RunDirection, SaveOutcome, Section, SwitchDirection, TestSignIn, WaveFileError,
};
pub use self::view::View;

/// The panel, generic over the browser.
pub struct Panel<B> {
    browser: Rc<B>,
    policy: PolicyInForce,
    app: Cowbell<Link<B>>,
    state: RefCell<State>,
    /// Locked while the users are read, so that concurrent callers share one reading.
    users_turn: Mutex<()>,
    runs: Newest,
    checks: Newest,
    tables: Newest,
    people: Newest,
    arrivals: Newest,
    explanations: Newest,
    test_sign_ins: Newest,
    /// When the view was last reported as changed because of progress.
    progress_shown_ms: Cell<u64>,
}

/// Names under which the panel stores what outlives it.
pub mod kept {
    /// The draft from the Set up section.
    pub const DRAFT: &str = "draft";
}

/// Milliseconds between two views of a run. More updates are unreadable and slow down the run.
const PROGRESS_MS: u64 = 250;

impl<B: Browser> Panel<B> {
    /// Creates a panel without any connection. `window` identifies the window among all that have a panel, `kept` is what earlier
    /// panels of this browser session stored, by name.
    pub fn new(browser: B, policy: Policy, window: &str, kept: &BTreeMap<String, String>) -> Self {
        let (browser, policy) = (Rc::new(browser), PolicyInForce::new(policy));
        let app = Cowbell::new(Link::new(browser.clone(), policy.clone()));
        app.restore_journals(window, kept);
        app.restore_switched(window, kept);
        app.restore_password_forms(kept);
        let draft = kept.get(kept::DRAFT).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let mut state = State::default();
        (state.draft, state.used_ms) = (draft, browser.now_ms());
        Self {
            browser,
            policy,
            app,
            state: RefCell::new(state),
            users_turn: Mutex::new(()),
            runs: Newest::default(),
            checks: Newest::default(),
            tables: Newest::default(),
            people: Newest::default(),
            arrivals: Newest::default(),
            explanations: Newest::default(),
            test_sign_ins: Newest::default(),
            progress_shown_ms: Cell::new(0),
        }
    }

    /// Handles an event and everything that follows from it; returns when that is done.
    pub async fn handle(&self, event: Event) {
        self.perform(event).await;
        self.discard_secret_if_done();
        self.check_if_due().await;
        self.browser.view_changed();
    }

    async fn perform(&self, event: Event) {
        match event {
            Event::Click { tab, url } => self.click(tab, &url),
            Event::Policy { allowed } => self.set_policy(Policy::new(allowed.as_deref())),
            Event::Connecting { product } => self.connecting(product),
            Event::Live { product, page, url } => self.live(product, page, url).await,
            Event::Lost { product, why } => self.lost(product, why),
            Event::FormChanged { page, state, settled } => self.form_changed(page, *state, settled).await,
            Event::Used => self.used(),
            Event::Tick => self.leave_if_unused(),
            Event::Closing => self.app.discard_secret(),
            Event::Go { section } => self.go(section),
            Event::Open { place } => {
                let section = self.state().opens_with(place);
                self.go(section);
            }
            Event::Repair { section } => self.repair(section).await,
            Event::Edit { draft } => self.edit(*draft).await,
            Event::Choose { choice } => self.change(|state| state.choice = choice),
            Event::Retry { product } => self.read_again(product).await,
            Event::Ask { question } => self.ask(question).await,
            Event::Confirm { shown } => self.confirm(&shown).await,
            Event::Withdraw => self.change(|state| state.question = None),
            Event::Plan => self.plan().await,
            Event::PlanWithGroup { group } => self.plan_with_group(group).await,
            Event::List { filter } => self.change(|state| state.listing = filter),
            Event::Apply => self.apply().await,
            Event::Cancel => self.cancel(),
            Event::LoadPlan { text } => self.load_plan(&text).await,
            Event::OpenMailcow => self.open_mailcow().await,
            Event::Fill => self.fill().await,
            Event::Fix { fix } => self.fix(fix).await,
            Event::TestConnection => self.test_connection().await,
            Event::Check => self.check().await,
            Event::Filter { outcome, reason } => self.filter(outcome, reason),
            Event::ReadPeople => self.read_people().await,
            Event::FilterPeople { filter } => self.filter_people(filter),
            Event::Pick { address } => self.pick(&address),
            Event::PickFound { text } => self.pick_found(&text),
            Event::PickReady => self.pick_ready(),
            Event::PickNobody => self.pick_nobody(),
            Event::OpenPerson { address } => self.open_person(address),
            Event::LoadWave { text, addresses, needs, told } => self.load_wave(&text, &addresses, &needs, &told),
            Event::WriteMessages => self.change_people(|people| people.writing += 1),
            Event::MessagesWritten { costs } => self.note_told(&costs),
            Event::ReadArrivals => self.read_arrivals().await,
            Event::FilterArrivals { filter } => self.filter_arrivals(filter),
            Event::OpenArrival { address } => self.open_arrival(address),
            Event::Type { text } => self.change(|state| state.typed = text),
            Event::LookUp { text } => self.look_up(&text).await,
            Event::Explain => self.explain().await,
            Event::TrySignIn => self.try_sign_in().await,
            Event::CancelTestSignIn => self.change(|state| state.test_sign_in = None),
            Event::RestoreRemoved => self.restore_removed().await,
        }
    }

    /// Changes the state and reports that the view has changed.
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.borrow_mut());
        self.browser.view_changed();
    }

    /// Like [`Self::change`], for what changes many times a second.
    fn progress(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.borrow_mut());
        let now = self.browser.now_ms();
        if now.saturating_sub(self.progress_shown_ms.get()) >= PROGRESS_MS {
            self.progress_shown_ms.set(now);
            self.browser.view_changed();
        }
    }

    fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    fn go(&self, section: Section) {
        self.change(|state| {
            state.open(section);
            state.question = None;
            if let Some(people) = state.table_mut().and_then(|table| table.people.done_mut()) {
                people.writing = 0;
            }
        });
    }

    /// Opens the section in which a problem is fixed. For the plan it makes a new one, because a plan that is older than the
    /// problem would not contain its fix.
    async fn repair(&self, section: Section) {
        if section == Section::Plan && self.can_plan() && !self.is_running() {
            self.plan().await;
        } else {
            self.go(section);
        }
    }

    async fn ask(&self, question: Question) {
        let at_first = self.where_it_is();
        let is_known = match question {
            Question::Remove => self.note_removal().await,
            // A sign-in that failed leads here, too, when nobody has asked for the table yet, or it could not be read.
            Question::Switch { .. } if self.state().table().is_none() => {
                self.read_readiness().await;
                matches!(self.state().readiness, Readiness::Done(_))
            }
            Question::HidePasswordForm | Question::ShowPasswordForm => self.read_password_form(&question).await,
            Question::SwitchBack { ref address } if !address.is_empty() => self.app.can_switch_back(address),
            _ => true,
        };
        // Meanwhile, the administrator may have asked for something else, or gone elsewhere.
        if !is_known || self.where_it_is() != at_first {
            return;
        }
        self.change(|state| state.question = Some(question));
    }

    fn where_it_is(&self) -> (Section, Option<Question>) {
        let state = self.state();
        (state.section(), state.question.clone())
    }

    /// Does what was asked, if the question is still the one that was shown.
    async fn confirm(&self, shown: &QuestionView) {
        if self.question_view().as_ref() != Some(shown) {
            return self.browser.view_changed();
        }
        // What is being read may differ from what the question is about. The question stays open until that is known.
        if !shown.is_ready {
            return;
        }
        let question = self.state.borrow_mut().question.take();
        let Some(question) = question else { return };
        self.browser.view_changed();
        match question {
            Question::Undo => self.undo().await,
            Question::Save => self.save().await,
            Question::Restore => self.restore().await,
            Question::Rotate => self.rotate().await,
            Question::Remove => self.remove().await,
            Question::Switch { address } => self.switch_mailboxes(Switching::Mailbox(&address)).await,
            Question::SwitchWave => self.switch_mailboxes(Switching::Wave(&self.wave().unwrap_or_default())).await,
            Question::SwitchBack { address } if address.is_empty() => self.switch_mailboxes(Switching::Back).await,
            Question::SwitchBack { address } => self.switch_mailboxes(Switching::MailboxBack(&address)).await,
            Question::SwitchBackWave => self.switch_mailboxes(Switching::LastWaveBack).await,
            Question::HidePasswordForm => self.hide_password_form().await,
            Question::ShowPasswordForm => self.show_password_form().await,
        }
    }
}
