//! Single answers: each body is read by everything that reads one, which is far quicker than a job.

use cowbell::authentik::answer::{accept_removal, read as read_authentik};
use cowbell::authentik::types::{
    Application, Binding, Brand, Certificate, CheckedAccess, Flow, FullUser, Group, Me, Page, PreviewedClaims, Provider,
    RunningVersion, ScopeMapping, Settings, SetupUrls, System, UsedBy,
};
use cowbell::authentik::{Operation, Resource};
use cowbell::mailcow::directory::{read_app_passwords, read_mailbox, read_mailboxes, read_other_names};
use cowbell::mailcow::{CustomLogin, Endpoint, IdentityProvider, LoginPage, UiLog, api, in_utc, read_sign_in_log};
use cowbell::transport::{Answer, Response, SendError};
use cowbell::wire::RawObject;

use crate::input::{Piece, pieces};

macro_rules! read_all {
    ($answer:expr, $operation:expr, $($shape:ty),*) => {
        $(
            let _ = read_authentik::<$shape>($answer, $operation).is_ok();
            let _ = read_authentik::<Page<$shape>>($answer, $operation).is_ok();
        )*
    };
}

/// Reads a body in every way in which one is read.
pub(crate) fn read(data: &[u8]) {
    let Some(piece) = pieces(data).into_iter().next() else { return };
    let answer = answer(piece);
    let operation = Operation::view(Resource::Binding);
    read_all!(
        &answer,
        operation,
        Application,
        Binding,
        Brand,
        Certificate,
        CheckedAccess,
        Flow,
        FullUser,
        Group,
        Me,
        PreviewedClaims,
        Provider,
        RawObject,
        RunningVersion,
        ScopeMapping,
        Settings,
        SetupUrls,
        System,
        UsedBy
    );
    let _ = accept_removal(&answer, operation);
    let _ = read_other_names(&answer, &answer);
    let _ = read_mailbox("anna@company.example", &answer);
    let _ = read_app_passwords(&answer);
    let _ = (CustomLogin::read(&answer).is_ok(), LoginPage::read(&answer), UiLog::read(&answer).is_ok());
    let _ = api::read::<IdentityProvider>(Endpoint::IdentityProvider, &answer).is_ok();
    let _ = (api::judge_page(&answer), api::judge_change(Endpoint::EditIdentityProvider, &answer), api::judge_test(&answer));
    if let (Ok(log), Ok(mailboxes)) = (read_sign_in_log(&answer), read_mailboxes(&answer)) {
        let _ = in_utc(log, &mailboxes);
    }
}

fn answer(Piece { status, body }: Piece) -> Answer {
    let body = String::from_utf8(body).map_err(|_| SendError::NotUtf8)?;
    let content_type = if body.trim_start().starts_with('<') { "text/html" } else { "application/json" };
    Ok(Response { status, content_type: content_type.into(), retry_after_s: None, body: body.into() })
}
