//! What something was concluded from, to be compared with what is known later.

use std::rc::{Rc, Weak};

use super::{Cowbell, Host};
use crate::authentik::Snapshot;
use crate::mailcow;
use crate::setup::Origin;
use crate::transport::Product;

/// What was known of both products at one moment. Two marks are equal as long as both say the same and nothing was written to
/// authentik in between; what mailcow has stored is read back after each write. Users and mailboxes, which come and go all day, do not count.
#[derive(Clone, Debug)]
pub struct FactsMark {
    authentik: Weak<Snapshot>,
    mailcow: Option<(Origin, mailcow::Snapshot)>,
    written: u64,
}

impl PartialEq for FactsMark {
    fn eq(&self, other: &Self) -> bool {
        // Facts that are read again and say the same stay the very same.
        self.authentik.ptr_eq(&other.authentik) && self.mailcow == other.mailcow && self.written == other.written
    }
}

impl<O: Host> Cowbell<O> {
    /// What is known now.
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
