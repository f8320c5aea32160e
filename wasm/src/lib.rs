//! The core as a wasm package: its interface to JavaScript, and what a program decides and a library does not, the allocator and
//! what happens at a panic.
//!
//! It is a crate of its own because cargo silently omits link-time optimisation (`lto`) if a crate is a library for Rust as well
//! (docs/decisions/017-build-tools.md).

#[cfg(target_arch = "wasm32")]
pub mod panic;

#[cfg(target_arch = "wasm32")]
pub use cowbell::wasm::*;

/// Wipes all freed memory, including temporary copies of the client secret such as the text of a request.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);
