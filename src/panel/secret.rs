//! How long the client secret stays here: until mailcow has it, and no longer than the panel is used.

use super::Panel;
use super::browser::Browser;
use super::state::Lost;
use crate::transport::Product;

/// Milliseconds without use after which the tabs and the secret are let go of.
pub(super) const UNUSED_MS: u64 = 15 * 60_000;

impl<B: Browser> Panel<B> {
    /// Lets go of the secret once both sides are as wanted and nothing is being written.
    pub(super) fn settle(&self) {
        if self.app.writing().is_some() || !self.state().is_read(Product::Mailcow) || !self.is_in_sync() {
            return;
        }
        self.forget_form_secret();
        if self.app.holds_secret() {
            self.app.forget_secret();
            self.browser.view_changed();
        }
    }

    /// Notes that somebody uses the panel, unless nobody has for so long that they are gone.
    pub(super) fn used(&self) {
        self.leave_if_unused();
        self.state.borrow_mut().used_ms = self.browser.now_ms();
    }

    /// Lets go of the tabs and the secret when nobody has used the panel for a while; another click on the icon brings them back.
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
        self.app.forget_secret();
        self.browser.view_changed();
    }
}
