//! The journal: what was about to be written, what was, and what it replaced. Undo reads it backwards.
//!
//! Each entry is kept before its write is sent, so that a tab closed in the middle leaves nothing unknown. It holds no secret and
//! survives the panel being closed.

use serde::{Deserialize, Serialize};

use crate::authentik::api::{Base, Object};
use crate::transport::Host;
use crate::wire::{RawObject, read, write};

use super::change::Kind;

/// Name under which the entries about objects are kept.
pub const KEPT_AS: &str = "journal";

/// How far a write got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was about to be sent. It may have happened.
    Intended,
    /// authentik confirmed it.
    Done,
    /// authentik refused it; nothing changed.
    Refused,
    /// It was taken back.
    Undone,
}

/// A write to an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What kind of object.
    pub kind: Kind,
    /// Its name; for an application its slug.
    pub name: String,
    /// Its primary key, or slug, as soon as it is known.
    pub key: Option<String>,
    /// The replaced values of the fields that were written; `None` for an object that was made.
    pub before: Option<RawObject>,
    /// The written values; for an object that was made, what it is recognised by. A client secret is left out of both.
    pub after: RawObject,
    /// How far it got.
    pub state: State,
}

/// A write to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEntry {
    pub pk: i64,
    /// User name, for messages.
    pub username: String,
    /// Page of the list on which the user was.
    pub page: u32,
    /// JSON text of the attribute that was replaced; `None` when there was none.
    pub before: Option<String>,
    /// How far it got.
    pub state: State,
}

/// An entry of which it is not known whether its object was made.
#[derive(Clone, Debug)]
pub struct Unknown {
    position: usize,
    pub(super) entry: Entry,
}

/// What became of it: the key of the object, or that there is none.
#[derive(Clone, Debug)]
pub struct Known {
    /// What was asked about.
    pub unknown: Unknown,
    /// Key of the object, if it was made.
    pub key: Option<String>,
}

/// Everything that was written to one authentik.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Journal {
    /// Address of the authentik.
    pub authentik: String,
    /// Milliseconds since 1970 of the first write.
    pub started_ms: u64,
    /// Objects, in the order of the writes.
    pub entries: Vec<Entry>,
    /// Number of chunks of users, each kept by itself.
    pub chunks: usize,
    /// Users, in chunks.
    #[serde(skip)]
    pub users: Vec<Vec<UserEntry>>,
    /// For each chunk whether it differs from what is kept.
    #[serde(skip)]
    changed: Vec<bool>,
}

impl Journal {
    /// An empty journal for an authentik.
    #[must_use]
    pub fn new(authentik: String, started_ms: u64) -> Self {
        Self { authentik, started_ms, ..Self::default() }
    }

    /// Whether it is about this authentik.
    #[must_use]
    pub fn is_of(&self, base: &Base) -> bool {
        self.authentik == base.address()
    }

    /// Name under which a chunk of users is kept.
    #[must_use]
    pub fn chunk_name(chunk: usize) -> String {
        format!("{KEPT_AS}.users.{chunk}")
    }

    /// A journal from what was kept. Chunks that are missing or unreadable are left out.
    #[must_use]
    pub fn restore(journal: &str, chunk: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let mut journal: Self = read(journal).ok()?;
        let users = |number| read(&chunk(&Self::chunk_name(number))?).ok();
        journal.users = (0..journal.chunks).map(|number| users(number).unwrap_or_default()).collect();
        Some(journal)
    }

    /// Whether something was written that is not undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        let open = |state| matches!(state, State::Done | State::Intended);
        self.entries.iter().any(|entry| open(entry.state)) || self.users.iter().flatten().any(|user| open(user.state))
    }

    /// Users that were written and confirmed.
    #[must_use]
    pub fn users_done(&self) -> usize {
        self.users.iter().flatten().filter(|user| user.state == State::Done).count()
    }

    /// Says how the write to a user ended, by chunk and position.
    pub(super) fn set_user(&mut self, at: (usize, usize), state: State) {
        if let Some(user) = self.user(at) {
            user.state = state;
        }
    }

    /// Says what the write to a user replaces, by chunk and position.
    pub(super) fn set_before(&mut self, at: (usize, usize), before: Option<String>) {
        if let Some(user) = self.user(at) {
            user.before = before;
        }
    }

    fn user(&mut self, (chunk, position): (usize, usize)) -> Option<&mut UserEntry> {
        self.mark(chunk);
        self.users.get_mut(chunk)?.get_mut(position)
    }

    /// Notes that a chunk differs from what is kept.
    fn mark(&mut self, chunk: usize) {
        self.changed.resize(self.changed.len().max(chunk + 1), false);
        self.changed[chunk] = true;
    }

    /// Adds writes to users that are about to be sent, as a chunk of their own.
    pub(super) fn intend_users(&mut self, users: Vec<UserEntry>) {
        if !users.is_empty() {
            self.mark(self.users.len());
            self.users.push(users);
            self.chunks = self.users.len();
        }
    }

    /// What has to be kept: the entries about objects, and the chunks of users that have changed since they were asked for.
    #[must_use]
    pub fn changed(&mut self) -> Vec<(String, String)> {
        let mut texts = vec![(KEPT_AS.to_owned(), write(self))];
        for (chunk, users) in self.users.iter().enumerate() {
            if self.changed.get_mut(chunk).is_some_and(std::mem::take) {
                texts.push((Self::chunk_name(chunk), write(users)));
            }
        }
        texts
    }

    /// Keeps what has changed.
    pub(super) async fn keep(&mut self, host: &impl Host) {
        let texts = self.changed();
        host.keep(texts).await;
    }

    /// Adds a write that is about to be sent, and returns its position.
    pub(super) async fn intend(&mut self, host: &impl Host, entry: Entry) -> usize {
        self.entries.push(entry);
        self.keep(host).await;
        self.entries.len() - 1
    }

    /// Says how a write ended.
    pub(super) async fn settle(&mut self, host: &impl Host, position: usize, state: State, key: Option<String>) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.state = state;
            entry.key = key.or(entry.key.take());
        }
        self.keep(host).await;
    }

    /// The making of objects of which it is not known what became.
    #[must_use]
    pub fn unknown(&self) -> Vec<Unknown> {
        let entries = self.entries.iter().enumerate().filter(|(_, entry)| entry.is_unknown());
        entries.map(|(position, entry)| Unknown { position, entry: entry.clone() }).collect()
    }

    /// Says what became of them. An entry that is another one by now is left alone.
    pub fn resolve(&mut self, known: Vec<Known>) {
        for Known { unknown, key } in known {
            if let Some(entry) = self.entries.get_mut(unknown.position).filter(|entry| **entry == unknown.entry) {
                entry.state = if key.is_some() { State::Done } else { State::Refused };
                entry.key = key;
            }
        }
    }
}

impl Entry {
    /// A write that is about to be sent: the making of an object, unless the caller says what it replaces.
    pub(super) fn new(kind: Kind, name: &str, after: RawObject) -> Self {
        Self { kind, name: name.to_owned(), key: None, before: None, after, state: State::Intended }
    }

    /// Whether it is not known if the object was made.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.state == State::Intended && self.key.is_none()
    }

    /// The object in authentik's API; `None` while its key is unknown.
    #[must_use]
    pub fn object(&self) -> Option<Object> {
        let key = self.key.clone()?;
        Some(match self.kind {
            Kind::ScopeMapping | Kind::TemplateMapping => Object::ScopeMapping(key),
            Kind::Provider => Object::Provider(key.parse().ok()?),
            Kind::Application => Object::Application(key),
            Kind::Binding => Object::Binding(key),
            Kind::Group => Object::Group(key),
            Kind::Users => Object::User(key.parse().ok()?),
        })
    }
}
