//! Holds the catalogue of findings and its texts together: every code has words, and every placeholder `{name}` is a fact that
//! findings with this code carry.

#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::{collections::BTreeMap, fs, path::Path};

use cowbell::verify::{Code, Severity};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    message: String,
}

/// All messages of a locale, which are spread over several files.
fn messages(locale: &str) -> BTreeMap<String, Message> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("extension/_locales").join(locale);
    fs::read_dir(folder)
        .expect("the folder of the locale")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .flat_map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            serde_json::from_str::<BTreeMap<String, Message>>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

fn name_of(code: Code) -> String {
    serde_json::to_value(code).expect("serialises").as_str().expect("a text").to_owned()
}

/// Names between curly brackets, without those of a product's words (`_locales/en/product-words.json`).
fn used_in(message: &str) -> Vec<&str> {
    let names = message.split('{').skip(1).map(|rest| rest.split_once('}').expect("a closing bracket").0);
    names.filter(|name| !name.starts_with("ui_")).collect()
}

#[test]
fn every_code_has_its_words() {
    let messages = messages("en");
    for code in Code::ALL {
        let key = format!("finding_{}", name_of(*code));
        assert!(messages.contains_key(&key), "{key}");
        if matches!(code.severity(), Severity::Problem | Severity::Warning | Severity::Unknown) {
            assert!(messages.contains_key(&format!("{key}_remedy")), "{key}");
        }
    }
}

#[test]
fn no_words_are_left_over() {
    let codes: Vec<String> = Code::ALL.iter().map(|code| name_of(*code)).collect();
    for key in messages("en").into_keys() {
        if let Some(rest) = key.strip_prefix("finding_") {
            let name = rest.strip_suffix("_remedy").unwrap_or(rest);
            assert!(codes.iter().any(|code| code == name), "{key}");
        }
    }
}

#[test]
fn every_placeholder_is_a_fact_of_the_code() {
    let messages = messages("en");
    for code in Code::ALL {
        for key in [format!("finding_{}", name_of(*code)), format!("finding_{}_remedy", name_of(*code))] {
            let Some(message) = messages.get(&key) else {
                continue;
            };
            for name in used_in(&message.message) {
                assert!(code.evidence().contains(&name), "{key}: {name}");
            }
        }
    }
}

#[test]
fn no_text_has_placeholders_of_another_kind() {
    for (key, message) in messages("en") {
        assert!(!message.message.contains('$'), "{key}");
    }
}

#[test]
fn sentences_are_sentences() {
    for (key, message) in messages("en") {
        if key.starts_with("finding_") {
            assert!(!message.message.trim().is_empty(), "{key}");
            assert_eq!(message.message.trim(), message.message, "{key}");
        }
    }
}
