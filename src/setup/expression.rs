//! The expressions of scope mappings that Cowbell writes and recognises.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::wire::{is_plain, quoted, unquoted};

/// Expression of the `email` scope mapping that reads an attribute of each user, as the guide intends
/// (docs/contract/authentik.md, section 4).
pub const MAPPING_EXPRESSION: &str = r#"return {
    "email": request.user.email,
    "email_verified": request.user.attributes.get("email_verified", False),
}"#;

/// The same, including attributes of the user's groups, so that one attribute on a group applies to all its members
/// (docs/contract/authentik.md, section 4, `group_attributes`).
pub const MAPPING_EXPRESSION_WITH_GROUPS: &str = r#"return {
    "email": request.user.email,
    "email_verified": request.user.group_attributes(request.http_request).get("email_verified", False),
}"#;

/// Scope and claim by which mailcow selects a mailbox template (docs/contract/mailcow.md, section 3).
pub const TEMPLATE_SCOPE: &str = "mailcow_template";

const TEMPLATES_BEGIN: &str = "for group, template in [";
const TEMPLATES_END: &str =
    "\n]:\n    if ak_is_group_member(request.user, name=group):\n        return {\"mailcow_template\": template}\nreturn {}";

/// A rule: mailboxes for members of a group are created from a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct TemplateRule {
    /// Name of the group, which the expression compares.
    pub group: String,
    /// Name of the template in mailcow; also the value of the claim.
    pub template: String,
}

/// Expression of the `mailcow_template` scope mapping: the template of the first group of which the user is a member, directly or
/// through a group below it (`ak_is_group_member`, authentik/lib/expression/evaluator.py). No claim for all other users, because
/// a claim without a row in mailcow's mapping is no better than none (docs/contract/e2e.md, cases n to n3).
#[must_use]
pub fn template_expression(rules: &[TemplateRule]) -> String {
    let row = |rule: &TemplateRule| format!("\n    [{}, {}]", quoted(&rule.group), quoted(&rule.template));
    let rows: Vec<String> = rules.iter().map(row).collect();
    format!("{TEMPLATES_BEGIN}{}{TEMPLATES_END}", rows.join(","))
}

/// The rules in an expression that Cowbell has written; `None` for any other.
#[must_use]
pub fn template_rules(expression: &str) -> Option<Vec<TemplateRule>> {
    let found = tokens(expression)?;
    // Groups and templates in turn; one more text follows them.
    let mut texts = found.iter().filter_map(|token| match token {
        Token::Text(text) => unquoted(text),
        _ => None,
    });
    let mut rules = Vec::new();
    while let (Some(group), Some(template)) = (texts.next(), texts.next()) {
        rules.push(TemplateRule { group, template });
    }
    (tokens(&template_expression(&rules))? == found).then_some(rules)
}

/// Whether two expressions are the same program, byte for byte or in a layout that hides nothing: spaces between tokens, ends of lines
/// within brackets, empty lines, comments, the kind of quotation marks and a trailing comma may differ.
#[must_use]
pub fn same_expression(one: &str, other: &str) -> bool {
    one == other || tokens(one).is_some_and(|one| Some(one) == tokens(other))
}

/// A token of Python, as far as Cowbell's expressions have them.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// The beginning of a line outside brackets; how many spaces further to the right than the first.
    Line(usize),
    /// A name or a keyword.
    Word(String),
    /// A text as it is written, in double quotes.
    Text(String),
    /// A bracket or another sign.
    Sign(char),
}

/// The tokens of an expression; `None` when it has anything that is not plain: Python, an editor and a reader have to see the same.
/// Python ends a line at a lone carriage return, too, and authentik indents what follows any of the ends of lines that Unicode knows
/// (docs/contract/authentik.md, section 4).
fn tokens(expression: &str) -> Option<Vec<Token>> {
    let mut reader = Reader { found: Vec::new(), open: Vec::new(), first: None };
    for line in expression.replace("\r\n", "\n").split('\n') {
        reader.line(line)?;
    }
    reader.open.is_empty().then_some(reader.found)
}

/// What may be between tokens.
const SPACES: [char; 2] = [' ', '\t'];

struct Reader {
    found: Vec<Token>,
    /// Brackets that are not closed yet.
    open: Vec<char>,
    /// How far to the right the first line begins.
    first: Option<usize>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Option<()> {
        if !line.chars().all(|character| character == '\t' || is_plain(character)) {
            return None;
        }
        let mut rest = line.trim_start_matches(SPACES);
        if self.open.is_empty() && !rest.is_empty() && !rest.starts_with('#') {
            // How far a tab goes depends on the reader.
            let indent = line.find(|character| character != ' ').filter(|indent| *indent == line.len() - rest.len())?;
            self.found.push(Token::Line(indent.checked_sub(*self.first.get_or_insert(indent))?));
        }
        while let Some(character) = rest.chars().next().filter(|character| *character != '#') {
            rest = self.token(character, rest)?.trim_start_matches(SPACES);
        }
        Some(())
    }

    /// Takes a token; returns what follows it.
    fn token<'a>(&mut self, character: char, rest: &'a str) -> Option<&'a str> {
        let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        match character {
            '"' | '\'' => {
                let (text, rest) = text(rest, character)?;
                self.found.push(Token::Text(text));
                return Some(rest);
            }
            '(' | '[' | '{' => self.open.push(character),
            ')' | ']' | '}' => {
                if !matches!((self.open.pop()?, character), ('(', ')') | ('[', ']') | ('{', '}')) {
                    return None;
                }
                self.drop_trailing_comma(character);
            }
            ',' | ':' | '.' | '=' => {}
            word if is_word(word) => {
                let (word, rest) = rest.split_at(rest.find(|next| !is_word(next)).unwrap_or(rest.len()));
                self.found.push(Token::Word(word.to_owned()));
                return Some(rest);
            }
            _ => return None,
        }
        self.found.push(Token::Sign(character));
        rest.get(1..)
    }

    /// Forgets a comma before the end of a list or dictionary that has entries. In parentheses it may make another value.
    fn drop_trailing_comma(&mut self, end: char) {
        if let [.., Token::Text(_) | Token::Word(_) | Token::Sign(')' | ']' | '}'), Token::Sign(',')] = self.found[..]
            && end != ')'
        {
            self.found.pop();
        }
    }
}

/// A text at the beginning of a line, in double quotes, and what follows it. Backslashes are kept: what they mean is for the caller.
fn text(line: &str, quote: char) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = line.char_indices().skip(1).find(|(_, character)| {
        let ends = *character == quote && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    let (inner, rest) = (line.get(1..end?.0)?, line.get(end?.0 + 1..)?);
    // In single quotes, only what needs no escape in either kind is the same.
    let is_same = quote == '"' || !inner.contains(['"', '\\']);
    is_same.then(|| (["\"", inner, "\""].concat(), rest))
}

/// Whether Cowbell writes such expressions.
#[must_use]
pub fn is_own_expression(expression: &str) -> bool {
    let says = |ours| same_expression(expression, ours);
    says(MAPPING_EXPRESSION) || says(MAPPING_EXPRESSION_WITH_GROUPS) || template_rules(expression).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(group: &str, template: &str) -> TemplateRule {
        TemplateRule { group: group.into(), template: template.into() }
    }

    #[test]
    fn an_expression_is_recognised_in_other_spelling() {
        let by_hand = "# from the docs\nreturn {\n  'email': request.user.email,\n  'email_verified': request.user.attributes.get('email_verified', False)\n}\n";
        assert!(same_expression(by_hand, MAPPING_EXPRESSION) && is_own_expression(by_hand));
        assert!(!same_expression("return {}", MAPPING_EXPRESSION) && !is_own_expression("return {}"));
    }

    #[test]
    fn rules_are_read_back_as_they_were_written() {
        let rules = [rule("Sales \"EU\"", "OIDC Users"), rule("möhre\\n", "Default")];
        let expression = template_expression(&rules);
        assert_eq!(
            expression,
            "for group, template in [\n    [\"Sales \\\"EU\\\"\", \"OIDC Users\"],\n    [\"möhre\\\\n\", \"Default\"]\n]:\n    if ak_is_group_member(request.user, name=group):\n        return {\"mailcow_template\": template}\nreturn {}"
        );
        assert_eq!(template_rules(&expression).as_deref(), Some(&rules[..]));
        assert_eq!(template_rules(&(expression.replace('\n', "\r\n") + "\n")).as_deref(), Some(&rules[..]));
        assert_eq!(template_rules(&expression.replace("return {}", "return None")), None);
        assert!(is_own_expression(&expression));
    }

    #[test]
    fn blanks_in_names_count() {
        let (one, other) = (template_expression(&[rule("a b", "c")]), template_expression(&[rule("ab", "c")]));
        assert!(!same_expression(&one, &other));
    }

    /// S5: names that no program text can hold as they are do not change the program, and are read back.
    #[test]
    fn hostile_names_stay_names() {
        for text in cowbell_standins::hostile::texts().values().flatten() {
            let rules = [rule(text, "Default"), rule("Sales", text)];
            let expression = template_expression(&rules);
            assert!(expression.chars().all(|c| c == '\n' || is_plain(c)) && expression.lines().count() == 7, "{expression}");
            assert_eq!(template_rules(&expression).as_deref(), Some(&rules[..]), "{expression}");
        }
    }

    /// S5: each of these is another program for Python, or is not shown as what it is.
    #[test]
    fn what_could_hide_something_is_not_ours() {
        let template = template_expression(&[rule("Sales", "Sales / EU")]);
        for (ours, from, to) in [
            (MAPPING_EXPRESSION, "return {", "return\n{"),
            (MAPPING_EXPRESSION, "return {", "return\\\n{"),
            (MAPPING_EXPRESSION, "return {", "return \u{c}{"),
            (MAPPING_EXPRESSION, "return {", "return\u{a0}{"),
            (MAPPING_EXPRESSION, "return {", "ｒeturn {"),
            (MAPPING_EXPRESSION, "return {", "# see the guide\rimport os; os.system('id')\nreturn {"),
            (MAPPING_EXPRESSION, "return {", "# \u{202e}\nreturn {"),
            (MAPPING_EXPRESSION, "return {", "\u{feff}return {"),
            (MAPPING_EXPRESSION, "return {", "import os; return {"),
            (MAPPING_EXPRESSION, "\"email\":", "\" email\":"),
            (MAPPING_EXPRESSION, "\"email\":", "\"\"\"email\"\"\":"),
            (MAPPING_EXPRESSION, "\"email\":", "f\"email\":"),
            (MAPPING_EXPRESSION, "\"email\":", "\"e\" \"mail\":"),
            (MAPPING_EXPRESSION, "\"email\":", "\"e\\u006dail\":"),
            (MAPPING_EXPRESSION, "False", "Fal\tse"),
            (MAPPING_EXPRESSION, "False),", "False,),"),
            (MAPPING_EXPRESSION, ",\n}", ",,\n}"),
            (MAPPING_EXPRESSION, "\n}", "\n})"),
            (&template, "    if", "\tif"),
            (&template, "        return", "    return"),
            (&template, "\nreturn {}", "\n    return {}"),
            (&template, "Sales / EU", "Sales \\/ EU"),
            (&template, "\"Sales\"", "\"\\u0053ales\""),
            (&template, "\"Sales\"", "\"Sa\u{200b}les\""),
            (&template, "[\"Sales\"", "[\"Sales\", \"Sales\""),
        ] {
            let other = ours.replacen(from, to, 1);
            assert_ne!(other, ours);
            assert!(!same_expression(&other, ours) && !is_own_expression(&other), "{other:?}");
        }
    }

    #[test]
    fn a_layout_that_hides_nothing_is_ours() {
        let template = template_expression(&[rule("Sales", "Sales / EU")]);
        for (ours, from, to) in [
            (MAPPING_EXPRESSION, "\n", "\r\n"),
            (MAPPING_EXPRESSION, "    ", "\t"),
            (MAPPING_EXPRESSION, "return {\n", "\n# für alle – 🔔\n  return {# here\n\n"),
            (MAPPING_EXPRESSION, "\n", ""),
            (MAPPING_EXPRESSION, "\n}", "\n}  \n# end"),
            (&template, "\n    [", "["),
            (&template, "\"", "'"),
            (&template, "\"]\n]", "\",],\n]"),
            (&template, "\nreturn {}", "\n\n  # all others\nreturn {  }\n\n"),
        ] {
            let other = ours.replace(from, to);
            assert_ne!(other, ours);
            assert!(same_expression(&other, ours) && is_own_expression(&other), "{other:?}");
        }
    }

    /// What Python cannot read differently, if it is put there: judged by the characters around it.
    fn is_harmless(text: &str, at: usize, inserted: char) -> bool {
        let (before, after) = text.split_at(at);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let ends = after.is_empty() || after.starts_with('\n');
        if line.contains('#') {
            let is_visible = !inserted.is_control() && !"\u{2028}\u{2029}\u{200b}\u{202e}\u{feff}".contains(inserted);
            return is_visible || inserted == '\t' || matches!(inserted, '\n' | '\r') && ends && !after.is_empty();
        }
        if line.matches('"').count() % 2 == 1 {
            return false;
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let between_words = before.ends_with(is_word) && after.starts_with(is_word);
        let is_inside = before.matches(['(', '[', '{']).count() > before.matches([')', ']', '}']).count();
        let blank_before = line.trim_matches(' ').is_empty();
        let is_first = before.split('\n').all(|line| line.starts_with('#') || line.is_empty());
        match inserted {
            ' ' | '\t' if after.starts_with('#') => true,
            ' ' | '\t' => !between_words && (is_inside || !blank_before || ends || is_first && inserted == ' '),
            '\n' => !between_words && (is_inside || blank_before || ends),
            '\r' => after.starts_with('\n'),
            // It may be put before a trailing comma, too, which is then part of the comment.
            '#' => ends || after.starts_with('#') || after.starts_with(",\n") && after[1..].trim_start().starts_with(['}', ']']),
            ',' => after.trim_start().starts_with(['}', ']']) && !before.trim_end().ends_with([',', '{', '[']),
            _ => false,
        }
    }

    /// What ends lines somewhere, separates, quotes, escapes or begins a comment.
    const SPECIAL: &str = " \t\n\r\u{b}\u{c}\u{1c}\u{85}\u{a0}\u{2028}\u{2029}#,;\\\"'0_({[)}]";

    fn any_character() -> impl Strategy<Value = char> {
        prop_oneof![any::<char>(), proptest::sample::select(SPECIAL.chars().collect::<Vec<_>>())]
    }

    /// Our expressions, one of them with a comment.
    fn ours() -> [String; 4] {
        let template = template_expression(&[rule("Sales", "Sales / EU"), rule("a b", "c")]);
        let commented = ["# see the guide\n", MAPPING_EXPRESSION].concat();
        [MAPPING_EXPRESSION.into(), MAPPING_EXPRESSION_WITH_GROUPS.into(), template, commented]
    }

    /// S5: whatever is put anywhere, it is not ours, or Python cannot read it differently.
    fn is_refused_or_harmless(ours: &str, at: usize, inserted: char) -> bool {
        let mut other = ours.to_owned();
        other.insert(at, inserted);
        !same_expression(&other, ours) || is_harmless(ours, at, inserted) && is_own_expression(&other)
    }

    #[test]
    fn a_special_character_anywhere_is_refused_or_harmless() {
        for ours in ours() {
            for (at, inserted) in (0..=ours.len()).flat_map(|at| SPECIAL.chars().map(move |inserted| (at, inserted))) {
                assert!(is_refused_or_harmless(&ours, at, inserted), "{inserted:?} at {at} of {ours:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_character_anywhere_is_refused_or_harmless(which in 0..4_usize, place in any::<proptest::sample::Index>(), inserted in any_character()) {
            let ours = &ours()[which];
            let at = place.index(ours.len() + 1);
            prop_assert!(is_refused_or_harmless(ours, at, inserted), "{inserted:?} at {at} of {ours:?}");
        }

        /// S5: nothing after a comment is taken for a part of it, unless everybody sees one line.
        #[test]
        fn a_comment_hides_nothing(end in any_character()) {
            let other = format!("# see the guide{end}import os; os.system('id')\n{MAPPING_EXPRESSION}");
            if is_own_expression(&other) {
                prop_assert!(end == '\t' || is_harmless("# see the guide", 15, end), "{end:?}");
            }
        }
    }
}
