//! S4: what somebody has changed since Cowbell wrote it, or showed it in a question, stays as it is and is named.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cowbell::app::Error;
use cowbell::mailcow::{self, MailcowChoice};
use cowbell::plan::{Kind, SetupDraft, SkipReason};
use cowbell::setup::Access;
use cowbell::verify::Code;
use cowbell_standins::authentik::state::{Bound, State};

use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Sent, Succeeds as _, run};

/// What a colleague does at authentik.
type Deed = fn(&mut State);

/// An application for one group, its provider and mapping, made by this panel.
fn made() -> Stage {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    let group = stage.observe().succeeds().groups[0].key.clone();
    stage.done(&SetupDraft { access: Some(Access::Groups { groups: vec![group] }), ..draft() });
    stage.sim.forget();
    stage
}

/// Lets a colleague act just before the request after so many.
fn before_request(stage: &Stage, mut left: usize, deed: Deed) -> Rc<Cell<bool>> {
    let done = Rc::new(Cell::new(false));
    let is_done = done.clone();
    stage.sim.world().before_request(move |authentik, _, _, _| {
        if left == 0 && !is_done.replace(true) {
            deed(authentik.state_mut());
        }
        left = left.saturating_sub(1);
    });
    done
}

/// What the products are asked by something, in their order: redirects are followed.
fn handled(stage: &Stage, act: impl FnOnce(&Stage)) -> Vec<(bool, String)> {
    let all: Rc<RefCell<Vec<(bool, String)>>> = Rc::default();
    let seen = all.clone();
    stage.sim.world().before_request(move |_, _, _, request| {
        seen.borrow_mut().push((request.method() == http::Method::DELETE, request.uri().path().to_owned()));
    });
    act(stage);
    all.take()
}

/// Position of the last request that can see what becomes of an object, before the one that removes it.
fn last_look(handled: &[(bool, String)], path: &str, look: &str) -> usize {
    let removal = handled.iter().position(|(removes, asked)| *removes && asked.contains(path)).expect("a removal");
    handled[..removal].iter().rposition(|(_, asked)| asked.contains(look)).expect("a look before it")
}

const APPLICATION: &str = "core/applications/";
const PROVIDER: &str = "providers/oauth2/";
const MAPPING: &str = "propertymappings/provider/scope/";

fn own(state: &mut State) -> &mut cowbell_standins::authentik::state::ScopeMapping {
    state.mappings.iter_mut().find(|mapping| mapping.managed.is_none()).expect("ours")
}

/// What somebody can do to what a run has created: of which kind it is, where it is removed, and which request can see it.
const DEEDS: [(Kind, &str, &str, &str, Deed); 6] = [
    (Kind::ScopeMapping, "expression", MAPPING, MAPPING, |state| own(state).expression.push_str("\n# and more")),
    (Kind::ScopeMapping, "name", MAPPING, MAPPING, |state| own(state).name = "ours by now".into()),
    (Kind::Provider, "access_token_validity", PROVIDER, PROVIDER, |state| {
        state.providers[0].access_token_validity = "hours=7".into();
    }),
    (Kind::Application, "meta_description", APPLICATION, APPLICATION, |state| {
        state.applications[0].meta_description = "by a colleague".into();
    }),
    (Kind::Application, "policy_bindings", APPLICATION, "policies/bindings/", |state| {
        let mut binding = state.bindings[0].clone();
        (binding.pk, binding.bound) = (state.ids.uuid(), Bound::User(5));
        state.bindings.push(binding);
    }),
    (Kind::Application, "entitlements", APPLICATION, "core/application_entitlements/", |state| {
        state.applications[0].entitlements.push("by a colleague".into());
    }),
];

#[test]
fn undo_leaves_what_somebody_changed_in_what_it_created() {
    let sent = handled(&made(), |stage| drop(stage.undo().succeeds()));
    for (kind, field, path, look, deed) in DEEDS {
        for request in 0..=last_look(&sent, path, look) {
            let stage = made();
            let done = before_request(&stage, request, deed);
            let undone = stage.undo().succeeds();
            let what = format!("{kind:?}: {field} before request {request}");
            assert!(done.get(), "{what}");
            let skipped =
                undone.skipped.iter().find(|skipped| skipped.kind == kind).unwrap_or_else(|| panic!("{what}: not named"));
            assert_eq!(skipped.reason, SkipReason::ChangedSince { fields: vec![field.to_owned()] }, "{what}");
            assert!(undone.can_undo, "{what}");
            let world = stage.sim.observe();
            let state = world.authentik.state();
            let is_there = match kind {
                Kind::Application => !state.applications.is_empty() && !state.providers.is_empty(),
                Kind::Provider => !state.providers.is_empty(),
                _ => state.mappings.iter().any(|mapping| mapping.managed.is_none()),
            };
            assert!(is_there, "{what}: removed");
        }
    }
}

/// The provider of an application that stays is not taken away from it.
#[test]
fn undo_leaves_a_provider_that_an_application_uses() {
    let stage = made();
    stage.sim.world().authentik.state_mut().applications[0].slug = "renamed".into();
    let undone = stage.undo().succeeds();
    let skipped = undone.skipped.iter().find(|skipped| skipped.kind == Kind::Provider).expect("named");
    assert_eq!(skipped.reason, SkipReason::InUse { by: "mailcow".into() });
    let world = stage.sim.observe();
    assert_eq!(world.authentik.state().applications[0].provider, Some(world.authentik.state().providers[0].pk));
}

/// Undo after a second run of ours, which is no colleague's change.
#[test]
fn undo_takes_a_later_run_for_ours() {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    let before = Picture::of(&stage.sim.observe());
    stage.done(&draft());
    let other = SetupDraft { additional_hosts: vec!["https://webmail.mailcow.company".into()], ..draft() };
    stage.done(&other);
    let undone = stage.undo().succeeds();
    assert_eq!(undone.skipped, []);
    before.assert_same(&Picture::of(&stage.sim.observe()), "undone");
}

/// Both sides finished and saved by this panel.
fn saved() -> Stage {
    let stage = made();
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage.sim.forget();
    stage
}

/// Calls `act` once to count its requests, then with a colleague's change of mailcow's settings before each request but the write
/// itself and those after it; the change has to be there afterwards, and named.
fn at_mailcow(before: impl Fn() -> Stage, is_write: impl Fn(&Sent) -> bool, act: impl Fn(&Stage) -> Result<(), Error>) {
    let stage = before();
    act(&stage).succeeds();
    let writes = stage.sim.sent().iter().position(is_write).expect("a write");
    assert!(writes > 1);
    for request in 0..writes {
        for (key, value) in [("client_scopes", "openid email"), ("default_template", "OIDC Users"), ("client_secret", "newer")] {
            let stage = before();
            let mut left = request;
            let is_first = Rc::new(Cell::new(true));
            stage.sim.world().before_request(move |_, mailcow, _, _| {
                if left == 0 && is_first.replace(false) {
                    let provider = &mut mailcow.state_mut().identity_provider;
                    provider.set("authsource", "generic-oidc");
                    provider.set(key, value);
                }
                left = left.saturating_sub(1);
            });
            let what = format!("{key} before request {request}");
            let error = act(&stage).err().unwrap_or_else(|| panic!("{what}: not refused"));
            assert_eq!(code(&error), Code::SettingsChangedMeanwhile, "{what}");
            let Error::Mailcow(mailcow::Error::Changed { fields }) = &error else { panic!("{what}: {error:?}") };
            assert!(fields.iter().any(|field| field == key), "{what}: {fields:?}");
            assert_eq!(stage.sim.observe().mailcow.state().identity_provider.text(key), value, "{what}");
        }
    }
}

#[test]
fn putting_back_settings_leaves_somebodys_newer_ones() {
    let is_write = |request: &Sent| request.is_write() && request.path().ends_with("/identity-provider");
    at_mailcow(saved, is_write, |stage| run(stage.app.restore_mailcow(&MailcowChoice::default())).map(drop));
}

#[test]
fn restoring_what_was_removed_leaves_somebodys_newer_settings() {
    let removed = || {
        let stage = saved();
        run(stage.app.remove_integration()).succeeds();
        stage.sim.forget();
        stage
    };
    let is_write = |request: &Sent| request.is_write() && request.path().ends_with("/identity-provider");
    at_mailcow(removed, is_write, |stage| run(stage.app.restore_removed()).map(drop));
}

/// A later save over somebody's settings puts theirs back, not those from before the first save.
#[test]
fn a_save_over_somebodys_settings_puts_theirs_back() {
    let stage = saved();
    stage.sim.world().mailcow.state_mut().identity_provider.set("client_scopes", "openid email");
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    run(stage.app.restore_mailcow(&MailcowChoice::default())).succeeds();
    assert_eq!(stage.sim.observe().mailcow.state().identity_provider.text("client_scopes"), "openid email");
}

/// What somebody has made part of something else is not removed, at whichever request of the removal they do so.
#[test]
fn removal_leaves_what_is_part_of_something_else_by_now() {
    let deeds: [(&str, Deed); 3] = [
        (MAPPING, |state| own(state).expression.push_str("\nimport os")),
        (APPLICATION, |state| {
            let mut other = state.providers[0].clone();
            (other.pk, other.name, other.client_id) = (other.pk + 1000, "another".into(), "another".into());
            state.applications[0].provider = Some(other.pk);
            state.providers.push(other);
        }),
        (PROVIDER, |state| {
            if let Some(application) = state.applications.first_mut() {
                application.slug = "renamed".into();
            }
        }),
    ];
    let sent = handled(&saved(), |stage| run(stage.app.remove_integration()).succeeds());
    for (path, deed) in deeds {
        // A slug can only be changed while the application is there.
        let path_of_look = if path == PROVIDER { APPLICATION } else { path };
        let look = last_look(&sent, path_of_look, path_of_look);
        for request in 0..=look {
            let stage = saved();
            let done = before_request(&stage, request, deed);
            let error = run(stage.app.remove_integration()).err().unwrap_or_else(|| panic!("{path} before {request}: removed"));
            assert!(done.get(), "{path} before {request}");
            assert_eq!(code(&error), Code::ObjectChangedSinceShown, "{path} before {request}");
            let world = stage.sim.observe();
            let state = world.authentik.state();
            match path {
                MAPPING => assert!(state.mappings.iter().any(|mapping| mapping.expression.ends_with("import os"))),
                _ => assert!(!state.applications.is_empty() && state.applications[0].provider.is_some(), "before {request}"),
            }
        }
    }
}
