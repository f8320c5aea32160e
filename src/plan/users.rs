//! Who gets `email_verified`, who has it, and who is skipped and why.

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::types::{Group, Verified};
use crate::authentik::{Directory, GroupSet, User, UserKind};
use crate::setup::Audience;

/// What the plan does about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The attribute is set.
    Set,
    /// The attribute is true already.
    Keep,
    /// The attribute had a value other than a boolean and is replaced.
    Repair,
    /// Skipped: the user cannot sign in.
    Inactive,
    /// Skipped: without an e-mail address mailcow refuses the sign-in (docs/contract/e2e.md, case g).
    NoEmail,
    /// Skipped: a service account.
    ServiceAccount,
    /// Skipped: an external user, who was not chosen by name or group.
    External,
    NotChosen,
}

impl Decision {
    /// Whether the user is written.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Set | Self::Repair)
    }
}

/// How many users each decision concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct UserCounts {
    /// The attribute is set or repaired.
    pub change: usize,
    /// How many of those had a value other than a boolean.
    pub repair: usize,
    /// The attribute is true already.
    pub keep: usize,
    /// Skipped, inactive.
    pub inactive: usize,
    /// Skipped, without e-mail address.
    pub no_email: usize,
    /// Skipped, service account.
    pub service_account: usize,
    /// Skipped, external.
    pub external: usize,
}

impl UserCounts {
    /// Counts all users.
    #[must_use]
    pub fn of(directory: &Directory, chooser: &Chooser<'_>) -> Self {
        let mut counts = Self::default();
        for user in directory.users() {
            counts.count(chooser.decide(user));
        }
        counts
    }

    fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Set => self.change += 1,
            Decision::Repair => {
                self.change += 1;
                self.repair += 1;
            }
            Decision::Keep => self.keep += 1,
            Decision::Inactive => self.inactive += 1,
            Decision::NoEmail => self.no_email += 1,
            Decision::ServiceAccount => self.service_account += 1,
            Decision::External => self.external += 1,
            Decision::NotChosen => {}
        }
    }
}

/// Decides about users; created once for an audience, then called for each user.
pub struct Chooser<'a> {
    audience: &'a Audience,
    groups: GroupSet,
    /// Sorted.
    users: Vec<i64>,
}

impl<'a> Chooser<'a> {
    /// Prepares for an audience. Groups include all groups below them, as in authentik's own membership test.
    #[must_use]
    pub fn new(audience: &'a Audience, directory: &Directory, groups: &[Group]) -> Self {
        let mut chosen = GroupSet::default();
        let mut users = Vec::new();
        match audience {
            Audience::All => {}
            Audience::Groups { groups: keys } => chosen = directory.group_set(keys, groups),
            Audience::Users { users: keys } => users.clone_from(keys),
        }
        users.sort_unstable();
        Self { audience, groups: chosen, users }
    }

    /// Decides what the plan does about a user.
    #[must_use]
    pub fn decide(&self, user: &User) -> Decision {
        let chosen = match self.audience {
            Audience::All => true,
            Audience::Groups { .. } => user.is_in(&self.groups),
            Audience::Users { .. } => self.users.binary_search(&user.pk).is_ok(),
        };
        if !chosen {
            return Decision::NotChosen;
        }
        match user.kind {
            UserKind::ServiceAccount => Decision::ServiceAccount,
            UserKind::External if *self.audience == Audience::All => Decision::External,
            _ if !user.is_active => Decision::Inactive,
            _ if user.email.is_empty() => Decision::NoEmail,
            _ => match user.verified {
                Verified::Yes => Decision::Keep,
                Verified::Absent | Verified::No => Decision::Set,
                Verified::Text | Verified::Odd => Decision::Repair,
            },
        }
    }
}

/// A user who gets the attribute: all that is needed to write it, so that the list of users can be dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedUser {
    pub pk: i64,
    /// User name, for messages.
    pub username: Box<str>,
    /// Page of the list on which the user was, counted from 1.
    pub page: u32,
    /// The attribute's value when the plan was made.
    pub seen: Verified,
}

/// What happens to users.
#[derive(Clone, Debug, Default)]
pub struct UserPlan {
    /// Those who are written, in authentik's order.
    pub changed: Vec<PlannedUser>,
    /// How many there are for each decision.
    pub counts: UserCounts,
}

impl UserPlan {
    /// Decides about all users.
    #[must_use]
    pub fn new(directory: &Directory, chooser: &Chooser<'_>) -> Self {
        let mut plan = Self::default();
        for user in directory.users() {
            let decision = chooser.decide(user);
            plan.counts.count(decision);
            if decision.writes() {
                let User { pk, ref username, page, verified: seen, .. } = *user;
                plan.changed.push(PlannedUser { pk, username: username.clone(), page, seen });
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody of each kind.
    fn directory() -> Directory {
        let user = |(pk, kind, is_active, email, verified): (i64, &str, bool, &str, &str)| {
            format!(
                r#"{{"pk":{pk},"username":"u{pk}","name":"","is_active":{is_active},"type":"{kind}","email":"{email}",
                    "attributes":{{"email_verified":{verified}}}}}"#
            )
        };
        let users = [
            (1, "internal", true, "a@mail.company", "null"),
            (2, "internal", true, "b@mail.company", "false"),
            (3, "internal", true, "c@mail.company", r#""true""#),
            (4, "internal", true, "d@mail.company", "true"),
            (5, "internal", false, "e@mail.company", "null"),
            (6, "internal", true, "", "null"),
            (7, "service_account", true, "f@mail.company", "null"),
            (8, "external", true, "g@mail.company", "null"),
        ];
        let users = users.map(user).join(",");
        let page = format!(r#"{{"pagination":{{"count":8,"total_pages":1}},"results":[{users}]}}"#);
        Directory::from_pages([&*page]).expect("users")
    }

    #[test]
    fn everybody_is_counted_by_what_happens_to_them() {
        let directory = directory();
        let counts = UserCounts::of(&directory, &Chooser::new(&Audience::All, &directory, &[]));
        let expected = UserCounts { change: 3, repair: 1, keep: 1, inactive: 1, no_email: 1, service_account: 1, external: 1 };
        assert_eq!(counts, expected);
    }

    /// Whoever names them wants them to get in; a service account has no mailbox whatever is named.
    #[test]
    fn an_external_user_who_was_chosen_gets_the_attribute() {
        let directory = directory();
        let audience = Audience::Users { users: vec![7, 8] };
        let plan = UserPlan::new(&directory, &Chooser::new(&audience, &directory, &[]));
        assert_eq!(plan.changed.iter().map(|user| user.pk).collect::<Vec<_>>(), [8]);
        assert_eq!(plan.counts, UserCounts { change: 1, service_account: 1, ..UserCounts::default() });
    }
}
