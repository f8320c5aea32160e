//! Characters that do not belong in a value: mailcow stores and sends whatever was pasted (recording 152).

use crate::{
    mailcow::Field,
    verify::{Code, Finding, Fix},
};

/// A problem with the characters of a value.
pub(super) struct CharacterProblem {
    code: Code,
    /// The character and its position from 1, if the text names them.
    character: Option<(char, usize)>,
}

impl CharacterProblem {
    /// The problem as a finding. Cleaning is offered if it cannot remove anything significant.
    pub(super) fn finding(&self, field: Field) -> Finding {
        let mut finding = Finding::new(self.code).at(field);
        if let Some((character, position)) = self.character {
            finding = finding.with("character", format!("U+{:04X}", u32::from(character))).with("position", position);
        }
        match self.code {
            Code::InnerSpace | Code::NonAsciiCharacter => finding,
            _ => finding.fixed_by(Fix::CleanField { field }),
        }
    }
}

/// The first problem with the characters of a value; `list` allows spaces, which then separate its words.
pub(super) fn problem(text: &str, list: bool) -> Option<CharacterProblem> {
    let plain = |code| Some(CharacterProblem { code, character: None });
    let found = |code, is_meant: fn(char) -> bool| {
        let (position, character) = text.chars().enumerate().find(|(_, c)| is_meant(*c))?;
        Some(CharacterProblem { code, character: Some((character, position + 1)) })
    };
    if !list && text.trim() != text {
        return plain(Code::SurroundingSpace);
    }
    if text.contains(['\n', '\r']) {
        return plain(Code::LineBreak);
    }
    let invisible = found(Code::InvisibleCharacter, is_invisible);
    if invisible.is_some() {
        return invisible;
    }
    if text.starts_with(is_quote) || text.ends_with(is_quote) {
        return plain(Code::QuoteMarks);
    }
    if !list && text.contains(char::is_whitespace) {
        return plain(Code::InnerSpace);
    }
    found(Code::NonAsciiCharacter, |c| !c.is_ascii())
}

/// Checks that a value of one word is not empty and has valid characters.
pub(super) fn check_word(field: Field, text: &str) -> Option<Finding> {
    if text.is_empty() {
        return Some(Finding::new(Code::FieldEmpty).at(field));
    }
    problem(text, false).map(|problem| problem.finding(field))
}

/// The value without what the fix of `problem` removes: surrounding spaces and quotation marks, and line breaks and invisible
/// characters anywhere.
#[must_use]
pub fn cleaned(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_invisible(*c) && !matches!(c, '\n' | '\r')).collect();
    text.trim_matches(|c: char| c.is_whitespace() || is_quote(c)).to_owned()
}

fn is_invisible(c: char) -> bool {
    let line_break = matches!(c, '\n' | '\r');
    (c.is_control() && !line_break)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»' | '‹' | '›')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<Code> {
        problem(text, false).map(|problem| problem.code)
    }

    #[test]
    fn each_kind_has_its_name() {
        assert_eq!(code("plain-Value_1"), None);
        assert_eq!(code(" x"), Some(Code::SurroundingSpace));
        assert_eq!(code("x\n"), Some(Code::SurroundingSpace));
        assert_eq!(code("x\u{a0}"), Some(Code::SurroundingSpace));
        assert_eq!(code("x\ny"), Some(Code::LineBreak));
        assert_eq!(code("x\u{200b}"), Some(Code::InvisibleCharacter));
        assert_eq!(code("x\ty"), Some(Code::InvisibleCharacter));
        assert_eq!(code("\"x\""), Some(Code::QuoteMarks));
        assert_eq!(code("„x“"), Some(Code::QuoteMarks));
        assert_eq!(code("\"x"), Some(Code::QuoteMarks));
        assert_eq!(code("x\""), Some(Code::QuoteMarks));
        assert_eq!(code("x y"), Some(Code::InnerSpace));
        assert_eq!(code("xäy"), Some(Code::NonAsciiCharacter));
        // A Cyrillic letter that looks like a Latin one.
        assert_eq!(code("\u{430}uthentik"), Some(Code::NonAsciiCharacter));
    }

    #[test]
    fn blanks_separate_a_list() {
        assert!(problem(" openid  email ", true).is_none());
        assert!(problem("openid\nemail", true).is_some());
    }

    #[test]
    fn the_position_counts_characters_from_one() {
        let finding = problem("aä", false).map(|problem| problem.finding(Field::ClientId));
        let evidence = finding.map(|finding| finding.evidence.clone()).unwrap_or_default();
        let values: Vec<_> = evidence.into_iter().map(|fact| fact.value).collect();
        assert_eq!(values, ["U+00E4", "2"]);
    }

    #[test]
    fn cleaning_leaves_nothing_to_clean() {
        for text in [" x ", "x\ny", "\u{feff}x", "\" x\u{200b} \"", "„x“"] {
            let cleaned = cleaned(text);
            assert_eq!(code(&cleaned), None, "{text:?} → {cleaned:?}");
        }
    }
}
