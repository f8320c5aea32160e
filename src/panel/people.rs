//! What a switch would cost whom, and the wave of mailboxes that are switched next.

use super::Panel;
use super::browser::Browser;
use super::state::{People, Question};
use crate::app::{PeopleFilter, PeopleQuery, PeopleRows, Wave};

impl<B: Browser> Panel<B> {
    /// Reads which mail programs sign in, and the app passwords that decide what a switch costs. Then proposes a wave.
    pub(super) async fn read_people(&self) {
        let read = async |advance: &mut dyn FnMut(usize, usize)| {
            self.app.read_people(advance).await?;
            Ok(People { filter: PeopleFilter::default(), wave: self.app.proposed_wave()? })
        };
        self.request(&self.people, |table| &mut table.people, read).await;
    }

    /// Filters the list of people.
    pub(super) fn filter_people(&self, wanted: PeopleFilter) {
        self.change_table(|table| {
            if let Some(people) = table.people.done_mut() {
                people.filter = wanted;
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
            if let Some(people) = state.table_mut().and_then(|table| table.people.done_mut()) {
                change(&people.filter, &mut people.wave);
                state.question.take_if(|question| *question == Question::SwitchWave);
            }
        });
    }

    /// The wave, as it is now.
    pub(super) fn wave(&self) -> Wave {
        self.state().people().map(|people| people.wave.clone()).unwrap_or_default()
    }

    /// Rows of the list of people, as it is filtered now.
    #[must_use]
    pub fn find_people(&self, text: &str, offset: usize, limit: usize) -> PeopleRows {
        let state = self.state();
        let Some(People { filter, wave }) = state.people() else { return PeopleRows::default() };
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
