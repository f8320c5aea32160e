//! Runs tests of a program that has been built with mutants.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::tree;

/// What a process may use at most: KiB of address space, because a mutant may ask for memory without end, and seconds of a core's
/// time, lest an endless loop outlives this command.
const LIMITS: [&str; 2] = ["4194304", "3600"];

/// Time is counted in such pieces: while this process is suspended, its tests may be, too, and then the hours do not count.
const PIECE: Duration = Duration::from_millis(500);

/// How some tests ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Passed,
    /// A test failed, or ended the process.
    Failed(String),
    /// A test took too long.
    Late(String),
}

/// Returns the names of the tests of a program, but not of those that are ignored.
pub(super) fn names(program: &Path) -> Result<Vec<String>> {
    let list = |arguments: &[&str]| {
        let output = tree::environment(Command::new(program).args(["--list", "--format", "terse"]).args(arguments)).output()?;
        let text = String::from_utf8(output.stdout)?;
        anyhow::Ok(text.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect::<Vec<_>>())
    };
    let ignored = list(&["--ignored"])?;
    Ok(list(&[])?.into_iter().filter(|name| !ignored.contains(name)).collect())
}

/// Runs tests one after the other until one fails or takes longer than `patience`.
pub(super) fn run(program: &Path, tests: &[&str], variable: (&str, &OsStr), patience: Duration) -> Result<End> {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v \"$0\" && ulimit -t \"$1\" && shift && exec \"$@\""]).args(LIMITS).arg(program);
    command.args(["--exact", "--test-threads", "1"]).args(tests);
    tree::environment(&mut command).env(variable.0, variable.1);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("sh cannot be started")?;
    let end = watch(&lines(&mut child)?, tests, patience);
    if end != Some(End::Passed) {
        // It may have ended by itself.
        let _ = child.kill();
    }
    let status = child.wait()?;
    match end {
        Some(End::Passed) if !status.success() => bail!("{} passed and ended with {status}", tests.join(" ")),
        None => bail!("not all of these are tests: {}", tests.join(" ")),
        Some(end) => Ok(end),
    }
}

fn lines(child: &mut Child) -> Result<Receiver<String>> {
    let output = child.stdout.take().context("no output")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// Reads the test runner's lines. `None` if there are fewer tests than expected.
fn watch(lines: &Receiver<String>, tests: &[&str], patience: Duration) -> Option<End> {
    // In this order they are run.
    let mut names = tests.to_vec();
    names.sort_unstable();
    let (mut passed, mut waited) = (0, Duration::ZERO);
    let running = |passed: usize| names.get(passed).copied().unwrap_or_default().to_owned();
    loop {
        match lines.recv_timeout(PIECE) {
            Ok(line) => match verdict(&line) {
                Some(Ok(count)) => return (count == tests.len()).then_some(End::Passed),
                Some(Err(name)) => return Some(End::Failed(name.to_owned())),
                None => {
                    passed += usize::from(line.starts_with("test ") && line.ends_with(" ... ok"));
                    waited = Duration::ZERO;
                }
            },
            Err(RecvTimeoutError::Timeout) if waited < patience => waited += PIECE,
            Err(RecvTimeoutError::Timeout) => return Some(End::Late(running(passed))),
            // It has ended the process.
            Err(RecvTimeoutError::Disconnected) => return Some(End::Failed(running(passed))),
        }
    }
}

/// Reads how many tests passed, or which one failed.
fn verdict(line: &str) -> Option<Result<usize, &str>> {
    if let Some(rest) = line.strip_prefix("test result: ok. ") {
        return Some(Ok(rest.split(' ').next()?.parse().ok()?));
    }
    let failed = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
    Some(Err(failed.strip_suffix(" - should panic").unwrap_or(failed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(lines: &[&str]) -> Option<End> {
        let (sender, receiver) = mpsc::channel();
        for line in lines {
            let _ = sender.send((*line).to_owned());
        }
        drop(sender);
        watch(&receiver, &["a::one", "a::two"], Duration::from_mins(1))
    }

    #[test]
    fn the_first_failure_decides() {
        let [one, two] = ["test a::one ... ok", "test a::two ... ok"];
        assert_eq!(watched(&[one, two, "test result: ok. 2 passed; 0 failed; 0 ignored"]), Some(End::Passed));
        assert_eq!(watched(&[one, "test a::two ... FAILED"]), Some(End::Failed("a::two".to_owned())));
        assert_eq!(watched(&["test a::one - should panic ... FAILED"]), Some(End::Failed("a::one".to_owned())));
    }

    #[test]
    fn a_process_that_ends_or_lacks_a_test_has_not_passed() {
        assert_eq!(watched(&["test a::one ... ok"]), Some(End::Failed("a::two".to_owned())));
        assert_eq!(watched(&["test result: ok. 1 passed; 0 failed; 0 ignored"]), None);
    }

    #[test]
    fn the_next_test_is_the_late_one() {
        let (sender, receiver) = mpsc::channel();
        let _ = sender.send("test a::one ... ok".to_owned());
        assert_eq!(watch(&receiver, &["a::two", "a::one"], Duration::from_millis(1)), Some(End::Late("a::two".to_owned())));
        drop(sender);
    }
}
