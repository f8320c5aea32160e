//! Identifiers and secrets from a seed, so that a run can be repeated.

use uuid::{Builder, Uuid};

/// A seeded source of identifiers.
#[derive(Clone, Debug)]
pub struct Ids(fastrand::Rng);

impl Ids {
    /// A source that gives the same sequence for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// The next random UUID.
    pub fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.0.u128(..).to_be_bytes()).into_uuid()
    }

    /// The next 32 hexadecimal digits.
    pub fn hex(&mut self) -> String {
        format!("{:032x}", self.0.u128(..))
    }

    /// The next letters and digits.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        std::iter::repeat_with(|| self.0.alphanumeric()).take(length).collect()
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound.max(1))
    }
}
