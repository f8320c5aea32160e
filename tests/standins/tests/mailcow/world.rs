//! Faults between browser and server, and between the servers.

use std::cell::Cell;
use std::rc::Rc;

use cowbell_standins::message::{Request, Response};
use cowbell_standins::world::faults::{Fault, FaultKind, UpstreamFault};
use cowbell_standins::world::{Demo, Outcome, Product, World};
use http::Method;
use serde_json::{Value, json};

const AUTHENTIK: &str = "http://authentik.localhost:1";
const MAILCOW: &str = "http://mailcow.localhost:2";
const VERSION: &str = "/api/v1/get/status/version";

/// A world in which the administrator of mailcow is signed in.
fn world() -> (World, String) {
    let mut world = World::demo(&Demo { users: 5, ..Demo::default() }, AUTHENTIK, MAILCOW);
    let (name, value) = world.mailcow.sign_in_admin();
    (world, format!("{name}={value}"))
}

fn request(method: &Method, path: &str, cookie: &str) -> Request {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method.clone();
    *request.uri_mut() = path.parse().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request
}

fn get(world: &mut World, cookie: &str) -> Response {
    world.handle(MAILCOW, request(&Method::GET, VERSION, cookie)).answer().unwrap()
}

fn order(world: &mut World, kind: FaultKind) {
    world.faults.browser = vec![Fault::on(Product::Mailcow, "/api", kind)];
}

#[test]
fn hosts_find_their_product() {
    let (mut world, cookie) = world();
    assert_eq!(get(&mut world, &cookie).body(), br#"{"version":"2026-07a"}"#);
    assert!(world.handle("mailcow.localhost:2", request(&Method::GET, "/", "")).answer().is_some());
    assert!(matches!(world.handle("http://else.where", request(&Method::GET, "/", "")), Outcome::UnknownHost));
}

#[test]
fn answers_can_be_replaced_and_spoiled() {
    let (mut world, cookie) = world();
    order(&mut world, FaultKind::TruncatedJson);
    assert!(serde_json::from_slice::<Value>(get(&mut world, &cookie).body()).is_err());
    order(&mut world, FaultKind::WrongTypes);
    let body: Value = serde_json::from_slice(get(&mut world, &cookie).body()).unwrap();
    assert_eq!(body, json!({"version": 8}));
    order(&mut world, FaultKind::InvalidUtf8);
    assert!(std::str::from_utf8(get(&mut world, &cookie).body()).is_err());
    order(&mut world, FaultKind::HugeBody { bytes: 100_000 });
    assert_eq!(get(&mut world, &cookie).body().len(), 100_000);
    order(&mut world, FaultKind::Html);
    assert_eq!(get(&mut world, &cookie).headers()["content-type"], "text/html; charset=utf-8");
    order(&mut world, FaultKind::NoAnswer);
    assert!(matches!(world.handle(MAILCOW, request(&Method::GET, VERSION, &cookie)), Outcome::NoAnswer));
}

#[test]
fn faults_pass_over_some_requests_and_end() {
    let (mut world, cookie) = world();
    let kind = FaultKind::Status { status: 429, body: String::new(), content_type: None, retry_after_s: Some(3) };
    world.faults.browser = vec![Fault::on(Product::Mailcow, VERSION, kind).method(&Method::GET).skip(1).times(2)];
    let statuses: Vec<u16> = (0..4).map(|_| get(&mut world, &cookie).status().as_u16()).collect();
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert!(world.faults.browser.is_empty());
}

#[test]
fn a_session_can_end_after_some_requests() {
    let (mut world, cookie) = world();
    world.faults.browser = vec![Fault::on(Product::Mailcow, "/api", FaultKind::SignedOut).skip(1)];
    assert!(!get(&mut world, &cookie).body().is_empty());
    assert!(get(&mut world, &cookie).body().is_empty());
    assert!(get(&mut world, &cookie).body().is_empty());
}

#[test]
fn another_administrator_can_act_in_between() {
    let (mut world, cookie) = world();
    let seen = Rc::new(Cell::new(0));
    let counter = seen.clone();
    world.before_request(move |_, mailcow, product, _| {
        assert_eq!(product, Product::Mailcow);
        counter.set(counter.get() + 1);
        mailcow.state_mut().mailboxes.clear();
    });
    get(&mut world, &cookie);
    assert_eq!(seen.get(), 1);
    assert!(world.mailcow.state().mailboxes.is_empty());
}

/// The connection test of mailcow with a token URL and "Ignore SSL Errors" on or off.
fn connection_test(world: &mut World, cookie: &str, token_url: &str, ignore_ssl_error: &str) -> bool {
    let mut request = request(&Method::POST, "/api/v1/edit/identity-provider-test", cookie);
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let attr = json!({"authsource": "generic-oidc", "token_url": token_url, "ignore_ssl_error": ignore_ssl_error});
    *request.body_mut() = json!({"attr": attr}).to_string().into_bytes();
    let response = world.handle(MAILCOW, request).answer().unwrap();
    serde_json::from_slice::<Value>(response.body()).unwrap()["type"] == "success"
}

#[test]
fn faults_between_the_servers() {
    let (mut world, cookie) = world();
    let url = format!("{AUTHENTIK}/application/o/token/");
    for fault in [
        UpstreamFault::UnknownHost,
        UpstreamFault::Refused,
        UpstreamFault::UntrustedCertificate,
        UpstreamFault::ProxyPage,
        UpstreamFault::ServerError,
        UpstreamFault::Slow,
    ] {
        world.faults.upstream = Some(fault);
        assert!(!connection_test(&mut world, &cookie, &url, "0"), "{fault:?}");
    }
    world.faults.upstream = Some(UpstreamFault::UntrustedCertificate);
    assert!(connection_test(&mut world, &cookie, &url, "1"));
    world.faults.upstream = None;
    assert!(connection_test(&mut world, &cookie, &url, "0"));
    let nowhere = "http://nope.invalid/application/o/token/";
    assert!(!connection_test(&mut world, &cookie, nowhere, "1"));
}
