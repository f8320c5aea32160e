//! What happened between the recordings without being recorded.

use cowbell_standins::authentik::state::{Application, Bound, Provider, State, User};
use http::header::{COOKIE, LOCATION};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::player::{CLIENT_ID, Player, code_in};

/// Brings the stand-in to where authentik was when the recording was made.
pub(crate) fn before(name: &str, player: &mut Player) {
    match &name[..3] {
        "101" => player.authentik.state_mut().mappings.retain(|mapping| mapping.name != "limited mapping"),
        "137" => raising_mapping(player),
        "355" => {
            let attributes = json!({"settings": {"locale": "de"}, "department": "sales"});
            if let (Some(user), Value::Object(attributes)) = (player.authentik.state_mut().users.get_mut(12), attributes) {
                user.attributes = attributes;
            }
        }
        "501" => applications(player.authentik.state_mut()),
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
        "659" => provider(player.authentik.state_mut(), 3).redirect_uris.clear(),
        "701" => {
            player.run_flow("user10", "wrong");
        }
        "801" => bulk_users(player.authentik.state_mut()),
        _ => {}
    }
}

fn raising_mapping(player: &mut Player) {
    let state = player.authentik.state_mut();
    let mut mapping = state.mappings[0].clone();
    mapping.pk = state.ids.uuid();
    mapping.managed = None;
    "raises".clone_into(&mut mapping.name);
    "email".clone_into(&mut mapping.scope_name);
    "return {\"email\": request.user.nope}".clone_into(&mut mapping.expression);
    player.keys.learn("cf8df698-e085-4380-9bb9-9bcc97ff6826", &mapping.pk.to_string());
    state.mappings.push(mapping);
}

/// One redirect URI again, an application for the minimal provider, and one without provider.
fn applications(state: &mut State) {
    provider(state, 4).redirect_uris.truncate(1);
    for (name, provider) in [("minimal", Some(3)), ("no-provider", None)] {
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
    provider(state, 4).authorization_flow = flow;
}

fn provider(state: &mut State, pk: i64) -> &mut Provider {
    state.provider_mut(pk).expect("created")
}

/// user01 authorizes mailcow for some scopes.
fn authorize(player: &mut Player, scope: &str) {
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

fn redeem(player: &mut Player) {
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

/// 240 more users; the one that `client_credentials` made is gone.
fn bulk_users(state: &mut State) {
    state.users.remove(36);
    for number in 0..240 {
        let uuid = state.ids.uuid();
        let mut user = User::new(37 + number, uuid, &format!("bulk{number:03}"), state.now);
        user.name = format!("Bulk {number:03}");
        user.email = format!("bulk{number:03}@mail.example");
        "bulk".clone_into(&mut user.path);
        state.users.insert(user);
    }
}
