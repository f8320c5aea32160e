//! Recordings that are not replayed, and why.

const ROLE: &str = "sets up a role for the recordings; the stand-in starts with that role";
const BLUEPRINT: &str = "Cowbell uses no blueprints";

/// Name and reason.
pub(crate) const LEFT_OUT: [(&str, &str); 16] = [
    ("017-rbac-role-assign-permissions", ROLE),
    ("018-rbac-role-add-user", ROLE),
    ("033-rbac-permissions-by-user", "Cowbell asks for one role, which is not recorded"),
    ("713-events-actions", "Cowbell knows the names of events"),
    ("751-blueprints-list", BLUEPRINT),
    ("752-blueprints-available", BLUEPRINT),
    ("753-blueprint-create", BLUEPRINT),
    ("754-blueprint-create-bad-content", BLUEPRINT),
    ("755-blueprint-create-bad-yaml", BLUEPRINT),
    ("756-blueprint-get-before-apply", BLUEPRINT),
    ("757-blueprint-apply", BLUEPRINT),
    ("758-blueprint-get-after-apply", BLUEPRINT),
    ("759-blueprint-application", BLUEPRINT),
    ("760-blueprint-import-missing", BLUEPRINT),
    ("761-blueprint-delete", BLUEPRINT),
    ("809-settings-pagination", "Cowbell takes page sizes as they come"),
];

/// Lists whose numbers depend on what happened before the recordings began, or on random identifiers: the envelope is compared, not
/// the counts.
pub(crate) const OTHER_COUNTS: [&str; 5] = [
    "339-users-list-search-name",
    "701-events-list",
    "702-events-authorize-application",
    "706-events-actions-several",
    "709-events-model-updated",
];

/// Lists of events and tokens: other entries lie between the recorded ones, so only their shape is compared.
pub(crate) fn compares_values(name: &str) -> bool {
    !name.starts_with("664") && !name.starts_with("70") && !name.starts_with("710")
}

/// Why a recording is not replayed; `None` if it is.
pub(crate) fn reason(name: &str) -> Option<&'static str> {
    LEFT_OUT.iter().find(|(left_out, _)| *left_out == name).map(|(_, reason)| *reason)
}
