//! Tables in the format of spreadsheets (RFC 4180).

use std::iter::Peekable;
use std::str::Chars;

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

/// What a spreadsheet puts between cells, by its language.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Why a column of a table cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnError {
    /// The text is no table whose first row has this column.
    Absent,
    /// A row below it is not one: it was cut off or changed.
    Malformed,
}

/// A cell of a table, and one of its row; without the spaces around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Without the apostrophes that [`csv()`] puts before what begins like a formula.
    pub unguarded: String,
    /// The other one as it is; empty if there is none.
    pub other: String,
}

/// A table as text, from which columns are read: one that [`csv()`] has written, or a spreadsheet has saved again. Its first row names
/// the columns.
pub struct Columns<'a> {
    rows: Rows<'a>,
    head: Vec<String>,
}

impl<'a> Columns<'a> {
    /// Finds out how cells are separated: so that the first row has one of these names.
    ///
    /// # Errors
    /// When it has none of them, whatever separates cells.
    pub fn with_one_of(text: &'a str, names: &[String]) -> Result<Self, ColumnError> {
        let found = SEPARATORS.into_iter().find_map(|separator| {
            let mut rows = Rows::new(text, separator);
            let head = rows.next()?.ok()?;
            Some(Self { rows, head }).filter(|columns| columns.position(names).is_some())
        });
        found.ok_or(ColumnError::Absent)
    }

    fn position(&self, names: &[String]) -> Option<usize> {
        let is_named = |cell: &String| names.iter().any(|name| name.trim().to_lowercase() == cell.trim().to_lowercase());
        self.head.iter().position(is_named)
    }

    /// The cells of the first column of one of `names` in whatever case; what is empty is left out. Each has with it what stands in the
    /// column of one of the `others`.
    ///
    /// # Errors
    /// When there is no column of these `names`, or a row is malformed.
    pub fn cells(self, names: &[String], others: &[String]) -> Result<Vec<Cell>, ColumnError> {
        let at = self.position(names).ok_or(ColumnError::Absent)?;
        let other = self.position(others);
        let mut found = Vec::new();
        for row in self.rows {
            let row = row?;
            let cell = |at: usize| row.get(at).map(|cell| cell.trim()).unwrap_or_default();
            let text = cell(at);
            if !text.is_empty() {
                found.push(Cell { unguarded: without_guards(text), other: other.map(cell).unwrap_or_default().to_owned() });
            }
        }
        Ok(found)
    }
}

/// The rows of a table, read strictly: a cell is in quotes as a whole or not at all.
struct Rows<'a> {
    rest: Peekable<Chars<'a>>,
    separator: char,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, separator: char) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { rest: text.chars().peekable(), separator }
    }

    /// Reads a cell, without what ends it.
    fn cell(&mut self) -> Result<String, ColumnError> {
        let mut cell = String::new();
        if self.rest.next_if_eq(&'"').is_some() {
            loop {
                match self.rest.next() {
                    Some('"') if self.rest.next_if_eq(&'"').is_some() => cell.push('"'),
                    Some('"') => return Ok(cell),
                    Some(character) => cell.push(character),
                    None => return Err(ColumnError::Malformed),
                }
            }
        }
        let separator = self.separator;
        while let Some(character) = self.rest.next_if(|next| *next != separator && !matches!(next, '\r' | '\n')) {
            if matches!(character, '"' | '\0') {
                return Err(ColumnError::Malformed);
            }
            cell.push(character);
        }
        Ok(cell)
    }

    fn row(&mut self) -> Result<Vec<String>, ColumnError> {
        let mut row = vec![self.cell()?];
        loop {
            match self.rest.next() {
                Some(next) if next == self.separator => row.push(self.cell()?),
                Some('\r') => {
                    self.rest.next_if_eq(&'\n');
                    return Ok(row);
                }
                Some('\n') | None => return Ok(row),
                Some(_) => return Err(ColumnError::Malformed),
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Vec<String>, ColumnError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest.peek()?;
        Some(self.row())
    }
}

/// Removes the apostrophes that [`write_cell`] has put in. One that stood before the same character already goes, too.
fn without_guards(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if begins && character == '\'' && rest.peek().is_some_and(|next| begins_formula(*next)) {
            continue;
        }
        begins = begins_after(character, begins);
        out.push(character);
    }
    out
}

fn write_cell(out: &mut String, text: &str) {
    let mut begins = true;
    for character in text.chars() {
        if begins && begins_formula(character) {
            out.push('\'');
        }
        begins = begins_after(character, begins);
        out.push(character);
        if character == '"' {
            out.push('"');
        }
    }
}

/// Whether a spreadsheet with another separator may begin a cell after this character; `begins` is whether it may before.
fn begins_after(character: char, begins: bool) -> bool {
    match character {
        ';' | '|' | '\u{2028}' | '\u{2029}' => true,
        // Spreadsheets skip these at the beginning of a cell.
        ' ' | '"' => begins,
        other => other.is_control() || begins && !is_plain(other),
    }
}

/// Whether a cell that begins with it is evaluated; those of full width are in Japanese and Chinese editions.
fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "fixed values")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn names(name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    /// The cells of a column, without guards.
    fn read(text: &str, name: &str) -> Result<Vec<String>, ColumnError> {
        let cells = Columns::with_one_of(text, &names(name))?.cells(&names(name), &[])?;
        Ok(cells.into_iter().map(|cell| cell.unguarded).collect())
    }

    #[test]
    fn a_table_is_read_as_a_spreadsheet_saves_it() {
        for text in [
            "\u{feff}\"Name\",\"E-mail address\"\r\n\"A, \"\"B\"\"\nC\",\"a@m\"\r\n\"D\",\" b@m \"\r\n",
            "Name;E-Mail Address\r\n\"A, \"\"B\"\"\nC\";a@m\r\nD;b@m",
            "Name\te-mail address\nA\ta@m\n\nD\tb@m\n",
            "Name;E-mail address;More\rA;a@m;x\rD;b@m\rE\rF;;y",
        ] {
            assert_eq!(read(text, "E-mail address").unwrap(), ["a@m", "b@m"], "{text:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in ["", "\u{feff}", "{\"a\":1}", "Name,Address\na,b\n", "<html>", "\"E-mail", "E\0-\0m\0"] {
            assert_eq!(read(text, "E-mail").unwrap_err(), ColumnError::Absent, "{text:?}");
        }
        for text in ["E-mail\n\"a@m", "E-mail,x\n\"a@m\"b,c\n", "E-mail\na\"b\"@m\n", "E-mail\n\"a@m\";c\n", "E-mail\na\0@m\n"] {
            assert_eq!(read(text, "E-mail").unwrap_err(), ColumnError::Malformed, "{text:?}");
        }
        assert_eq!(read("E-mail\n", "E-mail").unwrap(), Vec::<String>::new());
    }

    proptest! {
        /// What is written is read back, whatever is in its cells; an apostrophe before what begins like a formula may be a guard.
        #[test]
        fn what_is_written_is_read_back(rows in vec([".{0,8}|[ '=+;|\"\\-@\r\n\t,]{0,6}", "[^']{0,9}"], 0..6), at in 0_usize..2) {
            let names = ["First", "Second"].map(str::to_owned);
            let mut all = vec![names.to_vec()];
            all.extend(rows.iter().map(|row| row.to_vec()));
            let text = csv(&all);
            let columns = Columns::with_one_of(&text, &names[at..=at]).unwrap();
            let found = columns.cells(&names[at..=at], &names[1 - at..2 - at]).unwrap();
            let expected: Vec<_> = rows.iter().filter(|row| !row[at].trim().is_empty()).collect();
            prop_assert_eq!(found.len(), expected.len());
            for (Cell { unguarded, other }, expected) in found.iter().zip(expected) {
                let own = expected[at].trim();
                prop_assert_eq!(unguarded, &without_guards(own));
                prop_assert_eq!(without_guards(other), without_guards(expected[1 - at].trim()));
                if at == 1 {
                    prop_assert_eq!(unguarded, own);
                }
            }
        }
    }
}
