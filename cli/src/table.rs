//! Owns columns that stand under each other. Invariant: what stands in a cell cannot steer the terminal.

use crate::{printable, say};

/// The last column takes what is left of a usual line.
const LONGEST: usize = 60;

pub struct Table<const COLUMNS: usize> {
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub fn new(heads: &[&str; COLUMNS]) -> Table<COLUMNS> {
        Table { rows: vec![heads.map(str::to_owned)] }
    }

    pub fn row(&mut self, cells: [String; COLUMNS]) {
        self.rows.push(cells.map(|cell| clean(&cell)));
    }

    pub fn print(&self) {
        self.lines().iter().for_each(|line| say::line(line));
    }

    fn lines(&self) -> Vec<String> {
        let length = |cell: &String| cell.chars().count();
        let widths: Vec<usize> = (0..COLUMNS)
            .map(|column| self.rows.iter().map(|row| length(&row[column])).max().unwrap_or_default())
            .collect();
        let line = |row: &[String; COLUMNS]| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

fn clean(cell: &str) -> String {
    let cell = printable::one_line(cell);
    if cell.chars().count() <= LONGEST { cell } else { cell.chars().take(LONGEST - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new(&["A", "B"]);
        table.row(["länger".to_owned(), "x\ny".to_owned()]);
        table.row([String::new(), "z".repeat(LONGEST + 1)]);
        let long = format!("        {}…", "z".repeat(LONGEST - 1));
        assert_eq!(table.lines(), ["A       B", "länger  x y", &long]);
    }
}
