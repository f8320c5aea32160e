//! Which release of authentik is played, and what differs between them (docs/contract/authentik.md, section 17).

/// A release of authentik: one for each line, and the patches that behave differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// 2024.12.5
    V2024_12,
    /// 2025.2.4
    V2025_2,
    /// 2025.4.4
    V2025_4,
    /// 2025.6.4
    V2025_6,
    /// 2025.8.6
    V2025_8,
    /// 2025.10.4
    V2025_10,
    /// 2025.12.6
    V2025_12,
    /// 2026.2.2, the recorded one.
    V2026_2,
    /// 2026.2.7, which hides client secrets.
    V2026_2_7,
    /// 2026.5.7, known from its schema; it hides client secrets.
    V2026_5,
    /// The development state of 2026.8 of 2026-06-23, which was recorded. Nobody runs it, so it is not among [`Profile::ALL`]; what came
    /// between it and the release differs from [`Profile::V2026_8`] on.
    V2026_8Rc1,
    /// 2026.8.0, known from its schema, its source, and the recordings of its development state.
    V2026_8,
    /// 2026.8.2, which hides client secrets.
    V2026_8_2,
}

impl Profile {
    /// All releases, oldest first.
    pub const ALL: [Self; 12] = [
        Self::V2024_12,
        Self::V2025_2,
        Self::V2025_4,
        Self::V2025_6,
        Self::V2025_8,
        Self::V2025_10,
        Self::V2025_12,
        Self::V2026_2,
        Self::V2026_2_7,
        Self::V2026_5,
        Self::V2026_8,
        Self::V2026_8_2,
    ];

    /// The full version.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::V2024_12 => "2024.12.5",
            Self::V2025_2 => "2025.2.4",
            Self::V2025_4 => "2025.4.4",
            Self::V2025_6 => "2025.6.4",
            Self::V2025_8 => "2025.8.6",
            Self::V2025_10 => "2025.10.4",
            Self::V2025_12 => "2025.12.6",
            Self::V2026_2 => "2026.2.2",
            Self::V2026_2_7 => "2026.2.7",
            Self::V2026_5 => "2026.5.7",
            Self::V2026_8Rc1 => "2026.8.0-rc1",
            Self::V2026_8 => "2026.8.0",
            Self::V2026_8_2 => "2026.8.2",
        }
    }

    /// Year and month of the version, as pages state it.
    #[must_use]
    pub fn family(self) -> &'static str {
        let version = self.version();
        version.rsplit_once('.').map_or(version, |(family, _)| family)
    }

    /// The release with this full version; for a family, its first.
    #[must_use]
    pub fn from_version(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.version() == version || profile.family() == version)
    }

    /// Entries on a page when the request names no size.
    #[must_use]
    pub fn default_page_size(self) -> usize {
        if self >= Self::V2025_12 { 20 } else { 100 }
    }

    /// The largest page; larger sizes are lowered without a word.
    #[must_use]
    pub fn max_page_size(self) -> Option<usize> {
        (self >= Self::V2025_12).then_some(100)
    }

    /// Whether lists carry the member `autocomplete`.
    #[must_use]
    pub fn has_autocomplete(self) -> bool {
        self >= Self::V2025_8
    }

    /// What the managed `email` mapping says about `email_verified`, for everybody.
    #[must_use]
    pub fn default_email_verified(self) -> bool {
        self < Self::V2025_10
    }

    /// Whether a client secret is shown to nobody but who may change the provider (docs/contract/newest.md, row 1).
    #[must_use]
    pub fn hides_secrets(self) -> bool {
        matches!(self, Self::V2026_2_7 | Self::V2026_5 | Self::V2026_8_2)
    }

    /// Whether providers have `grant_types`, and only listed grants are served (section 5.3).
    #[must_use]
    pub fn has_grant_types(self) -> bool {
        self >= Self::V2026_5
    }

    /// Whether redirect URIs have a type.
    #[must_use]
    pub fn has_redirect_uri_type(self) -> bool {
        self >= Self::V2026_5
    }

    /// Whether providers have `backchannel_logout_uri`, which gave way to `logout_uri`.
    #[must_use]
    pub fn has_backchannel_logout_uri(self) -> bool {
        self == Self::V2025_8
    }

    /// Whether a provider without application says so with null; before, the members were left out (section 5).
    #[must_use]
    pub fn shows_unassigned(self) -> bool {
        self >= Self::V2025_8
    }

    /// Whether a token shows its provider with everything, the client secret too.
    #[must_use]
    pub fn shows_whole_provider_of_token(self) -> bool {
        self <= Self::V2025_10 || self == Self::V2026_2
    }

    /// Whether a binding shows its group and user with everything.
    #[must_use]
    pub fn shows_whole_objects_in_bindings(self) -> bool {
        self < Self::V2025_10
    }

    /// Whether bindings have `expires` and `expiring` (docs/contract/newest.md, row 4).
    #[must_use]
    pub fn has_expiring_bindings(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether setup URLs have `dcr_registration`.
    #[must_use]
    pub fn has_dynamic_registration(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether applications show the key of their bindings.
    #[must_use]
    pub fn has_pbm_uuid(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether brands name where maps come from.
    #[must_use]
    pub fn has_map_tiles(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether `users/me` lists everybody who is signed in with the same browser.
    #[must_use]
    pub fn has_session_users(self) -> bool {
        self >= Self::V2026_8
    }

    /// The switches that a brand shows.
    #[must_use]
    pub fn brand_flags(self) -> &'static [&'static str] {
        match self {
            _ if self < Self::V2025_8 => &[],
            Self::V2025_8 => &["policies_buffered_access_view"],
            Self::V2025_10 => &["policies_buffered_access_view", "flows_refresh_others"],
            _ if self < Self::V2026_5 => &["policies_buffered_access_view", "flows_continuous_login", "flows_refresh_others"],
            Self::V2026_5 => &["core_default_app_access", "flows_continuous_login", "flows_refresh_others"],
            _ => &["flows_continuous_login", "flows_refresh_others"],
        }
    }

    /// Whether providers have `refresh_token_threshold`, `logout_uri` and `logout_method`.
    #[must_use]
    pub fn has_provider_logout(self) -> bool {
        self >= Self::V2025_10
    }

    /// The longest slug of an application.
    #[must_use]
    pub fn max_slug_length(self) -> Option<usize> {
        (self < Self::V2025_12).then_some(50)
    }

    /// Slugs that would hide an OAuth 2.0 endpoint.
    #[must_use]
    pub fn reserved_slugs(self) -> &'static [&'static str] {
        if self >= Self::V2025_8 { &["authorize", "token", "device", "userinfo", "introspect", "revoke"] } else { &[] }
    }

    /// Whether OAuth 2.0 errors carry `request_id`.
    #[must_use]
    pub fn has_error_request_id(self) -> bool {
        self >= Self::V2025_8
    }

    /// Whether token answers carry `scope`.
    #[must_use]
    pub fn has_token_scope(self) -> bool {
        self >= Self::V2025_2
    }

    /// Whether revocation lets public clients pass without a secret.
    #[must_use]
    pub fn revokes_public_clients_freely(self) -> bool {
        self >= Self::V2025_2
    }

    /// Whether a client secret with a character outside ASCII makes the server fail (section 10).
    #[must_use]
    pub fn fails_on_non_ascii_secret(self) -> bool {
        self >= Self::V2025_10
    }

    /// Whether credentials in HTTP Basic are percent-decoded.
    #[must_use]
    pub fn decodes_basic_credentials(self) -> bool {
        self >= Self::V2026_2
    }

    /// Name of the field with a certificate's kind of key.
    #[must_use]
    pub fn key_type_field(self) -> &'static str {
        if self >= Self::V2025_12 { "key_type" } else { "private_key_type" }
    }

    /// Whether certificates can be filtered by `key_type`.
    #[must_use]
    pub fn filters_key_type(self) -> bool {
        self >= Self::V2025_12
    }

    /// Whether users have `password_change_date`.
    #[must_use]
    pub fn has_password_change_date(self) -> bool {
        self >= Self::V2025_2
    }

    /// Whether users have `date_joined`.
    #[must_use]
    pub fn has_date_joined(self) -> bool {
        self >= Self::V2025_4
    }

    /// Whether users have `last_updated`.
    #[must_use]
    pub fn has_last_updated(self) -> bool {
        self >= Self::V2025_8
    }

    /// Whether users have roles of their own.
    #[must_use]
    pub fn has_user_roles(self) -> bool {
        self >= Self::V2025_12
    }

    /// Whether groups have `children`.
    #[must_use]
    pub fn has_group_children(self) -> bool {
        self >= Self::V2025_8
    }

    /// What users have groups under in expressions (section 4).
    #[must_use]
    pub fn groups_in_expressions(self) -> &'static str {
        if self >= Self::V2026_2 { "groups" } else { "ak_groups" }
    }

    /// Whether pictures of flows, applications and brands come as name and URL, themed if wanted.
    #[must_use]
    pub fn has_themed_urls(self) -> bool {
        self >= Self::V2025_12
    }

    /// Whether groups have several parents (`parents`) instead of one (`parent`).
    #[must_use]
    pub fn has_group_parents(self) -> bool {
        self >= Self::V2025_12
    }

    /// Whether events can be filtered by the repeatable `actions`.
    #[must_use]
    pub fn filters_event_actions(self) -> bool {
        self >= Self::V2025_8
    }

    /// Whether the switch "applications without binding are open to everybody" exists.
    #[must_use]
    pub fn has_default_app_access(self) -> bool {
        self >= Self::V2026_5
    }

    /// Whether pages state `relBase` beside `base`.
    #[must_use]
    pub fn has_rel_base(self) -> bool {
        self >= Self::V2025_2
    }

    /// Whether the policy engine mode `all` lets in whoever passes any binding of a group or user (docs/contract/newest.md, row 9).
    #[must_use]
    pub fn takes_all_for_any(self) -> bool {
        let numbers: Vec<u16> = self.family().split('.').filter_map(|part| part.parse().ok()).collect();
        (&[2025, 8][..]..&[2026, 2][..]).contains(&numbers.as_slice())
    }

    /// Whether applications have `meta_hide`.
    #[must_use]
    pub fn has_meta_hide(self) -> bool {
        self >= Self::V2026_5
    }

    /// Whether definitions of attributes are enforced on each write of a user or group.
    #[must_use]
    pub fn enforces_object_attributes(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether client ID and secret have to be printable ASCII.
    #[must_use]
    pub fn wants_printable_credentials(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether error pages answer writing requests with their own status, too, instead of 405.
    #[must_use]
    pub fn keeps_status_of_errors(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether a provider without redirect URIs takes the first that it sees (docs/contract/newest.md, row 7).
    #[must_use]
    pub fn adopts_redirect_uris(self) -> bool {
        self < Self::V2026_2_7
    }

    /// Whether discovery says that clients hear of the end of a session through the browser; first seen in 2026.8.0-rc1.
    #[must_use]
    pub fn has_frontchannel_logout(self) -> bool {
        self >= Self::V2026_8Rc1
    }

    /// Which of two mappings of one scope wins has no fixed order: whether it is the managed one (recording 256 of 2026.8.0-rc1).
    #[must_use]
    pub fn has_managed_mappings_last(self) -> bool {
        self >= Self::V2026_8Rc1
    }

    /// Whether the end of a session at an application deletes its access tokens; first seen in 2026.8.0-rc1.
    #[must_use]
    pub fn ends_tokens_with_session(self) -> bool {
        self >= Self::V2026_8Rc1
    }

    /// Whether the end of a session runs its flow for somebody without a session, too (2026.8 release notes, #23773 and #23002).
    #[must_use]
    pub fn ends_sessions_of_nobody(self) -> bool {
        self >= Self::V2026_8
    }

    /// Whether `search` is read as a query language first (docs/contract/newest.md, row 13).
    #[must_use]
    pub fn has_query_language(self) -> bool {
        self >= Self::V2026_5
    }
}
