//! Which mailboxes Cowbell has switched, kept beyond the life of the panel.

use std::collections::{BTreeMap, HashSet};

use crate::mailcow::Mailbox;
use crate::mailcow::switch::DesiredMailbox;
use crate::verify::arrival::SwitchTime;

/// Name under which switched mailboxes are stored beyond the life of the panel, followed by the window and a number for each mailcow.
const KEPT_AS: &str = "mailboxes";

/// Lists of mailboxes that were switched: those of this window, and those that were taken over from windows without a panel.
#[derive(Default)]
pub(super) struct SwitchedLists {
    /// Identifies the window among all that store such lists.
    pub(super) window: String,
    pub(super) all: Vec<Switched>,
}

/// Mailboxes of one mailcow that were switched, in their state before.
pub(super) struct Switched {
    /// Name under which they are stored.
    pub(super) name: String,
    /// Origin of their mailcow.
    pub(super) mailcow: String,
    pub(super) mailboxes: Vec<SwitchedMailbox>,
}

/// A mailbox that was switched.
#[derive(Clone)]
pub(super) struct SwitchedMailbox {
    pub(super) address: Box<str>,
    /// Its state before.
    pub(super) before: Mailbox,
    /// When, by the browser's clock, the only one that is there without asking; `None` in lists of earlier versions. Whoever compares
    /// it with a server's clock has to know how far that one is ahead. The mailboxes of a wave have begun at the same second.
    pub(super) time: Option<SwitchTime>,
}

impl SwitchedLists {
    /// Parses the lists in what earlier panels have stored, by name. A mailbox is in one of them. A wave that was going on when its panel
    /// was closed has ended by now.
    pub(super) fn restore(window: &str, kept: &BTreeMap<String, String>, now_ms: u64) -> Self {
        let mut known = HashSet::new();
        let lists = kept.iter().filter(|(name, _)| name.starts_with(KEPT_AS)).map(|(name, text)| {
            let Switched { name, mailcow, mut mailboxes } = Switched::read(name, text);
            mailboxes.retain(|switched| known.insert((mailcow.clone(), switched.address.clone())));
            for time in mailboxes.iter_mut().filter_map(|switched| switched.time.as_mut()) {
                time.ended_s = time.ended_s.or_else(|| seconds(now_ms));
            }
            Switched { name, mailcow, mailboxes }
        });
        Self { window: window.to_owned(), all: lists.collect() }
    }

    /// The mailboxes of a mailcow that were switched.
    pub(super) fn of(&self, mailcow: &str) -> impl Iterator<Item = &SwitchedMailbox> + Clone {
        self.all.iter().filter(move |list| list.mailcow == mailcow).flat_map(|list| &list.mailboxes)
    }

    /// The mailcows at which mailboxes were switched that fit, with their number.
    pub(super) fn count(&self, fits: impl Fn(&str) -> bool) -> BTreeMap<&str, usize> {
        let mut found = BTreeMap::new();
        for list in &self.all {
            let fitting = list.mailboxes.iter().filter(|switched| fits(&switched.address)).count();
            *found.entry(&*list.mailcow).or_default() += fitting;
        }
        found.retain(|_, count| *count > 0);
        found
    }

    /// Adds mailboxes of a mailcow, sorted by address, before they are switched, with the time; returns what has to be stored.
    pub(super) fn note(&mut self, mailcow: &str, previous: &[DesiredMailbox], now_ms: u64) -> Vec<(String, String)> {
        let time = seconds(now_ms).map(|began_s| SwitchTime { began_s, ended_s: None });
        self.forget(mailcow, |address| previous.binary_search_by(|(other, _)| (**other).cmp(address)).is_ok());
        let is_its = |list: &Switched| list.mailcow == mailcow;
        // What is stored under a name is overwritten, so that no old list takes up space.
        let found = self.all.iter().position(is_its).or_else(|| self.all.iter().position(|list| list.mailboxes.is_empty()));
        let at = found.unwrap_or_else(|| {
            self.all.push(Switched { name: self.unused_name(), mailcow: String::new(), mailboxes: Vec::new() });
            self.all.len() - 1
        });
        mailcow.clone_into(&mut self.all[at].mailcow);
        let switched =
            previous.iter().map(|(address, before)| SwitchedMailbox { address: address.clone(), before: *before, time });
        self.all[at].mailboxes.extend(switched);
        self.texts(mailcow)
    }

    /// Notes that what was going on at a mailcow has ended; returns what has to be stored.
    pub(super) fn end(&mut self, mailcow: &str, now_ms: u64) -> Vec<(String, String)> {
        let its = self.all.iter_mut().filter(|list| list.mailcow == mailcow).flat_map(|list| &mut list.mailboxes);
        for time in its.filter_map(|switched| switched.time.as_mut()) {
            time.ended_s = time.ended_s.or_else(|| seconds(now_ms));
        }
        self.texts(mailcow)
    }

    /// Forgets mailboxes of a mailcow; returns what has to be stored.
    pub(super) fn forget(&mut self, mailcow: &str, is_forgotten: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        for list in self.all.iter_mut().filter(|list| list.mailcow == mailcow) {
            list.mailboxes.retain(|switched| !is_forgotten(&switched.address));
        }
        self.texts(mailcow)
    }

    fn texts(&self, mailcow: &str) -> Vec<(String, String)> {
        let its = self.all.iter().filter(|list| list.mailcow == mailcow);
        its.map(|list| (list.name.clone(), list.text())).collect()
    }

    fn unused_name(&self) -> String {
        let name = |number| format!("{KEPT_AS}.{}.{number}", self.window);
        let is_used = |name: &String| self.all.iter().any(|list| list.name == *name);
        (0..=self.all.len()).map(name).find(|name| !is_used(name)).unwrap_or_default()
    }
}

impl Switched {
    /// Serialises: the origin, then a line for each mailbox with two digits for mailcow's demands, when it was created, after commas when
    /// its switch began and when it had ended, which is empty until then, and the address.
    fn text(&self) -> String {
        let mut text = self.mailcow.clone();
        for SwitchedMailbox { address, before, time } in &self.mailboxes {
            text.push('\n');
            text.push(if before.force_tfa { '1' } else { '0' });
            text.push(if before.force_pw_update { '1' } else { '0' });
            text.push_str(&before.created.to_string());
            if let Some(SwitchTime { began_s, ended_s }) = time {
                let ended_s = ended_s.map(|ended_s| ended_s.to_string()).unwrap_or_default();
                text.extend([",", &began_s.to_string(), ",", &ended_s]);
            }
            text.extend([" ", address]);
        }
        text
    }

    fn read(name: &str, text: &str) -> Self {
        let mut lines = text.lines();
        let mailcow = lines.next().unwrap_or_default().to_owned();
        let mut read = Self { name: name.to_owned(), mailcow, mailboxes: Vec::new() };
        for line in lines {
            let Some((demands, rest)) = line.split_at_checked(2) else { continue };
            let Some((times, address)) = rest.split_once(' ') else { continue };
            let mut times = times.split(',');
            let created = times.next().unwrap_or_default();
            let began_s: Option<i64> = times.next().and_then(|began| began.parse().ok());
            // Earlier versions had one time.
            let ended_s = times.next().map_or(began_s, |ended| ended.parse().ok());
            let time = began_s.map(|began_s| SwitchTime { began_s, ended_s });
            let (force_tfa, force_pw_update) = (demands.starts_with('1'), demands.ends_with('1'));
            let created = created.parse().unwrap_or_default();
            let before = Mailbox { force_tfa, force_pw_update, created, ..Mailbox::default() };
            read.mailboxes.push(SwitchedMailbox { address: address.into(), before, time });
        }
        read
    }
}

fn seconds(now_ms: u64) -> Option<i64> {
    i64::try_from(now_ms / 1_000).ok()
}
