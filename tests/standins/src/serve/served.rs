//! What is served.

use std::cell::RefCell;
use std::rc::Rc;

use crate::world::{Demo, Product, World};

/// What the three ports share. Everything runs on one thread, and nobody holds it while waiting.
pub(super) type Shared = Rc<RefCell<Served>>;

/// The world and what it was made of.
pub(super) struct Served {
    pub(super) world: World,
    pub(super) demo: Demo,
}

impl Served {
    pub(super) fn new(demo: Demo, authentik_origin: &str, mailcow_origin: &str) -> Self {
        Self { world: World::demo(&demo, authentik_origin, mailcow_origin), demo }
    }

    /// Begins anew under the same origins.
    pub(super) fn reset(&mut self, demo: Demo) {
        let origin = |product| self.world.origin(product).to_owned();
        *self = Self::new(demo, &origin(Product::Authentik), &origin(Product::Mailcow));
    }
}
