//! Apply: carries out a plan, in the order of the dependencies between objects.
//!
//! Each object is read again before it is changed, and is not changed if someone else has changed it meanwhile. Each write is in
//! the journal before it is sent. A plan that was applied completely has nothing to do when it is applied again.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::body::{Body, Created};
use super::bulk::{Bulk, Direction, Target, kind_of};
use super::change::Kind;
use super::compare::{BindingStep, GroupStep, Plan, Step, Update};
use super::journal::{CLIENT_SECRET, Entry, Journal, State, without_secret};
use super::report::{Part, PartState, Progress, Report, RunError};
use super::since::{BINDINGS, same};
use super::users::PlannedUser;
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::attributes::WithAttributes;
use crate::authentik::types::{Application, Provider, Verified};
use crate::authentik::{Attributes, EMAIL_VERIFIED, Error, Operation, Resource, answer, check_session, explain};
use crate::setup::{Secret, VerifiedBy};
use crate::transport::{Answer, Host, Pace, Product, Request, WriteGuard, send};
use crate::wire::{RawJson, RawObject};

/// Applies a plan.
pub async fn apply(
    host: &impl Host,
    guard: &WriteGuard,
    base: &Base,
    plan: &Plan,
    journal: &mut Journal,
    on_progress: &mut dyn FnMut(&Progress),
) -> Report {
    let mut run = Run { host, guard, base, plan, journal, report: Report::default(), on_progress };
    run.report.progress.parts = plan
        .changes
        .iter()
        .map(|change| Part { kind: change.kind, name: change.name.clone(), state: PartState::Waiting })
        .collect();
    run.report.progress.users_total = plan.users.counts.change;
    if let Err(error) = run.all().await {
        run.report.stop(explained(host, base, error).await);
    }
    run.report
}

struct Run<'a, O: Host> {
    host: &'a O,
    guard: &'a WriteGuard,
    base: &'a Base,
    plan: &'a Plan,
    journal: &'a mut Journal,
    report: Report,
    on_progress: &'a mut dyn FnMut(&Progress),
}

impl<O: Host> Run<'_, O> {
    async fn all(&mut self) -> Result<(), Box<RunError>> {
        check_session(self.host, self.base).await?;
        let plan = self.plan;
        let setup = &plan.setup;
        let secret = plan.new_credentials.as_ref().map(|new| new.client_secret.clone());
        let mut made = Created { secret, ..Created::default() };
        let mut application = None;
        let together = matches!((&plan.provider, &plan.application), (Step::Create(_), Step::Create(_)));
        // Before the mode of the application, which may let in whoever matches one binding: a negated one must be none by then.
        for step in &plan.bindings {
            if let BindingStep::Update { name, update } = step {
                self.begin(Kind::Binding);
                self.update(Kind::Binding, name, update, &made).await?;
                self.end(Kind::Binding, PartState::Done);
            }
        }
        let steps = [
            (Some(&plan.mapping), Kind::ScopeMapping, Creatable::ScopeMapping, &setup.mapping_name),
            (plan.template_mapping.as_ref(), Kind::TemplateMapping, Creatable::ScopeMapping, &setup.template_mapping_name),
            (Some(&plan.provider), Kind::Provider, Creatable::Provider, &setup.provider_name),
            (Some(&plan.application), Kind::Application, Creatable::Application, &setup.application_slug),
        ];
        for (step, kind, creatable, name) in steps.into_iter().take(if together { 2 } else { 4 }) {
            let Some(step) = step else { continue };
            match self.step(step, kind, creatable, name, &made).await? {
                Object::ScopeMapping(pk) if kind == Kind::ScopeMapping => made.email = Some(pk),
                Object::ScopeMapping(pk) => made.template = Some(pk),
                Object::Provider(pk) => made.provider = Some(pk),
                object => application = Some(object),
            }
        }
        if let (Step::Create(provider), Step::Create(application)) = (&plan.provider, &plan.application) {
            self.transaction(provider, application, &made).await?;
        } else if let (Some(application), false) = (application, plan.bindings.is_empty()) {
            self.bindings(&application).await?;
        }
        if let Some(step) = &plan.group {
            self.begin(Kind::Group);
            self.group(step).await?;
            self.end(Kind::Group, PartState::Done);
        }
        if setup.verified_by == VerifiedBy::UserAttribute {
            self.users().await?;
        }
        Ok(())
    }

    fn begin(&mut self, kind: Kind) {
        self.end(kind, PartState::Running);
    }

    fn end(&mut self, kind: Kind, state: PartState) {
        for part in self.report.progress.parts.iter_mut().filter(|part| part.kind == kind) {
            part.state = state;
        }
        (self.on_progress)(&self.report.progress);
    }

    fn name(&self, kind: Kind) -> String {
        self.plan.changes.iter().find(|change| change.kind == kind).map(|change| change.name.clone()).unwrap_or_default()
    }

    /// Sends a write that is already in the journal, and records its result there. `read` evaluates the response; its error
    /// becomes that of the write.
    async fn write<T>(
        &mut self,
        entry: Entry,
        request: Request,
        read: impl FnOnce(&Answer) -> Result<Shows<T>, Box<RunError>>,
    ) -> Result<Written<T>, Unconfirmed> {
        let position = self.journal.intend(self.host, entry).await;
        let answer = send(self.host, Product::Authentik, request).await;
        match read(&answer) {
            Ok(Shows { key, created, what }) => {
                if let Some(created) = created {
                    self.journal.set_created(position, created);
                }
                self.journal.record(self.host, position, State::Done, key).await;
                Ok(Written { object: self.journal.entries.get(position).and_then(Entry::object), what })
            }
            Err(error) => {
                let state = if answer::was_refused(&answer) { State::Refused } else { State::Intended };
                self.journal.record(self.host, position, state, None).await;
                Err(Unconfirmed { state, error })
            }
        }
    }

    /// Creates application, provider and bindings together or not at all.
    async fn transaction(&mut self, provider: &Body, application: &Body, made: &Created) -> Result<(), Box<RunError>> {
        self.begin(Kind::Provider);
        self.begin(Kind::Application);
        let setup = &self.plan.setup;
        // Both are recognised by the client ID, which is random, so nobody else can have created them.
        let client_id = self.plan.new_credentials.as_ref().map(|new| &new.client_id);
        let client_id = RawObject::default().with("client_id", &client_id);
        let secret = made.secret.as_ref().map(Secret::reveal);
        let entry = Entry::new(Kind::Provider, &setup.provider_name, client_id.clone().with(CLIENT_SECRET, &secret));
        let first = self.journal.intend(self.host, entry).await;
        let body = self.transaction_body(provider, application, made);
        let bindings = &body.get(BINDINGS);
        let request = self.base.create_application(self.guard, &body);
        let slug = &setup.application_slug;
        let read = |answer: &Answer| match answer::read(answer, Operation::add(Resource::ApplicationWithProvider))? {
            Outcome { applied: true } => Ok(Shows { key: Some(slug.clone()), created: None, what: () }),
            _ => Err(RunError::NotKept { kind: Kind::Application, name: slug.clone(), field: "applied".into() }.into()),
        };
        // With what goes along, so that undo knows it even if the response gets lost.
        let entry = Entry::new(Kind::Application, slug, client_id.with(BINDINGS, bindings));
        if let Err(Unconfirmed { state, error }) = self.write(entry, request, read).await {
            self.journal.record(self.host, first, state, None).await;
            return Err(error);
        }
        let (application, shown) = self.read_created::<Application>(&Object::Application(slug.clone())).await?;
        self.journal.set_created(first + 1, shown.with(BINDINGS, bindings));
        self.journal.record(self.host, first, State::Done, application.provider.map(|pk| pk.to_string())).await;
        if let Some(pk) = application.provider {
            let (_, shown) = self.read_created::<Provider>(&Object::Provider(pk)).await?;
            self.journal.set_created(first, shown);
            self.journal.keep(self.host).await;
        }
        for kind in [Kind::Provider, Kind::Application, Kind::Binding] {
            self.end(kind, PartState::Done);
        }
        Ok(())
    }

    /// Reads an object as it is known and as it is shown.
    async fn read_created<T: DeserializeOwned>(&self, object: &Object) -> Result<(T, RawObject), Box<Error>> {
        let answer = send(self.host, Product::Authentik, self.base.read(object)).await;
        let operation = Operation::view(object.resource());
        Ok((answer::read(&answer, operation)?, answer::read(&answer, operation)?))
    }

    fn transaction_body(&self, provider: &Body, application: &Body, made: &Created) -> RawObject {
        let groups = self.plan.bindings.iter().filter_map(|step| match step {
            BindingStep::Create { group } => Some(group),
            BindingStep::Update { .. } => None,
        });
        let binding = |(order, group): (u32, &String)| RawObject::default().with("group", group).with("order", &order);
        let bindings: Vec<RawObject> = (0..).zip(groups).map(binding).collect();
        RawObject::default()
            .with("app", &application.without("provider").with(made))
            .with("provider_model", "authentik_providers_oauth2.oauth2provider")
            .with("provider", &provider.with(made))
            .with(BINDINGS, &bindings)
    }

    async fn bindings(&mut self, application: &Object) -> Result<(), Box<RunError>> {
        self.begin(Kind::Binding);
        let target = read_application(self.host, self.base, application).await?;
        for (order, step) in (0_u32..).zip(&self.plan.bindings) {
            if let BindingStep::Create { group } = step {
                let body = RawObject::default().with("target", &target.pk).with("group", group);
                let body = body.with("order", &order).with("enabled", &true);
                self.create(Kind::Binding, Creatable::Binding, group, &body).await?;
            }
        }
        self.end(Kind::Binding, PartState::Done);
        Ok(())
    }

    /// Creates, updates or keeps an object.
    async fn step(
        &mut self,
        step: &Step,
        kind: Kind,
        creatable: Creatable,
        name: &str,
        made: &Created,
    ) -> Result<Object, Box<RunError>> {
        self.begin(kind);
        let object = match step {
            Step::Keep(object) => {
                self.end(kind, PartState::Kept);
                return Ok(object.clone());
            }
            Step::Create(body) => self.create(kind, creatable, name, &body.with(made)).await?,
            Step::Update(update) => self.update(kind, &self.name(kind), update, made).await?,
        };
        self.end(kind, PartState::Done);
        Ok(object)
    }

    async fn create(&mut self, kind: Kind, creatable: Creatable, name: &str, body: &RawObject) -> Result<Object, Box<RunError>> {
        let entry = Entry::new(kind, name, body.clone());
        let request = self.base.create(self.guard, creatable, body);
        let operation = Operation::add(creatable.resource());
        let unexpected = || Box::new(Error::Unexpected { operation, status: 201, oddity: answer::Oddity::WrongShape });
        let read = |answer: &Answer| {
            let made: RawObject = answer::read(answer, operation)?;
            Ok(Shows { key: Some(key_of(kind, &made).ok_or_else(unexpected)?), created: Some(made), what: () })
        };
        let Written { object, what: () } = self.write(entry, request, read).await?;
        object.ok_or_else(|| unexpected().into())
    }

    /// Changes fields of an object, after checking that they still match the plan.
    async fn update(&mut self, kind: Kind, name: &str, update: &Update, made: &Created) -> Result<Object, Box<RunError>> {
        let object = &update.object;
        let current = read_object(self.host, self.base, object).await?;
        let after = update.after.with(made);
        let Some(entry) = change(kind, name, update, &current, &after)? else { return Ok(object.clone()) };
        let request = self.base.change(self.guard, object, &after);
        let read = |answer: &Answer| {
            let changed: RawObject = answer::read(answer, Operation::change(object.resource()))?;
            // A changed slug is the application's new key.
            Ok(Shows { key: key_of(kind, &changed), created: None, what: holds(&changed, &after) })
        };
        let Written { object: changed, what: lost } = self.write(entry, request, read).await?;
        match lost {
            Some(field) => Err(RunError::NotKept { kind, name: name.to_owned(), field }.into()),
            None => Ok(changed.unwrap_or_else(|| object.clone())),
        }
    }

    /// Sets the attribute on a group; its other attributes stay unchanged byte for byte.
    async fn group(&mut self, step: &GroupStep) -> Result<(), Box<RunError>> {
        let object = &Object::Group(step.pk.clone());
        let name = self.name(Kind::Group);
        let current = read_attributes(
            &send(self.host, Product::Authentik, self.base.read(object)).await,
            Operation::view(Resource::Group),
        )?;
        let before = current.get(EMAIL_VERIFIED);
        match kind_of(before) {
            Verified::Yes => return Ok(()),
            seen if seen != step.seen => return Err(RunError::Changed { kind: Kind::Group, name }.into()),
            _ => {}
        }
        let desired = current.with(EMAIL_VERIFIED, Some("true"));
        let entry = Entry {
            key: Some(step.pk.clone()),
            before: Some(RawObject::default().with(EMAIL_VERIFIED, &before)),
            ..Entry::new(Kind::Group, &name, RawObject::default().with(EMAIL_VERIFIED, "true"))
        };
        let request = self.base.change_attributes(self.guard, object, &desired);
        let read = |answer: &Answer| {
            Ok(Shows { key: None, created: None, what: read_attributes(answer, Operation::change(Resource::Group))? == desired })
        };
        let Written { what: kept, .. } = self.write(entry, request, read).await?;
        if kept { Ok(()) } else { Err(RunError::NotKept { kind: Kind::Group, name, field: EMAIL_VERIFIED.into() }.into()) }
    }

    async fn users(&mut self) -> Result<(), Box<RunError>> {
        let target = |user: &PlannedUser| Target {
            pk: user.pk,
            username: user.username.to_string(),
            page: user.page,
            seen: user.seen,
            to: Some("true".to_owned()),
            entry: None,
            attempts: 0,
        };
        let targets: Vec<Target> = self.plan.users.changed.iter().map(target).collect();
        if targets.is_empty() {
            self.end(Kind::Users, PartState::Kept);
            return Ok(());
        }
        self.begin(Kind::Users);
        let bulk = Bulk {
            host: self.host,
            guard: self.guard,
            base: self.base,
            direction: Direction::Apply,
            journal: self.journal,
            progress: &mut self.report.progress,
            issues: &mut self.report.issues,
            on_progress: self.on_progress,
            started_ms: self.host.now_ms(),
            pace: Pace::default(),
        };
        bulk.run(targets).await?;
        let failed = self.report.progress.users_failed > 0;
        self.end(Kind::Users, if failed { PartState::Failed } else { PartState::Done });
        Ok(())
    }
}

/// The journal entry of a change; `None` when there is nothing to do.
fn change(
    kind: Kind,
    name: &str,
    update: &Update,
    current: &RawObject,
    after: &RawObject,
) -> Result<Option<Entry>, Box<RunError>> {
    if !update.before.iter().all(|(key, value)| current.get(key).is_some_and(|found| alike(found, value))) {
        return Err(Box::new(answer::wrong_shape(Operation::view(update.object.resource()))).into());
    }
    if holds(current, after).is_none() {
        return Ok(None);
    }
    let untouched =
        |key: &str| same(key, current.get(key), after.get(key)) || same(key, current.get(key), update.before.get(key));
    if !after.names().all(untouched) {
        return Err(RunError::Changed { kind, name: name.to_owned() }.into());
    }
    let (key, before) = (key_of(kind, current), Some(without_secret(update.before.clone())));
    Ok(Some(Entry { key, before, ..Entry::new(kind, name, after.clone()) }))
}

/// Reads an object.
pub(super) async fn read_object(host: &impl Host, base: &Base, object: &Object) -> Result<RawObject, Box<Error>> {
    let answer = send(host, Product::Authentik, base.read(object)).await;
    answer::read(&answer, Operation::view(object.resource()))
}

async fn read_application(host: &impl Host, base: &Base, object: &Object) -> Result<Application, Box<Error>> {
    let answer = send(host, Product::Authentik, base.read(object)).await;
    answer::read(&answer, Operation::view(Resource::Application))
}

/// The attributes in a response that shows an object.
pub(super) fn read_attributes(answer: &Answer, operation: Operation) -> Result<Attributes, Box<Error>> {
    let read: WithAttributes<Attributes> = answer::read(answer, operation)?;
    Ok(read.attributes)
}

/// The actual cause of a run that authentik has refused or redirected: a missing permission or an ended session.
pub(super) async fn explained(host: &impl Host, base: &Base, error: Box<RunError>) -> Box<RunError> {
    match *error {
        RunError::Authentik(error) => RunError::Authentik(explain(host, base, error).await).into(),
        _ => error,
    }
}

/// The response of the transactional endpoint (docs/contract/authentik.md, section 7).
#[derive(Deserialize)]
struct Outcome {
    applied: bool,
}

/// What the response to a write shows.
struct Shows<T> {
    /// The key of the object, if there is a new one.
    key: Option<String>,
    /// The object, if it was created.
    created: Option<RawObject>,
    /// The result for the caller.
    what: T,
}

/// A write that was confirmed.
struct Written<T> {
    /// The object, if its key is known.
    object: Option<Object>,
    what: T,
}

/// A write that was not confirmed: it was refused, or its result is unknown.
struct Unconfirmed {
    state: State,
    error: Box<RunError>,
}

impl From<Unconfirmed> for Box<RunError> {
    fn from(unconfirmed: Unconfirmed) -> Self {
        unconfirmed.error
    }
}

/// The key of an object in authentik's response, if it has the type of such keys.
fn key_of(kind: Kind, object: &RawObject) -> Option<String> {
    match kind {
        Kind::Application => object.read("slug"),
        Kind::Provider => object.read::<i64>("pk").map(|pk| pk.to_string()),
        _ => object.read("pk"),
    }
}

/// Whether two values have the same type, or one of them is `null`.
fn alike(one: &RawJson, other: &RawJson) -> bool {
    one.is_null() || other.is_null() || one.kind() == other.kind()
}

/// The first field of an object that does not have the desired value.
pub(super) fn holds(object: &RawObject, desired: &RawObject) -> Option<String> {
    desired.iter().find(|(key, value)| !same(key, object.get(key), Some(value))).map(|(key, _)| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> RawObject {
        crate::wire::read(text).expect("an object")
    }

    #[test]
    fn what_somebody_has_set_or_emptied_since_the_plan_is_their_change() {
        let outcome = |planned: &str, now: &str| {
            let field = |value: &str| object(&format!(r#"{{"signing_key":{value}}}"#));
            let update = Update { object: Object::Provider(7), before: field(planned), after: Body::default() };
            change(Kind::Provider, "Mail", &update, &field(now), &object(r#"{"signing_key":"ours"}"#)).map_err(|error| *error)
        };
        for (planned, now) in [(r#""old""#, r#""theirs""#), ("null", r#""theirs""#), (r#""old""#, "null")] {
            let name = "Mail".to_owned();
            assert_eq!(outcome(planned, now), Err(RunError::Changed { kind: Kind::Provider, name }), "{planned} {now}");
        }
        for planned in [r#""old""#, "null"] {
            assert!(outcome(planned, planned).is_ok_and(|entry| entry.is_some()), "{planned}");
            assert_eq!(outcome(planned, r#""ours""#), Ok(None), "{planned}");
        }
        assert!(matches!(outcome(r#""old""#, "[7]"), Err(RunError::Authentik(_))), "authentik has no such key");
    }
}
