//! The journal: what was going to be written, what was written, and what it replaced. Undo reads it backwards.
//!
//! Each entry is stored before its write is sent, so that nothing is lost if the tab is closed in the middle. It holds no secret,
//! only the fingerprints of those that Cowbell generated, and outlives the panel. Each window with a panel stores journals of its
//! own, and a new panel takes over those of windows without one (docs/contract/cases.md, S14).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::authentik::api::{Base, Object};
use crate::setup::{Fingerprint, Secret};
use crate::transport::Host;
use crate::wire::{RawObject, read, write};

use super::change::Kind;

/// Name under which the entries about objects are stored, followed by the window and a number for each authentik.
const KEPT_AS: &str = "journal.";

/// What follows the name of a journal in those of its chunks of users.
const CHUNK: &str = ".users.";

/// How far a write got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was about to be sent. It may have taken effect.
    Intended,
    /// authentik confirmed it.
    Done,
    /// authentik refused it; nothing changed.
    Refused,
    /// It was reverted.
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
    /// The replaced values of the fields that were written; `None` for an object that was created.
    pub before: Option<RawObject>,
    /// The written values; for an object that was created, all that authentik answered, or the values that identify it while there
    /// is no answer. A client secret is omitted from both.
    pub after: RawObject,
    /// Client secrets that Cowbell has generated for the object: the one that was written, or while it is unknown which one is in
    /// force, each that may be. Empty if there are none, and in journals of versions that did not note them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Fingerprint>,
    /// How far the write got.
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
    /// How far the write got.
    pub state: State,
}

/// An entry of which it is unknown whether its object was created.
#[derive(Clone, Debug)]
pub struct Unknown {
    position: usize,
    pub(super) entry: Entry,
}

/// What was found out about it: the key of the object, or that there is none.
#[derive(Clone, Debug)]
pub struct Known {
    /// The entry in question.
    pub unknown: Unknown,
    /// Key of the object, if it was created.
    pub key: Option<String>,
}

/// Everything that was written, with a journal for each authentik: a run at another one does not end what can be undone at the
/// first (docs/contract/cases.md, S3). There may be more for one authentik, if several windows were used; the last one is undone first.
#[derive(Debug, Default)]
pub struct Journals {
    /// Identifies the window among all that store journals.
    window: String,
    /// In the order in which they were started.
    all: Vec<Journal>,
}

impl Journals {
    /// Parses the journals in what earlier panels have stored, by name. What is unreadable is omitted. New ones are stored as those of
    /// this window.
    #[must_use]
    pub fn restore(window: &str, kept: &BTreeMap<String, String>) -> Self {
        let names = kept.keys().filter(|name| name.strip_prefix(KEPT_AS).is_some_and(|rest| !rest.contains(CHUNK)));
        let mut all: Vec<Journal> = names.filter_map(|name| Journal::restore(name, kept)).collect();
        all.sort_by_key(|journal| journal.started_ms);
        Self { window: window.to_owned(), all }
    }

    /// The journal of this authentik that is undone next, if there is one.
    #[must_use]
    pub fn of(&self, base: &Base) -> Option<&Journal> {
        self.all.get(self.position(base)?)
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, base: &Base) -> Option<&mut Journal> {
        let position = self.position(base)?;
        self.all.get_mut(position)
    }

    fn position(&self, base: &Base) -> Option<usize> {
        let last = |is_sought: fn(&Journal) -> bool| self.all.iter().rposition(|one| one.is_of(base) && is_sought(one));
        last(Journal::can_undo).or_else(|| last(|_| true))
    }

    /// The journal for a run at this authentik that starts now: the existing one, or if nothing in it can be undone, a new one.
    pub fn begin(&mut self, base: &Base, now_ms: u64) -> &mut Journal {
        let at = self.position(base).filter(|at| self.all[*at].can_undo()).unwrap_or_else(|| {
            // What is stored under a name is overwritten, so that no old journal takes up space.
            let name = match self.all.iter().position(|journal| !journal.can_undo()) {
                Some(used_up) => self.all.remove(used_up).name,
                None => self.unused_name(),
            };
            self.all.push(Journal::new(name, base.address(), now_ms));
            self.all.len() - 1
        });
        &mut self.all[at]
    }

    fn unused_name(&self) -> String {
        let name = |number| format!("{KEPT_AS}{}.{number}", self.window);
        let is_used = |name: &String| self.all.iter().any(|journal| journal.name == *name);
        (0..=self.all.len()).map(name).find(|name| !is_used(name)).unwrap_or_default()
    }

    /// Records that a provider, if Cowbell created it, is about to get a secret that Cowbell generated; returns what has to be
    /// stored.
    pub fn intend_secret(&mut self, base: &Base, provider: i64, secret: &Secret) -> Vec<(String, String)> {
        self.note_secrets(base, provider, |secrets| secrets.push(Fingerprint::of(secret)))
    }

    /// Records whether a secret that was intended is in force; returns what has to be stored.
    pub fn settle_secret(&mut self, base: &Base, provider: i64, secret: &Secret, in_force: bool) -> Vec<(String, String)> {
        let secret = Fingerprint::of(secret);
        self.note_secrets(base, provider, |secrets| secrets.retain(|known| (*known == secret) == in_force))
    }

    fn note_secrets(&mut self, base: &Base, provider: i64, note: impl Fn(&mut Vec<Fingerprint>)) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for journal in self.all.iter_mut().filter(|journal| journal.is_of(base)) {
            let is_its = |entry: &&mut Entry| !entry.secrets.is_empty() && entry.object() == Some(Object::Provider(provider));
            let mut is_noted = false;
            for entry in journal.entries.iter_mut().filter(is_its) {
                note(&mut entry.secrets);
                is_noted = true;
            }
            if is_noted {
                texts.extend(journal.unkept());
            }
        }
        texts
    }
}

/// Everything that was written to one authentik.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Journal {
    /// Name under which it is stored; part of the names of its chunks.
    #[serde(skip)]
    name: String,
    /// Address of the authentik.
    pub authentik: String,
    /// Milliseconds since 1970-01-01T00:00:00Z of the first write.
    pub started_ms: u64,
    /// Objects, in the order of the writes.
    pub entries: Vec<Entry>,
    /// Number of chunks of users, each stored separately.
    pub chunks: usize,
    /// Users, in chunks.
    #[serde(skip)]
    pub users: Vec<Vec<UserEntry>>,
    /// For each chunk whether it differs from what is stored.
    #[serde(skip)]
    changed: Vec<bool>,
    /// Whether the browser refused to store it, so that what is new in it ends with the panel.
    #[serde(skip)]
    is_lost_with_panel: bool,
}

/// Users of a journal, as they are stored.
#[derive(Serialize, Deserialize)]
struct Chunk<Users> {
    /// When the journal was started: what is left under this name of an earlier one is not of it.
    started_ms: u64,
    users: Users,
}

impl Journal {
    fn new(name: String, authentik: String, started_ms: u64) -> Self {
        Self { name, authentik, started_ms, ..Self::default() }
    }

    /// Whether it is for this authentik.
    #[must_use]
    pub fn is_of(&self, base: &Base) -> bool {
        self.authentik == base.address()
    }

    fn chunk_name(name: &str, chunk: usize) -> String {
        format!("{name}{CHUNK}{chunk}")
    }

    /// Parses a journal from what was stored. Chunks that are missing, unreadable, or of another one are omitted.
    fn restore(name: &str, kept: &BTreeMap<String, String>) -> Option<Self> {
        let journal: Self = read(kept.get(name)?).ok()?;
        let chunk = |number| read::<Chunk<Vec<UserEntry>>>(kept.get(&Self::chunk_name(name, number))?).ok();
        let own = |chunk: &Chunk<Vec<UserEntry>>| chunk.started_ms == journal.started_ms;
        // Each is stored for itself: a larger number would only exhaust the memory.
        let chunks = journal.chunks.min(kept.len());
        let users = (0..chunks).map(|at| chunk(at).filter(own).map(|chunk| chunk.users).unwrap_or_default()).collect();
        Some(Self { name: name.to_owned(), users, ..journal })
    }

    /// Whether what is new in it could not be stored, so that it can be undone only while the panel is open.
    #[must_use]
    pub fn is_lost_with_panel(&self) -> bool {
        self.is_lost_with_panel
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

    /// Records how the write to a user ended, by chunk and position.
    pub(super) fn set_user(&mut self, at: (usize, usize), state: State) {
        if let Some(user) = self.user(at) {
            user.state = state;
        }
    }

    /// Records what the write to a user replaces, by chunk and position.
    pub(super) fn set_before(&mut self, at: (usize, usize), before: Option<String>) {
        if let Some(user) = self.user(at) {
            user.before = before;
        }
    }

    fn user(&mut self, (chunk, position): (usize, usize)) -> Option<&mut UserEntry> {
        self.mark(chunk);
        self.users.get_mut(chunk)?.get_mut(position)
    }

    /// Marks a chunk as different from what is stored.
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

    /// What has to be stored: the entries about objects, and the chunks of users that have changed since they were stored.
    #[must_use]
    pub fn unkept(&self) -> Vec<(String, String)> {
        let mut texts = vec![(self.name.clone(), write(self))];
        for (chunk, users) in self.users.iter().enumerate().filter(|(chunk, _)| self.changed.get(*chunk) == Some(&true)) {
            let text = write(&Chunk { started_ms: self.started_ms, users });
            texts.push((Self::chunk_name(&self.name, chunk), text));
        }
        texts
    }

    /// Stores what has changed. A browser without space for it does not end a run: it is tried again with the next change.
    pub(super) async fn keep(&mut self, host: &impl Host) {
        let kept = host.keep(self.unkept()).await;
        if kept.is_ok() {
            self.changed.clear();
        }
        self.is_lost_with_panel = kept.is_err();
    }

    /// Adds a write that is about to be sent, and returns its position.
    pub(super) async fn intend(&mut self, host: &impl Host, entry: Entry) -> usize {
        self.entries.push(entry);
        self.keep(host).await;
        self.entries.len() - 1
    }

    /// Records how a write ended.
    pub(super) async fn record(&mut self, host: &impl Host, position: usize, state: State, key: Option<String>) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.state = state;
            entry.key = key.or(entry.key.take());
        }
        self.keep(host).await;
    }

    /// Records what authentik shows of an object that was created; later changes of others are told by it.
    pub(super) fn set_created(&mut self, position: usize, created: RawObject) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.after = without_secret(created);
        }
    }

    /// Creations whose result is unknown.
    #[must_use]
    pub fn unknown(&self) -> Vec<Unknown> {
        let entries = self.entries.iter().enumerate().filter(|(_, entry)| entry.is_unknown());
        entries.map(|(position, entry)| Unknown { position, entry: entry.clone() }).collect()
    }

    /// Records their results. An entry that was replaced meanwhile stays as it is.
    pub fn resolve(&mut self, known: Vec<Known>) {
        for Known { unknown, key } in known {
            if let Some(entry) = self.entries.get_mut(unknown.position).filter(|entry| **entry == unknown.entry) {
                entry.state = if key.is_some() { State::Done } else { State::Refused };
                entry.key = key;
            }
        }
    }
}

/// The member of a provider that the journal must not hold.
pub(super) const CLIENT_SECRET: &str = "client_secret";

/// Fields without the client secret.
pub(super) fn without_secret(mut fields: RawObject) -> RawObject {
    fields.remove(CLIENT_SECRET);
    fields
}

impl Entry {
    /// An entry for a write that is about to be sent: a creation, unless the caller sets what it replaces. A client secret in it is
    /// one that Cowbell generated.
    pub(super) fn new(kind: Kind, name: &str, after: RawObject) -> Self {
        let secrets = after.read::<Secret>(CLIENT_SECRET).iter().map(Fingerprint::of).collect();
        let after = without_secret(after);
        Self { kind, name: name.to_owned(), key: None, before: None, after, secrets, state: State::Intended }
    }

    /// Whether it is unknown if the object was created.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The number would exhaust the memory, and the panel could not be opened any more.
    #[test]
    fn no_more_chunks_are_read_than_are_stored() {
        let users = r#"{"started_ms":7,"users":[{"pk":1,"username":"anna","page":1,"before":null,"state":"done"}]}"#;
        for chunks in [1, u32::MAX as usize, usize::MAX] {
            let objects =
                format!(r#"{{"authentik":"https://authentik.company/","started_ms":7,"entries":[],"chunks":{chunks}}}"#);
            let kept = [("journal.window.0", &*objects), ("journal.window.0.users.0", users)];
            let journals = Journals::restore("window", &kept.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
            assert!(journals.all.iter().any(Journal::can_undo), "{chunks}");
        }
    }

    /// What Cowbell has generated is told from a secret of somebody's own by it.
    #[test]
    fn a_secret_is_noted_for_the_provider_that_was_created_with_one() {
        let base = Base::typed("authentik.company").expect("an address").0;
        let secret = |text: &str| Secret::new(text.into());
        let entry = |key: &str, client_secret: &str| {
            let after = crate::wire::read(client_secret).expect("an object");
            Entry { key: Some(key.into()), ..Entry::new(Kind::Provider, "Mail", after) }
        };
        let mut journals = Journals::default();
        let created = [entry("7", r#"{"client_secret":"a"}"#), entry("8", r#"{"client_secret":"b"}"#)];
        let adopted = entry("9", "{}");
        journals.begin(&base, 1).entries = [&created[..], std::slice::from_ref(&adopted)].concat();
        assert_eq!(journals.intend_secret(&base, 9, &secret("c")), [], "it was not created");
        assert_ne!(journals.intend_secret(&base, 7, &secret("c")), []);
        assert_ne!(journals.settle_secret(&base, 7, &secret("c"), true), []);
        let renewed = Entry { secrets: vec![Fingerprint::of(&secret("c"))], ..created[0].clone() };
        assert_eq!(journals.of(&base).map(|journal| &*journal.entries), Some(&[renewed, created[1].clone(), adopted][..]));
    }
}
