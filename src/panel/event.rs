//! Events that the browser and the administrator send to the panel.

use serde::Deserialize;
use tsify::Tsify;

use super::browser::TabId;
use super::state::{Lost, Place, Question, QuestionView, Section};
use crate::app::{ArrivalFilter, PeopleFilter, UserFilter};
use crate::mailcow::{FormState, MailcowChoice};
use crate::plan::SetupDraft;
use crate::transport::{PageId, Product};
use crate::verify::Fix;
use crate::verify::readiness::Outcome;
use crate::verify::switch_cost::SwitchCost;

/// Something that happened.
#[derive(Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Event {
    // Events from the browser.
    /// The toolbar icon was clicked in a tab.
    Click {
        tab: TabId,
        /// Its address; empty if the browser does not reveal it.
        url: String,
    },
    /// What the organisation's policy allows now; `None` without a policy.
    Policy {
        /// The addresses.
        #[tsify(optional)]
        allowed: Option<Vec<String>>,
    },
    /// A connected tab is loading another page.
    Connecting {
        /// Whose tab.
        product: Product,
    },
    /// A page of a connected tab is ready for work.
    Live {
        /// Whose tab.
        product: Product,
        page: PageId,
        url: String,
    },
    /// A tab is not usable.
    Lost {
        /// Whose tab.
        product: Product,
        why: Lost,
    },
    /// mailcow's form has changed.
    FormChanged {
        page: PageId,
        /// The form as it is now.
        state: Box<FormState>,
        /// Whether a value was pasted or the field was left; otherwise the administrator may still be typing.
        settled: bool,
    },
    /// The administrator uses the panel: a key or a button was pressed in it.
    Used,
    /// Some time has passed: sent about once a minute.
    Tick,
    /// The panel is being closed.
    Closing,

    // What the administrator wants.
    /// To open a section of the panel.
    Go {
        /// Which one.
        section: Section,
    },
    /// To open a place of the panel, in the section that was open last there.
    Open {
        /// Which one.
        place: Place,
    },
    /// To fix a problem, in the section where that is done.
    Repair {
        /// Which one.
        section: Section,
    },
    /// To change the draft.
    Edit {
        /// The whole draft.
        draft: Box<SetupDraft>,
    },
    /// To change what mailcow should store.
    Choose {
        /// The whole choice.
        choice: MailcowChoice,
    },
    /// To read a product again that could not be read.
    Retry {
        /// Which one.
        product: Product,
    },
    /// To be asked for confirmation.
    Ask {
        /// Of what.
        question: Question,
    },
    /// To answer the open question with yes.
    Confirm {
        /// The question as it was shown. If another one is open by now, or its facts are others, nothing is done.
        shown: Box<QuestionView>,
    },
    /// To answer the open question with no.
    Withdraw,
    /// To see the plan.
    Plan,
    /// The same, with one attribute on this group instead of one on each user.
    PlanWithGroup {
        /// Primary key of the group.
        group: String,
    },
    /// To list users below the plan, or to close the list.
    List { filter: Option<UserFilter> },
    /// To apply the plan.
    Apply,
    /// To cancel the running work.
    Cancel,
    /// To load a plan file that someone else has made.
    LoadPlan {
        /// Text of the file.
        text: String,
    },
    /// To open mailcow.
    OpenMailcow,
    /// To have mailcow's form filled in.
    Fill,
    /// To apply the fix of a finding in mailcow's form.
    Fix {
        /// Which fix.
        fix: Fix,
    },
    /// To test whether mailcow's server reaches authentik.
    TestConnection,
    /// To have both sides checked.
    Check,
    /// To filter the table of users.
    Filter {
        /// Only users whose sign-in has this outcome.
        outcome: Option<Outcome>,
        /// Only users with this reason: its position among the reasons of the table.
        reason: Option<usize>,
    },
    /// To know what a switch would cost whom: which mail programs sign in, and how.
    ReadPeople,
    /// To filter the list of people.
    FilterPeople {
        /// Whom it shows.
        filter: PeopleFilter,
    },
    /// To add a mailbox to the wave, or to take it out if it is part of it.
    Pick {
        /// Its address, as the list has it.
        address: String,
    },
    /// To add everybody to the wave whom the list shows, except those who have to be picked one by one.
    PickFound {
        /// What is searched for in the list.
        text: String,
    },
    /// To make a wave of the mailboxes whose switch costs nothing.
    PickReady,
    /// To make the wave empty.
    PickNobody,
    /// To see all that is known about a mailbox of the list of people; again to see it no longer.
    OpenPerson {
        /// Its address, as the list has it.
        address: String,
    },
    /// To make a wave of the addresses in a CSV that Cowbell has saved.
    LoadWave {
        /// Text of the file.
        text: String,
        /// What the column of addresses is called, in each language.
        addresses: Vec<String>,
        /// What the column is called that says whether an app password is needed.
        needs: Vec<String>,
        /// What stands in it for those whose message says how to make or enter one.
        told: Vec<String>,
    },
    /// To see the messages for the owners of the wave.
    WriteMessages,
    /// Messages for the owners of the wave were copied or saved.
    MessagesWritten {
        /// Those whose switch has one of these costs.
        costs: Vec<SwitchCost>,
    },
    /// To know who has arrived: who has signed in with authentik since the mailboxes were switched.
    ReadArrivals,
    /// To filter the list of who has arrived.
    FilterArrivals {
        /// Whom it shows.
        filter: ArrivalFilter,
    },
    /// To see all that is known about who has arrived in a mailbox; again to see it no longer.
    OpenArrival {
        /// Its address, as the list has it.
        address: String,
    },
    /// To look up this address or user name; it is still being typed, so nothing is read yet.
    Type { text: String },
    /// To know whether a user can sign in.
    LookUp {
        /// An address or a user name.
        text: String,
    },
    /// To know why sign-ins failed.
    Explain,
    /// To do a test sign-in.
    TrySignIn,
    /// To stop watching the test sign-in.
    CancelTestSignIn,
    /// To restore what was removed.
    RestoreRemoved,
}
