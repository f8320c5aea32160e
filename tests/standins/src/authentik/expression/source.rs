//! An expression as Python gets it from authentik (docs/contract/authentik.md, section 4).

/// Makes a body of it, as authentik's `wrap_expression` does with `textwrap.indent`: each line that is not blank is indented, whatever
/// ends the one before. Then ends lines as Python does, at a lone carriage return, too.
pub(super) fn body(expression: &str) -> String {
    let mut body = String::new();
    let mut rest = expression;
    while !rest.is_empty() {
        let end = rest.find(is_line_end).map_or(rest.len(), |at| {
            let crlf = rest[at..].starts_with("\r\n");
            at + rest[at..].chars().take(if crlf { 2 } else { 1 }).map(char::len_utf8).sum::<usize>()
        });
        let (line, following) = rest.split_at(end);
        if !line.trim().is_empty() {
            body.push_str("    ");
        }
        body.push_str(line);
        rest = following;
    }
    body.replace("\r\n", "\n").replace('\r', "\n")
}

/// Where `str.splitlines` ends a line.
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn each_line_is_indented_and_python_ends_it() {
        assert_eq!(body("a\r  b\r\n\r\nc\u{2028}d\n \n"), "    a\n      b\n\n    c\u{2028}    d\n \n");
    }
}
