//! Names as mailcow's database compares them (docs/contract/mailcow.md, section 7).

use std::borrow::Cow;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// A name in the form in which it equals others: `utf8mb4_general_ci` ignores case, accents of Latin letters and spaces at the end.
/// A name in lower-case ASCII stays where it is.
#[must_use]
pub fn folded(name: &str) -> Cow<'_, str> {
    let name = name.trim_end_matches(' ');
    if name.is_ascii() {
        let is_folded = !name.bytes().any(|byte| byte.is_ascii_uppercase());
        return if is_folded { name.into() } else { name.to_ascii_lowercase().into() };
    }
    name.chars().map(letter).collect()
}

/// A character, or the ASCII letter that counts as the same. Accents of their own, and characters that are only another code for a
/// letter, are not ignored.
fn letter(character: char) -> char {
    const DECOMPOSITION: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();
    let mut base = character;
    while let Decomposed::Expansion(first, _) = DECOMPOSITION.decompose(base) {
        base = first;
    }
    match base {
        'ß' | 'ſ' => 's',
        'ı' => 'i',
        _ if base.is_ascii_alphabetic() => base.to_ascii_lowercase(),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_ignores_is_folded() {
        for (name, expected) in [
            ("chef@company.de", "chef@company.de"),
            ("Chéf@Compäny.de  ", "chef@company.de"),
            ("ßſıİẛệǡ", "ssiisea"),
            // A letter with a stroke, a combining accent, the signs for Kelvin and Ångström, wide letters, "not equal".
            ("øłđe\u{301}\u{212a}\u{212b}ａ≠", "øłđe\u{301}\u{212a}\u{212b}ａ≠"),
        ] {
            assert_eq!(folded(name), expected);
        }
        assert!(matches!(folded("chef@company.de"), Cow::Borrowed(_)));
    }
}
