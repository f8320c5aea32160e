//! The password form of mailcow's login page: hides it once everybody signs in with authentik, and shows it again
//! (docs/contract/rollout.md, "Hiding the password form"). Administrators have a login page of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::hidden_forms::HiddenForms;
use super::people::{PeopleQuery, Wave};
use super::state::{PeopleFilter, Readiness, ShownForm, ShownLogin};
use super::{Cowbell, Error, MailcowSeen};
use crate::authentik::User;
use crate::mailcow::custom_login::{self, Changed};
use crate::mailcow::{self, CustomLogin, GENERIC_OIDC, LoginPage, save};
use crate::setup::Origin;
use crate::transport::{Host, Work, WriteGuard};
use crate::verify::readiness::Outcome;
use crate::verify::switch_cost::SwitchCost;
use crate::verify::{Code, Finding};

/// The password form of the connected mailcow, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordForm {
    /// Whether this mailcow can hide it.
    pub can_be_hidden: bool,
    /// Whether mailcow has an identity provider without which nobody could sign in any more.
    pub has_provider: bool,
    /// Whether it is hidden; `None` if that is not known.
    pub is_hidden: Option<bool>,
    /// Whether Cowbell has hidden it.
    pub is_own: bool,
}

/// Who could not sign in at mailcow's web interface any more without the password form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PasswordFormStake {
    /// Whether it is known who can sign in; otherwise the numbers are 0.
    pub is_known: bool,
    /// Mailboxes of users that have a password.
    pub passwords: usize,
    /// Mailboxes that have a password and belong to no user of authentik.
    pub nobodys: usize,
    /// Users who cannot sign in with authentik, or of whom that is not known, without those whose mailbox is one of `passwords`,
    /// disabled users and service accounts.
    pub kept_out: usize,
}

impl PasswordFormStake {
    /// Whether everybody who is to sign in can.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.is_known && self.passwords == 0 && self.kept_out == 0
    }
}

/// The names of those who could not sign in without the password form: none where there are more than three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PasswordFormNames {
    /// Addresses of mailboxes.
    pub passwords: Vec<String>,
    /// Addresses of mailboxes.
    pub nobodys: Vec<String>,
    /// User names.
    pub kept_out: Vec<String>,
}

/// Maximum number that is named.
const NAMED: usize = 3;

/// What a removal of the integration does with the password form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PasswordFormAtRemoval {
    /// It stays as it is.
    #[default]
    Stays,
    /// It is shown again, because Cowbell has hidden it.
    Shown,
    /// Cowbell has hidden it, and somebody has changed the login pages since: it stays hidden.
    Changed {
        /// mailcow's names of the switches.
        fields: Vec<String>,
    },
}

impl<O: Host> Cowbell<O> {
    /// Restores what earlier panels have stored of password forms that they have hidden.
    pub fn restore_password_forms(&self, kept: &BTreeMap<String, String>) {
        self.state.borrow_mut().session.hidden_forms = HiddenForms::restore(kept);
    }

    /// The password form of the connected mailcow, as it was read last.
    #[must_use]
    pub fn password_form(&self) -> Option<PasswordForm> {
        let seen = self.seen().ok()?;
        let is_hidden = seen.snapshot.login_page.map(|page| !page.has_password);
        Some(PasswordForm {
            can_be_hidden: seen.snapshot.features.custom_login,
            has_provider: seen.snapshot.provider.authsource == GENERIC_OIDC,
            is_hidden,
            is_own: is_hidden == Some(true) && self.hidden_form(&seen.origin).is_some(),
        })
    }

    /// Who could not sign in at the web interface any more without the password form, by the table of who can sign in.
    #[must_use]
    pub fn password_form_stake(&self) -> PasswordFormStake {
        let unknown = PasswordFormStake::default();
        let Ok(readiness) = self.readiness() else { return unknown };
        let Some(people) = self.people_view().ok().filter(|_| readiness.mailcow.snapshot.mailboxes.is_some()) else {
            return unknown;
        };
        let nobodys = people.costs.iter().find(|counted| counted.cost == SwitchCost::KeepsPassword);
        let nobodys = nobodys.map_or(0, |counted| counted.count);
        let kept_out = kept_out_otherwise(&readiness).len();
        PasswordFormStake { is_known: true, passwords: people.mailboxes - nobodys, nobodys, kept_out }
    }

    /// Who they are, as far as they are few.
    #[must_use]
    pub fn password_form_names(&self) -> PasswordFormNames {
        let PasswordFormStake { is_known: true, passwords, nobodys, kept_out } = self.password_form_stake() else {
            return PasswordFormNames::default();
        };
        let addresses = |is_nobodys: bool, count: usize| {
            let of_cost = |cost: &SwitchCost| (*cost == SwitchCost::KeepsPassword) == is_nobodys && count <= NAMED;
            let mut names = BTreeSet::new();
            for cost in SwitchCost::ALL.into_iter().filter(of_cost) {
                let filter = PeopleFilter { cost: Some(cost), ..PeopleFilter::default() };
                let query = PeopleQuery { filter, limit: usize::MAX, ..PeopleQuery::default() };
                let found = self.find_people(&query, &Wave::default()).unwrap_or_default();
                names.extend(found.rows.into_iter().map(|row| row.address));
            }
            names.into_iter().collect()
        };
        let readiness = self.readiness().ok().filter(|_| kept_out <= NAMED);
        let users = readiness.map(|readiness| {
            let users = kept_out_otherwise(&readiness);
            users.into_iter().map(|user| user.username.to_string()).collect()
        });
        PasswordFormNames {
            passwords: addresses(false, passwords),
            nobodys: addresses(true, nobodys),
            kept_out: users.unwrap_or_default(),
        }
    }

    /// Whether somebody would miss the password form, or that is not known.
    #[must_use]
    pub fn is_password_form_needed(&self) -> bool {
        // The table says it at once, as long as somebody has a password; to look whose mailboxes have one takes longer.
        let is_refused = self.readiness().map(|readiness| readiness.table.counts.iter().any(|(code, _)| is_kept_out(*code)));
        is_refused.unwrap_or(true) || !self.password_form_stake().is_nothing()
    }

    /// Reads what the login pages of the connected mailcow show, so that a question can name it: [`Self::hide_password_form`] and
    /// [`Self::show_password_form`] then change this, and nothing that somebody has changed since. Returns whether the form is hidden.
    ///
    /// # Errors
    /// Before a mailcow was read, when it is too old or cannot be read, or when another one was connected meanwhile.
    pub async fn read_password_form(&self) -> Result<bool, Error> {
        let host = self.bound();
        self.state.borrow_mut().login_shown = None;
        let seen = self.seen()?;
        if !seen.snapshot.features.custom_login {
            return Err(mailcow::Error::NoCustomLogin.into());
        }
        let now = custom_login::read(&host, &seen.origin).await?;
        if !self.is_seen(&seen.origin) {
            return Err(Error::TabGone);
        }
        self.note_password_form(&host, &seen.origin, Some(now), self.hidden_form(&seen.origin)).await;
        Ok(now.force_sso)
    }

    /// Hides the password form of the login page, leaves everything else of the login pages as it is, and reads them back.
    ///
    /// # Errors
    /// [`Error::NothingObserved`] unless [`Self::read_password_form`] has shown them. [`Error::SettingsMissing`] without a complete
    /// identity provider, because nobody could sign in any more. [`mailcow::Error::LoginPageChanged`] or [`mailcow::Error::Changed`] when
    /// somebody has changed login pages or identity provider since. When mailcow refuses or did not store it.
    pub async fn hide_password_form(&self) -> Result<(), Error> {
        let guard = self.begin(Work::HidePasswordForm)?;
        let host = self.bound();
        let (seen, shown) = self.login_shown()?;
        let stored = save::read_back(&host, &seen.origin).await?;
        let fields = stored.changed_since(&seen.snapshot.provider);
        if !fields.is_empty() {
            return Err(mailcow::Error::Changed { fields }.into());
        }
        // Otherwise mailcow shows no button either (docs/contract/mailcow.md, section 7).
        if stored.authsource != GENERIC_OIDC || !stored.missing().is_empty() {
            return Err(Error::SettingsMissing);
        }
        self.hide(&host, &guard, &seen.origin, shown).await.error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Shows the password form of the login page again, whoever has hidden it, and reads the login pages back.
    ///
    /// # Errors
    /// As [`Self::hide_password_form`], whatever the identity provider is.
    pub async fn show_password_form(&self) -> Result<(), Error> {
        let guard = self.begin(Work::ShowPasswordForm)?;
        let host = self.bound();
        let (seen, shown) = self.login_shown()?;
        self.show_form(&host, &guard, &seen.origin, shown).await.error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Shows the password form before the identity provider is removed, as the question has shown it; returns what a restoration
    /// needs.
    pub(super) async fn show_for_removal(
        &self,
        host: &impl Host,
        guard: &WriteGuard,
        mailcow: &Origin,
        shown: CustomLogin,
    ) -> (Option<ShownForm>, Result<(), Error>) {
        let changed = self.show_form(host, guard, mailcow, shown).await;
        let is_shown = changed.is_sent && changed.now.is_none_or(|now| !now.force_sso);
        let form = ShownForm { origin: mailcow.clone(), left: shown.with_force_sso(false) };
        (is_shown.then_some(form), changed.error.map_or(Ok(()), |error| Err(error.into())))
    }

    /// Hides the password form again that a removal has shown. Returns what it left, because somebody has changed it since.
    ///
    /// # Errors
    /// When mailcow cannot be read or changed; it can be called again.
    pub(super) async fn hide_again(
        &self,
        host: &impl Host,
        guard: &WriteGuard,
        ShownForm { origin, left }: &ShownForm,
    ) -> Result<Option<Finding>, Error> {
        if save::read_back(host, origin).await?.authsource != GENERIC_OIDC {
            return Ok(Some(Finding::from(&Error::SettingsMissing)));
        }
        let Changed { now, error, .. } = self.hide(host, guard, origin, *left).await;
        match error.map(Error::from) {
            Some(_) if now == Some(left.with_force_sso(true)) => Ok(None),
            Some(error @ Error::Mailcow(mailcow::Error::LoginPageChanged { .. })) => Ok(Some(Finding::from(&error))),
            Some(error) => Err(error),
            None => Ok(None),
        }
    }

    /// What a removal would do with the password form, and the login pages if it changes them.
    ///
    /// # Errors
    /// When mailcow cannot be read.
    pub(super) async fn password_form_at_removal(
        &self,
        host: &impl Host,
        mailcow: &Origin,
    ) -> Result<(PasswordFormAtRemoval, Option<CustomLogin>), Error> {
        let Some(left) = self.hidden_form(mailcow) else { return Ok((PasswordFormAtRemoval::Stays, None)) };
        let now = match custom_login::read(host, mailcow).await {
            // What is not understood is not changed.
            Err(mailcow::Error::Unexpected { .. }) => return Ok((PasswordFormAtRemoval::Stays, None)),
            read => read?,
        };
        self.note_password_form(host, mailcow, Some(now), Some(left)).await;
        let fields = now.changed_since(left);
        Ok(match () {
            () if !now.force_sso => (PasswordFormAtRemoval::Stays, None),
            () if fields.is_empty() => (PasswordFormAtRemoval::Shown, Some(now)),
            () => (PasswordFormAtRemoval::Changed { fields }, None),
        })
    }

    /// Forgets that Cowbell has hidden the password form of a mailcow that shows it.
    pub(super) async fn forget_shown_form(&self, host: &impl Host, seen: &MailcowSeen) {
        if seen.snapshot.login_page.is_some_and(|page| page.has_password) {
            let texts = self.state.borrow_mut().session.hidden_forms.set(&seen.origin, None);
            store(host, texts).await;
        }
    }

    async fn hide(&self, host: &impl Host, guard: &WriteGuard, mailcow: &Origin, shown: CustomLogin) -> Changed {
        let earlier = self.hidden_form(mailcow);
        let desired = shown.with_force_sso(true);
        // Before the write: its response may get lost, and the panel may be closed.
        let texts = self.state.borrow_mut().session.hidden_forms.set(mailcow, Some(desired));
        store(host, texts).await;
        let changed = custom_login::set_force_sso(host, guard, mailcow, shown, true).await;
        let is_hidden = changed.is_sent && changed.now.is_none_or(|now| now.force_sso);
        self.note_password_form(host, mailcow, changed.now, if is_hidden { Some(desired) } else { earlier }).await;
        changed
    }

    async fn show_form(&self, host: &impl Host, guard: &WriteGuard, mailcow: &Origin, shown: CustomLogin) -> Changed {
        let changed = custom_login::set_force_sso(host, guard, mailcow, shown, false).await;
        self.note_password_form(host, mailcow, changed.now, self.hidden_form(mailcow)).await;
        changed
    }

    /// Notes what the login pages of a mailcow show now, if that is known, and how Cowbell left them if it has hidden the form.
    async fn note_password_form(&self, host: &impl Host, mailcow: &Origin, now: Option<CustomLogin>, left: Option<CustomLogin>) {
        let is_hidden = now.is_none_or(|now| now.force_sso);
        let texts = self.state.borrow_mut().session.hidden_forms.set(mailcow, left.filter(|_| is_hidden));
        store(host, texts).await;
        let Some(seen) = self.seen().ok().filter(|seen| seen.origin == *mailcow) else { return };
        self.state.borrow_mut().login_shown = now.map(|login| ShownLogin { mailcow: mailcow.clone(), login });
        let page = now.map(|now| LoginPage {
            has_password: !now.force_sso,
            has_button: seen.snapshot.login_page.and_then(|page| page.has_button),
        });
        // Facts that are the same stay the same.
        if seen.snapshot.login_page != page {
            self.remember(seen.with_login_page(page));
        }
    }

    /// The connected mailcow, and its login pages as they were shown.
    fn login_shown(&self) -> Result<(std::rc::Rc<MailcowSeen>, CustomLogin), Error> {
        let seen = self.seen()?;
        let shown = self.state.borrow_mut().login_shown.take().filter(|shown| shown.mailcow == seen.origin);
        Ok((seen, shown.ok_or(Error::NothingObserved)?.login))
    }

    fn hidden_form(&self, mailcow: &Origin) -> Option<CustomLogin> {
        self.state.borrow().session.hidden_forms.of(mailcow)
    }

    fn is_seen(&self, mailcow: &Origin) -> bool {
        self.seen().is_ok_and(|seen| seen.origin == *mailcow)
    }
}

/// Whether somebody is kept out who is to sign in. Every authentik has a service account, and a disabled user is kept out on purpose: a
/// password that their mailbox may have is counted with the passwords.
fn is_kept_out(verdict: Code) -> bool {
    let is_to_sign_in = !matches!(verdict, Code::UserServiceAccount | Code::UserInactive);
    is_to_sign_in && (Outcome::of(verdict).is_refused() || Outcome::of(verdict) == Outcome::Unknown)
}

/// Users who are kept out, and whose mailbox has no password.
fn kept_out_otherwise(readiness: &Readiness) -> Vec<&User> {
    // The rules are not made where nobody is.
    let is_somebody = readiness.table.counts.iter().any(|(code, _)| is_kept_out(*code));
    let rules = is_somebody.then(|| readiness.rules());
    let has_password = |user| rules.as_ref().is_some_and(|rules| readiness.own_password(rules.address_of(user)).is_some());
    let kept_out = readiness.chosen().filter(|(.., verdict)| is_somebody && is_kept_out(*verdict));
    kept_out.map(|(_, user, _)| user).filter(|user| !has_password(user)).collect()
}

/// Stores what outlives the panel. A browser without space for it does not prevent the change: this panel knows what it has done.
async fn store(host: &impl Host, texts: Vec<(String, String)>) {
    if !texts.is_empty() {
        let _ = host.keep(texts).await;
    }
}
