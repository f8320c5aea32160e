//! What is desired in authentik, and which users it affects.

use serde::{Deserialize, Serialize};

use super::browser::Browser;
use super::state::{PlanFileError, Run, Users};
use super::{Panel, kept};
use crate::plan::SetupDraft;
use crate::transport::Product;

/// A plan as a file, for an administrator with more permissions: the draft, and for which authentik it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanFile {
    /// Identifies the file format and its version.
    cowbell_plan: u8,
    /// Address of the authentik whose primary keys are in the draft.
    authentik: String,
    /// A [`SetupDraft`]; it is not parsed if it is for another authentik.
    draft: serde_json::Value,
}

/// Version of [`PlanFile`].
const PLAN_FILE: u8 = 1;

impl<B: Browser> Panel<B> {
    /// Stores the draft, also for the next panel.
    pub(super) async fn edit(&self, draft: SetupDraft) {
        let text = serde_json::to_string(&draft).unwrap_or_default();
        self.change(|state| {
            state.draft = draft;
            if matches!(state.run, Run::Failed(_)) {
                state.run = Run::None;
            }
        });
        // Without it, only what was chosen is lost with the panel.
        let _ = self.browser.keep(vec![(kept::DRAFT.to_owned(), text)]).await;
    }

    /// Whether the draft is complete enough for a plan.
    pub(super) fn can_plan(&self) -> bool {
        let state = self.state();
        state.is_read(Product::Authentik)
            && self.is_mailcow_allowed()
            && self.app.check_draft(&state.draft).is_ok_and(|checked| checked.errors.is_empty())
    }

    /// Whether the policy allows every address in the draft: mailcow's, its further and previous hosts, and where the application
    /// leads (docs/contract/cases.md, S16).
    pub(super) fn is_mailcow_allowed(&self) -> bool {
        self.app.addresses_of(&self.state().draft).iter().all(|address| self.policy.allows(address))
    }

    /// Reads the users, unless they are read already and nothing was written since. Concurrent callers wait for the same reading.
    pub(super) async fn read_users(&self) {
        let _turn = self.users_turn.lock().await;
        if matches!(self.state().users, Users::Read) && self.app.knows_users() {
            return;
        }
        self.change(|state| state.users = Users::Reading { read: 0, total: 0 });
        let outcome =
            self.app.read_users(&mut |read, total| self.progress(|state| state.users = Users::Reading { read, total })).await;
        self.change(|state| {
            state.users = match outcome {
                Ok(_) => Users::Read,
                Err(error) => Users::Unreadable(error),
            }
        });
    }

    /// The draft as the text of a plan file; `None` before an authentik was read. It contains no secret.
    #[must_use]
    pub fn plan_file(&self) -> Option<String> {
        let authentik = self.app.authentik_address()?;
        let draft = serde_json::to_value(&self.state().draft).ok()?;
        let file = PlanFile { cowbell_plan: PLAN_FILE, authentik, draft };
        serde_json::to_string_pretty(&file).ok().map(|text| text + "\n")
    }

    /// Loads a draft that someone else made for this authentik, and shows the plan, which is made from the current state.
    pub(super) async fn load_plan(&self, text: &str) {
        let file: Option<PlanFile> = serde_json::from_str(text).ok().filter(|file: &PlanFile| file.cowbell_plan == PLAN_FILE);
        let draft = match file {
            None => Err(PlanFileError::Other),
            Some(file) if Some(&file.authentik) != self.app.authentik_address().as_ref() => Err(PlanFileError::Foreign),
            Some(file) => serde_json::from_value::<SetupDraft>(file.draft).map_err(|_| PlanFileError::Other),
        };
        self.change(|state| state.plan_file = draft.as_ref().err().copied());
        if let Ok(draft) = draft {
            self.edit(draft).await;
            self.plan().await;
        }
    }
}
