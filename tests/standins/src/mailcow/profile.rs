//! Versions of mailcow and what differs between them (docs/contract/mailcow.md, section 11).

/// A version of mailcow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// 2025-02: before the identity provider came.
    V2025_02,
    /// 2025-03: the first with an identity provider.
    V2025_03,
    /// 2025-05: sign-in may create mailboxes, further redirect URLs.
    V2025_05,
    /// 2026-07a: the recorded one.
    V2026_07,
}

impl Profile {
    /// All versions, oldest first.
    pub const ALL: [Self; 4] = [Self::V2025_02, Self::V2025_03, Self::V2025_05, Self::V2026_07];

    /// Finds a version by its tag without patch letter, like `2026-07`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.tag().trim_end_matches(char::is_alphabetic) == name)
    }

    /// The tag that mailcow reports.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::V2025_02 => "2025-02",
            Self::V2025_03 => "2025-03",
            Self::V2025_05 => "2025-05",
            Self::V2026_07 => "2026-07a",
        }
    }

    /// Whether the login log has `ActiveSync` and DAV with the password of a mailbox; before, it has them with app passwords only
    /// (`inc/functions.auth.inc.php:425` of 2025-03).
    #[must_use]
    pub fn logs_every_program(self) -> bool {
        self.login_provisioning()
    }

    /// Whether there is an identity provider: form, routes and sign-in.
    #[must_use]
    pub fn identity_provider(self) -> bool {
        self >= Self::V2025_03
    }

    /// Whether the setting "Auto-create users on login" exists; before it, sign-in always created mailboxes.
    #[must_use]
    pub fn login_provisioning(self) -> bool {
        self >= Self::V2025_05
    }

    /// Whether further redirect URLs can be stored.
    #[must_use]
    pub fn redirect_url_extra(self) -> bool {
        self >= Self::V2025_05
    }

    /// Name of the session cookie.
    #[must_use]
    pub fn cookie(self) -> &'static str {
        if self >= Self::V2026_07 { "MCSESSID" } else { "PHPSESSID" }
    }

    /// Whether the cookie names `SameSite` explicitly.
    #[must_use]
    pub fn cookie_same_site(self) -> bool {
        self >= Self::V2026_07
    }

    /// Whether tables are searched with `POST search/…` rather than `GET get/…/datatables`.
    #[must_use]
    pub fn search_routes(self) -> bool {
        self >= Self::V2026_07
    }

    /// Whether mailboxes can be made to use a second factor.
    #[must_use]
    pub fn force_tfa(self) -> bool {
        self >= Self::V2026_07
    }

    /// Whether the log-in page can be made to offer single sign-on only.
    #[must_use]
    pub fn custom_login(self) -> bool {
        self >= Self::V2025_05
    }

    /// Whether pages are closed to somebody who has to set up a second factor or change the password first
    /// (docs/contract/cases.md, R15).
    #[must_use]
    pub fn pending_gate(self) -> bool {
        self >= Self::V2026_07
    }

    /// Whether answers name mailcow's own origin as the allowed one even to foreign origins.
    #[must_use]
    pub fn cors_names_own_origin_always(self) -> bool {
        self < Self::V2026_07
    }

    /// Whether the field "Redirect Url" has the id `iam_redirect_url`.
    #[must_use]
    pub fn redirect_url_has_id(self) -> bool {
        self == Self::V2025_03
    }
}
