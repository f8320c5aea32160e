//! The draft, completed with defaults and checked: from a draft to a [`Setup`].

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::adopt::{self, Adoption, OwnClient};
use crate::authentik::types::{Certificate, Flow, ScopeMapping};
use crate::authentik::{Snapshot, stock};
use crate::mailcow::api::sign_in_address;
use crate::setup::{
    Access, AddressError, AddressNote, Audience, CheckedAddress, Origin, Setup, TEMPLATE_SCOPE, TemplateRule, VerifiedBy,
    same_expression, template_rules,
};

/// Default name and slug of the application.
const APPLICATION: &str = "mailcow";

/// Default name of the provider.
const PROVIDER: &str = "Provider for mailcow";

/// Default name of the scope mapping.
const MAPPING: &str = "mailcow: verified e-mail";

/// Name of the scope mapping that chooses templates.
const TEMPLATE_MAPPING: &str = "mailcow: template by group";

/// Slugs that authentik reserves since 2025.8 (docs/contract/authentik.md, section 7).
const RESERVED_SLUGS: [&str; 6] = ["authorize", "token", "device", "userinfo", "introspect", "revoke"];

/// Maximum length of a slug until 2025.10 (section 7).
const LONGEST_SLUG: usize = 50;

/// The values in the panel's form. `None` means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SetupDraft {
    /// Address of mailcow as typed.
    pub mailcow: String,
    /// Additional host names of the same mailcow, as typed.
    pub additional_hosts: Vec<String>,
    /// Previous host names of this mailcow, as typed.
    pub previous_hosts: Vec<String>,
    pub application_name: Option<String>,
    pub application_slug: Option<String>,
    /// Heading under which users see the application.
    pub application_group: Option<String>,
    pub launch_url: Option<String>,
    pub provider_name: Option<String>,
    /// Name of the scope mapping.
    pub mapping_name: Option<String>,
    /// Primary key of the authorization flow.
    pub authorization_flow: Option<String>,
    /// Primary key of the invalidation flow.
    pub invalidation_flow: Option<String>,
    /// Primary key of the signing key; the empty text means none.
    pub signing_key: Option<String>,
    /// Who gets `email_verified`.
    pub audience: Audience,
    /// Where the attribute is set.
    pub verified_by: VerifiedBy,
    /// Who may use the application; `None` leaves the bindings as they are.
    pub access: Option<Access>,
    /// Which groups' mailboxes are created from which template; `None` leaves the rules as they are.
    pub templates: Option<Vec<TemplateRule>>,
}

/// A field of the panel's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum DraftField {
    /// Address of mailcow.
    Mailcow,
    /// Additional host names.
    AdditionalHosts,
    /// Previous host names.
    PreviousHosts,
    ApplicationName,
    ApplicationSlug,
    LaunchUrl,
    ProviderName,
    /// Scope mapping name.
    MappingName,
    AuthorizationFlow,
    InvalidationFlow,
    /// Who gets `email_verified`.
    Audience,
    /// Who may use the application.
    Access,
    /// Templates by group.
    Templates,
}

/// Why a field is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DraftError {
    /// The text is not a usable address.
    Address {
        error: AddressError,
    },
    /// A value is required.
    Empty,
    /// Only letters, digits, `-` and `_` are allowed.
    SlugCharacters,
    /// authentik reserves this slug.
    SlugReserved,
    /// This version allows 50 characters.
    SlugTooLong,
    /// The name belongs to an unrelated object, which stays as it is.
    Taken {
        /// Name of that object.
        by: String,
        /// A free name.
        alternative: String,
    },
    /// This authentik has no such object.
    NoneThere,
    NothingChosen,
}

/// A field with its error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct FieldError {
    pub field: DraftField,
    /// Position within a list of values.
    pub index: usize,
    pub error: DraftError,
}

/// A draft, resolved as far as possible.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// The setup; its mailcow is meaningful only if there are no errors.
    pub setup: Option<Setup>,
    /// What exists already.
    pub adoption: Adoption<'a>,
    /// What was changed in the address while parsing it.
    pub notes: Vec<AddressNote>,
    /// What is invalid.
    pub errors: Vec<FieldError>,
}

/// Completes and checks a draft. `own` is the client that a mailcow has stored, if that is known.
#[must_use]
pub fn resolve<'a>(draft: &SetupDraft, snapshot: &'a Snapshot, own: Option<&OwnClient>) -> Resolved<'a> {
    let mut errors = Vec::new();
    let mut report = |field, index, error| errors.push(FieldError { field, index, error });
    let mailcow = match CheckedAddress::parse(&draft.mailcow, Some(snapshot.base.origin())) {
        Ok(checked) => checked,
        Err(error) => {
            report(DraftField::Mailcow, 0, DraftError::Address { error });
            return Resolved { setup: None, adoption: Adoption::default(), notes: Vec::new(), errors };
        }
    };
    let mut known = vec![mailcow.origin.clone()];
    let lists = [(DraftField::AdditionalHosts, &draft.additional_hosts), (DraftField::PreviousHosts, &draft.previous_hosts)];
    let [additional_hosts, previous_hosts] = lists.map(|(field, texts)| {
        let first = known.len();
        for (index, text) in texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            match CheckedAddress::parse(text, Some(snapshot.base.origin())) {
                Ok(host) if known.contains(&host.origin) => {
                    report(field, index, DraftError::Address { error: AddressError::Duplicate });
                }
                Ok(host) => known.push(host.origin),
                Err(error) => report(field, index, DraftError::Address { error }),
            }
        }
        known[first..].to_vec()
    });

    let typed_slug = chosen(draft.application_slug.as_ref());
    let mut adoption = adopt::find(snapshot, &mailcow.origin, &previous_hosts, own, typed_slug.unwrap_or(APPLICATION));
    let application_slug = typed_slug.or(adoption.application.map(|app| app.slug.as_str())).unwrap_or(APPLICATION).to_owned();
    if let Some(problem) = slug_error(&application_slug, snapshot, &adoption) {
        report(DraftField::ApplicationSlug, 0, problem);
    }
    let provider_name = chosen(draft.provider_name.as_ref())
        .or(adoption.provider.map(|provider| provider.name.as_str()))
        .unwrap_or(PROVIDER)
        .to_owned();
    if let Some(other) =
        snapshot.providers.iter().find(|p| p.name == provider_name && adoption.provider.is_none_or(|own| own.pk != p.pk))
    {
        let taken = |name: &str| snapshot.providers.iter().any(|provider| provider.name == name);
        let by = other.redirect_uris.first().map_or_else(|| other.name.clone(), |uri| uri.url.clone());
        report(DraftField::ProviderName, 0, DraftError::Taken { by, alternative: free_name(&provider_name, " ", &taken) });
    }
    let mapping = mapping_for(snapshot, &adoption, chosen(draft.mapping_name.as_ref()), &draft.verified_by);
    adoption.mapping = mapping.adopted;
    if let Some((by, alternative)) = mapping.taken {
        report(DraftField::MappingName, 0, DraftError::Taken { by, alternative });
    }

    let authorization_flow = chosen(draft.authorization_flow.as_ref())
        .or(adoption.provider.and_then(|provider| provider.authorization_flow.as_deref()))
        .or(default_flow(&snapshot.authorization_flows, stock::AUTHORIZATION_FLOW));
    let invalidation_flow = chosen(draft.invalidation_flow.as_ref())
        .or(adoption.provider.and_then(|provider| provider.invalidation_flow.as_deref()))
        .or(default_flow(&snapshot.invalidation_flows, stock::INVALIDATION_FLOW));
    if authorization_flow.is_none() {
        report(DraftField::AuthorizationFlow, 0, DraftError::NoneThere);
    }
    if invalidation_flow.is_none() {
        report(DraftField::InvalidationFlow, 0, DraftError::NoneThere);
    }
    let launch_url = chosen(draft.launch_url.as_ref()).map_or_else(|| sign_in_address(&mailcow.origin), str::to_owned);
    if Origin::of(&launch_url).is_none() {
        report(DraftField::LaunchUrl, 0, DraftError::Address { error: AddressError::Invalid });
    }
    let templates = templates(draft.templates.as_deref(), snapshot, &mut adoption);
    for (field, index) in nothing_chosen(draft, snapshot) {
        report(field, index, DraftError::NothingChosen);
    }
    let setup = Setup {
        template_mapping_name: template_mapping_name(snapshot, &adoption),
        templates,
        application_name: chosen(draft.application_name.as_ref())
            .or(adoption.application.map(|app| app.name.as_str()))
            .unwrap_or(APPLICATION)
            .to_owned(),
        application_group: draft
            .application_group
            .clone()
            .or(adoption.application.map(|app| app.group.clone()))
            .unwrap_or_default(),
        application_slug,
        launch_url,
        provider_name,
        mapping_name: mapping.name,
        authorization_flow: authorization_flow.unwrap_or_default().to_owned(),
        invalidation_flow: invalidation_flow.unwrap_or_default().to_owned(),
        signing_key: signing_key(draft, snapshot, &adoption),
        audience: draft.audience.clone(),
        verified_by: draft.verified_by.clone(),
        access: draft.access.clone().unwrap_or(Access::Everybody),
        mailcow: mailcow.origin,
        additional_hosts,
        previous_hosts,
    };
    Resolved { setup: Some(setup), adoption, notes: mailcow.notes, errors }
}

/// Slugs of applications on which a draft depends and which the list of an administrator with limited permissions may have left
/// out: that of the adopted provider, and the desired one.
#[must_use]
pub fn unlisted_slugs(draft: &SetupDraft, snapshot: &Snapshot, own: Option<&OwnClient>) -> Vec<String> {
    if snapshot.is_superuser {
        return Vec::new();
    }
    let Resolved { setup, adoption, .. } = resolve(draft, snapshot, own);
    let of_provider = adoption.provider.and_then(|provider| provider.assigned_application_slug.clone());
    let desired = setup.map(|setup| setup.application_slug);
    of_provider.into_iter().chain(desired).filter(|slug| !snapshot.knows_application(slug)).collect()
}

/// Fields that require a choice and have none. A group that no longer exists does not count as chosen.
fn nothing_chosen(draft: &SetupDraft, snapshot: &Snapshot) -> Vec<(DraftField, usize)> {
    let nobody = match &draft.audience {
        Audience::All => false,
        Audience::Groups { groups } => groups.is_empty(),
        Audience::Users { users } => users.is_empty(),
    };
    let no_group = matches!(&draft.access, Some(Access::Groups { groups }) if groups.is_empty());
    let mut found = Vec::new();
    found.extend(nobody.then_some((DraftField::Audience, 0)));
    found.extend(no_group.then_some((DraftField::Access, 0)));
    let is_group = |name: &str| snapshot.groups.iter().any(|group| group.name == name);
    let rules = draft.templates.iter().flatten().enumerate();
    let incomplete = rules.filter(|(_, rule)| rule.template.trim().is_empty() || !is_group(&rule.group));
    found.extend(incomplete.map(|(index, _)| (DraftField::Templates, index)));
    found
}

/// The rules that apply: those of the draft, or those of the mapping that Cowbell has created. A mapping that another provider
/// uses, too, is only adopted unchanged.
fn templates<'a>(typed: Option<&[TemplateRule]>, snapshot: &'a Snapshot, adoption: &mut Adoption<'a>) -> Vec<TemplateRule> {
    let typed: Option<Vec<TemplateRule>> = typed.map(|rules| {
        let trimmed = |rule: &TemplateRule| TemplateRule { template: rule.template.trim().to_owned(), ..rule.clone() };
        rules.iter().map(trimmed).collect()
    });
    let own = adoption.provider.map(|provider| provider.pk);
    let is_selected = |mapping: &ScopeMapping, by_us: bool| {
        let mut providers = snapshot.providers.iter().filter(|provider| (Some(provider.pk) == own) == by_us);
        providers.any(|provider| provider.property_mappings.contains(&mapping.pk))
    };
    let mut in_force = Vec::new();
    for mapping in snapshot.mappings.iter().filter(|mapping| mapping.managed.is_none() && mapping.scope_name == TEMPLATE_SCOPE) {
        let Some(rules) = template_rules(&mapping.expression) else { continue };
        let (ours, theirs) = (is_selected(mapping, true), is_selected(mapping, false));
        let fits = typed.as_ref().is_none_or(|typed| *typed == rules);
        let left_over = typed.is_some() && !theirs && adoption.template_mapping.is_none();
        if (ours && (fits || !theirs)) || left_over {
            adoption.template_mapping = Some(mapping);
            in_force = rules;
        }
    }
    typed.unwrap_or(in_force)
}

fn template_mapping_name(snapshot: &Snapshot, adoption: &Adoption<'_>) -> String {
    if let Some(mapping) = adoption.template_mapping {
        return mapping.name.clone();
    }
    let taken = |name: &str| snapshot.mappings.iter().any(|mapping| mapping.name == name);
    if taken(TEMPLATE_MAPPING) { free_name(TEMPLATE_MAPPING, " ", &taken) } else { TEMPLATE_MAPPING.to_owned() }
}

fn chosen(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn default_flow<'a>(flows: &'a [Flow], slug: &str) -> Option<&'a str> {
    flows.iter().find(|flow| flow.slug == slug).or(flows.first()).map(|flow| flow.pk.as_str())
}

fn signing_key(draft: &SetupDraft, snapshot: &Snapshot, adoption: &Adoption<'_>) -> Option<String> {
    let default = || {
        let own = |certificate: &&Certificate| certificate.name == stock::SIGNING_KEY;
        snapshot.certificates.iter().find(own).or(snapshot.certificates.first()).map(|certificate| certificate.pk.clone())
    };
    match &draft.signing_key {
        Some(pk) => Some(pk.clone()).filter(|pk| !pk.is_empty()),
        None => adoption.provider.and_then(|provider| provider.signing_key.clone()).or_else(default),
    }
}

fn slug_error(slug: &str, snapshot: &Snapshot, adoption: &Adoption<'_>) -> Option<DraftError> {
    if !slug.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return Some(DraftError::SlugCharacters);
    }
    if RESERVED_SLUGS.contains(&slug) {
        return Some(DraftError::SlugReserved);
    }
    let is_limited = snapshot.version.is_some_and(|version| (version.year, version.month) < (2025, 12));
    let longest = if is_limited { LONGEST_SLUG } else { usize::MAX };
    if slug.len() > longest {
        return Some(DraftError::SlugTooLong);
    }
    let own = adoption.application.map(|application| &application.pk);
    let other = snapshot.applications.iter().find(|app| app.slug == slug && Some(&app.pk) != own)?;
    let taken = |name: &str| snapshot.applications.iter().any(|app| app.slug == name);
    Some(DraftError::Taken { by: other.name.clone(), alternative: free_slug(slug, longest, &taken) })
}

/// Finds a free name: `mailcow 2`, `mailcow 3`…
fn free_name(name: &str, separator: &str, taken: &dyn Fn(&str) -> bool) -> String {
    (2..=u32::MAX).map(|number| format!("{name}{separator}{number}")).find(|name| !taken(name)).unwrap_or_default()
}

/// Finds a free slug, shortened where no longer one is allowed: `mailcow-2`, `mailcow-3`…
fn free_slug(slug: &str, longest: usize, taken: &dyn Fn(&str) -> bool) -> String {
    let numbered = |number| {
        let end = format!("-{number}");
        let begin: String = slug.chars().take(longest.saturating_sub(end.len())).collect();
        begin + &end
    };
    (2..=u32::MAX).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

struct MappingChoice<'a> {
    name: String,
    adopted: Option<&'a ScopeMapping>,
    taken: Option<(String, String)>,
}

/// Selects the mapping to use: one with the same expression, or ours by name, or a new one.
fn mapping_for<'a>(
    snapshot: &'a Snapshot,
    adoption: &Adoption<'_>,
    typed: Option<&str>,
    verified_by: &VerifiedBy,
) -> MappingChoice<'a> {
    let desired = verified_by.mapping_expression();
    let fits = |mapping: &&ScopeMapping| {
        mapping.managed.is_none() && mapping.scope_name == "email" && same_expression(&mapping.expression, desired)
    };
    let selected =
        |mapping: &&ScopeMapping| adoption.provider.is_some_and(|provider| provider.property_mappings.contains(&mapping.pk));
    let mut fitting = snapshot.mappings.iter().filter(fits).filter(|mapping| typed.is_none_or(|name| mapping.name == name));
    let name = typed.unwrap_or(MAPPING);
    if let Some(adopted) = fitting.clone().find(selected).or_else(|| fitting.next()) {
        return MappingChoice { name: adopted.name.clone(), adopted: Some(adopted), taken: None };
    }
    let Some(same_name) = snapshot.mappings.iter().find(|mapping| mapping.name == name) else {
        return MappingChoice { name: name.to_owned(), adopted: None, taken: None };
    };
    let used_elsewhere = snapshot.providers.iter().find(|provider| {
        adoption.provider.is_none_or(|own| own.pk != provider.pk) && provider.property_mappings.contains(&same_name.pk)
    });
    if same_name.managed.is_none() && same_name.scope_name == "email" && used_elsewhere.is_none() {
        return MappingChoice { name: name.to_owned(), adopted: Some(same_name), taken: None };
    }
    let by = used_elsewhere.map_or_else(|| same_name.scope_name.clone(), |provider| provider.name.clone());
    let taken = |name: &str| snapshot.mappings.iter().any(|mapping| mapping.name == name);
    MappingChoice { name: name.to_owned(), adopted: None, taken: Some((by, free_name(name, " ", &taken))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;
    use crate::setup::template_expression;

    fn stock() -> Snapshot {
        Snapshot::stock(Base::typed("authentik.company").expect("an address").0)
    }

    fn draft() -> SetupDraft {
        SetupDraft { mailcow: "mailcow.company".into(), ..SetupDraft::default() }
    }

    fn rules(template: &str) -> Vec<TemplateRule> {
        vec![TemplateRule { group: "Staff".into(), template: template.into() }]
    }

    #[test]
    fn spaces_around_the_name_of_a_template_are_no_part_of_it() {
        let typed = SetupDraft { templates: Some(rules(" OIDC Users ")), ..draft() };
        assert_eq!(resolve(&typed, &stock(), None).setup.map(|setup| setup.templates), Some(rules("OIDC Users")));
    }

    /// Several may have our expression.
    #[test]
    fn only_the_mapping_that_the_administrator_names_is_adopted() {
        let mut snapshot = stock();
        snapshot.mappings.extend(["first", "second"].map(|name| ScopeMapping {
            pk: name.into(),
            managed: None,
            name: name.into(),
            scope_name: "email".into(),
            expression: VerifiedBy::default().mapping_expression().to_owned(),
        }));
        let adopted = |name: Option<&str>| {
            let draft = SetupDraft { mapping_name: name.map(str::to_owned), ..draft() };
            resolve(&draft, &snapshot, None).adoption.mapping.map(|mapping| mapping.pk.as_str())
        };
        assert_eq!([None, Some("second"), Some("third")].map(adopted), [Some("first"), Some("second"), None]);
    }

    /// authentik itself would overwrite a managed one, and one for another scope sends the claim only when that is requested.
    #[test]
    fn rules_are_adopted_only_in_a_mapping_of_ours_for_their_scope() {
        let mut snapshot = stock();
        let rules = rules("OIDC Users");
        let stock = snapshot.mappings.clone();
        for (scope, managed, is_adopted) in
            [(TEMPLATE_SCOPE, None, true), (TEMPLATE_SCOPE, Some("blueprint"), false), ("other", None, false)]
        {
            snapshot.mappings.clone_from(&stock);
            snapshot.mappings.push(ScopeMapping {
                pk: "rules".into(),
                managed: managed.map(str::to_owned),
                name: "Templates".into(),
                scope_name: scope.into(),
                expression: template_expression(&rules),
            });
            let draft = SetupDraft { templates: Some(rules.clone()), ..draft() };
            let adopted = resolve(&draft, &snapshot, None).adoption.template_mapping;
            assert_eq!(adopted.is_some(), is_adopted, "{scope} {managed:?}");
        }
    }

    #[test]
    fn the_key_that_every_authentik_has_is_proposed_wherever_it_is_listed() {
        let mut snapshot = stock();
        let another = Certificate { pk: "another".into(), name: "another".into(), ..snapshot.certificates[0].clone() };
        snapshot.certificates.insert(0, another);
        let proposed = |snapshot: &Snapshot| resolve(&draft(), snapshot, None).setup.and_then(|setup| setup.signing_key);
        assert_eq!(proposed(&snapshot).as_deref(), Some(stock::SIGNING_KEY));
        snapshot.certificates.pop();
        assert_eq!(proposed(&snapshot).as_deref(), Some("another"), "it was removed");
    }
}
