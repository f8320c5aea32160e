//! Where mailcow completes a sign-in with the identity provider.

use url::Url;

/// Paths of the pages that redeem a code, as nginx finds them (docs/contract/mailcow.md, section 7; docs/contract/cases.md,
/// R10). At any other the user stays signed out, without a notice and without an entry in a log.
const PATHS: [&str; 7] = ["/", "/index", "/index.php", "/user", "/user.php", "/reset-password", "/reset-password.php"];

/// Whether mailcow completes a sign-in that returns to this URL. With `iam_sso` in it each return would begin the next sign-in.
#[must_use]
pub fn completes_sign_in(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    PATHS.contains(&url.path()) && !url.query_pairs().any(|(name, _)| name == "iam_sso")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_that_redeem_codes_complete_a_sign_in() {
        for place in ["", "/", "/?x=1", "/index.php", "/user", "/user.php", "/reset-password", "/reset-password.php"] {
            assert!(completes_sign_in(&format!("https://mailcow.company{place}")), "{place}");
        }
        for place in
            ["/admin", "/SOGo/so/", "/mailbox", "/user/", "/User", "/index.php/", "/domainadmin", "?iam_sso=1", "/?iam_sso"]
        {
            assert!(!completes_sign_in(&format!("https://mailcow.company{place}")), "{place}");
        }
        assert!(!completes_sign_in("mailcow.company"));
    }
}
