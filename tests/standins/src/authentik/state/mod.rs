//! Everything that the stand-in remembers. All of it may be read and changed by tests.

mod catalogue;
mod directory;
mod ids;
mod journal;
mod oauth2;
mod object_attribute;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use catalogue::{Application, Binding, Bound, Certificate, Designation, Flow, Stage, StageKind};
pub use directory::{Group, Role, User, UserType, Users};
pub use ids::Ids;
pub use journal::{ApiToken, Event, Session, SessionCookies};
pub use oauth2::{
    AuthorizationCode, AuthorizationRequest, Grant, MatchingMode, Provider, RedirectUri, RedirectUse, ScopeMapping, Token,
};
pub use object_attribute::{AttributeOf, AttributeType, ObjectAttribute};

use super::{
    profile::Profile,
    site::Site,
    time::{Micros, SECOND},
};
use crate::language::Language;

/// The state of one authentik.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of authentik's")]
pub struct State {
    /// The release that is played.
    pub profile: Profile,
    /// Where it is reached.
    pub site: Site,
    /// The time; every request moves it on by a millisecond.
    pub now: Micros,
    /// Source of identifiers.
    pub ids: Ids,
    /// The language of every user who has not chosen one: `settings.locale` among the brand's attributes.
    pub language: Language,
    /// Whether the server has not finished starting: everything is answered 503.
    pub starting: bool,
    /// Whether providers have the key of a Secret object in place of a client secret, as in the development state of 2026.11.
    pub has_secret_objects: bool,
    /// Whether applications without binding are open to everybody (2026.5 and later can switch it off).
    pub default_app_access: bool,
    /// Host name of the brand.
    pub brand_domain: String,
    /// Whether users may change their own address where no attribute says it (`default_user_change_email`).
    pub default_user_change_email: bool,
    /// The largest page, where an administrator has set one (`pagination_max_page_size`, since 2025.12).
    pub largest_page: Option<usize>,
    /// Users.
    pub users: Users,
    /// The last filtered list of users, so that walking through its pages costs no more than their entries.
    pub(super) user_list: Option<UserList>,
    /// Definitions of attributes; only versions that know them enforce them.
    pub object_attributes: Vec<ObjectAttribute>,
    /// Groups, in the order of creation.
    pub groups: IndexMap<Uuid, Group>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Scope mappings, in the order of creation.
    pub mappings: Vec<ScopeMapping>,
    /// Providers, in the order of creation.
    pub providers: Vec<Provider>,
    /// Applications.
    pub applications: Vec<Application>,
    /// Bindings, in the order of creation.
    pub bindings: Vec<Binding>,
    /// Flows.
    pub flows: Vec<Flow>,
    /// Slug of the flow that signs in.
    pub authentication_flow: String,
    /// Slug of the flow that signs out.
    pub invalidation_flow: String,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Events, oldest first.
    pub events: Vec<Event>,
    /// How long new events are kept.
    pub event_retention: Micros,
    /// Sessions, by the value of their cookie.
    pub sessions: HashMap<String, Session>,
    /// API tokens.
    pub tokens: Vec<ApiToken>,
    /// Codes that have not been redeemed.
    pub codes: Vec<AuthorizationCode>,
    /// Access tokens.
    pub access_tokens: Vec<Token>,
    /// Refresh tokens.
    pub refresh_tokens: Vec<Token>,
    /// Primary key of the next user.
    pub next_user: i64,
    /// Primary key of the next provider; a refused or rehearsed insertion uses one up, too.
    pub next_provider: i64,
    /// Primary key of the next access or refresh token.
    pub next_token: i64,
}

impl State {
    /// A user is deleted, with everything that refers to them.
    pub fn delete_user(&mut self, pk: i64) {
        self.users.remove(pk);
        self.codes.retain(|code| code.grant.user != pk);
        self.access_tokens.retain(|token| token.grant.user != pk);
        self.refresh_tokens.retain(|token| token.grant.user != pk);
        self.sessions.retain(|_, session| session.user != Some(pk));
        self.bindings.retain(|binding| binding.bound != Bound::User(pk));
    }

    /// Nothing but the settings.
    #[must_use]
    pub(super) fn empty(profile: Profile, site: Site, seed: u64) -> Self {
        Self {
            profile,
            site,
            now: super::time::parse("2026-11-23T13:42:00Z"),
            ids: Ids::seeded(seed),
            language: Language::default(),
            starting: false,
            has_secret_objects: false,
            default_app_access: true,
            brand_domain: "authentik-default".to_owned(),
            default_user_change_email: false,
            largest_page: None,
            users: Users::default(),
            user_list: None,
            object_attributes: Vec::new(),
            groups: IndexMap::new(),
            roles: Vec::new(),
            mappings: Vec::new(),
            providers: Vec::new(),
            applications: Vec::new(),
            bindings: Vec::new(),
            flows: Vec::new(),
            authentication_flow: String::new(),
            invalidation_flow: String::new(),
            certificates: Vec::new(),
            events: Vec::new(),
            event_retention: 365 * 86_400 * SECOND,
            sessions: HashMap::new(),
            tokens: Vec::new(),
            codes: Vec::new(),
            access_tokens: Vec::new(),
            refresh_tokens: Vec::new(),
            next_user: 5,
            next_provider: 3,
            next_token: 1,
        }
    }

    /// The largest page; larger sizes are lowered without a word.
    #[must_use]
    pub(super) fn max_page_size(&self) -> Option<usize> {
        let own = self.profile.max_page_size()?;
        Some(self.largest_page.unwrap_or(own))
    }

    /// The group with this name.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.values().find(|group| group.name == name)
    }

    /// The mapping with this primary key.
    #[must_use]
    pub fn mapping(&self, pk: Uuid) -> Option<&ScopeMapping> {
        self.mappings.iter().find(|mapping| mapping.pk == pk)
    }

    /// The mapping that authentik keeps under `goauthentik.io/providers/oauth2/<name>`.
    #[must_use]
    pub fn managed_mapping(&self, name: &str) -> Option<&ScopeMapping> {
        self.mappings
            .iter()
            .find(|mapping| mapping.managed.as_deref().and_then(|managed| managed.strip_prefix(MANAGED)) == Some(name))
    }

    /// The provider with this primary key.
    #[must_use]
    pub fn provider(&self, pk: i64) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.pk == pk)
    }

    /// The same, to be changed.
    pub fn provider_mut(&mut self, pk: i64) -> Option<&mut Provider> {
        self.providers.iter_mut().find(|provider| provider.pk == pk)
    }

    /// The provider with this client ID.
    #[must_use]
    pub fn client(&self, client_id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.client_id == client_id)
    }

    /// The application with this slug.
    #[must_use]
    pub fn application(&self, slug: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.slug == slug)
    }

    /// The same, to be changed.
    pub fn application_mut(&mut self, slug: &str) -> Option<&mut Application> {
        self.applications.iter_mut().find(|application| application.slug == slug)
    }

    /// The application that a provider belongs to.
    #[must_use]
    pub fn application_of(&self, provider: i64) -> Option<&Application> {
        self.applications.iter().find(|application| application.provider == Some(provider))
    }

    /// The flow with this primary key.
    #[must_use]
    pub fn flow(&self, pk: Uuid) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.pk == pk)
    }

    /// The flow with this slug.
    #[must_use]
    pub fn flow_named(&self, slug: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.slug == slug)
    }

    /// The group and every group above it.
    #[must_use]
    pub fn with_ancestors(&self, groups: &[Uuid]) -> BTreeSet<Uuid> {
        let mut found = BTreeSet::new();
        let mut todo: Vec<Uuid> = groups.to_vec();
        while let Some(pk) = todo.pop() {
            if found.insert(pk)
                && let Some(group) = self.groups.get(&pk)
            {
                todo.extend(&group.parents);
            }
        }
        found
    }

    /// Whether a user is a member of a group that may do everything.
    #[must_use]
    pub fn is_superuser(&self, user: &User) -> bool {
        !user.groups.is_empty()
            && self.with_ancestors(&user.groups).iter().any(|pk| self.groups.get(pk).is_some_and(|group| group.is_superuser))
    }

    /// Starts a session for a user and returns the value of its cookie.
    pub fn start_session(&mut self, user: Option<i64>) -> String {
        let key = self.ids.alphanumeric(40);
        let session = Session { user, signed_in: self.now, ..Session::default() };
        self.sessions.insert(key.clone(), session);
        key
    }

    /// Writes an event; `user` is `None` for somebody who is not signed in.
    pub(super) fn record(&mut self, action: &str, app: &str, user: Option<i64>, context: Map<String, Value>) {
        let user = user.and_then(|pk| self.users.get(pk)).map_or_else(
            || serde_json::json!({"pk": 1, "email": "", "username": "AnonymousUser", "is_anonymous": true}),
            |user| serde_json::json!({"pk": user.pk, "email": user.email, "username": user.username}),
        );
        self.events.push(Event {
            pk: self.ids.uuid(),
            action: action.to_owned(),
            app: app.to_owned(),
            user,
            context,
            created: self.now,
            expires: self.now + self.event_retention,
        });
    }

    /// Says of the last event that an administrator did it in the place of its user (`Event.from_http`).
    pub(super) fn name_impersonator(&mut self, original: i64) {
        let Some(admin) = self.users.get(original) else { return };
        let mut user = serde_json::json!({"pk": admin.pk, "email": admin.email, "username": admin.username});
        if let Some(event) = self.events.last_mut() {
            user["on_behalf_of"] = event.user.take();
            event.user = user;
        }
    }

    /// Moves the time on.
    pub fn advance(&mut self, seconds: i64) {
        self.now += seconds * SECOND;
    }
}

/// A filtered list of users.
#[derive(Clone, Debug)]
pub(super) struct UserList {
    /// The filters and the order.
    pub(super) query: String,
    /// [`Users::revision`] when it was made.
    pub(super) revision: u64,
    /// Primary keys in order.
    pub(super) pks: Vec<i64>,
}

/// What the identifiers of managed scope mappings begin with.
pub const MANAGED: &str = "goauthentik.io/providers/oauth2/scope-";
