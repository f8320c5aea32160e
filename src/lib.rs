//! Cowbell's core: it knows authentik and mailcow, determines what has to change in each so that mailcow's users can sign in with
//! authentik, and diagnoses why a user cannot. It does no I/O (see [`transport`]).
//!
//! One pipeline of five verbs: **observe** reads a product into a snapshot, **compare** makes a plan from it and a
//! [`setup::Setup`], **apply** carries out the plan and keeps a journal for undo, **fill** turns the result into a script for
//! mailcow's form, **verify** returns findings.
//!
//! | module | what is there |
//! |---|---|
//! | [`setup`] | the integration model: addresses, secrets, what the administrator decides |
//! | [`transport`] | requests, responses, the trait that carries them, and the pace of many |
//! | [`wire`] | the JSON of both products: parsed, kept byte for byte, serialised; texts in quotes for other languages |
//! | [`authentik`] | its API as types, its responses, observe |
//! | [`mailcow`] | its API and its form as types, observe, fill script, settings |
//! | [`plan`] | compare, apply, journal, undo |
//! | [`verify`] | findings: fields, credentials, reachability, readiness, diagnosis |
//! | [`export`] | the integration as a blueprint, as Terraform, as mailcow's API call; reports and tables |
//! | [`app`] | what the panel calls: it keeps what was observed and returns views |
//! | [`mod@panic`] | what is reported about a panic, without any data |
//! | `wasm` | the interface to JavaScript |

pub mod app;
pub mod authentik;
pub mod export;
pub mod mailcow;
pub mod panel;
pub mod panic;
pub mod plan;
pub mod setup;
pub mod transport;
pub mod verify;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod wire;
