//! mailcow's form while its page is loaded: it is checked whenever it changes, and its client credentials are verified.

use std::iter;

use super::Panel;
use super::browser::{Browser, PageError};
use super::state::{LiveForm, Values, Verification};
use crate::app::Error;
use crate::mailcow::script::{FillRefusal, Script, ScriptEnd};
use crate::mailcow::{Field, FormState};
use crate::setup::{ClientSecret, Fingerprint, Secret};
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
            let is_whole = PROVEN.iter().all(|field| !text_of(&form.state, *field).is_empty());
            if is_whole {
                form.pair.due = Some(form.values.credentials);
            }
            is_whole
        };
        if due {
            self.verify().await;
        }
    }

    /// Verifies what was not verified because no authentik was known at the token endpoint, now that one was read.
    pub(super) async fn verify_postponed(&self) {
        let is_postponed = self
            .state()
            .form
            .as_ref()
            .is_some_and(|form| form.lacks_endpoint() && form.pair.of(&form.values.credentials).is_some());
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
                    (known.values, known.state, known.discarded) = (Values::of(&form), form, None);
                } else {
                    state.form = Some(LiveForm::new(page, form));
                }
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
                form.pair.about = Some((pair, verdict.finding()));
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
    fn begin_verification(&self) -> Option<(PageId, Fingerprint, FormState)> {
        let mut begun = None;
        self.change(|state| {
            let Some(form) = state.form.as_mut().filter(|form| !form.pair.asking) else { return };
            let pair = form.values.credentials;
            let is_asked = form.pair.of(&pair).is_some() && !form.lacks_endpoint();
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
                form.reach = Verification { about: Some((token_url, reach)), ..Verification::default() };
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
    fn new(page: PageId, form: FormState) -> Self {
        let values = Values::of(&form);
        Self {
            page,
            state: form,
            values,
            first: values,
            pair: Verification::default(),
            reach: Verification::default(),
            fixing: None,
            discarded: None,
        }
    }

    fn discard_secret(&mut self) {
        let secret = Secret::new(text_of(&self.state, Field::ClientSecret));
        // What is being tested is discarded after that.
        if self.discarded.is_some() || secret.is_empty() || self.pair.asking {
            return;
        }
        let stand_in = "x".repeat(secret.length());
        let values = self.state.controls.iter_mut().flat_map(|control| &mut control.values);
        for value in values.filter(|value| *value == secret.reveal()) {
            value.clone_from(&stand_in);
        }
        self.discarded = Some(ClientSecret::Held(secret).discarded());
    }
}

impl Values {
    fn of(form: &FormState) -> Self {
        let fingerprint = |texts: String| Fingerprint::of(&Secret::new(texts));
        let all = form.controls.iter().flat_map(|control| iter::once(&control.name).chain(&control.values));
        Self {
            credentials: fingerprint(PROVEN.map(|field| text_of(form, field)).join("\0")),
            all: fingerprint(all.map(String::as_str).collect::<Vec<_>>().join("\0")),
        }
    }
}

/// First value of a field; empty when there is none.
pub(super) fn text_of(form: &FormState, field: Field) -> String {
    form.values_of(field).and_then(<[String]>::first).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailcow::form::Control;
    use crate::verify::Code;

    fn control(field: Field, value: &str) -> Control {
        Control { name: field.name().to_owned(), values: vec![value.to_owned()] }
    }

    /// A secret in the field of the client ID, too.
    #[test]
    fn of_a_discarded_secret_nothing_is_left_but_whether_another_one_is_the_same() {
        let controls =
            vec![control(Field::ClientId, "hunter2"), control(Field::ClientSecret, "hunter2"), control(Field::TokenUrl, "url")];
        let mut form = LiveForm::new(PageId(1), FormState { controls, ..FormState::default() });
        let values = form.values;
        form.pair = Verification {
            about: Some((values.credentials, Finding::new(Code::CredentialsRight))),
            due: Some(values.credentials),
            asking: true,
        };
        form.discard_secret();
        assert_eq!(text_of(&form.state, Field::ClientSecret), "hunter2", "it is being tested");
        form.pair.asking = false;
        for times in 1..=2 {
            form.discard_secret();
            let left = [Field::ClientId, Field::ClientSecret, Field::TokenUrl].map(|field| text_of(&form.state, field));
            assert_eq!(left, ["xxxxxxx", "xxxxxxx", "url"]);
            assert!(form.first == values && form.values == values, "what was said of it is said still");
            let is_left = |secret: &str| {
                form.discarded.as_ref().and_then(|left| left.is_same(&ClientSecret::Held(Secret::new(secret.to_owned()))))
            };
            assert_eq!((is_left("hunter2"), is_left("xxxxxxx")), (Some(true), Some(false)), "{times}");
        }
    }

    #[test]
    fn a_form_without_a_secret_has_none_to_be_discarded() {
        let mut form = LiveForm::new(PageId(1), FormState::default());
        form.discard_secret();
        assert_eq!(form.discarded, None);
    }

    /// Whatever is changed, and only what they depend on says something else of the client credentials.
    #[test]
    fn values_are_told_from_others() {
        let of = |[id, secret, url, scopes]: [&str; 4]| {
            let controls = vec![
                control(Field::ClientId, id),
                control(Field::ClientSecret, secret),
                control(Field::TokenUrl, url),
                control(Field::ClientScopes, scopes),
            ];
            Values::of(&FormState { controls, ..FormState::default() })
        };
        let known = of(["a", "b", "c", "d"]);
        assert_eq!(of(["a", "b", "c", "d"]), known);
        for other in [["z", "b", "c", "d"], ["a", "z", "c", "d"], ["a", "b", "z", "d"], ["ab", "", "c", "d"]] {
            assert!(of(other).credentials != known.credentials && of(other).all != known.all, "{other:?}");
        }
        let scopes = of(["a", "b", "c", "z"]);
        assert!(scopes.credentials == known.credentials && scopes.all != known.all);
    }
}
