//! `/oauth2/access_tokens/` (docs/contract/authentik.md, section 14; recording 664) and `/oauth2/refresh_tokens/`, which is alike.

use serde_json::{Value, json};

use super::{list, providers};
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        state::{State, Token},
        time,
    },
    message::Response,
};

const KEYS: [list::Key<Token>; 1] = [("expires", |token| format!("{:020}", token.expires))];

/// Superusers see everybody's tokens, others their own.
pub(super) fn list(state: &State, tokens: &[Token], call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let sees_all = state.users.get(caller.user).is_some_and(|user| state.is_superuser(user));
    let wanted = |name: &str, pk: i64| call.param(name).is_none_or(|wanted| wanted == pk.to_string());
    let mut tokens: Vec<&Token> = tokens
        .iter()
        .filter(|token| sees_all || token.grant.user == caller.user)
        .filter(|token| wanted("provider", token.grant.provider) && wanted("user", token.grant.user))
        .collect();
    list::order(call, &mut tokens, &KEYS);
    list::paged(call, state, None, &tokens, |token| show(state, token))
}

fn show(state: &State, token: &Token) -> Value {
    let user = state.users.get(token.grant.user);
    json!({
        "pk": token.pk,
        "provider": state.provider(token.grant.provider).map(|provider| providers::show_base(state, provider)),
        "user": user.map(|user| json!({
            "pk": user.pk,
            "username": user.username,
            "name": user.name,
            "is_active": user.is_active,
            "email": user.email,
            "attributes": user.attributes,
            "uid": user.uuid.simple().to_string(),
        })),
        "is_expired": token.expires < state.now,
        "expires": time::iso(token.expires),
        "scope": token.grant.scopes,
        "id_token": token.id_token,
        "revoked": token.revoked,
    })
}
