//! Reads an authentik: who is signed in, which permissions they have, and which parts of a mailcow integration exist.
//!
//! Needs one round of concurrent requests, and a second one only for lists longer than a page and for the bindings of
//! applications that seem to be for a mailcow.

use std::cell::RefCell;
use std::rc::Rc;

use serde::de::DeserializeOwned;

use super::answer::{self, Error};
use super::api::{Base, Collection, Creatable, Object};
use super::list::{List, read_rest};
use super::types::{
    Application, Binding, Brand, Certificate, Flow, GlobalPermission, Group, Me, Metadata, OwnRole, Page, Provider,
    RunningVersion, ScopeMapping, SessionUser, System,
};
use super::version::Version;
use super::{Operation, Permission, Resource};
use crate::setup::Origin;
use crate::transport::{self, Answer, Batch, Host, Product, Request, send};
use crate::wire::RawObject;

/// The facts about an authentik at one moment.
pub struct Snapshot {
    /// The authentik that was read.
    pub base: Base,
    /// Time of the reading: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    /// Version text as authentik reports it.
    pub version_text: String,
    /// Version; `None` when the text does not have the format of a release.
    pub version: Option<Version>,
    /// Host name of the brand, or whatever else its administrator has set for it.
    pub brand_domain: String,
    /// The origin at which authentik believes that it is reached; `None` when it is not shown.
    pub own_origin: Option<Origin>,
    /// User name of the administrator.
    pub username: String,
    /// Whether the administrator is a superuser.
    pub is_superuser: bool,
    /// Kinds of objects that the administrator may create.
    pub may_create: Vec<Creatable>,
    /// What the administrator may do with all bindings, and not only with single ones.
    pub binding_rights: BindingRights,
    /// Scope mappings.
    pub mappings: Vec<ScopeMapping>,
    /// `OAuth2` providers, without their client secrets: an empty secret means that there is none.
    pub providers: Vec<Provider>,
    /// Applications that the administrator may see.
    pub applications: Vec<Application>,
    /// Authorization flows.
    pub authorization_flows: Vec<Flow>,
    /// Invalidation flows.
    pub invalidation_flows: Vec<Flow>,
    /// Certificates with a key that can sign; empty when they are not visible.
    pub certificates: Vec<Certificate>,
    /// Groups; empty when they are not visible.
    pub groups: Vec<Group>,
    /// Bindings by primary key of the application, for those read so far.
    pub(super) bindings: RefCell<Vec<(String, Rc<[Binding]>)>>,
    /// Milliseconds that each answer took, of several requests that were sent together.
    pub ms_per_answer: u64,
    /// Slugs of applications that were looked up because the list may leave them out. Those that exist are in the list.
    pub(super) looked_up: RefCell<Vec<String>>,
    /// Permissions whose absence left a list of this snapshot empty.
    pub not_visible: Vec<Permission>,
    /// A field that Cowbell writes and this authentik does not have. No known version lacks one.
    pub(super) unknown_field: Option<&'static str>,
}

impl Snapshot {
    /// A snapshot of an authentik of which only the location is known.
    pub(super) fn empty(base: Base) -> Self {
        Self {
            base,
            read_at_ms: 0,
            version_text: String::new(),
            version: None,
            brand_domain: String::new(),
            own_origin: None,
            username: String::new(),
            is_superuser: false,
            may_create: Vec::new(),
            binding_rights: BindingRights::default(),
            mappings: Vec::new(),
            providers: Vec::new(),
            applications: Vec::new(),
            authorization_flows: Vec::new(),
            invalidation_flows: Vec::new(),
            certificates: Vec::new(),
            groups: Vec::new(),
            bindings: RefCell::default(),
            ms_per_answer: 0,
            looked_up: RefCell::default(),
            not_visible: Vec::new(),
            unknown_field: None,
        }
    }

    /// The application that uses a provider.
    #[must_use]
    pub fn application_of(&self, provider: i64) -> Option<&Application> {
        self.applications.iter().find(|application| application.provider == Some(provider))
    }

    /// The bindings of an application by its primary key, if they were read.
    #[must_use]
    pub fn bindings_of(&self, application: &str) -> Option<Rc<[Binding]>> {
        self.bindings.borrow().iter().find(|(pk, _)| pk == application).map(|(_, bindings)| bindings.clone())
    }

    /// Whether both contain the same facts about the same authentik, whenever they were read.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        // Destructured, so that a new field cannot be forgotten here.
        let Self { base, read_at_ms: _, version_text, version, username, is_superuser, may_create, binding_rights, .. } = self;
        let Self { mappings, providers, applications, authorization_flows, invalidation_flows, .. } = self;
        let Self {
            certificates,
            groups,
            bindings,
            ms_per_answer: _,
            looked_up: _,
            not_visible,
            unknown_field,
            brand_domain,
            own_origin,
            ..
        } = self;
        let of_other = |pk: &String| other.bindings_of(pk);
        let bindings = bindings.borrow();
        *base == other.base
            && *version_text == other.version_text
            && *version == other.version
            && *brand_domain == other.brand_domain
            && *own_origin == other.own_origin
            && *username == other.username
            && *is_superuser == other.is_superuser
            && *may_create == other.may_create
            && *binding_rights == other.binding_rights
            && *mappings == other.mappings
            && *providers == other.providers
            && *applications == other.applications
            && *authorization_flows == other.authorization_flows
            && *invalidation_flows == other.invalidation_flows
            && *certificates == other.certificates
            && *groups == other.groups
            && *not_visible == other.not_visible
            && *unknown_field == other.unknown_field
            && bindings.iter().all(|(pk, bindings)| of_other(pk).as_ref() == Some(bindings))
    }

    /// Whether it is known that there is an application with this slug, or none that the administrator may see.
    #[must_use]
    pub fn knows_application(&self, slug: &str) -> bool {
        self.applications.iter().any(|app| app.slug == slug) || self.looked_up.borrow().iter().any(|known| known == slug)
    }

    /// Has applications looked up by their slugs at each following reading. authentik leaves applications out of the list of an
    /// administrator with limited permissions, and shows them one by one (docs/contract/newest.md, row 6).
    pub fn look_up(&self, slugs: Vec<String>) {
        self.looked_up.borrow_mut().extend(slugs);
    }

    /// Checks that this authentik has every field that Cowbell writes: one that it does not have, it ignores without a word
    /// (docs/contract/newest.md, row 14).
    ///
    /// # Errors
    /// [`Error::FieldUnknown`].
    pub fn check_fields(&self) -> Result<(), Box<Error>> {
        match self.unknown_field {
            None => Ok(()),
            Some(field) => Err(Box::new(Error::FieldUnknown { field, version: self.version_text.clone() })),
        }
    }

    /// Applications whose bindings were read.
    fn with_bindings(&self) -> Vec<String> {
        self.bindings.borrow().iter().map(|(pk, _)| pk.clone()).collect()
    }

    /// Adds the bindings of an application, which were read later.
    pub fn add_bindings(&self, application: String, bindings: Vec<Binding>) {
        self.bindings.borrow_mut().push((application, bindings.into()));
    }

    /// A provider by primary key.
    #[must_use]
    pub fn provider(&self, pk: i64) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.pk == pk)
    }

    /// authentik's own mapping for a scope.
    #[must_use]
    pub fn managed_mapping(&self, scope: &str) -> Option<&ScopeMapping> {
        self.mappings.iter().find(|mapping| mapping.is_managed(scope))
    }

    /// A mapping by primary key.
    #[must_use]
    pub fn mapping(&self, pk: &str) -> Option<&ScopeMapping> {
        self.mappings.iter().find(|mapping| mapping.pk == pk)
    }
}

/// What the administrator may do with all bindings. authentik lists only those that may be seen, and says of none that there are
/// others (docs/contract/authentik.md, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindingRights {
    /// Whether a list of bindings is known to be complete.
    pub sees_all: bool,
    /// Whether every binding may be changed; `None` when that is not known.
    pub changes_all: Option<bool>,
}

impl BindingRights {
    /// Those of a superuser.
    const ALL: Self = Self { sees_all: true, changes_all: Some(true) };

    /// From the permissions of each role. A lack is known only where all could be read.
    fn of_roles(answers: &[Answer]) -> Self {
        let operation = Operation::view(Resource::Permission);
        let read = answers.iter().map(|answer| answer::read::<Page<GlobalPermission>>(answer, operation));
        let pages: Vec<_> = read.collect();
        let is_complete = pages.iter().all(Result::is_ok);
        let permissions: Vec<GlobalPermission> = pages.into_iter().flatten().flat_map(|page| page.results).collect();
        let has = |codename: &str| permissions.iter().any(|permission| permission.codename == codename);
        let changes = has("change_policybinding");
        Self { sees_all: has("view_policybinding"), changes_all: (changes || is_complete).then_some(changes) }
    }
}

/// Reads everything but users.
///
/// # Errors
/// When this is no usable authentik, when no one is signed in, or when a required list may not be read.
pub async fn observe(host: &impl Host, base: &Base) -> Result<Box<Snapshot>, Box<Error>> {
    observe_with(host, base, &[], &[]).await
}

/// Reads an authentik again, with all bindings that were read before, and all applications that were looked up.
///
/// # Errors
/// As [`observe`].
pub async fn observe_again(host: &impl Host, known: &Snapshot) -> Result<Box<Snapshot>, Box<Error>> {
    let looked_up = known.looked_up.borrow().clone();
    observe_with(host, &known.base, &known.with_bindings(), &looked_up).await
}

/// Reads everything; once again if a list changed meanwhile.
async fn observe_with(host: &impl Host, base: &Base, bound: &[String], slugs: &[String]) -> Result<Box<Snapshot>, Box<Error>> {
    let mut read = read_all(host, base, bound, slugs).await;
    if read.as_ref().is_err_and(|error| matches!(**error, Error::Incomplete { .. })) {
        read = read_all(host, base, bound, slugs).await;
    }
    match read {
        Err(error) => Err(explain(host, base, error).await),
        snapshot => snapshot,
    }
}

/// Reads everything but users. `bound` are primary keys of applications whose bindings are read in any case, `slugs` those of
/// applications that are looked up.
async fn read_all(host: &impl Host, base: &Base, bound: &[String], slugs: &[String]) -> Result<Box<Snapshot>, Box<Error>> {
    let fixed = [base.me(), base.brand(), base.version(), base.system()];
    let first_pages = LISTS.map(|list| base.list(list, 1));
    let rights = Creatable::ALL.map(|kind| base.rights(kind));
    let began_ms = host.now_ms();
    let answers = round(host, fixed.into_iter().chain(first_pages).chain(rights).collect()).await;
    let (mut snapshot, mut lists, roles) = first_round(base, &answers)?;
    snapshot.read_at_ms = host.now_ms();
    let took_ms = snapshot.read_at_ms.saturating_sub(began_ms);
    snapshot.ms_per_answer = took_ms / u64::try_from(answers.len().max(1)).unwrap_or(1);
    let mut candidates = mailcow_like(lists.applications.first()?);
    for pk in bound {
        if !candidates.contains(pk) {
            candidates.push(pk.clone());
        }
    }
    let mut requests = lists.missing_pages(base);
    let pages = requests.len();
    requests.extend(candidates.iter().map(|pk| base.bindings(pk, 1)));
    requests.extend(slugs.iter().map(|slug| base.read(&Object::Application(slug.clone()))));
    let listed = requests.len();
    requests.extend(roles.iter().flatten().map(|role| base.permissions_on_bindings(&role.pk)));
    let mut unlisted = Vec::new();
    if !requests.is_empty() {
        let answers = round(host, requests).await;
        let (answers, permissions) = answers.split_at(listed);
        if roles.is_some() {
            snapshot.binding_rights = BindingRights::of_roles(permissions);
        }
        let (pages, rest) = answers.split_at(pages);
        let (bindings, looked_up) = rest.split_at(candidates.len());
        for answer in looked_up {
            unlisted.extend(read_unlisted(answer)?);
        }
        lists.add(pages);
        for (application, answer) in candidates.into_iter().zip(bindings) {
            if let Ok(bindings) = read_bindings(host, base, &application, answer).await {
                snapshot.add_bindings(application, bindings);
            }
        }
    }
    lists.fill(&mut snapshot)?;
    unlisted.retain(|application| snapshot.applications.iter().all(|listed| listed.pk != application.pk));
    snapshot.applications.extend(unlisted);
    snapshot.looked_up.replace(slugs.to_vec());
    Ok(snapshot)
}

/// What the first round gives: everything but the lists, the first pages of these, and the roles of somebody who is not a superuser.
type FirstRound = (Box<Snapshot>, Lists, Option<Vec<OwnRole>>);

fn first_round(base: &Base, answers: &[Answer]) -> Result<FirstRound, Box<Error>> {
    let Some((fixed, rest)) = answers.split_first_chunk() else { return Err(Box::new(Error::NotAuthentik)) };
    let Some((lists, rights)) = rest.split_first_chunk() else { return Err(Box::new(Error::NotAuthentik)) };
    let Identity { user, brand, version: version_text, own_origin } = identify(fixed)?;
    let version = Version::parse(&version_text);
    if version.is_some_and(|version| version < Version::OLDEST) {
        return Err(Box::new(Error::TooOld { version: version_text }));
    }
    let read = |(kind, answer): (&Creatable, &Answer)| {
        let fields = answer::read::<Metadata>(answer, Operation::add(kind.resource())).ok()?.fields?;
        Some((*kind, fields))
    };
    let creatable: Vec<(Creatable, RawObject)> = Creatable::ALL.iter().zip(rights).filter_map(read).collect();
    // Known versions have them all, even where a permission hides one.
    let is_unknown = !version.is_some_and(Version::is_known);
    let lacks = |(kind, fields): &(Creatable, RawObject)| kind.fields().iter().copied().find(|field| !fields.contains(field));
    let snapshot = Box::new(Snapshot {
        version,
        version_text,
        brand_domain: brand.matched_domain,
        own_origin,
        username: user.username,
        is_superuser: user.is_superuser,
        binding_rights: if user.is_superuser { BindingRights::ALL } else { BindingRights::default() },
        unknown_field: creatable.iter().find_map(lacks).filter(|_| is_unknown),
        may_create: creatable.into_iter().map(|(kind, _)| kind).collect(),
        ..Snapshot::empty(base.clone())
    });
    // A release that no longer knows the filter by role would ignore it without a word, and answer with all permissions.
    let roles = user.roles.filter(|_| !user.is_superuser && !is_unknown);
    Ok((snapshot, Lists::new(lists), roles))
}

/// Reads the bindings of one application.
///
/// # Errors
/// Any problem with the response.
pub async fn observe_bindings(host: &impl Host, base: &Base, application: &str) -> Result<Vec<Binding>, Box<Error>> {
    let first = send(host, Product::Authentik, base.bindings(application, 1)).await;
    match read_bindings(host, base, application, &first).await {
        Err(error) => Err(explain(host, base, error).await),
        bindings => bindings,
    }
}

/// Checks that an administrator is signed in.
///
/// # Errors
/// [`Error::NotSignedIn`], [`Error::Impersonating`], or any problem with the response.
pub async fn check_session(host: &impl Host, base: &Base) -> Result<(), Box<Error>> {
    read_me(&send(host, Product::Authentik, base.me()).await).map(drop)
}

/// The actual cause of an error: when the session has ended, authentik also answers 403, and then no permission is missing
/// (docs/contract/authentik.md, section 2), or it redirects to the login page.
pub async fn explain(host: &impl Host, base: &Base, error: Box<Error>) -> Box<Error> {
    if !may_be_signed_out(&error) {
        return error;
    }
    match check_session(host, base).await {
        Err(reason) if matches!(*reason, Error::NotSignedIn | Error::Impersonating { .. }) => reason,
        _ => error,
    }
}

fn may_be_signed_out(error: &Error) -> bool {
    matches!(error, Error::NotAllowed { .. } | Error::NoAnswer { cause: transport::SendError::Redirected, .. })
}

const LISTS: [Collection; 7] = [
    Collection::ScopeMappings,
    Collection::Providers,
    Collection::Applications,
    Collection::AuthorizationFlows,
    Collection::InvalidationFlows,
    Collection::SigningKeys,
    Collection::Groups,
];

async fn round(host: &impl Host, requests: Vec<Request>) -> Vec<Answer> {
    // The first round is sent at once: a browser and authentik both cope with a dozen small reads.
    transport::fetch(host, Batch { concurrency: 16, ..Batch::new(Product::Authentik, requests) }).await
}

/// Which authentik answers, and to whom.
struct Identity {
    user: SessionUser,
    brand: Brand,
    version: String,
    own_origin: Option<Origin>,
}

fn identify([me, brand, version, system]: &[Answer; 4]) -> Result<Identity, Box<Error>> {
    let brand: Brand = answer::read(brand, Operation::view(Resource::Brand)).map_err(|error| match *error {
        Error::NotFound { .. } | Error::Unexpected { .. } | Error::NotAllowed { .. } => Box::new(Error::NotAuthentik),
        _ => error,
    })?;
    let user = read_me(me)?;
    let version: RunningVersion = answer::read(version, Operation::view(Resource::Version))?;
    // Optional, so an error is ignored.
    let system: Option<System> = answer::read(system, Operation::view(Resource::System)).ok();
    let own_origin = system.and_then(|system| system.origin());
    Ok(Identity { user, brand, version: version.version_current, own_origin })
}

fn read_me(answer: &Answer) -> Result<SessionUser, Box<Error>> {
    let me: Me = answer::read(answer, Operation::view(Resource::Session))
        .map_err(|error| if may_be_signed_out(&error) { Box::new(Error::NotSignedIn) } else { error })?;
    match me.original {
        Some(original) => Err(Box::new(Error::Impersonating { original: original.username, username: me.user.username })),
        None => Ok(me.user),
    }
}

/// The bindings of an application, of which the first page is here.
async fn read_bindings(host: &impl Host, base: &Base, application: &str, first: &Answer) -> Result<Vec<Binding>, Box<Error>> {
    read_rest(host, Operation::view(Resource::Binding), first, |page| base.bindings(application, page)).await
}

/// An application that was looked up; `None` when there is none that the administrator may see.
fn read_unlisted(answer: &Answer) -> Result<Option<Application>, Box<Error>> {
    match answer::read(answer, Operation::view(Resource::Application)) {
        Err(error) if matches!(*error, Error::NotFound { .. } | Error::NotAllowed { .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// Applications that seem to be for a mailcow; their bindings are read ahead.
fn mailcow_like(applications: &[Application]) -> Vec<String> {
    applications
        .iter()
        .filter(|app| app.provider.is_some())
        .filter(|app| {
            app.meta_launch_url.contains("iam_sso=1")
                || [&app.name, &app.slug].iter().any(|text| text.to_ascii_lowercase().contains("mailcow"))
        })
        .map(|app| app.pk.clone())
        .take(8)
        .collect()
}

/// The rows of a list. One that is not visible is empty; then the missing permission is recorded.
fn visible<T: DeserializeOwned>(list: List<T>, not_visible: &mut Vec<Permission>) -> Result<Vec<T>, Box<Error>> {
    let rows = list.complete();
    if let Err(error) = &rows
        && let Error::NotAllowed { operation } = **error
    {
        not_visible.extend(operation.permission());
        return Ok(Vec::new());
    }
    rows
}

/// All lists that are read completely, in the order of [`LISTS`].
struct Lists {
    mappings: List<ScopeMapping>,
    providers: List<Provider>,
    applications: List<Application>,
    authorization_flows: List<Flow>,
    invalidation_flows: List<Flow>,
    certificates: List<Certificate>,
    groups: List<Group>,
}

impl Lists {
    /// From the first page of each list.
    fn new([mappings, providers, applications, authorization, invalidation, certificates, groups]: &[Answer; 7]) -> Self {
        Self {
            mappings: List::new(Operation::view(Collection::ScopeMappings.resource()), mappings),
            providers: List::new(Operation::view(Collection::Providers.resource()), providers),
            applications: List::new(Operation::view(Collection::Applications.resource()), applications),
            authorization_flows: List::new(Operation::view(Collection::AuthorizationFlows.resource()), authorization),
            invalidation_flows: List::new(Operation::view(Collection::InvalidationFlows.resource()), invalidation),
            certificates: List::new(Operation::view(Collection::SigningKeys.resource()), certificates),
            groups: List::new(Operation::view(Collection::Groups.resource()), groups),
        }
    }

    /// Requests for the pages after the first ones.
    fn missing_pages(&self, base: &Base) -> Vec<Request> {
        let missing = [
            self.mappings.missing_pages(),
            self.providers.missing_pages(),
            self.applications.missing_pages(),
            self.authorization_flows.missing_pages(),
            self.invalidation_flows.missing_pages(),
            self.certificates.missing_pages(),
            self.groups.missing_pages(),
        ];
        LISTS.into_iter().zip(missing).flat_map(|(list, pages)| pages.map(move |page| base.list(list, page))).collect()
    }

    /// Adds the responses to [`Self::missing_pages`].
    fn add(&mut self, answers: &[Answer]) {
        let answers = &mut answers.iter();
        self.mappings.add(answers);
        self.providers.add(answers);
        self.applications.add(answers);
        self.authorization_flows.add(answers);
        self.invalidation_flows.add(answers);
        self.certificates.add(answers);
        self.groups.add(answers);
    }

    /// Stores the lists in a snapshot.
    fn fill(self, snapshot: &mut Snapshot) -> Result<(), Box<Error>> {
        snapshot.mappings = self.mappings.complete()?;
        snapshot.providers = self.providers.complete()?;
        // The secret that is needed is read when it is needed; for the others it matters only whether there is one.
        for provider in &mut snapshot.providers {
            if provider.has_secret_object && provider.client_secret.is_none() {
                snapshot.unknown_field = Some("client_secret");
            }
            provider.client_secret.take_if(|secret| !secret.is_empty());
        }
        snapshot.applications = self.applications.visible()?;
        snapshot.authorization_flows = self.authorization_flows.complete()?;
        snapshot.invalidation_flows = self.invalidation_flows.complete()?;
        snapshot.certificates = visible(self.certificates, &mut snapshot.not_visible)?;
        snapshot.certificates.retain(Certificate::can_sign);
        snapshot.groups = visible(self.groups, &mut snapshot.not_visible)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::SendError;
    use crate::transport::scripted::{Scripted, json, run};

    fn base() -> Base {
        Base::typed("authentik.company").expect("an address").0
    }

    fn application(name: &str, slug: &str) -> Application {
        Application {
            pk: slug.into(),
            name: name.into(),
            slug: slug.into(),
            provider: Some(1),
            meta_launch_url: String::new(),
            group: String::new(),
            needs_all: false,
        }
    }

    /// Until they are read, the panel cannot say whether the chosen groups may use the application.
    #[test]
    fn bindings_are_read_ahead_for_what_is_named_like_a_mailcow_or_leads_to_its_sign_in() {
        let led = Application { meta_launch_url: "https://mail.company/?iam_sso=1".into(), ..application("Post", "led") };
        let unused = Application { provider: None, ..application("mailcow", "unused") };
        let others = Application { meta_launch_url: "https://wiki.company/".into(), ..application("Wiki", "wiki") };
        let all = [application("Our MailCow", "named"), application("Mail", "mailcow-2"), led, unused, others];
        assert_eq!(mailcow_like(&all), ["named", "mailcow-2", "led"]);
    }

    /// What cannot be asked does not hide which permission is missing.
    #[test]
    fn a_refusal_is_the_end_of_a_session_only_if_that_is_certain() {
        let operation = Operation::view(Resource::User);
        for refusal in [Error::NotAllowed { operation }, Error::NoAnswer { operation, cause: SendError::Redirected }] {
            let explained = |me: Answer| {
                let host = Scripted::new(move |_: &Request| me.clone());
                *run(explain(&host, &base(), refusal.clone().into()))
            };
            for ended in [json(403, r#"{"detail":"x"}"#), Err(SendError::Redirected)] {
                assert_eq!(explained(ended), Error::NotSignedIn);
            }
            for unanswered in [json(500, ""), Err(SendError::Network)] {
                assert_eq!(explained(unanswered), refusal);
            }
        }
    }

    #[test]
    fn an_application_is_known_from_the_list_or_because_it_was_looked_up() {
        let mut snapshot = Snapshot::stock(base());
        assert!(!snapshot.knows_application("mail") && !snapshot.knows_application("wiki"));
        snapshot.look_up(vec!["wiki".into()]);
        assert!(!snapshot.knows_application("mail") && snapshot.knows_application("wiki"));
        snapshot.applications.push(application("Mail", "mail"));
        assert!(snapshot.knows_application("mail") && !snapshot.knows_application("other"));
    }

    /// 404 or 403 (docs/contract/newest.md, row 6); anything else says nothing about the application.
    #[test]
    fn only_a_refusal_means_that_an_application_is_not_there_to_be_seen() {
        let answer = |status| json(status, r#"{"detail":"x"}"#);
        for status in [403, 404] {
            assert_eq!(read_unlisted(&answer(status)).map(|found| found.is_some()), Ok(false), "{status}");
        }
        for (what, answer) in [("500", answer(500)), ("200", answer(200)), ("none", Err(SendError::Network))] {
            assert!(read_unlisted(&answer).is_err(), "{what}");
        }
    }
}
