//! The core against the stand-ins: whole journeys, everything that goes wrong on the way, and thousands of small accidents.
//!
//! | module | what is there |
//! |---|---|
//! | `support` | a browser around the stand-ins, a model of mailcow's form, pictures of the state |
//! | `attack` | what the fuzzer does with an input (`fuzz/`); here it gets those from which it begins |
//! | `recordings` | these inputs, recorded |
//! | `expressions` | scope mappings that look like ours and are not |
//! | `files` | what leaves as a file, with hostile texts, through a reader of its format |
//! | `journey` | the main job from the first click to a mailbox, on every version |
//! | `languages` | products that speak another language |
//! | `mailcow_side` | filling, saving, restoring |
//! | `schemas` | the operations of every release, held against authentik's own schemas |
//! | `secrets` | how long a client secret is kept, and whose |
//! | `unknown_secret` | a client secret that authentik hides or that was discarded |
//! | `proxy` | a proxy that authentik does not believe |
//! | `rotation` | a new client secret on both sides, whatever gets in between |
//! | `mistakes` | values that somebody pasted wrongly: named, and fixed |
//! | `moved` | a mailcow that has another address now |
//! | `templates` | mailboxes from the template of a group |
//! | `two_admins` | two administrators at once, and what goes between a look and what follows |
//! | `password_form` | the login page of mailcow without its password form |
//! | `removal` | the integration taken away and put back |
//! | `readiness` | who can sign in, held against what a sign-in does |
//! | `arrivals` | who has arrived since a switch, held against sign-ins |
//! | `check` | what both products have stored, checked |
//! | `remedies` | a refused user gets in once the remedy is applied |
//! | `sign_ins` | sign-ins that fail, each tried and explained |
//! | `snapshots` | plan, report, check and explanations as the panel is told them |
//! | `bad_input` | the rows of the table "Bad input: what happens" |
//! | `strangers` | another authentik and another mailcow, clicked in the middle of everything |
//! | `page_size` | lists that are longer than a page |
//! | `bindings` | bindings that do not do what they seem to |
//! | `standing` | how long a plan holds, and that only one writes |
//! | `life` | one seed decides a whole life of an integration, and whatever gets in between |
//! | `simulation` | one seed decides a whole run with its accidents |
//! | `windows` | several windows with a panel, and a browser without space |
//! | `working` | whatever the panel does and whatever happens, sign-ins go on, or it is said why not |
//! | `closed_list` | nothing but the listed endpoints is ever called |

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::similar_names, reason = "a stage and the state behind it")]

/// A quarter of what the simulations do is memory taken and given back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod arrivals;
#[path = "../../fuzz/src/attack/mod.rs"]
mod attack;
mod bad_input;
mod bindings;
mod changed_since;
mod check;
mod closed_list;
mod expressions;
mod files;
mod journey;
mod languages;
mod life;
mod mailcow_side;
mod mistakes;
mod moved;
mod page_size;
mod panel;
mod password_form;
mod people;
mod proxy;

mod readiness;
mod recordings;
mod remedies;
mod removal;
mod rotation;
mod schemas;
mod secrets;
mod sign_ins;
mod simulation;
mod snapshots;
mod spoiled;
mod standing;
mod strangers;
mod support;
mod templates;
mod two_admins;
mod unknown_secret;
mod windows;
mod working;
