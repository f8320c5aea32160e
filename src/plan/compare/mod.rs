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
    use crate::authentik::types::Certificate;
    use crate::plan::{SetupDraft, resolve};
    use crate::setup::Secret;

    fn stock() -> Snapshot {
        Snapshot::stock(Base::typed("authentik.company").expect("an address").0)
    }

    fn credentials(client_id: &str) -> ClientCredentials {
        ClientCredentials { client_id: client_id.into(), client_secret: Secret::new("generated".into()) }
    }

    fn plan(snapshot: &Snapshot, signing_key: Option<&str>) -> Plan {
        let signing_key = signing_key.map(str::to_owned);
        let draft = SetupDraft { mailcow: "mailcow.company".into(), signing_key, ..SetupDraft::default() };
        let resolved = resolve(&draft, snapshot, None);
        let setup = resolved.setup.expect("a setup");
        compare(snapshot, &Directory::default(), &setup, &resolved.adoption, credentials("random"))
    }

    /// What the plan does about the provider.
    fn of_provider(plan: &Plan) -> &Change {
        plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a change")
    }

    /// What a field of the provider is to be; `None` when it stays.
    fn after(plan: &Plan, field: FieldName) -> Option<&Shown> {
        of_provider(plan).fields.iter().find(|change| change.field == field).map(|change| &change.after)
    }

    /// mailcow is told both, and authentik keeps the client ID.
    #[test]
    fn a_provider_without_a_secret_gets_one_for_its_own_client_id() {
        let mut snapshot = stock();
        let provider = r#"{"pk":7,"name":"Mail","property_mappings":[],"client_type":"confidential","client_id":"theirs","client_secret":"",
            "redirect_uris":[{"matching_mode":"strict","url":"https://mailcow.company"}]}"#;
        snapshot.providers = vec![crate::wire::read(provider).expect("a provider")];
        assert_eq!(plan(&snapshot, None).new_credentials, Some(credentials("theirs")));
    }

    /// Without the mapping for `profile`, mailcow gets no name; the one for `openid` is there already.
    #[test]
    fn an_adopted_provider_gets_the_mappings_that_it_lacks_and_keeps_what_leads_elsewhere() {
        let mut snapshot = stock();
        let openid = snapshot.managed_mapping("openid").expect("a mapping").clone();
        let profile = snapshot.managed_mapping("profile").expect("a mapping").name.clone();
        let provider = r#"{"pk":7,"name":"Mail","property_mappings":["OPENID"],"client_type":"confidential","client_id":"theirs",
            "redirect_uris":[{"matching_mode":"strict","url":"https://mailcow.company"},
            {"matching_mode":"strict","url":"https://wiki.company/callback"}]}"#;
        snapshot.providers = vec![crate::wire::read(&provider.replace("OPENID", &openid.pk)).expect("a provider")];
        let plan = plan(&snapshot, None);
        let expected = Shown::list([openid.name, profile, plan.setup.mapping_name.clone()]);
        assert_eq!(after(&plan, FieldName::PropertyMappings), Some(&expected));
        assert!(of_provider(&plan).remarks.contains(&Remark::OtherRedirectUris { count: 1 }));
        assert_eq!(after(&plan, FieldName::RedirectUris), None);
    }

    #[test]
    fn a_plan_names_the_flows_and_the_key_that_were_chosen() {
        let mut snapshot = stock();
        let (flow, key) = (&mut snapshot.authorization_flows[0], &mut snapshot.certificates[0]);
        (flow.pk, key.pk) = ("f".into(), "k".into());
        let (flow, key) = (Shown::text(&flow.slug), Shown::text(&key.name));
        let another = Certificate { pk: "a".into(), name: "another".into(), ..snapshot.certificates[0].clone() };
        snapshot.certificates.push(another);
        let proposed = plan(&snapshot, None);
        assert_eq!(after(&proposed, FieldName::AuthorizationFlow), Some(&flow));
        assert_eq!(after(&proposed, FieldName::SigningKey), Some(&key));
        let chosen = plan(&snapshot, Some("a"));
        assert_eq!(after(&chosen, FieldName::SigningKey), Some(&Shown::text("another")));
        assert_eq!(chosen.setup.signing_key.as_deref(), Some("a"));
        assert_eq!(plan(&snapshot, Some("")).setup.signing_key, None, "signed with the client secret");
    }
}
