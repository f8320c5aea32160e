//! The mailboxes of a mailcow and the other names that decide whether a sign-in with an address succeeds, stored compactly:
//! 50,000 mailboxes have to fit beside 100,000 users.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::collation::folded;
use super::{Authsource, Endpoint, Error, LastSignIns, Mailbox, NameMark, Protocol, Protocols, api};
use crate::{
    transport::Answer,
    wire::{self, Lenient, Malformed, PhpList, RawObject, natural, or_default},
};

/// A mailbox as mailcow lists it.
#[derive(Deserialize)]
struct ListedMailbox<'a> {
    #[serde(borrow)]
    username: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    name: Cow<'a, str>,
    #[serde(default)]
    active: Switch,
    #[serde(default, deserialize_with = "or_default")]
    authsource: Authsource,
    #[serde(borrow, default, deserialize_with = "or_default")]
    created: Cow<'a, str>,
    /// An empty list if there are none.
    #[serde(default)]
    attributes: Lenient<ListedAttributes>,
    #[serde(default, deserialize_with = "natural")]
    last_imap_login: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    last_pop3_login: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    last_smtp_login: Option<u64>,
    #[serde(default, deserialize_with = "natural")]
    quota_used: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListedAttributes {
    force_tfa: Switch,
    force_pw_update: Switch,
    attribute_hash: Filled,
    imap_access: Option<Switch>,
    pop3_access: Option<Switch>,
    smtp_access: Option<Switch>,
    sieve_access: Option<Switch>,
    eas_access: Option<Switch>,
    dav_access: Option<Switch>,
}

/// An app password as mailcow lists it, without the password.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ListedAppPassword {
    active: Switch,
    imap_access: Switch,
    pop3_access: Switch,
    smtp_access: Switch,
    sieve_access: Switch,
    eas_access: Switch,
    dav_access: Switch,
}

/// The protocols that are `on`, given the switches in the order of [`Protocol::ALL`].
fn protocols(on: [bool; 6]) -> Protocols {
    Protocol::ALL.into_iter().zip(on).filter(|(_, on)| *on).map(|(protocol, _)| protocol).collect()
}

/// Whether a text is there and not empty.
#[derive(Clone, Copy, Default)]
struct Filled(bool);

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(raw.starts_with('"') && raw.len() > 2))
    }
}

/// A switch: 1 as a number or text is on, anything else off.
#[derive(Clone, Copy, Default)]
pub(super) struct Switch(pub(super) bool);

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(matches!(raw.get(), "1" | "\"1\"")))
    }
}

/// An alias or an alias domain as mailcow lists it.
#[derive(Deserialize)]
struct ListedAlias<'a> {
    #[serde(borrow, alias = "alias_domain")]
    address: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "target_domain", default)]
    goto: Cow<'a, str>,
}

/// A row of a [`ByName`], copied once from the text from which it is parsed.
struct Row<T>(Box<str>, T);

impl<'de> Deserialize<'de> for Row<Mailbox> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let listed = ListedMailbox::deserialize(deserializer)?;
        let Lenient(attributes) = listed.attributes;
        let ListedAttributes { imap_access, pop3_access, smtp_access, sieve_access, eas_access, dav_access, .. } = attributes;
        // What is missing is not off.
        let is_closed = |switch: Option<Switch>| switch.is_some_and(|switch| !switch.0);
        let switches = [imap_access, pop3_access, smtp_access, sieve_access, eas_access, dav_access];
        let digits: String = listed.created.chars().filter(char::is_ascii_digit).collect();
        let seconds = |time: Option<u64>| time.and_then(|time| time.try_into().ok()).unwrap_or_default();
        let mailbox = Mailbox {
            authsource: listed.authsource,
            active: listed.active.0,
            force_tfa: attributes.force_tfa.0,
            force_pw_update: attributes.force_pw_update.0,
            is_as_template: attributes.attribute_hash.0,
            name: NameMark::of(&listed.name),
            created: digits.parse().unwrap_or_default(),
            closed: protocols(switches.map(is_closed)),
            used: listed.quota_used.unwrap_or_default(),
            last: LastSignIns {
                imap: seconds(listed.last_imap_login),
                pop3: seconds(listed.last_pop3_login),
                smtp: seconds(listed.last_smtp_login),
            },
        };
        Ok(Self(lower(&listed.username), mailbox))
    }
}

/// Values by name: as names are [`folded`], sorted: mailcow's database compares them so (docs/contract/mailcow.md, section 7;
/// recording 208).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByName<T>(Vec<(Box<str>, T)>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByName<T> {
    /// Creates the table from rows in any order, whose names are [`folded`]. Of several rows with one name, any is found.
    #[must_use]
    pub fn new(mut rows: Vec<(Box<str>, T)>) -> Self {
        rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Self(rows)
    }

    /// Names that occur in several rows, each once.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        let pairs = self.0.chunk_by(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1);
        pairs.map(|alike| &*alike[0].0)
    }

    /// Names and values, in the order of the names.
    #[must_use]
    pub fn into_rows(self) -> Vec<(Box<str>, T)> {
        self.0
    }

    /// The value of this name, however it is spelled.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let name = folded(name);
        self.0.binary_search_by(|(known, _)| (**known).cmp(&name)).ok().map(|at| &self.0[at].1)
    }

    /// The values of this name, however it is spelled.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &T> {
        let name = folded(name);
        let first = self.0.partition_point(|(known, _)| **known < *name);
        let last = first + self.0[first..].partition_point(|(known, _)| **known == *name);
        self.0[first..last].iter().map(|(_, thing)| thing)
    }

    /// A copy with other values for some names. `changed` is sorted; names that do not exist are ignored.
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

    /// The rows, in the order of the names.
    #[must_use]
    pub fn rows(&self) -> &[(Box<str>, T)] {
        &self.0
    }
}

/// All mailboxes, by address.
pub type Mailboxes = ByName<Mailbox>;

/// Number of mailboxes for each way to sign in (`authsource`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxCounts {
    /// With a password stored by mailcow.
    pub mailcow: usize,
    /// With a Generic-OIDC provider.
    pub generic_oidc: usize,
    /// With Keycloak or LDAP: as long as there is one, mailcow refuses another type of provider
    /// (`authsource_in_use`, docs/contract/mailcow.md, section 2).
    pub other: usize,
}

impl Mailboxes {
    /// Parses the response of `get/mailbox/all`.
    ///
    /// # Errors
    /// When it is not a list of mailboxes.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        wire::read(text).map(Self::of)
    }

    fn of(PhpList(rows): PhpList<Row<Mailbox>>) -> Self {
        ByName::new(rows.into_iter().map(|Row(name, mailbox)| (name, mailbox)).collect())
    }

    /// The number of mailboxes of each kind.
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

/// Names that are taken or redirect to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherNames {
    /// Aliases by address: mailcow creates no mailbox with such an address (`is_alias`, docs/contract/mailcow.md, section 7).
    pub aliases: ByName<Box<str>>,
    /// Alias domains and their target domains: no sign-in succeeds with an address there (docs/contract/mailcow.md, section 7).
    pub alias_domains: ByName<Box<str>>,
}

/// Parses aliases and alias domains.
///
/// # Errors
/// Any problem with a response.
pub fn read_other_names(aliases: &Answer, alias_domains: &Answer) -> Result<OtherNames, Error> {
    let read = |endpoint, answer| api::read(endpoint, answer).map(targets);
    Ok(OtherNames { aliases: read(Endpoint::Aliases, aliases)?, alias_domains: read(Endpoint::AliasDomains, alias_domains)? })
}

/// Parses the mailboxes.
///
/// # Errors
/// Any problem with the response.
pub fn read_mailboxes(answer: &Answer) -> Result<Mailboxes, Error> {
    api::read(Endpoint::Mailboxes, answer).map(Mailboxes::of)
}

/// Parses one mailbox; `None` if there is none with this address. For that of a resource mailcow returns an object without name
/// (recordings 209 and 857).
///
/// # Errors
/// Any problem with the response.
pub fn read_mailbox(address: &str, answer: &Answer) -> Result<Option<Mailbox>, Error> {
    let found: RawObject = api::read(Endpoint::Mailbox, answer)?;
    if !found.text("username").is_some_and(|username| username.eq_ignore_ascii_case(address)) {
        return Ok(None);
    }
    let Row(_, mailbox) = api::read(Endpoint::Mailbox, answer)?;
    Ok(Some(mailbox))
}

/// Parses the app passwords of one mailbox: the protocols that the active ones open.
///
/// # Errors
/// Any problem with the response.
pub fn read_app_passwords(answer: &Answer) -> Result<Protocols, Error> {
    let PhpList(listed): PhpList<ListedAppPassword> = api::read(Endpoint::AppPasswords, answer)?;
    let open = |entry: ListedAppPassword| {
        let ListedAppPassword { imap_access, pop3_access, smtp_access, sieve_access, eas_access, dav_access, .. } = entry;
        protocols([imap_access, pop3_access, smtp_access, sieve_access, eas_access, dav_access].map(|switch| switch.0))
    };
    let active = listed.into_iter().filter(|entry| entry.active.0);
    Ok(active.map(open).fold(Protocols::default(), Protocols::or))
}

/// Targets by name; rows without a name are omitted.
fn targets(PhpList(rows): PhpList<ListedAlias<'_>>) -> ByName<Box<str>> {
    let row = |row: ListedAlias<'_>| Some((lower(&row.address?), row.goto.into()));
    ByName::new(rows.into_iter().filter_map(row).collect())
}

fn lower(name: &str) -> Box<str> {
    folded(name).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_found_whatever_their_case() {
        let text = r#"[{"username":"carol@mail.example","name":null,"active":1,"authsource":"generic-oidc","attributes":[]},
            {"username":"Alice@mail.example","name":" Alice Ä ","active":"1","created":"2026-11-23 14:03:44","quota":0,"attributes":{"force_tfa":"1","force_pw_update":"0","attribute_hash":""}},
            {"username":"bob@mail.example","active":0,"authsource":"ldap","attributes":{"force_pw_update":1,"attribute_hash":"9d"}}]"#;
        let mailboxes = Mailboxes::read(text).expect("mailboxes");
        let names: Vec<&str> = mailboxes.rows().iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["alice@mail.example", "bob@mail.example", "carol@mail.example"]);
        let name = NameMark::of("alice ä");
        let alice = Mailbox { active: true, force_tfa: true, name, created: 20_261_123_140_344, ..Mailbox::default() };
        assert_eq!(mailboxes.get("ALICE@mail.Example"), Some(&alice));
        let bob = Mailbox { authsource: Authsource::Other, force_pw_update: true, is_as_template: true, ..Mailbox::default() };
        assert_eq!(mailboxes.get("bob@mail.example"), Some(&bob));
        assert_eq!(mailboxes.get("bob@mail.exampl"), None);
        assert_eq!(mailboxes.counts(), MailboxCounts { mailcow: 1, generic_oidc: 1, other: 1 });
    }

    #[test]
    fn empty_lists_are_objects_and_anything_else_is_no_list() {
        assert_eq!(Mailboxes::read(" {} "), Ok(Mailboxes::default()));
        assert_eq!(Mailboxes::read("[]"), Ok(Mailboxes::default()));
        for text in ["", r#"{"a":1}"#, "[1]", r#"[{"active":1}]"#, "[] []"] {
            assert!(Mailboxes::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn aliases_lead_somewhere() {
        let text = r#"[{"id":3,"address":"Info@mail.example","goto":"a@mail.example,b@mail.example"},{"id":4}]"#;
        let aliases = wire::read(text).map(targets).expect("aliases");
        assert_eq!(aliases.get("info@mail.example").map(|goto| &**goto), Some("a@mail.example,b@mail.example"));
        assert_eq!(aliases.rows().len(), 1);
    }
}
