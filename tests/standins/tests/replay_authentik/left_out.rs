//! Recordings that are not replayed, and why.

const ROLE: &str = "sets up a role for the recordings; the stand-in starts with that role";
const BLUEPRINT: &str = "Cowbell uses no blueprints";
const SETTINGS: &str = "Cowbell takes page sizes as they come";

/// In both folders: name and reason.
pub(crate) const BOTH: [(&str, &str); 10] = [
    ("017-rbac-role-assign-permissions", ROLE),
    ("018-rbac-role-add-user", ROLE),
    ("033-rbac-permissions-by-user", "Cowbell asks for one role, which is not recorded"),
    ("713-events-actions", "Cowbell knows the names of events"),
    ("751-blueprints-list", BLUEPRINT),
    ("752-blueprints-available", BLUEPRINT),
    ("754-blueprint-create-bad-content", BLUEPRINT),
    ("755-blueprint-create-bad-yaml", BLUEPRINT),
    ("760-blueprint-import-missing", BLUEPRINT),
    ("809-settings-pagination", SETTINGS),
];

/// Of 2026.2.2 only.
pub(crate) const RELEASE: [(&str, &str); 6] = [
    ("753-blueprint-create", BLUEPRINT),
    ("756-blueprint-get-before-apply", BLUEPRINT),
    ("757-blueprint-apply", BLUEPRINT),
    ("758-blueprint-get-after-apply", BLUEPRINT),
    ("759-blueprint-application", BLUEPRINT),
    ("761-blueprint-delete", BLUEPRINT),
];

/// Of the development state only.
pub(crate) const DEVELOPMENT: [(&str, &str); 4] = [
    ("960-settings-patch-max-page-size", SETTINGS),
    ("963-bindings-max-page-size-20", "its bindings are those of policies to flows and stages, which the stand-in does not have"),
    ("964-settings-patch-max-page-size-back", SETTINGS),
    ("967-admin-settings-limited", SETTINGS),
];

/// Lists whose numbers depend on what happened before the recordings began, or on random identifiers: the envelope is compared, not
/// the counts.
pub(crate) const OTHER_COUNTS: [&str; 6] = [
    "339-users-list-search-name",
    "701-events-list",
    "702-events-authorize-application",
    "706-events-actions-several",
    "709-events-model-updated",
    "962-events-max-page-size-20",
];

/// Its cookie is not compared: sent past the proxy, it came from another address than before, which the session noted.
pub(crate) const MOVED_SESSION: &str = "950-setup-urls-forwarded-http";

/// Lists of events and tokens: other entries lie between the recorded ones, so only their shape is compared.
pub(crate) fn compares_values(name: &str) -> bool {
    !["664", "70", "710", "962"].iter().any(|start| name.starts_with(start))
}
