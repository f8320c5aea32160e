//! What somebody has changed in an object since it was created by us, or shown in a question.
//!
//! authentik has no `If-Match` (docs/contract/authentik.md, section 7), so a change between the last read and the write cannot be
//! seen: callers read an object as the last thing before they remove it, and the gap is one request wide.

use super::compare::same_set;
use super::journal::{CLIENT_SECRET, Entry, Journal, State};
use crate::authentik::types::RedirectUri;
use crate::setup::{Fingerprint, Secret};
use crate::wire::{RawJson, RawObject};

/// The member under which the bindings of an application are compared: authentik removes them with it.
pub(super) const BINDINGS: &str = "policy_bindings";
/// The same for its entitlements.
pub(super) const ENTITLEMENTS: &str = "entitlements";

/// Names of the members of an object that differ from an earlier reading. What the server derives is not compared, nor are members
/// that are not shown now.
pub(super) fn changed(earlier: &RawObject, now: &RawObject) -> Vec<String> {
    let differs = |name: &str| !is_derived(name) && now.contains(name) && !is_same(name, earlier.get(name), now.get(name));
    earlier.names().filter(|name| differs(name)).map(str::to_owned).collect()
}

/// What somebody has changed in an object since this journal created it. What a later run of ours has
/// shown and replaced, and what it has written, is no such change.
pub(super) fn changed_since_created(journal: &Journal, at: usize, now: &RawObject) -> Vec<String> {
    let Some([entry, later @ ..]) = journal.entries.get(at..) else { return Vec::new() };
    let is_update = |later: &&Entry| later.before.is_some() && later.object() == entry.object();
    let updates: Vec<&Entry> = later.iter().filter(is_update).collect();
    // What one of them has replaced was shown in its plan, and came back when that update was undone.
    let replaced = |later: &Entry| later.before.clone().filter(|_| matches!(later.state, State::Done | State::Undone));
    let known = |later: &Entry| [later.after.clone()].into_iter().chain(replaced(later));
    let is_known = |name: &str| {
        let mut values = updates.iter().copied().flat_map(known);
        values.any(|values| values.contains(name) && is_same(name, values.get(name), now.get(name)))
    };
    let mut changed = changed(&entry.after, now);
    changed.retain(|name| !is_known(name));
    // Without a fingerprint of its own, the entry does not say whose the secret is.
    let is_known = |now: Fingerprint| {
        entry.secrets.is_empty() || [entry].iter().chain(&updates).any(|written| written.secrets.contains(&now))
    };
    changed.extend(secret_of(now).filter(|now| !is_known(*now)).map(|_| CLIENT_SECRET.to_owned()));
    changed
}

/// The fingerprint of the client secret of an object; `None` if authentik shows none (docs/contract/newest.md, row 1).
pub(super) fn secret_of(object: &RawObject) -> Option<Fingerprint> {
    object.read::<Secret>(CLIENT_SECRET).as_ref().map(Fingerprint::of)
}

/// Whether the bindings of an application are exactly those that the run created with it.
pub(super) fn are_created_bindings(created: &RawObject, now: &[RawObject]) -> bool {
    let created: Vec<RawObject> = created.read(BINDINGS).unwrap_or_default();
    let restricts = |binding: &RawObject| {
        binding.read("enabled") == Some(true)
            && binding.read("negate") != Some(true)
            && binding.read("expiring") != Some(true)
            && ["user", "policy"].iter().all(|name| binding.get(name).is_none_or(RawJson::is_null))
    };
    // Each with its partner: two of the same group are not two groups.
    let sorted = |bindings: &[RawObject]| {
        let of = |binding: &RawObject| ["group", "order"].map(|name| binding.get(name).map(|value| value.get().to_owned()));
        let mut list: Vec<_> = bindings.iter().map(of).collect();
        list.sort_unstable();
        list
    };
    now.iter().all(restricts) && sorted(now) == sorted(&created)
}

/// Whether two values of a field are equivalent: selections have no order, and a redirect URI without type is one for sign-ins.
pub(super) fn same(key: &str, one: Option<&RawJson>, other: Option<&RawJson>) -> bool {
    let texts = |value: Option<&RawJson>| value?.read::<Vec<String>>();
    let uris = |value: Option<&RawJson>| -> Option<Vec<RedirectUri>> {
        let mut list: Vec<RedirectUri> = value?.read()?;
        for uri in &mut list {
            uri.redirect_uri_type.get_or_insert_with(|| "authorization".into());
        }
        Some(list)
    };
    match key {
        "property_mappings" | "grant_types" => texts(one).zip(texts(other)).is_some_and(|(one, other)| same_set(&one, &other)),
        "redirect_uris" => uris(one).zip(uris(other)).is_some_and(|(one, other)| one == other),
        _ => one.filter(|value| !value.is_null()) == other.filter(|value| !value.is_null()),
    }
}

fn is_same(name: &str, one: Option<&RawJson>, other: Option<&RawJson>) -> bool {
    same(name, one, other)
        || match name {
            // An address of a file may be signed anew at each reading.
            "meta_icon" => path(one) == path(other),
            // The first one counts (docs/contract/authentik.md, section 5.1).
            "redirect_uris" => false,
            _ => items(one).zip(items(other)).is_some_and(|(one, other)| one == other),
        }
}

/// The items of a list, sorted: selections have no order.
fn items(value: Option<&RawJson>) -> Option<Vec<String>> {
    let list: Vec<RawJson> = value?.read()?;
    let mut items: Vec<String> = list.iter().map(|item| item.get().to_owned()).collect();
    items.sort_unstable();
    Some(items)
}

fn path(value: Option<&RawJson>) -> String {
    value.and_then(RawJson::read::<String>).unwrap_or_default().split('?').next().unwrap_or_default().to_owned()
}

/// Whether the server derives a member from other objects, from the session or from the time (docs/contract/authentik.md, sections
/// 4 to 7).
fn is_derived(name: &str) -> bool {
    matches!(
        name,
        // Compared by its fingerprint.
        CLIENT_SECRET
            | "component"
            | "verbose_name"
            | "verbose_name_plural"
            | "meta_model_name"
            | "launch_url"
            | "last_updated"
            | "meta_icon_url"
            | "meta_icon_themed_urls"
    ) || name == BINDINGS
        || name.starts_with("assigned_")
        || name.ends_with("_obj")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> RawObject {
        crate::wire::read(text).expect("an object")
    }

    #[test]
    fn only_what_somebody_can_change_is_compared() {
        let was = object(
            r#"{"pk":1,"name":"a","jwt_federation_providers":[1,2],"assigned_application_slug":"x","last_updated":"1",
                "meta_icon":"/i.png?a","gone":1,"expression":"return 1"}"#,
        );
        let same = r#"{"pk":1,"name":"a","jwt_federation_providers":[2,1],"assigned_application_slug":null,"last_updated":"2",
                "meta_icon":"/i.png?b","expression":"return 1","new":2}"#;
        assert_eq!(changed(&was, &object(same)), [""; 0]);
        let other =
            object(r#"{"pk":1,"name":"b","jwt_federation_providers":[2],"meta_icon":"/j.png?a","expression":"return 2"}"#);
        assert_eq!(changed(&was, &other), ["name", "jwt_federation_providers", "meta_icon", "expression"]);
        let uris =
            |first: &str, second: &str| object(&format!(r#"{{"redirect_uris":[{{"url":"{first}"}},{{"url":"{second}"}}]}}"#));
        assert_eq!(changed(&uris("a", "b"), &uris("b", "a")), ["redirect_uris"]);
    }

    #[test]
    fn a_later_run_accounts_only_for_what_it_has_written_itself() {
        let entry = |key: &str, before: Option<&str>, after: &str| Entry {
            key: Some(key.into()),
            before: before.map(object),
            ..Entry::new(crate::plan::Kind::Provider, "Mail", object(after))
        };
        let created = entry("7", None, r#"{"pk":7,"name":"Mail"}"#);
        let changed = |updated: &str, name: &str| {
            let mut journal = Journal::default();
            journal.entries = vec![created.clone(), entry(updated, Some(r#"{"name":"Mail"}"#), r#"{"name":"Post"}"#)];
            changed_since_created(&journal, 0, &RawObject::default().with("pk", &7).with("name", name))
        };
        assert_eq!(changed("7", "Post"), [""; 0]);
        assert_eq!(changed("7", "Ours now"), ["name"], "somebody has written another one since");
        assert_eq!(changed("8", "Post"), ["name"], "it has written that name to another one");
    }

    #[test]
    fn a_selection_has_no_order_and_every_item_counts() {
        let list = |text: &str| crate::wire::read::<RawJson>(text).expect("JSON");
        for key in ["property_mappings", "grant_types"] {
            let is_same = |other: &str| same(key, Some(&list(r#"["a","b"]"#)), Some(&list(other)));
            assert!(is_same(r#"["b","a"]"#), "{key}");
            assert!(!is_same(r#"["a"]"#) && !is_same(r#"["a","c"]"#), "{key}");
        }
        assert!(!same("name", Some(&list(r#"["a","b"]"#)), Some(&list(r#"["b","a"]"#))));
    }

    /// Cowbell writes none, and authentik answers with one since 2026.5.
    #[test]
    fn a_redirect_uri_without_type_is_one_for_sign_ins() {
        let uri = |kind: &str| {
            let text = format!(r#"[{{"matching_mode":"strict","url":"https://mailcow.company"{kind}}}]"#);
            crate::wire::read::<RawJson>(&text).expect("JSON")
        };
        let is_same = |kind: &str| same("redirect_uris", Some(&uri("")), Some(&uri(kind)));
        assert!(is_same("") && is_same(r#","redirect_uri_type":"authorization""#));
        assert!(!is_same(r#","redirect_uri_type":"logout""#));
    }

    #[test]
    fn two_bindings_of_one_group_are_not_those_of_two() {
        let binding =
            |group: &str| object(&format!(r#"{{"group":"{group}","order":0,"enabled":true,"negate":false,"expiring":false}}"#));
        let created = object(r#"{"policy_bindings":[{"group":"a","order":0},{"group":"b","order":0}]}"#);
        assert!(are_created_bindings(&created, &[binding("b"), binding("a")]));
        assert!(!are_created_bindings(&created, &[binding("a"), binding("a")]));
        assert!(!are_created_bindings(&created, &[binding("a")]));
    }

    #[test]
    fn a_binding_that_lets_others_in_is_not_the_one_that_was_created() {
        let created = object(r#"{"policy_bindings":[{"group":"a","order":0}]}"#);
        let binding = |rest: &str| object(&format!(r#"{{"group":"a","order":0,{rest}}}"#));
        let plain = r#""enabled":true,"negate":false,"expiring":false,"user":null,"policy":null"#;
        assert!(are_created_bindings(&created, &[binding(plain)]));
        for (was, now) in [
            (r#""enabled":true"#, r#""enabled":false"#),
            (r#""negate":false"#, r#""negate":true"#),
            (r#""expiring":false"#, r#""expiring":true"#),
            (r#""user":null"#, r#""user":4"#),
            (r#""policy":null"#, r#""policy":"b""#),
        ] {
            assert!(!are_created_bindings(&created, &[binding(&plain.replace(was, now))]), "{now}");
        }
        assert!(!are_created_bindings(&created, &[binding(&plain.replace("true", "null"))]), "nobody says that it is enabled");
    }
}
