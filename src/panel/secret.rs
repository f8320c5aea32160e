//! How long Cowbell keeps the client secret: until mailcow has it, and only while the panel is in use.

use super::Panel;
use super::browser::Browser;
use super::state::Lost;
use crate::transport::Product;

/// Milliseconds without use after which the tabs are disconnected and the secret is discarded.
pub(super) const UNUSED_MS: u64 = 15 * 60_000;

impl<B: Browser> Panel<B> {
    /// Discards the secret once both sides match the setup and nothing is being written.
    pub(super) fn discard_secret_if_done(&self) {
        if self.app.writing().is_some() || !self.state().is_read(Product::Mailcow) || !self.is_in_sync() {
            return;
        }
        self.discard_form_secret();
        self.app.discard_secret();
        self.browser.view_changed();
    }

    /// Records that the panel is in use, unless it has been unused for so long that the session is over.
    pub(super) fn used(&self) {
        self.leave_if_unused();
        self.state.borrow_mut().used_ms = self.browser.now_ms();
    }

    /// Disconnects the tabs and discards the secret when the panel is unused for [`UNUSED_MS`]; a click on the icon connects
    /// again.
    pub(super) fn leave_if_unused(&self) {
        let now = self.browser.now_ms();
        if self.app.writing().is_some() {
            self.state.borrow_mut().used_ms = now;
            return;
        }
        if now.saturating_sub(self.state().used_ms) < UNUSED_MS {
            return;
        }
        for product in [Product::Authentik, Product::Mailcow] {
            self.browser.disconnect(product);
            let is_there = self.state().tab(product).is_some_and(|tab| !matches!(tab.standing, super::state::Standing::Lost(_)));
            if is_there {
                self.lost(product, Lost::Unused);
            }
        }
        self.app.discard_secret();
        self.browser.view_changed();
    }
}
