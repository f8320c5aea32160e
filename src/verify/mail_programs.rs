//! Whether the mail programs of a mailbox have signed in since it was switched (docs/contract/rollout.md, "Who still uses a
//! password").
//!
//! With the password of the mailbox nobody signs in after the switch, so what mailcow has logged of that was before it. An app
//! password works before and after: there the time decides, as far as the clocks and mailcow's time zone are known.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::arrival::SwitchTime;
use crate::authentik::Clock;
use crate::mailcow::{Mailboxes, Protocol, SignInLog, in_utc};

/// A program that has not signed in for so many days before the switch is not missed after it.
pub const MISSED_DAYS: i64 = 31;

/// Seconds by which times may be wrong whose time zone is not known.
const ZONES_S: i64 = 14 * 60 * 60;

const DAY_S: i64 = 24 * 60 * 60;

/// Whether mail programs have signed in to a mailbox since its switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ProgramsKind {
    /// They have, with every protocol that was in use before.
    GoOn,
    /// With a protocol that was in use before the switch, none has.
    Silent,
    /// mailcow knows of none that was in use.
    None,
    /// mailcow's log does not tell, or it is not known when the mailbox was switched.
    NotKnown,
}

/// The last sign-in of a mail program with one protocol and one kind of password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramUse {
    pub protocol: Protocol,
    /// Seconds since 1970-01-01T00:00:00Z by the browser's clock.
    pub at_s: i64,
    /// Whether that was with an app password.
    pub by_app_password: bool,
    /// Whether that was after the switch; `None` if that is not known.
    pub is_since: Option<bool>,
    /// Whether none has signed in with the protocol since.
    pub is_silent: bool,
}

/// mailcow's login log, by what is known about its times.
#[derive(Debug)]
pub struct ProgramLog {
    log: SignInLog,
    /// Whether its times are those of UTC.
    is_in_utc: bool,
    /// Whether it has the sign-ins of every protocol, with the password of the mailbox, too.
    tells_all: bool,
}

impl ProgramLog {
    /// The log of a mailcow with these mailboxes; `None` if nothing is in it, which proves nothing. `tells_all` is whether mailcow logs
    /// every protocol.
    #[must_use]
    pub fn new(log: SignInLog, mailboxes: &Mailboxes, tells_all: bool) -> Option<Self> {
        let (log, is_in_utc) = in_utc(log, mailboxes);
        (!log.rows().is_empty()).then_some(Self { log, is_in_utc, tells_all })
    }

    /// What mail programs have done with a mailbox, and what that says about the time since its switch. `clock` is mailcow's, compared
    /// with the browser's.
    #[must_use]
    pub fn of(&self, address: &str, since: Option<SwitchTime>, clock: Clock) -> (ProgramsKind, Vec<ProgramUse>) {
        let known = self.log.get(address).copied().unwrap_or_default();
        let uncertain_s = clock.uncertain_s + if self.is_in_utc { 0 } else { ZONES_S };
        let all = [(known.own, false), (known.app, true)].into_iter().flat_map(|(times, by_app_password)| {
            let times: Vec<_> = times.known().collect();
            times.into_iter().map(move |(protocol, at)| (protocol, i64::from(at) - clock.ahead_s, by_app_password))
        });
        let mut uses: Vec<ProgramUse> = all
            .map(|(protocol, at_s, by_app_password)| {
                let is_since = is_since(at_s, by_app_password, since, uncertain_s);
                ProgramUse { protocol, at_s, by_app_password, is_since, is_silent: false }
            })
            .collect();
        let Some(since) = since else { return (ProgramsKind::NotKnown, uses) };
        for protocol in Protocol::ALL {
            let its = || uses.iter().filter(|one| one.protocol == protocol);
            let newest = its().map(|one| one.at_s).max();
            let is_missed = newest.is_some_and(|at_s| at_s >= since.began_s - MISSED_DAYS * DAY_S);
            if is_missed && its().all(|one| one.is_since == Some(false)) {
                uses.iter_mut().filter(|one| one.protocol == protocol).for_each(|one| one.is_silent = true);
            }
        }
        let has = |is_since: Option<bool>| uses.iter().any(|one| one.is_since == is_since);
        let kind = match () {
            () if uses.iter().any(|one| one.is_silent) => ProgramsKind::Silent,
            () if has(Some(true)) => ProgramsKind::GoOn,
            () if has(None) || !self.tells_all => ProgramsKind::NotKnown,
            () => ProgramsKind::None,
        };
        (kind, uses)
    }
}

fn is_since(at_s: i64, by_app_password: bool, since: Option<SwitchTime>, uncertain_s: i64) -> Option<bool> {
    let Some(SwitchTime { began_s, ended_s }) = since else { return (!by_app_password).then_some(false) };
    if ended_s.is_some_and(|ended_s| at_s >= ended_s + uncertain_s) {
        // If mailcow took a password after the switch, the times are not what they seem.
        return by_app_password.then_some(true);
    }
    (!by_app_password || at_s < began_s - uncertain_s).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailcow::read_sign_in_log;
    use crate::transport::scripted::json;

    /// 2026-11-23T12:00:00Z.
    const SWITCHED: SwitchTime = SwitchTime { began_s: 1_795_435_200, ended_s: Some(1_795_435_500) };
    const CLOCK: Clock = Clock { ahead_s: 0, uncertain_s: 900 };

    fn of(rows: &[(&str, u32, &str)], last_imap: u64, since: Option<SwitchTime>) -> (ProgramsKind, Vec<ProgramUse>) {
        log(rows, last_imap, true).of("a@mail.example", since, CLOCK)
    }

    fn log(rows: &[(&str, u32, &str)], last_imap: u64, tells_all: bool) -> ProgramLog {
        let rows = rows.iter().map(|(service, app_password, datetime)| {
            format!(
                r#"{{"service":"{service}","app_password":{app_password},"username":"a@mail.example","datetime":"{datetime}"}}"#
            )
        });
        let text = format!("[{}]", rows.collect::<Vec<_>>().join(","));
        let mailboxes = format!(r#"[{{"username":"a@mail.example","last_imap_login":{last_imap}}}]"#);
        let mailboxes = Mailboxes::read(&mailboxes).expect("mailboxes");
        let log = read_sign_in_log(&json(200, &text)).expect("a log");
        ProgramLog::new(log, &mailboxes, tells_all).expect("rows")
    }

    /// Half an hour after the switch by a clock that is an hour ahead.
    #[test]
    fn a_time_is_compared_by_one_clock() {
        let known = log(&[("imap", 3, "2026-11-23 12:30:00")], 1_795_437_000, true);
        let ahead = Clock { ahead_s: 3_600, ..CLOCK };
        let (kind, uses) = known.of("a@mail.example", Some(SWITCHED), ahead);
        assert_eq!((kind, uses[0].at_s, uses[0].is_since), (ProgramsKind::Silent, 1_795_433_400, Some(false)));
        assert_eq!(known.of("a@mail.example", Some(SWITCHED), CLOCK).0, ProgramsKind::GoOn);
    }

    #[test]
    fn what_has_no_line_is_known_only_of_a_log_that_tells_all() {
        let rows = [("imap", 3, "2026-11-23 14:00:00")];
        let kind = |tells_all| log(&rows, 1_795_442_400, tells_all).of("b@mail.example", Some(SWITCHED), CLOCK).0;
        assert_eq!((kind(true), kind(false)), (ProgramsKind::None, ProgramsKind::NotKnown));
        let empty = SignInLog::default();
        assert!(ProgramLog::new(empty, &Mailboxes::default(), true).is_none(), "it may have been emptied");
        // With its own password after the switch: then the clocks are not what they seem.
        let (kind, uses) = of(&[("imap", 0, "2026-11-23 14:00:00")], 1_795_442_400, Some(SWITCHED));
        assert_eq!((kind, uses[0].is_since), (ProgramsKind::NotKnown, None));
    }

    #[test]
    fn a_time_is_that_of_the_zone_that_the_mailboxes_tell() {
        // Two hours before the switch, which the clock on the wall calls later or earlier.
        for (zone_h, datetime) in
            [(0, "2026-11-23 10:00:00"), (1, "2026-11-23 11:00:00"), (-5, "2026-11-23 05:00:00"), (9, "2026-11-23 19:00:00")]
        {
            let (kind, uses) = of(&[("imap", 3, datetime)], 1_795_428_000, Some(SWITCHED));
            assert_eq!((kind, uses[0].at_s, uses[0].is_since), (ProgramsKind::Silent, 1_795_428_000, Some(false)), "{zone_h}");
        }
        // mailcow does not tell: half a day is not enough, a day is.
        for (datetime, is_since, kind) in [
            ("2026-11-23 20:00:00", None, ProgramsKind::NotKnown),
            ("2026-11-23 04:00:00", None, ProgramsKind::NotKnown),
            ("2026-11-24 12:30:00", Some(true), ProgramsKind::GoOn),
            ("2026-11-22 12:00:00", Some(false), ProgramsKind::Silent),
        ] {
            for last_imap in [0, 1_795_428_001] {
                let (found, uses) = of(&[("imap", 3, datetime)], last_imap, Some(SWITCHED));
                assert_eq!((found, uses[0].is_since), (kind, is_since), "{datetime}");
            }
        }
    }

    #[test]
    fn each_protocol_is_missed_by_itself_and_a_password_is_from_before() {
        let imap_since = ("imap", 3, "2026-11-23 14:00:00");
        let told = 1_795_442_400;
        let kind = |rows: &[(&str, u32, &str)]| of(rows, told, Some(SWITCHED)).0;
        assert_eq!(kind(&[imap_since]), ProgramsKind::GoOn);
        let (silent, uses) = of(&[imap_since, ("EAS", 0, "2026-11-20 08:00:00")], told, Some(SWITCHED));
        let missed: Vec<_> = uses.iter().filter(|one| one.is_silent).map(|one| one.protocol).collect();
        assert_eq!((silent, missed), (ProgramsKind::Silent, vec![Protocol::ActiveSync]));
        assert_eq!(kind(&[imap_since, ("EAS", 0, "2026-10-01 08:00:00")]), ProgramsKind::GoOn, "not used for weeks");
        // The same protocol by another way.
        assert_eq!(kind(&[imap_since, ("imap", 0, "2026-11-23 11:59:00")]), ProgramsKind::GoOn);
        // Minutes around the switch.
        assert_eq!(kind(&[imap_since, ("dav", 3, "2026-11-23 12:03:00")]), ProgramsKind::GoOn, "that is not silence");
        assert_eq!(of(&[("imap", 3, "2026-11-23 12:03:00")], 1_795_435_380, Some(SWITCHED)).0, ProgramsKind::NotKnown);
        assert_eq!(of(&[("imap", 0, "2026-11-23 12:03:00")], 1_795_435_380, Some(SWITCHED)).0, ProgramsKind::Silent);
        let (unknown, uses) = of(&[imap_since, ("smtp", 0, "2026-11-23 14:00:00")], told, None);
        let told: Vec<_> = uses.iter().map(|one| (one.protocol, one.is_since)).collect();
        assert_eq!((unknown, told), (ProgramsKind::NotKnown, vec![(Protocol::Smtp, Some(false)), (Protocol::Imap, None)]));
        let going_on = SwitchTime { ended_s: None, ..SWITCHED };
        assert_eq!(of(&[imap_since], 1_795_442_400, Some(going_on)).0, ProgramsKind::NotKnown);
    }
}
