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
    let users: Vec<i64> = world.authentik.state().users.iter().map(|user| user.pk).collect();
    let mut chosen = chosen(&users, count).into_iter();
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

/// So many of the users, in an order that has nothing to do with the list's.
fn chosen(users: &[i64], count: usize) -> Vec<i64> {
    const MIXING: i64 = 0x1E37_79B9_7F4A_7C15;
    let mut mixed = users.to_vec();
    mixed.sort_by_key(|pk| (pk.wrapping_mul(MIXING) >> 20).wrapping_mul(MIXING));
    mixed.truncate(count);
    mixed
}

fn set(authentik: &mut Authentik, pk: i64) {
    let state = authentik.state_mut();
    let now = state.now;
    if let Some(user) = state.users.get_mut(pk) {
        user.attributes.insert(ATTRIBUTE.to_owned(), json!("edited meanwhile"));
        user.last_updated = now;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::chosen;

    #[test]
    fn each_user_is_edited_once() {
        let users: Vec<i64> = (1..=5_700).collect();
        let edited: HashSet<i64> = chosen(&users, 200).into_iter().collect();
        assert_eq!(edited.len(), 200);
        assert!(edited.iter().filter(|pk| **pk > 2_850).count() > 50);
        assert_eq!(chosen(&users[..3], 5).len(), 3);
    }
}
