//! Coverage-guided fuzzing: looks for bytes that make the core panic, hang or take memory without bound, and for texts that come back from
//! a written file as something else. It begins with recordings of the whole job (`tests/integration/recordings.rs`). `cargo xtask fuzz`
//! builds and runs it; the environment says which job is done.

#![no_main]

mod attack;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// What is done with the input.
static JOB: LazyLock<String> = LazyLock::new(|| std::env::var("COWBELL_FUZZ").unwrap_or_default());

/// The answers that were recorded for it.
static TAPES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let file = std::env::var_os("COWBELL_FUZZ_TAPES");
    file.and_then(|file| std::fs::read(file).ok()).unwrap_or_default()
});

fuzz_target!(|data: &[u8]| attack::attack(&JOB, &TAPES, data));
