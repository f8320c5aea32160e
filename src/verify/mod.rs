//! Findings: what is in order, what is not, why, and what to press.

mod code;
mod finding;

pub use code::Code;
pub use finding::{Evidence, Field, Finding, Fix, Severity};
