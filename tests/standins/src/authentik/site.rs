//! Where the stand-in is reached: origin and base path.

use url::Url;

/// Origin and base path (`web.path`) of an authentik.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port, without slash at the end.
    pub origin: String,
    /// Path under which everything lives; begins and ends with a slash.
    pub base: String,
    /// Whether authentik believes the proxy in front of it that it is reached by https. Since 2026.8 it believes only proxies in
    /// `AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS` (docs/contract/newest.md, row 5).
    pub trusts_proxy: bool,
}

impl Site {
    /// Reads an address such as `http://authentik.localhost:9000` or `https://company.example/sso/`.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Url::parse(address).map_or_else(
            |_| Self { origin: address.trim_end_matches('/').to_owned(), base: "/".to_owned(), trusts_proxy: true },
            |url| {
                let path = url.path();
                let slash = if path.ends_with('/') { "" } else { "/" };
                Self { origin: url.origin().ascii_serialization(), base: format!("{path}{slash}"), trusts_proxy: true }
            },
        )
    }

    /// Whether it is reached by HTTPS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether authentik itself knows that it is reached by HTTPS (recordings 950 to 952 of 2026.8.0-rc1).
    #[must_use]
    pub fn knows_secure(&self) -> bool {
        self.is_secure() && self.trusts_proxy
    }

    /// The origin as authentik itself sees it.
    #[must_use]
    pub fn own_origin(&self) -> String {
        let scheme = if self.knows_secure() { "https" } else { "http" };
        format!("{scheme}://{}", self.host())
    }

    /// Host with port, as the header `Host` has it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, host)| host)
    }

    /// The absolute URL of a path below the base path, as authentik itself names it; `path` has no slash in front.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}{path}", self.own_origin(), self.base)
    }

    /// The path with the base path in front.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_path_has_slashes_on_both_ends() {
        assert_eq!(Site::new("http://a.localhost:9000").base, "/");
        let site = Site::new("https://company.example/sso");
        assert_eq!(site.absolute("api/v3/"), "https://company.example/sso/api/v3/");
        assert_eq!(site.host(), "company.example");
    }
}
