//! `cargo xtask schema`: what Cowbell meets of an `OpenAPI` document of authentik, in the form of `docs/contract/authentik-schemas.txt`
//! (docs/contract/newest.md, "authentik-schemas.txt").

use std::fs;
use std::io;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::paths;
use crate::process::{program, read};

/// The facts of all releases.
const TABLE: &str = "docs/contract/authentik-schemas.txt";

/// Which of the providers that an application may be created with is the one that Cowbell creates.
const PROVIDER: &str = "OAuth2ProviderRequest";

/// Prints what an `OpenAPI` document changes of the newest release in the table. `source` is a file, the URL of an authentik's
/// `/api/v3/schema/`, or `-` for standard input.
///
/// # Errors
/// If the document cannot be read, or has a construct that the table's form has no words for.
pub(crate) fn run(source: &str) -> Result<()> {
    let document = Document::parse(&text_of(source)?)?;
    let table = Release::all(&fs::read_to_string(paths::at(TABLE))?)?;
    let newest = table.last().context("the table is empty")?;
    let version = document.version()?;
    if table.iter().any(|release| release.version == version) {
        bail!("{TABLE} has {version} already");
    }
    println!("# {version}");
    for line in document.facts(&newest.operations())?.changes_since(&newest.facts) {
        println!("{line}");
    }
    Ok(())
}

fn text_of(source: &str) -> Result<String> {
    if source == "-" {
        return Ok(io::read_to_string(io::stdin().lock())?);
    }
    if source.starts_with("http://") || source.starts_with("https://") {
        // authentik answers in YAML unless JSON is asked for.
        return read(program("curl").args(["--fail", "--silent", "--show-error", "--location"]).args([
            "--header",
            "Accept: application/json",
            source,
        ]))
        .context("cannot fetch the document with curl; save it yourself and give the file, or `-` for standard input");
    }
    fs::read_to_string(source).with_context(|| format!("cannot read {source}"))
}

/// Names and what is said of them, in the order in which they are reached: `User.email` is `string?<=254`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts(Vec<(String, String)>);

impl Facts {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, fact)| fact.as_str())
    }

    fn has(&self, prefix: &str) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with(prefix))
    }

    fn set(&mut self, name: &str, fact: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => fact.clone_into(old),
            None => self.0.push((name.to_owned(), fact.to_owned())),
        }
    }

    /// What has to be written behind `old` to get here.
    fn changes_since(&self, old: &Self) -> Vec<String> {
        let set = self.0.iter().filter(|(name, fact)| old.get(name) != Some(fact));
        let removed = old.0.iter().filter(|(name, _)| self.get(name).is_none());
        set.map(|(name, fact)| format!("{name}: {fact}")).chain(removed.map(|(name, _)| format!("-{name}"))).collect()
    }
}

/// One release of the table.
#[derive(Debug)]
struct Release {
    version: String,
    facts: Facts,
}

impl Release {
    /// All releases of the table, each whole, oldest first.
    fn all(table: &str) -> Result<Vec<Self>> {
        let mut releases = Vec::new();
        let mut facts = Facts::default();
        for release in table.split("# ").skip(1) {
            let (version, changes) = release.split_once('\n').context("a release without a line")?;
            for line in changes.lines() {
                if let Some(name) = line.strip_prefix('-') {
                    facts.0.retain(|(known, _)| known != name);
                } else {
                    let (name, fact) = line.split_once(": ").with_context(|| format!("not a fact: {line}"))?;
                    facts.set(name.trim_start_matches('+'), fact);
                }
            }
            releases.push(Self { version: version.to_owned(), facts: facts.clone() });
        }
        Ok(releases)
    }

    /// Method and path of what Cowbell calls.
    fn operations(&self) -> Vec<&str> {
        self.facts.0.iter().filter_map(|(name, _)| name.strip_prefix("op ")).collect()
    }
}

/// An `OpenAPI` document.
struct Document(Value);

impl Document {
    fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map(Self)
            .context("not an OpenAPI document in JSON; authentik sends it with `Accept: application/json`")
    }

    fn version(&self) -> Result<&str> {
        self.0["info"]["version"].as_str().context("the document names no version")
    }

    /// The facts about these operations and everything that they reach; an operation that the document does not have is left out.
    fn facts(&self, operations: &[&str]) -> Result<Facts> {
        let mut facts = Facts::default();
        let mut reached = Vec::new();
        for name in operations {
            let (method, path) = name.split_once(' ').context("an operation without path")?;
            if let Some(operation) = self.operation(method, path) {
                let fact = self.about_operation(operation, &mut reached).with_context(|| format!("in {name}"))?;
                facts.set(&format!("op {name}"), &fact);
            }
        }
        // What was reached last comes first, as in the table.
        while let Some((name, schema)) = reached.pop() {
            if facts.get(&name).is_none() && !facts.has(&format!("{name}.")) {
                self.about_model(&name, schema, &mut facts, &mut reached).with_context(|| format!("in {name}"))?;
            }
        }
        Ok(facts)
    }

    fn operation(&self, method: &str, pattern: &str) -> Option<&Value> {
        let paths = self.0["paths"].as_object()?;
        let fits = |path: &str| {
            let parts = path.split('/').map(|part| if part.starts_with('{') { "*" } else { part });
            parts.eq(pattern.split('/'))
        };
        paths.iter().find(|(path, _)| fits(path))?.1.get(method.to_lowercase())
    }

    fn about_operation<'a>(&'a self, operation: &'a Value, reached: &mut Reached<'a>) -> Result<String> {
        let mut parts = Vec::new();
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_null() {
            parts.push(format!("\"body\": \"{}\"", self.type_of(body, "", reached)?));
        }
        let responses = operation["responses"].as_object().context("no responses")?;
        let (status, response) = responses.iter().find(|(status, _)| status.starts_with('2')).context("no success")?;
        let answer = &response["content"]["application/json"]["schema"];
        let answer = match answer["items"].get("$ref") {
            _ if answer.is_null() => String::new(),
            Some(_) => format!("List[{}]", self.type_of(&answer["items"], "", reached)?),
            None => self.type_of(answer, "", reached)?,
        };
        parts.push(format!("\"ok\": \"{status} {answer}\""));
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let mut query = Vec::new();
        for parameter in parameters {
            let parameter = self.resolve(parameter)?.1;
            if parameter["in"] == "query" {
                query.push(parameter["name"].as_str().context("a parameter without name")?);
            }
        }
        query.sort_unstable();
        parts.push(format!("\"q\": {}", words(query)));
        Ok(format!("{{{}}}", parts.join(", ")))
    }

    fn about_model<'a>(&'a self, name: &str, schema: &'a Value, facts: &mut Facts, reached: &mut Reached<'a>) -> Result<()> {
        if let Some(values) = schema["enum"].as_array() {
            facts.set(name, &words(values.iter().filter_map(Value::as_str)));
            return Ok(());
        }
        if let Some(variants) = schema["oneOf"].as_array() {
            let ours = variants.iter().find(|variant| variant["$ref"].as_str().is_some_and(|path| path.ends_with(PROVIDER)));
            let ours = self.type_of(ours.context("a choice of models, none of which is known")?, "", reached)?;
            facts.set(name, &format!("\"{ours}\""));
            return Ok(());
        }
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (field, schema) in properties(schema).context("neither an object nor a choice")? {
            let inline = format!("{name}{}", pascal_case(field));
            let mut fact = self.type_of(schema, &inline, reached).with_context(|| format!("in {field}"))?;
            if !required.contains(&field.as_str()) {
                fact.push('?');
            }
            if schema["nullable"] == true {
                fact.push_str("|null");
            }
            for (limit, sign) in [("maxLength", "<="), ("minLength", ">=")] {
                if let Some(length) = schema[limit].as_u64() {
                    fact.extend([sign, &length.to_string()]);
                }
            }
            facts.set(&format!("{name}.{field}"), &fact);
        }
        Ok(())
    }

    /// A type in the table's words. `inline` is the name of a model that is described in the place where it is used.
    fn type_of<'a>(&'a self, schema: &'a Value, inline: &str, reached: &mut Reached<'a>) -> Result<String> {
        // A reference with something beside it, such as "nullable", is written as the only part of a whole.
        let schema = match schema["allOf"].as_array().map(Vec::as_slice) {
            Some([only]) => only,
            Some(_) => bail!("a model made of several"),
            None => schema,
        };
        let (name, schema) = self.resolve(schema)?;
        if schema.get("enum").is_some() || schema.get("oneOf").is_some() || properties(schema).is_some() {
            let name = name.map_or_else(|| inline.to_owned(), pascal_case);
            reached.push((name.clone(), schema));
            return Ok(name);
        }
        let plain = match (schema["type"].as_str(), schema["format"].as_str()) {
            (None, _) => "any",
            (Some("string"), Some("uuid")) => "uuid",
            (Some("string"), Some("date-time")) => "date-time",
            (Some("object"), _) => "map",
            (Some(plain @ ("string" | "integer" | "number" | "boolean")), _) => plain,
            (Some("array"), _) => return Ok(format!("[{}]", self.type_of(&schema["items"], inline, reached)?)),
            (Some(other), _) => bail!("a type without a word in the table: {other}"),
        };
        Ok(plain.to_owned())
    }

    /// The name of what is referred to and the thing itself; without a reference, only the thing.
    fn resolve<'a>(&'a self, value: &'a Value) -> Result<(Option<&'a str>, &'a Value)> {
        let Some(path) = value["$ref"].as_str() else { return Ok((None, value)) };
        let found = path.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
        Ok((path.rsplit('/').next(), found.with_context(|| format!("{path} leads nowhere"))?))
    }
}

/// Models that are still to be described.
type Reached<'a> = Vec<(String, &'a Value)>;

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema["properties"].as_object()
}

/// `system_permissions` as part of a model's name.
fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| Value::from(word).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<Release> {
        Release::all(&fs::read_to_string(paths::at(TABLE)).expect("readable")).expect("a table")
    }

    fn release(version: &str) -> Release {
        table().into_iter().find(|release| release.version == version).expect("a release of the table")
    }

    fn document(version: &str) -> Document {
        let path = paths::at("docs/contract/schema").join(format!("authentik-{version}.openapi.json"));
        Document::parse(&fs::read_to_string(path).expect("readable")).expect("a document")
    }

    #[test]
    fn the_document_of_a_release_gives_its_part_of_the_table() {
        let release = release("2026.2.2");
        let document = document("2026.2.2");
        assert_eq!(document.version().expect("a version"), "2026.2.2");
        let facts = document.facts(&release.operations()).expect("facts");
        assert_eq!(facts.changes_since(&release.facts), Vec::<String>::new());
        assert_eq!(facts.0.len(), release.facts.0.len());
    }

    /// What was recorded on a real 2026.8.0-rc1 (docs/contract/newest.md): rows 3, 4 and 12 and `users[]` came after that day.
    /// The two flags were removed after it, as from 2026.5.8.
    #[test]
    fn the_release_candidate_differs_from_its_release_in_what_came_later() {
        let release = release("2026.8.0");
        let facts = document("2026.8.0-rc1").facts(&release.operations()).expect("facts");
        let changes = facts.changes_since(&release.facts);
        let names: Vec<&str> = changes.iter().filter_map(|line| line.split(": ").next()).collect();
        let expected = [
            "OAuth2Provider.grant_types",
            "GrantTypesEnum",
            "PatchedOAuth2ProviderRequest.grant_types",
            "OAuth2ProviderRequest.grant_types",
            "EventActions",
            "CurrentBrandFlags.core_default_app_access",
            "CurrentBrandFlags.enterprise_audit_include_expanded_diff",
            "-OAuth2ProviderSetupURLs.dcr_registration",
            "-GrantTypeEnum",
            "-PolicyBinding.expires",
            "-PolicyBinding.expiring",
            "-SessionUser.users",
            "-UserSelf.is_current",
            "-CurrentBrand.branding_map_tiles",
            "-CurrentBrand.flow_user_switch",
            "-CurrentBrand.flow_request",
            "-Application.pbm_uuid",
            "-SystemInfo.base_url",
            "-Settings.base_url",
        ];
        assert_eq!(sorted(names), sorted(expected));
        let without_exchange = |line: &&String| line.starts_with("GrantTypesEnum") && !line.contains("token-exchange");
        assert_eq!(changes.iter().filter(without_exchange).count(), 1);
    }

    #[test]
    fn what_a_release_changes_is_what_the_table_has_of_it() {
        let text = fs::read_to_string(paths::at(TABLE)).expect("readable");
        let table = table();
        let (before, after) = (&table[6], &table[7]);
        assert_eq!(after.version, "2026.2.2");
        let part = text.split("# ").find_map(|part| part.strip_prefix("2026.2.2\n")).expect("its part");
        assert_eq!(sorted(after.facts.changes_since(&before.facts)), sorted(part.lines()));
    }

    fn sorted<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Vec<String> {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        names.sort();
        names
    }
}
