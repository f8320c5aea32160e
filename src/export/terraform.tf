terraform {
  required_providers {
    authentik = {
      source = "goauthentik/authentik"
    }
  }
}

data "authentik_flow" "authorization_flow" {
  slug = "default-provider-authorization-implicit-consent"
}

data "authentik_certificate_key_pair" "signing_key" {
  name = "authentik Self-signed Certificate"
}

data "authentik_property_mapping_provider_scope" "scope_0" {
  managed = "goauthentik.io/providers/oauth2/scope-openid"
}

data "authentik_property_mapping_provider_scope" "scope_1" {
  managed = "goauthentik.io/providers/oauth2/scope-profile"
}

import {
  to = authentik_property_mapping_provider_scope.scope_2
  id = "e0000000-0000-0000-0000-000000000001"
}

resource "authentik_property_mapping_provider_scope" "scope_2" {
  name = "mailcow: \"verified\" $${e-mail}"
  scope_name = "email"
  expression = join("\n", [
    "return {",
    "    \"email\": request.user.email,",
    "    \"email_verified\": request.user.attributes.get(\"email_verified\", False),",
    "}",
  ])
}

import {
  to = authentik_provider_oauth2.mailcow
  id = "7"
}

resource "authentik_provider_oauth2" "mailcow" {
  name = "Provider for mailcow"
  client_type = "confidential"
  client_id = "mailcowClientId"
  authorization_flow = data.authentik_flow.authorization_flow.id
  invalidation_flow = "f0000000-0000-0000-0000-000000000001"
  signing_key = data.authentik_certificate_key_pair.signing_key.id
  grant_types = ["authorization_code"]
  property_mappings = [
    data.authentik_property_mapping_provider_scope.scope_0.id,
    data.authentik_property_mapping_provider_scope.scope_1.id,
    authentik_property_mapping_provider_scope.scope_2.id,
  ]
  allowed_redirect_uris = [
    { matching_mode = "strict", url = "https://mailcow.company" },
  ]
}

import {
  to = authentik_application.mailcow
  id = "mailcow"
}

resource "authentik_application" "mailcow" {
  name = "mailcow"
  slug = "mailcow"
  meta_launch_url = "https://mailcow.company/?iam_sso=1"
  policy_engine_mode = "all"
  protocol_provider = authentik_provider_oauth2.mailcow.id
}

data "authentik_group" "group_0" {
  name = "Sales: \"north\""
}

import {
  to = authentik_policy_binding.group_0
  id = "b0000000-0000-0000-0000-000000000001"
}

resource "authentik_policy_binding" "group_0" {
  target = authentik_application.mailcow.uuid
  group = data.authentik_group.group_0.id
  order = 0
  negate = true
}
# Bindings of the application to users, policies or unknown groups are not in here: 1
