//! What mailcow has stored.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::identity_provider::IdentityProvider;
use super::profile::Profile;
use super::session::{Pending, Role, Session, SignedIn};
use crate::language::Language;

/// One mebibyte: quotas are typed in them and stored in bytes.
pub const MIB: u64 = 1_048_576;

/// How long the login log keeps every sign-in, in seconds.
const LOGINS_KEPT_S: i64 = 31 * 24 * 60 * 60;

/// Everything mailcow knows. Tests may change any of it.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// Scheme, host and port under which mailcow is served, without a trailing slash.
    pub origin: String,
    /// Seconds since 1970, for everything that is dated.
    pub now: i64,
    /// The language of whoever has not chosen one: `$DEFAULT_LANG`.
    #[serde(skip)]
    pub language: Language,
    /// Password of the administrator `admin`.
    #[serde(skip)]
    pub admin_password: String,
    /// What mailcow demands of the administrator `admin` at the next sign-in.
    #[serde(skip)]
    pub admin_pending: Option<Pending>,
    /// Domain administrators: name, password and the domain they look after.
    #[serde(skip)]
    pub domain_admins: Vec<DomainAdmin>,
    /// Key of the API with read and write access, if one was made.
    #[serde(skip)]
    pub api_key: Option<String>,
    /// Settings of the identity provider, empty when none is configured.
    pub identity_provider: IdentityProvider,
    /// "Disable mailcow Login and show only Single Sign-On" (docs/contract/rollout.md, "Hiding the password form").
    pub force_sso: bool,
    /// Log-in pages to which the others do not link.
    pub unlinked_logins: BTreeSet<Role>,
    /// Texts of the administrators' own, which stand in pages as they are (docs/contract/rollout.md, "Hiding the password form").
    #[serde(skip)]
    pub ui_texts: UiTexts,
    /// Mail domains.
    pub domains: Vec<Domain>,
    /// Domains that stand for another one.
    pub alias_domains: Vec<AliasDomain>,
    /// Mailboxes, in order of their creation.
    pub mailboxes: Vec<Mailbox>,
    /// Addresses that stand for mailboxes.
    pub aliases: Vec<Alias>,
    /// Rooms and things that can be booked; in mailcow rows of the table of mailboxes.
    pub resources: Vec<Resource>,
    /// Templates of mailboxes.
    pub templates: Vec<Template>,
    /// App passwords, in order of their creation.
    pub app_passwords: Vec<AppPassword>,
    /// The table `logs`, oldest first.
    pub ui_log: Vec<LogEntry>,
    /// Calls that wrote through the API, newest first; holds secrets in clear, as mailcow's does.
    #[serde(skip)]
    pub api_log: Vec<ApiLogEntry>,
    /// The table `sasl_log`: sign-ins with a password, or by `SOGo`'s hand-over. A sign-in with the identity provider leaves none
    /// (recording 899).
    pub sasl_log: Vec<SaslLogEntry>,
    /// By how many seconds the time zone of the database is ahead of UTC: the login log shows local times.
    pub database_ahead_s: i64,
    /// mailcow's `SHOW_LAST_LOGIN`: off, it says of every mailbox that nobody ever signed in (docs/contract/rollout.md, "Who
    /// still uses a password").
    pub show_last_login: bool,
    /// Whether the spam filter runs; without it each page of a mailbox user warns (recording 724).
    pub rspamd_running: bool,
    /// Sessions by the value of their cookie.
    #[serde(skip)]
    pub sessions: BTreeMap<String, Session>,
    /// App passwords that were ever made: numbers are not used again.
    #[serde(skip)]
    pub(super) app_passwords_made: u32,
    /// Source of session ids, tokens and states.
    #[serde(skip)]
    pub(super) random: fastrand::Rng,
}

/// Texts that stand unescaped in the page of the configuration.
#[derive(Clone, Debug, Default)]
pub struct UiTexts {
    /// The title of each page.
    pub title_name: String,
    /// The name of the whole, in an attribute.
    pub main_name: String,
    /// The name of the list of other applications, in an attribute.
    pub apps_name: String,
    /// The help for users, in a text field.
    pub help_text: String,
}

/// Somebody who administers one domain.
#[derive(Clone, Debug)]
pub struct DomainAdmin {
    /// Name to sign in with.
    pub username: String,
    /// Password.
    pub password: String,
    /// The domain.
    pub domain: String,
}

/// A mail domain with its limits.
#[derive(Clone, Debug, Serialize)]
pub struct Domain {
    /// The name.
    pub name: String,
    /// A word on it.
    pub description: String,
    /// Most mailboxes there may be.
    pub max_mailboxes: usize,
    /// Most aliases there may be.
    pub max_aliases: usize,
    /// Quota of a new mailbox in bytes.
    pub default_quota: u64,
    /// Largest quota of one mailbox in bytes.
    pub max_mailbox_quota: u64,
    /// Quota of all mailboxes together in bytes.
    pub quota: u64,
    /// Whether it takes part at all.
    pub active: bool,
    /// Seconds since 1970.
    pub created: i64,
}

/// A domain that stands for another one.
#[derive(Clone, Debug, Serialize)]
pub struct AliasDomain {
    /// The name.
    pub name: String,
    /// The domain it stands for.
    pub target: String,
}

/// An address that stands for mailboxes.
#[derive(Clone, Debug, Serialize)]
pub struct Alias {
    /// Number in the table.
    pub id: u32,
    /// The address.
    pub address: String,
    /// Mailboxes, separated by commas.
    pub goto: String,
}

/// Something that can be booked.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// Made of the description and the domain, its case kept.
    pub address: String,
    /// What people see.
    pub description: String,
    /// `location`, `group` or `thing`.
    pub kind: String,
    /// How many bookings at a time; 0 for any number, shown as free, -1 for any, shown as busy.
    pub multiple_bookings: i64,
    /// Whether it may be used.
    pub active: bool,
}

/// A way into a mailbox other than the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Reading mail.
    Imap,
    /// Fetching mail.
    Pop3,
    /// Sending mail.
    Smtp,
    /// Filters.
    Sieve,
    /// Exchange `ActiveSync`.
    Eas,
    /// Calendars and address books.
    Dav,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Imap, Self::Pop3, Self::Smtp, Self::Sieve, Self::Eas, Self::Dav];

    /// The name in forms; members are called `<name>_access`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Smtp => "smtp",
            Self::Sieve => "sieve",
            Self::Eas => "eas",
            Self::Dav => "dav",
        }
    }
}

/// A password for mail programs. It works whatever the mailbox's authentication source is.
#[derive(Clone, Debug, Serialize)]
pub struct AppPassword {
    /// Number in the table, never used again.
    pub id: u32,
    /// As it is stored: special characters of HTML are escaped.
    pub name: String,
    /// The mailbox it opens.
    pub mailbox: String,
    /// What the API shows of it (recording 814).
    #[serde(skip)]
    pub hash: String,
    /// The password.
    #[serde(skip)]
    pub password: String,
    /// What it opens.
    pub protocols: BTreeSet<Protocol>,
    /// Whether it may be used.
    pub active: bool,
    /// Seconds since 1970.
    pub created: i64,
}

/// A mailbox.
#[derive(Clone, Debug, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "as mailcow has them")]
pub struct Mailbox {
    /// The address, which is also the name to sign in with.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Quota in bytes, 0 for none.
    pub quota: u64,
    /// Bytes of the mail in it.
    pub used: u64,
    /// Whether it may be used.
    pub active: bool,
    /// Who checks the password: `mailcow`, `generic-oidc`, `keycloak` or `ldap`.
    pub authsource: String,
    /// Password of the authentication source `mailcow`.
    #[serde(skip)]
    pub password: Option<String>,
    /// Whether a second factor is demanded.
    pub force_tfa: bool,
    /// Whether a new password is demanded at the next sign-in.
    pub force_pw_update: bool,
    /// Hash of the template applied last, empty when edited since.
    pub attribute_hash: String,
    /// Ways into it that are open.
    pub protocols: BTreeSet<Protocol>,
    /// Whether `SOGo` is open to its user.
    pub sogo: bool,
    /// What its user may do (mailcow's ACL): `app_passwds`, `spam_alias` and the like.
    pub rights: BTreeSet<String>,
    /// How often its user is told of mail in quarantine.
    pub quarantine_notification: String,
    /// Tags, which come from templates.
    pub tags: Vec<String>,
    /// Whether it was changed ever; only then the attribute `recovery_email` is there (recordings 802 and 864).
    pub edited: bool,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970 of the last change.
    pub modified: Option<i64>,
}

impl Mailbox {
    /// A mailbox of mailcow's own users, made without a template's help: 1 GiB, everything open.
    #[must_use]
    pub fn new(address: &str, name: &str, created: i64) -> Self {
        Self {
            username: address.to_owned(),
            name: name.to_owned(),
            quota: 1_024 * MIB,
            used: 0,
            active: true,
            authsource: "mailcow".to_owned(),
            password: None,
            force_tfa: false,
            force_pw_update: false,
            attribute_hash: String::new(),
            protocols: Protocol::ALL.into(),
            sogo: true,
            rights: super::rights::INSTALLED_RIGHTS.iter().map(|&right| right.to_owned()).collect(),
            quarantine_notification: "hourly".to_owned(),
            tags: Vec::new(),
            edited: false,
            created,
            modified: Some(created),
        }
    }

    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.username.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.username.split_once('@').map_or("", |(local, _)| local)
    }
}

/// A template of mailboxes.
#[derive(Clone, Debug, Serialize)]
pub struct Template {
    /// Number in the table, shared with templates of domains.
    pub id: u32,
    /// The name, by which the identity provider refers to it.
    pub name: String,
    /// Quota in bytes, 0 for none.
    pub quota: u64,
    /// Whether mailboxes made from it may be used.
    pub active: bool,
    /// Whether their users may create app passwords.
    pub app_passwords: bool,
    /// Whether their users may use `SOGo`.
    pub sogo: bool,
    /// Ways into them that are open.
    pub protocols: BTreeSet<Protocol>,
    /// What else their users may do.
    pub rights: BTreeSet<String>,
    /// How often their users are told of mail in quarantine.
    pub quarantine_notification: String,
    /// What becomes of mail to tagged addresses. The template that mailcow installs says nothing about it, and lacks the right
    /// to reset passwords (recording 853).
    pub tagged_mail_handler: Option<String>,
    /// Tags that mailboxes get.
    pub tags: Vec<String>,
    /// Seconds since 1970.
    pub created: i64,
}

/// A row of the table `logs`.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// Number, counting up.
    pub id: u32,
    /// Shared by the entries that one page wrote.
    pub task: String,
    /// `success`, `danger` or `warning`.
    #[serde(rename = "type")]
    pub kind: super::notice::Kind,
    /// The message as JSON text.
    pub msg: String,
    /// Function and arguments as JSON text.
    pub call: Option<String>,
    /// Who was signed in when the page was rendered.
    pub user: String,
    /// The role of that user.
    pub role: String,
    /// Address of the client.
    pub remote: String,
    /// Seconds since 1970.
    pub time: i64,
}

/// A call that wrote through the API.
#[derive(Clone, Debug, Serialize)]
pub struct ApiLogEntry {
    /// Seconds since 1970.
    pub time: i64,
    /// Path.
    pub uri: String,
    /// Method.
    pub method: String,
    /// Address of the client.
    pub remote: String,
    /// The fields; only those named like a password are masked.
    pub data: String,
}

/// A sign-in that the login log knows.
#[derive(Clone, Debug, Serialize)]
pub struct SaslLogEntry {
    /// Which service asked: `imap`, `smtp`, `pop3`, `sieve`, `eas`, `dav`, `MAILCOWUI`, or `SSO` for the hand-over to `SOGo`.
    pub service: String,
    /// Number of the app password, 0 when it was none.
    pub app_password: u32,
    /// The mailbox.
    pub username: String,
    /// Address of the client.
    pub real_rip: String,
    /// Seconds since 1970; shown as `YYYY-MM-DD hh:mm:ss` in the time zone of the database.
    #[serde(serialize_with = "as_datetime")]
    pub datetime: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_datetime<S: Serializer>(seconds: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&datetime(*seconds))
}

/// Address that logs show for every client (RFC 5737).
pub(super) const CLIENT_ADDRESS: &str = "192.0.2.10";

impl State {
    pub(super) fn new(origin: &str, seed: u64) -> Self {
        Self {
            origin: origin.trim_end_matches('/').to_owned(),
            now: 1_795_442_256,
            language: Language::default(),
            admin_password: "moohoo".to_owned(),
            admin_pending: None,
            domain_admins: Vec::new(),
            api_key: None,
            identity_provider: IdentityProvider::default(),
            force_sso: false,
            unlinked_logins: BTreeSet::new(),
            ui_texts: UiTexts::default(),
            domains: Vec::new(),
            alias_domains: Vec::new(),
            mailboxes: Vec::new(),
            aliases: Vec::new(),
            resources: Vec::new(),
            templates: Vec::new(),
            app_passwords: Vec::new(),
            app_passwords_made: 0,
            ui_log: Vec::new(),
            api_log: Vec::new(),
            sasl_log: Vec::new(),
            database_ahead_s: 0,
            show_last_login: true,
            rspamd_running: true,
            sessions: BTreeMap::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// The login log, the newest first, as an event of the database leaves it each day: of what is older, it keeps the newest of each
    /// mailbox and service (docs/contract/rollout.md, "Who still uses a password").
    pub(super) fn login_log(&self) -> Vec<SaslLogEntry> {
        let mut log: Vec<&SaslLogEntry> = self.sasl_log.iter().collect();
        log.sort_by_key(|entry| Reverse(entry.datetime));
        let mut seen = HashSet::new();
        log.retain(|entry| seen.insert((&entry.username, &entry.service)) || entry.datetime >= self.now - LOGINS_KEPT_S);
        let shown = |entry: &SaslLogEntry| SaslLogEntry { datetime: entry.datetime + self.database_ahead_s, ..entry.clone() };
        log.into_iter().map(shown).collect()
    }

    /// What is pending after a sign-in: of the administrator only, and before the gate came only a second factor that is set up
    /// (docs/contract/cases.md, R15).
    pub(super) fn pending_of(&self, role: Role, profile: Profile) -> Option<Pending> {
        let known = |pending: &Pending| profile.pending_gate() || *pending == Pending::SecondFactor;
        self.admin_pending.filter(|pending| role == Role::Admin && known(pending))
    }

    /// A mailbox by its address; the database ignores case and accents.
    #[must_use]
    pub fn mailbox(&self, address: &str) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|mailbox| equals(&mailbox.username, address))
    }

    /// The same, to be changed.
    pub fn mailbox_mut(&mut self, address: &str) -> Option<&mut Mailbox> {
        self.mailboxes.iter_mut().find(|mailbox| equals(&mailbox.username, address))
    }

    /// A resource by its address; the database ignores case.
    #[must_use]
    pub fn resource(&self, address: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.address.eq_ignore_ascii_case(address))
    }

    /// A domain by its name.
    #[must_use]
    pub fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    /// Whether somebody administers the domain of an address.
    pub(super) fn administers(&self, user: &SignedIn, address: &str) -> bool {
        let domain = address.split_once('@').map_or("", |(_, domain)| domain);
        match user.role {
            Role::Admin => true,
            Role::DomainAdmin => self.domain_admins.iter().any(|admin| admin.username == user.name && admin.domain == domain),
            Role::User => false,
        }
    }

    /// A template of mailboxes by its name.
    #[must_use]
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.name == name)
    }

    /// When a mailbox signed in last by a service, in seconds since 1970, 0 for never (docs/contract/rollout.md, "Who still uses
    /// a password").
    pub(super) fn last_login(&self, address: &str, service: &str) -> i64 {
        let entries = self.sasl_log.iter().filter(|entry| self.show_last_login && entry.service == service);
        entries.filter(|entry| entry.username.eq_ignore_ascii_case(address)).map(|entry| entry.datetime).max().unwrap_or(0)
    }

    pub(super) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(self.random.u32(0..16), 16).unwrap_or('0')).collect()
    }

    /// Empties a queue into the table `logs`, as a rendered page does.
    pub(super) fn write_log(&mut self, queue: &[super::notice::Notice], user: &str, role: &str) {
        if queue.is_empty() {
            return;
        }
        let task = self.hex(6).to_uppercase();
        for notice in queue {
            let id = self.ui_log.last().map_or(1, |entry| entry.id + 1);
            self.ui_log.push(LogEntry {
                id,
                task: task.clone(),
                kind: notice.kind,
                msg: super::notice::php_json(&notice.msg),
                call: notice.log.as_ref().map(super::notice::php_json),
                user: user.to_owned(),
                role: role.to_owned(),
                remote: CLIENT_ADDRESS.to_owned(),
                time: self.now,
            });
        }
    }

    pub(super) fn write_api_log(&mut self, uri: &str, data: String) {
        let entry = ApiLogEntry {
            time: self.now,
            uri: uri.to_owned(),
            method: "POST".to_owned(),
            remote: CLIENT_ADDRESS.to_owned(),
            data,
        };
        self.api_log.insert(0, entry);
    }
}

/// Seconds since 1970 as the database shows them.
pub(super) fn datetime(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().strftime("%F %T").to_string()
}

/// The same for a date that may be missing.
pub(super) fn datetime_or_null(seconds: Option<i64>) -> Value {
    seconds.map_or(Value::Null, |seconds| datetime(seconds).into())
}

/// Whether two texts are equal by `utf8mb4_general_ci` (docs/contract/mailcow.md, section 7), as far as tests need it.
fn equals(one: &str, other: &str) -> bool {
    const LETTERS: [(&str, char); 6] =
        [("áàâäãåÁÄ", 'a'), ("éèêëÉÈ", 'e'), ("íìîïıİ", 'i'), ("óòôöõÖ", 'o'), ("úùûüÜ", 'u'), ("ßſ", 's')];
    let base = |letter: char| {
        LETTERS.iter().find(|(all, _)| all.contains(letter)).map_or(letter.to_ascii_lowercase(), |(_, base)| *base)
    };
    let letters = |text: &str| text.trim_end_matches(' ').chars().map(base).collect::<String>();
    if one.is_ascii() && other.is_ascii() {
        one.eq_ignore_ascii_case(other.trim_end_matches(' '))
    } else {
        letters(one) == letters(other)
    }
}
