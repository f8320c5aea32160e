//! Sign-ins of mail programs, which Dovecot and `SOGo` let mailcow decide about (`data/conf/dovecot/auth/mailcowauth.php`,
//! `data/web/sogo-auth.php`; docs/contract/rollout.md, "Who still uses a password").

use super::Mailcow;
use super::state::{CLIENT_ADDRESS, Protocol, SaslLogEntry, State};

impl Mailcow {
    /// A mail program signs in. Returns whether it may; then the login log knows.
    pub fn sign_in_by_program(&mut self, protocol: Protocol, address: &str, password: &str) -> bool {
        let state = &mut self.state;
        let Some(app_password) = allowed(state, protocol, address, password) else { return false };
        if app_password == 0 && matches!(protocol, Protocol::Eas | Protocol::Dav) && !self.profile.logs_every_program() {
            return true;
        }
        // By `SOGo` in capitals.
        let service = match protocol {
            Protocol::Eas | Protocol::Dav => protocol.word().to_uppercase(),
            _ => protocol.word().to_owned(),
        };
        // The key of the table: each sign-in from the same place replaces the last one.
        state.sasl_log.retain(|entry| {
            !(entry.service == service && entry.real_rip == CLIENT_ADDRESS && entry.username.eq_ignore_ascii_case(address))
        });
        let entry = SaslLogEntry {
            service,
            app_password,
            username: address.to_owned(),
            real_rip: CLIENT_ADDRESS.to_owned(),
            datetime: state.now,
        };
        state.sasl_log.insert(0, entry);
        true
    }
}

/// Number of the app password with which it is allowed, 0 for the password of the mailbox.
fn allowed(state: &State, protocol: Protocol, address: &str, password: &str) -> Option<u32> {
    let mailbox = state.mailbox(address).filter(|mailbox| mailbox.active)?;
    state.domain(mailbox.domain()).filter(|domain| domain.active)?;
    let fits = |entry: &&super::state::AppPassword| {
        entry.active
            && entry.mailbox.eq_ignore_ascii_case(address)
            && entry.protocols.contains(&protocol)
            && entry.password == password
    };
    if let Some(entry) = state.app_passwords.iter().find(fits) {
        return Some(entry.id);
    }
    // The switches of the mailbox are for its own password.
    let own = mailbox.authsource == "mailcow" && mailbox.protocols.contains(&protocol);
    (own && mailbox.password.as_deref() == Some(password)).then_some(0)
}
