//! Messages for people, in the two formats of mail programs: plain text, and HTML without anything that is executed or loaded.

use super::document::{Block, BlockKind, Inline};

/// Writes a message as plain text. Each block is one line, which the reader's program wraps.
#[must_use]
pub fn plain_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut before = None;
    let mut step = 0;
    for Block { kind, parts } in blocks {
        let goes_on = kind.continues(before);
        step = if goes_on { step + 1 } else { 1 };
        // What follows a heading stands right below it.
        out.push_str(if before.is_none() || before == Some(BlockKind::Heading) || goes_on { "" } else { "\n" });
        before = Some(*kind);
        match kind {
            // A hyphen would begin a formula in a cell.
            BlockKind::Item => out.push_str("• "),
            BlockKind::Step => out.push_str(&[&step.to_string(), ". "].concat()),
            BlockKind::Title | BlockKind::Heading | BlockKind::Paragraph => {}
        }
        for Inline::Text(text) | Inline::Value(text) | Inline::Link(text) in parts {
            out.push_str(&in_line(text));
        }
        out.push('\n');
    }
    out
}

/// Writes a message as an HTML document in this language. A value is set apart from the direction of the text around it, and only an
/// [`Inline::Link`] that is `https` is one.
#[must_use]
pub fn html(language: &str, blocks: &[Block]) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"");
    escape(&mut out, language);
    out.push_str("\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    let title = blocks.iter().find(|block| block.kind == BlockKind::Title);
    for Inline::Text(text) | Inline::Value(text) | Inline::Link(text) in title.into_iter().flat_map(|block| &block.parts) {
        escape(&mut out, text);
    }
    out.push_str(
        "</title>\n</head>\n<body style=\"font-family: sans-serif; line-height: 1.5; max-width: 40em; padding: 0 1em\">\n",
    );
    let mut before = None;
    for Block { kind, parts } in blocks {
        if !kind.continues(before) {
            out.push_str(list(before, ["</ul>\n", "</ol>\n"]));
            out.push_str(list(Some(*kind), ["<ul>\n", "<ol>\n"]));
        }
        before = Some(*kind);
        let element = match kind {
            BlockKind::Title => "h1",
            BlockKind::Heading => "h2",
            BlockKind::Paragraph => "p",
            BlockKind::Item | BlockKind::Step => "li",
        };
        out.push_str(&["<", element, style(*kind), ">"].concat());
        for part in parts {
            write_part(&mut out, part);
        }
        out.push_str(&["</", element, ">\n"].concat());
    }
    out.push_str(list(before, ["</ul>\n", "</ol>\n"]));
    out.push_str("</body>\n</html>\n");
    out
}

/// Of two tags, the one for the list that a block is in.
fn list(kind: Option<BlockKind>, [of_items, of_steps]: [&'static str; 2]) -> &'static str {
    match kind {
        Some(BlockKind::Item) => of_items,
        Some(BlockKind::Step) => of_steps,
        Some(BlockKind::Title | BlockKind::Heading | BlockKind::Paragraph) | None => "",
    }
}

/// Headings of a message are hardly larger than its text.
fn style(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Title => " style=\"font-size: 1.25em\"",
        BlockKind::Heading => " style=\"font-size: 1.1em\"",
        BlockKind::Paragraph | BlockKind::Item | BlockKind::Step => "",
    }
}

fn write_part(out: &mut String, part: &Inline) {
    match part {
        Inline::Text(text) => escape(out, text),
        Inline::Link(address) if address.starts_with("https://") => {
            out.push_str("<a href=\"");
            escape(out, address);
            out.push_str("\">");
            escape(out, address);
            out.push_str("</a>");
        }
        Inline::Value(text) | Inline::Link(text) => {
            out.push_str("<bdi>");
            escape(out, text);
            out.push_str("</bdi>");
        }
    }
}

fn escape(out: &mut String, text: &str) {
    for character in in_line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

/// A text as a part of one line. What any reader takes for the end of a line becomes a space; what controls a reader, is no character or
/// turns around what follows becomes U+FFFD.
fn in_line(text: &str) -> String {
    let in_line = |character: char| match character {
        '\t'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => '\u{fffd}',
        other if other.is_control() || u32::from(other) & 0xfffe == 0xfffe => '\u{fffd}',
        other => other,
    };
    text.chars().map(in_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: BlockKind, text: &str) -> Block {
        Block { kind, parts: vec![Inline::Text(text.into())] }
    }

    /// A message with each kind of block.
    fn message() -> Vec<Block> {
        let mut blocks = vec![
            block(BlockKind::Title, "New"),
            block(BlockKind::Paragraph, "Hello "),
            block(BlockKind::Heading, "How"),
            block(BlockKind::Step, "Open it."),
            block(BlockKind::Step, "Click."),
            block(BlockKind::Item, "One"),
            block(BlockKind::Step, "Again"),
        ];
        blocks[1].parts.push(Inline::Value("<b>".into()));
        blocks[1].parts.push(Inline::Link("https://mail.company/?a&b".into()));
        blocks
    }

    #[test]
    fn text_is_as_it_is_read() {
        let expected = "New\n\nHello <b>https://mail.company/?a&b\n\nHow\n1. Open it.\n2. Click.\n\n• One\n\n1. Again\n";
        assert_eq!(plain_text(&message()), expected);
        assert_eq!(plain_text(&[]), "");
    }

    #[test]
    fn html_has_each_list_and_one_link() {
        let written = html("en-GB", &message());
        assert!(written.contains("<title>New</title>"), "{written}");
        let body = written.split_once("<body").and_then(|(_, body)| body.split_once(">\n")).map_or("", |(_, body)| body);
        let expected = "<h1 style=\"font-size: 1.25em\">New</h1>\n\
             <p>Hello <bdi>&lt;b&gt;</bdi><a href=\"https://mail.company/?a&amp;b\">https://mail.company/?a&amp;b</a></p>\n\
             <h2 style=\"font-size: 1.1em\">How</h2>\n<ol>\n<li>Open it.</li>\n<li>Click.</li>\n</ol>\n<ul>\n<li>One</li>\n</ul>\n\
             <ol>\n<li>Again</li>\n</ol>\n</body>\n</html>\n";
        assert_eq!(body, expected);
    }

    #[test]
    fn nothing_but_https_is_a_link() {
        for address in ["javascript:alert(1)", "http://mail.company", "data:text/html,x", " https://mail.company", ""] {
            let written = html("en", &[Block { kind: BlockKind::Paragraph, parts: vec![Inline::Link(address.into())] }]);
            assert!(!written.contains("<a"), "{written}");
        }
    }

    #[test]
    fn a_name_stays_in_its_line() {
        for character in ['\n', '\r', '\u{b}', '\u{85}', '\u{2028}', '\u{0}', '\u{202e}', '\u{ffff}', '\u{1fffe}'] {
            let name = Inline::Value(["a", character.encode_utf8(&mut [0; 4]), "z"].concat());
            let written = plain_text(&[Block { kind: BlockKind::Paragraph, parts: vec![name] }]);
            assert!(matches!(written.as_str(), "a z\n" | "a\u{fffd}z\n"), "{character:?}: {written:?}");
        }
    }
}
