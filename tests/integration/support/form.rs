//! A tiny model of mailcow's page: the Generic-OIDC form of docs/contract/mailcow-form.json, the steps of a script, and mailcow's own
//! button "Save".

use cowbell::mailcow::form::{Control, FORM, PROVIDER_SELECT};
use cowbell::mailcow::script::{Script, Step};
use cowbell::mailcow::{Field, FormState, GENERIC_OIDC};
use cowbell_standins::world::World;
use serde_json::{Map, Value, json};

/// The form as a browser shows it.
#[derive(Clone)]
pub(crate) struct Form {
    state: FormState,
}

/// Fields with one text.
const TEXTS: [Field; 8] = [
    Field::AuthorizeUrl,
    Field::TokenUrl,
    Field::UserinfoUrl,
    Field::ClientId,
    Field::ClientSecret,
    Field::RedirectUrl,
    Field::ClientScopes,
    Field::DefaultTemplate,
];

impl Form {
    /// The page as mailcow renders it for the stored settings.
    pub(crate) fn of(world: &World) -> Self {
        let mailcow = &world.mailcow;
        let (stored, profile) = (&mailcow.state().identity_provider, mailcow.profile());
        let ours = stored.authsource() == GENERIC_OIDC;
        let text = |field: Field| if ours { stored.text(field.name()).to_owned() } else { String::new() };
        let mut controls: Vec<Control> = TEXTS.iter().map(|field| control(*field, vec![text(*field)])).collect();
        let rows = if ours { stored.mappings() } else { Vec::new() };
        let column = |pick: fn(&(&str, &str)) -> String| rows.iter().map(pick).chain([String::new()]).collect();
        controls.push(control(Field::Mappers, column(|row| row.0.to_owned())));
        controls.push(control(Field::Templates, column(|row| row.1.to_owned())));
        controls.push(control(Field::IgnoreSslError, vec![switch(ours && stored.ignore_ssl_error())]));
        if profile.redirect_url_extra() {
            let urls = stored.redirect_url_extra().filter(|_| ours).map(str::to_owned).chain([String::new()]);
            controls.push(control(Field::RedirectUrlExtra, urls.collect()));
        }
        if profile.login_provisioning() {
            controls.push(control(Field::LoginProvisioning, vec![switch(!ours || stored.login_provisioning())]));
        }
        let provider = if stored.authsource().is_empty() { "keycloak" } else { stored.authsource() };
        Self {
            state: FormState {
                origin: mailcow.state().origin.clone(),
                top_level: true,
                present: profile.identity_provider(),
                visible: ours,
                flaw: None,
                provider: provider.to_owned(),
                controls,
                template_options: mailcow.state().templates.iter().map(|template| template.name.clone()).collect(),
            },
        }
    }

    /// What the page executor reads.
    pub(crate) fn state(&self) -> &FormState {
        &self.state
    }

    /// The same, to be changed as somebody who types.
    pub(crate) fn state_mut(&mut self) -> &mut FormState {
        &mut self.state
    }

    /// What is in a field of one text.
    pub(crate) fn text(&self, field: Field) -> &str {
        let control = self.state.controls.iter().find(|control| control.name == field.name());
        &control.expect("a control of this name").values[0]
    }

    /// Types into a field of one text, in place of what was there.
    pub(crate) fn type_into(&mut self, field: Field, text: &str) {
        let control = self.state.controls.iter_mut().find(|control| control.name == field.name());
        text.clone_into(&mut control.expect("a control of this name").values[0]);
    }

    /// Does what a script says, as the page executor does.
    pub(crate) fn perform(&mut self, script: &Script) {
        for step in &script.steps {
            match step {
                // Setting a column sets the number of its rows, too.
                Step::Click { .. } | Step::CountRows { .. } => {}
                Step::Await { selector, .. } => assert!(selector != FORM || self.state.visible, "the form never appears"),
                Step::SetValue { selector, value } if selector == PROVIDER_SELECT => {
                    self.state.provider.clone_from(value);
                    self.state.visible = value == GENERIC_OIDC;
                }
                Step::SetValue { selector, value } => self.values(selector)[0].clone_from(value),
                Step::SetChecked { selector, checked } => self.values(selector)[0] = switch(*checked),
                Step::SetColumn { selector, values } => {
                    // The last row cannot be removed.
                    *self.values(selector) = if values.is_empty() { vec![String::new()] } else { values.clone() };
                }
            }
        }
    }

    fn values(&mut self, selector: &str) -> &mut Vec<String> {
        let name = selector.split('"').nth(3).expect("a selector with a name");
        assert!(selector.starts_with(FORM), "{selector}");
        &mut self.state.controls.iter_mut().find(|control| control.name == name).expect("a control of this name").values
    }

    /// The body that mailcow's own button "Save" sends: each control by its name, hidden ones of the same name in front, switches only
    /// when they are on.
    pub(crate) fn save_body(&self) -> Value {
        let mut attr = Map::from_iter([("authsource".to_owned(), json!(self.state.provider))]);
        for control in &self.state.controls {
            let is = |fields: &[Field]| fields.iter().any(|field| field.name() == control.name);
            if is(&[Field::IgnoreSslError, Field::LoginProvisioning]) {
                if control.values[0] == "1" {
                    attr.insert(control.name.clone(), json!("1"));
                }
            } else if is(&[Field::RedirectUrlExtra, Field::Mappers, Field::Templates]) {
                attr.insert(control.name.clone(), json!(control.values));
            } else {
                attr.insert(control.name.clone(), json!(control.values[0]));
            }
        }
        json!({"items": ["identity-provider"], "attr": attr})
    }
}

fn control(field: Field, values: Vec<String>) -> Control {
    Control { name: field.name().to_owned(), values }
}

fn switch(on: bool) -> String {
    if on { "1".to_owned() } else { String::new() }
}
