//! Evaluates a parsed expression.

use serde_json::{Map, Value, json};

use super::{Raised, parse::Expr};
use crate::authentik::state::{Group, State, User};

/// A value while an expression runs.
enum Term<'a> {
    Json(Value),
    Request,
    User,
    Groups(Vec<&'a Group>),
    /// A method that waits for its arguments.
    Method(Box<Term<'a>>, String),
}

/// The value of an expression.
pub(super) fn evaluate(expression: &Expr, state: &State, user: Option<&User>) -> Result<Value, Raised> {
    match (Evaluator { state, user }).term(expression)? {
        Term::Json(value) => Ok(value),
        _ => Ok(Value::Null),
    }
}

struct Evaluator<'a> {
    state: &'a State,
    user: Option<&'a User>,
}

impl<'a> Evaluator<'a> {
    fn term(&self, expression: &Expr) -> Result<Term<'a>, Raised> {
        Ok(match expression {
            Expr::Constant(value) => Term::Json(value.clone()),
            Expr::Name(name) => match name.as_str() {
                "request" => Term::Request,
                "user" => Term::User,
                _ => {
                    return Err(raised("NameError", &format!("name '{name}' is not defined")));
                }
            },
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
        let Term::Method(of, name) = function else {
            return Err(raised("TypeError", "object is not callable"));
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

    /// The user's groups by name.
    fn groups(&self) -> Vec<&'a Group> {
        let mut groups: Vec<&Group> =
            self.user.map(|user| &user.groups).into_iter().flatten().filter_map(|pk| self.state.groups.get(pk)).collect();
        groups.sort_by(|left, right| left.name.cmp(&right.name));
        groups
    }

    /// Attributes of the groups by name, then of the user, merged deeply (contract/authentik.md, section 4).
    fn group_attributes(&self) -> Map<String, Value> {
        let Some(user) = self.user else {
            return Map::new();
        };
        let mut groups: Vec<&Group> =
            self.state.with_ancestors(&user.groups).iter().filter_map(|pk| self.state.groups.get(pk)).collect();
        groups.sort_by(|left, right| left.name.cmp(&right.name));
        let mut merged = Map::new();
        for group in groups {
            crate::authentik::claims::merge(&mut merged, group.attributes.clone());
        }
        crate::authentik::claims::merge(&mut merged, user.attributes.clone());
        merged
    }
}

fn raised(class: &str, message: &str) -> Raised {
    Raised { exception: format!("{class}: {message}") }
}
