//! What can go wrong with authentik, as findings.

use super::{Code, Finding};
use crate::authentik::{Error, answer::Oddity};

impl From<Box<Error>> for Finding {
    fn from(error: Box<Error>) -> Self {
        match *error {
            Error::NotSignedIn => Self::new(Code::AuthentikNotSignedIn),
            Error::Impersonating { original, username } => {
                Self::new(Code::AuthentikImpersonating).with("original", original).with("username", username)
            }
            Error::NotAllowed { endpoint, permission } => {
                Self::new(Code::AuthentikNotAllowed).with("permission", permission).with("path", endpoint)
            }
            Error::NotAuthentik => Self::new(Code::AuthentikNotAuthentik),
            Error::TooOld { version } => Self::new(Code::AuthentikTooOld).with("version", version),
            Error::Maintenance { endpoint, .. } => Self::new(Code::AuthentikMaintenance).with("path", endpoint),
            Error::Rejected { endpoint, detail } => {
                Self::new(Code::AuthentikRejected).with("detail", detail).with("path", endpoint)
            }
            Error::NotFound { endpoint } => Self::new(Code::AuthentikNotFound).with("path", endpoint),
            Error::Unexpected { endpoint, status, oddity } => Self::new(match oddity {
                Oddity::Html => Code::AuthentikAnswerHtml,
                Oddity::NotJson => Code::AuthentikAnswerBroken,
                Oddity::WrongShape => Code::AuthentikAnswerUnexpected,
                Oddity::Status => Code::AuthentikAnswerStatus,
            })
            .with("path", endpoint)
            .with("status", status),
            Error::NoAnswer { endpoint, cause } => Self::unanswered(endpoint, cause),
        }
    }
}
