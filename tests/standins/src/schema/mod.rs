//! What authentik's own schemas demand of each exchange (docs/contract/newest.md, "authentik-schemas.txt").
//!
//! | module | what is there |
//! |---|---|
//! | `table` | the facts of each release, as operations and models |
//! | `walk` | a body held against a model |
//! | `deviation` | what a schema does not allow |
//! | [`known`] | where the schemas are inexact |
//! | [`judge`] | exchanges held against the operations of a release |

mod deviation;
pub mod judge;
pub mod known;
mod table;
mod walk;

pub use deviation::{Deviation, Fault, Side};
pub use judge::{Exchange, Judge};
pub use table::{Operation, Schema};
