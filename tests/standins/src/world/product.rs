//! Which of the two products is meant.

/// One of the two products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// The identity provider.
    Authentik,
    /// The mail server.
    Mailcow,
}
