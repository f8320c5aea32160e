//! What has come to authentik's API, for measurements: whoever sends it, it is counted at the same place.

use std::collections::BTreeMap;
use std::time::Instant;

use http::Method;
use serde_json::{Value, json};

use crate::message::Request;
use crate::world::Product;

/// Requests since the stand-ins began anew.
#[derive(Default)]
pub(super) struct Passed {
    methods: BTreeMap<String, u64>,
    /// When the first PATCH came.
    first: Option<Instant>,
    /// When the last PATCH was answered.
    last: Option<Instant>,
}

impl Passed {
    /// Counts a request; returns whether it is a PATCH.
    pub(super) fn comes(&mut self, product: Product, request: &Request) -> bool {
        if product != Product::Authentik || !request.uri().path().contains("/api/v3/") {
            return false;
        }
        *self.methods.entry(request.method().to_string()).or_default() += 1;
        let write = request.method() == Method::PATCH;
        if write {
            self.first.get_or_insert_with(Instant::now);
        }
        write
    }

    /// Notes that a PATCH was answered.
    pub(super) fn was_written(&mut self) {
        self.last = Some(Instant::now());
    }

    /// The numbers by method, and the milliseconds from the first PATCH to the last answer to one.
    pub(super) fn told(&self) -> Value {
        let writing = self.first.zip(self.last).map(|(first, last)| last.duration_since(first).as_secs_f64() * 1_000.0);
        json!({"methods": self.methods, "writingMs": writing})
    }
}
