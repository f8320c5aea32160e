//! The recordings, as kept in this crate.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Recording {
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(rename = "as")]
    pub(crate) client: String,
    pub(crate) request: Request,
    pub(crate) response: Response,
    /// Length of a list of which only the first entries are kept.
    pub(crate) list_length: Option<usize>,
    /// Whether only some entries of a list are kept, its length being unknown.
    #[serde(default)]
    pub(crate) some_entries: bool,
    /// Whether only some members of an object are kept.
    #[serde(default)]
    pub(crate) some_members: bool,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Value>,
    pub(crate) body: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, Value>,
    pub(crate) body: Value,
}

impl Request {
    /// Says again what recording 871 lost: it is a callback.
    fn restore_callback(&mut self) {
        "/".clone_into(&mut self.path);
        self.query = [("code", "valid"), ("state", "valid")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    }
}

impl Recording {
    /// How many lines of the log were left by what happened before, if the recording shows just these.
    pub(crate) fn log_lines_left(&self) -> Option<usize> {
        self.response.body.as_array().filter(|_| self.some_entries && self.name.contains("-log-after-")).map(Vec::len)
    }

    /// The number at the front of the name.
    pub(crate) fn number(&self) -> u32 {
        self.name.split('-').next().and_then(|number| number.parse().ok()).unwrap()
    }
}

/// All recordings in their order.
pub(crate) fn all() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/mailcow-2026-07");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let mut recording: Recording = serde_json::from_str(&text).unwrap();
            path.file_stem().unwrap().to_str().unwrap().clone_into(&mut recording.name);
            if recording.request.path.is_empty() {
                recording.request.restore_callback();
            }
            recording
        })
        .collect()
}
