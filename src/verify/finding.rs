//! What a check says: a stable code, how grave it is, the evidence it rests on, and a remedy that can be pressed.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::code::{Code, FixSection, Severity};
use crate::{mailcow::Field, transport::SendError};

/// A fact that a finding rests on. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Evidence {
    /// Name of the fact, the placeholder of the message text that shows it.
    pub name: &'static str,
    /// Its value, as a text that may come from a server: to be shown, never interpreted.
    pub value: String,
}

/// A remedy that the panel can offer as a button, and gives back when it is pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fix {
    /// Put this value into the field of the form. For the client secret the value is never in here.
    SetField {
        field: Field,
        /// The right value.
        value: String,
    },
    /// Put the registered client secret into the form.
    SetRegisteredSecret,
    /// Remove blanks, line breaks and invisible characters from around or inside the field.
    CleanField { field: Field },
    /// Exchange client ID and client secret.
    SwapCredentials,
}

/// What a check says. One word, because findings and errors are handed on often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Finding(Box<FindingDetails>);

/// What a finding consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FindingDetails {
    /// Which check, and how it ended: the key of its text.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// The field of mailcow's form that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub field: Option<Field>,
    /// The place of the panel where it is fixed, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub fixed_in: Option<FixSection>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What can be pressed.
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
    /// A finding without evidence, about nothing in particular; its severity is the code's own.
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
            SendError::TabGone => return Self::new(Code::SendTabGone),
            SendError::Cancelled | SendError::NotSent => return Self::new(Code::SendCancelled),
        };
        Self::new(code).with("path", path)
    }

    /// Says which field it is about. Unless the code says otherwise, that is fixed in mailcow's form.
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

    /// Offers a remedy.
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
    fn every_missing_answer_is_a_finding_with_its_facts() {
        for (error, code) in [
            (SendError::Timeout, Code::SendTimeout),
            (SendError::Network, Code::SendNoConnection),
            (SendError::TooLarge, Code::SendAnswerTooLarge),
            (SendError::NotUtf8, Code::SendAnswerNotText),
            (SendError::Redirected, Code::SendRedirected),
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
