//! Looks for bytes that make the core panic, hang or take memory without bound: coverage-guided, from recordings of the whole job
//! (`tests/integration/recordings.rs`). `cargo xtask fuzz` builds and runs it; the environment says which job is done.
//!
//! An input is the job's answers in the order of its requests, divided by bytes that no UTF-8 text contains.

#![no_main]

mod answers;
mod browser;
mod input;
mod jobs;
mod texts;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use cowbell::panel::policy::Policy;
use cowbell::panel::view::View;
use cowbell::panel::{Event, Panel};
use futures_util::FutureExt as _;
use libfuzzer_sys::fuzz_target;

use self::browser::Recorded;
use self::jobs::{Desk, Job};

/// What is done with the input.
static JOB: LazyLock<String> = LazyLock::new(|| std::env::var("COWBELL_FUZZ").unwrap_or_default());

/// The answers before those of the input.
static BEFORE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let file = std::env::var_os("COWBELL_FUZZ_BEFORE");
    file.and_then(|file| std::fs::read(file).ok()).unwrap_or_default()
});

/// Steps that one event may take, each of which waits for something.
const MOST_STEPS: usize = 10_000;

/// A panel over recorded answers.
struct RecordedDesk {
    browser: Recorded,
    panel: Panel<Recorded>,
    lived: RefCell<usize>,
}

impl RecordedDesk {
    fn new(browser: Recorded, kept: &BTreeMap<String, String>) -> Self {
        let panel = Panel::new(browser.clone(), Policy::new(None), "window", kept);
        Self { browser, panel, lived: RefCell::default() }
    }
}

impl Desk for RecordedDesk {
    fn tell(&self, event: Event) {
        let mut next = Some(event);
        while let Some(event) = next {
            *self.lived.borrow_mut() += 1;
            assert!(*self.lived.borrow() < MOST_STEPS, "events without end");
            // Answers are there at once, so that nothing waits.
            assert!(self.panel.handle(event).now_or_never().is_some(), "it waits for something");
            next = self.browser.noticed();
        }
    }

    fn view(&self) -> View {
        self.panel.view()
    }
}

fuzz_target!(|data: &[u8]| {
    match JOB.as_str() {
        "texts" => return texts::read(data),
        "answers" => return answers::read(data),
        _ => {}
    }
    let Some(job) = Job::named(&JOB) else { panic!("COWBELL_FUZZ names no job: {}", *JOB) };
    let before = input::pieces(&BEFORE);
    let (kept, answers) = if job == Job::Kept { (input::kept(data), Vec::new()) } else { (BTreeMap::new(), input::pieces(data)) };
    let desk = RecordedDesk::new(Recorded::new(before.into_iter().chain(answers).collect()), &kept);
    for earlier in job.earlier() {
        earlier.run(&desk);
    }
    job.run(&desk);
    // What is shown is made from what was read.
    assert!(serde_json::to_string(&desk.view()).is_ok(), "the view cannot be serialised");
});
