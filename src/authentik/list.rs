//! Lists: read to their last page, and complete only by their own count (docs/contract/cases.md, H10).
//!
//! The largest page is a setting of authentik's administrator since 2025.12 (docs/contract/newest.md, row 10), so a page says
//! nothing about the list but what its `pagination` says.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Operation;
use super::answer::{self, Error};
use super::types::{Page, Pagination};
use crate::transport::{Answer, Batch, Host, Product, Request, fetch};

/// Reads the rest of a list whose first page is here.
///
/// # Errors
/// Any problem with a page; [`Error::Incomplete`] when the list changed while it was read.
pub async fn read_rest<T: DeserializeOwned>(
    host: &impl Host,
    operation: Operation,
    first: &Answer,
    request: impl Fn(u32) -> Request,
) -> Result<Vec<T>, Box<Error>> {
    let mut list = List::new(operation, first);
    let missing: Vec<Request> = list.missing_pages().map(request).collect();
    if !missing.is_empty() {
        list.add(&mut fetch(host, Batch::new(Product::Authentik, missing)).await.iter());
    }
    list.complete()
}

/// A list, as its pages arrive.
pub(super) struct List<T> {
    operation: Operation,
    /// The rows so far, or what is wrong with them.
    rows: Result<Vec<T>, Box<Error>>,
    /// What the first page says of the list.
    pagination: Pagination,
    /// Primary keys of the rows so far.
    keys: HashSet<String>,
}

/// The primary key of a row, which entitlements call otherwise.
#[derive(Deserialize)]
struct Keyed {
    pk: Option<Value>,
    pbm_uuid: Option<Value>,
}

impl<T: DeserializeOwned> List<T> {
    /// From the first page.
    pub(super) fn new(operation: Operation, first: &Answer) -> Self {
        let (rows, pagination) = match answer::read::<Page<T>>(first, operation) {
            Ok(Page { pagination, results }) => (Ok(results), pagination),
            Err(error) => (Err(error), Pagination::EMPTY),
        };
        let mut list = Self { operation, rows, pagination, keys: HashSet::new() };
        list.note_keys(first);
        list
    }

    /// The rows of the first page.
    pub(super) fn first(&self) -> Result<&[T], Box<Error>> {
        self.rows.as_deref().map_err(Box::clone)
    }

    /// Numbers of the pages after the first one.
    pub(super) fn missing_pages(&self) -> RangeInclusive<u32> {
        2..=self.pagination.total_pages
    }

    /// Adds the missing pages, in their order.
    pub(super) fn add<'a>(&mut self, answers: &mut impl Iterator<Item = &'a Answer>) {
        for (_, answer) in self.missing_pages().zip(answers) {
            let Ok(rows) = &mut self.rows else { continue };
            match answer::read::<Page<T>>(answer, self.operation) {
                // A row that was added or removed has moved others to or from a page that was already read.
                Ok(page) if page.pagination.count != self.pagination.count => {
                    self.rows = Err(self.incomplete(page.pagination).into());
                }
                Ok(page) => {
                    rows.extend(page.results);
                    self.note_keys(answer);
                }
                // A page that no longer exists.
                Err(error) if error.is_gone() => {
                    self.rows = Err(self.incomplete(Pagination::EMPTY).into());
                }
                Err(error) => self.rows = Err(error),
            }
        }
    }

    /// All rows.
    pub(super) fn complete(self) -> Result<Vec<T>, Box<Error>> {
        match self.rows {
            Ok(rows) if rows.len() != self.pagination.count as usize => {
                Err(Error::Incomplete { operation: self.operation, read: rows.len(), count: self.pagination.count }.into())
            }
            rows => rows,
        }
    }

    /// All rows that the administrator may see: `pagination.count` of applications counts others, too
    /// (docs/contract/newest.md, "Recorded on a real 2026.8.0-rc1").
    pub(super) fn visible(self) -> Result<Vec<T>, Box<Error>> {
        self.rows
    }

    /// A row that was read twice stands in the place of one that was not read: rows with equal values of the field by which
    /// they are ordered may change places between two pages, and then the count is right nevertheless.
    fn note_keys(&mut self, answer: &Answer) {
        let Ok(page) = answer::read::<Page<Keyed>>(answer, self.operation) else { return };
        let mut keys = page.results.into_iter().filter_map(|row| row.pk.or(row.pbm_uuid));
        let is_repeated = keys.any(|key| !self.keys.insert(key.to_string()));
        if is_repeated && self.rows.is_ok() {
            self.rows = Err(self.incomplete(self.pagination).into());
        }
    }

    fn incomplete(&self, now: Pagination) -> Error {
        let read = self.rows.as_ref().map_or(0, Vec::len);
        Error::Incomplete { operation: self.operation, read, count: now.count.max(self.pagination.count) }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;
    use crate::authentik::Resource;
    use crate::authentik::api::{Base, Collection};
    use crate::transport::scripted::{Scripted, json, run};

    /// As many rows as were announced, but the newest is on a page that was not there yet.
    #[test]
    fn a_list_that_grew_meanwhile_is_not_complete() {
        let base = Base::typed("authentik.company").expect("an address").0;
        let page = |count: u32, rows: &str| {
            json(200, &format!(r#"{{"pagination":{{"count":{count},"total_pages":2}},"results":[{rows}]}}"#))
        };
        let first = page(4, r#"{"pk":"a"},{"pk":"b"}"#);
        let rest = |count| {
            let host = Scripted::new(move |_: &Request| page(count, r#"{"pk":"c"},{"pk":"d"}"#));
            let operation = Operation::view(Resource::Group);
            run(read_rest::<IgnoredAny>(&host, operation, &first, |number| base.list(Collection::Groups, number)))
                .map(|rows| rows.len())
                .map_err(|error| *error)
        };
        assert_eq!(rest(4), Ok(4));
        assert_eq!(rest(5), Err(Error::Incomplete { operation: Operation::view(Resource::Group), read: 2, count: 5 }));
    }

    /// A page with fewer rows than the list counts.
    #[test]
    fn a_list_without_all_the_rows_that_it_counts_is_not_complete() {
        let base = Base::typed("authentik.company").expect("an address").0;
        let operation = Operation::view(Resource::Group);
        let rows = |count: u32| {
            let first = format!(r#"{{"pagination":{{"count":{count},"total_pages":1}},"results":[{{"pk":"a"}},{{"pk":"b"}}]}}"#);
            let host = Scripted::new(|_: &Request| json(500, ""));
            let page = |number| base.list(Collection::Groups, number);
            run(read_rest::<IgnoredAny>(&host, operation, &json(200, &first), page))
                .map(|rows| rows.len())
                .map_err(|error| *error)
        };
        assert_eq!(rows(2), Ok(2));
        assert_eq!(rows(3), Err(Error::Incomplete { operation, read: 2, count: 3 }));
    }

    /// Its rows have moved to a page that was already read, so others may be missing on that one: it is no refusal. A refusal is none
    /// of a list that changed.
    #[test]
    fn a_list_whose_last_page_went_away_meanwhile_is_not_complete() {
        let base = Base::typed("authentik.company").expect("an address").0;
        let first = json(200, r#"{"pagination":{"count":3,"total_pages":2},"results":[{"pk":"a"},{"pk":"b"}]}"#);
        let operation = Operation::view(Resource::Group);
        let error = |status| {
            let host = Scripted::new(move |_: &Request| json(status, r#"{"detail":"x"}"#));
            let page = |number| base.list(Collection::Groups, number);
            run(read_rest::<IgnoredAny>(&host, operation, &first, page)).err().map(|error| *error)
        };
        assert_eq!(error(404), Some(Error::Incomplete { operation, read: 2, count: 3 }));
        assert_eq!(error(403), Some(Error::NotAllowed { operation }));
    }
}
