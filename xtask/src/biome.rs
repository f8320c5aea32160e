//! Biome, the formatter and linter of everything that is not Rust. Its rules are in `biome.jsonc`.

use std::process::Command;

use anyhow::Result;

use crate::paths;
use crate::process::{program, run};
use crate::setup;

/// Checks the format of all files; fails if one is not formatted.
pub(crate) fn check_format() -> Result<()> {
    run(biome()?.arg("format"))
}

/// Formats all files.
pub(crate) fn format() -> Result<()> {
    // The first run may break a chain of calls that the second one joins again.
    run(biome()?.args(["format", "--write"]))?;
    run(biome()?.args(["format", "--write"]))
}

/// Lints all files; fails on any diagnostic, including warnings.
pub(crate) fn lint() -> Result<()> {
    run(biome()?.args(["lint", "--error-on-warnings"]))
}

fn biome() -> Result<Command> {
    setup::packages()?;
    Ok(program(paths::npm_command("biome")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::LazyLock;
    use std::{env, fs, process};

    use serde_json::Value;

    use super::biome;
    use crate::fingerprint::files;
    use crate::paths;

    /// The rules in `lint/`, and the files that are exempt from each. Beside each rule is a TypeScript file of the same name, in
    /// which every line breaks the rule in a different way.
    const RULES: [(&str, &[&str]); 6] = [
        ("browser-api", &["extension/src/ext.ts", "www/src/try/browser.ts"]),
        ("messages", &["extension/src/page/session.ts", "extension/src/panel/tabs/page.ts", "www/src/try/browser.ts"]),
        ("requests", &["extension/src/page/request.ts", "www/src/try/tab.ts"]),
        ("clipboard", &["extension/src/panel/ui/copy.ts"]),
        ("downloads", &["extension/src/panel/tabs/save.ts"]),
        ("never", &[]),
    ];

    /// Biome's own rules on which promises depend, and code that breaks them.
    const OF_BIOME: [(&str, &str); 7] = [
        ("lint/security/noGlobalEval", "eval(\"1\");"),
        ("lint/nursery/noImpliedEval", "new Function(\"return 1\");"),
        ("lint/style/noRestrictedGlobals", "open(\"https://example.org\");"),
        ("lint/suspicious/noExplicitAny", "export const all: any = 1;"),
        ("lint/nursery/noFloatingPromises", "(async () => {})();"),
        ("lint/suspicious/noImportCycles", "import type { B } from \"./6\";\nexport type A = B;"),
        ("lint/suspicious/noImportCycles", "import type { A } from \"./5\";\nexport type B = A;"),
    ];

    /// A path below the top level, and the content of that file.
    type Source = (String, String);

    /// Folders whose files may not break the rules.
    const FOLDERS: [&str; 3] = ["extension/src", "extension/src/panel", "www/src"];

    /// Returns the file beside a rule, which breaks it or only appears to.
    fn example(name: &str) -> String {
        read(&format!("lint/{name}.ts"))
    }

    fn read(path: &str) -> String {
        fs::read_to_string(paths::at(path)).expect("a text")
    }

    fn examples() -> Vec<Source> {
        let names = RULES.iter().map(|(name, _)| *name).chain(["harmless"]);
        names.flat_map(|name| FOLDERS.map(|folder| (format!("{folder}/{name}.ts"), example(name)))).collect()
    }

    /// Returns the exempt files, with everything that their exemptions allow.
    fn allowed() -> Vec<Source> {
        RULES.iter().flat_map(|(name, places)| places.iter().map(|place| ((*place).to_owned(), example(name)))).collect()
    }

    /// Returns the real content of the exempt files, under another path.
    fn moved() -> Vec<Source> {
        let places = RULES.iter().flat_map(|(_, places)| places.iter());
        places.map(|place| (elsewhere(place), read(place))).collect()
    }

    fn elsewhere(place: &str) -> String {
        place.replace(".ts", "/moved.ts")
    }

    fn breaking_rules_of_biome() -> Vec<Source> {
        OF_BIOME.iter().enumerate().map(|(at, (_, code))| (format!("www/src/biome/{at}.ts"), (*code).to_owned())).collect()
    }

    /// A file, a line of it, and the rule that the line breaks; a rule in `lint/` is identified by its message.
    type Broken = (String, u64, String);

    /// All diagnostics of the linter in these files.
    static FOUND: LazyLock<BTreeSet<Broken>> = LazyLock::new(|| {
        let folder = env::temp_dir().join(format!("cowbell-lint-{}", process::id()));
        for input in ["biome.jsonc", ".gitignore", "lint"] {
            for file in files(&paths::at(input)).expect("what the linter reads") {
                let path = file.strip_prefix(paths::root()).expect("a path below the top level");
                write(&folder.join(path), &fs::read_to_string(&file).expect("a text"));
            }
        }
        for (path, code) in [examples(), allowed(), moved(), breaking_rules_of_biome()].concat() {
            write(&folder.join(path), &code);
        }
        let mut biome = biome().expect("Biome is installed");
        biome.current_dir(&folder).args(["lint", "--reporter=json", "--max-diagnostics=none"]);
        let printed = biome.output().expect("Biome runs").stdout;
        fs::remove_dir_all(&folder).expect("the folder is removed");
        let report: Value = serde_json::from_slice(&printed).expect("a report");
        report["diagnostics"].as_array().expect("diagnostics").iter().map(broken).collect()
    });

    fn broken(diagnostic: &Value) -> Broken {
        let text = |member: &Value| member.as_str().expect("a text").to_owned();
        let location = &diagnostic["location"];
        let category = text(&diagnostic["category"]);
        let rule = if category == "plugin" { text(&diagnostic["message"]) } else { category };
        (text(&location["path"]), location["start"]["line"].as_u64().expect("a line"), rule)
    }

    fn write(file: &Path, text: &str) {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder is made");
        fs::write(file, text).expect("a file is written");
    }

    /// Returns the message of a rule in `lint/`.
    fn message(name: &str) -> String {
        let rule = read(&format!("lint/{name}.grit"));
        let said = rule.split("message=\"").nth(1).and_then(|rest| rest.split('"').next());
        said.expect("a rule says something").to_owned()
    }

    fn is_broken(path: &str, rule: &str) -> bool {
        FOUND.iter().any(|(found, _, broken)| found == path && broken == rule)
    }

    #[test]
    fn each_forbidden_call_is_found() {
        for (name, _) in RULES {
            let (rule, example) = (message(name), example(name));
            let lines = (1..).zip(example.lines()).filter(|(_, code)| !code.starts_with("//"));
            for (line, code) in lines {
                for folder in FOLDERS {
                    let broken = (format!("{folder}/{name}.ts"), line, rule.clone());
                    assert!(FOUND.contains(&broken), "{}: {code}", broken.0);
                }
            }
        }
    }

    #[test]
    fn what_is_allowed_or_harmless_is_not_found() {
        for (name, places) in RULES {
            for place in places {
                assert!(!is_broken(place, &message(name)), "{name} in {place}");
            }
            for folder in FOLDERS {
                assert!(!is_broken(&format!("{folder}/harmless.ts"), &message(name)), "{name} in {folder}");
            }
        }
    }

    #[test]
    fn each_exception_is_needed() {
        for (name, places) in RULES {
            for place in places {
                assert!(is_broken(&elsewhere(place), &message(name)), "{place} needs no exception from {name}");
            }
        }
    }

    #[test]
    fn rules_of_biome_that_hold_promises_are_on() {
        for ((rule, code), (path, _)) in OF_BIOME.iter().zip(breaking_rules_of_biome()) {
            assert!(is_broken(&path, rule), "{rule}: {code}");
        }
    }

    /// A `biome-ignore` comment can switch off any rule.
    #[test]
    fn no_comment_switches_off_a_forbidden_call() {
        for file in ["extension/src", "www/src"].iter().flat_map(|folder| files(&paths::at(folder)).expect("sources")) {
            let text = fs::read_to_string(&file).expect("a text");
            let mut comments = text.split("biome-ignore").skip(1);
            let of_one_other_rule = |comment: &str| comment.starts_with(" lint/") && !comment.starts_with(" lint/plugin");
            assert!(comments.all(of_one_other_rule), "{}", file.display());
        }
    }
}
