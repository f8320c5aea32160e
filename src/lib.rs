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
//! | [`transport`] | requests, answers, and the trait that carries them |
//! | `authentik` | its API as types, observe, changes |
//! | [`mailcow`] | its API and its form as types, observe, fill script |
//! | `plan` | compare, apply, journal, undo |
//! | [`verify`] | findings: fields and credentials |

pub mod mailcow;
pub mod setup;
pub mod transport;
pub mod verify;
