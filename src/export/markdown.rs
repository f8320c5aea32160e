//! Documents in Markdown (`CommonMark`), for tickets.

use super::document::{Block, BlockKind, Inline};
use crate::wire::is_plain;

/// Writes a document. A value is in a code span, where nothing is markup, nobody is mentioned, and no address becomes a link. What is
/// not shown as itself, such as the end of a line, is written as `\u{2028}`.
#[must_use]
pub fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut before = None;
    for Block { kind, parts } in blocks {
        let goes_on = kind.continues(before);
        out.push_str(if before.is_none() || goes_on { "" } else { "\n" });
        before = Some(*kind);
        out.push_str(match kind {
            BlockKind::Title => "# ",
            BlockKind::Heading => "## ",
            BlockKind::Paragraph => "",
            BlockKind::Item => "- ",
            // The reader counts.
            BlockKind::Step => "1. ",
        });
        let line = line(parts);
        out.push_str(line.trim_matches(' '));
        out.push('\n');
    }
    out
}

fn line(parts: &[Inline]) -> String {
    let mut out = String::new();
    let mut value_end = None;
    for part in parts {
        match part {
            Inline::Text(text) => write_text(&mut out, &shown(text)),
            Inline::Value(value) | Inline::Link(value) => {
                // Two adjacent code spans would become one.
                out.push_str(if value_end == Some(out.len()) { " " } else { "" });
                // Numbers cannot be markup, except at the start of a line.
                let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                out.push_str(&if is_number && !out.is_empty() { value.clone() } else { code(&shown(value)) });
                value_end = Some(out.len());
            }
        }
    }
    out
}

fn write_text(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            // A backslash before it would not prevent that it lengthens a code span's delimiter.
            '`' => out.push_str("&#96;"),
            '.' | ')' | '-' | '+' | ':' | '=' if is_marker(out) => {
                out.extend(['\\', character]);
            }
            '\\' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' | '$' | '^' | '@' => {
                out.extend(['\\', character]);
            }
            other => out.push(other),
        }
    }
}

/// Whether a line that begins like this may become a list, or a heading, by the next character.
fn is_marker(begin: &str) -> bool {
    begin.trim_matches(' ').chars().all(|digit| digit.is_ascii_digit())
}

/// A code span, which ends at as many backticks as it begins with. A space at both ends is not part of it, unless there are only
/// spaces. An empty one does not exist, so that of an empty text has one space.
fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let text = if text.is_empty() { " " } else { text };
    let is_blank = text.bytes().all(|byte| byte == b' ');
    let pad = if !is_blank && (text.starts_with(['`', ' ']) || text.ends_with(['`', ' '])) { " " } else { "" };
    [&fence, pad, text, pad, &fence].concat()
}

fn shown(text: &str) -> String {
    text.chars()
        .map(|character| if is_plain(character) { character.to_string() } else { character.escape_unicode().to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(parts: &[Inline]) -> String {
        markdown(&[Block { kind: BlockKind::Paragraph, parts: parts.to_vec() }])
    }

    #[test]
    fn only_adjacent_values_are_set_apart() {
        let (text, value) = (|text: &str| Inline::Text(text.into()), |value: &str| Inline::Value(value.into()));
        assert_eq!(paragraph(&[value("a"), text("/"), value("b")]), "`a`/`b`\n");
        assert_eq!(paragraph(&[value("a"), text(""), value("b")]), "`a` `b`\n");
    }

    /// With the text behind it, a number would begin a list.
    #[test]
    fn a_number_is_in_a_code_span_only_where_a_line_begins() {
        let (text, number) = (|text: &str| Inline::Text(text.into()), || Inline::Value("12".into()));
        assert_eq!(paragraph(&[number(), text(". of all")]), "`12`. of all\n");
        assert_eq!(paragraph(&[text("Users: "), number()]), "Users: 12\n");
    }

    /// A name that is a part of a text decides nothing about the document.
    #[test]
    fn no_text_begins_a_list_or_a_heading() {
        for (text, written) in [
            ("1. a", "1\\. a"),
            ("12) a", "12\\) a"),
            ("- a", "\\- a"),
            ("+ a", "\\+ a"),
            ("---", "\\---"),
            ("a - b. c", "a - b. c"),
        ] {
            let parts = [Inline::Text(" ".into()), Inline::Text(text.into())];
            assert_eq!(markdown(&[Block { kind: BlockKind::Paragraph, parts: parts.to_vec() }]), format!("{written}\n"));
        }
    }
}
