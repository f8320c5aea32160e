//! Each citation of `docs/contract/` must refer to something that exists.
//!
//! | module | what is there |
//! |---|---|
//! | [`text`] | a file as running text, because a citation may continue on the next line of a comment |
//! | [`citation`] | what counts as a citation, and how it is parsed |
//! | [`contract`] | what can be cited in the pages and recordings |

mod citation;
mod contract;
mod text;

use std::fs;

use anyhow::Result;

use self::citation::Citation;
use self::contract::Contract;
use self::text::Text;
use crate::package::{name_in, sources};
use crate::paths;

/// Returns one line per invalid citation in a file, and the number of its citations.
fn check(contract: &Contract, name: &str, content: &str) -> (Vec<String>, usize) {
    let text = Text::new(content);
    let mut faults = Vec::new();
    let mut count = 0;
    for (place, citation) in citation::all(name, &text.joined) {
        count += 1;
        let missing = match citation {
            Citation::Unreadable(why) => vec![why],
            Citation::Read { file, targets } => contract.missing(&file, &targets),
        };
        faults.extend(missing.iter().map(|missing| format!("{name}:{}: {missing}", text.line(place))));
    }
    (faults, count)
}

#[test]
fn every_citation_leads_somewhere() -> Result<()> {
    let contract = Contract::read()?;
    let (mut faults, mut count) = (Vec::new(), 0);
    for file in sources()? {
        let name = name_in(paths::root(), &file)?;
        // Binary files such as images contain no text.
        let Some(content) = fs::read_to_string(file).ok().filter(|_| !citation::is_left_out(&name)) else { continue };
        let (found, read) = check(&contract, &name, &content);
        faults.extend(found);
        count += read;
    }
    println!("{count} citations");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 200, "only {count} citations were found");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::check;
    use super::citation::FOLDER;
    use super::contract::Contract;

    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::read().expect("the notes are there"));

    /// Returns the messages for a comment in a source; `@` stands for the folder.
    fn said(comment: &str) -> Vec<String> {
        check(&CONTRACT, "src/lib.rs", &comment.replace('@', FOLDER)).0
    }

    #[test]
    fn good_citations_are_let_through() {
        for good in [
            "/// (@/authentik.md, section 5.3).",
            "//! @/authentik.md, sections 1 to 8 and 13. All paths end",
            "/// (@/mailcow.md, sections 2, 3 and 7; @/e2e.md, cases f, w, z, z2).",
            "/// @/e2e.md, cases f and s).",
            "/// (@/e2e.md, \"Cases\"; @/pitfalls.md, P-01 to P-06).",
            "/// is no JSON (@/e2e.md, cases u to x2; P-19, P-26).",
            "/// (@/README.md, \"Facts worth knowing\").",
            "/// (@/mailcow.md, section 7; recording 208).",
            "/// (@/mailcow.md, §3.3)",
            "/// (@/mailcow-form.json, `provider_select`).",
            "/// (@/newest.md, row 9; @/cases.md, H6 and S3)",
            "/// As @/e2e.md calls it, and as `@/` says.",
            "//! Paths: @/authentik.md, section 1.\n/// (section 2, \"Permission probe\"; recordings 024 to 029)",
            "/// A safe method (RFC 9110, section 9.2.1).",
            "    /// mailcow stores them verbatim (@/mailcow.md,\n    /// section 7).",
        ] {
            assert_eq!(said(good), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        for (bad, missing) in [
            ("@/mailcow.md, section 99", "mailcow.md has no section 99"),
            ("@/authentik.md, section 5.9", "authentik.md has no section 5.9"),
            ("@/authentik.md, sections 1 to 80", "authentik.md has no section 80"),
            ("@/e2e.md, cases a and q9", "e2e.md has no case q9"),
            ("@/pitfalls.md, P-77", "pitfalls.md has no P-77"),
            ("@/cases.md, H77", "cases.md has no H77"),
            ("@/newest.md, row 77", "newest.md has no row 77"),
            ("@/README.md, \"Facts worth nothing\"", "README.md has no \"Facts worth nothing\""),
            ("@/mailcow-form.json, `nothing`", "mailcow-form.json has no `nothing`"),
            ("@/mailcov.md, section 4", "mailcov.md is not there"),
        ] {
            assert_eq!(said(&format!("//\n/// It is so ({bad}).")), [format!("src/lib.rs:2: {FOLDER}/{missing}")]);
        }
        assert_eq!(said("/// (@/mailcow.md, section 7; recording 999)"), ["src/lib.rs:1: mailcow has no recording 999"]);
        assert_eq!(
            said("//! @/mailcow.md, section 4.\n/// (section 99)"),
            [format!("src/lib.rs:2: {FOLDER}/mailcow.md has no section 99")]
        );
        assert_eq!(said("/// (recordings 104, 999)"), ["src/lib.rs:1: there is no recording 999"]);
    }

    #[test]
    fn what_cannot_be_read_does_not_escape() {
        for bad in [
            "contract/mailcow.md, section 4",
            "mailcow.md, section 4",
            "section 4",
            "@/mailcow.md section 4",
            "@/mailcow.md, chapter 4",
            "@/mailcow.md, section four",
            "`@/mailcow.md`, section 4",
            "@/e2e.md, remark z",
            "@/e2e.md: a, b",
            "@/mailcow.md, section 4 and section 5",
            "@/, section 4",
        ] {
            let faults = said(&format!("/// It is so ({bad})."));
            assert!(matches!(&faults[..], [fault] if fault.contains("cannot be read")), "{bad}: {faults:?}");
        }
    }
}
