//! The mailboxes of a mailcow and the other names that decide whether an address gets in, kept small: 50,000 mailboxes have to fit
//! beside 100,000 users.

use super::{
    Error, GENERIC_OIDC,
    api::{self, Endpoint},
};
use crate::{
    json::{Reader, WrongShape},
    transport::Answer,
};

/// Who checks the password of a mailbox (`authsource`, contract/mailcow.md, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authsource {
    /// mailcow itself.
    #[default]
    Mailcow,
    /// A Generic-OIDC provider.
    GenericOidc,
    /// A Keycloak, whose mailboxes a sign-in with Generic-OIDC opens as well (contract/mailcow.md, section 7).
    Keycloak,
    /// An LDAP directory, or something newer.
    Other,
}

/// A mailbox, as far as it decides about a sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Who checks the password.
    pub authsource: Authsource,
    /// Whether it may be used.
    pub active: bool,
    /// Whether mailcow demands a second factor.
    pub force_tfa: bool,
    /// Whether mailcow demands a new password at the next sign-in.
    pub force_pw_update: bool,
}

impl Mailbox {
    /// Whether switching it to Generic-OIDC ends something that mailcow demands (contract/pitfalls.md, P-42).
    #[must_use]
    pub fn demands_something(self) -> bool {
        self.force_tfa || self.force_pw_update
    }
}

/// Things by name: in lower case, sorted. Names are found as mailcow's database compares them, which ignores case
/// (contract/mailcow.md, section 7; recording 208).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByName<T>(Vec<(Box<str>, T)>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByName<T> {
    /// From rows in any order, whose names are in lower case. Of several with one name any is found.
    #[must_use]
    pub fn new(mut rows: Vec<(Box<str>, T)>) -> Self {
        rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Self(rows)
    }

    /// Names that several rows have, each once.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        let pairs = self.0.chunk_by(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1);
        pairs.map(|alike| &*alike[0].0)
    }

    /// Names and things, in the order of the names.
    #[must_use]
    pub fn into_rows(self) -> Vec<(Box<str>, T)> {
        self.0
    }

    /// What has this name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let wanted = || name.bytes().map(|byte| byte.to_ascii_lowercase());
        self.0.binary_search_by(|(known, _)| known.bytes().cmp(wanted())).ok().map(|at| &self.0[at].1)
    }

    /// The same with other things under some names. `changed` is sorted; names that are not there stay away.
    #[must_use]
    pub fn with(&self, changed: &[(Box<str>, T)]) -> Self
    where
        T: Clone,
    {
        let mut new = self.clone();
        for (name, thing) in &mut new.0 {
            if let Ok(at) = changed.binary_search_by(|(other, _)| other.cmp(name)) {
                thing.clone_from(&changed[at].1);
            }
        }
        new
    }

    /// The same, to be looked at.
    #[must_use]
    pub fn rows(&self) -> &[(Box<str>, T)] {
        &self.0
    }
}

/// All mailboxes, by address.
pub type Mailboxes = ByName<Mailbox>;

/// Numbers of mailboxes by the way they sign in (`authsource`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxCounts {
    /// With a password that mailcow keeps.
    pub mailcow: usize,
    /// With a Generic-OIDC provider.
    pub generic_oidc: usize,
    /// With Keycloak or LDAP: as long as there is one, mailcow refuses another type of provider
    /// (`authsource_in_use`, contract/mailcow.md, section 2).
    pub other: usize,
}

impl Mailboxes {
    /// Reads the text of `get/mailbox/all`.
    ///
    /// # Errors
    /// When it is no list of mailboxes.
    pub fn read(text: &str) -> Result<Self, WrongShape> {
        let mut rows = Vec::new();
        read_list(text, &mut |row| {
            let mut mailbox = Mailbox::default();
            let mut address = None;
            row.object(&mut |field, row| {
                match field {
                    "username" => address = Some(lower(&row.string()?)),
                    "active" => mailbox.active = is_on(row)?,
                    "authsource" => mailbox.authsource = authsource(row)?,
                    "attributes" if row.peek() == Some(b'{') => row.object(&mut |attribute, row| {
                        match attribute {
                            "force_tfa" => mailbox.force_tfa = is_on(row)?,
                            "force_pw_update" => mailbox.force_pw_update = is_on(row)?,
                            _ => drop(row.raw()?),
                        }
                        Ok(())
                    })?,
                    _ => drop(row.raw()?),
                }
                Ok(())
            })?;
            rows.push((address.ok_or(WrongShape)?, mailbox));
            Ok(())
        })?;
        Ok(ByName::new(rows))
    }

    /// How many there are of each kind.
    #[must_use]
    pub fn counts(&self) -> MailboxCounts {
        let mut counts = MailboxCounts::default();
        for (_, mailbox) in &self.0 {
            *match mailbox.authsource {
                Authsource::Mailcow => &mut counts.mailcow,
                Authsource::GenericOidc => &mut counts.generic_oidc,
                Authsource::Keycloak | Authsource::Other => &mut counts.other,
            } += 1;
        }
        counts
    }
}

/// Names that are taken, or stand for something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherNames {
    /// Aliases by address: mailcow makes no mailbox of that name (`is_alias`, contract/mailcow.md, section 7).
    pub aliases: ByName<Box<str>>,
    /// Alias domains, and the domains they stand for: nobody signs in with an address there (contract/mailcow.md, section 7).
    pub alias_domains: ByName<Box<str>>,
}

/// Reads aliases and alias domains.
///
/// # Errors
/// Whatever is wrong with an answer.
pub fn read_other_names(aliases: &Answer, alias_domains: &Answer) -> Result<OtherNames, Error> {
    let read =
        |endpoint, answer: &Answer, name, target| api::read_text(endpoint, answer, |text| read_targets(text, name, target));
    Ok(OtherNames {
        aliases: read(Endpoint::Aliases, aliases, "address", "goto")?,
        alias_domains: read(Endpoint::AliasDomains, alias_domains, "alias_domain", "target_domain")?,
    })
}

/// Reads the mailboxes.
///
/// # Errors
/// Whatever is wrong with the answer.
pub fn read_mailboxes(answer: &Answer) -> Result<Mailboxes, Error> {
    api::read_text(Endpoint::Mailboxes, answer, Mailboxes::read)
}

/// Reads a list of objects without a tree, those without `name` left out.
fn read_targets(text: &str, name: &str, target: &str) -> Result<ByName<Box<str>>, WrongShape> {
    let mut rows = Vec::new();
    read_list(text, &mut |row| {
        let (mut found, mut leads_to) = (None, Box::default());
        row.object(&mut |field, row| {
            if field == name {
                found = Some(lower(&row.string()?));
            } else if field == target {
                leads_to = row.string()?.into();
            } else {
                row.raw()?;
            }
            Ok(())
        })?;
        rows.extend(found.map(|found| (found, leads_to)));
        Ok(())
    })?;
    Ok(ByName::new(rows))
}

/// A list, which mailcow writes as `{}` when it is empty (contract/mailcow.md, section 8).
fn read_list(text: &str, row: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), WrongShape>) -> Result<(), WrongShape> {
    let mut reader = Reader::new(text);
    if reader.peek() == Some(b'{') {
        reader.object(&mut |_, _| Err(WrongShape))?;
    } else {
        reader.array(row)?;
    }
    reader.end()
}

fn lower(name: &str) -> Box<str> {
    name.to_ascii_lowercase().into()
}

/// A switch: 1 as a number or as a text.
fn is_on(row: &mut Reader<'_>) -> Result<bool, WrongShape> {
    Ok(matches!(row.raw()?, "1" | "\"1\""))
}

fn authsource(row: &mut Reader<'_>) -> Result<Authsource, WrongShape> {
    Ok(match row.raw()?.trim_matches('"') {
        "mailcow" | "" | "null" => Authsource::Mailcow,
        GENERIC_OIDC => Authsource::GenericOidc,
        "keycloak" => Authsource::Keycloak,
        _ => Authsource::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_found_whatever_their_case() {
        let text = r#"[{"username":"carol@mail.example","active":1,"authsource":"generic-oidc","attributes":[]},
            {"username":"Alice@mail.example","active":"1","quota":0,"attributes":{"force_tfa":"1","force_pw_update":"0"}},
            {"username":"bob@mail.example","active":0,"authsource":"ldap","attributes":{"force_pw_update":1}}]"#;
        let mailboxes = Mailboxes::read(text).expect("mailboxes");
        let names: Vec<&str> = mailboxes.rows().iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["alice@mail.example", "bob@mail.example", "carol@mail.example"]);
        let alice = Mailbox { active: true, force_tfa: true, ..Mailbox::default() };
        assert_eq!(mailboxes.get("ALICE@mail.Example"), Some(&alice));
        let bob = Mailbox { authsource: Authsource::Other, force_pw_update: true, ..Mailbox::default() };
        assert_eq!(mailboxes.get("bob@mail.example"), Some(&bob));
        assert_eq!(mailboxes.get("bob@mail.exampl"), None);
        assert_eq!(mailboxes.counts(), MailboxCounts { mailcow: 1, generic_oidc: 1, other: 1 });
    }

    #[test]
    fn empty_lists_are_objects_and_anything_else_is_no_list() {
        assert_eq!(Mailboxes::read(" {} "), Ok(Mailboxes::default()));
        assert_eq!(Mailboxes::read("[]"), Ok(Mailboxes::default()));
        for text in ["", r#"{"a":1}"#, "[1]", r#"[{"active":1}]"#, "[] []"] {
            assert_eq!(Mailboxes::read(text), Err(WrongShape), "{text}");
        }
    }

    #[test]
    fn aliases_lead_somewhere() {
        let text = r#"[{"id":3,"address":"Info@mail.example","goto":"a@mail.example,b@mail.example"},{"id":4}]"#;
        let aliases = read_targets(text, "address", "goto").expect("aliases");
        assert_eq!(aliases.get("info@mail.example").map(|goto| &**goto), Some("a@mail.example,b@mail.example"));
        assert_eq!(aliases.rows().len(), 1);
    }
}
