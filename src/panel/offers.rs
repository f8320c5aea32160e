//! What can be pressed: the bar at the bottom and the open question; and the numbers on the tabs.

use serde::Serialize;
use tsify::Tsify;

use super::Panel;
use super::browser::Browser;
use super::check::CheckStatus;
use super::connection::host_of;
use super::state::{
    MailcowTask, PasswordFormQuestion, Place, Question, QuestionView, Readiness, Run, RunDirection, Section, State, Tab,
};
use crate::app::PasswordFormAtRemoval;
use crate::mailcow::folded;
use crate::transport::Product;
use crate::verify::{Finding, Severity};

/// What a button of the bar does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum BarAction {
    /// Makes a plan and shows it.
    Plan,
    /// Applies the plan.
    Apply,
    /// Cancels the running work.
    Cancel,
    /// Asks whether to undo what was written.
    AskUndo,
    /// Opens mailcow.
    OpenMailcow,
    /// Fills in mailcow's form.
    Fill,
    /// Asks whether to save in mailcow.
    AskSave,
    /// Opens the section Check.
    GoToCheck,
    /// Checks both sides.
    Check,
    /// Asks whether to switch the mailboxes of the wave.
    AskSwitchWave,
    /// Shows the messages for the owners of the wave.
    WriteMessages,
}

/// Label of a button of the bar: keys of the panel's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ButtonLabel {
    /// "Show plan".
    SetupShow,
    /// "Apply" with the number of changes.
    PlanApply,
    Cancel,
    Undo,
    OpenMailcow,
    /// "Read again".
    ReadAgain,
    GoOn,
    MailcowShowForm,
    MailcowCheck,
    /// "Save for me".
    MailcowSave,
    /// While that is running.
    MailcowSaving,
    MailcowFill,
    MailcowFillAgain,
    /// While that is running.
    MailcowFilling,
    CheckRun,
    CheckAgain,
    /// "Switch…" with the number of mailboxes.
    PeopleSwitch,
    /// The same, where something else comes first.
    PeopleSwitchNow,
    /// "Write messages…".
    PeopleWrite,
    /// While that is running.
    CheckChecking,
}

/// A short text beside the button that cancels the running work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ButtonNote {
    /// What was done so far can be undone.
    RunUndoable,
    /// The tab has to stay open.
    RunNote,
    /// It can be undone only until the panel is closed.
    UndoNotKept,
}

/// A button of the bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Button {
    /// What the button does.
    pub action: BarAction,
    /// Its label.
    pub label: ButtonLabel,
    /// The number in its label; 0 if there is none.
    pub count: usize,
    /// Whether it is the primary button; the bar has at most one.
    pub main: bool,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// The text beside it.
    #[tsify(optional)]
    pub note: Option<ButtonNote>,
}

impl Button {
    fn new(action: BarAction, label: ButtonLabel) -> Self {
        Self { action, label, count: 0, main: false, enabled: true, note: None }
    }

    fn main(self) -> Self {
        Self { main: true, ..self }
    }

    fn enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }
}

/// The numbers on the tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct Badges {
    /// Changes that are not applied yet.
    pub plan: usize,
    /// Problems in mailcow's form.
    pub mailcow: usize,
    /// Problems that the check found.
    pub check: usize,
}

impl<B: Browser> Panel<B> {
    /// The buttons at the bottom; none while a question is open.
    pub(super) fn bar(&self) -> Vec<Button> {
        let state = self.state();
        if state.question.is_some() {
            return Vec::new();
        }
        match state.section() {
            Section::Setup => self.setup_bar(&state),
            Section::Plan => self.plan_bar(&state),
            Section::Mailcow => self.mailcow_bar(&state),
            Section::Check | Section::Readiness | Section::Switch | Section::Arrivals => self.check_bar(&state),
            Section::Maintain => Vec::new(),
        }
    }

    fn setup_bar(&self, state: &State) -> Vec<Button> {
        if !state.is_read(Product::Authentik) || state.refusal.is_some() || self.is_running() {
            return Vec::new();
        }
        vec![Button::new(BarAction::Plan, ButtonLabel::SetupShow).main().enabled(self.can_plan())]
    }

    fn plan_bar(&self, state: &State) -> Vec<Button> {
        let is_live = state.is_read(Product::Authentik);
        let note = self.app.is_undo_lost_with_panel().then_some(ButtonNote::UndoNotKept);
        let undo =
            (self.app.can_undo() && is_live).then(|| Button { note, ..Button::new(BarAction::AskUndo, ButtonLabel::Undo) });
        let read = |label| is_live.then(|| Button::new(BarAction::Plan, label));
        let onward = || match self.app.registration() {
            Some(_) => Some(Button::new(BarAction::OpenMailcow, ButtonLabel::OpenMailcow).main()),
            None => read(ButtonLabel::ReadAgain),
        };
        let second = match &state.run {
            Run::Running { direction, cancelling, .. } => {
                // What was undone is not made again.
                let note = (*direction == RunDirection::Apply).then_some(ButtonNote::RunUndoable);
                return vec![Button { note, ..Button::new(BarAction::Cancel, ButtonLabel::Cancel).enabled(!cancelling) }];
            }
            Run::Planned(_) if !self.is_plan_current() => read(ButtonLabel::ReadAgain).map(Button::main),
            Run::Planned(plan) if plan.writes > 0 => {
                let apply = Button { count: plan.writes, ..Button::new(BarAction::Apply, ButtonLabel::PlanApply) };
                Some(apply.main().enabled(is_live && self.app.writing().is_none() && self.is_mailcow_allowed()))
            }
            Run::Applied(report) if !report.in_sync => read(ButtonLabel::GoOn).map(Button::main),
            Run::Planned(_) | Run::Applied(_) => onward(),
            Run::Undone(_) => read(ButtonLabel::ReadAgain),
            Run::None if undo.is_some() && self.can_plan() => read(ButtonLabel::SetupShow).map(Button::main),
            Run::None | Run::Planning | Run::Failed(_) => None,
        };
        undo.into_iter().chain(second).collect()
    }

    fn mailcow_bar(&self, state: &State) -> Vec<Button> {
        let Some(view) = self.mailcow_view().filter(|_| state.is_read(Product::Mailcow)) else { return Vec::new() };
        let is_idle = state.work.task.is_none() && self.app.writing().is_none();
        let Some(client) = self.app.registration() else {
            let is_form_seen = state.form.as_ref().is_some_and(|form| form.state.present && form.state.visible);
            let show = Button::new(BarAction::Fill, ButtonLabel::MailcowShowForm).main().enabled(is_idle);
            return if is_form_seen { Vec::new() } else { vec![show] };
        };
        if view.matches() && client.remaining == 0 {
            return vec![Button::new(BarAction::GoToCheck, ButtonLabel::MailcowCheck).main()];
        }
        let save = if state.work.task == Some(MailcowTask::Save) { ButtonLabel::MailcowSaving } else { ButtonLabel::MailcowSave };
        let fill = match state.work.task {
            _ if state.work.filled.is_some() => ButtonLabel::MailcowFillAgain,
            Some(MailcowTask::Go | MailcowTask::Fill) => ButtonLabel::MailcowFilling,
            _ => ButtonLabel::MailcowFill,
        };
        let fill = Button::new(BarAction::Fill, fill).enabled(is_idle);
        let leads_on = state.work.filled.is_none() && client.remaining == 0;
        vec![Button::new(BarAction::AskSave, save).enabled(is_idle), if leads_on { fill.main() } else { fill }]
    }

    fn check_bar(&self, state: &State) -> Vec<Button> {
        if let Readiness::Done(table) = &state.readiness
            && let Some(switching) = table.switching
        {
            let note = Some(ButtonNote::RunNote);
            return vec![Button { note, ..Button::new(BarAction::Cancel, ButtonLabel::Cancel).enabled(!switching.cancelling) }];
        }
        if !state.is_read(Product::Authentik) && !state.is_read(Product::Mailcow) {
            return Vec::new();
        }
        let label = match self.check_status(state) {
            CheckStatus::Checking => ButtonLabel::CheckChecking,
            CheckStatus::None => ButtonLabel::CheckRun,
            CheckStatus::Done { .. } if state.section().place() == Place::People => ButtonLabel::ReadAgain,
            CheckStatus::Done { .. } => ButtonLabel::CheckAgain,
        };
        let check = Button::new(BarAction::Check, label).enabled(label != ButtonLabel::CheckChecking);
        let Some(count) = self.switchable_wave(state) else { return vec![check.main()] };
        let switch =
            |label| Button { count, ..Button::new(BarAction::AskSwitchWave, label) }.enabled(self.app.writing().is_none());
        // Who loses something and was not written to is written to first. The other sections of this place read again, too.
        if self.untold(&state.wave) > 0 {
            let write = Button::new(BarAction::WriteMessages, ButtonLabel::PeopleWrite).main();
            return vec![switch(ButtonLabel::PeopleSwitchNow), write];
        }
        vec![check, switch(ButtonLabel::PeopleSwitch).main()]
    }

    /// How many mailboxes the wave has, where it is shown and can be switched.
    fn switchable_wave(&self, state: &State) -> Option<usize> {
        let (table, _) = (state.table()?, state.people()?);
        let is_shown = state.section() == Section::Switch && !table.view.planned && state.is_read(Product::Mailcow);
        let view = is_shown.then(|| self.app.wave_view(&state.wave.mailboxes).ok()).flatten();
        view.map(|view| view.mailboxes).filter(|mailboxes| *mailboxes > 0)
    }

    pub(super) fn question_view(&self) -> Option<QuestionView> {
        let state = self.state();
        let question = state.question.clone()?;
        // What is known, not where the tab is by now: that may be another one, which could not be read.
        let tab = |product| state.tab(product).map(Tab::host).unwrap_or_default();
        let authentik = self.app.authentik_address().map_or_else(|| tab(Product::Authentik), |address| host_of(&address));
        let mailcow = self.app.mailcow_view(&state.choice).map_or_else(|_| tab(Product::Mailcow), |view| host_of(&view.address));
        let leaves = Some(&question).filter(|question| **question == Question::Save).and_then(|_| self.app.left_by_save());
        let is_about_client = matches!(question, Question::Rotate | Question::Remove);
        let wave = match &question {
            Question::Switch { address } => self.app.wave_view(&[folded(address).into()].into()).ok(),
            Question::SwitchWave => state.people().and_then(|_| self.app.wave_view(&state.wave.mailboxes).ok()),
            _ => None,
        };
        let switched = match &question {
            Question::SwitchBack { address } if !address.is_empty() => 1,
            Question::SwitchBackWave => state.table().map_or(0, |table| table.view.last_wave),
            _ => state.table().map_or(0, |table| table.view.switched),
        };
        let removal = state.maintenance.removal.clone().filter(|_| question == Question::Remove);
        let removes_provider = match &question {
            Question::Remove => removal.as_ref().is_some_and(|removal| removal.in_mailcow),
            Question::Restore => self.app.restores_no_provider(),
            _ => false,
        };
        let is_back = matches!(question, Question::SwitchBack { .. } | Question::SwitchBackWave);
        let is_about_form = matches!(question, Question::HidePasswordForm | Question::ShowPasswordForm);
        let password_form = is_about_form.then(|| self.password_form_question()).flatten();
        let shows_form = removal.as_ref().is_some_and(|removal| removal.password_form == PasswordFormAtRemoval::Shown);
        let is_dangerous = match &question {
            Question::Save | Question::Rotate | Question::ShowPasswordForm => false,
            Question::HidePasswordForm => !password_form.as_ref().is_some_and(PasswordFormQuestion::is_safe),
            _ => true,
        };
        Some(QuestionView {
            authentik,
            mailcow,
            leaves: leaves.unwrap_or_default(),
            others: if is_about_client { self.app.others_with_client() } else { Vec::new() },
            // Without a list nobody knows who would be switched.
            is_ready: state.can_answer() && (question != Question::SwitchWave || wave.is_some()),
            is_dangerous,
            removal,
            closes_login_page: removes_provider && !shows_form && self.app.needs_provider_to_sign_in(),
            wave,
            switched,
            lacks_password_form: is_back && self.app.password_form().is_some_and(|form| form.is_hidden == Some(true)),
            password_form,
            question,
        })
    }

    pub(super) fn badges(&self) -> Badges {
        let state = self.state();
        let form = state.form.as_ref().and_then(|form| self.form_view(form, &state.choice));
        Badges {
            plan: match &state.run {
                Run::Planned(plan) if self.is_plan_current() => plan.writes,
                _ => 0,
            },
            mailcow: form.map_or(0, |form| problems(&form.findings)),
            check: match self.check_status(&state) {
                CheckStatus::Done { findings } => problems(&findings),
                CheckStatus::None | CheckStatus::Checking => 0,
            },
        }
    }
}

fn problems(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Problem).count()
}
