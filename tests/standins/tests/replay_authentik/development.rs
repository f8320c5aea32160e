//! What happened between the recordings of the development state of 2026.8 without being recorded.

use cowbell_standins::authentik::state::{Binding, Bound, Group, RedirectUri, Role, State, User, UserType};
use serde_json::{Map, json};

use crate::{
    player::Player,
    recording::Recording,
    stage::{MAILCOW, authorize, provider, redeem},
};

/// Other primary keys, and two more administrators: one whose interface is in German, and `limited`, who may see everything and change
/// users.
pub(crate) fn begin(state: &mut State) {
    let mut outpost = state.users.remove(4).expect("seeded");
    let mut admin = state.users.remove(3).expect("seeded");
    outpost.pk = 2;
    admin.pk = 4;
    "akadmin@mail.example".clone_into(&mut admin.email);
    for role in state.roles.iter_mut().filter(|role| outpost.roles.contains(&role.pk)) {
        "ak-managed-role--user-2".clone_into(&mut role.name);
    }
    // The search of recording 339 finds a digit in it.
    if let Some(user) = state.users.named_mut("user02") {
        user.uuid = uuid::uuid!("c0d4d549-2cbb-4fb7-9173-bc729602d6bc");
    }
    if let Some(service) = state.users.named_mut("svc-mail") {
        service.attributes.clear();
    }
    let mut german = User::new(36, state.ids.uuid(), "germanadmin", admin.date_joined);
    "Deutscher Admin".clone_into(&mut german.name);
    "germanadmin@mail.example".clone_into(&mut german.email);
    german.groups.clone_from(&admin.groups);
    german.attributes.insert("settings".to_owned(), json!({"locale": "de"}));
    for token in &mut state.tokens {
        token.user = admin.pk;
    }
    state.users.extend([outpost, admin, german]);
    limited(state);
    state.next_user = 38;
    state.next_provider = 1;
}

fn limited(state: &mut State) {
    let seen = [
        "authentik_providers_oauth2.view_scopemapping",
        "authentik_providers_oauth2.view_oauth2provider",
        "authentik_core.view_application",
        "authentik_core.view_user",
        "authentik_core.view_group",
        "authentik_core.change_user",
        "authentik_policies.view_policybinding",
        "authentik_flows.view_flow",
        "authentik_crypto.view_certificatekeypair",
        "authentik_events.view_event",
        "authentik_rbac.view_initialpermissions",
        "authentik_rbac.view_system_settings",
        "authentik_rbac.view_media_files",
        "authentik_rbac.view_role",
        "authentik_rbac.access_admin_interface",
        "authentik_rbac.view_system_info",
    ];
    let role = Role {
        pk: state.ids.uuid(),
        name: "limited-admin".to_owned(),
        permissions: seen.into_iter().map(str::to_owned).collect(),
        object_permissions: std::collections::BTreeMap::new(),
    };
    let group = Group {
        pk: state.ids.uuid(),
        num_pk: 1,
        name: "limited-admins".to_owned(),
        is_superuser: false,
        parents: Vec::new(),
        attributes: Map::new(),
        roles: vec![role.pk],
    };
    let mut user = User::new(37, state.ids.uuid(), "limited", state.now);
    "Limited Admin".clone_into(&mut user.name);
    "limited@mail.example".clone_into(&mut user.email);
    "cowbell".clone_into(&mut user.password);
    user.kind = UserType::Internal;
    user.groups.push(group.pk);
    user.roles.push(role.pk);
    state.roles.push(role);
    state.groups.insert(group.pk, group);
    state.users.insert(user);
}

/// What was done between the recordings that 2026.2.2 does not have.
pub(crate) fn before(recording: &Recording, player: &mut Player) {
    match &recording.name[..3] {
        "910" => {
            let state = player.authentik.state_mut();
            state.applications.clear();
            let many: Vec<i64> =
                state.users.iter().filter(|user| user.username.starts_with("many")).map(|user| user.pk).collect();
            for pk in many {
                state.users.remove(pk);
            }
        }
        "935" => {
            let target = player.authentik.state().application("tx-grants").expect("created").pk;
            let recorded = recording.request.query["target"].as_str().expect("a key");
            player.keys.learn(recorded, &target.to_string());
        }
        "942" => {
            let only = RedirectUri { purpose: None, ..RedirectUri::strict("https://mailcow.company") };
            provider(player.authentik.state_mut(), MAILCOW).redirect_uris = vec![only];
        }
        "950" => player.authentik.state_mut().site.trusts_proxy = false,
        "953" => player.authentik.state_mut().site.trusts_proxy = true,
        "961" => player.authentik.state_mut().largest_page = Some(20),
        "965" => player.authentik.state_mut().largest_page = None,
        "971" => {
            let state = player.authentik.state_mut();
            for session in state.sessions.values_mut() {
                session.user = session.original.take().or(session.user);
            }
        }
        "976" => player.authentik.state_mut().application_mut("mailcow").expect("created").meta_hide = false,
        "983" => {
            let state = player.authentik.state_mut();
            let group = state.group_named("mail-users").expect("seeded").pk;
            let pk = state.ids.uuid();
            let application = state.application_mut("mailcow").expect("created");
            application.needs_all = true;
            let target = application.pk;
            let mut binding = Binding::new(pk, target, Bound::Group(group));
            binding.order = 1;
            state.bindings.push(binding);
        }
        "990" => {
            let user = player.authentik.state_mut().users.get_mut(5).expect("seeded");
            user.attributes.insert("note".to_owned(), json!("x"));
        }
        "993" => {
            authorize(player, "openid profile email");
            redeem(player);
        }
        _ => {}
    }
}
