//! The unpacked extension: manifest, bundles, core, texts, icons.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::bundle::{copy_static, copy_wasm, emptied, esbuild_for};
use super::profile::Profile;
use super::promises;
use crate::paths;
use crate::process::run;
use crate::report::step;

/// The oldest browsers that the bundles support; the manifests require the same.
const OLDEST: &str = "chrome120,firefox142";

/// A bundle that belongs to the extension.
struct Entry {
    source: &'static str,
    bundle: &'static str,
    format: &'static str,
}

const ENTRIES: [Entry; 3] = [
    Entry { source: "extension/src/background.ts", bundle: "background.js", format: "esm" },
    Entry { source: "extension/src/panel/main.ts", bundle: "panel.js", format: "esm" },
    Entry { source: "extension/src/page/executor.ts", bundle: "page.js", format: "iife" },
];

/// A browser and what differs in its build.
struct Browser {
    folder: PathBuf,
    manifest: &'static str,
    /// The value of `FIREFOX` in `extension/src/ext.ts`.
    firefox: bool,
}

/// Builds `dist/chromium` and `dist/firefox`.
pub(super) fn build(profile: Profile) -> Result<()> {
    step("bundle the extension", || {
        for browser in [
            Browser { folder: paths::chromium_extension(), manifest: "extension/manifest.chromium.json", firefox: false },
            Browser { folder: paths::firefox_extension(), manifest: "extension/manifest.firefox.json", firefox: true },
        ] {
            let Browser { folder, manifest: overlay, firefox } = browser;
            emptied(&folder)?;
            let mut bundles = Vec::new();
            for entry in &ENTRIES {
                let inputs = paths::work().join(entry.bundle).with_extension("inputs.json");
                run(esbuild_for(profile, OLDEST)
                    .arg(entry.source)
                    .arg(format!("--format={}", entry.format))
                    .arg(format!("--define:FIREFOX={firefox}"))
                    .arg(format!("--metafile={}", inputs.display()))
                    .arg(format!("--outfile={}", folder.join(entry.bundle).display())))?;
                bundles.push((entry.bundle, serde_json::from_str(&fs::read_to_string(inputs)?)?));
            }
            copy_static(&paths::at("extension"), &folder)?;
            copy_wasm(&folder)?;
            write_messages(&folder.join(LOCALES))?;
            fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest(overlay)?)?)?;
            promises::check(&folder, &bundles)?;
        }
        Ok(())
    })
}

/// Folder of the texts, one folder inside for each language.
const LOCALES: &str = "_locales";

/// The texts of the manifest, which the browser reads itself. All texts are in the bundle of the panel.
const FOR_THE_MANIFEST: &str = "extension.json";

/// Writes what the browser reads in each language.
fn write_messages(to: &Path) -> Result<()> {
    let from = paths::at("extension").join(LOCALES);
    for language in fs::read_dir(&from)? {
        let language = language?.path();
        let folder = to.join(language.strip_prefix(&from)?);
        fs::create_dir_all(&folder)?;
        fs::copy(language.join(FOR_THE_MANIFEST), folder.join("messages.json"))
            .with_context(|| language.display().to_string())?;
    }
    Ok(())
}

/// Returns the manifest: what all browsers share, what this one adds, and the version of the workspace.
fn manifest(overlay: &str) -> Result<Value> {
    let mut manifest = read("extension/manifest.base.json")?;
    merge(&mut manifest, read(overlay)?);
    merge(&mut manifest, serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }));
    Ok(manifest)
}

fn read(path: &str) -> Result<Value> {
    let text = fs::read_to_string(paths::at(path)).with_context(|| path.to_owned())?;
    serde_json::from_str(&text).with_context(|| path.to_owned())
}

/// Merges `overlay` into `base`: objects member by member, everything else replaced.
fn merge(base: &mut Value, overlay: Value) {
    match (base, overlay) {
        (Value::Object(base), Value::Object(overlay)) => {
            for (name, value) in overlay {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, overlay) => *base = overlay,
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn an_overlay_adds_and_replaces() {
        let mut manifest = json!({ "name": "x", "action": { "title": "a", "icon": 1 }, "permissions": ["storage"] });
        merge(&mut manifest, json!({ "action": { "title": "b" }, "permissions": ["sidePanel"], "version": "1" }));
        assert_eq!(
            manifest,
            json!({ "name": "x", "action": { "title": "b", "icon": 1 }, "permissions": ["sidePanel"], "version": "1" })
        );
    }
}
