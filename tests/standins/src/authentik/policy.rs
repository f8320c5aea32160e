//! Who may use an application (docs/contract/authentik.md, section 7).

use super::state::{Application, Bound, State, User};

/// Whether the application's bindings let a user pass.
pub(super) fn passes(state: &State, application: &Application, user: &User) -> bool {
    let mut results = state
        .bindings
        .iter()
        .filter(|binding| binding.enabled && binding.target == application.pk && binding.is_live(state.now))
        .map(|binding| {
            let matched = match binding.bound {
                Bound::User(pk) => user.pk == pk,
                Bound::Policy(_) => user.pk % 2 == 0,
                Bound::Group(pk) => state.with_ancestors(&user.groups).contains(&pk),
            };
            matched != binding.negate
        })
        .peekable();
    if results.peek().is_none() {
        state.default_app_access || !state.profile.has_default_app_access()
    } else if application.needs_all && !state.profile.takes_all_for_any() {
        results.all(|result| result)
    } else {
        results.any(|result| result)
    }
}

impl State {
    /// Whether a user may use an application.
    #[must_use]
    pub fn may_use(&self, application: &Application, user: &User) -> bool {
        passes(self, application, user)
    }
}
