//! Which mutants are tried.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::str::FromStr;

use anyhow::{Context as _, Error, Result, ensure};

use super::list::Mutant;

/// Which mutants are tried, all if nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MutantsOptions {
    /// So many, chosen by the seed.
    pub(crate) sample: Option<usize>,
    /// Decides which ones are in a sample.
    pub(crate) seed: u64,
    /// Only in files whose name contains this.
    pub(crate) file: Option<String>,
    /// Only those of one of several machines.
    pub(crate) shard: Option<Shard>,
    /// Whether nothing that is known from earlier runs counts.
    pub(crate) fresh: bool,
}

/// One of several parts of equal size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    number: u64,
    count: u64,
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (number, count) = text.split_once('/').context("a shard is written K/N, such as 1/4")?;
        let shard = Self { number: number.parse()?, count: count.parse()? };
        ensure!((1..=shard.count).contains(&shard.number), "there is no shard {text}");
        Ok(shard)
    }
}

impl MutantsOptions {
    /// Returns whether what is tried stands for all mutants, so that the limit holds.
    pub(super) fn is_representative(&self) -> bool {
        self.sample.is_none() && self.file.is_none()
    }

    /// Chooses among mutants, and brings them in an order in which any first ones are representative.
    pub(super) fn choose(&self, viable: Vec<usize>, mutants: &[Mutant]) -> Vec<usize> {
        let name = |number: usize| mutants.get(number).map_or("", |mutant| &mutant.name);
        let is_wanted = |number: &usize| {
            self.file.as_ref().is_none_or(|file| mutants.get(*number).is_some_and(|mutant| mutant.file.contains(file)))
                && self.shard.is_none_or(|shard| chance(0, name(*number)) % shard.count == shard.number - 1)
        };
        let mut chosen: Vec<usize> = viable.into_iter().filter(is_wanted).collect();
        chosen.sort_by_key(|number| chance(self.seed.wrapping_add(1), name(*number)));
        chosen.truncate(self.sample.unwrap_or(usize::MAX));
        chosen
    }
}

/// A number that looks random and is always the same.
fn chance(seed: u64, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, name).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::list::{Genre, Place};

    fn mutants() -> Vec<Mutant> {
        let mutant = |number: usize| Mutant {
            file: format!("src/{}.rs", number % 2),
            name: format!("src/{}.rs: replace {number}", number % 2),
            function: String::new(),
            start: Place { line: 7, column: 1 },
            replacement: String::new(),
            genre: Genre::BinaryOperator,
        };
        (0..1_000).map(mutant).collect()
    }

    fn chosen(options: &MutantsOptions) -> Vec<usize> {
        options.choose((0..1_000).collect(), &mutants())
    }

    #[test]
    fn each_mutant_is_in_one_shard() -> Result<()> {
        let shard = |text: &str| anyhow::Ok(MutantsOptions { shard: Some(text.parse()?), ..MutantsOptions::default() });
        let parts: Vec<Vec<usize>> =
            ["1/3", "2/3", "3/3"].into_iter().map(|text| Ok(chosen(&shard(text)?))).collect::<Result<_>>()?;
        assert!(
            parts.iter().all(|part| (250..420).contains(&part.len())),
            "{:?}",
            parts.iter().map(Vec::len).collect::<Vec<_>>()
        );
        let mut all = parts.concat();
        all.sort_unstable();
        assert_eq!(all, (0..1_000).collect::<Vec<_>>());
        for text in ["0/3", "4/3", "1", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_sample_depends_on_its_seed_only() {
        let sample = |seed| chosen(&MutantsOptions { sample: Some(50), seed, ..MutantsOptions::default() });
        assert_eq!(sample(1).len(), 50);
        assert_eq!(sample(1), sample(1));
        assert_ne!(sample(1), sample(2));
    }

    #[test]
    fn a_file_is_named_by_a_part_of_its_name() {
        let some = chosen(&MutantsOptions { file: Some("1.rs".to_owned()), ..MutantsOptions::default() });
        assert_eq!(some.len(), 500);
        assert!(some.iter().all(|number| number % 2 == 1));
    }
}
