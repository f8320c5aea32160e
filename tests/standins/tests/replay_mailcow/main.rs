//! Replays the recordings of mailcow 2026-07a against the stand-in, in order, and compares the answers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compare;
mod recording;
mod unrecorded;
mod upstream;

use std::collections::BTreeMap;

use cowbell_standins::mailcow::Mailcow;
use upstream::Scripted;

/// Recordings that are not replayed, and why.
const LEFT_OUT: &[(&str, &str)] = &[("017-domain-add-anonymous", "Cowbell never adds domains, and no sign-in does")];

/// The first of the recordings that were made days later, at a mailcow with other mailboxes and templates. They are not replayed yet.
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
    let mut replay = Replay {
        mailcow: Mailcow::recorded(),
        upstream: Scripted::default(),
        cookies: BTreeMap::new(),
        csrf_token: String::new(),
    };
    let (mut replayed, mut left_out, mut not_yet, mut differing) = (0, 0, 0, Vec::new());
    for recording in &recordings {
        if recording.number() >= MADE_LATER {
            not_yet += 1;
            continue;
        }
        if LEFT_OUT.iter().any(|(name, _)| *name == recording.name) {
            left_out += 1;
            continue;
        }
        replay.prepare(recording);
        let response = replay.send(recording);
        let differences = compare::differences(recording, &response);
        replayed += 1;
        if !differences.is_empty() {
            differing.push(format!("{}\n  {}", recording.name, differences.join("\n  ")));
        }
    }
    println!("mailcow: replayed {replayed}, left out {left_out}, not yet {not_yet}, differing {}", differing.len());
    for (name, reason) in LEFT_OUT {
        println!("  left out {name}: {reason}");
        assert!(recordings.iter().any(|recording| recording.name == *name), "{name} is not recorded");
    }
    assert!(replayed > 0, "no recordings found");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
