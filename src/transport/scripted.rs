//! A [`Host`] for unit tests: answers from a function and records the requests.

use std::cell::{Cell, RefCell};

use futures_util::FutureExt;

use super::{Answer, Batch, Host, NotKept, Page, PageId, Product, Request, Response, Work, WriteGuard, Writer};
use crate::setup::Origin;

/// Answers each request by calling the function.
pub(crate) struct Scripted<F: Fn(&Request) -> Answer> {
    answer: F,
    asked: RefCell<Vec<Request>>,
    at_once: RefCell<Vec<u32>>,
    slept_ms: RefCell<Vec<u32>>,
    entropy: Cell<u8>,
}

impl<F: Fn(&Request) -> Answer> Scripted<F> {
    /// Creates a host that answers as the function does.
    pub(crate) fn new(answer: F) -> Self {
        Self {
            answer,
            asked: RefCell::default(),
            at_once: RefCell::default(),
            slept_ms: RefCell::default(),
            entropy: Cell::new(0),
        }
    }

    /// All requests that were sent, in order.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.borrow().clone()
    }

    /// How many requests each batch allowed at once.
    pub(crate) fn at_once(&self) -> Vec<u32> {
        self.at_once.borrow().clone()
    }

    /// How long each pause was, in milliseconds.
    pub(crate) fn slept_ms(&self) -> Vec<u32> {
        self.slept_ms.borrow().clone()
    }
}

impl<F: Fn(&Request) -> Answer> Host for Scripted<F> {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        self.at_once.borrow_mut().push(batch.concurrency);
        for (index, request) in batch.requests.into_iter().enumerate() {
            on_answer(index, (self.answer)(&request));
            self.asked.borrow_mut().push(request);
        }
    }

    async fn sleep(&self, milliseconds: u32) {
        self.slept_ms.borrow_mut().push(milliseconds);
    }

    fn now_ms(&self) -> u64 {
        1_795_449_600_000
    }

    fn random(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.entropy.get();
            self.entropy.set(byte.wrapping_add(7));
        }
    }

    fn cancels(&self) -> u64 {
        0
    }

    async fn keep(&self, _texts: Vec<(String, String)>) -> Result<(), NotKept> {
        Ok(())
    }

    fn page(&self, product: Product) -> Option<Page> {
        let origin = Origin::of(&format!("https://{}.company", product.name()))?;
        Some(Page { id: PageId(product as u32), origin })
    }
}

/// A write guard of a new [`Writer`].
pub(crate) fn guard() -> WriteGuard {
    Writer::default().begin(Work::Apply).expect("nobody else writes")
}

/// Runs a future that never waits.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

/// A JSON response.
#[allow(clippy::unnecessary_wraps, reason = "it is an Answer")]
pub(crate) fn json(status: u16, body: &str) -> Answer {
    Ok(Response { status, content_type: "application/json".into(), retry_after_s: None, body: body.to_owned().into() })
}

/// An HTML response.
#[allow(clippy::unnecessary_wraps, reason = "it is an Answer")]
pub(crate) fn page(status: u16) -> Answer {
    Ok(Response {
        status,
        content_type: "text/html".into(),
        retry_after_s: None,
        body: "<!DOCTYPE html><title>page</title>".to_owned().into(),
    })
}
