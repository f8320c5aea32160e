//! Moving mailboxes from a password of their own to Generic-OIDC and back (docs/contract/mailcow.md, section 8; docs/contract/e2e.md, case c).

use super::{
    Authsource, Error, Mailbox, Mailboxes,
    api::{self, Endpoint, Messages},
    directory, save,
};
use crate::{
    setup::Origin,
    transport::{Outside, SendError},
};

/// Mailboxes in one request: mailcow works on them one after the other, and each has to fit into the time limit.
const AT_ONCE: usize = 20;

/// A mailbox and what it shall be.
pub type Wanted = (Box<str>, Mailbox);

/// What became of mailboxes.
#[derive(Debug)]
pub struct Switched {
    /// All mailboxes, read back afterwards: mailcow says yes even where it ignored the change (docs/contract/pitfalls.md, P-41).
    pub mailboxes: Mailboxes,
    /// mailcow's reasons against single changes, by address.
    pub refused: Vec<(Box<str>, String)>,
    /// Why not all were asked for.
    pub stop: Option<Error>,
}

/// Asks mailcow for the change of each mailbox, and reads all of them back. `go_on` hears how many were asked for and how many there
/// are, and says whether to ask for more.
///
/// # Errors
/// When the mailboxes cannot be read back; then it is not known what has changed.
pub async fn switch(
    outside: &impl Outside,
    origin: &Origin,
    wanted: &[Wanted],
    go_on: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Switched, Error> {
    let mut refused = Vec::new();
    let stop = ask_all(outside, origin, wanted, &mut refused, go_on).await.err();
    let mailboxes = directory::read_mailboxes(&save::send(outside, api::mailboxes(origin)).await)?;
    Ok(Switched { mailboxes, refused, stop })
}

async fn ask_all(
    outside: &impl Outside,
    origin: &Origin,
    wanted: &[Wanted],
    refused: &mut Vec<(Box<str>, String)>,
    go_on: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<(), Error> {
    let endpoint = Endpoint::EditMailboxes;
    let mut done = 0;
    for alike in wanted.chunk_by(|(_, one), (_, other)| one.asks_like(*other)) {
        for batch in alike.chunks(AT_ONCE) {
            if !go_on(done, wanted.len()) {
                return Err(Error::NoAnswer { endpoint, error: SendError::Cancelled });
            }
            // What mailcow has to say about earlier calls would be in the way.
            api::judge_page(&save::send(outside, api::system_page(origin)).await)?;
            let addresses: Vec<&str> = batch.iter().map(|(address, _)| &**address).collect();
            let answer = save::send(outside, api::edit_mailboxes(origin, &addresses, batch[0].1)).await;
            // One message for each mailbox, in their order (recording 215).
            if let Messages::List(messages) = api::read(endpoint, &answer)? {
                let failed = batch.iter().zip(messages).filter(|(_, message)| !message.is_success());
                refused.extend(failed.map(|((address, _), message)| (address.clone(), message.reason().unwrap_or_default())));
            }
            done += batch.len();
        }
    }
    Ok(())
}

impl Mailbox {
    /// Whether one request can ask for both.
    fn asks_like(self, other: Self) -> bool {
        Self { active: other.active, ..self } == other
    }

    /// The same with Generic-OIDC, which ends what mailcow demands (docs/contract/pitfalls.md, P-42).
    #[must_use]
    pub fn with_generic_oidc(self) -> Self {
        Self { authsource: Authsource::GenericOidc, force_tfa: false, force_pw_update: false, ..self }
    }
}
