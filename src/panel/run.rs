//! Plan, apply, undo.

use super::Panel;
use super::browser::Browser;
use super::state::{Run, RunDirection, Section, Users};
use crate::plan::{Progress, SetupDraft};
use crate::setup::VerifiedBy;
use crate::transport::Product;

impl<B: Browser> Panel<B> {
    /// Makes the plan and shows it.
    pub(super) async fn plan(&self) {
        if self.is_running() {
            return self.go(Section::Plan);
        }
        if !self.is_mailcow_allowed() {
            // Where the address is refused.
            return self.go(Section::Setup);
        }
        let run = self.runs.begin();
        self.change(|state| {
            state.open(Section::Plan);
            (state.run, state.listing) = (Run::Planning, None);
        });
        self.read_users().await;
        let unreadable = match &self.state().users {
            Users::Unreadable(error) => Some(error.clone()),
            _ => None,
        };
        let planned = match unreadable {
            Some(error) => Run::Failed(error),
            None => self.make_plan().await,
        };
        // The administrator may have connected another authentik meanwhile.
        if self.runs.is(run) && matches!(self.state().run, Run::Planning) {
            self.change(|state| state.run = planned);
        }
    }

    async fn make_plan(&self) -> Run {
        let draft = self.state().draft.clone();
        match self.app.plan(&draft, &mut |_, _| {}).await {
            Err(error) => Run::Failed(error),
            Ok(plan) => {
                // Nothing will be written, so nothing else would read what mailcow needs.
                if plan.writes == 0 {
                    self.read_registration().await;
                }
                Run::Planned(plan)
            }
        }
    }

    /// Plans again with one attribute on a group in place of one on each user.
    pub(super) async fn plan_with_group(&self, group: String) {
        let draft = SetupDraft { verified_by: VerifiedBy::GroupAttribute { group }, ..self.state().draft.clone() };
        self.edit(draft).await;
        self.plan().await;
    }

    /// Applies the plan that is shown.
    pub(super) async fn apply(&self) {
        if !matches!(self.state().run, Run::Planned(_)) || !self.is_mailcow_allowed() {
            return;
        }
        let draft = self.state().draft.clone();
        self.begin(RunDirection::Apply);
        let ended = self.app.apply(&draft, &mut |progress| self.run_progress(progress)).await;
        self.end(ended.map_or_else(Run::Failed, Run::Applied)).await;
    }

    /// Undoes what was applied.
    pub(super) async fn undo(&self) {
        if self.is_running() {
            return;
        }
        self.begin(RunDirection::Undo);
        let ended = self.app.undo(&mut |progress| self.run_progress(progress)).await;
        self.end(ended.map_or_else(Run::Failed, Run::Undone)).await;
    }

    /// Cancels a run, a switch or the reading of a list, and nothing where none of these is under way. Nor is a list cancelled while
    /// something else is written, which would end with it: a client secret that only one side has keeps everybody out.
    pub(super) fn cancel(&self) {
        if self.app.writing().is_some() && !self.is_running() && !self.state().is_switching() {
            return;
        }
        let mut is_under_way = false;
        self.change(|state| {
            if let Run::Running { cancelling, .. } = &mut state.run {
                (*cancelling, is_under_way) = (true, true);
            }
            let Some(table) = state.table_mut() else { return };
            let lists = [table.people.progress_mut(), table.arrivals.progress_mut()];
            for progress in table.switching.as_mut().into_iter().chain(lists.into_iter().flatten()) {
                (progress.cancelling, is_under_way) = (true, true);
            }
        });
        if is_under_way {
            self.link().cancel();
        }
    }

    /// Whether a plan is being applied or undone.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.state().run, Run::Running { .. })
    }

    fn begin(&self, direction: RunDirection) {
        self.runs.begin();
        self.change(|state| {
            state.open(Section::Plan);
            state.run = Run::Running { direction, progress: Progress::default(), cancelling: false };
            (state.question, state.listing) = (None, None);
        });
    }

    fn run_progress(&self, now: &Progress) {
        self.progress(|state| {
            if let Run::Running { progress, .. } = &mut state.run {
                progress.clone_from(now);
            }
        });
    }

    /// Ends a run. After an incomplete run and after undo, authentik differs from its snapshot, so the next plan needs a new one.
    async fn end(&self, ended: Run) {
        let done = matches!(&ended, Run::Applied(report) if report.in_sync);
        self.change(|state| (state.run, state.users) = (ended, Users::Unread));
        if !done {
            self.read_again(Product::Authentik).await;
        }
    }
}
