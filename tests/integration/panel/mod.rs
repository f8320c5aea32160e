//! The panel's whole story: events in, a view out. Each rule about what is offered when has a test here that needs no browser.

mod arrivals;
mod check;
mod clicks;
mod mailcow;
mod maintenance;
mod password_form;
mod people;
mod plan;
mod secret;
mod setup;
mod sign_ins;

use cowbell::panel::view::RunView;
use cowbell::panel::{Event, View, offers};
use cowbell::plan::Kind;
use cowbell::transport::Product;

use crate::support::panel::{Desk, Underway};
use crate::support::stage::{MAILCOW, Setting, Stage};

/// A stage with few users.
fn small() -> Stage {
    Setting { users: 6, ..Setting::default() }.stage()
}

/// A panel over it, in which nothing was clicked on.
fn desk() -> Desk {
    Desk::of(&small())
}

/// A panel in which a plan is being applied, and waits for the answers.
fn applying(desk: &Desk) -> Underway<'_> {
    desk.click(Product::Authentik);
    desk.edit(|draft| draft.mailcow = MAILCOW.into());
    desk.tell(Event::Plan);
    desk.sim.hold();
    let mut run = desk.begin(Event::Apply);
    assert!(!run.go_on());
    run
}

/// What the buttons at the bottom do, those that can be pressed.
fn offered(view: &View) -> Vec<offers::BarAction> {
    view.bar.iter().filter(|button| button.enabled).map(|button| button.action).collect()
}

/// The button that leads on.
fn main_action(view: &View) -> Option<offers::BarAction> {
    view.bar.iter().find(|button| button.main).map(|button| button.action)
}

/// Whether the plan that is shown may be performed.
fn is_current(view: &View) -> Option<bool> {
    match &view.run {
        RunView::Planned { outdated, .. } => Some(!outdated),
        _ => None,
    }
}

/// Whether the run that is shown changed everything it was to change.
fn is_in_sync(view: &View) -> bool {
    matches!(&view.run, RunView::Applied { report } if report.in_sync && report.error.is_none())
}

/// Names of the providers at authentik.
fn providers(desk: &Desk) -> Vec<String> {
    desk.sim.observe().authentik.state().providers.iter().map(|provider| provider.name.clone()).collect()
}

/// Client secrets of authentik's first provider and of mailcow.
fn secrets(desk: &Desk) -> [String; 2] {
    let world = desk.sim.observe();
    let provider = world.authentik.state().providers.first().map(|provider| provider.client_secret.clone());
    [provider.unwrap_or_default(), world.mailcow.state().identity_provider.text("client_secret").to_owned()]
}

/// authentik sends addresses by a mapping that Cowbell cannot judge.
fn send_unknown_addresses(desk: &Desk) {
    let mut world = desk.sim.world();
    let state = world.authentik.state_mut();
    let chosen = state.providers[0].property_mappings.clone();
    let mapping = state.mappings.iter_mut().find(|of| of.scope_name == "email" && chosen.contains(&of.pk)).expect("a mapping");
    mapping.expression = "return {\"email\": request.user.attributes.get(\"mail\", request.user.username)}".into();
}

/// Kinds of the objects that a plan changes.
fn planned_kinds(view: &View) -> Vec<Kind> {
    match &view.run {
        RunView::Planned { plan, .. } => plan.changes.iter().map(|change| change.kind).collect(),
        _ => Vec::new(),
    }
}
