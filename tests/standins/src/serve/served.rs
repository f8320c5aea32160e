//! What is served.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Deserialize;
use tokio::sync::watch;

use super::passed::Passed;
use crate::message::Request;
use crate::world::{Demo, Outcome, Product, World};

/// What the three ports share. Everything runs on one thread, and nobody holds it while waiting.
pub(super) type Shared = Rc<RefCell<Served>>;

/// The world and what it was made of.
pub(super) struct Served {
    pub(super) world: World,
    pub(super) demo: Demo,
    /// What came to authentik's API.
    pub(super) passed: Passed,
    /// Which requests wait. What a test sees in between does not depend on how fast the machine is.
    pub(super) hold: watch::Sender<Option<Hold>>,
}

/// Requests that wait until they are released.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    product: Product,
    /// What their path and query contain.
    part: String,
}

impl Hold {
    pub(super) fn fits(&self, product: Product, request: &Request) -> bool {
        self.product == product && request.uri().to_string().contains(&self.part)
    }
}

impl Served {
    pub(super) fn new(demo: Demo, authentik_origin: &str, mailcow_origin: &str) -> Self {
        Self {
            world: World::demo(&demo, authentik_origin, mailcow_origin),
            demo,
            passed: Passed::default(),
            hold: watch::Sender::new(None),
        }
    }

    /// Answers a request, and counts it.
    pub(super) fn handle(&mut self, product: Product, request: Request) -> Outcome {
        let write = self.passed.comes(product, &request);
        let outcome = self.world.handle_at(product, request);
        if write {
            self.passed.was_written();
        }
        outcome
    }

    /// Begins anew under the same origins, and releases what waits.
    pub(super) fn reset(&mut self, demo: Demo) {
        let origin = |product| self.world.origin(product).to_owned();
        *self = Self::new(demo, &origin(Product::Authentik), &origin(Product::Mailcow));
    }
}
