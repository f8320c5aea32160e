//! The pages that an operation started with, and no others, until it is cancelled.

use super::{Answer, Batch, Host, NotKept, Page, Product, Request, SendError};
use crate::setup::Origin;

/// A [`Host`] that is bound to the pages that were live when it was created. Once another page of a product replaces the bound
/// one, or the page is gone, nothing is sent to that product: everything ends as [`SendError::TabGone`]. The same where a page is not
/// the one that a request may be sent from: what is known of one installation is not sent through a page of another.
///
/// Once the administrator cancels, nothing more is sent either. What begins later is not cancelled, so that it need not wait for the
/// end of this.
pub struct Bound<'a, O> {
    host: &'a O,
    authentik: Option<Page>,
    mailcow: Option<Page>,
    cancels: u64,
}

/// Milliseconds after which a pause checks whether it was cancelled.
const SLICE_MS: u32 = 200;

impl<'a, O: Host> Bound<'a, O> {
    /// Binds an operation that begins now to the pages that are live.
    pub fn to(host: &'a O) -> Self {
        let (authentik, mailcow) = (host.page(Product::Authentik), host.page(Product::Mailcow));
        Self { host, authentik, mailcow, cancels: host.cancels() }
    }

    /// Whether there was a page of this product at the beginning, and it is still the same.
    #[must_use]
    pub fn is_live(&self, product: Product) -> bool {
        self.page(product).is_some()
    }

    /// Whether the bound page is still live, and of this origin.
    #[must_use]
    pub fn is_at(&self, product: Product, origin: &Origin) -> bool {
        self.page(product).is_some_and(|page| page.origin == *origin)
    }

    /// Fails unless the bound page is still live: what was read through another one may be about another installation.
    ///
    /// # Errors
    /// [`SendError::TabGone`].
    pub fn still(&self, product: Product) -> Result<(), SendError> {
        if self.is_live(product) { Ok(()) } else { Err(SendError::TabGone) }
    }
}

impl<O: Host> Host for Bound<'_, O> {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        let page = self.page(batch.product);
        let is_its = |request: &Request| page.as_ref().is_some_and(|page| request.sender().as_ref() == Some(&page.origin));
        let refusal = match batch.requests.iter().all(is_its) {
            false => SendError::TabGone,
            true if self.cancelled() => SendError::Cancelled,
            true => return self.host.send(batch, on_answer).await,
        };
        for index in 0..batch.requests.len() {
            on_answer(index, Err(refusal));
        }
    }

    async fn sleep(&self, milliseconds: u32) {
        let mut left = milliseconds;
        while left > 0 && !self.cancelled() {
            let slice = left.min(SLICE_MS);
            self.host.sleep(slice).await;
            left -= slice;
        }
    }

    fn now_ms(&self) -> u64 {
        self.host.now_ms()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.host.random(buffer);
    }

    fn cancels(&self) -> u64 {
        self.host.cancels()
    }

    fn cancelled(&self) -> bool {
        self.host.cancels() != self.cancels
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        self.host.keep(texts).await
    }

    fn page(&self, product: Product) -> Option<Page> {
        let first = match product {
            Product::Authentik => &self.authentik,
            Product::Mailcow => &self.mailcow,
        };
        first.clone().filter(|page| self.host.page(product).as_ref() == Some(page))
    }
}
