//! The people of the recordings (docs/contract/README.md, "Seed data").

use serde_json::json;

use super::defaults::{PASSWORD, add_group, add_role};
use crate::authentik::{
    state::{ApiToken, State, User, UserType},
    time::SECOND,
};

/// The API token of the superuser in [`crate::authentik::Authentik::recorded`].
pub const RECORDED_API_TOKEN: &str = "recorded-api-token";

/// Adds `user01` to `user30` (primary keys 5 to 34), `svc-mail` (35), the groups and the role.
pub(in crate::authentik) fn populate(state: &mut State) {
    let mail_users = add_group(state, "mail-users");
    let vip = add_group(state, "vip");
    let limited = add_role(state, "mail-integration");
    if let Some(role) = state.roles.iter_mut().find(|role| role.pk == limited) {
        role.permissions.extend(
            [
                "authentik_providers_oauth2.view_scopemapping",
                "authentik_providers_oauth2.add_scopemapping",
                "authentik_providers_oauth2.view_oauth2provider",
                "authentik_flows.view_flow",
            ]
            .map(str::to_owned),
        );
    }
    for number in 1..=30 {
        let uuid = state.ids.uuid();
        let username = format!("user{number:02}");
        let mut user = User::new(4 + number, uuid, &username, state.now - 1800 * SECOND);
        user.name = format!("Test User {number:02}");
        user.email = match number {
            21..=23 => format!("{username}@other.example"),
            26 => String::new(),
            _ => format!("{username}@mail.example"),
        };
        PASSWORD.clone_into(&mut user.password);
        user.is_active = !matches!(number, 24 | 25);
        if number <= 7 {
            user.attributes.insert("email_verified".to_owned(), json!(number <= 5));
        }
        if number <= 20 {
            user.groups.push(mail_users);
        }
        if matches!(number, 1 | 2 | 21) {
            user.groups.push(vip);
        }
        if number == 27 {
            user.roles.push(limited);
        }
        if matches!(number, 1 | 8 | 27) {
            user.last_login = Some(state.now);
        }
        state.users.insert(user);
    }
    let uuid = state.ids.uuid();
    let mut service = User::new(35, uuid, "svc-mail", state.now - 1800 * SECOND);
    "svc-mail".clone_into(&mut service.name);
    "goauthentik.io/service-accounts".clone_into(&mut service.path);
    service.kind = UserType::ServiceAccount;
    service.attributes.insert("goauthentik.io/user/token-expires".to_owned(), json!(false));
    state.users.insert(service);
    state.next_user = 36;
    state.tokens.push(ApiToken { key: RECORDED_API_TOKEN.to_owned(), user: 3 });
}
