//! Cowbell's core: it knows authentik and mailcow, decides what has to change in each so that mailcow's users sign in with
//! authentik, and explains why somebody cannot. It does no I/O (see [`transport`]).
//!
//! One pipeline, five verbs: **observe** reads a product into a snapshot, **compare** makes a plan of it and a
//! [`setup::Setup`], **apply** performs the plan and keeps a journal for undo, **fill** turns the result into a script for
//! mailcow's form, **verify** gives findings.
//!
//! | module | what is there |
//! |---|---|
//! | [`setup`] | the integration model: addresses, secrets, what the administrator decides |
//! | [`transport`] | requests, answers, the trait that carries them, and the pace of many |
//! | [`wire`] | the JSON of both products: read, kept byte for byte, written |
//! | [`authentik`] | its API as types, what it answers, observe |
//! | [`mailcow`] | its API and its form as types, observe, fill script, settings |
//! | [`plan`] | compare, apply, journal, undo |
//! | [`verify`] | findings: fields, credentials, reachability |
//! | [`export`] | the integration as a blueprint, as Terraform, as mailcow's API call |
//! | [`app`] | the verbs: they keep what was observed and give views |
//! | [`mod@panic`] | what is said of a panic, without any data |
//! | `wasm` | the border to JavaScript |

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
