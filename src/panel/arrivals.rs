//! Who has arrived: reads it and lists it.

use super::Panel;
use super::browser::Browser;
use super::state::Arrivals;
use crate::app::{ArrivalQuery, ArrivalRows};
use crate::verify::arrival::ArrivalKind;

impl<B: Browser> Panel<B> {
    /// Reads who has signed in since the mailboxes were switched.
    pub(super) async fn read_arrivals(&self) {
        let draft = self.state().draft.clone();
        let read = async |advance: &mut dyn FnMut(usize, usize)| {
            self.app.read_arrivals(&draft, advance).await?;
            Ok(Arrivals::default())
        };
        self.request(&self.arrivals, |table| &mut table.arrivals, read).await;
    }

    /// Filters the list.
    pub(super) fn filter_arrivals(&self, wanted: Option<ArrivalKind>) {
        self.change_arrivals(|arrivals| arrivals.kind = wanted);
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
        let Some(Arrivals { kind, .. }) = state.table().and_then(|table| table.arrivals.done()) else {
            return ArrivalRows::default();
        };
        let query = ArrivalQuery { text: text.to_owned(), kind: *kind, offset, limit };
        self.app.find_arrivals(&query).unwrap_or_default()
    }
}
