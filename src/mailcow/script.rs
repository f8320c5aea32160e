//! What the page executor has to do in mailcow's page. It executes these steps in order, without knowing their meaning, and
//! presses no button that saves.
//!
//! First [`reveal`] shows the form. Then the form is read; only if it is the right one, in the right page, [`fill`] returns the
//! steps that contain values.

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    Field, FormState, GENERIC_OIDC, IdentityProvider,
    form::{FORM, FormFlaw, PROVIDER_SELECT},
};
use crate::setup::{Disagreement, Origin, Parties, Registration, Secret};

/// One step. Values are set as if typed: the value, then bubbling `input` and `change` events. Before the first value is set, each
/// text field that gets one has to be the only one of its selector, belong to the form, and be what is seen where it lies; the same
/// before its own value is set. While the script runs, nothing submits a form. A step that cannot be done ends the script.
#[derive(Clone, PartialEq, Eq, Serialize, Tsify, Zeroize, ZeroizeOnDrop)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Step {
    /// Clicks an element, unless another one is visible already.
    Click {
        /// What to click.
        selector: String,
        /// The element that makes the click unnecessary when it is visible.
        unless_visible: String,
    },
    /// Waits until an element is visible.
    Await {
        /// What to wait for.
        selector: String,
        /// Milliseconds after which the script ends.
        timeout_ms: u32,
    },
    /// Sets the text of an input, or selects the option of a select by its value.
    SetValue {
        /// The control.
        selector: String,
        /// The text or the option's value.
        value: String,
    },
    /// Ticks a checkbox or clears it.
    SetChecked {
        /// The control.
        selector: String,
        /// Whether it is ticked afterwards.
        checked: bool,
    },
    /// Makes a list have this many rows, or one if it is none, because the last one cannot be removed: clicks `add` while there are
    /// fewer, then the `remove` button of the last row while there are more. A click that does not change the number of rows ends
    /// the script. Such a button submits the form where mailcow's own script is missing, so these steps come before all values.
    CountRows {
        /// The controls of one column, one for each row, in document order.
        column: String,
        /// The button that adds a row at the end.
        add: String,
        /// The buttons that remove a row, one for each row, in document order.
        remove: String,
        /// How many rows.
        count: u32,
    },
    /// Sets the values of one column from the first row on, and clears those of further rows.
    SetColumn {
        /// The controls of the column, one for each row, in document order.
        selector: String,
        /// Their values.
        values: Vec<String>,
    },
}

/// Steps in their order. They may contain the client secret: never printed, wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Script {
    pub steps: Vec<Step>,
    /// Selector of the form. A text field gets a value only if it belongs to the one form that this finds.
    pub form: &'static str,
    /// Selector of the widget around a select, if it has one. The widget does not notice that a script has selected an option
    /// (docs/contract/mailcow-form.json, `provider_select`).
    pub choice_widget: &'static str,
    /// Selector of the element inside the widget that shows the selected option: the script has to set its text to the option's.
    pub choice_label: &'static str,
}

impl Script {
    fn of(steps: Vec<Step>) -> Self {
        Self { steps, form: FORM, choice_widget: ".bootstrap-select", choice_label: ".filter-option-inner-inner" }
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Script({} steps)", self.steps.len())
    }
}

/// How a script ended in the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(default)]
pub struct ScriptEnd {
    /// Why the first step that failed did; none when all are done.
    pub failed: Option<StepFailure>,
}

/// Why a step was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum StepFailure {
    /// The selector finds nothing.
    Missing,
    /// The element did not become visible in time, or the time for the whole script was over.
    Timeout,
    /// A field cannot be seen.
    Hidden,
    /// A field is not what is seen where it lies: something covers it, or cuts it off.
    Covered,
    /// There are several such forms or fields, or the field is one of another kind.
    Ambiguous,
    /// The field belongs to another form, or the form sends to another address.
    Elsewhere,
    /// The form has got more controls than are read.
    TooLarge,
    /// The select lacks the value.
    NoOption,
    /// The page did not react to a click.
    Refused,
}

/// Why this page is not filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillRefusal {
    /// The page is inside a frame.
    #[error("the page is in a frame")]
    NotTopLevel,
    /// The page was not loaded over https.
    #[error("the page is not loaded over https")]
    NotSecure,
    /// The page belongs to a mailcow that is not among the redirect URIs.
    #[error("{origin} is not registered in authentik")]
    ForeignOrigin {
        /// Origin of the page.
        origin: String,
    },
    /// The page belongs to another mailcow than the one that was set up, even though the provider is for both.
    #[error("{origin} is another mailcow than {expected}")]
    OtherMailcow {
        /// Origin of the page.
        origin: String,
        /// The mailcow that was set up.
        expected: String,
    },
    /// The registered endpoints are not those of one authentik, or credentials must not be sent there.
    #[error("the registered endpoints are not usable")]
    Endpoints,
    /// There is no such form: mailcow is older than 2025-03, or this is another of its pages.
    #[error("the form is not in this page")]
    NoForm,
    /// The form or one of its text fields exists but is hidden.
    #[error("the form is hidden")]
    Hidden,
    /// Something covers a text field or cuts it off.
    #[error("a field of the form is covered")]
    Covered,
    /// The form or one of its fields is there more than once, or a field is of another kind than mailcow's.
    #[error("the form or one of its fields is ambiguous")]
    Ambiguous,
    /// The form, one of its buttons or fields sends to another address.
    #[error("the form sends elsewhere")]
    Elsewhere,
    /// The form has more rows or longer values than are read.
    #[error("the form is too large")]
    TooLarge,
    /// The page did not react as mailcow's does, so that not all steps could be done.
    #[error("the page did not react")]
    NotDone,
    /// The page did not answer in time.
    #[error("the page does not answer")]
    Silent,
    /// The form lacks a control without which every sign-in fails.
    #[error("the form has no field {}", .field.name())]
    NoField {
        /// Which one.
        field: Field,
    },
}

impl FillRefusal {
    /// Why a client is not that of this mailcow.
    #[must_use]
    pub fn of(why: Disagreement, mailcow: &Origin, registration: &Registration) -> Self {
        let origin = mailcow.to_string();
        match why {
            Disagreement::NotSecure => Self::NotSecure,
            Disagreement::OtherMailcow if registration.registers_origin(mailcow) => {
                Self::OtherMailcow { origin, expected: registration.mailcow.to_string() }
            }
            Disagreement::OtherMailcow => Self::ForeignOrigin { origin },
            Disagreement::OtherAuthentik => Self::Endpoints,
        }
    }
}

impl From<FormFlaw> for FillRefusal {
    fn from(flaw: FormFlaw) -> Self {
        match flaw {
            FormFlaw::Ambiguous => Self::Ambiguous,
            FormFlaw::Elsewhere => Self::Elsewhere,
            FormFlaw::TooLarge => Self::TooLarge,
        }
    }
}

impl From<StepFailure> for FillRefusal {
    fn from(failure: StepFailure) -> Self {
        match failure {
            StepFailure::Hidden => Self::Hidden,
            StepFailure::Covered => Self::Covered,
            StepFailure::Ambiguous => Self::Ambiguous,
            StepFailure::Elsewhere => Self::Elsewhere,
            StepFailure::TooLarge => Self::TooLarge,
            StepFailure::Timeout => Self::Silent,
            StepFailure::Missing | StepFailure::NoOption | StepFailure::Refused => Self::NotDone,
        }
    }
}

/// Maximum milliseconds until a tab or a pane appears; its animation takes 150.
const REVEAL_TIMEOUT_MS: u32 = 3_000;

const TAB: &str = r##"button[data-bs-target="#tab-config-identity-provider"]"##;
const PANE: &str = "#tab-config-identity-provider";
const COLLAPSE_BUTTON: &str = r##"button[data-bs-target="#collapse-tab-config-identity-provider"]"##;
const COLLAPSE: &str = "#collapse-tab-config-identity-provider";

/// Shows the form: opens the tab "Identity Provider" and selects Generic-OIDC. Contains no value of ours; switching the type of
/// provider saves nothing (docs/contract/mailcow.md, section 6).
#[must_use]
pub fn reveal() -> Script {
    let click = |selector: &str, unless_visible: &str| Step::Click {
        selector: selector.to_owned(),
        unless_visible: unless_visible.to_owned(),
    };
    let wait = |selector: &str| Step::Await { selector: selector.to_owned(), timeout_ms: REVEAL_TIMEOUT_MS };
    Script::of(vec![
        click(TAB, PANE),
        wait(PANE),
        // On narrow screens the pane is collapsed.
        click(COLLAPSE_BUTTON, COLLAPSE),
        wait(COLLAPSE),
        Step::SetValue { selector: PROVIDER_SELECT.to_owned(), value: GENERIC_OIDC.to_owned() },
        wait(FORM),
    ])
}

/// Checks that values, including the client secret, may be entered in this page: the tab's own document, loaded over https (or
/// from this machine), at the mailcow that is one of the [`Parties`], with the form visible. Returns them.
///
/// # Errors
/// The first [`FillRefusal`] that applies.
pub fn guard(registration: &Registration, state: &FormState) -> Result<Parties, FillRefusal> {
    in_sight(state)?;
    let origin = Origin::of(&state.origin).ok_or_else(|| FillRefusal::ForeignOrigin { origin: state.origin.clone() })?;
    Parties::of(registration, &origin).map_err(|why| FillRefusal::of(why, &origin, registration))
}

/// Checks that the page is the tab's own and shows the form.
fn in_sight(state: &FormState) -> Result<(), FillRefusal> {
    if !state.top_level {
        Err(FillRefusal::NotTopLevel)
    } else if !state.present {
        Err(FillRefusal::NoForm)
    } else if let Some(flaw) = state.flaw {
        Err(flaw.into())
    } else if state.is_ambiguous() {
        Err(FillRefusal::Ambiguous)
    } else if !state.visible || state.provider != GENERIC_OIDC {
        Err(FillRefusal::Hidden)
    } else {
        Ok(())
    }
}

/// The steps that fill in the form. Omits fields that this version of mailcow does not have, a secret that is not known, and a
/// template that does not exist.
///
/// # Errors
/// A [`FillRefusal`] when this page or form must not or cannot be filled in: see [`guard`].
pub fn fill(desired: &IdentityProvider, registration: &Registration, state: &FormState) -> Result<Script, FillRefusal> {
    guard(registration, state)?;
    let extra: Vec<&str> = desired.redirect_url_extra.iter().map(String::as_str).collect();
    let (claims, templates): (Vec<&str>, Vec<&str>) =
        (desired.mappings.claims().collect(), desired.mappings.templates().collect());
    let mut filler = Filler { state, steps: Vec::new() };
    // Before any value is in the form, because a button without mailcow's script submits it.
    filler.count("redirect", &[Field::RedirectUrlExtra], extra.len());
    filler.count("rolemap", &[Field::Mappers, Field::Templates], claims.len());
    filler.text(Field::AuthorizeUrl, &desired.authorize_url)?;
    filler.text(Field::TokenUrl, &desired.token_url)?;
    filler.text(Field::UserinfoUrl, &desired.userinfo_url)?;
    filler.text(Field::ClientId, &desired.client_id)?;
    if let Some(secret) = desired.client_secret.held() {
        filler.text(Field::ClientSecret, Secret::reveal(secret))?;
    }
    filler.text(Field::RedirectUrl, &desired.redirect_url)?;
    filler.column(Field::RedirectUrlExtra, &extra);
    filler.text(Field::ClientScopes, &desired.client_scopes)?;
    if desired.default_template.is_empty() || state.template_options.contains(&desired.default_template) {
        filler.text(Field::DefaultTemplate, &desired.default_template)?;
    }
    filler.column(Field::Mappers, &claims);
    filler.column(Field::Templates, &templates);
    filler.switch(Field::IgnoreSslError, desired.ignore_ssl_error);
    filler.switch(Field::LoginProvisioning, desired.login_provisioning);
    Ok(Script::of(filler.steps))
}

/// The step that sets one value in the form, for the fix of one field; any text ticks a switch, the empty one clears it. Without
/// a registration the value can only come from the form itself, so that the page's origin does not matter.
///
/// # Errors
/// A [`FillRefusal`] when this page or form must not or cannot be filled in: see [`guard`].
pub fn fill_field(
    field: Field,
    value: &str,
    registration: Option<&Registration>,
    state: &FormState,
) -> Result<Script, FillRefusal> {
    match registration {
        Some(registration) => {
            guard(registration, state)?;
        }
        None => in_sight(state)?,
    }
    let mut filler = Filler { state, steps: Vec::new() };
    match field {
        Field::IgnoreSslError | Field::LoginProvisioning => filler.switch(field, !value.is_empty()),
        _ => filler.text(field, value)?,
    }
    Ok(Script::of(filler.steps))
}

struct Filler<'a> {
    state: &'a FormState,
    steps: Vec<Step>,
}

impl Filler<'_> {
    fn text(&mut self, field: Field, value: &str) -> Result<(), FillRefusal> {
        if self.state.values_of(field).is_none() {
            return Err(FillRefusal::NoField { field });
        }
        self.steps.push(Step::SetValue { selector: control(field), value: value.to_owned() });
        Ok(())
    }

    fn switch(&mut self, field: Field, checked: bool) {
        if self.state.values_of(field).is_some() {
            self.steps.push(Step::SetChecked { selector: control(field), checked });
        }
    }

    /// Adds the step that makes room for the rows of a list. `list` is the part of the buttons' classes that names it, and
    /// `columns` are its fields.
    fn count(&mut self, list: &str, columns: &[Field], count: usize) {
        let (Some(first), Ok(count)) = (columns.first(), u32::try_from(count)) else { return };
        if columns.iter().all(|field| self.state.values_of(*field).is_some()) {
            self.steps.push(Step::CountRows {
                column: control(*first),
                add: format!("{FORM} .iam_{list}_add_generic"),
                remove: format!("{FORM} .iam_generic_{list}_del"),
                count,
            });
        }
    }

    fn column(&mut self, field: Field, values: &[&str]) {
        if self.state.values_of(field).is_some() {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            self.steps.push(Step::SetColumn { selector: control(field), values });
        }
    }
}

/// Selector of the controls of a field. Hidden inputs with the same name precede the lists (docs/contract/mailcow-form.json).
fn control(field: Field) -> String {
    format!(r#"{FORM} [name="{}"]:not([type="hidden"])"#, field.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mailcow::{MailcowChoice, desired, form::tests::empty_form},
        setup::example,
    };

    fn settings() -> IdentityProvider {
        let choice = MailcowChoice { default_template: Some("Default".into()), login_provisioning: true };
        desired(&example(), &IdentityProvider::default(), &choice)
    }

    /// Everything that a script contains, as the page executor receives it.
    fn text_of(script: &Script) -> String {
        serde_json::to_string(script).expect("serialises")
    }

    #[test]
    fn revealing_carries_no_value_and_presses_no_save() {
        let text = text_of(&reveal());
        assert!(!text.contains("data-action"));
        assert!(!text.contains(&example().client_id));
    }

    #[test]
    fn filling_sets_every_field_inside_the_form() {
        let script = fill(&settings(), &example(), &empty_form()).expect("a script");
        let text = text_of(&script);
        assert!(!text.contains("data-action"));
        for field in Field::ALL.into_iter().filter(|field| *field != Field::Authsource) {
            let name = format!(r#"form[data-id=\"iam_generic\"] [name=\"{}\"]"#, field.name());
            assert!(text.contains(&name), "{field:?}");
        }
    }

    #[test]
    fn a_fix_ticks_a_switch_or_clears_it() {
        for (field, value, is_ticked) in [(Field::IgnoreSslError, "", false), (Field::LoginProvisioning, "1", true)] {
            let script = fill_field(field, value, Some(&example()), &empty_form()).expect("a script");
            let [Step::SetChecked { selector, checked }] = &script.steps[..] else { panic!("{}", text_of(&script)) };
            assert_eq!((selector, *checked), (&control(field), is_ticked));
        }
    }

    #[test]
    fn rows_are_dense() {
        let mut settings = settings();
        settings.redirect_url_extra = vec!["https://mail.other.example".into()];
        let script = fill(&settings, &example(), &empty_form()).expect("a script");
        let rows: Vec<_> = script
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::CountRows { add, count, .. } => Some((add.clone(), *count)),
                _ => None,
            })
            .collect();
        assert_eq!(rows, [(format!("{FORM} .iam_redirect_add_generic"), 1), (format!("{FORM} .iam_rolemap_add_generic"), 0),]);
        let column =
            Step::SetColumn { selector: control(Field::RedirectUrlExtra), values: vec!["https://mail.other.example".to_owned()] };
        assert!(script.steps.contains(&column));
    }

    /// A button submits the form where mailcow's own script is missing (case S12).
    #[test]
    fn no_button_is_pressed_once_a_value_is_in_the_form() {
        let script = fill(&settings(), &example(), &empty_form()).expect("a script");
        let presses = |step: &Step| matches!(step, Step::Click { .. } | Step::CountRows { .. });
        let (before, after) = script.steps.split_at(script.steps.iter().take_while(|step| presses(step)).count());
        assert_eq!(before.len(), 2);
        assert!(!after.iter().any(presses));
    }

    #[test]
    fn nothing_is_filled_in_the_wrong_place() {
        type Spoil = fn(&mut FormState);
        let cases: [(Spoil, FillRefusal); 10] = [
            (|state| state.top_level = false, FillRefusal::NotTopLevel),
            (|state| state.origin = "http://mailcow.company".into(), FillRefusal::NotSecure),
            (
                |state| state.origin = "https://mailcow.company.evil.example".into(),
                FillRefusal::ForeignOrigin { origin: "https://mailcow.company.evil.example".into() },
            ),
            (|state| state.present = false, FillRefusal::NoForm),
            (|state| state.visible = false, FillRefusal::Hidden),
            (|state| state.flaw = Some(FormFlaw::Ambiguous), FillRefusal::Ambiguous),
            (|state| state.flaw = Some(FormFlaw::Elsewhere), FillRefusal::Elsewhere),
            (|state| state.flaw = Some(FormFlaw::TooLarge), FillRefusal::TooLarge),
            (|state| state.controls[4].values.push(String::new()), FillRefusal::Ambiguous),
            (|state| state.provider = "keycloak".into(), FillRefusal::Hidden),
        ];
        for (spoil, refusal) in cases {
            let mut state = empty_form();
            spoil(&mut state);
            assert_eq!(fill(&settings(), &example(), &state), Err(refusal));
        }
    }

    #[test]
    fn a_registration_without_redirects_fills_nowhere() {
        let mut registration = example();
        registration.redirect_uris.clear();
        assert!(matches!(fill(&settings(), &registration, &empty_form()), Err(FillRefusal::ForeignOrigin { .. })));
    }

    #[test]
    fn old_forms_are_filled_as_far_as_they_go() {
        let mut state = empty_form();
        state
            .controls
            .retain(|control| control.name != Field::LoginProvisioning.name() && control.name != Field::RedirectUrlExtra.name());
        let text = text_of(&fill(&settings(), &example(), &state).expect("a script"));
        assert!(!text.contains("login_provisioning"));
        assert!(!text.contains("redirect_url_extra"));
        state.controls.retain(|control| control.name != Field::TokenUrl.name());
        assert_eq!(fill(&settings(), &example(), &state), Err(FillRefusal::NoField { field: Field::TokenUrl }));
    }

    #[test]
    fn an_unknown_secret_is_not_overwritten() {
        let mut settings = settings();
        settings.client_secret = crate::setup::ClientSecret::Unknown;
        let text = text_of(&fill(&settings, &example(), &empty_form()).expect("a script"));
        assert!(!text.contains("client_secret"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let script = fill(&settings(), &example(), &empty_form()).expect("a script");
        assert_eq!(format!("{script:?}"), format!("Script({} steps)", script.steps.len()));
    }
}
