//! Reads an authentik: who is signed in, what may be done, and what of a mailcow integration exists.
//!
//! One round of requests side by side, and a second one only for lists longer than a page and for the bindings of applications
//! that look like a mailcow.

use std::cell::RefCell;
use std::rc::Rc;

use super::answer::{self, Error};
use super::api::{Base, Collection, Creatable};
use super::types::{
    Application, Binding, Brand, Certificate, Flow, Group, Me, Metadata, Page, Provider, RunningVersion, ScopeMapping,
};
use super::version::Version;
use crate::json::{self, FromJson, Value};
use crate::transport::{self, Answer, Batch, Outside, Product, Request, ask};

/// What an authentik was when it was read.
pub struct Snapshot {
    /// Which authentik.
    pub base: Base,
    /// Milliseconds since 1970.
    pub read_at_ms: u64,
    /// Version text as it gives it.
    pub version_text: String,
    /// Version; `None` when the text is unlike any release.
    pub version: Option<Version>,
    /// Title chosen by its administrator.
    pub brand: String,
    /// User name of the administrator.
    pub username: String,
    /// Whether they pass every permission check.
    pub is_superuser: bool,
    /// Kinds of objects that they may create.
    pub may_create: Vec<Creatable>,
    /// Scope mappings.
    pub mappings: Vec<ScopeMapping>,
    /// `OAuth2` providers, without their client secrets: an empty one says that there is none.
    pub providers: Vec<Provider>,
    /// Applications that they may see.
    pub applications: Vec<Application>,
    /// Flows that authorize.
    pub authorization_flows: Vec<Flow>,
    /// Flows that sign out.
    pub invalidation_flows: Vec<Flow>,
    /// Certificates with a key that can sign; empty when they may not be seen.
    pub certificates: Vec<Certificate>,
    /// Groups; empty when they may not be seen.
    pub groups: Vec<Group>,
    /// Bindings by primary key of the application, for those read so far.
    pub(super) bindings: RefCell<Vec<(String, Rc<[Binding]>)>>,
    /// Permissions whose absence left a part of this empty.
    pub not_visible: Vec<&'static str>,
}

impl Snapshot {
    /// Of an authentik of which nothing is known but where it is.
    pub(super) fn empty(base: Base) -> Self {
        Self {
            base,
            read_at_ms: 0,
            version_text: String::new(),
            version: None,
            brand: String::new(),
            username: String::new(),
            is_superuser: false,
            may_create: Vec::new(),
            mappings: Vec::new(),
            providers: Vec::new(),
            applications: Vec::new(),
            authorization_flows: Vec::new(),
            invalidation_flows: Vec::new(),
            certificates: Vec::new(),
            groups: Vec::new(),
            bindings: RefCell::default(),
            not_visible: Vec::new(),
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

    /// Whether both say the same of the same authentik, whenever they were read.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        // Named one by one, so that a new field has to be thought of.
        let Self { base, read_at_ms: _, version_text, version, brand, username, is_superuser, may_create, .. } = self;
        let Self { mappings, providers, applications, authorization_flows, invalidation_flows, .. } = self;
        let Self { certificates, groups, bindings, not_visible, .. } = self;
        let of_other = |pk: &String| other.bindings_of(pk);
        let bindings = bindings.borrow();
        *base == other.base
            && *version_text == other.version_text
            && *version == other.version
            && *brand == other.brand
            && *username == other.username
            && *is_superuser == other.is_superuser
            && *may_create == other.may_create
            && *mappings == other.mappings
            && *providers == other.providers
            && *applications == other.applications
            && *authorization_flows == other.authorization_flows
            && *invalidation_flows == other.invalidation_flows
            && *certificates == other.certificates
            && *groups == other.groups
            && *not_visible == other.not_visible
            && bindings.iter().all(|(pk, bindings)| of_other(pk).as_ref() == Some(bindings))
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

/// Reads everything but users.
///
/// # Errors
/// When this is no usable authentik, nobody is signed in, or a list that is indispensable may not be read.
pub async fn observe(outside: &impl Outside, base: &Base) -> Result<Box<Snapshot>, Box<Error>> {
    match read_all(outside, base, &[]).await {
        Err(error) => Err(explain(outside, base, error).await),
        snapshot => snapshot,
    }
}

/// Reads an authentik again, with all bindings that are known of it.
///
/// # Errors
/// As [`observe`].
pub async fn observe_again(outside: &impl Outside, known: &Snapshot) -> Result<Box<Snapshot>, Box<Error>> {
    match read_all(outside, &known.base, &known.with_bindings()).await {
        Err(error) => Err(explain(outside, &known.base, error).await),
        snapshot => snapshot,
    }
}

/// `bound` are primary keys of applications whose bindings are wanted, whatever the application looks like.
async fn read_all(outside: &impl Outside, base: &Base, bound: &[String]) -> Result<Box<Snapshot>, Box<Error>> {
    let requests = [
        [base.me(), base.brand(), base.version()].to_vec(),
        LISTS.iter().map(|list| base.list(*list, 1)).collect(),
        Creatable::ALL.iter().map(|kind| base.rights(*kind)).collect(),
    ]
    .concat();
    let (mut snapshot, mut lists) = first_round(base, &round(outside, requests).await)?;
    snapshot.read_at_ms = outside.now_ms();
    let mut candidates = mailcow_like(&lists.read::<Application>(Collection::Applications)?);
    for pk in bound {
        if !candidates.contains(pk) {
            candidates.push(pk.clone());
        }
    }
    let missing = lists.missing_pages.iter().map(|(list, page)| base.list(LISTS[*list], *page));
    let requests: Vec<Request> = missing.chain(candidates.iter().map(|pk| base.bindings(pk))).collect();
    if !requests.is_empty() {
        let mut answers = round(outside, requests).await;
        let binding_answers = answers.split_off(lists.missing_pages.len());
        lists.add(&answers);
        for (application, answer) in candidates.into_iter().zip(&binding_answers) {
            if let Ok(page) = read_bindings(answer) {
                snapshot.add_bindings(application, page);
            }
        }
    }
    lists.fill(&mut snapshot)?;
    Ok(snapshot)
}

/// What the first round says: all but the lists, and their first pages.
fn first_round(base: &Base, answers: &[Answer]) -> Result<(Box<Snapshot>, Lists), Box<Error>> {
    let (fixed, rest) = answers.split_at_checked(3).unwrap_or_default();
    let (lists, rights) = rest.split_at_checked(LISTS.len()).unwrap_or_default();
    let (me, brand, version_text) = identify(fixed)?;
    let version = Version::parse(&version_text);
    if version.is_some_and(|version| version < Version::OLDEST) {
        return Err(Box::new(Error::TooOld { version: version_text }));
    }
    let may_create = |(kind, answer): (&Creatable, &Answer)| {
        let meta = answer::read::<Metadata>(answer, kind.endpoint(), kind.add_permission());
        meta.is_ok_and(|meta| meta.may_create).then_some(*kind)
    };
    let snapshot = Box::new(Snapshot {
        version,
        version_text,
        brand,
        username: me.username,
        is_superuser: me.is_superuser,
        may_create: Creatable::ALL.iter().zip(rights).filter_map(may_create).collect(),
        ..Snapshot::empty(base.clone())
    });
    Ok((snapshot, Lists::new(lists)))
}

/// Reads the bindings of one application.
///
/// # Errors
/// Whatever is wrong with the answer.
pub async fn observe_bindings(outside: &impl Outside, base: &Base, application: &str) -> Result<Vec<Binding>, Box<Error>> {
    match read_bindings(&ask(outside, Product::Authentik, base.bindings(application)).await) {
        Err(error) => Err(explain(outside, base, error).await),
        bindings => bindings,
    }
}

/// Asks who is signed in.
///
/// # Errors
/// [`Error::NotSignedIn`], [`Error::Impersonating`], or whatever is wrong with the answer.
pub async fn check_session(outside: &impl Outside, base: &Base) -> Result<(), Box<Error>> {
    read_me(&ask(outside, Product::Authentik, base.me()).await).map(drop)
}

/// What an error really is: authentik answers 403 as well when the session has ended, which is nobody's missing permission
/// (contract/authentik.md, section 2).
pub async fn explain(outside: &impl Outside, base: &Base, error: Box<Error>) -> Box<Error> {
    if !matches!(*error, Error::NotAllowed { .. }) {
        return error;
    }
    match check_session(outside, base).await {
        Err(reason) if matches!(*reason, Error::NotSignedIn | Error::Impersonating { .. }) => reason,
        _ => error,
    }
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

async fn round(outside: &impl Outside, requests: Vec<Request>) -> Vec<Answer> {
    // The first look asks everything at once: a browser and authentik both cope with a dozen small reads.
    let concurrency = u32::try_from(requests.len()).unwrap_or(transport::CONCURRENCY).clamp(1, 16);
    transport::look(outside, Batch { concurrency, ..Batch::new(Product::Authentik, requests) }).await
}

fn identify(answers: &[Answer]) -> Result<(super::types::SessionUser, String, String), Box<Error>> {
    let [me, brand, version] = answers else {
        return Err(Box::new(Error::NotAuthentik));
    };
    let brand: Brand = answer::read(brand, "core/brands/current/", "").map_err(|error| match *error {
        Error::NotFound { .. } | Error::Unexpected { .. } | Error::NotAllowed { .. } => Box::new(Error::NotAuthentik),
        _ => error,
    })?;
    let user = read_me(me)?;
    let version: RunningVersion = answer::read(version, "admin/version/", "")?;
    Ok((user, brand.branding_title, version.version_current))
}

fn read_me(answer: &Answer) -> Result<super::types::SessionUser, Box<Error>> {
    let me: Me = answer::read(answer, "core/users/me/", "").map_err(|error| match *error {
        // Somebody whose session ended is refused, or sent to the login page.
        Error::NotAllowed { .. } | Error::NoAnswer { cause: transport::SendError::Redirected, .. } => {
            Box::new(Error::NotSignedIn)
        }
        _ => error,
    })?;
    match me.original {
        Some(original) => Err(Box::new(Error::Impersonating { original: original.username, username: me.user.username })),
        None => Ok(me.user),
    }
}

fn read_bindings(answer: &Answer) -> Result<Vec<Binding>, Box<Error>> {
    answer::read::<Page<Binding>>(answer, "policies/bindings/", "authentik_policies.view_policybinding").map(|page| page.results)
}

/// Applications whose look says mailcow; their bindings are read ahead.
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

/// The elements of all lists, as their pages arrive.
struct Lists {
    elements: Vec<Result<Vec<Value>, Box<Error>>>,
    missing_pages: Vec<(usize, u32)>,
}

impl Lists {
    /// From the first page of each list.
    fn new(first: &[Answer]) -> Self {
        let mut lists = Self { elements: Vec::new(), missing_pages: Vec::new() };
        for (number, (list, answer)) in LISTS.iter().zip(first).enumerate() {
            let page = read_page(*list, answer);
            let total = page.as_ref().map_or(1, |page| page.pagination.total_pages);
            lists.missing_pages.extend((2..=total).map(|page| (number, page)));
            lists.elements.push(page.map(|page| page.results));
        }
        lists
    }

    /// Adds the missing pages, in their order.
    fn add(&mut self, answers: &[Answer]) {
        for ((number, _), answer) in self.missing_pages.iter().zip(answers) {
            let Some(Ok(elements)) = self.elements.get_mut(*number) else { continue };
            match read_page(LISTS[*number], answer) {
                Ok(page) => elements.extend(page.results),
                Err(error) => self.elements[*number] = Err(error),
            }
        }
    }

    /// Hands over what has arrived.
    fn fill(&mut self, snapshot: &mut Snapshot) -> Result<(), Box<Error>> {
        snapshot.mappings = self.read(Collection::ScopeMappings)?;
        snapshot.providers = self.read(Collection::Providers)?;
        // The one that is needed is read when it is needed; of the others it matters only whether they have one.
        for provider in &mut snapshot.providers {
            provider.client_secret.take_if(|secret| !secret.is_empty());
        }
        snapshot.applications = self.read(Collection::Applications)?;
        snapshot.authorization_flows = self.read(Collection::AuthorizationFlows)?;
        snapshot.invalidation_flows = self.read(Collection::InvalidationFlows)?;
        snapshot.certificates = self.read_visible(Collection::SigningKeys, &mut snapshot.not_visible)?;
        snapshot.certificates.retain(Certificate::can_sign);
        snapshot.groups = self.read_visible(Collection::Groups, &mut snapshot.not_visible)?;
        Ok(())
    }

    /// What has arrived of a list.
    fn read<T: FromJson>(&mut self, list: Collection) -> Result<Vec<T>, Box<Error>> {
        json::list(self.elements(list)?).map_err(|_| answer::wrong_shape(list.endpoint()).into())
    }

    /// The same of a list that may be hidden; then the missing permission is noted.
    fn read_visible<T: FromJson>(&mut self, list: Collection, not_visible: &mut Vec<&'static str>) -> Result<Vec<T>, Box<Error>> {
        let read = self.read(list);
        if let Err(error) = &read
            && let Error::NotAllowed { permission, .. } = **error
        {
            not_visible.push(permission);
            return Ok(Vec::new());
        }
        read
    }

    /// Elements that have arrived; what is wrong with the list is said once.
    fn elements(&mut self, list: Collection) -> Result<&[Value], Box<Error>> {
        match LISTS.iter().zip(&mut self.elements).find(|(known, _)| **known == list) {
            Some((_, Ok(elements))) => Ok(elements),
            Some((_, error)) => std::mem::replace(error, Ok(Vec::new())).map(|_| &[][..]),
            None => Ok(&[]),
        }
    }
}

fn read_page(list: Collection, answer: &Answer) -> Result<Page<Value>, Box<Error>> {
    answer::read(answer, list.endpoint(), list.view_permission())
}
