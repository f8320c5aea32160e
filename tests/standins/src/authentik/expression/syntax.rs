//! The check of an expression's syntax on saving: brackets and quotes.

/// What Python would say about a body whose brackets do not match (recording 122); `None` if they do.
///
/// authentik puts the body into a function, so its first line is the second.
pub(crate) fn syntax_error(expression: &str) -> Option<String> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut characters = expression.chars();
    let mut line = 2;
    while let Some(character) = characters.next() {
        match character {
            '\n' => line += 1,
            '#' => line += usize::from(characters.by_ref().any(|next| next == '\n')),
            '"' | '\'' => {
                let mut escaped = false;
                let closed = characters.by_ref().any(|next| {
                    let closes = next == character && !escaped;
                    escaped = next == '\\' && !escaped;
                    closes
                });
                if !closed {
                    return Some(format!("unterminated string literal (None, line {line})"));
                }
            }
            '(' | '[' | '{' => open.push((character, line)),
            ')' | ']' | '}' => match open.pop() {
                None => return Some(format!("unmatched '{character}' (None, line {line})")),
                Some((opening, _)) if partner(opening) != character => {
                    return Some(format!(
                        "closing parenthesis '{character}' does not match opening parenthesis '{opening}' (None, line {line})"
                    ));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
    open.pop().map(|(opening, line)| format!("'{opening}' was never closed (None, line {line})"))
}

fn partner(opening: char) -> char {
    match opening {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

#[cfg(test)]
mod tests {
    use super::syntax_error;

    #[test]
    fn brackets_and_quotes_have_to_match() {
        assert_eq!(syntax_error("return {").as_deref(), Some("'{' was never closed (None, line 2)"));
        assert!(syntax_error("return {\"a]\": [1]}  # (").is_none());
        assert!(syntax_error("return [}").is_some());
        assert!(syntax_error("return \"a").is_some());
    }
}
