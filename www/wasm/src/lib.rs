//! The core and both stand-ins as one wasm package, for the page: a `Simulation` is the internet that the panel works with there.
#![cfg(target_arch = "wasm32")]

#[path = "../../../wasm/src/panic.rs"]
pub mod panic;
mod simulation;

pub use cowbell::wasm::*;
pub use simulation::*;
