//! The facts that a result was based on, for a comparison with later facts.

use std::rc::{Rc, Weak};

use super::{Cowbell, Host};
use crate::authentik::Snapshot;
use crate::mailcow;
use crate::setup::{ClientSecret, Origin};
use crate::transport::Product;

/// What was known about both products at one moment. Two marks are equal as long as both products' facts are equal and nothing
/// was written to authentik in between; what mailcow has stored is read back after each write. Users and mailboxes, which change
/// all day, do not count.
#[derive(Clone, Debug)]
pub struct FactsMark {
    authentik: Weak<Snapshot>,
    mailcow: Option<(Origin, mailcow::Snapshot)>,
    written: u64,
}

impl PartialEq for FactsMark {
    fn eq(&self, other: &Self) -> bool {
        // Facts that are read again and are equal keep their `Rc`.
        self.authentik.ptr_eq(&other.authentik) && self.mailcow == other.mailcow && self.written == other.written
    }
}

impl<O: Host> Cowbell<O> {
    /// The mark of the current facts.
    #[must_use]
    pub fn facts_mark(&self) -> FactsMark {
        let state = self.state.borrow();
        let mailcow = state.mailcow.as_ref().map(|seen| {
            let mut provider = seen.snapshot.provider.clone();
            provider.client_secret = ClientSecret::Unknown;
            let known = mailcow::Snapshot {
                read_at_ms: 0,
                version: seen.snapshot.version.clone(),
                features: seen.snapshot.features,
                provider,
                domains: Vec::new(),
                mailboxes: None,
                others: None,
                templates: seen.snapshot.templates.clone(),
                login_page: None,
            };
            (seen.origin.clone(), known)
        });
        FactsMark {
            authentik: state.authentik.as_ref().map(|facts| Rc::downgrade(&facts.snapshot.facts)).unwrap_or_default(),
            mailcow,
            written: self.writer.written(Product::Authentik),
        }
    }
}
