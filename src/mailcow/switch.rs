//! Switches mailboxes from a password of their own to Generic-OIDC and back (docs/contract/mailcow.md, section 8;
//! docs/contract/e2e.md, case c).

use super::{
    Authsource, Endpoint, Error, Mailbox, Mailboxes,
    api::{self, Messages},
    directory, save,
};
use crate::{
    setup::Origin,
    transport::{Host, SendError, WriteGuard},
};

/// Mailboxes in one request: mailcow processes them one after the other, and the request has to fit into the time limit.
const AT_ONCE: usize = 20;

/// A mailbox and its desired state.
pub type DesiredMailbox = (Box<str>, Mailbox);

/// Result of a switch.
#[derive(Debug)]
pub struct Switched {
    /// All mailboxes, read back afterwards: mailcow reports success even when it ignored the change (docs/contract/pitfalls.md,
    /// P-41).
    pub mailboxes: Mailboxes,
    /// Single changes that mailcow refused.
    pub refused: Vec<Refused>,
    /// Why it ended before all were sent.
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

/// Sends the change of each mailbox to mailcow, and reads all of them back. `known` are the mailboxes as they were read before;
/// `progress` is called with the number of mailboxes sent and their total. [`Host::cancelled`] ends it early; if nothing can be
/// read back after that, the changes that mailcow has confirmed count as made.
///
/// # Errors
/// When the mailboxes cannot be read back; then it is unknown what has changed.
pub async fn switch(
    host: &impl Host,
    guard: &WriteGuard,
    origin: &Origin,
    known: &Mailboxes,
    desired: &[DesiredMailbox],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Switched, Error> {
    let Asked { confirmed, refused, error } = ask_all(host, guard, origin, desired, progress).await;
    let mailboxes = match directory::read_mailboxes(&save::send(host, api::mailboxes(origin)).await) {
        Ok(mailboxes) => mailboxes,
        Err(_) if matches!(error, Some(Error::NoAnswer { error: SendError::Cancelled, .. })) => known.with(&confirmed),
        Err(error) => return Err(error),
    };
    Ok(Switched { mailboxes, refused, error })
}

/// mailcow's responses so far.
#[derive(Default)]
struct Asked {
    /// Sorted by address.
    confirmed: Vec<DesiredMailbox>,
    refused: Vec<Refused>,
    error: Option<Error>,
}

async fn ask_all(
    host: &impl Host,
    guard: &WriteGuard,
    origin: &Origin,
    desired: &[DesiredMailbox],
    progress: &mut dyn FnMut(usize, usize),
) -> Asked {
    let mut asked = Asked::default();
    let mut done = 0;
    let alike = desired.chunk_by(|(_, one), (_, other)| one.asks_like(*other));
    for batch in alike.flat_map(|alike| alike.chunks(AT_ONCE)) {
        progress(done, desired.len());
        if host.cancelled() {
            asked.error = Some(Error::NoAnswer { endpoint: Endpoint::EditMailboxes, error: SendError::Cancelled });
            break;
        }
        let messages = match ask_for(host, guard, origin, batch).await {
            Ok(messages) => messages,
            Err(error) => {
                asked.error = Some(error);
                break;
            }
        };
        // One message for each mailbox, in their order (recording 215).
        done += batch.len();
        let Messages::List(messages) = messages else { continue };
        for ((address, mailbox), message) in batch.iter().zip(messages) {
            if message.is_success() {
                asked.confirmed.push((address.clone(), *mailbox));
            } else {
                asked.refused.push(Refused { address: address.clone(), reason: message.reason().unwrap_or_default() });
            }
        }
    }
    asked.confirmed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    asked
}

/// Requests one change of several mailboxes; returns mailcow's messages.
async fn ask_for(host: &impl Host, guard: &WriteGuard, origin: &Origin, batch: &[DesiredMailbox]) -> Result<Messages, Error> {
    // Clears the messages of earlier requests, which would be mixed with the response.
    api::judge_page(&save::send(host, api::system_page(origin)).await)?;
    let addresses: Vec<&str> = batch.iter().map(|(address, _)| &**address).collect();
    let to = batch.first().map(|(_, mailbox)| *mailbox).unwrap_or_default();
    api::read(Endpoint::EditMailboxes, &save::send(host, api::edit_mailboxes(guard, origin, &addresses, to)).await)
}

impl Mailbox {
    /// Whether one request can set both states.
    fn asks_like(self, other: Self) -> bool {
        Self { active: other.active, name: other.name, ..self } == other
    }

    /// The same with Generic-OIDC, which ends mailcow's demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn with_generic_oidc(self) -> Self {
        // The change makes mailcow forget the template (docs/contract/mailcow.md, section 8).
        let is_as_template = false;
        Self { authsource: Authsource::GenericOidc, force_tfa: false, force_pw_update: false, is_as_template, ..self }
    }
}
