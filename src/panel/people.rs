//! What a switch would cost whom, and the wave of mailboxes that are switched next.

use super::Panel;
use super::browser::Browser;
use super::state::{NextWave, PeopleList, Question, WaveFileError};
use crate::app::{Error, PeopleFilter, PeopleQuery, PeopleRows, Wave};
use crate::export::{Cell, ColumnError, Columns};
use crate::mailcow::folded;
use crate::verify::switch_cost::SwitchCost;

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
            let list = earlier.or(due).unwrap_or_default();
            let filter = Some(list.filter).filter(lists_any).unwrap_or_default();
            Ok(PeopleList { filter, opened: list.opened, ..PeopleList::default() })
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
        let told = if wave.at == at { std::mem::take(&mut wave.told) } else { Wave::default() };
        *wave = NextWave { at, mailboxes: self.app.proposed_wave()?, is_changed: false, told };
        Ok(())
    }

    /// Filters the list of people.
    pub(super) fn filter_people(&self, wanted: PeopleFilter) {
        self.change_people(|people| people.filter = wanted);
    }

    /// Looks at an address, or no longer.
    pub(super) fn open_person(&self, address: String) {
        self.change_people(|people| people.opened = if people.opened == address { String::new() } else { address });
    }

    /// Changes what is done with the list, where there is one.
    pub(super) fn change_people(&self, change: impl FnOnce(&mut PeopleList)) {
        self.change_table(|table| {
            if let Some(people) = table.people.done_mut() {
                change(people);
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

    /// Makes a wave of the addresses in a CSV. Of those whose row says so, the owners were told about their mail programs.
    pub(super) fn load_wave(&self, text: &str, addresses: &[String], needs: &[String], told: &[String]) {
        if self.state().is_switching() {
            return;
        }
        let loaded = match read_wave(text, addresses, needs, told) {
            Ok((named, are_told)) => {
                let mut loaded = Err(WaveFileError::Empty);
                self.change_wave(|_, wave| {
                    // Without a table there is no list either.
                    loaded = self.app.load_wave(&named, &mut wave.mailboxes).map_err(|_| WaveFileError::Empty);
                    wave.told.extend(are_told);
                });
                loaded
            }
            Err(error) => Err(error),
        };
        self.change_people(|people| people.loaded = Some(loaded));
    }

    /// Notes that the owners of the wave whose switch has one of these costs get their message.
    pub(super) fn note_told(&self, costs: &[SwitchCost]) {
        self.change(|state| {
            if state.people().is_some() {
                let NextWave { mailboxes, told, .. } = &mut state.wave;
                // Without a table there is no list either.
                let _ = self.app.note_told(mailboxes, costs, told);
            }
        });
    }

    /// How many owners of the wave lose something and were not told.
    pub(super) fn untold(&self, wave: &NextWave) -> usize {
        self.app.untold(&wave.mailboxes, &wave.told).unwrap_or_default()
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
            let people = state.table_mut().and_then(|table| table.people.done_mut());
            if let Some(PeopleList { filter, loaded, .. }) = people {
                *loaded = None;
                let filter = filter.clone();
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
        let Some(PeopleList { filter, .. }) = state.people() else { return PeopleRows::default() };
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

/// The addresses in a CSV, and of them those of which each row says that the message is about mail programs: with `told` in the column
/// `needs`.
fn read_wave(text: &str, addresses: &[String], needs: &[String], told: &[String]) -> Result<(Wave, Wave), WaveFileError> {
    let refused = |error| match error {
        ColumnError::Absent => WaveFileError::Other,
        ColumnError::Malformed => WaveFileError::Malformed,
    };
    let columns = Columns::with_one_of(text, addresses).map_err(refused)?;
    // What begins like a formula has an apostrophe in the file. No address begins with one and such a character.
    let cells = columns.cells(addresses, needs).map_err(refused)?;
    let of_rows = |is_wanted: &dyn Fn(&Cell) -> bool| -> Wave {
        cells.iter().filter(|cell| is_wanted(cell)).map(|cell| folded(&cell.unguarded).into()).collect()
    };
    let is_told = |cell: &Cell| told.contains(&cell.other);
    let named = of_rows(&|_| true);
    let are_told = &named - &of_rows(&|cell| !is_told(cell));
    if named.is_empty() { Err(WaveFileError::Empty) } else { Ok((named, are_told)) }
}
