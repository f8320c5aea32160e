//! The command line of the server.

use std::time::Duration;

use crate::language::Language;
use crate::world::Demo;
use crate::{authentik, mailcow};

/// What the server is told to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it serves.
    pub demo: Demo,
    /// The first of three ports; 0 for any free ones.
    pub port_base: u16,
    /// Path below which authentik is served, such as `/sso`; empty for none.
    pub authentik_path: String,
    /// Host name of both products; each has its own if there is none.
    pub host: Option<String>,
    /// Passes before each answer.
    pub delay: Duration,
    /// Whether it ends when its standard input does.
    pub until_stdin_closes: bool,
}

/// How the program is used.
pub const USAGE: &str = "\
Usage: cowbell-standins serve [options]

  --users N                  users of authentik (200)
  --mailboxes N              people who have a mailbox with a password (12)
  --authentik-profile V      2024.12, 2025.2, 2025.4, 2025.6, 2025.8, 2025.10, 2025.12, 2026.2, 2026.5 or 2026.8 (2026.2)
  --mailcow-profile V        2025-02, 2025-03, 2025-05 or 2026-07 (2026-07)
  --seed N                   decides names and ids (1)
  --half-made                with an earlier attempt at the integration
  --port-base N              three ports from N on; 0 for any free ones (0)
  --language CODE            in which both speak: en or de (en)
  --authentik-path PATH      below which authentik is served, such as /sso
  --host NAME                of both products (authentik.localhost and mailcow.localhost)
  --delay-ms N               passes before each answer (0)
  --until-stdin-closes       ends when standard input does

Prints one line of JSON with the origins when it is ready.";

/// Why a command line was not understood.
#[derive(Debug)]
pub enum UsageError {
    /// An option or value that does not exist.
    Argument(lexopt::Error),
    /// No such version.
    Profile(String),
    /// No such language.
    Language(String),
    /// Neither `serve` nor anything else known.
    Command(String),
}

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Argument(error) => error.fmt(f),
            Self::Profile(name) => write!(f, "no version is called {name}"),
            Self::Language(code) => write!(f, "no language has the code {code}"),
            Self::Command(name) => write!(f, "no command is called {name}"),
        }
    }
}

impl std::error::Error for UsageError {}

impl From<lexopt::Error> for UsageError {
    fn from(error: lexopt::Error) -> Self {
        Self::Argument(error)
    }
}

impl Options {
    /// Reads a command line. `None` when help was asked for.
    ///
    /// # Errors
    /// When something in it is not known.
    pub fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, UsageError> {
        use lexopt::{Arg, ValueExt};

        let mut options = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Value(command) if command == "serve" => {}
                Arg::Value(command) => {
                    return Err(UsageError::Command(command.to_string_lossy().into_owned()));
                }
                Arg::Long("users") => options.demo.users = parser.value()?.parse()?,
                Arg::Long("mailboxes") => options.demo.mailboxes = parser.value()?.parse()?,
                Arg::Long("authentik-profile") => {
                    options.demo.authentik_profile = authentik_profile(&parser.value()?.string()?)?;
                }
                Arg::Long("mailcow-profile") => {
                    options.demo.mailcow_profile = mailcow_profile(&parser.value()?.string()?)?;
                }
                Arg::Long("seed") => options.demo.seed = parser.value()?.parse()?,
                Arg::Long("half-made") => options.demo.half_made = true,
                Arg::Long("port-base") => options.port_base = parser.value()?.parse()?,
                Arg::Long("language") => {
                    let code = parser.value()?.string()?;
                    options.demo.language = Language::from_code(&code).ok_or(UsageError::Language(code))?;
                }
                Arg::Long("authentik-path") => {
                    parser.value()?.string()?.trim_end_matches('/').clone_into(&mut options.authentik_path);
                }
                Arg::Long("host") => options.host = Some(parser.value()?.string()?),
                Arg::Long("delay-ms") => {
                    options.delay = Duration::from_millis(parser.value()?.parse()?);
                }
                Arg::Long("until-stdin-closes") => options.until_stdin_closes = true,
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(options))
    }
}

/// A version of authentik by its name.
pub(super) fn authentik_profile(name: &str) -> Result<authentik::Profile, UsageError> {
    authentik::Profile::from_version(name).ok_or_else(|| UsageError::Profile(name.to_owned()))
}

/// A version of mailcow by its name.
pub(super) fn mailcow_profile(name: &str) -> Result<mailcow::Profile, UsageError> {
    mailcow::Profile::parse(name).ok_or_else(|| UsageError::Profile(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> Result<Option<Options>, super::UsageError> {
        Options::parse(lexopt::Parser::from_iter(line.split(' ')))
    }

    #[test]
    fn options_are_read() {
        let options = parse(
            "standins serve --users 5 --mailcow-profile 2025-03 --half-made --delay-ms 20 --language de --authentik-path /sso/",
        )
        .unwrap()
        .unwrap();
        assert_eq!(options.demo.users, 5);
        assert_eq!(options.demo.mailcow_profile, crate::mailcow::Profile::V2025_03);
        assert!(options.demo.half_made);
        assert_eq!(options.delay.as_millis(), 20);
        assert_eq!((options.demo.language, options.authentik_path.as_str()), (crate::language::Language::German, "/sso"));
    }

    #[test]
    fn unknown_words_are_refused() {
        for line in
            ["standins play", "standins serve --mailcow-profile 1999-01", "standins serve --nope", "standins serve --language xx"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
