//! Authentik's own schemas, held against what a real authentik answered.

#![allow(clippy::expect_used, clippy::panic, reason = "the whole crate is a test")]

use std::{fs, path::Path};

use cowbell_standins::{
    authentik::Profile,
    schema::{Deviation, Exchange, Fault, Judge, Schema, Side},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// What 2026.8.0 got after the day of the release candidate that was recorded (docs/contract/newest.md).
const LATER_THAN_RC1: [&str; 7] = [
    "Application.pbm_uuid",
    "CurrentBrand.branding_map_tiles",
    "OAuth2ProviderSetupURLs.dcr_registration",
    "PolicyBinding.expires",
    "PolicyBinding.expiring",
    "SessionUser.users",
    "UserSelf.is_current",
];

/// The answers of a recorded version, with method and path below the API.
fn recorded(version: &str) -> Vec<(String, Method, String, StatusCode, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings").join(format!("authentik-{version}"));
    let files = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
    files
        .filter_map(|file| {
            let recording: Value = serde_json::from_slice(&fs::read(&file).expect("readable")).expect("JSON");
            let (request, response) = (&recording["request"], &recording["response"]);
            let method = request["method"].as_str()?.parse().ok()?;
            let path = request["path"].as_str()?.strip_prefix("/api/v3")?.to_owned();
            let status = StatusCode::from_u16(u16::try_from(response["status"].as_u64()?).ok()?).ok()?;
            let body = &response["body"];
            // Members were cut.
            if body.to_string().contains('…') {
                return None;
            }
            let body = if body.is_null() || body == "" { Vec::new() } else { body.to_string().into_bytes() };
            Some((file.file_stem()?.to_string_lossy().into_owned(), method, path, status, body))
        })
        .collect()
}

/// Only the answers are judged: many requests were recorded because they are wrong.
#[test]
fn a_real_authentik_answers_as_its_schema_says() {
    let mut judge = Judge::default();
    let mut deviating = Vec::new();
    for (version, release) in [("2026.2.2", "2026.2.2"), ("2026.8.0-rc1", "2026.8.0")] {
        let schema = Schema::of(release).expect("a release");
        for (name, method, path, status, body) in recorded(version) {
            // Cowbell does not call it, or headers and most of `runtime` were cut, or all but the sizes of pages (809); and flags that
            // nobody has saved are left out (967).
            let is_cut = ["/admin/system/", "/admin/settings/"].contains(&path.as_str());
            if schema.operation(&method, &path).is_none() || is_cut {
                continue;
            }
            let exchange = Exchange { method: &method, path: &path, query: "", body: b"", answer: Some((status, &body)) };
            let found = judge.judge(release, &exchange).into_iter().filter(|deviation| {
                let is_later = version == "2026.8.0-rc1" && LATER_THAN_RC1.contains(&deviation.member.as_str());
                // A policy shows what its own kind has beside what all have.
                let is_of_kind = deviation.member == "Policy" && deviation.fault == Fault::Unknown;
                deviation.side == Side::Answer && !is_later && !is_of_kind
            });
            deviating.extend(found.map(|deviation| format!("{version} {name} {method} {path}: {deviation}")));
        }
    }
    deviating.sort();
    assert!(deviating.is_empty(), "{}", deviating.join("\n"));
}

#[test]
fn every_profile_has_a_schema_of_its_line() {
    for profile in Profile::ALL {
        let schema = Schema::of(profile.version()).expect("a release");
        assert!(schema.version.starts_with(profile.family()), "{profile:?}: {}", schema.version);
    }
}

/// What is found in an exchange of 2026.2.2.
fn judged(method: &Method, target: &str, body: &Value, status: u16, answer: &Value) -> Vec<(Side, Fault, String)> {
    let text = |body: &Value| if body.is_null() { String::new() } else { body.to_string() };
    let (body, answer) = (text(body), text(answer));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let answer = Some((StatusCode::from_u16(status).expect("a status"), answer.as_bytes()));
    let exchange = Exchange { method, path, query, body: body.as_bytes(), answer };
    let short = |Deviation { side, member, fault, .. }| (side, fault, member);
    Judge::default().judge("2026.2.2", &exchange).into_iter().map(short).collect()
}

fn mapping() -> Value {
    json!({
        "pk": "8a9b7a5e-0f5c-4b8e-9f0d-1c2b3a495867", "managed": null, "name": "m", "expression": "return {}", "component": "",
        "verbose_name": "", "verbose_name_plural": "", "meta_model_name": "", "scope_name": "email",
    })
}

#[test]
fn each_kind_of_deviation_is_found() {
    const PATH: &str = "/propertymappings/provider/scope/";
    let right = json!({"name": "m", "expression": "return {}", "scope_name": "email"});
    assert_eq!(judged(&Method::POST, PATH, &right, 201, &mapping()), []);
    assert_eq!(judged(&Method::POST, PATH, &right, 400, &json!("whatever")), []);
    let sent = |name: &str, value: Value| {
        let mut body = right.clone();
        body[name] = value;
        judged(&Method::POST, PATH, &body, 201, &mapping())
    };
    let of_request = |fault, member: &str| vec![(Side::Request, fault, member.to_owned())];
    assert_eq!(sent("nmae", json!("m")), of_request(Fault::Unknown, "ScopeMappingRequest"));
    assert_eq!(sent("name", json!("")), of_request(Fault::Length, "ScopeMappingRequest.name"));
    assert_eq!(sent("name", json!(7)), of_request(Fault::Type, "ScopeMappingRequest.name"));
    assert_eq!(sent("name", Value::Null), of_request(Fault::Null, "ScopeMappingRequest.name"));
    assert_eq!(judged(&Method::POST, PATH, &Value::Null, 201, &mapping()), of_request(Fault::Json, ""));
    assert_eq!(
        judged(&Method::POST, PATH, &json!({"name": "m", "scope_name": "email"}), 201, &mapping()),
        of_request(Fault::Missing, "ScopeMappingRequest.expression")
    );
    assert_eq!(judged(&Method::GET, "/core/users/?nmae=m", &Value::Null, 400, &Value::Null), of_request(Fault::Parameter, ""));
    assert_eq!(judged(&Method::GET, "/core/tokens/", &Value::Null, 200, &Value::Null), of_request(Fault::Operation, ""));

    let answered = |name: &str, value: Option<Value>| {
        let mut body = mapping();
        match value {
            Some(value) => body[name] = value,
            None => drop(body.as_object_mut().and_then(|body| body.remove(name))),
        }
        judged(&Method::POST, PATH, &right, 201, &body)
    };
    let of_answer = |fault, member: &str| vec![(Side::Answer, fault, member.to_owned())];
    assert_eq!(answered("name", None), of_answer(Fault::Missing, "ScopeMapping.name"));
    assert_eq!(answered("name", Some(Value::Null)), of_answer(Fault::Null, "ScopeMapping.name"));
    assert_eq!(answered("pk", Some(json!(7))), of_answer(Fault::Type, "ScopeMapping.pk"));
    assert_eq!(answered("pk", Some(json!("7"))), of_answer(Fault::Type, "ScopeMapping.pk"));
    assert_eq!(answered("more", Some(json!(7))), of_answer(Fault::Unknown, "ScopeMapping"));
    assert_eq!(judged(&Method::POST, PATH, &right, 200, &mapping()), of_answer(Fault::Status, ""));
    let used = json!([{"app": "a", "model_name": "m", "pk": "1", "name": "n", "action": "cascades"}]);
    assert_eq!(
        judged(&Method::GET, &format!("{PATH}x/used_by/"), &Value::Null, 200, &used),
        of_answer(Fault::Choice, "UsedBy.action")
    );
    assert_eq!(judged(&Method::DELETE, &format!("{PATH}x/"), &Value::Null, 204, &json!({})), of_answer(Fault::Body, ""));
}
