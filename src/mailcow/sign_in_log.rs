//! mailcow's login log: which mail programs sign in to a mailbox, and whether with its password or with an app password
//! (docs/contract/rollout.md, "Who still uses a password").

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::collation::folded;
use super::directory::ByName;
use super::{Endpoint, Error, LastSignIns, Mailboxes, Protocol, api};
use crate::transport::Answer;
use crate::wire::{PhpList, or_default, seconds};

/// When something happened with each protocol: seconds since 1970, 0 for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times([u32; Protocol::ALL.len()]);

impl Times {
    /// Each protocol with which it happened, with the time.
    pub fn known(&self) -> impl Iterator<Item = (Protocol, u32)> {
        Protocol::ALL.into_iter().zip(self.0).filter(|(_, at)| *at > 0)
    }

    /// These times.
    #[must_use]
    pub fn of_protocols(times: impl IntoIterator<Item = (Protocol, u32)>) -> Self {
        let mut all = Self::default();
        times.into_iter().for_each(|(protocol, at)| all.note(protocol, at));
        all
    }

    /// The same, so many seconds earlier; never stays never.
    fn earlier(self, by_s: i64) -> Self {
        let earlier = |at: u32| u32::try_from(i64::from(at) - by_s).unwrap_or_default();
        Self::of_protocols(self.known().map(|(protocol, at)| (protocol, earlier(at))))
    }

    fn note(&mut self, protocol: Protocol, at: u32) {
        let known = &mut self.0[protocol as usize];
        *known = at.max(*known);
    }
}

impl From<LastSignIns> for Times {
    fn from(last: LastSignIns) -> Self {
        Self::of_protocols(last.known())
    }
}

/// The last sign-ins of mail programs to one mailbox, by mailcow's clock and in the time zone of its database until [`in_utc`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// With the password of the mailbox.
    pub own: Times,
    /// With an app password.
    pub app: Times,
}

/// The login log, by address.
pub type SignInLog = ByName<Uses>;

/// By how much a time zone differs from UTC at most, and a divisor of all that do: seconds.
const ZONES_S: (i64, i64) = (14 * 60 * 60, 15 * 60);

/// The newest sign-ins tell the time zone: those of so many seconds, because it changes with the season.
const TELLING_S: u32 = 2 * 24 * 60 * 60;

/// The log with times in UTC, and whether they are: mailcow lists the time of a sign-in here as its database shows it, without a zone,
/// and for IMAP, POP3 and SMTP in the list of mailboxes as a Unix time (docs/contract/rollout.md, "Who still uses a password"). Of the
/// differences that zones have, the most frequent one is believed, because somebody may have signed in between both readings; of
/// several, the one that is ahead least, because the log is read last. A change of the season before the newest sign-ins leaves older
/// times wrong by that hour.
#[must_use]
pub fn in_utc(log: SignInLog, mailboxes: &Mailboxes) -> (SignInLog, bool) {
    let mut told = Vec::new();
    for (address, mailbox) in mailboxes.rows() {
        let Some(uses) = log.get(address) else { continue };
        for (protocol, at) in mailbox.last.known() {
            let newest = uses.own.known().chain(uses.app.known()).filter(|(other, _)| *other == protocol).map(|(_, at)| at).max();
            let ahead_s = newest.map(|newest| i64::from(newest) - i64::from(at));
            told.extend(
                ahead_s.filter(|ahead_s| ahead_s.abs() <= ZONES_S.0 && ahead_s % ZONES_S.1 == 0).map(|ahead| (at, ahead)),
            );
        }
    }
    let newest = told.iter().map(|(at, _)| *at).max().unwrap_or_default();
    let mut votes: HashMap<i64, usize> = HashMap::new();
    for (_, ahead_s) in told.iter().filter(|(at, _)| *at >= newest.saturating_sub(TELLING_S)) {
        *votes.entry(*ahead_s).or_default() += 1;
    }
    let Some((zone_s, _)) = votes.into_iter().max_by_key(|(ahead_s, votes)| (*votes, Reverse(*ahead_s))) else {
        return (log, false);
    };
    let rows = log.into_rows().into_iter();
    let rows = rows.map(|(address, Uses { own, app })| (address, Uses { own: own.earlier(zone_s), app: app.earlier(zone_s) }));
    (ByName::new(rows.collect()), true)
}

/// A row of the log as mailcow lists it.
#[derive(Deserialize)]
struct ListedSignIn<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    service: Cow<'a, str>,
    #[serde(borrow)]
    app_password: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    username: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    datetime: Cow<'a, str>,
}

impl ListedSignIn<'_> {
    /// The protocol; `None` for the web interface and what hands over to it.
    fn protocol(&self) -> Option<Protocol> {
        let services = ["imap", "pop3", "smtp", "sieve", "eas", "dav"];
        let at = services.iter().position(|service| service.eq_ignore_ascii_case(&self.service))?;
        Some(Protocol::ALL[at])
    }

    fn is_by_app_password(&self) -> bool {
        self.app_password.is_some_and(|number| !matches!(number.get(), "0" | "\"0\"" | "null"))
    }
}

/// Parses the login log.
///
/// # Errors
/// Any problem with the response. So is a log that goes on: who is missing in it may have signed in.
pub fn read_sign_in_log(answer: &Answer) -> Result<SignInLog, Error> {
    let PhpList(rows): PhpList<ListedSignIn<'_>> = api::read(Endpoint::SignInLog, answer)?;
    if rows.len() > api::SIGN_IN_LOG_ENTRIES {
        return Err(Error::Unexpected { endpoint: Endpoint::SignInLog, status: 200 });
    }
    let times = rows.iter().filter_map(|row| {
        let at = u32::try_from(seconds(&row.datetime)?).ok()?;
        Some((folded(&row.username).into_owned(), row.protocol()?, row.is_by_app_password(), at))
    });
    let mut times: Vec<_> = times.collect();
    times.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    let by_mailbox = times.chunk_by(|(one, ..), (other, ..)| one == other).map(|alike| {
        let mut uses = Uses::default();
        for (_, protocol, is_by_app_password, at) in alike {
            let times = if *is_by_app_password { &mut uses.app } else { &mut uses.own };
            times.note(*protocol, *at);
        }
        (alike[0].0.as_str().into(), uses)
    });
    Ok(ByName::new(by_mailbox.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::json;

    #[test]
    fn the_newest_sign_in_counts_by_protocol_and_kind_of_password() {
        let text = r#"[
            {"service":"imap","app_password":0,"username":"Alice@mail.example","real_rip":"192.0.2.1","datetime":"2026-11-23 14:03:44"},
            {"service":"imap","app_password":"0","username":"alice@mail.example","real_rip":"192.0.2.2","datetime":"2026-11-20 14:03:44"},
            {"service":"EAS","app_password":7,"username":"alice@mail.example","real_rip":"192.0.2.3","datetime":"2026-11-22 00:00:00"},
            {"service":"MAILCOWUI","app_password":0,"username":"bob@mail.example","real_rip":"192.0.2.4","datetime":"2026-11-22 00:00:00"},
            {"service":"smtp","app_password":null,"username":"bob@mail.example","datetime":"yesterday"},
            {"username":null}, {}]"#;
        let log = read_sign_in_log(&json(200, text)).expect("a log");
        let alice = log.get("ALICE@mail.example").expect("alice");
        assert_eq!(alice.own.known().collect::<Vec<_>>(), [(Protocol::Imap, 1_795_442_624)]);
        assert_eq!(alice.app.known().collect::<Vec<_>>(), [(Protocol::ActiveSync, 1_795_305_600)]);
        assert_eq!(log.rows().len(), 1, "neither the web interface nor an unreadable time is a mail program");
        assert!(read_sign_in_log(&json(200, "{}")).expect("no rows").rows().is_empty());
        assert!(read_sign_in_log(&json(200, "[1]")).is_err());
        let row = r#"{"service":"imap","app_password":0,"username":"a@m","datetime":"2026-11-23 14:03:44"}"#;
        let rows = |count: usize| read_sign_in_log(&json(200, &format!("[{}]", vec![row; count].join(","))));
        assert!(rows(api::SIGN_IN_LOG_ENTRIES).is_ok() && rows(api::SIGN_IN_LOG_ENTRIES + 1).is_err());
    }

    /// The clocks were put forward between the first sign-in and the others.
    #[test]
    fn what_most_sign_ins_say_is_the_time_zone() {
        let signed_in = [
            ("alice", 1_795_356_224, "2026-11-22 15:03:44"),
            ("bob", 1_795_442_624, "2026-11-23 16:03:44"),
            ("carol", 1_795_442_624, "2026-11-23 16:03:44"),
        ];
        let listed = signed_in.map(|(who, at, _)| format!(r#"{{"username":"{who}@mail.example","last_imap_login":{at}}}"#));
        let mailboxes = Mailboxes::read(&format!("[{}]", listed.join(","))).expect("mailboxes");
        let rows = signed_in
            .map(|(who, _, local)| format!(r#"{{"service":"imap","username":"{who}@mail.example","datetime":"{local}"}}"#));
        let log = read_sign_in_log(&json(200, &format!("[{}]", rows.join(",")))).expect("a log");
        let (log, is_in_utc) = in_utc(log, &mailboxes);
        let bob = log.get("bob@mail.example").expect("bob");
        assert_eq!((bob.own.known().collect::<Vec<_>>(), is_in_utc), (vec![(Protocol::Imap, 1_795_442_624)], true));
    }

    /// Both had signed in at the same time, and one does so again before the log is read.
    #[test]
    fn a_sign_in_between_both_readings_does_not_move_the_time_zone() {
        let row = |who, time| {
            format!(r#"{{"service":"imap","app_password":0,"username":"{who}@mail.example","datetime":"2026-11-23 {time}"}}"#)
        };
        let listed = |who| format!(r#"{{"username":"{who}@mail.example","last_imap_login":1795442624}}"#);
        let mailboxes = Mailboxes::read(&format!("[{},{}]", listed("alice"), listed("bob"))).expect("mailboxes");
        for (before, after) in [("09:03:44", "09:18:44"), ("14:03:44", "14:18:44"), ("19:33:44", "19:48:44")] {
            let rows = format!("[{},{}]", row("alice", before), row("bob", after));
            let (log, is_in_utc) = in_utc(read_sign_in_log(&json(200, &rows)).expect("a log"), &mailboxes);
            let at = |who| log.get(who).map(|uses| uses.own.known().collect::<Vec<_>>());
            assert_eq!(at("alice@mail.example"), Some(vec![(Protocol::Imap, 1_795_442_624)]), "{before}");
            assert_eq!((at("bob@mail.example"), is_in_utc), (Some(vec![(Protocol::Imap, 1_795_443_524)]), true), "{before}");
        }
    }
}
