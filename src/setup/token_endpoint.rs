//! The address of authentik's token endpoint.

use std::fmt;

use super::Origin;

/// A token endpoint to which credentials may be sent: authentik's path, over https or on this machine, without query. It may be
/// below a path (`web.path`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    base: String,
    origin: Origin,
}

impl TokenEndpoint {
    const PATH: &str = "/application/o/token/";

    /// Parses the address of a token endpoint; `None` when credentials must not be sent there.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let base = url.strip_suffix(Self::PATH)?;
        let origin = Origin::of(url).filter(Origin::is_secure)?;
        // The text has to be in canonical form, so that the browser cannot parse it differently from this check.
        let path = base.strip_prefix(&origin.to_string())?;
        let plain = path.is_empty() || path.starts_with('/');
        let harmless = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
        (plain && harmless && !path.contains("..")).then(|| Self { base: base.to_owned(), origin })
    }

    /// Where authentik itself begins: what the paths of its other endpoints are appended to.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Host of the endpoint.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.host()
    }

    /// Where it is: the only authentik whose pages may send credentials.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl fmt::Display for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.base, Self::PATH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_authentiks_token_endpoint_is_accepted() {
        for url in [
            "https://authentik.company/application/o/token/",
            "https://authentik.company:8443/application/o/token/",
            "https://authentik.company/sub/path/application/o/token/",
            "http://localhost:9000/application/o/token/",
        ] {
            assert_eq!(TokenEndpoint::of(url).map(|endpoint| endpoint.to_string()).as_deref(), Some(url));
        }
        for url in [
            "http://authentik.company/application/o/token/",
            "http://127.evil.example/application/o/token/",
            "http://localhost.evil.example/application/o/token/",
            "https://authentik.company/application/o/token",
            "https://authentik.company/application/o/token/?x",
            "https://authentik.company/?x=/application/o/token/",
            "https://authentik.company#/application/o/token/",
            "https://user@authentik.company/application/o/token/",
            "https://authentik.company/../application/o/token/",
            "https://authentik.company/%2e/application/o/token/",
            "https://Authentik.company/application/o/token/",
            "//authentik.company/application/o/token/",
            "javascript:/application/o/token/",
            "/application/o/token/",
            "",
        ] {
            assert_eq!(TokenEndpoint::of(url), None, "{url}");
        }
    }
}
