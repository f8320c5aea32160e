//! The application and the bindings that let groups in.

use crate::json::Value;

use super::super::adopt::Adoption;
use super::super::change::{Action, Change, FieldName, Kind, Remark};
use super::{Differ, PENDING, Step, created};
use crate::authentik::Snapshot;
use crate::authentik::api::Object;
use crate::setup::{Access, Setup, Shown};

/// Makes, changes or keeps the application.
pub(super) fn compare(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let provider = adoption.provider.map(|provider| provider.pk);
    let shown_provider = || adoption.provider.map_or(&setup.provider_name, |provider| &provider.name);
    let (step, action, fields) = match adoption.application {
        None => created(vec![
            ("name", FieldName::Name, setup.application_name.as_str().into(), Shown::text(&setup.application_name)),
            ("slug", FieldName::Slug, setup.application_slug.as_str().into(), Shown::text(&setup.application_slug)),
            ("provider", FieldName::Provider, provider.map_or(PENDING.into(), Value::from), Shown::text(shown_provider())),
            ("meta_launch_url", FieldName::LaunchUrl, setup.launch_url.as_str().into(), Shown::text(&setup.launch_url)),
            ("group", FieldName::Group, setup.application_group.as_str().into(), Shown::text(&setup.application_group)),
        ]),
        Some(found) => {
            let mut differ = Differ::new();
            differ.text("name", FieldName::Name, &found.name, &setup.application_name);
            differ.text("slug", FieldName::Slug, &found.slug, &setup.application_slug);
            if found.provider.is_none() || found.provider != provider {
                let before = (found.provider.into(), Shown::Absent);
                let after = provider.map_or(PENDING.into(), Value::from);
                differ.add("provider", FieldName::Provider, before, (after, Shown::text(shown_provider())));
            }
            differ.text("meta_launch_url", FieldName::LaunchUrl, &found.meta_launch_url, &setup.launch_url);
            differ.text("group", FieldName::Group, &found.group, &setup.application_group);
            differ.step(Object::Application(found.slug.clone()))
        }
    };
    let remarks = adoption.application.map(|_| Remark::Adopted).into_iter().collect();
    let name = adoption.application.map_or(&setup.application_name, |app| &app.name).clone();
    changes.push(Change { kind: Kind::Application, action, name, fields, remarks });
    step
}

/// Finds the groups that are not let in yet; bindings that are there stay.
pub(super) fn bindings(snapshot: &Snapshot, setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Vec<String> {
    let existing = adoption.application.and_then(|app| snapshot.bindings_of(&app.pk)).unwrap_or_default();
    let wanted: &[String] = match &setup.access {
        Access::Everybody => &[],
        Access::Groups { groups } => groups,
    };
    let lets_in = |pk: &String| existing.iter().any(|b| b.group.as_ref() == Some(pk) && b.lets_in());
    let others = existing.iter().filter(|b| b.enabled && b.group.as_ref().is_none_or(|pk| !wanted.contains(pk))).count();
    if others > 0
        && let Some(change) = changes.iter_mut().find(|change| change.kind == Kind::Application)
    {
        change.remarks.push(Remark::OtherBindings { count: others });
    }
    let mut missing = Vec::new();
    for pk in wanted {
        let name = snapshot.groups.iter().find(|group| group.pk == *pk).map_or(pk, |group| &group.name).clone();
        let action = if lets_in(pk) { Action::Keep } else { Action::Create };
        if action == Action::Create {
            missing.push(pk.clone());
        }
        changes.push(Change { kind: Kind::Binding, action, name, fields: Vec::new(), remarks: Vec::new() });
    }
    missing
}
