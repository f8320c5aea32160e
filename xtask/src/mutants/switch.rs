//! Which mutant this process is. This file becomes a module of the copied core (`super::build`): what is woven into the core asks it.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The environment has not been read yet.
const UNREAD: u32 = u32::MAX;
/// No mutant; which ones are asked for is written down.
const RECORDED: u32 = u32::MAX - 1;
/// No mutant.
const NONE: u32 = u32::MAX - 2;

static CHOSEN: AtomicU32 = AtomicU32::new(UNREAD);

/// Which mutants have been asked for, a bit for each.
static REACHED: [AtomicU64; 1024] = [const { AtomicU64::new(0) }; 1024];

/// Returns whether this process is the mutant with that number.
#[inline]
pub(crate) fn is(number: u32) -> bool {
    let chosen = CHOSEN.load(Ordering::Relaxed);
    chosen == number || (chosen >= RECORDED && asked(number))
}

#[cold]
fn asked(number: u32) -> bool {
    if CHOSEN.load(Ordering::Relaxed) == UNREAD {
        let chosen = env::var("COWBELL_MUTANT").ok().and_then(|number| number.parse().ok());
        let otherwise = if file().is_some() { RECORDED } else { NONE };
        CHOSEN.store(chosen.unwrap_or(otherwise), Ordering::Relaxed);
    }
    let chosen = CHOSEN.load(Ordering::Relaxed);
    if chosen == RECORDED {
        record(number);
    }
    chosen == number
}

/// Writes it down at once: a test may end the process.
fn record(number: u32) {
    let (place, bit) = (number / 64, 1 << (number % 64));
    let Some(reached) = usize::try_from(place).ok().and_then(|place| REACHED.get(place)) else { return };
    if reached.fetch_or(bit, Ordering::Relaxed) & bit == 0
        && let Some(mut file) = file()
    {
        let _ = file.write_all(&number.to_le_bytes());
    }
}

fn file() -> Option<&'static File> {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || OpenOptions::new().create(true).append(true).open(env::var_os("COWBELL_MUTANTS_REACHED")?).ok();
    FILE.get_or_init(open).as_ref()
}
