//! Users, groups and roles.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::authentik::time::Micros;

/// What kind of account a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserType {
    /// A person of the organisation.
    Internal,
    /// A person from outside.
    External,
    /// An account that an administrator made for a machine.
    ServiceAccount,
    /// An account that authentik made for itself; it cannot be changed (recording 364).
    InternalServiceAccount,
}

impl UserType {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Internal, Self::External, Self::ServiceAccount, Self::InternalServiceAccount];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
            Self::ServiceAccount => "service_account",
            Self::InternalServiceAccount => "internal_service_account",
        }
    }
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Primary key.
    pub pk: i64,
    /// Second, public key.
    pub uuid: Uuid,
    /// Unique login name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Password in the clear: nobody real is in here.
    pub password: String,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Kind of account.
    pub kind: UserType,
    /// Folder in the directory.
    pub path: String,
    /// Free attributes.
    pub attributes: Map<String, Value>,
    /// Groups, direct membership.
    pub groups: Vec<Uuid>,
    /// Roles of the user's own.
    pub roles: Vec<Uuid>,
    /// Last sign-in.
    pub last_login: Option<Micros>,
    /// Creation.
    pub date_joined: Micros,
    /// Last change of the password.
    pub password_change_date: Micros,
    /// Last change of anything.
    pub last_updated: Micros,
}

impl User {
    /// A user as authentik creates one: internal, active, without address.
    #[must_use]
    pub fn new(pk: i64, uuid: Uuid, username: &str, now: Micros) -> Self {
        Self {
            pk,
            uuid,
            username: username.to_owned(),
            name: String::new(),
            email: String::new(),
            password: String::new(),
            is_active: true,
            kind: UserType::Internal,
            path: "users".to_owned(),
            attributes: Map::new(),
            groups: Vec::new(),
            roles: Vec::new(),
            last_login: None,
            date_joined: now,
            password_change_date: now,
            last_updated: now,
        }
    }

    /// The opaque identifier that applications see as `sub`: 64 hexadecimal digits.
    #[must_use]
    pub fn uid(&self) -> String {
        let half = self.uuid.as_u128();
        format!("{:032x}{:032x}", half.reverse_bits(), half.rotate_left(61))
    }
}

/// All users, by primary key, with an index by user name so that a page costs no more than its entries.
#[derive(Clone, Debug, Default)]
pub struct Users {
    by_pk: IndexMap<i64, User>,
    by_username: Vec<(String, i64)>,
    revision: u64,
}

impl Users {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_pk.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_pk.is_empty()
    }

    /// A number that changes whenever somebody may have been changed.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The user with this primary key.
    #[must_use]
    pub fn get(&self, pk: i64) -> Option<&User> {
        self.by_pk.get(&pk)
    }

    /// The user with this primary key, to be changed. A user name is changed by [`Users::rename`] only.
    pub fn get_mut(&mut self, pk: i64) -> Option<&mut User> {
        self.revision += 1;
        self.by_pk.get_mut(&pk)
    }

    /// The user with exactly this name.
    #[must_use]
    pub fn named(&self, username: &str) -> Option<&User> {
        let at = self.position(username).ok()?;
        self.get(self.by_username.get(at)?.1)
    }

    /// The same, to be changed.
    pub fn named_mut(&mut self, username: &str) -> Option<&mut User> {
        let pk = self.named(username)?.pk;
        self.get_mut(pk)
    }

    /// Everybody, by user name: the order of lists.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &User> {
        self.by_username.iter().filter_map(|(_, pk)| self.by_pk.get(pk))
    }

    /// Entries `from..to` of [`Users::iter`].
    pub fn range(&self, from: usize, to: usize) -> impl Iterator<Item = &User> {
        let to = to.min(self.by_username.len());
        self.by_username[from.min(to)..to].iter().filter_map(|(_, pk)| self.by_pk.get(pk))
    }

    /// Everybody, to be changed, in the order of creation.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut User> {
        self.revision += 1;
        self.by_pk.values_mut()
    }

    /// Adds a user.
    pub fn insert(&mut self, user: User) {
        self.revision += 1;
        let at = self.position(&user.username).unwrap_or_else(|at| at);
        self.by_username.insert(at, (user.username.clone(), user.pk));
        self.by_pk.insert(user.pk, user);
    }

    /// Adds many users at once; sorts once.
    pub fn extend(&mut self, users: impl IntoIterator<Item = User>) {
        self.revision += 1;
        for user in users {
            self.by_username.push((user.username.clone(), user.pk));
            self.by_pk.insert(user.pk, user);
        }
        self.by_username.sort_unstable();
    }

    /// Gives a user another name.
    pub fn rename(&mut self, pk: i64, username: &str) {
        self.by_username.retain(|(_, other)| *other != pk);
        if let Some(mut user) = self.by_pk.swap_remove(&pk) {
            username.clone_into(&mut user.username);
            self.insert(user);
        }
    }

    /// Removes a user.
    pub fn remove(&mut self, pk: i64) -> Option<User> {
        self.revision += 1;
        self.by_username.retain(|(_, other)| *other != pk);
        self.by_pk.swap_remove(&pk)
    }

    fn position(&self, username: &str) -> Result<usize, usize> {
        self.by_username.binary_search_by(|(name, _)| name.as_str().cmp(username))
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Primary key.
    pub pk: Uuid,
    /// Its form as a number, for POSIX.
    pub num_pk: i64,
    /// Unique name.
    pub name: String,
    /// Whether members may do everything.
    pub is_superuser: bool,
    /// Groups above; members of this one are members of those, too.
    pub parents: Vec<Uuid>,
    /// Attributes that members inherit where a mapping asks for it.
    pub attributes: Map<String, Value>,
    /// Roles that members have.
    pub roles: Vec<Uuid>,
}

/// A role: a set of permissions.
#[derive(Clone, Debug)]
pub struct Role {
    /// Primary key.
    pub pk: Uuid,
    /// Unique name.
    pub name: String,
    /// Permissions on every object, such as `authentik_core.view_user`.
    pub permissions: BTreeSet<String>,
    /// Permissions on single objects: for each permission the keys of the objects.
    pub object_permissions: BTreeMap<String, BTreeSet<String>>,
}

/// The kinds of objects here that the role "authentik Read-only" may view (docs/contract/authentik.md, section 16).
const READ_ONLY: [&str; 11] = [
    "authentik_core.view_application",
    "authentik_core.view_applicationentitlement",
    "authentik_core.view_group",
    "authentik_core.view_user",
    "authentik_crypto.view_certificatekeypair",
    "authentik_events.view_event",
    "authentik_flows.view_flow",
    "authentik_policies.view_policybinding",
    "authentik_providers_oauth2.view_oauth2provider",
    "authentik_providers_oauth2.view_scopemapping",
    "authentik_rbac.view_role",
];

impl Role {
    /// The role that authentik's own blueprint makes.
    #[must_use]
    pub fn read_only(pk: Uuid) -> Self {
        let permissions = READ_ONLY.into_iter().map(str::to_owned).collect();
        Self { pk, name: "authentik Read-only".to_owned(), permissions, object_permissions: BTreeMap::new() }
    }
}
