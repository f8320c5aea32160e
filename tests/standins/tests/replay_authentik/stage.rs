//! What happened between the recordings without being recorded.

use cowbell_standins::authentik::{
    Profile,
    state::{Application, Bound, Provider, State, User},
};
use http::header::{COOKIE, LOCATION};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    player::{CLIENT_ID, Player, code_in},
    recording::Recording,
};

/// The provider of most recordings.
pub(crate) const MAILCOW: &str = "Provider for mailcow";

/// Learns the keys that a request names before any answer did.
pub(crate) fn begin(player: &mut Player) {
    for (recorded, name) in player.series.groups.into_iter().zip(["mail-users", "vip"]) {
        let group = player.authentik.state().group_named(name).expect("seeded");
        player.keys.learn(recorded, &group.pk.to_string());
    }
}

/// Brings the stand-in to where authentik was when the recording was made.
pub(crate) fn before(recording: &Recording, player: &mut Player) {
    match &recording.name[..3] {
        "101" => player.authentik.state_mut().mappings.retain(|mapping| mapping.name != "limited mapping"),
        "137" => raising_mapping(recording, player),
        "355" => {
            let attributes = json!({"settings": {"locale": "de"}, "department": "sales"});
            if let (Some(user), Value::Object(attributes)) = (player.authentik.state_mut().users.get_mut(12), attributes) {
                user.attributes = attributes;
            }
        }
        "501" => {
            if player.series.profile == Profile::V2026_2 {
                provider(player.authentik.state_mut(), MAILCOW).redirect_uris.truncate(1);
            }
            applications(player.authentik.state_mut());
        }
        "651" => bind_to_vip(player.authentik.state_mut()),
        "652" => {
            player.authentik.state_mut().bindings.clear();
            use_flow(player, "default-provider-authorization-explicit-consent");
        }
        "657" => {
            use_flow(player, "default-provider-authorization-implicit-consent");
            authorize(player, "email");
            redeem(player);
        }
        "658" => authorize(player, "openid profile email offline_access"),
        "659" => provider(player.authentik.state_mut(), "minimal").redirect_uris.clear(),
        "701" => {
            for _ in 0..player.series.wrong_passwords {
                player.run_flow("user10", "wrong");
            }
        }
        "801" => many_users(player),
        _ => {}
    }
}

fn raising_mapping(recording: &Recording, player: &mut Player) {
    let state = player.authentik.state_mut();
    let mut mapping = state.mappings[0].clone();
    mapping.pk = state.ids.uuid();
    mapping.managed = None;
    "raises".clone_into(&mut mapping.name);
    "email".clone_into(&mut mapping.scope_name);
    "return {\"email\": request.user.nope}".clone_into(&mut mapping.expression);
    let recorded = recording.request.path.split('/').rev().nth(2).expect("a key");
    player.keys.learn(recorded, &mapping.pk.to_string());
    state.mappings.push(mapping);
}

/// An application for the minimal provider, and one without provider.
fn applications(state: &mut State) {
    let minimal = provider(state, "minimal").pk;
    for (name, provider) in [("minimal", Some(minimal)), ("no-provider", None)] {
        let pk = state.ids.uuid();
        let mut application = Application::new(pk, name, name);
        application.provider = provider;
        state.applications.push(application);
    }
}

fn bind_to_vip(state: &mut State) {
    let vip = state.group_named("vip").expect("seeded").pk;
    let target = state.application("mailcow").expect("created").pk;
    state.bindings.retain(|binding| binding.target == target);
    state.bindings.truncate(1);
    state.bindings[0].bound = Bound::Group(vip);
}

fn use_flow(player: &mut Player, slug: &str) {
    let state = player.authentik.state_mut();
    let flow = state.flow_named(slug).expect("seeded").pk;
    provider(state, MAILCOW).authorization_flow = flow;
}

pub(crate) fn provider<'a>(state: &'a mut State, name: &str) -> &'a mut Provider {
    state.providers.iter_mut().find(|provider| provider.name == name).expect("created")
}

/// user01 authorizes mailcow for some scopes.
pub(crate) fn authorize(player: &mut Player, scope: &str) {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", CLIENT_ID)
        .append_pair("redirect_uri", "https://mailcow.company")
        .append_pair("response_type", "code")
        .append_pair("scope", scope)
        .finish();
    let request = http::Request::get(format!("/application/o/authorize/?{query}"))
        .header(COOKIE, player.jar_of("user01").header())
        .body(Vec::new())
        .expect("a valid request");
    let response = player.authentik.handle(request);
    let location = response.headers()[LOCATION].to_str().expect("text");
    player.code = code_in(location).expect("a code");
}

pub(crate) fn redeem(player: &mut Player) {
    let secret = player.authentik.state().client(CLIENT_ID).expect("created").client_secret.clone();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &player.code)
        .append_pair("redirect_uri", "https://mailcow.company")
        .append_pair("client_id", CLIENT_ID)
        .append_pair("client_secret", &secret)
        .finish();
    let request = http::Request::post("/application/o/token/")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body.into_bytes())
        .expect("a valid request");
    let response = player.authentik.handle(request);
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    let token = body["access_token"].as_str().expect("a token");
    token.clone_into(&mut player.access_token);
}

/// 273 users; the one that `client_credentials` made is gone.
fn many_users(player: &mut Player) {
    let [many, path] = player.series.many;
    let state = player.authentik.state_mut();
    let generated: Vec<i64> =
        state.users.iter().filter(|user| user.path.starts_with("goauthentik.io/apps/")).map(|user| user.pk).collect();
    for pk in generated {
        state.users.remove(pk);
    }
    for number in 0..273 - state.users.len() {
        let uuid = state.ids.uuid();
        let mut user = User::new(state.next_user, uuid, &format!("{many}{number:03}"), state.now);
        state.next_user += 1;
        user.name = format!("{}{} {number:03}", many[..1].to_uppercase(), &many[1..]);
        user.email = format!("{many}{number:03}@mail.example");
        path.clone_into(&mut user.path);
        state.users.insert(user);
    }
}
