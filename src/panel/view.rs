//! What is to be shown, as data: codes and facts. The panel has the texts.

use serde::Serialize;
use tsify::Tsify;

use super::Panel;
use super::browser::Browser;
use super::check::CheckStatus;
use super::form::text_of;
use super::offers::{Badges, Button};
use super::password_form::PasswordFormView;
use super::state::{
    Arrivals, LiveForm, Lost, MailcowTask, Maintenance, MaintenanceOutcome, MaintenanceTask, NextWave, PeopleList, Place,
    PlanFileError, QuestionView, Readiness, Refusal, Requested, Run, RunDirection, SaveOutcome, Section, SignIns, Standing,
    State, SwitchDirection, Table, TestSignIn, Users, WaveFileError, WorkProgress,
};
use crate::app::{
    ArrivalFilter, ArrivalRow, ArrivalsView, AuthentikView, DirectoryView, DraftView, FormView, LoadedWave, MailcowView,
    PeopleFilter, PeopleView, PersonRow, PlanStanding, PlanView, ReadinessView, RegistrationView, ReportView, SignInsView,
    SwitchView, UndoView, UserFilter, UserVerdict, WaveView,
};
use crate::mailcow::{Field, FieldRow, MailcowChoice};
use crate::plan::{Progress, SetupDraft};
use crate::transport::Product;
use crate::verify::readiness::Outcome;
use crate::verify::{Code, Finding, Fix};

/// Status of a product's tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConnectionView {
    /// It was never connected.
    Absent,
    /// It is being read.
    Reading {
        /// Host at the time of the click.
        host: String,
    },
    /// It was read and is ready for work.
    Live {
        /// Host at the time of the click.
        host: String,
    },
    /// It is not usable.
    Lost {
        /// Host at the time of the click.
        host: String,
        why: Lost,
    },
    /// It could not be read.
    Failed {
        /// Host at the time of the click.
        host: String,
        /// Why.
        error: Finding,
    },
}

impl ConnectionView {
    /// Whether the product was read and its page is live.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }
}

/// State of the users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UsersView {
    /// They were not read.
    Unread,
    /// They are being read.
    Reading {
        /// How many were read.
        read: usize,
        /// How many there are; 0 before that is known.
        total: usize,
    },
    /// They were read.
    Read {
        /// How many there are, and what the draft would do about them.
        directory: DirectoryView,
    },
    /// They could not be read.
    Failed {
        /// Why.
        error: Finding,
    },
}

/// State of the work at authentik.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunView {
    /// Nothing was requested.
    None,
    /// A plan is being made.
    Planning,
    /// A plan was made.
    Planned {
        plan: PlanView,
        /// Whether the plan is outdated, because something that it was based on has changed, and cannot be applied.
        outdated: bool,
    },
    /// A plan is being applied or undone.
    Running {
        /// Which of the two.
        direction: RunDirection,
        /// How far it is.
        progress: Progress,
        /// Whether it is being cancelled.
        cancelling: bool,
    },
    /// The plan was applied.
    Applied {
        /// What was done.
        report: ReportView,
    },
    /// The run was undone.
    Undone {
        /// What was done.
        report: UndoView,
    },
    /// The plan could not be made, or the run could not start.
    Failed {
        /// Why.
        error: Finding,
    },
}

/// mailcow's form while it is visible. The values in its fields are not included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FormSeen {
    /// The form, checked.
    pub view: FormView,
    /// The findings to show: empty fields are not reported before anything was typed.
    pub findings: Vec<Finding>,
    /// Finding about the client credentials.
    #[tsify(optional)]
    pub pair: Option<Finding>,
    /// Whether the client credentials are being verified.
    pub proving: bool,
    /// Finding about the reachability of the token endpoint from mailcow's server.
    #[tsify(optional)]
    pub reach: Option<Finding>,
    /// Whether the reachability is being tested.
    pub testing: bool,
    /// The fix that is being applied in the form.
    #[tsify(optional)]
    pub fixing: Option<Fix>,
}

/// What Cowbell does in mailcow, and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct MailcowWorkView {
    /// What is being done.
    #[tsify(optional)]
    pub task: Option<MailcowTask>,
    /// Why the last action failed.
    #[tsify(optional)]
    pub error: Option<Finding>,
    /// Fields that were filled in since the page was loaded, with the values before and after.
    #[tsify(optional)]
    pub filled: Option<Vec<FieldRow>>,
    /// How a save ended.
    #[tsify(optional)]
    pub outcome: Option<SaveOutcome>,
}

/// Who can sign in, and the current filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "there is one of it, and it is given away at once")]
pub enum ReadinessStatus {
    /// Nothing was requested.
    None,
    /// One of the products was never read.
    Absent,
    /// The table is being read.
    Reading,
    /// The table could not be read.
    Failed {
        /// Why.
        error: Finding,
    },
    /// The table is complete.
    Done {
        /// The table in numbers.
        view: ReadinessView,
        /// Only users with this outcome are listed.
        #[tsify(optional)]
        outcome: Option<Outcome>,
        /// Only users with this reason are listed: its position among the reasons.
        #[tsify(optional)]
        reason: Option<usize>,
        /// Whether a user is being looked up in authentik.
        asking: bool,
        /// Verdicts about the user who was looked up.
        #[tsify(optional)]
        verdicts: Option<Vec<UserVerdict>>,
        /// Mailboxes that are being switched.
        #[tsify(optional)]
        switching: Option<WorkProgress>,
        /// Result of the last switch of mailboxes.
        #[tsify(optional)]
        switched: Option<SwitchedView>,
        /// Why the last action failed.
        #[tsify(optional)]
        error: Option<Finding>,
        /// What is known about the cost of a switch.
        people: RequestedView<PeopleShown>,
        /// What is known about who has arrived.
        arrivals: RequestedView<ArrivalsShown>,
    },
}

/// What is read when the administrator asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestedView<T> {
    /// Nothing was requested.
    None,
    /// It is being read.
    Reading(WorkProgress),
    /// It could not be read.
    Failed {
        /// Why.
        error: Finding,
    },
    /// It was read.
    Done(T),
}

impl<T> RequestedView<T> {
    fn of<S>(requested: &Requested<S>, show: impl FnOnce(&S) -> Option<T>) -> Self {
        match requested {
            Requested::None => Self::None,
            Requested::Reading(progress) => Self::Reading(*progress),
            Requested::Failed(error) => Self::Failed { error: error.into() },
            // A list is of the products that were read: without them there is none.
            Requested::Done(done) => show(done).map_or(Self::None, Self::Done),
        }
    }
}

/// What a switch would cost whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct PeopleShown {
    /// The people in numbers.
    pub view: PeopleView,
    /// Whom the list shows.
    pub filter: PeopleFilter,
    /// What the switch of the wave would do.
    pub wave: WaveView,
    /// Those whose owners are known to lose something by that: of each cost the first 100.
    pub losing: Vec<PersonRow>,
    /// How many of these owners could do something about it and were not written to.
    pub untold: usize,
    /// How many mailboxes [`Event::PickReady`](super::Event::PickReady) makes the wave of; 0 if that changes nothing.
    pub ready: usize,
    /// The mailbox that is looked at, with each of its users; empty if there is none.
    pub opened: Vec<PersonRow>,
    /// Increases each time that the messages are asked for.
    pub writing: u32,
    /// What became of the file that the wave was loaded from.
    #[tsify(optional)]
    pub loaded: Option<LoadedView>,
}

/// What became of a file from which a wave was to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LoadedView {
    /// What became of its addresses.
    Done(LoadedWave),
    /// It could not be read.
    Refused {
        /// Why.
        error: WaveFileError,
    },
}

/// Who has arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct ArrivalsShown {
    /// Who has arrived, in numbers.
    pub view: ArrivalsView,
    /// Whom the list shows.
    pub filter: ArrivalFilter,
    /// The address that is looked at, with each of its users; empty if there is none.
    pub opened: Vec<ArrivalRow>,
}

/// Result of a switch of mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SwitchedView {
    /// In which direction.
    pub direction: SwitchDirection,
    /// How it ended.
    pub result: SwitchView,
}

/// State of the diagnosis of sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SignInsStatus {
    /// Nothing was requested.
    None,
    /// Logs are being read.
    Explaining,
    /// They were read.
    Done {
        /// What was found in them.
        view: SignInsView,
        /// When they were read: milliseconds since 1970-01-01T00:00:00Z.
        at_ms: u64,
    },
}

/// State of the maintenance after setup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceView {
    /// What is being done.
    #[tsify(optional)]
    pub task: Option<MaintenanceTask>,
    /// How the last rotation of the client secret ended.
    pub findings: Vec<Finding>,
    /// Why the last action failed.
    #[tsify(optional)]
    pub error: Option<Finding>,
    /// How a removal or its restoration ended.
    #[tsify(optional)]
    pub outcome: Option<MaintenanceOutcome>,
    /// Whether something that was removed can be restored.
    pub can_restore: bool,
    /// Whether both products can be written to, and neither a reading nor a write is running.
    pub is_ready: bool,
    /// Whether both products can be written to.
    pub both_live: bool,
}

/// Everything that is to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own that is shown")]
pub struct View {
    /// The open section.
    pub section: Section,
    /// The place that it belongs to.
    pub place: Place,
    /// The sections of this place.
    pub sections: Vec<Section>,
    /// Why the last click on the icon had no effect.
    #[tsify(optional)]
    pub refusal: Option<Refusal>,
    /// Origins that the organisation's policy allows, if there is one.
    #[tsify(optional)]
    pub allowed_origins: Option<Vec<String>>,
    /// authentik's tab.
    pub authentik: ConnectionView,
    /// What was read of authentik; kept while it is read again.
    #[tsify(optional)]
    pub authentik_facts: Option<AuthentikView>,
    /// mailcow's tab.
    pub mailcow: ConnectionView,
    /// What was read of mailcow, compared with what is desired; kept while it is read again.
    #[tsify(optional)]
    pub mailcow_facts: Option<MailcowView>,
    /// The setup as it is edited.
    pub draft: SetupDraft,
    /// The draft, checked; absent before an authentik was read.
    #[tsify(optional)]
    pub checked: Option<DraftView>,
    /// Whether the organisation's policy allows the mailcow in the draft.
    pub mailcow_allowed: bool,
    /// Why a plan file cannot be loaded.
    #[tsify(optional)]
    pub plan_file: Option<PlanFileError>,
    /// What mailcow should store.
    pub choice: MailcowChoice,
    pub users: UsersView,
    /// The work at authentik.
    pub run: RunView,
    /// The users that are listed below the plan.
    #[tsify(optional)]
    pub listing: Option<UserFilter>,
    /// Whether something that was written to authentik can be undone.
    pub can_undo: bool,
    /// The client as authentik has registered it.
    #[tsify(optional)]
    pub registration: Option<RegistrationView>,
    /// mailcow's form; absent while it is not visible.
    #[tsify(optional)]
    pub form: Option<FormSeen>,
    /// The work in mailcow.
    pub work: MailcowWorkView,
    /// Whether Cowbell opened mailcow and its page was not connected since.
    pub opened: bool,
    /// The check of both sides.
    pub check: CheckStatus,
    /// Whether there is anything to check.
    pub can_check: bool,
    /// Whether the integration was removed and nothing else was requested since.
    pub removed: bool,
    /// Who can sign in.
    pub readiness: ReadinessStatus,
    /// The address or name that is being typed for a look-up.
    pub typed: String,
    /// The diagnosis of sign-ins.
    pub sign_ins: SignInsStatus,
    /// Whether sign-ins can be diagnosed, and a test sign-in is possible.
    pub offers: Offers,
    /// The test sign-in that is running.
    #[tsify(optional)]
    pub test_sign_in: Option<TestSignIn>,
    /// The maintenance after setup.
    pub maintenance: MaintenanceView,
    /// The password form of mailcow's login page; absent where there is nothing to hide or to show.
    #[tsify(optional)]
    pub password_form: Option<PasswordFormView>,
    /// The open question.
    #[tsify(optional)]
    pub question: Option<QuestionView>,
    /// The buttons at the bottom.
    pub bar: Vec<Button>,
    /// The numbers on the tabs.
    pub badges: Badges,
}

/// What else can be started in the section Check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Offers {
    /// Diagnosing sign-ins: one of the products is live.
    pub explain: bool,
    /// A test sign-in: both are live, and mailcow has an identity provider.
    pub test_sign_in: bool,
}

impl<B: Browser> Panel<B> {
    /// Returns what is to be shown now.
    #[must_use]
    pub fn view(&self) -> View {
        let state = self.state();
        let (authentik, mailcow) = (connection(&state, Product::Authentik), connection(&state, Product::Mailcow));
        let authentik_facts = self.app.authentik_view().filter(|view| {
            let tab = state.authentik.as_ref().filter(|tab| matches!(tab.standing, Standing::Read | Standing::Reading));
            tab.is_some_and(|tab| tab.is_at(&view.address))
        });
        let mailcow_facts = self.mailcow_view();
        let checked = authentik.is_live().then(|| self.app.check_draft(&state.draft).ok()).flatten();
        let both_live = [Product::Authentik, Product::Mailcow].into_iter().all(|product| state.page(product).is_some());
        let any_live = [Product::Authentik, Product::Mailcow].into_iter().any(|product| state.page(product).is_some());
        let has_provider = mailcow_facts.as_ref().is_some_and(|view| !view.provider.is_empty());
        View {
            section: state.section(),
            place: state.section().place(),
            sections: state.section().place().sections().collect(),
            refusal: state.refusal.clone(),
            allowed_origins: self.policy.origins(),
            authentik_facts,
            draft: state.draft.clone(),
            checked,
            mailcow_allowed: self.is_mailcow_allowed(),
            plan_file: state.plan_file,
            choice: state.choice.clone(),
            users: self.users_view(&state),
            run: self.run_view(&state),
            listing: state.listing,
            can_undo: self.app.can_undo(),
            registration: self.app.registration(),
            form: state.form.as_ref().and_then(|form| self.form_view(form, &state.choice)),
            work: work(&state, mailcow_facts.as_ref()),
            opened: state.opened,
            check: self.check_status(&state),
            can_check: any_live,
            removed: self.is_removed(),
            readiness: self.readiness_status(&state),
            typed: state.typed.clone(),
            sign_ins: sign_ins(&state.sign_ins),
            offers: Offers {
                explain: authentik.is_live() || mailcow.is_live(),
                test_sign_in: both_live && mailcow.is_live() && has_provider && !self.app.is_another_mailcow(),
            },
            test_sign_in: state.test_sign_in.clone(),
            maintenance: self.maintenance_view(&state.maintenance, both_live),
            password_form: self.password_form_view(),
            question: self.question_view(),
            bar: self.bar(),
            badges: self.badges(),
            authentik,
            mailcow,
            mailcow_facts,
        }
    }

    fn users_view(&self, state: &State) -> UsersView {
        match &state.users {
            Users::Unread => UsersView::Unread,
            Users::Reading { read, total } => UsersView::Reading { read: *read, total: *total },
            Users::Read => match self.app.count_users(&state.draft.audience) {
                Ok(directory) => UsersView::Read { directory },
                Err(_) => UsersView::Unread,
            },
            Users::Unreadable(error) => UsersView::Failed { error: error.into() },
        }
    }

    fn run_view(&self, state: &State) -> RunView {
        match &state.run {
            Run::None => RunView::None,
            Run::Planning => RunView::Planning,
            Run::Planned(plan) => RunView::Planned { plan: plan.clone(), outdated: !self.is_plan_current() },
            Run::Running { direction, progress, cancelling } => {
                RunView::Running { direction: *direction, progress: progress.clone(), cancelling: *cancelling }
            }
            Run::Applied(report) => RunView::Applied { report: report.clone() },
            Run::Undone(report) => RunView::Undone { report: report.clone() },
            Run::Failed(error) => RunView::Failed { error: error.into() },
        }
    }

    /// Whether applying the plan would do what it shows.
    pub(super) fn is_plan_current(&self) -> bool {
        self.app.standing_of_plan(&self.state().draft) == PlanStanding::Current
    }

    /// The form, if it is visible.
    pub(super) fn form_view(&self, form: &LiveForm, choice: &MailcowChoice) -> Option<FormSeen> {
        if !form.state.present || !form.state.visible {
            return None;
        }
        let view = match &form.discarded {
            Some(secret) => self.app.check_form_without_secret(&form.state, secret, choice),
            None => self.app.check_form(&form.state, choice),
        };
        let is_touched = form.first != form.values;
        let pair = form.pair.of(&form.values.credentials).cloned();
        let reach = form.reach.of(&text_of(&form.state, Field::TokenUrl)).cloned();
        let mut findings = view.findings.clone();
        findings.retain(|finding| is_touched || finding.code != Code::FieldEmpty);
        findings.extend(pair.clone());
        findings.extend(reach.clone());
        Some(FormSeen {
            view,
            findings,
            pair,
            proving: form.pair.asking,
            reach,
            testing: form.reach.asking,
            fixing: form.fixing.clone(),
        })
    }

    fn readiness_status(&self, state: &State) -> ReadinessStatus {
        match &state.readiness {
            Readiness::None => ReadinessStatus::None,
            Readiness::Absent => ReadinessStatus::Absent,
            Readiness::Reading => ReadinessStatus::Reading,
            Readiness::Failed(error) => ReadinessStatus::Failed { error: error.into() },
            Readiness::Done(table) => {
                let Table { view, outcome, reason, asking, verdicts, switching, switched, error, people, arrivals } = &**table;
                ReadinessStatus::Done {
                    view: view.clone(),
                    outcome: *outcome,
                    reason: *reason,
                    asking: *asking,
                    verdicts: verdicts.clone(),
                    switching: *switching,
                    switched: switched.clone().map(|(direction, result)| SwitchedView { direction, result }),
                    error: error.as_ref().map(Finding::from),
                    people: RequestedView::of(people, |list| self.people_shown(list, &state.wave)),
                    arrivals: RequestedView::of(arrivals, |arrivals| self.arrivals_shown(arrivals)),
                }
            }
        }
    }

    fn people_shown(&self, list: &PeopleList, next: &NextWave) -> Option<PeopleShown> {
        let PeopleList { filter, opened, writing, loaded } = list;
        let loaded = loaded.map(|loaded| match loaded {
            Ok(loaded) => LoadedView::Done(loaded),
            Err(error) => LoadedView::Refused { error },
        });
        Some(PeopleShown {
            view: self.app.people_view().ok()?,
            filter: filter.clone(),
            wave: self.app.wave_view(&next.mailboxes).ok()?,
            losing: self.app.losing_in_wave(&next.mailboxes).ok()?,
            untold: self.untold(next),
            ready: self.app.proposed_instead(&next.mailboxes).ok()?,
            opened: self.app.people_of(opened, &next.mailboxes).ok()?,
            writing: *writing,
            loaded,
        })
    }

    fn arrivals_shown(&self, arrivals: &Arrivals) -> Option<ArrivalsShown> {
        let opened = self.app.arrivals_of(&arrivals.opened).ok()?;
        Some(ArrivalsShown { view: self.app.arrivals_view().ok()?, filter: arrivals.filter, opened })
    }

    fn maintenance_view(&self, maintenance: &Maintenance, both_live: bool) -> MaintenanceView {
        MaintenanceView {
            task: maintenance.task,
            findings: maintenance.findings.clone(),
            error: maintenance.error.as_ref().map(Finding::from),
            outcome: maintenance.outcome,
            can_restore: self.app.can_restore(),
            is_ready: both_live && !self.state().is_reading() && self.app.writing().is_none(),
            both_live,
        }
    }
}

fn connection(state: &State, product: Product) -> ConnectionView {
    let Some(tab) = state.tab(product) else { return ConnectionView::Absent };
    let host = tab.host();
    match &tab.standing {
        Standing::Reading => ConnectionView::Reading { host },
        Standing::Read => ConnectionView::Live { host },
        Standing::Lost(why) => ConnectionView::Lost { host, why: *why },
        Standing::Unreadable(error) => ConnectionView::Failed { host, error: error.into() },
    }
}

/// The state of the work in mailcow. What Cowbell saved may have been changed by someone else since; then the outcome is not
/// shown.
fn work(state: &State, mailcow: Option<&MailcowView>) -> MailcowWorkView {
    let is_other = mailcow.is_some_and(|view| !view.matches());
    MailcowWorkView {
        task: state.work.task,
        error: state.work.error.as_ref().map(Finding::from),
        filled: state.work.filled.clone(),
        outcome: state.work.outcome.filter(|outcome| *outcome != SaveOutcome::Saved || !is_other),
    }
}

fn sign_ins(sign_ins: &SignIns) -> SignInsStatus {
    match sign_ins {
        SignIns::None => SignInsStatus::None,
        SignIns::Explaining => SignInsStatus::Explaining,
        SignIns::Done { view, at_ms } => SignInsStatus::Done { view: view.clone(), at_ms: *at_ms },
    }
}
