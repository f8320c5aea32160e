//! Permissions that a plan needs and the administrator lacks: asked when the plan is made, because a run would end at the first
//! refused write, with the writes before it done.

use super::compare::{BindingStep, Plan, Step};
use crate::authentik::api::{Creatable, Object};
use crate::authentik::types::Metadata;
use crate::authentik::{Operation, Permission, Snapshot, answer};
use crate::transport::{Batch, Host, Product, fetch};

impl Plan {
    /// Reads which permissions for this plan are missing. Changes nothing. What authentik does not answer counts as permitted.
    pub async fn missing_permissions(&self, host: &impl Host, snapshot: &Snapshot) -> Vec<Permission> {
        if snapshot.is_superuser {
            return Vec::new();
        }
        let mut refused: Vec<Operation> = self
            .created()
            .into_iter()
            .filter(|kind| !snapshot.may_create.contains(kind))
            .map(|kind| Operation::add(kind.resource()))
            .collect();
        let changed = self.changed();
        let requests = changed.iter().map(|object| snapshot.base.rights_to(object)).collect();
        let answers = fetch(host, Batch::new(Product::Authentik, requests)).await;
        for (object, answer) in changed.iter().zip(&answers) {
            let operation = Operation::change(object.resource());
            if answer::read::<Metadata>(answer, operation).is_ok_and(|rights| !rights.may_change) {
                refused.push(operation);
            }
        }
        let mut missing = Vec::new();
        for permission in refused.into_iter().filter_map(Operation::permission) {
            if !missing.contains(&permission) {
                missing.push(permission);
            }
        }
        missing
    }

    /// Kinds of objects that are created.
    fn created(&self) -> Vec<Creatable> {
        let mappings = [Some(&self.mapping), self.template_mapping.as_ref()].into_iter().flatten();
        let steps = mappings
            .map(|step| (Creatable::ScopeMapping, step))
            .chain([(Creatable::Provider, &self.provider), (Creatable::Application, &self.application)]);
        let created = steps.filter(|(_, step)| matches!(step, Step::Create(_))).map(|(kind, _)| kind);
        let binds = self.bindings.iter().any(|step| matches!(step, BindingStep::Create { .. }));
        created.chain(binds.then_some(Creatable::Binding)).collect()
    }

    /// Objects that are changed; of the users the first.
    fn changed(&self) -> Vec<Object> {
        let steps = [Some(&self.mapping), self.template_mapping.as_ref(), Some(&self.provider), Some(&self.application)];
        let objects = steps.into_iter().flatten().filter_map(|step| match step {
            Step::Update(update) => Some(update.object.clone()),
            Step::Keep(_) | Step::Create(_) => None,
        });
        let bindings = self.bindings.iter().filter_map(|step| match step {
            BindingStep::Update { update, .. } => Some(update.object.clone()),
            BindingStep::Create { .. } => None,
        });
        let group = self.group.as_ref().map(|group| Object::Group(group.pk.clone()));
        let user = self.users.changed.first().map(|user| Object::User(user.pk));
        objects.chain(bindings).chain(group).chain(user).collect()
    }
}
