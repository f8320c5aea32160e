//! Who calls, and what they may do.

use std::collections::BTreeSet;

use super::{
    call::Call,
    cookies,
    refusal::Refusal,
    state::{State, User},
};
use http::StatusCode;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) user: i64,
    /// The administrator behind an impersonation.
    pub(super) original: Option<i64>,
    /// Value of the session cookie; `None` for a caller with an API token.
    pub(super) session: Option<String>,
}

/// The objects of a kind that somebody may deal with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Everything,
    /// The objects with these keys.
    Only(BTreeSet<String>),
    Nothing,
}

impl Reach {
    pub(super) fn covers(&self, key: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(keys) => keys.contains(key),
            Self::Nothing => false,
        }
    }
}

/// The user of the browser's session, if there is one. Nothing is checked against forgery.
pub(super) fn visitor(state: &State, call: &Call) -> Option<Caller> {
    let key = call.cookie(cookies::SESSION)?;
    let session = state.sessions.get(key)?;
    let user = state.users.get(session.user?)?;
    user.is_active.then(|| Caller { user: user.pk, original: session.original, session: Some(key.to_owned()) })
}

/// The caller of the API, by token or by session; `None` for somebody who is not signed in.
///
/// A token outranks a session and needs no protection against forgery (recording 416).
pub(super) fn caller(state: &State, call: &Call) -> Result<Option<Caller>, Refusal> {
    if let Some(key) = call.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        let user = state
            .tokens
            .iter()
            .find(|token| token.key == key)
            .and_then(|token| state.users.get(token.user))
            .filter(|user| user.is_active)
            .ok_or_else(|| Refusal::detail(StatusCode::FORBIDDEN, "Token invalid/expired"))?;
        return Ok(Some(Caller { user: user.pk, original: None, session: None }));
    }
    let visitor = visitor(state, call);
    if visitor.is_some()
        && let Some(reason) = cookies::forgery(call, &state.site)
    {
        return Err(Refusal::detail(StatusCode::FORBIDDEN, &format!("CSRF Failed: {reason}")));
    }
    Ok(visitor)
}

impl State {
    /// The calling user.
    pub(super) fn user_of(&self, caller: &Caller) -> Result<&User, Refusal> {
        self.users.get(caller.user).ok_or_else(Refusal::anonymous)
    }

    /// The objects for which a user has a permission such as `authentik_core.view_user`.
    pub(super) fn reach(&self, user: i64, permission: &str) -> Reach {
        let Some(user) = self.users.get(user) else {
            return Reach::Nothing;
        };
        if self.is_superuser(user) {
            return Reach::Everything;
        }
        let groups = self.with_ancestors(&user.groups);
        let inherited = groups.iter().filter_map(|pk| self.groups.get(pk)).flat_map(|group| &group.roles);
        let mut keys = BTreeSet::new();
        for role in user.roles.iter().chain(inherited) {
            let Some(role) = self.roles.iter().find(|other| other.pk == *role) else {
                continue;
            };
            if role.permissions.contains(permission) {
                return Reach::Everything;
            }
            keys.extend(role.object_permissions.get(permission).into_iter().flatten().cloned());
        }
        if keys.is_empty() { Reach::Nothing } else { Reach::Only(keys) }
    }

    /// Whether a user has a permission on every object.
    pub(super) fn may(&self, user: i64, permission: &str) -> bool {
        self.reach(user, permission) == Reach::Everything
    }
}
