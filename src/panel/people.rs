//! What a switch would cost whom, and the wave of mailboxes that are switched next.

use super::Panel;
use super::browser::Browser;
use super::state::{NextWave, Question};
use crate::app::{Error, PeopleFilter, PeopleQuery, PeopleRows, Wave};

impl<B: Browser> Panel<B> {
    /// Reads which mail programs sign in, and the app passwords that decide what a switch costs. Then proposes a wave, unless the
    /// administrator has made one.
    pub(super) async fn read_people(&self) {
        let earlier = self.state().people().cloned();
        let read = async |advance: &mut dyn FnMut(usize, usize)| {
            let due = self.state.borrow_mut().due.people.take();
            let view = self.app.read_people(advance).await?;
            self.renew_wave()?;
            // A filter that shows nobody any more could not be released.
            let lists_any = |filter: &PeopleFilter| {
                filter.cost.is_none_or(|cost| view.costs.iter().any(|counted| counted.cost == cost))
                    && filter.domain.as_ref().is_none_or(|domain| view.domains.contains(domain))
            };
            Ok(earlier.or(due).filter(lists_any).unwrap_or_default())
        };
        self.request(&self.people, |table| &mut table.people, read).await;
    }

    /// Keeps of a wave of the connected products what is still listed; a proposal is made anew.
    fn renew_wave(&self) -> Result<(), Error> {
        let mailcow = self.app.mailcow_view(&self.state().choice).ok().map(|view| view.address);
        let at = self.app.authentik_address().zip(mailcow).map(|(authentik, mailcow)| [authentik, mailcow]);
        let wave = &mut self.state.borrow_mut().wave;
        if wave.is_changed && wave.at == at {
            return self.app.keep_listed(&mut wave.mailboxes);
        }
        *wave = NextWave { at, mailboxes: self.app.proposed_wave()?, is_changed: false };
        Ok(())
    }

    /// Filters the list of people.
    pub(super) fn filter_people(&self, wanted: PeopleFilter) {
        self.change_table(|table| {
            if let Some(filter) = table.people.done_mut() {
                *filter = wanted;
            }
        });
    }

    /// Adds a mailbox to the wave, or takes it out.
    pub(super) fn pick(&self, address: &str) {
        self.change_wave(|_, wave| {
            if !wave.mailboxes.remove(address) {
                wave.mailboxes.insert(address.into());
            }
        });
    }

    /// Adds everybody whom the list shows, except those who have to be picked one by one.
    pub(super) fn pick_found(&self, text: &str) {
        self.change_wave(|filter, wave| {
            let query = PeopleQuery { text: text.to_owned(), filter: filter.clone(), offset: 0, limit: 0 };
            // Without a table there is no list either.
            let _ = self.app.add_found(&query, &mut wave.mailboxes);
        });
    }

    /// Makes a wave of the mailboxes whose switch costs nothing.
    pub(super) fn pick_ready(&self) {
        self.change_wave(|_, wave| {
            (wave.mailboxes, wave.is_changed) = (self.app.proposed_wave().unwrap_or_default(), false);
        });
    }

    /// Makes the wave empty.
    pub(super) fn pick_nobody(&self) {
        self.change_wave(|_, wave| wave.mailboxes.clear());
    }

    /// Changes the wave, except while it is switched. The question about the previous one is withdrawn.
    fn change_wave(&self, change: impl FnOnce(&PeopleFilter, &mut NextWave)) {
        if self.state().is_switching() {
            return;
        }
        self.change(|state| {
            if let Some(filter) = state.people().cloned() {
                state.wave.is_changed = true;
                change(&filter, &mut state.wave);
                state.question.take_if(|question| *question == Question::SwitchWave);
            }
        });
    }

    /// The wave, where there is a list of people.
    pub(super) fn wave(&self) -> Option<Wave> {
        let state = self.state();
        state.people().map(|_| state.wave.mailboxes.clone())
    }

    /// Rows of the list of people, as it is filtered now.
    #[must_use]
    pub fn find_people(&self, text: &str, offset: usize, limit: usize) -> PeopleRows {
        let state = self.state();
        let Some(filter) = state.people() else { return PeopleRows::default() };
        let query = PeopleQuery { text: text.to_owned(), filter: filter.clone(), offset, limit };
        self.app.find_people(&query, &state.wave.mailboxes).unwrap_or_default()
    }

    /// Rows of the wave.
    #[must_use]
    pub fn find_wave(&self, offset: usize, limit: usize) -> PeopleRows {
        let filter = PeopleFilter { in_wave: true, ..PeopleFilter::default() };
        let query = PeopleQuery { text: String::new(), filter, offset, limit };
        self.wave().and_then(|wave| self.app.find_people(&query, &wave).ok()).unwrap_or_default()
    }
}
