//! Texts that mean harm, for whatever a user or another server can choose (`tests/hostile/README.md`).

use std::collections::BTreeMap;

/// Bytes of a long text.
const LONG: usize = 100_000;

#[allow(clippy::expect_used, reason = "the list is part of the program")]
fn lists() -> BTreeMap<String, Vec<String>> {
    serde_json::from_str(include_str!("../../hostile/texts.json")).expect("lists of texts")
}

/// Returns all texts by kind, except those that no Rust string can hold.
#[must_use]
pub fn texts() -> BTreeMap<String, Vec<String>> {
    let mut texts = lists();
    texts.remove("lone_surrogates");
    for part in texts.get_mut("long").into_iter().flatten() {
        *part = part.repeat(LONG / part.len());
    }
    texts
}

/// Returns JSON of texts that no Rust string can hold, quotes included.
#[must_use]
pub fn lone_surrogates() -> Vec<String> {
    lists().remove("lone_surrogates").unwrap_or_default()
}
