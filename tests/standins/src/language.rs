//! The language in which the products speak to people (docs/contract/ui-words.md, "What is translated").

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// What both products are written in.
    #[default]
    English,
    /// The words of both products' own translations.
    German,
}

/// A dictionary: English, German. `{}` stands for a value that stays as it is.
pub(crate) type Words = [(&'static str, &'static str)];

/// Attributes that are read to people.
const SPOKEN: [&str; 3] = [" title=\"", " aria-label=\"", " placeholder=\""];

impl Language {
    /// The language with this code, such as `de`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::English, Self::German].into_iter().find(|language| language.code() == code)
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// A text in this language. One that the dictionary does not have stays English, as in the products.
    pub(crate) fn say(self, words: &Words, english: &str) -> String {
        let found = match self {
            Self::English => None,
            Self::German => words.iter().find_map(|(from, to)| values(from, english).map(|values| filled(to, &values))),
        };
        found.unwrap_or_else(|| english.to_owned())
    }

    /// A page in this language: each text and each attribute that is read to people.
    pub(crate) fn page(self, words: &Words, html: String) -> String {
        if self == Self::English {
            return html;
        }
        let pieces: Vec<String> = html.split('<').map(|piece| self.piece(words, piece)).collect();
        pieces.join("<")
    }

    /// A tag and the text behind it.
    fn piece(self, words: &Words, piece: &str) -> String {
        let Some((tag, text)) = piece.split_once('>') else { return piece.to_owned() };
        let mut tag = tag.to_owned();
        for attribute in SPOKEN {
            let Some((before, rest)) = tag.split_once(attribute) else { continue };
            let Some((value, after)) = rest.split_once('"') else { continue };
            tag = format!("{before}{attribute}{}\"{after}", self.say(words, value));
        }
        let trimmed = text.trim();
        let said = if trimmed.is_empty() { text.to_owned() } else { text.replacen(trimmed, &self.say(words, trimmed), 1) };
        format!("{tag}>{said}")
    }
}

/// The values at the places of a pattern; `None` if the text is another one.
fn values<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() { rest.strip_suffix(part)?.len() } else { rest.find(part)? };
        values.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(values)
}

fn filled(pattern: &str, values: &[&str]) -> String {
    values.iter().fold(pattern.to_owned(), |text, value| text.replacen("{}", value, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&str, &str); 3] =
        [("Save", "Sichern"), ("Invalid pk \"{}\" - object does not exist.", "Ungültiger pk \"{}\"."), ("{} of {}", "{} von {}")];

    #[test]
    fn a_text_is_translated_with_its_values() {
        let german = |text: &str| Language::German.say(&WORDS, text);
        assert_eq!(german("Invalid pk \"7\" - object does not exist."), "Ungültiger pk \"7\".");
        assert_eq!(german("1 of 2"), "1 von 2");
        assert_eq!(german("Save it"), "Save it");
        assert_eq!(Language::English.say(&WORDS, "Save"), "Save");
    }

    #[test]
    fn values_and_names_of_a_page_stay() {
        let page = r#"<button name="Save" value="Save" title="Save"> Save </button><script>Save()</script>"#.to_owned();
        let german = r#"<button name="Save" value="Save" title="Sichern"> Sichern </button><script>Save()</script>"#;
        assert_eq!(Language::German.page(&WORDS, page.clone()), german);
        assert_eq!(Language::English.page(&WORDS, page.clone()), page);
    }
}
