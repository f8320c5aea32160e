//! Replays the recordings of a real authentik 2026.2.2 against the stand-in and compares the answers.
//!
//! `recordings/authentik-2026.2.2/` holds what is compared: sender, request, answer, and the side effects where they were recorded.
//! `index.txt` names every recording there is; each is either replayed or listed in [`left_out`] with a reason.
//!
//! Compared are status, headers, and the whole body: members, types and values. Keys that the server makes up are learnt when they
//! first appear and have to be the right ones from then on; instants and generated secrets only have to be of the right type.

#![allow(clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

mod compare;
mod left_out;
mod player;
mod recording;
mod stage;

use std::{collections::BTreeSet, fs, path::PathBuf};

use player::Player;
use recording::Recording;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recordings/authentik-2026.2.2")
}

#[test]
fn the_stand_in_answers_as_recorded() {
    let index = fs::read_to_string(folder().join("index.txt")).expect("the index is there");
    let mut player = Player::new();
    let (mut replayed, mut left_out, mut differing) = (0, 0, 0);
    let mut forgotten = Vec::new();
    for name in index.lines() {
        if left_out::reason(name).is_some() {
            left_out += 1;
            continue;
        }
        let Ok(text) = fs::read_to_string(folder().join(format!("{name}.json"))) else {
            forgotten.push(name);
            continue;
        };
        let recording = Recording::read(name, &text);
        stage::before(name, &mut player);
        let differences = player.play(&recording);
        replayed += 1;
        if !differences.is_empty() {
            differing += 1;
            println!("{name}");
            for difference in differences {
                println!("    {difference}");
            }
        }
    }
    println!("replayed {replayed}, left out {left_out}, differing {differing}");
    assert!(forgotten.is_empty(), "neither replayed nor listed: {forgotten:?}");
    assert_eq!(differing, 0, "recordings differ");
}

#[test]
fn nothing_is_left_out_that_is_there() {
    let index = fs::read_to_string(folder().join("index.txt")).expect("the index is there");
    let known: BTreeSet<&str> = index.lines().collect();
    for (name, _) in left_out::LEFT_OUT {
        assert!(known.contains(name), "{name} is not a recording");
        assert!(!folder().join(format!("{name}.json")).exists(), "{name} could be replayed");
    }
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            assert!(known.contains(name), "{name} is not in the index");
        }
    }
}
