//! What a wasm file consists of.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::Result;
use wasmparser::{BinaryReader, KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// Exports, and what strings, slices and numbers can do by themselves.
const NO_CRATE: &str = "(no crate)";
/// Data that the functions refer to: texts, tables of constants.
const DATA: &str = "(data)";
/// Types, imports, exports and the like.
const REST: &str = "(rest)";

/// The parts of a wasm file that has its function names.
#[derive(Default)]
pub(super) struct Contents<'a> {
    /// Bytes of everything but the names.
    total: usize,
    /// Functions that are imported; indices of our own begin after them.
    imported: usize,
    /// Bytes of each function of our own.
    functions: Vec<usize>,
    names: BTreeMap<usize, &'a str>,
    data: usize,
}

impl<'a> Contents<'a> {
    /// Reads a wasm file.
    ///
    /// # Errors
    /// When the bytes are not one.
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut contents = Self { total: wasm.len(), ..Self::default() };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_));
                        contents.imported += usize::from(is_function);
                    }
                }
                Payload::CodeSectionEntry(body) => contents.functions.push(body.range().len()),
                Payload::DataSection(data) => contents.data = data.range().len(),
                Payload::CustomSection(custom) => {
                    if let KnownCustom::Name(_) = custom.as_known() {
                        contents.total -= custom.range().len();
                        let reader = BinaryReader::new(custom.data(), custom.data_offset());
                        contents.read_names(NameSectionReader::new(reader))?;
                    }
                }
                _ => {}
            }
        }
        Ok(contents)
    }

    fn read_names(&mut self, section: NameSectionReader<'a>) -> Result<()> {
        for part in section {
            if let Name::Function(functions) = part? {
                for naming in functions {
                    let naming = naming?;
                    self.names.insert(usize::try_from(naming.index)?, naming.name);
                }
            }
        }
        Ok(())
    }

    /// Functions with their bytes, largest first.
    pub(super) fn functions(&self) -> Vec<(&'a str, usize)> {
        let named = (self.imported..).map(|index| self.names.get(&index).copied().unwrap_or_default());
        largest_first(named.zip(self.functions.iter().copied()))
    }

    /// Bytes by crate, largest first: every function counts for the crate that its name mentions first.
    pub(super) fn crates(&self) -> Vec<(&'a str, usize)> {
        let mut crates: BTreeMap<&str, usize> = BTreeMap::from([(DATA, self.data)]);
        for (name, bytes) in self.functions() {
            *crates.entry(crate_of(name).unwrap_or(NO_CRATE)).or_default() += bytes;
        }
        let counted: usize = crates.values().sum();
        crates.insert(REST, self.total - counted);
        largest_first(crates)
    }
}

fn largest_first<T>(sizes: impl IntoIterator<Item = (T, usize)>) -> Vec<(T, usize)> {
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, bytes)| Reverse(*bytes));
    sizes
}

/// The crate that a function's name mentions first; behind the name of a crate stands a hash: `core[f535493ba95dc0a6]::fmt`.
fn crate_of(name: &str) -> Option<&str> {
    let (path, _hash) = name.split_once("]::")?.0.rsplit_once('[')?;
    path.rsplit(|letter: char| !is_of_identifier(letter)).next()
}

fn is_of_identifier(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// A function's name without hashes, and of a long one both ends.
pub(super) fn shortened(name: &str) -> String {
    const LONGEST_END: usize = 60;
    let mut short = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once("]::") {
        // `[T]::` cannot be: a type in a path stands in angle brackets.
        short.push_str(before.rsplit_once('[').map_or(before, |(path, _hash)| path));
        short.push_str("::");
        rest = after;
    }
    short.push_str(rest);
    let letters: Vec<char> = short.chars().collect();
    if letters.len() <= 2 * LONGEST_END {
        return short;
    }
    let (begin, end) = (&letters[..LONGEST_END], &letters[letters.len() - LONGEST_END..]);
    format!("{}…{}", begin.iter().collect::<String>(), end.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_crate() {
        let cases = [
            ("cowbell[dfd6a12efea4d01f]::plan::compare::compare", Some("cowbell")),
            (
                "<cowbell[dfd6a12efea4d01f]::app::Cowbell<cowbell[dfd6a12efea4d01f]::wasm::Browser>>::register::{closure#0}",
                Some("cowbell"),
            ),
            ("<alloc[c77ade5b89465649]::string::String as core[f535493ba95dc0a6]::fmt::Write>::write_str", Some("alloc")),
            (
                "<&mut serde_json[36e9f0d545988230]::de::Deserializer<_> as serde_core[aeaeae165b2e74f0]::de::Deserializer>::x",
                Some("serde_json"),
            ),
            ("<u32 as core[f535493ba95dc0a6]::fmt::Display>::fmt", Some("core")),
            ("core[f535493ba95dc0a6]::ptr::drop_in_place::<cowbell[dfd6a12efea4d01f]::setup::Setup>", Some("core")),
            ("<[cowbell[dfd6a12efea4d01f]::Change]>::iter", Some("cowbell")),
            ("<dyn core[f535493ba95dc0a6]::any::Any>::is", Some("core")),
            ("<str>::to_lowercase", None),
            ("<[u8; 4usize]>::contains", None),
            ("cowbell_checkDraft externref shim", None),
        ];
        for (name, expected) in cases {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }

    #[test]
    fn a_short_name_keeps_what_tells_functions_apart() {
        assert_eq!(
            shortened("<[cowbell[dfd6a12efea4d01f]::Request]>::to_vec_in::<alloc[c77ade5b89465649]::alloc::Global>"),
            "<[cowbell::Request]>::to_vec_in::<alloc::alloc::Global>"
        );
        let long = format!("{}…{}", "b".repeat(60), "e".repeat(60));
        assert_eq!(shortened(&format!("{}middle{}", "b".repeat(60), "e".repeat(60))), long);
    }
}
