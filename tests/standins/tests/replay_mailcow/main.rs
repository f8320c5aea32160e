//! Replays the recordings of mailcow 2026-07a against the stand-in, in order, and compares the answers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compare;
mod later;
mod recording;
mod unrecorded;
mod unrecorded_later;
mod upstream;

use std::collections::BTreeMap;

use cowbell_standins::mailcow::Mailcow;
use recording::Recording;
use upstream::Scripted;

/// Recordings that are not replayed, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("017-domain-add-anonymous", "Cowbell never adds domains, and no sign-in does"),
    (
        "875-callback-sogo-path",
        "the answer is the recorder's placeholder for SOGo; whole_sign_in.rs shows that no sign-in ends at that path",
    ),
];

/// The first of the recordings that were made days later, at a mailcow with other mailboxes and templates ([`later`]).
const MADE_LATER: u32 = 801;

/// `User-Agent` of every request but those that say they changed it.
const USER_AGENT: &str = "recorder";

/// The stand-in, and the cookie of each client of the recordings.
struct Replay {
    mailcow: Mailcow,
    upstream: Scripted,
    cookies: BTreeMap<Client, String>,
    /// The form token read last.
    csrf_token: String,
    /// The parameter `state` of the authorization URL that was given out last.
    state: String,
    /// Lines of the log before the last sign-in.
    logged_before: usize,
}

impl Replay {
    fn of(mailcow: Mailcow) -> Self {
        Self {
            mailcow,
            upstream: Scripted::default(),
            cookies: BTreeMap::new(),
            csrf_token: String::new(),
            state: String::new(),
            logged_before: 0,
        }
    }

    /// Asks the stand-in what a recording asked. Returns what differs, in words.
    fn differences(&mut self, recording: &Recording) -> Vec<String> {
        self.prepare(recording);
        let response = self.send(recording);
        let mut differences = compare::differences(recording, &response);
        let logged = self.mailcow.state().ui_log.len() - self.logged_before;
        if recording.number() >= MADE_LATER
            && let Some(left) = recording.log_lines_left()
            && left != logged
        {
            differences.push(format!("{logged} new lines in the log instead of {left}"));
        }
        differences
    }
}

/// Whose cookie goes with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Client {
    Admin,
    MailboxUser,
    ApiKey,
    /// Not signed in, or signed in by single sign-on.
    Visitor,
}

#[test]
fn the_recordings_of_mailcow_replay() {
    let recordings = recording::all();
    let (earlier, later) = recordings.split_at(recordings.partition_point(|recording| recording.number() < MADE_LATER));
    let (mut replayed, mut left_out, mut differing) = (0, 0, Vec::new());
    for (mailcow, recordings) in [(Mailcow::recorded(), earlier), (later::mailcow(later), later)] {
        let mut replay = Replay::of(mailcow);
        for recording in recordings {
            if LEFT_OUT.iter().any(|(name, _)| *name == recording.name) {
                left_out += 1;
                continue;
            }
            let differences = replay.differences(recording);
            replayed += 1;
            if !differences.is_empty() {
                differing.push(format!("{}\n  {}", recording.name, differences.join("\n  ")));
            }
        }
    }
    println!("mailcow: replayed {replayed}, left out {left_out}, differing {}", differing.len());
    for (name, reason) in LEFT_OUT {
        println!("  left out {name}: {reason}");
        assert!(recordings.iter().any(|recording| recording.name == *name), "{name} is not recorded");
    }
    assert!(!earlier.is_empty() && !later.is_empty(), "no recordings found");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
