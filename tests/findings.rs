//! The catalogue of findings as a whole: each code has its words, a test that produces it, and its row in `docs/FINDINGS.md`.
//! `cargo xtask findings` shows it; `cargo xtask findings --write` brings the rows up to date.
//!
//! A program of its own instead of tests, because its output is what is wanted.

#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use cowbell::mailcow::FormValues;
use cowbell::setup::{ClientSecret, Endpoints, Origin, Registration, Secret};
use cowbell::verify::{Code, Fix, SeenIn, Severity, check_fields};

/// The page with one row for each code.
const PAGE: &str = "docs/FINDINGS.md";
/// Around the rows that this program writes.
const MARKS: [&str; 2] = ["<!-- catalogue -->\n", "<!-- end of the catalogue -->"];
/// Sources that name codes without producing them.
const NO_EVIDENCE: [&str; 3] = ["tests/findings.rs", "tests/finding_texts.rs", "tests/e2e/harness"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let is_asked = |word: &str| arguments.iter().any(|argument| argument == word);
    let words = words();
    let fixes = fixes();
    if is_asked("--table") {
        print!("{}", table(&fixes));
    }
    let rows = rows(&words, &fixes);
    if is_asked("--write") {
        let page = read(&root().join(PAGE));
        let (before, after) = parts(&page).expect("the marks around the catalogue");
        fs::write(root().join(PAGE), format!("{before}{}{rows}{}{after}", MARKS[0], MARKS[1])).expect("written");
    }
    let faults = faults(&words, &rows);
    for fault in &faults {
        eprintln!("{fault}");
    }
    println!("{} findings, {} faults in the catalogue", Code::ALL.len(), faults.len());
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the catalogue lacks.
fn faults(words: &BTreeMap<String, String>, rows: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let tests = tests();
    for code in Code::ALL {
        let name = name_of(*code);
        if !words.contains_key(&format!("finding_{name}")) {
            faults.push(format!("{name}: no text"));
        }
        if code.severity() >= Severity::Unknown && !words.contains_key(&format!("finding_{name}_remedy")) {
            faults.push(format!("{name}: no remedy"));
        }
        let (rust, typescript) = (format!("Code::{code:?}"), format!("\"{name}\""));
        let is_produced = |text: &String| contains_word(text, &rust) || text.contains(&typescript);
        if !tests.iter().any(is_produced) {
            faults.push(format!("{name}: no test names {rust} or {typescript}"));
        }
    }
    let page = read(&root().join(PAGE));
    if parts(&page).is_none_or(|(before, after)| page != format!("{before}{}{rows}{}{after}", MARKS[0], MARKS[1])) {
        faults.push(format!("{PAGE} is not up to date: cargo xtask findings --write"));
    }
    for number in 1..=PITFALLS {
        let pitfall = format!("| P-{number:02} |");
        if !page.contains(&pitfall) {
            faults.push(format!("{PAGE} does not say where P-{number:02} is handled"));
        }
    }
    // What the page says of cases and pitfalls must name codes that exist.
    let behind = page.split(MARKS[1]).nth(1).unwrap_or_default();
    for name in behind.split('`').skip(1).step_by(2).filter(|name| name.contains('_') && !name.contains([' ', '/', '.', '='])) {
        if !Code::ALL.iter().any(|code| name_of(*code) == name) && !KNOWN_WORDS.contains(&name) {
            faults.push(format!("{PAGE}: there is no finding {name}"));
        }
    }
    faults
}

/// Rows of docs/contract/pitfalls.md.
const PITFALLS: usize = 42;

/// Words of the products behind the catalogue, which are no codes.
const KNOWN_WORDS: [&str; 3] = ["grant_types", "setup_urls", "iam_sso"];

/// The catalogue for a terminal.
fn table(fixes: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let line = |out: &mut String, cells: [&str; 5]| {
        let [name, severity, seen, fix, facts] = cells;
        writeln!(out, "{name:<34}{severity:<10}{seen:<12}{fix:<44}{facts}").expect("a text");
    };
    line(&mut out, ["code", "severity", "seen in", "fix", "evidence"]);
    for code in Code::ALL {
        let name = name_of(*code);
        let fix = fixes.get(&name).map_or("–", String::as_str);
        line(&mut out, [&name, &severity(*code), seen(*code), fix, &code.evidence().join(", ")]);
    }
    out
}

/// The catalogue as rows of a page.
fn rows(words: &BTreeMap<String, String>, fixes: &BTreeMap<String, String>) -> String {
    let mut out = String::from("| code | severity | seen in | what it says | fix |\n|---|---|---|---|---|\n");
    for code in Code::ALL {
        let name = name_of(*code);
        let text = words.get(&format!("finding_{name}")).map_or("", String::as_str).replace('|', "\\|");
        let fix = fixes.get(&name).map_or("", String::as_str);
        writeln!(out, "| `{name}` | {} | {} | {text} | {fix} |", severity(*code), seen(*code)).expect("a text");
    }
    out
}

fn severity(code: Code) -> String {
    serde_json::to_value(code.severity()).expect("serialises").as_str().expect("a text").to_owned()
}

fn seen(code: Code) -> &'static str {
    match code.seen_in() {
        SeenIn::Form => "form",
        SeenIn::Probe => "probe",
        SeenIn::Server => "server",
        SeenIn::Both => "both",
        SeenIn::Mailcow => "mailcow",
        SeenIn::Authentik => "authentik",
        SeenIn::Logs => "logs",
        SeenIn::Browser => "browser",
    }
}

fn name_of(code: Code) -> String {
    serde_json::to_value(code).expect("serialises").as_str().expect("a text").to_owned()
}

/// Codes that come with fixes, and their names: seen by spoiling a good form in every way, with and without the registered client.
fn fixes() -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let registration = registration();
    let page = Origin::of("https://mailcow.company");
    for (field, spoilt) in SPOILT {
        for value in *spoilt {
            let values = form(field, value);
            for (known, page) in [(Some(&registration), page.as_ref()), (None, page.as_ref()), (None, None)] {
                for finding in check_fields(&values, known, &[], page) {
                    let name = match finding.fix {
                        // The last comes of a verification, not of the fields.
                        None | Some(Fix::TestAt { .. }) => continue,
                        Some(Fix::SetField { .. }) => "set the field",
                        Some(Fix::SetRegisteredSecret) => "set the registered secret",
                        Some(Fix::CleanField { .. }) => "clean the field",
                        Some(Fix::SwapCredentials) => "swap the two",
                    };
                    found.entry(name_of(finding.code)).or_default().insert(name);
                }
            }
        }
    }
    found.entry(name_of(Code::CredentialsUnknownEndpoint)).or_default().insert("test there");
    found.into_iter().map(|(code, names)| (code, names.into_iter().collect::<Vec<_>>().join(", "))).collect()
}

const ID: &str = "mailcowClientId0123456789012345678901234";

/// Fields of the form with values that are not in order, as JSON.
const SPOILT: &[(&str, &[&str])] = &[
    (
        "tokenUrl",
        &[
            r#""""#,
            r#"" https://authentik.company/application/o/token/""#,
            r#""https://authentik.company/application\n/o/token/""#,
            r#""https://authentik.company/application /o/token/""#,
            r#""https://authentik.company/application/o/token\u200b/""#,
            r#""https://authentik.company/application/o/tökén/""#,
            r#""\"https://authentik.company/application/o/token/\"""#,
            r#""nonsense""#,
            r#""https://authentik.example.com/application/o/token/""#,
            r#""http://authentik.company/application/o/token/""#,
            r#""https://authentik.company/application/o/token""#,
            r#""https://authentik.company/application/o/mailcow/.well-known/openid-configuration""#,
            r#""https://authentik.company/application/o/mailcow/token/""#,
            r#""https://authentik.company/application/o/authorize/""#,
            r#""https://mailcow.company/application/o/token/""#,
            r#""https://other.test/application/o/token/""#,
            r#""https://authentik.company/token/""#,
        ],
    ),
    (
        "clientId",
        &[
            r#""""#,
            r#""mailcowClientId""#,
            r#""0123456789012345678901234567890123456789""#,
            r#""dummyClientSecret0123456789DummydummyClientSecret0123456789DummydummyClientSecret0123456789DummydummyClientSecret0123456789Dummy""#,
        ],
    ),
    (
        "clientSecret",
        &[r#""""#, r#""dummyClientSecret0123456789Dummy""#, r#""not this one""#, r#""mailcowClientId0123456789012345678901234""#],
    ),
    (
        "redirectUrl",
        &[
            r#""""#,
            r#""nonsense""#,
            r#""https://mailcow.company/""#,
            r#""http://mailcow.company""#,
            r#""https://mailcow.company/admin""#,
            r#""https://other.company""#,
        ],
    ),
    (
        "clientScopes",
        &[
            r#""""#,
            r#""openid,profile,email""#,
            r#""profile email""#,
            r#""openid profile""#,
            r#""openid email""#,
            r#""openid profile email offline_access""#,
            r#""openid profile email sales""#,
        ],
    ),
    ("defaultTemplate", &[r#""""#, r#""Nope""#]),
    ("mappers", &[r#"["sales","","staff"]"#, r#"["sales"]"#]),
    ("ignoreSslError", &["true"]),
    ("loginProvisioning", &["false"]),
];

/// A form in order but for one field.
fn form(field: &str, value: &str) -> FormValues {
    let secret = "dummyClientSecret0123456789Dummy".repeat(4);
    let mut fields = serde_json::json!({
        "authorizeUrl": "https://authentik.company/application/o/authorize/",
        "tokenUrl": "https://authentik.company/application/o/token/",
        "userinfoUrl": "https://authentik.company/application/o/userinfo/",
        "clientId": ID,
        "clientSecret": secret,
        "redirectUrl": "https://mailcow.company",
        "clientScopes": "openid profile email",
        "defaultTemplate": "Default",
        "mappers": [],
        "templates": [],
        "ignoreSslError": false,
        "loginProvisioning": true,
        "templateOptions": ["Default"],
    });
    fields[field] = serde_json::from_str(value).expect("JSON");
    serde_json::from_value(fields).expect("a form")
}

fn registration() -> Registration {
    let mailcow = Origin::of("https://mailcow.company").expect("an origin");
    let at = |name: &str| format!("https://authentik.company/application/o/{name}/");
    Registration {
        provider: 7,
        provider_name: "mailcow".into(),
        client_id: ID.into(),
        client_secret: ClientSecret::Held(Secret::new("dummyClientSecret0123456789Dummy".repeat(4))),
        endpoints: Endpoints { authorize: at("authorize"), token: at("token"), userinfo: at("userinfo") },
        redirect_uris: vec!["https://mailcow.company".into()],
        redirect_expressions: Vec::new(),
        grant_types: None,
        scopes: ["openid", "profile", "email"].map(String::from).to_vec(),
        templates: Vec::new(),
        mailcow,
        additional_hosts: Vec::new(),
        previous_hosts: Vec::new(),
    }
}

/// The English texts, by key, with the words of the products in their places.
fn words() -> BTreeMap<String, String> {
    let of_products = texts("product-words.json");
    let quote = |text: String| of_products.iter().fold(text, |text, (key, word)| text.replace(&format!("{{{key}}}"), word));
    texts("findings.json").into_iter().map(|(key, text)| (key, quote(text))).collect()
}

/// The texts of one file in English, by key.
fn texts(file: &str) -> BTreeMap<String, String> {
    let text = read(&root().join("extension/_locales/en").join(file));
    let messages: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    messages.into_iter().map(|(key, value)| (key, value["message"].as_str().unwrap_or_default().to_owned())).collect()
}

/// The text of everything that tests: files in `tests`, and what stands behind `#[cfg(test)]` in `src`.
fn tests() -> Vec<String> {
    let in_tests = files(&root().join("tests")).into_iter().filter(|file| {
        let relative = file.strip_prefix(root()).expect("inside").to_string_lossy().replace('\\', "/");
        !NO_EVIDENCE.iter().any(|start| relative.starts_with(start)) && !relative.starts_with("tests/standins/recordings")
    });
    let mut texts: Vec<String> = in_tests.map(|file| read(&file)).collect();
    for file in files(&root().join("src")) {
        let text = read(&file);
        let is_test_module = file.file_name().is_some_and(|name| name == "tests.rs");
        let at = if is_test_module { Some(0) } else { text.find("#[cfg(test)]") };
        texts.extend(at.map(|at| text[at..].to_owned()));
    }
    texts
}

/// Whether a text has this word and not only a longer one.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[at + word.len()..].starts_with(|next: char| next.is_alphanumeric()))
}

/// What stands before and behind the rows of the page.
fn parts(page: &str) -> Option<(&str, &str)> {
    let (before, rest) = page.split_once(MARKS[0])?;
    Some((before, rest.split_once(MARKS[1])?.1))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs" || end == "ts") {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
