//! What is done with an input: the fuzzer does it with made-up ones, the native tests with those from which it begins
//! (`tests/integration/recordings.rs`).
//!
//! | job | input |
//! |---|---|
//! | [`texts`], [`answers`] | the number of a reader, and what it reads |
//! | [`files`] | the number of a kind of file, and the texts that are written to it |
//! | [`jobs`] | changes of the answers that were recorded, or the one thing that is read besides |

pub(crate) mod answers;
pub(crate) mod browser;
mod desk;
pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod jobs;
pub(crate) mod texts;

use std::cell::OnceCell;

use cowbell::panel::Event;

use self::desk::RecordedDesk;
use self::files::Writer;
use self::jobs::{Before, Desk as _, Job};

/// Jobs whose inputs are short, so that many are tried; the others are [`Job::ALL`].
pub(crate) const QUICK: [&str; 3] = ["texts", "answers", "files"];

/// Does a job with an input. `tapes` are the answers that were recorded for it.
pub(crate) fn attack(job: &str, tapes: &[u8], data: &[u8]) {
    match (job, data) {
        ("texts", [number, text @ ..]) => {
            if let Ok(text) = std::str::from_utf8(text) {
                texts::READERS[usize::from(*number) % texts::READERS.len()](text);
            }
        }
        ("answers", [number, body @ ..]) => {
            answers::READERS[usize::from(*number) % answers::READERS.len()](&answers::answer(body));
        }
        ("files", [number, texts @ ..]) => write(tapes, usize::from(*number) % files::ALL.len(), &input::texts(texts)),
        (_, []) if QUICK.contains(&job) => {}
        _ => {
            let Some(job) = Job::named(job) else { panic!("there is no job {job:?}") };
            let _ = job.attack(tapes, data);
        }
    }
}

thread_local! {
    /// A panel that has read authentik: only such a one writes plans.
    static DESK: OnceCell<RecordedDesk> = const { OnceCell::new() };
    /// What the files say with harmless texts.
    static HARMLESS: [OnceCell<serde_json::Value>; files::ALL.len()] = const { [const { OnceCell::new() }; files::ALL.len()] };
}

fn write(tapes: &[u8], number: usize, texts: &[String]) {
    DESK.with(|desk| {
        let desk = desk.get_or_init(|| {
            let desk = RecordedDesk::new(input::answers(tapes, b""), b"");
            Before::Click.run(&desk);
            desk
        });
        let writer = Writer(&|draft| {
            desk.tell(Event::Edit { draft: Box::new(draft) });
            desk.plan_file()
        });
        HARMLESS.with(|harmless| {
            let harmless = harmless[number].get_or_init(|| writer.harmless(files::ALL[number]));
            writer.compare(files::ALL[number], harmless, &|at| texts[at % texts.len()].clone());
        });
    });
}

impl Job {
    /// Does it; returns how many answers were not asked for, and how many requests had none.
    pub(crate) fn attack(self, tapes: &[u8], data: &[u8]) -> [usize; 2] {
        let desk = match self {
            Self::Kept => RecordedDesk::new(input::answers(tapes, b""), data),
            Self::Plan => RecordedDesk::loading(input::answers(tapes, b""), data),
            _ => RecordedDesk::new(input::answers(tapes, data), b""),
        };
        for earlier in self.earlier() {
            earlier.run(&desk);
        }
        self.run(&desk);
        // What is shown is made from what was read.
        assert!(serde_json::to_string(&desk.view()).is_ok(), "the view cannot be serialised");
        desk.left_and_missing()
    }
}
