//! authentik's events about the users whom it has authorized for mailcow, as far back as they are needed
//! (docs/contract/authentik.md, section 14; docs/contract/rollout.md, "Who has arrived").
//!
//! authentik deletes an event some time after it was created. Nothing in the list says so, but each event tells when it will be
//! deleted: that, the oldest event of all and the number of pages decide from when on nobody is missing.

use std::collections::HashSet;

use serde::Deserialize;

use super::answer::{self, Error};
use super::api::{Base, PAGE_SIZE};
use super::events::{AUTHORIZED, Action, Event, LoggedEvent, seconds};
use super::types::Page;
use super::{Operation, Resource, explain};
use crate::transport::{Answer, CONCURRENCY, Host, Pace, Product, send};
use crate::wire::Lenient;

/// Maximum number of pages that are read, unless they have fewer rows than requested.
const LONGEST: u32 = 200;

/// The same when there is no time up to which they are needed.
const SHORTEST: u32 = 20;

/// Times as many pages are read at most where the administrator of authentik has made them smaller.
const SMALLER: u32 = 4;

/// By how much two clocks may differ when nothing is known about it, in seconds.
const UNKNOWN_S: i64 = 3_600;

/// By how much they may differ when it was measured: the answer takes time, and the clock was set since.
const MEASURED_S: i64 = 120;

/// authentik's clock, compared with the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// By how many seconds authentik's is ahead.
    pub ahead_s: i64,
    /// How many seconds may be wrong with that.
    pub uncertain_s: i64,
}

impl Default for Clock {
    /// Nothing is known about it.
    fn default() -> Self {
        Self { ahead_s: 0, uncertain_s: UNKNOWN_S }
    }
}

/// Which users authentik has authorized for a client.
#[derive(Debug, Default)]
pub struct Authorizations {
    /// The events, each once.
    pub list: Vec<Event>,
    /// Time from which on nobody is missing: seconds since 1970-01-01T00:00:00Z by authentik's clock; `None` when that is not known.
    pub complete_from_s: Option<i64>,
    /// Why reading ended early, if it did.
    pub error: Option<Box<Error>>,
}

/// Compares authentik's clock with the browser's, which needs a permission.
pub async fn read_clock(host: &impl Host, base: &Base) -> Clock {
    #[derive(Deserialize)]
    struct System {
        server_time: Lenient<String>,
    }
    let before_ms = host.now_ms();
    let answer = send(host, Product::Authentik, base.system()).await;
    let now_s = seconds_of_ms(before_ms.midpoint(host.now_ms()));
    // Optional, so an error is ignored.
    let system = answer::read::<System>(&answer, Operation::view(Resource::System)).ok();
    let measured = system.and_then(|system| seconds(&system.server_time));
    measured.map_or_else(Clock::default, |time_s| Clock { ahead_s: time_s - now_s, uncertain_s: MEASURED_S })
}

/// Reads the newest authorizations for a client, back to `until_s` by authentik's clock. An event of another client or of one of the
/// `others`, which are applications without it, is omitted. Calls `progress` with the number of events read and their total;
/// [`Host::cancelled`] ends it early, and what was read until then counts.
pub async fn read_authorizations(
    host: &impl Host,
    base: &Base,
    client_id: &str,
    others: &[String],
    until_s: Option<i64>,
    clock: Clock,
    progress: &mut dyn FnMut(usize, usize),
) -> Authorizations {
    let mut reading = Reading::default();
    let mut pace = Pace::default();
    let pages = if until_s.is_some() { LONGEST } else { SHORTEST };
    reading.take(&[(1, send(host, Product::Authentik, base.events(AUTHORIZED, client_id, 1)).await)]);
    let rows = u32::try_from(reading.rows).unwrap_or(u32::MAX).max(1);
    let last_page = reading.total_pages.min(pages.saturating_mul(PAGE_SIZE.div_ceil(rows).min(SMALLER)));
    let total = reading.count.min(last_page as usize * rows as usize);
    // Of several events in the same second, some may be on the next page.
    while reading.is_unbroken() && reading.next_page <= last_page && until_s.is_none_or(|until| reading.oldest_s >= Some(until)) {
        progress(reading.rows, total);
        let numbers: Vec<u32> = (reading.next_page..=last_page).take(CONCURRENCY as usize).collect();
        let requests = numbers.iter().map(|page| base.events(AUTHORIZED, client_id, *page)).collect();
        let mut answers: Vec<Option<Answer>> = numbers.iter().map(|_| None).collect();
        pace.run(host, Product::Authentik, requests, &mut |index, answer| answers[index] = Some(answer)).await;
        let answers: Vec<_> = numbers.into_iter().zip(answers).filter_map(|(page, answer)| Some((page, answer?))).collect();
        reading.take(&answers);
    }
    let oldest = send(host, Product::Authentik, base.oldest_event()).await;
    let oldest = answer::read::<Page<Lenient<LoggedEvent>>>(&oldest, Operation::view(Resource::Event)).ok();
    let now_s = seconds_of_ms(host.now_ms()) + clock.ahead_s;
    let complete_from_s = oldest.and_then(|page| page.results.into_iter().next()).and_then(|oldest| {
        let kept_s = reading.shortest_life_s.into_iter().chain(oldest.0.life_s()).min()?;
        let rotated_s = (now_s - kept_s + clock.uncertain_s).max(seconds(&oldest.0.created)?);
        reading.complete_from_s(rotated_s)
    });
    let error = match reading.error {
        Some(error) => Some(explain(host, base, error).await),
        None => None,
    };
    let is_its = |event: &Event| {
        event.action == Action::Authorized && event.client_id == client_id && !others.contains(&event.application)
    };
    let mut list = reading.list;
    list.retain(is_its);
    Authorizations { list, complete_from_s, error }
}

fn seconds_of_ms(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds / 1_000).unwrap_or_default()
}

/// What was read so far: whole pages without a gap, the newest first.
#[derive(Default)]
struct Reading {
    list: Vec<Event>,
    seen: HashSet<String>,
    /// Rows that were read, of whatever kind.
    rows: usize,
    /// Rows of the whole list.
    count: usize,
    total_pages: u32,
    next_page: u32,
    /// When the oldest event was created that was read.
    oldest_s: Option<i64>,
    /// How long authentik keeps an event, at least.
    shortest_life_s: Option<i64>,
    error: Option<Box<Error>>,
    /// Whether rows were removed meanwhile, so that others may have moved to a page that was read already.
    became_shorter: bool,
}

impl Reading {
    fn is_unbroken(&self) -> bool {
        self.error.is_none() && !self.became_shorter
    }

    /// Adds pages in their order, up to the first that cannot be read.
    fn take(&mut self, answers: &[(u32, Answer)]) {
        for (number, answer) in answers {
            let page: Page<Lenient<LoggedEvent>> = match answer::read(answer, Operation::view(Resource::Event)) {
                Ok(page) => page,
                Err(error) if *number > 1 && error.is_gone() => {
                    self.became_shorter = true;
                    return;
                }
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            };
            let count = page.pagination.count as usize;
            if count < self.count {
                self.became_shorter = true;
                return;
            }
            (self.count, self.total_pages, self.next_page) = (count, page.pagination.total_pages, number + 1);
            for Lenient(event) in page.results {
                // A new event moves others to the next page.
                if event.pk.0.as_ref().is_some_and(|pk| !self.seen.insert(pk.clone())) {
                    continue;
                }
                self.rows += 1;
                let created_s = seconds(&event.created);
                self.oldest_s = [self.oldest_s, created_s].into_iter().flatten().min();
                self.shortest_life_s = self.shortest_life_s.into_iter().chain(event.life_s()).min();
                self.list.extend(event.into_event());
            }
        }
    }

    /// Time from which on nothing is missing, given the one from which on authentik has deleted nothing.
    fn complete_from_s(&self, rotated_s: i64) -> Option<i64> {
        let is_whole = self.is_unbroken() && self.rows >= self.count;
        // Of several events in the same second, some may be on the next page.
        if is_whole { Some(rotated_s) } else { self.oldest_s.map(|oldest| rotated_s.max(oldest + 1)) }
    }
}

impl LoggedEvent {
    /// How long authentik keeps it.
    fn life_s(&self) -> Option<i64> {
        Some(seconds(&self.expires)? - seconds(&self.created)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Request;
    use crate::transport::scripted::{Scripted, json, run};

    const SINCE: &str = "2026-11-20T10:00:00Z";

    /// Reads the authorizations since [`SINCE`]; `page` answers the request for a page of them, given its number.
    fn read(page: impl Fn(u32) -> Answer, progress: &mut dyn FnMut(usize, usize)) -> Authorizations {
        let base = Base::typed("authentik.company").expect("an address").0;
        let page = &page;
        let host = Scripted::new(move |request: &Request| {
            let number = (1..9).find(|number| request.url().contains(&format!("ordering=-created&page={number}&")));
            number.map_or_else(|| list(1, 1, &["2026-11-20T09:00:00Z"]), page)
        });
        run(read_authorizations(&host, &base, "mailcow", &[], seconds(SINCE), Clock::default(), progress))
    }

    /// A page with an authorization at each of these times.
    fn list(count: usize, pages: u32, times: &[&str]) -> Answer {
        let event = |time: &&str| {
            let context = r#"{"http_request":{"args":{"client_id":"mailcow"}}}"#;
            format!(
                r#"{{"action":"authorize_application","created":"{time}","expires":"2027-11-20T00:00:00Z","context":{context}}}"#
            )
        };
        let events: Vec<String> = times.iter().map(event).collect();
        let pagination = format!(r#"{{"count":{count},"total_pages":{pages}}}"#);
        json(200, &format!(r#"{{"pagination":{pagination},"results":[{}]}}"#, events.join(",")))
    }

    /// The first page ends in that second, and so may have another event of it on the next one.
    #[test]
    fn nobody_is_missing_who_signed_in_in_the_first_second_that_is_needed() {
        let mut progress = Vec::new();
        let pages = |number| match number {
            1 => list(6, 3, &["2026-11-20T10:00:01Z", SINCE]),
            2 => list(6, 3, &[SINCE, "2026-11-20T09:59:59Z"]),
            _ => list(6, 3, &["2026-11-20T09:59:58Z", "2026-11-20T09:59:57Z"]),
        };
        let read = read(pages, &mut |done, total| progress.push((done, total)));
        assert_eq!(read.list.iter().filter(|event| Some(event.time_s) == seconds(SINCE)).count(), 2);
        assert!(read.complete_from_s.is_some_and(|from| Some(from) <= seconds(SINCE)), "{read:?}");
        assert_eq!(progress, [(2, 6)]);
    }

    /// An event of 10 o'clock that ends at midnight 365 days later is kept for 10 hours less. It is 16 o'clock on the 23rd in the
    /// browser, and at authentik an hour later, give or take two minutes.
    #[test]
    fn whoever_authentik_may_have_forgotten_by_its_own_clock_may_be_missing() {
        let base = Base::typed("authentik.company").expect("an address").0;
        let host = Scripted::new(|request: &Request| {
            list(1, 1, if request.url().contains("ordering=-created") { &[SINCE] } else { &["2025-01-01T00:00:00Z"] })
        });
        let clock = Clock { ahead_s: 3_600, uncertain_s: 120 };
        let read = run(read_authorizations(&host, &base, "mailcow", &[], seconds(SINCE), clock, &mut |_, _| ()));
        assert_eq!(read.complete_from_s, seconds("2025-11-24T03:02:00Z"));
    }

    /// A list has a first page even when it is empty.
    #[test]
    fn a_first_page_that_is_not_there_is_an_error() {
        let read = read(|_| json(404, r#"{"detail":"x"}"#), &mut |_, _| ());
        assert!(read.error.is_some_and(|error| error.is_gone()));
        assert_eq!((read.list.len(), read.complete_from_s), (0, None));
    }

    /// Of the events in the oldest second that was read, some may be on the next page.
    #[test]
    fn what_was_read_is_complete_from_the_second_after_its_oldest_event() {
        let part = |rows, became_shorter| Reading { rows, count: 2, oldest_s: Some(100), became_shorter, ..Reading::default() };
        assert_eq!(part(1, false).complete_from_s(50), Some(101));
        assert_eq!(part(1, false).complete_from_s(500), Some(500));
        assert_eq!(part(2, false).complete_from_s(50), Some(50), "there are no others");
        assert_eq!(part(2, true).complete_from_s(50), Some(101), "others may have moved to a page that was read");
        assert_eq!(Reading { count: 2, ..Reading::default() }.complete_from_s(50), None);
    }
}
