//! Whole runs with accidents, each decided by one seed: a random installation, random faults, a tab that goes, a session that ends,
//! another administrator who edits. Whatever happened, the job can be finished or taken back, and a few things hold at every moment.
//!
//! A failure names its seed: `COWBELL_SEED=17 cargo test --test integration simulation` repeats it alone,
//! `COWBELL_SEEDS=10000` tries more of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use cowbell::app::{Error, ReportView, UndoView};
use cowbell::authentik::api::Base;
use cowbell::plan::{Journals, Kind, SetupDraft};
use cowbell::setup::{Access, Audience, TemplateRule, VerifiedBy};
use cowbell::transport::Method;
use cowbell_standins::authentik::Profile;
use cowbell_standins::mailcow;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::support::picture::{Picture, assert_no_secret, other_attributes, secrets};
use crate::support::stage::{MAILCOW, Setting, Stage, WINDOW, draft};
use crate::support::{Interruptions, Lost};

/// Runs of the quick test.
const SEEDS: u64 = 150;

/// Attempts before an accident-prone run is finished in peace.
const ATTEMPTS: usize = 4;

#[test]
fn whatever_happens_nothing_is_lost() {
    seeds(SEEDS).for_each(|seed| Story::new(seed).tell());
}

/// The one that the environment asks for, or those (`1000..2000`) or as many as it asks for, else as many as the quick test tries.
pub(crate) fn seeds(quick: u64) -> Range<u64> {
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let asked = |name: &str| std::env::var(name).ok();
    if let Some(seed) = asked("COWBELL_SEED").map(|text| number(&text)) {
        return seed..seed + 1;
    }
    let Some(text) = asked("COWBELL_SEEDS") else { return 0..quick };
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

struct Story {
    seed: u64,
    random: Rng,
    stage: Stage,
    draft: SetupDraft,
    before: Picture,
    /// Whom another administrator edited.
    edited: Rc<RefCell<BTreeSet<i64>>>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let address = if random.bool() { "https://authentik.company" } else { "https://login.example/sso" };
        let authentik = *random.choice(Profile::ALL.iter()).expect("a profile");
        // Seldom more than one page.
        let users = if random.u8(..10) == 0 { random.usize(100..130) } else { random.usize(..25) };
        let setting = Setting { authentik, address, users, half_made: random.bool(), seed, ..Setting::default() };
        let stage = setting.stage();
        if authentik.has_grant_types() && setting.half_made {
            // An empty list cannot be put back; that has its own test.
            stage.sim.world().authentik.state_mut().providers[0].grant_types = vec!["refresh_token".into()];
        }
        let draft = draft_of(&mut random, &stage);
        let before = Picture::of(&stage.sim.observe());
        Self { seed, random, stage, draft, before, edited: Rc::default() }
    }

    fn tell(mut self) {
        let undo_only = self.random.bool();
        for _ in 0..self.random.usize(1..=ATTEMPTS) {
            self.accidents();
            if let Ok(report) = self.attempt() {
                self.check_report(&report);
            }
            self.check();
            if self.random.u8(..4) == 0
                && let Ok(view) = self.try_undo()
            {
                self.check_undone(&view);
                self.check();
            }
            if self.random.bool() {
                self.stage.reopen_panel();
            }
        }
        self.peace();
        if !undo_only {
            let report = self.stage.whole_run(&self.draft).unwrap_or_else(|finding| self.fail(&format!("{finding:?}")));
            assert!(report.error.is_none(), "seed {}: {report:?}", self.seed);
            self.check();
        }
        self.stage.observe().unwrap_or_else(|finding| self.fail(&format!("{finding:?}")));
        let undone = self.stage.undo().unwrap_or_else(|finding| self.fail(&format!("{finding:?}")));
        assert!(undone.error.is_none(), "seed {}: {undone:?}", self.seed);
        self.check_end(&undone);
    }

    fn fail(&self, why: &str) -> ! {
        panic!("seed {}: {why}", self.seed)
    }

    fn attempt(&self) -> Result<ReportView, Error> {
        self.stage.whole_run(&self.draft)
    }

    fn try_undo(&self) -> Result<UndoView, Error> {
        self.stage.observe()?;
        self.stage.undo()
    }

    /// What may go wrong until [`Self::peace`].
    fn accidents(&mut self) {
        self.peace();
        let random = &mut self.random;
        let when = random.u32(0..120);
        match random.u8(0..8) {
            0..=2 => self.stage.sim.interrupt(interruption(random, when as usize)),
            3 => self.fault(FaultKind::SignedOut, when, None),
            4 => self.edit_while_it_runs(when),
            _ => {
                let kind = random_fault(random);
                let times = Some(random.u32(1..8));
                self.fault(kind, when, times);
            }
        }
    }

    fn fault(&self, kind: FaultKind, skip: u32, count: Option<u32>) {
        let fault = Fault { count, ..Fault::on(Product::Authentik, "/", kind).skip(skip) };
        self.stage.sim.world().faults.browser = vec![fault];
    }

    /// Another administrator changes attributes of users just before Cowbell reads them again.
    fn edit_while_it_runs(&self, when: u32) {
        let (edited, mut left) = (self.edited.clone(), when);
        self.stage.sim.world().before_request(move |authentik, _, product, request| {
            let path = request.uri().path_and_query().map_or("", |path| path.as_str());
            let page = path.split_once("&page=").filter(|(before, _)| before.contains("/core/users/?"));
            left = left.saturating_sub(1);
            let Some((_, page)) = page.filter(|_| left == 0 && product == Product::Authentik) else { return };
            let page: usize = page.split('&').next().and_then(|page| page.parse().ok()).expect("a number");
            let state = authentik.state_mut();
            // Somebody on the page that is read now: between that and the write nobody can look again.
            let from = (page - 1) * 100;
            let at = from + edited.borrow().len() * 7 % (state.users.len() - from).clamp(1, 100);
            let Some(pk) = state.users.iter().nth(at).map(|user| user.pk) else { return };
            if edited.borrow_mut().insert(pk) {
                let user = state.users.get_mut(pk).expect("a user");
                user.attributes.insert("edited".into(), json!({"by": "somebody else"}));
            }
        });
    }

    /// The users as they were at the beginning, with what other administrators did to them.
    fn expected_users(&self) -> BTreeMap<i64, String> {
        let edited = self.edited.borrow();
        let mut users = self.before.users.clone();
        for (_, user) in users.iter_mut().filter(|(pk, _)| edited.contains(pk)) {
            let (mut attributes, rest) = attributes_of(user);
            attributes.insert("edited".into(), json!({"by": "somebody else"}));
            *user = format!("{}{rest}", json!(attributes));
        }
        users
    }

    /// Nothing goes wrong any more, and somebody is signed in.
    fn peace(&self) {
        self.stage.sim.interrupt(Interruptions::default());
        self.stage.sim.click();
        let mut world = self.stage.sim.world();
        world.faults.browser.clear();
        world.before_request(|_, _, _, _| {});
        drop(world);
        self.stage.sign_in("akadmin");
    }

    /// What holds at every moment.
    fn check(&self) {
        let seed = self.seed;
        let world = self.stage.sim.observe();
        let state = world.authentik.state();
        // Never two objects for one wish.
        assert!(state.providers.len() <= 1 && state.applications.len() <= 1, "seed {seed}: made twice");
        let own = state.mappings.iter().filter(|mapping| mapping.managed.is_none());
        let scopes: BTreeSet<_> = own.clone().map(|mapping| &mapping.scope_name).collect();
        assert_eq!(own.count(), scopes.len(), "seed {seed}: made twice");
        let bound: BTreeSet<_> = state.bindings.iter().map(|binding| format!("{:?}", (binding.target, binding.bound))).collect();
        assert_eq!(bound.len(), state.bindings.len(), "seed {seed}: bound twice");
        // Other attributes of users never change.
        let other: Vec<String> = other_attributes(&world).into_values().collect();
        let expected: Vec<String> = self.expected_users().values().map(|user| without_ours(user)).collect();
        assert_eq!(other, expected, "seed {seed}");
        // No secret is kept, and every write is in what was kept.
        let kept = self.stage.sim.kept();
        for text in kept.values() {
            assert_no_secret(&secrets(&world), text, &format!("seed {seed}: the journal"));
        }
        self.check_journal(&kept);
    }

    /// Whatever differs from the beginning is in the journal that outlives the panel.
    fn check_journal(&self, kept: &BTreeMap<String, String>) {
        let now = Picture::of(&self.stage.sim.observe());
        let journals = Journals::restore(WINDOW, kept);
        let base = Base::of(self.stage.sim.browser().page(cowbell::transport::Product::Authentik)).expect("authentik's page");
        let journal = journals.of(&base).cloned().unwrap_or_default();
        let users: BTreeSet<i64> = journal.users.iter().flatten().map(|user| user.pk).collect();
        let expected = self.expected_users();
        for (pk, user) in &now.users {
            assert!(expected[pk] == *user || users.contains(pk), "seed {}: user {pk} is not in the journal", self.seed);
        }
        let new = now.objects.iter().filter(|object| !self.before.objects.contains(object));
        for object in new {
            let kind = match object.split(' ').next() {
                Some("ScopeMapping") => Kind::ScopeMapping,
                Some("Provider") => Kind::Provider,
                Some("Application") => Kind::Application,
                Some("Group") => Kind::Group,
                // A binding made together with its application goes with it.
                _ => continue,
            };
            assert!(journal.entries.iter().any(|entry| entry.kind == kind), "seed {}: {object}", self.seed);
        }
    }

    fn check_report(&self, report: &ReportView) {
        let text = format!("{report:?}{}", serde_json::to_string(report).expect("serialises"));
        assert_no_secret(&secrets(&self.stage.sim.observe()), &text, &format!("seed {}: a report", self.seed));
        if let Some(finding) = &report.error {
            assert!(finding.is_complete(), "seed {}: {finding:?}", self.seed);
        }
    }

    fn check_undone(&self, view: &UndoView) {
        let text = serde_json::to_string(view).expect("serialises");
        assert_no_secret(&secrets(&self.stage.sim.observe()), &text, &format!("seed {}: a report", self.seed));
    }

    /// Undo restores everything or says what it left.
    fn check_end(&self, undone: &UndoView) {
        let after = Picture::of(&self.stage.sim.observe());
        let reported: BTreeSet<i64> = undone.issues.iter().map(|issue| issue.pk).collect();
        for (pk, user) in &self.expected_users() {
            assert!(
                after.users[pk] == *user || reported.contains(pk),
                "seed {}: user {pk}: {user} → {}",
                self.seed,
                after.users[pk]
            );
        }
        if undone.skipped.is_empty() {
            self.before.assert_same_objects(&after, &format!("seed {}: {undone:?}", self.seed));
            assert!(undone.can_undo != reported.is_empty(), "seed {}: {undone:?}", self.seed);
        }
        let deletes = self.stage.sim.sent().into_iter().filter(|sent| sent.method == Method::Delete);
        for sent in deletes {
            let path = sent.path();
            assert!(!path.contains("/core/users/") && !path.contains("/core/groups/"), "seed {}: {path}", self.seed);
        }
    }
}

/// The attributes of a user in a picture, and the rest of it.
fn attributes_of(user: &str) -> (Map<String, Value>, &str) {
    let mut stream = serde_json::Deserializer::from_str(user).into_iter();
    let attributes = stream.next().expect("attributes").expect("attributes");
    let end = stream.byte_offset();
    (attributes, &user[end..])
}

fn without_ours(user: &str) -> String {
    let (mut attributes, _) = attributes_of(user);
    attributes.shift_remove(cowbell::authentik::EMAIL_VERIFIED);
    json!(attributes).to_string()
}

/// Where authentik is, and versions of both that can be connected.
pub(crate) fn products(random: &mut Rng) -> (&'static str, Profile, mailcow::Profile) {
    let address = if random.bool() { "https://authentik.company" } else { "https://login.example/sso" };
    let authentik = *random.choice(Profile::ALL.iter()).expect("a profile");
    let profiles: Vec<_> = mailcow::Profile::ALL.into_iter().filter(|profile| profile.identity_provider()).collect();
    (address, authentik, *random.choice(&profiles).expect("a profile"))
}

/// What interrupts a run after so many requests.
pub(crate) fn interruption(random: &mut Rng, when: usize) -> Interruptions {
    let none = Interruptions::default();
    match random.u8(0..3) {
        0 => Interruptions { tab_gone_after: Some(when), ..none },
        1 => Interruptions { cancel_after: Some(when), ..none },
        _ => {
            let lost = random.choice([Lost::Timeout, Lost::Network, Lost::BadGateway, Lost::Page]).expect("one");
            Interruptions { lose: Some((when, lost)), ..none }
        }
    }
}

/// A set-up as somebody may want it.
pub(crate) fn draft_of(random: &mut Rng, stage: &Stage) -> SetupDraft {
    let world = stage.sim.observe();
    let group = |name: &str| world.authentik.state().group_named(name).expect("a group").pk.to_string();
    SetupDraft {
        additional_hosts: if random.bool() { vec!["mail.company".into()] } else { Vec::new() },
        access: random.bool().then(|| Access::Groups { groups: vec![group("staff"), group("sales")] }),
        audience: match random.u8(0..3) {
            0 => Audience::Groups { groups: vec![group("sales")] },
            1 => Audience::Users { users: vec![5, 6, 7, 8] },
            _ => Audience::All,
        },
        verified_by: match random.u8(0..4) {
            0 => VerifiedBy::GroupAttribute { group: group("staff") },
            _ => VerifiedBy::UserAttribute,
        },
        templates: (random.u8(0..3) == 0).then(|| vec![TemplateRule { group: "sales".into(), template: "OIDC Users".into() }]),
        application_group: random.bool().then(|| "Mail".to_owned()),
        mailcow: MAILCOW.to_owned(),
        ..draft()
    }
}

/// An answer that no request expects.
pub(crate) fn random_fault(random: &mut Rng) -> FaultKind {
    let status = |status| FaultKind::Status { status, body: String::new(), content_type: None, retry_after_s: Some(3) };
    match random.u8(0..9) {
        0 => FaultKind::Html,
        1 => FaultKind::TruncatedJson,
        2 => FaultKind::WrongTypes,
        3 => FaultKind::InvalidUtf8,
        4 => FaultKind::NoAnswer,
        5 => status(429),
        6 => status(503),
        7 => status(502),
        _ => status(500),
    }
}
