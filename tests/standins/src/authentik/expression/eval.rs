//! Evaluates a parsed body.

use serde_json::{Map, Value, json};

use super::parse::{Expr, Statement};
use crate::authentik::{
    merge::merge,
    state::{Group, State, User},
};

/// An exception that an expression raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::authentik) struct Raised {
    /// Class and message, such as `AttributeError: 'User' object has no attribute 'nope'`.
    pub(in crate::authentik) exception: String,
}

/// A value while an expression runs.
enum Term<'a> {
    Json(Value),
    Request,
    User,
    Groups(Vec<&'a Group>),
    /// A method that waits for its arguments.
    Method(Box<Term<'a>>, String),
    /// `ak_is_group_member`
    IsGroupMember,
    /// A named argument.
    Keyword(String, Value),
}

/// What a body returns.
pub(super) fn evaluate(body: &[Statement], state: &State, user: Option<&User>) -> Result<Value, Raised> {
    Ok(Evaluator { state, user, names: Map::new() }.run(body)?.unwrap_or_default())
}

struct Evaluator<'a> {
    state: &'a State,
    user: Option<&'a User>,
    /// What loops have named.
    names: Map<String, Value>,
}

impl<'a> Evaluator<'a> {
    /// What the statements return, if they do.
    fn run(&mut self, body: &[Statement]) -> Result<Option<Value>, Raised> {
        for statement in body {
            let returned = match statement {
                Statement::Return(value) => Some(self.json(value)?),
                Statement::If(condition, body) if is_true(&self.json(condition)?) => self.run(body)?,
                Statement::If(..) => None,
                Statement::For(names, list, body) => self.each(names, list, body)?,
            };
            if returned.is_some() {
                return Ok(returned);
            }
        }
        Ok(None)
    }

    fn each(&mut self, names: &[String], list: &Expr, body: &[Statement]) -> Result<Option<Value>, Raised> {
        let Value::Array(items) = self.json(list)? else {
            return Err(raised("TypeError", "object is not iterable"));
        };
        for item in items {
            let values = match item {
                Value::Array(values) if names.len() > 1 => values,
                value => vec![value],
            };
            if values.len() != names.len() {
                return Err(raised("ValueError", "wrong number of values to unpack"));
            }
            self.names.extend(names.iter().cloned().zip(values));
            if let Some(returned) = self.run(body)? {
                return Ok(Some(returned));
            }
        }
        Ok(None)
    }

    fn term(&self, expression: &Expr) -> Result<Term<'a>, Raised> {
        Ok(match expression {
            Expr::Constant(value) => Term::Json(value.clone()),
            Expr::Name(name) => match name.as_str() {
                "request" => Term::Request,
                "user" => Term::User,
                "ak_is_group_member" => Term::IsGroupMember,
                name => match self.names.get(name) {
                    Some(value) => Term::Json(value.clone()),
                    None => return Err(raised("NameError", &format!("name '{name}' is not defined"))),
                },
            },
            Expr::List(items) => Term::Json(items.iter().map(|item| self.json(item)).collect::<Result<_, _>>()?),
            Expr::Keyword(name, value) => Term::Keyword(name.clone(), self.json(value)?),
            Expr::Dict(entries) => Term::Json(self.dict(entries)?),
            Expr::Attribute(of, name) => self.attribute(self.term(of)?, name)?,
            Expr::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| self.term(argument)).collect::<Result<Vec<_>, _>>()?;
                self.call(self.term(function)?, &arguments)?
            }
            Expr::Index(of, key) => {
                let key = self.json(key)?;
                let name = key.as_str().unwrap_or_default();
                match self.term(of)? {
                    Term::Json(Value::Object(mut object)) => {
                        Term::Json(object.remove(name).ok_or_else(|| raised("KeyError", &format!("'{name}'")))?)
                    }
                    _ => return Err(raised("TypeError", "object is not subscriptable")),
                }
            }
            Expr::Equal(left, right) => Term::Json(json!(self.json(left)? == self.json(right)?)),
            Expr::Each { attribute, list } => match self.term(list)? {
                Term::Groups(groups) if attribute == "name" => {
                    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
                    Term::Json(json!(names))
                }
                _ => Term::Json(json!([])),
            },
        })
    }

    fn json(&self, expression: &Expr) -> Result<Value, Raised> {
        Ok(match self.term(expression)? {
            Term::Json(value) => value,
            _ => Value::Null,
        })
    }

    fn dict(&self, entries: &[(Expr, Expr)]) -> Result<Value, Raised> {
        let mut object = Map::new();
        for (key, value) in entries {
            let key = self.json(key)?;
            object.insert(key.as_str().unwrap_or_default().to_owned(), self.json(value)?);
        }
        Ok(Value::Object(object))
    }

    fn attribute(&self, of: Term<'a>, name: &str) -> Result<Term<'a>, Raised> {
        Ok(match of {
            Term::Request if name == "user" => Term::User,
            Term::Request => Term::Request,
            Term::User => self.user_attribute(name)?,
            other => Term::Method(Box::new(other), name.to_owned()),
        })
    }

    fn user_attribute(&self, name: &str) -> Result<Term<'a>, Raised> {
        let text = |value: fn(&User) -> &str| Term::Json(json!(self.user.map_or("", value)));
        Ok(match name {
            "email" => text(|user| &user.email),
            "name" => text(|user| &user.name),
            "username" => text(|user| &user.username),
            "path" => text(|user| &user.path),
            "pk" => Term::Json(json!(self.user.map(|user| user.pk))),
            "uuid" => Term::Json(json!(self.user.map(|user| user.uuid))),
            "is_active" => Term::Json(json!(self.user.is_some_and(|user| user.is_active))),
            "is_superuser" => Term::Json(json!(self.user.is_some_and(|user| self.state.is_superuser(user)))),
            "attributes" => Term::Json(Value::Object(self.user.map(|user| user.attributes.clone()).unwrap_or_default())),
            "groups" | "ak_groups" => Term::Groups(self.groups()),
            "group_attributes" => Term::Method(Box::new(Term::User), name.to_owned()),
            _ => {
                return Err(raised("AttributeError", &format!("'User' object has no attribute '{name}'")));
            }
        })
    }

    fn call(&self, function: Term<'a>, arguments: &[Term<'a>]) -> Result<Term<'a>, Raised> {
        let (of, name) = match function {
            Term::Method(of, name) => (of, name),
            Term::IsGroupMember => return self.is_group_member(arguments),
            _ => return Err(raised("TypeError", "object is not callable")),
        };
        Ok(match (*of, name.as_str()) {
            (Term::User, _) => Term::Json(Value::Object(self.group_attributes())),
            (Term::Groups(groups), "all") => Term::Groups(groups),
            (Term::Json(Value::Object(mut object)), "get") => {
                let constant = |at: usize| match arguments.get(at) {
                    Some(Term::Json(value)) => value.clone(),
                    _ => Value::Null,
                };
                let key = constant(0);
                Term::Json(object.remove(key.as_str().unwrap_or_default()).unwrap_or_else(|| constant(1)))
            }
            (_, name) => {
                return Err(raised("AttributeError", &format!("object has no attribute '{name}'")));
            }
        })
    }

    /// Direct membership, and through groups below (authentik/lib/expression/evaluator.py).
    fn is_group_member(&self, arguments: &[Term<'a>]) -> Result<Term<'a>, Raised> {
        let [Term::User, Term::Keyword(filter, Value::String(wanted))] = arguments else {
            return Err(raised("TypeError", "expr_is_group_member() takes a user and filters"));
        };
        if filter != "name" {
            return Err(raised("FieldError", &format!("Cannot resolve keyword '{filter}' into field.")));
        }
        let groups = self.user.map(|user| self.state.with_ancestors(&user.groups)).unwrap_or_default();
        let mut names = groups.iter().filter_map(|pk| self.state.groups.get(pk)).map(|group| &group.name);
        Ok(Term::Json(names.any(|name| name == wanted).into()))
    }

    /// The user's groups by name.
    fn groups(&self) -> Vec<&'a Group> {
        let mut groups: Vec<&Group> =
            self.user.map(|user| &user.groups).into_iter().flatten().filter_map(|pk| self.state.groups.get(pk)).collect();
        groups.sort_by(|left, right| left.name.cmp(&right.name));
        groups
    }

    /// Attributes of the groups by name, then of the user, merged deeply (docs/contract/authentik.md, section 4).
    fn group_attributes(&self) -> Map<String, Value> {
        let Some(user) = self.user else {
            return Map::new();
        };
        let mut groups: Vec<&Group> =
            self.state.with_ancestors(&user.groups).iter().filter_map(|pk| self.state.groups.get(pk)).collect();
        groups.sort_by(|left, right| left.name.cmp(&right.name));
        let mut merged = Map::new();
        for group in groups {
            merge(&mut merged, group.attributes.clone());
        }
        merge(&mut merged, user.attributes.clone());
        merged
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn raised(class: &str, message: &str) -> Raised {
    Raised { exception: format!("{class}: {message}") }
}
