//! A panel over recorded answers.

use cowbell::panel::policy::Policy;
use cowbell::panel::view::View;
use cowbell::panel::{Event, Panel};
use futures_util::FutureExt as _;

use super::browser::Recorded;
use super::input::{self, Piece};
use super::jobs::Desk;

/// Events that may follow from one.
const MOST_EVENTS: usize = 1_000;

/// A panel over recorded answers.
pub(super) struct RecordedDesk {
    browser: Recorded,
    panel: Panel<Recorded>,
    loaded: Option<String>,
}

impl RecordedDesk {
    /// With these answers, in their order, and what an earlier panel has stored.
    pub(super) fn new(answers: Vec<Piece>, kept: &[u8]) -> Self {
        let browser = Recorded::new(answers.into());
        let panel = Panel::new(browser.clone(), Policy::new(None), "window", &input::kept(kept));
        Self { browser, panel, loaded: None }
    }

    /// With these answers, and a plan file that is loaded.
    pub(super) fn loading(answers: Vec<Piece>, file: &[u8]) -> Self {
        Self { loaded: Some(String::from_utf8_lossy(file).into_owned()), ..Self::new(answers, b"") }
    }

    /// Answers that were not asked for, and requests for which there was none.
    pub(super) fn left_and_missing(&self) -> [usize; 2] {
        self.browser.left_and_missing()
    }
}

impl Desk for RecordedDesk {
    fn tell(&self, event: Event) {
        let mut followed = 0;
        let mut next = Some(event);
        while let Some(event) = next {
            followed += 1;
            assert!(followed < MOST_EVENTS, "events without end");
            // Answers are there at once, so that nothing waits.
            assert!(self.panel.handle(event).now_or_never().is_some(), "it waits for something");
            next = self.browser.noticed();
        }
    }

    fn view(&self) -> View {
        self.panel.view()
    }

    fn plan_file(&self) -> String {
        self.loaded.clone().or_else(|| self.panel.plan_file()).unwrap_or_default()
    }

    fn somebody_signs_in(&self) {}
}
