//! Replays the recordings of a real authentik 2026.2.2 against the stand-in and compares the answers.
//!
//! `recordings/authentik-2026.2.2/` holds what is compared: sender, request, answer, and the side effects where they were recorded.
//! Each is either replayed or listed in [`left_out`] with a reason.
//!
//! Compared are status, headers, and the whole body: members, types and values. Keys that the server makes up are learnt when they
//! first appear and have to be the right ones from then on; instants and generated secrets only have to be of the right type.

#![allow(clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

mod compare;
mod left_out;
mod player;
mod recording;
mod stage;

use std::{fs, path::PathBuf};

use player::Player;
use recording::Recording;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recordings/authentik-2026.2.2")
}

/// The names of all recordings, in their order.
fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the folder is there").map(|entry| entry.expect("readable").path());
    let mut names: Vec<String> =
        files.map(|file| file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_stand_in_answers_as_recorded() {
    let mut player = Player::new();
    let (mut replayed, mut left_out, mut differing) = (0, 0, 0);
    for name in &names() {
        if left_out::reason(name).is_some() {
            left_out += 1;
            continue;
        }
        let text = fs::read_to_string(folder().join(format!("{name}.json"))).expect("readable");
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
    assert!(replayed > 0, "no recordings found");
    assert_eq!(differing, 0, "recordings differ");
}

#[test]
fn what_is_left_out_is_recorded() {
    let names = names();
    for (name, _) in left_out::LEFT_OUT {
        assert!(names.iter().any(|known| known == name), "{name} is not a recording");
    }
}
