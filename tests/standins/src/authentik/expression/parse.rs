//! Reads the understood part of Python into a tree.

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// A constant.
    Constant(serde_json::Value),
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

/// Reads a body that consists of comments and one `return`; `None` for anything else.
pub(super) fn parse(source: &str) -> Option<Expr> {
    let mut parser = Parser { tokens: tokens(source)?, at: 0 };
    parser.word("return")?;
    let expression = parser.expression()?;
    (parser.at == parser.tokens.len()).then_some(expression)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(serde_json::Number),
    Sign(char),
}

fn tokens(source: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = source.chars().peekable();
    while let Some(&character) = rest.peek() {
        if character.is_whitespace() {
            rest.next();
        } else if character == '#' {
            rest.by_ref().find(|next| *next == '\n');
        } else if character == '"' || character == '\'' {
            rest.next();
            let mut text = String::new();
            loop {
                match rest.next()? {
                    '\\' => text.push(rest.next()?),
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
            found.push(Token::Sign(character));
        }
    }
    Some(found)
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
                value = Expr::Call(Box::new(value), self.list(')')?);
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
            Token::Sign('[') => self.each(),
            Token::Sign('(') => {
                let inner = self.expression()?;
                self.sign(')')?;
                Some(inner)
            }
            Token::Sign(_) => None,
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

    fn each(&mut self) -> Option<Expr> {
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

    fn list(&mut self, end: char) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(self.expression()?);
            if !self.takes(',') {
                self.sign(end)?;
                break;
            }
        }
        Some(items)
    }
}
