//! Who may change their own address. mailcow knows users by `email` alone, so that they take somebody else's mailbox with it
//! (docs/contract/cases.md, S8).

use super::{Code, Finding};
use crate::authentik::types::Group;
use crate::authentik::{Directory, GroupSet, Operation, Resource, Snapshot, User};

/// Who may change their own address: the attribute of the user, else that of their groups, else the setting of the installation
/// (docs/contract/authentik.md, section 8).
pub struct AddressChange {
    by_group: Vec<(GroupSet, bool)>,
    /// `None` when authentik does not show it.
    setting: Option<bool>,
}

impl AddressChange {
    /// The rules of an authentik with this setting.
    #[must_use]
    pub fn new(authentik: &Snapshot, directory: &Directory, setting: Option<bool>) -> Self {
        let mut groups: Vec<(&Group, bool)> =
            authentik.groups.iter().filter_map(|group| Some((group, group.attributes.may_change_email?))).collect();
        // authentik merges the attributes of groups in the order of their names: the last one counts.
        groups.sort_by(|(one, _), (other, _)| other.name.cmp(&one.name));
        let rule = |(group, may): (&Group, bool)| (directory.group_set(std::slice::from_ref(&group.pk), &authentik.groups), may);
        Self { by_group: groups.into_iter().map(rule).collect(), setting }
    }

    /// Whether a user may change their own address; `None` when it is not known.
    #[must_use]
    pub fn is_allowed(&self, user: &User) -> Option<bool> {
        let of_groups = || self.by_group.iter().find(|(groups, _)| user.is_in(groups)).map(|(_, may)| *may);
        user.may_change_email.or_else(of_groups).or(self.setting)
    }

    /// What is to be said about users of mailcow: how many may, and whether it is not known of others.
    pub fn findings<'u>(&self, users: impl Iterator<Item = &'u User>) -> Vec<Finding> {
        let (mut count, mut is_unknown) = (0_usize, false);
        for user in users {
            match self.is_allowed(user) {
                Some(may) => count += usize::from(may),
                None => is_unknown = true,
            }
        }
        let permission = Operation::view(Resource::Settings).permission().map(|permission| permission.to_string());
        let counted = Finding::new(Code::UsersMayChangeAddress).with("count", count);
        let unknown = Finding::new(Code::AddressChangeUnknown).with("permission", permission.unwrap_or_default());
        [(count > 0).then_some(counted), is_unknown.then_some(unknown)].into_iter().flatten().collect()
    }
}
