//! The attribute on a group, which all its members inherit.

use serde_json::Map;

use super::super::change::{Action, Change, FieldChange, FieldName, Kind, Remark};
use super::Update;
use crate::authentik::api::Object;
use crate::authentik::types::{Group, Verified};
use crate::authentik::{Directory, EMAIL_VERIFIED, Snapshot};
use crate::json;
use crate::setup::Shown;

/// Sets or keeps the attribute.
pub(super) fn compare(snapshot: &Snapshot, directory: &Directory, pk: &str, changes: &mut Vec<Change>) -> Option<Update> {
    let group: &Group = snapshot.groups.iter().find(|group| group.pk == pk)?;
    let verified = group.attributes.email_verified;
    let members = directory.group_set(&[pk.to_owned()]);
    let own = directory
        .users()
        .iter()
        .filter(|user| user.is_in(&members) && !matches!(user.verified, Verified::Absent | Verified::Yes))
        .count();
    let mut remarks = vec![Remark::GuideOnly];
    if own > 0 {
        remarks.push(Remark::OwnValueWins { count: own });
    }
    let keep = verified == Verified::Yes;
    let before = match verified {
        Verified::Absent => Shown::Absent,
        Verified::No => Shown::Switch { on: false },
        Verified::Yes => Shown::Switch { on: true },
        Verified::Text => Shown::text("\"…\""),
        Verified::Odd => Shown::text("…"),
    };
    changes.push(Change {
        kind: Kind::Group,
        action: if keep { Action::Keep } else { Action::Update },
        name: group.name.clone(),
        fields: if keep {
            Vec::new()
        } else {
            vec![FieldChange { field: FieldName::EmailVerified, before, after: Shown::Switch { on: true } }]
        },
        remarks,
    });
    let after = json::object([(EMAIL_VERIFIED, true.into())]);
    (!keep).then(|| Update { object: Object::Group(pk.to_owned()), before: Map::new(), after })
}
