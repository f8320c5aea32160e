//! What an unpacked extension must guarantee before it is released (docs/SECURITY.md).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// All permissions that Cowbell may request.
const PERMISSIONS: [&str; 4] = ["activeTab", "scripting", "storage", "sidePanel"];

/// All keys that a manifest may have: none of them gives access to pages or to other extensions.
const MEMBERS: [&str; 15] = [
    "manifest_version",
    "name",
    "description",
    "version",
    "default_locale",
    "icons",
    "action",
    "background",
    "permissions",
    "content_security_policy",
    "minimum_chrome_version",
    "side_panel",
    "storage",
    "browser_specific_settings",
    "sidebar_action",
];

/// The content security policy of the extension's own pages.
const POLICY: [&str; 10] = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
];

/// The packages of Lit, the only third-party packages that are shipped.
const LIT: [&str; 4] = ["lit", "lit-html", "lit-element", "@lit/reactive-element"];

/// Ways to run a text as code.
const TEXT_AS_CODE: [&str; 3] = ["eval(", "new Function(", "importScripts("];

/// Ways to turn a text into markup.
const TEXT_AS_MARKUP: [&str; 7] =
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "document.write", "createContextualFragment", "srcdoc"];

/// Checks the manifest, and each bundle with the list of its inputs.
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

/// A bundle with Lit has one such place, where Lit parses its templates; our own code has none.
fn no_text_as_markup(code: &str, inputs: &Value) -> Result<()> {
    let lits = usize::from(inputs.to_string().contains("node_modules/lit-html/lit-html.js"));
    let found: usize = TEXT_AS_MARKUP.iter().map(|way| code.matches(way).count()).sum();
    ensure!(found == lits, "texts become markup at {found} places, of which {lits} are Lit's");
    Ok(())
}

fn manifest(manifest: &Value) -> Result<()> {
    for member in manifest.as_object().context("the manifest is no object")?.keys() {
        ensure!(MEMBERS.contains(&member.as_str()), "the manifest has {member}");
    }
    let permissions = manifest["permissions"].as_array().context("the manifest has no permissions")?;
    for permission in permissions {
        ensure!(PERMISSIONS.iter().any(|known| permission == known), "the manifest asks for {permission}");
    }
    let policies = manifest["content_security_policy"].as_object().context("the manifest has no policy")?;
    ensure!(policies.len() == 1, "the manifest has a policy for other pages");
    let policy = policies.get("extension_pages").and_then(Value::as_str).context("the manifest has no policy for its pages")?;
    ensure!(policy == POLICY.join("; "), "the policy says {policy}");
    Ok(())
}

/// Checks a bundle's inputs; `inputs` is esbuild's list of its files by their paths.
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
    use super::{POLICY, manifest, no_text_as_code, no_text_as_markup, only_lit};
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "permissions": ["activeTab", "storage"],
            "content_security_policy": { "extension_pages": POLICY.join("; ") },
        })
    }

    #[test]
    fn a_wider_manifest_is_refused() {
        assert!(manifest(&good()).is_ok());
        for (pointer, wider) in [
            ("/host_permissions", json!(["<all_urls>"])),
            ("/optional_host_permissions", json!(["https://*/*"])),
            ("/optional_permissions", json!(["tabs"])),
            ("/content_scripts", json!([])),
            ("/web_accessible_resources", json!([])),
            ("/externally_connectable", json!({ "ids": ["*"] })),
            ("/sandbox", json!({ "pages": ["panel.html"] })),
            ("/content_security_policy/sandbox", json!("script-src *")),
            ("/permissions", json!(["tabs"])),
            ("/content_security_policy/extension_pages", json!("default-src 'none'; connect-src *")),
            ("/content_security_policy/extension_pages", json!(POLICY.join("; ").replace("connect-src 'self'", "connect-src *"))),
            (
                "/content_security_policy/extension_pages",
                json!(POLICY.join("; ").replace("; require-trusted-types-for 'script'", "")),
            ),
        ] {
            let mut changed = good();
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            changed.pointer_mut(parent).expect("a parent")[name] = wider;
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
        assert!(no_text_as_markup("s.innerHTML=t", &lit).is_ok());
        assert!(no_text_as_markup("s.innerHTML=t;c.srcdoc=d", &lit).is_err());
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
