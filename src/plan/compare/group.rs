//! The attribute on a group, which all its members inherit.

use super::super::change::{Action, Change, FieldChange, FieldName, Kind, Remark};
use super::step::GroupStep;
use crate::authentik::types::{Group, Verified};
use crate::authentik::{Directory, Snapshot};
use crate::setup::Shown;

/// Sets or keeps the attribute.
pub(super) fn compare(snapshot: &Snapshot, directory: &Directory, pk: &str, changes: &mut Vec<Change>) -> Option<GroupStep> {
    let group: &Group = snapshot.groups.iter().find(|group| group.pk == pk)?;
    let verified = group.attributes.email_verified;
    let members = directory.group_set(&[pk.to_owned()], &[]);
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
    (!keep).then(|| GroupStep { pk: pk.to_owned(), seen: verified })
}
