//! What an unpacked extension has to keep before anybody gets it (docs/SECURITY.md, promises 1, 2 and 28).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// Everything that Cowbell may ask for.
const PERMISSIONS: [&str; 4] = ["activeTab", "scripting", "storage", "sidePanel"];

/// Members of a manifest that open a door to pages or to other extensions.
const DOORS: [&str; 7] = [
    "host_permissions",
    "optional_host_permissions",
    "optional_permissions",
    "content_scripts",
    "web_accessible_resources",
    "externally_connectable",
    "sandbox",
];

/// What the policy of the extension's own pages has to say.
const POLICY: [&str; 4] =
    ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "require-trusted-types-for 'script'"];

/// Packages of Lit, the only ones of others that are shipped.
const LIT: [&str; 4] = ["lit", "lit-html", "lit-element", "@lit/reactive-element"];

/// Ways to run a text as code.
const TEXT_AS_CODE: [&str; 3] = ["eval(", "new Function(", "importScripts("];

/// Ways to make markup of a text.
const TEXT_AS_MARKUP: [&str; 7] =
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "document.write", "createContextualFragment", "srcdoc"];

/// Looks at the manifest, and at each bundle with the list of what it is made of.
pub(super) fn check(folder: &Path, bundles: &[(&str, Value)]) -> Result<()> {
    manifest(&serde_json::from_str(&fs::read_to_string(folder.join("manifest.json"))?)?)?;
    for (bundle, inputs) in bundles {
        only_lit(inputs).with_context(|| (*bundle).to_owned())?;
        let code = fs::read_to_string(folder.join(bundle))?;
        no_text_as_code(&code).with_context(|| (*bundle).to_owned())?;
        no_text_as_markup(&code, inputs).with_context(|| (*bundle).to_owned())?;
    }
    Ok(())
}

fn no_text_as_code(code: &str) -> Result<()> {
    for way in TEXT_AS_CODE {
        ensure!(!code.contains(way), "texts are run as code: {way}");
    }
    Ok(())
}

/// A bundle with Lit has one place more than ours, which are none: where Lit parses its templates.
fn no_text_as_markup(code: &str, inputs: &Value) -> Result<()> {
    let lits = usize::from(inputs.to_string().contains("node_modules/lit-html/lit-html.js"));
    let found: usize = TEXT_AS_MARKUP.iter().map(|way| code.matches(way).count()).sum();
    ensure!(found == lits, "texts become markup at {found} places, of which {lits} are Lit's");
    Ok(())
}

fn manifest(manifest: &Value) -> Result<()> {
    for door in DOORS {
        ensure!(manifest.get(door).is_none(), "the manifest has {door}");
    }
    let permissions = manifest["permissions"].as_array().context("the manifest has no permissions")?;
    for permission in permissions {
        ensure!(PERMISSIONS.iter().any(|known| permission == known), "the manifest asks for {permission}");
    }
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().context("the manifest has no policy")?;
    for rule in POLICY {
        ensure!(policy.split("; ").any(|found| found == rule), "the policy does not say {rule}");
    }
    Ok(())
}

/// `inputs` is what esbuild says of a bundle: its files by their paths.
fn only_lit(inputs: &Value) -> Result<()> {
    for path in inputs["inputs"].as_object().context("esbuild named no inputs")?.keys() {
        let Some((_, inside)) = path.rsplit_once("node_modules/") else { continue };
        let is_lit = LIT.iter().any(|package| inside.strip_prefix(package).is_some_and(|rest| rest.starts_with('/')));
        ensure!(is_lit, "{path} is shipped");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{manifest, no_text_as_code, no_text_as_markup, only_lit};
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "permissions": ["activeTab", "storage"],
            "content_security_policy": { "extension_pages":
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'" },
        })
    }

    #[test]
    fn a_wider_manifest_is_refused() {
        assert!(manifest(&good()).is_ok());
        for (pointer, wider) in [
            ("/host_permissions", json!(["<all_urls>"])),
            ("/web_accessible_resources", json!([])),
            ("/permissions", json!(["tabs"])),
            ("/content_security_policy/extension_pages", json!("default-src 'none'; connect-src *")),
        ] {
            let mut changed = good();
            match changed.pointer_mut(pointer) {
                Some(value) => *value = wider,
                None => changed[pointer.trim_start_matches('/')] = wider,
            }
            assert!(manifest(&changed).is_err(), "{pointer}");
        }
    }

    #[test]
    fn texts_are_not_run() {
        assert!(no_text_as_code("const medieval=1;retrieval (x)").is_ok());
        assert!(no_text_as_code("let a=eval(b)").is_err() && no_text_as_code("new Function(a)").is_err());
    }

    #[test]
    fn markup_is_made_by_lit_alone() {
        let (ours, lit) = (json!({ "inputs": { "a.ts": {} } }), json!({ "inputs": { "node_modules/lit-html/lit-html.js": {} } }));
        assert!(no_text_as_markup("a.textContent=b", &ours).is_ok() && no_text_as_markup("a.innerHTML=b", &ours).is_err());
        assert!(no_text_as_markup("({innerHTML:b})", &lit).is_ok());
        assert!(no_text_as_markup("({innerHTML:b});c.srcdoc=d", &lit).is_err());
    }

    #[test]
    fn another_package_is_refused() {
        assert!(
            only_lit(&json!({ "inputs": { "extension/src/a.ts": {}, "node_modules/@lit/reactive-element/b.js": {} } })).is_ok()
        );
        assert!(only_lit(&json!({ "inputs": { "node_modules/lit-evil/index.js": {} } })).is_err());
        assert!(only_lit(&json!({})).is_err());
    }
}
