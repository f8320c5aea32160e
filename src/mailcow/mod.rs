//! mailcow: its API and its form as types, observe, and the script that fills in the form.
//!
//! | module | what is there |
//! |---|---|
//! | [`Endpoint`], [`api`] | the complete list of endpoints; its requests, and what the responses mean |
//! | [`observe`](observe()) | one round of requests that reads everything |
//! | [`directory`] | mailboxes and aliases, by name |
//! | [`settings`](IdentityProvider) | the identity provider as stored, as desired, and the difference |
//! | [`switch`] | switching mailboxes from one way to sign in to another |
//! | [`save`] | storing the desired settings, and restoring the previous ones |
//! | [`custom_login`] | what the login pages show: with or without the password form |
//! | [`SignInLog`] | which mail programs sign in to which mailbox |
//! | [`UiLog`] | why mailcow refused sign-ins |
//! | [`form`] | the form as it is in the page |
//! | [`script`] | what the page executor has to do to fill it in |

pub mod api;
mod collation;
pub mod custom_login;
pub mod directory;
mod endpoint;
mod error;
mod field;
pub mod form;
mod html;
mod lists;
mod log;
mod login_page;
mod login_switches;
mod mailbox;
mod observe;
pub mod save;
pub mod script;
mod settings;
mod sign_in_log;
pub mod switch;
mod version;

pub use collation::folded;
pub use directory::{MailboxCounts, Mailboxes, OtherNames};
pub use endpoint::Endpoint;
pub use error::{Error, Pending};
pub use field::{Comparison, Field, FieldRow};
pub use form::{FormState, FormValues};
pub use lists::{ListShape, Mapping, Mappings};
pub use log::{LogEntry, Logged, UiLog, read_log};
pub use login_page::LoginPage;
pub use login_switches::CustomLogin;
pub use mailbox::{Authsource, LastSignIns, Mailbox, NameMark, Protocol, Protocols};
pub use observe::{Domain, Snapshot, Template, observe};
pub use settings::{DEFAULT_TEMPLATE, GENERIC_OIDC, IdentityProvider, MailcowChoice, Writable, desired, rows};
pub use sign_in_log::{SignInLog, Times, Uses, in_utc, read_sign_in_log};
pub use version::{Features, Version};
