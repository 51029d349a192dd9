//! Cells of a CSV file that people open in a spreadsheet.

/// A text that no spreadsheet takes for a formula. One that looks as if this had been done gets an apostrophe more: each
/// text can be read back as it was.
pub fn safe(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell that [`safe`] has made.
pub fn meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Cells as a line (RFC 4180).
pub fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            line.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&cell);
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_safe_is_read_back() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("- divers", "'- divers"),
            ("\tx", "'\tx"),
            ("'=1+1", "''=1+1"),
            ("''-", "'''-"),
            ("'t Hof", "'t Hof"),
            ("'", "'"),
            ("Papier - divers", "Papier - divers"),
            ("", ""),
        ] {
            assert_eq!((safe(text).as_str(), meant(cell)), (cell, text));
        }
    }
}
