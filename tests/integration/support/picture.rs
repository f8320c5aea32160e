//! What the products hold, to be compared before and after; and everything that is secret in them.

use std::collections::BTreeMap;
use std::fmt::Write;

use cowbell_standins::world::World;

/// Everything of both products that an administrator could see or change, letter by letter. Times and identifiers of what
/// does not exist any more are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Object by object.
    pub(crate) objects: Vec<String>,
    /// Users by primary key.
    pub(crate) users: BTreeMap<i64, String>,
    /// mailcow's settings.
    pub(crate) identity_provider: String,
    /// What mailcow's login pages show.
    pub(crate) login_pages: String,
    /// How each mailbox signs in, and what mailcow demands of its owner.
    pub(crate) mailboxes: BTreeMap<String, String>,
}

impl Picture {
    /// What the products hold now.
    pub(crate) fn of(world: &World) -> Self {
        let state = world.authentik.state();
        let mut objects: Vec<String> = Vec::new();
        objects.extend(state.mappings.iter().map(|mapping| format!("{mapping:?}")));
        objects.extend(state.providers.iter().map(|provider| format!("{provider:?}")));
        objects.extend(state.applications.iter().map(|application| format!("{application:?}")));
        objects.extend(state.bindings.iter().map(|binding| format!("{binding:?}")));
        objects.extend(state.groups.values().map(|group| format!("{group:?}")));
        let users = state.users.iter().map(|user| {
            let mut text = serde_json::to_string(&user.attributes).expect("serialises");
            write!(text, " {:?} {:?} {} {:?} {:?}", user.username, user.email, user.is_active, user.kind, user.groups)
                .expect("written");
            (user.pk, text)
        });
        let identity_provider = serde_json::to_string(&world.mailcow.state().identity_provider).expect("serialises");
        let mailcow = world.mailcow.state();
        let mailboxes = mailcow.mailboxes.iter().map(|of| {
            let text = format!("{} {} {} {} {}", of.authsource, of.active, of.force_tfa, of.force_pw_update, of.created);
            (of.username.clone(), text)
        });
        Self {
            objects,
            users: users.collect(),
            identity_provider,
            login_pages: format!("{} {:?}", mailcow.force_sso, mailcow.unlinked_logins),
            mailboxes: mailboxes.collect(),
        }
    }

    /// Fails and says what differs in objects other than users, if anything does.
    #[track_caller]
    pub(crate) fn assert_same_objects(&self, other: &Self, what: &str) {
        let missing: Vec<_> = self.objects.iter().filter(|object| !other.objects.contains(object)).collect();
        let new: Vec<_> = other.objects.iter().filter(|object| !self.objects.contains(object)).collect();
        assert!(missing.is_empty() && new.is_empty(), "{what}\nbefore: {missing:#?}\nafter: {new:#?}");
    }

    /// Fails and says what differs, if anything does.
    #[track_caller]
    pub(crate) fn assert_same(&self, other: &Self, what: &str) {
        self.assert_same_objects(other, what);
        for (pk, user) in &self.users {
            assert_eq!(Some(user), other.users.get(pk), "{what}: user {pk}");
        }
        assert_eq!(self.users.len(), other.users.len(), "{what}");
        assert_eq!(self.identity_provider, other.identity_provider, "{what}");
        assert_eq!(self.login_pages, other.login_pages, "{what}");
        assert_eq!(self.mailboxes, other.mailboxes, "{what}");
    }
}

/// Every user's attributes without the one that is ours.
pub(crate) fn other_attributes(world: &World) -> BTreeMap<i64, String> {
    let users = world.authentik.state().users.iter();
    users
        .map(|user| {
            let mut attributes = user.attributes.clone();
            attributes.shift_remove(cowbell::authentik::EMAIL_VERIFIED);
            (user.pk, serde_json::to_string(&attributes).expect("serialises"))
        })
        .collect()
}

/// Every text that must be in no journal, view or finding.
pub(crate) fn secrets(world: &World) -> Vec<String> {
    let stored = &world.mailcow.state().identity_provider;
    let providers = world.authentik.state().providers.iter().map(|provider| provider.client_secret.clone());
    let settings = ["client_secret", "bindpass"].into_iter().map(|key| stored.text(key).to_owned());
    providers.chain(settings).filter(|secret| !secret.is_empty()).collect()
}

/// Fails if one of the secrets is in a text.
#[track_caller]
pub(crate) fn assert_no_secret(secrets: &[String], text: &str, what: &str) {
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{what} holds a secret");
    }
}
