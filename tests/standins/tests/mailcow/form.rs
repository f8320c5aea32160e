//! The form against the outline of the real one (docs/contract/mailcow-form.json): each control, in order, with its attributes.

use std::collections::BTreeSet;
use std::path::Path;

use cowbell_standins::mailcow::Mailcow;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::browser::{Browser, text};
use crate::identity_server::IdentityServer;

#[derive(Deserialize)]
struct Outline {
    forms_unconfigured: Vec<Form>,
    generic_oidc_configured: Configured,
}

#[derive(Deserialize)]
struct Configured {
    form: Form,
}

#[derive(Deserialize)]
struct Form {
    /// `form[data-id="…"]`
    selector: String,
    container: String,
    controls: Vec<Control>,
}

/// What is compared of a control; values, labels and what is visible are not.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Control {
    tag: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    id: String,
    #[serde(deserialize_with = "sorted")]
    class: String,
    text: String,
    required: bool,
    checked: bool,
    #[serde(deserialize_with = "values")]
    options: Vec<String>,
    inside: Vec<String>,
}

fn sorted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(classes(&String::deserialize(deserializer)?))
}

/// Classes are a set: their order means nothing, nor does one that is there twice.
fn classes(text: &str) -> String {
    let classes: BTreeSet<&str> = text.split_whitespace().collect();
    Vec::from_iter(classes).join(" ")
}

fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Choice {
        value: String,
    }
    Ok(Vec::<Choice>::deserialize(deserializer)?.into_iter().map(|choice| choice.value).collect())
}

fn outline() -> Outline {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract/mailcow-form.json");
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

/// The controls of a form. The page is well-formed: a template engine wrote it.
fn controls(page: &str, selector: &str) -> Vec<Control> {
    let id = selector.strip_prefix("form[").unwrap().strip_suffix(']').unwrap();
    let start = page.find(&format!("{id} autocap")).unwrap();
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
                found.push(Control {
                    tag: tag.name.to_owned(),
                    kind: tag.attribute("type"),
                    name: tag.attribute("name"),
                    id: tag.attribute("id"),
                    class: classes(&tag.attribute("class")),
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

fn assert_equal(page: &str, form: &Form) {
    assert!(page.contains(&format!("id=\"{}\"", form.container)));
    let given = controls(page, &form.selector);
    for (place, (given, wanted)) in given.iter().zip(&form.controls).enumerate() {
        assert_eq!(given, wanted, "control {place} of {}", form.selector);
    }
    assert_eq!(given.len(), form.controls.len(), "{}", form.selector);
}

#[test]
fn unconfigured_forms_equal_the_outline() {
    let mut mailcow = Mailcow::recorded();
    mailcow.state_mut().identity_provider = cowbell_standins::mailcow::identity_provider::IdentityProvider::default();
    let page = Browser::admin(&mut mailcow).get(&mut mailcow, &mut IdentityServer::default(), "/admin/system");
    let forms = outline().forms_unconfigured;
    assert_eq!(forms.len(), 3);
    for form in &forms {
        assert_equal(text(&page), form);
    }
}

#[test]
fn the_configured_form_equals_the_outline() {
    let mut mailcow = Mailcow::recorded();
    let provider = &mut mailcow.state_mut().identity_provider;
    provider.set("mappers", json!(["sales"]));
    provider.set("templates", json!(["OIDC Users"]));
    provider.set("redirect_url_extra", json!(["https://mail.other.example"]));
    let page = Browser::admin(&mut mailcow).get(&mut mailcow, &mut IdentityServer::default(), "/admin/system");
    assert_equal(text(&page), &outline().generic_oidc_configured.form);
}
