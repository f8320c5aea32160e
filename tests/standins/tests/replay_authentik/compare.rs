//! Compares an answer with the recorded one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cowbell_standins::message;
use regex::Regex;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{left_out, recording::Recording};

/// Headers that are compared, present or absent.
const HEADERS: [&str; 10] = [
    "content-type",
    "location",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "vary",
    "allow",
    "cache-control",
    "www-authenticate",
    "x-powered-by",
];

/// Members whose values the server makes up or that tell the time: only their type is compared.
const MADE_UP: [&str; 33] = [
    "uid",
    "sub",
    "jti",
    "sid",
    "exp",
    "iat",
    "auth_time",
    "num_pk",
    "request_id",
    "created",
    "expires",
    "avatar",
    "last_login",
    "date_joined",
    "last_updated",
    "password_change_date",
    "server_time",
    "cert_expiry",
    "fingerprint_sha256",
    "fingerprint_sha1",
    "cache_count",
    "kid",
    "n",
    "x5c",
    "x5t",
    "x5t#S256",
    "client_ip",
    "sentry_dsn",
    "user_agent",
    "certificate_download_url",
    "private_key_download_url",
    "access_token",
    "id_token",
];

/// Recorded keys and those that the stand-in has in their place.
#[derive(Default)]
pub(crate) struct Keys(HashMap<String, String>);

impl Keys {
    /// Notes that a recorded key is this one here.
    pub(crate) fn learn(&mut self, recorded: &str, own: &str) {
        self.0.insert(recorded.to_owned(), own.to_owned());
        if let (Ok(recorded), Ok(own)) = (Uuid::parse_str(recorded), Uuid::parse_str(own)) {
            self.0.insert(recorded.to_string(), own.to_string());
            self.0.insert(recorded.simple().to_string(), own.simple().to_string());
        }
    }

    /// The stand-in's key for a recorded one; any other text as it is.
    pub(crate) fn translate(&self, text: &str) -> String {
        self.0.get(text).cloned().unwrap_or_else(|| text.to_owned())
    }

    /// The same for every text in a JSON value.
    pub(crate) fn translated(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.translate(text)),
            Value::Array(items) => items.iter().map(|item| self.translated(item)).collect(),
            Value::Object(object) => {
                Value::Object(object.iter().map(|(name, value)| (name.clone(), self.translated(value))).collect())
            }
            other => other.clone(),
        }
    }
}

/// Compares status, headers and body.
pub(crate) fn answers(recording: &Recording, response: &message::Response, keys: &mut Keys) -> Vec<String> {
    let mut differences = Vec::new();
    if response.status().as_u16() != recording.response.status {
        differences.push(format!("status: recorded {}, here {}", recording.response.status, response.status().as_u16()));
    }
    headers(recording, response, keys, &mut differences);
    let mut recorded = recording.response.body.clone();
    let mut own = body_of(response, &recorded);
    if left_out::OTHER_COUNTS.contains(&recording.name.as_str()) {
        for body in [&mut recorded, &mut own] {
            for count in ["next", "count", "total_pages", "end_index"] {
                body["pagination"][count] = json!(0);
            }
        }
    }
    if recorded["runtime"].is_object() {
        // Headers and most of `runtime` were cut when it was recorded.
        recorded["…"] = Value::Null;
        recorded["runtime"]["…"] = Value::Null;
    }
    if recorded["parses"].is_array() && recorded.get("description").is_none() {
        // OPTIONS of 2026.2.2: put together anew when it was recorded, with the description cut and `actions` always there.
        recorded["description"] = own["description"].clone();
        own.as_object_mut().map(|own| own.entry("actions").or_insert_with(|| json!({})));
    }
    let mut comparison = Comparison { keys, differences: &mut differences, by_value: left_out::compares_values(&recording.name) };
    comparison.compare("body", &recorded, &own);
    differences
}

/// Compares two JSON values.
pub(crate) fn values(path: &str, recorded: &Value, own: &Value, keys: &mut Keys, differences: &mut Vec<String>) {
    let mut comparison = Comparison { keys, differences, by_value: true };
    comparison.compare(path, recorded, own);
}

fn headers(recording: &Recording, response: &message::Response, keys: &Keys, differences: &mut Vec<String>) {
    let recorded: BTreeMap<String, &Value> =
        recording.response.headers.iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    // Sent past the proxy, which adds this header.
    let past_proxy = recording.header("X-Forwarded-Proto").is_some();
    for name in HEADERS.into_iter().filter(|name| !(past_proxy && *name == "x-powered-by")) {
        let own = response.headers().get(name).and_then(|value| value.to_str().ok());
        let matches = match (recorded.get(name).and_then(|value| value.as_str()), own) {
            (None, None) => true,
            (Some(recorded), Some(own)) => fits(&translate_within(recorded, keys), own),
            _ => false,
        };
        if !matches {
            differences.push(format!("{name}: recorded {:?}, here {own:?}", recorded.get(name)));
        }
    }
    if left_out::MOVED_SESSION == recording.name {
        return;
    }
    let cookies = |values: Vec<&str>| -> BTreeSet<(String, BTreeSet<String>)> {
        values
            .into_iter()
            .map(|cookie| {
                let name = cookie.split('=').next().unwrap_or_default().to_owned();
                (name, cookie.split("; ").skip(1).map(str::to_owned).collect())
            })
            .collect()
    };
    let set = recorded.get("set-cookie").and_then(|value| value.as_array());
    let recorded = cookies(set.into_iter().flatten().filter_map(Value::as_str).collect());
    let own = response.headers().get_all("set-cookie").iter();
    let own = cookies(own.filter_map(|value| value.to_str().ok()).collect());
    if recorded != own {
        differences.push(format!("set-cookie: recorded {recorded:?}, here {own:?}"));
    }
}

/// The body in the form in which bodies were recorded.
fn body_of(response: &message::Response, recorded: &Value) -> Value {
    let text = String::from_utf8_lossy(response.body());
    if text.is_empty() {
        return json!("");
    }
    if recorded.get("html_text").is_some() {
        return json!({"html_title": title(&text), "html_text": visible_text(&text)});
    }
    serde_json::from_str(&text).unwrap_or_else(|_| json!(text))
}

fn title(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<title>")?;
    Some(unescaped(rest.split_once("</title>")?.0))
}

/// What a reader sees of a page.
fn visible_text(page: &str) -> String {
    let body = page.split_once("</head>").map_or(page, |(_, body)| body);
    let tags = Regex::new("<[^>]*>").expect("a pattern");
    let text = unescaped(&tags.replace_all(body, " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

struct Comparison<'a> {
    keys: &'a mut Keys,
    differences: &'a mut Vec<String>,
    /// Whether values count, and not only types.
    by_value: bool,
}

impl Comparison<'_> {
    fn compare(&mut self, path: &str, recorded: &Value, own: &Value) {
        match (recorded, own) {
            (Value::String(text), _) if text == "<trimmed>" => {}
            // Whatever was in the address is among the arguments of the event.
            (Value::Object(_), Value::Object(_)) if !self.by_value && member(path) == "args" => {}
            (Value::Object(recorded), Value::Object(own)) => self.objects(path, recorded, own),
            (Value::Array(recorded), Value::Array(own)) => self.arrays(path, recorded, own),
            // The fields of OPTIONS were recorded by name only.
            (Value::Array(names), Value::Object(own)) if is_cut(names) => {
                for name in names.iter().filter_map(Value::as_str).filter(|name| *name != "…") {
                    if !own.contains_key(name) {
                        self.differs(path, recorded, &json!(own));
                    }
                }
            }
            // A list of which only the length was recorded.
            (Value::Number(length), Value::Array(items)) if length.as_u64() == u64::try_from(items.len()).ok() => {}
            (Value::String(left), Value::String(right)) => self.texts(path, left, right),
            (left, right) if std::mem::discriminant(left) != std::mem::discriminant(right) => {
                self.differs(path, recorded, own);
            }
            (left, right) if self.by_value && !is_made_up(path) && left != right => {
                self.differs(path, recorded, own);
            }
            _ => {}
        }
    }

    fn objects(&mut self, path: &str, recorded: &Map<String, Value>, own: &Map<String, Value>) {
        let is_cut = recorded.contains_key("…");
        for (name, value) in recorded.iter().filter(|(name, _)| *name != "…") {
            match own.get(name) {
                Some(own) => self.compare(&format!("{path}.{name}"), value, own),
                None => self.differences.push(format!("{path}.{name}: missing")),
            }
        }
        for name in own.keys().filter(|name| !recorded.contains_key(*name) && !is_cut) {
            self.differences.push(format!("{path}.{name}: not recorded"));
        }
    }

    /// Entries with a name or a known key are compared with the entry that has it, others with the one in their place. Lists of results were
    /// cut when they were recorded.
    fn arrays(&mut self, path: &str, recorded: &[Value], own: &[Value]) {
        let is_list = matches!(member(path), "results" | "users_obj");
        if is_list || is_made_up(path) {
            if recorded.len() > own.len() {
                self.differences.push(format!("{path}: {} entries, recorded at least {}", own.len(), recorded.len()));
            }
        } else if recorded.len() != own.len() {
            self.differences.push(format!("{path}: {} entries, recorded {}", own.len(), recorded.len()));
        }
        if recorded.iter().all(|item| !item.is_object() && !item.is_array()) {
            self.sets(path, recorded, own);
            return;
        }
        for (at, recorded) in recorded.iter().enumerate() {
            let named = ["slug", "username", "name"].into_iter().find_map(|key| {
                let name = recorded.get(key)?;
                own.iter().find(|own| own.get(key) == Some(name))
            });
            let same = || {
                let pk = self.keys.translate(recorded.get("pk")?.as_str()?);
                own.iter().find(|own| own["pk"] == json!(pk))
            };
            if let Some(own) = named.or_else(same).or_else(|| own.get(at)) {
                self.compare(&format!("{path}[{at}]"), recorded, own);
            }
        }
    }

    /// Lists of plain values, whose order means nothing.
    fn sets(&mut self, path: &str, recorded: &[Value], own: &[Value]) {
        if !self.by_value {
            return;
        }
        for (recorded, own) in recorded.iter().zip(own) {
            if let (Some(recorded), Some(own)) = (recorded.as_str(), own.as_str())
                && is_key(recorded)
                && self.keys.translate(recorded) == recorded
            {
                self.keys.learn(recorded, own);
            }
        }
        let sorted = |values: Vec<Value>| {
            let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
            texts.sort();
            texts
        };
        let recorded = sorted(recorded.iter().map(|value| self.keys.translated(value)).collect());
        let own = sorted(own.to_vec());
        if recorded != own {
            self.differences.push(format!("{path}: recorded {recorded:?}, here {own:?}"));
        }
    }

    fn texts(&mut self, path: &str, recorded: &str, own: &str) {
        if is_made_up(path) {
            return;
        }
        if is_key(recorded) && self.keys.translate(recorded) == recorded {
            self.keys.learn(recorded, own);
            return;
        }
        if !self.by_value {
            return;
        }
        let matches = if recorded.starts_with("Traceback") {
            // The lines in between name authentik's own files.
            own.starts_with("Traceback") && recorded.lines().last() == own.lines().last()
        } else if path.ends_with("scope") || path.ends_with("scopes") {
            words(recorded) == words(own)
        } else {
            fits(&translate_within(recorded, self.keys), own)
        };
        if !matches {
            self.differs(path, &json!(recorded), &json!(own));
        }
    }

    fn differs(&mut self, path: &str, recorded: &Value, own: &Value) {
        self.differences.push(format!("{path}: recorded {recorded}, here {own}"));
    }
}

/// Whether the server made the text up as a key of something.
fn is_key(text: &str) -> bool {
    Uuid::parse_str(text).is_ok() || text.starts_with("generated") || text.starts_with("ak-outpost-")
}

fn is_cut(names: &[Value]) -> bool {
    names.last().is_some_and(|last| last == "…")
}

fn is_made_up(path: &str) -> bool {
    MADE_UP.contains(&member(path))
}

/// The last name in a path.
fn member(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().collect()
}

/// A recorded text with the stand-in's keys in it.
fn translate_within(text: &str, keys: &Keys) -> String {
    if text.len() < 32 {
        return text.to_owned();
    }
    keys.0
        .iter()
        .filter(|(recorded, _)| recorded.len() >= 32)
        .fold(text.to_owned(), |text, (recorded, own)| text.replace(recorded, own))
}

/// Whether a text fits a recorded one in which `<…>` stands for anything.
fn fits(recorded: &str, own: &str) -> bool {
    if !recorded.contains('<') {
        return recorded == own;
    }
    let parts: Vec<String> = Regex::new("<[a-zA-Z ]+>").expect("a pattern").split(recorded).map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".+"))).is_ok_and(|pattern| pattern.is_match(own))
}
