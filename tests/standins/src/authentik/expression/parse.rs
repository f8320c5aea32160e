//! Reads the understood part of Python into a tree.

use std::iter::Peekable;
use std::str::Chars;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// `return value`
    Return(Expr),
    /// `if condition:` and what is below it.
    If(Expr, Vec<Statement>),
    /// `for names in list:` and what is below it.
    For(Vec<String>, Expr, Vec<Statement>),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// A constant.
    Constant(serde_json::Value),
    /// `[value, …]`
    List(Vec<Expr>),
    /// `name=value` among the arguments of a call.
    Keyword(String, Box<Expr>),
    /// `{"key": value, …}`
    Dict(Vec<(Expr, Expr)>),
    /// A name.
    Name(String),
    /// `value.name`
    Attribute(Box<Expr>, String),
    /// `value(arguments)`
    Call(Box<Expr>, Vec<Expr>),
    /// `value[key]`
    Index(Box<Expr>, Box<Expr>),
    /// `a == b` or `a is b`
    Equal(Box<Expr>, Box<Expr>),
    /// `[name.attribute for name in list]`
    Each {
        /// The attribute that is taken of each.
        attribute: String,
        /// The list.
        list: Box<Expr>,
    },
}

/// Reads a body of comments and [`Statement`]s; `None` for anything else.
pub(super) fn parse(source: &str) -> Option<Vec<Statement>> {
    let mut parser = Parser { tokens: tokens(source)?, at: 0 };
    let body = parser.block()?;
    (parser.at == parser.tokens.len()).then_some(body)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(serde_json::Number),
    Sign(char),
    /// Begins a line outside brackets; the number of blanks before it.
    Line(usize),
}

fn tokens(source: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = source.chars().peekable();
    let mut depth = 0_usize;
    let mut indent = Some(0);
    while let Some(&character) = rest.peek() {
        if character == '\n' {
            rest.next();
            indent = (depth == 0).then_some(0);
        } else if matches!(character, ' ' | '\t' | '\u{c}') {
            rest.next();
            indent = indent.map(|blanks| if character == '\u{c}' { 0 } else { blanks + 1 });
        } else if character == '#' {
            while rest.next_if(|next| *next != '\n').is_some() {}
        } else if let Some(blanks) = indent.take() {
            found.push(Token::Line(blanks));
        } else if character == '"' || character == '\'' {
            rest.next();
            let mut text = String::new();
            loop {
                match rest.next()? {
                    '\\' => escape(&mut rest, &mut text)?,
                    '\n' => return None,
                    next if next == character => break,
                    next => text.push(next),
                }
            }
            found.push(Token::Text(text));
        } else if character.is_alphanumeric() || character == '_' {
            let mut word = String::new();
            while let Some(next) = rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
                word.push(next);
            }
            found.push(match word.parse::<i64>() {
                Ok(number) => Token::Number(number.into()),
                Err(_) => Token::Word(word),
            });
        } else {
            rest.next();
            match character {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            found.push(Token::Sign(character));
        }
    }
    Some(found)
}

/// What follows a backslash in a text. One that Python does not know stays, with the backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, text: &mut String) -> Option<()> {
    let numbered = |rest: &mut Peekable<Chars<'_>>, digits: usize| {
        let number: String = rest.by_ref().take(digits).collect();
        char::from_u32(u32::from_str_radix(&number, 16).ok()?)
    };
    match rest.next()? {
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        'x' => text.push(numbered(rest, 2)?),
        'u' => text.push(numbered(rest, 4)?),
        'U' => text.push(numbered(rest, 8)?),
        same @ ('\\' | '\'' | '"') => text.push(same),
        '\n' => {}
        other => text.extend(['\\', other]),
    }
    Some(())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn sees(&self, sign: char) -> bool {
        self.tokens.get(self.at) == Some(&Token::Sign(sign))
    }

    fn takes(&mut self, sign: char) -> bool {
        let seen = self.sees(sign);
        self.at += usize::from(seen);
        seen
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.takes(sign).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        (self.next()? == Token::Word(word.to_owned())).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(name) => Some(name),
            _ => None,
        }
    }

    fn line(&self) -> Option<usize> {
        match self.tokens.get(self.at)? {
            Token::Line(blanks) => Some(*blanks),
            _ => None,
        }
    }

    /// Lines that begin as far to the right as the first.
    fn block(&mut self) -> Option<Vec<Statement>> {
        let blanks = self.line()?;
        let mut found = Vec::new();
        while self.line() == Some(blanks) {
            self.at += 1;
            found.push(self.statement(blanks)?);
        }
        Some(found)
    }

    fn statement(&mut self, blanks: usize) -> Option<Statement> {
        Some(match self.name()?.as_str() {
            "return" => Statement::Return(self.expression()?),
            "if" => Statement::If(self.expression()?, self.below(blanks)?),
            "for" => {
                let mut names = vec![self.name()?];
                while self.takes(',') {
                    names.push(self.name()?);
                }
                self.word("in")?;
                Statement::For(names, self.expression()?, self.below(blanks)?)
            }
            _ => return None,
        })
    }

    fn below(&mut self, blanks: usize) -> Option<Vec<Statement>> {
        self.sign(':')?;
        if self.line()? > blanks { self.block() } else { None }
    }

    fn expression(&mut self) -> Option<Expr> {
        let left = self.value()?;
        if self.tokens.get(self.at) == Some(&Token::Word("is".to_owned())) {
            self.at += 1;
            return Some(Expr::Equal(Box::new(left), Box::new(self.value()?)));
        }
        if self.takes('=') {
            self.sign('=')?;
            return Some(Expr::Equal(Box::new(left), Box::new(self.value()?)));
        }
        Some(left)
    }

    fn value(&mut self) -> Option<Expr> {
        let mut value = self.atom()?;
        loop {
            if self.takes('.') {
                value = Expr::Attribute(Box::new(value), self.name()?);
            } else if self.takes('(') {
                value = Expr::Call(Box::new(value), self.list(')', Self::argument)?);
            } else if self.takes('[') {
                let key = self.expression()?;
                self.sign(']')?;
                value = Expr::Index(Box::new(value), Box::new(key));
            } else {
                return Some(value);
            }
        }
    }

    fn atom(&mut self) -> Option<Expr> {
        match self.next()? {
            Token::Text(text) => Some(Expr::Constant(text.into())),
            Token::Number(number) => Some(Expr::Constant(number.into())),
            Token::Word(word) => Some(match word.as_str() {
                "True" => Expr::Constant(true.into()),
                "False" => Expr::Constant(false.into()),
                "None" => Expr::Constant(serde_json::Value::Null),
                _ => Expr::Name(word),
            }),
            Token::Sign('{') => self.dict(),
            Token::Sign('[') => self.each().or_else(|| self.list(']', Self::expression).map(Expr::List)),
            Token::Sign('(') => {
                let inner = self.expression()?;
                self.sign(')')?;
                Some(inner)
            }
            Token::Sign(_) | Token::Line(_) => None,
        }
    }

    fn dict(&mut self) -> Option<Expr> {
        let mut entries = Vec::new();
        while !self.takes('}') {
            let key = self.expression()?;
            self.sign(':')?;
            entries.push((key, self.expression()?));
            if !self.takes(',') {
                self.sign('}')?;
                break;
            }
        }
        Some(Expr::Dict(entries))
    }

    /// A list of attributes of each; `None`, with nothing taken, for any other list.
    fn each(&mut self) -> Option<Expr> {
        let begin = self.at;
        let found = self.attribute_of_each();
        if found.is_none() {
            self.at = begin;
        }
        found
    }

    fn attribute_of_each(&mut self) -> Option<Expr> {
        let variable = self.name()?;
        self.sign('.')?;
        let attribute = self.name()?;
        self.word("for")?;
        self.word(&variable)?;
        self.word("in")?;
        let list = Box::new(self.expression()?);
        self.sign(']')?;
        Some(Expr::Each { attribute, list })
    }

    fn argument(&mut self) -> Option<Expr> {
        let begin = self.at;
        if let Some(name) = self.name()
            && self.takes('=')
            && !self.sees('=')
        {
            return Some(Expr::Keyword(name, Box::new(self.expression()?)));
        }
        self.at = begin;
        self.expression()
    }

    fn list(&mut self, end: char, item: fn(&mut Self) -> Option<Expr>) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(item(self)?);
            if !self.takes(',') {
                self.sign(end)?;
                break;
            }
        }
        Some(items)
    }
}
