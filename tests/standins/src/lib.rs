//! Stand-ins for authentik and mailcow that behave as the recorded ones do, traps included.
//!
//! Both keep their state in memory and are pure: a request goes in, an answer comes out. The same code serves native tests,
//! browser journeys (through the loopback server of this crate's binary) and the demo.
//!
//! | module | what is there |
//! |---|---|
//! | [`authentik`] | the identity provider |
//! | [`browser`] | cookies, CORS and redirects around both |
//! | [`message`] | requests and answers |
//! | [`people`] | the people of the demo |
//! | [`hostile`] | texts that mean harm |
//! | [`language`] | the language in which the products speak |
//! | [`mailcow`] | the mail server |
//! | [`schema`] | what authentik's own schemas demand of each exchange |
//! | [`world`] | both joined, with faults |
//! | [`serve`] | the loopback server (not in WebAssembly) |

pub mod authentik;
pub mod browser;
pub mod hostile;
pub mod language;
pub mod mailcow;
pub mod message;
pub mod people;
pub mod schema;
#[cfg(not(target_arch = "wasm32"))]
pub mod serve;
pub mod world;
