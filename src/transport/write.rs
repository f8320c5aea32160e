//! One writer at a time, as a value: a request that writes can be built only with a [`WriteGuard`], and there is at most one.
//!
//! ```
//! use cowbell::transport::{Busy, Work, Writer};
//!
//! let writer = Writer::default();
//! let guard = writer.begin(Work::Apply).expect("nobody else writes");
//! assert_eq!(writer.begin(Work::Rotate).err(), Some(Busy { work: Work::Apply }));
//! drop(guard);
//! assert!(writer.begin(Work::Rotate).is_ok());
//! ```
//!
//! A request that writes is built with one:
//!
//! ```
//! use cowbell::authentik::api::{Base, Object};
//! use cowbell::mailcow::api::delete_identity_provider;
//! use cowbell::setup::Origin;
//! use cowbell::transport::{Work, Writer};
//!
//! let base = Base::of("https://authentik.company/if/admin/").expect("a page of authentik");
//! let guard = Writer::default().begin(Work::Remove).expect("nobody else writes");
//! base.remove(&guard, &Object::Provider(7));
//! delete_identity_provider(&guard, &Origin::of("https://mailcow.company").expect("an origin"));
//! ```
//!
//! and not without:
//!
//! ```compile_fail,E0061
//! use cowbell::authentik::api::{Base, Object};
//!
//! let base = Base::of("https://authentik.company/if/admin/").expect("a page of authentik");
//! base.remove(&Object::Provider(7));
//! ```
//!
//! ```compile_fail,E0061
//! use cowbell::mailcow::api::delete_identity_provider;
//! use cowbell::setup::Origin;
//!
//! delete_identity_provider(&Origin::of("https://mailcow.company").expect("an origin"));
//! ```
//!
//! A guard cannot be constructed or copied:
//!
//! ```compile_fail,E0451
//! use cowbell::transport::WriteGuard;
//!
//! let guard = WriteGuard { inner: Default::default(), unsettled: Default::default() };
//! ```
//!
//! ```compile_fail,E0599
//! use cowbell::transport::{Work, Writer};
//!
//! let guard = Writer::default().begin(Work::Save).expect("nobody else writes");
//! let second = guard.clone();
//! ```

use std::cell::Cell;
use std::rc::Rc;

use serde::Serialize;
use tsify::Tsify;

use super::Product;

/// The kind of write that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A plan is applied.
    Apply,
    /// An applied plan is undone.
    Undo,
    /// The settings are saved in mailcow.
    Save,
    /// The previous settings are restored in mailcow.
    Restore,
    /// Mailboxes are switched to Generic-OIDC.
    Switch,
    /// Mailboxes are switched back.
    SwitchBack,
    /// The client gets a new secret.
    Rotate,
    /// The integration is removed.
    Remove,
    /// The removed integration is restored.
    RestoreRemoved,
    /// mailcow's login page hides its password form.
    HidePasswordForm,
    /// It shows it again.
    ShowPasswordForm,
}

impl Work {
    /// Every kind of work.
    pub const ALL: [Self; 11] = [
        Self::Apply,
        Self::Undo,
        Self::Save,
        Self::Restore,
        Self::Switch,
        Self::SwitchBack,
        Self::Rotate,
        Self::Remove,
        Self::RestoreRemoved,
        Self::HidePasswordForm,
        Self::ShowPasswordForm,
    ];

    /// Whether it needs the same page of this product from start to end.
    #[must_use]
    pub fn needs(self, product: Product) -> bool {
        match self {
            Self::Apply | Self::Undo => product == Product::Authentik,
            Self::Save | Self::Restore | Self::Switch | Self::SwitchBack | Self::HidePasswordForm | Self::ShowPasswordForm => {
                product == Product::Mailcow
            }
            Self::Rotate | Self::Remove | Self::RestoreRemoved => true,
        }
    }
}

/// Another write is running. Wait until it has ended, or cancel it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{work:?} is running")]
pub struct Busy {
    /// The kind of write that is running.
    pub work: Work,
}

/// Creates the only [`WriteGuard`], and counts what is written with it.
#[derive(Debug, Default)]
pub struct Writer(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    current: Cell<Option<Work>>,
    authentik: Cell<u64>,
    mailcow: Cell<u64>,
}

impl Inner {
    fn written(&self, product: Product) -> &Cell<u64> {
        match product {
            Product::Authentik => &self.authentik,
            Product::Mailcow => &self.mailcow,
        }
    }
}

impl Writer {
    /// Starts to write. Writing ends when the guard is dropped, even if that happens because its future is dropped.
    ///
    /// # Errors
    /// [`Busy`] while there is a guard.
    pub fn begin(&self, work: Work) -> Result<WriteGuard, Busy> {
        if let Some(work) = self.0.current.get() {
            return Err(Busy { work });
        }
        self.0.current.set(Some(work));
        Ok(WriteGuard { inner: self.0.clone(), unanswered: Cell::default() })
    }

    /// The write that is running, if there is one.
    #[must_use]
    pub fn work(&self) -> Option<Work> {
        self.0.current.get()
    }

    /// A number that increases with each request that may have changed this product, and again when all requests of a run have
    /// been answered. What was read at a lower number is older than what was written.
    #[must_use]
    pub fn written(&self, product: Product) -> u64 {
        self.0.written(product).get()
    }
}

/// The permission to write, as long as it exists. Every function that builds a writing request requires it.
#[derive(Debug)]
#[must_use = "writing ends when the guard is dropped"]
pub struct WriteGuard {
    inner: Rc<Inner>,
    /// Products for which a request was built since [`Self::mark_answered`].
    unanswered: Cell<[bool; 2]>,
}

impl WriteGuard {
    /// Counts a request that is about to be sent. The functions that build such requests call it.
    pub(crate) fn count(&self, product: Product) {
        let count = self.inner.written(product);
        count.set(count.get() + 1);
        let mut unanswered = self.unanswered.get();
        unanswered[product as usize] = true;
        self.unanswered.set(unanswered);
    }

    /// Records that all requests have been answered: what is read from now on is current. Dropping the guard does the same.
    pub fn mark_answered(&self) {
        let unanswered = self.unanswered.take();
        for product in [Product::Authentik, Product::Mailcow] {
            if unanswered[product as usize] {
                let count = self.inner.written(product);
                count.set(count.get() + 1);
            }
        }
    }
}

impl Drop for WriteGuard {
    fn drop(&mut self) {
        self.mark_answered();
        self.inner.current.set(None);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_future_that_is_dropped_in_the_middle_ends_writing() {
        let writer = Writer::default();
        {
            let mut run = pin!(async {
                let _guard = writer.begin(Work::Rotate);
                std::future::pending::<()>().await;
            });
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(run.as_mut().poll(&mut context), Poll::Pending);
            assert_eq!(writer.work(), Some(Work::Rotate));
            assert!(writer.begin(Work::Save).is_err());
        }
        assert_eq!(writer.work(), None);
        assert!(writer.begin(Work::Save).is_ok());
    }

    #[test]
    fn what_is_read_during_a_run_is_older_than_what_it_wrote() {
        let writer = Writer::default();
        let written = || writer.written(Product::Authentik);
        let guard = writer.begin(Work::Rotate).expect("nobody else writes");
        assert_eq!(written(), 0, "nothing was sent yet");
        guard.count(Product::Authentik);
        let meanwhile = written();
        guard.mark_answered();
        let afterwards = written();
        drop(guard);
        assert!(0 < meanwhile && meanwhile < afterwards && afterwards == written());
        assert_eq!(writer.written(Product::Mailcow), 0);
    }

    #[test]
    fn each_work_needs_at_least_one_product() {
        for work in Work::ALL {
            assert!(work.needs(Product::Authentik) || work.needs(Product::Mailcow), "{work:?}");
        }
        assert!(!Work::Apply.needs(Product::Mailcow) && !Work::Save.needs(Product::Authentik));
    }
}
