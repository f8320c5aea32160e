//! The `email` scope mapping.

use super::super::adopt::{Adoption, same_expression};
use super::super::change::{Change, FieldName, Kind, Remark};
use super::{Differ, Step};
use crate::authentik::api::Object;
use crate::setup::Setup;

/// Makes, changes or keeps the mapping.
pub(super) fn compare(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let wanted = setup.mapping_expression();
    let found = adoption.mapping;
    let mut differ = Differ::new(found.map(|found| Object::ScopeMapping(found.pk.clone())));
    if found.is_none() {
        differ.text("name", FieldName::Name, "", &setup.mapping_name);
        differ.text("scope_name", FieldName::ScopeName, "", "email");
    }
    let expression = found.map_or("", |found| &found.expression);
    if !same_expression(expression, wanted) {
        differ.text("expression", FieldName::Expression, expression, wanted);
    }
    let (step, action, fields) = differ.step();
    let mut remarks = vec![Remark::GuideOnly];
    remarks.extend(adoption.mapping.map(|_| Remark::Adopted));
    let name = adoption.mapping.map_or(&setup.mapping_name, |mapping| &mapping.name).clone();
    changes.push(Change { kind: Kind::ScopeMapping, action, name, fields, remarks });
    step
}
