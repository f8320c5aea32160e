//! Where Cowbell has hidden the password form, kept beyond the life of the panel.

use std::collections::BTreeMap;

use crate::mailcow::CustomLogin;
use crate::setup::Origin;

/// Name under which it is stored that Cowbell has hidden the form, followed by the origin of the mailcow: whatever window did so, it is
/// one fact about one mailcow.
const KEPT_AS: &str = "password_form.";

/// The login pages as Cowbell left them when it hid the password form, by origin of the mailcow.
#[derive(Default)]
pub(super) struct HiddenForms(BTreeMap<String, CustomLogin>);

impl HiddenForms {
    /// Parses what earlier panels have stored, by name.
    pub(super) fn restore(kept: &BTreeMap<String, String>) -> Self {
        let read =
            |(name, text): (&String, &String)| Some((name.strip_prefix(KEPT_AS)?.to_owned(), CustomLogin::from_text(text)?));
        Self(kept.iter().filter_map(read).collect())
    }

    pub(super) fn of(&self, mailcow: &Origin) -> Option<CustomLogin> {
        self.0.get(&mailcow.to_string()).copied()
    }

    /// Sets what Cowbell left, or that it has hidden nothing; returns what has to be stored.
    pub(super) fn set(&mut self, mailcow: &Origin, left: Option<CustomLogin>) -> Vec<(String, String)> {
        let origin = mailcow.to_string();
        let before = match left {
            Some(left) => self.0.insert(origin.clone(), left),
            None => self.0.remove(&origin),
        };
        let text = || (format!("{KEPT_AS}{origin}"), left.map(CustomLogin::to_text).unwrap_or_default());
        if before == left { Vec::new() } else { vec![text()] }
    }
}
