//! Undo: reads the journal backwards and puts back what each write replaced.
//!
//! What somebody changed after us is left alone and named; what is used by others is not removed.

use serde_json::{Map, Value};

use super::apply::{same, stop_of};
use super::bulk::{Bulk, Direction, Target, kind_of};
use super::change::Kind;
use super::journal::{Entry, Journal, State};
use super::report::{Left, Part, PartState, Progress, Report, Stop};
use crate::authentik::answer::{self, Error};
use crate::authentik::api::{Base, Object};
use crate::authentik::types::UsedBy;
use crate::authentik::{Attributed, EMAIL_VERIFIED, check_session};
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
    run.done.report.stop = run.all().await.err();
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

    fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        for (chunk, users) in self.journal.users.iter().enumerate() {
            for (position, user) in
                users.iter().enumerate().filter(|(_, user)| matches!(user.state, State::Done | State::Intended))
            {
                targets.push(Target {
                    pk: user.pk,
                    username: user.username.clone(),
                    page: user.page,
                    seen: kind_of(Some("true")),
                    to: user.before.clone(),
                    entry: Some((chunk, position)),
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

    /// Takes one write back; says why if it is left.
    async fn take_back(&mut self, at: usize) -> Result<Option<Left>, Stop> {
        let entry = self.journal.entries[at].clone();
        let Some(object) = entry.object() else { return Ok(None) };
        let left = match (&entry.before, entry.kind) {
            (Some(before), Kind::Group) => self.restore_group(&object, before).await?,
            (Some(before), _) => self.restore(&object, &entry, before).await?,
            (None, _) => self.remove(&object).await?,
        };
        if left.is_none() {
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
        match answer::accept(&answer, object.endpoint(), object.change_permission()) {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(stop_of(error)),
        }
    }

    async fn restore(&self, object: &Object, entry: &Entry, before: &Map<String, Value>) -> Result<Option<Left>, Stop> {
        let read = self.one(self.base.read(object)).await;
        let current: Map<String, Value> = match answer::read(&read, object.endpoint(), object.change_permission()) {
            Ok(current) => current,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(stop_of(error)),
        };
        let ours = |key: &String| same(key, current.get(key), entry.after.get(key));
        let back = |key: &String| same(key, current.get(key), before.get(key));
        let fields: Map<String, Value> =
            before.iter().filter(|(key, _)| ours(key) && !back(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        let changed: Vec<String> = before.keys().filter(|key| !ours(key) && !back(key)).cloned().collect();
        if !fields.is_empty() {
            let answer = self.one(self.base.change(object, &fields)).await;
            answer::accept(&answer, object.endpoint(), object.change_permission()).map_err(stop_of)?;
        }
        Ok((!changed.is_empty()).then_some(Left::ChangedSince { fields: changed }))
    }

    async fn restore_group(&self, object: &Object, before: &Map<String, Value>) -> Result<Option<Left>, Stop> {
        let read = self.one(self.base.read(object)).await;
        let current: Attributed = match answer::read_directly(&read, object.endpoint(), object.change_permission()) {
            Ok(current) => current,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(stop_of(error)),
        };
        if current.attributes.get(EMAIL_VERIFIED) != Some("true") {
            return Ok(Some(Left::ChangedSince { fields: vec![EMAIL_VERIFIED.to_owned()] }));
        }
        let json = before.get(EMAIL_VERIFIED).and_then(Value::as_str);
        let wanted = Attributed { attributes: current.attributes.with(EMAIL_VERIFIED, json) };
        let answer = self.one(self.base.change(object, &wanted)).await;
        answer::accept(&answer, object.endpoint(), object.change_permission()).map_err(stop_of)?;
        Ok(None)
    }

    async fn one(&self, request: Request) -> Answer {
        ask(self.outside, Product::Authentik, request).await
    }
}
