//! Maintenance after setup: rotates the client secret, exports the integration, removes it.

use super::Panel;
use super::browser::Browser;
use super::state::{Check, Maintenance, MaintenanceOutcome, MaintenanceTask, Run};
use crate::app::Error;
use crate::export::ExportFormat;
use crate::transport::Product;
use crate::verify::Finding;

impl<B: Browser> Panel<B> {
    /// The integration as text for another tool, without any secret; `None` when there is none, and then the view has the reason.
    pub fn export(&self, format: ExportFormat) -> Option<String> {
        let choice = self.state().choice.clone();
        let text = self.app.export(format, &choice);
        let (text, error) = text.map_or_else(|error| (None, Some(error)), |text| (Some(text), None));
        self.change(|state| state.maintenance.error = error);
        text
    }

    /// The client secret, for the clipboard only.
    #[must_use]
    pub fn reveal_secret(&self) -> Option<String> {
        self.app.reveal_secret()
    }

    /// Rotates the client secret on both sides.
    pub(super) async fn rotate(&self) {
        self.begin_maintenance(MaintenanceTask::Rotate);
        let ended = self.app.rotate_secret().await;
        self.change(|state| {
            state.maintenance.task = None;
            match ended {
                Ok(findings) => state.maintenance.findings = findings.0,
                Err(error) => state.maintenance.error = Some(error),
            }
        });
    }

    /// Stores what a removal would remove, so that the question can list it. Returns whether that is known.
    pub(super) async fn note_removal(&self) -> bool {
        let removal = self.app.removal().await;
        let is_known = removal.is_ok();
        self.change(|state| match removal {
            Ok(removal) => (state.maintenance.removal, state.maintenance.error) = (Some(removal), None),
            Err(error) => state.maintenance.error = Some(error),
        });
        is_known
    }

    /// Removes the integration on both sides.
    pub(super) async fn remove(&self) {
        self.begin_maintenance(MaintenanceTask::Remove);
        let ended = self.app.remove_integration().await;
        self.end_maintenance(ended.map(|()| (MaintenanceOutcome::Removed, Vec::new()))).await;
    }

    /// Restores what was removed.
    pub(super) async fn restore_removed(&self) {
        self.begin_maintenance(MaintenanceTask::RestoreRemoved);
        let ended = self.app.restore_removed().await;
        self.end_maintenance(ended.map(|findings| (MaintenanceOutcome::Restored, findings.0))).await;
    }

    fn begin_maintenance(&self, task: MaintenanceTask) {
        self.resume();
        self.change(|state| {
            state.question = None;
            state.maintenance = Maintenance { task: Some(task), ..Maintenance::default() };
        });
    }

    async fn end_maintenance(&self, ended: Result<(MaintenanceOutcome, Vec<Finding>), Error>) {
        self.change(|state| {
            state.maintenance.task = None;
            match ended {
                Ok((outcome, findings)) => {
                    (state.maintenance.outcome, state.maintenance.findings) = (Some(outcome), findings);
                }
                Err(error) => state.maintenance.error = Some(error),
            }
            (state.check, state.run) = (Check::None, Run::None);
        });
        self.read_again(Product::Authentik).await;
        self.read_again(Product::Mailcow).await;
    }
}
