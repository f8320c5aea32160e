//! Compares the desired state with the current one. Pure.

mod application;
mod differ;
mod group;
mod mapping;
mod provider;
mod step;

pub(super) use differ::same_set;
pub(super) use step::{BindingStep, GroupStep, Step, Update};

use super::adopt::Adoption;
use super::body::MappingRef;
use super::change::{Action, Change, FieldChange, FieldName, Kind, Remark, Totals};
use super::users::{Chooser, UserPlan};
use crate::authentik::api::Object;
use crate::authentik::{Directory, Snapshot};
use crate::setup::{ClientCredentials, Setup, Shown, VerifiedBy};

/// A plan: what is shown, and what is needed to apply it.
#[derive(Clone)]
pub struct Plan {
    /// What is desired.
    pub setup: Setup,
    /// What is shown, in the order in which it is applied.
    pub changes: Vec<Change>,
    /// One line of totals.
    pub totals: Totals,
    /// What happens to users.
    pub users: UserPlan,
    pub(super) mapping: Step,
    pub(super) template_mapping: Option<Step>,
    pub(super) provider: Step,
    pub(super) application: Step,
    pub(super) bindings: Vec<BindingStep>,
    pub(super) group: Option<GroupStep>,
    /// Client ID of the provider that gets a new secret, and that secret: for a provider that is created, both are new.
    pub(crate) new_credentials: Option<ClientCredentials>,
}

impl Plan {
    /// Number of objects and users that will be written.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.totals.create + self.totals.update + self.totals.users
    }
}

/// Compares. `credentials` are used if a provider has to be created or has no secret.
#[must_use]
pub fn compare(
    snapshot: &Snapshot,
    directory: &Directory,
    setup: &Setup,
    adoption: &Adoption<'_>,
    credentials: ClientCredentials,
) -> Plan {
    let mut changes = Vec::new();
    let mapping = mapping::email(setup, adoption, &mut changes);
    let template_mapping = mapping::template(setup, adoption, &mut changes);
    let desired = provider::DesiredProvider {
        snapshot,
        setup,
        mapping: mapping_ref(&mapping, MappingRef::NewEmail),
        template_mapping: template_mapping.as_ref().map(|step| mapping_ref(step, MappingRef::NewTemplate)),
        credentials: &credentials,
    };
    let (provider, needs_credentials) = desired.compare(adoption, &mut changes);
    let application = application::compare(snapshot, setup, adoption, &mut changes);
    let bindings = application::bindings(snapshot, setup, adoption, &mut changes);
    let (users, group) = match &setup.verified_by {
        VerifiedBy::UserAttribute => {
            (UserPlan::new(directory, &Chooser::new(&setup.audience, directory, &snapshot.groups)), None)
        }
        VerifiedBy::GroupAttribute { group } => (UserPlan::default(), group::compare(snapshot, directory, group, &mut changes)),
    };
    if setup.verified_by == VerifiedBy::UserAttribute {
        changes.push(Change {
            kind: Kind::Users,
            action: if users.counts.change > 0 { Action::Update } else { Action::Keep },
            name: String::new(),
            fields: vec![FieldChange {
                field: FieldName::EmailVerified,
                before: Shown::Absent,
                after: Shown::Switch { on: true },
            }],
            remarks: vec![Remark::GuideOnly],
        });
    }
    let count = |action| changes.iter().filter(|change| change.action == action && change.kind != Kind::Users).count();
    let totals = Totals {
        create: count(Action::Create),
        update: count(Action::Update),
        keep: count(Action::Keep),
        users: users.counts.change,
    };
    Plan {
        setup: setup.clone(),
        totals,
        users,
        mapping,
        template_mapping,
        provider,
        application,
        bindings,
        group,
        new_credentials: needs_credentials.then(|| match adoption.provider {
            Some(provider) => ClientCredentials { client_id: provider.client_id.clone(), ..credentials },
            None => credentials,
        }),
        changes,
    }
}

/// A mapping that a step keeps or updates, or else the one that it creates.
fn mapping_ref(step: &Step, new: MappingRef) -> MappingRef {
    match step {
        Step::Keep(Object::ScopeMapping(pk)) | Step::Update(Update { object: Object::ScopeMapping(pk), .. }) => {
            MappingRef::There(pk.clone())
        }
        _ => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;
    use crate::plan::{SetupDraft, resolve};
    use crate::setup::Secret;

    /// mailcow is told both, and authentik keeps the client ID.
    #[test]
    fn a_provider_without_a_secret_gets_one_for_its_own_client_id() {
        let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
        let provider = r#"{"pk":7,"name":"Mail","property_mappings":[],"client_type":"confidential","client_id":"theirs","client_secret":"",
            "redirect_uris":[{"matching_mode":"strict","url":"https://mailcow.company"}]}"#;
        snapshot.providers = vec![crate::wire::read(provider).expect("a provider")];
        let resolved = resolve(&SetupDraft { mailcow: "mailcow.company".into(), ..SetupDraft::default() }, &snapshot, None);
        let setup = resolved.setup.expect("a setup");
        let credentials =
            |client_id: &str| ClientCredentials { client_id: client_id.into(), client_secret: Secret::new("generated".into()) };
        let plan = compare(&snapshot, &Directory::default(), &setup, &resolved.adoption, credentials("random"));
        assert_eq!(plan.new_credentials, Some(credentials("theirs")));
    }
}
