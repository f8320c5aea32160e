//! The `OAuth2` provider.

use super::super::adopt::{self, Adoption};
use super::super::body::{FieldValue, MappingRef};
use super::super::change::{Change, FieldName, Kind, Remark};
use super::differ::{Differ, Side, same_set};
use super::step::Step;
use crate::authentik::Snapshot;
use crate::authentik::api::Object;
use crate::authentik::types::{Provider, RedirectUri};
use crate::setup::{ClientCredentials, Origin, SCOPES, Secret, Setup, Shown, TEMPLATE_SCOPE, completes_sign_in, template_rules};

/// What is needed to create or update the provider.
pub(super) struct DesiredProvider<'a> {
    /// For the names of other objects.
    pub(super) snapshot: &'a Snapshot,
    /// What is desired.
    pub(super) setup: &'a Setup,
    /// Our `email` mapping.
    pub(super) mapping: MappingRef,
    /// Our `mailcow_template` mapping, if there is to be one.
    pub(super) template_mapping: Option<MappingRef>,
    /// Client ID and secret for a provider that has none.
    pub(super) credentials: &'a ClientCredentials,
}

impl DesiredProvider<'_> {
    /// Creates, updates or keeps the provider; returns also whether the credentials are used.
    pub(super) fn compare(&self, adoption: &Adoption<'_>, changes: &mut Vec<Change>) -> (Step, bool) {
        let Self { setup, credentials: ClientCredentials { client_id, .. }, .. } = self;
        let found = adoption.provider;
        let mut remarks: Vec<Remark> = found.map(|_| Remark::Adopted).into_iter().collect();
        let mut differ = Differ::new(found.map(|found| Object::Provider(found.pk)));
        differ.text("name", FieldName::Name, found.map_or("", |found| &found.name), &setup.provider_name);
        let flows = found.map(|found| [found.authorization_flow.as_deref(), found.invalidation_flow.as_deref()]);
        let [authorization, invalidation] = flows.unwrap_or_default();
        for (name, field, before, after) in [
            ("authorization_flow", FieldName::AuthorizationFlow, authorization, &setup.authorization_flow),
            ("invalidation_flow", FieldName::InvalidationFlow, invalidation, &setup.invalidation_flow),
        ] {
            let before = Side::of(&before, self.flow(before.unwrap_or_default()));
            differ.add(name, field, before, Side::of(after, self.flow(after)).into());
        }
        let before = found.map_or(&[][..], |found| &found.property_mappings);
        let selected = match found {
            None => self.mappings_of_new(),
            Some(_) => self.mappings_of_adopted(before, &mut remarks),
        };
        let there: Vec<MappingRef> = before.iter().cloned().map(MappingRef::There).collect();
        if !same_set(&selected, &there) {
            let (before, shown) = (Side::of(before, self.mappings(&there)), self.mappings(&selected));
            let after = Side { value: FieldValue::Mappings(selected), shown };
            differ.add("property_mappings", FieldName::PropertyMappings, before, after);
        }
        differ.text("client_type", FieldName::ClientType, found.map_or("", |found| &found.client_type), "confidential");
        if found.is_none() {
            let after = Side::of(client_id, Shown::KnownAfterApply);
            differ.add("client_id", FieldName::ClientId, Side::of(&(), Shown::Absent), after.into());
        }
        let needs_secret = found.is_none_or(|found| found.client_secret.as_ref().is_some_and(Secret::is_empty));
        if needs_secret {
            let after = Side { value: FieldValue::NewSecret, shown: Shown::KnownAfterApply };
            differ.add("client_secret", FieldName::ClientSecret, Side::of("", Shown::Absent), after);
        }
        let (before, after) = (found.and_then(|found| found.signing_key.as_deref()), setup.signing_key.as_deref());
        let (before, after) = (Side::of(&before, self.key(before)), Side::of(&after, self.key(after)));
        differ.add("signing_key", FieldName::SigningKey, before, after.into());
        let before = found.map_or(&[][..], |found| &found.redirect_uris);
        let uris = desired_redirect_uris(setup, before, &mut remarks);
        let (before, after) = (Side::of(before, shown_uris(before)), Side::of(&uris, shown_uris(&uris)));
        differ.add("redirect_uris", FieldName::RedirectUris, before, after.into());
        // Versions without this field ignore it; those with it refuse every sign-in unless it contains this grant type
        // (docs/contract/authentik.md, section 5.3).
        let types = found.map_or(Some(&[][..]), |found| found.grant_types.as_deref());
        if let Some(types) = types.filter(|types| !types.iter().any(|kind| kind == CODE)) {
            remarks.extend(found.map(|_| Remark::Necessary));
            let after = [types, &[CODE.to_owned()]].concat();
            let (before, after) = (Side::of(types, Shown::list(types)), Side::of(&after, Shown::list(&after)));
            differ.add("grant_types", FieldName::GrantTypes, before, after.into());
        }
        remarks.extend(found.and_then(|found| found.authentication_flow.as_ref()).map(|_| Remark::OwnAuthenticationFlow));
        remarks.extend(self.others(found).map(|other| Remark::AnotherProvider { name: other.name.clone() }));
        let (step, action, fields) = differ.step();
        let name = found.map_or(&setup.provider_name, |provider| &provider.name).clone();
        changes.push(Change { kind: Kind::Provider, action, name, fields, remarks });
        (step, needs_secret)
    }

    /// Other providers that lead to the same mailcow, by a redirect URI or a regular expression.
    fn others(&self, own: Option<&Provider>) -> impl Iterator<Item = &Provider> {
        let (snapshot, mailcow) = (self.snapshot, &self.setup.mailcow);
        let own = own.map(|own| own.pk);
        let by_uri: Vec<&Provider> = adopt::providers_of(snapshot, mailcow).collect();
        let by_expression = adopt::providers_by_expression(snapshot, mailcow);
        let by_expression: Vec<&Provider> =
            by_expression.filter(|provider| by_uri.iter().all(|known| known.pk != provider.pk)).collect();
        by_uri.into_iter().chain(by_expression).filter(move |provider| Some(provider.pk) != own)
    }

    /// The mappings of a provider that has to be created: authentik's own, and ours.
    fn mappings_of_new(&self) -> Vec<MappingRef> {
        let of_scope = |scope: &&str| match *scope {
            "email" => Some(self.mapping.clone()),
            scope => self.managed(scope),
        };
        SCOPES.iter().filter_map(of_scope).chain(self.template_mapping.clone()).collect()
    }

    /// authentik's own mapping for a scope.
    fn managed(&self, scope: &str) -> Option<MappingRef> {
        self.snapshot.managed_mapping(scope).map(|mapping| MappingRef::There(mapping.pk.clone()))
    }

    /// The mappings that an adopted provider gets: its own, without others for the scopes of ours, plus ours, `openid` and
    /// `profile`.
    fn mappings_of_adopted(&self, found: &[String], remarks: &mut Vec<Remark>) -> Vec<MappingRef> {
        let Self { snapshot, mapping, template_mapping, .. } = self;
        let mut selected = Vec::new();
        for pk in found {
            let other = snapshot.mapping(pk).filter(|found| match found.scope_name.as_str() {
                "email" => mapping.key() != Some(&found.pk),
                TEMPLATE_SCOPE => match template_mapping {
                    Some(ours) => ours.key() != Some(&found.pk),
                    None => template_rules(&found.expression).is_some(),
                },
                _ => false,
            });
            match other {
                Some(other) if other.managed.is_none() => {
                    remarks.push(Remark::OtherMappingDeselected { name: other.name.clone() });
                }
                Some(_) => {}
                None => selected.push(MappingRef::There(pk.clone())),
            }
        }
        let has = |selected: &[MappingRef], scope: &str| {
            let mut there = selected.iter().filter_map(|mapping| snapshot.mapping(mapping.key()?));
            there.any(|mapping| mapping.scope_name == scope)
        };
        for scope in SCOPES.iter().filter(|scope| **scope != "email") {
            if !has(&selected, scope) {
                selected.extend(self.managed(scope));
            }
        }
        for ours in [Some(mapping), template_mapping.as_ref()].into_iter().flatten() {
            if !selected.contains(ours) {
                selected.push(ours.clone());
            }
        }
        selected
    }

    fn flow(&self, pk: &str) -> Shown {
        let mut flows = self.snapshot.authorization_flows.iter().chain(&self.snapshot.invalidation_flows);
        Shown::text(flows.find(|flow| flow.pk == pk).map_or(pk, |flow| &flow.slug))
    }

    fn key(&self, pk: Option<&str>) -> Shown {
        let pk = pk.unwrap_or_default();
        Shown::text(self.snapshot.certificates.iter().find(|key| key.pk == pk).map_or(pk, |key| &key.name))
    }

    fn mappings(&self, mappings: &[MappingRef]) -> Shown {
        let name = |mapping: &MappingRef| match mapping {
            MappingRef::NewEmail => self.setup.mapping_name.clone(),
            MappingRef::NewTemplate => self.setup.template_mapping_name.clone(),
            MappingRef::There(pk) => self.snapshot.mapping(pk).map_or(pk, |mapping| &mapping.name).clone(),
        };
        Shown::list(mappings.iter().map(name))
    }
}

/// The grant type of a sign-in.
const CODE: &str = "authorization_code";

fn shown_uris(uris: &[RedirectUri]) -> Shown {
    Shown::list(uris.iter().map(|uri| uri.url.as_str()))
}

/// The redirect URIs that an adopted provider gets: ours byte for byte in place of their variants and of those of previous host
/// names, all others and pages that work unchanged.
fn desired_redirect_uris(setup: &Setup, found: &[RedirectUri], remarks: &mut Vec<Remark>) -> Vec<RedirectUri> {
    let desired = setup.redirect_uris();
    let origins: Vec<_> = std::iter::once(&setup.mailcow).chain(&setup.additional_hosts).collect();
    let mut out: Vec<RedirectUri> = Vec::new();
    let mut others = 0;
    for uri in found {
        if uri.is_strict() && setup.previous_hosts.iter().any(|host| adopt::is_at(&uri.url, host)) {
            remarks.push(Remark::RedirectUriPrevious { url: uri.url.clone() });
            continue;
        }
        let ours = uri.is_strict().then(|| origins.iter().position(|origin| adopt::is_at(&uri.url, origin))).flatten();
        match ours.and_then(|at| desired.get(at).zip(origins.get(at))) {
            None => {
                others += 1;
                out.push(uri.clone());
            }
            Some((url, origin)) if *url == uri.url || is_working_page(&uri.url, origin) => out.push(uri.clone()),
            Some((url, _)) => {
                remarks.push(Remark::RedirectUriReplaced { url: uri.url.clone() });
                if !found.iter().chain(&out).any(|other| other.is_strict() && other.url == *url) {
                    out.push(RedirectUri { url: url.clone(), ..uri.clone() });
                }
            }
        }
    }
    for (url, origin) in desired.into_iter().zip(origins) {
        if !out.iter().any(|uri| uri.is_strict() && (uri.url == url || is_working_page(&uri.url, origin))) {
            out.push(RedirectUri::strict(url));
        }
    }
    if others > 0 {
        remarks.push(Remark::OtherRedirectUris { count: others });
    }
    out
}

/// Whether a redirect URI is a page below the root of a mailcow at which sign-ins are completed: someone chose it, and it works
/// (docs/contract/cases.md, R10).
fn is_working_page(url: &str, origin: &Origin) -> bool {
    let is_root = url.trim_end_matches('/') == origin.to_string();
    !is_root && completes_sign_in(url) && Origin::of(url).as_ref() == Some(origin)
}
