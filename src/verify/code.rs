//! The catalogue of findings.

use serde::Serialize;
use tsify::Tsify;

use super::finding::Severity;

/// Declares the catalogue once: name, severity, meaning.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $severity:ident,)*) => {
        /// A stable name for each thing a check can say. The panel finds its words under `finding_<code>`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Tsify)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// How grave it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

codes! {
    /// The field is empty although mailcow needs it.
    FieldEmpty = Fault,
    /// Blanks or line breaks around the value; mailcow stores and sends them as they are.
    SurroundingSpace = Fault,
}
