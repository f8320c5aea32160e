//! Who brought which bytes into a wasm file: every function counts for the crate that its name begins with.

use std::collections::BTreeMap;

use anyhow::Result;
use wasmparser::{BinaryReader, KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// Data that the functions refer to: texts, tables of constants.
const DATA: &str = "(data)";
/// Types, imports, exports and the like.
const REST: &str = "(rest)";

/// Bytes by crate, largest first. The wasm has to have its function names.
///
/// # Errors
/// When the bytes are not a wasm file.
pub(super) fn of(wasm: &[u8]) -> Result<Vec<(String, usize)>> {
    let contents = Contents::read(wasm)?;
    let mut crates: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, size) in contents.functions.iter().enumerate() {
        let index = u32::try_from(contents.imported + position)?;
        let name = contents.names.get(&index).copied().unwrap_or_default();
        *crates.entry(crate_of(name)).or_default() += size;
    }
    crates.insert(DATA, contents.data);
    let counted: usize = crates.values().sum();
    crates.insert(REST, wasm.len() - contents.name_section - counted);
    let mut rows: Vec<_> = crates.into_iter().map(|(name, size)| (name.to_owned(), size)).collect();
    rows.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(rows)
}

#[derive(Default)]
struct Contents<'a> {
    /// Functions that are imported; indices of our own begin after them.
    imported: usize,
    /// Bytes of each function of our own.
    functions: Vec<usize>,
    names: BTreeMap<u32, &'a str>,
    data: usize,
    name_section: usize,
}

impl<'a> Contents<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut contents = Self::default();
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
                        contents.name_section = custom.range().len();
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
                    self.names.insert(naming.index, naming.name);
                }
            }
        }
        Ok(())
    }
}

/// The crate that a demangled function name begins with: of `<a::B as c::D>::e` it is `a`, and `c` where the type is
/// a parameter, a primitive or a reference.
fn crate_of(name: &str) -> &str {
    let parts = name.strip_prefix('<').and_then(|inner| inner.split_once(" as "));
    match parts {
        Some((kind, of_trait)) => first_path(kind).or_else(|| first_path(of_trait)).unwrap_or("(no crate)"),
        None => first_path(name).unwrap_or("(no crate)"),
    }
}

/// The first segment of the first path in a name, without the hash that newer names have: `core[12f8]::fmt`.
fn first_path(name: &str) -> Option<&str> {
    let (before, _) = name.split_once("::")?;
    let before = match before.strip_suffix(']') {
        Some(with_hash) => with_hash.rsplit_once('[')?.0,
        None => before,
    };
    let begin = before.rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').map_or(0, |last| last + 1);
    before.get(begin..).filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_crate() {
        let cases = [
            ("serde_json::de::from_str", "serde_json"),
            ("<alloc::string::String as core::fmt::Write>::write_str", "alloc"),
            ("<&T as core::fmt::Debug>::fmt", "core"),
            ("<&mut cowbell::plan::Plan as core::fmt::Debug>::fmt", "cowbell"),
            ("core::ptr::drop_in_place<cowbell::setup::Setup>", "core"),
            ("<[cowbell::Change]>::iter", "cowbell"),
            ("core[12f89f2d8a73214f]::panicking::panic_fmt", "core"),
            ("<std[465afff93ac137a0]::io::Error as core[12f8]::fmt::Debug>::fmt", "std"),
            ("dlmalloc", "(no crate)"),
        ];
        for (name, expected) in cases {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }
}
