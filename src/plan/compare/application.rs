//! The application and the bindings of groups to it.

use super::super::adopt::Adoption;
use super::super::body::FieldValue;
use super::super::change::{Action, Change, FieldName, Kind, Remark};
use super::differ::{Differ, Side};
use super::step::Step;
use crate::authentik::Snapshot;
use crate::authentik::api::Object;
use crate::setup::{Access, Setup, Shown};
use crate::wire::RawJson;

/// Creates, updates or keeps the application.
pub(super) fn compare(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let found = adoption.application;
    let mut differ = Differ::new(found.map(|found| Object::Application(found.slug.clone())));
    differ.text("name", FieldName::Name, found.map_or("", |found| &found.name), &setup.application_name);
    differ.text("slug", FieldName::Slug, found.map_or("", |found| &found.slug), &setup.application_slug);
    let provider = adoption.provider.map(|provider| provider.pk);
    let before = found.and_then(|found| found.provider);
    if before.is_none() || before != provider {
        let shown = adoption.provider.map_or(&setup.provider_name, |provider| &provider.name);
        let value = provider.map_or(FieldValue::NewProvider, |pk| RawJson::of(&pk).into());
        let after = Side { value, shown: Shown::text(shown) };
        differ.add("provider", FieldName::Provider, Side::of(&before, Shown::Absent), after);
    }
    let launch_url = found.map_or("", |found| &found.meta_launch_url);
    differ.text("meta_launch_url", FieldName::LaunchUrl, launch_url, &setup.launch_url);
    differ.text("group", FieldName::Group, found.map_or("", |found| &found.group), &setup.application_group);
    let (step, action, fields) = differ.step();
    let remarks = adoption.application.map(|_| Remark::Adopted).into_iter().collect();
    let name = adoption.application.map_or(&setup.application_name, |app| &app.name).clone();
    changes.push(Change { kind: Kind::Application, action, name, fields, remarks });
    step
}

/// Finds the groups that have no binding yet; existing bindings stay.
pub(super) fn bindings(snapshot: &Snapshot, setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Vec<String> {
    let existing = adoption.application.and_then(|app| snapshot.bindings_of(&app.pk));
    let existing = existing.as_deref().unwrap_or_default();
    let desired: &[String] = match &setup.access {
        Access::Everybody => &[],
        Access::Groups { groups } => groups,
    };
    let lets_in = |pk: &String| existing.iter().any(|b| b.group.as_ref() == Some(pk) && b.lets_in());
    let others = existing.iter().filter(|b| b.enabled && b.group.as_ref().is_none_or(|pk| !desired.contains(pk))).count();
    if others > 0
        && let Some(change) = changes.iter_mut().find(|change| change.kind == Kind::Application)
    {
        change.remarks.push(Remark::OtherBindings { count: others });
    }
    let mut missing = Vec::new();
    for pk in desired {
        let name = snapshot.groups.iter().find(|group| group.pk == *pk).map_or(pk, |group| &group.name).clone();
        let action = if lets_in(pk) { Action::Keep } else { Action::Create };
        if action == Action::Create {
            missing.push(pk.clone());
        }
        changes.push(Change { kind: Kind::Binding, action, name, fields: Vec::new(), remarks: Vec::new() });
    }
    missing
}
