//! Errors of authentik, and the address at which it was opened, as findings.

use super::{Code, Finding};
use crate::authentik::{Error, Snapshot, answer::Oddity};
use crate::setup::{Origin, Reach};

/// What is wrong with the address at which authentik was opened, before anything is tried: endpoints would be at it, or at the one
/// that authentik believes in (docs/contract/cases.md, H2, R7, R14). Without `mailcow` only the latter is judged.
#[must_use]
pub fn about_address(authentik: &Snapshot, mailcow: Option<&Origin>) -> Vec<Finding> {
    let page = authentik.base.origin();
    let mut findings = Vec::new();
    if let Some(actual) = authentik.own_origin.as_ref().filter(|own| *own != page) {
        findings.push(Finding::new(Code::AuthentikElsewhere).with("expected", page).with("actual", actual));
    }
    let code = match (page.reach(), mailcow.map(Origin::reach)) {
        // On one machine, or in one network, they reach each other.
        (Reach::Loopback, Some(Reach::Private | Reach::Anywhere)) => Code::AuthentikAtLoopback,
        (Reach::Private, Some(Reach::Anywhere)) => Code::AuthentikAtPrivateAddress,
        _ => return findings,
    };
    findings.push(Finding::new(code).with("address", page));
    let brand = Origin::of(&format!("https://{}/", authentik.brand_domain));
    if let Some(brand) = brand.filter(|brand| brand.reach() == Reach::Anywhere) {
        findings.push(Finding::new(Code::AuthentikOtherName).with("name", brand.host()));
    }
    findings
}

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotSignedIn => Self::new(Code::AuthentikNotSignedIn),
            Error::Impersonating { original, username } => {
                Self::new(Code::AuthentikImpersonating).with("original", original).with("username", username)
            }
            Error::NotAllowed { operation } => {
                let permission = operation.permission().map(|permission| permission.to_string()).unwrap_or_default();
                Self::new(Code::AuthentikNotAllowed).with("permission", permission).with("path", operation.endpoint())
            }
            Error::Forgery { operation, detail } => {
                let is_origin =
                    ["Origin checking failed", "Referer checking failed"].iter().any(|start| detail.starts_with(start));
                let code = if is_origin { Code::AuthentikOriginRefused } else { Code::AuthentikForgery };
                Self::new(code).with("detail", detail).with("path", operation.endpoint())
            }
            Error::NotAuthentik => Self::new(Code::AuthentikNotAuthentik),
            Error::TooOld { version } => Self::new(Code::AuthentikTooOld).with("version", version),
            Error::FieldUnknown { field, version } => {
                Self::new(Code::AuthentikFieldUnknown).with("field", field).with("version", version)
            }
            Error::Maintenance { operation, .. } => Self::new(Code::AuthentikMaintenance).with("path", operation.endpoint()),
            Error::Rejected { operation, detail } => {
                Self::new(Code::AuthentikRejected).with("detail", detail).with("path", operation.endpoint())
            }
            Error::AttributeRule { attribute, detail, .. } => {
                Self::new(Code::ObjectAttributeRefuses).with("attribute", attribute).with("detail", detail)
            }
            Error::NotFound { operation } => Self::new(Code::AuthentikNotFound).with("path", operation.endpoint()),
            Error::Unexpected { operation, status, oddity } => Self::new(match oddity {
                Oddity::Html => Code::AuthentikAnswerHtml,
                Oddity::NotJson => Code::AuthentikAnswerBroken,
                Oddity::WrongShape => Code::AuthentikAnswerUnexpected,
                Oddity::Status => Code::AuthentikAnswerStatus,
            })
            .with("path", operation.endpoint())
            .with("status", status),
            Error::Incomplete { operation, read, count } => Self::new(Code::AuthentikListIncomplete)
                .with("path", operation.endpoint())
                .with("read", read)
                .with("count", count),
            Error::NoAnswer { operation, cause } => Self::unanswered(operation.endpoint(), *cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::{Operation, Resource};
    use crate::transport::SendError;

    #[test]
    fn every_error_is_a_finding_with_its_facts() {
        let operation = Operation::view(Resource::User);
        let odd = |oddity| Error::Unexpected { operation, status: 200, oddity };
        for (error, code) in [
            (Error::NotSignedIn, Code::AuthentikNotSignedIn),
            (Error::Impersonating { original: "a".into(), username: "b".into() }, Code::AuthentikImpersonating),
            (Error::NotAllowed { operation }, Code::AuthentikNotAllowed),
            (Error::Forgery { operation, detail: "CSRF token missing.".into() }, Code::AuthentikForgery),
            (Error::Forgery { operation, detail: "Origin checking failed - x".into() }, Code::AuthentikOriginRefused),
            (Error::NotAuthentik, Code::AuthentikNotAuthentik),
            (Error::TooOld { version: "2024.10".into() }, Code::AuthentikTooOld),
            (Error::FieldUnknown { field: "f", version: "v".into() }, Code::AuthentikFieldUnknown),
            (Error::Maintenance { operation, retry_after_s: None }, Code::AuthentikMaintenance),
            (Error::Rejected { operation, detail: "d".into() }, Code::AuthentikRejected),
            (Error::AttributeRule { operation, attribute: "a".into(), detail: "d".into() }, Code::ObjectAttributeRefuses),
            (Error::NotFound { operation }, Code::AuthentikNotFound),
            (odd(Oddity::Html), Code::AuthentikAnswerHtml),
            (odd(Oddity::NotJson), Code::AuthentikAnswerBroken),
            (odd(Oddity::WrongShape), Code::AuthentikAnswerUnexpected),
            (odd(Oddity::Status), Code::AuthentikAnswerStatus),
            (Error::Incomplete { operation, read: 20, count: 28 }, Code::AuthentikListIncomplete),
            (Error::NoAnswer { operation, cause: SendError::Timeout }, Code::SendTimeout),
        ] {
            let finding = Finding::from(&error);
            assert!(finding.code == code && finding.is_complete(), "{finding:?}");
            assert!(finding.evidence.iter().all(|fact| fact.name != "path" || fact.value == "core/users/"), "{finding:?}");
        }
    }
}
