//! What mailcow's login page offers to users.

use crate::transport::Answer;

/// What the login page offers. No API route has the setting "Disable mailcow Login and show only Single Sign-On"; the page itself
/// shows its effect, and contains no secret (docs/contract/rollout.md, "Hiding the password form"; recording 880).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginPage {
    /// A field for the password.
    pub has_password: bool,
    /// The button for single sign-on; `None` after the settings that it needs have changed.
    pub has_button: Option<bool>,
}

impl LoginPage {
    /// Parses the page as somebody sees it who is not signed in; `None` when it is not mailcow's.
    #[must_use]
    pub fn read(answer: &Answer) -> Option<Self> {
        let page = &*answer.as_ref().ok().filter(|response| response.status == 200)?.body;
        page.contains("var mailcow_cc_role").then(|| Self {
            has_password: page.contains(r#"name="pass_user""#),
            has_button: Some(page.contains(r#"href="/?iam_sso=1""#)),
        })
    }

    /// The page after its password form was shown.
    #[must_use]
    pub fn with_password(self) -> Self {
        Self { has_password: true, ..self }
    }

    /// The page after the identity provider was changed.
    #[must_use]
    pub fn of_other_provider(self) -> Self {
        Self { has_button: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{
        SendError,
        scripted::{json, page},
    };

    #[test]
    fn only_mailcows_own_page_is_understood() {
        let read = |form: &str| LoginPage::read(&json(200, &format!("<script>var mailcow_cc_role = '';</script>{form}")));
        let page_with = |has_password, has_button| Some(LoginPage { has_password, has_button: Some(has_button) });
        assert_eq!(read(r#"<input name="pass_user" type="password">"#), page_with(true, false));
        assert_eq!(read(r#"<a class="btn" href="/?iam_sso=1">"#), page_with(false, true));
        assert_eq!(read(""), page_with(false, false));
        assert_eq!(LoginPage::read(&page(200)), None);
        assert_eq!(LoginPage::read(&page(404)), None);
        assert_eq!(LoginPage::read(&Err(SendError::Redirected)), None);
    }
}
