//! Removing the integration at authentik, and making it again.

use super::apply::{explained, read_object};
use super::report::Stop;
use crate::authentik::api::{Base, Creatable, Object};
use crate::authentik::types::{Page, UsedBy};
use crate::authentik::{answer, check_session};
use crate::json::{Map, Value};
use crate::setup::Secret;
use crate::transport::{Answer, Outside, Product, Request, ask};

/// What is to be removed.
#[derive(Clone, Debug)]
pub struct Doomed {
    /// Slug and primary key of the application; its bindings go with it.
    pub application: Option<(String, String)>,
    /// Primary key of the provider.
    pub provider: i64,
    /// Primary keys of scope mappings that are not authentik's own; one that somebody else uses stays.
    pub mappings: Vec<String>,
}

/// What was removed, exactly as authentik had it. It holds the client secret, so it is never kept outside of memory.
#[derive(Default)]
pub struct Removed {
    /// In the order of removal. The client secret is not in here.
    objects: Vec<(Creatable, Map)>,
    secret: Option<Secret>,
}

impl Removed {
    /// Whether there is nothing to make again.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Removes application, provider and mappings, in this order: nothing is removed while something else needs it. What was
    /// removed before it ended early is in here.
    ///
    /// # Errors
    /// Why it ended early.
    pub async fn remove(&mut self, outside: &impl Outside, base: &Base, doomed: &Doomed) -> Result<(), Box<Stop>> {
        match self.remove_all(outside, base, doomed).await {
            Err(stop) => Err(explained(outside, base, stop).await),
            done => done,
        }
    }

    async fn remove_all(&mut self, outside: &impl Outside, base: &Base, doomed: &Doomed) -> Result<(), Box<Stop>> {
        check_session(outside, base).await?;
        let mut steps = Vec::new();
        let mut bindings = Vec::new();
        if let Some((slug, pk)) = &doomed.application {
            let answer = one(outside, base.bindings(pk)).await;
            let (endpoint, permission) = (Creatable::Binding.endpoint(), "authentik_policies.view_policybinding");
            bindings = answer::read::<Page<Map>>(&answer, endpoint, permission)?.results;
            steps.push((Creatable::Application, Object::Application(slug.clone())));
        }
        steps.push((Creatable::Provider, Object::Provider(doomed.provider)));
        steps.extend(doomed.mappings.iter().map(|pk| (Creatable::ScopeMapping, Object::ScopeMapping(pk.clone()))));
        for (kind, object) in steps {
            let mut was = match read_object(outside, base, &object).await {
                Err(error) if error.is_gone() => continue,
                was => was?,
            };
            if let Object::ScopeMapping(pk) = &object {
                let answer = one(outside, base.mapping_used_by(pk)).await;
                let used = answer::read::<Vec<UsedBy>>(&answer, object.endpoint(), object.change_permission());
                if !used?.is_empty() {
                    continue;
                }
            }
            let answer = one(outside, base.remove(&object)).await;
            match answer::accept_removal(&answer, object.endpoint(), object.change_permission()) {
                Ok(()) => {}
                Err(error) if error.is_gone() => {}
                // An answer that got lost leaves it open: then authentik is asked.
                Err(error) => match read_object(outside, base, &object).await {
                    Err(gone) if gone.is_gone() => {}
                    _ => return Err(error.into()),
                },
            }
            if kind == Creatable::Application {
                self.objects.extend(bindings.drain(..).map(|binding| (Creatable::Binding, binding)));
            }
            if let Some(Value::String(secret)) = was.remove("client_secret") {
                self.secret = Some(Secret::new(secret));
            }
            self.objects.push((kind, was));
        }
        Ok(())
    }

    /// Makes everything again, last removed first, with the same client ID and secret. What has a new primary key is referred to by
    /// it. Can be called again after it ended early.
    ///
    /// # Errors
    /// Why it ended early.
    pub async fn put_back(&mut self, outside: &impl Outside, base: &Base) -> Result<(), Box<Stop>> {
        while let Some((kind, was)) = self.objects.last() {
            let mut body = was.clone();
            if let (Creatable::Provider, Some(secret)) = (kind, &self.secret) {
                body.insert("client_secret", secret.reveal());
            }
            let answer = one(outside, base.create(*kind, &body)).await;
            let made: Map = match answer::read(&answer, kind.endpoint(), kind.add_permission()) {
                Err(error) => return Err(explained(outside, base, error.into()).await),
                Ok(made) => made,
            };
            self.objects.pop();
            if let (Some(old), Some(new)) = (body.get("pk"), made.get("pk")) {
                for (_, later) in &mut self.objects {
                    refer(later, old, new);
                }
            }
        }
        Ok(())
    }
}

/// Replaces a reference to an object.
fn refer(object: &mut Map, old: &Value, new: &Value) {
    for (name, value) in object.iter_mut() {
        match (name.as_str(), value) {
            ("provider" | "target", value) if value == old => *value = new.clone(),
            ("property_mappings", Value::Array(keys)) => {
                keys.iter_mut().filter(|key| *key == old).for_each(|key| *key = new.clone());
            }
            _ => {}
        }
    }
}

async fn one(outside: &impl Outside, request: Request) -> Answer {
    ask(outside, Product::Authentik, request).await
}
