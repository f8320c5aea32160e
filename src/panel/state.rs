//! What the panel knows beside the facts that [`crate::app`] keeps: tabs, wishes, what goes on and what came of it.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::browser::TabId;
use crate::app::{Error, FactsMark, PlanView};
use crate::app::{ReadinessView, RemovalView, ReportView, SignInsView, SwitchView, UndoView, UserFilter, UserVerdict};
use crate::mailcow::form::Control;
use crate::mailcow::{FieldRow, FormState, MailcowChoice};
use crate::plan::{Progress, SetupDraft};
use crate::transport::{PageId, Product};
use crate::verify::readiness::Outcome;
use crate::verify::{Finding, Fix};

/// A place of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What is wanted of authentik.
    #[default]
    Setup,
    /// What will change there, is changing, has changed.
    Plan,
    /// mailcow and its form.
    Mailcow,
    /// Both sides, who can sign in, and what comes after set-up.
    Check,
}

impl Section {
    /// Every place, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Setup, Self::Plan, Self::Mailcow, Self::Check];
}

/// Something that is asked before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// Whether to take back what was written to authentik.
    Undo,
    /// Whether to save the wanted settings in mailcow.
    Save,
    /// Whether to put mailcow's former settings back.
    Restore,
    /// Whether to give both sides a new client secret.
    Rotate,
    /// Whether to remove the integration on both sides.
    Remove,
    /// Whether to switch mailboxes to Generic-OIDC.
    Switch {
        /// The only mailbox meant; empty for those of everybody who is chosen.
        address: String,
    },
    /// Whether to switch those back that were switched.
    SwitchBack,
}

impl Question {
    /// Whether the answer yes reads or changes this product.
    fn is_about(&self, product: Product) -> bool {
        match self {
            Self::Undo => product == Product::Authentik,
            Self::Save | Self::Restore => product == Product::Mailcow,
            Self::Rotate | Self::Remove | Self::Switch { .. } | Self::SwitchBack => true,
        }
    }
}

/// Why the last click led nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The page belongs to neither product.
    Unknown,
    /// The organisation's policy does not allow it.
    Forbidden,
    /// Cowbell is writing at another host, and stays there until that is done.
    Busy {
        /// The host at which it is writing.
        host: String,
        /// The host that was clicked on.
        clicked: String,
    },
}

/// A page that can be worked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LivePage {
    pub(super) id: PageId,
    pub(super) url: String,
}

/// Why a tab is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// It was closed.
    Closed,
    /// It went to another site, and with that ended the permission that a click gives.
    Ended,
    /// It loaded another page, where that ends the permission.
    Loaded,
    /// It takes no script at the moment, as an error page does not, and is tried again and again.
    Unreachable,
    /// Nobody used the panel for a while.
    Unused,
}

impl Lost {
    /// Whether work in that tab is over. After anything else it goes on.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Ended)
    }
}

/// How a tab that was clicked on stands.
#[derive(Clone, Debug, Default)]
pub(super) enum Standing {
    /// Between two pages, or being read.
    #[default]
    Reading,
    /// Its product was read.
    Read,
    /// It cannot be worked in.
    Lost(Lost),
    /// Its product could not be read.
    Unreadable(Error),
}

/// The tab of a product.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub(super) id: TabId,
    /// Host and port that were clicked on.
    pub(super) host: String,
    pub(super) page: Option<LivePage>,
    pub(super) standing: Standing,
}

/// The users of authentik.
#[derive(Clone, Debug, Default)]
pub(super) enum Users {
    /// Not read, or no longer what is there.
    #[default]
    Unread,
    /// Being read: how many are, and how many there are.
    Reading {
        read: usize,
        total: usize,
    },
    Read,
    /// They could not be read.
    Unreadable(Error),
}

/// Which way a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum RunDirection {
    /// A plan is performed.
    Apply,
    /// A run is taken back.
    Undo,
}

/// Where the work at authentik is.
#[derive(Clone, Debug, Default)]
pub(super) enum Run {
    /// Nothing was asked for.
    #[default]
    None,
    /// A plan is being made.
    Planning,
    /// A plan was made.
    Planned(PlanView),
    /// It is performed or taken back.
    Running { direction: RunDirection, progress: Progress, stopping: bool },
    /// It was performed.
    Applied(ReportView),
    /// It was taken back.
    Undone(UndoView),
    /// It could not be made or begun.
    Failed(Error),
}

/// Work in mailcow that takes a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MailcowTask {
    /// On the way to the page with the form.
    Go,
    /// The form is being filled in.
    Fill,
    /// Settings are being saved.
    Save,
    /// Former settings are being put back.
    Restore,
}

/// How a save ended, mailcow's own or ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SaveOutcome {
    /// mailcow has what is wanted.
    Saved,
    /// mailcow has something else.
    Differs,
    /// mailcow has what it had before.
    Restored,
}

/// What Cowbell does in mailcow, and what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct MailcowWork {
    pub(super) task: Option<MailcowTask>,
    pub(super) error: Option<Error>,
    /// What was filled in since the page was loaded: before and after.
    pub(super) filled: Option<Vec<FieldRow>>,
    pub(super) outcome: Option<SaveOutcome>,
}

/// mailcow's form while its page is loaded. It may hold the client secret, so no view shows it.
pub(super) struct LiveForm {
    pub(super) page: PageId,
    pub(super) state: FormState,
    /// The controls as they were first seen.
    pub(super) first: Vec<Control>,
    pub(super) pair: Proof<[String; 3]>,
    pub(super) reach: Proof<String>,
    /// What is being done with the form on behalf of a finding.
    pub(super) fixing: Option<Fix>,
}

/// What was found out about a value of the form; it holds for that value only.
pub(super) struct Proof<T> {
    /// The value that was asked about last, and what was said of it.
    pub(super) about: Option<(T, Option<Finding>)>,
    /// The value that is to be asked about.
    pub(super) due: Option<T>,
    /// Whether somebody is being asked.
    pub(super) asking: bool,
}

impl<T> Default for Proof<T> {
    fn default() -> Self {
        Self { about: None, due: None, asking: false }
    }
}

impl<T: PartialEq> Proof<T> {
    /// What was said of this value.
    pub(super) fn of(&self, value: &T) -> Option<&Finding> {
        self.about.as_ref().filter(|(about, _)| about == value)?.1.as_ref()
    }
}

/// What a check was made from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    pub(super) facts: FactsMark,
    pub(super) pages: [Option<PageId>; 2],
    pub(super) draft: SetupDraft,
    pub(super) choice: MailcowChoice,
}

/// Where the check of both sides is.
#[derive(Clone, Debug, Default)]
pub(super) enum Check {
    /// None was made.
    #[default]
    None,
    /// It is being made.
    Checking,
    /// It was made.
    Done { findings: Vec<Finding>, basis: Box<Basis> },
}

/// Work on an integration that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceTask {
    /// Both sides get a new client secret.
    Rotate,
    /// The integration is removed.
    Remove,
    /// What was removed is made again.
    RestoreRemoved,
}

/// How the integration ended, or began again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceOutcome {
    /// It was removed.
    Removed,
    /// It was put back.
    RestoreRemoved,
}

/// What is done after set-up.
#[derive(Clone, Debug, Default)]
pub(super) struct Maintenance {
    pub(super) task: Option<MaintenanceTask>,
    /// How the last change of the client secret ended.
    pub(super) findings: Vec<Finding>,
    pub(super) error: Option<Error>,
    /// What a removal would take away, once it was asked for.
    pub(super) removal: Option<RemovalView>,
    pub(super) outcome: Option<MaintenanceOutcome>,
}

/// Which way mailboxes are switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SwitchDirection {
    /// To Generic-OIDC.
    Switch,
    /// Back to their passwords.
    Back,
}

/// Mailboxes that are being switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SwitchProgress {
    /// How many were asked for.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// Whether it is being stopped.
    pub stopping: bool,
}

/// Who can sign in, and what of it is shown.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) view: ReadinessView,
    pub(super) outcome: Option<Outcome>,
    /// Position among the reasons of the view.
    pub(super) reason: Option<usize>,
    /// Whether authentik is being asked about somebody.
    pub(super) asking: bool,
    /// What was said of somebody.
    pub(super) verdicts: Option<Vec<UserVerdict>>,
    pub(super) switching: Option<SwitchProgress>,
    pub(super) switched: Option<(SwitchDirection, SwitchView)>,
    pub(super) error: Option<Error>,
}

/// Where the question is who can sign in.
#[derive(Clone, Debug, Default)]
pub(super) enum Readiness {
    /// Nobody asked.
    #[default]
    None,
    /// One of the products was never read.
    Absent,
    /// It is being found out.
    Reading,
    /// It could not be found out.
    Failed(Error),
    /// It is known.
    Done(Box<Table>),
}

/// Where the explanation of sign-ins is.
#[derive(Clone, Debug, Default)]
pub(super) enum SignIns {
    /// Nobody asked.
    #[default]
    None,
    /// Logs are being read.
    Explaining,
    /// They were read then: milliseconds since 1970.
    Done { view: SignInsView, at_ms: u64 },
}

/// A sign-in that is tried now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TestSignIn {
    /// Both logs are watched.
    Watching {
        /// Where the sign-in begins.
        url: String,
        /// Whether the browser opened no private window, so that the address has to be opened by hand.
        closed: bool,
    },
    /// Somebody got in.
    Passed,
    /// Somebody was refused.
    Refused,
    /// Nothing was seen.
    Nothing,
}

/// Why a plan that was to be loaded is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PlanFileError {
    /// It is none.
    Other,
    /// It is for another authentik.
    Foreign,
}

/// The newest of several things that were begun: the end of an older one no longer counts.
#[derive(Debug, Default)]
pub(super) struct Newest(Cell<u64>);

impl Newest {
    /// Begins another.
    pub(super) fn begin(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    /// Whether this is the newest.
    pub(super) fn is(&self, number: u64) -> bool {
        self.0.get() == number
    }
}

/// Everything that changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) section: Section,
    pub(super) refusal: Option<Refusal>,
    pub(super) authentik: Option<Tab>,
    pub(super) mailcow: Option<Tab>,
    pub(super) draft: SetupDraft,
    pub(super) choice: MailcowChoice,
    pub(super) plan_file: Option<PlanFileError>,
    pub(super) users: Users,
    pub(super) run: Run,
    /// The users that are listed below the plan.
    pub(super) listing: Option<UserFilter>,
    pub(super) form: Option<LiveForm>,
    pub(super) work: MailcowWork,
    /// Whether mailcow was opened from here and not seen since.
    pub(super) opened: bool,
    pub(super) check: Check,
    pub(super) readiness: Readiness,
    /// The address or name that is typed, to be asked about.
    pub(super) typed: String,
    pub(super) sign_ins: SignIns,
    pub(super) test_sign_in: Option<TestSignIn>,
    pub(super) maintenance: Maintenance,
    pub(super) question: Option<Question>,
    /// When somebody last used the panel: milliseconds since 1970.
    pub(super) used_ms: u64,
}

impl State {
    /// The tab of a product.
    pub(super) fn tab(&self, product: Product) -> Option<&Tab> {
        match product {
            Product::Authentik => self.authentik.as_ref(),
            Product::Mailcow => self.mailcow.as_ref(),
        }
    }

    /// The same, to be changed.
    pub(super) fn tab_mut(&mut self, product: Product) -> &mut Option<Tab> {
        match product {
            Product::Authentik => &mut self.authentik,
            Product::Mailcow => &mut self.mailcow,
        }
    }

    /// The page of a product that can be worked in.
    pub(super) fn page(&self, product: Product) -> Option<&LivePage> {
        self.tab(product)?.page.as_ref()
    }

    /// Whether a product was read and its page can be worked in.
    pub(super) fn is_read(&self, product: Product) -> bool {
        self.tab(product).is_some_and(|tab| matches!(tab.standing, Standing::Read))
    }

    /// Whether a product is being read.
    pub(super) fn is_reading(&self) -> bool {
        let tabs = [&self.authentik, &self.mailcow];
        tabs.into_iter().flatten().any(|tab| matches!(tab.standing, Standing::Reading))
    }

    /// Whether the open question can be answered with yes: nothing that it is about is being read.
    pub(super) fn can_answer(&self) -> bool {
        let is_reading = |product| self.tab(product).is_some_and(|tab| matches!(tab.standing, Standing::Reading));
        let both = [Product::Authentik, Product::Mailcow];
        self.question.as_ref().is_some_and(|question| !both.into_iter().any(|one| question.is_about(one) && is_reading(one)))
    }

    /// Whether mailboxes are being switched.
    pub(super) fn is_switching(&self) -> bool {
        matches!(&self.readiness, Readiness::Done(table) if table.switching.is_some())
    }
}
