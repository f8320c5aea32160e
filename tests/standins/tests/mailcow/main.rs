//! The traps of mailcow that the recordings do not show, or show only once: sign-ins, older versions, the form, faults.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod form;
mod identity_server;
mod profiles;
mod rollout;
mod sessions;
mod sign_in;
mod world;
