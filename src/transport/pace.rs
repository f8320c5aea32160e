//! Sends many requests at the pace that the server allows: fewer at once after 429 or 503, with the pause that it demands, and
//! with retries for what is safe to repeat.

use super::{Answer, Batch, CONCURRENCY, Host, Product, Request, Response, SendError, TIMEOUT_MS};

/// Maximum number of attempts for one request; the last answer counts.
pub const ATTEMPTS: u8 = 5;

/// First pause in milliseconds if the server names none; doubles up to [`LONGEST_PAUSE_MS`].
const FIRST_PAUSE_MS: u32 = 500;

/// Longest pause in milliseconds, whatever the server demands: the administrator is waiting and can start again.
const LONGEST_PAUSE_MS: u32 = 60_000;

/// Statuses that mean "too fast": the rest of the batch waits.
const SLOWER: [u16; 2] = [429, 503];

/// What was learnt about the speed of a server; kept over several batches.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    concurrency: u32,
    pause_ms: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { concurrency: CONCURRENCY, pause_ms: FIRST_PAUSE_MS }
    }
}

impl Pace {
    /// Sends requests that are all safe to repeat, and calls `on_answer` once for each with its last answer.
    pub async fn run(
        &mut self,
        host: &impl Host,
        product: Product,
        requests: Vec<Request>,
        on_answer: &mut dyn FnMut(usize, Answer),
    ) {
        let mut attempts = vec![0_u8; requests.len()];
        let mut waiting: Vec<usize> = (0..requests.len()).collect();
        while !waiting.is_empty() {
            let batch = waiting.iter().filter_map(|index| requests.get(*index).cloned()).collect();
            let is_last = |position: usize| attempts[waiting[position]] + 1 >= ATTEMPTS;
            let again =
                self.once(host, product, batch, &is_last, &mut |position, answer| on_answer(waiting[position], answer)).await;
            for again in again.iter().filter(|again| again.tried) {
                attempts[waiting[again.position]] += 1;
            }
            waiting = again.iter().map(|again| waiting[again.position]).collect();
        }
    }

    /// Sends requests, calls `on_answer` for each with a final answer, and returns the others in their order, after the pause
    /// that the server demands. `is_last` returns whether any answer to the request at a position is final.
    pub async fn once(
        &mut self,
        host: &impl Host,
        product: Product,
        requests: Vec<Request>,
        is_last: &dyn Fn(usize) -> bool,
        on_answer: &mut dyn FnMut(usize, Answer),
    ) -> Vec<Retry> {
        if host.cancelled() {
            for position in 0..requests.len() {
                on_answer(position, Err(SendError::Cancelled));
            }
            return Vec::new();
        }
        let batch = Batch { product, requests, concurrency: self.concurrency, timeout_ms: TIMEOUT_MS, halt_on: SLOWER.to_vec() };
        let mut again = Vec::new();
        let mut pause_ms = None;
        let mut slower = false;
        host.send(batch, &mut |position, answer| match self.verdict(&answer, is_last(position)) {
            Verdict::Final => on_answer(position, answer),
            Verdict::Unsent => again.push(Retry { position, tried: false }),
            Verdict::Retry { after_ms, slow } => {
                pause_ms = pause_ms.max(Some(after_ms));
                slower |= slow;
                again.push(Retry { position, tried: true });
            }
        })
        .await;
        if slower {
            self.concurrency = (self.concurrency / 2).max(1);
            self.pause_ms = (self.pause_ms * 2).min(LONGEST_PAUSE_MS);
        }
        if let Some(pause_ms) = pause_ms.filter(|_| !host.cancelled()) {
            host.sleep(pause_ms).await;
        }
        again.sort_unstable_by_key(|again| again.position);
        again
    }

    fn verdict(self, answer: &Answer, is_last: bool) -> Verdict {
        match answer {
            Err(SendError::NotSent) => Verdict::Unsent,
            _ if is_last => Verdict::Final,
            Ok(Response { status, retry_after_s, .. }) if SLOWER.contains(status) => {
                let asked = retry_after_s.map_or(self.pause_ms, |seconds| seconds.saturating_mul(1000));
                Verdict::Retry { after_ms: asked.min(LONGEST_PAUSE_MS), slow: true }
            }
            // A worker that is being replaced occasionally answers 502 (docs/contract/authentik.md, section 3).
            Ok(Response { status: 502 | 504, .. }) | Err(SendError::Network | SendError::Timeout) => {
                Verdict::Retry { after_ms: FIRST_PAUSE_MS, slow: false }
            }
            _ => Verdict::Final,
        }
    }
}

/// A request that has to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    pub position: usize,
    /// Whether it was sent, so that it counts as an attempt.
    pub tried: bool,
}

enum Verdict {
    Final,
    Unsent,
    Retry { after_ms: u32, slow: bool },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::{Base, Collection};
    use crate::transport::scripted::{Scripted, json, run};

    #[test]
    fn a_server_that_is_busy_gets_fewer_requests_at_once_longer_pauses_and_five_attempts() {
        let host = Scripted::new(|_: &Request| json(503, ""));
        let request = Base::typed("authentik.company").expect("an address").0.list(Collection::Users, 1);
        let mut last = Vec::new();
        run(Pace::default().run(&host, Product::Authentik, vec![request], &mut |index, answer| last.push((index, answer))));
        assert!(last == [(0, json(503, ""))], "only the last answer counts");
        assert_eq!(host.at_once(), [6, 3, 1, 1, 1]);
        assert_eq!(host.slept_ms(), [500, 1_000, 2_000, 4_000]);
    }
}
