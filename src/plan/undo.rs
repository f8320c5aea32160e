//! Undo: reads the journal backwards and restores what each write replaced.
//!
//! What someone changed after us is skipped and named; what others use is not removed.

use super::apply::{explained, holds, read_attributes, read_object};
use super::bulk::{Bulk, Direction, Target, kind_of};
use super::change::Kind;
use super::journal::{Entry, Journal, State, UserEntry};
use super::reconcile::reconcile;
use super::report::{Part, PartState, Progress, Report, RunError, SkipReason};
use super::since::{self, BINDINGS, ENTITLEMENTS, same};
use crate::authentik::answer::{self, Error};
use crate::authentik::api::{Base, Object};
use crate::authentik::list::read_rest;
use crate::authentik::types::UsedBy;
use crate::authentik::{EMAIL_VERIFIED, Operation, Resource, check_session, observe};
use crate::transport::{Answer, Host, Pace, Product, Request, WriteGuard, send};
use crate::wire::RawObject;

/// What undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoReport {
    /// Progress, users who were not restored, and why it ended early.
    pub report: Report,
    /// Objects that were skipped.
    pub skipped: Vec<SkippedObject>,
}

/// An object that undo skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedObject {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
    pub reason: SkipReason,
}

/// Reverts everything in the journal that is not reverted yet.
pub async fn undo(
    host: &impl Host,
    guard: &WriteGuard,
    base: &Base,
    journal: &mut Journal,
    on_progress: &mut dyn FnMut(&Progress),
) -> UndoReport {
    let mut run = Run { host, guard, base, journal, done: UndoReport::default(), on_progress };
    if let Err(error) = run.all().await {
        run.done.report.stop(explained(host, base, error).await);
    }
    run.done
}

struct Run<'a, O: Host> {
    host: &'a O,
    guard: &'a WriteGuard,
    base: &'a Base,
    journal: &'a mut Journal,
    done: UndoReport,
    on_progress: &'a mut dyn FnMut(&Progress),
}

impl<O: Host> Run<'_, O> {
    async fn all(&mut self) -> Result<(), Box<RunError>> {
        check_session(self.host, self.base).await?;
        if !self.journal.unknown().is_empty() {
            let snapshot = observe(self.host, self.base).await?;
            reconcile(self.host, self.journal, &snapshot).await?;
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
            let skipped = self.revert(at).await?;
            self.mark(part, if skipped.is_some() { PartState::Kept } else { PartState::Done });
            if let Some(reason) = skipped {
                let entry = &self.journal.entries[at];
                self.done.skipped.push(SkippedObject { kind: entry.kind, name: entry.name.clone(), reason });
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

    /// The users to be restored. For a user who was written more than once, the value before the newest write is restored: a
    /// value between two of our writes was set by someone else.
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
                    attempts: 0,
                });
            }
        }
        targets
    }

    async fn users(&mut self, targets: Vec<Target>) -> Result<(), Box<RunError>> {
        self.mark(0, PartState::Running);
        let report = &mut self.done.report;
        let bulk = Bulk {
            host: self.host,
            guard: self.guard,
            base: self.base,
            direction: Direction::Undo,
            journal: self.journal,
            progress: &mut report.progress,
            issues: &mut report.issues,
            on_progress: self.on_progress,
            started_ms: self.host.now_ms(),
            pace: Pace::default(),
        };
        bulk.run(targets).await?;
        let failed = self.done.report.progress.users_failed > 0;
        self.mark(0, if failed { PartState::Failed } else { PartState::Done });
        Ok(())
    }

    /// Reverts one write; returns why something was skipped.
    async fn revert(&mut self, at: usize) -> Result<Option<SkipReason>, Box<RunError>> {
        let entry = self.journal.entries[at].clone();
        let Some(object) = entry.object() else { return Ok(None) };
        let attempt = match (&entry.before, entry.kind) {
            (Some(before), Kind::Group) => self.restore_group(&object, &entry, before).await,
            (Some(before), _) => self.restore(&object, &entry, before).await,
            (None, _) => self.remove(at, &entry, &object).await,
        };
        let skipped = match attempt {
            Err(error) => match *error {
                // A refusal for one object is no reason to skip the others.
                RunError::Authentik(error) => match *error {
                    Error::Rejected { detail, .. } => Some(SkipReason::Rejected { detail }),
                    Error::NotFound { .. } => None,
                    _ => return Err(error.into()),
                },
                _ => return Err(error),
            },
            Ok(skipped) => skipped,
        };
        if skipped.as_ref().is_none_or(SkipReason::is_final) {
            self.journal.record(self.host, at, State::Undone, None).await;
        }
        Ok(skipped)
    }

    /// Removes an object that a run has created, unless somebody has changed it since or uses it elsewhere. The object itself is
    /// read last, so that nobody's change to it is lost unless it comes between that answer and the removal.
    async fn remove(&self, at: usize, entry: &Entry, object: &Object) -> Result<Option<SkipReason>, Box<RunError>> {
        let mut in_use = None;
        let mut added = Vec::new();
        match object {
            Object::ScopeMapping(pk) => {
                let users: Vec<UsedBy> =
                    answer::read(&self.one(self.base.mapping_used_by(pk)).await, Operation::view(object.resource()))?;
                in_use = users.into_iter().next().map(|user| user.name);
            }
            Object::Application(_) => added = self.added_to(entry, object).await?,
            _ => {}
        }
        let current = read_object(self.host, self.base, object).await?;
        let by = current.text("assigned_application_name").filter(|name| !name.is_empty());
        in_use = in_use.or(by.map(std::borrow::Cow::into_owned));
        let fields = [since::changed_since_created(self.journal, at, &current), added].concat();
        if !fields.is_empty() {
            return Ok(Some(SkipReason::ChangedSince { fields }));
        }
        if let Some(by) = in_use {
            return Ok(Some(SkipReason::InUse { by }));
        }
        answer::accept_removal(&self.one(self.base.remove(self.guard, object)).await, Operation::delete(object.resource()))?;
        Ok(None)
    }

    /// Whether an application that a run has created has got other bindings or entitlements, which would go with it. What authentik
    /// does not show this administrator cannot be compared.
    async fn added_to(&self, entry: &Entry, application: &Object) -> Result<Vec<String>, Box<RunError>> {
        let Some(pk) = read_object(self.host, self.base, application).await?.read::<String>("pk") else { return Ok(Vec::new()) };
        let mut added = Vec::new();
        match read_all(self.host, Operation::view(Resource::Binding), |page| self.base.bindings(&pk, page)).await {
            Ok(now) if since::are_created_bindings(&entry.after, &now) => {}
            Ok(_) => added.push(BINDINGS.to_owned()),
            Err(error) => shown(error)?,
        }
        match read_all(self.host, Operation::view(Resource::Entitlement), |page| self.base.entitlements(&pk, page)).await {
            Ok(now) if now.is_empty() => {}
            Ok(_) => added.push(ENTITLEMENTS.to_owned()),
            Err(error) => shown(error)?,
        }
        Ok(added)
    }

    async fn restore(&self, object: &Object, entry: &Entry, before: &RawObject) -> Result<Option<SkipReason>, Box<RunError>> {
        let mut object = object.clone();
        let mut current = read_object(self.host, self.base, &object).await;
        if current.as_ref().is_err_and(|error| error.is_gone())
            && let Some(slug) = entry.after.text("slug")
        {
            // The response to the write got lost, and the application has its new key.
            object = Object::Application(slug.into_owned());
            current = read_object(self.host, self.base, &object).await;
        }
        let current = current?;
        let (mut fields, skipped) = rest(&current, &entry.after, before);
        if entry.kind == Kind::Binding && skipped.is_some() {
            // Somebody else's binding by now: what it authorizes is not ours to change.
            return Ok(skipped);
        }
        if !fields.is_empty() {
            if entry.kind == Kind::Binding {
                // authentik takes them for missing when they are not sent again (docs/contract/authentik.md, section 7).
                for name in ["target", "group"] {
                    fields.insert(name, &current.get(name));
                }
            }
            let answer = self.one(self.base.change(self.guard, &object, &fields)).await;
            let now: RawObject = answer::read(&answer, Operation::change(object.resource()))?;
            if let Some(field) = holds(&now, &fields) {
                return Err(RunError::NotKept { kind: entry.kind, name: entry.name.clone(), field }.into());
            }
        }
        Ok(skipped)
    }

    async fn restore_group(
        &self,
        object: &Object,
        entry: &Entry,
        before: &RawObject,
    ) -> Result<Option<SkipReason>, Box<RunError>> {
        let current = read_attributes(&self.one(self.base.read(object)).await, Operation::view(Resource::Group))?;
        let json = before.text(EMAIL_VERIFIED);
        let json = json.as_deref();
        match current.get(EMAIL_VERIFIED) {
            now if now == json => return Ok(None),
            Some("true") => {}
            _ => return Ok(Some(SkipReason::ChangedSince { fields: vec![EMAIL_VERIFIED.to_owned()] })),
        }
        let desired = current.with(EMAIL_VERIFIED, json);
        let now = read_attributes(
            &self.one(self.base.change_attributes(self.guard, object, &desired)).await,
            Operation::change(Resource::Group),
        )?;
        if now == desired {
            Ok(None)
        } else {
            Err(RunError::NotKept { kind: Kind::Group, name: entry.name.clone(), field: EMAIL_VERIFIED.to_owned() }.into())
        }
    }

    async fn one(&self, request: Request) -> Answer {
        send(self.host, Product::Authentik, request).await
    }
}

/// All objects of a list.
async fn read_all(host: &impl Host, operation: Operation, page: impl Fn(u32) -> Request) -> Result<Vec<RawObject>, Box<Error>> {
    let first = send(host, Product::Authentik, page(1)).await;
    read_rest(host, operation, &first, page).await
}

/// Passes over a list that this version does not have, or does not show this administrator.
fn shown(error: Box<Error>) -> Result<(), Box<Error>> {
    if error.is_gone() || matches!(*error, Error::NotAllowed { .. }) { Ok(()) } else { Err(error) }
}

/// The fields to be written, and why others are skipped: someone changed them after us, or they are lists that cannot be emptied.
fn rest(current: &RawObject, after: &RawObject, before: &RawObject) -> (RawObject, Option<SkipReason>) {
    let ours = |key: &str| same(key, current.get(key), after.get(key));
    let back = |key: &str| same(key, current.get(key), before.get(key));
    let (mut fields, mut stays, mut changed) = (RawObject::default(), Vec::new(), Vec::new());
    for (key, value) in before.iter() {
        if back(key) {
            continue;
        }
        if !ours(key) {
            changed.push(key.to_owned());
        } else if value.is_empty_list() {
            stays.push(key.to_owned());
        } else {
            fields.insert(key, value);
        }
    }
    let skipped = match (changed.is_empty(), stays.is_empty()) {
        (false, _) => Some(SkipReason::ChangedSince { fields: changed }),
        (true, false) => Some(SkipReason::NotEmptied { fields: stays }),
        (true, true) => None,
    };
    (fields, skipped)
}
