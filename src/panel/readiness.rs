//! Who can sign in: reads it, looks up single users, switches mailboxes.

use super::Panel;
use super::browser::Browser;
use super::state::{Arrivals, People, Question, Readiness, SwitchDirection, SwitchProgress, Table, Users};
use crate::app::{PeopleQuery, PeopleRows, ReadinessQuery, ReadinessRows, ReadinessView, Switching, UserQuery, UserRows};
use crate::transport::Product;
use crate::verify::readiness::Outcome;
use crate::verify::switch_cost::SwitchCost;

impl<B: Browser> Panel<B> {
    /// Determines who can sign in; `again` rereads the users, too.
    pub(super) async fn read_readiness(&self, again: bool) {
        if self.state().authentik.is_none() || self.state().mailcow.is_none() {
            return self.change(|state| state.readiness = Readiness::Absent);
        }
        let number = self.tables.begin();
        let is_live = self.is_live(Product::Authentik);
        self.change(|state| {
            state.readiness = Readiness::Reading;
            // A question about the previous table must not be answered for this one.
            if matches!(state.question, Some(Question::Switch { .. } | Question::SwitchReady | Question::SwitchBack)) {
                state.question = None;
            }
            if again && is_live {
                state.users = Users::Unread;
            }
        });
        if is_live {
            self.read_users().await;
        }
        let (draft, choice) = (self.state().draft.clone(), self.state().choice.clone());
        let outcome = self.app.read_readiness(&draft, &choice, &mut |_, _| {}).await;
        // The administrator may have connected another authentik meanwhile.
        if self.tables.is(number) && matches!(self.state().readiness, Readiness::Reading) {
            self.change(|state| {
                state.readiness = match outcome {
                    Ok(view) => Readiness::Done(Box::new(Table::new(view))),
                    Err(error) => Readiness::Failed(error),
                };
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
        self.link().resume();
        self.change_table(|table| {
            table.switching = Some(SwitchProgress { done: 0, total: 0, cancelling: false });
            (table.switched, table.verdicts, table.error) = (None, None, None);
        });
        let direction = if which == Switching::Back { SwitchDirection::Back } else { SwitchDirection::Switch };
        let outcome = self
            .app
            .switch_mailboxes(which, &mut |done, total| {
                self.progress(|state| {
                    if let Readiness::Done(table) = &mut state.readiness
                        && let Some(switching) = &mut table.switching
                    {
                        (switching.done, switching.total) = (done, total);
                    }
                });
            })
            .await;
        self.link().resume();
        self.change_table(|table| {
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

    /// Reads which mail programs sign in, and the app passwords that decide what a switch costs.
    pub(super) async fn read_people(&self) {
        let is_idle =
            matches!(&self.state().readiness, Readiness::Done(table) if !matches!(table.people, People::Reading { .. }));
        if !is_idle {
            return;
        }
        let number = self.people.begin();
        self.link().resume();
        self.change_table(|table| table.people = People::Reading { done: 0, total: 0, cancelling: false });
        let outcome = self
            .app
            .read_people(&mut |read, of| {
                self.progress(|state| {
                    if let Readiness::Done(table) = &mut state.readiness
                        && let People::Reading { done, total, .. } = &mut table.people
                    {
                        (*done, *total) = (read, of);
                    }
                });
            })
            .await;
        self.link().resume();
        // The table may have been read again meanwhile.
        if self.people.is(number) {
            self.change_table(|table| {
                table.people = match outcome {
                    Ok(_) => People::Done { cost: None },
                    Err(error) => People::Failed(error),
                };
            });
        }
    }

    /// Filters the list of people.
    pub(super) fn filter_people(&self, wanted: Option<SwitchCost>) {
        self.change_table(|table| {
            if let People::Done { cost } = &mut table.people {
                *cost = wanted;
            }
        });
    }

    fn change_table(&self, change: impl FnOnce(&mut Table)) {
        self.change(|state| {
            if let Readiness::Done(table) = &mut state.readiness {
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

    /// Rows of the list of people, as it is filtered now.
    #[must_use]
    pub fn find_people(&self, text: &str, offset: usize, limit: usize) -> PeopleRows {
        let cost = match &self.state().readiness {
            Readiness::Done(table) => match &table.people {
                People::Done { cost } => *cost,
                _ => return PeopleRows::default(),
            },
            _ => return PeopleRows::default(),
        };
        self.app.find_people(&PeopleQuery { text: text.to_owned(), cost, offset, limit }).unwrap_or_default()
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
            people: People::None,
            arrivals: Arrivals::None,
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
