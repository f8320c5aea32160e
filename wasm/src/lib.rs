//! The core as a wasm package: nothing but its border to JavaScript.
//!
//! It is a crate of its own because cargo leaves out link-time optimisation (`lto`) without a word where a crate is a library
//! for Rust as well; that costs 16 % of the wasm.

#[cfg(target_arch = "wasm32")]
pub use cowbell::wasm::*;

/// Wipes whatever is freed: what carried the client secret on its way, such as the text of a request, is gone with it.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);
