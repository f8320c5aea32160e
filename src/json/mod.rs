//! JSON, as small as the wasm needs it (`docs/decisions/010-own-json.md`).
//!
//! | to | use |
//! |---|---|
//! | read something small | [`Value::parse`], then [`FromJson`] and [`Fields`], field by field |
//! | read something large, or keep it letter by letter | [`Reader`], which builds no tree |
//! | write a value | [`Value`]'s `Display` |
//! | write what derives `Serialize` | [`to_text`] |
//!
//! Numbers stay the text they came as: nothing is rounded, and nothing has to know about floating-point numbers. Unknown fields are
//! ignored, an optional field may be missing, and a missing field and `null` mean the same.

mod fields;
mod read;
mod value;
mod write;

pub use fields::{Fields, FromJson, list};
pub use read::Reader;
pub use value::{Map, Value, object};
pub use write::{quote, to_text};

/// The text is no JSON, or not what was expected. Says no more, because it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unexpected JSON")]
pub struct WrongShape;

/// Whether a text is one complete JSON value.
#[must_use]
pub fn is_valid(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.raw().and_then(|_| reader.end()).is_ok()
}
