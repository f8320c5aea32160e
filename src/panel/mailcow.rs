//! Fills in mailcow's form, saves in mailcow, and opens it.

use super::Panel;
use super::browser::Browser;
use super::connection::is_same_page;
use super::form::FillError;
use super::state::{MailcowTask, MailcowWork, SaveOutcome, Section, Standing, Tab};
use crate::app::{Error, MailcowView};
use crate::mailcow::FieldRow;
use crate::mailcow::script;
use crate::setup::Origin;
use crate::transport::{PageId, Product};

impl<B: Browser> Panel<B> {
    /// mailcow's stored settings compared with the desired ones, if the connected mailcow was read.
    pub(super) fn mailcow_view(&self) -> Option<MailcowView> {
        let state = self.state();
        let tab = state.mailcow.as_ref()?;
        let shown = matches!(tab.standing, Standing::Read | Standing::Reading);
        let view = self.app.mailcow_view(&state.choice).ok()?;
        (shown && tab.is_at(&view.address)).then_some(view)
    }

    /// Whether both sides match the setup.
    pub(super) fn is_in_sync(&self) -> bool {
        let client = self.app.registration();
        client.is_some_and(|client| client.remaining == 0) && self.mailcow_view().is_some_and(|view| view.in_sync)
    }

    /// Fills in the form, after navigating to its page if necessary.
    pub(super) async fn fill(&self) {
        let Some(view) = self.mailcow_view() else { return };
        let (tab, page) = {
            let state = self.state();
            let Some(tab) = state.mailcow.as_ref().filter(|_| state.work.task.is_none()) else { return };
            let Some(page) = tab.page.clone() else { return };
            (tab.id, page)
        };
        if is_same_page(&page.url, &view.form_page) {
            return self.fill_here(page.id).await;
        }
        self.change(|state| state.work = MailcowWork { task: Some(MailcowTask::Go), ..MailcowWork::default() });
        self.browser.navigate(tab, &view.form_page).await;
    }

    pub(super) async fn fill_here(&self, page: PageId) {
        self.change(|state| state.work = MailcowWork { task: Some(MailcowTask::Fill), ..MailcowWork::default() });
        let work = match self.fill_in(page).await {
            Ok(filled) => MailcowWork { filled, ..MailcowWork::default() },
            Err(FillError::PageGone) => MailcowWork::default(),
            Err(FillError::Refused(error)) => MailcowWork { error: Some(error), ..MailcowWork::default() },
        };
        self.change(|state| state.work = work);
        self.verify_form().await;
    }

    /// Shows the form and fills it in; returns the rows that differed before and match now. Without a registered client there is
    /// nothing to fill in, so the form is only shown.
    async fn fill_in(&self, page: PageId) -> Result<Option<Vec<FieldRow>>, FillError> {
        self.browser.fill(page, script::reveal()).await?;
        let before = self.browser.read_form(page).await?;
        if self.app.registration().is_none() {
            self.form_read(page, before);
            return Ok(None);
        }
        let choice = self.state().choice.clone();
        let mut filled = self.app.check_form(&before, &choice).rows;
        let after = self.fill_and_read(page, self.app.fill_script(&before, &choice)?).await?;
        let rows = self.app.check_form(&after, &choice).rows;
        filled.retain(|row| !row.is_same() && rows.iter().any(|now| now.field == row.field && now.is_same()));
        Ok(Some(filled))
    }

    /// Saves the desired settings through mailcow's API.
    pub(super) async fn save(&self) {
        let choice = self.state().choice.clone();
        self.begin_saving(MailcowTask::Save);
        let saved = self.app.save_for_me(&choice).await;
        let outcome = saved.map(|view| if view.matches() { SaveOutcome::Saved } else { SaveOutcome::Differs });
        self.end_saving(outcome).await;
    }

    /// Restores what mailcow had stored before.
    pub(super) async fn restore(&self) {
        let choice = self.state().choice.clone();
        self.begin_saving(MailcowTask::Restore);
        let restored = self.app.restore_mailcow(&choice).await;
        self.end_saving(restored.map(|_| SaveOutcome::Restored)).await;
    }

    fn begin_saving(&self, task: MailcowTask) {
        self.resume();
        self.change(|state| state.work = MailcowWork { task: Some(task), ..MailcowWork::default() });
    }

    async fn end_saving(&self, ended: Result<SaveOutcome, Error>) {
        let saved = ended.is_ok();
        self.change(|state| {
            state.work = match ended {
                Ok(outcome) => MailcowWork { outcome: Some(outcome), ..MailcowWork::default() },
                Err(error) => MailcowWork { error: Some(error), ..MailcowWork::default() },
            };
        });
        self.discard_secret_if_done();
        let tab = self.state().mailcow.as_ref().map(|tab| tab.id);
        if let (true, Some(tab)) = (saved, tab) {
            // The page still shows the settings from before; pressing Save there would store them again.
            self.browser.reload(tab).await;
        }
    }

    /// Brings mailcow's tab to the front, or opens its administration in a new tab.
    pub(super) async fn open_mailcow(&self) {
        let Some(client) = self.app.registration().filter(|client| self.policy.allows(&client.admin_page)) else { return };
        // The tab may show a mailcow that only looks like the registered one (docs/contract/cases.md, S15).
        let is_its = |tab: &&Tab| {
            let page = tab.page.as_ref().and_then(|page| Origin::of(&page.url));
            page.is_some() && page == Origin::of(&client.admin_page)
        };
        let tab = self.state().mailcow.as_ref().filter(is_its).map(|tab| tab.id);
        self.browser.visit(&client.admin_page, tab).await;
        self.change(|state| {
            state.open(Section::Mailcow);
            state.opened = true;
        });
    }

    /// Whether a page of a product is live.
    pub(super) fn is_live(&self, product: Product) -> bool {
        self.state().page(product).is_some()
    }
}
