//! `/oauth2/access_tokens/` (docs/contract/authentik.md, section 14; recording 664) and `/oauth2/refresh_tokens/`, which is alike.

use serde_json::{Value, json};

use super::{list, providers, users};
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
    list::paged(call, state, None, &tokens, |token| show(state, token, caller))
}

fn show(state: &State, token: &Token, caller: &Caller) -> Value {
    let shown = |provider| {
        if state.profile.shows_whole_provider_of_token() {
            providers::show(state, provider, caller)
        } else {
            providers::show_base(state, provider)
        }
    };
    json!({
        "pk": token.pk,
        "provider": state.provider(token.grant.provider).map(shown),
        "user": state.users.get(token.grant.user).map(|user| users::show(state, user, true, true)),
        "is_expired": token.expires < state.now,
        "expires": time::iso(token.expires),
        "scope": token.grant.scopes,
        "id_token": token.id_token,
        "revoked": token.revoked,
    })
}
