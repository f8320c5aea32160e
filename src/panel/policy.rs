//! The addresses at which an organisation's policy allows Cowbell to work (docs/ORGANISATIONS.md).

use std::cell::RefCell;
use std::rc::Rc;

use url::Url;

/// The origins that the organisation's policy allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// In the form in which browsers write origins; `None` when there is no policy, which allows everything.
    origins: Option<Vec<String>>,
}

impl Policy {
    /// Creates the policy from its list. An entry that is not an address allows nothing.
    #[must_use]
    pub fn new(listed: Option<&[String]>) -> Self {
        let origins = |listed: &[String]| listed.iter().filter_map(|address| origin(address)).collect();
        Self { origins: listed.map(origins) }
    }

    /// Whether Cowbell may read or change a page at this address, or send requests to it.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        self.origins.as_ref().is_none_or(|origins| origin(url).is_some_and(|origin| origins.contains(&origin)))
    }

    /// The allowed origins; `None` when there is no policy.
    #[must_use]
    pub fn origins(&self) -> Option<&[String]> {
        self.origins.as_deref()
    }
}

/// The policy in force: one value for everybody who has to ask it, because it may change while the panel is open.
#[derive(Clone, Debug, Default)]
pub struct PolicyInForce(Rc<RefCell<Policy>>);

impl PolicyInForce {
    /// Begins with this policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self(Rc::new(RefCell::new(policy)))
    }

    /// Replaces it.
    pub fn replace(&self, policy: Policy) {
        *self.0.borrow_mut() = policy;
    }

    /// As [`Policy::allows`].
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        self.0.borrow().allows(url)
    }

    /// As [`Policy::origins`].
    #[must_use]
    pub fn origins(&self) -> Option<Vec<String>> {
        self.0.borrow().origins().map(<[String]>::to_vec)
    }
}

fn origin(address: &str) -> Option<String> {
    let origin = Url::parse(address).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_allows_everything() {
        assert!(Policy::default().allows("https://mailcow.company/admin"));
        assert!(Policy::new(None).allows("about:blank"));
    }

    #[test]
    fn only_the_listed_origins_are_allowed() {
        let listed = ["https://Mailcow.company/admin", "http://authentik.localhost:9000", "nonsense", "about:blank"];
        let policy = Policy::new(Some(&listed.map(str::to_owned)));
        for allowed in
            ["https://mailcow.company", "https://mailcow.company:443/x?y#z", "http://authentik.localhost:9000/if/admin/"]
        {
            assert!(policy.allows(allowed), "{allowed}");
        }
        for refused in [
            "http://mailcow.company",
            "https://mailcow.company:8443",
            "https://mailcow.company.evil.example",
            "nonsense",
            "about:blank",
        ] {
            assert!(!policy.allows(refused), "{refused}");
        }
    }

    #[test]
    fn an_empty_or_unreadable_list_allows_nothing() {
        for listed in [&[][..], &["nonsense".to_owned()]] {
            assert!(!Policy::new(Some(listed)).allows("https://mailcow.company"));
        }
    }
}
