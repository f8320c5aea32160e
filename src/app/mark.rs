//! The facts that a result was based on, for a comparison with later facts.

use std::rc::{Rc, Weak};

use super::{Cowbell, Host, MailcowSeen};
use crate::authentik::Snapshot;
use crate::mailcow::{self, LoginPage, MailboxCounts};
use crate::setup::{ClientSecret, Origin};
use crate::transport::Product;

/// What was known about both products at one moment. Two marks are equal as long as both products' facts are equal and nothing
/// was written to authentik in between; what mailcow has stored is read back after each write. authentik's users do not count, and
/// mailboxes, which change all day, only by their number for each way to sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct FactsMark {
    settings: SettingsMark,
    ways: Option<WaysToSignIn>,
}

/// What is set up on both sides.
#[derive(Clone, Debug)]
struct SettingsMark {
    authentik: Weak<Snapshot>,
    mailcow: Option<(Origin, mailcow::Snapshot)>,
    written: u64,
}

/// How people sign in to mailcow.
#[derive(Clone, Copy, Debug, PartialEq)]
struct WaysToSignIn {
    mailboxes: Option<MailboxCounts>,
    login_page: Option<LoginPage>,
}

impl PartialEq for SettingsMark {
    fn eq(&self, other: &Self) -> bool {
        // Facts that are read again and are equal keep their `Rc`.
        self.authentik.ptr_eq(&other.authentik) && self.mailcow == other.mailcow && self.written == other.written
    }
}

impl FactsMark {
    /// The mark of these facts, as of so many writes to authentik.
    pub(super) fn of(authentik: Option<&Rc<Snapshot>>, mailcow: Option<&MailcowSeen>, written: u64) -> Self {
        let ways = mailcow.map(|seen| WaysToSignIn {
            mailboxes: seen.snapshot.mailboxes.as_ref().map(|mailboxes| mailboxes.counts()),
            login_page: seen.snapshot.login_page,
        });
        let mailcow = mailcow.map(|seen| {
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
        let authentik = authentik.map(Rc::downgrade).unwrap_or_default();
        Self { settings: SettingsMark { authentik, mailcow, written }, ways }
    }

    /// Whether the same is set up on both sides, however people sign in to mailcow: mailboxes may have been switched, or the password
    /// form hidden.
    #[must_use]
    pub fn has_settings_of(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl<O: Host> Cowbell<O> {
    /// The mark of the current facts.
    #[must_use]
    pub fn facts_mark(&self) -> FactsMark {
        let (snapshot, mailcow) = (self.snapshot().ok(), self.seen().ok());
        FactsMark::of(snapshot.as_ref(), mailcow.as_deref(), self.writer.written(Product::Authentik))
    }
}
