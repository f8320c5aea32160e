//! mailcow's UI log: the only place in which mailcow states why it refused a sign-in (docs/contract/mailcow.md, section 9;
//! docs/contract/e2e.md, "Cases").

use serde::Deserialize;

use super::{
    Endpoint, Error, Snapshot,
    api::{self, UI_LOG_ENTRIES},
    observe::by_name,
};
use crate::{
    setup::Origin,
    transport::{Answer, Batch, Host, Product, SendError, send_all},
    wire::{self, Lenient, PhpList, natural},
};

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged {
    /// A sign-in with the identity provider succeeded. Written not at once, but when that browser loads its next page of mailcow.
    SignedIn,
    /// A sign-in with the identity provider was refused.
    Refused,
    /// A password typed in mailcow's own form was refused.
    PasswordRefused,
}

/// An entry about a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Seconds since 1970-01-01T00:00:00Z by mailcow's clock.
    pub time_s: i64,
    /// Network address of the browser.
    pub remote: String,
    /// What the entry is about.
    pub what: Logged,
    /// Address of the mailbox, in the spelling of the claim or of the user; empty if mailcow did not learn it.
    pub address: String,
    /// mailcow's message about a refusal; text that others can influence, so it is shown and never interpreted.
    pub reason: String,
}

/// The part of the log that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UiLog {
    /// Entries about sign-ins, in mailcow's order.
    pub entries: Vec<LogEntry>,
    /// Time of the oldest entry that was read, whatever it is about: seconds since 1970-01-01T00:00:00Z; `None` for an empty log.
    pub since_s: Option<i64>,
    /// Whether there may be older entries than the requested ones.
    pub is_cut: bool,
}

/// Maximum number of characters that are kept of a text in the log.
const KEPT: usize = 300;

/// Reads the newest entries, and in the same round what decides about sign-ins: the current settings and domains are stored in
/// `snapshot`.
///
/// # Errors
/// Any [`Error`] except [`Error::Refused`].
pub async fn read_log(host: &impl Host, origin: &Origin, snapshot: &mut Snapshot) -> Result<UiLog, Error> {
    let requests = vec![api::ui_log(origin), api::identity_provider(origin), api::domains(origin)];
    let answers = send_all(host, Batch::new(Product::Mailcow, requests)).await;
    let [log, provider, domains] = answers.as_slice() else {
        return Err(Error::NoAnswer { endpoint: Endpoint::UiLog, error: SendError::NotSent });
    };
    let log = UiLog::read(log)?;
    snapshot.provider = api::read(Endpoint::IdentityProvider, provider)?;
    snapshot.domains = by_name(api::read(Endpoint::Domains, domains)?);
    Ok(log)
}

impl UiLog {
    /// Parses the response to [`api::ui_log`]. Entries about anything else are omitted.
    ///
    /// # Errors
    /// Any [`Error`] except [`Error::Refused`]. For an account that is not an administrator mailcow returns an empty log
    /// (recording 506).
    pub fn read(answer: &Answer) -> Result<Self, Error> {
        let PhpList(lines): PhpList<Lenient<Line>> = api::read(Endpoint::UiLog, answer)?;
        let mut log = Self { is_cut: lines.len() >= UI_LOG_ENTRIES, ..Self::default() };
        for Lenient(line) in lines {
            // A time beyond 32 bits could overflow in later subtractions.
            let Some(time_s) = line.time.and_then(|time| u32::try_from(time).ok()).map(i64::from) else { continue };
            log.since_s = Some(log.since_s.map_or(time_s, |since| since.min(time_s)));
            log.entries.extend(line.into_entry(time_s));
        }
        Ok(log)
    }
}

/// A line of the log. `msg` and `call` are JSON texts within JSON (recordings 705 to 724).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    #[serde(deserialize_with = "natural")]
    time: Option<u64>,
    remote: Lenient<String>,
    msg: Lenient<String>,
    call: Lenient<String>,
}

impl Line {
    /// `call` is the PHP function with its arguments and, at the end, the reason.
    fn into_entry(self, time_s: i64) -> Option<LogEntry> {
        let refused = *self.msg == "\"login_failed\"";
        if !refused && !self.msg.starts_with("[\"logged_in_as\"") {
            return None;
        }
        let call: Vec<Lenient<Option<String>>> = wire::read(&self.call).ok()?;
        let word = |at: usize| call.get(at)?.as_deref().map(shortened);
        let (what, address, reason) = match (word(0)?.as_str(), refused) {
            ("identity_provider", false) => (Logged::SignedIn, word(1), None),
            ("identity_provider", true) if call.len() > 2 => (Logged::Refused, word(1), word(call.len() - 1)),
            ("identity_provider", true) => (Logged::Refused, None, word(1)),
            ("check_login", true) => (Logged::PasswordRefused, word(1), None),
            _ => return None,
        };
        Some(LogEntry {
            time_s,
            remote: self.remote.0,
            what,
            address: address.unwrap_or_default(),
            reason: reason.unwrap_or_default(),
        })
    }
}

fn shortened(text: &str) -> String {
    let end = text.char_indices().nth(KEPT).map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::json;

    fn line(id: u32, msg: &str, call: &str) -> String {
        serde_json::json!({
            "id": id, "task": "A", "type": "danger", "msg": msg, "call": call, "user": "unauthenticated",
            "role": "unauthenticated", "remote": "192.0.2.10", "time": 1_795_442_259 + id,
        })
        .to_string()
    }

    #[test]
    fn entries_about_sign_ins_are_told_apart() {
        let lines = [
            line(4, r#"["logged_in_as","a@mail.example"]"#, r#"["identity_provider","a@mail.example","user"]"#),
            line(3, r#"["logged_in_as","admin"]"#, r#"["admin_login","admin","*"]"#),
            line(2, "\"login_failed\"", r#"["identity_provider","a@mail.example","No matching attribute mapping was found"]"#),
            line(1, "\"login_failed\"", r#"["identity_provider","invalid_client"]"#),
            line(0, "\"login_failed\"", r#"["check_login","b@mail.example","*"]"#),
        ];
        let log = UiLog::read(&json(200, &format!("[{}]", lines.join(",")))).unwrap();
        let found: Vec<_> = log.entries.iter().map(|entry| (entry.what, entry.address.as_str(), entry.reason.as_str())).collect();
        assert_eq!(
            found,
            [
                (Logged::SignedIn, "a@mail.example", ""),
                (Logged::Refused, "a@mail.example", "No matching attribute mapping was found"),
                (Logged::Refused, "", "invalid_client"),
                (Logged::PasswordRefused, "b@mail.example", ""),
            ]
        );
        assert_eq!((log.since_s, log.is_cut), (Some(1_795_442_259), false));
    }

    #[test]
    fn odd_entries_are_left_out_and_long_ones_cut() {
        let lengthy = format!(r#"["identity_provider","{}"]"#, "ü".repeat(5_000));
        let lines = [
            r#"{"msg":"\"login_failed\"","call":null,"time":7}"#.to_owned(),
            r#"{"msg":"\"login_failed\"","call":"not json","time":7}"#.to_owned(),
            r#"{"msg":7,"call":"[]","time":7}"#.to_owned(),
            r#"{"msg":"\"login_failed\"","call":"[\"identity_provider\",\"x\"]"}"#.to_owned(),
            line(1, "\"login_failed\"", &lengthy),
        ];
        let log = UiLog::read(&json(200, &format!("[{}]", lines.join(",")))).unwrap();
        assert_eq!(log.entries.len(), 1);
        assert_eq!(log.entries[0].reason, "ü".repeat(KEPT));
        assert_eq!(log.since_s, Some(7));
        assert_eq!(UiLog::read(&json(200, "{}")).unwrap(), UiLog::default());
        assert_eq!(UiLog::read(&json(200, "")), Err(Error::NotSignedIn));
    }

    #[test]
    fn there_may_be_more_than_as_many_as_were_requested() {
        for (entries, is_cut) in [(UI_LOG_ENTRIES - 1, false), (UI_LOG_ENTRIES, true)] {
            let log = UiLog::read(&json(200, &format!("[{}]", vec!["{}"; entries].join(",")))).unwrap();
            assert_eq!(log.is_cut, is_cut, "{entries}");
        }
    }
}
