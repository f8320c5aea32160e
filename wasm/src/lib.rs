//! The core as a wasm package: nothing but its border to JavaScript.
//!
//! It is a crate of its own because cargo leaves out link-time optimisation (`lto`) without a word where a crate is a library
//! for Rust as well; that costs 16 % of the wasm.

#[cfg(target_arch = "wasm32")]
pub use cowbell::wasm::*;
