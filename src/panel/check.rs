//! Checks what both sides have stored.

use serde::Serialize;
use tsify::Tsify;

use super::Panel;
use super::browser::Browser;
use super::state::{Basis, Check, MaintenanceOutcome, Place, Readiness, Section, State, Users, Wish};
use crate::transport::Product;
use crate::verify::Finding;

/// Progress of the check of both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckStatus {
    /// There is no check, or it is outdated.
    None,
    /// The check is running, or waits for a product that is being read.
    Checking,
    /// The check is complete.
    Done {
        /// What the check found.
        findings: Vec<Finding>,
    },
}

impl<B: Browser> Panel<B> {
    /// Checks, unless a check is running. What else was read of both products is older than the check then, and is read again where it
    /// is shown; not if only the ways in which people sign in to mailcow are others, because the table says what has changed them.
    pub(super) async fn check(&self) {
        if matches!(self.state().check, Check::Checking) || self.state().is_switching() {
            return;
        }
        let is_first = !matches!(self.state().check, Check::Done { .. });
        let again = !is_first && !self.is_check_outdated();
        let renews_table = is_first || again || self.are_settings_outdated();
        let number = self.checks.begin();
        let mut basis = Box::new(self.basis());
        let is_live = self.is_live(Product::Authentik);
        self.change(|state| {
            state.check = Check::Checking;
            if renews_table {
                state.renew_table();
            }
            if again && is_live {
                state.users = Users::Unread;
            }
        });
        let checked = self.app.check(&basis.wish.draft, &basis.wish.choice).await;
        // Something else may be connected by now, such as another authentik.
        if !self.checks.is(number) || !matches!(self.state().check, Check::Checking) {
            return;
        }
        // A page that was clicked meanwhile, or a draft that was changed, was not part of it.
        basis.facts = checked.facts;
        self.change(|state| state.check = Check::Done { findings: checked.findings, basis });
        self.discard_secret_if_done();
    }

    /// The state of the check, as it is shown.
    pub(super) fn check_status(&self, state: &State) -> CheckStatus {
        match &state.check {
            _ if self.is_check_waiting() => CheckStatus::Checking,
            Check::Checking => CheckStatus::Checking,
            Check::Done { findings, .. } if !self.is_check_outdated() => CheckStatus::Done { findings: findings.clone() },
            Check::None | Check::Done { .. } => CheckStatus::None,
        }
    }

    /// What a check would be based on now.
    fn basis(&self) -> Basis {
        let state = self.state();
        let wish = Wish {
            pages: [Product::Authentik, Product::Mailcow].map(|product| state.page(product).map(|page| page.id)),
            draft: state.draft.clone(),
            choice: state.choice.clone(),
        };
        Basis { facts: self.app.facts_mark(), wish }
    }

    /// Whether the last check is outdated, because something that it was based on has changed. In People nobody needs it for the ways in
    /// which people sign in to mailcow: the tables find these out by themselves.
    pub(super) fn is_check_outdated(&self) -> bool {
        if self.state().section().place() == Place::People {
            return self.are_settings_outdated();
        }
        self.is_check_based_otherwise(|basis, now| basis != now)
    }

    /// Whether something else is set up, or asked for, than when the last check was made.
    fn are_settings_outdated(&self) -> bool {
        self.is_check_based_otherwise(|basis, now| basis.wish != now.wish || !basis.facts.has_settings_of(&now.facts))
    }

    fn is_check_based_otherwise(&self, differs: impl FnOnce(&Basis, &Basis) -> bool) -> bool {
        match &self.state().check {
            Check::Done { basis, .. } => differs(basis, &self.basis()),
            Check::None | Check::Checking => false,
        }
    }

    /// Whether a check waits for a product that is being read.
    pub(super) fn is_check_waiting(&self) -> bool {
        let state = self.state();
        state.is_reading() && !state.is_switching() && !self.is_removed()
    }

    /// Whether the integration was removed and nothing else was requested since. A missing integration is no problem then.
    pub(super) fn is_removed(&self) -> bool {
        let state = self.state();
        state.maintenance.outcome == Some(MaintenanceOutcome::Removed)
            && self.app.registration().is_none()
            && matches!(state.check, Check::None)
    }

    /// Checks when a section is open that shows the result, there is no valid check, and no other work is running. Then reads who can
    /// sign in, where that is shown, and the open list if it was there before.
    pub(super) async fn check_if_due(&self) {
        let is_missing = |state: &State| matches!(state.check, Check::None) || self.is_check_outdated();
        // What was clicked or typed during the check makes it due again.
        while self.is_due(&[Place::Check, Place::People], &is_missing) {
            self.check().await;
        }
        let is_missing = |state: &State| matches!(state.check, Check::Done { .. }) && matches!(state.readiness, Readiness::None);
        if self.is_due(&[Place::People], &is_missing) {
            self.read_readiness().await;
        }
        let is_due = |state: &State, section| state.section() == section && state.table().is_some();
        if self.is_due(&[Place::People], &|state| is_due(state, Section::Switch) && state.due.people.is_some()) {
            self.read_people().await;
        }
        if self.is_due(&[Place::People], &|state| is_due(state, Section::Arrivals) && state.due.arrivals.is_some()) {
            self.read_arrivals().await;
        }
    }

    /// Whether something is to be read that is missing and shown in the open place.
    fn is_due(&self, places: &[Place], is_missing: &dyn Fn(&State) -> bool) -> bool {
        let state = self.state();
        let is_live = [Product::Authentik, Product::Mailcow].into_iter().any(|product| state.page(product).is_some());
        let is_busy = state.is_reading() || state.is_switching() || self.app.writing().is_some();
        places.contains(&state.section().place()) && is_missing(&state) && is_live && !is_busy && !self.is_removed()
    }
}
