//! Determines which fields of an object differ from the desired ones.

use serde::Serialize;

use super::step::{Step, Update};
use crate::authentik::api::Object;
use crate::plan::body::{Body, FieldValue};
use crate::plan::change::{Action, FieldChange, FieldName};
use crate::setup::Shown;
use crate::wire::{RawJson, RawObject};

/// One side of a change: the value, and how it is shown.
pub(super) struct Side<T> {
    pub(super) value: T,
    pub(super) shown: Shown,
}

impl Side<RawJson> {
    pub(super) fn of(value: &(impl Serialize + ?Sized), shown: Shown) -> Self {
        Self { value: RawJson::of(value), shown }
    }
}

impl From<Side<RawJson>> for Side<FieldValue> {
    fn from(side: Side<RawJson>) -> Self {
        Self { value: side.value.into(), shown: side.shown }
    }
}

/// Collects the fields of one object: those that differ, or all for one that has to be created.
pub(super) struct Differ {
    /// The object, if it exists.
    object: Option<Object>,
    before: RawObject,
    after: Body,
    fields: Vec<FieldChange>,
}

impl Differ {
    pub(super) fn new(object: Option<Object>) -> Self {
        Self { object, before: RawObject::default(), after: Body::default(), fields: Vec::new() }
    }

    /// Adds a field. The value `before` is ignored for an object that has to be created.
    pub(super) fn add(&mut self, key: &'static str, field: FieldName, before: Side<RawJson>, after: Side<FieldValue>) {
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

    pub(super) fn text(&mut self, key: &'static str, field: FieldName, before: &str, after: &str) {
        self.add(key, field, Side::of(before, Shown::text(before)), Side::of(after, Shown::text(after)).into());
    }

    pub(super) fn switch(&mut self, key: &'static str, field: FieldName, before: bool, after: bool) {
        let side = |on: bool| Side::of(&on, Shown::Switch { on });
        self.add(key, field, side(before), side(after).into());
    }

    /// Adds a field that does not differ, but has to be sent with the others.
    pub(super) fn same(&mut self, key: &'static str, value: &str) {
        self.before.insert(key, value);
        self.after.add(key, RawJson::of(value).into());
    }

    /// The update of an object that exists.
    pub(super) fn update(self, object: Object) -> (Update, Vec<FieldChange>) {
        (Update { object, before: self.before, after: self.after }, self.fields)
    }

    pub(super) fn step(self) -> (Step, Action, Vec<FieldChange>) {
        let Self { object, before, after, fields } = self;
        let (step, action) = match object {
            None => (Step::Create(after), Action::Create),
            Some(object) if after.is_empty() => (Step::Keep(object), Action::Keep),
            Some(object) => (Step::Update(Update { object, before, after }), Action::Update),
        };
        (step, action, fields)
    }
}

/// Whether two lists select the same, whatever their order: authentik stores a set and answers in an order of its own.
pub(in crate::plan) fn same_set<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}
