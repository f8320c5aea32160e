//! Nobody is harmed, decided by one seed: two products in any state, a panel that does one thing after the other, each met by an
//! accident. After each of them a sign-in that went through goes through, or Check or the table names what is in its way, and a
//! set-up that is saved brings it back. What the table says of somebody is held against their sign-in in every state on the way.
//!
//! `COWBELL_SEED=17 cargo test --test integration working` repeats one seed, `COWBELL_SEEDS=10000` tries more of them.

use std::cell::Cell;
use std::collections::BTreeMap;

use cowbell::app::{Error, ReadinessQuery, Switching};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Remark, SetupDraft};
use cowbell::setup::{Access, Audience};
use cowbell::verify::readiness::Outcome;
use cowbell::verify::{Finding, Severity};
use cowbell_standins::authentik::state::{Binding, Bound};
use cowbell_standins::world::faults::Fault;
use cowbell_standins::world::{Product, World};
use fastrand::Rng;

use crate::readiness::PROBLEMS;
use crate::remedies::gets_in;
use crate::sign_ins::{ALIAS_USER, Change, MAILBOX_USER, NEWCOMER, REFUSED, username};
use crate::simulation::{draft_of, interruption, products, random_fault, seeds};
use crate::support::stage::{Setting, Stage};
use crate::support::{Interruptions, Succeeds as _, everybody, remove, run};

/// Runs of the quick test.
const SEEDS: u64 = 150;

/// Whose sign-ins are tried: without a mailbox, with one that has a password, with an alias, with one that was switched.
const PEOPLE: [usize; 4] = [NEWCOMER, MAILBOX_USER, ALIAS_USER, SETTLED];

/// Somebody whose mailbox signs in with authentik.
const SETTLED: usize = 1;

/// What the administrator does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    SetUp,
    Undo,
    Save,
    /// With mailcow alone, after the client secret was discarded.
    SaveUnknown,
    RestoreSettings,
    Rotate,
    Remove,
    RestoreRemoved,
    Switch,
    SwitchBack,
}

const DEEDS: [Deed; 10] = [
    Deed::SetUp,
    Deed::Undo,
    Deed::Save,
    Deed::SaveUnknown,
    Deed::RestoreSettings,
    Deed::Rotate,
    Deed::Remove,
    Deed::RestoreRemoved,
    Deed::Switch,
    Deed::SwitchBack,
];

#[test]
fn a_sign_in_that_went_through_goes_through_or_what_is_in_its_way_is_named_and_mended() {
    let mut seen = Seen::default();
    for seed in seeds(SEEDS) {
        Story::new(seed).tell(&mut seen);
    }
    if seeds(SEEDS).count() as u64 >= SEEDS {
        seen.assert_enough();
    }
}

/// How often the interesting things happened, lest the test proves nothing.
#[derive(Debug, Default)]
struct Seen {
    stayed: usize,
    lost_and_named: usize,
    by_outcome: BTreeMap<String, usize>,
}

impl Seen {
    fn assert_enough(&self) {
        assert!(self.stayed > 100 && self.lost_and_named > 15, "{self:?}");
        let of = |outcome: Outcome| self.by_outcome.get(&format!("{outcome:?}")).copied().unwrap_or_default();
        assert!(
            of(Outcome::SignsIn) > 30 && of(Outcome::NewMailbox) > 100 && of(Outcome::NotSwitched) + of(Outcome::Refused) > 100,
            "{self:?}"
        );
    }
}

/// What somebody has bound to the application.
const BINDINGS: [(&str, Change); 3] = [
    ("everybody's group, negated", |world| bind(world, "staff", true)),
    ("a small group", |world| bind(world, "board", false)),
    ("two groups, and both are needed", |world| {
        bind(world, "board", false);
        bind(world, "sales", false);
        for application in &mut world.authentik.state_mut().applications {
            application.needs_all = true;
        }
    }),
];

fn bind(world: &mut World, group: &str, negate: bool) {
    let state = world.authentik.state_mut();
    let group = state.group_named(group).expect("a group").pk;
    let (pk, target) = (state.ids.uuid(), state.applications[0].pk);
    state.bindings.push(Binding { negate, ..Binding::new(pk, target, Bound::Group(group)) });
}

struct Story {
    seed: u64,
    random: Rng,
    stage: Stage,
    draft: SetupDraft,
    so_far: Vec<String>,
    /// Whether the last plan said that users outside the chosen groups lose access.
    restricted: Cell<bool>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let (address, authentik, mailcow) = products(&mut random);
        let half_made = random.u8(..4) == 0;
        // Seed 1 is whose names and addresses the other tests know.
        let stage = Setting { authentik, mailcow, address, users: 40, half_made, seed: 1, ..Setting::default() }.stage();
        // As long as there is such a mailbox, nothing is removed.
        if random.bool() {
            stage.sim.world().mailcow.state_mut().mailboxes[SETTLED].authsource = "generic-oidc".into();
        }
        let mut draft = draft_of(&mut random, &stage);
        if random.u8(..3) == 0 {
            let board = stage.sim.observe().authentik.state().group_named("board").expect("a group").pk.to_string();
            draft.access = Some(Access::Groups { groups: vec![board] });
        }
        let mut story =
            Self { seed, random, stage, draft, so_far: vec![format!("{authentik:?}, {mailcow:?}")], restricted: Cell::default() };
        if !half_made && story.random.u8(..4) != 0 {
            story.begin_connected();
        }
        story
    }

    /// Somebody has connected both, and perhaps something was spoilt since.
    fn begin_connected(&mut self) {
        let theirs = draft_of(&mut self.random, &self.stage);
        self.stage.done(&theirs);
        self.stage.observe_mailcow().succeeds();
        run(self.stage.app.save_for_me(&MailcowChoice::default())).succeeds();
        if self.random.bool() {
            self.stage = self.stage.copy();
        }
        self.so_far.push(format!("connected by {theirs:?}"));
        if self.random.bool() {
            self.spoil();
        }
    }

    fn spoil(&mut self) {
        let (name, change): (&str, Change) = match self.random.u8(..3) {
            0 => self.random.choice(PROBLEMS.map(|(name, change, _)| (name, change))).expect("one"),
            1 => self.random.choice(REFUSED.map(|(name, _, change, ..)| (name, change))).expect("one"),
            _ => self.random.choice(BINDINGS).expect("one"),
        };
        change(&mut self.stage.sim.world());
        self.so_far.push(format!("spoilt: {name}"));
    }

    fn tell(mut self, seen: &mut Seen) {
        let mut before = self.who_gets_in();
        for _ in 0..self.random.usize(2..=5) {
            let deed = *self.random.choice(&DEEDS).expect("one");
            let accident = self.accident();
            let outcome = self.perform(deed);
            self.so_far.push(format!("{deed:?} with {accident} → {outcome}"));
            self.peace();
            let after = self.who_gets_in();
            let lost: Vec<usize> = PEOPLE.into_iter().filter(|who| before[who] && !after[who]).collect();
            seen.stayed += PEOPLE.iter().filter(|who| before[who] && after[who]).count();
            let said = self.look(&after, seen);
            for who in &lost {
                let is_said = said.contains(who) || (self.restricted.get() && !self.is_meant(*who));
                assert!(is_said, "{}: {who} lost their sign-in and nothing says so", self.so_far());
                seen.lost_and_named += 1;
            }
            before = after;
            if !lost.is_empty() && self.random.bool() {
                self.mend(&lost);
                before = self.who_gets_in();
            }
            if self.random.u8(..4) == 0 {
                self.stage.reopen_panel();
                self.so_far.push("panel opened anew".into());
            }
        }
    }

    fn so_far(&self) -> String {
        format!("seed {}: {:?}: {}", self.seed, self.draft, self.so_far.join("; "))
    }

    /// Who ends in a mailbox, tried in copies of both products.
    fn who_gets_in(&self) -> BTreeMap<usize, bool> {
        PEOPLE.into_iter().map(|who| (who, gets_in(&self.stage.copy(), who))).collect()
    }

    fn accident(&mut self) -> String {
        let when = self.random.u32(0..60);
        let random = &mut self.random;
        match random.u8(..10) {
            0 | 1 => {
                let interruption = interruption(random, when as usize);
                self.stage.sim.interrupt(interruption);
                format!("{interruption:?}")
            }
            2..=5 => {
                let product = if random.bool() { Product::Authentik } else { Product::Mailcow };
                let fault = Fault::on(product, "/", random_fault(random)).skip(when / 2).times(random.u32(1..8));
                let what = format!("{fault:?}");
                self.stage.sim.world().faults.browser = vec![fault];
                what
            }
            _ => "no accident".into(),
        }
    }

    fn perform(&self, deed: Deed) -> String {
        let (app, choice) = (&self.stage.app, MailcowChoice::default());
        self.restricted.set(false);
        // A click in both tabs comes before everything else.
        let both = || {
            self.stage.observe()?;
            run(app.read_registration(&self.draft)).ok();
            self.stage.observe_mailcow()
        };
        let outcome = match deed {
            Deed::SetUp => self.set_up(),
            Deed::Undo => self.stage.observe().and_then(|_| self.stage.undo()).map(drop),
            Deed::Save => both().and_then(|_| run(app.save_for_me(&choice))).map(drop),
            Deed::SaveUnknown => both().and_then(|_| {
                app.discard_secret();
                run(app.save_for_me(&choice)).map(drop)
            }),
            Deed::RestoreSettings => run(app.restore_mailcow(&choice)).map(drop),
            Deed::Rotate => both().and_then(|_| run(app.rotate_secret())).map(drop),
            Deed::Remove => both().and_then(|_| run(remove(app))),
            Deed::RestoreRemoved => run(app.restore_removed()).map(drop),
            Deed::Switch | Deed::SwitchBack => both().and_then(|_| {
                run(app.read_users(&mut |_, _| {}))?;
                run(app.read_readiness(&self.draft, &choice, &mut |_, _| {}))?;
                let wave = everybody(app);
                let which = if matches!(deed, Deed::Switch) { Switching::Wave(&wave) } else { Switching::Back };
                run(app.switch_mailboxes(which, &mut |_, _| {})).map(drop)
            }),
        };
        outcome.map_or_else(
            |error| {
                let finding = Finding::from(&error);
                assert!(finding.is_complete(), "{}: {finding:?}", self.so_far());
                format!("{:?}", finding.code)
            },
            |()| "done".into(),
        )
    }

    /// Clicks, plans and applies. Whoever is outside the chosen groups loses what they had, and the plan says so.
    fn set_up(&self) -> Result<(), Error> {
        self.stage.observe()?;
        let plan = self.stage.plan(&self.draft)?;
        let mut remarks = plan.changes.iter().flat_map(|change| &change.remarks);
        self.restricted.set(remarks.any(|remark| *remark == Remark::AccessRestricted));
        self.stage.apply(&self.draft).map(drop)
    }

    /// Nothing goes wrong any more, and the administrator is signed in to both.
    fn peace(&self) {
        self.stage.sim.interrupt(Interruptions::default());
        self.stage.sim.click();
        self.stage.sim.world().faults.browser.clear();
        self.stage.sign_in("akadmin");
        self.stage.sim.browser().sign_in_to_mailcow(&mut self.stage.sim.world());
    }

    /// Looks at Check and table as the administrator does. Gives those of whom either says that something is in their way; what the
    /// table says of each is true.
    fn look(&self, gets_in: &BTreeMap<usize, bool>, seen: &mut Seen) -> Vec<usize> {
        let (app, choice) = (&self.stage.app, MailcowChoice::default());
        let draft = SetupDraft { audience: Audience::All, ..self.draft.clone() };
        self.stage.observe().succeeds();
        let registered = run(app.read_registration(&draft));
        self.stage.observe_mailcow().succeeds();
        run(app.read_users(&mut |_, _| {})).succeeds();
        let checked = run(app.check(&draft, &choice)).findings;
        assert!(checked.iter().all(Finding::is_complete), "{}: {checked:?}", self.so_far());
        let is_wrong = checked.iter().any(|finding| finding.severity == Severity::Problem);
        let table = run(app.read_readiness(&draft, &choice, &mut |_, _| {}));
        let Ok(table) = table else {
            // Where nothing is set up there is nobody to show.
            assert!(is_wrong || registered.is_err(), "{}: {table:?}", self.so_far());
            return PEOPLE.to_vec();
        };
        // Of settings that mailcow does not have yet Check only says that they are missing.
        for problem in table.problems.iter().filter(|_| !table.planned) {
            let is_known = checked.iter().any(|finding| (finding.code, finding.field) == (problem.code, problem.field));
            assert!(is_known, "{}: Check does not know {problem:?}", self.so_far());
        }
        let query = ReadinessQuery { text: String::new(), outcome: None, reason: None, offset: 0, limit: usize::MAX };
        let rows = app.find_readiness(&query).succeeds().rows;
        let mut said = Vec::new();
        for who in PEOPLE {
            let row = rows.iter().find(|row| row.username == username(who));
            let outcome = row.map_or(Outcome::Unknown, |row| row.outcome);
            *seen.by_outcome.entry(format!("{outcome:?}")).or_default() += 1;
            let is_in = matches!(outcome, Outcome::SignsIn | Outcome::NewMailbox);
            // Before mailcow has stored anything the table tells what will be.
            if !table.planned && outcome != Outcome::Unknown {
                assert_eq!(is_in, gets_in[&who], "{}: {who}: {row:?} {:?}", self.so_far(), table.problems);
            }
            // A problem that Check names somewhere is none that names what is in the way of this person.
            if table.planned || (row.is_some() && !is_in) || !table.problems.is_empty() {
                said.push(who);
            }
        }
        said
    }

    /// What the panel leads to: the set-up is made anew and saved, and mailboxes with a password are switched. Afterwards whoever
    /// may sign in can.
    fn mend(&mut self, lost: &[usize]) {
        let choice = MailcowChoice::default();
        self.stage.done(&self.draft);
        self.stage.observe_mailcow().succeeds();
        run(self.stage.app.save_for_me(&choice)).succeeds();
        self.perform(Deed::Switch);
        self.so_far.push("mended".into());
        let now = self.who_gets_in();
        for who in lost {
            assert!(now[who] || !self.is_meant(*who), "{}: {who} is still out", self.so_far());
        }
    }

    /// Whether the set-up is for somebody.
    fn is_meant(&self, who: usize) -> bool {
        let Some(Access::Groups { groups }) = &self.draft.access else { return true };
        let world = self.stage.sim.observe();
        let state = world.authentik.state();
        let user = state.users.named(&username(who)).expect("a user");
        user.groups.iter().any(|group| groups.contains(&group.to_string()))
    }
}
