//! Findings: what is correct, what is not, why, and how to fix it.
//!
//! | module | what is there |
//! |---|---|
//! | [`fields`](check_fields) | every field of mailcow's form, offline, as it is typed or pasted |
//! | [`probe`] | the requests that test a client in authentik, without side effects |
//! | [`credentials`] | what their responses mean for the client credentials |
//! | [`reach`](server_reaches) | whether mailcow's server reaches the token endpoint |
//! | [`everybody`] | what makes every sign-in fail |
//! | [`readiness`] | who can sign in, user by user |
//! | [`switch_cost`] | what a switch costs the owner of a mailbox |
//! | [`mail_programs`] | whether mail programs go on after it |
//! | [`diagnosis`] | why the last sign-ins failed, from the logs of both products |
//! | [`authentik`] | errors of authentik, and the address at which it was opened |
//! | [`mailcow`] | errors and obstacles on mailcow's side |

pub mod address_change;
pub mod arrival;
pub mod authentik;
mod code;
pub mod credentials;
pub mod diagnosis;
pub mod everybody;
mod fields;
mod finding;
pub mod mail_programs;
pub mod mailcow;
pub mod probe;
mod reach;
pub mod readiness;
pub mod switch_cost;

pub use crate::mailcow::Field;
pub use code::{Code, FixSection, SeenIn, Severity};
pub use fields::{OtherClient, check_fields, cleaned, usual_endpoints};
pub use finding::{Evidence, Finding, FindingDetails, Fix};
pub use reach::server_reaches;
