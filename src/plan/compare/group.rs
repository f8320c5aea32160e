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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;

    #[test]
    fn members_whose_own_value_wins_are_counted() {
        let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
        snapshot.groups = vec![crate::wire::read(r#"{"pk":"staff","name":"Staff","parent":null}"#).expect("a group")];
        let remarks = |own: &[&str]| {
            let user = |(pk, attributes): (usize, &&str)| {
                format!(
                    r#"{{"pk":{pk},"username":"u{pk}","name":"","is_active":true,"type":"internal","groups":["staff"],"attributes":{{{attributes}}}}}"#
                )
            };
            let users: Vec<String> = own.iter().enumerate().map(user).collect();
            let page = format!(r#"{{"pagination":{{"count":9,"total_pages":1}},"results":[{}]}}"#, users.join(","));
            let directory = Directory::from_pages([&*page]).expect("a directory");
            let mut changes = Vec::new();
            compare(&snapshot, &directory, "staff", &mut changes);
            changes.remove(0).remarks
        };
        assert_eq!(remarks(&["", r#""email_verified":true"#]), [Remark::GuideOnly]);
        let own = ["", r#""email_verified":false"#, r#""email_verified":"true""#];
        assert_eq!(remarks(&own), [Remark::GuideOnly, Remark::OwnValueWins { count: 2 }]);
    }
}
