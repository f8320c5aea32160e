//! S4: what somebody has changed since Cowbell wrote it, or showed it in a question, stays as it is and is named.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cowbell::app::{Cowbell, Error, SwitchView, Switching};
use cowbell::mailcow::{self, MailcowChoice};
use cowbell::plan::{Kind, PartState, SetupDraft, SkipReason};
use cowbell::setup::{Access, VerifiedBy};
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Bound, State};
use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::mailcow::state::Mailbox;
use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};

use crate::support::faults::at_each_request;
use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Setting, Stage, WINDOW, code, draft};
use crate::support::{Sent, Succeeds as _, everybody, remove, run};
use crate::unknown_secret::{VIEW_ONLY, sign_in_with};

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
const DEEDS: [(Kind, &str, &str, &str, Deed); 7] = [
    (Kind::ScopeMapping, "expression", MAPPING, MAPPING, |state| own(state).expression.push_str("\n# and more")),
    (Kind::ScopeMapping, "name", MAPPING, MAPPING, |state| own(state).name = "ours by now".into()),
    (Kind::Provider, "access_token_validity", PROVIDER, PROVIDER, |state| {
        state.providers[0].access_token_validity = "hours=7".into();
    }),
    (Kind::Provider, "client_secret", PROVIDER, PROVIDER, |state| state.providers[0].client_secret = "newer".into()),
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

/// What would go with an application is looked at before: where it cannot be, undo ends, and says at what.
#[test]
fn undo_ends_where_what_goes_with_an_application_cannot_be_read() {
    for list in ["policies/bindings/", "core/application_entitlements/"] {
        let stage = made();
        let kind = FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None };
        stage.sim.world().faults.browser = vec![Fault::on(Product::Authentik, &format!("/api/v3/{list}"), kind)];
        let undone = stage.undo().succeeds();
        assert_eq!(undone.error.map(|finding| finding.code), Some(Code::AuthentikAnswerStatus), "{list}");
        let parts: Vec<PartState> = undone.progress.parts.iter().map(|part| part.state).collect();
        assert_eq!(parts, [PartState::Done, PartState::Failed, PartState::Waiting, PartState::Waiting], "{list}");
        assert!(!stage.sim.observe().authentik.state().applications.is_empty(), "{list}");
    }
}

/// What authentik refuses to remove is named with its reason, and can be undone later. Undo goes on to what is left.
#[test]
fn undo_goes_on_after_what_authentik_refuses() {
    let stage = made();
    let body = r#"{"detail":"Not today."}"#.to_owned();
    let kind = FaultKind::Status { status: 400, body, content_type: None, retry_after_s: None };
    let fault = Fault::on(Product::Authentik, "/api/v3/providers/oauth2/", kind).method(&http::Method::DELETE);
    stage.sim.world().faults.browser = vec![fault];
    let undone = stage.undo().succeeds();
    let skipped: Vec<_> = undone.skipped.into_iter().map(|skipped| (skipped.kind, skipped.reason)).collect();
    let refused = SkipReason::Rejected { detail: "Not today.".into() };
    let in_use = SkipReason::InUse { by: "Provider for mailcow".into() };
    assert_eq!(skipped, [(Kind::Provider, refused), (Kind::ScopeMapping, in_use)]);
    assert!(undone.error.is_none() && undone.can_undo);
    stage.sim.world().faults.browser.clear();
    let undone = stage.undo().succeeds();
    assert!(undone.skipped.is_empty() && !undone.can_undo);
    assert!(stage.sim.observe().authentik.state().providers.is_empty());
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

/// What was taken back is somebody else's from then on, even if it is what Cowbell once wrote.
#[test]
fn undo_leaves_what_was_set_again_after_it_was_taken_back() {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    let group = stage.observe().succeeds().groups[0].key.clone();
    stage.done(&SetupDraft { verified_by: VerifiedBy::GroupAttribute { group: group.clone() }, ..draft() });
    let attributes = |value: Option<bool>| {
        let mut world = stage.sim.world();
        let mut groups = world.authentik.state_mut().groups.values_mut();
        let attributes = &mut groups.find(|known| known.pk.to_string() == group).expect("a group").attributes;
        attributes.extend(value.map(|value| ("email_verified".to_owned(), value.into())));
        attributes.get("email_verified").cloned()
    };
    own(stage.sim.world().authentik.state_mut()).expression.push_str("\n# and more");
    let undone = stage.undo().succeeds();
    assert!(undone.can_undo, "the mapping is left");
    assert_eq!(attributes(None), None);
    attributes(Some(true));
    stage.undo().succeeds();
    assert_eq!(attributes(None), Some(true.into()));
}

/// A later panel that knows only what was stored.
fn reopened(mut stage: Stage, change: impl Fn(&mut String)) -> Stage {
    let mut kept = stage.sim.kept();
    kept.iter_mut().filter(|(name, _)| name.starts_with("journal.")).for_each(|(_, text)| change(text));
    stage.app = Cowbell::new(stage.sim.clone());
    stage.app.restore_journals(WINDOW, &kept);
    stage.observe().succeeds();
    stage
}

/// Whether a later panel undoes the creation of the provider, or the fields that it names instead.
fn undone_later(stage: Stage) -> Result<(), Vec<String>> {
    let stage = reopened(stage, |_| ());
    let undone = stage.undo().succeeds();
    let reason = undone.skipped.into_iter().find(|skipped| skipped.kind == Kind::Provider).map(|skipped| skipped.reason);
    let is_there = !stage.sim.observe().authentik.state().providers.is_empty();
    assert_eq!(is_there, reason.is_some());
    match reason {
        None => Ok(()),
        Some(SkipReason::ChangedSince { fields }) => Err(fields),
        Some(other) => panic!("{other:?}"),
    }
}

fn set_secret(stage: &Stage, secret: &str) -> String {
    std::mem::replace(&mut stage.sim.world().authentik.state_mut().providers[0].client_secret, secret.to_owned())
}

/// The secret of a rotation is ours however it ends, and no other is.
#[test]
fn undo_knows_the_secret_of_our_own_rotation() {
    let rotated = || {
        let stage = saved();
        let old = stage.sim.observe().authentik.state().providers[0].client_secret.clone();
        assert_eq!(run(stage.app.rotate_secret()).succeeds().0[0].code, Code::SecretRotated);
        (stage, old)
    };
    assert_eq!(undone_later(rotated().0), Ok(()));
    let secret = || Err(vec!["client_secret".to_owned()]);
    let (stage, _) = rotated();
    set_secret(&stage, "newer");
    assert_eq!(undone_later(stage), secret());
    let (stage, old) = rotated();
    set_secret(&stage, &old);
    assert_eq!(undone_later(stage), secret(), "the old one is somebody's by now");
    let stage = saved();
    run(stage.app.rotate_secret()).succeeds();
    at_each_request(&stage.sim.sent(), |fault, what| {
        let stage = saved();
        stage.sim.world().faults.browser = vec![fault];
        drop(run(stage.app.rotate_secret()));
        stage.sim.world().faults.browser.clear();
        stage.sign_in("akadmin");
        assert_eq!(undone_later(stage), Ok(()), "{what}");
    });
}

/// What was stored before secrets were noted says nothing about the secret, nor does an authentik that shows none.
#[test]
fn an_unknown_secret_is_not_compared() {
    let older = Cell::new(0);
    let stage = reopened(made(), |text| {
        if let Some(at) = text.find(r#","secrets":["#) {
            let end = at + text[at..].find(']').expect("an end");
            text.replace_range(at..=end, "");
            older.set(older.get() + 1);
        }
    });
    assert_eq!(older.get(), 1);
    set_secret(&stage, "newer");
    assert_eq!(stage.undo().succeeds().skipped, []);
    let stage = Setting { authentik: Profile::V2026_8_2, ..Setting::default() }.stage();
    stage.done(&draft());
    set_secret(&stage, "newer");
    let mut permissions = VIEW_ONLY.to_vec();
    permissions.extend(["authentik_core.change_user", "authentik_core.delete_application"]);
    permissions.extend(["authentik_providers_oauth2.delete_oauth2provider", "authentik_providers_oauth2.delete_scopemapping"]);
    sign_in_with(&stage, &permissions);
    assert_eq!(undone_later(stage), Ok(()));
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
    let rotated = || {
        let stage = saved();
        run(stage.app.rotate_secret()).succeeds();
        stage.sim.forget();
        stage
    };
    for before in [saved, rotated] {
        at_mailcow(before, is_write, |stage| run(stage.app.restore_mailcow(&MailcowChoice::default())).map(drop));
    }
}

#[test]
fn restoring_what_was_removed_leaves_somebodys_newer_settings() {
    let removed = || {
        let stage = saved();
        run(remove(&stage.app)).succeeds();
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
    let sent = handled(&asked(), |stage| run(stage.app.remove_integration()).succeeds());
    for (path, deed) in deeds {
        // A slug can only be changed while the application is there.
        let path_of_look = if path == PROVIDER { APPLICATION } else { path };
        let look = last_look(&sent, path_of_look, path_of_look);
        for request in 0..=look {
            let stage = asked();
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

/// A question about the removal is open.
fn asked() -> Stage {
    let stage = saved();
    run(stage.app.removal()).succeeds();
    stage.sim.forget();
    stage
}

/// Nothing is removed that no question has shown.
#[test]
fn nothing_is_removed_without_a_question() {
    let stage = saved();
    assert_eq!(run(stage.app.remove_integration()), Err(Error::NothingObserved));
    assert!(stage.sim.writes().is_empty(), "{:?}", stage.sim.writes());
}

/// What somebody changes while the question is open stays, with everything else, unless it comes after something was removed.
#[test]
fn removal_leaves_what_somebody_changed_since_the_question() {
    let sent = handled(&asked(), |stage| run(stage.app.remove_integration()).succeeds());
    for (kind, field, path, look, deed) in DEEDS {
        let first_look = sent.iter().position(|(_, asked)| asked.contains(look)).expect("a look");
        for request in 0..=last_look(&sent, path, look) {
            let stage = asked();
            let done = before_request(&stage, request, deed);
            let what = format!("{kind:?}: {field} before request {request}");
            let error = run(stage.app.remove_integration()).err().unwrap_or_else(|| panic!("{what}: removed"));
            assert!(done.get(), "{what}");
            assert_eq!(code(&error), Code::ObjectChangedSinceShown, "{what}");
            let world = stage.sim.observe();
            let state = world.authentik.state();
            match kind {
                Kind::Application => assert!(!state.applications.is_empty(), "{what}"),
                Kind::Provider => assert!(!state.providers.is_empty(), "{what}"),
                _ => assert!(state.mappings.iter().any(|mapping| mapping.managed.is_none()), "{what}"),
            }
            let is_whole = !state.applications.is_empty() && !world.mailcow.state().identity_provider.is_empty();
            assert!(is_whole || request > first_look, "{what}: it was known before anything was removed");
        }
    }
}

#[test]
fn removal_leaves_settings_that_somebody_changed_since_the_question() {
    let is_write = |request: &Sent| request.is_write() && request.path().ends_with("/delete/identity-provider");
    let act = |stage: &Stage| run(stage.app.remove_integration());
    let stage = asked();
    act(&stage).succeeds();
    let write = stage.sim.sent().iter().position(is_write).expect("a removal");
    for request in 0..write {
        let stage = asked();
        let mut left = request;
        stage.sim.world().before_request(move |_, mailcow, _, _| {
            if left == 0 {
                mailcow.state_mut().identity_provider.set("client_scopes", "openid email");
            }
            left = left.saturating_sub(1);
        });
        let error = act(&stage).err().unwrap_or_else(|| panic!("before request {request}: removed"));
        assert_eq!(code(&error), Code::SettingsChangedMeanwhile, "before request {request}");
        let world = stage.sim.observe();
        assert!(!world.mailcow.state().identity_provider.is_empty() && !world.authentik.state().providers.is_empty());
    }
}

/// The question has said whether mailcow loses its identity provider: otherwise nothing is removed.
#[test]
fn removal_leaves_everything_once_mailcow_has_got_the_client_or_lost_it() {
    for is_its in [true, false] {
        let stage = saved();
        let ours = stage.sim.observe().mailcow.state().identity_provider.text("client_id").to_owned();
        let have = |is_its: bool| {
            let client_id = if is_its { ours.as_str() } else { "another" };
            stage.sim.world().mailcow.state_mut().identity_provider.set("client_id", client_id);
        };
        have(is_its);
        assert_eq!(run(stage.app.removal()).succeeds().in_mailcow, is_its);
        have(!is_its);
        let before = Picture::of(&stage.sim.observe());
        let error = run(stage.app.remove_integration()).expect_err("it was changed");
        assert_eq!(code(&error), Code::SettingsChangedMeanwhile, "{is_its}");
        Picture::of(&stage.sim.observe()).assert_same(&before, "nothing was removed");
    }
}

/// The question is about what there is now, not about what was read an hour ago.
#[test]
fn a_question_about_removal_reads_both_sides_again() {
    let stage = saved();
    {
        let mut world = stage.sim.world();
        world.authentik.state_mut().applications[0].name = "renamed".into();
        world.mailcow.state_mut().identity_provider = IdentityProvider::default();
    }
    let view = run(stage.app.removal()).succeeds();
    assert!(view.objects.iter().any(|object| object.name == "renamed") && !view.in_mailcow, "{view:?}");
}

#[test]
fn a_save_leaves_settings_that_somebody_changed_since_they_were_shown() {
    let is_write = |request: &Sent| request.is_write() && request.path().ends_with("/identity-provider");
    at_mailcow(saved, is_write, |stage| run(stage.app.save_for_me(&MailcowChoice::default())).map(drop));
}

/// What somebody stores in mailcow while the secret is rotated stays, and both sides have one secret afterwards.
#[test]
fn a_rotation_leaves_settings_that_somebody_changes_meanwhile() {
    let sent = handled(&saved(), |stage| drop(run(stage.app.rotate_secret()).succeeds()));
    let is_read = |path: &str| path.ends_with("get/identity-provider");
    let writes: Vec<usize> = (0..sent.len()).filter(|at| sent[*at].1.ends_with("edit/identity-provider")).collect();
    let [first, second] = writes[..] else { panic!("{writes:?}") };
    let read = sent.iter().position(|(_, path)| is_read(path)).expect("a reading");
    // Right before a write nothing can see it.
    for request in (read + 1..first).chain(first + 1..second) {
        let stage = saved();
        let mut left = request;
        stage.sim.world().before_request(move |_, mailcow, _, _| {
            if left == 0 {
                mailcow.state_mut().identity_provider.set("client_scopes", "openid email");
            }
            left = left.saturating_sub(1);
        });
        let what = format!("before request {request}");
        match run(stage.app.rotate_secret()) {
            Err(error) => assert_eq!(code(&error), Code::SettingsChangedMeanwhile, "{what}"),
            Ok(findings) => {
                let codes: Vec<Code> = findings.0.iter().map(|finding| finding.code).collect();
                let is_said = codes == [Code::SecretRestored, Code::SettingsChangedMeanwhile];
                assert!(request > first && (is_said || codes.first() == Some(&Code::SecretRotated)), "{what}: {codes:?}");
            }
        }
        let world = stage.sim.observe();
        let stored = &world.mailcow.state().identity_provider;
        assert_eq!(stored.text("client_scopes"), "openid email", "{what}");
        assert_eq!(stored.text("client_secret"), world.authentik.state().providers[0].client_secret, "{what}");
    }
}

/// Three users whose mailboxes have passwords of their own, and the table of who can sign in.
fn with_table() -> Stage {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    read_table(&stage);
    stage
}

fn read_table(stage: &Stage) {
    stage.observe_mailcow().succeeds();
    run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
    stage.sim.forget();
}

/// The same after everybody was switched.
fn with_switched() -> Stage {
    let stage = with_table();
    assert_eq!(switch(&stage, Switching::Wave(&everybody(&stage.app))).done, 3);
    read_table(&stage);
    stage
}

fn switch(stage: &Stage, which: Switching<'_>) -> SwitchView {
    run(stage.app.switch_mailboxes(which, &mut |_, _| {})).succeeds()
}

/// What somebody can do to the second mailbox.
type MailboxDeed = fn(&mut Vec<Mailbox>);
const MAILBOX_DEEDS: [(Code, MailboxDeed); 5] = [
    (Code::MailboxChangedMeanwhile, |all| all[1].active = false),
    (Code::MailboxChangedMeanwhile, |all| all[1].force_tfa = true),
    (Code::MailboxChangedMeanwhile, |all| all[1].authsource = "ldap".into()),
    // Deleted, and created again with the same address.
    (Code::MailboxChangedMeanwhile, |all| all[1].created += 60),
    (Code::MailboxGone, |all| drop(all.remove(1))),
];

/// A mailbox that somebody has changed since the table was read, at whichever request, stays as it is and is named; the others are
/// switched.
#[test]
fn a_switch_leaves_mailboxes_that_somebody_changed() {
    for (before, is_back) in [(with_table as fn() -> Stage, false), (with_switched, true)] {
        let stage = before();
        let wave = everybody(&stage.app);
        let which = if is_back { Switching::Back } else { Switching::Wave(&wave) };
        let addresses: Vec<String> =
            stage.sim.observe().mailcow.state().mailboxes.iter().take(3).map(|mailbox| mailbox.username.clone()).collect();
        let sent = handled(&stage, |stage| assert_eq!(switch(stage, which).done, 3));
        let write = sent.iter().position(|(_, path)| path.ends_with("edit/mailbox")).expect("a write");
        let reads = sent[..write].iter().filter(|(_, path)| path.contains("get/mailbox/") && path.contains('@')).count();
        assert_eq!(reads, 3, "one reading a write");
        let look = sent[..write].iter().rposition(|(_, path)| path.ends_with(&addresses[1])).expect("a look");
        for (expected, deed) in MAILBOX_DEEDS {
            for request in 0..=look {
                let what = format!("{which:?}: {expected:?} before request {request}");
                let stage = before();
                let after = Rc::new(RefCell::new(None));
                let left = Rc::new(Cell::new(request));
                let (seen, count) = (after.clone(), left.clone());
                stage.sim.world().before_request(move |_, mailcow, _, _| {
                    if count.get() == 0 && seen.borrow().is_none() {
                        let mailboxes = &mut mailcow.state_mut().mailboxes;
                        let address = mailboxes[1].username.clone();
                        deed(mailboxes);
                        let now = mailboxes.iter().find(|mailbox| mailbox.username == address).cloned();
                        *seen.borrow_mut() = Some((address, now));
                    }
                    count.set(count.get().saturating_sub(1));
                });
                let view = switch(&stage, which);
                let (address, now) = after.take().unwrap_or_else(|| panic!("{what}: not done"));
                let named: Vec<_> = view.findings.iter().map(|finding| (finding.code, &*finding.evidence[0].value)).collect();
                assert_eq!(named, [(expected, &*address)], "{what}");
                assert_eq!((view.done, view.left), (2, 1), "{what}");
                let world = stage.sim.observe();
                let stands = world.mailcow.state().mailboxes.iter().find(|mailbox| mailbox.username == address);
                let facts = |mailbox: &Mailbox| (mailbox.authsource.clone(), mailbox.active, mailbox.force_tfa, mailbox.created);
                assert_eq!(stands.map(facts), now.as_ref().map(facts), "{what}");
            }
        }
    }
}

/// A mailbox that a colleague has switched, or that took the place of one that Cowbell had switched, is not Cowbell's to switch back.
#[test]
fn what_somebody_else_switched_is_not_switched_back() {
    for is_reopened in [false, true] {
        let mut stage = with_table();
        stage.sim.world().mailcow.state_mut().mailboxes[1].authsource = "generic-oidc".into();
        let view = switch(&stage, Switching::Wave(&everybody(&stage.app)));
        assert_eq!((view.done, view.left, view.findings.len(), view.readiness.switched), (2, 0, 0, 2));
        stage.sim.world().mailcow.state_mut().mailboxes[0].created += 60;
        if is_reopened {
            stage.reopen_panel();
            stage.observe().succeeds();
        }
        read_table(&stage);
        let back = switch(&stage, Switching::Back);
        assert_eq!((back.done, back.left), (1, 1), "{is_reopened}");
        assert_eq!(back.findings[0].code, Code::MailboxChangedMeanwhile);
        let ways: Vec<String> =
            stage.sim.observe().mailcow.state().mailboxes.iter().take(3).map(|mailbox| mailbox.authsource.clone()).collect();
        assert_eq!(ways, ["generic-oidc", "generic-oidc", "mailcow"]);
        // Switched by hand afterwards.
        stage.sim.world().mailcow.state_mut().mailboxes[2].authsource = "generic-oidc".into();
        read_table(&stage);
        assert_eq!(switch(&stage, Switching::Back).done, 0);
    }
}

/// An address with a character that a path cannot carry to mailcow is read in the list of all.
#[test]
fn an_address_with_a_plus_sign_is_switched() {
    let stage = with_table();
    let address = "a+b@mail.example";
    {
        let mut world = stage.sim.world();
        let mailbox = &mut world.mailcow.state_mut().mailboxes[0];
        mailbox.username = address.into();
    }
    read_table(&stage);
    let view = switch(&stage, Switching::Mailbox(address));
    assert_eq!((view.done, view.left), (1, 0));
    let single = |sent: &Sent| sent.url.starts_with(&format!("{MAILCOW}/api/v1/get/mailbox/a"));
    assert!(stage.sim.sent().iter().filter(|sent| single(sent)).all(|sent| sent.url.ends_with("/all")));
}
