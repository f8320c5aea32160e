//! The facts of each release, as operations and models.

use std::sync::LazyLock;

use http::Method;
use indexmap::IndexMap;
use serde::Deserialize;

/// The releases one after the other, each as what it changes.
const TABLE: &str = include_str!("../../../../docs/contract/authentik-schemas.txt");

/// Facts by their names, such as `User.email` or `op GET /core/users/`.
type Facts = IndexMap<&'static str, &'static str>;

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let mut facts = Facts::new();
    TABLE
        .split("# ")
        .filter_map(|release| release.split_once('\n'))
        .map(|(version, changes)| {
            apply(&mut facts, changes);
            Schema::new(version, &facts)
        })
        .collect()
});

/// What one release demands.
#[derive(Debug)]
pub struct Schema {
    /// The release.
    pub version: &'static str,
    operations: Vec<Operation>,
    models: IndexMap<&'static str, Model>,
}

/// A path with a method.
#[derive(Debug)]
pub struct Operation {
    /// Method and path below `/api/v3`; `*` is one key.
    pub name: &'static str,
    pub(super) query: Vec<&'static str>,
    pub(super) body: Option<Type>,
    pub(super) status: u16,
    pub(super) answer: Option<Type>,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Model {
    Object(Vec<Field>),
    Choice(Vec<&'static str>),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: Type,
    pub(super) is_optional: bool,
    pub(super) is_nullable: bool,
    pub(super) max: Option<usize>,
    pub(super) min: Option<usize>,
}

/// The type of a value.
#[derive(Debug)]
pub(super) enum Type {
    Any,
    Boolean,
    Integer,
    Number,
    Text,
    Uuid,
    Instant,
    Map,
    List(Box<Type>),
    Named(&'static str),
}

impl Schema {
    /// What holds for a version: the newest release of the table that is not newer than it.
    #[must_use]
    pub fn of(version: &str) -> Option<&'static Self> {
        SCHEMAS.iter().rev().find(|schema| numbers(schema.version) <= numbers(version))
    }

    /// All operations.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation of a method and a path below `/api/v3`; a path without keys comes before one with.
    #[must_use]
    pub fn operation(&self, method: &Method, path: &str) -> Option<&Operation> {
        let fitting = self.operations.iter().filter(|operation| operation.fits(method.as_str(), path));
        fitting.min_by_key(|operation| operation.name.contains('*'))
    }

    pub(super) fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    fn new(version: &'static str, facts: &Facts) -> Self {
        let mut schema = Self { version, operations: Vec::new(), models: IndexMap::new() };
        let mut alias = Vec::new();
        for (name, fact) in facts {
            if let Some(name) = name.strip_prefix("op ") {
                schema.operations.extend(Operation::parse(name, fact));
            } else if let Some((model, field)) = name.split_once('.') {
                let fields = schema.models.entry(model).or_insert_with(|| Model::Object(Vec::new()));
                if let Model::Object(fields) = fields {
                    fields.push(Field::parse(field, fact));
                }
            } else if let Ok(words) = serde_json::from_str(fact) {
                schema.models.insert(name, Model::Choice(words));
            } else {
                alias.push((*name, fact.trim_matches('"')));
            }
        }
        for (name, other) in alias {
            schema.rename(name, other);
        }
        schema
    }

    /// Puts one model wherever another name is mentioned.
    fn rename(&mut self, name: &str, other: &'static str) {
        for model in self.models.values_mut() {
            let Model::Object(fields) = model else { continue };
            for field in fields {
                if matches!(field.value, Type::Named(named) if named == name) {
                    field.value = Type::Named(other);
                }
            }
        }
    }
}

impl Operation {
    fn parse(name: &'static str, fact: &'static str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Parsed {
            body: Option<&'static str>,
            ok: &'static str,
            q: Vec<&'static str>,
        }
        let parsed: Parsed = serde_json::from_str(fact).ok()?;
        let (status, answer) = parsed.ok.split_once(' ')?;
        let answer = match answer.strip_prefix("List[").and_then(|rest| rest.strip_suffix(']')) {
            Some(item) => Some(Type::List(Box::new(Type::Named(item)))),
            None => (!answer.is_empty()).then_some(Type::Named(answer)),
        };
        Some(Self { name, query: parsed.q, body: parsed.body.map(Type::Named), status: status.parse().ok()?, answer })
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let Some((known, pattern)) = self.name.split_once(' ') else { return false };
        let mut segments = path.split('/');
        known == method
            && pattern.split('/').all(|part| segments.next().is_some_and(|segment| part == "*" || part == segment))
            && segments.next().is_none()
    }
}

impl Field {
    /// Parses `uuid?|null`, `string?<=255>=1`, `[integer]`.
    fn parse(name: &'static str, fact: &'static str) -> Self {
        let (fact, min) = limit(fact, ">=");
        let (fact, max) = limit(fact, "<=");
        let plain = fact.strip_suffix("|null");
        let is_nullable = plain.is_some();
        let fact = plain.unwrap_or(fact);
        let plain = fact.strip_suffix('?');
        Self { name, value: Type::parse(plain.unwrap_or(fact)), is_optional: plain.is_some(), is_nullable, max, min }
    }
}

impl Type {
    fn parse(fact: &'static str) -> Self {
        if let Some(item) = fact.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Self::List(Box::new(Self::parse(item)));
        }
        match fact {
            "any" => Self::Any,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::Text,
            "uuid" => Self::Uuid,
            "date-time" => Self::Instant,
            "map" => Self::Map,
            name => Self::Named(name),
        }
    }
}

fn limit(fact: &'static str, sign: &str) -> (&'static str, Option<usize>) {
    fact.split_once(sign).map_or((fact, None), |(rest, number)| (rest, number.parse().ok()))
}

fn apply(facts: &mut Facts, changes: &'static str) {
    for line in changes.lines() {
        if let Some(name) = line.strip_prefix('-') {
            facts.shift_remove(name);
        } else if let Some((name, fact)) = line.strip_prefix('+').unwrap_or(line).split_once(": ") {
            facts.insert(name, fact);
        }
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|number| number.parse().ok()).collect()
}
