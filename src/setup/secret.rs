//! Client credentials: the secret is a text that is never printed, and new ones are generated here.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::transport::Host;

/// Length of a client ID that authentik generates (docs/contract/authentik.md, section 5.1).
pub const CLIENT_ID_LENGTH: usize = 40;

/// Length of a client secret that authentik generates (docs/contract/authentik.md, section 5.1).
pub const CLIENT_SECRET_LENGTH: usize = 128;

/// A client secret. `Debug` does not show it, it cannot be serialised, and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. Each call is a place at which a secret may leak: keep them few.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Number of characters, which may be shown.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether the text is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} characters)", self.length())
    }
}

/// Tells a secret from another one after both were discarded: equal secrets have equal fingerprints. 64 bits of a hash, which never
/// leave the browser; a generated secret of 128 characters cannot be found from them. Only those of such secrets are stored, in the
/// journal: until the browser is closed or the extension is replaced, so that always the same hash function is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a secret.
    #[must_use]
    pub fn of(secret: &Secret) -> Self {
        let mut hasher = DefaultHasher::new();
        secret.0.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// What is known of the secret of a client. That it is not known is never the same as that it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientSecret {
    /// Nothing: it was never read, or authentik does not show it to this administrator (docs/contract/newest.md, row 1).
    Unknown,
    /// There is none: mailcow shows an administrator every setting that it has.
    #[default]
    Absent,
    /// It was discarded. Whether another one is the same can still be said.
    Discarded(Fingerprint),
    Held(Secret),
}

impl ClientSecret {
    /// The secret, if it is here.
    #[must_use]
    pub fn held(&self) -> Option<&Secret> {
        match self {
            Self::Held(secret) => Some(secret),
            Self::Unknown | Self::Absent | Self::Discarded(_) => None,
        }
    }

    /// Whether both are the same secret; `None` when that cannot be known.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        Some(self.fingerprint()? == other.fingerprint()?)
    }

    /// The same without the secret itself.
    #[must_use]
    pub fn discarded(&self) -> Self {
        match self {
            Self::Held(secret) => Self::Discarded(Fingerprint::of(secret)),
            other => other.clone(),
        }
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Unknown => None,
            Self::Discarded(fingerprint) => Some(*fingerprint),
            Self::Absent => Some(Fingerprint::of(&Secret::new(String::new()))),
            Self::Held(secret) => Some(Fingerprint::of(secret)),
        }
    }
}

impl From<Option<Secret>> for ClientSecret {
    fn from(secret: Option<Secret>) -> Self {
        secret.map_or(Self::Unknown, Self::Held)
    }
}

/// What an OAuth 2.0 client proves itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// OAuth 2.0 client identifier.
    pub client_id: String,
    /// OAuth 2.0 client secret.
    pub client_secret: Secret,
}

/// Generates credentials for a client that has to be created.
pub fn generate_credentials(host: &impl Host) -> ClientCredentials {
    ClientCredentials { client_id: generate_client_id(host), client_secret: generate_client_secret(host) }
}

/// Generates a client ID: 40 characters `[A-Za-z0-9]`, in the format of authentik's own.
fn generate_client_id(host: &impl Host) -> String {
    alphanumeric(host, CLIENT_ID_LENGTH)
}

/// Generates a client secret: 128 characters `[A-Za-z0-9]`, in the format of authentik's own. Cowbell generates it, so that
/// nothing depends on reading it back (docs/contract/authentik.md, section 5.4).
pub fn generate_client_secret(host: &impl Host) -> Secret {
    Secret(alphanumeric(host, CLIENT_SECRET_LENGTH))
}

fn alphanumeric(host: &impl Host, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut buffer = [0_u8; 64];
    while text.len() < length {
        host.random(&mut buffer);
        // 248 = 4 * 62: larger values would make the first characters of the alphabet more likely.
        for byte in buffer.iter().filter(|byte| **byte < 248) {
            if text.len() < length {
                text.push(char::from(ALPHABET[usize::from(*byte % 62)]));
            }
        }
    }
    buffer.zeroize();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{SendError, scripted::Scripted};

    #[test]
    fn debug_shows_no_secret() {
        let secret = Secret::new("hunter2".into());
        assert_eq!(format!("{secret:?}"), "Secret(7 characters)");
    }

    #[test]
    fn every_character_is_equally_likely() {
        // Returns each byte once in 256: 248 of them are used, so each character of 62 has to occur four times.
        let host = Scripted::new(|_| Err(SendError::NotSent));
        let text = alphanumeric(&host, 62 * 4 * 5);
        for letter in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
            assert_eq!(text.matches(letter).count(), 20, "{letter}");
        }
    }

    #[test]
    fn new_credentials_have_the_usual_lengths_and_differ() {
        let host = Scripted::new(|_| Err(SendError::NotSent));
        let (first, second) = (generate_client_secret(&host), generate_client_secret(&host));
        assert_eq!((first.length(), generate_client_id(&host).len()), (128, 40));
        assert!(first != second);
    }
}
