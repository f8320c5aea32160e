//! The searchable list of users: up to 100,000 of them stay in the core, and the panel fetches the rows that it shows.

use std::rc::{Rc, Weak};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::authentik::types::Verified;
use crate::authentik::{Directory, Snapshot, User};
use crate::plan::{Chooser, Decision};
use crate::setup::Audience;

/// Which users are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum UserFilter {
    #[default]
    All,
    /// Those who are chosen and will be written.
    Changed,
    /// Those who have the attribute already.
    Kept,
    /// Those who are skipped.
    LeftOut,
}

/// Search, filter and page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct UserQuery {
    /// A part of user name, full name or address; case does not matter.
    pub text: String,
    pub filter: UserFilter,
    /// Who is chosen.
    pub audience: Audience,
    pub offset: usize,
    pub limit: usize,
}

/// The value of the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedValue {
    Absent,
    No,
    Yes,
    Text,
    /// Any other value.
    Odd,
}

/// One user of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct UserRow {
    pub pk: i64,
    pub username: String,
    pub name: String,
    pub email: String,
    /// The value of the attribute.
    pub verified: VerifiedValue,
    /// What the plan does about the user.
    pub decision: Decision,
}

/// Rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct UserRows {
    /// Number of users that match.
    pub total: usize,
    /// The requested rows.
    pub rows: Vec<UserRow>,
}

/// The result of the last search, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct UserSearch {
    /// What was searched. Weak: a search result keeps nothing in memory.
    authentik: Weak<Snapshot>,
    directory: Weak<Directory>,
    asked: Option<(String, UserFilter, Audience)>,
    positions: Vec<u32>,
}

impl UserSearch {
    /// The rows for a query; searches only if the query or the searched data has changed.
    pub(super) fn rows(
        &mut self,
        authentik: &Rc<Snapshot>,
        directory: &Rc<Directory>,
        chooser: &Chooser<'_>,
        query: &UserQuery,
    ) -> UserRows {
        let asked = (query.text.trim().to_lowercase(), query.filter, query.audience.clone());
        let searched = (Rc::downgrade(authentik), Rc::downgrade(directory));
        let is_same = self.authentik.ptr_eq(&searched.0) && self.directory.ptr_eq(&searched.1);
        if !is_same || self.asked.as_ref() != Some(&asked) {
            let fits = |user: &User| contains(user, &asked.0) && is_shown(query.filter, chooser.decide(user));
            self.positions = (0..).zip(directory.users()).filter(|(_, user)| fits(user)).map(|(position, _)| position).collect();
            (self.authentik, self.directory) = searched;
            self.asked = Some(asked);
        }
        let rows = self.positions.iter().skip(query.offset).take(query.limit);
        let rows = rows.filter_map(|position| directory.users().get(*position as usize)).map(|user| row(user, chooser)).collect();
        UserRows { total: self.positions.len(), rows }
    }
}

/// Whether a text in lower case is part of user name, full name or address.
pub(super) fn contains(user: &User, text: &str) -> bool {
    text.is_empty() || [&user.username, &user.name, &user.email].into_iter().any(|field| field.to_lowercase().contains(text))
}

fn is_shown(filter: UserFilter, decision: Decision) -> bool {
    match filter {
        UserFilter::All => true,
        UserFilter::Changed => decision.writes(),
        UserFilter::Kept => decision == Decision::Keep,
        UserFilter::LeftOut => !decision.writes() && !matches!(decision, Decision::Keep | Decision::NotChosen),
    }
}

fn row(user: &User, chooser: &Chooser<'_>) -> UserRow {
    UserRow {
        pk: user.pk,
        username: user.username.to_string(),
        name: user.name.to_string(),
        email: user.email.to_string(),
        verified: match user.verified {
            Verified::Absent => VerifiedValue::Absent,
            Verified::No => VerifiedValue::No,
            Verified::Yes => VerifiedValue::Yes,
            Verified::Text => VerifiedValue::Text,
            Verified::Odd => VerifiedValue::Odd,
        },
        decision: chooser.decide(user),
    }
}
