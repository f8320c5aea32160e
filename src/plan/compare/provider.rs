//! The `OAuth2` provider.

use crate::json::Value;

use super::super::adopt::{self, Adoption};
use super::super::change::{Action, Change, FieldChange, FieldName, Kind, Remark};
use super::{Differ, PENDING, Step, created, same_set};
use crate::authentik::Snapshot;
use crate::authentik::api::Object;
use crate::authentik::types::{Provider, RedirectUri};
use crate::setup::{SCOPES, Secret, Setup, Shown};

/// What the provider is made or corrected from.
pub(super) struct Wanted<'a> {
    /// Where names of other objects are looked up.
    pub(super) snapshot: &'a Snapshot,
    /// What is wanted.
    pub(super) setup: &'a Setup,
    /// Primary key of our mapping, or its placeholder.
    pub(super) mapping: &'a str,
    /// Client ID and secret for a provider that has none.
    pub(super) credentials: &'a (String, Secret),
}

type Outcome = (Step, Action, Vec<FieldChange>);

impl Wanted<'_> {
    /// Makes, changes or keeps the provider; says also whether the credentials are used.
    pub(super) fn compare(&self, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> (Step, bool) {
        let mut remarks = Vec::new();
        let mut needs_credentials = adoption.provider.is_none();
        let (step, action, fields) = match adoption.provider {
            None => self.create(),
            Some(found) => {
                remarks.push(Remark::Adopted);
                needs_credentials = found.client_secret.as_ref().is_some_and(Secret::is_empty);
                self.correct(found, &mut remarks)
            }
        };
        for other in adopt::providers_of(self.snapshot, &self.setup.mailcow) {
            if adoption.provider.is_none_or(|own| own.pk != other.pk) {
                remarks.push(Remark::AnotherProvider { name: other.name.clone() });
            }
        }
        let name = adoption.provider.map_or(&self.setup.provider_name, |provider| &provider.name).clone();
        changes.push(Change { kind: Kind::Provider, action, name, fields, remarks });
        (step, needs_credentials)
    }

    fn create(&self) -> Outcome {
        let Self { snapshot, setup, mapping, credentials: (client_id, _) } = self;
        let key_of = |scope: &&str| match *scope {
            "email" => Some((*mapping).to_owned()),
            scope => snapshot.managed_mapping(scope).map(|mapping| mapping.pk.clone()),
        };
        let mappings: Vec<String> = SCOPES.iter().filter_map(key_of).collect();
        let uris: Vec<RedirectUri> = setup.redirect_uris().into_iter().map(RedirectUri::strict).collect();
        created(vec![
            ("name", FieldName::Name, setup.provider_name.as_str().into(), Shown::text(&setup.provider_name)),
            (
                "authorization_flow",
                FieldName::AuthorizationFlow,
                setup.authorization_flow.as_str().into(),
                self.flow(&setup.authorization_flow),
            ),
            (
                "invalidation_flow",
                FieldName::InvalidationFlow,
                setup.invalidation_flow.as_str().into(),
                self.flow(&setup.invalidation_flow),
            ),
            ("property_mappings", FieldName::PropertyMappings, mappings.as_slice().into(), self.mappings(&mappings)),
            ("client_type", FieldName::ClientType, "confidential".into(), Shown::text("confidential")),
            ("client_id", FieldName::ClientId, client_id.as_str().into(), Shown::KnownAfterApply),
            ("client_secret", FieldName::ClientSecret, PENDING.into(), Shown::KnownAfterApply),
            ("signing_key", FieldName::SigningKey, setup.signing_key.as_deref().into(), self.key(setup.signing_key.as_deref())),
            ("redirect_uris", FieldName::RedirectUris, uris_value(&uris), shown_uris(&uris)),
            // Versions that have no such field ignore it; those that have it refuse every sign-in without it
            // (contract/authentik.md, section 5.3).
            ("grant_types", FieldName::GrantTypes, Value::from([CODE]), Shown::list([CODE])),
        ])
    }

    fn correct(&self, found: &Provider, remarks: &mut Vec<Remark>) -> Outcome {
        let Self { snapshot, setup, mapping, .. } = self;
        let mut differ = Differ::new();
        differ.text("name", FieldName::Name, &found.name, &setup.provider_name);
        let flows = [
            ("authorization_flow", FieldName::AuthorizationFlow, &found.authorization_flow, &setup.authorization_flow),
            ("invalidation_flow", FieldName::InvalidationFlow, &found.invalidation_flow, &setup.invalidation_flow),
        ];
        for (name, field, before, after) in flows {
            let before = (before.as_deref().into(), self.flow(before.as_deref().unwrap_or_default()));
            differ.add(name, field, before, (after.as_str().into(), self.flow(after)));
        }
        let selected = selected_mappings(snapshot, found, mapping, remarks);
        if !same_set(&selected, &found.property_mappings) {
            let before = (found.property_mappings.as_slice().into(), self.mappings(&found.property_mappings));
            differ.add(
                "property_mappings",
                FieldName::PropertyMappings,
                before,
                (selected.as_slice().into(), self.mappings(&selected)),
            );
        }
        differ.text("client_type", FieldName::ClientType, &found.client_type, "confidential");
        if found.client_secret.as_ref().is_some_and(Secret::is_empty) {
            let after = (PENDING.into(), Shown::KnownAfterApply);
            differ.add("client_secret", FieldName::ClientSecret, ("".into(), Shown::Absent), after);
        }
        let before = (found.signing_key.as_deref().into(), self.key(found.signing_key.as_deref()));
        differ.add(
            "signing_key",
            FieldName::SigningKey,
            before,
            (setup.signing_key.as_deref().into(), self.key(setup.signing_key.as_deref())),
        );
        let uris = wanted_redirect_uris(setup, found, remarks);
        let before = (uris_value(&found.redirect_uris), shown_uris(&found.redirect_uris));
        differ.add("redirect_uris", FieldName::RedirectUris, before, (uris_value(&uris), shown_uris(&uris)));
        if let Some(types) = found.grant_types.as_ref().filter(|types| !types.iter().any(|kind| kind == CODE)) {
            remarks.push(Remark::Necessary);
            let after: Vec<String> = types.iter().cloned().chain([CODE.to_owned()]).collect();
            let before = (types.as_slice().into(), Shown::list(types.clone()));
            differ.add("grant_types", FieldName::GrantTypes, before, (after.as_slice().into(), Shown::list(after.clone())));
        }
        differ.step(Object::Provider(found.pk))
    }

    fn flow(&self, pk: &str) -> Shown {
        let mut flows = self.snapshot.authorization_flows.iter().chain(&self.snapshot.invalidation_flows);
        Shown::text(flows.find(|flow| flow.pk == pk).map_or(pk, |flow| &flow.slug))
    }

    fn key(&self, pk: Option<&str>) -> Shown {
        let pk = pk.unwrap_or_default();
        Shown::text(self.snapshot.certificates.iter().find(|key| key.pk == pk).map_or(pk, |key| &key.name))
    }

    fn mappings(&self, pks: &[String]) -> Shown {
        let name = |pk: &String| match pk.as_str() {
            PENDING => self.setup.mapping_name.clone(),
            pk => self.snapshot.mapping(pk).map_or(pk, |mapping| &mapping.name).to_owned(),
        };
        Shown::list(pks.iter().map(name))
    }
}

/// The grant type of a sign-in.
const CODE: &str = "authorization_code";

fn uris_value(uris: &[RedirectUri]) -> Value {
    uris.iter().map(Value::from).collect()
}

fn shown_uris(uris: &[RedirectUri]) -> Shown {
    Shown::list(uris.iter().map(|uri| uri.url.as_str()))
}

/// The mappings that an adopted provider ends up with: what it has, without other mappings for `email`, with ours, `openid` and `profile`.
fn selected_mappings(snapshot: &Snapshot, found: &Provider, ours: &str, remarks: &mut Vec<Remark>) -> Vec<String> {
    let mut selected = Vec::new();
    for pk in &found.property_mappings {
        match snapshot.mapping(pk).filter(|mapping| mapping.scope_name == "email" && mapping.pk != ours) {
            Some(other) if other.managed.is_none() => remarks.push(Remark::OtherMappingDeselected { name: other.name.clone() }),
            Some(_) => {}
            None => selected.push(pk.clone()),
        }
    }
    let has = |selected: &[String], scope: &str| {
        selected.iter().any(|pk| snapshot.mapping(pk).is_some_and(|mapping| mapping.scope_name == scope))
    };
    for scope in SCOPES.iter().filter(|scope| **scope != "email") {
        if !has(&selected, scope) {
            selected.extend(snapshot.managed_mapping(scope).map(|mapping| mapping.pk.clone()));
        }
    }
    if !selected.iter().any(|pk| pk == ours) {
        selected.push(ours.to_owned());
    }
    selected
}

/// The redirect URIs that an adopted provider ends up with: ours letter by letter in place of their variants and of those of former
/// host names, all others as they are.
fn wanted_redirect_uris(setup: &Setup, found: &Provider, remarks: &mut Vec<Remark>) -> Vec<RedirectUri> {
    let wanted = setup.redirect_uris();
    let origins: Vec<_> = std::iter::once(&setup.mailcow).chain(&setup.extra_hosts).collect();
    let mut out: Vec<RedirectUri> = Vec::new();
    let mut others = 0;
    for uri in &found.redirect_uris {
        if uri.is_strict() && setup.former_hosts.iter().any(|host| adopt::is_at(&uri.url, host)) {
            remarks.push(Remark::RedirectUriFormer { url: uri.url.clone() });
            continue;
        }
        let ours = uri.is_strict().then(|| origins.iter().position(|origin| adopt::is_at(&uri.url, origin))).flatten();
        match ours.and_then(|at| wanted.get(at)) {
            None => {
                others += 1;
                out.push(uri.clone());
            }
            Some(url) if *url == uri.url => out.push(uri.clone()),
            Some(url) => {
                remarks.push(Remark::RedirectUriReplaced { url: uri.url.clone() });
                if !found.redirect_uris.iter().chain(&out).any(|other| other.is_strict() && other.url == *url) {
                    out.push(RedirectUri { url: url.clone(), ..uri.clone() });
                }
            }
        }
    }
    for url in wanted {
        if !out.iter().any(|uri| uri.is_strict() && uri.url == url) {
            out.push(RedirectUri::strict(url));
        }
    }
    if others > 0 {
        remarks.push(Remark::OtherRedirectUris { count: others });
    }
    out
}
