//! Failed sign-ins, and the test sign-in.

use super::Panel;
use super::browser::Browser;
use super::state::{SignIns, TestSignIn};
use crate::app::SignInsView;

/// Milliseconds before the logs are first read; each reading is some twenty small requests.
const PAUSE_MS: u32 = 3_000;

/// Milliseconds by which each pause is longer than the one before: a user who has not signed in after a minute is not in a hurry.
const LONGER_MS: u32 = 500;

/// Readings after which watching ends: about ten minutes.
const LOOKS: u32 = 44;

impl<B: Browser> Panel<B> {
    /// Reads both logs and diagnoses the failed sign-ins, unless that is running.
    pub(super) async fn explain(&self) {
        if matches!(self.state().sign_ins, SignIns::Explaining) {
            return;
        }
        let number = self.explanations.begin();
        self.change(|state| state.sign_ins = SignIns::Explaining);
        let view = self.read_sign_ins().await;
        let at_ms = self.browser.now_ms();
        // The administrator may have connected another authentik meanwhile.
        if self.explanations.is(number) && matches!(self.state().sign_ins, SignIns::Explaining) {
            self.change(|state| state.sign_ins = SignIns::Done { view, at_ms });
        }
    }

    /// Reads both logs, together with what both sides have stored.
    async fn read_sign_ins(&self) -> SignInsView {
        let draft = self.state().draft.clone();
        let view = self.app.explain_sign_ins(&draft).await;
        self.discard_secret_if_done();
        view
    }

    /// Opens mailcow's sign-in page in a private window, and watches both logs until the result is known.
    pub(super) async fn try_sign_in(&self) {
        let is_possible = |url: &String| self.is_sign_in_page(url) && !self.is_watching();
        let Some(url) = self.mailcow_view().map(|view| view.sign_in_page).filter(is_possible) else { return };
        let number = self.test_sign_ins.begin();
        self.change(|state| state.test_sign_in = Some(TestSignIn::Watching { url: url.clone(), closed: false }));
        let before = self.read_sign_ins().await;
        if !self.test_sign_ins.is(number) || !self.is_watching() {
            return;
        }
        if !self.is_sign_in_page(&url) {
            return self.change(|state| state.test_sign_in = None);
        }
        if !self.browser.visit_privately(&url).await {
            self.end_test_sign_in(number, TestSignIn::Watching { url: url.clone(), closed: true });
        }
        for look in 0..LOOKS {
            self.browser.sleep(PAUSE_MS + look * LONGER_MS).await;
            if !self.test_sign_ins.is(number) || !self.is_watching() {
                return;
            }
            let view = self.read_sign_ins().await;
            if !self.test_sign_ins.is(number) {
                return;
            }
            if !self.is_sign_in_page(&url) {
                return self.change(|state| state.test_sign_in = None);
            }
            let is_refused = newest(&view) != newest(&before);
            if is_refused || view.unremarkable > before.unremarkable {
                let at_ms = self.browser.now_ms();
                self.change(|state| state.sign_ins = SignIns::Done { view, at_ms });
                return self.end_test_sign_in(number, if is_refused { TestSignIn::Refused } else { TestSignIn::Passed });
            }
        }
        self.end_test_sign_in(number, TestSignIn::Nothing);
    }

    /// Whether a sign-in can be tried there. Another mailcow may have been clicked, which users must not be sent to if it is not that of
    /// the client, and the policy may have changed.
    fn is_sign_in_page(&self, url: &str) -> bool {
        let is_its = self.mailcow_view().is_some_and(|view| view.sign_in_page == url);
        is_its && self.policy.allows(url) && !self.app.is_another_mailcow()
    }

    fn is_watching(&self) -> bool {
        matches!(self.state().test_sign_in, Some(TestSignIn::Watching { .. }))
    }

    fn end_test_sign_in(&self, number: u64, test_sign_in: TestSignIn) {
        if self.test_sign_ins.is(number) && self.is_watching() {
            self.change(|state| state.test_sign_in = Some(test_sign_in));
        }
    }
}

/// Identifies the newest failed sign-in.
fn newest(view: &SignInsView) -> Option<(i64, usize, &str, crate::verify::Code)> {
    view.attempts.first().map(|attempt| (attempt.time_s, attempt.times, attempt.who.as_str(), attempt.finding.code))
}
