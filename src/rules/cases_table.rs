//! A table as spreadsheets write it: commas or semicolons between the cells, quotes around those that hold one.

/// One line of the table.
pub(super) struct Line<'c> {
    /// The byte at which it begins.
    pub at: usize,
    columns: &'c [&'static str],
    cells: Vec<String>,
}

impl Line<'_> {
    /// The text of a column without blanks around it; empty where nothing is written.
    pub(super) fn cell(&self, column: &str) -> &str {
        let place = self.columns.iter().position(|name| *name == column);
        place.and_then(|place| self.cells.get(place)).map_or("", |cell| cell.trim())
    }
}

/// The lines under the head, in the order of the file. Empty ones are left out.
pub(super) struct Table<'c> {
    /// The lines.
    pub lines: Vec<Line<'c>>,
}

impl<'c> Table<'c> {
    /// Reads `text`, whose head has to name `columns` in this order.
    ///
    /// # Errors
    /// The first fault with the byte at which its line begins: after it the cells of a table cannot be trusted.
    pub(super) fn read(text: &str, columns: &'c [&'static str]) -> Result<Self, (usize, String)> {
        // what a spreadsheet may put before the first letter
        let begin = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut lines = text[begin..].split_inclusive('\n').scan(begin, |at, line| {
            let began = *at;
            *at += line.len();
            Some((began, line.trim_end_matches(['\n', '\r'])))
        });
        let (at, head) = lines.next().unwrap_or((begin, ""));
        let separator = if head.contains(';') { ';' } else { ',' };
        let named = cells(head, separator).map_err(|what| (at, what))?;
        if !named.iter().map(|name| name.trim()).eq(columns.iter().copied()) {
            return Err((at, format!("the head has to be: {}", columns.join(","))));
        }
        let mut read = Vec::new();
        for (at, line) in lines {
            let cells = cells(line, separator).map_err(|what| (at, what))?;
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if cells.len() != columns.len() {
                return Err((at, format!("{} cells, expected {}", cells.len(), columns.len())));
            }
            read.push(Line { at, columns, cells });
        }
        Ok(Self { lines: read })
    }
}

/// The cells of one line; a quote inside a quoted cell is doubled.
fn cells(line: &str, separator: char) -> Result<Vec<String>, String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().into_iter().for_each(|cell| cell.push('"'));
            }
            ('"', _) => quoted = !quoted,
            (letter, false) if letter == separator => cells.push(String::new()),
            (letter, _) => cells.last_mut().into_iter().for_each(|cell| cell.push(letter)),
        }
    }
    if quoted { Err("a quote is not closed on its line".to_owned()) } else { Ok(cells) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 3] = ["case", "ihc", "row"];

    fn read(text: &str) -> Result<Vec<Vec<String>>, (usize, String)> {
        let table = Table::read(text, &COLUMNS)?;
        Ok(table.lines.iter().map(|line| COLUMNS.iter().map(|name| line.cell(name).to_owned()).collect()).collect())
    }

    #[test]
    fn a_table_reads_the_same_with_commas_with_semicolons_and_as_a_spreadsheet_on_windows_writes_it() {
        let expected = vec![vec!["weak, complete".to_owned(), "2+".to_owned(), "IHC-2plus".to_owned()]];
        assert_eq!(read("case,ihc,row\n\"weak, complete\",2+,IHC-2plus\n"), Ok(expected.clone()));
        assert_eq!(read("case;ihc;row\nweak, complete; 2+ ;IHC-2plus"), Ok(expected.clone()));
        assert_eq!(read("\u{feff}case,ihc,row\r\n,,\r\n\"weak, complete\",2+,IHC-2plus\r\n"), Ok(expected));
        assert_eq!(read("case,ihc,row\n\"the word \"\"low\"\"\",,x\n").unwrap()[0][0], "the word \"low\"");
    }

    #[test]
    fn a_table_that_lost_a_cell_a_quote_or_its_head_is_refused_at_its_line() {
        assert_eq!(read("case,ihc,row\na,b,c\nx,y\n"), Err((19, "2 cells, expected 3".to_owned())));
        assert_eq!(read("case,ihc,row\n\"a,b,c\n"), Err((13, "a quote is not closed on its line".to_owned())));
        assert_eq!(read("case,row\n"), Err((0, "the head has to be: case,ihc,row".to_owned())));
        assert!(read("").is_err());
    }
}
