//! What the panel shows, as data.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::password_form::PasswordFormAtRemoval;
use crate::authentik::Permission;
use crate::mailcow::FieldRow;
use crate::plan::{Change, FieldError, Kind, Loss, Progress, SkipReason, Totals, UserCounts, UserIssue};
use crate::setup::{AddressNote, TemplateRule};
use crate::verify::Finding;
use crate::verify::diagnosis::Attempt;

/// An option of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Choice {
    /// Primary key.
    pub key: String,
    pub name: String,
    /// A detail that distinguishes it from others with the same name; may be empty.
    pub detail: String,
}

/// The connected authentik.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AuthentikView {
    pub address: String,
    /// Version as authentik reports it.
    pub version: String,
    /// Whether the version is newer than any that the contract describes.
    pub unknown_version: bool,
    /// Who is signed in.
    pub username: String,
    /// Permissions that are missing for a complete setup; empty when all are there.
    pub missing_permissions: Vec<Permission>,
    /// Authorization flows.
    pub authorization_flows: Vec<Choice>,
    /// Invalidation flows.
    pub invalidation_flows: Vec<Choice>,
    pub signing_keys: Vec<Choice>,
    /// Groups; the detail is their number of members.
    pub groups: Vec<Choice>,
    /// Addresses of mailcows in redirect URIs of existing providers, the most likely first.
    pub known_mailcows: Vec<String>,
}

/// The parts of an integration that exist for the address in the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ExistingView {
    /// Name of the provider.
    pub provider: Option<String>,
    pub redirect_uris: Vec<String>,
    /// Name of the application.
    pub application: Option<String>,
    /// Name of the scope mapping.
    pub mapping: Option<String>,
    /// Number of objects that differ from the setup, without users; `None` as long as the draft gives no setup, or names groups and it
    /// is not known which ones are bound to the application.
    pub remaining: Option<usize>,
}

/// Values that apply unless the administrator enters others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Defaults {
    pub application_name: String,
    pub application_slug: String,
    /// Heading under which users see the application.
    pub application_group: String,
    pub launch_url: String,
    pub provider_name: String,
    /// Name of the scope mapping.
    pub mapping_name: String,
    /// Primary key of the authorization flow.
    pub authorization_flow: String,
    /// Primary key of the invalidation flow.
    pub invalidation_flow: String,
    /// Primary key of the signing key; empty for none.
    pub signing_key: String,
    /// Which groups' mailboxes are created from which template.
    pub templates: Vec<TemplateRule>,
}

/// A draft, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// The redirect URI, if the address in the draft is valid.
    pub redirect_uri: Option<String>,
    /// What was changed in the address while parsing it.
    pub notes: Vec<AddressNote>,
    /// What is invalid, field by field.
    pub errors: Vec<FieldError>,
    /// What is wrong with the address at which authentik was opened.
    pub findings: Vec<Finding>,
    /// What exists.
    pub existing: Option<ExistingView>,
    /// The defaults that apply.
    pub defaults: Option<Defaults>,
}

/// How many users there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct DirectoryView {
    pub total: usize,
    /// What would happen for an audience.
    pub counts: UserCounts,
}

/// A plan, for review before it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    pub changes: Vec<Change>,
    /// One line of totals.
    pub totals: Totals,
    /// What happens to users.
    pub users: UserCounts,
    pub writes: usize,
    /// Estimated seconds for the users, at the speed of this authentik as far as it is known.
    pub seconds: u32,
    /// Whether one attribute on a group would be much faster.
    pub group_recommended: bool,
    /// Permissions that this plan needs and the administrator lacks.
    pub missing_permissions: Vec<Permission>,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// Its parts and users.
    pub progress: Progress,
    /// Users who were not written; at most 1,000 of them.
    pub issues: Vec<UserIssue>,
    /// Why it ended early, if it did.
    pub error: Option<Finding>,
    /// Whether authentik, read again, needs no more changes.
    pub in_sync: bool,
    /// Whether something can be undone.
    pub can_undo: bool,
}

/// An object that undo skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SkippedView {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
    pub reason: SkipReason,
}

/// What undo did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct UndoView {
    /// Its parts and users.
    pub progress: Progress,
    /// Users who were not restored; at most 1,000 of them.
    pub issues: Vec<UserIssue>,
    /// Objects that were skipped.
    pub skipped: Vec<SkippedView>,
    /// Why it ended early, if it did.
    pub error: Option<Finding>,
    /// Whether something can still be undone.
    pub can_undo: bool,
}

/// The OAuth 2.0 client as registered. Only the length of its secret is included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationView {
    /// Name of the provider.
    pub provider: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// Number of characters of the client secret; `None` when the secret is not known.
    pub secret_length: Option<usize>,
    pub authorize_url: String,
    pub token_url: String,
    pub userinfo_url: String,
    pub redirect_uris: Vec<String>,
    /// Address of the authentik, with the path below which it is; `None` if its endpoints are no addresses.
    #[tsify(optional)]
    pub authentik: Option<String>,
    /// Origin of the mailcow.
    pub mailcow: String,
    /// The page of mailcow's administration that has the form for these values.
    pub admin_page: String,
    /// Number of objects in authentik that differed from the setup when the client was read. As long as it is not 0, the values
    /// for mailcow may change.
    pub remaining: usize,
}

/// Number of mailboxes for each way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MailboxesView {
    /// With a password stored by mailcow.
    pub mailcow: usize,
    /// With Generic-OIDC.
    pub generic_oidc: usize,
    /// With another provider.
    pub other: usize,
}

/// The connected mailcow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MailcowView {
    /// Its origin.
    pub address: String,
    /// The page that has the form of the identity provider.
    pub form_page: String,
    /// Address at which a sign-in through authentik starts without further clicks.
    pub sign_in_page: String,
    /// Version as mailcow reports it; empty when it reports none.
    pub version: String,
    /// Type of the stored provider; empty when none is configured.
    pub provider: String,
    /// Names of the templates for mailboxes.
    pub templates: Vec<String>,
    /// The template to propose for new mailboxes.
    pub proposed_template: Option<String>,
    pub domains: Vec<String>,
    /// Mailboxes; `None` when they could not be counted.
    pub mailboxes: Option<MailboxesView>,
    /// What prevents filling in the form, or should be known before.
    pub findings: Vec<Finding>,
    /// Stored settings compared with the desired ones, field by field; empty as long as no client is known.
    pub rows: Vec<FieldRow>,
    /// Whether the stored settings are the desired ones.
    pub in_sync: bool,
    /// Whether nothing differs, but the client secret could not be compared.
    pub secret_not_compared: bool,
    /// Whether the settings from before a save of this session can be restored.
    pub can_restore: bool,
}

impl MailcowView {
    /// Whether nothing is known to differ from what is desired.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.in_sync || self.secret_not_compared
    }
}

/// The form as it is, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// Findings about each field's value, including good ones.
    pub findings: Vec<Finding>,
    /// The form compared with the desired settings; empty as long as no client is known.
    pub rows: Vec<FieldRow>,
    /// Whether every known field has the desired value.
    pub complete: bool,
}

impl FormView {
    /// With these rows.
    pub(crate) fn new(findings: Vec<Finding>, rows: Vec<FieldRow>) -> Self {
        Self { findings, complete: !rows.is_empty() && rows.iter().all(FieldRow::is_same), rows }
    }
}

/// An object of authentik that a removal removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct RemovedObject {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
}

/// What a removal removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RemovalView {
    /// Objects in authentik, in the order of removal.
    pub objects: Vec<RemovedObject>,
    /// Whether mailcow has stored this client and would lose its identity provider.
    pub in_mailcow: bool,
    /// What a restoration would not bring back as it was.
    pub losses: Vec<Loss>,
    /// What becomes of the password form of mailcow's login page.
    pub password_form: PasswordFormAtRemoval,
}

/// Why the last sign-ins failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SignInsView {
    /// Sign-ins that failed, the newest first.
    pub attempts: Vec<Attempt>,
    /// Sign-ins that authentik authorized and mailcow did not refuse; `None` when one of the logs is missing.
    pub unremarkable: Option<usize>,
    /// Start of the part of mailcow's log that was read: seconds since 1970-01-01T00:00:00Z by its clock; `None` when it was not
    /// read.
    pub mailcow_since_s: Option<i64>,
    /// Time from which authentik's events are complete: seconds since 1970-01-01T00:00:00Z by its clock; `None` when all were
    /// read, or none.
    pub authentik_since_s: Option<i64>,
    /// Problems in mailcow's stored settings that leave no trace in either log.
    pub silent: Vec<Finding>,
    /// What could not be read, and what makes the diagnosis unreliable.
    pub findings: Vec<Finding>,
}
