//! The people who move to authentik: each mailbox that still has a password, whose it is, and what a switch would cost its owner
//! (docs/contract/rollout.md).

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::state::{CostCount, MailPrograms, People, PeopleFilter, PeopleSearch, Person, Readiness};
use super::users::contains;
use super::{Cowbell, Error};
use crate::authentik::User;
use crate::mailcow::directory::{self, ByName};
use crate::mailcow::{self, Authsource, Mailbox, Protocol, Protocols, Template, Times, api};
use crate::setup::Origin;
use crate::transport::{Batch, Host, Pace, Product, SendError, fetch};
use crate::verify::readiness::{Outcome, Rules};
use crate::verify::switch_cost::{CostRules, Owner, SwitchCost};
use crate::verify::{Code, Finding};

/// Mailboxes whose app passwords are requested together; progress is shown in between.
const AT_ONCE: usize = 100;

/// Maximum number of mailboxes of a wave that are named for a reason.
const LISTED: usize = 100;

/// The people in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PeopleView {
    /// Mailboxes with a password.
    pub mailboxes: usize,
    /// What their switch would cost, each cost that occurs.
    pub costs: Vec<CostCount>,
    /// Whether mailcow says when mail programs sign in.
    pub shows_sign_ins: bool,
    /// Whether it says with which password they do, and of `ActiveSync`, DAV and sieve, too.
    pub tells_passwords: bool,
    /// Domains of the mailboxes, sorted.
    pub domains: Vec<String>,
    /// When it was read which mail programs sign in: milliseconds since 1970-01-01T00:00:00Z; absent before that.
    #[tsify(optional)]
    pub read_at_ms: Option<u64>,
    /// How the move has ended, once nobody is left whom a switch would let in.
    #[tsify(optional)]
    pub end: Option<MoveEnd>,
}

/// How a move to authentik ends: no mailbox with a password is left whose user could sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MoveEnd {
    /// Others sign in with authentik already.
    Moved,
    /// No mailbox does: it is not the end of a move, but none can begin.
    NobodyCan,
}

/// Search, filter and page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// A part of user name, full name or address; case does not matter.
    pub text: String,
    pub filter: PeopleFilter,
    pub offset: usize,
    pub limit: usize,
}

/// A wave: the addresses of mailboxes that are to be switched together, as the list has them.
pub type Wave = BTreeSet<Box<str>>;

/// What the switch of a wave does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct WaveView {
    /// Mailboxes that would be switched.
    pub mailboxes: usize,
    /// What that would cost, each cost that occurs.
    pub costs: Vec<CostCount>,
    /// How many owners are known to lose something.
    pub losing: usize,
    /// Addresses that several users have, who all would get into the mailbox. They can be picked only one by one.
    pub shared: Vec<String>,
    /// Users of these mailboxes who may change their own address in authentik, and with it the mailbox that they get into.
    pub may_change: usize,
    /// Mailboxes of users of whom it is not known whether they could sign in.
    pub doubtful: usize,
    /// Inactive mailboxes that the first sign-in makes active.
    pub reactivated: usize,
    /// Mailboxes that the first sign-in makes like a template: quota, access and rights. Switching back does not restore those.
    pub remade: usize,
    /// Names of these templates, sorted.
    pub templates: Vec<String>,
    /// Mailboxes for which mailcow demands a second factor or a new password; switching them ends these demands.
    pub demanding: usize,
}

/// With what a mail program has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SeenWith {
    /// The password of the mailbox.
    Password,
    AppPassword,
    /// One of both: mailcow does not tell which.
    Either,
}

/// When a mail program signed in last with a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SeenView {
    pub protocol: Protocol,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    pub with: SeenWith,
}

/// A person with their mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// Address of the mailbox.
    pub address: String,
    /// User name; empty if no user has the address.
    pub username: String,
    /// Full name of the user.
    pub name: String,
    pub cost: SwitchCost,
    /// What else there is about the user's sign-in after the switch; absent if nothing is.
    #[tsify(optional)]
    pub after: Option<Finding>,
    /// Mail programs that have signed in.
    pub seen: Vec<SeenView>,
    /// Protocols whose mail programs would be refused: their app password is missing, or not entered there.
    pub breaks: Vec<Protocol>,
    /// When one of those signed in last: milliseconds since 1970-01-01T00:00:00Z; absent if nothing would be refused.
    #[tsify(optional)]
    pub breaks_at_ms: Option<u64>,
    /// When a mail program signed in last with an app password, the same.
    #[tsify(optional)]
    pub app_password_at_ms: Option<u64>,
    /// Protocols that active app passwords open; absent when they have not been read.
    #[tsify(optional)]
    pub app_passwords: Option<Vec<Protocol>>,
    /// Whether several users have the address.
    pub is_shared: bool,
    /// Whether the mailbox is part of the wave.
    pub in_wave: bool,
}

/// Rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct PeopleRows {
    /// Number of people that match.
    pub total: usize,
    /// The requested rows.
    pub rows: Vec<PersonRow>,
    /// How many mailboxes [`Cowbell::add_found`] would add to the wave.
    pub addable: usize,
}

/// What became of the addresses of a file that a wave was loaded from; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct LoadedWave {
    /// Mailboxes that are in the wave now.
    pub picked: usize,
    /// Mailboxes that have to be picked one by one, as in [`Cowbell::add_found`].
    pub one_by_one: usize,
    /// Mailboxes that sign in with authentik already.
    pub switched: usize,
    /// Addresses of no mailbox that has a password or signs in with authentik.
    pub absent: usize,
}

impl<O: Host> Cowbell<O> {
    /// Reads which mail programs sign in, and the app passwords of all mailboxes that one of them opens with the password of the
    /// mailbox. Calls `progress` with the number of mailboxes done and their total; [`Host::cancelled`] ends it early, and what was
    /// read until then counts.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded, when mailcow does not answer or refuses, or when another mailcow was connected
    /// meanwhile.
    pub async fn read_people(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<PeopleView, Error> {
        let host = self.bound();
        let readiness = self.readiness()?;
        let origin = readiness.mailcow.origin.clone();
        let answers = fetch(&host, Batch::new(Product::Mailcow, vec![api::sign_in_log(&origin)])).await;
        // Optional: without it, the mailboxes themselves say something.
        let log = answers.first().and_then(|answer| mailcow::read_sign_in_log(answer).ok());
        let mailboxes = readiness.mailcow.snapshot.mailboxes.clone().unwrap_or_default();
        let log = log.map(|log| Rc::new(mailcow::in_utc(log, &mailboxes).0));
        {
            let known = &mut self.state.borrow_mut().mail_programs;
            let read_at_ms = Some(self.host.now_ms());
            *known =
                MailPrograms { mailcow: Some(origin.clone()), log, open: HashMap::new(), reading: known.reading + 1, read_at_ms };
        }
        let at_risk = self.people()?.at_risk(&readiness);
        let mut pace = Pace::default();
        let mut failed = None;
        for (done, some) in at_risk.chunks(AT_ONCE).enumerate() {
            progress(done * AT_ONCE, at_risk.len());
            let asked = some.iter().filter_map(|address| Some((address.clone(), api::app_passwords(&origin, address)?)));
            let (addresses, requests): (Vec<_>, Vec<_>) = asked.unzip();
            let mut read = Vec::new();
            pace.run(&host, Product::Mailcow, requests, &mut |index, answer| match directory::read_app_passwords(&answer) {
                Ok(open) => read.push((addresses[index].clone(), open)),
                Err(error) => failed = Some(error),
            })
            .await;
            self.note_app_passwords(&origin, read);
            // The session has ended, or the administrator has stopped it: nothing else would be answered either.
            if failed.is_some() {
                break;
            }
        }
        match failed {
            Some(error) if !matches!(error, mailcow::Error::NoAnswer { error: SendError::Cancelled, .. }) => Err(error.into()),
            _ => self.people_view(),
        }
    }

    fn note_app_passwords(&self, origin: &Origin, read: Vec<(Box<str>, Protocols)>) {
        let known = &mut self.state.borrow_mut().mail_programs;
        if known.mailcow.as_ref() == Some(origin) {
            known.open.extend(read);
            known.reading += 1;
        }
    }

    /// The people in numbers.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn people_view(&self) -> Result<PeopleView, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let mailboxes = readiness.mailcow.snapshot.mailboxes.as_ref().map(|mailboxes| mailboxes.counts()).unwrap_or_default();
        let end = match &people.costs[..] {
            costs if costs.iter().any(|counted| counted.cost.lets_sign_in()) => None,
            _ if mailboxes.generic_oidc > 0 => Some(MoveEnd::Moved),
            costs => (!costs.is_empty()).then_some(MoveEnd::NobodyCan),
        };
        Ok(PeopleView {
            read_at_ms: self.state.borrow().mail_programs.at(&readiness.mailcow.origin).and_then(|known| known.read_at_ms),
            end,
            mailboxes: people.costs.iter().map(|counted| counted.count).sum(),
            costs: people.costs.clone(),
            shows_sign_ins: people.rules.shows_sign_ins(),
            tells_passwords: people.rules.tells_passwords(),
            domains: people.domains.clone(),
        })
    }

    /// Rows of the searchable list, sorted by address.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn find_people(&self, query: &PeopleQuery, wave: &Wave) -> Result<PeopleRows, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let mut state = self.state.borrow_mut();
        let positions = state.sought_people.find(&readiness, &people, query);
        let is_shown = |person: &&Person| !query.filter.in_wave || person.is_in(wave, &readiness);
        let found = || positions.iter().filter_map(|at| people.rows.get(*at as usize)).filter(is_shown);
        let addable = found().filter(|person| person.can_follow() && !person.is_in(wave, &readiness)).count();
        let total = if query.filter.in_wave { found().count() } else { positions.len() };
        let shown: Vec<&Person> = found().skip(query.offset).take(query.limit).collect();
        let rules = readiness.rules().after_switch();
        let row = |person: &Person| person.row(&readiness, &rules, &people.rules, &state.mail_programs, wave);
        Ok(PeopleRows { total, rows: shown.into_iter().filter_map(row).collect(), addable })
    }

    /// All that is known about the mailbox with this address, for each of its users; empty if it is not listed.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn people_of(&self, address: &str, wave: &Wave) -> Result<Vec<PersonRow>, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let state = self.state.borrow();
        let rules = readiness.rules().after_switch();
        let is_its = |person: &&Person| person.mailbox(&readiness).is_some_and(|(name, _)| **name == *address);
        let row = |person: &Person| person.row(&readiness, &rules, &people.rules, &state.mail_programs, wave);
        Ok(people.rows.iter().filter(is_its).filter_map(row).collect())
    }

    /// The mailboxes whose switch costs nothing, as far as mailcow tells; none before [`Self::read_people`] has succeeded. Not those
    /// that several users would get into.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn proposed_wave(&self) -> Result<Wave, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let ready = people.mailboxes().filter(|person| person.is_proposed());
        Ok(ready.filter_map(|person| Some(person.mailbox(&readiness)?.0.clone())).collect())
    }

    /// How many mailboxes [`Self::proposed_wave`] has; 0 if this wave is the proposal already.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn proposed_instead(&self, wave: &Wave) -> Result<usize, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let proposed = || people.mailboxes().filter(|person| person.is_proposed());
        let count = proposed().count();
        Ok(if count == wave.len() && proposed().all(|person| person.is_in(wave, &readiness)) { 0 } else { count })
    }

    /// Makes a wave of the mailboxes with these addresses, except those that have to be picked one by one, as in
    /// [`Self::add_found`]. If none of them can be picked, the wave stays as it is.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn load_wave(&self, addresses: &Wave, wave: &mut Wave) -> Result<LoadedWave, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let listed: Vec<&Person> = people.mailboxes().filter(|person| person.is_in(addresses, &readiness)).collect();
        let names = listed.iter().filter(|person| person.can_follow()).filter_map(|person| person.mailbox(&readiness));
        let picked: Wave = names.map(|(address, _)| address.clone()).collect();
        let mailboxes = readiness.mailcow.snapshot.mailboxes.as_ref();
        let is_switched = |address: &&str| {
            let mailbox = mailboxes.and_then(|mailboxes| mailboxes.get(address));
            mailbox.is_some_and(|mailbox| mailbox.authsource == Authsource::GenericOidc)
        };
        let switched = addresses.iter().map(|address| &**address).filter(is_switched).count();
        let loaded = LoadedWave {
            picked: picked.len(),
            one_by_one: listed.len() - picked.len(),
            switched,
            absent: addresses.len().saturating_sub(listed.len() + switched),
        };
        if !picked.is_empty() {
            *wave = picked;
        }
        Ok(loaded)
    }

    /// Adds to `told` the mailboxes of a wave that have one of these costs: their owners get a message about their mail programs. Whoever
    /// loses nothing gets one that does not tell what to do, should that change.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn note_told(&self, wave: &Wave, costs: &[SwitchCost], told: &mut Wave) -> Result<(), Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let is_told = |person: &&Person| costs.contains(&person.cost) && !person.cost.is_nothing();
        let of_wave = people.mailboxes().filter(is_told).filter(|person| person.is_in(wave, &readiness));
        told.extend(of_wave.filter_map(|person| Some(person.mailbox(&readiness)?.0.clone())));
        Ok(())
    }

    /// How many owners of a wave lose something and could still do something about it, but were not told. To others nothing is
    /// written: they could not sign in.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn untold(&self, wave: &Wave, told: &Wave) -> Result<usize, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let can_act = |person: &&Person| person.cost.is_loss() && person.cost.lets_sign_in();
        let of_wave = people.mailboxes().filter(can_act).filter(|person| person.is_in(wave, &readiness));
        Ok(of_wave.filter(|person| !person.is_in(told, &readiness)).count())
    }

    /// Takes out of a wave what is not listed any more.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn keep_listed(&self, wave: &mut Wave) -> Result<(), Error> {
        let readiness = self.readiness()?;
        wave.retain(|address| readiness.own_password(address).is_some());
        Ok(())
    }

    /// Adds everybody to a wave whom a search finds, except those who have to be picked one by one: whose sign-in would fail, whose
    /// mailbox several users would get into, and whose mailbox is inactive and would be made active.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn add_found(&self, query: &PeopleQuery, wave: &mut Wave) -> Result<(), Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let mut state = self.state.borrow_mut();
        let positions = state.sought_people.find(&readiness, &people, query);
        let found = positions.iter().filter_map(|at| people.rows.get(*at as usize));
        wave.extend(found.filter(|person| person.can_follow()).filter_map(|person| Some(person.mailbox(&readiness)?.0.clone())));
        Ok(())
    }

    /// What the switch of a wave would do.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn wave_view(&self, wave: &Wave) -> Result<WaveView, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let picked: Vec<&Person> = people.rows.iter().filter(|person| person.is_in(wave, &readiness)).collect();
        let mailboxes: Vec<&Person> = alone(&picked).collect();
        let rules = readiness.rules().after_switch();
        let losing = mailboxes.iter().filter(|person| person.cost.is_loss());
        let shared = mailboxes.iter().filter(|person| person.is_shared);
        let demands = |person: &&&Person| person.mailbox(&readiness).is_some_and(|(_, mailbox)| mailbox.demands_something());
        let may_change = |user: &User| readiness.facts.address_change.as_ref()?.is_allowed(user);
        let users = picked.iter().filter_map(|person| person.user(&readiness));
        let is_doubtful = |person: &&&Person| person.after.is_some_and(|after| Outcome::of(after) == Outcome::Unknown);
        let mut templates = BTreeSet::new();
        let mut is_remade = |person: &&&Person| {
            let user = person.user(&readiness).filter(|_| person.cost.lets_sign_in());
            let found: Vec<&str> =
                user.map(|user| rules.templates_after_switch(user)).into_iter().flatten().map(|of| &*of.name).collect();
            templates.extend(&found);
            !found.is_empty()
        };
        let remade = mailboxes.iter().filter(|person| is_remade(person)).count();
        Ok(WaveView {
            doubtful: mailboxes.iter().filter(is_doubtful).count(),
            reactivated: mailboxes.iter().filter(|person| person.is_reactivated).count(),
            remade,
            templates: templates.into_iter().map(str::to_owned).collect(),
            mailboxes: mailboxes.len(),
            costs: counts(mailboxes.iter().copied()),
            losing: losing.count(),
            shared: shared.filter_map(|person| Some(person.mailbox(&readiness)?.0.to_string())).collect(),
            may_change: users.filter(|user| may_change(user) == Some(true)).count(),
            demanding: mailboxes.iter().filter(demands).count(),
        })
    }

    /// Those of a wave whose owners are known to lose something: of each cost the first 100.
    ///
    /// # Errors
    /// Before [`Self::read_readiness`] has succeeded.
    pub fn losing_in_wave(&self, wave: &Wave) -> Result<Vec<PersonRow>, Error> {
        let (readiness, people) = (self.readiness()?, self.people()?);
        let state = self.state.borrow();
        let rules = readiness.rules().after_switch();
        let row = |person: &Person| person.row(&readiness, &rules, &people.rules, &state.mail_programs, wave);
        let in_wave: Vec<&Person> = people.mailboxes().filter(|person| person.is_in(wave, &readiness)).collect();
        let losing = |cost| in_wave.iter().filter(move |person| person.cost == cost).take(LISTED);
        let costs = SwitchCost::ALL.into_iter().filter(|cost| cost.is_loss());
        Ok(costs.flat_map(losing).filter_map(|person| row(person)).collect())
    }

    /// The list, made anew when the table or what is known about mail programs is another one.
    fn people(&self) -> Result<Rc<People>, Error> {
        let readiness = self.readiness()?;
        let mut state = self.state.borrow_mut();
        let reading = state.mail_programs.reading;
        if let Some(known) = state.people.as_ref().filter(|known| known.is_of(&readiness, reading)) {
            return Ok(known.clone());
        }
        let people = Rc::new(People::new(&readiness, &state.mail_programs));
        state.people = Some(people.clone());
        Ok(people)
    }
}

impl MailPrograms {
    /// The same, if it is about this mailcow.
    fn at(&self, mailcow: &Origin) -> Option<&Self> {
        Some(self).filter(|known| known.mailcow.as_ref() == Some(mailcow))
    }

    fn open(&self, address: &str) -> Option<Protocols> {
        self.open.get(address).copied()
    }
}

impl People {
    fn new(readiness: &Rc<Readiness>, mail_programs: &MailPrograms) -> Self {
        let seen = &readiness.mailcow;
        let (known, none) = (mail_programs.at(&seen.origin), ByName::default());
        let mailboxes = seen.snapshot.mailboxes.as_deref().unwrap_or(&none);
        let log = known.and_then(|known| known.log.clone());
        let rules = CostRules::new(mailboxes, log, seen.snapshot.features, seen.snapshot.read_at_ms);
        let users = readiness.users_by_address();
        let switched = readiness.rules().after_switch();
        let mut rows = Vec::new();
        for (mailbox, (address, of)) in (0..).zip(mailboxes.rows()).filter(|(_, (_, of))| of.authsource == Authsource::Mailcow) {
            let open = known.and_then(|known| known.open(address));
            let mut owners = users.all(address).peekable();
            let is_shared = readiness.table.is_shared(address);
            if owners.peek().is_none() {
                let cost = rules.cost(address, of, Owner::Nobody, open);
                rows.push(Person { mailbox, user: None, cost, after: None, is_reactivated: false, is_shared });
            }
            for user in owners {
                let After { verdict: after, owner, is_reactivated } = after_switch(readiness, &switched, *user, of);
                let cost = rules.cost(address, of, owner, open);
                rows.push(Person { mailbox, user: Some(*user), cost, after, is_reactivated, is_shared });
            }
        }
        let mut domains: Vec<String> = mailboxes
            .rows()
            .iter()
            .filter(|(_, of)| of.authsource == Authsource::Mailcow)
            .map(|(address, _)| domain_of(address).to_owned())
            .collect();
        domains.sort_unstable();
        domains.dedup();
        let (of, mail_programs) = (Rc::downgrade(readiness), mail_programs.reading);
        let costs = counts(alone(&rows));
        Self { readiness: of, mail_programs, rules, rows, costs, domains }
    }

    fn is_of(&self, readiness: &Rc<Readiness>, mail_programs: u64) -> bool {
        self.readiness.ptr_eq(&Rc::downgrade(readiness)) && self.mail_programs == mail_programs
    }

    fn mailboxes(&self) -> impl Iterator<Item = &Person> {
        alone(&self.rows)
    }

    /// Addresses of the mailboxes whose app passwords decide about the cost.
    fn at_risk(&self, readiness: &Readiness) -> Vec<Box<str>> {
        let decides = |person: &&Person| person.cost.lets_sign_in();
        let found = self.mailboxes().filter(decides).filter_map(|person| person.mailbox(readiness));
        found
            .filter(|(address, mailbox)| !self.rules.lately(address, mailbox).is_empty())
            .map(|(address, _)| address.clone())
            .collect()
    }
}

/// What a user meets after the switch of their mailbox.
struct After {
    verdict: Option<Code>,
    owner: Owner,
    /// Whether their first sign-in makes an inactive mailbox active.
    is_reactivated: bool,
}

/// What a user would meet after the switch of their mailbox, if they are chosen.
fn after_switch(readiness: &Readiness, rules: &Rules<'_>, user: u32, mailbox: &Mailbox) -> After {
    let is_chosen = readiness.table.verdicts.get(user as usize).is_some_and(Option::is_some);
    let user = readiness.facts.directory.users().get(user as usize).filter(|_| is_chosen);
    let Some(user) = user else { return After { verdict: None, owner: Owner::KeptOut, is_reactivated: false } };
    let verdict = rules.of_user(user);
    let is_reactivated = !mailbox.active && rules.templates_after_switch(user).any(|template| template.active);
    let is_too_small = |template: &Template| template.quota.is_some_and(|quota| quota > 0 && quota < mailbox.used);
    let owner = match Outcome::of(verdict) {
        Outcome::Refused => Owner::KeptOut,
        _ if rules.templates_after_switch(user).any(is_too_small) => Owner::TooFull,
        Outcome::SignsIn if !is_reactivated => Owner::Ready,
        _ => Owner::Doubtful,
    };
    After { verdict: Some(verdict), owner, is_reactivated }
}

/// One person of each mailbox: of several, the one whom its switch lets in.
fn alone<P: Borrow<Person>>(rows: &[P]) -> impl Iterator<Item = &Person> {
    let by_mailbox = rows.chunk_by(|one, other| one.borrow().mailbox == other.borrow().mailbox);
    by_mailbox.filter_map(|alike| alike.iter().map(Borrow::borrow).min_by_key(|person| person.cost))
}

/// How many of these people have each cost that occurs.
fn counts<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<CostCount> {
    let mut counts = SwitchCost::ALL.map(|cost| CostCount { cost, count: 0 });
    for person in people {
        counts.iter_mut().filter(|counted| counted.cost == person.cost).for_each(|counted| counted.count += 1);
    }
    counts.into_iter().filter(|counted| counted.count > 0).collect()
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

impl PeopleSearch {
    /// Positions of the people whom a query finds, whether they are in the wave or not: that is looked at when they are shown.
    fn find(&mut self, readiness: &Readiness, people: &Rc<People>, query: &PeopleQuery) -> &[u32] {
        let asked = (query.text.trim().to_lowercase(), query.filter.clone());
        let searched = Rc::downgrade(people);
        if !self.people.ptr_eq(&searched) || self.asked.as_ref() != Some(&asked) {
            let (text, filter) = &asked;
            let facts = &readiness.facts;
            let group = filter.group.as_ref();
            let group = group.map(|group| facts.directory.group_set(std::slice::from_ref(group), &facts.authentik.groups));
            let fits = |person: &Person| {
                let address = person.mailbox(readiness).map_or("", |(address, _)| &**address);
                let user = person.user(readiness);
                filter.cost.is_none_or(|cost| cost == person.cost)
                    && filter.domain.as_ref().is_none_or(|domain| domain_of(address) == domain)
                    && group.as_ref().is_none_or(|group| user.is_some_and(|user| user.is_in(group)))
                    && (address.contains(text) || user.is_some_and(|user| contains(user, text)))
            };
            let found = (0..).zip(&people.rows).filter(|(_, person)| fits(person));
            self.positions = found.map(|(position, _)| position).collect();
            self.people = searched;
            self.asked = Some(asked);
        }
        &self.positions
    }
}

impl Person {
    /// Whether the mailbox is part of the proposal.
    fn is_proposed(&self) -> bool {
        self.cost.is_nothing() && !self.is_shared
    }

    /// Whether the mailbox may be picked together with others.
    fn can_follow(&self) -> bool {
        self.cost.lets_sign_in() && !self.is_shared && !self.is_reactivated
    }

    fn is_in(&self, wave: &Wave, readiness: &Readiness) -> bool {
        self.mailbox(readiness).is_some_and(|(address, _)| wave.contains(address))
    }

    fn mailbox<'a>(&self, readiness: &'a Readiness) -> Option<&'a (Box<str>, Mailbox)> {
        readiness.mailcow.snapshot.mailboxes.as_ref()?.rows().get(self.mailbox as usize)
    }

    fn user<'a>(&self, readiness: &'a Readiness) -> Option<&'a User> {
        readiness.facts.directory.users().get(self.user? as usize)
    }

    fn row(
        &self,
        readiness: &Readiness,
        after_switch: &Rules<'_>,
        rules: &CostRules,
        mail_programs: &MailPrograms,
        wave: &Wave,
    ) -> Option<PersonRow> {
        let (address, mailbox) = self.mailbox(readiness)?;
        let user = self.user(readiness);
        let open = mail_programs.at(&readiness.mailcow.origin).and_then(|known| known.open(address));
        let lately = rules.lately(address, mailbox);
        let breaks = match self.cost {
            SwitchCost::NotKnown | SwitchCost::CannotSignIn | SwitchCost::KeepsPassword => Protocols::default(),
            // What signs in with the password of the mailbox is refused, whatever app passwords there are.
            _ if rules.tells_passwords() => lately,
            _ => lately.without(open.unwrap_or_default()),
        };
        let after = self.after.filter(|after| *after != Code::SignsIn);
        let times = rules.uses(address, mailbox);
        let own = if rules.tells_passwords() { SeenWith::Password } else { SeenWith::Either };
        let seen_with = |times: &Times, with| {
            let seen = times.known().map(|(protocol, at)| SeenView { protocol, at_ms: u64::from(at) * 1_000, with });
            seen.collect::<Vec<_>>()
        };
        let (by_own, by_app) = (seen_with(&times.own, own), seen_with(&times.app, SeenWith::AppPassword));
        let broken = by_own.iter().filter(|seen| breaks.iter().any(|protocol| protocol == seen.protocol));
        Some(PersonRow {
            address: address.to_string(),
            username: user.map(|user| user.username.to_string()).unwrap_or_default(),
            name: user.map(|user| user.name.to_string()).unwrap_or_default(),
            cost: self.cost,
            after: after.map(|after| after_switch.finding(after, address)),
            breaks_at_ms: broken.map(|seen| seen.at_ms).max(),
            app_password_at_ms: by_app.iter().map(|seen| seen.at_ms).max(),
            seen: [by_own, by_app].concat(),
            breaks: breaks.iter().collect(),
            app_passwords: open.map(|open| open.iter().collect()),
            is_shared: self.is_shared,
            in_wave: wave.contains(address),
        })
    }
}
