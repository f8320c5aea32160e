//! The integration as a blueprint of authentik (docs/contract/authentik.md, section 15; recordings 753 to 759).

use super::{Integration, Text};

/// A blueprint that makes provider, application, own scope mappings and bindings, or brings them back to this state. The client
/// secret is not named: an existing one stays, a new one is authentik's.
#[must_use]
pub fn blueprint(integration: &Integration<'_>) -> String {
    let mut out = Text::default();
    out.add(&["# yaml-language-server: $schema=https://goauthentik.io/blueprints/schema.json\nversion: 1\nmetadata:\n  name: mailcow\nentries:\n"]);
    let own = || integration.mappings().filter(|mapping| mapping.managed.is_none());
    for mapping in own() {
        entry(&mut out, "providers_oauth2.scopemapping", &mapping.pk, "name", &mapping.name);
        line(&mut out, "scope_name", &mapping.scope_name);
        out.add(&["      expression: |2-\n"]);
        for line in mapping.expression.lines() {
            out.add(&["        ", line, "\n"]);
        }
    }
    let provider = integration.provider;
    entry(&mut out, "providers_oauth2.oauth2provider", "provider", "name", &provider.name);
    for (name, flow) in integration.flows() {
        found(&mut out, name, "flows.flow", flow);
    }
    line(&mut out, "client_type", &provider.client_type);
    line(&mut out, "client_id", &provider.client_id);
    if let Some(key) = integration.signing_key() {
        found(&mut out, "signing_key", "crypto.certificatekeypair", key);
    }
    if let Some(types) = &provider.grant_types {
        out.add(&["      grant_types:\n"]);
        for kind in types {
            out.add(&["        - "]).quoted(kind).add(&["\n"]);
        }
    }
    out.add(&["      redirect_uris:\n"]);
    for uri in &provider.redirect_uris {
        out.add(&["        - matching_mode: "])
            .quoted(&uri.matching_mode)
            .add(&["\n          url: "])
            .quoted(&uri.url)
            .add(&["\n"]);
        if let Some(kind) = &uri.redirect_uri_type {
            out.add(&["          redirect_uri_type: "]).quoted(kind).add(&["\n"]);
        }
    }
    out.add(&["      property_mappings:\n"]);
    for mapping in integration.mappings() {
        match &mapping.managed {
            Some(managed) => {
                out.add(&["        - !Find [authentik_providers_oauth2.scopemapping, [managed, "]).quoted(managed).add(&["]]\n"]);
            }
            None => {
                out.add(&["        - !KeyOf "]).quoted(&mapping.pk).add(&["\n"]);
            }
        }
    }
    let Some(application) = integration.application else { return out.0 };
    entry(&mut out, "core.application", "application", "slug", &application.slug);
    line(&mut out, "name", &application.name);
    line(&mut out, "group", &application.group);
    line(&mut out, "meta_launch_url", &application.meta_launch_url);
    line(&mut out, "policy_engine_mode", integration.policy_engine_mode());
    out.add(&["      provider: !KeyOf provider\n"]);
    for (binding, group) in integration.group_bindings() {
        out.add(&["  - model: authentik_policies.policybinding\n    identifiers:\n      target: !KeyOf application\n"]);
        found(&mut out, "group", "core.group", ["name", group]);
        out.add(&["      order: ", &binding.order.to_string(), "\n    attrs:\n      enabled: ", truth(binding.enabled)]);
        out.add(&["\n      negate: ", truth(binding.negate), "\n"]);
    }
    out.add(&[&integration.left_out()]);
    out.0
}

fn truth(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// The beginning of an entry, found by one field.
fn entry(out: &mut Text, model: &str, id: &str, field: &str, value: &str) {
    out.add(&["  - model: authentik_", model, "\n    id: "]).quoted(id).add(&["\n    identifiers:\n"]);
    line(out, field, value);
    out.add(&["    attrs:\n"]);
}

fn line(out: &mut Text, name: &str, value: &str) {
    out.add(&["      ", name, ": "]).quoted(value).add(&["\n"]);
}

/// A reference to an object that is there already.
fn found(out: &mut Text, name: &str, model: &str, [field, value]: [&str; 2]) {
    out.add(&["      ", name, ": !Find [authentik_", model, ", [", field, ", "]).quoted(value).add(&["]]\n"]);
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;

    #[test]
    fn every_object_of_the_integration_is_in_it() {
        example(|integration| {
            assert_eq!(blueprint(&integration), include_str!("blueprint.yaml"));
        });
    }
}
