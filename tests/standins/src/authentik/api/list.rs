//! Lists: pages, order and search (docs/contract/authentik.md, section 3).

use http::StatusCode;
use serde_json::{Value, json};

use super::resource::Resource;
use crate::{
    authentik::{call::Call, profile::Profile, refusal::Refusal, state::State},
    message::{self, Response},
};

/// One page of a list.
pub(super) struct Page {
    count: usize,
    current: usize,
    total: usize,
    /// Place of the first entry, from 0.
    pub(super) start: usize,
    /// Place behind the last entry.
    pub(super) end: usize,
}

impl Page {
    /// The page that a request asks for, of `count` entries.
    pub(super) fn new(call: &Call, state: &State, count: usize) -> Result<Self, Refusal> {
        if call.param("search").is_some_and(|search| search.contains('\0')) {
            return Err(Refusal::invalid(json!(["Null characters are not allowed."])));
        }
        let size = call
            .param("page_size")
            .and_then(|size| size.parse().ok())
            .filter(|size| *size > 0)
            .unwrap_or_else(|| state.profile.default_page_size());
        let size = state.max_page_size().map_or(size, |max| size.min(max));
        let total = count.div_ceil(size).max(1);
        let current = match call.param("page") {
            None | Some("") => 1,
            Some("last") => total,
            Some(text) => text.parse().map_err(|_| Refusal::invalid_page())?,
        };
        if current == 0 || current > total {
            return Err(Refusal::invalid_page());
        }
        let start = (current - 1) * size;
        Ok(Self { count, current, total, start, end: count.min(start + size) })
    }

    /// The answer with the entries of this page. `searchable` is set for resources whose `autocomplete` describes the
    /// fields of a query language.
    pub(super) fn answer(&self, profile: Profile, searchable: Option<&Resource>, results: Vec<Value>) -> Response {
        let next = if self.current < self.total { self.current + 1 } else { 0 };
        let mut body = json!({
            "pagination": {
                "next": next,
                "previous": self.current - 1,
                "count": self.count,
                "current": self.current,
                "total_pages": self.total,
                "start_index": if self.count == 0 { 0 } else { self.start + 1 },
                "end_index": self.end,
            },
        });
        body["results"] = results.into();
        if profile.has_autocomplete() {
            body["autocomplete"] = searchable.map_or_else(
                || json!({}),
                |resource| {
                    json!({
                        "current_model": format!("{}.{}", resource.app, resource.codename),
                        "models": {},
                    })
                },
            );
        }
        message::json(StatusCode::OK, &body)
    }
}

/// The page of a list that is already filtered and in order.
pub(super) fn paged<T>(
    call: &Call,
    state: &State,
    searchable: Option<&Resource>,
    items: &[T],
    show: impl Fn(&T) -> Value,
) -> Result<Response, Refusal> {
    let page = Page::new(call, state, items.len())?;
    let results = items[page.start..page.end].iter().map(show).collect();
    Ok(page.answer(state.profile, searchable, results))
}

/// A field by which a list can be ordered, as text that compares in the right order.
pub(super) type Key<T> = (&'static str, fn(&T) -> String);

/// Puts a list in the order that `ordering` names; unknown names are ignored (recording 351).
pub(super) fn order<T>(call: &Call, items: &mut [&T], keys: &[Key<T>]) {
    let ordering = call.param("ordering").unwrap_or_default();
    for part in ordering.split(',').rev() {
        let (name, descending) = match part.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (part.trim(), false),
        };
        if let Some((_, key)) = keys.iter().find(|(known, _)| *known == name) {
            items.sort_by_cached_key(|item| key(item));
            if descending {
                items.reverse();
            }
        }
    }
}

/// Whether every word of a search is in one of the texts, whatever the case.
pub(super) fn matches(search: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    search.split_whitespace().map(str::to_lowercase).all(|word| texts.iter().any(|text| text.contains(&word)))
}

/// A comparison in the query language that `search` is read as (docs/contract/newest.md, row 13). Of that language only this much
/// is played: one field, one operator, one text.
pub(super) struct Comparison<'a> {
    /// The field.
    pub(super) field: &'a str,
    operator: &'a str,
    text: &'a str,
}

impl<'a> Comparison<'a> {
    /// The comparison that a search is; `None` if it is a plain search.
    pub(super) fn parse(search: &'a str) -> Option<Self> {
        let (field, rest) = search.split_once(' ')?;
        let (operator, rest) = rest.split_once(' ')?;
        let text = rest.trim_end().strip_prefix('"')?.strip_suffix('"')?;
        ["=", "!=", "~", "!~"].contains(&operator).then_some(Self { field, operator, text })
    }

    /// Whether a value of the field passes.
    pub(super) fn passes(&self, value: &str) -> bool {
        let contains = || value.to_lowercase().contains(&self.text.to_lowercase());
        match self.operator {
            "=" => value == self.text,
            "!=" => value != self.text,
            "~" => contains(),
            _ => !contains(),
        }
    }
}

/// The refusal of a filter value that no object has (recordings 104, 112, 332).
pub(super) fn no_such_choice(field: &str, value: &str) -> Refusal {
    Refusal::field(field, &format!("Select a valid choice. {value} is not one of the available choices."))
}
