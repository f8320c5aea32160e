//! Each code of a finding is given by a rule: somewhere in the core, outside its own tests, an expression makes it. A test that only
//! names a code would not show that (`cargo xtask findings`).

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, ExprBinary, ExprPath, ItemFn, ItemMod, Macro, Pat, Path};

use crate::package::{name_in, sources};
use crate::paths;

/// The file that declares the codes.
const CATALOGUE: &str = "src/verify/code.rs";

/// Collects the codes that expressions make. Patterns and comparisons only recognise one that is there.
#[derive(Default)]
struct Made {
    codes: BTreeSet<String>,
}

impl Made {
    fn look_at(&mut self, path: &Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let [.., kind, name] = names.as_slice()
            && kind == "Code"
        {
            self.codes.insert(name.clone());
        }
    }

    /// The same in the arguments of a macro, which are no expressions.
    fn look_at_tokens(&mut self, tokens: TokenStream) {
        let mut before: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.look_at_tokens(group.stream()),
                TokenTree::Ident(name) if before.ends_with(&["Code".to_owned(), ":".to_owned(), ":".to_owned()]) => {
                    self.codes.insert(name.to_string());
                }
                other => before.push(other.to_string()),
            }
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        attribute.path().is_ident("test") || is_cfg && attribute.parse_args::<Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Made {
    fn visit_expr_path(&mut self, expression: &'ast ExprPath) {
        self.look_at(&expression.path);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if !matches!(binary.op, BinOp::Eq(_) | BinOp::Ne(_)) {
            visit::visit_expr_binary(self, binary);
        }
    }

    fn visit_pat(&mut self, _: &'ast Pat) {}

    fn visit_macro(&mut self, called: &'ast Macro) {
        if !called.path.is_ident("matches") {
            self.look_at_tokens(called.tokens.clone());
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }
}

/// The names that the catalogue declares: a variant, its facts, and its severity.
fn declared(catalogue: &str) -> BTreeSet<&str> {
    let severities = ["Good", "Info", "Unknown", "Warning", "Problem"];
    catalogue
        .lines()
        .filter_map(|line| {
            let (left, right) = line.trim().split_once(" = ")?;
            let severity = right.split([' ', ',']).next()?;
            let is_code = line.starts_with("    ") && severities.contains(&severity) && right.ends_with(',');
            is_code.then(|| left.split('(').next().unwrap_or(left))
        })
        .collect()
}

/// The codes that this text of Rust makes.
fn made_in(text: &str) -> Result<BTreeSet<String>> {
    let mut made = Made::default();
    made.visit_file(&syn::parse_file(text)?);
    Ok(made.codes)
}

#[test]
fn every_code_is_made_by_a_rule() -> Result<()> {
    let mut made = BTreeSet::new();
    let mut catalogue = String::new();
    for file in sources()?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs")) {
        let name = name_in(paths::root(), file)?;
        let text = fs::read_to_string(file)?;
        if name == CATALOGUE {
            catalogue = text;
        } else if name.starts_with("src/") && !name.ends_with("/tests.rs") {
            made.extend(made_in(&text).with_context(|| name.clone())?);
        }
    }
    let declared = declared(&catalogue);
    assert!(declared.len() > 200, "{}", declared.len());
    let missing: Vec<&str> = declared.into_iter().filter(|name| !made.contains(*name)).collect();
    assert!(missing.is_empty(), "no rule gives {missing:?}");
    Ok(())
}

#[test]
fn a_pattern_a_comparison_and_a_test_make_no_code() -> Result<()> {
    let text = "fn f(code: Code) -> Vec<Finding> {
            match code { Code::Pattern => {}, _ => {} }
            if code == Code::Compared || matches!(code, Code::Matched) { return vec![Finding::new(Code::InMacro)]; }
            let found = verify::Code::Made;
            vec![]
        }
        #[cfg(test)]
        mod tests { fn g() -> Code { Code::InTest } }";
    assert_eq!(made_in(text)?, BTreeSet::from(["InMacro", "Made"].map(str::to_owned)));
    Ok(())
}
