//! The four switches of mailcow's login pages, as the form in the configuration page has them.

use super::html::{self, Tag};

/// The form's name in the page.
const FORM: &str = "custom_login";

/// The four switches of the login pages, which mailcow stores together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "mailcow has these four")]
pub struct CustomLogin {
    /// Other login pages have no link to that of users.
    pub hide_user_quicklink: bool,
    /// Other login pages have no link to that of domain administrators.
    pub hide_domainadmin_quicklink: bool,
    /// Other login pages have no link to that of administrators.
    pub hide_admin_quicklink: bool,
    /// The login page of users has no password form.
    pub force_sso: bool,
}

impl CustomLogin {
    /// The switches by mailcow's names.
    #[must_use]
    pub fn members(self) -> [(&'static str, bool); 4] {
        [
            ("hide_user_quicklink", self.hide_user_quicklink),
            ("hide_domainadmin_quicklink", self.hide_domainadmin_quicklink),
            ("hide_admin_quicklink", self.hide_admin_quicklink),
            ("force_sso", self.force_sso),
        ]
    }

    fn of([hide_user_quicklink, hide_domainadmin_quicklink, hide_admin_quicklink, force_sso]: [bool; 4]) -> Self {
        Self { hide_user_quicklink, hide_domainadmin_quicklink, hide_admin_quicklink, force_sso }
    }

    /// mailcow's names of the switches that are not as they were.
    #[must_use]
    pub fn changed_since(self, earlier: Self) -> Vec<String> {
        let both = self.members().into_iter().zip(earlier.members());
        both.filter(|(now, before)| now != before).map(|((name, _), _)| name.to_owned()).collect()
    }

    /// The same, with or without the password form.
    #[must_use]
    pub fn with_force_sso(self, force_sso: bool) -> Self {
        Self { force_sso, ..self }
    }

    /// Serialises as four digits, for what outlives the panel.
    #[must_use]
    pub fn to_text(self) -> String {
        self.members().map(|(_, on)| if on { '1' } else { '0' }).into_iter().collect()
    }

    /// Parses what [`Self::to_text`] has written.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let digits: Option<Vec<bool>> = text.bytes().map(|digit| matches!(digit, b'0' | b'1').then_some(digit == b'1')).collect();
        digits.and_then(|digits| Some(Self::of(digits.try_into().ok()?)))
    }
}

/// The switches of the one form in a page; `None` if it is not clear which they are. Administrators' own texts are in the same page,
/// some of them as HTML: one that has a switch, too, may hide the form, or be hidden itself.
pub(super) fn parse(page: &str) -> Option<CustomLogin> {
    let names = CustomLogin::default().members().map(|(name, _)| name);
    if names.iter().any(|name| !is_named_once(page, name)) {
        return None;
    }
    let mut found = [None; 4];
    let mut forms = 0;
    // Whether the form that is open is the one; browsers ignore a form in a form.
    let mut open: Option<bool> = None;
    for tag in html::tags(page) {
        if tag.ends("form") {
            open = None;
        } else if tag.begins("form") && open.is_none() {
            let is_it = tag.attribute("data-id") == Some(FORM);
            forms += usize::from(is_it);
            open = Some(is_it);
        } else if open == Some(true) && tag.begins("input") && tag.attribute("form").is_none() {
            let place = names.iter().position(|name| tag.attribute("name") == Some(name));
            if let Some(place) = place
                && (!is_switch(&tag) || found[place].replace(tag.attribute("checked").is_some()).is_some())
            {
                return None;
            }
        }
    }
    let all: Option<Vec<bool>> = found.into_iter().collect();
    all.filter(|_| forms == 1).and_then(|all| Some(CustomLogin::of(all.try_into().ok()?)))
}

/// Whether this is the name of one thing in a page, whatever that is, and whether a browser would see it.
fn is_named_once(page: &str, name: &str) -> bool {
    let is_its_name = |at: &usize| {
        let (before, after) = (&page[..*at], &page[at + name.len()..]);
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before).trim_end();
        let attribute = before.strip_suffix('=').unwrap_or_default().trim_end();
        let last = attribute.len().checked_sub("name".len()).and_then(|at| attribute.get(at..));
        last.is_some_and(|last| last.eq_ignore_ascii_case("name"))
            && !after.starts_with(|next: char| next == '_' || next.is_alphanumeric())
    };
    page.match_indices(name).map(|(at, _)| at).filter(is_its_name).count() == 1
}

fn is_switch(input: &Tag<'_>) -> bool {
    let kind = input.attribute("type").unwrap_or_default();
    kind.eq_ignore_ascii_case("checkbox") && input.attribute("value") == Some("1")
}
