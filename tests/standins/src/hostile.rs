//! Texts that mean harm, for whatever a user or another server can choose (`tests/hostile/README.md`).

use std::collections::BTreeMap;

/// Bytes of a long text.
const LONG: usize = 100_000;

/// Returns all texts by kind, except those that no Rust string can hold.
///
/// # Panics
/// When the list is not valid.
#[must_use]
#[allow(clippy::expect_used, reason = "the list is part of the program")]
pub fn texts() -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("../../hostile/texts.json")).expect("lists of texts");
    texts.remove("lone_surrogates");
    for part in texts.get_mut("long").into_iter().flatten() {
        *part = part.repeat(LONG / part.len());
    }
    texts
}
