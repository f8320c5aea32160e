//! Compare: what is wanted against what is there. Pure.

mod application;
mod group;
mod mapping;
mod provider;

use serde::Serialize;

use super::adopt::Adoption;
use super::body::{Body, FieldValue, MappingRef};
use super::change::{Action, Change, FieldChange, FieldName, Kind, Remark, Totals};
use super::users::{Chooser, UserPlan};
use crate::authentik::api::Object;
use crate::authentik::types::Verified;
use crate::authentik::{Directory, Snapshot};
use crate::setup::{ClientCredentials, Setup, Shown, VerifiedBy};
use crate::wire::{RawJson, RawObject};

/// What is done with one object.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// It is right. Primary key or slug.
    Keep(Object),
    /// It is made from this body.
    Create(Body),
    /// These fields change.
    Update(Update),
}

/// Fields of an object that change: what was seen, and what will be written.
#[derive(Clone, Debug)]
pub(super) struct Update {
    /// Which object.
    pub object: Object,
    /// The fields as they were when the plan was made.
    pub before: RawObject,
    /// The fields as they will be.
    pub after: Body,
}

/// A group that gets the attribute.
#[derive(Clone, Debug)]
pub(super) struct GroupStep {
    /// Its primary key.
    pub(super) pk: String,
    /// What the attribute was when the plan was made.
    pub(super) seen: Verified,
}

/// A plan: what is shown, and what is needed to do it.
#[derive(Clone)]
pub struct Plan {
    /// What is wanted.
    pub setup: Setup,
    /// What is shown, in the order in which it is done.
    pub changes: Vec<Change>,
    /// One line of totals.
    pub totals: Totals,
    /// What happens to users.
    pub users: UserPlan,
    pub(super) mapping: Step,
    pub(super) template_mapping: Option<Step>,
    pub(super) provider: Step,
    pub(super) application: Step,
    pub(super) bindings: Vec<String>,
    pub(super) group: Option<GroupStep>,
    /// Client ID of the provider that gets a new secret, and that secret: of one that is made, both are new.
    pub(crate) new_credentials: Option<ClientCredentials>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.totals.create + self.totals.update + self.totals.users == 0
    }

    /// Number of things that will be written.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.totals.create + self.totals.update + self.totals.users
    }
}

/// Compares. `credentials` are used if a provider has to be made or has no secret.
#[must_use]
pub fn compare(
    snapshot: &Snapshot,
    directory: &Directory,
    setup: &Setup,
    adoption: &Adoption<'_>,
    credentials: ClientCredentials,
) -> Plan {
    let mut changes = Vec::new();
    let mapping = mapping::email(setup, adoption, &mut changes);
    let template_mapping = mapping::template(setup, adoption, &mut changes);
    let wanted = provider::Wanted {
        snapshot,
        setup,
        mapping: mapping_ref(&mapping, MappingRef::NewEmail),
        template_mapping: template_mapping.as_ref().map(|step| mapping_ref(step, MappingRef::NewTemplate)),
        credentials: &credentials,
    };
    let (provider, needs_credentials) = wanted.compare(adoption, &mut changes);
    let application = application::compare(setup, adoption, &mut changes);
    let bindings = application::bindings(snapshot, setup, adoption, &mut changes);
    let (users, group) = match &setup.verified_by {
        VerifiedBy::UserAttribute => {
            (UserPlan::new(directory, &Chooser::new(&setup.audience, directory, &snapshot.groups)), None)
        }
        VerifiedBy::GroupAttribute { group } => (UserPlan::default(), group::compare(snapshot, directory, group, &mut changes)),
    };
    if setup.verified_by == VerifiedBy::UserAttribute {
        changes.push(Change {
            kind: Kind::Users,
            action: if users.counts.change > 0 { Action::Update } else { Action::Keep },
            name: String::new(),
            fields: vec![FieldChange {
                field: FieldName::EmailVerified,
                before: Shown::Absent,
                after: Shown::Switch { on: true },
            }],
            remarks: vec![Remark::GuideOnly],
        });
    }
    let count = |action| changes.iter().filter(|change| change.action == action && change.kind != Kind::Users).count();
    let totals = Totals {
        create: count(Action::Create),
        update: count(Action::Update),
        keep: count(Action::Keep),
        users: users.counts.change,
    };
    Plan {
        setup: setup.clone(),
        totals,
        users,
        mapping,
        template_mapping,
        provider,
        application,
        bindings,
        group,
        new_credentials: needs_credentials.then(|| match adoption.provider {
            Some(provider) => ClientCredentials { client_id: provider.client_id.clone(), ..credentials },
            None => credentials,
        }),
        changes,
    }
}

/// One side of a change: the value, and how it is shown.
struct Side<T> {
    value: T,
    shown: Shown,
}

impl Side<RawJson> {
    fn of(value: &(impl Serialize + ?Sized), shown: Shown) -> Self {
        Self { value: RawJson::of(value), shown }
    }
}

impl From<Side<RawJson>> for Side<FieldValue> {
    fn from(side: Side<RawJson>) -> Self {
        Self { value: side.value.into(), shown: side.shown }
    }
}

/// Collects the fields of one object: those that differ, or all of one that has to be made.
struct Differ {
    /// The object, if it is there.
    object: Option<Object>,
    before: RawObject,
    after: Body,
    fields: Vec<FieldChange>,
}

impl Differ {
    fn new(object: Option<Object>) -> Self {
        Self { object, before: RawObject::default(), after: Body::default(), fields: Vec::new() }
    }

    /// Takes in a field. What there is `before` does not matter for an object that has to be made.
    fn add(&mut self, key: &'static str, field: FieldName, before: Side<RawJson>, after: Side<FieldValue>) {
        let exists = self.object.is_some();
        if exists && after.value.is(&before.value) {
            return;
        }
        if exists || after.shown != Shown::Absent {
            self.fields.push(FieldChange { field, before: before.shown, after: after.shown });
        }
        self.after.add(key, after.value);
        if exists {
            self.before.insert(key, &before.value);
        }
    }

    fn text(&mut self, key: &'static str, field: FieldName, before: &str, after: &str) {
        self.add(key, field, Side::of(before, Shown::text(before)), Side::of(after, Shown::text(after)).into());
    }

    fn step(self) -> (Step, Action, Vec<FieldChange>) {
        let Self { object, before, after, fields } = self;
        let (step, action) = match object {
            None => (Step::Create(after), Action::Create),
            Some(object) if after.is_empty() => (Step::Keep(object), Action::Keep),
            Some(object) => (Step::Update(Update { object, before, after }), Action::Update),
        };
        (step, action, fields)
    }
}

/// A mapping that a step keeps or changes, or else the one that it makes.
fn mapping_ref(step: &Step, new: MappingRef) -> MappingRef {
    match step {
        Step::Keep(Object::ScopeMapping(pk)) | Step::Update(Update { object: Object::ScopeMapping(pk), .. }) => {
            MappingRef::There(pk.clone())
        }
        _ => new,
    }
}

/// Whether two lists select the same, whatever their order: authentik keeps a set and answers in an order of its own.
pub(super) fn same_set<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}
