//! Calls that matter for security, and where in our TypeScript they may stand (docs/SECURITY.md).

use std::fs;

use anyhow::{Result, ensure};

use crate::fingerprint::files;
use crate::paths;

/// A call, and the files it stands in: one file for each thing that leaves the panel, none for what is never done.
const PLACES: [(&str, &[&str]); 29] = [
    // The one door to the browser's extension API.
    ("chrome.", &["extension/src/ext.ts"]),
    // Who may speak to us: the panel to its own script in a page, and that script to the panel.
    (".onConnect.", &["extension/src/ext.ts"]),
    (".onMessage.", &["extension/src/page/session.ts", "extension/src/panel/link/page.ts"]),
    ("runtime.onMessage", &[]),
    ("onMessageExternal", &[]),
    ("onConnectExternal", &[]),
    // Requests, with the session of the page.
    ("fetch(", &["extension/src/page/request.ts"]),
    ("cookie", &["extension/src/page/request.ts"]),
    ("XMLHttpRequest", &[]),
    ("WebSocket", &[]),
    ("EventSource", &[]),
    ("sendBeacon", &[]),
    // What only a click may do.
    ("navigator.clipboard", &["extension/src/panel/ui/copy.ts"]),
    ("createObjectURL(", &["extension/src/panel/link/save.ts"]),
    ("tabs.create(", &["extension/src/ext.ts"]),
    ("windows.create(", &["extension/src/ext.ts"]),
    ("execCommand", &[]),
    ("window.open", &[]),
    // Nothing is submitted for the administrator.
    ("submit(", &[]),
    ("requestSubmit", &[]),
    // Text stays text.
    ("innerHTML", &[]),
    ("outerHTML", &[]),
    ("insertAdjacentHTML", &[]),
    ("unsafe", &[]),
    ("document.write", &[]),
    ("DOMParser", &[]),
    // Nothing is kept on the disk.
    ("storage.local", &[]),
    ("localStorage", &[]),
    ("indexedDB", &[]),
];

/// Looks for the calls in all our TypeScript that is shipped.
pub(super) fn check() -> Result<()> {
    let mut sources = Vec::new();
    for folder in ["extension/src", "www/src"] {
        for file in files(&paths::at(folder))? {
            if file.extension().is_some_and(|extension| extension == "ts") {
                let name = file.strip_prefix(paths::root())?.to_string_lossy().into_owned();
                sources.push((name, fs::read_to_string(&file)?));
            }
        }
    }
    look_at(&sources)
}

/// `sources` are names and texts, in the order of their names.
fn look_at(sources: &[(String, String)]) -> Result<()> {
    for (call, places) in PLACES {
        let found: Vec<&str> = sources.iter().filter(|(_, text)| text.contains(call)).map(|(name, _)| name.as_str()).collect();
        ensure!(found == places, "{call} belongs into {places:?} and is in {found:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{PLACES, check, look_at};

    #[test]
    fn our_sources_keep_to_the_places() {
        check().expect("every call is where it belongs");
    }

    #[test]
    fn a_call_elsewhere_is_refused() {
        let rightly: Vec<(String, String)> = {
            let mut names: Vec<&str> = PLACES.iter().flat_map(|(_, places)| places.iter().copied()).collect();
            names.sort_unstable();
            names.dedup();
            let text = |name: &str| {
                let calls = PLACES.iter().filter(|(_, places)| places.contains(&name)).map(|(call, _)| *call);
                calls.collect::<Vec<_>>().join("\n")
            };
            names.into_iter().map(|name| (name.to_owned(), text(name))).collect()
        };
        assert!(look_at(&rightly).is_ok());
        for (call, _) in PLACES {
            let elsewhere = ("www/src/other.ts".to_owned(), call.to_owned());
            assert!(look_at(&[rightly.clone(), vec![elsewhere]].concat()).is_err(), "{call}");
        }
    }
}
