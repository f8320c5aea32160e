//! The scope mappings `email` and `mailcow_template`.

use super::super::adopt::Adoption;
use super::super::change::{Change, FieldName, Kind, Remark};
use super::differ::Differ;
use super::step::Step;
use crate::authentik::api::Object;
use crate::authentik::types::ScopeMapping;
use crate::setup::{Setup, TEMPLATE_SCOPE, same_expression};

/// Creates, updates or keeps the mapping for `email`.
pub(super) fn email(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let desired = DesiredMapping {
        kind: Kind::ScopeMapping,
        scope: "email",
        name: &setup.mapping_name,
        expression: setup.mapping_expression(),
    };
    desired.compare(adoption.mapping, Remark::GuideOnly, changes)
}

/// Creates, updates or keeps the mapping for `mailcow_template`, if templates depend on groups.
pub(super) fn template(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Option<Step> {
    let expression = setup.template_expression()?;
    let name = &setup.template_mapping_name;
    let desired = DesiredMapping { kind: Kind::TemplateMapping, scope: TEMPLATE_SCOPE, name, expression: &expression };
    Some(desired.compare(adoption.template_mapping, Remark::TemplateEachTime, changes))
}

struct DesiredMapping<'a> {
    kind: Kind,
    scope: &'static str,
    name: &'a str,
    expression: &'a str,
}

impl DesiredMapping<'_> {
    fn compare(&self, found: Option<&ScopeMapping>, remark: Remark, changes: &mut Vec<Change>) -> Step {
        let mut differ = Differ::new(found.map(|found| Object::ScopeMapping(found.pk.clone())));
        if found.is_none() {
            differ.text("name", FieldName::Name, "", self.name);
            differ.text("scope_name", FieldName::ScopeName, "", self.scope);
        }
        let expression = found.map_or("", |found| &found.expression);
        if !same_expression(expression, self.expression) {
            differ.text("expression", FieldName::Expression, expression, self.expression);
        }
        let (step, action, fields) = differ.step();
        let mut remarks = vec![remark];
        remarks.extend(found.map(|_| Remark::Adopted));
        let name = found.map_or(self.name, |mapping| &mapping.name).to_owned();
        changes.push(Change { kind: self.kind, action, name, fields, remarks });
        step
    }
}
