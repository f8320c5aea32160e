//! The bill of materials: all third-party code inside the extension, in `CycloneDX` 1.6 (<https://cyclonedx.org>).
//!
//! It lists the crates that are linked into the wasm, so neither macros nor dependencies of build and tests, and the npm packages
//! of which esbuild bundled a file. The standard library is part of Rust and not listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::hexadecimal::hexadecimal;
use crate::paths;
use crate::process::{program, read};

/// A library that is shipped.
struct Component {
    /// For readers, without the scope of npm.
    name: String,
    /// The scope of npm, with its `@`.
    group: Option<String>,
    version: String,
    /// As an SPDX expression.
    license: String,
    /// Algorithm and checksum of the package's archive, from the lock file.
    hash: Option<(&'static str, String)>,
    /// The components that it depends on, by their keys here.
    needs: Vec<String>,
}

/// By package URL, which identifies a package and its version everywhere.
type Components = BTreeMap<String, Component>;

/// Returns the bill of materials of the extension that was built last.
pub(super) fn bill() -> Result<String> {
    let mut components = Components::new();
    let mut direct = crates(&mut components)?;
    direct.extend(packages(&mut components)?);
    let own = format!("pkg:generic/cowbell@{}", env!("CARGO_PKG_VERSION"));
    let mut dependencies = vec![json!({ "ref": own, "dependsOn": direct })];
    dependencies.extend(components.iter().map(|(purl, component)| json!({ "ref": purl, "dependsOn": component.needs })));
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": own,
            "name": "cowbell",
            "version": env!("CARGO_PKG_VERSION"),
            "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            "purl": own,
        } },
        "components": components.iter().map(|(purl, component)| component.json(purl)).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

impl Component {
    fn json(&self, purl: &str) -> Value {
        let mut json = json!({
            "type": "library",
            "bom-ref": purl,
            "name": self.name,
            "version": self.version,
            "licenses": [{ "expression": self.license }],
            "purl": purl,
        });
        if let Some(group) = &self.group {
            json["group"] = group.as_str().into();
        }
        if let Some((algorithm, sum)) = &self.hash {
            json["hashes"] = json!([{ "alg": algorithm, "content": sum }]);
        }
        json
    }
}

/// Adds the crates inside the wasm, and returns our direct dependencies.
fn crates(components: &mut Components) -> Result<Vec<String>> {
    let said =
        read(program("cargo").args(["metadata", "--format-version=1", "--locked", "--filter-platform=wasm32-unknown-unknown"]))?;
    let metadata: Value = serde_json::from_str(&said)?;
    let by_id = |list: &'static str| by_member(&metadata[list], "id");
    let (packages, nodes) = (by_id("packages"), by_member(&metadata["resolve"]["nodes"], "id"));
    let lock = fs::read_to_string(paths::at("Cargo.lock"))?;
    let linked = |id: &str| -> Vec<String> {
        let needed =
            list(&nodes[id]["deps"]).filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()));
        needed
            .filter_map(|dependency| dependency["pkg"].as_str())
            .filter(|id| !is_macro(packages[*id]))
            .map(str::to_owned)
            .collect()
    };
    let is_ours = |id: &str| packages[id]["source"].is_null();
    let purl = |id: &String| {
        Some(format!("pkg:cargo/{}@{}", packages[id.as_str()]["name"].as_str()?, packages[id.as_str()]["version"].as_str()?))
    };
    let ours =
        packages.iter().find(|(_, package)| package["name"] == "cowbell-wasm").context("there is no crate cowbell-wasm")?;
    let (mut waiting, mut seen, mut direct) = (vec![(*ours.0).to_owned()], BTreeSet::new(), Vec::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let needed = linked(&id);
        let needs: Vec<String> = needed.iter().filter(|id| !is_ours(id)).filter_map(purl).collect();
        waiting.extend(needed);
        if is_ours(&id) {
            direct.extend(needs);
            continue;
        }
        let package = packages[id.as_str()];
        let member = |name: &str| package[name].as_str().map(str::to_owned).with_context(|| format!("{id} has no {name}"));
        let (name, version) = (member("name")?, member("version")?);
        let hash = checksum(&lock, &name, &version).map(|sum| ("SHA-256", sum.to_owned()));
        let component = Component { name, group: None, version, license: member("license")?, hash, needs };
        components.insert(purl(&id).unwrap_or_default(), component);
    }
    Ok(direct)
}

fn is_macro(package: &Value) -> bool {
    list(&package["targets"]).any(|target| list(&target["kind"]).any(|kind| kind == "proc-macro"))
}

/// Returns the SHA-256 of a crate's archive.
fn checksum<'a>(lock: &'a str, name: &str, version: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"{version}\"\n"))?;
    let (_, sum) = rest.split("[[package]]").next()?.split_once("checksum = \"")?;
    sum.split('"').next()
}

/// Adds the packages inside the bundles, and returns our direct dependency.
fn packages(components: &mut Components) -> Result<Vec<String>> {
    let lock: Value = serde_json::from_str(&fs::read_to_string(paths::at("package-lock.json"))?)?;
    let inputs: Value = serde_json::from_str(&fs::read_to_string(paths::work().join("panel.inputs.json"))?)?;
    let files = inputs["inputs"].as_object().context("esbuild named no inputs")?.keys();
    let bundled: BTreeSet<&str> = files.filter_map(|file| package_of(file)).collect();
    let purl = |name: &str| {
        let version = lock["packages"][format!("node_modules/{name}")]["version"].as_str()?;
        Some(format!("pkg:npm/{}@{version}", name.replace('@', "%40")))
    };
    for name in &bundled {
        let locked = &lock["packages"][format!("node_modules/{name}")];
        let member = |member: &str| locked[member].as_str().map(str::to_owned).with_context(|| format!("{name} has no {member}"));
        let needed = locked["dependencies"].as_object().into_iter().flat_map(|needed| needed.keys());
        let component = Component {
            name: name.rsplit('/').next().unwrap_or(name).to_owned(),
            group: name.split_once('/').map(|(scope, _)| scope.to_owned()),
            version: member("version")?,
            license: member("license")?,
            hash: Some(("SHA-512", sha512(&member("integrity")?)?)),
            needs: needed.filter(|needed| bundled.contains(needed.as_str())).filter_map(|needed| purl(needed)).collect(),
        };
        components.insert(purl(name).with_context(|| format!("{name} is not in package-lock.json"))?, component);
    }
    let direct = lock["packages"][""]["dependencies"].as_object().context("package-lock.json names no dependencies")?;
    Ok(direct.keys().filter_map(|name| purl(name)).collect())
}

/// Returns the package that a file belongs to.
fn package_of(file: &str) -> Option<&str> {
    let (_, inside) = file.rsplit_once("node_modules/")?;
    let parts = if inside.starts_with('@') { 2 } else { 1 };
    let end = inside.match_indices('/').nth(parts - 1)?.0;
    inside.get(..end)
}

/// Converts the checksum in `sha512-…` to hexadecimal digits.
fn sha512(integrity: &str) -> Result<String> {
    let sum = integrity.strip_prefix("sha512-").context("an integrity of another kind")?;
    Ok(hexadecimal(&BASE64_STANDARD.decode(sum)?))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn by_member<'a>(values: &'a Value, member: &str) -> BTreeMap<&'a str, &'a Value> {
    list(values).filter_map(|value| Some((value[member].as_str()?, value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_packages() {
        assert_eq!(package_of("node_modules/lit/index.js"), Some("lit"));
        assert_eq!(package_of("target/xtask/node_modules/@lit/reactive-element/a/b.js"), Some("@lit/reactive-element"));
        assert_eq!(package_of("extension/src/ext.ts"), None);
    }

    #[test]
    fn the_lock_file_has_the_sum() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"12ab\"\n\n\
                    [[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"b\"\nchecksum = \"no\"\n";
        assert_eq!(checksum(lock, "a", "1.0.0"), Some("12ab"));
        assert_eq!(checksum(lock, "ours", "0.1.0"), None);
    }
}
