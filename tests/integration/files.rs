//! Whatever leaves as a file is read as it was meant, whatever the names in it are (docs/contract/cases.md, S6), with texts that mean
//! harm. The fuzzer looks for others (`fuzz/src/attack/files.rs`).

use cowbell::export::{Block, BlockKind, Inline, SavedFile, csv, markdown, plain_text};
use cowbell::plan::SetupDraft;
use cowbell::transport::Product;
use cowbell_standins::hostile;
use serde_json::{Value, json};

use crate::attack::files::{ALL, FIELDS, FORMULAS, Writer, carried, is_shown, marker, message, of_csv, of_markdown};
use crate::support::panel::Desk;
use crate::support::stage::Stage;

/// The file after this one; the first after none. Whoever adds one has to attack it.
fn next(file: Option<SavedFile>) -> Option<SavedFile> {
    match file {
        None => Some(SavedFile::Blueprint),
        Some(SavedFile::Blueprint) => Some(SavedFile::Terraform),
        Some(SavedFile::Terraform) => Some(SavedFile::MailcowApi),
        Some(SavedFile::MailcowApi) => Some(SavedFile::Plan),
        Some(SavedFile::Plan) => Some(SavedFile::Report),
        Some(SavedFile::Report) => Some(SavedFile::Table),
        Some(SavedFile::Table) => Some(SavedFile::Message),
        Some(SavedFile::Message) => Some(SavedFile::HtmlMessage),
        Some(SavedFile::HtmlMessage) => None,
    }
}

/// S6: every file, with every hostile text in every field at once, in one field at a time, and with different ones side by side.
#[test]
fn every_file_is_read_as_it_was_meant() {
    let desk = Desk::of(&Stage::fresh());
    desk.click(Product::Authentik);
    let plan_file = |mut draft: SetupDraft| {
        desk.edit(|now| std::mem::swap(now, &mut draft));
        desk.panel.plan_file().expect("authentik was read")
    };
    let writer = Writer(&plan_file);
    let all = hostile::texts();
    let mut files = Vec::new();
    let mut file = None;
    while let Some(now) = next(file) {
        let harmless = writer.harmless(now);
        for texts in all.values() {
            for (place, text) in texts.iter().enumerate() {
                writer.compare(now, &harmless, &|_| text.clone());
                if text.len() < 1_000 {
                    writer.compare(now, &harmless, &|at| texts[(place + at) % texts.len()].clone());
                    let only = place % FIELDS;
                    writer.compare(now, &harmless, &|at| if at == only { text.clone() } else { marker(at) });
                }
            }
        }
        file = Some(now);
        files.push(now);
    }
    assert_eq!(files, ALL);
}

/// S6: whatever separates cells in a spreadsheet's edition, none of them begins like a formula.
#[test]
fn no_cell_is_a_formula_whatever_separates_it() {
    for text in hostile::texts().values().flatten() {
        let written =
            csv(&[vec!["User".into(), "Name".into()], vec![text.clone(), text.clone()], vec!["x".into(), text.clone()]]);
        for separator in *b",;\t|" {
            let cells = of_csv(&written, separator);
            for cell in cells.as_array().into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str) {
                let begin = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || !is_shown(c));
                assert!(!begin.starts_with(FORMULAS), "{cell:?} with {:?} in {text:?}", char::from(separator));
            }
        }
    }
}

/// A message in a cell is the same message, its ends of lines included: no guard against formulas gets into a text of ours.
#[test]
fn a_message_is_the_same_in_a_cell() {
    let written = plain_text(&message(&marker));
    assert!(written.lines().count() > 8);
    let cells = of_csv(&csv(&[vec!["alice@mail.example".into(), written.clone()]]), b',');
    assert_eq!(cells, json!([["alice@mail.example", written]]));
}

/// A text of ours comes back as it is, so that the comparison with harmless names says something.
#[test]
fn texts_of_ours_are_read_as_they_are() {
    for text in hostile::texts().values().flatten().filter(|text| text.len() < 1_000) {
        let parts = ["a", text, "z"].map(|text| Inline::Text(text.into())).to_vec();
        let found = of_markdown(&markdown(&[Block { kind: BlockKind::Paragraph, parts }]));
        let shown = if text.is_empty() { String::new() } else { carried(SavedFile::Report, text) };
        let expected = json!([{ "event": "Start(Paragraph)" }, { "text": format!("a{shown}z") }, { "event": "End(Paragraph)" }]);
        assert_eq!(found, expected, "{text:?}");
    }
}
