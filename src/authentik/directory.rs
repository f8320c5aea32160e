//! The users of an authentik, stored compactly: 100,000 of them have to fit into a browser tab.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;

use super::answer::{self, Error};
use super::api::{Base, Collection};
use super::types::{Group, KnownAttributes, Page, Verified};
use super::{Operation, Resource, explain};
use crate::transport::{Answer, Host, Pace, Product};
use crate::wire::{self, Malformed};

/// The kind of account: the field `type` (docs/contract/authentik.md, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A member of the organisation.
    Internal,
    /// An external user.
    External,
    /// A service account.
    #[serde(other)]
    ServiceAccount,
}

/// A user, with the fields that Cowbell needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub pk: i64,
    pub username: Box<str>,
    pub name: Box<str>,
    /// E-mail address, possibly empty.
    pub email: Box<str>,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// The kind of account.
    pub kind: UserKind,
    /// The attribute `email_verified`.
    pub verified: Verified,
    /// The attribute that says whether the user may change their own address; `None` where it is missing.
    pub may_change_email: Option<bool>,
    /// Page of the list on which it was found, counted from 1.
    pub page: u32,
    groups: Box<[u16]>,
}

/// A user as authentik lists it, borrowed from the text of the page, so that the fields that are kept are copied only once.
#[derive(Deserialize)]
struct ListedUser<'a> {
    pk: i64,
    #[serde(borrow)]
    username: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    email: Cow<'a, str>,
    is_active: bool,
    #[serde(rename = "type")]
    kind: UserKind,
    #[serde(default)]
    attributes: KnownAttributes,
    #[serde(borrow, default)]
    groups: Vec<GroupKey<'a>>,
}

/// Primary key of a group.
#[derive(Deserialize)]
struct GroupKey<'a>(#[serde(borrow)] Cow<'a, str>);

/// A set of groups of one directory.
#[derive(Clone, Debug, Default)]
pub struct GroupSet(Vec<u16>);

impl User {
    /// Whether the user is a direct member of at least one of these groups.
    #[must_use]
    pub fn is_in(&self, groups: &GroupSet) -> bool {
        self.groups.iter().any(|number| groups.0.contains(number))
    }
}

/// All users of an authentik.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// When it was read: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    users: Vec<User>,
    groups: Groups,
}

/// Primary keys of groups, each stored once; users refer to them by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Groups {
    /// Sorted by primary key.
    numbers: Vec<(Box<str>, u16)>,
}

impl Groups {
    /// `None` when there are more than 65,535 groups; the user then does not count as a member of the last ones.
    fn number(&mut self, pk: &str) -> Option<u16> {
        match self.find(pk) {
            Ok(at) => Some(self.numbers[at].1),
            Err(at) => {
                let number = u16::try_from(self.numbers.len()).ok()?;
                self.numbers.insert(at, (pk.into(), number));
                Some(number)
            }
        }
    }

    fn find(&self, pk: &str) -> Result<usize, usize> {
        self.numbers.binary_search_by(|(known, _)| (**known).cmp(pk))
    }
}

impl Directory {
    /// Reads all users, page by page. Calls `progress` with the number of users read and their total.
    ///
    /// # Errors
    /// Any problem with a page; then nothing is kept, because counts over an incomplete directory would mislead.
    /// [`Error::Incomplete`] when users were removed while the list was read, twice in succession.
    pub async fn read(host: &impl Host, base: &Base, progress: &mut dyn FnMut(usize, usize)) -> Result<Self, Box<Error>> {
        match Self::read_once(host, base, progress).await {
            Err(error) if matches!(*error, Error::Incomplete { .. }) => Self::read_once(host, base, progress).await,
            directory => directory,
        }
    }

    async fn read_once(host: &impl Host, base: &Base, progress: &mut dyn FnMut(usize, usize)) -> Result<Self, Box<Error>> {
        let mut directory = Self::default();
        let mut found = Vec::new();
        let mut failure = None;
        let mut pace = Pace::default();
        let mut total = (0, 1);
        pace.run(host, Product::Authentik, vec![base.list(Collection::Users, 1)], &mut |_, answer| match directory
            .page(&answer, 1)
        {
            Ok((users, count, total_pages)) => {
                total = (count, total_pages);
                progress(users.len(), count);
                found.push(users);
            }
            Err(error) => failure = Some(error),
        })
        .await;
        let (count, total_pages) = total;
        // A user who is removed moves others to a page that was already read; one who is created only moves some to the next page,
        // where they are read again.
        let mut became_shorter = false;
        found.resize_with(total_pages.max(1) as usize, Vec::new);
        let mut read = found.first().map_or(0, Vec::len);
        let requests = (2..=total_pages).map(|page| base.list(Collection::Users, page)).collect();
        if failure.is_none() {
            pace.run(host, Product::Authentik, requests, &mut |index, answer| match directory
                .page(&answer, u32::try_from(index + 2).unwrap_or(u32::MAX))
            {
                Ok((users, count_now, _)) => {
                    became_shorter |= count_now < count;
                    read += users.len();
                    progress(read, count);
                    found[index + 1] = users;
                }
                Err(error) if error.is_gone() => became_shorter = true,
                Err(error) => failure = Some(error),
            })
            .await;
        }
        if let Some(error) = failure {
            return Err(explain(host, base, error).await);
        }
        directory.read_at_ms = host.now_ms();
        directory.users = found.into_iter().flatten().collect();
        directory.drop_doubles();
        let read = directory.users.len();
        if became_shorter || read < count {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            return Err(Error::Incomplete { operation: Operation::view(Resource::User), read, count }.into());
        }
        Ok(directory)
    }

    /// Creates a directory from the text of list pages, for measurements and tests.
    ///
    /// # Errors
    /// When a page does not have authentik's format.
    pub fn from_pages<'a>(pages: impl IntoIterator<Item = &'a str>) -> Result<Self, Malformed> {
        let mut directory = Self::default();
        let mut users = Vec::new();
        for (number, page) in (1..).zip(pages) {
            let page: Page<ListedUser<'_>> = wire::read(page)?;
            users.extend(page.results.into_iter().map(|user| directory.keep(user, number)));
        }
        directory.users = users;
        directory.drop_doubles();
        Ok(directory)
    }

    /// Whether both contain the same users with the same facts, whenever they were read.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.groups == other.groups && self.users == other.users
    }

    /// All users, in authentik's order.
    #[must_use]
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The groups with these primary keys and all groups below them, for [`User::is_in`]: the same rule as in authentik's own
    /// membership test.
    #[must_use]
    pub fn group_set(&self, keys: &[String], groups: &[Group]) -> GroupSet {
        let number = |pk: &String| self.groups.find(pk).ok().map(|at| self.groups.numbers[at].1);
        GroupSet(with_groups_below(keys, groups).iter().filter_map(number).collect())
    }

    fn page(&mut self, answer: &Answer, number: u32) -> Result<(Vec<User>, usize, u32), Box<Error>> {
        let page: Page<ListedUser<'_>> = answer::read(answer, Operation::view(Resource::User))?;
        let users = page.results.into_iter().map(|user| self.keep(user, number)).collect();
        Ok((users, page.pagination.count as usize, page.pagination.total_pages))
    }

    fn keep(&mut self, user: ListedUser<'_>, page: u32) -> User {
        User {
            pk: user.pk,
            username: user.username.into(),
            name: user.name.into(),
            email: user.email.into(),
            is_active: user.is_active,
            kind: user.kind,
            verified: user.attributes.email_verified,
            may_change_email: user.attributes.may_change_email,
            page,
            groups: user.groups.iter().filter_map(|GroupKey(pk)| self.groups.number(pk)).collect(),
        }
    }

    /// Removes duplicates: a user created during the reading moves others to the next page, where they are read again.
    fn drop_doubles(&mut self) {
        let mut seen = HashSet::with_capacity(self.users.len());
        self.users.retain(|user| seen.insert(user.pk));
    }
}

/// These groups and all below them. Terminates for a cycle, too, although authentik forbids cycles.
fn with_groups_below(keys: &[String], groups: &[Group]) -> Vec<String> {
    let mut found: Vec<String> = keys.to_vec();
    let mut at = 0;
    while let Some(above) = found.get(at).cloned() {
        for group in groups {
            if group.above().any(|key| key == above) && !found.contains(&group.pk) {
                found.push(group.pk.clone());
            }
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::transport::Request;
    use crate::transport::scripted::{Scripted, json, run};

    fn page(count: u32, pages: u32, users: &[i64]) -> Answer {
        let user = |pk| format!(r#"{{"pk":{pk},"username":"u{pk}","name":"","is_active":true,"type":"internal"}}"#);
        let users = users.iter().map(user).collect::<Vec<_>>().join(",");
        json(200, &format!(r#"{{"pagination":{{"count":{count},"total_pages":{pages}}},"results":[{users}]}}"#))
    }

    /// Primary keys of the users that are read from these pages, one after the other.
    fn read(pages: Vec<Answer>) -> Vec<i64> {
        try_to_read(pages).expect("users")
    }

    fn try_to_read(pages: Vec<Answer>) -> Result<Vec<i64>, Box<Error>> {
        let pages = RefCell::new(pages.into_iter());
        let host = Scripted::new(|_: &Request| pages.borrow_mut().next().expect("no more pages"));
        let base = Base::typed("authentik.company").expect("an address").0;
        let directory = run(Directory::read(&host, &base, &mut |_, _| ()));
        assert!(pages.borrow_mut().next().is_none());
        Ok(directory?.users().iter().map(|user| user.pk).collect())
    }

    /// Three is on a page that was read already once one is removed, and six makes up the number.
    #[test]
    fn whoever_was_passed_over_because_another_was_removed_is_read_after_all() {
        let first = [page(5, 3, &[1, 2]), page(4, 3, &[4, 5]), page(5, 3, &[6])];
        let again = [page(5, 3, &[2, 3]), page(5, 3, &[4, 5]), page(5, 3, &[6])];
        assert_eq!(read([first, again].concat()), [2, 3, 4, 5, 6]);
    }

    /// Zero is created before the second page is read, and one removed before the third: the list is as long as at first, but four
    /// is on a page that was read already.
    #[test]
    fn whoever_was_passed_over_in_a_list_as_long_as_before_is_read_after_all() {
        let first = [page(5, 3, &[1, 2]), page(6, 3, &[2, 3]), page(5, 3, &[5])];
        let again = [page(5, 3, &[0, 2]), page(5, 3, &[3, 4]), page(5, 3, &[5])];
        assert_eq!(read([first, again].concat()), [0, 2, 3, 4, 5]);
    }

    /// A user who is created while the list is read moves others to the next page, where they are read again.
    #[test]
    fn a_user_who_is_read_twice_is_there_once() {
        assert_eq!(read(vec![page(3, 2, &[1, 2]), page(4, 2, &[2, 3])]), [1, 2, 3]);
    }

    /// One is removed, and with it the page on which three was.
    #[test]
    fn a_list_whose_last_page_went_away_meanwhile_is_read_again() {
        let gone = json(404, r#"{"detail":"Invalid page."}"#);
        assert_eq!(read(vec![page(3, 2, &[1, 2]), gone, page(2, 1, &[2, 3])]), [2, 3]);
    }

    /// It says nothing about the list, and would not be answered otherwise.
    #[test]
    fn a_page_that_cannot_be_read_is_the_end_of_the_reading() {
        for pages in [vec![json(500, "")], vec![page(3, 2, &[1, 2]), json(500, "")]] {
            let error = *try_to_read(pages).expect_err("a failure of the server");
            assert!(matches!(error, Error::Unexpected { status: 500, .. }), "{error}");
        }
    }
}
