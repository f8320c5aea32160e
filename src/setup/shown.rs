//! Values as they may be shown: in a plan, in a comparison, in a report. Never a secret.

use serde::Serialize;
use tsify::Tsify;

use super::Secret;

/// A value for human eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shown {
    /// There is none.
    Absent,
    /// A text from a product or a person: to be shown as it is, never interpreted.
    Text {
        /// The text.
        text: String,
    },
    /// Several texts.
    List {
        /// The texts, in their order.
        items: Vec<String>,
    },
    /// On or off.
    Switch {
        /// Whether it is on.
        on: bool,
    },
    /// A secret that exists.
    Secret {
        /// Its number of characters.
        length: usize,
    },
    /// It will only be known when the plan has been applied.
    KnownAfterApply,
}

impl Shown {
    /// A text; the empty one counts as absent.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Absent } else { Self::Text { text: text.to_owned() } }
    }

    /// Several texts; none counts as absent.
    #[must_use]
    pub fn list(items: Vec<String>) -> Self {
        if items.is_empty() { Self::Absent } else { Self::List { items } }
    }

    /// A secret's length; the empty one counts as absent.
    #[must_use]
    pub fn secret(secret: &Secret) -> Self {
        if secret.is_empty() { Self::Absent } else { Self::Secret { length: secret.length() } }
    }
}
