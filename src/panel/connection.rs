//! From a click on the icon to a product that has been read.

use super::Panel;
use super::browser::{Browser, TabId};
use super::policy::Policy;
use super::state::{
    LivePage, Lost, MailcowTask, MailcowWork, NextWave, Refusal, Run, SaveOutcome, Section, Standing, Tab, Users,
};
use crate::app::{self, Error};
use crate::setup::Origin;
use crate::transport::{Page, PageId, Product};

impl<B: Browser> Panel<B> {
    /// Handles a click on the icon. Refuses a page that belongs to neither product, or that the policy does not allow, and
    /// injects nothing into it. While Cowbell writes in a tab, it stays connected to that tab.
    pub(super) fn click(&self, tab: TabId, url: &str) {
        self.used();
        let product = match app::PageKind::of(url) {
            app::PageKind::Authentik { .. } => Product::Authentik,
            app::PageKind::Mailcow { .. } => Product::Mailcow,
            app::PageKind::Elsewhere => return self.change(|state| state.refusal = Some(Refusal::Unknown)),
        };
        let Some(origin) = Origin::of(url) else { return self.change(|state| state.refusal = Some(Refusal::Unknown)) };
        if !self.policy.allows(url) {
            return self.change(|state| {
                state.refusal = Some(Refusal::Forbidden);
                state.open(Section::Setup);
            });
        }
        if let Some(busy) = self.busy_tab(product) {
            let is_other = busy.id != tab || busy.origin != origin;
            let refusal = is_other.then(|| Refusal::Busy { host: busy.host(), clicked: origin.host_and_port() });
            // The same tab again: connecting to its page again would end the work that is running in it.
            return self.change(|state| state.refusal = refusal);
        }
        self.change(|state| {
            state.refusal = None;
            // What the question is about is read again.
            state.question = None;
            if product == Product::Mailcow {
                state.open(Section::Mailcow);
            } else if state.authentik.as_ref().is_some_and(|known| known.origin != origin) {
                // Results that belong to the previous authentik are invalid for another one.
                state.drop_results();
                if matches!(state.run, Run::Planning | Run::Planned(_)) {
                    state.run = Run::None;
                }
            }
            *state.tab_mut(product) = Some(Tab { id: tab, origin, page: None, standing: Standing::Reading });
        });
        self.set_page(product, None);
        self.browser.connect(product, tab);
    }

    /// Applies another policy. What was clicked and is no longer allowed is left at once, even while its page is loading: nothing is
    /// sent there any more, and what was read there is neither shown nor used.
    pub(super) fn set_policy(&self, policy: Policy) {
        self.policy.replace(policy);
        for product in [Product::Authentik, Product::Mailcow] {
            let origin = self.state().tab(product).map(|tab| tab.origin.to_string());
            if origin.is_some_and(|origin| !self.policy.allows(&origin)) {
                self.leave(product);
            }
        }
    }

    fn leave(&self, product: Product) {
        self.set_page(product, None);
        self.browser.disconnect(product);
        self.app.forget(product);
        self.change(|state| {
            *state.tab_mut(product) = None;
            state.question = None;
            state.drop_results();
            state.wave = NextWave::default();
            match product {
                // What a run has written is in the journal, and its end is shown when it comes.
                Product::Authentik if !matches!(state.run, Run::Running { .. }) => state.run = Run::None,
                Product::Authentik => {}
                Product::Mailcow => state.work = MailcowWork::default(),
            }
            state.refusal = Some(Refusal::Forbidden);
            state.open(Section::Setup);
        });
    }

    /// The tab of a product in which Cowbell is writing.
    fn busy_tab(&self, product: Product) -> Option<Tab> {
        let work = self.app.writing()?;
        self.state().tab(product).filter(|tab| work.needs(product) && tab.page.is_some()).cloned()
    }

    pub(super) fn connecting(&self, product: Product) {
        self.set_page(product, None);
        self.change(|state| {
            if let Some(tab) = state.tab_mut(product) {
                tab.standing = Standing::Reading;
            }
        });
    }

    pub(super) fn lost(&self, product: Product, why: Lost) {
        self.set_page(product, None);
        self.change(|state| {
            if let Some(tab) = state.tab_mut(product) {
                tab.standing = Standing::Lost(why);
            }
            if product == Product::Mailcow && why.is_final() {
                state.work = MailcowWork::default();
            }
        });
    }

    pub(super) async fn live(&self, product: Product, page: PageId, url: String) {
        let origin = self.state().tab(product).filter(|tab| tab.is_at(&url)).map(|tab| tab.origin.clone());
        // The click gave access to one origin, and the policy was asked about that one.
        let Some(origin) = origin else {
            self.browser.disconnect(product);
            return self.lost(product, Lost::Ended);
        };
        self.set_page(product, Some(Page { id: page, origin }));
        self.change(|state| {
            if let Some(tab) = state.tab_mut(product) {
                tab.page = Some(LivePage { id: page, url });
            }
        });
        self.read_again(product).await;
    }

    /// Reads a product again if its page is live.
    pub(super) async fn read_again(&self, product: Product) {
        let Some(page) = self.state().page(product).cloned() else { return };
        self.stand(product, &page, Standing::Reading);
        match product {
            Product::Authentik => self.read_authentik(&page).await,
            Product::Mailcow => self.read_mailcow(&page).await,
        }
    }

    /// Reads an authentik, its client, and its users.
    async fn read_authentik(&self, page: &LivePage) {
        match self.app.observe_authentik(&page.url).await {
            Err(error) => {
                self.unreadable(Product::Authentik, page, error);
            }
            Ok(_) if self.stand(Product::Authentik, page, Standing::Read) => {
                self.verify_postponed().await;
                self.change(|state| state.users = Users::Unread);
                if self.is_running() {
                    return;
                }
                self.read_registration().await;
                self.read_users().await;
            }
            Ok(_) => {}
        }
    }

    /// Reads a mailcow whose page is loaded, watches its form, and continues with what the page was loaded for.
    async fn read_mailcow(&self, page: &LivePage) {
        let was_filled = self.state().work.filled.is_some();
        // The comparison with mailcow needs the client secret, which may have been discarded here or replaced at authentik.
        self.read_registration().await;
        let choice = self.state().choice.clone();
        let view = match self.app.observe_mailcow(&page.url, &choice).await {
            Err(error) => {
                if self.unreadable(Product::Mailcow, page, error) {
                    self.change(|state| state.work = MailcowWork::default());
                }
                return;
            }
            Ok(view) => view,
        };
        // The page may have gone away meanwhile: then the next page is read.
        if !self.stand(Product::Mailcow, page, Standing::Read) {
            return;
        }
        self.change(|state| {
            state.opened = false;
            if was_filled {
                let outcome = if view.matches() { SaveOutcome::Saved } else { SaveOutcome::Differs };
                state.work = MailcowWork { outcome: Some(outcome), ..MailcowWork::default() };
            }
        });
        if self.state().draft.mailcow.is_empty() {
            let draft = crate::plan::SetupDraft { mailcow: view.address.clone(), ..self.state().draft.clone() };
            self.edit(draft).await;
        }
        self.discard_secret_if_done();
        self.watch_form(page.id);
        if self.state().work.task == Some(MailcowTask::Go) {
            // If the click had to be repeated, the tab may show another page.
            if is_same_page(&page.url, &view.form_page) {
                self.fill_here(page.id).await;
            } else {
                self.change(|state| state.work = MailcowWork::default());
            }
        }
    }

    /// Sets the status of a product, unless its page is another one by now. Returns whether it was set.
    fn stand(&self, product: Product, page: &LivePage, standing: Standing) -> bool {
        let mut noted = false;
        self.change(|state| {
            if let Some(tab) = state.tab_mut(product)
                && tab.page.as_ref() == Some(page)
            {
                tab.standing = standing;
                noted = true;
            }
        });
        noted
    }

    /// Sets the error with which reading failed. A page that went away meanwhile reports that itself, with a better reason.
    fn unreadable(&self, product: Product, page: &LivePage, error: Error) -> bool {
        self.stand(product, page, Standing::Unreadable(error))
    }

    /// Reads the client of the mailcow in the draft, if authentik has one.
    pub(super) async fn read_registration(&self) {
        let draft = self.state().draft.clone();
        let exists = self.app.check_draft(&draft).ok().and_then(|checked| checked.existing?.provider).is_some();
        if exists {
            // Nothing depends on it yet: the plan reads it again and reports the error.
            let _ = self.app.read_registration(&draft).await;
            self.browser.view_changed();
        }
    }

    /// Sets which page of a product is live; the watched form belonged to the previous page.
    pub(super) fn set_page(&self, product: Product, page: Option<Page>) {
        self.link().set_page(product, page);
        let mut state = self.state.borrow_mut();
        if let Some(tab) = state.tab_mut(product) {
            tab.page = None;
        }
        if product == Product::Mailcow {
            state.form = None;
        }
    }

    pub(super) fn link(&self) -> &super::browser::Link<B> {
        self.app.host()
    }
}

/// Host and port of an address, in the usual notation.
pub(super) fn host_of(url: &str) -> String {
    Origin::of(url).map(|origin| origin.host_and_port()).unwrap_or_default()
}

/// Whether two addresses, as browsers write them, denote the same page, whatever their queries.
pub(super) fn is_same_page(one: &str, other: &str) -> bool {
    let page = |url: &str| url.split(['?', '#']).next().map(str::to_owned);
    page(one) == page(other)
}

#[cfg(test)]
mod tests {
    use super::is_same_page;

    #[test]
    fn a_page_is_the_same_whatever_its_query() {
        let page = "https://mailcow.company/admin/system";
        for (other, is_same) in [
            ("https://mailcow.company/admin/system?lang=de#idp", true),
            ("https://mailcow.company/admin/mailbox", false),
            ("https://mailcow.company:8443/admin/system", false),
            ("http://mailcow.company/admin/system", false),
            ("", false),
        ] {
            assert_eq!(is_same_page(page, other), is_same, "{other}");
        }
    }
}
