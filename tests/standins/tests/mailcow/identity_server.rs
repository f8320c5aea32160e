//! An identity provider that gives whoever asks the same claims.

use cowbell_standins::message::{ConnectError, Request, Response, Upstream, empty, json};
use http::{Method, StatusCode};
use serde_json::{Value, json};

#[derive(Default)]
pub(crate) struct IdentityServer {
    pub(crate) claims: Value,
    /// Whether tokens come with a refresh token.
    pub(crate) offline_access: bool,
    /// Bodies of the calls to the token endpoint.
    pub(crate) token_calls: Vec<String>,
    /// Instead of an answer.
    pub(crate) unreachable: Option<ConnectError>,
    /// Instead of the token.
    pub(crate) token_answer: Option<Response>,
}

impl IdentityServer {
    pub(crate) fn of(claims: Value) -> Self {
        Self { claims, ..Self::default() }
    }
}

impl Upstream for IdentityServer {
    fn call(&mut self, request: Request) -> Result<Response, ConnectError> {
        if let Some(error) = &self.unreachable {
            return Err(error.clone());
        }
        Ok(match *request.method() {
            Method::POST => {
                self.token_calls.push(String::from_utf8(request.into_body()).unwrap());
                let mut token = json!({"access_token": "a"});
                if self.offline_access {
                    token["refresh_token"] = format!("r{}", self.token_calls.len()).into();
                }
                self.token_answer.clone().unwrap_or_else(|| json(StatusCode::OK, &token))
            }
            Method::GET => json(StatusCode::OK, &self.claims),
            _ => empty(StatusCode::OK),
        })
    }
}
