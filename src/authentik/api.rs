//! Every request that Cowbell can send to authentik: this file is the complete list.
//!
//! Paths and parameters: docs/contract/authentik.md, sections 1 to 8 and 13. All paths end with a slash, because authentik
//! answers 404 without it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use super::{Attributes, Resource};
use crate::setup::{AddressError, AddressNote, CheckedAddress, Origin, Parties, Secret};
use crate::transport::{CookieHeader, Method, Product, Request, WriteGuard};
use crate::wire::{RawObject, write};

/// Number of objects per page in requests. Since 2025.12 authentik returns at most 100 (docs/contract/authentik.md, section 3).
pub const PAGE_SIZE: u32 = 100;

/// Repeats the CSRF cookie, without which authentik refuses every write of a session (section 12).
const CSRF: CookieHeader = CookieHeader { cookie: "authentik_csrf", header: "X-authentik-CSRF" };

/// Path prefixes below the base path of an authentik (section 1).
const BELOW: [&str; 3] = ["/if/", "/application/", "/api/"];

/// Location of an authentik: its origin and its base path (`web.path`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    origin: Origin,
    path: String,
}

/// A collection of objects in authentik's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    ScopeMappings,
    /// `OAuth2` providers.
    Providers,
    /// Applications; for superusers all of them.
    Applications,
    /// Authorization flows.
    AuthorizationFlows,
    /// Invalidation flows.
    InvalidationFlows,
    /// Certificates that have a private key.
    SigningKeys,
    Groups,
    Users,
}

impl Collection {
    /// The kind of object in the list.
    #[must_use]
    pub fn resource(self) -> Resource {
        match self {
            Self::ScopeMappings => Resource::ScopeMapping,
            Self::Providers => Resource::Provider,
            Self::Applications => Resource::Application,
            Self::AuthorizationFlows | Self::InvalidationFlows => Resource::Flow,
            Self::SigningKeys => Resource::SigningKey,
            Self::Groups => Resource::Group,
            Self::Users => Resource::User,
        }
    }

    fn query(self) -> &'static str {
        match self {
            Self::ScopeMappings | Self::Providers => "ordering=name",
            Self::Applications => "superuser_full_list=true&ordering=name",
            Self::AuthorizationFlows => "designation=authorization&ordering=slug",
            Self::InvalidationFlows => "designation=invalidation&ordering=slug",
            Self::SigningKeys => "has_key=true&ordering=name",
            Self::Groups => "include_users=false&ordering=name",
            Self::Users => "include_groups=false&include_roles=false&ordering=username",
        }
    }
}

/// An object in authentik's API that Cowbell reads, updates or removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A scope mapping, by primary key.
    ScopeMapping(String),
    /// A provider, by primary key.
    Provider(i64),
    /// An application, by slug.
    Application(String),
    /// A policy binding, by primary key.
    Binding(String),
    /// A group, by primary key.
    Group(String),
    /// A user, by primary key.
    User(i64),
}

impl Object {
    /// The kind of object.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match self {
            Self::ScopeMapping(_) => Resource::ScopeMapping,
            Self::Provider(_) => Resource::Provider,
            Self::Application(_) => Resource::Application,
            Self::Binding(_) => Resource::Binding,
            Self::Group(_) => Resource::Group,
            Self::User(_) => Resource::User,
        }
    }

    fn path(&self) -> String {
        let collection = self.resource().endpoint();
        match self {
            Self::ScopeMapping(key) | Self::Application(key) | Self::Binding(key) | Self::Group(key) => {
                format!("{collection}{}/", segment(key))
            }
            Self::Provider(pk) | Self::User(pk) => format!("{collection}{pk}/"),
        }
    }
}

/// A kind of object that Cowbell creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creatable {
    ScopeMapping,
    /// An `OAuth2` provider.
    Provider,
    Application,
    /// A policy binding.
    Binding,
}

impl Creatable {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::ScopeMapping, Self::Provider, Self::Application, Self::Binding];

    /// The kind of object.
    #[must_use]
    pub fn resource(self) -> Resource {
        match self {
            Self::ScopeMapping => Resource::ScopeMapping,
            Self::Provider => Resource::Provider,
            Self::Application => Resource::Application,
            Self::Binding => Resource::Binding,
        }
    }

    /// The fields that Cowbell writes and that every known version has.
    #[must_use]
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::ScopeMapping => &["name", "scope_name", "expression"],
            Self::Provider => &[
                "name",
                "authorization_flow",
                "invalidation_flow",
                "property_mappings",
                "client_type",
                "client_id",
                "client_secret",
                "signing_key",
                "redirect_uris",
            ],
            Self::Application => &["name", "slug", "provider", "meta_launch_url", "group"],
            Self::Binding => &["target", "group", "order", "enabled"],
        }
    }
}

impl Base {
    /// The authentik to whose interface a page belongs: everything before `/if/` (section 1, sub-path installs). `None` when the
    /// page is not part of authentik's interface.
    #[must_use]
    pub fn of(page_url: &str) -> Option<Self> {
        let origin = Origin::of(page_url)?;
        let path = page_url.split(['?', '#']).next()?.split_once("://")?.1;
        let path = &path[path.find('/')?..];
        let at = path.find("/if/")?;
        let interface = &path[at + 4..];
        let known =
            ["admin", "user", "flow"].into_iter().any(|name| interface == name || interface.starts_with(&format!("{name}/")));
        known.then(|| Self { origin, path: path[..=at].to_owned() })
    }

    /// The authentik that an address denotes: its own, with its path, or any page below it.
    ///
    /// # Errors
    /// An [`AddressError`] when the text cannot be parsed safely.
    pub fn typed(text: &str) -> Result<(Self, Vec<AddressNote>), AddressError> {
        let CheckedAddress { origin, path, mut notes } = CheckedAddress::parse(text, None)?;
        let end = BELOW.iter().filter_map(|part| path.find(part)).min().unwrap_or(path.len());
        let kept = path[..end].trim_end_matches('/');
        if path.trim_end_matches('/') == kept && !text.contains(['?', '#']) {
            notes.retain(|note| *note != AddressNote::PathRemoved);
        }
        Ok((Self { origin, path: format!("{kept}/") }, notes))
    }

    /// The origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The address as users know it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}{}", self.origin, self.path.trim_end_matches('/'))
    }

    fn api(&self, path: &str) -> String {
        format!("{}{}api/v3/{path}", self.origin, self.path)
    }

    fn write(&self, guard: &WriteGuard, method: Method, path: &str) -> Request {
        guard.count(Product::Authentik);
        Request::new(method, self.api(path)).csrf(CSRF)
    }

    /// Reads who is signed in.
    #[must_use]
    pub fn me(&self) -> Request {
        Request::new(Method::Get, self.api(Resource::Session.endpoint()))
    }

    /// Reads the brand of this host name; answered without a session.
    #[must_use]
    pub fn brand(&self) -> Request {
        Request::new(Method::Get, self.api(Resource::Brand.endpoint()))
    }

    /// Reads the running version.
    #[must_use]
    pub fn version(&self) -> Request {
        Request::new(Method::Get, self.api(Resource::Version.endpoint()))
    }

    /// Reads at which address authentik believes that it is reached, which needs a permission.
    #[must_use]
    pub fn system(&self) -> Request {
        Request::new(Method::Get, self.api(Resource::System.endpoint()))
    }

    /// Reads the settings of the installation, which needs a permission.
    #[must_use]
    pub fn settings(&self) -> Request {
        Request::new(Method::Get, self.api(Resource::Settings.endpoint()))
    }

    /// Reads one page of a collection; pages count from 1.
    #[must_use]
    pub fn list(&self, collection: Collection, page: u32) -> Request {
        let (path, query) = (collection.resource().endpoint(), collection.query());
        Request::new(Method::Get, self.api(&format!("{path}?{query}&page={page}&page_size={PAGE_SIZE}")))
    }

    /// Reads one page of the bindings of an application, given by primary key.
    #[must_use]
    pub fn bindings(&self, application: &str, page: u32) -> Request {
        let query = format!("target={}&ordering=order&page={page}&page_size={PAGE_SIZE}", segment(application));
        Request::new(Method::Get, self.api(&format!("{}?{query}", Resource::Binding.endpoint())))
    }

    /// Reads one page of the entitlements of an application, given by primary key.
    #[must_use]
    pub fn entitlements(&self, application: &str, page: u32) -> Request {
        let query = format!("app={}&ordering=name&page={page}&page_size={PAGE_SIZE}", segment(application));
        Request::new(Method::Get, self.api(&format!("{}?{query}", Resource::Entitlement.endpoint())))
    }

    /// Reads what the session may do with a kind of object (section 2, "Permission probe").
    #[must_use]
    pub fn rights(&self, kind: Creatable) -> Request {
        Request::new(Method::Options, self.api(kind.resource().endpoint()))
    }

    /// Reads whether the session may change an object (section 2, "Permission probe").
    #[must_use]
    pub fn rights_to(&self, object: &Object) -> Request {
        Request::new(Method::Options, self.api(&object.path()))
    }

    /// Reads one object.
    #[must_use]
    pub fn read(&self, object: &Object) -> Request {
        Request::new(Method::Get, self.api(&object.path()))
    }

    /// Reads the absolute endpoint URLs of a provider.
    #[must_use]
    pub fn setup_urls(&self, provider: i64) -> Request {
        Request::new(Method::Get, self.api(&format!("providers/oauth2/{provider}/setup_urls/")))
    }

    /// Reads the claims that a provider's client would get for a user.
    #[must_use]
    pub fn preview_claims(&self, provider: i64, user: i64) -> Request {
        Request::new(Method::Get, self.api(&format!("providers/oauth2/{provider}/preview_user/?for_user={user}")))
    }

    /// Reads whether a user may use an application, given by slug; about other users authentik answers to superusers only.
    #[must_use]
    pub fn check_access(&self, application: &str, user: i64) -> Request {
        let slug = segment(application);
        Request::new(Method::Get, self.api(&format!("core/applications/{slug}/check_access/?for_user={user}")))
    }

    /// Reads one page of the newest events of one kind; with a search text, only those that contain it anywhere, such as in the
    /// query of the request (recording 710). `action` matches parts, which works in every version, unlike `actions` (section
    /// 14).
    #[must_use]
    pub fn events(&self, action: &'static str, text: &str, page: u32) -> Request {
        let query = format!("action={action}&ordering=-created&page={page}&page_size={PAGE_SIZE}&search={}", segment(text));
        Request::new(Method::Get, self.api(&format!("{}?{query}", Resource::Event.endpoint())))
    }

    /// Reads the oldest event that authentik still has.
    #[must_use]
    pub fn oldest_event(&self) -> Request {
        Request::new(Method::Get, self.api(&format!("{}?ordering=created&page=1&page_size=1", Resource::Event.endpoint())))
    }

    /// Reads one page of the access tokens of a provider; superusers see those of all users, others their own (section 14).
    #[must_use]
    pub fn access_tokens(&self, provider: i64, page: u32) -> Request {
        let query = format!("provider={provider}&ordering=-expires&page={page}&page_size={PAGE_SIZE}");
        Request::new(Method::Get, self.api(&format!("{}?{query}", Resource::AccessToken.endpoint())))
    }

    /// Reads which objects use a scope mapping.
    #[must_use]
    pub fn mapping_used_by(&self, mapping: &str) -> Request {
        Request::new(Method::Get, self.api(&format!("propertymappings/provider/scope/{}/used_by/", segment(mapping))))
    }

    /// Reads which permissions on all bindings a role has, given by primary key (section 2).
    #[must_use]
    pub fn permissions_on_bindings(&self, role: &str) -> Request {
        let kind = "content_type__app_label=authentik_policies&content_type__model=policybinding";
        let query = format!("{kind}&role={}&page=1&page_size={PAGE_SIZE}", segment(role));
        Request::new(Method::Get, self.api(&format!("{}?{query}", Resource::Permission.endpoint())))
    }

    /// Creates an object.
    #[must_use]
    pub fn create(&self, guard: &WriteGuard, kind: Creatable, body: &RawObject) -> Request {
        self.write(guard, Method::Post, kind.resource().endpoint()).json(write(body))
    }

    /// Creates application, provider and bindings together or not at all (section 7).
    #[must_use]
    pub fn create_application(&self, guard: &WriteGuard, body: &RawObject) -> Request {
        self.write(guard, Method::Put, Resource::ApplicationWithProvider.endpoint()).json(write(body))
    }

    /// Updates the named fields of an object.
    #[must_use]
    pub fn change(&self, guard: &WriteGuard, object: &Object, body: &RawObject) -> Request {
        self.write(guard, Method::Patch, &object.path()).json(write(body))
    }

    /// Gives a provider another client secret, from the page of the authentik that shares it.
    #[must_use]
    pub fn change_client_secret(&self, guard: &WriteGuard, provider: i64, secret: &Secret, parties: &Parties) -> Request {
        let body = RawObject::default().with("client_secret", secret.reveal());
        self.change(guard, &Object::Provider(provider), &body).sent_from(parties.authentik())
    }

    /// Replaces all attributes of a user or group, and changes nothing else.
    #[must_use]
    pub fn change_attributes(&self, guard: &WriteGuard, object: &Object, attributes: &Attributes) -> Request {
        self.write(guard, Method::Patch, &object.path()).json(attributes.body())
    }

    /// Removes an object.
    #[must_use]
    pub fn remove(&self, guard: &WriteGuard, object: &Object) -> Request {
        self.write(guard, Method::Delete, &object.path())
    }
}

/// Characters that are not encoded in a segment of a path. A dot is: `..` would leave the collection.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Encodes a text as one segment of a path, or one value of a query: whatever the name of an object, the path stays in its
/// collection.
fn segment(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, &SEGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::guard;

    #[test]
    fn finds_the_base_of_an_interface() {
        let address = |url| Base::of(url).map(|base| base.address());
        assert_eq!(address("https://authentik.company/if/admin/#/core/providers").as_deref(), Some("https://authentik.company"));
        assert_eq!(address("https://login.example/sso/if/admin/").as_deref(), Some("https://login.example/sso"));
        assert_eq!(address("https://authentik.company/if/admin").as_deref(), Some("https://authentik.company"));
        assert_eq!(address("https://example.org/what/if/i/am"), None);
        assert_eq!(address("https://example.org/?q=/if/admin/"), None);
        assert_eq!(address("about:blank"), None);
    }

    #[test]
    fn understands_how_people_name_an_authentik() {
        let typed = |text: &str| Base::typed(text).map(|(base, notes)| (base.address(), notes));
        let plain = |address: &str, notes: &[AddressNote]| Ok((address.to_owned(), notes.to_vec()));
        assert_eq!(typed("https://authentik.company"), plain("https://authentik.company", &[]));
        assert_eq!(typed("authentik.company/"), plain("https://authentik.company", &[AddressNote::SchemeAdded]));
        assert_eq!(typed("https://login.example/sso/"), plain("https://login.example/sso", &[]));
        for below in ["if/admin/#/core/providers", "application/o/token/", "?next=/"] {
            let text = format!("https://login.example/sso/{below}");
            assert_eq!(typed(&text), plain("https://login.example/sso", &[AddressNote::PathRemoved]), "{text}");
        }
        assert_eq!(typed("http://authentik.company"), Err(AddressError::NotSecure));
    }

    #[test]
    fn a_hostile_key_stays_one_segment() {
        let base = Base::of("https://authentik.company/if/admin/").unwrap();
        let request = base.remove(&guard(), &Object::Application("../../core/users/3?x".into()));
        assert_eq!(request.url(), "https://authentik.company/api/v3/core/applications/%2E%2E%2F%2E%2E%2Fcore%2Fusers%2F3%3Fx/");
    }
}
