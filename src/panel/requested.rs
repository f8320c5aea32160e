//! What is read when the administrator asks for it, and can be cancelled.

use super::Panel;
use super::browser::Browser;
use super::state::{Newest, Requested, Table, WorkProgress};
use crate::app::Error;

impl<B: Browser> Panel<B> {
    /// Reads a part of the table, unless that is running or mailboxes are being switched. The result of an older request is ignored:
    /// the table may have been read again meanwhile. A question about the previous list is withdrawn, also one that was asked while
    /// there was none.
    pub(super) async fn request<T>(
        &self,
        newest: &Newest,
        part: fn(&mut Table) -> &mut Requested<T>,
        read: impl AsyncFnOnce(&mut dyn FnMut(usize, usize)) -> Result<T, Error>,
    ) {
        let is_idle = |table: &mut Table| table.switching.is_none() && !part(table).is_reading();
        if !self.state.borrow_mut().table_mut().is_some_and(is_idle) {
            return;
        }
        let number = newest.begin();
        self.resume();
        self.change_list(|table| *part(table) = Requested::Reading(WorkProgress::default()));
        let mut advance = |done, total| {
            self.progress(|state| {
                if let Some(progress) = state.table_mut().and_then(|table| part(table).progress_mut()) {
                    (progress.done, progress.total) = (done, total);
                }
            });
        };
        let outcome = read(&mut advance).await;
        self.resume();
        if newest.is(number) {
            self.change_list(|table| {
                if part(table).is_reading() {
                    *part(table) = outcome.map_or_else(Requested::Failed, Requested::Done);
                }
            });
        }
    }

    /// Changes which mailboxes the table lists.
    fn change_list(&self, change: impl FnOnce(&mut Table)) {
        self.change(|state| {
            if let Some(table) = state.table_mut() {
                change(table);
                state.withdraw_about_mailboxes();
            }
        });
    }
}
