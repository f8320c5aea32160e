//! One form for everything that can go wrong, as the panel shows it: a code whose words it knows, and the facts for them.

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::Error;
use crate::authentik::answer::Oddity;
use crate::plan::Stop;
use crate::transport::SendError;

/// A fact for a message. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct FaultArgument {
    /// Name of the placeholder.
    pub name: &'static str,
    /// Its value, possibly from a server: to be shown, never interpreted.
    pub value: String,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify, thiserror::Error)]
#[error("{code}")]
pub struct Fault {
    /// Stable code; the panel finds its words under `fault_<code>` and `fault_<code>_remedy`.
    pub code: &'static str,
    /// Facts for the words.
    pub arguments: Vec<FaultArgument>,
}

impl Fault {
    /// Every code, so that a test can hold words against them.
    pub const CODES: &'static [&'static str] = &[
        "not_signed_in",
        "impersonating",
        "not_allowed",
        "not_authentik",
        "too_old",
        "maintenance",
        "rejected",
        "not_found",
        "answer_html",
        "answer_not_json",
        "answer_wrong_shape",
        "answer_status",
        "timeout",
        "network",
        "too_large",
        "not_utf8",
        "redirected",
        "tab_gone",
        "cancelled",
        "changed",
        "not_kept",
        "not_observed",
        "draft_faulty",
        "busy",
    ];

    pub(super) fn new(code: &'static str) -> Self {
        debug_assert!(Self::CODES.contains(&code), "unknown fault code");
        Self { code, arguments: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push(FaultArgument { name, value: value.into() });
        self
    }
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        Self::new(match error {
            SendError::Timeout => "timeout",
            SendError::Network => "network",
            SendError::TooLarge => "too_large",
            SendError::NotUtf8 => "not_utf8",
            SendError::Redirected => "redirected",
            SendError::TabGone => "tab_gone",
            SendError::Cancelled | SendError::NotSent => "cancelled",
        })
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::NotSignedIn => Self::new("not_signed_in"),
            Error::Impersonating { original, username } => {
                Self::new("impersonating").with("original", original).with("username", username)
            }
            Error::NotAllowed { endpoint, permission } => {
                Self::new("not_allowed").with("endpoint", endpoint).with("permission", permission)
            }
            Error::NotAuthentik => Self::new("not_authentik"),
            Error::TooOld { version } => Self::new("too_old").with("version", version),
            Error::Maintenance { retry_after_s } => {
                Self::new("maintenance").with("seconds", retry_after_s.map(|seconds| seconds.to_string()).unwrap_or_default())
            }
            Error::Rejected { endpoint, detail } => Self::new("rejected").with("endpoint", endpoint).with("detail", detail),
            Error::NotFound { endpoint } => Self::new("not_found").with("endpoint", endpoint),
            Error::Unexpected { endpoint, status, oddity } => Self::new(match oddity {
                Oddity::Html => "answer_html",
                Oddity::NotJson => "answer_not_json",
                Oddity::WrongShape => "answer_wrong_shape",
                Oddity::Status => "answer_status",
            })
            .with("endpoint", endpoint)
            .with("status", status.to_string()),
            Error::NoAnswer { endpoint, cause } => Self::from(cause).with("endpoint", endpoint),
        }
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Cancelled => Self::new("cancelled"),
            Stop::TabGone => Self::new("tab_gone"),
            Stop::Changed { name, .. } => Self::new("changed").with("name", name),
            Stop::NotKept { name, field, .. } => Self::new("not_kept").with("name", name).with("field", field),
            Stop::Authentik(error) => error.into(),
        }
    }
}
