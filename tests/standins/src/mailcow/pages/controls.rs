//! Controls of mailcow's forms, as docs/contract/mailcow-form.json lists them.

use maud::{Markup, html};

use crate::mailcow::exchange::Exchange;

/// A label and its control beside each other.
pub(super) fn row(id: &str, label: &str, control: &Markup) -> Markup {
    html! {
        div.row {
            label.control-label for=(id) { (label) }
            div.control { (control) }
        }
    }
}

/// A text field.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) id: Option<&'a str>,
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) kind: &'a str,
    pub(super) placeholder: Option<&'a str>,
    pub(super) required: bool,
}

impl<'a> Field<'a> {
    /// A required text field.
    pub(super) fn required(name: &'a str, id: Option<&'a str>, label: &'a str, value: &'a str) -> Self {
        Self { name, id, label, value, kind: "text", placeholder: None, required: true }
    }

    pub(super) fn input(&self) -> Markup {
        html! {
            input.form-control type=(self.kind) name=(self.name) id=[self.id] value=(self.value)
                placeholder=[self.placeholder] aria-label=(self.label) required[self.required];
        }
    }

    pub(super) fn row(&self) -> Markup {
        row(self.id.unwrap_or_default(), self.label, &self.input())
    }
}

/// A password field with the button that shows it.
pub(super) fn secret_row(name: &str, id: &str, label: &str, value: &str) -> Markup {
    row(
        id,
        label,
        &html! {
            div.input-group {
                input.password-field.form-control type="password" name=(name) id=(id) value=(value) autocomplete="off" required;
                button.toggle-password.btn.btn-secondary type="button" { (icon("eye")) }
            }
        },
    )
}

/// A switch; its value is sent only when it is on.
pub(super) fn switch_row(name: &str, id: Option<&str>, label: &str, on: bool) -> Markup {
    html! {
        div.row {
            span.control-label { (label) }
            div.control.form-switch {
                input.form-check-input type="checkbox" name=(name) id=[id] value="1" aria-label=(label) checked[on];
            }
        }
    }
}

/// The button that bootstrap-select puts beside a select. Its text follows a choice made with it, and no change made by others.
pub(super) fn select_button(id: Option<&str>, classes: &str, text: &str) -> Markup {
    html! {
        button class={ "dropdown-toggle btn " (classes) } type="button" data-bs-toggle="dropdown" title=(text) data-id=[id] {
            span.filter-option-inner-inner { (text) }
        }
        div.dropdown-menu {}
    }
}

/// "Save changes".
pub(super) fn save(form: &str, item: &str, url: &str) -> Markup {
    html! {
        button.btn.btn-sm.d-block.d-sm-inline.btn-success type="submit" data-action="edit_selected" data-item=(item)
            data-id=(form) data-api-url=(url) data-api-attr="{}" { "Save changes" }
    }
}

/// The hidden token that is appended to each form.
pub(super) fn csrf_token(exchange: &Exchange<'_>) -> Markup {
    html! { input type="hidden" name="csrf_token" value=(exchange.session().csrf_token); }
}

/// A sign without words, as mailcow's buttons have them: `plus`, `trash` or `eye`.
pub(super) fn icon(name: &str) -> Markup {
    let path = match name {
        "plus" => "M8 2v12M2 8h12",
        "trash" => "M2 4h12M6 4V2h4v2M3.5 4l1 10h7l1-10M6.5 7v4M9.5 7v4",
        _ => "M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    };
    html! {
        svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true" {
            path d=(path) {}
        }
    }
}
