//! The `email` scope mapping.

use super::super::adopt::{Adoption, same_expression};
use super::super::change::{Change, FieldName, Kind, Remark};
use super::{Differ, Step, created};
use crate::authentik::api::Object;
use crate::setup::{Setup, Shown};

/// Makes, changes or keeps the mapping.
pub(super) fn compare(setup: &Setup, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> Step {
    let wanted = setup.mapping_expression();
    let (step, action, fields) = match adoption.mapping {
        None => created(vec![
            ("name", FieldName::Name, setup.mapping_name.as_str().into(), Shown::text(&setup.mapping_name)),
            ("scope_name", FieldName::ScopeName, "email".into(), Shown::text("email")),
            ("expression", FieldName::Expression, wanted.into(), Shown::text(wanted)),
        ]),
        Some(found) => {
            let mut differ = Differ::new();
            if !same_expression(&found.expression, wanted) {
                differ.text("expression", FieldName::Expression, &found.expression, wanted);
            }
            differ.step(Object::ScopeMapping(found.pk.clone()))
        }
    };
    let mut remarks = vec![Remark::GuideOnly];
    remarks.extend(adoption.mapping.map(|_| Remark::Adopted));
    let name = adoption.mapping.map_or(&setup.mapping_name, |mapping| &mapping.name).clone();
    changes.push(Change { kind: Kind::ScopeMapping, action, name, fields, remarks });
    step
}
