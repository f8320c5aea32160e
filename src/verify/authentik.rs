//! What can go wrong with authentik, as findings.

use super::{Code, Finding};
use crate::authentik::{Error, answer::Oddity};

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        match error {
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
            Error::NoAnswer { endpoint, cause } => Self::unanswered(endpoint, *cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::SendError;

    #[test]
    fn every_error_is_a_finding_with_its_facts() {
        let endpoint = "core/users/";
        let odd = |oddity| Error::Unexpected { endpoint, status: 200, oddity };
        for (error, code) in [
            (Error::NotSignedIn, Code::AuthentikNotSignedIn),
            (Error::Impersonating { original: "a".into(), username: "b".into() }, Code::AuthentikImpersonating),
            (Error::NotAllowed { endpoint, permission: "p" }, Code::AuthentikNotAllowed),
            (Error::NotAuthentik, Code::AuthentikNotAuthentik),
            (Error::TooOld { version: "2024.10".into() }, Code::AuthentikTooOld),
            (Error::Maintenance { endpoint, retry_after_s: None }, Code::AuthentikMaintenance),
            (Error::Rejected { endpoint, detail: "d".into() }, Code::AuthentikRejected),
            (Error::NotFound { endpoint }, Code::AuthentikNotFound),
            (odd(Oddity::Html), Code::AuthentikAnswerHtml),
            (odd(Oddity::NotJson), Code::AuthentikAnswerBroken),
            (odd(Oddity::WrongShape), Code::AuthentikAnswerUnexpected),
            (odd(Oddity::Status), Code::AuthentikAnswerStatus),
            (Error::NoAnswer { endpoint, cause: SendError::Timeout }, Code::SendTimeout),
        ] {
            let finding = Finding::from(&error);
            assert!(finding.code == code && finding.is_complete(), "{finding:?}");
        }
    }
}
