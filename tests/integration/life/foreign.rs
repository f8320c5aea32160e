//! What both products hold, in small parts, and which of them Cowbell may change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use cowbell::authentik::EMAIL_VERIFIED;
use cowbell_standins::authentik::Authentik;
use cowbell_standins::authentik::state::State;
use cowbell_standins::mailcow::{self, Mailcow};
use cowbell_standins::world::World;

/// Everything that an administrator could see or change, each part under a name of its own: letter by letter.
pub(super) type Parts = BTreeMap<String, String>;

/// The parts of both products. Times, and what counts or logs, are left out.
pub(super) fn parts(authentik: &Authentik, mailcow: &Mailcow) -> Parts {
    let mut parts = Parts::new();
    of_authentik(authentik.state(), &mut parts);
    of_mailcow(mailcow.state(), &mut parts);
    parts
}

fn of_authentik(state: &State, parts: &mut Parts) {
    for user in state.users.iter() {
        let mut attributes = user.attributes.clone();
        let verified = attributes.shift_remove(EMAIL_VERIFIED);
        let rest = format!(
            "{attributes:?} {} {} {} {} {:?} {:?} {:?}",
            user.username, user.name, user.email, user.is_active, user.kind, user.groups, user.roles
        );
        parts.insert(format!("user {}", user.pk), rest);
        parts.insert(format!("verified user {}", user.pk), format!("{verified:?}"));
    }
    for group in state.groups.values() {
        let mut attributes = group.attributes.clone();
        let verified = attributes.shift_remove(EMAIL_VERIFIED);
        let rest = format!("{attributes:?} {} {} {:?} {:?}", group.name, group.is_superuser, group.parents, group.roles);
        parts.insert(format!("group {}", group.pk), rest);
        parts.insert(format!("verified group {}", group.pk), format!("{verified:?}"));
    }
    state.mappings.iter().for_each(|mapping| of_object(&format!("object mapping {}", mapping.pk), mapping, parts));
    state.providers.iter().for_each(|provider| of_object(&format!("object provider {}", provider.pk), provider, parts));
    state
        .applications
        .iter()
        .for_each(|application| of_object(&format!("object application {}", application.pk), application, parts));
    state.bindings.iter().for_each(|binding| of_object(&format!("object binding {}", binding.pk), binding, parts));
    parts.extend(state.flows.iter().map(|flow| (format!("flow {}", flow.pk), format!("{flow:?}"))));
    parts.extend(state.roles.iter().map(|role| (format!("role {}", role.pk), format!("{role:?}"))));
    parts.insert("brand".into(), format!("{} {}", state.brand_domain, state.default_user_change_email));
}

/// Each field of an object.
fn of_object(name: &str, object: &impl Debug, parts: &mut Parts) {
    let mut field = String::new();
    for line in format!("{object:#?}").lines() {
        let Some(inner) = line.strip_prefix("    ") else { continue };
        if let Some((key, _)) = inner.split_once(':').filter(|_| !inner.starts_with([' ', '}', ']', ')'])) {
            field = format!("{name} {key}");
        }
        parts.entry(field.clone()).or_default().push_str(inner);
    }
}

fn of_mailcow(state: &mailcow::State, parts: &mut Parts) {
    for mailbox in &state.mailboxes {
        let mut rest = mailbox.clone();
        // What a switch changes, and the traces of it.
        let sign_in = format!("{} {} {}", rest.authsource, rest.force_tfa, rest.force_pw_update);
        (rest.authsource, rest.attribute_hash) = (String::new(), String::new());
        (rest.force_tfa, rest.force_pw_update, rest.edited, rest.modified) = (false, false, false, None);
        parts.insert(format!("mailbox {}", mailbox.username), format!("{rest:?}"));
        parts.insert(format!("sign-in {}", mailbox.username), sign_in);
    }
    if let Ok(serde_json::Value::Object(settings)) = serde_json::to_value(&state.identity_provider) {
        parts.extend(settings.into_iter().map(|(key, value)| (format!("setting {key}"), value.to_string())));
    }
    parts.insert("password form".into(), state.force_sso.to_string());
    parts.insert("login pages".into(), format!("{:?}", state.unlinked_logins));
    parts.extend(state.domains.iter().map(|domain| (format!("domain {}", domain.name), format!("{domain:?}"))));
    parts.extend(state.aliases.iter().map(|alias| (format!("alias {}", alias.id), format!("{alias:?}"))));
    parts.extend(state.templates.iter().map(|template| (format!("template {}", template.id), format!("{template:?}"))));
    parts.extend(state.app_passwords.iter().map(|entry| (format!("app password {}", entry.id), format!("{entry:?}"))));
}

/// The objects of authentik with this name, as the names of their parts begin.
pub(super) fn named(world: &World, name: &str) -> Vec<String> {
    let parts = parts(&world.authentik, &world.mailcow);
    let own = parts.iter().filter(|(part, text)| part.starts_with("object ") && part.ends_with(" name") && text.contains(name));
    own.map(|(part, _)| part.trim_end_matches("name").to_owned()).collect()
}

/// The bindings of the application of this integration, as the names of their parts begin.
pub(super) fn bindings(world: &World) -> Vec<String> {
    let state = world.authentik.state();
    let own: Vec<_> = state.applications.iter().filter(|application| application.provider.is_some()).map(|own| own.pk).collect();
    let bindings = state.bindings.iter().filter(|binding| own.contains(&binding.target));
    bindings.map(|binding| format!("object binding {} ", binding.pk)).collect()
}

/// What the administrator has asked for so far. What they have not is not changed.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Users whose attribute may be set, by primary key.
    pub(super) users: BTreeSet<i64>,
    /// Groups whose attribute may be set.
    pub(super) groups: BTreeSet<String>,
    /// Whether objects of ours may be made, changed and removed.
    pub(super) objects: bool,
    /// Whether mailcow's settings may be saved.
    pub(super) settings: bool,
    /// Mailboxes that may be switched.
    pub(super) mailboxes: BTreeSet<String>,
    /// Whether the password form may be hidden or shown.
    pub(super) password_form: bool,
}

impl Asked {
    /// Whether a part may differ. `foreign` are objects that are not ours.
    fn allows(&self, name: &str, foreign: &BTreeSet<String>) -> bool {
        if let Some(pk) = name.strip_prefix("verified user ") {
            return pk.parse().is_ok_and(|pk| self.users.contains(&pk));
        }
        if let Some(pk) = name.strip_prefix("verified group ") {
            return self.groups.contains(pk);
        }
        if let Some(address) = name.strip_prefix("sign-in ") {
            return self.mailboxes.contains(address);
        }
        (name.starts_with("object ") && self.objects && !foreign.contains(name))
            || (name.starts_with("setting ") && self.settings)
            || (name == "password form" && self.password_form)
    }
}

/// What both products are to hold: what they held at first, and what others have done since.
#[derive(Debug)]
pub(super) struct Expected {
    parts: Parts,
    /// Objects that are not ours.
    foreign: BTreeSet<String>,
    /// What others have changed and Cowbell has not been asked about since: what the part is now, none if it is gone.
    theirs: BTreeMap<String, Option<String>>,
    /// What nobody could see before it was overwritten.
    excused: BTreeSet<String>,
}

impl Expected {
    /// At first; `half_made` are objects of somebody's attempt, which Cowbell takes over.
    pub(super) fn of(world: &World, half_made: &BTreeSet<String>) -> Self {
        let parts = parts(&world.authentik, &world.mailcow);
        let foreign = parts.keys().filter(|name| name.starts_with("object ") && !half_made.contains(*name)).cloned().collect();
        Self { parts, foreign, theirs: BTreeMap::new(), excused: BTreeSet::new() }
    }

    /// Somebody else changes something. Gives the names of what that changed.
    pub(super) fn changed_by(&mut self, before: &Parts, after: &Parts) -> BTreeSet<String> {
        let names = before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name));
        let changed: BTreeSet<String> = names.cloned().collect();
        for name in &changed {
            if name.starts_with("object ") && !before.contains_key(name) {
                self.foreign.insert(name.clone());
            }
            self.theirs.insert(name.clone(), after.get(name).cloned());
            match after.get(name) {
                Some(part) => drop(self.parts.insert(name.clone(), part.clone())),
                None => drop(self.parts.remove(name)),
            }
        }
        changed
    }

    /// A change that nobody could see before it was overwritten.
    pub(super) fn excuse(&mut self, name: String) {
        self.theirs.remove(&name);
        self.excused.insert(name);
    }

    /// What others have changed and is otherwise now, nobody could see before it was overwritten.
    pub(super) fn excuse_overwritten(&mut self, world: &World) {
        let now = parts(&world.authentik, &world.mailcow);
        let lost: Vec<String> =
            self.theirs.iter().filter(|(name, theirs)| now.get(*name) != theirs.as_ref()).map(|(name, _)| name.clone()).collect();
        for name in lost {
            self.excuse(name);
        }
    }

    /// Whatever others have changed until now was shown to the administrator, who wants it as Cowbell has it.
    pub(super) fn settle(&mut self, asked: &Asked) {
        let Self { theirs, foreign, .. } = self;
        theirs.retain(|name, _| !asked.allows(name, foreign));
    }

    /// Objects go with what the administrator wants to be removed, and the question has said so.
    pub(super) fn release(&mut self, objects: &[String]) {
        let is_released = |name: &String| objects.iter().any(|object| name.starts_with(object));
        self.foreign.retain(|name| !is_released(name));
        self.theirs.retain(|name, _| !is_released(name));
    }

    /// What others have changed, as it is now, if it is not as they left it.
    pub(super) fn overwritten(&self, world: &World) -> Vec<String> {
        let now = parts(&world.authentik, &world.mailcow);
        let other = self.theirs.iter().filter(|(name, theirs)| now.get(*name) != theirs.as_ref());
        other.map(|(name, theirs)| format!("{name}: {theirs:?} → {:?}", now.get(name))).collect()
    }

    /// What differs though nobody has asked for it.
    pub(super) fn harm(&self, world: &World, asked: &Asked) -> Vec<String> {
        self.differences(world).filter(|(name, _)| !asked.allows(name, &self.foreign)).map(|(_, words)| words).collect()
    }

    /// Whatever differs.
    pub(super) fn rest(&self, world: &World) -> Vec<String> {
        self.differences(world).map(|(_, words)| words).collect()
    }

    fn differences(&self, world: &World) -> impl Iterator<Item = (String, String)> {
        let now = parts(&world.authentik, &world.mailcow);
        let names: BTreeSet<&String> = self.parts.keys().chain(now.keys()).collect();
        let found: Vec<_> = names
            .into_iter()
            .filter(|name| self.parts.get(*name) != now.get(*name) && !self.excused.contains(*name))
            .map(|name| (name.clone(), format!("{name}: {:?} → {:?}", self.parts.get(name), now.get(name))))
            .collect();
        found.into_iter()
    }
}
