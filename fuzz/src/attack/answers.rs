//! Single answers, each read by one of the functions that read one, or several of them, which is far quicker than a job.

use std::cell::Cell;

use cowbell::authentik::answer::{accept_removal, read as read_authentik};
use cowbell::authentik::api::Base;
use cowbell::authentik::types::{
    Application, Binding, Brand, Certificate, CheckedAccess, Flow, FullUser, GlobalPermission, Group, Me, Page as List,
    PreviewedClaims, Provider, RunningVersion, ScopeMapping, Settings, SetupUrls, System, UsedBy,
};
use cowbell::authentik::{Clock, Directory, Operation, Resource, observe_bindings, read_authorizations, read_clock, read_events};
use cowbell::mailcow::directory::{read_app_passwords, read_mailbox, read_mailboxes, read_other_names};
use cowbell::mailcow::{CustomLogin, Endpoint, IdentityProvider, LoginPage, UiLog, api, in_utc, read_sign_in_log};
use cowbell::setup::{Origin, Parties, Secret};
use cowbell::transport::{Answer, Batch, Host, NotKept, Page, Product, SendError};
use cowbell::verify::credentials::{Candidate, CredentialsVerdict, verify_at_authentik, verify_at_mailcow};
use cowbell::wire::RawObject;
use futures_util::FutureExt as _;

use super::browser::{START_MS, random};
use super::input::piece;

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
pub(crate) const READERS: [Reader; 46] = [
    object!(Application),
    object!(List<Application>),
    object!(List<Binding>),
    object!(Brand),
    object!(List<Certificate>),
    object!(CheckedAccess),
    object!(List<Flow>),
    object!(FullUser),
    object!(List<FullUser>),
    object!(Group),
    object!(List<Group>),
    object!(Me),
    object!(PreviewedClaims),
    object!(Provider),
    object!(List<Provider>),
    object!(RawObject),
    object!(List<RawObject>),
    object!(RunningVersion),
    object!(ScopeMapping),
    object!(List<ScopeMapping>),
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
    |answer| everywhere(answer, events),
    |answer| everywhere(answer, async |host, base| read_clock(host, base).await != Clock::default()),
    |answer| everywhere(answer, authorizations),
    |answer| everywhere(answer, async |host, base| observe_bindings(host, base, "mailcow").await.is_ok()),
    |answer| everywhere(answer, credentials),
    // They ask for different things, so that one answer to all requests cannot satisfy them.
    |answer| everywhere(answer, async |host, base| cowbell::authentik::observe(host, base).await.is_err()),
    |answer| everywhere(answer, async |host, base| cowbell::mailcow::observe(host, base.origin()).await.is_err()),
    object!(List<GlobalPermission>),
];

fn body(answer: &Answer) -> Option<&str> {
    answer.as_ref().ok().map(|response| response.body.as_str())
}

/// Answers of one kind, in pages.
const MOST_ANSWERS: u8 = 32;

/// A host that always answers the same, up to a certain number of times.
struct Everywhere<'a> {
    answer: &'a Answer,
    left: Cell<u8>,
    random: Cell<u8>,
}

impl Host for Everywhere<'_> {
    async fn send(&self, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        for index in 0..batch.requests.len() {
            let left = self.left.get().checked_sub(1);
            self.left.set(left.unwrap_or_default());
            on_answer(index, if left.is_some() { self.answer.clone() } else { Err(SendError::Network) });
        }
    }

    async fn sleep(&self, _milliseconds: u32) {}

    fn now_ms(&self) -> u64 {
        START_MS
    }

    fn random(&self, buffer: &mut [u8]) {
        random(&self.random, buffer);
    }

    fn cancels(&self) -> u64 {
        0
    }

    async fn keep(&self, _texts: Vec<(String, String)>) -> Result<(), NotKept> {
        Ok(())
    }

    fn page(&self, _product: Product) -> Option<Page> {
        None
    }
}

/// Reads something that takes several requests, each of which gets this answer.
fn everywhere(answer: &Answer, read: impl AsyncFnOnce(&Everywhere<'_>, &Base) -> bool) -> bool {
    let Ok((base, _)) = Base::typed("https://authentik.company") else { return false };
    let host = Everywhere { answer, left: Cell::new(MOST_ANSWERS), random: Cell::new(0) };
    read(&host, &base).now_or_never().is_some_and(|is_understood| is_understood)
}

async fn events(host: &Everywhere<'_>, base: &Base) -> bool {
    let provider = Provider {
        pk: 7,
        name: "mailcow".into(),
        authorization_flow: None,
        invalidation_flow: None,
        property_mappings: Vec::new(),
        client_type: "confidential".into(),
        client_id: "mailcow".into(),
        client_secret: None,
        signing_key: None,
        redirect_uris: Vec::new(),
        grant_types: None,
        access_token_validity: "minutes=5".into(),
        assigned_application_slug: None,
        authentication_flow: None,
        has_secret_object: false,
        previews_claims: Some(true),
    };
    let Ok(read) = read_events(host, base, "mailcow", Some(&provider)).await else { return false };
    !read.list.is_empty() || read.tokens.is_some_and(|tokens| !tokens.list.is_empty())
}

async fn authorizations(host: &Everywhere<'_>, base: &Base) -> bool {
    let read = read_authorizations(host, base, "mailcow", &[], Some(0), Clock::default(), &mut |_, _| {}).await;
    read.complete_from_s.is_some()
}

async fn credentials(host: &Everywhere<'_>, base: &Base) -> bool {
    let token_url = format!("{}/application/o/token/", base.origin());
    let Some(parties) = Origin::of("https://mailcow.company").and_then(|mailcow| Parties::accepted(&mailcow, &token_url)) else {
        return false;
    };
    let secret = Secret::new("secret".into());
    let candidate = Candidate { client_id: "mailcow", client_secret: &secret, token_url: &token_url };
    let _ = verify_at_authentik(host, candidate, &parties, None).await;
    let verdict = verify_at_mailcow(host, candidate, &parties, None).await;
    matches!(verdict, CredentialsVerdict::AnySecretAccepted)
}

/// An answer with this body, or one of another status.
pub(crate) fn answer(bytes: &[u8]) -> Answer {
    piece(bytes).answer()
}
