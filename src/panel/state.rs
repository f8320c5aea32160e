//! What the panel knows in addition to the facts that [`crate::app`] keeps: tabs, what the administrator wants, running work and
//! its results.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::browser::TabId;
use crate::app::{
    ArrivalFilter, Error, FactsMark, LoadedWave, PasswordFormNames, PasswordFormStake, PeopleFilter, PlanView, Wave, WaveView,
};
use crate::app::{ReadinessView, RemovalView, ReportView, SignInsView, SwitchView, UndoView, UserFilter, UserVerdict};
use crate::mailcow::{FieldRow, FormState, MailcowChoice};
use crate::plan::{Progress, SetupDraft};
use crate::setup::{ClientSecret, Fingerprint, Origin};
use crate::transport::{PageId, Product};
use crate::verify::readiness::Outcome;
use crate::verify::{Code, Finding, Fix};

/// A place of the panel: one or more sections about the same. It has a tab each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// What connects the two products in authentik.
    Connect,
    /// mailcow and its form.
    Mailcow,
    /// Both sides as they are, a test sign-in, and sign-ins that failed.
    Check,
    /// Who can sign in, and moving them to authentik.
    People,
    /// What comes up later: hand-over, a new client secret, removal.
    Maintain,
}

impl Place {
    /// All places, in the order of their tabs.
    pub const ALL: [Self; 5] = [Self::Connect, Self::Mailcow, Self::Check, Self::People, Self::Maintain];

    /// Its sections, in their order.
    pub fn sections(self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(move |section| section.place() == self)
    }
}

/// A section of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The setup of authentik.
    #[default]
    Setup,
    /// What will change in authentik, is changing, or has changed.
    Plan,
    /// mailcow and its form.
    Mailcow,
    /// Both sides as they are, a test sign-in, and sign-ins that failed.
    Check,
    /// Who can sign in.
    Readiness,
    /// What a switch would cost whom, and switching mailboxes.
    Switch,
    /// Who has arrived, and what is left of the password form.
    Arrivals,
    /// Hand-over, a new client secret, removal.
    Maintain,
}

impl Section {
    /// All sections, in the order of their places.
    pub const ALL: [Self; 8] =
        [Self::Setup, Self::Plan, Self::Mailcow, Self::Check, Self::Readiness, Self::Switch, Self::Arrivals, Self::Maintain];

    /// The place that it belongs to.
    #[must_use]
    pub fn place(self) -> Place {
        match self {
            Self::Setup | Self::Plan => Place::Connect,
            Self::Mailcow => Place::Mailcow,
            Self::Check => Place::Check,
            Self::Readiness | Self::Switch | Self::Arrivals => Place::People,
            Self::Maintain => Place::Maintain,
        }
    }
}

/// A confirmation that the administrator is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// Whether to undo what was written to authentik.
    Undo,
    /// Whether to save the desired settings in mailcow.
    Save,
    /// Whether to restore mailcow's previous settings.
    Restore,
    /// Whether to rotate the client secret on both sides.
    Rotate,
    /// Whether to remove the integration on both sides.
    Remove,
    /// Whether to switch a mailbox to Generic-OIDC.
    Switch {
        /// Its address.
        address: String,
    },
    /// Whether to switch the mailboxes of the wave.
    SwitchWave,
    /// Whether to switch back what was switched.
    SwitchBack {
        /// The only mailbox to switch back; empty for all that were switched.
        address: String,
    },
    /// Whether to switch back what was switched last, together.
    SwitchBackWave,
    /// Whether to hide the password form of mailcow's login page.
    HidePasswordForm,
    /// Whether to show it again.
    ShowPasswordForm,
}

/// Work on the login page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PasswordFormTask {
    /// It is being read for a question.
    Read,
    /// The password form is being hidden.
    Hide,
    /// It is being shown again.
    Show,
}

/// State of the work on the login page.
#[derive(Clone, Debug, Default)]
pub(super) struct PasswordForm {
    pub(super) task: Option<PasswordFormTask>,
    /// Why the last action failed, and at which mailcow.
    pub(super) error: Option<(String, Error)>,
    /// The mailcow whose form was hidden or shown last.
    pub(super) done: Option<String>,
}

/// What a question about the password form names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PasswordFormQuestion {
    /// Where administrators sign in, with or without it.
    pub admin_page: String,
    /// Who could not sign in at the web interface any more.
    pub stake: PasswordFormStake,
    /// Their names, where they are few.
    pub names: PasswordFormNames,
    /// Whether mailcow has stored the desired identity provider.
    pub provider_matches: bool,
    /// Whether Cowbell has hidden it.
    pub is_own: bool,
}

impl PasswordFormQuestion {
    /// Whether nobody would miss the form.
    pub(super) fn is_safe(&self) -> bool {
        self.stake.is_nothing() && self.provider_matches
    }
}

/// The open question, with the data for its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own that is shown")]
pub struct QuestionView {
    /// Which question.
    pub question: Question,
    /// Host name of authentik, empty if none is connected.
    pub authentik: String,
    /// Host name of mailcow, empty if none is connected.
    pub mailcow: String,
    /// Origin where mailcow's users sign in so far, if a save would lead them elsewhere; else empty.
    pub leaves: String,
    /// Origins of whoever else signs users in as the client whose secret or provider this is about.
    pub others: Vec<String>,
    /// Whether it can be confirmed. Not while the product that it is about is being read.
    pub is_ready: bool,
    /// Whether confirming removes something.
    pub is_dangerous: bool,
    /// What a removal would remove.
    #[tsify(optional)]
    pub removal: Option<RemovalView>,
    /// Whether confirming removes mailcow's identity provider while its login page offers nothing else.
    pub closes_login_page: bool,
    /// What the switch of the wave, or of one mailbox, would do.
    #[tsify(optional)]
    pub wave: Option<WaveView>,
    /// Mailboxes that would be switched back.
    pub switched: usize,
    /// Whether passwords that mailboxes get back by confirming open no web interface, because the login page has no form for them.
    pub lacks_password_form: bool,
    /// The password form of the login page, if it is about that.
    #[tsify(optional)]
    pub password_form: Option<PasswordFormQuestion>,
}

impl Question {
    /// Whether confirming reads or changes this product.
    fn is_about(&self, product: Product) -> bool {
        match self {
            Self::Undo => product == Product::Authentik,
            Self::Save | Self::Restore | Self::HidePasswordForm | Self::ShowPasswordForm => product == Product::Mailcow,
            _ => true,
        }
    }

    /// Whether it is about mailboxes of the table of who can sign in.
    fn is_about_mailboxes(&self) -> bool {
        matches!(self, Self::Switch { .. } | Self::SwitchWave | Self::SwitchBack { .. } | Self::SwitchBackWave)
    }
}

/// Why the last click on the icon had no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The page belongs to neither product.
    Unknown,
    /// The organisation's policy does not allow it.
    Forbidden,
    /// Cowbell is writing at another host and stays connected to it until that is done.
    Busy {
        /// The host at which it is writing.
        host: String,
        /// The host that was clicked on.
        clicked: String,
    },
}

/// A page that is ready for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LivePage {
    pub(super) id: PageId,
    pub(super) url: String,
}

/// Why a tab is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// It was closed.
    Closed,
    /// It navigated to another site, which ended the permission that the click gave.
    Ended,
    /// It loaded another page, in a browser where that ends the permission.
    Loaded,
    /// It accepts no script at the moment, for example because it shows an error page; Cowbell retries.
    Unreachable,
    /// The panel was unused for some time.
    Unused,
}

impl Lost {
    /// Whether work in that tab is over. After any other reason it continues.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Ended)
    }
}

/// Status of a connected tab.
#[derive(Clone, Debug, Default)]
pub(super) enum Standing {
    /// Loading a page, or being read.
    #[default]
    Reading,
    /// Its product was read.
    Read,
    /// It is not usable.
    Lost(Lost),
    /// Its product could not be read.
    Unreadable(Error),
}

/// The tab of a product.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub(super) id: TabId,
    /// Where the click was.
    pub(super) origin: Origin,
    pub(super) page: Option<LivePage>,
    pub(super) standing: Standing,
}

impl Tab {
    /// Host and port, in the usual notation.
    pub(super) fn host(&self) -> String {
        self.origin.host_and_port()
    }

    /// Whether an address is one of the same installation.
    pub(super) fn is_at(&self, url: &str) -> bool {
        Origin::of(url).as_ref() == Some(&self.origin)
    }
}

/// The users of authentik.
#[derive(Clone, Debug, Default)]
pub(super) enum Users {
    /// Not read, or outdated.
    #[default]
    Unread,
    /// Being read: how many were read, and how many there are.
    Reading {
        read: usize,
        total: usize,
    },
    Read,
    /// They could not be read.
    Unreadable(Error),
}

/// Direction of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum RunDirection {
    /// A plan is applied.
    Apply,
    /// A run is undone.
    Undo,
}

/// State of the work at authentik.
#[derive(Clone, Debug, Default)]
pub(super) enum Run {
    /// Nothing was requested.
    #[default]
    None,
    /// A plan is being made.
    Planning,
    /// A plan was made.
    Planned(PlanView),
    /// A plan is being applied or undone.
    Running { direction: RunDirection, progress: Progress, cancelling: bool },
    /// The plan was applied.
    Applied(ReportView),
    /// The run was undone.
    Undone(UndoView),
    /// The plan could not be made, or the run could not start.
    Failed(Error),
}

/// Work in mailcow that takes some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MailcowTask {
    /// Navigating to the page with the form.
    Go,
    /// The form is being filled in.
    Fill,
    /// Settings are being saved.
    Save,
    /// Previous settings are being restored.
    Restore,
}

/// How a save ended, through mailcow's form or through Cowbell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SaveOutcome {
    /// mailcow has stored the desired settings.
    Saved,
    /// mailcow has stored other settings.
    Differs,
    /// mailcow has its previous settings again.
    Restored,
}

/// What Cowbell does in mailcow, and its result.
#[derive(Clone, Debug, Default)]
pub(super) struct MailcowWork {
    pub(super) task: Option<MailcowTask>,
    pub(super) error: Option<Error>,
    /// Fields that were filled in since the page was loaded, with the values before and after.
    pub(super) filled: Option<Vec<FieldRow>>,
    pub(super) outcome: Option<SaveOutcome>,
}

/// mailcow's form while its page is loaded. It may hold the client secret, so no view shows it.
pub(super) struct LiveForm {
    pub(super) page: PageId,
    pub(super) state: FormState,
    /// What is in it, also after the client secret was discarded.
    pub(super) values: Values,
    /// What was in it when it was first read.
    pub(super) first: Values,
    pub(super) pair: Verification<Fingerprint>,
    pub(super) reach: Verification<String>,
    /// The fix that is being applied in the form.
    pub(super) fixing: Option<Fix>,
    /// What is left of the client secret in it once that was discarded. What stands in its place is as long, and nothing else.
    pub(super) discarded: Option<ClientSecret>,
}

/// Tells the values of a form from others, without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Values {
    /// Those on which the verification of the client credentials depends.
    pub(super) credentials: Fingerprint,
    /// All of them.
    pub(super) all: Fingerprint,
}

impl LiveForm {
    /// Whether the client credentials were not verified because Cowbell knew no authentik at their token endpoint.
    pub(super) fn lacks_endpoint(&self) -> bool {
        self.pair.about.as_ref().is_some_and(|(_, finding)| finding.code == Code::CredentialsUnknownEndpoint)
    }
}

/// What was verified about a value of the form; it applies to that value only.
pub(super) struct Verification<T> {
    /// The value that was verified last, and its finding.
    pub(super) about: Option<(T, Finding)>,
    /// The value that is to be verified next.
    pub(super) due: Option<T>,
    /// Whether a verification is running.
    pub(super) asking: bool,
}

impl<T> Default for Verification<T> {
    fn default() -> Self {
        Self { about: None, due: None, asking: false }
    }
}

impl<T: PartialEq> Verification<T> {
    /// The finding about this value.
    pub(super) fn of(&self, value: &T) -> Option<&Finding> {
        self.about.as_ref().filter(|(about, _)| about == value).map(|(_, finding)| finding)
    }
}

/// What a check was based on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    pub(super) facts: FactsMark,
    pub(super) wish: Wish,
}

/// What was to be checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) pages: [Option<PageId>; 2],
    pub(super) draft: SetupDraft,
    pub(super) choice: MailcowChoice,
}

/// State of the check of both sides.
#[derive(Clone, Debug, Default)]
pub(super) enum Check {
    /// No check was made.
    #[default]
    None,
    /// The check is running.
    Checking,
    /// The check is complete.
    Done { findings: Vec<Finding>, basis: Box<Basis> },
}

/// Maintenance of an existing integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceTask {
    /// Both sides get a new client secret.
    Rotate,
    /// The integration is removed.
    Remove,
    /// What was removed is restored.
    RestoreRemoved,
}

/// How a removal or its restoration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceOutcome {
    /// It was removed.
    Removed,
    /// It was restored.
    Restored,
}

/// State of the maintenance after setup.
#[derive(Clone, Debug, Default)]
pub(super) struct Maintenance {
    pub(super) task: Option<MaintenanceTask>,
    /// How the last rotation of the client secret ended.
    pub(super) findings: Vec<Finding>,
    pub(super) error: Option<Error>,
    /// What a removal would remove, once that was requested.
    pub(super) removal: Option<RemovalView>,
    pub(super) outcome: Option<MaintenanceOutcome>,
}

/// Direction in which mailboxes are switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SwitchDirection {
    /// To Generic-OIDC.
    Switch,
    /// Back to mailcow's own passwords.
    Back,
}

/// Progress of work on many mailboxes or events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct WorkProgress {
    /// How many are done.
    pub done: usize,
    /// How many there are; 0 before that is known.
    pub total: usize,
    /// Whether it is being cancelled.
    pub cancelling: bool,
}

/// Who can sign in, and the current filter.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) view: ReadinessView,
    pub(super) outcome: Option<Outcome>,
    /// Position among the reasons of the view.
    pub(super) reason: Option<usize>,
    /// Whether a user is being looked up in authentik.
    pub(super) asking: bool,
    /// Verdicts about the user who was looked up.
    pub(super) verdicts: Option<Vec<UserVerdict>>,
    pub(super) switching: Option<WorkProgress>,
    pub(super) switched: Option<(SwitchDirection, SwitchView)>,
    pub(super) error: Option<Error>,
    /// What a switch would cost whom.
    pub(super) people: Requested<PeopleList>,
    /// Who has arrived.
    pub(super) arrivals: Requested<Arrivals>,
}

/// What is read when the administrator asks for it.
#[derive(Clone, Debug, Default)]
pub(super) enum Requested<T> {
    /// Nothing was requested.
    #[default]
    None,
    /// It is being read.
    Reading(WorkProgress),
    /// It could not be read.
    Failed(Error),
    /// It was read.
    Done(T),
}

impl<T> Requested<T> {
    /// What it is, once it was read.
    pub(super) fn done(&self) -> Option<&T> {
        match self {
            Self::Done(done) => Some(done),
            _ => None,
        }
    }

    /// The same, mutable.
    pub(super) fn done_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Done(done) => Some(done),
            _ => None,
        }
    }

    /// How far reading has come, while it is being read.
    pub(super) fn progress_mut(&mut self) -> Option<&mut WorkProgress> {
        match self {
            Self::Reading(progress) => Some(progress),
            _ => None,
        }
    }

    /// Whether it is being read.
    pub(super) fn is_reading(&self) -> bool {
        matches!(self, Self::Reading(_))
    }
}

/// The mailboxes that are to be switched next. They outlive the list that they were picked from, because their owners may have been
/// told the day of the switch; they are nowhere but in the panel.
#[derive(Clone, Debug, Default)]
pub(super) struct NextWave {
    /// Addresses of the authentik and the mailcow that it is for.
    pub(super) at: Option<[String; 2]>,
    pub(super) mailboxes: Wave,
    /// Whether the administrator has changed it, or it was switched; otherwise it is the proposal.
    pub(super) is_changed: bool,
    /// Addresses whose owners get the message about mail programs: it was copied or saved for them, or they are in a loaded file as
    /// those who get it.
    pub(super) told: Wave,
}

/// What the administrator does with the list of people.
#[derive(Clone, Debug, Default)]
pub(super) struct PeopleList {
    /// Whom it shows.
    pub(super) filter: PeopleFilter,
    /// The address that is looked at; empty if there is none.
    pub(super) opened: String,
    /// How often the messages were asked for since the section was opened.
    pub(super) writing: u32,
    /// What became of the file that the wave was loaded from.
    pub(super) loaded: Option<Result<LoadedWave, WaveFileError>>,
}

/// Why no wave can be loaded from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum WaveFileError {
    /// It is not a CSV with a column of addresses.
    Other,
    /// It was cut off or changed.
    Malformed,
    /// It has no address.
    Empty,
}

/// What the administrator does with the list of who has arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// Whom it shows.
    pub(super) filter: ArrivalFilter,
    /// The address that is looked at; empty if there is none.
    pub(super) opened: String,
}

/// Lists that were there when their table was read again, as the administrator looked at them: each is read again where it is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct DueLists {
    pub(super) people: Option<PeopleList>,
    pub(super) arrivals: Option<Arrivals>,
}

/// State of the table of who can sign in.
#[derive(Clone, Debug, Default)]
pub(super) enum Readiness {
    /// Nothing was requested.
    #[default]
    None,
    /// One of the products was never read.
    Absent,
    /// The table is being read.
    Reading,
    /// The table could not be read.
    Failed(Error),
    /// The table is complete.
    Done(Box<Table>),
}

/// State of the diagnosis of sign-ins.
#[derive(Clone, Debug, Default)]
pub(super) enum SignIns {
    /// Nothing was requested.
    #[default]
    None,
    /// Logs are being read.
    Explaining,
    /// The logs were read at this time: milliseconds since 1970-01-01T00:00:00Z.
    Done { view: SignInsView, at_ms: u64 },
}

/// State of a test sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TestSignIn {
    /// Both logs are watched.
    Watching {
        /// Address at which the sign-in starts.
        url: String,
        /// Whether the browser opened no private window, so that the user has to open the address.
        closed: bool,
    },
    /// A user has signed in.
    Passed,
    /// A sign-in was refused.
    Refused,
    /// No sign-in was seen.
    Nothing,
}

/// Why a plan file cannot be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum PlanFileError {
    /// It is not a plan file.
    Other,
    /// It is for another authentik.
    Foreign,
}

/// Identifies the newest of several concurrent operations, so that the result of an older one is ignored.
#[derive(Debug, Default)]
pub(super) struct Newest(Cell<u64>);

impl Newest {
    /// Starts a new operation and returns its number.
    pub(super) fn begin(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    /// Whether this operation is the newest.
    pub(super) fn is(&self, number: u64) -> bool {
        self.0.get() == number
    }
}

/// Everything that changes.
#[derive(Default)]
pub(super) struct State {
    /// The open section.
    section: Section,
    /// The section that was open last in each place that has been open.
    last: Vec<Section>,
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
    /// Whether Cowbell opened mailcow and its page was not connected since.
    pub(super) opened: bool,
    pub(super) check: Check,
    pub(super) readiness: Readiness,
    pub(super) due: DueLists,
    pub(super) wave: NextWave,
    /// The address or name that is being typed for a look-up.
    pub(super) typed: String,
    pub(super) sign_ins: SignIns,
    pub(super) test_sign_in: Option<TestSignIn>,
    pub(super) maintenance: Maintenance,
    pub(super) password_form: PasswordForm,
    pub(super) question: Option<Question>,
    /// When the panel was last used: milliseconds since 1970-01-01T00:00:00Z.
    pub(super) used_ms: u64,
}

impl State {
    /// The table of who can sign in, once it is complete.
    pub(super) fn table(&self) -> Option<&Table> {
        match &self.readiness {
            Readiness::Done(table) => Some(table),
            _ => None,
        }
    }

    /// The same, mutable.
    pub(super) fn table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.readiness {
            Readiness::Done(table) => Some(table),
            _ => None,
        }
    }

    /// Discards the table of who can sign in, to read it again with the lists that it has.
    pub(super) fn renew_table(&mut self) {
        if let Readiness::Done(table) = std::mem::take(&mut self.readiness) {
            let people = table.people.done().cloned();
            let arrivals = table.arrivals.done().cloned();
            self.due = DueLists { people: people.or(self.due.people.take()), arrivals: arrivals.or(self.due.arrivals.take()) };
        }
        self.replace_table(Readiness::None);
    }

    /// Replaces the table of who can sign in.
    pub(super) fn replace_table(&mut self, readiness: Readiness) {
        self.readiness = readiness;
        self.withdraw_about_mailboxes();
    }

    /// Withdraws a question about mailboxes, because a list that it may be about is being replaced: yes to the previous one must not
    /// be taken for the next.
    pub(super) fn withdraw_about_mailboxes(&mut self) {
        self.question.take_if(|question| question.is_about_mailboxes());
    }

    /// What is done with the list of people, once that was read.
    pub(super) fn people(&self) -> Option<&PeopleList> {
        self.table()?.people.done()
    }

    /// The open section.
    pub(super) fn section(&self) -> Section {
        self.section
    }

    /// Opens a section.
    pub(super) fn open(&mut self, section: Section) {
        self.section = section;
        self.last.retain(|last| last.place() != section.place());
        self.last.push(section);
    }

    /// The section that a place opens with: the one that was open last there, else its first.
    pub(super) fn opens_with(&self, place: Place) -> Section {
        let last = self.last.iter().copied().find(|section| section.place() == place);
        last.or_else(|| place.sections().next()).unwrap_or_default()
    }

    /// The tab of a product.
    pub(super) fn tab(&self, product: Product) -> Option<&Tab> {
        match product {
            Product::Authentik => self.authentik.as_ref(),
            Product::Mailcow => self.mailcow.as_ref(),
        }
    }

    /// The tab of a product, mutable.
    pub(super) fn tab_mut(&mut self, product: Product) -> &mut Option<Tab> {
        match product {
            Product::Authentik => &mut self.authentik,
            Product::Mailcow => &mut self.mailcow,
        }
    }

    /// Drops what was read from both products together, and authentik's users.
    pub(super) fn drop_results(&mut self) {
        self.users = Users::Unread;
        self.check = Check::None;
        self.due = DueLists::default();
        self.replace_table(Readiness::None);
        self.sign_ins = SignIns::None;
    }

    /// The live page of a product.
    pub(super) fn page(&self, product: Product) -> Option<&LivePage> {
        self.tab(product)?.page.as_ref()
    }

    /// Whether a product was read and its page is live.
    pub(super) fn is_read(&self, product: Product) -> bool {
        self.tab(product).is_some_and(|tab| matches!(tab.standing, Standing::Read))
    }

    /// Whether a product is being read.
    pub(super) fn is_reading(&self) -> bool {
        let tabs = [&self.authentik, &self.mailcow];
        tabs.into_iter().flatten().any(|tab| matches!(tab.standing, Standing::Reading))
    }

    /// Whether the open question can be confirmed: nothing that it is about is being read.
    pub(super) fn can_answer(&self) -> bool {
        let is_reading = |product| self.tab(product).is_some_and(|tab| matches!(tab.standing, Standing::Reading));
        let both = [Product::Authentik, Product::Mailcow];
        self.question.as_ref().is_some_and(|question| !both.into_iter().any(|one| question.is_about(one) && is_reading(one)))
    }

    /// Whether mailboxes are being switched.
    pub(super) fn is_switching(&self) -> bool {
        self.table().is_some_and(|table| table.switching.is_some())
    }
}
