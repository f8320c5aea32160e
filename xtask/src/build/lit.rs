//! lit-html, with one line written differently.
//!
//! Lit parses its templates, which are constants, by assigning them to `innerHTML`; that they are constants, the Trusted Types
//! policy `lit-html` makes sure of at run time. The stores' linter sees the assignment and warns. Without this one it has to be
//! silent about a package, so that any other is noticed; `promises` counts what is left.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::bundle::{copy_folder, emptied};
use crate::paths;

/// How lit-html puts the text of a template into the element that parses it.
const LINE: &str = "return s.innerHTML=t,s";
/// The same.
const INSTEAD: &str = "return Object.assign(s,{innerHTML:t})";

/// Copies lit-html with that line, and gives the folder.
///
/// # Errors
/// When lit-html does not have the line once: it is another version, to be looked at.
pub(super) fn html() -> Result<PathBuf> {
    let copy = paths::work().join("node_modules/lit-html");
    emptied(&copy)?;
    copy_folder(&paths::at("node_modules/lit-html"), &copy)?;
    let file = copy.join("lit-html.js");
    let code = fs::read_to_string(&file)?;
    ensure!(code.matches(LINE).count() == 1, "lit-html is not the one that xtask/src/build/lit.rs knows");
    fs::write(&file, code.replace(LINE, INSTEAD))?;
    Ok(copy)
}
