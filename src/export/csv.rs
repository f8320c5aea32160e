//! Tables in the format of spreadsheets (RFC 4180).

use crate::wire::is_plain;

/// Writes a table. All cells are in quotes, so that a spreadsheet that separates cells at semicolons and commas splits none.
///
/// A spreadsheet would evaluate a cell that begins like a formula, and users choose their names. So an apostrophe is put before what
/// begins like one: at the start of a cell, and after each character at which a spreadsheet with another separator would begin one.
#[must_use]
pub fn csv(rows: &[Vec<String>]) -> String {
    // The byte order mark tells spreadsheets that it is UTF-8.
    let mut out = String::from("\u{feff}");
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            out.push_str(if at > 0 { ",\"" } else { "\"" });
            write_cell(&mut out, cell);
            out.push('"');
        }
        out.push_str("\r\n");
    }
    out
}

fn write_cell(out: &mut String, text: &str) {
    let mut begins = true;
    for character in text.chars() {
        if begins && begins_formula(character) {
            out.push('\'');
        }
        begins = match character {
            ';' | '|' | '\u{2028}' | '\u{2029}' => true,
            // Spreadsheets skip these at the beginning of a cell.
            ' ' | '"' => begins,
            other => other.is_control() || begins && !is_plain(other),
        };
        out.push(character);
        if character == '"' {
            out.push('"');
        }
    }
}

/// Whether a cell that begins with it is evaluated; those of full width are in Japanese and Chinese editions.
fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫')
}
