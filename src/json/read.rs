//! Reading JSON text (RFC 8259) from front to back.

use std::borrow::Cow;

use super::{Map, Value, WrongShape};

/// Levels inside each other that are followed; authentik and mailcow need about ten.
const DEEPEST: u32 = 100;

/// A place in a JSON text. Each method reads what stands there and goes on behind it.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Nothing but blanks may follow.
    ///
    /// # Errors
    /// When something does.
    pub fn end(&mut self) -> Result<(), WrongShape> {
        if self.peek().is_none() { Ok(()) } else { Err(WrongShape) }
    }

    /// The first letter of what comes next, blanks left out.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Any value, as a tree.
    ///
    /// # Errors
    /// When there is none.
    pub fn value(&mut self) -> Result<Value, WrongShape> {
        Ok(match self.peek().ok_or(WrongShape)? {
            b'"' => Value::String(self.string()?.into_owned()),
            b'[' => {
                let mut items = Vec::new();
                self.array(&mut |reader| {
                    items.push(reader.value()?);
                    Ok(())
                })?;
                Value::Array(items)
            }
            b'{' => {
                let mut fields = Map::default();
                self.object(&mut |name, reader| {
                    fields.push(name.to_owned(), reader.value()?);
                    Ok(())
                })?;
                Value::Object(fields)
            }
            b'-' | b'0'..=b'9' => Value::Number(self.number()?.into()),
            _ => match self.word()? {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::Null,
            },
        })
    }

    /// A list: `item` has to read each element.
    ///
    /// # Errors
    /// When there is no list, or `item` says so.
    pub fn array(&mut self, item: &mut dyn FnMut(&mut Self) -> Result<(), WrongShape>) -> Result<(), WrongShape> {
        self.list(b'[', b']', item)
    }

    /// An object: `field` has to read the value of each.
    ///
    /// # Errors
    /// When there is no object, or `field` says so.
    pub fn object(&mut self, field: &mut dyn FnMut(&str, &mut Self) -> Result<(), WrongShape>) -> Result<(), WrongShape> {
        self.list(b'{', b'}', &mut |reader| {
            reader.peek();
            let name = reader.string()?;
            reader.take(b':')?;
            field(&name, reader)
        })
    }

    /// A text.
    ///
    /// # Errors
    /// When there is none.
    pub fn string(&mut self) -> Result<Cow<'a, str>, WrongShape> {
        self.take(b'"')?;
        let first = self.plain();
        if self.skip(b"\"") {
            return Ok(Cow::Borrowed(first));
        }
        let mut text = first.to_owned();
        while !self.skip(b"\"") {
            if !self.skip(b"\\") {
                return Err(WrongShape);
            }
            text.push(self.escape()?);
            text.push_str(self.plain());
        }
        Ok(Cow::Owned(text))
    }

    /// A whole number.
    ///
    /// # Errors
    /// When there is none, or it is too large.
    pub fn integer(&mut self) -> Result<i64, WrongShape> {
        self.peek();
        self.number()?.parse().map_err(|_| WrongShape)
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn bool(&mut self) -> Result<bool, WrongShape> {
        self.peek();
        match self.word()? {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(WrongShape),
        }
    }

    /// The letters of any value.
    ///
    /// # Errors
    /// When there is none.
    pub fn raw(&mut self) -> Result<&'a str, WrongShape> {
        let first = self.peek().ok_or(WrongShape)?;
        let begin = self.at;
        match first {
            b'"' => drop(self.string()?),
            b'[' => self.array(&mut |reader| reader.raw().map(drop))?,
            b'{' => self.object(&mut |_, reader| reader.raw().map(drop))?,
            b'-' | b'0'..=b'9' => drop(self.number()?),
            _ => drop(self.word()?),
        }
        Ok(self.since(begin))
    }

    fn list(&mut self, open: u8, close: u8, item: &mut dyn FnMut(&mut Self) -> Result<(), WrongShape>) -> Result<(), WrongShape> {
        self.take(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(WrongShape);
        }
        if self.peek() != Some(close) {
            loop {
                item(self)?;
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.depth -= 1;
        self.take(close)
    }

    fn take(&mut self, letter: u8) -> Result<(), WrongShape> {
        if self.peek() != Some(letter) {
            return Err(WrongShape);
        }
        self.at += 1;
        Ok(())
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The letters up to the next quotation mark, backslash or control character.
    fn plain(&mut self) -> &'a str {
        let (begin, rest) = (self.at, self.text.as_bytes().get(self.at..).unwrap_or_default());
        self.at += rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
        self.since(begin)
    }

    fn since(&self, begin: usize) -> &'a str {
        self.text.get(begin..self.at).unwrap_or_default()
    }

    /// `true`, `false` or `null`.
    fn word(&mut self) -> Result<&'static str, WrongShape> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word.as_bytes())).ok_or(WrongShape)?;
        self.at += word.len();
        Ok(word)
    }

    fn number(&mut self) -> Result<&'a str, WrongShape> {
        let begin = self.at;
        self.skip(b"-");
        if !self.skip(b"0") {
            self.digits()?;
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(self.since(begin))
    }

    fn digits(&mut self) -> Result<(), WrongShape> {
        let mut some = false;
        while self.skip(b"0123456789") {
            some = true;
        }
        if some { Ok(()) } else { Err(WrongShape) }
    }

    /// Goes over one of these letters, if one is there.
    fn skip(&mut self, letters: &[u8]) -> bool {
        let found = self.byte().is_some_and(|byte| letters.contains(&byte));
        self.at += usize::from(found);
        found
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, WrongShape> {
        let letter = self.byte().ok_or(WrongShape)?;
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.hex()?;
                if (0xD800..0xDC00).contains(&code) && self.skip(b"\\") && self.skip(b"u") {
                    let low = self.hex()?.wrapping_sub(0xDC00);
                    if low >= 0x400 {
                        return Err(WrongShape);
                    }
                    code = 0x10000 + ((code - 0xD800) << 10) + low;
                }
                // Half of a pair is no character.
                char::from_u32(code).ok_or(WrongShape)?
            }
            _ => return Err(WrongShape),
        })
    }

    fn hex(&mut self) -> Result<u32, WrongShape> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16)).ok_or(WrongShape)?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::is_valid;

    /// Any JSON with the numbers that both understand alike.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// What `serde_json` says, but for the range of numbers: ours keep their letters.
    fn is_json(text: &str) -> bool {
        match serde_json::from_str::<serde_json::Value>(text) {
            Err(error) if error.to_string().starts_with("number out of range") => {
                serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
            }
            read => read.is_ok(),
        }
    }

    proptest! {
        #[test]
        fn it_reads_and_writes_as_serde_json_does(expected in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) }.unwrap();
            let value = Value::parse(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&value.to_string()).unwrap(), expected);
            prop_assert_eq!(Reader::new(&text).raw(), Ok(text.as_str()));
        }

        #[test]
        fn it_refuses_what_serde_json_refuses(expected in any_json(), cut in any::<prop::sample::Index>(), other in any::<char>()) {
            let mut text: Vec<char> = expected.to_string().chars().collect();
            let at = cut.index(text.len());
            text[at] = other;
            let text: String = text.into_iter().collect();
            prop_assert_eq!(is_valid(&text), is_json(&text), "{}", text);
        }
    }

    #[test]
    fn numbers_keep_their_letters() {
        for text in ["0", "-0", "1.10", "123456789012345678901234567890", "1E+5", "2e-3", "9e3873304"] {
            assert_eq!(Value::parse(text).map(|value| value.to_string()).as_deref(), Ok(text));
        }
        for text in ["01", "1.", ".5", "-", "+1", "1e", "0x1", "NaN"] {
            assert!(!is_valid(text), "{text}");
        }
    }

    #[test]
    fn escapes_are_characters() {
        assert_eq!(Value::parse(r#""\u00e4\ud83d\udd14\n\/""#), Ok("ä🔔\n/".into()));
        for text in [r#""\ud83d""#, r#""\udd14""#, r#""\ud83dx""#, r#""\ud83d\u0041""#, r#""\x""#, "\"\n\"", r#""\u00e""#] {
            assert!(!is_valid(text), "{text}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert!(is_valid(&nested(100)));
        assert!(!is_valid(&nested(101)));
        assert!(!is_valid(&"[".repeat(1_000_000)));
    }

    #[test]
    fn of_several_fields_with_one_name_the_last_counts() {
        let value = Value::parse(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(value.get("a").and_then(Value::as_i64), Some(2));
    }
}
