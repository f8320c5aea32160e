//! Many requests at the speed that the server likes: fewer at once when it says 429 or 503, a pause as long as it asks for, and
//! another try for what is safe to repeat.

use super::{Answer, Batch, CONCURRENCY, Outside, Product, Request, Response, SendError, TIMEOUT_MS};

/// Tries for one request before its last answer counts.
const TRIES: u8 = 5;

/// First pause in milliseconds when the server names none; doubles up to [`LONGEST_PAUSE_MS`].
const FIRST_PAUSE_MS: u32 = 500;

/// No pause is longer, whatever the server asks for: the administrator is waiting and can start again.
const LONGEST_PAUSE_MS: u32 = 60_000;

/// Statuses that mean "slower": the rest of the batch waits.
const SLOWER: [u16; 2] = [429, 503];

/// What has been learnt about the speed of a server; kept over several batches.
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
    /// Requests at once that the server is given now.
    #[must_use]
    pub fn concurrency(&self) -> u32 {
        self.concurrency
    }

    /// Performs requests that may all be repeated without harm, and calls `on_answer` once for each with its last answer.
    pub async fn run(
        &mut self,
        outside: &impl Outside,
        product: Product,
        requests: Vec<Request>,
        on_answer: &mut dyn FnMut(usize, Answer),
    ) {
        let mut tries = vec![0_u8; requests.len()];
        let mut waiting: Vec<usize> = (0..requests.len()).collect();
        while !waiting.is_empty() {
            if outside.cancelled() {
                for index in waiting {
                    on_answer(index, Err(SendError::Cancelled));
                }
                return;
            }
            let batch = Batch {
                product,
                requests: waiting.iter().filter_map(|index| requests.get(*index).cloned()).collect(),
                concurrency: self.concurrency,
                timeout_ms: TIMEOUT_MS,
                halt_on: SLOWER.to_vec(),
            };
            let mut again = vec![false; waiting.len()];
            let mut pause_ms = 0;
            let mut slower = false;
            outside
                .send(batch, &mut |position, answer| {
                    let index = waiting[position];
                    match self.verdict(&answer, tries[index]) {
                        Verdict::Final => on_answer(index, answer),
                        Verdict::Unsent => again[position] = true,
                        Verdict::Retry { after_ms, slow } => {
                            tries[index] += 1;
                            pause_ms = pause_ms.max(after_ms);
                            slower |= slow;
                            again[position] = true;
                        }
                    }
                })
                .await;
            if slower {
                self.concurrency = (self.concurrency / 2).max(1);
                self.pause_ms = (self.pause_ms * 2).min(LONGEST_PAUSE_MS);
            }
            if pause_ms > 0 && !outside.cancelled() {
                outside.sleep(pause_ms).await;
            }
            waiting = waiting.into_iter().zip(again).filter_map(|(index, again)| again.then_some(index)).collect();
        }
    }

    fn verdict(self, answer: &Answer, tries: u8) -> Verdict {
        match answer {
            Err(SendError::NotSent) => Verdict::Unsent,
            _ if tries + 1 >= TRIES => Verdict::Final,
            Ok(Response { status, retry_after_s, .. }) if SLOWER.contains(status) => {
                let asked = retry_after_s.map_or(self.pause_ms, |seconds| seconds.saturating_mul(1000));
                Verdict::Retry { after_ms: asked.clamp(1, LONGEST_PAUSE_MS), slow: true }
            }
            // A worker that recycles answers 502 now and then (contract/authentik.md, section 3).
            Ok(Response { status: 502 | 504, .. }) | Err(SendError::Network | SendError::Timeout) => {
                Verdict::Retry { after_ms: FIRST_PAUSE_MS, slow: false }
            }
            _ => Verdict::Final,
        }
    }
}

enum Verdict {
    Final,
    Unsent,
    Retry { after_ms: u32, slow: bool },
}
