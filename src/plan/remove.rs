//! Removes the integration in authentik, and restores it.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::apply::{explained, read_object};
use super::journal::CLIENT_SECRET;
use super::reconcile::is_mapping;
use super::report::RunError;
use super::since;
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::list::read_rest;
use crate::authentik::types::UsedBy;
use crate::authentik::{Error, Operation, Resource, Snapshot, answer, check_session, observe, seconds};
use crate::setup::{Fingerprint, Secret, is_own_expression};
use crate::transport::{Answer, Host, Product, Request, WriteGuard, send};
use crate::wire::{Lenient, RawJson, RawObject};

/// What is to be removed.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The application; its bindings are removed with it.
    pub application: Option<ApplicationRemoval>,
    /// Primary key of the provider.
    pub provider: i64,
    /// Primary keys of scope mappings; one that another provider uses stays.
    pub mappings: Vec<String>,
}

/// Something that authentik deletes with the integration, and that a restoration does not bring back as it was
/// (docs/contract/cases.md, H9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Loss {
    /// The binding of this group or user ends, and the API lets nobody set when: once restored, it no longer ends.
    BindingExpires {
        /// Name of the group or user.
        name: String,
    },
    /// Entitlements of the application.
    Entitlements { count: usize },
    /// authentik does not show this administrator whether the application has entitlements.
    EntitlementsUnknown,
    /// The icon of the application, which the API of this version does not accept.
    Icon,
}

impl Removal {
    /// Whether an object is part of the integration, as it is read right before its removal. An application of another provider, a
    /// provider of another application, a mapping with somebody's expression is not (docs/contract/cases.md, S4).
    fn is_of_integration(&self, object: &Object, now: &RawObject) -> bool {
        match object {
            Object::Application(_) => now.read::<i64>("provider") == Some(self.provider),
            // Its own application was removed before.
            Object::Provider(_) => now.text("assigned_application_slug").is_none_or(|slug| slug.is_empty()),
            Object::ScopeMapping(_) => now.text("expression").is_some_and(|expression| is_own_expression(&expression)),
            _ => true,
        }
    }

    /// What is removed, in this order: nothing goes while something else needs it.
    fn objects(&self) -> Vec<(Creatable, Object)> {
        let application = self.application.as_ref().map(|of| (Creatable::Application, Object::Application(of.slug.clone())));
        let mappings = self.mappings.iter().map(|pk| (Creatable::ScopeMapping, Object::ScopeMapping(pk.clone())));
        application.into_iter().chain([(Creatable::Provider, Object::Provider(self.provider))]).chain(mappings).collect()
    }

    /// Reads what would be removed, for a question. Changes nothing.
    ///
    /// # Errors
    /// Any problem with a response.
    pub async fn show(&self, host: &impl Host, base: &Base) -> Result<ShownRemoval, Box<RunError>> {
        match self.read(host, base).await {
            Err(error) => Err(explained(host, base, error).await),
            shown => shown,
        }
    }

    async fn read(&self, host: &impl Host, base: &Base) -> Result<ShownRemoval, Box<RunError>> {
        let mut shown = ShownRemoval::default();
        for (_, object) in self.objects() {
            match self.read_one(host, base, &object).await {
                Err(error) if error.is_gone() => {}
                read => {
                    let Read { mut was, bindings, losses } = read?;
                    let secret = since::secret_of(&was);
                    was.remove(CLIENT_SECRET);
                    shown.objects.push(ShownObject { object, was, secret });
                    shown.bindings.extend(bindings);
                    shown.losses.extend(losses);
                }
            }
        }
        Ok(shown)
    }

    /// Reads one object, and what goes with it. The object itself comes last, so that what comes between this answer and its removal
    /// is all that cannot be seen.
    async fn read_one(&self, host: &impl Host, base: &Base, object: &Object) -> Result<Read, Box<Error>> {
        let Some(ApplicationRemoval { pk, .. }) = self.application.as_ref().filter(|_| matches!(object, Object::Application(_)))
        else {
            return Ok(Read { was: read_object(host, base, object).await?, bindings: Vec::new(), losses: Vec::new() });
        };
        let bindings = read_bindings(host, base, pk).await?;
        let mut losses: Vec<Loss> = bindings.iter().filter(|was| end_of(was).is_some()).map(expiring).collect();
        let operation = Operation::view(Resource::Entitlement);
        let first = one(host, base.entitlements(pk, 1)).await;
        match read_rest::<IgnoredAny>(host, operation, &first, |page| base.entitlements(pk, page)).await {
            Ok(list) if list.is_empty() => {}
            Ok(list) => losses.push(Loss::Entitlements { count: list.len() }),
            // A version that has none.
            Err(error) if error.is_gone() => {}
            Err(error) if matches!(*error, Error::NotAllowed { .. }) => losses.push(Loss::EntitlementsUnknown),
            Err(error) => return Err(error),
        }
        let was = read_object(host, base, object).await?;
        // Where the icon can be set, its address is a field of its own (docs/contract/authentik.md, section 7).
        let has_icon = was.text("meta_icon").is_some_and(|icon| !icon.is_empty());
        losses.extend((has_icon && !was.contains("meta_icon_url")).then_some(Loss::Icon));
        Ok(Read { was, bindings, losses })
    }
}

/// An object as it is before its removal, and what goes with an application.
struct Read {
    was: RawObject,
    bindings: Vec<RawObject>,
    losses: Vec<Loss>,
}

/// An object as a question about its removal has shown it.
struct ShownObject {
    object: Object,
    /// Without the client secret.
    was: RawObject,
    /// What tells whether it is still the same secret.
    secret: Option<Fingerprint>,
}

/// What a question about a removal has shown, as authentik had it, without the client secret.
#[derive(Default)]
pub struct ShownRemoval {
    objects: Vec<ShownObject>,
    bindings: Vec<RawObject>,
    losses: Vec<Loss>,
}

impl ShownRemoval {
    /// What a restoration would not bring back.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Checks that nobody has changed anything since it was shown.
    ///
    /// # Errors
    /// [`RunError::ChangedSinceShown`] with the name of the first object that differs.
    pub fn check(&self, now: &Self) -> Result<(), Box<RunError>> {
        for object in &now.objects {
            let is_application = matches!(object.object, Object::Application(_));
            let (bindings, losses): (&[_], &[_]) = if is_application { (&now.bindings, &now.losses) } else { (&[], &[]) };
            if !self.is_still(object, bindings, losses) {
                let name = object.was.text("name").unwrap_or_default().into_owned();
                return Err(RunError::ChangedSinceShown { name }.into());
            }
        }
        Ok(())
    }

    /// Whether an object, and what goes with it, is as it was shown. What is gone is nothing to be removed.
    fn is_still(&self, now: &ShownObject, bindings: &[RawObject], losses: &[Loss]) -> bool {
        let is_same = |one: &RawObject, other: &RawObject| since::changed(one, other).is_empty();
        let has_same_secret = |shown: &ShownObject| shown.secret.zip(now.secret).is_none_or(|(shown, now)| shown == now);
        let is_now = |shown: &ShownObject| is_same(&shown.was, &now.was) && has_same_secret(shown);
        let is_shown = self.objects.iter().any(|shown| shown.object == now.object && is_now(shown));
        if !matches!(now.object, Object::Application(_)) {
            return is_shown;
        }
        let is_known = |now: &RawObject| self.bindings.iter().any(|was| is_same(was, now));
        is_shown && bindings.len() == self.bindings.len() && bindings.iter().all(is_known) && *losses == *self.losses
    }
}

fn expiring(was: &RawObject) -> Loss {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Named {
        name: Lenient<String>,
        username: Lenient<String>,
    }
    let named = |member: &str| was.read::<Named>(member).unwrap_or_default();
    let (group, user) = (named("group_obj"), named("user_obj"));
    let name = [group.name.0, user.username.0].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Loss::BindingExpires { name }
}

/// When a binding ends: seconds since 1970-01-01T00:00:00Z; `None` for one that does not.
fn end_of(binding: &RawObject) -> Option<i64> {
    binding.read::<bool>("expiring").filter(|expiring| *expiring)?;
    Some(seconds(&binding.text("expires")?).unwrap_or(i64::MAX))
}

/// An application that is to be removed.
#[derive(Clone, Debug)]
pub struct ApplicationRemoval {
    pub slug: String,
    /// Primary key, the target of its bindings.
    pub pk: String,
}

/// What was removed, exactly as authentik had it. It holds the client secret, so it exists in memory only.
#[derive(Default)]
pub struct Removed {
    /// In the order of removal, without the client secret.
    objects: Vec<Backup>,
    secret: Option<Secret>,
}

/// An object as it was before it was removed.
struct Backup {
    kind: Creatable,
    was: RawObject,
}

impl Removed {
    /// Whether there is nothing to restore.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The client secret of the provider, if it is known.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Notes the client secret of the provider, for an administrator to whom authentik does not show it.
    pub fn set_secret(&mut self, secret: Secret) {
        self.secret = Some(secret);
    }

    /// Discards the client secret once there is nothing to restore with it.
    pub fn discard_unneeded_secret(&mut self) {
        self.secret.take_if(|_| self.objects.is_empty());
    }

    /// Removes application, provider and mappings, in this order, as long as they are as they were `shown`. After an early end,
    /// `self` contains what was removed until then.
    ///
    /// # Errors
    /// The reason why it ended early.
    pub async fn remove(
        &mut self,
        host: &impl Host,
        guard: &WriteGuard,
        base: &Base,
        removal: &Removal,
        shown: &ShownRemoval,
    ) -> Result<(), Box<RunError>> {
        let removed = self.remove_all(host, guard, base, removal, shown).await;
        self.discard_unneeded_secret();
        match removed {
            Err(error) => Err(explained(host, base, error).await),
            done => done,
        }
    }

    async fn remove_all(
        &mut self,
        host: &impl Host,
        guard: &WriteGuard,
        base: &Base,
        removal: &Removal,
        shown: &ShownRemoval,
    ) -> Result<(), Box<RunError>> {
        check_session(host, base).await?;
        for (kind, object) in removal.objects() {
            if let Object::ScopeMapping(pk) = &object {
                let answer = one(host, base.mapping_used_by(pk)).await;
                match answer::read::<Vec<UsedBy>>(&answer, Operation::view(object.resource())) {
                    Err(error) if error.is_gone() => continue,
                    Ok(used) if !used.is_empty() => continue,
                    Err(error) => return Err(error.into()),
                    Ok(_) => {}
                }
            }
            let Read { mut was, bindings, losses } = match removal.read_one(host, base, &object).await {
                Err(error) if error.is_gone() => continue,
                read => read?,
            };
            let secret = was.remove(CLIENT_SECRET).and_then(|secret| secret.read::<Secret>());
            let now = ShownObject { object, was, secret: secret.as_ref().map(Fingerprint::of) };
            if !removal.is_of_integration(&now.object, &now.was) || !shown.is_still(&now, &bindings, &losses) {
                return Err(RunError::ChangedSinceShown { name: now.was.text("name").unwrap_or_default().into_owned() }.into());
            }
            let ShownObject { object, was, .. } = now;
            self.secret = secret.or(self.secret.take());
            // Before the removal, because its response may get lost.
            let before = self.note(kind, was, bindings);
            let answer = one(host, base.remove(guard, &object)).await;
            match answer::accept_removal(&answer, Operation::delete(object.resource())) {
                Ok(()) => {}
                Err(error) => match read_object(host, base, &object).await {
                    Err(gone) if gone.is_gone() => {}
                    read => {
                        if read.is_ok() || answer::was_refused(&answer) {
                            self.objects.truncate(before);
                        }
                        return Err(error.into());
                    }
                },
            }
        }
        Ok(())
    }

    /// Records an object, and for an application its bindings, in place of what an earlier attempt recorded; returns the number
    /// of objects before.
    fn note(&mut self, kind: Creatable, was: RawObject, bindings: Vec<RawObject>) -> usize {
        self.objects.retain(|noted| match kind {
            Creatable::Application => !matches!(noted.kind, Creatable::Application | Creatable::Binding),
            _ => noted.kind != kind || noted.was.get("name") != was.get("name"),
        });
        let before = self.objects.len();
        self.objects.extend(bindings.into_iter().map(|was| Backup { kind: Creatable::Binding, was }));
        self.objects.push(Backup { kind, was });
        before
    }

    /// Whether `self` belongs to another provider: to an integration that was removed before a new one was created.
    #[must_use]
    pub fn is_of_another(&self, provider: i64) -> bool {
        let of = |noted: &Backup| noted.kind == Creatable::Provider && noted.was.read::<i64>("pk") != Some(provider);
        self.objects.iter().any(of)
    }

    /// Restores everything, last removed first, with the same client ID and secret. References to objects with a new primary key
    /// are updated. What exists stays as it is, so it can be called again after it ended early.
    ///
    /// # Errors
    /// The reason why it ended early.
    pub async fn restore_removed(&mut self, host: &impl Host, guard: &WriteGuard, base: &Base) -> Result<(), Box<RunError>> {
        let restored = self.restore_all(host, guard, base).await;
        self.discard_unneeded_secret();
        match restored {
            Err(error) => Err(explained(host, base, error).await),
            done => done,
        }
    }

    async fn restore_all(&mut self, host: &impl Host, guard: &WriteGuard, base: &Base) -> Result<(), Box<RunError>> {
        let snapshot = observe(host, base).await?;
        let now_s = i64::try_from(host.now_ms() / 1_000).unwrap_or(i64::MAX);
        let has_ended = |was: &RawObject| end_of(was).is_some_and(|end| end <= now_s);
        let is_binding = |noted: &Backup| noted.kind == Creatable::Binding;
        let restricts = |noted: &Backup| is_binding(noted) && noted.was.read("enabled") == Some(true) && !has_ended(&noted.was);
        // authentik would have removed those that have ended meanwhile. If no other is left to restrict who may use the
        // application, they come back without an end, as the question has said: without any, everybody might use it.
        if self.objects.iter().any(restricts) {
            self.objects.retain(|noted| !is_binding(noted) || !has_ended(&noted.was));
        }
        while let Some(Backup { kind, was }) = self.objects.last() {
            let new = match (kind, standing(&snapshot, *kind, was)) {
                // Nothing refers to a binding.
                (Creatable::Binding, _) if is_bound(host, base, was).await? => None,
                (_, Some(there)) => Some(there),
                (_, None) => Some(self.make(host, guard, base, *kind, was).await?),
            };
            let old = was.get("pk").cloned();
            self.objects.pop();
            if let (Some(old), Some(new)) = (old, new) {
                for later in &mut self.objects {
                    refer(&mut later.was, &old, &new);
                }
            }
        }
        Ok(())
    }

    /// Creates one object again; returns its new primary key.
    async fn make(
        &self,
        host: &impl Host,
        guard: &WriteGuard,
        base: &Base,
        kind: Creatable,
        was: &RawObject,
    ) -> Result<RawJson, Box<RunError>> {
        let mut body = was.without(|name| is_read_only(name, was));
        if let (Creatable::Provider, Some(secret)) = (kind, &self.secret) {
            body.insert(CLIENT_SECRET, secret.reveal());
        }
        let operation = Operation::add(kind.resource());
        let made: RawObject = answer::read(&one(host, base.create(guard, kind, &body)).await, operation)?;
        // What refers to the object is restored next. If its key is unusable, the next attempt finds it.
        let is_key = |key: &&RawJson| was.get("pk").is_none_or(|old| old.kind() == key.kind());
        Ok(made.get("pk").filter(is_key).cloned().ok_or_else(|| Box::new(answer::wrong_shape(operation)))?)
    }
}

/// Whether authentik shows a member of an object and lets nobody set it (docs/contract/authentik.md, sections 4 to 7). The icon can
/// be set where its address is shown beside its name.
fn is_read_only(name: &str, was: &RawObject) -> bool {
    match name {
        "pk"
        | "component"
        | "verbose_name"
        | "verbose_name_plural"
        | "meta_model_name"
        | "launch_url"
        | "pbm_uuid"
        | "expires"
        | "expiring"
        | "meta_icon_url"
        | "meta_icon_themed_urls" => true,
        "meta_icon" => !was.contains("meta_icon_url"),
        _ => name.starts_with("assigned_") || name.ends_with("_obj"),
    }
}

/// Primary key of the object, if it was not removed after all, or was created by an earlier attempt whose response got lost.
fn standing(snapshot: &Snapshot, kind: Creatable, was: &RawObject) -> Option<RawJson> {
    let is = |name: &str, value: &str| was.text(name).as_deref() == Some(value);
    match kind {
        Creatable::ScopeMapping => Some(RawJson::of(&snapshot.mappings.iter().find(|mapping| is_mapping(mapping, was))?.pk)),
        Creatable::Provider => {
            Some(RawJson::of(&snapshot.providers.iter().find(|provider| is("client_id", &provider.client_id))?.pk))
        }
        Creatable::Application => {
            let provider = was.read::<i64>("provider");
            let mut found = snapshot.applications.iter().filter(|application| application.provider == provider);
            Some(RawJson::of(&found.find(|application| is("slug", &application.slug))?.pk))
        }
        Creatable::Binding => None,
    }
}

/// What makes two bindings the same.
const BINDING: [&str; 7] = ["group", "user", "policy", "order", "enabled", "negate", "failure_result"];

/// The same for a binding: whether there is one like it.
async fn is_bound(host: &impl Host, base: &Base, was: &RawObject) -> Result<bool, Box<RunError>> {
    let target = was.text("target").unwrap_or_default();
    let is_alike = |found: &RawObject| BINDING.into_iter().all(|name| found.get(name) == was.get(name));
    Ok(read_bindings(host, base, &target).await?.iter().any(is_alike))
}

/// The bindings of an application, complete.
async fn read_bindings(host: &impl Host, base: &Base, application: &str) -> Result<Vec<RawObject>, Box<Error>> {
    let first = one(host, base.bindings(application, 1)).await;
    let rest = |page| base.bindings(application, page);
    read_rest(host, Operation::view(Resource::Binding), &first, rest).await
}

/// Replaces a reference to an object.
fn refer(object: &mut RawObject, old: &RawJson, new: &RawJson) {
    for name in ["provider", "target"] {
        if object.get(name) == Some(old) {
            object.insert(name, new);
        }
    }
    if let Some(mut keys) = object.read::<Vec<RawJson>>("property_mappings") {
        keys.iter_mut().filter(|key| *key == old).for_each(|key| key.clone_from(new));
        object.insert("property_mappings", &keys);
    }
}

async fn one(host: &impl Host, request: Request) -> Answer {
    send(host, Product::Authentik, request).await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::setup::MAPPING_EXPRESSION;
    use crate::transport::Method;
    use crate::transport::scripted::{Scripted, guard, json, run};

    fn base() -> Base {
        Base::typed("authentik.company").expect("an address").0
    }

    #[test]
    fn only_a_missing_permission_leaves_it_open_whether_there_are_entitlements() {
        let application = ApplicationRemoval { slug: "mail".into(), pk: "a".into() };
        let removal = Removal { application: Some(application), provider: 7, mappings: Vec::new() };
        let losses = |status| {
            let host = Scripted::new(move |request: &Request| match request.url() {
                url if url.contains("entitlements") => json(status, r#"{"detail":"x"}"#),
                url if url.contains("bindings") => json(200, r#"{"pagination":{"count":0,"total_pages":1},"results":[]}"#),
                url if url.contains("applications") => json(200, r#"{"pk":"a","slug":"mail","name":"Mail","provider":7}"#),
                _ => json(404, r#"{"detail":"x"}"#),
            });
            run(removal.show(&host, &base())).map(|shown| (shown.objects.len(), shown.losses)).ok()
        };
        assert_eq!(losses(403), Some((1, vec![Loss::EntitlementsUnknown])));
        assert_eq!(losses(404), Some((1, Vec::new())), "this version has none, and the application is shown nevertheless");
        assert_eq!(losses(500), None);
    }

    #[test]
    fn a_mapping_that_somebody_has_removed_already_is_no_error() {
        let removal = Removal { application: None, provider: 7, mappings: vec!["m".into()] };
        let is_done = |used_by| {
            let host = Scripted::new(move |request: &Request| match (request.method(), request.url()) {
                (Method::Delete, _) => json(204, ""),
                (_, url) if url.contains("users/me") => json(200, r#"{"user":{"username":"root","is_superuser":true}}"#),
                (_, url) if url.contains("used_by") => json(used_by, r#"{"detail":"x"}"#),
                (_, url) if url.contains("oauth2") => json(200, r#"{"pk":7,"name":"Mail"}"#),
                _ => json(404, r#"{"detail":"x"}"#),
            });
            let shown = run(removal.show(&host, &base())).expect("what is there");
            run(Removed::default().remove(&host, &guard(), &base(), &removal, &shown)).is_ok()
        };
        assert!(is_done(404));
        assert!(!is_done(500), "it may be there");
    }

    /// Somebody has written another one into it since the setup, and may need it.
    #[test]
    fn a_mapping_with_an_expression_of_somebodys_own_stays() {
        let removal = Removal { application: None, provider: 7, mappings: vec!["m".into()] };
        let removed = |expression: &str| {
            let mapping = RawObject::default().with("pk", "m").with("name", "Mapping").with("expression", expression);
            let host = Scripted::new(move |request: &Request| match (request.method(), request.url()) {
                (Method::Delete, _) => json(204, ""),
                (_, url) if url.contains("users/me") => json(200, r#"{"user":{"username":"root","is_superuser":true}}"#),
                (_, url) if url.contains("used_by") => json(200, "[]"),
                (_, url) if url.contains("oauth2") => json(200, r#"{"pk":7,"name":"Mail"}"#),
                _ => json(200, &crate::wire::write(&mapping)),
            });
            let shown = run(removal.show(&host, &base())).expect("what is there");
            let outcome = run(Removed::default().remove(&host, &guard(), &base(), &removal, &shown));
            let deleted = host.asked().iter().filter(|request| request.method() == Method::Delete).count();
            (deleted, outcome.err().map(|error| *error))
        };
        assert_eq!(removed(MAPPING_EXPRESSION), (2, None));
        assert_eq!(removed("return {}"), (1, Some(RunError::ChangedSinceShown { name: "Mapping".into() })));
    }

    /// What is there before a removal, and what authentik says once it was asked to remove something.
    struct There<'a> {
        application: &'a str,
        binding: &'a str,
        /// The answer to the removal.
        removal: u16,
        /// The answer to the next read of the same object.
        then: u16,
    }

    const THERE: There<'_> = There {
        application: r#"{"pk":"a","slug":"mail","name":"Mail","provider":7}"#,
        binding: r#"{"pk":"b","target":"a","group":"g","enabled":true}"#,
        removal: 204,
        then: 404,
    };

    impl There<'_> {
        fn answer(&self, request: &Request, is_asked: &Cell<bool>) -> Answer {
            let list = |rows: &str, count: usize| {
                json(200, &format!(r#"{{"pagination":{{"count":{count},"total_pages":1}},"results":[{rows}]}}"#))
            };
            match (request.method(), request.url()) {
                (Method::Delete, _) => {
                    is_asked.set(self.removal != 204);
                    json(self.removal, r#"{"detail":"x"}"#)
                }
                (_, url) if url.contains("users/me") => json(200, r#"{"user":{"username":"root","is_superuser":true}}"#),
                _ if is_asked.take() => json(self.then, r#"{"detail":"x"}"#),
                (_, url) if url.contains("entitlements") => list("", 0),
                (_, url) if url.contains("bindings") => list(self.binding, 1),
                (_, url) if url.contains("applications") => json(200, self.application),
                _ => json(200, r#"{"pk":7,"name":"Provider","client_secret":"s"}"#),
            }
        }
    }

    /// The integration, with its application or without.
    fn removal(application: bool) -> Removal {
        let application = application.then(|| ApplicationRemoval { slug: "mail".into(), pk: "a".into() });
        Removal { application, provider: 7, mappings: Vec::new() }
    }

    /// Removes what was shown as `shown` and is there as `now`; what was removed, whether it was ended early, and what was sent.
    fn removed(removal: &Removal, shown: &There<'_>, now: &There<'_>) -> (Removed, Option<RunError>, Vec<Request>) {
        let mut removed = Removed::default();
        let (error, sent) = attempt(&mut removed, removal, shown, now);
        (removed, error, sent)
    }

    /// The same after what was `removed` before.
    fn attempt(removed: &mut Removed, removal: &Removal, shown: &There<'_>, now: &There<'_>) -> (Option<RunError>, Vec<Request>) {
        let is_asked = Cell::new(false);
        let shown = run(removal.show(&Scripted::new(|request: &Request| shown.answer(request, &is_asked)), &base()));
        let host = Scripted::new(|request: &Request| now.answer(request, &is_asked));
        let outcome = run(removed.remove(&host, &guard(), &base(), removal, &shown.expect("what is there")));
        (outcome.err().map(|error| *error), host.asked())
    }

    /// It was that of another one when the question was asked, or is by now; or its binding lets in others.
    #[test]
    fn an_application_that_is_not_as_it_was_shown_or_of_another_provider_stays() {
        let moved = There { application: r#"{"pk":"a","slug":"mail","name":"Mail","provider":8}"#, ..THERE };
        let rebound = There { binding: r#"{"pk":"b","target":"a","group":"h","enabled":true}"#, ..THERE };
        for (shown, now) in [(&moved, &moved), (&THERE, &moved), (&THERE, &rebound)] {
            let (removed, error, sent) = removed(&removal(true), shown, now);
            assert_eq!(error, Some(RunError::ChangedSinceShown { name: "Mail".into() }));
            assert!(removed.is_empty() && sent.iter().all(|request| request.method() != Method::Delete));
        }
        assert_eq!(removed(&removal(true), &THERE, &THERE).1, None);
    }

    /// The answer to a removal may get lost. What may be gone can be restored, and a secret without anything to restore is forgotten.
    #[test]
    fn what_became_of_an_object_is_looked_at_where_its_removal_is_not_confirmed() {
        for (answered, then, is_removed, is_noted) in [
            (204, 404, true, true),
            (502, 404, true, true),
            (502, 500, false, true),
            (502, 200, false, false),
            (403, 500, false, false),
        ] {
            let (removed, error, _) = removed(&removal(false), &THERE, &There { removal: answered, then, ..THERE });
            assert_eq!(error.is_none(), is_removed, "{answered} {then}: {error:?}");
            assert_eq!((!removed.is_empty(), removed.secret().is_some()), (is_noted, is_noted), "{answered} {then}");
        }
    }

    /// Somebody may change the bindings of an application that was still there after all.
    #[test]
    fn what_goes_with_an_application_is_restored_as_its_last_removal_has_seen_it() {
        let (removal, mut removed) = (removal(true), Removed::default());
        let silent = There { removal: 502, then: 500, ..THERE };
        assert!(attempt(&mut removed, &removal, &silent, &silent).0.is_some() && !removed.is_empty());
        let rebound = There { binding: r#"{"pk":"b","target":"a","group":"h","enabled":true}"#, ..THERE };
        assert_eq!(attempt(&mut removed, &removal, &rebound, &rebound).0, None);
        let bound = |noted: &Backup| noted.was.text("group").map(std::borrow::Cow::into_owned);
        let noted: Vec<_> = removed.objects.iter().map(|noted| (noted.kind, bound(noted))).collect();
        let expected = [(Creatable::Binding, Some("h".into())), (Creatable::Application, None), (Creatable::Provider, None)];
        assert_eq!(noted, expected);
    }

    /// What the provider is part of may be there.
    #[test]
    fn nothing_is_removed_after_an_object_that_cannot_be_read() {
        let unreadable = There { application: "", ..THERE };
        let (_, error, sent) = removed(&removal(true), &THERE, &unreadable);
        assert!(matches!(error, Some(RunError::Authentik(_))), "{error:?}");
        assert!(sent.iter().all(|request| request.method() != Method::Delete));
    }
}
