//! Replays the recordings of real authentiks against the stand-in and compares the answers.
//!
//! `recordings/authentik-*/` hold what is compared: sender, request, answer, and the side effects where they were recorded. Each folder
//! is a [`Series`]; each recording is either replayed or left out with a reason.
//!
//! Compared are status, headers, and the whole body: members, types and values. Keys that the server makes up are learnt when they
//! first appear and have to be the right ones from then on; instants and generated secrets only have to be of the right type.

#![allow(clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

mod compare;
mod development;
mod later;
mod left_out;
mod player;
mod recording;
mod series;
mod stage;

use std::collections::BTreeSet;

use player::Player;
use series::{DEVELOPMENT, DEVELOPMENT_RELEASED, RELEASE, Series};

/// Names and differences of the recordings of a series.
fn differences(series: &'static Series) -> Vec<(String, Vec<String>)> {
    let mut player = Player::new(series);
    if series.profile != RELEASE.profile {
        development::begin(player.authentik.state_mut());
    }
    stage::begin(&mut player);
    player.sign_everybody_in();
    let recordings = series.recordings();
    let total = recordings.len();
    let found: Vec<_> = recordings
        .into_iter()
        .filter(|recording| series.reason(&recording.name).is_none())
        .map(|recording| {
            stage::before(&recording, &mut player);
            development::before(&recording, &mut player);
            let differences = player.play(&recording);
            (recording.name, differences)
        })
        .collect();
    assert!(!found.is_empty(), "no recordings found");
    println!("{}: replayed {}, left out {}", series.folder, found.len(), total - found.len());
    found
}

/// Fails if any of the recordings differ; prints how.
fn assert_alike(played: &[(String, Vec<String>)]) {
    let differing: Vec<_> = played.iter().filter(|(_, differences)| !differences.is_empty()).collect();
    for (name, differences) in &differing {
        println!("{name}\n    {}", differences.join("\n    "));
    }
    assert_eq!(differing.len(), 0, "recordings differ");
}

#[test]
fn the_stand_in_answers_as_2026_2_2_was_recorded() {
    assert_alike(&differences(&RELEASE));
}

#[test]
fn the_stand_in_answers_as_the_development_state_was_recorded() {
    assert_alike(&differences(&DEVELOPMENT));
}

/// docs/contract/newest.md: what came between the recorded state and the release.
#[test]
fn the_release_of_2026_8_differs_where_it_is_known_to() {
    let mut needed = BTreeSet::new();
    let mut played = differences(&DEVELOPMENT_RELEASED);
    for (name, differences) in &mut played {
        differences.retain(|difference| {
            let member = later::MEMBERS.iter().find(|(member, _)| difference.ends_with(&format!(".{member}: not recorded")));
            needed.extend(member.map(|(member, _)| *member));
            member.is_none()
        });
        if let Some((known, _)) = later::RECORDINGS.iter().find(|(known, _)| known == name)
            && !differences.is_empty()
        {
            needed.insert(known);
            differences.clear();
        }
    }
    assert_alike(&played);
    for (known, _) in later::MEMBERS.iter().chain(&later::RECORDINGS) {
        assert!(needed.contains(known), "{known} does not differ");
    }
}

#[test]
fn what_is_left_out_is_recorded() {
    for series in [&RELEASE, &DEVELOPMENT] {
        let names: Vec<String> = series.recordings().into_iter().map(|recording| recording.name).collect();
        for (name, _) in series.left_out() {
            assert!(names.iter().any(|known| known == name), "{name} is not a recording");
        }
    }
}
