//! The password form of mailcow's login page: hidden once everybody signs in with authentik.

use serde::Serialize;
use tsify::Tsify;

use super::Panel;
use super::browser::Browser;
use super::state::{PasswordForm, PasswordFormQuestion, PasswordFormTask, Question};
use crate::app::{self, Error};
use crate::mailcow::api;
use crate::setup::Origin;
use crate::transport::Product;
use crate::verify::Finding;

/// The password form of the login page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own that is shown")]
pub struct PasswordFormView {
    /// Whether this mailcow can hide it.
    pub can_be_hidden: bool,
    /// Whether it is hidden; absent if that is not known.
    #[tsify(optional)]
    pub is_hidden: Option<bool>,
    /// Whether Cowbell has hidden it.
    pub is_own: bool,
    /// Whether it is shown and everybody who is to sign in can do so without it.
    pub is_safe: bool,
    /// Where administrators sign in, with or without it.
    pub admin_page: String,
    /// What is being done.
    #[tsify(optional)]
    pub task: Option<PasswordFormTask>,
    /// Why the last action failed.
    #[tsify(optional)]
    pub error: Option<Finding>,
    /// Whether it was hidden or shown, and is so.
    pub is_done: bool,
    /// Whether mailcow can be read and changed now.
    pub is_ready: bool,
}

impl<B: Browser> Panel<B> {
    /// The password form, where there is something to hide or to show.
    pub(super) fn password_form_view(&self) -> Option<PasswordFormView> {
        let mailcow = self.mailcow_view()?;
        let app::PasswordForm { can_be_hidden, has_provider, is_hidden, is_own } = self.app.password_form()?;
        if !has_provider && is_hidden != Some(true) {
            return None;
        }
        let state = self.state();
        let PasswordForm { task, error, done } = &state.password_form;
        let error = error.as_ref().filter(|(at, _)| *at == mailcow.address);
        Some(PasswordFormView {
            can_be_hidden,
            is_hidden,
            is_own,
            is_safe: mailcow.matches() && is_hidden != Some(true) && !self.app.is_password_form_needed(),
            admin_page: admin_page_of(&mailcow.address)?,
            task: *task,
            error: error.map(|(_, error)| Finding::from(error)),
            is_done: done.as_ref() == Some(&mailcow.address),
            is_ready: state.is_read(Product::Mailcow) && task.is_none() && self.app.writing().is_none(),
        })
    }

    /// What a question about the password form of the connected mailcow names.
    pub(super) fn password_form_question(&self) -> Option<PasswordFormQuestion> {
        let form = self.app.password_form()?;
        let view = self.app.mailcow_view(&self.state().choice).ok()?;
        Some(PasswordFormQuestion {
            admin_page: admin_page_of(&view.address)?,
            stake: self.app.password_form_stake(),
            names: self.app.password_form_names(),
            provider_matches: view.matches(),
            is_own: form.is_own,
        })
    }

    /// Reads the login page for a question about its password form. Returns whether there is something to ask: somebody may have
    /// answered it in mailcow by now.
    pub(super) async fn read_password_form(&self, question: &Question) -> bool {
        if self.state().password_form.task.is_some() || self.app.writing().is_some() {
            return false;
        }
        let Some(at) = self.begin_password_form(PasswordFormTask::Read) else { return false };
        let read = self.app.read_password_form().await;
        let is_open = read.as_ref().is_ok_and(|is_hidden| *is_hidden == (*question == Question::ShowPasswordForm));
        self.end_password_form(at, read.map(drop), false);
        is_open
    }

    /// Hides the password form.
    pub(super) async fn hide_password_form(&self) {
        let Some(at) = self.begin_password_form(PasswordFormTask::Hide) else { return };
        let hidden = self.app.hide_password_form().await;
        self.end_password_form(at, hidden, true);
    }

    /// Shows the password form again.
    pub(super) async fn show_password_form(&self) {
        let Some(at) = self.begin_password_form(PasswordFormTask::Show) else { return };
        let shown = self.app.show_password_form().await;
        self.end_password_form(at, shown, true);
    }

    /// Returns the mailcow that it is about.
    fn begin_password_form(&self, task: PasswordFormTask) -> Option<String> {
        let at = self.mailcow_view()?.address;
        self.resume();
        self.change(|state| state.password_form = PasswordForm { task: Some(task), ..PasswordForm::default() });
        Some(at)
    }

    fn end_password_form(&self, at: String, ended: Result<(), Error>, is_change: bool) {
        self.change(|state| {
            state.password_form = match ended {
                Ok(()) => PasswordForm { done: is_change.then_some(at), ..PasswordForm::default() },
                Err(error) => PasswordForm { error: Some((at, error)), ..PasswordForm::default() },
            };
        });
    }
}

fn admin_page_of(address: &str) -> Option<String> {
    Origin::of(address).map(|origin| api::admin_page_address(&origin))
}
