//! Why the application could not do what the panel requested, and what to do next.

use crate::authentik::{self, Permission};
use crate::mailcow::{self, Field, IdentityProvider, script::FillRefusal};
use crate::plan::RunError;
use crate::setup::{Origin, Registration};
use crate::transport::{Busy, Product, SendError};
use crate::verify::credentials::CredentialsVerdict;
use crate::verify::{Code, Finding};

/// Why a request of the panel failed. Each variant implies what the administrator can do next; its text is that of the
/// [`Finding`] that the panel gets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another write is running. Wait until it has ended, or cancel it.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The product was not read yet. Click the icon in a tab of that product.
    #[error("nothing has been read yet")]
    NothingObserved,
    /// One of the products was not read, and both are needed. Click the icon in a tab of it.
    #[error("{0:?} has not been read yet")]
    NotRead(Product),
    /// The page was closed or left, or the tab shows another one. Click the icon in the right tab again.
    #[error("the tab is gone")]
    TabGone,
    /// A field of the draft is invalid. Correct it.
    #[error("the draft is invalid")]
    DraftInvalid,
    /// There is no plan, or something has changed since it was made. Show the plan again and read it.
    #[error("the plan is out of date")]
    PlanOutdated,
    /// Something that a sign-in needs is not known, so that a save would take it from mailcow, too. Read authentik again; where it
    /// does not show the client secret, somebody has to who may change the provider.
    #[error("{} is not known", .0.name())]
    Unknown(Field),
    /// authentik names endpoints at another origin than that of its page: a proxy does not tell it its address, or is not
    /// trusted. Correct that on the server. Until then no endpoint is shown, filled in or saved.
    #[error("authentik is at {expected}, but names {actual}")]
    AuthentikElsewhere { expected: String, actual: String },
    /// authentik has no provider for this mailcow. Apply the plan, or read authentik again.
    #[error("there is no client for this mailcow")]
    ClientMissing,
    /// mailcow has stored no settings for Generic-OIDC. Fill in its form or save first.
    #[error("mailcow has no settings for Generic-OIDC")]
    SettingsMissing,
    /// mailcow has stored another client than the one that is registered for it. Save the registered one first.
    #[error("mailcow has another client ID than {expected}")]
    ClientIdDiffers {
        /// The registered one.
        expected: String,
        /// Name of its provider.
        provider: String,
    },
    /// mailcow's users sign in at another authentik, with a client of the same ID. Nothing was sent to either. Click the icon in the
    /// authentik that mailcow uses, or save the settings of the connected one first.
    #[error("mailcow signs its users in at {stored}, not at {registered}")]
    OtherAuthentik {
        /// Origin of the stored sign-in page, or its text if it has none.
        stored: String,
        /// Origin of the registered one.
        registered: String,
    },
    /// The stored client credentials could not be verified. The verdict says what to correct.
    #[error("the client credentials are not verified: {0:?}")]
    NotVerified(CredentialsVerdict),
    /// authentik does not show the client secret, and no known one is accepted: the provider could not be restored with it.
    /// Nothing was removed. Somebody who may change the provider can remove it.
    #[error("the client secret of {provider} is not known")]
    NotRestorable {
        /// Name of the provider.
        provider: String,
    },
    /// authentik may have bindings that it does not show this administrator; they could not be restored. Nothing was removed.
    #[error("bindings may be hidden without {permission}")]
    BindingsHidden {
        /// With which all of them are shown.
        permission: Permission,
    },
    /// Mailboxes sign in with the provider, and mailcow keeps it while they do. Switch them back first.
    #[error("{count} mailboxes sign in with the provider")]
    MailboxesInUse { count: usize },
    /// The page or the form must not or cannot be filled in.
    #[error(transparent)]
    Refused(#[from] FillRefusal),
    /// A run ended early.
    #[error(transparent)]
    Run(Box<RunError>),
    /// authentik could not be read or changed.
    #[error(transparent)]
    Authentik(Box<authentik::Error>),
    /// mailcow could not be read or changed.
    #[error(transparent)]
    Mailcow(#[from] mailcow::Error),
}

impl From<Box<authentik::Error>> for Error {
    fn from(error: Box<authentik::Error>) -> Self {
        Self::Authentik(error)
    }
}

impl From<Box<RunError>> for Error {
    fn from(error: Box<RunError>) -> Self {
        Self::Run(error)
    }
}

impl Error {
    /// mailcow has stored a client of another authentik than the registered one, or does not say of which.
    pub(super) fn of_another_authentik(stored: &IdentityProvider, registration: &Registration) -> Self {
        if stored.authorize_url.is_empty() {
            return Self::Unknown(Field::AuthorizeUrl);
        }
        let origin = |url: &str| Origin::of(url).map_or_else(|| url.to_owned(), |origin| origin.to_string());
        Self::OtherAuthentik { stored: origin(&stored.authorize_url), registered: origin(&registration.endpoints.authorize) }
    }
}

/// Maps the error of a request whose page has gone away.
pub(super) fn gone(_: SendError) -> Error {
    Error::TabGone
}

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        match error {
            Error::Busy(_) => Self::new(Code::RunBusy),
            Error::NothingObserved => Self::new(Code::NothingObserved),
            Error::NotRead(Product::Authentik) => Self::new(Code::ProviderNotCompared),
            Error::NotRead(Product::Mailcow) => Self::new(Code::MailcowNotChecked),
            Error::TabGone => Self::new(Code::SendTabGone),
            Error::DraftInvalid => Self::new(Code::DraftInvalid),
            Error::PlanOutdated => Self::new(Code::PlanOutdated),
            Error::ClientMissing => Self::new(Code::ClientMissing),
            Error::Unknown(Field::ClientSecret) => Self::new(Code::ClientSecretUnknown).at(Field::ClientSecret),
            Error::Unknown(field) => Self::new(Code::FieldEmpty).at(*field),
            Error::AuthentikElsewhere { expected, actual } => {
                Self::new(Code::AuthentikElsewhere).with("expected", expected).with("actual", actual)
            }
            Error::SettingsMissing => Self::new(Code::SettingsMissing),
            Error::ClientIdDiffers { expected, provider } => {
                Self::new(Code::ClientIdDiffers).with("expected", expected).with("provider", provider)
            }
            Error::OtherAuthentik { stored, registered } => {
                Self::new(Code::SettingsOfOtherAuthentik).with("stored", stored).with("registered", registered)
            }
            Error::NotVerified(verdict) => verdict.finding(),
            Error::BindingsHidden { permission } => Self::new(Code::RemovalBindingsHidden).with("permission", permission),
            Error::NotRestorable { provider } => Self::new(Code::RemovalNotRestorable).with("provider", provider),
            Error::MailboxesInUse { count } => Self::new(Code::MailboxesInUse).with("count", count),
            Error::Refused(refusal) => refusal.into(),
            Error::Run(error) => of_run_error(error),
            Error::Authentik(error) => (&**error).into(),
            Error::Mailcow(error) => error.into(),
        }
    }
}

fn of_run_error(error: &RunError) -> Finding {
    match error {
        RunError::Changed { name, .. } => Finding::new(Code::ObjectChangedMeanwhile).with("name", name),
        RunError::ChangedSinceShown { name } => Finding::new(Code::ObjectChangedSinceShown).with("name", name),
        RunError::NotKept { name, field, .. } => Finding::new(Code::ObjectNotKept).with("name", name).with("field", field),
        RunError::Authentik(error) => (&**error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::{Operation, Resource};
    use crate::plan::Kind;
    use crate::transport::Work;

    #[test]
    fn every_error_is_a_finding_with_its_facts() {
        let named = || "mailcow".to_owned();
        for (error, code) in [
            (Error::Busy(Busy { work: Work::Apply }), Code::RunBusy),
            (Error::NothingObserved, Code::NothingObserved),
            (Error::NotRead(Product::Authentik), Code::ProviderNotCompared),
            (Error::NotRead(Product::Mailcow), Code::MailcowNotChecked),
            (Error::TabGone, Code::SendTabGone),
            (Error::DraftInvalid, Code::DraftInvalid),
            (Error::Unknown(Field::ClientSecret), Code::ClientSecretUnknown),
            (Error::Unknown(Field::TokenUrl), Code::FieldEmpty),
            (Error::AuthentikElsewhere { expected: named(), actual: named() }, Code::AuthentikElsewhere),
            (Error::PlanOutdated, Code::PlanOutdated),
            (Error::ClientMissing, Code::ClientMissing),
            (Error::SettingsMissing, Code::SettingsMissing),
            (Error::ClientIdDiffers { expected: named(), provider: named() }, Code::ClientIdDiffers),
            (Error::OtherAuthentik { stored: named(), registered: named() }, Code::SettingsOfOtherAuthentik),
            (Error::NotVerified(CredentialsVerdict::WrongSecret), Code::CredentialsWrongSecret),
            (Error::NotRestorable { provider: named() }, Code::RemovalNotRestorable),
            (
                Error::BindingsHidden { permission: Operation::view(Resource::Binding).permission().unwrap() },
                Code::RemovalBindingsHidden,
            ),
            (Error::MailboxesInUse { count: 3 }, Code::MailboxesInUse),
            (FillRefusal::Hidden.into(), Code::FormHidden),
            (Box::new(RunError::Changed { kind: Kind::Provider, name: named() }).into(), Code::ObjectChangedMeanwhile),
            (Box::new(RunError::NotKept { kind: Kind::Provider, name: named(), field: named() }).into(), Code::ObjectNotKept),
            (Box::new(authentik::Error::NotSignedIn).into(), Code::AuthentikNotSignedIn),
            (mailcow::Error::NotSignedIn.into(), Code::MailcowNotSignedIn),
        ] {
            let finding = Finding::from(&error);
            assert_eq!(finding.code, code);
            assert!(finding.is_complete(), "{error}");
        }
    }
}
