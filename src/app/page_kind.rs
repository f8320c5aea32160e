//! Which page the administrator clicked on.

use serde::Serialize;
use tsify::Tsify;

use crate::authentik::api::Base;
use crate::setup::Origin;

/// What a page is, judged by its address alone: nothing is injected to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageKind {
    /// A page of authentik's interface.
    Authentik {
        /// Address of the authentik, with its path.
        address: String,
    },
    /// A page of mailcow's administration.
    Mailcow {
        /// Origin of the mailcow.
        address: String,
    },
    /// Any other page: Cowbell does nothing there.
    Elsewhere,
}

impl PageKind {
    /// Recognises the address of a page.
    #[must_use]
    pub fn of(page_url: &str) -> Self {
        if let Some(base) = Base::of(page_url) {
            return Self::Authentik { address: base.address() };
        }
        let Some(origin) = Origin::of(page_url) else { return Self::Elsewhere };
        let path = page_url.split(['?', '#']).next().and_then(|url| url.splitn(4, '/').nth(3)).unwrap_or_default();
        if path == "admin" || path.starts_with("admin/") {
            return Self::Mailcow { address: origin.to_string() };
        }
        Self::Elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_two_products_from_everything_else() {
        let mailcow = PageKind::Mailcow { address: "https://mailcow.company".into() };
        for path in ["/admin", "/admin/", "/admin/system", "/admin/dashboard?x=1#y"] {
            assert_eq!(PageKind::of(&format!("https://mailcow.company{path}")), mailcow, "{path}");
        }
        for url in [
            "https://mailcow.company/",
            "https://x.example/administrator",
            "https://x.example/?/admin/",
            "chrome://extensions/",
            "about:blank",
            "",
        ] {
            assert_eq!(PageKind::of(url), PageKind::Elsewhere, "{url}");
        }
        let authentik = PageKind::Authentik { address: "https://login.example/sso".into() };
        assert_eq!(PageKind::of("https://login.example/sso/if/admin/#/administration/overview"), authentik);
    }
}
