//! A sign-in through both stand-ins: mailcow's button, authentik, code, token, claims, mailbox (docs/contract/e2e.md, "Normal
//! course").

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use cowbell_standins::message::{Request, Response};
use cowbell_standins::people::person;
use cowbell_standins::world::faults::UpstreamFault;
use cowbell_standins::world::{Demo, World};
use http::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use serde_json::json;

const AUTHENTIK: &str = "http://authentik.localhost:1";
const MAILCOW: &str = "http://mailcow.localhost:2";

/// Somebody with a mailbox address at authentik and none at mailcow.
const NEWCOMER: usize = 30;

/// Both products as they are after the integration was made: the earlier attempt, completed.
fn world() -> World {
    let demo = Demo { half_made: true, ..Demo::default() };
    let mut world = World::demo(&demo, AUTHENTIK, MAILCOW);
    let provider = world.authentik.state().providers.last().unwrap().clone();
    let settings = &mut world.mailcow.state_mut().identity_provider;
    for (key, value) in [
        ("authsource", "generic-oidc".to_owned()),
        ("authorize_url", format!("{AUTHENTIK}/application/o/authorize/")),
        ("token_url", format!("{AUTHENTIK}/application/o/token/")),
        ("userinfo_url", format!("{AUTHENTIK}/application/o/userinfo/")),
        ("client_id", provider.client_id),
        ("client_secret", provider.client_secret),
        ("redirect_url", format!("{MAILCOW}/")),
        ("client_scopes", "openid profile email".to_owned()),
        ("default_template", "Default".to_owned()),
    ] {
        settings.set(key, value);
    }
    settings.set("mappers", json!([]));
    settings.set("templates", json!([]));
    world
}

/// A browser that is signed in to authentik.
struct Browser {
    authentik: String,
    mailcow: String,
}

impl Browser {
    fn of(world: &mut World, username: &str) -> Self {
        let cookies = world.authentik.sign_in(username).unwrap();
        Self { authentik: format!("authentik_session={}", cookies.session), mailcow: String::new() }
    }

    fn get(&mut self, world: &mut World, url: &str) -> Response {
        let parsed = url::Url::parse(url).unwrap();
        let at_mailcow = parsed.host_str() == Some("mailcow.localhost");
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = parsed[url::Position::BeforePath..].parse().unwrap();
        let headers = request.headers_mut();
        headers.insert(HOST, parsed.authority().parse().unwrap());
        let cookie = if at_mailcow { &self.mailcow } else { &self.authentik };
        headers.insert(COOKIE, cookie.parse().unwrap());
        let response = world.handle(parsed.authority(), request).answer().unwrap();
        if let Some(line) = response.headers().get(SET_COOKIE).filter(|_| at_mailcow) {
            let line = line.to_str().unwrap();
            line.split(';').next().unwrap().clone_into(&mut self.mailcow);
        }
        response
    }

    /// Follows redirects until a page comes, and returns its address and text.
    fn follow(&mut self, world: &mut World, url: &str) -> (String, String) {
        let mut url = url::Url::parse(url).unwrap();
        for _ in 0..10 {
            let response = self.get(world, url.as_str());
            match response.headers().get(LOCATION) {
                Some(location) => url = url.join(location.to_str().unwrap()).unwrap(),
                None => return (url.into(), String::from_utf8(response.into_body()).unwrap()),
            }
        }
        panic!("redirects without end");
    }
}

#[test]
fn a_sign_in_ends_in_a_mailbox() {
    let mut world = world();
    let newcomer = person(1, NEWCOMER);
    let mut browser = Browser::of(&mut world, &newcomer.username);
    let (url, page) = browser.follow(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    assert_eq!(url, format!("{MAILCOW}/SOGo/so/"), "{page}");
    assert!(page.contains(&newcomer.email));
    let mailbox = world.mailcow.state().mailbox(&newcomer.email).unwrap();
    assert_eq!((&mailbox.name, mailbox.authsource.as_str()), (&newcomer.name, "generic-oidc"));
}

#[test]
fn refusals_say_why_only_in_the_log() {
    for (key, value, reason) in [
        ("client_secret", "wrong", "invalid_client"),
        ("client_scopes", "profile email", "Invalid response received from Authorization Server. Expected JSON."),
        ("client_scopes", "openid", "No email address found for user"),
        ("default_template", "", "No matching attribute mapping was found"),
    ] {
        let mut world = world();
        world.mailcow.state_mut().identity_provider.set(key, value);
        let mut browser = Browser::of(&mut world, &person(1, NEWCOMER).username);
        let (_, page) = browser.follow(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
        assert!(page.contains("Login failed"), "{reason}");
        let entry = world.mailcow.state().ui_log.last().unwrap();
        assert!(entry.call.as_deref().unwrap().contains(reason), "{:?} instead of {reason}", entry.call);
    }
}

#[test]
fn a_proxy_in_between_is_no_oauth_server() {
    let mut world = world();
    world.faults.upstream = Some(UpstreamFault::ProxyPage);
    let mut browser = Browser::of(&mut world, &person(1, NEWCOMER).username);
    browser.follow(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
    let entry = world.mailcow.state().ui_log.last().unwrap();
    assert!(entry.call.as_deref().unwrap().contains("Expected JSON."));
}

/// Sets the redirect URL on both sides.
fn lead_to(world: &mut World, path: &str) {
    let url = format!("{MAILCOW}{path}");
    world.authentik.state_mut().providers.last_mut().unwrap().redirect_uris[0].url.clone_from(&url);
    world.mailcow.state_mut().identity_provider.set("redirect_url", url);
}

/// Recordings 873 and 874; docs/contract/cases.md, R10.
#[test]
fn a_sign_in_is_completed_only_where_the_handler_is() {
    for (path, end) in [
        ("/index.php", "/SOGo/so/"),
        ("/user", "/user"),
        ("/user.php", "/user.php"),
        ("/reset-password", "/user"),
        ("/reset-password.php", "/user"),
    ] {
        let mut world = world();
        lead_to(&mut world, path);
        let mut browser = Browser::of(&mut world, &person(1, NEWCOMER).username);
        let (url, page) = browser.follow(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
        assert_eq!(url.split('?').next(), Some(&*format!("{MAILCOW}{end}")), "{path}");
        assert!(page.contains(&person(1, NEWCOMER).email), "{path}: {page}");
        // After `/user` the tabs come only with the next page.
        assert_eq!(page.contains("App passwords"), path.starts_with("/reset"), "{path}");
        assert!(browser.follow(&mut world, &format!("{MAILCOW}/user")).1.contains("App passwords"), "{path}");
    }
}

/// Recordings 875 and 876; docs/contract/cases.md, R10.
#[test]
fn elsewhere_no_sign_in_ends_and_nothing_is_said() {
    for path in ["/admin", "/SOGo/so/", "/mailbox", "/user/", "/domainadmin"] {
        let mut world = world();
        lead_to(&mut world, path);
        let before = world.mailcow.state().ui_log.len();
        let mut browser = Browser::of(&mut world, &person(1, NEWCOMER).username);
        let (_, page) = browser.follow(&mut world, &format!("{MAILCOW}/?iam_sso=1"));
        assert!(!page.contains("Login failed") && !page.contains(&person(1, NEWCOMER).email), "{path}: {page}");
        assert!(world.mailcow.state().mailbox(&person(1, NEWCOMER).email).is_none(), "{path}");
        assert_eq!(world.mailcow.state().ui_log.len(), before, "{path}");
    }
}
