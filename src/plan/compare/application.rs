//! The application and the bindings of groups to it.

use std::rc::Rc;

use super::super::adopt::Adoption;
use super::super::body::FieldValue;
use super::super::change::{Action, Change, FieldChange, FieldName, Kind, Remark};
use super::differ::{Differ, Side};
use super::step::{BindingStep, Step, Update};
use crate::authentik::api::Object;
use crate::authentik::types::{Application, Binding};
use crate::authentik::{Operation, Resource, Snapshot, Version};
use crate::setup::{Access, Setup, Shown};
use crate::wire::RawJson;

/// Creates, updates or keeps the application.
pub(super) fn compare(snapshot: &Snapshot, setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let found = adoption.application;
    let existing = found.and_then(|found| snapshot.bindings_of(&found.pk));
    let bindings = Bindings::of(existing.as_ref(), setup);
    let needs_mode_any = found.is_some_and(|found| bindings.need_mode_any(found));
    let sees_all = snapshot.binding_rights.sees_all;
    let mut differ = Differ::new(found.map(|found| Object::Application(found.slug.clone())));
    differ.text("name", FieldName::Name, found.map_or("", |found| &found.name), &setup.application_name);
    differ.text("slug", FieldName::Slug, found.map_or("", |found| &found.slug), &setup.application_slug);
    let provider = adoption.provider.map(|provider| provider.pk);
    let before = found.and_then(|found| found.provider);
    let shown = adoption.provider.map_or(&setup.provider_name, |provider| &provider.name);
    let value = provider.map_or(FieldValue::NewProvider, |pk| RawJson::of(&pk).into());
    let after = Side { value, shown: Shown::text(shown) };
    differ.add("provider", FieldName::Provider, Side::of(&before, Shown::Absent), after);
    let launch_url = found.map_or("", |found| &found.meta_launch_url);
    differ.text("meta_launch_url", FieldName::LaunchUrl, launch_url, &setup.launch_url);
    differ.text("group", FieldName::Group, found.map_or("", |found| &found.group), &setup.application_group);
    if needs_mode_any && sees_all {
        differ.text("policy_engine_mode", FieldName::PolicyEngineMode, "all", "any");
    }
    let (step, action, fields) = differ.step();
    let mut remarks: Vec<Remark> = found.map(|_| Remark::Adopted).into_iter().collect();
    let may_be_any = snapshot.version.is_some_and(Version::may_take_all_for_any);
    remarks.extend(bindings.remarks(found, may_be_any));
    let hidden = Operation::view(Resource::Binding).permission().filter(|_| needs_mode_any && !sees_all);
    remarks.extend(hidden.map(|permission| Remark::BindingsHidden { permission }));
    let name = adoption.application.map_or(&setup.application_name, |app| &app.name).clone();
    changes.push(Change { kind: Kind::Application, action, name, fields, remarks });
    step
}

/// The bindings of the application that is adopted, and what they are to become.
struct Bindings<'a> {
    existing: &'a [Binding],
    /// Primary keys of the groups that are to use the application.
    desired: &'a [String],
}

impl Bindings<'_> {
    fn of<'a>(existing: Option<&'a Rc<[Binding]>>, setup: &'a Setup) -> Bindings<'a> {
        let desired: &[String] = match &setup.access {
            Access::Everybody => &[],
            Access::Groups { groups } => groups,
        };
        Bindings { existing: existing.map(Rc::as_ref).unwrap_or_default(), desired }
    }

    /// Those of others, which stay.
    fn others(&self) -> impl Iterator<Item = &Binding> {
        let is_desired = |binding: &&Binding| binding.group.as_ref().is_some_and(|pk| self.desired.contains(pk));
        self.existing.iter().filter(move |binding| binding.enabled && !is_desired(binding))
    }

    /// Those of a desired group.
    fn of_group<'a>(&'a self, pk: &'a str) -> impl Iterator<Item = &'a Binding> {
        self.existing.iter().filter(move |binding| binding.group.as_deref() == Some(pk))
    }

    /// Whether several bindings have to match, and all of them are those of the desired groups: then whoever is in one of the
    /// groups is refused (docs/contract/cases.md, H5).
    fn need_mode_any(&self, found: &Application) -> bool {
        found.needs_all && self.desired.len() > 1 && self.others().next().is_none()
    }

    /// Whether users outside the chosen groups may use the application until it is changed: nothing is bound, or only a desired group
    /// is negated.
    fn is_open(&self) -> bool {
        let mut enabled = self.existing.iter().filter(|binding| binding.enabled).peekable();
        let is_open = enabled.peek().is_none() || enabled.any(Binding::authorizes_others);
        is_open && !self.others().any(Binding::authorizes_others)
    }

    /// What to know about those of others. `may_be_any` says whether this authentik may take the mode "all" for "any".
    fn remarks(&self, found: Option<&Application>, may_be_any: bool) -> Vec<Remark> {
        let needs_all = found.is_some_and(|found| found.needs_all);
        let opens = |binding: &&Binding| binding.authorizes_others() && (!needs_all || may_be_any);
        let negated = self.others().filter(opens).count();
        let others = self.others().count() - negated;
        let mut remarks = Vec::new();
        remarks.extend((others > 0).then_some(Remark::OtherBindings { count: others }));
        remarks.extend((negated > 0).then_some(Remark::NegatedBindings { count: negated }));
        let are_required = needs_all && !self.desired.is_empty() && self.others().next().is_some();
        remarks.extend(are_required.then_some(Remark::AllBindingsRequired));
        remarks
    }
}

/// Creates or repairs the bindings of the desired groups; those of others stay (docs/contract/cases.md, H4).
pub(super) fn bindings(
    snapshot: &Snapshot,
    setup: &Setup,
    adoption: &Adoption<'_>,
    changes: &mut Vec<Change>,
) -> Vec<BindingStep> {
    let existing = adoption.application.and_then(|app| snapshot.bindings_of(&app.pk));
    let bindings = Bindings::of(existing.as_ref(), setup);
    let target = adoption.application.map_or("", |app| &app.pk);
    let may_not_change = snapshot.binding_rights.changes_all == Some(false);
    let mut steps = Vec::new();
    let before = changes.len();
    for pk in bindings.desired {
        let name = snapshot.groups.iter().find(|group| group.pk == *pk).map_or(pk, |group| &group.name).clone();
        let mut add = |action, fields, remarks| {
            changes.push(Change { kind: Kind::Binding, action, name: name.clone(), fields, remarks });
        };
        let mut is_authorized = bindings.of_group(pk).any(Binding::authorizes);
        for binding in bindings.of_group(pk) {
            // A disabled one does no harm beside one that authorizes.
            let is_missing = !binding.enabled && !binding.expiring && !is_authorized;
            if !is_missing && !binding.authorizes_others() {
                continue;
            }
            let (update, fields) = repaired(binding, target, pk);
            is_authorized |= !binding.expiring;
            let missing = Operation::change(Resource::Binding).permission().filter(|_| may_not_change);
            add(Action::Update, fields, missing.map(|permission| Remark::PermissionMissing { permission }).into_iter().collect());
            steps.push(BindingStep::Update { name: name.clone(), update });
        }
        if is_authorized {
            if bindings.of_group(pk).any(Binding::authorizes) {
                add(Action::Keep, Vec::new(), Vec::new());
            }
            continue;
        }
        // What is there ends: anything else authorizes the group, or is repaired.
        let expires = bindings.of_group(pk).next().is_some();
        add(Action::Create, Vec::new(), expires.then_some(Remark::BindingExpires).into_iter().collect());
        steps.push(BindingStep::Create { group: pk.clone() });
    }
    // Said where it is decided: at the first binding that is made or changed.
    let mut decides = changes.iter_mut().skip(before).filter(|change| change.action != Action::Keep);
    if let Some(first) = decides.next().filter(|_| adoption.application.is_some() && bindings.is_open()) {
        first.remarks.insert(0, Remark::AccessRestricted);
    }
    steps
}

/// The update after which a binding authorizes its group. authentik takes target and group for missing when they are not sent again
/// (docs/contract/authentik.md, section 7).
fn repaired(binding: &Binding, target: &str, group: &str) -> (Update, Vec<FieldChange>) {
    let mut differ = Differ::new(Some(Object::Binding(binding.pk.clone())));
    differ.switch("enabled", FieldName::Enabled, binding.enabled, true);
    differ.switch("negate", FieldName::Negate, binding.negate, false);
    differ.same("target", target);
    differ.same("group", group);
    differ.update(Object::Binding(binding.pk.clone()))
}
