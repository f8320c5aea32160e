//! The site.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Result, ensure};

use super::bundle::{copy, copy_static, emptied, esbuild_for};
use super::profile::Profile;
use super::wasm;
use crate::paths;
use crate::process::{program, run};
use crate::report::step;
use crate::setup;

/// Browsers of recent years, because the site is not only for users of the extension.
const BROWSERS: &str = "es2022";

/// A script that runs in simulated pages. It becomes a function, because each page has other globals; its parameter has them.
struct PageScript {
    source: &'static str,
    function: &'static str,
    /// What replaces a global, besides [`GLOBALS`].
    replaced: &'static [(&'static str, &'static str)],
}

const SCRIPTS: [PageScript; 2] = [
    PageScript {
        source: "extension/src/page/executor.ts",
        function: "runExecutor",
        replaced: &[
            ("chrome", "realm.api"),
            ("globalThis", "realm"),
            ("window", "realm.window"),
            // For the page it is the whole window: Cowbell fills in nothing in a page that is embedded in another one.
            ("window.top", "realm.window"),
            ("scrollX", "realm.scrollX"),
            ("scrollY", "realm.scrollY"),
            ("scrollTo", "realm.scrollTo"),
            ("getComputedStyle", "realm.getComputedStyle"),
            ("FIREFOX", "false"),
        ],
    },
    PageScript {
        source: "tests/standins/src/mailcow/pages/mailcow.js",
        function: "runMailcow",
        replaced: &[
            ("window.location", "realm.location"),
            ("window.csrf_token", "realm.token"),
            ("lang_page", "realm.words"),
            ("localStorage", "realm.kept"),
        ],
    },
];

/// What both scripts are given in the place of their globals.
const OF_BOTH: [&str; 3] = ["document", "location", "fetch"];

/// Classes of the page's own frame: its elements are of them, and of no others.
const GLOBALS: [&str; 11] = [
    "Document",
    "Element",
    "Event",
    "EventTarget",
    "HTMLButtonElement",
    "HTMLElement",
    "HTMLFormElement",
    "HTMLInputElement",
    "HTMLSelectElement",
    "HTMLTextAreaElement",
    "InputEvent",
];

/// Builds `dist/www` if there is a site.
pub(super) fn build(profile: Profile) -> Result<()> {
    let source = paths::at("www");
    if !source.is_dir() {
        return Ok(());
    }
    setup::packages()?;
    wasm::build_try(profile)?;
    step("bundle the site", || {
        let folder = paths::site();
        emptied(&folder)?;
        let pages = page_scripts(profile)?;
        run(esbuild_for(profile, BROWSERS)
            .arg("www/src/main.ts")
            .args(["--format=esm", "--splitting", "--chunk-names=[name]-[hash]"])
            .arg(format!("--alias:cowbell-core={}", paths::try_package().join(wasm::TRY).with_extension("js").display()))
            .arg(format!("--alias:cowbell-pages={}", pages.display()))
            .args(["--inject:www/src/try/browser.ts", "--define:FIREFOX=false"])
            .arg(format!("--define:VERSION={:?}", env!("CARGO_PKG_VERSION")))
            .arg(format!("--outdir={}", folder.display())))?;
        copy(&source.join("index.html"), &folder.join("index.html"))?;
        copy(&paths::at("docs/screenshots/store-3-form.png"), &folder.join("form.png"))?;
        copy(&paths::at("docs/screenshots/de/store-3-form.png"), &folder.join("form.de.png"))?;
        copy_static(&paths::at("extension/icons"), &folder.join("icons"))?;
        let wasm = format!("{}_bg.wasm", wasm::TRY);
        copy(&paths::try_package().join(&wasm), &folder.join(&wasm))
    })
}

/// Writes the scripts of simulated pages as one module, and returns its path.
fn page_scripts(profile: Profile) -> Result<PathBuf> {
    let mut module = vec![format!("export const GLOBALS = {};", serde_json::to_string(&GLOBALS)?)];
    for PageScript { source, function, replaced } in &SCRIPTS {
        let bundle = paths::work().join(function).with_extension("js");
        let mut esbuild = esbuild_for(profile, BROWSERS);
        esbuild.arg(source).args(["--format=iife", "--legal-comments=none"]).arg(format!("--outfile={}", bundle.display()));
        for name in GLOBALS.iter().chain(&OF_BOTH) {
            esbuild.arg(format!("--define:{name}=realm.{name}"));
        }
        for (name, by) in *replaced {
            esbuild.arg(format!("--define:{name}={by}"));
        }
        run(&mut esbuild)?;
        let script = fs::read_to_string(&bundle)?;
        module.push(format!("export function {function}(realm) {{\n{}\n}}", without_map(&script)));
    }
    let path = paths::work().join("pages.js");
    fs::write(&path, module.join("\n"))?;
    Ok(path)
}

/// A script without the comment that says where its sources are.
fn without_map(script: &str) -> &str {
    script.split("//# sourceMappingURL").next().unwrap_or_default()
}

/// Builds the site and serves it on this machine until interrupted.
pub(crate) fn serve() -> Result<()> {
    ensure!(paths::at("www").is_dir(), "there is no site in www/");
    build(Profile::Release)?;
    let mut server = program(paths::npm_command("esbuild"))
        .arg(format!("--servedir={}", paths::site().display()))
        .args(["--serve=127.0.0.1:0", "--log-level=info"])
        .stdin(Stdio::piped())
        .spawn()?;
    // esbuild serves until its standard input closes, which happens only when this process ends.
    let _open = server.stdin.take();
    let status = server.wait()?;
    ensure!(status.success(), "the server ended: {status}");
    Ok(())
}
