//! What is typed, chosen, loaded from a file, and kept for the next panel.

use cowbell::panel::offers::BarAction as Action;
use cowbell::panel::view::{RunView, UsersView};
use cowbell::panel::{Event, PlanFileError, Section};
use cowbell::setup::{Audience, VerifiedBy};
use cowbell::transport::Product;

use super::{desk, offered, small};
use crate::support::panel::Desk;
use crate::support::stage::MAILCOW;

#[test]
fn a_plan_is_offered_once_the_address_is_right() {
    let desk = desk();
    desk.click(Product::Authentik);
    assert_eq!(offered(&desk.view()), []);
    desk.edit(|draft| draft.mailcow = "mail company".into());
    assert_eq!(offered(&desk.view()), []);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    assert_eq!(offered(&desk.view()), [Action::Plan]);
}

#[test]
fn what_was_typed_outlives_the_panel() {
    let stage = small();
    let desk = Desk::of(&stage);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    assert_eq!(Desk::of(&stage).view().draft.mailcow, MAILCOW);
}

#[test]
fn counts_follow_the_audience() {
    let desk = desk();
    desk.click(Product::Authentik);
    let changed = |desk: &Desk| match desk.view().users {
        UsersView::Read { directory } => directory.counts.change,
        other => panic!("{other:?}"),
    };
    let all = changed(&desk);
    let user = desk.panel.find_users("", cowbell::app::UserFilter::Changed, 0, 1).rows[0].pk;
    desk.edit(|draft| draft.audience = Audience::Users { users: vec![user] });
    assert!(all > 1);
    assert_eq!(changed(&desk), 1);
}

#[test]
fn a_plan_goes_to_somebody_with_more_rights_as_a_file() {
    let stage = small();
    let desk = Desk::of(&stage);
    assert_eq!(desk.panel.plan_file(), None, "before an authentik was read");
    desk.click(Product::Authentik);
    desk.edit(|draft| {
        draft.mailcow = MAILCOW.into();
        draft.application_name = Some("Mail".to_owned());
    });
    let file = desk.panel.plan_file().expect("an authentik was read");

    stage.sim.world();
    let other = Desk::of(&stage);
    other.click(Product::Authentik);
    other.tell(Event::LoadPlan { text: file.clone() });
    let view = other.view();
    assert_eq!((view.section, view.plan_file), (Section::Plan, None));
    assert_eq!(view.draft.application_name.as_deref(), Some("Mail"));
    assert!(matches!(view.run, RunView::Planned { outdated: false, .. }));

    let foreign = file.replace("authentik.company", "authentik.example");
    other.tell(Event::LoadPlan { text: foreign });
    assert_eq!(other.view().plan_file, Some(PlanFileError::Foreign));
    for text in ["", "{}", "[1]", r#"{"cowbellPlan":2,"authentik":"x","draft":{}}"#, &file.replace("\"mailcow\"", "\"other\"")] {
        other.tell(Event::LoadPlan { text: text.to_owned() });
        assert_eq!(other.view().plan_file, Some(PlanFileError::Other), "{text}");
    }
    assert_eq!(other.view().draft.application_name.as_deref(), Some("Mail"), "nothing of them was taken");
}

#[test]
fn one_attribute_on_a_group_in_place_of_many() {
    let desk = desk();
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    let group = desk.view().authentik_facts.expect("an authentik").groups[0].key.clone();
    desk.tell(Event::PlanWithGroup { group: group.clone() });
    let view = desk.view();
    assert_eq!(view.draft.verified_by, VerifiedBy::GroupAttribute { group });
    assert!(matches!(&view.run, RunView::Planned { plan, outdated: false } if plan.totals.users == 0), "{:?}", view.run);
}
