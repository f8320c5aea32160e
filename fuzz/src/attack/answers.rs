//! Single answers, each read by one of the functions that read one, which is far quicker than a job.

use cowbell::authentik::answer::{accept_removal, read as read_authentik};
use cowbell::authentik::types::{
    Application, Binding, Brand, Certificate, CheckedAccess, Flow, FullUser, Group, Me, Page, PreviewedClaims, Provider,
    RunningVersion, ScopeMapping, Settings, SetupUrls, System, UsedBy,
};
use cowbell::authentik::{Directory, Operation, Resource};
use cowbell::mailcow::directory::{read_app_passwords, read_mailbox, read_mailboxes, read_other_names};
use cowbell::mailcow::{CustomLogin, Endpoint, IdentityProvider, LoginPage, UiLog, api, in_utc, read_sign_in_log};
use cowbell::transport::{Answer, Response, SendError};
use cowbell::wire::RawObject;

use super::input::{Piece, piece};

/// Reads an answer; returns whether it is understood.
pub(crate) type Reader = fn(&Answer) -> bool;

fn view() -> Operation {
    Operation::view(Resource::Binding)
}

macro_rules! object {
    ($shape:ty) => {
        |answer| read_authentik::<$shape>(answer, view()).is_ok()
    };
}

/// In an order that recordings rely on as long as a corpus is kept: new ones come last.
pub(crate) const READERS: [Reader; 38] = [
    object!(Application),
    object!(Page<Application>),
    object!(Page<Binding>),
    object!(Brand),
    object!(Page<Certificate>),
    object!(CheckedAccess),
    object!(Page<Flow>),
    object!(FullUser),
    object!(Page<FullUser>),
    object!(Group),
    object!(Page<Group>),
    object!(Me),
    object!(PreviewedClaims),
    object!(Provider),
    object!(Page<Provider>),
    object!(RawObject),
    object!(Page<RawObject>),
    object!(RunningVersion),
    object!(ScopeMapping),
    object!(Page<ScopeMapping>),
    object!(Settings),
    object!(SetupUrls),
    object!(System),
    object!(Vec<UsedBy>),
    |answer| accept_removal(answer, view()).is_ok(),
    |answer| Directory::from_pages(body(answer)).is_ok(),
    |answer| read_other_names(answer, answer).is_ok(),
    |answer| read_mailbox("anna@company.example", answer).is_ok(),
    |answer| read_app_passwords(answer).is_ok(),
    |answer| CustomLogin::read(answer).is_ok(),
    |answer| LoginPage::read(answer).is_some(),
    |answer| UiLog::read(answer).is_ok(),
    |answer| api::read::<IdentityProvider>(Endpoint::IdentityProvider, answer).is_ok(),
    |answer| api::judge_page(answer).is_ok(),
    |answer| api::judge_change(Endpoint::EditIdentityProvider, answer).is_ok(),
    |answer| api::judge_test(answer).is_ok(),
    |answer| read_mailboxes(answer).is_ok(),
    |answer| match (read_sign_in_log(answer), read_mailboxes(answer)) {
        (Ok(log), Ok(mailboxes)) => !in_utc(log, &mailboxes).0.rows().is_empty(),
        _ => false,
    },
];

fn body(answer: &Answer) -> Option<&str> {
    answer.as_ref().ok().map(|response| response.body.as_str())
}

/// An answer with this body, or one of another status.
pub(crate) fn answer(bytes: &[u8]) -> Answer {
    let Piece { status, body } = piece(bytes);
    let body = String::from_utf8(body).map_err(|_| SendError::NotUtf8)?;
    let content_type = if body.trim_start().starts_with('<') { "text/html" } else { "application/json" };
    Ok(Response { status, content_type: content_type.into(), retry_after_s: None, body: body.into() })
}
