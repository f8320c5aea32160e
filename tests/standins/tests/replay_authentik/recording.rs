//! A recorded exchange as it lies in the project.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One exchange.
#[derive(Deserialize)]
pub(crate) struct Recording {
    /// Its file name without ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// Who sends it, in words.
    #[serde(rename = "as")]
    pub(crate) sender: String,
    /// What is sent.
    pub(crate) request: Request,
    /// What came back.
    pub(crate) response: Response,
    /// Events and users that it left behind.
    pub(crate) side_effects: Option<SideEffects>,
    /// Header and claims of the ID token in the answer.
    pub(crate) id_token_decoded: Option<Value>,
}

/// A recorded request.
#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Map<String, Value>,
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    #[serde(default)]
    pub(crate) body: Value,
}

/// A recorded answer.
#[derive(Deserialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Value,
}

/// What an exchange left behind.
#[derive(Deserialize)]
pub(crate) struct SideEffects {
    pub(crate) events: Vec<Value>,
    pub(crate) users_created: usize,
}

impl Recording {
    /// Reads a recording.
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let mut recording: Self = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        name.clone_into(&mut recording.name);
        recording
    }

    /// A header of the request.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name).and_then(Value::as_str)
    }

    /// Whether the request carries a cookie.
    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.request
            .headers
            .get("Cookie")
            .and_then(Value::as_array)
            .is_some_and(|cookies| cookies.iter().any(|cookie| cookie == name))
    }
}
