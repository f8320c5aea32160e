//! For which state of the sources something was found out.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::ops::Range;

use anyhow::{Result, anyhow};
use proc_macro2::TokenStream;
use syn::Attribute;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::list::Mutant;
use super::tree;
use crate::fingerprint::files;
use crate::paths;

/// What decides which mutants are caught.
const INPUTS: [&str; 12] = [
    "Cargo.lock",
    "Cargo.toml",
    "docs/contract/authentik-schemas.txt",
    "extension/_locales",
    "fuzz/src/attack",
    "src",
    "tests/finding_texts.rs",
    "tests/hostile",
    "tests/integration",
    "tests/proptest-regressions",
    "tests/standins",
    "tests/wasm.rs",
];

/// The state of the sources.
pub(super) struct State {
    /// Of each file with mutants, without its tests.
    code: BTreeMap<String, String>,
    /// Of the core and its tests.
    pub(super) all: String,
}

impl State {
    /// Reads it.
    pub(super) fn read(mutants: &[Mutant]) -> Result<Self> {
        let names: BTreeSet<&String> = mutants.iter().map(|mutant| &mutant.file).collect();
        let code = names.into_iter().map(|name| Ok((name.clone(), hash(&without_tests(&tree::original(name)?)?))));
        let mut everything = Vec::new();
        for input in INPUTS {
            for file in files(&paths::at(input))? {
                everything.push(std::fs::read(&file)?);
            }
        }
        Ok(Self { code: code.collect::<Result<_>>()?, all: hash(&everything) })
    }

    #[cfg(test)]
    pub(super) fn of_test(file: &str, code: &str, all: &str) -> Self {
        Self { code: BTreeMap::from([(file.to_owned(), code.to_owned())]), all: all.to_owned() }
    }

    /// Returns the state of a file with mutants.
    pub(super) fn of(&self, file: &str) -> &str {
        self.code.get(file).map_or("", String::as_str)
    }
}

fn hash(what: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Returns a source file without the tests in it.
fn without_tests(text: &str) -> Result<String> {
    let file = syn::parse_file(text).map_err(|error| anyhow!("line {}: {error}", error.span().start().line))?;
    let mut tests = Tests(Vec::new());
    tests.visit_file(&file);
    let mut rest = String::new();
    let mut position = 0;
    for range in tests.0 {
        rest.push_str(text.get(position..range.start).unwrap_or_default());
        position = range.end;
    }
    rest.push_str(text.get(position..).unwrap_or_default());
    Ok(rest)
}

/// Where the tests are.
struct Tests(Vec<Range<usize>>);

impl Tests {
    fn is_test(&mut self, attributes: &[Attribute], range: Range<usize>) -> bool {
        let is = attributes.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<TokenStream>().is_ok_and(|words| words.to_string() == "test")
        });
        if is {
            self.0.push(range);
        }
        is
    }
}

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !self.is_test(&item.attrs, item.span().byte_range()) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.is_test(&item.attrs, item.span().byte_range());
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.is_test(&item.attrs, item.span().byte_range());
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.is_test(&item.attrs, item.span().byte_range());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test that is changed anywhere may catch what has survived.
    #[test]
    fn what_the_tests_include_from_elsewhere_is_an_input() -> Result<()> {
        let mut count = 0;
        for folder in ["src", "tests/integration", "tests/standins/src"] {
            for file in files(&paths::at(folder))?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
                let text = std::fs::read_to_string(&file)?;
                for name in ["include_str!(\"", "#[path = \""].into_iter().flat_map(|begin| text.split(begin).skip(1)) {
                    let included = file.with_file_name(name.split('"').next().unwrap_or_default()).canonicalize()?;
                    let is_input = INPUTS.iter().any(|input| included.starts_with(paths::at(input)));
                    assert!(is_input, "{} includes {}", file.display(), included.display());
                    count += 1;
                }
            }
        }
        assert!(count > 5, "{count}");
        Ok(())
    }

    #[test]
    fn a_test_does_not_change_the_code() -> Result<()> {
        let code = "fn f() -> bool { true }\n";
        let with = |test: &str| format!("{code}#[cfg(test)]\nmod tests {{ {test} }}\n#[cfg(test)]\nuse f as g;\n");
        assert_eq!(without_tests(&with("#[test] fn one() {}"))?, without_tests(&with(""))?);
        assert!(without_tests(&with(""))?.starts_with(code));
        assert_ne!(without_tests(code)?, without_tests(&code.replace("true", "false"))?);
        Ok(())
    }
}
