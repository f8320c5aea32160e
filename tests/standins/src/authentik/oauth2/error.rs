//! Errors of the token, user info and revocation endpoints.

use http::{StatusCode, header::CACHE_CONTROL};
use serde_json::json;

use crate::{
    authentik::{call::Call, reply, state::State},
    message::{self, Response},
};

/// An error of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OAuthError {
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
}

impl OAuthError {
    fn code(self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::InvalidClient => {
                "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)"
            }
            Self::InvalidGrant => {
                "The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client"
            }
            Self::UnsupportedGrantType => "The authorization grant type is not supported by the authorization server",
        }
    }

    /// The answer.
    pub(super) fn answer(self, status: StatusCode, state: &State, call: &Call) -> Response {
        let mut body = json!({"error": self.code(), "error_description": self.description()});
        if state.profile.has_error_request_id() {
            body["request_id"] = json!(call.id);
        }
        uncached(message::json(status, &body))
    }
}

/// Forbids to store an answer.
pub(super) fn uncached(response: Response) -> Response {
    reply::with_header(response, CACHE_CONTROL, "no-store")
}
