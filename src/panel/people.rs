//! What a switch would cost whom, and the wave of mailboxes that are switched next.

use super::Panel;
use super::browser::Browser;
use super::state::{People, Question, Readiness};
use crate::app::{PeopleFilter, PeopleQuery, PeopleRows, Wave};

impl<B: Browser> Panel<B> {
    /// Reads which mail programs sign in, and the app passwords that decide what a switch costs. Then proposes a wave.
    pub(super) async fn read_people(&self) {
        let is_idle =
            matches!(&self.state().readiness, Readiness::Done(table) if !matches!(table.people, People::Reading { .. }));
        if !is_idle || self.state().is_switching() {
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
            let people = match outcome.and_then(|_| self.app.proposed_wave()) {
                Ok(wave) => People::Done { filter: PeopleFilter::default(), wave },
                Err(error) => People::Failed(error),
            };
            self.change_table(|table| table.people = people);
        }
    }

    /// Filters the list of people.
    pub(super) fn filter_people(&self, wanted: PeopleFilter) {
        self.change_table(|table| {
            if let People::Done { filter, .. } = &mut table.people {
                *filter = wanted;
            }
        });
    }

    /// Adds a mailbox to the wave, or takes it out.
    pub(super) fn pick(&self, address: &str) {
        self.change_wave(|_, wave| {
            if !wave.remove(address) {
                wave.insert(address.into());
            }
        });
    }

    /// Adds everybody whom the list shows, except those who have to be picked one by one.
    pub(super) fn pick_found(&self, text: &str) {
        self.change_wave(|filter, wave| {
            let query = PeopleQuery { text: text.to_owned(), filter: filter.clone(), offset: 0, limit: 0 };
            // Without a table there is no list either.
            let _ = self.app.add_found(&query, wave);
        });
    }

    /// Makes a wave of the mailboxes whose switch costs nothing.
    pub(super) fn pick_ready(&self) {
        self.change_wave(|_, wave| *wave = self.app.proposed_wave().unwrap_or_default());
    }

    /// Makes the wave empty.
    pub(super) fn pick_nobody(&self) {
        self.change_wave(|_, wave| wave.clear());
    }

    /// Changes the wave, except while it is switched. The question about the previous one is withdrawn.
    fn change_wave(&self, change: impl FnOnce(&PeopleFilter, &mut Wave)) {
        if self.state().is_switching() {
            return;
        }
        self.change(|state| {
            if let Readiness::Done(table) = &mut state.readiness
                && let People::Done { filter, wave } = &mut table.people
            {
                change(filter, wave);
                state.question.take_if(|question| *question == Question::SwitchWave);
            }
        });
    }

    /// The wave, as it is now.
    pub(super) fn wave(&self) -> Wave {
        match &self.state().readiness {
            Readiness::Done(table) => match &table.people {
                People::Done { wave, .. } => wave.clone(),
                _ => Wave::default(),
            },
            _ => Wave::default(),
        }
    }

    /// Rows of the list of people, as it is filtered now.
    #[must_use]
    pub fn find_people(&self, text: &str, offset: usize, limit: usize) -> PeopleRows {
        let state = self.state();
        let Readiness::Done(table) = &state.readiness else { return PeopleRows::default() };
        let People::Done { filter, wave } = &table.people else { return PeopleRows::default() };
        let query = PeopleQuery { text: text.to_owned(), filter: filter.clone(), offset, limit };
        self.app.find_people(&query, wave).unwrap_or_default()
    }

    /// Rows of the wave.
    #[must_use]
    pub fn find_wave(&self, offset: usize, limit: usize) -> PeopleRows {
        let filter = PeopleFilter { in_wave: true, ..PeopleFilter::default() };
        let query = PeopleQuery { text: String::new(), filter, offset, limit };
        self.app.find_people(&query, &self.wave()).unwrap_or_default()
    }
}
