//! Compares an answer with the recorded one.
//!
//! Everything is compared but dates, numbers of rows and generated values, of which only the type is.

use cowbell_standins::message::Response;
use serde_json::{Value, json};

use crate::recording::Recording;

/// Members whose value depends on when and in what order things were made.
const VOLATILE: [&str; 8] = ["id", "task", "time", "datetime", "created", "modified", "passwd_update", "data"];

const HEADERS: [&str; 6] = [
    "content-type",
    "location",
    "set-cookie",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
];

/// What differs, in words; empty when nothing does.
pub(crate) fn differences(recording: &Recording, response: &Response) -> Vec<String> {
    let mut found = Vec::new();
    let expected = &recording.response;
    if expected.status != response.status().as_u16() {
        found.push(format!("status {} instead of {}", response.status().as_u16(), expected.status));
    }
    for name in HEADERS {
        let wanted = expected.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| match value {
            Value::Array(lines) => lines[0].as_str().unwrap().to_owned(),
            value => value.as_str().unwrap().to_owned(),
        });
        let given = response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (wanted, given) = (wanted.map(|text| masked(&text)), given.map(|text| masked(&text)));
        if wanted != given {
            found.push(format!("{name}: {given:?} instead of {wanted:?}"));
        }
    }
    if response.status().is_redirection() {
        return found;
    }
    let body = std::str::from_utf8(response.body()).unwrap();
    match &expected.body {
        Value::String(text) if text.is_empty() => {
            if !body.is_empty() {
                found.push(format!("a body of {} bytes instead of none", body.len()));
            }
        }
        page if page.get("html_title").is_some() => compare_page(page, body, &mut found),
        wanted => match serde_json::from_str::<Value>(body) {
            Ok(mut given) => {
                cut(recording, wanted, &mut given, &mut found);
                compare("", wanted, &given, &mut found);
            }
            Err(_) => found.push(format!("not JSON: {body:.80}")),
        },
    }
    found
}

/// Replaces what is generated: cookie values and the parameter `state`.
fn masked(text: &str) -> String {
    let mask = |text: &str, from: &str, until: char| match text.split_once(from) {
        Some((before, after)) => {
            let rest = after.find(until).map_or("", |place| &after[place..]);
            format!("{before}{from}…{rest}")
        }
        None => text.to_owned(),
    };
    mask(&mask(text, "?state=", '&'), "MCSESSID=", ';')
}

/// Takes away what was cut from the recording.
fn cut(recording: &Recording, wanted: &Value, given: &mut Value, found: &mut Vec<String>) {
    if let Some(length) = recording.list_length
        && given.as_array().map(Vec::len) != Some(length)
    {
        found.push(format!("a list of other length than {length}"));
    }
    match (wanted, given) {
        (Value::Array(wanted), Value::Array(given)) if recording.list_length.is_some() || recording.some_entries => {
            given.truncate(wanted.len());
        }
        (Value::Object(wanted), Value::Object(given)) if recording.some_members => {
            given.retain(|key, _| wanted.contains_key(key));
        }
        _ => {}
    }
}

fn compare(path: &str, wanted: &Value, given: &Value, found: &mut Vec<String>) {
    match (wanted, given) {
        (Value::Object(wanted), Value::Object(given)) => {
            for (key, wanted) in wanted {
                match given.get(key) {
                    None => found.push(format!("{path}/{key} is missing")),
                    Some(given) if VOLATILE.contains(&key.as_str()) => {
                        if std::mem::discriminant(wanted) != std::mem::discriminant(given) {
                            found.push(format!("{path}/{key} is {given}, another type than {wanted}"));
                        }
                    }
                    Some(given) => compare(&format!("{path}/{key}"), wanted, given, found),
                }
            }
            for key in given.keys().filter(|key| !wanted.contains_key(*key)) {
                found.push(format!("{path}/{key} is not in the recording"));
            }
        }
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
            for (place, (wanted, given)) in wanted.iter().zip(given).enumerate() {
                compare(&format!("{path}/{place}"), wanted, given, found);
            }
        }
        (wanted, given) if wanted == given => {}
        (wanted, given) => found.push(format!("{path} is {given} instead of {wanted}")),
    }
}

fn compare_page(wanted: &Value, body: &str, found: &mut Vec<String>) {
    let title = body.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map_or("", |(title, _)| title);
    let notices: Vec<Value> = body
        .split("<div class=\"alert alert-")
        .skip(1)
        .map(|rest| {
            let kind = rest.split('"').next().unwrap();
            let text = rest.split_once("data-notify=\"message\">").unwrap().1.split('<').next().unwrap();
            json!([text, kind])
        })
        .collect();
    let given = json!({"html_title": title, "sso_button": body.contains(">Single Sign-On</a>"), "notices": notices});
    let mut wanted = wanted.clone();
    let members = wanted.as_object_mut().unwrap();
    members.entry("notices").or_insert(json!([]));
    // The words of mailcow's pages are mailcow's.
    members.remove("html_text");
    compare("page", &wanted, &given, found);
}
