//! The result of a check: a stable code, its severity, the evidence, and a fix that the panel can offer.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::code::{Code, FixSection, Severity};
use crate::{mailcow::Field, transport::SendError};

/// A fact on which a finding is based. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Evidence {
    /// Name of the fact, which is the placeholder in the finding's text.
    pub name: &'static str,
    /// Its value, as text that may come from a server: it is shown, never interpreted.
    pub value: String,
}

/// A fix that the panel can offer as a button. It is returned to the core when the button is pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fix {
    /// Set the field of the form to this value. Never used for the client secret.
    SetField {
        field: Field,
        /// The correct value.
        value: String,
    },
    /// Set the form's client secret to the registered one.
    SetRegisteredSecret,
    /// Remove spaces, line breaks and invisible characters from around or inside the field.
    CleanField { field: Field },
    /// Swap client ID and client secret.
    SwapCredentials,
    /// Test the client credentials in the form at this token endpoint, which Cowbell does not know: it gets the client secret.
    TestAt {
        /// The token endpoint in the form.
        url: String,
    },
}

/// The result of a check. One pointer in size, because findings and errors are moved often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Finding(Box<FindingDetails>);

/// The parts of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FindingDetails {
    /// Which check, and its result: the key of its text.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// The field of mailcow's form that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub field: Option<Field>,
    /// The section of the panel in which it is fixed, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub fixed_in: Option<FixSection>,
    /// The facts on which it is based.
    pub evidence: Vec<Evidence>,
    /// The fix that the panel can offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub fix: Option<Fix>,
}

impl Deref for Finding {
    type Target = FindingDetails;

    fn deref(&self) -> &FindingDetails {
        &self.0
    }
}

impl DerefMut for Finding {
    fn deref_mut(&mut self) -> &mut FindingDetails {
        &mut self.0
    }
}

impl From<Code> for Finding {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl Finding {
    /// A finding without evidence or field; its severity is the code's own.
    #[must_use]
    pub fn new(code: Code) -> Self {
        let (severity, fixed_in) = (code.severity(), code.fixed_in());
        Self(Box::new(FindingDetails { code, severity, field: None, fixed_in, evidence: Vec::new(), fix: None }))
    }

    /// Why a request to `path` has no answer.
    #[must_use]
    pub fn unanswered(path: &str, error: SendError) -> Self {
        let code = match error {
            SendError::Timeout => Code::SendTimeout,
            SendError::Network => Code::SendNoConnection,
            SendError::TooLarge => Code::SendAnswerTooLarge,
            SendError::NotUtf8 => Code::SendAnswerNotText,
            SendError::Redirected => Code::SendRedirected,
            SendError::ServiceWorker => return Self::new(Code::SendServiceWorker),
            SendError::TabGone => return Self::new(Code::SendTabGone),
            SendError::Cancelled | SendError::NotSent => return Self::new(Code::SendCancelled),
        };
        Self::new(code).with("path", path)
    }

    /// Sets the field that it is about. Unless the code specifies another section, that is fixed in mailcow's form.
    #[must_use]
    pub fn at(mut self, field: Field) -> Self {
        self.field = Some(field);
        self.fixed_in.get_or_insert(FixSection::Mailcow);
        self
    }

    /// Adds a fact. The facts of a code come in the order of [`Code::evidence`].
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.evidence.push(Evidence { name, value: value.to_string() });
        self
    }

    /// Whether it carries exactly the facts that its text shows, in their order.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.evidence.iter().map(|evidence| evidence.name).eq(self.code.evidence().iter().copied())
    }

    /// Adds a fix.
    #[must_use]
    pub fn fixed_by(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_where_it_is_fixed() {
        let section = |finding: &Finding| finding.fixed_in;
        assert_eq!(section(&Code::CredentialsGrantTypeMissing.into()), Some(FixSection::Plan));
        assert_eq!(section(&Code::AccessDenied.into()), Some(FixSection::Setup));
        assert_eq!(section(&Code::SettingsDiffer.into()), Some(FixSection::Mailcow));
        assert_eq!(section(&Code::SendTabGone.into()), None);
        let wrong = Finding::new(Code::CredentialsWrongSecret).at(Field::ClientSecret);
        assert_eq!(section(&wrong), Some(FixSection::Mailcow), "everything about a field");
        let redirect = Finding::new(Code::CredentialsOriginNotRegistered).at(Field::RedirectUrl);
        assert_eq!(section(&redirect), Some(FixSection::Plan), "unless the code says otherwise");
    }

    #[test]
    fn it_is_complete_with_exactly_the_facts_of_its_text() {
        let with = |names: &[&'static str]| {
            names.iter().fold(Finding::new(Code::RedirectAtOtherHost), |finding, &name| finding.with(name, "x"))
        };
        assert!(with(&["host", "page"]).is_complete());
        for names in [&["host"][..], &["host", "page", "page"], &["page", "host"]] {
            assert!(!with(names).is_complete(), "{names:?}");
        }
    }

    #[test]
    fn every_missing_answer_is_a_finding_with_its_facts() {
        for (error, code) in [
            (SendError::Timeout, Code::SendTimeout),
            (SendError::Network, Code::SendNoConnection),
            (SendError::TooLarge, Code::SendAnswerTooLarge),
            (SendError::NotUtf8, Code::SendAnswerNotText),
            (SendError::Redirected, Code::SendRedirected),
            (SendError::ServiceWorker, Code::SendServiceWorker),
            (SendError::TabGone, Code::SendTabGone),
            (SendError::Cancelled, Code::SendCancelled),
            (SendError::NotSent, Code::SendCancelled),
        ] {
            let finding = Finding::unanswered("/path", error);
            assert_eq!(finding.code, code);
            assert!(finding.is_complete(), "{error}");
        }
    }
}
