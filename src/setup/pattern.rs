//! Whether a regular expression of a redirect URI matches a URI, as Python's `re.fullmatch` decides (docs/contract/authentik.md,
//! section 9), for the forms that people use. Whatever else an expression contains makes the answer unknown: it is never guessed.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

/// More characters than an expression of a redirect URI needs.
const LONGEST: usize = 512;

/// More groups in one another than an expression needs.
const DEEPEST: u8 = 8;

/// A part of an expression.
enum Node {
    /// One character out of some.
    One(Class),
    /// One of several sequences.
    Any(Vec<Vec<Self>>),
    /// A part that may be missing, be repeated, or both.
    Repeat { node: Box<Self>, optional: bool, endless: bool },
}

/// Characters as ranges; `negated` means all others.
struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
}

/// Whether the whole text matches; `None` when the expression has a form that is not known, or the text is not ASCII.
#[must_use]
pub(crate) fn matches(expression: &str, text: &str) -> Option<bool> {
    if expression.len() > LONGEST || !text.is_ascii() || text.contains('\n') {
        return None;
    }
    // With a full match, anchors at both ends say nothing, be it of all alternatives or of one. Inside, they are not known.
    let inner = expression.strip_prefix('^').unwrap_or(expression);
    let inner = inner.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(inner);
    let mut parser = Parser { rest: inner.chars().peekable() };
    let nodes = parser.alternatives(0)?;
    if parser.rest.next().is_some() {
        return None;
    }
    let text: Vec<char> = text.chars().collect();
    Some(ends(&nodes, &text, &BTreeSet::from([0])).contains(&text.len()))
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    /// Sequences up to a closing bracket or the end.
    fn alternatives(&mut self, depth: u8) -> Option<Node> {
        let mut all = vec![Vec::new()];
        while let Some(c) = self.rest.next_if(|c| *c != ')') {
            if c == '|' {
                all.push(Vec::new());
                continue;
            }
            let node = self.atom(c, depth)?;
            let node = self.quantified(node)?;
            all.last_mut()?.push(node);
        }
        Some(Node::Any(all))
    }

    fn atom(&mut self, c: char, depth: u8) -> Option<Node> {
        Some(match c {
            '(' => {
                if self.rest.next_if_eq(&'?').is_some() {
                    self.rest.next_if_eq(&':')?;
                }
                let node = if depth < DEEPEST { self.alternatives(depth + 1)? } else { return None };
                self.rest.next_if_eq(&')')?;
                node
            }
            '[' => Node::One(self.class()?),
            '.' => Node::One(Class { ranges: vec![('\n', '\n')], negated: true }),
            '\\' => Node::One(Class { ranges: self.escape()?, negated: false }),
            '*' | '+' | '?' | '{' | '}' | ']' | '^' | '$' => return None,
            c if c.is_ascii() => Node::One(Class { ranges: vec![(c, c)], negated: false }),
            _ => return None,
        })
    }

    /// A part with its quantifier. A lazy one matches the same whole texts; others are not known.
    fn quantified(&mut self, node: Node) -> Option<Node> {
        let Some(quantifier) = self.rest.next_if(|c| matches!(c, '*' | '+' | '?' | '{')) else { return Some(node) };
        let (optional, endless) = match quantifier {
            '*' => (true, true),
            '+' => (false, true),
            '?' => (true, false),
            _ => return None,
        };
        self.rest.next_if_eq(&'?');
        if self.rest.peek().is_some_and(|c| matches!(c, '*' | '+' | '?' | '{')) {
            return None;
        }
        Some(Node::Repeat { node: Box::new(node), optional, endless })
    }

    fn escape(&mut self) -> Option<Vec<(char, char)>> {
        Some(match self.rest.next()? {
            'd' => vec![('0', '9')],
            'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
            c if c.is_ascii_punctuation() => vec![(c, c)],
            _ => return None,
        })
    }

    fn class(&mut self) -> Option<Class> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges = Vec::new();
        loop {
            match self.rest.next()? {
                ']' if !ranges.is_empty() => return Some(Class { ranges, negated }),
                ']' | '[' => return None,
                '\\' => {
                    ranges.extend(self.escape()?);
                    // A range for Python, or an error.
                    let mut ahead = self.rest.clone();
                    if ahead.next() == Some('-') && ahead.next() != Some(']') {
                        return None;
                    }
                }
                first if first.is_ascii() => {
                    let mut ahead = self.rest.clone();
                    let last = match (ahead.next(), ahead.next()) {
                        (Some('-'), Some(last)) if last != ']' => {
                            self.rest = ahead;
                            (last.is_ascii_alphanumeric() && first <= last).then_some(last)?
                        }
                        _ => first,
                    };
                    ranges.push((first, last));
                }
                _ => return None,
            }
        }
    }
}

/// Where a part can end that begins at one of these places. Sets of places instead of attempts: no expression takes long.
fn ends(node: &Node, text: &[char], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
    match node {
        Node::One(class) => {
            let fits = |at: &&usize| text.get(**at).is_some_and(|c| class.has(*c));
            starts.iter().filter(fits).map(|at| at + 1).collect()
        }
        Node::Any(all) => {
            all.iter().flat_map(|nodes| nodes.iter().fold(starts.clone(), |starts, node| ends(node, text, &starts))).collect()
        }
        Node::Repeat { node, optional, endless } => {
            let mut found = ends(node, text, starts);
            let mut new = found.clone();
            while *endless && !new.is_empty() {
                new = ends(node, text, &new).difference(&found).copied().collect();
                found.extend(&new);
            }
            if *optional {
                found.extend(starts);
            }
            found
        }
    }
}

impl Class {
    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forms of public reports (docs/contract/cases.md, R6).
    #[test]
    fn usual_forms_are_decided() {
        for (expression, text, expected) in [
            (r"https://mailcow\.company", "https://mailcow.company", true),
            (r"https://mailcow\.company", "https://mailcow.company/", false),
            (r"https://mailcow.company/?", "https://mailcow.company/", true),
            (r"^https?:\/\/mailcow\.company(/.*)?$", "https://mailcow.company", true),
            (r"https://mail(cow)?\.company.*", "https://mail.company/x", true),
            (r"https://(?:mail|mailcow)\.company", "https://mailcow.company", true),
            (r"https://(?:mail|web)\.company", "https://mailcow.company", false),
            (r"https://[a-z0-9-]+\.company", "https://mailcow.company", true),
            (r"https://[a-z.-]+", "https://mail-cow.company", true),
            (r"https://[^/]+\.company/.*?", "https://mailcow.company/", true),
            (r"https://[^m]+\.company", "https://mailcow.company", false),
            (r"https://\w+\.company", "https://mailcow.company", true),
            (r"https://mail\d\.company", "https://mail7.company", true),
            (r"https://mail\d\.company", "https://mailx.company", false),
            (r"https://[\w\-]+\.company", "https://mail-cow.company", true),
            (r"https://[\d\-]+\.company", "https://mail-cow.company", false),
            (r"https://[\w-]+\.company", "https://mail-cow.company", true),
            (r".*", "https://mailcow.company", true),
            (r"a|b", "b", true),
            (r"^https://(mail|mailcow)\.company$", "https://mailcow.company", true),
            (r"^https://mail\.company|https://mailcow\.company$", "https://mailcow.company", true),
            (r"^https://mail\.company|https://mailcow\.company$", "https://mail.company/", false),
            ("", "", true),
            (r"((a*)*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches(expression, text), Some(expected), "{expression} {text}");
        }
    }

    #[test]
    fn what_python_may_read_otherwise_is_unknown() {
        for expression in [
            r"(?i)https://mailcow\.company",
            r"https://mailcow\.company(?=/)",
            r"https://[a-z]{3,}\.company",
            r"\Ahttps://mailcow\.company\Z",
            r"https://mailcow\.company++",
            r"a$|b",
            r"a$b",
            r"[[:alpha:]]",
            r"https://mailcöw\.company",
            r"https://mailc[oö]w\.company",
            "(",
            ")",
            "[a",
            "[]a]",
            "[]a[b]",
            "[^]a]",
            "[^]+",
            "[z-a]",
            r"https://[a-z\.-_]+",
            r"https://[\w-.]+",
            "*",
            "a\\",
        ] {
            assert_eq!(matches(expression, "https://mailcow.company"), None, "{expression}");
        }
        assert_eq!(matches(".*", "https://mailcöw.company"), None);
        assert_eq!(matches(&"(".repeat(500), "x"), None);
    }

    /// The time doubles with each repeated group in another one.
    #[test]
    fn no_expression_takes_long() {
        let nested = |depth: u8| {
            let expression = ["(".repeat(depth.into()), ")*".repeat(depth.into())].join("a");
            matches(&expression, &"a".repeat(100))
        };
        assert_eq!(nested(DEEPEST), Some(true));
        assert_eq!(nested(DEEPEST + 1), None);
        assert_eq!(nested(120), None);
        assert_eq!(matches(&"a?".repeat(LONGEST), "a"), None, "it is long");
    }
}
