//! Where the release of 2026.8 differs from the recordings of its development state, and why.

const VERSION: &str = "it says which version it is";
const ERROR_PAGES: &str = "error pages keep their status (docs/contract/newest.md, row 8)";
const PRINTABLE: &str = "client ID and secret have to be printable ASCII (docs/contract/newest.md, row 11)";
const END_SESSION: &str = "the end of a session runs its flow for everybody, and shows no page of its own (#23773, #23002)";
const SCHEMA: &str = "new in the schema of 2026.8.0 (docs/contract/newest.md, rows 4 and 12)";

/// Members that answers have in addition.
pub(crate) const MEMBERS: [(&str, &str); 7] = [
    ("branding_map_tiles", SCHEMA),
    ("users", SCHEMA),
    ("is_current", SCHEMA),
    ("pbm_uuid", SCHEMA),
    ("dcr_registration", SCHEMA),
    ("expires", SCHEMA),
    ("expiring", SCHEMA),
];

/// Recordings that differ in other ways.
pub(crate) const RECORDINGS: [(&str, &str); 21] = [
    ("007-admin-version-superuser", VERSION),
    ("008-admin-version-plain-user", VERSION),
    ("010-admin-system-superuser", VERSION),
    ("138-scope-test-wrong-path", ERROR_PAGES),
    ("546-revoke-non-ascii-secret", ERROR_PAGES),
    ("567-token-non-ascii-secret", ERROR_PAGES),
    ("571-token-post-no-slash", ERROR_PAGES),
    ("662-end-session-anonymous", END_SESSION),
    ("938-provider-create-non-ascii-secret", PRINTABLE),
    ("939-revoke-right-non-ascii-secret", PRINTABLE),
    ("940-provider-create-unprintable-secret", PRINTABLE),
    ("952-admin-system-forwarded-http", VERSION),
    ("953-unknown-api-path-post", ERROR_PAGES),
    ("954-unknown-api-path-put", ERROR_PAGES),
    ("955-unknown-api-path-patch", ERROR_PAGES),
    ("956-unknown-api-path-delete", ERROR_PAGES),
    ("957-users-patch-no-slash", ERROR_PAGES),
    ("958-unknown-page-post", ERROR_PAGES),
    ("966-admin-system-limited", VERSION),
    ("980-binding-patch-negate-only", ERROR_PAGES),
    ("995-end-session-plain", END_SESSION),
];
