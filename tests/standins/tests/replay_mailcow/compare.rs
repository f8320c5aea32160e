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

/// Taken from PHP itself, whose type of a redirection nginx replaces.
const AT_PHP: u32 = 877;

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
        if wanted != given && !(name == "content-type" && recording.number() == AT_PHP) {
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
    mask(&mask(&mask(text, "?state=", '&'), "&state=", '&'), "MCSESSID=", ';')
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
        (Value::Array(wanted), Value::Array(given)) if recording.some_members => {
            for (wanted, given) in wanted.iter().zip(given) {
                if let (Value::Object(wanted), Value::Object(given)) = (wanted, given) {
                    given.retain(|key, _| wanted.contains_key(key));
                }
            }
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
        (Value::String(wanted), Value::String(given)) if is_hash(wanted, given) => {}
        (wanted, given) => found.push(format!("{path} is {given} instead of {wanted}")),
    }
}

/// Whether a hash, which differs each time, is where the recording has one.
fn is_hash(wanted: &str, given: &str) -> bool {
    wanted.strip_suffix("<hash>").is_some_and(|scheme| given.starts_with(scheme) && given.len() > wanted.len())
}

fn compare_page(wanted: &Value, body: &str, found: &mut Vec<String>) {
    let between = |before: &str, after: &str| {
        let (_, rest) = body.split_once(before)?;
        Some(rest.split_once(after).map_or(rest, |(inner, _)| inner))
    };
    let content = between("<main", "</main>").unwrap_or_default();
    let mut given = json!({"html_title": between("<title>", "</title>").unwrap_or_default(), "notices": notices(body)});
    let mut wanted = wanted.clone();
    let members = wanted.as_object_mut().unwrap();
    members.entry("notices").or_insert(json!([]));
    // The words of mailcow's pages are mailcow's; of those made later they say whether there is the button.
    let words = members.remove("html_text");
    let words = words.as_ref().and_then(Value::as_str).unwrap_or_default();
    if words.contains("User Login") {
        members.entry("sso_button").or_insert(json!(words.contains("Single Sign-On")));
    }
    let links: Vec<String> = tags(content, "a").map(|tag| attribute(tag, "href")).filter(|href| href.starts_with('/')).collect();
    let form = between("<form class=\"form\" data-id=\"custom_login\"", "</form>").unwrap_or_default();
    for (member, value) in [
        ("sso_button", json!(content.contains(">Single Sign-On</a>"))),
        ("fields", visible(content).map(|tag| attribute(tag, "name")).collect()),
        ("links", json!(links)),
        ("form", visible(form).map(control).collect()),
    ] {
        if members.contains_key(member) {
            given[member] = value;
        }
    }
    compare("page", &wanted, &given, found);
}

fn notices(body: &str) -> Vec<Value> {
    body.split("<div class=\"alert alert-")
        .skip(1)
        .map(|rest| {
            let kind = rest.split('"').next().unwrap();
            let text = rest.split_once("data-notify=\"message\">").unwrap().1.split('<').next().unwrap();
            json!([text, kind])
        })
        .collect()
}

/// The start tags of a name.
fn tags<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name} ");
    html.match_indices(&start).map(|(place, _)| html[place..].split('>').next().unwrap()).collect::<Vec<_>>().into_iter()
}

/// Inputs that somebody sees.
fn visible(html: &str) -> impl Iterator<Item = &str> {
    tags(html, "input").filter(|tag| attribute(tag, "type") != "hidden")
}

fn attribute(tag: &str, name: &str) -> String {
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn control(tag: &str) -> Value {
    let [name, kind, value] = ["name", "type", "value"].map(|name| attribute(tag, name));
    json!({"name": name, "type": kind, "value": value, "checked": tag.ends_with(" checked")})
}
