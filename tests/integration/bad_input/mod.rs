//! Bad input: what happens. One module for each group of rows of the table; each test is named after its row.

mod addresses;
mod instance;
mod limited;
mod names;
mod object_attributes;
mod odd_answers;
mod pace;
mod providers;
mod rights;
mod users;

use cowbell::verify::{Code, Finding};

/// The code and the facts of a finding, each as `name=value`.
fn said(finding: &Finding) -> (Code, Vec<String>) {
    assert!(finding.is_complete(), "{finding:?}");
    let facts = finding.evidence.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    (finding.code, facts)
}
