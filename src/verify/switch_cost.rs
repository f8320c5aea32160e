//! What a switch to Generic-OIDC costs the owner of a mailbox: mail programs that sign in with its password are refused from then on,
//! those with an app password go on (docs/contract/rollout.md, "What a switch costs its owner").

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::mailcow::{Features, Mailbox, Mailboxes, Protocol, Protocols, SignInLog, Times, Uses};

/// How far back a sign-in counts: whoever has not used a mail program for half a year misses nothing on the day of the switch.
pub const LATELY_DAYS: u64 = 180;

/// What a switch of a mailbox would cost its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SwitchCost {
    /// Nothing that mailcow knows of: no mail program has signed in lately with the password of the mailbox. Of two programs at one
    /// network address it knows the later one only.
    Ready,
    /// A mail program has, and would be refused. There is no app password for its protocol yet.
    NeedsAppPassword,
    /// A mail program has, although there is an app password for its protocol: it has to be entered there.
    StillUsesPassword,
    /// mailcow knows of no sign-in of a mail program.
    NeverSeen,
    /// At their first sign-in mailcow gives the mailbox the quota of a template, which is less than what is in it: mail to it is
    /// refused from then on.
    ExceedsTemplate,
    /// mailcow does not say when mail programs sign in, or not with each protocol that is open, or the app passwords have not been
    /// read; or it is not known whether the user could sign in with authentik.
    NotKnown,
    /// The user of the mailbox could not sign in with authentik either.
    CannotSignIn,
    /// No user of authentik has this address: nobody could sign in any more, only programs with an app password.
    KeepsPassword,
}

impl SwitchCost {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::NeedsAppPassword,
        Self::StillUsesPassword,
        Self::NeverSeen,
        Self::ExceedsTemplate,
        Self::NotKnown,
        Self::CannotSignIn,
        Self::KeepsPassword,
    ];

    /// Whether nothing is known that would break.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Ready | Self::NeverSeen)
    }

    /// Whether something is known that would break.
    #[must_use]
    pub fn is_loss(self) -> bool {
        !self.is_nothing() && self != Self::NotKnown
    }

    /// Whether somebody could sign in with authentik after the switch.
    #[must_use]
    pub fn lets_sign_in(self) -> bool {
        !matches!(self, Self::CannotSignIn | Self::KeepsPassword)
    }
}

/// Who would sign in to a mailbox with authentik.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A user whom nothing but the mailbox's password keeps out.
    Ready,
    /// A user of whom that is not certain, or whose first sign-in would make an inactive mailbox active.
    Doubtful,
    /// A user whom nothing else certainly keeps out, and whose mailbox has more in it than a template allows that they get.
    TooFull,
    /// A user who is kept out by something else, or is none of those who are to sign in.
    KeptOut,
    /// No user has this address.
    Nobody,
}

/// How costs are judged at one mailcow.
#[derive(Clone, Debug)]
pub struct CostRules {
    /// Seconds since 1970 from which a sign-in counts.
    since: u64,
    /// The login log; `None` when it could not be read, or is empty although mailcow knows of sign-ins.
    log: Option<Rc<SignInLog>>,
    /// Whether mailcow says when mail programs sign in: if it knows of no sign-in at all, it may have been told not to
    /// (`SHOW_LAST_LOGIN`).
    shows_sign_ins: bool,
    /// Protocols whose sign-ins with the password of a mailbox mailcow does not tell.
    untold: Protocols,
}

impl CostRules {
    /// The rules for a mailcow with these mailboxes, read at this time: milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn new(mailboxes: &Mailboxes, log: Option<Rc<SignInLog>>, features: Features, read_at_ms: u64) -> Self {
        let log = log.filter(|log| !log.rows().is_empty());
        let is_listed = || mailboxes.rows().iter().any(|(_, mailbox)| mailbox.last.known().next().is_some());
        let shows_sign_ins = log.is_some() || is_listed();
        let untold: &[Protocol] = match &log {
            Some(_) if features.logs_every_program => &[],
            Some(_) => &[Protocol::ActiveSync, Protocol::Dav],
            None => &[Protocol::ActiveSync, Protocol::Dav, Protocol::Sieve],
        };
        let since = (read_at_ms / 1_000).saturating_sub(LATELY_DAYS * 24 * 60 * 60);
        Self { since, log, shows_sign_ins, untold: untold.iter().copied().collect() }
    }

    /// Whether mailcow says when mail programs sign in.
    #[must_use]
    pub fn shows_sign_ins(&self) -> bool {
        self.shows_sign_ins
    }

    /// Whether mailcow says with which kind of password they do, and of all protocols.
    #[must_use]
    pub fn tells_passwords(&self) -> bool {
        self.log.is_some()
    }

    /// The last sign-ins to a mailbox with each protocol: with its password, as far as that is known, and with app passwords.
    #[must_use]
    pub fn uses(&self, address: &str, mailbox: &Mailbox) -> Uses {
        match &self.log {
            Some(log) => log.get(address).copied().unwrap_or_default(),
            None => Uses { own: mailbox.last.into(), app: Times::default() },
        }
    }

    /// The protocols with which a mail program has signed in lately with the password of the mailbox, and still may. Without a log
    /// that may have been an app password.
    #[must_use]
    pub fn lately(&self, address: &str, mailbox: &Mailbox) -> Protocols {
        let own = self.uses(address, mailbox).own;
        let lately: Protocols =
            own.known().filter(|(_, at)| u64::from(*at) >= self.since).map(|(protocol, _)| protocol).collect();
        lately.without(mailbox.closed)
    }

    /// What the switch of a mailbox with a password costs. `app_passwords` are the protocols that active ones open; `None` when
    /// they have not been read.
    #[must_use]
    pub fn cost(&self, address: &str, mailbox: &Mailbox, owner: Owner, app_passwords: Option<Protocols>) -> SwitchCost {
        match owner {
            Owner::Nobody => return SwitchCost::KeepsPassword,
            Owner::KeptOut => return SwitchCost::CannotSignIn,
            Owner::TooFull => return SwitchCost::ExceedsTemplate,
            Owner::Ready | Owner::Doubtful => {}
        }
        let cost = self.cost_to_programs(address, mailbox, app_passwords);
        if owner == Owner::Doubtful && cost.is_nothing() { SwitchCost::NotKnown } else { cost }
    }

    fn cost_to_programs(&self, address: &str, mailbox: &Mailbox, app_passwords: Option<Protocols>) -> SwitchCost {
        if !self.shows_sign_ins {
            return SwitchCost::NotKnown;
        }
        let uses = self.uses(address, mailbox);
        let lately = self.lately(address, mailbox);
        let is_told = self.untold.without(mailbox.closed).is_empty();
        if lately.is_empty() {
            let costless = if uses == Uses::default() { SwitchCost::NeverSeen } else { SwitchCost::Ready };
            return if is_told { costless } else { SwitchCost::NotKnown };
        }
        match app_passwords {
            Some(open) if !lately.without(open).is_empty() => SwitchCost::NeedsAppPassword,
            Some(_) if self.tells_passwords() => SwitchCost::StillUsesPassword,
            Some(_) if is_told => SwitchCost::Ready,
            _ => SwitchCost::NotKnown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailcow::{LastSignIns, Version, read_sign_in_log};
    use crate::transport::scripted::json;

    const NOW_MS: u64 = 1_795_442_624_000;
    const ADDRESS: &str = "alice@mail.example";

    fn seconds_ago(days: u64) -> u32 {
        u32::try_from(NOW_MS / 1_000 - days * 24 * 60 * 60).expect("before 2106")
    }

    /// A mailbox that is closed to what the list of mailboxes does not tell.
    fn seen(imap: u32, smtp: u32) -> Mailbox {
        let closed = opened(&[Protocol::ActiveSync, Protocol::Dav, Protocol::Sieve]);
        Mailbox { last: LastSignIns { imap, smtp, pop3: 0 }, closed, ..Mailbox::default() }
    }

    /// The rules without a log, where these mailboxes are all there are.
    fn by_mailboxes(mailboxes: &[Mailbox]) -> CostRules {
        let rows = mailboxes.iter().zip(b'a'..).map(|(mailbox, letter)| (format!("{}@m", char::from(letter)).into(), *mailbox));
        CostRules::new(&Mailboxes::new(rows.collect()), None, newest(), NOW_MS)
    }

    /// The rules with a log: service, number of the app password, time.
    fn by_log(rows: &[(&str, u32, &str)]) -> CostRules {
        by_log_of(newest(), rows)
    }

    fn newest() -> Features {
        Features::of(&Version::parse("2026-07a"), true)
    }

    fn by_log_of(features: Features, rows: &[(&str, u32, &str)]) -> CostRules {
        let row = |(service, app_password, datetime): &(&str, u32, &str)| {
            format!(r#"{{"service":"{service}","app_password":{app_password},"username":"{ADDRESS}","datetime":"{datetime}"}}"#)
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        let log = read_sign_in_log(&json(200, &format!("[{}]", rows.join(",")))).expect("a log");
        CostRules::new(&Mailboxes::default(), Some(log.into()), features, NOW_MS)
    }

    fn opened(protocols: &[Protocol]) -> Protocols {
        protocols.iter().copied().collect()
    }

    #[test]
    fn what_uses_the_password_of_the_mailbox_breaks_whatever_app_passwords_there_are() {
        let rules =
            by_log(&[("imap", 0, "2026-11-22 12:00:00"), ("imap", 3, "2026-11-23 12:00:00"), ("smtp", 3, "2026-11-23 12:00:00")]);
        let cost = |open| rules.cost(ADDRESS, &Mailbox::default(), Owner::Ready, open);
        assert_eq!(cost(Some(opened(&[]))), SwitchCost::NeedsAppPassword);
        assert_eq!(cost(Some(opened(&[Protocol::Smtp]))), SwitchCost::NeedsAppPassword);
        assert_eq!(cost(Some(opened(&[Protocol::Imap]))), SwitchCost::StillUsesPassword);
        assert_eq!(cost(None), SwitchCost::NotKnown);
    }

    #[test]
    fn what_uses_app_passwords_alone_is_ready() {
        let rules =
            by_log(&[("imap", 3, "2026-11-22 12:00:00"), ("EAS", 4, "2026-11-22 12:00:00"), ("dav", 0, "2026-01-01 12:00:00")]);
        assert_eq!(rules.cost(ADDRESS, &Mailbox::default(), Owner::Ready, None), SwitchCost::Ready);
        assert_eq!(rules.cost("bob@mail.example", &Mailbox::default(), Owner::Ready, None), SwitchCost::NeverSeen);
    }

    #[test]
    fn active_sync_and_dav_count_like_the_others() {
        for (service, protocol) in [("EAS", Protocol::ActiveSync), ("DAV", Protocol::Dav), ("sieve", Protocol::Sieve)] {
            let rules = by_log(&[(service, 0, "2026-11-22 12:00:00")]);
            assert_eq!(rules.lately(ADDRESS, &Mailbox::default()).iter().collect::<Vec<_>>(), [protocol]);
        }
    }

    #[test]
    fn without_a_log_an_app_password_for_the_protocol_has_to_do() {
        let mailbox = seen(seconds_ago(2), seconds_ago(LATELY_DAYS + 1));
        let rules = by_mailboxes(&[mailbox]);
        let cost = |protocols: &[Protocol]| rules.cost(ADDRESS, &mailbox, Owner::Ready, Some(opened(protocols)));
        assert_eq!(cost(&[Protocol::Smtp, Protocol::ActiveSync]), SwitchCost::NeedsAppPassword);
        assert_eq!(cost(&[Protocol::Imap]), SwitchCost::Ready);
        assert_eq!(rules.cost(ADDRESS, &mailbox, Owner::Ready, None), SwitchCost::NotKnown);
    }

    #[test]
    fn what_is_closed_or_long_ago_breaks_nothing() {
        let closed = Mailbox { closed: opened(&Protocol::ALL), ..seen(seconds_ago(2), 0) };
        let old = seen(seconds_ago(LATELY_DAYS + 1), 0);
        let rules = by_mailboxes(&[closed, old]);
        for mailbox in [closed, old] {
            assert_eq!(rules.cost(ADDRESS, &mailbox, Owner::Ready, None), SwitchCost::Ready);
        }
    }

    #[test]
    fn nothing_seen_anywhere_proves_nothing() {
        let never = seen(0, 0);
        assert_eq!(by_mailboxes(&[never]).cost(ADDRESS, &never, Owner::Ready, Some(opened(&[]))), SwitchCost::NotKnown);
        let empty = CostRules::new(&Mailboxes::default(), Some(SignInLog::default().into()), newest(), NOW_MS);
        assert_eq!(empty.cost(ADDRESS, &never, Owner::Ready, Some(opened(&[]))), SwitchCost::NotKnown);
        let others = by_mailboxes(&[never, seen(1, 0)]);
        assert_eq!(others.cost(ADDRESS, &never, Owner::Ready, Some(opened(&[]))), SwitchCost::NeverSeen);
    }

    /// A phone that mailcow does not tell about is not "nothing".
    #[test]
    fn what_is_open_and_not_told_is_not_known() {
        let open_to_phones = Mailbox { closed: Protocols::default(), ..seen(seconds_ago(2), 0) };
        let never = Mailbox { last: LastSignIns::default(), ..open_to_phones };
        let rules = by_mailboxes(&[open_to_phones, never]);
        assert_eq!(rules.cost(ADDRESS, &open_to_phones, Owner::Ready, Some(opened(&[Protocol::Imap]))), SwitchCost::NotKnown);
        assert_eq!(rules.cost(ADDRESS, &never, Owner::Ready, Some(opened(&[]))), SwitchCost::NotKnown);
        // Before 2025-05 the log has ActiveSync and DAV only with app passwords.
        let old = by_log_of(Features::of(&Version::parse("2025-03b"), false), &[("imap", 3, "2026-11-22 12:00:00")]);
        for address in [ADDRESS, "bob@mail.example"] {
            assert_eq!(old.cost(address, &never, Owner::Ready, Some(opened(&[]))), SwitchCost::NotKnown, "{address}");
        }
        let closed = Mailbox { closed: opened(&[Protocol::ActiveSync, Protocol::Dav]), ..never };
        assert_eq!(old.cost(ADDRESS, &closed, Owner::Ready, Some(opened(&[]))), SwitchCost::Ready);
    }

    #[test]
    fn a_mailbox_whose_user_cannot_sign_in_is_never_ready() {
        let mailbox = seen(seconds_ago(1), 0);
        let rules = by_mailboxes(&[mailbox]);
        let all = Some(opened(&Protocol::ALL));
        assert_eq!(rules.cost(ADDRESS, &mailbox, Owner::Nobody, all), SwitchCost::KeepsPassword);
        assert_eq!(rules.cost(ADDRESS, &mailbox, Owner::KeptOut, all), SwitchCost::CannotSignIn);
    }
}
