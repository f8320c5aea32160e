//! The form against the outline of the real one (docs/contract/mailcow-form.json): each control, in order, with its attributes.

use std::path::Path;

use cowbell_standins::mailcow::Mailcow;
use serde::Deserialize;
use serde_json::json;

use crate::browser::{Browser, text};
use crate::identity_server::IdentityServer;

#[derive(Deserialize)]
struct Outline {
    unconfigured: Vec<Form>,
    configured: Vec<Form>,
}

#[derive(Deserialize)]
struct Form {
    id: String,
    container: String,
    controls: Vec<Control>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Control {
    tag: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    id: String,
    class: String,
    text: String,
    required: bool,
    checked: bool,
    options: Vec<String>,
    inside: Vec<String>,
}

fn outline() -> Outline {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/mailcow-form.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// An element that is open, or a void one.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> String {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(key, _)| *key == name)
    }
}

fn parse(tag: &str) -> Tag<'_> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let key = &rest[..end];
        let value;
        (value, rest) = match rest[end..].strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap(),
            None => ("", &rest[end..]),
        };
        attributes.push((key, value.replace("&quot;", "\"").replace("&amp;", "&")));
        rest = rest.trim_start();
    }
    Tag { name, attributes }
}

/// The controls of the form `id`. The page is well-formed: a template engine wrote it.
fn controls(page: &str, id: &str) -> Vec<Control> {
    let start = page.find(&format!("data-id=\"{id}\" autocap")).unwrap();
    let form = page[start..].split_once('>').unwrap().1.split_once("</form>").unwrap().0;
    let mut open: Vec<Tag<'_>> = Vec::new();
    let mut found: Vec<Control> = Vec::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        if tag.starts_with('/') {
            open.pop();
            continue;
        }
        let tag = parse(tag);
        let in_button = open.iter().any(|outer| outer.name == "button");
        match tag.name {
            "input" | "select" | "button" => {
                let mut classes: Vec<String> = tag.attribute("class").split_whitespace().map(str::to_owned).collect();
                classes.sort();
                found.push(Control {
                    tag: tag.name.to_owned(),
                    kind: tag.attribute("type"),
                    name: tag.attribute("name"),
                    id: tag.attribute("id"),
                    class: classes.join(" "),
                    text: if tag.name == "button" { text.to_owned() } else { String::new() },
                    required: tag.has("required"),
                    checked: tag.has("checked"),
                    options: Vec::new(),
                    inside: open.iter().rev().map(|outer| outer.attribute("id")).filter(|id| !id.is_empty()).collect(),
                });
            }
            "option" => found.last_mut().unwrap().options.push(tag.attribute("value")),
            _ if in_button => found.last_mut().unwrap().text.push_str(text),
            _ => {}
        }
        if tag.name != "input" {
            open.push(tag);
        }
    }
    found
}

fn assert_equal(page: &str, forms: &[Form]) {
    for form in forms {
        assert!(page.contains(&format!("id=\"{}\"", form.container)));
        let given = controls(page, &form.id);
        for (place, (given, wanted)) in given.iter().zip(&form.controls).enumerate() {
            assert_eq!(given, wanted, "control {place} of {}", form.id);
        }
        assert_eq!(given.len(), form.controls.len(), "{}", form.id);
    }
}

#[test]
fn unconfigured_forms_equal_the_outline() {
    let mut mailcow = Mailcow::recorded();
    mailcow.state_mut().identity_provider = cowbell_standins::mailcow::identity_provider::IdentityProvider::default();
    let page = Browser::admin(&mut mailcow).get(&mut mailcow, &mut IdentityServer::default(), "/admin/system");
    assert_equal(text(&page), &outline().unconfigured);
}

#[test]
fn the_configured_form_equals_the_outline() {
    let mut mailcow = Mailcow::recorded();
    let provider = &mut mailcow.state_mut().identity_provider;
    provider.set("mappers", json!(["sales"]));
    provider.set("templates", json!(["OIDC Users"]));
    provider.set("redirect_url_extra", json!(["https://mail.other.example"]));
    let page = Browser::admin(&mut mailcow).get(&mut mailcow, &mut IdentityServer::default(), "/admin/system");
    assert_equal(text(&page), &outline().configured);
}
