//! mailcow's form while its page is loaded: it is checked whenever it changes, and its client credentials are verified.

use super::Panel;
use super::browser::{Browser, PageError};
use super::state::{LiveForm, Verification};
use crate::app::Error;
use crate::mailcow::script::{FillRefusal, Script, ScriptEnd};
use crate::mailcow::{Field, FormState};
use crate::setup::{ClientSecret, Secret};
use crate::transport::{PageId, Product};
use crate::verify::{Finding, Fix};

/// Fields on which the verification of the client credentials depends.
const PROVEN: [Field; 3] = [Field::ClientId, Field::ClientSecret, Field::TokenUrl];

/// Why the form could not be filled in.
pub(super) enum FillError {
    /// Its page went away: another one is read and reports its own state.
    PageGone,
    /// Anything else.
    Refused(Error),
}

impl From<PageError> for FillError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Gone => Self::PageGone,
            PageError::Silent => Self::Refused(FillRefusal::Silent.into()),
        }
    }
}

impl From<Error> for FillError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl<B: Browser> Panel<B> {
    pub(super) fn watch_form(&self, page: PageId) {
        self.browser.watch_form(page);
    }

    pub(super) async fn form_changed(&self, page: PageId, form: FormState, settled: bool) {
        if self.form_read(page, form) && settled {
            self.verify_form().await;
        }
    }

    /// Verifies the client credentials if all of them are in the form, and it is mailcow's as far as can be told. Called when the
    /// administrator has entered a value, or Cowbell has: what a script of the page enters is no reason to send anything.
    pub(super) async fn verify_form(&self) {
        let due = {
            let mut state = self.state.borrow_mut();
            // What stands in the place of a discarded secret is none.
            let sound = |form: &&mut LiveForm| {
                form.discarded.is_none() && form.state.visible && form.state.flaw.is_none() && !form.state.is_ambiguous()
            };
            let Some(form) = state.form.as_mut().filter(sound) else { return };
            let pair = pair_of(&form.state);
            let is_whole = pair.iter().all(|value| !value.is_empty());
            if is_whole {
                form.pair.due = Some(pair);
            }
            is_whole
        };
        if due {
            self.verify().await;
        }
    }

    /// Verifies what was not verified because no authentik was known at the token endpoint, now that one was read.
    pub(super) async fn verify_postponed(&self) {
        let is_postponed = self.state().form.as_ref().is_some_and(|form| {
            form.lacks_endpoint() && form.pair.about.as_ref().is_some_and(|(about, _)| *about == pair_of(&form.state))
        });
        if is_postponed {
            self.verify_form().await;
        }
    }

    /// Stores the form that was read. Returns whether it belongs to the live page.
    pub(super) fn form_read(&self, page: PageId, form: FormState) -> bool {
        let is_current = self.state().page(Product::Mailcow).is_some_and(|live| live.id == page);
        if is_current {
            self.change(|state| {
                if let Some(known) = &mut state.form {
                    (known.state, known.discarded) = (form, None);
                    return;
                }
                let first = form.controls.clone();
                state.form = Some(LiveForm {
                    page,
                    state: form,
                    first,
                    pair: Verification::default(),
                    reach: Verification::default(),
                    fixing: None,
                    discarded: None,
                });
            });
        }
        is_current
    }

    /// Verifies the client credentials. One verification runs at a time; of those requested meanwhile, only the newest follows.
    async fn verify(&self) {
        while let Some((page, pair, form)) = self.begin_verification() {
            let verdict = self.app.verify_credentials(&form).await;
            let mut over = true;
            self.change(|state| {
                // Another page's form has its own verification.
                let Some(form) = state.form.as_mut().filter(|form| form.page == page) else { return };
                over = form.pair.due.as_ref() == Some(&pair);
                form.pair.asking = false;
                form.pair.about = Some((pair, Some(verdict.finding())));
                if over {
                    form.pair.due = None;
                }
            });
            if over {
                return;
            }
        }
    }

    /// The credentials to verify next, unless a verification is running.
    fn begin_verification(&self) -> Option<(PageId, [String; 3], FormState)> {
        let mut begun = None;
        self.change(|state| {
            let Some(form) = state.form.as_mut().filter(|form| !form.pair.asking) else { return };
            let pair = pair_of(&form.state);
            let is_asked = form.pair.about.as_ref().is_some_and(|(about, _)| *about == pair) && !form.lacks_endpoint();
            // What was entered since may be a part of a value, or a script's.
            if form.pair.due.as_ref() == Some(&pair) && !is_asked {
                form.pair.asking = true;
                begun = Some((form.page, pair, form.state.clone()));
            }
        });
        begun
    }

    /// Tests whether mailcow's server reaches the token endpoint in the form.
    pub(super) async fn test_connection(&self) {
        let Some((page, token_url, form)) = self.begin_test() else { return };
        let reach = self.app.test_reach(&form).await.unwrap_or_else(|error| Finding::from(&error));
        self.change(|state| {
            if let Some(form) = state.form.as_mut().filter(|form| form.page == page) {
                form.reach = Verification { about: Some((token_url, Some(reach))), ..Verification::default() };
            }
        });
    }

    fn begin_test(&self) -> Option<(PageId, String, FormState)> {
        let mut begun = None;
        self.change(|state| {
            if let Some(form) = state.form.as_mut().filter(|form| !form.reach.asking) {
                form.reach.asking = true;
                begun = Some((form.page, text_of(&form.state, Field::TokenUrl), form.state.clone()));
            }
        });
        begun
    }

    /// Applies the fix of a finding in the form.
    pub(super) async fn fix(&self, fix: Fix) {
        let Some(page) = self.state().form.as_ref().map(|form| form.page) else { return };
        self.set_fixing(page, Some(fix.clone()));
        // If the page went away, there is nothing left to fix.
        if let Err(FillError::Refused(error)) = self.perform_fix(page, &fix).await {
            self.change(|state| state.work.error = Some(error));
        }
        self.set_fixing(page, None);
        self.verify_form().await;
    }

    /// Applies a fix in a page.
    async fn perform_fix(&self, page: PageId, fix: &Fix) -> Result<(), FillError> {
        let before = self.browser.read_form(page).await?;
        if let Fix::TestAt { url } = fix {
            self.app.accept_endpoint(&before, url);
            self.form_read(page, before);
            return Ok(());
        }
        let script = self.app.fix_script(fix, &before)?;
        self.fill_and_read(page, script).await.map(drop)
    }

    /// Runs a script that sets values, and keeps the form as it is then.
    pub(super) async fn fill_and_read(&self, page: PageId, script: Script) -> Result<FormState, FillError> {
        let ScriptEnd { failed } = self.browser.fill(page, script).await?;
        let after = self.browser.read_form(page).await?;
        self.form_read(page, after.clone());
        match failed {
            Some(failure) => Err(Error::from(FillRefusal::from(failure)).into()),
            None => Ok(after),
        }
    }

    /// Discards the client secret that mailcow's form shows. Its finding stays until the form is changed.
    pub(super) fn discard_form_secret(&self) {
        if let Some(form) = &mut self.state.borrow_mut().form {
            form.discard_secret();
        }
    }

    fn set_fixing(&self, page: PageId, fixing: Option<Fix>) {
        self.change(|state| {
            if let Some(form) = state.form.as_mut().filter(|form| form.page == page) {
                form.fixing = fixing;
            }
        });
    }
}

impl LiveForm {
    fn discard_secret(&mut self) {
        let secret = text_of(&self.state, Field::ClientSecret);
        let stand_in = "x".repeat(secret.chars().count());
        // Discarded already, or there is none. What is being tested is discarded after that.
        if secret == stand_in || self.pair.asking {
            return;
        }
        self.discarded = Some(ClientSecret::Held(Secret::new(secret.clone())).discarded());
        let asked = self.pair.about.iter_mut().map(|(pair, _)| pair).chain(&mut self.pair.due).flatten();
        let controls = self.state.controls.iter_mut().chain(&mut self.first).flat_map(|control| &mut control.values);
        for value in asked.chain(controls).filter(|value| **value == secret) {
            value.clone_from(&stand_in);
        }
    }
}

/// First value of a field; empty when there is none.
pub(super) fn text_of(form: &FormState, field: Field) -> String {
    form.values_of(field).and_then(<[String]>::first).cloned().unwrap_or_default()
}

/// The values on which the verification of the client credentials depends.
pub(super) fn pair_of(form: &FormState) -> [String; 3] {
    PROVEN.map(|field| text_of(form, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailcow::form::Control;

    #[test]
    fn of_a_discarded_secret_nothing_is_left_but_whether_another_one_is_the_same() {
        let control = Control { name: Field::ClientSecret.name().to_owned(), values: vec!["hunter2".to_owned()] };
        let pair = || ["client".to_owned(), "hunter2".to_owned(), "https://login.example/token/".to_owned()];
        let mut form = LiveForm {
            page: PageId(1),
            state: FormState { controls: vec![control.clone()], ..FormState::default() },
            first: vec![control],
            pair: Verification { about: Some((pair(), None)), due: Some(pair()), asking: false },
            reach: Verification::default(),
            fixing: None,
            discarded: None,
        };
        for times in 1..=2 {
            form.discard_secret();
            let [client_id, secret, _] = form.pair.due.clone().expect("a pair");
            assert_eq!((client_id.as_str(), secret.as_str()), ("client", "xxxxxxx"));
            assert_eq!(form.pair.about.as_ref().map(|(pair, _)| pair), form.pair.due.as_ref());
            assert_eq!(text_of(&form.state, Field::ClientSecret), "xxxxxxx");
            assert!(form.first == form.state.controls);
            let is_left = |secret: &str| {
                form.discarded.as_ref().and_then(|left| left.is_same(&ClientSecret::Held(Secret::new(secret.to_owned()))))
            };
            assert_eq!((is_left("hunter2"), is_left("xxxxxxx")), (Some(true), Some(false)), "{times}");
        }
    }
}
