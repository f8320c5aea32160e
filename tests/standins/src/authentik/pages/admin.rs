//! `/if/admin/`: lists and fields of what the integration is made of, read-only.
//!
//! authentik keeps the place within the interface behind `#`, which no server sees; here `?section=` and `?pk=` say it.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{flow::sign_in_first, layout};
use crate::{
    authentik::{
        access,
        call::Call,
        reply,
        state::{Bound, Provider, State, User},
        time,
    },
    message::Response,
};

/// Entries on a page of users or events.
const PAGE: usize = 25;

const SECTIONS: [(&str, &str); 6] = [
    ("applications", "Applications"),
    ("providers", "Providers"),
    ("mappings", "Property mappings"),
    ("users", "Users"),
    ("groups", "Groups"),
    ("events", "Events"),
];

pub(super) fn handle(state: &State, call: &Call) -> Response {
    let user = access::visitor(state, call).and_then(|visitor| state.users.get(visitor.user));
    let Some(user) = user else {
        return sign_in_first(state, call);
    };
    if !state.may(user.pk, "authentik_rbac.access_admin_interface") {
        // authentik's script does so (docs/contract/authentik.md, section 2).
        return reply::redirect(&state.site.path("if/user/"));
    }
    let wanted = call.param("section").unwrap_or("applications");
    let (section, title) = SECTIONS.into_iter().find(|(name, _)| *name == wanted).unwrap_or(SECTIONS[0]);
    let navigation = html! {
        @for (name, title) in SECTIONS {
            a href=(link(name, None)) aria-current=[(name == section).then_some("page")] { (title) }
        }
    };
    let content = html! {
        h1 { (title) }
        (body(state, call, section))
    };
    let title = format!("{title} - Admin - authentik");
    layout::interface(state, &title, &navigation, &user.username, &content)
}

fn body(state: &State, call: &Call, section: &str) -> Markup {
    let key = call.param("pk");
    match (section, key) {
        ("providers", Some(pk)) => provider(state, pk),
        ("providers", None) => providers(state),
        ("mappings", _) => mappings(state),
        ("users", Some(pk)) => one_user(state, pk),
        ("users", None) => users(state, call),
        ("groups", _) => groups(state),
        ("events", _) => events(state, call),
        _ => applications(state),
    }
}

fn applications(state: &State) -> Markup {
    let rows = state.applications.iter().map(|application| {
        let provider = application.provider.and_then(|pk| state.provider(pk));
        let bindings: Vec<String> = state
            .bindings
            .iter()
            .filter(|binding| binding.target == application.pk)
            .map(|binding| bound_name(state, binding.bound))
            .collect();
        html! { tr {
            td { (application.name) }
            td { code { (application.slug) } }
            td { (application.group) }
            td { @if let Some(provider) = provider { (provider_link(provider)) } }
            td { (application.meta_launch_url) }
            td { @if bindings.is_empty() { "everybody" } @else { (bindings.join(", ")) } }
        } }
    });
    table(&["Name", "Slug", "Group", "Provider", "Launch URL", "Access"], rows)
}

fn providers(state: &State) -> Markup {
    let rows = state.providers.iter().map(|provider| {
        let application = state.application_of(provider.pk);
        html! { tr {
            td { (provider_link(provider)) }
            td { (application.map_or("none", |application| &application.name)) }
            td { code { (provider.client_id) } }
            td { @for uri in &provider.redirect_uris { div { code { (uri.url) } } } }
        } }
    });
    table(&["Name", "Application", "Client ID", "Redirect URIs"], rows)
}

fn provider(state: &State, pk: &str) -> Markup {
    let Some(provider) = pk.parse().ok().and_then(|pk| state.provider(pk)) else {
        return html! { p { "There is no such provider." } };
    };
    let flow = |pk| state.flow(pk).map_or("", |flow| flow.slug.as_str());
    let key = provider.signing_key.and_then(|pk| state.certificates.iter().find(|certificate| certificate.pk == pk));
    let mappings: Vec<&str> = state
        .mappings
        .iter()
        .filter(|mapping| provider.property_mappings.contains(&mapping.pk))
        .map(|mapping| mapping.name.as_str())
        .collect();
    fields(&html! {
        (field("Name", &html! { (provider.name) }))
        (field("Client type", &html! { @if provider.is_public { "public" } @else { "confidential" } }))
        (field("Client ID", &html! { code { (provider.client_id) } }))
        (field("Client secret", &html! {
            details {
                summary { (provider.client_secret.chars().count()) " characters" }
                code { (provider.client_secret) }
            }
        }))
        (field("Redirect URIs", &html! {
            @for uri in &provider.redirect_uris { div { (uri.matching_mode.name()) ": " code { (uri.url) } } }
        }))
        (field("Authorization flow", &html! { (flow(provider.authorization_flow)) }))
        (field("Invalidation flow", &html! { (flow(provider.invalidation_flow)) }))
        (field("Signing key", &html! { (key.map_or("none", |key| &key.name)) }))
        (field("Property mappings", &html! { @for name in &mappings { div { (name) } } }))
        (field("Access token validity", &html! { (provider.access_token_validity) }))
        @if state.profile.has_grant_types() {
            (field("Grant types", &html! { (provider.grant_types.join(", ")) }))
        }
    })
}

fn mappings(state: &State) -> Markup {
    let rows = state.mappings.iter().map(|mapping| {
        html! { tr {
            td { (mapping.name) }
            td { code { (mapping.scope_name) } }
            td { (yes_no(mapping.managed.is_some())) }
            td { pre { (mapping.expression) } }
        } }
    });
    table(&["Name", "Scope", "Managed", "Expression"], rows)
}

fn users(state: &State, call: &Call) -> Markup {
    let pages = Pages::of(call, state.users.len());
    let rows = state.users.range(pages.start(), pages.end()).map(|user| {
        html! { tr {
            td { a href=(link("users", Some(&user.pk.to_string()))) { (user.username) } }
            td { (user.name) }
            td { (user.email) }
            td { (user.kind.name()) }
            td { (yes_no(user.is_active)) }
            td { code { (verified(&user.attributes)) } }
        } }
    });
    html! {
        (table(&["Username", "Name", "Email", "Type", "Active", "email_verified"], rows))
        (pages.links("users"))
    }
}

fn one_user(state: &State, pk: &str) -> Markup {
    let Some(user) = pk.parse().ok().and_then(|pk| state.users.get(pk)) else {
        return html! { p { "There is no such user." } };
    };
    let attributes = serde_json::to_string_pretty(&user.attributes).unwrap_or_default();
    fields(&html! {
        (field("Username", &html! { (user.username) }))
        (field("Name", &html! { (user.name) }))
        (field("Email", &html! { (user.email) }))
        (field("Active", &yes_no(user.is_active)))
        (field("Type", &html! { (user.kind.name()) }))
        (field("Path", &html! { (user.path) }))
        (field("Groups", &html! { (group_names(state, user)) }))
        (field("Attributes", &html! { pre { (attributes) } }))
        (field("Last login", &html! { (user.last_login.map(time::iso_seconds).unwrap_or_default()) }))
        (field("Last updated", &html! { (time::iso_seconds(user.last_updated)) }))
    })
}

fn groups(state: &State) -> Markup {
    let rows = state.groups.values().map(|group| {
        let members = state.users.iter().filter(|user| user.groups.contains(&group.pk)).count();
        html! { tr {
            td { (group.name) }
            td { (members) }
            td { (yes_no(group.is_superuser)) }
            td { code { (verified(&group.attributes)) } }
        } }
    });
    table(&["Name", "Members", "Superuser", "email_verified"], rows)
}

fn events(state: &State, call: &Call) -> Markup {
    let pages = Pages::of(call, state.events.len());
    let rows = state.events.iter().rev().skip(pages.start()).take(PAGE).map(|event| {
        let name = |key: &str| event.context.get(key).and_then(|object| object["name"].as_str()).unwrap_or_default();
        html! { tr {
            td { (time::iso_seconds(event.created)) }
            td { code { (event.action) } }
            td { (event.user["username"].as_str().unwrap_or_default()) }
            td { (name("model")) (name("authorized_application")) (name("provider")) }
        } }
    });
    html! {
        (table(&["Time", "Action", "User", "Object"], rows))
        (pages.links("events"))
    }
}

/// Where in a long list the reader is.
struct Pages {
    current: usize,
    last: usize,
    count: usize,
}

impl Pages {
    fn of(call: &Call, count: usize) -> Self {
        let last = count.div_ceil(PAGE).max(1);
        let current = call.param("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Self { current: current.clamp(1, last), last, count }
    }

    fn start(&self) -> usize {
        (self.current - 1) * PAGE
    }

    fn end(&self) -> usize {
        self.start() + PAGE
    }

    fn links(&self, section: &str) -> Markup {
        let link = |page: usize| format!("?section={section}&page={page}");
        html! {
            div.pages {
                span { (self.count) " entries, page " (self.current) " of " (self.last) }
                @if self.current > 1 { a href=(link(self.current - 1)) { "Previous" } }
                @if self.current < self.last { a href=(link(self.current + 1)) { "Next" } }
            }
        }
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Markup>) -> Markup {
    html! {
        div.table {
            table {
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody { @for row in rows { (row) } }
            }
        }
    }
}

fn fields(rows: &Markup) -> Markup {
    html! { div.table { table { tbody { (rows) } } } }
}

fn field(name: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

fn yes_no(yes: bool) -> Markup {
    if yes {
        html! { span.yes { "✓ yes" } }
    } else {
        html! { span.no { "– no" } }
    }
}

fn verified(attributes: &Map<String, Value>) -> String {
    attributes.get("email_verified").map(ToString::to_string).unwrap_or_default()
}

fn link(section: &str, pk: Option<&str>) -> String {
    match pk {
        Some(pk) => format!("?section={section}&pk={pk}"),
        None => format!("?section={section}"),
    }
}

fn provider_link(provider: &Provider) -> Markup {
    html! { a href=(link("providers", Some(&provider.pk.to_string()))) { (provider.name) } }
}

fn group_names(state: &State, user: &User) -> String {
    let names: Vec<&str> = user.groups.iter().filter_map(|pk| state.groups.get(pk)).map(|group| group.name.as_str()).collect();
    names.join(", ")
}

fn bound_name(state: &State, bound: Bound) -> String {
    match bound {
        Bound::Group(pk) => state.groups.get(&pk).map(|group| group.name.clone()),
        Bound::Policy(_) => Some("Working hours".to_owned()),
        Bound::User(pk) => state.users.get(pk).map(|user| user.username.clone()),
    }
    .unwrap_or_default()
}
