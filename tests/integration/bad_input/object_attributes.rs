//! Definitions of object attributes, which authentik enforces since 2026.8 (docs/contract/newest.md, row 3).

use cowbell::plan::{PartState, UserReason};
use cowbell::setup::VerifiedBy;
use cowbell::verify::Code;
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{AttributeOf, AttributeType, ObjectAttribute, User};
use serde_json::json;

use super::said;
use super::users::state_of_users;
use crate::support::Succeeds as _;
use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, draft};

const VERSION: Profile = Profile::V2026_8_2;

fn stage() -> Stage {
    Setting { authentik: VERSION, ..Setting::default() }.stage()
}

fn define(stage: &Stage, definition: ObjectAttribute) {
    stage.sim.world().authentik.state_mut().object_attributes.push(definition);
}

/// Gives each third user a number of their own; returns how many have one and are to be written.
fn number_users(stage: &Stage) -> usize {
    let mut world = stage.sim.world();
    let third = |user: &&mut User| user.pk % 3 == 0 && user.attributes.is_empty();
    let users = world.authentik.state_mut().users.iter_mut().filter(third);
    users.map(|user| user.attributes.insert("badge".into(), json!(format!("B{}", user.pk)))).count()
}

/// Row 3: a unique attribute makes each write of a user fail who has a value; the first refusal says so, with a remedy that works.
#[test]
fn a_unique_attribute_is_named_with_what_to_do() {
    let stage = stage();
    number_users(&stage);
    define(&stage, ObjectAttribute { is_unique: true, ..ObjectAttribute::new(AttributeOf::Users, "badge") });
    let before = Picture::of(&stage.sim.observe());
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    let report = stage.apply(&draft()).succeeds();
    let obstacle = report.progress.obstacle.as_ref().expect("an obstacle");
    assert_eq!(said(obstacle).0, Code::ObjectAttributeRefusesUsers);
    assert_eq!(said(obstacle).1, ["attribute=badge", "detail=Value is not unique."]);
    assert!(report.progress.users_done > 0 && !report.in_sync, "the others are written");
    let is_rule = |reason: &UserReason| matches!(reason, UserReason::AttributeRule { attribute, .. } if attribute == "badge");
    assert!(!report.issues.is_empty() && report.issues.iter().all(|issue| is_rule(&issue.reason)), "{:?}", report.issues);
    // One remedy: switched off meanwhile.
    let switched_off = stage.copy();
    switched_off.sim.world().authentik.state_mut().object_attributes[0].enabled = false;
    assert_eq!(switched_off.done(&draft()).progress.obstacle, None);
    // The other: on a group, for which nothing is defined.
    let mut on_group = draft();
    let staff = stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk;
    on_group.verified_by = VerifiedBy::GroupAttribute { group: staff.to_string() };
    stage.done(&on_group);
    stage.undo().succeeds();
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}

/// Row 3: every kind of rule, for users and for groups; nothing is changed where authentik refuses.
#[test]
fn every_kind_of_definition_is_recognised() {
    let new = |key| ObjectAttribute::new(AttributeOf::Users, key);
    let rules = [
        (ObjectAttribute { is_required: true, ..new("badge") }, "attribute=badge"),
        (ObjectAttribute { kind: AttributeType::Text, ..new("email_verified") }, "attribute=email_verified"),
        (ObjectAttribute { is_array: true, ..new("email_verified") }, "attribute=email_verified"),
        (
            ObjectAttribute { regex: "x+".into(), kind: AttributeType::Boolean, ..new("email_verified") },
            "attribute=email_verified",
        ),
        (ObjectAttribute { is_required: true, ..new("work.badge") }, "attribute=work_badge"),
    ];
    for (rule, fact) in rules {
        let stage = stage();
        define(&stage, rule.clone());
        let users = Picture::of(&stage.sim.observe()).users;
        let report = stage.whole_run(&draft()).succeeds();
        assert!(report.error.is_none() && report.progress.users_done == 0, "{rule:?}: {report:?}");
        assert_eq!(said(&report.progress.obstacle.expect("an obstacle")).1[0], fact, "{rule:?}");
        assert_eq!(Picture::of(&stage.sim.observe()).users, users, "{rule:?}");

        let mut on_group = draft();
        let staff = stage.sim.observe().authentik.state().group_named("staff").expect("a group").pk;
        on_group.verified_by = VerifiedBy::GroupAttribute { group: staff.to_string() };
        define(&stage, ObjectAttribute { of: AttributeOf::Groups, ..rule.clone() });
        let error = stage.whole_run(&on_group).succeeds().error.expect("the group is refused");
        assert_eq!(said(&error).0, Code::ObjectAttributeRefuses, "{rule:?}");
        assert_eq!(said(&error).1[0], fact, "{rule:?}");
    }
}

/// Row 3: a definition that is made after a run does not let it be undone; the panel says why, and the undo can be finished.
#[test]
fn an_undo_that_a_definition_prevents_can_be_finished() {
    let stage = stage();
    number_users(&stage);
    let before = Picture::of(&stage.sim.observe());
    stage.done(&draft());
    define(&stage, ObjectAttribute { is_unique: true, ..ObjectAttribute::new(AttributeOf::Users, "badge") });
    let undone = stage.undo().succeeds();
    assert_eq!(state_of_users(&undone.progress), Some(PartState::Failed));
    assert_eq!(said(&undone.progress.obstacle.expect("an obstacle")).0, Code::ObjectAttributeRefuses);
    assert!(undone.can_undo);
    stage.sim.world().authentik.state_mut().object_attributes.clear();
    let undone = stage.undo().succeeds();
    assert_eq!(state_of_users(&undone.progress), Some(PartState::Done));
    assert_eq!((undone.issues, undone.progress.obstacle), (Vec::new(), None));
    before.assert_same(&Picture::of(&stage.sim.observe()), "undo");
}
