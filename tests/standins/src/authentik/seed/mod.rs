//! What a new authentik contains, and people to fill it with.

mod defaults;
mod demo;
mod recorded;

pub(super) use defaults::fresh;
pub(super) use demo::{fill, half_made_attempt};
pub use recorded::RECORDED_API_TOKEN;
pub(super) use recorded::populate;
