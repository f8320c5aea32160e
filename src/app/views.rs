//! What the panel shows, as data.

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::Permission;
use crate::mailcow::FieldRow;
use crate::plan::{Change, FieldError, Kind, Progress, SkipReason, Totals, UserCounts, UserIssue};
use crate::setup::{AddressNote, TemplateRule};
use crate::verify::Finding;
use crate::verify::diagnosis::Attempt;

/// Something that can be chosen from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Choice {
    /// Primary key.
    pub key: String,
    pub name: String,
    /// Something that tells it from others of that name; may be empty.
    pub detail: String,
}

/// Who and what an authentik is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AuthentikView {
    pub address: String,
    /// Version as it gives it.
    pub version: String,
    /// Whether the version is newer than any that the contract describes.
    pub unknown_version: bool,
    /// Title chosen by its administrator.
    pub brand: String,
    /// Who is signed in.
    pub username: String,
    /// Permissions that are missing for the whole job; empty when they may do it.
    pub missing_permissions: Vec<Permission>,
    /// Flows that authorize.
    pub authorization_flows: Vec<Choice>,
    /// Flows that sign out.
    pub invalidation_flows: Vec<Choice>,
    pub signing_keys: Vec<Choice>,
    /// Groups; the detail is their number of members.
    pub groups: Vec<Choice>,
    /// Addresses of mailcows that existing providers lead to, the likeliest first.
    pub known_mailcows: Vec<String>,
}

/// What of an integration exists for the typed address.
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
    /// Objects that are not as wanted, users not counted; `None` as long as the draft does not say what is wanted.
    pub remaining: Option<usize>,
}

/// Values that hold unless the administrator says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Defaults {
    pub application_name: String,
    pub application_slug: String,
    /// Heading under which users see it.
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
    /// Whose mailboxes come from which template.
    pub templates: Vec<TemplateRule>,
}

/// A draft, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// The address that sign-ins come back to, if the typed one could be understood.
    pub redirect_uri: Option<String>,
    /// What was changed in the typed address.
    pub notes: Vec<AddressNote>,
    /// What is wrong, field by field.
    pub errors: Vec<FieldError>,
    /// What exists.
    pub existing: Option<ExistingView>,
    /// Values in force.
    pub defaults: Option<Defaults>,
}

/// How many users there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct DirectoryView {
    pub total: usize,
    /// What would happen for an audience.
    pub counts: UserCounts,
}

/// A plan, to be read before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    pub changes: Vec<Change>,
    /// One line of totals.
    pub totals: Totals,
    /// What happens to users.
    pub users: UserCounts,
    pub writes: usize,
    /// Seconds that the users will take at the measured speed of a real authentik.
    pub seconds: u32,
    /// Whether one attribute on a group would be much quicker.
    pub group_recommended: bool,
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
    /// Whether authentik, read again, has nothing left to change.
    pub in_sync: bool,
    /// Whether something can be taken back.
    pub can_undo: bool,
}

/// An object that undo left as it is.
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
    /// Users who were not put back; at most 1,000 of them.
    pub issues: Vec<UserIssue>,
    /// Objects that were left as they are.
    pub skipped: Vec<SkippedView>,
    /// Why it ended early, if it did.
    pub error: Option<Finding>,
    /// Whether something can still be taken back.
    pub can_undo: bool,
}

/// The OAuth 2.0 client as registered. The secret is only there as its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationView {
    /// Name of the provider.
    pub provider: String,
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// Number of characters of the client secret; `None` when it is not known here.
    pub secret_length: Option<usize>,
    pub authorize_url: String,
    pub token_url: String,
    pub userinfo_url: String,
    pub redirect_uris: Vec<String>,
    /// Origin of the mailcow.
    pub mailcow: String,
    /// The page of mailcow's administration that has the form for all this.
    pub admin_page: String,
    /// Objects of authentik that were not as wanted when the client was read. As long as there are any, what mailcow has to be
    /// told may change.
    pub remaining: usize,
}

/// How many mailboxes sign in which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MailboxesView {
    /// With a password that mailcow keeps.
    pub mailcow: usize,
    /// With Generic-OIDC.
    pub generic_oidc: usize,
    /// With another provider.
    pub other: usize,
}

/// Who and what a mailcow is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MailcowView {
    /// Its origin.
    pub address: String,
    /// The page that has the form of the identity provider.
    pub form_page: String,
    /// Where a sign-in with authentik begins at once.
    pub sign_in_page: String,
    /// Version as it gives it; empty when it gives none.
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
    /// What stands in the way or should be known before anything is filled.
    pub findings: Vec<Finding>,
    /// Stored against wanted, field by field; empty as long as no client is known.
    pub rows: Vec<FieldRow>,
    /// Whether the stored settings are the wanted ones.
    pub in_sync: bool,
    /// Whether a save of this session can be taken back.
    pub can_restore: bool,
}

/// The form as it stands, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// What each field's text says, those in order included.
    pub findings: Vec<Finding>,
    /// The form against the wanted settings; empty as long as no client is known.
    pub rows: Vec<FieldRow>,
    /// Whether every field that is known holds what is wanted.
    pub complete: bool,
}

/// What is stored on both sides, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct CheckView {
    /// What was found out, and what could not be; faults of stored fields included, fields in order not.
    pub findings: Vec<Finding>,
}

/// An object of authentik that a removal takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct RemovedObject {
    /// What kind of object.
    pub kind: Kind,
    pub name: String,
}

/// What a removal takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RemovalView {
    /// At authentik, in the order of removal.
    pub objects: Vec<RemovedObject>,
    /// Whether mailcow has this client stored, and loses its identity provider.
    pub in_mailcow: bool,
}

/// Why the last sign-ins failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SignInsView {
    /// Sign-ins that failed, the newest first.
    pub attempts: Vec<Attempt>,
    /// Sign-ins that authentik let on and mailcow did not refuse; `None` when one of the logs is missing.
    pub unremarkable: Option<usize>,
    /// From when on mailcow's log was read: seconds since 1970 by its clock; `None` when it was not.
    pub mailcow_since_s: Option<i64>,
    /// From when on nothing of authentik's events is missing: seconds since 1970 by its clock; `None` when all there is was read, or
    /// nothing.
    pub authentik_since_s: Option<i64>,
    /// Faults in what mailcow has stored that leave no trace in either log.
    pub silent: Vec<Finding>,
    /// What could not be looked at, and what disturbs the reading.
    pub findings: Vec<Finding>,
}
