//! Web addresses as users type them, and the origins that they denote.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use serde::Serialize;
use tsify::Tsify;

/// The origin of a product: scheme, host and, if it is not the default one, port. Displays as `https://mailcow.company`, in lower
/// case, IDN in punycode, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The origin of an absolute `http` or `https` URL; `None` for anything else.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let parts = parse(url)?;
        matches!(parts.scheme.as_str(), "http" | "https").then_some(Self {
            scheme: parts.scheme,
            host: parts.host,
            port: parts.port,
        })
    }

    /// Host name or IP address, without port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host and, if it is not the default one, port, as in an address.
    #[must_use]
    pub fn host_and_port(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// Port, if it is not the default one of the scheme.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether credentials may be entered there: https, or this machine (`localhost`, names below it, and loopback addresses are
    /// secure contexts in browsers).
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.scheme == "https" || self.is_loopback()
    }

    /// Whether it is this machine: a loopback address, or a name that browsers resolve to one.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.reach() == Reach::Loopback
    }

    /// From where a server can be reached at this address, as far as the address says.
    #[must_use]
    pub fn reach(&self) -> Reach {
        // A dot at the end only says that the name is complete.
        let host = self.host.strip_suffix('.').unwrap_or(&self.host);
        match self.ip() {
            Some(address) if address.is_loopback() => Reach::Loopback,
            Some(IpAddr::V4(address)) if address.is_private() || address.is_link_local() || is_shared(address) => Reach::Private,
            Some(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => Reach::Private,
            None if host == "localhost" || host.ends_with(".localhost") => Reach::Loopback,
            None if !host.contains('.') || PRIVATE_ZONES.iter().any(|zone| host.ends_with(zone)) => Reach::Private,
            _ => Reach::Anywhere,
        }
    }

    fn ip(&self) -> Option<IpAddr> {
        let host = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host);
        host.parse().ok()
    }

    fn is_ip(&self) -> bool {
        self.ip().is_some()
    }
}

/// Whether an address is of the space that networks share behind one public address, RFC 6598: 100.64.0.0/10.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

/// Ends of host names that no public name server knows: RFC 6761, RFC 6762, RFC 8375, RFC 9476, and those that routers hand out.
const PRIVATE_ZONES: [&str; 9] =
    [".local", ".lan", ".internal", ".intranet", ".home", ".home.arpa", ".localdomain", ".corp", ".private"];

/// From where a server can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From its own machine only.
    Loopback,
    /// From its own network only.
    Private,
    /// From anywhere, as far as the address says.
    Anywhere,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host_and_port())
    }
}

/// What was changed to make an address usable; always shown to the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum AddressNote {
    /// `https://` was added in front.
    SchemeAdded,
    /// Spaces around it were removed.
    Trimmed,
    /// A path, query or fragment was removed: sign-ins return to the root (docs/contract/mailcow.md, section 7).
    PathRemoved,
    /// A user name or password in it was removed.
    UserInfoRemoved,
    /// The default port of the scheme was removed.
    PortRemoved,
    /// The host is written in lower case, or an international name in its ASCII form.
    HostNormalised,
    /// It is an IP address: certificates and cookies rarely work with one.
    IpAddress,
    /// It denotes this machine.
    Loopback,
}

/// Why a text is not a usable mailcow address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AddressError {
    /// The text is empty.
    #[error("the address is empty")]
    Empty,
    /// It contains spaces.
    #[error("there are spaces in the address")]
    Spaces,
    /// It is not a web address.
    #[error("this is not a web address")]
    Invalid,
    /// A scheme other than http and https.
    #[error("the address must start with https://")]
    Scheme,
    /// `http:` to another machine: codes and cookies would be sent unencrypted.
    #[error("the address must start with https://")]
    NotSecure,
    /// It is the address of authentik.
    #[error("this is the address of authentik")]
    IsAuthentik,
    /// A name without a dot, which mailcow cannot have.
    #[error("the host name is not complete")]
    NotQualified,
    /// It is listed twice.
    #[error("this address is listed already")]
    Duplicate,
}

/// A typed address after parsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAddress {
    /// The origin that it denotes.
    pub origin: Origin,
    /// The path as typed, empty or starting with a slash, without query and fragment; removed for mailcow.
    pub path: String,
    /// What was changed.
    pub notes: Vec<AddressNote>,
}

impl CheckedAddress {
    /// Parses what an administrator typed as the address of mailcow.
    ///
    /// # Errors
    /// An [`AddressError`] when the text cannot be parsed safely.
    pub fn parse(text: &str, authentik: Option<&Origin>) -> Result<Self, AddressError> {
        let mut notes = Vec::new();
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
        if trimmed.is_empty() {
            return Err(AddressError::Empty);
        }
        if trimmed != text {
            notes.push(AddressNote::Trimmed);
        }
        if trimmed.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(AddressError::Spaces);
        }
        let with_scheme = if trimmed.contains("://") {
            trimmed.to_owned()
        } else if trimmed.split_once(':').is_some_and(|(scheme, rest)| is_foreign_scheme(scheme, rest)) {
            return Err(AddressError::Scheme);
        } else {
            notes.push(AddressNote::SchemeAdded);
            format!("https://{}", trimmed.trim_start_matches('/'))
        };
        let parts = parse(&with_scheme).ok_or(AddressError::Invalid)?;
        // With a trailing dot the origin differs from the one that browsers normally use; with an empty label the name is
        // invalid.
        let host = parts.host.strip_suffix('.').unwrap_or(&parts.host).to_owned();
        if host.split('.').any(str::is_empty) {
            return Err(AddressError::Invalid);
        }
        let origin = match parts.scheme.as_str() {
            "http" | "https" => Origin { scheme: parts.scheme, host, port: parts.port },
            _ => return Err(AddressError::Scheme),
        };
        if !origin.is_secure() {
            return Err(AddressError::NotSecure);
        }
        if !origin.is_ip() && !origin.is_loopback() && !origin.host.contains('.') {
            return Err(AddressError::NotQualified);
        }
        if authentik == Some(&origin) {
            return Err(AddressError::IsAuthentik);
        }
        let authority = authority_of(&with_scheme);
        let host_and_port = authority.rsplit('@').next().unwrap_or_default();
        if authority.contains('@') {
            notes.push(AddressNote::UserInfoRemoved);
        }
        let rest = &with_scheme[with_scheme.find("://").map_or(0, |at| at + 3) + authority.len()..];
        if !rest.is_empty() {
            notes.push(AddressNote::PathRemoved);
        }
        let (typed_host, typed_port) = split_port(host_and_port);
        if typed_port.is_some() && origin.port.is_none() {
            notes.push(AddressNote::PortRemoved);
        }
        if typed_host != origin.host {
            notes.push(AddressNote::HostNormalised);
        }
        if origin.is_ip() {
            notes.push(AddressNote::IpAddress);
        }
        if origin.is_loopback() {
            notes.push(AddressNote::Loopback);
        }
        let path = rest.split(['?', '#']).next().filter(|path| path.starts_with('/')).unwrap_or_default();
        Ok(Self { origin, path: path.to_owned(), notes })
    }
}

/// `mailto:x` has a scheme, `mailcow.company:8443` has a port.
fn is_foreign_scheme(scheme: &str, rest: &str) -> bool {
    let port = rest.split(['/', '?', '#']).next().unwrap_or_default();
    scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !(port.chars().all(|c| c.is_ascii_digit()))
        && !scheme.contains('.')
        && scheme != "localhost"
}

fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// The parts of a URL by the WHATWG URL standard that are needed here (docs/decisions/005-one-url-standard.md).
struct Parts {
    scheme: String,
    host: String,
    port: Option<u16>,
}

fn parse(text: &str) -> Option<Parts> {
    let url = url::Url::parse(text).ok()?;
    let host = url.host_str()?.to_owned();
    Some(Parts { scheme: url.scheme().to_owned(), host, port: url.port() })
}
