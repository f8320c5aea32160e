//! Lists that are longer than a page, and pages that an administrator made small (docs/contract/cases.md, H10).

use cowbell::authentik::{Directory, Events, read_events};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::setup::Access;
use cowbell::transport::Method;
use cowbell::verify::Code;
use cowbell_standins::authentik::{Authentik, Profile, state::Group};
use cowbell_standins::world::Product as At;

use crate::sign_ins::{ready, try_to_sign_in};
use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, remove, run};

/// Pages of 20, as in the report that H10 is about.
fn shrink(stage: &Stage) {
    stage.sim.world().authentik.state_mut().largest_page = Some(20);
}

/// An integration for so many groups, saved in mailcow.
fn for_groups(count: usize) -> Stage {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    add_groups(&stage, count);
    let mut view = stage.observe().succeeds();
    let groups = view.groups.drain(..).filter(|group| group.name.starts_with("extra")).map(|group| group.key).collect();
    let draft = SetupDraft { access: Some(Access::Groups { groups }), ..draft() };
    stage.done(&draft);
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage
}

fn add_groups(stage: &Stage, count: usize) {
    let mut world = stage.sim.world();
    let state = world.authentik.state_mut();
    let example = state.groups.values().next().expect("a group").clone();
    for number in 0..count {
        let mut group = example.clone();
        (group.pk, group.name) = (state.ids.uuid(), format!("extra {number}"));
        state.groups.insert(group.pk, group);
    }
}

/// Removes the first group that was added, which is on the first page.
fn remove_group(authentik: &mut Authentik) -> Option<Group> {
    let groups = &mut authentik.state_mut().groups;
    let found = groups.values().filter(|group| group.name.starts_with("extra")).min_by_key(|group| group.name.clone())?.pk;
    groups.shift_remove(&found)
}

fn events(stage: &Stage) -> Events {
    let snapshot = {
        let base = cowbell::authentik::api::Base::of("https://authentik.company/if/admin/").expect("an interface");
        run(cowbell::authentik::observe(&stage.sim, &base)).succeeds()
    };
    let provider = snapshot.providers.first().expect("a provider");
    run(read_events(&stage.sim, &snapshot.base, &provider.client_id, Some(provider))).succeeds()
}

#[test]
fn events_and_tokens_beyond_a_small_page_are_read() {
    let stage = ready();
    for index in 0..28 {
        try_to_sign_in(&stage, index, "cowbell");
    }
    let all = events(&stage);
    assert!(all.since_s.is_none() && all.tokens.as_ref().is_some_and(|tokens| tokens.is_complete));
    shrink(&stage);
    assert_eq!(events(&stage), all, "the size of a page changes nothing");
}

#[test]
fn more_events_than_are_read_are_not_said_to_be_all() {
    let stage = ready();
    try_to_sign_in(&stage, 0, "cowbell");
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let example = state.events.iter().rev().find(|event| event.action == "login").expect("an event").clone();
        for _ in 0..150 {
            let mut event = example.clone();
            event.pk = state.ids.uuid();
            state.events.push(event);
        }
    }
    for page in [100, 20, 7] {
        stage.sim.world().authentik.state_mut().largest_page = Some(page);
        let read = events(&stage);
        assert!(read.since_s.is_some(), "pages of {page}");
        assert!(read.list.len() >= 100, "pages of {page}: {} events", read.list.len());
    }
}

#[test]
fn a_binding_on_a_further_page_is_known_kept_and_put_back() {
    for largest in [None, Some(20)] {
        let stage = for_groups(45);
        stage.sim.world().authentik.state_mut().largest_page = largest;
        stage.observe().succeeds();
        let bound = |stage: &Stage| stage.sim.observe().authentik.state().bindings.len();
        assert_eq!(bound(&stage), 45);
        let view = stage.app.authentik_view().expect("read");
        let groups = view.groups.iter().filter(|group| group.name.starts_with("extra"));
        let groups: Vec<String> = groups.map(|group| group.key.clone()).collect();
        assert_eq!(groups.len(), 45, "groups on further pages are offered, too");
        let draft = SetupDraft { access: Some(Access::Groups { groups }), ..draft() };
        let plan = stage.plan(&draft).succeeds();
        assert_eq!((plan.totals.create, plan.totals.update), (0, 0), "pages of {largest:?}: {:?}", plan.changes);

        run(stage.app.read_registration(&draft)).succeeds();
        run(remove(&stage.app)).succeeds();
        assert_eq!(bound(&stage), 0);
        run(stage.app.restore_removed()).succeeds();
        assert_eq!(bound(&stage), 45, "pages of {largest:?}");
    }
}

#[test]
fn a_list_that_changes_while_it_is_read_is_read_again() {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    add_groups(&stage, 45);
    shrink(&stage);
    let mut first = None;
    stage.sim.world().before_request(move |authentik, _, product, request| {
        if product == At::Authentik && request.uri().path().ends_with("/core/groups/") {
            let second = request.uri().query().is_some_and(|query| query.contains("page=2"));
            if second && first.is_none() {
                first = remove_group(authentik);
            }
        }
    });
    let view = stage.observe().succeeds();
    let state = stage.sim.observe();
    assert_eq!(view.groups.len(), state.authentik.state().groups.len(), "none is missing, and none is there twice");
}

/// Rows with equal values of the field by which they are ordered may change places between two pages.
#[test]
fn a_row_that_was_read_twice_does_not_hide_another() {
    let stage = for_groups(45);
    stage.sim.world().authentik.state_mut().largest_page = Some(20);
    {
        let mut world = stage.sim.world();
        world.authentik.state_mut().bindings.iter_mut().for_each(|binding| binding.order = 0);
    }
    run(stage.app.removal()).succeeds();
    let mut is_turned = false;
    stage.sim.world().before_request(move |authentik, _, product, request| {
        let is_second = request.uri().query().is_some_and(|query| query.contains("page=2&"));
        if product == At::Authentik && request.uri().path().ends_with("/policies/bindings/") && is_second && !is_turned {
            authentik.state_mut().bindings.reverse();
            is_turned = true;
        }
    });
    run(stage.app.remove_integration()).expect_err("the list changes while it is read");
    run(remove(&stage.app)).succeeds();
    run(stage.app.restore_removed()).succeeds();
    let world = stage.sim.observe();
    let bound: std::collections::HashSet<_> =
        world.authentik.state().bindings.iter().map(|binding| format!("{:?}", binding.bound)).collect();
    assert_eq!(bound.len(), 45);
}

#[test]
fn a_list_that_never_holds_still_is_said_to_be_incomplete() {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    add_groups(&stage, 45);
    shrink(&stage);
    stage.sim.world().before_request(move |authentik, _, product, request| {
        let is_second = request.uri().query().is_some_and(|query| query.contains("page=2"));
        if product == At::Authentik && request.uri().path().ends_with("/core/groups/") && is_second {
            remove_group(authentik);
        }
    });
    let error = stage.observe().expect_err("groups are removed all the time");
    assert_eq!(code(&error), Code::AuthentikListIncomplete);
}

#[test]
fn users_who_are_removed_meanwhile_hide_nobody() {
    let stage = Setting { users: 120, ..Setting::default() }.stage();
    shrink(&stage);
    let mut removed = false;
    stage.sim.world().before_request(move |authentik, _, product, request| {
        let is_third = request.uri().query().is_some_and(|query| query.contains("page=3&"));
        if product == At::Authentik && request.uri().path().ends_with("/core/users/") && is_third && !removed {
            let users = &mut authentik.state_mut().users;
            // On the first page, so that the first of each later page moves to the one before.
            let others = users.iter().filter(|user| user.username != "akadmin");
            let pk = others.min_by_key(|user| user.username.clone()).map(|user| user.pk);
            removed = pk.and_then(|pk| users.remove(pk)).is_some();
        }
    });
    let base = cowbell::authentik::api::Base::of("https://authentik.company/if/admin/").expect("an interface");
    let directory = run(Directory::read(&stage.sim, &base, &mut |_, _| ())).succeeds();
    let world = stage.sim.observe();
    let mut left: Vec<i64> = world.authentik.state().users.iter().map(|user| user.pk).collect();
    let mut read: Vec<i64> = directory.users().iter().map(|user| user.pk).collect();
    left.sort_unstable();
    read.sort_unstable();
    assert_eq!(read, left);
}

#[test]
fn a_whole_job_with_the_smallest_pages() {
    for largest in [1, 7] {
        let stage = Setting { authentik: Profile::V2026_8, users: 25, ..Setting::default() }.stage();
        stage.sim.world().authentik.state_mut().largest_page = Some(largest);
        let report = stage.whole_run(&draft()).succeeds();
        assert!(report.in_sync && report.error.is_none() && report.issues.is_empty(), "pages of {largest}: {report:?}");
        let reads = stage.sim.sent().iter().filter(|sent| sent.method == Method::Get && sent.path().contains("users")).count();
        assert!(reads > 25 / largest, "{reads} reads");
        assert!(stage.plan(&draft()).succeeds().writes == 0, "pages of {largest}");
    }
}
