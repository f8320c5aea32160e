//! Who can sign in: reads it, looks up single users, switches mailboxes.

use super::Panel;
use super::browser::Browser;
use super::state::{Readiness, Requested, SignIns, SwitchDirection, Table, WorkProgress};
use crate::app::{ReadinessQuery, ReadinessRows, ReadinessView, SwitchView, Switching, UserQuery, UserRows};
use crate::transport::Product;
use crate::verify::readiness::Outcome;

impl<B: Browser> Panel<B> {
    /// Determines who can sign in.
    pub(super) async fn read_readiness(&self) {
        if self.state().authentik.is_none() || self.state().mailcow.is_none() {
            return self.change(|state| state.replace_table(Readiness::Absent));
        }
        let number = self.tables.begin();
        let is_live = self.is_live(Product::Authentik);
        self.change(|state| state.replace_table(Readiness::Reading));
        if is_live {
            self.read_users().await;
        }
        let (draft, choice) = (self.state().draft.clone(), self.state().choice.clone());
        let outcome = self.app.read_readiness(&draft, &choice, &mut |_, _| {}).await;
        // The administrator may have connected another authentik meanwhile.
        if self.tables.is(number) && matches!(self.state().readiness, Readiness::Reading) {
            self.change(|state| {
                state.replace_table(match outcome {
                    Ok(view) => Readiness::Done(Box::new(Table::new(view))),
                    Err(error) => Readiness::Failed(error),
                });
            });
        }
    }

    /// Looks up an address or a user name.
    pub(super) async fn look_up(&self, text: &str) {
        let sought = text.trim();
        if sought.is_empty() || !matches!(self.state().readiness, Readiness::Done(_)) {
            return;
        }
        let number = self.tables.begin();
        self.change_table(|table| table.asking = true);
        let outcome = self.app.readiness_of(sought).await;
        if !self.tables.is(number) {
            return;
        }
        self.change_table(|table| {
            table.asking = false;
            match outcome {
                Ok(said) => {
                    table.renew(said.readiness);
                    (table.verdicts, table.error) = (Some(said.verdicts), None);
                }
                Err(error) => table.error = Some(error),
            }
        });
    }

    /// Filters the table.
    pub(super) fn filter(&self, outcome: Option<Outcome>, reason: Option<usize>) {
        self.change_table(|table| (table.outcome, table.reason) = (outcome, reason));
    }

    /// Switches mailboxes, or switches them back.
    pub(super) async fn switch_mailboxes(&self, which: Switching<'_>) {
        if !matches!(self.state().readiness, Readiness::Done(_)) || self.state().is_switching() {
            return;
        }
        self.change_table(|table| {
            table.switching = Some(WorkProgress::default());
            (table.switched, table.verdicts, table.error) = (None, None, None);
        });
        let direction = if which.is_back() { SwitchDirection::Back } else { SwitchDirection::Switch };
        let outcome = self
            .app
            .switch_mailboxes(which, &mut |done, total| {
                self.progress(|state| {
                    if let Some(switching) = state.table_mut().and_then(|table| table.switching.as_mut()) {
                        (switching.done, switching.total) = (done, total);
                    }
                });
            })
            .await;
        self.change(|state| {
            // A wave ends when it is switched: whoever is switched back later is in none until they are picked again.
            if let Ok(switched) = &outcome {
                self.app.keep_left(&mut state.wave.mailboxes, switched);
                state.wave.is_changed = true;
            }
            state.withdraw_about_mailboxes();
            if let (Ok(SwitchView { unverified: 0, .. }), SignIns::Done { view, .. }) = (&outcome, &mut state.sign_ins) {
                self.app.note_switched(view);
            }
            let Some(table) = state.table_mut() else { return };
            table.switching = None;
            match outcome {
                Ok(switched) => {
                    table.renew(switched.readiness.clone());
                    table.switched = Some((direction, switched));
                }
                Err(error) => table.error = Some(error),
            }
        });
    }

    pub(super) fn change_table(&self, change: impl FnOnce(&mut Table)) {
        self.change(|state| {
            if let Some(table) = state.table_mut() {
                change(table);
            }
        });
    }

    /// Rows of the table, as it is filtered now.
    #[must_use]
    pub fn find_readiness(&self, text: &str, offset: usize, limit: usize) -> ReadinessRows {
        let (outcome, reason) = match &self.state().readiness {
            Readiness::Done(table) => (table.outcome, table.reason),
            _ => return ReadinessRows::default(),
        };
        let query = ReadinessQuery { text: text.to_owned(), outcome, reason, offset, limit };
        self.app.find_readiness(&query).unwrap_or_default()
    }

    /// Rows of the list of users; none before they were read.
    #[must_use]
    pub fn find_users(&self, text: &str, filter: crate::app::UserFilter, offset: usize, limit: usize) -> UserRows {
        let audience = self.state().draft.audience.clone();
        let query = UserQuery { text: text.to_owned(), filter, audience, offset, limit };
        self.app.find_users(&query).unwrap_or_default()
    }
}

impl Table {
    fn new(view: ReadinessView) -> Self {
        Self {
            view,
            outcome: None,
            reason: None,
            asking: false,
            verdicts: None,
            switching: None,
            switched: None,
            error: None,
            people: Requested::None,
            arrivals: Requested::None,
        }
    }

    /// Replaces the view; a filter stays as long as its value still exists.
    fn renew(&mut self, view: ReadinessView) {
        self.outcome = self.outcome.filter(|outcome| view.reasons.iter().any(|reason| reason.outcome == *outcome));
        let reason = self.reason.and_then(|at| self.view.reasons.get(at)).map(|reason| reason.verdict);
        self.reason = view.reasons.iter().position(|known| Some(known.verdict) == reason);
        self.view = view;
    }
}
