//! A whole life of an integration, decided by one seed: set up by hand or by Cowbell, saved, checked, people switched in waves, the
//! client secret changed, taken away and put back; and at any request something gets in between. What holds afterwards, each time:
//!
//! - nothing is changed that the administrator has not asked for: no foreign attribute, setting, binding, mapping or mailbox;
//! - what another administrator changes after a question was shown is not overwritten by the yes to it, and what one has changed since is
//!   not taken back;
//! - no object is there twice;
//! - no secret is anywhere but at its two owners;
//! - every request is on the closed list and as authentik's own schema has it;
//! - what the panel says of somebody is what a sign-in does;
//! - in the end both sides fit together, and everything can be taken back.
//!
//! A failure is shrunk: of what was done in that life, only what is needed to fail is left. `COWBELL_SEED=17 cargo test --test
//! integration life` repeats one seed, `COWBELL_SEEDS=1000..2000` tries others; `cargo xtask simulate` does so on every core.

mod accident;
mod foreign;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cowbell::app::ReadinessView;
use cowbell::panel::view::{ConnectionView, ReadinessStatus, RequestedView, RunView};
use cowbell::panel::{CheckStatus, Event, Lost, Question, Section, TabId};
use cowbell::plan::SetupDraft;
use cowbell::setup::{Audience, VerifiedBy};
use cowbell::transport::Product;
use cowbell::verify::Finding;
use cowbell::verify::readiness::Outcome;
use cowbell_standins::authentik::{Authentik, Profile};
use cowbell_standins::mailcow::{self, Mailcow};
use cowbell_standins::world::World;
use fastrand::Rng;

use self::accident::{Accident, Between, edits, let_colleague_edit};
use self::foreign::{Asked, Expected, bindings, named, parts};
use crate::closed_list::is_listed;
use crate::remedies::gets_in;
use crate::sign_ins::{try_to_sign_in, username};
use crate::simulation::{draft_of, products, seeds};
use crate::support::Interruptions;
use crate::support::panel::{AUTHENTIK_TAB, Desk, MAILCOW_TAB};
use crate::support::picture::{Picture, assert_no_secret, secrets};
use crate::support::stage::{BOTH, MAILCOW, Setting, Stage, WINDOW};

/// Lives of both tests, unless the environment says otherwise: `cargo xtask test` lives more.
const LIVES: u64 = 1_000;

/// Lives that have found something, besides the first ones, which are lived in any case.
const KEPT: [u64; 5] = [5_009, 6_957, 12_186, 17_636, 49_454];

/// People at authentik; the first of them have mailboxes.
const USERS: usize = 16;

/// Whose sign-ins are tried: two with a mailbox, two without, of which one has an address that mailcow does not serve.
const PEOPLE: [usize; 4] = [0, 3, 13, 14];

/// Times that something is asked whether it goes on, at most.
const MOST_TURNS: usize = 10_000;

/// Where mailcow was before it moved.
const OLD: &str = "https://old.company";

/// The window beside the first one.
const OTHER_WINDOW: &str = "other";

/// What the administrator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    SetUp,
    Undo,
    Save,
    /// With mailcow's own button, after Cowbell has filled in its form.
    SaveByHand,
    RestoreSettings,
    Rotate,
    Remove,
    PutBack,
    SwitchWave,
    SwitchOne,
    SwitchBack,
    HidePasswordForm,
    ShowPasswordForm,
    Check,
    Explain,
    Arrivals,
    /// Somebody signs in to mailcow with authentik.
    SignIn,
    /// Another administrator changes something.
    Colleague,
    /// The panel is closed and opened again.
    Reopen,
    /// The administrator goes on in the other window.
    OtherWindow,
}

const DEEDS: [Deed; 20] = [
    Deed::SetUp,
    Deed::Undo,
    Deed::Save,
    Deed::SaveByHand,
    Deed::RestoreSettings,
    Deed::Rotate,
    Deed::Remove,
    Deed::PutBack,
    Deed::SwitchWave,
    Deed::SwitchOne,
    Deed::SwitchBack,
    Deed::HidePasswordForm,
    Deed::ShowPasswordForm,
    Deed::Check,
    Deed::Explain,
    Deed::Arrivals,
    Deed::SignIn,
    Deed::Colleague,
    Deed::Reopen,
    Deed::OtherWindow,
];

impl Deed {
    /// What takes it back, and would rarely follow it by chance.
    fn taken_back_by(self) -> Option<Self> {
        match self {
            Self::HidePasswordForm => Some(Self::ShowPasswordForm),
            Self::Remove => Some(Self::PutBack),
            _ => None,
        }
    }
}

/// One deed, and what gets in between.
#[derive(Clone, Debug)]
struct Step {
    deed: Deed,
    accident: Accident,
    /// Decides everything else about it, whatever the other steps are.
    seed: u64,
}

/// A life before it is lived.
#[derive(Clone, Debug)]
struct Life {
    seed: u64,
    address: &'static str,
    authentik: Profile,
    mailcow: mailcow::Profile,
    half_made: bool,
    /// mailcow was at [`OLD`] when it was set up first, and has moved since.
    moved: bool,
    steps: Vec<Step>,
}

#[test]
fn nothing_is_lost_in_a_life() {
    live(seeds(lives() / 2));
}

/// As many again, so that another core lives some, and those that have found something.
#[test]
fn nothing_is_lost_in_other_lives() {
    live((lives() / 2..lives()).chain(KEPT));
}

fn lives() -> u64 {
    std::env::var("COWBELL_LIVES").map_or(LIVES, |text| text.parse().expect("a number"))
}

fn live(all: impl Iterator<Item = u64>) {
    let mut seen = Seen::default();
    let mut lived = 0;
    for seed in all {
        lived += 1;
        let life = Life::of(seed);
        let failed = life.failure(&mut seen);
        assert!(failed.is_none(), "{}", failed.map(|why| life.shrunk(why)).unwrap_or_default());
    }
    if lived >= LIVES / 2 {
        seen.assert_enough();
    }
}

/// How often the interesting things happened, lest the test proves nothing.
#[derive(Debug, Default)]
struct Seen {
    done: BTreeMap<Deed, usize>,
    accidents: usize,
    between: usize,
    /// What was shown of both sides after something had happened in between.
    shown: usize,
    tried: BTreeMap<String, usize>,
    switched: usize,
    repaired: usize,
    taken_back: usize,
}

impl Seen {
    fn assert_enough(&self) {
        assert!(DEEDS.iter().all(|deed| self.done.get(deed).is_some_and(|times| *times > 1)), "{self:?}");
        assert!(self.accidents > 100 && self.between > 20 && self.shown > 20 && self.switched > 20, "{self:?}");
        assert!(self.repaired > 100 && self.taken_back > 20, "{self:?}");
        let of = |outcome: Outcome| self.tried.get(&format!("{outcome:?}")).copied().unwrap_or_default();
        assert!(of(Outcome::SignsIn) > 10 && of(Outcome::NewMailbox) > 30 && of(Outcome::NotSwitched) > 30, "{self:?}");
    }
}

impl Life {
    fn of(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let (address, authentik, mailcow) = products(&mut random);
        let half_made = random.u8(..4) == 0;
        let moved = !half_made && random.u8(..6) == 0;
        let mut steps = Vec::new();
        if random.u8(..4) != 0 {
            // Most begin as they should.
            steps.extend([Deed::SetUp, Deed::Save].map(|deed| Step { deed, accident: Accident::None, seed: random.u64(..) }));
        }
        // Every fourth life is calm.
        let is_calm = random.u8(..4) == 0;
        for _ in 0..random.usize(1..=7) {
            let deed = *random.choice(&DEEDS).expect("one");
            let taken_back = deed.taken_back_by().filter(|_| random.bool());
            for deed in std::iter::once(deed).chain(taken_back) {
                let accident = if is_calm { Accident::None } else { Accident::random(&mut random) };
                steps.push(Step { deed, accident, seed: random.u64(..) });
            }
        }
        Self { seed, address, authentik, mailcow, half_made, moved, steps }
    }

    /// Lives it. Gives what went wrong.
    fn failure(&self, seen: &mut Seen) -> Option<String> {
        let lived = catch_unwind(AssertUnwindSafe(|| Story::of(self).tell(seen)));
        lived.err().map(|why| {
            let text = why.downcast_ref::<String>().map(String::as_str).or_else(|| why.downcast_ref().copied());
            text.unwrap_or("no text").to_owned()
        })
    }

    /// What is left of a life that failed once everything was left out that it fails without.
    fn shrunk(mut self, mut why: String) -> String {
        let seed = self.seed;
        let mut at = 0;
        while at < self.steps.len() {
            let mut without = self.clone();
            without.steps.remove(at);
            let mut calmer = self.clone();
            calmer.steps[at].accident = Accident::None;
            let is_calmer = !matches!(self.steps[at].accident, Accident::None);
            if let Some(still) = without.failure(&mut Seen::default()) {
                (self, why) = (without, still);
            } else if let Some(still) = is_calmer.then(|| calmer.failure(&mut Seen::default())).flatten() {
                (self, why) = (calmer, still);
                at += 1;
            } else {
                at += 1;
            }
        }
        format!("seed {seed}, shrunk to {self:#?}:\n{why}")
    }
}

/// A life that is lived.
struct Story<'a> {
    life: &'a Life,
    stage: Stage,
    desk: Desk,
    /// The panel in the other window, once there is one.
    other: Option<Desk>,
    /// The window of `desk`.
    window: &'static str,
    stranger: Option<(Stage, Picture)>,
    expected: Rc<RefCell<Expected>>,
    asked: Asked,
    /// What happens when the panel waits next.
    between: Cell<Option<Between>>,
    /// What somebody does after the next question was shown.
    after_question: Option<u64>,
    happened: Cell<bool>,
    so_far: Vec<String>,
}

impl<'a> Story<'a> {
    fn of(life: &'a Life) -> Self {
        let authentik = Authentik::demo(life.authentik, life.address, USERS, 1);
        let mailcow = Mailcow::demo(life.mailcow, MAILCOW, 1);
        let mut world = World::new(authentik, life.address, mailcow);
        let known: BTreeSet<String> = parts(&world.authentik, &world.mailcow).into_keys().collect();
        if life.half_made {
            world.authentik.add_half_made_attempt(MAILCOW);
            if life.authentik.has_grant_types() {
                // An empty list cannot be put back; that has its own test.
                world.authentik.state_mut().providers[0].grant_types = vec!["refresh_token".into()];
            }
        }
        let half_made = parts(&world.authentik, &world.mailcow).into_keys().filter(|name| !known.contains(name)).collect();
        add_wiki(&mut world);
        for mailbox in world.mailcow.state_mut().mailboxes.iter_mut().step_by(3) {
            // A switch takes these demands away, and switching back restores them.
            (mailbox.force_tfa, mailbox.force_pw_update) = (life.mailcow.force_tfa(), true);
        }
        let expected = Rc::new(RefCell::new(Expected::of(&world, &half_made)));
        let stage = Stage::over(world, life.seed);
        let desk = Desk::of(&stage);
        let story = Self {
            life,
            stage,
            desk,
            other: None,
            window: WINDOW,
            stranger: None,
            expected,
            asked: Asked::default(),
            between: Cell::default(),
            after_question: None,
            happened: Cell::default(),
            so_far: Vec::new(),
        };
        story.sign_in();
        story
    }

    /// Opens a panel in a window. It takes over what was kept, without that of the other window if that has a panel.
    fn open_panel(&self, window: &str, is_beside: bool) -> Desk {
        let others = ["journal", "mailboxes"].map(|kind| format!("{kind}.{}.", other_than(window)));
        let is_own = |name: &str| !is_beside || !others.iter().any(|other| name.starts_with(other));
        let kept = self.stage.sim.kept().into_iter().filter(|(name, _)| is_own(name)).collect();
        Desk::in_window(&self.stage, window, &kept)
    }

    fn draft(&self, random: &mut Rng) -> SetupDraft {
        let mut draft = draft_of(random, &self.stage);
        if self.life.moved {
            draft.previous_hosts = vec![OLD.to_owned()];
        }
        draft
    }

    fn tell(mut self, seen: &mut Seen) {
        if self.life.moved {
            let draft = SetupDraft { mailcow: OLD.to_owned(), ..draft_of(&mut Rng::with_seed(self.life.seed), &self.stage) };
            self.set_up(&draft);
            self.so_far.push("set up where mailcow was".into());
            self.check();
        }
        for step in &self.life.steps {
            let mut random = Rng::with_seed(step.seed);
            self.begin(&step.accident);
            let was_done = self.perform(step.deed, &mut random, seen);
            if was_done {
                *seen.done.entry(step.deed).or_default() += 1;
            }
            seen.accidents += usize::from(!matches!(step.accident, Accident::None));
            seen.between += usize::from(self.happened.take());
            self.check_theirs(step);
            seen.shown += usize::from(self.check_shown(step));
            self.so_far.push(format!("{:?} {}", step.deed, if was_done { "done" } else { "not done" }));
            self.peace();
            self.check();
            if random.u8(..4) == 0 {
                self.look(seen);
            }
        }
        self.repair(seen);
        self.take_back(seen);
    }

    fn so_far(&self) -> String {
        format!("{:?} {:?}: {}", self.life.authentik, self.life.mailcow, self.so_far.join("; "))
    }

    fn begin(&mut self, accident: &Accident) {
        match accident {
            Accident::None => {}
            Accident::Interruption(interruption) => self.stage.sim.interrupt(*interruption),
            Accident::Fault(fault) => self.stage.sim.world().faults.browser = vec![fault.clone()],
            Accident::Colleague { request, edit } => let_colleague_edit(&self.stage, &self.expected, *request, *edit),
            Accident::AfterQuestion { edit } => self.after_question = Some(*edit),
            Accident::Between { request, what } => {
                if matches!(what, Between::Elsewhere { .. }) {
                    self.meet_stranger();
                }
                self.stage.sim.hold_at(*request);
                self.between.set(Some(*what));
            }
        }
    }

    /// Somebody else's authentik and mailcow, as like ours as can be.
    fn meet_stranger(&mut self) {
        if self.stranger.is_some() {
            return;
        }
        let setting = Setting {
            address: "https://authentik.stranger.test",
            mailcow_address: "https://mailcow.stranger.test",
            users: USERS,
            seed: 2,
            half_made: true,
            ..Setting::default()
        };
        let stranger = setting.stage();
        let before = Picture::of(&stranger.sim.observe());
        self.stage.sim.meet(&stranger.sim);
        self.stranger = Some((stranger, before));
    }

    /// Tells the panel something, and everything that the browser notices because of it, as soon as it does: even while the panel is
    /// still at work.
    fn send(&mut self, event: Event) {
        let mut closes = false;
        let mut turns = 0;
        {
            let mut underway = vec![self.desk.begin(event)];
            while !closes && !underway.is_empty() {
                turns += 1;
                assert!(turns < MOST_TURNS, "{}: it does not come to an end", self.so_far());
                underway.retain_mut(|one| !one.go_on());
                // What comes to its end without waiting leaves it to what waits next.
                if !underway.is_empty()
                    && let Some(between) = self.between.take()
                {
                    self.happened.set(true);
                    closes = matches!(between, Between::PanelCloses);
                    underway.extend(self.happens(between).map(|event| self.desk.begin(event)));
                }
                underway.extend(std::iter::from_fn(|| self.desk.noticed()).map(|event| self.desk.begin(event)));
            }
        }
        if closes {
            self.reopen();
        }
    }

    /// Gives what the panel is told of it. What that leads to may wait for what is under way.
    fn happens(&self, between: Between) -> Option<Event> {
        let desk = &self.desk;
        match between {
            Between::Elsewhere { product, closed } => {
                let url = self.stage.sim.stranger().browser().page(product).to_owned();
                let tab = if closed { tab_of(product) } else { TabId(7) };
                if closed {
                    desk.tabs.lose(product, Lost::Ended);
                }
                desk.tabs.set_url(tab, &url);
                Some(Event::Click { tab, url })
            }
            Between::Forbidden => Some(Event::Policy { allowed: Some(Vec::new()) }),
            Between::TabCloses { product } => {
                desk.tabs.lose(product, Lost::Closed);
                None
            }
            Between::Cancelled => Some(Event::Cancel),
            Between::TimePasses => {
                self.stage.sim.pass_ms(1_800_000);
                Some(Event::Tick)
            }
            Between::PanelCloses => None,
            Between::Clicked { product } => {
                Some(Event::Click { tab: tab_of(product), url: self.stage.sim.browser().page(product).to_owned() })
            }
            Between::Loaded { product } => {
                desk.tabs.load(product);
                None
            }
            Between::Chosen => {
                let mut choice = desk.view().choice;
                choice.login_provisioning = !choice.login_provisioning;
                Some(Event::Choose { choice })
            }
        }
    }

    fn reopen(&mut self) {
        self.desk = self.open_panel(self.window, self.other.is_some());
    }

    fn go_to_other_window(&mut self) {
        let window = other_than(self.window);
        let there = self.other.take().unwrap_or_else(|| self.open_panel(window, true));
        self.other = Some(std::mem::replace(&mut self.desk, there));
        self.window = window;
    }

    /// Whether the deed was done as far as the panel let it be.
    fn perform(&mut self, deed: Deed, random: &mut Rng, seen: &mut Seen) -> bool {
        match deed {
            Deed::SetUp => {
                let draft = self.draft(random);
                self.set_up(&draft)
            }
            Deed::Undo => {
                self.click(Product::Authentik, random);
                self.agree(&Question::Undo)
            }
            Deed::Save => {
                self.click_both(random);
                self.agree(&Question::Save)
            }
            Deed::SaveByHand => self.save_by_hand(random),
            Deed::RestoreSettings => {
                self.click(Product::Mailcow, random);
                self.agree(&Question::Restore)
            }
            Deed::Rotate => {
                self.click_both(random);
                self.agree(&Question::Rotate)
            }
            Deed::Remove => {
                self.click_both(random);
                self.agree(&Question::Remove)
            }
            Deed::PutBack => {
                let can = self.desk.view().maintenance.can_restore;
                if can {
                    (self.asked.objects, self.asked.settings, self.asked.password_form) = (true, true, true);
                    self.click_both(random);
                    self.expected.borrow_mut().settle(&self.asked);
                    self.send(Event::RestoreRemoved);
                }
                can
            }
            Deed::SwitchWave | Deed::SwitchOne => self.switch(deed, random, seen),
            Deed::SwitchBack => {
                self.read_table(random);
                let one = self.asked.mailboxes.iter().next().cloned().filter(|_| random.bool());
                let back = Question::SwitchBack { address: one.unwrap_or_default() };
                self.agree(&if random.bool() { Question::SwitchBackWave } else { back })
            }
            Deed::HidePasswordForm => {
                self.read_table(random);
                self.agree(&Question::HidePasswordForm)
            }
            Deed::ShowPasswordForm => {
                self.read_table(random);
                self.agree(&Question::ShowPasswordForm)
            }
            Deed::Check => self.read_table(random),
            Deed::Explain => {
                self.click_both(random);
                self.send(Event::Explain);
                true
            }
            Deed::Arrivals => {
                self.read_table(random);
                self.send(Event::Go { section: Section::Arrivals });
                self.send(Event::ReadArrivals);
                true
            }
            Deed::SignIn => {
                let who = random.usize(..USERS);
                // That the page is not torn is their own browser's concern.
                self.stage.sim.world().faults.browser.clear();
                self.others(|stage| drop(try_to_sign_in(stage, who, "cowbell")));
                true
            }
            Deed::Colleague => {
                let mut world = self.stage.sim.world();
                let World { authentik, mailcow, .. } = &mut *world;
                edits(authentik, mailcow, random.u64(..), &mut self.expected.borrow_mut());
                true
            }
            Deed::Reopen => {
                self.send(Event::Closing);
                self.reopen();
                true
            }
            Deed::OtherWindow => {
                self.go_to_other_window();
                true
            }
        }
    }

    /// Clicks the icon unless the product is connected; now and then all the same.
    fn click(&mut self, product: Product, random: &mut Rng) {
        let view = self.desk.view();
        let connection = if product == Product::Authentik { &view.authentik } else { &view.mailcow };
        if connection.is_live() && random.u8(..4) != 0 {
            return;
        }
        let (tab, url) = (tab_of(product), self.stage.sim.browser().page(product).to_owned());
        self.send(Event::Click { tab, url });
    }

    fn click_both(&mut self, random: &mut Rng) {
        for product in BOTH {
            self.click(product, random);
        }
    }

    fn set_up(&mut self, draft: &SetupDraft) -> bool {
        self.click(Product::Authentik, &mut Rng::with_seed(0));
        self.send(Event::Edit { draft: Box::new(draft.clone()) });
        self.send(Event::Plan);
        let view = self.desk.view();
        // The administrator sees whose plan it is.
        let is_ours = matches!(&view.authentik, ConnectionView::Live { host } if self.life.address.contains(host.as_str()));
        if !is_ours || !matches!(view.run, RunView::Planned { outdated: false, .. }) {
            return false;
        }
        self.ask_for(draft);
        self.expected.borrow_mut().settle(&self.asked);
        self.colleague_after_question();
        self.send(Event::Apply);
        true
    }

    /// Another administrator changes something that the question shows or does not.
    fn colleague_after_question(&mut self) {
        let Some(edit) = self.after_question.take() else { return };
        let mut world = self.stage.sim.world();
        let World { authentik, mailcow, .. } = &mut *world;
        edits(authentik, mailcow, edit, &mut self.expected.borrow_mut());
        self.happened.set(true);
    }

    /// Notes whom a plan may write to.
    fn ask_for(&mut self, draft: &SetupDraft) {
        self.asked.objects = true;
        let world = self.stage.sim.observe();
        let state = world.authentik.state();
        if let VerifiedBy::GroupAttribute { group } = &draft.verified_by {
            self.asked.groups.insert(group.clone());
        }
        let chosen = state.users.iter().filter(|user| match &draft.audience {
            Audience::All => true,
            Audience::Users { users } => users.contains(&user.pk),
            Audience::Groups { groups } => {
                state.with_ancestors(&user.groups).iter().any(|group| groups.contains(&group.to_string()))
            }
        });
        self.asked.users.extend(chosen.map(|user| user.pk));
    }

    /// Asks a question, and says yes if it can be answered.
    fn agree(&mut self, question: &Question) -> bool {
        self.send(Event::Ask { question: question.clone() });
        let Some(shown) = self.desk.view().question.filter(|view| view.question == *question && view.is_ready) else {
            return false;
        };
        self.note(question);
        let takes_back =
            matches!(question, Question::Undo | Question::Restore | Question::SwitchBack { .. } | Question::SwitchBackWave);
        if !takes_back {
            self.expected.borrow_mut().settle(&self.asked);
        }
        self.colleague_after_question();
        self.send(Event::Confirm { shown: Box::new(shown) });
        true
    }

    /// Notes what a question lets Cowbell change.
    fn note(&mut self, question: &Question) {
        let asked = &mut self.asked;
        match question {
            Question::Undo => asked.objects = true,
            Question::Save | Question::Restore => asked.settings = true,
            Question::Rotate => (asked.objects, asked.settings) = (true, true),
            Question::Remove => {
                (asked.objects, asked.settings, asked.password_form) = (true, true, true);
                self.expected.borrow_mut().release(&bindings(&self.stage.sim.observe()));
            }
            Question::Switch { address } => drop(asked.mailboxes.insert(address.clone())),
            Question::SwitchWave => {
                let rows = self.desk.panel.find_wave(0, usize::MAX).rows;
                asked.mailboxes.extend(rows.into_iter().map(|row| row.address));
            }
            // Only what was switched before.
            Question::SwitchBack { .. } | Question::SwitchBackWave => {}
            Question::HidePasswordForm | Question::ShowPasswordForm => asked.password_form = true,
        }
    }

    fn save_by_hand(&mut self, random: &mut Rng) -> bool {
        self.click_both(random);
        self.send(Event::Fill);
        let is_filled = self.desk.view().work.filled.is_some();
        if is_filled && self.desk.tabs.form().present {
            self.asked.settings = true;
            self.expected.borrow_mut().settle(&self.asked);
            let body = self.desk.tabs.save_body();
            let sim = &self.stage.sim;
            sim.browser().post_json(&mut sim.world(), &format!("{MAILCOW}/api/v1/edit/identity-provider"), &body);
            self.desk.tabs.load(Product::Mailcow);
            if let Some(event) = self.desk.noticed() {
                self.send(event);
            }
        }
        is_filled
    }

    /// Reads who can sign in; gives whether there is a table.
    fn read_table(&mut self, random: &mut Rng) -> bool {
        self.click_both(random);
        self.send(Event::Go { section: Section::Readiness });
        self.send(Event::Check);
        matches!(self.desk.view().readiness, ReadinessStatus::Done { .. })
    }

    fn switch(&mut self, deed: Deed, random: &mut Rng, seen: &mut Seen) -> bool {
        if !self.read_table(random) {
            return false;
        }
        self.send(Event::Go { section: Section::Switch });
        self.send(Event::ReadPeople);
        let is_read = |desk: &Desk| match desk.view().readiness {
            ReadinessStatus::Done { people, .. } => matches!(people, RequestedView::Done(_)),
            _ => false,
        };
        if !is_read(&self.desk) {
            return false;
        }
        let rows = self.desk.panel.find_people("", 0, usize::MAX).rows;
        let one = (!rows.is_empty()).then(|| rows[random.usize(..rows.len())].address.clone());
        let before = self.asked.mailboxes.len();
        let was_done = match (deed, one) {
            (_, None) => false,
            (Deed::SwitchOne, Some(address)) => self.agree(&Question::Switch { address }),
            (_, Some(address)) => {
                match random.u8(..3) {
                    0 => self.send(Event::PickReady),
                    1 => self.send(Event::PickFound { text: String::new() }),
                    _ => self.send(Event::PickNobody),
                }
                self.send(Event::Pick { address });
                self.agree(&Question::SwitchWave)
            }
        };
        seen.switched += self.asked.mailboxes.len() - before;
        was_done
    }

    /// Somebody else does something to the products.
    fn others(&self, act: impl FnOnce(&Stage)) {
        let all = |stage: &Stage| {
            let world = stage.sim.observe();
            parts(&world.authentik, &world.mailcow)
        };
        let before = all(&self.stage);
        act(&self.stage);
        self.expected.borrow_mut().changed_by(&before, &all(&self.stage));
    }

    fn sign_in(&self) {
        self.stage.sign_in("akadmin");
        self.stage.sim.browser().sign_in_to_mailcow(&mut self.stage.sim.world());
    }

    /// Nothing goes wrong any more, and the administrator is back and signed in.
    fn peace(&mut self) {
        self.between.set(None);
        self.after_question = None;
        let sim = &self.stage.sim;
        sim.interrupt(Interruptions::default());
        sim.hold_at(usize::MAX);
        sim.click();
        {
            let mut world = sim.world();
            world.faults.browser.clear();
            world.before_request(|_, _, _, _| {});
        }
        self.sign_in();
        for product in BOTH {
            let page = sim.browser().page(product).to_owned();
            self.desk.tabs.set_url(tab_of(product), &page);
        }
        self.send(Event::Policy { allowed: None });
        self.send(Event::Withdraw);
        // Whatever happened to the tabs: they are loaded anew.
        for product in BOTH {
            let (tab, url) = (tab_of(product), self.stage.sim.browser().page(product).to_owned());
            self.send(Event::Click { tab, url });
        }
    }

    /// What others have changed is as they left it.
    fn check_theirs(&self, step: &Step) {
        // What changes between Cowbell's last look and its next request, nobody can see.
        if matches!(step.accident, Accident::Colleague { .. }) {
            self.expected.borrow_mut().excuse_overwritten(&self.stage.sim.observe());
        }
        let overwritten = self.expected.borrow().overwritten(&self.stage.sim.observe());
        assert!(overwritten.is_empty(), "{}; {step:?}: overwritten: {overwritten:#?}", self.so_far());
    }

    /// What is shown as the state of both sides is what another look at them finds. Gives whether there was anything to compare.
    fn check_shown(&mut self, step: &Step) -> bool {
        let is_ours = !matches!(step.deed, Deed::SignIn | Deed::Colleague | Deed::Reopen | Deed::OtherWindow);
        if !is_ours || !step.accident.is_harmless() || !matches!(self.desk.view().check, CheckStatus::Done { .. }) {
            return false;
        }
        // In People, what a switch has changed is not checked again.
        self.send(Event::Go { section: Section::Check });
        let CheckStatus::Done { findings: shown } = self.desk.view().check else {
            panic!("{}; {step:?}: no check", self.so_far());
        };
        self.between.set(None);
        let of_table = |desk: &Desk| match desk.view().readiness {
            ReadinessStatus::Done { view, .. } => Some(ReadinessView { read_at_ms: 0, ..view }),
            _ => None,
        };
        let table = of_table(&self.desk);
        self.send(Event::Check);
        let CheckStatus::Done { findings } = self.desk.view().check else {
            panic!("{}; {step:?}: no check", self.so_far());
        };
        assert_eq!(shown, findings, "{}; {step:?}: what was shown of both sides", self.so_far());
        if let Some(table) = table {
            self.send(Event::Go { section: Section::Readiness });
            assert_eq!(Some(table), of_table(&self.desk), "{}; {step:?}: what was shown of users", self.so_far());
        }
        true
    }

    /// What holds at every moment.
    fn check(&mut self) {
        let so_far = self.so_far();
        let world = self.stage.sim.observe();
        let harm = self.expected.borrow().harm(&world, &self.asked);
        assert!(harm.is_empty(), "{so_far}: nobody has asked for {harm:#?}");
        assert_nothing_is_there_twice(&world, &so_far);
        let secrets = secrets(&world);
        for text in self.stage.sim.kept().values() {
            assert_no_secret(&secrets, text, &format!("{so_far}: what is kept"));
        }
        let shown = serde_json::to_string(&self.desk.view()).expect("serialises");
        assert_no_secret(&secrets, &shown, &format!("{so_far}: the panel"));
        for sent in self.stage.sim.sent() {
            if sent.by_stranger {
                assert!(!sent.is_write(), "{so_far}: written at a stranger's: {sent:?}");
                assert_no_secret(&secrets, &sent.body, &format!("{so_far}: a request of a stranger's page"));
            } else {
                assert!(is_listed(sent.method, &sent.url, self.life.address), "{so_far}: {sent:?}");
            }
            if let Some((_, user)) = sent.is_write().then(|| sent.path().split_once("core/users/")).flatten() {
                let pk = user.trim_end_matches('/').parse().unwrap_or_default();
                assert!(self.asked.users.contains(&pk), "{so_far}: nobody has asked to write to user {pk}");
            }
        }
        if let Some((stranger, before)) = &self.stranger {
            Picture::of(&stranger.sim.observe()).assert_same(before, &so_far);
        }
        drop(world);
        self.stage.sim.forget();
    }

    /// What the table says of somebody is what a sign-in does. Gives what makes every sign-in fail, as the table has it.
    fn look(&mut self, seen: &mut Seen) -> Option<Vec<Finding>> {
        self.send(Event::Go { section: Section::Readiness });
        self.send(Event::Check);
        let view = self.desk.view();
        let ReadinessStatus::Done { view: table, .. } = view.readiness else { return None };
        let rows = self.desk.panel.find_readiness("", 0, usize::MAX).rows;
        let copy = self.stage.copy();
        for who in PEOPLE {
            let Some(row) = rows.iter().find(|row| row.username == username(who)) else { continue };
            *seen.tried.entry(format!("{:?}", row.outcome)).or_default() += 1;
            if table.planned || row.outcome == Outcome::Unknown {
                continue;
            }
            let is_in = matches!(row.outcome, Outcome::SignsIn | Outcome::NewMailbox);
            assert_eq!(is_in, gets_in(&copy, who), "{}: {who}: {row:?} {:?}", self.so_far(), table.problems);
        }
        Some(table.problems)
    }

    /// Set up and saved once more, both sides fit together.
    fn repair(&mut self, seen: &mut Seen) {
        let draft = SetupDraft { mailcow: MAILCOW.to_owned(), ..self.draft(&mut Rng::with_seed(self.life.seed)) };
        self.click_both(&mut Rng::with_seed(0));
        let planned = self.set_up(&draft);
        let run = self.desk.view().run;
        assert!(planned, "{}: nothing can be planned: {run:?}", self.so_far());
        self.so_far.push("set up for the last time".into());
        self.check();
        let RunView::Applied { report } = run else { panic!("{}: {run:?}", self.so_far()) };
        assert!(report.error.is_none() && report.in_sync, "{}: {report:?}", self.so_far());
        self.agree(&Question::Save);
        self.so_far.push("saved for the last time".into());
        self.check();
        let problems = self.look(seen);
        let view = self.desk.view();
        if view.work.error.is_some() && has_another_provider(&self.stage.sim.observe()) {
            // mailcow refuses any other settings then, and the panel says why.
            return;
        }
        assert_eq!(problems, Some(Vec::new()), "{}: {:?} {:?}", self.so_far(), view.work, view.readiness);
        seen.repaired += 1;
    }

    /// What Cowbell has done is taken back; in a calm life nothing is left of it.
    fn take_back(&mut self, seen: &mut Seen) {
        let mut random = Rng::with_seed(self.life.seed);
        self.read_table(&mut random);
        self.agree(&Question::SwitchBack { address: String::new() });
        self.agree(&Question::ShowPasswordForm);
        self.agree(&Question::Restore);
        self.agree(&Question::Undo);
        self.so_far.push("taken back".into());
        self.check();
        let view = self.desk.view();
        let is_calm = self.life.steps.iter().all(|step| {
            let is_ours = !matches!(
                step.deed,
                Deed::Remove | Deed::PutBack | Deed::Rotate | Deed::Reopen | Deed::Colleague | Deed::OtherWindow
            );
            // What became of a request without an answer is looked for.
            is_ours && matches!(step.accident, Accident::None | Accident::Interruption(Interruptions { lose: Some(_), .. }))
        });
        if is_calm {
            let mut rest = self.expected.borrow().rest(&self.stage.sim.observe());
            // What undo says that it has left.
            let RunView::Undone { report } = &view.run else { panic!("{}: {:?}", self.so_far(), view.run) };
            let world = self.stage.sim.observe();
            let left: Vec<String> = report.skipped.iter().flat_map(|skipped| named(&world, &skipped.name)).collect();
            rest.retain(|part| !left.iter().any(|object| part.starts_with(object)));
            let is_by_hand = self.life.steps.iter().any(|step| step.deed == Deed::SaveByHand);
            // mailcow keeps a provider that mailboxes use, and the panel says why.
            let is_kept = view.work.error.is_some();
            assert!(!is_kept || is_used(&self.stage.sim.observe()), "{}: {:?}", self.so_far(), view.work);
            // What the administrator has saved by hand is what was there before Cowbell's own save, if it was something else.
            if is_kept || is_by_hand {
                rest.retain(|part| !part.starts_with("setting "));
            }
            assert!(rest.is_empty(), "{}: {rest:#?} is left of {:?}", self.so_far(), view.run);
            seen.taken_back += 1;
        }
    }
}

/// Whether mailboxes sign in with the identity provider.
fn is_used(world: &World) -> bool {
    world.mailcow.state().mailboxes.iter().any(|mailbox| mailbox.authsource == "generic-oidc")
}

/// Whether a mailbox signs in with another identity provider than the one of this integration.
fn has_another_provider(world: &World) -> bool {
    world.mailcow.state().mailboxes.iter().any(|mailbox| !["mailcow", "generic-oidc"].contains(&mailbox.authsource.as_str()))
}

fn other_than(window: &str) -> &'static str {
    if window == WINDOW { OTHER_WINDOW } else { WINDOW }
}

fn tab_of(product: Product) -> TabId {
    match product {
        Product::Authentik => AUTHENTIK_TAB,
        Product::Mailcow => MAILCOW_TAB,
    }
}

/// Another program that signs its users in with authentik.
fn add_wiki(world: &mut World) {
    use cowbell_standins::authentik::state::{Application, Binding, Bound};
    let state = world.authentik.state_mut();
    let group = state.groups.values().next().expect("a group").pk;
    let (pk, binding) = (state.ids.uuid(), state.ids.uuid());
    state.applications.push(Application::new(pk, "Wiki", "wiki"));
    state.bindings.push(Binding::new(binding, pk, Bound::Group(group)));
}

/// Never two objects for one wish.
fn assert_nothing_is_there_twice(world: &World, so_far: &str) {
    let state = world.authentik.state();
    let own = state.mappings.iter().filter(|mapping| mapping.managed.is_none());
    let scopes: BTreeSet<_> = own.clone().map(|mapping| &mapping.scope_name).collect();
    assert_eq!(own.count(), scopes.len(), "{so_far}: a mapping is there twice");
    assert!(state.providers.len() <= 1, "{so_far}: a provider is there twice");
    assert!(state.applications.len() <= 2, "{so_far}: an application is there twice");
    let bound: BTreeSet<_> = state.bindings.iter().map(|binding| format!("{:?}", (binding.target, binding.bound))).collect();
    assert_eq!(bound.len(), state.bindings.len(), "{so_far}: bound twice");
}
