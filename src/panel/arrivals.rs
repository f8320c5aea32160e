//! Who has arrived: reads it and lists it.

use super::Panel;
use super::browser::Browser;
use super::state::{Arrivals, Readiness};
use crate::app::{ArrivalQuery, ArrivalRows};
use crate::verify::arrival::ArrivalKind;

impl<B: Browser> Panel<B> {
    /// Reads who has signed in since the mailboxes were switched, unless that is running.
    pub(super) async fn read_arrivals(&self) {
        let is_idle =
            matches!(&self.state().readiness, Readiness::Done(table) if !matches!(table.arrivals, Arrivals::Reading { .. }));
        if !is_idle {
            return;
        }
        let number = self.arrivals.begin();
        self.link().resume();
        self.change_arrivals(|arrivals| *arrivals = Arrivals::Reading { done: 0, total: 0, cancelling: false });
        let draft = self.state().draft.clone();
        let outcome = self
            .app
            .read_arrivals(&draft, &mut |read, of| {
                self.progress(|state| {
                    if let Readiness::Done(table) = &mut state.readiness
                        && let Arrivals::Reading { done, total, .. } = &mut table.arrivals
                    {
                        (*done, *total) = (read, of);
                    }
                });
            })
            .await;
        self.link().resume();
        self.discard_secret_if_done();
        // The table may have been read again meanwhile.
        if self.arrivals.is(number) {
            self.change_arrivals(|arrivals| {
                if matches!(arrivals, Arrivals::Reading { .. }) {
                    *arrivals = outcome.map_or_else(Arrivals::Failed, |_| Arrivals::Done { kind: None });
                }
            });
        }
    }

    /// Filters the list.
    pub(super) fn filter_arrivals(&self, wanted: Option<ArrivalKind>) {
        self.change_arrivals(|arrivals| {
            if let Arrivals::Done { kind } = arrivals {
                *kind = wanted;
            }
        });
    }

    fn change_arrivals(&self, change: impl FnOnce(&mut Arrivals)) {
        self.change(|state| {
            if let Readiness::Done(table) = &mut state.readiness {
                change(&mut table.arrivals);
            }
        });
    }

    /// Rows of the list, as it is filtered now.
    #[must_use]
    pub fn find_arrivals(&self, text: &str, offset: usize, limit: usize) -> ArrivalRows {
        let kind = match &self.state().readiness {
            Readiness::Done(table) => match &table.arrivals {
                Arrivals::Done { kind } => *kind,
                _ => return ArrivalRows::default(),
            },
            _ => return ArrivalRows::default(),
        };
        self.app.find_arrivals(&ArrivalQuery { text: text.to_owned(), kind, offset, limit }).unwrap_or_default()
    }
}
