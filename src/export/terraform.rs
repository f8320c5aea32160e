//! The integration as resources of Terraform (documentation of its provider `goauthentik/authentik`).

use super::{Integration, Text};
use crate::wire::quoted;

/// Resources for provider, application, own scope mappings and bindings; `import` blocks (Terraform 1.5 and later) adopt existing
/// objects. The client secret is not included: Terraform reads it from authentik into its state.
#[must_use]
pub fn terraform(integration: &Integration<'_>) -> String {
    let mut out = Text::default();
    out.add(&[
        "terraform {\n  required_providers {\n    authentik = {\n      source = \"goauthentik/authentik\"\n    }\n  }\n}\n",
    ]);
    let provider = integration.provider;
    let key = integration.signing_key().map(|key| ("signing_key", "certificate_key_pair", key));
    let references = integration.flows().map(|(name, flow)| (name, "flow", flow)).into_iter().chain(key);
    for (name, kind, [field, value]) in references.clone() {
        if field != "pk" {
            data(&mut out, kind, name, field, value);
        }
    }
    let mut mappings = String::new();
    for (at, mapping) in integration.mappings().enumerate() {
        let name = ["scope_", &at.to_string()].concat();
        if let Some(managed) = &mapping.managed {
            data(&mut out, "property_mapping_provider_scope", &name, "managed", managed);
            mappings.push_str("    data.");
        } else {
            resource(&mut out, "property_mapping_provider_scope", &name, &mapping.pk);
            line(&mut out, "name", &mapping.name);
            line(&mut out, "scope_name", &mapping.scope_name);
            expression(&mut out, &mapping.expression);
            out.add(&["}\n"]);
            mappings.push_str("    ");
        }
        mappings.extend(["authentik_property_mapping_provider_scope.", &name, ".id,\n"]);
    }
    resource(&mut out, "provider_oauth2", "mailcow", &provider.pk.to_string());
    line(&mut out, "name", &provider.name);
    line(&mut out, "client_type", &provider.client_type);
    line(&mut out, "client_id", &provider.client_id);
    for (name, kind, [field, value]) in references {
        if field == "pk" {
            line(&mut out, name, value);
        } else {
            out.add(&["  ", name, " = data.authentik_", kind, ".", name, ".id\n"]);
        }
    }
    if let Some(types) = &provider.grant_types {
        out.add(&["  grant_types = ["]);
        for (at, kind) in types.iter().enumerate() {
            string(out.add(&[if at > 0 { ", " } else { "" }]), kind);
        }
        out.add(&["]\n"]);
    }
    out.add(&["  property_mappings = [\n", &mappings, "  ]\n  allowed_redirect_uris = [\n"]);
    // The export has no field for the type of a redirect URI, so those for signing out are omitted.
    for uri in
        provider.redirect_uris.iter().filter(|uri| uri.redirect_uri_type.as_deref().is_none_or(|kind| kind == "authorization"))
    {
        string(out.add(&["    { matching_mode = "]), &uri.matching_mode);
        string(out.add(&[", url = "]), &uri.url);
        out.add(&[" },\n"]);
    }
    out.add(&["  ]\n}\n"]);
    let Some(application) = integration.application else { return out.0 };
    resource(&mut out, "application", "mailcow", &application.slug);
    line(&mut out, "name", &application.name);
    line(&mut out, "slug", &application.slug);
    line(&mut out, "group", &application.group);
    line(&mut out, "meta_launch_url", &application.meta_launch_url);
    line(&mut out, "policy_engine_mode", integration.policy_engine_mode());
    out.add(&["  protocol_provider = authentik_provider_oauth2.mailcow.id\n}\n"]);
    for (at, (binding, group)) in integration.group_bindings().into_iter().enumerate() {
        let name = ["group_", &at.to_string()].concat();
        data(&mut out, "group", &name, "name", group);
        resource(&mut out, "policy_binding", &name, &binding.pk);
        out.add(&["  target = authentik_application.mailcow.uuid\n  group = data.authentik_group.", &name, ".id\n  order = "]);
        out.add(&[&binding.order.to_string(), "\n"]);
        for (name, on, usual) in [("enabled", binding.enabled, true), ("negate", binding.negate, false)] {
            if on != usual {
                out.add(&["  ", name, if on { " = true\n" } else { " = false\n" }]);
            }
        }
        out.add(&["}\n"]);
    }
    out.add(&[&integration.left_out()]);
    out.0
}

/// Writes a resource that exists already, up to its fields.
fn resource(out: &mut Text, kind: &str, name: &str, id: &str) {
    string(out.add(&["\nimport {\n  to = authentik_", kind, ".", name, "\n  id = "]), id);
    out.add(&["\n}\n\nresource \"authentik_", kind, "\" \"", name, "\" {\n"]);
}

/// Writes a data source, for an object that is only referenced.
fn data(out: &mut Text, kind: &str, name: &str, field: &str, value: &str) {
    out.add(&["\ndata \"authentik_", kind, "\" \"", name, "\" {\n"]);
    line(out, field, value);
    out.add(&["}\n"]);
}

fn line(out: &mut Text, name: &str, value: &str) {
    if !value.is_empty() {
        string(out.add(&["  ", name, " = "]), value);
        out.add(&["\n"]);
    }
}

/// Writes an expression, a string for each of its lines. A heredoc would end at a line of the expression that is its delimiter.
fn expression(out: &mut Text, text: &str) {
    out.add(&["  expression = join(\"\\n\", [\n"]);
    for line in text.split('\n') {
        string(out.add(&["    "]), line);
        out.add(&[",\n"]);
    }
    out.add(&["  ])\n"]);
}

/// Writes a string: in quotes, and with `${` and `%{`, which would start a template, escaped.
fn string(out: &mut Text, text: &str) {
    out.add(&[&quoted(text).replace("${", "$${").replace("%{", "%%{")]);
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;

    #[test]
    fn every_object_of_the_integration_is_in_it() {
        example(|integration| assert_eq!(terraform(&integration), include_str!("terraform.tf")));
    }
}
