//! Who has arrived: reads it and lists it.

use super::Panel;
use super::browser::Browser;
use super::state::Arrivals;
use crate::app::{ArrivalFilter, ArrivalQuery, ArrivalRows, ArrivalsView};

impl<B: Browser> Panel<B> {
    /// Reads who has signed in since the mailboxes were switched. What the administrator looks at stays, as far as it is still there.
    pub(super) async fn read_arrivals(&self) {
        let draft = self.state().draft.clone();
        let earlier = self.state().table().and_then(|table| table.arrivals.done()).cloned();
        let read = async |advance: &mut dyn FnMut(usize, usize)| {
            let due = self.state.borrow_mut().due.arrivals.take();
            let view = self.app.read_arrivals(&draft, advance).await?;
            let mut arrivals = earlier.or(due).unwrap_or_default();
            if !lists_any(&view, arrivals.filter) {
                arrivals.filter = ArrivalFilter::default();
            }
            Ok(arrivals)
        };
        self.request(&self.arrivals, |table| &mut table.arrivals, read).await;
    }

    /// Filters the list.
    pub(super) fn filter_arrivals(&self, wanted: ArrivalFilter) {
        self.change_arrivals(|arrivals| arrivals.filter = wanted);
    }

    /// Looks at an address, or no longer.
    pub(super) fn open_arrival(&self, address: String) {
        self.change_arrivals(|arrivals| {
            arrivals.opened = if arrivals.opened == address { String::new() } else { address };
        });
    }

    fn change_arrivals(&self, change: impl FnOnce(&mut Arrivals)) {
        self.change_table(|table| {
            if let Some(arrivals) = table.arrivals.done_mut() {
                change(arrivals);
            }
        });
    }

    /// Rows of the list, as it is filtered now.
    #[must_use]
    pub fn find_arrivals(&self, text: &str, offset: usize, limit: usize) -> ArrivalRows {
        let state = self.state();
        let Some(Arrivals { filter, .. }) = state.table().and_then(|table| table.arrivals.done()) else {
            return ArrivalRows::default();
        };
        let query = ArrivalQuery { text: text.to_owned(), filter: *filter, offset, limit };
        self.app.find_arrivals(&query).unwrap_or_default()
    }
}

/// Whether a filter lists anybody; one that does not cannot be released where only what occurs is offered.
fn lists_any(view: &ArrivalsView, filter: ArrivalFilter) -> bool {
    let is_listed = |kind| view.counts.iter().any(|counted| counted.kind == kind);
    filter.kind.is_none_or(is_listed) && (!filter.silent || view.silent > 0)
}
