//! Undo: reads the journal backwards and puts back what each write replaced.
//!
//! What somebody changed after us is left alone and named; what is used by others is not removed.

use crate::json::{Map, Value};

use super::apply::{explained, holds, same, stop_of};
use super::bulk::{Bulk, Direction, Target, kind_of};
use super::change::Kind;
use super::journal::{Entry, Journal, State, UserEntry};
use super::reconcile::reconcile;
use super::report::{Left, Part, PartState, Progress, Report, Stop};
use crate::authentik::answer::{self, Error};
use crate::authentik::api::{Base, Object};
use crate::authentik::types::UsedBy;
use crate::authentik::{Attributes, EMAIL_VERIFIED, check_session, observe};
use crate::transport::{Answer, Outside, Pace, Product, Request, ask};

/// What undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoReport {
    /// Progress, users who were not put back, and why it ended early.
    pub report: Report,
    /// Objects that were left as they are.
    pub left: Vec<(Kind, String, Left)>,
}

/// Takes back everything in the journal that is not taken back yet.
pub async fn undo(
    outside: &impl Outside,
    base: &Base,
    journal: &mut Journal,
    on_progress: &mut dyn FnMut(&Progress),
) -> UndoReport {
    let mut run = Run { outside, base, journal, done: UndoReport::default(), on_progress };
    if let Err(stop) = run.all().await {
        run.done.report.stop = Some(explained(outside, base, stop).await);
    }
    run.done
}

struct Run<'a, O: Outside> {
    outside: &'a O,
    base: &'a Base,
    journal: &'a mut Journal,
    done: UndoReport,
    on_progress: &'a mut dyn FnMut(&Progress),
}

impl<O: Outside> Run<'_, O> {
    async fn all(&mut self) -> Result<(), Stop> {
        check_session(self.outside, self.base).await?;
        if self.journal.has_unknown() {
            let snapshot = observe(self.outside, self.base).await?;
            reconcile(self.outside, self.journal, &snapshot).await?;
        }
        let open: Vec<usize> = (0..self.journal.entries.len()).rev().filter(|at| self.is_open(*at)).collect();
        let targets = self.targets();
        let progress = &mut self.done.report.progress;
        progress.users_total = targets.len();
        if !targets.is_empty() {
            progress.parts.push(Part { kind: Kind::Users, name: String::new(), state: PartState::Waiting });
        }
        for at in &open {
            let entry = &self.journal.entries[*at];
            progress.parts.push(Part { kind: entry.kind, name: entry.name.clone(), state: PartState::Waiting });
        }
        let mut part = 0;
        if !targets.is_empty() {
            self.users(targets).await?;
            part = 1;
        }
        for at in open {
            self.mark(part, PartState::Running);
            let left = self.take_back(at).await?;
            self.mark(part, if left.is_some() { PartState::Kept } else { PartState::Done });
            if let Some(left) = left {
                let entry = &self.journal.entries[at];
                self.done.left.push((entry.kind, entry.name.clone(), left));
            }
            part += 1;
        }
        Ok(())
    }

    fn is_open(&self, at: usize) -> bool {
        self.journal
            .entries
            .get(at)
            .is_some_and(|entry| matches!(entry.state, State::Done | State::Intended) && entry.key.is_some())
    }

    fn mark(&mut self, part: usize, state: PartState) {
        if let Some(part) = self.done.report.progress.parts.get_mut(part) {
            part.state = state;
        }
        (self.on_progress)(&self.done.report.progress);
    }

    /// The users to be put back. Whoever was written more than once goes back to what the newest write replaced: what was between two of
    /// our writes was somebody else's wish.
    fn targets(&mut self) -> Vec<Target> {
        let mut targets = Vec::new();
        let is_open = |user: &&UserEntry| matches!(user.state, State::Done | State::Intended);
        let mut waiting: Vec<i64> = self.journal.users.iter().flatten().filter(is_open).map(|user| user.pk).collect();
        waiting.sort_unstable();
        waiting.dedup();
        let mut seen = vec![false; waiting.len()];
        for chunk in (0..self.journal.users.len()).rev() {
            for position in (0..self.journal.users[chunk].len()).rev() {
                let user = &self.journal.users[chunk][position];
                let Some(number) = Some(user).filter(is_open).and_then(|user| waiting.binary_search(&user.pk).ok()) else {
                    continue;
                };
                if std::mem::replace(&mut seen[number], true) {
                    self.journal.set_user((chunk, position), State::Undone);
                    continue;
                }
                targets.push(Target {
                    pk: user.pk,
                    username: user.username.clone(),
                    page: user.page,
                    seen: kind_of(Some("true")),
                    to: user.before.clone(),
                    entry: Some((chunk, position)),
                    tries: 0,
                });
            }
        }
        targets
    }

    async fn users(&mut self, targets: Vec<Target>) -> Result<(), Stop> {
        self.mark(0, PartState::Running);
        let report = &mut self.done.report;
        let bulk = Bulk {
            outside: self.outside,
            base: self.base,
            direction: Direction::Undo,
            journal: self.journal,
            progress: &mut report.progress,
            issues: &mut report.issues,
            on_progress: self.on_progress,
            started_ms: self.outside.now_ms(),
            pace: Pace::default(),
        };
        bulk.run(targets).await?;
        let failed = self.done.report.progress.users_failed > 0;
        self.mark(0, if failed { PartState::Failed } else { PartState::Done });
        Ok(())
    }

    /// Takes one write back; says why something is left.
    async fn take_back(&mut self, at: usize) -> Result<Option<Left>, Stop> {
        let entry = self.journal.entries[at].clone();
        let Some(object) = entry.object() else { return Ok(None) };
        let attempt = match (&entry.before, entry.kind) {
            (Some(before), Kind::Group) => self.restore_group(&object, &entry, before).await,
            (Some(before), _) => self.restore(&object, &entry, before).await,
            (None, _) => self.remove(&object).await,
        };
        let left = match attempt {
            // What one object does not allow is no reason to leave the others.
            Err(Stop::Authentik(Error::Rejected { detail, .. })) => Some(Left::Rejected { detail }),
            attempt => attempt?,
        };
        if left.as_ref().is_none_or(Left::is_final) {
            self.journal.settle(self.outside, at, State::Undone, None).await;
        }
        Ok(left)
    }

    async fn remove(&self, object: &Object) -> Result<Option<Left>, Stop> {
        if let Object::ScopeMapping(pk) = object {
            let answer = self.one(self.base.mapping_used_by(pk)).await;
            match answer::read::<Vec<UsedBy>>(&answer, object.endpoint(), object.change_permission()) {
                Ok(users) => {
                    if let Some(user) = users.into_iter().next() {
                        return Ok(Some(Left::InUse { by: user.name }));
                    }
                }
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(stop_of(error)),
            }
        }
        let answer = self.one(self.base.remove(object)).await;
        match answer::accept_removal(&answer, object.endpoint(), object.change_permission()) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(stop_of(error)),
        }
    }

    /// Reads an object; `None` if it is not there any more.
    async fn current(&self, object: &Object) -> Result<Option<Map>, Stop> {
        let read = self.one(self.base.read(object)).await;
        match answer::read(&read, object.endpoint(), object.change_permission()) {
            Ok(current) => Ok(Some(current)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(stop_of(error)),
        }
    }

    async fn restore(&self, object: &Object, entry: &Entry, before: &Map) -> Result<Option<Left>, Stop> {
        let mut object = object.clone();
        let mut current = self.current(&object).await?;
        if let (None, Some(slug)) = (&current, entry.after.get("slug").and_then(Value::as_str)) {
            // The answer to the write got lost, and the application has its new key.
            object = Object::Application(slug.to_owned());
            current = self.current(&object).await?;
        }
        let Some(current) = current else { return Ok(None) };
        let ours = |key: &str| same(key, current.get(key), entry.after.get(key));
        let back = |key: &str| same(key, current.get(key), before.get(key));
        let mut fields = before.clone();
        fields.retain(|key, _| ours(key) && !back(key));
        let is_empty_list = |value: &Value| value.as_array().is_some_and(<[Value]>::is_empty);
        let mut stays = fields.clone();
        stays.retain(|_, value| is_empty_list(value));
        fields.retain(|_, value| !is_empty_list(value));
        let changed: Vec<String> = before.keys().filter(|key| !ours(key) && !back(key)).cloned().collect();
        if !fields.is_empty() {
            let answer = self.one(self.base.change(&object, &fields)).await;
            let now: Map = answer::read(&answer, object.endpoint(), object.change_permission()).map_err(stop_of)?;
            if let Some(field) = holds(&now, &fields) {
                return Err(Stop::NotKept { kind: entry.kind, name: entry.name.clone(), field });
            }
        }
        let stays: Vec<String> = stays.into_iter().map(|(key, _)| key).collect();
        Ok(if changed.is_empty() {
            (!stays.is_empty()).then_some(Left::NotEmptied { fields: stays })
        } else {
            Some(Left::ChangedSince { fields: changed })
        })
    }

    async fn restore_group(&self, object: &Object, entry: &Entry, before: &Map) -> Result<Option<Left>, Stop> {
        let read = self.one(self.base.read(object)).await;
        let current = match answer::read_directly(&read, object.endpoint(), object.change_permission(), Attributes::read_of) {
            Ok(current) => current,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(stop_of(error)),
        };
        let json = before.get(EMAIL_VERIFIED).and_then(Value::as_str);
        match current.get(EMAIL_VERIFIED) {
            now if now == json => return Ok(None),
            Some("true") => {}
            _ => return Ok(Some(Left::ChangedSince { fields: vec![EMAIL_VERIFIED.to_owned()] })),
        }
        let wanted = current.with(EMAIL_VERIFIED, json);
        let answer = self.one(self.base.change_attributes(object, &wanted)).await;
        let now = answer::read_directly(&answer, object.endpoint(), object.change_permission(), Attributes::read_of);
        if now.map_err(stop_of)?.same_as(&wanted) {
            Ok(None)
        } else {
            Err(Stop::NotKept { kind: Kind::Group, name: entry.name.clone(), field: EMAIL_VERIFIED.to_owned() })
        }
    }

    async fn one(&self, request: Request) -> Answer {
        ask(self.outside, Product::Authentik, request).await
    }
}
