//! Somebody else who edits attributes of users while a measurement runs.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::authentik::Authentik;
use crate::world::{Product, World};

/// The attribute that is edited.
const ATTRIBUTE: &str = "desk";

/// What somebody else is told to do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edits {
    /// How many users are edited, each once, all over the directory.
    count: usize,
    /// Others write so many users between two edits; without it all are edited now.
    every: Option<usize>,
}

/// Edits now, or while others write.
pub(super) fn edit(world: &mut World, Edits { count, every }: Edits) {
    let mut users: Vec<i64> = world.authentik.state().users.iter().map(|user| user.pk).collect();
    // In an order that has nothing to do with the list's, and the same for whoever is measured.
    fastrand::Rng::with_seed(1).shuffle(&mut users);
    let mut chosen = users.into_iter().take(count);
    let Some(every) = every else {
        chosen.for_each(|pk| set(&mut world.authentik, pk));
        return;
    };
    let mut written = 0_usize;
    world.before_request(move |authentik, _, product, request| {
        if product != Product::Authentik || request.method() != Method::PATCH {
            return;
        }
        written += 1;
        if written.is_multiple_of(every)
            && let Some(pk) = chosen.next()
        {
            set(authentik, pk);
        }
    });
}

fn set(authentik: &mut Authentik, pk: i64) {
    let state = authentik.state_mut();
    let now = state.now;
    if let Some(user) = state.users.get_mut(pk) {
        user.attributes.insert(ATTRIBUTE.to_owned(), json!("edited meanwhile"));
        user.last_updated = now;
    }
}
