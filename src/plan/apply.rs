//! Apply: does what a plan says, in the order of what depends on what.
//!
//! Each object is read again before it is changed and is left alone when somebody changed it meanwhile. Each write is in the journal
//! before it is sent. A finished plan, applied again, has nothing to do.

use super::bulk::{Bulk, Direction, Target, kind_of};
use super::change::Kind;
use super::compare::{GroupStep, PENDING, Plan, Step, Update, same_set};
use super::journal::{Entry, Journal, State};
use super::report::{Part, PartState, Progress, Report, Stop};
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::types::{Application, RedirectUri, Verified};
use crate::authentik::{Attributes, Directory, EMAIL_VERIFIED, Error, answer, check_session, explain};
use crate::json::{self, FromJson, Map, Value};
use crate::setup::VerifiedBy;
use crate::transport::{Answer, Outside, Pace, Product, Request, SendError, ask};

/// Performs a plan.
pub async fn apply(
    outside: &impl Outside,
    base: &Base,
    plan: &Plan,
    directory: &Directory,
    journal: &mut Journal,
    on_progress: &mut dyn FnMut(&Progress),
) -> Report {
    let mut run = Run { outside, base, plan, journal, report: Report::default(), on_progress };
    run.report.progress.parts = plan
        .changes
        .iter()
        .map(|change| Part { kind: change.kind, name: change.name.clone(), state: PartState::Waiting })
        .collect();
    run.report.progress.users_total = plan.users.counts.change;
    if let Err(stop) = run.all(directory).await {
        run.report.stop = Some(explained(outside, base, stop).await);
    }
    if run.report.stop.is_some() {
        for part in run.report.progress.parts.iter_mut().filter(|part| part.state == PartState::Running) {
            part.state = PartState::Failed;
        }
        (run.on_progress)(&run.report.progress);
    }
    run.report
}

struct Run<'a, O: Outside> {
    outside: &'a O,
    base: &'a Base,
    plan: &'a Plan,
    journal: &'a mut Journal,
    report: Report,
    on_progress: &'a mut dyn FnMut(&Progress),
}

impl<O: Outside> Run<'_, O> {
    async fn all(&mut self, directory: &Directory) -> Result<(), Stop> {
        check_session(self.outside, self.base).await?;
        let mapping = self.mapping().await?;
        self.provider_and_application(&mapping).await?;
        if let Some(step) = &self.plan.group {
            self.begin(Kind::Group);
            self.group(step).await?;
            self.end(Kind::Group, PartState::Done);
        }
        if self.plan.setup.verified_by == VerifiedBy::UserAttribute {
            self.users(directory).await?;
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

    /// Makes or corrects the mapping; returns its primary key.
    async fn mapping(&mut self) -> Result<String, Stop> {
        self.begin(Kind::ScopeMapping);
        let name = self.plan.setup.mapping_name.clone();
        let object = self.step(&self.plan.mapping, Kind::ScopeMapping, Creatable::ScopeMapping, name, &Known::default()).await?;
        match object {
            Object::ScopeMapping(pk) => Ok(pk),
            _ => Ok(String::new()),
        }
    }

    async fn provider_and_application(&mut self, mapping: &str) -> Result<(), Stop> {
        let known = Known { mapping, provider: None };
        let plan = self.plan;
        if let (Step::Create(provider), Step::Create(application)) = (&plan.provider, &plan.application) {
            return self.transaction(provider, application, &known).await;
        }
        self.begin(Kind::Provider);
        let name = plan.setup.provider_name.clone();
        let provider = match self.step(&plan.provider, Kind::Provider, Creatable::Provider, name, &known).await? {
            Object::Provider(pk) => Some(pk),
            _ => None,
        };
        self.begin(Kind::Application);
        let known = Known { mapping, provider };
        let slug = plan.setup.application_slug.clone();
        let application = self.step(&plan.application, Kind::Application, Creatable::Application, slug, &known).await?;
        if !plan.bindings.is_empty() {
            self.bindings(&application).await?;
        }
        Ok(())
    }

    /// Application, provider and bindings together or not at all.
    async fn transaction(&mut self, provider: &Map, application: &Map, known: &Known<'_>) -> Result<(), Stop> {
        self.begin(Kind::Provider);
        self.begin(Kind::Application);
        let setup = &self.plan.setup;
        // Both are recognised by the client ID, which nobody else can have made.
        let client_id = json::object([("client_id", provider.get("client_id").cloned().into())]);
        let entry = |kind, name: &str| Entry {
            kind,
            name: name.to_owned(),
            key: None,
            before: None,
            after: client_id.clone(),
            state: State::Intended,
        };
        let first = self.journal.intend(self.outside, entry(Kind::Provider, &setup.provider_name)).await;
        let second = self.journal.intend(self.outside, entry(Kind::Application, &setup.application_slug)).await;
        let mut application = application.clone();
        application.remove("provider");
        let binding = |(order, group): (u32, &String)| json::object([("group", group.as_str().into()), ("order", order.into())]);
        let bindings: Vec<Map> = (0..).zip(&self.plan.bindings).map(binding).collect();
        let body = json::object([
            ("app", application.into()),
            ("provider_model", "authentik_providers_oauth2.oauth2provider".into()),
            ("provider", self.filled(provider, known).into()),
            ("policy_bindings", bindings.into()),
        ]);
        let endpoint = "core/transactional/applications/";
        let answer = self.one(self.base.create_application(&body)).await;
        let outcome = answer::read::<Outcome>(&answer, endpoint, Creatable::Provider.add_permission());
        if !matches!(outcome, Ok(Outcome { applied: true })) {
            for position in [first, second] {
                self.journal.settle(self.outside, position, ended(&answer), None).await;
            }
            return Err(match outcome {
                Err(error) => stop_of(error),
                Ok(_) => Stop::NotKept { kind: Kind::Application, name: setup.application_slug.clone(), field: "applied".into() },
            });
        }
        let object = Object::Application(setup.application_slug.clone());
        let read = self.one(self.base.read(&object)).await;
        let made: Application = answer::read(&read, object.endpoint(), "authentik_core.view_application").map_err(stop_of)?;
        let provider = made.provider.map(|pk| pk.to_string());
        self.journal.settle(self.outside, first, State::Done, provider).await;
        self.journal.settle(self.outside, second, State::Done, Some(made.slug)).await;
        self.end(Kind::Provider, PartState::Done);
        self.end(Kind::Application, PartState::Done);
        self.end(Kind::Binding, PartState::Done);
        Ok(())
    }

    async fn bindings(&mut self, application: &Object) -> Result<(), Stop> {
        self.begin(Kind::Binding);
        let read = self.one(self.base.read(application)).await;
        let target: Application =
            answer::read(&read, application.endpoint(), "authentik_core.view_application").map_err(stop_of)?;
        for (order, group) in (0_u32..).zip(&self.plan.bindings) {
            let body = json::object([
                ("target", target.pk.as_str().into()),
                ("group", group.as_str().into()),
                ("order", order.into()),
                ("enabled", true.into()),
            ]);
            self.create(Kind::Binding, Creatable::Binding, group.clone(), &body).await?;
        }
        self.end(Kind::Binding, PartState::Done);
        Ok(())
    }

    async fn step(
        &mut self,
        step: &Step,
        kind: Kind,
        creatable: Creatable,
        name: String,
        known: &Known<'_>,
    ) -> Result<Object, Stop> {
        let object = match step {
            Step::Keep(object) => {
                self.end(kind, PartState::Kept);
                return Ok(object.clone());
            }
            Step::Create(body) => {
                let body = self.filled(body, known);
                self.create(kind, creatable, name, &body).await?
            }
            Step::Update(update) => self.update(kind, update, known).await?,
        };
        self.end(kind, PartState::Done);
        Ok(object)
    }

    async fn create(&mut self, kind: Kind, creatable: Creatable, name: String, body: &Map) -> Result<Object, Stop> {
        let entry = Entry { kind, name, key: None, before: None, after: without_secret(body), state: State::Intended };
        let position = self.journal.intend(self.outside, entry).await;
        let answer = self.one(self.base.create(creatable, body)).await;
        let made: Result<Map, Error> = answer::read(&answer, creatable.endpoint(), creatable.add_permission());
        let key = made.and_then(|made| {
            let (endpoint, oddity) = (creatable.endpoint(), answer::Oddity::WrongShape);
            key_of(kind, &made).ok_or(Error::Unexpected { endpoint, status: 201, oddity })
        });
        let state = if key.is_ok() { State::Done } else { ended(&answer) };
        self.journal.settle(self.outside, position, state, key.as_ref().ok().cloned()).await;
        key.map_err(stop_of)?;
        self.journal.entries.get(position).and_then(Entry::object).ok_or(Stop::Cancelled)
    }

    /// Changes fields of an object, after a look whether they are still as the plan saw them.
    async fn update(&mut self, kind: Kind, update: &Update, known: &Known<'_>) -> Result<Object, Stop> {
        let object = &update.object;
        let read = self.one(self.base.read(object)).await;
        let current: Map = answer::read(&read, object.endpoint(), object.change_permission()).map_err(stop_of)?;
        if !update.before.iter().all(|(key, value)| current.get(key).is_some_and(|found| alike(found, value))) {
            let (endpoint, oddity) = (object.endpoint(), answer::Oddity::WrongShape);
            return Err(Error::Unexpected { endpoint, status: 200, oddity }.into());
        }
        let after = self.filled(&update.after, known);
        if holds(&current, &after).is_none() {
            return Ok(object.clone());
        }
        let untouched =
            |key: &String| same(key, current.get(key), after.get(key)) || same(key, current.get(key), update.before.get(key));
        if !after.keys().all(untouched) {
            return Err(Stop::Changed { kind, name: self.name(kind) });
        }
        let entry = Entry {
            kind,
            name: self.name(kind),
            key: key_of(kind, &current),
            before: Some(without_secret(&update.before)),
            after: without_secret(&after),
            state: State::Intended,
        };
        let position = self.journal.intend(self.outside, entry).await;
        let answer = self.one(self.base.change(object, &after)).await;
        let changed: Result<Map, Error> = answer::read(&answer, object.endpoint(), object.change_permission());
        let changed = match changed {
            Ok(changed) => changed,
            Err(error) => {
                self.journal.settle(self.outside, position, ended(&answer), None).await;
                return Err(stop_of(error));
            }
        };
        // A changed slug is the application's new key.
        let key = key_of(kind, &changed);
        self.journal.settle(self.outside, position, State::Done, key).await;
        if let Some(field) = holds(&changed, &after) {
            return Err(Stop::NotKept { kind, name: self.name(kind), field });
        }
        Ok(self.journal.entries.get(position).and_then(Entry::object).unwrap_or_else(|| object.clone()))
    }

    /// Sets the attribute on a group; its other attributes stay letter by letter.
    async fn group(&mut self, step: &GroupStep) -> Result<(), Stop> {
        let object = &Object::Group(step.pk.clone());
        let name = self.name(Kind::Group);
        let read = self.one(self.base.read(object)).await;
        let current = answer::read_directly(&read, object.endpoint(), object.change_permission(), Attributes::read_of);
        let current = current.map_err(stop_of)?;
        let before = current.get(EMAIL_VERIFIED);
        match kind_of(before) {
            Verified::Yes => return Ok(()),
            seen if seen != step.seen => return Err(Stop::Changed { kind: Kind::Group, name }),
            _ => {}
        }
        let before = before.map_or(Value::Null, |json| Value::String(json.to_owned()));
        let wanted = current.with(EMAIL_VERIFIED, Some("true"));
        let entry = Entry {
            kind: Kind::Group,
            name: name.clone(),
            key: Some(step.pk.clone()),
            before: Some(json::object([(EMAIL_VERIFIED, before)])),
            after: json::object([(EMAIL_VERIFIED, "true".into())]),
            state: State::Intended,
        };
        let position = self.journal.intend(self.outside, entry).await;
        let answer = self.one(self.base.change_attributes(object, &wanted)).await;
        let changed = answer::read_directly(&answer, object.endpoint(), object.change_permission(), Attributes::read_of);
        let state = if changed.is_ok() { State::Done } else { ended(&answer) };
        self.journal.settle(self.outside, position, state, None).await;
        if changed.map_err(stop_of)?.same_as(&wanted) {
            Ok(())
        } else {
            Err(Stop::NotKept { kind: Kind::Group, name, field: EMAIL_VERIFIED.into() })
        }
    }

    async fn users(&mut self, directory: &Directory) -> Result<(), Stop> {
        let targets: Vec<Target> = directory
            .users()
            .iter()
            .zip(&self.plan.users.decisions)
            .filter(|(_, decision)| decision.writes())
            .map(|(user, _)| Target {
                pk: user.pk,
                username: user.username.to_string(),
                page: user.page,
                seen: user.verified,
                to: Some("true".to_owned()),
                entry: None,
                tries: 0,
            })
            .collect();
        if targets.is_empty() {
            self.end(Kind::Users, PartState::Kept);
            return Ok(());
        }
        self.begin(Kind::Users);
        let bulk = Bulk {
            outside: self.outside,
            base: self.base,
            direction: Direction::Apply,
            journal: self.journal,
            progress: &mut self.report.progress,
            issues: &mut self.report.issues,
            on_progress: self.on_progress,
            started_ms: self.outside.now_ms(),
            pace: Pace::default(),
        };
        bulk.run(targets).await?;
        let failed = self.report.progress.users_failed > 0;
        self.end(Kind::Users, if failed { PartState::Failed } else { PartState::Done });
        Ok(())
    }

    /// The fields with everything that has become known: our mapping, our provider, the client secret.
    fn filled(&self, fields: &Map, known: &Known<'_>) -> Map {
        let mut out = fields.clone();
        for (key, value) in &mut out {
            match (key.as_str(), value) {
                ("property_mappings", Value::Array(list)) => {
                    for item in list.iter_mut().filter(|item| *item == PENDING) {
                        *item = known.mapping.into();
                    }
                }
                ("provider", value) if *value == PENDING => *value = known.provider.into(),
                ("client_secret", value) if *value == PENDING => {
                    *value = self.plan.new_credentials.as_ref().map(|(_, secret)| secret.reveal()).into();
                }
                _ => {}
            }
        }
        out
    }

    async fn one(&self, request: Request) -> Answer {
        ask(self.outside, Product::Authentik, request).await
    }
}

/// Why a run ends, from what went wrong.
pub(super) fn stop_of(error: Error) -> Stop {
    match error {
        Error::NoAnswer { cause: SendError::Cancelled, .. } => Stop::Cancelled,
        Error::NoAnswer { cause: SendError::TabGone, .. } => Stop::TabGone,
        Error::NoAnswer { cause: SendError::Redirected, .. } => Stop::Authentik(Error::NotSignedIn),
        other => Stop::Authentik(other),
    }
}

/// What a run that stopped because of a 403 really stopped for.
pub(super) async fn explained(outside: &impl Outside, base: &Base, stop: Stop) -> Stop {
    match stop {
        Stop::Authentik(error) => Stop::Authentik(explain(outside, base, error).await),
        other => other,
    }
}

/// How far a write got whose answer is no confirmation.
fn ended(answer: &Answer) -> State {
    if answer::was_refused(answer) { State::Refused } else { State::Intended }
}

/// Fields without the client secret, which the journal must not hold.
fn without_secret(fields: &Map) -> Map {
    fields.iter().filter(|(key, _)| *key != "client_secret").map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What the transactional endpoint answers (contract/authentik.md, section 7).
struct Outcome {
    applied: bool,
}

impl FromJson for Outcome {
    fn from_json(value: &Value) -> Result<Self, json::WrongShape> {
        Ok(Self { applied: json::Fields::of(value)?.get("applied")? })
    }
}

/// Keys that have become known during a run.
#[derive(Clone, Copy, Default)]
struct Known<'a> {
    mapping: &'a str,
    provider: Option<i64>,
}

/// The key of an object as authentik answered it; of the type that such keys have.
fn key_of(kind: Kind, object: &Map) -> Option<String> {
    match kind {
        Kind::Application => object.get("slug")?.as_str().map(str::to_owned),
        Kind::Provider => object.get("pk")?.as_i64().map(|pk| pk.to_string()),
        _ => object.get("pk")?.as_str().map(str::to_owned),
    }
}

/// Whether two values are of the same type, as far as they are there.
fn alike(one: &Value, other: &Value) -> bool {
    one.is_null() || other.is_null() || std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// The first field that an object does not hold as wanted.
pub(super) fn holds(object: &Map, wanted: &Map) -> Option<String> {
    // An authentik that does not show the secret cannot be asked whether it kept it.
    let shown = |key: &str| key != "client_secret" || object.contains_key(key);
    // Versions without the field ignore it.
    let known = |key: &str| key != "grant_types" || object.contains_key(key);
    wanted
        .iter()
        .find(|(key, value)| shown(key) && known(key) && !same(key, object.get(key), Some(value)))
        .map(|(key, _)| key.clone())
}

/// Whether two values of a field mean the same: selections have no order, and a redirect URI without type is one for sign-ins.
pub(super) fn same(key: &str, one: Option<&Value>, other: Option<&Value>) -> bool {
    let texts = |value: Option<&Value>| Vec::<String>::from_json(value?).ok();
    let uris = |value: Option<&Value>| -> Option<Vec<RedirectUri>> {
        let mut list = Vec::<RedirectUri>::from_json(value?).ok()?;
        for uri in &mut list {
            uri.redirect_uri_type.get_or_insert_with(|| "authorization".into());
        }
        Some(list)
    };
    match key {
        "property_mappings" | "grant_types" => texts(one).zip(texts(other)).is_some_and(|(one, other)| same_set(&one, &other)),
        "redirect_uris" => uris(one).zip(uris(other)).is_some_and(|(one, other)| one == other),
        _ => one.unwrap_or(&Value::Null) == other.unwrap_or(&Value::Null),
    }
}
