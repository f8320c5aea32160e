//! What users may do with their mailbox (mailcow's ACL).

/// What users may do, in the order of mailcow's table.
pub(super) const RIGHTS: [&str; 15] = [
    "spam_alias",
    "tls_policy",
    "spam_score",
    "spam_policy",
    "delimiter_action",
    "syncjobs",
    "eas_reset",
    "sogo_profile_reset",
    "pushover",
    "quarantine",
    "quarantine_attachments",
    "quarantine_notification",
    "quarantine_category",
    APP_PASSWORDS,
    PASSWORD_RESET,
];

/// The right to make app passwords.
pub(super) const APP_PASSWORDS: &str = "app_passwds";

/// The right to reset the password.
pub(super) const PASSWORD_RESET: &str = "pw_reset";

/// The rights that the template "Default" gives (recording 210).
pub(super) const INSTALLED_RIGHTS: [&str; 12] = [
    "spam_alias",
    "tls_policy",
    "spam_score",
    "spam_policy",
    "delimiter_action",
    "eas_reset",
    "pushover",
    "quarantine",
    "quarantine_attachments",
    "quarantine_notification",
    "quarantine_category",
    APP_PASSWORDS,
];
