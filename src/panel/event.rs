//! What the browser and the administrator tell the panel.

use serde::Deserialize;
use tsify::Tsify;

use super::browser::TabId;
use super::state::{Lost, Question, Section};
use crate::app::UserFilter;
use crate::mailcow::{FormState, MailcowChoice};
use crate::plan::SetupDraft;
use crate::transport::{PageId, Product};
use crate::verify::Fix;
use crate::verify::readiness::Outcome;

/// Something that happened.
#[derive(Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Event {
    // What the browser noticed.
    /// The toolbar icon was clicked in a tab.
    Click {
        tab: TabId,
        /// Its address; empty where the browser keeps it to itself.
        url: String,
    },
    /// A tab that Cowbell is connected to is between two pages.
    Connecting {
        /// Whose tab.
        product: Product,
    },
    /// A page of a tab that Cowbell is connected to can be worked in.
    Live {
        /// Whose tab.
        product: Product,
        page: PageId,
        url: String,
    },
    /// A tab cannot be worked in.
    Lost {
        /// Whose tab.
        product: Product,
        why: Lost,
    },
    /// mailcow's form is as given here.
    FormChanged {
        page: PageId,
        /// The form.
        state: Box<FormState>,
        /// Whether a value was pasted, or the field was left; otherwise somebody may still be typing.
        settled: bool,
    },
    /// Somebody uses the panel: a key or a button was pressed in it.
    Used,
    /// Some time has passed: sent about once a minute.
    Tick,
    /// The panel is being closed.
    Closing,

    // What the administrator wants.
    /// To see a place of the panel.
    Go {
        /// Which.
        section: Section,
    },
    /// To fix a fault, in the place where that is done.
    Repair {
        /// Which.
        section: Section,
    },
    /// To have set up something else.
    Edit {
        /// The whole draft.
        draft: Box<SetupDraft>,
    },
    /// To have something else in mailcow.
    Choose {
        /// The whole choice.
        choice: MailcowChoice,
    },
    /// To read a product again that could not be read.
    Retry {
        /// Which.
        product: Product,
    },
    /// To be asked before something happens.
    Ask {
        /// What.
        question: Question,
    },
    /// Yes to the question that is open.
    Confirm,
    /// No to the question that is open.
    Withdraw,
    /// To see what would change.
    Plan,
    /// The same, with one attribute on this group instead of one on each user.
    PlanWithGroup {
        /// Primary key of the group.
        group: String,
    },
    /// To see users below the plan, or no longer.
    List { filter: Option<UserFilter> },
    /// To perform the plan.
    Apply,
    /// To stop what goes on.
    Cancel,
    /// To use what somebody else chose.
    LoadPlan {
        /// Text of the file.
        text: String,
    },
    /// To go to mailcow.
    OpenMailcow,
    /// To have mailcow's form filled in.
    Fill,
    /// To have done in mailcow's form what a finding offers.
    Fix {
        /// What it offers.
        fix: Fix,
    },
    /// To have mailcow's server try to reach authentik.
    TestConnection,
    /// To have both sides checked.
    Check,
    /// To see of the table of users only some.
    Filter {
        /// Whose sign-in ends so.
        outcome: Option<Outcome>,
        /// For this reason: its position among the reasons of the table.
        reason: Option<usize>,
    },
    /// To ask about this address or user name; not yet, it is being typed.
    Type { text: String },
    /// To know whether somebody can sign in.
    LookUp {
        /// An address or a user name.
        text: String,
    },
    /// To know why sign-ins failed.
    Explain,
    /// To try a sign-in.
    TrySignIn,
    /// To have it watched no longer.
    CancelTestSignIn,
    /// To have what was removed made again.
    RestoreRemoved,
}
