//! Values in displayable form: those before and after the arrow in a table of changes.

use serde::Serialize;
use tsify::Tsify;

use super::ClientSecret;

/// A value of a setting, fit for the eyes of a bystander: a secret is only its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shown {
    /// Not set.
    Absent,
    /// A text, possibly from a server: it is shown, never interpreted.
    Text { text: String },
    /// Several texts in their order.
    List {
        /// The texts.
        items: Vec<String>,
    },
    /// On or off.
    Switch {
        /// Whether it is on.
        on: bool,
    },
    /// A secret that is set.
    Secret {
        /// Number of characters.
        length: usize,
    },
    /// A secret that is not known here, or not any more. It may be set.
    Unknown,
    /// It will only be known when the plan has been applied.
    KnownAfterApply,
}

impl Shown {
    /// A text; the empty one is [`Shown::Absent`].
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Absent } else { Self::Text { text: text.to_owned() } }
    }

    /// A list; the empty one is [`Shown::Absent`].
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if items.is_empty() { Self::Absent } else { Self::List { items } }
    }

    /// A secret; the empty one is [`Shown::Absent`].
    #[must_use]
    pub fn secret(secret: &ClientSecret) -> Self {
        match secret {
            ClientSecret::Absent => Self::Absent,
            ClientSecret::Held(secret) if secret.is_empty() => Self::Absent,
            ClientSecret::Held(secret) => Self::Secret { length: secret.length() },
            ClientSecret::Unknown | ClientSecret::Discarded(_) => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Secret;

    /// mailcow stores an empty text where nobody has entered one.
    #[test]
    fn an_empty_secret_is_shown_as_none() {
        let shown = |secret: &str| Shown::secret(&ClientSecret::Held(Secret::new(secret.into())));
        assert_eq!([shown(""), shown("four")], [Shown::Absent, Shown::Secret { length: 4 }]);
    }
}
