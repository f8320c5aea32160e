//! Switches mailboxes from a password of their own to Generic-OIDC and back (docs/contract/mailcow.md, section 8;
//! docs/contract/e2e.md, case c).

use super::{
    Authsource, Endpoint, Error, Mailbox, Mailboxes,
    api::{self, Messages},
    directory, save,
};
use crate::{
    setup::Origin,
    transport::{Batch, Host, Product, SendError, WriteGuard, send_all},
};

/// Mailboxes in one request: mailcow processes them one after the other, and the request has to fit into the time limit.
const AT_ONCE: usize = 20;

/// A mailbox and its desired state.
pub type DesiredMailbox = (Box<str>, Mailbox);

/// Result of a switch.
#[derive(Debug)]
pub struct Switched {
    /// All mailboxes, read back afterwards: mailcow reports success even when it ignored the change (docs/contract/pitfalls.md,
    /// P-41). `None` when they could not be read; then it is not known what has become of those that are `written`.
    pub mailboxes: Option<Mailboxes>,
    /// Addresses whose change may have taken effect: it was sent, and mailcow did not refuse it. Sorted.
    pub written: Vec<Box<str>>,
    /// Single changes that mailcow refused.
    pub refused: Vec<Refused>,
    /// Mailboxes that were left, because somebody has changed, switched or deleted them since they were `known`.
    pub skipped: Vec<Skipped>,
    /// Why it ended before all were sent, or why nothing could be read back.
    pub error: Option<Error>,
}

/// A change that mailcow refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Address of the mailbox.
    pub address: Box<str>,
    /// mailcow's reason.
    pub reason: String,
}

/// A mailbox that was not touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its address.
    pub address: Box<str>,
    /// Whether there is no mailbox with this address any more.
    pub is_gone: bool,
}

/// Sends the change of each mailbox to mailcow, and reads all of them back. `known` are the mailboxes as they were read before: one
/// that is no longer so right before its change is skipped (docs/contract/cases.md, S4). `progress` is called with the number of
/// mailboxes done and their total. [`Host::cancelled`] ends it early; if nothing can be read back after that, the changes that
/// mailcow has confirmed count as made.
pub async fn switch(
    host: &impl Host,
    guard: &WriteGuard,
    origin: &Origin,
    known: &Mailboxes,
    desired: &[DesiredMailbox],
    progress: &mut dyn FnMut(usize, usize),
) -> Switched {
    let mut run = Run { host, guard, origin, known, asked: Asked::default() };
    let mut error = run.all(desired, progress).await.err();
    let Asked { mut confirmed, mut written, refused, skipped } = run.asked;
    confirmed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    written.sort_unstable();
    let mailboxes = match directory::read_mailboxes(&save::send(host, api::mailboxes(origin)).await) {
        Ok(mailboxes) => Some(mailboxes),
        Err(_) if matches!(error, Some(Error::NoAnswer { error: SendError::Cancelled, .. })) => Some(known.with(&confirmed)),
        Err(unread) => {
            error.get_or_insert(unread);
            None
        }
    };
    Switched { mailboxes, written, refused, skipped, error }
}

/// What has become of the mailboxes so far.
#[derive(Default)]
struct Asked {
    confirmed: Vec<DesiredMailbox>,
    written: Vec<Box<str>>,
    refused: Vec<Refused>,
    skipped: Vec<Skipped>,
}

struct Run<'a, O> {
    host: &'a O,
    guard: &'a WriteGuard,
    origin: &'a Origin,
    known: &'a Mailboxes,
    asked: Asked,
}

impl<O: Host> Run<'_, O> {
    async fn all(&mut self, desired: &[DesiredMailbox], progress: &mut dyn FnMut(usize, usize)) -> Result<(), Error> {
        let alike = desired.chunk_by(|(_, one), (_, other)| one.asks_like(*other));
        let mut done = 0;
        for batch in alike.flat_map(|alike| alike.chunks(AT_ONCE)) {
            progress(done, desired.len());
            if self.host.cancelled() {
                return Err(Error::NoAnswer { endpoint: Endpoint::EditMailboxes, error: SendError::Cancelled });
            }
            // Clears the messages of earlier requests, which would be mixed with the response.
            api::judge_page(&save::send(self.host, api::system_page(self.origin)).await)?;
            let unchanged = self.unchanged(batch).await?;
            self.change(&unchanged).await?;
            done += batch.len();
        }
        Ok(())
    }

    /// Those of some mailboxes that are still as they were known; notes the others. mailcow has no conditional write, so that they are
    /// read as the last thing before it.
    async fn unchanged(&mut self, batch: &[DesiredMailbox]) -> Result<Vec<DesiredMailbox>, Error> {
        let mut unchanged = Vec::new();
        for ((address, to), now) in batch.iter().zip(self.read_each(batch).await?) {
            let earlier = self.known.get(address).map(|known| Mailbox { created: to.created, ..*known });
            if now.zip(earlier).is_some_and(|(now, earlier)| !now.is_changed_since(earlier)) {
                unchanged.push((address.clone(), *to));
            } else {
                self.asked.skipped.push(Skipped { address: address.clone(), is_gone: now.is_none() });
            }
        }
        Ok(unchanged)
    }

    /// Reads mailboxes as they are now, in their order; `None` for one that is not there.
    async fn read_each(&self, batch: &[DesiredMailbox]) -> Result<Vec<Option<Mailbox>>, Error> {
        let requests: Option<Vec<_>> = batch.iter().map(|(address, _)| api::mailbox(self.origin, address)).collect();
        let Some(requests) = requests else {
            let all = directory::read_mailboxes(&save::send(self.host, api::mailboxes(self.origin)).await)?;
            return Ok(batch.iter().map(|(address, _)| all.get(address).copied()).collect());
        };
        let answers = send_all(self.host, Batch::new(Product::Mailcow, requests)).await;
        batch.iter().zip(&answers).map(|((address, _), answer)| directory::read_mailbox(address, answer)).collect()
    }

    /// Requests one change of several mailboxes, and notes mailcow's messages.
    async fn change(&mut self, batch: &[DesiredMailbox]) -> Result<(), Error> {
        let Some((_, to)) = batch.first() else { return Ok(()) };
        let addresses: Vec<&str> = batch.iter().map(|(address, _)| &**address).collect();
        let request = api::edit_mailboxes(self.guard, self.origin, &addresses, *to);
        let messages = match api::read(Endpoint::EditMailboxes, &save::send(self.host, request).await) {
            Ok(Messages::List(messages)) => messages,
            Err(error) if error.was_refused() => return Err(error),
            other => {
                // The response may have got lost.
                self.asked.written.extend(batch.iter().map(|(address, _)| address.clone()));
                return other.map(drop);
            }
        };
        // One message for each mailbox, in their order (recording 215).
        let mut messages = messages.into_iter();
        for (address, mailbox) in batch {
            let message = messages.next();
            if let Some(message) = message.as_ref().filter(|message| !message.is_success()) {
                self.asked.refused.push(Refused { address: address.clone(), reason: message.reason().unwrap_or_default() });
                continue;
            }
            self.asked.confirmed.extend(message.map(|_| (address.clone(), *mailbox)));
            self.asked.written.push(address.clone());
        }
        Ok(())
    }
}

impl Mailbox {
    /// Whether one request can set both states.
    fn asks_like(self, other: Self) -> bool {
        let asked = |mailbox: Self| (mailbox.authsource, mailbox.force_tfa, mailbox.force_pw_update);
        asked(self) == asked(other)
    }

    /// The same with Generic-OIDC, which ends mailcow's demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn with_generic_oidc(self) -> Self {
        // The change makes mailcow forget the template (docs/contract/mailcow.md, section 8).
        let is_as_template = false;
        Self { authsource: Authsource::GenericOidc, force_tfa: false, force_pw_update: false, is_as_template, ..self }
    }
}
