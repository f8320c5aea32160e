//! Sessions, API tokens and events.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::AuthorizationRequest;
use crate::authentik::time::Micros;

/// A browser's session; also kept for visitors who have not signed in.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The user whose rights it has; `None` before sign-in.
    pub user: Option<i64>,
    /// The administrator behind an impersonation.
    pub original: Option<i64>,
    /// When the user signed in.
    pub signed_in: Micros,
    /// The user who named himself in a running authentication flow.
    pub pending_user: Option<i64>,
    /// The authorization that waits for the user's consent, and the token of the question.
    pub pending_consent: Option<(Uuid, AuthorizationRequest)>,
    /// Where the flow that was just finished leads.
    pub flow_target: Option<String>,
    /// Name of the application that the user just left.
    pub left_application: Option<String>,
}

/// The values of a signed-in browser's cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookies {
    /// Value of `authentik_session`.
    pub session: String,
    /// Value of `authentik_csrf`.
    pub csrf: String,
}

impl SessionCookies {
    /// The header `Cookie` that a browser would send.
    #[must_use]
    pub fn header(&self) -> String {
        format!("authentik_session={}; authentik_csrf={}", self.session, self.csrf)
    }
}

/// A token for the API.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// The token.
    pub key: String,
    /// The user whose rights it has.
    pub user: i64,
}

/// An entry of the audit log.
#[derive(Clone, Debug)]
pub struct Event {
    /// Primary key.
    pub pk: Uuid,
    /// What happened.
    pub action: String,
    /// Which part of authentik noticed.
    pub app: String,
    /// Who did it.
    pub user: Value,
    /// Details.
    pub context: Map<String, Value>,
    /// When.
    pub created: Micros,
    /// When it is deleted.
    pub expires: Micros,
}
