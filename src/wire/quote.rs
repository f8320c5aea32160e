//! Texts in quotes, for programs that read other languages than JSON.

use std::fmt::Write as _;

/// Whether a character is shown as itself. Control characters, ends of lines (of every reader), blanks other than a space, what
/// changes the direction of text and what has no width are not.
pub(crate) fn is_plain(character: char) -> bool {
    // The letter before it makes a combining character one that is shown.
    let shown = || ["x", character.encode_utf8(&mut [0; 4])].concat().escape_debug().count() == 2;
    matches!(character, ' '..='~') || shown()
}

/// Whether all characters are shown as themselves.
pub(crate) fn is_plain_text(text: &str) -> bool {
    text.chars().all(is_plain)
}

/// Returns a text in double quotes that YAML, Terraform, Python and JSON read as this text, except that JSON does not know `\U` and
/// Terraform's templates are not considered. It is one line of plain characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            plain if is_plain(plain) => out.push(plain),
            // Writing to memory cannot fail.
            other if u32::from(other) > 0xffff => _ = write!(out, "\\U{:08x}", u32::from(other)),
            other => _ = write!(out, "\\u{:04x}", u32::from(other)),
        }
    }
    out.push('"');
    out
}

/// Returns the text that [`quoted`] has written in this way; `None` for every other spelling.
pub(crate) fn unquoted(quoted_text: &str) -> Option<String> {
    let mut rest = quoted_text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut out = String::new();
    while let Some(character) = rest.next() {
        out.push(match character {
            '\\' => match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => numbered(&mut rest, 4)?,
                'U' => numbered(&mut rest, 8)?,
                other => other,
            },
            other => other,
        });
    }
    (quoted(&out) == quoted_text).then_some(out)
}

fn numbered(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let number: String = rest.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&number, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_shown_is_escaped() {
        assert_eq!(quoted("a\"\\\u{8}\u{c}\n\u{1f}\\b🔔 e\u{301}"), concat!(r#""a\"\\\u0008\u000c\n\u001f\\b🔔 e"#, "\u{301}\""));
        assert_eq!(quoted("\u{ffff}\u{e0001}"), r#""\uffff\U000e0001""#);
        for line_end_or_hidden in
            "\r\u{b}\u{c}\u{1c}\u{7f}\u{85}\u{a0}\u{2028}\u{2029}\u{200b}\u{202e}\u{2066}\u{feff}\u{e0001}\0".chars()
        {
            assert!(!is_plain(line_end_or_hidden), "{line_end_or_hidden:?}");
        }
    }

    proptest! {
        /// Only one spelling is read, and it is one line.
        #[test]
        fn a_quoted_text_is_read_back(text in any::<String>(), other in any::<String>()) {
            let written = quoted(&text);
            prop_assert!(is_plain_text(&written));
            prop_assert_eq!(unquoted(&written), Some(text));
            if let Some(read) = unquoted(&other) {
                prop_assert_eq!(quoted(&read), other);
            }
        }
    }
}
